/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/domain_line.h"
#include "guest/proxmox/proxmox_mdev.h"
#include "model/own_commands.h"

#include <inttypes.h>
#include <string.h>

enum kind {
	NOT_JUDGED,
	NOT_NAMED,
	MALFORMED,
	MDEV,
	MDEV_PRESENT,
	MDEV_MISSING,
	MDEV_TYPE,
	MDEV_TYPE_OFFERED,
	NETWORK,
	POOL,
	NONE_LEFT,
	STALE,
	REFUSED,
	KIND_COUNT
};

#define FIX_MAKE_MDEV                                                                              \
	"Make sure that it is there (ls /sys/bus/mdev/devices), and that something makes it at "   \
	"each boot (mdevctl list --defined)."

static const struct finding_kind kinds[] = {
	[NOT_JUDGED] =
		{"domain-devices.not-judged",
		 "A domain takes a device of the host that is no PCI function: a USB or SCSI "
		 "device, a vhost-scsi or vDPA device, or one of another kind. passcheck judges "
		 "PCI functions, so it cannot tell whether the host has that device, nor whether a "
		 "guest can have it.",
		 "See by other means that the host has the device, before the guest starts: lsusb, "
		 "lsscsi, vdpa dev show."},
	[NOT_NAMED] =
		{"domain-devices.not-named",
		 "A guest takes a device of the host that its description does not name by an "
		 "address: a variable of the shell or another file holds it, or the stack chooses "
		 "one by ids, a network or a claim when the guest starts. passcheck cannot tell "
		 "which function that will be, nor whether a guest can have it.",
		 "Give what names the function. A script: the command as it runs (ps -ww -eo "
		 "args=). QEMU's -readconfig: that file. Incus: incus config show NAME --expanded "
		 "of the guest while it runs."},
	[MALFORMED] =
		{"domain-devices.address-malformed",
		 "QEMU is given something as a function of the host that is no address, and "
		 "refuses to start (\"Property 'vfio-pci.host' doesn't take value\"). An address "
		 "is DDDD:BB:DD.F, or BB:DD.F: the function stands behind a point.",
		 "Write the address as lspci -D shows it."},
	[MDEV] = {"domain-devices.mdev",
		  "A domain uses a mediated device of VFIO, by its UUID. It is made by the driver "
		  "of a function of the host, and is gone after a reboot unless something makes it "
		  "again. passcheck could not read whether it is there. Without it the guest does "
		  "not start.",
		  FIX_MAKE_MDEV},
	[MDEV_PRESENT] =
		{"domain-devices.mdev-present",
		 "A domain uses a mediated device of VFIO, by its UUID, and the host has it. It is "
		 "gone after a reboot unless something makes it again (mdevctl list --defined).",
		 NULL},
	[MDEV_MISSING] =
		{"domain-devices.mdev-missing",
		 "A domain uses a mediated device of VFIO, by its UUID, and the host has none of "
		 "that UUID now: the guest does not start (\"device not found\"). Mediated devices "
		 "are gone after a reboot unless something makes them again.",
		 FIX_MAKE_MDEV " mdevctl start --uuid UUID makes one that is defined."},
	[MDEV_TYPE] =
		{"domain-devices.mdev-type",
		 "A guest takes a mediated device that its stack makes when the guest starts, and "
		 "the function does not give one of that type now: it offers none, or others, or "
		 "those that are there take what it has. What one function gives is of one type "
		 "at a time with many drivers. The guest does not start (\"has no type\", \"has "
		 "no available instances\").",
		 "Look at what the function offers: "
		 "/sys/class/mdev_bus/FUNCTION/mdev_supported_types, of a VF of NVIDIA's "
		 "/sys/bus/pci/devices/FUNCTION/nvidia/creatable_vgpu_types. Where neither is "
		 "there, its driver offers no mediated devices: load the one that does, with the "
		 "parameter that it wants (i915.enable_gvt=1, NVIDIA's vGPU software)."},
	[MDEV_TYPE_OFFERED] = {"domain-devices.mdev-offered",
			       "A guest takes a mediated device that its stack makes when the "
			       "guest starts, and the function offers one of that type now.",
			       NULL},
	[NETWORK] =
		{"domain-devices.network-not-given",
		 "An interface of a domain is of a libvirt network whose XML was not given. A network "
		 "with <forward mode='hostdev'> hands out VFs of the host, and this host has "
		 "functions with VFs; any other network takes no function of the host.",
		 "Give the XML of the network, too: virsh net-dumpxml NETWORK writes it."},
	[POOL] =
		{"domain-devices.mapping-not-given",
		 "A guest takes a device by a name: of a PCI resource mapping of Proxmox VE, or of a "
		 "resource of KubeVirt's permittedHostDevices. What stands behind that name was "
		 "not given, so the functions were not judged.",
		 "Give it, too: /etc/pve/mapping/pci.cfg, or the KubeVirt object (kubectl get "
		 "kubevirt -A -o yaml)."},
	[NONE_LEFT] =
		{"domain-devices.none-left",
		 "A guest takes a device by the name of a mapping or resource, and this host has "
		 "none for it, or other guests that were given have them all. KubeVirt gives one "
		 "device of each IOMMU group.",
		 "Give the guest another name, add functions to the mapping, or run the guest on "
		 "another host."},
	[STALE] = {"domain-devices.mapping-stale",
		   "A PCI resource mapping of Proxmox VE names an address, and beside it ids or an "
		   "IOMMU group that the function there does not have now, or it leaves them out. "
		   "Proxmox VE compares them, of each line that the mapping has for its node, and "
		   "does not start the guest. Addresses and groups change when cards are moved, "
		   "and with settings and versions of the firmware.",
		   "Correct the mapping (Datacenter, Resource Mappings), after looking that the "
		   "address is of the device that is meant; " OWN_PROXMOX " writes the "
		   "values of today."},
	[REFUSED] =
		{"domain-devices.line-refused",
		 "A line hostpciN of a guest is not as Proxmox VE (to 9.2) wants it. Proxmox VE warns "
		 "(\"unable to parse value of 'hostpci0'\"), leaves the line out, and starts the "
		 "guest without the function.",
		 "Correct the line. qm set VMID --hostpciN VALUE refuses what is wrong, and says "
		 "why. What QEMU alone knows goes into args: -set device.hostpciN.NAME=VALUE."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static bool is_hostdev(const struct domain_device *device)
{
	return strcmp(device->element, "hostdev") == 0;
}

/* What may be a PCI function. */
static bool may_be_function(const struct domain_device *device)
{
	switch (device->kind) {
	case DOMAIN_DEVICE_FILE:
	case DOMAIN_DEVICE_VARIABLE:
		return true;
	case DOMAIN_DEVICE_FOREIGN:
		return !is_hostdev(device);
	default:
		return false;
	}
}

static const char *noun(const struct domain_other_use *use)
{
	switch (use->device->kind) {
	case DOMAIN_DEVICE_USB:
		return "a USB device";
	case DOMAIN_DEVICE_SCSI:
		return "a SCSI device";
	case DOMAIN_DEVICE_SCSI_HOST:
		return "a vhost-scsi device";
	case DOMAIN_DEVICE_VDPA:
		return "a vDPA device";
	case DOMAIN_DEVICE_FILE:
		return "what another file describes";
	case DOMAIN_DEVICE_VARIABLE:
		return "what a variable of the shell holds";
	default:
		return is_hostdev(use->device) ? "a device of another kind"
					       : "a device that is not named by its address";
	}
}

static void show_line(struct finding *finding, const struct domain_other_use *use,
		      struct findings *findings)
{
	const struct fact line = domain_line(use->device, findings->arena);

	finding_evidence(finding, &line, "%s",
			 domain_device_word(findings->arena, use->domain, use->device));
}

static void report_device(const struct domain_other_use *use, struct findings *findings)
{
	bool unknown = may_be_function(use->device);
	struct finding *finding = finding_add(findings, &kinds[unknown ? NOT_NAMED : NOT_JUDGED],
					      unknown ? FINDING_UNKNOWN : FINDING_WARN,
					      subject_domain(use->domain->name),
					      "%s takes %s (line %u), which was not judged",
					      use->domain->name, noun(use), use->device->line);

	show_line(finding, use, findings);
}

static void report_malformed(const struct domain_other_use *use, struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[MALFORMED], FINDING_FAIL, subject_domain(use->domain->name),
		"%s does not start: host=%s (line %u) is no address", use->domain->name,
		use->device->malformed, use->device->line);

	show_line(finding, use, findings);
}

static void report_unknown_mdev(const struct domain_other_use *use, const struct mdevs *mdevs,
				struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[MDEV], FINDING_UNKNOWN, subject_domain(use->domain->name),
		"%s takes a mediated device (line %u), which was not judged", use->domain->name,
		use->device->line);

	show_line(finding, use, findings);
	if (use->device->mdev)
		finding_evidence_state(finding, &mdevs->fact);
	if (use->device->mdev_type)
		finding_remedy(finding,
			       "Look whether the function offers that type: "
			       "/sys/class/mdev_bus/FUNCTION/mdev_supported_types, of a VF of "
			       "NVIDIA's its nvidia/creatable_vgpu_types. The device itself is "
			       "made when the guest starts");
}

/* Returns the folder above that of a mediated device by its last name: the function's address. */
static const char *parent_of(const struct mdev *mdev, struct arena *arena)
{
	const char *end = strrchr(mdev->path, '/'), *start = end;

	if (!end || strcmp(end + 1, mdev->uuid) != 0)
		return NULL;
	while (start > mdev->path && start[-1] != '/')
		start--;
	return arena_copy(arena, start, (size_t)(end - start));
}

static void report_present(const struct domain_map *map, const struct domain_other_use *use,
			   const struct mdev *mdev, struct findings *findings)
{
	const char *parent = parent_of(mdev, findings->arena);
	const struct pci_function *function =
		parent ? pci_find_name(&map->host->pci, parent) : NULL;
	struct finding *finding = finding_add(
		findings, &kinds[MDEV_PRESENT], FINDING_PASS, subject_domain(use->domain->name),
		"%s takes mediated device %s (line %u), which the host has%s%s", use->domain->name,
		mdev->uuid, use->device->line, function ? " of " : "",
		function ? function->name : "");

	finding_evidence(finding, &map->host->mdevs.fact, "%s", mdev->path);
}

struct offer_text {
	enum finding_verdict verdict;
	const char *says;
};

/* A guest that runs has one itself, so it may be well that none is left. */
static const struct offer_text offer_texts[] = {
	[MDEV_OFFERED] = {FINDING_PASS, "offers it now"},
	[MDEV_NONE_LEFT] = {FINDING_WARN, "has none left now"},
	[MDEV_NOT_OF_TYPE] = {FINDING_FAIL, "does not offer it now"},
	[MDEV_NONE] = {FINDING_FAIL, "offers no mediated devices now"},
};

ASSERT_COVERS(offer_texts, MDEV_UNREAD);

/* Returns the first that a vGPU profile does not take away, or NULL. */
static const struct blocker *beside_profile(const struct blocker *blocker)
{
	while (blocker && blocker->kind == BLOCKER_VGPU_PROFILE)
		blocker = blocker->next;
	return blocker;
}

static void report_blocked(const struct domain_other_use *use, const struct pci_function *function,
			   const struct blocker *blocker, struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[MDEV_TYPE], FINDING_FAIL, subject_domain(use->domain->name),
		"%s takes a vGPU of %s (line %u), which no guest can have: %s", use->domain->name,
		function->name, use->device->line, blocker->why);

	finding_evidence_state(finding, blocker->evidence);
	finding_remedy(finding, "See what would help");
	finding_command(finding, "passcheck %s", function->name);
}

/* A vGPU that is a VF is opened through VFIO as any function. Returns whether it was reported that
 * it cannot be, or that this is not known. */
static bool report_vgpu(const struct domain_map *map, const struct domain_other_use *use,
			const struct pci_function *function, struct findings *findings)
{
	const struct assignable *assignable =
		assignability_of(&map->model->assignability, function);
	const struct blocker *blocker = beside_profile(assignable->blockers);

	if (fact_absent(&function->vgpu_type.fact))
		return false;
	if (blocker)
		report_blocked(use, function, blocker, findings);
	else if (assignable->verdict == ASSIGNABLE_WITH || beside_profile(assignable->missing))
		report_unknown_mdev(use, &map->host->mdevs, findings);
	else
		return false;
	return true;
}

static void report_type(const struct domain_map *map, const struct domain_other_use *use,
			const struct pci_function *function, struct findings *findings)
{
	const char *type = use->device->mdev_type;
	const struct fact *evidence;
	enum mdev_offer offer = proxmox_mdev_offer(map->host, function, type, &evidence);

	if (report_vgpu(map, use, function, findings))
		return;
	if (offer == MDEV_UNREAD) {
		report_unknown_mdev(use, &map->host->mdevs, findings);
		return;
	}
	struct finding *finding = finding_add(
		findings, &kinds[offer == MDEV_OFFERED ? MDEV_TYPE_OFFERED : MDEV_TYPE],
		offer_texts[offer].verdict, subject_domain(use->domain->name),
		"%s takes a mediated device of type %s (line %u), and %s %s", use->domain->name,
		type, use->device->line, function->name, offer_texts[offer].says);
	finding_evidence_state(finding, evidence);
}

static void report_none_left(const struct domain_other_use *use, struct findings *findings)
{
	const struct domain_pool *pool = use->pool;
	struct finding *finding = finding_add(findings, &kinds[NONE_LEFT], FINDING_WARN,
					      subject_domain(use->domain->name),
					      "nothing is left of %s for %s (line %u)", pool->name,
					      use->domain->name, use->device->line);

	show_line(finding, use, findings);
}

static void report_pool(const struct domain_other_use *use, struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[POOL], FINDING_UNKNOWN, subject_domain(use->domain->name),
		"%s takes what %s names (line %u), which was not given", use->domain->name,
		use->device->pool, use->device->line);

	show_line(finding, use, findings);
}

/* Lower is better. */
static int rank(enum mdev_offer offer)
{
	static const int ranks[] = {
		[MDEV_OFFERED] = 0, [MDEV_NONE_LEFT] = 2, [MDEV_NOT_OF_TYPE] = 3,
		[MDEV_NONE] = 4,    [MDEV_UNREAD] = 1,
	};
	ASSERT_COVERS(ranks, MDEV_UNREAD + 1);

	return ranks[offer];
}

/* Proxmox VE tries one function of the mapping after the other. */
static const struct pci_function *best_of(const struct domain_map *map,
					  const struct domain_pool *pool, const char *type)
{
	const struct pci_function *best = NULL;
	int best_rank = 0;

	for (size_t i = 0; i < pool->count; i++) {
		const struct pool_choice *choice = &pool->choices[i];
		const struct pci_function *function =
			choice->count ? pci_find(&map->host->pci, &choice->functions[0].address)
				      : NULL;
		const struct fact *evidence;
		if (!function || !domain_pools_fits_host(map->host, choice))
			continue;
		int its = rank(proxmox_mdev_offer(map->host, function, type, &evidence));
		if (best && its >= best_rank)
			continue;
		best = function;
		best_rank = its;
	}
	return best;
}

static void report_mapped_mdev(const struct domain_map *map, const struct domain_other_use *use,
			       struct findings *findings)
{
	struct domain_other_use of_pool = *use;
	const struct pci_function *best;

	of_pool.pool = domain_pools_find(&map->pools, use->device->pool);
	if (!of_pool.pool) {
		report_pool(use, findings);
		return;
	}
	best = best_of(map, of_pool.pool, use->device->mdev_type);
	if (best)
		report_type(map, use, best, findings);
	else
		report_none_left(&of_pool, findings);
}

static void report_mdev(const struct domain_map *map, const struct domain_other_use *use,
			struct findings *findings)
{
	const struct mdevs *mdevs = &map->host->mdevs;
	const char *uuid = use->device->mdev;
	const struct mdev *mdev = uuid ? mdevs_find(mdevs, uuid) : NULL;
	const struct pci_function *parent =
		use->device->mdev_parent ? pci_find(&map->host->pci, use->device->mdev_parent)
					 : NULL;

	if (use->device->pool) {
		report_mapped_mdev(map, use, findings);
		return;
	}
	if (parent) {
		report_type(map, use, parent, findings);
		return;
	}
	if (mdev) {
		report_present(map, use, mdev, findings);
		return;
	}
	if (!uuid || !fact_settled(&mdevs->fact)) {
		report_unknown_mdev(use, mdevs, findings);
		return;
	}
	struct finding *finding = finding_add(
		findings, &kinds[MDEV_MISSING], FINDING_FAIL, subject_domain(use->domain->name),
		"%s takes mediated device %s (line %u), which the host does not have",
		use->domain->name, uuid, use->device->line);
	show_line(finding, use, findings);
	finding_evidence_state(finding, &mdevs->fact);
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

/* said is NULL where the mapping says nothing of it. */
static void report_stale(const struct domain_pool_use *use, const struct pci_function *function,
			 const char *what, const char *is, const char *said,
			 const struct fact *fact, struct findings *findings)
{
	struct arena *arena = findings->arena;
	const char *difference =
		said ? arena_printf(arena, "means %s %s at %s, which has %s", what, said,
				    function->name, is)
		     : arena_printf(arena, "does not say the %s of %s, which is %s", what,
				    function->name, is);
	struct finding *finding =
		finding_add(findings, &kinds[STALE], FINDING_FAIL,
			    subject_domain(use->domain->name), "%s does not start: mapping %s %s",
			    use->domain->name, use->device->pool, difference);

	finding_evidence(finding, fact, "%s", is);
}

static const char *ids_text(struct arena *arena, int64_t vendor, int64_t device)
{
	return arena_printf(arena, "%04" PRIx64 ":%04" PRIx64, (uint64_t)vendor, (uint64_t)device);
}

/* Returns whether the ids are as the mapping says, or are not known. */
static bool judge_ids(const struct domain_pool_use *use, const struct pci_function *function,
		      bool subsystem, struct findings *findings)
{
	const struct fact_number *vendor =
		subsystem ? &function->subsystem_vendor : &function->vendor;
	const struct fact_number *device =
		subsystem ? &function->subsystem_device : &function->device;
	const struct pool_ids said = subsystem ? use->choice->subsystem : use->choice->ids;
	struct arena *arena = findings->arena;

	if (!fact_known(&vendor->fact) || !fact_known(&device->fact) ||
	    (vendor->value == said.vendor && device->value == said.device))
		return true;
	report_stale(use, function, subsystem ? "subsystem-id" : "id",
		     ids_text(arena, vendor->value, device->value),
		     said.vendor < 0 ? NULL : ids_text(arena, said.vendor, said.device),
		     &device->fact, findings);
	return false;
}

static void judge_group(const struct domain_pool_use *use, const struct pci_function *function,
			struct findings *findings)
{
	const struct fact_number *group = &function->group;
	int64_t said = use->choice->group;
	struct arena *arena = findings->arena;

	if (fact_known(&group->fact) && group->value != said)
		report_stale(use, function, "IOMMU group",
			     arena_printf(arena, "%" PRId64, group->value),
			     said < 0 ? NULL : arena_printf(arena, "%" PRId64, said), &group->fact,
			     findings);
}

/* It compares the mark of the mapping with what the function offers (assert_valid(), too). */
static void judge_mark(const struct domain_map *map, const struct domain_pool_use *use,
		       const struct pci_function *function, struct findings *findings)
{
	const struct domain_pool *pool = domain_pools_find(&map->pools, use->device->pool);
	const struct fact *evidence;
	enum proxmox_mdev gives = proxmox_mdev_of(map->host, function, &evidence);

	if (gives == PROXMOX_MDEV_UNREAD || pool->gives_mdevs == (gives == PROXMOX_MDEV_YES))
		return;
	struct finding *finding = finding_add(
		findings, &kinds[STALE], FINDING_FAIL, subject_domain(use->domain->name),
		"%s does not start: mapping %s is%s marked for mediated devices (mdev), and %s %s",
		use->domain->name, pool->name, pool->gives_mdevs ? "" : " not", function->name,
		pool->gives_mdevs ? "gives none now" : "gives some");
	finding_evidence_state(finding, evidence);
	finding_remedy(finding,
		       pool->gives_mdevs
			       ? "Have the driver that gives them take the function (NVIDIA's vGPU "
				 "software), or take the mark from the mapping (Datacenter, "
				 "Resource Mappings)"
			       : "Mark the mapping for mediated devices (Datacenter, Resource "
				 "Mappings). Proxmox VE compares that from 8.4 on");
}

static void report_absent(const struct domain_map *map, const struct domain_pool_use *use,
			  const struct pci_address *address, struct findings *findings)
{
	char name[PCI_ADDRESS_SIZE];

	pci_address_format(address, name);
	struct finding *finding = finding_add(
		findings, &kinds[STALE], FINDING_FAIL, subject_domain(use->domain->name),
		"%s does not start: mapping %s names %s, which the host does not have",
		use->domain->name, use->device->pool, name);
	finding_evidence_state(finding, &map->host->pci.fact);
	finding_remedy(finding, "Where it is a VF, make the VFs again, and at every boot. Where it "
				"is gone, take its line out of the mapping (Datacenter, Resource "
				"Mappings): each one of this node must be right, used or not");
}

/* Proxmox VE compares what the mapping says with sysfs when the guest starts, the group for the
 * first function alone, and takes nothing that is left out: assert_valid() of PVE/Mapping/PCI.pm.
 */
static void judge_choice(const struct domain_map *map, const struct domain_pool_use *use,
			 struct findings *findings)
{
	const struct pool_choice *choice = use->choice;

	for (size_t i = 0; i < choice->count; i++) {
		const struct pci_address *address = &choice->functions[i].address;
		const struct pci_function *function = pci_find(&map->host->pci, address);
		if (!function && fact_known(&map->host->pci.fact))
			report_absent(map, use, address, findings);
		if (!function || !judge_ids(use, function, false, findings))
			continue;
		if (i == 0)
			judge_group(use, function, findings);
		judge_ids(use, function, true, findings);
		judge_mark(map, use, function, findings);
	}
}

/* Returns the mapping of a device that is the first of its domain to take of it, or NULL. */
static const struct domain_pool *mapping_of(const struct domain_map *map,
					    const struct domain *domain,
					    const struct domain_device *device)
{
	const struct domain_pool *pool =
		device->pool ? domain_pools_find(&map->pools, device->pool) : NULL;

	if (!pool || pool->by_ids)
		return NULL;
	for (const struct domain_device *other = domain->devices; other < device; other++) {
		if (other->pool && strcmp(other->pool, device->pool) == 0)
			return NULL;
	}
	return pool;
}

/* It compares all that the mapping has for its node, whichever of these the guest then gets:
 * parse_hostpci() of PVE/QemuServer/PCI.pm. */
static void judge_mappings(const struct domain_map *map, const struct domain *domain,
			   struct findings *findings)
{
	for (size_t i = 0; i < domain->device_count; i++) {
		const struct domain_device *device = &domain->devices[i];
		const struct domain_pool *pool = mapping_of(map, domain, device);
		for (size_t k = 0; pool && k < pool->count; k++) {
			const struct domain_pool_use use = {
				.domain = domain, .device = device, .choice = &pool->choices[k]};
			if (domain_pools_names_host(map->host, use.choice))
				judge_choice(map, &use, findings);
		}
	}
}

/* Where the node of a choice cannot be compared with the host's name, what the guest gets counts.
 */
static void judge_chosen(const struct domain_map *map, struct findings *findings)
{
	for (size_t i = 0; i < map->pool_use_count; i++) {
		const struct domain_pool_use *use = &map->pool_uses[i];
		if (!domain_pools_names_host(map->host, use->choice))
			judge_choice(map, use, findings);
	}
}

static void judge_other(const struct domain_map *map, const struct domain_other_use *use,
			struct findings *findings)
{
	if (use->device->kind == DOMAIN_DEVICE_NETWORK)
		report_network(map, use, findings);
	else if (use->device->kind == DOMAIN_DEVICE_MDEV)
		report_mdev(map, use, findings);
	else if (use->pool)
		report_none_left(use, findings);
	else if (use->device->pool)
		report_pool(use, findings);
	else if (use->device->malformed)
		report_malformed(use, findings);
	else
		report_device(use, findings);
}

static void report_refused(const struct domain *domain, const struct domain_device *device,
			   struct findings *findings)
{
	const struct fact line = domain_line(device, findings->arena);
	struct finding *finding =
		finding_add(findings, &kinds[REFUSED], FINDING_FAIL, subject_domain(domain->name),
			    "%s starts without what line %u names: Proxmox VE leaves the line out, "
			    "because %s",
			    domain->name, device->line, device->refused);

	finding_evidence(finding, &line, "%s", domain_device_word(findings->arena, domain, device));
}

/* Devices of one line follow one another. */
static void judge_lines(const struct domain *domain, struct findings *findings)
{
	for (size_t i = 0; i < domain->device_count; i++) {
		const struct domain_device *device = &domain->devices[i];
		bool said = i && domain->devices[i - 1].line == device->line;
		if (device->refused && !said)
			report_refused(domain, device, findings);
	}
}

static void run(const struct check_context *context)
{
	const struct domain_map *map = context->domains;

	for (size_t i = 0; i < map->domain_count; i++) {
		judge_lines(&map->domains[i], context->findings);
		judge_mappings(map, &map->domains[i], context->findings);
	}
	judge_chosen(map, context->findings);
	for (size_t i = 0; i < map->other_count; i++)
		judge_other(map, &map->others[i], context->findings);
}

const struct check check_domain_devices = {
	.id = "domain-devices",
	.title = "Which devices of the host do domains take that are not judged?",
	.needs = "the XML of domains, the functions of their host and its mediated devices; no "
		 "privilege",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.judges_domains = true,
	.run = run,
};
