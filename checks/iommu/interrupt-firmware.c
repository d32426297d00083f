/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <string.h>

#include "checks/support/fixes.h"
#include "checks/support/verdicts.h"

#include "host/base/buffer.h"
#include "model/boot/declared_system.h"
#include "model/ioapics.h"
#include "model/platform.h"

enum kind {
	OFFERED,
	RUNS,
	UNUSED,
	NOT_OFFERED,
	TABLE_REFUSED,
	IOAPIC_UNCOVERED,
	NO_SOUTHBRIDGE,
	UNIT_INCAPABLE,
	X2APIC_OPT_OUT,
	UNKNOWN,
	NOT_APPLICABLE,
	KIND_COUNT,
};

static const struct finding_kind kinds[] = {
	[OFFERED] =
		{"interrupt-firmware.offered",
		 "Firmware's tables have what the kernel needs to remap interrupts: the flag of "
		 "the DMAR, and an IOMMU for each IOAPIC. The check interrupt-remapping says "
		 "whether interrupts are remapped.",
		 NULL},
	[RUNS] = {"interrupt-firmware.runs",
		  "Interrupts are remapped. What firmware's tables say about it was not read, "
		  "and no longer matters.",
		  NULL},
	[UNUSED] = {"interrupt-firmware.unused",
		    "Firmware offers interrupt remapping and the kernel does not use it: it is "
		    "switched off on the command line, the kernel was built without it "
		    "(CONFIG_IRQ_REMAP), or the chipset is one whose remapping is broken.",
		    FIX_REMAPPING_REFUSED " " FIX_REMAPPING_BY_CHIPSET},
	[NOT_OFFERED] =
		{"interrupt-firmware.not-offered",
		 "The DMAR's flag for interrupt remapping is clear, so the kernel does not remap "
		 "interrupts, and VFIO refuses devices.",
		 FIX_REMAPPING_BY_FIRMWARE " " FIX_REMAPPING_BY_HYPERVISOR},
	[TABLE_REFUSED] =
		{"interrupt-firmware.table-refused",
		 "The kernel gives up on firmware's table, so it knows no unit that could remap "
		 "interrupts.",
		 "Update the firmware; the findings of acpi-dmar or acpi-ivrs say what is wrong "
		 "with its table. " FIX_REMAPPING_BY_HYPERVISOR},
	[IOAPIC_UNCOVERED] =
		{"interrupt-firmware.ioapic-uncovered",
		 "An IOAPIC of the MADT has no IOMMU in firmware's tables (\"ioapic has no mapping "
		 "iommu\", \"IOAPIC not in IVRS table\"). Without knowing its requester id the "
		 "kernel cannot remap its interrupts, and then remaps none.",
		 FIX_REMAPPING_BY_FIRMWARE
		 " With AMD-Vi, ivrs_ioapic= on the kernel command line can give what the table "
		 "lacks. " FIX_REMAPPING_BY_HYPERVISOR},
	[NO_SOUTHBRIDGE] =
		{"interrupt-firmware.no-southbridge",
		 "The IVRS maps no IOAPIC to the southbridge (\"No southbridge IOAPIC found\"), "
		 "which the timer's interrupt comes through. The kernel then remaps none. Up to "
		 "7.2 the southbridge is 00:14.0; from 7.3 on it is what the IOAPIC of interrupt 0 "
		 "is mapped to, and must be an SMBus controller or ISA bridge by its class.",
		 FIX_REMAPPING_BY_FIRMWARE
		 " Until then, ivrs_ioapic= on the kernel command line can give what the table "
		 "lacks. " FIX_REMAPPING_BY_HYPERVISOR},
	[UNIT_INCAPABLE] =
		{"interrupt-firmware.unit-incapable",
		 "A VT-d unit cannot remap interrupts (ECAP.IR is clear). The kernel remaps all "
		 "interrupts or none.",
		 FIX_REMAPPING_BY_FIRMWARE
		 " Where neither helps, only other hardware helps. " FIX_REMAPPING_BY_HYPERVISOR},
	[X2APIC_OPT_OUT] =
		{"interrupt-firmware.x2apic-opt-out",
		 "Firmware asks the kernel not to switch x2APIC on. Interrupts are then remapped "
		 "in "
		 "xAPIC mode, which is enough for VFIO.",
		 NULL},
	[UNKNOWN] =
		{"interrupt-firmware.unknown",
		 "passcheck cannot tell whether firmware offers interrupt remapping: its tables "
		 "were not read in full.",
		 FIX_READ_AS_ROOT
		 " With ivrs_ioapic= on the kernel command line it stays unknown until interrupts "
		 "are remapped."},
	[NOT_APPLICABLE] = {"interrupt-firmware.not-applicable",
			    "Firmware describes no IOMMU of x86 that could remap interrupts.",
			    NULL},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* What a check works with. */
struct subject_matter {
	const struct host *host;
	const struct host_platform *platform;
	const struct dma_units *units;
	const struct interrupt_remapping *interrupts;
	struct findings *findings;
};

static bool runs(const struct subject_matter *matter)
{
	return interrupts_remapped(matter->interrupts);
}

/* The chipset's erratum, which interrupt-remapping names, comes first. */
static void follow_erratum(struct finding *finding, const struct subject_matter *matter)
{
	bool allowed = matter->interrupts->permitted.value == BOOLEAN_YES;

	finding_follows(finding,
			allowed ? "interrupt-remapping.off-allowed" : "interrupt-remapping.off",
			subject_host());
}

/* A reason why the kernel cannot remap interrupts; it only warns where the kernel does, or where
 * VFIO accepts that (allow_unsafe_interrupts). */
static struct finding *add_reason(const struct subject_matter *matter, enum kind kind,
				  const char *summary)
{
	const struct host *host = matter->host;
	struct finding *finding = finding_add(
		matter->findings, &kinds[kind],
		runs(matter) ? FINDING_WARN : verdict_without_remapping(matter->interrupts),
		subject_host(), "%s%s", summary,
		runs(matter) ? ", yet interrupts are remapped" : "");

	if (runs(matter)) {
		finding_evidence(finding, &host->interrupts.fact, "%s",
				 host->interrupts.remapped_chip);
		finding_remedy_none(finding);
	} else if (matter->interrupts->cause == INTERRUPTS_CAUSE_CHIPSET) {
		finding_remedy(finding, "%s",
			       interrupts_chipset_remedy(matter->host, matter->interrupts,
							 matter->findings->arena));
		follow_erratum(finding, matter);
	} else if (matter->platform->is_guest) {
		finding_remedy(finding, "%s",
			       platform_virtual_remedy(matter->platform, VIRTUAL_REMAPPING, NULL,
						       matter->findings->arena));
	} else {
		finding_remedy(finding, "Switch on interrupt remapping in the firmware setup, or "
					"update the firmware");
	}
	return finding;
}

/* What the IVRS lacks the command line can give. */
static void remedy_ivrs(struct finding *finding, const struct subject_matter *matter,
			const struct madt_ioapic *ioapic)
{
	if (runs(matter) || matter->platform->is_guest || matter->platform->kind != PLATFORM_AMD_VI)
		return;
	finding_remedy(finding,
		       "Update the firmware; until then give the kernel what the IVRS lacks: %s on "
		       "%s, and reboot",
		       ioapic_word(matter->host, ioapic, matter->findings->arena),
		       declared_system_place(matter->host));
}

static void report_uncovered(const struct subject_matter *matter,
			     const struct interrupt_refusal *refusal)
{
	const struct madt_ioapic *ioapic = &refusal->ioapic;
	struct finding *finding =
		add_reason(matter, IOAPIC_UNCOVERED,
			   arena_printf(matter->findings->arena,
					"firmware names no IOMMU for IOAPIC %u", ioapic->id));

	finding_evidence(finding, &matter->host->acpi.madt.fact, "IOAPIC %u at 0x%x", ioapic->id,
			 ioapic->address);
	finding_evidence(finding, refusal->fact, "no entry for IOAPIC %u", ioapic->id);
	remedy_ivrs(finding, matter, ioapic);
}

static void report_incapable(const struct subject_matter *matter,
			     const struct interrupt_refusal *refusal)
{
	struct finding *finding =
		add_reason(matter, UNIT_INCAPABLE,
			   arena_printf(matter->findings->arena, "%s cannot remap interrupts",
					dma_unit_name(refusal->unit)));

	finding_evidence(finding, refusal->fact, "ECAP 0x%llx",
			 (unsigned long long)refusal->extended_capability);
}

static void note_x2apic(const struct subject_matter *matter)
{
	const struct dmar *dmar = matter->units->dmar;
	const uint8_t both = DMAR_INTERRUPT_REMAPPING | DMAR_X2APIC_OPT_OUT;

	if (matter->platform->kind != PLATFORM_VTD || !dmar || !dmar_accepted(dmar) ||
	    (dmar->flags & both) != both)
		return;
	struct finding *finding =
		finding_add(matter->findings, &kinds[X2APIC_OPT_OUT], FINDING_PASS, subject_host(),
			    "firmware opts out of x2APIC, which VFIO can do "
			    "without");
	finding_evidence(finding, &matter->host->acpi.dmar.fact, "flags 0x%02x", dmar->flags);
}

static void report_no_southbridge(const struct subject_matter *matter,
				  const struct interrupt_refusal *refusal)
{
	const struct madt_ioapic *ioapic = &refusal->ioapic;
	const struct ivrs_entry *entry = ioapic_find_entry(matter->units->ivrs, ioapic->id);
	struct finding *finding =
		add_reason(matter, NO_SOUTHBRIDGE,
			   "the IVRS table maps no IOAPIC to the southbridge (the kernel: \"No "
			   "southbridge IOAPIC found\")");

	if (entry)
		finding_evidence(finding, refusal->fact, "IOAPIC %u at requester id 0x%04x",
				 ioapic->id, entry->alias);
	finding_evidence(finding, refusal->fact, "%s",
			 counted(finding->owner->arena, matter->interrupts->firmware.ioapic_count,
				 "IOAPIC"));
	remedy_ivrs(finding, matter, ioapic);
}

static void report_table(const struct subject_matter *matter,
			 const struct interrupt_refusal *refusal)
{
	const char *summary = arena_printf(
		matter->findings->arena,
		"the kernel gives up on the %s table, and with it on interrupt remapping",
		matter->platform->kind == PLATFORM_AMD_VI ? "IVRS" : "DMAR");

	finding_evidence_state(add_reason(matter, TABLE_REFUSED, summary), refusal->fact);
}

static void report_refusal(const struct subject_matter *matter,
			   const struct interrupt_refusal *refusal)
{
	switch (refusal->kind) {
	case INTERRUPT_REFUSAL_TABLE:
		report_table(matter, refusal);
		return;
	case INTERRUPT_REFUSAL_FLAG:
		finding_evidence(add_reason(matter, NOT_OFFERED,
					    "the DMAR table does not offer interrupt remapping"),
				 refusal->fact, "flags 0x%02x", matter->units->dmar->flags);
		return;
	case INTERRUPT_REFUSAL_UNIT:
		report_incapable(matter, refusal);
		return;
	case INTERRUPT_REFUSAL_IOAPIC:
		report_uncovered(matter, refusal);
		return;
	case INTERRUPT_REFUSAL_NO_SOUTHBRIDGE:
		report_no_southbridge(matter, refusal);
		return;
	}
}

/* amd_iommu=off leaves both kinds of remapping off. */
static bool is_off_with_dma(const struct interrupt_remapping *interrupts)
{
	return interrupts->cause == INTERRUPTS_CAUSE_COMMAND_LINE &&
	       strcmp(interrupts->cause_text, "amd_iommu=off") == 0;
}

static void report_offer(const struct subject_matter *matter)
{
	const struct host *host = matter->host;
	bool unused = matter->interrupts->state == INTERRUPTS_PLAIN;
	struct finding *finding = finding_add(
		matter->findings, &kinds[unused ? UNUSED : OFFERED],
		unused ? FINDING_WARN : FINDING_PASS, subject_host(), "%s",
		unused ? "the kernel does not use the interrupt remapping that firmware offers"
		       : "firmware offers interrupt remapping");

	finding_evidence(finding, matter->platform->table, "an IOMMU for %s",
			 counted_as(finding->owner->arena,
				    matter->interrupts->firmware.ioapic_count,
				    "IOAPIC, the only one", "IOAPICs, each of them"));
	if (unused && host->interrupts.plain_chip)
		finding_evidence(finding, &host->interrupts.fact, "%s",
				 host->interrupts.plain_chip);
	if (unused && is_off_with_dma(matter->interrupts))
		finding_follows(finding, "kernel-cmdline.iommu-off", subject_host());
	if (unused && matter->platform->below == BELOW_XEN_DOM0)
		finding_remedy(finding, "%s", PLATFORM_DOM0_REMEDY);
	if (!unused || matter->interrupts->cause != INTERRUPTS_CAUSE_CHIPSET)
		return;
	finding_evidence(finding, matter->interrupts->cause_fact, "%s",
			 matter->interrupts->cause_text);
	follow_erratum(finding, matter);
	finding_remedy(finding, "%s",
		       interrupts_chipset_remedy(matter->host, matter->interrupts,
						 matter->findings->arena));
}

/* What leaves the offer open. */
static const struct fact *find_unread(const struct subject_matter *matter)
{
	const struct host *host = matter->host;

	if (!fact_known(matter->platform->table))
		return matter->platform->table;
	if (matter->platform->kind == PLATFORM_AMD_VI && !fact_known(&host->cmdline.fact))
		return &host->cmdline.fact;
	return &host->acpi.madt.fact;
}

static void report_unknown(const struct subject_matter *matter)
{
	const struct host *host = matter->host;
	const struct fact *unread = find_unread(matter);
	struct finding *finding;

	if (runs(matter)) {
		finding = finding_add(matter->findings, &kinds[RUNS], FINDING_PASS, subject_host(),
				      "interrupts are remapped, whatever firmware says of it");
		finding_evidence(finding, &host->interrupts.fact, "%s",
				 host->interrupts.remapped_chip);
		return;
	}
	finding = finding_add(matter->findings, &kinds[UNKNOWN], FINDING_UNKNOWN, subject_host(),
			      "cannot tell whether firmware offers interrupt remapping");
	finding_evidence_state(finding, unread);
	finding_remedy_unread(finding, unread);
}

static bool has_no_table(const struct subject_matter *matter)
{
	const struct host *host = matter->host;

	if (matter->platform->kind == PLATFORM_OTHER)
		return true;
	return fact_absent(&host->acpi.dmar.fact) && fact_absent(&host->acpi.ivrs.fact) &&
	       !runs(matter);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	struct subject_matter matter = {
		.host = host,
		.platform = &context->model->platform,
		.units = &context->model->dma_units,
		.interrupts = &context->model->interrupts,
		.findings = findings,
	};
	const struct interrupt_firmware *firmware = &matter.interrupts->firmware;

	if (has_no_table(&matter)) {
		struct finding *finding =
			finding_add(findings, &kinds[NOT_APPLICABLE], FINDING_NOT_APPLICABLE,
				    subject_host(), "firmware describes no IOMMU of x86");
		finding_evidence_state(finding, &host->acpi.dmar.fact);
		finding_evidence_state(finding, &host->acpi.ivrs.fact);
		return;
	}
	note_x2apic(&matter);
	for (size_t i = 0; i < firmware->refusal_count; i++)
		report_refusal(&matter, &firmware->refusals[i]);
	if (firmware->offer == INTERRUPT_OFFER_MADE)
		report_offer(&matter);
	else if (firmware->offer == INTERRUPT_OFFER_UNKNOWN)
		report_unknown(&matter);
}

const struct check check_interrupt_firmware = {
	.id = "interrupt-firmware",
	.title = "Does firmware offer interrupt remapping?",
	.needs = "DMAR or IVRS, and APIC, of /sys/firmware/acpi/tables; root",
	.advisory = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
