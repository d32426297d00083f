/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CHECKS_SUPPORT_FINDING_H
#define PASSCHECK_CHECKS_SUPPORT_FINDING_H

#include "host/access/fact.h"
#include "host/base/arena.h"
#include "host/pci/pci.h"

enum finding_verdict {
	FINDING_PASS,
	FINDING_NOT_APPLICABLE,
	FINDING_WARN,
	FINDING_UNKNOWN,
	FINDING_FAIL,
};

enum { FINDING_VERDICT_COUNT = FINDING_FAIL + 1 };

enum subject_type {
	SUBJECT_HOST,
	SUBJECT_FUNCTION,
	SUBJECT_GROUP,
	SUBJECT_UNIT,
	SUBJECT_DOMAIN, /* a libvirt domain or network */
};

/* What a finding speaks of. id is NULL for the host, else "0000:03:00.0", a group's number,
 * "dmar0", a domain's name. */
struct subject {
	enum subject_type type;
	const char *id;
};

/* A kind of finding, as `passcheck explain` shows it. Its id is a contract: never renamed. */
struct finding_kind {
	const char *id;      /* "kernel-cmdline.iommu-off" */
	const char *meaning; /* what it says, why it matters, and how it is known: full sentences */
	/* How to put it right, on any host: full sentences. It is the remedy of a finding whose
	 * check names none that fits the host better. NULL where nothing is wrong. */
	const char *fix;
};

struct evidence {
	const char *source; /* path on the host */
	enum fact_state state;
	int error;         /* errno where unreadable */
	const char *value; /* NULL where there is none */
	struct evidence *next;
};

struct remedy_command {
	const char *text;
	struct remedy_command *next;
};

/* What a finding says that it follows from; see finding_follows(). */
struct finding_reference {
	const char *id; /* of a kind; NULL: nothing */
	struct subject subject;
};

/* Why a fact was not read, where that can be mended for all such facts at once. */
enum lack { LACKS_NOTHING, LACKS_PRIVILEGE, LACKS_CAPTURE, LACK_COUNT };

struct finding {
	const struct finding_kind *kind;
	const char *check; /* the id of the check that found it */
	struct subject subject;
	enum finding_verdict verdict;
	bool spares_host;    /* what is wrong is of its subject alone: see finding_spare_host() */
	bool of_vfs;         /* it is shown with VFs of its subject: see finding_concern_vfs() */
	const char *summary; /* one sentence, without a period */
	struct evidence *evidence;
	struct evidence *last_evidence;
	const char *remedy;  /* NULL where none is needed, or none is known */
	bool remedy_settled; /* by the check, if only that there is none */
	struct remedy_command *commands;
	struct remedy_command *last_command;
	enum lack lack;    /* of what is unknown: what would settle it */
	const char *about; /* what of its subject, for cause.h: "VFIO_PCI"; NULL: all of it */
	struct finding_reference follows;
	bool follows_nothing;        /* it is a cause itself, whatever the table of cause.h says */
	const struct finding *cause; /* the first of what it follows from (cause.h), NULL: none */
	struct finding *next;
	struct findings *owner;
};

/* The findings of one audit, in the order in which checks made them. */
struct findings {
	struct arena *arena;
	const char *check; /* the id of the check that runs now */
	bool captured;     /* the host is a tree: who reads it does not read the host */
	struct finding *first;
	struct finding **end;
	size_t count;
	struct finding spare; /* what finding_add() returns when memory is short */
};

/* Prepares an empty list, of a live host, whose memory comes from arena; short memory marks the
 * arena. */
void findings_init(struct findings *findings, struct arena *arena);

/* Appends a finding and returns it, never NULL, so that evidence and a remedy can be added. */
struct finding *finding_add(struct findings *findings, const struct finding_kind *kind,
			    enum finding_verdict verdict, struct subject subject,
			    const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The subjects. */
struct subject subject_host(void);
struct subject subject_function(const struct pci_function *function);
struct subject subject_group(struct findings *findings, uint32_t id);
struct subject subject_unit(const char *name);
struct subject subject_domain(const char *name);

/* Adds what a fact says as evidence; value, formatted, is shown only where the fact is known. */
void finding_evidence(struct finding *finding, const struct fact *fact, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds a fact that has no value to show: that it is absent, or could not be read. */
void finding_evidence_state(struct finding *finding, const struct fact *fact);

/* Says that the finding has no say in the host's verdict: the host as such can pass devices
 * through.
 */
void finding_spare_host(struct finding *finding);

/* Returns whether the finding is of the host, its units or groups, and has a say in its verdict. */
bool finding_concerns_host(const struct finding *finding);

/* Says that the finding follows from another one, of that kind and on that subject, if the audit
 * has it and something is wrong there: a report then shows it below that one. */
void finding_follows(struct finding *finding, const char *id, struct subject subject);

/* Says that the finding follows from no other one, whatever else is found. */
void finding_follows_nothing(struct finding *finding);

/* Says which of several things of its subject the finding is about, by the name that the host has
 * for it: the option of a kernel, a parameter, a function of a guest. What follows from it may
 * follow from one alone. */
void finding_about(struct finding *finding, const char *name);

/* Sets the remedy: the smallest change that helps on this host. Without one, it is the kind's fix.
 */
void finding_remedy(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Says that a finding of a PF goes for its VFs, and is shown where one of them is asked about. */
void finding_concern_vfs(struct finding *finding);

/* Says that the kind's fix is no remedy here, and that no other is known. */
void finding_remedy_none(struct finding *finding);

/* Sets the remedy for a fact that was not read: what would settle it, or that nothing known does.
 */
void finding_remedy_unread(struct finding *finding, const struct fact *fact);

/* Sets the remedy for a fact that takes privilege to read: to read it as root, here or, of a
 * captured host, there. */
void finding_remedy_privilege(struct finding *finding);

/* Gives findings, from first on, the fix of their kind as remedy: those that something is wrong
 * with, or that are unknown, and whose check settled nothing. */
void findings_default_remedies(struct findings *findings, struct finding *first);

/* Adds a command that carries the remedy out. What the host brings to it goes through shell_word()
 * or shell_plain(); nothing is added where they refuse it (model/shell.h). */
void finding_command(struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Returns "pass", "warn", "fail", "unknown" or "not-applicable". */
const char *finding_verdict_name(enum finding_verdict verdict);

/* Returns "host", "function", "group", "unit" or "domain". */
const char *subject_type_name(enum subject_type type);

#endif
