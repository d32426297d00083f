/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/host.h"

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/tree.h"

#define OSRELEASE "/proc/sys/kernel/osrelease"
#define LOCKDOWN  "/sys/kernel/security/lockdown"

static struct host *load(struct tree *tree, bool identity)
{
	const struct host_options options = {.identity = identity};
	struct host *host = NULL;

	assert_int_equal(host_load(tree_open(tree), &options, &host), 0);
	return host;
}

static void release_is_what_the_kernel_calls_itself(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, OSRELEASE, "6.1.0-51-amd64\n");
	tree_file(tree, "/proc/version", "Linux version 5.4.0 (gcc)\n");
	struct host *host = load(tree, false);
	assert_string_equal(host->kernel_release.text, "6.1.0-51-amd64");
	assert_string_equal(host->kernel_release.fact.source, OSRELEASE);
	host_free(host);
}

static void release_comes_from_proc_version_otherwise(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/proc/version", "Linux version 5.4.0-1-generic (a@b) (gcc) #1 SMP\n");
	struct host *host = load(tree, false);
	assert_string_equal(host->kernel_release.text, "5.4.0-1-generic");
	assert_string_equal(host->kernel_release.fact.source, "/proc/version");
	host_free(host);
}

static void version_of_another_system_gives_no_release(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/proc/version", "FreeBSD 14.0\n");
	struct host *host = load(tree, false);
	assert_false(fact_known(&host->kernel_release.fact));
	host_free(host);
}

static void release_that_climbs_finds_no_list_of_modules(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, OSRELEASE, "../../etc\n");
	tree_file(tree, "/etc/modules.builtin", "kernel/vfio.ko\n");
	struct host *host = load(tree, false);
	assert_int_equal(host->modules.builtin.fact.state, FACT_NOT_CAPTURED);
	host_free(host);
}

struct lockdown_case {
	const char *text;
	const char *word; /* NULL: malformed */
};

static const struct lockdown_case lockdowns[] = {
	{"[none] integrity confidentiality\n", "none"},
	{"none [integrity] confidentiality\n", "integrity"},
	{"none integrity [confidentiality]\n", "confidentiality"},
	{"none integrity confidentiality\n", NULL},
	{"none [integrity\n", NULL},
	{"]none[\n", NULL},
	{"", NULL},
};

static void lockdown_is_the_word_in_brackets(void **state)
{
	for (size_t i = 0; i < sizeof(lockdowns) / sizeof(lockdowns[0]); i++) {
		test_row("%s", lockdowns[i].text);
		void *own = NULL;
		assert_int_equal(tree_setup(&own), 0);
		tree_file(own, LOCKDOWN, lockdowns[i].text);
		struct host *host = load(own, false);
		if (lockdowns[i].word)
			assert_string_equal(host->lockdown.text, lockdowns[i].word);
		else
			assert_int_equal(host->lockdown.fact.state, FACT_MALFORMED);
		host_free(host);
		tree_teardown(&own);
	}
	(void)state;
}

struct privilege_case {
	const char *status;
	enum fact_state state;
	int64_t privileged;
};

static const struct privilege_case privileges[] = {
	{"Name:\tx\nCapEff:\t000001ffffffffff\n", FACT_KNOWN, 1},
	{"CapEff:\tffffffffffffffff\n", FACT_KNOWN, 1},
	{"CapEff:\t0000000000200000\n", FACT_KNOWN, 1},
	{"CapPrm:\t000001ffffffffff\nCapEff:\t0000000000000000\n", FACT_KNOWN, 0},
	{"CapEff:\t000001ffffdfffff\n", FACT_KNOWN, 0},
	{"Name:\tCapEff:\t000001ffffffffff\n", FACT_MALFORMED, 0},
	{"CapEff:\tall\n", FACT_MALFORMED, 0},
	{"", FACT_MALFORMED, 0},
};

static void privilege_is_cap_sys_admin_of_the_reader(void **state)
{
	for (size_t i = 0; i < sizeof(privileges) / sizeof(privileges[0]); i++) {
		test_row("%s", privileges[i].status);
		void *own = NULL;
		assert_int_equal(tree_setup(&own), 0);
		tree_file(own, "/proc/self/status", privileges[i].status);
		struct host *host = load(own, false);
		struct fact_number privileged = host_privileged(host);
		assert_int_equal(privileged.fact.state, privileges[i].state);
		assert_int_equal(privileged.value, privileges[i].privileged);
		host_free(host);
		tree_teardown(&own);
	}
	(void)state;
}

static void name_of_the_host_is_read_only_when_asked_for(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/proc/sys/kernel/hostname", "alpha\n");
	struct host *host = load(tree, false);
	assert_int_equal(host->hostname.fact.state, FACT_NOT_CAPTURED);
	assert_null(host->hostname.text);
	host_free(host);
}

static void name_of_the_host_is_read_when_asked_for(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/proc/sys/kernel/hostname", "alpha\n");
	struct host *host = load(tree, true);
	assert_string_equal(host->hostname.text, "alpha");
	host_free(host);
}

static void maker_and_product_are_lines(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/sys/class/dmi/id/sys_vendor", "Dell Inc.\n");
	tree_file(tree, "/sys/class/dmi/id/product_name", "PowerEdge R910\n");
	struct host *host = load(tree, false);
	assert_string_equal(host->vendor.text, "Dell Inc.");
	assert_string_equal(host->product.text, "PowerEdge R910");
	host_free(host);
}

static void empty_tree_is_a_host_of_which_nothing_is_known(void **state)
{
	struct host *host = load(*state, true);

	assert_true(host->captured);
	assert_false(fact_known(&host->kernel_release.fact));
	assert_false(fact_known(&host->cpu.fact));
	assert_false(fact_known(&host->cmdline.fact));
	assert_false(fact_known(&host->kconfig.fact));
	assert_false(fact_known(&host->interrupts.fact));
	assert_int_equal(host->acpi.dmar.fact.state, FACT_NOT_CAPTURED);
	assert_int_equal(host->groups.fact.state, FACT_NOT_CAPTURED);
	assert_int_equal(host->pci.count, 0);
	host_free(host);
}

struct version_case {
	const char *release; /* NULL: not read */
	bool valid;
	unsigned major;
	unsigned minor;
	unsigned point;
};

static const struct version_case versions[] = {
	{"6.1.0-51-amd64", true, 6, 1, 0},
	{"6.12.57+deb13-amd64", true, 6, 12, 57},
	{"5.15", true, 5, 15, 0},
	{"4.18.0-553.el8_10.x86_64", true, 4, 18, 0},
	{"10.20.30", true, 10, 20, 30},
	{"6", false, 0, 0, 0},
	{"six.one", false, 0, 0, 0},
	{"-6.1", false, 0, 0, 0},
	{" 6.1", false, 0, 0, 0},
	{"", false, 0, 0, 0},
	{NULL, false, 0, 0, 0},
};

static void version_is_the_first_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		test_row("%s", versions[i].release);
		struct host host = {.kernel_release.text = versions[i].release};
		struct kernel_version version = {0};
		if (versions[i].release)
			host.kernel_release.fact.state = FACT_KNOWN;
		assert_int_equal(host_kernel_version(&host, &version), versions[i].valid);
		assert_int_equal(version.major, versions[i].major);
		assert_int_equal(version.minor, versions[i].minor);
		assert_int_equal(version.point, versions[i].point);
	}
}

static void versions_are_compared_as_numbers(void **state)
{
	const struct kernel_version version = {.major = 5, .minor = 10};

	(void)state;
	assert_true(kernel_at_least(&version, 5, 9));
	assert_true(kernel_at_least(&version, 5, 10));
	assert_true(kernel_at_least(&version, 4, 20));
	assert_false(kernel_at_least(&version, 5, 11));
	assert_false(kernel_at_least(&version, 6, 0));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(release_is_what_the_kernel_calls_itself),
		TEST(release_comes_from_proc_version_otherwise),
		TEST(version_of_another_system_gives_no_release),
		TEST(release_that_climbs_finds_no_list_of_modules),
		TEST(lockdown_is_the_word_in_brackets),
		TEST(privilege_is_cap_sys_admin_of_the_reader),
		TEST(name_of_the_host_is_read_only_when_asked_for),
		TEST(name_of_the_host_is_read_when_asked_for),
		TEST(maker_and_product_are_lines),
		TEST(empty_tree_is_a_host_of_which_nothing_is_known),
		TEST(version_is_the_first_numbers),
		TEST(versions_are_compared_as_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
