/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/modules/modules.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/boot/cmdline.h"

/* A parameter that is read, and where it goes. */
struct parameter {
	const char *module;
	const char *name;
	size_t offset; /* of struct modules */
};

static const struct parameter parameters[] = {
	{"vfio_iommu_type1", "allow_unsafe_interrupts",
	 offsetof(struct modules, type1_unsafe_interrupts)},
	{"vfio_iommu_type1", "dma_entry_limit", offsetof(struct modules, type1_dma_entry_limit)},
	{"iommufd", "allow_unsafe_interrupts", offsetof(struct modules, iommufd_unsafe_interrupts)},
	{"vfio", "enable_unsafe_noiommu_mode", offsetof(struct modules, vfio_noiommu)},
	{"vfio_pci", "disable_denylist", offsetof(struct modules, vfio_pci_no_denylist)},
	{"vfio_pci", "disable_idle_d3", offsetof(struct modules, vfio_pci_no_idle_d3)},
	{"vfio_pci", "disable_vga", offsetof(struct modules, vfio_pci_no_vga)},
	{"vfio_pci", "enable_sriov", offsetof(struct modules, vfio_pci_sriov)},
};

enum {
	PARAMETER_COUNT = ARRAY_LENGTH(parameters),
	MOST_USES = 16 * 1024, /* of one module by another: a host has some hundreds */
};

/* The kernel takes "-" and "_" in a module's name as equal, and shows "_". */
static char *normalise(char *name)
{
	for (char *c = name; *c; c++) {
		if (*c == '-')
			*c = '_';
	}
	return name;
}

/* Makes a list of the module that each line of text names that wants() takes (NULL: every one). A
 * last line without its newline was cut short, and what may have followed is missing. */
static struct fact_list parse_lines(struct arena *arena, const struct fact_text *text,
				    char *(*name_of)(char *line),
				    bool (*wants)(const char *line, size_t length))
{
	struct fact_list list = {.fact = text->fact};
	const char **names = NULL;
	size_t capacity = 0;

	if (!fact_known(&text->fact))
		return list;
	char *line = arena_copy(arena, text->text, text->length);
	for (char *newline; (newline = strchr(line, '\n')); line = newline + 1) {
		*newline = '\0';
		if (wants && !wants(line, (size_t)(newline - line)))
			continue;
		const char **larger =
			arena_grow(arena, names, list.count, &capacity, sizeof(*names));
		if (!larger)
			return list;
		names = larger;
		names[list.count++] = normalise(name_of(line));
	}
	if (*line)
		return (struct fact_list){
			.fact = {.state = FACT_MALFORMED, .source = text->fact.source}};
	if (list.count)
		qsort(names, list.count, sizeof(*names), compare_strings);
	list.names = names;
	return list;
}

/* A line of /proc/modules begins with the name. */
static char *loaded_name(char *line)
{
	line[strcspn(line, " ")] = '\0';
	return line;
}

/* What uses a module, as "amdgpu,drm_kms_helper,", or "-". */
static void append_uses(struct arena *arena, char *module, char *users, struct modules *ret,
			size_t *capacity)
{
	char *save = NULL;

	if (!strchr(users, ','))
		return;
	normalise(module);
	for (char *user = strtok_r(users, ",", &save); user && ret->use_count < MOST_USES;
	     user = strtok_r(NULL, ",", &save)) {
		struct module_use *larger =
			arena_grow(arena, ret->uses, ret->use_count, capacity, sizeof(*larger));
		if (!larger)
			return;
		ret->uses = larger;
		larger[ret->use_count++] =
			(struct module_use){.module = module, .user = normalise(user)};
	}
}

/* "drm 659456 5 amdgpu,drm_kms_helper, Live 0x0": m_show() of kernel/module/procfs.c. */
static void parse_uses(struct arena *arena, const struct fact_text *text, struct modules *ret)
{
	enum { MODULE, SIZE, COUNT, USERS, FIELDS };
	size_t capacity = 0, offset = 0;
	struct fact_line line;

	while (fact_next_line(text, &offset, &line)) {
		char *save = NULL, *rest = arena_copy(arena, line.text, line.length);
		char *fields[FIELDS] = {0};
		for (size_t i = 0; i < FIELDS && (i == 0 || fields[i - 1]); i++)
			fields[i] = strtok_r(i == 0 ? rest : NULL, " ", &save);
		if (fields[USERS])
			append_uses(arena, fields[MODULE], fields[USERS], ret, &capacity);
	}
}

/* A line of modules.builtin is "kernel/drivers/vfio/vfio.ko". */
static char *builtin_name(char *line)
{
	char *slash = strrchr(line, '/');
	char *name = slash ? slash + 1 : line;

	name[strcspn(name, ".")] = '\0';
	return name;
}

static struct fact_list load_builtin(struct root *root, struct arena *arena, const char *release)
{
	static const char source[] = "/lib/modules/RELEASE/modules.builtin";

	if (!release || strchr(release, '/'))
		return (struct fact_list){.fact = {.source = source}};
	const char *path = arena_printf(arena, "/lib/modules/%s/modules.builtin", release);
	struct fact_text text = root_read(root, arena, path, LIMIT_FILE);
	return parse_lines(arena, &text, builtin_name, NULL);
}

/* Modules that a check looks for, by a part of their names. */
static const char *const wanted[] = {"vfio", "iommufd", "kvm", "pci-stub"};

bool modules_want(const char *line, size_t length)
{
	const char *colon = memchr(line, ':', length);
	size_t path = colon ? (size_t)(colon - line) : 0;
	const char *slash = memrchr(line, '/', path);
	size_t name = slash ? path - (size_t)(slash + 1 - line) : 0;

	for (size_t i = 0; name && i < ARRAY_LENGTH(wanted); i++) {
		if (memmem(slash + 1, name, wanted[i], strlen(wanted[i])))
			return true;
	}
	return false;
}

/* Returns whether path is FILE ("/modules.dep") of a kernel's modules. */
static bool is_list(const char *path, const char *file)
{
	static const char folder[] = "/lib/modules/";
	size_t length = strlen(path), size = strlen(file);

	return length > sizeof(folder) - 1 + size && begins_with(path, folder) &&
	       strcmp(path + length - size, file) == 0;
}

bool modules_cover(const char *path)
{
	return is_list(path, "/modules.dep");
}

bool modules_cover_alias(const char *path)
{
	return is_list(path, "/modules.alias");
}

bool modules_want_alias(const char *line, size_t length)
{
	static const char prefix[] = "alias vfio_pci:";

	return length >= sizeof(prefix) && memcmp(line, prefix, sizeof(prefix) - 1) == 0;
}

/* "alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5_vfio_pci" (file2alias.c of the kernel's
 * scripts/mod). An alias for any device of a vendor is of no variant driver. */
static void parse_aliases(struct arena *arena, const struct fact_text *text, struct modules *ret)
{
	size_t capacity = 0, offset = 0;
	struct fact_line line;

	while (fact_next_line(text, &offset, &line)) {
		struct vfio_variant item;
		char module[64];

		if (modules_want_alias(line.text, line.length) &&
		    sscanf(line.text, "alias vfio_pci:v%8" SCNx32 "d%8" SCNx32 "sv%*s %63s",
			   &item.vendor, &item.device, module) == 3) {
			struct vfio_variant *items =
				arena_grow(arena, ret->variants, ret->variant_count, &capacity,
					   sizeof(*items));
			if (!items)
				return;
			item.module = arena_copy(arena, module, strlen(module));
			ret->variants = items;
			items[ret->variant_count++] = item;
		}
	}
}

static void load_variants(struct root *root, struct arena *arena, const char *release,
			  struct modules *ret)
{
	ret->variants_fact = (struct fact){.source = "/lib/modules/RELEASE/modules.alias"};
	if (!release || strchr(release, '/'))
		return;
	const char *path = arena_printf(arena, "/lib/modules/%s/modules.alias", release);
	struct fact_text text = root_read(root, arena, path, LIMIT_FILE);

	ret->variants_fact = text.fact;
	if (fact_known(&text.fact))
		parse_aliases(arena, &text, ret);
}

/* A line of modules.dep is "kernel/drivers/vfio/pci/vfio-pci.ko.xz: kernel/…". */
static char *available_name(char *line)
{
	line[strcspn(line, ":")] = '\0';
	return builtin_name(line);
}

static struct fact_list load_available(struct root *root, struct arena *arena, const char *release)
{
	static const char source[] = "/lib/modules/RELEASE/modules.dep";

	if (!release || strchr(release, '/'))
		return (struct fact_list){.fact = {.source = source}};
	const char *path = arena_printf(arena, "/lib/modules/%s/modules.dep", release);
	struct fact_text text = root_read(root, arena, path, LIMIT_FILE);
	return parse_lines(arena, &text, available_name, modules_want);
}

static void load_parameters(struct root *root, struct arena *arena, struct modules *ret)
{
	for (size_t i = 0; i < PARAMETER_COUNT; i++) {
		const struct parameter *it = &parameters[i];
		struct fact_text *text = (struct fact_text *)((char *)ret + it->offset);

		*text = root_read_line(
			root, arena,
			arena_printf(arena, "/sys/module/%s/parameters/%s", it->module, it->name));
	}
}

void modules_load(struct root *root, struct arena *arena, const char *release, struct modules *ret)
{
	struct fact_text loaded = root_read(root, arena, "/proc/modules", LIMIT_FILE);

	ret->loaded = parse_lines(arena, &loaded, loaded_name, NULL);
	parse_uses(arena, &loaded, ret);
	ret->builtin = load_builtin(root, arena, release);
	ret->available = load_available(root, arena, release);
	load_variants(root, arena, release, ret);
	ret->vfio_pci = root_stat(root, "/sys/bus/pci/drivers/vfio-pci");
	load_parameters(root, arena, ret);
}

static bool holds(const struct fact_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		if (cmdline_same_name(list->names[i], name))
			return true;
	}
	return false;
}

struct fact modules_present(const struct modules *modules, const char *name)
{
	const struct fact *loaded = &modules->loaded.fact, *builtin = &modules->builtin.fact;

	if (modules_loaded(modules, name))
		return *loaded;
	if (modules_built_in(modules, name))
		return *builtin;
	/* Only a whole list of what is built in tells that a module is not. A kernel that loads
	 * none has no /proc/modules. */
	if (fact_settled(loaded) && fact_known(builtin))
		return (struct fact){.state = FACT_ABSENT, .source = loaded->source};
	struct fact open = fact_settled(loaded) ? *builtin : *loaded;
	if (fact_absent(&open))
		open.state = FACT_NOT_CAPTURED;
	return open;
}

bool modules_loaded(const struct modules *modules, const char *name)
{
	return fact_known(&modules->loaded.fact) && holds(&modules->loaded, name);
}

bool modules_built_in(const struct modules *modules, const char *name)
{
	return fact_known(&modules->builtin.fact) && holds(&modules->builtin, name);
}

const struct fact_text *modules_parameter(const struct modules *modules, const char *module,
					  const char *name)
{
	static const struct fact_text unread = {.fact.source = "/sys/module/MODULE/parameters"};

	for (size_t i = 0; i < PARAMETER_COUNT; i++) {
		const struct parameter *it = &parameters[i];
		if (cmdline_same_name(it->module, module) && cmdline_same_name(it->name, name))
			return (const struct fact_text *)((const char *)modules + it->offset);
	}
	return &unread;
}

bool modules_driver_runs(const struct modules *modules, const char *name)
{
	return fact_known(&modules->vfio_pci.fact) && cmdline_same_name(name, "vfio_pci");
}

struct fact modules_available(const struct modules *modules, const char *name)
{
	struct fact present = modules_present(modules, name);
	const struct fact *available = &modules->available.fact;

	if (fact_known(&present))
		return present;
	if (fact_known(available) && holds(&modules->available, name))
		return *available;
	if (!fact_absent(&present))
		return present;
	struct fact result = *available;
	if (fact_known(available))
		result.state = FACT_ABSENT;
	return result;
}
