/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "model/assign/vfio_driver.h"
#include "model/caution/builder.h"
#include "model/class_word.h"

enum { MOST_USES = 4 };

/* What ends a use, before its driver is taken away: NULL for those that other cautions and blockers
 * speak of. */
static const char *const remedies[] = {
	[USAGE_MOUNT] = NULL,
	[USAGE_SWAP] = NULL,
	[USAGE_ROUTE] = NULL,
	[USAGE_LINK_UP] = "Take the interface out of the host's network configuration first",
	[USAGE_CONSOLE] = "Move the kernel's console to another port first (console= on the kernel "
			  "command line)",
	[USAGE_FRAMEBUFFER] = NULL,
	[USAGE_VF_LINK_UP] = "Take the interface out of the host's network configuration first",
	[USAGE_MEMBER] = "Take the interface out of the bond, bridge or switch first",
	[USAGE_HELD] = "Deactivate first what lies on its block devices (LVM, dm-crypt, MD, "
		       "pools of ZFS)",
	[USAGE_SCREEN] = "End what shows on the screen first (the desktop, the console): a driver "
			 "that is in use may hang when it is to let go",
	[USAGE_OPEN] = "End the programs that have it open first: a driver that is in use may hang "
		       "when it is to let go",
	[USAGE_MEMORY] = NULL,
};

ASSERT_COVERS(remedies, USAGE_KIND_COUNT);

static void add_unread(struct caution_builder *builder, const struct pci_function *function,
		       const struct fact *evidence)
{
	const struct caution caution = {
		.kind = CAUTION_IN_USE,
		.why = "cannot tell whether the host uses it",
		.finding = "caution.in-use",
		.evidence = evidence,
	};

	caution_add_unknown(builder, function, &caution);
}

/* Who holds /dev/dri, /dev/nvidia* or /dev/sda open is told by /proc/PID/fd alone:
 * device_users_load(). */
static void add_unsearched(struct caution_builder *builder, const struct pci_function *function,
			   const char *clients)
{
	const struct fact *opened = &builder->host->usage.opened;
	bool tried = opened->state != FACT_NOT_CAPTURED;
	const struct caution caution = {
		.kind = CAUTION_IN_USE,
		.why = arena_printf(
			builder->arena,
			"whether programs have %s %s; end them before it leaves its driver",
			clients, tried ? "could not be read of all of them" : "was not searched"),
		.finding = "caution.in-use",
		.evidence = opened,
	};

	caution_add_unknown(builder, function, &caution);
}

/* Returns what programs may have open of a function that a host driver has, and which; NULL:
 * nothing that they take harm by, or that the search knows. */
static const char *clients_of(const struct pci_function *function)
{
	static const char disks[] = "its disks open (guests, Ceph)";
	static const char *const words[] = {
		[WORD_UNKNOWN] = NULL,
		[WORD_GPU] = "it open (a desktop, nvidia-persistenced, a sound server)",
		[WORD_NIC] = NULL,
		[WORD_NVME] = disks,
		[WORD_STORAGE] = disks,
		[WORD_FC] = NULL,
		[WORD_USB] = NULL,
		[WORD_AUDIO] = NULL,
		[WORD_QAT] = NULL,
		[WORD_ACCELERATOR] = "it open (what computes on it)",
		[WORD_BRIDGE] = NULL,
		[WORD_OTHER] = NULL,
	};
	ASSERT_COVERS(words, WORD_COUNT);

	if (!fact_known(&function->driver.fact) || driver_is_vfio(function))
		return NULL;
	return words[class_word_of(function)];
}

/* What the host needs stays, whoever has it open. */
static bool may_be_open(const struct caution_builder *builder, const struct pci_function *function)
{
	return !fact_known(&builder->host->usage.opened) && clients_of(function) &&
	       !host_uses_vital(builder->sources->host_uses, function);
}

void caution_in_use(struct caution_builder *builder, const struct pci_function *function)
{
	const struct host_uses *uses = builder->sources->host_uses;
	const struct host_use *use = host_uses_of(uses, function), *first = NULL;
	const struct fact *unread = host_uses_unread_device(uses, function);
	struct buffer words = {.arena = builder->arena, .separator = ", ", .most = MOST_USES};

	for (; use; use = use->next) {
		/* A guest that has it is why it is on vfio-pci. */
		if (!remedies[use->entry->kind] ||
		    (use->entry->kind == USAGE_OPEN && driver_is_vfio(function)))
			continue;
		if (!first)
			first = use;
		buffer_item(&words, "%s", host_use_words(builder->arena, use));
	}
	if (!first) {
		if (unread)
			add_unread(builder, function, unread);
		else if (may_be_open(builder, function))
			add_unsearched(builder, function, clients_of(function));
		return;
	}
	const struct caution caution = {
		.kind = CAUTION_IN_USE,
		.why = arena_printf(builder->arena, "it is in use: %s", buffer_list(&words)),
		.finding = "caution.in-use",
		.remedy = remedies[first->entry->kind],
		.evidence = host_use_evidence(builder->arena, first->entry->source),
	};
	if (caution.evidence)
		caution_add(builder, function, &caution);
}

bool caution_stays(const struct caution *caution, const struct host_uses *uses,
		   const struct pci_function *function)
{
	return caution->kind == CAUTION_IN_USE && host_uses_vital(uses, function) != NULL;
}
