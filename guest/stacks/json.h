/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_STACKS_JSON_H
#define PASSCHECK_GUEST_STACKS_JSON_H

#include "host/base/buffer.h"

/* A JSON object of one line, whose members stand in the order in which they are added. Short memory
 * marks the arena of its buffer. */
struct stack_object {
	struct buffer members;
};

/* Returns an object without members. */
struct stack_object stack_object(struct arena *arena);

/* Add a member: a text, a number, true. */
void stack_add_text(struct stack_object *object, const char *name, const char *text);
void stack_add_number(struct stack_object *object, const char *name, unsigned number);
void stack_add_true(struct stack_object *object, const char *name);

/* Returns the object as text. */
const char *stack_object_text(struct stack_object *object);

/* Returns text as a JSON string, which is one of YAML, too; short memory marks arena. */
const char *stack_quote(struct arena *arena, const char *text);

#endif
