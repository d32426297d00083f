/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/sriov/persistence.h"

#include <ctype.h>
#include <string.h>

#include "host/access/array.h"
#include "model/boot/driver_module.h"

/* Words of lines that make VFs at boot, or say how many a driver makes. */
static const char *const boot_words[] = {"sriov_numvfs", "SR-IOVVirtualFunctions",
					 "virtual-function-count", "max_vfs=", "num_vfs="};

static bool makes_vfs(const struct sriov_setting *setting)
{
	for (size_t i = 0; i < ARRAY_LENGTH(boot_words); i++) {
		if (strstr(setting->line, boot_words[i]))
			return true;
	}
	return false;
}

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

/* DRIVER=="igb" in a udev rule, "options igb" in modprobe.d. */
static bool names_driver(struct arena *arena, const char *line, const struct pci_function *pf)
{
	static const char keyword[] = "options";

	if (!fact_known(&pf->driver.fact))
		return false;
	if (strstr(line, arena_printf(arena, "DRIVER==\"%s\"", pf->driver.text)))
		return true;
	if (strncmp(line, keyword, strlen(keyword)) != 0)
		return false;
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

static bool is_pf(const struct pci_function *function)
{
	return fact_known(&function->sriov.totalvfs.fact);
}

/* Returns whether the line names a driver, an interface or a device, be it one that the host does
 * not have. Lines of netplan and .link files do not: what they are for stands on others. */
static bool names_any(const char *line)
{
	static const char *const words[] = {"KERNEL==", "KERNELS==", "DRIVER==", "DRIVERS==",
					    "NAME==",   "/net/",     "options",  "/devices/"};

	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (strstr(line, words[i]))
			return true;
	}
	return false;
}

static bool names_another(const struct host *host, const char *line, const struct pci_function *pf)
{
	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *other = &host->pci.functions[i];
		if (other != pf && is_pf(other) && names_function(line, other))
			return true;
	}
	return false;
}

static enum persistence judge(const struct host *host, const struct pci_function *pf,
			      const struct sriov_setting *setting, struct arena *arena)
{
	const char *line = setting->line;

	if (names_function(line, pf))
		return PERSISTENCE_MADE;
	if (names_another(host, line, pf))
		return PERSISTENCE_NONE;
	if (names_driver(arena, line, pf))
		return PERSISTENCE_MADE;
	return names_any(line) ? PERSISTENCE_NONE : PERSISTENCE_UNKNOWN;
}

/* Where one function alone can have VFs, a line that names none means that one. */
static bool is_only_pf(const struct host *host, const struct pci_function *pf)
{
	for (size_t i = 0; i < host->pci.count; i++) {
		if (is_pf(&host->pci.functions[i]) && &host->pci.functions[i] != pf)
			return false;
	}
	return true;
}

struct vf_persistence vf_persistence_of(const struct host *host, const struct pci_function *pf,
					int64_t wanted, struct arena *arena)
{
	const struct sriov_config *config = &host->sriov_config;
	struct vf_persistence found = {.state = PERSISTENCE_NONE};

	for (size_t i = 0; i < config->count; i++) {
		struct vf_persistence it = {.setting = &config->settings[i]};
		if (!makes_vfs(it.setting))
			continue;
		it.state = judge(host, pf, it.setting, arena);
		if (it.state == PERSISTENCE_UNKNOWN && is_only_pf(host, pf))
			it.state = PERSISTENCE_MADE;
		it.counted = sriov_setting_count(it.setting, &it.count, &it.digits);
		if (it.state < found.state || it.state == PERSISTENCE_NONE ||
		    (it.counted && it.count == 0))
			continue;
		found = it;
		if (it.state == PERSISTENCE_MADE && it.counted && it.count == wanted)
			break;
	}
	return found;
}
