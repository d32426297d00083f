/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_HOSTDEV_FORMS_H
#define PASSCHECK_GUEST_HOSTDEV_FORMS_H

#include "guest/hostdev/form.h"

/* What libvirt and virt-install leave of the place of integrated graphics: the ports of a q35
 * follow its display, and that of a pc is there (qemuDomainValidateDevicePCISlotsQ35() and
 * …PIIX3(), src/qemu/qemu_domain_address.c of libvirt). */
#define HOSTDEV_IGD_SLOT                                                                           \
	"in most guests a root port (q35) or the emulated display (pc) has the address 00:02.0, "  \
	"which libvirt gives to no second device: give that one another slot first (virsh edit)"

/*
 * Builds the forms of functions (by address). Memory comes from arena; short memory marks it.
 * Returns 0, or -EINVAL with *ret_misfit where a wish fits none of the functions.
 */
int hostdev_forms_build(const struct model *model, const struct pci_function *const *functions,
			size_t count, const struct hostdev_options *options, struct arena *arena,
			struct hostdev_forms *ret, struct hostdev_misfit *ret_misfit);

#endif
