/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/sriov/nvme_setup.h"

#include <inttypes.h>

#include "model/shell.h"

bool nvme_setup_is_for(const struct pci_function *pf)
{
	return pci_class(pf) == CLASS_NVM;
}

bool nvme_setup_may_lack(const struct pci_function *vf)
{
	return !pci_is_on_driver(vf, "nvme");
}

/* An admin queue and one for I/O are what a controller needs, and one interrupt: some have no
 * second for each VF, and refuse two (Maximum VI of nvme primary-ctrl-caps, VIFRSM). nvme-cli
 * writes of each controller, line by line, SCID, SCS (0x0000: offline) and VFN, the number of the
 * VF: all as 0x and four digits. */
void nvme_setup_add(struct arena *arena, const struct pci_function *pf, uint32_t first,
		    uint32_t last, struct text_line **list)
{
	static const char device[] = "\"/dev/${path##*/}\"";

	shell_add(arena, list,
		  "for path in /sys/bus/pci/devices/%s/nvme/nvme*; do "
		  "for id in $(nvme list-secondary %s | awk '/SCID/ {id = $NF} "
		  "/SCS/ {off = /0x0000/} /VFN/ && off && ($NF \"\") >= \"0x%04" PRIx32
		  "\" && ($NF \"\") <= \"0x%04" PRIx32 "\" {print id}'); do "
		  "nvme virt-mgmt %s -c \"$id\" -r 0 -n 2 -a 8 && "
		  "{ nvme virt-mgmt %s -c \"$id\" -r 1 -n 2 -a 8 || "
		  "nvme virt-mgmt %s -c \"$id\" -r 1 -n 1 -a 8; } && "
		  "nvme virt-mgmt %s -c \"$id\" -a 9; done; done",
		  pf->name, device, first, last, device, device, device, device);
}

void nvme_setup_add_by_hand(struct arena *arena, const struct pci_function *pf,
			    struct text_line **list)
{
	const char *device =
		arena_printf(arena, "/dev/$(ls /sys/bus/pci/devices/%s/nvme)", pf->name);

	shell_add(arena, list, "nvme list-secondary %s", device);
	for (unsigned resource = 0; resource < 2; resource++)
		shell_add(arena, list, "nvme virt-mgmt %s -c CNTLID -r %u -n 2 -a 8", device,
			  resource);
	shell_add(arena, list, "nvme virt-mgmt %s -c CNTLID -a 9", device);
}
