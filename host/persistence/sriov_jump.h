/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PERSISTENCE_SRIOV_JUMP_H
#define PASSCHECK_HOST_PERSISTENCE_SRIOV_JUMP_H

#include "host/persistence/sriov_setting.h"

enum { SRIOV_MOST_JUMPS = 32 };

/* A GOTO of a file of udev's rules whose LABEL has not come yet. */
struct sriov_jump {
	struct fact_line rule;
	struct fact_line label;
	size_t first; /* the first setting behind it */
};

/* While one such file is read. */
struct sriov_jumps {
	struct sriov_jump open[SRIOV_MOST_JUMPS];
	size_t count;
	bool crowded; /* there are more */
	size_t first; /* the first setting behind what there is no room for */
};

/*
 * Takes in the labels of a rule, before its own setting is appended to config. A setting between a
 * GOTO and its LABEL may be skipped, unless the GOTO is for other events or other devices than the
 * setting. A GOTO without a LABEL behind it does nothing: rule_resolve_goto() of systemd's
 * src/udev/udev-rules.c.
 */
void sriov_jumps_land(struct sriov_jumps *jumps, const struct fact_line *rule,
		      struct sriov_config *config);

/* Takes in the GOTO of a rule, whose own setting was appended to config. */
void sriov_jumps_start(struct sriov_jumps *jumps, const struct fact_line *rule,
		       const struct sriov_config *config);

/* Once the file is read: more GOTOs than there is room for may skip what follows them. */
void sriov_jumps_finish(const struct sriov_jumps *jumps, struct sriov_config *config);

#endif
