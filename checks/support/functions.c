/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/functions.h"
#include "host/base/buffer.h"

struct finding *functions_report_none(const struct host *host, const struct fact *doubt,
				      const struct finding_kind *none,
				      const struct finding_kind *unread, const char *text,
				      struct findings *findings)
{
	const struct fact *listed = &host->pci.fact;
	struct finding *finding;

	if (fact_settled(listed) && !doubt) {
		finding = finding_add(findings, none, FINDING_NOT_APPLICABLE, subject_host(), "%s",
				      text);
		finding_evidence(finding, listed, "%s",
				 counted(findings->arena, host->pci.count, "function"));
		return finding;
	}
	const struct fact *cause = fact_settled(listed) ? doubt : listed;
	finding =
		finding_add(findings, unread, FINDING_UNKNOWN, subject_host(),
			    cause == listed ? "the PCI functions could not be listed"
					    : "not every function could be read that matters here");
	finding_evidence_state(finding, cause);
	finding_remedy_unread(finding, cause);
	return finding;
}
