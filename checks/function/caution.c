/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <string.h>

#include "host/access/array.h"

enum kind { IGD, VF_TOKEN, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[IGD] = {"caution.igd",
		 "The function is Intel's integrated graphics. VFIO gives it to a guest like any "
		 "other; for a picture its driver and firmware want it at the guest address 00:02.0, "
		 "on the root bus, and the OpRegion, in which the host's firmware describes the "
		 "outputs. It has no ROM of its own. GVT-g (mediated devices of i915) ends with the "
		 "tenth generation; SR-IOV begins with the twelfth, and takes the driver xe or an "
		 "i915 that is not of the kernel.",
		 "In libvirt, give the hostdev <address type='pci' domain='0' bus='0' slot='2' "
		 "function='0'/> and QEMU x-igd-opregion=on, which libvirt takes by <qemu:override>. "
		 "For computing alone neither is needed."},
	[VF_TOKEN] =
		{"caution.vf-token",
		 "The physical function of this VF is on vfio-pci, so its user, whom the kernel does "
		 "not trust, could harm who uses the VF. From Linux 5.7 on VFIO opens the VF only for "
		 "a process that gives the token (a UUID) that the user of the physical function has "
		 "set, and while that one runs.",
		 "Start QEMU with -device vfio-pci,…,vf-token=UUID; libvirt has no field for it. Or "
		 "bind the physical function to its host driver, whose VFs need no token."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static const struct finding_kind *kind_of(const char *id)
{
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		if (strcmp(kinds[i].id, id) == 0)
			return &kinds[i];
	}
	return NULL;
}

static void report(struct findings *findings, const struct pci_function *function,
		   const struct caution *caution)
{
	const struct finding_kind *kind = kind_of(caution->finding);

	/* Other checks explain the rest. */
	if (!kind)
		return;
	struct finding *finding =
		finding_add(findings, kind, FINDING_WARN, subject_function(function), "%s: %s",
			    function->name, caution->why);
	finding_evidence_state(finding, caution->evidence);
	if (caution->remedy)
		finding_remedy(finding, "%s", caution->remedy);
	for (const struct text_line *line = caution->commands; line; line = line->next)
		finding_command(finding, "%s", line->text);
}

static void report_unknown(struct findings *findings, const struct pci_function *function,
			   const struct caution *caution)
{
	const struct finding_kind *kind = kind_of(caution->finding);

	if (!kind)
		return;
	struct finding *finding =
		finding_add(findings, kind, FINDING_UNKNOWN, subject_function(function), "%s: %s",
			    function->name, caution->why);
	finding_evidence_state(finding, caution->evidence);
	finding_remedy_unread(finding, caution->evidence);
}

static void judge(const struct check_context *context, const struct pci_function *function)
{
	const struct cautions *cautions = &context->model->cautions;

	for (const struct caution *caution = cautions_of(cautions, function); caution;
	     caution = caution->next)
		report(context->findings, function, caution);
	for (const struct caution *caution = cautions_unknown_of(cautions, function); caution;
	     caution = caution->next)
		report_unknown(context->findings, function, caution);
}

static void run(const struct check_context *context)
{
	for (size_t i = 0; i < context->host->pci.count; i++)
		judge(context, &context->host->pci.functions[i]);
}

const struct check check_caution = {
	.id = "caution",
	.title = "What does VFIO accept that a guest suffers from?",
	.needs = "ids, drivers and links of functions; no privilege",
	.advisory = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
