/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_CAUTION_CAUTION_H
#define PASSCHECK_MODEL_CAUTION_CAUTION_H

#include "host/base/lines.h"
#include "host/host.h"
#include "model/assign/host_use.h"

/* What VFIO accepts, and the guest or the host suffers from. The names are a contract. */
enum caution_kind {
	CAUTION_BOOT_DISPLAY, /* the boot shows, or showed, its picture on it */
	CAUTION_RESET,        /* it does not come back to a second guest as it came to the first */
	CAUTION_SPLIT_DEVICE, /* other functions of the card stay with the host */
	CAUTION_IGD,          /* Intel's integrated graphics, which wants its place and OpRegion */
	CAUTION_ROM, /* its video BIOS is in the host's firmware, and mostly not in the function */
	CAUTION_VARIANT,       /* another driver of VFIO than vfio-pci has it work in a guest */
	CAUTION_NVLINK,        /* its driver waits for a fabric that a guest may not have */
	CAUTION_VF_TOKEN,      /* who opens it must know the token of its PF */
	CAUTION_ADDRESS_WIDTH, /* its BARs may lie where its IOMMU does not reach */
	CAUTION_POWER,         /* it may not come back from the sleep that vfio-pci puts it to */
	CAUTION_IN_USE,        /* the host uses it, and would lose that, or its driver hang */
	CAUTION_STALE_GROUP,   /* its group promises an isolation that is off now */
	CAUTION_INTX,          /* VFIO wants its interrupt line alone, which others have, too */
	CAUTION_KIND_COUNT,
};

struct caution {
	enum caution_kind kind;
	const char *why;             /* "BOOTFB holds its memory": speaks of the function as "it" */
	const char *finding;         /* the id of the finding that explains it */
	const char *remedy;          /* what helps on this host: a sentence, without a period */
	struct text_line *commands;  /* that carry it out; NULL: none */
	const struct fact *evidence; /* never NULL */
	struct caution *next;
};

/* Lists of a function, by kind. */
struct function_cautions {
	struct caution *known;
	/* What was not read, and so is neither a caution nor fine; without remedy and commands. */
	struct caution *unknown;
	/* What becomes one once vfio-pci has it. */
	struct caution *planned;
};

struct cautions {
	const struct host *host;
	struct function_cautions *lists; /* of each function, in the order of host->pci */
};

/* Return the first of a function of the host, or NULL: a healthy function has none. */
const struct caution *cautions_of(const struct cautions *cautions,
				  const struct pci_function *function);
const struct caution *cautions_unknown_of(const struct cautions *cautions,
					  const struct pci_function *function);
const struct caution *cautions_planned_of(const struct cautions *cautions,
					  const struct pci_function *function);

/* Returns the function's caution of that kind, or NULL. */
const struct caution *cautions_find(const struct cautions *cautions,
				    const struct pci_function *function, enum caution_kind kind);

/* Returns whether display is a graphics card, by its first function, and other a function of it
 * that has another group. */
bool caution_splits(const struct pci_function *display, const struct pci_function *other);

/* Returns whether it is an NVSwitch of NVIDIA's: nvswitch_pci_table of kernel-open/nvidia in
 * github.com/NVIDIA/open-gpu-kernel-modules. */
bool caution_is_nvswitch(const struct pci_function *function);

/* Returns whether it is Intel's integrated graphics at 0000:00:02.0. Its VFs, if any, are functions
 * 1 to 7 of the slot. */
bool caution_is_igd(const struct pci_function *function);

/* Returns whether a parameter of the command line keeps integrated graphics from every unit, and so
 * from a group: intel_iommu=igfx_off, intel_iommu_setup() of drivers/iommu/intel/iommu.c. */
bool caution_parameter_keeps_igd(const struct cmdline_parameter *parameter);

/* Returns whether such a parameter, and it alone, is why integrated graphics have no group. */
bool caution_keeps_igd(const struct host *host, const struct pci_function *function);

/* Returns whether VFIO shows a guest the OpRegion of such graphics: without it, QEMU does not start
 * with x-igd-opregion=on. */
bool caution_offers_opregion(const struct host *host, const struct pci_function *function);

/* Returns whether the host's QEMU is known to give such an OpRegion to a guest unasked, whatever
 * machine that has: 10.1 and later ("vfio/igd: Enable OpRegion by default"). */
bool caution_qemu_gives_opregion(const struct host *host);

/* Returns whether the function is known to have no ROM, without which, and without a file in its
 * place, QEMU has no legacy mode for integrated graphics (docs/igd-assign.txt). */
bool caution_lacks_rom(const struct pci_function *function);

/* Returns whether the ROM of a display is the copy that firmware keeps in low memory. Integrated
 * graphics have no ROM that a file could replace. */
bool caution_has_shadow_rom(const struct pci_function *function);

/* Returns whether it has a 64-bit memory BAR, which a guest's firmware may place high. */
bool caution_has_wide_bar(const struct pci_function *function);

/* Returns whether the caution says that the host uses a function which it needs: the function stays
 * with the host, and host_uses_vital() has said so already. */
bool caution_stays(const struct caution *caution, const struct host_uses *uses,
		   const struct pci_function *function);

/* Returns "boot-display", "reset" and the like. */
const char *caution_kind_name(enum caution_kind kind);

/* Returns whether the finding that explains the caution is a failure. */
bool caution_fails(const struct caution *caution);

#endif
