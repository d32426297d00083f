/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/modules/module_option.h"

#include <errno.h>
#include <string.h>

#include "host/base/array.h"
#include "tests/unit/support/arena.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"

#define CONFIG "/etc/modprobe.d/vfio.conf"

/* A host without the modules of VFIO, that says these things of their options. */
static struct host *make_host(struct arena *arena, const char *command_line, const char *modprobe)
{
	struct host *host = unread_host(arena);
	struct fact_text line =
		known_text("/proc/cmdline", arena_printf(arena, "%s\n", command_line));
	struct fact_text file = known_text(CONFIG, modprobe);

	cmdline_parse(arena, &line, &host->cmdline);
	host->modprobe.fact = known("/etc/modprobe.d");
	modprobe_parse(arena, &file, &host->modprobe);
	host->modules.loaded.fact = known("/proc/modules");
	host->modules.builtin.fact = known("modules.builtin");
	host->modules.type1_unsafe_interrupts.fact = absent("type1");
	host->modules.vfio_pci_no_denylist.fact = absent("denylist");
	return host;
}

static void build_in(struct host *host, const char *const *modules, size_t count)
{
	host->modules.builtin.names = modules;
	host->modules.builtin.count = count;
}

#define TYPE1        "vfio_iommu_type1"
#define UNSAFE       "allow_unsafe_interrupts"
#define TYPE1_UNSAFE TYPE1 "." UNSAFE

static struct module_switch type1(struct arena *arena, const struct host *host)
{
	return module_option_switch(host, arena, TYPE1, UNSAFE);
}

struct option_case {
	const char *command_line;
	const char *modprobe;
	enum boolean value;
	const char *text; /* what shows it; NULL: nothing sets it */
	const char *place;
};

static const struct option_case cases[] = {
	{"quiet", "", BOOLEAN_NO, NULL, "type1"},
	{TYPE1_UNSAFE "=1", "", BOOLEAN_YES, TYPE1_UNSAFE "=1", "/proc/cmdline"},
	{TYPE1_UNSAFE "=true", "", BOOLEAN_YES, TYPE1_UNSAFE "=true", "/proc/cmdline"},
	{TYPE1_UNSAFE, "", BOOLEAN_YES, TYPE1_UNSAFE, "/proc/cmdline"},
	{TYPE1_UNSAFE "=1 " TYPE1_UNSAFE "=off", "", BOOLEAN_NO, TYPE1_UNSAFE "=off",
	 "/proc/cmdline"},
	{"quiet", "options " TYPE1 " " UNSAFE "=on\n", BOOLEAN_YES,
	 "options " TYPE1 " " UNSAFE "=on", CONFIG},
	{"quiet", "options vfio-iommu-type1 " UNSAFE "\n", BOOLEAN_YES,
	 "options vfio-iommu-type1 " UNSAFE, CONFIG},
	{"quiet", "options " TYPE1 " " UNSAFE "=1\noptions " TYPE1 " " UNSAFE "=N\n", BOOLEAN_NO,
	 "options " TYPE1 " " UNSAFE "=N", CONFIG},
	{TYPE1_UNSAFE "=0", "options " TYPE1 " " UNSAFE "=1\n", BOOLEAN_NO, TYPE1_UNSAFE "=0",
	 "/proc/cmdline"},
	{TYPE1_UNSAFE "=enable", "", BOOLEAN_UNKNOWN, TYPE1_UNSAFE "=enable", "/proc/cmdline"},
};

static void module_that_is_not_loaded_has_what_it_will_be_given(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct option_case *row = &cases[i];
		struct host *host = make_host(*state, row->command_line, row->modprobe);
		struct module_switch it = type1(*state, host);

		if (it.value != row->value || !it.text != !row->text ||
		    (it.text && strcmp(it.text, row->text) != 0) ||
		    strcmp(it.fact->source, row->place) != 0 || it.running)
			fail_msg("%s, %s", row->command_line, row->modprobe);
	}
}

static void running_module_shows_what_it_has(void **state)
{
	struct host *host = make_host(*state, TYPE1_UNSAFE "=1", "");

	host->modules.type1_unsafe_interrupts = known_text("type1", "N");
	struct module_switch it = type1(*state, host);
	assert_int_equal(it.value, BOOLEAN_NO);
	assert_true(it.running);
	assert_string_equal(it.text, "N");

	host->modules.type1_unsafe_interrupts = known_text("type1", "Y");
	assert_int_equal(type1(*state, host).value, BOOLEAN_YES);
}

/* Anyone may have written the parameter since the module was loaded. */
static void module_that_may_run_and_was_not_read_is_unknown(void **state)
{
	struct host *host = make_host(*state, TYPE1_UNSAFE "=1", "");

	host->modules.builtin.fact = absent("modules.builtin");
	host->modules.type1_unsafe_interrupts.fact = unreadable("type1", EACCES);
	struct module_switch it = type1(*state, host);
	assert_int_equal(it.value, BOOLEAN_UNKNOWN);
	assert_int_equal(it.fact->error, EACCES);
}

static void lists_without_the_module_make_up_for_its_file(void **state)
{
	struct host *host = make_host(*state, TYPE1_UNSAFE "=1", "");

	host->modules.type1_unsafe_interrupts.fact = (struct fact){.source = "type1"};
	assert_int_equal(type1(*state, host).value, BOOLEAN_YES);
}

/* Nobody can write disable_denylist while vfio-pci runs. */
static void option_that_cannot_be_written_is_what_was_configured(void **state)
{
	struct host *host = make_host(*state, "vfio-pci.disable_denylist=on", "");

	host->modules.loaded.fact = unreadable("/proc/modules", EACCES);
	host->modules.vfio_pci_no_denylist.fact = (struct fact){.source = "denylist"};
	assert_int_equal(module_option_switch(host, *state, "vfio_pci", "disable_denylist").value,
			 BOOLEAN_YES);
}

static void place_that_was_not_read_leaves_it_unknown(void **state)
{
	struct host *host = make_host(*state, "quiet", "");

	host->modprobe.fact = unreadable("/etc/modprobe.d/x.conf", EACCES);
	assert_int_equal(type1(*state, host).value, BOOLEAN_UNKNOWN);
	assert_string_equal(type1(*state, host).fact->source, "/etc/modprobe.d/x.conf");

	/* The command line comes after all files. */
	host = make_host(*state, TYPE1_UNSAFE "=1", "");
	host->modprobe.fact = unreadable("/etc/modprobe.d/x.conf", EACCES);
	assert_int_equal(type1(*state, host).value, BOOLEAN_YES);

	host = make_host(*state, "quiet", "options " TYPE1 " " UNSAFE "=1\n");
	host->cmdline.fact = unreadable("/proc/cmdline", EACCES);
	assert_int_equal(type1(*state, host).value, BOOLEAN_UNKNOWN);

	host = make_host(*state, "quiet", "");
	host->cmdline.cut_short = true;
	assert_int_equal(type1(*state, host).value, BOOLEAN_UNKNOWN);
}

static void module_that_is_built_in_has_no_options_from_files(void **state)
{
	static const char *const builtin[] = {"vfio_pci"};
	struct host *host = make_host(*state, "quiet", "options vfio-pci ids=10de:1eb8\n");

	assert_string_equal(module_option_find(host, *state, "vfio_pci", "ids").value, "10de:1eb8");
	build_in(host, builtin, 1);
	assert_null(module_option_find(host, *state, "vfio_pci", "ids").text);

	host = make_host(*state, "vfio-pci.ids=10de:1eb9", "options vfio-pci ids=10de:1eb8\n");
	build_in(host, builtin, 1);
	struct module_option option = module_option_find(host, *state, "vfio_pci", "ids");
	assert_string_equal(option.value, "10de:1eb9");
	assert_true(option.on_command_line);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_setup, arena_teardown)
	const struct CMUnitTest tests[] = {
		TEST(module_that_is_not_loaded_has_what_it_will_be_given),
		TEST(running_module_shows_what_it_has),
		TEST(module_that_may_run_and_was_not_read_is_unknown),
		TEST(lists_without_the_module_make_up_for_its_file),
		TEST(option_that_cannot_be_written_is_what_was_configured),
		TEST(place_that_was_not_read_leaves_it_unknown),
		TEST(module_that_is_built_in_has_no_options_from_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
