/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/predict.h"

#include <string.h>

#include "tests/unit/support/cmocka.h"

void predict_groups(struct paper *paper)
{
	struct model *model = &paper->model;

	host_platform_build(&paper->host, &model->platform);
	dma_units_build(&paper->host, paper->arena, &model->dma_units);
	isolation_build(&paper->host, &model->platform, &model->parameters, &model->dma_units,
			paper->arena, &model->isolation);
	assert_false(arena_failed(paper->arena));
}

static const struct isolation_group *predict(struct paper *paper,
					     const struct pci_function *function)
{
	predict_groups(paper);
	return isolation_of(&paper->model.isolation, function);
}

void expect_group(struct paper *paper, const char *names)
{
	char *first = arena_copy(paper->arena, names, strcspn(names, " "));
	const struct pci_function *function = pci_find_name(&paper->host.pci, first);
	const char *predicted = "";

	assert_non_null(function);
	const struct isolation_group *group = predict(paper, function);
	assert_non_null(group);
	assert_true(group->known);
	for (size_t i = 0; i < group->count; i++)
		predicted = arena_printf(paper->arena, "%s%s%s", predicted, i ? " " : "",
					 group->functions[i]->name);
	assert_string_equal(predicted, names);
}

void expect_no_prediction(struct paper *paper, const struct pci_function *function)
{
	const struct isolation_group *group = predict(paper, function);

	assert_non_null(group);
	assert_false(group->known);
	assert_non_null(group->unknown_why);
}
