/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/sriov/pf_up.h"

#include "host/base/buffer.h"
#include "model/sriov/vf_link.h"
#include "plan/sriov/pf.h"

static const char *join(struct plan_builder *builder, const struct fact_list *interfaces)
{
	struct buffer names = {.arena = builder->arena, .separator = " and "};

	for (size_t i = 0; i < interfaces->count; i++)
		buffer_item(&names, "%s", interfaces->names[i]);
	return buffer_text(&names);
}

/* IFF_UP is the lowest bit of flags, a hexadecimal number: include/uapi/linux/if.h. */
static const char *is_up(struct plan_builder *builder, const struct pci_function *pf,
			 const struct fact_list *interfaces)
{
	struct buffer all = {.arena = builder->arena, .separator = " && "};

	for (size_t i = 0; i < interfaces->count; i++) {
		const char *flags = arena_printf(builder->arena, PLAN_DEVICES "/%s/net/%s/flags",
						 pf->name, interfaces->names[i]);
		buffer_item(&all, "grep -q '[13579bdf]$' %s", shell_word(builder->arena, flags));
	}
	return plan_condition(builder, "%s", buffer_text(&all));
}

static bool is_known_down(const struct plan_builder *builder, const struct pci_function *pf,
			  const char *interface)
{
	return vf_link_pf_lacks(builder->model, pf, interface) == VF_LINK_LACKS_SET_UP;
}

/* With the last VFs it goes down again: while there are some, other guests may need it. One that
 * may have been up before stays up. */
static void take_back(struct plan_builder *builder, struct plan_step *step,
		      const struct pci_function *pf, const struct fact_list *interfaces)
{
	if (pci_has_vfs(pf))
		return;
	for (size_t i = 0; i < interfaces->count; i++) {
		if (!is_known_down(builder, pf, interfaces->names[i]))
			continue;
		plan_run(builder, &step->undo,
			 "grep -qx 0 " PLAN_DEVICES
			 "/%s/sriov_numvfs && ip link set dev %s down || true",
			 pf->name, shell_word(builder->arena, interfaces->names[i]));
		step->unread = builder->wish->how != PLAN_HOW_BOOT;
	}
}

static struct fact_list to_set_up(struct plan_builder *builder, const struct pci_function *pf)
{
	if (plan_takes(builder, pf) || !vf_link_pf_is_down(builder->model, pf))
		return (struct fact_list){.count = 0};
	return vf_link_to_set_up(builder->model, pf, builder->arena);
}

void plan_pf_up(struct plan_builder *builder, const struct pci_function *pf)
{
	const struct fact_list interfaces = to_set_up(builder, pf);

	if (!interfaces.count)
		return;
	struct plan_step *step = plan_add_step(builder, PLAN_NOW, "pf-up", pf, "Set %s of %s up",
					       join(builder, &interfaces), pf->name);
	step->why = "it is down, or has no cable: VFs of most adapters then have no link either, "
		    "and libvirt starts no guest with <interface type='hostdev'>. It needs no "
		    "address";
	for (size_t i = 0; i < interfaces.count; i++)
		plan_run(builder, &step->commands, "ip link set dev %s up",
			 shell_word(builder->arena, interfaces.names[i]));
	step->done = is_up(builder, pf, &interfaces);
	take_back(builder, step, pf, &interfaces);
}

/* What makes VFs of a driver that gives none while its interface is down sets that up. */
void plan_pf_up_again(struct plan_builder *builder, const struct pci_function *pf)
{
	const struct vf_driver *driver = plan_vf_driver(builder, pf);
	const struct fact_list interfaces = to_set_up(builder, pf);

	if ((driver && driver->needs_up) || !interfaces.count)
		return;
	plan_add_step(builder, PLAN_PERSIST, "pf-up-again", pf,
		      "Have the host's network configuration set %s of %s up at every boot",
		      join(builder, &interfaces), pf->name)
		->why =
		"without an address, where the host itself has no use for it. passcheck "
		"cannot tell what configures the host's network, so it writes nothing there";
}
