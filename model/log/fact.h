/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_LOG_FACT_H
#define PASSCHECK_MODEL_LOG_FACT_H

#include "model/log/message.h"
#include "model/log/pattern.h"
#include "model/model.h"

/* What becomes of the cause of a message. The names are a contract. */
enum log_cause {
	LOG_OPEN,
	LOG_CONFIRMED,
	LOG_REFUTED, /* not now, on this host */
	LOG_CAUSE_COUNT,
};

/* Returns "open", "confirmed" or "refuted". */
const char *log_cause_name(enum log_cause cause);

struct log_answer {
	enum log_cause cause;
	const char *why; /* a clause; NULL where the fact says nothing */
};

/* Looks the fact up for what a message names. Open where it is not known, or LOG_FACT_NONE. */
struct log_answer log_fact_judge(enum log_fact fact, const struct model *model,
				 const struct log_values *values, struct arena *arena);

#endif
