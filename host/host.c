/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host/pci/group_types.h"

enum { CAP_SYS_ADMIN_BIT = 21 }; /* linux/capability.h */

/* "Linux version RELEASE (…" */
static struct fact_text release_from_version(struct root *root, struct arena *arena)
{
	static const char prefix[] = "Linux version ";
	struct fact_text text = root_read_line(root, arena, "/proc/version");

	if (!fact_known(&text.fact))
		return text;
	if (strncmp(text.text, prefix, sizeof(prefix) - 1) != 0) {
		text.fact.state = FACT_MALFORMED;
		return text;
	}
	const char *release = text.text + sizeof(prefix) - 1;
	fact_text_copy(&text, arena, release, strcspn(release, " "));
	return text;
}

static struct fact_text load_release(struct root *root, struct arena *arena)
{
	struct fact_text release = root_read_line(root, arena, "/proc/sys/kernel/osrelease");

	if (fact_known(&release.fact))
		return release;
	struct fact_text version = release_from_version(root, arena);
	return fact_known(&version.fact) ? version : release;
}

/* The bracketed word of "none [integrity] confidentiality". */
static struct fact_text load_lockdown(struct root *root, struct arena *arena)
{
	struct fact_text text = root_read_line(root, arena, "/sys/kernel/security/lockdown");

	if (!fact_known(&text.fact))
		return text;
	const char *start = strchr(text.text, '[');
	const char *end = start ? strchr(start, ']') : NULL;
	if (!end) {
		text.fact.state = FACT_MALFORMED;
		return text;
	}
	fact_text_copy(&text, arena, start + 1, (size_t)(end - start - 1));
	return text;
}

static struct fact_number load_capabilities(struct root *root, struct arena *arena)
{
	static const char key[] = "\nCapEff:";
	struct fact_text text = root_read(root, arena, "/proc/self/status", LIMIT_ATTRIBUTE);
	struct fact_number number = {.fact = text.fact};

	if (!fact_known(&text.fact))
		return number;
	const char *lines = arena_printf(arena, "\n%s", text.text);
	const char *line = strstr(lines, key);
	if (!line) {
		number.fact.state = FACT_MALFORMED;
		return number;
	}
	line += sizeof(key) - 1;
	struct fact_text value = {.fact = text.fact};
	fact_text_copy(&value, arena, line, strcspn(line, "\n"));
	return fact_parse_hex(&value);
}

/* Who reads a live host from within its confinement cannot look into other processes. */
static void load_usage(struct root *root, const struct host_options *options, struct host *host)
{
	const struct device_users *users = options->found_users;
	struct device_users in_tree;

	if (options->users && !users && host->captured) {
		device_users_load(root, host->arena, &in_tree);
		users = &in_tree;
	}
	usage_load(root, host->arena, &host->pci, options->users ? users : NULL, &host->usage);
}

static void load_machine(struct root *root, bool identity, struct host *host)
{
	struct arena *arena = host->arena;

	host->kernel_release = load_release(root, arena);
	host->hostname.fact.source = "/proc/sys/kernel/hostname";
	host->machine_id.fact.source = "/etc/machine-id";
	if (identity) {
		host->hostname = root_read_line(root, arena, host->hostname.fact.source);
		host->machine_id = machine_id_load(root, arena);
	}
	host->vendor = root_read_line(root, arena, "/sys/class/dmi/id/sys_vendor");
	host->product = root_read_line(root, arena, "/sys/class/dmi/id/product_name");
	host->chassis = root_read_number(root, arena, "/sys/class/dmi/id/chassis_type");
	system_info_load(root, arena, &host->system_info);
	host->lockdown = load_lockdown(root, arena);
	host->effective_capabilities = load_capabilities(root, arena);
	cpu_load(root, arena, &host->cpu);
}

static void load_kernel(struct root *root, struct host *host)
{
	struct arena *arena = host->arena;
	const char *release =
		fact_known(&host->kernel_release.fact) ? host->kernel_release.text : NULL;

	cmdline_load(root, arena, &host->cmdline);
	kconfig_load(root, arena, release, &host->kconfig);
	modules_load(root, arena, release, &host->modules);
	modprobe_load(root, arena, &host->modprobe);
	module_lists_load(root, arena, &host->modprobe, &host->module_lists);
	initramfs_lists_load(root, arena, &host->initramfs_lists);
	kvm_load(root, arena, &host->kvm);
	framebuffers_load(root, arena, &host->framebuffers);
	selinux_load(root, arena, &host->selinux);
	interrupts_load(root, arena, &host->interrupts);
}

static void load_devices(struct root *root, const struct host_options *options, struct host *host)
{
	struct arena *arena = host->arena;

	iommu_groups_load(root, arena, &host->groups);
	pci_load(root, arena, &host->groups, &host->pci);
	iommu_group_types_load(root, arena, &host->pci, &host->groups);
	pci_versions_load(root, arena, &host->pci, &host->versions);
	device_tree_load(root, arena, &host->pci, &host->device_tree);
	device_tree_load_smmus(root, arena, &host->pci, &host->units, &host->device_tree);
	sriov_config_load(root, arena, &host->pci, &host->sriov_config);
	fc_hosts_load(root, arena, &host->fc_hosts);
	mdevs_load(root, arena, &host->mdevs);
	load_usage(root, options, host);
	if (options->found_links)
		host->vf_links = *options->found_links;
}

static void load_system(struct root *root, struct host *host)
{
	struct arena *arena = host->arena;

	acpi_load(root, arena, &host->acpi);
	iommu_units_load(root, arena, &host->units);
	memory_load(root, arena, &host->memory);
	boot_tools_load(root, arena, &host->boot_tools);
	boot_config_load(root, arena, &host->boot_config);
	boot_tools_note_entries(&host->boot_tools, &host->boot_config.entries);
	hypervisor_load(root, arena, host->cpu.architecture, &host->hypervisor);
}

static void load(struct root *root, const struct host_options *options, struct host *host)
{
	host->captured = root_is_captured(root);
	load_machine(root, options->identity, host);
	load_kernel(root, host);
	load_system(root, host);
	if (!options->host_alone)
		load_devices(root, options, host);
	if (options->logs)
		host_logs_load(root, host->arena, &host->logs);
}

int host_load(struct root *root, const struct host_options *options, struct host **ret)
{
	struct arena *arena = arena_new();
	struct host *host = arena ? arena_alloc(arena, sizeof(*host)) : NULL;

	if (!host) {
		arena_free(arena);
		return -ENOMEM;
	}
	host->arena = arena;
	load(root, options, host);
	root_leave(root);
	if (arena_failed(arena)) {
		arena_free(arena);
		return -ENOMEM;
	}
	*ret = host;
	return 0;
}

void host_free(struct host *host)
{
	if (host)
		arena_free(host->arena);
}

bool host_kernel_version(const struct host *host, struct kernel_version *ret)
{
	return fact_known(&host->kernel_release.fact) &&
	       kernel_version_parse(host->kernel_release.text, ret);
}

enum boolean host_kernel_has(const struct host *host, unsigned major, unsigned minor)
{
	struct kernel_version version;

	if (!host_kernel_version(host, &version))
		return BOOLEAN_UNKNOWN;
	if (kernel_at_least(&version, major, minor))
		return BOOLEAN_YES;
	return kernel_backports(host->kernel_release.text) ? BOOLEAN_UNKNOWN : BOOLEAN_NO;
}

struct fact_number host_privileged(const struct host *host)
{
	struct fact_number privileged = host->effective_capabilities;

	if (fact_known(&privileged.fact))
		privileged.value = privileged.value >> CAP_SYS_ADMIN_BIT & 1;
	return privileged;
}
