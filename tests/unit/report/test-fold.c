/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/findings/fold.h"

#include <string.h>

#include "checks/support/cause.h"
#include "checks/support/check.h"
#include "host/base/array.h"
#include "tests/unit/support/arena.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"

static const struct finding_kind blocked = {"assignability.blocked", "Blocked.", NULL};
static const struct finding_kind none = {"iommu-groups.none", "No groups.", NULL};
static const struct finding_kind off = {"kernel-cmdline.iommu-off", "Off.", NULL};
static const struct finding_kind unread = {"memory.lock-unreadable", "Unread.", NULL};
static const struct finding_kind vital = {"host-use.vital", "Vital.", NULL};

static struct finding *add_blocked(struct findings *findings, const char *address, const char *why)
{
	const struct pci_function function = {
		.name = arena_copy(findings->arena, address, strlen(address))};

	return finding_add(findings, &blocked, FINDING_FAIL, subject_function(&function),
			   "%s is blocked: %s", function.name, why);
}

static bool all(const void *context, const struct finding *finding)
{
	(void)context;
	(void)finding;
	return true;
}

static struct folds fold_of_host(struct findings *findings, const struct pci *pci)
{
	const struct judging judging = {.pci = pci};
	const struct finding_filter filter = {0};
	struct judged_findings judged;
	struct folds folds;

	findings_settle_causes(findings);
	assert_int_equal(findings_judge(findings, &judging, &filter, findings->arena, &judged), 0);
	assert_int_equal(findings_fold(&judged, all, NULL, findings->arena, &folds), 0);
	return folds;
}

static struct folds fold(struct findings *findings)
{
	return fold_of_host(findings, NULL);
}

static void what_is_said_alike_of_several_functions_is_said_once(void **state)
{
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "memory";
	add_blocked(&findings, "0000:01:00.0", "it has 2 VFs enabled");
	add_blocked(&findings, "0000:02:00.0", "it is denied");
	add_blocked(&findings, "0000:03:00.0", "it has 2 VFs enabled");
	struct folds folds = fold(&findings);
	assert_int_equal(folds.count, 2);
	assert_int_equal(folds.items[0].count, 2);
	assert_string_equal(folds.items[0].findings[1]->subject.id, "0000:03:00.0");
	assert_int_equal(folds.items[1].count, 1);
}

static void what_people_look_for_most_speaks_for_the_others(void **state)
{
	struct pci_function functions[] = {
		{.name = "0000:00:14.0",
		 .address = {0, 0, 0x14, 0},
		 .class_code = {known("class"), 0x0c0330}},
		{.name = "0000:01:00.0",
		 .address = {0, 1, 0, 0},
		 .class_code = {known("class"), 0x020000}},
		{.name = "0000:02:00.0",
		 .address = {0, 2, 0, 0},
		 .class_code = {known("class"), 0x030000}},
		{.name = "0000:03:00.0",
		 .address = {0, 3, 0, 0},
		 .class_code = {known("class"), 0x030000}},
	};
	const struct pci pci = {.functions = functions, .count = ARRAY_LENGTH(functions)};
	static const char *const order[] = {"0000:02:00.0", "0000:00:14.0", "0000:01:00.0",
					    "0000:03:00.0"};
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "memory";
	for (size_t i = 0; i < ARRAY_LENGTH(functions); i++)
		add_blocked(&findings, functions[i].name, "it is denied");
	struct folds folds = fold_of_host(&findings, &pci);
	assert_int_equal(folds.count, 1);
	for (size_t i = 0; i < ARRAY_LENGTH(order); i++) {
		test_row("%s", order[i]);
		assert_string_equal(folds.items[0].findings[i]->subject.id, order[i]);
	}
}

static void add_use(struct findings *findings, const char *domain, const char *function)
{
	static const struct finding_kind kind = {"domain-cautions.caution", "Odd.", NULL};
	struct finding *finding =
		finding_add(findings, &kind, FINDING_WARN, subject_domain(domain),
			    "%s uses %s: it may not come back to a second guest", domain, function);

	finding_about(finding, function);
}

static void what_is_said_alike_of_functions_of_one_domain_is_said_once(void **state)
{
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "memory";
	add_use(&findings, "web", "0000:01:00.0");
	add_use(&findings, "web", "0000:02:00.0");
	add_use(&findings, "db", "0000:03:00.0");
	struct folds folds = fold(&findings);
	assert_int_equal(folds.count, 2);
	assert_int_equal(folds.items[0].count, 2);
	assert_string_equal(fold_name(&folds.items[0], 1), "0000:02:00.0");
}

static void each_has_its_own_short_reason_where_one_remedy_serves_all(void **state)
{
	static const char remedy[] = "Take it out of the network configuration";
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "memory";
	finding_remedy(add_blocked(&findings, "0000:01:00.0", "the link eth0"), "%s", remedy);
	finding_remedy(add_blocked(&findings, "0000:02:00.0", "the link eth1"), "%s", remedy);
	finding_remedy(add_blocked(&findings, "0000:03:00.0", "the link eth0"), "%s", remedy);
	finding_remedy(add_blocked(&findings, "0000:04:00.0",
				   "its group holds another function, which the host needs"),
		       "%s", remedy);
	struct folds folds = fold(&findings);
	assert_int_equal(folds.count, 2);
	assert_int_equal(folds.items[0].count, 3);
	assert_null(fold_reason(&folds.items[0], 0));
	assert_string_equal(fold_reason(&folds.items[0], 1), "the link eth1");
	assert_null(fold_reason(&folds.items[0], 2));
}

static void another_remedy_is_not_alike(void **state)
{
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "memory";
	finding_remedy(add_blocked(&findings, "0000:01:00.0", "denied"), "Use 0000:01:00.0's VFs");
	finding_remedy(add_blocked(&findings, "0000:02:00.0", "denied"), "Use 0000:02:00.0's VFs");
	finding_remedy(add_blocked(&findings, "0000:03:00.0", "denied"), "Use 0000:01:00.0's VFs");
	struct folds folds = fold(&findings);
	assert_int_equal(folds.count, 2);
	assert_int_equal(folds.items[0].count, 2);
	assert_string_equal(folds.items[1].findings[0]->subject.id, "0000:03:00.0");
}

static void another_command_is_not_alike(void **state)
{
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "memory";
	finding_command(add_blocked(&findings, "0000:01:00.0", "held"), "echo 0000:01:00.0");
	finding_command(add_blocked(&findings, "0000:02:00.0", "held"), "echo 0000:02:00.0");
	finding_command(add_blocked(&findings, "0000:03:00.0", "held"), "echo 0000:04:00.0");
	struct folds folds = fold(&findings);
	assert_int_equal(folds.count, 2);
	assert_int_equal(folds.items[0].count, 2);
}

static void findings_on_the_host_never_fold(void **state)
{
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "memory";
	finding_add(&findings, &none, FINDING_FAIL, subject_host(), "none");
	finding_add(&findings, &none, FINDING_FAIL, subject_host(), "none");
	assert_int_equal(fold(&findings).count, 2);
}

static void effects_stand_below_their_first_cause(void **state)
{
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "memory";
	finding_follows(add_blocked(&findings, "0000:01:00.0", "no group"), "iommu-groups.none",
			subject_host());
	finding_add(&findings, &none, FINDING_FAIL, subject_host(), "none");
	finding_add(&findings, &off, FINDING_FAIL, subject_host(), "off");
	struct folds folds = fold(&findings);
	assert_int_equal(folds.count, 1);
	assert_ptr_equal(folds.items[0].findings[0]->kind, &off);
	assert_int_equal(folds.items[0].effect_count, 2);
	assert_ptr_equal(folds.items[0].effects[0].findings[0]->kind, &none);
	assert_ptr_equal(folds.items[0].effects[1].findings[0]->kind, &blocked);
}

static void what_follows_from_findings_told_together_is_told_together(void **state)
{
	static const struct finding_kind lost = {"assignability.unreachable", "Lost.", NULL};
	static const struct finding_kind reset = {"reset.none", "None.", NULL};
	static const char *const names[] = {"0000:01:00.0", "0000:01:00.1"};
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "memory";
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const struct pci_function function = {.name = names[i]};
		const struct subject subject = subject_function(&function);
		finding_add(&findings, &lost, FINDING_FAIL, subject, "%s is lost", names[i]);
		finding_add(&findings, &reset, FINDING_WARN, subject, "no reset of %s", names[i]);
	}
	struct folds folds = fold(&findings);
	assert_int_equal(folds.count, 1);
	assert_int_equal(folds.items[0].effect_count, 1);
	assert_int_equal(folds.items[0].effects[0].count, 2);
}

/* A daemon that does not listen keeps no function from guests. */
static void what_the_host_can_do_without_stands_behind_functions(void **state)
{
	static const struct finding_kind idle = {"libvirt.not-running", "Idle.", NULL};
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "libvirt";
	finding_add(&findings, &idle, FINDING_WARN, subject_host(), "idle");
	findings.check = "memory";
	add_blocked(&findings, "0000:01:00.0", "denied");
	struct folds folds = fold(&findings);
	assert_int_equal(folds.host_count, 0);
	assert_int_equal(folds.function_count, 1);
	assert_ptr_equal(folds.items[1].findings[0]->kind, &idle);
}

static void a_cause_that_is_no_trouble_is_none(void **state)
{
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "memory";
	finding_add(&findings, &none, FINDING_FAIL, subject_host(), "none");
	finding_add(&findings, &off, FINDING_PASS, subject_host(), "not off");
	assert_int_equal(fold(&findings).count, 2);
	assert_null(findings.first->cause);
}

static void a_cause_is_that_of_its_own_subject(void **state)
{
	const struct pci_function used = {.name = "0000:01:00.0"};
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "memory";
	finding_add(&findings, &vital, FINDING_WARN, subject_function(&used), "vital");
	struct finding *own = add_blocked(&findings, "0000:01:00.0", "in use");
	struct finding *other = add_blocked(&findings, "0000:02:00.0", "in use");
	finding_follows(own, "host-use.vital", own->subject);
	finding_follows(other, "host-use.vital", other->subject);
	fold(&findings);
	assert_ptr_equal(own->cause, findings.first);
	assert_null(other->cause);
}

/* By the table, where several findings have the id of the cause. */
static void a_cause_speaks_of_what_its_effect_lacks(void **state)
{
	static const struct finding_kind wrong_file = {"boot-config.wrong-file", "Wrong.", NULL};
	static const struct finding_kind pending = {"boot-config.pending", "Later.", NULL};
	static const struct finding_kind lacks = {"kernel-config.missing", "Lacks.", NULL};
	static const struct finding_kind left_off = {"kernel-cmdline.default-off", "Off.", NULL};
	static const struct finding_kind plain = {"interrupt-remapping.off", "Off.", NULL};
	static const struct finding_kind no_driver = {"vfio-driver.missing", "Off.", NULL};
	static const struct {
		const struct finding_kind *cause, *effect;
		const char *about;
		bool is_cause;
	} rows[] = {
		{&wrong_file, &left_off, "iommu=pt", false},
		{&wrong_file, &left_off, "intel_iommu=on", true},
		{&wrong_file, &left_off, NULL, false},
		{&pending, &left_off, "vfio-pci.ids=10de:1b80", false},
		{&pending, &left_off, "intel_iommu=on", true},
		{&lacks, &plain, "VFIO", false},
		{&lacks, &plain, "IRQ_REMAP", true},
		{&lacks, &no_driver, "VFIO_PCI", true},
		{&lacks, &no_driver, "IOMMU_SUPPORT", true},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct findings findings;
		test_row("%s: %s", rows[i].effect->id, rows[i].about ?: "");
		findings_init(&findings, *state);
		findings.check = "memory";
		struct finding *cause = finding_add(&findings, rows[i].cause, FINDING_FAIL,
						    subject_host(), "Wrong.");
		struct finding *effect = finding_add(&findings, rows[i].effect, FINDING_FAIL,
						     subject_host(), "Off.");
		finding_about(cause, rows[i].about);
		fold(&findings);
		assert_ptr_equal(effect->cause, rows[i].is_cause ? cause : NULL);
	}
}

/* By the table: the function's own, not that of any function. */
static void what_a_lost_function_lacks_follows_from_that(void **state)
{
	static const struct finding_kind lost = {"assignability.unreachable", "Lost.", NULL};
	static const struct finding_kind reset = {"reset.none", "No reset.", NULL};
	const struct pci_function own = {.name = "0000:01:00.0"}, other = {.name = "0000:02:00.0"};
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "reset";
	finding_add(&findings, &lost, FINDING_FAIL, subject_function(&own), "lost");
	const struct finding *effect =
		finding_add(&findings, &reset, FINDING_WARN, subject_function(&own), "none");
	const struct finding *alone =
		finding_add(&findings, &reset, FINDING_WARN, subject_function(&other), "none");
	fold(&findings);
	assert_ptr_equal(effect->cause, findings.first);
	assert_null(alone->cause);
}

/* Its model says how it resets, whether it answers or not. */
static void what_is_true_of_its_model_does_not_follow_from_a_lost_function(void **state)
{
	static const struct finding_kind lost = {"assignability.unreachable", "Lost.", NULL};
	static const struct finding_kind card = {"reset.card", "Of the card.", NULL};
	const struct pci_function function = {.name = "0000:01:00.0"};
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "reset";
	finding_add(&findings, &lost, FINDING_FAIL, subject_function(&function), "lost");
	const struct finding *own =
		finding_add(&findings, &card, FINDING_WARN, subject_function(&function), "card");
	fold(&findings);
	assert_null(own->cause);
}

static void what_a_capture_lacks_is_told_once(void **state)
{
	const struct fact fact = {.state = FACT_NOT_CAPTURED, .source = "/proc/cmdline"};
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "memory";
	for (int i = 0; i < 3; i++)
		finding_remedy_unread(finding_add(&findings, &unread, FINDING_UNKNOWN,
						  subject_host(), "question %d", i),
				      &fact);
	struct folds folds = fold(&findings);
	assert_int_equal(folds.count, 1);
	assert_int_equal(folds.items[0].count, 3);
	assert_int_equal(folds.items[0].lack, LACKS_CAPTURE);
}

static void host_comes_first_and_the_worst_of_it(void **state)
{
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "memory";
	add_blocked(&findings, "0000:01:00.0", "denied");
	finding_add(&findings, &vital, FINDING_WARN, subject_host(), "warn");
	finding_add(&findings, &none, FINDING_FAIL, subject_host(), "fail");
	struct folds folds = fold(&findings);
	assert_int_equal(folds.host_count, 2);
	assert_ptr_equal(folds.items[0].findings[0]->kind, &none);
	assert_ptr_equal(folds.items[1].findings[0]->kind, &vital);
	assert_ptr_equal(folds.items[2].findings[0]->kind, &blocked);
}

/* What is wrong with a group alone is told with the functions, and not counted for the host. */
static void what_spares_the_host_is_no_finding_on_it(void **state)
{
	const struct judging judging = {0};
	const struct finding_filter filter = {0};
	struct judged_findings judged;
	struct findings findings;

	findings_init(&findings, *state);
	findings.check = "isolation";
	finding_spare_host(finding_add(&findings, &blocked, FINDING_FAIL,
				       subject_group(&findings, 4), "the group is out of date"));
	finding_add(&findings, &vital, FINDING_PASS, subject_host(), "pass");
	struct folds folds = fold(&findings);
	assert_int_equal(folds.host_count, 1);
	assert_int_equal(findings_judge(&findings, &judging, &filter, *state, &judged), 0);
	assert_int_equal(judged.verdict, HOST_READY);
	assert_int_equal(judged.host_counts.of[FINDING_FAIL], 0);
	assert_int_equal(judged.host_counts.of[FINDING_PASS], 1);
}

static void look_for(const char *id, void *context)
{
	(void)context;
	for (size_t i = 0; i < check_registry_count; i++) {
		for (size_t k = 0; k < check_registry[i]->kind_count; k++) {
			if (strcmp(check_registry[i]->kinds[k].id, id) == 0)
				return;
		}
	}
	fail_msg("no check finds %s", id);
}

static void the_table_of_causes_names_what_there_is(void **state)
{
	(void)state;
	cause_table_visit(look_for, NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_setup, arena_teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_is_said_alike_of_several_functions_is_said_once),
		TEST(what_people_look_for_most_speaks_for_the_others),
		TEST(what_is_said_alike_of_functions_of_one_domain_is_said_once),
		TEST(each_has_its_own_short_reason_where_one_remedy_serves_all),
		TEST(another_remedy_is_not_alike),
		TEST(another_command_is_not_alike),
		TEST(findings_on_the_host_never_fold),
		TEST(effects_stand_below_their_first_cause),
		TEST(what_follows_from_findings_told_together_is_told_together),
		TEST(what_the_host_can_do_without_stands_behind_functions),
		TEST(a_cause_that_is_no_trouble_is_none),
		TEST(a_cause_is_that_of_its_own_subject),
		TEST(a_cause_speaks_of_what_its_effect_lacks),
		TEST(what_a_lost_function_lacks_follows_from_that),
		TEST(what_is_true_of_its_model_does_not_follow_from_a_lost_function),
		TEST(what_a_capture_lacks_is_told_once),
		TEST(host_comes_first_and_the_worst_of_it),
		TEST(what_spares_the_host_is_no_finding_on_it),
		TEST(the_table_of_causes_names_what_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
