/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_HOSTDEV_BUILDER_H
#define PASSCHECK_GUEST_HOSTDEV_BUILDER_H

#include "guest/hostdev/form.h"
#include "model/assign/function_set.h"

/* Forms on their way. */
struct hostdev_builder {
	const struct model *model;
	const struct host *host;
	struct arena *arena;
	const struct pci_function *const *functions; /* asked for */
	size_t count;
	struct function_set wanted;  /* functions, as a set */
	struct function_set formed;  /* those that have a form */
	struct function_set brought; /* the first of each large group whose members have one */
	struct hostdev_forms *forms;
	size_t capacity;
};

/* Appends a form, not yet written, and returns it, or NULL when memory is short; it may move when
 * another is appended. */
struct hostdev_form *hostdev_append(struct hostdev_builder *builder,
				    const struct pci_function *function, enum hostdev_kind kind);

/* Notes why the form is refused. */
void hostdev_add_reason(struct hostdev_builder *builder, struct hostdev_form *form,
			const char *text);

/* Takes over why the function cannot be assigned, or why that cannot be told. */
void hostdev_add_verdict_reasons(struct hostdev_builder *builder, struct hostdev_form *form);

/* Returns how bad a verdict is where a function is to be assigned. */
int hostdev_badness(enum assignable_verdict verdict);

/* Notes what an interface of a team needs beside it, where a team is asked for. */
void hostdev_note_team(struct hostdev_builder *builder, struct hostdev_form *form);

/* Returns -EINVAL, with which wish does not fit, and why. */
int hostdev_reject(struct hostdev_misfit *ret, enum hostdev_wish wish, const char *why);

/* Gives the functions of a device one guest slot, where the guest sees several of them. */
void hostdev_choose_slots(struct hostdev_builder *builder);

/* Takes the forms back of which a companion has none that is written: no stack but libvirt's gets a
 * part of what must leave the host together. */
void hostdev_refuse_incomplete(struct hostdev_builder *builder);

/* Takes all forms back where they are more devices than the stack gives a guest. */
void hostdev_refuse_too_many(struct hostdev_builder *builder);

/* Returns the target of the forms. */
const struct hostdev_target *hostdev_builder_target(const struct hostdev_builder *builder);

/* Returns the physical Fibre Channel port of a function, or NULL. */
const struct fc_host *hostdev_find_port(const struct host *host,
					const struct pci_function *function);

/* Returns the virtual port of that name that the function's port carries, or NULL. */
const struct fc_host *hostdev_find_vport(const struct host *host,
					 const struct pci_function *function, const char *wwpn);

/*
 * What can be asked for, each in a file of its own. Return 0, or -EINVAL with *ret_misfit where a
 * wish fits none of the functions.
 */
int hostdev_functions(struct hostdev_builder *builder, struct hostdev_misfit *ret_misfit);
/* Of a PF's VFs. */
int hostdev_networks(struct hostdev_builder *builder, struct hostdev_misfit *ret_misfit);
/* Of the VFs that PFs can have. */
int hostdev_policies(struct hostdev_builder *builder);
int hostdev_vports(struct hostdev_builder *builder, struct hostdev_misfit *ret_misfit);
/* Of a function that stays on the host, whose driver makes them. */
int hostdev_mdevs(struct hostdev_builder *builder, struct hostdev_misfit *ret_misfit);
int hostdev_luns(struct hostdev_builder *builder, struct hostdev_misfit *ret_misfit);

#endif
