/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"

/* What changes the machine, runs programs or leaves it, without arguments that any of them takes.
 */
static const struct {
	const char *name;
	long number;
} refused[] = {
	{"execve", SYS_execve},
	{"execveat", SYS_execveat},
	{"socket", SYS_socket},
	{"mount", SYS_mount},
	{"umount2", SYS_umount2},
	{"fsopen", SYS_fsopen},
	{"fsconfig", SYS_fsconfig},
	{"fsmount", SYS_fsmount},
	{"fspick", SYS_fspick},
	{"move_mount", SYS_move_mount},
	{"open_tree", SYS_open_tree},
	{"mount_setattr", SYS_mount_setattr},
	{"pivot_root", SYS_pivot_root},
	{"chroot", SYS_chroot},
	{"setns", SYS_setns},
	{"unshare", SYS_unshare},
	{"init_module", SYS_init_module},
	{"finit_module", SYS_finit_module},
	{"delete_module", SYS_delete_module},
	{"kexec_load", SYS_kexec_load},
	{"kexec_file_load", SYS_kexec_file_load},
	{"io_uring_setup", SYS_io_uring_setup},
	{"open_by_handle_at", SYS_open_by_handle_at},
	{"bpf", SYS_bpf},
	{"perf_event_open", SYS_perf_event_open},
	{"keyctl", SYS_keyctl},
};

static bool holds(const struct sandbox *sandbox, const char *measure)
{
	for (size_t i = 0; i < sandbox->count; i++) {
		if (strcmp(sandbox->measures[i], measure) == 0)
			return true;
	}
	return false;
}

/* Has the kernel know a system call no longer. */
static void forget_call(int number)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	assert_non_null(filter);
	assert_int_equal(seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), number, 0), 0);
	assert_int_equal(seccomp_load(filter), 0);
	seccomp_release(filter);
}

static void enter(struct sandbox *sandbox)
{
	static const char *const no_paths[] = {NULL};

	sandbox_refuse_calls(sandbox);
	sandbox_confine(no_paths, NULL, sandbox);
}

/* A call that the filter lets pass fails otherwise: no argument is one that it takes. */
static void expect_calls_refused(void)
{
	for (size_t i = 0; i < ARRAY_LENGTH(refused); i++) {
		test_row("%s", refused[i].name);
		errno = 0;
		assert_int_equal(syscall(refused[i].number, -1L, -1L, -1L, -1L, -1L, -1L), -1);
		assert_int_equal(errno, EPERM);
	}
}

/* Runs test in a child, which stays in the sandbox. */
static void in_child(void (*test)(void))
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		test();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void refuse(void)
{
	struct sandbox sandbox;

	enter(&sandbox);
	if (!holds(&sandbox, "seccomp"))
		_exit(0); /* a container forbids it */
	expect_calls_refused();
}

static void calls_that_no_audit_makes_are_refused(void **state)
{
	(void)state;
	in_child(refuse);
}

static void refuse_without_landlock(void)
{
	struct sandbox sandbox;

	forget_call(SCMP_SYS(landlock_create_ruleset));
	enter(&sandbox);
	assert_false(holds(&sandbox, "landlock"));
	if (holds(&sandbox, "seccomp"))
		expect_calls_refused();
}

static void they_are_refused_without_landlock(void **state)
{
	(void)state;
	in_child(refuse_without_landlock);
}

static void write_nowhere(void)
{
	static const char *const folders[] = {"/", "/tmp", "/dev/shm", "/var/tmp"};
	struct sandbox sandbox;

	enter(&sandbox);
	if (!holds(&sandbox, "landlock"))
		_exit(0);
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++) {
		test_row("%s", folders[i]);
		assert_int_equal(open(folders[i], O_TMPFILE | O_RDWR, 0600), -1);
	}
}

static void nothing_is_written_where_nothing_was_asked_for(void **state)
{
	(void)state;
	in_child(write_nowhere);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_that_no_audit_makes_are_refused),
		cmocka_unit_test(they_are_refused_without_landlock),
		cmocka_unit_test(nothing_is_written_where_nothing_was_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
