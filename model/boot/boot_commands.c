/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/boot_commands.h"

#include <string.h>

#include "host/access/affix.h"
#include "host/access/array.h"
#include "host/access/buffer.h"
#include "host/modules/module_lists.h"
#include "model/boot/kernel_parameters.h"
#include "model/shell.h"

/* How a kernel command line is changed. */
enum edit {
	EDIT_GRUB,    /* GRUB_CMDLINE_LINUX of GRUB's settings */
	EDIT_FILE,    /* the one line of a file */
	EDIT_ENTRIES, /* the options of boot loader entries */
	EDIT_GRUBBY,
	EDIT_OSTREE,
	EDIT_KERNELSTUB,
	EDIT_HAND,
};

enum { EDIT_COUNT = EDIT_HAND + 1 };

struct loader {
	const char *name;
	enum edit edit;
	const char *file;   /* that is edited */
	const char *update; /* what takes the edit over; NULL: nothing is needed */
	const char *why;    /* where it is edited by hand */
};

static const struct loader loaders[] = {
	[BOOT_LOADER_UNKNOWN] = {.name = "",
				 .edit = EDIT_HAND,
				 .why = "cannot tell which boot loader this host has"},
	[BOOT_LOADER_IMAGES] = {.name = " of unified kernel images",
				.edit = EDIT_HAND,
				.why = "the command line is a part of those, and what makes them "
				       "is unknown"},
	[BOOT_LOADER_NIXOS] = {.name = " of NixOS",
			       .edit = EDIT_HAND,
			       .why = "NixOS writes it from its configuration: change "
				      "boot.kernelParams there, and " BOOT_COMMANDS_NIXOS},
	[BOOT_LOADER_SDBOOTUTIL] = {.name = ", with sdbootutil",
				    .edit = EDIT_FILE,
				    .file = "/etc/kernel/cmdline",
				    .update = "sdbootutil update-all-entries"},
	[BOOT_LOADER_MKINITCPIO] = {.name = " of unified kernel images",
				    .edit = EDIT_FILE,
				    .file = "/etc/kernel/cmdline",
				    .update = "mkinitcpio -P"},
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
	/* Each call begins a new snapshot, of the last one with --continue. */
	[BOOT_LOADER_TRANSACTIONAL] = {.name = " of GRUB",
				       .edit = EDIT_GRUB,
				       .file = "/etc/default/grub",
				       .update = "transactional-update --continue grub.cfg"},
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
		{.name = ", with kernel-install",
		 .edit = EDIT_FILE,
		 .file = "/etc/kernel/cmdline",
		 .update =
			 "kernel-install add \"$(uname -r)\" \"/lib/modules/$(uname -r)/vmlinuz\""},
	[BOOT_LOADER_SYSTEMD_BOOT] = {.name = " of systemd-boot",
				      .edit = EDIT_ENTRIES,
				      .file = "\"$(bootctl -x)\"/loader/entries/*.conf"},
	[BOOT_LOADER_TRUENAS] = {.name = " of TrueNAS",
				 .edit = EDIT_HAND,
				 .why = "TrueNAS writes it from its settings: give "
					"kernel_extra_options all words that are to stay, with "
					"midclt call system.advanced.update"},
	[BOOT_LOADER_UNRAID] = {.name = " of Unraid",
				.edit = EDIT_HAND,
				.why = "edit the append line of the label that boots, in "
				       "/boot/syslinux/syslinux.cfg (also on the Flash page of "
				       "the web interface)"},
	[BOOT_LOADER_KERNELSTUB] = {.name = ", with kernelstub", .edit = EDIT_KERNELSTUB},
	[BOOT_LOADER_LIMINE] = {.name = " of Limine",
				.edit = EDIT_HAND,
				.why = "change KERNEL_CMDLINE[default] in /etc/default/limine, and "
				       "run limine-update"},
	[BOOT_LOADER_REFIND] = {.name = " of rEFInd",
				.edit = EDIT_HAND,
				.why = "change the second text in quotes of each line of "
				       "/boot/refind_linux.conf, where rEFInd boots the kernel "
				       "itself"},
	[BOOT_LOADER_EXTLINUX] = {.name = " of extlinux",
				  .edit = EDIT_HAND,
				  .why = "change default_kernel_opts in /etc/update-extlinux.conf, "
					 "and run update-extlinux"},
};

ASSERT_COVERS(loaders, BOOT_LOADER_COUNT);

#define MODPROBE_FOLDER "/etc/modprobe.d"

enum { DECLARED_OPTIONS = 3 };

/* What stands for the files of a folder of /etc. */
struct declared_option {
	const char *folder;
	const char *name;
	const char *command; /* what takes a line of such a file, where commands stand for it */
};

/* Systems that make what boots, and often /etc, of a configuration of their own. */
struct declared_system {
	const char *id;            /* of os-release(5) */
	const char *place;         /* of the command line */
	const char *why;           /* where that is edited by hand; NULL: as the loader says */
	const char *apply;         /* what takes the options over */
	const char *without_shell; /* where commands are run instead; NULL: it has a shell */
	const char *image;         /* its name, where the initramfs comes with the system's image */
	const char *bindings;      /* where functions are given to vfio-pci; NULL: in rules */
	const char *binds;         /* what stands there before a function's name, */
	const char *binding_ends;  /* and behind it; NULL: its ids */
	bool binding_loads;        /* what binds them loads vfio-pci */
	const char *cards;         /* where whole graphics cards are, each with its group */
	bool lacks_rules;          /* what stands for rules of udev takes commands of the shell */
	struct declared_option options[DECLARED_OPTIONS]; /* of folders that it writes itself */
};

static const struct declared_system nixos = {
	.place = "the kernel command line (boot.kernelParams of NixOS, "
		 "which " BOOT_COMMANDS_NIXOS_REBUILD " applies)",
	.apply = BOOT_COMMANDS_NIXOS_REBUILD,
	.options = {{MODPROBE_FOLDER, "boot.extraModprobeConfig of NixOS's configuration", NULL},
		    {"/etc/modules-load.d", "boot.kernelModules of NixOS's configuration", NULL},
		    {"/etc/udev/rules.d", "services.udev.extraRules of NixOS's configuration",
		     NULL}},
};

#define TRUENAS_CARDS "Isolated GPU Devices of TrueNAS's advanced settings"

/* Its / cannot be written where the initramfs is made; of /etc it writes these itself. A script in
 * its initramfs gives isolated cards to vfio-pci before there are drivers (truenas_bind_vfio of
 * github.com/truenas/middleware). */
static const struct declared_system truenas = {
	.place = "the kernel command line (kernel_extra_options of TrueNAS, which midclt call "
		 "system.advanced.update sets)",
	.apply = "a reboot",
	.image = "TrueNAS",
	.cards = TRUENAS_CARDS,
	.options = {{MODPROBE_FOLDER, TRUENAS_CARDS, NULL},
		    {"/etc/modules-load.d",
		     "a command of TrueNAS at PREINIT (midclt call initshutdownscript.create)",
		     "modprobe"},
		    {"/etc/udev/rules.d", "a tunable of the type UDEV of TrueNAS", NULL}},
};

/* Guests start after emhttp. */
#define UNRAID_START "/boot/config/go before its line that starts emhttp"

/* Its / is in memory, and of its flash drive, /boot, it takes over /boot/config: it binds what
 * its page System Devices names, and copies files of modprobe.d to /etc. */
static const struct declared_system unraid = {
	.place = "the kernel command line (the append line of the label that boots, in "
		 "/boot/syslinux/syslinux.cfg of Unraid)",
	.apply = "a reboot",
	.image = "Unraid",
	.bindings = "Tools > System Devices of Unraid's web interface (BIND= "
		    "of " MODULE_LISTS_UNRAID ")",
	.binds = "",
	.binding_loads = true,
	.lacks_rules = true,
	.options = {{MODPROBE_FOLDER, "a file of /boot/config/modprobe.d", NULL},
		    {"/etc/modules-load.d", UNRAID_START, "modprobe"},
		    {"/etc/udev/rules.d", UNRAID_START, NULL}},
};

/* Of /etc, Ubuntu Core keeps the three folders writable (writable-paths of its base snap). */
static const struct declared_system image_systems[] = {
	{.id = "talos",
	 .place = "the kernel command line (machine.install.extraKernelArgs of Talos's machine "
		  "configuration, which an upgrade of the node applies)",
	 .why = "Talos makes it as it is installed: change machine.install.extraKernelArgs of the "
		"machine configuration, or the schematic of a unified kernel image, and upgrade "
		"the node",
	 .apply = "talosctl apply-config",
	 .without_shell = "Talos has no shell: run this, and the commands below, in a privileged "
			  "container on the node, as talosctl debug starts it from Talos 1.13 on",
	 .image = "Talos",
	 .bindings =
		 "a PCIDriverRebindConfig of Talos's machine configuration (from Talos 1.10 on; "
		 "before, a rule of udev in machine.udev.rules)",
	 .binds = "name: ",
	 .binding_ends = ", targetDriver: vfio-pci",
	 .options = {{MODPROBE_FOLDER, "machine.kernel.modules of Talos's machine configuration",
		      NULL},
		     {"/etc/modules-load.d",
		      "machine.kernel.modules of Talos's machine configuration", NULL},
		     {"/etc/udev/rules.d", "machine.udev.rules of Talos's machine configuration",
		      NULL}}},
	{.id = "ubuntu-core",
	 .place = "the kernel command line (system.kernel.cmdline-append of Ubuntu Core, which "
		  "snap set system changes)",
	 .why = "Ubuntu Core makes it: snap set system system.kernel.cmdline-append=WORD, which "
		"takes what the gadget snap allows",
	 .image = "Ubuntu Core"},
};

/* Returns the host's system where it is such a one, or NULL. */
static const struct declared_system *declared_system_of(const struct host *host)
{
	if (boot_tools_has(&host->boot_tools, BOOT_TOOL_NIXOS))
		return &nixos;
	if (boot_tools_has(&host->boot_tools, BOOT_TOOL_TRUENAS))
		return &truenas;
	if (boot_tools_has(&host->boot_tools, BOOT_TOOL_UNRAID))
		return &unraid;
	for (size_t i = 0; i < ARRAY_LENGTH(image_systems); i++) {
		if (fact_text_is(&host->system_info.os_id, image_systems[i].id))
			return &image_systems[i];
	}
	return NULL;
}

/* A quote would end the shell's word, and what GRUB boots by is a script once more, where the
 * semicolon of lists like pci=config_acs= ends the command. */
static bool is_safe(const struct text_line *words, enum edit edit)
{
	bool grub = edit == EDIT_GRUB || edit == EDIT_GRUBBY || edit == EDIT_OSTREE;
	const char *special = grub ? "'\"\\`$\n ;&|<>{}#" : "'\"\\`$\n";

	for (; words; words = words->next) {
		if (strpbrk(words->text, special))
			return false;
	}
	return true;
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
	/* kernel-install and mkinitcpio take lines of comment out. */
	[EDIT_FILE] = {"0,/^[^#]/", "^[^#].*"},
	[EDIT_ENTRIES] = {"/^[[:blank:]]*options[[:blank:]]/", "$"},
	[EDIT_GRUBBY] = {NULL, NULL},
	[EDIT_OSTREE] = {NULL, NULL},
	[EDIT_KERNELSTUB] = {NULL, NULL},
	[EDIT_HAND] = {NULL, NULL},
};

ASSERT_COVERS(sed_forms, EDIT_COUNT);

/* An edit on its way. */
struct edit_job {
	const struct host *host;
	const struct loader *loader;
	const struct grub_file *grub; /* that is edited; NULL with other loaders */
	const char *file;             /* its path, or that of the loader's */
	const struct text_line *add;
	const struct text_line *remove;
	struct arena *arena;
	struct text_line **commands;
};

static const struct loader *loader_of(const struct host *host)
{
	return &loaders[boot_loader_of(&host->boot_tools)];
}

/* Returns the file of GRUB's settings in which words that are added count. */
static const struct grub_file *base_of(const struct host *host)
{
	static const struct grub_file unread = {.path = "/etc/default/grub"};
	const struct boot_config *config = &host->boot_config;

	return config->grub_file_count ? &config->grub_files[config->grub_base] : &unread;
}

/* Returns whether one of the words stands where it counts in one of the files of GRUB's settings.
 */
static bool counts_in(const struct host *host, const struct grub_file *file,
		      const struct text_line *words, struct arena *arena)
{
	const struct boot_config *config = &host->boot_config;

	for (size_t i = 0; words && i < file->words.count; i++) {
		size_t base =
			i < file->first_default ? config->grub_base : config->grub_default_base;
		if ((size_t)(file - config->grub_files) >= base &&
		    lines_have(words, cmdline_spell(arena, &file->words.parameters[i])))
			return true;
	}
	return false;
}

/* Without words to add, an edit is of the first file that has some to take away. */
static const struct grub_file *aim(const struct edit_job *job)
{
	const struct boot_config *config = &job->host->boot_config;

	for (size_t i = 0; !job->add && i < config->grub_file_count; i++) {
		if (counts_in(job->host, &config->grub_files[i], job->remove, job->arena))
			return &config->grub_files[i];
	}
	return base_of(job->host);
}

static struct edit_job job_of(const struct host *host, const struct text_line *add,
			      const struct text_line *remove, struct arena *arena,
			      struct text_line **commands)
{
	struct edit_job job = {.host = host,
			       .loader = loader_of(host),
			       .add = add,
			       .remove = remove,
			       .arena = arena,
			       .commands = commands};

	job.file = job.loader->file;
	if (job.loader->edit == EDIT_GRUB) {
		job.grub = aim(&job);
		job.file = job.grub->path;
	}
	return job;
}

/* Calls edit for the other files of GRUB's settings where one of the words counts. */
static void edit_others(const struct edit_job *job, const struct text_line *words,
			void (*edit)(const struct edit_job *job))
{
	const struct boot_config *config = &job->host->boot_config;

	for (size_t i = 0; job->grub && i < config->grub_file_count; i++) {
		const struct grub_file *file = &config->grub_files[i];
		struct edit_job other = *job;
		if (file == job->grub || !counts_in(job->host, file, words, job->arena))
			continue;
		other.grub = file;
		other.file = file->path;
		edit(&other);
	}
}

/* Where the settings have no such line to be edited, one is appended: they are read as by a shell,
 * and the last counts. */
#define GRUB_LINE_ANEW "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX"

static void append_grub_line(const struct edit_job *job)
{
	if (job->grub && !fact_known(&job->grub->line) && job->add)
		shell_add(job->arena, job->commands,
			  "grep -qs '^GRUB_CMDLINE_LINUX=' %s || echo '" GRUB_LINE_ANEW
			  " %s\"' >> %s",
			  job->file, lines_join(job->arena, job->add, " "), job->file);
}

/* GRUB's settings have a second line, of which words are removed, too. */
static const char *lines_to_remove_from(const struct loader *loader)
{
	switch (loader->edit) {
	case EDIT_GRUB:
		return "/^GRUB_CMDLINE_LINUX/";
	case EDIT_FILE:
		return "/^#/!";
	case EDIT_ENTRIES:
	case EDIT_GRUBBY:
	case EDIT_OSTREE:
	case EDIT_KERNELSTUB:
	case EDIT_HAND:
		break;
	}
	return sed_forms[loader->edit].lines;
}

/* A word ends at a blank, which goes with it. The last one, at the closing quote or the end of the
 * line, takes the blank before it along. */
static void remove_words(const struct edit_job *job)
{
	const char *lines = lines_to_remove_from(job->loader);

	for (const struct text_line *word = job->remove; word; word = word->next) {
		const char *quoted = shell_sed_quote(job->arena, word->text);
		shell_add(
			job->arena, job->commands,
			"sed -i '%s{s/ %s\\([\"\\x27]\\|$\\)/\\1/;"
			"s/\\(^\\|[^A-Za-z0-9_.-]\\)%s\\( \\|\\([\"\\x27]\\)\\|$\\)/\\1\\3/g}' %s",
			lines, quoted, quoted, job->file);
	}
}

/* Returns a regular expression for a word that stands on a line. */
static const char *word_pattern(struct arena *arena, const char *word)
{
	return arena_printf(arena, "\\(^\\|[\"\\x27[:blank:]]\\)%s\\([\"\\x27[:blank:]]\\|$\\)",
			    shell_sed_quote(arena, word));
}

static void add_word(const struct edit_job *job, const char *word)
{
	const struct sed_form *form = &sed_forms[job->loader->edit];
	bool grub = job->loader->edit == EDIT_GRUB;

	shell_add(job->arena, job->commands, "sed -i '%s{/%s/!s/%s/%s%s%s/}' %s", form->lines,
		  word_pattern(job->arena, word), form->place, grub ? "&" : "& ",
		  shell_sed_replacement(job->arena, word), grub ? " " : "", job->file);
}

/* The word stands behind the opening quote, or at the end, where the line lacks it. */
static void add_words(const struct edit_job *job)
{
	bool grub = job->loader->edit == EDIT_GRUB;

	/* One step may have appended the line, so that of another adds to it all the same. */
	if (grub)
		append_grub_line(job);
	for (const struct text_line *word = job->add; word; word = word->next)
		add_word(job, word->text);
}

/* Debian's kernels are not in /lib/modules. */
static const char *update_of(const struct host *host, const struct loader *loader)
{
	if (loader == &loaders[BOOT_LOADER_KERNEL_INSTALL] &&
	    boot_tools_has(&host->boot_tools, BOOT_TOOL_DEBIAN))
		return "kernel-install add \"$(uname -r)\" \"/boot/vmlinuz-$(uname -r)\"";
	return loader->update;
}

static void edit_file(const struct edit_job *job)
{
	const char *update = update_of(job->host, job->loader);

	remove_words(job);
	edit_others(job, job->remove, remove_words);
	add_words(job);
	if (update)
		shell_add(job->arena, job->commands, "%s", update);
}

static void edit_grubby(const struct edit_job *job)
{
	struct arena *arena = job->arena;
	struct buffer command = {.arena = arena, .separator = " "};

	buffer_item(&command, "grubby --update-kernel=ALL");
	if (job->remove)
		buffer_item(&command, "--remove-args='%s'", lines_join(arena, job->remove, " "));
	if (job->add)
		buffer_item(&command, "--args='%s'", lines_join(arena, job->add, " "));
	shell_add(arena, job->commands, "%s", buffer_text(&command));
}

static void edit_ostree(const struct edit_job *job)
{
	struct arena *arena = job->arena;
	struct buffer command = {.arena = arena, .separator = " "};

	buffer_item(&command, "rpm-ostree kargs");
	for (const struct text_line *word = job->remove; word; word = word->next)
		buffer_item(&command, "--delete-if-present='%s'", word->text);
	for (const struct text_line *word = job->add; word; word = word->next)
		buffer_item(&command, "--append-if-missing='%s'", word->text);
	shell_add(arena, job->commands, "%s", buffer_text(&command));
}

/* It takes one kind of change a call. */
static void edit_kernelstub(const struct edit_job *job)
{
	if (job->remove)
		shell_add(job->arena, job->commands, "kernelstub --delete-options '%s'",
			  lines_join(job->arena, job->remove, " "));
	if (job->add)
		shell_add(job->arena, job->commands, "kernelstub --add-options '%s'",
			  lines_join(job->arena, job->add, " "));
}

static struct kernel_parameters evaluate(struct arena *arena, const struct cmdline *cmdline)
{
	struct kernel_parameters parameters;

	kernel_parameters_build(cmdline, arena, &parameters);
	return parameters;
}

/*
 * GRUB_CMDLINE_LINUX, to which words are added, stands before GRUB_CMDLINE_LINUX_DEFAULT: what is
 * configured there to the contrary would have the last word, and goes.
 */
static struct text_line *remove_opposed(const struct edit_job *job)
{
	const struct cmdline *grub = &job->host->boot_config.grub;
	struct arena *arena = job->arena;
	struct text_line *remove = NULL;
	struct cmdline added;

	for (const struct text_line *it = job->remove; it; it = it->next)
		lines_append_once(arena, &remove, it->text);
	const char *words = arena_printf(arena, "%s\n", lines_join(arena, job->add, " "));
	const struct fact_text text = {
		.fact.state = FACT_KNOWN, .text = words, .length = strlen(words)};
	cmdline_parse(arena, &text, &added);
	struct kernel_parameters wanted = evaluate(arena, &added);
	for (size_t i = 0; fact_known(&grub->fact) && i < grub->count; i++) {
		const struct cmdline word = {.parameters = &grub->parameters[i], .count = 1};
		struct kernel_parameters set = evaluate(arena, &word);
		const char *spelt = cmdline_spell(arena, &grub->parameters[i]);
		if (kernel_parameters_oppose(&wanted, &set) && !lines_have(job->add, spelt))
			lines_append_once(arena, &remove, spelt);
	}
	return remove;
}

static const char odd_indented[] = "has a value on a line that does not begin with its name";

/* Returns why sed cannot edit a file of GRUB's settings, behind its path, or NULL. */
static const char *why_odd(const struct grub_file *file)
{
	if (!shell_takes_path(file->path))
		return "has a name that a shell takes otherwise";
	if (file->form == GRUB_ODD || file->default_form == GRUB_ODD)
		return "has a value that is neither one word nor one text in quotes";
	return NULL;
}

/* Likewise, where words go, or the line that gets others may not be the one that counts. */
static const char *why_odd_here(const struct edit_job *job, const struct grub_file *file)
{
	const char *why = why_odd(file);

	if (why || !file->is_indented)
		return why;
	if ((job->add && file == job->grub && fact_known(&file->line)) ||
	    counts_in(job->host, file, job->remove, job->arena))
		return odd_indented;
	return NULL;
}

/* Returns why a person edits one of the files that an edit changes, or NULL. */
static const char *why_by_hand(const struct edit_job *job)
{
	const struct boot_config *config = &job->host->boot_config;
	const char *why = job->grub ? why_odd_here(job, job->grub) : NULL;
	const struct grub_file *file = job->grub;

	for (size_t i = 0; job->grub && !why && i < config->grub_file_count; i++) {
		file = &config->grub_files[i];
		if (counts_in(job->host, file, job->remove, job->arena))
			why = why_odd_here(job, file);
	}
	return why ? arena_printf(job->arena, "%s %s", file->path, why) : NULL;
}

bool boot_commands_edit(const struct host *host, const struct text_line *add,
			const struct text_line *remove, struct arena *arena, struct text_line **ret)
{
	struct edit_job job = job_of(host, add, remove, arena, ret);

	if (job.loader->edit == EDIT_GRUB && add)
		job.remove = remove_opposed(&job);
	if (boot_commands_image(host) || why_by_hand(&job) || !is_safe(add, job.loader->edit) ||
	    !is_safe(job.remove, job.loader->edit))
		return false;
	switch (job.loader->edit) {
	case EDIT_GRUB:
	case EDIT_FILE:
	case EDIT_ENTRIES:
		edit_file(&job);
		return true;
	case EDIT_GRUBBY:
		edit_grubby(&job);
		return true;
	case EDIT_OSTREE:
		edit_ostree(&job);
		return true;
	case EDIT_KERNELSTUB:
		edit_kernelstub(&job);
		return true;
	case EDIT_HAND:
		return false;
	}
	return false;
}

/* The line of GRUB that an edit appended is gone with its words. */
static void remove_grub_line(const struct edit_job *job)
{
	if (job->grub && !fact_known(&job->grub->line))
		shell_add(job->arena, job->commands, "sed -i '/^%s *\"$/d' %s",
			  shell_sed_quote(job->arena, GRUB_LINE_ANEW), job->file);
}

/* The quotes that an edit gave a value go again. */
static void remove_quotes(const struct edit_job *job)
{
	if (job->grub && job->grub->form == GRUB_BARE)
		shell_add(job->arena, job->commands,
			  "sed -i 's/^\\(GRUB_CMDLINE_LINUX=\\)\"\\([^\" ]*\\)\"$/\\1\\2/' %s",
			  job->file);
}

/*
 * Appends what puts a word back where it stood: behind the one before it, or first of its line
 * if none is before it (NULL), or the line has that one in other letters, as within quotes.
 */
static void restore_word(const struct edit_job *job, const char *lines, const char *before,
			 const char *word)
{
	struct arena *arena = job->arena;
	const struct text_line neighbour = {.text = before};
	const char *text = shell_sed_replacement(arena, word), *behind = "";
	bool grub = job->loader->edit == EDIT_GRUB;

	if (before &&
	    (is_safe(&neighbour, job->loader->edit) || strcmp(before, "$GRUB_CMDLINE_LINUX") == 0))
		behind = arena_printf(arena, "s/%s/\\1%s %s\\2/;t;", word_pattern(arena, before),
				      shell_sed_replacement(arena, before), text);
	/* No blank is left between a word that is alone and the closing quote. */
	shell_add(arena, job->commands,
		  "sed -i '%s{/%s/!{%ss/%s/%s%s%s/;s/\\(%s\\) \\([\"\\x27]\\?\\)$/\\1\\2/}}' %s",
		  lines, word_pattern(arena, word), behind, grub ? "=." : "^[^#]", grub ? "&" : "",
		  text, grub ? " " : " &", shell_sed_quote(arena, word), job->file);
}

/* A file's words, as they are before the edit, and the lines of each. */
struct edited_words {
	const struct cmdline *cmdline;
	size_t first_default; /* of GRUB: the first of GRUB_CMDLINE_LINUX_DEFAULT */
	const char *lines, *default_lines;
};

/* Returns the words of the one file that an edit changes; entries are many. */
static struct edited_words edited_words_of(const struct edit_job *job)
{
	const struct boot_config *config = &job->host->boot_config;

	if (job->loader->edit == EDIT_GRUB && job->grub)
		return (struct edited_words){&job->grub->words, job->grub->first_default,
					     "/^GRUB_CMDLINE_LINUX=/",
					     "/^GRUB_CMDLINE_LINUX_DEFAULT=/"};
	if (job->loader->edit == EDIT_FILE)
		return (struct edited_words){&config->kernel, config->kernel.count,
					     sed_forms[EDIT_FILE].lines, NULL};
	return (struct edited_words){0};
}

/* A value without quotes has one word at most. */
static void restore_bare(const struct edit_job *job, const char *word)
{
	shell_add(job->arena, job->commands, "sed -i 's/^GRUB_CMDLINE_LINUX_DEFAULT=$/&%s/' %s",
		  shell_sed_replacement(job->arena, word), job->file);
}

/* In the order of the file, so that each finds the word before it. */
static void restore_words(const struct edit_job *job)
{
	bool bare = job->grub && job->grub->default_form == GRUB_BARE;
	const struct edited_words words = edited_words_of(job);
	const char *before = NULL;

	for (size_t i = 0; words.cmdline && i < words.cmdline->count; i++) {
		const char *word = cmdline_spell(job->arena, &words.cmdline->parameters[i]);
		bool is_default = i >= words.first_default;
		if (i == words.first_default)
			before = NULL;
		if (lines_have(job->add, word) && is_default && bare)
			restore_bare(job, word);
		else if (lines_have(job->add, word))
			restore_word(job, is_default ? words.default_lines : words.lines, before,
				     word);
		before = word;
	}
}

/* Returns which of the words stand in what the next boot is configured by. */
static struct text_line *configured(const struct next_boot *next, const struct text_line *words,
				    struct arena *arena)
{
	struct text_line *found = NULL;

	for (; words; words = words->next) {
		bool has = false;
		for (size_t i = 0; i < next->count && !has; i++)
			has = cmdline_has_word(arena, next->lines[i].cmdline, words->text);
		for (size_t i = 0; i < next->source_count && !has; i++)
			has = cmdline_has_word(arena, next->sources[i], words->text);
		if (has)
			lines_append_once(arena, &found, words->text);
	}
	return found;
}

/* Returns what an edit takes away, and its undo is to bring back. Of one file restore_words() knows
 * what it had. */
static const struct text_line *taken_away(const struct edit_job *edit, const struct next_boot *next)
{
	switch (edit->loader->edit) {
	case EDIT_GRUB:
		return edit->add ? remove_opposed(edit) : edit->remove;
	case EDIT_FILE:
		return edit->remove;
	case EDIT_ENTRIES:
	case EDIT_GRUBBY:
	case EDIT_OSTREE:
	case EDIT_KERNELSTUB:
	case EDIT_HAND:
		return configured(next, edit->remove, edit->arena);
	}
	return NULL;
}

bool boot_commands_undo(const struct host *host, const struct next_boot *next,
			const struct text_line *added, const struct text_line *removed,
			struct arena *arena, struct text_line **ret)
{
	struct text_line *edits = NULL, *update = NULL;
	struct edit_job job = job_of(host, added, removed, arena, &edits);
	const struct text_line *back = taken_away(&job, next);

	job.add = back;
	job.remove = added;
	if (!boot_commands_edit(host, back, added, arena, &update))
		return false;
	if (!sed_forms[job.loader->edit].lines) {
		*ret = update;
		return true;
	}
	remove_words(&job);
	remove_grub_line(&job);
	if (job.loader->edit == EDIT_ENTRIES)
		add_words(&job);
	else
		restore_words(&job);
	edit_others(&job, back, restore_words);
	remove_quotes(&job);
	if (update_of(host, job.loader))
		shell_add(arena, &edits, "%s", update_of(host, job.loader));
	*ret = edits;
	return true;
}

bool boot_commands_add(const struct host *host, const char *word, struct arena *arena,
		       struct text_line **ret)
{
	const struct text_line line = {.text = word};

	return boot_commands_edit(host, &line, NULL, arena, ret);
}

bool boot_commands_take(const struct host *host, const char *word)
{
	const struct text_line line = {.text = word};

	return is_safe(&line, loader_of(host)->edit);
}

/* Any odd file that counts may be the one. */
static const char *why_grub_by_hand(const struct host *host, struct arena *arena)
{
	const struct boot_config *config = &host->boot_config;
	const struct edit_job job = job_of(host, NULL, NULL, arena, NULL);
	const struct grub_file *file = job.grub;
	const char *why = file ? why_odd(file) : NULL;

	for (size_t i = 0; job.grub && !why && i < config->grub_file_count; i++) {
		file = &config->grub_files[i];
		why = why_odd(file);
		if (!why && file->is_indented)
			why = odd_indented;
	}
	return why ? arena_printf(arena, "%s %s", file->path, why) : NULL;
}

const char *boot_commands_by_hand(const struct host *host, struct arena *arena)
{
	const char *why = loader_of(host)->why, *odd = why_grub_by_hand(host, arena);
	const struct declared_system *system = declared_system_of(host);

	if (system && system->why)
		return system->why;
	if (odd)
		return odd;
	return why ? why : "it has characters that a shell takes otherwise";
}

const char *boot_commands_place(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system ? system->place : "the kernel command line";
}

const char *boot_commands_loader(const struct host *host)
{
	return loader_of(host)->name;
}

const char *boot_commands_update(const struct host *host)
{
	return update_of(host, loader_of(host));
}

/* Returns what stands for the file, or NULL. */
static const struct declared_option *option_of(const struct host *host, const char *file)
{
	const struct declared_system *system = declared_system_of(host);

	for (size_t i = 0; system && i < DECLARED_OPTIONS; i++) {
		const struct declared_option *option = &system->options[i];
		if (option->folder && begins_with(file, option->folder))
			return option;
	}
	return NULL;
}

const char *boot_commands_option(const struct host *host, const char *file)
{
	const struct declared_option *option = option_of(host, file);

	return option ? option->name : NULL;
}

const char *boot_commands_option_line(const struct host *host, const char *file, const char *line,
				      struct arena *arena)
{
	const struct declared_option *option = option_of(host, file);

	return option && option->command ? arena_printf(arena, "%s %s", option->command, line)
					 : line;
}

const char *boot_commands_bindings(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system ? system->bindings : NULL;
}

const char *boot_commands_cards(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system ? system->cards : NULL;
}

/*
 * What makes the initramfs that a boot loader reads, where that is a copy of what the tool makes:
 * on the ESP, which dracut leaves alone (openSUSE's sdbootutil), or in a unified kernel image, of
 * which mkinitcpio has no preset (limine-entry-tool).
 */
static const struct {
	enum boot_loader loader;
	enum boot_tool maker;
	enum initramfs_tool tool;
	const char *command;
} initramfs_copies[] = {
	{BOOT_LOADER_SDBOOTUTIL, BOOT_TOOL_SDBOOTUTIL, INITRAMFS_DRACUT, "sdbootutil mkinitrd"},
	{BOOT_LOADER_LIMINE, BOOT_TOOL_LIMINE_MKINITCPIO, INITRAMFS_MKINITCPIO,
	 "limine-mkinitcpio"},
	{BOOT_LOADER_LIMINE, BOOT_TOOL_LIMINE_DRACUT, INITRAMFS_DRACUT, "limine-dracut"},
};

const char *boot_commands_initramfs(const struct host *host)
{
	static const char *const commands[] = {
		[INITRAMFS_UNKNOWN] = NULL,
		[INITRAMFS_NIXOS] = NULL,
		[INITRAMFS_OSTREE] = NULL,
		[INITRAMFS_TOOLS] = "update-initramfs -u",
		[INITRAMFS_DRACUT] = "dracut --force",
		[INITRAMFS_TRANSACTIONAL] = "transactional-update --continue initrd",
		[INITRAMFS_MKINITCPIO] = "mkinitcpio -P",
		[INITRAMFS_MKINITFS] = "mkinitfs",
		[INITRAMFS_BOOSTER] = "/usr/lib/booster/regenerate_images",
	};
	enum initramfs_tool tool = initramfs_tool_of(&host->boot_tools);
	enum boot_loader loader = boot_loader_of(&host->boot_tools);
	ASSERT_COVERS(commands, INITRAMFS_COUNT);

	for (size_t i = 0; i < ARRAY_LENGTH(initramfs_copies); i++) {
		if (initramfs_copies[i].loader == loader && initramfs_copies[i].tool == tool &&
		    boot_tools_has(&host->boot_tools, initramfs_copies[i].maker))
			return initramfs_copies[i].command;
	}
	return commands[tool];
}

bool boot_commands_lacks_rules(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system && system->lacks_rules;
}

bool boot_commands_binding_loads(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system && system->binding_loads;
}

const char *boot_commands_binding(const struct host *host, struct arena *arena, const char *name,
				  const char *ids)
{
	const struct declared_system *system = declared_system_of(host);

	if (!system || !system->bindings)
		return NULL;
	if (system->binding_ends)
		return arena_printf(arena, "%s%s%s", system->binds, name, system->binding_ends);
	return arena_printf(arena, "%s%s%s%s", system->binds, name, ids ? "|" : "", ids ? ids : "");
}

const char *boot_commands_apply(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system ? system->apply : NULL;
}

const char *boot_commands_module_options(const struct host *host)
{
	const char *option = boot_commands_option(host, MODPROBE_FOLDER);

	return option ? option : "a file of " MODPROBE_FOLDER;
}

const char *boot_commands_option_places(const struct host *host, struct arena *arena)
{
	const char *option = boot_commands_option(host, MODPROBE_FOLDER);

	return arena_printf(arena, "%s and %s", option ? option : MODPROBE_FOLDER,
			    boot_commands_place(host));
}

const char *boot_commands_image(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system && system->image ? system->image : NULL;
}

const char *boot_commands_without_shell(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system ? system->without_shell : NULL;
}
