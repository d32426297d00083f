/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_STACKS_STACK_H
#define PASSCHECK_GUEST_STACKS_STACK_H

#include "guest/hostdev/form.h"

/*
 * Stacks that run guests without libvirt's XML. The forms say which functions go, in which order
 * and at which guest slot; a stack adds its syntax and its limits. Nothing is judged here.
 */

/* What is to be written. */
struct stack_order {
	const struct model *model;
	struct arena *arena;
	const struct hostdev_forms *forms;
	const char *node; /* the host's name; NULL: not asked for, or not known */
};

struct stack {
	const char *name;  /* of its format: "qemu" */
	const char *title; /* as people call it */
	struct hostdev_target target;
	/* Returns the text for what is written of the forms: lines, each with its newline, of which
	 * those that begin with "#" are comments; "" where nothing is. Memory comes from the
	 * order's arena; short memory marks it. */
	const char *(*write)(const struct stack_order *order);
};

extern const struct stack stack_qemu, stack_proxmox, stack_kubevirt, stack_sriov_policy, stack_nova,
	stack_incus, stack_cloud_hypervisor;

/* Every one of them. */
extern const struct stack *const stack_registry[];
extern const size_t stack_registry_count;

/* Returns the stack of that name, or NULL. */
const struct stack *stack_find(const char *name);

/* Returns whether a plan can lead to a guest of the stack: one that makes VFs itself has no step.
 */
bool stack_has_plan(const struct stack *stack);

/* A device of the guest: one function, or those of one slot of it, function 0 first. */
struct stack_device {
	const struct hostdev_form **functions;
	size_t count;
};

struct stack_devices {
	struct stack_device *devices; /* in the order of the forms */
	size_t count;
};

/* Returns the devices that the guest gets by the forms that are written. */
struct stack_devices stack_devices_of(const struct stack_order *order);

#endif
