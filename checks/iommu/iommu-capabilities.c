/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include <inttypes.h>

#include "host/base/buffer.h"
#include "model/dma/iommu_registers.h"

enum kind { DESCRIBED, NARROW, NO_WIDTH, NO_PASS_THROUGH, UNKNOWN, NOT_APPLICABLE, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[DESCRIBED] =
		{"iommu-capabilities.described",
		 "What a running IOMMU can do, by its registers. snoop_control: guests' devices "
		 "cannot bypass caches. posted_interrupts, guest_apic_mode: interrupts reach "
		 "guests without an exit. caching_mode, not_present_cache: the IOMMU is a virtual "
		 "one, and this host a virtual machine.",
		 NULL},
	[NARROW] = {"iommu-capabilities.narrow",
		    "An IOMMU translates fewer address bits than the processor has. A guest whose "
		    "memory or devices lie above (as with host-phys-bits=on) cannot be mapped, and "
		    "VFIO_MAP_DMA fails there.",
		    "Keep guests' addresses below what the IOMMU translates: put <maxphysaddr "
		    "mode='passthrough' limit='BITS'/> into the domain's cpu element, with the "
		    "number of the IOMMU's bits."},
	[NO_WIDTH] = {"iommu-capabilities.no-width",
		      "An IOMMU supports none of the page table formats that the kernel knows "
		      "(\"No supported address widths\"). It translates nothing.",
		      "Update the firmware. Where that does not help, give guests devices behind "
		      "another IOMMU."},
	[NO_PASS_THROUGH] =
		{"iommu-capabilities.no-pass-through",
		 "iommu=pt asks for host devices to bypass translation, and a VT-d unit cannot "
		 "do that (ECAP.PT is clear): the kernel translates them after all. This costs "
		 "the host some speed; guests do not notice.",
		 "Only other hardware lets the devices of that unit bypass translation. Remove "
		 "iommu=pt or iommu.passthrough=1 from the kernel command line where no other "
		 "unit heeds it."},
	[UNKNOWN] = {"iommu-capabilities.unknown",
		     "The registers of a running IOMMU could not be read from sysfs.",
		     FIX_READ_AT_ALL},
	[NOT_APPLICABLE] = {"iommu-capabilities.not-applicable",
			    "No x86 IOMMU runs, so there are no registers to read.", NULL},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static bool is_x86_unit(const struct dma_unit *unit)
{
	return unit->running && (unit->kind == IOMMU_VTD || unit->kind == IOMMU_AMD_VI);
}

static const struct fact_number *main_register(const struct iommu_registers *registers)
{
	return registers->kind == IOMMU_VTD ? &registers->capability : &registers->efr;
}

static const char *list_features(struct arena *arena, const struct iommu_registers *registers)
{
	struct buffer list = {.arena = arena, .separator = " "};

	for (size_t i = 0; i < IOMMU_FEATURE_COUNT; i++) {
		enum iommu_feature feature = (enum iommu_feature)i;
		bool has;
		if (iommu_has_feature(registers, feature, &has) && has)
			buffer_item(&list, "%s", iommu_feature_name(feature));
	}
	return buffer_text(&list);
}

static void describe(const struct dma_unit *unit, const struct iommu_registers *registers,
		     unsigned width, struct findings *findings)
{
	const struct fact_number *number = main_register(registers);
	struct finding *finding = finding_add(
		findings, &kinds[DESCRIBED], FINDING_PASS, subject_unit(dma_unit_name(unit)),
		"%s translates %u address bits", dma_unit_name(unit), width);

	finding_evidence(finding, &number->fact, "0x%" PRIx64 ": %s", (uint64_t)number->value,
			 list_features(findings->arena, registers));
}

static void judge_width(const struct host *host, const struct dma_unit *unit,
			const struct iommu_registers *registers, unsigned width,
			struct findings *findings)
{
	const struct fact_number *number = main_register(registers);

	if (width >= host->cpu.physical_bits)
		return;
	struct finding *finding = finding_add(
		findings, &kinds[NARROW], FINDING_WARN, subject_unit(dma_unit_name(unit)),
		"%s translates %u address bits, and the processor has %u", dma_unit_name(unit),
		width, host->cpu.physical_bits);
	finding_evidence(finding, &number->fact, "0x%" PRIx64, (uint64_t)number->value);
	finding_evidence(finding, &host->cpu.fact, "%u bits physical", host->cpu.physical_bits);
	finding_remedy(finding,
		       "Keep guests' addresses below: <maxphysaddr mode='passthrough' "
		       "limit='%u'/> in the domain's cpu element",
		       width);
}

static void report_no_width(const struct dma_unit *unit, const struct iommu_registers *registers,
			    struct findings *findings)
{
	const struct fact_number *number = main_register(registers);
	struct finding *finding = finding_add(
		findings, &kinds[NO_WIDTH], FINDING_WARN, subject_unit(dma_unit_name(unit)),
		"%s has no page table format that the kernel knows", dma_unit_name(unit));

	finding_evidence(finding, &number->fact, "0x%" PRIx64, (uint64_t)number->value);
}

static void judge_pass_through(const struct model *model, const struct dma_unit *unit,
			       const struct iommu_registers *registers, struct findings *findings)
{
	const struct kernel_switch *wanted = &model->parameters.passthrough;
	bool able;

	if (wanted->state != SWITCH_ON ||
	    !iommu_has_feature(registers, IOMMU_PASS_THROUGH, &able) || able)
		return;
	struct finding *finding = finding_add(findings, &kinds[NO_PASS_THROUGH], FINDING_WARN,
					      subject_unit(dma_unit_name(unit)),
					      "%s cannot pass DMA through untranslated as %s asks",
					      dma_unit_name(unit), wanted->decided_by->name);
	finding_evidence(finding, &registers->extended_capability.fact, "0x%" PRIx64,
			 (uint64_t)registers->extended_capability.value);
}

static void judge_unit(const struct model *model, const struct dma_unit *unit,
		       struct findings *findings)
{
	struct iommu_registers registers;

	iommu_registers_read(unit, model->dma_units.ivrs, &registers);
	const struct fact_number *number = main_register(&registers);
	unsigned width = iommu_address_width(&registers);
	if (!fact_known(&number->fact)) {
		struct finding *finding =
			finding_add(findings, &kinds[UNKNOWN], FINDING_UNKNOWN,
				    subject_unit(dma_unit_name(unit)),
				    "the registers of %s could not be read", dma_unit_name(unit));
		finding_evidence_state(finding, &number->fact);
		finding_remedy_unread(finding, &number->fact);
		return;
	}
	judge_pass_through(model, unit, &registers, findings);
	if (!width) {
		report_no_width(unit, &registers, findings);
		return;
	}
	describe(unit, &registers, width, findings);
	judge_width(model->host, unit, &registers, width, findings);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	const struct model *model = context->model;
	struct findings *findings = context->findings;
	const struct dma_units *units = &model->dma_units;
	size_t running = 0;

	for (size_t i = 0; i < units->count; i++) {
		if (!is_x86_unit(&units->units[i]))
			continue;
		judge_unit(model, &units->units[i], findings);
		running++;
	}
	if (running)
		return;
	struct finding *finding =
		finding_add(findings, &kinds[NOT_APPLICABLE], FINDING_NOT_APPLICABLE,
			    subject_host(), "no IOMMU of x86 runs");
	finding_evidence(finding, &host->units.fact, "%s",
			 counted(findings->arena, host->units.count, "unit"));
}

const struct check check_iommu_capabilities = {
	.id = "iommu-capabilities",
	.title = "What can the IOMMU do for guests?",
	.needs = "/sys/class/iommu; no privilege",
	.advisory = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
