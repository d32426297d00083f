/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/line_dead_words.h"

#include <string.h>
#include <strings.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "model/boot/declared_system.h"
#include "model/boot/odd_words.h"

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

static const char *find_meaning(const struct line_builder *builder, const struct odd_token *odd,
				bool asks_for_on)
{
	const struct cmdline_parameter *parameter = odd->parameter;
	bool wants_vtd =
		builder->platform == PLATFORM_VTD &&
		(line_is_named(parameter, "intel_iommu") || line_is_named(parameter, "iommu")) &&
		builder->out->parameters.intel_iommu.state == SWITCH_UNSET;

	if (wants_vtd && asks_for_on)
		return "intel_iommu=on";
	for (size_t i = 0; i < ARRAY_LENGTH(meanings); i++) {
		if (line_is_named(parameter, meanings[i].parameter) &&
		    strcmp(odd->token, meanings[i].word) == 0)
			return meanings[i].meant;
	}
	return odd->taken_for
		       ? arena_printf(builder->arena, "%s=%s", parameter->name, odd->taken_for)
		       : NULL;
}

/* Why a word is skipped, behind "has no effect"; "" if there is no more to say. */
static const char *why_skipped(const struct odd_token *odd)
{
	if (odd->kind == TOKEN_UNREAD)
		return ": the kernel stops reading that list at usedac";
	if (odd->kind == TOKEN_IGNORED && line_is_named(odd->parameter, "pci"))
		return ": pci= has no such word";
	if (odd->kind == TOKEN_IGNORED && line_is_named(odd->parameter, "pcie_ports"))
		return ": pcie_ports= takes native, compat and dpc-native only";
	return "";
}

static void add_inexact(struct line_builder *builder, const struct odd_token *odd)
{
	const char *name = odd->parameter->name;

	line_add(builder,
		 &(struct line_effect){
			 .kind = EFFECT_INEXACT,
			 .parameter = odd->parameter,
			 .word = odd->token,
			 .statement =
				 arena_printf(builder->arena, "the kernel takes %s=%s for %s=%s",
					      name, odd->token, name, odd->taken_for),
			 .instead = arena_printf(builder->arena, "%s=%s", name, odd->taken_for),
		 },
		 NULL);
}

static void add_skipped(struct line_builder *builder, const struct odd_token *odd)
{
	bool asks_for_on = odd->kind == TOKEN_MISSING || is_on_word(odd->token);

	line_add(builder,
		 &(struct line_effect){
			 .kind = EFFECT_NONE,
			 .parameter = odd->parameter,
			 .word = odd->kind == TOKEN_MISSING ? NULL : odd->token,
			 .instead = find_meaning(builder, odd, asks_for_on),
			 .asks_for_on = asks_for_on,
			 .asks_for_remapping = line_is_named(odd->parameter, "intremap"),
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

/* Whether passthrough depends on a word, which is no id and turns nothing off. */
static bool is_missed(const struct line_builder *builder, const char *word)
{
	const char *name = arena_copy(builder->arena, word, strcspn(word, "="));
	const char *equals = strchr(word, '=');

	return kernel_parameter_known(name) && !kernel_parameter_is_id(name) &&
	       !(equals && cmdline_list_has(equals + 1, "off"));
}

/* Returns such words behind the first of a parameter, "" where it has none: quotes make it one, of
 * which the kernel reads the beginning at most. */
static const char *swallowed_words(const struct line_builder *builder,
				   const struct cmdline_parameter *parameter)
{
	static const char blanks[] = " \t\n\v\f\r";
	struct buffer words = {.arena = builder->arena, .separator = " and "};
	char *save = NULL;

	if (!parameter->had_quotes)
		return "";
	char *text = arena_printf(builder->arena, parameter->value ? "%s=%s" : "%s",
				  parameter->name, parameter->value);
	char *word = strtok_r(text, blanks, &save);
	while (word && (word = strtok_r(NULL, blanks, &save))) {
		if (is_missed(builder, word))
			buffer_item(&words, "%s", word);
	}
	return buffer_text(&words);
}

static void judge_quotes(struct line_builder *builder, const struct cmdline_parameter *parameter)
{
	const char *words = swallowed_words(builder, parameter);
	bool several = strstr(words, " and ") != NULL;

	if (!*words)
		return;
	line_add(builder,
		 &(struct line_effect){
			 .kind = EFFECT_NONE,
			 .parameter = parameter,
			 .spelt = words,
			 .statement = arena_printf(builder->arena,
						   "%s %s no effect: quotes make %s a part of "
						   "another word",
						   words, several ? "have" : "has",
						   several ? "them" : "it"),
			 .advice = arena_printf(builder->arena, "Write %s on %s outside the quotes",
						words, declared_system_place(builder->host)),
		 },
		 NULL);
}

static void apply_odd_tokens(struct line_builder *builder)
{
	const char *foreign = foreign_parameter(builder->platform);
	struct odd_token *odd;
	bool swallows = false;
	size_t count =
		line_is_x86(builder) ? odd_tokens_find(builder->cmdline, builder->arena, &odd) : 0;

	for (size_t i = 0; i < count; i++) {
		if (i == 0 || odd[i].parameter != odd[i - 1].parameter)
			swallows = *swallowed_words(builder, odd[i].parameter);
		if (swallows || (foreign && line_is_named(odd[i].parameter, foreign)))
			continue;
		if (odd[i].kind == TOKEN_INEXACT)
			add_inexact(builder, &odd[i]);
		else
			add_skipped(builder, &odd[i]);
	}
}

/* The other vendor's word. */
static void judge_foreign(struct line_builder *builder, const struct cmdline_parameter *parameter)
{
	const char *foreign = foreign_parameter(builder->platform);
	bool wants_on = builder->platform == PLATFORM_VTD &&
			builder->out->parameters.intel_iommu.state == SWITCH_UNSET;

	if (!foreign || !line_is_named(parameter, foreign))
		return;
	line_add(builder,
		 &(struct line_effect){
			 .kind = EFFECT_FOREIGN,
			 .parameter = parameter,
			 .instead = wants_on ? "intel_iommu=on" : NULL,
		 },
		 arena_printf(builder->arena, "has no effect: this host's IOMMU is %s",
			      platform_name(builder->platform)));
}

/* Words of x86's IOMMUs and interrupts, which other architectures do not read. POWER has an iommu=
 * of its own: arch/powerpc/kernel/iommu.c. */
static bool is_word_of_x86(const struct line_builder *builder,
			   const struct cmdline_parameter *parameter)
{
	static const char *const names[] = {"intel_iommu", "amd_iommu", "intremap",   "nointremap",
					    "noapic",      "nolapic",   "disableapic"};

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		if (line_is_named(parameter, names[i]))
			return true;
	}
	return line_is_named(parameter, "iommu") &&
	       !begins_with(builder->host->cpu.architecture, "ppc");
}

static void add_other_architecture(struct line_builder *builder,
				   const struct cmdline_parameter *parameter, const char *word)
{
	const char *value = parameter->value ? parameter->value : "";
	bool pt = line_is_named(parameter, "iommu") && strcmp(value, "pt") == 0;

	line_add(builder,
		 &(struct line_effect){
			 .kind = EFFECT_NONE,
			 .parameter = parameter,
			 .word = word,
			 .instead = pt ? "iommu.passthrough=1" : NULL,
			 .asks_for_on = is_on_word(value),
		 },
		 arena_printf(builder->arena, "has no effect: it is for x86, and this host is %s",
			      builder->host->cpu.architecture));
}

/* s390 has a pci=off of its own: arch/s390/pci/pci.c. */
static bool is_pci_word_of_x86(const struct line_builder *builder, const char *word)
{
	return odd_token_is_x86(word) &&
	       !(strcmp(word, "off") == 0 && cpu_is_architecture(&builder->host->cpu, "s390x"));
}

static void judge_other_architecture(struct line_builder *builder,
				     const struct cmdline_parameter *parameter)
{
	char *save = NULL;

	if (line_is_x86(builder))
		return;
	if (is_word_of_x86(builder, parameter))
		add_other_architecture(builder, parameter, NULL);
	if (!line_is_named(parameter, "pci") || !parameter->value)
		return;
	char *list = arena_printf(builder->arena, "%s", parameter->value);
	for (char *word = strtok_r(list, ",", &save); word; word = strtok_r(NULL, ",", &save)) {
		if (is_pci_word_of_x86(builder, word))
			add_other_architecture(builder, parameter, word);
	}
}

static void judge_spelling(struct line_builder *builder, const struct cmdline_parameter *parameter)
{
	const char *meant = kernel_parameter_meant(parameter->name);

	if (!meant)
		return;
	line_add(builder,
		 &(struct line_effect){
			 .kind = EFFECT_MISSPELT,
			 .parameter = parameter,
			 .spelt = parameter->name,
			 .statement =
				 arena_printf(builder->arena,
					      "the kernel does not know %s; %s is probably meant",
					      parameter->name, meant),
			 .advice = arena_printf(builder->arena, "Write %s on %s", meant,
						declared_system_place(builder->host)),
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

static void add_bare_option(struct line_builder *builder, const struct cmdline_parameter *parameter,
			    const char *module, const char *why)
{
	const char *name = strrchr(parameter->name, '.');
	const char *option = name ? name + 1 : parameter->name;

	line_add(builder,
		 &(struct line_effect){
			 .kind = EFFECT_NONE,
			 .parameter = parameter,
			 .instead =
				 parameter->value
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
static void judge_option(struct line_builder *builder, const struct cmdline_parameter *parameter)
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

static const struct cmdline_parameter *list_before(const struct line_builder *builder, size_t index)
{
	while (index-- > 0) {
		const struct cmdline_parameter *it = &builder->cmdline->parameters[index];
		if (has_suffix(it->name, ".ids"))
			return it;
	}
	return NULL;
}

/* A space ends a list: what follows is a word of its own, of which only ids are shown. */
static void judge_stray(struct line_builder *builder, size_t index)
{
	const struct cmdline_parameter *it = &builder->cmdline->parameters[index];
	size_t length = it->value ? strlen(it->value) : 0;
	struct line_effect effect = {.kind = EFFECT_NONE, .parameter = it};

	if (kernel_parameter_is_id(it->name) && !it->value) {
		const struct cmdline_parameter *list = list_before(builder, index);

		effect.advice = arena_printf(builder->arena,
					     "Write %s in the list of %s=, with a "
					     "comma and no space before it",
					     it->name, list ? list->name : "vfio-pci.ids");
		line_add(builder, &effect,
			 "has no effect: a space ends a list, and makes it a word of its own");
	} else if (length && it->value[length - 1] == ',' && index + 1 < builder->cmdline->count &&
		   kernel_parameter_known(it->name) &&
		   !kernel_parameter_is_id(builder->cmdline->parameters[index + 1].name)) {
		effect.advice = arena_printf(builder->arena, "Write the list of %s= without spaces",
					     it->name);
		line_add(
			builder, &effect,
			"ends in a comma: what follows the space is no part of the list, and has no "
			"effect");
	}
}

/* What makes the initramfs reads rd.driver.pre= where it is dracut. */
static void judge_initramfs(struct line_builder *builder, const struct cmdline_parameter *parameter)
{
	static const struct {
		const char *name;
		const char *advice;
	} tools[] = {
		[INITRAMFS_UNKNOWN] = {NULL, NULL},
		[INITRAMFS_OSTREE] = {NULL, NULL},
		[INITRAMFS_IMAGE] = {NULL, NULL},
		[INITRAMFS_TOOLS] = {"initramfs-tools",
				     "Write the modules into /etc/initramfs-tools/modules and run "
				     "update-initramfs -u -k all"},
		[INITRAMFS_DRACUT] = {NULL, NULL},
		[INITRAMFS_TRANSACTIONAL] = {NULL, NULL},
		[INITRAMFS_NIXOS] = {"NixOS", "Name the modules in boot.initrd.kernelModules, "
					      "and " DECLARED_SYSTEM_NIXOS},
		[INITRAMFS_MKINITCPIO] = {"mkinitcpio",
					  "Write the modules into MODULES= of "
					  "/etc/mkinitcpio.conf and run mkinitcpio -P"},
		[INITRAMFS_MKINITFS] = {"mkinitfs", "Write modules=NAME,… on the kernel command "
						    "line"},
		[INITRAMFS_BOOSTER] = {"booster", "Write the modules into modules_force_load: of "
						  "/etc/booster.yaml and make the image anew"},
	};
	ASSERT_COVERS(tools, INITRAMFS_COUNT);
	enum initramfs_tool tool = initramfs_tool_of(&builder->host->boot_tools);
	bool pre = line_is_named(parameter, "rd.driver.pre");

	if ((!pre && !line_is_named(parameter, "rd.driver.blacklist")) || !tools[tool].name)
		return;
	line_add(builder,
		 &(struct line_effect){
			 .kind = EFFECT_NONE,
			 .parameter = parameter,
			 .advice = pre ? tools[tool].advice : NULL,
		 },
		 arena_printf(
			 builder->arena,
			 "has no effect: dracut reads it, and this host's initramfs is made by %s",
			 tools[tool].name));
}

void line_dead_words(struct line_builder *builder)
{
	apply_odd_tokens(builder);
	for (size_t i = 0; i < builder->cmdline->count; i++) {
		const struct cmdline_parameter *it = &builder->cmdline->parameters[i];

		judge_foreign(builder, it);
		judge_other_architecture(builder, it);
		judge_option(builder, it);
		judge_stray(builder, i);
		judge_quotes(builder, it);
		judge_initramfs(builder, it);
		judge_spelling(builder, it);
	}
}
