/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/guest/configuration.h"

#include <errno.h>

static int build(struct guest_configuration *configuration, struct hostdev_misfit *ret_misfit)
{
	const struct guest_input *input = &configuration->input;
	const struct audit *audit = input->audit;
	struct hostdev_options options = input->hostdev;

	options.target = input->stack ? &input->stack->target : &hostdev_libvirt;
	if (hostdev_forms_build(&audit->model, audit->selection.functions, audit->selection.count,
				&options, configuration->arena, &configuration->forms,
				ret_misfit) < 0)
		return -ENOTSUP;
	configuration->verdict =
		host_verdict_with(audit->judged.verdict, configuration->forms.verdict);
	return arena_failed(configuration->arena) ? -ENOMEM : 0;
}

int guest_configuration_build(const struct guest_input *input, struct guest_configuration **ret,
			      struct hostdev_misfit *ret_misfit)
{
	struct arena *arena = arena_new();
	struct guest_configuration *configuration =
		arena ? arena_alloc(arena, sizeof(*configuration)) : NULL;

	if (!configuration) {
		arena_free(arena);
		return -ENOMEM;
	}
	*configuration = (struct guest_configuration){.arena = arena, .input = *input};
	int result = build(configuration, ret_misfit);
	if (result < 0) {
		arena_free(arena);
		return result;
	}
	*ret = configuration;
	return 0;
}

void guest_configuration_free(struct guest_configuration *configuration)
{
	if (configuration)
		arena_free(configuration->arena);
}

struct guest_configuration guest_configuration_part(const struct guest_configuration *whole,
						    size_t index)
{
	struct guest_configuration part = *whole;

	part.forms.forms = &whole->forms.forms[index];
	part.forms.count = 1;
	return part;
}
