/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_GUEST_CONFIGURATION_H
#define PASSCHECK_REPORT_GUEST_CONFIGURATION_H

#include "guest/hostdev/forms.h"
#include "guest/stacks/stack.h"
#include "report/audit/audit.h"
#include "report/format.h"
#include "report/names.h"

/* What a guest's configuration is written of. */
struct guest_input {
	const struct audit *audit; /* of the functions asked for; must outlive the document */
	struct hostdev_options hostdev;
	const struct stack *stack; /* NULL: libvirt */
	const char *forced_by;     /* how a person asked for what is refused, for the comment */
};

/* The forms in which functions enter a guest's configuration. */
struct guest_configuration {
	struct arena *arena;
	struct guest_input input;
	struct hostdev_forms forms;
	enum host_verdict verdict; /* the audit's, lowered by what no guest can be given */
};

/*
 * Builds the forms of the audit's functions; freed with guest_configuration_free(). Returns 0;
 * -ENOTSUP where an option fits none of the functions, with *ret_misfit which and why; or -ENOMEM.
 */
int guest_configuration_build(const struct guest_input *input, struct guest_configuration **ret,
			      struct hostdev_misfit *ret_misfit);
void guest_configuration_free(struct guest_configuration *configuration);

/* Returns the configuration of one of its forms alone, which shares the memory of the whole. */
struct guest_configuration guest_configuration_part(const struct guest_configuration *whole,
						    size_t index);

/* Writes the forms of the configuration as libvirt's XML, with names of its caller's. Returns 0 or
 * -ENOMEM. */
int guest_write_xml(const struct guest_configuration *configuration, struct names *names,
		    FILE *out);

/* The formats of a struct guest_configuration. */
extern const struct format_table guest_formats;

#endif
