/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>

#include "report/audit/json/elements.h"

static struct json_item *board(struct json *json, const struct system_info *info)
{
	struct json_item *object = json_object(json);

	json_add_fact_text(json, object, "vendor", &info->board_vendor);
	json_add_fact_text(json, object, "name", &info->board_name);
	return object;
}

static struct json_item *firmware(struct json *json, const struct system_info *info)
{
	struct json_item *object = json_object(json);

	json_add_fact_text(json, object, "vendor", &info->firmware_vendor);
	json_add_fact_text(json, object, "version", &info->firmware_version);
	json_add_fact_text(json, object, "date", &info->firmware_date);
	return object;
}

static struct json_item *cpu(struct json *json, const struct cpu *cpu)
{
	struct json_item *object = json_object(json);
	bool named = fact_known(&cpu->fact) && *cpu->model_name;

	json_add_text(json, object, "model", named ? cpu->model_name : NULL);
	json_add_text(json, object, "microcode", cpu->microcode);
	return object;
}

static struct json_item *os(struct json *json, const struct system_info *info)
{
	struct json_item *object = json_object(json);

	json_add_fact_text(json, object, "id", &info->os_id);
	json_add_fact_text(json, object, "version", &info->os_version);
	json_add_fact_text(json, object, "name", &info->os_name);
	return object;
}

/* libvirt counts versions so, its own and QEMU's: LIBVIR_VERSION_NUMBER. */
static void add_version(struct json *json, struct json_item *object, const char *name,
			const struct fact_number *version)
{
	enum { MINOR = 1000, MAJOR = 1000 * MINOR };

	if (!fact_known(&version->fact)) {
		json_add_null(json, object, name);
		return;
	}
	int64_t number = version->value;
	json_add_text(json, object, name,
		      arena_printf(json->arena, "%" PRId64 ".%" PRId64 ".%" PRId64, number / MAJOR,
				   number / MINOR % MINOR, number % MINOR));
}

static struct json_item *node(struct json *json, const struct fact_node *node)
{
	enum { RIGHTS = 07777 };
	struct json_item *object = json_object(json);

	json_add_text(json, object, "state", fact_state_name(node->fact.state));
	if (!fact_known(&node->fact)) {
		json_add_null(json, object, "mode");
		json_add_null(json, object, "uid");
		json_add_null(json, object, "gid");
		return object;
	}
	json_add_text(json, object, "mode",
		      arena_printf(json->arena, "%04o", (unsigned)(node->mode & RIGHTS)));
	json_add_integer(json, object, "uid", node->uid);
	json_add_integer(json, object, "gid", node->gid);
	return object;
}

static struct json_item *iommufd(struct json *json, const struct host *host)
{
	struct json_item *object = json_object(json);
	const struct fact module = modules_present(&host->modules, "iommufd");

	json_add(json, object, "device", node(json, &host->hypervisor.iommufd));
	json_add(json, object, "devices", node(json, &host->hypervisor.vfio_devices));
	if (fact_settled(&module))
		json_add_bool(json, object, "loaded", fact_known(&module));
	else
		json_add_null(json, object, "loaded");
	return object;
}

struct json_item *json_host(struct json *json, const struct model *model)
{
	const struct host *host = model->host;
	struct json_item *object = json_object(json);

	json_add_fact_text(json, object, "hostname", &host->hostname);
	json_add_fact_text(json, object, "machine_id", &host->machine_id);
	json_add_fact_text(json, object, "vendor", &host->vendor);
	json_add_fact_text(json, object, "product", &host->product);
	json_add(json, object, "board", board(json, &host->system_info));
	json_add(json, object, "firmware", firmware(json, &host->system_info));
	json_add_text(json, object, "architecture", host->cpu.architecture);
	json_add(json, object, "cpu", cpu(json, &host->cpu));
	json_add(json, object, "os", os(json, &host->system_info));
	json_add_fact_text(json, object, "kernel_release", &host->kernel_release);
	add_version(json, object, "libvirt_version", &host->hypervisor.libvirt);
	add_version(json, object, "qemu_version", &host->hypervisor.qemu_version);
	json_add(json, object, "iommufd", iommufd(json, host));
	json_add_bool(json, object, "captured", host->captured);
	if (fact_known(&host->cpu.fact))
		json_add_bool(json, object, "virtual_machine", model->platform.is_guest);
	else
		json_add_null(json, object, "virtual_machine");
	return object;
}
