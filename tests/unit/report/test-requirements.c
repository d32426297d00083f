/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/requirements.h"

#include <errno.h>
#include <pci/header.h>
#include <string.h>

#include "host/base/array.h"
#include "tests/unit/support/arena.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"

struct parsed {
	const char *text;
	enum requirement_kind kind;
	const char *selector;
	uint32_t count;
};

static const struct parsed right[] = {
	{"passthrough=0000:03:00.0", REQUIRE_PASSTHROUGH, "0000:03:00.0", 1},
	{"passthrough=03:00.0", REQUIRE_PASSTHROUGH, "03:00.0", 1},
	{"passthrough=03:00.0:2", REQUIRE_PASSTHROUGH, "03:00.0", 2},
	{"passthrough=8086:10c9", REQUIRE_PASSTHROUGH, "8086:10c9", 1},
	{"passthrough=8086:1572", REQUIRE_PASSTHROUGH, "8086:1572", 1},
	{"passthrough=8086:1572:4", REQUIRE_PASSTHROUGH, "8086:1572", 4},
	{"passthrough=fc:2", REQUIRE_PASSTHROUGH, "fc", 2},
	{"passthrough=fc:10", REQUIRE_PASSTHROUGH, "fc", 10},
	{"passthrough=02:10", REQUIRE_PASSTHROUGH, "02:10", 1},
	{"passthrough=0000:02:10", REQUIRE_PASSTHROUGH, "0000:02:10", 1},
	{"passthrough=02:10:2", REQUIRE_PASSTHROUGH, "02:10", 2},
	{"passthrough=group:12", REQUIRE_PASSTHROUGH, "group:12", 1},
	{"passthrough=group:12:2", REQUIRE_PASSTHROUGH, "group:12", 2},
	{"passthrough=gpu", REQUIRE_PASSTHROUGH, "gpu", 1},
	{"vfs=eth0:8", REQUIRE_VFS, "eth0", 8},
	{"vfs=0000:03:00.0:65535", REQUIRE_VFS, "0000:03:00.0", 65535},
	{"vfs=10000:03:00.0:1", REQUIRE_VFS, "10000:03:00.0", 1},
	{"vfs=8086:1572:64", REQUIRE_VFS, "8086:1572", 64},
	{"isolated=nic", REQUIRE_ISOLATED, "nic", 1},
	{"isolated=8086:1572", REQUIRE_ISOLATED, "8086:1572", 1},
	{"interrupt-remapping", REQUIRE_INTERRUPT_REMAPPING, NULL, 0},
};

static void texts_of_the_right_form_are_split(void **state)
{
	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
		test_row("%s", right[i].text);
		struct requirement_list list = {0};
		const char *why = "";

		if (requirements_add(*state, right[i].text, &list, &why) != 0)
			fail_msg("%s: %s", right[i].text, why);
		assert_int_equal(list.count, 1);
		assert_string_equal(list.items[0].text, right[i].text);
		assert_int_equal(list.items[0].kind, right[i].kind);
		if (right[i].selector)
			assert_string_equal(list.items[0].selector, right[i].selector);
		if (right[i].selector)
			assert_int_equal(list.items[0].count, right[i].count);
	}
}

static const char *const wrong[] = {
	"",
	"=",
	"vfs",
	"vfs=",
	"vfs=eth0",
	"vfs=eth0:",
	"vfs=:8",
	"vfs=eth0:0",
	"vfs=eth0:-1",
	"vfs=eth0:+8",
	"vfs=eth0: 8",
	"vfs=eth0:8x",
	"vfs=eth0:0x8",
	"vfs=eth0:65536",
	"vfs=eth0:99999999999999999999",
	"vfs=8086:1572",
	"vfs=0000:03:00.0",
	"passthrough",
	"passthrough=",
	"passthrough=nic:0",
	"passthrough=nic:two",
	"isolated",
	"isolated=",
	"interrupt-remapping=",
	"interrupt-remapping=on",
	"VFS=eth0:8",
	"remapping",
};

static void texts_of_another_form_are_refused_with_a_reason(void **state)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		test_row("%s", wrong[i]);
		struct requirement_list list = {0};
		const char *why = "";

		if (requirements_add(*state, wrong[i], &list, &why) != -EINVAL || !*why)
			fail_msg("\"%s\" was taken", wrong[i]);
		assert_int_equal(list.count, 0);
	}
}

static void long_texts_and_long_lists_are_refused(void **state)
{
	struct requirement_list list = {0};
	char text[LIMIT_REQUIREMENT + 2];
	const char *why = "";

	memset(text, 'x', sizeof(text));
	memcpy(text, "isolated=", strlen("isolated="));
	text[LIMIT_REQUIREMENT + 1] = '\0';
	assert_int_equal(requirements_add(*state, text, &list, &why), -EINVAL);
	text[LIMIT_REQUIREMENT] = '\0';
	for (size_t i = 0; i < LIMIT_REQUIREMENTS; i++)
		assert_int_equal(requirements_add(*state, text, &list, &why), 0);
	assert_int_equal(requirements_add(*state, text, &list, &why), -EINVAL);
	assert_int_equal(list.count, LIMIT_REQUIREMENTS);
}

static int add_document(struct arena *arena, const char *text, struct requirement_list *list)
{
	const char *why = "";
	int result = requirements_add_document(arena, text, strlen(text), list, &why);

	assert_true(result == 0 || *why);
	return result;
}

static void a_document_is_an_array_or_an_object_of_one(void **state)
{
	struct requirement_list list = {0};

	assert_int_equal(add_document(*state, "[\"vfs=eth0:8\", \"isolated=gpu\"]", &list), 0);
	assert_int_equal(
		add_document(*state, " {\"requirements\": [\"interrupt-remapping\"]}\n", &list), 0);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.items[2].text, "interrupt-remapping");
}

static const char *const wrong_documents[] = {
	"",
	"null",
	"8",
	"\"vfs=eth0:8\"",
	"[]",
	"{}",
	"[8]",
	"[null]",
	"[[\"vfs=eth0:8\"]]",
	"[\"vfs=eth0:8\"",
	"[\"vfs=eth0:8\"] x",
	"[\"vfs=eth0:8\"][]",
	"[\"vfs=eth0\"]",
	"[\"\"]",
	"[\"vfs=eth0:8\\u0000\"]",
	"{\"requirements\": \"vfs=eth0:8\"}",
	"{\"requirements\": []}",
	"{\"requirement\": [\"vfs=eth0:8\"]}",
	"{\"requirements\": [\"vfs=eth0:8\"], \"more\": 1}",
	"{\"requirements\": [\"vfs=eth0:8\"], \"requirements\": [\"isolated=gpu\"]}",
};

static void other_documents_are_refused(void **state)
{
	for (size_t i = 0; i < sizeof(wrong_documents) / sizeof(wrong_documents[0]); i++) {
		struct requirement_list list = {0};

		if (add_document(*state, wrong_documents[i], &list) != -EINVAL)
			fail_msg("%s was taken", wrong_documents[i]);
	}
}

static void bytes_behind_a_nul_are_refused(void **state)
{
	static const char document[] = "[\"vfs=eth0:8\"]\0[]";
	struct requirement_list list = {0};
	const char *why = "";

	assert_int_equal(
		requirements_add_document(*state, document, sizeof(document) - 1, &list, &why),
		-EINVAL);
}

static void a_deep_document_is_refused(void **state)
{
	struct requirement_list list = {0};
	static char deep[100001];

	memset(deep, '[', sizeof(deep) - 1);
	assert_int_equal(add_document(*state, deep, &list), -EINVAL);
}

/* A host of files: two NVMe controllers, of which one is a PF with 4 VFs, and a network card. */
static struct host *make_host(struct tree *tree)
{
	static const char *loaded[] = {"vfio_iommu_type1", "vfio_pci"};
	struct test_config config;

	config_begin(&config, 0x1b36, 0x0010, 0x010802);
	config_add_express(&config, PCI_EXP_TYPE_ROOT_INT_EP);
	uint8_t *sriov = config_add_sriov(&config, 4);
	put32(sriov + PCI_IOV_BAR_BASE, 0xc0000004);
	const char *pf = tree_function(tree, "/sys/devices/pci0000:00", "0000:00:08.0", &config);
	tree_attribute(tree, pf, "sriov_totalvfs", "4\n");
	tree_attribute(tree, pf, "sriov_numvfs", "0\n");
	tree_attribute(tree, pf, "resource",
		       arena_printf(tree->arena,
				    "%s0x00000000c0000000 0x00000000c000ffff "
				    "0x0000000000140204\n%s",
				    resource_lines(tree, 7), resource_lines(tree, 5)));
	tree_driver(tree, pf, "nvme");
	tree_group(tree, pf, 1);

	config_begin(&config, 0x1b36, 0x0010, 0x010802);
	config_add_express(&config, PCI_EXP_TYPE_ROOT_INT_EP);
	const char *other = tree_function(tree, "/sys/devices/pci0000:00", "0000:00:08.1", &config);
	tree_driver(tree, other, "nvme");
	tree_group(tree, other, 1);

	config_begin(&config, 0x8086, 0x10d3, 0x020000);
	config_add_express(&config, PCI_EXP_TYPE_ROOT_INT_EP);
	const char *nic = tree_function(tree, "/sys/devices/pci0000:00", "0000:00:0a.0", &config);
	tree_group(tree, nic, 2);
	tree_directory(tree, arena_printf(tree->arena, "%s/net/eth0", nic));
	struct host *host = tree_host(tree);
	host->interrupts.fact.state = FACT_KNOWN;
	host->interrupts.remapped_chip = "IR-PCI-MSI";
	host->modules.loaded.fact.state = FACT_KNOWN;
	host->modules.loaded.names = loaded;
	host->modules.loaded.count = ARRAY_LENGTH(loaded);
	return host;
}

struct verdict {
	const char *text;
	enum requirement_state state;
	const char *why; /* a word of it */
};

static const struct verdict verdicts[] = {
	{"vfs=0000:00:08.0:4", REQUIREMENT_MET, "0000:00:08.0"},
	{"vfs=nvme:4", REQUIREMENT_MET, "0000:00:08.0"},
	{"vfs=0000:00:08.0:5", REQUIREMENT_UNMET, "VFs of 0000:00:08.0: at most 4, not 5: "},
	{"vfs=0000:00:08.1:1", REQUIREMENT_UNMET, "no physical function"},
	{"vfs=0000:00:1f.0:1", REQUIREMENT_UNMET, "has no 0000:00:1f.0"},
	{"vfs=eth1:1", REQUIREMENT_UNMET, "has no eth1"},
	{"isolated=eth0", REQUIREMENT_MET, "0000:00:0a.0"},
	{"isolated=nic", REQUIREMENT_MET, "0000:00:0a.0"},
	{"isolated=nvme", REQUIREMENT_UNMET, "0000:00:08.1"},
	{"isolated=gpu", REQUIREMENT_UNMET, "has no gpu"},
	{"passthrough=gpu", REQUIREMENT_UNMET, "has no gpu"},
};

static struct requirement_result judge_text(struct tree *tree, const struct host *host,
					    const char *text)
{
	struct requirement_list list = {0};
	const char *why = "";
	struct model model;

	assert_int_equal(requirements_add(tree->arena, text, &list, &why), 0);
	model_build(host, tree->arena, &model);
	return requirement_judge(&list.items[0], &model, tree->arena);
}

static void requirements_are_judged_by_what_the_host_has(void **state)
{
	struct tree *tree = *state;
	struct host *host = make_host(tree);

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		struct requirement_result result = judge_text(tree, host, verdicts[i].text);

		if (result.state != verdicts[i].state || !strstr(result.why, verdicts[i].why))
			fail_msg("%s: %d, %s", verdicts[i].text, result.state, result.why);
	}
}

static void what_was_not_read_leaves_a_requirement_open(void **state)
{
	struct tree *tree = *state;
	struct host *host = make_host(tree);
	struct pci_function *functions = host->pci.functions;

	functions[0].config.length = CONFIG_HEADER_SIZE;
	assert_int_equal(judge_text(tree, host, "vfs=0000:00:08.0:4").state,
			 REQUIREMENT_UNDETERMINED);
	functions[2].netdevs.fact.state = FACT_UNREADABLE;
	assert_int_equal(judge_text(tree, host, "isolated=eth1").state, REQUIREMENT_UNDETERMINED);
	assert_int_equal(judge_text(tree, host, "isolated=0000:00:1f.0").state, REQUIREMENT_UNMET);
	functions[0].group.fact.state = FACT_UNREADABLE;
	functions[0].config.length = 0;
	functions[1].config.length = 0;
	assert_int_equal(judge_text(tree, host, "isolated=0000:00:08.0").state,
			 REQUIREMENT_UNDETERMINED);
	host->pci.fact.state = FACT_UNREADABLE;
	assert_int_equal(judge_text(tree, host, "isolated=0000:00:1f.0").state,
			 REQUIREMENT_UNDETERMINED);
}

static void what_the_list_of_a_group_names_is_a_neighbour_also_where_it_was_not_read(void **state)
{
	static const char *const names[] = {"0000:00:0a.0", "0000:00:0b.0"};
	struct tree *tree = *state;
	struct host *host = make_host(tree);
	struct iommu_group *group = (struct iommu_group *)iommu_group_find(&host->groups, 2);

	assert_non_null(group);
	assert_int_equal(judge_text(tree, host, "isolated=eth0").state, REQUIREMENT_MET);
	group->devices.names = names;
	group->devices.count = 2;
	assert_int_equal(judge_text(tree, host, "isolated=eth0").state, REQUIREMENT_UNMET);
}

/* Of another function, neither the link nor its name in the list of the group. */
static void a_group_whose_list_was_not_read_is_not_known_to_be_of_one(void **state)
{
	static const char *const other[] = {"0000:00:0b.0"};
	struct tree *tree = *state;
	struct host *host = make_host(tree);
	struct iommu_group *group = (struct iommu_group *)iommu_group_find(&host->groups, 2);
	const struct {
		struct fact_list devices;
		enum requirement_state state;
		const char *why;
	} rows[] = {
		{group->devices, REQUIREMENT_MET, "0000:00:0a.0 is alone in its group"},
		{{.fact = {FACT_UNREADABLE, EACCES, "devices"}},
		 REQUIREMENT_UNDETERMINED,
		 "cannot tell whether 0000:00:0a.0 is alone in its group: the list of the group's "
		 "members could not be read"},
		{{.fact = {FACT_KNOWN, 0, "devices"}},
		 REQUIREMENT_UNDETERMINED,
		 "cannot tell whether 0000:00:0a.0 is alone in its group: the list of the group's "
		 "members lacks it"},
		{{{FACT_KNOWN, 0, "devices"}, other, 1},
		 REQUIREMENT_UNMET,
		 "0000:00:0a.0 shares its group with 0000:00:0b.0"},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].why);
		group->devices = rows[i].devices;
		struct requirement_result result = judge_text(tree, host, "isolated=eth0");
		assert_int_equal(result.state, rows[i].state);
		assert_string_equal(result.why, rows[i].why);
	}
	host->groups.count = 0;
	assert_int_equal(judge_text(tree, host, "isolated=eth0").state, REQUIREMENT_UNDETERMINED);
}

static void interrupt_remapping_is_what_its_check_says(void **state)
{
	struct tree *tree = *state;
	struct host *host = make_host(tree);

	host->interrupts.fact.state = FACT_KNOWN;
	host->interrupts.remapped_chip = "IR-PCI-MSI";
	host->cpu.fact.state = FACT_KNOWN;
	host->cpu.architecture = "x86_64";
	assert_int_equal(judge_text(tree, host, "interrupt-remapping").state, REQUIREMENT_MET);
	host->interrupts.remapped_chip = NULL;
	host->interrupts.plain_chip = "PCI-MSI";
	assert_int_equal(judge_text(tree, host, "interrupt-remapping").state, REQUIREMENT_UNMET);
	host->interrupts = (struct interrupts){.fact.state = FACT_UNREADABLE};
	assert_int_equal(judge_text(tree, host, "interrupt-remapping").state,
			 REQUIREMENT_UNDETERMINED);
}

/* Ports of a bond, each in a group with another function: each group could go alone. */
static void requirements_leave_the_host_a_link(void **state)
{
	static const struct {
		const char *texts[2];
		enum requirement_state state;
	} rows[] = {
		{{"passthrough=0000:01:00.0", NULL}, REQUIREMENT_MET},
		{{"passthrough=0000:01:00.0", "passthrough=0000:02:00.0"}, REQUIREMENT_UNMET},
		{{"passthrough=8086:1572:2", NULL}, REQUIREMENT_UNMET},
		{{"passthrough=8086:1572:1", NULL}, REQUIREMENT_MET},
		{{"passthrough=0000:01:00.1", NULL}, REQUIREMENT_MET},
		{{"passthrough=0000:01:00.1", "passthrough=0000:02:00.1"}, REQUIREMENT_UNMET},
	};
	static const struct usage_entry entry = {.kind = USAGE_LINK_UP, .what = "eth0"};
	static const struct host_use use = {.entry = &entry};
	struct paper *paper = *state;
	struct pci_function *ports[2];
	struct host_link links[2];

	ports[0] = add_device(paper, "0000:01:00.0", 1, "i40e");
	add_device(paper, "0000:01:00.1", 1, "vfio-pci");
	ports[1] = add_device(paper, "0000:02:00.0", 2, "i40e");
	add_device(paper, "0000:02:00.1", 2, "vfio-pci");
	for (size_t i = 0; i < 2; i++) {
		set_ids(ports[i], 0x8086, 0x1572);
		say_host_use(paper, ports[i], &use);
		links[i] = (struct host_link){&entry, ports[i]};
	}
	paper->model.host_uses.links = links;
	paper->model.host_uses.link_count = 2;
	paper->model.host_uses.links_apart = true;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct requirement_list list = {0};
		struct requirement_result results[2];
		const char *why = "";
		test_row("%s", rows[i].texts[0]);
		for (size_t j = 0; j < 2 && rows[i].texts[j]; j++)
			assert_int_equal(
				requirements_add(paper->arena, rows[i].texts[j], &list, &why), 0);
		for (size_t j = 0; j < list.count; j++)
			results[j] = requirement_judge(&list.items[j], &paper->model, paper->arena);
		requirements_judge_together(results, list.count, &paper->model, paper->arena);
		assert_int_equal(results[0].state, rows[i].state);
	}
}

static struct requirement_result judge_isolation(struct paper *paper)
{
	struct requirement requirement = {
		.kind = REQUIRE_ISOLATED, .selector = "0000:05:00.0", .count = 1};
	struct model model;

	model_build(&paper->host, paper->arena, &model);
	return requirement_judge(&requirement, &model, paper->arena);
}

/* Groups are as old as the boot: what isolates them now decides. */
static void a_group_is_isolated_by_the_acs_bits_of_now(void **state)
{
	static const char *const groups[] = {"0000:00:1d.0", "0000:05:00.0", "0000:05:01.0"};
	struct paper *paper = *state;
	struct pci_function *port = add_express(paper, "0000:00:1d.0", NULL, EXPRESS_ROOT_PORT);

	add_express(paper, "0000:05:00.0", port, EXPRESS_ENDPOINT);
	add_express(paper, "0000:05:01.0", port, EXPRESS_ENDPOINT);
	add_groups(paper, groups, 3);
	set_acs(port, ACS_REQUIRED, ACS_REQUIRED);
	assert_int_equal(judge_isolation(paper).state, REQUIREMENT_MET);
	set_acs(port, ACS_REQUIRED, 0);
	struct requirement_result result = judge_isolation(paper);
	assert_int_equal(result.state, REQUIREMENT_UNMET);
	assert_string_equal(result.why,
			    "the group of 0000:05:00.0 is out of date: 0000:00:1d.0 has "
			    "ACS bits off since boot");
	hide_capabilities(port);
	assert_int_equal(judge_isolation(paper).state, REQUIREMENT_UNDETERMINED);
}

static void a_group_of_noiommu_mode_isolates_nothing(void **state)
{
	static const char *const groups[] = {"0000:00:1d.0", "0000:05:00.0", "0000:05:01.0"};
	struct paper *paper = *state;
	struct pci_function *port = add_express(paper, "0000:00:1d.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *function = add_express(paper, "0000:05:00.0", port, EXPRESS_ENDPOINT);

	add_express(paper, "0000:05:01.0", port, EXPRESS_ENDPOINT);
	add_groups(paper, groups, 3);
	paper->host.groups.groups[1].name = known_text("name", "vfio-noiommu");
	function->iommu.fact = absent("iommu");
	assert_int_equal(judge_isolation(paper).state, REQUIREMENT_UNMET);
}

int main(void)
{
	const struct CMUnitTest parsing[] = {
		cmocka_unit_test(texts_of_the_right_form_are_split),
		cmocka_unit_test(texts_of_another_form_are_refused_with_a_reason),
		cmocka_unit_test(long_texts_and_long_lists_are_refused),
		cmocka_unit_test(a_document_is_an_array_or_an_object_of_one),
		cmocka_unit_test(other_documents_are_refused),
		cmocka_unit_test(bytes_behind_a_nul_are_refused),
		cmocka_unit_test(a_deep_document_is_refused),
	};
	const struct CMUnitTest judging[] = {
		cmocka_unit_test_setup_teardown(requirements_are_judged_by_what_the_host_has,
						tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(what_was_not_read_leaves_a_requirement_open,
						tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(
			what_the_list_of_a_group_names_is_a_neighbour_also_where_it_was_not_read,
			tree_setup, tree_teardown),
		cmocka_unit_test_setup_teardown(
			a_group_whose_list_was_not_read_is_not_known_to_be_of_one, tree_setup,
			tree_teardown),
		cmocka_unit_test_setup_teardown(a_group_is_isolated_by_the_acs_bits_of_now,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(a_group_of_noiommu_mode_isolates_nothing,
						paper_setup, paper_teardown),
		cmocka_unit_test_setup_teardown(requirements_leave_the_host_a_link, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(interrupt_remapping_is_what_its_check_says,
						tree_setup, tree_teardown),
	};

	return cmocka_run_group_tests(parsing, arena_setup, arena_teardown) +
	       cmocka_run_group_tests(judging, NULL, NULL);
}
