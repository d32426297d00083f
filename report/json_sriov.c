/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/capabilities.h"
#include "report/json.h"

cJSON *json_sriov(struct json *json, const struct pci_function *function)
{
	struct sriov_capability sriov = sriov_decode(&function->config);

	if (sriov.capability.state == FACT_ABSENT)
		return cJSON_CreateNull();
	cJSON *object = json_object(json);
	if (sriov.capability.state != FACT_KNOWN) {
		json_add_text(json, object, "state", fact_state_name(sriov.capability.state));
		return object;
	}
	json_add_integer(json, object, "total_vfs", sriov.total_vfs);
	json_add_integer(json, object, "initial_vfs", sriov.initial_vfs);
	json_add_fact_number(json, object, "driver_max_vfs", &function->sriov.totalvfs);
	json_add_fact_number(json, object, "enabled_vfs", &function->sriov.numvfs);
	json_add_integer(json, object, "first_vf_offset", sriov.first_vf_offset);
	json_add_integer(json, object, "vf_stride", sriov.vf_stride);
	json_add_hex(json, object, "vf_device_id", sriov.vf_device_id, 4);
	return object;
}
