/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "model/log/order.h"

enum { MESSAGE, NONE, UNREADABLE, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[MESSAGE] = {"log.message",
		     "A line of the kernel's or QEMU's log reports trouble with the function. It "
		     "proves what happened, and not that it is still so.",
		     "Run passcheck log: it says what the line means, and whether the host has "
		     "its cause now."},
	[NONE] =
		{"log.none",
		 "The logs were read, and no line of them that passcheck knows reports trouble with "
		 "a function of the host. Logs have a limited length: older lines may be gone.",
		 NULL},
	[UNREADABLE] = {"log.unreadable",
			"A log that was asked for could not be read, so passcheck cannot tell what "
			"it says.",
			"Run passcheck as root; the kernel's log takes CAP_SYSLOG where "
			"kernel.dmesg_restrict is 1."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static void report_unread(const struct fact *fact, struct findings *findings)
{
	if (fact_settled(fact))
		return;
	struct finding *finding = finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN,
					      subject_host(), "%s could not be read", fact->source);
	finding_evidence_state(finding, fact);
}

static void report_all_unread(const struct host_logs *logs, struct findings *findings)
{
	report_unread(&logs->kernel.fact, findings);
	report_unread(&logs->folder, findings);
	for (size_t i = 0; i < logs->qemu_count; i++)
		report_unread(&logs->qemu[i].text.fact, findings);
}

/* A folder that is not there has no logs. */
static bool all_read(const struct host_logs *logs)
{
	bool read = fact_known(&logs->kernel.fact) && fact_settled(&logs->folder) &&
		    !logs->qemu_left_out;

	for (size_t i = 0; i < logs->qemu_count; i++)
		read &= fact_settled(&logs->qemu[i].text.fact);
	return read;
}

/* Reports a message of a function of the host that no other one explains. Returns whether it did.
 */
static bool report_message(const struct check_context *context, const struct log_entry *entry)
{
	const struct log_values *values = &entry->event->values;
	const struct host_logs *logs = &context->host->logs;
	struct arena *arena = context->findings->arena;
	const struct pci_function *function =
		values->has_function ? pci_find(&context->host->pci, &values->function) : NULL;

	if (!function || entry->because || entry->severity == LOG_HARMLESS)
		return false;
	const char *text = log_pattern_text(arena, entry->event->form, values);
	bool kernel = entry->event->message->source == LOG_KERNEL;
	struct finding *finding = finding_add(context->findings, &kinds[MESSAGE], FINDING_WARN,
					      subject_function(function), "%s log has of %s: %s",
					      kernel ? "the kernel's" : "QEMU's", function->name,
					      entry->event->message->meaning);
	finding_evidence(finding, kernel ? &logs->kernel.fact : &logs->folder, "%s", text);
	return true;
}

static void run(const struct check_context *context)
{
	const struct host_logs *logs = &context->host->logs;
	const struct log_findings *log = &context->model->log;
	const struct log_entry *entries =
		logs->wanted ? log_order(log, context->findings->arena) : NULL;
	size_t reported = 0;

	if (!entries)
		return;
	for (size_t i = 0; i < log->event_count; i++)
		reported += report_message(context, &entries[i]);
	report_all_unread(logs, context->findings);
	if (reported || !all_read(logs) || log->events_left_out)
		return;
	struct finding *finding =
		finding_add(context->findings, &kinds[NONE], FINDING_PASS, subject_host(),
			    "no line of the logs reports trouble with a function");
	finding_evidence(finding, &logs->kernel.fact, "%s",
			 counted(context->findings->arena, log->lines, "line"));
}

const struct check check_log = {
	.id = "log",
	.title = "What do the host's logs say of its functions?",
	.needs = "only where logs are asked for: /dev/kmsg (root, or CAP_SYSLOG), "
		 "/var/log/libvirt/qemu (root)",
	.advisory = true,
	.effect = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
