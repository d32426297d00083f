/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "report/guest/libvirt/elements.h"

/* As libvirt names it: by UUID and parent, and what of them is neither letter nor digit is "_". */
static const char *node_name(struct arena *arena, const struct hostdev_form *form, const char *uuid)
{
	char *name = arena_printf(arena, "mdev_%s_%s", uuid, form->function->name);

	for (size_t i = 0; name && name[i]; i++) {
		if (strchr("-:.", name[i]))
			name[i] = '_';
	}
	return name;
}

int xml_mdev_device(xmlTextWriterPtr writer, struct arena *arena, const struct hostdev_form *form,
		    const struct hostdev_options *options)
{
	if (xml_start(writer, "device") < 0 ||
	    xml_text_element(writer, "name", node_name(arena, form, options->mdev_uuid)) < 0 ||
	    xml_text_element(writer, "parent",
			     hostdev_nodedev_name(arena, &form->function->address)) < 0 ||
	    xml_start(writer, "capability") < 0 || xml_attribute(writer, "type", "mdev") < 0 ||
	    xml_start(writer, "type") < 0 || xml_attribute(writer, "id", options->mdev_type) < 0 ||
	    xml_end(writer) < 0 || xml_text_element(writer, "uuid", options->mdev_uuid) < 0 ||
	    xml_end(writer) < 0)
		return -1;
	return xml_end(writer);
}

int xml_mdev_hostdev(xmlTextWriterPtr writer, const struct hostdev_options *options)
{
	if (xml_start(writer, "hostdev") < 0 || xml_attribute(writer, "mode", "subsystem") < 0 ||
	    xml_attribute(writer, "type", "mdev") < 0 ||
	    xml_attribute(writer, "model", "vfio-pci") < 0 || xml_start(writer, "source") < 0 ||
	    xml_start(writer, "address") < 0 ||
	    xml_attribute(writer, "uuid", options->mdev_uuid) < 0 || xml_end(writer) < 0 ||
	    xml_end(writer) < 0)
		return -1;
	return xml_end(writer);
}
