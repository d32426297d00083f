/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/persistence/sriov_config.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/persistence/link_settings.h"
#include "host/persistence/netplan_settings.h"
#include "host/persistence/sriov_idle.h"
#include "host/persistence/sriov_jump.h"
#include "host/persistence/sriov_subject.h"
#include "host/persistence/udev_key.h"
#include "host/sriov/sriov_redact.h"
#include "host/sriov/sriov_token.h"

#define WANTED_UNITS "/etc/systemd/system/multi-user.target.wants"

enum {
	LIMIT_CONFIG_FILE = 1024 * 1024,
	MOST_FILES = 1024, /* of one folder, and folders of one */
	MOST_DRIVERS = 64, /* of PFs */
	MOST_SETTINGS = 1024,
	MOST_LINKS = 256, /* .link files: a host has a dozen */
};

bool sriov_config_covers(const char *path)
{
	return sriov_place_of(path) != NULL;
}

/* Remembers the first place that was neither read nor absent. */
static void note(struct sriov_config *config, const struct fact *fact)
{
	if (!fact_settled(fact) && fact_known(&config->fact))
		config->fact = *fact;
}

/* As note(), of what lies in a place of that owner. */
static void note_of(struct sriov_config *config, enum sriov_owner owner, const struct fact *fact)
{
	struct fact *own = &config->owners[owner];

	note(config, fact);
	if (!fact_settled(fact) && fact_known(own))
		*own = *fact;
}

/* Says that an owner has more than is read, from that path on. */
static void note_rest(struct sriov_config *config, enum sriov_owner owner, const char *source)
{
	const struct fact rest = fact_of(FACT_MALFORMED, source, EFBIG);

	note_of(config, owner, &rest);
}

static struct sriov_setting *append(struct arena *arena, struct sriov_config *config,
				    const struct sriov_setting *setting)
{
	if (config->count == MOST_SETTINGS) {
		note_rest(config, setting->owner, setting->source);
		return NULL;
	}
	struct sriov_setting *settings = arena_grow(arena, config->settings, config->count,
						    &config->capacity, sizeof(*settings));
	if (!settings)
		return NULL;
	config->settings = settings;
	settings[config->count] = *setting;
	return &settings[config->count++];
}

static bool is_space(char byte)
{
	return isspace((unsigned char)byte) || !byte;
}

/* A NUL, which shells leave out, would hide what follows it. */
static const char *trimmed(struct arena *arena, const char *line, size_t length)
{
	while (length && is_space(*line)) {
		line++;
		length--;
	}
	while (length && is_space(line[length - 1]))
		length--;
	char *copy = arena_copy(arena, line, length);
	for (size_t i = 0; i < length; i++)
		copy[i] = copy[i] ? copy[i] : ' ';
	return copy;
}

/* Returns whether it is ADDRESS|VENDOR:DEVICE|COUNT: what sbin/sriov-setvfs.sh takes. */
static bool is_entry(const char *text)
{
	static const char form[] = "xxxx:xx:xx.x|xxxx:xxxx|";

	if (!begins_with_form(text, form))
		return false;
	text += strlen(form);
	return *text && !text[strspn(text, "0123456789")];
}

/* Each entry becomes a line of its own; one without a domain is of 0000. */
static void append_entries(struct arena *arena, struct sriov_config *config,
			   const struct sriov_setting *setting, const char *line)
{
	static const char key[] = SRIOV_WORD_UNRAID, blanks[] = " \t\r\"";

	if (!begins_with(line, key))
		return;
	for (const char *at = line + strlen(key); *(at += strspn(at, blanks));) {
		size_t length = strcspn(at, blanks);
		const char *text = arena_printf(arena, "%s%.*s",
						begins_with_form(at, "xx:xx.x") ? "0000:" : "",
						(int)length, at);
		struct sriov_setting entry = *setting;
		entry.line = arena_printf(arena, "%s%s", key, text);
		if (is_entry(text))
			append(arena, config, &entry);
		at += length;
	}
}

/* A text that is not known stands for a link to /dev/null. */
static void append_link(struct arena *arena, struct sriov_config *config,
			const struct fact_text *text)
{
	if (config->link_count == MOST_LINKS) {
		note_rest(config, SRIOV_OWNER_LINK, text->fact.source);
		return;
	}
	struct link_file *links = arena_grow(arena, config->links, config->link_count,
					     &config->link_capacity, sizeof(*links));
	if (!links)
		return;
	config->links = links;
	link_file_parse(arena, text, &links[config->link_count++]);
}

/* Returns a line without what is not consulted. One of a unit that begins with a key that is not
 * shown would read as for its end. */
static const char *line_to_show(struct arena *arena, const struct sriov_place *place,
				const struct fact_line *line)
{
	const char *text =
		sriov_line_redact(arena, place, trimmed(arena, line->text, line->length));

	return sriov_line_is_for_later(place, text, strlen(text))
		       ? arena_printf(arena, "ExecStart=%s", text)
		       : text;
}

/* Appends what a line of a file sets, if anything. */
static void append_line(struct sriov_subjects *subjects, const char *source,
			const struct fact_line *line)
{
	struct arena *arena = subjects->arena;
	struct sriov_setting setting = {
		.owner = subjects->place->owner,
		.effect = sriov_line_effect(subjects->place, line->text, line->length),
		.source = source,
		.hidden = subjects->parts.hidden,
		.defines_vf = subjects->vf_of != NULL,
	};

	if (setting.defines_vf) {
		setting.effect = SRIOV_EFFECT_MAKES;
		setting.line = arena_printf(arena, SRIOV_VF_OF "%s", subjects->vf_of);
	} else if (setting.hidden) {
		setting.effect = SRIOV_EFFECT_UNCLEAR;
		setting.line = subjects->parts.hidden;
	} else if (setting.effect == SRIOV_EFFECT_NONE ||
		   !sriov_subjects_count(subjects, line->text, line->length)) {
		return;
	} else if (subjects->place->syntax == SRIOV_SYNTAX_ENTRIES) {
		append_entries(arena, subjects->config, &setting,
			       trimmed(arena, line->text, line->length));
		return;
	} else {
		setting.line = line_to_show(arena, subjects->place, line);
	}
	sriov_subjects_assign(subjects, &setting);
	append(arena, subjects->config, &setting);
}

#define EXIT "exit"

/* What distributions leave at the end of rc.local, and lines are appended behind. One that is
 * indented belongs to a condition. */
static bool ends_script(const struct sriov_place *place, const struct fact_line *line)
{
	size_t size = strlen(EXIT);

	return place->owner == SRIOV_OWNER_RC_LOCAL && line->length >= size &&
	       memcmp(line->text, EXIT, size) == 0 &&
	       (line->length == size || is_space(line->text[size]) || line->text[size] == ';');
}

static bool is_comment(const struct fact_line *line)
{
	size_t at = 0;

	while (at < line->length && is_space(line->text[at]))
		at++;
	return at < line->length && strchr("#;", line->text[at]);
}

/* What the lines before one leave behind. */
struct line_state {
	bool ended;   /* a script may have ended */
	bool goes_on; /* the line is a part of the one before: systemd.syntax(7), interfaces(5) */
	bool later;   /* that does not run at boot */
};

static void read_line(struct sriov_subjects *subjects, const char *source,
		      const struct fact_line *line, struct line_state *state)
{
	struct sriov_config *config = subjects->config;
	size_t before = config->count;

	if (!state->goes_on)
		state->later = sriov_line_is_for_later(subjects->place, line->text, line->length);
	sriov_subjects_read(subjects, line->text, line->length);
	if (!state->later)
		append_line(subjects, source, line);
	if (config->count > before)
		config->settings[before].skipped = state->ended;
	state->ended |= ends_script(subjects->place, line);
	if (!state->goes_on || !is_comment(line))
		state->goes_on = line->length && line->text[line->length - 1] == '\\';
}

static void read_lines(struct sriov_subjects *subjects, const struct fact_text *text)
{
	struct line_state state = {.ended = false};
	struct fact_line line;
	size_t offset = 0;

	while (fact_next_line(text, &offset, &line))
		read_line(subjects, text->fact.source, &line, &state);
}

/* Rules of udev may stand on several lines, and are skipped by others of their file. */
static void read_rules(struct sriov_subjects *subjects, const struct fact_text *text)
{
	struct udev_lines lines = {.text = text};
	struct sriov_jumps jumps = {.count = 0};
	struct sriov_config *config = subjects->config;
	struct fact_line rule;
	bool joined;

	while (udev_lines_next(&lines, subjects->arena, &rule, &joined)) {
		size_t before = config->count;
		sriov_jumps_land(&jumps, &rule, config);
		append_line(subjects, text->fact.source, &rule);
		if (config->count > before)
			config->settings[before].joined = joined;
		sriov_jumps_start(&jumps, &rule, config);
	}
	sriov_jumps_finish(&jumps, config);
}

#define NO_TOTAL "[sriov] (total-vfs=0)"

/* NetworkManager leaves what is as without a setting out of the profiles that it writes, and takes
 * all VFs away by a section [sriov] without a total: total-vfs of nm-settings-keyfile(5) is 0. */
static void append_default(const struct sriov_subjects *subjects, const char *source)
{
	const struct sriov_setting setting = {
		.owner = subjects->place->owner,
		.effect = SRIOV_EFFECT_MAKES,
		.source = source,
		.line = NO_TOTAL,
	};

	if (subjects->sriov_section && subjects->config->count == subjects->first)
		append(subjects->arena, subjects->config, &setting);
}

void sriov_config_parse(struct arena *arena, const struct fact_text *text,
			struct sriov_config *config)
{
	struct sriov_subjects subjects = {.arena = arena,
					  .place = sriov_place_of(text->fact.source),
					  .config = config,
					  .first = config->count,
					  .section_first = config->count,
					  .parts = cloud_parts_of(arena, text->text, text->length)};

	if (!subjects.place)
		return;
	if (subjects.place->owner == SRIOV_OWNER_UDEV)
		read_rules(&subjects, text);
	else
		read_lines(&subjects, text);
	append_default(&subjects, text->fact.source);
	sriov_subjects_finish(&subjects);
	if (subjects.place->owner == SRIOV_OWNER_LINK)
		append_link(arena, config, text);
}

/* A rule that may be skipped is so by whatever GOTO stands in front of it. */
#define SKIPS "GOTO=\"" SRIOV_REDACTED "\""
#define JOINS "\\" /* with the line behind it */
#define LANDS "LABEL=\"" SRIOV_REDACTED "\""

static void keep(struct arena *arena, const struct sriov_setting *setting, struct buffer *kept)
{
	size_t size = strlen(setting->line);

	if (setting->hidden) {
		cloud_part_mark(setting->line, kept);
		return;
	}
	sriov_subject_print(arena, setting, kept);
	if (setting->defines_vf)
		return;
	bool by_goto = setting->skipped && setting->owner == SRIOV_OWNER_UDEV;
	if (setting->skipped)
		buffer_add_line(kept, by_goto ? SKIPS : EXIT, strlen(by_goto ? SKIPS : EXIT));
	if (setting->joined)
		buffer_add_line(kept, JOINS, strlen(JOINS));
	buffer_add(kept, setting->line, size);
	/* A backslash at its end would join it with what it never stood before; behind it stood a
	 * blank in rules of udev, which go on otherwise. */
	if (size && setting->line[size - 1] == '\\')
		buffer_add(kept, setting->owner == SRIOV_OWNER_UDEV ? " " : "\n", 1);
	buffer_add(kept, "\n", 1);
	if (by_goto)
		buffer_add_line(kept, LANDS, strlen(LANDS));
}

void sriov_config_keep(struct arena *arena, const struct fact_text *text, struct buffer *kept)
{
	struct sriov_config config = {0};

	sriov_config_parse(arena, text, &config);
	ifupdown_start_keep(&config.ifupdown, kept);
	for (size_t i = 0; i < config.count; i++)
		keep(arena, &config.settings[i], kept);
	/* Behind the settings, of whose subjects the first that is told counts. */
	for (size_t i = 0; i < config.link_count; i++)
		link_file_keep(arena, &config.links[i], kept);
}

static bool counts(const struct sriov_place *place, const struct fact *fact)
{
	return !place->later || fact->state != FACT_NOT_CAPTURED;
}

/* While the places are read */
struct loader {
	struct root *root;
	struct arena *arena;
	struct sriov_config *config;
	const struct sriov_place *places;
	struct fact_list *folders; /* of each place, once it is read */
};

static void load_file(const struct loader *loader, const struct sriov_place *place,
		      const char *path)
{
	struct fact_text text = root_read(loader->root, loader->arena, path, LIMIT_CONFIG_FILE);

	if (fact_known(&text.fact))
		sriov_config_parse(loader->arena, &text, loader->config);
	else if (counts(place, &text.fact) &&
		 (text.fact.state != FACT_MALFORMED || text.fact.error == EFBIG))
		note_of(loader->config, place->owner, &text.fact);
	/* A link to /dev/null masks, also in a capture. */
	if (fact_known(&text.fact) || (!place->masks && place->owner != SRIOV_OWNER_LINK))
		return;
	root_read_link(loader->root, loader->arena, path);
	if (place->owner == SRIOV_OWNER_LINK)
		append_link(loader->arena, loader->config, &text);
}

/* Returns whether a folder of the same owner that comes before has a file of that name, which then
 * counts in its place, be it empty or a link to /dev/null: systemd.link(5), udev(7), modprobe.d(5).
 */
static bool is_masked(const struct loader *loader, const struct sriov_place *place,
		      const char *name)
{
	for (const struct sriov_place *it = loader->places; place->masks && it < place; it++) {
		if (it->masks && it->owner == place->owner &&
		    fact_list_find(&loader->folders[it - loader->places], name))
			return true;
	}
	return false;
}

static void load_folder(const struct loader *loader, const struct sriov_place *place,
			const char *folder)
{
	struct fact_list list = root_list(loader->root, loader->arena, folder);
	size_t files = 0;

	if (place->masks)
		loader->folders[place - loader->places] = list;
	if (counts(place, &list.fact))
		note_of(loader->config, place->owner, &list.fact);
	for (size_t i = 0; i < list.count; i++) {
		if (!ends_with(list.names[i], place->suffix) ||
		    !sriov_place_takes(place, list.names[i]) ||
		    is_masked(loader, place, list.names[i]))
			continue;
		const char *path = arena_path(loader->arena, folder, list.names[i]);
		if (files++ == MOST_FILES) {
			note_rest(loader->config, place->owner, path);
			return;
		}
		load_file(loader, place, path);
	}
}

/* Returns what lies in a place's folder, which one in front of it may be of, too. */
static struct fact_list list_once(const struct loader *loader, const struct sriov_place *place)
{
	for (const struct sriov_place *it = loader->places; it < place; it++) {
		if (it->masks && strcmp(it->path, place->path) == 0)
			return loader->folders[it - loader->places];
	}
	return root_list(loader->root, loader->arena, place->path);
}

/* The files lie in folders of a folder, as drop-ins of units do. */
static void load_folders(const struct loader *loader, const struct sriov_place *place)
{
	struct fact_list list = list_once(loader, place);
	size_t folders = 0;

	if (counts(place, &list.fact))
		note_of(loader->config, place->owner, &list.fact);
	for (size_t i = 0; i < list.count; i++) {
		if (!has_suffix(list.names[i], place->within))
			continue;
		const char *folder = arena_path(loader->arena, place->path, list.names[i]);
		if (folders++ == MOST_FILES) {
			note_rest(loader->config, place->owner, folder);
			return;
		}
		load_folder(loader, place, folder);
	}
}

static void load_places(struct root *root, struct arena *arena, struct sriov_config *config)
{
	size_t count;
	const struct sriov_place *places = sriov_places(&count);
	const struct loader loader = {root, arena, config, places,
				      arena_array(arena, count, sizeof(struct fact_list))};

	for (size_t i = 0; loader.folders && i < count; i++) {
		if (places[i].within)
			load_folders(&loader, &places[i]);
		else if (places[i].suffix)
			load_folder(&loader, &places[i], places[i].path);
		else
			load_file(&loader, &places[i], places[i].path);
	}
}

bool sriov_is_qat_unit(const char *unit)
{
	return strcmp(unit, SRIOV_QATLIB_UNIT) == 0 || strcmp(unit, "qat_service.service") == 0;
}

/* Units of packages that make VFs, which have no file in /etc: an instance of Proxmox VE's names
 * the function in its own name. */
static bool makes_vfs(const char *unit)
{
	return begins_with(unit, "pve-nvidia-sriov@") || sriov_is_qat_unit(unit);
}

static void load_instances(struct root *root, struct arena *arena, struct sriov_config *config)
{
	struct fact_list list = root_list(root, arena, WANTED_UNITS);

	if (list.fact.state != FACT_NOT_CAPTURED)
		note(config, &list.fact);
	for (size_t i = 0; i < list.count; i++) {
		const struct sriov_setting setting = {
			.owner = SRIOV_OWNER_UNIT,
			.effect = SRIOV_EFFECT_MAKES,
			.source = WANTED_UNITS,
			.line = list.names[i],
		};
		if (makes_vfs(list.names[i]))
			append(arena, config, &setting);
	}
}

static bool has_pf(const struct pci *pci)
{
	for (size_t i = 0; i < pci->count; i++) {
		if (pci_is_pf(&pci->functions[i]))
			return true;
	}
	return false;
}

static bool has_parameters(const struct sriov_config *config, const char *driver)
{
	for (size_t i = 0; i < config->parameter_count; i++) {
		if (strcmp(config->parameters[i].driver, driver) == 0)
			return true;
	}
	return false;
}

/* Names of modules have "_" where those of drivers may have "-". */
static const char *module_name(struct arena *arena, const char *driver)
{
	char *name = arena_copy(arena, driver, strlen(driver));

	for (char *sign = name; *sign; sign++)
		*sign = *sign == '-' ? '_' : *sign;
	return name;
}

static void load_parameters(struct root *root, struct arena *arena, const char *driver,
			    struct sriov_config *config)
{
	const char *path =
		arena_printf(arena, "/sys/module/%s/parameters", module_name(arena, driver));

	config->parameters[config->parameter_count++] =
		(struct driver_parameters){driver, root_list(root, arena, path)};
}

/* Of each driver once; hosts have few drivers of PFs. */
static void load_all_parameters(struct root *root, struct arena *arena, const struct pci *pci,
				struct sriov_config *config)
{
	config->parameters = arena_array(arena, MOST_DRIVERS, sizeof(*config->parameters));
	for (size_t i = 0; config->parameters && i < pci->count; i++) {
		const struct pci_function *pf = &pci->functions[i];
		if (!pci_is_pf(pf) || !fact_known(&pf->driver.fact) ||
		    strchr(pf->driver.text, '/') || config->parameter_count == MOST_DRIVERS ||
		    has_parameters(config, pf->driver.text))
			continue;
		load_parameters(root, arena, pf->driver.text, config);
	}
}

enum boolean sriov_config_offers(const struct sriov_config *config, const char *driver,
				 const char *name)
{
	for (size_t i = 0; i < config->parameter_count; i++) {
		const struct driver_parameters *it = &config->parameters[i];
		if (strcmp(it->driver, driver) != 0 || !fact_settled(&it->names.fact))
			continue;
		return fact_list_find(&it->names, name) ? BOOLEAN_YES : BOOLEAN_NO;
	}
	return BOOLEAN_UNKNOWN;
}

void sriov_config_load(struct root *root, struct arena *arena, const struct pci *pci,
		       struct sriov_config *ret)
{
	size_t count;

	*ret = (struct sriov_config){.fact.source = sriov_places(&count)->path};
	if (!has_pf(pci))
		return;
	ret->fact.state = FACT_KNOWN;
	for (size_t i = 0; i < SRIOV_OWNER_COUNT; i++)
		ret->owners[i].state = FACT_KNOWN;
	load_places(root, arena, ret);
	link_settings_settle(arena, ret);
	netplan_settings_settle(ret);
	sriov_idle_load(root, arena, ret);
	load_instances(root, arena, ret);
	load_all_parameters(root, arena, pci, ret);
}
