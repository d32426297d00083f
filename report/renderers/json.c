/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "report/json.h"
#include "report/renderer.h"

static cJSON *tool(struct json *json)
{
	cJSON *object = json_object(json);

	json_add_text(json, object, "name", "passcheck");
	json_add_text(json, object, "version", PASSCHECK_VERSION);
	return object;
}

static cJSON *host_object(struct json *json)
{
	const struct host *host = json->report->host;
	struct fact_number virtual_machine = report_virtual_machine(host);
	cJSON *object = json_object(json);

	json_add_fact_text(json, object, "hostname", &host->hostname);
	json_add_fact_text(json, object, "product", &host->product);
	json_add_text(json, object, "architecture", host->cpu.architecture);
	json_add_fact_text(json, object, "kernel_release", &host->kernel_release);
	json_add_bool(json, object, "captured", host->captured);
	if (fact_known(&virtual_machine.fact))
		json_add_bool(json, object, "virtual_machine", virtual_machine.value != 0);
	else
		json_add_null(json, object, "virtual_machine");
	return object;
}

static cJSON *confinement(struct json *json)
{
	cJSON *array = json_array(json);

	for (size_t i = 0; i < json->report->confinement_count; i++)
		json_add_text(json, array, NULL, json->report->confinement[i]);
	return array;
}

static cJSON *run(struct json *json)
{
	struct fact_number privileged = host_privileged(json->report->host);
	cJSON *object = json_object(json);

	if (fact_known(&privileged.fact))
		json_add_bool(json, object, "privileged", privileged.value != 0);
	else
		json_add_null(json, object, "privileged");
	json_add_text(json, object, "time", json->report->time);
	json_add_fact_text(json, object, "kernel_lockdown", &json->report->host->lockdown);
	json_add(json, object, "confinement", confinement(json));
	return object;
}

static cJSON *document(struct json *json)
{
	cJSON *object = json_object(json);

	json_add_text(json, object, "schema_version", "1.0");
	json_add(json, object, "tool", tool(json));
	json_add(json, object, "host", host_object(json));
	json_add(json, object, "run", run(json));
	json_add_text(json, object, "verdict", host_verdict_name(json->report->verdict));
	json_add(json, object, "findings", json_findings(json));
	json_add(json, object, "requirements", json_requirements(json));
	json_add(json, object, "iommu", json_iommu(json));
	json_add(json, object, "groups", json_groups(json));
	json_add(json, object, "functions", json_functions(json));
	return object;
}

static int render(const struct report *report, const struct render_options *options, FILE *out)
{
	struct json json = {.report = report, .arena = report->arena};
	cJSON *object = document(&json);
	char *text = json.failed ? NULL : cJSON_Print(object);

	(void)options;
	cJSON_Delete(object);
	if (!text || arena_failed(report->arena)) {
		free(text);
		return -ENOMEM;
	}
	fprintf(out, "%s\n", text);
	free(text);
	return 0;
}

const struct renderer renderer_json = {
	.name = "json",
	.render = render,
};
