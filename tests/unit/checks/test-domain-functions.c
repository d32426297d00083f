/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/domain.h"
#include "tests/unit/support/facts.h"

/* As expect_domain_finding(), for a network that no domain takes from. */
static const struct finding *expect_network(struct paper *paper,
					    const struct domain_network *network, const char *id,
					    enum finding_verdict verdict, const char *summary)
{
	const struct findings *findings =
		judge_domains_and_networks(paper, "domain-functions", NULL, 0, network, 1);
	const struct finding *finding = expect_finding(findings, id, verdict);

	assert_int_equal(findings->count, 1);
	assert_string_equal(finding->summary, summary);
	assert_string_equal(finding->subject.id, network->name);
	assert_non_null(finding->remedy);
	return finding;
}

/* Adds the second function, a VF of the first. */
static struct pci_function *add_vf(struct paper *paper, const struct pci_function *pf)
{
	struct pci_function *vf = add_device(paper, "0000:01:10.0", 2, NULL);

	vf->physfn = known_text("physfn", pf->name);
	vf->pf = pf;
	return vf;
}

static void functions_that_were_not_listed_are_not_missing(void **state)
{
	struct paper *paper = *state;
	const struct pci_function nowhere = {.address = {.bus = 3}};
	struct domain_device device = hostdev_of(&nowhere);
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	paper->host.pci.fact = unreadable("/sys/bus/pci/devices", 13);
	const struct findings *findings = judge_domains(paper, "domain-functions", &domain, 1);
	assert_int_equal(findings->count, 1);
	const struct finding *finding =
		expect_finding(findings, "domain-functions.unread", FINDING_UNKNOWN);
	assert_string_equal(finding->summary, "the list of PCI functions could not be read");
	assert_true(has_evidence(finding, "/sys/bus/pci/devices"));
}

static void a_function_that_is_not_there_is_missing(void **state)
{
	struct paper *paper = *state;
	const struct pci_function nowhere = {.address = {.bus = 0x10}};
	struct domain_device device = hostdev_of(&nowhere);
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};
	const char *summary = "vm uses 0000:10:00.0, which the host does not have";

	device.line = 7;
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-functions.missing", FINDING_FAIL, summary);
	assert_string_equal(finding->remedy, "Name a function that is there");
	device.source_is_decimal = true;
	finding = expect_domain_finding(paper, &domain, "domain-functions.missing", FINDING_FAIL,
					summary);
	assert_string_equal(finding->remedy, "Write the numbers of line 7 with 0x: libvirt reads "
					     "them as decimal");
}

static void an_interface_takes_virtual_functions_only(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "igb");
	struct domain_device device = hostdev_of(function);
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	device.kind = DOMAIN_DEVICE_INTERFACE;
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-functions.not-a-vf", FINDING_FAIL,
		"vm uses 0000:01:00.0 as a virtual function, which it is not");
	assert_true(has_evidence(finding, "physfn"));
	function->physfn.fact = unreadable("physfn", 13);
	finding = expect_domain_finding(
		paper, &domain, "domain-functions.unread", FINDING_UNKNOWN,
		"whether 0000:01:00.0, which vm uses, is a virtual function could not be "
		"read");
	assert_true(has_evidence(finding, "physfn"));
	function->physfn.fact = absent("physfn");
	device.kind = DOMAIN_DEVICE_HOSTDEV;
	assert_int_equal(judge_domains(paper, "domain-functions", &domain, 1)->count, 0);
}

/* What to do about it hangs on what the PF is bound to. */
static void an_infiniband_function_takes_no_mac_address(void **state)
{
	struct paper *paper = *state;
	struct pci_function *pf = add_device(paper, "0000:01:00.0", 1, "mlx5_core");
	struct pci_function *vf = add_vf(paper, pf);
	struct domain_device device = hostdev_of(vf);
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	set_class(vf, 0x020700);
	device.kind = DOMAIN_DEVICE_INTERFACE;
	expect_domain_finding(paper, &domain, "domain-functions.infiniband", FINDING_FAIL,
			      "vm gives the InfiniBand VF 0000:01:10.0 a MAC address");
}

static void a_vf_has_one_vlan_and_no_other_port(void **state)
{
	static const struct {
		struct domain_port interface, network;
		const char *excess; /* NULL: none */
	} rows[] = {
		{{.vlan_tags = 1}, {0}, NULL},
		{{.vlan_tags = 2}, {0}, "a VLAN trunk"},
		{{.vlan_tags = 1, .vlan_trunk = true}, {0}, "a VLAN trunk"},
		{{.type = "802.1Qbh"}, {0}, NULL},
		{{.type = "openvswitch"}, {0}, "a virtual port of type openvswitch"},
		{{.type = "802.1Qbh", .vlan_tags = 1},
		 {0},
		 "a VLAN beside a virtual port of type 802.1Qbh"},
		{{0}, {.vlan_tags = 2}, "a VLAN trunk"},
		{{.vlan_tags = 1}, {.vlan_tags = 2}, NULL},
	};
	struct paper *paper = *state;
	static const char *const names[] = {"eth0"};
	struct pci_function *pf = add_device(paper, "0000:01:00.0", 1, "igb");
	struct domain_device device = {.kind = DOMAIN_DEVICE_NETWORK,
				       .element = "interface",
				       .line = 3,
				       .network = "pool"};
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};
	struct domain_network network = {.name = "pool", .hands_out_functions = true, .pf = "eth0"};

	pf->netdevs = (struct fact_list){.fact = known("net"), .names = names, .count = 1};
	pf->sriov.numvfs = (struct fact_number){.fact = known("sriov_numvfs"), .value = 2};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%zu", i);
		device.port = rows[i].interface;
		network.port = rows[i].network;
		const struct findings *findings = judge_domains_and_networks(
			paper, "domain-functions", &domain, 1, &network, 1);
		assert_int_equal(findings->count, rows[i].excess ? 1 : 0);
		if (!rows[i].excess)
			continue;
		const struct finding *finding =
			expect_finding(findings, "domain-functions.vf-port", FINDING_FAIL);
		assert_non_null(strstr(finding->summary, rows[i].excess));
		assert_true(has_evidence(finding, "line 3 of its description"));
	}
}

static void an_interface_needs_that_of_its_physical_function(void **state)
{
	static const struct {
		const char *driver;
		const char *remedy;
		const char *command;
	} cases[] = {
		{NULL, "Bind the physical function to its host driver",
		 "echo 0000:01:00.0 > /sys/bus/pci/drivers_probe"},
		{"vfio-pci",
		 "Give the physical function back to its host driver, and make its "
		 "virtual functions again",
		 "virsh nodedev-reattach pci_0000_01_00_0"},
		{"nvme", "Use <hostdev>: the driver nvme makes no network interface",
		 "passcheck --format xml 0000:01:10.0"},
	};
	struct paper *paper = *state;
	struct pci_function *pf = add_device(paper, "0000:01:00.0", 1, NULL);
	struct domain_device device = hostdev_of(add_vf(paper, pf));
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	device.kind = DOMAIN_DEVICE_INTERFACE;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].driver);
		if (cases[i].driver)
			pf->driver = known_text("driver", cases[i].driver);
		const struct finding *finding = expect_domain_finding(
			paper, &domain, "domain-functions.no-pf-interface", FINDING_FAIL,
			"0000:01:00.0, the physical function of 0000:01:10.0, has no network "
			"interface");
		assert_true(has_evidence(finding, "net"));
		assert_string_equal(finding->remedy, cases[i].remedy);
		assert_string_equal(finding->commands->text, cases[i].command);
	}
	pf->netdevs.fact = unreadable("net", 13);
	expect_domain_finding(
		paper, &domain, "domain-functions.unread", FINDING_UNKNOWN,
		"whether 0000:01:00.0, the physical function of 0000:01:10.0, has a network "
		"interface could not be read");
	pf->netdevs.fact = known("net");
	assert_int_equal(judge_domains(paper, "domain-functions", &domain, 1)->count, 0);
}

static void a_function_is_not_to_be_named_twice(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);
	struct domain_device devices[] = {hostdev_of(function), hostdev_of(function)};
	const struct domain domain = {.name = "vm", .devices = devices, .device_count = 2};

	devices[0].line = 12;
	devices[1].line = 20;
	expect_domain_finding(paper, &domain, "domain-functions.twice", FINDING_FAIL,
			      "vm uses 0000:01:00.0 twice, in lines 12 and 20");
}

static void an_nvme_disk_is_an_nvme_controller(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "igb");
	struct domain_device devices[] = {hostdev_of(function), hostdev_of(function)};
	const struct domain domain = {.name = "vm", .devices = devices, .device_count = 1};
	const struct domain twice = {.name = "vm", .devices = devices, .device_count = 2};

	devices[0].kind = devices[1].kind = DOMAIN_DEVICE_NVME;
	set_class(function, 0x020000);
	expect_domain_finding(paper, &domain, "domain-functions.not-nvme", FINDING_FAIL,
			      "vm uses 0000:01:00.0 as an NVMe disk, which it is not");
	function->class_code.fact = unreadable("class", 13);
	expect_domain_finding(paper, &domain, "domain-functions.unread", FINDING_UNKNOWN,
			      "whether 0000:01:00.0, which vm uses, is an NVMe controller could "
			      "not be read");
	set_class(function, 0x010802);
	assert_int_equal(judge_domains(paper, "domain-functions", &domain, 1)->count, 0);
	assert_int_equal(judge_domains(paper, "domain-functions", &twice, 1)->count, 0);
}

/* libvirt does not look into <qemu:commandline>. */
static void an_argument_of_qemu_takes_what_vfio_has(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "igb");
	struct domain_device device = hostdev_of(function);
	struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	device.kind = DOMAIN_DEVICE_ARGUMENT;
	device.managed = false;
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-functions.unmanaged", FINDING_FAIL,
		"vm uses 0000:01:00.0 unmanaged, which its host driver igb holds");
	assert_string_equal(finding->remedy,
			    "Detach the function before the guest starts: libvirt does not look "
			    "into <qemu:commandline>. Better, write a <hostdev>");
	domain.other_stack = true;
	assert_string_equal(finding_of(judge_domains(paper, "domain-functions", &domain, 1),
				       "domain-functions.unmanaged")
				    ->remedy,
			    "Bind it to vfio-pci before the guest starts");
	set_driver(function, "vfio-pci");
	assert_int_equal(judge_domains(paper, "domain-functions", &domain, 1)->count, 0);
}

/* Of pci-stub libvirt knows nothing since 5.7, and without a driver it binds none. */
static void an_unmanaged_function_must_be_with_vfio(void **state)
{
	static const struct {
		const char *driver;
		const char *summary; /* NULL: nothing is wrong */
	} cases[] = {
		{"nvme", "vm uses 0000:01:00.0 unmanaged, which its host driver nvme holds"},
		{"pci-stub",
		 "vm uses 0000:01:00.0 unmanaged, which its host driver pci-stub holds"},
		{NULL, "vm uses 0000:01:00.0 unmanaged, which no driver holds, not even vfio-pci"},
		{"vfio-pci", NULL},
		{"mlx5_vfio_pci", NULL},
	};
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);
	struct domain_device device = hostdev_of(function);
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	device.managed = false;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].driver);
		function->driver = cases[i].driver ? known_text("driver", cases[i].driver)
						   : (struct fact_text){.fact = absent("driver")};
		if (!cases[i].summary) {
			assert_int_equal(
				judge_domains(paper, "domain-functions", &domain, 1)->count, 0);
			continue;
		}
		const struct finding *finding =
			expect_domain_finding(paper, &domain, "domain-functions.unmanaged",
					      FINDING_FAIL, cases[i].summary);
		assert_true(has_evidence(finding, "driver"));
		assert_string_equal(finding->commands->text,
				    "virsh nodedev-detach pci_0000_01_00_0");
	}
	function->driver.fact = unreadable("driver", 13);
	expect_domain_finding(
		paper, &domain, "domain-functions.unread", FINDING_UNKNOWN,
		"the driver of 0000:01:00.0, which vm uses unmanaged, could not be read");
}

static void what_the_host_lives_on_is_named(void **state)
{
	struct paper *paper = *state;
	struct domain_device device = hostdev_of(add_device(paper, "0000:01:00.0", 1, "nvme"));
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	say_verdict(paper, &paper->host.pci.functions[0], ASSIGNABLE_BLOCKED, BLOCKER_HOST_USE,
		    "the host needs it for the file system / (nvme0n1p2)");
	expect_domain_finding(
		paper, &domain, "domain-functions.vital", FINDING_FAIL,
		"vm uses 0000:01:00.0: the host needs it for the file system / (nvme0n1p2)");
}

static void a_domain_may_not_take_all_links_of_the_host(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *ports[] = {add_device(paper, "0000:01:00.0", 1, "igb"),
					      add_device(paper, "0000:02:00.0", 2, "igb")};
	struct domain_device devices[] = {hostdev_of(ports[0]), hostdev_of(ports[1])};
	struct domain domain = {.name = "vm", .devices = devices, .device_count = 1};
	struct usage_entry links[] = {
		{USAGE_LINK_UP, "eth0", "eth0", ports[0]->path, "operstate", NULL},
		{USAGE_LINK_UP, "eth1", "eth1", ports[1]->path, "operstate", NULL},
	};

	paper->host.usage.entries = links;
	paper->host.usage.count = 2;
	host_uses_build(&paper->host, paper->arena, &paper->model.host_uses);
	assert_int_equal(judge_domains(paper, "domain-functions", &domain, 1)->count, 0);
	domain.device_count = 2;
	expect_domain_finding(paper, &domain, "domain-functions.last-links", FINDING_FAIL,
			      "vm: the host would lose all its network links that are up: eth0 "
			      "(0000:01:00.0), eth1 (0000:02:00.0)");
}

/* They may be meant for different times. */
static void domains_that_take_all_links_together_are_warned_of(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *ports[] = {add_device(paper, "0000:01:00.0", 1, "igb"),
					      add_device(paper, "0000:02:00.0", 2, "igb"),
					      add_device(paper, "0000:03:00.0", 3, "amdgpu")};
	struct domain_device devices[] = {hostdev_of(ports[0]), hostdev_of(ports[1]),
					  hostdev_of(ports[2])};
	const struct domain domains[] = {
		{.name = "a", .devices = &devices[0], .device_count = 1},
		{.name = "b", .devices = &devices[1], .device_count = 1},
		{.name = "c", .devices = &devices[2], .device_count = 1},
	};
	struct usage_entry links[] = {
		{USAGE_LINK_UP, "eth0", "eth0", ports[0]->path, "operstate", NULL},
		{USAGE_LINK_UP, "eth1", "eth1", ports[1]->path, "operstate", NULL},
	};

	paper->host.usage.entries = links;
	paper->host.usage.count = 2;
	host_uses_build(&paper->host, paper->arena, &paper->model.host_uses);
	const struct finding *finding =
		expect_finding(judge_domains(paper, "domain-functions", domains, 3),
			       "domain-functions.links-shared", FINDING_WARN);
	assert_string_equal(finding->summary,
			    "while a, b run at the same time, the host would lose all its network "
			    "links that are up: eth0 (0000:01:00.0), eth1 (0000:02:00.0)");
	assert_int_equal(judge_domains(paper, "domain-functions", &domains[1], 2)->count, 0);
}

static void a_network_needs_the_interface_that_it_names(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "igb");
	const struct domain_network network = {
		.name = "pool", .hands_out_functions = true, .pf = "eth9"};

	expect_network(paper, &network, "domain-functions.network-no-pf", FINDING_FAIL,
		       "network pool hands out VFs of eth9, which the host does not have");
	function->netdevs.fact = unreadable("net", 13);
	const struct finding *finding = expect_network(
		paper, &network, "domain-functions.unread", FINDING_UNKNOWN,
		"whether the host has eth9, of which network pool hands out VFs, could not be "
		"read");
	assert_true(has_evidence(finding, "net"));
}

static void a_network_needs_vfs_to_hand_out(void **state)
{
	static const char *const names[] = {"eth0"};
	struct paper *paper = *state;
	struct pci_function *pf = add_device(paper, "0000:01:00.0", 1, "igb");
	const struct domain_network network = {
		.name = "pool", .hands_out_functions = true, .pf = "eth0"};
	struct fact_number *numvfs = &pf->sriov.numvfs;

	pf->netdevs = (struct fact_list){.fact = known("net"), .names = names, .count = 1};
	expect_network(paper, &network, "domain-functions.network-no-vfs", FINDING_FAIL,
		       "network pool hands out VFs of eth0, which cannot have any");
	numvfs->fact = unreadable("sriov_numvfs", 13);
	expect_network(paper, &network, "domain-functions.unread", FINDING_UNKNOWN,
		       "how many VFs of eth0 network pool has to hand out could not be read");
	numvfs->fact = known("sriov_numvfs");
	const struct finding *finding =
		expect_network(paper, &network, "domain-functions.network-no-vfs", FINDING_FAIL,
			       "network pool has 0 VFs of eth0 to hand out, and a domain takes 0");
	assert_string_equal(finding->commands->text, "passcheck plan --vfs COUNT 0000:01:00.0");
}

/* Domains that take from a network need not run at the same time. */
static void the_greediest_domain_says_how_many_vfs_a_network_needs(void **state)
{
	static const char *const names[] = {"eth0"};
	struct paper *paper = *state;
	struct pci_function *pf = add_device(paper, "0000:01:00.0", 1, "igb");
	const struct domain_network network = {
		.name = "pool", .hands_out_functions = true, .pf = "eth0"};
	struct domain_device taker = {.kind = DOMAIN_DEVICE_NETWORK, .network = "pool"};
	struct domain_device takers[] = {taker, taker, taker};
	const struct domain domains[] = {
		{.name = "a", .devices = takers, .device_count = 3},
		{.name = "b", .devices = takers, .device_count = 2},
	};

	pf->netdevs = (struct fact_list){.fact = known("net"), .names = names, .count = 1};
	pf->sriov.numvfs = (struct fact_number){.fact = known("sriov_numvfs"), .value = 2};
	const struct findings *findings =
		judge_domains_and_networks(paper, "domain-functions", domains, 2, &network, 1);
	assert_string_equal(
		expect_finding(findings, "domain-functions.network-no-vfs", FINDING_FAIL)->summary,
		"network pool has 2 VFs of eth0 to hand out, and a domain takes 3");
	pf->sriov.numvfs.value = 3;
	assert_int_equal(
		judge_domains_and_networks(paper, "domain-functions", domains, 2, &network, 1)
			->count,
		0);
}

static void a_network_lists_virtual_functions_that_are_there(void **state)
{
	struct paper *paper = *state;
	struct pci_function *pf = add_device(paper, "0000:01:00.0", 1, "igb");
	struct pci_function *vf = add_vf(paper, pf);
	struct pci_address listed = vf->address;
	const struct domain_network network = {.name = "pool",
					       .hands_out_functions = true,
					       .functions = &listed,
					       .function_count = 1};

	assert_int_equal(
		judge_domains_and_networks(paper, "domain-functions", NULL, 0, &network, 1)->count,
		0);
	vf->physfn.fact = unreadable("physfn", 13);
	expect_network(paper, &network, "domain-functions.unread", FINDING_UNKNOWN,
		       "whether 0000:01:10.0, which network pool lists, is a virtual function "
		       "could not be read");
	listed = pf->address;
	expect_network(paper, &network, "domain-functions.network-not-a-vf", FINDING_FAIL,
		       "network pool lists 0000:01:00.0, which is no virtual function");
	listed.bus = 9;
	expect_network(paper, &network, "domain-functions.network-not-a-vf", FINDING_FAIL,
		       "network pool lists 0000:09:00.0, which the host does not have");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(functions_that_were_not_listed_are_not_missing),
		TEST(a_function_that_is_not_there_is_missing),
		TEST(an_interface_takes_virtual_functions_only),
		TEST(an_infiniband_function_takes_no_mac_address),
		TEST(a_vf_has_one_vlan_and_no_other_port),
		TEST(an_interface_needs_that_of_its_physical_function),
		TEST(a_function_is_not_to_be_named_twice),
		TEST(an_nvme_disk_is_an_nvme_controller),
		TEST(an_argument_of_qemu_takes_what_vfio_has),
		TEST(an_unmanaged_function_must_be_with_vfio),
		TEST(what_the_host_lives_on_is_named),
		TEST(a_domain_may_not_take_all_links_of_the_host),
		TEST(domains_that_take_all_links_together_are_warned_of),
		TEST(a_network_needs_the_interface_that_it_names),
		TEST(a_network_needs_vfs_to_hand_out),
		TEST(the_greediest_domain_says_how_many_vfs_a_network_needs),
		TEST(a_network_lists_virtual_functions_that_are_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
