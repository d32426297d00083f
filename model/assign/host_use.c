/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/host_use.h"

#include <stdlib.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"

enum {
	CLASS_STORAGE = 0x01,
	CLASS_NETWORK = 0x02,
	CLASS_DISPLAY = 0x03,
	CLASS_MULTIMEDIA = 0x04,
	CLASS_BRIDGE = 0x06,
	CLASS_SD_HOST = 0x0805,
	CLASS_FIBRE_CHANNEL = 0x0c04,
};

/* Framebuffers of firmware are platform devices; the display that the host booted with holds them.
 */
static const struct pci_function *boot_display(const struct pci *pci)
{
	for (size_t i = 0; i < pci->count; i++) {
		if (pci_is_boot_display(&pci->functions[i]))
			return &pci->functions[i];
	}
	return NULL;
}

/* The default route of IPv4 is often that of IPv6: the one before, as they come. */
static bool is_told(const struct host_use *last, const struct usage_entry *entry,
		    const struct pci_function *through)
{
	return last && last->entry->kind == entry->kind && last->through == through &&
	       entry->kind == USAGE_ROUTE && strcmp(last->entry->what, entry->what) == 0 &&
	       strcmp(last->entry->through, entry->through) == 0;
}

static void add(struct host_uses *uses, struct arena *arena, const struct pci_function *function,
		const struct usage_entry *entry, const struct pci_function *through)
{
	const struct host_use **list = &uses->uses[function - uses->host->pci.functions];
	struct host_use *use;

	if (is_told(*list, entry, through))
		return;
	use = arena_alloc(arena, sizeof(*use));
	if (!use)
		return;
	*use = (struct host_use){.entry = entry, .through = through, .next = *list};
	*list = use;
}

static bool go_together(const struct pci_function *a, const struct pci_function *b)
{
	return a == b || pci_same_group(a, b);
}

static void note_link(struct host_uses *uses, const struct usage_entry *entry,
		      const struct pci_function *function)
{
	uses->links[uses->link_count++] = (struct host_link){entry, function};
	if (!function || !uses->links[0].function ||
	    !go_together(function, uses->links[0].function))
		uses->links_apart = true;
}

static void map_entry(struct host_uses *uses, struct arena *arena, const struct usage_entry *entry)
{
	const struct pci *pci = &uses->host->pci;
	const struct pci_function *function = pci_find_path(pci, arena, entry->path);

	if (!function && entry->kind == USAGE_FRAMEBUFFER)
		function = boot_display(pci);
	if (entry->kind == USAGE_LINK_UP && entry->unsure)
		uses->unsure = entry;
	else if (entry->kind == USAGE_LINK_UP)
		note_link(uses, entry, function);
	if (!function)
		return;
	add(uses, arena, function, entry, NULL);
	/* VFs go when their PF goes. */
	if (function->pf)
		add(uses, arena, function->pf, entry, function);
	/* What is behind a VMD endpoint goes with it. */
	if (function->vmd)
		add(uses, arena, function->vmd, entry, function);
}

/* What could not be followed lies on one of these, if any was found. */
static void map_carriers(struct host_uses *uses, struct arena *arena)
{
	const struct usage *usage = &uses->host->usage;
	const struct pci *pci = &uses->host->pci;
	bool *carries = arena_array(arena, pci->count + 1, sizeof(*carries)), any = false;

	for (size_t i = 0; carries && usage->carriers_whole && i < usage->carrier_count; i++) {
		const struct pci_function *function = pci_find_path(pci, arena, usage->carriers[i]);
		if (!function)
			continue;
		any = carries[function - pci->functions] = true;
		if (function->pf)
			carries[function->pf - pci->functions] = true;
		if (function->vmd)
			carries[function->vmd - pci->functions] = true;
	}
	uses->carries = any ? carries : NULL;
}

void host_uses_build(const struct host *host, struct arena *arena, struct host_uses *ret)
{
	const struct usage *usage = &host->usage;

	*ret = (struct host_uses){
		.host = host,
		.uses = arena_array(arena, host->pci.count + 1, sizeof(*ret->uses)),
		.links = arena_array(arena, usage->count + 1, sizeof(*ret->links)),
	};
	/* Backward, so that lists come out in the order of uses. */
	for (size_t i = usage->count; ret->uses && ret->links && i-- > 0;)
		map_entry(ret, arena, &usage->entries[i]);
	map_carriers(ret, arena);
}

const struct host_use *host_uses_of(const struct host_uses *uses,
				    const struct pci_function *function)
{
	return uses->uses ? uses->uses[function - uses->host->pci.functions] : NULL;
}

const struct host_use *host_uses_of_kind(const struct host_uses *uses,
					 const struct pci_function *function, enum usage_kind kind)
{
	const struct host_use *use = host_uses_of(uses, function);

	while (use && use->entry->kind != kind)
		use = use->next;
	return use;
}

static bool is_vital(const struct host_uses *uses, const struct usage_entry *entry)
{
	switch (entry->kind) {
	case USAGE_MOUNT:
	case USAGE_SWAP:
	case USAGE_ROUTE:
	case USAGE_MEMORY:
		return true;
	case USAGE_LINK_UP:
		return !uses->links_apart && !uses->unsure;
	case USAGE_CONSOLE:
	case USAGE_FRAMEBUFFER:
	case USAGE_VF_LINK_UP:
	case USAGE_MEMBER:
	case USAGE_HELD:
	case USAGE_SCREEN:
	case USAGE_OPEN:
		return false;
	}
	return false;
}

const struct host_use *host_uses_vital(const struct host_uses *uses,
				       const struct pci_function *function)
{
	const struct host_use *use = host_uses_of(uses, function);

	while (use && !is_vital(uses, use->entry))
		use = use->next;
	return use;
}

static bool link_goes(const struct host_link *link, const struct pci_function *const *functions,
		      size_t count)
{
	for (size_t i = 0; link->function && i < count; i++) {
		if (go_together(link->function, functions[i]) ||
		    link->function->vmd == functions[i])
			return true;
	}
	return false;
}

bool host_uses_takes_link(const struct host_uses *uses, const struct pci_function *function)
{
	size_t i = 0;

	while (i < uses->link_count && !link_goes(&uses->links[i], &function, 1))
		i++;
	return i < uses->link_count;
}

const char *host_uses_cut_off(const struct host_uses *uses,
			      const struct pci_function *const *functions, size_t count,
			      struct arena *arena)
{
	enum { MOST_LINKS = 4 };
	struct buffer names = {.arena = arena, .separator = ", ", .most = MOST_LINKS};

	if (!uses->links_apart)
		return NULL;
	for (size_t i = uses->link_count; i-- > 0;) {
		const struct host_link *link = &uses->links[i];
		if (!link_goes(link, functions, count))
			return NULL;
		buffer_item(&names, "%s (%s)", link->entry->what, link->function->name);
	}
	const char *lost =
		arena_printf(arena, "the host would lose all its network links that are up: %s",
			     buffer_list(&names));
	return uses->unsure
		       ? arena_printf(arena, "%s; %s may lead to the management controller alone",
				      lost, uses->unsure->what)
		       : lost;
}

/* Block devices are on any function but these: also USB controllers have some. */
static bool may_have_blocks(const struct pci_function *function)
{
	switch (pci_base_class(function)) {
	case CLASS_NETWORK:
	case CLASS_DISPLAY:
	case CLASS_MULTIMEDIA:
	case CLASS_BRIDGE:
		return false;
	}
	return true;
}

static bool may_have_links(const struct pci_function *function)
{
	return may_have_blocks(function) ? pci_base_class(function) != CLASS_STORAGE
					 : pci_base_class(function) == CLASS_NETWORK;
}

/* Of what could not be followed, a disk is taken to lie on a controller of disks, on a Fibre
 * Channel port, or on a device without a class, as QEMU's for 9p is. */
static bool may_carry(const struct pci_function *function, enum usage_kind kind)
{
	int class_code = pci_base_class(function);

	if (kind == USAGE_MOUNT || kind == USAGE_SWAP)
		return class_code <= CLASS_STORAGE || pci_class(function) == CLASS_SD_HOST ||
		       pci_class(function) == CLASS_FIBRE_CHANNEL;
	return kind == USAGE_ROUTE && (class_code < 0 || class_code == CLASS_NETWORK);
}

static bool tells_uses(const struct usage *usage)
{
	return fact_exists(&usage->mounts) || fact_exists(&usage->swaps) ||
	       fact_exists(&usage->routes);
}

static int compare_links(const void *left, const void *right)
{
	const struct usage_link *a = left, *b = right;

	return (a->function > b->function) - (a->function < b->function);
}

static const struct fact *unread_link(const struct usage *usage,
				      const struct pci_function *function)
{
	const struct usage_link key = {.function = function}, *found = NULL;

	if (usage->unread_link_count)
		found = bsearch(&key, usage->unread_links, usage->unread_link_count, sizeof(key),
				compare_links);
	return found ? &found->fact : NULL;
}

const struct fact *host_uses_unread_device(const struct host_uses *uses,
					   const struct pci_function *function)
{
	const struct usage *usage = &uses->host->usage;
	const struct usage_link key = {.function = function}, *found = NULL;

	if (usage->unread_device_count)
		found = bsearch(&key, usage->unread_devices, usage->unread_device_count,
				sizeof(key), compare_links);
	return found ? &found->fact : NULL;
}

static const struct fact *unread_list(const struct usage *usage,
				      const struct pci_function *function)
{
	if (may_have_blocks(function) && !fact_known(&usage->mounts))
		return &usage->mounts;
	if (may_have_blocks(function) && !fact_settled(&usage->swaps))
		return &usage->swaps;
	if (may_have_links(function) && !fact_known(&usage->routes))
		return &usage->routes;
	if (may_have_links(function) && !fact_settled(&usage->routes6))
		return &usage->routes6;
	return may_have_links(function) ? unread_link(usage, function) : NULL;
}

const struct fact *host_uses_unread_memory(const struct host_uses *uses,
					   const struct pci_function *function)
{
	return pci_class(function) == CLASS_MEMORY_CXL ? host_uses_unread_device(uses, function)
						       : NULL;
}

bool host_uses_has_links_down(const struct host_uses *uses, const struct pci_function *function)
{
	return !host_uses_of_kind(uses, function, USAGE_LINK_UP) &&
	       !host_uses_of_kind(uses, function, USAGE_VF_LINK_UP) &&
	       function->netdevs.count > 0 && !pci_is_vf(function) &&
	       !unread_link(&uses->host->usage, function);
}

static bool may_lie_on(const struct host_uses *uses, const struct pci_function *function,
		       enum usage_kind kind)
{
	bool blocks = kind == USAGE_MOUNT || kind == USAGE_SWAP;

	if (blocks && uses->carries)
		return uses->carries[function - uses->host->pci.functions];
	if (kind == USAGE_ROUTE && host_uses_has_links_down(uses, function))
		return false;
	return may_carry(function, kind);
}

static const struct usage_gap *gap_above(const struct host_uses *uses,
					 const struct pci_function *function)
{
	const struct usage *usage = &uses->host->usage;

	for (size_t i = 0; i < usage->gap_count; i++) {
		if (may_lie_on(uses, function, usage->gaps[i].kind))
			return &usage->gaps[i];
	}
	return NULL;
}

/* Returns the mark of the container that hides the host's own uses of the function, or NULL. */
static const struct fact *hidden_by_container(const struct host_uses *uses,
					      const struct pci_function *function)
{
	if (!may_lie_on(uses, function, USAGE_MOUNT) && !may_lie_on(uses, function, USAGE_ROUTE))
		return NULL;
	return hypervisor_container(&uses->host->hypervisor);
}

/* Whether the function has the only link that is up, or that of its own controller, is open. */
static bool may_be_only_link(const struct host_uses *uses, const struct pci_function *function)
{
	const struct host_use *use = host_uses_of(uses, function);

	if (!uses->unsure || uses->links_apart)
		return false;
	while (use &&
	       (use->entry->kind != USAGE_LINK_UP || (use->entry->unsure && uses->link_count)))
		use = use->next;
	return use;
}

struct host_use_doubt host_uses_doubt(const struct host_uses *uses,
				      const struct pci_function *function, struct arena *arena)
{
	const struct usage *usage = &uses->host->usage;
	struct host_use_doubt doubt = {.evidence = host_uses_unread_memory(uses, function)};

	doubt.why = "whether the host has some of its memory could not be read";
	if (doubt.evidence || !tells_uses(usage))
		return doubt;
	doubt.evidence = unread_list(usage, function);
	doubt.why = "whether the host needs it could not be read";
	if (doubt.evidence)
		return doubt;
	doubt.evidence = hidden_by_container(uses, function);
	doubt.why = "whether the host needs it is not known: a container does not see what the "
		    "host has mounted, nor its interfaces";
	if (doubt.evidence)
		return doubt;
	if (may_be_only_link(uses, function)) {
		doubt.evidence = uses->unsure->unsure;
		doubt.why = arena_printf(arena,
					 "whether the host needs it is not known: %s, a network "
					 "link that is up, may lead to the management controller "
					 "alone",
					 uses->unsure->what);
		return doubt;
	}
	const struct usage_gap *gap = gap_above(uses, function);
	if (!gap)
		return doubt;
	doubt.evidence = host_use_evidence(arena, gap->source);
	doubt.why = arena_printf(arena,
				 "whether the host needs it is not known: %s could not be "
				 "followed to hardware",
				 gap->what);
	return doubt;
}

const struct fact *host_use_evidence(struct arena *arena, const char *source)
{
	struct fact *fact = arena_alloc(arena, sizeof(*fact));

	if (fact)
		*fact = (struct fact){.state = FACT_KNOWN, .source = source};
	return fact;
}

static const char *const kind_words[] = {
	[USAGE_MOUNT] = "the file system ",
	[USAGE_SWAP] = "",
	[USAGE_ROUTE] = "the ",
	[USAGE_LINK_UP] = "the network link ",
	[USAGE_CONSOLE] = "the console ",
	[USAGE_FRAMEBUFFER] = "the framebuffer ",
	[USAGE_VF_LINK_UP] = "the network link ",
	[USAGE_MEMBER] = "a part of ",
	[USAGE_HELD] = "the block device ",
	[USAGE_SCREEN] = "the screen on ",
	[USAGE_OPEN] = "open in ",
	[USAGE_MEMORY] = "its ",
};

ASSERT_COVERS(kind_words, USAGE_KIND_COUNT);

const char *host_use_words(struct arena *arena, const struct host_use *use)
{
	const struct usage_entry *entry = use->entry;
	bool named = entry->through && strcmp(entry->through, entry->what) != 0;

	return arena_printf(arena, "%s%s%s%s%s%s%s", kind_words[entry->kind], entry->what,
			    named ? " (" : "", named ? entry->through : "", named ? ")" : "",
			    use->through ? " through " : "",
			    use->through ? use->through->name : "");
}

const char *host_uses_vital_words(const struct host_uses *uses, const struct pci_function *function,
				  struct arena *arena)
{
	const struct host_use *use = host_uses_vital(uses, function);
	const char *why = "";

	if (!use)
		return NULL;
	if (use->entry->kind == USAGE_LINK_UP)
		why = uses->link_count == 1 ? ", the only one that is up"
					    : ", without which none is up";
	return arena_printf(arena, "%s%s", host_use_words(arena, use), why);
}
