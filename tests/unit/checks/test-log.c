/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"

#define BAR_HELD "6,1,2,-;vfio-pci 0000:01:00.0: BAR 0: can't reserve [mem 0x1000-0x1fff]\n"

static void set_logs(struct paper *paper, const char *kernel)
{
	paper->host.logs.wanted = true;
	paper->host.logs.kernel = known_text("/dev/kmsg", kernel);
	paper->host.logs.folder = absent("/var/log/libvirt/qemu");
}

static void logs_that_were_not_asked_for_say_nothing(void **state)
{
	struct paper *paper = *state;

	assert_int_equal(judge(paper->arena, "log", &paper->host)->count, 0);
}

static void a_line_on_a_function_is_evidence_beside_its_findings(void **state)
{
	struct paper *paper = *state;

	add_device(paper, "0000:01:00.0", 1, NULL);
	set_logs(paper, BAR_HELD);
	const struct finding *finding = expect_host_finding(paper, "log.message", FINDING_WARN);
	assert_string_equal(finding->subject.id, "0000:01:00.0");
	assert_true(has_evidence(finding, "0000:01:00.0: BAR 0: can't reserve [mem "
					  "0x1000-0x1fff...]"));
}

static void a_line_of_qemu_is_named_as_such(void **state)
{
	struct paper *paper = *state;
	struct qemu_log log = {known_text("/var/log/libvirt/qemu/a.log",
					  "vfio 0000:01:00.0: group 1 is not viable\n")};

	add_device(paper, "0000:01:00.0", 1, NULL);
	set_logs(paper, "");
	paper->host.logs.qemu = &log;
	paper->host.logs.qemu_count = 1;
	const struct finding *finding = expect_host_finding(paper, "log.message", FINDING_WARN);
	assert_true(has_evidence(finding, "/var/log/libvirt/qemu"));
}

static void a_line_on_a_function_that_is_gone_is_none(void **state)
{
	struct paper *paper = *state;

	set_logs(paper, BAR_HELD);
	expect_host_finding(paper, "log.none", FINDING_PASS);
}

static void a_log_that_was_not_read_is_unknown(void **state)
{
	struct paper *paper = *state;

	set_logs(paper, "");
	paper->host.logs.kernel.fact = unreadable("/dev/kmsg", EPERM);
	expect_host_finding(paper, "log.unreadable", FINDING_UNKNOWN);
	assert_null(finding_of(judge(paper->arena, "log", &paper->host), "log.none"));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(logs_that_were_not_asked_for_say_nothing),
		TEST(a_line_on_a_function_is_evidence_beside_its_findings),
		TEST(a_line_of_qemu_is_named_as_such),
		TEST(a_line_on_a_function_that_is_gone_is_none),
		TEST(a_log_that_was_not_read_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
