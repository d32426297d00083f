/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/sriov/vf_budget.h"

#include <errno.h>
#include <inttypes.h>
#include <pci/header.h>
#include <string.h>

#include "host/base/array.h"
#include "model/sriov/vf_bars.h"
#include "model/sriov/vf_bus.h"
#include "model/sriov/vf_driver.h"
#include "model/sriov/vf_refusal.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"

/* A PF below a root port, 0000:01:00.0 below 0000:00:02.0, and room for one more function. */
enum { PORT, PF, OTHER, MOST_FUNCTIONS };
enum { RESOURCE_LINES = 13, FIRST_VF_BAR = 7 };

#define MEM_64 0x100000u
#define MEM    0x200u
#define UNSET  0x20000000u
#define MIB    UINT64_C(0x100000)

struct machine {
	struct paper *paper;
	struct test_config configs[MOST_FUNCTIONS];
	struct pci_resource lines[RESOURCE_LINES];
	struct pci_function *functions;
	uint8_t *sriov;          /* the PF's capability */
	uint8_t *ari_forwarding; /* DevCtl2 of the port */
};

static struct fact_number number(int64_t value)
{
	return (struct fact_number){.fact = known("attribute"), .value = value};
}

static void rename_function(struct pci_function *function, const char *name)
{
	assert_int_equal(pci_address_parse(name, &function->address), 0);
	function->name = name;
}

static void set_last_bus(struct machine *machine, uint8_t last)
{
	machine->configs[PORT].bytes[PCI_SUBORDINATE_BUS] = last;
}

static void make_port(struct machine *machine)
{
	struct test_config *config = &machine->configs[PORT];

	config_begin(config, 0x1b36, 0x000c, 0x060400);
	config->bytes[PCI_HEADER_TYPE] = PCI_HEADER_TYPE_BRIDGE;
	machine->ari_forwarding =
		config_add_express(config, PCI_EXP_TYPE_ROOT_PORT) + PCI_EXP_DEVCTL2;
	set_last_bus(machine, 1);
	add_function(machine->paper, "0000:00:02.0", NULL);
}

static void place_bar(struct machine *machine, size_t bar, uint64_t size_for_all, uint32_t reg)
{
	put32(machine->sriov + PCI_IOV_BAR_BASE + 4 * bar, reg);
	machine->lines[FIRST_VF_BAR + bar] = (struct pci_resource){
		.start = 0xc0000000, .end = 0xc0000000 + size_for_all - 1, .flags = MEM | MEM_64};
}

/* A PF with one placed VF BAR of 16 KiB a VF, on nvme, whose kernel and driver allow all. */
static void make_pf(struct machine *machine, uint16_t total)
{
	struct pci_function *pf =
		add_function(machine->paper, "0000:01:00.0", &machine->functions[PORT]);

	config_begin(&machine->configs[PF], 0x1b36, 0x0010, 0x010802);
	config_add_express(&machine->configs[PF], PCI_EXP_TYPE_ENDPOINT);
	machine->sriov = config_add_sriov(&machine->configs[PF], total);
	place_bar(machine, 0, 0x4000u * (uint64_t)total, 0xc0000004);
	set_driver(pf, "nvme");
	pf->netdevs.fact = absent("net");
	pf->firmware_version = known_text("fw_ver", "16.35");
	pf->sriov.totalvfs = number(total);
	pf->sriov.numvfs = number(0);
	pf->sriov.offset.fact = pf->sriov.stride.fact = unreadable("sriov_offset", EACCES);
	pf->resources = (struct pci_resources){
		.fact = known("resource"), .lines = machine->lines, .count = RESOURCE_LINES};
}

static void make_machine(struct machine *machine, uint16_t total)
{
	*machine = (struct machine){0};
	paper_setup((void **)&machine->paper);
	machine->functions = machine->paper->host.pci.functions;
	make_port(machine);
	make_pf(machine, total);
	add_function(machine->paper, "0000:7f:00.0", NULL);
	config_begin(&machine->configs[OTHER], 0x1b36, 0x0010, 0x010802);
	machine->paper->host.kconfig.fact = unreadable("config", EACCES);
}

static void route(struct machine *machine, uint16_t offset, uint16_t stride)
{
	put16(machine->sriov + PCI_IOV_OFFSET, offset);
	put16(machine->sriov + PCI_IOV_STRIDE, stride);
}

static const struct vf_budget *budget_of(struct machine *machine)
{
	struct vf_budgets budgets;

	for (size_t i = 0; i < MOST_FUNCTIONS; i++) {
		machine->functions[i].config = config_of(&machine->configs[i]);
		settle_type(&machine->functions[i]);
	}
	vf_budgets_build(&machine->paper->host, machine->paper->arena, &budgets);
	assert_false(arena_failed(machine->paper->arena));
	return vf_budget_of(&budgets, &machine->functions[PF]);
}

static void expect_exactly(struct machine *machine, uint32_t count, enum vf_term_kind limit)
{
	const struct vf_budget *budget = budget_of(machine);

	assert_non_null(budget);
	assert_int_equal(budget->at_most, count);
	assert_string_equal(vf_term_name(budget->limited_by), vf_term_name(limit));
	assert_true(vf_budget_exact(budget));
	assert_null(vf_budget_missing(budget));
	paper_teardown((void **)&machine->paper);
}

static void expect_at_most(struct machine *machine, uint32_t least, uint32_t most, const char *why)
{
	const struct vf_budget *budget = budget_of(machine);

	assert_non_null(budget);
	assert_int_equal(budget->at_least, least);
	assert_int_equal(budget->at_most, most);
	assert_non_null(vf_budget_missing(budget));
	assert_non_null(strstr(vf_budget_summary(budget, machine->paper->arena), why));
	paper_teardown((void **)&machine->paper);
}

static void all_vfs_of_the_capability_where_nothing_limits(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	expect_exactly(&machine, 8, VF_TERM_TOTAL_VFS);
}

/* Devices as they are, or were, seen: offsets and strides with and without ARI. */
struct family {
	const char *name;
	const char *driver;
	uint16_t total;
	uint16_t announced; /* sriov_totalvfs */
	uint16_t offset;
	uint16_t stride;
	uint8_t last_bus; /* of the port above */
	uint32_t most;
	enum vf_term_kind limit;
	bool may_refuse;
};

static const struct family families[] = {
	{"82576 with ARI", "igb", 8, 7, 128, 2, 1, 7, VF_TERM_DRIVER, false},
	{"82576 without ARI", "igb", 8, 7, 384, 2, 2, 7, VF_TERM_DRIVER, false},
	{"82576 without a second bus", "igb", 8, 7, 384, 2, 1, 0, VF_TERM_BUS_NUMBERS, false},
	{"82576 whose driver announces all", "igb", 8, 8, 128, 2, 1, 7, VF_TERM_DRIVER, false},
	{"I350 without ARI", "igb", 8, 7, 384, 4, 2, 7, VF_TERM_DRIVER, false},
	{"82599 with ARI", "ixgbe", 64, 63, 128, 2, 1, 63, VF_TERM_DRIVER, true},
	{"82599 without ARI", "ixgbe", 64, 63, 384, 2, 2, 63, VF_TERM_DRIVER, true},
	{"X710 with ARI", "i40e", 64, 64, 16, 1, 1, 64, VF_TERM_TOTAL_VFS, true},
	{"E810 whose pool has room", "ice", 128, 128, 8, 1, 1, 128, VF_TERM_TOTAL_VFS, false},
	{"E810 whose pool has not", "ice", 257, 257, 8, 1, 2, 257, VF_TERM_TOTAL_VFS, true},
	{"ConnectX-5", "mlx5_core", 16, 16, 2, 1, 1, 16, VF_TERM_TOTAL_VFS, false},
	{"ConnectX-5, SR-IOV off in firmware", "mlx5_core", 0, 0, 2, 1, 1, 0, VF_TERM_TOTAL_VFS,
	 false},
	{"one bus is full", "nvme", 300, 300, 1, 1, 1, 255, VF_TERM_BUS_NUMBERS, false},
	{"crosses one bus", "nvme", 300, 300, 1, 1, 2, 300, VF_TERM_TOTAL_VFS, false},
	{"crosses one bus, wants two", "nvme", 300, 300, 1, 2, 2, 256, VF_TERM_BUS_NUMBERS, false},
	{"crosses two buses", "nvme", 300, 300, 1, 2, 3, 300, VF_TERM_TOTAL_VFS, false},
};

static void families_by_capability_driver_and_routing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(families); i++) {
		const struct family *family = &families[i];
		struct machine machine;

		make_machine(&machine, family->total);
		route(&machine, family->offset, family->stride);
		set_last_bus(&machine, family->last_bus);
		machine.functions[PF].driver = known_text("driver", family->driver);
		machine.functions[PF].sriov.totalvfs = number(family->announced);
		const struct vf_budget *budget = budget_of(&machine);
		if (budget->at_most != family->most || budget->limited_by != family->limit ||
		    !vf_budget_exact(budget) ||
		    (budget->driver_may_refuse != NULL) != family->may_refuse)
			fail_msg("%s: %u by %s", family->name, budget->at_most,
				 vf_term_name(budget->limited_by));
		paper_teardown((void **)&machine.paper);
	}
}

/* How vfs=N is answered of an adapter whose ports and buses have room. */
struct adapter {
	const char *name;
	const char *driver;
	uint16_t total;
	uint16_t announced; /* sriov_totalvfs */
	uint16_t offset;
	uint16_t stride;
	uint32_t certain; /* the most that it has for certain, … */
	uint32_t most;    /* and the most that it may have */
};

static const struct adapter adapters[] = {
	{"X710, a port of four", "i40e", 32, 32, 16, 1, 0, 32},
	{"E810-C, 2 ports", "ice", 128, 128, 8, 1, 128, 128},
	{"BCM57508", "bnxt_en", 64, 64, 16, 1, 0, 64},
	{"ConnectX-6 Dx, NUM_OF_VFS=8", "mlx5_core", 8, 8, 2, 1, 8, 8},
	{"ConnectX-3, by num_vfs=", "mlx4_core", 8, 8, 1, 1, 0, 0},
	{"82599", "ixgbe", 64, 63, 128, 2, 15, 63},
	{"E610", "ixgbe", 64, 63, 8, 1, 15, 63},
	{"NVMe PM1735", "nvme", 32, 32, 1, 1, 32, 32},
	{"Data Center GPU Flex", "xe", 31, 31, 1, 1, 0, 31},
	{"Iris Xe, i915 of the kernel", "i915", 7, 7, 1, 1, 0, 0},
	{"L4, by sriov-manage", "nvidia", 32, 32, 4, 1, 0, 0},
	{"Arc Pro B60, max_vfs=0", "xe", 24, 0, 1, 1, 0, 0},
	{"VIC 1455, all by enic", "enic", 16, 16, 1, 1, 0, 0},
	{"OcteonTX2, the admin function", "rvu_af", 64, 64, 1, 1, 0, 0},
	{"OcteonTX2, a port", "rvu_nicpf", 8, 8, 1, 1, 8, 8},
	{"Kunpeng 920, a port", "hns3", 127, 127, 3, 1, 127, 127},
	{"Kunpeng 920, its ZIP", "hisi_zip", 63, 63, 1, 1, 0, 63},
	{"T6225-CR", "cxgb4", 16, 16, 8, 1, 0, 16},
	{"Agilio CX, its firmware has 48", "nfp", 64, 48, 8, 1, 0, 48},
	{"FastLinQ QL45212", "qede", 96, 96, 16, 1, 0, 96},
	{"X2522, vf-count=0", "sfc", 16, 0, 1, 1, 0, 0},
	{"SFN6122F, by max_vfs=", "sfc_siena", 63, 63, 1, 1, 0, 0},
	{"OneConnect OCe14102, its firmware has 30", "be2net", 63, 30, 1, 1, 0, 30},
	{"FM10420", "fm10k", 64, 64, 1, 1, 64, 64},
	{"CNN55XX, 16, 32, 64 or 128", "CNN55XX", 128, 128, 1, 1, 0, 128},
	{"QAT 4xxx", "4xxx", 16, 16, 1, 1, 0, 16},
	{"Instinct MI210 on the host's driver", "amdgpu", 8, 8, 1, 1, 0, 0},
	{"MegaRAID 9361", "megaraid_sas", 16, 16, 1, 1, 0, 0},
};

/* gim enables SR-IOV when it is loaded: the kernel finds no room then, and that is the cause. */
static void what_leaves_no_vf_is_named_before_a_driver_of_its_own_means(void **state)
{
	static const struct {
		const char *driver;
		enum vf_term_kind limit;
	} rows[] = {
		{"gim", VF_TERM_MMIO},
		{"nvidia", VF_TERM_MMIO},
		{"amdgpu", VF_TERM_DRIVER}, /* makes none by any means */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct machine machine;

		test_row("%s", rows[i].driver);
		make_machine(&machine, 8);
		set_driver(&machine.functions[PF], rows[i].driver);
		machine.functions[PF].resources.lines[7].flags |= IORESOURCE_UNSET;
		const struct vf_budget *budget = budget_of(&machine);
		assert_int_equal(budget->at_most, 0);
		assert_int_equal(budget->limited_by, rows[i].limit);
		paper_teardown((void **)&machine.paper);
	}
}

static void expect_answer(const struct vf_budget *budget, uint32_t count, enum vf_answer answer)
{
	test_row("%u VFs", count);
	assert_int_equal(vf_budget_allows(budget, count), answer);
}

static void an_adapter_answers_up_to_what_is_certain(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(adapters); i++) {
		const struct adapter *adapter = &adapters[i];
		struct machine machine;

		test_row("%s", adapter->name);
		make_machine(&machine, adapter->total);
		route(&machine, adapter->offset, adapter->stride);
		set_driver(&machine.functions[PF], adapter->driver);
		machine.functions[PF].sriov.totalvfs = number(adapter->announced);
		const struct vf_budget *budget = budget_of(&machine);
		if (adapter->certain)
			expect_answer(budget, adapter->certain, VF_ANSWER_YES);
		if (adapter->certain < adapter->most)
			expect_answer(budget, adapter->certain + 1, VF_ANSWER_UNKNOWN);
		expect_answer(budget, adapter->most + 1, VF_ANSWER_NO);
		paper_teardown((void **)&machine.paper);
	}
}

/* mlx5_core without an interface: its firmware may have failed. */
static void mlx5_core_shows_an_interface_or_an_rdma_device(void **state)
{
	static const struct {
		struct fact netdevs;
		struct fact firmware;
		bool may_refuse;
	} rows[] = {
		{{.state = FACT_ABSENT}, {.state = FACT_ABSENT}, true},
		{{.state = FACT_ABSENT}, {.state = FACT_UNREADABLE, .error = EACCES}, true},
		{{.state = FACT_UNREADABLE, .error = EACCES}, {.state = FACT_ABSENT}, true},
		{{.state = FACT_ABSENT}, {.state = FACT_KNOWN}, false},
		/* They are in other network namespaces. */
		{{.state = FACT_UNREADABLE, .error = ENXIO}, {.state = FACT_ABSENT}, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct machine machine;

		test_row("%zu", i);
		make_machine(&machine, 8);
		struct pci_function *pf = &machine.functions[PF];
		set_driver(pf, "mlx5_core");
		pf->netdevs.fact = rows[i].netdevs;
		pf->firmware_version.fact = rows[i].firmware;
		const struct vf_budget *budget = budget_of(&machine);
		assert_int_equal(budget->driver_may_refuse != NULL, rows[i].may_refuse);
		expect_answer(budget, 8, rows[i].may_refuse ? VF_ANSWER_UNKNOWN : VF_ANSWER_YES);
		paper_teardown((void **)&machine.paper);
	}
}

/* The hook of ngbe is younger than the driver, and came with 6.16; mana of 7.2 has none. */
static void a_kernel_older_than_a_hook_leaves_it_open(void **state)
{
	static const struct {
		const char *driver;
		const char *release;
		bool known;
	} rows[] = {
		{"ngbe", "6.15.9", false},     {"ngbe", "6.16.0", true},
		{"mana", "7.2.12", false},     {"mana", "7.3.4", true},
		{"hinic3", "6.18.0", false},   {"hinic3", "7.2.12", true},
		{"octeon_ep", "6.1.0", false}, {"octeon_ep", "6.12.1", true},
		{"fm10k", "5.10.0", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct machine machine;

		test_row("%s, %s", rows[i].driver, rows[i].release);
		make_machine(&machine, 8);
		set_driver(&machine.functions[PF], rows[i].driver);
		machine.paper->host.kernel_release = known_text("osrelease", rows[i].release);
		assert_int_equal(vf_budget_exact(budget_of(&machine)), rows[i].known);
		paper_teardown((void **)&machine.paper);
	}
}

struct msix_case {
	bool enabled;
	const char *power_state;
	bool may_refuse;
};

/* igb_enable_sriov(): no VFs where the PF itself does without MSI-X. */
static void a_driver_without_msix_may_refuse_vfs(void **state)
{
	static const struct msix_case rows[] = {
		{true, "D0", false},
		{false, "D0", true},
		{false, "D3hot", false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct machine machine;

		test_row("%zu", i);
		make_machine(&machine, 8);
		set_driver(&machine.functions[PF], "igb");
		machine.functions[PF].power_state = known_text("power_state", rows[i].power_state);
		uint8_t *msix = config_add(&machine.configs[PF], PCI_CAP_ID_MSIX, 12);
		put16(msix + PCI_MSI_FLAGS, rows[i].enabled ? PCI_MSIX_ENABLE : 0);
		const struct vf_budget *budget = budget_of(&machine);
		assert_int_equal(budget->driver_may_refuse != NULL, rows[i].may_refuse);
		assert_int_equal(budget->driver_takes, 0);
		paper_teardown((void **)&machine.paper);
	}
}

static void the_kernel_counts_with_the_offset_that_it_keeps(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	route(&machine, 1, 1);
	machine.functions[PF].sriov.offset = number(384);
	machine.functions[PF].sriov.stride = number(2);
	expect_exactly(&machine, 0, VF_TERM_BUS_NUMBERS);
}

static void want_of_ari_forwarding_is_told_from_want_of_buses(void **state)
{
	(void)state;
	for (int forwards = 0; forwards < 2; forwards++) {
		struct machine machine;

		make_machine(&machine, 8);
		config_add_extended(&machine.configs[PF], PCI_EXT_CAP_ID_ARI, 8);
		put16(machine.ari_forwarding, forwards ? PCI_EXP_DEVCTL2_ARI : 0);
		route(&machine, 384, 2);
		const struct vf_term *term = &budget_of(&machine)->terms[VF_TERM_BUS_NUMBERS];
		assert_int_equal(term->reason, forwards ? VF_REASON_BUS_RANGE : VF_REASON_ARI_OFF);
		assert_ptr_equal(term->bridge, &machine.functions[PORT]);
		paper_teardown((void **)&machine.paper);
	}
}

/* pci_configure_ari() asks function 0 alone. */
static void a_function_0_without_ari_keeps_it_from_its_siblings(void **state)
{
	for (int has_ari = 0; has_ari < 2; has_ari++) {
		struct paper *paper = *state;
		struct test_config first, second;
		struct vf_budgets budgets;

		test_row("function 0 %s ARI", has_ari ? "has" : "lacks");
		paper_reset(paper);
		struct pci_function *port =
			add_express(paper, "0000:00:02.0", NULL, EXPRESS_ROOT_PORT);
		struct pci_function *sibling = add_express(paper, "0000:01:00.0", port, 0);
		struct pci_function *pf = add_express(paper, "0000:01:00.1", port, 0);
		config_begin(&first, 0x8086, 0x10c9, 0x020000);
		config_add_express(&first, PCI_EXP_TYPE_ENDPOINT);
		if (has_ari)
			config_add_extended(&first, PCI_EXT_CAP_ID_ARI, 8);
		sibling->config = config_of(&first);
		config_begin(&second, 0x8086, 0x10c9, 0x020000);
		config_add_express(&second, PCI_EXP_TYPE_ENDPOINT);
		config_add_extended(&second, PCI_EXT_CAP_ID_ARI, 8);
		config_add_sriov(&second, 8);
		pf->config = config_of(&second);
		set_driver(pf, "nvme");
		pf->sriov.totalvfs = number(8);
		set_config32(port, PCI_PRIMARY_BUS, 0x010100);
		vf_budgets_build(&paper->host, paper->arena, &budgets);
		const struct vf_term *term =
			&vf_budget_of(&budgets, pf)->terms[VF_TERM_BUS_NUMBERS];
		assert_int_equal(term->reason, VF_REASON_ARI_OFF);
		assert_int_equal(strstr(term->why, "function 0") == NULL, has_ari);
	}
}

static void a_bridge_further_up_that_ends_first_limits(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 300);
	set_last_bus(&machine, 9);
	machine.configs[OTHER] = machine.configs[PORT];
	machine.configs[OTHER].bytes[PCI_SUBORDINATE_BUS] = 1;
	machine.functions[PORT].parent = &machine.functions[OTHER];
	machine.functions[PORT].parent_state = FACT_KNOWN;
	const struct vf_term *term = &budget_of(&machine)->terms[VF_TERM_BUS_NUMBERS];
	assert_ptr_equal(term->bridge, &machine.functions[OTHER]);
	expect_exactly(&machine, 255, VF_TERM_BUS_NUMBERS);
}

static void an_unread_bridge_makes_a_bound(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 300);
	machine.configs[PORT].length = 0;
	expect_at_most(&machine, 255, 300, "bus numbers could not be read");
}

static void an_unread_bridge_does_not_matter_to_vfs_on_the_pfs_own_bus(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	machine.configs[PORT].length = 0;
	expect_exactly(&machine, 8, VF_TERM_TOTAL_VFS);
}

static void put_on_root_bus(struct machine *machine, uint16_t total)
{
	make_machine(machine, total);
	struct pci_function *pf = &machine->functions[PF];
	pf->parent = NULL;
	pf->parent_state = FACT_ABSENT;
	rename_function(pf, "0000:00:08.0");
	/* An integrated endpoint's dependency link is the function's number alone. */
	config_begin(&machine->configs[PF], 0x1b36, 0x0010, 0x010802);
	config_add_express(&machine->configs[PF], PCI_EXP_TYPE_ROOT_INT_EP);
	machine->sriov = config_add_sriov(&machine->configs[PF], total);
	put32(machine->sriov + PCI_IOV_BAR_BASE, 0xc0000004);
}

static void on_a_root_bus_vfs_of_the_same_bus_are_certain(void **state)
{
	(void)state;
	struct machine machine;

	put_on_root_bus(&machine, 4);
	expect_exactly(&machine, 4, VF_TERM_TOTAL_VFS);
}

static void on_a_root_bus_the_last_bus_is_not_known(void **state)
{
	(void)state;
	struct machine machine;

	put_on_root_bus(&machine, 300);
	set_last_bus(&machine, 0);
	/* From 00:08.0 on, 191 more requester ids on bus 0. */
	expect_at_most(&machine, 191, 300, "root bus");
}

static void on_a_root_bus_the_buses_below_its_ports_are_there(void **state)
{
	(void)state;
	struct machine machine;

	put_on_root_bus(&machine, 300);
	set_last_bus(&machine, 5);
	expect_exactly(&machine, 300, VF_TERM_TOTAL_VFS);
}

static void zero_stride_tells_nothing_until_vfs_are_enabled(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	route(&machine, 1, 0);
	expect_at_most(&machine, 0, 8, "offset and stride");
}

static void one_vf_needs_no_stride(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 1);
	route(&machine, 1, 0);
	expect_exactly(&machine, 1, VF_TERM_TOTAL_VFS);
}

/* Sets why a PF has no sriov_totalvfs, and expects that the budget tells. */
struct lag_case {
	const char *what;
	const char *release;
	const char *master; /* NULL: none */
	bool unread;
	const char *refusal; /* NULL: none */
};

static const struct lag_case lag_cases[] = {
	{"no bond", "6.1.0", NULL, false, NULL},
	{"in a bond", "6.4.9", "bond0", false, "its interface is a part of bond0"},
	{"not known", "5.14.0", NULL, true, "while link aggregation is active"},
	{"a kernel that lets them be together", "6.5.0", "bond0", false, NULL},
	{"a kernel of no known version", "", "bond0", false, "part of bond0"},
};

/* Though the pool has room for all VFs that the ports can ask for. */
static void ice_gives_none_to_a_bond_before_6_5(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(lag_cases); i++) {
		const struct lag_case *row = &lag_cases[i];
		struct machine machine;

		test_row("%s", row->what);
		make_machine(&machine, 128);
		paper_kernel(machine.paper, row->release);
		set_driver(&machine.functions[PF], "ice");
		machine.functions[PF].path = "/sys/pf";
		struct usage_entry entry = {
			.kind = USAGE_MEMBER, .what = row->master, .path = "/sys/pf/net/eth0"};
		struct usage_link unread = {.function = &machine.functions[PF]};
		machine.paper->host.usage.entries = &entry;
		machine.paper->host.usage.count = row->master ? 1 : 0;
		machine.paper->host.usage.unread_devices = &unread;
		machine.paper->host.usage.unread_device_count = row->unread ? 1 : 0;
		const struct vf_budget *budget = budget_of(&machine);
		expect_answer(budget, 1, row->refusal ? VF_ANSWER_UNKNOWN : VF_ANSWER_YES);
		if (row->refusal)
			assert_non_null(strstr(budget->driver_may_refuse, row->refusal));
		paper_teardown((void **)&machine.paper);
	}
}

/* bnxt_sriov_configure(): the write succeeds while the interface is down, and makes none. */
static void bnxt_en_wants_its_interface_up(void **state)
{
	(void)state;
	for (int up = 0; up < 2; up++) {
		struct machine machine;
		struct usage_entry entry = {.kind = USAGE_LINK_UP, .path = "/sys/pf/net/eth0"};

		test_row("%s", up ? "up" : "not seen to be up");
		make_machine(&machine, 64);
		set_driver(&machine.functions[PF], "bnxt_en");
		machine.functions[PF].path = "/sys/pf";
		machine.paper->host.usage.entries = &entry;
		machine.paper->host.usage.count = up ? 1 : 0;
		const struct vf_budget *budget = budget_of(&machine);
		assert_int_equal(vf_budget_needs_up(&machine.paper->host, budget), !up);
		assert_int_equal(strstr(budget->driver_may_refuse, "interface is down") != NULL,
				 !up);
		paper_teardown((void **)&machine.paper);
	}
}

static void bnxt_en_makes_vfs_without_a_cable(void **state)
{
	(void)state;
	for (int set_up = 0; set_up < 2; set_up++) {
		struct machine machine;
		struct usage_idle idle = {.name = "eth0", .set_up = set_up};

		test_row("%s", set_up ? "no cable" : "down");
		make_machine(&machine, 64);
		set_driver(&machine.functions[PF], "bnxt_en");
		idle.function = &machine.functions[PF];
		machine.functions[PF].path = "/sys/pf";
		machine.paper->host.usage.idle = &idle;
		machine.paper->host.usage.idle_count = 1;
		const struct vf_budget *budget = budget_of(&machine);
		assert_int_equal(vf_budget_needs_up(&machine.paper->host, budget), !set_up);
		paper_teardown((void **)&machine.paper);
	}
}

struct vector_case {
	const char *what;
	uint16_t table_size;
	const char *cpus; /* NULL: not read */
	uint32_t certain; /* VFs */
};

static const struct vector_case vector_cases[] = {
	{"more vectors than all can take", 1024, "0-127", 128},
	{"many CPUs", 512, "0-223", 28},
	{"more CPUs than vectors", 256, "0-223", 0},
	{"CPUs that are not known", 1024, NULL, 0},
};

/* Report: VFs of an E810 refused with ENOSPC on a host of many CPUs with irdma. */
static void ice_may_run_out_of_vectors_where_cpus_are_many(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(vector_cases); i++) {
		const struct vector_case *row = &vector_cases[i];
		struct memory_node node = {.fact = unreadable("cpulist", EIO)};
		struct machine machine;

		test_row("%s", row->what);
		make_machine(&machine, 128);
		set_driver(&machine.functions[PF], "ice");
		uint8_t *msix = config_add(&machine.configs[PF], PCI_CAP_ID_MSIX, 12);
		put16(msix + PCI_MSI_FLAGS, (uint16_t)(PCI_MSIX_ENABLE | (row->table_size - 1)));
		if (row->cpus) {
			node.fact = known("cpulist");
			assert_true(number_set_parse(row->cpus, &node.cpus));
		}
		machine.paper->host.memory.nodes = &node;
		machine.paper->host.memory.node_count = 1;
		const struct vf_budget *budget = budget_of(&machine);
		if (row->certain)
			expect_answer(budget, row->certain, VF_ANSWER_YES);
		if (row->certain < 128) {
			expect_answer(budget, row->certain + 1, VF_ANSWER_UNKNOWN);
			assert_non_null(strstr(budget->driver_may_refuse, "MSI-X vectors"));
		}
		paper_teardown((void **)&machine.paper);
	}
}

static void expect_refused(struct machine *machine, enum vf_reason reason)
{
	machine->functions[PF].sriov.totalvfs =
		(struct fact_number){.fact = absent("sriov_totalvfs")};
	const struct vf_budget *budget = budget_of(machine);

	assert_int_equal(budget->terms[VF_TERM_KERNEL].reason, reason);
	expect_exactly(machine, 0, VF_TERM_KERNEL);
}

static void the_kernel_does_without_a_capability_that_breaks_its_rules(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	route(&machine, 1, 0);
	expect_refused(&machine, VF_REASON_BROKEN_CAPABILITY);
	make_machine(&machine, 8);
	route(&machine, 0, 1);
	expect_refused(&machine, VF_REASON_BROKEN_CAPABILITY);
	make_machine(&machine, 8);
	put32(machine.sriov + PCI_IOV_SUPPS, 0);
	expect_refused(&machine, VF_REASON_BROKEN_CAPABILITY);
	make_machine(&machine, 8);
	expect_refused(&machine, VF_REASON_REFUSED);
	make_machine(&machine, 8);
	machine.functions[PF].resources.count = 7;
	expect_refused(&machine, VF_REASON_NO_KERNEL_SUPPORT);
}

static void initial_vfs_must_be_total_vfs_unless_vfs_migrate(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	put16(machine.sriov + PCI_IOV_INITIALVF, 4);
	expect_exactly(&machine, 0, VF_TERM_KERNEL);
	make_machine(&machine, 8);
	put16(machine.sriov + PCI_IOV_INITIALVF, 4);
	put32(machine.sriov + PCI_IOV_CAP, PCI_IOV_CAP_VFM);
	expect_exactly(&machine, 4, VF_TERM_KERNEL);
	make_machine(&machine, 8);
	put16(machine.sriov + PCI_IOV_INITIALVF, 9);
	put32(machine.sriov + PCI_IOV_CAP, PCI_IOV_CAP_VFM);
	expect_exactly(&machine, 0, VF_TERM_KERNEL);
}

static void an_unread_sriov_totalvfs_makes_a_bound(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	machine.functions[PF].sriov.totalvfs =
		(struct fact_number){.fact = unreadable("sriov_totalvfs", EIO)};
	expect_at_most(&machine, 0, 8, "could not be read");
}

static void without_a_driver_there_are_no_vfs(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	machine.functions[PF].driver = (struct fact_text){.fact = absent("driver")};
	expect_exactly(&machine, 0, VF_TERM_DRIVER);
}

static void vfs_that_a_driver_left_behind_stay(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	machine.functions[PF].driver = (struct fact_text){.fact = absent("driver")};
	machine.functions[PF].sriov.numvfs = number(2);
	expect_exactly(&machine, 2, VF_TERM_DRIVER);
}

static void a_driver_without_the_hook_gives_none(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	machine.functions[PF].driver = known_text("driver", "pci-stub");
	expect_exactly(&machine, 0, VF_TERM_DRIVER);
}

/* NVIDIA's makes all of them, though the kernel is asked for none. */
static void what_a_tool_makes_stands_beside_what_the_kernel_makes(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	set_ids(&machine.functions[PF], 0x10de, 0x26b9);
	set_class(&machine.functions[PF], 0x030200);
	set_driver(&machine.functions[PF], "nvidia");
	const struct vf_budget *budget = budget_of(&machine);
	assert_non_null(strstr(budget->terms[VF_TERM_DRIVER].why, "its tool makes all 8"));
	paper_teardown((void **)&machine.paper);
}

/* Those that an option made are counted, so what makes another number stands beside them. */
static void what_makes_vfs_instead_of_a_write_is_told(void **state)
{
	static const struct {
		const char *driver, *way;
	} rows[] = {
		{"mlx4_core", "; it makes them by the options num_vfs= and probe_vf="},
		{"i915", "; the driver xe makes VFs of some of Intel's graphics"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct machine machine;

		test_row("%s", rows[i].driver);
		make_machine(&machine, 8);
		set_driver(&machine.functions[PF], rows[i].driver);
		const struct vf_budget *budget = budget_of(&machine);
		assert_non_null(strstr(budget->terms[VF_TERM_DRIVER].why, rows[i].way));
		paper_teardown((void **)&machine.paper);
	}
}

static void what_keeps_the_driver_that_makes_vfs_away_is_told(void **state)
{
	static struct modprobe_line lines[] = {
		{.source = "/etc/modprobe.d/gpu.conf", .text = "blacklist xe"},
		{.source = "/etc/modprobe.d/gpu.conf", .text = "install xe /bin/false"},
		{.source = "/etc/modprobe.d/gpu.conf", .text = "blacklist xen_netfront"},
	};
	static const struct {
		const char *cmdline;
		size_t line;      /* of these, count of them for none */
		const char *says; /* NULL: nothing */
	} rows[] = {
		{"quiet", 3, NULL},
		{"module_blacklist=nouveau,xe", 3, "; module_blacklist=nouveau,xe keeps xe from"},
		{"modprobe.blacklist=xe", 3, "; modprobe.blacklist=xe keeps xe from"},
		{"quiet", 0, "; blacklist xe in /etc/modprobe.d/gpu.conf keeps xe from"},
		{"quiet", 1, "; install xe /bin/false in /etc/modprobe.d/gpu.conf keeps xe from"},
		{"quiet", 2, NULL},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct machine machine;

		test_row("%zu: %s", i, rows[i].cmdline);
		make_machine(&machine, 8);
		set_driver(&machine.functions[PF], "i915");
		paper_command_line(machine.paper, rows[i].cmdline);
		if (rows[i].line < ARRAY_LENGTH(lines)) {
			machine.paper->host.modprobe.lines = &lines[rows[i].line];
			machine.paper->host.modprobe.count = 1;
		}
		const char *why = budget_of(&machine)->terms[VF_TERM_DRIVER].why;
		if (rows[i].says)
			assert_non_null(strstr(why, rows[i].says));
		else
			assert_null(strstr(why, "keeps xe from"));
		paper_teardown((void **)&machine.paper);
	}
}

/* A build of others, whose module has the parameter max_vfs, takes the write. */
static void i915_with_max_vfs_may_set_vfs_up(void **state)
{
	static const char *const names[] = {"enable_guc", "max_vfs"};
	struct driver_parameters parameters = {
		.driver = "i915", .names = {.fact = known("parameters"), .names = names}};
	(void)state;
	for (size_t count = 1; count <= ARRAY_LENGTH(names); count++) {
		struct machine machine;

		test_row("%s", names[count - 1]);
		make_machine(&machine, 7);
		set_driver(&machine.functions[PF], "i915");
		parameters.names.count = count;
		machine.paper->host.sriov_config.parameters = &parameters;
		machine.paper->host.sriov_config.parameter_count = 1;
		const struct vf_budget *budget = budget_of(&machine);
		expect_answer(budget, 4, count == 1 ? VF_ANSWER_NO : VF_ANSWER_UNKNOWN);
		paper_teardown((void **)&machine.paper);
	}
}

/* The capability is there, but no tool makes VFs of it. */
static void a_gpu_of_nvidia_before_ampere_has_no_vfs(void **state)
{
	static const struct {
		uint16_t device;
		bool has_tool;
	} rows[] = {{0x1eb8, false}, {0x20b5, true}, {0x2236, true}};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct machine machine;

		test_row("%04x", rows[i].device);
		make_machine(&machine, 16);
		struct pci_function *pf = &machine.functions[PF];
		set_driver(pf, "nvidia");
		pf->vendor = (struct fact_number){known("vendor"), 0x10de};
		pf->device = (struct fact_number){known("device"), rows[i].device};
		const struct vf_driver *driver = vf_driver_of(&machine.paper->host, pf);
		assert_int_equal(driver->tool != NULL, rows[i].has_tool);
		expect_exactly(&machine, 0, VF_TERM_DRIVER);
	}
}

static void an_unknown_driver_makes_a_bound(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	machine.functions[PF].driver = known_text("driver", "vendorware");
	expect_at_most(&machine, 0, 8, "vendorware");
	make_machine(&machine, 8);
	machine.functions[PF].driver = known_text("driver", "vendorware");
	machine.functions[PF].sriov.numvfs = number(3);
	expect_at_most(&machine, 3, 8, "vendorware");
}

static void an_unread_driver_makes_a_bound(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	machine.functions[PF].driver = (struct fact_text){.fact = unreadable("driver", EIO)};
	expect_at_most(&machine, 0, 8, "driver could not be read");
}

static void vfio_pci_gives_vfs_only_with_enable_sriov(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	machine.functions[PF].driver = known_text("driver", "vfio-pci");
	machine.paper->host.modules.vfio_pci_sriov = known_text("enable_sriov", "N");
	expect_exactly(&machine, 0, VF_TERM_DRIVER);
	make_machine(&machine, 8);
	machine.functions[PF].driver = known_text("driver", "vfio-pci");
	machine.paper->host.modules.vfio_pci_sriov = known_text("enable_sriov", "Y");
	expect_exactly(&machine, 8, VF_TERM_TOTAL_VFS);
	make_machine(&machine, 8);
	machine.functions[PF].driver = known_text("driver", "vfio-pci");
	machine.paper->host.modules.vfio_pci_sriov =
		(struct fact_text){.fact = unreadable("enable_sriov", EACCES)};
	expect_at_most(&machine, 0, 8, "vfio-pci");
}

/* What a 64-bit VF BAR without a place looks like: 6.1 zeroes the line, the register keeps its
 * type. */
static void an_unplaced_vf_bar_allows_none(void **state)
{
	(void)state;
	const struct pci_resource unplaced[] = {
		{0, 0, 0},
		{0, 0x1ffff, MEM | MEM_64},
		{0xc0000000, 0xc001ffff, MEM | MEM_64 | UNSET},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(unplaced); i++) {
		test_row("%#" PRIx64 " to %#" PRIx64, unplaced[i].start, unplaced[i].end);
		struct machine machine;

		make_machine(&machine, 8);
		place_bar(&machine, 3, 0x20000, 0x4);
		machine.lines[FIRST_VF_BAR + 3] = unplaced[i];
		expect_exactly(&machine, 0, VF_TERM_MMIO);
	}
}

/* sriov_enable() gives ENOMEM without the room: lines of zeros beside VFs contradict each other. */
static void enabled_vfs_and_no_room_for_them_contradict_each_other(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	machine.lines[FIRST_VF_BAR] = (struct pci_resource){0};
	machine.functions[PF].sriov.numvfs = number(4);
	expect_at_most(&machine, 4, 8, "resource shows no room for VF BAR 0");
	make_machine(&machine, 8);
	machine.lines[FIRST_VF_BAR] = (struct pci_resource){0};
	machine.functions[PF].sriov.numvfs = number(8);
	expect_exactly(&machine, 8, VF_TERM_TOTAL_VFS);
}

static void the_upper_half_of_a_wide_bar_is_no_bar(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	put32(machine.sriov + PCI_IOV_BAR_BASE + 4, 0x38);
	expect_exactly(&machine, 8, VF_TERM_TOTAL_VFS);
}

static void a_vf_bar_in_the_last_place_is_read(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	put32(machine.sriov + PCI_IOV_BAR_BASE + 4 * 5, 0x4);
	expect_exactly(&machine, 0, VF_TERM_MMIO);
}

static void memory_is_a_bound_where_no_vf_bar_is_seen_or_resource_is_unread(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	put32(machine.sriov + PCI_IOV_BAR_BASE, 0);
	machine.lines[FIRST_VF_BAR] = (struct pci_resource){0};
	expect_at_most(&machine, 0, 8, "no VF BAR");
	make_machine(&machine, 8);
	machine.functions[PF].resources =
		(struct pci_resources){.fact = unreadable("resource", EIO)};
	expect_at_most(&machine, 0, 8, "memory of the VF BARs could not be read");
}

static void a_resized_vf_bar_fits_fewer_times(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	uint8_t *rebar = config_add_extended(&machine.configs[PF], PCI_EXT_CAP_ID_VF_REBAR, 0x10);
	/* BAR 0, one entry, 2 MiB. */
	put32(rebar + 8, 1u << 5 | 1u << 8);
	place_bar(&machine, 0, 8 * MIB, 0xc0000004);
	expect_exactly(&machine, 4, VF_TERM_MMIO);
}

static void memory_for_all_vfs_is_the_sum_of_the_bars(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	place_bar(&machine, 3, 8 * MIB, 0xc0000004);
	assert_int_equal(vf_budget_memory(budget_of(&machine)), 8 * (0x4000 + MIB));
	paper_teardown((void **)&machine.paper);
}

static void hostile_resource_lines_do_not_overflow(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 2);
	for (size_t i = 0; i < SRIOV_BAR_COUNT; i++) {
		put32(machine.sriov + PCI_IOV_BAR_BASE + 4 * i, 0xc0000000);
		machine.lines[FIRST_VF_BAR + i] = (struct pci_resource){1, UINT64_MAX, MEM};
	}
	assert_int_equal(vf_budget_memory(budget_of(&machine)), 0);
	paper_teardown((void **)&machine.paper);
}

/* The function that the dependency link names is not there, is no PF, is one. */
static void a_dependency_link_must_lead_to_a_pf(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	machine.sriov[PCI_IOV_FDL] = 1;
	expect_exactly(&machine, 0, VF_TERM_DEPENDENCY_LINK);
	make_machine(&machine, 8);
	machine.sriov[PCI_IOV_FDL] = 1;
	rename_function(&machine.functions[OTHER], "0000:01:00.1");
	machine.functions[OTHER].sriov.totalvfs.fact = absent("sriov_totalvfs");
	expect_exactly(&machine, 0, VF_TERM_DEPENDENCY_LINK);
	make_machine(&machine, 8);
	machine.sriov[PCI_IOV_FDL] = 1;
	rename_function(&machine.functions[OTHER], "0000:01:00.1");
	machine.functions[OTHER].sriov.totalvfs = number(8);
	expect_exactly(&machine, 8, VF_TERM_TOTAL_VFS);
}

static void bus_numbers_are_named_before_a_dependency(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 300);
	machine.sriov[PCI_IOV_FDL] = 1;
	const char *summary = vf_budget_summary(budget_of(&machine), machine.paper->arena);
	assert_non_null(strstr(summary, "end at 0x01"));
	assert_non_null(strstr(summary, "depends on 0000:01:00.1"));
	expect_exactly(&machine, 0, VF_TERM_BUS_NUMBERS);
}

static void answers_yes_no_and_unknown(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 300);
	machine.configs[PORT].length = 0;
	const struct vf_budget *budget = budget_of(&machine);
	assert_int_equal(vf_budget_allows(budget, 255), VF_ANSWER_YES);
	assert_int_equal(vf_budget_allows(budget, 256), VF_ANSWER_UNKNOWN);
	assert_int_equal(vf_budget_allows(budget, 301), VF_ANSWER_NO);
	paper_teardown((void **)&machine.paper);
}

static void a_rule_of_the_driver_leaves_open_what_is_not_enabled(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 64);
	machine.functions[PF].driver = known_text("driver", "i40e");
	machine.functions[PF].sriov.numvfs = number(8);
	const struct vf_budget *budget = budget_of(&machine);
	assert_int_equal(vf_budget_allows(budget, 8), VF_ANSWER_YES);
	assert_int_equal(vf_budget_allows(budget, 9), VF_ANSWER_UNKNOWN);
	paper_teardown((void **)&machine.paper);
}

static void vfs_and_functions_without_the_capability_have_no_budget(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	machine.functions[PF].physfn = known_text("physfn", "0000:01:00.7");
	assert_null(budget_of(&machine));
	paper_teardown((void **)&machine.paper);
	make_machine(&machine, 8);
	machine.configs[PF].length = 64;
	assert_null(budget_of(&machine));
	paper_teardown((void **)&machine.paper);
}

static void a_pf_has_the_vfs_that_name_it(void **state)
{
	(void)state;
	struct machine machine;

	make_machine(&machine, 8);
	rename_function(&machine.functions[OTHER], "0000:01:00.1");
	machine.functions[OTHER].pf = &machine.functions[PF];
	machine.functions[OTHER].physfn = known_text("physfn", "0000:01:00.0");
	const struct vf_budget *budget = budget_of(&machine);
	assert_int_equal(budget->vf_count, 1);
	assert_ptr_equal(budget->vfs[0], &machine.functions[OTHER]);
	paper_teardown((void **)&machine.paper);
}

struct index_case {
	const char *vf;
	uint16_t offset, stride;
	int index; /* -1: it is none of the PF's */
};

/* The PF is 0000:01:00.0. */
static const struct index_case index_cases[] = {
	{"0000:01:10.0", 0x80, 2, 0},  {"0000:01:10.2", 0x80, 2, 1},  {"0000:01:10.1", 0x80, 2, -1},
	{"0000:02:10.0", 0x180, 1, 0}, {"0000:01:00.1", 1, 1, 0},     {"0000:01:08.0", 1, 1, 63},
	{"0001:01:10.0", 0x80, 2, -1}, {"0000:01:00.0", 0x80, 2, -1}, {"0000:01:10.0", 0x80, 0, 0},
	{"0000:01:10.1", 0x80, 0, -1},
};

static void a_vf_is_counted_by_its_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(index_cases); i++) {
		const struct index_case *row = &index_cases[i];
		struct pci_function vf = {.name = row->vf};
		struct machine machine;
		uint32_t index = 0;

		test_row("%s, offset %x, stride %u", row->vf, row->offset, row->stride);
		make_machine(&machine, 8);
		route(&machine, row->offset, row->stride);
		rename_function(&vf, row->vf);
		assert_int_equal(vf_budget_index(budget_of(&machine), &vf, &index),
				 row->index >= 0);
		if (row->index >= 0)
			assert_int_equal(index, row->index);
		paper_teardown((void **)&machine.paper);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_vf_is_counted_by_its_address),
		cmocka_unit_test(all_vfs_of_the_capability_where_nothing_limits),
		cmocka_unit_test(families_by_capability_driver_and_routing),
		cmocka_unit_test(an_adapter_answers_up_to_what_is_certain),
		cmocka_unit_test(what_leaves_no_vf_is_named_before_a_driver_of_its_own_means),
		cmocka_unit_test(a_driver_without_msix_may_refuse_vfs),
		cmocka_unit_test(ice_gives_none_to_a_bond_before_6_5),
		cmocka_unit_test(bnxt_en_wants_its_interface_up),
		cmocka_unit_test(bnxt_en_makes_vfs_without_a_cable),
		cmocka_unit_test(mlx5_core_shows_an_interface_or_an_rdma_device),
		cmocka_unit_test(a_kernel_older_than_a_hook_leaves_it_open),
		cmocka_unit_test(ice_may_run_out_of_vectors_where_cpus_are_many),
		cmocka_unit_test(the_kernel_counts_with_the_offset_that_it_keeps),
		cmocka_unit_test(want_of_ari_forwarding_is_told_from_want_of_buses),
		cmocka_unit_test_setup_teardown(a_function_0_without_ari_keeps_it_from_its_siblings,
						paper_setup, paper_teardown),
		cmocka_unit_test(a_bridge_further_up_that_ends_first_limits),
		cmocka_unit_test(an_unread_bridge_makes_a_bound),
		cmocka_unit_test(an_unread_bridge_does_not_matter_to_vfs_on_the_pfs_own_bus),
		cmocka_unit_test(on_a_root_bus_vfs_of_the_same_bus_are_certain),
		cmocka_unit_test(on_a_root_bus_the_last_bus_is_not_known),
		cmocka_unit_test(on_a_root_bus_the_buses_below_its_ports_are_there),
		cmocka_unit_test(zero_stride_tells_nothing_until_vfs_are_enabled),
		cmocka_unit_test(one_vf_needs_no_stride),
		cmocka_unit_test(the_kernel_does_without_a_capability_that_breaks_its_rules),
		cmocka_unit_test(initial_vfs_must_be_total_vfs_unless_vfs_migrate),
		cmocka_unit_test(an_unread_sriov_totalvfs_makes_a_bound),
		cmocka_unit_test(without_a_driver_there_are_no_vfs),
		cmocka_unit_test(vfs_that_a_driver_left_behind_stay),
		cmocka_unit_test(a_driver_without_the_hook_gives_none),
		cmocka_unit_test(what_a_tool_makes_stands_beside_what_the_kernel_makes),
		cmocka_unit_test(what_makes_vfs_instead_of_a_write_is_told),
		cmocka_unit_test(what_keeps_the_driver_that_makes_vfs_away_is_told),
		cmocka_unit_test(i915_with_max_vfs_may_set_vfs_up),
		cmocka_unit_test(a_gpu_of_nvidia_before_ampere_has_no_vfs),
		cmocka_unit_test(an_unknown_driver_makes_a_bound),
		cmocka_unit_test(an_unread_driver_makes_a_bound),
		cmocka_unit_test(vfio_pci_gives_vfs_only_with_enable_sriov),
		cmocka_unit_test(an_unplaced_vf_bar_allows_none),
		cmocka_unit_test(enabled_vfs_and_no_room_for_them_contradict_each_other),
		cmocka_unit_test(the_upper_half_of_a_wide_bar_is_no_bar),
		cmocka_unit_test(a_vf_bar_in_the_last_place_is_read),
		cmocka_unit_test(memory_is_a_bound_where_no_vf_bar_is_seen_or_resource_is_unread),
		cmocka_unit_test(a_resized_vf_bar_fits_fewer_times),
		cmocka_unit_test(memory_for_all_vfs_is_the_sum_of_the_bars),
		cmocka_unit_test(hostile_resource_lines_do_not_overflow),
		cmocka_unit_test(a_dependency_link_must_lead_to_a_pf),
		cmocka_unit_test(bus_numbers_are_named_before_a_dependency),
		cmocka_unit_test(answers_yes_no_and_unknown),
		cmocka_unit_test(a_rule_of_the_driver_leaves_open_what_is_not_enabled),
		cmocka_unit_test(vfs_and_functions_without_the_capability_have_no_budget),
		cmocka_unit_test(a_pf_has_the_vfs_that_name_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
