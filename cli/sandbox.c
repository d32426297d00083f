/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/base/array.h"

/* What the first version of Landlock's interface knows of changing a file system. */
enum {
	LANDLOCK_CHANGES = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
			   LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
			   LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
			   LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
			   LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM,
	LANDLOCK_HANDLED = LANDLOCK_CHANGES | LANDLOCK_ACCESS_FS_EXECUTE,
};

/* System calls that no audit makes: they run programs, reach the network, or change the kernel. */
static const int refused_calls[] = {
	SCMP_SYS(execve),
	SCMP_SYS(execveat),
	SCMP_SYS(socket),
	SCMP_SYS(connect),
	SCMP_SYS(bind),
#ifndef PASSCHECK_SANITIZED /* LeakSanitizer traces its own process */
	SCMP_SYS(ptrace),
#endif
	SCMP_SYS(mount),
	SCMP_SYS(umount2),
	SCMP_SYS(fsopen),
	SCMP_SYS(fsconfig),
	SCMP_SYS(fsmount),
	SCMP_SYS(fspick),
	SCMP_SYS(move_mount),
	SCMP_SYS(open_tree),
	SCMP_SYS(mount_setattr),
	SCMP_SYS(pivot_root),
	SCMP_SYS(chroot),
	SCMP_SYS(setns),
	SCMP_SYS(unshare),
	SCMP_SYS(init_module),
	SCMP_SYS(finit_module),
	SCMP_SYS(delete_module),
	SCMP_SYS(kexec_load),
	SCMP_SYS(kexec_file_load),
	SCMP_SYS(io_uring_setup), /* its requests pass by this filter */
	SCMP_SYS(open_by_handle_at),
	SCMP_SYS(bpf),
	SCMP_SYS(perf_event_open),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(keyctl),
	SCMP_SYS(reboot),
	SCMP_SYS(iopl),
	SCMP_SYS(ioperm),
};

static void note(struct sandbox *sandbox, const char *measure)
{
	sandbox->measures[sandbox->count++] = measure;
}

/* Lets files be made and changed below folder. */
static void allow_changes(int ruleset, const char *folder)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = LANDLOCK_CHANGES};

	rule.parent_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return;
	syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	close(rule.parent_fd);
}

/* A link is followed: its target is what is replaced. */
static void allow_output(int ruleset, const char *output)
{
	char *path = realpath(output, NULL);

	if (!path)
		path = strdup(output);
	if (!path)
		return;
	size_t length = strlen(path);
	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
	char *slash = strrchr(path, '/');
	if (slash == path)
		slash[1] = '\0';
	else if (slash)
		*slash = '\0';
	allow_changes(ruleset, slash ? path : ".");
	free(path);
}

static bool enter_landlock(const char *const *paths, const char *scratch)
{
	const struct landlock_ruleset_attr attributes = {.handled_access_fs = LANDLOCK_HANDLED};
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof(attributes), 0);

	if (ruleset < 0)
		return false;
	for (; *paths; paths++)
		allow_output(ruleset, *paths);
	if (scratch)
		allow_changes(ruleset, scratch);
#ifdef PASSCHECK_COVERAGE /* the folder that gcov writes its counts into, at exit */
	allow_changes(ruleset, PASSCHECK_COVERAGE);
#endif
	bool entered = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	close(ruleset);
	return entered;
}

static bool enter_seccomp(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	bool entered = filter != NULL;

	for (size_t i = 0; entered && i < ARRAY_LENGTH(refused_calls); i++)
		entered = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), refused_calls[i], 0) == 0;
	entered = entered && seccomp_load(filter) == 0;
	seccomp_release(filter);
	return entered;
}

void sandbox_refuse_calls(struct sandbox *ret)
{
	*ret = (struct sandbox){0};
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return;
	note(ret, "no-new-privileges");
	if (enter_seccomp())
		note(ret, "seccomp");
}

void sandbox_confine(const char *const *paths, const char *scratch, struct sandbox *sandbox)
{
	if (sandbox->count && enter_landlock(paths, scratch))
		note(sandbox, "landlock");
}

static const struct __user_cap_header_struct capability_header = {
	.version = _LINUX_CAPABILITY_VERSION_3};

static bool get_capabilities(struct __user_cap_data_struct data[static 2])
{
	struct __user_cap_header_struct header = capability_header;

	return syscall(SYS_capget, &header, data) == 0;
}

static bool set_capabilities(const struct __user_cap_data_struct data[static 2])
{
	struct __user_cap_header_struct header = capability_header;

	return syscall(SYS_capset, &header, data) == 0;
}

static void lower(uint32_t low, uint32_t high, struct sandbox_capabilities *ret)
{
	struct __user_cap_data_struct data[2];

	*ret = (struct sandbox_capabilities){0};
	if (!get_capabilities(data))
		return;
	ret->effective[0] = data[0].effective;
	ret->effective[1] = data[1].effective;
	data[0].effective &= low;
	data[1].effective &= high;
	ret->lowered = set_capabilities(data);
}

void sandbox_lower(unsigned use, struct sandbox_capabilities *ret)
{
	bool kernel_log = use & SANDBOX_LIVE && use & SANDBOX_KERNEL_LOG;
	uint32_t wanted = CAP_TO_MASK(CAP_DAC_READ_SEARCH);

	if (use & SANDBOX_LIVE)
		wanted |= CAP_TO_MASK(CAP_SYS_ADMIN) | CAP_TO_MASK(CAP_IPC_LOCK);
	if (use & SANDBOX_WRITES)
		wanted |= CAP_TO_MASK(CAP_DAC_OVERRIDE);
	lower(wanted, kernel_log ? CAP_TO_MASK(CAP_SYSLOG) : 0, ret);
}

void sandbox_lower_to_search(struct sandbox_capabilities *ret)
{
	lower(CAP_TO_MASK(CAP_DAC_READ_SEARCH) | CAP_TO_MASK(CAP_SYS_PTRACE), 0, ret);
}

void sandbox_restore(const struct sandbox_capabilities *capabilities)
{
	struct __user_cap_data_struct data[2];

	if (!capabilities->lowered || !get_capabilities(data))
		return;
	data[0].effective = capabilities->effective[0];
	data[1].effective = capabilities->effective[1];
	set_capabilities(data);
}
