/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <zlib.h>

#include "host/base/array.h"
#include "host/boot/kconfig.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/tree.h"

enum { GZIP_WINDOW = 15 + 16, GZIP_ROOM = 4096 };

static const char sample[] = "#\n# Automatically generated file; DO NOT EDIT.\n#\n"
			     "CONFIG_VFIO=m\nCONFIG_KVM=y\nCONFIG_PCI_IOV=n\n"
			     "# CONFIG_VFIO_NOIOMMU is not set\nCONFIG_HZ=250\n"
			     "CONFIG_LOCALVERSION=\"=y\"\n";

static struct kconfig parse_bytes(struct arena *arena, const void *bytes, size_t length)
{
	const struct fact_text text = known_bytes("/proc/config.gz", bytes, length);
	struct kconfig kconfig;

	kconfig_parse(arena, &text, &kconfig);
	return kconfig;
}

static size_t compress_text(const char *text, char out[static GZIP_ROOM])
{
	z_stream stream = {
		.next_in = (Bytef *)(uintptr_t)text,
		.avail_in = (uInt)strlen(text),
		.next_out = (Bytef *)out,
		.avail_out = GZIP_ROOM,
	};

	assert_int_equal(
		deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY),
		Z_OK);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	deflateEnd(&stream);
	return stream.total_out;
}

static void check_sample(const struct kconfig *kconfig)
{
	assert_int_equal(kconfig->fact.state, FACT_KNOWN);
	assert_int_equal(kconfig_get(kconfig, "VFIO"), KCONFIG_MODULE);
	assert_int_equal(kconfig_get(kconfig, "KVM"), KCONFIG_YES);
	assert_int_equal(kconfig_get(kconfig, "HZ"), KCONFIG_OTHER);
	assert_int_equal(kconfig_get(kconfig, "LOCALVERSION"), KCONFIG_OTHER);
}

static void options_have_the_value_of_their_line(void **state)
{
	struct arena *arena = arena_new();
	struct kconfig kconfig = parse_bytes(arena, sample, strlen(sample));

	(void)state;
	check_sample(&kconfig);
	arena_free(arena);
}

static void the_version_is_that_of_the_header(void **state)
{
	static const struct {
		const char *line;
		struct kernel_version version;
	} rows[] = {
		{"# Linux/x86 6.1.192 Kernel Configuration", {6, 1, 192}},
		{"# Linux/x86_64 5.14.0-427.13.1.el9_4.x86_64 Kernel Configuration", {5, 14, 0}},
		{"# Linux/arm64 6.12.0-rc1 Kernel Configuration", {6, 12, 0}},
		{"# Linux/x86 Kernel Configuration", {0, 0, 0}},
		{"# Linux/x86 -1.2 Kernel Configuration", {0, 0, 0}},
		{"# Linux/x86 6.1.192", {0, 0, 0}},
		{"# Automatically generated file; DO NOT EDIT.", {0, 0, 0}},
	};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].line);
		const char *text = arena_printf(arena, "#\n%s\n#\n%s", rows[i].line, sample);
		struct kconfig kconfig = parse_bytes(arena, text, strlen(text));
		assert_int_equal(kconfig.version.major, rows[i].version.major);
		assert_int_equal(kconfig.version.minor, rows[i].version.minor);
		assert_int_equal(kconfig.version.point, rows[i].version.point);
	}
	arena_free(arena);
}

static void what_is_not_set_is_no(void **state)
{
	struct arena *arena = arena_new();
	struct kconfig kconfig = parse_bytes(arena, sample, strlen(sample));

	(void)state;
	assert_int_equal(kconfig_get(&kconfig, "VFIO_NOIOMMU"), KCONFIG_NO);
	assert_int_equal(kconfig_get(&kconfig, "PCI_IOV"), KCONFIG_NO);
	assert_int_equal(kconfig_get(&kconfig, "NEVER_MENTIONED"), KCONFIG_NO);
	arena_free(arena);
}

static void a_gzipped_configuration_is_read(void **state)
{
	struct arena *arena = arena_new();
	char bytes[GZIP_ROOM];
	struct kconfig kconfig = parse_bytes(arena, bytes, compress_text(sample, bytes));

	(void)state;
	check_sample(&kconfig);
	arena_free(arena);
}

static void a_damaged_gzip_is_malformed(void **state)
{
	struct arena *arena = arena_new();
	char bytes[GZIP_ROOM];
	size_t length = compress_text(sample, bytes);

	(void)state;
	for (size_t cut = 3; cut < length; cut++)
		assert_int_equal(parse_bytes(arena, bytes, cut).fact.state, FACT_MALFORMED);
	bytes[length / 2] ^= 0x55;
	assert_int_equal(parse_bytes(arena, bytes, length).fact.state, FACT_MALFORMED);
	arena_free(arena);
}

static void a_gzip_that_claims_too_much_takes_no_memory(void **state)
{
	struct arena *arena = arena_new();
	char bytes[GZIP_ROOM];
	size_t length = compress_text(sample, bytes);
	size_t before = arena_size(arena);

	(void)state;
	memset(bytes + length - 4, 0xff, 4);
	assert_int_equal(parse_bytes(arena, bytes, length).fact.state, FACT_MALFORMED);
	assert_true(arena_size(arena) - before < 64 * 1024);
	assert_false(arena_failed(arena));
	arena_free(arena);
}

static void a_file_without_options_is_malformed(void **state)
{
	static const struct {
		const char *text;
		size_t length;
	} rows[] = {{"", 0}, {"# a comment\n", 12}, {"<html>\n", 7}, {"CONFIG_A=y\n\0\n", 13}};
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].text);
		assert_int_equal(parse_bytes(arena, rows[i].text, rows[i].length).fact.state,
				 FACT_MALFORMED);
	}
	arena_free(arena);
}

static void options_that_are_all_off_make_a_configuration(void **state)
{
	static const char text[] = "# CONFIG_PCI is not set\n";
	struct arena *arena = arena_new();
	struct kconfig kconfig = parse_bytes(arena, text, strlen(text));

	(void)state;
	assert_int_equal(kconfig.fact.state, FACT_KNOWN);
	assert_int_equal(kconfig_get(&kconfig, "PCI"), KCONFIG_NO);
	arena_free(arena);
}

static void a_last_line_without_its_newline_was_cut_short(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	const struct kconfig cut = parse_bytes(arena, sample, strlen(sample) - 20);
	const struct kconfig whole = parse_bytes(arena, sample, strlen(sample));
	assert_true(cut.cut_short);
	assert_false(kconfig_lacks(&cut, "NO_SUCH_OPTION"));
	assert_false(whole.cut_short);
	assert_true(kconfig_lacks(&whole, "NO_SUCH_OPTION"));
	arena_free(arena);
}

static struct kconfig load(struct tree *tree, const char *release)
{
	struct kconfig kconfig = {0};
	struct root *root;

	assert_int_equal(root_open(tree->path, &root), 0);
	kconfig_load(root, tree->arena, release, &kconfig);
	root_close(root);
	return kconfig;
}

static void every_place_of_the_release_is_looked_at(void **state)
{
	static const char *const places[] = {
		"/lib/modules/6.1.0/build/.config",
		"/usr/src/linux-headers-6.1.0/.config",
		"/usr/lib/kernel/config-6.1.0",
		"/usr/lib/ostree-boot/config-6.1.0",
		"/usr/lib/modules/6.1.0/config",
		"/usr/src/linux-6.1.0/.config",
		"/boot/config-6.1.0",
		"/proc/config.gz",
	};
	struct tree *tree = *state;

	/* From the last place to the first: each one found wins over those before it. */
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
		test_row("%s", places[i]);
		tree_file(tree, places[i], sample);
		struct kconfig kconfig = load(tree, "6.1.0");
		assert_string_equal(kconfig.fact.source, places[i]);
		check_sample(&kconfig);
	}
}

static void the_configuration_of_another_kernel_does_not_count(void **state)
{
	static const char *const releases[] = {"6.1.0", NULL, "", "../boot/config-5.10.0"};
	struct tree *tree = *state;

	tree_file(tree, "/boot/config-5.10.0", sample);
	tree_file(tree, "/usr/src/linux/.config", sample);
	for (size_t i = 0; i < ARRAY_LENGTH(releases); i++) {
		test_row("%s", releases[i]);
		struct kconfig kconfig = load(tree, releases[i]);
		assert_false(fact_known(&kconfig.fact));
	}
}

static void without_a_release_absence_is_not_known(void **state)
{
	struct kconfig kconfig = load(*state, NULL);

	assert_int_equal(kconfig.fact.state, FACT_NOT_CAPTURED);
}

static void a_damaged_place_is_passed_over(void **state)
{
	struct tree *tree = *state;
	struct kconfig kconfig;

	tree_file(tree, "/proc/config.gz", "\x1f\x8b damaged beyond repair");
	kconfig = load(tree, "6.1.0");
	assert_int_equal(kconfig.fact.state, FACT_MALFORMED);
	assert_string_equal(kconfig.fact.source, "/proc/config.gz");
	tree_file(tree, "/boot/config-6.1.0", sample);
	kconfig = load(tree, "6.1.0");
	assert_string_equal(kconfig.fact.source, "/boot/config-6.1.0");
}

static void a_place_that_is_no_file_is_not_absent(void **state)
{
	struct tree *tree = *state;

	tree_directory(tree, "/boot/config-6.1.0");
	struct kconfig kconfig = load(tree, "6.1.0");
	assert_false(fact_settled(&kconfig.fact));
	assert_string_equal(kconfig.fact.source, "/boot/config-6.1.0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_have_the_value_of_their_line),
		cmocka_unit_test(the_version_is_that_of_the_header),
		cmocka_unit_test(what_is_not_set_is_no),
		cmocka_unit_test(a_gzipped_configuration_is_read),
		cmocka_unit_test(a_damaged_gzip_is_malformed),
		cmocka_unit_test(a_gzip_that_claims_too_much_takes_no_memory),
		cmocka_unit_test(a_file_without_options_is_malformed),
		cmocka_unit_test(options_that_are_all_off_make_a_configuration),
		cmocka_unit_test(a_last_line_without_its_newline_was_cut_short),
		cmocka_unit_test_setup_teardown(every_place_of_the_release_is_looked_at, tree_setup,
						tree_teardown),
		cmocka_unit_test_setup_teardown(the_configuration_of_another_kernel_does_not_count,
						tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(without_a_release_absence_is_not_known, tree_setup,
						tree_teardown),
		cmocka_unit_test_setup_teardown(a_damaged_place_is_passed_over, tree_setup,
						tree_teardown),
		cmocka_unit_test_setup_teardown(a_place_that_is_no_file_is_not_absent, tree_setup,
						tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
