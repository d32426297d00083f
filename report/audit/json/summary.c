/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/summary.h"

#include "host/base/array.h"
#include "report/audit/json/elements.h"

static const char *const verdict_keys[] = {
	[ASSIGNABLE] = "assignable",
	[ASSIGNABLE_WITH] = "assignable_with",
	[ASSIGNABLE_BLOCKED] = "blocked",
	[ASSIGNABLE_UNDETERMINED] = "undetermined",
	[ASSIGNABLE_NOT_A_CANDIDATE] = "not_a_candidate",
};

ASSERT_COVERS(verdict_keys, ASSIGNABLE_COUNT);

static struct json_item *by_verdict(struct json *json, const size_t counts[static ASSIGNABLE_COUNT])
{
	struct json_item *object = json_object(json);
	size_t total = 0;

	for (size_t i = 0; i < ASSIGNABLE_COUNT; i++) {
		json_add_integer(json, object, verdict_keys[i], (int64_t)counts[i]);
		total += counts[i];
	}
	json_add_integer(json, object, "total", (int64_t)total);
	return object;
}

/* Only the classes that there are. */
static struct json_item *by_class(struct json *json, const struct audit_summary *summary)
{
	struct json_item *object = json_object(json);

	for (size_t i = 0; i < WORD_COUNT; i++) {
		const char *word = class_word_name((enum class_word)i);
		size_t total = 0;
		for (size_t k = 0; k < ASSIGNABLE_COUNT; k++)
			total += summary->classes[i][k];
		if (total)
			json_add(json, object, word ? word : "unknown",
				 by_verdict(json, summary->classes[i]));
	}
	return object;
}

static struct json_item *findings(struct json *json, const struct verdict_counts *counts)
{
	struct json_item *object = json_object(json);

	json_add_integer(json, object, "fail", (int64_t)counts->of[FINDING_FAIL]);
	json_add_integer(json, object, "unknown", (int64_t)counts->of[FINDING_UNKNOWN]);
	json_add_integer(json, object, "warn", (int64_t)counts->of[FINDING_WARN]);
	json_add_integer(json, object, "pass", (int64_t)counts->of[FINDING_PASS]);
	json_add_integer(json, object, "not_applicable",
			 (int64_t)counts->of[FINDING_NOT_APPLICABLE]);
	return object;
}

static void add_count(struct json *json, struct json_item *object, const char *key, bool known,
		      uint64_t count)
{
	if (known)
		json_add_integer(json, object, key, (int64_t)count);
	else
		json_add_null(json, object, key);
}

static struct json_item *vfs(struct json *json, const struct vf_summary *vfs)
{
	struct json_item *object = json_object(json);

	add_count(json, object, "enabled", vfs->enabled_known, vfs->enabled);
	add_count(json, object, "possible", vfs->possible_known, vfs->possible);
	add_count(json, object, "usable", vfs->usable_known, vfs->usable);
	return object;
}

static struct json_item *requirements(struct json *json,
				      const size_t counts[static REQUIREMENT_STATE_COUNT])
{
	struct json_item *object = json_object(json);

	json_add_integer(json, object, "met", (int64_t)counts[REQUIREMENT_MET]);
	json_add_integer(json, object, "unmet", (int64_t)counts[REQUIREMENT_UNMET]);
	json_add_integer(json, object, "undetermined", (int64_t)counts[REQUIREMENT_UNDETERMINED]);
	return object;
}

struct json_item *json_summary(struct json *json, const struct audit *audit)
{
	const struct audit_summary summary = audit_summarize(audit);
	struct json_item *object = json_object(json);

	json_add(json, object, "functions", by_verdict(json, summary.functions));
	json_add(json, object, "classes", by_class(json, &summary));
	json_add_integer(json, object, "cautioned", (int64_t)summary.cautioned);
	if (audit->together)
		json_add_text(json, object, "together", audit->together);
	else
		json_add_null(json, object, "together");
	json_add(json, object, "vfs", vfs(json, &summary.vfs));
	json_add(json, object, "host_findings", findings(json, &summary.host_findings));
	json_add(json, object, "function_findings", findings(json, &summary.function_findings));
	json_add(json, object, "requirements", requirements(json, summary.requirements));
	return object;
}
