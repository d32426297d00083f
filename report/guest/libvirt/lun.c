/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "report/guest/libvirt/elements.h"

static int write_number(xmlTextWriterPtr writer, const char *name, uint64_t number)
{
	return xmlTextWriterWriteFormatAttribute(writer, (const xmlChar *)name, "%" PRIu64, number);
}

/* libvirt names a SCSI host scsi_hostN, the kernel hostN. */
static int write_hostdev(xmlTextWriterPtr writer, const struct hostdev_form *form)
{
	const struct fc_lun *lun = form->lun;

	if (xml_start(writer, "hostdev") < 0 || xml_attribute(writer, "mode", "subsystem") < 0 ||
	    xml_attribute(writer, "type", "scsi") < 0 || xml_start(writer, "source") < 0 ||
	    xml_start(writer, "adapter") < 0 ||
	    xmlTextWriterWriteFormatAttribute(writer, (const xmlChar *)"name", "scsi_%s",
					      form->fc_host->name) < 0 ||
	    xml_end(writer) < 0 || xml_start(writer, "address") < 0 ||
	    write_number(writer, "bus", lun->bus) < 0 ||
	    write_number(writer, "target", lun->target) < 0 ||
	    write_number(writer, "unit", lun->unit) < 0 || xml_end(writer) < 0 ||
	    xml_end(writer) < 0)
		return -1;
	return xml_end(writer);
}

/* The pool is the one of xml_vport_pool(); libvirt names its volumes by where the unit is. */
static int write_volume(xmlTextWriterPtr writer, const struct hostdev_form *form,
			const struct hostdev_options *options)
{
	const struct fc_lun *lun = form->lun;

	if (xmlTextWriterWriteFormatAttribute(writer, (const xmlChar *)"pool", "vport-%s",
					      options->wwpn) < 0)
		return -1;
	return xmlTextWriterWriteFormatAttribute(writer, (const xmlChar *)"volume",
						 "unit:%u:%u:%" PRIu64, lun->bus, lun->target,
						 lun->unit);
}

/* sda, …, sdz, sdaa, …, as the guest's names are spelled in XML. */
static const char *target_name(struct arena *arena, unsigned index)
{
	const char *letters = "";

	for (unsigned rest = index + 1; rest; rest = (rest - 1) / 26)
		letters = arena_printf(arena, "%c%s", 'a' + (int)((rest - 1) % 26), letters);
	return arena_printf(arena, "sd%s", letters);
}

static int write_target(xmlTextWriterPtr writer, struct arena *arena, unsigned index)
{
	if (xml_start(writer, "target") < 0 ||
	    xml_attribute(writer, "dev", target_name(arena, index)) < 0 ||
	    xml_attribute(writer, "bus", "scsi") < 0)
		return -1;
	return xml_end(writer);
}

static int write_driver(xmlTextWriterPtr writer)
{
	if (xml_start(writer, "driver") < 0 || xml_attribute(writer, "name", "qemu") < 0 ||
	    xml_attribute(writer, "type", "raw") < 0)
		return -1;
	return xml_end(writer);
}

static int write_disk(xmlTextWriterPtr writer, struct arena *arena, const struct hostdev_form *form,
		      const struct hostdev_options *options)
{
	bool volume = form->kind == HOSTDEV_KIND_LUN_VOLUME;

	if (xml_start(writer, "disk") < 0 ||
	    xml_attribute(writer, "type", volume ? "volume" : "block") < 0 ||
	    xml_attribute(writer, "device", "lun") < 0 || write_driver(writer) < 0 ||
	    xml_start(writer, "source") < 0)
		return -1;
	if (volume ? write_volume(writer, form, options) < 0
		   : xml_attribute(writer, "dev", hostdev_lun_device(arena, form->lun)) < 0)
		return -1;
	if (xml_end(writer) < 0 || write_target(writer, arena, form->disk) < 0)
		return -1;
	return xml_end(writer);
}

int xml_lun(xmlTextWriterPtr writer, struct arena *arena, const struct hostdev_form *form,
	    const struct hostdev_options *options)
{
	if (form->kind == HOSTDEV_KIND_LUN_HOSTDEV)
		return write_hostdev(writer, form);
	return write_disk(writer, arena, form, options);
}
