/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/html/layout.h"

#include <pci/header.h>
#include <string.h>

#include "report/children.h"

/* No row: none is above. */
#define NONE SIZE_MAX

/* The tree, by index in host->pci. */
struct tree {
	const struct audit *audit;
	const struct pci *pci;
	struct arena *arena;
	struct layout *layout;
	bool *shown;
	struct children below; /* what is shown; without a parent: of the index behind the last */
	size_t *row;           /* of each function that has one */
	size_t *group;         /* of each function, index in groups */
	const char **culprit;  /* why a function merges others */
	size_t *vfs, *usable;  /* of each PF, without a row of their own */
};

static size_t index_of(const struct tree *tree, const struct pci_function *function)
{
	return (size_t)(function - tree->pci->functions);
}

static bool allocate(struct tree *tree)
{
	size_t count = tree->pci->count + 1, groups = tree->audit->model.host->groups.count;

	tree->shown = arena_array(tree->arena, count, sizeof(*tree->shown));
	tree->row = arena_array(tree->arena, count, sizeof(*tree->row));
	tree->group = arena_array(tree->arena, count, sizeof(*tree->group));
	tree->culprit = arena_array(tree->arena, count, sizeof(*tree->culprit));
	tree->vfs = arena_array(tree->arena, count, sizeof(*tree->vfs));
	tree->usable = arena_array(tree->arena, count, sizeof(*tree->usable));
	/* Each function may begin a host bridge. */
	tree->layout->rows = arena_array(tree->arena, 2 * count, sizeof(*tree->layout->rows));
	tree->layout->groups =
		arena_array(tree->arena, count + groups, sizeof(*tree->layout->groups));
	return children_begin(tree->arena, count, count, &tree->below) &&
	       !arena_failed(tree->arena);
}

/* The kernel's groups come first, by their own order; predicted ones by their first function. */
static size_t find_group(struct tree *tree, const struct pci_function *function)
{
	const struct iommu_groups *groups = &tree->audit->model.host->groups;
	const struct iommu_group *formed = fact_known(&function->group.fact)
						   ? iommu_group_find(groups, function->group.value)
						   : NULL;

	if (formed) {
		size_t index = (size_t)(formed - groups->groups);
		tree->layout->groups[index].formed = formed;
		return index;
	}
	const struct isolation_group *predicted =
		fact_absent(&function->group.fact)
			? isolation_of(&tree->audit->model.isolation, function)
			: NULL;
	return predicted && predicted->known && predicted->count
		       ? groups->count + index_of(tree, predicted->functions[0])
		       : LAYOUT_NO_GROUP;
}

/* Functions of one device that share a group are the usual case, and need no reason. */
static void find_culprits(struct tree *tree, const struct pci_function *function)
{
	const struct isolation_group *group = isolation_of(&tree->audit->model.isolation, function);
	const struct isolation_culprit *culprit =
		group && group->known && group->functions[0] == function &&
				isolation_holds_several_devices(group)
			? group->culprits
			: NULL;

	for (; culprit; culprit = culprit->next)
		tree->culprit[index_of(tree, culprit->function)] = culprit->why;
}

static void find_groups(struct tree *tree)
{
	struct layout_group *groups = tree->layout->groups;

	for (size_t i = 0; i < tree->pci->count; i++) {
		tree->group[i] = find_group(tree, &tree->pci->functions[i]);
		if (tree->group[i] != LAYOUT_NO_GROUP)
			groups[tree->group[i]].members++;
		find_culprits(tree, &tree->pci->functions[i]);
	}
	for (size_t i = 0; i < tree->pci->count; i++) {
		if (tree->group[i] != LAYOUT_NO_GROUP && groups[tree->group[i]].members < 2)
			tree->group[i] = LAYOUT_NO_GROUP;
	}
}

/* What was asked for, those of its groups, and those above. */
static void choose_shown(struct tree *tree)
{
	const struct selection *selection = &tree->audit->selection;
	size_t groups = tree->pci->count + tree->audit->model.host->groups.count + 1;
	bool *wanted = arena_array(tree->arena, groups, sizeof(*wanted));

	if (!wanted)
		return;
	for (size_t i = 0; i < selection->count; i++) {
		size_t index = index_of(tree, selection->functions[i]);
		tree->shown[index] = true;
		if (tree->group[index] != LAYOUT_NO_GROUP)
			wanted[tree->group[index]] = true;
	}
	for (size_t i = 0; i < tree->pci->count; i++)
		tree->shown[i] |= tree->group[i] != LAYOUT_NO_GROUP && wanted[tree->group[i]];
	for (size_t i = 0; i < tree->pci->count; i++) {
		const struct pci_function *above = tree->pci->functions[i].parent;
		const struct pci_function *pf = tree->pci->functions[i].pf;
		if (tree->shown[i] && pf)
			tree->shown[index_of(tree, pf)] = true;
		for (; tree->shown[i] && above && !tree->shown[index_of(tree, above)];
		     above = above->parent)
			tree->shown[index_of(tree, above)] = true;
	}
	/* A PF that only its VFs brought in has its ports above it, too. */
	for (size_t i = 0; i < tree->pci->count; i++) {
		const struct pci_function *above = tree->pci->functions[i].parent;
		for (; tree->shown[i] && above && !tree->shown[index_of(tree, above)];
		     above = above->parent)
			tree->shown[index_of(tree, above)] = true;
	}
}

/* Returns whether a VF stands in the row of its PF. */
static bool is_folded(struct tree *tree, size_t index)
{
	const struct pci_function *pf = tree->pci->functions[index].pf;

	return pf && (tree->group[index] == LAYOUT_NO_GROUP ||
		      tree->group[index] == tree->group[index_of(tree, pf)]);
}

static void count_vf(struct tree *tree, size_t index)
{
	const struct pci_function *vf = &tree->pci->functions[index];
	size_t pf = index_of(tree, vf->pf);

	tree->vfs[pf]++;
	tree->usable[pf] +=
		assignability_of(&tree->audit->model.assignability, vf)->verdict == ASSIGNABLE;
}

/* Links each function to the bridge above. */
static void link_tree(struct tree *tree)
{
	for (size_t i = tree->pci->count; i-- > 0;) {
		const struct pci_function *parent = tree->pci->functions[i].parent;
		if (!tree->shown[i])
			continue;
		if (is_folded(tree, i))
			count_vf(tree, i);
		else
			children_prepend(&tree->below,
					 parent ? index_of(tree, parent) : tree->pci->count, i);
	}
}

static bool is_same_name(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Adds a row for the host bridge of a function on a root bus, unless the last one is of it. */
static size_t add_host_bridge(struct tree *tree, size_t last, const struct pci_function *function)
{
	struct layout *layout = tree->layout;
	const char *name = pci_host_bridge(function, tree->arena);

	if (last != NONE && is_same_name(layout->rows[last].host_bridge, name))
		return last;
	layout->rows[layout->count] =
		(struct layout_row){.host_bridge = name, .parent = NONE, .group = LAYOUT_NO_GROUP};
	return layout->count++;
}

/* A port below which there is nothing, and of which nothing is to be said. */
static bool is_empty_port(const struct tree *tree, size_t index)
{
	return tree->below.first[index] == NO_CHILD && !tree->culprit[index] &&
	       pci_header_type(&tree->pci->functions[index]) == PCI_HEADER_TYPE_BRIDGE;
}

/* Returns whether the port went into the row of its sibling before it. */
static bool join_ports(struct tree *tree, size_t index, size_t parent)
{
	struct layout *layout = tree->layout;
	struct layout_row *row = &layout->rows[layout->count - 1];

	if (!row->function || row->parent != parent || row->group != tree->group[index] ||
	    !is_empty_port(tree, index) || !is_empty_port(tree, index_of(tree, row->function)))
		return false;
	row->ports = row->ports ? row->ports + 1 : 2;
	row->last = &tree->pci->functions[index];
	tree->row[index] = layout->count - 1;
	return true;
}

static void add_row(struct tree *tree, size_t index, size_t parent)
{
	struct layout *layout = tree->layout;
	unsigned depth = layout->rows[parent].depth + 1;

	if (join_ports(tree, index, parent))
		return;
	layout->rows[layout->count] = (struct layout_row){
		.function = &tree->pci->functions[index],
		.parent = parent,
		.depth = depth,
		.group = tree->group[index],
		.vfs = tree->vfs[index],
		.usable_vfs = tree->usable[index],
		.culprit = tree->group[index] == LAYOUT_NO_GROUP ? NULL : tree->culprit[index],
	};
	tree->row[index] = layout->count++;
	if (depth > layout->depth)
		layout->depth = depth;
}

/* Returns the function behind this one, depth first, or NO_CHILD. */
static size_t step(const struct tree *tree, size_t index)
{
	const struct pci_function *above = &tree->pci->functions[index];

	if (tree->below.first[index] != NO_CHILD)
		return tree->below.first[index];
	for (; above; above = above->parent) {
		if (tree->below.next[index_of(tree, above)] != NO_CHILD)
			return tree->below.next[index_of(tree, above)];
	}
	return NO_CHILD;
}

static void add_rows(struct tree *tree)
{
	size_t host_bridge = NONE;

	for (size_t i = tree->below.first[tree->pci->count]; i != NO_CHILD; i = step(tree, i)) {
		const struct pci_function *function = &tree->pci->functions[i];
		if (!function->parent)
			host_bridge = add_host_bridge(tree, host_bridge, function);
		add_row(tree, i,
			function->parent ? tree->row[index_of(tree, function->parent)]
					 : host_bridge);
	}
}

static void number_groups(struct layout *layout)
{
	size_t last = LAYOUT_NO_GROUP;

	for (size_t i = 0; i < layout->count; i++) {
		size_t group = layout->rows[i].group;
		if (group != LAYOUT_NO_GROUP && group != last)
			layout->groups[group].runs++;
		if (group != LAYOUT_NO_GROUP && !layout->groups[group].number)
			layout->groups[group].number = ++layout->group_count;
		last = group;
	}
}

void layout_build(const struct audit *audit, struct arena *arena, struct layout *ret)
{
	struct tree tree = {
		.audit = audit, .pci = &audit->model.host->pci, .arena = arena, .layout = ret};

	*ret = (struct layout){0};
	if (!allocate(&tree))
		return;
	find_groups(&tree);
	choose_shown(&tree);
	link_tree(&tree);
	add_rows(&tree);
	number_groups(ret);
}
