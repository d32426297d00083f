/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/iommu.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"

#define GROUPS "/sys/kernel/iommu_groups"
#define UNITS  "/sys/class/iommu"

/* Parses a group's number as the kernel spells it: decimal, without leading zeros. */
static bool parse_id(const char *name, uint32_t *ret)
{
	char *end;

	if (name[0] < '0' || name[0] > '9' || (name[0] == '0' && name[1] != '\0'))
		return false;
	errno = 0;
	unsigned long value = strtoul(name, &end, 10);
	if (errno || *end || value > UINT32_MAX)
		return false;
	*ret = (uint32_t)value;
	return true;
}

static int compare_groups(const void *left, const void *right)
{
	const struct iommu_group *a = left, *b = right;

	return (a->id > b->id) - (a->id < b->id);
}

/* The kernel ends every line of the list: one that does not end was cut short. */
static struct fact_text read_regions(struct root *root, struct arena *arena, const char *path)
{
	struct fact_text text = root_read(root, arena, path, LIMIT_ATTRIBUTE);

	if (fact_known(&text.fact) && text.length && text.text[text.length - 1] != '\n')
		return (struct fact_text){
			.fact = {.state = FACT_MALFORMED, .source = text.fact.source}};
	return text;
}

/*
 * No-IOMMU mode names its groups "vfio-noiommu" (drivers/vfio/group.c), and no IOMMU reserves
 * addresses there: a group that has some needs not be asked for its name.
 */
static struct fact_text read_name(struct root *root, struct arena *arena, const char *path,
				  const struct fact_text *regions)
{
	if (fact_known(&regions->fact) && regions->length)
		return (struct fact_text){.fact = fact_of(FACT_ABSENT, path, 0)};
	return root_read_line(root, arena, path);
}

static void load_group(struct root *root, struct arena *arena, const char *name,
		       struct iommu_group *group)
{
	const char *folder = arena_path(arena, GROUPS, name);

	group->devices = root_list(root, arena, arena_path(arena, folder, "devices"));
	group->reserved_regions =
		read_regions(root, arena, arena_path(arena, folder, "reserved_regions"));
	group->name =
		read_name(root, arena, arena_path(arena, folder, "name"), &group->reserved_regions);
}

static int compare_members(const void *left, const void *right)
{
	const struct iommu_member *a = left, *b = right;

	return strcmp(a->name, b->name);
}

static void index_members(struct arena *arena, struct iommu_groups *groups)
{
	size_t count = 0;

	for (size_t i = 0; i < groups->count; i++)
		count += groups->groups[i].devices.count;
	groups->members = arena_array(arena, count, sizeof(*groups->members));
	if (!count || !groups->members)
		return;
	for (size_t i = 0; i < groups->count; i++) {
		const struct iommu_group *group = &groups->groups[i];
		for (size_t j = 0; j < group->devices.count; j++)
			groups->members[groups->member_count++] =
				(struct iommu_member){group->devices.names[j], group};
	}
	qsort(groups->members, count, sizeof(*groups->members), compare_members);
}

void iommu_groups_load(struct root *root, struct arena *arena, struct iommu_groups *ret)
{
	struct fact_list names = root_list(root, arena, GROUPS);

	*ret = (struct iommu_groups){.fact = names.fact};
	if (!fact_known(&names.fact))
		return;
	ret->groups = arena_array(arena, names.count + 1, sizeof(*ret->groups));
	if (!ret->groups)
		return;
	root_enter_listed(root, GROUPS);
	for (size_t i = 0; i < names.count; i++) {
		struct iommu_group *group = &ret->groups[ret->count];
		if (!parse_id(names.names[i], &group->id))
			continue;
		load_group(root, arena, names.names[i], group);
		ret->count++;
	}
	root_leave(root);
	qsort(ret->groups, ret->count, sizeof(*ret->groups), compare_groups);
	index_members(arena, ret);
}

const struct iommu_group *iommu_group_listing(const struct iommu_groups *groups, const char *name)
{
	const struct iommu_member key = {.name = name}, *found = NULL;

	if (groups->member_count)
		found = bsearch(&key, groups->members, groups->member_count, sizeof(key),
				compare_members);
	if (!found)
		return NULL;
	size_t index = (size_t)(found - groups->members);
	bool again = (index > 0 && compare_members(found - 1, &key) == 0) ||
		     (index + 1 < groups->member_count && compare_members(found + 1, &key) == 0);
	return again ? NULL : found->group;
}

static enum iommu_kind kind_of(const char *name)
{
	if (begins_with(name, "dmar"))
		return IOMMU_VTD;
	if (begins_with(name, "ivhd"))
		return IOMMU_AMD_VI;
	if (begins_with(name, "smmu"))
		return IOMMU_SMMU;
	return IOMMU_OTHER;
}

/* The kernel prints these registers as hex without 0x. */
static struct fact_number read_register(struct root *root, struct arena *arena, const char *path,
					const char *name)
{
	struct fact_text text =
		root_read(root, arena, arena_path(arena, path, name), LIMIT_ATTRIBUTE);

	return fact_parse_hex(&text);
}

static void load_unit(struct root *root, struct arena *arena, struct iommu_unit *unit)
{
	const char *path = root_entry_path(root, arena, UNITS, unit->name);

	unit->kind = kind_of(unit->name);
	unit->path = path;
	unit->devices = root_list(root, arena, arena_printf(arena, "%s/devices", path));
	if (unit->kind == IOMMU_VTD) {
		unit->address = read_register(root, arena, path, "intel-iommu/address");
		unit->capability = read_register(root, arena, path, "intel-iommu/cap");
		unit->extended_capability = read_register(root, arena, path, "intel-iommu/ecap");
	}
	if (unit->kind == IOMMU_AMD_VI) {
		unit->capability = read_register(root, arena, path, "amd-iommu/cap");
		unit->features =
			root_read_line(root, arena, arena_path(arena, path, "amd-iommu/features"));
	}
}

void iommu_units_load(struct root *root, struct arena *arena, struct iommu_units *ret)
{
	struct fact_list names = root_list(root, arena, UNITS);

	*ret = (struct iommu_units){.fact = names.fact};
	if (!fact_known(&names.fact))
		return;
	ret->units = arena_array(arena, names.count + 1, sizeof(*ret->units));
	if (!ret->units)
		return;
	for (; ret->count < names.count; ret->count++) {
		ret->units[ret->count].name = names.names[ret->count];
		load_unit(root, arena, &ret->units[ret->count]);
	}
}

const struct iommu_group *iommu_group_find(const struct iommu_groups *groups, int64_t id)
{
	const struct iommu_group key = {.id = (uint32_t)id};

	if (id < 0 || id > UINT32_MAX || !groups->count)
		return NULL;
	/* The kernel numbers them from 0 on, so most hosts have no gap. */
	if ((uint64_t)id < groups->count && groups->groups[id].id == key.id)
		return &groups->groups[id];
	return bsearch(&key, groups->groups, groups->count, sizeof(key), compare_groups);
}

bool iommu_group_is_noiommu(const struct iommu_group *group)
{
	return fact_text_is(&group->name, "vfio-noiommu");
}

const char *iommu_kind_name(enum iommu_kind kind)
{
	switch (kind) {
	case IOMMU_VTD:
		return "vt-d";
	case IOMMU_AMD_VI:
		return "amd-vi";
	case IOMMU_SMMU:
		return "smmu";
	case IOMMU_OTHER:
		return "other";
	}
	return "other";
}
