/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/hostdev/forms.h"

#include "guest/hostdev/builder.h"

static void conclude(struct hostdev_forms *forms)
{
	forms->verdict = ASSIGNABLE;
	for (size_t i = 0; i < forms->count; i++) {
		const struct hostdev_form *form = &forms->forms[i];
		if (!form->companion_of &&
		    hostdev_badness(form->verdict) > hostdev_badness(forms->verdict))
			forms->verdict = form->verdict;
	}
}

/* Some wishes exclude one another, whatever the functions are. */
static int find_conflict(const struct hostdev_options *options, struct hostdev_misfit *ret_misfit)
{
	bool holder = options->network || options->wwpn || options->lun || options->mdev_type;

	if (options->mdev_type && (options->network || options->wwpn || options->lun))
		return hostdev_reject(ret_misfit, HOSTDEV_MDEV,
				      "a mediated device excludes a network, a virtual port and "
				      "units of a port");
	if (options->teaming && holder && !options->network)
		return hostdev_reject(ret_misfit, HOSTDEV_TEAMING,
				      "a team is of network interfaces");
	if (options->teaming && !options->mac)
		return hostdev_reject(
			ret_misfit, HOSTDEV_TEAMING,
			"both interfaces of a team have one MAC address, and none was "
			"given");
	if (holder && options->mac && !options->teaming)
		return hostdev_reject(ret_misfit, HOSTDEV_MAC,
				      "a MAC address is for a VF, not for what holds VFs");
	if (holder && options->vlan)
		return hostdev_reject(ret_misfit, HOSTDEV_VLAN,
				      "a VLAN is for VFs, not for what holds them");
	if (options->network && options->lun)
		return hostdev_reject(ret_misfit, HOSTDEV_LUN,
				      "units of a port and a network exclude one another");
	if (options->network && options->wwpn)
		return hostdev_reject(ret_misfit, HOSTDEV_VPORT,
				      "a virtual port and a network exclude one another");
	return 0;
}

static void fill_sets(struct hostdev_builder *builder)
{
	function_set_init(&builder->wanted, builder->arena, builder->host);
	function_set_init(&builder->formed, builder->arena, builder->host);
	function_set_init(&builder->brought, builder->arena, builder->host);
	for (size_t i = 0; i < builder->count; i++)
		function_set_add(&builder->wanted, builder->functions[i]);
}

int hostdev_forms_build(const struct model *model, const struct pci_function *const *functions,
			size_t count, const struct hostdev_options *options, struct arena *arena,
			struct hostdev_forms *ret, struct hostdev_misfit *ret_misfit)
{
	struct hostdev_forms forms = {.options = *options};
	struct hostdev_builder builder = {
		.model = model,
		.host = model->host,
		.arena = arena,
		.functions = functions,
		.count = count,
		.forms = &forms,
	};
	int result;

	result = find_conflict(options, ret_misfit);
	if (result < 0)
		return result;
	fill_sets(&builder);
	if (hostdev_target_of(options)->makes_vfs)
		result = hostdev_policies(&builder);
	else if (options->network)
		result = hostdev_networks(&builder, ret_misfit);
	else if (options->mdev_type)
		result = hostdev_mdevs(&builder, ret_misfit);
	else if (options->lun)
		result = hostdev_luns(&builder, ret_misfit);
	else if (options->wwpn)
		result = hostdev_vports(&builder, ret_misfit);
	else
		result = hostdev_functions(&builder, ret_misfit);
	if (result < 0)
		return result;
	conclude(&forms);
	*ret = forms;
	return 0;
}
