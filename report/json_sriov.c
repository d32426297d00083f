/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/vf_budget.h"
#include "report/json.h"

/* The terms that every PF has; the others stand there where they limit. */
static bool is_always_shown(enum vf_limit limit)
{
	return limit == VF_LIMIT_TOTAL || limit == VF_LIMIT_DRIVER || limit == VF_LIMIT_BUS ||
	       limit == VF_LIMIT_MMIO;
}

static cJSON *limits(struct json *json, const struct vf_budget *budget)
{
	cJSON *object = json_object(json);

	for (int i = 0; i < VF_LIMIT_COUNT; i++) {
		const struct vf_term *term = &budget->terms[i];
		const char *name = vf_limit_name((enum vf_limit)i);

		if (term->state == VF_TERM_KNOWN)
			json_add_integer(json, object, name, term->value);
		else if (term->state == VF_TERM_UNKNOWN)
			json_add_null(json, object, name);
		else if (is_always_shown((enum vf_limit)i))
			json_add_integer(json, object, name, budget->sriov.total_vfs);
	}
	return object;
}

static cJSON *max_vfs(struct json *json, const struct vf_budget *budget)
{
	cJSON *object = json_object(json);

	json_add_integer(json, object, "effective", budget->effective);
	json_add_bool(json, object, "at_most", budget->is_bound);
	json_add_text(json, object, "limited_by", vf_limit_name(budget->limited_by));
	json_add(json, object, "limits", limits(json, budget));
	return object;
}

cJSON *json_sriov(struct json *json, const struct pci_function *function)
{
	struct vf_budget budget;
	bool known = vf_budget_of(json->report->host, json->arena, function, &budget);

	if (budget.sriov.capability.state == FACT_ABSENT)
		return cJSON_CreateNull();
	cJSON *object = json_object(json);
	if (!known) {
		json_add_text(json, object, "state",
			      fact_state_name(budget.sriov.capability.state));
		return object;
	}
	json_add_integer(json, object, "total_vfs", budget.sriov.total_vfs);
	json_add_integer(json, object, "initial_vfs", budget.sriov.initial_vfs);
	json_add_fact_number(json, object, "driver_max_vfs", &function->sriov.totalvfs);
	json_add_fact_number(json, object, "enabled_vfs", &function->sriov.numvfs);
	json_add_integer(json, object, "first_vf_offset", budget.sriov.first_vf_offset);
	json_add_integer(json, object, "vf_stride", budget.sriov.vf_stride);
	json_add_hex(json, object, "vf_device_id", budget.sriov.vf_device_id, 4);
	json_add(json, object, "max_vfs", max_vfs(json, &budget));
	return object;
}
