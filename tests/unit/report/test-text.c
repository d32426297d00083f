/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/findings/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/support/arena.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"

static const struct finding_kind kind = {"some-check.kind", "What it means.", NULL};

/* Returns what the text report shows of a finding. */
static const char *show(struct arena *arena, const struct finding *finding)
{
	const struct render_options options = {.utf8 = true, .verbose = true};
	const struct finding *findings[] = {finding};
	size_t causes[] = {JUDGED_ALONE};
	const struct judged_findings judged = {.items = findings, .count = 1, .causes = causes};
	struct text text = {.options = &options, .arena = arena};
	char *bytes = NULL;
	size_t length;

	text.out = open_memstream(&bytes, &length);
	assert_non_null(text.out);
	text_findings(&text, &judged, NULL);
	assert_int_equal(fclose(text.out), 0);
	const char *shown = arena_copy(arena, bytes, length);
	free(bytes);
	return shown;
}

static void evidence_that_says_the_same_is_shown_once(void **state)
{
	struct findings findings;
	struct fact config = unreadable("config of 0000:01:00.0", EACCES);
	struct fact cmdline = known("/proc/cmdline"), table = absent("DMAR");

	findings_init(&findings, *state);
	struct finding *finding =
		finding_add(&findings, &kind, FINDING_UNKNOWN, subject_host(), "not known");
	finding_evidence_state(finding, &config);
	finding_evidence(finding, &cmdline, "quiet");
	finding_evidence_state(finding, &config);
	finding_evidence(finding, &cmdline, "iommu=off");
	finding_evidence(finding, &cmdline, "quiet");
	finding_evidence_state(finding, &table);
	finding_evidence_state(finding, &cmdline);

	assert_string_equal(show(*state, finding),
			    "\n"
			    "?     not known [some-check.kind]\n"
			    "      config of 0000:01:00.0: unreadable (Permission denied)\n"
			    "      /proc/cmdline: quiet\n"
			    "      /proc/cmdline: iommu=off\n"
			    "      DMAR: absent\n"
			    "      /proc/cmdline\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(evidence_that_says_the_same_is_shown_once,
						arena_setup, arena_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
