/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_DMA_COHERENCY_H
#define PASSCHECK_MODEL_DMA_COHERENCY_H

#include "host/host.h"

/*
 * Returns whether the running kernel asks the SMMU before VFIO takes what is behind it. Before 6.1
 * arm_smmu_capable() of drivers/iommu/arm called each SMMU coherent.
 */
enum boolean coherency_is_asked(const struct host *host);

/*
 * Returns whether a device tree lets the kernel tell VFIO that the DMA of a function is coherent
 * with the processors' caches: vfio_register_group_dev() asks for IOMMU_CAP_CACHE_COHERENCY, and
 * refuses the function without it (EINVAL). arm_smmu_capable() goes by the SMMU's node since 6.1,
 * and of SMMUs before version 3 by a node of the function itself, too (drivers/iommu/arm): that of
 * its bridge, by which the function's own driver goes, does not count there. Yes where no device
 * tree describes the function's SMMU, or the IORT may instead. Sets what tells, where it is not
 * yes.
 */
enum boolean coherency_by_device_tree(const struct host *host, const struct pci_function *function,
				      const struct fact **ret_evidence);

/*
 * Returns whether the driver of the function's IOMMU knows that question at all. What
 * drivers/iommu/riscv/iommu.c and apple-dart.c give the kernel has no capable() up to 7.3, so that
 * VFIO, which asks since 5.19, takes nothing behind them (EINVAL). A driver that was there before
 * Linux had one is another, of which this is unknown. Yes for other IOMMUs.
 */
enum boolean coherency_is_told(const struct host *host, const struct pci_function *function);

#endif
