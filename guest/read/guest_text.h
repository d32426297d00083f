/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_READ_GUEST_TEXT_H
#define PASSCHECK_GUEST_READ_GUEST_TEXT_H

#include "guest/libvirt/domain_xml.h"

/*
 * Guests that are not described by libvirt's XML, as domains with the functions that they name: a
 * VMID.conf of Proxmox VE (/etc/pve/qemu-server), and a command of QEMU, as ps shows it or as it
 * stands in a script.
 */

/*
 * Parses length bytes. Memory comes from arena; short memory marks it. Returns 0; -ENOTSUP, with
 * nothing said, for what is neither; -EBADMSG or -EFBIG with *ret_why a sentence that names the
 * line; -ENOMEM.
 */
int guest_text_parse(struct arena *arena, const char *bytes, size_t length, struct domain *ret,
		     const char **ret_why);

#endif
