/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/domain_xml.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"

static struct arena *arena;
static struct domain_document document;
static const char *why;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	document = (struct domain_document){0};
	why = NULL;
	return arena ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static int parse(const char *xml)
{
	struct domain_documents documents = {0};
	int result = domain_xml_parse(arena, xml, strlen(xml), &documents, &why);

	if (result == 0 && documents.count)
		document = documents.items[0];
	return result;
}

/* Parses a domain that holds these devices and returns the first. */
static const struct domain_device *parse_device(const char *xml)
{
	const char *whole = arena_printf(
		arena, "<domain type='kvm'><name>vm</name><devices>%s</devices></domain>", xml);

	assert_int_equal(parse(whole), 0);
	assert_true(document.domain.device_count > 0);
	return &document.domain.devices[0];
}

static void assert_address(const struct pci_address *address, const char *expected)
{
	char text[PCI_ADDRESS_SIZE];

	pci_address_format(address, text);
	assert_string_equal(text, expected);
}

static void a_hostdev_names_its_function_and_its_place(void **state)
{
	const struct domain_device *device = parse_device(
		"<hostdev mode='subsystem' type='pci' managed='yes'>"
		"<source><address domain='0x0000' bus='0x06' slot='0x02' function='0x0'/></source>"
		"<alias name='ua-gpu0'/>"
		"<address type='pci' domain='0x0000' bus='0x05' slot='0x00' function='0x0' "
		"multifunction='on'/></hostdev>");

	(void)state;
	assert_int_equal(device->kind, DOMAIN_DEVICE_HOSTDEV);
	assert_true(device->managed);
	assert_true(device->has_source);
	assert_address(&device->source, "0000:06:02.0");
	assert_string_equal(device->alias, "ua-gpu0");
	assert_int_equal(device->place, DOMAIN_PLACE_PCI);
	assert_address(&device->guest, "0000:05:00.0");
	assert_int_equal(device->multifunction, DOMAIN_ON);
}

static void a_device_knows_its_line(void **state)
{
	(void)state;
	parse_device("\n<hostdev type='pci'/>\n\n<disk/>\n");
	assert_int_equal(document.domain.devices[0].line, 2);
	assert_int_equal(document.domain.devices[1].line, 4);
}

static void an_unassigned_companion_has_no_place(void **state)
{
	const struct domain_device *device = parse_device(
		"<hostdev mode='subsystem' type='pci'><source><address bus='0x06' slot='0x02'/>"
		"</source><address type='unassigned'/></hostdev>");

	(void)state;
	assert_int_equal(device->place, DOMAIN_PLACE_UNASSIGNED);
	assert_false(device->managed);
}

/* virPCIDeviceAddressIsEmpty() of libvirt: bus 0, slot 0 is no address. */
static void an_address_of_zeros_leaves_the_place_to_libvirt(void **state)
{
	static const char *const rows[] = {
		"<address type='pci'/>",
		"<address type='pci' domain='0x0000' bus='0x00' slot='0x00' function='0x0'/>",
		"<address type='pci' bus='0' slot='0' function='1'/>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[512];
		test_row("%s", rows[i]);
		snprintf(text, sizeof(text),
			 "<hostdev type='pci'><source><address bus='6'/></source>%s</hostdev>",
			 rows[i]);
		assert_int_equal(parse_device(text)->place, DOMAIN_PLACE_ANY);
	}
}

static void a_vf_interface_names_its_function(void **state)
{
	const struct domain_device *device = parse_device(
		"<interface type='hostdev' managed='yes'><mac address='52:54:00:6d:90:02'/>"
		"<source><address type='pci' domain='0x0000' bus='0x00' slot='0x07' function='0x1'/>"
		"</source></interface>");

	(void)state;
	assert_int_equal(device->kind, DOMAIN_DEVICE_INTERFACE);
	assert_address(&device->source, "0000:00:07.1");
	assert_string_equal(device->mac, "52:54:00:6d:90:02");
}

static void a_network_interface_names_its_network(void **state)
{
	const struct domain_device *device =
		parse_device("<interface type='network'><source network='pool'/></interface>");

	(void)state;
	assert_int_equal(device->kind, DOMAIN_DEVICE_NETWORK);
	assert_string_equal(device->network, "pool");
	assert_false(device->has_source);
}

static void what_is_no_function_by_its_address_has_a_kind(void **state)
{
	static const struct {
		const char *xml;
		enum domain_device_kind kind;
	} cases[] = {
		{"<hostdev mode='subsystem' type='mdev' model='vfio-pci'/>", DOMAIN_DEVICE_MDEV},
		{"<hostdev mode='subsystem' type='usb'/>", DOMAIN_DEVICE_USB},
		{"<hostdev mode='subsystem' type='scsi'/>", DOMAIN_DEVICE_SCSI},
		{"<hostdev mode='subsystem' type='scsi_host'/>", DOMAIN_DEVICE_SCSI_HOST},
		{"<hostdev mode='capabilities' type='storage'/>", DOMAIN_DEVICE_FOREIGN},
		{"<interface type='vdpa'><source dev='/dev/vhost-vdpa-0'/></interface>",
		 DOMAIN_DEVICE_VDPA},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].xml);
		const struct domain_device *device = parse_device(cases[i].xml);
		assert_int_equal(device->kind, cases[i].kind);
		assert_false(device->has_source);
		assert_true(domain_device_is_foreign(device));
	}
}

static void a_mediated_device_has_its_uuid(void **state)
{
	static const struct {
		const char *uuid;
		bool kept;
	} cases[] = {
		{"83b8f4f2-509f-382f-3c1e-e6bfe0fa1001", true},
		{"83B8F4F2-509F-382F-3C1E-E6BFE0FA1001", true},
		{"83b8f4f2-509f-382f-3c1e-e6bfe0fa100", false},
		{"../../../etc", false},
		{"", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].uuid);
		const struct domain_device *device = parse_device(arena_printf(
			arena,
			"<hostdev type='mdev'><source><address uuid='%s'/></source></hostdev>",
			cases[i].uuid));
		assert_int_equal(device->kind, DOMAIN_DEVICE_MDEV);
		assert_false(device->has_source);
		if (cases[i].kept)
			assert_string_equal(device->mdev, cases[i].uuid);
		else
			assert_null(device->mdev);
	}
}

static void an_nvme_disk_names_its_controller(void **state)
{
	const struct domain_device *device = parse_device(
		"<disk type='nvme' device='disk'><driver name='qemu' type='raw'/>"
		"<source type='pci' managed='yes' namespace='1'>"
		"<address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></source>"
		"<target dev='vde' bus='virtio'/></disk>");

	(void)state;
	assert_int_equal(device->kind, DOMAIN_DEVICE_NVME);
	assert_true(device->managed);
	assert_address(&device->source, "0000:01:00.0");
	assert_null(device->backend);
}

static void a_hostdev_may_ask_for_a_driver(void **state)
{
	const struct domain_device *device = parse_device(
		"<hostdev type='pci'><driver name='kvm' model='mlx5_vfio_pci' iommufd='yes'/>"
		"</hostdev>");

	(void)state;
	assert_string_equal(device->backend, "kvm");
	assert_string_equal(device->variant, "mlx5_vfio_pci");
	assert_true(device->iommufd);
}

/* A device has its own word; the domain's may stand behind them. */
static void a_domain_asks_for_iommufd_for_all_its_devices(void **state)
{
	static const struct {
		const char *domain;
		const char *driver;
		bool iommufd;
	} rows[] = {
		{"<iommufd enabled='yes' fdgroup='a'/>", "", true},
		{"<iommufd enabled='yes'/>", "<driver iommufd='no'/>", false},
		{"<iommufd enabled='no'/>", "<driver iommufd='yes'/>", true},
		{"<iommufd enabled='no'/>", "", false},
		{"", "<driver name='vfio'/>", false},
	};
	static const char *const elements[] = {"hostdev type='pci'", "interface type='hostdev'"};

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_LENGTH(rows); i++) {
		const char *element = elements[i % 2];
		test_row("%s %s %s", rows[i / 2].domain, element, rows[i / 2].driver);
		const char *text = arena_printf(
			arena, "<domain><name>a</name><devices><%s>%s</%.*s></devices>%s</domain>",
			element, rows[i / 2].driver, (int)strcspn(element, " "), element,
			rows[i / 2].domain);
		assert_int_equal(parse(text), 0);
		assert_int_equal(document.domain.devices[0].iommufd, rows[i / 2].iommufd);
	}
}

static void a_hostdev_may_have_a_rom_from_a_file(void **state)
{
	(void)state;
	assert_true(parse_device("<hostdev type='pci'><rom file='/a.rom'/></hostdev>")->has_rom);
	assert_false(parse_device("<hostdev type='pci'><rom bar='off'/></hostdev>")->has_rom);
	assert_true(parse_device("<hostdev type='pci'><rom bar='off' file='/a.rom'/></hostdev>")
			    ->rom_bar_off);
	assert_true(parse_device("<hostdev type='pci'><rom enabled='no'/></hostdev>")->rom_bar_off);
	assert_false(parse_device("<hostdev type='pci'><rom bar='on' file='/a.rom'/></hostdev>")
			     ->rom_bar_off);
}

/* The prefix is the document's own. */
static void arguments_of_qemu_name_devices(void **state)
{
	static const char *const arguments[] = {
		"vfio-pci,host=02:00.1,id=net0",
		"{&quot;driver&quot;:&quot;vfio-pci&quot;,&quot;host&quot;:&quot;0000:02:00.1&quot;}",
		"vfio-pci,sysfsdev=/sys/bus/pci/devices/0000:02:00.1,iommufd=iommufd0",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++) {
		test_row("%s", arguments[i]);
		const char *xml = arena_printf(
			arena,
			"<domain xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'>"
			"<name>vm</name><q:commandline><q:arg value='-device'/><q:arg value='%s'/>"
			"<q:arg value='-S'/></q:commandline></domain>",
			arguments[i]);
		assert_int_equal(parse(xml), 0);
		assert_int_equal(document.domain.device_count, 1);
		const struct domain_device *device = &document.domain.devices[0];
		assert_int_equal(device->kind, DOMAIN_DEVICE_ARGUMENT);
		assert_address(&device->source, "0000:02:00.1");
		assert_false(device->managed);
		assert_int_equal(device->iommufd, i == 2);
	}
}

static void other_arguments_of_qemu_name_none(void **state)
{
	static const struct {
		const char *argument;
		size_t count;
		enum domain_device_kind kind;
	} cases[] = {
		{"vfio-pci,sysfsdev=/sys/bus/mdev/devices/83b8f4f2-509f-382f-3c1e-e6bfe0fa1001", 1,
		 DOMAIN_DEVICE_MDEV},
		{"vfio-pci,host=nowhere", 1, DOMAIN_DEVICE_FOREIGN},
		{"vfio-ap,sysfsdev=/sys/devices/vfio_ap/x", 1, DOMAIN_DEVICE_FOREIGN},
		{"usb-host,vendorid=0x046d", 1, DOMAIN_DEVICE_USB},
		{"virtio-net-pci,id=host=01:00.0", 0, DOMAIN_DEVICE_OTHER},
		{"id=a,,driver=vfio-pci,driver=e1000e", 0, DOMAIN_DEVICE_OTHER},
		{"host=01:00.0,driver=vfio-pci", 1, DOMAIN_DEVICE_ARGUMENT},
		/* What names no driver may take anything. */
		{"{", 1, DOMAIN_DEVICE_FOREIGN},
		{"{\"driver\":\"vfio-pci\",\"host\":\"01:00.0\"", 1, DOMAIN_DEVICE_FOREIGN},
		{"{\"driver\":\"e1000e\"} {\"driver\":\"vfio-pci\"}", 1, DOMAIN_DEVICE_FOREIGN},
		{"{\"driver\":1}", 1, DOMAIN_DEVICE_FOREIGN},
		{"id=a", 1, DOMAIN_DEVICE_FOREIGN},
		{"", 0, DOMAIN_DEVICE_OTHER},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].argument);
		const char *xml = arena_printf(
			arena,
			"<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
			"<name>vm</name><qemu:commandline><qemu:arg value='-device'/>"
			"<qemu:arg value='%s'/><qemu:arg value='vfio-pci,host=01:00.0'/>"
			"</qemu:commandline></domain>",
			cases[i].argument);
		assert_int_equal(parse(xml), 0);
		assert_int_equal(document.domain.device_count, cases[i].count);
		if (cases[i].count)
			assert_int_equal(document.domain.devices[0].kind, cases[i].kind);
	}
}

/* Of a device of its own, of one that libvirt makes, and by <qemu:override>. */
static void the_opregion_is_known_by_whatever_way_it_is_asked_for(void **state)
{
#define ARGUMENTS(value)                                                                           \
	"<qemu:commandline><qemu:arg value='-set'/><qemu:arg value='" value "'/></qemu:commandline>"
#define OVERRIDE(name, value)                                                                      \
	"<qemu:override><qemu:device alias='hostdev0'><qemu:frontend><qemu:property name='" name   \
	"' type='bool' value='" value "'/></qemu:frontend></qemu:device></qemu:override>"
	static const struct {
		const char *xml;
		enum domain_switch opregion;
	} rows[] = {
		{"", DOMAIN_UNSET},
		{ARGUMENTS("device.hostdev0.x-igd-opregion=on"), DOMAIN_ON},
		{ARGUMENTS("device.hostdev0.x-igd-opregion=off"), DOMAIN_OFF},
		{ARGUMENTS("device.hostdev0.x-igd-gms=1"), DOMAIN_UNSET},
		{ARGUMENTS("{&quot;driver&quot;:&quot;vfio-pci&quot;,"
			   "&quot;x-igd-opregion&quot;:true}"),
		 DOMAIN_ON},
		{OVERRIDE("x-igd-opregion", "true"), DOMAIN_ON},
		{OVERRIDE("x-igd-opregion", "false"), DOMAIN_OFF},
		{OVERRIDE("x-vga", "true"), DOMAIN_UNSET},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].xml);
		assert_int_equal(
			parse(arena_printf(
				arena,
				"<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
				"<name>vm</name>%s</domain>",
				rows[i].xml)),
			0);
		assert_int_equal(document.domain.opregion, rows[i].opregion);
	}
#undef ARGUMENTS
#undef OVERRIDE
}

static void a_processor_may_have_fewer_addresses(void **state)
{
	(void)state;
	assert_int_equal(parse("<domain><name>vm</name><cpu mode='host-passthrough'>"
			       "<maxphysaddr mode='passthrough' limit='39'/></cpu></domain>"),
			 0);
	assert_string_equal(document.domain.cpu_mode, "host-passthrough");
	assert_int_equal(document.domain.address_limit, 39);
	assert_int_equal(parse("<domain><name>vm</name><cpu><maxphysaddr mode='emulate' "
			       "bits='42'/></cpu></domain>"),
			 0);
	assert_int_equal(document.domain.address_bits, 42);
}

/* MemDetect.c of edk2, by each way that libvirt has of telling it. */
static void a_guest_may_boot_by_uefi_with_a_window_of_its_own(void **state)
{
	static const struct {
		const char *xml;
		bool uefi;
		uint64_t window; /* MiB */
	} rows[] = {
		{"<os><type>hvm</type></os>", false, 0},
		{"<os firmware='bios'/>", false, 0},
		{"<os firmware='efi'/>", true, 0},
		{"<os><loader type='rom'>/usr/share/seabios/bios.bin</loader></os>", false, 0},
		{"<os><loader readonly='yes' type='pflash'>/x</loader></os>", true, 0},
		{"<sysinfo type='fwcfg'><entry name='opt/ovmf/X-PciMmio64Mb'>65536</entry>"
		 "<entry name='opt/a'>1</entry></sysinfo>",
		 false, 65536},
		{"<qemu:commandline><qemu:arg value='-fw_cfg'/>"
		 "<qemu:arg value='opt/ovmf/X-PciMmio64Mb,string=131072'/></qemu:commandline>",
		 false, 131072},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[512];
		test_row("%s", rows[i].xml);
		snprintf(text, sizeof(text),
			 "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
			 "<name>vm</name>%s</domain>",
			 rows[i].xml);
		assert_int_equal(parse(text), 0);
		assert_int_equal(document.domain.uefi, rows[i].uefi);
		assert_int_equal(document.domain.bar_window, rows[i].window << 20);
	}
}

static void what_may_be_locked_is_limited(void **state)
{
	(void)state;
	assert_int_equal(parse("<domain><name>vm</name><memory unit='MiB'>2</memory>"
			       "<memtune><hard_limit unit='GiB'>3</hard_limit></memtune>"
			       "<devices><iommu model='intel'/></devices></domain>"),
			 0);
	assert_int_equal(document.domain.memory, 2 << 20);
	assert_int_equal(document.domain.lock_limit, UINT64_C(3) << 30);
	assert_int_equal(document.domain.iommu, DOMAIN_IOMMU_INTEL);
}

static void a_guest_may_have_an_iommu_of_its_own(void **state)
{
	static const struct {
		const char *xml;
		enum domain_iommu iommu;
		bool follows;
	} rows[] = {
		{"<devices/>", DOMAIN_IOMMU_NONE, false},
		{"<devices><iommu model='intel'><driver intremap='on'/></iommu></devices>",
		 DOMAIN_IOMMU_INTEL, false},
		{"<devices><iommu model='intel'><driver caching_mode='on'/></iommu></devices>",
		 DOMAIN_IOMMU_INTEL, true},
		{"<devices><iommu model='intel'><driver aw_bits='39'/></iommu></devices>",
		 DOMAIN_IOMMU_INTEL, false},
		{"<qemu:commandline><qemu:arg value='-device'/>"
		 "<qemu:arg value='intel-iommu,aw-bits=39'/></qemu:commandline>",
		 DOMAIN_IOMMU_INTEL, false},
		{"<devices><iommu model='virtio'/></devices>", DOMAIN_IOMMU_OTHER, false},
		{"<devices><iommu model='amd'><driver passthrough='on'/></iommu></devices>",
		 DOMAIN_IOMMU_AMD, false},
		{"<devices><iommu model='amd'/></devices><qemu:override><qemu:device "
		 "alias='iommu0'><qemu:frontend><qemu:property name='dma-remap' type='bool' "
		 "value='true'/></qemu:frontend></qemu:device></qemu:override>",
		 DOMAIN_IOMMU_AMD, true},
		{"<qemu:commandline><qemu:arg value='-device'/>"
		 "<qemu:arg value='amd-iommu,dma-remap=true'/></qemu:commandline>",
		 DOMAIN_IOMMU_AMD, true},
		{"<devices><iommu model='smmuv3'/></devices>", DOMAIN_IOMMU_SMMUV3, false},
		{"<devices><iommu model='smmuv3'><driver pciBus='3'/></iommu></devices>",
		 DOMAIN_IOMMU_OTHER, false},
		{"<devices><iommu model='smmuv3'><driver accel='on'/></iommu></devices>",
		 DOMAIN_IOMMU_SMMUV3, true},
		{"<qemu:commandline><qemu:arg value='-device'/>"
		 "<qemu:arg value='intel-iommu,intremap=on'/></qemu:commandline>",
		 DOMAIN_IOMMU_INTEL, false},
		{"<qemu:commandline><qemu:arg value='-device'/>"
		 "<qemu:arg value='intel-iommu,caching-mode=on'/></qemu:commandline>",
		 DOMAIN_IOMMU_INTEL, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[512];
		test_row("%s", rows[i].xml);
		snprintf(text, sizeof(text),
			 "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>"
			 "<name>vm</name>%s</domain>",
			 rows[i].xml);
		assert_int_equal(parse(text), 0);
		assert_int_equal(document.domain.iommu, rows[i].iommu);
		assert_int_equal(document.domain.iommu_follows, rows[i].follows);
		assert_int_equal(document.domain.iommu_last,
				 strstr(rows[i].xml, "qemu:arg") != NULL);
		assert_int_equal(document.domain.iommu_bits, strstr(rows[i].xml, "aw") ? 39 : 0);
	}
}

static void a_controller_makes_a_bus(void **state)
{
	const struct domain_device *device =
		parse_device("<controller type='pci' index='5' model='pcie-root-port'>"
			     "<target chassis='5' port='0x14' hotplug='off'/></controller>");

	(void)state;
	assert_int_equal(device->kind, DOMAIN_DEVICE_CONTROLLER);
	assert_string_equal(device->model, "pcie-root-port");
	assert_true(device->has_index);
	assert_int_equal(device->index, 5);
	assert_int_equal(device->hotplug, DOMAIN_OFF);
}

/* virStrToLong_uip() with base 0. */
static void numbers_are_read_as_libvirt_reads_them(void **state)
{
	static const struct {
		const char *bus;
		unsigned value;
		bool decimal;
	} cases[] = {
		{"0x10", 0x10, false}, {"10", 10, true},      {"010", 8, true},
		{"7", 7, false},       {"0XfF", 0xff, false}, {"00", 0, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].bus);
		const struct domain_device *device = parse_device(arena_printf(
			arena, "<hostdev type='pci'><source><address bus='%s'/></source></hostdev>",
			cases[i].bus));
		assert_int_equal(device->source.bus, cases[i].value);
		assert_int_equal(device->source_is_decimal, cases[i].decimal);
	}
}

static void a_domain_above_16_bits_is_kept(void **state)
{
	const struct domain_device *device =
		parse_device("<hostdev type='pci'><source><address domain='0x10000' bus='0xe1' "
			     "slot='0x00' function='0x0'/></source></hostdev>");

	(void)state;
	assert_address(&device->source, "10000:e1:00.0");
}

static void numbers_that_libvirt_refuses_are_refused(void **state)
{
	static const char *const attributes[] = {
		"bus='ff'",
		"bus='0x100'",
		"slot='0x20'",
		"slot='1f'",
		"function='8'",
		"bus=''",
		"bus='-1'",
		"bus=' 1'",
		"domain='0x100000000'",
		"bus='1 '",
		"bus='99999999999999999999999'",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		test_row("%s", attributes[i]);
		const char *xml = arena_printf(
			arena,
			"<domain><name>vm</name><devices>\n<hostdev type='pci'><source>"
			"<address %s/></source></hostdev></devices></domain>",
			attributes[i]);
		assert_int_equal(parse(xml), -EBADMSG);
		assert_non_null(strstr(why, "line 2: "));
		assert_non_null(strstr(why, "is no number"));
	}
}

static void memory_counts_in_its_unit(void **state)
{
	static const struct {
		const char *xml;
		uint64_t bytes;
	} cases[] = {
		{"<memory>1048576</memory>", UINT64_C(1) << 30},
		{"<memory unit='KiB'> 4194304\n</memory>", UINT64_C(1) << 32},
		{"<memory unit='GiB'>8</memory>", UINT64_C(8) << 30},
		{"<memory unit='gb'>8</memory>", UINT64_C(8000000000)},
		{"<memory unit='bytes'>4096</memory>", 4096},
		{"<memory unit='TiB'><![CDATA[2]]></memory>", UINT64_C(2) << 40},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].xml);
		assert_int_equal(parse(arena_printf(arena, "<domain><name>vm</name>%s</domain>",
						    cases[i].xml)),
				 0);
		assert_true(document.domain.memory == cases[i].bytes);
	}
}

static void memory_that_is_no_size_is_refused(void **state)
{
	static const char *const cases[] = {
		"<memory>much</memory>",
		"<memory/>",
		"<memory unit='parsec'>1</memory>",
		"<memory unit='EiB'>99</memory>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i]);
		assert_int_equal(
			parse(arena_printf(arena, "<domain><name>vm</name>%s</domain>", cases[i])),
			-EBADMSG);
		assert_non_null(strstr(why, "is no size"));
	}
}

static void hugepages_and_nodes_are_found(void **state)
{
	(void)state;
	assert_int_equal(
		parse("<domain><name>vm</name><vcpu cpuset='0-3,^2'>3</vcpu>"
		      "<memoryBacking><hugepages><page size='1' unit='G'/></hugepages>"
		      "</memoryBacking><numatune><memory mode='strict' nodeset='1'/>"
		      "<memnode cellid='0' mode='strict' nodeset='3'/></numatune>"
		      "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os></domain>"),
		0);
	assert_true(document.domain.hugepages);
	assert_true(document.domain.page_size == UINT64_C(1) << 30);
	assert_true(number_set_has(&document.domain.memory_nodes, 1));
	assert_true(number_set_has(&document.domain.memory_nodes, 3));
	assert_false(number_set_has(&document.domain.memory_nodes, 0));
	assert_true(number_set_has(&document.domain.cpus, 3));
	assert_false(number_set_has(&document.domain.cpus, 2));
	assert_string_equal(document.domain.machine, "pc-q35-7.2");
}

static void metadata_that_looks_like_a_device_is_none(void **state)
{
	(void)state;
	assert_int_equal(
		parse("<domain><metadata><devices><hostdev type='pci'/></devices></metadata>"
		      "<name>vm</name><devices/></domain>"),
		0);
	assert_int_equal(document.domain.device_count, 0);
}

static void a_network_hands_out_the_vfs_of_a_pf(void **state)
{
	(void)state;
	assert_int_equal(parse("<network><name>pool</name><forward mode='hostdev' managed='yes'>"
			       "<pf dev='eth0'/></forward></network>"),
			 0);
	assert_int_equal(document.kind, DOMAIN_DOCUMENT_NETWORK);
	assert_string_equal(document.network.name, "pool");
	assert_true(document.network.hands_out_functions);
	assert_string_equal(document.network.pf, "eth0");
}

static void an_interface_may_ask_for_vlans_and_a_virtual_port(void **state)
{
	(void)state;
	assert_int_equal(parse("<domain><name>vm</name><devices><interface type='hostdev'>"
			       "<vlan trunk='yes'><tag id='42'/><tag id='43'/></vlan>"
			       "<virtualport type='802.1Qbg'/></interface></devices></domain>"),
			 0);
	const struct domain_port *port = &document.domain.devices[0].port;
	assert_int_equal(port->vlan_tags, 2);
	assert_true(port->vlan_trunk);
	assert_string_equal(port->type, "802.1Qbg");
	assert_int_equal(parse("<network><name>pool</name><forward mode='hostdev'/>"
			       "<vlan><tag id='42'/></vlan></network>"),
			 0);
	assert_int_equal(document.network.port.vlan_tags, 1);
}

static void a_network_may_list_its_vfs(void **state)
{
	(void)state;
	assert_int_equal(parse("<network><name>pool</name><forward mode='hostdev'>"
			       "<address type='pci' bus='0x03' slot='0x10' function='0x0'/>"
			       "<address type='pci' bus='0x03' slot='0x10' function='0x2'/>"
			       "</forward></network>"),
			 0);
	assert_int_equal(document.network.function_count, 2);
	assert_address(&document.network.functions[1], "0000:03:10.2");
}

static void a_network_of_another_mode_hands_out_nothing(void **state)
{
	(void)state;
	assert_int_equal(parse("<network><name>default</name><forward mode='nat'/></network>"), 0);
	assert_false(document.network.hands_out_functions);
}

static void what_is_no_domain_is_refused(void **state)
{
	static const struct {
		const char *xml;
		const char *why;
	} cases[] = {
		{"", "empty"},
		{"\177ELF\2\1\1", "line 1"},
		{"{\"domain\": 1}", "line 1"},
		{"<domain><name>vm</name>", "line 1"},
		{"<domain>\n<name>vm</nam></domain>", "line 2"},
		{"<domain><name>vm</name></domain><domain/>", "line 1"},
		{"<volume><name>p</name></volume>",
		 "<volume> is neither a domain, a network nor a device of a domain"},
		{"<domain/>", "has no name"},
		{"<domain><name>&vm;</name></domain>", "line 1"},
		{"<domain><name>\xff\xfe</name></domain>", "line 1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].xml);
		assert_int_equal(parse(cases[i].xml), -EBADMSG);
		assert_non_null(strstr(why, cases[i].why));
	}
}

static void document_types_and_their_entities_are_refused(void **state)
{
	static const char *const cases[] = {
		"<!DOCTYPE domain><domain><name>vm</name></domain>",
		"<!DOCTYPE domain SYSTEM 'file:///dev/zero'><domain><name>vm</name></domain>",
		"<!DOCTYPE domain SYSTEM 'http://192.0.2.1/x.dtd'><domain><name>vm</name></domain>",
		"<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
		"<domain><name>&x;</name></domain>",
		"<!DOCTYPE d [<!ENTITY % x SYSTEM 'file:///dev/zero'> %x;]>"
		"<domain><name>vm</name></domain>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i]);
		assert_int_equal(parse(cases[i]), -EBADMSG);
		assert_null(document.domain.name);
	}
}

/* Each entity is ten of the one before: a billion in the end. */
static char *entity_bomb(const char *use)
{
	char *entities = arena_printf(arena, "<!ENTITY a0 'aaaaaaaaaa'>");

	for (int i = 1; i < 10; i++)
		entities = arena_printf(arena,
					"%s<!ENTITY a%d '&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;"
					"&a%d;&a%d;'>",
					entities, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1,
					i - 1, i - 1, i - 1, i - 1);
	return arena_printf(arena, "<!DOCTYPE d [%s]>%s", entities, use);
}

static void entity_bombs_do_not_go_off(void **state)
{
	(void)state;
	assert_int_equal(parse(entity_bomb("<domain><name>&a9;</name></domain>")), -EBADMSG);
	assert_int_equal(parse(entity_bomb("<domain id='&a9;'><name>vm</name></domain>")),
			 -EBADMSG);
	assert_true(arena_size(arena) < 1024 * 1024);
}

/* Returns count copies of text. */
static char *repeat(const char *text, size_t count)
{
	size_t length = strlen(text);
	char *result = malloc(length * count + 1);

	assert_non_null(result);
	for (size_t i = 0; i < count; i++)
		memcpy(result + i * length, text, length);
	result[length * count] = '\0';
	return result;
}

static void parse_repeated(const char *before, const char *text, size_t count, const char *after,
			   int expected)
{
	char *middle = repeat(text, count), *xml;

	assert_true(asprintf(&xml, "%s%s%s", before, middle, after) > 0);
	assert_int_equal(parse(xml), expected);
	assert_non_null(why);
	free(xml);
	free(middle);
}

static void what_is_too_large_or_too_deep_is_refused(void **state)
{
	(void)state;
	parse_repeated("<domain>", "<a>", 1000000, "", -EFBIG);
	parse_repeated("<domain><name>", "vm", LIMIT_DOMAIN_TEXT, "</name></domain>", -EFBIG);
	parse_repeated("<domain><name>", "<![CDATA[vm]]>", LIMIT_DOMAIN_TEXT, "</name></domain>",
		       -EFBIG);
	parse_repeated("<domain><devices>", "<disk/>", LIMIT_DOMAIN_DEVICES + 1, "", -EFBIG);
	parse_repeated("<domain", " a='>'", 100000, "/>", -EFBIG);
	/* What looks like attributes in a comment is none. */
	parse_repeated("<domain><!--", " a='b'", 100000, "--><name>vm</name></domain>", 0);
	/* Each of these took libxml2, or the look for encodings, the rest of the text. */
	parse_repeated("<domain/>", "<!--", 200000, "", -EBADMSG);
	parse_repeated("<domain><!-- a", "--b", 200000, "--></domain>", -EBADMSG);
	parse_repeated("<domain/>", "<?xml a?>", 200000, "", -EBADMSG);
	parse_repeated("<domain>", "          ", LIMIT_DOMAIN_XML / 10, "", -EFBIG);
	assert_true(arena_size(arena) < 64 * 1024 * 1024);
}

/* libxml2's dictionary took a minute for what LIMIT_DOMAIN_XML lets through. */
static void names_are_counted(void **state)
{
	enum { MOST = 400000 };
	static const char *const forms[] = {"<a%zu/>", "<a b%zu=''/>", "<a\nb%zu =''/>"};
	struct domain_documents documents;
	char *xml = malloc(MOST * sizeof("<a b400000 =''/>"));

	(void)state;
	for (size_t form = 0; form < ARRAY_LENGTH(forms); form++) {
		test_row("%s", forms[form]);
		size_t length = (size_t)sprintf(xml, "<domain>");
		for (size_t i = 0; i < MOST; i++)
			length += (size_t)sprintf(xml + length, forms[form], i);
		assert_int_equal(domain_xml_parse(arena, xml, length, &documents, &why), -EFBIG);
	}
	free(xml);
	parse_repeated("<domain><name>n</name>", "<a b='' c=''/><d e=''></d>", 1000, "</domain>",
		       0);
	parse_repeated("<domain>", "<\xc3\xa9/>", 1, "</domain>", -EFBIG);
	/* This is not a processing instruction. */
	parse_repeated("<domain><\xc3\xa9", " a='b'", 100000, "/></domain>", -EFBIG);
}

static size_t put_unit(uint16_t unit, bool big, char *ret)
{
	ret[!big] = (char)(unit >> 8);
	ret[big] = (char)unit;
	return 2;
}

/* Writes UTF-16 of ASCII, the unit value in place of each "*". Returns its bytes. */
static size_t widen(const char *text, bool big, bool mark, uint16_t value, char *ret)
{
	size_t length = mark ? put_unit(0xfeff, big, ret) : 0;

	for (; *text; text++)
		length += put_unit(*text == '*' ? value : (uint16_t)*text, big, ret + length);
	return length;
}

/* U+2222, U+3C3C and U+2D2D look like quotes, tags and dashes where bytes are looked at. */
static void attributes_of_wide_documents_are_counted(void **state)
{
	static const uint16_t values[] = {'v', 0x2222, 0x2727, 0x3c3c, 0x3e3e, 0x2d2d};
	char *many = repeat(" a='*'", 100000), *xml;
	char *wide = malloc(2 * 16 * 100000);
	struct domain_documents documents;

	(void)state;
	assert_true(asprintf(&xml, "<!-- don't --><domain b='*'%s/>", many) > 0);
	for (size_t i = 0; i < 4 * ARRAY_LENGTH(values); i++) {
		test_row("%x, form %zu", values[i / 4], i % 4);
		size_t length = widen(xml, i & 1, i & 2, values[i / 4], wide);
		assert_int_equal(domain_xml_parse(arena, wide, length, &documents, &why), -EFBIG);
		length = widen(
			"<?xml version='1.0'?><domain><!-- don't --><name>v*m</name></domain>",
			i & 1, i & 2, values[i / 4], wide);
		assert_int_equal(domain_xml_parse(arena, wide, length, &documents, &why), 0);
	}
	free(wide);
	free(xml);
	free(many);
}

#define ENCODED(encoding)                                                                          \
	"<?xml version='1.0' encoding='" encoding "'?><domain><name>n</name></domain>"

static void only_encodings_that_keep_ascii_are_read(void **state)
{
	static const struct {
		const char *xml;
		int expected;
	} rows[] = {
		{ENCODED("UTF-8"), 0},
		{ENCODED("utf-8"), 0},
		{ENCODED("US-ASCII"), 0},
		{ENCODED("ISO-8859-1"), 0},
		{ENCODED("UTF-7"), -EBADMSG},
		{ENCODED("ISO-2022-JP"), -EBADMSG},
		{ENCODED("IBM037"), -EBADMSG},
		{ENCODED("UCS-4"), -EBADMSG},
		{ENCODED("UTF-8' encoding='UTF-7"), -EBADMSG},
		{ENCODED("UTF-8") ENCODED("UTF-7"), -EBADMSG},
		{"<?xml version=\"1.0\" encoding=\"UTF-7\"?><domain/>", -EBADMSG},
		{"<?xml version='1.0' standalone='yes'?><domain><name>n</name></domain>", 0},
		{"<?xml-stylesheet href='a'?><domain><name>n</name></domain>", 0},
		{"\xef\xbb\xbf<domain><name>n</name></domain>", 0},
		{"\x4c\x6f\xa7\x94\x93\x40", -EBADMSG},
		{"<!DOCTYPE domain><domain><name>n</name></domain>", -EBADMSG},
		{"\n<!DOCTYPE d [<!-- ' --><!ATTLIST d a CDATA 'b'>]><d/>", -EBADMSG},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].xml);
		assert_int_equal(parse(rows[i].xml), rows[i].expected);
	}
}

/* Whatever a truncated document is, it is no domain. */
static void every_truncation_is_refused(void **state)
{
	static const char xml[] =
		"<domain type='kvm'><name>vm</name><memory unit='MiB'>512</memory><devices>"
		"<hostdev type='pci' managed='yes'><source><address bus='0x06'/></source>"
		"<address type='pci' bus='0x05' slot='0x00'/></hostdev></devices></domain>";

	struct domain_documents documents;

	(void)state;
	for (size_t length = 0; length < sizeof(xml) - 1; length++)
		assert_true(domain_xml_parse(arena, xml, length, &documents, &why) < 0);
	assert_int_equal(domain_xml_parse(arena, xml, sizeof(xml) - 1, &documents, &why), 0);
}

#define HOSTDEV(bus)                                                                               \
	"<!-- > of <a function> -->\n<hostdev type='pci'><source><address bus='" bus               \
	"'/></source></hostdev>\n"

/* As `passcheck --format xml FUNCTION...` and `virsh dumpxml` of one guest after the other write.
 */
static void roots_may_follow_one_another(void **state)
{
	static const char xml[] = HOSTDEV("0x01") HOSTDEV(
		"0x02") "<pool/><network><name>n</name></network>\n"
			"<?xml version='1.0'?>\n<domain a='/>'><name>vm</name></domain>" HOSTDEV(
				"0x03");
	static const enum domain_document_kind kinds[] = {
		DOMAIN_DOCUMENT_DEVICES, DOMAIN_DOCUMENT_OTHER, DOMAIN_DOCUMENT_NETWORK,
		DOMAIN_DOCUMENT_DOMAIN, DOMAIN_DOCUMENT_DEVICES};
	struct domain_documents documents;

	(void)state;
	assert_int_equal(domain_xml_parse(arena, xml, strlen(xml), &documents, &why), 0);
	assert_int_equal(documents.count, 5);
	for (size_t i = 0; i < documents.count; i++)
		assert_int_equal(documents.items[i].kind, kinds[i]);
	const struct domain *devices = &documents.items[0].domain;
	assert_int_equal(devices->device_count, 2);
	assert_int_equal(devices->devices[1].kind, DOMAIN_DEVICE_HOSTDEV);
	assert_address(&devices->devices[1].source, "0000:02:00.0");
	assert_int_equal(devices->devices[1].line, 4);
	assert_string_equal(documents.items[3].domain.name, "vm");
}

static void a_fault_behind_other_roots_names_its_line(void **state)
{
	(void)state;
	assert_int_equal(parse("<pool/>\n<pool/>\n\n<domain></domain>"), -EBADMSG);
	assert_non_null(strstr(why, "line 4: "));
	assert_int_equal(parse("<pool/>\nrest"), -EBADMSG);
	assert_int_equal(parse("<pool/></pool>"), -EBADMSG);
}

static void very_many_roots_are_refused(void **state)
{
	char *xml = arena_alloc(arena, LIMIT_DOMAIN_XML);

	(void)state;
	for (size_t i = 0; i + 8 <= LIMIT_DOMAIN_XML; i += 7)
		strcpy(xml + i, "<pool/>");
	assert_int_equal(parse(xml), -EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hostdev_names_its_function_and_its_place),
		cmocka_unit_test(a_device_knows_its_line),
		cmocka_unit_test(an_unassigned_companion_has_no_place),
		cmocka_unit_test(an_address_of_zeros_leaves_the_place_to_libvirt),
		cmocka_unit_test(a_vf_interface_names_its_function),
		cmocka_unit_test(a_network_interface_names_its_network),
		cmocka_unit_test(what_is_no_function_by_its_address_has_a_kind),
		cmocka_unit_test(a_mediated_device_has_its_uuid),
		cmocka_unit_test(an_nvme_disk_names_its_controller),
		cmocka_unit_test(a_hostdev_may_ask_for_a_driver),
		cmocka_unit_test(a_domain_asks_for_iommufd_for_all_its_devices),
		cmocka_unit_test(a_hostdev_may_have_a_rom_from_a_file),
		cmocka_unit_test(arguments_of_qemu_name_devices),
		cmocka_unit_test(other_arguments_of_qemu_name_none),
		cmocka_unit_test(the_opregion_is_known_by_whatever_way_it_is_asked_for),
		cmocka_unit_test(a_processor_may_have_fewer_addresses),
		cmocka_unit_test(what_may_be_locked_is_limited),
		cmocka_unit_test(a_guest_may_boot_by_uefi_with_a_window_of_its_own),
		cmocka_unit_test(a_guest_may_have_an_iommu_of_its_own),
		cmocka_unit_test(a_controller_makes_a_bus),
		cmocka_unit_test(numbers_are_read_as_libvirt_reads_them),
		cmocka_unit_test(a_domain_above_16_bits_is_kept),
		cmocka_unit_test(numbers_that_libvirt_refuses_are_refused),
		cmocka_unit_test(memory_counts_in_its_unit),
		cmocka_unit_test(memory_that_is_no_size_is_refused),
		cmocka_unit_test(hugepages_and_nodes_are_found),
		cmocka_unit_test(metadata_that_looks_like_a_device_is_none),
		cmocka_unit_test(a_network_hands_out_the_vfs_of_a_pf),
		cmocka_unit_test(an_interface_may_ask_for_vlans_and_a_virtual_port),
		cmocka_unit_test(a_network_may_list_its_vfs),
		cmocka_unit_test(a_network_of_another_mode_hands_out_nothing),
		cmocka_unit_test(what_is_no_domain_is_refused),
		cmocka_unit_test(document_types_and_their_entities_are_refused),
		cmocka_unit_test(entity_bombs_do_not_go_off),
		cmocka_unit_test(what_is_too_large_or_too_deep_is_refused),
		cmocka_unit_test(names_are_counted),
		cmocka_unit_test(attributes_of_wide_documents_are_counted),
		cmocka_unit_test(only_encodings_that_keep_ascii_are_read),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(roots_may_follow_one_another),
		cmocka_unit_test(a_fault_behind_other_roots_names_its_line),
		cmocka_unit_test(very_many_roots_are_refused),
	};
	struct CMUnitTest with_arena[sizeof(tests) / sizeof(tests[0])];

	memcpy(with_arena, tests, sizeof(tests));
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		with_arena[i].setup_func = set_up;
		with_arena[i].teardown_func = tear_down;
	}
	return cmocka_run_group_tests(with_arena, NULL, NULL);
}
