/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "host/base/affix.h"

#define HUGEPAGES_PATH "/sys/kernel/mm/hugepages"
#define NODES_PATH     "/sys/devices/system/node"

/* Reads a line "KEY: NUMBER kB" of meminfo, as bytes. */
static struct fact_number meminfo_bytes(const struct fact_text *meminfo, const char *key)
{
	struct fact_number number = {.fact = meminfo->fact};
	struct fact_line line;
	size_t offset = 0;
	bool found = false;
	int64_t kilobytes;

	if (!fact_known(&meminfo->fact))
		return number;
	while (!found && fact_next_line(meminfo, &offset, &line))
		found = begins_with(line.text, key);
	if (!found) {
		number.fact.state = FACT_ABSENT;
		return number;
	}
	if (sscanf(line.text + strlen(key), " %15" SCNd64 " kB", &kilobytes) != 1 ||
	    kilobytes < 0) {
		number.fact.state = FACT_MALFORMED;
		return number;
	}
	number.value = kilobytes * 1024;
	return number;
}

/* Reads the pools of folder, one for each size of page. */
static struct fact load_pools(struct root *root, struct arena *arena, const char *folder,
			      struct hugepage_pool **ret, size_t *ret_count)
{
	struct fact_list list = root_list(root, arena, folder);
	struct hugepage_pool *pools = arena_array(arena, list.count, sizeof(*pools));

	for (size_t i = 0; pools && i < list.count; i++) {
		const char *path = arena_path(arena, folder, list.names[i]);
		uint64_t kilobytes;
		if (sscanf(list.names[i], "hugepages-%15" SCNu64 "kB", &kilobytes) != 1)
			continue;
		pools[(*ret_count)++] = (struct hugepage_pool){
			.page_size = kilobytes * 1024,
			.pages = root_read_number(root, arena,
						  arena_printf(arena, "%s/nr_hugepages", path)),
			.free_pages = root_read_number(
				root, arena, arena_printf(arena, "%s/free_hugepages", path)),
		};
	}
	*ret = pools;
	return list.fact;
}

static struct memory_node load_node(struct root *root, struct arena *arena, uint32_t id)
{
	struct fact_text text = root_read_line(
		root, arena, arena_printf(arena, NODES_PATH "/node%" PRIu32 "/cpulist", id));
	struct memory_node node = {.id = id, .fact = text.fact};

	if (fact_known(&text.fact) && !number_set_parse(text.text, &node.cpus))
		node.fact.state = FACT_MALFORMED;
	load_pools(root, arena, arena_printf(arena, NODES_PATH "/node%" PRIu32 "/hugepages", id),
		   &node.hugepages, &node.hugepage_count);
	return node;
}

static void load_nodes(struct root *root, struct arena *arena, struct memory *memory)
{
	struct fact_list list = root_list(root, arena, NODES_PATH);

	memory->nodes_fact = list.fact;
	memory->nodes = arena_array(arena, list.count, sizeof(*memory->nodes));
	for (size_t i = 0; memory->nodes && i < list.count; i++) {
		uint32_t id;
		char rest;
		if (sscanf(list.names[i], "node%9" SCNu32 "%c", &id, &rest) == 1)
			memory->nodes[memory->node_count++] = load_node(root, arena, id);
	}
}

/* "Max locked memory         8388608              8388608              bytes" */
static struct fact_number load_lock_limit(struct root *root, struct arena *arena)
{
	static const char key[] = "Max locked memory";
	struct fact_text text = root_read(root, arena, "/proc/self/limits", LIMIT_ATTRIBUTE);
	struct fact_number limit = {.fact = text.fact};

	if (!fact_known(&text.fact))
		return limit;
	const char *line = strstr(text.text, key);
	if (line && strncmp(line + sizeof(key) - 1 + strspn(line + sizeof(key) - 1, " "),
			    "unlimited", strlen("unlimited")) == 0)
		limit.value = INT64_MAX;
	else if (!line || sscanf(line + sizeof(key) - 1, " %18" SCNd64, &limit.value) != 1)
		limit.fact.state = FACT_MALFORMED;
	return limit;
}

void memory_load(struct root *root, struct arena *arena, struct memory *ret)
{
	struct fact_text meminfo = root_read(root, arena, "/proc/meminfo", LIMIT_ATTRIBUTE);

	*ret = (struct memory){
		.total = meminfo_bytes(&meminfo, "MemTotal:"),
		.hugepage_size = meminfo_bytes(&meminfo, "Hugepagesize:"),
	};
	ret->hugepages_fact =
		load_pools(root, arena, HUGEPAGES_PATH, &ret->hugepages, &ret->hugepage_count);
	ret->lock_limit = load_lock_limit(root, arena);
	load_nodes(root, arena, ret);
}
