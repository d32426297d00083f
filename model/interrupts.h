/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_INTERRUPTS_H
#define PASSCHECK_MODEL_INTERRUPTS_H

#include "model/boot/kernel_parameters.h"
#include "model/dma/dma_units.h"
#include "model/interrupt_firmware.h"
#include "model/modules/module_option.h"
#include "model/platform.h"

/* Whether the kernel remaps the interrupts of devices, or, on Arm, isolates them. */
enum interrupts_state {
	INTERRUPTS_UNKNOWN,
	INTERRUPTS_PLAIN, /* not remapped */
	/* A chip of the kernel is remapped, or on Arm belongs to an ITS; each chip of a device is
	 * such a one. */
	INTERRUPTS_REMAPPED,
	INTERRUPTS_PARTLY_REMAPPED,
	INTERRUPTS_FOREIGN, /* neither x86 nor Arm: not judged */
};

enum interrupts_cause {
	INTERRUPTS_CAUSE_UNKNOWN,
	INTERRUPTS_CAUSE_COMMAND_LINE, /* one of the culprits */
	INTERRUPTS_CAUSE_KERNEL,       /* built without it */
	INTERRUPTS_CAUSE_FIRMWARE,     /* offers none, or what the kernel refuses */
	INTERRUPTS_CAUSE_CHIPSET,      /* has an erratum for which the kernel leaves it off */
	INTERRUPTS_CAUSE_CONTROLLER,   /* Arm: an interrupt controller that isolates none */
};

enum { INTERRUPTS_MOST_CULPRITS = 4 };

/*
 * The answer to "may VFIO attach a device, as far as its interrupts go?", with what it rests on.
 * VFIO refuses a device whose interrupts are not remapped (EPERM), unless allow_unsafe_interrupts
 * is set: vfio_iommu_type1_attach_group() of drivers/vfio/vfio_iommu_type1.c,
 * iommufd_device_bind() of drivers/iommu/iommufd/device.c. Both ask msi_device_has_isolated_msi()
 * of kernel/irq/msi.c. On Arm an ITS isolates, and GICv2m, MBI and the host bridges' own
 * controllers do not (IRQ_DOMAIN_FLAG_ISOLATED_MSI). On s390 every function's are isolated; VFIO's
 * container of ppc64 does not ask.
 */
struct interrupt_remapping {
	enum interrupts_state state;
	/* The switches of the command line that keep remapping off on this platform. */
	const struct kernel_switch *culprits[INTERRUPTS_MOST_CULPRITS];
	size_t culprit_count;
	enum interrupts_cause cause;   /* unknown unless plain */
	const struct fact *cause_fact; /* what shows the cause; NULL where it is unknown */
	const char *cause_text;        /* what stands there; NULL where the fact's state shows it */
	const char *cause_lifted_by;   /* "ivrs_ioapic=": a parameter that does; NULL: none does */
	const char *statement;         /* "intremap=off turns interrupt remapping off" */
	const char *fault; /* "interrupts are not remapped", in the words of the architecture */
	const struct fact *evidence;        /* what the state was seen in */
	const char *evidence_text;          /* what stands there; NULL where nothing was seen */
	struct module_switch permitted;     /* to attach a device without remapping */
	enum boolean attaches;              /* VFIO attaches a device: remapped, or permitted */
	struct interrupt_firmware firmware; /* whether its tables let the kernel remap */
	const char *words; /* state and permission: "interrupts are not remapped: VFIO will …" */
};

/*
 * Judges a host by the interrupt chips that it has, and where it shows none, by what is enough to
 * keep remapping off: the kernel's parameters, its build, the chipset, firmware's tables. What
 * words and facts it points to are of host, parameters and arena. Sources:
 * intel_prepare_irq_remapping() of drivers/iommu/intel/irq_remapping.c, state_next() of
 * drivers/iommu/amd/init.c, enable_IR_x2apic() of arch/x86/kernel/apic/apic.c,
 * intel_remapping_check() of arch/x86/kernel/early-quirks.c.
 */
void interrupt_remapping_build(const struct host *host, const struct host_platform *platform,
			       const struct kernel_parameters *parameters,
			       const struct dma_units *units, struct arena *arena,
			       struct interrupt_remapping *ret);

/* Returns whether the kernel is seen to remap interrupts, be it those of some devices only. */
bool interrupts_remapped(const struct interrupt_remapping *interrupts);

/* Returns whether nothing but allow_unsafe_interrupts has VFIO attach devices to guests on this
 * machine: no setting has its interrupts remapped. */
bool interrupts_need_trust(const struct interrupt_remapping *interrupts);

/* Returns remedy, and where VFIO refuses devices, in memory of arena, what has it attach them
 * without remapping: writing the option where none does, else the reboot that it waits for. */
const char *interrupts_or_trust(const struct host *host,
				const struct interrupt_remapping *interrupts, const char *remedy,
				struct arena *arena);

/* Returns, in memory of arena, what is left where the chipset's erratum keeps remapping off. */
const char *interrupts_chipset_remedy(const struct host *host,
				      const struct interrupt_remapping *interrupts,
				      struct arena *arena);

#endif
