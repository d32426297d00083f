/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/next_boot.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "model/boot/kernel_parameters.h"

/* Where the command line that a loader boots with is written. */
enum reads {
	READS_NOTHING,   /* not known */
	READS_GRUB,      /* GRUB's settings, from which grub.cfg is made */
	READS_KERNEL,    /* /etc/kernel/cmdline, copied to where no file system is mounted */
	READS_ENTRIES,   /* entries in /boot, by GRUB */
	READS_DEPLOYED,  /* the same of ostree */
	READS_PARTITION, /* entries and images of boot partitions, by systemd-boot */
};

/* What a person edits, of which the lines of entries and images are made. */
enum source { SOURCE_NONE = 0, SOURCE_GRUB = 1, SOURCE_KERNEL = 2 };

struct rule {
	enum reads reads;
	unsigned sources;    /* of what is read, apart from itself */
	enum source ignored; /* a place that people edit in vain */
};

static const struct rule rules[] = {
	[BOOT_LOADER_UNKNOWN] = {.reads = READS_NOTHING},
	[BOOT_LOADER_NIXOS] = {.reads = READS_PARTITION, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_PROXMOX_CMDLINE] = {.reads = READS_KERNEL, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_PROXMOX_GRUB] = {.reads = READS_GRUB, .ignored = SOURCE_KERNEL},
	[BOOT_LOADER_OSTREE] = {.reads = READS_DEPLOYED, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_MACHINE_CONFIG] = {.reads = READS_DEPLOYED, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_OSTREE_ALONE] = {.reads = READS_DEPLOYED, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_GRUBBY] = {.reads = READS_ENTRIES, .sources = SOURCE_GRUB | SOURCE_KERNEL},
	[BOOT_LOADER_TRANSACTIONAL] = {.reads = READS_GRUB, .ignored = SOURCE_KERNEL},
	[BOOT_LOADER_UPDATE_GRUB] = {.reads = READS_GRUB, .ignored = SOURCE_KERNEL},
	[BOOT_LOADER_GRUB2_MKCONFIG] = {.reads = READS_GRUB, .ignored = SOURCE_KERNEL},
	[BOOT_LOADER_GRUB_MKCONFIG] = {.reads = READS_GRUB, .ignored = SOURCE_KERNEL},
	[BOOT_LOADER_SDBOOTUTIL] = {.reads = READS_PARTITION,
				    .sources = SOURCE_KERNEL,
				    .ignored = SOURCE_GRUB},
	[BOOT_LOADER_MKINITCPIO] = {.reads = READS_PARTITION,
				    .sources = SOURCE_KERNEL,
				    .ignored = SOURCE_GRUB},
	[BOOT_LOADER_CMDLINE_PARTS] = {.reads = READS_PARTITION, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_KERNEL_INSTALL] = {.reads = READS_PARTITION,
					.sources = SOURCE_KERNEL,
					.ignored = SOURCE_GRUB},
	[BOOT_LOADER_IMAGES] = {.reads = READS_PARTITION, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_SYSTEMD_BOOT] = {.reads = READS_PARTITION, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_TRUENAS] = {.reads = READS_GRUB, .ignored = SOURCE_KERNEL},
	[BOOT_LOADER_UNRAID] = {.reads = READS_NOTHING, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_KERNELSTUB] = {.reads = READS_PARTITION, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_LIMINE] = {.reads = READS_NOTHING},
	[BOOT_LOADER_REFIND] = {.reads = READS_NOTHING, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_EXTLINUX] = {.reads = READS_NOTHING, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_SDBOOT_MANAGE] = {.reads = READS_PARTITION, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_ZFSBOOTMENU] = {.reads = READS_NOTHING, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_ELEMENTAL] = {.reads = READS_NOTHING, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_LIMINE_CONF] = {.reads = READS_NOTHING, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_U_BOOT_MENU] = {.reads = READS_NOTHING, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_EXTLINUX_CONF] = {.reads = READS_NOTHING, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_ARMBIAN] = {.reads = READS_NOTHING, .ignored = SOURCE_GRUB},
	[BOOT_LOADER_PI] = {.reads = READS_NOTHING, .ignored = SOURCE_GRUB},
};

ASSERT_COVERS(rules, BOOT_LOADER_COUNT);

struct builder {
	const struct host *host;
	const struct boot_config *config;
	struct arena *arena;
	struct next_boot *next;
	const struct boot_entry **entries; /* that a loader may boot */
	size_t count;
	size_t capacity;
};

static void set_unread(struct builder *builder, const struct fact *fact, const char *why)
{
	if (builder->next->unknown_why)
		return;
	builder->next->unread = fact;
	builder->next->unknown_why = why;
}

static bool is_true(const char *value)
{
	return value && strcmp(value, "true") == 0;
}

/*
 * GRUB reads entries where its settings say so; Fedora's grub2-mkconfig takes that for granted
 * where they say nothing, and grubby edits entries where there are any.
 */
static enum reads reads_of(const struct host *host, const struct rule *rule)
{
	const struct boot_config *config = &host->boot_config;
	const struct boot_folder *boot = &config->entries.folders[BOOT_PLACE_BOOT];

	if (rule->reads == READS_GRUB && is_true(config->grub_bls) && boot->count)
		return READS_ENTRIES;
	if (rule->reads == READS_ENTRIES && config->grub_bls && !is_true(config->grub_bls))
		return READS_GRUB;
	return rule->reads;
}

static void add_line(struct builder *builder, const struct next_boot_line *line)
{
	struct next_boot *next = builder->next;

	next->lines[next->count++] = *line;
}

static void build_one(struct builder *builder, const struct cmdline *cmdline)
{
	builder->next->lines = arena_array(builder->arena, 1, sizeof(struct next_boot_line));
	if (!builder->next->lines)
		return;
	add_line(builder,
		 &(struct next_boot_line){
			 .cmdline = cmdline,
			 .variable = cmdline == &builder->config->grub ? builder->config->grub_open
								       : NULL,
		 });
	if (!fact_known(&cmdline->fact))
		set_unread(builder, &cmdline->fact, "cannot tell what the next boot brings");
}

static void add_entry(struct builder *builder, const struct boot_entry *entry)
{
	const struct boot_entry **entries =
		arena_grow(builder->arena, builder->entries, builder->count, &builder->capacity,
			   sizeof(*entries));

	if (!entries)
		return;
	builder->entries = entries;
	entries[builder->count++] = entry;
}

/* A folder that was not read may have what is booted. */
static void add_folder(struct builder *builder, const struct boot_folder *folder, bool images)
{
	if (!fact_settled(&folder->entries_fact))
		set_unread(builder, &folder->entries_fact, "boot loader entries could not be read");
	if (images && !fact_settled(&folder->images_fact))
		set_unread(builder, &folder->images_fact,
			   "unified kernel images could not be read");
	for (size_t i = 0; i < folder->count; i++) {
		if (images || !folder->entries[i].is_image)
			add_entry(builder, &folder->entries[i]);
	}
}

/* Keeps those that wanted() takes, unless that is none. Returns whether there were such. */
static bool narrow(struct builder *builder, const void *context,
		   bool (*wanted)(const struct boot_entry *entry, const void *context))
{
	size_t kept = 0;

	for (size_t i = 0; i < builder->count; i++)
		kept += wanted(builder->entries[i], context);
	if (!kept)
		return false;
	kept = 0;
	for (size_t i = 0; i < builder->count; i++) {
		if (wanted(builder->entries[i], context))
			builder->entries[kept++] = builder->entries[i];
	}
	builder->count = kept;
	return true;
}

static bool is_ordinary(const struct boot_entry *entry, const void *context)
{
	(void)context;
	return !entry->is_rescue;
}

static bool is_same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* "*" and "?" only, in bounded time: what fnmatch(3) does with many "*" is not. */
static bool matches_pattern(const char *text, const char *pattern)
{
	const char *star = NULL, *mark = text;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			mark = text;
		} else if (*pattern == '?' || is_same_letter(*pattern, *text)) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++mark;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

/* systemd-boot compares without regard to case. Its ids have the suffix of the file, but not the
 * count of attempts in front of it ("NAME+3.conf"); those of old versions had no suffix. */
static bool matches(const struct boot_entry *entry, const void *pattern)
{
	const char *name = strrchr(entry->path, '/') + 1, *suffix = strrchr(name, '.');
	size_t length = strlen(entry->id);
	char id[NAME_MAX + 1];

	if (matches_pattern(entry->id, pattern) || matches_pattern(name, pattern))
		return true;
	if (entry->is_image || !suffix || length + strlen(suffix) > NAME_MAX)
		return false;
	memcpy(id, entry->id, length);
	strcpy(id + length, suffix);
	return matches_pattern(id, pattern);
}

static bool has_id(const struct boot_entry *entry, const void *id)
{
	return strcmp(entry->id, id) == 0;
}

/* The entry that GRUB saved for once goes before the one that it is set to boot. */
static void narrow_by_grub(struct builder *builder)
{
	const struct boot_environment *environment = &builder->config->entries.environment;
	const char *next = boot_environment_find(environment, "next_entry");
	const char *saved = boot_environment_find(environment, "saved_entry");
	const char *set = builder->config->grub_default;

	if (next && *next && narrow(builder, next, has_id))
		return;
	if (next && *next)
		saved = NULL;
	if (set && strcmp(set, "saved") == 0 && saved && *saved && narrow(builder, saved, has_id))
		return;
	narrow(builder, NULL, is_ordinary);
}

/* Returns whether an EFI variable names an entry; what of it was not read says nothing. */
static bool narrow_by_variable(struct builder *builder, const struct fact_text *variable)
{
	return fact_known(&variable->fact) && variable->length &&
	       narrow(builder, variable->text, matches);
}

static const struct fact_text *find_pattern(const struct boot_entries *entries)
{
	for (size_t i = 0; i < BOOT_PLACE_COUNT; i++) {
		if (fact_known(&entries->folders[i].pattern.fact))
			return &entries->folders[i].pattern;
	}
	return NULL;
}

/* EFI variables go before loader.conf: only where they can be seen does that tell. */
static void narrow_by_systemd_boot(struct builder *builder)
{
	const struct boot_entries *entries = &builder->config->entries;
	const struct fact_text *pattern = find_pattern(entries);

	narrow(builder, NULL, is_ordinary);
	if (!fact_known(&builder->host->boot_tools.loader_info.fact) ||
	    !fact_settled(&entries->entry_once.fact) || !fact_settled(&entries->entry_default.fact))
		return;
	if (narrow_by_variable(builder, &entries->entry_once) ||
	    fact_known(&entries->entry_once.fact) ||
	    narrow_by_variable(builder, &entries->entry_default) ||
	    fact_known(&entries->entry_default.fact))
		return;
	if (pattern && !strpbrk(pattern->text, "@["))
		narrow(builder, pattern->text, matches);
}

static bool is_of_release(const struct boot_entry *entry, const void *release)
{
	return entry->release && strcmp(entry->release, release) == 0;
}

/* ostree numbers the entries of its deployments; the highest is booted. */
static bool is_of_ostree(const struct boot_entry *entry, const void *context)
{
	(void)context;
	return begins_with(entry->id, "ostree-") && entry->release;
}

/* A staged deployment gets its entry only when the host goes down. */
static void note_staged(struct builder *builder)
{
	const struct fact *staged = &builder->config->entries.staged.fact;

	if (fact_known(staged))
		set_unread(builder, staged,
			   "a deployment is staged, whose entry is not written yet");
	else if (!fact_absent(staged))
		set_unread(builder, staged, "cannot tell whether a deployment is staged");
}

static void narrow_by_ostree(struct builder *builder)
{
	const char *highest = NULL;

	note_staged(builder);
	if (!narrow(builder, NULL, is_of_ostree))
		return;
	for (size_t i = 0; i < builder->count; i++) {
		const char *version = builder->entries[i]->release;
		if (!highest || strtoul(version, NULL, 10) > strtoul(highest, NULL, 10))
			highest = version;
	}
	narrow(builder, highest, is_of_release);
}

static void build_from_entries(struct builder *builder)
{
	struct next_boot *next = builder->next;
	const struct fact_text *release = &builder->host->kernel_release;

	if (!builder->count) {
		set_unread(builder, NULL, "no boot loader entry was found");
		return;
	}
	next->generated = true;
	next->lines = arena_array(builder->arena, builder->count, sizeof(*next->lines));
	if (!next->lines)
		return;
	for (size_t i = 0; i < builder->count; i++) {
		const struct boot_entry *entry = builder->entries[i];
		add_line(builder, &(struct next_boot_line){
					  .cmdline = &entry->cmdline,
					  .variable = entry->variable,
					  .is_running = fact_known(&release->fact) &&
							is_of_release(entry, release->text),
				  });
		if (!fact_known(&entry->cmdline.fact))
			set_unread(builder, &entry->cmdline.fact,
				   fact_absent(&entry->cmdline.fact)
					   ? "an image has no command line of its own"
					   : "an entry that may be booted could not be read");
	}
}

/* Where no entry was found, what they are made from is all that tells. */
static void build_lines(struct builder *builder, enum reads reads, unsigned sources)
{
	const struct boot_entries *entries = &builder->config->entries;

	switch (reads) {
	case READS_NOTHING:
		set_unread(builder, NULL,
			   "where the next boot's command line is configured is not known to "
			   "passcheck");
		return;
	case READS_GRUB:
		build_one(builder, &builder->config->grub);
		return;
	case READS_KERNEL:
		build_one(builder, &builder->config->kernel);
		return;
	case READS_ENTRIES:
	case READS_DEPLOYED:
		add_folder(builder, &entries->folders[BOOT_PLACE_BOOT], false);
		break;
	case READS_PARTITION:
		for (size_t i = 0; i < BOOT_PLACE_COUNT; i++)
			add_folder(builder, &entries->folders[i], true);
		break;
	}
	if (reads == READS_ENTRIES)
		narrow_by_grub(builder);
	else if (reads == READS_DEPLOYED)
		narrow_by_ostree(builder);
	else
		narrow_by_systemd_boot(builder);
	if (builder->count || builder->next->unknown_why || !(sources & SOURCE_KERNEL) ||
	    !fact_known(&builder->config->kernel.fact))
		build_from_entries(builder);
	else
		build_one(builder, &builder->config->kernel);
}

static const struct cmdline *place_of(const struct boot_config *config, enum source source)
{
	if (source == SOURCE_NONE)
		return NULL;
	return source == SOURCE_GRUB ? &config->grub : &config->kernel;
}

static void add_source(struct builder *builder, const struct cmdline *cmdline)
{
	if (fact_known(&cmdline->fact))
		builder->next->sources[builder->next->source_count++] = cmdline;
}

static enum switch_state realloc_of(const struct cmdline *cmdline, struct arena *arena)
{
	struct kernel_parameters parameters;

	kernel_parameters_build(cmdline, arena, &parameters);
	return parameters.pci_realloc.state;
}

/* Returns whether all lines set it alike, and how. */
static bool lines_agree(const struct next_boot *next, struct arena *arena, enum switch_state *ret)
{
	for (size_t i = 0; i < next->count; i++) {
		enum switch_state state = realloc_of(next->lines[i].cmdline, arena);
		if (next->lines[i].variable || (i && state != *ret))
			return false;
		*ret = state;
	}
	return next->count;
}

static enum pci_realloc find_realloc(const struct host *host, struct arena *arena,
				     const struct next_boot *next)
{
	enum switch_state now = realloc_of(&host->cmdline, arena), coming = now;

	if (lines_agree(next, arena, &coming)) {
		if (coming == SWITCH_ON && now != SWITCH_ON)
			return REALLOC_COMES;
		if (coming == SWITCH_UNSET && now == SWITCH_OFF)
			return REALLOC_OFF_ENDS;
	}
	if (now == SWITCH_UNSET)
		return REALLOC_UNSET;
	return now == SWITCH_ON ? REALLOC_ON : REALLOC_OFF;
}

void next_boot_build(const struct host *host, struct arena *arena, struct next_boot *ret)
{
	const struct rule *rule = &rules[boot_loader_of(&host->boot_tools)];
	enum reads reads = reads_of(host, rule);
	struct next_boot next = {.ignored = place_of(&host->boot_config, rule->ignored)};
	struct builder builder = {
		.host = host, .config = &host->boot_config, .arena = arena, .next = &next};

	build_lines(&builder, reads, rule->sources);
	if (next.generated && (rule->sources & SOURCE_KERNEL))
		add_source(&builder, &host->boot_config.kernel);
	if (next.generated && ((rule->sources & SOURCE_GRUB) || rule->reads == READS_GRUB))
		add_source(&builder, &host->boot_config.grub);
	next.pci_realloc = find_realloc(host, arena, &next);
	*ret = next;
}

enum in_next_boot next_boot_find(const struct next_boot *next,
				 const struct cmdline_parameter *parameter)
{
	size_t with = 0, without = 0;

	for (size_t i = 0; i < next->count; i++) {
		if (kernel_parameter_is_on(next->lines[i].cmdline, parameter))
			with++;
		else if (!next->lines[i].variable)
			without++;
	}
	if (with == next->count)
		return IN_ALL_LINES;
	return without == next->count ? IN_NO_LINE : IN_SOME_LINES;
}

struct text_line *next_boot_words(const struct next_boot *next, const struct text_line *words,
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

struct text_line *next_boot_lacks(const struct next_boot *next, const struct text_line *words,
				  struct arena *arena)
{
	struct text_line *lacking = NULL;

	for (; words; words = words->next) {
		size_t with = 0;
		for (size_t i = 0; i < next->count; i++)
			with += cmdline_has_word(arena, next->lines[i].cmdline, words->text);
		if (next->unread || !next->count || with < next->count)
			lines_append_once(arena, &lacking, words->text);
	}
	return lacking;
}
