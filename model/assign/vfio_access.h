/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_ASSIGN_VFIO_ACCESS_H
#define PASSCHECK_MODEL_ASSIGN_VFIO_ACCESS_H

#include "host/host.h"

/*
 * Returns whether the kernel is known to give devices out by themselves alone, through /dev/iommu:
 * it has /dev/vfio/devices, and lacks /dev/vfio/GROUP or the container that groups are put into
 * (drivers/vfio/Kconfig and drivers/iommu/iommufd/Kconfig, since 6.6).
 */
bool vfio_needs_iommufd(const struct host *host);

#endif
