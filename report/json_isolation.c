/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json.h"

cJSON *json_isolation(struct json *json, const struct pci_function *function)
{
	cJSON *object = json_object(json);

	json_add_fact_number(json, object, "group", &function->group);
	return object;
}

cJSON *json_assignable(struct json *json, const struct pci_function *function)
{
	(void)json, (void)function;
	return cJSON_CreateNull();
}
