/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of an audit when memory is short, or reading or writing fails, at any one place. The
 * linker turns the calls of passcheck's own code to those below (--wrap).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/output.h"
#include "report/audit/audit.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/tree.h"

#define FIXTURE PASSCHECK_SOURCE "/fixtures/intel-sriov-vfs/root"

enum { SHORT = 7, NEVER = -1 };

/* Which call of a kind fails, counted down from the next one. */
struct fault {
	long left; /* NEVER: none */
	int error;
	bool fired;
	bool interrupted; /* every other call is */
	bool shortened;   /* each moves a few bytes */
	unsigned calls;
};

static struct fault memory = {.left = NEVER}, reading = {.left = NEVER}, writing = {.left = NEVER},
		    listing = {.left = NEVER};

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
ssize_t __wrap_read(int fd, void *bytes, size_t size);
ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset);
ssize_t __wrap_write(int fd, const void *bytes, size_t size);
ssize_t __wrap_getdents64(int fd, void *entries, size_t size);
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
ssize_t __real_read(int fd, void *bytes, size_t size);
ssize_t __real_pread(int fd, void *bytes, size_t size, off_t offset);
ssize_t __real_write(int fd, const void *bytes, size_t size);
ssize_t __real_getdents64(int fd, void *entries, size_t size);

/* Counts a call. Returns whether it is the one to fail. */
static bool strikes(struct fault *fault)
{
	fault->calls++;
	if (fault->left == NEVER || fault->left-- > 0)
		return false;
	fault->left = NEVER;
	fault->fired = true;
	errno = fault->error;
	return true;
}

/* Cuts what a call asks for. Returns whether it is interrupted instead. */
static bool hesitates(const struct fault *fault, size_t *size)
{
	if (fault->shortened && *size > SHORT)
		*size = SHORT;
	errno = EINTR;
	return fault->interrupted && fault->calls % 2;
}

void *__wrap_malloc(size_t size)
{
	return strikes(&memory) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return strikes(&memory) ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return strikes(&memory) ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
	return strikes(&memory) ? NULL : __real_strdup(text);
}

ssize_t __wrap_read(int fd, void *bytes, size_t size)
{
	return strikes(&reading) || hesitates(&reading, &size) ? -1 : __real_read(fd, bytes, size);
}

ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset)
{
	return strikes(&reading) ? -1 : __real_pread(fd, bytes, size, offset);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t size)
{
	return strikes(&writing) || hesitates(&writing, &size) ? -1 : __real_write(fd, bytes, size);
}

ssize_t __wrap_getdents64(int fd, void *entries, size_t size)
{
	return strikes(&listing) ? -1 : __real_getdents64(fd, entries, size);
}

static void arm(struct fault *fault, long after, int error)
{
	*fault = (struct fault){.left = after, .error = error};
}

/* What an audit came to, in memory of its own. */
struct outcome {
	int result;
	enum host_verdict verdict;
	bool *good; /* which functions can be assigned */
	size_t count;
	char *text;
};

static void outcome_free(struct outcome *outcome)
{
	free(outcome->good);
	free(outcome->text);
}

static void keep(const struct audit *audit, struct outcome *ret)
{
	ret->verdict = audit->judged.verdict;
	ret->count = audit->model.host->pci.count;
	ret->good = __real_calloc(ret->count + 1, sizeof(*ret->good));
	for (size_t i = 0; i < ret->count; i++) {
		const struct pci_function *function = &audit->model.host->pci.functions[i];
		enum assignable_verdict verdict =
			assignability_of(&audit->model.assignability, function)->verdict;
		ret->good[i] = verdict == ASSIGNABLE || verdict == ASSIGNABLE_WITH;
	}
}

static int render(const struct audit *audit, char **ret)
{
	const struct render_options look = {.width = 80, .utf8 = true, .verbose = true};
	size_t length;
	FILE *out = open_memstream(ret, &length);

	int result = 0;
	for (size_t i = 0; result == 0 && i < audit_formats.count; i++)
		result = audit_formats.formats[i].render(audit, &look, out);
	fclose(out);
	return result;
}

static int judge(const struct host *host, struct outcome *ret)
{
	const struct audit_input input = {.time = "2026-01-01T00:00:00Z"};
	const char *culprit = NULL;
	struct audit *audit;

	int result = audit_build(host, &input, &audit, &culprit);
	if (result < 0)
		return result;
	result = render(audit, &ret->text);
	keep(audit, ret);
	audit_free(audit);
	return result;
}

static struct outcome audit(const char *path)
{
	const struct host_options options = {0};
	struct outcome outcome = {0};
	struct root *root;
	struct host *host;

	outcome.result = root_open(path, &root);
	if (outcome.result < 0)
		return outcome;
	outcome.result = host_load(root, &options, &host);
	if (outcome.result == 0) {
		outcome.result = judge(host, &outcome);
		host_free(host);
	}
	root_close(root);
	return outcome;
}

static void expect_no_better(const struct outcome *before, const struct outcome *after, long place)
{
	if (after->verdict == HOST_READY && before->verdict != HOST_READY)
		fail_msg("fault %ld makes the host ready", place);
	for (size_t i = 0; i < after->count && after->count == before->count; i++) {
		if (after->good[i] && !before->good[i])
			fail_msg("fault %ld makes function %zu assignable", place, i);
	}
}

/* Audits once for each place that a fault can strike; an audit that ends well is no better. */
static void strike_everywhere(struct fault *fault, int error, long step)
{
	struct outcome before = audit(FIXTURE);
	bool fired = true;

	assert_int_equal(before.result, 0);
	for (long place = 0; fired; place += step) {
		arm(fault, place, error);
		struct outcome after = audit(FIXTURE);
		fired = fault->fired;
		if (after.result == 0)
			expect_no_better(&before, &after, place);
		outcome_free(&after);
		if (place == 0)
			assert_true(fired);
	}
	arm(fault, NEVER, 0);
	outcome_free(&before);
}

static void short_memory_fails_or_leaves_unknown(void **state)
{
	(void)state;
	strike_everywhere(&memory, ENOMEM, 5);
}

static void read_error_makes_no_verdict_better(void **state)
{
	(void)state;
	strike_everywhere(&reading, EIO, 3);
}

static void interrupted_reads_are_repeated(void **state)
{
	struct outcome whole = audit(FIXTURE);

	(void)state;
	reading = (struct fault){.left = NEVER, .interrupted = true};
	struct outcome repeated = audit(FIXTURE);
	reading.interrupted = false;
	assert_string_equal(whole.text, repeated.text);
	outcome_free(&whole);
	outcome_free(&repeated);
}

/* As /proc gives them; sysfs gives less than a page only at the end. */
static void file_of_proc_is_read_in_pieces(void **state)
{
	struct tree *tree = *state;
	const char *lines = arena_printf(tree->arena, "%0*d\n", 3 * 4096, 1);

	tree_file(tree, "/proc/cpuinfo", lines);
	struct root *root = tree_open(tree);
	reading = (struct fault){.left = NEVER, .interrupted = true, .shortened = true};
	struct fact_text text = root_read(root, tree->arena, "/proc/cpuinfo", LIMIT_FILE);
	reading = (struct fault){.left = NEVER};
	assert_true(fact_known(&text.fact));
	assert_string_equal(text.text, lines);
}

static void read_error_is_an_unreadable_fact(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/proc/cmdline", "quiet\n");
	struct root *root = tree_open(tree);
	arm(&reading, 0, EIO);
	struct fact_text text = root_read(root, tree->arena, "/proc/cmdline", LIMIT_ATTRIBUTE);
	assert_int_equal(text.fact.state, FACT_UNREADABLE);
	assert_int_equal(text.fact.error, EIO);
	assert_null(text.text);
}

static void folder_that_breaks_off_is_unreadable_and_not_short(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/sys/bus/pci/devices/a", "");
	tree_file(tree, "/sys/bus/pci/devices/b", "");
	struct root *root = tree_open(tree);
	arm(&listing, 1, EIO);
	struct fact_list list = root_list(root, tree->arena, "/sys/bus/pci/devices");
	assert_int_equal(list.fact.state, FACT_UNREADABLE);
	assert_int_equal(list.fact.error, EIO);
	assert_int_equal(list.count, 0);
}

static int write_report(const char *path)
{
	struct output output;
	int result = output_open(path, &output);

	if (result < 0)
		return result;
	for (int i = 0; i < 50000; i++)
		fprintf(output.stream, "line %d\n", i);
	return output_close(&output);
}

static void failed_write_leaves_the_old_report(void **state)
{
	static const int errors[] = {EIO, ENOSPC, EDQUOT};
	struct tree *tree = *state;
	const char *path = tree_outside(tree, "/report");

	tree_file(tree, "/report", "old");
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		test_row("%s", strerror(errors[i]));
		for (long place = 0; place < 4; place++) {
			struct stat status;
			arm(&writing, place, errors[i]);
			assert_int_equal(write_report(path), -errors[i]);
			assert_int_equal(stat(path, &status), 0);
			assert_int_equal(status.st_size, strlen("old"));
		}
	}
	arm(&writing, NEVER, 0);
}

static void short_and_interrupted_writes_write_all(void **state)
{
	struct tree *tree = *state;
	struct stat whole, pieces;

	assert_int_equal(write_report(tree_outside(tree, "/whole")), 0);
	writing = (struct fault){.left = NEVER, .interrupted = true, .shortened = true};
	assert_int_equal(write_report(tree_outside(tree, "/pieces")), 0);
	writing = (struct fault){.left = NEVER};
	assert_int_equal(stat(tree_outside(tree, "/whole"), &whole), 0);
	assert_int_equal(stat(tree_outside(tree, "/pieces"), &pieces), 0);
	assert_int_equal(whole.st_size, pieces.st_size);
}

#define TREE_TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_memory_fails_or_leaves_unknown),
		cmocka_unit_test(read_error_makes_no_verdict_better),
		cmocka_unit_test(interrupted_reads_are_repeated),
		TREE_TEST(file_of_proc_is_read_in_pieces),
		TREE_TEST(read_error_is_an_unreadable_fact),
		TREE_TEST(folder_that_breaks_off_is_unreadable_and_not_short),
		TREE_TEST(failed_write_leaves_the_old_report),
		TREE_TEST(short_and_interrupted_writes_write_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
