/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Audits a tree whose files hold the input's parts (fill_tree() says how); seeds.py makes some. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/audit/audit.h"
#include "tests/fuzz/fuzz.h"

#define FUNCTION "sys/devices/pci0000:00/0000:00:02.0"

enum { PATH_SIZE = 256, MOST_BYTES = 8192 };

static const char *const folders[] = {
	"proc",
	"proc/sys",
	"proc/sys/kernel",
	"sys",
	"sys/bus",
	"sys/bus/pci",
	"sys/bus/pci/devices",
	"sys/devices",
	"sys/devices/pci0000:00",
	FUNCTION,
	"sys/firmware",
	"sys/firmware/acpi",
	"sys/firmware/acpi/tables",
	"sys/kernel",
	"sys/kernel/iommu_groups",
	"sys/kernel/iommu_groups/1",
	"sys/kernel/iommu_groups/1/devices",
	"sys/class",
	"sys/class/iommu",
	"sys/class/iommu/dmar0",
	"sys/class/iommu/dmar0/intel-iommu",
};

static const char *const files[] = {
	FUNCTION "/config",
	FUNCTION "/resource",
	FUNCTION "/reset_method",
	FUNCTION "/numa_node",
	FUNCTION "/sriov_totalvfs",
	FUNCTION "/sriov_numvfs",
	FUNCTION "/vendor",
	FUNCTION "/device",
	FUNCTION "/class",
	"proc/cmdline",
	"proc/cpuinfo",
	"proc/interrupts",
	"proc/sys/kernel/osrelease",
	"sys/firmware/acpi/tables/DMAR",
	"sys/firmware/acpi/tables/IVRS",
	"sys/firmware/acpi/tables/IORT",
	"sys/firmware/acpi/tables/VIOT",
	"sys/firmware/acpi/tables/APIC",
	"sys/kernel/iommu_groups/1/reserved_regions",
	"sys/class/iommu/dmar0/intel-iommu/ecap",
	"proc/config.gz",
	"proc/modules",
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static char root_path[] = "/tmp/passcheck-fuzz.XXXXXX";

static void make_tree(void)
{
	char path[PATH_SIZE];

	if (!mkdtemp(root_path))
		abort();
	for (size_t i = 0; i < LENGTH(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", root_path, folders[i]);
		mkdir(path, 0700);
	}
	snprintf(path, sizeof(path), "%s/sys/bus/pci/devices/0000:00:02.0", root_path);
	if (symlink("../../../devices/pci0000:00/0000:00:02.0", path))
		abort();
	snprintf(path, sizeof(path), "%s/" FUNCTION "/iommu_group", root_path);
	if (symlink("../../../kernel/iommu_groups/1", path))
		abort();
	snprintf(path, sizeof(path), "%s/sys/kernel/iommu_groups/1/devices/0000:00:02.0",
		 root_path);
	if (symlink("../../../../devices/pci0000:00/0000:00:02.0", path))
		abort();
}

static void write_file(size_t number, const uint8_t *bytes, size_t size)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", root_path, files[number]);
	FILE *file = fopen(path, "w");
	if (!file)
		abort();
	fwrite(bytes, 1, size, file);
	fclose(file);
}

/* A part is a byte that picks the file, two of its length, and its content. */
static void fill_tree(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < LENGTH(files); i++) {
		char path[PATH_SIZE];
		snprintf(path, sizeof(path), "%s/%s", root_path, files[i]);
		unlink(path);
	}
	while (size >= 3) {
		size_t length = (size_t)(bytes[1] | bytes[2] << 8) % MOST_BYTES;
		length = length < size - 3 ? length : size - 3;
		write_file(bytes[0] % LENGTH(files), bytes + 3, length);
		bytes += 3 + length;
		size -= 3 + length;
	}
}

static void audit_and_render(const struct host *host)
{
	const struct audit_input input = {.time = "2026-01-01T00:00:00Z"};
	const struct render_options look = {.width = 80, .color = true, .verbose = true};
	const char *culprit;
	struct audit *audit;

	if (audit_build(host, &input, &audit, &culprit) < 0)
		abort();
	for (size_t i = 0; i < audit_formats.count; i++) {
		FILE *out = fopen("/dev/null", "w");
		if (!out)
			abort();
		audit_formats.formats[i].render(audit, &look, out);
		fclose(out);
	}
	audit_free(audit);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static bool made;
	const struct host_options options = {0};
	struct root *root;
	struct host *host;

	if (!made)
		make_tree();
	made = true;
	fill_tree(bytes, size);
	if (root_open(root_path, &root) < 0 || host_load(root, &options, &host) < 0)
		abort();
	audit_and_render(host);
	host_free(host);
	root_close(root);
	return 0;
}
