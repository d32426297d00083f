/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "model/boot/declared_system.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"
#include "tests/unit/support/tree.h"

#define ID(name) "vfio-driver." name
#define MODULES  "/lib/modules/6.1.0/"
#define VFIO_DEP                                                                                   \
	"kernel/drivers/vfio/pci/vfio-pci.ko.xz: kernel/drivers/vfio/vfio.ko.xz\n"                 \
	"kernel/drivers/vfio/vfio_iommu_type1.ko.xz:\n"                                            \
	"kernel/fs/ext4/ext4.ko.xz:\n"

static struct findings *judge_tree(struct tree *tree, const char *release)
{
	struct host *host = unread_host(tree->arena);
	struct root *root = tree_open(tree);

	host->kernel_release = known_text("/proc/version", release);
	modules_load(root, tree->arena, "6.1.0", &host->modules);
	modprobe_load(root, tree->arena, &host->modprobe);
	module_lists_load(root, tree->arena, &host->modprobe, &host->module_lists);
	hypervisor_load(root, tree->arena, "x86_64", &host->hypervisor);
	return judge(tree->arena, "vfio-driver", host);
}

static void add_modules(const struct tree *tree, const char *loaded, const char *builtin,
			const char *dependencies)
{
	tree_file(tree, "/proc/modules", loaded);
	tree_file(tree, MODULES "modules.builtin", builtin);
	tree_file(tree, MODULES "modules.dep", dependencies);
}

static void modules_that_can_be_loaded_pass(void **state)
{
	add_modules(*state, "ext4 1 1 - Live 0x0\n", "kernel/a/b.ko\n", VFIO_DEP);
	const struct finding *finding =
		expect_finding(judge_tree(*state, "6.1.0"), ID("present"), FINDING_PASS);
	assert_true(has_evidence(finding, "vfio_pci: can be loaded"));
}

static void modules_that_are_loaded_or_built_in_pass(void **state)
{
	add_modules(*state, "vfio_pci 1 1 - Live 0x0\n", "kernel/vfio/vfio_iommu_type1.ko\n", "");
	const struct finding *finding =
		expect_finding(judge_tree(*state, "6.1.0"), ID("present"), FINDING_PASS);
	assert_true(has_evidence(finding, "vfio_pci: loaded"));
	assert_true(has_evidence(finding, "vfio_iommu_type1: built in"));
}

static void module_in_no_list_fails(void **state)
{
	add_modules(*state, "ext4 1 1 - Live 0x0\n", "kernel/a/b.ko\n",
		    "kernel/fs/ext4/ext4.ko.xz: kernel/vfio-pci.ko\n");
	const struct finding *finding =
		expect_finding(judge_tree(*state, "6.1.0"), ID("missing"), FINDING_FAIL);
	assert_string_equal(finding->summary, "the running kernel has no module vfio_pci");
}

static void modules_of_a_replaced_kernel_are_gone(void **state)
{
	tree_file(*state, "/proc/modules", "ext4 1 1 - Live 0x0\n");
	tree_directory(*state, "/lib/modules/6.2.0");
	expect_finding(judge_tree(*state, "6.1.0"), ID("modules-gone"), FINDING_FAIL);
}

static void container_does_not_see_the_modules_of_the_host(void **state)
{
	tree_file(*state, "/run/.containerenv", "");
	tree_file(*state, "/proc/modules", "ext4 1 1 - Live 0x0\n");
	tree_directory(*state, "/lib/modules/6.2.0");
	expect_finding(judge_tree(*state, "6.1.0"), ID("unknown"), FINDING_UNKNOWN);
}

static void lists_that_were_not_read_leave_it_unknown(void **state)
{
	tree_file(*state, "/proc/modules", "ext4 1 1 - Live 0x0\n");
	expect_finding(judge_tree(*state, "6.1.0"), ID("unknown"), FINDING_UNKNOWN);
}

static void install_line_that_runs_false_refuses(void **state)
{
	add_modules(*state, "", "kernel/a/b.ko\n", VFIO_DEP);
	tree_file(*state, "/etc/modprobe.d/hard.conf", "install vfio_pci /bin/false\n");
	expect_finding(judge_tree(*state, "6.1.0"), ID("refused"), FINDING_FAIL);
}

/* vfio is linked with iommufd, from 6.2 on. */
static void install_line_for_iommufd_refuses_where_the_kernel_has_it(void **state)
{
	add_modules(*state, "", "kernel/a/b.ko\n",
		    VFIO_DEP "kernel/drivers/iommu/iommufd/iommufd.ko:\n");
	tree_file(*state, "/etc/modprobe.d/hard.conf", "install iommufd /bin/false\n");
	expect_finding(judge_tree(*state, "6.2.0"), ID("refused"), FINDING_FAIL);
}

static void install_line_for_iommufd_does_nothing_where_it_is_not_there(void **state)
{
	add_modules(*state, "", "kernel/a/b.ko\n", VFIO_DEP);
	tree_file(*state, "/etc/modprobe.d/hard.conf", "install iommufd /bin/false\n");
	assert_null(finding_of(judge_tree(*state, "6.1.0"), ID("refused")));
}

static void install_line_for_a_part_of_vfio_pci_does_nothing_before_5_15(void **state)
{
	add_modules(*state, "", "kernel/a/b.ko\n", VFIO_DEP);
	tree_file(*state, "/etc/modprobe.d/hard.conf", "install vfio_pci_core /bin/false\n");
	assert_null(finding_of(judge_tree(*state, "5.10.0"), ID("refused")));
}

static void options_of_a_built_in_module_are_not_applied(void **state)
{
	add_modules(*state, "", "kernel/vfio-pci.ko\nkernel/vfio_iommu_type1.ko\n", "");
	tree_file(*state, "/etc/modprobe.d/vfio.conf", "options vfio-pci ids=10de:1eb8\n");
	struct findings *findings = judge_tree(*state, "6.1.0");
	expect_finding(findings, ID("options-not-applied"), FINDING_WARN);
	assert_null(finding_of(findings, ID("id-matches-nothing")));
}

static void virqfd_is_asked_for_in_vain_since_6_2(void **state)
{
	add_modules(*state, "", "kernel/a/b.ko\n", VFIO_DEP);
	tree_file(*state, "/etc/mkinitcpio.conf", "MODULES=(vfio_pci vfio_virqfd)\n#vfio_virqfd\n");
	struct findings *findings = judge_tree(*state, "6.6.1");
	expect_finding(findings, ID("virqfd"), FINDING_WARN);
	assert_int_equal(findings->count, 2);
}

static void virqfd_is_a_module_before_6_2(void **state)
{
	add_modules(*state, "", "kernel/a/b.ko\n", VFIO_DEP);
	tree_file(*state, "/etc/mkinitcpio.conf", "MODULES=(vfio_pci vfio_virqfd)\n");
	assert_null(finding_of(judge_tree(*state, "6.1.0"), ID("virqfd")));
}

static void configuration_settles_what_lists_do_not(void **state)
{
	struct paper *paper = *state;
	struct fact_text config = known_text("/proc/config.gz", "CONFIG_VFIO=y\n");

	kconfig_parse(paper->arena, &config, &paper->host.kconfig);
	paper->host.modules.available.fact.state = FACT_NOT_CAPTURED;
	const struct finding *finding = expect_finding(
		judge(paper->arena, "vfio-driver", &paper->host), ID("missing"), FINDING_FAIL);
	assert_true(has_evidence(finding, "/proc/config.gz"));
}

/* Two cards of one kind, with these drivers. */
static struct findings *judge_ids(struct paper *paper, const char *ids, const char *first,
				  const char *second)
{
	paper_command_line(paper, ids);
	if (!paper->host.pci.count) {
		add_function(paper, "0000:01:00.0", NULL);
		add_function(paper, "0000:02:00.0", NULL);
	}
	set_driver(&paper->host.pci.functions[0], first);
	set_driver(&paper->host.pci.functions[1], second);
	paper->host.pci.fact = known("/sys/bus/pci/devices");
	return judge(paper->arena, "vfio-driver", &paper->host);
}

static void twin_in_use_by_the_host_is_named(void **state)
{
	const struct finding *finding =
		expect_finding(judge_ids(*state, "vfio-pci.ids=1234:5678", "vfio-pci", "nvme"),
			       ID("id-twin"), FINDING_WARN);

	assert_string_equal(finding->summary,
			    "ids=1234:5678 also matches 0000:02:00.0, which nvme uses");
}

static void twins_in_use_by_the_host_are_told_at_once(void **state)
{
	static const char *const names[] = {"0000:02:00.1", "0000:02:00.2", "0000:02:00.3",
					    "0000:02:00.4"};
	struct paper *paper = *state;

	add_function(paper, "0000:01:00.0", NULL);
	add_function(paper, "0000:02:00.0", NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		set_driver(add_function(paper, names[i], NULL), "nvme");
	struct findings *findings = judge_ids(paper, "vfio-pci.ids=1234:5678", "vfio-pci", "nvme");
	const struct finding *finding = expect_finding(findings, ID("id-twin"), FINDING_WARN);
	assert_string_equal(finding->summary,
			    "ids=1234:5678 also matches 0000:02:00.0, 0000:02:00.1, 0000:02:00.2, "
			    "0000:02:00.3 and 1 more, which nvme uses");
}

static void ids_that_took_nothing_are_told(void **state)
{
	static const char *const groups[] = {"0000:01:00.0"};
	static const char *const modules[] = {"vfio_iommu_type1", "vfio_pci"};
	static const struct {
		const char *command_line;
		const char *file;     /* in modprobe.d */
		const char *override; /* the driver that it alone may have */
		bool loaded;
		const char *why; /* NULL: nothing is told */
	} rows[] = {
		{"vfio-pci.ids=1234:5678", "", NULL, false, "vfio-pci is not loaded: ids="},
		{"quiet", "options vfio-pci ids=1234:5678\n", NULL, false,
		 "vfio-pci is not loaded: ids="},
		{"quiet", "options vfio-pci ids=1234:5678\n", NULL, true,
		 "vfio-pci is loaded without its ids: ids="},
		{"quiet", "options vfio-pci ids=1234:5678\n", "nvme", true, NULL},
		{"vfio-pci.ids=1234:5678", "", NULL, true, NULL}, /* it was taken away since */
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct paper *paper = *state;
		struct fact_text file = known_text("/etc/modprobe.d/vfio.conf", rows[i].file);
		test_row("%s, %s", rows[i].command_line, rows[i].file);
		paper_reset(paper);
		struct pci_function *function =
			add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);
		add_groups(paper, groups, 1);
		set_ids(function, 0x1234, 0x5678);
		paper->host.pci.fact = known("/sys/bus/pci/devices");
		paper_command_line(paper, rows[i].command_line);
		modprobe_parse(paper->arena, &file, &paper->host.modprobe);
		paper->host.modules.loaded.names = modules;
		paper->host.modules.loaded.count = rows[i].loaded ? 2 : 1;
		if (rows[i].override)
			function->driver_override = known_text("driver_override", rows[i].override);
		const struct findings *findings = judge(paper->arena, "vfio-driver", &paper->host);
		if (rows[i].why)
			assert_non_null(strstr(
				expect_finding(findings, ID("id-not-taken"), FINDING_WARN)->summary,
				rows[i].why));
		else
			assert_null(finding_of(findings, ID("id-not-taken")));
	}
}

static void driver_that_came_first_is_named(void **state)
{
	const struct finding *finding =
		expect_finding(judge_ids(*state, "vfio-pci.ids=1234:5678", "nvme", "pci-stub"),
			       ID("id-too-late"), FINDING_WARN);

	assert_non_null(strstr(finding->remedy, "softdep nvme pre: vfio-pci"));
}

static void what_driverctl_gives_to_another_is_named(void **state)
{
	static struct module_list_line saved = {.source = "/etc/driverctl.d/pci-0000:01:00.0",
						.text = "0000:01:00.0",
						.owner = OVERRIDE_DRIVERCTL,
						.driver = "nvme"};
	struct paper *paper = *state;

	paper->host.module_lists.overrides = &saved;
	paper->host.module_lists.override_count = 1;
	module_lists_index(paper->arena, &paper->host.module_lists);
	struct findings *findings = judge_ids(paper, "vfio-pci.ids=1234:5678", "nvme", "pci-stub");
	const struct finding *finding = expect_finding(findings, ID("id-too-late"), FINDING_WARN);
	assert_non_null(strstr(finding->remedy, "driverctl gives 0000:01:00.0 to nvme"));
	assert_true(has_evidence(finding, saved.source));
	/* A twin that it keeps for the host is no surprise. */
	findings = judge_ids(paper, "vfio-pci.ids=1234:5678", "nvme", "vfio-pci");
	assert_null(finding_of(findings, ID("id-twin")));
}

/* They come behind those of the kernel command line, where initramfs-tools reads the list. */
static void ids_of_the_list_of_initramfs_tools_count(void **state)
{
	static const struct {
		const char *text;
		enum boot_tool tool;
		bool counts;
	} rows[] = {
		{"vfio_pci ids=1234:5678", BOOT_TOOL_UPDATE_INITRAMFS, true},
		{"vfio-pci disable_vga=1 ids=1234:5678", BOOT_TOOL_UPDATE_INITRAMFS, true},
		{"vfio_pci ids=1234:5678 ids=8086:1572", BOOT_TOOL_UPDATE_INITRAMFS, false},
		{"vfio_pci", BOOT_TOOL_UPDATE_INITRAMFS, false},
		{"options vfio_pci ids=1234:5678", BOOT_TOOL_UPDATE_INITRAMFS, false},
		{"vfio_pci ids=1234:5678", BOOT_TOOL_DRACUT, false},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct paper *paper = *state;
		struct module_list_line line = {.source = "/etc/initramfs-tools/modules",
						.text = rows[i].text,
						.initramfs = true};
		test_row("%s", rows[i].text);
		paper_reset(paper);
		paper->host.module_lists.lines = &line;
		paper->host.module_lists.count = 1;
		paper->host.boot_tools.nodes[rows[i].tool].fact = known("/usr/sbin");
		struct findings *findings =
			judge_ids(paper, "vfio-pci.ids=8086:1572", "nvme", "pci-stub");
		const struct finding *finding = finding_of(findings, ID("id-too-late"));
		assert_int_equal(finding != NULL, rows[i].counts);
		if (finding)
			assert_true(has_evidence(finding, line.source));
	}
}

/* To have vfio-pci first would take the disk from the host. */
static void ids_of_what_the_host_needs_are_to_go(void **state)
{
	struct paper *paper = *state;
	struct usage_entry entry = {
		.kind = USAGE_MOUNT,
		.what = "/",
		.through = "nvme0n1",
		.path = "/sys/devices/pci0000:00/0000:01:00.0/nvme/nvme0/nvme0n1",
		.source = "/proc/self/mountinfo"};

	paper->host.usage.entries = &entry;
	paper->host.usage.count = 1;
	struct findings *findings = judge_ids(paper, "vfio-pci.ids=1234:5678", "nvme", "nvme");
	const struct finding *finding = expect_finding(findings, ID("id-host-use"), FINDING_WARN);
	assert_string_equal(finding->summary, "ids=1234:5678 also matches 0000:01:00.0, which the "
					      "host needs for the file system / (nvme0n1)");
	assert_null(finding_of(findings, ID("id-too-late")));
}

/* To have vfio-pci first would take the VFs away. */
static void ids_of_a_pf_with_vfs_are_to_go(void **state)
{
	static const char *const others[] = {"vfio-pci", "pci-stub"}; /* of its twin */

	for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
		struct paper *paper = *state;
		test_row("%s", others[i]);
		paper_reset(paper);
		add_function(paper, "0000:01:00.0", NULL)->sriov.numvfs =
			(struct fact_number){.fact = known("sriov_numvfs"), .value = 2};
		add_function(paper, "0000:02:00.0", NULL);
		struct findings *findings =
			judge_ids(paper, "vfio-pci.ids=1234:5678", "xe", others[i]);
		const struct finding *finding = expect_finding(findings, ID("id-pf"), FINDING_WARN);
		assert_string_equal(finding->summary, "ids=1234:5678 also matches 0000:01:00.0, of "
						      "which xe has made VFs");
		assert_null(finding_of(findings, ID("id-twin")));
		assert_null(finding_of(findings, ID("id-too-late")));
	}
}

/* No driver lifts what the host needs of the group. */
static void ids_do_not_free_what_goes_with_what_the_host_needs(void **state)
{
	static const char *const groups[] = {"0000:01:00.0 0000:02:00.0"};
	struct paper *paper = *state;
	struct usage_entry entry = {.kind = USAGE_MOUNT,
				    .what = "/",
				    .through = "sda1",
				    .path = "/sys/devices/pci0000:00/0000:02:00.0/block/sda",
				    .source = "/proc/self/mountinfo"};

	add_function(paper, "0000:01:00.0", NULL);
	set_ids(add_function(paper, "0000:02:00.0", NULL), 0x1111, 0x2222);
	add_groups(paper, groups, 1);
	paper->host.usage.entries = &entry;
	paper->host.usage.count = 1;
	const struct finding *finding =
		expect_finding(judge_ids(paper, "vfio-pci.ids=1234:5678", "snd_hda_intel", "ahci"),
			       ID("id-too-late"), FINDING_WARN);
	assert_non_null(strstr(finding->remedy, "its group holds 0000:02:00.0"));
	assert_null(strstr(finding->remedy, "softdep"));
	assert_null(finding->commands);
}

static void a_configuration_that_builds_it_in_settles_it_too(void **state)
{
	static const char text[] = "CONFIG_VFIO_PCI=y\nCONFIG_VFIO_IOMMU_TYPE1=y\n";
	struct paper *paper = *state;
	struct fact_text config = known_text("/proc/config.gz", text);

	kconfig_parse(paper->arena, &config, &paper->host.kconfig);
	paper->host.modules.builtin.fact.state = FACT_NOT_CAPTURED;
	paper->host.modules.available.fact.state = FACT_NOT_CAPTURED;
	const struct finding *finding = expect_finding(
		judge(paper->arena, "vfio-driver", &paper->host), ID("present"), FINDING_PASS);
	assert_true(has_evidence(finding, "vfio_pci: built in"));
}

static void a_rule_whose_device_has_moved_is_told(void **state)
{
	static struct module_list_line rules[] = {
		{.source = "/etc/udev/rules.d/10.rules",
		 .text = "KERNEL==\"0000:01:00.0\", ATTR{vendor}==\"0x1234\", ATTR{device}==\"0x5678\", "
			 "ATTR{driver_override}=\"vfio-pci\""},
		{.source = "/etc/udev/rules.d/20.rules",
		 .text = "KERNEL==\"0000:01:00.0\", ATTR{vendor}==\"0x10de\", ATTR{device}==\"0x1b80\", "
			 "ATTR{driver_override}=\"vfio-pci\""},
	};
	struct paper *paper = *state;

	add_function(paper, "0000:01:00.0", NULL);
	set_ids(add_function(paper, "0000:02:00.0", NULL), 0x10de, 0x1b80);
	paper->host.module_lists.rules = rules;
	paper->host.module_lists.rule_count = 1;
	assert_null(finding_of(judge(paper->arena, "vfio-driver", &paper->host), ID("rule-moved")));
	paper->host.module_lists.rule_count = 2;
	const struct finding *finding = expect_finding(
		judge(paper->arena, "vfio-driver", &paper->host), ID("rule-moved"), FINDING_WARN);
	assert_string_equal(finding->summary,
			    "/etc/udev/rules.d/20.rules means 10de:1b80 at 0000:01:00.0, where "
			    "another device is now");
	assert_non_null(strstr(finding->remedy, "Write 0000:02:00.0 into the rule"));
}

static void what_unraid_cannot_bind_is_told(void **state)
{
	static const struct {
		const char *address;
		const char *ids;
		const char *why; /* NULL: it is there */
	} rows[] = {
		{"0000:02:00.0", "10de:1b80", NULL},
		{"0000:02:00.0", NULL, NULL},
		{"0000:02:00.0", "10de:1b81", "another device is at that address now"},
		{"0000:03:00.0", "10de:1b80", "no device is at that address now"},
		{"0000:03:00.0", NULL, "no device is at that address now"},
	};
	struct module_list_line entry = {.source = MODULE_LISTS_UNRAID, .owner = OVERRIDE_UNRAID};
	struct paper *paper = *state;

	paper->host.pci.fact = known("/sys/bus/pci/devices");
	set_ids(add_function(paper, "0000:02:00.0", NULL), 0x10de, 0x1b80);
	paper->host.module_lists.overrides = &entry;
	paper->host.module_lists.override_count = 1;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s %s", rows[i].address, rows[i].ids ? rows[i].ids : "");
		entry.text = rows[i].address;
		entry.ids = rows[i].ids;
		const struct findings *findings = judge(paper->arena, "vfio-driver", &paper->host);
		if (rows[i].why)
			assert_non_null(strstr(
				expect_finding(findings, ID("binding-lost"), FINDING_WARN)->summary,
				rows[i].why));
		else
			assert_null(finding_of(findings, ID("binding-lost")));
	}
}

static void softdep_is_on_the_module_of_the_driver(void **state)
{
	const struct finding *finding =
		expect_finding(judge_ids(*state, "vfio-pci.ids=1234:5678", "xhci_hcd", "pci-stub"),
			       ID("id-too-late"), FINDING_WARN);

	assert_non_null(strstr(finding->remedy, "softdep xhci_pci pre: vfio-pci"));
	assert_non_null(strstr(finding->remedy, "unbind it from xhci_hcd"));
}

/* An initramfs that comes with an image takes no file of modprobe.d. */
static void no_softdep_is_advised_where_the_initramfs_comes_with_an_image(void **state)
{
	struct paper *paper = *state;

	paper->host.system_info.os_id = known_text("/etc/os-release", "talos");
	const struct finding *finding =
		expect_finding(judge_ids(paper, "vfio-pci.ids=1234:5678", "nvme", "pci-stub"),
			       ID("id-too-late"), FINDING_WARN);

	assert_null(strstr(finding->remedy, "softdep"));
	assert_non_null(strstr(finding->remedy, "Talos brings an initramfs of its own"));
	/* Where a plan says it, too. */
	assert_non_null(strstr(finding->remedy, declared_system_bindings(&paper->host)));
}

static void say_built_in(struct paper *paper, const char *const *names, size_t count)
{
	paper->host.modules.builtin.names = names;
	paper->host.modules.builtin.count = count;
}

static const struct finding *judge_late(struct paper *paper)
{
	return expect_finding(judge_ids(paper, "vfio-pci.ids=1234:5678", "nvme", "pci-stub"),
			      ID("id-too-late"), FINDING_WARN);
}

static void driver_that_is_built_in_is_never_too_late_for_modprobe(void **state)
{
	static const char *const names[] = {"nvme"};

	say_built_in(*state, names, 1);
	const struct finding *finding = judge_late(*state);
	assert_null(strstr(finding->remedy, "softdep"));
	assert_non_null(strstr(finding->remedy, "nvme is part of the kernel"));
	assert_non_null(strstr(finding->remedy, "driver_override of 0000:01:00.0"));
	assert_true(has_evidence(finding, "nvme is built in"));
}

static void softdep_does_not_order_a_vfio_pci_that_is_built_in(void **state)
{
	static const char *const names[] = {"vfio_pci"};

	say_built_in(*state, names, 1);
	const struct finding *finding = judge_late(*state);
	assert_null(strstr(finding->remedy, "softdep"));
	assert_non_null(strstr(finding->remedy, "vfio-pci is part of the kernel and has its ids"));
	assert_null(strstr(finding->remedy, "Where"));
	assert_non_null(strstr(finding->remedy, "yet nvme came first, or was bound since"));
	assert_true(has_evidence(finding, "vfio_pci is built in"));
}

static void options_on_the_command_line_are_applied(void **state)
{
	static const char *const names[] = {"vfio_pci"};
	static const struct {
		const char *cmdline;
		const char *remedy; /* a part of it; NULL: no finding */
	} cases[] = {
		{"quiet", "Put vfio-pci.ids=10de:1eb8 vfio-pci.disable_vga=1 on"},
		{"vfio_pci.ids=10de:1eb8", "Put vfio-pci.disable_vga=1 on"},
		{"vfio-pci.ids=10de:1eb8 vfio-pci.disable_vga=1", NULL},
		{"vfio-pci.ids=10de:1eb9 vfio-pci.disable_vga=1", "has vfio-pci.ids=10de:1eb9:"},
	};

	struct paper *paper = *state;
	struct fact_text file = known_text("/etc/modprobe.d/vfio.conf",
					   "options vfio-pci ids=10de:1eb8 disable_vga=1\n");

	say_built_in(paper, names, 1);
	modprobe_parse(paper->arena, &file, &paper->host.modprobe);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		test_row("%s", cases[i].cmdline);
		paper_command_line(paper, cases[i].cmdline);
		struct findings *findings = judge(paper->arena, "vfio-driver", &paper->host);
		const struct finding *finding = finding_of(findings, ID("options-not-applied"));
		if (cases[i].remedy)
			assert_non_null(strstr(finding->remedy, cases[i].remedy));
		else
			assert_null(finding);
	}
}

static void softdep_that_is_set_is_not_advised_again(void **state)
{
	struct paper *paper = *state;
	struct fact_text file =
		known_text("/etc/modprobe.d/vfio.conf", "softdep nvme pre: vfio-pci\n");

	modprobe_parse(paper->arena, &file, &paper->host.modprobe);
	const struct finding *finding = judge_late(paper);
	assert_null(strstr(finding->remedy, "add \"softdep"));
	assert_non_null(strstr(finding->remedy, "in /etc/modprobe.d/vfio.conf is set already"));
	assert_true(has_evidence(finding, "softdep nvme pre: vfio-pci"));
}

/* As packages of NVIDIA's driver have "softdep nvidia post: nvidia-uvm". */
static void softdep_behind_another_of_the_driver_does_not_count(void **state)
{
	struct paper *paper = *state;
	struct fact_text first =
		known_text("/usr/lib/modprobe.d/nvme.conf", "softdep nvme post: other\n");
	struct fact_text file =
		known_text("/etc/modprobe.d/vfio.conf", "softdep nvme pre: vfio-pci\n");

	modprobe_parse(paper->arena, &first, &paper->host.modprobe);
	modprobe_parse(paper->arena, &file, &paper->host.modprobe);
	const struct finding *finding = judge_late(paper);
	assert_non_null(strstr(finding->remedy, "the one in /usr/lib/modprobe.d/nvme.conf: write "
						"pre: vfio-pci into it, in a copy of the file"));
	assert_true(has_evidence(finding, "softdep nvme post: other"));
}

static void blacklist_of_a_pattern_is_told_to_keep_nothing_away(void **state)
{
	struct paper *paper = *state;
	struct fact_text file =
		known_text("/etc/modprobe.d/blacklist.conf", "blacklist nouveau\nblacklist nvm*\n");

	modprobe_parse(paper->arena, &file, &paper->host.modprobe);
	const struct finding *finding = judge_late(paper);
	assert_non_null(strstr(finding->remedy, "softdep nvme pre: vfio-pci"));
	assert_non_null(strstr(finding->remedy, "blacklist nvm* keeps nothing away"));
	assert_true(has_evidence(finding, "blacklist nvm*"));
	paper->host.modprobe.lines[1].text = "blacklist nvme";
	assert_null(strstr(judge_late(paper)->remedy, "blacklist"));
}

/* What pci-stub has by other means, a person may want it to have. */
static void word_that_gives_a_function_to_pci_stub_is_named(void **state)
{
	static const char line[] = "pci-stub.ids=1234:5678 vfio-pci.ids=1234:5678";
	const struct finding *finding = expect_finding(
		judge_ids(*state, line, "pci-stub", "pci-stub"), ID("id-too-late"), FINDING_WARN);

	assert_non_null(strstr(finding->remedy, "out of pci-stub.ids=1234:5678 in /proc/cmdline"));
	assert_true(has_evidence(finding, "pci-stub.ids=1234:5678"));
	assert_null(finding_of(judge_ids(*state, "vfio-pci.ids=1234:5678", "pci-stub", "pci-stub"),
			       ID("id-too-late")));
}

/* modprobe loads what a driver depends on, and the softdeps of that, first. */
static void softdep_of_what_the_driver_uses_is_not_advised_again(void **state)
{
	static const char line[] = "softdep nvme-core pre: vfio-pci";
	struct paper *paper = *state;
	struct fact_text file = known_text("/etc/modprobe.d/vfio.conf", line);
	struct module_use uses[] = {{"drm", "amdgpu"}, {"nvme_core", "nvme"}};

	modprobe_parse(paper->arena, &file, &paper->host.modprobe);
	paper->host.modules.uses = uses;
	paper->host.modules.use_count = ARRAY_LENGTH(uses);
	const struct finding *finding = judge_late(paper);
	assert_null(strstr(finding->remedy, "add \"softdep"));
	assert_true(has_evidence(finding, line));
}

/* A blank ends the list in modprobe.d, too. */
static void id_behind_a_blank_is_named(void **state)
{
	struct paper *paper = *state;
	struct fact_text file = known_text("/etc/modprobe.d/vfio.conf",
					   "options vfio-pci ids=10de:1c03, 10de:10f1\n"
					   "options vfio-pci ids=10de:1c03 disable_vga=1\n");

	modprobe_parse(paper->arena, &file, &paper->host.modprobe);
	struct findings *findings = judge(paper->arena, "vfio-driver", &paper->host);
	const struct finding *finding = expect_finding(findings, ID("id-stray"), FINDING_WARN);
	assert_string_equal(finding->summary, "vfio-pci does not get 10de:10f1: a space in "
					      "/etc/modprobe.d/vfio.conf ends the list of ids");
	for (; finding->next; finding = finding->next)
		assert_string_not_equal(finding->next->kind->id, ID("id-stray"));
}

struct replaced_case {
	const char *cmdline, *file;
	const char *driver;  /* of the function 1234:5678 */
	const char *summary; /* NULL: no list that another replaces is missed */
};

#define IDS_FILE "/etc/modprobe.d/vfio.conf"

static const struct replaced_case replaced_cases[] = {
	{"vfio-pci.ids=1234:5678 vfio_pci.ids=1:2", "", "nvme",
	 "vfio-pci does not get ids=1234:5678 of /proc/cmdline: a later list in /proc/cmdline replaces "
	 "it"},
	{"vfio-pci.ids=1:2", "options vfio-pci ids=1234:5678\n", "nvme",
	 "vfio-pci does not get ids=1234:5678 of " IDS_FILE
	 ": a later list in /proc/cmdline replaces "
	 "it"},
	{"", "options vfio-pci ids=1234:5678\noptions vfio_pci ids=1:2\n", "nvme",
	 "vfio-pci does not get ids=1234:5678 of " IDS_FILE ": a later list in " IDS_FILE
	 " replaces "
	 "it"},
	{"", "options vfio-pci ids=1:2\noptions vfio_pci ids=1234:5678\n", "nvme", NULL},
	{"vfio-pci.ids=1234:5678", "options vfio-pci ids=1234:5678,3:4\n", "nvme", NULL},
	{"vfio-pci.ids=1:2", "options vfio-pci ids=1234:5678\n", "vfio-pci", NULL},
	{"vfio-pci.ids=1234:5678", "", "nvme", NULL},
};

static void list_of_ids_that_another_replaces_is_named(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(replaced_cases); i++) {
		const struct replaced_case *row = &replaced_cases[i];
		struct fact_text file = known_text(IDS_FILE, row->file);
		test_row("%s %s", row->cmdline, row->file);
		paper->host.modprobe = (struct modprobe){.fact = known("/etc/modprobe.d")};
		modprobe_parse(paper->arena, &file, &paper->host.modprobe);
		const struct findings *findings =
			judge_ids(paper, row->cmdline, row->driver, row->driver);
		if (row->summary)
			assert_string_equal(
				expect_finding(findings, ID("ids-replaced"), FINDING_WARN)->summary,
				row->summary);
		else
			assert_null(finding_of(findings, ID("ids-replaced")));
	}
}

static void option_that_no_vfio_pci_has_is_named(void **state)
{
	struct paper *paper = *state;
	struct fact_text file = known_text("/etc/modprobe.d/vfio.conf",
					   "options vfio-pci ids=1:2 disable-vga=1 enable_sriov\n"
					   "options vfio_pci id=10de:1c03 nointxmask=1\n"
					   "options vfio_iommu_type1 id=1\n");

	modprobe_parse(paper->arena, &file, &paper->host.modprobe);
	struct findings *findings = judge(paper->arena, "vfio-driver", &paper->host);
	const struct finding *finding =
		expect_finding(findings, ID("option-unknown"), FINDING_WARN);
	assert_string_equal(finding->summary, "vfio-pci has no option id: the kernel ignores it in "
					      "/etc/modprobe.d/vfio.conf");
	for (; finding->next; finding = finding->next)
		assert_string_not_equal(finding->next->kind->id, ID("option-unknown"));
}

static void options_of_any_module_are_known(void **state)
{
	struct paper *paper = *state;
	struct fact_text file =
		known_text("/etc/modprobe.d/vfio.conf", "options vfio-pci dyndbg=+p async_probe\n");

	modprobe_parse(paper->arena, &file, &paper->host.modprobe);
	assert_null(
		finding_of(judge(paper->arena, "vfio-driver", &paper->host), ID("option-unknown")));
}

static void ids_behind_a_blank_are_told_once_for_each_line(void **state)
{
	struct paper *paper = *state;
	struct fact_text file =
		known_text("/etc/modprobe.d/vfio.conf",
			   "options vfio-pci ids=10de:1c03 10de:10f1 8086:1521 8086:1520\n");

	modprobe_parse(paper->arena, &file, &paper->host.modprobe);
	struct findings *findings = judge(paper->arena, "vfio-driver", &paper->host);
	const struct finding *finding = expect_finding(findings, ID("id-stray"), FINDING_WARN);
	assert_string_equal(finding->summary,
			    "vfio-pci does not get 10de:10f1 and 2 more: a space in "
			    "/etc/modprobe.d/vfio.conf ends the list of ids");
	for (; finding->next; finding = finding->next)
		assert_string_not_equal(finding->next->kind->id, ID("id-stray"));
}

static void ids_between_quotes_are_one_list(void **state)
{
	struct paper *paper = *state;
	struct fact_text file =
		known_text("/etc/modprobe.d/vfio.conf",
			   "options vfio-pci ids=\"10de:1c03, 10de:10f1, 8086:1521\"\n");

	modprobe_parse(paper->arena, &file, &paper->host.modprobe);
	assert_null(finding_of(judge(paper->arena, "vfio-driver", &paper->host), ID("id-stray")));
}

struct id_case {
	const char *ids;
	const char *finding; /* NULL: none */
};

static const struct id_case id_cases[] = {
	{"vfio-pci.ids=1234:5678", NULL},
	{"vfio-pci.ids=1234:5679", ID("id-matches-nothing")},
	{"vfio-pci.ids=1234", ID("id-malformed")},
	{"vfio-pci.ids=1234:5678:", NULL},
	{"vfio-pci.ids=1234:5678;1234:5679", ID("id-malformed")},
	{"vfio-pci.ids=1234-5678", ID("id-malformed")},
	{"vfio-pci.ids=1234:ffffffff", NULL},
};

static void entries_match_as_the_kernel_matches_them(void **state)
{
	for (size_t i = 0; i < sizeof(id_cases) / sizeof(id_cases[0]); i++) {
		test_row("%s", id_cases[i].ids);
		struct findings *findings =
			judge_ids(*state, id_cases[i].ids, "vfio-pci", "vfio-pci");
		if (id_cases[i].finding)
			expect_finding(findings, id_cases[i].finding, FINDING_WARN);
		else
			assert_int_equal(findings->count, 1);
	}
}

static void a_list_that_vfio_pci_has_no_room_for_is_told_once(void **state)
{
	static const struct {
		size_t entries; /* of ten characters, but the last, which has no comma */
		const char *finding;
	} lists[] = {
		{102, ID("id-matches-nothing")}, /* 1019 characters */
		{103, ID("ids-too-long")},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
		struct buffer ids = {.arena = ((struct paper *)*state)->arena, .separator = ","};
		for (size_t entry = 0; entry < lists[i].entries; entry++)
			buffer_item(&ids, "1234:0001");
		test_row("%zu entries", lists[i].entries);
		const char *words = arena_printf(ids.arena, "vfio-pci.ids=%s", buffer_text(&ids));
		struct findings *findings = judge_ids(*state, words, "vfio-pci", "vfio-pci");
		const struct finding *finding =
			expect_finding(findings, lists[i].finding, FINDING_WARN);
		assert_true(strlen(finding->evidence->value) <= 1023 + strlen("vfio-pci.ids="));
		paper_reset(*state);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(modules_that_can_be_loaded_pass),
		TEST(modules_that_are_loaded_or_built_in_pass),
		TEST(module_in_no_list_fails),
		TEST(modules_of_a_replaced_kernel_are_gone),
		TEST(container_does_not_see_the_modules_of_the_host),
		TEST(lists_that_were_not_read_leave_it_unknown),
		TEST(install_line_that_runs_false_refuses),
		TEST(install_line_for_iommufd_refuses_where_the_kernel_has_it),
		TEST(install_line_for_iommufd_does_nothing_where_it_is_not_there),
		TEST(install_line_for_a_part_of_vfio_pci_does_nothing_before_5_15),
		TEST(options_of_a_built_in_module_are_not_applied),
		TEST(virqfd_is_asked_for_in_vain_since_6_2),
		TEST(virqfd_is_a_module_before_6_2),
		cmocka_unit_test_setup_teardown(configuration_settles_what_lists_do_not,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(a_configuration_that_builds_it_in_settles_it_too,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(what_unraid_cannot_bind_is_told, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(a_rule_whose_device_has_moved_is_told, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(ids_of_what_the_host_needs_are_to_go, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(ids_of_a_pf_with_vfs_are_to_go, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(ids_do_not_free_what_goes_with_what_the_host_needs,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(ids_of_the_list_of_initramfs_tools_count,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(twin_in_use_by_the_host_is_named, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(what_driverctl_gives_to_another_is_named,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(twins_in_use_by_the_host_are_told_at_once,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(ids_that_took_nothing_are_told, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(driver_that_came_first_is_named, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(softdep_is_on_the_module_of_the_driver, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(
			no_softdep_is_advised_where_the_initramfs_comes_with_an_image, paper_setup,
			paper_teardown),
		cmocka_unit_test_setup_teardown(
			driver_that_is_built_in_is_never_too_late_for_modprobe, paper_setup,
			paper_teardown),
		cmocka_unit_test_setup_teardown(softdep_does_not_order_a_vfio_pci_that_is_built_in,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(options_on_the_command_line_are_applied,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(blacklist_of_a_pattern_is_told_to_keep_nothing_away,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(word_that_gives_a_function_to_pci_stub_is_named,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(
			softdep_of_what_the_driver_uses_is_not_advised_again, paper_setup,
			paper_teardown),
		cmocka_unit_test_setup_teardown(softdep_that_is_set_is_not_advised_again,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(a_list_that_vfio_pci_has_no_room_for_is_told_once,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(id_behind_a_blank_is_named, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(softdep_behind_another_of_the_driver_does_not_count,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(option_that_no_vfio_pci_has_is_named, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(options_of_any_module_are_known, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(list_of_ids_that_another_replaces_is_named,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(ids_behind_a_blank_are_told_once_for_each_line,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(ids_between_quotes_are_one_list, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(entries_match_as_the_kernel_matches_them,
						paper_setup, paper_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
