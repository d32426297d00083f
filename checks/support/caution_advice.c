/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/caution_advice.h"

void finding_caution_advice(struct finding *finding, const struct caution *caution)
{
	finding_evidence_state(finding, caution->evidence);
	if (caution->remedy)
		finding_remedy(finding, "%s", caution->remedy);
	for (const struct text_line *line = caution->commands; line; line = line->next)
		finding_command(finding, "%s", line->text);
}
