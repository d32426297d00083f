/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/hostdev/builder.h"

#include <inttypes.h>
#include <linux/if_ether.h>
#include <pci/header.h>

#include "guest/hostdev/forms.h"
#include "guest/hostdev/warnings.h"
#include "model/assign/leaving.h"
#include "model/assign/reset.h"
#include "model/assign/vfio_driver.h"
#include "model/pcie.h"
#include "model/sriov/vf_link.h"

/* Of Intel's integrated graphics, on the root bus. */
enum { IGD_GUEST_DEVICE = 2 };

static bool is_network_vf(const struct pci_function *function)
{
	return pci_is_vf(function) && pci_base_class(function) == PCI_BASE_CLASS_NETWORK;
}

/* libvirt sets MAC and VLAN of a VF through a network interface of its PF. */
static bool has_pf_interface(const struct pci_function *function)
{
	return function->pf && fact_known(&function->pf->netdevs.fact) &&
	       function->pf->netdevs.count > 0;
}

static enum hostdev_kind kind_of(const struct hostdev_builder *builder,
				 const struct pci_function *function)
{
	bool interface = hostdev_builder_target(builder)->is_libvirt && is_network_vf(function) &&
			 has_pf_interface(function) && !pci_is_infiniband(function);

	return interface ? HOSTDEV_KIND_INTERFACE : HOSTDEV_KIND_HOSTDEV;
}

/* No configuration makes the stack take such a function, whoever forces it. */
static bool is_out_of_reach(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct hostdev_target *target = hostdev_builder_target(builder);
	const struct pci_function *function = form->function;

	if (function->address.domain <= target->largest_domain)
		return false;
	form->verdict = ASSIGNABLE_BLOCKED;
	hostdev_note_add(builder->arena, &form->reasons,
			 "%s takes no function of a PCI domain above 0x%x", target->taker,
			 target->largest_domain);
	if (function->vmd)
		hostdev_note_add(
			builder->arena, &form->reasons,
			"the VMD endpoint %s can be assigned as a whole, or VMD switched off in "
			"the firmware setup",
			function->vmd->name);
	return true;
}

/* A stack that chooses by ids cannot be told of a function whose ids are not known. */
static bool lacks_ids(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct pci_function *function = form->function;

	if (!hostdev_builder_target(builder)->by_ids || pci_knows_ids(function))
		return false;
	if (form->verdict == ASSIGNABLE || form->verdict == ASSIGNABLE_WITH)
		form->verdict = ASSIGNABLE_UNDETERMINED;
	hostdev_add_reason(builder, form, "its vendor and device could not be read");
	return true;
}

/* A function on a driver such as NVIDIA's for vGPUs is of no use on vfio-pci. */
static bool loses_driver(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct hostdev_target *target = hostdev_builder_target(builder);

	if (!form->needs_driver || !target->binds)
		return false;
	form->verdict = ASSIGNABLE_BLOCKED;
	hostdev_note_add(builder->arena, &form->reasons,
			 "%s binds it to vfio-pci, and it must stay with its driver %s",
			 target->taker, vfio_driver_to_be(&builder->host->modules, form->function));
	return true;
}

/* Once its physical function is back on the host's driver, the configuration is right. */
static bool lacks_token(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const char *why = hostdev_lacks_token(hostdev_builder_target(builder), builder->model,
					      form->function, builder->arena);

	if (!why)
		return false;
	form->verdict = ASSIGNABLE_BLOCKED;
	hostdev_note_add(builder->arena, &form->reasons, "%s", why);
	return !builder->forms->options.force;
}

static void note_driver(struct hostdev_builder *builder, struct hostdev_form *form)
{
	if (!form->needs_driver)
		return;
	if (!form->keeps_driver)
		hostdev_note_add(
			builder->arena, &form->notes,
			"it works in a guest only by the driver %s, which libvirt 10.0 and "
			"later chooses itself",
			vfio_driver_to_be(&builder->host->modules, form->function));
	else
		hostdev_note_add(builder->arena, &form->notes,
				 "it stays with its driver %s, through which VFIO opens it",
				 form->function->driver.text);
}

static void decide(struct hostdev_builder *builder, struct hostdev_form *form)
{
	hostdev_add_verdict_reasons(builder, form);
	if (is_out_of_reach(builder, form) || loses_driver(builder, form) ||
	    lacks_token(builder, form) || lacks_ids(builder, form) ||
	    form->verdict == ASSIGNABLE_NOT_A_CANDIDATE)
		return;
	form->written = form->verdict == ASSIGNABLE || form->verdict == ASSIGNABLE_WITH ||
			builder->forms->options.force;
}

/* Such a companion leaves its driver by hand. */
static void note_unbinding(struct hostdev_builder *builder, struct hostdev_form *form,
			   const struct pci_function *companion, enum leaving leaving)
{
	hostdev_note_add(builder->arena, &form->notes,
			 "the %s %s of its group must leave its driver %s first: echo %s > "
			 "/sys/bus/pci/devices/%s/driver/unbind",
			 leaving_word(leaving), companion->name, companion->driver.text,
			 companion->name, companion->name);
}

/* <address type='unassigned'/> came with libvirt 6.0.0. */
static void place_companion(struct hostdev_builder *builder, struct hostdev_form *form)
{
	if (!hostdev_builder_target(builder)->is_libvirt) {
		form->written = !is_out_of_reach(builder, form) && !loses_driver(builder, form);
		return;
	}
	if (pcie_same_device(form->function, form->companion_of))
		return;
	form->place = HOSTDEV_PLACE_UNASSIGNED;
	if (!hypervisor_libvirt_before(&builder->host->hypervisor, 6, 0))
		return;
	form->written = false;
	hostdev_note_add(
		builder->arena, &form->reasons,
		"the host's libvirt is older than 6.0.0 and cannot hold a function that the "
		"guest does not see: virsh nodedev-detach %s",
		hostdev_nodedev_name(builder->arena, &form->function->address));
}

static void add_companion(struct hostdev_builder *builder, const struct pci_function *function,
			  const struct pci_function *companion)
{
	struct hostdev_form *form;

	if (function_set_has(&builder->wanted, companion) ||
	    function_set_has(&builder->formed, companion))
		return;
	form = hostdev_append(builder, companion, HOSTDEV_KIND_HOSTDEV);
	if (!form)
		return;
	form->companion_of = function;
	hostdev_add_verdict_reasons(builder, form);
	form->written = true;
	place_companion(builder, form);
	hostdev_warnings_add(builder->model, companion, builder->arena, &form->notes);
}

/* Adds what goes along with a function, whose form has that number; before there is an IOMMU, by
 * the group that is predicted. A large group, of which several are asked for, is gone through once.
 */
static void add_companions(struct hostdev_builder *builder, const struct pci_function *function,
			   size_t number)
{
	const struct assignability *assignability = &builder->model->assignability;
	const struct companion_list list = companions_of(&builder->model->companions, function);

	if (list.count > MOST_COMPANIONS_LISTED && list.first) {
		if (function_set_has(&builder->brought, list.first))
			return;
		function_set_add(&builder->brought, list.first);
	}
	for (size_t i = 0; i < list.count; i++) {
		const struct pci_function *companion = list.functions[i];
		enum leaving leaving = leaving_with(assignability, companion, function);
		if (leaving_only_unbinds(leaving))
			note_unbinding(builder, &builder->forms->forms[number], companion, leaving);
	}
	for (size_t i = 0; i < list.count; i++) {
		const struct pci_function *companion = list.functions[i];
		if (leaving_with(assignability, companion, function) == LEAVING_TO_VFIO)
			add_companion(builder, function, companion);
	}
}

/* What VFIO has of the same device and group keeps no guest from it, but belongs to the same guest.
 */
static void add_siblings_on_vfio(struct hostdev_builder *builder,
				 const struct pci_function *function)
{
	const struct pci *pci = &builder->host->pci;
	const struct pci_function *other = pcie_first_of_device(pci, function);

	for (; other < pci->functions + pci->count && pcie_same_device(function, other); other++) {
		enum assignable_verdict verdict =
			assignability_of(&builder->model->assignability, other)->verdict;
		if (other == function || !driver_is_vfio(other) || !pci_same_group(function, other))
			continue;
		if (verdict == ASSIGNABLE || verdict == ASSIGNABLE_WITH)
			add_companion(builder, function, other);
	}
}

/* The guest's firmware looks for it there, and nowhere else: docs/igd-assign.txt of QEMU. */
static void place_graphics(struct hostdev_builder *builder, struct hostdev_form *form)
{
	if (!hostdev_builder_target(builder)->is_libvirt ||
	    !cautions_find(&builder->model->cautions, form->function, CAUTION_IGD))
		return;
	form->place = HOSTDEV_PLACE_SLOT;
	form->guest = (struct pci_address){.device = IGD_GUEST_DEVICE};
	hostdev_note_add(builder->arena, &form->notes, "%s", HOSTDEV_IGD_SLOT);
	if (!caution_offers_opregion(builder->host, form->function))
		return;
	hostdev_note_add(
		builder->arena, &form->notes,
		"its OpRegion takes, in the <domain> (libvirt 8.2 and newer): <qemu:override "
		"xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:device "
		"alias='%s'><qemu:frontend><qemu:property name='x-igd-opregion' type='bool' "
		"value='true'/></qemu:frontend></qemu:device></qemu:override>",
		hostdev_alias(builder->arena, &form->function->address));
}

static void note_network(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct pci_function *function = form->function;

	if (pci_is_infiniband(function))
		hostdev_note_add(builder->arena, &form->notes,
				 "an InfiniBand VF takes GUIDs and a link state, which the host "
				 "sets through the physical function, and no MAC address");
	else if (is_network_vf(function) && !hostdev_builder_target(builder)->is_libvirt)
		hostdev_note_add(builder->arena, &form->notes,
				 "its MAC address and VLAN are set on the host, through its "
				 "physical function: ip link set DEVICE vf NUMBER mac ADDRESS");
	else if (is_network_vf(function) && form->kind == HOSTDEV_KIND_HOSTDEV)
		hostdev_note_add(builder->arena, &form->notes,
				 "its physical function has no network interface through which "
				 "libvirt could set its MAC address and VLAN");
}

void hostdev_note_team(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct hostdev_options *options = &builder->forms->options;

	if (options->teaming)
		hostdev_note_add(
			builder->arena, &form->notes,
			"it is unplugged for a migration, and the interface %s stays: "
			"that has <mac address='%s'/>, <model type='virtio'/> and <teaming "
			"type='persistent'/>, and the guest needs the driver net_failover",
			options->teaming, options->mac);
}

/* What the PF's driver keeps of a VF, libvirt would replace by what it makes up. */
static void keep_network(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct hostdev_options *options = &builder->forms->options;
	const struct vf_link *link = vf_link_of(builder->model, form->function);

	form->mac = options->mac;
	form->vlan = options->vlan;
	if (!link || form->kind != HOSTDEV_KIND_INTERFACE)
		return;
	if (!form->mac && link->mac && hostdev_mac_is_valid(link->mac))
		form->mac = link->mac;
	if (!form->vlan && link->vlan > 0 && link->vlan <= HOSTDEV_LAST_VLAN)
		form->vlan = (unsigned)link->vlan;
	bool mac = form->mac != options->mac, vlan = form->vlan != options->vlan;
	if (mac || vlan)
		hostdev_note_add(builder->arena, &form->notes,
				 "its %s that its physical function has for it now",
				 mac && vlan ? "MAC address and VLAN are those"
				 : mac       ? "MAC address is the one"
					     : "VLAN is the one");
}

/* libvirt sets a VLAN with priority 0, by 802.1Q: virNetDevSetVfVlan() of src/util/virnetdev.c. */
static void note_vlan(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct vf_link *link = vf_link_of(builder->model, form->function);
	bool doubled = link && link->vlan_protocol == ETH_P_8021AD;

	if (!form->vlan || !link || link->vlan != form->vlan || (link->qos <= 0 && !doubled))
		return;
	hostdev_note_add(
		builder->arena, &form->notes,
		"libvirt gives its VLAN without%s%s%s, which it has now: set that again on "
		"the physical function once the guest runs",
		link->qos > 0 ? arena_printf(builder->arena, " priority %" PRId64, link->qos) : "",
		link->qos > 0 && doubled ? " and" : "", doubled ? " 802.1ad" : "");
}

static void add_function(struct hostdev_builder *builder, const struct pci_function *function)
{
	struct hostdev_form *form = hostdev_append(builder, function, kind_of(builder, function));

	if (!form)
		return;
	decide(builder, form);
	if (form->kind == HOSTDEV_KIND_INTERFACE)
		hostdev_note_team(builder, form);
	place_graphics(builder, form);
	hostdev_warnings_add(builder->model, function, builder->arena, &form->notes);
	note_network(builder, form);
	keep_network(builder, form);
	note_vlan(builder, form);
	note_driver(builder, form);
	if (!form->written)
		return;
	add_companions(builder, function, builder->forms->count - 1);
	add_siblings_on_vfio(builder, function);
}

/* Each could go alone. */
static void refuse_last_links(struct hostdev_builder *builder)
{
	const char *why = host_uses_cut_off(&builder->model->host_uses, builder->functions,
					    builder->count, builder->arena);

	for (size_t i = 0; why && i < builder->forms->count; i++) {
		struct hostdev_form *form = &builder->forms->forms[i];
		form->written &= builder->forms->options.force;
		form->verdict = ASSIGNABLE_BLOCKED;
		hostdev_note_add(builder->arena, &form->reasons, "together: %s", why);
	}
}

static void note_siblings(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct reset_siblings siblings = reset_siblings_of(
		&builder->model->host_uses, builder->arena, form->function, &builder->formed);

	if (siblings.why)
		hostdev_note_add(builder->arena, &form->notes, "%s", siblings.why);
}

int hostdev_functions(struct hostdev_builder *builder, struct hostdev_misfit *ret_misfit)
{
	const struct hostdev_options *options = &builder->forms->options;
	size_t interfaces = 0;

	for (size_t i = 0; i < builder->count; i++)
		interfaces += kind_of(builder, builder->functions[i]) == HOSTDEV_KIND_INTERFACE;
	if (options->mac && interfaces != 1)
		return hostdev_reject(ret_misfit, HOSTDEV_MAC,
				      "a MAC address is for one VF of a network function");
	if (options->teaming && !interfaces)
		return hostdev_reject(ret_misfit, HOSTDEV_TEAMING,
				      "a team is of a VF of a network function");
	if (options->vlan && !interfaces)
		return hostdev_reject(ret_misfit, HOSTDEV_VLAN,
				      "a VLAN is for VFs of a network function");
	for (size_t i = 0; i < builder->count; i++)
		add_function(builder, builder->functions[i]);
	refuse_last_links(builder);
	hostdev_refuse_incomplete(builder);
	hostdev_choose_slots(builder);
	hostdev_refuse_too_many(builder);
	for (size_t i = 0; i < builder->forms->count; i++)
		note_siblings(builder, &builder->forms->forms[i]);
	return 0;
}
