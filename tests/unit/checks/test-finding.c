/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <errno.h>

#include "host/base/array.h"
#include "tests/unit/support/arena.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"

static const struct finding_kind kind = {"some-check.kind", "What it means.", NULL};

static void findings_stay_in_the_order_in_which_they_were_made(void **state)
{
	struct findings findings;
	int expected = 0;

	findings_init(&findings, *state);
	findings.check = "some-check";
	for (int i = 0; i < 100; i++)
		finding_add(&findings, &kind, FINDING_PASS, subject_host(), "number %d", i);
	assert_int_equal(findings.count, 100);
	for (const struct finding *finding = findings.first; finding; finding = finding->next) {
		assert_string_equal(finding->summary,
				    arena_printf(*state, "number %d", expected++));
		assert_string_equal(finding->check, "some-check");
		assert_ptr_equal(finding->kind, &kind);
	}
	assert_int_equal(expected, 100);
}

static void evidence_and_commands_stay_in_order(void **state)
{
	struct findings findings;
	struct fact first = known("/proc/cmdline"), second = absent("/dev/kvm");

	findings_init(&findings, *state);
	struct finding *finding =
		finding_add(&findings, &kind, FINDING_FAIL, subject_host(), "broken");
	finding_evidence(finding, &first, "%s=%s", "intel_iommu", "off");
	finding_evidence_state(finding, &second);
	finding_remedy(finding, "Do %d things", 2);
	finding_command(finding, "echo %d", 1);
	finding_command(finding, "echo %d", 2);

	assert_string_equal(finding->evidence->source, "/proc/cmdline");
	assert_string_equal(finding->evidence->value, "intel_iommu=off");
	assert_string_equal(finding->evidence->next->source, "/dev/kvm");
	assert_int_equal(finding->evidence->next->state, FACT_ABSENT);
	assert_null(finding->evidence->next->next);
	assert_string_equal(finding->remedy, "Do 2 things");
	assert_string_equal(finding->commands->text, "echo 1");
	assert_string_equal(finding->commands->next->text, "echo 2");
	assert_null(finding->commands->next->next);
}

static const struct finding_kind kind_with_fix = {"some-check.wrong", "What it means.",
						  "Do this. Then do that."};

static const struct fix_case {
	const char *name;
	enum finding_verdict verdict;
	const char *own; /* what the check settles; "" is that there is none, NULL nothing */
	const char *remedy;
} fix_cases[] = {
	{"the kind's fix, without a period at its end", FINDING_WARN, NULL,
	 "Do this. Then do that"},
	{"of what is unknown, too", FINDING_UNKNOWN, NULL, "Do this. Then do that"},
	{"the check's own", FINDING_FAIL, "Do it here", "Do it here"},
	{"none, where the check knows none", FINDING_FAIL, "", NULL},
	{"none of what is well", FINDING_PASS, NULL, NULL},
	{"none of what does not apply", FINDING_NOT_APPLICABLE, NULL, NULL},
};

static const struct fix_case *the_case;

static void find(const struct check_context *context)
{
	struct finding *finding = finding_add(context->findings, &kind_with_fix, the_case->verdict,
					      subject_host(), "%s", the_case->name);

	if (the_case->own && *the_case->own)
		finding_remedy(finding, "%s", the_case->own);
	else if (the_case->own)
		finding_remedy_none(finding);
}

static void the_fix_of_its_kind_is_the_remedy_unless_the_check_settles_another(void **state)
{
	const struct check check = {.id = "some-check", .run = find};

	for (size_t i = 0; i < ARRAY_LENGTH(fix_cases); i++) {
		struct findings findings;

		the_case = &fix_cases[i];
		test_row("%s", the_case->name);
		findings_init(&findings, *state);
		check_run(&check, &(const struct check_context){.findings = &findings});
		const struct finding *finding = findings.first;
		assert_string_equal(finding->check, "some-check");
		if (the_case->remedy)
			assert_string_equal(finding->remedy, the_case->remedy);
		else
			assert_null(finding->remedy);
	}
}

static void fact_that_was_not_read_shows_no_value(void **state)
{
	struct findings findings;
	struct fact denied = unreadable("/sys/firmware/acpi/tables/DMAR", EACCES);

	findings_init(&findings, *state);
	struct finding *finding =
		finding_add(&findings, &kind, FINDING_UNKNOWN, subject_host(), "not read");
	finding_evidence(finding, &denied, "%d bytes", 0);

	assert_null(finding->evidence->value);
	assert_int_equal(finding->evidence->state, FACT_UNREADABLE);
	assert_int_equal(finding->evidence->error, EACCES);
}

struct remedy_case {
	enum fact_state state;
	int error;
	const char *remedy;
};

static const struct remedy_case remedies[] = {
	{FACT_UNREADABLE, EACCES, "Run passcheck as root"},
	{FACT_UNREADABLE, EPERM, "Run passcheck as root"},
	{FACT_UNREADABLE, EIO, NULL},
	{FACT_NOT_CAPTURED, 0, "Audit the host itself, or capture it again with passcheck capture"},
	{FACT_MALFORMED, 0, NULL},
	{FACT_ABSENT, 0, NULL},
};

static void remedy_says_what_would_settle_a_fact(void **state)
{
	struct findings findings;

	findings_init(&findings, *state);
	for (size_t i = 0; i < sizeof(remedies) / sizeof(remedies[0]); i++) {
		test_row("%s, errno %d", fact_state_name(remedies[i].state), remedies[i].error);
		struct fact fact = {.state = remedies[i].state, .error = remedies[i].error};
		struct finding *finding =
			finding_add(&findings, &kind, FINDING_UNKNOWN, subject_host(), "not read");
		finding_remedy_unread(finding, &fact);
		if (remedies[i].remedy)
			assert_string_equal(finding->remedy, remedies[i].remedy);
		else
			assert_null(finding->remedy);
	}
}

static void captured_host_is_read_again_by_a_capture(void **state)
{
	struct findings findings;
	struct fact denied = unreadable("/sys/firmware/acpi/tables/DMAR", EACCES);

	findings_init(&findings, *state);
	findings.captured = true;
	struct finding *finding =
		finding_add(&findings, &kind, FINDING_UNKNOWN, subject_host(), "not read");
	finding_remedy_unread(finding, &denied);
	assert_string_equal(finding->remedy, "Capture the host again as root");
}

static void short_memory_still_gives_a_finding_to_write_to(void **state)
{
	struct findings findings;
	struct fact fact = known("/proc/cmdline");

	findings_init(&findings, *state);
	assert_null(arena_alloc(*state, SIZE_MAX));
	struct finding *finding =
		finding_add(&findings, &kind, FINDING_FAIL, subject_host(), "broken");
	assert_non_null(finding);
	finding_evidence(finding, &fact, "value");
	finding_command(finding, "true");
	assert_true(arena_failed(*state));
}

static void subjects_name_what_a_finding_speaks_of(void **state)
{
	const struct pci_function function = {.name = "0000:03:00.0"};
	struct findings findings;

	findings_init(&findings, *state);
	assert_null(subject_host().id);
	assert_string_equal(subject_type_name(subject_host().type), "host");
	assert_string_equal(subject_function(&function).id, "0000:03:00.0");
	assert_string_equal(subject_type_name(subject_function(&function).type), "function");
	assert_string_equal(subject_group(&findings, 4000000000u).id, "4000000000");
	assert_string_equal(subject_type_name(subject_group(&findings, 1).type), "group");
	assert_string_equal(subject_unit("dmar0").id, "dmar0");
	assert_string_equal(subject_type_name(subject_unit("dmar0").type), "unit");
}

static void verdicts_have_the_names_of_the_schema(void **state)
{
	(void)state;
	assert_string_equal(finding_verdict_name(FINDING_PASS), "pass");
	assert_string_equal(finding_verdict_name(FINDING_NOT_APPLICABLE), "not-applicable");
	assert_string_equal(finding_verdict_name(FINDING_WARN), "warn");
	assert_string_equal(finding_verdict_name(FINDING_UNKNOWN), "unknown");
	assert_string_equal(finding_verdict_name(FINDING_FAIL), "fail");
}

/* The report sorts findings by this order. */
static void verdicts_are_ordered_from_best_to_worst(void **state)
{
	(void)state;
	assert_true(FINDING_PASS < FINDING_NOT_APPLICABLE);
	assert_true(FINDING_NOT_APPLICABLE < FINDING_WARN);
	assert_true(FINDING_WARN < FINDING_UNKNOWN);
	assert_true(FINDING_UNKNOWN < FINDING_FAIL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_setup, arena_teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_fix_of_its_kind_is_the_remedy_unless_the_check_settles_another),
		TEST(findings_stay_in_the_order_in_which_they_were_made),
		TEST(evidence_and_commands_stay_in_order),
		TEST(fact_that_was_not_read_shows_no_value),
		TEST(remedy_says_what_would_settle_a_fact),
		TEST(captured_host_is_read_again_by_a_capture),
		TEST(short_memory_still_gives_a_finding_to_write_to),
		TEST(subjects_name_what_a_finding_speaks_of),
		TEST(verdicts_have_the_names_of_the_schema),
		TEST(verdicts_are_ordered_from_best_to_worst),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
