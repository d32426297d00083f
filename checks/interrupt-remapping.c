/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include "model/platform.h"

enum kind { ON, OFF, OFF_ALLOWED, UNKNOWN, UNSAFE_ALLOWED, OTHER_ARCHITECTURE };

static const struct finding_kind kinds[] = {
	[ON] = {"interrupt-remapping.on",
		"The kernel's interrupt chips are remapped (their names begin with IR-): a device "
		"that a guest owns cannot raise interrupts of the host."},
	[OFF] = {"interrupt-remapping.off",
		 "Interrupts of devices are not remapped: their chips' names lack IR-. VFIO refuses "
		 "to attach a device (EPERM), because its guest could raise any interrupt of the "
		 "host. Interrupt remapping is independent of DMA remapping: firmware must offer it "
		 "for every unit and every IOAPIC."},
	[OFF_ALLOWED] =
		{"interrupt-remapping.off-allowed",
		 "Interrupts of devices are not remapped, and allow_unsafe_interrupts makes "
		 "VFIO attach devices all the same: a guest can raise any interrupt of the "
		 "host. That is for guests that are trusted as the host is."},
	[UNKNOWN] = {"interrupt-remapping.unknown",
		     "Whether interrupts are remapped could not be told: the interrupt chips were "
		     "not read, or none of a device is in use."},
	[UNSAFE_ALLOWED] = {"interrupt-remapping.unsafe-allowed",
			    "allow_unsafe_interrupts is set though interrupts are remapped: it "
			    "would hide the loss of that protection."},
	[OTHER_ARCHITECTURE] = {"interrupt-remapping.other-architecture",
				"Interrupt remapping is a matter of x86. Elsewhere the interrupt "
				"controller (the GIC's ITS on Arm) isolates message-signalled "
				"interrupts."},
};

/* Returns the parameter that lets VFIO do without remapping, or NULL. */
static const struct fact_text *find_unsafe(const struct host *host)
{
	const struct fact_text *type1 = &host->modules.type1_unsafe_interrupts;
	const struct fact_text *iommufd = &host->modules.iommufd_unsafe_interrupts;

	if (fact_known(&type1->fact) && type1->text[0] == 'Y')
		return type1;
	if (fact_known(&iommufd->fact) && iommufd->text[0] == 'Y')
		return iommufd;
	return NULL;
}

static void report_on(const struct host *host, struct findings *findings)
{
	const struct fact_text *unsafe = find_unsafe(host);
	struct finding *finding = finding_add(findings, &kinds[ON], FINDING_PASS, subject_host(),
					      "interrupts are remapped");

	finding_evidence(finding, &host->interrupts.fact, "%s", host->interrupts.remapped_chip);
	if (!unsafe)
		return;
	finding = finding_add(findings, &kinds[UNSAFE_ALLOWED], FINDING_WARN, subject_host(),
			      "allow_unsafe_interrupts is set without need");
	finding_evidence(finding, &unsafe->fact, "%s", unsafe->text);
	finding_remedy(finding, "Unset it");
	finding_command(finding, "echo N > %s", unsafe->fact.source);
}

static void add_remedy(struct finding *finding, const struct host *host, const struct model *model)
{
	if (model->parameters.interrupt_remapping.state == SWITCH_OFF)
		finding_remedy(finding, "Remove %s from the kernel command line and reboot",
			       model->parameters.interrupt_remapping.decided_by->name);
	else if (platform_is_guest(host))
		finding_remedy(finding, "Give this virtual machine a virtual IOMMU with interrupt "
					"remapping, if devices are to be passed on from it");
	else
		finding_remedy(finding,
			       "Switch on %s with interrupt remapping in the firmware "
			       "setup, or update the firmware",
			       platform_name(platform_of(host)));
}

static void report_off(const struct host *host, const struct model *model,
		       struct findings *findings)
{
	const struct fact_text *unsafe = find_unsafe(host);
	struct finding *finding;

	if (unsafe)
		finding = finding_add(findings, &kinds[OFF_ALLOWED], FINDING_WARN, subject_host(),
				      "interrupts are not remapped, and VFIO is told not to mind");
	else
		finding = finding_add(findings, &kinds[OFF], FINDING_FAIL, subject_host(),
				      "interrupts are not remapped: VFIO will refuse devices");
	finding_evidence(finding, &host->interrupts.fact, "%s", host->interrupts.plain_chip);
	if (unsafe)
		finding_evidence(finding, &unsafe->fact, "%s", unsafe->text);
	add_remedy(finding, host, model);
}

static void run(const struct host *host, const struct model *model, struct findings *findings)
{
	struct finding *finding;

	if (host->cpu.architecture && !cpu_is_x86(&host->cpu)) {
		finding = finding_add(findings, &kinds[OTHER_ARCHITECTURE], FINDING_NOT_APPLICABLE,
				      subject_host(), "interrupt remapping is a matter of x86");
		finding_evidence(finding, &host->cpu.fact, "%s", host->cpu.architecture);
		return;
	}
	if (host->interrupts.remapped_chip) {
		report_on(host, findings);
		return;
	}
	if (host->interrupts.plain_chip) {
		report_off(host, model, findings);
		return;
	}
	finding = finding_add(findings, &kinds[UNKNOWN], FINDING_UNKNOWN, subject_host(),
			      "whether interrupts are remapped could not be told");
	finding_evidence(finding, &host->interrupts.fact, "no interrupt of a device");
}

const struct check check_interrupt_remapping = {
	.id = "interrupt-remapping",
	.title = "Are the interrupts of devices remapped?",
	.needs = "/proc/interrupts or /sys/kernel/irq; no privilege",
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run = run,
};
