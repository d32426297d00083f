/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_BOOT_LINE_EFFECT_H
#define PASSCHECK_MODEL_BOOT_LINE_EFFECT_H

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
	enum line_outcome outcome; /* of its kind */
	const struct cmdline_parameter *parameter;
	const char *word;      /* of the parameter's list; NULL: all of it */
	const char *spelt;     /* the words at work, as they stand: "iommu=off" */
	const char *statement; /* "iommu=off turns DMA remapping off" */
	const char *instead;   /* what is meant, "intel_iommu=on"; NULL: nothing */
	const char *advice;    /* what to do other than to edit the word; NULL: edit it */
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

/* The effects of a line in the making. */
struct line_builder {
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

/* Returns whether the host's kernel is one of x86, or may be. */
bool line_is_x86(const struct line_builder *builder);

/* Returns whether the parameter has that name, with - or _. */
bool line_is_named(const struct cmdline_parameter *parameter, const char *name);

/* Returns a word of a parameter's list, or the parameter alone (NULL), as it would be typed. */
const char *line_spell(const struct line_builder *builder,
		       const struct cmdline_parameter *parameter, const char *word);

/* Appends an effect, and completes what is not set: its outcome, words that are spelt, and its
 * statement from what it does. */
void line_add(struct line_builder *builder, const struct line_effect *effect, const char *does);

#endif
