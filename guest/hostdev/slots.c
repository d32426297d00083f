/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/hostdev/builder.h"
#include "model/pcie.h"

/*
 * The guest bus of the first slot that passcheck chooses. virt-install gives a q35 guest root ports
 * for buses 1 to 14 and uses the first seven itself.
 */
enum { FIRST_GUEST_BUS = 0x08, LARGEST_GUEST_BUS = 0xff };

static bool is_visible(const struct hostdev_form *form)
{
	return form->written && form->kind == HOSTDEV_KIND_HOSTDEV &&
	       form->place != HOSTDEV_PLACE_UNASSIGNED;
}

/* Returns whether the guest sees both, as functions of one device, and the other has no place yet.
 */
static bool shares_slot(const struct hostdev_form *form, const struct hostdev_form *other)
{
	return is_visible(form) && is_visible(other) && other->place != HOSTDEV_PLACE_SLOT &&
	       pcie_same_device(form->function, other->function);
}

/* Returns the one with the lowest function number of those on form's slot. */
static struct hostdev_form *lowest_on_slot(const struct hostdev_forms *forms,
					   struct hostdev_form *form, size_t *ret_count)
{
	struct hostdev_form *lowest = form;

	*ret_count = 0;
	for (size_t i = 0; i < forms->count; i++) {
		struct hostdev_form *other = &forms->forms[i];
		if (!shares_slot(form, other))
			continue;
		if (other->function->address.function < lowest->function->address.function)
			lowest = other;
		++*ret_count;
	}
	return lowest;
}

/*
 * Puts form and the others of its device on one guest slot, each with its own function number. But
 * function 0 must be there, or the guest looks for no other.
 */
static void fill_slot(const struct hostdev_forms *forms, const struct hostdev_form *form,
		      struct hostdev_form *lowest, unsigned bus)
{
	for (size_t i = 0; i < forms->count; i++) {
		struct hostdev_form *other = &forms->forms[i];
		if (!shares_slot(form, other))
			continue;
		other->place = HOSTDEV_PLACE_SLOT;
		other->guest = (struct pci_address){
			.bus = (uint8_t)bus,
			.function = other == lowest ? 0 : other->function->address.function,
		};
	}
	lowest->multifunction = true;
}

void hostdev_choose_slots(struct hostdev_forms *forms)
{
	unsigned bus = FIRST_GUEST_BUS;

	for (size_t i = 0; i < forms->count && bus <= LARGEST_GUEST_BUS; i++) {
		struct hostdev_form *form = &forms->forms[i], *lowest;
		size_t count;

		if (form->place != HOSTDEV_PLACE_ANY)
			continue;
		lowest = lowest_on_slot(forms, form, &count);
		if (count > 1)
			fill_slot(forms, form, lowest, bus++);
	}
}
