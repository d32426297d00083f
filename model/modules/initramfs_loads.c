/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/modules/initramfs_loads.h"

#include <string.h>

#include "host/base/array.h"
#include "model/modules/listed_option.h"

/* In what letters a list names a module. */
enum spelling {
	SPELT_NOT,
	SPELT_WITH_DASHES, /* vfio-pci */
	SPELT_AS_MODULE,   /* vfio_pci */
};

static enum spelling spelling_of(const char *word, size_t length, const char *module)
{
	enum spelling spelling = SPELT_AS_MODULE;

	if (length != strlen(module))
		return SPELT_NOT;
	for (size_t i = 0; i < length; i++) {
		if (word[i] == '-' && module[i] == '_')
			spelling = SPELT_WITH_DASHES;
		else if (word[i] != module[i])
			return SPELT_NOT;
	}
	return spelling;
}

/* Returns the best spelling of the module in a list. mkinitcpio does without a module that it does
 * not find where a question mark follows its name. */
static enum spelling find(const char *list, const char *module)
{
	static const char blanks[] = " \t\r\n";
	enum spelling found = SPELT_NOT;

	while (list && *(list += strspn(list, blanks))) {
		size_t length = strcspn(list, blanks);
		size_t optional = list[length - 1] == '?';
		enum spelling spelling = spelling_of(list, length - optional, module);
		if (spelling > found)
			found = spelling;
		list += length;
	}
	return found;
}

/*
 * dracut puts a module in that omit_drivers has, too, where both have it in the same letters, and
 * up to 106 it makes an underscore of the first dash of a list alone: "${force_drivers/-/_}",
 * dracut.sh. Underscores do in every version.
 */
static bool dracut_puts_in(const struct initramfs_lists *lists, enum initramfs_list list,
			   const char *module)
{
	enum spelling spelling = find(lists->lists[list], module);

	return spelling == SPELT_AS_MODULE ||
	       (spelling && !find(lists->lists[INITRAMFS_LIST_OMIT], module));
}

/* Returns whether rd.driver.pre=, by which dracut's initramfs loads what it has, names a module. */
static bool is_loaded_first(const struct cmdline *cmdline, const char *module)
{
	for (size_t i = 0; i < cmdline->count; i++) {
		const struct cmdline_parameter *it = &cmdline->parameters[i];
		if (strcmp(it->name, "rd.driver.pre") != 0)
			continue;
		for (const char *at = it->value; at && *at; at += *at == ',') {
			size_t length = strcspn(at, ",");
			if (spelling_of(at, length, module))
				return true;
			at += length;
		}
	}
	return false;
}

static bool dracut_loads(const struct host *host, const char *module)
{
	const struct initramfs_lists *lists = &host->initramfs_lists;

	return dracut_puts_in(lists, INITRAMFS_LIST_FORCE, module) ||
	       (dracut_puts_in(lists, INITRAMFS_LIST_ADD, module) &&
		is_loaded_first(&host->cmdline, module));
}

static bool mkinitcpio_loads(const struct host *host, const char *module)
{
	return find(host->initramfs_lists.lists[INITRAMFS_LIST_MODULES], module);
}

static bool initramfs_tools_loads(const struct host *host, const char *module)
{
	for (size_t i = 0; i < host->module_lists.count; i++) {
		if (listed_option_loads(&host->module_lists.lines[i], module))
			return true;
	}
	return false;
}

static enum boolean answer(bool loads, const struct fact *read)
{
	if (loads)
		return BOOLEAN_YES;
	return fact_settled(read) ? BOOLEAN_NO : BOOLEAN_UNKNOWN;
}

enum boolean initramfs_loads(const struct host *host, const char *module)
{
	switch (initramfs_tool_of(&host->boot_tools)) {
	case INITRAMFS_TOOLS:
		return answer(initramfs_tools_loads(host, module), &host->module_lists.fact);
	case INITRAMFS_DRACUT:
	case INITRAMFS_TRANSACTIONAL:
		return answer(dracut_loads(host, module), &host->initramfs_lists.dracut);
	case INITRAMFS_MKINITCPIO:
		return answer(mkinitcpio_loads(host, module), &host->initramfs_lists.mkinitcpio);
	case INITRAMFS_UNKNOWN:
		return answer(initramfs_tools_loads(host, module) || dracut_loads(host, module) ||
				      mkinitcpio_loads(host, module),
			      &host->module_lists.fact);
	case INITRAMFS_NIXOS:
	case INITRAMFS_OSTREE:
	case INITRAMFS_IMAGE:
	case INITRAMFS_MKINITFS:
	case INITRAMFS_BOOSTER:
	case INITRAMFS_COUNT:
		break;
	}
	return BOOLEAN_NO;
}

static bool names_modprobe_files(const struct initramfs_lists *lists, enum initramfs_list list)
{
	return lists->lists[list] && strstr(lists->lists[list], "modprobe.d");
}

static const char *mkinitcpio_needs(const struct initramfs_lists *lists, struct arena *arena)
{
	const char *hooks = lists->lists[INITRAMFS_LIST_HOOKS];

	if (!fact_known(&lists->mkinitcpio) || !lists->hooks_file || find(hooks, "modconf") ||
	    strchr(hooks, '$') || names_modprobe_files(lists, INITRAMFS_LIST_FILES))
		return NULL;
	return arena_printf(arena, "write modconf into HOOKS= of %s", lists->hooks_file);
}

static const char *dracut_needs(const struct initramfs_lists *lists, struct arena *arena)
{
	if (!lists->hostonly_file || strcmp(lists->lists[INITRAMFS_LIST_HOSTONLY], "no") != 0 ||
	    names_modprobe_files(lists, INITRAMFS_LIST_ITEMS) ||
	    names_modprobe_files(lists, INITRAMFS_LIST_OPTIONAL))
		return NULL;
	return arena_printf(
		arena,
		"name files of modprobe.d that speak of vfio-pci in install_optional_items+=\" … \" of a "
		"file in /etc/dracut.conf.d, as %s says hostonly=\"no\"",
		lists->hostonly_file);
}

const char *initramfs_needs_for_modprobe(const struct host *host, struct arena *arena)
{
	switch (initramfs_tool_of(&host->boot_tools)) {
	case INITRAMFS_MKINITCPIO:
		return mkinitcpio_needs(&host->initramfs_lists, arena);
	case INITRAMFS_DRACUT:
	case INITRAMFS_TRANSACTIONAL:
		return dracut_needs(&host->initramfs_lists, arena);
	case INITRAMFS_UNKNOWN:
	case INITRAMFS_NIXOS:
	case INITRAMFS_OSTREE:
	case INITRAMFS_IMAGE:
	case INITRAMFS_TOOLS:
	case INITRAMFS_MKINITFS:
	case INITRAMFS_BOOSTER:
	case INITRAMFS_COUNT:
		break;
	}
	return NULL;
}
