/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/bar_room.h"

#include <inttypes.h>

#include "host/base/array.h"
#include "host/pci/capabilities.h"
#include "model/boot/declared_system.h"
#include "model/pcie.h"

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

static enum resizable resizable_bar_find(const struct host *host,
					 const struct pci_function *function,
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

bool bar_room_is_firmwares(const struct cpu *cpu)
{
	return cpu_is_architecture(cpu, "ppc64") || cpu_is_architecture(cpu, "s390x");
}

/* What the kernel does about BARs that firmware left without addresses. */
static const char *by_realloc(const struct host *host, enum pci_realloc pci_realloc,
			      struct arena *arena)
{
	const char *place = declared_system_place(host);

	if (bar_room_is_firmwares(&host->cpu))
		return arena_printf(arena,
				    "firmware of %s alone places BARs: pci=realloc does not help",
				    host->cpu.architecture);
	switch (pci_realloc) {
	case REALLOC_ON:
		return "pci=realloc is set, and did not help";
	case REALLOC_OFF:
		return arena_printf(arena,
				    "if that does not help, remove pci=realloc=off from %s, as it "
				    "keeps the kernel from making room",
				    place);
	case REALLOC_COMES:
		return "the next boot has pci=realloc, which may help, too";
	case REALLOC_OFF_ENDS:
		return "the next boot is without pci=realloc=off, which may help, too";
	case REALLOC_UNSET:
		break;
	}
	return arena_printf(arena, "if that does not help, add pci=realloc to %s", place);
}

void bar_room_by_kernel(const struct host *host, enum pci_realloc pci_realloc,
			const struct pci_function *function, struct arena *arena,
			struct text_line **ret)
{
	const struct pci_function *port = pcie_hotplug_port(function);

	lines_add(arena, ret, "%s", by_realloc(host, pci_realloc, arena));
	/* pci_setup(), drivers/pci/pci.c: 2 MiB of each kind are kept for a slot by default. */
	if (port && !bar_room_is_firmwares(&host->cpu))
		lines_add(
			arena, ret,
			"the slot of %s can hot-plug (as those of Thunderbolt), for which "
			"pci=hpmmiosize=SIZE,hpmmioprefsize=SIZE on the kernel command line keeps "
			"more memory",
			port->name);
}

/* Resizing takes a function without a driver: resource_resize_store(), drivers/pci/pci-sysfs.c. */
static const char *by_size(const struct pci_function *function, const struct resizable_bar *bar,
			   struct arena *arena)
{
	const char *size = bar_size_words(arena, bar->size);

	if (!bar->smaller)
		return arena_printf(arena, "BAR %zu of %s is as small as it can be (%s)",
				    bar->index, function->name, size);
	return arena_printf(
		arena,
		"or make BAR %zu of %s smaller (it is resizable, %s now, and can have "
		"%s)%s",
		bar->index, function->name, size, bar_size_words(arena, bar->smaller),
		bar->kernel_can ? " while no driver has it, at each boot"
				: " in the firmware setup, by switching Resizable BAR off there");
}

enum resizable bar_room_for(const struct host *host, enum pci_realloc pci_realloc,
			    const struct pci_function *function, struct arena *arena,
			    struct text_line **ret, struct resizable_bar *bar)
{
	enum resizable found = resizable_bar_find(host, function, bar);

	bar_room_by_kernel(host, pci_realloc, function, arena, ret);
	if (found == RESIZABLE_YES)
		lines_add(arena, ret, "%s", by_size(function, bar, arena));
	else if (found == RESIZABLE_UNKNOWN)
		lines_add(arena, ret, "where the BAR is resizable, a smaller size may fit, too");
	return found;
}
