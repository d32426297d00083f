/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "checks/support/check.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)

static struct domain_device use_of(const struct pci_function *function)
{
	return (struct domain_device){
		.kind = DOMAIN_DEVICE_HOSTDEV,
		.element = "hostdev",
		.managed = true,
		.has_source = true,
		.source = function->address,
	};
}

/* Runs a check over domains and networks. */
static const struct findings *run_all(struct paper *paper, const char *id,
				      const struct domain *domains, size_t count,
				      const struct domain_network *networks, size_t network_count)
{
	struct findings *findings = arena_alloc(paper->arena, sizeof(*findings));
	const struct check *check = check_find(id);
	struct domain_map map;

	assert_non_null(findings);
	assert_non_null(check);
	assert_true(check->judges_domains);
	domain_map_build(&paper->model, domains, count, networks, network_count, paper->arena,
			 &map);
	findings_init(findings, paper->arena);
	findings->check = id;
	check->run(&(const struct check_context){
		.host = map.host, .model = &paper->model, .domains = &map, .findings = findings});
	return findings;
}

static const struct findings *run(struct paper *paper, const char *id, const struct domain *domains,
				  size_t count)
{
	return run_all(paper, id, domains, count, NULL, 0);
}

/* Fails the test unless the domain alone gives this finding, and no other of its check. */
static const struct finding *expect(struct paper *paper, const struct domain *domain,
				    const char *id, enum finding_verdict verdict,
				    const char *summary)
{
	char check[64];

	snprintf(check, sizeof(check), "%.*s", (int)strcspn(id, "."), id);
	const struct findings *findings = run(paper, check, domain, 1);
	const struct finding *finding = expect_finding(findings, id, verdict);
	assert_int_equal(findings->count, 1);
	assert_string_equal(finding->summary, summary);
	assert_string_equal(finding->subject.id, domain->name);
	assert_non_null(finding->remedy);
	return finding;
}

/* As expect(), for a network that no domain takes from. */
static const struct finding *expect_network(struct paper *paper,
					    const struct domain_network *network, const char *id,
					    enum finding_verdict verdict, const char *summary)
{
	const struct findings *findings = run_all(paper, "domain-functions", NULL, 0, network, 1);
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
	struct pci_function *vf = paper_function(paper, "0000:01:10.0", 2, NULL);

	vf->physfn = known_text("physfn", pf->name);
	vf->pf = pf;
	return vf;
}

static void a_function_is_found_by_its_address(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = paper_function(paper, "0000:01:00.0", 1, "nvme");
	struct domain_device devices[] = {use_of(function), use_of(function)};
	const struct domain domain = {.name = "vm", .devices = devices, .device_count = 2};
	struct domain_map map;

	devices[1].source.bus = 9;
	domain_map_build(&paper->model, &domain, 1, NULL, 0, paper->arena, &map);
	assert_int_equal(map.use_count, 2);
	assert_ptr_equal(map.uses[0].function, function);
	assert_null(map.uses[1].function);
	assert_string_equal(map.uses[1].address, "0000:09:00.0");
}

static void functions_that_were_not_listed_are_not_missing(void **state)
{
	struct paper *paper = *state;
	const struct pci_function nowhere = {.address = {.bus = 3}};
	struct domain_device device = use_of(&nowhere);
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	paper->host.pci.fact = unreadable("/sys/bus/pci/devices", 13);
	const struct findings *findings = run(paper, "domain-functions", &domain, 1);
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
	struct domain_device device = use_of(&nowhere);
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};
	const char *summary = "vm uses 0000:10:00.0, which the host does not have";

	device.line = 7;
	const struct finding *finding =
		expect(paper, &domain, "domain-functions.missing", FINDING_FAIL, summary);
	assert_string_equal(finding->remedy, "Name a function that is there");
	device.source_is_decimal = true;
	finding = expect(paper, &domain, "domain-functions.missing", FINDING_FAIL, summary);
	assert_string_equal(finding->remedy, "Write the numbers of line 7 with 0x: libvirt reads "
					     "them as decimal");
}

static void an_interface_takes_virtual_functions_only(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = paper_function(paper, "0000:01:00.0", 1, "igb");
	struct domain_device device = use_of(function);
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	device.kind = DOMAIN_DEVICE_INTERFACE;
	const struct finding *finding =
		expect(paper, &domain, "domain-functions.not-a-vf", FINDING_FAIL,
		       "vm uses 0000:01:00.0 as a virtual function, which it is not");
	assert_true(has_evidence(finding, "physfn"));
	function->physfn.fact = unreadable("physfn", 13);
	finding = expect(paper, &domain, "domain-functions.unread", FINDING_UNKNOWN,
			 "whether 0000:01:00.0, which vm uses, is a virtual function could not be "
			 "read");
	assert_true(has_evidence(finding, "physfn"));
	function->physfn.fact = absent("physfn");
	device.kind = DOMAIN_DEVICE_HOSTDEV;
	assert_int_equal(run(paper, "domain-functions", &domain, 1)->count, 0);
}

/* What to do about it hangs on what the PF is bound to. */
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
	struct pci_function *pf = paper_function(paper, "0000:01:00.0", 1, NULL);
	struct domain_device device = use_of(add_vf(paper, pf));
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	device.kind = DOMAIN_DEVICE_INTERFACE;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (cases[i].driver)
			pf->driver = known_text("driver", cases[i].driver);
		const struct finding *finding = expect(
			paper, &domain, "domain-functions.no-pf-interface", FINDING_FAIL,
			"0000:01:00.0, the physical function of 0000:01:10.0, has no network "
			"interface");
		assert_true(has_evidence(finding, "net"));
		assert_string_equal(finding->remedy, cases[i].remedy);
		assert_string_equal(finding->commands->text, cases[i].command);
	}
	pf->netdevs.fact = unreadable("net", 13);
	expect(paper, &domain, "domain-functions.unread", FINDING_UNKNOWN,
	       "whether 0000:01:00.0, the physical function of 0000:01:10.0, has a network "
	       "interface could not be read");
	pf->netdevs.fact = known("net");
	assert_int_equal(run(paper, "domain-functions", &domain, 1)->count, 0);
}

static void a_function_is_not_to_be_named_twice(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = paper_function(paper, "0000:01:00.0", 1, NULL);
	struct domain_device devices[] = {use_of(function), use_of(function)};
	const struct domain domain = {.name = "vm", .devices = devices, .device_count = 2};

	devices[0].line = 12;
	devices[1].line = 20;
	expect(paper, &domain, "domain-functions.twice", FINDING_FAIL,
	       "vm uses 0000:01:00.0 twice, in lines 12 and 20");
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
	struct pci_function *function = paper_function(paper, "0000:01:00.0", 1, NULL);
	struct domain_device device = use_of(function);
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	device.managed = false;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		function->driver = cases[i].driver ? known_text("driver", cases[i].driver)
						   : (struct fact_text){.fact = absent("driver")};
		if (!cases[i].summary) {
			assert_int_equal(run(paper, "domain-functions", &domain, 1)->count, 0);
			continue;
		}
		const struct finding *finding = expect(paper, &domain, "domain-functions.unmanaged",
						       FINDING_FAIL, cases[i].summary);
		assert_true(has_evidence(finding, "driver"));
		assert_string_equal(finding->commands->text,
				    "virsh nodedev-detach pci_0000_01_00_0");
	}
	function->driver.fact = unreadable("driver", 13);
	expect(paper, &domain, "domain-functions.unread", FINDING_UNKNOWN,
	       "the driver of 0000:01:00.0, which vm uses unmanaged, could not be read");
}

static void what_the_host_lives_on_is_named(void **state)
{
	static const struct usage_entry root = {
		.kind = USAGE_MOUNT, .what = "/", .through = "nvme0n1p2"};
	static const struct host_use use = {.entry = &root};
	struct paper *paper = *state;
	struct domain_device device = use_of(paper_function(paper, "0000:01:00.0", 1, "nvme"));
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	paper->uses[0] = &use;
	expect(paper, &domain, "domain-functions.vital", FINDING_WARN,
	       "vm uses 0000:01:00.0, on which the host lives: the file system / (nvme0n1p2)");
}

static void a_network_needs_the_interface_that_it_names(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = paper_function(paper, "0000:01:00.0", 1, "igb");
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
	struct pci_function *pf = paper_function(paper, "0000:01:00.0", 1, "igb");
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
	struct pci_function *pf = paper_function(paper, "0000:01:00.0", 1, "igb");
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
		run_all(paper, "domain-functions", domains, 2, &network, 1);
	assert_string_equal(
		expect_finding(findings, "domain-functions.network-no-vfs", FINDING_FAIL)->summary,
		"network pool has 2 VFs of eth0 to hand out, and a domain takes 3");
	pf->sriov.numvfs.value = 3;
	assert_int_equal(run_all(paper, "domain-functions", domains, 2, &network, 1)->count, 0);
}

static void a_network_lists_virtual_functions_that_are_there(void **state)
{
	struct paper *paper = *state;
	struct pci_function *pf = paper_function(paper, "0000:01:00.0", 1, "igb");
	struct pci_function *vf = add_vf(paper, pf);
	struct pci_address listed = vf->address;
	const struct domain_network network = {.name = "pool",
					       .hands_out_functions = true,
					       .functions = &listed,
					       .function_count = 1};

	assert_int_equal(run_all(paper, "domain-functions", NULL, 0, &network, 1)->count, 0);
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

static void a_blocked_function_is_named_with_what_blocks_it(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = paper_function(paper, "0000:01:00.0", 1, NULL);
	struct domain_device device = use_of(function);
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	paper_verdict(paper, function, ASSIGNABLE_BLOCKED, BLOCKER_RESERVED_MEMORY,
		      "firmware keeps memory for it");
	const struct finding *finding =
		expect(paper, &domain, "domain-assignability.blocked", FINDING_FAIL,
		       "vm uses 0000:01:00.0, which cannot be given away: firmware keeps memory "
		       "for it");
	assert_true(has_evidence(finding, "iommu_group"));
	assert_string_equal(finding->commands->text, "passcheck 0000:01:00.0");
	paper->judgements[0] = (struct assignable){.verdict = ASSIGNABLE_NOT_A_CANDIDATE};
	expect(paper, &domain, "domain-assignability.blocked", FINDING_FAIL,
	       "vm uses 0000:01:00.0, which cannot be given away: it is a bridge");
}

static void a_function_of_which_too_little_is_known_is_not_promised(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = paper_function(paper, "0000:01:00.0", 1, NULL);
	struct domain_device device = use_of(function);
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	function->group.fact = unreadable("iommu_group", 13);
	paper_verdict(paper, function, ASSIGNABLE_UNDETERMINED, BLOCKER_UNKNOWN,
		      "its group could not be read");
	const struct finding *finding =
		expect(paper, &domain, "domain-assignability.undetermined", FINDING_UNKNOWN,
		       "vm uses 0000:01:00.0, which may be impossible to give away: its group "
		       "could not be read");
	assert_true(has_evidence(finding, "iommu_group"));
	assert_string_equal(finding->remedy, "Run passcheck as root");
}

static void three_domains_of_a_group_are_named_by_twos(void **state)
{
	struct paper *paper = *state;
	struct domain_device devices[] = {
		use_of(paper_function(paper, "0000:01:00.0", 1, NULL)),
		use_of(paper_function(paper, "0000:01:00.1", 1, NULL)),
		use_of(paper_function(paper, "0000:01:00.2", 1, NULL)),
	};
	const struct domain domains[] = {
		{.name = "a", .devices = &devices[0], .device_count = 1},
		{.name = "b", .devices = &devices[1], .device_count = 1},
		{.name = "c", .devices = &devices[2], .device_count = 1},
	};
	const struct findings *findings = run(paper, "domain-groups", domains, 3);

	assert_int_equal(findings->count, 2);
	assert_string_equal(
		expect_finding(findings, "domain-groups.shared-group", FINDING_WARN)->summary,
		"a and b use 0000:01:00.0 and 0000:01:00.1, which are of one IOMMU group");
	assert_true(has_evidence(findings->first, "group 1"));
	assert_string_equal(findings->first->subject.id, "b");
	assert_string_equal(findings->first->next->subject.id, "c");
}

static void a_shared_function_says_more_than_a_shared_group(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *first = paper_function(paper, "0000:01:00.0", 1, NULL);
	const struct pci_function *second = paper_function(paper, "0000:01:00.1", 1, NULL);
	struct domain_device both[] = {use_of(first), use_of(second)};
	const struct domain domains[] = {
		{.name = "a", .devices = both, .device_count = 2},
		{.name = "b", .devices = &both[1], .device_count = 1},
	};
	const struct findings *findings = run(paper, "domain-groups", domains, 2);

	assert_int_equal(findings->count, 1);
	assert_string_equal(
		expect_finding(findings, "domain-groups.shared-function", FINDING_WARN)->summary,
		"a and b both use 0000:01:00.1");
}

static void a_companion_is_missed_once_however_many_are_used(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *first = paper_function(paper, "0000:01:00.0", 1, "a");
	const struct pci_function *second = paper_function(paper, "0000:01:00.1", 1, "b");
	const struct pci_function *third = paper_function(paper, "0000:02:00.0", 1, "c");
	struct domain_device devices[] = {use_of(first), use_of(second)};
	const struct domain domain = {.name = "vm", .devices = devices, .device_count = 2};

	paper_companions(paper, first, second);
	paper_companions(paper, first, third);
	paper_companions(paper, second, first);
	paper_companions(paper, second, third);
	const struct finding *finding =
		expect(paper, &domain, "domain-groups.incomplete", FINDING_FAIL,
		       "vm uses 0000:01:00.0, but 0000:02:00.0 in its group stays with the host "
		       "driver c");
	assert_true(has_evidence(finding, "c"));
	assert_non_null(strstr(finding->remedy, "type='unassigned'"));
}

static void functions_in_no_group_share_none(void **state)
{
	struct paper *paper = *state;
	struct pci_function *functions[] = {paper_function(paper, "0000:01:00.0", 0, NULL),
					    paper_function(paper, "0000:02:00.0", 0, NULL)};
	struct domain_device devices[] = {use_of(functions[0]), use_of(functions[1])};
	const struct domain domains[] = {
		{.name = "a", .devices = &devices[0], .device_count = 1},
		{.name = "b", .devices = &devices[1], .device_count = 1},
	};

	for (size_t i = 0; i < 2; i++)
		functions[i]->group.fact = absent("iommu_group");
	assert_int_equal(run(paper, "domain-groups", domains, 2)->count, 0);
}

static void a_node_that_firmware_does_not_give_is_no_other_node(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = paper_function(paper, "0000:01:00.0", 1, NULL);
	struct domain_device device = use_of(function);
	struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	number_set_add(&domain.memory_nodes, 1);
	function->numa_node = (struct fact_number){.fact = known("numa_node"), .value = -1};
	assert_int_equal(run(paper, "domain-numa", &domain, 1)->count, 0);
	function->numa_node.value = 0;
	const struct finding *finding =
		expect(paper, &domain, "domain-numa.remote", FINDING_WARN,
		       "vm is bound to other NUMA nodes than node 0, on which 0000:01:00.0 is");
	assert_true(has_evidence(finding, "0"));
	function->numa_node.value = 1;
	assert_int_equal(run(paper, "domain-numa", &domain, 1)->count, 0);
}

static void nodes_that_were_not_read_are_not_known(void **state)
{
	struct paper *paper = *state;
	struct domain_device device = use_of(paper_function(paper, "0000:01:00.0", 1, NULL));
	struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	number_set_add(&domain.cpus, 1);
	paper->host.memory.nodes_fact = unreadable("/sys/devices/system/node", 13);
	const struct finding *finding =
		expect(paper, &domain, "domain-numa.unread", FINDING_UNKNOWN,
		       "the NUMA node of the processors of vm could not be read");
	assert_true(has_evidence(finding, "/sys/devices/system/node"));
	paper->host.memory.nodes_fact = absent("/sys/devices/system/node");
	assert_int_equal(run(paper, "domain-numa", &domain, 1)->count, 0);
}

static void a_functions_node_that_was_not_read_is_not_the_right_one(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = paper_function(paper, "0000:01:00.0", 1, NULL);
	struct domain_device device = use_of(function);
	struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	function->numa_node.fact = unreadable("numa_node", 13);
	assert_int_equal(run(paper, "domain-numa", &domain, 1)->count, 0);
	number_set_add(&domain.memory_nodes, 1);
	expect(paper, &domain, "domain-numa.unread", FINDING_UNKNOWN,
	       "the NUMA node of 0000:01:00.0, which vm uses, could not be read");
}

/* A domain of that much memory with one device, on a host of 8 GiB with 512 pages of 2 MiB. */
static struct domain in_memory(struct paper *paper, uint64_t memory)
{
	struct domain_device *device = arena_alloc(paper->arena, sizeof(*device));
	struct hugepage_pool *pool = arena_alloc(paper->arena, sizeof(*pool));

	assert_non_null(device);
	assert_non_null(pool);
	*device = use_of(paper_function(paper, "0000:01:00.0", 1, NULL));
	*pool = (struct hugepage_pool){.page_size = 2 * MIB,
				       .pages = {.fact = known("nr_hugepages"), .value = 512}};
	paper->host.memory = (struct memory){
		.total = {.fact = known("/proc/meminfo"), .value = 8 * GIB},
		.hugepage_size = {.fact = known("/proc/meminfo"), .value = 2 * MIB},
		.hugepages_fact = known("/sys/kernel/mm/hugepages"),
		.hugepages = pool,
		.hugepage_count = 1,
	};
	return (struct domain){.name = "vm",
			       .machine = "pc-q35-7.2",
			       .memory = memory,
			       .devices = device,
			       .device_count = 1};
}

static void a_guest_cannot_pin_more_than_the_host_has(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, 8 * GIB);

	assert_int_equal(run(paper, "domain-memory", &domain, 1)->count, 0);
	domain.memory++;
	const struct finding *finding =
		expect(paper, &domain, "domain-memory.beyond-host", FINDING_FAIL,
		       "vm has 8192 MiB of memory, all of it pinned, and the host has 8192 MiB");
	assert_true(has_evidence(finding, "8589934592 bytes"));
	paper->host.memory.total.fact = unreadable("/proc/meminfo", 13);
	finding = expect(paper, &domain, "domain-memory.unread", FINDING_UNKNOWN,
			 "whether the host has the memory of vm could not be read");
	assert_true(has_evidence(finding, "/proc/meminfo"));
}

static void huge_pages_must_be_there_for_all_of_the_guest(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, GIB);

	domain.hugepages = true;
	assert_int_equal(run(paper, "domain-memory", &domain, 1)->count, 0);
	domain.memory++;
	const struct finding *finding =
		expect(paper, &domain, "domain-memory.hugepages", FINDING_FAIL,
		       "vm needs 513 huge pages of 2048 KiB, and the host has 512");
	assert_true(has_evidence(finding, "512"));
	assert_string_equal(finding->commands->text,
			    "echo 513 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages");
	paper->host.memory.hugepages[0].pages.fact = unreadable("nr_hugepages", 13);
	finding = expect(paper, &domain, "domain-memory.unread", FINDING_UNKNOWN,
			 "whether the host has the memory of vm could not be read");
	assert_true(has_evidence(finding, "nr_hugepages"));
}

/* A pool that the kernel does not have cannot be filled by a command. */
static void a_size_of_huge_pages_may_not_be_there_at_all(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, 4 * GIB);

	domain.hugepages = true;
	domain.page_size = GIB;
	const struct finding *finding =
		expect(paper, &domain, "domain-memory.hugepages", FINDING_FAIL,
		       "vm needs 4 huge pages of 1048576 KiB, and the host has 0");
	assert_true(has_evidence(finding, "/sys/kernel/mm/hugepages"));
	assert_string_equal(finding->remedy, "Choose a size of huge pages that the host has");
	assert_null(finding->commands);
}

/* Says that one unit translates the first function. */
static void translate(struct paper *paper, enum iommu_kind kind, struct iommu_unit *running)
{
	struct dma_unit *unit = arena_alloc(paper->arena, sizeof(*unit));
	struct dma_match *match = arena_alloc(paper->arena, sizeof(*match));

	assert_non_null(unit);
	assert_non_null(match);
	*unit = (struct dma_unit){.kind = kind, .running = running};
	*match = (struct dma_match){.coverage = DMA_COVERED, .unit = unit};
	paper->model.dma_units = (struct dma_units){.host = &paper->host, .matches = match};
}

/* QEMU's q35 puts all but 2 GiB of a great guest's memory above 4 GiB. */
static void all_of_the_guests_memory_must_be_within_the_iommus_reach(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, 510 * GIB);
	struct iommu_unit vtd = {
		.capability = {.fact = known("cap"), .value = 0xd2008c22260206}}; /* 39 bits */

	paper->host.memory.total.value = 1024 * GIB;
	translate(paper, IOMMU_VTD, &vtd);
	assert_int_equal(run(paper, "domain-memory", &domain, 1)->count, 0);
	domain.memory = 511 * GIB;
	const struct finding *finding = expect(
		paper, &domain, "domain-memory.beyond-iommu", FINDING_FAIL,
		"the memory of vm ends at 0x8040000000, and the IOMMU of 0000:01:00.0 translates "
		"39 bits");
	assert_true(has_evidence(finding, "0xd2008c22260206"));
	assert_string_equal(finding->remedy, "Give the guest at most 522240 MiB of memory");
}

static void amd_vi_tells_its_reach_in_the_extended_features(void **state)
{
	struct paper *paper = *state;
	struct domain domain = in_memory(paper, 256 * 1024 * GIB);
	struct iommu_unit amd = {.capability = {.fact = known("cap"), .value = 0x190b640f},
				 .features = known_text("features", "246577efa22542fa:0\n")};

	paper->host.memory.total.value = INT64_MAX;
	translate(paper, IOMMU_AMD_VI, &amd);
	const struct finding *finding =
		expect(paper, &domain, "domain-memory.beyond-iommu", FINDING_FAIL,
		       "the memory of vm ends at 0x1000080000000, and the IOMMU of 0000:01:00.0 "
		       "translates 48 bits");
	assert_true(has_evidence(finding, "0x246577efa22542fa"));
}

struct place_case {
	const char *id; /* NULL: nothing is wrong */
	struct pci_address place;
	struct domain_device other; /* in line 3 */
	const char *what;           /* the end of the summary */
	const char *remedy;
};

#define PORT(number)                                                                               \
	{                                                                                          \
		.kind = DOMAIN_DEVICE_CONTROLLER, .model = "pcie-root-port", .has_index = true,    \
		.index = (number)                                                                  \
	}
#define DISK_AT(...)                                                                               \
	{                                                                                          \
		.element = "disk", .line = 3, .place = DOMAIN_PLACE_PCI, .guest = { __VA_ARGS__ }  \
	}

/* libvirt, src/conf/domain_addr.c; QEMU, pci_init_multifunction(). */
static const struct place_case place_cases[] = {
	{.place = {.bus = 5}, .other = PORT(5)},
	{"domain-guest-address.no-such-slot",
	 {.bus = 5, .device = 1},
	 PORT(5),
	 "0000:05:01.0, a slot that the bus of a pcie-root-port does not have",
	 "Choose slot 0"},
	{"domain-guest-address.no-such-slot",
	 {.bus = 6},
	 {.kind = DOMAIN_DEVICE_CONTROLLER, .model = "pci-bridge", .has_index = true, .index = 6},
	 "0000:06:00.0, a slot that the bus of a pci-bridge does not have",
	 "Choose a slot from 1 to 31"},
	{"domain-guest-address.no-endpoints",
	 {.bus = 7},
	 {.kind = DOMAIN_DEVICE_CONTROLLER,
	  .model = "pcie-expander-bus",
	  .has_index = true,
	  .index = 7},
	 "0000:07:00.0, on the bus of a pcie-expander-bus, which takes ports only",
	 "Put a port there, and the device behind it"},
	{"domain-guest-address.taken",
	 {.bus = 5},
	 DISK_AT(.bus = 5),
	 "0000:05:00.0, where the disk of line 3 stands",
	 "Choose a free address, or leave the choice to libvirt"},
	{"domain-guest-address.no-function-0",
	 {.bus = 5, .function = 1},
	 DISK_AT(.bus = 6),
	 "0000:05:00.1, whose slot has no function 0",
	 "Put a device of the slot at function 0"},
	{.place = {.bus = 5, .function = 1}, .other = DISK_AT(.bus = 5)},
};

static void a_place_in_the_guest_must_be_one_that_libvirt_and_qemu_take(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = paper_function(paper, "0000:01:00.0", 1, NULL);

	for (size_t i = 0; i < sizeof(place_cases) / sizeof(place_cases[0]); i++) {
		const struct place_case *row = &place_cases[i];
		struct domain_device devices[] = {row->other, use_of(function)};
		const struct domain domain = {.name = "vm", .devices = devices, .device_count = 2};
		char summary[256];
		devices[1].place = DOMAIN_PLACE_PCI;
		devices[1].guest = row->place;
		devices[1].line = 9;
		if (!row->id) {
			assert_int_equal(run(paper, "domain-guest-address", &domain, 1)->count, 0);
			continue;
		}
		snprintf(summary, sizeof(summary), "vm puts 0000:01:00.0 at guest address %s",
			 row->what);
		const struct finding *finding =
			expect(paper, &domain, row->id, FINDING_FAIL, summary);
		assert_true(has_evidence(finding, "line 9 of the XML"));
		assert_string_equal(finding->remedy, row->remedy);
	}
}

static void function_0_may_deny_the_others(void **state)
{
	struct paper *paper = *state;
	struct domain_device devices[] = {DISK_AT(.bus = 5),
					  use_of(paper_function(paper, "0000:01:00.0", 1, NULL))};
	const struct domain domain = {.name = "vm", .devices = devices, .device_count = 2};

	devices[0].multifunction = DOMAIN_OFF;
	devices[1].place = DOMAIN_PLACE_PCI;
	devices[1].guest = (struct pci_address){.bus = 5, .function = 1};
	expect(paper, &domain, "domain-guest-address.not-multifunction", FINDING_FAIL,
	       "vm puts 0000:01:00.0 at guest address 0000:05:00.1, and the disk of line 3 at "
	       "function 0 has multifunction='off'");
	devices[0].multifunction = DOMAIN_ON;
	assert_int_equal(run(paper, "domain-guest-address", &domain, 1)->count, 0);
}

static void a_domain_without_host_devices_pins_nothing(void **state)
{
	struct paper *paper = *state;
	const struct domain domain = {.name = "vm", .memory = UINT64_MAX, .hugepages = true};

	assert_int_equal(run(paper, "domain-memory", &domain, 1)->count, 0);
}

static void checks_of_domains_are_no_checks_of_hosts(void **state)
{
	(void)state;
	for (size_t i = 0; i < check_registry_count; i++) {
		const struct check *check = check_registry[i];
		assert_non_null(check->run);
		assert_int_equal(check->judges_domains, strncmp(check->id, "domain-", 7) == 0);
	}
}

#define PAPER_TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPER_TEST(a_function_is_found_by_its_address),
		PAPER_TEST(functions_that_were_not_listed_are_not_missing),
		PAPER_TEST(a_function_that_is_not_there_is_missing),
		PAPER_TEST(an_interface_takes_virtual_functions_only),
		PAPER_TEST(an_interface_needs_that_of_its_physical_function),
		PAPER_TEST(a_function_is_not_to_be_named_twice),
		PAPER_TEST(an_unmanaged_function_must_be_with_vfio),
		PAPER_TEST(what_the_host_lives_on_is_named),
		PAPER_TEST(a_network_needs_the_interface_that_it_names),
		PAPER_TEST(a_network_needs_vfs_to_hand_out),
		PAPER_TEST(the_greediest_domain_says_how_many_vfs_a_network_needs),
		PAPER_TEST(a_network_lists_virtual_functions_that_are_there),
		PAPER_TEST(a_blocked_function_is_named_with_what_blocks_it),
		PAPER_TEST(a_function_of_which_too_little_is_known_is_not_promised),
		PAPER_TEST(three_domains_of_a_group_are_named_by_twos),
		PAPER_TEST(a_shared_function_says_more_than_a_shared_group),
		PAPER_TEST(a_companion_is_missed_once_however_many_are_used),
		PAPER_TEST(functions_in_no_group_share_none),
		PAPER_TEST(a_node_that_firmware_does_not_give_is_no_other_node),
		PAPER_TEST(nodes_that_were_not_read_are_not_known),
		PAPER_TEST(a_functions_node_that_was_not_read_is_not_the_right_one),
		PAPER_TEST(a_guest_cannot_pin_more_than_the_host_has),
		PAPER_TEST(huge_pages_must_be_there_for_all_of_the_guest),
		PAPER_TEST(a_size_of_huge_pages_may_not_be_there_at_all),
		PAPER_TEST(all_of_the_guests_memory_must_be_within_the_iommus_reach),
		PAPER_TEST(amd_vi_tells_its_reach_in_the_extended_features),
		PAPER_TEST(a_place_in_the_guest_must_be_one_that_libvirt_and_qemu_take),
		PAPER_TEST(function_0_may_deny_the_others),
		PAPER_TEST(a_domain_without_host_devices_pins_nothing),
		cmocka_unit_test(checks_of_domains_are_no_checks_of_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
