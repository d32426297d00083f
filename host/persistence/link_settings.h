/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PERSISTENCE_LINK_SETTINGS_H
#define PASSCHECK_HOST_PERSISTENCE_LINK_SETTINGS_H

#include "host/persistence/sriov_setting.h"

/*
 * Once all .link files and their drop-ins were read: joins what drop-ins say with their files', in
 * the order in which systemd-udevd reads them, and leaves one setting of each file that makes VFs,
 * the others none. The last SR-IOVVirtualFunctions= counts, wherever it stands; without one,
 * systemd-udevd makes VFs up to the highest VirtualFunction= of the sections [SR-IOV]:
 * sr_iov_set_num_vfs() of systemd's src/shared/netif-sriov.c. A file that asks for no interface is
 * ignored, and a drop-in of no file, or of an empty one, is not read: link_load_one() of its
 * src/udev/net/link-config.c.
 */
void link_settings_settle(struct arena *arena, struct sriov_config *config);

#endif
