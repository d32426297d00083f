/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/document.h"
#include "cli/hostdev.h"
#include "cli/options/table.h"
#include "cli/progress.h"

static enum exit_code write_audit(const struct options *options, const struct audit *audit)
{
	enum exit_code code = document_write(options, audit, NULL);

	return code == EXIT_READY ? document_exit_code(audit->answer) : code;
}

static enum exit_code judge(const struct options *options, const struct host *host)
{
	char now[TIMESTAMP_SIZE];
	const struct audit_input wanted = {
		.checks = options->checks.words,
		.check_count = options->checks.count,
		.selectors = options->operands.words,
		.selector_count = options->operands.count,
		.fail_on = options->fail_on,
		.requirements = options->required.items,
		.requirement_count = options->required.count,
		.confinement = options->sandbox.measures,
		.confinement_count = options->sandbox.count,
		.time = now,
		.identity = options->identity,
	};
	struct progress progress;
	struct audit *audit;
	const char *culprit = NULL;

	document_time(now);
	progress_begin(&progress, "judging its functions");
	int result = audit_build(host, &wanted, &audit, &culprit);
	progress_end(&progress);
	if (result < 0)
		return document_fail_on(options, host, result, culprit);
	enum exit_code code = hostdev_is_wanted(options) ? hostdev_write(options, audit)
							 : write_audit(options, audit);
	audit_free(audit);
	return code;
}

static enum exit_code run(const struct options *options)
{
	if (!hostdev_options_fit(options))
		return EXIT_USAGE;
	return document_with_host(options, judge);
}

const struct verb verb_audit = {
	.name = "audit",
	.operands = "[FUNCTION...]",
	.summary = "audit the host, or explain these functions",
	.examples = "  passcheck                      the whole host\n"
		    "  passcheck gpu                  every graphics card: can it go to a guest?\n"
		    "  passcheck 02:00                all functions of a slot\n"
		    "  passcheck --require vfs=eth0:8 exit with 2 unless eth0 can give 8 VFs\n"
		    "  passcheck --by group           IOMMU group by group\n",
	.exits = {.ready = "ready",
		  .not_ready = "not ready, a requirement is not met, or a FUNCTION is blocked",
		  .undetermined = "something that decides could not be read"},
	.accepts = OPTION_BIT(OPTION_ROOT) | OPTION_BIT(OPTION_FORMAT) |
		   OPTION_BIT(OPTION_COMPACT) | OPTION_BIT(OPTION_OUTPUT) |
		   OPTION_BIT(OPTION_CHECK) | OPTION_BIT(OPTION_FAIL_ON) |
		   OPTION_BIT(OPTION_REQUIRE) | OPTION_BIT(OPTION_REQUIREMENTS) |
		   OPTION_BIT(OPTION_BY) | OPTION_BIT(OPTION_COLOR) | OPTION_BIT(OPTION_VERBOSE) |
		   OPTION_BIT(OPTION_QUIET) | OPTION_BIT(OPTION_WITH_IDENTITY) |
		   OPTION_BIT(OPTION_MAC) | OPTION_BIT(OPTION_VLAN) | OPTION_BIT(OPTION_TEAMING) |
		   OPTION_BIT(OPTION_NETWORK) | OPTION_BIT(OPTION_VPORT) | OPTION_BIT(OPTION_MDEV) |
		   OPTION_BIT(OPTION_LUN) | OPTION_BIT(OPTION_SPLIT) | OPTION_BIT(OPTION_FORCE) |
		   OPTION_BIT(OPTION_LOG) | OPTION_BIT(OPTION_EXIT_ZERO) | OPTION_BIT(OPTION_WAKE),
	.asks_for_users = true,
	.asks_for_links = true,
	.documents = {&audit_formats, &guest_formats},
	.run = run,
};
