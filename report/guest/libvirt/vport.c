/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/guest/libvirt/elements.h"

#include <string.h>

/* libvirt names a SCSI host scsi_hostN, the kernel hostN. */
static int write_parent_attribute(xmlTextWriterPtr writer, const struct hostdev_form *form)
{
	return xmlTextWriterWriteFormatAttribute(writer, (const xmlChar *)"parent", "scsi_%s",
						 form->fc_host->name);
}

static int write_adapter(xmlTextWriterPtr writer, const struct hostdev_form *form,
			 const struct hostdev_options *options)
{
	if (xml_start(writer, "adapter") < 0 || xml_attribute(writer, "type", "fc_host") < 0 ||
	    write_parent_attribute(writer, form) < 0 ||
	    xml_attribute(writer, "managed", "yes") < 0 ||
	    xml_attribute(writer, "wwnn", options->wwnn) < 0 ||
	    xml_attribute(writer, "wwpn", options->wwpn) < 0)
		return -1;
	return xml_end(writer);
}

int xml_vport_pool(xmlTextWriterPtr writer, const struct hostdev_form *form,
		   const struct hostdev_options *options)
{
	if (xml_start(writer, "pool") < 0 || xml_attribute(writer, "type", "scsi") < 0 ||
	    xmlTextWriterWriteFormatElement(writer, (const xmlChar *)"name", "vport-%s",
					    options->wwpn) < 0 ||
	    xml_start(writer, "source") < 0 || write_adapter(writer, form, options) < 0 ||
	    xml_end(writer) < 0 || xml_start(writer, "target") < 0 ||
	    xml_text_element(writer, "path", "/dev/disk/by-path") < 0 || xml_end(writer) < 0)
		return -1;
	return xml_end(writer);
}

static int write_fc_capability(xmlTextWriterPtr writer, const struct hostdev_options *options)
{
	if (xml_start(writer, "capability") < 0 || xml_attribute(writer, "type", "fc_host") < 0 ||
	    xml_text_element(writer, "wwnn", options->wwnn) < 0 ||
	    xml_text_element(writer, "wwpn", options->wwpn) < 0)
		return -1;
	return xml_end(writer);
}

/* libvirt's schema wants a name and a host number, which nodedev-create then chooses itself. */
int xml_vport_device(xmlTextWriterPtr writer, const struct hostdev_form *form,
		     const struct hostdev_options *options)
{
	const char *number = form->fc_host->name + strcspn(form->fc_host->name, "0123456789");

	if (xml_start(writer, "device") < 0 ||
	    xmlTextWriterWriteFormatElement(writer, (const xmlChar *)"name", "vport_%s",
					    options->wwpn) < 0 ||
	    xmlTextWriterWriteFormatElement(writer, (const xmlChar *)"parent", "scsi_%s",
					    form->fc_host->name) < 0 ||
	    xml_start(writer, "capability") < 0 || xml_attribute(writer, "type", "scsi_host") < 0 ||
	    xml_text_element(writer, "host", number) < 0 ||
	    write_fc_capability(writer, options) < 0 || xml_end(writer) < 0)
		return -1;
	return xml_end(writer);
}
