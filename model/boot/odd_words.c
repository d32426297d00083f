/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/odd_words.h"

#include <string.h>
#include <strings.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "model/boot/kernel_parameters.h"

/* Words that a list takes: those that the kernel compares the beginning of, in its order, and those
 * that it compares whole. */
struct token_list {
	const char *parameter;
	const char *const *beginnings;
	const char *const *wholes; /* NULL: none */
};

/* intgpu_off is Debian's, relax_rmrr Proxmox VE's. */
static const char *const intel_tokens[] = {
	"on",    "off",    "igfx_off",      "forcedac",   "strict",     "sp_off",
	"sm_on", "sm_off", "tboot_noforce", "intgpu_off", "relax_rmrr", NULL,
};
static const char *const amd_tokens[] = {
	"fullflush", "force_enable", "off",         "force_isolation", "pgtbl_v1",
	"pgtbl_v2",  "irtcachedis",  "nohugepages", "v2_pgsizes_only", NULL,
};
/* Those of gart_parse_options() of arch/x86/kernel/amd_gart_64.c among them. */
static const char *const iommu_tokens[] = {
	"off",     "force",   "noforce",    "biomerge", "panic",     "nopanic",
	"merge",   "nomerge", "forcesac",   "allowdac", "nodac",     "usedac",
	"soft",    "pt",      "nopt",       "leak",     "fullflush", "nofullflush",
	"memaper", "noagp",   "noaperture", "allowed",  "calgary",   NULL,
};
static const char *const intremap_tokens[] = {
	"on", "off", "nosid", "no_x2apic_optout", "nopost", "posted_msi", NULL,
};
static const char *const port_tokens[] = {"compat", "native", "dpc-native", NULL};

/* pci_setup() of drivers/pci/pci.c, and what pcibios_setup() takes before it; bios and its like are
 * there in 32 bits only, and old. */
static const char *const pci_beginnings[] = {
	"noats",
	"realloc",
	"noari",
	"notph",
	"cbiosize=",
	"cbmemsize=",
	"resource_alignment=",
	"ecrc=",
	"hpiosize=",
	"hpmmiosize=",
	"hpmmioprefsize=",
	"hpmemsize=",
	"hpbussize=",
	"pcie_bus_tune_off",
	"pcie_bus_safe",
	"pcie_bus_perf",
	"pcie_bus_peer2peer",
	"pcie_scan_all",
	"disable_acs_redir=",
	"config_acs=",
	"irqmask=",
	"lastbus=",
	"pirqaddr=",
	NULL,
};
static const char *const pci_x86_wholes[] = {
	"off",
	"conf1",
	"conf2",
	"nommconf",
	"noacpi",
	"noearly",
	"usepirqmask",
	"rom",
	"norom",
	"nobar",
	"assign-busses",
	"use_crs",
	"nocrs",
	"use_e820",
	"no_e820",
	"routeirq",
	"bfsort",
	"nobfsort",
	"noioapicquirk",
	"skip_isa_align",
	"ioapicreroute",
	"bios",
	"nobios",
	"biosirq",
	"noioapicreroute",
	"nosort",
	"big_root_window",
	"check_enable_amd_mmconf",
	NULL,
};
static const char *const pci_wholes[] = {"nomsi", "noaer", "earlydump", "nodomains", NULL};

static const struct token_list token_lists[] = {
	{"intel_iommu", intel_tokens, NULL}, {"amd_iommu", amd_tokens, NULL},
	{"iommu", iommu_tokens, NULL},       {"intremap", intremap_tokens, NULL},
	{"pci", pci_beginnings, pci_wholes}, {"pcie_ports", port_tokens, NULL},
};

static const char *find_whole(const char *const *words, const char *token,
			      int (*compare)(const char *, const char *))
{
	for (; words && *words; words++) {
		if (compare(*words, token) == 0)
			return *words;
	}
	return NULL;
}

bool odd_token_is_x86(const char *word)
{
	return find_whole(pci_x86_wholes, word, strcmp) != NULL;
}

/* A word that is known may have a value of its own: memaper=3. */
static bool is_exact(const struct token_list *list, const char *token)
{
	if (find_whole(list->wholes, token, strcmp) ||
	    (list->wholes == pci_wholes && odd_token_is_x86(token)))
		return true;
	for (const char *const *known = list->beginnings; *known; known++) {
		char after = token[strnlen(token, strlen(*known))];
		if (begins_with(token, *known) &&
		    (!after || after == '=' || has_suffix(*known, "=")))
			return true;
	}
	return false;
}

/* Returns the word that the kernel takes token for, or NULL. */
static const char *taken_for(const struct token_list *list, const char *token)
{
	for (const char *const *known = list->beginnings; *known; known++) {
		if (begins_with(token, *known))
			return *known;
	}
	return NULL;
}

static const char *but_for_case(const struct token_list *list, const char *token)
{
	const char *word = find_whole(list->beginnings, token, strcasecmp);

	return word ? word : find_whole(list->wholes, token, strcasecmp);
}

struct odd_tokens {
	struct arena *arena;
	struct odd_token *items;
	size_t count;
	size_t capacity;
};

static void append(struct odd_tokens *odd, const struct odd_token *item)
{
	struct odd_token *items =
		arena_grow(odd->arena, odd->items, odd->count, &odd->capacity, sizeof(*items));
	if (!items)
		return;
	odd->items = items;
	items[odd->count++] = *item;
}

static void judge_token(const struct cmdline_parameter *parameter, const struct token_list *list,
			const char *token, struct odd_tokens *odd)
{
	const char *other = taken_for(list, token);

	if (is_exact(list, token))
		return;
	append(odd, &(struct odd_token){
			    .parameter = parameter,
			    .token = token,
			    .kind = other ? TOKEN_INEXACT : TOKEN_IGNORED,
			    .taken_for = other ? other : but_for_case(list, token),
		    });
}

static void judge_list(const struct cmdline_parameter *parameter, const struct token_list *list,
		       struct odd_tokens *odd)
{
	char *save = NULL;
	char *words = arena_printf(odd->arena, "%s", parameter->value ? parameter->value : "");
	char *token = strtok_r(words, ",", &save);
	bool ended = false;

	if (!token)
		append(odd, &(struct odd_token){
				    .parameter = parameter, .token = "", .kind = TOKEN_MISSING});
	for (; token; token = strtok_r(NULL, ",", &save)) {
		if (ended)
			append(odd, &(struct odd_token){.parameter = parameter,
							.token = token,
							.kind = TOKEN_UNREAD});
		else
			judge_token(parameter, list, token, odd);
		ended |= kernel_parameter_ends_list(parameter, token);
	}
}

size_t odd_tokens_find(const struct cmdline *cmdline, struct arena *arena, struct odd_token **ret)
{
	struct odd_tokens odd = {.arena = arena};

	for (size_t i = 0; i < cmdline->count; i++) {
		const struct cmdline_parameter *parameter = &cmdline->parameters[i];
		for (size_t l = 0; l < ARRAY_LENGTH(token_lists); l++) {
			if (cmdline_same_name(parameter->name, token_lists[l].parameter))
				judge_list(parameter, &token_lists[l], &odd);
		}
	}
	*ret = odd.items;
	return odd.count;
}
