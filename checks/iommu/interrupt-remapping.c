/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include <string.h>

#include "host/access/buffer.h"
#include "model/platform.h"

enum kind { ON, PARTLY, OFF, OFF_ALLOWED, UNKNOWN, UNSAFE_ALLOWED, OTHER_ARCHITECTURE, KIND_COUNT };

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
		 "setup, or update the firmware. " FIX_REMAPPING_BY_HYPERVISOR},
	[OFF_ALLOWED] =
		{"interrupt-remapping.off-allowed",
		 "Interrupts of devices are not remapped, and allow_unsafe_interrupts makes "
		 "VFIO attach devices all the same: a guest can raise any interrupt of the "
		 "host. That is for guests that are trusted as the host is.",
		 FIX_REMAPPING_REFUSED
		 " Otherwise switch on VT-d or AMD-Vi with interrupt remapping in the firmware "
		 "setup, or update the firmware. Then unset allow_unsafe_interrupts."},
	[UNKNOWN] = {"interrupt-remapping.unknown",
		     "Whether interrupts are remapped could not be told: the interrupt chips were "
		     "not read, or none of a device is in use.",
		     "Audit the host itself, or capture it again with passcheck capture, so that "
		     "/proc/interrupts or /sys/kernel/irq is read. Where they were read and show "
		     "no interrupt of a device, do so while a driver uses a device."},
	[UNSAFE_ALLOWED] = {"interrupt-remapping.unsafe-allowed",
			    "allow_unsafe_interrupts is set though interrupts are remapped: it "
			    "would hide the loss of that protection.",
			    "Write N to /sys/module/MODULE/parameters/allow_unsafe_interrupts, of "
			    "vfio_iommu_type1 or iommufd. Remove it also where it is configured "
			    "(/etc/modprobe.d, the kernel command line)."},
	[OTHER_ARCHITECTURE] = {"interrupt-remapping.other-architecture",
				"Interrupt remapping is a matter of x86. Elsewhere the interrupt "
				"controller (the GIC's ITS on Arm) isolates message-signalled "
				"interrupts.",
				NULL},
};

ASSERT_COVERS(kinds, KIND_COUNT);

#define TYPE1_PARAMETER "vfio_iommu_type1.allow_unsafe_interrupts"

/* Flags of the DMAR table: Intel VT-d specification 4.1, section 8.1. */
enum { DMAR_FLAGS_OFFSET = 37, DMAR_INTR_REMAP = 0x01 };

/* Why interrupts are not remapped, and what shows it. */
struct cause {
	const struct fact *fact; /* NULL: not known */
	const char *evidence;    /* NULL: the state says it */
	const char *statement;
	const char *remedy;
	bool certain; /* enough by itself to tell that remapping is off */
};

static struct cause blame_parameter(const struct host *host, const struct kernel_switch *option,
				    struct arena *arena)
{
	const struct cmdline_parameter *parameter = option->decided_by;
	const char *text = cmdline_spell(arena, parameter);

	return (struct cause){
		.fact = &host->cmdline.fact,
		.evidence = text,
		.statement = arena_printf(arena, "%s turns interrupt remapping off", text),
		.remedy = arena_printf(arena, "Remove %s from the kernel command line and reboot",
				       text),
		.certain = true,
	};
}

static struct cause blame_kernel(const struct host *host)
{
	return (struct cause){
		.fact = &host->kconfig.fact,
		.evidence = "CONFIG_IRQ_REMAP is not set",
		.statement = "this kernel is built without interrupt remapping",
		.remedy = "Boot a kernel that has CONFIG_IRQ_REMAP",
		.certain = true,
	};
}

static const char *firmware_remedy(const struct host *host, struct arena *arena)
{
	if (platform_is_guest(host))
		return "Give this virtual machine a virtual IOMMU with interrupt remapping, if "
		       "devices are to be passed on from it";
	return arena_printf(arena,
			    "Switch on %s with interrupt remapping in the firmware setup, or "
			    "update the firmware",
			    platform_name(platform_of(host)));
}

static struct cause blame_firmware(const struct host *host, const struct fact *table,
				   const char *evidence, struct arena *arena)
{
	return (struct cause){
		.fact = table,
		.evidence = evidence,
		.statement = "firmware offers no interrupt remapping",
		.remedy = firmware_remedy(host, arena),
		/* A hypervisor may have means of its own to remap. */
		.certain = evidence != NULL,
	};
}

static bool dmar_denies(const struct fact_text *dmar)
{
	return fact_known(&dmar->fact) && dmar->length > DMAR_FLAGS_OFFSET &&
	       strncmp(dmar->text, "DMAR", 4) == 0 &&
	       !(dmar->text[DMAR_FLAGS_OFFSET] & DMAR_INTR_REMAP);
}

/* Finds what keeps remapping off. intel_iommu=off does not: drivers/iommu/intel/irq_remapping.c;
 * amd_iommu=off does: state_next() of drivers/iommu/amd/init.c. */
static struct cause find_cause(const struct host *host, const struct model *model,
			       struct arena *arena)
{
	const struct kernel_parameters *parameters = &model->parameters;
	const struct acpi_tables *acpi = &host->acpi;
	enum platform platform = platform_of(host);

	if (parameters->interrupt_remapping.state == SWITCH_OFF)
		return blame_parameter(host, &parameters->interrupt_remapping, arena);
	if (platform == PLATFORM_AMD_VI && parameters->amd_iommu.state == SWITCH_OFF)
		return blame_parameter(host, &parameters->amd_iommu, arena);
	if (fact_known(&host->kconfig.fact) &&
	    kconfig_get(&host->kconfig, "IRQ_REMAP") == KCONFIG_NO)
		return blame_kernel(host);
	if (platform == PLATFORM_VTD && dmar_denies(&acpi->dmar))
		return blame_firmware(host, &acpi->dmar.fact, "flags without INTR_REMAP", arena);
	if (platform == PLATFORM_VTD && fact_absent(&acpi->dmar.fact))
		return blame_firmware(host, &acpi->dmar.fact, NULL, arena);
	if (platform == PLATFORM_AMD_VI && fact_absent(&acpi->ivrs.fact))
		return blame_firmware(host, &acpi->ivrs.fact, NULL, arena);
	return (struct cause){
		.statement = "interrupts are not remapped",
		.remedy = firmware_remedy(host, arena),
	};
}

static bool is_set(const struct fact_text *parameter)
{
	return fact_known(&parameter->fact) && parameter->text[0] == 'Y';
}

/* What makes VFIO attach a device without remapping. */
struct permission {
	const struct fact *fact; /* NULL: nothing does */
	const char *text;
};

/* As param_set_bool() takes a value: one without "=" is set. */
static bool means_yes(const char *value)
{
	return !value || strchr("yY1", value[0]) != NULL || strncmp(value, "on", 2) == 0;
}

/* A parameter on the command line counts when the module is loaded, which may be later. */
static bool will_be_set(const struct host *host)
{
	const struct cmdline_parameter *parameter = cmdline_find(&host->cmdline, TYPE1_PARAMETER);

	return fact_absent(&host->modules.type1_unsafe_interrupts.fact) && parameter &&
	       means_yes(parameter->value);
}

/*
 * QEMU and libvirt use the type 1 container. iommufd has a parameter of its own, which decides
 * where iommufd is the container (drivers/iommu/iommufd/Kconfig).
 */
static struct permission find_permission(const struct host *host)
{
	const struct fact_text *type1 = &host->modules.type1_unsafe_interrupts;
	const struct fact_text *iommufd = &host->modules.iommufd_unsafe_interrupts;
	bool by_iommufd = fact_known(&host->kconfig.fact) &&
			  kconfig_get(&host->kconfig, "IOMMUFD_VFIO_CONTAINER") == KCONFIG_YES;

	if (is_set(type1))
		return (struct permission){&type1->fact, type1->text};
	if (will_be_set(host))
		return (struct permission){&host->cmdline.fact, TYPE1_PARAMETER};
	if (by_iommufd && is_set(iommufd))
		return (struct permission){&iommufd->fact, iommufd->text};
	return (struct permission){0};
}

static void report_off(const struct host *host, const struct cause *cause,
		       struct findings *findings)
{
	struct permission permission = find_permission(host);
	const struct interrupts *interrupts = &host->interrupts;
	struct finding *finding;

	if (permission.fact)
		finding = finding_add(findings, &kinds[OFF_ALLOWED], FINDING_WARN, subject_host(),
				      "%s, and VFIO is told not to mind", cause->statement);
	else
		finding = finding_add(findings, &kinds[OFF], FINDING_FAIL, subject_host(),
				      "%s: VFIO will refuse devices", cause->statement);
	if (interrupts->plain_chip)
		finding_evidence(finding, &interrupts->fact, "%s", interrupts->plain_chip);
	if (cause->evidence)
		finding_evidence(finding, cause->fact, "%s", cause->evidence);
	else if (cause->fact)
		finding_evidence_state(finding, cause->fact);
	if (permission.fact)
		finding_evidence(finding, permission.fact, "%s", permission.text);
	finding_remedy(finding, "%s", cause->remedy);
}

static void report_unsafe(const struct fact_text *parameter, struct findings *findings)
{
	struct finding *finding;

	if (!is_set(parameter))
		return;
	finding = finding_add(findings, &kinds[UNSAFE_ALLOWED], FINDING_WARN, subject_host(),
			      "allow_unsafe_interrupts is set without need");
	finding_evidence(finding, &parameter->fact, "%s", parameter->text);
	finding_remedy(finding, "Unset it, also where it is configured (/etc/modprobe.d, the "
				"kernel command line)");
	finding_command(finding, "echo N > %s", parameter->fact.source);
}

/* "PCI-MSI-0000:01:00.0, PCI-MSI-0000:02:00.0" */
static const char *plain_names(const struct interrupts *interrupts, struct arena *arena)
{
	struct buffer names = {.arena = arena, .separator = ", "};

	for (size_t i = 0; i < interrupts->plain_count; i++)
		buffer_item(&names, "%s", interrupts->plain_chips[i]);
	return arena_printf(arena, "%s%s", buffer_text(&names),
			    interrupts->more_plain ? " and others" : "");
}

static void report_on(const struct host *host, struct findings *findings)
{
	const struct interrupts *interrupts = &host->interrupts;
	struct finding *finding;

	if (interrupts->plain_count)
		finding = finding_add(findings, &kinds[PARTLY], FINDING_WARN, subject_host(),
				      "interrupts are remapped, but not those of %s",
				      plain_names(interrupts, findings->arena));
	else
		finding = finding_add(findings, &kinds[ON], FINDING_PASS, subject_host(),
				      "interrupts are remapped");
	finding_evidence(finding, &interrupts->fact, "%s", interrupts->remapped_chip);
	for (size_t i = 0; i < interrupts->plain_count; i++)
		finding_evidence(finding, &interrupts->fact, "%s", interrupts->plain_chips[i]);
	report_unsafe(&host->modules.type1_unsafe_interrupts, findings);
	report_unsafe(&host->modules.iommufd_unsafe_interrupts, findings);
}

static void report_unknown(const struct host *host, struct findings *findings)
{
	const struct fact *fact = &host->interrupts.fact;
	struct finding *finding =
		finding_add(findings, &kinds[UNKNOWN], FINDING_UNKNOWN, subject_host(),
			    "whether interrupts are remapped could not be told");

	finding_evidence(finding, fact, "no interrupt of a device");
	finding_remedy_unread(finding, fact);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;

	if (host->cpu.architecture && !cpu_is_x86(&host->cpu)) {
		struct finding *finding =
			finding_add(findings, &kinds[OTHER_ARCHITECTURE], FINDING_NOT_APPLICABLE,
				    subject_host(), "interrupt remapping is a matter of x86");
		finding_evidence(finding, &host->cpu.fact, "%s", host->cpu.architecture);
		return;
	}
	if (host->interrupts.remapped_chip) {
		report_on(host, findings);
		return;
	}
	struct cause cause = find_cause(host, context->model, findings->arena);
	if (host->interrupts.plain_chip || cause.certain)
		report_off(host, &cause, findings);
	else
		report_unknown(host, findings);
}

const struct check check_interrupt_remapping = {
	.id = "interrupt-remapping",
	.title = "Are the interrupts of devices remapped?",
	.needs = "/proc/interrupts or /sys/kernel/irq; no privilege",
	.effect = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
