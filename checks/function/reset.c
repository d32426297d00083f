/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <inttypes.h>
#include <pci/header.h>

#include "model/assign/reset.h"
#include "model/shell.h"

#define FIX_RESET_TOGETHER                                                                         \
	"Assign all functions of the bus to one guest: VFIO can then reset them together"

enum kind { WORKS, WITH_GROUP, NONE, UNUSABLE, BROKEN, CARD, UNKNOWN, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[WORKS] = {"reset.works", "The kernel can reset the function before each guest.", NULL},
	[WITH_GROUP] = {"reset.with-group",
			"The kernel cannot reset the function alone. The other functions of its "
			"device are in its IOMMU group, so they go to the same guest, and VFIO "
			"resets them together.",
			NULL},
	[NONE] = {"reset.none",
		  "The kernel cannot reset the function alone. What one guest leaves in it may "
		  "leak to the next, and it may not work a second time.",
		  FIX_RESET_TOGETHER
		  ". On a root bus, which cannot be reset, assign the function to one guest, and "
		  "reboot the host before another gets it."},
	[UNUSABLE] = {"reset.unusable",
		      "The kernel lists ways to reset the function, but none can be used: it made "
		      "the list before it found the other functions of the bus, and a reset of the "
		      "bus would reset these, too.",
		      FIX_RESET_TOGETHER "."},
	[BROKEN] =
		{"reset.broken",
		 "The way in which this kernel would reset the function is known to go wrong on "
		 "devices of its kind: newer kernels leave it alone (drivers/pci/quirks.c, "
		 "7.3).",
		 "Leave that method out: write another to the function's reset_method, which holds "
		 "until the next boot. "
		 "Otherwise use a kernel that leaves it out itself."},
	[CARD] =
		{"reset.card",
		 "Cards of this family (AMD Vega 10 and 20, Navi 10, 12 and 14; many of Polaris, of "
		 "Navi 31, 32, 44 and 48, and of the graphics inside AMD processors) do not come "
		 "back from the resets that the kernel and VFIO have: the card works for the first "
		 "guest after the host has booted, and hangs or stays dark for the next. The "
		 "module vendor_reset, which is not part of the kernel, resets the older ones in "
		 "ways of their own; it knows neither Navi 31 and later nor processors.",
		 "Install vendor_reset (github.com/gnif/vendor-reset), and its "
		 "udev/99-vendor-reset.rules where the host keeps rules of udev "
		 "(/etc/udev/rules.d on most; the finding names the place): at each boot, before "
		 "a guest "
		 "first gets the card, they load the module and, from Linux 5.15 on, write "
		 "device_specific to the function's reset_method, without which the module is not "
		 "asked. Without it, and for what it does not know, reboot the host between two "
		 "guests, or have the guest let go of the card before it ends (a Windows guest can "
		 "disable it as it shuts down)."},
	[UNKNOWN] =
		{"reset.unknown", "How the kernel would reset the function was not read.",
		 "Boot Linux 5.15 or later, which names the methods in the function's reset_method. "
		 "Where it runs already, run passcheck on the host as root, or capture the host "
		 "as root."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* What serves the machine itself is never assigned. */
static bool is_of_interest(const struct model *model, const struct pci_function *function)
{
	const struct assignable *assignable = assignability_of(&model->assignability, function);

	return assignable->verdict != ASSIGNABLE_NOT_A_CANDIDATE &&
	       pci_class(function) != PCI_CLASS_SERIAL_SMBUS &&
	       pci_base_class(function) != PCI_BASE_CLASS_SYSTEM;
}

static const char *methods_of(const struct pci_function *function)
{
	return fact_known(&function->reset_method.fact) ? function->reset_method.text : "";
}

static void report_broken(const struct pci_function *function, const struct reset *reset,
			  const struct reset_flaw *flaw, struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[BROKEN], FINDING_WARN, subject_function(function),
		"the kernel would reset %s by %s, but %s", function->name, flaw->method, flaw->why);

	finding_evidence(finding, &function->reset_method.fact, "%s", methods_of(function));
	if (!reset->method) {
		finding_remedy(finding, "Use a kernel that leaves that method out");
		return;
	}
	finding_remedy(finding,
		       "Leave that method out, until the next boot, or use a kernel that does");
	finding_command(finding, "echo %s > %s", shell_word(findings->arena, reset->method),
			shell_word(findings->arena, function->reset_method.fact.source));
}

static void report_none(const struct check_context *context, const struct pci_function *function,
			const struct reset *reset)
{
	struct findings *findings = context->findings;
	const struct reset_flaw *flaw = reset->flaws;
	const char *loss = reset_bus_loss(context->host, function, findings->arena);
	struct finding *finding =
		finding_add(findings, &kinds[flaw ? UNUSABLE : NONE], FINDING_WARN,
			    subject_function(function), "the kernel cannot reset %s alone%s%s",
			    function->name, flaw ? ": " : "", flaw ? flaw->why : "");

	finding_evidence(finding, &function->reset_method.fact, "%s", methods_of(function));
	if (reset_is_refused(context->host, function)) {
		finding_evidence(finding, &context->host->kernel_release.fact, "%s",
				 context->host->kernel_release.text);
		finding_remedy(finding, RESET_OTHER_KERNEL);
	} else if (!reset_bus_can_go(&context->model->host_uses, function)) {
		finding_remedy(finding, RESET_ONE_GUEST);
	} else if (loss) {
		finding_remedy(finding, RESET_ONE_GUEST ": %s", loss);
	} else if (!flaw) {
		finding_remedy(finding, FIX_RESET_TOGETHER);
	}
}

static void report_with_group(const struct pci_function *function, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[WITH_GROUP], FINDING_PASS, subject_function(function),
			    "VFIO can reset %s together with the other functions of its device",
			    function->name);

	finding_evidence(finding, &function->reset_method.fact, "%s", methods_of(function));
	finding_evidence(finding, &function->group.fact, "%" PRId64, function->group.value);
}

static void report_card(const struct check_context *context, const struct pci_function *function,
			const struct reset *reset)
{
	const struct caution *caution =
		cautions_find(&context->model->cautions, function, CAUTION_RESET);
	struct finding *finding = finding_add(
		context->findings, &kinds[CARD], FINDING_WARN, subject_function(function),
		"%s (%s) %s come back from a reset of the bus", function->name, reset->card,
		reset->card_sometimes ? "often does not" : "does not");

	finding_evidence(finding, &function->reset_method.fact, "%s", methods_of(function));
	if (caution)
		finding_remedy(finding, "%s", caution->remedy);
	for (const struct text_line *line = caution ? caution->commands : NULL; line;
	     line = line->next)
		finding_command(finding, "%s", line->text);
}

static void report_unknown(const struct check_context *context, const struct pci_function *function)
{
	const struct fact *methods = &function->reset_method.fact;
	struct kernel_version kernel;
	struct finding *finding = finding_add(
		context->findings, &kinds[UNKNOWN], FINDING_UNKNOWN, subject_function(function),
		"cannot tell how the kernel resets %s", function->name);

	finding_evidence_state(finding, methods);
	if (fact_absent(methods) && host_kernel_version(context->host, &kernel) &&
	    !kernel_at_least(&kernel, 5, 15))
		finding_remedy(finding, RESET_UNLISTED_REMEDY);
	else if (!fact_known(methods) && !fact_absent(methods))
		finding_remedy_unread(finding, methods);
}

static void judge(const struct check_context *context, const struct pci_function *function)
{
	struct findings *findings = context->findings;
	struct reset reset = reset_judge(context->host, findings->arena, function);
	const struct reset_flaw *dangerous = reset_dangerous_flaw(&reset);
	struct finding *finding;

	if (reset.card) {
		report_card(context, function, &reset);
		return;
	}
	if (dangerous) {
		report_broken(function, &reset, dangerous, findings);
		return;
	}
	switch (reset.verdict) {
	case RESET_WORKS:
		finding = finding_add(findings, &kinds[WORKS], FINDING_PASS,
				      subject_function(function), "the kernel can reset %s by %s",
				      function->name, reset.method);
		finding_evidence(finding, &function->reset_method.fact, "%s", methods_of(function));
		return;
	case RESET_NONE:
		if (reset_with_group(&context->model->host_uses, function)) {
			report_with_group(function, findings);
			return;
		}
		report_none(context, function, &reset);
		return;
	case RESET_UNKNOWN:
		report_unknown(context, function);
		return;
	}
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;

	for (size_t i = 0; i < host->pci.count; i++) {
		if (is_of_interest(context->model, &host->pci.functions[i]))
			judge(context, &host->pci.functions[i]);
	}
}

const struct check check_reset = {
	.id = "reset",
	.title = "Can functions be reset between two guests?",
	.needs = "the reset_method attribute of functions (5.15 and later); no privilege",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
