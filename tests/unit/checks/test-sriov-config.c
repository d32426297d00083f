/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <pci/header.h>
#include <string.h>
#include <sys/stat.h>

#include "host/base/buffer.h"
#include "host/capture/redact.h"
#include "host/persistence/sriov_config.h"
#include "host/sriov/sriov_redact.h"
#include "host/sriov/sriov_word.h"
#include "model/persistence/persistence.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

#define ROOT_BUS "/sys/devices/pci0000:00"
#define PF       "0000:00:02.0"
#define VF       "0000:00:02.1"
/* The beginning of an archive of MIME. */
#define USER_DATA "/var/lib/cloud/instance/user-data.txt"
#define ARCHIVE   "Content-Type: multipart/mixed;\n boundary=\"x\"\nMIME-Version: 1.0\n\n"

#define WRITES "echo 4 > /sys/class/net/eth0/device/sriov_numvfs"

#define RULE "ACTION==\"bind\", DRIVER==\"igb\", ATTR{sriov_numvfs}=\"4\""

/* Makes a PF with a VF on igbvf, each in a group of its own. */
static void add_functions_of_device(struct tree *tree, uint16_t vendor, uint16_t device,
				    const char *driver)
{
	struct test_config config;

	config_begin(&config, vendor, device, 0x020000);
	config_add_express(&config, PCI_EXP_TYPE_ENDPOINT);
	uint8_t *sriov = config_add_sriov(&config, 8);
	put16(sriov + PCI_IOV_DID, device + 1);
	const char *pf = tree_function(tree, ROOT_BUS, PF, &config);
	tree_attribute(tree, pf, "sriov_totalvfs", "7\n");
	tree_attribute(tree, pf, "sriov_numvfs", "1\n");
	tree_attribute(tree, pf, "sriov_drivers_autoprobe", "1\n");
	tree_driver(tree, pf, driver);
	tree_group(tree, pf, 1);
	tree_directory(tree, arena_printf(tree->arena, "%s/net/eth0", pf));
	config_begin(&config, 0xffff, 0xffff, 0x020000);
	const char *vf = tree_function(tree, ROOT_BUS, VF, &config);
	tree_link(tree, arena_printf(tree->arena, "%s/physfn", vf), pf);
	tree_driver(tree, vf, "igbvf");
	/* A tree with /etc and /run shows that what is not in them is not there. */
	tree_directory(tree, "/etc");
	tree_directory(tree, "/run");
	tree_directory(tree, "/usr");
}

static void add_functions_of(struct tree *tree, const char *driver)
{
	add_functions_of_device(tree, 0x8086, 0x10c9, driver);
}

static void add_functions(struct tree *tree)
{
	add_functions_of(tree, "igb");
}

static struct findings *judge_tree(struct tree *tree)
{
	return judge(tree->arena, "sriov-config", tree_host(tree));
}

static void expect(struct tree *tree, const char *id, enum finding_verdict verdict,
		   const char *evidence)
{
	const struct finding *finding = expect_finding(judge_tree(tree), id, verdict);

	if (evidence)
		assert_true(has_evidence(finding, evidence));
}

static void expect_none(struct tree *tree, const char *id)
{
	assert_null(finding_of(judge_tree(tree), id));
}

static void vfs_that_nothing_enables_at_boot_are_told(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/etc/udev/rules.d/70.rules", "# " RULE "\n");
	tree_file(tree, "/etc/udev/rules.d/README", RULE "\n");
	expect(tree, "sriov-config.not-persistent", FINDING_WARN, "1");
}

/* A plan writes the same rule to the same file, and finds it there to take it back. */
static void the_rule_that_is_told_is_the_one_that_plans_write(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	const struct finding *finding =
		expect_finding(judge_tree(tree), "sriov-config.not-persistent", FINDING_WARN);
	assert_string_equal(finding->commands->text,
			    "echo 'ACTION==\"add|bind\", SUBSYSTEM==\"pci\", KERNEL==\"" PF "\", "
			    "DRIVER==\"?*\", ATTR{sriov_numvfs}=\"1\"' >> "
			    "/etc/udev/rules.d/70-passcheck-vfs.rules");
}

static void what_enables_vfs_at_boot_is_found(void **state)
{
	static const struct {
		const char *path;
		const char *line;
	} settings[] = {
		{"/etc/udev/rules.d/70.rules", RULE},
		{"/run/udev/rules.d/70.rules", RULE},
		{"/usr/local/lib/udev/rules.d/70.rules", RULE},
		{"/usr/lib/udev/rules.d/70.rules", RULE},
		{"/etc/systemd/network/10.link", "SR-IOVVirtualFunctions=4"},
		{"/etc/netplan/01.yaml", "virtual-function-count: 4"},
		{"/etc/tmpfiles.d/vf.conf", "w /sys/class/net/eth0/device/sriov_numvfs - - - - 4"},
		{"/etc/systemd/system/vf.service", "ExecStart=sh -c 'echo 4 > /…/sriov_numvfs'"},
		{"/etc/rc.local", "echo 4 > /sys/class/net/eth0/device/sriov_numvfs"},
		{"/boot/config/go", "echo 4 > /sys/class/net/eth0/device/sriov_numvfs"},
		{"/etc/modprobe.d/igb.conf", "options igb max_vfs=4"},
	};

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		test_row("%s", settings[i].path);
		struct tree *tree;

		assert_int_equal(tree_setup((void **)&tree), 0);
		add_functions(tree);
		tree_file(tree, settings[i].path,
			  arena_printf(tree->arena, "first\n  %s \nlast", settings[i].line));
		const struct finding *finding =
			expect_finding(judge_tree(tree), "sriov-config.persistent", FINDING_PASS);
		assert_non_null(strstr(finding->summary, PF));
		if (!has_evidence(finding, settings[i].line) ||
		    !has_evidence(finding, settings[i].path))
			fail_msg("%s", settings[i].path);
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
	(void)state;
}

static void add_pf(struct tree *tree, const char *name, const char *interface, const char *driver)
{
	struct test_config config;

	config_begin(&config, 0x8086, 0x10c9, 0x020000);
	config_add_express(&config, PCI_EXP_TYPE_ENDPOINT);
	config_add_sriov(&config, 8);
	const char *pf = tree_function(tree, ROOT_BUS, name, &config);
	tree_attribute(tree, pf, "sriov_totalvfs", "7\n");
	tree_attribute(tree, pf, "sriov_numvfs", "0\n");
	tree_driver(tree, pf, driver);
	if (interface)
		tree_directory(tree, arena_printf(tree->arena, "%s/net/%s", pf, interface));
}

#define OTHER_PF "0000:00:03.0"

/* A file, and what it makes of PF, whose interface is eth0; there is another, eth1. */
struct owner_case {
	enum sriov_owner owner;
	const char *path;
	const char *text;
	enum persistence state;
	int64_t count;          /* -1: it tells none */
	enum persistence other; /* what it makes of OTHER_PF */
};

#define NOTHING PERSISTENCE_NONE
#define MADE    PERSISTENCE_MADE
#define UNKNOWN PERSISTENCE_UNKNOWN

#define UNRAID "/boot/config/sriov.cfg"
#define RULES  "/etc/udev/rules.d/70-vfs.rules"
#define LINK   "/etc/systemd/network/50-vfs.link"

#define LINK_VFS "[Link]\nSR-IOVVirtualFunctions=4\n"

static const struct owner_case owner_cases[] = {
	{SRIOV_OWNER_LINK, "/etc/systemd/network/1.link",
	 "[Match]\nOriginalName=eth0\n[Link]\nSR-IOVVirtualFunctions=4\n", MADE, 4, NOTHING},
	{SRIOV_OWNER_LINK, "/etc/systemd/network/1.link",
	 "[Match]\nPath=pci-0000:00:02.*\n[Link]\nName=lan0\nSR-IOVVirtualFunctions=4\n", MADE, 4,
	 NOTHING},
	{SRIOV_OWNER_LINK, "/etc/systemd/network/1.link",
	 "[Match]\nDriver=igb\n[Link]\nSR-IOVVirtualFunctions=4\n", MADE, 4, MADE},
	{SRIOV_OWNER_LINK, "/etc/systemd/network/1.link",
	 "[Match]\nDriver=ig*\nType=ether\n[Link]\nSR-IOVVirtualFunctions=4\n", MADE, 4, MADE},
	{SRIOV_OWNER_LINK, "/etc/systemd/network/1.link",
	 "[Match]\nDriver=igb\nOriginalName=eth1\n[Link]\nSR-IOVVirtualFunctions=4\n", NOTHING, 4,
	 MADE},
	/* A sign of negation is for all of its list. */
	{SRIOV_OWNER_LINK, "/etc/systemd/network/1.link",
	 "[Match]\nOriginalName=!eth1 eth2\n[Link]\nSR-IOVVirtualFunctions=4\n", MADE, 4, NOTHING},
	{SRIOV_OWNER_LINK, "/etc/systemd/network/1.link",
	 "[Match]\nOriginalName=!eth1\nOriginalName=eth0 eth1\n[Link]\n"
	 "SR-IOVVirtualFunctions=4\n",
	 MADE, 4, NOTHING},
	/* Keys of other sections are ignored. */
	{SRIOV_OWNER_LINK, "/etc/systemd/network/1.link",
	 "[Match]\nOriginalName=eth0\n[SR-IOV]\nSR-IOVVirtualFunctions=4\n", NOTHING, 0, NOTHING},
	{SRIOV_OWNER_LINK, "/etc/systemd/network/1.link",
	 "[Match]\nOriginalName=eth0\n[Link]\nVirtualFunction=3\n", NOTHING, 0, NOTHING},
	{SRIOV_OWNER_LINK, "/etc/systemd/network/1.link",
	 "[Match]\nOriginalName=eth0\n[SR-IOV]\nVirtualFunction=3\n", MADE, 4, NOTHING},
	{SRIOV_OWNER_LINK, "/etc/systemd/network/1.link",
	 "[Match]\nMACAddress=52:54:00:00:00:01\n[Link]\nSR-IOVVirtualFunctions=4\n", UNKNOWN, 4,
	 UNKNOWN},
	{SRIOV_OWNER_NETPLAN, "/etc/netplan/1.yaml",
	 "network:\n  ethernets:\n    eth1:\n      dhcp4: true\n    eth0:\n"
	 "      virtual-function-count: 4\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_NETPLAN, "/etc/netplan/1.yaml",
	 "network:\n  ethernets:\n    nic:\n      virtual-function-count: 4\n"
	 "      match:\n        name: eth0\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_NETPLAN, "/etc/netplan/1.yaml",
	 "network:\n  ethernets:\n    nic:\n      match: {macaddress: x, name: \"eth0\"}\n"
	 "      virtual-function-count: 4\n",
	 MADE, 4, NOTHING},
	/* In braces. */
	{SRIOV_OWNER_NETPLAN, "/etc/netplan/1.yaml",
	 "network:\n  ethernets:\n    eth0: {virtual-function-count: 4}\n    eth1: {}\n", MADE, 4,
	 NOTHING},
	{SRIOV_OWNER_NETPLAN, "/etc/netplan/1.yaml",
	 "network:\n  ethernets:\n    nic: {match: {name: eth0}, virtual-function-count: 4}\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_NETPLAN, "/etc/netplan/1.yaml",
	 "network:\n  ethernets:\n    nic: {match: {macaddress: secret}, "
	 "virtual-function-count: 4}\n",
	 UNKNOWN, 4, UNKNOWN},
	{SRIOV_OWNER_NETPLAN, "/etc/netplan/1.yaml",
	 "network:\n  ethernets:\n    eth0: {\n      virtual-function-count: 4\n    }\n", MADE, 4,
	 NOTHING},
	/* A match that is not read may be for any. */
	{SRIOV_OWNER_NETPLAN, "/etc/netplan/1.yaml",
	 "network:\n  ethernets:\n    nic:\n      virtual-function-count: 4\n"
	 "      match:\n        macaddress: secret\n",
	 UNKNOWN, 4, UNKNOWN},
	{SRIOV_OWNER_NETPLAN, "/etc/netplan/1.yaml",
	 "network:\n  ethernets:\n    nic:\n      match: {macaddress: secret}\n"
	 "      virtual-function-count: 4\n",
	 UNKNOWN, 4, UNKNOWN},
	{SRIOV_OWNER_NETPLAN, "/etc/netplan/1.yaml",
	 "network:\n  ethernets:\n    nic:\n      match:\n        macaddress: secret\n"
	 "      virtual-function-count: 4\n      set-name: eth0\n",
	 MADE, 4, NOTHING},
	/* VFs that are defined are made. */
	{SRIOV_OWNER_NETPLAN, "/etc/netplan/1.yaml",
	 "network:\n  ethernets:\n    eth0:\n      dhcp4: true\n    eth0v0:\n      link: eth0\n"
	 "      addresses: [secret]\n    eth0v1: {link: eth0}\n",
	 MADE, -1, NOTHING},
	{SRIOV_OWNER_NETPLAN, "/etc/netplan/1.yaml",
	 "network:\n  ethernets:\n    nic:\n      match: {name: eth0}\n    vf0:\n"
	 "      link: nic\n",
	 MADE, -1, NOTHING},
	{SRIOV_OWNER_NETPLAN, "/etc/netplan/1.yaml",
	 "network:\n  ethernets:\n    vf0:\n      link: nic\n    nic:\n"
	 "      match: {macaddress: secret}\n",
	 UNKNOWN, -1, UNKNOWN},
	{SRIOV_OWNER_NETPLAN, "/etc/netplan/1.yaml",
	 "network:\n  ethernets:\n    eth0:\n      virtual-function-count: 4\n    vf0:\n"
	 "      link: eth0\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_NETPLAN, "/etc/netplan/1.yaml",
	 "network:\n  ethernets:\n    eth0: {}\n  vlans:\n    lan:\n      id: 5\n"
	 "      link: eth0\n",
	 NOTHING, 0, NOTHING},
	{SRIOV_OWNER_NETWORK_MANAGER, "/etc/NetworkManager/system-connections/a.nmconnection",
	 "[connection]\nid=a\ninterface-name=eth0\n[802-1x]\npassword=secret\n"
	 "[sriov]\ntotal-vfs=4\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_NETWORK_MANAGER, "/etc/NetworkManager/system-connections/a.nmconnection",
	 "[connection]\ninterface-name=eth0\nautoconnect=false\n[sriov]\ntotal-vfs=4\n", NOTHING, 0,
	 NOTHING},
	{SRIOV_OWNER_NETWORK_MANAGER, "/etc/NetworkManager/conf.d/vfs.conf",
	 "[main]\nplugins=secret\n[device-pf]\nmatch-device=interface-name:eth0\n"
	 "sriov-num-vfs=4\n[device]\nmatch-device=interface-name:eth1\nmanaged=0\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_NETWORK_MANAGER, "/usr/lib/NetworkManager/conf.d/vfs.conf",
	 "[device]\nsriov-num-vfs=4\nmatch-device=interface-name:=eth0; interface-name:eth2*,lan\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_NETWORK_MANAGER, "/etc/NetworkManager/NetworkManager.conf",
	 "[device]\nmatch-device=driver:igb\nsriov-num-vfs=4\n", MADE, 4, MADE},
	{SRIOV_OWNER_NETWORK_MANAGER, "/run/NetworkManager/conf.d/vfs.conf",
	 "[device]\nmatch-device=mac:00:16:3e:00:00:01,except:interface-name:secret\n"
	 "sriov-num-vfs=4\n",
	 UNKNOWN, 4, UNKNOWN},
	{SRIOV_OWNER_NETWORK_MANAGER, "/etc/NetworkManager/conf.d/vfs.conf",
	 "[connection]\nmatch-device=interface-name:eth0\nsriov-num-vfs=4\n", NOTHING, 0, NOTHING},
	{SRIOV_OWNER_IFCFG, "/etc/sysconfig/network-scripts/ifcfg-lan",
	 "DEVICE=\"eth0\"\nONBOOT=yes\nSRIOV_TOTAL_VFS=4\n", MADE, 4, NOTHING},
	{SRIOV_OWNER_NETWORK_MANAGER, "/etc/NetworkManager/system-connections/a.nmconnection",
	 "[connection]\ninterface-name=eth0\n[sriov]\n[802-1x]\npassword=secret\n", NOTHING, 0,
	 NOTHING},
	/* Copies that are left beside a file. */
	{SRIOV_OWNER_IFCFG, "/etc/sysconfig/network-scripts/ifcfg-lan.bak",
	 "DEVICE=eth0\nSRIOV_TOTAL_VFS=4\n", NOTHING, 0, NOTHING},
	{SRIOV_OWNER_IFCFG, "/etc/sysconfig/network-scripts/old-ifcfg-lan",
	 "DEVICE=eth0\nSRIOV_TOTAL_VFS=4\n", NOTHING, 0, NOTHING},
	{SRIOV_OWNER_NETWORK_MANAGER, "/etc/NetworkManager/system-connections/a.nmconnection~",
	 "[connection]\ninterface-name=eth0\n[sriov]\ntotal-vfs=4\n", NOTHING, 0, NOTHING},
	{SRIOV_OWNER_NETWORK_MANAGER, "/etc/NetworkManager/dispatcher.d/vfs.rpmsave", WRITES,
	 NOTHING, 0, NOTHING},
	{SRIOV_OWNER_IFUPDOWN, "/etc/network/if-up.d/vfs.sh", WRITES, UNKNOWN, 4, NOTHING},
	{SRIOV_OWNER_CRON, "/etc/cron.d/.placeholder", "@reboot root " WRITES, NOTHING, 0, NOTHING},
	{SRIOV_OWNER_OS_NET_CONFIG, "/var/lib/os-net-config/sriov_config.yaml",
	 "- device_type: pf\n  link_mode: legacy\n  numvfs: 4\n  name: eth0\n"
	 "- device_type: vf\n  device:\n    name: eth1\n    vfid: 1\n  name: eth1_1\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_NMSTATE, "/etc/nmstate/a.yml",
	 "interfaces:\n- name: eth0\n  ethernet:\n    sr-iov:\n      total-vfs: 4\n"
	 "- name: eth2\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_CRON, "/etc/cron.d/vfs",
	 "@reboot root echo 4 > /sys/class/net/eth0/device/sriov_numvfs\n", MADE, 4, NOTHING},
	{SRIOV_OWNER_CRON, "/var/spool/cron/crontabs/root", "@reboot /root/vfs.sh eth0\n", UNKNOWN,
	 -1, NOTHING},
	{SRIOV_OWNER_IFUPDOWN, "/etc/network/interfaces",
	 "auto eth0\niface eth0 inet manual\n"
	 "  post-up echo 4 > /sys/class/net/$IFACE/device/sriov_numvfs\n",
	 MADE, 4, NOTHING},
	/* What runs as the host goes down makes none, and takes none away, at boot. */
	{SRIOV_OWNER_IFUPDOWN, "/etc/network/interfaces",
	 "iface eth0 inet manual\n  pre-down " WRITES "\n", NOTHING, 0, NOTHING},
	{SRIOV_OWNER_UNIT, "/etc/systemd/system/a.service",
	 "[Service]\nExecStart=true\nExecStop=sh -c '" WRITES "'\n", NOTHING, 0, NOTHING},
	{SRIOV_OWNER_UNIT, "/etc/systemd/system/a.service",
	 "[Service]\nExecStop=sh \\\n# note\n  -c '" WRITES "'\n", NOTHING, 0, NOTHING},
	{SRIOV_OWNER_UNIT, "/etc/systemd/system/a.service",
	 "[Service]\nExecStop=true\nExecStart=sh \\\n  -c '" WRITES "'\n", MADE, 4, NOTHING},
	{SRIOV_OWNER_UNIT, "/etc/systemd/system/a.service",
	 "[Service]\n# ExecStop=sh \\\nExecStart=sh -c '" WRITES "'\n", MADE, 4, NOTHING},
	{SRIOV_OWNER_IFUPDOWN, "/etc/network/interfaces",
	 "iface eth0 inet manual\n  down true; \\\n  " WRITES "\n", NOTHING, 0, NOTHING},
	{SRIOV_OWNER_UNIT, "/etc/systemd/system/a.service",
	 "[Service]\nredacted=sh -c '" WRITES "'\n", NOTHING, 0, NOTHING},
	{SRIOV_OWNER_CRON, "/etc/cron.d/vfs", "0 3 * * * root " WRITES "\n", UNKNOWN, 4, NOTHING},
	{SRIOV_OWNER_IFUPDOWN, "/etc/network/interfaces",
	 "iface eth0 inet static\naddress 1.2.3.4\n", NOTHING, 0, NOTHING},
	{SRIOV_OWNER_IFUPDOWN, "/etc/network/if-up.d/vfs", "/opt/make-vfs eth0 secret\n", UNKNOWN,
	 -1, NOTHING},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/70-vfs.rules",
	 "KERNEL==\"0000:0[01]:0?.0\", ATTR{sriov_numvfs}=\"4\"\n", MADE, 4, MADE},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/70-vfs.rules",
	 "SUBSYSTEM==\"net\", KERNEL==\"eth[02]|lan*\", ATTR{device/sriov_numvfs}=\"4\"\n", MADE, 4,
	 NOTHING},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/70-vfs.rules",
	 "ACTION==\"add\", SUBSYSTEM==\"net\", DRIVERS==\"igb\", ATTR{device/sriov_numvfs}=\"4\"\n",
	 MADE, 4, MADE},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/70-vfs.rules",
	 "KERNEL==\"eth*\", DRIVERS==\"i40e|ice\", ATTR{device/sriov_numvfs}=\"4\"\n", NOTHING, 4,
	 NOTHING},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/70-vfs.rules",
	 "DRIVER==\"ig*\", ATTR{sriov_numvfs}=\"4\"\n", MADE, 4, MADE},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/70-vfs.rules",
	 "KERNEL==\"eth*\", ATTRS{device}==\"0x10c9\", ATTR{device/sriov_numvfs}=\"4\"\n", MADE, 4,
	 MADE},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/70-vfs.rules",
	 "KERNEL==\"0000:09:00.0\", DRIVER==\"?*\", ATTR{sriov_numvfs}=\"4\"\n", NOTHING, 4,
	 NOTHING},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/70-vfs.rules",
	 "KERNEL==\"0000:0[01]:0?.0\", DRIVER!=\"igb\", ATTR{sriov_numvfs}=\"4\"\n", NOTHING, 4,
	 NOTHING},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/70-vfs.rules",
	 "ACTION==\"remove\", KERNEL==\"0000:0[01]:0?.0\", ATTR{sriov_numvfs}=\"4\"\n", NOTHING, 4,
	 NOTHING},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/70-vfs.rules",
	 "ACTION==\"remove|unbind\", KERNEL==\"0000:00:02.0\", ATTR{sriov_numvfs}=\"4\"\n", NOTHING,
	 4, NOTHING},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/70-vfs.rules",
	 "ACTION==\"change\", KERNEL==\"0000:00:02.0\", ATTR{sriov_numvfs}=\"4\"\n", UNKNOWN, 4,
	 NOTHING},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/70-vfs.rules",
	 "ACTION==\"change|bind\", KERNEL==\"0000:00:02.0\", ATTR{sriov_numvfs}=\"4\"\n", MADE, 4,
	 NOTHING},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/70-vfs.rules",
	 "ACTION!=\"remove\", KERNEL==\"0000:0[01]:0?.0\", ATTR{sriov_numvfs}=\"4\"\n", MADE, 4,
	 MADE},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/70-vfs.rules",
	 "KERNELS==\"*\", KERNEL==\"0000:0[01]:0?.0\", ATTR{sriov_numvfs}=\"4\"\n", MADE, 4, MADE},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/70-vfs.rules",
	 "KERNEL==\"0000:0[01]:0?.0\", ATTR{sriov_totalvfs}==\"64\", ATTR{sriov_numvfs}=\"4\"\n",
	 UNKNOWN, 4, UNKNOWN},
	/* The driver of an interface is known behind the rules of systemd that look for it. */
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/vfs.rules",
	 "ACTION==\"add\", SUBSYSTEM==\"net\", ENV{ID_NET_DRIVER}==\"i40e|igb\", "
	 "ATTR{device/sriov_numvfs}=\"4\"\n",
	 MADE, 4, MADE},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/99-vfs.rules",
	 "ACTION==\"add\", SUBSYSTEM==\"net\", ENV{ID_NET_DRIVER}==\"ixgbe\", "
	 "ATTR{device/sriov_numvfs}=\"4\"\n",
	 NOTHING, 4, NOTHING},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/70-vfs.rules",
	 "SUBSYSTEM==\"net\", ENV{ID_NET_DRIVER}==\"igb\", ATTR{device/sriov_numvfs}=\"4\"\n",
	 UNKNOWN, 4, UNKNOWN},
	{SRIOV_OWNER_UDEV, "/etc/udev/rules.d/99-vfs.rules",
	 "ENV{ID_NET_DRIVER}==\"igb\", KERNEL==\"0000:0[01]:0?.0\", ATTR{sriov_numvfs}=\"4\"\n",
	 NOTHING, 4, NOTHING},
	{SRIOV_OWNER_RC_LOCAL, "/etc/rc.local",
	 "for i in eth0 eth1; do\necho 4 > /sys/class/net/$i/device/sriov_numvfs\ndone\n", UNKNOWN,
	 4, UNKNOWN},
	/* What stands behind the end of the script. */
	{SRIOV_OWNER_RC_LOCAL, "/etc/rc.local", "#!/bin/sh\n\nexit 0\n" WRITES "\n", UNKNOWN, 4,
	 NOTHING},
	{SRIOV_OWNER_RC_LOCAL, "/etc/rc.local", "exit\n" WRITES "\n", UNKNOWN, 4, NOTHING},
	{SRIOV_OWNER_RC_LOCAL, "/etc/rc.local",
	 "if false; then\n  exit 1\nfi\n" WRITES "\nexit 0\n", MADE, 4, NOTHING},
	{SRIOV_OWNER_RC_LOCAL, "/etc/rc.local",
	 "ip link set eth0 up\n/usr/sbin/ethtool -K eth0 gro on\n", NOTHING, 0, NOTHING},
	{SRIOV_OWNER_RC_LOCAL, "/etc/rc.local", "ip link set eth0 up; /opt/make-vfs 0000:00:02.0\n",
	 UNKNOWN, -1, NOTHING},
	{SRIOV_OWNER_UNIT, "/etc/systemd/system/a.service",
	 "[Service]\nExecStart=sh -c '" WRITES "'\n[Install]\nWantedBy=multi-user.target\n",
	 UNKNOWN, 4, NOTHING},
	{SRIOV_OWNER_UNIT, "/etc/systemd/system/a.service",
	 "[Unit]\nDescription=sriov_numvfs of eth0\n[Service]\nExecStart=/opt/vfs eth0 secret\n",
	 UNKNOWN, -1, NOTHING},
	{SRIOV_OWNER_UNIT, "/etc/systemd/system/a.service",
	 "ExecStart=/usr/local/sbin/sriov-setup.sh\n", UNKNOWN, -1, UNKNOWN},
	{SRIOV_OWNER_UNIT, "/etc/systemd/system/a.service",
	 "ExecStart=/usr/lib/nvidia/sriov-manage -e 0000:00:02.0\n", MADE, -1, NOTHING},
	{SRIOV_OWNER_INITRAMFS, "/etc/initramfs-tools/modules", "igb max_vfs=4\n", MADE, 4, MADE},
	{SRIOV_OWNER_INITRAMFS, "/etc/initramfs-tools/scripts/init-bottom/vfs",
	 "echo 4 > /sys/bus/pci/devices/0000:00:02.0/sriov_numvfs\n", MADE, 4, NOTHING},
	{SRIOV_OWNER_UNIT, "/etc/systemd/system/ssh.service.d/vfs.conf",
	 "[Service]\nExecStartPre=sh -c 'echo 4 > /sys/class/net/eth0/device/sriov_numvfs'\n", MADE,
	 4, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, "/etc/cloud/cloud.cfg.d/50-vfs.cfg",
	 "#cloud-config\npassword: secret\nbootcmd:\n- echo 4 > "
	 "/sys/bus/pci/devices/0000:00:02.0/sriov_numvfs\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, "/var/lib/cloud/instance/user-data.txt",
	 "bootcmd:\n  - |\n    echo 4 > /sys/class/net/eth0/device/sriov_numvfs\n", MADE, 4,
	 NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, "/var/lib/cloud/instance/user-data.txt",
	 "bootcmd:\n  - /opt/make-vfs eth0\n", UNKNOWN, -1, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, "/etc/cloud/cloud.cfg",
	 "bootcmd:\n  - ls\nruncmd:\n  - echo 4 > /sys/class/net/eth0/device/sriov_numvfs\n"
	 "network:\n  ethernets:\n    eth0:\n      set-name: eth0\n",
	 NOTHING, 0, NOTHING},
	/* A boothook is a script, whatever its lines look like. */
	{SRIOV_OWNER_CLOUD_INIT, "/var/lib/cloud/instance/user-data.txt",
	 "#cloud-boothook\n#!/bin/sh\nPF=0000:00:02.0\n"
	 "echo 4 > /sys/class/net/eth0/device/sriov_numvfs\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, "/var/lib/cloud/instance/user-data.txt",
	 "#!/bin/sh\n#cloud-boothook\necho 4 > /sys/class/net/eth0/device/sriov_numvfs\n", NOTHING,
	 0, NOTHING},
	/* An archive is read part by part, and what of it is hidden may make VFs. */
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 ARCHIVE "--x\nContent-Type: text/cloud-boothook; charset=utf-8\n\n#!/bin/sh\n"
		 "echo 4 > /sys/class/net/eth0/device/sriov_numvfs\n--x--\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 ARCHIVE "--x\nContent-Type: text/cloud-config\n\n---\nusers: [secret]\nbootcmd:\n"
		 "- echo 4 > /sys/class/net/eth0/device/sriov_numvfs\n--x--\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 ARCHIVE "--x\n\n#cloud-boothook\n"
		 "echo 4 > /sys/class/net/eth0/device/sriov_numvfs\n--x--\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 ARCHIVE "--x\nContent-Type: text/x-shellscript-per-boot\n\ntrue\n--x\n"
		 "Content-Type: text/x-shellscript\n\n#!/bin/sh\n"
		 "echo 4 > /sys/class/net/eth0/device/sriov_numvfs\n--x--\n",
	 NOTHING, 0, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 ARCHIVE "--x\nContent-Transfer-Encoding: base64\nContent-Type: text/cloud-boothook\n\n"
		 "c2VjcmV0\n--x--\n",
	 UNKNOWN, -1, UNKNOWN},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 ARCHIVE "--x\ncontent-type:text/x-include-url\n\nhttps://secret\n--x--\n", UNKNOWN, -1,
	 UNKNOWN},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 ARCHIVE "--x\nContent-Type: multipart/mixed; boundary=y\n\n--y\n"
		 "Content-Type: text/cloud-boothook\n\ntrue\n--y--\n--x--\n",
	 UNKNOWN, -1, UNKNOWN},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA, "#include\nhttps://secret\n", UNKNOWN, -1, UNKNOWN},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA, "\n #Cloud-Config-Archive\n- type: secret\n", UNKNOWN,
	 -1, UNKNOWN},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA, "\x1f\x8b\x08secret\n", UNKNOWN, -1, UNKNOWN},
	/* It is one wherever MIME-Version stands, and however its boundary is written. */
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 "From nobody Sat Jan 11 10:20:27 2014\n" ARCHIVE "--x\n\n#cloud-boothook\n" WRITES
	 "\n--x--\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 "Content-Disposition: form-data\nMIME-Version: 1.0\n"
	 "Content-Type: multipart/mixed; Boundary = \"a b\"\n\n--a b\n\n#cloud-boothook\n" WRITES
	 "\n--a b--\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 "mime-version: 1.0\nContent-Type: multipart/mixed; boundary='x'\n\n--x\n\n"
	 "#cloud-boothook\n" WRITES "\n--x--\n",
	 UNKNOWN, -1, UNKNOWN},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 "MIME-Version: 1.0\nContent-Type: text/cloud-boothook\n\n" WRITES, MADE, 4, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 "#cloud-config\nwrite_files:\n- content: |\n    MIME-Version: 1.0\nbootcmd:\n- " WRITES,
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 ARCHIVE "--x\n\n#cloud-boothook\n--xy\n\n" WRITES "\n--x--\n", MADE, 4, NOTHING},
	/* A script's type is not final, one of YAML is. */
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 ARCHIVE "--x\nContent-Type: text/x-shellscript\n\n#cloud-boothook\n" WRITES "\n--x--\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 ARCHIVE "--x\nContent-Type: text/x-shellscript\n\n#cloud-config\nbootcmd:\n- " WRITES
		 "\n--x--\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 ARCHIVE "--x\nContent-Type: text/cloud-config\n\n#!note\nbootcmd:\n- " WRITES "\n--x--\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 ARCHIVE "--x\nContent-Type: text/cloud-config-jsonp\n\n[{\"op\": \"add\"}]\n--x--\n",
	 UNKNOWN, -1, UNKNOWN},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA, "#cloud-config-jsonp\n[{\"op\": \"add\"}]\n", UNKNOWN,
	 -1, UNKNOWN},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA, "## template: jinja\n#cloud-boothook\n" WRITES, MADE, 4,
	 NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA, "## template: jinja\n#include\nhttps://secret\n",
	 UNKNOWN, -1, UNKNOWN},
	/* Files of /etc are YAML, and so is what a file in them holds. */
	{SRIOV_OWNER_CLOUD_INIT, "/etc/cloud/cloud.cfg",
	 "#included by the admins\nusers: [secret]\n", NOTHING, 0, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, USER_DATA,
	 "#cloud-config\nwrite_files:\n- content: |\n    Content-Transfer-Encoding: base64\n",
	 NOTHING, 0, NOTHING},
	{SRIOV_OWNER_CLOUD_INIT, "/var/lib/cloud/scripts/per-boot/vfs",
	 "echo 4 > /sys/class/net/eth0/device/sriov_numvfs\n", MADE, 4, NOTHING},
	{SRIOV_OWNER_OPERATOR, "/etc/sriov-operator/sriov-interface-config.yaml",
	 "spec:\n    interfaces:\n        - pciaddress: \"0000:00:02.0\"\n          numvfs: 4\n"
	 "          name: eth0\n          vfgroups:\n            - policyname: secret\n",
	 MADE, 4, NOTHING},
	/* The address counts, not the name that the interface had; and what it manages no VFs of
	 * says so below their number. */
	{SRIOV_OWNER_OPERATOR, "/etc/sriov-operator/sriov-interface-config.yaml",
	 "spec:\n    interfaces:\n        - pciaddress: \"0000:00:02.0\"\n          numvfs: 4\n"
	 "          name: eth1\n          externallymanaged: false\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_OPERATOR, "/etc/sriov-operator/sriov-interface-config.yaml",
	 "spec:\n    interfaces:\n        - pciaddress: \"0000:00:03.0\"\n          numvfs: 8\n"
	 "          name: eth1\n          externallymanaged: true\n"
	 "        - pciaddress: \"0000:00:02.0\"\n          numvfs: 4\n          name: eth0\n"
	 "          vfgroups:\n            - policyname: secret\n"
	 "          externallymanaged: false\n",
	 MADE, 4, NOTHING},
	{SRIOV_OWNER_OPERATOR, "/etc/sriov-operator/sriov-interface-config.yaml",
	 "spec:\n    interfaces:\n        - pciaddress: \"0000:00:02.0\"\n          numvfs: 4\n"
	 "          name: eth0\n          externallymanaged: true\n",
	 NOTHING, 0, NOTHING},
	{SRIOV_OWNER_OPERATOR, "/etc/sriov-operator/sriov-interface-config.yaml",
	 "- numvfs: 4\n  externallymanaged: true\n", NOTHING, 0, NOTHING},
	{SRIOV_OWNER_OPERATOR, "/etc/sriov-operator/pci/0000:00:02.0",
	 "{\"pciAddress\":\"0000:00:02.0\",\"numVfs\":4,\"mtu\":1500,\"name\":\"eth0\","
	 "\"vfGroups\":[{\"policyName\":\"secret\"}]}\n",
	 UNKNOWN, 4, NOTHING},
	{SRIOV_OWNER_OPERATOR, "/etc/sriov-operator/pci/0000:00:02.0",
	 "{\"pciAddress\":\"0000:00:02.0\",\"numVfs\":4,\"name\":\"eth0\","
	 "\"externallyManaged\":true}\n",
	 NOTHING, 0, NOTHING},
	/* Unraid goes by the ids, too. */
	{SRIOV_OWNER_UNRAID, UNRAID, "VFS=0000:09:00.0|8086:10c9|2 " PF "|8086:10c9|4\r\n", MADE, 4,
	 NOTHING},
	{SRIOV_OWNER_UNRAID, UNRAID, "VFS=\"00:02.0|8086:10c9|4\"\n", MADE, 4, NOTHING},
	{SRIOV_OWNER_UNRAID, UNRAID, "VFS=" PF "|8086:1521|4\n", NOTHING, 0, NOTHING},
	{SRIOV_OWNER_UNRAID, UNRAID, "OLDVFS=" PF "|8086:10c9|4\nVFS=" PF "|secret\n", NOTHING, 0,
	 NOTHING},
	{SRIOV_OWNER_INITRAMFS, "/etc/dracut.conf", "kernel_cmdline=\"secret.max_vfs=4\"\n",
	 UNKNOWN, 4, UNKNOWN},
	{SRIOV_OWNER_KERNEL_CMDLINE, "/proc/cmdline", "quiet igb.max_vfs=4\n", MADE, 4, MADE},
};

static void expect_owner(const struct tree *tree, const struct host *host, const char *name,
			 enum persistence state, const struct owner_case *row)
{
	struct persistences persistences;

	persistences_build(host, tree->arena, &persistences);
	const struct pci_function *pf = pci_find_name(&host->pci, name);
	const struct vf_persistence found = vf_persistence_of(&persistences, pf, 0);
	assert_int_equal(found.state, state);
	if (state == PERSISTENCE_NONE)
		return;
	assert_int_equal(found.setting->owner, row->owner);
	assert_string_equal(found.setting->source, row->path);
	assert_null(strstr(found.setting->line, "secret"));
	assert_int_equal(found.counted ? found.count : -1, row->count);
}

static void who_makes_vfs_of_which_pf_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(owner_cases) / sizeof(owner_cases[0]); i++) {
		const struct owner_case *row = &owner_cases[i];
		struct tree *tree;
		test_row("%s: %s", row->path, row->text);
		assert_int_equal(tree_setup((void **)&tree), 0);
		add_functions(tree);
		add_pf(tree, OTHER_PF, "eth1", "igb");
		tree_file(tree, row->path, row->text);
		const struct host *host = tree_host(tree);
		expect_owner(tree, host, PF, row->state, row);
		expect_owner(tree, host, OTHER_PF, row->other, row);
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
}

static enum persistence state_of_pf(struct tree *tree)
{
	const struct host *host = tree_host(tree);
	struct persistences persistences;

	persistences_build(host, tree->arena, &persistences);
	enum persistence state =
		vf_persistence_of(&persistences, pci_find_name(&host->pci, PF), 0).state;
	/* What is told of a place that was not read. */
	return state == PERSISTENCE_NONE && !fact_known(&host->sriov_config.fact)
		       ? PERSISTENCE_UNKNOWN
		       : state;
}

/* Where one PF alone can have VFs, a line that names none means that one; what else is open about
 * the line stays so. */
static void only_what_names_no_pf_means_the_only_one(void **state)
{
	static const struct {
		const char *path;
		const char *text;
		enum persistence state;
	} rows[] = {
		{RULES, "SUBSYSTEM==\"net\", ATTR{device/sriov_numvfs}=\"4\"\n", MADE},
		{"/etc/rc.local", "echo 4 > /sys/class/net/$i/device/sriov_numvfs\n", MADE},
		{RULES, "ACTION==\"change\", KERNEL==\"" PF "\", ATTR{sriov_numvfs}=\"4\"\n",
		 UNKNOWN},
		{RULES, "ACTION==\"change\", ATTR{sriov_numvfs}=\"4\"\n", UNKNOWN},
		{RULES,
		 "KERNEL==\"eth*\", ATTRS{device}==\"0x10c9\", "
		 "ATTR{device/sriov_numvfs}=\"4\"\n",
		 MADE},
		{RULES, "ENV{ID_NET_DRIVER}==\"i40e\", ATTR{device/sriov_numvfs}=\"4\"\n", UNKNOWN},
		{LINK, "[Match]\nMACAddress=52:54:00:00:00:01\n" LINK_VFS, UNKNOWN},
		{LINK, "[Match]\nOriginalName=*\nHost=elsewhere\n" LINK_VFS, UNKNOWN},
		{LINK, "[Match]\nOriginalName=*\nVirtualization=vm\n" LINK_VFS, UNKNOWN},
		{LINK, "[Match]\nOriginalName=*\n" LINK_VFS, MADE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tree *tree;

		test_row("%s: %s", rows[i].path, rows[i].text);
		assert_int_equal(tree_setup((void **)&tree), 0);
		add_functions(tree);
		tree_file(tree, rows[i].path, rows[i].text);
		assert_int_equal(state_of_pf(tree), rows[i].state);
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
}

#define SETS        "ATTR{sriov_numvfs}=\"4\"\n"
#define SETS_OF_NET "ATTR{device/sriov_numvfs}=\"4\"\n"
#define RUNS(name)  "RUN+=\"/bin/sh -c 'echo 4 > /sys/bus/pci/devices/" name "/sriov_numvfs'\"\n"

/* Rules of udev in a file, and what they make of PF, a network card, and of OTHER_PF. */
static const struct {
	const char *text;
	enum persistence state;
	enum persistence other;
} rule_cases[] = {
	/* What is not evaluated leaves open also what names an address. */
	{"ENV{X}==\"1\", KERNEL==\"" PF "\", " SETS, UNKNOWN, NOTHING},
	{"PROGRAM==\"/opt/secret\", KERNEL==\"" PF "\", " SETS, UNKNOWN, NOTHING},
	{"RESULT!=\"x\", KERNEL==\"" PF "\", " SETS, UNKNOWN, NOTHING},
	{"KERNEL==\"" PF "\", ATTR{class}==\"0x020000\", " SETS, UNKNOWN, NOTHING},
	{"KERNEL==i\"" PF "\", " SETS, UNKNOWN, UNKNOWN},
	{"KERNEL==\"" PF "\", KERNEL \"x\", " SETS, UNKNOWN, NOTHING},
	/* What is set beside the number is no question. */
	{"KERNEL==\"" PF "\", ENV{X}=\"1\", TAG+=\"y\", " SETS, MADE, NOTHING},
	{"KERNEL == \"" PF "\" , " SETS, MADE, NOTHING},
	{"KERNEL==\"" PF "\", TEST==\"sriov_numvfs\", ATTR{sriov_numvfs}!=\"4\", " SETS, MADE,
	 NOTHING},
	{"KERNEL==\"" PF "\", ATTR{sriov_numvfs}==\"0\", " SETS, MADE, NOTHING},
	{"KERNEL==\"" PF "\", ATTR{sriov_numvfs}!=\"0\", " SETS, UNKNOWN, NOTHING},
	/* Ids are those of the function; an interface has them below "device". */
	{"ATTR{vendor}==\"0x8086\", ATTR{device}==\"0x10c9\", " SETS, MADE, MADE},
	{"ATTR{vendor}==\"0x8086\", ATTR{device}==\"0x1572\", " SETS, NOTHING, NOTHING},
	{"KERNEL==\"" PF "\", ATTR{device}!=\"0x10c9\", " SETS, NOTHING, NOTHING},
	{"SUBSYSTEM==\"net\", ATTR{device/vendor}==\"0x8086\", " SETS_OF_NET, MADE, MADE},
	{"SUBSYSTEM==\"net\", ATTR{vendor}==\"0x8086\", " SETS_OF_NET, NOTHING, NOTHING},
	{"SUBSYSTEM==\"net\", ATTRS{vendor}==\"0x15b3\", " SETS_OF_NET, NOTHING, NOTHING},
	/* One device must fit all that is asked of those above. */
	{"SUBSYSTEM==\"net\", KERNELS==\"pci0000:00\", DRIVERS==\"igb\", " SETS_OF_NET, NOTHING,
	 NOTHING},
	{"SUBSYSTEM==\"net\", KERNELS==\"pci0000:00\", SUBSYSTEMS==\"\", " SETS_OF_NET, MADE, MADE},
	{"KERNELS==\"eth0\", SUBSYSTEMS==\"net\", " SETS_OF_NET, MADE, NOTHING},
	{"KERNELS==\"eth0\", SUBSYSTEMS==\"pci\", " SETS_OF_NET, NOTHING, NOTHING},
	/* An interface is not bound, and a function does not move. */
	{"ACTION==\"bind\", SUBSYSTEM==\"net\", KERNEL==\"eth0\", " SETS_OF_NET, NOTHING, NOTHING},
	{"ACTION==\"add|bind\", SUBSYSTEM==\"net\", KERNEL==\"eth0\", " SETS_OF_NET, MADE, NOTHING},
	{"ACTION==\"move\", KERNEL==\"" PF "\", " SETS, NOTHING, NOTHING},
	/* As the function is added, it may have no driver yet, which takes the number. */
	{"ACTION==\"add\", KERNEL==\"" PF "\", " SETS, UNKNOWN, NOTHING},
	{"ACTION!=\"bind|remove\", KERNEL==\"" PF "\", " SETS, UNKNOWN, NOTHING},
	{"ACTION==\"add|bind\", KERNEL==\"" PF "\", " SETS, MADE, NOTHING},
	{"ACTION==\"add\", KERNEL==\"" PF "\", " RUNS("%k"), MADE, NOTHING},
	{"ACTION==\"add\", SUBSYSTEM==\"net\", KERNEL==\"eth0\", " SETS_OF_NET, MADE, NOTHING},
	/* What an earlier rule has named it. */
	{"NAME==\"eth0\", " SETS_OF_NET, UNKNOWN, NOTHING},
	/* A key that does not take its operator has udev ignore the rule. */
	{"ACTION=\"add\", KERNEL==\"" PF "\", " SETS, NOTHING, NOTHING},
	{"KERNEL=\"" PF "\", " SETS, NOTHING, NOTHING},
	{"ACTION=\"add\", KERNEL==\"" OTHER_PF "\", " RUNS(PF), NOTHING, NOTHING},
	{"KERNEL==\"" PF "\", ATTRS{sriov_numvfs}=\"4\"\n", NOTHING, NOTHING},
	{"KERNEL==\"" PF "\", ATTR{sriov_numvfs}-=\"4\"\n", NOTHING, NOTHING},
	{"KERNEL==\"" PF "\", ATTR{sriov_numvfs}:=\"4\"\n", MADE, NOTHING},
	/* A number that is compared is not written. */
	{"KERNEL==\"" PF "\", ATTR{sriov_numvfs}==\"4\"\n", NOTHING, NOTHING},
	{"KERNEL==\"" PF "\", ATTR{sriov_numvfs}==\"0\", ENV{X}=\"1\", TAG+=\"y\"\n", NOTHING,
	 NOTHING},
	{"KERNEL==\"" PF "\", ATTR{sriov_numvfs}==\"0\", RUN+=\"/opt/make\"\n", UNKNOWN, NOTHING},
	/* A negation excludes what it fits. */
	{"SUBSYSTEM==\"pci\", KERNEL!=\"" PF "\", DRIVER==\"igb\", " SETS, NOTHING, MADE},
	{"KERNEL!=\"" PF "|" OTHER_PF "\", DRIVER==\"igb\", " SETS, NOTHING, NOTHING},
	{"KERNEL!=\"eth0\", DRIVERS==\"igb\", " SETS_OF_NET, NOTHING, MADE},
	{"SUBSYSTEM!=\"pci\", KERNEL==\"" PF "\", " SETS, NOTHING, NOTHING},
	{"KERNELS!=\"" PF "\", DRIVER==\"igb\", " SETS, MADE, MADE}, /* by the root bus */
	/* An interface has no driver of its own, and the kernel's name at first. */
	{"SUBSYSTEM==\"net\", DRIVER==\"igb\", " SETS_OF_NET, NOTHING, NOTHING},
	{"SUBSYSTEM==\"net\", KERNELS==\"" PF "\", DRIVERS==\"igb\", " SETS_OF_NET, MADE, NOTHING},
	{"KERNEL==\"" PF "\", DRIVER==\"e1000\", " SETS, UNKNOWN, NOTHING},
	/* The function has no attribute of that path. */
	{"KERNEL==\"" PF "\", " SETS_OF_NET, NOTHING, NOTHING},
	{"KERNEL==\"eth0\", " SETS, NOTHING, NOTHING},
	{"DRIVER==\"igb\", ATTR{/sys/class/net/lan0/device/sriov_numvfs}=\"4\"\n", NOTHING,
	 NOTHING},
	{"KERNEL==\"" PF "\", ATTR{net/*/device/sriov_numvfs}=\"4\"\n", UNKNOWN, NOTHING},
	{"SUBSYSTEM==\"infiniband\", KERNELS==\"" PF "\", " RUNS("%k"), UNKNOWN, NOTHING},
	/* What it runs may make VFs. */
	{"SUBSYSTEM==\"net\", KERNEL==\"eth0\", RUN+=\"/sbin/make-sriov %k\"\n", UNKNOWN, NOTHING},
	{"SUBSYSTEM==\"net\", KERNEL==\"eth1\", RUN+=\"/bin/true\", RUN+=\"/sbin/make eth1\"\n",
	 NOTHING, UNKNOWN},
	{"KERNEL==\"eth0\", RUN{builtin}+=\"kmod load\", RUN+=\"/sbin/ip link set eth0 up\"\n",
	 NOTHING, NOTHING},
	/* It may write to another function than the one that it waits for. */
	{"SUBSYSTEM==\"module\", KERNEL==\"igb\", " RUNS(PF), UNKNOWN, NOTHING},
	{"KERNEL==\"" OTHER_PF "\", " RUNS(PF), UNKNOWN, NOTHING},
	{"SUBSYSTEM==\"pci\", DRIVER==\"igb\", " RUNS("$kernel"), MADE, MADE},
	{"SUBSYSTEM==\"pci\", " RUNS("%k"), UNKNOWN, UNKNOWN},
	/* A backslash at its end takes the next line to it, comments left out. */
	{"ACTION==\"bind\", \\\n  KERNEL==\"" PF "\", \\\n # secret\n" SETS, MADE, NOTHING},
	{"ACTION==\"remove\", \\\nKERNEL==\"" PF "\", " SETS, NOTHING, NOTHING},
	{"KERNEL==\"" PF "\", \\ \n" SETS, UNKNOWN, UNKNOWN},
	{"ENV{X}==\"1\", \\\nGOTO=\"end\"\nKERNEL==\"" PF "\", " SETS "LABEL=\"end\"\n", UNKNOWN,
	 NOTHING},
	{"# KERNEL==\"x\", \\\nKERNEL==\"" PF "\", " SETS, MADE, NOTHING},
	{"KERNEL==\"" PF "\", ATTR{sriov_numvfs}=\"4\" \\ \nLABEL=\"end\"\n", UNKNOWN, NOTHING},
	/* It does not end. */
	{"KERNEL==\"" PF "\", ATTR{sriov_numvfs}=\"4\" \\\n", NOTHING, NOTHING},
};

static enum persistence state_of(const struct host *host, struct arena *arena, const char *pf)
{
	struct persistences persistences;

	persistences_build(host, arena, &persistences);
	return vf_persistence_of(&persistences, pci_find_name(&host->pci, pf), 0).state;
}

static struct tree *tree_of_two_pfs(void)
{
	struct tree *tree;

	assert_int_equal(tree_setup((void **)&tree), 0);
	add_functions(tree);
	add_pf(tree, OTHER_PF, "eth1", "igb");
	return tree;
}

static void a_rule_is_for_what_all_its_keys_fit(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rule_cases) / sizeof(rule_cases[0]); i++) {
		struct tree *tree = tree_of_two_pfs();
		test_row("%s", rule_cases[i].text);
		tree_file(tree, RULES, rule_cases[i].text);
		const struct host *host = tree_host(tree);
		assert_int_equal(state_of(host, tree->arena, PF), rule_cases[i].state);
		assert_int_equal(state_of(host, tree->arena, OTHER_PF), rule_cases[i].other);
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
}

static void a_capture_keeps_for_whom_a_rule_is(void **state)
{
	static const struct capture_options options;

	(void)state;
	for (size_t i = 0; i < sizeof(rule_cases) / sizeof(rule_cases[0]); i++) {
		struct tree *tree = tree_of_two_pfs();
		test_row("%s", rule_cases[i].text);
		const struct fact_text text = known_text(RULES, rule_cases[i].text);
		const struct fact_text kept = redact(tree->arena, &text, &options);
		if (fact_known(&kept.fact)) {
			assert_null(strstr(kept.text, "secret"));
			tree_file(tree, RULES, kept.text);
		}
		const struct host *host = tree_host(tree);
		assert_int_equal(state_of(host, tree->arena, PF), rule_cases[i].state);
		assert_int_equal(state_of(host, tree->arena, OTHER_PF), rule_cases[i].other);
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
}

/* As systemd names it; the rule may act while the kernel's own name is there. */
static void a_rule_for_a_name_that_an_interface_had_at_first_may_be_for_it(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	add_pf(tree, OTHER_PF, "ens3f0np0", "igb");
	tree_file(tree, RULES, "SUBSYSTEM==\"net\", KERNEL==\"eth1\", " SETS_OF_NET);
	const struct host *host = tree_host(tree);
	assert_int_equal(state_of(host, tree->arena, PF), NOTHING);
	assert_int_equal(state_of(host, tree->arena, OTHER_PF), UNKNOWN);
}

/* It is renamed, an event of its own ("move"), by the udev of the host or of the initramfs. */
static void a_rule_for_a_name_to_come_may_miss_the_interface_as_it_is_added(void **state)
{
	static const struct {
		const char *keys;
		enum persistence state;
	} rows[] = {
		{"ACTION==\"add\", KERNEL==\"ens3f0np0\"", UNKNOWN},
		{"ACTION==\"add\", KERNEL==\"ens*\"", UNKNOWN},
		{"ACTION!=\"move|remove\", KERNEL==\"ens3f0np0\"", UNKNOWN},
		{"ACTION==\"add|move\", KERNEL==\"ens3f0np0\"", MADE},
		{"ACTION==\"move\", KERNEL==\"ens3f0np0\"", MADE},
		{"KERNEL==\"ens3f0np0\"", MADE},
		{"ACTION==\"add\", KERNEL==\"e*\", KERNELS==\"" OTHER_PF "\"", MADE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tree *tree;
		assert_int_equal(tree_setup((void **)&tree), 0);
		test_row("%s", rows[i].keys);
		add_functions(tree);
		add_pf(tree, OTHER_PF, "ens3f0np0", "igb");
		tree_file(tree, RULES,
			  arena_printf(tree->arena, "SUBSYSTEM==\"net\", %s, " SETS_OF_NET,
				       rows[i].keys));
		const struct host *host = tree_host(tree);
		assert_int_equal(state_of(host, tree->arena, OTHER_PF), rows[i].state);
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
}

/* netplan joins its files; what two say of one device, the one whose name sorts last says. */
static void the_last_file_of_netplan_says_how_many_vfs_there_are(void **state)
{
	static const char form[] = "network:\n  ethernets:\n    %s:\n      "
				   "virtual-function-count: %d\n";
	static const struct {
		const char *device;
		int count;
		enum persistence state;
		int64_t made;
	} rows[] = {
		{"eth0", 8, MADE, 8},
		{"eth0", 0, NOTHING, 0},
		{"eth9", 8, MADE, 4},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tree *tree = tree_of_two_pfs();
		struct persistences persistences;
		const struct vf_persistence *one, *other;

		test_row("%s: %d", rows[i].device, rows[i].count);
		tree_file(tree, "/etc/netplan/1.yaml", arena_printf(tree->arena, form, "eth0", 4));
		tree_file(tree, "/etc/netplan/9.yaml",
			  arena_printf(tree->arena, form, rows[i].device, rows[i].count));
		const struct host *host = tree_host(tree);
		const struct pci_function *pf = pci_find_name(&host->pci, PF);
		persistences_build(host, tree->arena, &persistences);
		const struct vf_persistence found = vf_persistence_of(&persistences, pf, 0);
		assert_int_equal(found.state, rows[i].state);
		assert_int_equal(found.count, rows[i].made);
		assert_false(vf_makers_conflict(vf_makers_of(&persistences, pf), &one, &other));
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
}

static void expect_editable(const char *text, bool editable)
{
	struct persistences persistences;
	struct tree *tree;

	assert_int_equal(tree_setup((void **)&tree), 0);
	add_functions(tree);
	tree_file(tree, RULES, text);
	const struct host *host = tree_host(tree);
	persistences_build(host, tree->arena, &persistences);
	const struct pci_function *pf = pci_find_name(&host->pci, PF);
	const struct vf_persistence found = vf_persistence_of(&persistences, pf, 0);
	assert_int_equal(vf_persistence_editable(&persistences, pf, &found), editable);
	assert_int_equal(tree_teardown((void **)&tree), 0);
}

/* There is no one line of the file that could be edited. */
static void a_rule_on_several_lines_is_not_edited(void **state)
{
	(void)state;
	expect_editable("KERNEL==\"" PF "\", " SETS, true);
	expect_editable("KERNEL==\"" PF "\", \\\n" SETS, false);
}

#define PCI_RULE "SUBSYSTEM==\"pci\", DRIVER==\"igb\", ATTR{sriov_numvfs}=\"4\"\n"
#define LABEL    "LABEL=\"end\"\n"

/* Rules of a file, and what they make of PF. */
static const struct {
	const char *text;
	enum persistence state;
} jump_cases[] = {
	{"KERNEL==\"" PF "\", GOTO=\"end\"\n" PCI_RULE LABEL, UNKNOWN},
	{"GOTO=\"end\"\n" PCI_RULE LABEL, UNKNOWN},
	{"ENV{X}==\"1\", GOTO=\"end\"\n" PCI_RULE LABEL PCI_RULE, MADE},
	{"ENV{X}==\"1\", GOTO=\"end\"\n" LABEL PCI_RULE, MADE},
	{PCI_RULE "ENV{X}==\"1\", GOTO=\"end\"\n" LABEL, MADE},
	/* Without a label behind it, it does nothing. */
	{LABEL "ENV{X}==\"1\", GOTO=\"end\"\n" PCI_RULE, MADE},
	{"ENV{X}==\"1\", GOTO=\"other\"\n" PCI_RULE LABEL, MADE},
	{"# ENV{X}==\"1\", GOTO=\"end\"\n" PCI_RULE LABEL, MADE},
	/* What every file may begin with, for others than the rule is for. */
	{"ACTION==\"remove\", GOTO=\"end\"\n" PCI_RULE LABEL, MADE},
	{"ACTION==\"remove|add\", GOTO=\"end\"\n" PCI_RULE LABEL, UNKNOWN},
	{"ACTION==\"*\", GOTO=\"end\"\n" PCI_RULE LABEL, UNKNOWN},
	{"ACTION!=\"add|change\", GOTO=\"end\"\n" PCI_RULE LABEL, MADE},
	{"ACTION!=\"add\", GOTO=\"end\"\nACTION==\"bind\", " PCI_RULE LABEL, UNKNOWN},
	{"ACTION!=\"change\", GOTO=\"end\"\n" PCI_RULE LABEL, UNKNOWN},
	{"SUBSYSTEM!=\"pci\", GOTO=\"end\"\n" PCI_RULE LABEL, MADE},
	{"SUBSYSTEM!=\"net\", GOTO=\"end\"\n" PCI_RULE LABEL, UNKNOWN},
};

static void a_goto_that_may_skip_a_rule_leaves_it_open(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(jump_cases) / sizeof(jump_cases[0]); i++) {
		struct tree *tree;

		test_row("%s", jump_cases[i].text);
		assert_int_equal(tree_setup((void **)&tree), 0);
		add_functions(tree);
		tree_file(tree, RULES, jump_cases[i].text);
		assert_int_equal(state_of_pf(tree), jump_cases[i].state);
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
}

static void a_capture_keeps_which_rules_may_be_skipped(void **state)
{
	static const struct capture_options options;
	const struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(jump_cases) / sizeof(jump_cases[0]); i++) {
		struct sriov_config all = {0}, left = {0};
		test_row("%s", jump_cases[i].text);
		const struct fact_text text = known_text(RULES, jump_cases[i].text);
		const struct fact_text kept = redact(tree->arena, &text, &options);
		sriov_config_parse(tree->arena, &text, &all);
		sriov_config_parse(tree->arena, &kept, &left);
		assert_int_equal(left.count, all.count);
		for (size_t k = 0; k < all.count; k++) {
			assert_string_equal(left.settings[k].line, all.settings[k].line);
			assert_int_equal(left.settings[k].skipped, all.settings[k].skipped);
		}
	}
}

/* A .link file that makes VFs of whatever interface has the driver, and another. */
struct link_case {
	const char *path;
	const char *other;
	const char *text; /* of the other; NULL: a link to /dev/null */
	enum persistence state;
};

#define LATE_LINK   "/etc/systemd/network/99-vfs.link"
#define SYSTEM_LINK "/usr/lib/systemd/network/50-vfs.link"
#define REFUSED     PERSISTENCE_REFUSED

static const struct link_case link_cases[] = {
	{LINK, "/etc/systemd/network/99-default.link", "[Match]\nOriginalName=*\n", MADE},
	{LINK, "/etc/systemd/network/10-a.link", "[Match]\nOriginalName=*\n", REFUSED},
	{LATE_LINK, "/usr/lib/systemd/network/99-default.link", "[Match]\nOriginalName=*\n",
	 REFUSED},
	{LINK, "/run/systemd/network/10-netplan-a.link",
	 "[Match]\nPermanentMACAddress=52:54:00:00:00:01\n[Link]\nName=eth0\n", REFUSED},
	{LINK, "/run/systemd/network/10-netplan-a.link",
	 "[Match]\nPermanentMACAddress=52:54:00:00:00:01\n[Link]\nName=eth1\n", MADE},
	{LINK, "/run/systemd/network/10-netplan-a.link",
	 "[Match]\nMACAddress=52:54:00:00:00:01\n[Link]\nName=lan0\n", UNKNOWN},
	{LINK, "/etc/systemd/network/10-a.link", "[Match]\nPath=pci-0000:00:02.0\n", REFUSED},
	{LINK, "/etc/systemd/network/10-a.link", "[Match]\nPath=pci-0000:00:03.*\n", MADE},
	{LINK, "/etc/systemd/network/10-a.link", "[Match]\nPath=!pci-0000:00:03.*\n", REFUSED},
	{LINK, "/etc/systemd/network/10-a.link", "[Match]\nDriver=e1000 ig*\n", REFUSED},
	{LINK, "/etc/systemd/network/10-a.link", "[Match]\nDriver=igb\nDriver=\nDriver=e1000\n",
	 MADE},
	{LINK, "/etc/systemd/network/10-a.link", "[Match]\nType=ether\n", REFUSED},
	{LINK, "/etc/systemd/network/10-a.link", "[Match]\nType=wlan\n", MADE},
	{LINK, "/etc/systemd/network/10-a.link", "[Match]\nKind=veth\nOriginalName=*\n", MADE},
	{LINK, "/etc/systemd/network/10-a.link", "[Match]\nKind=!*\n", REFUSED},
	{LINK, "/etc/systemd/network/10-a.link", "[Match]\nOriginalName=eth0 eth1\n", REFUSED},
	{LINK, "/etc/systemd/network/10-a.link", "[Match]\nProperty=ID_BUS=pci\n", UNKNOWN},
	/* Without anything to match, systemd-udevd ignores it. */
	{LINK, "/etc/systemd/network/10-a.link", "[Match]\n[Link]\nMTUBytes=9000\n", MADE},
	{LINK, "/etc/systemd/network/10-a.network", "[Match]\nName=*\n", MADE},
	{SYSTEM_LINK, "/etc/systemd/network/50-other.link", "[Match]\nOriginalName=*\n", REFUSED},
	{SYSTEM_LINK, LINK, "", NOTHING},
	{SYSTEM_LINK, "/run/systemd/network/50-vfs.link", NULL, NOTHING},
	{"/usr/local/lib/systemd/network/50-vfs.link", SYSTEM_LINK, "[Match]\nOriginalName=*\n",
	 MADE},
};

static enum persistence state_of_line(const struct host *host, struct arena *arena)
{
	struct persistences persistences;

	persistences_build(host, arena, &persistences);
	const struct vf_makers *makers = vf_makers_of(&persistences, pci_find_name(&host->pci, PF));
	return makers->count ? makers->lines[0].state : PERSISTENCE_NONE;
}

#define FOR_IGB "[Match]\nDriver=igb\n"
#define DROPIN  LINK ".d/4.conf"

/* A .link file, a drop-in of it, and what they make of PF together. */
static const struct {
	const char *text;
	const char *dropin; /* its path */
	const char *added;
	enum persistence state;
	int64_t count; /* -1: none */
	bool other;    /* they make as many of OTHER_PF */
} dropin_cases[] = {
	{FOR_IGB, DROPIN, LINK_VFS, MADE, 4, true},
	{FOR_IGB "[Link]\nSR-IOVVirtualFunctions=2\n", DROPIN, LINK_VFS, MADE, 4, true},
	{FOR_IGB LINK_VFS, DROPIN, "[Link]\nSR-IOVVirtualFunctions=\n", NOTHING, -1, false},
	{FOR_IGB LINK_VFS, DROPIN, "[Link]\nMTUBytes=9000\n", MADE, 4, true},
	/* It may ask for more, and for less. */
	{FOR_IGB LINK_VFS, DROPIN, "[Match]\nPath=pci-" PF "\n", MADE, 4, false},
	{FOR_IGB LINK_VFS, DROPIN, "[Match]\nPath=pci-" OTHER_PF "\n", NOTHING, -1, true},
	{"[Match]\nDriver=e1000\n" LINK_VFS, DROPIN, "[Match]\nDriver=igb\n", MADE, 4, true},
	{FOR_IGB LINK_VFS, DROPIN, "[Match]\nDriver=\nDriver=e1000\n", NOTHING, -1, false},
	{LINK_VFS, DROPIN, FOR_IGB, MADE, 4, true},
	{FOR_IGB LINK_VFS, DROPIN, "[Match]\nMACAddress=52:54:00:00:00:01\n", UNKNOWN, 4, true},
	/* Wherever it lies, but for that file alone. */
	{FOR_IGB, "/usr/lib/systemd/network/50-vfs.link.d/4.conf", LINK_VFS, MADE, 4, true},
	{FOR_IGB, "/etc/systemd/network/50-other.link.d/4.conf", LINK_VFS, NOTHING, -1, false},
	{FOR_IGB, "/etc/systemd/network/50-vfs.link.d/4.txt", LINK_VFS, NOTHING, -1, false},
	{"", DROPIN, FOR_IGB LINK_VFS, NOTHING, -1, false},
	/* VFs that are configured are made. */
	{FOR_IGB "[SR-IOV]\nVirtualFunction=0\n[SR-IOV]\nVirtualFunction = 3\n[SR-IOV]\n"
		 "VirtualFunction=1\n",
	 DROPIN, "", MADE, 4, true},
	{FOR_IGB, DROPIN, "[SR-IOV]\nVirtualFunction=1\n", MADE, 2, true},
	{FOR_IGB LINK_VFS "[SR-IOV]\nVirtualFunction=5\n", DROPIN, "", MADE, 4, true},
	{FOR_IGB "[SR-IOV]\nVirtualFunction=secret\n", DROPIN, "", NOTHING, -1, false},
	/* Without anything to match, systemd-udevd ignores it. */
	{LINK_VFS, DROPIN, "", NOTHING, -1, false},
};

static void write_kept(struct tree *tree, const char *path, const char *content, bool captured)
{
	static const struct capture_options options;
	struct fact_text text = known_text(path, content);

	if (captured && sriov_config_covers(path))
		text = redact(tree->arena, &text, &options);
	assert_null(captured ? strstr(text.text, "secret") : NULL);
	tree_file(tree, path, text.text);
}

static void expect_dropin(size_t row, bool captured)
{
	struct persistences persistences;
	struct tree *tree = tree_of_two_pfs();

	write_kept(tree, LINK, dropin_cases[row].text, captured);
	write_kept(tree, dropin_cases[row].dropin, dropin_cases[row].added, captured);
	const struct host *host = tree_host(tree);
	persistences_build(host, tree->arena, &persistences);
	const struct vf_persistence found =
		vf_persistence_of(&persistences, pci_find_name(&host->pci, PF), 0);
	const struct vf_persistence other =
		vf_persistence_of(&persistences, pci_find_name(&host->pci, OTHER_PF), 0);
	assert_int_equal(found.state, dropin_cases[row].state);
	assert_int_equal(found.counted ? found.count : -1, dropin_cases[row].count);
	assert_int_equal(other.state != NOTHING, dropin_cases[row].other);
	assert_int_equal(tree_teardown((void **)&tree), 0);
}

static void a_link_file_and_its_drop_ins_make_vfs_together(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(dropin_cases) / sizeof(dropin_cases[0]); i++) {
		test_row("%s, %s: %s", dropin_cases[i].text, dropin_cases[i].dropin,
			 dropin_cases[i].added);
		expect_dropin(i, false);
	}
}

static void a_capture_keeps_what_drop_ins_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(dropin_cases) / sizeof(dropin_cases[0]); i++) {
		test_row("%s, %s: %s", dropin_cases[i].text, dropin_cases[i].dropin,
			 dropin_cases[i].added);
		expect_dropin(i, true);
	}
}

static void drop_ins_are_read_in_the_order_of_their_names(void **state)
{
	struct tree *tree = *state;
	struct persistences persistences;

	add_functions(tree);
	tree_file(tree, SYSTEM_LINK, FOR_IGB);
	tree_file(tree, "/etc/systemd/network/50-vfs.link.d/10.conf",
		  "[Link]\nSR-IOVVirtualFunctions=1\n");
	tree_file(tree, "/usr/lib/systemd/network/50-vfs.link.d/20.conf",
		  "[Link]\nSR-IOVVirtualFunctions=2\n");
	/* The file of that name in /etc masks it. */
	tree_file(tree, "/usr/lib/systemd/network/50-vfs.link.d/30.conf", LINK_VFS);
	tree_link(tree, "/etc/systemd/network/50-vfs.link.d/30.conf", "/dev/null");
	const struct host *host = tree_host(tree);
	persistences_build(host, tree->arena, &persistences);
	const struct vf_makers *makers = vf_makers_of(&persistences, pci_find_name(&host->pci, PF));
	assert_int_equal(makers->count, 1);
	assert_int_equal(makers->lines[0].count, 2);
}

/* The drop-in goes where its file goes, whatever its own name is. */
static void a_drop_in_is_shadowed_as_its_file_is(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, LATE_LINK, FOR_IGB);
	tree_file(tree, LATE_LINK ".d/10.conf", LINK_VFS);
	tree_file(tree, "/etc/systemd/network/50-first.link", "[Match]\nOriginalName=*\n");
	assert_int_equal(state_of_line(tree_host(tree), tree->arena), REFUSED);
}

/* The first .link file that matches counts, and no other. */
static void a_link_file_makes_vfs_where_no_other_is_applied_in_its_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(link_cases) / sizeof(link_cases[0]); i++) {
		const struct link_case *row = &link_cases[i];
		struct tree *tree;

		test_row("%s, %s: %s", row->path, row->other, row->text ? row->text : "/dev/null");
		assert_int_equal(tree_setup((void **)&tree), 0);
		add_functions(tree);
		add_pf(tree, OTHER_PF, "eth1", "igb");
		tree_file(tree, row->path,
			  "[Match]\nDriver=igb\n[Link]\nSR-IOVVirtualFunctions=4\n");
		if (row->text)
			tree_file(tree, row->other, row->text);
		else
			tree_link(tree, row->other, "/dev/null");
		assert_int_equal(state_of_line(tree_host(tree), tree->arena), row->state);
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
}

static void who_keeps_a_link_file_from_a_function_is_told(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, LATE_LINK, "[Match]\nDriver=igb\n[Link]\nSR-IOVVirtualFunctions=4\n");
	tree_file(tree, "/usr/lib/systemd/network/99-default.link", "[Match]\nOriginalName=*\n");
	const struct findings *findings = judge_tree(tree);
	const struct finding *finding =
		expect_finding(findings, "sriov-config.link-shadowed", FINDING_WARN);
	assert_non_null(strstr(finding->summary, "/usr/lib/systemd/network/99-default.link"));
	expect_finding(findings, "sriov-config.not-persistent", FINDING_WARN);
}

/* A file that sorts before it may be among what was not read. */
static void link_files_that_were_not_read_leave_it_open(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, SYSTEM_LINK, "[Match]\nDriver=igb\n[Link]\nSR-IOVVirtualFunctions=4\n");
	struct host *host = tree_host(tree);
	assert_int_equal(state_of_line(host, tree->arena), PERSISTENCE_MADE);
	host->sriov_config.owners[SRIOV_OWNER_LINK] = (struct fact){
		.state = FACT_UNREADABLE, .source = "/etc/systemd/network", .error = EACCES};
	assert_int_equal(state_of_line(host, tree->arena), PERSISTENCE_UNKNOWN);
}

/* Of several the last counts, and that may be one. */
static void files_of_netplan_that_were_not_read_leave_it_open(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/etc/netplan/1.yaml",
		  "network:\n  ethernets:\n    eth0:\n      virtual-function-count: 4\n");
	struct host *host = tree_host(tree);
	assert_int_equal(state_of_line(host, tree->arena), PERSISTENCE_MADE);
	host->sriov_config.owners[SRIOV_OWNER_NETPLAN] = (struct fact){
		.state = FACT_UNREADABLE, .source = "/etc/netplan/9.yaml", .error = EACCES};
	assert_int_equal(state_of_line(host, tree->arena), PERSISTENCE_UNKNOWN);
}

static void a_capture_keeps_whom_a_link_file_is_for(void **state)
{
	static const struct capture_options options;
	const struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(link_cases) / sizeof(link_cases[0]); i++) {
		struct sriov_config all = {0}, left = {0};
		if (!link_cases[i].text || !sriov_config_covers(link_cases[i].other))
			continue;
		test_row("%s", link_cases[i].text);
		const struct fact_text text = known_text(link_cases[i].other, link_cases[i].text);
		const struct fact_text kept = redact(tree->arena, &text, &options);
		assert_null(strstr(kept.text, "52:54"));
		sriov_config_parse(tree->arena, &text, &all);
		sriov_config_parse(tree->arena, &kept, &left);
		assert_int_equal(left.link_count, 1);
		for (enum link_key key = 0; key < LINK_KEY_COUNT; key++)
			assert_string_equal(
				left.links->patterns[key] ? left.links->patterns[key] : "",
				all.links->patterns[key] ? all.links->patterns[key] : "");
		assert_string_equal(left.links->gives ? left.links->gives : "",
				    all.links->gives ? all.links->gives : "");
	}
}

static void a_folder_of_more_files_than_are_read_leaves_it_open(void **state)
{
	enum { MOST = 1024 };
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/etc/udev/rules.d/z.rules", RULE "\n");
	for (int i = 0; i < MOST; i++)
		tree_file(tree, arena_printf(tree->arena, "/etc/udev/rules.d/%04d.rules", i), "");
	assert_int_equal(state_of_pf(tree), PERSISTENCE_UNKNOWN);
}

static void a_folder_of_as_many_files_as_are_read_is_read_whole(void **state)
{
	enum { MOST = 1024 };
	struct tree *tree = *state;

	add_functions(tree);
	for (int i = 0; i < MOST; i++)
		tree_file(tree, arena_printf(tree->arena, "/etc/udev/rules.d/%04d.rules", i), "");
	tree_file(tree, "/etc/udev/rules.d/README", "");
	assert_int_equal(state_of_pf(tree), PERSISTENCE_NONE);
}

static void a_nul_does_not_hide_what_follows_it(void **state)
{
	static const char line[] = "\0echo 4 > /sys/class/net/eth0/device/sriov_numvfs\n";
	struct tree *tree = *state;

	add_functions(tree);
	tree_bytes(tree, "/etc/rc.local", line, sizeof(line) - 1);
	assert_int_equal(state_of_pf(tree), PERSISTENCE_MADE);
}

/* What a capture keeps of a file says the same as the file. */
static void a_capture_keeps_whom_a_line_is_for(void **state)
{
	static const struct capture_options options;
	const struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(owner_cases) / sizeof(owner_cases[0]); i++) {
		const struct owner_case *row = &owner_cases[i];
		struct sriov_config all = {0}, left = {0};
		if (!sriov_config_covers(row->path))
			continue;
		test_row("%s: %s", row->path, row->text);
		struct fact_text text = known_text(row->path, row->text);
		struct fact_text kept = redact(tree->arena, &text, &options);
		assert_null(strstr(kept.text, "secret"));
		sriov_config_parse(tree->arena, &text, &all);
		sriov_config_parse(tree->arena, &kept, &left);
		assert_int_equal(left.count, all.count);
		for (size_t j = 0; j < all.count; j++) {
			assert_string_equal(left.settings[j].line, all.settings[j].line);
			assert_int_equal(left.settings[j].kind, all.settings[j].kind);
			assert_int_equal(left.settings[j].off, all.settings[j].off);
			assert_int_equal(left.settings[j].to_enable, all.settings[j].to_enable);
			if (all.settings[j].subject)
				assert_string_equal(left.settings[j].subject,
						    all.settings[j].subject);
		}
	}
}

/* What it has set last stays behind where it is removed. */
static void a_record_of_the_operator_counts_beside_its_configuration(void **state)
{
	static const char record[] =
		"{\"pciAddress\":\"0000:00:02.0\",\"numVfs\":1,\"name\":\"eth0\"}\n";
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/etc/sriov-operator/pci/" PF, record);
	struct host *host = tree_host(tree);
	const struct finding *finding = expect_finding(judge(tree->arena, "sriov-config", host),
						       "sriov-config.unreadable", FINDING_UNKNOWN);
	assert_non_null(strstr(finding->remedy, "operator"));
	const struct fact_text config = known_text(
		"/etc/sriov-operator/sriov-interface-config.yaml",
		"spec:\n  interfaces:\n  - pciaddress: \"0000:00:03.0\"\n    numvfs: 4\n");
	sriov_config_parse(tree->arena, &config, &host->sriov_config);
	expect_finding(judge(tree->arena, "sriov-config", host), "sriov-config.persistent",
		       FINDING_PASS);
}

static void a_unit_of_proxmox_is_known_by_its_instance(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	add_pf(tree, OTHER_PF, "eth1", "nvidia");
	tree_link(tree, "/etc/systemd/system/multi-user.target.wants/pve-nvidia-sriov@ALL.service",
		  "/usr/lib/systemd/system/pve-nvidia-sriov@.service");
	const struct host *host = tree_host(tree);
	struct persistences persistences;
	persistences_build(host, tree->arena, &persistences);
	assert_int_equal(vf_makers_of(&persistences, pci_find_name(&host->pci, PF))->count, 0);
	assert_int_equal(vf_makers_of(&persistences, pci_find_name(&host->pci, OTHER_PF))->count,
			 1);
	assert_null(vf_makers_of(&persistences, pci_find_name(&host->pci, VF)));
}

static void units_of_qat_make_vfs_of_its_devices(void **state)
{
	static const struct {
		const char *unit;
		const char *driver;
		size_t lines;
	} rows[] = {
		{"qat.service", "4xxx", 1},         {"qat.service", "c6xx", 0},
		{"qat_service.service", "c6xx", 1}, {"qat_service.service", "igb", 0},
		{"qatengine.service", "4xxx", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct persistences persistences;
		struct tree *tree;

		test_row("%s: %s", rows[i].unit, rows[i].driver);
		assert_int_equal(tree_setup((void **)&tree), 0);
		add_functions_of(tree, rows[i].driver);
		tree_link(tree,
			  arena_printf(tree->arena,
				       "/etc/systemd/system/multi-user.target.wants/%s",
				       rows[i].unit),
			  arena_printf(tree->arena, "/usr/lib/systemd/system/%s", rows[i].unit));
		const struct host *host = tree_host(tree);
		persistences_build(host, tree->arena, &persistences);
		assert_int_equal(vf_makers_of(&persistences, pci_find_name(&host->pci, PF))->count,
				 rows[i].lines);
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
}

static void a_unit_that_nothing_enables_is_not_said_to_make_vfs(void **state)
{
	static const char unit[] = "[Service]\nExecStart=sh -c '" WRITES "'\n";
	static const char install[] = "[Install]\nWantedBy=multi-user.target\n";
	static const struct {
		const char *name;
		const char *install;
		const char *link; /* in /etc/systemd/system */
		enum persistence state;
	} rows[] = {
		{"vf.service", install, "", PERSISTENCE_UNKNOWN},
		{"vf.service", install, "multi-user.target.wants/vf.service", PERSISTENCE_MADE},
		{"vf.service", install, "network.target.requires/vf.service", PERSISTENCE_MADE},
		{"vf.service", install, "network.target.wants/vf2.service", PERSISTENCE_UNKNOWN},
		{"vf.service", install, "vf.timer", PERSISTENCE_MADE},
		{"vf@.service", install, "multi-user.target.wants/vf@eth0.service",
		 PERSISTENCE_MADE},
		{"vf@.service", install, "multi-user.target.wants/vf@eth0.timer",
		 PERSISTENCE_UNKNOWN},
		/* It has another name, or is not to be enabled. */
		{"vf.service", "[Install]\nAlias=make-vfs.service\n", "", PERSISTENCE_MADE},
		{"vf.service", "", "", PERSISTENCE_MADE},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tree *tree;

		test_row("%s: %s, %s", rows[i].name, rows[i].install, rows[i].link);
		assert_int_equal(tree_setup((void **)&tree), 0);
		add_functions(tree);
		tree_file(tree, arena_printf(tree->arena, "/etc/systemd/system/%s", rows[i].name),
			  arena_printf(tree->arena, "%s%s", unit, rows[i].install));
		if (*rows[i].link)
			tree_link(tree,
				  arena_printf(tree->arena, "/etc/systemd/system/%s", rows[i].link),
				  "/etc/systemd/system/vf.service");
		assert_int_equal(state_of_pf(tree), rows[i].state);
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
}

static void expect_script(const char *path, mode_t mode, enum persistence state)
{
	struct tree *tree;

	assert_int_equal(tree_setup((void **)&tree), 0);
	add_functions(tree);
	tree_file(tree, path, "#!/bin/sh\n" WRITES "\n");
	assert_int_equal(chmod(tree_outside(tree, path), mode), 0);
	assert_int_equal(state_of_pf(tree), state);
	assert_int_equal(tree_teardown((void **)&tree), 0);
}

static void a_script_that_is_not_executable_is_not_said_to_make_vfs(void **state)
{
	static const char *const paths[] = {
		"/etc/rc.local",
		"/etc/rc.d/rc.local",
		"/etc/NetworkManager/dispatcher.d/50-vfs",
		"/etc/network/if-pre-up.d/vfs",
		"/etc/network/if-up.d/vfs",
		"/etc/local.d/vfs.start",
		"/var/lib/cloud/scripts/per-boot/vfs",
		"/etc/initramfs-tools/scripts/init-top/vfs",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		test_row("%s", paths[i]);
		expect_script(paths[i], 0755, PERSISTENCE_MADE);
		expect_script(paths[i], 0644, PERSISTENCE_UNKNOWN);
	}
	/* Unraid runs a copy, which it makes executable. */
	expect_script("/boot/config/go", 0644, PERSISTENCE_MADE);
}

/* With a line that makes VFs of eth0, and others of interfaces(5) in another file. */
static void expect_beside(const char *others, enum persistence state)
{
	struct tree *tree;

	assert_int_equal(tree_setup((void **)&tree), 0);
	add_functions(tree);
	tree_file(tree, "/etc/network/interfaces", others);
	tree_file(tree, "/etc/network/interfaces.d/vfs",
		  "iface eth0 inet manual\n  post-up " WRITES "\n");
	assert_int_equal(state_of_pf(tree), state);
	assert_int_equal(tree_teardown((void **)&tree), 0);
}

static void an_interface_that_the_boot_leaves_down_is_not_said_to_make_vfs(void **state)
{
	static const struct {
		const char *others; /* lines beside those of the interface */
		enum persistence state;
	} rows[] = {
		{"auto lo\n", PERSISTENCE_UNKNOWN},
		{"auto lo eth0\n", PERSISTENCE_MADE},
		{"auto lo \\\n eth0\n", PERSISTENCE_MADE},
		{"auto lo\nallow-hotplug eth0\n", PERSISTENCE_MADE},
		{"auto /eth*\n", PERSISTENCE_MADE},
		{"auto lo\n# auto eth0\n", PERSISTENCE_UNKNOWN},
		{"auto lo eth01\n", PERSISTENCE_UNKNOWN},
		{"auto num_vfs=4\n", PERSISTENCE_MADE},
		{"auto br0\niface br0 inet static\n bridge-ports eth0\n", PERSISTENCE_MADE},
		{"auto br0\niface br0 inet manual\n ovs_ports eth0 lan0\n", PERSISTENCE_MADE},
		{"auto eth0.5\niface eth0.5 inet manual\n", PERSISTENCE_MADE},
		{"auto lo\nsource /etc/network/interfaces.d/*\n", PERSISTENCE_UNKNOWN},
		{"auto lo\nsource /opt/interfaces\n", PERSISTENCE_MADE},
		{"auto lo\niface lo inet loopback\n up ifup eth0\n", PERSISTENCE_MADE},
		{"", PERSISTENCE_MADE}, /* as captures have it that kept no such line */
	};

	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buffer kept = {.arena = tree->arena};
		struct fact_text text = known_text("/etc/network/interfaces", rows[i].others);
		test_row("%s", rows[i].others);
		expect_beside(rows[i].others, rows[i].state);
		sriov_config_keep(tree->arena, &text, &kept);
		expect_beside(buffer_text(&kept), rows[i].state);
	}
}

static void a_rule_of_a_package_is_masked_by_the_hosts_own(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/usr/lib/udev/rules.d/70-vfs.rules", RULE "\n");
	tree_link(tree, RULES, "/dev/null");
	assert_int_equal(state_of_pf(tree), NOTHING);
}

static void a_file_whose_tool_the_host_lacks_is_not_said_to_make_vfs(void **state)
{
	static const struct {
		const char *path;
		const char *text;
		const char *there; /* another file of the host */
		enum persistence state;
	} rows[] = {
		{"/etc/sysfs.conf", "class/net/eth0/device/sriov_numvfs = 4\n",
		 "/etc/init.d/sysfsutils", MADE},
		{"/etc/sysfs.d/vfs.conf", "class/net/eth0/device/sriov_numvfs = 4\n",
		 "/usr/lib/systemd/system/sysfsutils.service", MADE},
		{"/etc/sysfs.d/vfs.conf", "class/net/eth0/device/sriov_numvfs = 4\n",
		 "/usr/lib/systemd/system/sshd.service", UNKNOWN},
		{"/etc/network/interfaces", "iface eth0 inet manual\n  up " WRITES "\n",
		 "/sbin/ifup", MADE},
		{"/etc/network/interfaces", "iface eth0 inet manual\n  up " WRITES "\n",
		 "/usr/sbin/ifup", MADE},
		{"/etc/network/interfaces", "iface eth0 inet manual\n  up " WRITES "\n",
		 "/sbin/init", UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tree *tree;
		test_row("%s, %s", rows[i].path, rows[i].there);
		assert_int_equal(tree_setup((void **)&tree), 0);
		add_functions(tree);
		tree_file(tree, "/usr/sbin/init", "");
		tree_file(tree, rows[i].path, rows[i].text);
		tree_file(tree, rows[i].there, "");
		assert_int_equal(state_of_pf(tree), rows[i].state);
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
}

static void unraid_makes_none_where_its_switch_is_set(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, UNRAID, "VFS=" PF "|8086:10c9|4\n");
	tree_file(tree, "/boot/config/sriov_disabled", "");
	const struct finding *finding =
		expect_finding(judge_tree(tree), "sriov-config.unreadable", FINDING_UNKNOWN);
	assert_non_null(strstr(finding->remedy, "/boot/config/sriov_disabled"));
}

static void what_may_not_run_at_boot_is_told_with_its_reason(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/etc/rc.local", WRITES "\n");
	assert_int_equal(chmod(tree_outside(tree, "/etc/rc.local"), 0644), 0);
	const struct finding *finding =
		expect_finding(judge_tree(tree), "sriov-config.unreadable", FINDING_UNKNOWN);
	assert_non_null(strstr(finding->remedy, "it is not executable"));
}

static void a_rule_that_udev_ignores_is_told_with_its_key(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, RULES, "SUBSYSTEM==\"pci\", KERNEL=\"" PF "\", " SETS PCI_RULE);
	const struct findings *findings = judge_tree(tree);
	const struct finding *finding =
		expect_finding(findings, "sriov-config.rule-ignored", FINDING_WARN);
	assert_non_null(strstr(finding->summary, "KERNEL"));
	assert_true(has_evidence(finding, RULES));
	expect_finding(findings, "sriov-config.persistent", FINDING_PASS);
}

static void a_rule_that_udev_takes_is_not_told(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, RULES,
		  "IMPORT{cmdline}=\"x\", PROGRAM=\"/bin/true\", TAG-=\"y\", SYMLINK+=\"z\", "
		  "ATTR{sriov_numvfs}:=\"4\", NEW=\"1\"\n");
	expect_none(tree, "sriov-config.rule-ignored");
}

static void a_rule_that_acts_before_the_driver_is_bound_leaves_it_open(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, RULES, "ACTION==\"add\", KERNEL==\"" PF "\", " SETS);
	const struct finding *finding =
		expect_finding(judge_tree(tree), "sriov-config.unreadable", FINDING_UNKNOWN);
	assert_non_null(strstr(finding->remedy, "add|bind"));
}

static void a_driver_that_is_built_in_is_there_before_any_rule(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, RULES, "ACTION==\"add\", KERNEL==\"" PF "\", " SETS);
	tree_file(tree, "/proc/sys/kernel/osrelease", "6.1\n");
	tree_file(tree, "/lib/modules/6.1/modules.builtin", "kernel/drivers/net/igb.ko\n");
	expect(tree, "sriov-config.persistent", FINDING_PASS, RULES);
}

static void vfio_pci_makes_no_vfs_at_boot_unless_its_option_is_set(void **state)
{
	static const struct {
		const char *driver;
		const char *options; /* in modprobe.d */
		const char *running;
		bool told;
	} rows[] = {
		{"vfio-pci", "", "Y", true},
		{"vfio-pci", "options vfio-pci enable_sriov=0\n", "Y", true},
		{"vfio-pci", "options vfio-pci ids=8086:10c9\n", "Y", true},
		{"vfio-pci", "options vfio-pci enable_sriov=1\n", "Y", false},
		{"vfio-pci", "options vfio-pci enable_sriov\n", "Y", false},
		/* Another driver made them. */
		{"vfio-pci", "", "N", false},
		{"igb", "", "N", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tree *tree;

		test_row("%s: %s, %s", rows[i].driver, rows[i].options, rows[i].running);
		assert_int_equal(tree_setup((void **)&tree), 0);
		add_functions_of(tree, rows[i].driver);
		tree_file(tree, "/sys/module/vfio_pci/parameters/enable_sriov",
			  arena_printf(tree->arena, "%s\n", rows[i].running));
		tree_file(tree, "/proc/cmdline", "quiet\n");
		tree_directory(tree, "/lib");
		tree_file(tree, "/etc/modprobe.d/vfio.conf", rows[i].options);
		tree_file(tree, "/etc/udev/rules.d/70.rules",
			  "KERNEL==\"" PF "\", ATTR{sriov_numvfs}=\"1\"\n");
		const struct findings *findings = judge_tree(tree);
		expect_finding(findings, "sriov-config.persistent", FINDING_PASS);
		if (rows[i].told)
			expect_finding(findings, "sriov-config.not-switched-on", FINDING_WARN);
		else
			assert_null(finding_of(findings, "sriov-config.not-switched-on"));
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
}

static void vfio_pcis_option_that_was_not_read_leaves_it_open(void **state)
{
	struct tree *tree = *state;

	add_functions_of(tree, "vfio-pci");
	struct host *host = tree_host(tree);
	host->modprobe.fact = (struct fact){
		.state = FACT_UNREADABLE, .source = "/etc/modprobe.d", .error = EACCES};
	expect_finding(judge(tree->arena, "sriov-config", host), "sriov-config.not-switched-on",
		       FINDING_UNKNOWN);
}

/* It names no devices, so nothing loads it for one. */
static void gim_makes_vfs_where_a_list_of_modules_names_it(void **state)
{
	static const struct {
		const char *driver;
		const char *path;
		const char *text;
		size_t lines;
	} rows[] = {
		{"gim", "/etc/modules-load.d/gpu.conf", "gim\n", 1},
		{"gim", "/etc/modules", "# modules\nvfio\n  gim \n", 1},
		{"gim", "/etc/modules-load.d/gpu.conf", "#gim\ngimbal\n", 0},
		{"igb", "/etc/modules-load.d/gpu.conf", "gim\n", 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static const struct capture_options options;
		struct persistences persistences;
		struct tree *tree;

		test_row("%s", rows[i].text);
		assert_int_equal(tree_setup((void **)&tree), 0);
		const struct fact_text text = known_text(rows[i].path, rows[i].text);
		add_functions_of(tree, rows[i].driver);
		tree_file(tree, rows[i].path, redact(tree->arena, &text, &options).text);
		const struct host *host = tree_host(tree);
		persistences_build(host, tree->arena, &persistences);
		assert_int_equal(vf_makers_of(&persistences, pci_find_name(&host->pci, PF))->count,
				 rows[i].lines);
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
}

static void two_lines_that_make_different_numbers_are_at_odds(void **state)
{
	static const struct {
		const char *script;
		bool conflicts;
	} scripts[] = {
		{"echo 4 > /sys/class/net/eth0/device/sriov_numvfs\n", false},
		{"echo 2 > /sys/class/net/eth0/device/sriov_numvfs\n", true},
		{"echo 2 > /sys/class/net/eth1/device/sriov_numvfs\n", false},
		{"echo 0 > /sys/class/net/eth0/device/sriov_numvfs\n"
		 "echo 2 > /sys/class/net/eth0/device/sriov_numvfs\n",
		 false},
		{"echo 0 > /sys/class/net/eth0/device/sriov_numvfs\n", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		struct tree *tree;
		test_row("%s", scripts[i].script);
		assert_int_equal(tree_setup((void **)&tree), 0);
		add_functions(tree);
		tree_file(tree, "/etc/udev/rules.d/70.rules", RULE "\n");
		tree_file(tree, "/etc/rc.local", scripts[i].script);
		if (scripts[i].conflicts)
			expect(tree, "sriov-config.conflict", FINDING_WARN, "/etc/rc.local");
		else
			expect_none(tree, "sriov-config.conflict");
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
}

#define NO_VFS "SUBSYSTEM==\"pci\", KERNEL==\"" PF "\", ATTR{sriov_numvfs}=\"0\"\n"

static void what_declares_that_there_are_no_vfs_is_at_odds_with_what_makes_some(void **state)
{
	static const struct {
		const char *path;
		const char *text;
		bool conflicts;
	} rows[] = {
		{LINK, "[Match]\nOriginalName=eth0\n[Link]\nSR-IOVVirtualFunctions=0\n", true},
		{"/etc/NetworkManager/system-connections/a",
		 "[connection]\ninterface-name=eth0\n[sriov]\ntotal-vfs=0\n", true},
		/* 0 is what a profile has without a total, and is not written. */
		{"/etc/NetworkManager/system-connections/a",
		 "[connection]\ninterface-name=eth0\n[sriov]\n", true},
		{"/etc/NetworkManager/system-connections/a",
		 "[connection]\ninterface-name=eth0\n[sriov]\nautoprobe-drivers=0\n[ipv4]\n", true},
		{"/etc/NetworkManager/system-connections/a",
		 "[connection]\ninterface-name=eth1\n[sriov]\n", false},
		{"/etc/NetworkManager/system-connections/a",
		 "[connection]\ninterface-name=eth0\nautoconnect=false\n[sriov]\n", false},
		{"/etc/NetworkManager/system-connections/a",
		 "[connection]\ninterface-name=eth0\n[sriov]\ntotal-vfs=4\n", false},
		{"/etc/netplan/1.yaml",
		 "network:\n  ethernets:\n    eth0:\n      virtual-function-count: 0\n", false},
		{"/etc/modprobe.d/igb.conf", "options igb max_vfs=0\n", false},
		/* The last rule has the last word. */
		{"/etc/udev/rules.d/99-none.rules", NO_VFS, true},
		{"/etc/udev/rules.d/10-none.rules", NO_VFS, false},
		{"/usr/lib/udev/rules.d/99-none.rules", NO_VFS, true},
		{"/usr/lib/udev/rules.d/10-none.rules", NO_VFS, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tree *tree;

		test_row("%s", rows[i].path);
		assert_int_equal(tree_setup((void **)&tree), 0);
		add_functions(tree);
		tree_file(tree, RULES, RULE "\n");
		tree_file(tree, rows[i].path, rows[i].text);
		if (rows[i].conflicts)
			expect(tree, "sriov-config.conflict", FINDING_WARN, rows[i].path);
		else
			expect_none(tree, "sriov-config.conflict");
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
}

#define NUMVFS "ATTR{sriov_numvfs}=\"4\""

struct moved_case {
	const char *line;
	const char *remedy; /* NULL: nothing has moved */
};

/* The PF of 8086:10c9 at 0000:00:02.0, and one of 8086:1521 at 0000:00:03.0. */
static const struct moved_case moved_cases[] = {
	{"KERNEL==\"" PF "\", ATTR{vendor}==\"0x8086\", ATTR{device}==\"0x10c9\", " NUMVFS, NULL},
	{"KERNEL==\"" PF "\", ATTR{vendor}==\"0x8086\", ATTR{device}==\"0x1521\", " NUMVFS,
	 "Write 0000:00:03.0 into the rule"},
	{"KERNELS==\"" PF "\", ATTRS{device}==\"0x1521\", " NUMVFS, "address of today"},
	{"KERNEL==\"" PF "\", ATTR{vendor}==\"0x15b3\", " NUMVFS, "address of today"},
	{"KERNEL==\"" PF "\", ATTR{vendor}==\"0x15b3\", ATTR{device}==\"0x1017\", " NUMVFS,
	 "address of today"},
	/* The ids of a port above, or of a pattern. */
	{"KERNEL==\"" PF "\", ATTRS{device}==\"0x1521\", " NUMVFS, NULL},
	{"KERNEL==\"0000:00:*\", ATTR{device}==\"0x1521\", " NUMVFS, NULL},
	{"KERNEL==\"" PF "\", ATTR{device}==\"0x15*\", " NUMVFS, NULL},
	{"KERNEL==\"" PF "\", ATTR{device}!=\"0x1521\", " NUMVFS, NULL},
};

static void a_rule_whose_device_has_moved_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(moved_cases) / sizeof(moved_cases[0]); i++) {
		const struct moved_case *row = &moved_cases[i];
		struct test_config config;
		struct tree *tree;

		test_row("%s", row->line);
		tree_setup((void **)&tree);
		add_functions(tree);
		config_begin(&config, 0x8086, 0x1521, 0x020000);
		tree_function(tree, ROOT_BUS, "0000:00:03.0", &config);
		tree_file(tree, "/etc/udev/rules.d/70.rules",
			  arena_printf(tree->arena, "ACTION==\"add\", %s\n", row->line));
		const struct findings *findings = judge_tree(tree);
		if (row->remedy) {
			const struct finding *finding =
				expect_finding(findings, "sriov-config.moved", FINDING_WARN);
			assert_string_equal(finding->subject.id, PF);
			assert_non_null(
				strstr(finding->remedy ? finding->remedy : finding->kind->fix,
				       row->remedy));
			expect_finding(findings, "sriov-config.not-persistent", FINDING_WARN);
		} else {
			assert_null(finding_of(findings, "sriov-config.moved"));
		}
		tree_teardown((void **)&tree);
	}
}

struct gone_case {
	const char *path;
	const char *text;
	const char *summary; /* NULL: nothing is gone */
};

/* PFs at 0000:00:02.0 (eth0) and 0000:00:04.0 (enp0s4); at 0000:00:03.0 a device without SR-IOV, at
 * 0000:00:05.0 a port, at 0000:00:06.0 an adapter that may hide it. */
static const struct gone_case gone_cases[] = {
	{"/etc/udev/rules.d/70.rules",
	 "KERNEL==\"0000:05:00.0\", DRIVER==\"?*\", ATTR{sriov_numvfs}=\"4\"",
	 "0000:05:00.0, where no device is now"},
	{"/etc/udev/rules.d/70.rules", "KERNEL==\"0000:00:03.0\", ATTR{sriov_numvfs}=\"4\"",
	 "0000:00:03.0, where a device without SR-IOV is now"},
	{"/etc/netplan/01.yaml", "ethernets:\n  enp5s0f1np1:\n    virtual-function-count: 4",
	 "0000:05:00.1, where no device is now"},
	{"/etc/netplan/01.yaml", "ethernets:\n  enp0s3:\n    virtual-function-count: 4",
	 "0000:00:03.0, where a device without SR-IOV is now"},
	{"/etc/systemd/network/10.link",
	 "[Match]\nPath=pci-0000:05:00.0\n[Link]\nSR-IOVVirtualFunctions=4",
	 "0000:05:00.0, where no device is now"},
	{"/etc/NetworkManager/system-connections/vf", "interface-name=enP1p5s0\ntotal-vfs=4",
	 "0001:05:00.0, where no device is now"},
	{"/etc/tmpfiles.d/vf.conf", "w /sys/class/net/enp5s0d1/device/sriov_numvfs - - - - 4",
	 "0000:05:00.0, where no device is now"},
	{"/etc/rc.local", "echo 4 > /sys/bus/pci/devices/0000:05:00.0/sriov_numvfs",
	 "0000:05:00.0, where no device is now"},
	/* A name that tells no place, a pattern, a variable. */
	{"/etc/netplan/01.yaml", "ethernets:\n  eth7:\n    virtual-function-count: 4", NULL},
	{"/etc/netplan/01.yaml", "ethernets:\n  enp5s0u1:\n    virtual-function-count: 4", NULL},
	{"/etc/netplan/01.yaml", "ethernets:\n  enp5s0v1:\n    virtual-function-count: 4", NULL},
	{"/etc/systemd/network/10.link",
	 "[Match]\nPath=pci-0000:05:*\n[Link]\nSR-IOVVirtualFunctions=4", NULL},
	{"/etc/systemd/network/10.link",
	 "[Match]\nOriginalName=enp5s0 en*\n[Link]\nSR-IOVVirtualFunctions=4", NULL},
	{"/etc/rc.local", "echo 4 > /sys/class/net/$enp5s0/device/sriov_numvfs", NULL},
	/* One of two is there: by its interface, by its place. */
	{"/etc/netplan/01.yaml", "ethernets:\n  enp0s4:\n    virtual-function-count: 4", NULL},
	{"/etc/netplan/01.yaml", "ethernets:\n  enp0s2:\n    virtual-function-count: 4", NULL},
	{"/etc/rc.local",
	 "for i in 0000:05:00.0 0000:00:02.0; do echo 4 > "
	 "/sys/bus/pci/devices/0000:05:00.0/sriov_numvfs; done",
	 NULL},
	/* What its block is for is gone, and what its line names is there. */
	{"/etc/network/interfaces",
	 "iface enp9s0 inet dhcp\n  pre-up echo 2 > /sys/class/net/eth0/device/sriov_numvfs", NULL},
	{"/etc/network/interfaces",
	 "iface enp9s0 inet dhcp\n  pre-up echo 2 > /sys/class/net/enp8s0/device/sriov_numvfs",
	 "0000:09:00.0, where no device is now"},
	{"/etc/network/interfaces",
	 "iface lan0 inet dhcp\n  pre-up echo 2 > /sys/class/net/enp8s0/device/sriov_numvfs",
	 "0000:08:00.0, where no device is now"},
	/* By the port above. */
	{"/etc/udev/rules.d/70.rules", "KERNELS==\"0000:00:05.0\", ATTR{sriov_numvfs}=\"2\"", NULL},
	{"/etc/udev/rules.d/70.rules", "KERNEL==\"0000:00:06.0\", ATTR{sriov_numvfs}=\"2\"",
	 "0000:00:06.0, where a device without SR-IOV is now"},
	/* It makes none. */
	{"/etc/modprobe.d/vfio.conf", "options vfio-pci enable_sriov=1 # 0000:05:00.0", NULL},
};

static void add_hiding(struct tree *tree)
{
	struct test_config config;

	config_begin(&config, 0x15b3, 0x101d, 0x020000);
	config_add_express(&config, PCI_EXP_TYPE_ENDPOINT);
	tree_driver(tree, tree_function(tree, ROOT_BUS, "0000:00:06.0", &config), "mlx5_core");
}

static void add_gone_machine(struct tree *tree)
{
	struct test_config config;

	add_functions(tree);
	config_begin(&config, 0x8086, 0x1521, 0x020000);
	tree_function(tree, ROOT_BUS, "0000:00:03.0", &config);
	add_pf(tree, "0000:00:04.0", "enp0s4", "igb");
	config_begin(&config, 0x8086, 0x1901, 0x060400);
	config.bytes[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_BRIDGE;
	tree_function(tree, ROOT_BUS, "0000:00:05.0", &config);
	add_hiding(tree);
}

/* Judges each line on the machine with what is gone by the finding of that id. */
static void expect_gone(const struct gone_case *rows, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++) {
		const struct gone_case *row = &rows[i];
		struct tree *tree;

		test_row("%s", row->text);
		tree_setup((void **)&tree);
		add_gone_machine(tree);
		tree_file(tree, row->path, arena_printf(tree->arena, "%s\n", row->text));
		const struct findings *findings = judge_tree(tree);
		if (row->summary)
			assert_non_null(strstr(expect_finding(findings, id, FINDING_WARN)->summary,
					       row->summary));
		else
			assert_null(finding_of(findings, id));
		tree_teardown((void **)&tree);
	}
}

static void a_line_for_a_device_that_is_gone_is_told(void **state)
{
	(void)state;
	expect_gone(gone_cases, sizeof(gone_cases) / sizeof(gone_cases[0]), "sriov-config.gone");
}

#define UNIT            "/etc/systemd/system/vfs.service"
#define INTERFACE(name) "echo 4 > /sys/class/net/" name "/device/sriov_numvfs"

/* On the same machine. */
static const struct gone_case interface_cases[] = {
	{"/etc/rc.local", INTERFACE("enp0s2np0"),
	 "enp0s2np0, and no interface has that name: " PF " has eth0"},
	{"/etc/sysfs.conf", "class/net/enp0s4f0/device/sriov_numvfs = 4",
	 "enp0s4f0, and no interface has that name: 0000:00:04.0 has enp0s4"},
	{"/etc/rc.local", INTERFACE("ens1f0"), "ens1f0, and no interface has that name"},
	{UNIT, "[Service]\nExecStart=sh -c '" INTERFACE("eth7") "'",
	 "eth7, and no interface has that name"},
	{"/etc/udev/rules.d/70.rules",
	 "SUBSYSTEM==\"net\", KERNEL==\"enp0s4np0\", ATTR{device/sriov_numvfs}=\"4\"",
	 "enp0s4np0, and no interface has that name: 0000:00:04.0 has enp0s4"},
	{"/etc/netplan/01.yaml", "ethernets:\n  enp0s4np0:\n    virtual-function-count: 4",
	 "enp0s4np0, and no interface has that name: 0000:00:04.0 has enp0s4"},
	{"/etc/netplan/01.yaml", "ethernets:\n  enp0s4:\n    virtual-function-count: 4", NULL},
	{"/etc/netplan/01.yaml", "ethernets:\n  lan:\n    virtual-function-count: 4", NULL},
	{"/etc/NetworkManager/system-connections/vf", "interface-name=enp0s2np0\ntotal-vfs=4",
	 "enp0s2np0, and no interface has that name: " PF " has eth0"},
	{"/etc/udev/rules.d/70.rules",
	 "SUBSYSTEM==\"net\", KERNEL==\"enp0s4|enp0s4np0\", ATTR{device/sriov_numvfs}=\"4\"", NULL},
	{"/etc/rc.local", INTERFACE("eth0"), NULL},
	{"/etc/rc.local", INTERFACE("$i"), NULL},
	{"/etc/rc.local", INTERFACE("enp*"), NULL},
	/* The kernel's name, before udev gives another. */
	{"/etc/tmpfiles.d/vf.conf", "w /sys/class/net/eth7/device/sriov_numvfs - - - - 4", NULL},
	/* That is told as a device that is gone. */
	{"/etc/rc.local", INTERFACE("enp5s0"), NULL},
	{"/etc/rc.local", "ip link set enp0s2np0 vf 0 trust on", NULL},
};

static void a_line_for_an_interface_of_another_name_is_told(void **state)
{
	(void)state;
	expect_gone(interface_cases, sizeof(interface_cases) / sizeof(interface_cases[0]),
		    "sriov-config.no-interface");
}

static void a_name_gives_way_to_what_stays(void **state)
{
	static const struct {
		const char *path;
		const char *text;
		const char *remedy;
	} rows[] = {
		{"/etc/udev/rules.d/70.rules",
		 "SUBSYSTEM==\"net\", KERNEL==\"enp0s2np0\", ATTR{device/sriov_numvfs}=\"4\"\n",
		 "Write KERNELS==\"" PF "\" in place of KERNEL==\"enp0s2np0\""},
		{"/etc/systemd/network/10.link",
		 "[Match]\nOriginalName=enp0s2np0\n[Link]\nSR-IOVVirtualFunctions=4\n",
		 "Write Path=pci-" PF " in place of the name enp0s2np0"},
		{"/etc/netplan/01.yaml",
		 "ethernets:\n  enp0s2np0:\n    virtual-function-count: 4\n",
		 "Write eth0 in place of enp0s2np0"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tree *tree;

		test_row("%s", rows[i].path);
		tree_setup((void **)&tree);
		add_functions(tree);
		tree_file(tree, rows[i].path, rows[i].text);
		assert_string_equal(
			expect_finding(judge_tree(tree), "sriov-config.no-interface", FINDING_WARN)
				->remedy,
			rows[i].remedy);
		tree_teardown((void **)&tree);
	}
}

/* The line may be for one that has none now. */
static void a_name_is_not_missed_where_an_adapter_has_no_interface(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	add_pf(tree, OTHER_PF, NULL, "vfio-pci");
	tree_file(tree, "/etc/rc.local", INTERFACE("eth7") "\n");
	assert_null(finding_of(judge_tree(tree), "sriov-config.no-interface"));
}

static void a_device_whose_sriov_may_be_hidden_is_not_called_gone_alone(void **state)
{
	static const struct {
		const char *address;
		const char *remedy; /* NULL: that of the kind */
	} rows[] = {
		{"0000:00:06.0", "Where it is the right device: set SRIOV_EN=1"},
		{"0000:00:03.0", NULL},
		{"0000:07:00.0", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tree *tree;

		test_row("%s", rows[i].address);
		tree_setup((void **)&tree);
		add_gone_machine(tree);
		tree_file(
			tree, "/etc/udev/rules.d/70.rules",
			arena_printf(tree->arena, "KERNEL==\"%s\", " NUMVFS "\n", rows[i].address));
		const struct finding *finding =
			expect_finding(judge_tree(tree), "sriov-config.gone", FINDING_WARN);
		if (rows[i].remedy)
			assert_non_null(strstr(finding->remedy, rows[i].remedy));
		else
			assert_null(strstr(finding->remedy, "right device"));
		tree_teardown((void **)&tree);
	}
}

static void a_command_that_is_not_understood_leaves_it_open(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/etc/rc.local", "/root/make-vfs eth0\n");
	expect(tree, "sriov-config.unreadable", FINDING_UNKNOWN, "redacted eth0");
}

static void a_profile_without_vfs_makes_none(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/etc/NetworkManager/system-connections/office",
		  "interface-name=eth0\npsk=secret\n");
	expect(tree, "sriov-config.not-persistent", FINDING_WARN, NULL);
}

static void a_place_that_was_not_captured_leaves_it_open(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	struct host *host = tree_host(tree);
	host->sriov_config.fact = (struct fact){.state = FACT_NOT_CAPTURED, .source = "/etc"};
	expect_finding(judge(tree->arena, "sriov-config", host), "sriov-config.unreadable",
		       FINDING_UNKNOWN);
}

static void max_vfs_is_deprecated_where_the_driver_has_it(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/etc/modprobe.d/igb.conf", "options igb max_vfs=4\n");
	const struct finding *finding =
		expect_finding(judge_tree(tree), "sriov-config.max-vfs-deprecated", FINDING_WARN);
	assert_true(has_evidence(finding, "options igb max_vfs=4"));
	assert_non_null(strstr(finding->commands->text, "ATTR{sriov_numvfs}=\"4\""));
}

/* A rule without one number would make none. */
static void no_rule_is_written_for_several_numbers(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/etc/modprobe.d/igb.conf", "options igb max_vfs=7,7\n");
	assert_null(
		expect_finding(judge_tree(tree), "sriov-config.max-vfs-deprecated", FINDING_WARN)
			->commands);
}

static void a_driver_without_the_hook_refuses_the_number(void **state)
{
	static const struct {
		const char *driver;
		const char *path;
		const char *line;
		const char *remedy; /* NULL: no such finding */
	} rows[] = {
		{"i915", "/etc/udev/rules.d/vfs.rules",
		 "KERNEL==\"" PF "\", ATTR{sriov_numvfs}=\"4\"", "the driver xe"},
		{"mlx4_core", "/etc/rc.local", "echo 4 > /sys/class/net/eth0/device/sriov_numvfs",
		 "num_vfs="},
		{"enic", "/etc/sysconfig/network-scripts/ifcfg-lan",
		 "DEVICE=eth0\nSRIOV_TOTAL_VFS=4", "by itself"},
		{"mlx4_core", "/etc/modprobe.d/vfs.conf", "options mlx4_core num_vfs=4", NULL},
		{"nvidia", "/etc/rc.local", "/usr/lib/nvidia/sriov-manage -e " PF, NULL},
		{"igb", "/etc/udev/rules.d/vfs.rules",
		 "KERNEL==\"" PF "\", ATTR{sriov_numvfs}=\"4\"", NULL},
		{"unknown", "/etc/udev/rules.d/vfs.rules",
		 "KERNEL==\"" PF "\", ATTR{sriov_numvfs}=\"4\"", NULL},
		/* Its interface is down until the network is set up. */
		{"bnxt_en", "/etc/systemd/network/10-vfs.link",
		 "[Match]\nPath=pci-" PF "\n[Link]\nSR-IOVVirtualFunctions=4", "udev rule"},
		{"bnx2x", "/etc/udev/rules.d/vfs.rules",
		 "KERNEL==\"" PF "\", ATTR{sriov_numvfs}=\"4\"", "udev rule"},
		{"bnxt_en", "/etc/tmpfiles.d/vfs.conf",
		 "w /sys/bus/pci/devices/" PF "/sriov_numvfs - - - - 4", "udev rule"},
		{"bnxt_en", "/etc/udev/rules.d/vfs.rules",
		 "KERNELS==\"" PF "\", RUN+=\"/bin/sh -c 'ip link set eth0 up; echo 4 > "
		 "/sys/class/net/eth0/device/sriov_numvfs'\"",
		 NULL},
		{"bnxt_en", "/etc/NetworkManager/system-connections/lan.nmconnection",
		 "[connection]\ninterface-name=eth0\n[sriov]\ntotal-vfs=4", NULL},
		{"mlx5_core", "/etc/systemd/network/10-vfs.link",
		 "[Match]\nPath=pci-" PF "\n[Link]\nSR-IOVVirtualFunctions=4", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s: %s", rows[i].driver, rows[i].line);
		assert_int_equal(tree_setup(state), 0);
		struct tree *tree = *state;
		add_functions_of(tree, rows[i].driver);
		tree_file(tree, rows[i].path, arena_printf(tree->arena, "%s\n", rows[i].line));
		struct findings *findings = judge_tree(tree);
		if (rows[i].remedy)
			assert_non_null(strstr(
				expect_finding(findings, "sriov-config.write-refused", FINDING_WARN)
					->remedy,
				rows[i].remedy));
		else
			assert_null(finding_of(findings, "sriov-config.write-refused"));
		assert_int_equal(tree_teardown(state), 0);
	}
}

/* interfaces(5): pre-up is before the interface is up; what else stands in front is not known. */
static void what_ifupdown_writes_before_the_interface_is_up_may_be_refused(void **state)
{
	static const struct {
		const char *driver;
		const char *line;
		const char *finding;
	} rows[] = {
		{"bnxt_en", "pre-up " WRITES, "sriov-config.unreadable"},
		{"bnxt_en", "pre-up ip link set eth0 up && " WRITES, "sriov-config.persistent"},
		{"bnxt_en", "post-up " WRITES, "sriov-config.persistent"},
		{"igb", "pre-up " WRITES, "sriov-config.persistent"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s: %s", rows[i].driver, rows[i].line);
		assert_int_equal(tree_setup(state), 0);
		struct tree *tree = *state;
		add_functions_of(tree, rows[i].driver);
		tree_file(
			tree, "/etc/network/interfaces",
			arena_printf(tree->arena, "iface eth0 inet manual\n  %s\n", rows[i].line));
		assert_non_null(finding_of(judge_tree(tree), rows[i].finding));
		assert_int_equal(tree_teardown(state), 0);
	}
}

/* Every output asks the model what makes VFs at boot. */
static void a_number_that_is_refused_makes_none(void **state)
{
	struct tree *tree = *state;

	add_functions_of(tree, "i915");
	tree_file(tree, "/etc/udev/rules.d/vfs.rules",
		  "KERNEL==\"" PF "\", ATTR{sriov_numvfs}=\"4\"\n");
	assert_int_equal(state_of_pf(tree), PERSISTENCE_NONE);
}

static void num_vfs_makes_none_of_a_driver_that_does_not_heed_it(void **state)
{
	static const struct {
		const char *driver;
		const char *parameter; /* that it has */
		enum persistence state;
	} rows[] = {{"be2net", "num_vfs", PERSISTENCE_NONE},
		    {"mlx4_core", "num_vfs", PERSISTENCE_MADE},
		    {"mlx5_core", "prof_sel", PERSISTENCE_NONE}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].driver);
		assert_int_equal(tree_setup(state), 0);
		struct tree *tree = *state;
		add_functions_of(tree, rows[i].driver);
		tree_file(tree,
			  arena_printf(tree->arena, "/sys/module/%s/parameters/%s", rows[i].driver,
				       rows[i].parameter),
			  "\n");
		tree_file(tree, "/etc/modprobe.d/vfs.conf",
			  arena_printf(tree->arena, "options %s num_vfs=4\n", rows[i].driver));
		assert_int_equal(state_of_pf(tree), rows[i].state);
		assert_int_equal(tree_teardown(state), 0);
	}
}

static void max_vfs_is_ignored_where_the_driver_lacks_it(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/etc/modprobe.d/ice.conf", "options\tice max_vfs=4\n");
	expect(tree, "sriov-config.max-vfs-ignored", FINDING_WARN, "/etc/modprobe.d/ice.conf");
}

/* The kernel's own i915 makes no VFs; a build with SR-IOV has the option, and shows it. */
static void max_vfs_of_i915_is_ignored_where_it_shows_none(void **state)
{
	static const struct {
		const char *parameter;
		bool is_ignored;
	} rows[] = {{NULL, false}, {"enable_guc", true}, {"max_vfs", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tree *tree;

		test_row("%s", rows[i].parameter ? rows[i].parameter : "not read");
		assert_int_equal(tree_setup((void **)&tree), 0);
		add_functions_of_device(tree, 0x8086, 0x46a6, "i915");
		tree_file(tree, "/proc/cmdline", "quiet i915.enable_guc=3 i915.max_vfs=7\n");
		if (rows[i].parameter)
			tree_file(tree,
				  arena_printf(tree->arena, "/sys/module/i915/parameters/%s",
					       rows[i].parameter),
				  "3\n");
		const struct findings *findings = judge_tree(tree);
		if (rows[i].is_ignored) {
			const struct finding *finding = expect_finding(
				findings, "sriov-config.max-vfs-ignored", FINDING_WARN);
			assert_non_null(strstr(finding->remedy, "i915-sriov-dkms"));
			assert_null(finding->commands);
		} else {
			assert_null(finding_of(findings, "sriov-config.max-vfs-ignored"));
		}
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
}

static void max_vfs_counts_on_the_command_line_too(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_file(tree, "/proc/cmdline", "quiet igb.max-vfs=4\n");
	expect(tree, "sriov-config.max-vfs-deprecated", FINDING_WARN, "igb.max-vfs=4");
}

/* What is not looked at may mean any PF. */
static void a_command_line_of_very_many_options_leaves_it_open(void **state)
{
	enum { MANY = 80 };
	struct tree *tree = *state;
	struct buffer line = {.arena = tree->arena, .separator = " "};
	struct persistences persistences;

	add_functions(tree);
	for (int i = 0; i < MANY; i++)
		buffer_item(&line, "driver%d.max_vfs=1", i);
	buffer_item(&line, "igb.max_vfs=4\n");
	tree_file(tree, "/proc/cmdline", buffer_text(&line));
	const struct host *host = tree_host(tree);
	persistences_build(host, tree->arena, &persistences);
	const struct pci_function *pf = pci_find_name(&host->pci, PF);
	assert_int_equal(vf_persistence_of(&persistences, pf, 0).state, PERSISTENCE_UNKNOWN);
	assert_int_equal(vf_makers_of(&persistences, pf)->count, 1);
}

static void vfs_that_host_drivers_hold_are_told(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	expect(tree, "sriov-config.vfs-on-host-drivers", FINDING_WARN, "igbvf");
}

/* The switch is for VFs to come; for those that are there libvirt helps, or a plan. */
static void vfs_that_host_drivers_hold_leave_them_one_by_one(void **state)
{
	static const char id[] = "sriov-config.vfs-on-host-drivers";
	struct tree *tree = *state;

	add_functions(tree);
	struct host *host = tree_host(tree);
	const struct finding *finding =
		expect_finding(judge(tree->arena, "sriov-config", host), id, FINDING_WARN);
	assert_string_equal(
		finding->remedy,
		"If the VFs are for guests, passcheck plan says how each leaves its "
		"driver. Keep drivers off VFs that you make from now on; that holds until the next boot");
	host->hypervisor.daemons[0].fact = known("/usr/sbin/virtqemud");
	finding = expect_finding(judge(tree->arena, "sriov-config", host), id, FINDING_WARN);
	assert_non_null(strstr(finding->remedy, "libvirt does that itself"));
}

/* mlx4_core makes VFs as it is loaded, and takes as many of them as its option says. */
static void vfs_of_mlx4_stay_free_by_its_option(void **state)
{
	struct tree *tree = *state;

	add_functions_of(tree, "mlx4_core");
	const struct finding *finding =
		expect_finding(judge_tree(tree), "sriov-config.vfs-on-host-drivers", FINDING_WARN);

	assert_non_null(strstr(finding->remedy,
			       "take probe_vf= of mlx4_core out of /etc/modprobe.d and the kernel "
			       "command line"));
	assert_null(strstr(finding->remedy, "Have VFs that you make"));
	assert_null(finding->commands);
}

static void what_keeps_drivers_off_already_is_not_advised(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_attribute(tree, ROOT_BUS "/" PF, "sriov_drivers_autoprobe", "0\n");
	const struct finding *finding =
		expect_finding(judge_tree(tree), "sriov-config.vfs-on-host-drivers", FINDING_WARN);

	assert_non_null(strstr(finding->remedy, "sriov_drivers_autoprobe is 0"));
	assert_null(finding->commands);
}

/* The host's default route goes through the VF. */
static void add_route(struct tree *tree)
{
	tree_file(tree, ROOT_BUS "/" VF "/net/eth1/operstate", "up\n");
	tree_link(tree, "/sys/class/net/eth1", ROOT_BUS "/" VF "/net/eth1");
	tree_file(tree, "/proc/self/net/route", "eth1 0 0 1 0 0 0 0\n");
}

static void a_vf_that_the_host_needs_stays_on_its_driver(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	add_route(tree);
	expect_none(tree, "sriov-config.vfs-on-host-drivers");
}

static void vfs_of_one_driver_are_counted_behind_the_first(void **state)
{
	struct tree *tree = *state;
	struct test_config config;

	add_functions(tree);
	config_begin(&config, 0xffff, 0xffff, 0x020000);
	const char *other = tree_function(tree, ROOT_BUS, "0000:00:02.2", &config);
	tree_link(tree, arena_printf(tree->arena, "%s/physfn", other), ROOT_BUS "/" PF);
	tree_driver(tree, other, "igbvf");
	const struct finding *finding =
		expect_finding(judge_tree(tree), "sriov-config.vfs-on-host-drivers", FINDING_WARN);

	assert_string_equal(finding->summary, "drivers of the host hold 2 of 2 VFs of " PF
					      ": igbvf has " VF " and 1 more");
}

/* VFs to come get a driver: one of them is to carry the host's route again. */
static void what_keeps_drivers_off_is_not_advised_where_the_host_needs_a_vf(void **state)
{
	struct tree *tree = *state;
	struct test_config config;

	add_functions(tree);
	add_route(tree);
	config_begin(&config, 0xffff, 0xffff, 0x020000);
	const char *other = tree_function(tree, ROOT_BUS, "0000:00:02.2", &config);
	tree_link(tree, arena_printf(tree->arena, "%s/physfn", other), ROOT_BUS "/" PF);
	tree_driver(tree, other, "igbvf");
	const struct finding *finding =
		expect_finding(judge_tree(tree), "sriov-config.vfs-on-host-drivers", FINDING_WARN);

	assert_string_equal(finding->summary, "drivers of the host hold 1 of 2 VFs of " PF
					      ": igbvf has 0000:00:02.2");
	assert_non_null(strstr(finding->remedy, "the host needs " VF " with its driver"));
	assert_null(finding->commands);
}

static void vfs_of_a_vgpu_driver_stay_on_it(void **state)
{
	struct tree *tree = *state;

	add_functions_of_device(tree, 0x10de, 0x2235, "nvidia");
	tree_file(tree, ROOT_BUS "/" VF "/nvidia/current_vgpu_type", "0\n");
	expect_none(tree, "sriov-config.vfs-on-host-drivers");
}

/* They are there now: to make them once more changes nothing. */
static void vfs_that_a_tool_made_need_what_runs_it_at_every_boot(void **state)
{
	struct tree *tree = *state;

	add_functions_of_device(tree, 0x10de, 0x2235, "nvidia");
	const struct finding *finding =
		expect_finding(judge_tree(tree), "sriov-config.not-persistent", FINDING_WARN);
	assert_non_null(strstr(finding->remedy, "at every boot"));
	assert_non_null(strstr(finding->remedy, "/usr/lib/nvidia/sriov-manage -e " PF));
}

static void vfs_that_offer_mediated_devices_stay_on_their_driver(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_link(tree, "/sys/class/mdev_bus/" VF, ROOT_BUS "/" VF);
	expect_none(tree, "sriov-config.vfs-on-host-drivers");
}

/* QAT's are on the denylist of vfio-pci. */
static void vfs_that_no_guest_can_get_need_not_last(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/proc/sys/kernel/osrelease", "6.1.0\n");
	tree_file(tree, "/sys/module/vfio_pci/parameters/disable_denylist", "N\n");
	add_functions_of_device(tree, 0x8086, 0x37c8, "c6xx");
	expect_none(tree, "sriov-config.not-persistent");
}

/* QAT's are on the denylist of vfio-pci. */
static void vfs_that_no_guest_can_have_stay_on_their_driver(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/proc/sys/kernel/osrelease", "6.1.0\n");
	tree_file(tree, "/sys/module/vfio_pci/parameters/disable_denylist", "N\n");
	add_functions_of_device(tree, 0x8086, 0x37c8, "c6xx");
	expect_none(tree, "sriov-config.vfs-on-host-drivers");
}

/* igb takes its VFs along when it leaves the PF. */
static void vfs_that_go_with_their_pf_get_no_advice(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_group(tree, ROOT_BUS "/" VF, 1);
	const struct findings *findings = judge_tree(tree);
	assert_null(finding_of(findings, "sriov-config.not-persistent"));
	assert_null(finding_of(findings, "sriov-config.vfs-on-host-drivers"));
}

/* xen-pciback keeps them for guests of Xen. */
static void vfs_on_pciback_are_where_they_should_be(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	struct host *host = tree_host(tree);
	for (size_t i = 0; i < host->pci.count; i++) {
		if (pci_is_vf(&host->pci.functions[i]))
			host->pci.functions[i].driver = known_text("driver", "pciback");
	}
	assert_null(finding_of(judge(tree->arena, "sriov-config", host),
			       "sriov-config.vfs-on-host-drivers"));
}

static void a_driver_that_makes_vfs_by_itself_needs_no_line(void **state)
{
	struct tree *tree = *state;

	add_functions_of(tree, "enic");
	expect(tree, "sriov-config.persistent", FINDING_PASS, "enic");
}

static void vfs_in_the_pfs_group_are_told(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_group(tree, ROOT_BUS "/" VF, 1);
	expect(tree, "sriov-config.vf-in-pf-group", FINDING_WARN, "group 1");
}

static void vfs_in_a_group_of_their_own_are_not(void **state)
{
	struct tree *tree = *state;

	add_functions(tree);
	tree_group(tree, ROOT_BUS "/" VF, 2);
	expect_none(tree, "sriov-config.vf-in-pf-group");
}

static void a_host_without_pfs_is_not_searched(void **state)
{
	struct tree *tree = *state;
	struct test_config config;

	config_begin(&config, 0x8086, 0x10d3, 0x020000);
	tree_function(tree, ROOT_BUS, PF, &config);
	tree_file(tree, "/etc/modprobe.d/igb.conf", "options igb max_vfs=4\n");
	struct host *host = tree_host(tree);
	assert_int_equal(host->sriov_config.count, 0);
	expect_finding(judge(tree->arena, "sriov-config", host), "sriov-config.none",
		       FINDING_NOT_APPLICABLE);
}

static void a_capture_keeps_only_lines_that_speak_of_vfs(void **state)
{
	static const struct capture_options options;
	struct tree *tree = *state;
	struct fact_text text = known_text("/etc/netplan/01.yaml", "password: secret\n"
								   "# virtual-function-count: 2\n"
								   "virtual-function-count: 4\n");
	struct fact_text kept = redact(tree->arena, &text, &options);

	assert_string_equal(kept.text, "virtual-function-count: 4\n");
	assert_int_equal(kept.length, strlen(kept.text));
}

/* What a capture keeps makes as many VFs as its file, and no more. */
static void a_capture_makes_nothing_of_odd_files(void **state)
{
	static const struct {
		const char *path;
		const char *text;
		size_t length;
		const char *kept;
	} rows[] = {
#define ROW(path, text, kept) {path, text, sizeof(text) - 1, kept}
		ROW("/etc/network/interfaces", "iface avirtual-function-count:9 inet\n",
		    "redacted redacted.virtual-function-count:9 redacted\n"),
		ROW("/etc/rc.local", "\0; echo 4 max_vfs=5\n", ""),
		ROW("/etc/sriov-operator/pci/0000:00:02.0",
		    "{\"numVfs\":4,\"externallyManaged\":trues}",
		    "{\"numVfs\":4,\"externallyManaged\":redacted}\n"),
#undef ROW
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].path);
		struct fact_text text = known_text(rows[i].path, rows[i].text);
		struct buffer kept = {.arena = tree->arena};
		text.length = rows[i].length;
		sriov_config_keep(tree->arena, &text, &kept);
		assert_string_equal(buffer_text(&kept), rows[i].kept);
	}
}

static void a_capture_makes_as_many_settings_as_its_host(void **state)
{
	static const struct {
		const char *path;
		const char *text;
		size_t count;
	} rows[] = {
		{"/etc/network/interfaces", "iface eth0 inet dhcp\n\tcommand max_vfs=4\n", 1},
		{"/etc/systemd/system/a.service",
		 "[Service]\nExecCondition=/sbin/x max_vfs=4\n[Install]\nWantedBy=a.target\n", 1},
		{"/etc/systemd/network/10-a.link", "[Match]\nOriginalName=VirtualFunction\n", 0},
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sriov_config config = {0}, left = {0};
		struct buffer kept = {.arena = tree->arena};
		struct fact_text text = known_text(rows[i].path, rows[i].text);
		test_row("%s", rows[i].path);
		sriov_config_parse(tree->arena, &text, &config);
		sriov_config_keep(tree->arena, &text, &kept);
		text = known_text(rows[i].path, buffer_text(&kept));
		sriov_config_parse(tree->arena, &text, &left);
		assert_int_equal(config.count, rows[i].count);
		assert_int_equal(left.count, rows[i].count);
		for (size_t k = 0; k < left.count; k++)
			assert_string_equal(left.settings[k].line, config.settings[k].line);
	}
}

/* A line, and how many VFs it makes; -1: it tells no one number. */
struct count_case {
	const char *line;
	int64_t count;
};

static void a_line_tells_how_many_vfs_it_makes(void **state)
{
	static const struct count_case cases[] = {
		{"ACTION==\"bind\", ATTR{sriov_numvfs}=\"4\"", 4},
		{"w /sys/class/net/eth0/device/sriov_numvfs - - - - 16", 16},
		{"bus/pci/devices/0000:01:00.0/sriov_numvfs = 8", 8},
		{"ExecStart=/bin/sh -c 'echo 12 > /sys/class/net/eth0/device/sriov_numvfs'", 12},
		{"echo 3 >/sys/class/net/eth0/device/sriov_numvfs", 3},
		{"SR-IOVVirtualFunctions=5", 5},
		{"virtual-function-count: 6", 6},
		{"options igb max_vfs=7", 7},
		{"options igb max_vfs=7,7", -1},
		{"options mlx4_core num_vfs=4,2,1 probe_vf=1", 7},
		{"options mlx4_core num_vfs=4,2,1,1", -1},
		{"options mlx4_core num_vfs=4,x", -1},
		{"options igb max_vfs=", -1},
		{"echo $N > /sys/class/net/eth0/device/sriov_numvfs", -1},
		{"> /sys/class/net/eth0/device/sriov_numvfs", -1},
		{"ATTR{sriov_numvfs}=\"999999\"", -1},
		{"max_vfs=4x", -1},
		/* The number goes by 0, or is asked for first; the last counts. */
		{"echo 0 > /sys/class/net/eth0/device/sriov_numvfs; "
		 "echo 8 > /sys/class/net/eth0/device/sriov_numvfs",
		 8},
		{"ATTR{sriov_numvfs}==\"0\", ATTR{sriov_numvfs}=\"4\"", 4},
		{"ATTR{sriov_numvfs}+=\"4\"", 4},
		{"echo 4 > /sys/class/net/eth0/device/sriov_numvfs; "
		 "echo 8 > /sys/class/net/eth1/device/sriov_numvfs",
		 -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t count = -1;
		size_t digits;

		if (!sriov_line_count(cases[i].line, &count, &digits))
			count = -1;
		if (count != cases[i].count)
			fail_msg("%s: %d", cases[i].line, (int)count);
	}
}

/* A line, and what is left of it. */
struct kept_case {
	const char *line;
	const char *kept;
};

#define ECHO "echo 4 > /sys/class/net/eth0/device/sriov_numvfs"

static const struct kept_case kept_cases[] = {
	{"ACTION==\"add\", ATTR{address}==\"00:16:3e:5e:6c:00\", ATTR{sriov_numvfs}=\"4\"",
	 "ACTION==\"add\", ATTR{redacted}==\"redacted\", ATTR{sriov_numvfs}=\"4\""},
	{"KERNEL==\"0000:01:00.0\", ATTR{vendor}==\"0x8086\", ATTR{sriov_numvfs}=\"4\"",
	 "KERNEL==\"0000:01:00.0\", ATTR{vendor}==\"0x8086\", ATTR{sriov_numvfs}=\"4\""},
	{"ACTION==\"add|bind\", SUBSYSTEM==\"pci\", KERNEL==\"0000:01:00.0\", DRIVER==\"?*\", "
	 "ATTR{sriov_numvfs}=\"4\"",
	 "ACTION==\"add|bind\", SUBSYSTEM==\"pci\", KERNEL==\"0000:01:00.0\", DRIVER==\"?*\", "
	 "ATTR{sriov_numvfs}=\"4\""},
	{"KERNEL==\"dmz\", ATTR{sriov_numvfs}=\"4\", RUN+=\"/usr/bin/login hunter2 12345\"",
	 "KERNEL==\"dmz\", ATTR{sriov_numvfs}=\"4\", RUN+=\"redacted redacted redacted\""},
	{"ExecStart=/bin/sh -c '" ECHO "; ip link set eth0 vf 0 mac 00:16:3e:5e:6c:00'",
	 "ExecStart=/bin/sh -c '" ECHO "; ip link set eth0 redacted redacted redacted redacted'"},
	{"ExecStart=/bin/sh -c \"TOKEN=hunter2 " ECHO "\"",
	 "ExecStart=/bin/sh -c \"redacted=redacted " ECHO "\""},
	{"post-up " ECHO " # wpa-psk hunter2", "post-up " ECHO " redacted redacted redacted"},
	{"pre-up echo 0 > /sys/class/net/eth0/device/sriov_numvfs; " ECHO,
	 "pre-up echo redacted > /sys/class/net/eth0/device/sriov_numvfs; " ECHO},
	{"{virtual-function-count: 6, password: hunter2}",
	 "{virtual-function-count: 6, redacted: redacted}"},
	{"options igb max_vfs=7,7 key=hunter2", "options igb max_vfs=7,7 redacted=redacted"},
	{"echo $N > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs",
	 "echo $redacted > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs"},
	{"SR-IOVVirtualFunctions=5", "SR-IOVVirtualFunctions=5"},
	{"hunter2!:echo 4 > /sys/x/sriov_numvfs", "redacted:echo 4 > /sys/x/sriov_numvfs"},
	{"hunter2.SR-IOVVirtualFunctions.hunter2.num_vfs: 9",
	 "redacted.SR-IOVVirtualFunctions.redacted.num_vfs: redacted"},
	{"w /sys/class/net/eth0/device/sriov_numvfs - - - - 16",
	 "w /sys/class/net/eth0/device/sriov_numvfs - - - - 16"},
};

static const char *parsed(struct arena *arena, const char *line)
{
	struct fact_text text = known_text("/etc/rc.local", line);
	struct sriov_config config = {0};

	sriov_config_parse(arena, &text, &config);
	assert_int_equal(config.count, 1);
	return config.settings[0].line;
}

static int64_t count_of(const char *line)
{
	int64_t count = -1;
	size_t digits;

	return sriov_line_count(line, &count, &digits) ? count : -1;
}

static void a_line_is_kept_without_what_stands_beside_the_setting(void **state)
{
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(kept_cases) / sizeof(kept_cases[0]); i++) {
		const struct kept_case *it = &kept_cases[i];
		test_row("%s", it->line);
		const char *kept = parsed(tree->arena, it->line);
		assert_string_equal(kept, it->kept);
		assert_string_equal(parsed(tree->arena, kept), kept);
		assert_int_equal(count_of(kept), count_of(it->line));
		/* What no longer stands so in its file is not put into a command of sed. */
		assert_int_equal(sriov_line_whole(kept), strcmp(kept, it->line) == 0);
	}
}

static void a_line_that_was_redacted_is_not_redacted_further(void **state)
{
	struct tree *tree = *state;
	const char *kept = parsed(tree->arena, "1 echo 4 > /sys/virtual-function-counts echo 4 > "
					       "/sys/virtual-function-countsriov[numvfs");

	assert_string_equal(parsed(tree->arena, kept), kept);
}

static void lines_of_any_bytes_are_parsed(void **state)
{
	static const char bytes[] = "\n\n \0max_vfs=\0\n\xff sriov_numvfs\nnum_vfs";
	struct tree *tree = *state;
	struct fact_text text = known_bytes("/etc/rc.local", bytes, sizeof(bytes) - 1);
	struct sriov_config config = {0};

	sriov_config_parse(tree->arena, &text, &config);
	assert_int_equal(config.count, 3);
	assert_string_equal(config.settings[2].line, "num_vfs");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(vfs_that_nothing_enables_at_boot_are_told),
		TEST(the_rule_that_is_told_is_the_one_that_plans_write),
		cmocka_unit_test(what_enables_vfs_at_boot_is_found),
		cmocka_unit_test(who_makes_vfs_of_which_pf_is_told),
		cmocka_unit_test(a_link_file_makes_vfs_where_no_other_is_applied_in_its_place),
		cmocka_unit_test(a_link_file_and_its_drop_ins_make_vfs_together),
		cmocka_unit_test(a_capture_keeps_what_drop_ins_say),
		TEST(drop_ins_are_read_in_the_order_of_their_names),
		TEST(a_drop_in_is_shadowed_as_its_file_is),
		TEST(who_keeps_a_link_file_from_a_function_is_told),
		TEST(link_files_that_were_not_read_leave_it_open),
		TEST(files_of_netplan_that_were_not_read_leave_it_open),
		TEST(only_what_names_no_pf_means_the_only_one),
		cmocka_unit_test(a_rule_is_for_what_all_its_keys_fit),
		cmocka_unit_test(a_capture_keeps_for_whom_a_rule_is),
		TEST(a_rule_for_a_name_that_an_interface_had_at_first_may_be_for_it),
		TEST(a_rule_for_a_name_to_come_may_miss_the_interface_as_it_is_added),
		cmocka_unit_test(a_rule_on_several_lines_is_not_edited),
		TEST(a_goto_that_may_skip_a_rule_leaves_it_open),
		TEST(a_capture_keeps_which_rules_may_be_skipped),
		TEST(a_capture_keeps_whom_a_link_file_is_for),
		TEST(a_folder_of_more_files_than_are_read_leaves_it_open),
		TEST(a_folder_of_as_many_files_as_are_read_is_read_whole),
		TEST(a_nul_does_not_hide_what_follows_it),
		TEST(a_capture_keeps_whom_a_line_is_for),
		TEST(a_record_of_the_operator_counts_beside_its_configuration),
		TEST(a_unit_of_proxmox_is_known_by_its_instance),
		TEST(vfs_that_no_guest_can_get_need_not_last),
		TEST(units_of_qat_make_vfs_of_its_devices),
		cmocka_unit_test(a_unit_that_nothing_enables_is_not_said_to_make_vfs),
		cmocka_unit_test(a_script_that_is_not_executable_is_not_said_to_make_vfs),
		TEST(an_interface_that_the_boot_leaves_down_is_not_said_to_make_vfs),
		TEST(what_may_not_run_at_boot_is_told_with_its_reason),
		TEST(a_rule_of_a_package_is_masked_by_the_hosts_own),
		cmocka_unit_test(a_file_whose_tool_the_host_lacks_is_not_said_to_make_vfs),
		TEST(unraid_makes_none_where_its_switch_is_set),
		cmocka_unit_test(the_last_file_of_netplan_says_how_many_vfs_there_are),
		cmocka_unit_test(
			what_declares_that_there_are_no_vfs_is_at_odds_with_what_makes_some),
		TEST(a_rule_that_udev_ignores_is_told_with_its_key),
		TEST(a_rule_that_udev_takes_is_not_told),
		TEST(a_rule_that_acts_before_the_driver_is_bound_leaves_it_open),
		TEST(a_driver_that_is_built_in_is_there_before_any_rule),
		cmocka_unit_test(vfio_pci_makes_no_vfs_at_boot_unless_its_option_is_set),
		TEST(vfio_pcis_option_that_was_not_read_leaves_it_open),
		cmocka_unit_test(gim_makes_vfs_where_a_list_of_modules_names_it),
		TEST(two_lines_that_make_different_numbers_are_at_odds),
		cmocka_unit_test(a_rule_whose_device_has_moved_is_told),
		cmocka_unit_test(a_line_for_a_device_that_is_gone_is_told),
		cmocka_unit_test(a_line_for_an_interface_of_another_name_is_told),
		cmocka_unit_test(a_name_gives_way_to_what_stays),
		TEST(a_name_is_not_missed_where_an_adapter_has_no_interface),
		cmocka_unit_test(a_device_whose_sriov_may_be_hidden_is_not_called_gone_alone),
		TEST(a_command_that_is_not_understood_leaves_it_open),
		TEST(a_profile_without_vfs_makes_none),
		TEST(a_place_that_was_not_captured_leaves_it_open),
		TEST(max_vfs_is_deprecated_where_the_driver_has_it),
		TEST(no_rule_is_written_for_several_numbers),
		TEST(a_number_that_is_refused_makes_none),
		cmocka_unit_test(num_vfs_makes_none_of_a_driver_that_does_not_heed_it),
		cmocka_unit_test(a_driver_without_the_hook_refuses_the_number),
		cmocka_unit_test(what_ifupdown_writes_before_the_interface_is_up_may_be_refused),
		TEST(max_vfs_is_ignored_where_the_driver_lacks_it),
		cmocka_unit_test(max_vfs_of_i915_is_ignored_where_it_shows_none),
		TEST(max_vfs_counts_on_the_command_line_too),
		TEST(a_command_line_of_very_many_options_leaves_it_open),
		TEST(vfs_that_host_drivers_hold_are_told),
		TEST(vfs_that_host_drivers_hold_leave_them_one_by_one),
		TEST(vfs_that_offer_mediated_devices_stay_on_their_driver),
		TEST(vfs_of_a_vgpu_driver_stay_on_it),
		TEST(vfs_that_a_tool_made_need_what_runs_it_at_every_boot),
		TEST(vfs_that_no_guest_can_have_stay_on_their_driver),
		TEST(vfs_on_pciback_are_where_they_should_be),
		TEST(a_vf_that_the_host_needs_stays_on_its_driver),
		TEST(vfs_of_one_driver_are_counted_behind_the_first),
		TEST(vfs_of_mlx4_stay_free_by_its_option),
		TEST(what_keeps_drivers_off_already_is_not_advised),
		TEST(what_keeps_drivers_off_is_not_advised_where_the_host_needs_a_vf),
		TEST(a_driver_that_makes_vfs_by_itself_needs_no_line),
		TEST(vfs_that_go_with_their_pf_get_no_advice),
		TEST(vfs_in_the_pfs_group_are_told),
		TEST(vfs_in_a_group_of_their_own_are_not),
		TEST(a_host_without_pfs_is_not_searched),
		TEST(a_capture_keeps_only_lines_that_speak_of_vfs),
		TEST(a_capture_makes_nothing_of_odd_files),
		TEST(a_capture_makes_as_many_settings_as_its_host),
		TEST(a_line_tells_how_many_vfs_it_makes),
		TEST(a_line_is_kept_without_what_stands_beside_the_setting),
		TEST(a_line_that_was_redacted_is_not_redacted_further),
		TEST(lines_of_any_bytes_are_parsed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
