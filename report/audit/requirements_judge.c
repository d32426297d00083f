/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "model/assign/assignability.h"
#include "model/assign/function_set.h"
#include "model/platform.h"
#include "model/selector.h"
#include "report/audit/requirements.h"

enum { MOST_NAMES = 4 };

struct judge {
	const struct requirement *requirement;
	const struct model *model;
	struct arena *arena;
	bool by_address; /* the selector is one */
};

static struct requirement_result result(const struct judge *judge, enum requirement_state state,
					const char *why)
{
	return (struct requirement_result){judge->requirement, state, why};
}

/* Returns whether the selector is an address, which every function is known by. */
static bool is_address(struct arena *arena, const char *selector)
{
	struct pci_address address;

	return pci_address_parse(selector, &address) == 0 ||
	       pci_address_parse(arena_printf(arena, "0000:%s", selector), &address) == 0;
}

/* Returns whether a fact that was not read keeps it open whether a name, ids or a class word mean
 * the function. */
static bool may_match(const struct pci_function *function)
{
	return !fact_settled(&function->vendor.fact) || !fact_settled(&function->device.fact) ||
	       !fact_settled(&function->class_code.fact) || !fact_settled(&function->netdevs.fact);
}

enum match { MATCH_NO, MATCH_UNKNOWN, MATCH_YES };

static enum match match(const struct judge *judge, const struct pci_function *function)
{
	const char *selector = judge->requirement->selector;

	if (selector_matches(selector, function))
		return MATCH_YES;
	return !judge->by_address && may_match(function) ? MATCH_UNKNOWN : MATCH_NO;
}

/* What is concluded where nothing that was read is one of those that the selector names. */
static struct requirement_result nothing_named(const struct judge *judge, bool maybe)
{
	const char *selector = judge->requirement->selector;

	if (maybe || !fact_settled(&judge->model->host->pci.fact))
		return result(judge, REQUIREMENT_UNDETERMINED,
			      arena_printf(judge->arena,
					   "whether this host has %s could not be read", selector));
	return result(judge, REQUIREMENT_UNMET,
		      arena_printf(judge->arena, "this host has no %s", selector));
}

/* How the functions that a requirement names fare. */
struct tally {
	size_t named;
	size_t good;
	size_t open;
	const char *good_why; /* of the first that is good, … */
	const char *open_why;
	const char *bad_why;
};

static void count_function(struct tally *tally, enum requirement_state state, const char *why)
{
	const char **slot = state == REQUIREMENT_MET     ? &tally->good_why
			    : state == REQUIREMENT_UNMET ? &tally->bad_why
							 : &tally->open_why;

	tally->named++;
	tally->good += state == REQUIREMENT_MET;
	tally->open += state == REQUIREMENT_UNDETERMINED;
	if (!*slot)
		*slot = why;
}

static const char *name_companions(const struct judge *judge, const struct pci_function *function,
				   const struct assignable *assignable)
{
	struct buffer names = {.arena = judge->arena, .separator = ", "};

	for (size_t i = 0; i < assignable->companion_count && i < MOST_NAMES; i++)
		buffer_item(&names, "%s", assignable->companions[i]->name);
	return arena_printf(judge->arena,
			    "%s is assignable only once others of its group have left their host "
			    "drivers: %s%s",
			    function->name, buffer_text(&names),
			    assignable->companion_count > MOST_NAMES ? ", \u2026" : "");
}

static void judge_assignable(const struct judge *judge, const struct pci_function *function,
			     struct tally *tally)
{
	const struct assignable *assignable =
		assignability_of(&judge->model->assignability, function);
	if (!assignable)
		return;
	const struct blocker *reason =
		assignable->blockers ? assignable->blockers : assignable->missing;
	const char *why = arena_printf(judge->arena, "%s is %s%s%s", function->name,
				       assignable_verdict_name(assignable->verdict),
				       reason ? ": " : "", reason ? reason->why : "");

	switch (assignable->verdict) {
	case ASSIGNABLE:
		count_function(tally, REQUIREMENT_MET, why);
		return;
	case ASSIGNABLE_WITH:
		count_function(tally, REQUIREMENT_UNMET,
			       name_companions(judge, function, assignable));
		return;
	case ASSIGNABLE_UNDETERMINED:
		count_function(tally, REQUIREMENT_UNDETERMINED, why);
		return;
	case ASSIGNABLE_BLOCKED:
	case ASSIGNABLE_NOT_A_CANDIDATE:
		count_function(tally, REQUIREMENT_UNMET, why);
		return;
	}
}

static const char *why_no_pf(const struct judge *judge, const struct pci_function *function)
{
	const char *setting = vf_adapter_setting(judge->model->host, function, judge->arena);

	return arena_printf(judge->arena, "%s is no physical function with VFs%s%s", function->name,
			    setting ? "; this may be a setting of the adapter: " : "",
			    setting ? setting : "");
}

/* Of two limits that the count is beyond, the one that stays tells what can be had at most. */
static const char *why_usable(const struct judge *judge, const struct pci_function *function,
			      const struct usable_vfs *usable)
{
	const struct vf_budget *budget = vf_budget_of(&judge->model->vf_budgets, function);
	const char *refused =
		vf_budget_refused_for_good(budget, judge->requirement->count, judge->arena);

	if (usable->limit == USABLE_BUDGET && usable->term == VF_TERM_DRIVER)
		refused = NULL;
	const char *most =
		usable->at_most &&
				usable_vfs_allow(usable, judge->requirement->count) == VF_ANSWER_NO
			? arena_printf(judge->arena, "at most %u, not %u: ", usable->at_most,
				       judge->requirement->count)
			: "";
	return arena_printf(judge->arena, "VFs of %s: %s%s%s%s", function->name, most, usable->why,
			    refused ? "; were that put right, " : "", refused ? refused : "");
}

static void judge_vfs(const struct judge *judge, const struct pci_function *function,
		      struct tally *tally)
{
	const struct usable_vfs *usable = usable_vfs_of(&judge->model->usable_vfs, function);
	struct sriov_capability sriov = sriov_decode(&function->config);

	if (pci_is_vf(function) || sriov.capability.state == FACT_ABSENT) {
		count_function(tally, REQUIREMENT_UNMET, why_no_pf(judge, function));
		return;
	}
	if (!usable) {
		count_function(tally, REQUIREMENT_UNDETERMINED,
			       arena_printf(judge->arena,
					    "the SR-IOV capability of %s could not be read",
					    function->name));
		return;
	}
	enum vf_answer answer = usable_vfs_allow(usable, judge->requirement->count);

	count_function(tally,
		       answer == VF_ANSWER_YES  ? REQUIREMENT_MET
		       : answer == VF_ANSWER_NO ? REQUIREMENT_UNMET
						: REQUIREMENT_UNDETERMINED,
		       why_usable(judge, function, usable));
}

static const char *why_unknown(const struct judge *judge, const struct pci_function *function,
			       const struct isolation_group *group)
{
	const char *why = group ? group->unknown_why : NULL;

	bool grouped = platform_in_real_group(judge->model->host, function);
	const struct fact *unread = grouped ? alone_unread(&judge->model->alone, function) : NULL;

	if (unread)
		return arena_printf(judge->arena,
				    "cannot tell whether %s is alone in its group: the list of the "
				    "group's members %s",
				    function->name,
				    fact_known(unread) ? "lacks it" : "could not be read");
	if (grouped)
		return arena_printf(judge->arena,
				    "cannot tell whether ACS still isolates the group of %s: %s",
				    function->name, why);
	return arena_printf(judge->arena, "the group of %s is not known%s%s", function->name,
			    why ? ": " : "", why ? why : "");
}

static const char *why_not_alone(const struct judge *judge, const struct pci_function *function,
				 const struct isolation_group *group, const char *neighbour)
{
	const struct pci_function *other =
		neighbour ? pci_find_name(&judge->model->host->pci, neighbour) : NULL;

	if (other && fact_known(&function->group.fact) && fact_known(&other->group.fact) &&
	    !pci_same_group(function, other))
		return arena_printf(judge->arena,
				    "pcie_acs_override= alone keeps %s apart from %s: the hardware "
				    "does not",
				    function->name, neighbour);
	if (neighbour)
		return arena_printf(judge->arena, "%s %s its group with %s", function->name,
				    platform_in_real_group(judge->model->host, function)
					    ? "shares"
					    : "would share",
				    neighbour);
	return arena_printf(judge->arena,
			    "the group of %s is out of date: %s has ACS bits off since boot",
			    function->name, stale_next_cause(group->culprits)->function->name);
}

static void judge_isolated(const struct judge *judge, const struct pci_function *function,
			   struct tally *tally)
{
	const struct isolation_group *group = isolation_of(&judge->model->isolation, function);
	const char *neighbour;

	switch (alone_of(&judge->model->alone, function, &neighbour)) {
	case ALONE_UNKNOWN:
		count_function(tally, REQUIREMENT_UNDETERMINED,
			       why_unknown(judge, function, group));
		break;
	case ALONE_NO:
		count_function(tally, REQUIREMENT_UNMET,
			       why_not_alone(judge, function, group, neighbour));
		break;
	case ALONE_YES:
		count_function(tally, REQUIREMENT_MET,
			       arena_printf(judge->arena, "%s %s alone in its group",
					    function->name,
					    platform_in_real_group(judge->model->host, function)
						    ? "is"
						    : "would be"));
		break;
	}
}

/* At least count of those named must be good. */
static struct requirement_result conclude_some(const struct judge *judge, const struct tally *tally,
					       size_t maybe, size_t count)
{
	if (tally->named == 0)
		return nothing_named(judge, maybe > 0);
	if (tally->good >= count)
		return result(judge, REQUIREMENT_MET, tally->good_why);
	if (tally->good + tally->open + maybe >= count)
		return result(judge, REQUIREMENT_UNDETERMINED,
			      tally->open_why ? tally->open_why
					      : "which functions are meant could not be read");
	if (tally->bad_why)
		return result(judge, REQUIREMENT_UNMET, tally->bad_why);
	return result(judge, REQUIREMENT_UNMET,
		      arena_printf(judge->arena, "this host has %zu of %zu", tally->named, count));
}

/* All of those named must be good. */
static struct requirement_result conclude_all(const struct judge *judge, const struct tally *tally,
					      size_t maybe)
{
	if (tally->named == 0)
		return nothing_named(judge, maybe > 0);
	if (tally->bad_why)
		return result(judge, REQUIREMENT_UNMET, tally->bad_why);
	if (tally->open_why || maybe)
		return result(judge, REQUIREMENT_UNDETERMINED,
			      tally->open_why ? tally->open_why
					      : "which functions are meant could not be read");
	return result(judge, REQUIREMENT_MET, tally->good_why);
}

static struct requirement_result judge_functions(const struct judge *judge)
{
	const struct pci *pci = &judge->model->host->pci;
	struct tally tally = {0};
	size_t maybe = 0;

	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		enum match matched = match(judge, function);

		maybe += matched == MATCH_UNKNOWN;
		if (matched != MATCH_YES)
			continue;
		if (judge->requirement->kind == REQUIRE_PASSTHROUGH)
			judge_assignable(judge, function, &tally);
		else if (judge->requirement->kind == REQUIRE_VFS)
			judge_vfs(judge, function, &tally);
		else
			judge_isolated(judge, function, &tally);
	}
	if (judge->requirement->kind == REQUIRE_ISOLATED)
		return conclude_all(judge, &tally, maybe);
	return conclude_some(judge, &tally, maybe,
			     judge->requirement->kind == REQUIRE_VFS ? 1
								     : judge->requirement->count);
}

static struct requirement_result judge_interrupts(const struct judge *judge)
{
	const struct interrupt_remapping *interrupts = &judge->model->interrupts;

	switch (interrupts->state) {
	case INTERRUPTS_REMAPPED:
		return result(judge, REQUIREMENT_MET, interrupts->words);
	case INTERRUPTS_PLAIN:
	case INTERRUPTS_PARTLY_REMAPPED:
		return result(judge, REQUIREMENT_UNMET, interrupts->words);
	case INTERRUPTS_FOREIGN:
		if (interrupts->attaches == BOOLEAN_YES)
			return result(judge, REQUIREMENT_MET, interrupts->words);
		break;
	case INTERRUPTS_UNKNOWN:
		break;
	}
	return result(judge, REQUIREMENT_UNDETERMINED, interrupts->words);
}

struct requirement_result requirement_judge(const struct requirement *requirement,
					    const struct model *model, struct arena *arena)
{
	struct judge judge = {.requirement = requirement, .model = model, .arena = arena};

	if (requirement->kind == REQUIRE_INTERRUPT_REMAPPING)
		return judge_interrupts(&judge);
	judge.by_address = is_address(arena, requirement->selector);
	return judge_functions(&judge);
}

/* The functions that requirements name without a choice. */
struct wanted {
	const struct model *model;
	struct function_set set;
	const struct pci_function **functions;
	size_t count;
};

/* Returns whether a link of the host leaves with a function that the requirement cannot do without.
 */
static bool add_wanted(struct wanted *wanted, const struct requirement *requirement)
{
	const struct pci *pci = &wanted->model->host->pci;
	bool linked = false;

	if (selector_count(requirement->selector, wanted->model->host) > requirement->count)
		return false;
	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (!selector_matches(requirement->selector, function))
			continue;
		linked |= host_uses_takes_link(&wanted->model->host_uses, function);
		if (!function_set_has(&wanted->set, function))
			wanted->functions[wanted->count++] = function;
		function_set_add(&wanted->set, function);
	}
	return linked;
}

void requirements_judge_together(struct requirement_result *results, size_t count,
				 const struct model *model, struct arena *arena)
{
	struct wanted wanted = {
		.model = model,
		.functions = arena_array(arena, model->host->pci.count + 1,
					 sizeof(struct pci_function *)),
	};
	bool *linked = arena_array(arena, count + 1, sizeof(*linked));

	function_set_init(&wanted.set, arena, model->host);
	if (!wanted.functions || !linked || !wanted.set.members || !model->host_uses.links_apart)
		return;
	for (size_t i = 0; i < count; i++)
		linked[i] = results[i].state == REQUIREMENT_MET &&
			    results[i].requirement->kind == REQUIRE_PASSTHROUGH &&
			    add_wanted(&wanted, results[i].requirement);
	const char *why =
		host_uses_cut_off(&model->host_uses, wanted.functions, wanted.count, arena);
	for (size_t i = 0; why && i < count; i++) {
		if (linked[i])
			results[i] = (struct requirement_result){results[i].requirement,
								 REQUIREMENT_UNMET, why};
	}
}
