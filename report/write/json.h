/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_JSON_H
#define PASSCHECK_REPORT_WRITE_JSON_H

#include <cjson/cJSON.h>
#include <stdio.h>

#include "report/report.h"

/*
 * Builds a JSON document. Each function takes NULL for what an earlier one could not allocate, and
 * marks the document as failed: whoever builds it asks once, at the end.
 *
 * Parents are objects, and key names the member, or arrays, and key is NULL. What is not known is
 * null. Text is made valid UTF-8.
 */
struct json {
	const struct report *report;
	struct arena *arena; /* of text that is made while building one element */
	struct names *names; /* of vendors and devices */
	bool compact;        /* the document is one line */
	bool failed;
};

cJSON *json_object(struct json *json);
cJSON *json_array(struct json *json);

/* Gives item to parent, which frees it with itself. */
void json_add(struct json *json, cJSON *parent, const char *key, cJSON *item);

void json_add_null(struct json *json, cJSON *parent, const char *key);
void json_add_bool(struct json *json, cJSON *parent, const char *key, bool value);

/* A count: integers beyond 2^53 do not fit a JSON number, and go in as hex text. */
void json_add_integer(struct json *json, cJSON *parent, const char *key, int64_t value);

/* "0x" and at least digits hex digits. */
void json_add_hex(struct json *json, cJSON *parent, const char *key, uint64_t value, int digits);

/* Text that is NULL is null. */
void json_add_text(struct json *json, cJSON *parent, const char *key, const char *text);

/* The value of a fact, null unless it is known. */
void json_add_fact_number(struct json *json, cJSON *parent, const char *key,
			  const struct fact_number *number);
void json_add_fact_hex(struct json *json, cJSON *parent, const char *key,
		       const struct fact_number *number, int digits);
void json_add_fact_text(struct json *json, cJSON *parent, const char *key,
			const struct fact_text *text);

/* "tool" of every document. */
cJSON *json_tool(struct json *json);

/* Writes a document that is whole in memory, and frees it. Returns 0 or -ENOMEM. */
int json_write(struct json *json, cJSON *object, FILE *out);

/* The elements of the document's arrays, each in a file of its own, report/json_NAME.c. */
cJSON *json_finding(struct json *json, size_t index);
cJSON *json_group(struct json *json, size_t index);
cJSON *json_function(struct json *json, size_t index);
cJSON *json_requirements(struct json *json);

/* "iommu": units, reserved regions, and the decoded DMAR and IVRS. */
cJSON *json_iommu(struct json *json);

/* "dmar" and "ivrs" of "iommu": null where the table was not read. */
cJSON *json_dmar(struct json *json);
cJSON *json_ivrs(struct json *json);

/* The members that both tables have: who made it, its length, whether its checksum holds. */
void json_add_acpi_header(struct json *json, cJSON *object, const struct acpi_header *header);

/* What a function is known by wherever it is plugged in: its ids, slot and serial number. */
void json_add_identity(struct json *json, cJSON *object, const struct pci_function *function);

/* "sriov" of a function: null without the capability, {"state": "unreadable"} where unread. */
cJSON *json_sriov(struct json *json, const struct pci_function *function);

/* "isolation" and "assignable" of a function. */
cJSON *json_isolation(struct json *json, const struct pci_function *function);
cJSON *json_assignable(struct json *json, const struct pci_function *function);

#endif
