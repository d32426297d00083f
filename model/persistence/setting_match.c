/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/persistence/setting_match.h"

#include <ctype.h>
#include <fnmatch.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/sriov/sriov_word.h"
#include "model/modules/driver_module.h"
#include "model/moved_address.h"
#include "model/persistence/named_place.h"

/* Returns whether the line has the name, and not as a part of a longer one: eth1 is not eth10. */
static bool names(const char *line, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = strstr(line, name); at; at = strstr(at + 1, name)) {
		if ((at == line || !isalnum((unsigned char)at[-1])) &&
		    !isalnum((unsigned char)at[length]))
			return true;
	}
	return false;
}

/* "options igb" in modprobe.d, "igb" of initramfs-tools. */
static bool names_driver(struct arena *arena, const char *line, const struct pci_function *pf)
{
	static const char keyword[] = "options";

	if (!fact_known(&pf->driver.fact))
		return false;
	if (begins_with(line, keyword))
		line += strlen(keyword) + strspn(line + strlen(keyword), " \t");
	size_t length = strcspn(line, " \t");
	return cmdline_same_name(arena_copy(arena, line, length), driver_module(pf->driver.text));
}

/* A line that names an address or an interface speaks of that one, whatever driver it names. */
static bool names_function(const char *line, const struct pci_function *pf)
{
	if (names(line, pf->name))
		return true;
	for (size_t i = 0; i < pf->netdevs.count; i++) {
		if (names(line, pf->netdevs.names[i]))
			return true;
	}
	return false;
}

/* Returns whether the line names a driver, an interface or a device, be it one that the host does
 * not have. */
static bool names_any(const char *line)
{
	static const char *const words[] = {"/net/", "options", "/devices/"};

	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (strstr(line, words[i]))
			return true;
	}
	return false;
}

/* A variable of a script or a rule, or a pattern, in a path of sysfs means what is not told here.
 */
static bool names_by_pattern(const char *line)
{
	const char *path = strstr(line, "/sys/");

	if (!path)
		return false;
	path += strcspn(path, "$%* \t");
	return *path && strchr("$%*", *path);
}

static bool fits_interface(const struct pci_function *pf, const char *pattern)
{
	for (size_t i = 0; i < pf->netdevs.count; i++) {
		if (fnmatch(pattern, pf->netdevs.names[i], 0) == 0)
			return true;
	}
	return false;
}

static bool fits(struct arena *arena, const struct sriov_setting *setting, const char *pattern,
		 const struct pci_function *pf)
{
	switch (setting->kind) {
	case SRIOV_SUBJECT_INTERFACE:
		return fits_interface(pf, pattern) || names(pattern, pf->name);
	case SRIOV_SUBJECT_PATH:
		return fnmatch(pattern, arena_printf(arena, "pci-%s", pf->name), 0) == 0;
	case SRIOV_SUBJECT_DRIVER:
		return fact_known(&pf->driver.fact) &&
		       cmdline_same_name(pattern, driver_module(pf->driver.text));
	case SRIOV_SUBJECT_NONE:
		return false;
	}
	return false;
}

/* The subject is a list of patterns: systemd.link(5). */
static bool subject_fits(struct arena *arena, const struct sriov_setting *setting,
			 const struct pci_function *pf)
{
	const char *word = setting->subject;

	while (*word) {
		size_t length = strcspn(word, " ");
		if (length && fits(arena, setting, arena_copy(arena, word, length), pf))
			return true;
		word += length + strspn(word + length, " ");
	}
	return false;
}

/* An interface that no function has may be one of a PF whose interfaces are not there now, unless
 * its name tells the place. */
static enum match match_subject(struct arena *arena, const struct sriov_setting *setting,
				const struct pci_function *pf)
{
	struct pci_address place;

	if (subject_fits(arena, setting, pf))
		return MATCH_PF;
	if (setting->kind != SRIOV_SUBJECT_INTERFACE || pf->netdevs.count)
		return MATCH_OTHER;
	if (pci_address_parse(setting->subject, &place) != 0 &&
	    !named_place_parse(setting->subject, &place))
		return MATCH_ANY;
	return pci_address_compare(&place, &pf->address) == 0 ? MATCH_PF : MATCH_OTHER;
}

/* sriov-manage(8) of NVIDIA's driver: -e enables the VFs of an address, or of all. */
static enum match match_sriov_manage(const struct sriov_setting *setting,
				     const struct pci_function *pf)
{
	if (strstr(setting->line, " -d"))
		return MATCH_OTHER;
	if (names(setting->line, pf->name))
		return MATCH_PF;
	return pci_is_on_driver(pf, "nvidia") && names(setting->line, "ALL") ? MATCH_PF
									     : MATCH_OTHER;
}

static bool is_sriov_manage(const struct sriov_setting *setting)
{
	return strstr(setting->line, "sriov-manage") || strstr(setting->line, "nvidia-sriov@");
}

/* qat_init.sh of qatlib knows devices since the fourth generation. */
static enum match match_qat_unit(const struct sriov_setting *setting, const struct pci_function *pf)
{
	static const char *const drivers[] = {"4xxx",     "420xx", "6xxx", /* those of qatlib */
					      "dh895xcc", "c6xx",  "c3xxx"};
	size_t count = strcmp(setting->line, SRIOV_QATLIB_UNIT) == 0 ? 3 : ARRAY_LENGTH(drivers);

	for (size_t i = 0; i < count; i++) {
		if (pci_is_on_driver(pf, drivers[i]))
			return MATCH_PF;
	}
	return MATCH_OTHER;
}

static bool names_a_pf(const struct host *host, const char *line)
{
	for (size_t i = 0; i < host->pci.count; i++) {
		if (pci_is_pf(&host->pci.functions[i]) &&
		    names_function(line, &host->pci.functions[i]))
			return true;
	}
	return false;
}

/* Returns what a line says by which event it waits for: a rule for one that no boot has makes no
 * VFs then. */
static enum match match_event(struct arena *arena, const struct sriov_setting *setting)
{
	if (setting->owner != SRIOV_OWNER_UDEV)
		return MATCH_PF;
	switch (rule_acts_upon(arena, setting->line)) {
	case RULE_UPON_ARRIVAL:
		return MATCH_PF;
	case RULE_UPON_CHANGE:
		return MATCH_UNKNOWN;
	case RULE_UPON_REMOVAL:
		return MATCH_OTHER;
	}
	return MATCH_UNKNOWN;
}

struct setting_meaning setting_meaning_of(const struct host *host, struct arena *arena,
					  const struct sriov_setting *setting)
{
	const struct sriov_place *place = sriov_place_of(setting->source);
	struct moved_address moved;

	if (setting->kind != SRIOV_SUBJECT_NONE)
		return (struct setting_meaning){.event = MATCH_PF, .makes = BOOLEAN_YES};
	const char *line = setting->line;
	struct setting_meaning meaning = {
		.moved = place &&
			 (place->owner == SRIOV_OWNER_UDEV || place->owner == SRIOV_OWNER_UNRAID) &&
			 moved_address_find(host, line, &moved),
		.event = match_event(arena, setting),
		.effect = setting->owner == SRIOV_OWNER_UDEV ? rule_effect(arena, line) : NULL,
		.makes = place && setting->owner == SRIOV_OWNER_UDEV ? rule_makes_vfs(place, line)
								     : BOOLEAN_YES,
	};
	meaning.names_pf = names_a_pf(host, meaning.effect ? meaning.effect : line);
	return meaning;
}

/* Matches a line that does not name the PF itself. */
static enum match match_line(struct arena *arena, const char *line,
			     const struct setting_meaning *meaning, const struct pci_function *pf)
{
	if (meaning->names_pf)
		return MATCH_OTHER;
	if (names_driver(arena, line, pf))
		return MATCH_PF;
	if (names_by_pattern(line))
		return MATCH_ANY;
	return names_any(line) ? MATCH_OTHER : MATCH_NONE;
}

/* A line of a list of modules is for its module alone. */
static bool is_of_modules(const struct sriov_setting *setting)
{
	const struct sriov_place *place = sriov_place_of(setting->source);

	return place && place->modules;
}

/* A rule may write to another function than that upon whose event it acts. */
static enum match match_rule(struct arena *arena, const struct sriov_setting *setting,
			     const struct setting_meaning *meaning, const struct pci_function *pf)
{
	enum match matched = rule_match(arena, setting->line, setting->source, pf);

	if (names_function(meaning->effect, pf))
		return matched == MATCH_OTHER  ? MATCH_UNKNOWN
		       : matched == MATCH_NONE ? MATCH_PF
					       : matched;
	return meaning->names_pf ? MATCH_OTHER : matched;
}

static enum match match_device(struct arena *arena, const struct sriov_setting *setting,
			       const struct setting_meaning *meaning, const struct pci_function *pf)
{
	if (setting->kind != SRIOV_SUBJECT_NONE)
		return match_subject(arena, setting, pf);
	if (meaning->moved)
		return MATCH_OTHER;
	if (meaning->effect) {
		enum match matched = match_rule(arena, setting, meaning, pf);
		if (matched != MATCH_NONE)
			return matched;
	} else if (names_function(setting->line, pf)) {
		return MATCH_PF;
	}
	if (setting->owner == SRIOV_OWNER_UNRAID)
		return MATCH_OTHER;
	if (is_of_modules(setting))
		return names_driver(arena, setting->line, pf) ? MATCH_PF : MATCH_OTHER;
	if (is_sriov_manage(setting))
		return match_sriov_manage(setting, pf);
	if (sriov_is_qat_unit(setting->line))
		return match_qat_unit(setting, pf);
	return match_line(arena, setting->line, meaning, pf);
}

enum match setting_match(struct arena *arena, const struct sriov_setting *setting,
			 const struct setting_meaning *meaning, const struct pci_function *pf)
{
	if (meaning->event == MATCH_OTHER || meaning->makes == BOOLEAN_NO)
		return MATCH_OTHER;
	enum match device = match_device(arena, setting, meaning, pf);
	if (device == MATCH_OTHER)
		return device;
	return meaning->makes == BOOLEAN_UNKNOWN ? MATCH_UNKNOWN
	       : meaning->event == MATCH_PF      ? device
						 : meaning->event;
}
