/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/hardware_fault.h"

#include <inttypes.h>
#include <pci/header.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "host/pci/capabilities.h"
#include "model/assign/bar_room.h"

enum { BAR_COUNT = 6 };

#define BAR_ADDRESS_MASK 0xfffffff0u

/* non_compliant_bars, arch/x86/pci/fixup.c: other registers stand where BARs should, and the kernel
 * gives them no place. */
static const uint16_t without_bars[] = {0x2fc0, 0x6f60, 0x6fa0, 0x6fc0,
					0xa1ec, 0xa1ed, 0xa26c, 0xa26d};

/* pci_power_names, drivers/pci/pci.c. */
static const char *const power_states[] = {"unknown", "D0", "D1", "D2", "D3hot", "D3cold"};

/* Faults on their way. */
struct finder {
	const struct pci_function *function;
	struct arena *arena;
	struct hardware_fault *faults;
	size_t count;
};

static void add(struct finder *finder, enum hardware_fault_kind kind, bool known,
		const struct fact *evidence, const char *why)
{
	finder->faults[finder->count++] = (struct hardware_fault){kind, known, why, evidence};
}

static bool is_power_state(const char *text)
{
	for (size_t i = 0; i < ARRAY_LENGTH(power_states); i++) {
		if (strcmp(text, power_states[i]) == 0)
			return true;
	}
	return false;
}

static void find_unreachable(struct finder *finder)
{
	const struct pci_function *function = finder->function;
	const struct fact_text *state = &function->power_state;
	bool told = fact_known(&state->fact);

	if (config_is_ones(&function->config))
		add(finder, FAULT_UNREACHABLE, true, &function->config.fact,
		    told ? arena_printf(finder->arena,
					"it does not answer: its config space reads as all ones, "
					"and its power state is %s",
					state->text)
			 : "it does not answer: its config space reads as all ones");
	else if (told && strcmp(state->text, "error") == 0)
		add(finder, FAULT_UNREACHABLE, true, &state->fact,
		    "its power state is an error: the kernel could not wake it");
	else if (state->fact.state == FACT_UNREADABLE || (told && !is_power_state(state->text)))
		add(finder, FAULT_UNREACHABLE, false, &state->fact,
		    "its power state could not be read");
}

static bool bar_register(const struct pci_function *function, size_t index, uint32_t *ret)
{
	return config_read32(&function->config, PCI_BASE_ADDRESS_0 + 4 * index, ret);
}

static bool is_memory(uint32_t bar)
{
	return !(bar & PCI_BASE_ADDRESS_SPACE_IO);
}

static bool is_wide(uint32_t bar)
{
	return is_memory(bar) &&
	       (bar & PCI_BASE_ADDRESS_MEM_TYPE_MASK) == PCI_BASE_ADDRESS_MEM_TYPE_64;
}

/* Whether the register shows a BAR also where it holds no address. */
static bool has_type_bits(uint32_t bar)
{
	return is_wide(bar) || (is_memory(bar) && (bar & PCI_BASE_ADDRESS_MEM_PREFETCH));
}

static bool is_without_bars(const struct pci_function *function)
{
	if (!pci_knows_ids(function) || function->vendor.value != PCI_VENDOR_ID_INTEL)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(without_bars); i++) {
		if (function->device.value == without_bars[i])
			return true;
	}
	return false;
}

static bool is_unset(const struct pci_resource *line)
{
	return (line->flags & IORESOURCE_UNSET) && (line->flags & (IORESOURCE_IO | IORESOURCE_MEM));
}

static bool is_empty(const struct pci_resource *line)
{
	return !line->start && !line->end && !line->flags;
}

/* "BAR 1 (32 GiB)", as the kernel numbers it. */
static const char *list_unset(const struct finder *finder)
{
	const struct pci_resources *resources = &finder->function->resources;
	struct buffer names = {.arena = finder->arena, .separator = ", "};
	size_t count = 0;

	for (size_t i = 0; i < BAR_COUNT && i < resources->count; i++) {
		const struct pci_resource *line = &resources->lines[i];
		if (!is_unset(line))
			continue;
		buffer_item(&names, "BAR %zu (%s)", i,
			    bar_size_words(finder->arena, line->end - line->start + 1));
		count++;
	}
	return count ? buffer_text(&names) : NULL;
}

static const char *list_cleared(const struct finder *finder)
{
	const struct pci_resources *resources = &finder->function->resources;
	struct rebar_capability rebar = rebar_decode(&finder->function->config);
	struct buffer names = {.arena = finder->arena, .separator = ", "};
	size_t count = 0;
	uint32_t bar;

	for (size_t i = 0; i < BAR_COUNT && i < resources->count; i++) {
		if (!bar_register(finder->function, i, &bar))
			break;
		if (has_type_bits(bar) && is_empty(&resources->lines[i])) {
			buffer_item(&names, "BAR %zu (%s%s%s)", i,
				    is_wide(bar) ? "of 64 bits" : "prefetchable",
				    rebar.sizes[i] ? ", " : "",
				    rebar.sizes[i] ? bar_size_words(finder->arena, rebar.sizes[i])
						   : "");
			count++;
		}
		/* The next register is the upper half of this address. */
		if (is_wide(bar))
			i++;
	}
	return count ? buffer_text(&names) : NULL;
}

/* Without the kernel's lines, firmware's address in the register shows that a BAR has a place. */
static bool may_be_unplaced(const struct pci_function *function)
{
	const struct fact *fact = &function->resources.fact;
	uint32_t bar, upper;

	if (fact->state == FACT_UNREADABLE || fact->state == FACT_MALFORMED)
		return true;
	for (size_t i = 0; i < BAR_COUNT && bar_register(function, i, &bar); i++) {
		if (!has_type_bits(bar))
			continue;
		upper = 0;
		if (is_wide(bar) && (++i == BAR_COUNT || !bar_register(function, i, &upper)))
			return true;
		if (!upper && !(bar & BAR_ADDRESS_MASK))
			return true;
	}
	return false;
}

/* A VF has no BARs of its own: the PF has them. */
static void find_unplaced(struct finder *finder)
{
	const struct pci_function *function = finder->function;
	const struct fact *resources = &function->resources.fact;
	const char *unset, *cleared;

	if (pci_is_vf(function) || config_is_ones(&function->config))
		return;
	if (!fact_known(resources)) {
		if (may_be_unplaced(function))
			add(finder, FAULT_BAR_UNPLACED, false, resources,
			    "whether the kernel found a place for its BARs could not be read");
		return;
	}
	unset = list_unset(finder);
	cleared = is_without_bars(function) ? NULL : list_cleared(finder);
	if (unset)
		add(finder, FAULT_BAR_UNPLACED, true, resources,
		    arena_printf(
			    finder->arena,
			    "the kernel found no place for its %s and refuses to enable it, so "
			    "vfio-pci cannot open it (\"not assigned; can't enable device\")",
			    unset));
	else if (cleared)
		add(finder, FAULT_BAR_UNPLACED, true, resources,
		    arena_printf(finder->arena,
				 "the kernel found no place for its %s: VFIO opens it, but the "
				 "guest's driver misses that memory (Windows: code 12 or 43)",
				 cleared));
}

/* NVIDIA's vGPU user guide: sriov-manage leaves the VFs with the driver nvidia, and a vGPU,
 * mediated or with a profile, is made of a VF that has it. */
static bool is_off_nvidia(const struct pci_function *function)
{
	const struct fact *driver = &function->driver.fact;

	return function->pf && pci_is_on_driver(function->pf, "nvidia") &&
	       (fact_known(driver) || fact_absent(driver)) && !pci_is_on_driver(function, "nvidia");
}

/* "557 : NVIDIA L40S-1B", below a heading. */
bool vgpu_offers_none(const struct pci_function *vf)
{
	struct fact_line line;
	size_t offset = 0;

	if (!pci_is_on_driver(vf, "nvidia") || !fact_known(&vf->vgpu_type.fact) ||
	    vf->vgpu_type.value != 0 || !fact_known(&vf->vgpu_types.fact))
		return false;
	while (fact_next_line(&vf->vgpu_types, &offset, &line)) {
		if (line.length && line.text[0] >= '0' && line.text[0] <= '9')
			return false;
	}
	return true;
}

static void find_profile(struct finder *finder)
{
	const struct pci_function *function = finder->function;
	const struct fact_number *type = &function->vgpu_type;
	/* Not those of vfio-pci: a VF has such a one and no profile with NVIDIA's driver alone. */
	bool is_vgpu = pci_is_vf(function) && function->vfio_devices.count > 0 &&
		       pci_is_on_driver(function, "nvidia");

	if (is_off_nvidia(function))
		add(finder, FAULT_VGPU_PROFILE, true, &function->driver.fact,
		    arena_printf(finder->arena,
				 "it has %s in place of nvidia, which alone makes a vGPU of it: "
				 "VFIO opens it, but it has no memory of the card, and the guest's "
				 "driver fails",
				 fact_known(&function->driver.fact) ? function->driver.text
								    : "no driver"));
	else if (vgpu_offers_none(function))
		add(finder, FAULT_VGPU_PROFILE, true, &type->fact,
		    "it has no vGPU profile (current_vgpu_type is 0), and the driver nvidia offers "
		    "it none now (creatable_vgpu_types), so no guest can open it");
	else if (fact_known(&type->fact) && type->value == 0)
		add(finder, FAULT_VGPU_PROFILE, true, &type->fact,
		    "it has no vGPU profile yet (current_vgpu_type is 0), so the driver nvidia lets "
		    "no guest open it");
	else if (type->fact.state == FACT_UNREADABLE || type->fact.state == FACT_MALFORMED ||
		 (is_vgpu && !fact_known(&type->fact)))
		add(finder, FAULT_VGPU_PROFILE, false, &type->fact,
		    "whether it has a vGPU profile could not be read");
}

size_t hardware_faults_find(const struct pci_function *function, struct arena *arena,
			    struct hardware_fault ret[static FAULT_KIND_COUNT])
{
	struct finder finder = {.function = function, .arena = arena, .faults = ret};

	find_unreachable(&finder);
	find_unplaced(&finder);
	find_profile(&finder);
	return finder.count;
}
