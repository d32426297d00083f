/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/read/guest_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/paper.h"

static int parse_all(struct paper *paper, const char *text, struct domain_documents *ret)
{
	const char *why = NULL;
	int result = guest_text_parse(paper->arena, text, strlen(text), ret, &why);

	assert_int_equal(result == -EBADMSG, why != NULL);
	return result;
}

static int parse(struct paper *paper, const char *text, struct domain *ret)
{
	struct domain_documents documents = {0};
	int result = parse_all(paper, text, &documents);

	if (result == 0) {
		assert_int_equal(documents.count, 1);
		*ret = documents.items[0].domain;
	}
	return result;
}

static void what_a_text_names_is_a_device(void **state)
{
	static const struct {
		const char *text;
		size_t devices;
		unsigned line; /* of the last */
		bool whole_slot;
	} rows[] = {
		{"hostpci0: 01:00.0\n", 1, 1, false},
		{"ostype: l26\nhostpci0: host=0000:01:00.0,pcie=1\r\n", 1, 2, false},
		{"hostpci0: 01:00;02:00.1,x-vga=1", 2, 1, false},
		{"hostpci0: 10000:01:00", 1, 1, true},
		{"vmgenid: 1\n[snapshot]\nhostpci0: 01:00\n", 0, 0, false},
		{"hostpcix: 01:00\nostype: other\n", 0, 0, false},
		{"hostpci0: pcie=1,host=01:00\n", 1, 1, true},
		{"hostpci0: legacy-igd=1,mapping=gpu\n", 1, 1, false},
		{"ostype: l26\nargs: -S -device 'vfio-pci,host=01:00.0'\n", 1, 2, false},
		{"ostype: l26\nusb0: host=046d:0825\nusb1: spice\n", 1, 2, false},
		{"ostype: l26\n[PENDING]\nhostpci0: 01:00.0\n[snapshot]\nhostpci1: 02:00\n", 1, 3,
		 false},
		{"hostpci0: 01:00\n[PENDING]\nhostpci0: 02:00.0\n", 1, 3, false},
		{"hostpci0: 01:00\nhostpci1: 02:00.0\n[PENDING]\ndelete: hostpci1,hostpci2\n", 1, 1,
		 true},
		{"hostpci0: 01:00.0\nhostpci1: 02:00.0\n[PENDING]\ndelete: net0;!hostpci1\n", 1, 1,
		 false},
		{"qemu-system-x86_64 -device vfio-pci,host=01:00.0", 1, 1, false},
		{"qemu-kvm \\\n -device 'vfio-pci,host=01:00.0'", 1, 2, false},
		{"/usr/bin/qemu-system-x86_64-spice -device vfio-pci,host=01:00.0", 1, 1, false},
		{"/nix/store/a-qemu-9.1.0/bin/.qemu-system-x86_64-wrapped -device "
		 "vfio-pci,host=01:00.0",
		 1, 1, false},
		{"/opt/kata/bin/qemu-system-x86_64-snp-experimental -device vfio-pci,host=01:00.0",
		 1, 1, false},
		{"# one\n-device \"vfio-pci,host=01:00.0\" # -device vfio-pci,host=2:0.0\n", 1, 2,
		 false},
		{"qemu-system-x86_64 -device {\"driver\":\"vfio-pci\",\"host\":\"01:00.0\"} -S", 1,
		 1, false},
		{"qemu-system-x86_64 -device e1000e -device", 1, 1, false},
		{"qemu-system-x86_64 \\\n-drive file=nvme://0000:01:00.0/1,if=none", 1, 2, false},
		{"qemu-system-x86_64 -drive file=a.img -netdev user,id=a", 0, 0, false},
		{"qemu-system-x86_64 -readconfig vm.cfg", 1, 1, false},
		{"qemu-system-x86_64 -readconfig /usr/share/qemu-server/pve-q35-4.0.cfg", 0, 0,
		 false},
		{"qemu-system-x86_64 -device '{\"driver\":\"vfio-pci\"", 1, 1, false},
		{"qemu-system-x86_64 -device \"{'driver':'vfio-pci','host':'01:00.0'}\"", 1, 1,
		 false},
		{"qemu-system-x86_64 -S $GPU -m $MEMORY\n", 1, 1, false},
		{"qemu-system-x86_64 -device $GPU,id=gpu0\n", 1, 1, false},
		{"qemu-system-x86_64 -device \"${GPU[@]}\" -name $NAME\n", 1, 1, false},
		{"qemu-system-x86_64 -S -m 1G & echo $! > qemu.pid\n", 0, 0, false},
		{"qemu-system-x86_64 -device vfio-pci,host=1:0.0\n", 1, 1, false},
		{"-enable-kvm\n-M q35\n-device vfio-pci,host=01:00.0\n", 1, 3, false},
		{"cloud-hypervisor --kernel k --device path=/sys/bus/pci/devices/0000:01:00.0/\n",
		 1, 1, false},
		{"[device \"gpu\"]\n  driver = \"vfio-pci\"\n  host = \"01:00.0\"\n", 1, 1, false},
		{"# of -readconfig\n[machine]\n  type = \"q35\"\n[drive \"d\"]\n file = "
		 "\"nvme://0000:01:00.0/1\"\n[chardev \"c\"]\n path = \"a,b\"\n",
		 1, 4, false},
		{"qemu-system-x86_64 -S -pidfile /run/qemu-system-x86_64 -device "
		 "vfio-pci,host=01:00.0",
		 1, 1, false},
		{"qemu-system-x86_64 -name a -kernel /usr/share/cloud-hypervisor-fw -device "
		 "vfio-pci,host=01:00.0",
		 1, 1, false},
		{"qemu-system-x86_64 -S -pidfile cloud-hypervisor -device vfio-pci,host=01:00.0", 1,
		 1, false},
		{"qemu-system-x86_64 -S -pidfile qemu-a: -device vfio-pci,host=01:00.0", 1, 1,
		 false},
		{"qemu-system-x86_64 -device vfio-pci,host=01:00.0 > cloud-hypervisor --x", 1, 1,
		 false},
		{"name: vm1\ndevices:\n  fc0:\n    type: pci\n    address: \"0000:04:00.0\"\n", 1,
		 5, false},
		{"devices:\n  gpu0: {type: gpu, gputype: physical, pci: '03:00.0'}\n  root: {type: "
		 "disk}\n",
		 1, 2, true},
		{"devices: {n: {type: nic, nictype: sriov, parent: eth0}}\n", 1, 1, false},
		{"devices: {n: {type: nic, nictype: bridged, parent: eth0}}\n", 0, 0, false},
		{"devices: {n: {type: infiniband, nictype: sriov, parent: ib0}}\n", 1, 1, false},
		{"devices: {u: {type: usb, vendorid: 046d}}\n", 1, 1, false},
		{"devices: {}\nconfig:\n  raw.qemu: -device vfio-pci,host=01:00.0\n", 1, 3, false},
		{"devices: {}\nconfig:\n  raw.qemu.conf: |-\n    [device \"qemu_gpu\"]\n    max = \"1\"\n"
		 "    [device \"fc\"]\n    driver = \"vfio-pci\"\n    host = \"01:00.0\"\n",
		 1, 6, false},
		{"devices: {}\nconfig:\n  raw.qemu.conf: |-\n    [device \"own\"]\n    host = "
		 "\"01:00.0\"\n",
		 1, 4, false},
		{"config:\n  volatile.n.last_state.pci.slot.name: 0000:01:00.0\ndevices:\n  n: {type: "
		 "nic, nictype: sriov, parent: eth0}\n",
		 1, 2, false},
		{"apiVersion: kubevirt.io/v1\nspec:\n  domain:\n    devices:\n      gpus:\n      - "
		 "deviceName: a/b\n        name: x\n",
		 1, 6, false},
		{"kind: VirtualMachineInstance\nspec:\n  domain:\n    devices:\n      gpus:\n      - "
		 "claimName: a\n        requestName: x\n",
		 1, 6, false},
		{"kind: VirtualMachineClusterInstancetype\nspec:\n  gpus:\n  - deviceName: a/b\n",
		 1, 4, false},
		{"kind: VirtualMachinePool\nspec: {virtualMachineTemplate: {spec: {template: {spec: "
		 "{domain: {devices: {hostDevices: [{deviceName: a/b}]}}}}}}}\n",
		 1, 2, false},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct domain domain = {0};
		test_row("%s", rows[i].text);
		assert_int_equal(parse(paper, rows[i].text, &domain), 0);
		assert_int_equal(domain.device_count, rows[i].devices);
		if (!domain.device_count)
			continue;
		assert_int_equal(domain.devices[domain.device_count - 1].line, rows[i].line);
		assert_int_equal(domain.devices[domain.device_count - 1].whole_slot,
				 rows[i].whole_slot);
	}
}

static void a_rom_from_a_file_is_seen(void **state)
{
	static const struct {
		const char *text;
		bool has_rom, bar_off;
	} rows[] = {
		{"hostpci0: c6:00.0,romfile=vbios.bin,pcie=1\n", true, false},
		{"hostpci0: c6:00.0,pcie=1,rombar=0,romfile=vbios.bin\n", true, true},
		{"hostpci0: c6:00.0,pcie=1,rombar=1\n", false, false},
		{"qemu-system-x86_64 -device vfio-pci,host=c6:00.0,romfile=/vbios.bin", true,
		 false},
		{"qemu-system-x86_64 -device vfio-pci,host=c6:00.0,rombar=0", false, true},
		{"qemu-system-x86_64 -device vfio-pci,host=c6:00.0,rombar=off", false, true},
		{"qemu-system-x86_64 -device vfio-pci,host=c6:00.0,rombar=1", false, false},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct domain domain = {0};
		test_row("%s", rows[i].text);
		assert_int_equal(parse(paper, rows[i].text, &domain), 0);
		assert_int_equal(domain.device_count, 1);
		assert_int_equal(domain.devices[0].has_rom, rows[i].has_rom);
		assert_int_equal(domain.devices[0].rom_bar_off, rows[i].bar_off);
	}
}

static void the_opregion_is_asked_for_by_set_or_beside_the_function(void **state)
{
	static const struct {
		const char *text;
		enum domain_switch opregion;
	} rows[] = {
		{"hostpci0: 00:02.0\n", DOMAIN_UNSET},
		{"args: -set device.hostpci0.x-igd-opregion=on\nhostpci0: 00:02.0\n", DOMAIN_ON},
		{"qemu-system-x86_64 -device vfio-pci,host=00:02.0,x-igd-opregion=off", DOMAIN_OFF},
		{"qemu-system-x86_64 -S -set device.a.x-igd-opregion=on", DOMAIN_ON},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct domain domain = {0};
		test_row("%s", rows[i].text);
		assert_int_equal(parse(paper, rows[i].text, &domain), 0);
		assert_int_equal(domain.opregion, rows[i].opregion);
	}
}

/* Of options and of libvirt's <qemu:arg>, whichever way they are spelled. */
static void a_disk_of_nvme_names_its_controller(void **state)
{
	static const char *const rows[] = {
		"-drive file=nvme://0000:01:00.0/1,if=none",
		"-drive if=none,driver=nvme,device=0000:01:00.0,namespace=1",
		"-blockdev nvme,device=01:00.0,namespace=1,node-name=a",
		"-blockdev driver=raw,file.driver=nvme,file.device=0000:01:00.0",
		"-blockdev '{\"driver\":\"raw\",\"file\":{\"driver\":\"nvme\",\"device\":\"0000:01:00.0\"}}'",
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct domain domain = {0};
		test_row("%s", rows[i]);
		const char *text = arena_printf(paper->arena, "qemu-system-x86_64 -S %s", rows[i]);
		assert_int_equal(parse(paper, text, &domain), 0);
		assert_int_equal(domain.device_count, 1);
		assert_int_equal(domain.devices[0].kind, DOMAIN_DEVICE_NVME);
		assert_int_equal(domain.devices[0].source.bus, 1);
		assert_false(domain.devices[0].managed);
	}
}

static void what_qemu_puts_on_a_port_has_a_place(void **state)
{
	static const struct {
		const char *device;
		enum domain_place place;
		struct pci_address guest;
	} rows[] = {
		{"bus=rp1", DOMAIN_PLACE_PCI, {.bus = 2}},
		{"bus=rp0,addr=0x1", DOMAIN_PLACE_PCI, {.bus = 1, .device = 1}},
		{"bus=rp0,addr=0.3", DOMAIN_PLACE_PCI, {.bus = 1, .function = 3}},
		{"bus=pcie.0,addr=02.0", DOMAIN_PLACE_PCI, {.device = 2}},
		{"addr=1f.7", DOMAIN_PLACE_PCI, {.device = 0x1f, .function = 7}},
		{"bus=pcie.0", DOMAIN_PLACE_ANY, {0}},
		{"bus=other,addr=1", DOMAIN_PLACE_ANY, {0}},
		{"bus=pcie.0,addr=20", DOMAIN_PLACE_ANY, {0}},
		{"bus=pcie.0,addr=-1", DOMAIN_PLACE_ANY, {0}},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct domain domain = {0};
		test_row("%s", rows[i].device);
		const char *text =
			arena_printf(paper->arena,
				     "qemu-system-x86_64 -device pcie-root-port,id=rp0 -device "
				     "'{\"driver\":\"pcie-root-port\",\"id\":\"rp1\"}' -device "
				     "vfio-pci,host=01:00.0,id=a,%s",
				     rows[i].device);
		assert_int_equal(parse(paper, text, &domain), 0);
		assert_int_equal(domain.device_count, 3);
		assert_int_equal(domain.devices[1].index, 2);
		assert_string_equal(domain.devices[1].model, "pcie-root-port");
		assert_string_equal(domain.devices[2].alias, "a");
		assert_int_equal(domain.devices[2].place, rows[i].place);
		if (rows[i].place == DOMAIN_PLACE_PCI)
			assert_memory_equal(&domain.devices[2].guest, &rows[i].guest,
					    sizeof(rows[i].guest));
	}
}

static void a_port_of_qemu_has_its_chassis_and_slot_for_itself(void **state)
{
	static const struct {
		const char *ports; /* behind those of one without chassis and slot */
		bool taken;        /* for the last of them */
	} rows[] = {
		{"-device pcie-root-port,id=b", true},
		{"-device pcie-root-port,id=b,port=2", true},
		{"-device ioh3420", true},
		{"-device pcie-root-port,id=b,slot=1", false},
		{"-device pcie-root-port,id=b,chassis=$N", false},
		{"-device pcie-root-port,chassis=16 -device pcie-root-port,chassis=0x10", true},
		{"-device '{\"driver\":\"pcie-root-port\",\"chassis\":1}' "
		 "-device pcie-root-port,chassis=1,slot=0",
		 true},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct domain domain = {0};
		test_row("%s", rows[i].ports);
		const char *text =
			arena_printf(paper->arena,
				     "qemu-system-x86_64 -device pcie-root-port,id=a %s -device "
				     "vfio-pci,host=01:00.0",
				     rows[i].ports);
		assert_int_equal(parse(paper, text, &domain), 0);
		assert_false(domain.devices[0].seat_taken);
		assert_int_equal(domain.devices[domain.device_count - 2].seat_taken, rows[i].taken);
	}
}

/* What else a script or a log holds is not QEMU's. */
static void a_command_stands_anywhere_in_a_text(void **state)
{
	static const char *const rows[] = {
		"#!/bin/sh\nmodprobe vfio-pci\nqemu-system-x86_64 -name a -m 4G",
		"export X=`ls`\nsudo numactl -N 0 -m 0 /opt/qemu-system-x86_64 \\\n -name a -m 4G",
		"LC_ALL=C \\\nPATH=/bin \\\n/usr/bin/qemu-system-x86_64 \\\n-name guest=a \\\n-m 4G",
		"run:\n\tkvm \\\n\t\t-name a -m 4G\n",
		"ps | grep \"qemu-system-x86_64\" && exit\n\"qemu-system-x86_64\" -name a -m 4G",
		"exec build/qemu-system-x86_64 -m slots=2,size=4G -name debug-threads=on,guest=a",
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct domain domain = {0};
		test_row("%s", rows[i]);
		assert_int_equal(parse(paper, rows[i], &domain), 0);
		assert_string_equal(domain.name, "a");
		assert_int_equal(domain.memory, UINT64_C(4) << 30);
		assert_int_equal(domain.device_count, 0);
	}
}

static void memory_is_in_huge_pages(void **state)
{
	static const struct {
		const char *text;
		uint64_t page_size; /* 0: the host's default */
		uint64_t memory;    /* 0: all */
		bool makes_hugepages;
	} rows[] = {
		{"ostype: l26\nhugepages: 1024\n", 1 << 30, 0, true},
		{"kind: VirtualMachine\nspec: {template: {spec: {domain: {memory: {hugepages: "
		 "{pageSize: 2Mi}}}}}}\n",
		 2 << 20, 0, false},
		{"devices: {}\nconfig: {limits.memory.hugepages: \"true\"}\n", 0, 0, false},
		{"qemu-system-x86_64 -mem-path /dev/hugepages -S", 0, 0, false},
		{"qemu-system-x86_64 -object "
		 "memory-backend-file,id=a,size=1G,mem-path=/dev/hugepages/x,share=on",
		 0, 1 << 30, false},
		{"qemu-system-x86_64 -object "
		 "memory-backend-memfd,id=a,size=1048576,hugetlb=on,hugetlbsize=2M",
		 2 << 20, 1 << 20, false},
		{"qemu-system-x86_64 -object '{\"qom-type\":\"memory-backend-file\",\"id\":\"pc.ram\","
		 "\"mem-path\":\"/dev/hugepages/libvirt/qemu/1-a\",\"size\":1099511627776}'",
		 0, UINT64_C(1) << 40, false},
		{"qemu-system-x86_64 -object {\"qom-type\":\"memory-backend-memfd\",\"hugetlb\":true,"
		 "\"hugetlbsize\":2097152,\"size\":1073741824}",
		 2 << 20, 1 << 30, false},
		{"qemu-system-x86_64 -object "
		 "memory-backend-file,id=a,,size=1,mem-path=/dev/hugepages,size=1G",
		 0, 1 << 30, false},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct domain domain = {0};
		test_row("%s", rows[i].text);
		assert_int_equal(parse(paper, rows[i].text, &domain), 0);
		assert_true(domain.hugepages);
		assert_int_equal(domain.page_size, rows[i].page_size);
		assert_int_equal(domain.hugepage_memory, rows[i].memory);
		assert_int_equal(domain.makes_hugepages, rows[i].makes_hugepages);
	}
}

static void memory_is_in_pages_of_the_usual_size(void **state)
{
	static const char *const rows[] = {
		"ostype: l26\nhugepages: any\n",
		"devices: {}\nconfig: {limits.memory.hugepages: \"false\"}\n",
		"qemu-system-x86_64 -mem-path /dev/hugepages-1G -S",
		"qemu-system-x86_64 -object memory-backend-file,size=1G,mem-path=/dev/shm/a",
		"qemu-system-x86_64 -object memory-backend-memfd,size=1G,hugetlb=off",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct domain domain = {0};
		test_row("%s", rows[i]);
		assert_int_equal(parse(*state, rows[i], &domain), 0);
		assert_false(domain.hugepages);
	}
}

static void proxmox_binds_a_guest_to_nodes_and_processors(void **state)
{
	struct domain domain = {0};

	assert_int_equal(parse(*state,
			       "ostype: l26\naffinity: 0-3,8\n"
			       "numa0: cpus=0-3,hostnodes=0;2,memory=1024,policy=bind\n",
			       &domain),
			 0);
	assert_int_equal(number_set_count(&domain.cpus), 5);
	assert_int_equal(number_set_count(&domain.memory_nodes), 2);
}

static void proxmox_wants_pci_express_for_pcie_alone(void **state)
{
	struct domain domain = {0};

	assert_int_equal(parse(*state,
			       "ostype: l26\nmachine: pc-i440fx-9.2\n"
			       "hostpci0: 0000:01:00.0,pcie=1\nhostpci1: 0000:02:00.0\n"
			       "hostpci2: 0000:03:00.0,pcie=0\n",
			       &domain),
			 0);
	assert_string_equal(domain.machine, "pc-i440fx-9.2");
	for (size_t i = 0; i < domain.device_count; i++)
		assert_int_equal(domain.devices[i].wants_pcie, i == 0);
}

static void proxmox_has_options_beside_legacy_mode(void **state)
{
	static const struct {
		const char *vga;
		enum domain_switch expected;
	} rows[] = {{"", DOMAIN_UNSET},
		    {"vmgenid: a\n", DOMAIN_ON},
		    {"vga: none\n", DOMAIN_OFF},
		    {"vga: std\n", DOMAIN_ON}};
	struct domain domain = {0};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[128];
		test_row("%s", rows[i].vga);
		snprintf(text, sizeof(text),
			 "ostype: l26\n%shostpci0: 0000:00:02.0,legacy-igd=1,rombar=0\n"
			 "hostpci1: 0000:01:00.0,x-vga=1\n",
			 rows[i].vga);
		assert_int_equal(parse(*state, text, &domain), 0);
		assert_int_equal(domain.vga, rows[i].expected);
		assert_true(domain.devices[0].legacy_igd && domain.devices[0].rom_off);
		assert_false(domain.devices[0].x_vga);
		assert_true(domain.devices[1].x_vga);
		assert_false(domain.devices[1].legacy_igd || domain.devices[1].rom_off);
	}
}

/* Words of parse_boolean(), and what parse_property_string() refuses: PVE/JSONSchema.pm. */
static void proxmox_leaves_out_a_line_that_it_does_not_understand(void **state)
{
	static const struct {
		const char *line;
		const char *refused; /* NULL: Proxmox VE takes it */
	} rows[] = {
		{"hostpci0: 0000:01:00,pcie=1,x-vga=1,rombar=0,romfile=a.rom", NULL},
		{"hostpci15: host=01:00.0;01:00.1,pcie=on,rombar=False,driver=keep", NULL},
		{"hostpci0: 10000:01:00.0,vendor-id=0x10de,sub-device-id=0xABCD", NULL},
		{"hostpci0: mapping=gpu,mdev=nvidia-256,legacy-igd=no", NULL},
		{"hostpci0: 01:00.0,,pcie=1", NULL},
		{"hostpci0: 01:00.0,multifunction=on", "it does not know multifunction="},
		{"hostpci0: 01:00.0, pcie=1", "it does not know  pcie="},
		{"hostpci0: 01:00.0,pcie=true1", "pcie= cannot be true1"},
		{"hostpci0: 01:00.0,pcie=", "nothing stands behind pcie="},
		{"hostpci0: 01:00.0,pcie=1,pcie=1", "pcie= is there twice"},
		{"hostpci0: 01:00.0,host=02:00.0", "host= is there twice"},
		{"hostpci0: 01:00.0,pcie", "host= is there twice"},
		{"hostpci0: 0A:00.0", "host= cannot be 0A:00.0"},
		{"hostpci0: 01:00.0,device-id=10de", "device-id= cannot be 10de"},
		{"hostpci0: 01:00.0,driver=vfio-pci", "driver= cannot be vfio-pci"},
		{"hostpci16: 01:00.0", "it has hostpci0 to hostpci15 alone"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct domain domain = {0};
		test_row("%s", rows[i].line);
		assert_int_equal(parse(*state, rows[i].line, &domain), 0);
		assert_true(domain.device_count > 0);
		if (rows[i].refused)
			assert_string_equal(domain.devices[0].refused, rows[i].refused);
		else
			assert_null(domain.devices[0].refused);
	}
}

static void proxmox_makes_mediated_devices_of_a_type(void **state)
{
	struct domain domain = {0};

	assert_int_equal(parse(*state, "hostpci0: 0000:00:02.0,mdev=i915-GVTg_V5_4\n", &domain), 0);
	assert_int_equal(domain.devices[0].kind, DOMAIN_DEVICE_MDEV);
	assert_string_equal(domain.devices[0].mdev_type, "i915-GVTg_V5_4");
	assert_int_equal(domain.devices[0].mdev_parent->device, 2);
	assert_int_equal(parse(*state, "hostpci0: mapping=gpu,mdev=nvidia-259\n", &domain), 0);
	assert_string_equal(domain.devices[0].pool, "gpu");
	assert_null(domain.devices[0].mdev_parent);
}

static void proxmox_gives_a_guest_an_iommu_by_its_machine(void **state)
{
	struct domain domain = {0};

	assert_int_equal(
		parse(*state, "hostpci0: 01:00\nmachine: q35,viommu=intel,aw-bits=39\n", &domain),
		0);
	assert_int_equal(domain.iommu, DOMAIN_IOMMU_INTEL);
	assert_true(domain.iommu_follows);
	assert_int_equal(domain.iommu_bits, 39);
	assert_int_equal(
		parse(*state, "hostpci0: 01:00\nmachine: viommu=virtio,type=q35\n", &domain), 0);
	assert_int_equal(domain.iommu, DOMAIN_IOMMU_OTHER);
	assert_int_equal(parse(*state, "hostpci0: 01:00\nmachine: q35\n", &domain), 0);
	assert_int_equal(domain.iommu, DOMAIN_IOMMU_NONE);
}

static void proxmox_switches_by_several_words(void **state)
{
	static const struct {
		const char *word;
		bool on, off;
	} rows[] = {{"1", true, false},    {"on", true, false},   {"Yes", true, false},
		    {"TRUE", true, false}, {"0", false, true},    {"off", false, true},
		    {"no", false, true},   {"false", false, true}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct domain domain = {0};
		char text[128];
		test_row("%s", rows[i].word);
		snprintf(text, sizeof(text), "hostpci0: 01:00.0,pcie=%s,rombar=%s,x-vga=%s\n",
			 rows[i].word, rows[i].word, rows[i].word);
		assert_int_equal(parse(*state, text, &domain), 0);
		assert_int_equal(domain.devices[0].wants_pcie, rows[i].on);
		assert_int_equal(domain.devices[0].x_vga, rows[i].on);
		assert_int_equal(domain.devices[0].rom_off, rows[i].off);
		assert_int_equal(domain.devices[0].rom_bar_off, rows[i].off);
	}
}

/* Its own configuration names the machine type where it is another. */
static void proxmox_has_a_machine_type_that_it_does_not_name(void **state)
{
	struct domain domain = {0};

	assert_int_equal(parse(*state, "ostype: l26\nvmgenid: 1\n", &domain), 0);
	assert_string_equal(domain.machine, "pc");
	assert_int_equal(parse(*state, "vmgenid: 1\nmachine: q35\n", &domain), 0);
	assert_string_equal(domain.machine, "q35");
	assert_int_equal(parse(*state, "ostype: l26\n", &domain), 0);
	assert_null(domain.machine);
}

static void each_command_is_a_guest(void **state)
{
	static const char *const rows[] = {
		"/usr/bin/qemu-system-x86_64 -name a -m 1\n/usr/bin/qemu-system-x86_64 -name b\n",
		"qemu-system-x86_64 -name a -S\nqemu-kvm -name b\n",
		"root 1 qemu-system-x86_64 -name a -S\nroot 2 qemu-system-x86_64 -name b\n",
		"qemu-system-x86_64 \\\n -name a\n\n# the second\nexec qemu-system-x86_64 \\\n -name b",
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct domain_documents documents = {0};
		test_row("%s", rows[i]);
		assert_int_equal(parse_all(paper, rows[i], &documents), 0);
		assert_int_equal(documents.count, 2);
		assert_string_equal(documents.items[0].domain.name, "a");
		assert_string_equal(documents.items[1].domain.name, "b");
	}
}

/* libvirt appends each start to the log of a guest, and what QEMU says of it. */
static void of_a_log_the_last_start_counts(void **state)
{
	static const char text[] =
		"2024-05-01 10:00:00.000+0000: starting up libvirt version: 9.0.0\n"
		"/usr/bin/qemu-system-x86_64 \\\n-name guest=a \\\n-device vfio-pci,host=01:00.0\n"
		"2024-05-01T10:00:01.0Z qemu-system-x86_64: -device vfio-pci,host=01:00.0: vfio\n"
		"2024-05-02 10:00:00.000+0000: starting up libvirt version: 9.0.0\n"
		"/usr/bin/qemu-system-x86_64 \\\n-name guest=a \\\n-device vfio-pci,host=02:00.0\n"
		"2024-05-02T10:00:01.0Z qemu-system-x86_64: terminating on signal 15\n"
		"2024-05-03 10:00:00.000+0000: starting up libvirt version: 9.0.0\n"
		"/usr/bin/qemu-system-x86_64 \\\n-name guest=b -device vfio-pci,host=03:00.0\n"
		"2024-05-04 10:00:00.000+0000: starting up libvirt version: 9.0.0\n"
		"/usr/bin/qemu-system-x86_64 \\\n-name guest=a -device vfio-pci,host=02:00.0\n";
	struct domain_documents documents = {0};

	assert_int_equal(parse_all(*state, text, &documents), 0);
	assert_int_equal(documents.count, 2);
	const struct domain *domain = &documents.items[0].domain;
	assert_string_equal(domain->name, "a");
	assert_int_equal(domain->device_count, 1);
	assert_int_equal(domain->devices[0].source.bus, 2);
	assert_string_equal(documents.items[1].domain.name, "b");
}

/* Of QEMU: qemu_opt_find() of util/qemu-option.c. */
static void of_values_of_one_key_the_last_counts(void **state)
{
	struct domain domain = {0};

	assert_int_equal(parse(*state,
			       "qemu-system-x86_64 -device "
			       "e1000,host=01:00.0,host=02:00.0,driver=vfio-pci-nohotplug",
			       &domain),
			 0);
	assert_int_equal(domain.devices[0].kind, DOMAIN_DEVICE_ARGUMENT);
	assert_int_equal(domain.devices[0].source.bus, 2);
}

static void cloud_hypervisor_takes_functions_by_their_paths(void **state)
{
	static const struct {
		const char *text;
		size_t devices;
		enum domain_device_kind last;
	} rows[] = {
		{"./cloud-hypervisor-static -v --kernel=k --device path=\"/sys/bus/pci/devices/0000:01:00.0\" "
		 "--device path=/sys/bus/pci/devices/10000:01:00.1/,iommu=on --cpus boot=4",
		 2, DOMAIN_DEVICE_HOSTDEV},
		{"sudo cloud-hypervisor \\\n --firmware f --device \\\n path=/sys/bus/pci/devices/0000:01:00.0 "
		 "path=/sys/bus/pci/devices/0000:01:00.1/ \\\n --serial tty\n",
		 2, DOMAIN_DEVICE_HOSTDEV},
		{"cloud-hypervisor --kernel k --device "
		 "path=/sys/bus/mdev/devices/2aee154e-7d0d-11e8-88b8-6f45320c7162/",
		 1, DOMAIN_DEVICE_MDEV},
		{"cloud-hypervisor --kernel k --device path=/sys/bus/pci/devices/$GPU/,iommu=on", 1,
		 DOMAIN_DEVICE_FOREIGN},
		{"cloud-hypervisor --kernel k --device $GPU", 1, DOMAIN_DEVICE_VARIABLE},
		{"cloud-hypervisor --kernel k --console off \"$@\"", 1, DOMAIN_DEVICE_VARIABLE},
		{"cloud-hypervisor --kernel $KERNEL --console off", 0, 0},
		{"cloud-hypervisor --kernel k\npath=/sys/bus/pci/devices/0000:01:00.0\n", 0, 0},
		{"/bin/cloud-hypervisor --kernel k\ngrep cloud-hypervisor\n", 0, 0},
		{"cloud-hypervisor --kernel k --device=path=/sys/bus/pci/devices/0000:01:00.0", 1,
		 DOMAIN_DEVICE_HOSTDEV},
		{"cloud-hypervisor --kernel k --device=$GPU", 1, DOMAIN_DEVICE_VARIABLE},
		{"cloud-hypervisor --api-socket /tmp/s", 1, DOMAIN_DEVICE_FILE},
		{"cloud-hypervisor --restore source_url=file:///a", 1, DOMAIN_DEVICE_FILE},
		{"cloud-hypervisor --cpus boot=4", 1, DOMAIN_DEVICE_FILE},
		{"cloud-hypervisor --device path=/sys/bus/pci/devices/0000:01:00.0/", 1,
		 DOMAIN_DEVICE_HOSTDEV},
		{"cloud-hypervisor --device path=/sys/bus/pci/devices/0000:01:00.0/ --api-socket s",
		 2, DOMAIN_DEVICE_FILE},
		{"cloud-hypervisor --api-socket s --kernel k &\n"
		 "ch-remote --api-socket s add-device path=/sys/bus/pci/devices/0000:01:00.0\n"
		 "echo path=/sys/bus/pci/devices/0000:01:00.0\n",
		 1, DOMAIN_DEVICE_HOSTDEV},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct domain domain = {0};
		test_row("%s", rows[i].text);
		assert_int_equal(parse(paper, rows[i].text, &domain), 0);
		assert_true(domain.other_stack);
		assert_int_equal(domain.device_count, rows[i].devices);
		if (rows[i].devices)
			assert_int_equal(domain.devices[rows[i].devices - 1].kind, rows[i].last);
	}
}

static void cloud_hypervisor_says_its_memory(void **state)
{
	static const struct {
		const char *options;
		uint64_t memory;          /* MiB, 0: not known */
		uint64_t hugepage_memory; /* MiB, 0: all */
		bool hugepages;
		uint64_t page_size;
	} rows[] = {
		{"", 512, 0, false, 0},
		{"--memory size=2G,hugepages=on,hugepage_size=1G", 2048, 0, true, 1 << 30},
		{"--memory=size=2G", 2048, 0, false, 0},
		{"--memory size=0 --memory-zone id=a,size=4G,hugepages=on", 4096, 4096, true, 0},
		{"--memory-zone id=a,size=4G id=b,size=1G,hugepages=on --memory size=0", 5120, 1024,
		 true, 0},
		{"--memory-zone id=a,size=$SIZE --memory-zone id=b,size=1G", 0, 0, false, 0},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct domain domain = {0};
		test_row("%s", rows[i].options);
		const char *text = arena_printf(((struct paper *)*state)->arena,
						"cloud-hypervisor --kernel k %s", rows[i].options);
		assert_int_equal(parse(*state, text, &domain), 0);
		assert_int_equal(domain.memory, rows[i].memory << 20);
		assert_int_equal(domain.hugepage_memory, rows[i].hugepage_memory << 20);
		assert_int_equal(domain.hugepages, rows[i].hugepages);
		assert_int_equal(domain.page_size, rows[i].page_size);
	}
}

static void commands_of_two_kinds_are_read_from_one_list(void **state)
{
	struct domain_documents documents = {0};

	assert_int_equal(
		parse_all(
			*state,
			"/bin/qemu-system-x86_64 -name a -device vfio-pci,host=01:00.0\n"
			"/bin/cloud-hypervisor --device path=/sys/bus/pci/devices/0000:02:00.0 --kernel k\n"
			"/bin/qemu-system-x86_64 -name b -device vfio-pci,host=03:00.0\n",
			&documents),
		0);
	assert_int_equal(documents.count, 3);
	for (size_t i = 0; i < documents.count; i++)
		assert_int_equal(documents.items[i].domain.device_count, 1);
	assert_string_equal(documents.items[1].domain.name, "b");
	assert_int_equal(documents.items[2].domain.devices[0].source.bus, 2);
}

/* pciDeviceSelector of HyperConverged is pciVendorSelector of KubeVirt. */
static void an_operator_of_kubevirt_says_what_is_permitted(void **state)
{
	struct domain_documents documents = {0};

	assert_int_equal(parse_all(*state,
				   "kind: HyperConverged\nspec:\n  permittedHostDevices:\n"
				   "    pciHostDevices:\n      - pciDeviceSelector: \"10DE:1EB8\"\n"
				   "        resourceName: n/t4\n"
				   "      - pciDeviceSelector: \"10DE:2235\"\n"
				   "        resourceName: n/a40\n        disabled: true\n",
				   &documents),
			 0);
	assert_int_equal(documents.count, 1);
	assert_string_equal(documents.items[0].pool.name, "n/t4");
	assert_int_equal(documents.items[0].pool.choices[0].ids.device, 0x1eb8);
}

static void a_mapping_has_a_choice_for_each_line(void **state)
{
	struct domain_documents documents = {0};

	assert_int_equal(parse_all(*state,
				   "gpu\n\tdescription A card\n\tmdev 1\n"
				   "\tmap id=10de:2235,iommugroup=12,node=a,path=0000:41:00.0,"
				   "subsystem-id=10de:145a\n"
				   "\tmap id=10de:2235,node=b,path=0000:c1:00;0000:c2:00.1\n\n"
				   "nic\n\tmap path=0000:01:00.0\n",
				   &documents),
			 0);
	assert_int_equal(documents.count, 2);
	const struct domain_pool *gpu = &documents.items[0].pool;
	assert_int_equal(documents.items[0].kind, DOMAIN_DOCUMENT_POOL);
	assert_string_equal(gpu->name, "gpu");
	assert_int_equal(gpu->count, 2);
	assert_int_equal(gpu->choices[0].ids.vendor, 0x10de);
	assert_int_equal(gpu->choices[0].ids.device, 0x2235);
	assert_int_equal(gpu->choices[0].subsystem.device, 0x145a);
	assert_string_equal(gpu->choices[0].node, "a");
	assert_int_equal(gpu->choices[0].group, 12);
	assert_int_equal(gpu->choices[1].line, 5);
	assert_true(gpu->gives_mdevs);
	assert_false(documents.items[1].pool.gives_mdevs);
	assert_int_equal(gpu->choices[1].count, 2);
	assert_true(gpu->choices[1].functions[0].whole_slot);
	assert_int_equal(gpu->choices[1].group, -1);
	assert_int_equal(documents.items[1].pool.choices[0].ids.vendor, -1);
}

static void a_resource_of_kubevirt_stands_for_its_ids(void **state)
{
	struct domain_documents documents = {0};

	assert_int_equal(
		parse_all(*state,
			  "apiVersion: kubevirt.io/v1\nkind: KubeVirt\nspec:\n  configuration:\n"
			  "    permittedHostDevices:\n      pciHostDevices:\n"
			  "      - {pciVendorSelector: \"10DE:1EB8\", resourceName: n/t4}\n---\n"
			  "metadata: {name: vm}\nspec: {template: {spec: {domain: {memory: {guest: "
			  "4Gi}, devices: {hostDevices: [{deviceName: n/t4, name: a}]}}}}}\n",
			  &documents),
		0);
	assert_int_equal(documents.count, 2);
	assert_string_equal(documents.items[0].pool.name, "n/t4");
	assert_true(documents.items[0].pool.by_ids);
	assert_int_equal(documents.items[0].pool.choices[0].ids.device, 0x1eb8);
	const struct domain *domain = &documents.items[1].domain;
	assert_string_equal(domain->name, "vm");
	assert_int_equal(domain->memory, UINT64_C(4) << 30);
	assert_string_equal(domain->devices[0].pool, "n/t4");
}

/* Pieces are the same, but for a number where they ask for one. */
static const struct endless {
	const char *begin, *piece, *end;
	size_t most; /* pieces that are taken; 0: not tried, as many that are take a while */
	size_t too_many;
} endless[] = {
	{"", "- name: a\n", "", 0, 300000},
	{"", "---\nspec: {domain: {}}\n", "", 0, 5000},
	{"%YAML 1.1\n", "%TAG !t%zu! tag:\n", "---\nspec: {domain: {}}\n", 15, 16},
	{"spec: {domain: {}}\nx: [", "&a%zu b, ", "c]\n", 16, 17},
	{"x: &a b\nspec: {domain: {}}\ny: [", "*a, ", "c]\n", 15, 16},
	{"spec: {domain: {}}\nx: ", "[", "", 0, 64},
	{"spec: {domain: {}}\nx: ", "{a: ", "", 0, 100000},
	{"spec: {domain: {}}\nx: ", "[", "]]]]]]]]]]", 10, 64},
	{"devices: {a: {type: pci, address: '01:00.0'}}\nconfig:\n", "  k%zu: a\n", "", 4096, 4097},
};

static int parse_pieces(struct paper *paper, const struct endless *row, size_t count)
{
	struct buffer text = {.arena = paper->arena};
	struct domain_documents documents;
	const char *why = NULL;

	buffer_item(&text, "%s", row->begin);
	for (size_t i = 0; i < count; i++) {
		const char *number = strstr(row->piece, "%zu");
		int length = number ? (int)(number - row->piece) : (int)strlen(row->piece);
		buffer_item(&text, "%.*s", length, row->piece);
		if (number)
			buffer_item(&text, "%zu%s", i, number + strlen("%zu"));
	}
	buffer_item(&text, "%s", row->end);
	const char *whole = buffer_text(&text);
	int result = guest_text_parse(paper->arena, whole, strlen(whole), &documents, &why);
	assert_true(result == 0 || why);
	return result;
}

static void yaml_without_end_is_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(endless); i++) {
		const struct endless *row = &endless[i];
		test_row("%s", row->piece);
		if (row->most)
			assert_int_equal(parse_pieces(*state, row, row->most), 0);
		assert_int_equal(parse_pieces(*state, row, row->too_many), -EFBIG);
	}
}

static void what_is_neither_is_left_to_others(void **state)
{
	static const char *const rows[] = {
		"",
		"\n",
		"<domain>",
		"{}",
		"name: vm\n",
		"-S",
		"#",
		"--device path=/sys/bus/pci/devices/0000:01:00.0",
		"grep cloud-hypervisor",
		"# cloud-hypervisor --device path=/sys/bus/pci/devices/0000:01:00.0",
		"CH=/run/cloud-hypervisor.sock --x",
		"arch: amd64\nostype: debian\nrootfs: local:vm-1-disk-0,size=8G\n",
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct domain domain;
		test_row("%s", rows[i]);
		assert_int_equal(parse(paper, rows[i], &domain), -ENOTSUP);
	}
}

static void what_is_wrong_is_refused(void **state)
{
	static const char *const rows[] = {
		"hostpci0: x",
		"hostpci0: 01:00.0;zz",
		"apiVersion: v1\nkind: Pod\n",
		"devices: [\n",
		"devices:\n  fc0: {type: pci, address: 0000:04:00}\n",
		"gpu\n\tmap id=10de:2235,path=x\n",
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct domain domain;
		test_row("%s", rows[i]);
		assert_int_equal(parse(paper, rows[i], &domain), -EBADMSG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_a_text_names_is_a_device, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(a_rom_from_a_file_is_seen, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(
			the_opregion_is_asked_for_by_set_or_beside_the_function, paper_setup,
			paper_teardown),
		cmocka_unit_test_setup_teardown(a_disk_of_nvme_names_its_controller, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(what_qemu_puts_on_a_port_has_a_place, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(a_command_stands_anywhere_in_a_text, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(memory_is_in_huge_pages, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(memory_is_in_pages_of_the_usual_size, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(proxmox_has_a_machine_type_that_it_does_not_name,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(proxmox_wants_pci_express_for_pcie_alone,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(proxmox_has_options_beside_legacy_mode, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(
			proxmox_leaves_out_a_line_that_it_does_not_understand, paper_setup,
			paper_teardown),
		cmocka_unit_test_setup_teardown(proxmox_makes_mediated_devices_of_a_type,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(proxmox_gives_a_guest_an_iommu_by_its_machine,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(proxmox_switches_by_several_words, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(proxmox_binds_a_guest_to_nodes_and_processors,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(each_command_is_a_guest, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(of_a_log_the_last_start_counts, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(of_values_of_one_key_the_last_counts, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(cloud_hypervisor_takes_functions_by_their_paths,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(cloud_hypervisor_says_its_memory, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(commands_of_two_kinds_are_read_from_one_list,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(an_operator_of_kubevirt_says_what_is_permitted,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(a_port_of_qemu_has_its_chassis_and_slot_for_itself,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(a_mapping_has_a_choice_for_each_line, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(a_resource_of_kubevirt_stands_for_its_ids,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(yaml_without_end_is_refused, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(what_is_neither_is_left_to_others, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_refused, paper_setup,
						paper_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
