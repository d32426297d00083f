/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/json/elements.h"

void json_add_acpi_header(struct json *json, struct json_item *object,
			  const struct acpi_header *header)
{
	json_add_text(json, object, "oem_id", header->oem_id);
	json_add_text(json, object, "oem_table_id", header->oem_table_id);
	json_add_integer(json, object, "revision", header->revision);
	json_add_integer(json, object, "length", header->length);
	if (header->length_ok)
		json_add_bool(json, object, "checksum_ok", header->checksum_ok);
	else
		json_add_null(json, object, "checksum_ok");
}
