/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/guest/libvirt/elements.h"

#include <string.h>

/* libvirt names a SCSI host scsi_hostN, the kernel hostN. */
static void write_adapter(struct xml *xml, const struct hostdev_form *form,
			  const struct hostdev_options *options)
{
	xml_start(xml, "adapter");
	xml_attribute(xml, "type", "fc_host");
	xml_attribute_format(xml, "parent", "scsi_%s", form->fc_host->name);
	xml_attribute(xml, "managed", "yes");
	xml_attribute(xml, "wwnn", options->wwnn);
	xml_attribute(xml, "wwpn", options->wwpn);
	xml_end(xml);
}

void xml_vport_pool(struct xml *xml, const struct hostdev_form *form,
		    const struct hostdev_options *options)
{
	xml_start(xml, "pool");
	xml_attribute(xml, "type", "scsi");
	xml_text_element_format(xml, "name", "vport-%s", options->wwpn);
	xml_start(xml, "source");
	write_adapter(xml, form, options);
	xml_end(xml);
	xml_start(xml, "target");
	xml_text_element(xml, "path", "/dev/disk/by-path");
	xml_end(xml);
	xml_end(xml);
}

static void write_fc_capability(struct xml *xml, const struct hostdev_options *options)
{
	xml_start(xml, "capability");
	xml_attribute(xml, "type", "fc_host");
	xml_text_element(xml, "wwnn", options->wwnn);
	xml_text_element(xml, "wwpn", options->wwpn);
	xml_end(xml);
}

/* libvirt's schema wants a name and a host number, which nodedev-create then chooses itself. */
void xml_vport_device(struct xml *xml, const struct hostdev_form *form,
		      const struct hostdev_options *options)
{
	const char *number = form->fc_host->name + strcspn(form->fc_host->name, "0123456789");

	xml_start(xml, "device");
	xml_text_element_format(xml, "name", "vport_%s", options->wwpn);
	xml_text_element_format(xml, "parent", "scsi_%s", form->fc_host->name);
	xml_start(xml, "capability");
	xml_attribute(xml, "type", "scsi_host");
	xml_text_element(xml, "host", number);
	write_fc_capability(xml, options);
	xml_end(xml);
	xml_end(xml);
}
