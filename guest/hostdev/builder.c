/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/hostdev/builder.h"

#include <errno.h>
#include <string.h>

#include "guest/hostdev/warnings.h"
#include "host/base/array.h"
#include "model/assign/vfio_access.h"
#include "model/assign/vfio_driver.h"

int hostdev_badness(enum assignable_verdict verdict)
{
	static const int order[] = {
		[ASSIGNABLE] = 0,
		[ASSIGNABLE_WITH] = 1,
		[ASSIGNABLE_BLOCKED] = 3,
		[ASSIGNABLE_UNDETERMINED] = 2,
		[ASSIGNABLE_NOT_A_CANDIDATE] = 4,
	};
	ASSERT_COVERS(order, ASSIGNABLE_COUNT);

	return order[verdict];
}

const struct hostdev_target *hostdev_builder_target(const struct hostdev_builder *builder)
{
	return hostdev_target_of(&builder->forms->options);
}

void hostdev_add_reason(struct hostdev_builder *builder, struct hostdev_form *form,
			const char *text)
{
	hostdev_note_add(builder->arena, &form->reasons, "%s", text);
}

struct hostdev_form *hostdev_append(struct hostdev_builder *builder,
				    const struct pci_function *function, enum hostdev_kind kind)
{
	struct hostdev_forms *forms = builder->forms;
	struct hostdev_form *array = arena_grow(builder->arena, forms->forms, forms->count,
						&builder->capacity, sizeof(*array));

	if (!array)
		return NULL;
	forms->forms = array;
	array[forms->count] = (struct hostdev_form){
		.function = function,
		.kind = kind,
		.keeps_driver = driver_stays(function),
		.needs_driver = strcmp(vfio_driver_to_be(&builder->host->modules, function),
				       "vfio-pci") != 0,
		.needs_iommufd = vfio_needs_iommufd(builder->host),
		.assignable = *assignability_of(&builder->model->assignability, function),
	};
	function_set_add(&builder->formed, function);
	array[forms->count].verdict = array[forms->count].assignable.verdict;
	return &array[forms->count++];
}

void hostdev_add_verdict_reasons(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct assignable *assignable = &form->assignable;

	if (assignable->verdict == ASSIGNABLE_NOT_A_CANDIDATE)
		hostdev_add_reason(builder, form, "it is a bridge, which never goes to a guest");
	for (const struct blocker *blocker = assignable->blockers; blocker; blocker = blocker->next)
		hostdev_add_reason(builder, form, blocker->why);
	if (assignable->verdict != ASSIGNABLE_UNDETERMINED)
		return;
	for (const struct blocker *blocker = assignable->missing; blocker; blocker = blocker->next)
		hostdev_add_reason(builder, form, blocker->why);
}

int hostdev_reject(struct hostdev_misfit *ret, enum hostdev_wish wish, const char *why)
{
	*ret = (struct hostdev_misfit){wish, why};
	return -EINVAL;
}
