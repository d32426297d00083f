/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/boot_commands.h"

#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "model/boot/boot_edit.h"
#include "model/boot/declared_system.h"
#include "model/shell.h"

struct loader {
	const char *name;
	enum boot_edit edit;
	const char *file;   /* that is edited */
	const char *update; /* what takes the edit over; NULL: nothing is needed */
	const char *why;    /* where it is edited by hand */
};

static const struct loader loaders[] = {
	[BOOT_LOADER_UNKNOWN] = {.name = "",
				 .edit = BOOT_EDIT_HAND,
				 .why = "cannot tell which boot loader this host has"},
	[BOOT_LOADER_IMAGES] = {.name = " of unified kernel images",
				.edit = BOOT_EDIT_HAND,
				.why = "the command line is a part of those, and what makes them "
				       "is unknown"},
	[BOOT_LOADER_NIXOS] = {.name = " of NixOS",
			       .edit = BOOT_EDIT_HAND,
			       .why = "NixOS writes it from its configuration: change "
				      "boot.kernelParams there, and " DECLARED_SYSTEM_NIXOS},
	[BOOT_LOADER_SDBOOTUTIL] = {.name = ", with sdbootutil",
				    .edit = BOOT_EDIT_FILE,
				    .file = "/etc/kernel/cmdline",
				    .update = "sdbootutil update-all-entries"},
	[BOOT_LOADER_MKINITCPIO] = {.name = " of unified kernel images",
				    .edit = BOOT_EDIT_FILE,
				    .file = "/etc/kernel/cmdline",
				    .update = "mkinitcpio -P"},
	[BOOT_LOADER_CMDLINE_PARTS] = {.name = " of unified kernel images",
				       .edit = BOOT_EDIT_HAND,
				       .why = "mkinitcpio puts the words of /etc/cmdline.d/*.conf "
					      "into them: change them there, and run mkinitcpio "
					      "-P"},
	[BOOT_LOADER_PROXMOX_CMDLINE] = {.name = ", with proxmox-boot-tool",
					 .edit = BOOT_EDIT_FILE,
					 .file = "/etc/kernel/cmdline",
					 .update = "proxmox-boot-tool refresh"},
	[BOOT_LOADER_PROXMOX_GRUB] = {.name = ", with proxmox-boot-tool and GRUB",
				      .edit = BOOT_EDIT_GRUB,
				      .file = "/etc/default/grub",
				      .update = "proxmox-boot-tool refresh"},
	[BOOT_LOADER_OSTREE] = {.name = ", with rpm-ostree", .edit = BOOT_EDIT_OSTREE},
	/* A node whose words are not those of its MachineConfig is degraded ("missing expected
	 * kernel arguments" of its Machine Config Daemon). */
	[BOOT_LOADER_MACHINE_CONFIG] = {.name = " of OpenShift",
					.edit = BOOT_EDIT_HAND,
					.why = "OpenShift's Machine Config Operator sets it: "
					       "change kernelArguments of a MachineConfig"},
	[BOOT_LOADER_OSTREE_ALONE] =
		{.name = ", with ostree",
		 .edit = BOOT_EDIT_HAND,
		 .why = "rpm-ostree, which changes it elsewhere, is not here: "
			"ostree admin kargs edit-in-place "
			"--append-if-missing=WORD adds one to all "
			"deployments; one that is to go is on the line options "
			"of /boot/loader/entries/ostree-*.conf"},
	[BOOT_LOADER_GRUBBY] = {.name = ", with grubby", .edit = BOOT_EDIT_GRUBBY},
	/* Each call begins a new snapshot, of the last one with --continue. */
	[BOOT_LOADER_TRANSACTIONAL] = {.name = " of GRUB",
				       .edit = BOOT_EDIT_GRUB,
				       .file = "/etc/default/grub",
				       .update = "transactional-update --continue grub.cfg"},
	[BOOT_LOADER_UPDATE_GRUB] = {.name = " of GRUB",
				     .edit = BOOT_EDIT_GRUB,
				     .file = "/etc/default/grub",
				     .update = "update-grub"},
	[BOOT_LOADER_GRUB2_MKCONFIG] = {.name = " of GRUB",
					.edit = BOOT_EDIT_GRUB,
					.file = "/etc/default/grub",
					.update = "grub2-mkconfig -o /boot/grub2/grub.cfg"},
	[BOOT_LOADER_GRUB_MKCONFIG] = {.name = " of GRUB",
				       .edit = BOOT_EDIT_GRUB,
				       .file = "/etc/default/grub",
				       .update = "grub-mkconfig -o /boot/grub/grub.cfg"},
	[BOOT_LOADER_KERNEL_INSTALL] = {.name = ", with kernel-install",
					.edit = BOOT_EDIT_FILE,
					.file = "/etc/kernel/cmdline"},
	[BOOT_LOADER_SYSTEMD_BOOT] = {.name = " of systemd-boot",
				      .edit = BOOT_EDIT_ENTRIES,
				      .file = "\"$(bootctl -x)\"/loader/entries/*.conf"},
	[BOOT_LOADER_TRUENAS] = {.name = " of TrueNAS",
				 .edit = BOOT_EDIT_HAND,
				 .why = "TrueNAS writes it from its settings: give "
					"kernel_extra_options all words that are to stay, with "
					"midclt call system.advanced.update"},
	[BOOT_LOADER_UNRAID] = {.name = " of Unraid",
				.edit = BOOT_EDIT_HAND,
				.why = "edit the append line of the label that boots, in "
				       "/boot/syslinux/syslinux.cfg (also on the Flash page of "
				       "the web interface)"},
	[BOOT_LOADER_KERNELSTUB] = {.name = ", with kernelstub", .edit = BOOT_EDIT_KERNELSTUB},
	[BOOT_LOADER_LIMINE] = {.name = " of Limine",
				.edit = BOOT_EDIT_HAND,
				.why = "change KERNEL_CMDLINE[default] in /etc/default/limine, and "
				       "run limine-update"},
	[BOOT_LOADER_REFIND] = {.name = " of rEFInd",
				.edit = BOOT_EDIT_HAND,
				.why = "change the second text in quotes of each line of "
				       "/boot/refind_linux.conf, where rEFInd boots the kernel "
				       "itself"},
	[BOOT_LOADER_EXTLINUX] = {.name = " of extlinux",
				  .edit = BOOT_EDIT_HAND,
				  .why = "change default_kernel_opts in /etc/update-extlinux.conf, "
					 "and run update-extlinux"},
	[BOOT_LOADER_SDBOOT_MANAGE] = {.name = ", with sdboot-manage",
				       .edit = BOOT_EDIT_HAND,
				       .why = "sdboot-manage makes the entries anew with every "
					      "kernel: change LINUX_OPTIONS in "
					      "/etc/sdboot-manage.conf, and run sdboot-manage gen"},
	/* Since 2.0 it reads no file of /etc/default (zbm-dev/zfsbootmenu, zfsbootmenu(7)). */
	[BOOT_LOADER_ZFSBOOTMENU] =
		{.name = " of ZFSBootMenu",
		 .edit = BOOT_EDIT_HAND,
		 .why = "ZFSBootMenu takes it from the property org.zfsbootmenu:commandline of the "
			"dataset of /, which zfs get shows and zfs set gets all words that are to "
			"stay"},
	[BOOT_LOADER_ELEMENTAL] =
		{.name = " of Elemental",
		 .edit = BOOT_EDIT_HAND,
		 .why = "the GRUB of Elemental adds extra_cmdline of /oem/grubenv "
			"to what the image has: see what grub2-editenv "
			"/oem/grubenv list shows, and run grub2-editenv "
			"/oem/grubenv set extra_cmdline=\"WORDS\" with all words "
			"that are to stay"},
	[BOOT_LOADER_LIMINE_CONF] = {.name = " of Limine",
				     .edit = BOOT_EDIT_HAND,
				     .why = "change cmdline: of the entries in limine.conf"},
	[BOOT_LOADER_U_BOOT_MENU] = {.name = " of U-Boot",
				     .edit = BOOT_EDIT_HAND,
				     .why = "change U_BOOT_PARAMETERS in /etc/default/u-boot, and "
					    "run u-boot-update"},
	[BOOT_LOADER_EXTLINUX_CONF] = {.name = " of U-Boot",
				       .edit = BOOT_EDIT_HAND,
				       .why = "change the append line of the label that boots, in "
					      "/boot/extlinux/extlinux.conf"},
	[BOOT_LOADER_ARMBIAN] = {.name = " of Armbian",
				 .edit = BOOT_EDIT_HAND,
				 .why = "change extraargs= in /boot/armbianEnv.txt"},
	[BOOT_LOADER_PI] =
		{.name = " of the Raspberry Pi",
		 .edit = BOOT_EDIT_HAND,
		 .why = "change the one line of cmdline.txt (in /boot/firmware, on older "
			"releases in /boot)"},
};

ASSERT_COVERS(loaders, BOOT_LOADER_COUNT);

static const struct loader *loader_of(const struct host *host)
{
	return &loaders[boot_loader_of(&host->boot_tools)];
}

static bool is_of_kernel(const struct host *host, const struct boot_entry *entry)
{
	(void)host;
	return entry->release && !entry->is_rescue;
}

static bool is_of_other_kernel(const struct host *host, const struct boot_entry *entry)
{
	return is_of_kernel(host, entry) && !fact_text_is(&host->kernel_release, entry->release);
}

/* Returns whether the host may boot such an entry. */
static bool has_entry(const struct host *host,
		      bool (*wanted)(const struct host *host, const struct boot_entry *entry))
{
	const struct boot_entries *entries = &host->boot_config.entries;

	for (size_t i = 0; i < BOOT_PLACE_COUNT; i++) {
		const struct boot_folder *folder = &entries->folders[i];
		for (size_t k = 0; k < folder->count; k++) {
			if (wanted(host, &folder->entries[k]))
				return true;
		}
	}
	return false;
}

/* Debian's kernels are not in /lib/modules. Old kernel-installs have no add-all. */
static const char *update_of(const struct host *host)
{
	static const char *const commands[][2] = {
		{"kernel-install add \"$(uname -r)\" \"/lib/modules/$(uname -r)/vmlinuz\"",
		 "for kernel in /lib/modules/*/vmlinuz; do release=${kernel%/*}; "
		 "kernel-install add \"${release##*/}\" \"$kernel\"; done"},
		{"kernel-install add \"$(uname -r)\" \"/boot/vmlinuz-$(uname -r)\"",
		 "for kernel in /boot/vmlinuz-*; do "
		 "kernel-install add \"${kernel#/boot/vmlinuz-}\" \"$kernel\"; done"},
	};
	const struct loader *loader = loader_of(host);
	bool debian = boot_tools_has(&host->boot_tools, BOOT_TOOL_DEBIAN);

	if (loader != &loaders[BOOT_LOADER_KERNEL_INSTALL])
		return loader->update;
	return commands[debian][has_entry(host, is_of_other_kernel)];
}

static struct boot_edit_job job_of(const struct host *host, const struct text_line *add,
				   const struct text_line *remove, struct arena *arena,
				   struct text_line **commands)
{
	const struct loader *loader = loader_of(host);
	struct boot_edit_job job = {.host = host,
				    .edit = loader->edit,
				    .file = loader->file,
				    .add = add,
				    .remove = remove,
				    .arena = arena,
				    .commands = commands};

	boot_edit_aim(&job);
	return job;
}

static void edit_file(const struct boot_edit_job *job)
{
	const char *update = update_of(job->host);

	boot_edit_write(job);
	if (update)
		shell_add(job->arena, job->commands, "%s", update);
}

static bool is_namesake(const char *word, const struct text_line *words)
{
	size_t length = strcspn(word, "=");

	for (; words; words = words->next) {
		if (strcspn(words->text, "=") == length && memcmp(words->text, word, length) == 0)
			return true;
	}
	return false;
}

/* What grubby is to add. */
struct grubby_words {
	const struct boot_edit_job *job;
	struct text_line *words;
	size_t count;
};

enum { MOST_NAMESAKES = 32 };

/* Takes words of a line whose parameter one of the words that are added sets as well. */
static void take_namesakes(struct grubby_words *ret, const struct cmdline *line)
{
	const struct boot_edit_job *job = ret->job;

	for (size_t i = 0; fact_known(&line->fact) && i < line->count; i++) {
		const char *word = cmdline_spell(job->arena, &line->parameters[i]);
		if (ret->count > MOST_NAMESAKES)
			return;
		if (!is_namesake(word, job->add) || lines_have(job->add, word) ||
		    lines_have(job->remove, word) || lines_have(ret->words, word))
			continue;
		lines_append_once(job->arena, &ret->words, word);
		ret->count++;
	}
}

/*
 * Of a parameter that it adds, grubby takes all other values away (grubby(8)): those that are to
 * stay are named, too, in front of the new ones. It also edits where no entry was found, as on
 * RHEL 7. Returns whether these are not too many.
 */
static bool keep_namesakes(struct boot_edit_job *job)
{
	const struct boot_folder *folder = &job->host->boot_config.entries.folders[BOOT_PLACE_BOOT];
	struct grubby_words kept = {.job = job};

	for (size_t i = 0; i < folder->count; i++) {
		if (!folder->entries[i].is_image && !folder->entries[i].is_rescue)
			take_namesakes(&kept, &folder->entries[i].cmdline);
	}
	if (!folder->count)
		take_namesakes(&kept, &job->host->cmdline);
	for (const struct text_line *it = job->add; it; it = it->next)
		lines_append_once(job->arena, &kept.words, it->text);
	job->add = kept.words;
	return kept.count <= MOST_NAMESAKES;
}

static void edit_grubby(const struct boot_edit_job *job)
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

static void edit_ostree(const struct boot_edit_job *job)
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
static void edit_kernelstub(const struct boot_edit_job *job)
{
	if (job->remove)
		shell_add(job->arena, job->commands, "kernelstub --delete-options '%s'",
			  lines_join(job->arena, job->remove, " "));
	if (job->add)
		shell_add(job->arena, job->commands, "kernelstub --add-options '%s'",
			  lines_join(job->arena, job->add, " "));
}

bool boot_commands_edit(const struct host *host, const struct text_line *add,
			const struct text_line *remove, struct arena *arena, struct text_line **ret)
{
	struct boot_edit_job job = job_of(host, add, remove, arena, ret);

	if (job.edit == BOOT_EDIT_GRUB && add)
		job.remove = boot_edit_opposed(&job);
	job.add = boot_edit_missing(&job, add);
	if (job.edit == BOOT_EDIT_GRUBBY && !keep_namesakes(&job))
		return false;
	if (declared_system_image(host) || boot_edit_by_hand(&job) ||
	    !boot_edit_takes(add, job.edit) || !boot_edit_takes(job.add, job.edit) ||
	    !boot_edit_takes(job.remove, job.edit))
		return false;
	switch (job.edit) {
	case BOOT_EDIT_GRUB:
	case BOOT_EDIT_FILE:
	case BOOT_EDIT_ENTRIES:
		edit_file(&job);
		return true;
	case BOOT_EDIT_GRUBBY:
		edit_grubby(&job);
		return true;
	case BOOT_EDIT_OSTREE:
		edit_ostree(&job);
		return true;
	case BOOT_EDIT_KERNELSTUB:
		edit_kernelstub(&job);
		return true;
	case BOOT_EDIT_HAND:
		return false;
	}
	return false;
}

/* Returns what an edit takes away, and its undo is to bring back. Of one file boot_edit_take_back()
 * knows
 * what it had. */
static const struct text_line *taken_away(const struct boot_edit_job *edit,
					  const struct next_boot *next)
{
	switch (edit->edit) {
	case BOOT_EDIT_GRUB:
		return edit->add ? boot_edit_opposed(edit) : edit->remove;
	case BOOT_EDIT_FILE:
		return edit->remove;
	case BOOT_EDIT_ENTRIES:
	case BOOT_EDIT_GRUBBY:
	case BOOT_EDIT_OSTREE:
	case BOOT_EDIT_KERNELSTUB:
	case BOOT_EDIT_HAND:
		return next_boot_words(next, edit->remove, edit->arena);
	}
	return NULL;
}

bool boot_commands_undo(const struct host *host, const struct next_boot *next,
			const struct text_line *added, const struct text_line *removed,
			struct arena *arena, struct text_line **ret)
{
	struct text_line *edits = NULL, *update = NULL;
	struct boot_edit_job job = job_of(host, added, removed, arena, &edits);
	const struct text_line *back = taken_away(&job, next);

	if (!boot_edit_is_of_one(job.edit))
		added = next_boot_lacks(next, added, arena);
	if (!added && !back)
		return true;

	job.add = back;
	job.remove = boot_edit_missing(&job, added);
	if (!boot_commands_edit(host, back, added, arena, &update))
		return false;
	if (!boot_edit_is_of_files(job.edit)) {
		*ret = update;
		return true;
	}
	boot_edit_take_back(&job);
	if (update_of(host))
		shell_add(arena, &edits, "%s", update_of(host));
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

	return boot_edit_takes(&line, loader_of(host)->edit);
}

/* Returns why, by the first file of GRUB's settings that has words, whether GRUB boots the host or
 * not; NULL where none has. */
static const char *unapplied_file(const struct host *host, struct arena *arena)
{
	const struct boot_config *config = &host->boot_config;

	for (size_t i = 0; i < config->grub_file_count; i++) {
		const struct grub_file *file = &config->grub_files[i];
		if (file->words.count)
			return arena_printf(arena,
					    "cannot tell which boot loader this host has. %s has "
					    "such words, and passcheck found nothing that applies "
					    "them (update-grub, grub-mkconfig)",
					    file->path);
	}
	return NULL;
}

const char *boot_commands_by_hand(const struct host *host, struct arena *arena)
{
	const struct boot_edit_job job = job_of(host, NULL, NULL, arena, NULL);
	const char *why = declared_system_why(host);

	if (!why)
		why = boot_edit_odd_file(&job);
	if (!why && loader_of(host) == &loaders[BOOT_LOADER_UNKNOWN])
		why = unapplied_file(host, arena);
	if (!why)
		why = loader_of(host)->why;
	return why ? why : "it has characters that a shell takes otherwise";
}

const char *boot_commands_loader(const struct host *host)
{
	return loader_of(host)->name;
}

const char *boot_commands_update(const struct host *host)
{
	return update_of(host);
}

/*
 * What makes the initramfs that a boot loader reads, where that is not the one that the tool itself
 * makes: on the ESP, which dracut leaves alone (openSUSE's sdbootutil), in a unified kernel image,
 * of which mkinitcpio has no preset (limine-entry-tool), or of another name (eos-dracut).
 */
static const struct {
	enum boot_loader loader; /* BOOT_LOADER_COUNT: any */
	enum boot_tool maker;
	enum initramfs_tool tool;
	const char *command;
} initramfs_copies[] = {
	{BOOT_LOADER_SDBOOTUTIL, BOOT_TOOL_SDBOOTUTIL, INITRAMFS_DRACUT, "sdbootutil mkinitrd"},
	{BOOT_LOADER_LIMINE, BOOT_TOOL_LIMINE_MKINITCPIO, INITRAMFS_MKINITCPIO,
	 "limine-mkinitcpio"},
	{BOOT_LOADER_LIMINE, BOOT_TOOL_LIMINE_DRACUT, INITRAMFS_DRACUT, "limine-dracut"},
	{BOOT_LOADER_COUNT, BOOT_TOOL_DRACUT_REBUILD, INITRAMFS_DRACUT, "dracut-rebuild"},
};

/* Returns whether kernel-install has the tool make what it puts into its entries or images:
 * 50-dracut.install, and 50-mkinitcpio.install, which does so for entries of a kernel. Debian's
 * takes what was made before. */
static bool is_made_by_kernel_install(const struct host *host, enum initramfs_tool tool)
{
	if (boot_loader_of(&host->boot_tools) != BOOT_LOADER_KERNEL_INSTALL ||
	    boot_tools_has(&host->boot_tools, BOOT_TOOL_DEBIAN))
		return false;
	return tool == INITRAMFS_DRACUT ||
	       (tool == INITRAMFS_MKINITCPIO && has_entry(host, is_of_kernel));
}

/* Returns what makes the initramfs in place of the tool's own command, or NULL. */
static const char *maker_of(const struct host *host, enum initramfs_tool tool)
{
	enum boot_loader loader = boot_loader_of(&host->boot_tools);

	if (is_made_by_kernel_install(host, tool))
		return update_of(host);
	for (size_t i = 0; i < ARRAY_LENGTH(initramfs_copies); i++) {
		bool fits = initramfs_copies[i].loader == loader ||
			    initramfs_copies[i].loader == BOOT_LOADER_COUNT;
		if (fits && initramfs_copies[i].tool == tool &&
		    boot_tools_has(&host->boot_tools, initramfs_copies[i].maker))
			return initramfs_copies[i].command;
	}
	return NULL;
}

#define UPDATE_INITRAMFS "update-initramfs -u -k all"

/*
 * Without a name of its own, Debian's dracut 059 and 106 write where boot loader entries are, into
 * a file that those of Debian's kernel-install do not name: they have a copy of the one in /boot.
 * From 112 on dracut has an update-initramfs, which also tells the boot loader.
 */
static const char *dracut_of_debian(const struct host *host)
{
	bool copied = boot_loader_of(&host->boot_tools) == BOOT_LOADER_KERNEL_INSTALL;

	if (boot_tools_has(&host->boot_tools, BOOT_TOOL_UPDATE_INITRAMFS))
		return UPDATE_INITRAMFS;
	return copied ? "for kernel in /boot/vmlinuz-*; do release=${kernel#/boot/vmlinuz-}; "
			"dracut --force \"/boot/initrd.img-$release\" \"$release\" && "
			"kernel-install add \"$release\" \"$kernel\"; done"
		      : "for kernel in /boot/vmlinuz-*; do release=${kernel#/boot/vmlinuz-}; "
			"dracut --force \"/boot/initrd.img-$release\" \"$release\"; done";
}

/* Without more, dracut makes the initramfs of the running kernel: where no entry names kernels,
 * another may be booted next. */
static const char *dracut_of(const struct host *host)
{
	if (boot_tools_has(&host->boot_tools, BOOT_TOOL_DEBIAN))
		return dracut_of_debian(host);
	return has_entry(host, is_of_kernel) && !has_entry(host, is_of_other_kernel)
		       ? "dracut --force"
		       : "dracut --force --regenerate-all";
}

/* Each makes the initramfs of every kernel, whichever is booted next. Without more,
 * update-initramfs makes that of the newest. */
const char *boot_commands_initramfs(const struct host *host)
{
	static const char *const commands[] = {
		[INITRAMFS_UNKNOWN] = NULL,
		[INITRAMFS_NIXOS] = NULL,
		[INITRAMFS_OSTREE] = NULL,
		[INITRAMFS_IMAGE] = NULL,
		[INITRAMFS_TOOLS] = UPDATE_INITRAMFS,
		[INITRAMFS_DRACUT] = NULL,
		[INITRAMFS_TRANSACTIONAL] = "transactional-update --continue initrd",
		[INITRAMFS_MKINITCPIO] = "mkinitcpio -P",
		[INITRAMFS_MKINITFS] = "mkinitfs",
		[INITRAMFS_BOOSTER] = "/usr/lib/booster/regenerate_images",
	};
	enum initramfs_tool tool = initramfs_tool_of(&host->boot_tools);
	const char *command = maker_of(host, tool);
	ASSERT_COVERS(commands, INITRAMFS_COUNT);

	if (!command && tool == INITRAMFS_DRACUT)
		command = dracut_of(host);
	return command ? command : commands[tool];
}
