/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/persistence/named_place.h"

#include <ctype.h>
#include <pci/header.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/boot/boolean.h"
#include "host/persistence/udev_key.h"
#include "model/pcie.h"

/* Reads the decimal number behind a letter. Returns false, and stays, where it does not stand there
 * or is more than most. */
static bool read_part(const char **at, char letter, unsigned long most, unsigned long *ret)
{
	char *end;

	if (**at != letter || !isdigit((unsigned char)(*at)[1]))
		return false;
	*ret = strtoul(*at + 1, &end, 10);
	if (*ret > most)
		return false;
	*at = end;
	return true;
}

/* What may follow the function: its port, by name ("np0") or number ("d1"). */
static bool is_port(const char *text)
{
	return !*text || *text == 'n' || (*text == 'd' && isdigit((unsigned char)text[1]));
}

bool named_place_parse(const char *interface, struct pci_address *ret)
{
	static const char *const types[] = {"en", "ib"};
	unsigned long domain = 0, bus, slot, function = 0;
	size_t type = 0;

	while (type < ARRAY_LENGTH(types) && !begins_with(interface, types[type]))
		type++;
	if (type == ARRAY_LENGTH(types))
		return false;
	const char *at = interface + strlen(types[type]);
	read_part(&at, 'P', UINT16_MAX, &domain);
	if (!read_part(&at, 'p', UINT8_MAX, &bus) || !read_part(&at, 's', 31, &slot))
		return false;
	read_part(&at, 'f', 7, &function);
	*ret = (struct pci_address){.domain = (uint32_t)domain,
				    .bus = (uint8_t)bus,
				    .device = (uint8_t)slot,
				    .function = (uint8_t)function};
	return is_port(at);
}

static enum boolean has_interface(const struct host *host, const char *name)
{
	enum boolean result = BOOLEAN_NO;

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct fact_list *names = &host->pci.functions[i].netdevs;
		if (!fact_settled(&names->fact))
			result = BOOLEAN_UNKNOWN;
		else if (fact_list_find(names, name))
			return BOOLEAN_YES;
	}
	return result;
}

/* What a word of a setting means. */
enum meaning {
	MEANS_NONE, /* no place */
	MEANS_GONE, /* a place where no VFs can be */
	MEANS_ANY,  /* one where they can, or it is not told which */
};

/* A variable, or a pattern of addresses or names, which "?*" of a driver is not. */
static bool is_open(const char *word)
{
	return strchr(word, '$') ||
	       (strpbrk(word, "*?[") && (strchr(word, ':') || isalpha((unsigned char)*word)));
}

static enum meaning meaning_of(const struct host *host, const char *word, struct named_place *ret)
{
	static const char prefix[] = "pci-"; /* of ID_PATH: systemd.link(5) */
	struct named_place place = {.now = NULL};

	if (begins_with(word, prefix))
		word += strlen(prefix);
	if (is_open(word))
		return MEANS_ANY;
	if (pci_address_parse(word, &place.address) != 0) {
		enum boolean there = has_interface(host, word);
		if (there == BOOLEAN_YES)
			return MEANS_ANY;
		if (!named_place_parse(word, &place.address))
			return MEANS_NONE;
		if (there == BOOLEAN_UNKNOWN)
			return MEANS_ANY;
	}
	pci_address_format(&place.address, place.name);
	place.now = pci_find(&host->pci, &place.address);
	/* By a port a rule means what is below it: KERNELS== of udev(7). */
	if (place.now &&
	    (pcie_is_bridge(place.now) || !fact_absent(&place.now->sriov.totalvfs.fact)))
		return MEANS_ANY;
	*ret = place;
	return MEANS_GONE;
}

/* What a name, an address or a pattern of them consists of. */
static size_t word_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) ||
	       (text[length] && strchr(":.-_*?[]$", text[length])))
		length++;
	return length;
}

/* What the words of a text mean together: of places that are gone *ret is the first. */
static enum meaning meaning_of_text(const struct host *host, const char *text,
				    struct named_place *ret)
{
	enum { LONGEST = 64 };
	enum meaning result = MEANS_NONE;
	struct named_place place;

	while (*text) {
		size_t length = word_length(text);
		char word[LONGEST] = "";
		if (length < LONGEST)
			memcpy(word, text, length);
		enum meaning meaning = meaning_of(host, word, &place);
		if (meaning == MEANS_ANY)
			return MEANS_ANY;
		if (meaning == MEANS_GONE && result == MEANS_NONE) {
			*ret = place;
			result = MEANS_GONE;
		}
		text += length ? length : 1;
	}
	return result;
}

bool named_place_is_gone(const struct host *host, const struct sriov_setting *setting,
			 struct named_place *ret)
{
	struct named_place of_line;

	if (!fact_known(&host->pci.fact))
		return false;
	enum meaning line = meaning_of_text(host, setting->line, &of_line);
	enum meaning subject =
		setting->subject ? meaning_of_text(host, setting->subject, ret) : MEANS_NONE;
	if (line == MEANS_ANY || subject == MEANS_ANY)
		return false;
	if (subject == MEANS_NONE && line == MEANS_GONE)
		*ret = of_line;
	return subject == MEANS_GONE || line == MEANS_GONE;
}

/* Network adapters without an interface may be those that are meant: a driver may be missing, or
 * the interface be in another network namespace. */
static bool all_have_interfaces(const struct host *host)
{
	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		if (pci_base_class(function) == PCI_BASE_CLASS_NETWORK && pci_is_pf(function) &&
		    !function->netdevs.count)
			return false;
	}
	return true;
}

/* Until udev has renamed them, interfaces have the kernel's names. */
static bool runs_after_names(const struct sriov_setting *setting)
{
	switch (setting->owner) {
	case SRIOV_OWNER_UNIT:
	case SRIOV_OWNER_IFUPDOWN:
	case SRIOV_OWNER_RC_LOCAL:
	case SRIOV_OWNER_CRON:
		return true;
	default:
		return false;
	}
}

/* Returns whether no interface has a name that tells its place, and what is there has others. */
static bool has_other_name(const struct host *host, const char *name, struct named_interface *ret)
{
	struct pci_address address;

	if (!named_place_parse(name, &address) || has_interface(host, name) != BOOLEAN_NO)
		return false;
	*ret = (struct named_interface){.name = name, .now = pci_find(&host->pci, &address)};
	return ret->now && ret->now->netdevs.count;
}

static bool is_gone(const struct host *host, const struct sriov_setting *setting, const char *name,
		    struct named_interface *ret)
{
	struct pci_address address;

	if (named_place_parse(name, &address))
		return has_other_name(host, name, ret);
	*ret = (struct named_interface){.name = name};
	return has_interface(host, name) == BOOLEAN_NO && runs_after_names(setting) &&
	       all_have_interfaces(host);
}

/* A folder of /sys/class/net that the line writes to. */
static bool folder_is_gone(const struct host *host, const struct sriov_setting *setting,
			   struct arena *arena, struct named_interface *ret)
{
	static const char folder[] = "class/net/";
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789.-_";

	for (const char *at = strstr(setting->line, folder); at; at = strstr(at, folder)) {
		at += strlen(folder);
		size_t length = strspn(at, letters);
		if (length && at[length] == '/' &&
		    is_gone(host, setting, arena_copy(arena, at, length), ret))
			return true;
	}
	return false;
}

/* KERNEL== of a rule for an interface, and the name that a file of another owner has for it. */
static const char *name_of(const struct sriov_setting *setting, struct arena *arena)
{
	const struct fact_line rule = {.text = setting->line, .length = strlen(setting->line)};

	if (setting->kind == SRIOV_SUBJECT_INTERFACE)
		return setting->subject;
	if (setting->owner != SRIOV_OWNER_UDEV)
		return NULL;
	const struct fact_line value = udev_rule_value(&rule, "KERNEL", UDEV_IS);
	return value.text ? arena_copy(arena, value.text, value.length) : NULL;
}

bool named_interface_is_gone(const struct host *host, const struct sriov_setting *setting,
			     struct arena *arena, struct named_interface *ret)
{
	const char *name = name_of(setting, arena);

	if (!fact_known(&host->pci.fact))
		return false;
	return folder_is_gone(host, setting, arena, ret) ||
	       (name && has_other_name(host, name, ret));
}
