/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/json.h"
#include "report/log/log_report.h"
#include "report/log/render.h"

static struct json_item *lines(struct json *json, const struct log_event *event)
{
	struct json_item *object = json_object(json);

	json_add_integer(json, object, "first", (int64_t)event->first_line);
	json_add_integer(json, object, "last", (int64_t)event->last_line);
	json_add_integer(json, object, "count", (int64_t)event->count);
	return object;
}

static void add_subject(struct json *json, struct json_item *object,
			const struct log_values *values)
{
	json_add_address(json, object, "function", values->has_function ? &values->function : NULL);
	if (values->has_group)
		json_add_integer(json, object, "group", (int64_t)values->group);
	else
		json_add_null(json, object, "group");
}

static struct json_item *finding_ids(struct json *json, const struct log_told *told)
{
	struct json_item *array = json_array(json);

	for (size_t i = 0; i < told->finding_count; i++)
		json_add_text(json, array, NULL, told->findings[i]);
	return array;
}

static struct json_item *message_object(struct json *json, const struct log_told *told)
{
	const struct log_message *message = told->event->message;
	bool harmless = told->severity == LOG_HARMLESS;
	struct json_item *object = json_object(json);

	json_add(json, object, "lines", lines(json, told->event));
	json_add_text(json, object, "text", told->text);
	json_add_text(json, object, "source", log_source_name(message->source));
	json_add_text(json, object, "id", message->id);
	json_add_text(json, object, "severity", log_severity_name(told->severity));
	add_subject(json, object, &told->event->values);
	json_add(json, object, "findings", finding_ids(json, told));
	json_add_text(json, object, "cause", harmless ? NULL : log_cause_name(told->cause));
	json_add_text(json, object, "meaning", message->meaning);
	json_add_text(json, object, "why", told->why);
	json_add_text(json, object, "remedy", told->remedy);
	json_add_text(json, object, "explained_by",
		      told->because ? told->because->event->message->id : NULL);
	json_add_text(json, object, "printed_by", message->versions);
	return object;
}

static struct json_item *messages(struct json *json, const struct log_report *report)
{
	struct json_item *array = json_array(json);

	for (size_t i = 0; i < report->count; i++)
		json_add(json, array, NULL, message_object(json, &report->messages[i]));
	return array;
}

static struct json_item *log_object(struct json *json, const struct log_report *report)
{
	const struct log_findings *log = report->log;
	struct json_item *object = json_object(json), *unread = json_array(json);

	json_add_integer(json, object, "lines", (int64_t)log->lines);
	json_add_integer(json, object, "boots", (int64_t)log->boots);
	json_add_text(json, object, "kernel", *log->release ? log->release : NULL);
	json_add_integer(json, object, "left_out", (int64_t)log->events_left_out);
	for (const struct text_line *line = report->unread; line; line = line->next)
		json_add_text(json, unread, NULL, line->text);
	json_add(json, object, "unread", unread);
	return object;
}

static struct json_item *host_object(struct json *json, const struct log_report *report)
{
	struct json_item *object = json_object(json);

	json_add_bool(json, object, "asked", report->audit != NULL);
	json_add_text(json, object, "why_not", report->not_asked_why);
	return object;
}

static struct json_item *summary(struct json *json, const struct log_counts *counts)
{
	struct json_item *object = json_object(json);

	for (int i = 0; i < LOG_CAUSE_COUNT; i++)
		json_add_integer(json, object, log_cause_name((enum log_cause)i),
				 (int64_t)counts->of[i]);
	json_add_integer(json, object, "harmless", (int64_t)counts->harmless);
	return object;
}

static const char *verdict_name(enum host_verdict verdict)
{
	switch (verdict) {
	case HOST_READY:
		return "nothing-hinders";
	case HOST_NOT_READY:
		return "confirmed";
	case HOST_UNDETERMINED:
		return "open";
	}
	return "open";
}

int log_render_json(const void *log_report, const struct render_options *options, FILE *out)
{
	const struct log_report *report = log_report;
	struct json json = {.arena = report->arena, .compact = options->compact};
	struct json_item *object = json_object(&json);

	json_add_text(&json, object, "schema_version", JSON_SCHEMA_VERSION);
	json_add(&json, object, "tool", json_tool(&json));
	json_add_text(&json, object, "verdict", verdict_name(report->verdict));
	json_add(&json, object, "summary", summary(&json, &report->counts));
	json_add(&json, object, "log", log_object(&json, report));
	json_add(&json, object, "host", host_object(&json, report));
	json_add(&json, object, "messages", messages(&json, report));
	return json_write(&json, object, out);
}
