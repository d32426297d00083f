/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/diff/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/pci/pci.h"

/* A document on its way in. */
struct reader {
	struct arena *arena;
	const char *why; /* what is wrong with it; NULL: nothing so far */
	bool no_memory;
};

static const cJSON *member(const cJSON *object, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* Returns the text of a member, "" where it is not text. */
static const char *text(struct reader *reader, const cJSON *object, const char *key)
{
	const cJSON *item = member(object, key);

	if (!cJSON_IsString(item))
		return "";
	return arena_copy(reader->arena, item->valuestring, strlen(item->valuestring));
}

/* Returns the text of a member that every report has. */
static const char *required(struct reader *reader, const cJSON *object, const char *key)
{
	const char *value = text(reader, object, key);

	if (!*value && !reader->why)
		reader->why =
			arena_printf(reader->arena, "no report of passcheck: %s is missing", key);
	return value;
}

/* Returns memory for one struct of size bytes for each element of an array, which must be one. */
static void *elements(struct reader *reader, const cJSON *array, const char *key, size_t size,
		      size_t *ret_count)
{
	const cJSON *item;
	size_t count = 0;

	if (!cJSON_IsArray(array) && !reader->why)
		reader->why =
			arena_printf(reader->arena, "no report of passcheck: %s is missing", key);
	if (reader->why)
		return NULL;
	cJSON_ArrayForEach(item, array) count++;
	void *memory = arena_array(reader->arena, count + 1, size);
	*ret_count = memory ? count : 0;
	return memory;
}

static const char *read_ids(struct reader *reader, const cJSON *item)
{
	return arena_printf(reader->arena, "%s:%s %s:%s", text(reader, item, "vendor_id"),
			    text(reader, item, "device_id"),
			    text(reader, item, "subsystem_vendor_id"),
			    text(reader, item, "subsystem_device_id"));
}

static const char *read_place(struct reader *reader, const cJSON *item)
{
	const cJSON *slot = member(item, "physical_slot");
	const char *serial = text(reader, item, "serial");

	if (*serial)
		return arena_printf(reader->arena, "serial number %s", serial);
	return cJSON_IsNumber(slot) ? arena_printf(reader->arena, "slot %d", slot->valueint) : "";
}

static int64_t read_vf_limit(const cJSON *item)
{
	const cJSON *sriov = member(item, "sriov");
	const cJSON *limit = member(member(sriov, "max_vfs"), "effective");

	if (!cJSON_IsObject(sriov))
		return VF_LIMIT_NONE;
	return cJSON_IsNumber(limit) && limit->valueint >= 0 ? limit->valueint : VF_LIMIT_UNKNOWN;
}

static int compare_functions(const void *a, const void *b)
{
	const struct snapshot_function *one = a, *two = b;

	return strcmp(one->address, two->address);
}

static void read_functions(struct reader *reader, const cJSON *array, struct snapshot *ret)
{
	struct snapshot_function *function =
		elements(reader, array, "functions", sizeof(*function), &ret->function_count);
	const cJSON *item;

	ret->functions = function;
	if (!function)
		return;
	cJSON_ArrayForEach(item, array)
	{
		*function++ = (struct snapshot_function){
			.address = required(reader, item, "address"),
			.ids = read_ids(reader, item),
			.place = read_place(reader, item),
			.driver = text(reader, item, "driver"),
			.assignable = required(reader, member(item, "assignable"), "verdict"),
			.vf_limit = read_vf_limit(item),
			.name = text(reader, item, "name"),
			.parent = text(reader, item, "parent"),
			.is_vf = cJSON_IsString(member(item, "physical_function")),
			.group = SIZE_MAX,
		};
	}
	qsort(ret->functions, ret->function_count, sizeof(*function), compare_functions);
	for (size_t i = 1; i < ret->function_count && !reader->why; i++) {
		if (compare_functions(&ret->functions[i - 1], &ret->functions[i]) == 0)
			reader->why = arena_printf(reader->arena, "two functions are at %s",
						   ret->functions[i].address);
	}
}

struct snapshot_function *snapshot_find(const struct snapshot *snapshot, const char *address)
{
	const struct snapshot_function key = {.address = address};

	if (!snapshot->function_count)
		return NULL;
	return bsearch(&key, snapshot->functions, snapshot->function_count, sizeof(key),
		       compare_functions);
}

/* A group holds functions of the report; one that is not there was left out of it. */
static void read_group(struct reader *reader, const cJSON *array, struct snapshot *snapshot,
		       size_t index)
{
	struct snapshot_group *group = &snapshot->groups[index];
	struct pci_address ignored;
	const cJSON *item;

	group->functions =
		elements(reader, array, "functions", sizeof(*group->functions), &group->count);
	if (!group->functions)
		return;
	group->count = 0;
	cJSON_ArrayForEach(item, array)
	{
		const char *name = cJSON_IsString(item) ? item->valuestring : "";
		struct snapshot_function *function = snapshot_find(snapshot, name);

		if (function && function->group != SIZE_MAX && !reader->why)
			reader->why = arena_printf(reader->arena, "%s is in two groups", name);
		if (function) {
			function->group = index;
			group->functions[group->count++] = function->address;
		} else if (pci_address_parse(name, &ignored) == 0 && !reader->why) {
			reader->why = "only some functions are in it; whole reports are compared";
		}
	}
}

static void read_groups(struct reader *reader, const cJSON *array, struct snapshot *ret)
{
	const cJSON *item;
	size_t index = 0;

	ret->groups = elements(reader, array, "groups", sizeof(*ret->groups), &ret->group_count);
	if (!ret->groups)
		return;
	cJSON_ArrayForEach(item, array)
	{
		ret->groups[index] = (struct snapshot_group){0};
		read_group(reader, member(item, "functions"), ret, index++);
	}
}

static int compare_findings(const void *a, const void *b)
{
	const struct snapshot_finding *one = a, *two = b;
	int order = strcmp(one->id, two->id);

	if (!order)
		order = strcmp(one->subject, two->subject);
	return order ? order : strcmp(one->summary, two->summary);
}

/* An address, "group 6"; "" of the host. */
static const char *subject_words(struct reader *reader, const cJSON *subject)
{
	const char *id = text(reader, subject, "id");

	return *id && strcmp(text(reader, subject, "type"), "group") == 0
		       ? arena_printf(reader->arena, "group %s", id)
		       : id;
}

static void read_findings(struct reader *reader, const cJSON *array, struct snapshot *ret)
{
	struct snapshot_finding *finding =
		elements(reader, array, "findings", sizeof(*finding), &ret->finding_count);
	const cJSON *item;

	ret->findings = finding;
	if (!finding)
		return;
	cJSON_ArrayForEach(item, array)
	{
		const cJSON *subject = member(item, "subject");
		const char *id = subject_words(reader, subject);

		*finding++ = (struct snapshot_finding){
			.id = required(reader, item, "id"),
			.subject = *id ? id : required(reader, subject, "type"),
			.verdict = required(reader, item, "verdict"),
			.summary = required(reader, item, "summary"),
		};
	}
	qsort(ret->findings, ret->finding_count, sizeof(*finding), compare_findings);
}

static void read_requirements(struct reader *reader, const cJSON *array, struct snapshot *ret)
{
	struct snapshot_requirement *requirement = elements(
		reader, array, "requirements", sizeof(*requirement), &ret->requirement_count);
	const cJSON *item;

	ret->requirements = requirement;
	if (!requirement)
		return;
	cJSON_ArrayForEach(item, array)
	{
		const cJSON *met = member(item, "met");

		*requirement++ = (struct snapshot_requirement){
			.text = required(reader, item, "text"),
			.met = cJSON_IsBool(met) ? cJSON_IsTrue(met) : -1,
		};
	}
}

static void read_document(struct reader *reader, const cJSON *document, struct snapshot *ret)
{
	const cJSON *tool = member(document, "tool"), *host = member(document, "host");
	const char *version = text(reader, document, "schema_version");

	if (strcmp(text(reader, tool, "name"), "passcheck") != 0)
		reader->why = "no report of passcheck";
	else if (strncmp(version, "1.", 2) != 0)
		reader->why = "a report of another schema_version than 1";
	*ret = (struct snapshot){
		.verdict = required(reader, document, "verdict"),
		.tool_version = text(reader, tool, "version"),
		.kernel_release = text(reader, host, "kernel_release"),
		.product = text(reader, host, "product"),
		.hostname = text(reader, host, "hostname"),
		.machine_id = text(reader, host, "machine_id"),
	};
	if (cJSON_IsFalse(member(member(document, "run"), "complete")) && !reader->why)
		reader->why = "only some checks or functions are in it; whole reports are compared";
	read_functions(reader, member(document, "functions"), ret);
	read_groups(reader, member(document, "groups"), ret);
	read_findings(reader, member(document, "findings"), ret);
	read_requirements(reader, member(document, "requirements"), ret);
}

/* Of several reports, the host of each: one line of a fleet's collection is not to be compared with
 * another's. */
static bool is_of_another_host(const struct snapshot *one, const struct snapshot *two)
{
	return strcmp(one->hostname, two->hostname) != 0 || strcmp(one->product, two->product) != 0;
}

/*
 * Reads one report after the other, as NDJSON has them, and keeps the last. To cJSON a document
 * ends at its first NUL, so the caller made sure that there is none.
 */
static void read_all(struct reader *reader, const char *text, struct snapshot *ret)
{
	struct snapshot next;
	bool first = true;

	do {
		cJSON *document = cJSON_ParseWithOpts(text, &text, false);
		if (!document) {
			reader->no_memory = errno == ENOMEM;
			reader->why = "no JSON";
			return;
		}
		read_document(reader, document, &next);
		cJSON_Delete(document);
		if (!first && !reader->why && is_of_another_host(ret, &next))
			reader->why = "holds reports of several hosts; give it those of one";
		*ret = next;
		first = false;
		text += strspn(text, " \t\r");
		if (*text && *text != '\n' && !reader->why)
			reader->why = "no JSON: something follows a report on its line";
		text += strspn(text, " \t\r\n");
	} while (*text && !reader->why && !arena_failed(reader->arena));
}

int snapshot_parse(struct arena *arena, const char *bytes, size_t length, struct snapshot *ret,
		   const char **ret_why)
{
	struct reader reader = {.arena = arena};
	const char *copy = arena_copy(arena, bytes, length);

	errno = 0; /* by which cJSON tells short memory from what is no JSON */
	if (arena_failed(arena))
		return -ENOMEM;
	if (strlen(copy) == length)
		read_all(&reader, copy, ret);
	else
		reader.why = "no JSON";
	if (arena_failed(arena) || reader.no_memory)
		return -ENOMEM;
	*ret_why = reader.why;
	return reader.why ? -EINVAL : 0;
}
