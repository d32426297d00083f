/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "report/guest/comment.h"
#include "report/guest/render.h"

static bool writes_any(const struct hostdev_forms *forms)
{
	for (size_t i = 0; i < forms->count; i++) {
		if (forms->forms[i].written)
			return true;
	}
	return false;
}

static void write_comments(const struct guest_configuration *configuration, FILE *out)
{
	struct names *names = names_open();
	const struct hostdev_forms *forms = &configuration->forms;

	for (size_t i = 0; i < forms->count; i++) {
		if (forms->forms[i].written)
			fprintf(out, "# %s\n",
				guest_comment(configuration, names, &forms->forms[i], "\n#   "));
	}
	names_close(names);
}

/* Writes what may be pasted, comments first; why the rest is refused is no part of it. */
int guest_render_stack(const void *document, const struct render_options *options, FILE *out)
{
	const struct guest_configuration *configuration = document;
	const struct audit *audit = configuration->input.audit;
	const struct fact_text *hostname = &audit->model.host->hostname;
	const struct stack_order order = {
		.model = &audit->model,
		.arena = configuration->arena,
		.forms = &configuration->forms,
		.node = fact_known(&hostname->fact) ? hostname->text : NULL,
	};

	(void)options;
	if (!writes_any(&configuration->forms))
		return 0;
	const char *text = configuration->input.stack->write(&order);
	if (arena_failed(configuration->arena))
		return -ENOMEM;
	write_comments(configuration, out);
	fputs(text, out);
	return arena_failed(configuration->arena) ? -ENOMEM : 0;
}
