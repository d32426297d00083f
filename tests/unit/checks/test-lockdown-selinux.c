/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

#define ID(name) "lockdown-selinux." name
#define BOOLEAN  "/sys/fs/selinux/booleans/virt_use_sysfs"

/* A host with neither lockdown nor SELinux. */
static struct host *make_host(struct paper *paper)
{
	struct host *host = &paper->host;

	paper_reset(paper);
	host->lockdown.fact = absent("/sys/kernel/security/lockdown");
	host->selinux.enforce.fact = absent("/sys/fs/selinux/enforce");
	host->selinux.virt_use_sysfs.fact = absent(BOOLEAN);
	return host;
}

static void host_without_either_is_not_concerned(void **state)
{
	struct host *host = make_host(*state);
	struct findings *findings = judge(host->arena, "lockdown-selinux", host);

	expect_finding(findings, ID("no-lockdown"), FINDING_NOT_APPLICABLE);
	expect_finding(findings, ID("no-selinux"), FINDING_NOT_APPLICABLE);
	assert_int_equal(findings->count, 2);
}

static void lockdown_does_not_stop_vfio(void **state)
{
	static const char *const states[][2] = {{"none", ID("not-locked")},
						{"integrity", ID("locked")},
						{"confidentiality", ID("locked")}};

	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		test_row("%s", states[i][0]);
		struct host *host = make_host(*state);
		host->lockdown = known_text("/sys/kernel/security/lockdown", states[i][0]);
		expect_finding(judge(host->arena, "lockdown-selinux", host), states[i][1],
			       FINDING_PASS);
	}
}

struct selinux_case {
	int enforce;
	const char *boolean; /* NULL: the policy has none */
	const char *id;
	enum finding_verdict verdict;
};

static const struct selinux_case selinux_cases[] = {
	{1, "0 0", ID("sysfs-denied"), FINDING_WARN},
	{1, "0 1", ID("sysfs-denied"), FINDING_WARN},
	{1, "1 1", ID("sysfs-allowed"), FINDING_PASS},
	{0, "0 0", ID("sysfs-allowed"), FINDING_PASS},
	{1, NULL, ID("sysfs-allowed"), FINDING_PASS},
};

static void boolean_of_an_enforcing_policy_counts(void **state)
{
	for (size_t i = 0; i < sizeof(selinux_cases) / sizeof(selinux_cases[0]); i++) {
		test_row("enforce %d, boolean %s", selinux_cases[i].enforce,
			 selinux_cases[i].boolean);
		struct host *host = make_host(*state);
		host->selinux.enforce.fact = known("/sys/fs/selinux/enforce");
		host->selinux.enforce.value = selinux_cases[i].enforce;
		if (selinux_cases[i].boolean)
			host->selinux.virt_use_sysfs =
				known_text(BOOLEAN, selinux_cases[i].boolean);
		expect_finding(judge(host->arena, "lockdown-selinux", host), selinux_cases[i].id,
			       selinux_cases[i].verdict);
	}
}

static void what_was_not_read_is_unknown(void **state)
{
	struct host *host = make_host(*state);

	host->lockdown.fact = unreadable("/sys/kernel/security/lockdown", EACCES);
	host->selinux.enforce.fact = unreadable("/sys/fs/selinux/enforce", EACCES);
	struct findings *findings = judge(host->arena, "lockdown-selinux", host);
	expect_finding(findings, ID("lockdown-unreadable"), FINDING_UNKNOWN);
	expect_finding(findings, ID("selinux-unreadable"), FINDING_UNKNOWN);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(host_without_either_is_not_concerned),
		TEST(lockdown_does_not_stop_vfio),
		TEST(boolean_of_an_enforcing_policy_counts),
		TEST(what_was_not_read_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
