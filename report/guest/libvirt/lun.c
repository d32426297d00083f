/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "report/guest/libvirt/elements.h"

/* libvirt names a SCSI host scsi_hostN, the kernel hostN. */
static void write_hostdev(struct xml *xml, const struct hostdev_form *form)
{
	const struct fc_lun *lun = form->lun;

	xml_start(xml, "hostdev");
	xml_attribute(xml, "mode", "subsystem");
	xml_attribute(xml, "type", "scsi");
	xml_start(xml, "source");
	xml_start(xml, "adapter");
	xml_attribute_format(xml, "name", "scsi_%s", form->fc_host->name);
	xml_end(xml);
	xml_start(xml, "address");
	xml_attribute_format(xml, "bus", "%u", lun->bus);
	xml_attribute_format(xml, "target", "%u", lun->target);
	xml_attribute_format(xml, "unit", "%" PRIu64, lun->unit);
	xml_end(xml);
	xml_end(xml);
	xml_end(xml);
}

/* The pool is the one of xml_vport_pool(); libvirt names its volumes by where the unit is. */
static void write_volume(struct xml *xml, const struct hostdev_form *form,
			 const struct hostdev_options *options)
{
	const struct fc_lun *lun = form->lun;

	xml_attribute_format(xml, "pool", "vport-%s", options->wwpn);
	xml_attribute_format(xml, "volume", "unit:%u:%u:%" PRIu64, lun->bus, lun->target,
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

static void write_target(struct xml *xml, struct arena *arena, unsigned index)
{
	xml_start(xml, "target");
	xml_attribute(xml, "dev", target_name(arena, index));
	xml_attribute(xml, "bus", "scsi");
	xml_end(xml);
}

static void write_driver(struct xml *xml)
{
	xml_start(xml, "driver");
	xml_attribute(xml, "name", "qemu");
	xml_attribute(xml, "type", "raw");
	xml_end(xml);
}

static void write_disk(struct xml *xml, struct arena *arena, const struct hostdev_form *form,
		       const struct hostdev_options *options)
{
	bool volume = form->kind == HOSTDEV_KIND_LUN_VOLUME;

	xml_start(xml, "disk");
	xml_attribute(xml, "type", volume ? "volume" : "block");
	xml_attribute(xml, "device", "lun");
	write_driver(xml);
	xml_start(xml, "source");
	if (volume)
		write_volume(xml, form, options);
	else
		xml_attribute(xml, "dev", hostdev_lun_device(arena, form->lun));
	xml_end(xml);
	write_target(xml, arena, form->disk);
	xml_end(xml);
}

void xml_lun(struct xml *xml, struct arena *arena, const struct hostdev_form *form,
	     const struct hostdev_options *options)
{
	if (form->kind == HOSTDEV_KIND_LUN_HOSTDEV)
		write_hostdev(xml, form);
	else
		write_disk(xml, arena, form, options);
}
