/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/paper.h"

#include <stdlib.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"

enum { CLASS_ENDPOINT = 0x088000 };

int paper_setup(void **state)
{
	struct paper *paper = calloc(1, sizeof(*paper));

	if (!paper || !(paper->arena = arena_new()))
		return -1;
	paper->host.arena = paper->arena;
	paper->host.pci = (struct pci){.fact = known("functions"), .functions = paper->functions};
	paper->model.host = &paper->host;
	paper->model.assignability =
		(struct assignability){.host = &paper->host, .judgements = paper->judgements};
	paper->model.host_uses = (struct host_uses){.host = &paper->host, .uses = paper->uses};
	*state = paper;
	return 0;
}

int paper_teardown(void **state)
{
	struct paper *paper = *state;

	arena_free(paper->arena);
	free(paper);
	return 0;
}

struct pci_function *paper_function(struct paper *paper, const char *address, int64_t group,
				    const char *driver)
{
	struct pci_function *function = &paper->functions[paper->host.pci.count++];

	assert_true(paper->host.pci.count <= PAPER_FUNCTIONS);
	*function = (struct pci_function){
		.name = address,
		.path = arena_printf(paper->arena, "/sys/devices/pci0000:00/%s", address),
		.vendor = {.fact = known("vendor"), .value = 0x1234},
		.device = {.fact = known("device"), .value = (int64_t)paper->host.pci.count},
		.class_code = {.fact = known("class"), .value = CLASS_ENDPOINT},
		.group = {.fact = known("iommu_group"), .value = group},
		.physfn = {.fact = absent("physfn")},
		.driver = {.fact = absent("driver")},
		.numa_node = {.fact = known("numa_node"), .value = -1},
		.netdevs = {.fact = absent("net")},
		.sriov = {.numvfs = {.fact = absent("sriov_numvfs")}},
	};
	assert_int_equal(pci_address_parse(address, &function->address), 0);
	if (driver)
		function->driver = known_text("driver", driver);
	return function;
}

static struct assignable *judgement(struct paper *paper, const struct pci_function *function)
{
	return &paper->judgements[function - paper->functions];
}

void paper_companions(struct paper *paper, const struct pci_function *function,
		      const struct pci_function *companion)
{
	struct assignable *assignable = judgement(paper, function);
	const struct pci_function **companions =
		arena_array(paper->arena, PAPER_FUNCTIONS, sizeof(*companions));

	assert_non_null(companions);
	for (size_t i = 0; i < assignable->companion_count; i++)
		companions[i] = assignable->companions[i];
	companions[assignable->companion_count++] = companion;
	assignable->companions = companions;
	assignable->verdict = ASSIGNABLE_WITH;
}

void paper_verdict(struct paper *paper, const struct pci_function *function,
		   enum assignable_verdict verdict, enum blocker_kind kind, const char *why)
{
	struct assignable *assignable = judgement(paper, function);
	struct blocker *blocker = arena_alloc(paper->arena, sizeof(*blocker));

	assert_non_null(blocker);
	*blocker = (struct blocker){.kind = kind, .why = why, .evidence = &function->group.fact};
	assignable->verdict = verdict;
	if (verdict == ASSIGNABLE_BLOCKED)
		assignable->blockers = blocker;
	else
		assignable->missing = blocker;
}
