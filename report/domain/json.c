/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "host/base/array.h"
#include "report/domain/domain_report.h"
#include "report/domain/render.h"
#include "report/findings/json.h"

static const char *const kind_names[] = {
	[DOMAIN_DEVICE_OTHER] = "other",
	[DOMAIN_DEVICE_HOSTDEV] = "hostdev",
	[DOMAIN_DEVICE_INTERFACE] = "interface",
	[DOMAIN_DEVICE_NETWORK] = "network",
	[DOMAIN_DEVICE_CONTROLLER] = "controller",
	[DOMAIN_DEVICE_NVME] = "nvme",
	[DOMAIN_DEVICE_ARGUMENT] = "argument",
	[DOMAIN_DEVICE_MDEV] = "mdev",
	[DOMAIN_DEVICE_USB] = "usb",
	[DOMAIN_DEVICE_SCSI] = "scsi",
	[DOMAIN_DEVICE_SCSI_HOST] = "scsi-host",
	[DOMAIN_DEVICE_VDPA] = "vdpa",
	[DOMAIN_DEVICE_FILE] = "file",
	[DOMAIN_DEVICE_VARIABLE] = "variable",
	[DOMAIN_DEVICE_FOREIGN] = "foreign",
};

ASSERT_COVERS(kind_names, DOMAIN_DEVICE_KIND_COUNT);

static const char *const place_names[] = {
	[DOMAIN_PLACE_ANY] = "any",
	[DOMAIN_PLACE_PCI] = "pci",
	[DOMAIN_PLACE_UNASSIGNED] = "unassigned",
	[DOMAIN_PLACE_OTHER] = "other",
};

ASSERT_COVERS(place_names, DOMAIN_PLACE_COUNT);

static void add_guest_address(struct json *json, struct json_item *object,
			      const struct domain_device *device)
{
	json_add_text(json, object, "place", place_names[device->place]);
	json_add_address(json, object, "guest_address",
			 device->place == DOMAIN_PLACE_PCI ? &device->guest : NULL);
}

static struct json_item *device_object(struct json *json, const struct domain_device *device,
				       bool is_judged)
{
	struct json_item *object = json_object(json);

	json_add_text(json, object, "kind", kind_names[device->kind]);
	json_add_integer(json, object, "line", device->line);
	json_add_bool(json, object, "managed", device->managed);
	json_add_text(json, object, "alias", device->alias);
	json_add_text(json, object, "mac", device->mac);
	json_add_text(json, object, "network", device->network);
	json_add_bool(json, object, "judged", is_judged);
	add_guest_address(json, object, device);
	return object;
}

static void add_function(struct json *json, struct json_item *object, const struct domain_use *use)
{
	const struct pci_function *function = use->function;

	json_add_text(json, object, "host_address", use->address);
	json_add_bool(json, object, "exists", function != NULL);
	if (!function)
		return;
	json_add_fact_text(json, object, "physical_function", &function->physfn);
	json_add_fact_text(json, object, "driver", &function->driver);
	json_add_fact_number(json, object, "iommu_group", &function->group);
	if (fact_known(&function->numa_node.fact) && function->numa_node.value >= 0)
		json_add_integer(json, object, "numa_node", function->numa_node.value);
	else
		json_add_null(json, object, "numa_node");
	json_add_text(json, object, "assignable",
		      assignable_verdict_name(use->assignable->verdict));
}

static struct json_item *devices(struct json *json, const struct domain_part *part)
{
	struct json_item *array = json_array(json);

	for (const struct domain_use *use = part->uses.begin; use < part->uses.end; use++) {
		struct json_item *object = device_object(json, use->device, true);
		add_function(json, object, use);
		json_add(json, array, NULL, object);
	}
	for (size_t i = 0; i < part->network_use_count; i++)
		json_add(json, array, NULL,
			 device_object(json, part->network_uses[i].device, true));
	for (size_t i = 0; i < part->other_count; i++)
		json_add(json, array, NULL, device_object(json, part->others[i].device, false));
	return array;
}

static struct json_item *domains(struct json *json, const struct domain_map *map)
{
	struct json_item *array = json_array(json);

	for (size_t i = 0; i < map->domain_count; i++) {
		const struct domain *domain = &map->domains[i];
		const struct domain_part part = domain_map_part(map, domain);
		struct json_item *object = json_object(json);
		json_add_text(json, object, "name", domain->name);
		json_add_integer(json, object, "memory", (int64_t)domain->memory);
		json_add(json, object, "devices", devices(json, &part));
		json_add(json, array, NULL, object);
	}
	return array;
}

static struct json_item *findings(struct json *json, const struct judged_findings *judged)
{
	struct json_item *array = json_array(json);

	for (size_t i = 0; i < judged->count; i++)
		json_add(json, array, NULL, json_finding(json, judged, judged->items[i]));
	return array;
}

int domain_render_json(const void *domain_report, const struct render_options *options, FILE *out)
{
	const struct domain_report *report = domain_report;
	struct json json = {.arena = report->arena, .compact = options->compact};
	struct json_item *object = json_object(&json);

	json_add_text(&json, object, "schema_version", JSON_SCHEMA_VERSION);
	json_add(&json, object, "tool", json_tool(&json));
	json_add_text(&json, object, "verdict", host_verdict_name(report->judged.verdict));
	json_add(&json, object, "findings", findings(&json, &report->judged));
	json_add(&json, object, "domains", domains(&json, &report->map));
	return json_write(&json, object, out);
}
