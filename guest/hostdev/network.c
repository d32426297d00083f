/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/hostdev/builder.h"
#include "guest/hostdev/warnings.h"
#include "model/own_commands.h"

static size_t count_vfs(const struct host *host, const struct pci_function *pf)
{
	size_t count = 0;

	for (size_t i = 0; i < host->pci.count; i++)
		count += host->pci.functions[i].pf == pf;
	return count;
}

/* The VFs of one PF all take its token, or none does. */
static bool takes_token(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const char *why =
		form->vf_count ? hostdev_lacks_token(hostdev_builder_target(builder),
						     builder->model, form->vfs[0], builder->arena)
			       : NULL;

	if (!why)
		return false;
	form->verdict = ASSIGNABLE_BLOCKED;
	hostdev_note_add(builder->arena, &form->reasons, "%s: %s", form->vfs[0]->name, why);
	return true;
}

/* Judges the VFs that a pool would hand out: it is of use as soon as one can be assigned. */
static void judge_vfs(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct pci *pci = &builder->host->pci;
	struct assignable first = {.verdict = ASSIGNABLE_BLOCKED};

	form->verdict = ASSIGNABLE_BLOCKED;
	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (function->pf != form->function)
			continue;
		struct assignable assignable =
			*assignability_of(&builder->model->assignability, function);
		if (!form->vf_count)
			first = assignable;
		form->vfs[form->vf_count++] = function;
		if (hostdev_badness(assignable.verdict) < hostdev_badness(form->verdict))
			form->verdict = assignable.verdict;
	}
	if (takes_token(builder, form) || form->verdict == ASSIGNABLE ||
	    form->verdict == ASSIGNABLE_WITH)
		return;
	form->assignable = first;
	hostdev_add_verdict_reasons(builder, form);
}

static void add_network(struct hostdev_builder *builder, const struct pci_function *pf)
{
	struct hostdev_form *form = hostdev_append(builder, pf, HOSTDEV_KIND_NETWORK);

	if (!form)
		return;
	form->vfs = arena_array(builder->arena, count_vfs(builder->host, pf) + 1,
				sizeof(struct pci_function *));
	if (!form->vfs)
		return;
	judge_vfs(builder, form);
	if (!form->vf_count)
		hostdev_note_add(builder->arena, &form->reasons,
				 "it has no VFs; " OWN_PLAN_VFS " %s says how to make them",
				 pf->name);
	form->written = form->vf_count &&
			(form->verdict == ASSIGNABLE || form->verdict == ASSIGNABLE_WITH ||
			 builder->forms->options.force);
}

/* What draws on the network goes where the network goes. */
static void add_interface(struct hostdev_builder *builder, const struct pci_function *pf)
{
	const struct hostdev_form *last = &builder->forms->forms[builder->forms->count - 1];
	const struct hostdev_form network = *last;
	struct hostdev_form *form;

	if (!builder->forms->options.teaming || !network.written)
		return;
	form = hostdev_append(builder, pf, HOSTDEV_KIND_NETWORK_INTERFACE);
	if (!form)
		return;
	form->verdict = network.verdict;
	form->assignable = network.assignable;
	form->written = true;
	hostdev_note_team(builder, form);
}

int hostdev_networks(struct hostdev_builder *builder, struct hostdev_misfit *ret_misfit)
{
	if (builder->count != 1)
		return hostdev_reject(ret_misfit, HOSTDEV_NETWORK,
				      "a network is of one physical function");
	if (fact_absent(&builder->functions[0]->sriov.totalvfs.fact))
		return hostdev_reject(ret_misfit, HOSTDEV_NETWORK,
				      "a network is of a function that offers VFs");
	add_network(builder, builder->functions[0]);
	if (builder->forms->count)
		add_interface(builder, builder->functions[0]);
	return 0;
}
