/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/log/log_report.h"

#include <errno.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "report/log/cause.h"
#include "report/log/identity.h"

/* Audits the host that the logs are of. */
static int ask_host(struct log_report *report, const struct host *host)
{
	const struct audit_input everything = {.time = ""};
	const char *culprit;

	if (!host) {
		report->not_asked_why = "no host was asked";
		return 0;
	}
	if (!host->logs.wanted)
		report->not_asked_why = log_differs(report->log, host, report->arena);
	if (report->not_asked_why)
		return 0;
	return audit_build(host, &everything, &report->audit, &culprit);
}

static void share_cause(struct log_told *told)
{
	const struct log_told *because = told->because;

	told->cause = because->cause;
	told->why = because->why;
	told->remedy = because->remedy;
	told->findings = because->findings;
	told->finding_count = because->finding_count;
}

static void judge(struct log_report *report, struct log_causes *causes, struct log_told *told)
{
	if (told->severity == LOG_HARMLESS) {
		report->counts.harmless++;
		return;
	}
	if (told->because)
		share_cause(told);
	else if (causes)
		log_cause_judge(causes, told);
	else
		log_cause_open(told->event, report->arena, told);
	report->counts.of[told->cause]++;
}

/* One that explains others stands before them. */
static int tell(struct log_report *report)
{
	const struct log_entry *entries = log_order(report->log, report->arena);
	struct log_causes *causes =
		report->audit ? log_causes_new(report->audit, report->arena) : NULL;
	struct log_told *messages =
		arena_array(report->arena, report->log->event_count + 1, sizeof(*messages));

	if (!entries || !messages)
		return -ENOMEM;
	report->messages = messages;
	report->count = report->log->event_count;
	for (size_t i = 0; i < report->count; i++) {
		const struct log_entry *entry = &entries[i];
		messages[i] = (struct log_told){
			.event = entry->event,
			.severity = entry->severity,
			.because = entry->because ? &messages[entry->because - entries] : NULL,
			.text = log_pattern_text(report->arena, entry->event->form,
						 &entry->event->values),
		};
		judge(report, causes, &messages[i]);
	}
	return 0;
}

static void add_unread(struct log_report *report, const struct fact *fact)
{
	lines_add(report->arena, &report->unread, "%s: %s%s%s%s", fact->source,
		  fact_state_name(fact->state), fact->error ? " (" : "",
		  fact->error ? strerror(fact->error) : "", fact->error ? ")" : "");
}

static void note_unread(struct log_report *report, const struct fact *fact)
{
	if (!fact_settled(fact))
		add_unread(report, fact);
}

static void note_all_unread(struct log_report *report, const struct host_logs *logs)
{
	if (!logs->wanted)
		return;
	/* The kernel has a log, also where a chroot or a container lacks the device. */
	if (!fact_known(&logs->kernel.fact))
		add_unread(report, &logs->kernel.fact);
	note_unread(report, &logs->folder);
	for (size_t i = 0; i < logs->qemu_count; i++)
		note_unread(report, &logs->qemu[i].text.fact);
	if (logs->qemu_left_out)
		lines_add(report->arena, &report->unread, "%s: %zu more logs", logs->folder.source,
			  logs->qemu_left_out);
}

static void note_foreign(struct log_report *report)
{
	size_t count = report->log->foreign;

	if (count)
		lines_add(report->arena, &report->unread,
			  "%s in another language than English: if an error is what you look for, "
			  "start its daemon, or virsh, with LC_ALL=C, and have it come again",
			  counted_as(report->arena, count, "line of libvirt is",
				     "lines of libvirt are"));
}

/* What was not read may hold what hinders. */
static enum host_verdict verdict_of(const struct log_report *report)
{
	const struct log_counts *counts = &report->counts;

	if (counts->of[LOG_CONFIRMED])
		return HOST_NOT_READY;
	return counts->of[LOG_OPEN] || report->unread || report->log->events_left_out
		       ? HOST_UNDETERMINED
		       : HOST_READY;
}

static int build(struct log_report *report, const struct host *host)
{
	int result = ask_host(report, host);

	if (result == 0)
		result = tell(report);
	if (host)
		note_all_unread(report, &host->logs);
	note_foreign(report);
	report->verdict = verdict_of(report);
	return result == 0 && arena_failed(report->arena) ? -ENOMEM : result;
}

int log_report_build(const struct host *host, const struct log_findings *log,
		     struct log_report **ret)
{
	struct arena *arena = arena_new();
	struct log_report *report = arena ? arena_alloc(arena, sizeof(*report)) : NULL;

	if (!report) {
		arena_free(arena);
		return -ENOMEM;
	}
	*report = (struct log_report){.arena = arena, .log = log};
	int result = build(report, host);
	if (result < 0) {
		log_report_free(report);
		return result;
	}
	*ret = report;
	return 0;
}

const char *log_report_headline(const struct log_report *report)
{
	static const char *const words[] = {
		[HOST_READY] = "no cause found",
		[HOST_NOT_READY] = "a cause found",
		[HOST_UNDETERMINED] = "open",
	};
	ASSERT_COVERS(words, HOST_VERDICT_COUNT);

	return words[report->verdict];
}

const char *log_report_counts(const struct log_report *report)
{
	const struct log_counts *counts = &report->counts;
	const struct {
		size_t count;
		const char *words;
	} parts[] = {
		{counts->of[LOG_CONFIRMED], "confirmed"},
		{counts->of[LOG_OPEN], "open"},
		{counts->of[LOG_REFUTED], "no longer true"},
		{counts->harmless, "harmless"},
	};
	struct buffer list = {.arena = report->arena, .separator = ", "};

	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		if (parts[i].count)
			buffer_item(&list, "%zu %s", parts[i].count, parts[i].words);
	}
	return arena_printf(report->arena, "%s in %s%s%s%s",
			    counted(report->arena, report->count, "known message"),
			    counted(report->arena, report->log->lines, "line"),
			    list.count ? " (" : "", buffer_text(&list), list.count ? ")" : "");
}

void log_report_free(struct log_report *report)
{
	if (!report)
		return;
	audit_free(report->audit);
	arena_free(report->arena);
}
