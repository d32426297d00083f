/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/line_effects.h"

#include <string.h>
#include <strings.h>

#include "host/access/affix.h"
#include "host/access/array.h"
#include "host/access/buffer.h"
#include "host/pci/capabilities.h"
#include "model/boot/odd_words.h"
#include "model/boot/unsafe_option.h"
#include "model/isolation/acs_bits.h"

struct builder {
	const struct host *host;
	enum platform platform;
	bool has_viot;
	const struct cmdline *cmdline;
	struct arena *arena;
	struct line_effects *out;
	struct line_effect **end;
	struct line_effect **last; /* of each parameter */
	size_t count;
};

/* Far beyond what fits in a kernel's command line, which is of 4 KiB at most. */
enum { MOST_EFFECTS = 4096 };

static bool is_x86(const struct builder *builder)
{
	return builder->platform != PLATFORM_OTHER || !builder->host->cpu.architecture ||
	       cpu_is_x86(&builder->host->cpu);
}

/* A word of a parameter's list, or the parameter alone, as it would be typed. */
static const char *spell(const struct builder *builder, const struct cmdline_parameter *parameter,
			 const char *word)
{
	return word ? arena_printf(builder->arena, "%s=%s", parameter->name, word)
		    : cmdline_spell(builder->arena, parameter);
}

static void note_parameter(struct builder *builder, struct line_effect *item)
{
	size_t index = (size_t)(item->parameter - builder->cmdline->parameters);

	if (builder->last[index])
		builder->last[index]->next_of = item;
	else
		builder->out->of[index] = item;
	builder->last[index] = item;
}

/* Appends an effect, and completes what is not set: words that are spelt, and its statement from
 * what it does. */
static void add(struct builder *builder, const struct line_effect *effect, const char *does)
{
	struct line_effect *item = NULL;

	if (builder->count++ < MOST_EFFECTS)
		item = arena_alloc(builder->arena, sizeof(*item));
	if (!item)
		return;
	*item = *effect;
	if (!item->spelt)
		item->spelt = spell(builder, item->parameter, item->word);
	if (!item->statement)
		item->statement = arena_printf(builder->arena, "%s %s", item->spelt, does);
	*builder->end = item;
	builder->end = &item->next;
	note_parameter(builder, item);
}

enum switch_state vtd_default(const struct kconfig *kconfig)
{
	if (!fact_known(&kconfig->fact))
		return SWITCH_UNSET;
	/* Debian's own option leaves VT-d on but for integrated graphics. */
	if (kconfig_get(kconfig, "INTEL_IOMMU_DEFAULT_ON") == KCONFIG_YES ||
	    kconfig_get(kconfig, "INTEL_IOMMU_DEFAULT_ON_INTGPU_OFF") == KCONFIG_YES)
		return SWITCH_ON;
	return kconfig->cut_short ? SWITCH_UNSET : SWITCH_OFF;
}

/* Hosts on which a switch that is off does something. */
enum scope {
	ANYWHERE,
	ELSEWHERE,
	ON_X86,
	ON_X86_HARDWARE, /* by VT-d or AMD-Vi, not by a virtio-iommu */
	ON_VTD,
	ON_VTD_MAYBE,
	ON_AMD_VI_MAYBE,
	WITH_EXTENDED,
	WITH_SRIOV
};

/* What follows from a switch that is off. */
struct switch_rule {
	size_t offset; /* in struct kernel_parameters */
	enum line_effect_kind kind;
	enum line_outcome outcome;
	enum scope scope;
	const char *does;
};

#define SWITCH(member) offsetof(struct kernel_parameters, member)

static const struct switch_rule switch_rules[] = {
	{SWITCH(acpi), EFFECT_IOMMU_OFF, OUTCOME_BREAKS, ON_X86, "turns DMA remapping off"},
	{SWITCH(iommu), EFFECT_IOMMU_OFF, OUTCOME_BREAKS, ON_X86_HARDWARE,
	 "turns DMA remapping off"},
	{SWITCH(intel_iommu), EFFECT_IOMMU_OFF, OUTCOME_BREAKS, ON_VTD_MAYBE,
	 "turns DMA remapping off"},
	{SWITCH(amd_iommu), EFFECT_IOMMU_OFF, OUTCOME_BREAKS, ON_AMD_VI_MAYBE,
	 "turns DMA remapping off"},
	{SWITCH(pci), EFFECT_PCI_OFF, OUTCOME_BREAKS, ON_X86,
	 "keeps the kernel from finding any PCI function"},
	{SWITCH(interrupt_remapping), EFFECT_INTERRUPT_REMAPPING_OFF, OUTCOME_BREAKS, ON_X86,
	 "turns interrupt remapping off"},
	{SWITCH(io_apic), EFFECT_INTERRUPT_REMAPPING_OFF, OUTCOME_BREAKS, ON_X86,
	 "turns the IO-APIC off, and interrupt remapping with it"},
	/* x86_vector_alloc_irqs() of arch/x86/kernel/apic/vector.c gives an IOMMU no interrupt ("No
	 * free IRQ vectors"). VT-d gives up, and AMD's driver has the kernel panic (6.1, 6.12). */
	{SWITCH(local_apic), EFFECT_IOMMU_OFF, OUTCOME_BREAKS, ON_X86_HARDWARE,
	 "turns the local APIC off, and DMA remapping with it"},
	{SWITCH(gic_lpis), EFFECT_INTERRUPT_REMAPPING_OFF, OUTCOME_BREAKS, ELSEWHERE,
	 "keeps the kernel from the ITS, which isolates interrupts"},
	{SWITCH(source_id), EFFECT_SOURCE_ID_OFF, OUTCOME_WEAKENS, ON_VTD,
	 "switches off the check of who sends an interrupt"},
	{SWITCH(message_interrupts), EFFECT_MSI_OFF, OUTCOME_BREAKS, ANYWHERE,
	 "leaves devices without message-signalled interrupts"},
	{SWITCH(extended_config), EFFECT_EXTENDED_CONFIG_OFF, OUTCOME_BREAKS, WITH_EXTENDED,
	 "hides ACS and SR-IOV capabilities from the kernel"},
	{SWITCH(ari), EFFECT_ARI_OFF, OUTCOME_BREAKS, WITH_SRIOV,
	 "turns ARI off, and VFs may need more bus numbers"},
};

static bool has_sriov(const struct pci *pci)
{
	for (size_t i = 0; i < pci->count; i++) {
		const struct config_space *config = &pci->functions[i].config;
		if (capability_find(config, CAPABILITY_SRIOV).state == FACT_KNOWN)
			return true;
	}
	return false;
}

/* AMD's processors from family 10h on reach extended config space through I/O ports, too:
 * pci_io_ecs_init() of arch/x86/pci/amd_bus.c. */
static bool has_extended_ports(const struct builder *builder)
{
	enum { FIRST_FAMILY = 0x10 };
	const struct cpu *cpu = &builder->host->cpu;

	return cpu->vendor == CPU_AMD && cpu->family >= FIRST_FAMILY;
}

static bool is_in_scope(const struct builder *builder, const struct switch_rule *rule)
{
	enum platform platform = builder->platform;

	switch (rule->scope) {
	case ANYWHERE:
		return true;
	case ELSEWHERE:
		return !is_x86(builder);
	case ON_X86:
		return is_x86(builder);
	case ON_X86_HARDWARE:
		return is_x86(builder) && platform != PLATFORM_OTHER;
	case ON_VTD:
		return platform == PLATFORM_VTD;
	case ON_VTD_MAYBE:
		return platform == PLATFORM_VTD || platform == PLATFORM_UNKNOWN;
	case ON_AMD_VI_MAYBE:
		return platform == PLATFORM_AMD_VI || platform == PLATFORM_UNKNOWN;
	case WITH_EXTENDED:
		return is_x86(builder) && !has_extended_ports(builder);
	case WITH_SRIOV:
		return has_sriov(&builder->host->pci);
	}
	return false;
}

/* Where VT-d is off by default, what turned it off makes room for what turns it on. */
static const char *on_instead(const struct builder *builder)
{
	bool is_on = builder->platform != PLATFORM_VTD ||
		     builder->out->parameters.intel_iommu.state == SWITCH_ON ||
		     vtd_default(&builder->host->kconfig) == SWITCH_ON;

	return is_on ? NULL : "intel_iommu=on";
}

static void apply_switches(struct builder *builder)
{
	for (size_t i = 0; i < ARRAY_LENGTH(switch_rules); i++) {
		const struct switch_rule *rule = &switch_rules[i];
		const struct kernel_switch *it =
			(const struct kernel_switch *)((const char *)&builder->out->parameters +
						       rule->offset);
		if (it->state != SWITCH_OFF || !is_in_scope(builder, rule))
			continue;
		add(builder,
		    &(struct line_effect){
			    .kind = rule->kind,
			    .outcome = rule->outcome,
			    .parameter = it->decided_by,
			    .word = it->word,
			    .instead = rule->kind == EFFECT_IOMMU_OFF ? on_instead(builder) : NULL,
		    },
		    rule->does);
	}
}

/* What keeps remapping off is the one to go; of other switches either may be meant. */
static void add_overruled(struct builder *builder, const struct cmdline_parameter *loser,
			  const char *loser_word, const struct kernel_switch *winner)
{
	const struct kernel_parameters *parameters = &builder->out->parameters;
	bool open = winner == &parameters->passthrough || winner == &parameters->realloc;
	const char *by = spell(builder, winner->decided_by, winner->word);

	add(builder,
	    &(struct line_effect){
		    .kind = EFFECT_OVERRULED,
		    .outcome = OUTCOME_NOTHING,
		    .parameter = loser,
		    .word = loser_word,
		    .winner = winner->decided_by,
		    .winner_word = winner->word,
		    .winner_goes = !open && winner->state == SWITCH_OFF,
		    .advice = open ? arena_printf(builder->arena,
						  "Keep %s or %s, whichever is meant, and remove "
						  "the other",
						  spell(builder, loser, loser_word), by)
				   : NULL,
	    },
	    arena_printf(builder->arena, "has no effect: %s overrules it", by));
}

static void apply_contradictions(struct builder *builder)
{
	const struct kernel_parameters *parameters = &builder->out->parameters;
	const struct kernel_switch *const switches[] = {
		&parameters->intel_iommu,
		&parameters->passthrough,
		&parameters->interrupt_remapping,
		&parameters->realloc,
	};
	bool vtd = builder->platform == PLATFORM_VTD || builder->platform == PLATFORM_UNKNOWN;

	for (size_t i = 0; i < ARRAY_LENGTH(switches); i++) {
		const struct kernel_switch *it = switches[i];
		if (it->overruled && (vtd || it != &parameters->intel_iommu) &&
		    (is_x86(builder) || it != &parameters->interrupt_remapping))
			add_overruled(builder, it->overruled, it->overruled_word, it);
	}
	if (vtd && parameters->intel_iommu.state == SWITCH_ON &&
	    parameters->iommu.state == SWITCH_OFF)
		add_overruled(builder, parameters->intel_iommu.decided_by,
			      parameters->intel_iommu.word, &parameters->iommu);
}

static bool is_named(const struct cmdline_parameter *parameter, const char *name)
{
	return cmdline_same_name(parameter->name, name);
}

/* Returns whether a word was written to turn something on. */
static bool is_on_word(const char *word)
{
	static const char *const words[] = {"on", "1", "yes", "y", "true", "enable", "enabled"};

	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (strcasecmp(word, words[i]) == 0)
			return true;
	}
	return false;
}

/* What is probably meant by a word that the kernel skips. */
static const struct {
	const char *parameter;
	const char *word;
	const char *meant;
} meanings[] = {
	{"intel_iommu", "pt", "iommu=pt"},    {"intel_iommu", "passthrough", "iommu=pt"},
	{"amd_iommu", "pt", "iommu=pt"},      {"amd_iommu", "passthrough", "iommu=pt"},
	{"iommu", "passthrough", "iommu=pt"}, {"iommu", "strict", "iommu.strict=1"},
	{"iommu", "lazy", "iommu.strict=0"},
};

static const char *find_meaning(const struct builder *builder, const struct odd_token *odd,
				bool asks_for_on)
{
	const struct cmdline_parameter *parameter = odd->parameter;
	bool wants_vtd = builder->platform == PLATFORM_VTD &&
			 (is_named(parameter, "intel_iommu") || is_named(parameter, "iommu")) &&
			 builder->out->parameters.intel_iommu.state == SWITCH_UNSET;

	if (wants_vtd && asks_for_on)
		return "intel_iommu=on";
	for (size_t i = 0; i < ARRAY_LENGTH(meanings); i++) {
		if (is_named(parameter, meanings[i].parameter) &&
		    strcmp(odd->token, meanings[i].word) == 0)
			return meanings[i].meant;
	}
	return odd->taken_for
		       ? arena_printf(builder->arena, "%s=%s", parameter->name, odd->taken_for)
		       : NULL;
}

/* Why a word is skipped, behind "has no effect"; "" where there is no more to say. */
static const char *why_skipped(const struct odd_token *odd)
{
	if (odd->kind == TOKEN_UNREAD)
		return ": the kernel stops reading that list at usedac";
	if (odd->kind == TOKEN_IGNORED && is_named(odd->parameter, "pci"))
		return ": pci= has no such word";
	if (odd->kind == TOKEN_IGNORED && is_named(odd->parameter, "pcie_ports"))
		return ": pcie_ports= takes native, compat and dpc-native only";
	return "";
}

static void add_inexact(struct builder *builder, const struct odd_token *odd)
{
	const char *name = odd->parameter->name;

	add(builder,
	    &(struct line_effect){
		    .kind = EFFECT_INEXACT,
		    .outcome = OUTCOME_AS_MEANT,
		    .parameter = odd->parameter,
		    .word = odd->token,
		    .statement = arena_printf(builder->arena, "the kernel takes %s=%s for %s=%s",
					      name, odd->token, name, odd->taken_for),
		    .instead = arena_printf(builder->arena, "%s=%s", name, odd->taken_for),
	    },
	    NULL);
}

static void add_skipped(struct builder *builder, const struct odd_token *odd)
{
	bool asks_for_on = odd->kind == TOKEN_MISSING || is_on_word(odd->token);

	add(builder,
	    &(struct line_effect){
		    .kind = EFFECT_NONE,
		    .outcome = OUTCOME_NOTHING,
		    .parameter = odd->parameter,
		    .word = odd->kind == TOKEN_MISSING ? NULL : odd->token,
		    .instead = find_meaning(builder, odd, asks_for_on),
		    .asks_for_on = asks_for_on,
		    .asks_for_remapping = is_named(odd->parameter, "intremap"),
	    },
	    arena_printf(builder->arena, "has no effect%s", why_skipped(odd)));
}

/* Returns the parameter of the IOMMU that this platform does not have. */
static const char *foreign_parameter(enum platform platform)
{
	if (platform == PLATFORM_VTD)
		return "amd_iommu";
	return platform == PLATFORM_AMD_VI ? "intel_iommu" : NULL;
}

static void apply_odd_tokens(struct builder *builder)
{
	const char *foreign = foreign_parameter(builder->platform);
	struct odd_token *odd;
	size_t count =
		is_x86(builder) ? odd_tokens_find(builder->cmdline, builder->arena, &odd) : 0;

	for (size_t i = 0; i < count; i++) {
		if (foreign && is_named(odd[i].parameter, foreign))
			continue;
		if (odd[i].kind == TOKEN_INEXACT)
			add_inexact(builder, &odd[i]);
		else
			add_skipped(builder, &odd[i]);
	}
}

/* The other vendor's word. */
static void judge_foreign(struct builder *builder, const struct cmdline_parameter *parameter)
{
	const char *foreign = foreign_parameter(builder->platform);
	bool wants_on = builder->platform == PLATFORM_VTD &&
			builder->out->parameters.intel_iommu.state == SWITCH_UNSET;

	if (!foreign || !is_named(parameter, foreign))
		return;
	add(builder,
	    &(struct line_effect){
		    .kind = EFFECT_FOREIGN,
		    .outcome = OUTCOME_NOTHING,
		    .parameter = parameter,
		    .instead = wants_on ? "intel_iommu=on" : NULL,
	    },
	    arena_printf(builder->arena, "has no effect: this host's IOMMU is %s",
			 platform_name(builder->platform)));
}

/* Words of x86's IOMMUs and interrupts, which other architectures do not read. POWER has an iommu=
 * of its own: arch/powerpc/kernel/iommu.c. */
static bool is_word_of_x86(const struct builder *builder, const struct cmdline_parameter *parameter)
{
	static const char *const names[] = {"intel_iommu", "amd_iommu", "intremap",   "nointremap",
					    "noapic",      "nolapic",   "disableapic"};

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (is_named(parameter, names[i]))
			return true;
	}
	return is_named(parameter, "iommu") && !begins_with(builder->host->cpu.architecture, "ppc");
}

static void add_other_architecture(struct builder *builder,
				   const struct cmdline_parameter *parameter, const char *word)
{
	const char *value = parameter->value ? parameter->value : "";
	bool pt = is_named(parameter, "iommu") && strcmp(value, "pt") == 0;

	add(builder,
	    &(struct line_effect){
		    .kind = EFFECT_NONE,
		    .outcome = OUTCOME_NOTHING,
		    .parameter = parameter,
		    .word = word,
		    .instead = pt ? "iommu.passthrough=1" : NULL,
		    .asks_for_on = is_on_word(value),
	    },
	    arena_printf(builder->arena, "has no effect: it is for x86, and this host is %s",
			 builder->host->cpu.architecture));
}

/* s390 has a pci=off of its own: arch/s390/pci/pci.c. */
static void judge_other_architecture(struct builder *builder,
				     const struct cmdline_parameter *parameter)
{
	char *save = NULL;

	if (is_x86(builder))
		return;
	if (is_word_of_x86(builder, parameter))
		add_other_architecture(builder, parameter, NULL);
	if (!is_named(parameter, "pci") || !parameter->value)
		return;
	char *list = arena_printf(builder->arena, "%s", parameter->value);
	for (char *word = strtok_r(list, ",", &save); word; word = strtok_r(NULL, ",", &save)) {
		if (odd_token_is_x86(word) && strcmp(word, "off") != 0)
			add_other_architecture(builder, parameter, word);
	}
}

static void judge_spelling(struct builder *builder, const struct cmdline_parameter *parameter)
{
	const char *meant = kernel_parameter_meant(parameter->name);

	if (!meant)
		return;
	add(builder,
	    &(struct line_effect){
		    .kind = EFFECT_MISSPELT,
		    .outcome = OUTCOME_NOTHING,
		    .parameter = parameter,
		    .spelt = parameter->name,
		    .statement = arena_printf(builder->arena,
					      "the kernel does not know %s; %s is probably meant",
					      parameter->name, meant),
		    .advice = arena_printf(builder->arena, "Write %s on the kernel command line",
					   meant),
	    },
	    NULL);
}

/* Options of modules that are met without the module's name, and those that have them. */
static const struct {
	const char *name;
	const char *modules[3];
} bare_options[] = {
	{"disable_idle_d3", {"vfio-pci"}},
	{"disable_vga", {"vfio-pci"}},
	{"disable_denylist", {"vfio-pci"}},
	{"enable_sriov", {"vfio-pci"}},
	{"nointxmask", {"vfio-pci"}},
	{"allow_unsafe_interrupts", {"vfio_iommu_type1", "iommufd"}},
	{"enable_unsafe_noiommu_mode", {"vfio"}},
};

static void add_bare_option(struct builder *builder, const struct cmdline_parameter *parameter,
			    const char *module, const char *why)
{
	const char *name = strrchr(parameter->name, '.');
	const char *option = name ? name + 1 : parameter->name;

	add(builder,
	    &(struct line_effect){
		    .kind = EFFECT_NONE,
		    .outcome = OUTCOME_NOTHING,
		    .parameter = parameter,
		    .instead = parameter->value
				       ? arena_printf(builder->arena, "%s.%s=%s", module, option,
						      parameter->value)
				       : arena_printf(builder->arena, "%s.%s=1", module, option),
	    },
	    arena_printf(builder->arena, "has no effect: %s", why));
}

static bool has_option(size_t row, const char *module)
{
	for (size_t i = 0; bare_options[row].modules[i]; i++) {
		if (cmdline_same_name(bare_options[row].modules[i], module))
			return true;
	}
	return false;
}

/* An option of VFIO without its module, or with another. */
static void judge_option(struct builder *builder, const struct cmdline_parameter *parameter)
{
	const char *dot = strchr(parameter->name, '.');
	const char *option = dot ? dot + 1 : parameter->name;

	for (size_t i = 0; i < ARRAY_LENGTH(bare_options); i++) {
		const char *module = bare_options[i].modules[0];
		if (!cmdline_same_name(option, bare_options[i].name))
			continue;
		if (!dot) {
			add_bare_option(builder, parameter, module,
					"it names no module whose option it is");
			return;
		}
		const char *named = arena_copy(builder->arena, parameter->name,
					       (size_t)(dot - parameter->name));
		if ((begins_with(named, "vfio") || begins_with(named, "iommufd")) &&
		    !has_option(i, named))
			add_bare_option(
				builder, parameter, module,
				arena_printf(builder->arena, "%s has no such option", named));
		return;
	}
}

static const struct cmdline_parameter *list_before(const struct builder *builder, size_t index)
{
	while (index-- > 0) {
		const struct cmdline_parameter *it = &builder->cmdline->parameters[index];
		if (has_suffix(it->name, ".ids"))
			return it;
	}
	return NULL;
}

/* A blank ends a list: what follows is a word of its own, of which only ids are shown. */
static void judge_stray(struct builder *builder, size_t index)
{
	const struct cmdline_parameter *it = &builder->cmdline->parameters[index];
	size_t length = it->value ? strlen(it->value) : 0;
	struct line_effect effect = {
		.kind = EFFECT_NONE, .outcome = OUTCOME_NOTHING, .parameter = it};

	if (kernel_parameter_is_id(it->name) && !it->value) {
		const struct cmdline_parameter *list = list_before(builder, index);

		effect.advice = arena_printf(builder->arena,
					     "Write %s in the list of %s=, with a "
					     "comma and no blank before it",
					     it->name, list ? list->name : "vfio-pci.ids");
		add(builder, &effect,
		    "has no effect: a blank ends a list, and makes it a word of its own");
	} else if (length && it->value[length - 1] == ',' && index + 1 < builder->cmdline->count &&
		   kernel_parameter_known(it->name) &&
		   !kernel_parameter_is_id(builder->cmdline->parameters[index + 1].name)) {
		effect.advice = arena_printf(builder->arena, "Write the list of %s= without blanks",
					     it->name);
		add(builder, &effect,
		    "ends in a comma: what follows the blank is no part of the list, and has no "
		    "effect");
	}
}

/* What makes the initramfs reads rd.driver.pre= where it is dracut. */
static void judge_initramfs(struct builder *builder, const struct cmdline_parameter *parameter)
{
	static const struct {
		const char *name;
		const char *advice;
	} tools[] = {
		[INITRAMFS_UNKNOWN] = {NULL, NULL},
		[INITRAMFS_TOOLS] = {"initramfs-tools",
				     "Write the modules into /etc/initramfs-tools/modules and run "
				     "update-initramfs -u"},
		[INITRAMFS_DRACUT] = {NULL, NULL},
		[INITRAMFS_MKINITCPIO] = {"mkinitcpio",
					  "Write the modules into MODULES= of "
					  "/etc/mkinitcpio.conf and run mkinitcpio -P"},
	};
	ASSERT_COVERS(tools, INITRAMFS_COUNT);
	enum initramfs_tool tool = initramfs_tool_of(&builder->host->boot_tools);
	bool pre = is_named(parameter, "rd.driver.pre");

	if ((!pre && !is_named(parameter, "rd.driver.blacklist")) || !tools[tool].name)
		return;
	add(builder,
	    &(struct line_effect){
		    .kind = EFFECT_NONE,
		    .outcome = OUTCOME_NOTHING,
		    .parameter = parameter,
		    .advice = pre ? tools[tool].advice : NULL,
	    },
	    arena_printf(builder->arena,
			 "has no effect: dracut reads it, and this host's initramfs is made by %s",
			 tools[tool].name));
}

static void apply_each(struct builder *builder)
{
	for (size_t i = 0; i < builder->cmdline->count; i++) {
		const struct cmdline_parameter *it = &builder->cmdline->parameters[i];

		judge_foreign(builder, it);
		judge_other_architecture(builder, it);
		judge_option(builder, it);
		judge_stray(builder, i);
		judge_initramfs(builder, it);
		judge_spelling(builder, it);
	}
}

static void add_acs(struct builder *builder, const struct cmdline_parameter *parameter,
		    enum line_effect_kind kind, const char *does)
{
	if (parameter)
		add(builder,
		    &(struct line_effect){
			    .kind = kind,
			    .outcome = OUTCOME_WEAKENS,
			    .parameter = parameter,
		    },
		    does);
}

static void apply_acs(struct builder *builder)
{
	const struct kernel_parameters *parameters = &builder->out->parameters;

	add_acs(builder, parameters->acs_override, EFFECT_ACS_OVERRIDE,
		"makes groups look better isolated than the hardware is");
	add_acs(builder, parameters->disable_acs_redir, EFFECT_ACS_LOWERED,
		"lowers the isolation of the functions that it names");
	if (!parameters->config_acs)
		return;
	if (acs_knows_config_acs(builder->host) == ACS_SUPPORT_NO)
		add(builder,
		    &(struct line_effect){
			    .kind = EFFECT_NONE,
			    .outcome = OUTCOME_NOTHING,
			    .parameter = parameters->config_acs,
		    },
		    "has no effect: kernels before 6.11 do not know config_acs=");
	else if (acs_list_lowers(parameters->config_acs_list))
		add_acs(builder, parameters->config_acs, EFFECT_ACS_LOWERED,
			"sets ACS of the functions that it names");
}

/* What keeps a module from working, by where it is said: completes effect, whose word does. */
static void add_refused(struct builder *builder, const char *module, struct line_effect effect,
			const char *does)
{
	effect.kind = EFFECT_MODULE_REFUSED;
	effect.outcome = OUTCOME_BREAKS;
	effect.module = module;
	effect.spelt = arena_printf(builder->arena, "%s=", effect.parameter->name);
	effect.statement = arena_printf(builder->arena, "%s %s %s%s", effect.spelt, does, module,
					effect.unsure ? ", unless it is built in" : "");
	add(builder, &effect, NULL);
}

static bool has_word(const char *list, const char *word)
{
	size_t length = strlen(word);

	while (list && *list) {
		size_t size = strcspn(list, ",");
		if (size == length && memcmp(list, word, length) == 0)
			return true;
		list += size + (list[size] == ',');
	}
	return false;
}

/* Modules that passthrough needs. */
struct needed_module {
	const char *name;
	enum cpu_vendor vendor; /* of processors that need it; CPU_OTHER: all */
	const char *initcalls[3];
};

static const struct needed_module needed_modules[] = {
	{"vfio", CPU_OTHER, {"vfio_init"}},
	{"vfio_pci", CPU_OTHER, {"vfio_pci_init"}},
	{"vfio_pci_core", CPU_OTHER, {"vfio_pci_core_init"}},
	{"vfio_iommu_type1", CPU_OTHER, {"vfio_iommu_type1_init"}},
	{"kvm", CPU_OTHER, {"kvm_x86_init", "kvm_init"}},
	{"kvm_intel", CPU_INTEL, {"vt_init", "vmx_init"}},
	{"kvm_amd", CPU_AMD, {"svm_init"}},
};

/* And those with a virtio-iommu. */
static const struct needed_module virtio_iommu = {
	"virtio_iommu", CPU_OTHER, {"virtio_iommu_drv_init"}};

static void judge_module(struct builder *builder, const struct needed_module *needed)
{
	const struct modules *modules = &builder->host->modules;
	const char *module = needed->name;
	bool built_in = modules_built_in(modules, module);
	struct line_effect effect = {.word = module,
				     .unsure = !fact_settled(&modules->builtin.fact)};

	if (!built_in && kernel_parameters_refuse_module(&builder->out->parameters, module)) {
		effect.parameter = builder->out->parameters.module_blacklist;
		add_refused(builder, module, effect, "makes the kernel refuse");
	}
	effect.by_hand = true;
	for (size_t i = 0; i < builder->cmdline->count; i++) {
		const struct cmdline_parameter *it = &builder->cmdline->parameters[i];
		effect.parameter = it;
		if (!built_in && is_named(it, "modprobe.blacklist") && has_word(it->value, module))
			add_refused(builder, module, effect, "keeps libvirt and udev from loading");
		for (const char *const *call = needed->initcalls;
		     is_named(it, "initcall_blacklist") && *call; call++) {
			if (has_word(it->value, *call))
				add_refused(builder, module,
					    (struct line_effect){.parameter = it, .word = *call},
					    "keeps from starting the module");
		}
	}
}

/* x86's IOMMUs start in one call: rootfs_initcall() of arch/x86/kernel/pci-dma.c. */
static void judge_initcalls(struct builder *builder)
{
	for (size_t i = 0; is_x86(builder) && i < builder->cmdline->count; i++) {
		const struct cmdline_parameter *it = &builder->cmdline->parameters[i];
		if (!is_named(it, "initcall_blacklist") || !has_word(it->value, "pci_iommu_init"))
			continue;
		add(builder,
		    &(struct line_effect){
			    .kind = EFFECT_IOMMU_OFF,
			    .outcome = OUTCOME_BREAKS,
			    .parameter = it,
			    .word = "pci_iommu_init",
		    },
		    "turns DMA remapping off");
	}
}

static void apply_modules(struct builder *builder)
{
	for (size_t i = 0; i < ARRAY_LENGTH(needed_modules); i++) {
		if (needed_modules[i].vendor == CPU_OTHER ||
		    needed_modules[i].vendor == builder->host->cpu.vendor)
			judge_module(builder, &needed_modules[i]);
	}
	if (builder->has_viot)
		judge_module(builder, &virtio_iommu);
}

static void apply_unsafe(struct builder *builder)
{
	const struct cmdline_parameter *rmrr = builder->out->parameters.relaxed_rmrr;

	for (size_t i = 0; i < UNSAFE_OPTION_COUNT; i++) {
		const struct unsafe_option *option = &unsafe_options[i];
		const struct cmdline_parameter *it =
			cmdline_find(builder->cmdline, arena_printf(builder->arena, "%s.%s",
								    option->module, option->name));
		if (!it || boolean_of_option(it->value) != BOOLEAN_YES)
			continue;
		add(builder,
		    &(struct line_effect){
			    .kind = EFFECT_UNSAFE, .outcome = OUTCOME_WEAKENS, .parameter = it},
		    option->effect);
	}
	if (rmrr)
		add(builder,
		    &(struct line_effect){.kind = EFFECT_UNSAFE,
					  .outcome = OUTCOME_WEAKENS,
					  .parameter = rmrr,
					  .word = "relax_rmrr"},
		    "assigns devices that firmware still uses");
}

void line_effects_build(const struct host *host, const struct host_platform *platform,
			const struct cmdline *cmdline, struct arena *arena,
			struct line_effects *ret)
{
	struct builder builder = {
		.host = host,
		.platform = platform->kind,
		.has_viot = platform->has_viot,
		.cmdline = cmdline,
		.arena = arena,
		.out = ret,
		.end = &ret->first,
	};

	*ret = (struct line_effects){
		.cmdline = cmdline,
		.of = arena_array(arena, cmdline->count + 1, sizeof(struct line_effect *)),
	};
	builder.last = arena_array(arena, cmdline->count + 1, sizeof(struct line_effect *));
	kernel_parameters_build(cmdline, arena, &ret->parameters);
	if (!ret->of || !builder.last)
		return;
	apply_switches(&builder);
	judge_initcalls(&builder);
	apply_contradictions(&builder);
	apply_odd_tokens(&builder);
	apply_each(&builder);
	apply_acs(&builder);
	apply_modules(&builder);
	apply_unsafe(&builder);
}

const struct line_effect *line_effects_of(const struct line_effects *effects,
					  const struct cmdline_parameter *parameter)
{
	return effects->of ? effects->of[parameter - effects->cmdline->parameters] : NULL;
}

bool line_effects_have(const struct line_effects *effects, const struct line_effect *effect)
{
	for (const struct line_effect *it = effects->first; it; it = it->next) {
		if (it->kind == effect->kind && strcmp(it->statement, effect->statement) == 0)
			return true;
	}
	return false;
}

enum boolean line_effect_refuses(const struct line_effect *effect, const struct host *host)
{
	const struct modules *modules = &host->modules;

	if (effect->kind != EFFECT_MODULE_REFUSED || modules_loaded(modules, effect->module))
		return BOOLEAN_NO;
	/* Its driver takes functions, whatever lists say. */
	if (strcmp(effect->module, "vfio_pci") == 0 && fact_known(&modules->vfio_pci.fact))
		return BOOLEAN_NO;
	return effect->unsure || !fact_settled(&modules->loaded.fact) ? BOOLEAN_UNKNOWN
								      : BOOLEAN_YES;
}

/* Returns the parameter as it stands without one word of its list; NULL where nothing is left. */
static const char *without_word(struct arena *arena, const struct cmdline_parameter *parameter,
				const char *word)
{
	if (!word || !parameter->value)
		return NULL;
	const char *rest = cmdline_list_without(arena, parameter->value, word);
	return *rest ? arena_printf(arena, "%s=%s", parameter->name, rest) : NULL;
}

const struct cmdline_parameter *line_effect_target(const struct line_effect *effect)
{
	return effect->winner_goes ? effect->winner : effect->parameter;
}

static const char *target_word(const struct line_effect *effect)
{
	return effect->winner_goes ? effect->winner_word : effect->word;
}

const char *line_effect_remedy(const struct line_effect *effect, const struct line_place *place,
			       struct arena *arena)
{
	const struct cmdline_parameter *target = line_effect_target(effect);
	const char *whole = cmdline_spell(arena, target), *word = target_word(effect);

	if (effect->advice)
		return effect->advice;
	if (effect->instead)
		return arena_printf(arena, "Write %s instead of %s %s %s", effect->instead,
				    effect->spelt, place->preposition, place->name);
	if (without_word(arena, target, word))
		return arena_printf(arena, "Take %s out of %s %s %s", word, whole,
				    place->preposition, place->name);
	return arena_printf(arena, "Remove %s from %s", whole, place->name);
}

bool line_effect_edit(const struct line_effect *effect, struct arena *arena, struct text_line **add,
		      struct text_line **remove)
{
	const struct cmdline_parameter *target = line_effect_target(effect);
	const char *rest = without_word(arena, target, target_word(effect));

	if (effect->advice)
		return false;
	lines_append_once(arena, remove, cmdline_spell(arena, target));
	if (rest)
		lines_append_once(arena, add, rest);
	if (effect->instead)
		lines_append_once(arena, add, effect->instead);
	return true;
}
