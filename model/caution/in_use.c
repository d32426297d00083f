/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/array.h"
#include "host/access/buffer.h"
#include "model/caution/builder.h"

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
	[USAGE_HELD] = "Deactivate first what lies upon its block devices (LVM, dm-crypt, MD)",
	[USAGE_SCREEN] = "End what shows on the screen first (the desktop, the console): a driver "
			 "that is in use may hang when it is to let go",
};

ASSERT_COVERS(remedies, USAGE_KIND_COUNT);

static void add_unread(struct caution_builder *builder, const struct pci_function *function,
		       const struct fact *evidence)
{
	const struct caution caution = {
		.kind = CAUTION_IN_USE,
		.why = "whether the host uses it could not be read",
		.finding = "caution.in-use",
		.evidence = evidence,
	};

	caution_add_unknown(builder, function, &caution);
}

void caution_in_use(struct caution_builder *builder, const struct pci_function *function)
{
	const struct host_uses *uses = builder->sources->host_uses;
	const struct host_use *use = host_uses_of(uses, function), *first = NULL;
	const struct fact *unread = host_uses_unread_device(uses, function);
	struct buffer words = {.arena = builder->arena, .separator = ", ", .most = MOST_USES};

	for (; use; use = use->next) {
		if (!remedies[use->entry->kind])
			continue;
		if (!first)
			first = use;
		buffer_item(&words, "%s", host_use_words(builder->arena, use));
	}
	if (!first) {
		if (unread)
			add_unread(builder, function, unread);
		return;
	}
	const struct caution caution = {
		.kind = CAUTION_IN_USE,
		.why = arena_printf(builder->arena, "the host uses it: %s", buffer_list(&words)),
		.finding = "caution.in-use",
		.remedy = remedies[first->entry->kind],
		.evidence = host_use_evidence(builder->arena, first->entry->source),
	};
	if (caution.evidence)
		caution_add(builder, function, &caution);
}
