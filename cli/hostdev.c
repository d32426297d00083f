/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/hostdev.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/diagnostic.h"
#include "cli/document.h"
#include "cli/options/table.h"
#include "host/base/affix.h"
#include "host/base/array.h"
#include "report/write/words.h"

bool hostdev_is_wanted(const struct options *options)
{
	return options->document == &guest_formats;
}

bool hostdev_options_fit(const struct options *options)
{
	const char *wrong = NULL;

	if (hostdev_is_wanted(options) && !options->operands.count)
		wrong = arena_printf(options->arena, "--format %s: a FUNCTION is missing",
				     options->format->name);
	else if (options->split && options->output)
		wrong = "--split and --output exclude one another";
	if (wrong)
		complain_of_usage("audit", wrong);
	return !wrong;
}

static void complain_of_refused(const struct guest_configuration *configuration)
{
	const struct hostdev_forms *forms = &configuration->forms;
	const struct hostdev_target *target = hostdev_target_of(&forms->options);

	for (size_t i = 0; i < forms->count; i++) {
		const struct hostdev_form *form = &forms->forms[i];
		if (form->written)
			continue;
		complain("%s: %s, no %s is written", form->function->name,
			 assignable_verdict_name(form->verdict), target->word);
		for (const struct hostdev_note *note = form->reasons; note; note = note->next)
			complain("%s: %s", form->function->name,
				 words_printable(configuration->arena, note->text));
	}
}

static bool is_own_file(const struct options *options,
			const struct guest_configuration *configuration, const char *name)
{
	for (size_t i = 0; i < configuration->forms.count; i++) {
		const char *form =
			hostdev_form_name(configuration->arena, &configuration->forms.forms[i]);
		const char *own =
			arena_printf(configuration->arena, "%s.%s", form, options->format->name);
		if (strcmp(own, name) == 0)
			return true;
	}
	return false;
}

/* Who attaches every file of the folder must not attach what lay there before. Complains. */
static bool holds_other_files(const struct options *options,
			      const struct guest_configuration *configuration)
{
	const char *suffix = arena_printf(configuration->arena, ".%s", options->format->name);
	DIR *folder = opendir(options->split);
	bool found = false;

	for (struct dirent *entry; folder && !found && (entry = readdir(folder));) {
		found = ends_with(entry->d_name, suffix) &&
			!is_own_file(options, configuration, entry->d_name);
		if (found)
			complain("%s: holds %s, of another run; empty the folder, or name another",
				 options->split, entry->d_name);
	}
	if (folder)
		closedir(folder);
	return found;
}

static enum exit_code write_files(const struct options *options,
				  const struct guest_configuration *configuration)
{
	struct arena *arena = configuration->arena;

	if (mkdir(options->split, 0777) && errno != EEXIST) {
		complain("%s: %s", options->split, strerror(errno));
		return EXIT_FAILED;
	}
	if (holds_other_files(options, configuration))
		return EXIT_FAILED;
	for (size_t i = 0; i < configuration->forms.count; i++) {
		const struct guest_configuration part = guest_configuration_part(configuration, i);
		const struct hostdev_form *form = &part.forms.forms[0];
		const char *path =
			arena_printf(arena, "%s/%s.%s", options->split,
				     hostdev_form_name(arena, form), options->format->name);
		if (form->written && document_write(options, &part, path) != EXIT_READY)
			return EXIT_FAILED;
	}
	return EXIT_READY;
}

static enum exit_code write_configuration(const struct options *options,
					  const struct guest_configuration *configuration)
{
	enum exit_code code;

	complain_of_refused(configuration);
	if (options->split)
		code = write_files(options, configuration);
	else
		code = document_write(options, configuration, NULL);
	return code == EXIT_READY ? document_exit_code(configuration->verdict) : code;
}

static enum exit_code fail(int error, const struct hostdev_misfit *misfit)
{
	static const enum option_id wishes[] = {
		[HOSTDEV_MAC] = OPTION_MAC,         [HOSTDEV_VLAN] = OPTION_VLAN,
		[HOSTDEV_TEAMING] = OPTION_TEAMING, [HOSTDEV_NETWORK] = OPTION_NETWORK,
		[HOSTDEV_VPORT] = OPTION_VPORT,     [HOSTDEV_LUN] = OPTION_LUN,
		[HOSTDEV_MDEV] = OPTION_MDEV,
	};
	ASSERT_COVERS(wishes, HOSTDEV_WISH_COUNT);

	if (error != -ENOTSUP)
		return document_fail(error);
	complain("--%s: %s", option_rows[wishes[misfit->wish]].name, misfit->why);
	return EXIT_USAGE;
}

enum exit_code hostdev_write(const struct options *options, const struct audit *audit)
{
	const struct guest_input input = {
		.audit = audit,
		.hostdev = options->hostdev,
		.stack = stack_find(options->format->name),
		.forced_by = "--force",
	};
	struct guest_configuration *configuration;
	struct hostdev_misfit misfit;
	int result = guest_configuration_build(&input, &configuration, &misfit);

	if (result < 0)
		return fail(result, &misfit);
	enum exit_code code = write_configuration(options, configuration);
	guest_configuration_free(configuration);
	return code;
}
