/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_BOOT_LINE_EFFECTS_H
#define PASSCHECK_MODEL_BOOT_LINE_EFFECTS_H

#include "host/boot/boolean.h"
#include "model/boot/line_effect.h"
#include "model/boot/next_boot.h"
#include "model/isolation/overridden.h"
#include "model/platform.h"

/*
 * Judges a kernel command line, be it the running kernel's or that of a boot to come, by the rules
 * of the running kernel: what its words do on this host, whatever is seen to run; but of
 * pcie_acs_override= override tells whether this kernel acts on it, as its groups show. Memory
 * comes from arena; short memory marks it. Sources: those of kernel_parameters_build() and
 * odd_tokens_find(); initcall_blacklisted() of init/main.c.
 */
void line_effects_build(const struct host *host, const struct host_platform *platform,
			enum acs_override_state override, const struct cmdline *cmdline,
			struct arena *arena, struct line_effects *ret);

/* Returns the first effect of a parameter of the line, or NULL. */
const struct line_effect *line_effects_of(const struct line_effects *effects,
					  const struct cmdline_parameter *parameter);

/* Returns the first effect, from effect on, that is more than what its parameter says, or NULL. */
const struct line_effect *line_effect_amiss(const struct line_effect *effect);

/* Return the first effect of a parameter of the line that is more than what it says, and the first
 * that breaks something, or NULL. */
const struct line_effect *line_effects_amiss(const struct line_effects *effects,
					     const struct cmdline_parameter *parameter);
const struct line_effect *line_effects_break(const struct line_effects *effects,
					     const struct cmdline_parameter *parameter);

/* Returns whether effects have one of the kind and statement of effect. */
bool line_effects_have(const struct line_effects *effects, const struct line_effect *effect);

/* Returns whether an effect of a line that may be booted breaks what the words of the running
 * kernel leave as it is. */
bool line_effect_breaks_anew(const struct line_effect *effect, const struct line_effects *running);

/*
 * Returns whether the running kernel goes without effect->module because of that word: not where it
 * is loaded all the same, and unknown where that was not read.
 */
enum boolean line_effect_refuses(const struct line_effect *effect, const struct host *host);

/* Returns whether the kernel turns VT-d on by itself, unset where that was not read. */
enum switch_state vtd_default(const struct kconfig *kconfig);

/* Returns whether the parameter's loss at a reboot, or its absence until one, changes what a host
 * can pass through. */
bool line_word_matters(const struct cmdline_parameter *parameter);

/* How a word that a reboot would lose is kept. */
enum word_keeping {
	WORD_IS_NOT_JUDGED,
	WORD_KEPT,            /* it is added to what the next boot has, wherever it stands there */
	WORD_ASKED,           /* only where a person means it */
	WORD_COUNTS_BY_PLACE, /* by a person, who sees its neighbours */
};

enum word_keeping line_word_keeping(const struct cmdline_parameter *parameter);

/* Returns what the words of each line do, in the order of next->lines, or NULL when memory is
 * short. Memory comes from arena. */
const struct line_effects *line_effects_next(const struct next_boot *next, const struct host *host,
					     const struct host_platform *platform,
					     enum acs_override_state override, struct arena *arena);

/* What the next boot makes of a word of the running kernel's. */
enum word_fate {
	WORD_STAYS, /* or passthrough does not depend on it */
	WORD_MAY_STAY,
	WORD_NOT_MISSED, /* it did nothing, or the next boot has what opposes it */
	WORD_GONE_MENDS, /* it is gone, and with it what it keeps off now */
	WORD_CHANGED,    /* the next boot gives the parameter another value */
	WORD_LEFT_OUT,   /* of a list that the next boot has with other words */
	WORD_LOST,       /* it is in effect, and not configured to stay */
};

/* Returns that for the word at an index of the running kernel's command line; lines is what
 * line_effects_next() returned, running what the running kernel's words do. */
enum word_fate line_word_fate(const struct next_boot *next, const struct line_effects *lines,
			      const struct line_effects *running, size_t index);

/* Returns what goes with a word that is lost, "VT-d is off without it", or NULL. */
const char *line_word_loss(const struct host *host, const struct host_platform *platform,
			   const struct line_effects *running,
			   const struct cmdline_parameter *parameter);

#endif
