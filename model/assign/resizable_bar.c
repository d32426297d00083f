/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/resizable_bar.h"

#include <inttypes.h>

#include "host/access/array.h"
#include "host/pci/capabilities.h"

/* 2^8 MiB: what displays have without Resizable BAR, and so every driver of one can do with. */
enum { CUSTOMARY = 8 };

const char *bar_size_words(struct arena *arena, uint64_t size)
{
	static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
	size_t unit = 0;

	for (; unit + 1 < ARRAY_LENGTH(units) && size >= 1024 && size % 1024 == 0; size /= 1024)
		unit++;
	return arena_printf(arena, "%" PRIu64 " %s", size, units[unit]);
}

static bool is_unplaced(const struct pci_resources *resources, size_t index)
{
	const struct pci_resource *line;

	if (!fact_known(&resources->fact) || index >= resources->count)
		return false;
	line = &resources->lines[index];
	return (line->flags & IORESOURCE_UNSET) || (!line->start && !line->end && !line->flags);
}

/* The largest size up to the customary one, or else the smallest that there is. */
static void choose_smaller(uint64_t supported, struct resizable_bar *bar)
{
	for (unsigned exponent = 0; exponent < 64 - 20; exponent++) {
		uint64_t size = UINT64_C(1) << (20 + exponent);
		if (!(supported & UINT64_C(1) << exponent) || size >= bar->size)
			continue;
		if (bar->smaller && exponent > CUSTOMARY)
			return;
		bar->smaller = size;
		bar->exponent = exponent;
	}
}

static bool has_attribute(const struct host *host)
{
	struct kernel_version version;

	return host_kernel_version(host, &version) && kernel_at_least(&version, 6, 1);
}

enum resizable resizable_bar_find(const struct host *host, const struct pci_function *function,
				  struct resizable_bar *ret)
{
	struct rebar_capability rebar = rebar_decode(&function->config);

	if (rebar.capability.state != FACT_KNOWN)
		return rebar.capability.state == FACT_ABSENT ? RESIZABLE_NO : RESIZABLE_UNKNOWN;
	for (size_t i = 0; i < SRIOV_BAR_COUNT; i++) {
		if (!rebar.sizes[i] || !is_unplaced(&function->resources, i))
			continue;
		*ret = (struct resizable_bar){.index = i, .size = rebar.sizes[i]};
		choose_smaller(rebar.supported[i], ret);
		ret->kernel_can = has_attribute(host) &&
				  (function->resources.lines[i].flags & IORESOURCE_UNSET);
		return RESIZABLE_YES;
	}
	return RESIZABLE_NO;
}
