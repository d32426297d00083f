/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/fixes.h"
#include "checks/support/functions.h"

#include <inttypes.h>
#include <linux/if_ether.h>
#include <pci/header.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "model/shell.h"
#include "model/sriov/nvme_setup.h"
#include "model/sriov/vf_link.h"

enum kind { NONE, NVME, NETWORK, PF_DOWN, SWITCHDEV, INFINIBAND, UNREADABLE, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[NONE] = {.id = "vf-setup.none",
		  .meaning = "No physical function has VFs now that would need one of the setups "
			     "that passcheck knows."},
	[NVME] =
		{.id = "vf-setup.nvme",
		 .meaning =
			 "A VF of an NVMe controller is a secondary controller. It works only once "
			 "the primary controller has given it queues (VQ) and interrupts (VI) and "
			 "has set it online (NVM Express base specification, Virtualization "
			 "Management). Neither is seen in sysfs, and VFIO takes the VF all the "
			 "same: the guest's driver then waits for a controller that never becomes "
			 "ready.",
		 .fix = "List the secondary controllers with nvme list-secondary. To each that "
			"is offline give resources with nvme virt-mgmt -a 8, for queues (-r 0) and "
			"for interrupts (-r 1), and set it online with -a 9. This is lost when VFs "
			"are made anew."},
	[NETWORK] =
		{.id = "vf-setup.network",
		 .meaning =
			 "A network VF has a MAC address, a VLAN, trust and a spoof check, which "
			 "its physical function keeps and sysfs does not show. The kernel is asked "
			 "for them where FUNCTIONs of the running host are named; ip link show "
			 "tells them, too. They are lost when VFs are made anew. A VF without a "
			 "MAC address of its own gets another with each start of its guest."},
	[PF_DOWN] =
		{.id = "vf-setup.pf-down",
		 .meaning =
			 "No link of a physical function with VFs is up: its interface is down, or "
			 "has no cable. VFs of most adapters then have no link either, and their "
			 "drivers get no answer. libvirt sets the MAC address and VLAN of "
			 "<interface type='hostdev'> through that interface, and does not start "
			 "the guest while it is down (virNetDevSaveNetConfig() of "
			 "src/util/virnetdev.c); it sees no fault where only the cable is missing.",
		 .fix = "Set the interface up (ip link set dev INTERFACE up), and have the host's "
			"network configuration do so at boot. It needs no address. One that is up "
			"needs its cable, and a port at the other end that is on."},
	[SWITCHDEV] =
		{.id = "vf-setup.switchdev",
		 .meaning =
			 "A physical function is in switchdev mode: what a VF sends comes out of "
			 "its representor, an interface of the host, and goes nowhere until the "
			 "host passes it on, by a bridge, Open vSwitch or rules of tc "
			 "(Documentation/networking/representors.rst). A number of VFs that is set "
			 "at boot does not set the mode, which is legacy until it is changed: a "
			 "bridge then finds no representors.",
		 .fix = "Set the representor of each VF up, and add it to a bridge or to Open "
			"vSwitch. A VLAN of the VF is set there, too. See that what makes the VFs "
			"at boot sets the mode: embedded-switch-mode of netplan, or devlink dev "
			"eswitch set in a unit."},
	[INFINIBAND] =
		{.id = "vf-setup.infiniband",
		 .meaning =
			 "An InfiniBand VF has a node GUID, a port GUID and a policy for its link, "
			 "which the host sets, and no MAC address. Without GUIDs, or with the "
			 "policy Down, its port stays down in the guest. It enters a guest as "
			 "<hostdev>; <interface> with a MAC address does nothing for it.",
		 .fix = "Give each VF a node GUID and a port GUID that no other port of the fabric "
			"has, and the link state auto, with ip link set dev INTERFACE vf N. They "
			"are lost when VFs are made anew. VFs of mlx4 get their GUIDs from the "
			"subnet manager."},
	[UNREADABLE] = {.id = "vf-setup.unreadable",
			.meaning =
				"The PCI functions, or which of them are VFs, could not be read, "
				"so passcheck cannot tell whether VFs need a setup.",
			.fix = FIX_READ_AS_ROOT},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static void report_nvme(const struct pci_function *pf, const struct pci_function *vf,
			struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[NVME], FINDING_UNKNOWN, subject_function(pf),
		"cannot tell whether the secondary controllers of %s are online", pf->name);
	struct text_line *commands = NULL;

	finding_concern_vfs(finding);
	finding_evidence_state(finding, &vf->driver.fact);
	finding_remedy(finding, "Give the secondary controllers queues and interrupts, and set "
				"them online; CNTLID is the number that the first command shows");
	nvme_setup_add_by_hand(findings->arena, pf, &commands);
	for (; commands; commands = commands->next)
		finding_command(finding, "%s", commands->text);
}

static const char *setting_word(int64_t setting)
{
	return setting == VF_LINK_UNKNOWN ? "not told" : setting ? "on" : "off";
}

/* "7", "7 with priority 5 by 802.1ad" */
static const char *vlan_word(struct arena *arena, const struct vf_link *link)
{
	const char *priority = "", *protocol = "";

	if (link->vlan == VF_LINK_UNKNOWN)
		return "not told";
	if (link->qos > 0)
		priority = arena_printf(arena, " with priority %" PRId64, link->qos);
	if (link->vlan > 0 && link->vlan_protocol == ETH_P_8021AD)
		protocol = arena_printf(arena, " by %s", vf_link_protocol(link));
	return arena_printf(arena, "%" PRId64 "%s%s", link->vlan, priority, protocol);
}

/* What the PF's driver keeps of each VF; as many lines as say something. Returns their number. */
static size_t show_links(const struct model *model, const struct pci_function *pf,
			 struct arena *arena, struct finding *finding)
{
	const struct vf_budget *budget = vf_budget_of(&model->vf_budgets, pf);
	size_t shown = 0;

	for (size_t i = 0; budget && i < budget->vf_count; i++) {
		const struct vf_link *link = vf_link_of(model, budget->vfs[i]);
		if (!link)
			continue;
		shown++;
		finding_evidence(finding, &model->host->vf_links.fact,
				 "%s: MAC address %s, VLAN %s, trust %s, spoof check %s",
				 budget->vfs[i]->name, link->mac ? link->mac : "not told",
				 vlan_word(arena, link), setting_word(link->trust),
				 setting_word(link->spoof_check));
	}
	return shown;
}

static void report_network(const struct model *model, const struct pci_function *pf,
			   struct findings *findings)
{
	bool infiniband = pci_is_infiniband(pf);
	struct finding *finding = finding_add(
		findings, &kinds[infiniband ? INFINIBAND : NETWORK], FINDING_NOT_APPLICABLE,
		subject_function(pf),
		infiniband
			? "GUIDs and link policies of the VFs of %s are not seen in sysfs"
			: "MAC addresses, VLANs and trust of the VFs of %s are not seen in sysfs",
		pf->name);

	finding_concern_vfs(finding);
	if (show_links(model, pf, findings->arena, finding))
		finding->summary = arena_printf(
			findings->arena,
			"%s keeps MAC addresses, VLANs and trust of its VFs until they are made "
			"anew",
			pf->name);
	for (size_t i = 0; i < pf->netdevs.count; i++)
		finding_evidence(finding, &pf->netdevs.fact, "%s", pf->netdevs.names[i]);
}

/* Which settings they have, iproute2 shows: ip link show dev INTERFACE. */
static void report_guids(const struct pci_function *pf, struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[INFINIBAND], FINDING_UNKNOWN, subject_function(pf),
		"cannot tell whether the VFs of %s have GUIDs and a link that follows the port's",
		pf->name);
	const char *interface = pf->netdevs.count ? pf->netdevs.names[0] : NULL;

	finding_concern_vfs(finding);
	finding_evidence(finding, &pf->netdevs.fact, "%s", interface ? interface : "no interface");
	finding_remedy(finding,
		       "See what they have. Give each that has none a node GUID and a port GUID "
		       "that no other port of the fabric has, and the link state auto: without "
		       "them its port stays down in the guest");
	if (interface)
		finding_command(finding, "ip link show dev %s",
				shell_word(findings->arena, interface));
}

static const char *const lacks[] = {
	[VF_LINK_LACK_UNKNOWN] = "is down, or has no link",
	[VF_LINK_LACKS_SET_UP] = "is down",
	[VF_LINK_LACKS_CABLE] = "is up, and has no link",
};
ASSERT_COVERS(lacks, VF_LINK_LACK_COUNT);

/* Of a PF whose interfaces are set up only the cable is missing, which no command mends. */
static void report_pf_down(const struct model *model, const struct pci_function *pf,
			   struct findings *findings)
{
	const struct fact_list down = vf_link_to_set_up(model, pf, findings->arena);
	const char *named = down.count ? down.names[0] : pf->netdevs.names[0];
	struct finding *finding =
		finding_add(findings, &kinds[PF_DOWN], FINDING_UNKNOWN, subject_function(pf),
			    "cannot tell whether VFs of %s reach the network: %s %s", pf->name,
			    named, lacks[vf_link_pf_lacks(model, pf, named)]);

	finding_concern_vfs(finding);
	for (size_t i = 0; i < pf->netdevs.count; i++) {
		const char *name = pf->netdevs.names[i];
		bool set_up = vf_link_pf_lacks(model, pf, name) == VF_LINK_LACKS_CABLE;
		finding_evidence(finding, &pf->netdevs.fact, "%s: %s", name,
				 set_up ? "up, without a link" : "not up");
	}
	for (size_t i = 0; i < down.count; i++)
		finding_command(finding, "ip link set dev %s up",
				shell_word(findings->arena, down.names[i]));
	finding_remedy(finding,
		       down.count ? "Set it up, and have the host's network configuration do so at "
				    "boot. libvirt starts no guest with <interface type='hostdev'> "
				    "before"
				  : "Connect its cable, and see that the port at the other end is "
				    "on");
}

/* What the representors of a PF are a part of: "" for nothing that is known. */
struct memberships {
	const char **masters; /* one for each representor; NULL: short memory */
	const char *loose;    /* the first that is a part of nothing that is known */
	size_t loose_count;
	const struct fact *unread; /* why those may be a part of something all the same */
};

static struct memberships memberships_of(const struct model *model, const struct pci_function *pf,
					 struct arena *arena)
{
	const struct fact_list *representors = &pf->representors;
	const struct usage *usage = &model->host->usage;
	struct memberships ret = {
		.masters = arena_array(arena, representors->count, sizeof(*ret.masters)),
		.unread = host_uses_unread_device(&model->host_uses, pf),
	};

	if (!ret.masters)
		return ret;
	for (size_t i = 0; i < representors->count; i++)
		ret.masters[i] = "";
	for (size_t i = 0; i < usage->count; i++) {
		const struct usage_entry *entry = &usage->entries[i];
		if (entry->kind != USAGE_MEMBER || !lies_below(entry->path, pf->path))
			continue;
		const char *const *at = fact_list_find(representors, entry->through);
		if (at)
			ret.masters[at - representors->names] = entry->what;
	}
	for (size_t i = 0; i < representors->count; i++) {
		if (*ret.masters[i])
			continue;
		if (!ret.loose_count++)
			ret.loose = representors->names[i];
	}
	return ret;
}

/* Rules of tc may pass on what no bridge does. */
static struct finding *add_switchdev(const struct pci_function *pf, const struct memberships *found,
				     struct findings *findings)
{
	const char *others = "";

	if (!found->loose_count)
		return finding_add(findings, &kinds[SWITCHDEV], FINDING_NOT_APPLICABLE,
				   subject_function(pf),
				   "%s is in switchdev mode: each VF reaches the network through "
				   "its representor",
				   pf->name);
	if (found->loose_count > 1)
		others = arena_printf(
			findings->arena, " and %s",
			counted(findings->arena, found->loose_count - 1, "other representor"));
	return finding_add(
		findings, &kinds[SWITCHDEV], FINDING_UNKNOWN, subject_function(pf),
		"cannot tell whether every VF of %s reaches the network: it is in switchdev mode, "
		"and %s%s %s",
		pf->name, found->loose, others,
		found->unread             ? "may not be a part of a bridge"
		: found->loose_count == 1 ? "is not a part of a bridge"
					  : "are not a part of a bridge");
}

static void report_switchdev(const struct model *model, const struct pci_function *pf,
			     struct findings *findings)
{
	const struct fact_list *representors = &pf->representors;
	const struct memberships found = memberships_of(model, pf, findings->arena);

	if (!found.masters)
		return;
	struct finding *finding = add_switchdev(pf, &found, findings);
	finding_concern_vfs(finding);
	if (found.loose_count && found.unread)
		finding_evidence_state(finding, found.unread);
	for (size_t i = 0; i < representors->count; i++) {
		const char *master = found.masters[i];
		if (*master || !found.unread)
			finding_evidence(
				finding, &pf->netdevs.fact, "%s%s%s", representors->names[i],
				*master ? " is a part of " : " is not a part of a bridge", master);
	}
	finding_remedy(finding,
		       "Set the representor of a VF that a guest has up, and add it to a bridge or "
		       "to Open vSwitch, or steer it with tc; see that what makes the VFs at boot "
		       "sets the mode, too (devlink dev eswitch set pci/%s mode switchdev)",
		       pf->name);
}

/* Returns whether VFs of the PF have a setup of their class. */
static bool has_setup(const struct pci_function *pf)
{
	return nvme_setup_is_for(pf) || pci_base_class(pf) == PCI_BASE_CLASS_NETWORK;
}

/* Returns whether the PF is done with. */
static bool judge_vf(const struct model *model, const struct pci_function *vf,
		     struct findings *findings)
{
	bool nvme = nvme_setup_is_for(vf->pf);

	if (nvme && !nvme_setup_may_lack(vf))
		return false;
	if (nvme)
		report_nvme(vf->pf, vf, findings);
	else if (vf_link_needs_guids(vf->pf))
		report_guids(vf->pf, findings);
	else
		report_network(model, vf->pf, findings);
	if (vf->pf->representors.count)
		report_switchdev(model, vf->pf, findings);
	else if (vf_link_pf_is_down(model, vf->pf))
		report_pf_down(model, vf->pf, findings);
	return true;
}

/* Returns a function of which it is not known whether it is a VF, or NULL. */
static const struct fact *unread_link(const struct host *host)
{
	for (size_t i = 0; i < host->pci.count; i++) {
		const struct fact *physfn = &host->pci.functions[i].physfn.fact;
		if (!fact_settled(physfn))
			return physfn;
	}
	return NULL;
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct arena *arena = context->findings->arena;
	bool *done = arena_array(arena, host->pci.count + 1, sizeof(*done)), found = false;

	for (size_t i = 0; done && i < host->pci.count; i++) {
		const struct pci_function *vf = &host->pci.functions[i];
		if (!vf->pf || !has_setup(vf->pf))
			continue;
		bool *pf_done = &done[vf->pf - host->pci.functions];
		found = true;
		*pf_done = *pf_done || judge_vf(context->model, vf, context->findings);
	}
	if (!found)
		functions_report_none(host, unread_link(host), &kinds[NONE], &kinds[UNREADABLE],
				      "no function has VFs that need a setup", context->findings);
}

const struct check check_vf_setup = {
	.id = "vf-setup",
	.title = "What do VFs still need before a guest can use them?",
	.needs = "class, driver, physfn link and names of ports of every function; no privilege",
	.advisory = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
