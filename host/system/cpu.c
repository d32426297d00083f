/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/cpu.h"

#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"

struct vendor {
	const char *id;
	enum cpu_vendor vendor;
};

/* By whose virtualisation and IOMMU a processor has: arch/x86/kernel/cpu, c_ident. */
static const struct vendor vendors[] = {
	{"GenuineIntel", CPU_INTEL}, {"CentaurHauls", CPU_INTEL}, {"  Shanghai  ", CPU_INTEL},
	{"AuthenticAMD", CPU_AMD},   {"HygonGenuine", CPU_AMD},
};

/* A line that tells the architecture, which cpuinfo does not name. */
struct architecture_key {
	const char *key;
	const char *prefix; /* of its value; NULL: any */
	const char *architecture;
};

static const struct architecture_key architecture_keys[] = {
	{"CPU architecture", "8", "aarch64"},
	{"CPU architecture", "AArch64", "aarch64"},
	{"CPU architecture", NULL, "arm"},
	{"vendor_id", "IBM/S390", "s390x"},
	{"isa", "rv64", "riscv64"},
	{"isa", "rv32", "riscv32"},
	{"cpu", "POWER", "ppc64"},
	{"cpu", "Power", "ppc64"}, /* from Power11 on */
	{"CPU Family", "Loongson", "loongarch64"},
};

void cpu_load(struct root *root, struct arena *arena, struct cpu *ret)
{
	struct fact_text text = root_read(root, arena, "/proc/cpuinfo", LIMIT_FILE);

	cpu_parse(arena, &text, ret);
	ret->kvm = root_stat(root, "/dev/kvm");
	ret->kvm_class = root_stat(root, "/sys/class/misc/kvm");
}

static void parse_flags(struct arena *arena, char *value, struct cpu *cpu)
{
	const char **flags = NULL;
	size_t count = 0, capacity = 0;
	char *save = NULL;

	for (char *flag = strtok_r(value, " ", &save); flag; flag = strtok_r(NULL, " ", &save)) {
		const char **larger = arena_grow(arena, flags, count, &capacity, sizeof(*flags));
		if (!larger)
			return;
		flags = larger;
		flags[count++] = flag;
	}
	if (count)
		qsort(flags, count, sizeof(*flags), compare_strings);
	cpu->flags = flags;
	cpu->flag_count = count;
}

static enum cpu_vendor vendor_of(const char *id)
{
	for (size_t i = 0; i < ARRAY_LENGTH(vendors); i++) {
		if (strcmp(vendors[i].id, id) == 0)
			return vendors[i].vendor;
	}
	return CPU_OTHER;
}

static void note_architecture(const char *key, const char *value, struct cpu *cpu)
{
	for (size_t i = 0; i < ARRAY_LENGTH(architecture_keys); i++) {
		const struct architecture_key *row = &architecture_keys[i];
		if (cpu->architecture || strcmp(row->key, key) != 0)
			continue;
		if (!row->prefix || begins_with(value, row->prefix))
			cpu->architecture = row->architecture;
	}
}

/* What x86 calls flags, s390 and arm call features. */
static bool is_flags(const char *key)
{
	return strcmp(key, "flags") == 0 || strcmp(key, "features") == 0 ||
	       strcmp(key, "Features") == 0;
}

/* "46 bits physical, 48 bits virtual". Returns 0 for anything else. */
static unsigned parse_physical_bits(const char *value)
{
	char *end;
	unsigned long bits = strtoul(value, &end, 10);

	return begins_with(end, " bits physical") && bits <= 64 ? (unsigned)bits : 0;
}

/* Takes the first line of each key: that of the first processor. */
static void parse_line(struct arena *arena, const char *key, char *value, struct cpu *cpu)
{
	if (is_flags(key) && !cpu->flags)
		parse_flags(arena, value, cpu);
	else if (strcmp(key, "model name") == 0 && !*cpu->model_name)
		cpu->model_name = value;
	else if (strcmp(key, "microcode") == 0 && !cpu->microcode)
		cpu->microcode = value;
	else if (strcmp(key, "vendor_id") == 0 && !*cpu->vendor_id)
		cpu->vendor_id = value;
	else if (strcmp(key, "cpu family") == 0 && !cpu->family)
		cpu->family = (unsigned)strtoul(value, NULL, 10);
	else if (strcmp(key, "address sizes") == 0 && !cpu->physical_bits)
		cpu->physical_bits = parse_physical_bits(value);
	note_architecture(key, value, cpu);
}

/* Splits "key<blanks>: value". Returns the value, or NULL where the line has none. */
static char *split_line(char *line)
{
	char *colon = strchr(line, ':');

	if (!colon)
		return NULL;
	char *end = colon;
	while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	*end = '\0';
	/* One blank only: a vendor_id may begin with others. */
	return colon[1] == ' ' ? colon + 2 : colon + 1;
}

/* A line without its newline was cut short, and says nothing: its last flags may be missing. */
static void parse_lines(struct arena *arena, char *lines, struct cpu *cpu)
{
	for (char *newline; (newline = strchr(lines, '\n')); lines = newline + 1) {
		*newline = '\0';
		char *value = split_line(lines);
		if (value)
			parse_line(arena, lines, value, cpu);
	}
}

/* "lm" is the 64-bit mode of x86; every x86 since the Pentium has "tsc" or "pse". */
static const char *architecture_by_flags(const struct cpu *cpu)
{
	if (cpu_has(cpu, "lm"))
		return "x86_64";
	return cpu_has(cpu, "tsc") || cpu_has(cpu, "pse") ? "i686" : NULL;
}

void cpu_parse(struct arena *arena, const struct fact_text *text, struct cpu *ret)
{
	struct fact_node kvm = ret->kvm, kvm_class = ret->kvm_class;

	*ret = (struct cpu){.fact = text->fact,
			    .kvm = kvm,
			    .kvm_class = kvm_class,
			    .vendor_id = "",
			    .model_name = ""};
	if (!fact_known(&text->fact))
		return;
	parse_lines(arena, arena_copy(arena, text->text, text->length), ret);
	ret->vendor = vendor_of(ret->vendor_id);
	if (!ret->architecture)
		ret->architecture = architecture_by_flags(ret);
	if (!ret->architecture && !*ret->vendor_id)
		ret->fact.state = FACT_MALFORMED;
}

bool cpu_has(const struct cpu *cpu, const char *flag)
{
	return cpu->flag_count &&
	       bsearch(&flag, cpu->flags, cpu->flag_count, sizeof(flag), compare_strings) != NULL;
}

bool cpu_is_architecture(const struct cpu *cpu, const char *architecture)
{
	return cpu->architecture && strcmp(cpu->architecture, architecture) == 0;
}

bool cpu_is_x86(const struct cpu *cpu)
{
	return cpu->architecture &&
	       (strcmp(cpu->architecture, "x86_64") == 0 || strcmp(cpu->architecture, "i686") == 0);
}

bool cpu_is_arm(const struct cpu *cpu)
{
	return cpu->architecture &&
	       (strcmp(cpu->architecture, "aarch64") == 0 || strcmp(cpu->architecture, "arm") == 0);
}
