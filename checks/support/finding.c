/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/finding.h"

#include <errno.h>

#include <stdarg.h>
#include <string.h>

#include "model/own_commands.h"
#include "model/shell.h"

void findings_init(struct findings *findings, struct arena *arena)
{
	*findings = (struct findings){.arena = arena};
	findings->end = &findings->first;
}

struct finding *finding_add(struct findings *findings, const struct finding_kind *kind,
			    enum finding_verdict verdict, struct subject subject,
			    const char *format, ...)
{
	struct finding *finding = arena_alloc(findings->arena, sizeof(*finding));
	va_list arguments;

	if (!finding)
		finding = &findings->spare;
	*finding = (struct finding){
		.kind = kind,
		.check = findings->check,
		.subject = subject,
		.verdict = verdict,
		.owner = findings,
	};
	va_start(arguments, format);
	finding->summary = arena_vprintf(findings->arena, format, arguments);
	va_end(arguments);
	if (finding == &findings->spare)
		return finding;
	*findings->end = finding;
	findings->end = &finding->next;
	findings->count++;
	return finding;
}

struct subject subject_host(void)
{
	return (struct subject){.type = SUBJECT_HOST};
}

struct subject subject_function(const struct pci_function *function)
{
	return (struct subject){.type = SUBJECT_FUNCTION, .id = function->name};
}

struct subject subject_group(struct findings *findings, uint32_t id)
{
	return (struct subject){.type = SUBJECT_GROUP,
				.id = arena_printf(findings->arena, "%u", id)};
}

struct subject subject_unit(const char *name)
{
	return (struct subject){.type = SUBJECT_UNIT, .id = name};
}

struct subject subject_domain(const char *name)
{
	return (struct subject){.type = SUBJECT_DOMAIN, .id = name};
}

static struct evidence *append_evidence(struct finding *finding, const struct fact *fact)
{
	struct evidence *evidence = arena_alloc(finding->owner->arena, sizeof(*evidence));

	if (!evidence)
		return NULL;
	*evidence = (struct evidence){
		.source = fact->source, .state = fact->state, .error = fact->error};
	if (finding->last_evidence)
		finding->last_evidence->next = evidence;
	else
		finding->evidence = evidence;
	finding->last_evidence = evidence;
	return evidence;
}

void finding_evidence(struct finding *finding, const struct fact *fact, const char *format, ...)
{
	struct evidence *evidence = append_evidence(finding, fact);
	va_list arguments;

	if (!evidence || !fact_known(fact))
		return;
	va_start(arguments, format);
	evidence->value = arena_vprintf(finding->owner->arena, format, arguments);
	va_end(arguments);
}

void finding_evidence_state(struct finding *finding, const struct fact *fact)
{
	append_evidence(finding, fact);
}

void finding_spare_host(struct finding *finding)
{
	finding->spares_host = true;
}

bool finding_concerns_host(const struct finding *finding)
{
	return finding->subject.type != SUBJECT_FUNCTION && !finding->spares_host;
}

void finding_follows(struct finding *finding, const char *id, struct subject subject)
{
	finding->follows = (struct finding_reference){id, subject};
}

void finding_follows_nothing(struct finding *finding)
{
	finding->follows_nothing = true;
}

void finding_about(struct finding *finding, const char *name)
{
	finding->about = name;
}

void finding_remedy(struct finding *finding, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	finding->remedy = arena_vprintf(finding->owner->arena, format, arguments);
	finding->remedy_settled = true;
	va_end(arguments);
}

void finding_concern_vfs(struct finding *finding)
{
	finding->of_vfs = true;
}

void finding_remedy_none(struct finding *finding)
{
	finding->remedy = NULL;
	finding->remedy_settled = true;
}

void finding_remedy_privilege(struct finding *finding)
{
	finding->lack = LACKS_PRIVILEGE;
	finding_remedy(finding, "%s",
		       finding->owner->captured ? "Capture the host again as root"
						: "Run passcheck as root");
}

static void finding_remedy_capture(struct finding *finding)
{
	finding->lack = LACKS_CAPTURE;
	finding_remedy(finding,
		       "Audit the host itself, or capture it again with passcheck capture");
}

void finding_remedy_unread(struct finding *finding, const struct fact *fact)
{
	if (fact->state == FACT_UNREADABLE && (fact->error == EPERM || fact->error == EACCES))
		finding_remedy_privilege(finding);
	else if (fact->state == FACT_UNREADABLE && fact->error == EHOSTDOWN)
		finding_remedy(finding, "Run %s, which wakes the function",
			       finding->owner->captured ? OWN_CAPTURE_WAKE : OWN_WAKE);
	else if (fact->state == FACT_NOT_CAPTURED)
		finding_remedy_capture(finding);
	else
		finding->remedy_settled = true;
}

static bool lacks_remedy(const struct finding *finding)
{
	return !finding->remedy_settled && finding->kind->fix && finding->verdict != FINDING_PASS &&
	       finding->verdict != FINDING_NOT_APPLICABLE;
}

void findings_default_remedies(struct findings *findings, struct finding *first)
{
	for (struct finding *finding = first; finding; finding = finding->next) {
		if (!lacks_remedy(finding))
			continue;
		const char *fix = finding->kind->fix;
		size_t length = strlen(fix);
		/* A remedy has no period at its end. */
		length -= length > 0 && fix[length - 1] == '.';
		finding->remedy = arena_printf(findings->arena, "%.*s", (int)length, fix);
	}
}

void finding_command(struct finding *finding, const char *format, ...)
{
	struct remedy_command *command = arena_alloc(finding->owner->arena, sizeof(*command));
	va_list arguments;

	if (!command)
		return;
	va_start(arguments, format);
	command->text = arena_vprintf(finding->owner->arena, format, arguments);
	va_end(arguments);
	if (!shell_prints(command->text))
		return;
	if (finding->last_command)
		finding->last_command->next = command;
	else
		finding->commands = command;
	finding->last_command = command;
}

const char *finding_verdict_name(enum finding_verdict verdict)
{
	switch (verdict) {
	case FINDING_PASS:
		return "pass";
	case FINDING_NOT_APPLICABLE:
		return "not-applicable";
	case FINDING_WARN:
		return "warn";
	case FINDING_UNKNOWN:
		return "unknown";
	case FINDING_FAIL:
		return "fail";
	}
	return "unknown";
}

const char *subject_type_name(enum subject_type type)
{
	switch (type) {
	case SUBJECT_HOST:
		return "host";
	case SUBJECT_FUNCTION:
		return "function";
	case SUBJECT_GROUP:
		return "group";
	case SUBJECT_UNIT:
		return "unit";
	case SUBJECT_DOMAIN:
		return "domain";
	}
	return "host";
}
