/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

enum kind { NOT_JUDGED, MDEV, NETWORK, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[NOT_JUDGED] =
		{"domain-devices.not-judged",
		 "A domain takes a device of the host that is no PCI function: a USB or SCSI device, "
		 "a vhost-scsi or vDPA device, or one of another kind. passcheck judges PCI "
		 "functions, so it cannot tell whether the host has that device, nor whether it "
		 "can go.",
		 "See by other means that the host has the device, before the guest starts: lsusb, "
		 "lsscsi, vdpa dev show."},
	[MDEV] =
		{"domain-devices.mdev",
		 "A domain uses a mediated device of VFIO, by its UUID. It is made by the driver of "
		 "a function of the host, it is gone after a reboot unless something makes it "
		 "again, and whether it is there was not read. Without it the guest does not "
		 "start.",
		 "See that it is there (ls /sys/bus/mdev/devices), and that something makes it at "
		 "each boot (mdevctl list --defined)."},
	[NETWORK] =
		{"domain-devices.network-not-given",
		 "An interface of a domain is of a libvirt network whose XML was not given. A network "
		 "with <forward mode='hostdev'> hands out VFs of the host, and this host has "
		 "functions with VFs; any other network takes no function of the host.",
		 "Give the XML of the network, too: virsh net-dumpxml NETWORK writes it."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static const char *noun(enum domain_device_kind kind)
{
	switch (kind) {
	case DOMAIN_DEVICE_USB:
		return "a USB device";
	case DOMAIN_DEVICE_SCSI:
		return "a SCSI device";
	case DOMAIN_DEVICE_SCSI_HOST:
		return "a vhost-scsi device";
	case DOMAIN_DEVICE_VDPA:
		return "a vDPA device";
	case DOMAIN_DEVICE_MDEV:
		return "a mediated device";
	default:
		return "a device of another kind";
	}
}

static void show_line(struct finding *finding, const struct domain_other_use *use,
		      struct findings *findings)
{
	const struct fact line = {
		.state = FACT_KNOWN,
		.source = arena_printf(findings->arena, "line %u of its description", use->device->line)};

	finding_evidence(finding, &line, "<%s>", use->device->element);
}

static void report_device(const struct domain_other_use *use, struct findings *findings)
{
	bool is_mdev = use->device->kind == DOMAIN_DEVICE_MDEV;
	struct finding *finding = finding_add(
		findings, &kinds[is_mdev ? MDEV : NOT_JUDGED],
		is_mdev ? FINDING_UNKNOWN : FINDING_WARN, subject_domain(use->domain->name),
		"%s takes %s (line %u), which was not judged", use->domain->name,
		noun(use->device->kind), use->device->line);

	show_line(finding, use, findings);
}

/* Returns the fact by which the host has a function that can have VFs, or may have one; NULL where
 * it has none. */
static const struct fact *possible_vfs(const struct pci *pci)
{
	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (!fact_absent(&function->sriov.totalvfs.fact))
			return &function->sriov.totalvfs.fact;
	}
	return fact_known(&pci->fact) ? NULL : &pci->fact;
}

static void report_network(const struct domain_map *map, const struct domain_other_use *use,
			   struct findings *findings)
{
	const struct fact *vfs = possible_vfs(&map->host->pci);

	if (!vfs)
		return;
	struct finding *finding = finding_add(
		findings, &kinds[NETWORK], FINDING_WARN, subject_domain(use->domain->name),
		"cannot tell whether network %s, of which %s has an interface (line %u), hands out "
		"VFs: its XML was not given",
		use->device->network ? use->device->network : "(none)", use->domain->name,
		use->device->line);
	finding_evidence_state(finding, vfs);
}

static void run(const struct check_context *context)
{
	const struct domain_map *map = context->domains;

	for (size_t i = 0; i < map->other_count; i++) {
		const struct domain_other_use *use = &map->others[i];
		if (use->device->kind == DOMAIN_DEVICE_NETWORK)
			report_network(map, use, context->findings);
		else
			report_device(use, context->findings);
	}
}

const struct check check_domain_devices = {
	.id = "domain-devices",
	.title = "Which devices of the host do domains take that are not judged?",
	.needs = "the XML of domains, and the functions of their host; no privilege",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.judges_domains = true,
	.run = run,
};
