/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Audits a tree whose files hold the input's parts (fill_tree() says how); seeds.py makes some. */
#include "host/base/array.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/host.h"

#define FUNCTION "sys/devices/pci0000:00/0000:00:02.0"

enum { MOST_BYTES = 8192 };

/* There without files, too, as are those above them. */
static const char *const folders[] = {
	"proc/sys/kernel",
	"sys/firmware/acpi/tables",
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

static void make_tree(struct fuzz_host *host)
{
	for (size_t i = 0; i < ARRAY_LENGTH(folders); i++)
		fuzz_host_folder(host, folders[i]);
	fuzz_host_link(host, "sys/bus/pci/devices/0000:00:02.0",
		       "../../../devices/pci0000:00/0000:00:02.0");
	fuzz_host_link(host, FUNCTION "/iommu_group", "../../../kernel/iommu_groups/1");
	fuzz_host_link(host, "sys/kernel/iommu_groups/1/devices/0000:00:02.0",
		       "../../../../devices/pci0000:00/0000:00:02.0");
}

/* A part is a byte that picks the file, two of its length, and its content. */
static void fill_tree(struct fuzz_host *host, const uint8_t *bytes, size_t size)
{
	while (size >= 3) {
		size_t length = (size_t)(bytes[1] | bytes[2] << 8) % MOST_BYTES;
		length = length < size - 3 ? length : size - 3;
		fuzz_host_file(host, files[bytes[0] % ARRAY_LENGTH(files)], bytes + 3, length);
		bytes += 3 + length;
		size -= 3 + length;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_host host;
	size_t turn = size ? bytes[size - 1] : 0;

	fuzz_host_begin(&host);
	make_tree(&host);
	fill_tree(&host, bytes, size);
	fuzz_host_audit(&host, turn, NULL, NULL);
	fuzz_host_end(&host);
	return 0;
}
