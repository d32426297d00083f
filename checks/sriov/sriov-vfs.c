/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/fixes.h"
#include "checks/support/functions.h"

#include <inttypes.h>
#include <string.h>

#include "host/base/buffer.h"
#include "host/pci/capabilities.h"
#include "model/boot/declared_system.h"
#include "model/sriov/vf_driver.h"

enum kind { NONE, NO_DRIVER, STUB, LIMITED, OFF, ENABLED, DISAGREE, UNREADABLE, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[NONE] = {"sriov-vfs.none", "No physical function on this host offers virtual functions.",
		  NULL},
	[NO_DRIVER] = {"sriov-vfs.no-driver",
		       "A physical function has no driver. The kernel then refuses to enable VFs "
		       "(ENOENT), or to change their number: it is the PF's driver that sets them "
		       "up.",
		       "Load the driver of the physical function: modprobe $(cat "
		       "/sys/bus/pci/devices/ADDRESS/modalias)."},
	[STUB] = {"sriov-vfs.stub-driver",
		  "A physical function is on a driver that enables no VFs on a write to "
		  "sriov_numvfs: one that keeps it for a guest, as vfio-pci does unless its "
		  "parameter enable_sriov is set, one of the host without support for VFs, or one "
		  "that makes them in a way of its own.",
		  NULL},
	[LIMITED] = {"sriov-vfs.limited-by-driver",
		     "The PF's driver allows fewer VFs (sriov_totalvfs) than the capability has "
		     "(TotalVFs). With none, the device's own setting for SR-IOV is often off.",
		     "Where it allows none, switch SR-IOV on in the device's own setup, or use a "
		     "driver that offers it."},
	[OFF] = {"sriov-vfs.off", "A physical function can have VFs, and none is enabled.", NULL},
	[ENABLED] = {"sriov-vfs.enabled", "VFs of a physical function are enabled.", NULL},
	[DISAGREE] = {"sriov-vfs.disagree",
		      "The number of VFs that the kernel says it enabled is not the number of VFs "
		      "that exist. VFs are being enabled or disabled, or a VF was removed.",
		      "Run passcheck again once nothing enables or disables VFs any more. If the "
		      "numbers still differ, write 0 to the PF's sriov_numvfs while no guest has a "
		      "VF, then the number that is wanted."},
	[UNREADABLE] = {"sriov-vfs.unreadable",
			"How many VFs a physical function may have or has, or what holds them, "
			"could not be read.",
			FIX_READ_AS_ROOT},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* The VFs of a PF that exist. */
struct vfs {
	struct vf_span span;
	size_t driverless;
	const struct fact *unread; /* a fact about them that was not read, or NULL */
};

static struct vfs find_vfs(const struct host *host, const struct pci_function *pf)
{
	struct vfs vfs = {0};

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		if (!fact_settled(&function->physfn.fact))
			vfs.unread = &function->physfn.fact;
		if (function->pf != pf)
			continue;
		if (!fact_settled(&function->driver.fact))
			vfs.unread = &function->driver.fact;
		vf_span_add(&vfs.span, function);
		vfs.driverless += fact_absent(&function->driver.fact);
	}
	return vfs;
}

enum { MOST_DRIVERS = 4 };

/* The drivers of a PF's VFs, as many as a line has room for. */
struct drivers {
	const char *names[MOST_DRIVERS];
	size_t counts[MOST_DRIVERS];
	size_t count;
};

static void add_driver(struct drivers *drivers, const char *name)
{
	size_t i = 0;

	while (i < drivers->count && strcmp(drivers->names[i], name) != 0)
		i++;
	if (i == MOST_DRIVERS)
		return;
	if (i == drivers->count)
		drivers->names[drivers->count++] = name;
	drivers->counts[i]++;
}

/* Says what holds the VFs: "5 on iavf, 3 on vfio-pci, 1 without driver". */
static const char *drivers_of(const struct host *host, const struct pci_function *pf,
			      const struct vfs *vfs, struct arena *arena)
{
	struct drivers drivers = {0};
	struct buffer text = {.arena = arena, .separator = ", "};

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *vf = &host->pci.functions[i];
		if (vf->pf == pf && fact_known(&vf->driver.fact))
			add_driver(&drivers, vf->driver.text);
	}
	for (size_t i = 0; i < drivers.count; i++)
		buffer_item(&text, "%zu on %s", drivers.counts[i], drivers.names[i]);
	if (vfs->driverless)
		buffer_item(&text, "%zu without driver", vfs->driverless);
	return buffer_text(&text);
}

static void show_counts(struct finding *finding, const struct pci_function *pf)
{
	finding_evidence(finding, &pf->sriov.totalvfs.fact, "%" PRId64, pf->sriov.totalvfs.value);
	finding_evidence(finding, &pf->sriov.numvfs.fact, "%" PRId64, pf->sriov.numvfs.value);
}

static void report_unread(const struct pci_function *pf, const struct fact *fact, const char *what,
			  struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_function(pf),
			    "%s %s could not be read", what, pf->name);

	finding_evidence_state(finding, fact);
	finding_remedy_unread(finding, fact);
}

static void report_no_driver(const struct pci_function *pf, struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[NO_DRIVER], FINDING_WARN, subject_function(pf),
		"%s has no driver, without which the kernel %s", pf->name,
		pf->sriov.numvfs.value ? "keeps the VFs as they are" : "enables no VFs");

	finding_evidence_state(finding, &pf->driver.fact);
	finding_remedy(finding, "Load the driver of the physical function");
	finding_command(finding, "modprobe $(cat /sys/bus/pci/devices/%s/modalias)", pf->name);
}

static struct finding *report_no_setup(const struct pci_function *pf,
				       const struct vf_driver *driver, struct findings *findings)
{
	const char *own_way = vf_driver_own_way(driver, pf, findings->arena);
	struct finding *finding =
		finding_add(findings, &kinds[STUB], FINDING_NOT_APPLICABLE, subject_function(pf),
			    "%s is on %s, which enables %s%s", pf->name, pf->driver.text,
			    own_way ? "VFs " : "no VFs", own_way ? own_way : "");

	finding_evidence(finding, &pf->driver.fact, "%s", pf->driver.text);
	return finding;
}

/* Of a driver of which nothing is known, the check vf-budget says so. */
static void report_unknown_setup(const struct pci_function *pf, const struct fact *evidence,
				 struct findings *findings)
{
	const char *driver = pf->driver.text;

	if (!fact_known(&pf->driver.fact))
		report_unread(pf, evidence, "the driver of", findings);
	else if (evidence != &pf->driver.fact)
		report_unread(pf, evidence,
			      arena_printf(findings->arena, "whether %s sets up VFs of", driver),
			      findings);
}

static void judge_driver(const struct host *host, const struct pci_function *pf,
			 struct findings *findings)
{
	const struct vf_driver *driver = vf_driver_of(host, pf);
	const struct fact *evidence;
	struct finding *finding;

	switch (vf_setup_of(host, pf, &evidence)) {
	case VF_SETUP_NO_DRIVER:
		report_no_driver(pf, findings);
		return;
	case VF_SETUP_NO_HOOK:
		report_no_setup(pf, driver, findings);
		return;
	case VF_SETUP_VFIO_OFF:
		finding = report_no_setup(pf, driver, findings);
		finding_evidence(finding, evidence, "%s", host->modules.vfio_pci_sriov.text);
		return;
	case VF_SETUP_UNKNOWN:
		report_unknown_setup(pf, evidence, findings);
		return;
	case VF_SETUP_YES:
		return;
	}
}

/* What lets the driver offer VFs: its own option, the adapter's firmware, or another driver. */
static void remedy_none_allowed(const struct host *host, const struct pci_function *pf,
				struct arena *arena, struct finding *finding)
{
	const struct vf_driver *driver = vf_driver_of(host, pf);

	if (driver && driver->parameter)
		finding_remedy(finding,
			       "Load %s with its option %s, or %s.%s on %s, set to the number of "
			       "VFs. A device that this version of %s does not support stays at 0",
			       driver->name, driver->parameter, driver->name, driver->parameter,
			       declared_system_place(host), driver->name);
	else if (driver && driver->firmware)
		finding_remedy(finding, "It is a setting of the adapter: %s",
			       vf_adapter_setting(host, pf, arena));
	else
		finding_remedy(finding, "Switch SR-IOV on in the device's own setup, or use a "
					"driver that offers it");
}

static void judge_limit(const struct host *host, const struct pci_function *pf,
			struct findings *findings)
{
	struct sriov_capability sriov = sriov_decode(&pf->config);
	int64_t allowed = pf->sriov.totalvfs.value;
	struct finding *finding;

	if (sriov.capability.state != FACT_KNOWN || allowed >= (int64_t)sriov.total_vfs)
		return;
	finding = finding_add(findings, &kinds[LIMITED], allowed ? FINDING_PASS : FINDING_WARN,
			      subject_function(pf), "%s allows %" PRId64 " of its %u VFs", pf->name,
			      allowed, sriov.total_vfs);
	finding_evidence(finding, &pf->sriov.totalvfs.fact, "%" PRId64, allowed);
	finding_evidence(finding, &pf->config.fact, "TotalVFs %u", sriov.total_vfs);
	if (allowed == 0)
		remedy_none_allowed(host, pf, findings->arena, finding);
}

static void judge_enabled(const struct host *host, const struct pci_function *pf,
			  struct findings *findings)
{
	struct vfs vfs = find_vfs(host, pf);
	struct finding *finding;

	if (vfs.unread) {
		report_unread(pf, vfs.unread, "which VFs belong to", findings);
		return;
	}
	if (pf->sriov.numvfs.value != (int64_t)vfs.span.count)
		finding =
			finding_add(findings, &kinds[DISAGREE], FINDING_WARN, subject_function(pf),
				    "%s says that it has %s, and %s", pf->name,
				    counted(findings->arena, (size_t)pf->sriov.numvfs.value, "VF"),
				    vfs.span.count == 1 ? "1 exists"
							: arena_printf(findings->arena, "%zu exist",
								       vfs.span.count));
	else if (vfs.span.count == 0)
		finding = finding_add(findings, &kinds[OFF], FINDING_PASS, subject_function(pf),
				      "%s has no VFs enabled", pf->name);
	else
		finding = finding_add(findings, &kinds[ENABLED], FINDING_PASS, subject_function(pf),
				      "%s has %s, %s: %s", pf->name,
				      counted(findings->arena, vfs.span.count, "VF"),
				      vf_span_words(&vfs.span, findings->arena),
				      drivers_of(host, pf, &vfs, findings->arena));
	show_counts(finding, pf);
	finding_evidence(finding, &pf->sriov.drivers_autoprobe.fact, "%" PRId64,
			 pf->sriov.drivers_autoprobe.value);
}

/* Returns whether the function offers, or may offer, VFs. */
static bool judge_function(const struct host *host, const struct pci_function *function,
			   struct findings *findings)
{
	const struct fact *totalvfs = &function->sriov.totalvfs.fact;
	const struct fact *numvfs = &function->sriov.numvfs.fact;

	if (fact_absent(totalvfs))
		return false;
	if (!fact_known(totalvfs) || !fact_known(numvfs)) {
		report_unread(function, fact_known(totalvfs) ? numvfs : totalvfs,
			      "the number of VFs of", findings);
		return true;
	}
	judge_driver(host, function, findings);
	judge_limit(host, function, findings);
	judge_enabled(host, function, findings);
	return true;
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	bool found = false;

	for (size_t i = 0; i < host->pci.count; i++)
		found |= judge_function(host, &host->pci.functions[i], findings);
	if (!found)
		functions_report_none(host, NULL, &kinds[NONE], &kinds[UNREADABLE],
				      "no function offers VFs", findings);
}

const struct check check_sriov_vfs = {
	.id = "sriov-vfs",
	.title = "How many VFs are offered, and how many are enabled?",
	.needs = "sriov_* attributes, physfn and driver links of every function; no privilege",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
