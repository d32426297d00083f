/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "model/plan_builder.h"

/* How a kernel command line is changed. */
enum edit {
	EDIT_GRUB,    /* GRUB_CMDLINE_LINUX of /etc/default/grub */
	EDIT_FILE,    /* the one line of a file */
	EDIT_ENTRIES, /* the options of boot loader entries */
	EDIT_GRUBBY,
	EDIT_OSTREE,
	EDIT_HAND,
};

struct loader {
	const char *name;
	enum edit edit;
	const char *file;   /* that is edited */
	const char *update; /* what takes the edit over; NULL: nothing is needed */
};

static const struct loader loaders[] = {
	[BOOT_LOADER_UNKNOWN] = {.name = "", .edit = EDIT_HAND},
	[BOOT_LOADER_PROXMOX_CMDLINE] = {.name = ", with proxmox-boot-tool",
					 .edit = EDIT_FILE,
					 .file = "/etc/kernel/cmdline",
					 .update = "proxmox-boot-tool refresh"},
	[BOOT_LOADER_PROXMOX_GRUB] = {.name = ", with proxmox-boot-tool and GRUB",
				      .edit = EDIT_GRUB,
				      .file = "/etc/default/grub",
				      .update = "proxmox-boot-tool refresh"},
	[BOOT_LOADER_OSTREE] = {.name = ", with rpm-ostree", .edit = EDIT_OSTREE},
	[BOOT_LOADER_GRUBBY] = {.name = ", with grubby", .edit = EDIT_GRUBBY},
	[BOOT_LOADER_UPDATE_GRUB] = {.name = " of GRUB",
				     .edit = EDIT_GRUB,
				     .file = "/etc/default/grub",
				     .update = "update-grub"},
	[BOOT_LOADER_GRUB2_MKCONFIG] = {.name = " of GRUB",
					.edit = EDIT_GRUB,
					.file = "/etc/default/grub",
					.update = "grub2-mkconfig -o /boot/grub2/grub.cfg"},
	[BOOT_LOADER_GRUB_MKCONFIG] = {.name = " of GRUB",
				       .edit = EDIT_GRUB,
				       .file = "/etc/default/grub",
				       .update = "grub-mkconfig -o /boot/grub/grub.cfg"},
	[BOOT_LOADER_KERNEL_INSTALL] =
		{.name = " of systemd-boot",
		 .edit = EDIT_FILE,
		 .file = "/etc/kernel/cmdline",
		 .update =
			 "kernel-install add \"$(uname -r)\" \"/lib/modules/$(uname -r)/vmlinuz\""},
	[BOOT_LOADER_SYSTEMD_BOOT] = {.name = " of systemd-boot",
				      .edit = EDIT_ENTRIES,
				      .file = "\"$(bootctl -x)\"/loader/entries/*.conf"},
};

/* A quote would end the shell's word; the kernel's own parameters have none. */
static bool is_safe(const struct plan_line *words)
{
	for (; words; words = words->next) {
		if (strpbrk(words->text, "'\"\\`$\n"))
			return false;
	}
	return true;
}

static const char *joined(struct arena *arena, const struct plan_line *words, const char *separator)
{
	const char *text = "";

	for (; words; words = words->next)
		text = arena_printf(arena, "%s%s%s", text, *text ? separator : "", words->text);
	return text;
}

/* Lines that sed is to change, and where in them words are added. */
struct sed_form {
	const char *lines; /* address of lines */
	const char *place; /* regular expression in front of or behind which words are added */
};

static const struct sed_form sed_forms[] = {
	/* A value without quotes gets them first. */
	[EDIT_GRUB] = {"s/^\\(GRUB_CMDLINE_LINUX=\\)\\([^\"\\x27]*\\)$/\\1\"\\2\"/;"
		       "/^GRUB_CMDLINE_LINUX=/",
		       "=."},
	[EDIT_FILE] = {"1", "$"},
	[EDIT_ENTRIES] = {"/^options /", "$"},
};

static void edit_file(struct plan_builder *builder, struct plan_step *step,
		      const struct loader *loader, const struct plan_parameters *parameters)
{
	const struct sed_form *form = &sed_forms[loader->edit];
	struct arena *arena = builder->arena;

	/* GRUB's settings have a second line, of which words are removed, too. A word ends at a
	 * blank, which goes with it, at the closing quote, or with the line. */
	const char *all = loader->edit == EDIT_GRUB ? "/^GRUB_CMDLINE_LINUX/" : form->lines;
	for (const struct plan_line *word = parameters->remove; word; word = word->next)
		plan_add_line(
			arena, &step->commands,
			"sed -i '%ss/\\(^\\|[^A-Za-z0-9_.-]\\)%s\\( \\|\\([\"\\x27]\\)\\|$\\)/"
			"\\1\\3/g' %s",
			all, plan_sed_quote(arena, word->text), loader->file);
	for (const struct plan_line *word = parameters->add; word; word = word->next) {
		const char *quoted = plan_sed_quote(arena, word->text);
		plan_add_line(arena, &step->commands, "sed -i '%ss/%s/%s%s%s/' %s", form->lines,
			      form->place, loader->edit == EDIT_GRUB ? "&" : " ", quoted,
			      loader->edit == EDIT_GRUB ? " " : "", loader->file);
	}
	if (loader->update)
		plan_add_line(arena, &step->commands, "%s", loader->update);
}

static void edit_grubby(struct plan_builder *builder, struct plan_step *step,
			const struct plan_parameters *parameters)
{
	struct arena *arena = builder->arena;
	const char *command = "grubby --update-kernel=ALL";

	if (parameters->remove)
		command = arena_printf(arena, "%s --remove-args='%s'", command,
				       joined(arena, parameters->remove, " "));
	if (parameters->add)
		command = arena_printf(arena, "%s --args='%s'", command,
				       joined(arena, parameters->add, " "));
	plan_add_line(arena, &step->commands, "%s", command);
}

static void edit_ostree(struct plan_builder *builder, struct plan_step *step,
			const struct plan_parameters *parameters)
{
	struct arena *arena = builder->arena;
	const char *command = "rpm-ostree kargs";

	for (const struct plan_line *word = parameters->remove; word; word = word->next)
		command = arena_printf(arena, "%s --delete-if-present='%s'", command, word->text);
	for (const struct plan_line *word = parameters->add; word; word = word->next)
		command = arena_printf(arena, "%s --append-if-missing='%s'", command, word->text);
	plan_add_line(arena, &step->commands, "%s", command);
}

static const char *summary(struct arena *arena, const struct plan_parameters *parameters)
{
	const char *add = joined(arena, parameters->add, " and ");
	const char *remove = joined(arena, parameters->remove, " and ");

	if (*add && *remove)
		return arena_printf(arena, "Replace %s by %s on the kernel command line", remove,
				    add);
	return *add ? arena_printf(arena, "Add %s to the kernel command line", add)
		    : arena_printf(arena, "Remove %s from the kernel command line", remove);
}

void plan_command_line(struct plan_builder *builder)
{
	const struct plan_parameters *parameters = &builder->parameters;
	const struct loader *loader = &loaders[boot_loader_of(&builder->host->boot_tools)];
	struct plan_step *step;

	if (!parameters->add && !parameters->remove)
		return;
	if (!is_safe(parameters->add) || !is_safe(parameters->remove))
		loader = &loaders[BOOT_LOADER_UNKNOWN];
	step = plan_add_step(builder, PLAN_BOOT, "kernel-parameters", NULL, "%s%s",
			     summary(builder->arena, parameters), loader->name);
	switch (loader->edit) {
	case EDIT_GRUB:
	case EDIT_FILE:
	case EDIT_ENTRIES:
		edit_file(builder, step, loader, parameters);
		break;
	case EDIT_GRUBBY:
		edit_grubby(builder, step, parameters);
		break;
	case EDIT_OSTREE:
		edit_ostree(builder, step, parameters);
		break;
	case EDIT_HAND:
		step->why = "which boot loader this host has could not be told";
		break;
	}
}
