/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/requirements.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/array.h"

struct form {
	const char *name;
	enum requirement_kind kind;
	bool takes_selector;
	bool takes_count;
	bool needs_count;
};

static const struct form forms[] = {
	{.name = "passthrough",
	 .kind = REQUIRE_PASSTHROUGH,
	 .takes_selector = true,
	 .takes_count = true},
	{.name = "vfs",
	 .kind = REQUIRE_VFS,
	 .takes_selector = true,
	 .takes_count = true,
	 .needs_count = true},
	{.name = "isolated", .kind = REQUIRE_ISOLATED, .takes_selector = true},
	{.name = "interrupt-remapping", .kind = REQUIRE_INTERRUPT_REMAPPING},
};

enum { LARGEST_COUNT = 65535, COUNT_DIGITS = 5, ID_DIGITS = 4 };

static const struct form *find_form(const char *text, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
		if (strlen(forms[i].name) == length && memcmp(forms[i].name, text, length) == 0)
			return &forms[i];
	}
	return NULL;
}

static bool all_digits(const char *text, size_t length, int (*is_digit)(int))
{
	for (size_t i = 0; i < length; i++) {
		if (!is_digit((unsigned char)text[i]))
			return false;
	}
	return length > 0;
}

/* VENDOR:DEVICE of four digits each has a colon that begins no count: "8086:1572". */
static bool is_ids(const char *text)
{
	return strlen(text) == 2 * ID_DIGITS + 1 && text[ID_DIGITS] == ':' &&
	       all_digits(text, ID_DIGITS, isxdigit) &&
	       all_digits(text + ID_DIGITS + 1, ID_DIGITS, isxdigit);
}

/* BB:DD, with a domain of four digits or without. "fc:10" is ten ports. */
static bool is_slot(const char *text)
{
	const char *slot = strlen(text) == sizeof("0000:00:00") - 1 && text[ID_DIGITS] == ':' &&
					   all_digits(text, ID_DIGITS, isxdigit)
				   ? text + ID_DIGITS + 1
				   : text;

	return strlen(slot) == sizeof("00:00") - 1 && slot[2] == ':' &&
	       all_digits(slot, 2, isxdigit) && all_digits(slot + 3, 2, isxdigit) &&
	       strncmp(text, "fc:", 3) != 0;
}

static bool is_group(const char *text)
{
	static const char prefix[] = "group:";
	const char *digits = text + sizeof(prefix) - 1;

	return strncmp(text, prefix, sizeof(prefix) - 1) == 0 &&
	       all_digits(digits, strlen(digits), isdigit);
}

static bool parse_count(const char *text, uint32_t *ret)
{
	size_t length = strlen(text);

	if (length > COUNT_DIGITS || !all_digits(text, length, isdigit))
		return false;
	unsigned long value = strtoul(text, NULL, 10);
	if (value < 1 || value > LARGEST_COUNT)
		return false;
	*ret = (uint32_t)value;
	return true;
}

/* Splits SELECTOR[:COUNT]. Addresses have colons of their own, and end in ".F". */
static const char *split_count(struct arena *arena, const struct form *form, const char *text,
			       struct requirement *requirement)
{
	const char *colon = strrchr(text, ':');
	bool whole = is_ids(text) || is_slot(text) || is_group(text);
	const char *count =
		form->takes_count && colon && !whole && !strchr(colon, '.') ? colon + 1 : NULL;

	requirement->selector = text;
	requirement->count = 1;
	if (!count)
		return form->needs_count ? "the count is missing: vfs=SELECTOR:COUNT" : NULL;
	if (!parse_count(count, &requirement->count))
		return "the count must be a number from 1 to 65535";
	requirement->selector = arena_copy(arena, text, (size_t)(colon - text));
	return NULL;
}

/* Returns what is wrong with text, or NULL. */
static const char *parse(struct arena *arena, const char *text, struct requirement *requirement)
{
	size_t length = strcspn(text, "=");
	const struct form *form = find_form(text, length);
	const char *value = text[length] == '=' ? text + length + 1 : NULL;

	if (!form)
		return "must be passthrough=, vfs=, isolated= or interrupt-remapping";
	requirement->kind = form->kind;
	if (!form->takes_selector)
		return value ? "takes no value" : NULL;
	if (!value)
		return "a function must be named: =SELECTOR";
	const char *why = split_count(arena, form, value, requirement);
	if (!why && requirement->selector[0] == '\0')
		return "a function must be named: =SELECTOR";
	return why;
}

int requirements_add(struct arena *arena, const char *text, struct requirement_list *list,
		     const char **ret_why)
{
	struct requirement requirement = {0};

	if (strlen(text) > LIMIT_REQUIREMENT) {
		*ret_why = "too long";
		return -EINVAL;
	}
	if (list->count == LIMIT_REQUIREMENTS) {
		*ret_why = "too many requirements";
		return -EINVAL;
	}
	requirement.text = arena_copy(arena, text, strlen(text));
	const char *why = parse(arena, requirement.text, &requirement);
	if (why) {
		*ret_why = why;
		return -EINVAL;
	}
	struct requirement *items =
		arena_grow(arena, list->items, list->count, &list->capacity, sizeof(*items));
	if (!items || arena_failed(arena))
		return -ENOMEM;
	items[list->count++] = requirement;
	list->items = items;
	return 0;
}

/* Returns the array of a document, or NULL with *ret_why. */
static const cJSON *find_array(const cJSON *document, const char **ret_why)
{
	const cJSON *array = document;

	if (cJSON_IsObject(document)) {
		array = document->child;
		if (!array || array->next || strcmp(array->string, "requirements") != 0) {
			*ret_why = "the object must have one member, \"requirements\"";
			return NULL;
		}
	}
	if (!cJSON_IsArray(array) || !array->child) {
		*ret_why = "must be an array of requirements, one at least";
		return NULL;
	}
	return array;
}

static int add_items(struct arena *arena, const cJSON *document, struct requirement_list *list,
		     const char **ret_why)
{
	const cJSON *array = find_array(document, ret_why), *item;

	if (!array)
		return -EINVAL;
	cJSON_ArrayForEach(item, array)
	{
		const char *why = "is no text";
		int result = cJSON_IsString(item)
				     ? requirements_add(arena, item->valuestring, list, &why)
				     : -EINVAL;
		if (result == -EINVAL)
			*ret_why = cJSON_IsString(item)
					   ? arena_printf(arena, "%.*s: %s", LIMIT_REQUIREMENT,
							  item->valuestring, why)
					   : "a requirement is no text";
		if (result < 0)
			return result;
	}
	return 0;
}

int requirements_add_document(struct arena *arena, const char *bytes, size_t length,
			      struct requirement_list *list, const char **ret_why)
{
	static const char escaped_nul[] = "\\u0000";
	const char *text = arena_copy(arena, bytes, length);
	/* To cJSON a document and a text end at their first NUL. */
	bool has_nul = strlen(text) != length || strstr(text, escaped_nul);
	errno = 0; /* by which cJSON tells short memory from what is no JSON */
	cJSON *document = has_nul ? NULL : cJSON_ParseWithOpts(text, NULL, true);

	if (arena_failed(arena)) {
		cJSON_Delete(document);
		return -ENOMEM;
	}
	if (!document) {
		*ret_why = "is no JSON";
		return errno == ENOMEM ? -ENOMEM : -EINVAL;
	}
	int result = add_items(arena, document, list, ret_why);
	cJSON_Delete(document);
	return result;
}

const char *requirement_state_name(enum requirement_state state)
{
	static const char *const names[] = {
		[REQUIREMENT_UNMET] = "unmet",
		[REQUIREMENT_UNDETERMINED] = "undetermined",
		[REQUIREMENT_MET] = "met",
	};
	ASSERT_COVERS(names, REQUIREMENT_STATE_COUNT);

	return names[state];
}
