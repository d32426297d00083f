/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PERSISTENCE_SRIOV_IDLE_H
#define PASSCHECK_HOST_PERSISTENCE_SRIOV_IDLE_H

#include "host/access/root.h"
#include "host/persistence/sriov_setting.h"

/*
 * Says of each setting whose file may not act at boot why: nobody may execute the script, or the
 * host lacks the program that reads the file (sysfsutils, ifupdown), or the unit is to be enabled
 * (systemd.unit(5), [Install]) and no folder of /etc/systemd/system has a link to it, or Unraid's
 * switch is set, or no line of interfaces(5) has its interface brought up. Looks at the host only
 * where such a file has a setting.
 */
void sriov_idle_load(struct root *root, struct arena *arena, struct sriov_config *config);

#endif
