/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/builder.h"

#include <stdarg.h>
#include <string.h>

#include "model/assign/vfio_driver.h"
#include "model/boot/declared_system.h"
#include "model/modules/driver_module.h"

enum { MOST_TWINS_NAMED = 4 };

struct plan_step *plan_add_step(struct plan_builder *builder, enum plan_stage stage, const char *id,
				const struct pci_function *function, const char *format, ...)
{
	struct plan *plan = builder->plan;
	struct plan_step *steps = arena_grow(builder->arena, plan->steps, plan->count,
					     &builder->capacity, sizeof(*steps));
	struct plan_step *step = &builder->spare;
	va_list arguments;

	if (steps) {
		plan->steps = steps;
		step = &steps[plan->count++];
	}
	va_start(arguments, format);
	*step = (struct plan_step){
		.stage = stage,
		.id = id,
		.function = function,
		.summary = arena_vprintf(builder->arena, format, arguments),
	};
	va_end(arguments);
	return step;
}

struct plan_command **plan_add_alternative(struct plan_builder *builder, struct plan_step *step,
					   const char *summary)
{
	struct plan_alternative **end = &step->alternatives;
	struct plan_alternative *alternative = arena_alloc(builder->arena, sizeof(*alternative));

	if (!alternative)
		return &builder->spare_alternative.commands;
	alternative->summary = summary;
	while (*end)
		end = &(*end)->next;
	*end = alternative;
	return &alternative->commands;
}

static void add_command(struct plan_builder *builder, struct plan_command **list,
			const struct plan_command *command)
{
	struct plan_command *added;

	if (!shell_prints(command->text))
		return;
	added = arena_alloc(builder->arena, sizeof(*added));
	if (!added)
		return;
	*added = *command;
	while (*list)
		list = &(*list)->next;
	*list = added;
}

void plan_run(struct plan_builder *builder, struct plan_command **list, const char *format, ...)
{
	struct plan_command command = {.kind = PLAN_RUN};
	va_list arguments;

	va_start(arguments, format);
	command.text = arena_vprintf(builder->arena, format, arguments);
	va_end(arguments);
	add_command(builder, list, &command);
}

void plan_unbind(struct plan_builder *builder, struct plan_command **list,
		 const struct pci_function *function)
{
	const char *name = function->name;
	const struct plan_command command = {
		.kind = PLAN_UNBIND,
		.text = arena_printf(builder->arena, "echo %s > " PLAN_DEVICES "/%s/driver/unbind",
				     name, name),
		.name = name,
	};

	add_command(builder, list, &command);
}

void plan_no_vfs(struct plan_builder *builder, struct plan_command **list,
		 const struct pci_function *pf)
{
	const struct plan_command command = {
		.kind = PLAN_NO_VFS,
		.text = arena_printf(builder->arena, "echo 0 > " PLAN_DEVICES "/%s/sriov_numvfs",
				     pf->name),
		.name = pf->name,
	};

	add_command(builder, list, &command);
}

void plan_run_lines(struct plan_builder *builder, struct plan_command **list,
		    const struct text_line *lines)
{
	for (; lines; lines = lines->next)
		plan_run(builder, list, "%s", lines->text);
}

bool plan_is_declared(struct plan_builder *builder, struct plan_step *step, const char *file,
		      const char *change)
{
	const char *option = declared_system_option(builder->host, file);

	if (!option)
		return false;
	const char *before = step->why ? step->why : "";
	const char *where = strstr(before, option)
				    ? ""
				    : arena_printf(builder->arena, "in %s, which %s applies, ",
						   option, declared_system_apply(builder->host));
	step->why = arena_printf(builder->arena, "%s%s%s%s", before, *before ? "; " : "", where,
				 change);
	return true;
}

bool plan_lacks_udev(struct plan_builder *builder, struct plan_step *step, const char *script)
{
	const char *before = step->why ? step->why : "";

	if (!boot_tools_lack_udev(&builder->host->boot_tools))
		return false;
	step->why = arena_printf(
		builder->arena,
		"%s%sno udev runs here to read a rule: have a script that runs at "
		"boot (/etc/local.d/NAME.start, with OpenRC's service local) do it: %s",
		before, *before ? "; " : "", script);
	return true;
}

/* Talos takes CAP_SYS_MODULE from all that it runs (its manual on process capabilities). */
void plan_load_module(struct plan_builder *builder, struct plan_step *step, const char *module)
{
	if (declared_system_without_shell(builder->host) &&
	    plan_is_declared(builder, step, PLAN_MODULE_LIST,
			     arena_printf(builder->arena, "add %s", module)))
		return;
	plan_run(builder, &step->commands, "modprobe %s", module);
	plan_run(builder, &step->undo, "modprobe -r %s", module);
}

void plan_append(struct plan_builder *builder, struct plan_step *step, const char *line,
		 const char *file)
{
	const struct plan_command command = {
		.kind = PLAN_APPEND,
		.text = arena_printf(builder->arena, "echo '%s' >> %s", line, file),
		.line = line,
		.file = file,
	};
	bool is_unended = lines_have(builder->host->module_lists.unended, file);

	if (!shell_takes(line) ||
	    plan_is_declared(builder, step, file,
			     arena_printf(builder->arena, "add %s",
					  declared_system_option_line(builder->host, file, line,
								      builder->arena))))
		return;
	if (!shell_prints(command.text))
		return;
	if (is_unended)
		plan_run(builder, &step->commands, "%s", shell_end_line(builder->arena, file));
	add_command(builder, &step->commands, &command);
	plan_drop(builder, &step->undo, line, file);
	if (is_unended)
		plan_run(builder, &step->undo, "%s", shell_leave_line_open(builder->arena, file));
}

static void drop_line(struct plan_builder *builder, struct plan_command **list, const char *line,
		      const char *pattern, const char *file)
{
	struct arena *arena = builder->arena;
	const char *clean_up = strstr(file, "passcheck")
				       ? arena_printf(arena, "; [ -s %s ] || rm -f %s", file, file)
				       : "";
	const struct plan_command command = {
		.kind = PLAN_DROP,
		.text = arena_printf(arena, "sed -i '/^%s$/d' %s%s", pattern, file, clean_up),
		.line = line,
		.file = file,
	};

	add_command(builder, list, &command);
}

void plan_drop(struct plan_builder *builder, struct plan_command **list, const char *line,
	       const char *file)
{
	drop_line(builder, list, line, shell_sed_quote(builder->arena, line), file);
}

void plan_drop_read(struct plan_builder *builder, struct plan_step *step, const char *line,
		    const char *file)
{
	for (const struct plan_command *it = step->commands; it; it = it->next) {
		if (it->kind == PLAN_DROP && strcmp(it->line, line) == 0 &&
		    strcmp(it->file, file) == 0)
			return;
	}
	if (plan_is_declared(builder, step, file,
			     arena_printf(builder->arena, "take %s out", line)))
		return;
	drop_line(builder, &step->commands, line,
		  arena_printf(builder->arena, "[[:space:]]*%s[[:space:]]*",
			       shell_sed_words(builder->arena, line)),
		  file);
}

void plan_drop_lines(struct plan_builder *builder, struct plan_step *step, const char *text,
		     const char *file)
{
	if (plan_is_declared(builder, step, file,
			     arena_printf(builder->arena, "take what has %s out", text)))
		return;
	plan_run(builder, &step->commands, "sed -i '/%s/d' %s; [ -s %s ] || rm -f %s",
		 shell_sed_quote(builder->arena, text), file, file, file);
}

static void replace_line(struct plan_builder *builder, struct plan_command **list, const char *file,
			 const char *before, const char *after)
{
	struct arena *arena = builder->arena;

	/* A longer line may hold that one. */
	plan_run(builder, list, "sed -i 's/^\\([[:space:]]*\\)%s\\([[:space:]]*\\)$/\\1%s\\2/' %s",
		 shell_sed_quote(arena, before), shell_sed_replacement(arena, after),
		 shell_word(arena, file));
}

void plan_replace(struct plan_builder *builder, struct plan_step *step, const char *file,
		  const char *before, const char *after)
{
	if (plan_is_declared(builder, step, file,
			     arena_printf(builder->arena, "replace %s with %s", before, after)))
		return;
	replace_line(builder, &step->commands, file, before, after);
	replace_line(builder, &step->undo, file, after, before);
}

const char *plan_condition(struct plan_builder *builder, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	const char *condition = arena_vprintf(builder->arena, format, arguments);
	va_end(arguments);
	return shell_prints(condition) ? condition : NULL;
}

void plan_add_obstacle(struct plan_builder *builder, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	lines_add(builder->arena, &builder->plan->obstacles, "%s",
		  arena_vprintf(builder->arena, format, arguments));
	va_end(arguments);
}

void plan_add_unknown(struct plan_builder *builder, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	lines_add(builder->arena, &builder->plan->unknowns, "%s",
		  arena_vprintf(builder->arena, format, arguments));
	va_end(arguments);
}

bool plan_reboots(const struct plan_builder *builder)
{
	for (size_t i = 0; i < builder->plan->count; i++) {
		if (builder->plan->steps[i].stage <= PLAN_BOOT)
			return true;
	}
	return builder->parameters.add || builder->parameters.remove;
}

bool plan_asks_for(const struct plan_builder *builder, const struct pci_function *function)
{
	return function_set_has(&builder->asked, function);
}

bool plan_takes(const struct plan_builder *builder, const struct pci_function *function)
{
	return function_set_has(&builder->leaves, function);
}

bool plan_is_on_vfio(const struct pci_function *function)
{
	return fact_known(&function->driver.fact) && driver_is_vfio(function) &&
	       strstr(function->driver.text, "vfio");
}

bool plan_waits_for_vfio(const struct pci_function *function)
{
	return fact_known(&function->driver_override.fact) &&
	       driver_name_is_vfio(function->driver_override.text);
}

/* A PF's driver takes its VFs away before vfio-pci has the PF. */
bool plan_stays(const struct plan_builder *builder, const struct pci_function *function)
{
	const struct pci_function *pf = function->pf;

	return !plan_takes(builder, function) &&
	       !(pf && plan_takes(builder, pf) && plan_goes_to_vfio(builder, pf));
}

const struct pci_function *plan_kept_twin(const struct plan_builder *builder,
					  const struct pci_function *function)
{
	const struct twin_list twins = twins_of(&builder->model->twins, function);
	size_t ids = twins.count ? (size_t)(twins.functions[0] - builder->host->pci.functions) : 0;

	return builder->kept_twins && twins.count ? builder->kept_twins[ids] : NULL;
}

const char *plan_kept_twin_names(const struct plan_builder *builder,
				 const struct pci_function *function)
{
	const struct twin_list twins = twins_of(&builder->model->twins, function);
	struct buffer names = {
		.arena = builder->arena, .separator = ", ", .most = MOST_TWINS_NAMED};

	for (size_t i = 0; i < twins.count; i++) {
		if (plan_stays(builder, twins.functions[i]))
			buffer_item(&names, "%s", twins.functions[i]->name);
	}
	return buffer_list(&names);
}

bool plan_takes_token(const struct plan_builder *builder, const struct pci_function *function)
{
	return cautions_find(&builder->model->cautions, function, CAUTION_VF_TOKEN);
}

enum leaving plan_leaving(const struct plan_builder *builder, const struct pci_function *function)
{
	const struct assignability *assignability = &builder->model->assignability;

	if (!plan_asks_for(builder, function))
		return leaving_of(assignability, function, &builder->asked);
	return assignability_of(assignability, function)->verdict == ASSIGNABLE_NOT_A_CANDIDATE
		       ? LEAVING_BRIDGE
		       : LEAVING_TO_VFIO;
}

bool plan_goes_to_vfio(const struct plan_builder *builder, const struct pci_function *function)
{
	return plan_leaving(builder, function) == LEAVING_TO_VFIO;
}

const char *plan_vfio_driver(const struct plan_builder *builder,
			     const struct pci_function *function)
{
	const char *driver = vfio_driver_to_be(&builder->host->modules, function);

	return shell_takes_path(driver) ? driver : "vfio-pci";
}

const char *plan_host_module(const struct pci_function *function)
{
	/* pci-stub takes by ids what no other driver has yet, as a driver of the host does. */
	if (!fact_known(&function->driver.fact) ||
	    (driver_leaves_dma(function) && !pci_is_on_driver(function, "pci-stub")))
		return NULL;
	return driver_module(function->driver.text);
}
