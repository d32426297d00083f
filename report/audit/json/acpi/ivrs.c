/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/json/elements.h"

/* A UID of text as it is, and one of a number in hex. */
static void add_uid(struct json *json, struct json_item *object, const struct ivrs_entry *entry)
{
	uint64_t number = 0;

	json_add_integer(json, object, "uid_format", entry->uid_format);
	if (entry->uid_format == IVRS_UID_STRING) {
		json_add_text(json, object, "uid",
			      arena_copy(json->arena, (const char *)entry->uid, entry->uid_length));
		return;
	}
	for (size_t i = entry->uid_length; i > 0; i--)
		number = number << 8 | entry->uid[i - 1];
	if (entry->uid_length)
		json_add_hex(json, object, "uid", number, 1);
	else
		json_add_null(json, object, "uid");
}

static struct json_item *entry_object(struct json *json, const struct ivrs_entry *entry)
{
	struct json_item *object = json_object(json);

	json_add_hex(json, object, "type", entry->type, 2);
	json_add_hex(json, object, "device_id", entry->device_id, 4);
	json_add_hex(json, object, "setting", entry->setting, 2);
	if (ivrs_entry_has_alias(entry->type))
		json_add_hex(json, object, "alias", entry->alias, 4);
	if (entry->type == IVRS_ENTRY_EXTENDED_SELECT ||
	    entry->type == IVRS_ENTRY_EXTENDED_RANGE_START)
		json_add_hex(json, object, "extended", entry->extended, 8);
	if (entry->type == IVRS_ENTRY_SPECIAL) {
		json_add_integer(json, object, "handle", entry->handle);
		json_add_integer(json, object, "variety", entry->variety);
	}
	if (entry->type == IVRS_ENTRY_HID) {
		json_add_text(json, object, "hid", entry->hid);
		json_add_text(json, object, "cid", entry->cid);
		add_uid(json, object, entry);
	}
	return object;
}

static void add_ivhd(struct json *json, struct json_item *object, const struct ivrs_block *block)
{
	struct json_item *array = json_array(json);

	json_add_hex(json, object, "device_id", block->device_id, 4);
	json_add_hex(json, object, "capability_offset", block->capability_offset, 2);
	json_add_hex(json, object, "base_address", block->base, 8);
	json_add_integer(json, object, "segment", block->segment);
	json_add_hex(json, object, "info", block->info, 4);
	json_add_hex(json, object, "features", block->features, 8);
	if (ivrs_has_efr(block)) {
		json_add_hex(json, object, "efr", block->efr, 16);
		json_add_hex(json, object, "efr2", block->efr2, 16);
	} else {
		json_add_null(json, object, "efr");
		json_add_null(json, object, "efr2");
	}
	json_add_bool(json, object, "chosen", block->chosen);
	for (size_t i = 0; i < block->entry_count; i++)
		json_add(json, array, NULL, entry_object(json, &block->entries[i]));
	json_add(json, object, "entries", array);
}

static void add_ivmd(struct json *json, struct json_item *object, const struct ivrs_block *block)
{
	/* That for all has neither, that for one no last. */
	if (block->type != IVRS_IVMD_ALL)
		json_add_hex(json, object, "device_id", block->device_id, 4);
	if (block->type == IVRS_IVMD_RANGE)
		json_add_hex(json, object, "last_device_id", block->last_device_id, 4);
	json_add_integer(json, object, "segment", block->segment);
	json_add_hex(json, object, "start", block->start, 8);
	json_add_hex(json, object, "length", block->memory_length, 1);
}

static struct json_item *block_object(struct json *json, const struct ivrs_block *block)
{
	struct json_item *object = json_object(json);

	json_add_hex(json, object, "type", block->type, 2);
	json_add_integer(json, object, "bytes", block->length);
	json_add_hex(json, object, "flags", block->flags, 2);
	if (block->complete && ivrs_is_ivhd(block->type))
		add_ivhd(json, object, block);
	else if (block->complete && ivrs_is_ivmd(block->type))
		add_ivmd(json, object, block);
	return object;
}

struct json_item *json_ivrs(struct json *json, const struct ivrs *ivrs)
{
	if (!ivrs)
		return json_null(json);
	struct json_item *object = json_object(json), *array = json_array(json);
	json_add_acpi_header(json, object, &ivrs->header);
	if (ivrs->intact)
		json_add_hex(json, object, "ivinfo", ivrs->ivinfo, 8);
	else
		json_add_null(json, object, "ivinfo");
	for (size_t i = 0; i < ivrs->count; i++)
		json_add(json, array, NULL, block_object(json, &ivrs->blocks[i]));
	json_add(json, object, "blocks", array);
	return object;
}
