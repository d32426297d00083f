/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <pci/header.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

/* An x86 without groups, whose configuration was not found, and whose interrupts tell nothing. It
 * has the table of its vendor. */
static struct paper *make_host(struct paper *paper, enum cpu_vendor vendor, const char *line)
{
	paper_reset(paper);
	paper_command_line(paper, line);
	paper->host.cpu.vendor = vendor;
	paper->host.interrupts = (struct interrupts){0};
	if (vendor == CPU_INTEL)
		paper->host.acpi.dmar.fact = unreadable("/sys/firmware/acpi/tables/DMAR", EACCES);
	if (vendor == CPU_AMD)
		paper->host.acpi.ivrs.fact = unreadable("/sys/firmware/acpi/tables/IVRS", EACCES);
	return paper;
}

static struct paper *intel_host(void **state, const char *line)
{
	return make_host(*state, CPU_INTEL, line);
}

static struct paper *amd_host(void **state, const char *line)
{
	return make_host(*state, CPU_AMD, line);
}

static const struct findings *run(const struct paper *paper)
{
	return judge(paper->arena, "kernel-cmdline", &paper->host);
}

static const struct finding *expect(const struct paper *paper, const char *id,
				    enum finding_verdict verdict)
{
	return expect_finding(run(paper), id, verdict);
}

static void expect_none(struct paper *paper, const char *id)
{
	assert_null(finding_of(run(paper), id));
}

/* That there is nothing to say but that the IOMMU is on. */
static void expect_only_pass(struct paper *paper)
{
	expect(paper, "kernel-cmdline.iommu-on", FINDING_PASS);
	assert_int_equal(run(paper)->count, 1);
}

static void intel_iommu_off_is_named_with_its_remedy(void **state)
{
	struct paper *paper = intel_host(state, "ro intel_iommu=off quiet");
	const struct finding *finding;

	paper_kconfig(paper, "CONFIG_INTEL_IOMMU_DEFAULT_ON=y\n");
	finding = expect(paper, "kernel-cmdline.iommu-off", FINDING_FAIL);
	assert_string_equal(finding->summary, "intel_iommu=off turns DMA remapping off");
	assert_true(has_evidence(finding, "intel_iommu=off"));
	assert_string_equal(finding->remedy,
			    "Remove intel_iommu=off from the kernel command line and reboot");
}

static void where_vtd_is_off_by_default_off_is_replaced_by_on(void **state)
{
	struct paper *paper = intel_host(state, "intel_iommu=off");
	const struct finding *finding;

	paper_kconfig(paper, "# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set\n");
	finding = expect(paper, "kernel-cmdline.iommu-off", FINDING_FAIL);
	assert_string_equal(
		finding->remedy,
		"Write intel_iommu=on instead of intel_iommu=off on the kernel command line and "
		"reboot");
}

static void only_the_word_at_fault_is_to_be_taken_out(void **state)
{
	struct paper *paper = amd_host(state, "iommu=pt,off");
	const struct finding *finding = expect(paper, "kernel-cmdline.iommu-off", FINDING_FAIL);

	assert_string_equal(finding->summary, "iommu=off turns DMA remapping off");
	assert_true(has_evidence(finding, "iommu=pt,off"));
	assert_string_equal(finding->remedy,
			    "Take off out of iommu=pt,off on the kernel command line and reboot");
}

static void iommu_off_beats_intel_iommu_on(void **state)
{
	struct paper *paper = intel_host(state, "iommu=off intel_iommu=on");
	const struct finding *finding;

	expect(paper, "kernel-cmdline.iommu-off", FINDING_FAIL);
	finding = expect(paper, "kernel-cmdline.contradiction", FINDING_WARN);
	assert_string_equal(finding->summary,
			    "intel_iommu=on has no effect: iommu=off overrules it");
}

/* It would get no interrupt of its own. */
static void no_iommu_runs_without_the_local_apic(void **state)
{
	static const char *const lines[] = {"intel_iommu=on nolapic", "intel_iommu=on disableapic"};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		test_row("%s", lines[i]);
		expect(intel_host(state, lines[i]), "kernel-cmdline.iommu-off", FINDING_FAIL);
	}
	expect(amd_host(state, "nolapic"), "kernel-cmdline.iommu-off", FINDING_FAIL);
	expect_none(intel_host(state, "intel_iommu=on noapic"), "kernel-cmdline.iommu-off");
}

/* No word is of a virtio-iommu but those that keep its module away. */
static void a_virtio_iommu_is_kept_off_by_its_module_alone(void **state)
{
	static const char *const words[] = {"iommu=off", "intel_iommu=off", "amd_iommu=off",
					    "nolapic"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		struct paper *paper = intel_host(state, words[i]);
		test_row("%s", words[i]);
		paper->host.acpi.dmar.fact = absent("DMAR");
		paper->host.acpi.viot.fact = known("VIOT");
		expect_none(paper, "kernel-cmdline.iommu-off");
	}
	struct paper *paper = intel_host(state, "module_blacklist=virtio_iommu");
	expect_none(paper, "kernel-cmdline.module-refused");
	paper->host.acpi.dmar.fact = absent("DMAR");
	paper->host.acpi.viot.fact = known("VIOT");
	expect(paper, "kernel-cmdline.module-refused", FINDING_FAIL);
}

static void acpi_off_takes_the_tables_away(void **state)
{
	struct paper *paper = amd_host(state, "acpi=off");

	expect(paper, "kernel-cmdline.iommu-off", FINDING_FAIL);
}

static void each_vendor_has_a_switch_of_its_own(void **state)
{
	expect(intel_host(state, "intel_iommu=on amd_iommu=off"), "kernel-cmdline.iommu-on",
	       FINDING_PASS);
	expect(amd_host(state, "intel_iommu=off"), "kernel-cmdline.iommu-on", FINDING_PASS);
	expect(amd_host(state, "amd_iommu=off"), "kernel-cmdline.iommu-off", FINDING_FAIL);
}

static void word_of_the_other_vendor_is_named_while_remapping_is_off(void **state)
{
	struct paper *paper = intel_host(state, "amd_iommu=on");
	const struct finding *finding = expect(paper, "kernel-cmdline.no-effect", FINDING_WARN);

	assert_non_null(strstr(finding->summary, "amd_iommu=on has no effect"));
	assert_non_null(strstr(finding->remedy, "Write intel_iommu=on instead"));
	add_unit(paper, "unit", IOMMU_VTD);
	expect_none(paper, "kernel-cmdline.no-effect");
}

static void units_that_run_decide_before_the_processor(void **state)
{
	struct paper *paper = amd_host(state, "amd_iommu=off");

	add_unit(paper, "unit", IOMMU_VTD);
	expect_only_pass(paper);
}

static void what_runs_wins_over_what_was_asked(void **state)
{
	struct paper *paper = intel_host(state, "iommu=off");

	add_unit(paper, "unit", IOMMU_VTD);
	expect_only_pass(paper);
}

static void vtd_that_is_off_by_default_must_be_turned_on(void **state)
{
	struct paper *paper = intel_host(state, "ro quiet");
	const struct finding *finding;

	paper_kconfig(paper, "# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set\n");
	finding = expect(paper, "kernel-cmdline.default-off", FINDING_FAIL);
	assert_string_equal(finding->summary,
			    "the kernel leaves VT-d off: intel_iommu=on is missing");
	assert_true(has_evidence(finding, "/boot/config-6.1.0-51-amd64"));
}

static void vtd_that_is_off_by_default_names_the_word_that_was_taken_for_its_own(void **state)
{
	struct paper *paper = intel_host(state, "ro amd_iommu=on");

	paper_kconfig(paper, "# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set\n");
	const struct finding *finding = expect(paper, "kernel-cmdline.default-off", FINDING_FAIL);
	assert_string_equal(finding->summary,
			    "the kernel leaves VT-d off: intel_iommu=on is missing, and "
			    "amd_iommu=on has no effect on VT-d");
	assert_string_equal(finding->remedy, "Write intel_iommu=on instead of amd_iommu=on on the "
					     "kernel command line and reboot");
	expect_none(paper, "kernel-cmdline.no-effect");
}

static void vtd_that_is_on_by_default_needs_no_argument(void **state)
{
	static const char *const configs[] = {"CONFIG_INTEL_IOMMU_DEFAULT_ON=y\n",
					      "CONFIG_INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF=y\n"};

	for (size_t i = 0; i < sizeof(configs) / sizeof(configs[0]); i++) {
		test_row("%s", configs[i]);
		struct paper *paper = intel_host(state, "ro quiet");
		paper_kconfig(paper, configs[i]);
		expect_only_pass(paper);
	}
}

static void without_a_configuration_the_default_is_unknown(void **state)
{
	struct paper *paper = intel_host(state, "ro quiet");

	expect(paper, "kernel-cmdline.default-unknown", FINDING_UNKNOWN);
	paper_kconfig(paper, "CONFIG_PCI=y\nCONFIG_INTEL_IOM");
	expect(paper, "kernel-cmdline.default-unknown", FINDING_UNKNOWN);
}

static void without_table_and_unit_nothing_passes(void **state)
{
	static const char *const lines[] = {"ro quiet", "intel_iommu=on", "iommu=pt"};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		test_row("%s", lines[i]);
		struct paper *paper = amd_host(state, lines[i]);
		paper->host.acpi.ivrs.fact = absent("/sys/firmware/acpi/tables/IVRS");
		expect(paper, "kernel-cmdline.no-table", FINDING_NOT_APPLICABLE);
		paper->host.acpi.dmar.fact.state = FACT_NOT_CAPTURED;
		paper->host.acpi.ivrs.fact.state = FACT_NOT_CAPTURED;
		expect(paper, "kernel-cmdline.default-unknown", FINDING_UNKNOWN);
	}
	struct paper *paper = intel_host(state, "quiet");
	paper->host.acpi.dmar.fact = absent("/sys/firmware/acpi/tables/DMAR");
	paper_kconfig(paper, "CONFIG_INTEL_IOMMU_DEFAULT_ON=y\n");
	expect(paper, "kernel-cmdline.no-table", FINDING_NOT_APPLICABLE);
}

static void without_a_vendor_the_default_is_unknown(void **state)
{
	struct paper *paper = *state;

	make_host(paper, CPU_OTHER, "ro quiet");
	paper->host.acpi.dmar.fact.state = FACT_NOT_CAPTURED;
	paper->host.acpi.ivrs.fact.state = FACT_NOT_CAPTURED;
	expect(paper, "kernel-cmdline.default-unknown", FINDING_UNKNOWN);
	make_host(paper, CPU_OTHER, "iommu=off");
	expect(paper, "kernel-cmdline.iommu-off", FINDING_FAIL);
}

static void an_unread_command_line_is_never_a_pass(void **state)
{
	const struct fact facts[] = {
		absent("/proc/cmdline"),
		unreadable("/proc/cmdline", EACCES),
		{.state = FACT_NOT_CAPTURED, .source = "/proc/cmdline"},
		{.state = FACT_MALFORMED, .source = "/proc/cmdline"},
	};

	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		test_row("%s", fact_state_name(facts[i].state));
		struct paper *paper = amd_host(state, "ro");
		paper->host.cmdline = (struct cmdline){.fact = facts[i]};
		add_unit(paper, "unit", IOMMU_AMD_VI);
		expect(paper, "kernel-cmdline.unreadable", FINDING_UNKNOWN);
		assert_int_equal(run(paper)->count, 1);
	}
}

static void a_command_line_cut_short_is_no_pass(void **state)
{
	struct paper *paper = amd_host(state, "ro");

	paper->host.cmdline.cut_short = true;
	expect(paper, "kernel-cmdline.incomplete", FINDING_UNKNOWN);
	add_unit(paper, "unit", IOMMU_AMD_VI);
	expect_only_pass(paper);
}

static void a_command_line_cut_short_still_convicts(void **state)
{
	struct paper *paper = amd_host(state, "amd_iommu=off");

	paper->host.cmdline.cut_short = true;
	expect(paper, "kernel-cmdline.iommu-off", FINDING_FAIL);
}

static void words_without_effect_lead_to_what_was_meant(void **state)
{
	static const struct {
		const char *line;
		const char *summary;
		const char *remedy;
	} rows[] = {
		{"intel_iommu=1", "intel_iommu=1 has no effect",
		 "Write intel_iommu=on instead of intel_iommu=1 on the kernel command line and reboot"},
		{"intel_iommu", "intel_iommu has no effect",
		 "Write intel_iommu=on instead of intel_iommu on the kernel command line and reboot"},
		{"intel_iommu=ON", "intel_iommu=ON has no effect",
		 "Write intel_iommu=on instead of intel_iommu=ON on the kernel command line and "
		 "reboot"},
		{"iommu=on", "iommu=on has no effect",
		 "Write intel_iommu=on instead of iommu=on on the kernel command line and reboot"},
		{"intel_iommu=on iommu=1", "iommu=1 has no effect",
		 "Remove iommu=1 from the kernel command line and reboot"},
		{"intel_iommu=on,pt", "intel_iommu=pt has no effect",
		 "Write iommu=pt instead of intel_iommu=pt on the kernel command line and reboot"},
		{"intel_iommu=on pci=reallok", "pci=reallok has no effect: pci= has no such word",
		 "Remove pci=reallok from the kernel command line and reboot"},
		{"intel_iommu=on pcie_ports=auto",
		 "pcie_ports=auto has no effect: pcie_ports= takes native, compat and dpc-native "
		 "only",
		 "Remove pcie_ports=auto from the kernel command line and reboot"},
		{"intel_iommu=on iommu=usedac,off",
		 "iommu=off has no effect: the kernel stops reading that list at usedac",
		 "Take off out of iommu=usedac,off on the kernel command line and reboot"},
		{"intel_iommu=on pci=config_acs=000@00:1c.0",
		 "pci=config_acs=000@00:1c.0 has no effect: kernels before 6.11 do not know "
		 "config_acs=",
		 "Remove pci=config_acs=000@00:1c.0 from the kernel command line and reboot"},
		{"intel_iommu=on disable_idle_d3=1",
		 "disable_idle_d3=1 has no effect: it names no module whose option it is",
		 "Write vfio-pci.disable_idle_d3=1 instead of disable_idle_d3=1 on the kernel "
		 "command line and reboot"},
		{"intel_iommu=on vfio_pci.allow_unsafe_interrupts=1",
		 "vfio_pci.allow_unsafe_interrupts=1 has no effect: vfio_pci has no such option",
		 "Write vfio_iommu_type1.allow_unsafe_interrupts=1 instead of "
		 "vfio_pci.allow_unsafe_interrupts=1 on the kernel command line and reboot"},
		{"intel_iommu=on vfio-pci.ids=10de:1b81, 10de:10f0",
		 "10de:10f0 has no effect: a space ends a list, and makes it a word of its own",
		 "Write 10de:10f0 in the list of vfio-pci.ids=, with a comma and no space before "
		 "it"},
		{"intel_iommu=on module_blacklist=nouveau, hunter2",
		 "module_blacklist=nouveau, ends in a comma: what follows the space is no part of "
		 "the list, and has no effect",
		 "Write the list of module_blacklist= without spaces"},
		{"intel_iommu=on iommu=strict", "iommu=strict has no effect",
		 "Write iommu.strict=1 instead of iommu=strict on the kernel command line and reboot"},
		{"\"intel_iommu=on iommu=pt\"",
		 "iommu=pt has no effect: quotes make it a part of another word",
		 "Write iommu=pt on the kernel command line outside the quotes"},
		{"intel_iommu=\"on iommu=pt\" token=\"a secret\"",
		 "iommu=pt has no effect: quotes make it a part of another word",
		 "Write iommu=pt on the kernel command line outside the quotes"},
		{"\"quiet token=secret intel_iommu=on iommu=pt\"",
		 "intel_iommu=on and iommu=pt have no effect: quotes make them a part of another word",
		 "Write intel_iommu=on and iommu=pt on the kernel command line outside the quotes"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].line);
		const struct finding *finding = expect(intel_host(state, rows[i].line),
						       "kernel-cmdline.no-effect", FINDING_WARN);
		assert_string_equal(finding->summary, rows[i].summary);
		assert_string_equal(finding->remedy, rows[i].remedy);
	}
}

static void words_without_effect_are_moot_where_translation_runs(void **state)
{
	struct paper *paper = intel_host(state, "iommu=pt iommu=1 intel_iommu=1");

	add_unit(paper, "unit", IOMMU_VTD);
	expect_only_pass(paper);
	paper = amd_host(state, "amd_iommu=on iommu=pt iommu=on");
	add_unit(paper, "unit", IOMMU_AMD_VI);
	expect_only_pass(paper);
}

static void words_for_the_other_vendor_are_moot_where_the_host_translates(void **state)
{
	struct paper *paper = intel_host(state, "intel_iommu=on amd_iommu=on");

	add_unit(paper, "unit", IOMMU_VTD);
	expect_none(paper, "kernel-cmdline.no-effect");
	paper = amd_host(state, "intel_iommu=1");
	add_unit(paper, "unit", IOMMU_AMD_VI);
	expect_none(paper, "kernel-cmdline.no-effect");
	expect_none(amd_host(state, "intel_iommu=on intel_iommu=off"),
		    "kernel-cmdline.contradiction");
}

static void a_word_taken_for_another_is_said(void **state)
{
	const struct finding *finding = expect(intel_host(state, "intel_iommu=online"),
					       "kernel-cmdline.inexact", FINDING_WARN);

	assert_string_equal(finding->summary,
			    "the kernel takes intel_iommu=online for intel_iommu=on");
}

static void quotes_around_other_words_are_not_said(void **state)
{
	static const char *const lines[] = {
		"\"intel_iommu=on\"",
		"intel_iommu=on dyndbg=\"file drivers/vfio/* +p; module vfio +p\"",
		"intel_iommu=on vfio-pci.ids=\"10de:1b81, 10de:10f0\"",
		"\"intel_iommu=on iommu=off\"",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		test_row("%s", lines[i]);
		expect_none(intel_host(state, lines[i]), "kernel-cmdline.no-effect");
	}
}

static void a_later_word_overrules_an_earlier_one(void **state)
{
	struct paper *paper = intel_host(state, "intel_iommu=on ro intel_iommu=off");
	const struct finding *finding;

	expect(paper, "kernel-cmdline.iommu-off", FINDING_FAIL);
	finding = expect(paper, "kernel-cmdline.contradiction", FINDING_WARN);
	assert_string_equal(finding->summary,
			    "intel_iommu=on has no effect: intel_iommu=off overrules it");
	expect_none(intel_host(state, "intel_iommu=on intel_iommu=on"),
		    "kernel-cmdline.contradiction");
}

static void a_misspelt_name_is_said_without_its_value(void **state)
{
	struct paper *paper = intel_host(state, "intel_iomu=on");
	const struct finding *finding = expect(paper, "kernel-cmdline.misspelt", FINDING_WARN);

	assert_string_equal(finding->summary,
			    "the kernel does not know intel_iomu; intel_iommu is probably meant");
	assert_true(has_evidence(finding, "intel_iomu"));
}

static void values_of_unknown_parameters_never_appear(void **state)
{
	struct paper *paper = intel_host(state, "intel_iomu=hunter2 token=hunter2");

	expect(paper, "kernel-cmdline.misspelt", FINDING_WARN);
	for (struct finding *it = run(paper)->first; it; it = it->next) {
		assert_null(strstr(it->summary, "hunter2"));
		for (struct evidence *evidence = it->evidence; evidence; evidence = evidence->next)
			assert_true(!evidence->value || !strstr(evidence->value, "hunter2"));
	}
}

static void interrupt_remapping_that_is_turned_off_fails(void **state)
{
	static const char *const lines[] = {"intremap=off", "nointremap", "noapic",
					    "nosmp",        "maxcpus=0",  "maxcpus=none"};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		test_row("%s", lines[i]);
		expect(amd_host(state, lines[i]), "kernel-cmdline.interrupt-remapping-off",
		       FINDING_FAIL);
	}
}

static void interrupts_that_are_remapped_acquit(void **state)
{
	struct paper *paper = amd_host(state, "noapic");

	paper->host.interrupts.remapped_chip = "IR-PCI-MSI";
	expect_none(paper, "kernel-cmdline.interrupt-remapping-off");
}

static void unsafe_interrupts_that_are_allowed_only_warn(void **state)
{
	struct paper *paper = amd_host(state, "intremap=off");

	paper->host.modules.type1_unsafe_interrupts = known_text("allow_unsafe_interrupts", "Y");
	expect(paper, "kernel-cmdline.interrupt-remapping-off", FINDING_WARN);
}

static void nosid_weakens_vtd_only(void **state)
{
	expect(intel_host(state, "intel_iommu=on intremap=nosid"), "kernel-cmdline.source-id-off",
	       FINDING_WARN);
	expect_none(amd_host(state, "intremap=nosid"), "kernel-cmdline.source-id-off");
}

static void what_hampers_pci_warns(void **state)
{
	static const struct {
		const char *line;
		const char *id;
	} rows[] = {
		{"pci=nomsi", "kernel-cmdline.msi-off"},
		{"pci=nommconf", "kernel-cmdline.extended-config-off"},
		{"pci=disable_acs_redir=00:1c.0", "kernel-cmdline.acs-lowered"},
		{"pci=conf1", "kernel-cmdline.extended-config-off"},
		{"pcie_acs_override=downstream", "kernel-cmdline.acs-override"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].line);
		expect(amd_host(state, rows[i].line), rows[i].id, FINDING_WARN);
	}
}

static void harmless_words_are_not_mentioned(void **state)
{
	expect_only_pass(amd_host(state, "iommu=pt pci=noats,realloc efi=disable_early_pci_dma "
					 "vfio-pci.ids=10de:1eb8 pci=noari nox2apic"));
	expect_only_pass(
		intel_host(state, "intel_iommu=on,sm_on iommu.strict=1 kvm.ignore_msrs=1"));
}

static void noari_matters_where_there_is_sriov(void **state)
{
	struct paper *paper = amd_host(state, "pci=noari");
	struct pci_function *pf = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);

	set_config32(pf, 0x100, 1 << 16 | PCI_EXT_CAP_ID_SRIOV);
	expect(paper, "kernel-cmdline.ari-off", FINDING_WARN);
}

static void a_refused_module_fails_unless_it_is_there(void **state)
{
	static const char *const names[] = {"vfio_pci"};
	struct paper *paper = amd_host(state, "module_blacklist=nouveau,vfio_pci");
	const struct finding *finding =
		expect(paper, "kernel-cmdline.module-refused", FINDING_FAIL);

	assert_string_equal(finding->summary, "module_blacklist= makes the kernel refuse vfio_pci");
	paper->host.modules.builtin.names = names;
	paper->host.modules.builtin.count = 1;
	expect_none(paper, "kernel-cmdline.module-refused");
}

static void a_refused_module_may_be_built_in(void **state)
{
	struct paper *paper = amd_host(state, "module_blacklist=kvm_amd");

	paper->host.modules.builtin.fact.state = FACT_NOT_CAPTURED;
	expect(paper, "kernel-cmdline.module-refused", FINDING_UNKNOWN);
	paper->host.modules.builtin.fact.state = FACT_KNOWN;
	expect(paper, "kernel-cmdline.module-refused", FINDING_FAIL);
	paper->host.modules.loaded.fact.state = FACT_UNREADABLE;
	expect(paper, "kernel-cmdline.module-refused", FINDING_UNKNOWN);
}

/* Below a port without ACS the kernel has two devices in one group, in spite of the override. */
static void override_that_the_kernel_does_not_act_on_has_no_effect(void **state)
{
	static const char *const whole[] = {"0000:00:01.0 0000:01:00.0"};
	static const char *const split[] = {"0000:00:01.0", "0000:01:00.0"};

	for (size_t count = 1; count <= 2; count++) {
		struct paper *paper = intel_host(state, "pcie_acs_override=downstream");
		struct pci_function *port =
			add_express(paper, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);
		add_express(paper, "0000:01:00.0", port, EXPRESS_ENDPOINT);
		add_groups(paper, count == 1 ? whole : split, count);
		if (count == 2) {
			expect(paper, "kernel-cmdline.acs-override", FINDING_WARN);
			continue;
		}
		assert_string_equal(
			expect(paper, "kernel-cmdline.no-effect", FINDING_WARN)->summary,
			"pcie_acs_override=downstream has no effect: this kernel lacks the patch "
			"that acts on it");
		expect_none(paper, "kernel-cmdline.acs-override");
	}
}

/* Its words add up, so that each of them must go. */
static void each_override_is_told(void **state)
{
	static const char *const split[] = {"0000:00:01.0", "0000:01:00.0"};
	struct paper *paper =
		intel_host(state, "pcie_acs_override=downstream pcie_acs_override=id:8086:1");
	struct pci_function *port = add_express(paper, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);
	size_t told = 0;

	add_express(paper, "0000:01:00.0", port, EXPRESS_ENDPOINT);
	add_groups(paper, split, 2);
	for (const struct finding *it = run(paper)->first; it; it = it->next)
		told += strcmp(it->kind->id, "kernel-cmdline.acs-override") == 0;
	assert_int_equal(told, 2);
}

static void config_acs_lowers_what_it_clears(void **state)
{
	static const struct {
		const char *line;
		bool lowers;
	} rows[] = {
		{"pci=config_acs=000@00:1c.0", true},
		{"pci=config_acs=xx111x1@00:1c.0", false},
		{"pci=config_acs=xx1x10x@00:1c.0", false},
		{"pci=config_acs=x0@00:1c.0", true},
		{"pci=config_acs=1@00:1c.0;0xxxx@00:1d.0", true},
		{"pci=config_acs=0xx1x@00:1c.0", true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].line);
		struct paper *paper = amd_host(state, rows[i].line);
		paper_kernel(paper, "6.12.40");
		if (rows[i].lowers)
			expect(paper, "kernel-cmdline.acs-lowered", FINDING_WARN);
		else
			expect_only_pass(paper);
	}
}

static void pci_off_leaves_no_function(void **state)
{
	expect(amd_host(state, "pci=conf2"), "kernel-cmdline.pci-off", FINDING_FAIL);
	expect(amd_host(state, "pci=off"), "kernel-cmdline.pci-off", FINDING_FAIL);
	expect_none(amd_host(state, "maxcpus=4"), "kernel-cmdline.interrupt-remapping-off");
}

/* They reach extended config space by I/O ports. */
static void amd_from_family_10h_on_does_without_mmconf(void **state)
{
	static const struct {
		const char *line;
		unsigned family;
		bool hidden;
	} rows[] = {
		{"pci=nommconf", 0x17, false},
		{"pci=conf1", 0x10, false},
		{"pci=nommconf", 0x0f, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s %u", rows[i].line, rows[i].family);
		struct paper *paper = amd_host(state, rows[i].line);
		paper->host.cpu.family = rows[i].family;
		if (rows[i].hidden)
			expect(paper, "kernel-cmdline.extended-config-off", FINDING_WARN);
		else
			expect_none(paper, "kernel-cmdline.extended-config-off");
	}
}

static void modules_are_kept_from_starting_in_three_ways(void **state)
{
	static const struct {
		const char *line;
		enum finding_verdict verdict;
	} rows[] = {
		{"initcall_blacklist=vfio_pci_init", FINDING_FAIL},
		{"initcall_blacklist=sysfb_init,svm_init", FINDING_FAIL},
		{"modprobe.blacklist=nouveau,vfio_pci", FINDING_WARN},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].line);
		expect(amd_host(state, rows[i].line), "kernel-cmdline.module-refused",
		       rows[i].verdict);
	}
	assert_string_equal(expect(amd_host(state, "initcall_blacklist=sysfb_init,svm_init"),
				   "kernel-cmdline.module-refused", FINDING_FAIL)
				    ->remedy,
			    "Take svm_init out of initcall_blacklist=sysfb_init,svm_init on the "
			    "kernel command line and reboot");
	expect_none(amd_host(state, "initcall_blacklist=sysfb_init modprobe.blacklist=nouveau"),
		    "kernel-cmdline.module-refused");
	expect(amd_host(state, "initcall_blacklist=pci_iommu_init"), "kernel-cmdline.iommu-off",
	       FINDING_FAIL);
}

static void dracuts_words_are_lost_on_other_initramfs(void **state)
{
	struct paper *paper = amd_host(state, "rd.driver.pre=vfio-pci");

	expect_none(paper, "kernel-cmdline.no-effect");
	paper->host.boot_tools.nodes[BOOT_TOOL_DRACUT].fact = known("/usr/bin/dracut");
	expect_none(paper, "kernel-cmdline.no-effect");
	paper = amd_host(state, "rd.driver.pre=vfio-pci");
	paper->host.boot_tools.nodes[BOOT_TOOL_MKINITCPIO].fact = known("/usr/bin/mkinitcpio");
	const struct finding *finding = expect(paper, "kernel-cmdline.no-effect", FINDING_WARN);
	assert_non_null(strstr(finding->summary, "made by mkinitcpio"));
	assert_non_null(strstr(finding->remedy, "/etc/mkinitcpio.conf"));
}

static void s390_finds_no_function_with_a_word_of_its_own(void **state)
{
	struct paper *paper = make_host(*state, CPU_OTHER, "pci=off");

	paper->host.cpu.architecture = "s390x";
	expect(paper, "kernel-cmdline.pci-off", FINDING_FAIL);
	expect_none(paper, "kernel-cmdline.no-effect");
}

static void x86_words_mean_nothing_elsewhere(void **state)
{
	static const struct {
		const char *architecture;
		const char *line;
		const char *summary;
	} rows[] = {
		{"aarch64", "iommu=pt",
		 "iommu=pt has no effect: it is for x86, and this host is aarch64"},
		{"aarch64", "iommu=off",
		 "iommu=off has no effect: it is for x86, and this host is aarch64"},
		{"aarch64", "intel_iommu=on",
		 "intel_iommu=on has no effect: it is for x86, and this host is aarch64"},
		{"aarch64", "intremap=off",
		 "intremap=off has no effect: it is for x86, and this host is aarch64"},
		{"s390x", "noapic", "noapic has no effect: it is for x86, and this host is s390x"},
		{"s390x", "pci=nommconf",
		 "pci=nommconf has no effect: it is for x86, and this host is s390x"},
		{"ppc64", "iommu=off", NULL},
		{"s390x", "pci=norid", NULL},
		{"aarch64", "pci=off",
		 "pci=off has no effect: it is for x86, and this host is aarch64"},
		{"aarch64", "iommu.passthrough=1 pci=realloc nosmp", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s %s", rows[i].architecture, rows[i].line);
		struct paper *paper = make_host(*state, CPU_OTHER, rows[i].line);
		paper->host.cpu.architecture = rows[i].architecture;
		expect(paper, "kernel-cmdline.iommu-on", FINDING_PASS);
		if (rows[i].summary)
			assert_string_equal(
				expect(paper, "kernel-cmdline.no-effect", FINDING_WARN)->summary,
				rows[i].summary);
		else
			expect_only_pass(paper);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(intel_iommu_off_is_named_with_its_remedy),
		TEST(where_vtd_is_off_by_default_off_is_replaced_by_on),
		TEST(only_the_word_at_fault_is_to_be_taken_out),
		TEST(iommu_off_beats_intel_iommu_on),
		TEST(acpi_off_takes_the_tables_away),
		TEST(no_iommu_runs_without_the_local_apic),
		TEST(a_virtio_iommu_is_kept_off_by_its_module_alone),
		TEST(each_vendor_has_a_switch_of_its_own),
		TEST(word_of_the_other_vendor_is_named_while_remapping_is_off),
		TEST(units_that_run_decide_before_the_processor),
		TEST(what_runs_wins_over_what_was_asked),
		TEST(vtd_that_is_off_by_default_must_be_turned_on),
		TEST(vtd_that_is_off_by_default_names_the_word_that_was_taken_for_its_own),
		TEST(vtd_that_is_on_by_default_needs_no_argument),
		TEST(without_a_configuration_the_default_is_unknown),
		TEST(without_table_and_unit_nothing_passes),
		TEST(without_a_vendor_the_default_is_unknown),
		TEST(an_unread_command_line_is_never_a_pass),
		TEST(a_command_line_cut_short_is_no_pass),
		TEST(a_command_line_cut_short_still_convicts),
		TEST(words_without_effect_lead_to_what_was_meant),
		TEST(words_without_effect_are_moot_where_translation_runs),
		TEST(words_for_the_other_vendor_are_moot_where_the_host_translates),
		TEST(a_word_taken_for_another_is_said),
		TEST(quotes_around_other_words_are_not_said),
		TEST(a_later_word_overrules_an_earlier_one),
		TEST(a_misspelt_name_is_said_without_its_value),
		TEST(values_of_unknown_parameters_never_appear),
		TEST(interrupt_remapping_that_is_turned_off_fails),
		TEST(interrupts_that_are_remapped_acquit),
		TEST(unsafe_interrupts_that_are_allowed_only_warn),
		TEST(nosid_weakens_vtd_only),
		TEST(what_hampers_pci_warns),
		TEST(harmless_words_are_not_mentioned),
		TEST(noari_matters_where_there_is_sriov),
		TEST(a_refused_module_fails_unless_it_is_there),
		TEST(a_refused_module_may_be_built_in),
		TEST(override_that_the_kernel_does_not_act_on_has_no_effect),
		TEST(each_override_is_told),
		TEST(config_acs_lowers_what_it_clears),
		TEST(pci_off_leaves_no_function),
		TEST(amd_from_family_10h_on_does_without_mmconf),
		TEST(modules_are_kept_from_starting_in_three_ways),
		TEST(dracuts_words_are_lost_on_other_initramfs),
		TEST(s390_finds_no_function_with_a_word_of_its_own),
		TEST(x86_words_mean_nothing_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
