/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is unplugged, or gets another driver, while a host is read. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "host/host.h"
#include "model/model.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/tree.h"

#define FOLDER    "/sys/devices/pci0000:00"
#define STAYS     "0000:00:02.0"
#define GOES      "0000:00:03.0"
#define GOES_PATH FOLDER "/" GOES
#define GROUP     "/sys/kernel/iommu_groups/1/devices/"

enum { MOST_LOOK_UPS = 5000 };

/* What happens to the host at one of the look-ups that are made of it. */
struct event {
	const struct tree *tree;
	unsigned at;
	unsigned seen; /* look-ups */
	void (*happen)(const struct tree *tree);
};

static void count(struct event *event)
{
	if (event->seen++ == event->at)
		event->happen(event->tree);
}

static void saw_text(void *context, const struct fact_text *text)
{
	(void)text;
	count(context);
}

static void saw_list(void *context, const struct fact_list *list)
{
	(void)list;
	count(context);
}

static void saw_node(void *context, const struct fact_node *node)
{
	(void)node;
	count(context);
}

static void happens_not(const struct tree *tree)
{
	(void)tree;
}

/* As the kernel takes a device away: its folder, and the links to it. */
static void unplug(const struct tree *tree)
{
	assert_int_equal(rename(tree_outside(tree, GOES_PATH), tree_outside(tree, "/gone")), 0);
	unlink(tree_outside(tree, "/sys/bus/pci/devices/" GOES));
	unlink(tree_outside(tree, GROUP GOES));
}

static void plug(const struct tree *tree)
{
	assert_int_equal(rename(tree_outside(tree, "/gone"), tree_outside(tree, GOES_PATH)), 0);
	tree_link(tree, "/sys/bus/pci/devices/" GOES, GOES_PATH);
	tree_link(tree, GROUP GOES, GOES_PATH);
}

static void unbind(const struct tree *tree)
{
	unlink(tree_outside(tree, GOES_PATH "/driver"));
}

static void bind_to_vfio(const struct tree *tree)
{
	unbind(tree);
	tree_driver(tree, GOES_PATH, "vfio-pci");
}

static void rebind(const struct tree *tree)
{
	unlink(tree_outside(tree, GOES_PATH "/driver"));
	tree_link(tree, GOES_PATH "/driver", "../../../bus/pci/drivers/e1000e");
}

static void add_function(const struct tree *tree, const char *address, const char *driver)
{
	struct test_config config;

	config_begin(&config, 0x8086, 0x10d3, 0x020000);
	config_add_express(&config, 0);
	const char *path = tree_function(tree, FOLDER, address, &config);
	tree_group(tree, path, 1);
	if (driver)
		tree_driver(tree, path, driver);
}

static void add_host(const struct tree *tree, const char *driver)
{
	tree_file(tree, "/proc/cmdline", "intel_iommu=on\n");
	tree_directory(tree, "/sys/bus/pci/drivers/e1000e");
	tree_directory(tree, "/sys/class/iommu/dmar0");
	add_function(tree, STAYS, NULL);
	add_function(tree, GOES, driver);
}

/* How good the verdict of a function is: 0 also where the host has none there. */
static int rank_of(const struct host *host, const char *address)
{
	struct arena *arena = arena_new();
	struct model model;
	const struct pci_function *function = pci_find_name(&host->pci, address);
	int rank = 0;

	model_build(host, arena, &model);
	if (function) {
		enum assignable_verdict verdict =
			assignability_of(&model.assignability, function)->verdict;
		rank = verdict == ASSIGNABLE ? 2 : verdict == ASSIGNABLE_WITH ? 1 : 0;
	}
	arena_free(arena);
	return rank;
}

/* The verdicts of a host to which something happens at a look-up. Returns the look-ups made. */
static unsigned audit(const struct tree *tree, unsigned at, void (*happen)(const struct tree *tree),
		      int *ret_stays, int *ret_goes)
{
	const struct host_options options = {0};
	struct event event = {.tree = tree, .at = at, .happen = happen};
	const struct root_observer observer = {.read = saw_text,
					       .link = saw_text,
					       .list = saw_list,
					       .stat = saw_node,
					       .context = &event};
	struct root *root;
	struct host *host;

	assert_int_equal(root_open(tree->path, &root), 0);
	root_observe(root, &observer);
	assert_int_equal(host_load(root, &options, &host), 0);
	*ret_stays = rank_of(host, STAYS);
	*ret_goes = rank_of(host, GOES);
	host_free(host);
	root_close(root);
	return event.seen;
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

/* Whenever it happens, nothing is better than before it and after it. */
static void expect_no_better(const struct tree *tree, void (*happen)(const struct tree *tree),
			     void (*undo)(const struct tree *tree))
{
	int stays_before, goes_before, stays_after, goes_after, stays, goes;
	unsigned look_ups = audit(tree, MOST_LOOK_UPS, happens_not, &stays_before, &goes_before);

	assert_true(look_ups > 20 && look_ups < MOST_LOOK_UPS);
	audit(tree, 0, happen, &stays_after, &goes_after);
	undo(tree);
	for (unsigned at = 1; at < look_ups; at++) {
		test_row("look-up %u of %u", at, look_ups);
		audit(tree, at, happen, &stays, &goes);
		undo(tree);
		assert_true(stays <= larger(stays_before, stays_after));
		assert_true(goes <= larger(goes_before, goes_after));
	}
}

static void a_function_that_is_unplugged_while_it_is_read(void **state)
{
	struct tree *tree = *state;

	add_host(tree, "e1000e");
	expect_no_better(tree, unplug, plug);
}

static void a_driver_that_is_bound_while_it_is_read(void **state)
{
	struct tree *tree = *state;

	add_host(tree, "vfio-pci");
	expect_no_better(tree, rebind, bind_to_vfio);
}

static void a_driver_that_lets_go_while_it_is_read(void **state)
{
	struct tree *tree = *state;

	add_host(tree, "vfio-pci");
	expect_no_better(tree, unbind, bind_to_vfio);
}

#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TREE_TEST(a_function_that_is_unplugged_while_it_is_read),
		TREE_TEST(a_driver_that_is_bound_while_it_is_read),
		TREE_TEST(a_driver_that_lets_go_while_it_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
