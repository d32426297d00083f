/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/diagnostic.h"
#include "cli/document.h"
#include "cli/options/table.h"
#include "report/plan/plan_document.h"

static enum exit_code judge(const struct options *options, const struct host *host)
{
	const struct plan_input wanted = {
		.selectors = options->operands.words,
		.selector_count = options->operands.count,
		.vfs = options->vfs,
		.how = options->how,
		.stack = options->stack,
		.undo = options->undo,
	};
	struct plan_document *plan;
	const char *culprit = NULL;
	int result = plan_document_build(host, &wanted, &plan, &culprit);

	if (result < 0)
		return document_fail_on(options, host, result, culprit);
	enum exit_code code = document_write(options, plan, NULL);
	if (code == EXIT_READY)
		code = document_exit_code(plan->verdict);
	plan_document_free(plan);
	return code;
}

static enum exit_code run(const struct options *options)
{
	if (options->vfs && !options->operands.count)
		return complain_of_usage("plan", "--vfs wants a FUNCTION");
	if (options->vfs && options->how == PLAN_HOW_MANAGED)
		return complain_of_usage("plan", "--how managed makes no VFs");
	if (options->undo && (options->given & (OPTION_BIT(OPTION_VFS) | OPTION_BIT(OPTION_HOW))))
		return complain_of_usage(
			"plan", "--undo takes neither --how nor --vfs: it finds both on the host");
	return document_with_host(options, judge);
}

const struct verb verb_plan = {
	.name = "plan",
	.operands = "[FUNCTION...]",
	.summary = "print what makes the host or FUNCTIONs ready",
	.examples = "  passcheck plan gpu             what to do until all GPUs can go to a guest\n"
		    "  passcheck plan eth0 --vfs 8    make 8 VFs, and again at each boot\n"
		    "  passcheck plan --undo eth0     what takes that back\n",
	.exits = {.ready = "the steps reach the goal, or none is needed",
		  .not_ready = "something stands in the way",
		  .undetermined = "cannot tell whether the steps reach the goal"},
	.accepts = OPTION_BIT(OPTION_ROOT) | OPTION_BIT(OPTION_FORMAT) |
		   OPTION_BIT(OPTION_COMPACT) | OPTION_BIT(OPTION_OUTPUT) |
		   OPTION_BIT(OPTION_COLOR) | OPTION_BIT(OPTION_VFS) | OPTION_BIT(OPTION_HOW) |
		   OPTION_BIT(OPTION_FOR) | OPTION_BIT(OPTION_UNDO) | OPTION_BIT(OPTION_EXIT_ZERO) |
		   OPTION_BIT(OPTION_WAKE),
	.asks_for_users = true,
	.documents = {&plan_formats},
	.run = run,
};
