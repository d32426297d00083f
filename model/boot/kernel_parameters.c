/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/kernel_parameters.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "host/boot/boolean.h"

/* Parameters that a check, a model or a reader of a report consults. A trailing "." stands for all
 * of a module, a trailing "[" for an index in brackets. None of them ever holds a secret. */
static const char *const known_names[] = {
	"acpi",
	"allow_unsafe_interrupts",
	"amd_iommu",
	"amd_iommu_intr",
	"arm64.",
	"arm_smmu.",
	"arm_smmu_v3.",
	"be2net.",
	"bnx2x.",
	"default_hugepagesz",
	"disable_denylist",
	"disable_idle_d3",
	"disable_vga",
	"disableapic",
	"efi",
	"enable_sriov",
	"enable_unsafe_noiommu_mode",
	"hugepages",
	"hugepagesz",
	"i915.",
	"igb.",
	"initcall_blacklist",
	"intel_iommu",
	"intremap",
	"iommu",
	"iommu.",
	"iommufd.",
	"irqchip.",
	"isolcpus",
	"ivrs_acpihid",
	"ivrs_acpihid[",
	"ivrs_hpet",
	"ivrs_hpet[",
	"ivrs_ioapic",
	"ivrs_ioapic[",
	"ixgbe.",
	"kvm.",
	"kvm_amd.",
	"kvm_arm.",
	"kvm_intel.",
	"lockdown",
	"maxcpus",
	"mem_encrypt",
	"mlx4_core.",
	"modprobe.blacklist",
	"module_blacklist",
	"noapic",
	"nointremap",
	"nointxmask",
	"nolapic",
	"nomodeset",
	"nosmp",
	"nox2apic",
	"nvme.",
	"pci",
	"pci_stub.",
	"pcie_acs_override",
	"pcie_aspm",
	"pcie_port_pm",
	"pcie_ports",
	"rd.driver.blacklist",
	"rd.driver.pre",
	"sfc.",
	"swiotlb",
	"vfio.",
	"vfio_iommu_type1.",
	"vfio_pci.",
	"vfio_pci_core.",
	"video",
	"x2apic_phys",
	"xe.",
};

/* Names whose misspelling is worth a word. */
static const char *const guarded_names[] = {
	"intel_iommu",
	"amd_iommu",
	"iommu",
	"iommu.passthrough",
	"iommu.strict",
	"intremap",
	"module_blacklist",
	"pcie_acs_override",
	"vfio_pci.ids",
	"vfio_iommu_type1.allow_unsafe_interrupts",
};

/* How a handler of the kernel compares a word: strncmp() over the known one, or strcmp(). */
enum match { BEGINS, EQUALS };

/* What a word of a parameter's list sets; of several rows that match, the first counts. */
struct word_effect {
	const char *parameter;
	const char *word;
	enum match match;
	size_t offset; /* of the switch in struct kernel_parameters */
	enum switch_state state;
};

#define SWITCH(member) offsetof(struct kernel_parameters, member)

static const struct word_effect word_effects[] = {
	{"acpi", "off", EQUALS, SWITCH(acpi), SWITCH_OFF},
	{"acpi", "force", EQUALS, SWITCH(acpi), SWITCH_ON},
	{"intel_iommu", "on", BEGINS, SWITCH(intel_iommu), SWITCH_ON},
	{"intel_iommu", "off", BEGINS, SWITCH(intel_iommu), SWITCH_OFF},
	{"amd_iommu", "off", BEGINS, SWITCH(amd_iommu), SWITCH_OFF},
	{"amd_iommu", "pgtbl_v1", BEGINS, SWITCH(page_table_v2), SWITCH_OFF},
	{"amd_iommu", "pgtbl_v2", BEGINS, SWITCH(page_table_v2), SWITCH_ON},
	{"iommu", "off", BEGINS, SWITCH(iommu), SWITCH_OFF},
	{"iommu", "pt", BEGINS, SWITCH(passthrough), SWITCH_ON},
	{"iommu", "nopt", BEGINS, SWITCH(passthrough), SWITCH_OFF},
	{"kvm_arm.mode", "none", EQUALS, SWITCH(kvm_arm), SWITCH_OFF},
	{"kvm_arm.mode", "", BEGINS, SWITCH(kvm_arm), SWITCH_ON},
	{"intremap", "on", BEGINS, SWITCH(interrupt_remapping), SWITCH_ON},
	{"intremap", "off", BEGINS, SWITCH(interrupt_remapping), SWITCH_OFF},
	{"intremap", "nosid", BEGINS, SWITCH(source_id), SWITCH_OFF},
	{"pci", "nomsi", EQUALS, SWITCH(message_interrupts), SWITCH_OFF},
	{"pci", "nommconf", EQUALS, SWITCH(extended_config), SWITCH_OFF},
	{"pci", "conf1", EQUALS, SWITCH(extended_config), SWITCH_OFF},
	{"pci", "off", EQUALS, SWITCH(pci), SWITCH_OFF},
	/* pci_direct_probe() of arch/x86/pci/direct.c takes the word for it where firmware is of
	 * 2001 or later, and nothing of that time answers. */
	{"pci", "conf2", EQUALS, SWITCH(pci), SWITCH_OFF},
	{"pci", "noari", BEGINS, SWITCH(ari), SWITCH_OFF},
	{"pci", "noats", BEGINS, SWITCH(ats), SWITCH_OFF},
	{"pci", "realloc=off", BEGINS, SWITCH(pci_realloc), SWITCH_OFF},
	{"pci", "realloc=on", BEGINS, SWITCH(pci_realloc), SWITCH_ON},
	{"pci", "realloc=", BEGINS, SWITCH(pci_realloc), SWITCH_UNSET},
	{"pci", "realloc", BEGINS, SWITCH(pci_realloc), SWITCH_ON},
};

/* What a parameter sets whatever its value. */
struct flag_effect {
	const char *parameter;
	size_t offset;
	enum switch_state state;
};

static const struct flag_effect flag_effects[] = {
	{"nointremap", SWITCH(interrupt_remapping), SWITCH_OFF},
	{"noapic", SWITCH(io_apic), SWITCH_OFF},
	{"nolapic", SWITCH(io_apic), SWITCH_OFF},
	{"disableapic", SWITCH(io_apic), SWITCH_OFF},
	{"nolapic", SWITCH(local_apic), SWITCH_OFF},
	{"disableapic", SWITCH(local_apic), SWITCH_OFF},
	/* arch_disable_smp_support() of arch/x86/kernel/smpboot.c */
	{"nosmp", SWITCH(io_apic), SWITCH_OFF},
};

static void set(struct kernel_parameters *parameters, size_t offset, enum switch_state state,
		const struct cmdline_parameter *parameter, const char *word)
{
	struct kernel_switch *it = (struct kernel_switch *)((char *)parameters + offset);

	if (it->state != SWITCH_UNSET && it->state != state) {
		it->overruled = it->decided_by;
		it->overruled_word = it->word;
	}
	it->state = state;
	it->decided_by = parameter;
	it->word = word;
}

static void apply_word(const struct cmdline_parameter *parameter, const char *word,
		       struct kernel_parameters *out)
{
	for (size_t i = 0; i < ARRAY_LENGTH(word_effects); i++) {
		const struct word_effect *effect = &word_effects[i];

		if (!cmdline_same_name(parameter->name, effect->parameter) ||
		    !(effect->match == BEGINS ? begins_with(word, effect->word)
					      : strcmp(word, effect->word) == 0))
			continue;
		if (effect->state != SWITCH_UNSET)
			set(out, effect->offset, effect->state, parameter, word);
		return;
	}
}

/* The words of pci= that hold a list of their own; the last one replaces those before it. */
static void apply_acs_word(const struct cmdline_parameter *parameter, const char *word,
			   struct kernel_parameters *out)
{
	static const char disable_redir[] = "disable_acs_redir=", config[] = "config_acs=";

	if (!cmdline_same_name(parameter->name, "pci"))
		return;
	if (begins_with(word, disable_redir)) {
		out->disable_acs_redir = parameter;
		out->disable_acs_redir_list = word + sizeof(disable_redir) - 1;
	}
	if (begins_with(word, config)) {
		out->config_acs = parameter;
		out->config_acs_list = word + sizeof(config) - 1;
	}
}

bool kernel_parameter_ends_list(const struct cmdline_parameter *parameter, const char *word)
{
	return cmdline_same_name(parameter->name, "iommu") && begins_with(word, "usedac");
}

static void apply_words(const struct cmdline_parameter *parameter, struct arena *arena,
			struct kernel_parameters *out)
{
	char *save = NULL;
	char *list = arena_printf(arena, "%s", parameter->value);
	bool intel = cmdline_same_name(parameter->name, "intel_iommu");

	for (char *word = strtok_r(list, ",", &save); word; word = strtok_r(NULL, ",", &save)) {
		apply_word(parameter, word, out);
		apply_acs_word(parameter, word, out);
		if (intel && begins_with(word, "relax_rmrr"))
			out->relaxed_rmrr = parameter;
		if (kernel_parameter_ends_list(parameter, word))
			return;
	}
}

/* iommu_set_def_domain_type() of drivers/iommu/iommu.c: a text that is neither yes nor no leaves
 * things as they are. */
static enum switch_state passthrough_of(const char *value)
{
	switch (boolean_parse(value)) {
	case BOOLEAN_YES:
		return SWITCH_ON;
	case BOOLEAN_NO:
		return SWITCH_OFF;
	case BOOLEAN_UNKNOWN:
		break;
	}
	return SWITCH_UNSET;
}

/* kstrtobool(): what is neither yes nor no leaves things as they are. */
static void apply_nolpi(const struct cmdline_parameter *parameter, struct kernel_parameters *out)
{
	enum boolean value = boolean_parse(parameter->value ? parameter->value : "");

	if (value != BOOLEAN_UNKNOWN)
		set(out, SWITCH(gic_lpis), value == BOOLEAN_YES ? SWITCH_OFF : SWITCH_ON, parameter,
		    NULL);
}

/* maxcpus() of kernel/smp.c: get_option() takes what is no number for 0. */
static bool stops_other_processors(const struct cmdline_parameter *parameter)
{
	return cmdline_same_name(parameter->name, "maxcpus") && parameter->value &&
	       *parameter->value && strtol(parameter->value, NULL, 0) == 0;
}

static void apply_whole(const struct cmdline_parameter *parameter, struct kernel_parameters *out)
{
	for (size_t i = 0; i < ARRAY_LENGTH(flag_effects); i++) {
		if (cmdline_same_name(parameter->name, flag_effects[i].parameter))
			set(out, flag_effects[i].offset, flag_effects[i].state, parameter, NULL);
	}
	if (stops_other_processors(parameter))
		set(out, SWITCH(io_apic), SWITCH_OFF, parameter, NULL);
	if (cmdline_same_name(parameter->name, "iommu.passthrough") &&
	    passthrough_of(parameter->value) != SWITCH_UNSET)
		set(out, SWITCH(passthrough), passthrough_of(parameter->value), parameter, NULL);
	else if (cmdline_same_name(parameter->name, "irqchip.gicv3_nolpi"))
		apply_nolpi(parameter, out);
	else if (cmdline_same_name(parameter->name, "pcie_acs_override"))
		out->acs_override = parameter;
	else if (cmdline_same_name(parameter->name, "module_blacklist") && parameter->value)
		out->module_blacklist = parameter;
}

/* pcie_acs_override_setup() of the patch sets flags and adds ids: all values count. */
static const char *join_overrides(const struct cmdline *cmdline, struct arena *arena)
{
	struct buffer list = {.arena = arena, .separator = ","};

	for (size_t i = 0; i < cmdline->count; i++) {
		const struct cmdline_parameter *it = &cmdline->parameters[i];
		if (it->value && cmdline_same_name(it->name, "pcie_acs_override"))
			buffer_item(&list, "%s", it->value);
	}
	return buffer_text(&list);
}

void kernel_parameters_build(const struct cmdline *cmdline, struct arena *arena,
			     struct kernel_parameters *ret)
{
	*ret = (struct kernel_parameters){0};
	for (size_t i = 0; i < cmdline->count; i++) {
		const struct cmdline_parameter *parameter = &cmdline->parameters[i];

		apply_whole(parameter, ret);
		if (parameter->value)
			apply_words(parameter, arena, ret);
	}
	if (ret->acs_override)
		ret->acs_override_list = join_overrides(cmdline, arena);
}

bool kernel_parameters_oppose(const struct kernel_parameters *a, const struct kernel_parameters *b)
{
	for (size_t i = 0; i < ARRAY_LENGTH(word_effects); i++) {
		size_t offset = word_effects[i].offset;
		enum switch_state one =
			((const struct kernel_switch *)((const char *)a + offset))->state;
		enum switch_state other =
			((const struct kernel_switch *)((const char *)b + offset))->state;
		if (one != SWITCH_UNSET && other != SWITCH_UNSET && one != other)
			return true;
	}
	return false;
}

bool kernel_parameters_lose(const struct kernel_parameters *of,
			    const struct cmdline_parameter *parameter,
			    const struct kernel_parameters *other)
{
	for (size_t i = 0; i < ARRAY_LENGTH(word_effects); i++) {
		size_t offset = word_effects[i].offset;
		const struct kernel_switch *one =
			(const struct kernel_switch *)((const char *)of + offset);
		const struct kernel_switch *same =
			(const struct kernel_switch *)((const char *)other + offset);
		if (one->decided_by == parameter && same->state == SWITCH_UNSET)
			return true;
	}
	return cmdline_same_name(parameter->name, "pcie_acs_override");
}

static bool is_listed(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (cmdline_same_name(names[i], name))
			return true;
	}
	return false;
}

bool kernel_parameter_adds_up(const struct cmdline_parameter *parameter)
{
	static const char *const names[] = {"intel_iommu", "amd_iommu", "iommu",
					    "intremap",    "pci",       "pcie_acs_override"};

	return is_listed(names, ARRAY_LENGTH(names), parameter->name);
}

/* COMMAND_LINE_SIZE is 4096 at most (arch/arm64/include/asm/setup.h, 2048 of x86): a longer list is
 * none that a kernel read, and is not searched word by word. */
enum { LONGEST_LIST = 4096 };

/* Returns whether the kernel reads the word in one of the parameters of that name. */
static bool reads_word(const struct cmdline *cmdline, const char *name, const char *word,
		       size_t length)
{
	size_t read = 0;

	for (size_t i = 0; i < cmdline->count; i++) {
		const struct cmdline_parameter *it = &cmdline->parameters[i];
		if (!it->value || !cmdline_same_name(it->name, name))
			continue;
		for (const char *at = it->value; *at && read <= LONGEST_LIST;) {
			size_t size = strcspn(at, ",");
			if (size == length && memcmp(at, word, length) == 0)
				return true;
			if (kernel_parameter_ends_list(it, at))
				break;
			read += size + 1;
			at += size + (at[size] == ',');
		}
	}
	return false;
}

/* Returns whether the parameters of its name have together what the kernel reads of its list. */
static bool has_words(const struct cmdline *cmdline, const struct cmdline_parameter *parameter)
{
	const char *at = parameter->value;
	bool any = false;

	if (!at || strlen(at) > LONGEST_LIST)
		return false;
	while (*at) {
		size_t size = strcspn(at, ",");
		if (size && !reads_word(cmdline, parameter->name, at, size))
			return false;
		any |= size > 0;
		if (kernel_parameter_ends_list(parameter, at))
			break;
		at += size + (at[size] == ',');
	}
	return any;
}

bool kernel_parameter_is_on(const struct cmdline *cmdline,
			    const struct cmdline_parameter *parameter)
{
	return cmdline_has_parameter(cmdline, parameter) ||
	       (kernel_parameter_adds_up(parameter) && has_words(cmdline, parameter));
}

bool kernel_parameters_refuse_module(const struct kernel_parameters *parameters, const char *module)
{
	return parameters->module_blacklist &&
	       cmdline_list_has(parameters->module_blacklist->value, module);
}

enum { LONG_NAME = 8, LONGEST_NAME = 48 };

static char folded(char c)
{
	return c == '-' ? '_' : (char)tolower((unsigned char)c);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Returns how many letters must be added, taken out, changed, or swapped with their neighbour, to
 * make a of b (restricted Damerau-Levenshtein distance); case does not count. */
static size_t edit_distance(const char *a, size_t a_length, const char *b)
{
	size_t rows[3][LONGEST_NAME + 1], b_length = strlen(b);

	for (size_t j = 0; j <= b_length; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *second = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			bool same = folded(a[i - 1]) == folded(b[j - 1]);
			row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + !same);
			if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) &&
			    folded(a[i - 2]) == folded(b[j - 1]))
				row[j] = least(row[j], second[j - 2] + 1);
		}
	}
	return rows[a_length % 3][b_length];
}

/* Returns how many bytes of a name are of the kind that names consist of. */
static size_t name_length(const char *name)
{
	size_t length = 0;

	while (isalnum((unsigned char)name[length]) ||
	       (name[length] && strchr("_-.", name[length])))
		length++;
	return length;
}

const char *kernel_parameter_meant(const char *name)
{
	size_t length = name_length(name);

	if (length > LONGEST_NAME || is_listed(known_names, ARRAY_LENGTH(known_names), name) ||
	    is_listed(guarded_names, ARRAY_LENGTH(guarded_names), name))
		return NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(guarded_names); i++) {
		size_t limit = strlen(guarded_names[i]) < LONG_NAME ? 1 : 2;
		if (edit_distance(name, length, guarded_names[i]) <= limit)
			return guarded_names[i];
	}
	return NULL;
}

static bool is_name(const char *known, const char *name)
{
	size_t length = strlen(known);
	char prefix[LONGEST_NAME];

	if (!strchr(".[", known[length - 1]))
		return cmdline_same_name(known, name);
	if (strlen(name) <= length || length >= sizeof(prefix))
		return false;
	memcpy(prefix, name, length);
	prefix[length] = '\0';
	return cmdline_same_name(known, prefix);
}

bool kernel_parameter_is_id(const char *name)
{
	enum { DIGITS = 4 };
	static const char digits[] = "0123456789abcdefABCDEF";

	return strspn(name, digits) == DIGITS && name[DIGITS] == ':' &&
	       strspn(name + DIGITS + 1, digits) == DIGITS &&
	       strspn(name, "0123456789abcdefABCDEF:,") == strlen(name);
}

bool kernel_parameter_known(const char *name)
{
	if (kernel_parameter_is_id(name))
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(known_names); i++) {
		if (is_name(known_names[i], name))
			return true;
	}
	return false;
}
