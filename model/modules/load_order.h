/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_MODULES_LOAD_ORDER_H
#define PASSCHECK_MODEL_MODULES_LOAD_ORDER_H

#include "host/host.h"

/*
 * Returns a line of modprobe.d that has a module loaded before another, the later, or NULL: a
 * softdep of the later, or of a module whose symbols that uses now. modprobe loads these first, and
 * what their softdeps name before them: __kmod_module_get_probe_list() of libkmod. Of the later's
 * own softdeps the first alone counts. Where it is not loaded, these alone are known. "-" and "_"
 * are equal.
 */
const struct modprobe_line *load_order_softdep(const struct host *host, struct arena *arena,
					       const char *later, const char *before);

/*
 * Returns the softdep of the later that alone counts for it and does not load before first, so no
 * other softdep of it does; NULL where there is none, or a softdep of what the later uses does.
 */
const struct modprobe_line *load_order_in_front(const struct host *host, struct arena *arena,
						const char *later, const char *before);

#endif
