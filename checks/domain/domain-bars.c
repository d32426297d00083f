/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <inttypes.h>
#include <string.h>

#include "host/base/affix.h"

enum kind { WINDOW, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[WINDOW] =
		{"domain-bars.window",
		 "UEFI in the guest (OVMF) sets addresses aside for 64-bit BARs by how many bits of "
		 "address the guest's processor has, and 32 GiB alone where it cannot trust that "
		 "number, as with most processors that are not the host's. The BARs of the functions "
		 "that a domain uses take more. What does not fit gets no address: the guest's "
		 "driver does not find its device (\"BAR1 is 0M @ 0x0\", \"can't assign; no "
		 "space\"), or the guest hangs at its start.",
		 "Give the guest the host's processor (libvirt: <cpu mode='host-passthrough'/>, "
		 "Proxmox VE: cpu: host), which OVMF of 2022.11 and newer goes by. Or tell OVMF how "
		 "many MiB to set aside: -fw_cfg name=opt/ovmf/X-PciMmio64Mb,string=131072."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

enum { BAR_LINES = 6 };

#define GIB (UINT64_C(1) << 30)

static uint64_t wide_bars(const struct pci_function *function)
{
	const uint64_t wanted = IORESOURCE_MEM | IORESOURCE_MEM_64;
	const struct pci_resources *resources = &function->resources;
	uint64_t bytes = 0;

	for (size_t i = 0; i < BAR_LINES && i < resources->count; i++) {
		const struct pci_resource *line = &resources->lines[i];
		if ((line->flags & wanted) == wanted && line->end > line->start)
			bytes += line->end - line->start + 1;
	}
	return bytes;
}

/* Returns the use whose BARs are the largest, NULL where none has any, and what all have together.
 */
static const struct domain_use *sum_bars(const struct domain_map *map, struct domain_uses uses,
					 uint64_t *ret_bytes)
{
	const struct domain_use *largest = NULL;
	uint64_t most = 0;

	*ret_bytes = 0;
	for (const struct domain_use *use = uses.begin; use < uses.end; use++) {
		if (!domain_map_is_first(map, use))
			continue;
		uint64_t bytes = wide_bars(use->function);
		*ret_bytes += bytes;
		if (bytes <= most)
			continue;
		most = bytes;
		largest = use;
	}
	return largest;
}

/* Of QEMU where nothing else is said (TCG_PHYS_ADDR_BITS); what paging of four and five levels
 * leaves. */
enum { USUAL_BITS = 40, MOST_BITS = 48 };

/* Returns the bits of address that a guest's processor has, 0 where that is not known: libvirt's
 * host-model and machine types of RHEL and Ubuntu may have the host's. */
static unsigned address_bits(const struct host *host, const struct domain *domain)
{
	unsigned host_bits = host->cpu.physical_bits, limit = domain->address_limit;
	const char *mode = domain->cpu_mode ? domain->cpu_mode : "custom";

	if (domain->address_bits)
		return domain->address_bits;
	if (domain->host_address_bits || strcmp(mode, "host-passthrough") == 0)
		return limit && limit < host_bits ? limit : host_bits;
	if (strcmp(mode, "custom") != 0 || strstr(domain->machine, "rhel") ||
	    strstr(domain->machine, "hpb"))
		return 0;
	return USUAL_BITS;
}

/* PlatformAddressWidthFromCpuid() of edk2: such numbers are QEMU's own, unless real processors of
 * that vendor have them. */
static bool is_trusted(const struct host *host, unsigned bits)
{
	if (bits > USUAL_BITS)
		return true;
	if (host->cpu.vendor == CPU_AMD)
		return bits == USUAL_BITS;
	return bits == 36 || bits == 39;
}

/*
 * Returns the most that OVMF sets aside, 0 where that is not known. PlatformDynamicMmioWindow() of
 * edk2 takes an eighth of all addresses, and a quarter from the autumn of 2026 on.
 */
static uint64_t window_of(const struct host *host, const struct domain *domain)
{
	unsigned bits = address_bits(host, domain);

	if (domain->bar_window)
		return domain->bar_window;
	if (!bits || host->cpu.vendor == CPU_OTHER)
		return 0;
	if (!is_trusted(host, bits))
		return 32 * GIB;
	return UINT64_C(1) << ((bits < MOST_BITS ? bits : MOST_BITS) - 2);
}

/* Returns the MiB of a window in which BARs of so many bytes find their alignment, too. */
static uint64_t roomy_window(uint64_t bytes)
{
	uint64_t window = 64 * GIB;

	while (window < 2 * bytes)
		window <<= 1;
	return window >> 20;
}

static void report(const struct domain_use *use, uint64_t bytes, uint64_t window,
		   struct findings *findings)
{
	const struct domain *domain = use->domain;
	struct finding *finding = finding_add(
		findings, &kinds[WINDOW], FINDING_WARN, subject_domain(domain->name),
		"64-bit BARs of what %s uses take %" PRIu64 " MiB, and UEFI in the guest (OVMF) "
		"sets %" PRIu64 " MiB aside for them: not all get an address",
		domain->name, bytes >> 20, window >> 20);
	const struct fact *resources = &use->function->resources.fact;

	finding_evidence(finding, resources, "%" PRIu64 " MiB", wide_bars(use->function) >> 20);
	if (domain->bar_window)
		finding_remedy(finding, "Raise opt/ovmf/X-PciMmio64Mb to %" PRIu64,
			       roomy_window(bytes));
	else
		finding_remedy(finding,
			       "Give the guest the host's processor (%s), or QEMU -fw_cfg "
			       "name=opt/ovmf/X-PciMmio64Mb,string=%" PRIu64,
			       domain->other_stack ? "-cpu host, in Proxmox VE cpu: host"
						   : "<cpu mode='host-passthrough'/>",
			       roomy_window(bytes));
}

static bool is_pc(const struct domain *domain)
{
	return domain_is_q35(domain) || (domain->machine && begins_with(domain->machine, "pc"));
}

static void judge(const struct domain_map *map, const struct domain *domain,
		  struct findings *findings)
{
	uint64_t bytes, window;
	const struct domain_use *largest = sum_bars(map, domain_map_uses(map, domain), &bytes);

	if (!largest || !domain->uefi || !is_pc(domain))
		return;
	window = window_of(map->host, domain);
	if (window && bytes > window)
		report(largest, bytes, window, findings);
}

static void run(const struct check_context *context)
{
	for (size_t i = 0; i < context->domains->domain_count; i++)
		judge(context->domains, &context->domains->domains[i], context->findings);
}

const struct check check_domain_bars = {
	.id = "domain-bars",
	.title = "Do the BARs of functions fit where the guest's firmware puts them?",
	.needs = "the XML of domains, resource files in sysfs and /proc/cpuinfo; no privilege",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.judges_domains = true,
	.run = run,
};
