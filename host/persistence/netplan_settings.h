/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PERSISTENCE_NETPLAN_SETTINGS_H
#define PASSCHECK_HOST_PERSISTENCE_NETPLAN_SETTINGS_H

#include "host/persistence/sriov_setting.h"

/*
 * Once all files of netplan were read: of what they say of one device the file counts whose name
 * sorts last ("General structure" of netplan's YAML), and the numbers of the others make no VFs.
 */
void netplan_settings_settle(struct sriov_config *config);

#endif
