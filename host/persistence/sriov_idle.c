/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/persistence/sriov_idle.h"

#include <string.h>
#include <sys/stat.h>

#include "host/base/affix.h"
#include "host/base/array.h"

#define UNITS "/etc/systemd/system"

#define NOT_TOLD "passcheck cannot tell whether it is enabled"

enum {
	MOST_FOLDERS = 256, /* of links to units */
	ANY_MAY_EXECUTE = S_IXUSR | S_IXGRP | S_IXOTH,
};

/*
 * access(X_OK) in systemd's rc-local-generator, and [ -x ] in the init scripts that run rc.local;
 * run-parts(8) for cloud-init, initramfs-tools' scripts/functions, and NetworkManager-dispatcher(8)
 * ask for the same.
 */
static const char *why_not_executed(struct root *root, const char *path)
{
	const struct fact_node node = root_stat(root, path);

	if (!fact_known(&node.fact) || node.rights_unknown)
		return "passcheck cannot tell whether it is executable, and it is run only if it "
		       "is";
	return node.mode & ANY_MAY_EXECUTE ? NULL : "it is not executable, so it is not run";
}

/* run-parts(8), by which ifupdown runs scripts for each interface: interfaces(5). */
static const char *why_no_part(const struct sriov_place *place, const char *path)
{
	bool is_part = place->owner != SRIOV_OWNER_IFUPDOWN || !strpbrk(last_part(path), ".~");

	return is_part ? NULL : "run-parts runs no file with a dot or \"~\" in its name";
}

/* Links to units lie in "multi-user.target.wants" and its like: systemctl(1), enable. */
static bool has_links(const char *folder)
{
	static const char *const suffixes[] = {".wants", ".requires", ".upholds"};

	for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++) {
		if (has_suffix(folder, suffixes[i]))
			return true;
	}
	return false;
}

/* An instance stands for its template: "vfs@eth0.service" for "vfs@.service". */
static bool is_link_to(const char *name, const char *unit)
{
	size_t length = strcspn(unit, "@");

	if (!unit[length])
		return strcmp(name, unit) == 0;
	return strncmp(name, unit, length + 1) == 0 && ends_with(name, strrchr(unit, '.'));
}

/* What starts a unit of the same name, enabled or not: "vfs.timer" for "vfs.service". */
static bool starts(struct arena *arena, const char *name, const char *unit)
{
	static const char *const suffixes[] = {".timer", ".path", ".socket"};
	int length = (int)strcspn(unit, ".");

	for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++) {
		if (strcmp(name, arena_printf(arena, "%.*s%s", length, unit, suffixes[i])) == 0)
			return true;
	}
	return false;
}

static bool has_link(const struct fact_list *links, const char *unit)
{
	for (size_t i = 0; i < links->count; i++) {
		if (is_link_to(links->names[i], unit))
			return true;
	}
	return false;
}

/* A unit that takes the place of a package's may be enabled where the package's is. */
static bool is_of_package(struct root *root, struct arena *arena, const char *unit)
{
	const struct fact_node node =
		root_stat(root, arena_path(arena, "/usr/lib/systemd/system", unit));

	return fact_known(&node.fact);
}

/* The folder of units and links, and those that hold links to them: read once, for all units. */
struct links {
	struct fact_list units;
	struct fact_list folders[MOST_FOLDERS];
	size_t count;
	bool cut; /* there are more folders */
};

static void load_links(struct root *root, struct arena *arena, struct links *ret)
{
	ret->units = root_list(root, arena, UNITS);
	for (size_t i = 0; i < ret->units.count && !ret->cut; i++) {
		const char *name = ret->units.names[i];
		if (!has_links(name))
			continue;
		ret->cut = ret->count == MOST_FOLDERS;
		if (!ret->cut)
			ret->folders[ret->count++] =
				root_list(root, arena, arena_path(arena, UNITS, name));
	}
}

/* sysfsutils of Debian, and sysfsconf of Alpine's OpenRC: sysfsutils of Fedora, openSUSE and Arch
 * has the programs alone. */
static const char *const sysfs_tools[] = {"/etc/init.d/sysfsutils",
					  "/usr/lib/systemd/system/sysfsutils.service",
					  "/etc/init.d/sysfsconf"};

/* ifupdown, ifupdown2, ifupdown-ng and BusyBox */
static const char *const ifup_tools[] = {"/usr/sbin/ifup", "/sbin/ifup"};

static bool has_none(struct root *root, const char *const *paths, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct fact_node node = root_stat(root, paths[i]);
		if (!fact_absent(&node.fact))
			return false;
	}
	return true;
}

/* What stays from another system, or was written for one, nothing applies. */
static const char *why_not_read(struct root *root, enum sriov_owner owner)
{
	if (owner == SRIOV_OWNER_SYSFS && has_none(root, sysfs_tools, ARRAY_LENGTH(sysfs_tools)))
		return "nothing was found that applies it (Debian and its like have sysfsutils for "
		       "that)";
	if (owner == SRIOV_OWNER_IFUPDOWN && has_none(root, ifup_tools, ARRAY_LENGTH(ifup_tools)))
		return "the host has no ifup, which applies it";
	return NULL;
}

#define UNRAID_SWITCH "/boot/config/sriov_disabled"

/* sbin/sriov of Unraid 7.3 makes none where that file is there. */
static const char *why_switched_off(struct root *root)
{
	const struct fact_node node = root_stat(root, UNRAID_SWITCH);

	if (fact_absent(&node.fact) || node.fact.state == FACT_NOT_CAPTURED)
		return NULL;
	return fact_known(&node.fact)
		       ? UNRAID_SWITCH " is there, and Unraid makes no VFs while it is"
		       : "passcheck cannot tell whether " UNRAID_SWITCH " switches it off";
}

static const char *why_not_started(struct root *root, struct arena *arena,
				   const struct links *links, const char *unit)
{
	bool unread = links->cut;

	if (!fact_known(&links->units.fact) || is_of_package(root, arena, unit))
		return NULL;
	for (size_t i = 0; i < links->units.count; i++) {
		if (starts(arena, links->units.names[i], unit))
			return NULL;
	}
	for (size_t i = 0; i < links->count; i++) {
		if (has_link(&links->folders[i], unit))
			return NULL;
		unread |= !fact_settled(&links->folders[i].fact);
	}
	return unread ? NOT_TOLD : "it is not enabled, and nothing was found that starts it";
}

static const char *why_not_brought_up(const struct sriov_config *config,
				      const struct sriov_setting *setting)
{
	if (!setting->subject || ifupdown_start_may_have(&config->ifupdown, setting->subject))
		return NULL;
	return "no line auto or allow-hotplug has its interface, so the boot leaves that down";
}

/* While settings are asked why they may not act. */
struct asking {
	struct root *root;
	struct arena *arena;
	const struct sriov_config *config;
	struct links *links; /* NULL: not read yet */
	bool asked_ifup;
	const char *no_ifup;
};

/* Of a line of interfaces: each has its own interface, and all have one tool. */
static const char *why_no_interface(struct asking *asking, const struct sriov_setting *setting,
				    const struct sriov_place *place)
{
	const char *down = why_not_brought_up(asking->config, setting);

	if (!down && !asking->asked_ifup) {
		asking->asked_ifup = true;
		asking->no_ifup = why_not_read(asking->root, place->owner);
	}
	return down ?: asking->no_ifup;
}

static const char *why_no_unit(struct asking *asking, const struct sriov_setting *setting)
{
	if (!asking->links && (asking->links = arena_alloc(asking->arena, sizeof(struct links))))
		load_links(asking->root, asking->arena, asking->links);
	return asking->links ? why_not_started(asking->root, asking->arena, asking->links,
					       last_part(setting->source))
			     : NULL;
}

static const char *why_no_file(struct asking *asking, const struct sriov_setting *setting,
			       const struct sriov_place *place)
{
	if (place && place->executed)
		return why_no_part(place, setting->source)
			       ?: why_not_executed(asking->root, setting->source)
			       ?: why_not_read(asking->root, place->owner);
	if (setting->to_enable)
		return why_no_unit(asking, setting);
	if (place && place->owner == SRIOV_OWNER_UNRAID)
		return why_switched_off(asking->root);
	return place ? why_not_read(asking->root, place->owner) : NULL;
}

/* The settings of a file stand one behind the other. */
void sriov_idle_load(struct root *root, struct arena *arena, struct sriov_config *config)
{
	struct asking asking = {.root = root, .arena = arena, .config = config};

	for (size_t i = 0; i < config->count; i++) {
		struct sriov_setting *setting = &config->settings[i];
		const struct sriov_place *place = sriov_place_of(setting->source);
		bool is_rule = place && place->owner == SRIOV_OWNER_UDEV;

		if (setting->skipped)
			setting->idle =
				setting->owner == SRIOV_OWNER_UDEV
					? "a GOTO in front of its rule may skip it"
					: "an exit in front of it may end the script before";
		else if (place && place->syntax == SRIOV_SYNTAX_INTERFACES)
			setting->idle = why_no_interface(&asking, setting, place);
		else if (!is_rule && i && strcmp(setting->source, setting[-1].source) == 0)
			setting->idle = setting[-1].idle;
		else if (!is_rule)
			setting->idle = why_no_file(&asking, setting, place);
	}
}
