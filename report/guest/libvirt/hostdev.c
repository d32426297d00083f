/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/guest/libvirt/elements.h"

static void write_source(struct xml *xml, const struct hostdev_form *form)
{
	xml_start(xml, "source");
	xml_start(xml, "address");
	/* libvirt's schema wants the type here in an interface, and not in a hostdev. */
	if (form->kind == HOSTDEV_KIND_INTERFACE)
		xml_attribute(xml, "type", "pci");
	xml_address_attributes(xml, &form->function->address);
	xml_end(xml);
	xml_end(xml);
}

void xml_mac(struct xml *xml, const char *mac)
{
	xml_start(xml, "mac");
	xml_attribute(xml, "address", mac);
	xml_end(xml);
}

void xml_teaming(struct xml *xml, const char *persistent)
{
	xml_start(xml, "teaming");
	xml_attribute(xml, "type", "transient");
	xml_attribute(xml, "persistent", persistent);
	xml_end(xml);
}

static void write_vlan(struct xml *xml, unsigned vlan)
{
	xml_start(xml, "vlan");
	xml_start(xml, "tag");
	xml_attribute_format(xml, "id", "%u", vlan);
	xml_end(xml);
	xml_end(xml);
}

static void write_alias(struct xml *xml, struct arena *arena, const struct hostdev_form *form)
{
	xml_start(xml, "alias");
	xml_attribute(xml, "name", hostdev_alias(arena, &form->function->address));
	xml_end(xml);
}

static void write_place(struct xml *xml, const struct hostdev_form *form)
{
	bool unassigned = form->place == HOSTDEV_PLACE_UNASSIGNED;

	if (form->place == HOSTDEV_PLACE_ANY)
		return;
	xml_start(xml, "address");
	xml_attribute(xml, "type", unassigned ? "unassigned" : "pci");
	if (!unassigned)
		xml_address_attributes(xml, &form->guest);
	if (form->multifunction)
		xml_attribute(xml, "multifunction", "on");
	xml_end(xml);
}

static void write_interface_members(struct xml *xml, const struct hostdev_form *form,
				    const struct hostdev_options *options)
{
	if (form->mac)
		xml_mac(xml, form->mac);
	if (options->teaming)
		xml_teaming(xml, options->teaming);
	if (form->vlan)
		write_vlan(xml, form->vlan);
}

/* libvirt 12.1 and newer. */
static void write_driver(struct xml *xml, const struct hostdev_form *form)
{
	if (!form->needs_iommufd)
		return;
	xml_start(xml, "driver");
	xml_attribute(xml, "iommufd", "yes");
	xml_end(xml);
}

static void start_device(struct xml *xml, const struct hostdev_form *form)
{
	if (form->kind == HOSTDEV_KIND_INTERFACE) {
		xml_start(xml, "interface");
		xml_attribute(xml, "type", "hostdev");
		return;
	}
	xml_start(xml, "hostdev");
	xml_attribute(xml, "mode", "subsystem");
	xml_attribute(xml, "type", "pci");
}

void xml_hostdev(struct xml *xml, struct arena *arena, const struct hostdev_form *form,
		 const struct hostdev_options *options)
{
	start_device(xml, form);
	xml_attribute(xml, "managed", form->keeps_driver ? "no" : "yes");
	write_driver(xml, form);
	write_source(xml, form);
	if (form->kind == HOSTDEV_KIND_INTERFACE)
		write_interface_members(xml, form, options);
	write_alias(xml, arena, form);
	write_place(xml, form);
	xml_end(xml);
}
