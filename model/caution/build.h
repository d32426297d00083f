/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_CAUTION_BUILD_H
#define PASSCHECK_MODEL_CAUTION_BUILD_H

#include "model/caution/builder.h"

/*
 * Judges every function but bridges. Memory comes from arena; short memory marks it. Time is linear
 * in the host.
 */
void cautions_build(const struct caution_sources *sources, struct arena *arena,
		    struct cautions *ret);

#endif
