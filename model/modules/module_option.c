/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/modules/module_option.h"

static void take_from_command_line(const struct host *host, struct arena *arena,
				   const struct cmdline_parameter *parameter,
				   struct module_option *ret)
{
	ret->text = cmdline_spell(arena, parameter);
	ret->value = parameter->value;
	ret->place = &host->cmdline.fact;
	ret->on_command_line = true;
}

static const struct fact *place_of(struct arena *arena, const char *source)
{
	struct fact *place = arena_alloc(arena, sizeof(*place));

	if (place)
		*place = fact_of(FACT_KNOWN, source, 0);
	return place;
}

static void take_from_list(struct arena *arena, struct module_option *ret)
{
	ret->place = place_of(arena, ret->listed.line->source);
	ret->text = ret->place ? ret->listed.line->text : NULL;
	ret->value = ret->listed.value;
}

static void take_from_files(const struct modprobe_option *found, struct arena *arena,
			    struct module_option *ret)
{
	ret->place = place_of(arena, found->line->source);
	ret->text = ret->place ? found->line->text : NULL;
	ret->value = found->value;
}

struct module_option module_option_find(const struct host *host, struct arena *arena,
					const char *module, const char *name)
{
	struct module_option option = {.running = modules_parameter(&host->modules, module, name)};
	const struct cmdline_parameter *parameter =
		cmdline_find(&host->cmdline, arena_printf(arena, "%s.%s", module, name));

	option.listed = listed_option_find(host, arena, module, name);
	if (option.listed.line) {
		take_from_list(arena, &option);
		return option;
	}
	if (!fact_known(&host->cmdline.fact) || host->cmdline.cut_short)
		option.unread = &host->cmdline.fact;
	if (parameter) {
		take_from_command_line(host, arena, parameter, &option);
		return option;
	}
	if (modules_built_in(&host->modules, module))
		return option;
	if (!option.unread && !fact_settled(&host->modprobe.fact))
		option.unread = &host->modprobe.fact;
	struct modprobe_option found = modprobe_find_option(&host->modprobe, arena, module, name);
	if (found.line)
		take_from_files(&found, arena, &option);
	return option;
}

bool module_option_set(const struct module_option *option)
{
	return option->text && boolean_of_option(option->value) == BOOLEAN_YES;
}

/* What a module that is loaded next is given. */
static struct module_switch next_switch(const struct module_option *option)
{
	struct module_switch result = {.value = BOOLEAN_NO, .fact = &option->running->fact};

	if (option->text) {
		result.value = boolean_of_option(option->value);
		result.fact = option->place;
		result.text = option->text;
	}
	if (option->unread) {
		result.value = BOOLEAN_UNKNOWN;
		result.fact = option->unread;
		result.text = NULL;
	}
	return result;
}

/* Options that nobody can write while the module runs: what it was given is what it has. */
static bool is_fixed(const char *module, const char *name)
{
	/* module_param(…, bool, 0444) of drivers/vfio/pci/vfio_pci.c */
	return cmdline_same_name(module, "vfio_pci") &&
	       (cmdline_same_name(name, "disable_denylist") ||
		cmdline_same_name(name, "disable_vga"));
}

struct module_switch module_option_switch(const struct host *host, struct arena *arena,
					  const char *module, const char *name)
{
	struct module_option option = module_option_find(host, arena, module, name);
	struct fact present = modules_present(&host->modules, module);

	if (fact_known(&option.running->fact))
		return (struct module_switch){
			.value = boolean_of_fact(option.running),
			.fact = &option.running->fact,
			.text = option.running->text,
			.running = true,
		};
	if (fact_absent(&option.running->fact) || fact_absent(&present) || is_fixed(module, name))
		return next_switch(&option);
	return (struct module_switch){.fact = &option.running->fact};
}
