/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_BOOT_LINE_EFFECTS_H
#define PASSCHECK_MODEL_BOOT_LINE_EFFECTS_H

#include "host/boot/boolean.h"
#include "model/boot/line_effect.h"
#include "model/platform.h"

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

#endif
