/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a capture keeps of files: what is consulted, and nothing of a path that no rule has. */
#include "host/capture/redact.h"
#include "host/capture/redact_path.h"

#include <glob.h>
#include <string.h>

#include "host/host.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/tree.h"

static bool keeps_iommu(const char *name)
{
	return strcmp(name, "intel_iommu") == 0 || strcmp(name, "nomodeset") == 0;
}

static bool keeps_misspelt(const char *name)
{
	return strcmp(name, "intel_iomu") == 0;
}

static const struct capture_options options = {.keeps_parameter = keeps_iommu,
					       .keeps_name = keeps_misspelt};

static void expect_kept(struct arena *arena, const char *path, const char *text, const char *kept)
{
	struct fact_text whole = known_text(path, text);
	struct fact_text stored = redact(arena, &whole, &options);

	assert_int_equal(stored.fact.state, FACT_KNOWN);
	assert_string_equal(stored.text, kept);
	assert_int_equal(stored.length, strlen(kept));
}

struct kept_case {
	const char *text;
	const char *kept;
};

static void of_packages_only_the_version_of_qemu_is_kept(void **state)
{
	static const char qemu[] = "Package: qemu-system-x86\nStatus: install ok installed\n";
	struct tree *tree = *state;
	struct arena *arena = tree->arena;
	const char *kept = arena_printf(arena, "%sVersion: 1:7.2-7\n\n", qemu);

	expect_kept(arena, "/var/lib/dpkg/status",
		    arena_printf(arena,
				 "Package: secret\nVersion: 1\n\n%sMaintainer: x <y@z>\n"
				 "Version: 1:7.2-7\nDescription: a\n b\n\nPackage: secret\n",
				 qemu),
		    kept);
	expect_kept(arena, "/var/lib/dpkg/status", kept, kept);
	expect_kept(
		arena, "/lib/apk/db/installed",
		"P:secret\nV:1\n\nC:Q1=\nP:qemu-system-x86_64\nV:9.1.2-r1\nm:x <y@z>\n\nP:secret\n",
		"P:qemu-system-x86_64\nV:9.1.2-r1\n\n");
	assert_true(redact_names("/var/lib/pacman/local", "qemu-system-x86-9.2.0-1"));
	assert_false(redact_names("/var/lib/pacman/local", "secret-9.2.0-1"));
	assert_true(redact_names("/var/db/pkg/app-emulation", "qemu-9.2.3"));
	assert_false(redact_names("/var/db/pkg/app-emulation", "secret-9.2.3"));
	assert_true(redact_names("/etc/modprobe.d", "vfio.conf"));
}

static const struct kept_case cmdlines[] = {
	{"quiet intel_iommu=on nomodeset\n", "redacted intel_iommu=on nomodeset\n"},
	{"intel_iomu=on intel_iomu\n", "intel_iomu=redacted intel_iomu\n"},
	{"key=secret key=\"a secret\" last\n", "key=redacted key=redacted redacted\n"},
	{"\"key=a secret\" intel_iommu=on\n", "key=redacted intel_iommu=on\n"},
	{"key='a secret b=c d' x=y\n", "key=redacted redacted redacted redacted x=redacted\n"},
	{"key=a\\ secret=b x=y\n", "key=redacted redacted x=redacted\n"},
	{"\"a secret\" se\"cret\" p@ss=word\n", "redacted redacted redacted\n"},
	{"intel_iommu=\"on secret\" x\n", "\"intel_iommu=on redacted\" redacted\n"},
	{"\"intel_iommu=on secret\n", "\"intel_iommu=on redacted\"\n"},
	{"intel_iommu=on'secret'\n", "\"intel_iommu=on redacted\"\n"},
	{"$secret $(secret) a=b -- secret\n", "redacted redacted a=redacted\n"},
};

static void command_lines_keep_what_is_consulted(void **state)
{
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(cmdlines) / sizeof(cmdlines[0]); i++) {
		test_row("%s", cmdlines[i].text);
		expect_kept(tree->arena, "/proc/cmdline", cmdlines[i].text, cmdlines[i].kept);
		expect_kept(tree->arena, "/proc/cmdline", cmdlines[i].kept, cmdlines[i].kept);
	}
}

#define GRUB(value) "GRUB_CMDLINE_LINUX=" value "\n"

static const struct kept_case settings[] = {
	{"GRUB_PASSWORD=secret\n" GRUB("'key=\"a secret\" intel_iommu=on'"),
	 GRUB("\"key=redacted intel_iommu=on\"")},
	{GRUB("\"$GRUB_CMDLINE_LINUX root=$ROOT\""),
	 GRUB("\"$GRUB_CMDLINE_LINUX root=redacted$ROOT\"")},
	{GRUB("\"$(cat /secret) `secret`\""),
	 GRUB("\"redacted$(redacted) redacted redacted$(redacted)"
	      "$(redacted)\"")},
	{GRUB("'$secret intel_iommu=on'"), GRUB("\"redacted intel_iommu=on\"")},
	{GRUB("\"intel_iommu=on secret \\") "secret\"\n",
	 GRUB("\"intel_iommu=on redacted redacted")},
};

static void settings_of_grub_keep_references_and_open_quotes(void **state)
{
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		test_row("%s", settings[i].text);
		expect_kept(tree->arena, "/etc/default/grub", settings[i].text, settings[i].kept);
	}
}

static const struct kept_case modprobe_lines[] = {
	{"options vfio-pci ids=10de:1eb8\n", "options vfio-pci ids=10de:1eb8\n"},
	{"options wifi psk=vfio-secret\n", ""},
	{"install vfio_pci /bin/false\n", "install vfio_pci /bin/false\n"},
	{"install kvm /bin/sh -c 'login secret'\n", "install kvm redacted\n"},
	{"install kvm /bin/login secret /bin/true\n", "install kvm redacted\n"},
	{"blacklist nouveau\nsoftdep nouveau \\\n pre: vfio-pci\n",
	 "blacklist nouveau\nsoftdep nouveau \\\n pre: vfio-pci\n"},
	{"options ixgbe \\\n max_vfs=8 \\\n psk=secret\n", "max_vfs=8 \\\n\n"},
	{"options ixgbe max_vfs=8 psk=secret\n", "options ixgbe max_vfs=8 redacted=redacted\n"},
};

static void lines_of_modprobe_keep_no_command(void **state)
{
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(modprobe_lines) / sizeof(modprobe_lines[0]); i++) {
		test_row("%s", modprobe_lines[i].text);
		expect_kept(tree->arena, "/etc/modprobe.d/x.conf", modprobe_lines[i].text,
			    modprobe_lines[i].kept);
	}
}

static void what_is_no_name_of_a_driver_stays_none(void **state)
{
	static const struct kept_case files[] = {
		{"vfio-pci\n", "vfio-pci\n"},
		{"\n", "\n"},
		{"# secret\nvfio-pci\n", "(redacted)\n"},
		{"vfio-pci secret\n", "(redacted)\n"},
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		test_row("%s", files[i].text);
		expect_kept(tree->arena, "/etc/driverctl.d/pci-0000:01:00.0", files[i].text,
			    files[i].kept);
		expect_kept(tree->arena, "/etc/driverctl.d/pci-0000:01:00.0", files[i].kept,
			    files[i].kept);
	}
}

static void a_path_without_a_rule_keeps_nothing(void **state)
{
	struct tree *tree = *state;
	struct fact_text text = known_text("/etc/shadow", "secret");
	struct fact_text stored = redact(tree->arena, &text, &options);

	assert_int_equal(stored.fact.state, FACT_NOT_CAPTURED);
	assert_null(stored.text);
	assert_false(redact_knows("/etc/shadow"));
}

static void names_of_file_systems_are_told_apart_and_not_told(void **state)
{
	static const char path[] = "/sys/fs/btrfs/0f8fad5b-d9cb-469f-a165-70867728950e/devices";
	struct tree *tree = *state;
	const char *stored = redact_path(tree->arena, path, &options);

	assert_string_equal(redact_path(tree->arena, path, &options), stored);
	assert_null(strstr(stored, "0f8fad5b"));
	assert_int_equal(strlen(stored), strlen("/sys/fs/btrfs/01234567/devices"));
	assert_string_equal(redact_path(tree->arena, "/sys/fs/btrfs/features", &options),
			    "/sys/fs/btrfs/features");
}

static void names_of_guests_are_told_apart_and_not_told(void **state)
{
	struct tree *tree = *state;
	const char *folder = "/var/log/libvirt/qemu/";
	const char *stored = redact_path(tree->arena, "/var/log/libvirt/qemu/secret.log", &options);

	assert_null(strstr(stored, "secret"));
	assert_memory_equal(stored, folder, strlen(folder));
	assert_int_equal(strlen(stored), strlen(folder) + strlen("redacted-01234567.log"));
	assert_string_equal(redact_path(tree->arena, stored, &options), stored);
	assert_null(strstr(redact_path(tree->arena, "/var/log/libvirt/qemu/deadbeef.log", &options),
			   "deadbeef"));
	assert_string_not_equal(
		redact_path(tree->arena, "/var/log/libvirt/qemu/other.log", &options), stored);
}

static void a_log_is_kept_only_where_it_is_asked_for(void **state)
{
	struct tree *tree = *state;
	struct fact_text text = known_text("/dev/kmsg", "secret\n");

	assert_int_equal(redact(tree->arena, &text, &options).fact.state, FACT_NOT_CAPTURED);
}

static void memory_is_linear_in_the_command_line(void **state)
{
	enum { LENGTH = 32 * 1024, MOST_MEMORY = 4 * 1024 * 1024 };
	struct tree *tree = *state;
	char *line = arena_alloc(tree->arena, LENGTH);

	for (size_t i = 0; i < LENGTH; i += 2)
		memcpy(line + i, "x ", 2);
	struct fact_text text = known_bytes("/proc/cmdline", line, LENGTH);
	redact(tree->arena, &text, &options);
	assert_true(arena_size(tree->arena) < MOST_MEMORY);
}

static void load(const char *path)
{
	static const struct host_options identity = {.identity = true};
	struct root *root;
	struct host *host;

	assert_int_equal(root_open(path, &root), 0);
	root_observe(root, &tree_observer);
	assert_int_equal(host_load(root, &identity, &host), 0);
	host_free(host);
	root_close(root);
}

/* tree_host() asks the same of what other tests read. */
static void every_path_that_an_audit_reads_has_a_rule(void **state)
{
	glob_t fixtures;

	(void)state;
	assert_int_equal(glob(PASSCHECK_SOURCE "/fixtures/*/root", 0, NULL, &fixtures), 0);
	for (size_t i = 0; i < fixtures.gl_pathc; i++)
		load(fixtures.gl_pathv[i]);
	globfree(&fixtures);
	load("/");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(command_lines_keep_what_is_consulted),
		TEST(of_packages_only_the_version_of_qemu_is_kept),
		TEST(settings_of_grub_keep_references_and_open_quotes),
		TEST(lines_of_modprobe_keep_no_command),
		TEST(what_is_no_name_of_a_driver_stays_none),
		TEST(a_path_without_a_rule_keeps_nothing),
		TEST(names_of_file_systems_are_told_apart_and_not_told),
		TEST(names_of_guests_are_told_apart_and_not_told),
		TEST(a_log_is_kept_only_where_it_is_asked_for),
		TEST(memory_is_linear_in_the_command_line),
		TEST(every_path_that_an_audit_reads_has_a_rule),
	};

	return cmocka_run_group_tests_name("redact", tests, NULL, NULL);
}
