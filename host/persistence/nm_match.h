/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PERSISTENCE_NM_MATCH_H
#define PASSCHECK_HOST_PERSISTENCE_NM_MATCH_H

#include "host/base/buffer.h"
#include "host/persistence/sriov_setting.h"

/* match-device= of NetworkManager.conf(5): "interface-name:eth0;interface-name:eth1". */

/*
 * Returns for whom a list of devices is, as a list with blanks between its words, and of which kind
 * these are in *ret_kind; NULL, and SRIOV_SUBJECT_NONE, where it goes by what is not compared, as
 * addresses of Ethernet. Memory comes from arena.
 */
const char *nm_match_subject(struct arena *arena, const struct fact_line *list,
			     enum sriov_subject *ret_kind);

/* Writes such a list, in which nm_match_subject() finds the same. */
void nm_match_print(const struct sriov_setting *setting, struct buffer *kept);

#endif
