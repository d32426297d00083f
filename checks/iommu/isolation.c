/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include <ctype.h>
#include <errno.h>
#include <pci/header.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/buffer.h"
#include "host/pci/capabilities.h"
#include "model/pcie.h"
#include "model/platform.h"

enum kind { SHARED, ONE_DEVICE, UNKNOWN, DIFFERS, OVERRIDDEN, STALE, ISOLATED, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[SHARED] =
		{"isolation.shared-group",
		 "Several devices are in one IOMMU group, because a port above them, or they "
		 "themselves, do not isolate: the kernel demands ACS (source validation, "
		 "request and completion redirect, upstream forwarding) of every port above and "
		 "of functions that share a slot. A group goes to one guest as a whole. Where "
		 "the IOMMU is off, this is what the kernel's rules will give. On POWER firmware "
		 "forms the groups. The out-of-tree patch for pcie_acs_override= only hides it: the devices still reach each "
		 "other, and one guest another's memory.",
		 "If ACS is only switched off where it is needed, take the port out of "
		 "pci=disable_acs_redir= and pci=config_acs=, or let the firmware or the kernel "
		 "switch it on (pci=config_acs=, where the kernel has that). Otherwise switch "
		 "VMD off in the firmware setup if it forms the group, move a device to a slot "
		 "that isolates, or look for an ACS setting in the firmware setup. If none of "
		 "that helps, assign the whole group to one guest."},
	[ONE_DEVICE] =
		{"isolation.one-device",
		 "Several functions of one device share a group, because they do not isolate from "
		 "one another. They go to one guest together, as most drivers expect.",
		 NULL},
	[UNKNOWN] =
		{"isolation.unknown",
		 "passcheck cannot tell which group the kernel's rules give, because registers "
		 "that they ask for were not read. Config space beyond 64 bytes needs "
		 "CAP_SYS_ADMIN.",
		 FIX_READ_AS_ROOT
		 " What is unknown even then shows once the IOMMU is on: the kernel's groups are "
		 "then in /sys/kernel/iommu_groups."},
	[DIFFERS] =
		{"isolation.differs",
		 "The kernel's group of a function is not the one that its rules give for this "
		 "hardware. VFIO goes by the kernel's. Kernels that enable ACS only after they "
		 "have formed the groups make larger ones than the hardware needs: 6.12.75 to "
		 "6.12.77, and Ubuntu's builds of 6.8. So do kernels with the reworked grouping; "
		 "out-of-tree patches make others, and so does a device that came or changed "
		 "after boot.",
		 "Where the kernel's group is larger, boot another kernel. If the device came or "
		 "changed after boot, reboot."},
	[OVERRIDDEN] =
		{"isolation.overridden",
		 "pcie_acs_override= made the kernel's groups smaller than the hardware isolates. "
		 "Devices in different groups can still reach each other past the IOMMU, and so "
		 "can guests that they are given to.",
		 "Remove pcie_acs_override= from the kernel command line and reboot."},
	[STALE] = {"isolation.stale-group",
		   "ACS bits that isolated a group at boot are off now. The kernel forms groups "
		   "when it finds devices, and never again: this one is out of date. Its devices "
		   "can reach those named without passing the IOMMU, and so can guests that get "
		   "them. Scripts that set a host up for peer-to-peer DMA (GPUDirect P2P) leave "
		   "this, by setpci … ECAP_ACS+6.w=0. VFIO does not notice, and assigns each "
		   "group to a guest of its own.",
		   "Take away what clears the bits (a unit or script with setpci), and boot again. "
		   "Or give all of the devices to one guest."},
	[ISOLATED] = {"isolation.isolated",
		      "Every device that could be assigned to a guest has a group of its own.",
		      NULL},
};

ASSERT_COVERS(kinds, KIND_COUNT);

enum { MOST_NAMES = 8, MOST_SLOTS = 6, MOST_PORTS = 64, MOST_NEEDED = 4, MOST_MOVED = 4 };

static size_t count_endpoints(const struct isolation_group *group)
{
	size_t count = 0;

	for (size_t i = 0; i < group->count; i++)
		count += !pcie_is_bridge(group->functions[i]);
	return count;
}

/* Names the endpoints of a group, or all its members where it has none. */
static const char *names_of(struct arena *arena, const struct isolation_group *group)
{
	bool all = count_endpoints(group) == 0;
	struct buffer names = {.arena = arena, .separator = ", ", .most = MOST_NAMES};

	for (size_t i = 0; i < group->count; i++) {
		if (all || !pcie_is_bridge(group->functions[i]))
			buffer_item(&names, "%s", group->functions[i]->name);
	}
	return buffer_list(&names);
}

struct judge {
	const struct host *host;
	const struct model *model;
	struct findings *findings;
	const struct pci_function *ports[MOST_PORTS]; /* whose slot isolates */
	size_t port_count;
	bool isolated; /* no group holds several devices, so far */
	bool formed;   /* the kernel has an endpoint in a group */
};

static const struct pci_function *first_below(const struct host *host,
					      const struct pci_function *port)
{
	for (size_t i = 0; i < host->pci.count; i++) {
		if (host->pci.functions[i].parent == port)
			return &host->pci.functions[i];
	}
	return NULL;
}

static bool is_above(const struct pci_function *port, const struct isolation_group *group)
{
	for (size_t i = 0; i < group->count; i++) {
		const struct pci_function *above = group->functions[i]->parent;
		while (above && above != port)
			above = above->parent;
		if (above)
			return true;
	}
	return false;
}

static bool is_good_slot(const struct judge *judge, const struct pci_function *port)
{
	enum pcie_type type = port->pcie_type;
	const struct isolation_group *group = isolation_of(&judge->model->isolation, port);

	return (type == PCIE_ROOT_PORT || type == PCIE_DOWNSTREAM_PORT) && group && group->known &&
	       !group->culprits && express_decode(&port->config).slot_implemented &&
	       isolation_acs(&judge->model->isolation, port)->verdict == ACS_ISOLATES;
}

static void find_ports(struct judge *judge)
{
	const struct pci *pci = &judge->host->pci;

	for (size_t i = 0; i < pci->count && judge->port_count < MOST_PORTS; i++) {
		if (is_good_slot(judge, &pci->functions[i]))
			judge->ports[judge->port_count++] = &pci->functions[i];
	}
}

/* Returns "empty", or what is in a slot, and what the host needs that for. */
static const char *slot_words(const struct judge *judge, const struct pci_function *holder)
{
	struct arena *arena = judge->findings->arena;
	const char *use =
		holder ? host_uses_vital_words(&judge->model->host_uses, holder, arena) : NULL;

	if (!holder)
		return "empty";
	if (use)
		return arena_printf(arena, "taken by %s, which the host needs for %s", holder->name,
				    use);
	return arena_printf(arena, "taken by %s", holder->name);
}

/* Lists the ports whose slot gives a device of the group, once it is there, a group of its own. */
static const char *good_slots(const struct judge *judge, const struct isolation_group *group)
{
	struct buffer slots = {.arena = judge->findings->arena, .separator = ", "};

	for (size_t i = 0; i < judge->port_count && slots.count < MOST_SLOTS; i++) {
		const struct pci_function *port = judge->ports[i];
		const struct pci_function *holder = first_below(judge->host, port);
		if (is_above(port, group))
			continue;
		buffer_item(&slots, "%s (%s)", port->name, slot_words(judge, holder));
	}
	return buffer_text(&slots);
}

static const struct isolation_culprit *find_culprit(const struct isolation_group *group,
						    enum acs_reason reason)
{
	for (const struct isolation_culprit *culprit = group->culprits; culprit;
	     culprit = culprit->next) {
		if (culprit->acs.verdict == ACS_FAILS && culprit->acs.reason == reason)
			return culprit;
	}
	return NULL;
}

static bool merges_by(const struct isolation_group *group, enum merge merge)
{
	for (const struct isolation_culprit *culprit = group->culprits; culprit;
	     culprit = culprit->next) {
		if (culprit->merge == merge)
			return true;
	}
	return false;
}

/* Bits that the hardware has, and that a newer kernel can be told to set. */
static void add_config_acs(const struct judge *judge, const struct isolation_group *group,
			   struct finding *finding)
{
	struct buffer list = {.arena = judge->findings->arena, .separator = ";"};

	if (acs_knows_config_acs(judge->host) != ACS_SUPPORT_YES)
		return;
	for (const struct isolation_culprit *culprit = group->culprits; culprit;
	     culprit = culprit->next) {
		if (culprit->acs.verdict == ACS_FAILS && culprit->acs.reason == ACS_BITS_OFF)
			buffer_item(&list, "xx111x1@%s", culprit->function->name);
	}
	if (list.length)
		finding_command(finding, "pci=config_acs=%s", buffer_text(&list));
}

/* Returns the names of what the host needs of a group, "" where it needs nothing. */
static const char *needed_by_host(const struct judge *judge, const struct isolation_group *group)
{
	struct buffer names = {
		.arena = judge->findings->arena, .separator = ", ", .most = MOST_NEEDED};

	for (size_t i = 0; i < group->count; i++) {
		if (host_uses_vital(&judge->model->host_uses, group->functions[i]))
			buffer_item(&names, "%s", group->functions[i]->name);
	}
	return buffer_list(&names);
}

/* A PF that has VFs goes to no guest, and its VFs not without it: "take the VFs of … away and ". */
static const char *without_vfs(const struct judge *judge, const struct isolation_group *group)
{
	enum { MOST_PFS = 4 };
	struct buffer names = {
		.arena = judge->findings->arena, .separator = ", ", .most = MOST_PFS};

	for (size_t i = 0; i < group->count; i++) {
		if (pci_has_vfs(group->functions[i]))
			buffer_item(&names, "%s", group->functions[i]->name);
	}
	return names.count ? arena_printf(judge->findings->arena, "take the VFs of %s away and ",
					  buffer_list(&names))
			   : "";
}

/* What is left where nothing splits the group. */
static const char *last_resort(const struct judge *judge, const struct isolation_group *group)
{
	const char *needed = needed_by_host(judge, group);

	if (*needed)
		return arena_printf(judge->findings->arena,
				    "move what the host has on %s to other hardware: until then "
				    "nothing of the group goes to a guest",
				    needed);
	return arena_printf(judge->findings->arena, "%sassign the whole group to one guest",
			    without_vfs(judge, group));
}

/* A bridge beside a function tells a part of the board, as chipsets are; what the host needs goes
 * to no guest from any slot. */
static bool keeps_device(const struct judge *judge, const struct pci_function *function)
{
	return pcie_is_bridge(function) || host_uses_vital(&judge->model->host_uses, function);
}

/* Returns whether a function of the member's device keeps it where it is. Functions of a device are
 * neighbours. */
static bool stays(const struct judge *judge, const struct isolation_group *group, size_t member)
{
	const struct pci_function *function = group->functions[member];
	size_t first = member;

	while (first > 0 && pcie_same_device(group->functions[first - 1], function))
		first--;
	for (size_t i = first; i < group->count && pcie_same_device(group->functions[i], function);
	     i++) {
		if (keeps_device(judge, group->functions[i]))
			return true;
	}
	return false;
}

/* What is below a port stands in a slot where the port has one. */
static bool is_in_slot(const struct pci_function *function)
{
	const struct pci_function *port = function->parent;

	return port && !pci_is_vf(function) &&
	       (port->pcie_type == PCIE_ROOT_PORT || port->pcie_type == PCIE_DOWNSTREAM_PORT) &&
	       express_decode(&port->config).slot_implemented;
}

/* Names the devices of a group that stand in slots, by their first function, and that the host can
 * spare; "a device" where none is known to. */
static const char *what_moves(const struct judge *judge, const struct isolation_group *group)
{
	struct buffer names = {
		.arena = judge->findings->arena, .separator = ", ", .most = MOST_MOVED};
	const struct pci_function *last = NULL;

	for (size_t i = 0; i < group->count; i++) {
		const struct pci_function *function = group->functions[i];
		if (!is_in_slot(function) || (last && pcie_same_device(last, function)) ||
		    stays(judge, group, i))
			continue;
		buffer_item(&names, "%s", function->name);
		last = function;
	}
	if (!names.count)
		return "a device";
	return arena_printf(judge->findings->arena, names.count > 1 ? "one of %s" : "%s",
			    buffer_list(&names));
}

static void add_slot_remedy(struct judge *judge, const struct isolation_group *group,
			    struct finding *finding)
{
	const char *slots = good_slots(judge, group);
	const char *last = last_resort(judge, group);
	const char *firmware = "";

	if (merges_by(group, MERGE_BELOW) && find_culprit(group, ACS_NO_CAPABILITY))
		firmware = "look for an ACS setting in the firmware setup, or ";
	if (*slots)
		finding_remedy(finding, "Move %s to a slot that isolates: below %s; otherwise %s%s",
			       what_moves(judge, group), slots, firmware, last);
	else
		finding_remedy(finding, "No slot of this host is known to isolate: %s%s", firmware,
			       last);
}

/* Remedies in the order of honesty: what the hardware can do, then what firmware may, then the
 * whole group to one guest. */
static void add_remedy(struct judge *judge, const struct isolation_group *group,
		       struct finding *finding)
{
	const struct isolation_culprit *switched = find_culprit(group, ACS_BITS_SWITCHED_OFF);
	const struct isolation_culprit *off = find_culprit(group, ACS_BITS_OFF);

	if (isolation_rules_of(&judge->host->cpu) == RULES_OF_FIRMWARE) {
		finding_remedy(finding, "The kernel cannot split a group of firmware's: %s",
			       last_resort(judge, group));
	} else if (switched) {
		finding_remedy(finding,
			       "Take %s out of pci=disable_acs_redir= or config_acs= on the kernel "
			       "command line",
			       switched->function->name);
	} else if (off) {
		finding_remedy(
			finding,
			"Have the firmware or the kernel switch on the ACS bits of %s, which "
			"it has",
			off->function->name);
		add_config_acs(judge, group, finding);
	} else if (merges_by(group, MERGE_VMD)) {
		finding_remedy(finding, "Switch VMD off in the firmware setup, or give the VMD "
					"endpoint to one guest with all behind it");
	} else {
		add_slot_remedy(judge, group, finding);
	}
}

/* The group as the kernel numbers it where it formed it like that, else its first endpoint. */
static struct subject subject_of(const struct judge *judge, const struct isolation_group *group)
{
	const struct pci_function *first = isolation_first_endpoint(group);

	if (first && fact_known(&first->group.fact) && first->group.value >= 0)
		return subject_group(judge->findings, (uint32_t)first->group.value);
	return subject_function(first ? first : group->functions[0]);
}

static size_t depth_of(const struct pci_function *function)
{
	size_t depth = 0;

	for (const struct pci_function *above = function->parent; above; above = above->parent)
		depth++;
	return depth;
}

/* The topmost port or bridge that merges what is below it; a function beside it (a dummy host
 * bridge, a USB controller of the chipset) merges less. */
static const struct isolation_culprit *main_culprit(const struct isolation_group *group)
{
	const struct isolation_culprit *best = NULL;

	for (const struct isolation_culprit *it = group->culprits; it; it = it->next) {
		if (it->merge >= MERGE_BELOW &&
		    (!best || depth_of(it->function) < depth_of(best->function)))
			best = it;
	}
	return best ? best : group->culprits;
}

/* Why functions share a group of which nothing is known to merge it. */
static const char *without_culprit(const struct judge *judge)
{
	return isolation_rules_of(&judge->host->cpu) == RULES_OF_FIRMWARE
		       ? "is with them in a group that firmware formed"
		       : "is with them by the kernel's rules";
}

/* Whether the kernel has the endpoints of a predicted group in one of its own. */
static bool is_formed(const struct judge *judge, const struct isolation_group *group)
{
	const struct pci_function *first = isolation_first_endpoint(group);

	for (size_t i = 0; i < group->count; i++) {
		const struct pci_function *function = group->functions[i];
		if (pcie_is_bridge(function))
			continue;
		if (!platform_in_real_group(judge->host, function) ||
		    !pci_same_group(first, function))
			return false;
	}
	return first != NULL;
}

static const char *share_words(const struct judge *judge, const struct isolation_group *group)
{
	return is_formed(judge, group) ? "share" : "would share";
}

static void report_shared(struct judge *judge, const struct isolation_group *group)
{
	const struct isolation_culprit *culprit = main_culprit(group);
	struct finding *finding =
		finding_add(judge->findings, &kinds[SHARED], FINDING_WARN, subject_of(judge, group),
			    "%s %s a group because %s %s%s",
			    names_of(judge->findings->arena, group), share_words(judge, group),
			    culprit ? culprit->function->name : group->functions[0]->name,
			    culprit ? culprit->why : without_culprit(judge),
			    culprit && group->culprits->next ? ", among other reasons" : "");

	for (culprit = group->culprits; culprit; culprit = culprit->next)
		finding_evidence(finding, &culprit->function->config.fact, "%s %s",
				 culprit->function->name, culprit->why);
	add_remedy(judge, group, finding);
}

static void report_one_device(const struct judge *judge, const struct isolation_group *group)
{
	const struct isolation_culprit *culprit = group->culprits;
	const struct pci_function *first = isolation_first_endpoint(group);
	struct finding *finding =
		finding_add(judge->findings, &kinds[ONE_DEVICE], FINDING_PASS,
			    subject_function(first), "%s are one device and %s a group",
			    names_of(judge->findings->arena, group), share_words(judge, group));

	for (; culprit; culprit = culprit->next)
		finding_evidence(finding, &culprit->function->config.fact, "%s %s",
				 culprit->function->name, culprit->why);
}

static void report_unknown(const struct judge *judge, const struct isolation_group *group)
{
	const struct pci_function *first = isolation_first_endpoint(group);
	struct finding *finding = finding_add(
		judge->findings, &kinds[UNKNOWN], FINDING_UNKNOWN, subject_function(first),
		"the group of %s cannot be predicted: %s", first->name, group->unknown_why);
	const struct config_space *config = &group->unknown_of->config;
	struct fact fact = config->fact;

	if (fact_known(&fact) && config->length <= 2 * CONFIG_HEADER_SIZE) {
		fact.state = FACT_UNREADABLE;
		fact.error = EPERM;
	}
	finding_evidence_state(finding, &fact);
	finding_remedy_unread(finding, &fact);
	if (config_is_ones(config))
		finding_follows(finding, "assignability.unreachable",
				subject_function(group->unknown_of));
}

static bool is_stale(const struct judge *judge, const struct pci_function *function)
{
	return stale_group_of(&judge->model->stale_groups, function) == STALE_YES;
}

/* Names the endpoints of the predicted group that the kernel has in other groups. */
static const char *names_apart(struct arena *arena, const struct isolation_group *group,
			       const struct pci_function *function)
{
	struct buffer names = {.arena = arena, .separator = ", ", .most = MOST_NAMES};

	for (size_t i = 0; i < group->count; i++) {
		const struct pci_function *other = group->functions[i];
		if (pcie_is_bridge(other) || !fact_known(&other->group.fact) ||
		    other->group.value == function->group.value)
			continue;
		buffer_item(&names, "%s", other->name);
	}
	return buffer_list(&names);
}

static void report_stale(const struct judge *judge, const struct isolation_group *group,
			 const struct pci_function *function)
{
	const struct isolation_culprit *cause = stale_next_cause(group->culprits);
	struct arena *arena = judge->findings->arena;
	const char *others = names_apart(arena, group, function);
	const char *reach = *others ? arena_printf(arena, "%s reaches %s past the IOMMU",
						   function->name, others)
				    : arena_printf(arena, "it holds %s", function->name);
	struct finding *finding =
		finding_add(judge->findings, &kinds[STALE], FINDING_FAIL,
			    subject_group(judge->findings, (uint32_t)function->group.value),
			    "%s, and group %d is out of date: %s", stale_cause_words(cause, arena),
			    (int)function->group.value, reach);

	finding_spare_host(finding);
	for (; cause; cause = stale_next_cause(cause->next))
		finding_evidence(finding, &cause->function->config.fact, "%s %s",
				 cause->function->name, cause->why);
	finding_evidence(finding, &function->group.fact, "group %d", (int)function->group.value);
	finding_remedy(finding, STALE_GROUP_REMEDY);
}

/* Whether no other endpoint of the kernel's group comes before the function. */
static bool leads_group(const struct judge *judge, const struct pci_function *function)
{
	const struct iommu_group *actual =
		iommu_group_find(&judge->host->groups, function->group.value);

	for (size_t i = 0; actual && i < actual->devices.count; i++) {
		const struct pci_function *member =
			pci_find_name(&judge->host->pci, actual->devices.names[i]);
		if (member && !pcie_is_bridge(member))
			return member == function;
	}
	return true;
}

/* One finding for each of the kernel's groups that has something to give to a guest. */
static void judge_stale(struct judge *judge, const struct isolation_group *group)
{
	judge->isolated = false;
	for (size_t i = 0; i < group->count; i++) {
		const struct pci_function *function = group->functions[i];
		if (!pcie_is_bridge(function) && is_stale(judge, function) &&
		    leads_group(judge, function))
			report_stale(judge, group, function);
	}
}

static bool has_stale_member(const struct judge *judge, const struct isolation_group *group)
{
	for (size_t i = 0; i < group->count; i++) {
		if (is_stale(judge, group->functions[i]))
			return true;
	}
	return false;
}

static void judge_group(struct judge *judge, const struct isolation_group *group)
{
	if (!group->known) {
		judge->isolated = false;
		if (isolation_first_endpoint(group))
			report_unknown(judge, group);
		return;
	}
	if (isolation_holds_several_devices(group)) {
		judge->isolated = false;
		report_shared(judge, group);
	} else if (count_endpoints(group) > 1) {
		report_one_device(judge, group);
	}
}

/* How the kernel's group differs from the predicted one, in PCI functions. */
struct difference {
	const char *more; /* names that only the kernel's has */
	const char *less; /* names that only the prediction has */
};

static bool is_predicted(const struct judge *judge, const struct isolation_group *group,
			 const struct pci_function *function)
{
	return isolation_of(&judge->model->isolation, function) == group;
}

static struct difference compare(const struct judge *judge, const struct isolation_group *group,
				 const struct iommu_group *actual)
{
	struct arena *arena = judge->findings->arena;
	struct buffer more = {.arena = arena, .separator = ", "};
	struct buffer less = {.arena = arena, .separator = ", "};

	for (size_t i = 0; i < group->count; i++) {
		const struct pci_function *function = group->functions[i];
		/* Those that the kernel left without a group are news of another check. */
		if (fact_known(&function->group.fact) &&
		    function->group.value != (int64_t)actual->id)
			buffer_item(&less, "%s", function->name);
	}
	for (size_t i = 0; i < actual->devices.count; i++) {
		const struct pci_function *function =
			pci_find_name(&judge->host->pci, actual->devices.names[i]);
		if (function && !is_predicted(judge, group, function))
			buffer_item(&more, "%s", function->name);
	}
	return (struct difference){.more = buffer_text(&more), .less = buffer_text(&less)};
}

/* Kernels that form groups before they enable ACS, by the words of their release: stable 6.12.75
 * took the change of order in and 6.12.78 put it right; Ubuntu's 6.8 carries it. */
static bool forms_larger_groups(const struct fact_text *release)
{
	static const char *const releases[] = {"6.12.75", "6.12.76", "6.12.77"};

	if (!fact_known(&release->fact))
		return false;
	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++) {
		size_t length = strlen(releases[i]);
		if (strncmp(release->text, releases[i], length) == 0 &&
		    !isdigit((unsigned char)release->text[length]))
			return true;
	}
	/* "6.8.0-110-generic"; Proxmox's "6.8.12-4-pve" is another build. */
	return begins_with(release->text, "6.8.0-");
}

/* What the kernel's group is good for as it is. */
static const char *until_then(const struct judge *judge, const struct iommu_group *actual)
{
	struct buffer needed = {
		.arena = judge->findings->arena, .separator = ", ", .most = MOST_NEEDED};

	for (size_t i = 0; i < actual->devices.count; i++) {
		const struct pci_function *member =
			pci_find_name(&judge->host->pci, actual->devices.names[i]);
		if (member && host_uses_vital(&judge->model->host_uses, member))
			buffer_item(&needed, "%s", member->name);
	}
	if (!needed.count)
		return "Until then the kernel's group goes to one guest as a whole, as VFIO goes "
		       "by it";
	return arena_printf(judge->findings->arena,
			    "Until then nothing of the kernel's group goes to a guest, as the host "
			    "needs %s",
			    buffer_list(&needed));
}

static const char *difference_remedy(const struct judge *judge, const struct iommu_group *actual,
				     bool larger)
{
	const struct fact_text *release = &judge->host->kernel_release;
	struct arena *arena = judge->findings->arena;

	if (isolation_rules_of(&judge->host->cpu) != RULES_OF_PCI)
		return arena_printf(arena, "If a device came or changed after boot, reboot. %s",
				    until_then(judge, actual));
	if (!larger)
		return "If a device came or changed after boot, reboot; VFIO does not see what the "
		       "hardware does not isolate";
	if (forms_larger_groups(release))
		return arena_printf(arena,
				    "Boot another kernel: %s is known to form larger groups than "
				    "the hardware needs (6.12.75 to 6.12.77 and Ubuntu's 6.8 do)",
				    release->text);
	return arena_printf(arena,
			    "Boot another kernel, as some form larger groups than the hardware "
			    "needs (6.12.75 to 6.12.77, Ubuntu's 6.8); reboot if a device came or "
			    "changed after boot. %s",
			    until_then(judge, actual));
}

/* All of them count. */
static void show_overrides(const struct judge *judge, struct finding *finding)
{
	const struct cmdline *cmdline = &judge->host->cmdline;

	for (size_t i = 0; i < cmdline->count; i++) {
		const struct cmdline_parameter *it = &cmdline->parameters[i];
		if (cmdline_same_name(it->name, "pcie_acs_override") &&
		    cmdline_is_first(cmdline, i))
			finding_evidence(finding, &cmdline->fact, "%s",
					 cmdline_spell(judge->findings->arena, it));
	}
}

static void report_difference(const struct judge *judge, const struct isolation_group *group,
			      const struct iommu_group *actual, const struct difference *difference)
{
	bool overridden =
		judge->model->parameters.acs_override && *difference->less && !*difference->more;
	struct finding *finding = finding_add(
		judge->findings, &kinds[overridden ? OVERRIDDEN : DIFFERS], FINDING_WARN,
		subject_group(judge->findings, actual->id),
		"IOMMU group %u %s%s%s%s%s, unlike the group that the kernel's rules predict",
		actual->id, *difference->less ? "lacks " : "", difference->less,
		*difference->less && *difference->more ? " and " : "",
		*difference->more ? "also holds " : "", difference->more);

	finding_evidence(finding, &actual->devices.fact, "%s",
			 counted(judge->findings->arena, actual->devices.count, "function"));
	finding_evidence(finding, &group->functions[0]->config.fact, "%s",
			 names_of(judge->findings->arena, group));
	finding_evidence(finding, &judge->host->kernel_release.fact, "%s",
			 judge->host->kernel_release.text);
	if (overridden)
		show_overrides(judge, finding);
	else
		finding_remedy(finding, "%s", difference_remedy(judge, actual, *difference->more));
}

/* Whether no other predicted group that begins in the kernel's one comes before. */
static bool leads_difference(const struct judge *judge, const struct isolation_group *group,
			     const struct iommu_group *actual)
{
	for (size_t i = 0; i < actual->devices.count; i++) {
		const struct pci_function *member =
			pci_find_name(&judge->host->pci, actual->devices.names[i]);
		const struct isolation_group *other =
			member ? isolation_of(&judge->model->isolation, member) : NULL;
		if (other && other->known && other->functions[0] == member &&
		    !has_stale_member(judge, other))
			return other == group;
	}
	return true;
}

/* Compares the prediction with the group that the kernel gave its first member. */
static void judge_difference(const struct judge *judge, const struct isolation_group *group)
{
	const struct pci_function *first = group->functions[0];

	if (!group->known || !fact_known(&first->group.fact))
		return;
	const struct iommu_group *actual =
		iommu_group_find(&judge->host->groups, first->group.value);
	if (!actual || !fact_known(&actual->devices.fact) ||
	    !fact_list_find(&actual->devices, first->name) ||
	    !leads_difference(judge, group, actual))
		return;
	struct difference difference = compare(judge, group, actual);
	if (*difference.more || *difference.less)
		report_difference(judge, group, actual, &difference);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	const struct model *model = context->model;
	struct findings *findings = context->findings;
	struct judge judge = {
		.host = host,
		.model = model,
		.findings = findings,
		.isolated = host->pci.count > 0,
	};

	find_ports(&judge);
	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		const struct isolation_group *group = isolation_of(&model->isolation, function);
		judge.formed |= platform_in_real_group(host, function);
		if (!group || group->functions[0] != function)
			continue;
		if (has_stale_member(&judge, group)) {
			judge_stale(&judge, group);
			continue;
		}
		judge_group(&judge, group);
		judge_difference(&judge, group);
	}
	if (!judge.isolated)
		return;
	struct finding *finding =
		finding_add(findings, &kinds[ISOLATED], FINDING_PASS, subject_host(),
			    "no two devices %s a group", judge.formed ? "share" : "would share");
	finding_evidence(finding, &host->pci.fact, "%s",
			 counted(findings->arena, host->pci.count, "function"));
}

const struct check check_isolation = {
	.id = "isolation",
	.title = "Which devices share an IOMMU group, and why?",
	.needs = "config space of every function; CAP_SYS_ADMIN to see beyond its first 64 bytes",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
