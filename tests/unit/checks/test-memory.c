/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"
#include "tests/unit/support/tree.h"

#define ID(name) "memory." name
#define POOL     "/sys/kernel/mm/hugepages/hugepages-2048kB/"
#define NODE(id) "/sys/devices/system/node/node" id
#define LIMITS                                                                                     \
	"Limit  Soft  Hard  Units\nMax locked memory  %s  bytes\nMax msgqueue size 1 1 bytes\n"

static void add_pools(const struct tree *tree, const char *all, const char *first,
		      const char *second)
{
	tree_file(tree, POOL "nr_hugepages", all);
	tree_file(tree, POOL "free_hugepages", "3\n");
	tree_file(tree, NODE("0") "/cpulist", "0\n");
	tree_file(tree, NODE("0") "/hugepages/hugepages-2048kB/nr_hugepages", first);
	tree_file(tree, NODE("1") "/cpulist", "1\n");
	tree_file(tree, NODE("1") "/hugepages/hugepages-2048kB/nr_hugepages", second);
}

/* A host with a function on node 1. */
static struct findings *judge_tree(struct tree *tree, uint64_t capabilities)
{
	static uint8_t header[64];
	struct pci_function *function = arena_alloc(tree->arena, sizeof(*function));
	struct host *host = unread_host(tree->arena);

	assert_non_null(function);
	memory_load(tree_open(tree), tree->arena, &host->memory);
	function->name = "0000:81:00.0";
	function->config = (struct config_space){
		.fact = known("config"), .bytes = header, .length = sizeof(header)};
	function->numa_node = (struct fact_number){.fact = known("numa_node"), .value = 1};
	host->pci.functions = function;
	host->pci.count = 1;
	host->effective_capabilities = (struct fact_number){.fact = known("/proc/self/status"),
							    .value = (int64_t)capabilities};
	host->hypervisor.libvirt.fact = absent("/usr/lib/libvirt.so.0");
	return judge(tree->arena, "memory", host);
}

static void huge_pages_on_every_node_pass(void **state)
{
	add_pools(*state, "8\n", "4\n", "4\n");
	const struct finding *finding =
		expect_finding(judge_tree(*state, 0), ID("hugepages"), FINDING_PASS);
	assert_true(has_evidence(finding, "8 of 2 MiB, 3 of them free"));
}

static void node_of_a_function_without_huge_pages_warns(void **state)
{
	add_pools(*state, "8\n", "8\n", "0\n");
	struct findings *findings = judge_tree(*state, 0);
	const struct finding *finding =
		expect_finding(findings, ID("node-without-hugepages"), FINDING_WARN);
	assert_string_equal(finding->summary,
			    "NUMA node 1, on which 0000:81:00.0 is, has no huge pages");
	assert_null(finding_of(findings, ID("hugepages")));
}

static void host_without_huge_pages_needs_none(void **state)
{
	add_pools(*state, "0\n", "0\n", "0\n");
	expect_finding(judge_tree(*state, 0), ID("no-hugepages"), FINDING_NOT_APPLICABLE);
}

static void pool_that_was_not_read_is_unknown(void **state)
{
	add_pools(*state, "many\n", "4\n", "4\n");
	expect_finding(judge_tree(*state, 0), ID("hugepages-unreadable"), FINDING_UNKNOWN);
}

struct limit_case {
	const char *limit;
	uint64_t capabilities;
	const char *id;
	enum finding_verdict verdict;
};

static const struct limit_case limit_cases[] = {
	{"8388608  8388608", 0, ID("lock-limit"), FINDING_WARN},
	{"8388608  8388608", 1 << 14, ID("lock-unbound"), FINDING_PASS},
	{"unlimited  unlimited", 0, ID("lock-unbound"), FINDING_PASS},
	{"17179869184  unlimited", 0, ID("lock-unbound"), FINDING_PASS},
	{"none", 0, ID("lock-unreadable"), FINDING_UNKNOWN},
};

static void limit_binds_a_user_without_the_capability(void **state)
{
	for (size_t i = 0; i < sizeof(limit_cases) / sizeof(limit_cases[0]); i++) {
		test_row("%s, capabilities %#" PRIx64, limit_cases[i].limit,
			 limit_cases[i].capabilities);
		void *tree;
		assert_int_equal(tree_setup(&tree), 0);
		struct arena *arena = ((struct tree *)tree)->arena;
		tree_file(tree, "/proc/self/limits",
			  arena_printf(arena, LIMITS, limit_cases[i].limit));
		expect_finding(judge_tree(tree, limit_cases[i].capabilities), limit_cases[i].id,
			       limit_cases[i].verdict);
		tree_teardown(&tree);
	}
	(void)state;
}

static void libvirt_raises_the_limit(void **state)
{
	struct paper *paper = *state;

	paper->host.hypervisor.libvirt.fact = known("/usr/lib/libvirt.so.0");
	paper->host.memory.lock_limit =
		(struct fact_number){.fact = known("/proc/self/limits"), .value = 65536};
	paper->host.effective_capabilities.fact = known("/proc/self/status");
	expect_finding(judge(paper->arena, "memory", &paper->host), ID("lock-unbound"),
		       FINDING_PASS);
}

static void a_limit_of_mappings_below_the_usual_one_warns(void **state)
{
	struct paper *paper = *state;
	struct fact_text *limit = &paper->host.modules.type1_dma_entry_limit;

	*limit = known_text("dma_entry_limit", "65535\n");
	assert_null(finding_of(judge(paper->arena, "memory", &paper->host), ID("few-mappings")));
	*limit = known_text("dma_entry_limit", "1000\n");
	expect_host_finding(paper, ID("few-mappings"), FINDING_WARN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(huge_pages_on_every_node_pass),
		TEST(node_of_a_function_without_huge_pages_warns),
		TEST(host_without_huge_pages_needs_none),
		TEST(pool_that_was_not_read_is_unknown),
		cmocka_unit_test(limit_binds_a_user_without_the_capability),
		cmocka_unit_test_setup_teardown(a_limit_of_mappings_below_the_usual_one_warns,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(libvirt_raises_the_limit, paper_setup,
						paper_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
