/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/modules/module_lists.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/boot/boot_tools.h"
#include "host/boot/cmdline.h"
#include "host/pci/pci_address.h"
#include "host/persistence/udev_key.h"
#include "host/sriov/sriov_token.h"

enum {
	LIMIT_LIST_FILE = 1024 * 1024,
	MOST_FILES = 1024, /* of one folder */
};

struct place {
	const char *path;
	bool folder; /* of files that end in .conf */
	bool initramfs;
};

static const struct place places[] = {
	{.path = "/etc/modules"},
	{.path = "/etc/modules-load.d", .folder = true},
	{.path = "/etc/initramfs-tools/modules", .initramfs = true},
	{.path = "/etc/mkinitcpio.conf", .initramfs = true},
	{.path = "/etc/mkinitcpio.conf.d", .folder = true, .initramfs = true},
	{.path = "/etc/dracut.conf", .initramfs = true},
	{.path = "/etc/dracut.conf.d", .folder = true, .initramfs = true},
};

static const char *const script_folders[] = {
	"/etc/initramfs-tools/scripts/init-top",
	"/etc/initramfs-tools/scripts/init-premount",
};

/* Where guides put the script that modprobe.d runs. */
static const char *const scripts[] = {
	"/usr/local/bin/vfio-pci-override.sh", "/usr/local/sbin/vfio-pci-override.sh",
	"/usr/bin/vfio-pci-override.sh",       "/usr/sbin/vfio-pci-override.sh",
	"/bin/vfio-pci-override.sh",           "/sbin/vfio-pci-override.sh",
};

bool module_lists_cover_script(const char *path)
{
	if (strcmp(path, MODULE_LISTS_GO) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(script_folders); i++) {
		if (lies_below(path, script_folders[i]))
			return true;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(scripts); i++) {
		if (strcmp(path, scripts[i]) == 0)
			return true;
	}
	return false;
}

bool module_lists_cover(const char *path)
{
	if (strcmp(path, MODULE_LISTS_OWN_RULES) == 0)
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
		const char *place = places[i].path;
		if (places[i].folder ? lies_below(path, place) &&
					       has_suffix(path + strlen(place) + 1, ".conf")
				     : strcmp(path, place) == 0)
			return true;
	}
	return false;
}

/* Returns whether a line has words, and is not a comment. */
static bool says_something(const char *line, size_t length)
{
	while (length && isspace((unsigned char)*line)) {
		line++;
		length--;
	}
	return length && *line != '#';
}

static bool has(const char *line, size_t length, const char *word)
{
	return memmem(line, length, word, strlen(word)) != NULL;
}

bool module_lists_want(const char *line, size_t length)
{
	return says_something(line, length) &&
	       (has(line, length, "vfio") || has(line, length, "driver_override"));
}

static bool names_function(const char *line, size_t length)
{
	struct pci_address address;
	size_t offset = 0;

	return pci_address_next(line, length, &offset, &address);
}

bool module_lists_want_of_script(const char *line, size_t length)
{
	return says_something(line, length) &&
	       (module_lists_want(line, length) || names_function(line, length));
}

static void add_line(struct arena *arena, struct module_lists *lists,
		     const struct module_list_line *line)
{
	struct module_list_line *lines =
		arena_grow(arena, lists->lines, lists->count, &lists->capacity, sizeof(*lines));

	if (!lines)
		return;
	lists->lines = lines;
	lines[lists->count++] = *line;
}

static void add_lines(struct arena *arena, const struct fact_text *text, bool initramfs,
		      bool (*wants)(const char *line, size_t length), struct module_lists *lists)
{
	struct fact_line line;
	size_t offset = 0;

	while (fact_next_line(text, &offset, &line)) {
		if (!wants(line.text, line.length))
			continue;
		for (; isspace((unsigned char)*line.text); line.text++)
			line.length--;
		while (isspace((unsigned char)line.text[line.length - 1]))
			line.length--;
		const struct module_list_line item = {
			.source = text->fact.source,
			.text = arena_copy(arena, line.text, line.length),
			.initramfs = initramfs,
		};
		add_line(arena, lists, &item);
	}
}

/* Remembers the first place that was neither read nor absent. */
static void note(struct module_lists *lists, const struct fact *fact)
{
	if (!fact_settled(fact) && fact_known(&lists->fact))
		lists->fact = *fact;
}

static void load_file(struct root *root, struct arena *arena, const char *path, bool initramfs,
		      struct module_lists *lists)
{
	struct fact_text text = root_read(root, arena, path, LIMIT_LIST_FILE);

	if (fact_text_is_unended(&text))
		lines_add(arena, &lists->unended, "%s", path);
	if (fact_known(&text.fact))
		add_lines(arena, &text, initramfs, module_lists_want, lists);
	else if (text.fact.state != FACT_MALFORMED || text.fact.error == EFBIG)
		note(lists, &text.fact);
}

static void load_folder(struct root *root, struct arena *arena, const struct place *place,
			struct module_lists *lists)
{
	struct fact_list list = root_list(root, arena, place->path);

	note(lists, &list.fact);
	for (size_t i = 0; i < list.count && i < MOST_FILES; i++) {
		if (has_suffix(list.names[i], ".conf"))
			load_file(root, arena, arena_path(arena, place->path, list.names[i]),
				  place->initramfs, lists);
	}
}

static void add_rule(struct arena *arena, const struct module_list_line *rule,
		     struct module_lists *lists)
{
	struct module_list_line *rules = arena_grow(arena, lists->rules, lists->rule_count,
						    &lists->rule_capacity, sizeof(*rules));

	if (!rules)
		return;
	lists->rules = rules;
	rules[lists->rule_count++] = *rule;
}

static void add_rules(struct arena *arena, const struct fact_text *text, struct module_lists *lists)
{
	struct udev_lines lines = {.text = text};
	struct module_list_line rule = {.source = text->fact.source};
	struct fact_line line;

	while (udev_lines_next(&lines, arena, &line, &rule.joined)) {
		if (!has(line.text, line.length, "driver_override"))
			continue;
		while (isspace((unsigned char)line.text[line.length - 1]))
			line.length--;
		rule.text = arena_copy(arena, line.text, line.length);
		add_rule(arena, &rule, lists);
	}
}

/* Returns whether a key tells devices apart, or sets what they have. */
static bool is_of_device(const struct udev_key *key)
{
	static const char *const kinds[] = {"ACTION",  "ATTR",      "ATTRS",
					    "DRIVER",  "DRIVERS",   "KERNEL",
					    "KERNELS", "SUBSYSTEM", "SUBSYSTEMS"};

	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		if (udev_key_is(key, kinds[i]))
			return true;
	}
	return false;
}

/* Returns the operator of a key as it is written, which a quote ends with its value at the latest.
 */
static struct fact_line operator_of(const struct udev_key *key)
{
	const char *at = key->attribute.text ? key->attribute.text + key->attribute.length + 1
					     : key->name.text + key->name.length;

	while (isspace((unsigned char)*at))
		at++;
	return (struct fact_line){.text = at, .length = strspn(at, "=!+-:")};
}

/* Of a value that is not kept, the words by which a rule is told. */
static void keep_key_name(const struct udev_key *key, struct buffer *kept)
{
	const struct fact_line sign = operator_of(key);
	bool overrides = has(key->value.text, key->value.length, "driver_override");
	bool loads = has(key->value.text, key->value.length, "modprobe");

	buffer_item(kept, "%.*s%s%.*s\"" SRIOV_REDACTED "%s%s\"", (int)key->name.length,
		    key->name.text, key->attribute.text ? "{" SRIOV_REDACTED "}" : "",
		    (int)sign.length, sign.text, overrides ? " driver_override" : "",
		    loads ? " modprobe" : "");
}

static void keep_rule(struct arena *arena, const struct fact_line *rule, struct buffer *kept)
{
	struct buffer keys = {.arena = arena};
	struct udev_key key;
	size_t offset = 0;

	while (udev_key_next(rule, &offset, &key)) {
		size_t length = (size_t)(rule->text + offset - key.name.text);
		if (has(key.name.text, length, "sriov"))
			continue;
		if (keys.length)
			buffer_add(&keys, ", ", strlen(", "));
		if (is_of_device(&key))
			buffer_add(&keys, key.name.text, length);
		else
			keep_key_name(&key, &keys);
	}
	if (offset == rule->length)
		buffer_add_line(kept, buffer_text(&keys), keys.length);
}

void module_lists_keep_rules(struct arena *arena, const struct fact_text *text, struct buffer *kept)
{
	struct udev_lines lines = {.text = text};
	struct fact_line rule;
	bool joined;

	while (udev_lines_next(&lines, arena, &rule, &joined)) {
		if (has(rule.text, rule.length, "driver_override"))
			keep_rule(arena, &rule, kept);
	}
}

static void load_rules(struct root *root, struct arena *arena, struct module_lists *lists)
{
	struct fact_list list = root_list(root, arena, MODULE_LISTS_RULES);

	lists->rules_fact = list.fact;
	for (size_t i = 0; i < list.count && i < MOST_FILES; i++) {
		if (!ends_with(list.names[i], ".rules"))
			continue;
		struct fact_text text =
			root_read(root, arena, arena_path(arena, MODULE_LISTS_RULES, list.names[i]),
				  LIMIT_LIST_FILE);
		if (fact_known(&text.fact))
			add_rules(arena, &text, lists);
		else if (fact_known(&lists->rules_fact))
			lists->rules_fact = text.fact;
	}
}

/* Returns whether a line of a script that overrides() may give a function to vfio-pci: not where it
 * writes another driver, nor where it passes a function over. */
static bool gives(const char *line)
{
	bool writes = strstr(line, "driver_override") != NULL;

	return names_function(line, strlen(line)) && !strstr(line, "continue") &&
	       (!writes || strstr(line, "vfio") || strchr(line, '$'));
}

/* Returns whether the lines of a script write vfio-pci to driver_override. */
static bool overrides(const struct module_lists *script)
{
	bool vfio = false, override = false;

	for (size_t i = 0; i < script->count; i++) {
		vfio |= strstr(script->lines[i].text, "vfio-pci") != NULL;
		override |= strstr(script->lines[i].text, "driver_override") != NULL;
	}
	return vfio && override;
}

static void add_override(struct arena *arena, const struct module_list_line *line,
			 struct module_lists *lists)
{
	struct module_list_line *lines = arena_grow(arena, lists->overrides, lists->override_count,
						    &lists->override_capacity, sizeof(*lines));

	if (!lines)
		return;
	lists->overrides = lines;
	lines[lists->override_count++] = *line;
}

static void load_script(struct root *root, struct arena *arena, const char *path,
			struct module_lists *lists)
{
	struct fact_text text = root_read(root, arena, path, LIMIT_LIST_FILE);
	struct module_lists found = {0};

	if (fact_known(&text.fact))
		add_lines(arena, &text, false, module_lists_want_of_script, &found);
	if (!overrides(&found))
		return;
	for (size_t i = 0; i < found.count; i++) {
		found.lines[i].driver = "vfio-pci";
		if (gives(found.lines[i].text))
			add_override(arena, &found.lines[i], lists);
	}
}

static void load_scripts(struct root *root, struct arena *arena, const struct modprobe *modprobe,
			 struct module_lists *lists)
{
	for (size_t i = 0; i < ARRAY_LENGTH(script_folders); i++) {
		struct fact_list list = root_list(root, arena, script_folders[i]);
		for (size_t k = 0; k < list.count && k < MOST_FILES; k++)
			load_script(root, arena,
				    arena_path(arena, script_folders[i], list.names[k]), lists);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(scripts); i++) {
		if (modprobe_runs(modprobe, "vfio_pci", scripts[i]))
			load_script(root, arena, scripts[i], lists);
	}
}

static size_t without_newlines(const char *text, size_t length)
{
	while (length && text[length - 1] == '\n')
		length--;
	return length;
}

bool module_lists_saved_is_sound(const char *text, size_t length)
{
	length = without_newlines(text, length);
	for (size_t i = 0; i < length; i++) {
		if (!isalnum((unsigned char)text[i]) && text[i] != '-' && text[i] != '_')
			return false;
	}
	return true;
}

#define SAVED_PREFIX "pci-"

/* driverctl takes the whole file for the driver's name, but for newlines at its end:
 * load_override() of driverctl 0.111. */
static void load_saved(struct root *root, struct arena *arena, const char *file,
		       struct module_lists *lists)
{
	struct fact_text text = root_read(
		root, arena, arena_path(arena, MODULE_LISTS_DRIVERCTL, file), LIMIT_LIST_FILE);
	struct module_list_line line = {
		.source = text.fact.source,
		.text = file + strlen(SAVED_PREFIX),
		.owner = OVERRIDE_DRIVERCTL,
	};
	size_t length;

	if (fact_known(&text.fact) && !module_lists_saved_is_sound(text.text, text.length))
		text.fact.state = FACT_MALFORMED;
	if (!fact_settled(&text.fact))
		lists->saved_fact = text.fact;
	if (!fact_known(&text.fact))
		return;
	length = without_newlines(text.text, text.length);
	if (!length)
		return;
	line.driver = arena_copy(arena, text.text, length);
	add_override(arena, &line, lists);
}

/* What driverctl saved is read at boot by a udev rule of its own, 05-driverctl.rules, and by nobody
 * where it is not installed. Devices of other buses have files there, too. */
static void load_driverctl(struct root *root, struct arena *arena, struct module_lists *lists)
{
	struct fact_list list = root_list(root, arena, MODULE_LISTS_DRIVERCTL);
	struct fact_node program;

	lists->saved_fact = list.fact;
	if (fact_absent(&list.fact) || (fact_known(&list.fact) && !list.count))
		return;
	program = root_stat(root, boot_tool_path(BOOT_TOOL_DRIVERCTL));
	if (program.fact.state == FACT_ABSENT) {
		lists->saved_fact = program.fact;
		return;
	}
	for (size_t i = 0; i < list.count && i < MOST_FILES; i++) {
		if (begins_with(list.names[i], SAVED_PREFIX))
			load_saved(root, arena, list.names[i], lists);
	}
}

/* Adds what a word of BIND= names: a function, in the domain 0000 where it names none, a function
 * with its ids, or all functions of some ids. */
static void add_binding(struct arena *arena, const struct fact *fact, const char *word,
			struct module_lists *lists)
{
	static const char form[] = "xxxx:xx:xx.x", ids[] = "xxxx:xxxx";
	const char *name = begins_with_form(word, form + strlen("xxxx:"))
				   ? arena_printf(arena, "0000:%s", word)
				   : word;
	struct module_list_line line = {
		.source = fact->source,
		.owner = OVERRIDE_UNRAID,
		.driver = "vfio-pci",
	};

	if (begins_with_form(name, form)) {
		const char *rest = name + strlen(form);
		if (*rest && *rest != '|')
			return;
		line.text = arena_copy(arena, name, strlen(form));
		line.ids = *rest ? rest + 1 : NULL;
	} else if (begins_with_form(word, ids) && !word[strlen(ids)]) {
		line.ids = word;
	} else {
		return;
	}
	add_override(arena, &line, lists);
}

static void load_unraid(struct root *root, struct arena *arena, struct module_lists *lists)
{
	static const char key[] = "BIND=", blanks[] = " \t\r\"";
	const struct fact_node system = root_stat(root, boot_tool_path(BOOT_TOOL_UNRAID));
	struct fact_line line;
	size_t offset = 0;

	lists->unraid_fact = (struct fact){.state = FACT_ABSENT, .source = MODULE_LISTS_UNRAID};
	if (fact_absent(&system.fact))
		return;
	load_script(root, arena, MODULE_LISTS_GO, lists);
	const struct fact_text text = root_read(root, arena, MODULE_LISTS_UNRAID, LIMIT_LIST_FILE);
	lists->unraid_fact = text.fact;
	while (fact_known(&text.fact) && fact_next_line(&text, &offset, &line)) {
		if (line.length < strlen(key) || memcmp(line.text, key, strlen(key)) != 0)
			continue;
		const char *word = arena_copy(arena, line.text, line.length);
		for (word += strlen(key); *(word += strspn(word, blanks));) {
			size_t length = strcspn(word, blanks);
			add_binding(arena, &text.fact, arena_copy(arena, word, length), lists);
			word += length;
		}
	}
}

static void index_override(struct arena *arena, struct module_lists *lists, size_t line)
{
	const struct module_list_line *override = &lists->overrides[line];

	if (override->text)
		named_add_addresses(arena, &lists->override_index, override->text,
				    strlen(override->text), line);
	else
		named_add_ids(arena, &lists->override_index, override->ids, line);
}

static bool compares(const struct udev_key *key, const char *name, const char *above,
		     const char *attribute)
{
	return key->op == UDEV_IS && (udev_key_is(key, name) || udev_key_is(key, above)) &&
	       key->attribute.length == strlen(attribute) &&
	       (!*attribute || memcmp(key->attribute.text, attribute, key->attribute.length) == 0);
}

/* Notes the ids of one vendor and of each device in a value with bars between them, "0x8086". */
static void index_ids(struct arena *arena, struct module_lists *lists, size_t line,
		      const struct fact_line *vendor, const struct fact_line *devices)
{
	static const char form[] = "0xXXXX";
	const char *at = devices->text, *end = at ? at + devices->length : NULL;

	while (vendor->length == strlen(form) && at && at < end) {
		const char *bar = memchr(at, '|', (size_t)(end - at));
		size_t length = (size_t)((bar ? bar : end) - at);
		if (length == strlen(form))
			named_add_ids(arena, &lists->rule_index,
				      arena_printf(arena, "%.4s:%.4s", vendor->text + strlen("0x"),
						   at + strlen("0x")),
				      line);
		at += length + 1;
	}
}

static void index_rule(struct arena *arena, struct module_lists *lists, size_t line)
{
	const char *text = lists->rules[line].text;
	const struct fact_line rule = {.text = text, .length = strlen(text)};
	struct fact_line vendor = {.text = NULL}, devices = vendor;
	bool has_name = false;
	struct udev_key key;
	size_t offset = 0;

	while (udev_key_next(&rule, &offset, &key)) {
		if (compares(&key, "KERNEL", "KERNELS", "")) {
			has_name = true;
			named_add_addresses(arena, &lists->rule_index, key.value.text,
					    key.value.length, line);
		} else if (compares(&key, "ATTR", "ATTRS", "vendor")) {
			vendor = key.value;
		} else if (compares(&key, "ATTR", "ATTRS", "device")) {
			devices = key.value;
		}
	}
	if (!has_name)
		index_ids(arena, lists, line, &vendor, &devices);
}

/* Returns whether a line says of a function what another says already. Two of Unraid may mean
 * different devices at one address. */
static bool repeats(const struct module_list_line *line, const struct module_list_line *other)
{
	return line == other ||
	       ((line->owner != OVERRIDE_UNRAID || !line->text) && line->owner == other->owner &&
		strcmp(line->source, other->source) == 0);
}

static void drop_repeated(struct module_lists *lists)
{
	struct named_functions *index = &lists->override_index;
	struct named_function *names = index->names;
	size_t kept = 0;

	for (size_t i = 0; i < index->count; i++) {
		if (!kept || names[i].key != names[kept - 1].key ||
		    !repeats(&lists->overrides[names[i].line],
			     &lists->overrides[names[kept - 1].line]))
			names[kept++] = names[i];
	}
	index->count = kept;
}

void module_lists_index(struct arena *arena, struct module_lists *lists)
{
	lists->rule_index = (struct named_functions){0};
	lists->override_index = (struct named_functions){0};
	for (size_t i = 0; i < lists->rule_count; i++)
		index_rule(arena, lists, i);
	for (size_t i = 0; i < lists->override_count; i++)
		index_override(arena, lists, i);
	named_sort(&lists->rule_index);
	named_sort(&lists->override_index);
	drop_repeated(lists);
}

/* Returns whether what names the function's address or ids means that function. */
static bool means(const struct module_list_line *line, const char *function, const char *ids)
{
	switch (line->owner) {
	case OVERRIDE_SCRIPT:
		return true;
	case OVERRIDE_DRIVERCTL:
		return strcmp(line->text, function) == 0;
	case OVERRIDE_UNRAID:
		return !ids || !line->ids || strcasecmp(line->ids, ids) == 0;
	}
	return false;
}

static const struct module_list_line *find_override(const struct module_lists *lists, size_t from,
						    const char *function, const char *ids)
{
	for (;; from++) {
		from = named_next(&lists->override_index, function, ids, from);
		if (from == SIZE_MAX)
			return NULL;
		if (means(&lists->overrides[from], function, ids))
			return &lists->overrides[from];
	}
}

const struct module_list_line *module_lists_override(const struct module_lists *lists,
						     const char *function, const char *ids)
{
	return find_override(lists, 0, function, ids);
}

const struct module_list_line *module_lists_next_override(const struct module_lists *lists,
							  const struct module_list_line *after,
							  const char *function, const char *ids)
{
	return find_override(lists, (size_t)(after - lists->overrides) + 1, function, ids);
}

const struct module_list_line *module_lists_next_rule(const struct module_lists *lists,
						      const struct module_list_line *after,
						      const char *function, const char *ids)
{
	size_t from = after ? (size_t)(after - lists->rules) + 1 : 0;
	size_t found = named_next(&lists->rule_index, function, ids, from);

	return found == SIZE_MAX ? NULL : &lists->rules[found];
}

void module_lists_load(struct root *root, struct arena *arena, const struct modprobe *modprobe,
		       struct module_lists *ret)
{
	*ret = (struct module_lists){.fact = {.state = FACT_KNOWN, .source = "/etc/modules"}};
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
		if (places[i].folder)
			load_folder(root, arena, &places[i], ret);
		else
			load_file(root, arena, places[i].path, places[i].initramfs, ret);
	}
	load_rules(root, arena, ret);
	load_driverctl(root, arena, ret);
	load_scripts(root, arena, modprobe, ret);
	load_unraid(root, arena, ret);
	module_lists_index(arena, ret);
}

/* systemd-modules-load looks for a module of the name that a line is, options, comment and all. */
bool module_lists_name(const struct module_lists *lists, const char *module)
{
	for (size_t i = 0; i < lists->count; i++) {
		if (!lists->lines[i].initramfs && cmdline_same_name(lists->lines[i].text, module))
			return true;
	}
	return false;
}
