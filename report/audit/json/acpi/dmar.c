/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/array.h"
#include "report/audit/json/elements.h"

/* A bit of a flags field, and its name. */
struct flag {
	unsigned bit;
	const char *name;
};

static const struct flag dmar_flags[] = {
	{DMAR_INTERRUPT_REMAPPING, "interrupt_remapping"},
	{DMAR_X2APIC_OPT_OUT, "x2apic_opt_out"},
	{DMAR_PLATFORM_OPT_IN, "platform_opt_in"},
};

static struct json_item *scope_object(struct json *json, const struct dmar_scope *scope)
{
	struct json_item *object = json_object(json), *path = json_array(json);
	const char *name = dmar_scope_name(scope->type);

	json_add_text(json, object, "type",
		      name ? name : arena_printf(json->arena, "%u", scope->type));
	json_add_hex(json, object, "flags", scope->flags, 2);
	json_add_integer(json, object, "enumeration_id", scope->enumeration_id);
	json_add_hex(json, object, "start_bus", scope->start_bus, 2);
	for (size_t i = 0; i < scope->depth; i++)
		json_add_text(json, path, NULL,
			      arena_printf(json->arena, "%02x.%x", scope->path[i].device,
					   scope->path[i].function));
	json_add(json, object, "path", path);
	return object;
}

static void add_scopes(struct json *json, struct json_item *object,
		       const struct dmar_structure *structure)
{
	struct json_item *array = json_array(json);

	for (size_t i = 0; i < structure->scope_count; i++)
		json_add(json, array, NULL, scope_object(json, &structure->scopes[i]));
	json_add(json, object, "scopes", array);
}

static void add_dmar_body(struct json *json, struct json_item *object,
			  const struct dmar_structure *structure)
{
	switch (structure->type) {
	case DMAR_DRHD:
		json_add_integer(json, object, "segment", structure->segment);
		json_add_hex(json, object, "flags", structure->flags, 2);
		json_add_bool(json, object, "include_pci_all",
			      structure->flags & DMAR_INCLUDE_PCI_ALL);
		json_add_integer(json, object, "size", structure->size);
		json_add_hex(json, object, "register_base", structure->base, 8);
		break;
	case DMAR_RMRR:
		json_add_integer(json, object, "segment", structure->segment);
		json_add_hex(json, object, "base", structure->base, 8);
		json_add_hex(json, object, "end", structure->end, 8);
		break;
	case DMAR_RHSA:
		json_add_hex(json, object, "register_base", structure->base, 8);
		json_add_integer(json, object, "proximity_domain", structure->proximity_domain);
		return;
	case DMAR_ANDD:
		json_add_integer(json, object, "device_number", structure->device_number);
		json_add_text(json, object, "name", structure->name);
		return;
	case DMAR_ATSR:
	case DMAR_SATC:
		json_add_hex(json, object, "flags", structure->flags, 2);
		json_add_integer(json, object, "segment", structure->segment);
		break;
	default:
		json_add_integer(json, object, "segment", structure->segment);
		break;
	}
	add_scopes(json, object, structure);
}

static struct json_item *structure_object(struct json *json, const struct dmar_structure *structure)
{
	struct json_item *object = json_object(json);
	const char *name = dmar_type_name(structure->type);

	json_add_text(json, object, "type",
		      name ? name : arena_printf(json->arena, "%u", structure->type));
	json_add_integer(json, object, "bytes", structure->length);
	if (name && structure->complete)
		add_dmar_body(json, object, structure);
	return object;
}

struct json_item *json_dmar(struct json *json, const struct dmar *dmar)
{
	if (!dmar)
		return json_null(json);
	struct json_item *object = json_object(json), *flags = json_array(json),
			 *array = json_array(json);
	json_add_acpi_header(json, object, &dmar->header);
	if (dmar->intact)
		json_add_integer(json, object, "host_address_width", dmar->host_address_width);
	else
		json_add_null(json, object, "host_address_width");
	for (size_t i = 0; i < ARRAY_LENGTH(dmar_flags); i++) {
		if (dmar->flags & dmar_flags[i].bit)
			json_add_text(json, flags, NULL, dmar_flags[i].name);
	}
	json_add(json, object, "flags", flags);
	for (size_t i = 0; i < dmar->count; i++)
		json_add(json, array, NULL, structure_object(json, &dmar->structures[i]));
	json_add(json, object, "structures", array);
	return object;
}
