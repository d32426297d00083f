/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/sriov/vf_refusal.h"

#include <inttypes.h>
#include <string.h>

#include "host/base/affix.h"
#include "model/pcie.h"

/* Returns the VFs that all PFs of the device have, by their capabilities: 0 where one was not read.
 */
static uint32_t device_total(const struct host *host, const struct pci_function *function)
{
	uint32_t total = 0;

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *other = &host->pci.functions[i];
		if (!pcie_same_device(function, other) || pci_is_vf(other))
			continue;
		struct sriov_capability sriov = sriov_decode(&other->config);
		if (sriov.capability.state != FACT_KNOWN && sriov.capability.state != FACT_ABSENT)
			return 0;
		total += sriov.total_vfs;
	}
	return total;
}

/* Returns whether the device has as many VFs as all its PFs can ask for together. */
static bool pool_suffices(const struct host *host, const struct vf_budget *budget)
{
	uint32_t total = budget->driver->device_pool ? device_total(host, budget->function) : 0;

	return total && total <= budget->driver->device_pool;
}

/* A driver gives up its interrupts while the function sleeps. */
static bool lacks_msix(const struct vf_budget *budget)
{
	const struct pci_function *function = budget->function;
	struct msix_capability msix = msix_decode(&function->config);

	return budget->driver->needs_msix && msix.capability.state == FACT_KNOWN && !msix.enabled &&
	       !(fact_known(&function->power_state.fact) &&
		 strcmp(function->power_state.text, "D0") != 0);
}

/* mlx5_core takes its interfaces away when its firmware fails, and stays bound: mlx5_unload_one()
 * of drivers/net/ethernet/mellanox/mlx5/core/health.c. Kernels without MLX5_CORE_EN and
 * MLX5_INFINIBAND have none either. The firmware's version stands below an RDMA device. */
static bool lacks_interface(const struct vf_budget *budget)
{
	const struct pci_function *function = budget->function;

	return budget->driver->needs_interface && !function->netdevs.count &&
	       !pci_has_foreign_netdevs(function) && !fact_known(&function->firmware_version.fact);
}

/* Whether link aggregation keeps the driver of this kernel from giving VFs. */
static bool forbids_lag(const struct host *host, const struct vf_driver *driver)
{
	struct kernel_version version;

	return driver->no_lag_until &&
	       !(host_kernel_version(host, &version) &&
		 kernel_at_least(&version, driver->no_lag_until >> 8, driver->no_lag_until & 0xff));
}

/* Returns a use of that kind of an interface of the function, or NULL. */
static const struct usage_entry *use_of(const struct host *host,
					const struct pci_function *function, enum usage_kind kind)
{
	for (size_t i = 0; i < host->usage.count; i++) {
		const struct usage_entry *entry = &host->usage.entries[i];
		if (entry->kind == kind && lies_below(entry->path, function->path))
			return entry;
	}
	return NULL;
}

static bool master_is_unread(const struct host *host, const struct pci_function *function)
{
	for (size_t i = 0; i < host->usage.unread_device_count; i++) {
		if (host->usage.unread_devices[i].function == function)
			return true;
	}
	return !fact_settled(&function->netdevs.fact);
}

static const char *lag_refusal(const struct vf_builder *builder)
{
	const struct pci_function *function = builder->budget->function;

	if (!forbids_lag(builder->host, builder->budget->driver))
		return NULL;
	const struct usage_entry *master = use_of(builder->host, function, USAGE_MEMBER);
	if (master)
		return arena_printf(builder->arena,
				    "gives none on kernels of this age while link aggregation is "
				    "active, unless the distribution took that change over, and "
				    "its interface is a part of %s",
				    master->what);
	return master_is_unread(builder->host, function)
		       ? "gives none on kernels of this age while link aggregation is active"
		       : NULL;
}

/* Returns the host's CPUs, 0 where they were not all read. */
static uint64_t count_cpus(const struct host *host)
{
	uint64_t count = 0;

	for (size_t i = 0; i < host->memory.node_count; i++) {
		if (!fact_known(&host->memory.nodes[i].fact))
			return 0;
		count += number_set_count(&host->memory.nodes[i].cpus);
	}
	return count;
}

/* Returns for how many VFs the PF's MSI-X table has vectors for certain, beside its own. */
static uint32_t vectors_for_vfs(const struct vf_builder *builder)
{
	const struct vf_driver *driver = builder->budget->driver;
	struct msix_capability msix = msix_decode(&builder->budget->function->config);
	uint64_t cpus = count_cpus(builder->host);

	if (!driver->vf_vectors || msix.capability.state != FACT_KNOWN)
		return VF_UNLIMITED;
	uint64_t own = driver->own_vectors + driver->cpu_vectors * cpus;
	return cpus && own < msix.table_size
		       ? (uint32_t)((msix.table_size - own) / driver->vf_vectors)
		       : 0;
}

static const char *vector_refusal(const struct vf_builder *builder)
{
	struct msix_capability msix = msix_decode(&builder->budget->function->config);
	uint64_t cpus = count_cpus(builder->host);

	return arena_printf(builder->arena,
			    "has %u MSI-X vectors for itself and its VFs, takes up to %u for each "
			    "CPU%s, and refuses VFs for want of them (ENOSPC)",
			    msix.table_size, builder->budget->driver->cpu_vectors,
			    cpus ? arena_printf(builder->arena, " (%" PRIu64 ")", cpus) : "");
}

/* Returns whether an interface of the function is set up without a link. */
static bool is_set_up_idle(const struct host *host, const struct pci_function *function)
{
	for (size_t i = 0; i < host->usage.idle_count; i++) {
		const struct usage_idle *idle = &host->usage.idle[i];
		if (idle->function == function && idle->set_up)
			return true;
	}
	return false;
}

bool vf_budget_needs_up(const struct host *host, const struct vf_budget *budget)
{
	return budget->driver && budget->driver->needs_up &&
	       !use_of(host, budget->function, USAGE_LINK_UP) &&
	       !is_set_up_idle(host, budget->function);
}

void vf_find_refusal(const struct vf_builder *builder)
{
	struct vf_budget *budget = builder->budget;
	const char *lag = lag_refusal(builder);
	uint32_t vectors = vectors_for_vfs(builder);

	budget->driver_takes = budget->driver->sure;
	if (lacks_msix(budget))
		budget->driver_may_refuse = "gives VFs only while it uses MSI-X, which is off";
	else if (lag)
		budget->driver_may_refuse = lag;
	else if (lacks_interface(budget))
		budget->driver_may_refuse =
			"shows no network interface and no RDMA device, as after a failure of the "
			"adapter's firmware, and may then make none";
	else if (vf_budget_needs_up(builder->host, budget))
		budget->driver_may_refuse =
			"makes none while its network interface is down, and fewer where the "
			"adapter's own resources run out";
	else if (!pool_suffices(builder->host, budget))
		budget->driver_may_refuse = budget->driver->pool;
	if (budget->driver_may_refuse || vectors >= budget->at_most)
		return;
	budget->driver_may_refuse = vector_refusal(builder);
	budget->driver_takes = vectors;
}
