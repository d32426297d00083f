/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/guest/libvirt/elements.h"

static int write_source(xmlTextWriterPtr writer, const struct hostdev_form *form)
{
	if (xml_start(writer, "source") < 0 || xml_start(writer, "address") < 0)
		return -1;
	/* libvirt's schema wants the type here in an interface, and not in a hostdev. */
	if (form->kind == HOSTDEV_KIND_INTERFACE && xml_attribute(writer, "type", "pci") < 0)
		return -1;
	if (xml_address_attributes(writer, &form->function->address) < 0 || xml_end(writer) < 0)
		return -1;
	return xml_end(writer);
}

int xml_mac(xmlTextWriterPtr writer, const char *mac)
{
	if (xml_start(writer, "mac") < 0 || xml_attribute(writer, "address", mac) < 0)
		return -1;
	return xml_end(writer);
}

int xml_teaming(xmlTextWriterPtr writer, const char *persistent)
{
	if (xml_start(writer, "teaming") < 0 || xml_attribute(writer, "type", "transient") < 0 ||
	    xml_attribute(writer, "persistent", persistent) < 0)
		return -1;
	return xml_end(writer);
}

static int write_vlan(xmlTextWriterPtr writer, struct arena *arena, unsigned vlan)
{
	if (xml_start(writer, "vlan") < 0 || xml_start(writer, "tag") < 0 ||
	    xml_attribute(writer, "id", arena_printf(arena, "%u", vlan)) < 0 || xml_end(writer) < 0)
		return -1;
	return xml_end(writer);
}

static int write_alias(xmlTextWriterPtr writer, struct arena *arena,
		       const struct hostdev_form *form)
{
	const char *name = hostdev_alias(arena, &form->function->address);

	if (xml_start(writer, "alias") < 0 || xml_attribute(writer, "name", name) < 0)
		return -1;
	return xml_end(writer);
}

static int write_place(xmlTextWriterPtr writer, const struct hostdev_form *form)
{
	bool unassigned = form->place == HOSTDEV_PLACE_UNASSIGNED;

	if (form->place == HOSTDEV_PLACE_ANY)
		return 0;
	if (xml_start(writer, "address") < 0 ||
	    xml_attribute(writer, "type", unassigned ? "unassigned" : "pci") < 0)
		return -1;
	if (!unassigned && xml_address_attributes(writer, &form->guest) < 0)
		return -1;
	if (form->multifunction && xml_attribute(writer, "multifunction", "on") < 0)
		return -1;
	return xml_end(writer);
}

static int write_interface_members(xmlTextWriterPtr writer, struct arena *arena,
				   const struct hostdev_form *form,
				   const struct hostdev_options *options)
{
	if (form->mac && xml_mac(writer, form->mac) < 0)
		return -1;
	if (options->teaming && xml_teaming(writer, options->teaming) < 0)
		return -1;
	return form->vlan ? write_vlan(writer, arena, form->vlan) : 0;
}

/* libvirt 12.1 and newer. */
static int write_driver(xmlTextWriterPtr writer, const struct hostdev_form *form)
{
	if (!form->needs_iommufd)
		return 0;
	if (xml_start(writer, "driver") < 0 || xml_attribute(writer, "iommufd", "yes") < 0)
		return -1;
	return xml_end(writer);
}

static int start_device(xmlTextWriterPtr writer, const struct hostdev_form *form)
{
	if (form->kind == HOSTDEV_KIND_INTERFACE)
		return xml_start(writer, "interface") < 0 ||
				       xml_attribute(writer, "type", "hostdev") < 0
			       ? -1
			       : 0;
	return xml_start(writer, "hostdev") < 0 || xml_attribute(writer, "mode", "subsystem") < 0 ||
			       xml_attribute(writer, "type", "pci") < 0
		       ? -1
		       : 0;
}

int xml_hostdev(xmlTextWriterPtr writer, struct arena *arena, const struct hostdev_form *form,
		const struct hostdev_options *options)
{
	if (start_device(writer, form) < 0 ||
	    xml_attribute(writer, "managed", form->keeps_driver ? "no" : "yes") < 0 ||
	    write_driver(writer, form) < 0 || write_source(writer, form) < 0)
		return -1;
	if (form->kind == HOSTDEV_KIND_INTERFACE &&
	    write_interface_members(writer, arena, form, options) < 0)
		return -1;
	if (write_alias(writer, arena, form) < 0 || write_place(writer, form) < 0)
		return -1;
	return xml_end(writer);
}
