/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_STACKS_QEMU_H
#define PASSCHECK_GUEST_STACKS_QEMU_H

#include "guest/stacks/stack.h"

/*
 * Returns the command that starts a guest of QEMU with the functions, through /dev/iommu where
 * iommufd says so, its arguments apart by separator; NULL for an architecture of which passcheck
 * knows no machine with root ports of PCI Express. -device takes JSON since QEMU 6.2.
 */
const char *qemu_command(const struct stack_order *order, bool iommufd, const char *separator);

/*
 * Returns what is to be heeded when a network card is added to that command, without a full stop;
 * NULL where nothing is: integrated graphics take the slot of the root bus that QEMU gives to one.
 */
const char *qemu_slot_note(const struct stack_order *order);

#endif
