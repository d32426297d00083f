/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/kernel_parameters.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Parameters that some check, model or reader consults; a trailing "." stands for a module's. */
static const char *const known_names[] = {
	"amd_iommu",
	"amd_iommu_intr",
	"default_hugepagesz",
	"hugepages",
	"hugepagesz",
	"initcall_blacklist",
	"intel_iommu",
	"intremap",
	"iommu",
	"iommu.forcedac",
	"iommu.passthrough",
	"iommu.strict",
	"isolcpus",
	"ivrs_acpihid",
	"ivrs_hpet",
	"ivrs_ioapic",
	"lockdown",
	"mem_encrypt",
	"modprobe.blacklist",
	"module_blacklist",
	"noapic",
	"nointremap",
	"nolapic",
	"nomodeset",
	"nox2apic",
	"pci",
	"pcie_acs_override",
	"pcie_aspm",
	"pcie_port_pm",
	"pcie_ports",
	"rd.driver.blacklist",
	"rd.driver.pre",
	"video",
	"x2apic_phys",
	"efi",
	"kvm.",
	"kvm_amd.",
	"kvm_intel.",
	"vfio.",
	"vfio_pci.",
	"vfio_pci_core.",
	"vfio_iommu_type1.",
	"iommufd.",
	"igb.",
	"ixgbe.",
	"nvme.",
	"mlx4_core.",
};

/* Names whose misspelling is worth a word. */
static const char *const guarded_names[] = {
	"intel_iommu",  "amd_iommu",
	"iommu",        "iommu.passthrough",
	"intremap",     "pcie_acs_override",
	"vfio_pci.ids", "vfio_iommu_type1.allow_unsafe_interrupts",
};

/* Words that a list takes, and as which kernels compare them. */
struct token_list {
	const char *parameter;
	const char *const *tokens;
};

static const char *const intel_tokens[] = {
	"on",    "off",    "igfx_off",      "forcedac",   "strict",     "sp_off",
	"sm_on", "sm_off", "tboot_noforce", "intgpu_off", "relax_rmrr", NULL,
};
static const char *const amd_tokens[] = {
	"fullflush", "force_enable", "off",         "force_isolation", "pgtbl_v1",
	"pgtbl_v2",  "irtcachedis",  "nohugepages", "v2_pgsizes_only", NULL,
};
static const char *const iommu_tokens[] = {
	"off",     "force",   "noforce",    "biomerge", "panic",    "nopanic",
	"merge",   "nomerge", "forcesac",   "allowdac", "nodac",    "usedac",
	"soft",    "pt",      "nopt",       "strict",   "calgary",  "fullflush",
	"memaper", "noagp",   "noaperture", "allowed",  "nobypass", NULL,
};

static const struct token_list token_lists[] = {
	{"intel_iommu", intel_tokens}, {"amd_iommu", amd_tokens}, {"iommu", iommu_tokens}};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static bool begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* One word of a comma list on its way through the handlers. */
struct word {
	const struct cmdline_parameter *parameter;
	const char *text; /* up to the next comma, and NUL */
	struct arena *arena;
	struct kernel_parameters *out;
};

static struct kernel_switch set(const struct word *word, enum switch_state state)
{
	return (struct kernel_switch){.state = state, .decided_by = word->parameter};
}

/* The handlers compare the beginnings of words, as the kernel does. */
static void apply_intel_iommu(const struct word *word)
{
	if (begins(word->text, "on"))
		word->out->intel_iommu = set(word, SWITCH_ON);
	else if (begins(word->text, "off"))
		word->out->intel_iommu = set(word, SWITCH_OFF);
}

static void apply_amd_iommu(const struct word *word)
{
	if (begins(word->text, "off"))
		word->out->amd_iommu = set(word, SWITCH_OFF);
}

static void apply_iommu(const struct word *word)
{
	if (begins(word->text, "off"))
		word->out->iommu = set(word, SWITCH_OFF);
	else if (begins(word->text, "pt"))
		word->out->passthrough = set(word, SWITCH_ON);
	else if (begins(word->text, "nopt"))
		word->out->passthrough = set(word, SWITCH_OFF);
}

static void apply_intremap(const struct word *word)
{
	if (begins(word->text, "on"))
		word->out->interrupt_remapping = set(word, SWITCH_ON);
	else if (begins(word->text, "off"))
		word->out->interrupt_remapping = set(word, SWITCH_OFF);
	else if (begins(word->text, "nosid"))
		word->out->source_id = set(word, SWITCH_OFF);
}

static void apply_pci(const struct word *word)
{
	static const char disable_redir[] = "disable_acs_redir=", config[] = "config_acs=";
	struct kernel_parameters *out = word->out;

	if (strcmp(word->text, "nomsi") == 0)
		out->message_interrupts = set(word, SWITCH_OFF);
	else if (begins(word->text, "noats"))
		out->ats = set(word, SWITCH_OFF);
	else if (begins(word->text, "realloc=off"))
		out->realloc = set(word, SWITCH_OFF);
	else if (begins(word->text, "realloc"))
		out->realloc = set(word, SWITCH_ON);
	if (begins(word->text, disable_redir)) {
		out->disable_acs_redir = word->parameter;
		out->disable_acs_redir_list =
			arena_printf(word->arena, "%s", word->text + sizeof(disable_redir) - 1);
	}
	if (begins(word->text, config)) {
		out->config_acs = word->parameter;
		out->config_acs_list =
			arena_printf(word->arena, "%s", word->text + sizeof(config) - 1);
	}
}

struct handler {
	const char *name;
	void (*apply)(const struct word *word);
};

static const struct handler handlers[] = {
	{"intel_iommu", apply_intel_iommu},
	{"amd_iommu", apply_amd_iommu},
	{"iommu", apply_iommu},
	{"intremap", apply_intremap},
	{"pci", apply_pci},
};

static void apply_words(const struct handler *handler, struct word word)
{
	char *save = NULL;
	char *list = arena_printf(word.arena, "%s", word.parameter->value);

	for (char *text = strtok_r(list, ",", &save); text; text = strtok_r(NULL, ",", &save)) {
		word.text = text;
		handler->apply(&word);
	}
}

/* kstrtobool(): what the kernel takes as true. */
static bool is_true(const char *value)
{
	return !value || strchr("yYtT1", value[0]) ||
	       (tolower((unsigned char)value[0]) == 'o' && tolower((unsigned char)value[1]) == 'n');
}

/* The parameters that are no lists. */
static void apply_single(const struct cmdline_parameter *parameter, struct kernel_parameters *out)
{
	struct word word = {.parameter = parameter};

	if (cmdline_same_name(parameter->name, "nointremap"))
		out->interrupt_remapping = set(&word, SWITCH_OFF);
	else if (cmdline_same_name(parameter->name, "pcie_acs_override"))
		out->acs_override = parameter;
	else if (cmdline_same_name(parameter->name, "iommu.passthrough"))
		out->passthrough = set(&word, is_true(parameter->value) ? SWITCH_ON : SWITCH_OFF);
}

void kernel_parameters_build(const struct cmdline *cmdline, struct arena *arena,
			     struct kernel_parameters *ret)
{
	*ret = (struct kernel_parameters){0};
	for (size_t i = 0; i < cmdline->count; i++) {
		const struct cmdline_parameter *parameter = &cmdline->parameters[i];

		apply_single(parameter, ret);
		for (size_t h = 0; h < LENGTH(handlers) && parameter->value; h++) {
			struct word word = {.parameter = parameter, .arena = arena, .out = ret};
			if (cmdline_same_name(parameter->name, handlers[h].name))
				apply_words(&handlers[h], word);
		}
	}
}

/* Returns the word that the kernel takes token for, or NULL. */
static const char *taken_for(const char *const *tokens, const char *token)
{
	for (; *tokens; tokens++) {
		if (begins(token, *tokens))
			return *tokens;
	}
	return NULL;
}

static bool is_exact(const char *const *tokens, const char *token)
{
	for (; *tokens; tokens++) {
		if (strcmp(token, *tokens) == 0)
			return true;
	}
	return false;
}

struct odd_tokens {
	struct odd_token *items;
	size_t count;
	size_t capacity;
};

static void judge_list(const struct cmdline_parameter *parameter, const char *const *tokens,
		       struct arena *arena, struct odd_tokens *odd)
{
	char *save = NULL;
	char *list = arena_printf(arena, "%s", parameter->value);

	for (char *token = strtok_r(list, ",", &save); token; token = strtok_r(NULL, ",", &save)) {
		if (is_exact(tokens, token))
			continue;
		struct odd_token *items =
			arena_grow(arena, odd->items, odd->count, &odd->capacity, sizeof(*items));
		if (!items)
			return;
		odd->items = items;
		const char *other = taken_for(tokens, token);
		items[odd->count++] = (struct odd_token){
			.parameter = parameter,
			.token = token,
			.kind = other ? TOKEN_INEXACT : TOKEN_IGNORED,
			.taken_for = other,
		};
	}
}

size_t kernel_parameters_odd_tokens(const struct cmdline *cmdline, struct arena *arena,
				    struct odd_token **ret)
{
	struct odd_tokens odd = {0};

	for (size_t i = 0; i < cmdline->count; i++) {
		const struct cmdline_parameter *parameter = &cmdline->parameters[i];
		for (size_t l = 0; l < LENGTH(token_lists) && parameter->value; l++) {
			if (cmdline_same_name(parameter->name, token_lists[l].parameter))
				judge_list(parameter, token_lists[l].tokens, arena, &odd);
		}
	}
	*ret = odd.items;
	return odd.count;
}

static char folded(char c)
{
	return c == '-' ? '_' : (char)tolower((unsigned char)c);
}

/* Returns whether b is a with one letter missing, added, changed, or two neighbours swapped, or
 * with another case. */
static bool one_edit_apart(const char *a, const char *b)
{
	size_t i = 0, a_left, b_left;

	while (a[i] && folded(a[i]) == folded(b[i]))
		i++;
	a += i, b += i;
	a_left = strlen(a), b_left = strlen(b);
	while (a_left && b_left && folded(a[a_left - 1]) == folded(b[b_left - 1]))
		a_left--, b_left--;
	if (a_left == 2 && b_left == 2)
		return folded(a[0]) == folded(b[1]) && folded(a[1]) == folded(b[0]);
	return a_left <= 1 && b_left <= 1;
}

const char *kernel_parameter_meant(const char *name)
{
	if (kernel_parameter_known(name))
		return NULL;
	for (size_t i = 0; i < LENGTH(guarded_names); i++) {
		if (one_edit_apart(name, guarded_names[i]))
			return guarded_names[i];
	}
	return NULL;
}

static bool is_name(const char *known, const char *name)
{
	size_t length = strlen(known);
	char prefix[64];

	if (known[length - 1] != '.')
		return cmdline_same_name(known, name);
	if (strlen(name) <= length || length >= sizeof(prefix))
		return false;
	memcpy(prefix, name, length);
	prefix[length] = '\0';
	return cmdline_same_name(known, prefix);
}

bool kernel_parameter_known(const char *name)
{
	for (size_t i = 0; i < LENGTH(known_names); i++) {
		if (is_name(known_names[i], name))
			return true;
	}
	return false;
}
