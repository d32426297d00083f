/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "host/base/array.h"
#include "report/audit/requirements.h"
#include "tests/unit/support/acpi.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

#define ID(name) "interrupt-remapping." name

/* A DRHD that includes all, with IOAPIC 2. */
#define DRHD_2   "0000 1800 01 00 0000 0000d9fe00000000 03 08 00 00 02 f0 1f00"
#define IOAPIC_2 "01 0c 02 00 0000c0fe 00000000"
#define IOAPIC_8 "01 0c 08 00 0010c0fe 18000000"

/* An IVHD of all devices that maps an IOAPIC: its id, and its requester id. */
#define IVHD(id, devid)                                                                            \
	"10 00 2400 0200 4000 0000b8fe00000000 0000 0000 00000000 01 0000 00 48 0000 00 " id       \
	" " devid " 01"

/* An Intel host whose firmware offers remapping and whose kernel does not use it. */
static struct host *make_host(struct paper *paper)
{
	struct host *host = &paper->host;

	paper_reset(paper);
	host->interrupts.remapped_chip = NULL;
	host->interrupts.plain_chip = "IO-APIC";
	set_dmar(paper, DMAR_INTERRUPT_REMAPPING, DRHD_2);
	host->kconfig.fact = (struct fact){.source = "/proc/config.gz"};
	return host;
}

static void make_amd(struct host *host)
{
	host->cpu.vendor = CPU_AMD;
	host->acpi.dmar = (struct fact_text){.fact = absent("/sys/firmware/acpi/tables/DMAR")};
	host->acpi.ivrs = known_text("/sys/firmware/acpi/tables/IVRS", "IVRS");
}

static void set_kconfig(struct host *host, const char *config)
{
	struct fact_text text = known_text("/boot/config-6.1.0", config);

	kconfig_parse(host->arena, &text, &host->kconfig);
}

static struct fact_text parameter(const char *module, const char *value)
{
	return known_text(module, value);
}

static const struct finding *expect(const struct host *host, const char *id,
				    enum finding_verdict verdict)
{
	return expect_finding(judge(host->arena, "interrupt-remapping", host), id, verdict);
}

static void remapped_chips_pass(void **state)
{
	struct host *host = make_host(*state);

	host->interrupts.remapped_chip = "IR-PCI-MSI";
	host->interrupts.plain_chip = NULL;
	struct findings *findings = judge(host->arena, "interrupt-remapping", host);
	const struct finding *finding = expect_finding(findings, ID("on"), FINDING_PASS);
	assert_true(has_evidence(finding, "IR-PCI-MSI"));
	assert_int_equal(findings->count, 1);
}

/* Interrupt remapping and DMA remapping are switched apart from each other. */
static void what_runs_beats_what_parameters_say(void **state)
{
	struct host *host = make_host(*state);

	host->interrupts.remapped_chip = "IR-IO-APIC";
	host->interrupts.plain_chip = NULL;
	paper_command_line(*state, "intel_iommu=off intremap=off iommu=off");
	expect(host, ID("on"), FINDING_PASS);
}

static void plain_chips_among_remapped_ones_are_one_warning(void **state)
{
	struct host *host = make_host(*state);
	struct fact_text text =
		known_text("/proc/interrupts", "  1: 7 IR-IO-APIC 1-edge i8042\n"
					       " 24: 7 PCI-MSI-0000:01:00.0 0-edge nvme0q0\n"
					       " 25: 7 PCI-MSI-0000:01:00.0 1-edge nvme0q1\n"
					       " 26: 7 PCI-MSIX-0000:01:00.1 0-edge eth0\n");

	interrupts_parse(host->arena, &text, &host->interrupts);
	struct findings *findings = judge(host->arena, "interrupt-remapping", host);
	const struct finding *finding = expect_finding(findings, ID("partly"), FINDING_WARN);
	assert_string_equal(finding->summary,
			    "interrupts are remapped, but not those of PCI-MSI-0000:01:00.0, "
			    "PCI-MSIX-0000:01:00.1");
	assert_true(has_evidence(finding, "PCI-MSIX-0000:01:00.1"));
	assert_int_equal(findings->count, 1);
}

static void unsafe_permission_without_need_warns(void **state)
{
	struct host *host = make_host(*state);

	host->interrupts.remapped_chip = "IR-IO-APIC";
	host->interrupts.plain_chip = NULL;
	host->modules.type1_unsafe_interrupts = parameter("/sys/module/a", "Y");
	struct findings *findings = judge(host->arena, "interrupt-remapping", host);
	expect_finding(findings, ID("on"), FINDING_PASS);
	const struct finding *finding =
		expect_finding(findings, ID("unsafe-allowed"), FINDING_WARN);
	assert_string_equal(finding->commands->text, "echo N > /sys/module/a");

	host->modules.type1_unsafe_interrupts = parameter("/sys/module/a", "N");
	assert_null(
		finding_of(judge(host->arena, "interrupt-remapping", host), ID("unsafe-allowed")));
}

static void plain_chips_fail(void **state)
{
	struct host *host = make_host(*state);
	const struct finding *finding = expect(host, ID("off"), FINDING_FAIL);

	assert_string_equal(finding->summary,
			    "interrupts are not remapped: VFIO will refuse devices");
	assert_true(has_evidence(finding, "IO-APIC"));
	assert_non_null(strstr(finding->remedy, "VT-d with interrupt remapping in the firmware"));
}

struct culprit_case {
	const char *cmdline;
	bool amd;
	const char *culprit; /* NULL: the command line has none */
};

static const struct culprit_case culprits[] = {
	{"quiet intremap=off", false, "intremap=off"},
	{"nointremap", false, "nointremap"},
	{"intremap=off", true, "intremap=off"},
	{"amd_iommu=off", true, "amd_iommu=off"},
	{"noapic", false, "noapic"},
	{"acpi=off", false, "acpi=off"},
	{"amd_iommu=off", false, NULL},
	{"intel_iommu=off", false, NULL},
	{"iommu=off", false, NULL},
	{"quiet", true, NULL},
};

static void parameter_that_turns_it_off_is_named(void **state)
{
	for (size_t i = 0; i < sizeof(culprits) / sizeof(culprits[0]); i++) {
		test_row("%s, %s", culprits[i].amd ? "AMD" : "Intel", culprits[i].cmdline);
		struct host *host = make_host(*state);
		const char *culprit = culprits[i].culprit;
		if (culprits[i].amd)
			make_amd(host);
		paper_command_line(*state, culprits[i].cmdline);
		const struct finding *finding = expect(host, ID("off"), FINDING_FAIL);
		if (!culprit) {
			assert_null(strstr(finding->summary, "turns"));
			continue;
		}
		assert_string_equal(finding->summary,
				    arena_printf(host->arena,
						 "%s turns interrupt remapping off: VFIO will "
						 "refuse devices",
						 culprit));
		assert_true(has_evidence(finding, culprit));
		assert_string_equal(
			finding->remedy,
			arena_printf(host->arena,
				     "Remove %s from the kernel command line and reboot", culprit));
	}
}

static void kernel_without_the_option_is_named(void **state)
{
	struct host *host = make_host(*state);

	set_kconfig(host, "CONFIG_PCI=y\n# CONFIG_IRQ_REMAP is not set\n");
	const struct finding *finding = expect(host, ID("off"), FINDING_FAIL);
	assert_non_null(strstr(finding->summary, "this kernel is built without"));
	assert_string_equal(finding->remedy, "Boot a kernel that has CONFIG_IRQ_REMAP");

	set_kconfig(host, "CONFIG_IRQ_REMAP=y\n");
	finding = expect(host, ID("off"), FINDING_FAIL);
	assert_null(strstr(finding->summary, "built without"));
}

static void firmware_that_offers_none_is_named(void **state)
{
	struct host *host = make_host(*state);

	set_dmar(*state, 0x02, DRHD_2);
	const struct finding *finding = expect(host, ID("off"), FINDING_FAIL);
	assert_non_null(strstr(finding->summary, "firmware offers no interrupt remapping"));
	assert_true(has_evidence(finding, "/sys/firmware/acpi/tables/DMAR"));

	host->acpi.dmar = (struct fact_text){.fact = absent("/sys/firmware/acpi/tables/DMAR")};
	finding = expect(host, ID("off"), FINDING_FAIL);
	assert_non_null(strstr(finding->summary, "firmware offers no interrupt remapping"));
}

static void firmware_that_was_not_read_is_not_blamed(void **state)
{
	struct host *host = make_host(*state);

	host->acpi.dmar = (struct fact_text){.fact = unreadable("/DMAR", EACCES)};
	const struct finding *finding = expect(host, ID("off"), FINDING_FAIL);
	assert_null(strstr(finding->summary, "firmware"));
}

static void guest_is_told_to_ask_its_hypervisor(void **state)
{
	static const char *const flags[] = {"hypervisor"};
	struct host *host = make_host(*state);

	host->cpu.flags = flags;
	host->cpu.flag_count = 1;
	const struct finding *finding = expect(host, ID("off"), FINDING_FAIL);
	assert_non_null(strstr(finding->remedy, "Give this virtual machine a virtual IOMMU"));
}

struct permission_case {
	const char *name;
	const char *type1; /* the parameter's value; NULL: the module is not loaded */
	const char *iommufd;
	const char *cmdline;
	const char *modprobe; /* NULL: a file of modprobe.d was not read */
	const char *kconfig;  /* NULL: not read */
	enum boolean allowed;
};

#define TYPE1  "vfio_iommu_type1.allow_unsafe_interrupts"
#define OPTION "options vfio_iommu_type1 allow_unsafe_interrupts=1\n"

static const struct permission_case permissions[] = {
	{"type 1 allows", "Y", NULL, "", "", NULL, BOOLEAN_YES},
	{"type 1 refuses", "N", NULL, "", "", NULL, BOOLEAN_NO},
	{"an empty value", "", NULL, "", "", NULL, BOOLEAN_UNKNOWN},
	{"type 1 will allow", NULL, NULL, TYPE1 "=1", "", NULL, BOOLEAN_YES},
	{"type 1 will allow, spelt otherwise", NULL, NULL,
	 "vfio-iommu-type1.allow-unsafe-interrupts=Y", "", NULL, BOOLEAN_YES},
	{"a bare parameter is set", NULL, NULL, TYPE1, "", NULL, BOOLEAN_YES},
	{"type 1 will refuse", NULL, NULL, TYPE1 "=0", "", NULL, BOOLEAN_NO},
	{"what runs beats the command line", "N", NULL, TYPE1 "=1", "", NULL, BOOLEAN_NO},
	{"modprobe.d will allow", NULL, NULL, "", OPTION, NULL, BOOLEAN_YES},
	{"the command line beats modprobe.d", NULL, NULL, TYPE1 "=0", OPTION, NULL, BOOLEAN_NO},
	{"what runs beats modprobe.d", "N", NULL, "", OPTION, NULL, BOOLEAN_NO},
	{"modprobe.d was not read", NULL, NULL, "", NULL, NULL, BOOLEAN_UNKNOWN},
	{"what runs does without modprobe.d", "N", NULL, "", NULL, NULL, BOOLEAN_NO},
	{"iommufd allows, and type 1 is used", "N", "Y", "", "", NULL, BOOLEAN_NO},
	{"iommufd allows, and which is used is unknown", NULL, "Y", "", "", NULL, BOOLEAN_NO},
	{"iommufd allows, and is the container", NULL, "Y", "", "",
	 "CONFIG_IOMMUFD_VFIO_CONTAINER=y\n", BOOLEAN_YES},
	{"iommufd will allow, and is the container", NULL, NULL,
	 "iommufd.allow_unsafe_interrupts=on", "", "CONFIG_IOMMUFD_VFIO_CONTAINER=y\n",
	 BOOLEAN_YES},
	{"iommufd allows, and is not the container", NULL, "Y", "", "", "CONFIG_VFIO_CONTAINER=y\n",
	 BOOLEAN_NO},
};

static struct host *host_of(struct paper *paper, const struct permission_case *row)
{
	struct host *host = make_host(paper);

	if (row->type1)
		host->modules.type1_unsafe_interrupts = parameter("/type1", row->type1);
	if (row->iommufd)
		host->modules.iommufd_unsafe_interrupts = parameter("/iommufd", row->iommufd);
	if (row->kconfig)
		set_kconfig(host,
			    arena_printf(host->arena, "CONFIG_IRQ_REMAP=y\n%s", row->kconfig));
	paper_command_line(paper, row->cmdline);
	if (row->modprobe) {
		struct fact_text file = known_text("/etc/modprobe.d/vfio.conf", row->modprobe);
		modprobe_parse(host->arena, &file, &host->modprobe);
	} else {
		host->modprobe.fact = unreadable("/etc/modprobe.d/vfio.conf", EACCES);
	}
	return host;
}

static enum finding_verdict verdict_of(enum boolean allowed)
{
	if (allowed == BOOLEAN_UNKNOWN)
		return FINDING_UNKNOWN;
	return allowed == BOOLEAN_YES ? FINDING_WARN : FINDING_FAIL;
}

static void permission_of_the_container_that_is_used_counts(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(permissions); i++) {
		const struct permission_case *row = &permissions[i];
		test_row("%s", row->name);
		struct findings *findings = judge(((struct paper *)*state)->arena,
						  "interrupt-remapping", host_of(*state, row));
		const char *id = row->allowed == BOOLEAN_YES ? ID("off-allowed") : ID("off");
		assert_int_equal(findings->count, 1);
		expect_finding(findings, id, verdict_of(row->allowed));
	}
}

static enum assignable_verdict assignable_of(const struct host *host,
					     const struct pci_function *function)
{
	struct model model;

	model_build(host, host->arena, &model);
	return assignability_of(&model.assignability, function)->verdict;
}

static enum requirement_state requirement_of(const struct host *host)
{
	static const struct requirement requirement = {.kind = REQUIRE_INTERRUPT_REMAPPING};
	struct model model;

	model_build(host, host->arena, &model);
	return requirement_judge(&requirement, &model, host->arena).state;
}

static const struct pci_function *add_alone(struct paper *paper)
{
	static const char *const groups[] = {"0000:01:00.0"};
	struct pci_function *function = add_express(paper, "0000:01:00.0", NULL, EXPRESS_ENDPOINT);

	add_groups(paper, groups, ARRAY_LENGTH(groups));
	return function;
}

/* One question, one answer: whoever asks whether VFIO may do without remapping. */
static void whoever_asks_gets_the_same_answer(void **state)
{
	static const enum assignable_verdict verdicts[] = {
		[BOOLEAN_UNKNOWN] = ASSIGNABLE_UNDETERMINED,
		[BOOLEAN_NO] = ASSIGNABLE_BLOCKED,
		[BOOLEAN_YES] = ASSIGNABLE,
	};

	for (size_t i = 0; i < ARRAY_LENGTH(permissions); i++) {
		const struct permission_case *row = &permissions[i];
		test_row("%s", row->name);
		struct host *host = host_of(*state, row);
		const struct pci_function *function = add_alone(*state);
		enum finding_verdict verdict = verdict_of(row->allowed);

		assert_int_equal(assignable_of(host, function), verdicts[row->allowed]);
		assert_int_equal(requirement_of(host), REQUIREMENT_UNMET);
		paper_command_line(*state,
				   arena_printf(host->arena, "%s intremap=off", row->cmdline));
		expect_finding(judge(host->arena, "kernel-cmdline", host),
			       "kernel-cmdline.interrupt-remapping-off", verdict);
		set_dmar(*state, DMAR_INTERRUPT_REMAPPING, "");
		expect_finding(judge(host->arena, "interrupt-firmware", host),
			       "interrupt-firmware.table-refused", verdict);
	}
}

struct unknown_case {
	const char *name;
	struct fact interrupts;
	const char *remedy; /* NULL: none */
};

static const struct unknown_case unknowns[] = {
	{"no device's interrupt", {.state = FACT_KNOWN, .source = "/proc/interrupts"}, NULL},
	{"denied",
	 {.state = FACT_UNREADABLE, .error = EACCES, .source = "/proc/interrupts"},
	 "Run passcheck as root"},
	{"not captured",
	 {.state = FACT_NOT_CAPTURED, .source = "/proc/interrupts"},
	 "Audit the host itself, or capture it again with passcheck capture"},
};

static void no_chip_leaves_it_unknown(void **state)
{
	for (size_t i = 0; i < sizeof(unknowns) / sizeof(unknowns[0]); i++) {
		test_row("%s", unknowns[i].name);
		struct host *host = make_host(*state);
		host->interrupts = (struct interrupts){.fact = unknowns[i].interrupts};
		const struct finding *finding = expect(host, ID("unknown"), FINDING_UNKNOWN);
		if (unknowns[i].remedy)
			assert_string_equal(finding->remedy, unknowns[i].remedy);
		else
			assert_null(finding->remedy);
	}
}

/* A hypervisor may remap by means of its own, without a table. */
static void missing_table_alone_does_not_tell_that_it_is_off(void **state)
{
	struct host *host = make_host(*state);

	host->interrupts.plain_chip = NULL;
	host->acpi.dmar = (struct fact_text){.fact = absent("/sys/firmware/acpi/tables/DMAR")};
	expect(host, ID("unknown"), FINDING_UNKNOWN);
}

static void bad_fact_is_enough_to_fail_without_a_chip(void **state)
{
	struct host *host = make_host(*state);

	host->interrupts = (struct interrupts){.fact = unreadable("/proc/interrupts", EACCES)};
	paper_command_line(*state, "intremap=off");
	expect(host, ID("off"), FINDING_FAIL);

	paper_command_line(*state, "");
	set_dmar(*state, 0, DRHD_2);
	expect(host, ID("off"), FINDING_FAIL);
}

struct refusal_case {
	const char *name;
	const char *dmar; /* NULL: the host has an IVRS */
	const char *ivrs;
	const char *madt;
	uint8_t flags;    /* of the DMAR */
	int64_t ecap;     /* of a unit; 0: none runs */
	uint8_t damage;   /* of the IVRS's checksum */
	const char *says; /* interrupt-firmware */
	const char *summary;
};

static const struct refusal_case refusals[] = {
	{"a DMAR without unit", "", NULL, IOAPIC_2, 1, 0, 0, "interrupt-firmware.table-refused",
	 "the kernel gives up on the DMAR table"},
	{"the flag is clear", DRHD_2, NULL, IOAPIC_2, 0, 0, 0, "interrupt-firmware.not-offered",
	 "firmware offers no interrupt remapping"},
	{"ECAP.IR is clear", DRHD_2, NULL, IOAPIC_2, 1, 2, 0, "interrupt-firmware.unit-incapable",
	 "dmar0 cannot remap interrupts"},
	{"no scope", DRHD_2, NULL, IOAPIC_2 IOAPIC_8, 1, 0, 0,
	 "interrupt-firmware.ioapic-uncovered", "the DMAR table has no entry for IOAPIC 8"},
	{"the checksum of the IVRS", NULL, IVHD("02", "a000"), IOAPIC_2, 0, 0, 1,
	 "interrupt-firmware.table-refused", "the kernel gives up on the IVRS table"},
	{"no entry of the IVRS", NULL, IVHD("02", "a000"), IOAPIC_2 IOAPIC_8, 0, 0, 0,
	 "interrupt-firmware.ioapic-uncovered", "the IVRS table has no entry for IOAPIC 8"},
	{"no southbridge", NULL, IVHD("02", "0100"), IOAPIC_2, 0, 0, 0,
	 "interrupt-firmware.no-southbridge", "No southbridge IOAPIC found"},
};

static struct host *make_refused(struct paper *paper, const struct refusal_case *row)
{
	struct host *host = make_host(paper);

	host->interrupts = (struct interrupts){.fact = unreadable("/proc/interrupts", EACCES)};
	paper_kernel(paper, "6.12.40");
	paper_command_line(paper, "quiet");
	set_madt(paper, row->madt);
	if (row->ecap)
		add_unit(paper, "dmar0", IOMMU_VTD)->extended_capability =
			(struct fact_number){.fact = known("ecap"), .value = row->ecap};
	if (row->dmar) {
		set_dmar(paper, row->flags, row->dmar);
		return host;
	}
	host->acpi.dmar = (struct fact_text){.fact = absent("/sys/firmware/acpi/tables/DMAR")};
	struct test_table *table = set_ivrs(paper, row->ivrs);
	table->bytes[9] = (uint8_t)(table->bytes[9] + row->damage);
	return host;
}

/* What the kernel refuses of firmware's tables is one answer, whichever check asks. */
static void what_the_kernel_refuses_of_firmware_turns_it_off(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(refusals); i++) {
		const struct refusal_case *row = &refusals[i];
		test_row("%s", row->name);
		struct host *host = make_refused(*state, row);
		const struct finding *finding = expect(host, ID("off"), FINDING_FAIL);

		assert_non_null(strstr(finding->summary, row->summary));
		expect_finding(judge(host->arena, "interrupt-firmware", host), row->says,
			       FINDING_FAIL);
		assert_int_equal(requirement_of(host), REQUIREMENT_UNMET);
		host->interrupts = (struct interrupts){.fact = known("/proc/interrupts"),
						       .remapped_chip = "IR-PCI-MSI"};
		expect(host, ID("on"), FINDING_PASS);
		expect_finding(judge(host->arena, "interrupt-firmware", host), row->says,
			       FINDING_WARN);
	}
}

/* The IVRS is not the last word: ivrs_ioapic= gives what it lacks. */
static void what_may_lift_a_refusal_leaves_it_unknown(void **state)
{
	static const struct refusal_case row = {.ivrs = IVHD("02", "0100"), .madt = IOAPIC_2};
	struct host *host = make_refused(*state, &row);

	paper_command_line(*state, "ivrs_ioapic=2@00:14.0");
	expect(host, ID("unknown"), FINDING_UNKNOWN);
	host->cmdline = (struct cmdline){.fact = unreadable("/proc/cmdline", EACCES)};
	expect(host, ID("unknown"), FINDING_UNKNOWN);
	const struct finding *finding =
		expect_finding(judge(host->arena, "interrupt-firmware", host),
			       "interrupt-firmware.unknown", FINDING_UNKNOWN);
	assert_true(has_evidence(finding, "/proc/cmdline"));
}

static void damaged_table_is_not_believed(void **state)
{
	static const char *const texts[] = {"", "DMAR",
					    "XXXX01234567890123456789012345678901234567"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		test_row("%s", texts[i]);
		struct host *host = make_host(*state);
		host->interrupts.plain_chip = NULL;
		host->acpi.dmar = known_text("/sys/firmware/acpi/tables/DMAR", texts[i]);
		expect(host, ID("unknown"), FINDING_UNKNOWN);
	}
}

#define GIC_ITS   "0f 14 0000 00000000 0000080800000000 00000000"
#define GIC_FRAME "0d 18 0000 00000000 0000020800000000 00000000 4000 5000"
#define GIC_CPU   "0b 50" ZEROS_14 ZEROS_14 ZEROS_14 ZEROS_14 ZEROS_14 "0000000000000000"
#define ZEROS_14  "0000000000000000000000000000"

struct arm_case {
	const char *chips;   /* lines of /proc/interrupts */
	const char *entries; /* of the MADT; NULL: no table */
	const char *kconfig;
	const char *cmdline;
	const char *id;
	enum finding_verdict verdict;
	enum requirement_state required;
};

static const struct arm_case arm_cases[] = {
	{" 5: 1 ITS-PCI-MSIX-0000:00:04.0 0 Edge x\n", NULL, "", "", ID("isolated"), FINDING_PASS,
	 REQUIREMENT_MET},
	{" 5: 1 ITS-MSI 65536 Edge x\n", NULL, "", "", ID("isolated"), FINDING_PASS,
	 REQUIREMENT_MET},
	/* What runs beats what firmware says. */
	{" 5: 1 GICv2m-PCI-MSIX-0000:00:04.0 0 Edge x\n", GIC_CPU GIC_ITS, "", "",
	 ID("not-isolated"), FINDING_FAIL, REQUIREMENT_UNMET},
	{" 5: 1 MSI 65536 Edge x\n", NULL, "", "", ID("not-isolated"), FINDING_FAIL,
	 REQUIREMENT_UNMET},
	{" 5: 1 ITS-PCI-MSI-0000:00:04.0 0 Edge x\n 6: 1 DW-PCI-MSI-0002:00:00.0 0 Edge x\n", NULL,
	 "", "", ID("partly-isolated"), FINDING_WARN, REQUIREMENT_UNMET},
	/* Without a chip of a device the MADT tells. */
	{"", GIC_CPU GIC_FRAME, "", "", ID("not-isolated"), FINDING_FAIL, REQUIREMENT_UNMET},
	/* A driver that is not there, or may not use it, makes nothing of an ITS. */
	{"", GIC_ITS, "CONFIG_X=y\n", "", ID("unknown"), FINDING_UNKNOWN, REQUIREMENT_UNDETERMINED},
	{"", GIC_ITS, "CONFIG_ARM_GIC_V3_ITS=y\n", "irqchip.gicv3_nolpi=1", ID("unknown"),
	 FINDING_UNKNOWN, REQUIREMENT_UNDETERMINED},
	{"", GIC_ITS GIC_FRAME, "CONFIG_ARM_GIC_V3_ITS=y\n", "", ID("unknown"), FINDING_UNKNOWN,
	 REQUIREMENT_UNDETERMINED},
	{"", GIC_CPU, "", "", ID("unknown"), FINDING_UNKNOWN, REQUIREMENT_UNDETERMINED},
	{"", NULL, "", "", ID("unknown"), FINDING_UNKNOWN, REQUIREMENT_UNDETERMINED},
};

static struct host *make_arm(struct paper *paper, const struct arm_case *row)
{
	struct host *host = make_host(paper);
	struct fact_text text = known_text("/proc/interrupts", row->chips);

	host->cpu.architecture = "aarch64";
	host->acpi = (struct acpi_tables){0};
	if (row->entries)
		set_madt(paper, row->entries);
	interrupts_parse(host->arena, &text, &host->interrupts);
	set_kconfig(host, row->kconfig);
	paper_command_line(paper, row->cmdline);
	return host;
}

/* VFIO asks whether MSIs are isolated, which of Arm's interrupt controllers an ITS alone does. */
static void on_arm_the_interrupt_controller_tells(void **state)
{
	static const struct requirement requirement = {.kind = REQUIRE_INTERRUPT_REMAPPING};

	for (size_t i = 0; i < sizeof(arm_cases) / sizeof(arm_cases[0]); i++) {
		const struct arm_case *row = &arm_cases[i];
		struct paper *paper = *state;
		test_row("%zu: %s", i, row->id);
		struct host *host = make_arm(paper, row);
		expect(host, row->id, row->verdict);
		model_build(host, host->arena, &paper->model);
		assert_int_equal(requirement_judge(&requirement, &paper->model, host->arena).state,
				 row->required);
	}
}

struct mapping_case {
	const char *function;
	uint8_t nodes; /* of the IORT; 0: no table */
	const char *iort;
	const char *id;
	enum finding_verdict verdict;
};

/* Without a chip of a device the MADT tells that there is an ITS, and the IORT whose it is. */
static void an_its_isolates_what_the_iort_maps_to_it(void **state)
{
	static const struct mapping_case rows[] = {
		{"0000:01:00.0", 3, IORT_ITS IORT_SMMU IORT_ROOT, ID("isolated"), FINDING_PASS},
		{"0000:04:00.0", 3, IORT_ITS IORT_SMMU IORT_ROOT, ID("unknown"), FINDING_UNKNOWN},
		{"0001:01:00.0", 3, IORT_ITS IORT_SMMU IORT_ROOT, ID("unknown"), FINDING_UNKNOWN},
		{"0000:01:00.0", 2, IORT_ITS IORT_SMMU, ID("unknown"), FINDING_UNKNOWN},
		{"0000:01:00.0", 0, "", ID("unknown"), FINDING_UNKNOWN},
		{NULL, 3, IORT_ITS IORT_SMMU IORT_ROOT, ID("unknown"), FINDING_UNKNOWN},
	};
	static const struct arm_case its = {.chips = "",
					    .entries = GIC_CPU GIC_ITS,
					    .kconfig = "CONFIG_ARM_GIC_V3_ITS=y\n",
					    .cmdline = ""};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct paper *paper = *state;
		test_row("%zu: %s", i, rows[i].function);
		struct host *host = make_arm(paper, &its);
		if (rows[i].nodes)
			set_iort(paper, rows[i].nodes, rows[i].iort);
		if (rows[i].function)
			add_function(paper, rows[i].function, NULL);
		expect(host, rows[i].id, rows[i].verdict);
	}
}

/* Its ITS is the exception. */
static void the_its_of_a_synquacer_isolates_nothing(void **state)
{
	struct host *host = make_arm(*state, &arm_cases[0]);

	host->device_tree.compatible =
		known_bytes("/sys/firmware/devicetree/base/compatible",
			    "socionext,developer-box\0socionext,synquacer", 44);
	const struct finding *finding = expect(host, ID("not-isolated"), FINDING_FAIL);
	assert_non_null(strstr(finding->summary, "SynQuacer"));
}

static void permission_counts_on_arm_too(void **state)
{
	static const struct arm_case row = {
		.chips = " 5: 1 MSI 65536 Edge x\n", .kconfig = "CONFIG_X=y\n", .cmdline = ""};
	struct host *host = make_arm(*state, &row);

	host->modules.type1_unsafe_interrupts = parameter("/sys/module/a", "Y");
	expect(host, ID("not-isolated"), FINDING_WARN);
}

static void other_architectures_are_open_but_for_those_that_isolate(void **state)
{
	static const struct {
		const char *architecture;
		enum finding_verdict verdict;
	} rows[] = {
		{"s390x", FINDING_NOT_APPLICABLE},
		{"ppc64", FINDING_NOT_APPLICABLE},
		{"riscv64", FINDING_UNKNOWN},
		{"loongarch64", FINDING_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].architecture);
		struct host *host = make_host(*state);
		host->cpu.architecture = rows[i].architecture;
		struct findings *findings = judge(host->arena, "interrupt-remapping", host);
		expect_finding(findings, ID("other-architecture"), rows[i].verdict);
		assert_int_equal(findings->count, 1);
	}
}

static void an_architecture_that_isolates_meets_the_requirement(void **state)
{
	static const struct requirement requirement = {.kind = REQUIRE_INTERRUPT_REMAPPING};
	static const struct {
		const char *architecture;
		enum requirement_state verdict;
		enum boolean attaches;
	} rows[] = {
		{"s390x", REQUIREMENT_MET, BOOLEAN_YES},
		{"ppc64", REQUIREMENT_MET, BOOLEAN_YES},
		{"riscv64", REQUIREMENT_UNDETERMINED, BOOLEAN_UNKNOWN},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct paper *paper = *state;
		struct host *host = make_host(paper);
		test_row("%s", rows[i].architecture);
		host->cpu.architecture = rows[i].architecture;
		model_build(host, host->arena, &paper->model);
		assert_int_equal(paper->model.interrupts.attaches, rows[i].attaches);
		assert_int_equal(requirement_judge(&requirement, &paper->model, host->arena).state,
				 rows[i].verdict);
	}
}

static void unknown_processor_is_judged_by_its_chips(void **state)
{
	struct host *host = make_host(*state);

	host->cpu = (struct cpu){.fact = unreadable("/proc/cpuinfo", EACCES)};
	expect(host, ID("off"), FINDING_FAIL);
}

/* The early quirk of Intel's 5500, 5520 and X58 goes by the chipset's revision. */
static void erratum_of_the_chipset_is_named_and_no_setting_lifts_it(void **state)
{
	static const struct {
		uint16_t device;
		uint8_t revision;
		bool broken;
	} rows[] = {
		{0x3403, 0x12, true},  {0x3405, 0x13, true},  {0x3406, 0x13, true},
		{0x3405, 0x22, true},  {0x3405, 0x21, false}, {0x3403, 0x22, false},
		{0x3406, 0x22, false}, {0x3404, 0x13, false},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%04x %02x", rows[i].device, rows[i].revision);
		paper_reset(paper);
		paper->host.interrupts = (struct interrupts){.fact = known("/proc/interrupts"),
							     .plain_chip = "PCI-MSI"};
		struct pci_function *bridge = add_function(paper, "0000:00:00.0", NULL);
		set_ids(bridge, 0x8086, rows[i].device);
		set_config32(bridge, 8, rows[i].revision);
		const struct finding *finding =
			expect_finding(judge(paper->arena, "interrupt-remapping", &paper->host),
				       "interrupt-remapping.off", FINDING_FAIL);
		bool named = strstr(finding->summary, "an erratum of the chipset") != NULL;
		bool firmware = strstr(finding->remedy, "firmware") != NULL;
		assert_int_equal(named, rows[i].broken);
		assert_int_equal(firmware, !rows[i].broken);
		assert_int_equal(strstr(finding->remedy, "write options vfio_iommu_type1 "
							 "allow_unsafe_interrupts=1 to a file of "
							 "/etc/modprobe.d") != NULL,
				 rows[i].broken);
	}
}

static struct host *make_chipset_with_erratum(struct paper *paper)
{
	struct host *host = make_host(paper);
	struct pci_function *bridge = add_function(paper, "0000:00:00.0", NULL);

	set_ids(bridge, 0x8086, 0x3405);
	set_config32(bridge, 8, 0x13);
	return host;
}

/* Until the reboot that the option waits for, another one written brings nothing. */
static void permission_is_written_only_where_none_is(void **state)
{
	static const struct {
		const char *command_line, *modprobe, *running, *remedy;
	} rows[] = {
		{"quiet", "", "N",
		 "write options vfio_iommu_type1 allow_unsafe_interrupts=1 to a file of "
		 "/etc/modprobe.d and reboot"},
		{"quiet", "options vfio_iommu_type1 allow_unsafe_interrupts=1\n", "N",
		 "reboot: /etc/modprobe.d/vfio.conf sets allow_unsafe_interrupts already"},
		{"vfio_iommu_type1.allow_unsafe_interrupts=1", "", "N",
		 "reboot: the kernel command line sets allow_unsafe_interrupts already"},
		{"quiet", "options vfio_iommu_type1 allow_unsafe_interrupts=1\n", NULL, NULL},
		{"quiet", "", "Y", NULL},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s; %s", rows[i].command_line, rows[i].modprobe);
		struct host *host = make_chipset_with_erratum(paper);
		struct fact_text file = known_text("/etc/modprobe.d/vfio.conf", rows[i].modprobe);
		paper_command_line(paper, rows[i].command_line);
		modprobe_parse(paper->arena, &file, &host->modprobe);
		host->modules.type1_unsafe_interrupts =
			rows[i].running ? parameter("/type1", rows[i].running)
					: (struct fact_text){.fact = absent("/type1")};
		const struct finding *finding =
			rows[i].remedy ? expect(host, ID("off"), FINDING_FAIL)
				       : expect(host, ID("off-allowed"), FINDING_WARN);
		assert_true(strstr(finding->remedy, "Use a machine with another chipset"));
		if (rows[i].remedy)
			assert_true(strstr(finding->remedy, rows[i].remedy));
		else
			assert_false(strstr(finding->remedy, "trust"));
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			erratum_of_the_chipset_is_named_and_no_setting_lifts_it, paper_setup,
			paper_teardown),
		TEST(permission_is_written_only_where_none_is),
		TEST(remapped_chips_pass),
		TEST(what_runs_beats_what_parameters_say),
		TEST(plain_chips_among_remapped_ones_are_one_warning),
		TEST(unsafe_permission_without_need_warns),
		TEST(plain_chips_fail),
		TEST(parameter_that_turns_it_off_is_named),
		TEST(kernel_without_the_option_is_named),
		TEST(firmware_that_offers_none_is_named),
		TEST(firmware_that_was_not_read_is_not_blamed),
		TEST(guest_is_told_to_ask_its_hypervisor),
		TEST(permission_of_the_container_that_is_used_counts),
		TEST(whoever_asks_gets_the_same_answer),
		TEST(no_chip_leaves_it_unknown),
		TEST(missing_table_alone_does_not_tell_that_it_is_off),
		TEST(bad_fact_is_enough_to_fail_without_a_chip),
		TEST(what_the_kernel_refuses_of_firmware_turns_it_off),
		TEST(what_may_lift_a_refusal_leaves_it_unknown),
		TEST(damaged_table_is_not_believed),
		TEST(on_arm_the_interrupt_controller_tells),
		TEST(an_its_isolates_what_the_iort_maps_to_it),
		TEST(the_its_of_a_synquacer_isolates_nothing),
		TEST(permission_counts_on_arm_too),
		TEST(other_architectures_are_open_but_for_those_that_isolate),
		TEST(an_architecture_that_isolates_meets_the_requirement),
		TEST(unknown_processor_is_judged_by_its_chips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
