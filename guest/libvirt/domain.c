/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/domain.h"

#include <stdlib.h>
#include <string.h>

#include "guest/libvirt/qemu_properties.h"
#include "host/base/affix.h"
#include "host/base/array.h"

bool domain_device_is_foreign(const struct domain_device *device)
{
	switch (device->kind) {
	case DOMAIN_DEVICE_MDEV:
	case DOMAIN_DEVICE_USB:
	case DOMAIN_DEVICE_SCSI:
	case DOMAIN_DEVICE_SCSI_HOST:
	case DOMAIN_DEVICE_VDPA:
	case DOMAIN_DEVICE_FILE:
	case DOMAIN_DEVICE_VARIABLE:
	case DOMAIN_DEVICE_FOREIGN:
		return true;
	default:
		return false;
	}
}

struct domain_device domain_device_of_argument(const struct qemu_device *argument,
					       const char *element, unsigned line)
{
	static const enum domain_device_kind kinds[] = {
		[QEMU_DEVICE_EMULATED] = DOMAIN_DEVICE_OTHER,
		[QEMU_DEVICE_FUNCTION] = DOMAIN_DEVICE_ARGUMENT,
		[QEMU_DEVICE_NVME] = DOMAIN_DEVICE_NVME,
		[QEMU_DEVICE_MDEV] = DOMAIN_DEVICE_MDEV,
		[QEMU_DEVICE_USB] = DOMAIN_DEVICE_USB,
		[QEMU_DEVICE_SCSI_HOST] = DOMAIN_DEVICE_SCSI_HOST,
		[QEMU_DEVICE_VDPA] = DOMAIN_DEVICE_VDPA,
		[QEMU_DEVICE_FILE] = DOMAIN_DEVICE_FILE,
		[QEMU_DEVICE_OTHER] = DOMAIN_DEVICE_FOREIGN,
	};
	ASSERT_COVERS(kinds, QEMU_DEVICE_KIND_COUNT);

	return (struct domain_device){
		.kind = kinds[argument->kind],
		.element = element,
		.line = line,
		.has_source = argument->kind == QEMU_DEVICE_FUNCTION ||
			      argument->kind == QEMU_DEVICE_NVME,
		.source = argument->function,
		.mdev = argument->mdev,
		.malformed = argument->malformed,
		.iommufd = argument->iommufd,
		.has_rom = argument->has_rom,
		.on_pcie_root = argument->bus && strcmp(argument->bus, "pcie.0") == 0,
		.rom_bar_off = argument->rom_bar_off,
		.wants_vga = argument->x_vga,
	};
}

void domain_note_opregion(struct domain *domain, const char *value)
{
	const char *at = strstr(value, DOMAIN_OPREGION);

	if (!at)
		return;
	at += strlen(DOMAIN_OPREGION);
	at += strspn(at, "\"=: ");
	domain->opregion =
		begins_with(at, "on") || begins_with(at, "true") ? DOMAIN_ON : DOMAIN_OFF;
}

bool domain_is_q35(const struct domain *domain)
{
	return domain->machine && strstr(domain->machine, "q35");
}

void domain_note_bar_window(struct domain *domain, const char *name, const char *text)
{
	enum { MIB_SHIFT = 20, LARGEST_MIB = 0x1000000 };
	unsigned long long megabytes = strtoull(text, NULL, 0);

	if (strcmp(name, "opt/ovmf/X-PciMmio64Mb") == 0 && megabytes <= LARGEST_MIB)
		domain->bar_window = (uint64_t)megabytes << MIB_SHIFT;
}

void domain_note_fw_cfg(struct domain *domain, struct arena *arena, const char *value)
{
	struct qemu_properties properties;

	qemu_properties_open(arena, value, "name", &properties);
	const char *name = qemu_property(&properties, "name");
	const char *text = qemu_property(&properties, "string");
	if (name && text)
		domain_note_bar_window(domain, name, text);
	qemu_properties_close(&properties);
}

/* An arm-smmuv3 is for the devices of one root bus. */
static const struct {
	const char *driver;
	enum domain_iommu iommu;
} iommus[] = {
	{"intel-iommu", DOMAIN_IOMMU_INTEL},
	{"amd-iommu", DOMAIN_IOMMU_AMD},
	{"virtio-iommu-pci", DOMAIN_IOMMU_OTHER},
	{"arm-smmuv3", DOMAIN_IOMMU_OTHER},
};

bool domain_note_iommu(struct domain *domain, const struct qemu_device *argument)
{
	for (size_t i = 0; argument->driver && i < ARRAY_LENGTH(iommus); i++) {
		if (strcmp(argument->driver, iommus[i].driver) != 0)
			continue;
		domain->iommu = iommus[i].iommu;
		domain->iommu_follows |= argument->follows;
		domain->iommu_after = domain->device_count;
		if (argument->address_bits)
			domain->iommu_bits = argument->address_bits;
		return true;
	}
	return false;
}

void domain_note_iommu_property(struct domain *domain, const char *name, const char *value)
{
	domain->iommu_follows |= qemu_property_follows(name) && qemu_is_on(value);
	if (value && strcmp(name, "aw-bits") == 0)
		domain->iommu_bits = qemu_address_bits(value);
}

const char *domain_port_excess(const struct domain_port *interface,
			       const struct domain_port *network, struct arena *arena)
{
	static const char by_switch[] = "802.1Qbh";
	const struct domain_port none = {0};

	network = network ? network : &none;
	const struct domain_port *vlan = interface->vlan_tags ? interface : network;
	const char *type = interface->type ? interface->type : network->type;

	if (type && strcmp(type, by_switch) != 0)
		return arena_printf(arena, "a virtual port of type %s", type);
	if (type && vlan->vlan_tags)
		return arena_printf(arena, "a VLAN beside a virtual port of type %s", type);
	return vlan->vlan_tags > 1 || (vlan->vlan_tags && vlan->vlan_trunk) ? "a VLAN trunk" : NULL;
}

const char *domain_device_word(struct arena *arena, const struct domain *domain,
			       const struct domain_device *device)
{
	return arena_printf(arena, domain->other_stack ? "%s" : "<%s>", device->element);
}
