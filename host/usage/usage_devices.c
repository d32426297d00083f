/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/usage_devices.h"

#include <pci/header.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/usage/usage_block.h"
#include "host/usage/usage_network.h"

#define NVIDIA_CARDS  "/proc/driver/nvidia/gpus"
#define CXL_DEVICES   "/sys/bus/cxl/devices"
#define VIRTUAL_BLOCK "/sys/devices/virtual/block"

enum { MOST_OUTPUTS = 64, MOST_HOLDERS = 1024, MOST_CARDS = 256 };

static void note_unread(struct usage_loader *loader, const struct pci_function *function,
			const struct fact *fact)
{
	struct usage *usage = loader->usage;

	usage_note_unread(loader, &usage->unread_devices, &usage->unread_device_count,
			  &loader->device_capacity, function, fact);
}

/* What the interface is a part of: netdev_adjacent_sysfs_add(), net/core/dev.c. */
static void load_master(struct usage_loader *loader, const struct pci_function *function,
			const char *folder, const char *name)
{
	const char *link = arena_path(loader->arena, folder, "master");
	struct fact_text target = root_read_link(loader->root, loader->arena, link);

	if (fact_known(&target.fact))
		usage_add(loader, &(struct usage_entry){.kind = USAGE_MEMBER,
							.what = last_part(target.text),
							.through = name,
							.path = folder,
							.source = link});
	else if (!fact_absent(&target.fact))
		note_unread(loader, function, &target.fact);
}

/* Links of other functions are asked for where what the host needs is judged. */
static void load_vf_link(struct usage_loader *loader, const struct pci_function *function,
			 const char *folder, const char *name)
{
	bool up;
	const struct fact_text state = usage_read_link(loader, folder, &up);

	if (up)
		usage_add(loader, &(struct usage_entry){.kind = USAGE_VF_LINK_UP,
							.what = name,
							.through = name,
							.path = folder,
							.source = state.fact.source});
	else if (!fact_known(&state.fact))
		note_unread(loader, function, &state.fact);
}

static void load_interfaces(struct usage_loader *loader, const struct pci_function *function)
{
	if (pci_has_foreign_netdevs(function))
		note_unread(loader, function, &function->netdevs.fact);
	for (size_t i = 0; i < function->netdevs.count; i++) {
		const char *name = function->netdevs.names[i];
		const char *folder = arena_path(loader->arena, function->netdevs.fact.source, name);

		load_master(loader, function, folder, name);
		if (pci_is_vf(function))
			load_vf_link(loader, function, folder, name);
	}
}

/* A connector of a card is a folder "card0-HDMI-A-1" in that of the card: drm_sysfs.c. */
static void load_output(struct usage_loader *loader, const struct pci_function *function,
			const char *card, const char *name)
{
	const char *source = arena_printf(loader->arena, "%s/%s/enabled", card, name);
	struct fact_text state = root_read_line(loader->root, loader->arena, source);

	if (fact_text_is(&state, "enabled"))
		usage_add(loader, &(struct usage_entry){.kind = USAGE_SCREEN,
							.what = strchr(name, '-') + 1,
							.through = name,
							.path = card,
							.source = source});
	else if (!fact_settled(&state.fact))
		note_unread(loader, function, &state.fact);
}

static void load_outputs(struct usage_loader *loader, const struct pci_function *function,
			 const char *card)
{
	struct fact_list names = root_list(loader->root, loader->arena, card);
	const char *own = last_part(card);
	size_t length = strlen(own), count = 0;

	if (!fact_settled(&names.fact))
		note_unread(loader, function, &names.fact);
	for (size_t i = 0; i < names.count && count < MOST_OUTPUTS; i++) {
		if (strncmp(names.names[i], own, length) != 0 || names.names[i][length] != '-')
			continue;
		count++;
		load_output(loader, function, card, names.names[i]);
	}
}

static void load_cards(struct usage_loader *loader, const struct pci_function *function)
{
	const char *folder = arena_path(loader->arena, function->path, "drm");
	struct fact_list names = root_list(loader->root, loader->arena, folder);

	if (!fact_settled(&names.fact))
		note_unread(loader, function, &names.fact);
	for (size_t i = 0; i < names.count; i++) {
		if (begins_with(names.names[i], "card"))
			load_outputs(loader, function,
				     arena_path(loader->arena, folder, names.names[i]));
	}
}

static bool is_on_host_driver(const struct pci_function *function)
{
	return fact_known(&function->driver.fact) && !pci_is_on_driver(function, "vfio-pci");
}

static bool lies_upon_others(const char *name)
{
	static const char *const prefixes[] = {"dm-", "md", "bcache"};

	for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++) {
		if (begins_with(name, prefixes[i]))
			return true;
	}
	return false;
}

/* Whether nothing lies upon the device: each has the folder. */
static bool is_topmost(struct usage_loader *loader, const char *folder)
{
	struct fact_list holders = root_list(loader->root, loader->arena,
					     arena_path(loader->arena, folder, "holders"));

	return fact_known(&holders.fact) && holders.count == 0;
}

/* What is mounted was followed already; gaps are of what the host needs alone. */
static void load_held(struct usage_loader *loader)
{
	struct usage *usage = loader->usage;
	struct fact_list names = root_list(loader->root, loader->arena, VIRTUAL_BLOCK);
	const struct fact_list followed = usage_followed(loader);
	size_t gaps = usage->gap_count, count = 0;

	usage->held = names.fact;
	for (size_t i = 0; i < names.count && count < MOST_HOLDERS; i++) {
		const char *name = names.names[i];
		const char *folder = arena_path(loader->arena, VIRTUAL_BLOCK, name);
		struct usage_entry entry = {
			.kind = USAGE_HELD, .what = name, .through = name, .source = folder};

		if (!lies_upon_others(name) || fact_list_find(&followed, name))
			continue;
		count++;
		if (is_topmost(loader, folder))
			usage_follow_folder(loader, &entry, folder);
	}
	usage->gap_count = gaps;
}

/* "Device Minor: \t 0" */
static bool has_minor(const struct fact_text *information, const char *minor)
{
	static const char key[] = "Device Minor:";
	const char *line = fact_known(&information->fact) ? strstr(information->text, key) : NULL;

	if (!line)
		return false;
	line += strlen(key);
	line += strspn(line, " \t");
	size_t length = strspn(line, "0123456789");
	return length == strlen(minor) && strncmp(line, minor, length) == 0;
}

/* The driver nvidia has a folder of each card, by its address. */
static const char *path_of_nvidia(struct usage_loader *loader, const char *minor)
{
	struct fact_list cards = root_list(loader->root, loader->arena, NVIDIA_CARDS);

	for (size_t i = 0; i < cards.count && i < MOST_CARDS; i++) {
		const char *card = arena_path(loader->arena, NVIDIA_CARDS, cards.names[i]);
		struct fact_text information =
			root_read(loader->root, loader->arena,
				  arena_path(loader->arena, card, "information"), LIMIT_ATTRIBUTE);
		if (has_minor(&information, minor))
			return card;
	}
	return NULL;
}

/* "dvb0.frontend1" of /dev/dvb/adapter0/frontend1: dvb_register_device() of
 * drivers/media/dvb-core/dvbdev.c. */
static const char *name_of_device(struct arena *arena, const char *node)
{
	static const char adapter[] = "/dev/dvb/adapter";

	if (!begins_with(node, adapter))
		return last_part(node);
	const char *number = node + strlen(adapter);
	return arena_printf(arena, "dvb%.*s.%s", (int)strcspn(number, "/"), number,
			    last_part(node));
}

/* Returns where in sysfs, or below the card's address, the device of a node is; NULL: not found. */
static const char *path_of_node(struct usage_loader *loader, const char *node)
{
	const char *folder = device_user_class(node);

	return folder ? usage_path_of(loader, folder, name_of_device(loader->arena, node))
		      : path_of_nvidia(loader, node + strlen("/dev/nvidia"));
}

static struct usage_entry entry_of(const struct device_user *user, const char *path)
{
	return (struct usage_entry){.kind = USAGE_OPEN,
				    .what = user->program,
				    .through = user->node,
				    .path = path,
				    .source = user->source};
}

/* Returns whether it was found where the user's device is, and adds that. */
static bool add_opened(struct usage_loader *loader, const struct device_user *user,
		       const char *path)
{
	const struct usage_entry entry = entry_of(user, path);

	if (path)
		usage_add(loader, &entry);
	return path;
}

/* The same, of a disk. Gaps are of what the host needs alone. */
static bool add_opened_disk(struct usage_loader *loader, const struct device_user *user)
{
	const struct usage_entry entry = entry_of(user, NULL);
	size_t gaps = loader->usage->gap_count;

	usage_follow_link(loader, &entry, device_user_class(user->node), last_part(user->node));
	bool found = loader->usage->gap_count == gaps;
	loader->usage->gap_count = gaps;
	return found;
}

/* Drivers of vendors have names of their own: since 6.1 such a device is in vfio-dev. */
static bool may_be_on_vfio(const struct pci_function *function)
{
	return !fact_known(&function->driver.fact) || strstr(function->driver.text, "vfio") ||
	       function->vfio_devices.count;
}

/* A mediated device has a group of its own, and belongs to the function that it lies below. */
static bool add_opened_mediated(struct usage_loader *loader, const struct device_user *user,
				const char *group)
{
	const char *folder =
		arena_printf(loader->arena, "/sys/kernel/iommu_groups/%s/devices", group);
	struct fact_list devices = root_list(loader->root, loader->arena, folder);
	bool found = devices.count;

	for (size_t i = 0; i < devices.count; i++)
		found &= add_opened(loader, user, usage_path_of(loader, folder, devices.names[i]));
	return found;
}

/* A group's node is of all its functions that a driver of VFIO has. */
static bool add_opened_group(struct usage_loader *loader, const struct pci *pci,
			     const struct device_user *user, const char *group)
{
	int64_t id = strtoll(group, NULL, 10);
	bool of_functions = false, found = false;

	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (!fact_known(&function->group.fact) || function->group.value != id)
			continue;
		of_functions = true;
		if (may_be_on_vfio(function))
			found |= add_opened(loader, user, function->path);
	}
	return of_functions ? found : add_opened_mediated(loader, user, group);
}

/* Returns whether it was found which devices the node leads to, and adds them. */
static bool add_user(struct usage_loader *loader, const struct pci *pci,
		     const struct device_user *user)
{
	const char *group = device_user_group(user->node);

	if (group)
		return add_opened_group(loader, pci, user, group);
	if (device_user_disk(user->node))
		return add_opened_disk(loader, user);
	return add_opened(loader, user, path_of_node(loader, user->node));
}

void usage_load_opened(struct usage_loader *loader, const struct pci *pci,
		       const struct device_users *users)
{
	static const struct fact not_searched = {FACT_NOT_CAPTURED, 0, "/proc"};
	struct usage *usage = loader->usage;

	usage->opened = users ? users->fact : not_searched;
	for (size_t i = 0; users && i < users->count; i++) {
		const struct device_user *user = &users->users[i];
		if (!add_user(loader, pci, user))
			usage->opened.state = FACT_MALFORMED;
	}
}

/* Adds the memory that an endpoint of CXL has of the host's addresses, and notes that its function
 * is told of. A region need not be there: firmware may have set the endpoint up. */
static void load_endpoint(struct usage_loader *loader, const struct pci *pci, const char *name,
			  bool *told)
{
	struct arena *arena = loader->arena;
	const char *folder = usage_path_of(loader, CXL_DEVICES, name);
	const char *memory = folder ? usage_path_of(loader, folder, "uport") : NULL;
	const struct pci_function *function = memory ? pci_find_path(pci, arena, memory) : NULL;

	if (!function)
		return;
	const struct fact_number committed = root_read_number(
		loader->root, arena, arena_path(arena, folder, "decoders_committed"));
	told[function - pci->functions] |= fact_known(&committed.fact);
	if (fact_known(&committed.fact) && committed.value > 0)
		usage_add(loader, &(struct usage_entry){.kind = USAGE_MEMORY,
							.what = "memory",
							.through = name,
							.path = memory,
							.source = committed.fact.source});
}

static bool is_cxl_memory(const struct pci_function *function)
{
	return pci_class(function) == CLASS_MEMORY_CXL;
}

/*
 * Memory of CXL that endpoints decode addresses for (Documentation/ABI/testing/sysfs-bus-cxl): what
 * the host has there is lost with the driver. Of a device without an endpoint, or of a kernel
 * before 6.7, that is not told.
 */
static void load_cxl(struct usage_loader *loader, const struct pci *pci)
{
	static const struct fact not_told = {FACT_ABSENT, 0, CXL_DEVICES "/endpoint*"};
	size_t first = 0;

	while (first < pci->count && !is_cxl_memory(&pci->functions[first]))
		first++;
	if (first == pci->count)
		return;
	bool *told = arena_array(loader->arena, pci->count, sizeof(*told));
	const struct fact_list names = root_list(loader->root, loader->arena, CXL_DEVICES);
	for (size_t i = 0; told && i < names.count; i++) {
		if (begins_with(names.names[i], "endpoint"))
			load_endpoint(loader, pci, names.names[i], told);
	}
	for (size_t i = first; told && i < pci->count; i++) {
		if (is_cxl_memory(&pci->functions[i]) && !told[i])
			note_unread(loader, &pci->functions[i],
				    fact_settled(&names.fact) ? &not_told : &names.fact);
	}
}

void usage_load_devices(struct usage_loader *loader, const struct pci *pci)
{
	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];

		load_interfaces(loader, function);
		if (pci_base_class(function) == PCI_BASE_CLASS_DISPLAY &&
		    is_on_host_driver(function))
			load_cards(loader, function);
	}
	load_held(loader);
	load_cxl(loader, pci);
}
