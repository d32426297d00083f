/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/modules/unsafe_option.h"

const struct unsafe_option unsafe_options[UNSAFE_OPTION_COUNT] = {
	{.module = "vfio_iommu_type1",
	 .name = "allow_unsafe_interrupts",
	 .effect = "lets guests raise interrupts of the host",
	 .gives_interrupts = true},
	{.module = "iommufd",
	 .name = "allow_unsafe_interrupts",
	 .effect = "lets guests raise interrupts of the host",
	 .gives_interrupts = true},
	{.module = "vfio",
	 .name = "enable_unsafe_noiommu_mode",
	 .effect = "assigns devices without an IOMMU"},
	{.module = "vfio_pci",
	 .name = "disable_denylist",
	 .effect = "assigns devices known to be unsafe",
	 .gives_unsafe = true},
};
