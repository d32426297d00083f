/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/sriov/vf_budget.h"

#include <inttypes.h>
#include <pci/header.h>
#include <stdlib.h>
#include <string.h>

#include "host/access/affix.h"
#include "host/access/array.h"
#include "host/access/buffer.h"
#include "host/boot/boolean.h"
#include "model/pcie.h"

/* Lines of the resource attribute: PCI_IOV_RESOURCES of linux/pci.h. */
enum {
	FIRST_VF_BAR_LINE = 7,
	LINES_WITHOUT_IOV = 7,
	BRIDGE_LINES_WITHOUT_IOV = 11,
	LAST_BUS = 0xff,
};

/* Low bits of a memory BAR: PCI 3.0, section 6.2.5.1. They are fixed, whatever the address. */
#define BAR_IS_WIDE(bar)         (((bar)&0x6) == 0x4)
#define BAR_IS_PREFETCHABLE(bar) (((bar)&0x8) != 0)

static const char *const term_names[] = {
	[VF_TERM_TOTAL_VFS] = "total_vfs", [VF_TERM_KERNEL] = "kernel",
	[VF_TERM_DRIVER] = "driver",       [VF_TERM_BUS_NUMBERS] = "bus_numbers",
	[VF_TERM_MMIO] = "mmio",           [VF_TERM_DEPENDENCY_LINK] = "dependency_link",
};

ASSERT_COVERS(term_names, VF_TERM_COUNT);

const char *vf_term_name(enum vf_term_kind kind)
{
	return term_names[kind];
}

/* A budget in the making. */
struct builder {
	const struct host *host;
	struct arena *arena;
	struct vf_budget *budget;
};

static struct vf_term unlimited(void)
{
	return (struct vf_term){.at_least = VF_UNLIMITED, .at_most = VF_UNLIMITED};
}

static struct vf_term exactly(uint32_t count, enum vf_reason reason, const char *why,
			      const struct fact *evidence)
{
	return (struct vf_term){.at_least = count,
				.at_most = count,
				.reason = reason,
				.why = why,
				.evidence = evidence};
}

static struct vf_term unknown(const char *why, const struct fact *evidence)
{
	return (struct vf_term){.at_most = VF_UNLIMITED, .why = why, .evidence = evidence};
}

static uint32_t enabled_vfs(const struct pci_function *function)
{
	const struct fact_number *numvfs = &function->sriov.numvfs;

	return fact_known(&numvfs->fact) && numvfs->value > 0 && numvfs->value <= UINT16_MAX
		       ? (uint32_t)numvfs->value
		       : 0;
}

static struct vf_term judge_total(struct builder *builder)
{
	const struct sriov_capability *sriov = &builder->budget->capability;
	const struct fact *config = &builder->budget->function->config.fact;

	if (sriov->total_vfs == 0)
		return exactly(0, VF_REASON_FIRMWARE_OFF, "TotalVFs is 0", config);
	return exactly(sriov->total_vfs, VF_REASON_NONE,
		       arena_printf(builder->arena, "TotalVFs is %u", sriov->total_vfs), config);
}

/* Returns the rule of sriov_init() that the registers break, or NULL. */
static const char *broken_rule(const struct sriov_capability *sriov)
{
	if (sriov->supported_page_sizes == 0)
		return "the capability supports no page size";
	/* compute_max_vf_buses() asks with every NumVFs; these are the values for the present. */
	if (sriov->first_vf_offset == 0)
		return "the first VF offset is 0";
	if (sriov->vf_stride == 0 && sriov->total_vfs > 1)
		return "the VF stride is 0";
	return NULL;
}

static bool kernel_lacks_sriov(const struct host *host, const struct pci_function *function)
{
	const struct pci_resources *resources = &function->resources;

	if (fact_known(&host->kconfig.fact))
		return kconfig_get(&host->kconfig, "PCI_IOV") == KCONFIG_NO;
	return fact_known(&resources->fact) && (resources->count == LINES_WITHOUT_IOV ||
						resources->count == BRIDGE_LINES_WITHOUT_IOV);
}

/* Why the kernel shows no sriov_totalvfs for a function that has the capability. */
static struct vf_term judge_refusal(struct builder *builder)
{
	const struct pci_function *function = builder->budget->function;
	const struct fact *absent = &function->sriov.totalvfs.fact;
	const char *rule = broken_rule(&builder->budget->capability);

	if (kernel_lacks_sriov(builder->host, function))
		return exactly(0, VF_REASON_NO_KERNEL_SUPPORT,
			       "the kernel is built without CONFIG_PCI_IOV", absent);
	if (rule)
		return exactly(0, VF_REASON_BROKEN_CAPABILITY,
			       arena_printf(builder->arena, "the kernel refused SR-IOV: %s", rule),
			       absent);
	return exactly(0, VF_REASON_REFUSED, "the kernel refused SR-IOV when it found it", absent);
}

/* Without VF migration, InitialVFs other than TotalVFs is EIO: sriov_enable(). */
static bool initial_vfs_refused(const struct sriov_capability *sriov)
{
	if (sriov->capabilities & PCI_IOV_CAP_VFM)
		return sriov->initial_vfs > sriov->total_vfs;
	return sriov->initial_vfs != sriov->total_vfs;
}

static struct vf_term judge_kernel(struct builder *builder)
{
	const struct pci_function *function = builder->budget->function;
	const struct sriov_capability *sriov = &builder->budget->capability;
	const struct fact *offered = &function->sriov.totalvfs.fact;

	if (fact_absent(offered))
		return judge_refusal(builder);
	if (!fact_known(offered))
		return unknown("whether the kernel offers SR-IOV could not be read", offered);
	if (initial_vfs_refused(sriov))
		return exactly(0, VF_REASON_BROKEN_CAPABILITY,
			       arena_printf(builder->arena,
					    "the kernel refuses InitialVFs %u with TotalVFs %u",
					    sriov->initial_vfs, sriov->total_vfs),
			       &function->config.fact);
	/* The others come by migration, which only hosts that share a device have. */
	if (sriov->initial_vfs < sriov->total_vfs)
		return exactly(sriov->initial_vfs, VF_REASON_NONE,
			       arena_printf(builder->arena,
					    "the kernel adds InitialVFs, which is %u",
					    sriov->initial_vfs),
			       &function->config.fact);
	return unlimited();
}

/* sriov_totalvfs, which a driver can lower. */
static uint32_t announced(const struct pci_function *function)
{
	const struct fact_number *totalvfs = &function->sriov.totalvfs;

	return fact_known(&totalvfs->fact) && totalvfs->value >= 0 && totalvfs->value <= UINT16_MAX
		       ? (uint32_t)totalvfs->value
		       : VF_UNLIMITED;
}

/* VFs that were enabled before their PF lost its driver stay, and no others come. */
static struct vf_term without_driver(const struct pci_function *function)
{
	return exactly(enabled_vfs(function), VF_REASON_NO_DRIVER,
		       "no driver is bound, and it is the PF's driver that sets VFs up",
		       &function->driver.fact);
}

static struct vf_term without_hook(struct builder *builder)
{
	const struct pci_function *function = builder->budget->function;

	return exactly(enabled_vfs(function), VF_REASON_NO_HOOK,
		       arena_printf(builder->arena,
				    "the driver %s does not set VFs up on a write to sriov_numvfs",
				    function->driver.text),
		       &function->driver.fact);
}

static struct vf_term within_limit(struct builder *builder)
{
	const struct vf_budget *budget = builder->budget;
	const struct pci_function *function = budget->function;
	uint32_t limit = announced(function);

	if (budget->driver && budget->driver->limit && budget->driver->limit < limit)
		limit = budget->driver->limit;
	return exactly(limit, VF_REASON_DRIVER_LIMIT,
		       arena_printf(builder->arena, "the driver %s allows %u",
				    function->driver.text, limit),
		       &function->sriov.totalvfs.fact);
}

static struct vf_term judge_bound(struct builder *builder)
{
	const struct pci_function *function = builder->budget->function;
	struct vf_term term = within_limit(builder);
	const struct fact *evidence;

	switch (vf_setup_of(builder->host, function, &evidence)) {
	case VF_SETUP_NO_DRIVER:
		return without_driver(function);
	case VF_SETUP_NO_HOOK:
		return without_hook(builder);
	case VF_SETUP_VFIO_OFF:
		return exactly(enabled_vfs(function), VF_REASON_VFIO_SRIOV_OFF,
			       "vfio-pci sets up no VFs while its enable_sriov is off", evidence);
	case VF_SETUP_YES:
		return term;
	case VF_SETUP_UNKNOWN:
		break;
	}
	term.at_least = enabled_vfs(function);
	term.why = arena_printf(builder->arena, "whether the driver %s sets VFs up is not known",
				function->driver.text);
	term.evidence = evidence;
	return term;
}

static struct vf_term judge_driver(struct builder *builder)
{
	const struct pci_function *function = builder->budget->function;

	if (fact_absent(&function->sriov.totalvfs.fact))
		return unlimited();
	if (fact_absent(&function->driver.fact))
		return without_driver(function);
	if (!fact_known(&function->driver.fact)) {
		struct vf_term term =
			unknown("the driver could not be read", &function->driver.fact);
		term.at_most = announced(function);
		return term;
	}
	if (!fact_known(&function->sriov.totalvfs.fact))
		return unknown("what the driver allows could not be read",
			       &function->sriov.totalvfs.fact);
	return judge_bound(builder);
}

/* Offset and stride as the kernel keeps them, and computes the last VF's bus with. */
struct routing {
	uint32_t offset;
	uint32_t stride;
};

static uint32_t kept(const struct fact_number *attribute, uint16_t reg)
{
	return fact_known(&attribute->fact) && attribute->value >= 0 &&
			       attribute->value <= UINT16_MAX
		       ? (uint32_t)attribute->value
		       : reg;
}

static struct routing routing_of(const struct vf_budget *budget)
{
	return (struct routing){
		.offset = kept(&budget->function->sriov.offset, budget->capability.first_vf_offset),
		.stride = kept(&budget->function->sriov.stride, budget->capability.vf_stride),
	};
}

/* Returns how many VFs have requester ids up to the end of bus last: pci_iov_virtfn_bus(). */
static uint32_t count_up_to(const struct pci_function *function, const struct routing *routing,
			    uint8_t last)
{
	uint32_t end = (uint32_t)last << 8 | 0xff;
	uint32_t first = pci_requester_id(&function->address) + routing->offset;

	if (first > end)
		return 0;
	return routing->stride ? (end - first) / routing->stride + 1 : VF_UNLIMITED;
}

/* The last bus number below a bridge, which is what the kernel set it to. */
static bool read_last_bus(const struct pci_function *bridge, uint8_t *ret)
{
	return pci_header_type(bridge) == PCI_HEADER_TYPE_BRIDGE &&
	       config_read8(&bridge->config, PCI_SUBORDINATE_BUS, ret);
}

/* Returns whether the function's ids are those of a hierarchy without ARI though it could be one
 * with: VFs then begin on the next bus with most devices. */
static bool lacks_ari(const struct pci_function *function)
{
	return ari_decode(&function->config).capability.state == FACT_KNOWN &&
	       pcie_lacks_ari_forwarding(function);
}

/* The kernel has a port forward ARI where function 0 below it has ARI, whatever its siblings have:
 * pci_configure_ari(). */
static bool is_held_up_by_sibling(const struct host *host, const struct pci_function *function)
{
	struct pci_address address = function->address;

	address.device = address.function = 0;
	const struct pci_function *first = pci_find(&host->pci, &address);
	return first && first != function &&
	       ari_decode(&first->config).capability.state == FACT_ABSENT;
}

static struct vf_term below_bridge(struct builder *builder, const struct routing *routing,
				   const struct pci_function *bridge, uint8_t last)
{
	const struct pci_function *function = builder->budget->function;
	uint32_t count = count_up_to(function, routing, last);
	bool without_ari = lacks_ari(function);
	bool held_up = without_ari && is_held_up_by_sibling(builder->host, function);
	struct vf_term term = exactly(
		count, without_ari ? VF_REASON_ARI_OFF : VF_REASON_BUS_RANGE,
		arena_printf(
			builder->arena, "the buses below %s end at %02x%s", bridge->name, last,
			held_up ? ", and ARI stays off because function 0 of its bus does not have it"
				: ""),
		&bridge->config.fact);

	term.bridge = bridge;
	return term;
}

/* Returns the highest bus number that a root bus with function on it is seen to have. */
static uint8_t seen_last_bus(const struct host *host, const struct pci_function *function)
{
	uint8_t most = function->address.bus, last;

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *other = &host->pci.functions[i];
		if (other->parent_state == FACT_ABSENT &&
		    other->address.domain == function->address.domain &&
		    other->address.bus == function->address.bus && read_last_bus(other, &last) &&
		    last > most)
			most = last;
	}
	return most;
}

/* No attribute says where the buses of a root bus end. */
static struct vf_term on_root_bus(struct builder *builder, const struct routing *routing)
{
	const struct pci_function *function = builder->budget->function;
	struct vf_term term = unknown("where the buses of its root bus end is not known", NULL);

	term.at_least = count_up_to(function, routing, seen_last_bus(builder->host, function));
	term.at_most = count_up_to(function, routing, LAST_BUS);
	if (term.at_least >= builder->budget->capability.total_vfs)
		return exactly(term.at_least, VF_REASON_NONE, "all fit on buses that are there",
			       &function->config.fact);
	return term;
}

static struct vf_term unread_bridge(struct builder *builder, const struct routing *routing,
				    const struct pci_function *bridge)
{
	const struct pci_function *function = builder->budget->function;
	struct vf_term term =
		unknown(arena_printf(builder->arena,
				     "bus numbers could not be read of the bridge above%s%s",
				     bridge ? ", " : "", bridge ? bridge->name : ""),
			bridge ? &bridge->config.fact : NULL);

	term.at_least = count_up_to(function, routing, function->address.bus);
	term.at_most = count_up_to(function, routing, LAST_BUS);
	return term;
}

/*
 * sriov_enable() compares the last VF's bus with the end of the PF's bus, which is the subordinate
 * number of the bridge above. Bridges further up have to reach as far, or do not route.
 */
static struct vf_term judge_bus_numbers(struct builder *builder)
{
	const struct pci_function *function = builder->budget->function;
	const struct routing routing = routing_of(builder->budget);
	const struct pci_function *narrowest = NULL;
	uint8_t end = LAST_BUS, last;

	if (fact_absent(&function->sriov.totalvfs.fact))
		return unlimited();
	if (routing.offset == 0 ||
	    (routing.stride == 0 && builder->budget->capability.total_vfs > 1))
		return unknown("offset and stride of its VFs show only once VFs are enabled",
			       &function->config.fact);
	if (!function->parent)
		return function->parent_state == FACT_ABSENT
			       ? on_root_bus(builder, &routing)
			       : unread_bridge(builder, &routing, NULL);
	for (const struct pci_function *bridge = function->parent; bridge;
	     bridge = bridge->parent) {
		if (!read_last_bus(bridge, &last) || last < function->address.bus)
			return unread_bridge(builder, &routing, bridge);
		if (!narrowest || last < end) {
			narrowest = bridge;
			end = last;
		}
	}
	return below_bridge(builder, &routing, narrowest, end);
}

static struct vf_bar read_bar(const struct vf_budget *budget, size_t index,
			      const struct rebar_capability *rebar)
{
	const struct pci_resource *line =
		&budget->function->resources.lines[FIRST_VF_BAR_LINE + index];
	uint32_t reg = budget->capability.vf_bars[index];
	struct vf_bar bar = {
		.implemented = reg != 0 || line->flags != 0,
		.wide = BAR_IS_WIDE(reg) || (line->flags & IORESOURCE_MEM_64),
		.prefetchable = BAR_IS_PREFETCHABLE(reg) || (line->flags & IORESOURCE_PREFETCH),
		.size = rebar->sizes[index],
	};
	/* Placed: struct resource has a parent, of which sysfs shows the address. */
	bar.placed = (line->flags & IORESOURCE_MEM) && !(line->flags & IORESOURCE_UNSET) &&
		     line->start != 0 && line->end > line->start;
	bool sized = (line->flags & IORESOURCE_MEM) && line->end > line->start;
	uint64_t span = sized ? line->end - line->start + 1 : 0;
	bar.span = bar.placed ? span : 0;
	if (!bar.size && budget->capability.total_vfs)
		bar.size = span / budget->capability.total_vfs;
	return bar;
}

static void read_bars(struct vf_budget *budget)
{
	struct rebar_capability rebar = vf_rebar_decode(&budget->function->config);

	for (size_t i = 0; i < SRIOV_BAR_COUNT; i++) {
		budget->bars[i] = read_bar(budget, i, &rebar);
		/* The next register is the upper half of this address. */
		if (budget->bars[i].wide)
			i++;
	}
}

/* Since 6.17 as many VFs as the reserved span has room for, where VF BARs can be resized. */
static struct vf_term judge_bar(struct builder *builder, size_t index)
{
	const struct vf_bar *bar = &builder->budget->bars[index];
	const struct fact *resources = &builder->budget->function->resources.fact;
	uint64_t room = bar->size ? bar->span / bar->size : builder->budget->capability.total_vfs;

	if (!bar->placed)
		return exactly(0, VF_REASON_UNPLACED_BAR,
			       arena_printf(builder->arena,
					    "the kernel found no room for VF BAR %zu", index),
			       resources);
	return exactly(room < UINT16_MAX ? (uint32_t)room : UINT16_MAX, VF_REASON_RESIZED_BAR,
		       "every VF BAR is placed", resources);
}

static struct vf_term judge_mmio(struct builder *builder)
{
	const struct pci_function *function = builder->budget->function;
	const struct pci_resources *resources = &function->resources;
	struct vf_term term = unknown("no VF BAR can be seen", &resources->fact);
	bool found = false;

	if (fact_absent(&function->sriov.totalvfs.fact))
		return unlimited();
	if (!fact_known(&resources->fact) || resources->count < FIRST_VF_BAR_LINE + SRIOV_BAR_COUNT)
		return unknown("memory of the VF BARs could not be read", &resources->fact);
	read_bars(builder->budget);
	for (size_t i = 0; i < SRIOV_BAR_COUNT; i++) {
		if (!builder->budget->bars[i].implemented)
			continue;
		struct vf_term one = judge_bar(builder, i);
		if (!found || one.at_most < term.at_most)
			term = one;
		found = true;
	}
	return term;
}

/*
 * sriov_enable() wants the function that the link names, unless it is the PF itself, to be a PF.
 * That of an integrated endpoint is a function number of the same device.
 */
static struct vf_term judge_dependency(struct builder *builder)
{
	const struct pci_function *function = builder->budget->function;
	uint8_t link = builder->budget->capability.dependency_link;
	struct pci_address address = function->address;

	if (fact_absent(&function->sriov.totalvfs.fact))
		return unlimited();
	if (function->pcie_type == PCIE_INTEGRATED_ENDPOINT)
		link = (uint8_t)((unsigned)address.device << 3 | (link & 7u));
	if (link == pci_devfn(&address))
		return unlimited();
	address.device = link >> 3;
	address.function = link & 7;
	const struct pci_function *other = pci_find(&builder->host->pci, &address);
	if (other && fact_known(&other->sriov.totalvfs.fact))
		return unlimited();
	if (other && !fact_absent(&other->sriov.totalvfs.fact))
		return unknown("whether the function that it depends on is a PF could not be read",
			       &other->sriov.totalvfs.fact);
	char name[PCI_ADDRESS_SIZE];
	pci_address_format(&address, name);
	return exactly(0, VF_REASON_DEPENDENCY,
		       arena_printf(builder->arena, "it depends on %s, which is %s", name,
				    other ? "no PF" : "not there"),
		       &function->config.fact);
}

/*
 * A wrong dependency link refuses whatever the others allow, and is found on emulated devices only:
 * it is named where nothing else stands in the way.
 */
static void find_limit(struct vf_budget *budget)
{
	const struct vf_term *link = &budget->terms[VF_TERM_DEPENDENCY_LINK];
	const uint32_t total = budget->terms[VF_TERM_TOTAL_VFS].at_most;

	budget->at_least = budget->at_most = total;
	for (int kind = VF_TERM_TOTAL_VFS; kind < VF_TERM_DEPENDENCY_LINK; kind++) {
		const struct vf_term *term = &budget->terms[kind];
		if (term->at_least < budget->at_least)
			budget->at_least = term->at_least;
		if (term->at_most < budget->at_most) {
			budget->at_most = term->at_most;
			budget->limited_by = (enum vf_term_kind)kind;
		}
	}
	if (link->at_most < budget->at_most && budget->limited_by == VF_TERM_TOTAL_VFS)
		budget->limited_by = VF_TERM_DEPENDENCY_LINK;
	if (link->at_most < budget->at_most)
		budget->at_most = link->at_most;
	if (link->at_least < budget->at_least)
		budget->at_least = link->at_least;
}

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

static const char *lag_refusal(const struct builder *builder)
{
	const struct pci_function *function = builder->budget->function;

	if (!forbids_lag(builder->host, builder->budget->driver))
		return NULL;
	const struct usage_entry *master = use_of(builder->host, function, USAGE_MEMBER);
	if (master)
		return arena_printf(builder->arena,
				    "gives none on this kernel while link aggregation is active, "
				    "and its interface is a part of %s",
				    master->what);
	return master_is_unread(builder->host, function)
		       ? "gives none on this kernel while link aggregation is active"
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
static uint32_t vectors_for_vfs(const struct builder *builder)
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

static const char *vector_refusal(const struct builder *builder)
{
	struct msix_capability msix = msix_decode(&builder->budget->function->config);
	uint64_t cpus = count_cpus(builder->host);

	return arena_printf(builder->arena,
			    "has %u MSI-X vectors for itself and its VFs, takes up to %u for each "
			    "CPU%s, and refuses VFs for want of them (ENOSPC)",
			    msix.table_size, builder->budget->driver->cpu_vectors,
			    cpus ? arena_printf(builder->arena, " (%" PRIu64 ")", cpus) : "");
}

bool vf_budget_needs_up(const struct host *host, const struct vf_budget *budget)
{
	return budget->driver && budget->driver->needs_up &&
	       !use_of(host, budget->function, USAGE_LINK_UP);
}

/* Finds the rule by which the driver may refuse VFs, and how many it never refuses by that. */
static void find_refusal(const struct builder *builder)
{
	struct vf_budget *budget = builder->budget;
	const char *lag = lag_refusal(builder);
	uint32_t vectors = vectors_for_vfs(builder);

	budget->driver_takes = budget->driver->sure;
	if (lacks_msix(budget))
		budget->driver_may_refuse = "gives VFs only while it uses MSI-X, which is off";
	else if (lag)
		budget->driver_may_refuse = lag;
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

/* What is enabled now was accepted. */
static void count_enabled(const struct builder *builder)
{
	struct vf_budget *budget = builder->budget;
	uint32_t enabled = enabled_vfs(budget->function);

	if (enabled > budget->at_most)
		enabled = budget->at_most;
	if (budget->at_least < enabled)
		budget->at_least = enabled;
	if (!budget->driver)
		return;
	find_refusal(builder);
	if (budget->driver_takes < enabled)
		budget->driver_takes = enabled;
	if (budget->at_most <= budget->driver_takes)
		budget->driver_may_refuse = NULL;
}

static void build_budget(struct builder *builder)
{
	struct vf_budget *budget = builder->budget;

	budget->driver = vf_driver_of(builder->host, budget->function);
	budget->terms[VF_TERM_TOTAL_VFS] = judge_total(builder);
	budget->terms[VF_TERM_KERNEL] = judge_kernel(builder);
	budget->terms[VF_TERM_DRIVER] = judge_driver(builder);
	budget->terms[VF_TERM_BUS_NUMBERS] = judge_bus_numbers(builder);
	budget->terms[VF_TERM_MMIO] = judge_mmio(builder);
	budget->terms[VF_TERM_DEPENDENCY_LINK] = judge_dependency(builder);
	find_limit(budget);
	count_enabled(builder);
}

static struct vf_budget *new_budget(struct arena *arena, const struct pci_function *function)
{
	struct sriov_capability capability = sriov_decode(&function->config);
	struct vf_budget *budget;

	if (pci_is_vf(function) || capability.capability.state != FACT_KNOWN)
		return NULL;
	budget = arena_alloc(arena, sizeof(*budget));
	if (budget)
		*budget = (struct vf_budget){.function = function, .capability = capability};
	return budget;
}

static struct vf_budget *budget_of_pf(const struct vf_budgets *budgets,
				      const struct pci_function *pf)
{
	return pf ? budgets->budgets[pf - budgets->host->pci.functions] : NULL;
}

/* Gives each PF its VFs: counts them, makes room, and fills it. */
static void collect_vfs(struct arena *arena, const struct vf_budgets *budgets)
{
	const struct pci *pci = &budgets->host->pci;

	for (size_t i = 0; i < pci->count; i++) {
		struct vf_budget *budget = budget_of_pf(budgets, pci->functions[i].pf);
		if (budget)
			budget->vf_count++;
	}
	for (size_t i = 0; i < pci->count; i++) {
		struct vf_budget *budget = budget_of_pf(budgets, pci->functions[i].pf);
		if (budget && !budget->vfs) {
			budget->vfs = arena_array(arena, budget->vf_count, sizeof(*budget->vfs));
			if (!budget->vfs)
				return;
			budget->vf_count = 0;
		}
		if (budget)
			budget->vfs[budget->vf_count++] = &pci->functions[i];
	}
}

void vf_budgets_build(const struct host *host, struct arena *arena, struct vf_budgets *ret)
{
	*ret = (struct vf_budgets){
		.host = host,
		.budgets = arena_array(arena, host->pci.count + 1, sizeof(*ret->budgets)),
	};
	if (!ret->budgets)
		return;
	for (size_t i = 0; i < host->pci.count; i++) {
		struct builder builder = {host, arena, new_budget(arena, &host->pci.functions[i])};
		ret->budgets[i] = builder.budget;
		if (builder.budget)
			build_budget(&builder);
	}
	collect_vfs(arena, ret);
}

const struct vf_budget *vf_budget_of(const struct vf_budgets *budgets,
				     const struct pci_function *function)
{
	return budgets->budgets ? budget_of_pf(budgets, function) : NULL;
}

bool vf_term_known(const struct vf_term *term)
{
	return term->at_least == term->at_most;
}

bool vf_budget_exact(const struct vf_budget *budget)
{
	return budget->at_least == budget->at_most;
}

const struct vf_term *vf_budget_missing(const struct vf_budget *budget)
{
	for (size_t kind = 0; kind < VF_TERM_COUNT; kind++) {
		if (!vf_term_known(&budget->terms[kind]) &&
		    budget->terms[kind].at_least < budget->at_most)
			return &budget->terms[kind];
	}
	return NULL;
}

enum vf_answer vf_budget_allows(const struct vf_budget *budget, uint32_t count)
{
	if (count > budget->at_most)
		return VF_ANSWER_NO;
	if (count > budget->at_least)
		return VF_ANSWER_UNKNOWN;
	if (budget->driver_may_refuse && count > budget->driver_takes)
		return VF_ANSWER_UNKNOWN;
	return VF_ANSWER_YES;
}

const char *vf_budget_summary(const struct vf_budget *budget, struct arena *arena)
{
	const struct vf_term *limit = &budget->terms[budget->limited_by];
	const struct vf_term *missing = vf_budget_missing(budget);
	uint32_t total = budget->capability.total_vfs;

	if (!vf_budget_exact(budget))
		return arena_printf(arena, "at most %s: %s", counted(arena, budget->at_most, "VF"),
				    missing ? missing->why : "not every limit is known");
	if (budget->at_most == total && total > 0)
		return arena_printf(arena, "all %u VFs that its capability has", total);
	if (limit->at_most > budget->at_most)
		return arena_printf(arena, "%u of %u VFs: %s, and %s", budget->at_most, total,
				    limit->why, budget->terms[VF_TERM_DEPENDENCY_LINK].why);
	return arena_printf(arena, "%u of %u VFs: %s", budget->at_most, total, limit->why);
}

uint16_t vf_budget_first_id(const struct vf_budget *budget)
{
	const struct routing routing = routing_of(budget);

	if (!routing.offset)
		return 0;
	return (uint16_t)(pci_requester_id(&budget->function->address) + routing.offset);
}

uint64_t vf_budget_memory(const struct vf_budget *budget)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < SRIOV_BAR_COUNT; i++) {
		const struct vf_bar *bar = &budget->bars[i];
		if (bar->implemented && !bar->size)
			return 0;
		/* Sizes come from the host's lines; nonsense there must not wrap. */
		if (__builtin_add_overflow(sum, bar->size, &sum))
			return 0;
	}
	return __builtin_mul_overflow(sum, (uint64_t)budget->capability.total_vfs, &sum) ? 0 : sum;
}

bool vf_budget_index(const struct vf_budget *budget, const struct pci_function *function,
		     uint32_t *ret)
{
	const struct routing routing = routing_of(budget);
	uint32_t first = pci_requester_id(&budget->function->address) + routing.offset;
	uint32_t id = pci_requester_id(&function->address);

	if (!routing.offset || function->address.domain != budget->function->address.domain ||
	    id < first)
		return false;
	if (!routing.stride || id == first) {
		*ret = 0;
		return id == first;
	}
	*ret = (id - first) / routing.stride;
	return (id - first) % routing.stride == 0;
}
