/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "model/boot/kernel_parameters.h"
#include "model/boot/odd_words.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"

static struct arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = arena_new();
	return arena ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct cmdline parse(const char *line)
{
	const struct fact_text text =
		known_text("/proc/cmdline", arena_printf(arena, "%s\n", line));
	struct cmdline cmdline;

	cmdline_parse(arena, &text, &cmdline);
	return cmdline;
}

static struct kernel_parameters evaluate(const char *line)
{
	struct cmdline cmdline = parse(line);
	struct kernel_parameters parameters;

	kernel_parameters_build(&cmdline, arena, &parameters);
	return parameters;
}

struct row {
	const char *line;
	enum switch_state state;
};

#define CHECK(rows, member)                                                                        \
	for (size_t i = 0; i < sizeof(rows) / sizeof((rows)[0]); i++) {                            \
		test_row("%s", (rows)[i].line);                                                    \
		struct kernel_parameters parameters = evaluate((rows)[i].line);                    \
		assert_int_equal(parameters.member.state, (rows)[i].state);                        \
	}

static void the_last_word_for_vtd_wins(void **state)
{
	static const struct row rows[] = {
		{"quiet", SWITCH_UNSET},
		{"intel_iommu=on", SWITCH_ON},
		{"intel-iommu=on", SWITCH_ON},
		{"\"intel_iommu=on\"", SWITCH_ON},
		{"intel_iommu=sm_on", SWITCH_UNSET},
		{"intel_iommu=on,off", SWITCH_OFF},
		{"intel_iommu=off,on", SWITCH_ON},
		{"intel_iommu=off intel_iommu=on,sm_on", SWITCH_ON},
		{"intel_iommu=on intel_iommu=off", SWITCH_OFF},
		{"intel_iommu=on -- intel_iommu=off", SWITCH_ON},
	};

	(void)state;
	CHECK(rows, intel_iommu);
}

static void beginnings_of_words_count_as_the_words(void **state)
{
	static const struct row rows[] = {
		{"intel_iommu=online", SWITCH_ON},
		{"intel_iommu=offline", SWITCH_OFF},
	};

	(void)state;
	CHECK(rows, intel_iommu);
}

static void vtd_ignores_other_words_for_on(void **state)
{
	static const struct row rows[] = {
		{"intel_iommu=1", SWITCH_UNSET},    {"intel_iommu=yes", SWITCH_UNSET},
		{"intel_iommu=pt", SWITCH_UNSET},   {"intel_iommu=ON", SWITCH_UNSET},
		{"intel_iommu", SWITCH_UNSET},      {"Intel_iommu=on", SWITCH_UNSET},
		{"x.intel_iommu=on", SWITCH_UNSET},
	};

	(void)state;
	CHECK(rows, intel_iommu);
}

static void amd_vi_can_only_be_turned_off(void **state)
{
	static const struct row rows[] = {
		{"amd_iommu=on", SWITCH_UNSET},
		{"amd_iommu=off", SWITCH_OFF},
		{"amd_iommu=off amd_iommu=on", SWITCH_OFF},
		{"amd_iommu=pgtbl_v2,off", SWITCH_OFF},
	};

	(void)state;
	CHECK(rows, amd_iommu);
}

static void iommu_off_cannot_be_taken_back(void **state)
{
	static const struct row rows[] = {
		{"iommu=pt", SWITCH_UNSET},         {"iommu=on", SWITCH_UNSET},
		{"iommu=off", SWITCH_OFF},          {"iommu=pt,off", SWITCH_OFF},
		{"iommu=off iommu=on", SWITCH_OFF}, {"iommu=off iommu=pt", SWITCH_OFF},
	};

	(void)state;
	CHECK(rows, iommu);
}

static void the_last_of_all_spellings_decides_passthrough(void **state)
{
	static const struct row rows[] = {
		{"iommu=pt", SWITCH_ON},
		{"iommu=pt iommu=nopt", SWITCH_OFF},
		{"iommu.passthrough=1", SWITCH_ON},
		{"iommu.passthrough=on", SWITCH_ON},
		{"iommu.passthrough=off", SWITCH_OFF},
		{"iommu=pt iommu.passthrough=0", SWITCH_OFF},
		{"iommu.passthrough=0 iommu=pt", SWITCH_ON},
	};

	(void)state;
	CHECK(rows, passthrough);
}

static void what_is_no_boolean_leaves_passthrough_alone(void **state)
{
	static const struct row rows[] = {
		{"iommu.passthrough", SWITCH_UNSET},
		{"iommu.passthrough=", SWITCH_UNSET},
		{"iommu.passthrough=pt", SWITCH_UNSET},
		{"iommu=pt iommu.passthrough=o", SWITCH_ON},
	};

	(void)state;
	CHECK(rows, passthrough);
}

static void interrupt_remapping_follows_the_last_word(void **state)
{
	static const struct row rows[] = {
		{"intremap=off", SWITCH_OFF},
		{"intremap=nosid,off", SWITCH_OFF},
		{"nointremap", SWITCH_OFF},
		{"nointremap=0", SWITCH_OFF},
		{"nointremap intremap=on", SWITCH_ON},
		{"intremap=on nointremap", SWITCH_OFF},
		{"intremap=nosid", SWITCH_UNSET},
		{"intremap=no_x2apic_optout", SWITCH_UNSET},
	};

	(void)state;
	CHECK(rows, interrupt_remapping);
}

static void arm_has_switches_of_its_own(void **state)
{
	static const struct row lpis[] = {
		{"quiet", SWITCH_UNSET},
		{"irqchip.gicv3_nolpi=1", SWITCH_OFF},
		{"irqchip.gicv3_nolpi=y irqchip.gicv3_nolpi=0", SWITCH_ON},
		{"irqchip.gicv3_nolpi", SWITCH_UNSET},
	};
	static const struct row kvm[] = {
		{"kvm-arm.mode=none", SWITCH_OFF},
		{"kvm-arm.mode=none kvm-arm.mode=nvhe", SWITCH_ON},
		{"kvm-arm.mode", SWITCH_UNSET},
	};

	(void)state;
	CHECK(lpis, gic_lpis);
	CHECK(kvm, kvm_arm);
}

static void source_ids_are_not_checked_with_nosid(void **state)
{
	static const struct row rows[] = {
		{"intremap=on", SWITCH_UNSET},
		{"intremap=nosid", SWITCH_OFF},
		{"intremap=on,nosid", SWITCH_OFF},
	};

	(void)state;
	CHECK(rows, source_id);
}

static void the_io_apic_goes_by_any_of_three_names(void **state)
{
	static const struct row rows[] = {
		{"apic=debug", SWITCH_UNSET},
		{"noapic", SWITCH_OFF},
		{"nolapic", SWITCH_OFF},
		{"disableapic", SWITCH_OFF},
	};

	(void)state;
	CHECK(rows, io_apic);
}

static void the_local_apic_goes_by_either_of_two_names(void **state)
{
	static const struct row rows[] = {
		{"lapic", SWITCH_UNSET},
		{"noapic", SWITCH_UNSET},
		{"nolapic", SWITCH_OFF},
		{"disableapic", SWITCH_OFF},
	};

	(void)state;
	CHECK(rows, local_apic);
}

static void acpi_off_must_be_exact(void **state)
{
	static const struct row rows[] = {
		{"acpi=off", SWITCH_OFF},
		{"acpi=noirq", SWITCH_UNSET},
		{"acpi=off acpi=force", SWITCH_ON},
	};

	(void)state;
	CHECK(rows, acpi);
}

static void words_of_pci_are_compared_as_pci_setup_does(void **state)
{
	static const struct row msi[] = {{"pci=nomsi", SWITCH_OFF}, {"pci=nomsix", SWITCH_UNSET}};
	static const struct row ats[] = {{"pci=noats", SWITCH_OFF}, {"pci=noatsx", SWITCH_OFF}};
	static const struct row ari[] = {{"pci=noari", SWITCH_OFF}, {"pci=noaer", SWITCH_UNSET}};
	static const struct row config[] = {{"pci=noacpi,nommconf", SWITCH_OFF},
					    {"pci=nommconfig", SWITCH_UNSET}};

	(void)state;
	CHECK(msi, message_interrupts);
	CHECK(ats, ats);
	CHECK(ari, ari);
	CHECK(config, extended_config);
}

static void realloc_is_on_without_a_value(void **state)
{
	static const struct row rows[] = {
		{"pci=realloc", SWITCH_ON},
		{"pci=realloc=on", SWITCH_ON},
		{"pci=realloc=off", SWITCH_OFF},
		{"pci=realloc=maybe", SWITCH_UNSET},
		{"pci=realloc pci=realloc=off", SWITCH_OFF},
	};

	(void)state;
	CHECK(rows, pci_realloc);
}

static void a_switch_names_the_argument_that_decides(void **state)
{
	struct kernel_parameters parameters = evaluate("iommu=pt iommu=nopt,off quiet");

	(void)state;
	assert_string_equal(parameters.iommu.decided_by->value, "nopt,off");
	assert_string_equal(parameters.iommu.word, "off");
	assert_null(parameters.iommu.overruled);
}

static void a_switch_names_what_it_overrules(void **state)
{
	struct kernel_parameters parameters = evaluate("intel_iommu=on,sm_on intel_iommu=off");

	(void)state;
	assert_string_equal(parameters.intel_iommu.overruled->value, "on,sm_on");
	assert_string_equal(parameters.intel_iommu.overruled_word, "on");
	assert_null(evaluate("intel_iommu=on intel_iommu=on").intel_iommu.overruled);
}

static void the_last_list_of_acs_replaces_the_others(void **state)
{
	struct kernel_parameters parameters = evaluate(
		"pci=disable_acs_redir=pci:1b36:000c;00:1c.0,realloc pci=disable_acs_redir=01:00.0 "
		"pci=config_acs=10x@pci:0:0");

	(void)state;
	assert_string_equal(parameters.disable_acs_redir_list, "01:00.0");
	assert_string_equal(parameters.config_acs_list, "10x@pci:0:0");
	assert_int_equal(parameters.pci_realloc.state, SWITCH_ON);
	assert_null(evaluate("pci=noats").disable_acs_redir_list);
}

static void acs_override_is_seen_with_any_value(void **state)
{
	(void)state;
	assert_non_null(evaluate("pcie_acs_override=downstream,multifunction").acs_override);
	assert_null(evaluate("pci=noats").acs_override);
}

static void a_module_is_refused_by_its_exact_name(void **state)
{
	static const struct {
		const char *line;
		bool refused;
	} rows[] = {
		{"module_blacklist=vfio_pci", true},
		{"module_blacklist=nouveau,vfio_pci", true},
		{"module_blacklist=,,vfio_pci", true},
		{"module_blacklist=vfio-pci", false},
		{"module_blacklist=vfio", false},
		{"module_blacklist=vfio_pci_core", false},
		{"module_blacklist=vfio_pci module_blacklist=nouveau", false},
		{"modprobe.blacklist=vfio_pci", false},
		{"module_blacklist", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].line);
		struct kernel_parameters parameters = evaluate(rows[i].line);
		assert_int_equal(kernel_parameters_refuse_module(&parameters, "vfio_pci"),
				 rows[i].refused);
	}
}

/* Returns the odd words of a line as "TOKEN?" ignored, "TOKEN>OTHER" inexact, "TOKEN|" not
 * read, "NAME!" missing. */
static const char *odd(const char *line)
{
	struct cmdline cmdline = parse(line);
	struct odd_token *tokens;
	size_t count = odd_tokens_find(&cmdline, arena, &tokens);
	const char *text = "";

	for (size_t i = 0; i < count; i++) {
		if (tokens[i].kind == TOKEN_INEXACT)
			text = arena_printf(arena, "%s%s>%s ", text, tokens[i].token,
					    tokens[i].taken_for);
		else if (tokens[i].kind == TOKEN_IGNORED)
			text = arena_printf(arena, "%s%s? ", text, tokens[i].token);
		else if (tokens[i].kind == TOKEN_UNREAD)
			text = arena_printf(arena, "%s%s| ", text, tokens[i].token);
		else
			text = arena_printf(arena, "%s%s! ", text, tokens[i].parameter->name);
	}
	return text;
}

static void words_that_the_kernel_skips_are_odd(void **state)
{
	(void)state;
	assert_string_equal(odd("iommu=pt iommu=1"), "1? ");
	assert_string_equal(odd("intel_iommu=1,on,pt"), "1? pt? ");
	assert_string_equal(odd("amd_iommu=on"), "on? ");
	assert_string_equal(odd("iommu=pt,strict"), "strict? ");
	assert_string_equal(odd("intremap=none"), "none? ");
	assert_string_equal(odd("pci=noMSI,nomsi,conf3,notphx pcie_ports=auto"),
			    "noMSI? conf3? notphx>notph auto? ");
	assert_string_equal(odd("iommu=usedac,off iommu=pt"), "off| ");
}

static void words_that_only_begin_right_are_odd(void **state)
{
	(void)state;
	assert_string_equal(odd("intel_iommu=online iommu=ptx"), "online>on ptx>pt ");
}

static void a_list_without_words_is_odd(void **state)
{
	(void)state;
	assert_string_equal(odd("intel_iommu iommu="), "intel_iommu! iommu! ");
}

static void words_that_the_kernel_knows_are_not_odd(void **state)
{
	(void)state;
	assert_string_equal(
		odd("intel_iommu=on,sm_on,igfx_off,tboot_noforce amd_iommu=pgtbl_v2 "
		    "iommu=pt,nopt,force,memaper=3 intremap=no_x2apic_optout,posted_msi "
		    "pci=realloc=off,hpmmiosize=256M,nommconf,noaer pcie_ports=native"),
		"");
}

static void a_misspelt_name_leads_to_the_one_meant(void **state)
{
	static const struct {
		const char *name;
		const char *meant;
	} rows[] = {
		{"intel_iomu", "intel_iommu"},
		{"inteliommu", "intel_iommu"},
		{"intel_immou", "intel_iommu"},
		{"INTEL_IOMMU", "intel_iommu"},
		{"intel_iommu:on", "intel_iommu"},
		{"amd_immu", "amd_iommu"},
		{"imomu", "iommu"},
		{"vfio-pci.id", "vfio_pci.ids"},
		{"vfio_pci_ids", "vfio_pci.ids"},
		{"pcie_acs_overide", "pcie_acs_override"},
		{"iommu.passthru", NULL},
		{"intermap", "intremap"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].name);
		const char *meant = kernel_parameter_meant(rows[i].name);
		if (rows[i].meant)
			assert_string_equal(meant, rows[i].meant);
		else
			assert_null(meant);
	}
}

static void names_of_other_parameters_are_not_misspelt(void **state)
{
	static const char *const names[] = {
		"intel_iommu",
		"intel-iommu",
		"iommu",
		"iomem",
		"nointremap",
		"intel_idle",
		"amd_pstate",
		"iommu.strict",
		"s390_iommu",
		"pci",
		"vfio_pci.disable_vga",
		"amd_iommu_dump",
		"",
		"ro",
		"kvm.ignore_msrs",
		"isolcpus",
		"interleave",
		"=",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		test_row("%s", names[i]);
		assert_null(kernel_parameter_meant(names[i]));
	}
}

static void a_name_of_any_length_is_compared(void **state)
{
	char name[4096];

	(void)state;
	memset(name, 'i', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_null(kernel_parameter_meant(name));
	assert_false(kernel_parameter_known(name));
}

static void only_parameters_of_this_field_are_known(void **state)
{
	static const struct {
		const char *name;
		bool known;
	} rows[] = {
		{"intel_iommu", true},    {"intel-iommu", true},
		{"vfio-pci.ids", true},   {"kvm_intel.nested", true},
		{"ivrs_ioapic[4]", true}, {"10de:1b81", true},
		{"10de:1b81:10de", true}, {"disable_idle_d3", true},
		{"10de:1b8", false},      {"dead:beef/secret", false},
		{"vfio_pci.", false},     {"vfio", false},
		{"root", false},          {"rd.luks.key", false},
		{"token", false},         {"", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].name);
		assert_int_equal(kernel_parameter_known(rows[i].name), rows[i].known);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_last_word_for_vtd_wins),
		TEST(beginnings_of_words_count_as_the_words),
		TEST(vtd_ignores_other_words_for_on),
		TEST(amd_vi_can_only_be_turned_off),
		TEST(iommu_off_cannot_be_taken_back),
		TEST(the_last_of_all_spellings_decides_passthrough),
		TEST(what_is_no_boolean_leaves_passthrough_alone),
		TEST(interrupt_remapping_follows_the_last_word),
		TEST(arm_has_switches_of_its_own),
		TEST(source_ids_are_not_checked_with_nosid),
		TEST(the_io_apic_goes_by_any_of_three_names),
		TEST(the_local_apic_goes_by_either_of_two_names),
		TEST(acpi_off_must_be_exact),
		TEST(words_of_pci_are_compared_as_pci_setup_does),
		TEST(realloc_is_on_without_a_value),
		TEST(a_switch_names_the_argument_that_decides),
		TEST(a_switch_names_what_it_overrules),
		TEST(the_last_list_of_acs_replaces_the_others),
		TEST(acs_override_is_seen_with_any_value),
		TEST(a_module_is_refused_by_its_exact_name),
		TEST(words_that_the_kernel_skips_are_odd),
		TEST(words_that_only_begin_right_are_odd),
		TEST(a_list_without_words_is_odd),
		TEST(words_that_the_kernel_knows_are_not_odd),
		TEST(a_misspelt_name_leads_to_the_one_meant),
		TEST(names_of_other_parameters_are_not_misspelt),
		TEST(a_name_of_any_length_is_compared),
		TEST(only_parameters_of_this_field_are_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
