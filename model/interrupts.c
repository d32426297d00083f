/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/interrupts.h"

#include <pci/header.h>

#include "host/acpi/madt.h"
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "model/boot/declared_system.h"

/* The option of the container's module that has VFIO attach devices without remapping. */
#define PERMISSION "allow_unsafe_interrupts"

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

static void blame_ioapic(const struct builder *builder, const struct interrupt_refusal *refusal,
			 const char *table)
{
	unsigned id = refusal->ioapic.id;

	blame(builder, INTERRUPTS_CAUSE_FIRMWARE, refusal->fact,
	      arena_printf(builder->arena, "no entry for IOAPIC %u", id),
	      arena_printf(builder->arena,
			   "the %s table has no entry for IOAPIC %u, so interrupts are not "
			   "remapped",
			   table, id));
}

static void blame_unit(const struct builder *builder, const struct interrupt_refusal *refusal)
{
	blame(builder, INTERRUPTS_CAUSE_FIRMWARE, refusal->fact,
	      arena_printf(builder->arena, "ECAP 0x%llx",
			   (unsigned long long)refusal->extended_capability),
	      arena_printf(builder->arena, "%s cannot remap interrupts, so the kernel remaps none",
			   dma_unit_name(refusal->unit)));
}

static void blame_table(const struct builder *builder, const struct interrupt_refusal *refusal,
			const char *table)
{
	blame(builder, INTERRUPTS_CAUSE_FIRMWARE, refusal->fact,
	      "a defect for which the kernel gives up on the table",
	      arena_printf(builder->arena,
			   "the kernel gives up on the %s table, and with it on interrupt "
			   "remapping",
			   table));
}

static void blame_refusal(const struct builder *builder, const struct interrupt_refusal *refusal)
{
	bool amd = builder->platform == PLATFORM_AMD_VI;
	const char *table = amd ? "IVRS" : "DMAR";

	switch (refusal->kind) {
	case INTERRUPT_REFUSAL_TABLE:
		blame_table(builder, refusal, table);
		return;
	case INTERRUPT_REFUSAL_FLAG:
		blame_firmware(builder, refusal->fact, "flags without INTR_REMAP");
		return;
	case INTERRUPT_REFUSAL_UNIT:
		blame_unit(builder, refusal);
		return;
	case INTERRUPT_REFUSAL_IOAPIC:
		blame_ioapic(builder, refusal, table);
		break;
	case INTERRUPT_REFUSAL_NO_SOUTHBRIDGE:
		blame(builder, INTERRUPTS_CAUSE_FIRMWARE, refusal->fact,
		      "no IOAPIC is mapped to the southbridge",
		      "the IVRS table maps no IOAPIC to the southbridge, so interrupts are not "
		      "remapped (\"No southbridge IOAPIC found\")");
		break;
	}
	if (amd)
		builder->out->cause_lifted_by = "ivrs_ioapic=";
}

static void find_cause_in_firmware(const struct builder *builder)
{
	const struct acpi_tables *acpi = &builder->host->acpi;
	const struct interrupt_firmware *firmware = &builder->out->firmware;

	if (firmware->offer == INTERRUPT_OFFER_REFUSED)
		blame_refusal(builder, &firmware->refusals[0]);
	else if (builder->platform == PLATFORM_VTD && fact_absent(&acpi->dmar.fact))
		blame_firmware(builder, &acpi->dmar.fact, NULL);
	else if (builder->platform == PLATFORM_AMD_VI && fact_absent(&acpi->ivrs.fact))
		blame_firmware(builder, &acpi->ivrs.fact, NULL);
}

/* Intel's 5500, 5520 and X58: intel_remapping_check() of arch/x86/kernel/early-quirks.c. */
static bool has_erratum(int64_t device, uint8_t revision)
{
	enum { FIRST = 0x3403, X58 = 0x3405, LAST = 0x3406, LAST_BAD = 0x13, X58_LATER = 0x22 };

	if (device != FIRST && device != X58 && device != LAST)
		return false;
	return revision <= LAST_BAD || (device == X58 && revision == X58_LATER);
}

static const struct pci_function *find_erratum(const struct host *host, uint8_t *ret_revision)
{
	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		if (pci_knows_ids(function) && function->vendor.value == PCI_VENDOR_ID_INTEL &&
		    config_read8(&function->config, PCI_REVISION_ID, ret_revision) &&
		    has_erratum(function->device.value, *ret_revision))
			return function;
	}
	return NULL;
}

static bool blame_chipset(const struct builder *builder)
{
	uint8_t revision = 0;
	const struct pci_function *function = find_erratum(builder->host, &revision);

	if (!function)
		return false;
	blame(builder, INTERRUPTS_CAUSE_CHIPSET, &function->config.fact,
	      arena_printf(builder->arena, "%s 8086:%04x revision 0x%02x", function->name,
			   (unsigned)function->device.value, revision),
	      "an erratum of the chipset (Intel 5500, 5520 or X58) makes the kernel leave interrupt "
	      "remapping off");
	return true;
}

static void find_cause(const struct builder *builder)
{
	const struct kconfig *kconfig = &builder->host->kconfig;

	blame(builder, INTERRUPTS_CAUSE_UNKNOWN, NULL, NULL, "interrupts are not remapped");
	if (blame_chipset(builder))
		return;
	if (builder->out->culprit_count)
		blame_command_line(builder);
	else if (kconfig_lacks(kconfig, "IRQ_REMAP"))
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

static void show(const struct builder *builder, const struct fact *fact, const char *text)
{
	builder->out->evidence = fact;
	builder->out->evidence_text = text;
}

/*
 * The kernel isolates the interrupts of a device whose MSI domain is an ITS's, and the IORT says
 * whose is (msi_device_has_isolated_msi() of kernel/irq/msi.c, iort_get_device_domain() of
 * drivers/acpi/arm64/iort.c; before 6.3 it asked for all domains at once). A device without a
 * mapping gets those of the host bridge, which need not isolate.
 */
static bool all_are_mapped_to_its(const struct host *host, const struct iort *iort)
{
	const struct pci *pci = &host->pci;

	if (!iort || !iort->intact || !pci->count)
		return false;
	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_address *address = &pci->functions[i].address;
		if (!iort_find_its(iort, address->domain, pci_requester_id(address)))
			return false;
	}
	return true;
}

/* What the MADT says of Arm's interrupt controller, where no chip of a device is in use. */
static enum interrupts_state find_state_in_madt(const struct builder *builder)
{
	const struct host *host = builder->host;
	const struct fact_text *table = &host->acpi.madt;
	struct madt madt;

	if (!fact_known(&table->fact) ||
	    madt_decode((const uint8_t *)table->text, table->length, &madt) < 0 || !madt.intact ||
	    !madt.complete || (madt.gic_its && madt.gic_msi_frames))
		return INTERRUPTS_UNKNOWN;
	if (madt.gic_msi_frames) {
		show(builder, &table->fact, "a GICv2m frame, and no ITS");
		return INTERRUPTS_PLAIN;
	}
	/* The kernel uses an ITS that it has the driver for, unless it is told not to. */
	if (!madt.gic_its || builder->parameters->gic_lpis.state == SWITCH_OFF ||
	    !fact_known(&host->kconfig.fact) ||
	    kconfig_get(&host->kconfig, "ARM_GIC_V3_ITS") == KCONFIG_NO ||
	    !all_are_mapped_to_its(host, builder->units->iort))
		return INTERRUPTS_UNKNOWN;
	show(builder, &table->fact, "an ITS, to which the IORT maps every function");
	return INTERRUPTS_REMAPPED;
}

/* Its ITS lies behind a unit that hides who sends an interrupt, so it does not isolate
 * (its_enable_quirk_socionext_synquacer() of drivers/irqchip/irq-gic-v3-its.c). */
static bool is_synquacer(const struct host *host)
{
	return device_tree_is(&host->device_tree, "socionext,synquacer");
}

static enum interrupts_state find_state_on_arm(const struct builder *builder)
{
	const struct interrupts *chips = &builder->host->interrupts;

	if (is_synquacer(builder->host)) {
		show(builder, &builder->host->device_tree.compatible.fact, "socionext,synquacer");
		blame(builder, INTERRUPTS_CAUSE_CONTROLLER, NULL, NULL,
		      "the ITS of Socionext's SynQuacer does not tell who sends an interrupt, and "
		      "isolates none");
		return INTERRUPTS_PLAIN;
	}
	if (chips->plain_chip)
		show(builder, &chips->fact, chips->plain_chip);
	if (chips->remapped_chip) {
		show(builder, &chips->fact, chips->remapped_chip);
		return chips->plain_count ? INTERRUPTS_PARTLY_REMAPPED : INTERRUPTS_REMAPPED;
	}
	enum interrupts_state state =
		chips->plain_chip ? INTERRUPTS_PLAIN : find_state_in_madt(builder);
	if (state == INTERRUPTS_PLAIN)
		blame(builder, INTERRUPTS_CAUSE_CONTROLLER, NULL, NULL,
		      "the interrupt controller has no ITS, and isolates no interrupts");
	return state;
}

static enum interrupts_state find_state(const struct builder *builder)
{
	const struct host *host = builder->host;
	const struct interrupts *chips = &host->interrupts;

	show(builder, &chips->fact, NULL);
	if (cpu_is_arm(&host->cpu))
		return find_state_on_arm(builder);
	if (host->cpu.architecture && !cpu_is_x86(&host->cpu))
		return INTERRUPTS_FOREIGN;
	if (chips->remapped_chip) {
		show(builder, &chips->fact, chips->remapped_chip);
		return chips->plain_count ? INTERRUPTS_PARTLY_REMAPPED : INTERRUPTS_REMAPPED;
	}
	if (chips->plain_chip)
		show(builder, &chips->fact, chips->plain_chip);
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
static const char *container_module(const struct host *host)
{
	const struct kconfig *kconfig = &host->kconfig;
	bool by_iommufd = fact_known(&kconfig->fact) &&
			  kconfig_get(kconfig, "IOMMUFD_VFIO_CONTAINER") == KCONFIG_YES;

	return by_iommufd ? "iommufd" : "vfio_iommu_type1";
}

static struct module_switch find_permission(const struct builder *builder)
{
	return module_option_switch(builder->host, builder->arena, container_module(builder->host),
				    PERMISSION);
}

/* Where VFIO attaches devices whatever their interrupts. */
static bool is_isolated_by_architecture(const struct cpu *cpu)
{
	return cpu_is_architecture(cpu, "s390x") || cpu_is_architecture(cpu, "ppc64");
}

static enum boolean judge_attachment(const struct host *host, const struct interrupt_remapping *out)
{
	switch (out->state) {
	case INTERRUPTS_REMAPPED:
		return BOOLEAN_YES;
	case INTERRUPTS_FOREIGN:
		if (is_isolated_by_architecture(&host->cpu))
			return BOOLEAN_YES;
		break;
	case INTERRUPTS_PARTLY_REMAPPED:
		/* Which functions raise theirs by which controller is not told on Arm. */
		if (!cpu_is_arm(&host->cpu))
			return BOOLEAN_YES;
		break;
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
		return ", and allow_unsafe_interrupts lets VFIO attach devices all the same";
	case BOOLEAN_UNKNOWN:
		break;
	}
	return ": VFIO refuses devices unless allow_unsafe_interrupts is set, which could not "
	       "be read";
}

static const char *foreign_words(const struct builder *builder)
{
	const struct cpu *cpu = &builder->host->cpu;

	if (cpu_is_architecture(cpu, "s390x"))
		return "s390x isolates the interrupts of every function";
	if (cpu_is_architecture(cpu, "ppc64"))
		return "VFIO does not ask for interrupt remapping on ppc64";
	return arena_printf(builder->arena, "interrupt isolation is not judged on %s",
			    cpu->architecture);
}

static const char *words_of(const struct builder *builder)
{
	const struct interrupt_remapping *out = builder->out;
	bool arm = cpu_is_arm(&builder->host->cpu);

	switch (out->state) {
	case INTERRUPTS_REMAPPED:
		return arm ? "the interrupt controller's ITS isolates interrupts"
			   : "interrupts are remapped";
	case INTERRUPTS_PARTLY_REMAPPED:
		return arena_printf(builder->arena, "interrupts are %s, but not those of %s",
				    arm ? "isolated" : "remapped",
				    plain_names(&builder->host->interrupts, builder->arena));
	case INTERRUPTS_PLAIN:
		return arena_printf(builder->arena, "%s%s", out->statement,
				    prospect(out->permitted.value));
	case INTERRUPTS_FOREIGN:
		return foreign_words(builder);
	case INTERRUPTS_UNKNOWN:
		break;
	}
	return arm ? "cannot tell whether interrupts are isolated"
		   : "cannot tell whether interrupts are remapped";
}

void interrupt_remapping_build(const struct host *host, const struct host_platform *platform,
			       const struct kernel_parameters *parameters,
			       const struct dma_units *units, struct arena *arena,
			       struct interrupt_remapping *ret)
{
	const struct builder builder = {host, platform->kind, parameters, units, arena, ret};

	*ret = (struct interrupt_remapping){0};
	interrupt_firmware_build(host, platform->kind, units, arena, &ret->firmware);
	find_culprits(&builder);
	ret->state = find_state(&builder);
	ret->permitted = find_permission(&builder);
	ret->attaches = judge_attachment(host, ret);
	ret->words = words_of(&builder);
	ret->fault = cpu_is_arm(&host->cpu) ? "no ITS isolates its interrupts"
					    : "interrupts are not remapped";
}

bool interrupts_remapped(const struct interrupt_remapping *interrupts)
{
	return interrupts->state == INTERRUPTS_REMAPPED ||
	       interrupts->state == INTERRUPTS_PARTLY_REMAPPED;
}

bool interrupts_need_trust(const struct interrupt_remapping *interrupts)
{
	return interrupts->state == INTERRUPTS_PLAIN &&
	       (interrupts->cause == INTERRUPTS_CAUSE_CHIPSET ||
		interrupts->cause == INTERRUPTS_CAUSE_CONTROLLER);
}

/* How the container's module is given the option. */
static const char *trust_words(const struct host *host, struct arena *arena)
{
	const char *module = container_module(host);
	struct module_option option = module_option_find(host, arena, module, PERMISSION);

	if (module_option_set(&option))
		return arena_printf(arena, "reboot: %s sets " PERMISSION " already",
				    option.on_command_line ? "the kernel command line"
							   : option.place->source);
	if (modules_built_in(&host->modules, module))
		return arena_printf(arena, "put %s." PERMISSION "=1 on %s and reboot", module,
				    declared_system_place(host));
	return arena_printf(arena, "write options %s " PERMISSION "=1 to %s and reboot", module,
			    declared_system_module_options(host));
}

const char *interrupts_or_trust(const struct host *host,
				const struct interrupt_remapping *interrupts, const char *remedy,
				struct arena *arena)
{
	if (interrupts->permitted.value == BOOLEAN_YES)
		return remedy;
	return arena_printf(arena, "%s. If you trust the guests as much as the host, %s", remedy,
			    trust_words(host, arena));
}

const char *interrupts_chipset_remedy(const struct host *host,
				      const struct interrupt_remapping *interrupts,
				      struct arena *arena)
{
	return interrupts_or_trust(host, interrupts,
				   "Use a machine with another chipset: no setting lifts the "
				   "erratum",
				   arena);
}
