/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>
#include <string.h>

#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"
#include "tests/unit/support/predict.h"

enum { GOOD = ACS_REQUIRED };

static struct pci_function *good_root_port(struct paper *paper, const char *name)
{
	struct pci_function *port = add_express(paper, name, NULL, EXPRESS_ROOT_PORT);

	set_acs(port, GOOD, GOOD);
	return port;
}

static const struct isolation_culprit *culprits_of(struct paper *paper,
						   const struct pci_function *function)
{
	return isolation_of(&paper->model.isolation, function)->culprits;
}

static void single_conventional_function_on_root_bus_is_alone(void **state)
{
	add_function(*state, "0000:00:02.0", NULL);
	expect_group(*state, "0000:00:02.0");
}

static void device_below_good_root_port_is_alone(void **state)
{
	struct pci_function *port = good_root_port(*state, "0000:00:1c.0");

	add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);
	expect_group(*state, "0000:00:1c.0");
	expect_group(*state, "0000:01:00.0");
}

static void root_port_without_acs_holds_everything_below(void **state)
{
	struct paper *paper = *state;
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *upstream, *down;

	upstream = add_express(*state, "0000:01:00.0", port, EXPRESS_UPSTREAM_PORT);
	down = add_express(*state, "0000:02:00.0", upstream, EXPRESS_DOWNSTREAM_PORT);
	set_acs(down, GOOD, GOOD);
	add_express(*state, "0000:03:00.0", down, EXPRESS_ENDPOINT);
	expect_group(*state, "0000:00:1c.0 0000:01:00.0 0000:02:00.0 0000:03:00.0");

	const struct isolation_culprit *culprit = culprits_of(paper, port);
	assert_ptr_equal(culprit->function, port);
	assert_int_equal(culprit->merge, MERGE_BELOW);
	assert_string_equal(culprit->why, "has no ACS capability");
	assert_null(culprit->next);
}

static void sibling_root_ports_without_acs_join_with_all_below(void **state)
{
	struct pci_function *first = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *second = add_express(*state, "0000:00:1c.1", NULL, EXPRESS_ROOT_PORT);

	make_multifunction(first);
	add_express(*state, "0000:01:00.0", first, EXPRESS_ENDPOINT);
	add_express(*state, "0000:02:00.0", second, EXPRESS_ENDPOINT);
	expect_group(*state, "0000:00:1c.0 0000:00:1c.1 0000:01:00.0 0000:02:00.0");
}

static void sibling_that_isolates_keeps_its_group(void **state)
{
	struct pci_function *good = good_root_port(*state, "0000:00:1c.0");

	make_multifunction(good);
	add_express(*state, "0000:00:1c.1", NULL, EXPRESS_ROOT_PORT);
	add_express(*state, "0000:00:1c.2", NULL, EXPRESS_ROOT_PORT);
	expect_group(*state, "0000:00:1c.0");
	expect_group(*state, "0000:00:1c.1 0000:00:1c.2");
}

static void downstream_ports_of_different_slots_split_though_they_leak(void **state)
{
	struct pci_function *port = good_root_port(*state, "0000:00:1c.0");
	struct pci_function *upstream =
		add_express(*state, "0000:01:00.0", port, EXPRESS_UPSTREAM_PORT);
	struct pci_function *left =
		add_express(*state, "0000:02:00.0", upstream, EXPRESS_DOWNSTREAM_PORT);
	struct pci_function *right =
		add_express(*state, "0000:02:01.0", upstream, EXPRESS_DOWNSTREAM_PORT);

	add_express(*state, "0000:03:00.0", left, EXPRESS_ENDPOINT);
	add_express(*state, "0000:04:00.0", right, EXPRESS_ENDPOINT);
	expect_group(*state, "0000:01:00.0");
	expect_group(*state, "0000:02:00.0 0000:03:00.0");
	expect_group(*state, "0000:02:01.0 0000:04:00.0");
}

static void downstream_ports_of_one_slot_merge(void **state)
{
	struct pci_function *port = good_root_port(*state, "0000:00:1c.0");
	struct pci_function *upstream =
		add_express(*state, "0000:01:00.0", port, EXPRESS_UPSTREAM_PORT);
	struct pci_function *left =
		add_express(*state, "0000:02:00.0", upstream, EXPRESS_DOWNSTREAM_PORT);
	struct pci_function *right =
		add_express(*state, "0000:02:00.1", upstream, EXPRESS_DOWNSTREAM_PORT);

	make_multifunction(left);
	add_express(*state, "0000:03:00.0", left, EXPRESS_ENDPOINT);
	add_express(*state, "0000:04:00.0", right, EXPRESS_ENDPOINT);
	expect_group(*state, "0000:02:00.0 0000:02:00.1 0000:03:00.0 0000:04:00.0");
}

/* The shape of AMD's chipsets. */
static void upstream_port_of_multifunction_device_takes_all_below(void **state)
{
	struct pci_function *port = good_root_port(*state, "0000:00:02.1");
	struct pci_function *upstream, *down;

	make_multifunction(add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT));
	add_express(*state, "0000:01:00.1", port, EXPRESS_ENDPOINT);
	upstream = add_express(*state, "0000:01:00.2", port, EXPRESS_UPSTREAM_PORT);
	down = add_express(*state, "0000:02:00.0", upstream, EXPRESS_DOWNSTREAM_PORT);
	set_acs(down, GOOD, GOOD);
	add_express(*state, "0000:03:00.0", down, EXPRESS_ENDPOINT);
	expect_group(*state, "0000:01:00.0 0000:01:00.1 0000:01:00.2 0000:02:00.0 0000:03:00.0");
}

static void conventional_bridge_takes_all_behind_it(void **state)
{
	struct paper *paper = *state;
	struct pci_function *bridge = add_function(*state, "0000:00:1e.0", NULL);

	make_bridge(bridge);
	add_function(*state, "0000:05:01.0", bridge);
	add_function(*state, "0000:05:02.0", bridge);
	expect_group(*state, "0000:00:1e.0 0000:05:01.0 0000:05:02.0");
	assert_int_equal(culprits_of(paper, bridge)->merge, MERGE_BRIDGE);
}

static void slot_of_conventional_functions_is_one_group(void **state)
{
	make_multifunction(add_function(*state, "0000:00:1f.0", NULL));
	add_function(*state, "0000:00:1f.2", NULL);
	add_function(*state, "0000:00:1f.3", NULL);
	expect_group(*state, "0000:00:1f.0 0000:00:1f.2 0000:00:1f.3");
}

/* Below a port with ARI the slot is no device's border, but the kernel compares it all the same. */
static void ari_functions_of_different_slots_stay_apart(void **state)
{
	struct pci_function *port = good_root_port(*state, "0000:00:1c.0");
	struct pci_function *functions[] = {
		add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT),
		add_express(*state, "0000:01:00.7", port, EXPRESS_ENDPOINT),
		add_express(*state, "0000:01:01.0", port, EXPRESS_ENDPOINT),
	};

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		make_multifunction(functions[i]);
		functions[i]->ari_enabled =
			(struct fact_number){.fact = known("ari_enabled"), .value = 1};
	}
	expect_group(*state, "0000:01:00.0 0000:01:00.7");
	expect_group(*state, "0000:01:01.0");
}

static void vfs_on_a_clean_path_are_alone(void **state)
{
	struct pci_function *port = good_root_port(*state, "0000:00:1c.0");
	struct pci_function *pf = add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);

	make_multifunction(pf);
	add_express(*state, "0000:01:00.1", port, EXPRESS_ENDPOINT);
	make_vf(add_express(*state, "0000:01:00.2", port, EXPRESS_ENDPOINT), pf);
	make_vf(add_express(*state, "0000:02:00.0", port, EXPRESS_ENDPOINT), pf);
	expect_group(*state, "0000:01:00.0 0000:01:00.1");
	expect_group(*state, "0000:01:00.2");
	expect_group(*state, "0000:02:00.0");
}

static void vfs_on_a_dirty_path_share_the_ports_group(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *pf = add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);

	make_vf(add_express(*state, "0000:02:00.0", port, EXPRESS_ENDPOINT), pf);
	expect_group(*state, "0000:00:1c.0 0000:01:00.0 0000:02:00.0");
}

static void vf_needs_no_config_space(void **state)
{
	struct pci_function *port = good_root_port(*state, "0000:00:1c.0");
	struct pci_function *pf = add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);
	struct pci_function *vf = add_express(*state, "0000:01:00.1", port, EXPRESS_ENDPOINT);

	make_vf(vf, pf);
	hide_capabilities(vf);
	expect_group(*state, "0000:01:00.1");
}

static void functions_below_a_vmd_endpoint_are_in_its_group(void **state)
{
	struct paper *paper = *state;
	struct pci_function *vmd = add_function(*state, "0000:00:0e.0", NULL);
	struct pci_function *port = add_express(*state, "10000:e0:06.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *disk = add_express(*state, "10000:e1:00.0", port, EXPRESS_ENDPOINT);

	port->vmd = disk->vmd = vmd;
	expect_group(*state, "0000:00:0e.0 10000:e0:06.0 10000:e1:00.0");
	assert_int_equal(culprits_of(paper, vmd)->merge, MERGE_VMD);
}

static void tree_that_leads_back_to_itself_ends(void **state)
{
	struct paper *paper = *state;
	struct pci_function *first = add_function(*state, "0000:00:0e.0", NULL);
	struct pci_function *second = add_function(*state, "10000:00:00.0", NULL);

	first->vmd = second;
	second->vmd = first;
	predict_groups(paper);
	assert_ptr_equal(isolation_of(&paper->model.isolation, first),
			 isolation_of(&paper->model.isolation, second));
}

static void alias_partners_share_a_group(void **state)
{
	struct paper *paper = *state;
	struct pci_function *port = good_root_port(*state, "0000:00:1c.0");
	struct pci_function *sata = add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);

	set_acs(sata, GOOD, GOOD);
	set_ids(sata, 0x1b4b, 0x9123);
	set_acs(add_express(*state, "0000:01:00.1", port, EXPRESS_ENDPOINT), GOOD, GOOD);
	expect_group(*state, "0000:01:00.0 0000:01:00.1");
	assert_ptr_equal(culprits_of(paper, sata)->function, sata);
	assert_int_equal(culprits_of(paper, sata)->merge, MERGE_ALIAS);
}

static void aliases_are_transitive(void **state)
{
	struct pci_function *port = good_root_port(*state, "0000:00:1c.0");

	add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);
	add_express(*state, "0000:01:01.0", port, EXPRESS_ENDPOINT);
	set_ids(add_express(*state, "0000:01:02.0", port, EXPRESS_ENDPOINT), 0x10b5, 0x87b0);
	expect_group(*state, "0000:01:00.0 0000:01:01.0 0000:01:02.0");
}

static void alias_reaches_the_partners_siblings(void **state)
{
	struct pci_function *port = good_root_port(*state, "0000:00:1c.0");
	struct pci_function *partner;

	set_ids(add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT), 0x8086, 0x2260);
	partner = add_express(*state, "0000:01:10.0", port, EXPRESS_ENDPOINT);
	make_multifunction(partner);
	add_express(*state, "0000:01:10.1", port, EXPRESS_ENDPOINT);
	expect_group(*state, "0000:01:00.0 0000:01:10.0 0000:01:10.1");
}

static void aliases_that_no_register_shows_leave_the_bus_unknown(void **state)
{
	struct pci_function *port = good_root_port(*state, "0000:00:1c.0");
	struct pci_function *bridge = add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);
	struct pci_function *other = add_express(*state, "0000:01:00.1", port, EXPRESS_ENDPOINT);

	set_ids(bridge, 0x11f8, 0x8532);
	set_class(bridge, 0x068000);
	expect_no_prediction(*state, bridge);
	expect_no_prediction(*state, other);
	expect_group(*state, "0000:00:1c.0");
}

static void amd_iommu_is_in_no_group_and_joins_nobody(void **state)
{
	struct paper *paper = *state;
	struct pci_function *iommu;

	paper->host.acpi.dmar.fact = absent("/sys/firmware/acpi/tables/DMAR");
	paper->host.acpi.ivrs.fact = known("/sys/firmware/acpi/tables/IVRS");
	make_multifunction(add_function(*state, "0000:00:00.0", NULL));
	iommu = add_function(*state, "0000:00:00.2", NULL);
	set_class(iommu, 0x080600);
	expect_group(*state, "0000:00:00.0");
	assert_null(isolation_of(&paper->model.isolation, iommu));
}

static void unread_port_leaves_it_and_all_below_unknown(void **state)
{
	struct pci_function *port, *below;

	add_express(*state, "0000:00:1b.0", NULL, EXPRESS_INTEGRATED_ENDPOINT);
	port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	below = add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);
	hide_capabilities(port);
	expect_no_prediction(*state, port);
	expect_no_prediction(*state, below);
	expect_group(*state, "0000:00:1b.0");
}

/* An IVRS of one IVHD, 0x10, whose one entry gives 00:14.0 the alias 00:14.4. */
#define ALIAS_BLOCK "10 00 2000 0200 0000 000000fe00000000 0000 0000 00000000 42 a000 00 00 a400 00"

static void ivrs_alias_merges_what_acs_would_split(void **state)
{
	struct pci_function *functions[] = {
		add_express(*state, "0000:00:14.0", NULL, EXPRESS_INTEGRATED_ENDPOINT),
		add_express(*state, "0000:00:14.4", NULL, EXPRESS_INTEGRATED_ENDPOINT),
	};

	set_acs(functions[0], GOOD, GOOD);
	set_acs(functions[1], GOOD, GOOD);
	expect_group(*state, "0000:00:14.0");
	set_ivrs(*state, ALIAS_BLOCK);
	expect_group(*state, "0000:00:14.0 0000:00:14.4");
}

static void closed_ivrs_leaves_shared_buses_unknown(void **state)
{
	struct paper *paper = *state;
	struct pci_function *first = add_function(*state, "0000:00:14.0", NULL);

	add_function(*state, "0000:00:15.0", NULL);
	paper->host.acpi.dmar.fact = absent("/sys/firmware/acpi/tables/DMAR");
	paper->host.acpi.ivrs.fact = unreadable("/sys/firmware/acpi/tables/IVRS", 13);
	expect_no_prediction(*state, first);
}

/* What is alone in its slot on a root bus is alone, whatever its capabilities say. */
static void unread_single_function_on_root_bus_is_alone(void **state)
{
	hide_capabilities(add_express(*state, "0000:00:02.0", NULL, EXPRESS_INTEGRATED_ENDPOINT));
	expect_group(*state, "0000:00:02.0");
}

static void unread_sibling_leaves_those_that_fail_unknown(void **state)
{
	struct pci_function *bad = add_function(*state, "0000:00:1f.0", NULL);
	struct pci_function *unread = add_function(*state, "0000:00:1f.2", NULL);

	make_multifunction(bad);
	hide_capabilities(unread);
	set_acs(add_express(*state, "0000:00:1f.3", NULL, EXPRESS_INTEGRATED_ENDPOINT), GOOD, GOOD);
	expect_no_prediction(*state, bad);
	expect_no_prediction(*state, unread);
	expect_group(*state, "0000:00:1f.3");
}

static void failing_port_settles_what_an_unread_one_leaves_open(void **state)
{
	struct pci_function *bad = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *upstream =
		add_express(*state, "0000:01:00.0", bad, EXPRESS_UPSTREAM_PORT);

	hide_capabilities(upstream);
	expect_group(*state, "0000:00:1c.0 0000:01:00.0");
}

static void function_whose_place_was_not_captured_is_unknown(void **state)
{
	struct pci_function *lost = add_express(*state, "0000:05:00.0", NULL, EXPRESS_ENDPOINT);

	lost->parent_state = FACT_NOT_CAPTURED;
	expect_no_prediction(*state, lost);
}

static void function_whose_place_is_unknown_may_be_with_any_of_its_bus(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *seen = add_express(*state, "0000:05:00.0", port, EXPRESS_ENDPOINT);
	struct pci_function *lost = add_express(*state, "0000:05:01.0", NULL, EXPRESS_ENDPOINT);

	set_acs(port, GOOD, GOOD);
	lost->parent_state = FACT_UNREADABLE;
	expect_no_prediction(*state, lost);
	expect_no_prediction(*state, seen);
	expect_group(*state, "0000:00:1c.0");
}

static void set_buses(struct pci_function *bridge, uint32_t secondary, uint32_t subordinate)
{
	set_config32(bridge, PCI_PRIMARY_BUS, secondary << 8 | subordinate << 16);
}

static void function_whose_place_is_unknown_may_be_below_a_port_that_does_not_isolate(void **state)
{
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *other = add_express(*state, "0000:00:1d.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *lost = add_express(*state, "0000:05:00.0", NULL, EXPRESS_ENDPOINT);

	set_buses(port, 4, 6);
	set_buses(other, 7, 8);
	lost->parent_state = FACT_UNREADABLE;
	expect_no_prediction(*state, lost);
	expect_no_prediction(*state, port);
	expect_group(*state, "0000:00:1d.0");
}

static void groups_count_endpoints_apart_from_bridges(void **state)
{
	struct paper *paper = *state;
	struct pci_function *port = add_express(*state, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);

	add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);
	add_express(*state, "0000:01:01.0", port, EXPRESS_ENDPOINT);
	expect_group(*state, "0000:00:1c.0 0000:01:00.0 0000:01:01.0");
	assert_int_equal(isolation_of(&paper->model.isolation, port)->endpoints, 2);
}

/* Function 0 says that it is alone, and is not: what the kernel makes of it is not known. */
static void function_0_without_the_bit_and_its_siblings_are_not_predicted(void **state)
{
	struct pci_function *first = add_function(*state, "0000:00:1f.0", NULL);
	struct pci_function *other = add_function(*state, "0000:00:1f.3", NULL);

	expect_no_prediction(*state, first);
	expect_no_prediction(*state, other);
}

static void vfs_in_the_slot_of_their_pf_do_not_make_it_one_of_several(void **state)
{
	struct pci_function *port = good_root_port(*state, "0000:00:1c.0");
	struct pci_function *pf = add_express(*state, "0000:01:00.0", port, EXPRESS_ENDPOINT);

	make_vf(add_express(*state, "0000:01:00.1", port, EXPRESS_ENDPOINT), pf);
	expect_group(*state, "0000:01:00.0");
}

static void host_without_functions_has_no_groups(void **state)
{
	struct paper *paper = *state;

	predict_groups(paper);
	assert_int_equal(paper->model.dma_units.host->pci.count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(function_0_without_the_bit_and_its_siblings_are_not_predicted),
		TEST(vfs_in_the_slot_of_their_pf_do_not_make_it_one_of_several),
		TEST(single_conventional_function_on_root_bus_is_alone),
		TEST(device_below_good_root_port_is_alone),
		TEST(root_port_without_acs_holds_everything_below),
		TEST(sibling_root_ports_without_acs_join_with_all_below),
		TEST(sibling_that_isolates_keeps_its_group),
		TEST(downstream_ports_of_different_slots_split_though_they_leak),
		TEST(downstream_ports_of_one_slot_merge),
		TEST(upstream_port_of_multifunction_device_takes_all_below),
		TEST(conventional_bridge_takes_all_behind_it),
		TEST(slot_of_conventional_functions_is_one_group),
		TEST(ari_functions_of_different_slots_stay_apart),
		TEST(vfs_on_a_clean_path_are_alone),
		TEST(vfs_on_a_dirty_path_share_the_ports_group),
		TEST(vf_needs_no_config_space),
		TEST(functions_below_a_vmd_endpoint_are_in_its_group),
		TEST(tree_that_leads_back_to_itself_ends),
		TEST(alias_partners_share_a_group),
		TEST(aliases_are_transitive),
		TEST(alias_reaches_the_partners_siblings),
		TEST(aliases_that_no_register_shows_leave_the_bus_unknown),
		TEST(amd_iommu_is_in_no_group_and_joins_nobody),
		TEST(ivrs_alias_merges_what_acs_would_split),
		TEST(closed_ivrs_leaves_shared_buses_unknown),
		TEST(unread_port_leaves_it_and_all_below_unknown),
		TEST(unread_single_function_on_root_bus_is_alone),
		TEST(unread_sibling_leaves_those_that_fail_unknown),
		TEST(failing_port_settles_what_an_unread_one_leaves_open),
		TEST(function_whose_place_was_not_captured_is_unknown),
		TEST(function_whose_place_is_unknown_may_be_with_any_of_its_bus),
		TEST(function_whose_place_is_unknown_may_be_below_a_port_that_does_not_isolate),
		TEST(groups_count_endpoints_apart_from_bridges),
		TEST(host_without_functions_has_no_groups),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
