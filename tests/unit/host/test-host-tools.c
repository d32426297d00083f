/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "host/base/array.h"
#include "host/base/number_set.h"
#include "host/boot/boot_tools.h"
#include "host/system/fc_host.h"
#include "host/system/hypervisor.h"
#include "host/system/memory.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/tree.h"

static void a_list_of_numbers_has_ranges_and_exceptions(void **state)
{
	struct number_set set;

	(void)state;
	assert_true(number_set_parse(" 0-3,8,^2\n", &set));
	for (size_t number = 0; number < 10; number++)
		assert_int_equal(number_set_has(&set, number),
				 number == 0 || number == 1 || number == 3 || number == 8);
	assert_true(number_set_parse("", &set));
	assert_true(number_set_is_empty(&set));
	assert_true(number_set_parse("8191", &set));
	assert_true(number_set_has(&set, NUMBER_SET_SIZE - 1));
}

static void what_is_no_list_of_numbers_is_refused(void **state)
{
	static const char *const lists[] = {
		"x",    "1-",   "3-1", "1,,2", "1,", ",", "-1", "8192", "0-9999999999999999999",
		"^1-2", "1 2x", "1;2"};
	struct number_set set;

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
		test_row("%s", lists[i]);
		assert_false(number_set_parse(lists[i], &set));
	}
}

/* A host that has these files and no others. */
struct boot_case {
	const char *files[4];
	enum boot_loader loader;
};

static void assert_loader(struct tree *tree, const struct boot_case *test)
{
	struct boot_tools tools;

	for (size_t i = 0; i < 4 && test->files[i]; i++)
		tree_file(tree, test->files[i], "");
	boot_tools_load(tree_open(tree), tree->arena, &tools);
	assert_int_equal(boot_loader_of(&tools), test->loader);
}

#define LOADER_TEST(name, expected, ...)                                                           \
	static void name(void **state)                                                             \
	{                                                                                          \
		static const struct boot_case test = {{__VA_ARGS__}, expected};                    \
		assert_loader(*state, &test);                                                      \
	}

LOADER_TEST(a_debian_host_has_update_grub, BOOT_LOADER_UPDATE_GRUB, "/etc/default/grub",
	    "/usr/sbin/update-grub")
LOADER_TEST(a_fedora_host_has_grubby, BOOT_LOADER_GRUBBY, "/etc/default/grub",
	    "/usr/sbin/grub2-mkconfig", "/usr/sbin/grubby")
LOADER_TEST(a_suse_host_has_grub2_mkconfig, BOOT_LOADER_GRUB2_MKCONFIG, "/etc/default/grub",
	    "/usr/sbin/grub2-mkconfig")
LOADER_TEST(a_proxmox_host_on_zfs_boots_by_kernel_cmdline, BOOT_LOADER_PROXMOX_CMDLINE,
	    "/etc/kernel/proxmox-boot-uuids", "/etc/kernel/cmdline", "/usr/sbin/update-grub")
LOADER_TEST(a_proxmox_host_without_esps_is_a_debian_host, BOOT_LOADER_UPDATE_GRUB,
	    "/etc/default/grub", "/usr/sbin/update-grub")
LOADER_TEST(an_arch_host_may_have_systemd_boot, BOOT_LOADER_SYSTEMD_BOOT,
	    "/boot/loader/loader.conf")
LOADER_TEST(a_grub_that_was_left_over_counts_not, BOOT_LOADER_KERNEL_INSTALL,
	    "/usr/sbin/update-grub", "/etc/kernel/cmdline")
LOADER_TEST(an_arch_host_may_have_images, BOOT_LOADER_MKINITCPIO, "/etc/kernel/cmdline",
	    "/usr/bin/mkinitcpio", "/efi/EFI/Linux/arch.efi")
LOADER_TEST(images_of_kernel_install_are_made_by_it, BOOT_LOADER_KERNEL_INSTALL,
	    "/etc/kernel/cmdline", "/boot/EFI/Linux/6.1.efi")
LOADER_TEST(images_may_be_made_by_something_else, BOOT_LOADER_IMAGES, "/boot/EFI/Linux/6.1.efi")
LOADER_TEST(a_folder_without_images_tells_nothing, BOOT_LOADER_UNKNOWN, "/efi/EFI/Linux/README")
LOADER_TEST(an_opensuse_host_may_have_sdbootutil, BOOT_LOADER_SDBOOTUTIL, "/etc/kernel/cmdline",
	    "/usr/bin/sdbootutil")
LOADER_TEST(nixos_counts_whatever_else_there_is, BOOT_LOADER_NIXOS, "/etc/NIXOS",
	    "/boot/loader/loader.conf", "/etc/kernel/cmdline")
LOADER_TEST(a_host_of_snapshots_changes_the_next_one, BOOT_LOADER_TRANSACTIONAL,
	    "/usr/sbin/transactional-update", "/usr/sbin/grub2-mkconfig", "/etc/default/grub")
LOADER_TEST(truenas_writes_the_settings_of_grub, BOOT_LOADER_TRUENAS, "/etc/default/grub",
	    "/usr/sbin/update-grub", "/usr/bin/midclt")
LOADER_TEST(unraid_boots_from_its_flash_drive, BOOT_LOADER_UNRAID, "/etc/unraid-version")
LOADER_TEST(pop_os_has_kernelstub, BOOT_LOADER_KERNELSTUB, "/etc/kernelstub/configuration",
	    "/boot/efi/loader/loader.conf")
LOADER_TEST(a_host_with_settings_of_limine_boots_by_it, BOOT_LOADER_LIMINE, "/etc/default/limine",
	    "/boot/EFI/Linux/arch.efi", "/usr/bin/mkinitcpio", "/etc/kernel/cmdline")
LOADER_TEST(options_of_refind_count_where_no_other_loader_is, BOOT_LOADER_REFIND,
	    "/boot/refind_linux.conf")
/* Alpine and Gentoo have GRUB's tools in /usr/sbin. */
LOADER_TEST(a_grub_mkconfig_in_usr_sbin_is_one, BOOT_LOADER_GRUB_MKCONFIG, "/etc/default/grub",
	    "/usr/sbin/grub-mkconfig")
LOADER_TEST(a_refind_that_starts_grub_is_grub, BOOT_LOADER_GRUB_MKCONFIG, "/boot/refind_linux.conf",
	    "/etc/default/grub", "/usr/bin/grub-mkconfig")
LOADER_TEST(alpine_may_have_extlinux, BOOT_LOADER_EXTLINUX, "/etc/update-extlinux.conf")
LOADER_TEST(a_deployment_may_have_rpm_ostree, BOOT_LOADER_OSTREE, "/run/ostree-booted",
	    "/usr/bin/rpm-ostree", "/usr/sbin/grubby")
LOADER_TEST(a_deployment_may_lack_rpm_ostree, BOOT_LOADER_OSTREE_ALONE, "/run/ostree-booted",
	    "/usr/sbin/grubby")
LOADER_TEST(cachyos_may_have_sdboot_manage, BOOT_LOADER_SDBOOT_MANAGE, "/usr/bin/sdboot-manage",
	    "/boot/loader/loader.conf", "/etc/kernel/cmdline")
LOADER_TEST(a_sdboot_manage_without_systemd_boot_is_idle, BOOT_LOADER_GRUB_MKCONFIG,
	    "/usr/bin/sdboot-manage", "/usr/bin/grub-mkconfig", "/etc/default/grub")
LOADER_TEST(zfsbootmenu_reads_no_settings_of_grub, BOOT_LOADER_ZFSBOOTMENU, "/boot/efi/EFI/ZBM",
	    "/usr/sbin/update-grub", "/etc/default/grub")
LOADER_TEST(zfsbootmenu_that_the_host_makes_is_one, BOOT_LOADER_ZFSBOOTMENU,
	    "/etc/zfsbootmenu/config.yaml")
LOADER_TEST(the_image_of_harvester_reads_no_settings_of_grub, BOOT_LOADER_ELEMENTAL,
	    "/etc/cos/bootargs.cfg", "/usr/sbin/grub2-mkconfig", "/etc/default/grub")
LOADER_TEST(limine_may_be_configured_by_hand, BOOT_LOADER_LIMINE_CONF, "/boot/limine/limine.conf")
LOADER_TEST(a_limine_that_was_left_over_counts_not, BOOT_LOADER_GRUB_MKCONFIG, "/boot/limine.conf",
	    "/usr/bin/grub-mkconfig", "/etc/default/grub")
LOADER_TEST(u_boot_may_have_a_menu_of_debians, BOOT_LOADER_U_BOOT_MENU, "/usr/sbin/u-boot-update",
	    "/boot/extlinux/extlinux.conf")
LOADER_TEST(u_boot_may_have_a_menu_by_hand, BOOT_LOADER_EXTLINUX_CONF,
	    "/boot/extlinux/extlinux.conf")
LOADER_TEST(armbian_has_settings_for_u_boot, BOOT_LOADER_ARMBIAN, "/boot/armbianEnv.txt")
LOADER_TEST(a_raspberry_pi_has_one_line, BOOT_LOADER_PI, "/boot/firmware/cmdline.txt")
LOADER_TEST(a_raspberry_pi_may_have_grub, BOOT_LOADER_UPDATE_GRUB, "/boot/firmware/cmdline.txt",
	    "/usr/sbin/update-grub", "/etc/default/grub")
LOADER_TEST(nothing_tells_nothing, BOOT_LOADER_UNKNOWN, NULL)

#define VARIABLE(name)  "/sys/firmware/efi/efivars/" name
#define LOADER_INFO     VARIABLE("LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f")
#define STUB_INFO       VARIABLE("StubInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f")
#define SECURE_BOOT     VARIABLE("SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c")
#define ATTRIBUTES      "\x06\0\0\0"
#define BY_SYSTEMD_BOOT ATTRIBUTES "s\0y\0s\0t\0e\0m\0d\0-\0b\0o\0o\0t\0 \0002\0005\0002\0\0\0"
#define BY_GRUB         ATTRIBUTES "G\0R\0U\0B\0\0\0"
#define PROXMOX                                                                                    \
	{                                                                                          \
		"/etc/kernel/proxmox-boot-uuids", "/etc/kernel/cmdline", "/etc/default/grub"       \
	}
#define DEBIAN_LEFT_OVER                                                                           \
	{                                                                                          \
		"/usr/sbin/update-grub", "/etc/kernel/cmdline", "/etc/default/grub"                \
	}
#define ARCH_LEFT_OVER                                                                             \
	{                                                                                          \
		"/usr/bin/grub-mkconfig", "/efi/EFI/Linux/arch.efi", "/etc/default/grub"           \
	}
#define PROXMOX_ZBM                                                                                \
	{                                                                                          \
		"/etc/kernel/proxmox-boot-uuids", "/boot/efi/EFI/ZBM", "/etc/default/grub"         \
	}
#define BYTES(text) text, sizeof(text) - 1

/* A host of UEFI, of which more may be booted with, and what its loader left of itself. */
struct starter_case {
	const char *files[3];
	const char *info; /* NULL: nothing */
	size_t length;
	bool unseen; /* no variable can be seen */
	bool stub;   /* systemd-stub left its own */
	enum boot_loader loader;
};

static const struct starter_case starter_cases[] = {
	{PROXMOX, BYTES(BY_SYSTEMD_BOOT), .loader = BOOT_LOADER_PROXMOX_CMDLINE},
	{PROXMOX, BYTES(BY_GRUB), .loader = BOOT_LOADER_PROXMOX_GRUB},
	{PROXMOX, NULL, 0, .loader = BOOT_LOADER_PROXMOX_GRUB},
	{PROXMOX, NULL, 0, .unseen = true, .loader = BOOT_LOADER_PROXMOX_CMDLINE},
	{DEBIAN_LEFT_OVER, BYTES(BY_SYSTEMD_BOOT), .loader = BOOT_LOADER_KERNEL_INSTALL},
	{DEBIAN_LEFT_OVER, BYTES(ATTRIBUTES "s\0y"), .loader = BOOT_LOADER_UPDATE_GRUB},
	{DEBIAN_LEFT_OVER, NULL, 0, .loader = BOOT_LOADER_UPDATE_GRUB},
	{DEBIAN_LEFT_OVER, NULL, 0, .stub = true, .loader = BOOT_LOADER_KERNEL_INSTALL},
	{ARCH_LEFT_OVER, NULL, 0, .loader = BOOT_LOADER_GRUB_MKCONFIG},
	{ARCH_LEFT_OVER, NULL, 0, .stub = true, .loader = BOOT_LOADER_IMAGES},
	{ARCH_LEFT_OVER, BYTES(BY_GRUB), .stub = true, .loader = BOOT_LOADER_IMAGES},
	{PROXMOX_ZBM, NULL, 0, .loader = BOOT_LOADER_PROXMOX_GRUB},
	{PROXMOX_ZBM, NULL, 0, .stub = true, .loader = BOOT_LOADER_ZFSBOOTMENU},
};

static void what_started_the_kernel_tells_its_loader(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(starter_cases); i++) {
		const struct starter_case *test = &starter_cases[i];
		test_row("%s, loader %d", test->files[0], test->loader);
		struct boot_tools tools;
		void *own;
		tree_setup(&own);
		struct tree *tree = own;
		for (size_t k = 0; k < 3; k++)
			tree_file(tree, test->files[k], "");
		tree_directory(tree, "/sys/firmware/efi/efivars");
		if (!test->unseen)
			tree_file(tree, SECURE_BOOT, "");
		if (test->stub)
			tree_file(tree, STUB_INFO, ATTRIBUTES);
		if (test->info)
			tree_bytes(tree, LOADER_INFO, test->info, test->length);
		boot_tools_load(tree_open(tree), tree->arena, &tools);
		assert_int_equal(boot_loader_of(&tools), test->loader);
		tree_teardown(&own);
	}
}

#define NODE "{\"mode\": 33188, \"uid\": 0, \"gid\": 0}"

static void a_proxmox_host_without_uefi_boots_by_grub(void **state)
{
	static const struct boot_case test = {PROXMOX, BOOT_LOADER_PROXMOX_GRUB};
	static const char index[] =
		"{\"version\": 1, \"absent\": {\"/sys/firmware\": [\"efi\"]}, \"nodes\": {"
		"\"/etc/kernel/proxmox-boot-uuids\": " NODE ", \"/etc/kernel/cmdline\": " NODE
		", \"/etc/default/grub\": " NODE "}}";

	tree_file(*state, "/.passcheck/capture.json", index);
	assert_loader(*state, &test);
}

struct init_case {
	const char *file;
	enum init_system init;
};

static const struct init_case init_cases[] = {
	{"/run/systemd/system", INIT_SYSTEMD}, {"/run/openrc/softlevel", INIT_OPENRC},
	{"/run/runit/stopit", INIT_ANOTHER},   {"/etc/unraid-version", INIT_ANOTHER},
	{"/etc/debian_version", INIT_SYSTEMD},
};

static void what_starts_services_is_told_by_what_it_leaves(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(init_cases); i++) {
		struct boot_tools tools;
		void *own = NULL;

		(void)state;
		test_row("%s", init_cases[i].file);
		tree_setup(&own);
		struct tree *tree = own;
		tree_file(tree, init_cases[i].file, "");
		boot_tools_load(tree_open(tree), tree->arena, &tools);
		assert_int_equal(init_system_of(&tools), init_cases[i].init);
		tree_teardown(&own);
	}
}

/* Of a host that has dracut, and that file where it is not NULL. */
static void assert_initramfs(struct tree *tree, const char *file, enum initramfs_tool tool)
{
	struct boot_tools tools;

	tree_file(tree, "/usr/bin/dracut", "");
	if (file)
		tree_file(tree, file, "");
	boot_tools_load(tree_open(tree), tree->arena, &tools);
	assert_int_equal(initramfs_tool_of(&tools), tool);
}

static void the_initramfs_tool_is_the_one_installed(void **state)
{
	assert_initramfs(*state, NULL, INITRAMFS_DRACUT);
}

static void the_initramfs_of_a_snapshot_is_made_in_it(void **state)
{
	assert_initramfs(*state, "/usr/sbin/transactional-update", INITRAMFS_TRANSACTIONAL);
}

static void the_initramfs_of_nixos_is_made_by_it(void **state)
{
	assert_initramfs(*state, "/etc/NIXOS", INITRAMFS_NIXOS);
}

static void the_initramfs_of_a_deployment_is_not_made_by_dracut_alone(void **state)
{
	assert_initramfs(*state, "/run/ostree-booted", INITRAMFS_IMAGE);
}

static void initramfs_tools_are_known_by_a_file_of_theirs(void **state)
{
	static const struct {
		const char *file;
		enum initramfs_tool tool;
	} cases[] = {
		{"/usr/sbin/update-initramfs", INITRAMFS_TOOLS},
		{"/usr/bin/mkinitcpio", INITRAMFS_MKINITCPIO},
		{"/etc/mkinitfs/mkinitfs.conf", INITRAMFS_MKINITFS},
		{"/usr/bin/booster", INITRAMFS_BOOSTER},
		{"/usr/bin/another", INITRAMFS_UNKNOWN},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct boot_tools tools;
		struct tree *tree;

		test_row("%s", cases[i].file);
		tree_setup(state);
		tree = *state;
		tree_file(tree, cases[i].file, "");
		boot_tools_load(tree_open(tree), tree->arena, &tools);
		assert_int_equal(initramfs_tool_of(&tools), cases[i].tool);
		tree_teardown(state);
	}
}

#define DEBIAN      "/etc/debian_version"
#define UPDATE      "/usr/sbin/update-initramfs"
#define DRACUT      "/usr/bin/dracut"
#define DRACUT_HOOK "/etc/kernel/postinst.d/dracut"
#define OWN_FILE    "/usr/share/bug/initramfs-tools/script"

static void of_several_initramfs_tools_the_one_in_charge_counts(void **state)
{
	static const struct {
		const char *files[5];
		enum initramfs_tool tool;
	} cases[] = {
		/* dracut-core is no more than a program. */
		{{DEBIAN, UPDATE, OWN_FILE, DRACUT}, INITRAMFS_TOOLS},
		{{DEBIAN, DRACUT, DRACUT_HOOK}, INITRAMFS_DRACUT},
		{{DEBIAN, UPDATE, DRACUT, DRACUT_HOOK}, INITRAMFS_DRACUT},
		/* A package that was removed leaves its hook. */
		{{DEBIAN, UPDATE, OWN_FILE, DRACUT_HOOK}, INITRAMFS_TOOLS},
		{{DEBIAN, UPDATE, OWN_FILE, DRACUT, DRACUT_HOOK}, INITRAMFS_TOOLS},
		{{DEBIAN, UPDATE, OWN_FILE, "/usr/bin/mkinitcpio"}, INITRAMFS_TOOLS},
		{{"/usr/bin/mkinitcpio", UPDATE}, INITRAMFS_MKINITCPIO},
		{{"/usr/sbin/dracut"}, INITRAMFS_DRACUT},
		{{"/usr/sbin/dracut", "/usr/sbin/transactional-update"}, INITRAMFS_TRANSACTIONAL},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct boot_tools tools;
		struct tree *tree;

		test_row("%zu", i);
		tree_setup(state);
		tree = *state;
		for (size_t k = 0; k < ARRAY_LENGTH(cases[i].files) && cases[i].files[k]; k++)
			tree_file(tree, cases[i].files[k], "");
		boot_tools_load(tree_open(tree), tree->arena, &tools);
		assert_int_equal(initramfs_tool_of(&tools), cases[i].tool);
		tree_teardown(state);
	}
}

struct xen_case {
	const char *capabilities, *initdomain; /* NULL: there is no such file */
	bool dom0;
};

static const struct xen_case xen_cases[] = {
	{"control_d", NULL, true}, {NULL, "1", true},   {"", "0", false},
	{"", NULL, false},         {NULL, NULL, false},
};

static void dom0_is_the_domain_that_controls_xen(void **state)
{
	struct tree *tree = *state;
	struct hypervisor hypervisor;

	for (size_t i = 0; i < ARRAY_LENGTH(xen_cases); i++) {
		const struct xen_case *row = &xen_cases[i];
		test_row("%zu", i);
		hypervisor = (struct hypervisor){
			.xen.type = known_text("type", "xen"),
			.xen.capabilities.fact = absent("capabilities"),
			.xen.initdomain.fact = absent("initdomain"),
		};
		if (row->capabilities)
			hypervisor.xen.capabilities = known_text("capabilities", row->capabilities);
		if (row->initdomain)
			hypervisor.xen.initdomain = known_text("initdomain", row->initdomain);
		assert_int_equal(hypervisor_dom0(&hypervisor) != NULL, row->dom0);
		hypervisor.xen.type.fact = absent("type");
		assert_null(hypervisor_dom0(&hypervisor));
	}
	tree_file(tree, "/sys/hypervisor/type", "xen\n");
	tree_file(tree, "/proc/xen/capabilities", "control_d\n");
	hypervisor_load(tree_open(tree), tree->arena, "x86_64", &hypervisor);
	assert_string_equal(hypervisor_dom0(&hypervisor)->source, "/proc/xen/capabilities");
}

static void nixos_has_its_programs_with_the_system_that_runs(void **state)
{
	struct tree *tree = *state;
	struct hypervisor hypervisor;

	tree_file(tree, "/etc/NIXOS", "");
	tree_link(tree, "/run/current-system", "/nix/store/a-nixos-system");
	tree_file(tree, "/nix/store/a-nixos-system/sw/bin/libvirtd", "");
	tree_file(tree, "/nix/store/a-nixos-system/sw/bin/qemu-system-x86_64", "");
	hypervisor_load(tree_open(tree), tree->arena, "x86_64", &hypervisor);
	assert_true(hypervisor_has_libvirt(&hypervisor));
	assert_true(fact_known(&hypervisor.qemu[0].fact));
}

static void programs_are_not_absent_where_nixos_is_unread(void **state)
{
	struct tree *tree = *state;
	struct hypervisor hypervisor;

	tree_link(tree, "/etc/NIXOS", "NIXOS");
	tree_file(tree, "/usr/bin/qemu-system-x86_64", "");
	hypervisor_load(tree_open(tree), tree->arena, "x86_64", &hypervisor);
	assert_false(hypervisor_has_libvirt(&hypervisor));
	assert_false(hypervisor_lacks_libvirt(&hypervisor));
	assert_string_equal(hypervisor_libvirt_daemon(&hypervisor)->fact.source, "/etc/NIXOS");
	assert_true(fact_known(&hypervisor.qemu[0].fact));
}

static void libvirt_is_known_by_its_library(void **state)
{
	struct tree *tree = *state;
	struct hypervisor hypervisor;

	tree_link(tree, "/usr/lib/x86_64-linux-gnu/libvirt.so.0", "libvirt.so.0.5004.1");
	hypervisor_load(tree_open(tree), tree->arena, "x86_64", &hypervisor);
	assert_true(fact_known(&hypervisor.libvirt.fact));
	assert_int_equal(hypervisor.libvirt.value, 5004001);
	assert_true(hypervisor_libvirt_before(&hypervisor, 6, 0));
	assert_false(hypervisor_libvirt_before(&hypervisor, 5, 4));
}

static void a_libvirt_that_is_not_known_is_not_old(void **state)
{
	struct tree *tree = *state;
	struct hypervisor hypervisor;

	tree_link(tree, "/usr/lib64/libvirt.so.0", "../elsewhere");
	hypervisor_load(tree_open(tree), tree->arena, "x86_64", &hypervisor);
	assert_false(fact_known(&hypervisor.libvirt.fact));
	assert_false(hypervisor_libvirt_before(&hypervisor, 6, 0));
}

#define CAPABILITIES "/var/cache/libvirt/qemu/capabilities/"

#define OTHER_QEMU                                                                                 \
	"<qemuCaps>\n  <emulator>/usr/bin/qemu-system-aarch64</emulator>\n"                        \
	"  <version>7002000</version>\n</qemuCaps>\n"

static void another_qemu_tells_nothing_of_the_hosts(void **state)
{
	struct tree *tree = *state;
	struct hypervisor hypervisor;

	tree_directory(tree, "/lib");
	tree_file(tree, "/usr/bin/qemu-system-x86_64", "");
	tree_file(tree, CAPABILITIES "a.xml", OTHER_QEMU);
	hypervisor_load(tree_open(tree), tree->arena, "x86_64", &hypervisor);
	assert_true(fact_absent(&hypervisor.qemu_version.fact));
	assert_false(hypervisor_qemu_before(&hypervisor, 9, 0));
}

static void qemu_is_known_by_what_libvirt_keeps_of_it(void **state)
{
	struct tree *tree = *state;
	struct hypervisor hypervisor;

	tree_file(tree, "/usr/bin/qemu-system-x86_64", "");
	tree_file(tree, CAPABILITIES "a.xml", OTHER_QEMU);
	tree_file(tree, CAPABILITIES "b.xml",
		  "<qemuCaps>\n  <emulator>/usr/bin/qemu-system-x86_64</emulator>\n"
		  "  <flag name='kvm'/>\n  <version>8002001</version>\n</qemuCaps>\n");
	hypervisor_load(tree_open(tree), tree->arena, "x86_64", &hypervisor);
	assert_int_equal(hypervisor.qemu_version.value, 8002001);
	assert_true(hypervisor_qemu_before(&hypervisor, 9, 0));
	assert_false(hypervisor_qemu_before(&hypervisor, 8, 2));
}

#define PACKAGE(name, state, version)                                                              \
	"Package: " name "\nStatus: install ok " state "\nMaintainer: Package: qemu-system-x86\n"  \
	"Version: " version "\n\n"

static void without_libvirt_qemu_is_known_by_its_package(void **state)
{
	static const struct {
		const char *status;
		enum fact_state state;
		int64_t version;
	} rows[] = {
		{PACKAGE("adduser", "installed", "3.134")
			 PACKAGE("qemu-system-x86", "installed", "1:7.2+dfsg-7+deb12u13")
				 PACKAGE("zsh", "installed", "5.9-4"),
		 FACT_KNOWN, 7002000},
		{PACKAGE("qemu-system-x86", "installed", "1:10.0.2+ds-2"), FACT_KNOWN, 10000002},
		{PACKAGE("pve-qemu-kvm", "installed", "9.2.0-5"), FACT_KNOWN, 9002000},
		{PACKAGE("qemu-system-x86", "config-files", "1:7.2+dfsg-7"), FACT_ABSENT, 0},
		{PACKAGE("qemu-system-arm", "installed", "1:7.2+dfsg-7"), FACT_ABSENT, 0},
		{PACKAGE("qemu-system-x86-xen", "installed", "1:7.2+dfsg-7"), FACT_ABSENT, 0},
		{PACKAGE("qemu-system-x86", "installed", "git"), FACT_MALFORMED, 0},
		{"Package: qemu-system-x86\nPackage: zsh\nVersion: 5.9\n", FACT_ABSENT, 0},
		/* The state of one package is not that of the next. */
		{"Package: qemu-system-arm\nStatus: install ok installed\n\n"
		 "Package: qemu-system-x86\nVersion: 1:7.2+dfsg-7\n",
		 FACT_ABSENT, 0},
		{PACKAGE("qemu-system-x86", "installed", "-7.2"), FACT_MALFORMED, 0},
		{PACKAGE("qemu-system-x86", "installed", "7.+2.1"), FACT_MALFORMED, 0},
		{"", FACT_ABSENT, 0},
	};

	struct tree *tree = *state;
	struct root *root = tree_open(tree);

	tree_file(tree, "/usr/bin/qemu-system-x86_64", "");
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct hypervisor hypervisor;

		test_row("%s", rows[i].status);
		tree_file(tree, "/var/lib/dpkg/status", rows[i].status);
		hypervisor_load(root, tree->arena, "x86_64", &hypervisor);
		assert_int_equal(hypervisor.qemu_version.fact.state, rows[i].state);
		assert_int_equal(hypervisor.qemu_version.value, rows[i].version);
	}
}

static void other_packagers_tell_the_version_too(void **state)
{
	static const struct {
		const char *path, *text; /* text: NULL where the path is a folder */
		enum fact_state state;
		int64_t version;
	} rows[] = {
		{"/lib/apk/db/installed",
		 "C:Q1x=\nP:qemu-system-x86_64\nV:9.1.2-r1\nA:x86_64\n\nP:zsh\nV:5.9-r4\n\n",
		 FACT_KNOWN, 9001002},
		{"/usr/lib/apk/db/installed", "P:qemu-system-x86_64\nV:10.0.0-r0\n\n", FACT_KNOWN,
		 10000000},
		{"/lib/apk/db/installed", "P:qemu-system-aarch64\nV:9.1.2-r1\n\n", FACT_ABSENT, 0},
		{"/var/lib/pacman/local/qemu-system-x86-9.2.0-1", NULL, FACT_KNOWN, 9002000},
		{"/var/lib/pacman/local/qemu-system-x86-1:9.2.4-1", NULL, FACT_KNOWN, 9002004},
		{"/var/lib/pacman/local/qemu-system-x86-firmware-9.2.0-1", NULL, FACT_ABSENT, 0},
		{"/var/lib/pacman/local/qemu-system-arm-9.2.0-1", NULL, FACT_ABSENT, 0},
		{"/var/db/pkg/app-emulation/qemu-9.2.3-r1", NULL, FACT_KNOWN, 9002003},
		{"/var/db/pkg/app-emulation/qemu-9999", NULL, FACT_MALFORMED, 0},
		{"/var/db/pkg/app-emulation/qemu-guest-agent-9.2.3", NULL, FACT_ABSENT, 0},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct hypervisor hypervisor;
		struct tree *tree;

		test_row("%s", rows[i].path);
		tree_setup((void **)&tree);
		tree_file(tree, "/usr/bin/qemu-system-x86_64", "");
		tree_directory(tree, "/var");
		tree_directory(tree, "/lib");
		tree_file(tree,
			  rows[i].text ? rows[i].path
				       : arena_printf(tree->arena, "%s/desc", rows[i].path),
			  rows[i].text ? rows[i].text : "");
		hypervisor_load(tree_open(tree), tree->arena, "x86_64", &hypervisor);
		assert_int_equal(hypervisor.qemu_version.fact.state, rows[i].state);
		assert_int_equal(hypervisor.qemu_version.value, rows[i].version);
		tree_teardown((void **)&tree);
	}
	(void)state;
}

static void the_first_list_of_packages_decides(void **state)
{
	struct tree *tree = *state;
	struct hypervisor hypervisor;

	tree_file(tree, "/usr/bin/qemu-system-x86_64", "");
	tree_file(tree, "/var/lib/dpkg/status", PACKAGE("zsh", "installed", "5.9-4"));
	tree_file(tree, "/lib/apk/db/installed", "P:qemu-system-x86_64\nV:9.1.2-r1\n\n");
	hypervisor_load(tree_open(tree), tree->arena, "x86_64", &hypervisor);
	assert_true(fact_absent(&hypervisor.qemu_version.fact));
}

static void memory_has_a_size_pools_and_nodes(void **state)
{
	struct tree *tree = *state;
	struct memory memory;

	tree_file(tree, "/proc/meminfo",
		  "MemTotal:  16 kB\nMemFree: 1 kB\nHugepagesize: 2048 kB\n");
	tree_file(tree, "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "512\n");
	tree_file(tree, "/sys/devices/system/node/node0/cpulist", "0-3\n");
	tree_file(tree, "/sys/devices/system/node/node1/cpulist", "\n");
	tree_file(tree, "/sys/devices/system/node/possible", "0-1\n");
	memory_load(tree_open(tree), tree->arena, &memory);
	assert_int_equal(memory.total.value, 16384);
	assert_int_equal(memory.hugepage_size.value, 2 << 20);
	assert_int_equal(memory.hugepage_count, 1);
	assert_int_equal(memory.hugepages[0].page_size, 2 << 20);
	assert_int_equal(memory.hugepages[0].pages.value, 512);
	assert_int_equal(memory.node_count, 2);
	assert_true(number_set_has(&memory.nodes[0].cpus, 3));
	assert_true(number_set_is_empty(&memory.nodes[1].cpus));
}

static void memory_that_was_not_read_has_no_size(void **state)
{
	struct tree *tree = *state;
	struct memory memory;

	tree_file(tree, "/proc/meminfo", "MemTotal:  much kB\n");
	memory_load(tree_open(tree), tree->arena, &memory);
	assert_int_equal(memory.total.fact.state, FACT_MALFORMED);
	assert_int_equal(memory.hugepage_size.fact.state, FACT_ABSENT);
}

static void a_fibre_channel_port_has_its_names_and_vports(void **state)
{
	struct tree *tree = *state;
	struct fc_hosts hosts;
	const char *path = "/sys/devices/pci0000:00/0000:00:02.0/host5/fc_host/host5";

	tree_link(tree, "/sys/class/fc_host/host5",
		  "../../devices/pci0000:00/0000:00:02.0/host5/fc_host/host5");
	tree_file(tree, arena_printf(tree->arena, "%s/port_name", path), "0x21000024ff2dd8a9\n");
	tree_file(tree, arena_printf(tree->arena, "%s/max_npiv_vports", path), "254\n");
	tree_file(tree, arena_printf(tree->arena, "%s/npiv_vports_inuse", path), "3\n");
	tree_file(tree, "/sys/class/scsi_host/host5/vport_create", "");
	fc_hosts_load(tree_open(tree), tree->arena, &hosts);
	assert_int_equal(hosts.count, 1);
	assert_string_equal(hosts.hosts[0].name, "host5");
	assert_string_equal(hosts.hosts[0].path, path);
	assert_string_equal(hosts.hosts[0].port_name.text, "0x21000024ff2dd8a9");
	assert_int_equal(hosts.hosts[0].max_vports.value - hosts.hosts[0].vports_inuse.value, 251);
	assert_true(fact_known(&hosts.hosts[0].vport_create.fact));
}

#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_list_of_numbers_has_ranges_and_exceptions),
		cmocka_unit_test(what_is_no_list_of_numbers_is_refused),
		TREE_TEST(a_debian_host_has_update_grub),
		TREE_TEST(a_fedora_host_has_grubby),
		TREE_TEST(a_suse_host_has_grub2_mkconfig),
		TREE_TEST(a_grub_mkconfig_in_usr_sbin_is_one),
		TREE_TEST(a_proxmox_host_on_zfs_boots_by_kernel_cmdline),
		TREE_TEST(a_proxmox_host_without_esps_is_a_debian_host),
		TREE_TEST(a_proxmox_host_without_uefi_boots_by_grub),
		cmocka_unit_test(what_started_the_kernel_tells_its_loader),
		TREE_TEST(an_arch_host_may_have_systemd_boot),
		TREE_TEST(a_grub_that_was_left_over_counts_not),
		TREE_TEST(an_arch_host_may_have_images),
		TREE_TEST(images_of_kernel_install_are_made_by_it),
		TREE_TEST(images_may_be_made_by_something_else),
		TREE_TEST(a_folder_without_images_tells_nothing),
		TREE_TEST(an_opensuse_host_may_have_sdbootutil),
		TREE_TEST(nixos_counts_whatever_else_there_is),
		TREE_TEST(a_host_of_snapshots_changes_the_next_one),
		TREE_TEST(truenas_writes_the_settings_of_grub),
		TREE_TEST(unraid_boots_from_its_flash_drive),
		TREE_TEST(pop_os_has_kernelstub),
		TREE_TEST(a_host_with_settings_of_limine_boots_by_it),
		TREE_TEST(options_of_refind_count_where_no_other_loader_is),
		TREE_TEST(a_refind_that_starts_grub_is_grub),
		TREE_TEST(alpine_may_have_extlinux),
		TREE_TEST(a_deployment_may_have_rpm_ostree),
		TREE_TEST(a_deployment_may_lack_rpm_ostree),
		TREE_TEST(cachyos_may_have_sdboot_manage),
		TREE_TEST(a_sdboot_manage_without_systemd_boot_is_idle),
		TREE_TEST(zfsbootmenu_reads_no_settings_of_grub),
		TREE_TEST(zfsbootmenu_that_the_host_makes_is_one),
		TREE_TEST(the_image_of_harvester_reads_no_settings_of_grub),
		TREE_TEST(limine_may_be_configured_by_hand),
		TREE_TEST(a_limine_that_was_left_over_counts_not),
		TREE_TEST(u_boot_may_have_a_menu_of_debians),
		TREE_TEST(u_boot_may_have_a_menu_by_hand),
		TREE_TEST(armbian_has_settings_for_u_boot),
		TREE_TEST(a_raspberry_pi_has_one_line),
		TREE_TEST(a_raspberry_pi_may_have_grub),
		TREE_TEST(nothing_tells_nothing),
		cmocka_unit_test(what_starts_services_is_told_by_what_it_leaves),
		TREE_TEST(the_initramfs_tool_is_the_one_installed),
		TREE_TEST(the_initramfs_of_a_snapshot_is_made_in_it),
		TREE_TEST(the_initramfs_of_nixos_is_made_by_it),
		cmocka_unit_test(initramfs_tools_are_known_by_a_file_of_theirs),
		cmocka_unit_test(of_several_initramfs_tools_the_one_in_charge_counts),
		TREE_TEST(the_initramfs_of_a_deployment_is_not_made_by_dracut_alone),
		TREE_TEST(dom0_is_the_domain_that_controls_xen),
		TREE_TEST(nixos_has_its_programs_with_the_system_that_runs),
		TREE_TEST(programs_are_not_absent_where_nixos_is_unread),
		TREE_TEST(libvirt_is_known_by_its_library),
		TREE_TEST(another_qemu_tells_nothing_of_the_hosts),
		TREE_TEST(qemu_is_known_by_what_libvirt_keeps_of_it),
		TREE_TEST(without_libvirt_qemu_is_known_by_its_package),
		cmocka_unit_test(other_packagers_tell_the_version_too),
		TREE_TEST(the_first_list_of_packages_decides),
		TREE_TEST(a_libvirt_that_is_not_known_is_not_old),
		TREE_TEST(memory_has_a_size_pools_and_nodes),
		TREE_TEST(memory_that_was_not_read_has_no_size),
		TREE_TEST(a_fibre_channel_port_has_its_names_and_vports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
