/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/line_effects.h"

#include <string.h>

#include "host/base/array.h"
#include "host/pci/capabilities.h"
#include "model/boot/line_dead_words.h"
#include "model/isolation/acs_bits.h"
#include "model/modules/unsafe_option.h"

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
	ON_X86_AND_S390,
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
	enum scope scope;
	const char *does;
};

#define SWITCH(member) offsetof(struct kernel_parameters, member)

static const struct switch_rule switch_rules[] = {
	{SWITCH(acpi), EFFECT_IOMMU_OFF, ON_X86, "turns DMA remapping off"},
	{SWITCH(iommu), EFFECT_IOMMU_OFF, ON_X86_HARDWARE, "turns DMA remapping off"},
	{SWITCH(intel_iommu), EFFECT_IOMMU_OFF, ON_VTD_MAYBE, "turns DMA remapping off"},
	{SWITCH(amd_iommu), EFFECT_IOMMU_OFF, ON_AMD_VI_MAYBE, "turns DMA remapping off"},
	/* arch/s390/pci/pci.c has a pci=off of its own */
	{SWITCH(pci), EFFECT_PCI_OFF, ON_X86_AND_S390,
	 "keeps the kernel from finding any PCI function"},
	{SWITCH(interrupt_remapping), EFFECT_INTERRUPT_REMAPPING_OFF, ON_X86,
	 "turns interrupt remapping off"},
	{SWITCH(io_apic), EFFECT_INTERRUPT_REMAPPING_OFF, ON_X86,
	 "turns the IO-APIC off, and interrupt remapping with it"},
	/* x86_vector_alloc_irqs() of arch/x86/kernel/apic/vector.c gives an IOMMU no interrupt ("No
	 * free IRQ vectors"). VT-d gives up, and AMD's driver has the kernel panic (6.1, 6.12). */
	{SWITCH(local_apic), EFFECT_IOMMU_OFF, ON_X86_HARDWARE,
	 "turns the local APIC off, and DMA remapping with it"},
	{SWITCH(gic_lpis), EFFECT_INTERRUPT_REMAPPING_OFF, ELSEWHERE,
	 "keeps the kernel from the ITS, which isolates interrupts"},
	{SWITCH(source_id), EFFECT_SOURCE_ID_OFF, ON_VTD,
	 "switches off the check of who sends an interrupt"},
	{SWITCH(message_interrupts), EFFECT_MSI_OFF, ANYWHERE,
	 "leaves devices without message-signalled interrupts"},
	{SWITCH(extended_config), EFFECT_EXTENDED_CONFIG_OFF, WITH_EXTENDED,
	 "hides ACS and SR-IOV capabilities from the kernel"},
	{SWITCH(ari), EFFECT_ARI_OFF, WITH_SRIOV,
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
static bool has_extended_ports(const struct line_builder *builder)
{
	enum { FIRST_FAMILY = 0x10 };
	const struct cpu *cpu = &builder->host->cpu;

	return cpu->vendor == CPU_AMD && cpu->family >= FIRST_FAMILY;
}

static bool is_in_scope(const struct line_builder *builder, const struct switch_rule *rule)
{
	enum platform platform = builder->platform;

	switch (rule->scope) {
	case ANYWHERE:
		return true;
	case ELSEWHERE:
		return !line_is_x86(builder);
	case ON_X86:
		return line_is_x86(builder);
	case ON_X86_AND_S390:
		return line_is_x86(builder) || cpu_is_architecture(&builder->host->cpu, "s390x");
	case ON_X86_HARDWARE:
		return line_is_x86(builder) && platform != PLATFORM_OTHER;
	case ON_VTD:
		return platform == PLATFORM_VTD;
	case ON_VTD_MAYBE:
		return platform == PLATFORM_VTD || platform == PLATFORM_UNKNOWN;
	case ON_AMD_VI_MAYBE:
		return platform == PLATFORM_AMD_VI || platform == PLATFORM_UNKNOWN;
	case WITH_EXTENDED:
		return line_is_x86(builder) && !has_extended_ports(builder);
	case WITH_SRIOV:
		return has_sriov(&builder->host->pci);
	}
	return false;
}

/* Where VT-d is off by default, what turned it off makes room for what turns it on. */
static const char *on_instead(const struct line_builder *builder)
{
	bool is_on = builder->platform != PLATFORM_VTD ||
		     builder->out->parameters.intel_iommu.state == SWITCH_ON ||
		     vtd_default(&builder->host->kconfig) == SWITCH_ON;

	return is_on ? NULL : "intel_iommu=on";
}

static void apply_switches(struct line_builder *builder)
{
	for (size_t i = 0; i < ARRAY_LENGTH(switch_rules); i++) {
		const struct switch_rule *rule = &switch_rules[i];
		const struct kernel_switch *it =
			(const struct kernel_switch *)((const char *)&builder->out->parameters +
						       rule->offset);
		if (it->state != SWITCH_OFF || !is_in_scope(builder, rule))
			continue;
		line_add(builder,
			 &(struct line_effect){
				 .kind = rule->kind,
				 .parameter = it->decided_by,
				 .word = it->word,
				 .instead = rule->kind == EFFECT_IOMMU_OFF ? on_instead(builder)
									   : NULL,
			 },
			 rule->does);
	}
}

/* What keeps remapping off is the one to go; of other switches either may be meant. */
static void add_overruled(struct line_builder *builder, const struct cmdline_parameter *loser,
			  const char *loser_word, const struct kernel_switch *winner)
{
	const struct kernel_parameters *parameters = &builder->out->parameters;
	bool open = winner == &parameters->passthrough || winner == &parameters->pci_realloc;
	const char *by = line_spell(builder, winner->decided_by, winner->word);

	line_add(builder,
		 &(struct line_effect){
			 .kind = EFFECT_OVERRULED,
			 .parameter = loser,
			 .word = loser_word,
			 .winner = winner->decided_by,
			 .winner_word = winner->word,
			 .winner_goes = !open && winner->state == SWITCH_OFF,
			 .advice = open ? arena_printf(
						  builder->arena,
						  "Keep %s or %s, whichever is meant, and remove "
						  "the other",
						  line_spell(builder, loser, loser_word), by)
					: NULL,
		 },
		 arena_printf(builder->arena, "has no effect: %s overrules it", by));
}

static void apply_contradictions(struct line_builder *builder)
{
	const struct kernel_parameters *parameters = &builder->out->parameters;
	const struct kernel_switch *const switches[] = {
		&parameters->intel_iommu,
		&parameters->passthrough,
		&parameters->interrupt_remapping,
		&parameters->pci_realloc,
	};
	bool vtd = builder->platform == PLATFORM_VTD || builder->platform == PLATFORM_UNKNOWN;

	for (size_t i = 0; i < ARRAY_LENGTH(switches); i++) {
		const struct kernel_switch *it = switches[i];
		if (it->overruled && (vtd || it != &parameters->intel_iommu) &&
		    (line_is_x86(builder) || it != &parameters->interrupt_remapping))
			add_overruled(builder, it->overruled, it->overruled_word, it);
	}
	if (vtd && parameters->intel_iommu.state == SWITCH_ON &&
	    parameters->iommu.state == SWITCH_OFF)
		add_overruled(builder, parameters->intel_iommu.decided_by,
			      parameters->intel_iommu.word, &parameters->iommu);
}

static void add_acs(struct line_builder *builder, const struct cmdline_parameter *parameter,
		    enum line_effect_kind kind, const char *does)
{
	if (parameter)
		line_add(builder,
			 &(struct line_effect){
				 .kind = kind,
				 .parameter = parameter,
			 },
			 does);
}

/* That it splits no group tells nothing of other words than the running kernel's. */
static void apply_override(struct line_builder *builder, enum acs_override_state state,
			   const struct cmdline_parameter *override)
{
	bool runs = kernel_parameter_is_on(&builder->host->cmdline, override);

	if (state == ACS_OVERRIDE_DEAD)
		add_acs(builder, override, EFFECT_NONE,
			"has no effect: this kernel lacks the patch that acts on it");
	else if (state == ACS_OVERRIDE_IDLE && runs)
		add_acs(builder, override, EFFECT_NONE,
			"has no effect: it splits no group of this host");
	else
		add_acs(builder, override, EFFECT_ACS_OVERRIDE,
			"makes groups look better isolated than the hardware is");
}

/* All of them count. */
static void apply_overrides(struct line_builder *builder, enum acs_override_state state)
{
	for (size_t i = 0; i < builder->cmdline->count; i++) {
		const struct cmdline_parameter *it = &builder->cmdline->parameters[i];
		if (line_is_named(it, "pcie_acs_override") && cmdline_is_first(builder->cmdline, i))
			apply_override(builder, state, it);
	}
}

static void apply_acs(struct line_builder *builder)
{
	const struct kernel_parameters *parameters = &builder->out->parameters;

	add_acs(builder, parameters->disable_acs_redir, EFFECT_ACS_LOWERED,
		"lowers the isolation of the functions that it names");
	if (!parameters->config_acs)
		return;
	if (acs_knows_config_acs(builder->host) == ACS_SUPPORT_NO)
		line_add(builder,
			 &(struct line_effect){
				 .kind = EFFECT_NONE,
				 .parameter = parameters->config_acs,
			 },
			 "has no effect: kernels before 6.11 do not know config_acs=");
	else if (acs_list_lowers(parameters->config_acs_list))
		add_acs(builder, parameters->config_acs, EFFECT_ACS_LOWERED,
			"sets ACS of the functions that it names");
}

/* What keeps a module from working, by where it is said: completes effect, whose word does. */
static void add_refused(struct line_builder *builder, const char *module, struct line_effect effect,
			const char *does)
{
	effect.kind = EFFECT_MODULE_REFUSED;
	effect.module = module;
	effect.spelt = arena_printf(builder->arena, "%s=", effect.parameter->name);
	effect.statement = arena_printf(builder->arena, "%s %s %s%s", effect.spelt, does, module,
					effect.unsure ? ", unless it is built in" : "");
	line_add(builder, &effect, NULL);
}

static bool lists(const struct cmdline_parameter *parameter, const char *name, const char *word)
{
	return line_is_named(parameter, name) && parameter->value &&
	       cmdline_list_has(parameter->value, word);
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
	{"vfio_iommu_type1", CPU_OTHER, {"vfio_iommu_type1_init"}},
	{"kvm", CPU_OTHER, {"kvm_x86_init", "kvm_init"}},
	{"kvm_intel", CPU_INTEL, {"vt_init", "vmx_init"}},
	{"kvm_amd", CPU_AMD, {"svm_init"}},
};

/* And where the kernel has them: vfio_pci_core is a part of vfio_pci before 5.15, vfio_virqfd one
 * of vfio from 6.2 on, and iommufd came with 6.2 (drivers/vfio/Makefile, which links vfio with it).
 */
static const struct needed_module modules_of_some[] = {
	{"vfio_pci_core", CPU_OTHER, {"vfio_pci_core_init"}},
	{"vfio_virqfd", CPU_OTHER, {"vfio_virqfd_init"}},
	{"iommufd", CPU_OTHER, {"iommufd_init"}},
};

/* And those with a virtio-iommu. */
static const struct needed_module virtio_iommu = {
	"virtio_iommu", CPU_OTHER, {"virtio_iommu_drv_init"}};

static void judge_module(struct line_builder *builder, const struct needed_module *needed)
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
		if (!built_in && lists(it, "modprobe.blacklist", module))
			add_refused(builder, module, effect, "keeps libvirt and udev from loading");
		for (const char *const *call = needed->initcalls; *call; call++) {
			if (lists(it, "initcall_blacklist", *call))
				add_refused(builder, module,
					    (struct line_effect){.parameter = it, .word = *call},
					    "keeps from starting the module");
		}
	}
}

/* x86's IOMMUs start in one call: rootfs_initcall() of arch/x86/kernel/pci-dma.c. */
static void judge_initcalls(struct line_builder *builder)
{
	for (size_t i = 0; line_is_x86(builder) && i < builder->cmdline->count; i++) {
		const struct cmdline_parameter *it = &builder->cmdline->parameters[i];
		if (!lists(it, "initcall_blacklist", "pci_iommu_init"))
			continue;
		line_add(builder,
			 &(struct line_effect){
				 .kind = EFFECT_IOMMU_OFF,
				 .parameter = it,
				 .word = "pci_iommu_init",
			 },
			 "turns DMA remapping off");
	}
}

static void apply_modules(struct line_builder *builder)
{
	for (size_t i = 0; i < ARRAY_LENGTH(needed_modules); i++) {
		if (needed_modules[i].vendor == CPU_OTHER ||
		    needed_modules[i].vendor == builder->host->cpu.vendor)
			judge_module(builder, &needed_modules[i]);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(modules_of_some); i++) {
		const struct fact available =
			modules_available(&builder->host->modules, modules_of_some[i].name);
		if (!fact_absent(&available))
			judge_module(builder, &modules_of_some[i]);
	}
	if (builder->has_viot)
		judge_module(builder, &virtio_iommu);
}

static void apply_unsafe(struct line_builder *builder)
{
	const struct cmdline_parameter *rmrr = builder->out->parameters.relaxed_rmrr;

	for (size_t i = 0; i < UNSAFE_OPTION_COUNT; i++) {
		const struct unsafe_option *option = &unsafe_options[i];
		const struct cmdline_parameter *it =
			cmdline_find(builder->cmdline, arena_printf(builder->arena, "%s.%s",
								    option->module, option->name));
		if (!it || boolean_of_option(it->value) != BOOLEAN_YES)
			continue;
		line_add(builder, &(struct line_effect){.kind = EFFECT_UNSAFE, .parameter = it},
			 option->effect);
	}
	if (rmrr)
		line_add(builder,
			 &(struct line_effect){
				 .kind = EFFECT_UNSAFE, .parameter = rmrr, .word = "relax_rmrr"},
			 "assigns devices that firmware still uses");
}

void line_effects_build(const struct host *host, const struct host_platform *platform,
			enum acs_override_state override, const struct cmdline *cmdline,
			struct arena *arena, struct line_effects *ret)
{
	struct line_builder builder = {
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
	line_dead_words(&builder);
	apply_overrides(&builder, override);
	apply_acs(&builder);
	apply_modules(&builder);
	apply_unsafe(&builder);
}

const struct line_effect *line_effects_of(const struct line_effects *effects,
					  const struct cmdline_parameter *parameter)
{
	return effects->of ? effects->of[parameter - effects->cmdline->parameters] : NULL;
}

const struct line_effect *line_effect_amiss(const struct line_effect *effect)
{
	while (effect && effect->outcome == OUTCOME_AS_MEANT)
		effect = effect->next_of;
	return effect;
}

const struct line_effect *line_effects_amiss(const struct line_effects *effects,
					     const struct cmdline_parameter *parameter)
{
	return line_effect_amiss(line_effects_of(effects, parameter));
}

const struct line_effect *line_effects_break(const struct line_effects *effects,
					     const struct cmdline_parameter *parameter)
{
	const struct line_effect *it = line_effects_of(effects, parameter);

	while (it && it->outcome != OUTCOME_BREAKS)
		it = it->next_of;
	return it;
}

bool line_effects_have(const struct line_effects *effects, const struct line_effect *effect)
{
	/* Its words do the same in another order. */
	if (line_is_named(effect->parameter, "pcie_acs_override") &&
	    kernel_parameter_is_on(effects->cmdline, effect->parameter))
		return true;
	for (const struct line_effect *it = effects->first; it; it = it->next) {
		if (it->kind == effect->kind && strcmp(it->statement, effect->statement) == 0)
			return true;
	}
	return false;
}

bool line_effect_breaks_anew(const struct line_effect *effect, const struct line_effects *running)
{
	return effect->outcome == OUTCOME_BREAKS && !line_effects_have(running, effect);
}

enum boolean line_effect_refuses(const struct line_effect *effect, const struct host *host)
{
	const struct modules *modules = &host->modules;

	if (effect->kind != EFFECT_MODULE_REFUSED || modules_loaded(modules, effect->module) ||
	    modules_driver_runs(modules, effect->module))
		return BOOLEAN_NO;
	return effect->unsure || !fact_settled(&modules->loaded.fact) ? BOOLEAN_UNKNOWN
								      : BOOLEAN_YES;
}

/* Words whose loss at a reboot matters, and whether a plan keeps them unasked: not those that take
 * something off, which may be on the line for a day. hugepages= counts for the hugepagesz=
 * before it. */
static const struct {
	const char *name;
	enum word_keeping keeping;
} judged[] = {
	{"intel_iommu", WORD_KEPT},
	{"amd_iommu", WORD_KEPT},
	{"iommu", WORD_KEPT},
	{"iommu.passthrough", WORD_KEPT},
	{"iommu.strict", WORD_KEPT},
	{"intremap", WORD_KEPT},
	{"pci", WORD_KEPT},
	{"pcie_acs_override", WORD_ASKED},
	{"vfio_pci.ids", WORD_KEPT},
	{"vfio_iommu_type1.allow_unsafe_interrupts", WORD_ASKED},
	{"acpi", WORD_ASKED},
	{"noapic", WORD_ASKED},
	{"nolapic", WORD_ASKED},
	{"disableapic", WORD_ASKED},
	{"nointremap", WORD_ASKED},
	{"nosmp", WORD_ASKED},
	{"maxcpus", WORD_ASKED},
	{"pcie_ports", WORD_ASKED},
	{"iommufd.allow_unsafe_interrupts", WORD_ASKED},
	{"vfio.enable_unsafe_noiommu_mode", WORD_ASKED},
	{"vfio_pci.disable_denylist", WORD_ASKED},
	{"vfio_pci.disable_idle_d3", WORD_KEPT},
	{"vfio_pci.enable_sriov", WORD_KEPT},
	{"module_blacklist", WORD_ASKED},
	{"modprobe.blacklist", WORD_ASKED},
	{"initcall_blacklist", WORD_ASKED},
	{"hugepages", WORD_COUNTS_BY_PLACE},
	{"hugepagesz", WORD_COUNTS_BY_PLACE},
	{"default_hugepagesz", WORD_COUNTS_BY_PLACE},
};

enum word_keeping line_word_keeping(const struct cmdline_parameter *parameter)
{
	for (size_t i = 0; i < ARRAY_LENGTH(judged); i++) {
		if (cmdline_same_name(parameter->name, judged[i].name))
			return judged[i].keeping;
	}
	return WORD_IS_NOT_JUDGED;
}

bool line_word_matters(const struct cmdline_parameter *parameter)
{
	return line_word_keeping(parameter) != WORD_IS_NOT_JUDGED;
}

const struct line_effects *line_effects_next(const struct next_boot *next, const struct host *host,
					     const struct host_platform *platform,
					     enum acs_override_state override, struct arena *arena)
{
	struct line_effects *lines = arena_array(arena, next->count + 1, sizeof(*lines));

	for (size_t i = 0; lines && i < next->count; i++)
		line_effects_build(host, platform, override, next->lines[i].cmdline, arena,
				   &lines[i]);
	return lines;
}

static bool is_in_some_line(const struct next_boot *next, const struct cmdline_parameter *parameter)
{
	for (size_t i = 0; i < next->count; i++) {
		if (kernel_parameter_is_on(next->lines[i].cmdline, parameter))
			return true;
	}
	return false;
}

/* Returns whether the next boot has something that opposes the parameter. */
static bool is_opposed(const struct next_boot *next, const struct line_effects *lines,
		       const struct line_effects *running,
		       const struct cmdline_parameter *parameter)
{
	for (size_t i = 0; i < next->count; i++) {
		for (const struct line_effect *it = lines[i].first; it; it = it->next) {
			if (line_effect_breaks_anew(it, running) &&
			    cmdline_same_name(it->parameter->name, parameter->name))
				return true;
		}
	}
	return false;
}

static bool is_changed(const struct next_boot *next, const struct cmdline_parameter *parameter)
{
	for (size_t i = 0; i < next->count; i++) {
		if (cmdline_find(next->lines[i].cmdline, parameter->name))
			return true;
	}
	return false;
}

/* The fate of a word where the next boot has its parameter with another value: that replaces it, or
 * stands for itself beside it. */
static enum word_fate fate_of_changed(const struct next_boot *next,
				      const struct line_effects *lines,
				      const struct line_effects *running,
				      const struct cmdline_parameter *parameter)
{
	if (!kernel_parameter_adds_up(parameter))
		return WORD_CHANGED;
	for (size_t i = 0; i < next->count; i++) {
		if (kernel_parameters_lose(&running->parameters, parameter, &lines[i].parameters))
			return WORD_LOST;
	}
	return WORD_LEFT_OUT;
}

enum word_fate line_word_fate(const struct next_boot *next, const struct line_effects *lines,
			      const struct line_effects *running, size_t index)
{
	const struct cmdline_parameter *parameter = &running->cmdline->parameters[index];
	const struct line_effect *amiss = line_effects_amiss(running, parameter);

	if (!line_word_matters(parameter) || !cmdline_is_first(running->cmdline, index) ||
	    is_in_some_line(next, parameter))
		return WORD_STAYS;
	if (next_boot_find(next, parameter) != IN_NO_LINE)
		return WORD_MAY_STAY;
	if (line_effects_break(running, parameter))
		return WORD_GONE_MENDS;
	if ((amiss && amiss->outcome == OUTCOME_NOTHING) ||
	    is_opposed(next, lines, running, parameter))
		return WORD_NOT_MISSED;
	return is_changed(next, parameter) ? fate_of_changed(next, lines, running, parameter)
					   : WORD_LOST;
}

const char *line_word_loss(const struct host *host, const struct host_platform *platform,
			   const struct line_effects *running,
			   const struct cmdline_parameter *parameter)
{
	const struct kernel_switch *vtd = &running->parameters.intel_iommu;

	return vtd->decided_by == parameter && vtd->state == SWITCH_ON &&
			       platform->kind == PLATFORM_VTD &&
			       vtd_default(&host->kconfig) == SWITCH_OFF
		       ? "VT-d is off without it"
		       : NULL;
}
