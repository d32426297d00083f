/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/hostdev/builder.h"
#include "model/pcie.h"

/*
 * The guest bus of the first slot that passcheck chooses. virt-install gives a q35 guest root ports
 * for buses 1 to 14 and uses the first seven itself.
 */
enum { FIRST_GUEST_BUS = 0x08, LARGEST_GUEST_BUS = 0xff };

/* Returns whether the guest sees the function, at a place that nobody chose yet. */
static bool is_free(const struct hostdev_form *form)
{
	return form->written && form->kind == HOSTDEV_KIND_HOSTDEV &&
	       form->place == HOSTDEV_PLACE_ANY;
}

/* What the guest is to see of a device of the host; kept at its first function. */
struct shown {
	struct hostdev_form *lowest; /* with the lowest function number */
	size_t count;                /* of forms */
	uint8_t bus;                 /* of the guest; 0 where none was chosen */
};

/* Returns what is kept of function's device. A VF is a device of its own. */
static struct shown *shown_of(const struct pci *pci, struct shown *shown,
			      const struct pci_function *function)
{
	const struct pci_function *first = function;

	for (const struct pci_function *other = function; other > pci->functions;) {
		other--;
		if (!pcie_same_bus(other, function) ||
		    other->address.device != function->address.device)
			break;
		if (pcie_same_device(other, function))
			first = other;
	}
	return &shown[first - pci->functions];
}

static void count_form(struct shown *device, struct hostdev_form *form)
{
	if (!device->count++ ||
	    form->function->address.function < device->lowest->function->address.function)
		device->lowest = form;
}

/*
 * Puts form on the guest slot of its device, with its own function number. But function 0 must be
 * there, or the guest looks for no other.
 */
static void place_form(const struct shown *device, struct hostdev_form *form)
{
	bool is_lowest = form == device->lowest;

	form->place = HOSTDEV_PLACE_SLOT;
	form->guest = (struct pci_address){
		.bus = device->bus,
		.function = is_lowest ? 0 : form->function->address.function,
	};
	form->multifunction |= is_lowest;
}

void hostdev_choose_slots(struct hostdev_builder *builder)
{
	const struct hostdev_forms *forms = builder->forms;
	const struct pci *pci = &builder->host->pci;
	struct shown *shown = arena_array(builder->arena, pci->count + 1, sizeof(*shown));
	unsigned bus = FIRST_GUEST_BUS;

	for (size_t i = 0; shown && i < forms->count; i++) {
		if (is_free(&forms->forms[i]))
			count_form(shown_of(pci, shown, forms->forms[i].function),
				   &forms->forms[i]);
	}
	for (size_t i = 0; shown && i < forms->count && bus <= LARGEST_GUEST_BUS; i++) {
		struct shown *device = shown_of(pci, shown, forms->forms[i].function);
		if (is_free(&forms->forms[i]) && device->count > 1 && !device->bus)
			device->bus = (uint8_t)bus++;
	}
	for (size_t i = 0; shown && i < forms->count; i++) {
		const struct shown *device = shown_of(pci, shown, forms->forms[i].function);
		if (is_free(&forms->forms[i]) && device->bus)
			place_form(device, &forms->forms[i]);
	}
}
