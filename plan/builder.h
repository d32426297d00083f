/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_BUILDER_H
#define PASSCHECK_PLAN_BUILDER_H

#include "model/assign/leaving.h"
#include "model/shell.h"
#include "plan/step.h"

/* Kernel parameters to add and to take away, words as on the command line; NULL: none. */
struct plan_parameters {
	struct text_line *add;
	struct text_line *remove;
};

/* A plan on its way. */
struct plan_builder {
	const struct model *model;
	const struct host *host;
	struct arena *arena;
	const struct pci_function *const *functions; /* asked for */
	size_t count;
	const struct pci_function **taken; /* these, and what must leave the host with them */
	size_t taken_count;
	struct plan *plan;
	size_t capacity;
	struct plan_parameters parameters; /* that the steps of one kernel command line change */
	struct plan_step spare;            /* what plan_add_step() returns when memory is short */
	struct plan_alternative spare_alternative;
};

/* Appends a step and returns it, never NULL; it may move when another is appended. */
struct plan_step *plan_add_step(struct plan_builder *builder, enum plan_stage stage, const char *id,
				const struct pci_function *function, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* Appends another way and returns the list of its commands. */
struct text_line **plan_add_alternative(struct plan_builder *builder, struct plan_step *step,
					const char *summary);

/* Note what stands in the way, and what could not be read; each sentence once. */
void plan_add_obstacle(struct plan_builder *builder, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void plan_add_unknown(struct plan_builder *builder, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Returns whether the plan is asked for for the function. */
bool plan_asks_for(const struct plan_builder *builder, const struct pci_function *function);

/* Returns whether the function leaves the host, asked for or as a companion. */
bool plan_takes(const struct plan_builder *builder, const struct pci_function *function);

/* Returns how the function leaves its driver for those that are asked for. One that is asked for
 * itself goes to VFIO, unless it is a bridge. */
enum leaving plan_leaving(const struct plan_builder *builder, const struct pci_function *function);

/*
 * The parts of the plan, each in a file of its own, plan/NAME.c. Those that come first leave
 * parameters, which plan_command_line() makes a step of.
 */
void plan_remapping(struct plan_builder *builder);    /* DMA remapping on */
void plan_interrupts(struct plan_builder *builder);   /* interrupt remapping on */
void plan_command_line(struct plan_builder *builder); /* with what this host boots with */
void plan_bind(struct plan_builder *builder);         /* from host drivers to vfio-pci */
void plan_persist(struct plan_builder *builder);      /* the same over reboots */
void plan_vfs(struct plan_builder *builder, unsigned vfs);
void plan_persist_vfs(struct plan_builder *builder, const struct pci_function *pf, int64_t vfs);
void plan_guest(struct plan_builder *builder);
void plan_remarks(struct plan_builder *builder); /* cautions of the functions */

#endif
