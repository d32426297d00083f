/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/vfio_access.h"

bool vfio_needs_iommufd(const struct host *host)
{
	const struct kconfig *kconfig = &host->kconfig;

	if (!fact_known(&kconfig->fact) || kconfig->cut_short ||
	    kconfig_get(kconfig, "VFIO_DEVICE_CDEV") == KCONFIG_NO)
		return false;
	return kconfig_get(kconfig, "VFIO_GROUP") == KCONFIG_NO ||
	       (kconfig_get(kconfig, "VFIO_CONTAINER") == KCONFIG_NO &&
		kconfig_get(kconfig, "IOMMUFD_VFIO_CONTAINER") == KCONFIG_NO);
}
