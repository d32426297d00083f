/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/diagnostic.h"
#include "cli/document.h"
#include "cli/input/domain_files.h"
#include "cli/options/table.h"
#include "report/domain/domain_report.h"

static enum exit_code judge(const struct options *options, const struct host *host,
			    const struct domain_files *files)
{
	const struct domain_input wanted = {
		.fail_on = options->fail_on,
		.set = {.domains = files->domains,
			.domain_count = files->domain_count,
			.networks = files->networks,
			.network_count = files->network_count,
			.pools = files->pools,
			.pool_count = files->pool_count},
	};
	struct domain_report *report;
	int result = domain_report_build(host, &wanted, &report);

	if (result < 0)
		return document_fail(result);
	enum exit_code code = document_write(options, report, NULL);
	if (code == EXIT_READY)
		code = document_exit_code(report->judged.verdict);
	domain_report_free(report);
	return code;
}

static enum exit_code read_and_judge(const struct options *options, const struct host *host)
{
	struct domain_files files = {.arena = options->arena};

	for (size_t i = 0; i < options->operands.count; i++) {
		if (domain_files_read(&files, options->operands.words[i]) < 0)
			return EXIT_FAILED;
	}
	return judge(options, host, &files);
}

static enum exit_code run(const struct options *options)
{
	if (!options->operands.count)
		return complain_of_usage("domain", "a FILE that describes guests is missing");
	return document_with_host(options, read_and_judge);
}

const struct verb verb_domain = {
	.name = "domain",
	.operands = "FILE|DIR|-...",
	.summary = "check guests against the host",
	.examples = "  passcheck domain /etc/libvirt/qemu\n"
		    "  virsh dumpxml VM | passcheck domain -\n"
		    "  passcheck domain /etc/pve/qemu-server /etc/pve/mapping\n"
		    "  ps -ww -eo args= | grep -E 'qemu|cloud-hypervisor' | passcheck domain -\n"
		    "  kubectl get kubevirt,vm -A -o yaml | passcheck domain -\n"
		    "  incus config show VM --expanded | passcheck domain -\n",
	.exits = {.ready = "found nothing that keeps a guest from its devices",
		  .not_ready = "a guest does not get a device as it is configured",
		  .undetermined = "cannot tell whether a guest gets its devices"},
	.accepts = OPTION_BIT(OPTION_ROOT) | OPTION_BIT(OPTION_FORMAT) |
		   OPTION_BIT(OPTION_COMPACT) | OPTION_BIT(OPTION_OUTPUT) |
		   OPTION_BIT(OPTION_FAIL_ON) | OPTION_BIT(OPTION_COLOR) |
		   OPTION_BIT(OPTION_VERBOSE) | OPTION_BIT(OPTION_QUIET) |
		   OPTION_BIT(OPTION_EXIT_ZERO) | OPTION_BIT(OPTION_WAKE),
	.asks_for_name = true,
	.asks_for_users = true,
	.documents = {&domain_formats},
	.run = run,
};
