/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_READ_GUEST_TEXT_H
#define PASSCHECK_GUEST_READ_GUEST_TEXT_H

#include "guest/libvirt/domain.h"

/*
 * Guests that are not described by libvirt's XML, as domains with the functions that they name: a
 * VMID.conf of Proxmox VE (/etc/pve/qemu-server) and its resource mappings (mapping/pci.cfg);
 * commands of QEMU and Cloud Hypervisor, as ps shows them or as they stand in scripts; machines and
 * permittedHostDevices of KubeVirt, and instances of Incus, in YAML.
 */

/*
 * Parses length bytes. Memory comes from arena; short memory marks it. Returns 0; -ENOTSUP, with
 * nothing said, for what is none of these; -EBADMSG or -EFBIG with *ret_why a sentence that names
 * the line; -ENOMEM.
 */
int guest_text_parse(struct arena *arena, const char *bytes, size_t length,
		     struct domain_documents *ret, const char **ret_why);

#endif
