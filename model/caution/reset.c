/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>

#include "model/assign/reset.h"
#include "model/boot/declared_system.h"
#include "model/caution/builder.h"
#include "model/class_word.h"

/* What a guest leaves in others is harmless, or they are reset by their drivers. */
static bool must_be_reset(const struct pci_function *function)
{
	return pci_base_class(function) == PCI_BASE_CLASS_DISPLAY ||
	       pci_base_class(function) == PCI_BASE_CLASS_STORAGE ||
	       class_word_of(function) == WORD_ACCELERATOR;
}

/* What is left for cards that vendor_reset does not know. */
#define CARD_REMEDY                                                                                \
	"Reboot the host between two guests, or have the guest let go of the card before it "      \
	"ends: a Windows guest can disable it as it shuts down. The module vendor_reset, which "   \
	"resets other cards of AMD, does not help with this one"

#define RULES_FOLDER "/etc/udev/rules.d"

/* Says what has the module choose its method at each boot, once it is loaded. */
static const char *choosing(const struct host *host, struct arena *arena)
{
	const char *option = declared_system_option(host, RULES_FOLDER);

	if (declared_system_lacks_rules(host))
		return arena_printf(arena, "For each boot, add the command that writes it to %s",
				    option);
	return arena_printf(arena,
			    "Put its udev/99-vendor-reset.rules into %s, which write that at each "
			    "boot",
			    option ? option : RULES_FOLDER);
}

/* Says what loads the module at each boot, and has it choose its method. */
static const char *loading(const struct host *host, struct arena *arena)
{
	const char *option = declared_system_option(host, RULES_FOLDER);

	if (declared_system_lacks_rules(host))
		return arena_printf(arena,
				    "For each boot, add modprobe vendor_reset to %s, and behind it "
				    "what writes device_specific to the card's reset_method",
				    option);
	return arena_printf(arena,
			    "Its udev/99-vendor-reset.rules, put into %s, load it at each boot and "
			    "write device_specific to the card's reset_method",
			    option ? option : RULES_FOLDER);
}

/* The module's rules load it and choose its method: github.com/gnif/vendor-reset, README.md. */
static const char *card_remedy(const struct host *host, const struct pci_function *function,
			       const struct reset *reset, struct arena *arena,
			       struct text_line **ret_commands)
{
	struct fact loaded = modules_present(&host->modules, "vendor_reset");
	bool listed = fact_known(&function->reset_method.fact);

	if (!reset->card_is_known)
		return CARD_REMEDY;
	if (listed && fact_known(&loaded)) {
		lines_add(arena, ret_commands, "echo device_specific > %s",
			  function->reset_method.fact.source);
		return arena_printf(
			arena,
			"vendor_reset is loaded, but does not act: from Linux 5.15 on it does so "
			"only where reset_method says device_specific. %s; until then, write it "
			"before a guest first gets the card",
			choosing(host, arena));
	}
	return arena_printf(
		arena,
		"Load vendor_reset, a module that is not part of the kernel, before a guest "
		"first gets the card%s%s. Without it, reboot the host between two guests",
		listed ? ". " : "", listed ? loading(host, arena) : "");
}

static void add_card(struct caution_builder *builder, const struct pci_function *function,
		     const struct reset *reset)
{
	struct caution caution = {
		.kind = CAUTION_RESET,
		.why = arena_printf(builder->arena,
				    "cards of its kind (%s) %s come back from a reset of the bus: "
				    "%sonly the first guest after a boot of the host gets a card "
				    "that works",
				    reset->card, reset->card_sometimes ? "often do not" : "do not",
				    reset->card_sometimes ? "then " : ""),
		.finding = "reset.card",
		.evidence = &function->reset_method.fact,
	};

	caution.remedy =
		card_remedy(builder->host, function, reset, builder->arena, &caution.commands);
	caution_add(builder, function, &caution);
}

static void add_broken(struct caution_builder *builder, const struct pci_function *function,
		       const struct reset_flaw *flaw)
{
	const struct caution caution = {
		.kind = CAUTION_RESET,
		.why = arena_printf(builder->arena, "the kernel would reset it by %s, but %s",
				    flaw->method, flaw->why),
		.finding = "reset.broken",
		.remedy = "Leave that method out of the kernel's list (reset_method), or use a "
			  "kernel that does so itself",
		.evidence = &function->reset_method.fact,
	};

	caution_add(builder, function, &caution);
}

static void add_none(struct caution_builder *builder, const struct pci_function *function,
		     const struct reset *reset)
{
	const struct caution caution = {
		.kind = CAUTION_RESET,
		.why = "the kernel has no way to reset it alone: its state may leak from one guest "
		       "to the next, and it may not work a second time",
		.finding = reset->flaws ? "reset.unusable" : "reset.none",
		.remedy = reset_bus_can_go(builder->sources->host_uses, function)
				  ? "Give all functions of its bus to one guest, so VFIO "
				    "resets them together"
				  : RESET_ONE_GUEST,
		.evidence = &function->reset_method.fact,
	};

	caution_add(builder, function, &caution);
}

/* Its bus would do. */
static void add_refused(struct caution_builder *builder, const struct pci_function *function)
{
	const struct caution caution = {
		.kind = CAUTION_RESET,
		.why = "this kernel refuses VFIO a reset of its bus, because a function there has "
		       "no reset of its own: it may not work a second time",
		.finding = "reset.unusable",
		.remedy = RESET_OTHER_KERNEL,
		.evidence = &builder->host->kernel_release.fact,
	};

	caution_add(builder, function, &caution);
}

static void add_unread(struct caution_builder *builder, const struct pci_function *function)
{
	const struct caution caution = {
		.kind = CAUTION_RESET,
		.why = "how the kernel would reset it was not read",
		.finding = "reset.unknown",
		.remedy = fact_absent(&function->reset_method.fact) ? RESET_UNLISTED_REMEDY : NULL,
		.evidence = &function->reset_method.fact,
	};

	caution_add_unknown(builder, function, &caution);
}

void caution_reset(struct caution_builder *builder, const struct pci_function *function)
{
	struct reset reset;

	if (!must_be_reset(function) && !reset_is_known_bad(function))
		return;
	reset = reset_judge(builder->host, builder->arena, function);
	const struct reset_flaw *dangerous = reset_dangerous_flaw(&reset);
	if (reset.card)
		add_card(builder, function, &reset);
	else if (dangerous)
		add_broken(builder, function, dangerous);
	else if (!must_be_reset(function))
		return;
	else if (reset.verdict == RESET_UNKNOWN)
		add_unread(builder, function);
	else if (reset.verdict == RESET_NONE && reset_is_refused(builder->host, function))
		add_refused(builder, function);
	else if (reset.verdict == RESET_NONE && !reset_with_device(builder->host, function))
		add_none(builder, function, &reset);
}
