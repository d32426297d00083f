/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/interrupt_firmware.h"

#include "model/dma/iommu_registers.h"
#include "model/ioapics.h"

struct builder {
	const struct host *host;
	const struct dma_units *units;
	struct arena *arena;
	struct interrupt_firmware *out;
	size_t capacity; /* of the refusals */
	struct madt madt;
	bool madt_read; /* in full */
};

static void refuse(struct builder *builder, const struct interrupt_refusal *refusal)
{
	struct interrupt_firmware *out = builder->out;
	struct interrupt_refusal *refusals =
		arena_grow(builder->arena, out->refusals, out->refusal_count, &builder->capacity,
			   sizeof(*refusals));

	if (!refusals)
		return;
	out->refusals = refusals;
	out->refusals[out->refusal_count++] = *refusal;
}

static void refuse_ioapic(struct builder *builder, enum interrupt_refusal_kind kind,
			  const struct fact *table, const struct madt_ioapic *ioapic)
{
	refuse(builder,
	       &(struct interrupt_refusal){.kind = kind, .fact = table, .ioapic = *ioapic});
}

/* Units that do not run do not show their registers, and are taken to be able. */
static void judge_units(struct builder *builder)
{
	bool remaps;

	for (size_t i = 0; i < builder->units->count; i++) {
		const struct dma_unit *unit = &builder->units->units[i];
		struct iommu_registers registers;
		iommu_registers_read(unit, NULL, &registers);
		if (!iommu_has_feature(&registers, IOMMU_INTERRUPT_REMAPPING, &remaps) || remaps)
			continue;
		refuse(builder,
		       &(struct interrupt_refusal){
			       .kind = INTERRUPT_REFUSAL_UNIT,
			       .fact = &unit->running->extended_capability.fact,
			       .unit = unit,
			       .extended_capability = (uint64_t)registers.extended_capability.value,
		       });
	}
}

static bool has_ioapic_scope(const struct dmar *dmar, uint8_t id)
{
	for (size_t i = 0; i < dmar->count; i++) {
		const struct dmar_structure *drhd = &dmar->structures[i];
		for (size_t s = 0; drhd->type == DMAR_DRHD && s < drhd->scope_count; s++) {
			if (drhd->scopes[s].type == DMAR_SCOPE_IOAPIC &&
			    drhd->scopes[s].enumeration_id == id)
				return true;
		}
	}
	return false;
}

/* Returns whether all was read that the kernel goes by; it can be refused all the same. */
static bool judge_dmar(struct builder *builder)
{
	const struct dmar *dmar = builder->units->dmar;
	const struct fact *fact = &builder->host->acpi.dmar.fact;
	struct interrupt_refusal refusal = {.kind = INTERRUPT_REFUSAL_TABLE, .fact = fact};

	if (dmar_accepted(dmar))
		refusal.kind = INTERRUPT_REFUSAL_FLAG;
	if (!dmar_accepted(dmar) || !(dmar->flags & DMAR_INTERRUPT_REMAPPING)) {
		refuse(builder, &refusal);
		return true;
	}
	judge_units(builder);
	for (size_t i = 0; i < builder->madt.count; i++) {
		const struct madt_ioapic *ioapic = &builder->madt.ioapics[i];
		if (!has_ioapic_scope(dmar, ioapic->id))
			refuse_ioapic(builder, INTERRUPT_REFUSAL_IOAPIC, fact, ioapic);
	}
	return builder->madt_read;
}

/* Returns the IOAPIC of interrupt 0, which is the southbridge's, else the first. */
static const struct madt_ioapic *first_ioapic(const struct madt *madt)
{
	for (size_t i = 0; i < madt->count; i++) {
		if (madt->ioapics[i].interrupt_base == 0)
			return &madt->ioapics[i];
	}
	return &madt->ioapics[0];
}

/* As judge_dmar(). */
static bool judge_ivrs_ioapics(struct builder *builder)
{
	const struct fact *fact = &builder->host->acpi.ivrs.fact;
	enum boolean southbridge = BOOLEAN_NO;

	for (size_t i = 0; i < builder->madt.count; i++) {
		const struct madt_ioapic *ioapic = &builder->madt.ioapics[i];
		const struct ivrs_entry *entry =
			ioapic_find_entry(builder->units->ivrs, ioapic->id);
		if (!entry) {
			refuse_ioapic(builder, INTERRUPT_REFUSAL_IOAPIC, fact, ioapic);
			continue;
		}
		enum boolean is = ioapic_is_southbridge(builder->host, ioapic, entry);
		if (is == BOOLEAN_YES || southbridge == BOOLEAN_NO)
			southbridge = is;
	}
	if (!builder->madt_read)
		return false;
	if (southbridge == BOOLEAN_NO)
		refuse_ioapic(builder, INTERRUPT_REFUSAL_NO_SOUTHBRIDGE, fact,
			      first_ioapic(&builder->madt));
	return southbridge != BOOLEAN_UNKNOWN;
}

/* As judge_dmar(). */
static bool judge_ivrs(struct builder *builder)
{
	const struct cmdline *cmdline = &builder->host->cmdline;

	if (!ivrs_accepted(builder->units->ivrs)) {
		refuse(builder,
		       &(struct interrupt_refusal){.kind = INTERRUPT_REFUSAL_TABLE,
						   .fact = &builder->host->acpi.ivrs.fact});
		return true;
	}
	/* Entries of the command line replace those of the table. */
	if (!fact_known(&cmdline->fact) || ioapics_by_command_line(cmdline))
		return false;
	return judge_ivrs_ioapics(builder);
}

void interrupt_firmware_build(const struct host *host, enum platform platform,
			      const struct dma_units *units, struct arena *arena,
			      struct interrupt_firmware *ret)
{
	struct builder builder = {.host = host, .units = units, .arena = arena, .out = ret};
	bool told = false;

	*ret = (struct interrupt_firmware){0};
	builder.madt_read = ioapics_read(host, &builder.madt);
	ret->ioapic_count = builder.madt.count;
	if (platform == PLATFORM_VTD && units->dmar && units->dmar->intact)
		told = judge_dmar(&builder);
	else if (platform == PLATFORM_AMD_VI && units->ivrs && units->ivrs->intact)
		told = judge_ivrs(&builder);
	if (ret->refusal_count)
		ret->offer = INTERRUPT_OFFER_REFUSED;
	else if (told)
		ret->offer = INTERRUPT_OFFER_MADE;
}
