/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_YAML_STACKS_YAML_H
#define PASSCHECK_GUEST_YAML_STACKS_YAML_H

#include "guest/read/guest_list.h"
#include "guest/yaml/yaml.h"

/*
 * Append what an object of KubeVirt holds: a VirtualMachine, an instance or a template of it, and
 * the resources of permittedHostDevices as pools. Another object holds nothing.
 */
void kubevirt_read(const struct yaml *yaml, const yaml_node_t *object, struct guest_list *guests);

/*
 * Append what an instance of Incus holds (doc/reference/devices_*.md): a pci device, and a gpu that
 * is named by its address, are functions. A container's are passed over: VFIO has no part in them.
 */
void incus_read(const struct yaml *yaml, const yaml_node_t *instance, struct guest_list *guests);

#endif
