/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/array.h"
#include "model/log/message.h"

/* Lines that tell of which host and boot a log is, and the groups of that boot. */
static const struct log_message rows[] = {
	{
		/* linux_banner, init/version.c */
		.id = "kernel-version",
		.role = LOG_VERSION,
		.forms = {"Linux version "},
	},
	{
		/* start_kernel(), init/main.c: with what was built in, as /proc/cmdline has it.
		 * setup_arch() of x86 prints one before, without. */
		.id = "command-line",
		.role = LOG_COMMAND_LINE,
		.forms = {"Kernel command line: "},
	},
	{
		/* pci_setup_device(), drivers/pci/probe.c */
		.id = "function-ids",
		.role = LOG_IDS,
		.forms = {"] type "},
	},
	{
		/* iommu_group_add_device(), drivers/iommu/iommu.c; the second up to 5.0 */
		.id = "group-member",
		.role = LOG_GROUP,
		.forms = {"Adding to iommu group {g}", "iommu: Adding device {f} to group {g}"},
	},
};

const struct log_table log_identity_messages = {rows, ARRAY_LENGTH(rows)};
