/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/machine_type.h"

#include <stdio.h>
#include <string.h>

static bool read_version(const char *machine, unsigned *ret_major, unsigned *ret_minor)
{
	return sscanf(machine, "pc-q35-%u.%u", ret_major, ret_minor) == 2 ||
	       sscanf(machine, "pc-i440fx-%u.%u", ret_major, ret_minor) == 2;
}

enum boolean machine_type_since(const struct hypervisor *hypervisor, const char *machine,
				unsigned major, unsigned minor)
{
	unsigned own_major, own_minor;

	if (hypervisor_qemu_before(hypervisor, major, minor))
		return BOOLEAN_NO;
	if (!machine)
		return BOOLEAN_UNKNOWN;
	if (read_version(machine, &own_major, &own_minor))
		return own_major > major || (own_major == major && own_minor >= minor) ? BOOLEAN_YES
										       : BOOLEAN_NO;
	if (fact_known(&hypervisor->qemu_version.fact) &&
	    (strcmp(machine, "q35") == 0 || strcmp(machine, "pc") == 0))
		return BOOLEAN_YES;
	return BOOLEAN_UNKNOWN;
}
