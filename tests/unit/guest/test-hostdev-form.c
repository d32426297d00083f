/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/hostdev/forms.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <pci/header.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/links.h"
#include "tests/unit/support/paper.h"
#include "tests/unit/support/tree.h"

static struct hostdev_forms build(struct paper *paper, const struct pci_function *const *functions,
				  size_t count, const struct hostdev_options *options)
{
	struct hostdev_forms forms;
	struct hostdev_misfit misfit;

	assert_int_equal(hostdev_forms_build(&paper->model, functions, count, options, paper->arena,
					     &forms, &misfit),
			 0);
	return forms;
}

static const struct hostdev_options no_options;

/* Gives the host the kernel's group of that number, of which drivers hold the members. */
static void hold_group(struct paper *paper, uint32_t number, const char *names)
{
	struct model *model = &paper->model;

	add_group(paper, number, names, "");
	companions_build(&paper->host, &model->isolation, &model->host_uses, paper->arena,
			 &model->companions);
}

static void a_function_alone_leaves_its_place_to_libvirt(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");
	struct hostdev_forms forms = build(paper, &function, 1, &no_options);

	assert_int_equal(forms.count, 1);
	assert_true(forms.forms[0].written);
	assert_int_equal(forms.forms[0].kind, HOSTDEV_KIND_HOSTDEV);
	assert_int_equal(forms.forms[0].place, HOSTDEV_PLACE_ANY);
	assert_int_equal(forms.verdict, ASSIGNABLE);
}

/* A guest looks for further functions only where it finds function 0. */
static void the_lowest_function_of_a_slot_is_function_0(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *functions[] = {
		add_device(paper, "0000:01:00.1", 1, NULL),
		add_device(paper, "0000:01:00.3", 2, NULL),
	};
	struct hostdev_forms forms = build(paper, functions, 2, &no_options);

	assert_int_equal(forms.forms[0].guest.function, 0);
	assert_true(forms.forms[0].multifunction);
	assert_int_equal(forms.forms[1].guest.function, 3);
	assert_false(forms.forms[1].multifunction);
	assert_int_equal(forms.forms[0].guest.bus, forms.forms[1].guest.bus);
}

static void each_device_has_a_bus_of_its_own(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *functions[] = {
		add_device(paper, "0000:01:00.0", 1, NULL),
		add_device(paper, "0000:01:00.1", 1, NULL),
		add_device(paper, "0000:02:00.0", 2, NULL),
		add_device(paper, "0000:02:00.1", 2, NULL),
	};
	struct hostdev_forms forms = build(paper, functions, 4, &no_options);

	assert_int_equal(forms.forms[0].guest.bus, forms.forms[1].guest.bus);
	assert_int_equal(forms.forms[2].guest.bus, forms.forms[3].guest.bus);
	assert_int_not_equal(forms.forms[0].guest.bus, forms.forms[2].guest.bus);
}

static void vfs_of_one_device_number_are_devices_of_their_own(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *functions[2];

	for (size_t i = 0; i < 2; i++) {
		struct pci_function *vf =
			add_device(paper, i ? "0000:01:10.2" : "0000:01:10.0", 1, NULL);
		vf->physfn = known_text("physfn", "0000:01:00.0");
		functions[i] = vf;
	}
	struct hostdev_forms forms = build(paper, functions, 2, &no_options);
	assert_int_equal(forms.forms[0].place, HOSTDEV_PLACE_ANY);
	assert_int_equal(forms.forms[1].place, HOSTDEV_PLACE_ANY);
}

static void a_companion_is_seen_only_where_it_is_of_the_same_device(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "a");

	say_companion(paper, function, add_device(paper, "0000:01:00.1", 1, "b"));
	say_companion(paper, function, add_device(paper, "0000:02:00.0", 1, "c"));
	hold_group(paper, 1, "0000:01:00.0 0000:01:00.1 0000:02:00.0");
	struct hostdev_forms forms = build(paper, &function, 1, &no_options);
	assert_int_equal(forms.count, 3);
	assert_int_equal(forms.forms[1].place, HOSTDEV_PLACE_SLOT);
	assert_int_equal(forms.forms[2].place, HOSTDEV_PLACE_UNASSIGNED);
	assert_int_equal(forms.verdict, ASSIGNABLE_WITH);
}

static void integrated_graphics_stand_where_the_guest_looks_for_them(void **state)
{
	struct caution igd = {.kind = CAUTION_IGD, .why = "it is choosy"};
	struct paper *paper = *state;
	const struct pci_function *functions[] = {
		add_device(paper, "0000:00:02.0", 1, NULL),
		add_device(paper, "0000:00:02.1", 2, NULL),
	};

	say_caution(paper, functions[0], true, &igd);
	struct hostdev_forms forms = build(paper, functions, 2, &no_options);
	assert_int_equal(forms.forms[0].place, HOSTDEV_PLACE_SLOT);
	assert_int_equal(forms.forms[0].guest.bus, 0);
	assert_int_equal(forms.forms[0].guest.device, 2);
	assert_false(forms.forms[0].multifunction);
	assert_int_equal(forms.forms[1].place, HOSTDEV_PLACE_ANY);
}

static void a_companion_of_two_stands_there_once(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *functions[] = {
		add_device(paper, "0000:01:00.0", 1, "a"),
		add_device(paper, "0000:02:00.0", 1, "b"),
	};

	add_device(paper, "0000:03:00.0", 1, "c");
	hold_group(paper, 1, "0000:01:00.0 0000:02:00.0 0000:03:00.0");
	assert_int_equal(build(paper, functions, 2, &no_options).count, 3);
}

/* Each could go alone. */
static void all_links_of_the_host_are_written_only_by_force(void **state)
{
	static const struct hostdev_options by_force = {.force = true};
	static const struct usage_entry entry = {.kind = USAGE_LINK_UP, .what = "eth0"};
	struct paper *paper = *state;
	const struct pci_function *ports[] = {add_device(paper, "0000:01:00.0", 1, "igb"),
					      add_device(paper, "0000:02:00.0", 2, "igb")};
	struct host_link links[] = {{&entry, ports[0]}, {&entry, ports[1]}};

	paper->model.host_uses.links = links;
	paper->model.host_uses.link_count = 2;
	paper->model.host_uses.links_apart = true;
	assert_true(build(paper, ports, 1, &no_options).forms[0].written);
	struct hostdev_forms forms = build(paper, ports, 2, &no_options);
	assert_false(forms.forms[0].written);
	assert_int_equal(forms.verdict, ASSIGNABLE_BLOCKED);
	assert_true(build(paper, ports, 2, &by_force).forms[0].written);
}

static void what_is_blocked_is_written_only_by_force(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);
	static const struct hostdev_options by_force = {.force = true};
	static const enum assignable_verdict verdicts[] = {ASSIGNABLE_BLOCKED,
							   ASSIGNABLE_UNDETERMINED};

	for (size_t i = 0; i < 2; i++) {
		say_verdict(paper, function, verdicts[i], BLOCKER_NO_GROUP, "it is so");
		struct hostdev_forms forms = build(paper, &function, 1, &no_options);
		assert_false(forms.forms[0].written);
		assert_string_equal(forms.forms[0].reasons->text, "it is so");
		assert_int_equal(forms.verdict, verdicts[i]);
		forms = build(paper, &function, 1, &by_force);
		assert_true(forms.forms[0].written);
		assert_int_equal(forms.verdict, verdicts[i]);
	}
}

static void a_vf_token_has_no_field_in_libvirt(void **state)
{
	struct caution token = {.kind = CAUTION_VF_TOKEN, .why = "it takes a token"};
	struct hostdev_target with_field = hostdev_libvirt;
	struct hostdev_options options = {.target = &hostdev_libvirt};
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "vfio-pci");

	say_caution(paper, function, true, &token);
	struct hostdev_forms forms = build(paper, &function, 1, &options);
	assert_false(forms.forms[0].written);
	assert_int_equal(forms.verdict, ASSIGNABLE_BLOCKED);
	assert_non_null(strstr(forms.forms[0].reasons->text, "libvirt has no field"));
	options.force = true;
	forms = build(paper, &function, 1, &options);
	assert_true(forms.forms[0].written);
	with_field.takes_tokens = true;
	options = (struct hostdev_options){.target = &with_field};
	forms = build(paper, &function, 1, &options);
	assert_true(forms.forms[0].written);
	assert_int_equal(forms.verdict, ASSIGNABLE);
}

static void the_worst_verdict_counts(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *functions[] = {
		add_device(paper, "0000:01:00.0", 1, NULL),
		add_device(paper, "0000:02:00.0", 2, NULL),
		add_device(paper, "0000:03:00.0", 3, NULL),
	};

	say_verdict(paper, functions[0], ASSIGNABLE_UNDETERMINED, BLOCKER_UNKNOWN, "a");
	assert_int_equal(build(paper, functions, 3, &no_options).verdict, ASSIGNABLE_UNDETERMINED);
	say_verdict(paper, functions[1], ASSIGNABLE_BLOCKED, BLOCKER_NO_GROUP, "b");
	assert_int_equal(build(paper, functions, 3, &no_options).verdict, ASSIGNABLE_BLOCKED);
}

static void a_domain_of_more_than_16_bits_is_out_of_reach(void **state)
{
	struct paper *paper = *state;
	static const struct hostdev_options by_force = {.force = true};
	const struct pci_function *functions[] = {
		add_device(paper, "ffff:01:00.0", 1, NULL),
		add_device(paper, "10000:01:00.0", 2, NULL),
	};
	struct hostdev_forms forms = build(paper, functions, 2, &by_force);

	assert_true(forms.forms[0].written);
	assert_false(forms.forms[1].written);
	assert_int_equal(forms.verdict, ASSIGNABLE_BLOCKED);
}

/* NVIDIA's driver for vGPUs, and drivers derived from vfio-pci. */
static void a_driver_of_vfio_stays_unless_it_is_vfio_pci(void **state)
{
	static const struct {
		const char *driver;
		bool keeps;
	} rows[] = {
		{"nvidia", true}, {"mlx5_vfio_pci", true}, {"vfio-pci", false}, {"nvme", false}};
	static const char *const opened[] = {"vfio0"};
	const struct hostdev_target binder = {
		.taker = "Incus", .largest_domain = HOSTDEV_LARGEST_DOMAIN, .binds = true};
	const struct hostdev_options by_binder = {.target = &binder};
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);
	const struct pci_function *functions[] = {function};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].driver);
		set_driver(function, rows[i].driver);
		function->vfio_devices = (struct fact_list){
			.fact = known("vfio-dev"), .names = opened, .count = rows[i].keeps};
		assert_int_equal(build(paper, functions, 1, &no_options).forms[0].keeps_driver,
				 rows[i].keeps);
		assert_int_equal(build(paper, functions, 1, &by_binder).forms[0].written,
				 !rows[i].keeps);
	}
}

static void names_are_those_of_node_devices(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "10000:e1:1f.7", 1, NULL);

	assert_string_equal(hostdev_nodedev_name(paper->arena, &function->address),
			    "pci_10000_e1_1f_7");
}

static void a_mac_address_is_that_of_one_interface(void **state)
{
	static const struct {
		const char *text;
		bool valid;
	} cases[] = {
		{"52:54:00:01:02:03", true},    {"fe:ff:ff:ff:ff:ff", true},
		{"AC:DE:48:00:11:22", true},    {"53:54:00:01:02:03", false},
		{"ff:ff:ff:ff:ff:ff", false},   {"00:00:00:00:00:00", false},
		{"52:54:00:01:02", false},      {"52:54:00:01:02:03:04", false},
		{"52-54-00-01-02-03", false},   {"52:54:00:01:02:0g", false},
		{"52:54:00:01:02:3", false},    {"", false},
		{"52:54:00:01:02:03\n", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].text);
		assert_int_equal(hostdev_mac_is_valid(cases[i].text), cases[i].valid);
	}
}

static void a_virtual_port_has_two_names_of_16_digits(void **state)
{
	struct paper *paper = *state;
	static const char *const wrong[] = {
		"",
		"2101001b32a9da4e",
		"2101001b32a9da4e:",
		"2101001b32a9da4e:2001001b32a9da4",
		"2101001b32a9da4e:2001001b32a9da4e0",
		"0x2101001b32a9da:2001001b32a9da4e",
		"2101001b32a9da4e-2001001b32a9da4e",
	};
	struct hostdev_options options = {0};

	assert_true(
		hostdev_vport_parse(paper->arena, "2101001b32a9da4e:2001001B32A9DA4E", &options));
	assert_string_equal(options.wwpn, "2101001b32a9da4e");
	assert_string_equal(options.wwnn, "2001001B32A9DA4E");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		test_row("%s", wrong[i]);
		assert_false(hostdev_vport_parse(paper->arena, wrong[i], &options));
	}
}

#define ROOT_BUS "/sys/devices/pci0000:00"
#define PF       "0000:00:02.0"

/* Makes a host with a network VF that has a MAC address and VLAN 7, with a priority, by 802.1ad. */
static struct host *host_with_vf(struct tree *tree)
{
	enum { ETHERNET = 0x020000 };
	static const unsigned char mac[] = {0x52, 0x54, 0, 1, 2, 3};
	struct test_config config;
	struct test_links message;

	config_begin(&config, 0x8086, 0x1572, ETHERNET);
	config_add_express(&config, PCI_EXP_TYPE_ENDPOINT);
	config_add_sriov(&config, 8);
	const char *pf = tree_function(tree, ROOT_BUS, PF, &config);
	tree_attribute(tree, pf, "sriov_totalvfs", "8\n");
	tree_attribute(tree, pf, "sriov_numvfs", "1\n");
	tree_directory(tree, arena_printf(tree->arena, "%s/net/eth0", pf));
	config_begin(&config, 0xffff, 0xffff, ETHERNET);
	const char *vf = tree_function(tree, ROOT_BUS, "0000:00:02.1", &config);
	tree_link(tree, arena_printf(tree->arena, "%s/physfn", vf), pf);
	struct host *host = tree_host(tree);
	links_begin(&message, ARPHRD_ETHER, "eth0", PF);
	links_add_tagged_vf(&message, &(struct test_vf){0, mac, 7, 1, 0}, 5, ETH_P_8021AD);
	links_end(&message);
	host->vf_links.fact = known("RTM_GETLINK");
	vf_links_parse(message.bytes, message.length, tree->arena, &host->vf_links);
	return host;
}

static void a_vf_keeps_what_its_physical_function_has_for_it(void **state)
{
	static const struct {
		struct hostdev_options options;
		const char *mac;
		unsigned vlan;
		const char *note; /* NULL: none */
	} rows[] = {
		{{0}, "52:54:00:01:02:03", 7, "its MAC address and VLAN are those"},
		{{.mac = "52:54:00:0a:0b:0c"}, "52:54:00:0a:0b:0c", 7, "its VLAN is the one"},
		{{.vlan = 9}, "52:54:00:01:02:03", 9, "its MAC address is the one"},
		{{.mac = "52:54:00:0a:0b:0c", .vlan = 9}, "52:54:00:0a:0b:0c", 9, NULL},
	};
	struct tree *tree = *state;
	struct model model;

	model_build(host_with_vf(tree), tree->arena, &model);
	const struct pci_function *vf = pci_find_name(&model.host->pci, "0000:00:02.1");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hostdev_forms forms;
		struct hostdev_misfit misfit;
		const char *note = NULL;
		test_row("%zu", i);
		assert_int_equal(hostdev_forms_build(&model, &vf, 1, &rows[i].options, tree->arena,
						     &forms, &misfit),
				 0);
		const struct hostdev_form *form = &forms.forms[0];
		assert_int_equal(form->kind, HOSTDEV_KIND_INTERFACE);
		assert_string_equal(form->mac, rows[i].mac);
		assert_int_equal(form->vlan, rows[i].vlan);
		for (const struct hostdev_note *one = form->notes; one; one = one->next) {
			if (strstr(one->text, "its physical function has for it now"))
				note = one->text;
		}
		assert_int_equal(note != NULL, rows[i].note != NULL);
		if (note)
			assert_ptr_equal(strstr(note, rows[i].note), note);
	}
}

/* libvirt has no words for them. */
static void what_libvirt_does_not_set_of_a_vlan_is_noted(void **state)
{
	static const char text[] = "libvirt gives its VLAN without priority 5 and 802.1ad, ";
	static const struct {
		struct hostdev_options options;
		bool noted;
	} rows[] = {{{0}, true}, {{.vlan = 7}, true}, {{.vlan = 9}, false}};
	struct tree *tree = *state;
	struct model model;

	model_build(host_with_vf(tree), tree->arena, &model);
	const struct pci_function *vf = pci_find_name(&model.host->pci, "0000:00:02.1");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct hostdev_forms forms;
		struct hostdev_misfit misfit;
		bool noted = false;
		test_row("%u", rows[i].options.vlan);
		assert_int_equal(hostdev_forms_build(&model, &vf, 1, &rows[i].options, tree->arena,
						     &forms, &misfit),
				 0);
		for (const struct hostdev_note *one = forms.forms[0].notes; one; one = one->next)
			noted |= strncmp(one->text, text, strlen(text)) == 0;
		assert_int_equal(noted, rows[i].noted);
	}
}

#define PAPER_TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPER_TEST(a_function_alone_leaves_its_place_to_libvirt),
		PAPER_TEST(the_lowest_function_of_a_slot_is_function_0),
		PAPER_TEST(each_device_has_a_bus_of_its_own),
		PAPER_TEST(vfs_of_one_device_number_are_devices_of_their_own),
		PAPER_TEST(a_companion_is_seen_only_where_it_is_of_the_same_device),
		PAPER_TEST(integrated_graphics_stand_where_the_guest_looks_for_them),
		PAPER_TEST(a_companion_of_two_stands_there_once),
		PAPER_TEST(what_is_blocked_is_written_only_by_force),
		PAPER_TEST(all_links_of_the_host_are_written_only_by_force),
		PAPER_TEST(a_vf_token_has_no_field_in_libvirt),
		PAPER_TEST(the_worst_verdict_counts),
		PAPER_TEST(a_domain_of_more_than_16_bits_is_out_of_reach),
		PAPER_TEST(a_driver_of_vfio_stays_unless_it_is_vfio_pci),
		PAPER_TEST(names_are_those_of_node_devices),
		cmocka_unit_test(a_mac_address_is_that_of_one_interface),
		PAPER_TEST(a_virtual_port_has_two_names_of_16_digits),
		cmocka_unit_test_setup_teardown(what_libvirt_does_not_set_of_a_vlan_is_noted,
						tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(a_vf_keeps_what_its_physical_function_has_for_it,
						tree_setup, tree_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
