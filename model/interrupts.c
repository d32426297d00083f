/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/interrupts.h"

#include "host/access/buffer.h"

struct builder {
	const struct host *host;
	enum platform platform;
	const struct kernel_parameters *parameters;
	const struct dma_units *units;
	struct arena *arena;
	struct interrupt_remapping *out;
};

static void add_culprit(const struct builder *builder, const struct kernel_switch *it)
{
	struct interrupt_remapping *out = builder->out;

	if (it->state == SWITCH_OFF)
		out->culprits[out->culprit_count++] = it;
}

/* intel_iommu=off and iommu=off leave interrupt remapping on: irq_remapping_prepare() does not ask
 * for them. */
static void find_culprits(const struct builder *builder)
{
	const struct kernel_parameters *parameters = builder->parameters;

	add_culprit(builder, &parameters->interrupt_remapping);
	add_culprit(builder, &parameters->io_apic);
	add_culprit(builder, &parameters->acpi);
	if (builder->platform == PLATFORM_AMD_VI)
		add_culprit(builder, &parameters->amd_iommu);
}

static void blame(const struct builder *builder, enum interrupts_cause cause,
		  const struct fact *fact, const char *text, const char *statement)
{
	struct interrupt_remapping *out = builder->out;

	out->cause = cause;
	out->cause_fact = fact;
	out->cause_text = text;
	out->statement = statement;
}

static void blame_command_line(const struct builder *builder)
{
	const char *text = cmdline_spell(builder->arena, builder->out->culprits[0]->decided_by);

	blame(builder, INTERRUPTS_CAUSE_COMMAND_LINE, &builder->host->cmdline.fact, text,
	      arena_printf(builder->arena, "%s turns interrupt remapping off", text));
}

static void blame_firmware(const struct builder *builder, const struct fact *table,
			   const char *text)
{
	blame(builder, INTERRUPTS_CAUSE_FIRMWARE, table, text,
	      "firmware offers no interrupt remapping");
}

static void find_cause_in_firmware(const struct builder *builder)
{
	const struct acpi_tables *acpi = &builder->host->acpi;
	const struct dmar *dmar = builder->units->dmar;
	enum platform platform = builder->platform;

	if (platform == PLATFORM_VTD && dmar && dmar->intact &&
	    !(dmar->flags & DMAR_INTERRUPT_REMAPPING))
		blame_firmware(builder, &acpi->dmar.fact, "flags without INTR_REMAP");
	else if (platform == PLATFORM_VTD && fact_absent(&acpi->dmar.fact))
		blame_firmware(builder, &acpi->dmar.fact, NULL);
	else if (platform == PLATFORM_AMD_VI && fact_absent(&acpi->ivrs.fact))
		blame_firmware(builder, &acpi->ivrs.fact, NULL);
}

static void find_cause(const struct builder *builder)
{
	const struct kconfig *kconfig = &builder->host->kconfig;

	blame(builder, INTERRUPTS_CAUSE_UNKNOWN, NULL, NULL, "interrupts are not remapped");
	if (builder->out->culprit_count)
		blame_command_line(builder);
	else if (fact_known(&kconfig->fact) && kconfig_get(kconfig, "IRQ_REMAP") == KCONFIG_NO)
		blame(builder, INTERRUPTS_CAUSE_KERNEL, &kconfig->fact,
		      "CONFIG_IRQ_REMAP is not set",
		      "this kernel is built without interrupt remapping");
	else
		find_cause_in_firmware(builder);
}

/* Returns whether the cause tells without a chip that interrupts are plain. A table that is not
 * there does not: a hypervisor may have means of its own to remap. */
static bool is_certain(const struct interrupt_remapping *out)
{
	return out->cause != INTERRUPTS_CAUSE_UNKNOWN && out->cause_text;
}

static enum interrupts_state find_state(const struct builder *builder)
{
	const struct host *host = builder->host;
	const struct interrupts *chips = &host->interrupts;

	if (host->cpu.architecture && !cpu_is_x86(&host->cpu))
		return INTERRUPTS_FOREIGN;
	if (chips->remapped_chip)
		return chips->plain_count ? INTERRUPTS_PARTLY_REMAPPED : INTERRUPTS_REMAPPED;
	find_cause(builder);
	if (chips->plain_chip || is_certain(builder->out))
		return INTERRUPTS_PLAIN;
	blame(builder, INTERRUPTS_CAUSE_UNKNOWN, NULL, NULL, NULL);
	return INTERRUPTS_UNKNOWN;
}

/*
 * QEMU and libvirt use the type 1 container. iommufd has an option of its own, which decides where
 * iommufd is the container (drivers/iommu/iommufd/Kconfig).
 */
static struct module_switch find_permission(const struct builder *builder)
{
	const struct kconfig *kconfig = &builder->host->kconfig;
	bool by_iommufd = fact_known(&kconfig->fact) &&
			  kconfig_get(kconfig, "IOMMUFD_VFIO_CONTAINER") == KCONFIG_YES;

	return module_option_switch(builder->host, builder->arena,
				    by_iommufd ? "iommufd" : "vfio_iommu_type1",
				    "allow_unsafe_interrupts");
}

static enum boolean judge_attachment(const struct interrupt_remapping *out)
{
	switch (out->state) {
	case INTERRUPTS_REMAPPED:
	case INTERRUPTS_PARTLY_REMAPPED:
	case INTERRUPTS_FOREIGN:
		return BOOLEAN_YES;
	case INTERRUPTS_PLAIN:
		return out->permitted.value;
	case INTERRUPTS_UNKNOWN:
		break;
	}
	return out->permitted.value == BOOLEAN_YES ? BOOLEAN_YES : BOOLEAN_UNKNOWN;
}

/* "PCI-MSI-0000:01:00.0, PCI-MSI-0000:02:00.0" */
static const char *plain_names(const struct interrupts *chips, struct arena *arena)
{
	struct buffer names = {.arena = arena, .separator = ", "};

	for (size_t i = 0; i < chips->plain_count; i++)
		buffer_item(&names, "%s", chips->plain_chips[i]);
	return arena_printf(arena, "%s%s", buffer_text(&names),
			    chips->more_plain ? " and others" : "");
}

/* What follows from plain interrupts. */
static const char *prospect(enum boolean permitted)
{
	switch (permitted) {
	case BOOLEAN_NO:
		return ": VFIO will refuse devices";
	case BOOLEAN_YES:
		return ", and VFIO is told not to mind";
	case BOOLEAN_UNKNOWN:
		break;
	}
	return ": VFIO refuses devices unless it is told not to mind, which could not be read";
}

static const char *words_of(const struct builder *builder)
{
	const struct interrupt_remapping *out = builder->out;

	switch (out->state) {
	case INTERRUPTS_REMAPPED:
		return "interrupts are remapped";
	case INTERRUPTS_PARTLY_REMAPPED:
		return arena_printf(builder->arena, "interrupts are remapped, but not those of %s",
				    plain_names(&builder->host->interrupts, builder->arena));
	case INTERRUPTS_PLAIN:
		return arena_printf(builder->arena, "%s%s", out->statement,
				    prospect(out->permitted.value));
	case INTERRUPTS_FOREIGN:
		return "interrupt remapping is a matter of x86";
	case INTERRUPTS_UNKNOWN:
		break;
	}
	return "whether interrupts are remapped could not be told";
}

void interrupt_remapping_build(const struct host *host, const struct host_platform *platform,
			       const struct kernel_parameters *parameters,
			       const struct dma_units *units, struct arena *arena,
			       struct interrupt_remapping *ret)
{
	const struct builder builder = {host, platform->kind, parameters, units, arena, ret};

	*ret = (struct interrupt_remapping){0};
	find_culprits(&builder);
	ret->state = find_state(&builder);
	ret->permitted = find_permission(&builder);
	ret->attaches = judge_attachment(ret);
	ret->words = words_of(&builder);
}

bool interrupts_remapped(const struct interrupt_remapping *interrupts)
{
	return interrupts->state == INTERRUPTS_REMAPPED ||
	       interrupts->state == INTERRUPTS_PARTLY_REMAPPED;
}
