/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/cpu.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/tree.h"

static struct cpu parse(struct tree *tree, const char *lines)
{
	struct fact_text text = known_text("/proc/cpuinfo", lines);
	struct cpu cpu = {0};

	cpu_parse(tree->arena, &text, &cpu);
	return cpu;
}

static const char intel[] = "processor\t: 0\n"
			    "vendor_id\t: GenuineIntel\n"
			    "model name\t: Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz\n"
			    "flags\t\t: fpu tsc lm vmx est\n"
			    "vmx flags\t: vnmi svm ept hypervisor\n"
			    "bugs\t\t: spectre_v1\n"
			    "\n"
			    "processor\t: 1\n"
			    "vendor_id\t: AuthenticAMD\n"
			    "model name\t: another\n"
			    "flags\t\t: fpu tsc lm svm\n"
			    "\n";

static void first_processor_speaks_for_all(void **state)
{
	struct cpu cpu = parse(*state, intel);

	assert_true(fact_known(&cpu.fact));
	assert_int_equal(cpu.vendor, CPU_INTEL);
	assert_string_equal(cpu.vendor_id, "GenuineIntel");
	assert_string_equal(cpu.model_name, "Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz");
	assert_string_equal(cpu.architecture, "x86_64");
	assert_int_equal(cpu.flag_count, 5);
	assert_true(cpu_has(&cpu, "vmx"));
	assert_false(cpu_has(&cpu, "svm"));
}

static void keys_match_whole(void **state)
{
	struct cpu cpu = parse(*state, intel);

	assert_false(cpu_has(&cpu, "vnmi"));
	assert_false(cpu_has(&cpu, "hypervisor"));
	assert_false(cpu_has(&cpu, "spectre_v1"));
}

static void flags_match_whole(void **state)
{
	struct cpu cpu = parse(*state, "vendor_id\t: GenuineIntel\nflags\t\t: lm vmxon xvmx\n");

	assert_true(fact_known(&cpu.fact));
	assert_false(cpu_has(&cpu, "vmx"));
	assert_false(cpu_has(&cpu, ""));
}

static void lines_may_be_of_any_length(void **state)
{
	struct tree *tree = *state;
	const char *flags = "lm";

	for (int i = 0; i < 500; i++)
		flags = arena_printf(tree->arena, "%s some_rather_long_flag_%d", flags, i);
	struct cpu cpu =
		parse(tree, arena_printf(tree->arena,
					 "vendor_id\t: GenuineIntel\nflags\t\t: %s vmx\n", flags));
	assert_int_equal(cpu.flag_count, 502);
	assert_true(cpu_has(&cpu, "vmx"));
	assert_true(cpu_has(&cpu, "some_rather_long_flag_499"));
}

struct vendor_case {
	const char *line;
	enum cpu_vendor vendor;
};

static const struct vendor_case vendors[] = {
	{"vendor_id\t: GenuineIntel\n", CPU_INTEL},
	{"vendor_id\t: AuthenticAMD\n", CPU_AMD},
	{"vendor_id\t: HygonGenuine\n", CPU_AMD},
	{"vendor_id\t: CentaurHauls\n", CPU_INTEL},
	{"vendor_id\t:   Shanghai  \n", CPU_INTEL},
	{"vendor_id\t: GenuineTMx86\n", CPU_OTHER},
	{"vendor_id\t: genuineintel\n", CPU_OTHER},
	{"vendor_id\t: \n", CPU_OTHER},
	{"", CPU_OTHER},
	/* Not told by what the processor can do. */
	{"flags\t\t: vmx\n", CPU_OTHER},
};

static void vendor_is_told_by_its_id(void **state)
{
	for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++) {
		struct cpu cpu = parse(*state, vendors[i].line);
		if (cpu.vendor != vendors[i].vendor)
			fail_msg("%s", vendors[i].line);
	}
}

struct architecture_case {
	const char *lines;
	const char *architecture;
	bool x86;
};

static const struct architecture_case architectures[] = {
	{"vendor_id\t: GenuineIntel\nflags\t\t: fpu tsc lm\n", "x86_64", true},
	{"vendor_id\t: GenuineIntel\nflags\t\t: fpu tsc pae\n", "i686", true},
	{"Features\t: fp asimd\nCPU implementer\t: 0x41\nCPU architecture: 8\n", "aarch64", false},
	{"Features\t: fp asimd\nCPU architecture: AArch64\n", "aarch64", false},
	{"model name\t: ARMv7 Processor rev 4 (v7l)\nCPU architecture: 7\n", "arm", false},
	{"vendor_id       : IBM/S390\nfeatures\t: esan3 zarch sie\n", "s390x", false},
	{"processor\t: 0\ncpu\t\t: POWER9 (raw), altivec supported\n", "ppc64", false},
	{"processor\t: 0\ncpu\t\t: Power11 (architected), altivec supported\n", "ppc64", false},
	{"hart\t\t: 0\nisa\t\t: rv64imafdc\nmmu\t\t: sv48\n", "riscv64", false},
	{"CPU Family\t\t: Loongson-64bit\n", "loongarch64", false},
	/* Flags of another architecture. */
	{"vendor_id\t: Tensilica\nflags\t\t: nmi debug fpu\n", NULL, false},
	{"vendor_id\t: GenuineIntel\n", NULL, false},
};

static void architecture_is_told_by_what_only_it_prints(void **state)
{
	for (size_t i = 0; i < sizeof(architectures) / sizeof(architectures[0]); i++) {
		test_row("%s", architectures[i].lines);
		const struct architecture_case *row = &architectures[i];
		struct cpu cpu = parse(*state, row->lines);
		assert_int_equal(cpu_is_x86(&cpu), row->x86);
		if (row->architecture)
			assert_string_equal(cpu.architecture, row->architecture);
		else
			assert_null(cpu.architecture);
	}
}

static void features_of_s390_count_as_flags(void **state)
{
	struct cpu cpu = parse(*state, "vendor_id       : IBM/S390\nfeatures\t: esan3 sie\n");

	assert_true(cpu_has(&cpu, "sie"));
}

static void text_of_no_processor_is_malformed(void **state)
{
	static const char *const texts[] = {"",      "\n\n\n",     ":\n",
					    ": x\n", "no colon\n", "\177ELF\n"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		test_row("%s", texts[i]);
		struct cpu cpu = parse(*state, texts[i]);
		assert_int_equal(cpu.fact.state, FACT_MALFORMED);
		assert_false(cpu_has(&cpu, "vmx"));
		assert_false(cpu_is_x86(&cpu));
	}
}

/* The flag may stand in what is missing. */
static void cut_off_flags_are_no_flags(void **state)
{
	struct tree *tree = *state;
	size_t whole = (size_t)(strstr(intel, "vmx flags") - intel);

	for (size_t length = 0; length < sizeof(intel) - 1; length++) {
		struct cpu cpu = parse(tree, arena_copy(tree->arena, intel, length));
		if (cpu_is_x86(&cpu) != (length >= whole) ||
		    cpu_has(&cpu, "vmx") != (length >= whole))
			fail_msg("cut after %zu bytes", length);
	}
}

static void bytes_after_a_nul_are_not_believed(void **state)
{
	struct tree *tree = *state;
	struct fact_text text = known_bytes("/proc/cpuinfo", "a\0\nflags\t: lm vmx\n", 18);
	struct cpu cpu = {0};

	cpu_parse(tree->arena, &text, &cpu);
	assert_false(cpu_has(&cpu, "vmx"));
}

static void cpuinfo_that_was_not_read_tells_nothing(void **state)
{
	struct tree *tree = *state;
	struct fact_text text = {.fact = unreadable("/proc/cpuinfo", EACCES)};
	struct cpu cpu = {.kvm.fact.state = FACT_KNOWN};

	cpu_parse(tree->arena, &text, &cpu);
	assert_int_equal(cpu.fact.state, FACT_UNREADABLE);
	assert_int_equal(cpu.fact.error, EACCES);
	assert_null(cpu.architecture);
	assert_string_equal(cpu.vendor_id, "");
	assert_string_equal(cpu.model_name, "");
	assert_true(fact_known(&cpu.kvm.fact));
}

static void load_reads_cpuinfo_and_looks_for_kvm(void **state)
{
	struct tree *tree = *state;
	struct cpu cpu = {0};

	tree_file(tree, "/proc/cpuinfo", intel);
	tree_directory(tree, "/dev");
	cpu_load(tree_open(tree), tree->arena, &cpu);
	assert_string_equal(cpu.fact.source, "/proc/cpuinfo");
	assert_true(cpu_has(&cpu, "vmx"));
	assert_string_equal(cpu.kvm.fact.source, "/dev/kvm");
	assert_true(fact_absent(&cpu.kvm.fact));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(first_processor_speaks_for_all),
		TEST(keys_match_whole),
		TEST(flags_match_whole),
		TEST(lines_may_be_of_any_length),
		TEST(vendor_is_told_by_its_id),
		TEST(architecture_is_told_by_what_only_it_prints),
		TEST(features_of_s390_count_as_flags),
		TEST(text_of_no_processor_is_malformed),
		TEST(cut_off_flags_are_no_flags),
		TEST(bytes_after_a_nul_are_not_believed),
		TEST(cpuinfo_that_was_not_read_tells_nothing),
		TEST(load_reads_cpuinfo_and_looks_for_kvm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
