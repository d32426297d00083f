/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/root.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/tree.h"

enum { NOBODY = 65534, RACES = 3000, MANY_FILES = 200 };

static enum fact_state state_of(struct tree *tree, const char *path)
{
	return root_read(tree->root, tree->arena, path, LIMIT_ATTRIBUTE).fact.state;
}

static void file_is_read_with_the_nuls_in_it(void **state)
{
	struct tree *tree = *state;

	tree_bytes(tree, "/sys/class/a/config", "\x86\x80\0\0x", 5);
	tree_file(tree, "/sys/class/a/empty", "");
	struct root *root = tree_open(tree);

	struct fact_text text =
		root_read(root, tree->arena, "/sys/class/a/config", LIMIT_ATTRIBUTE);
	assert_true(fact_known(&text.fact));
	assert_int_equal(text.length, 5);
	assert_memory_equal(text.text, "\x86\x80\0\0x\0", 6);
	assert_string_equal(text.fact.source, "/sys/class/a/config");

	text = root_read(root, tree->arena, "/sys/class/a/empty", LIMIT_ATTRIBUTE);
	assert_true(fact_known(&text.fact));
	assert_int_equal(text.length, 0);
	assert_string_equal(text.text, "");
}

static void line_loses_its_newlines_and_nothing_else(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/sys/class/a/line", " two words \n\n");
	tree_file(tree, "/sys/class/a/newline", "\n");
	struct root *root = tree_open(tree);

	struct fact_text line = root_read_line(root, tree->arena, "/sys/class/a/line");
	assert_string_equal(line.text, " two words ");
	assert_int_equal(line.length, strlen(" two words "));
	line = root_read_line(root, tree->arena, "/sys/class/a/newline");
	assert_true(fact_known(&line.fact));
	assert_int_equal(line.length, 0);
}

static void number_attribute_is_parsed(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/sys/class/a/vendor", "0x8086\n");
	tree_file(tree, "/sys/class/a/numa_node", "-1\n");
	tree_file(tree, "/sys/class/a/odd", "many\n");
	struct root *root = tree_open(tree);

	assert_int_equal(root_read_number(root, tree->arena, "/sys/class/a/vendor").value, 0x8086);
	assert_int_equal(root_read_number(root, tree->arena, "/sys/class/a/numa_node").value, -1);
	assert_int_equal(root_read_number(root, tree->arena, "/sys/class/a/odd").fact.state,
			 FACT_MALFORMED);
}

static void file_at_the_limit_is_read_and_one_beyond_is_not(void **state)
{
	enum { LIMIT = 10000 };
	struct tree *tree = *state;
	char bytes[LIMIT + 1];

	memset(bytes, 'x', sizeof(bytes));
	tree_bytes(tree, "/sys/class/a/just", bytes, LIMIT);
	tree_bytes(tree, "/sys/class/a/more", bytes, LIMIT + 1);
	struct root *root = tree_open(tree);

	struct fact_text text = root_read(root, tree->arena, "/sys/class/a/just", LIMIT);
	assert_true(fact_known(&text.fact));
	assert_int_equal(text.length, LIMIT);
	text = root_read(root, tree->arena, "/sys/class/a/more", LIMIT);
	assert_int_equal(text.fact.state, FACT_MALFORMED);
	assert_int_equal(text.fact.error, EFBIG);
	assert_null(text.text);
}

static void huge_sparse_file_is_not_read_to_its_end(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/sys/class/a/huge", "");
	assert_int_equal(truncate(tree_outside(tree, "/sys/class/a/huge"), 1LL << 40), 0);
	tree_open(tree);
	assert_int_equal(state_of(tree, "/sys/class/a/huge"), FACT_MALFORMED);
}

struct link_case {
	const char *name;
	const char *target;
};

/* Each leads to /etc/secret: of the tree, never of the machine. */
static const struct link_case escapes[] = {
	{"absolute", "/etc/secret"},
	{"climbing", "../../../../../../../../etc/secret"},
	{"climbing through a file's folder", "../a/../../../etc/secret"},
	{"absolute climbing", "/../../etc/secret"},
	{"by the parent of all", "/.."},
};

static void links_never_lead_out_of_the_tree(void **state)
{
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(escapes) / sizeof(escapes[0]); i++)
		tree_link(tree, arena_printf(tree->arena, "/sys/class/a/%zu", i),
			  escapes[i].target);
	tree_link(tree, "/sys/class/a/host", "/etc/passwd");
	tree_link(tree, "/sys/class/a/itself", tree->path);
	tree_file(tree, "/etc/secret", "inside");
	struct root *root = tree_open(tree);

	for (size_t i = 0; i + 1 < sizeof(escapes) / sizeof(escapes[0]); i++) {
		const char *path = arena_printf(tree->arena, "/sys/class/a/%zu", i);
		struct fact_text text = root_read(root, tree->arena, path, LIMIT_ATTRIBUTE);
		if (!fact_known(&text.fact) || strcmp(text.text, "inside") != 0)
			fail_msg("%s: %s", escapes[i].name, fact_state_name(text.fact.state));
	}
	assert_int_equal(state_of(tree, "/sys/class/a/4/etc/secret"), FACT_KNOWN);
	assert_int_equal(state_of(tree, "/sys/class/a/host"), FACT_ABSENT);
	assert_int_equal(state_of(tree, "/sys/class/a/itself"), FACT_ABSENT);
}

static void paths_that_climb_stay_in_the_tree(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/etc/secret", "inside");
	struct root *root = tree_open(tree);

	struct fact_text text =
		root_read(root, tree->arena, "/sys/../../../etc/secret", LIMIT_ATTRIBUTE);
	assert_string_equal(text.text, "inside");
}

static void magic_links_of_the_live_host_are_not_followed(void **state)
{
	struct tree *tree = *state;

	assert_int_equal(root_open("/", &tree->root), 0);
	struct fact_text text =
		root_read(tree->root, tree->arena, "/proc/self/root/proc/version", LIMIT_ATTRIBUTE);
	assert_int_equal(text.fact.state, FACT_UNREADABLE);
	assert_int_equal(text.fact.error, ELOOP);
	assert_int_equal(state_of(tree, "/proc/self/status"), FACT_KNOWN);
}

static void looping_links_are_unreadable(void **state)
{
	struct tree *tree = *state;

	tree_link(tree, "/sys/class/a/self", "self");
	tree_link(tree, "/sys/class/a/one", "two");
	tree_link(tree, "/sys/class/a/two", "one");
	struct root *root = tree_open(tree);

	struct fact_text text = root_read(root, tree->arena, "/sys/class/a/self", LIMIT_ATTRIBUTE);
	assert_int_equal(text.fact.state, FACT_UNREADABLE);
	assert_int_equal(text.fact.error, ELOOP);
	assert_int_equal(root_list(root, tree->arena, "/sys/class/a/one").fact.state,
			 FACT_UNREADABLE);
	assert_int_equal(root_stat(root, "/sys/class/a/two").fact.state, FACT_UNREADABLE);
}

static void fifo_neither_hangs_nor_reads(void **state)
{
	struct tree *tree = *state;

	tree_directory(tree, "/sys/class/a");
	assert_int_equal(mkfifo(tree_outside(tree, "/sys/class/a/fifo"), 0644), 0);
	tree_open(tree);
	assert_int_equal(state_of(tree, "/sys/class/a/fifo"), FACT_MALFORMED);
}

static void socket_is_not_read(void **state)
{
	struct tree *tree = *state;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	tree_directory(tree, "/sys/class/a");
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/sys/class/a/socket", tree->path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
	tree_open(tree);
	assert_int_equal(state_of(tree, "/sys/class/a/socket"), FACT_UNREADABLE);
}

static void device_node_is_not_read(void **state)
{
	struct tree *tree = *state;

	tree_directory(tree, "/dev");
	if (mknod(tree_outside(tree, "/dev/zero"), S_IFCHR | 0644, makedev(1, 5))) {
		assert_true(errno == EPERM || errno == EACCES);
		print_message("skipped: this user may not make device nodes\n");
		skip();
	}
	struct root *root = tree_open(tree);
	assert_true(state_of(tree, "/dev/zero") != FACT_KNOWN);
	struct fact_node node = root_stat(root, "/dev/zero");
	assert_true(fact_known(&node.fact));
	assert_true(S_ISCHR(node.mode));
}

static void folder_for_a_file_and_file_for_a_folder_are_malformed(void **state)
{
	struct tree *tree = *state;

	tree_directory(tree, "/sys/class/a/folder");
	tree_file(tree, "/sys/class/a/file", "text");
	struct root *root = tree_open(tree);

	struct fact_text text =
		root_read(root, tree->arena, "/sys/class/a/folder", LIMIT_ATTRIBUTE);
	assert_int_equal(text.fact.state, FACT_MALFORMED);
	assert_int_equal(text.fact.error, EISDIR);
	struct fact_list list = root_list(root, tree->arena, "/sys/class/a/file");
	assert_int_equal(list.fact.state, FACT_MALFORMED);
	assert_int_equal(list.fact.error, ENOTDIR);
	assert_int_equal(state_of(tree, "/sys/class/a/file/below"), FACT_MALFORMED);
}

static void names_of_any_bytes_are_listed_sorted(void **state)
{
	static const char *const names[] = {"\x01", "a\nb", "b", "b\"c", "\xff\xfe"};
	struct tree *tree = *state;

	for (size_t i = sizeof(names) / sizeof(names[0]); i-- > 0;)
		tree_file(tree, arena_printf(tree->arena, "/sys/names/%s", names[i]), "");
	struct root *root = tree_open(tree);

	struct fact_list list = root_list(root, tree->arena, "/sys/names");
	assert_true(fact_known(&list.fact));
	assert_int_equal(list.count, sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < list.count; i++)
		assert_string_equal(list.names[i], names[i]);
	const char *path = arena_printf(tree->arena, "/sys/names/%s", names[1]);
	assert_int_equal(state_of(tree, path), FACT_KNOWN);
}

static void link_tells_where_it_points_to(void **state)
{
	struct tree *tree = *state;

	tree_link(tree, "/sys/class/a/driver", "../../bus/pci/drivers/igb");
	tree_file(tree, "/sys/class/a/file", "");
	struct root *root = tree_open(tree);

	struct fact_text target = root_read_link(root, tree->arena, "/sys/class/a/driver");
	assert_string_equal(target.text, "../../bus/pci/drivers/igb");
	target = root_read_link(root, tree->arena, "/sys/class/a/file");
	assert_int_equal(target.fact.state, FACT_MALFORMED);
	target = root_read_link(root, tree->arena, "/sys/class/a/none");
	assert_int_equal(target.fact.state, FACT_ABSENT);
}

struct join_case {
	const char *directory;
	const char *target;
	const char *joined;
};

static const struct join_case joins[] = {
	{"/sys/bus/pci/devices", "../../../devices/pci0000:00/0000:00:01.0",
	 "/sys/devices/pci0000:00/0000:00:01.0"},
	{"/sys/a", "b", "/sys/a/b"},
	{"/sys/a", "./b//c/.", "/sys/a/b/c"},
	{"/sys/a", "/etc/passwd", "/etc/passwd"},
	{"/sys/a", "../../../../../etc", "/etc"},
	{"/sys/a", "..", "/sys"},
	{"/sys/a", "../..", "/"},
	{"/sys/a", "", "/sys/a"},
	{"/", "a", "/a"},
	{"/sys/a", "...", "/sys/a/..."},
};

static void joining_resolves_dots_and_stays_below_the_root(void **state)
{
	struct tree *tree = *state;

	for (size_t i = 0; i < sizeof(joins) / sizeof(joins[0]); i++) {
		test_row("%s in %s", joins[i].target, joins[i].directory);
		assert_string_equal(root_join(tree->arena, joins[i].directory, joins[i].target),
				    joins[i].joined);
	}
}

static void entry_that_is_a_link_stands_for_its_target(void **state)
{
	struct tree *tree = *state;

	tree_link(tree, "/sys/bus/pci/devices/0000:00:01.0", "../../../devices/0000:00:01.0");
	tree_directory(tree, "/sys/bus/pci/devices/0000:00:02.0");
	struct root *root = tree_open(tree);

	assert_string_equal(
		root_entry_path(root, tree->arena, "/sys/bus/pci/devices", "0000:00:01.0"),
		"/sys/devices/0000:00:01.0");
	assert_string_equal(
		root_entry_path(root, tree->arena, "/sys/bus/pci/devices", "0000:00:02.0"),
		"/sys/bus/pci/devices/0000:00:02.0");
}

struct missing_case {
	const char *path;
	enum fact_state state;
};

/* Of a tree that holds /proc/cpuinfo, /sys/class/net and /sys/firmware/acpi/tables. */
static const struct missing_case missing[] = {
	{"/proc/cmdline", FACT_ABSENT},
	{"/sys/firmware/acpi/tables/DMAR", FACT_ABSENT},
	{"/sys/class/net/eth0", FACT_ABSENT},
	{"/dev/kvm", FACT_NOT_CAPTURED},
	{"/lib/modules/6.1.0/modules.builtin", FACT_NOT_CAPTURED},
	{"/sys/kernel/iommu_groups", FACT_NOT_CAPTURED},
	{"/sys/class/iommu", FACT_NOT_CAPTURED},
	{"/sys/module/vfio/parameters/enable_unsafe_noiommu_mode", FACT_NOT_CAPTURED},
};

/* Files of /proc have the size 0, by which some tools copy them. */
static void a_file_that_no_kernel_has_empty_was_not_captured(void **state)
{
	static const struct {
		const char *path;
		const char *text;
		enum fact_state state;
	} rows[] = {
		{"/proc/iomem", "", FACT_NOT_CAPTURED},
		{"/proc/cmdline", "", FACT_NOT_CAPTURED},
		{"/proc/version", "Linux\n", FACT_KNOWN},
		{"/proc/modules", "", FACT_KNOWN},
	};
	struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		tree_file(tree, rows[i].path, rows[i].text);
	tree_open(tree);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].path);
		assert_int_equal(state_of(tree, rows[i].path), rows[i].state);
	}
}

static void missing_is_absent_only_where_the_tree_covers_it(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/proc/cpuinfo", "");
	tree_directory(tree, "/sys/class/net");
	tree_directory(tree, "/sys/firmware/acpi/tables");
	struct root *root = tree_open(tree);

	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		test_row("%s", missing[i].path);
		const char *path = missing[i].path;
		if (state_of(tree, path) != missing[i].state)
			fail_msg("%s is %s", path, fact_state_name(state_of(tree, path)));
		assert_int_equal(root_list(root, tree->arena, path).fact.state, missing[i].state);
		assert_int_equal(root_read_link(root, tree->arena, path).fact.state,
				 missing[i].state);
		assert_int_equal(root_stat(root, path).fact.state, missing[i].state);
	}
}

static void missing_on_the_live_host_is_absent(void **state)
{
	struct tree *tree = *state;

	assert_int_equal(root_open("/", &tree->root), 0);
	assert_false(root_is_captured(tree->root));
	assert_int_equal(state_of(tree, "/no-such-folder/no-such-file"), FACT_ABSENT);
	assert_int_equal(state_of(tree, "/sys/no-such-folder/no-such-file"), FACT_ABSENT);
}

static void the_kernels_log_is_a_device_of_the_live_host_alone(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/dev/kmsg", "6,0,0,-;a\n");
	struct fact_text log = root_read_kernel_log(tree_open(tree), tree->arena);
	assert_string_equal(log.text, "6,0,0,-;a\n");
	assert_int_equal(unlink(tree_outside(tree, "/dev/kmsg")), 0);
	assert_int_equal(mkfifo(tree_outside(tree, "/dev/kmsg"), 0644), 0);
	log = root_read_kernel_log(tree->root, tree->arena);
	assert_int_equal(log.fact.state, FACT_MALFORMED);
	root_close(tree->root);
	assert_int_equal(root_open("/", &tree->root), 0);
	log = root_read_kernel_log(tree->root, tree->arena);
	assert_true(fact_settled(&log.fact) || log.fact.state == FACT_UNREADABLE);
}

static const char index_text[] =
	"{\"version\": 1,"
	" \"absent\": {\"/sys/firmware/acpi/tables\": [\"DMAR\"]},"
	" \"unreadable\": {\"/sys/kernel/debug\": \"EACCES\", \"/proc/cmdline\": \"EPERM\"},"
	" \"lists\": {\"/sys/class/iommu\": [\"dmar1\", \"dmar0\"]},"
	" \"nodes\": {\"/dev/kvm\": {\"mode\": 8624, \"uid\": 0, \"gid\": 36}}}";

static void index_says_what_was_absent_and_denied(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/.passcheck/capture.json", index_text);
	tree_file(tree, "/proc/cmdline", "quiet");
	tree_file(tree, "/proc/version", "Linux");
	tree_directory(tree, "/sys/class/net");
	struct root *root = tree_open(tree);

	assert_true(root_is_captured(root));
	assert_int_equal(state_of(tree, "/sys/firmware/acpi/tables/DMAR"), FACT_ABSENT);
	assert_int_equal(state_of(tree, "/sys/firmware/acpi/tables/IVRS"), FACT_NOT_CAPTURED);
	assert_int_equal(state_of(tree, "/proc/version"), FACT_KNOWN);
	assert_int_equal(state_of(tree, "/proc/modules"), FACT_NOT_CAPTURED);
	struct fact_text denied = root_read(root, tree->arena, "/proc/cmdline", LIMIT_ATTRIBUTE);
	assert_int_equal(denied.fact.state, FACT_UNREADABLE);
	assert_int_equal(denied.fact.error, EPERM);

	struct fact_list list = root_list(root, tree->arena, "/sys/class/iommu");
	assert_int_equal(list.count, 2);
	assert_string_equal(list.names[0], "dmar0");
	list = root_list(root, tree->arena, "/sys/class/net");
	assert_int_equal(list.fact.state, FACT_NOT_CAPTURED);
	list = root_list(root, tree->arena, "/sys/kernel/debug");
	assert_int_equal(list.fact.error, EACCES);

	struct fact_node node = root_stat(root, "/dev/kvm");
	assert_true(S_ISCHR(node.mode));
	assert_int_equal(node.gid, 36);
	assert_string_equal(node.fact.source, "/dev/kvm");
	assert_int_equal(root_stat(root, "/dev/vfio").fact.state, FACT_NOT_CAPTURED);
}

struct open_case {
	const char *path;
	int result;
};

static void opening_says_why_it_is_no_root(void **state)
{
	struct tree *tree = *state;
	struct root *root = NULL;

	tree_file(tree, "/file", "");
	tree_directory(tree, "/empty");
	tree_file(tree, "/damaged/.passcheck/capture.json", "{\"version\": 1");
	tree_directory(tree, "/damaged/sys");
	tree_directory(tree, "/odd/.passcheck/capture.json");
	tree_directory(tree, "/odd/proc");
	const struct open_case cases[] = {
		{"/none", -ENOENT},     {"/file", -ENOTDIR}, {"/empty", -ENODATA},
		{"/damaged", -EBADMSG}, {"/odd", -EBADMSG},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].path);
		assert_int_equal(root_open(tree_outside(tree, cases[i].path), &root),
				 cases[i].result);
	}
	assert_null(root);
}

/* Reads path as an ordinary user, in a process of its own. Returns the state and errno it saw. */
static struct fact as_ordinary_user(struct tree *tree, const char *path, bool list)
{
	struct fact seen = {0};
	int status, ends[2];

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct fact fact = {0};
		if (geteuid() != 0 || setresuid(NOBODY, NOBODY, NOBODY) == 0)
			fact = list ? root_list(tree->root, tree->arena, path).fact
				    : root_read(tree->root, tree->arena, path, LIMIT_ATTRIBUTE)
					       .fact;
		_exit(write(ends[1], &fact, sizeof(fact)) == sizeof(fact) ? 0 : 1);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &seen, sizeof(seen)), sizeof(seen));
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return seen;
}

static void what_is_denied_is_never_absent(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/sys/class/a/DMAR", "table");
	tree_directory(tree, "/sys/closed");
	assert_int_equal(chmod(tree_outside(tree, "/sys/class/a/DMAR"), 0), 0);
	assert_int_equal(chmod(tree_outside(tree, "/sys/closed"), 0), 0);
	tree_open(tree);

	static const char *const paths[] = {"/sys/class/a/DMAR", "/sys/closed/none"};
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		test_row("%s", paths[i]);
		struct fact fact = as_ordinary_user(tree, paths[i], false);
		assert_int_equal(fact.state, FACT_UNREADABLE);
		assert_int_equal(fact.error, EACCES);
	}
	assert_int_equal(as_ordinary_user(tree, "/sys/closed", true).state, FACT_UNREADABLE);
}

struct race {
	const char *name;
	const char *file;
	const char *link;
	atomic_bool over;
};

/* Puts a file and a link in turn at one name, each by a rename. */
static void *swap(void *context)
{
	struct race *race = context;

	while (!atomic_load(&race->over)) {
		rename(race->link, race->name);
		int fd = open(race->file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		if (fd >= 0 && write(fd, "inside", 6) == 6)
			close(fd);
		rename(race->file, race->name);
		if (symlink("/../../../../../../etc/passwd", race->link))
			continue;
	}
	return NULL;
}

static void file_swapped_for_a_link_leads_nowhere_else(void **state)
{
	struct tree *tree = *state;

	tree_link(tree, "/sys/class/a/link", "/../../../../../../etc/passwd");
	tree_file(tree, "/sys/class/a/file", "inside");
	struct race race = {.name = tree_outside(tree, "/sys/class/a/name"),
			    .file = tree_outside(tree, "/sys/class/a/file"),
			    .link = tree_outside(tree, "/sys/class/a/link")};
	pthread_t thread;

	tree_open(tree);
	assert_int_equal(pthread_create(&thread, NULL, swap, &race), 0);
	for (int i = 0; i < RACES; i++) {
		struct fact_text text =
			root_read(tree->root, tree->arena, "/sys/class/a/name", LIMIT_ATTRIBUTE);
		if (fact_known(&text.fact) && *text.text)
			assert_string_equal(text.text, "inside");
	}
	atomic_store(&race.over, true);
	pthread_join(thread, NULL);
}

static void *rename_elsewhere(void *context)
{
	struct race *race = context;

	while (!atomic_load(&race->over)) {
		rename(race->file, race->name);
		rename(race->name, race->file);
	}
	return NULL;
}

static void renames_elsewhere_do_not_disturb_a_link_that_climbs(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/elsewhere/file", "");
	tree_file(tree, "/sys/devices/a/vendor", "0x8086\n");
	tree_link(tree, "/sys/bus/pci/devices/a", "../../../devices/a");
	struct race race = {.name = tree_outside(tree, "/elsewhere/name"),
			    .file = tree_outside(tree, "/elsewhere/file")};
	pthread_t thread;

	tree_open(tree);
	assert_int_equal(pthread_create(&thread, NULL, rename_elsewhere, &race), 0);
	int lost = 0;
	for (int i = 0; i < RACES; i++)
		lost += state_of(tree, "/sys/bus/pci/devices/a/vendor") != FACT_KNOWN;
	atomic_store(&race.over, true);
	pthread_join(thread, NULL);
	assert_int_equal(lost, 0);
}

struct observed {
	int reads, links, lists, stats;
};

static void count_read(void *context, const struct fact_text *text)
{
	assert_non_null(text->fact.source);
	((struct observed *)context)->reads++;
}

static void count_link(void *context, const struct fact_text *target)
{
	assert_non_null(target->fact.source);
	((struct observed *)context)->links++;
}

static void count_list(void *context, const struct fact_list *list)
{
	assert_non_null(list->fact.source);
	((struct observed *)context)->lists++;
}

static void count_stat(void *context, const struct fact_node *node)
{
	assert_non_null(node->fact.source);
	((struct observed *)context)->stats++;
}

static void observer_sees_every_look_up_also_those_in_vain(void **state)
{
	struct tree *tree = *state;
	struct observed seen = {0};
	const struct root_observer observer = {.read = count_read,
					       .link = count_link,
					       .list = count_list,
					       .stat = count_stat,
					       .context = &seen};
	struct root *root = tree_open(tree);

	root_observe(root, &observer);
	root_read(root, tree->arena, "/proc/none", LIMIT_ATTRIBUTE);
	root_read_number(root, tree->arena, "/proc/none");
	root_read_line(root, tree->arena, "/proc/none");
	root_read_link(root, tree->arena, "/sys/none");
	root_list(root, tree->arena, "/sys");
	root_stat(root, "/dev/kvm");
	root_observe(root, NULL);
	root_read(root, tree->arena, "/proc/none", LIMIT_ATTRIBUTE);

	assert_int_equal(seen.reads, 3);
	assert_int_equal(seen.links, 1);
	assert_int_equal(seen.lists, 1);
	assert_int_equal(seen.stats, 1);
}

/* Returns how many descriptors this process has open. */
static int open_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < MANY_FILES * 2; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

static void few_descriptors_are_enough_for_many_files(void **state)
{
	struct tree *tree = *state;
	struct rlimit usual, few;

	tree_file(tree, "/sys/class/a/value", "1\n");
	tree_link(tree, "/sys/class/a/link", "value");
	struct root *root = tree_open(tree);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
	few = usual;
	few.rlim_cur = (rlim_t)open_descriptors() + 4;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	bool read = true, linked = true, listed = true;
	root_enter(root, "/sys/class/a");
	for (int i = 0; i < MANY_FILES; i++) {
		read &= state_of(tree, "/sys/class/a/value") == FACT_KNOWN;
		struct fact_text link = root_read_link(root, tree->arena, "/sys/class/a/link");
		struct fact_list list = root_list(root, tree->arena, "/sys/class");
		linked &= fact_known(&link.fact);
		listed &= fact_known(&list.fact);
	}
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual), 0);
	assert_true(read);
	assert_true(linked);
	assert_true(listed);
}

static void leaving_a_folder_leaves_no_descriptor_open(void **state)
{
	struct tree *tree = *state;

	tree_file(tree, "/sys/class/a/value", "1\n");
	tree_file(tree, "/sys/class/b/value", "1\n");
	struct root *root = tree_open(tree);
	root_leave(root);
	int before = open_descriptors();
	root_enter(root, "/sys/class/a");
	root_enter(root, "/sys/class/b");
	state_of(tree, "/sys/class/b/value");
	root_leave(root);
	assert_int_equal(open_descriptors(), before);
}

/* Neighbours that are entered one by one are opened from the folder above them. */
static void entered_neighbours_are_read_as_from_the_root(void **state)
{
	static const struct {
		const char *path;
		enum fact_state state;
	} rows[] = {
		{"/sys/class/a/value", FACT_KNOWN},
		{"/sys/class/b/value", FACT_KNOWN},
		{"/sys/class/b/below/value", FACT_KNOWN},
		{"/sys/class/b/up/value", FACT_KNOWN},
		{"/sys/class/b/below", FACT_MALFORMED},
		{"/sys/class/b/none/value", FACT_ABSENT},
		{"/sys/class/linked/value", FACT_KNOWN},
		{"/sys/class/out/value", FACT_KNOWN},
		{"/sys/class/gone/value", FACT_NOT_CAPTURED},
		{"/sys/other/value", FACT_KNOWN},
	};
	struct tree *tree = *state;

	tree_file(tree, "/sys/class/a/value", "1\n");
	tree_file(tree, "/sys/class/b/value", "1\n");
	tree_file(tree, "/sys/class/b/below/value", "1\n");
	tree_link(tree, "/sys/class/b/up", "../a");
	tree_link(tree, "/sys/class/linked", "a");
	tree_link(tree, "/sys/class/out", "../../../../../../sys/other");
	tree_file(tree, "/sys/other/value", "1\n");
	struct root *root = tree_open(tree);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const char *path = rows[i].path;
		size_t folder = strlen("/sys/class/");

		folder += strcspn(path + folder, "/");
		root_enter(root, arena_copy(tree->arena, path, folder));
		test_row("%s", path);
		assert_int_equal(state_of(tree, path), rows[i].state);
	}
}

static void an_observer_finds_no_descriptor_that_is_done_with(void **state)
{
	struct tree *tree = *state;
	struct observed seen = {0};
	const struct root_observer observer = {.read = count_read, .context = &seen};

	tree_file(tree, "/sys/class/a/value", "1\n");
	struct root *root = tree_open(tree);
	root_leave(root);
	int before = open_descriptors();
	root_observe(root, &observer);
	state_of(tree, "/sys/class/a/value");
	assert_int_equal(open_descriptors(), before);
	assert_int_equal(seen.reads, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(file_is_read_with_the_nuls_in_it),
		TEST(line_loses_its_newlines_and_nothing_else),
		TEST(number_attribute_is_parsed),
		TEST(file_at_the_limit_is_read_and_one_beyond_is_not),
		TEST(huge_sparse_file_is_not_read_to_its_end),
		TEST(links_never_lead_out_of_the_tree),
		TEST(paths_that_climb_stay_in_the_tree),
		TEST(magic_links_of_the_live_host_are_not_followed),
		TEST(looping_links_are_unreadable),
		TEST(fifo_neither_hangs_nor_reads),
		TEST(socket_is_not_read),
		TEST(device_node_is_not_read),
		TEST(folder_for_a_file_and_file_for_a_folder_are_malformed),
		TEST(names_of_any_bytes_are_listed_sorted),
		TEST(link_tells_where_it_points_to),
		TEST(joining_resolves_dots_and_stays_below_the_root),
		TEST(entry_that_is_a_link_stands_for_its_target),
		TEST(a_file_that_no_kernel_has_empty_was_not_captured),
		TEST(missing_is_absent_only_where_the_tree_covers_it),
		TEST(missing_on_the_live_host_is_absent),
		TEST(the_kernels_log_is_a_device_of_the_live_host_alone),
		TEST(index_says_what_was_absent_and_denied),
		TEST(opening_says_why_it_is_no_root),
		TEST(what_is_denied_is_never_absent),
		TEST(file_swapped_for_a_link_leads_nowhere_else),
		TEST(renames_elsewhere_do_not_disturb_a_link_that_climbs),
		TEST(observer_sees_every_look_up_also_those_in_vain),
		TEST(few_descriptors_are_enough_for_many_files),
		TEST(leaving_a_folder_leaves_no_descriptor_open),
		TEST(entered_neighbours_are_read_as_from_the_root),
		TEST(an_observer_finds_no_descriptor_that_is_done_with),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
