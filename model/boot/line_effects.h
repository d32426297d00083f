/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_BOOT_LINE_EFFECTS_H
#define PASSCHECK_MODEL_BOOT_LINE_EFFECTS_H

#include "host/access/lines.h"
#include "host/boot/boolean.h"
#include "host/host.h"
#include "model/boot/kernel_parameters.h"
#include "model/platform.h"

/* What words of a kernel command line do on a host. */
enum line_effect_kind {
	EFFECT_IOMMU_OFF,
	EFFECT_PCI_OFF,
	EFFECT_INTERRUPT_REMAPPING_OFF,
	EFFECT_SOURCE_ID_OFF,
	EFFECT_MSI_OFF,
	EFFECT_EXTENDED_CONFIG_OFF,
	EFFECT_ARI_OFF,
	EFFECT_ACS_OVERRIDE,
	EFFECT_ACS_LOWERED,
	EFFECT_MODULE_REFUSED,
	EFFECT_UNSAFE, /* takes protection from VFIO */
	EFFECT_OVERRULED,
	EFFECT_NONE,
	EFFECT_FOREIGN, /* none, as it is a word for another IOMMU */
	EFFECT_INEXACT, /* that of another word */
	EFFECT_MISSPELT,
};

enum { LINE_EFFECT_COUNT = EFFECT_MISSPELT + 1 };

/* What comes of it for passthrough. */
enum line_outcome {
	OUTCOME_BREAKS,
	OUTCOME_WEAKENS, /* what keeps guests apart */
	OUTCOME_NOTHING,
	OUTCOME_AS_MEANT,
};

struct line_effect {
	enum line_effect_kind kind;
	enum line_outcome outcome;
	const struct cmdline_parameter *parameter;
	const char *word;      /* of the parameter's list; NULL: all of it */
	const char *spelt;     /* the words at work, as they stand: "iommu=off" */
	const char *statement; /* "iommu=off turns DMA remapping off" */
	const char *instead;   /* what is meant, "intel_iommu=on"; NULL: nothing */
	const char *advice; /* what to do, where that is no edit of the word; NULL: such an edit */
	/* Of one that is overruled: by which words. */
	const struct cmdline_parameter *winner;
	const char *winner_word;
	bool winner_goes;        /* the winner is what is to be edited */
	const char *module;      /* that is refused; NULL with others */
	bool unsure;             /* the module may be built in, and not be concerned */
	bool by_hand;            /* the module can be loaded by hand all the same */
	bool asks_for_on;        /* the words ask for what may be on without them */
	bool asks_for_remapping; /* that is interrupt remapping, not the IOMMU */
	struct line_effect *next;
	struct line_effect *next_of; /* of the same parameter */
};

struct line_effects {
	struct kernel_parameters parameters;
	const struct cmdline *cmdline;
	struct line_effect *first; /* of one kind by their place on the line */
	struct line_effect **of;   /* of each parameter of the line, the first */
};

/*
 * Judges a kernel command line, be it the running kernel's or that of a boot to come, by the rules
 * of the running kernel: what its words do on this host, whatever is seen to run. Memory comes from
 * arena; short memory marks it. Sources: those of kernel_parameters_build() and odd_tokens_find();
 * initcall_blacklisted() of init/main.c.
 */
void line_effects_build(const struct host *host, const struct host_platform *platform,
			const struct cmdline *cmdline, struct arena *arena,
			struct line_effects *ret);

/* Returns the first effect of a parameter of the line, or NULL. */
const struct line_effect *line_effects_of(const struct line_effects *effects,
					  const struct cmdline_parameter *parameter);

/* Returns whether effects have one of the kind and statement of effect. */
bool line_effects_have(const struct line_effects *effects, const struct line_effect *effect);

/*
 * Returns whether the running kernel goes without effect->module because of that word: not where it
 * is loaded all the same, and unknown where that was not read.
 */
enum boolean line_effect_refuses(const struct line_effect *effect, const struct host *host);

/* Returns the parameter that line_effect_remedy() edits. */
const struct cmdline_parameter *line_effect_target(const struct line_effect *effect);

/* Where a line is edited: "on" "the kernel command line". */
struct line_place {
	const char *preposition;
	const char *name;
};

/* Returns what to do about an effect: "Remove iommu=off from the kernel command line". */
const char *line_effect_remedy(const struct line_effect *effect, const struct line_place *place,
			       struct arena *arena);

/* Appends the words that line_effect_remedy() takes off the line, and those that it adds, where
 * that is an edit of the line. Returns whether it is. */
bool line_effect_edit(const struct line_effect *effect, struct arena *arena, struct text_line **add,
		      struct text_line **remove);

/* Returns whether the kernel turns VT-d on by itself, unset where that was not read. */
enum switch_state vtd_default(const struct kconfig *kconfig);

#endif
