/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/usage.h"

#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/usage/host_interface.h"
#include "host/usage/usage_network.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/tree.h"

#define FABRICS "/sys/devices/virtual/nvme-fabrics/ctl"
#define VIRTIO  "/sys/devices/pci0000:00/0000:00:%02u.0/virtio%u"
#define NVME    "/sys/devices/pci0000:00/0000:00:1d.0/0000:03:00.0/nvme/nvme0"
#define SATA    "/sys/devices/pci0000:00/0000:00:17.0/ata1/block/sda"
#define LAN     "/sys/devices/pci0000:00/0000:00:1f.6/net/lan0"
#define NIC     "/sys/devices/pci0000:00/0000:00:1c.0/0000:01:00.0/net/eth0"

static const struct usage *load(struct tree *tree)
{
	struct usage *usage = arena_alloc(tree->arena, sizeof(*usage));
	struct pci pci;

	/* A tree is looked at again once it has more. */
	root_close(tree->root);
	tree->root = NULL;
	tree_open(tree);
	pci_load(tree->root, tree->arena, &(struct iommu_groups){0}, &pci);
	usage_load(tree->root, tree->arena, &pci, NULL, usage);
	assert_false(arena_failed(tree->arena));
	return usage;
}

/* Fails unless there is an entry of that kind, with that name, on that hardware. */
static void expect(const struct usage *usage, enum usage_kind kind, const char *what,
		   const char *path)
{
	for (size_t i = 0; i < usage->count; i++) {
		const struct usage_entry *entry = &usage->entries[i];
		if (entry->kind == kind && strcmp(entry->what, what) == 0 &&
		    strcmp(entry->path, path) == 0)
			return;
	}
	fail_msg("%s is not on %s", what, path);
}

static void add_block(const struct tree *tree, const char *number, const char *path)
{
	const char *name = strrchr(path, '/') + 1;

	tree_directory(tree, path);
	tree_link(tree, arena_printf(tree->arena, "/sys/dev/block/%s", number), path);
	tree_link(tree, arena_printf(tree->arena, "/sys/class/block/%s", name), path);
}

static void add_slave(const struct tree *tree, const char *path, const char *name)
{
	tree_link(tree, arena_printf(tree->arena, "%s/slaves/%s", path, name), "../..");
}

static void add_interface(const struct tree *tree, const char *path)
{
	tree_directory(tree, path);
	tree_link(tree, arena_printf(tree->arena, "/sys/class/net/%s", last_part(path)), path);
}

static void mount_of_a_partition_is_on_its_disk(void **state)
{
	add_block(*state, "259:2", NVME "/nvme0n1/nvme0n1p2");
	tree_file(*state, "/proc/self/mountinfo",
		  "22 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw\n"
		  "23 22 0:21 / /proc rw - proc proc rw\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 1);
	expect(usage, USAGE_MOUNT, "/", NVME "/nvme0n1/nvme0n1p2");
	assert_string_equal(usage->entries[0].through, "nvme0n1p2");
}

static void device_mounted_twice_is_named_by_the_shorter_path(void **state)
{
	add_block(*state, "8:1", SATA "/sda1");
	tree_file(*state, "/proc/self/mountinfo",
		  "22 1 8:1 /x /var/snap rw - ext4 /dev/sda1 rw\n"
		  "23 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 1);
	expect(usage, USAGE_MOUNT, "/", SATA "/sda1");
}

static void device_mapper_and_md_are_followed_to_every_disk(void **state)
{
	add_block(*state, "253:0", "/sys/devices/virtual/block/dm-0");
	add_block(*state, "9:0", "/sys/devices/virtual/block/md0");
	add_block(*state, "8:1", SATA "/sda1");
	add_block(*state, "259:2", NVME "/nvme0n1/nvme0n1p2");
	add_slave(*state, "/sys/devices/virtual/block/dm-0", "md0");
	add_slave(*state, "/sys/devices/virtual/block/md0", "sda1");
	add_slave(*state, "/sys/devices/virtual/block/md0", "nvme0n1p2");
	tree_file(*state, "/proc/self/mountinfo", "22 1 253:0 / / rw - xfs /dev/mapper/root rw\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 2);
	expect(usage, USAGE_MOUNT, "/", SATA "/sda1");
	expect(usage, USAGE_MOUNT, "/", NVME "/nvme0n1/nvme0n1p2");
	assert_string_equal(usage->entries[0].through, "dm-0");
}

static void partition_of_an_array_is_followed(void **state)
{
	add_block(*state, "259:5", "/sys/devices/virtual/block/md0/md0p1");
	add_block(*state, "8:1", SATA "/sda1");
	add_slave(*state, "/sys/devices/virtual/block/md0", "sda1");
	tree_file(*state, "/proc/self/mountinfo", "22 1 259:5 / / rw - xfs /dev/md0p1 rw\n");

	expect(load(*state), USAGE_MOUNT, "/", SATA "/sda1");
}

static void nvme_multipath_is_followed_to_its_controllers(void **state)
{
	static const char folder[] = "/sys/devices/virtual/nvme-subsystem/nvme-subsys0";

	add_block(*state, "259:1", "/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1");
	tree_link(*state, arena_printf(((struct tree *)*state)->arena, "%s/nvme0", folder),
		  "../../../pci0000:00/0000:00:1d.0/0000:03:00.0/nvme/nvme0");
	tree_file(*state, "/proc/self/mountinfo", "22 1 259:1 / / rw - xfs /dev/nvme0n1 rw\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 1);
	expect(usage, USAGE_MOUNT, "/", NVME);
}

/* The kernel has multipath by default, also with one path. */
static void nvme_of_the_network_needs_an_interface_with_multipath_too(void **state)
{
	static const char folder[] = "/sys/devices/virtual/nvme-subsystem/nvme-subsys0";

	add_block(*state, "259:1", "/sys/devices/virtual/nvme-subsystem/nvme-subsys0/nvme0n1");
	tree_link(*state, arena_printf(((struct tree *)*state)->arena, "%s/nvme0", folder),
		  "../../nvme-fabrics/ctl/nvme0");
	tree_file(*state, FABRICS "/nvme0/transport", "tcp\n");
	tree_file(*state, "/proc/self/mountinfo", "22 1 259:1 / / rw - xfs /dev/nvme0n1 rw\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 0);
	assert_int_equal(usage->gap_count, 1);
	assert_int_equal(usage->gaps[0].kind, USAGE_ROUTE);
}

/* The port is known by its name; without the name, any port may carry the file system. */
static void nvme_over_fibre_channel_is_on_the_port_of_the_host(void **state)
{
	static const char port[] = "/sys/devices/pci0000:00/0000:00:03.0/host5/fc_host/host5";
	static const char address[] = "traddr=nn-0x200000110d000001:pn-0x210000110d000001,"
				      "host_traddr=nn-0x20000090fa000001:pn-0x10000090fa000001\n";
	struct tree *tree = *state;

	add_block(tree, "259:1", FABRICS "/nvme0/nvme0n1");
	tree_file(tree, FABRICS "/nvme0/transport", "fc\n");
	tree_file(tree, "/proc/self/mountinfo", "22 1 259:1 / / rw - xfs /dev/nvme0n1 rw\n");
	const struct usage *usage = load(tree);
	assert_int_equal(usage->count, 0);
	assert_int_equal(usage->gap_count, 1);
	assert_int_equal(usage->gaps[0].kind, USAGE_MOUNT);

	tree_file(tree, FABRICS "/nvme0/address", address);
	tree_link(tree, "/sys/class/fc_host/host5", port);
	tree_file(tree, arena_printf(tree->arena, "%s/port_name", port), "0x10000090fa000001\n");
	usage = load(tree);
	assert_int_equal(usage->gap_count, 0);
	expect(usage, USAGE_MOUNT, "/", port);
}

static void a_link_that_leads_to_no_device_leaves_open_what_carries_a_mount(void **state)
{
	tree_file(*state, "/proc/self/mountinfo", "22 1 259:1 / / rw - xfs /dev/nvme0n1 rw\n");
	tree_link(*state, "/sys/dev/block/259:1", "259:1");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 0);
	assert_int_equal(usage->gap_count, 1);
	assert_int_equal(usage->gaps[0].kind, USAGE_MOUNT);
}

/* Without a transport either may carry it. */
static void nvme_of_an_unknown_fabric_leaves_ports_and_interfaces_open(void **state)
{
	add_block(*state, "259:1", FABRICS "/nvme0/nvme0n1");
	tree_file(*state, "/proc/self/mountinfo", "22 1 259:1 / / rw - xfs /dev/nvme0n1 rw\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->gap_count, 2);
	assert_int_equal(usage->gaps[0].kind, USAGE_MOUNT);
	assert_int_equal(usage->gaps[1].kind, USAGE_ROUTE);
}

static void add_virtio(struct tree *tree, const char *driver, unsigned number)
{
	tree_link(tree,
		  arena_printf(tree->arena, "/sys/bus/virtio/drivers/%s/virtio%u", driver, number),
		  arena_printf(tree->arena, VIRTIO, number, number));
	tree_directory(tree, arena_printf(tree->arena, VIRTIO, number, number));
}

static void what_is_shared_with_this_guest_is_on_a_virtio_device(void **state)
{
	static const struct {
		const char *type;
		const char *driver;
		const char *tag; /* the file that has that of the second device */
	} rows[] = {
		{"virtiofs", "virtiofs", "/sys/fs/virtiofs/2/tag"},
		{"9p", "9pnet_virtio", "/sys/devices/pci0000:00/0000:00:04.0/virtio4/mount_tag"},
	};
	struct tree *tree = *state;

	for (unsigned i = 0; i < ARRAY_LENGTH(rows); i++) {
		unsigned first = 2 * i + 1, second = first + 1;
		test_row("%s", rows[i].type);
		tree_file(tree, "/proc/self/mountinfo",
			  arena_printf(tree->arena, "22 1 0:28 / / rw - %s rootfs rw\n",
				       rows[i].type));
		assert_int_equal(load(tree)->count, 0);
		add_virtio(tree, rows[i].driver, first);
		expect(load(tree), USAGE_MOUNT, "/",
		       arena_printf(tree->arena, VIRTIO, first, first));
		add_virtio(tree, rows[i].driver, second);
		const struct usage *usage = load(tree);
		assert_int_equal(usage->count, 0);
		assert_int_equal(usage->gap_count, 1);
		tree_file(tree, rows[i].tag, "rootfs\n");
		usage = load(tree);
		assert_int_equal(usage->gap_count, 0);
		expect(usage, USAGE_MOUNT, "/", arena_printf(tree->arena, VIRTIO, second, second));
	}
}

static void btrfs_is_followed_by_its_source(void **state)
{
	add_block(*state, "8:1", SATA "/sda1");
	tree_file(*state, "/proc/self/mountinfo",
		  "22 1 0:30 /root / rw - btrfs /dev/sda1 rw,subvol=/root\n");

	expect(load(*state), USAGE_MOUNT, "/", SATA "/sda1");
}

static void btrfs_is_on_each_of_its_devices(void **state)
{
	static const char devices[] = "/sys/fs/btrfs/1-2-3/devices";

	add_block(*state, "8:1", SATA "/sda1");
	add_block(*state, "259:1", NVME "/nvme0n1");
	tree_link(*state, arena_printf(((struct tree *)*state)->arena, "%s/sda1", devices),
		  "../../../../.." SATA "/sda1");
	tree_link(*state, arena_printf(((struct tree *)*state)->arena, "%s/nvme0n1", devices),
		  "../../../../.." NVME "/nvme0n1");
	tree_directory(*state, "/sys/fs/btrfs/features");
	tree_file(*state, "/proc/self/mountinfo", "22 1 0:30 / / rw - btrfs /dev/sda1 rw\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 2);
	assert_int_equal(usage->gap_count, 0);
	expect(usage, USAGE_MOUNT, "/", SATA "/sda1");
	expect(usage, USAGE_MOUNT, "/", NVME "/nvme0n1");
}

static void btrfs_may_have_devices_that_were_not_read(void **state)
{
	add_block(*state, "8:1", SATA "/sda1");
	tree_file(*state, "/proc/self/mountinfo", "22 1 0:30 / / rw - btrfs /dev/sda1 rw\n");
	assert_int_equal(load(*state)->gap_count, 1);
}

static void bcachefs_is_on_each_device_of_its_source(void **state)
{
	add_block(*state, "8:1", SATA "/sda1");
	add_block(*state, "259:1", NVME "/nvme0n1");
	tree_file(*state, "/proc/self/mountinfo",
		  "22 1 0:30 / / rw - bcachefs /dev/nvme0n1:/dev/sda1 rw\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 2);
	expect(usage, USAGE_MOUNT, "/", SATA "/sda1");
	expect(usage, USAGE_MOUNT, "/", NVME "/nvme0n1");
}

/* What has no block device carries no file system that could not be followed. */
static void a_gap_lists_the_hardware_of_block_devices(void **state)
{
	add_block(*state, "8:1", SATA "/sda1");
	add_block(*state, "253:1", "/sys/devices/virtual/block/dm-1");
	tree_file(*state, "/proc/self/mountinfo", "22 1 0:30 / / rw - zfs rpool/ROOT rw\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 0);
	assert_int_equal(usage->gap_count, 1);
	assert_true(usage->carriers_whole);
	assert_int_equal(usage->carrier_count, 1);
	assert_string_equal(usage->carriers[0], SATA "/sda1");
}

static void nothing_is_listed_where_all_was_followed(void **state)
{
	add_block(*state, "8:1", SATA "/sda1");
	tree_file(*state, "/proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
	assert_int_equal(load(*state)->carrier_count, 0);
}

/* Adds a block device and udev's record of it. */
static void add_recorded(const struct tree *tree, const char *number, const char *path,
			 const char *record)
{
	add_block(tree, number, path);
	tree_file(tree, arena_printf(tree->arena, "%s/dev", path),
		  arena_printf(tree->arena, "%s\n", number));
	tree_file(tree, arena_printf(tree->arena, "/run/udev/data/b%s", number), record);
}

static void add_pools(const struct tree *tree)
{
	add_recorded(tree, "8:1", SATA "/sda1",
		     "I:1\nE:ID_FS_LABEL=rpool\nE:ID_FS_TYPE=zfs_member\n");
	add_block(tree, "230:1", "/sys/devices/virtual/block/zd0p1");
	tree_file(tree, "/proc/self/mountinfo",
		  "22 1 0:30 / / rw - zfs rpool/ROOT/pve-1 rw\n"
		  "23 1 0:31 / /rpool rw - zfs rpool rw\n");
}

static void zfs_is_on_the_members_of_its_pool(void **state)
{
	add_pools(*state);
	add_recorded(*state, "259:1", NVME "/nvme0n1",
		     "E:ID_FS_LABEL=rpool2\nE:ID_FS_TYPE=zfs_member\n");
	add_recorded(*state, "8:2", SATA "/sda2", "E:ID_FS_LABEL=rpool\nE:ID_FS_TYPE=ext4\n");
	add_recorded(*state, "8:3", SATA "/sda3", "");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 1);
	assert_int_equal(usage->gap_count, 0);
	expect(usage, USAGE_MOUNT, "/", SATA "/sda1");
}

static void zfs_may_be_on_what_udev_tells_nothing_of(void **state)
{
	add_pools(*state);
	add_block(*state, "259:1", NVME "/nvme0n1");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->gap_count, 1);
	expect(usage, USAGE_MOUNT, "/", SATA "/sda1");
}

/* Volumes of a pool of which nothing is mounted may be disks of guests. */
static void devices_of_an_imported_pool_are_held(void **state)
{
	add_recorded(*state, "259:1", NVME "/nvme0n1",
		     "E:ID_FS_LABEL=tank\nE:ID_FS_TYPE=zfs_member\n");
	add_recorded(*state, "8:1", SATA "/sda1", "E:ID_FS_LABEL=away\nE:ID_FS_TYPE=zfs_member\n");
	tree_directory(*state, "/proc/spl/kstat/zfs/tank");
	tree_file(*state, "/proc/spl/kstat/zfs/arcstats", "");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 1);
	expect(usage, USAGE_HELD, "tank", NVME "/nvme0n1");
}

static void a_pool_that_is_mounted_is_told_once(void **state)
{
	add_pools(*state);
	tree_directory(*state, "/proc/spl/kstat/zfs/rpool");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 1);
	expect(usage, USAGE_MOUNT, "/", SATA "/sda1");
}

static void a_tunnel_shows_no_interface_beneath(void **state)
{
	tree_directory(*state, "/sys/devices/virtual/net/ppp0");
	tree_link(*state, "/sys/class/net/ppp0", "../../devices/virtual/net/ppp0");
	tree_file(*state, "/proc/self/net/route",
		  "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"
		  "ppp0 00000000 00000000 0001 0 0 0 00000000 0 0 0\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 0);
	assert_int_equal(usage->gap_count, 1);
	assert_int_equal(usage->gaps[0].kind, USAGE_ROUTE);
}

static void programs_are_followed_by_the_nodes_that_they_have_open(void **state)
{
	static const char card[] = "/sys/devices/pci0000:00/0000:00:02.0/drm/card0";
	struct device_user items[] = {{"Xorg", "/dev/dri/card0", "/proc/7/fd"},
				      {"python3", "/dev/nvidia1", "/proc/8/fd"}};
	struct device_users users = {known("/proc"), items, 2};
	struct tree *tree = *state;
	struct usage usage;
	struct pci pci;

	tree_link(tree, "/sys/class/drm/card0", card);
	tree_file(tree, "/proc/driver/nvidia/gpus/0000:01:00.0/information",
		  "Model: \t\t A\nDevice Minor: \t 0\n");
	tree_file(tree, "/proc/driver/nvidia/gpus/0000:02:00.0/information",
		  "Model: \t\t A\nDevice Minor: \t 1\n");
	tree_open(tree);
	pci_load(tree->root, tree->arena, &(struct iommu_groups){0}, &pci);
	usage_load(tree->root, tree->arena, &pci, &users, &usage);
	expect(&usage, USAGE_OPEN, "Xorg", card);
	expect(&usage, USAGE_OPEN, "python3", "/proc/driver/nvidia/gpus/0000:02:00.0");
	assert_true(fact_known(&usage.opened));
	items[1].node = "/dev/nvidia5";
	usage_load(tree->root, tree->arena, &pci, &users, &usage);
	assert_false(fact_known(&usage.opened));
}

static void nodes_are_followed_to_the_devices_of_their_classes(void **state)
{
	static const struct {
		const char *node, *link, *path;
	} rows[] = {
		{"/dev/sda1", "/sys/class/block/sda1", SATA "/sda1"},
		{"/dev/video0", "/sys/class/video4linux/video0", SATA "/video4linux/video0"},
		{"/dev/dvb/adapter1/frontend0", "/sys/class/dvb/dvb1.frontend0",
		 SATA "/dvb/dvb1.frontend0"},
		{"/dev/accel/accel0", "/sys/class/accel/accel0", SATA "/accel/accel0"},
		{"/dev/apex_0", "/sys/class/apex/apex_0", SATA "/apex/apex_0"},
		{"/dev/ttyUSB0", "/sys/class/tty/ttyUSB0", SATA "/tty/ttyUSB0"},
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		tree_link(tree, rows[i].link, rows[i].path);
	tree_open(tree);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct device_user item = {"a", rows[i].node, "/proc/7/fd"};
		struct device_users users = {known("/proc"), &item, 1};
		struct usage usage;

		test_row("%s", rows[i].node);
		usage_load(tree->root, tree->arena, &(struct pci){0}, &users, &usage);
		expect(&usage, USAGE_OPEN, "a", rows[i].path);
		assert_true(fact_known(&usage.opened));
	}
}

static void an_open_disk_with_multipath_is_on_its_controllers(void **state)
{
	static const char subsystem[] = "/sys/devices/virtual/nvme-subsystem/nvme-subsys0",
			  controller[] = "/sys/devices/pci0000:00/0000:02:00.0/nvme/nvme0";
	struct device_user item = {"kvm", "/dev/nvme0n1", "/proc/7/fd"};
	struct device_users users = {known("/proc"), &item, 1};
	struct tree *tree = *state;
	struct usage usage;

	tree_link(tree, "/sys/class/block/nvme0n1",
		  arena_printf(tree->arena, "%s/nvme0n1", subsystem));
	tree_link(tree, arena_printf(tree->arena, "%s/nvme0", subsystem), controller);
	tree_open(tree);
	usage_load(tree->root, tree->arena, &(struct pci){0}, &users, &usage);
	expect(&usage, USAGE_OPEN, "kvm", controller);
	item.node = "/dev/nvme7n1";
	usage_load(tree->root, tree->arena, &(struct pci){0}, &users, &usage);
	assert_false(fact_known(&usage.opened));
	assert_int_equal(usage.gap_count, 0);
}

/* Adds a function of that class to the bus. Returns its folder. */
static const char *add_pci(struct tree *tree, const char *address, const char *class_code)
{
	const char *folder = arena_printf(tree->arena, "/sys/devices/pci0000:00/%s", address);

	tree_link(tree, arena_printf(tree->arena, "/sys/bus/pci/devices/%s", address), folder);
	tree_file(tree, arena_printf(tree->arena, "%s/vendor", folder), "0x8086\n");
	tree_file(tree, arena_printf(tree->arena, "%s/device", folder), "0x10d3\n");
	tree_file(tree, arena_printf(tree->arena, "%s/class", folder), class_code);
	return folder;
}

#define MEDIATED "/sys/devices/pci0000:00/0000:00:02.0/83b8f4f2"

static void a_node_of_vfio_leads_to_the_devices_that_vfio_has(void **state)
{
	static const char nvme[] = "/sys/devices/pci0000:00/0000:02:00.0/vfio-dev/vfio3";
	struct device_user items[] = {{"vm1", "/dev/vfio/12", "/proc/7/fd"},
				      {"vm2", "/dev/vfio/devices/vfio3", "/proc/8/fd"}};
	struct device_users users = {known("/proc"), items, 2};
	struct tree *tree = *state;
	const char *port = add_pci(tree, "0000:00:01.0", "0x060400\n");
	const char *card = add_pci(tree, "0000:01:00.0", "0x030000\n");
	struct usage usage;
	struct pci pci;

	tree_link(tree, arena_printf(tree->arena, "%s/driver", port),
		  "/sys/bus/pci/drivers/pcieport");
	tree_link(tree, arena_printf(tree->arena, "%s/driver", card),
		  "/sys/bus/pci/drivers/vfio-pci");
	tree_link(tree, arena_printf(tree->arena, "%s/iommu_group", port),
		  "/sys/kernel/iommu_groups/12");
	tree_link(tree, arena_printf(tree->arena, "%s/iommu_group", card),
		  "/sys/kernel/iommu_groups/12");
	tree_link(tree, "/sys/class/vfio-dev/vfio3", nvme);
	tree_open(tree);
	pci_load(tree->root, tree->arena, &(struct iommu_groups){0}, &pci);
	usage_load(tree->root, tree->arena, &pci, &users, &usage);
	assert_int_equal(usage.count, 2);
	expect(&usage, USAGE_OPEN, "vm1", card);
	expect(&usage, USAGE_OPEN, "vm2", nvme);
	assert_true(fact_known(&usage.opened));
	/* A mediated device is no function, and lies below one. */
	tree_link(tree, "/sys/kernel/iommu_groups/40/devices/83b8f4f2", MEDIATED);
	items[0].node = "/dev/vfio/40";
	usage_load(tree->root, tree->arena, &pci, &users, &usage);
	expect(&usage, USAGE_OPEN, "vm1", MEDIATED);
	assert_true(fact_known(&usage.opened));
	items[0].node = "/dev/vfio/99";
	usage_load(tree->root, tree->arena, &pci, &users, &usage);
	assert_false(fact_known(&usage.opened));
}

/* A chroot and some containers do not show what the host has mounted. */
static void a_list_of_mounts_without_the_root_is_a_gap(void **state)
{
	add_block(*state, "8:1", SATA "/sda1");
	tree_file(*state, "/proc/self/mountinfo", "22 1 8:1 / /boot rw - ext4 /dev/sda1 rw\n");
	const struct usage *usage = load(*state);

	expect(usage, USAGE_MOUNT, "/boot", SATA "/sda1");
	assert_int_equal(usage->gap_count, 1);
	assert_int_equal(usage->gaps[0].kind, USAGE_MOUNT);
	assert_string_equal(usage->gaps[0].what, "/");
}

static void what_is_mounted_from_the_network_needs_an_interface(void **state)
{
	add_block(*state, "8:1",
		  "/sys/devices/platform/host3/session1/target3:0:0/3:0:0:1/block/sda/sda1");
	add_block(*state, "259:7", FABRICS "/nvme1/nvme1n1");
	tree_file(*state, FABRICS "/nvme1/transport", "rdma\n");
	tree_file(*state, "/proc/self/mountinfo",
		  "22 1 0:30 / / rw - nfs4 server:/root rw\n"
		  "23 1 8:1 / /usr rw - ext4 /dev/sda1 rw\n"
		  "24 1 259:7 / /var rw - ext4 /dev/nvme1n1 rw\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->gap_count, 3);
	for (size_t i = 0; i < usage->gap_count; i++)
		assert_int_equal(usage->gaps[i].kind, USAGE_ROUTE);
}

static void disks_of_rbd_and_nbd_need_an_interface(void **state)
{
	add_block(*state, "252:0", "/sys/devices/rbd/0/block/rbd0");
	add_block(*state, "43:0", "/sys/devices/virtual/block/nbd0");
	tree_file(*state, "/proc/self/mountinfo",
		  "22 1 252:0 / / rw - ext4 /dev/rbd0 rw\n"
		  "23 1 43:0 / /var rw - ext4 /dev/nbd0 rw\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 0);
	assert_int_equal(usage->gap_count, 2);
	for (size_t i = 0; i < usage->gap_count; i++)
		assert_int_equal(usage->gaps[i].kind, USAGE_ROUTE);
}

#define ROUTES                                                                                     \
	"Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"       \
	"lan0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"                             \
	"lan0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"                             \
	"eth0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n"

/* The options of a mount, whether they tell the interface, and whether that is all. */
struct address_case {
	const char *options;
	bool is_of_eth0;
	size_t gaps;
};

static const struct address_case address_cases[] = {
	{"rw,vers=4.2,addr=10.1.2.3", true, 0},
	{"rw,addr=10.1.2.3,vers=3", true, 0},
	{"rw,mountaddr=10.1.2.3,addr=203.0.113.9", false, 1},
	{"rw,mountaddr=10.1.2.3", false, 1},
	{"rw,addr=fd00::1", false, 1},
	{"rw,addr=10.1.2.3.4", false, 1},
	{"rw,addr=10.1.2.333", false, 1},
	{"rw", false, 1},
};

static void a_network_file_system_is_followed_by_its_address(void **state)
{
	struct tree *tree = *state;

	add_interface(tree, NIC);
	add_interface(tree, LAN);
	tree_file(tree, "/proc/self/net/route", ROUTES);
	for (size_t i = 0; i < ARRAY_LENGTH(address_cases); i++) {
		const struct address_case *row = &address_cases[i];

		test_row("%s", row->options);
		tree_file(tree, "/proc/self/mountinfo",
			  arena_printf(tree->arena, "22 1 0:40 / / rw - nfs4 nas:/x %s\n",
				       row->options));
		const struct usage *usage = load(tree);
		if (row->is_of_eth0)
			expect(usage, USAGE_ROUTE, "way to / of the network", NIC);
		expect(usage, USAGE_ROUTE, "default route", LAN);
		assert_int_equal(usage->gap_count, row->gaps);
	}
}

#define ZEROS "00000000000000000000000000000000"

/* eth0 has fd00::2 of its own and the network fd00::/64, lan0 the way out; both have fe80::/64. */
static const char routes6[] =
	"fd000000000000000000000000000000 40 " ZEROS " 00 " ZEROS
	" 00000100 00000001 00000000 00000001 eth0\n"
	"fd000000000000000000000000000002 80 " ZEROS " 00 " ZEROS
	" 00000000 00000002 00000000 80200001 eth0\n"
	"fd000000000000030000000000000000 3c " ZEROS " 00 " ZEROS
	" 00000100 00000001 00000000 00000001 lan0\n"
	"fe800000000000000000000000000000 40 " ZEROS " 00 " ZEROS
	" 00000100 00000001 00000000 00000001 eth0\n"
	"fe800000000000000000000000000000 40 " ZEROS " 00 " ZEROS
	" 00000100 00000001 00000000 00000001 lan0\n" ZEROS " 00 " ZEROS
	" 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 lan0\n" ZEROS
	" 00 " ZEROS " 00 " ZEROS " ffffffff 00000001 00000000 00200200 lo\n";

static void a_server_is_followed_by_its_address_of_ipv6(void **state)
{
	static const struct {
		const char *address;
		const char *way;
		size_t gaps;
	} rows[] = {
		{"fd00::1", NIC, 0},
		{"fd00:0000:0000:0000:0000:0000:0000:0001", NIC, 0}, /* as CIFS shows it */
		{"fd00:0:0:f::1", LAN, 0},
		{"fd00:0:0:10::1", LAN, 1}, /* by the gateway */
		{"2001:db8::1", LAN, 1},
		{"fe80::1%eth0", NIC, 0},
		{"fe80::1%2", NULL, 1},
		{"fe80::1", NULL, 1},
		{"fd00::1::2", NULL, 1},
		{"nas%eth0", NULL, 1},
	};
	struct tree *tree = *state;

	add_interface(tree, NIC);
	add_interface(tree, LAN);
	tree_file(tree, "/proc/self/net/ipv6_route", routes6);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].address);
		tree_file(tree, "/proc/self/mountinfo",
			  arena_printf(tree->arena, "22 1 0:40 / / rw - nfs4 nas:/x rw,addr=%s\n",
				       rows[i].address));
		const struct usage *usage = load(tree);
		if (rows[i].way)
			expect(usage, USAGE_ROUTE, "way to / of the network", rows[i].way);
		assert_int_equal(usage->count, rows[i].way ? 2 : 1); /* and the default route */
		assert_int_equal(usage->gap_count, rows[i].gaps);
	}
}

static void a_disk_of_the_network_is_followed_by_its_address(void **state)
{
	static const char session[] = "/sys/devices/platform/host3/session1";
	struct tree *tree = *state;

	add_block(tree, "8:1",
		  arena_printf(tree->arena, "%s/target3:0:0/3:0:0:1/block/sda/sda1", session));
	add_block(tree, "259:7", FABRICS "/nvme1/nvme1n1");
	tree_file(tree,
		  arena_printf(tree->arena,
			       "%s/connection1:0/iscsi_connection/connection1:0/address", session),
		  "10.0.0.7\n");
	tree_file(tree, FABRICS "/nvme1/address",
		  "traddr=10.0.0.8,trsvcid=4420,src_addr=10.0.0.1\n");
	add_interface(tree, NIC);
	add_interface(tree, LAN);
	tree_file(tree, "/proc/self/net/route", ROUTES);
	tree_file(tree, "/proc/self/mountinfo",
		  "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
		  "23 1 259:7 / /var rw - ext4 /dev/nvme1n1 rw\n");
	const struct usage *usage = load(tree);
	expect(usage, USAGE_ROUTE, "way to / on a disk of the network", NIC);
	expect(usage, USAGE_ROUTE, "way to /var on a disk of the network", NIC);
	assert_int_equal(usage->gap_count, 0);
}

static void a_disk_bound_to_an_interface_is_on_that_one(void **state)
{
	struct tree *tree = *state;

	add_block(tree, "259:7", FABRICS "/nvme1/nvme1n1");
	tree_file(tree, FABRICS "/nvme1/address",
		  "traddr=10.0.0.8,trsvcid=4420,host_iface=lan0,src_addr=10.0.0.1\n");
	add_interface(tree, NIC);
	add_interface(tree, LAN);
	tree_file(tree, "/proc/self/net/route",
		  "eth0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n");
	tree_file(tree, "/proc/self/mountinfo", "23 1 259:7 / / rw - ext4 /dev/nvme1n1 rw\n");
	const struct usage *usage = load(tree);

	assert_int_equal(usage->count, 1);
	expect(usage, USAGE_ROUTE, "way to / on a disk of the network", LAN);
	assert_int_equal(usage->gap_count, 0);
}

/* A rule of the host may lead elsewhere, so both are said. */
static void a_gateway_on_the_way_leaves_it_open(void **state)
{
	add_interface(*state, LAN);
	tree_file(*state, "/proc/self/net/route", ROUTES);
	tree_file(*state, "/proc/self/mountinfo",
		  "22 1 0:40 / / rw - nfs nas:/x rw,addr=203.0.113.9\n");
	const struct usage *usage = load(*state);

	expect(usage, USAGE_ROUTE, "way to / of the network", LAN);
	assert_int_equal(usage->gap_count, 1);
}

/* As a big-endian machine writes them. */
static void routes_that_cannot_be_are_not_followed(void **state)
{
	add_interface(*state, NIC);
	tree_file(*state, "/proc/self/net/route",
		  "eth0\t0A000000\t00000000\t0001\t0\t0\t0\tFF000000\t0\t0\t0\n");
	tree_file(*state, "/proc/self/mountinfo",
		  "22 1 0:40 / / rw - nfs nas:/x rw,addr=10.1.2.3\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 0);
	assert_int_equal(usage->gap_count, 1);
}

static void mapped_source_is_found_by_its_name(void **state)
{
	add_block(*state, "253:1", "/sys/devices/virtual/block/dm-1");
	tree_file(*state, "/sys/devices/virtual/block/dm-1/dm/name", "luks-root\n");
	add_block(*state, "8:1", SATA "/sda1");
	add_slave(*state, "/sys/devices/virtual/block/dm-1", "sda1");
	tree_file(*state, "/proc/self/mountinfo",
		  "22 1 0:30 / / rw - btrfs /dev/mapper/luks-root rw\n");

	expect(load(*state), USAGE_MOUNT, "/", SATA "/sda1");
}

static void zfs_and_overlay_roots_are_gaps(void **state)
{
	tree_file(*state, "/proc/self/mountinfo",
		  "22 1 0:30 / / rw - zfs rpool/ROOT rw\n"
		  "23 1 0:31 / /var/lib/docker/overlay2/x rw - overlay overlay rw\n"
		  "24 1 0:32 / /tmp rw - tmpfs tmpfs rw\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 0);
	assert_int_equal(usage->gap_count, 1);
	assert_string_equal(usage->gaps[0].what, "/");
}

static void devices_in_memory_and_files_are_no_hardware(void **state)
{
	add_block(*state, "7:0", "/sys/devices/virtual/block/loop0");
	tree_file(*state, "/proc/self/mountinfo",
		  "21 1 0:2 / / rw - rootfs none rw\n"
		  "22 1 7:0 / /snap/core rw - squashfs /dev/loop0 rw\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 0);
	assert_int_equal(usage->gap_count, 0);
}

static void layers_that_lead_in_a_circle_end(void **state)
{
	add_block(*state, "253:0", "/sys/devices/virtual/block/dm-0");
	add_slave(*state, "/sys/devices/virtual/block/dm-0", "dm-0");
	tree_file(*state, "/proc/self/mountinfo", "22 1 253:0 / / rw - xfs /dev/dm-0 rw\n");

	assert_int_equal(load(*state)->gap_count, 1);
}

static void swap_partitions_count_and_files_do_not(void **state)
{
	add_block(*state, "8:2", SATA "/sda2");
	tree_file(*state, "/proc/swaps",
		  "Filename\tType\tSize\tUsed\tPriority\n"
		  "/dev/sda2 partition 1 0 -2\n/swapfile file 1 0 -3\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 1);
	expect(usage, USAGE_SWAP, "swap", SATA "/sda2");
}

static void default_route_is_followed_through_bridge_and_bond(void **state)
{
	tree_directory(*state, "/sys/devices/virtual/net/br0/lower_bond0");
	tree_directory(*state, "/sys/devices/virtual/net/bond0/lower_eth0");
	tree_link(*state, "/sys/class/net/br0", "../../devices/virtual/net/br0");
	tree_link(*state, "/sys/class/net/bond0", "../../devices/virtual/net/bond0");
	add_interface(*state, NIC);
	tree_file(
		*state, "/proc/self/net/route",
		"Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
		"br0\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
		"br0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 1);
	expect(usage, USAGE_ROUTE, "default route", NIC);
	assert_string_equal(usage->entries[0].through, "br0");
}

/* An internal port has no link to what its switch sends through. */
static void default_route_is_followed_through_open_vswitch(void **state)
{
	tree_directory(*state, "/sys/devices/virtual/net/vmbr0");
	tree_directory(*state, "/sys/devices/virtual/net/ovs-system/lower_eth0");
	tree_link(*state, "/sys/class/net/vmbr0", "../../devices/virtual/net/vmbr0");
	tree_link(*state, "/sys/class/net/ovs-system", "../../devices/virtual/net/ovs-system");
	add_interface(*state, NIC);
	tree_file(*state, "/proc/self/net/route",
		  "vmbr0\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");

	expect(load(*state), USAGE_ROUTE, "default route", NIC);
}

static void ipv6_default_route_counts_and_rejects_do_not(void **state)
{
	add_interface(*state, NIC);
	tree_file(*state, "/proc/self/net/ipv6_route",
		  "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
		  "fe800000000000000000000000000001 00000400 00000002 00000000 00000003 eth0\n"
		  "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
		  "00000000000000000000000000000000 ffffffff 00000001 00000000 00200200 lo\n");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 1);
	expect(usage, USAGE_ROUTE, "default route", NIC);
}

static void links_that_are_up_are_uses(void **state)
{
	struct tree *tree = *state;
	const char *function = add_pci(tree, "0000:00:03.0", "0x020000\n");

	tree_file(tree, arena_printf(tree->arena, "%s/net/eth0/operstate", function), "up\n");
	tree_file(tree, arena_printf(tree->arena, "%s/net/eth1/operstate", function), "down\n");
	tree_directory(tree, arena_printf(tree->arena, "%s/net/eth2", function));
	const struct usage *usage = load(tree);

	assert_int_equal(usage->count, 1);
	expect(usage, USAGE_LINK_UP, "eth0", "/sys/devices/pci0000:00/0000:00:03.0/net/eth0");
	assert_int_equal(usage->unread_link_count, 1);
	assert_string_equal(usage->unread_links[0].function->name, "0000:00:03.0");
}

/* On USB or virtio it is not an interface of the function itself. */
static void links_upon_another_bus_are_uses(void **state)
{
	static const char usb[] = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/net/eth1";
	static const char board[] = "/sys/devices/platform/soc/net/eth2";
	struct tree *tree = *state;
	const char *function = add_pci(tree, "0000:00:03.0", "0x020000\n");
	const char *own = arena_printf(tree->arena, "%s/net/eth0", function);

	tree_file(tree, arena_printf(tree->arena, "%s/operstate", own), "up\n");
	tree_link(tree, "/sys/class/net/eth0", own);
	tree_file(tree, arena_printf(tree->arena, "%s/operstate", usb), "up\n");
	tree_link(tree, "/sys/class/net/eth1", usb);
	tree_file(tree, arena_printf(tree->arena, "%s/operstate", board), "down\n");
	tree_link(tree, "/sys/class/net/eth2", board);
	tree_file(tree, "/sys/devices/virtual/net/br0/operstate", "up\n");
	tree_link(tree, "/sys/class/net/br0", "/sys/devices/virtual/net/br0");
	const struct usage *usage = load(tree);

	assert_int_equal(usage->count, 2);
	expect(usage, USAGE_LINK_UP, "eth0", own);
	expect(usage, USAGE_LINK_UP, "eth1", usb);
}

/* The host may reach the network by them, so it may need what they are upon. */
static void links_upon_another_bus_that_were_not_read_are_noted(void **state)
{
	static const char usb[] = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/net/eth1";
	static const char virtio[] = "/sys/devices/pci0000:00/0000:00:03.0/virtio0/net/eth0";
	struct tree *tree = *state;

	add_pci(tree, "0000:00:03.0", "0x020000\n");
	add_pci(tree, "0000:00:14.0", "0x0c0330\n");
	tree_directory(tree, usb);
	tree_link(tree, "/sys/class/net/eth0", usb);
	tree_directory(tree, virtio);
	tree_link(tree, "/sys/class/net/eth1", virtio);
	tree_directory(tree, "/sys/devices/platform/soc/net/eth2");
	tree_link(tree, "/sys/class/net/eth2", "/sys/devices/platform/soc/net/eth2");
	const struct usage *usage = load(tree);

	assert_int_equal(usage->count, 0);
	assert_int_equal(usage->unread_link_count, 2);
	assert_string_equal(usage->unread_links[0].function->name, "0000:00:03.0");
	assert_string_equal(usage->unread_links[1].function->name, "0000:00:14.0");
}

/* SMBIOS: a system with a serial number; host interfaces of USB, of USB v2, of PCI, and of a kind
 * that is no network; the end. */
static const uint8_t host_interface_table[] = {
	1,    6,   1,   0, 1,    0,   's',  'e',  'c',  'r',  'e',  't',  0,    0, /* strings */
	42,   13,  2,   0, 0x40, 6,   0x02, 0xf0, 0x03, 0x27, 0x29, 9,    0,    0,    0, /* USB */
	42,   20,  3,   0, 0x40, 13,  0x04, 13,   0xef, 0x17, 0x02, 0xb0, 1,    'm',  'a',  'c',
	'm',  'a', 'c', 0, 's',  'n', 0,    0, /* USB v2, with a string */
	42,   13,  4,   0, 0x40, 6,   0x03, 0xef, 0x17, 0x27, 0x29, 0,    0,    0,    0, /* PCI */
	42,   13,  5,   0, 0x05, 6,   0x02, 0xef, 0x17, 0x27, 0x29, 0,    0,    0,    0, /* KCS */
	42,   13,  6,   0, 0x40, 4,   0x02, 0xef, 0x17, 0x27, 0x29, 0,    0,    0,    0, /* too
											    short */
	127,  4,   7,   0, 0,    0,   42,   13,   8,    0,    0x40, 6,    0x02, 0xef, 0x17, 0x27,
	0x29, 0,   0,   0, 0, /* behind it */
};

static void a_capture_keeps_ids_of_the_host_interface_alone(void **state)
{
	struct tree *tree = *state;
	struct host_interfaces found, left;

	for (size_t length = 0; length <= sizeof(host_interface_table); length++) {
		/* A copy of that length, so a sanitizer sees what is read beyond it. */
		const struct fact_text table = known_bytes(
			HOST_INTERFACE_TABLE, (const char *)host_interface_table, length);
		const struct fact_text kept = host_interfaces_trim(tree->arena, &table);
		host_interfaces_parse(&table, &found);
		host_interfaces_parse(&kept, &left);
		assert_int_equal(left.count, found.count);
		assert_memory_equal(left.ids, found.ids, sizeof(found.ids));
		assert_null(memmem(kept.text, kept.length, "secret", strlen("secret")));
		assert_null(memmem(kept.text, kept.length, "mac", strlen("mac")));
	}
	assert_int_equal(found.count, 2);
	assert_int_equal(found.ids[0].vendor, 0x03f0);
	assert_int_equal(found.ids[1].product, 0xb002);
}

static void the_link_to_the_management_controller_is_not_a_use(void **state)
{
	static const struct {
		const char *device; /* below the root hub */
		const char *vendor;
		const char *product;
		bool is_use;
	} rows[] = {
		{"1-14/1-14.1", "046b", "ffb0", false},
		{"1-14/1-14.1", "413c", "a102", false},
		{"1-14", "1d6b", "0107", false},
		{"1-14/1-14.1", "046b", "ff10", true},
		{"1-14/1-14.1", "0bda", "a102", true},
		/* Firmware says so. */
		{"1-14/1-14.1", "03f0", "2927", false},
		{"1-14/1-14.1", "17ef", "b002", false},
		{"1-14/1-14.1", "17ef", "2927", true},
	};
	static const char hub[] = "/sys/devices/pci0000:00/0000:00:14.0/usb1";
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s %s:%s", rows[i].device, rows[i].vendor, rows[i].product);
		const char *name = arena_printf(tree->arena, "usb%zu", i);
		const char *bus = arena_printf(tree->arena, "%s%zu", hub, i);
		const char *folder =
			arena_printf(tree->arena, "%s/1-14/1-14.1/1-14.1:2.0/net/%s", bus, name);
		const char *device = arena_printf(tree->arena, "%s/%s", bus, rows[i].device);
		tree_file(tree, arena_printf(tree->arena, "%s/operstate", folder), "up\n");
		tree_link(tree, arena_printf(tree->arena, "/sys/class/net/%s", name), folder);
		tree_file(tree, arena_printf(tree->arena, "%s/idVendor", device),
			  arena_printf(tree->arena, "%s\n", rows[i].vendor));
		tree_file(tree, arena_printf(tree->arena, "%s/idProduct", device),
			  arena_printf(tree->arena, "%s\n", rows[i].product));
	}
	tree_bytes(tree, HOST_INTERFACE_TABLE, host_interface_table, sizeof(host_interface_table));
	const struct usage *usage = load(tree);

	assert_int_equal(usage->count, 3);
	for (size_t i = 0, found = 0; i < ARRAY_LENGTH(rows); i++) {
		if (rows[i].is_use)
			assert_string_equal(usage->entries[found++].what,
					    arena_printf(tree->arena, "usb%zu", i));
	}
}

/* As who is not root finds it. A device that is known needs no table. */
static void a_link_of_usb_is_unsure_where_firmware_was_not_read(void **state)
{
	static const char hub[] = "/sys/devices/pci0000:00/0000:00:14.0/usb1";
	static const char *const vendors[] = {"046b", "0bda"};
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(vendors); i++) {
		const char *device = arena_printf(tree->arena, "%s/1-%zu", hub, i);
		const char *folder =
			arena_printf(tree->arena, "%s/1-%zu:2.0/net/usb%zu", device, i, i);
		tree_file(tree, arena_printf(tree->arena, "%s/operstate", folder), "up\n");
		tree_link(tree, arena_printf(tree->arena, "/sys/class/net/usb%zu", i), folder);
		tree_file(tree, arena_printf(tree->arena, "%s/idVendor", device),
			  arena_printf(tree->arena, "%s\n", vendors[i]));
		tree_file(tree, arena_printf(tree->arena, "%s/idProduct", device), "ffb0\n");
	}
	add_interface(tree, NIC);
	tree_file(tree, NIC "/operstate", "up\n");
	tree_directory(tree, "/sys/firmware/dmi/tables");
	assert_null(load(tree)->entries[0].unsure);
	tree_directory(tree, HOST_INTERFACE_TABLE);
	const struct usage *usage = load(tree);

	assert_int_equal(usage->count, 1);
	assert_string_equal(usage->entries[0].what, "usb1");
	assert_string_equal(usage->entries[0].unsure->source, HOST_INTERFACE_TABLE);
}

static void count_table(void *context, const struct fact_text *text)
{
	*(size_t *)context += strcmp(text->fact.source, HOST_INTERFACE_TABLE) == 0;
}

static void ignore_link(void *context, const struct fact_text *target)
{
	(void)context;
	(void)target;
}

static void ignore_list(void *context, const struct fact_list *list)
{
	(void)context;
	(void)list;
}

static void ignore_stat(void *context, const struct fact_node *node)
{
	(void)context;
	(void)node;
}

/* Firmware's table may have megabytes, and a host hundreds of such interfaces. */
static void the_table_of_firmware_is_read_once(void **state)
{
	static const char hub[] = "/sys/devices/pci0000:00/0000:00:14.0/usb1";
	struct tree *tree = *state;
	struct usage *usage = arena_alloc(tree->arena, sizeof(*usage));
	struct pci pci;
	size_t reads = 0;
	const struct root_observer observer = {.read = count_table,
					       .link = ignore_link,
					       .list = ignore_list,
					       .stat = ignore_stat,
					       .context = &reads};

	for (unsigned i = 1; i <= 3; i++) {
		const char *folder =
			arena_printf(tree->arena, "%s/1-%u/1-%u:1.0/net/usb%u", hub, i, i, i);
		tree_file(tree, arena_printf(tree->arena, "%s/operstate", folder), "up\n");
		tree_link(tree, arena_printf(tree->arena, "/sys/class/net/usb%u", i), folder);
	}
	tree_bytes(tree, HOST_INTERFACE_TABLE, host_interface_table, sizeof(host_interface_table));
	pci_load(tree_open(tree), tree->arena, &(struct iommu_groups){0}, &pci);
	root_observe(tree->root, &observer);
	usage_load(tree->root, tree->arena, &pci, NULL, usage);

	assert_int_equal(usage->count, 3);
	assert_int_equal(reads, 1);
}

static void a_link_of_a_vf_without_a_state_is_up_with_a_carrier(void **state)
{
	struct tree *tree = *state;
	const char *vf = add_pci(tree, "0000:00:03.1", "0x020000\n");
	const char *blind = add_pci(tree, "0000:00:03.2", "0x020000\n");

	add_pci(tree, "0000:00:03.0", "0x020000\n");
	tree_link(tree, arena_printf(tree->arena, "%s/physfn", vf), "../0000:00:03.0");
	tree_link(tree, arena_printf(tree->arena, "%s/physfn", blind), "../0000:00:03.0");
	tree_file(tree, arena_printf(tree->arena, "%s/net/eth0/operstate", vf), "unknown\n");
	tree_file(tree, arena_printf(tree->arena, "%s/net/eth0/carrier", vf), "1\n");
	tree_file(tree, arena_printf(tree->arena, "%s/net/eth1/operstate", blind), "unknown\n");
	const struct usage *usage = load(tree);

	assert_int_equal(usage->count, 1);
	expect(usage, USAGE_VF_LINK_UP, "eth0", arena_printf(tree->arena, "%s/net/eth0", vf));
	assert_int_equal(usage->unread_device_count, 1);
	assert_string_equal(usage->unread_devices[0].function->name, "0000:00:03.2");
}

/* Drivers of many USB adapters tell no state. */
static void link_of_unknown_state_is_up_with_a_carrier(void **state)
{
	struct tree *tree = *state;
	const char *function = add_pci(tree, "0000:00:03.0", "0x020000\n");

	for (int i = 0; i < 3; i++)
		tree_file(tree, arena_printf(tree->arena, "%s/net/eth%d/operstate", function, i),
			  "unknown\n");
	tree_file(tree, arena_printf(tree->arena, "%s/net/eth0/carrier", function), "1\n");
	tree_file(tree, arena_printf(tree->arena, "%s/net/eth1/carrier", function), "0\n");
	const struct usage *usage = load(tree);

	assert_int_equal(usage->count, 1);
	expect(usage, USAGE_LINK_UP, "eth0", arena_printf(tree->arena, "%s/net/eth0", function));
	assert_int_equal(usage->unread_link_count, 1);
	assert_string_equal(last_part(usage->unread_links[0].fact.source), "carrier");
}

static void a_state_that_no_kernel_writes_tells_nothing(void **state)
{
	struct tree *tree = *state;
	const char *function = add_pci(tree, "0000:00:03.0", "0x020000\n");

	tree_file(tree, arena_printf(tree->arena, "%s/net/eth0/operstate", function), "11\n");
	tree_file(tree, arena_printf(tree->arena, "%s/net/eth1/operstate", function), "unknown\n");
	tree_file(tree, arena_printf(tree->arena, "%s/net/eth1/carrier", function), "up\n");
	tree_file(tree, arena_printf(tree->arena, "%s/net/eth2/operstate", function), "dormant\n");
	const struct usage *usage = load(tree);

	assert_int_equal(usage->count, 0);
	assert_int_equal(usage->unread_link_count, 2);
}

/* IFF_UP is the lowest bit. */
static void an_interface_without_a_link_is_set_up_or_not(void **state)
{
	static const char *const flags[] = {"0x1002\n", "0x1003\n", "\n", NULL};
	struct tree *tree = *state;
	const char *function = add_pci(tree, "0000:00:03.0", "0x020000\n");

	for (int i = 0; i < 4; i++) {
		const char *folder = arena_printf(tree->arena, "%s/net/eth%d", function, i);
		tree_file(tree, arena_printf(tree->arena, "%s/operstate", folder), "down\n");
		if (flags[i])
			tree_file(tree, arena_printf(tree->arena, "%s/flags", folder), flags[i]);
	}
	tree_file(tree, arena_printf(tree->arena, "%s/net/eth4/operstate", function), "up\n");
	tree_file(tree, arena_printf(tree->arena, "%s/net/eth4/flags", function), "0x1003\n");
	const struct usage *usage = load(tree);

	assert_int_equal(usage->idle_count, 2);
	assert_string_equal(usage->idle[0].name, "eth0");
	assert_false(usage->idle[0].set_up);
	assert_string_equal(usage->idle[1].name, "eth1");
	assert_true(usage->idle[1].set_up);
	assert_string_equal(usage->idle[1].function->name, "0000:00:03.0");
	assert_int_equal(usage->unread_link_count, 0);
}

static void members_of_bonds_and_bridges_are_uses(void **state)
{
	struct tree *tree = *state;
	const char *folder = add_pci(tree, "0000:00:03.0", "0x020000\n");

	tree_file(tree, arena_printf(tree->arena, "%s/net/eth0/operstate", folder), "down\n");
	tree_link(tree, arena_printf(tree->arena, "%s/net/eth0/master", folder),
		  "../../../../virtual/net/bond0");
	const struct usage *usage = load(tree);
	expect(usage, USAGE_MEMBER, "bond0", arena_printf(tree->arena, "%s/net/eth0", folder));
	assert_int_equal(usage->count, 1);
	assert_int_equal(usage->unread_device_count, 0);
}

static void outputs_that_are_lit_are_uses(void **state)
{
	struct tree *tree = *state;
	const char *folder = add_pci(tree, "0000:00:02.0", "0x030000\n");
	const char *card = arena_printf(tree->arena, "%s/drm/card0", folder);

	tree_link(tree, arena_printf(tree->arena, "%s/driver", folder),
		  "../../../bus/pci/drivers/i915");
	tree_file(tree, arena_printf(tree->arena, "%s/card0-DP-1/enabled", card), "disabled\n");
	tree_file(tree, arena_printf(tree->arena, "%s/card0-HDMI-A-1/enabled", card), "enabled\n");
	const struct usage *usage = load(tree);
	expect(usage, USAGE_SCREEN, "HDMI-A-1", card);
	assert_int_equal(usage->count, 1);
}

/* Adds a memory device of CXL with an endpoint, of which so many decoders are committed. */
static const char *add_cxl(struct tree *tree, const char *address, const char *endpoint,
			   const char *committed)
{
	const char *folder = add_pci(tree, address, "0x050210\n");
	const char *memory = arena_printf(tree->arena, "%s/mem0", folder);
	const char *own =
		arena_printf(tree->arena, "/sys/devices/platform/ACPI0017:00/root0/%s", endpoint);

	tree_directory(tree, memory);
	tree_link(tree, arena_printf(tree->arena, "/sys/bus/cxl/devices/%s", endpoint), own);
	tree_link(tree, arena_printf(tree->arena, "%s/uport", own), memory);
	if (committed)
		tree_file(tree, arena_printf(tree->arena, "%s/decoders_committed", own), committed);
	return memory;
}

static void memory_of_cxl_that_is_decoded_is_the_hosts(void **state)
{
	struct tree *tree = *state;
	const char *used = add_cxl(tree, "0000:35:00.0", "endpoint3", "1\n");

	add_cxl(tree, "0000:36:00.0", "endpoint4", "0\n");
	const struct usage *usage = load(tree);
	expect(usage, USAGE_MEMORY, "memory", used);
	assert_int_equal(usage->count, 1);
	assert_int_equal(usage->unread_device_count, 0);
}

static void whether_memory_of_cxl_is_decoded_may_not_be_told(void **state)
{
	struct tree *tree = *state;

	add_cxl(tree, "0000:35:00.0", "endpoint3", NULL);
	add_pci(tree, "0000:36:00.0", "0x050210\n");
	const struct usage *usage = load(tree);
	assert_int_equal(usage->count, 0);
	assert_int_equal(usage->unread_device_count, 2);
}

static void what_lies_upon_disks_is_a_use_unless_it_is_mounted(void **state)
{
	struct tree *tree = *state;

	add_block(tree, "259:0", NVME "/nvme0n1");
	add_block(tree, "8:0", SATA);
	add_block(tree, "253:0", "/sys/devices/virtual/block/dm-0");
	add_block(tree, "253:1", "/sys/devices/virtual/block/dm-1");
	add_slave(tree, "/sys/devices/virtual/block/dm-0", "nvme0n1");
	add_slave(tree, "/sys/devices/virtual/block/dm-1", "sda");
	tree_directory(tree, "/sys/devices/virtual/block/dm-0/holders");
	tree_directory(tree, "/sys/devices/virtual/block/dm-1/holders");
	tree_file(tree, "/proc/self/mountinfo", "22 1 253:0 / / rw - xfs /dev/mapper/root rw\n");
	const struct usage *usage = load(tree);
	expect(usage, USAGE_MOUNT, "/", NVME "/nvme0n1");
	expect(usage, USAGE_HELD, "dm-1", SATA);
	assert_int_equal(usage->count, 2);
}

static void serial_console_and_framebuffer_are_uses(void **state)
{
	tree_file(*state, "/sys/class/tty/console/active", "tty0 ttyS1\n");
	tree_link(*state, "/sys/class/tty/ttyS1",
		  "../../devices/pci0000:00/0000:00:16.3/tty/ttyS1");
	tree_link(*state, "/sys/class/graphics/fb0",
		  "../../devices/pci0000:00/0000:00:02.0/graphics/fb0");
	tree_link(*state, "/sys/class/graphics/fbcon", "../../devices/virtual/graphics/fbcon");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->count, 2);
	expect(usage, USAGE_CONSOLE, "ttyS1", "/sys/devices/pci0000:00/0000:00:16.3/tty/ttyS1");
	expect(usage, USAGE_FRAMEBUFFER, "fb0",
	       "/sys/devices/pci0000:00/0000:00:02.0/graphics/fb0");
}

static void missing_sources_are_facts(void **state)
{
	const struct usage *usage = load(*state);

	assert_int_equal(usage->mounts.state, FACT_ABSENT);
	assert_int_equal(usage->routes.state, FACT_ABSENT);
	assert_int_equal(usage->count, 0);
}

static void lists_that_were_cut_or_are_none_are_malformed(void **state)
{
	tree_file(*state, "/proc/self/mountinfo", "noise\n");
	tree_file(*state, "/proc/swaps", "Filename");
	tree_file(*state, "/proc/self/net/route", "Iface\tDest");
	const struct usage *usage = load(*state);

	assert_int_equal(usage->mounts.state, FACT_MALFORMED);
	assert_int_equal(usage->swaps.state, FACT_MALFORMED);
	assert_int_equal(usage->routes.state, FACT_MALFORMED);
	assert_int_equal(usage->routes6.state, FACT_ABSENT);
}

/* What a capture keeps of a host without any. */
static void an_empty_list_of_mounts_is_one(void **state)
{
	tree_file(*state, "/proc/self/mountinfo", "");
	assert_int_equal(load(*state)->mounts.state, FACT_KNOWN);
}

/* What is trimmed must say the same to usage_load(). */
static const char *trim_by(struct tree *tree, const struct usage_routes *routes, const char *path,
			   const char *text)
{
	struct fact_text original = known_text(path, text);

	assert_true(usage_covers(path));
	return usage_trim(tree->arena, &original, routes);
}

static const char *trim(struct tree *tree, const char *path, const char *text)
{
	return trim_by(tree, NULL, path, text);
}

/* As in a chroot: what the host itself has mounted may be needed, and is not listed. */
static void a_capture_keeps_that_the_list_of_mounts_lacks_the_root(void **state)
{
	struct tree *tree = *state;
	const char *mounts = trim(tree, "/proc/self/mountinfo",
				  "22 1 0:5 / /proc rw - proc proc rw\n"
				  "23 1 0:6 / /sys rw - sysfs sysfs rw\n");

	tree_file(tree, "/proc/self/mountinfo", mounts);
	const struct usage *usage = load(tree);
	assert_int_equal(usage->gap_count, 1);
	assert_string_equal(usage->gaps[0].what, "/");
	assert_string_equal(trim(tree, "/proc/self/mountinfo", mounts), mounts);
}

/* A server, as a mount's options have it, and what a capture has in its place. */
struct server_case {
	const char *mount;
	const char *kept;
	size_t ways;
	size_t gaps;
};

static const struct server_case server_cases[] = {
	{"nfs4 nas:/x rw,addr=10.1.2.3", "nfs4 redacted rw,addr=only:eth0", 1, 0},
	{"cifs //nas/x rw,addr=203.0.113.9", "cifs redacted rw,addr=also:lan0", 1, 1},
	{"nfs nas:/x rw,addr=fd00::1", "nfs redacted rw,addr=only:eth0", 1, 0},
	{"nfs nas:/x rw,addr=2001:db8::1", "nfs redacted rw,addr=also:lan0", 1, 1},
	{"nfs nas:/x rw,addr=fe80::1%3", "nfs redacted rw", 0, 1},
	{"9p 10.1.2.3 rw,access=client,trans=tcp", "9p redacted rw,trans=tcp,addr=only:eth0", 1, 0},
	{"9p 10.1.2.3 rw,trans=rdma", "9p redacted rw,trans=tcp,addr=only:eth0", 1, 0},
	{"9p /run/share rw,trans=unix", "9p redacted rw", 0, 1},
	{"nfs nas:/x rw,addr=only:eth0:lan0", "nfs redacted rw,addr=only:eth0:lan0", 2, 0},
	{"nfs nas:/x rw,addr=only:", "nfs redacted rw", 0, 1},
};

/* A capture answers as its host did: by which interface a server is reached. */
static void a_capture_keeps_the_way_to_a_server_and_not_its_address(void **state)
{
	struct tree *tree = *state;

	add_interface(tree, NIC);
	add_interface(tree, LAN);
	tree_file(tree, "/proc/self/net/route", ROUTES);
	tree_file(tree, "/proc/self/net/ipv6_route", routes6);
	load(tree);
	const struct usage_routes *routes = usage_routes_load(tree->root, tree->arena);
	tree_file(tree, "/proc/self/net/route", trim(tree, "/proc/self/net/route", ROUTES));
	tree_file(tree, "/proc/self/net/ipv6_route",
		  trim(tree, "/proc/self/net/ipv6_route", routes6));
	for (size_t i = 0; i < ARRAY_LENGTH(server_cases); i++) {
		const struct server_case *row = &server_cases[i];
		test_row("%s", row->mount);
		const char *trimmed =
			trim_by(tree, routes, "/proc/self/mountinfo",
				arena_printf(tree->arena, "22 1 0:40 / / rw - %s\n", row->mount));
		assert_string_equal(trimmed,
				    arena_printf(tree->arena, "0 0 0:40 / / rw - %s\n", row->kept));
		tree_file(tree, "/proc/self/mountinfo", trimmed);
		const struct usage *usage = load(tree);
		assert_int_equal(usage->count, row->ways + 2); /* and the default routes */
		assert_int_equal(usage->gap_count, row->gaps);
	}
}

/* The attribute address of a disk of the network, and what a capture keeps of it. */
static void a_capture_keeps_the_way_to_a_disk_of_the_network(void **state)
{
	static const char fabric[] = FABRICS "/nvme1/address";
	static const char session[] =
		"/sys/devices/platform/host3/session1/connection1:0/iscsi_connection/"
		"connection1:0/address";
	static const struct {
		const char *path;
		const char *address;
		const char *kept;
	} rows[] = {
		{fabric, "traddr=10.0.0.8,trsvcid=4420\n", "traddr=only:eth0\n"},
		{fabric, "traddr=10.0.0.8,host_iface=lan0\n", "traddr=only:lan0\n"},
		{fabric, "traddr=only:eth0\n", "traddr=only:eth0\n"},
		{fabric, "traddr=nn-0x1:pn-0x2\n", "traddr=nn-0x1:pn-0x2\n"},
		{fabric, "traddr=fd00::1\n", "traddr=only:eth0\n"},
		{fabric, "traddr=fe80::1%lan0\n", "traddr=only:lan0\n"},
		{fabric, "traddr=fe80::1\n", ""},
		{session, "10.0.0.7\n", "only:eth0\n"},
		{session, "203.0.113.9\n", "also:lan0\n"},
		{session, "fd00::1\n", "only:eth0\n"},
		{session, "nas\n", ""},
	};
	struct tree *tree = *state;

	tree_file(tree, "/proc/self/net/route", ROUTES);
	tree_file(tree, "/proc/self/net/ipv6_route", routes6);
	load(tree);
	const struct usage_routes *routes = usage_routes_load(tree->root, tree->arena);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct fact_text address = known_text(rows[i].path, rows[i].address);

		test_row("%s", rows[i].address);
		assert_string_equal(usage_trim_server(tree->arena, &address, routes), rows[i].kept);
	}
}

static void trimmed_mounts_keep_devices_and_lose_names(void **state)
{
	const char *trimmed =
		trim(*state, "/proc/self/mountinfo",
		     "22 1 8:1 / /home/alice rw,relatime shared:1 - ext4 /dev/mapper/vg-alice rw\n"
		     "23 1 0:44 / /mnt rw - nfs4 server:/secret rw,addr=10.0.0.1\n");

	assert_null(strstr(trimmed, "alice"));
	assert_null(strstr(trimmed, "secret"));
	add_block(*state, "8:1", SATA "/sda1");
	tree_file(*state, "/proc/self/mountinfo", trimmed);
	expect(load(*state), USAGE_MOUNT, "/redacted", SATA "/sda1");
}

static void trimmed_pools_keep_their_names_and_lose_data_sets(void **state)
{
	const char *mounts =
		trim(*state, "/proc/self/mountinfo", "22 1 0:30 / /home rw - zfs rpool/alice rw\n");
	const char *member = trim(*state, "/run/udev/data/b8:1",
				  "S:disk/by-id/ata-alice\nE:ID_SERIAL=alice\n"
				  "E:ID_FS_TYPE=zfs_member\nE:ID_FS_LABEL=rpool\n");

	assert_null(strstr(mounts, "alice"));
	assert_null(strstr(member, "alice"));
	assert_string_equal("", trim(*state, "/run/udev/data/b8:2",
				     "E:ID_FS_TYPE=ext4\nE:ID_FS_LABEL=alice\n"));
	add_recorded(*state, "8:1", SATA "/sda1", member);
	tree_file(*state, "/proc/self/mountinfo", mounts);
	expect(load(*state), USAGE_MOUNT, "/home", SATA "/sda1");
}

static void trimmed_routes_keep_the_default_and_lose_addresses(void **state)
{
	const char *trimmed = trim(*state, "/proc/self/net/route",
				   "eth0\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
				   "eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n");

	assert_null(strstr(trimmed, "000A"));
	add_interface(*state, NIC);
	tree_file(*state, "/proc/self/net/route", trimmed);
	tree_file(*state, "/proc/self/net/ipv6_route",
		  trim(*state, "/proc/self/net/ipv6_route",
		       "00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
		       "fe800000000000000000000000000001 00000400 00000002 00000000 00000003 "
		       "eth0\n"));
	assert_int_equal(load(*state)->count, 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_capture_keeps_that_the_list_of_mounts_lacks_the_root),
		TEST(a_capture_keeps_the_way_to_a_server_and_not_its_address),
		TEST(a_capture_keeps_the_way_to_a_disk_of_the_network),
		TEST(mount_of_a_partition_is_on_its_disk),
		TEST(device_mounted_twice_is_named_by_the_shorter_path),
		TEST(device_mapper_and_md_are_followed_to_every_disk),
		TEST(partition_of_an_array_is_followed),
		TEST(nvme_multipath_is_followed_to_its_controllers),
		TEST(nvme_of_the_network_needs_an_interface_with_multipath_too),
		TEST(nvme_over_fibre_channel_is_on_the_port_of_the_host),
		TEST(a_link_that_leads_to_no_device_leaves_open_what_carries_a_mount),
		TEST(nvme_of_an_unknown_fabric_leaves_ports_and_interfaces_open),
		TEST(what_is_shared_with_this_guest_is_on_a_virtio_device),
		TEST(a_tunnel_shows_no_interface_beneath),
		TEST(programs_are_followed_by_the_nodes_that_they_have_open),
		TEST(btrfs_is_followed_by_its_source),
		TEST(btrfs_is_on_each_of_its_devices),
		TEST(btrfs_may_have_devices_that_were_not_read),
		TEST(bcachefs_is_on_each_device_of_its_source),
		TEST(a_gap_lists_the_hardware_of_block_devices),
		TEST(nothing_is_listed_where_all_was_followed),
		TEST(zfs_is_on_the_members_of_its_pool),
		TEST(zfs_may_be_on_what_udev_tells_nothing_of),
		TEST(devices_of_an_imported_pool_are_held),
		TEST(a_pool_that_is_mounted_is_told_once),
		TEST(nodes_are_followed_to_the_devices_of_their_classes),
		TEST(an_open_disk_with_multipath_is_on_its_controllers),
		TEST(a_node_of_vfio_leads_to_the_devices_that_vfio_has),
		TEST(a_list_of_mounts_without_the_root_is_a_gap),
		TEST(what_is_mounted_from_the_network_needs_an_interface),
		TEST(disks_of_rbd_and_nbd_need_an_interface),
		TEST(a_network_file_system_is_followed_by_its_address),
		TEST(a_disk_of_the_network_is_followed_by_its_address),
		TEST(a_disk_bound_to_an_interface_is_on_that_one),
		TEST(a_gateway_on_the_way_leaves_it_open),
		TEST(a_server_is_followed_by_its_address_of_ipv6),
		TEST(routes_that_cannot_be_are_not_followed),
		TEST(mapped_source_is_found_by_its_name),
		TEST(zfs_and_overlay_roots_are_gaps),
		TEST(devices_in_memory_and_files_are_no_hardware),
		TEST(layers_that_lead_in_a_circle_end),
		TEST(swap_partitions_count_and_files_do_not),
		TEST(default_route_is_followed_through_bridge_and_bond),
		TEST(default_route_is_followed_through_open_vswitch),
		TEST(ipv6_default_route_counts_and_rejects_do_not),
		TEST(links_that_are_up_are_uses),
		TEST(links_upon_another_bus_are_uses),
		TEST(links_upon_another_bus_that_were_not_read_are_noted),
		TEST(a_capture_keeps_ids_of_the_host_interface_alone),
		TEST(the_link_to_the_management_controller_is_not_a_use),
		TEST(a_link_of_usb_is_unsure_where_firmware_was_not_read),
		TEST(the_table_of_firmware_is_read_once),
		TEST(a_link_of_a_vf_without_a_state_is_up_with_a_carrier),
		TEST(link_of_unknown_state_is_up_with_a_carrier),
		TEST(a_state_that_no_kernel_writes_tells_nothing),
		TEST(an_interface_without_a_link_is_set_up_or_not),
		TEST(members_of_bonds_and_bridges_are_uses),
		TEST(outputs_that_are_lit_are_uses),
		TEST(memory_of_cxl_that_is_decoded_is_the_hosts),
		TEST(whether_memory_of_cxl_is_decoded_may_not_be_told),
		TEST(what_lies_upon_disks_is_a_use_unless_it_is_mounted),
		TEST(serial_console_and_framebuffer_are_uses),
		TEST(missing_sources_are_facts),
		TEST(lists_that_were_cut_or_are_none_are_malformed),
		TEST(an_empty_list_of_mounts_is_one),
		TEST(trimmed_mounts_keep_devices_and_lose_names),
		TEST(trimmed_pools_keep_their_names_and_lose_data_sets),
		TEST(trimmed_routes_keep_the_default_and_lose_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
