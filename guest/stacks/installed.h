/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_STACKS_INSTALLED_H
#define PASSCHECK_GUEST_STACKS_INSTALLED_H

#include "guest/stacks/stack.h"

/* Returns whether the host has a stack: by its files, or by a kernel that is named after it, as
 * Proxmox VE's is ("6.8.12-4-pve"). */
bool stack_is_on_host(const struct host *host, enum hypervisor_stack stack);

/* Returns whether the host has a stack other than libvirt, which then runs its guests. */
bool stack_other_than_libvirt(const struct host *host);

/* Returns the stack of that kind. */
const struct stack *stack_installed(enum hypervisor_stack stack);

#endif
