/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_LOG_KEEP_H
#define PASSCHECK_MODEL_LOG_KEEP_H

#include "host/access/fact.h"

/*
 * Returns the messages of a log without the rest of it, in memory of arena: each once, a line of
 * its form and values as a record of /dev/kmsg without number and time. Read again they are the
 * same messages. Short memory marks arena.
 */
struct fact_text log_keep(struct arena *arena, const struct fact_text *log);

#endif
