/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/reset.h"

#include <pci/header.h>
#include <stdio.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "model/assign/vfio_driver.h"
#include "model/pcie.h"

enum { ATI = 0x1002, AMD = 0x1022 };

/* What a quirk forbids. */
enum forbidden { FORBIDS_FLR, FORBIDS_BUS, FORBIDS_PM };

struct quirk_row {
	uint16_t vendor;
	uint16_t first;
	uint16_t last; /* 0: first alone */
	enum forbidden forbidden;
	uint8_t revision; /* 0: any */
};

/* quirk_no_flr(), quirk_no_bus_reset(), quirk_no_pm_reset() of drivers/pci/quirks.c, 7.3. */
static const struct quirk_row rows[] = {
	{.vendor = 0x1022, .first = 0x1487, .forbidden = FORBIDS_FLR},
	{.vendor = 0x1022, .first = 0x148c, .forbidden = FORBIDS_FLR},
	{.vendor = 0x1022, .first = 0x149c, .forbidden = FORBIDS_FLR},
	{.vendor = 0x1022, .first = 0x7901, .forbidden = FORBIDS_FLR},
	{.vendor = 0x1022, .first = 0x1502, .forbidden = FORBIDS_FLR},
	{.vendor = 0x1022, .first = 0x17f0, .forbidden = FORBIDS_FLR},
	{.vendor = 0x8086, .first = 0x1502, .last = 0x1503, .forbidden = FORBIDS_FLR},
	{.vendor = 0x14c3, .first = 0x0616, .forbidden = FORBIDS_FLR},
	{.vendor = 0x14c3, .first = 0x7925, .forbidden = FORBIDS_FLR},
	{.vendor = 0xd063, .first = 0x1000, .forbidden = FORBIDS_FLR, .revision = 1},
	{.vendor = 0x168c, .first = 0x0030, .forbidden = FORBIDS_BUS},
	{.vendor = 0x168c, .first = 0x0032, .last = 0x0034, .forbidden = FORBIDS_BUS},
	{.vendor = 0x168c, .first = 0x003c, .forbidden = FORBIDS_BUS},
	{.vendor = 0x168c, .first = 0x003e, .forbidden = FORBIDS_BUS},
	{.vendor = 0x17cb, .first = 0x1103, .forbidden = FORBIDS_BUS},
	{.vendor = 0x17cb, .first = 0x1107, .forbidden = FORBIDS_BUS},
	{.vendor = 0x17cb, .first = 0x0308, .forbidden = FORBIDS_BUS},
	{.vendor = 0x177d, .first = 0xa100, .forbidden = FORBIDS_BUS},
	{.vendor = 0x104c, .first = 0xb005, .forbidden = FORBIDS_BUS},
	{.vendor = 0x1b21, .first = 0x1164, .forbidden = FORBIDS_BUS},
	{.vendor = 0x10de, .first = 0x22ce, .forbidden = FORBIDS_BUS},
	{.vendor = 0x10de, .first = 0x22d0, .forbidden = FORBIDS_BUS},
	{.vendor = 0x10de, .first = 0x2340, .last = 0x237f, .forbidden = FORBIDS_BUS},
	{.vendor = 0x15b3, .first = 0xcb84, .forbidden = FORBIDS_PM},
	{.vendor = 0x15b3, .first = 0xcf6c, .forbidden = FORBIDS_PM},
	{.vendor = 0x15b3, .first = 0xcf70, .forbidden = FORBIDS_PM},
	{.vendor = 0x15b3, .first = 0xcf80, .forbidden = FORBIDS_PM},
};

struct card_row {
	uint16_t vendor;
	uint16_t first;
	uint16_t last; /* 0: first alone */
	const char *family;
	bool sometimes; /* not all of the family do it */
	bool is_known;  /* to the module */
};

/*
 * Cards of AMD that only the first guest after a boot of the host gets to work, as the table of the
 * module that resets them in ways of their own has them: src/device-db.h of
 * github.com/gnif/vendor-reset. Of the last four
 * its issues 65, 97 and 107 tell; the module does not know them.
 */
static const struct card_row cards[] = {
	{0x1002, 0x66a0, 0x66af, "Vega 20", false, true},
	{0x1002, 0x67c0, 0x67df, "Polaris 10", true, true},
	{0x1002, 0x6fdf, 0, "Polaris 10", true, true},
	{0x1002, 0x67e0, 0x67ff, "Polaris 11", true, true},
	{0x1002, 0x6860, 0x687f, "Vega 10", false, true},
	{0x1002, 0x6980, 0x699f, "Polaris 12", true, true},
	{0x1002, 0x7310, 0x731f, "Navi 10", false, true},
	{0x1002, 0x7340, 0x734f, "Navi 14", false, true},
	{0x1002, 0x7360, 0x7362, "Navi 12", false, true},
	{0x1002, 0x738c, 0, "Arcturus", false, true},
	{0x1002, 0x7440, 0x745f, "Navi 31", true, false},
	{0x1002, 0x7460, 0x747f, "Navi 32", true, false},
	{0x1002, 0x7550, 0x755f, "Navi 48", true, false},
	{0x1002, 0x7590, 0x759f, "Navi 44", true, false},
};

static bool has_revision(const struct pci_function *function, uint8_t wanted)
{
	uint8_t revision;

	return wanted == 0 ||
	       (config_read8(&function->config, PCI_REVISION_ID, &revision) && revision == wanted);
}

static bool is_device(const struct pci_function *function, uint16_t vendor, uint16_t first,
		      uint16_t last)
{
	int64_t device = function->device.value;

	return pci_knows_ids(function) && function->vendor.value == vendor && device >= first &&
	       device <= (last ? last : first);
}

static bool row_matches(const struct quirk_row *row, const struct pci_function *function)
{
	return is_device(function, row->vendor, row->first, row->last) &&
	       has_revision(function, row->revision);
}

static bool is_forbidden(const struct pci_function *function, enum forbidden forbidden)
{
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (rows[i].forbidden == forbidden && row_matches(&rows[i], function))
			return true;
	}
	return false;
}

struct judge {
	const struct host *host;
	struct arena *arena;
	const struct pci_function *function;
	struct reset result;
};

static void add_flaw(struct judge *judge, const char *method, bool dangerous, const char *why)
{
	struct reset_flaw *flaw = arena_alloc(judge->arena, sizeof(*flaw));
	struct reset_flaw **end = &judge->result.flaws;

	if (!flaw)
		return;
	*flaw = (struct reset_flaw){.method = method, .why = why, .dangerous = dangerous};
	while (*end)
		end = &(*end)->next;
	*end = flaw;
}

/* Returns whether another function is on the same bus. */
static bool has_neighbour(const struct host *host, const struct pci_function *function)
{
	size_t index = (size_t)(function - host->pci.functions);

	return (index > 0 && pcie_same_bus(function, function - 1)) ||
	       (index + 1 < host->pci.count && pcie_same_bus(function, function + 1));
}

/*
 * The bus above resets everything on it, and so is for a function that is alone there. One that is
 * alone in a hot-plug slot may go by the slot instead: pci_reset_bus_function().
 */
static bool bus_works(struct judge *judge)
{
	if (is_forbidden(judge->function, FORBIDS_BUS)) {
		add_flaw(judge, "bus", true, "devices of its kind do not come back from it");
		return false;
	}
	/* The kernel offers it for what is below such a port, and only VFIO's reset of several
	 * functions asks the port: pci_parent_bus_reset(), pci_bus_resettable(). */
	if (judge->function->parent && is_forbidden(judge->function->parent, FORBIDS_BUS)) {
		add_flaw(judge, "bus", true,
			 arena_printf(judge->arena,
				      "the port above, %s, does not come back from it",
				      judge->function->parent->name));
		return false;
	}
	if (!has_neighbour(judge->host, judge->function))
		return true;
	add_flaw(judge, "bus", false, "other functions are on the same bus");
	return false;
}

static bool method_works(struct judge *judge, const char *method)
{
	if (strcmp(method, "bus") == 0)
		return bus_works(judge);
	if (strcmp(method, "flr") == 0 && is_forbidden(judge->function, FORBIDS_FLR)) {
		add_flaw(judge, "flr", true, "devices of its kind hang in it");
		return false;
	}
	if (strcmp(method, "pm") == 0 && is_forbidden(judge->function, FORBIDS_PM)) {
		add_flaw(judge, "pm", true, "devices of its kind are not reset by it");
		return false;
	}
	return true;
}

/* The attribute came with 5.15, and distributions took it into older kernels: where no function has
 * it before, that it is absent says nothing. */
static bool kernel_has_attribute(const struct host *host)
{
	struct kernel_version version;

	return host->pci.shows_resets ||
	       (host_kernel_version(host, &version) && kernel_at_least(&version, 5, 15));
}

/* Resets of the bus do not reach it: github.com/inga-lovinde/RadeonResetBugFix. */
static const struct card_row processor_gpu = {.family = "graphics inside AMD processors",
					      .sometimes = true};

static const struct card_row *find_card(const struct pci_function *function)
{
	for (size_t i = 0; i < ARRAY_LENGTH(cards); i++) {
		if (is_device(function, cards[i].vendor, cards[i].first, cards[i].last))
			return &cards[i];
	}
	return NULL;
}

/* From 5.15 on the module vendor_reset is asked only where the list has its method; before, always
 * where it is loaded. */
static bool has_own_reset(const struct host *host, const struct pci_function *function)
{
	const struct fact_text *list = &function->reset_method;
	struct fact loaded = modules_present(&host->modules, "vendor_reset");

	if (fact_known(&list->fact))
		return strstr(list->text, "device_specific") != NULL;
	return !kernel_has_attribute(host) && fact_known(&loaded);
}

/* Returns the row of a card that does not come back from the kernel's resets, or NULL. */
static const struct card_row *lost_card(const struct host *host,
					const struct pci_function *function)
{
	const struct card_row *card = find_card(function);

	if (!card && reset_is_processor_gpu(&host->pci, function))
		card = &processor_gpu;
	return card && !has_own_reset(host, function) ? card : NULL;
}

static void judge_card(struct judge *judge)
{
	const struct card_row *card = lost_card(judge->host, judge->function);

	if (!card)
		return;
	judge->result.card = card->family;
	judge->result.card_sometimes = card->sometimes;
	judge->result.card_is_known = card->is_known;
}

bool reset_is_processor_gpu(const struct pci *pci, const struct pci_function *function)
{
	const struct pci_function *end = pci->functions + pci->count, *other = function + 1;

	if (pci_base_class(function) != PCI_BASE_CLASS_DISPLAY || function->address.function != 0 ||
	    !fact_known(&function->vendor.fact) || function->vendor.value != ATI)
		return false;
	for (; other < end && pcie_same_device(function, other); other++) {
		if (fact_known(&other->vendor.fact) && other->vendor.value == AMD)
			return true;
	}
	return false;
}

bool reset_is_known_bad(const struct pci_function *function)
{
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (row_matches(&rows[i], function))
			return true;
	}
	return find_card(function) != NULL;
}

const struct reset_flaw *reset_dangerous_flaw(const struct reset *reset)
{
	const struct reset_flaw *flaw = reset->flaws;

	while (flaw && !flaw->dangerous)
		flaw = flaw->next;
	return flaw;
}

static bool kernel_wants_each_reset(const struct host *host)
{
	static const struct {
		unsigned major, minor, first, last;
	} kernels[] = {
		{5, 15, 180, 180}, {6, 1, 134, 134}, {6, 6, 87, 87},
		{6, 12, 23, 24},   {6, 13, 11, 12},  {6, 14, 2, 3},
	};
	const struct fact_text *release = &host->kernel_release;
	unsigned major, minor, patch;

	if (!fact_known(&release->fact) ||
	    sscanf(release->text, "%3u.%3u.%3u", &major, &minor, &patch) != 3)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(kernels); i++) {
		if (major == kernels[i].major && minor == kernels[i].minor &&
		    patch >= kernels[i].first && patch <= kernels[i].last)
			return true;
	}
	return false;
}

/* Returns whether the function's device has several functions and its bus to itself, and a reset of
 * that bus works. */
static bool bus_resets_device(const struct host *host, const struct pci_function *function)
{
	const struct pci_function *functions = host->pci.functions;
	size_t count = host->pci.count, index = (size_t)(function - functions);
	size_t first = (size_t)(pcie_first_of_device(&host->pci, function) - functions);
	size_t end = index + 1;

	if (!function->parent || is_forbidden(function->parent, FORBIDS_BUS))
		return false;
	/* A device has at most 8 functions, or 256 with ARI; the first other one ends the walk. */
	while (end < count && pcie_same_device(function, &functions[end]))
		end++;
	/* One that does not come back keeps all from it: pci_bus_resettable(). */
	for (size_t i = first; i < end; i++) {
		if (is_forbidden(&functions[i], FORBIDS_BUS))
			return false;
	}
	return end - first > 1 && (first == 0 || !pcie_same_bus(function, &functions[first - 1])) &&
	       (end == count || !pcie_same_bus(function, &functions[end]));
}

bool reset_is_refused(const struct host *host, const struct pci_function *function)
{
	const struct pci *pci = &host->pci;
	const struct pci_function *end = pci->functions + pci->count;
	const struct pci_function *other = pcie_first_of_device(pci, function);

	if (!kernel_wants_each_reset(host) || !bus_resets_device(host, function))
		return false;
	for (; other < end && pcie_same_device(function, other); other++) {
		if (fact_absent(&other->reset_method.fact))
			return true;
	}
	return false;
}

bool reset_with_device(const struct host *host, const struct pci_function *function)
{
	return bus_resets_device(host, function) && !reset_is_refused(host, function);
}

struct reset reset_judge(const struct host *host, struct arena *arena,
			 const struct pci_function *function)
{
	const struct fact_text *list = &function->reset_method;
	struct judge judge = {.host = host, .arena = arena, .function = function};
	char *save = NULL;

	judge_card(&judge);
	if (fact_absent(&list->fact) && kernel_has_attribute(host))
		judge.result.verdict = RESET_NONE;
	if (!fact_known(&list->fact))
		return judge.result;
	judge.result.verdict = RESET_NONE;
	char *words = arena_copy(arena, list->text, list->length);
	for (char *word = strtok_r(words, ", \n", &save); word;
	     word = strtok_r(NULL, ", \n", &save)) {
		if (!method_works(&judge, word))
			continue;
		judge.result.verdict = RESET_WORKS;
		judge.result.method = word;
		break;
	}
	return judge.result;
}

static bool may_have_user(const struct host_uses *uses, const struct pci_function *function)
{
	return pci_header_type(function) <= PCI_HEADER_TYPE_NORMAL &&
	       !host_uses_vital(uses, function);
}

bool reset_bus_can_go(const struct host_uses *uses, const struct pci_function *function)
{
	const struct pci *pci = &uses->host->pci;
	const struct pci_function *end = pci->functions + pci->count, *other = function;

	while (other > pci->functions && pcie_same_bus(function, other - 1))
		other--;
	while (other < end && pcie_same_bus(function, other) && may_have_user(uses, other))
		other++;
	return function->parent && (other == end || !pcie_same_bus(function, other));
}

const struct pci_function *reset_bus_loses(const struct host *host,
					   const struct pci_function *function)
{
	const struct pci *pci = &host->pci;
	const struct pci_function *end = pci->functions + pci->count, *other = function;

	if (function->parent && is_forbidden(function->parent, FORBIDS_BUS))
		return function->parent;
	while (other > pci->functions && pcie_same_bus(function, other - 1))
		other--;
	for (; other < end && pcie_same_bus(function, other); other++) {
		if (is_forbidden(other, FORBIDS_BUS) || lost_card(host, other))
			return other;
	}
	return NULL;
}

const char *reset_bus_loss(const struct host *host, const struct pci_function *function,
			   struct arena *arena)
{
	const struct pci_function *lost = reset_bus_loses(host, function);
	const struct card_row *card = lost ? lost_card(host, lost) : NULL;
	bool sometimes = card && card->sometimes && !is_forbidden(lost, FORBIDS_BUS);

	return lost ? arena_printf(arena, "%s %s come back from a reset of the bus",
				   lost == function ? "it" : lost->name,
				   sometimes ? "often does not" : "does not")
		    : NULL;
}

/* Returns whether VFIO has the function, or must get it before it opens the group: what has no
 * driver, or pci-stub, may stay so. */
static bool goes_to_vfio(const struct pci_function *function)
{
	return driver_is_vfio(function) || driver_keeps_dma(function);
}

static bool goes_with(const struct host_uses *uses, const struct pci_function *function,
		      const struct pci_function *other)
{
	return fact_known(&other->group.fact) && other->group.value == function->group.value &&
	       pci_header_type(other) == PCI_HEADER_TYPE_NORMAL &&
	       (other == function || goes_to_vfio(other)) && !host_uses_vital(uses, other);
}

bool reset_with_group(const struct host_uses *uses, const struct pci_function *function)
{
	const struct pci *pci = &uses->host->pci;
	const struct pci_function *end = pci->functions + pci->count;
	const struct pci_function *other = pcie_first_of_device(pci, function);

	if (!fact_known(&function->group.fact) || !reset_with_device(uses->host, function))
		return false;
	while (other < end && pcie_same_device(function, other) && goes_with(uses, function, other))
		other++;
	return other == end || !pcie_same_device(function, other);
}

/* To ask for them all is of no use: the host needs one, or one is lost. */
static struct reset_siblings siblings_that_stay(struct arena *arena, const char *named,
						const char *obstacle, const char *finding)
{
	return (struct reset_siblings){
		.why = arena_printf(arena,
				    "it cannot be reset without the other functions of its "
				    "device%s, and %s",
				    named, obstacle),
		.finding = finding,
	};
}

struct reset_siblings reset_siblings_of(const struct host_uses *uses, struct arena *arena,
					const struct pci_function *function,
					const struct function_set *given)
{
	const struct pci *pci = &uses->host->pci;
	const struct pci_function *end = pci->functions + pci->count;
	const struct pci_function *other = pcie_first_of_device(pci, function);
	const struct reset reset = reset_judge(uses->host, arena, function);
	const char *finding = reset.flaws ? "reset.unusable" : "reset.none";
	struct buffer names = {.arena = arena, .separator = ", "};
	const char *loss;

	if (reset.verdict != RESET_NONE || !reset_with_device(uses->host, function))
		return (struct reset_siblings){0};
	for (; other < end && pcie_same_device(function, other); other++) {
		if (other == function || function_set_has(given, other) ||
		    pci_header_type(other) > PCI_HEADER_TYPE_NORMAL)
			continue;
		if (host_uses_vital(uses, other))
			return siblings_that_stay(
				arena, "",
				arena_printf(arena, "the host needs one of them: %s", other->name),
				finding);
		buffer_item(&names, "%s", other->name);
	}
	if (!names.length)
		return (struct reset_siblings){0};
	loss = reset_bus_loss(uses->host, function, arena);
	if (loss)
		return siblings_that_stay(arena, arena_printf(arena, " (%s)", buffer_text(&names)),
					  loss, finding);
	return (struct reset_siblings){
		.names = buffer_text(&names),
		.why = arena_printf(arena,
				    "it cannot be reset without the other functions of its device, "
				    "which should go to the same guest: %s",
				    buffer_text(&names)),
		.finding = finding,
	};
}

const char *reset_verdict_name(enum reset_verdict verdict)
{
	switch (verdict) {
	case RESET_UNKNOWN:
		return "unknown";
	case RESET_WORKS:
		return "works";
	case RESET_NONE:
		return "none";
	}
	return "unknown";
}
