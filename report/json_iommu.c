/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json.h"

static cJSON *unit_object(struct json *json, const struct iommu_unit *unit)
{
	cJSON *object = json_object(json);

	json_add_text(json, object, "name", unit->name);
	json_add_text(json, object, "kind", iommu_kind_name(unit->kind));
	json_add_fact_hex(json, object, "base", &unit->address, 8);
	return object;
}

cJSON *json_iommu(struct json *json)
{
	const struct iommu_units *units = &json->report->host->units;
	cJSON *object = json_object(json), *array = json_array(json);

	for (size_t i = 0; i < units->count; i++)
		json_add(json, array, NULL, unit_object(json, &units->units[i]));
	json_add(json, object, "units", array);
	return object;
}
