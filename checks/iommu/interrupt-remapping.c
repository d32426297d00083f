/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"
#include "checks/support/verdicts.h"

#include "model/boot/declared_system.h"
#include "model/platform.h"

enum kind {
	ON,
	PARTLY,
	OFF,
	OFF_ALLOWED,
	ISOLATED,
	PARTLY_ISOLATED,
	NOT_ISOLATED,
	UNKNOWN,
	UNSAFE_ALLOWED,
	OTHER_ARCHITECTURE,
	KIND_COUNT
};

static const struct finding_kind kinds[] = {
	[ON] = {"interrupt-remapping.on",
		"The kernel's interrupt chips are remapped (their names begin with IR-): a device "
		"that a guest owns cannot raise interrupts of the host.",
		NULL},
	[PARTLY] = {"interrupt-remapping.partly",
		    "Some of the kernel's interrupt chips are remapped (their names begin with "
		    "IR-), another one is not. VFIO refuses a device whose interrupts are not "
		    "remapped. The IOMMU's own interrupt never is, and does not count.",
		    "Give guests only devices whose interrupts are remapped, and keep those that "
		    "the finding names on the host."},
	[OFF] = {"interrupt-remapping.off",
		 "Interrupts of devices are not remapped: their chips' names lack IR-. VFIO "
		 "refuses "
		 "to attach a device (EPERM), because its guest could raise any interrupt of the "
		 "host. Interrupt remapping is independent of DMA remapping: firmware must offer "
		 "it "
		 "for every unit and every IOAPIC.",
		 FIX_REMAPPING_REFUSED
		 " Otherwise switch on VT-d or AMD-Vi with interrupt remapping in the firmware "
		 "setup, or update the firmware. " FIX_REMAPPING_BY_CHIPSET
		 " " FIX_REMAPPING_BY_HYPERVISOR},
	[OFF_ALLOWED] =
		{"interrupt-remapping.off-allowed",
		 "Interrupts of devices are not remapped, and allow_unsafe_interrupts makes "
		 "VFIO attach devices all the same: a guest can raise any interrupt of the "
		 "host. Use that only for guests that you trust as much as the host.",
		 FIX_REMAPPING_REFUSED
		 " Otherwise switch on VT-d or AMD-Vi with interrupt remapping in the firmware "
		 "setup, or update the firmware. Then unset allow_unsafe_interrupts."},
	[ISOLATED] =
		{"interrupt-remapping.isolated",
		 "The interrupt controller of this Arm host has an ITS (interrupt translation "
		 "service), which tells devices apart: a device that a guest owns cannot raise "
		 "interrupts of the host.",
		 NULL},
	[PARTLY_ISOLATED] =
		{"interrupt-remapping.partly-isolated",
		 "Some functions of this Arm host raise their interrupts by an ITS, others by a "
		 "controller that isolates none. VFIO refuses those others (EPERM).",
		 "Assign only functions whose interrupts come by the ITS (/proc/interrupts names "
		 "the controller of each), and keep those that the finding names on the host."},
	[NOT_ISOLATED] =
		{"interrupt-remapping.not-isolated",
		 "The interrupt controller of this Arm host has no ITS (interrupt translation "
		 "service). GICv2m, MBI and the controllers of host bridges do not tell devices "
		 "apart, so a guest could raise any interrupt of the host. VFIO refuses to "
		 "attach a device (EPERM), unless allow_unsafe_interrupts is set.",
		 "Use a machine that has a GICv3 or later with an ITS. Give a virtual machine "
		 "one (QEMU: -machine virt,gic-version=3). If you trust the guests as much as "
		 "the host, set allow_unsafe_interrupts of vfio_iommu_type1."},
	[UNKNOWN] =
		{"interrupt-remapping.unknown",
		 "passcheck cannot tell whether interrupts are remapped, or on Arm "
		 "isolated: the interrupt chips were not read, or none of a device is in "
		 "use.",
		 "Audit the host itself, or capture it again with passcheck capture, "
		 "which keeps /proc/interrupts and /sys/kernel/irq. Where they were read and show "
		 "no interrupt of a device, do so while a driver uses a device."},
	[UNSAFE_ALLOWED] = {"interrupt-remapping.unsafe-allowed",
			    "allow_unsafe_interrupts is set though interrupts are remapped: it "
			    "would hide the loss of that protection.",
			    "Write N to /sys/module/MODULE/parameters/allow_unsafe_interrupts, of "
			    "vfio_iommu_type1 or iommufd. Remove it also where it is configured "
			    "(/etc/modprobe.d, the kernel command line)."},
	[OTHER_ARCHITECTURE] =
		{"interrupt-remapping.other-architecture",
		 "Interrupt remapping and isolation are judged on x86 and Arm. s390 "
		 "isolates the interrupts of every function, and on ppc64 VFIO does "
		 "not ask. On other architectures passcheck cannot tell whether VFIO "
		 "accepts a device's interrupts.",
		 "Where VFIO refuses a device with EPERM, its interrupts are not isolated: "
		 "allow_unsafe_interrupts lets it attach one all the same, for guests that are "
		 "trusted as the host is."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static void remedy_firmware(struct finding *finding, const struct host_platform *platform,
			    struct arena *arena)
{
	if (platform->is_guest)
		finding_remedy(finding, "%s",
			       platform_virtual_remedy(platform, VIRTUAL_REMAPPING, NULL, arena));
	else
		finding_remedy(finding,
			       "Switch on %s with interrupt remapping in the firmware setup, or "
			       "update the firmware",
			       platform_name(platform->kind));
}

static void remedy_controller(struct finding *finding, const struct check_context *context)
{
	if (context->model->platform.is_guest)
		finding_remedy(finding, "Give this virtual machine an interrupt controller with "
					"an ITS (QEMU: -machine virt,gic-version=3), if its own "
					"guests are to get devices");
	else
		finding_remedy(
			finding, "%s",
			interrupts_or_trust(context->host, &context->model->interrupts,
					    "Use a machine whose interrupt controller has an ITS",
					    context->findings->arena));
}

static void remedy_cause(struct finding *finding, const struct check_context *context)
{
	const struct interrupt_remapping *interrupts = &context->model->interrupts;

	switch (interrupts->cause) {
	case INTERRUPTS_CAUSE_COMMAND_LINE:
		finding_remedy(finding, "Remove %s from %s and reboot", interrupts->cause_text,
			       declared_system_place(context->host));
		return;
	case INTERRUPTS_CAUSE_KERNEL:
		finding_remedy(finding, "Boot a kernel that has CONFIG_IRQ_REMAP");
		return;
	case INTERRUPTS_CAUSE_CHIPSET:
		finding_remedy(finding, "%s",
			       interrupts_chipset_remedy(context->host, interrupts,
							 context->findings->arena));
		return;
	case INTERRUPTS_CAUSE_CONTROLLER:
		remedy_controller(finding, context);
		return;
	case INTERRUPTS_CAUSE_FIRMWARE:
		if (interrupts->cause_lifted_by && !context->model->platform.is_guest) {
			finding_remedy(finding,
				       "Update the firmware; until then give the kernel what its "
				       "table lacks with %s on %s, as interrupt-firmware spells it",
				       interrupts->cause_lifted_by,
				       declared_system_place(context->host));
			return;
		}
		remedy_firmware(finding, &context->model->platform, context->findings->arena);
		return;
	case INTERRUPTS_CAUSE_UNKNOWN:
		remedy_firmware(finding, &context->model->platform, context->findings->arena);
		return;
	}
}

static void show_cause(struct finding *finding, const struct interrupt_remapping *interrupts)
{
	if (interrupts->cause_text)
		finding_evidence(finding, interrupts->cause_fact, "%s", interrupts->cause_text);
	else if (interrupts->cause_fact)
		finding_evidence_state(finding, interrupts->cause_fact);
}

static void show_permission(struct finding *finding, const struct module_switch *permitted)
{
	if (permitted->value == BOOLEAN_YES)
		finding_evidence(finding, permitted->fact, "%s", permitted->text);
	else if (permitted->value == BOOLEAN_UNKNOWN)
		finding_evidence_state(finding, permitted->fact);
}

static enum kind kind_without(const struct interrupt_remapping *interrupts)
{
	if (interrupts->cause == INTERRUPTS_CAUSE_CONTROLLER)
		return NOT_ISOLATED;
	return interrupts->permitted.value == BOOLEAN_YES ? OFF_ALLOWED : OFF;
}

static void report_off(const struct check_context *context)
{
	const struct interrupt_remapping *interrupts = &context->model->interrupts;
	enum kind kind = kind_without(interrupts);
	struct finding *finding =
		finding_add(context->findings, &kinds[kind], verdict_without_remapping(interrupts),
			    subject_host(), "%s", interrupts->words);

	if (interrupts->evidence_text)
		finding_evidence(finding, interrupts->evidence, "%s", interrupts->evidence_text);
	show_cause(finding, interrupts);
	show_permission(finding, &interrupts->permitted);
	remedy_cause(finding, context);
	/* What firmware offers or lacks makes no difference to the erratum. */
	if (interrupts->cause == INTERRUPTS_CAUSE_CHIPSET)
		finding_follows_nothing(finding);
}

static void report_unsafe(const struct host *host, const struct fact_text *parameter,
			  struct findings *findings)
{
	struct finding *finding;

	if (boolean_of_fact(parameter) != BOOLEAN_YES)
		return;
	finding = finding_add(findings, &kinds[UNSAFE_ALLOWED], FINDING_WARN, subject_host(),
			      "allow_unsafe_interrupts is set without need");
	finding_evidence(finding, &parameter->fact, "%s", parameter->text);
	finding_remedy(finding, "Unset it, also where it is configured: in %s",
		       declared_system_option_places(host, findings->arena));
	finding_command(finding, "echo N > %s", parameter->fact.source);
}

static void report_on(const struct check_context *context)
{
	const struct interrupt_remapping *interrupts = &context->model->interrupts;
	const struct interrupts *chips = &context->host->interrupts;
	bool all = interrupts->state == INTERRUPTS_REMAPPED;
	bool arm = cpu_is_arm(&context->host->cpu);
	enum kind whole = arm ? ISOLATED : ON, part = arm ? PARTLY_ISOLATED : PARTLY;
	struct finding *finding = finding_add(context->findings, &kinds[all ? whole : part],
					      all ? FINDING_PASS : FINDING_WARN, subject_host(),
					      "%s", interrupts->words);

	finding_evidence(finding, interrupts->evidence, "%s", interrupts->evidence_text);
	for (size_t i = 0; i < chips->plain_count; i++)
		finding_evidence(finding, &chips->fact, "%s", chips->plain_chips[i]);
	report_unsafe(context->host, &context->host->modules.type1_unsafe_interrupts,
		      context->findings);
	report_unsafe(context->host, &context->host->modules.iommufd_unsafe_interrupts,
		      context->findings);
}

static void report_unknown(const struct check_context *context)
{
	const struct fact *fact = &context->host->interrupts.fact;
	struct finding *finding =
		finding_add(context->findings, &kinds[UNKNOWN], FINDING_UNKNOWN, subject_host(),
			    "%s", context->model->interrupts.words);

	finding_evidence(finding, fact, "no interrupt of a device");
	if (cpu_is_arm(&context->host->cpu))
		finding_evidence_state(finding, &context->host->acpi.madt.fact);
	finding_remedy_unread(finding, fact);
}

static void report_foreign(const struct check_context *context)
{
	const struct interrupt_remapping *interrupts = &context->model->interrupts;
	const struct cpu *cpu = &context->host->cpu;
	bool attaches = interrupts->attaches == BOOLEAN_YES;
	struct finding *finding = finding_add(context->findings, &kinds[OTHER_ARCHITECTURE],
					      attaches ? FINDING_NOT_APPLICABLE : FINDING_UNKNOWN,
					      subject_host(), "%s", interrupts->words);

	finding_evidence(finding, &cpu->fact, "%s", cpu->architecture);
	if (!attaches)
		finding_remedy_none(finding);
}

static void run(const struct check_context *context)
{
	switch (context->model->interrupts.state) {
	case INTERRUPTS_REMAPPED:
	case INTERRUPTS_PARTLY_REMAPPED:
		report_on(context);
		return;
	case INTERRUPTS_PLAIN:
		report_off(context);
		return;
	case INTERRUPTS_FOREIGN:
		report_foreign(context);
		return;
	case INTERRUPTS_UNKNOWN:
		report_unknown(context);
		return;
	}
}

const struct check check_interrupt_remapping = {
	.id = "interrupt-remapping",
	.title = "Are the interrupts of devices remapped, or on Arm isolated?",
	.needs =
		"/proc/interrupts or /sys/kernel/irq, on Arm the MADT, too; where it is off, /proc/cmdline, modprobe.d and "
		"the parameters of VFIO's modules, too; no privilege",
	.effect = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
