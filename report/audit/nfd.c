/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "host/base/array.h"
#include "report/audit/render.h"
#include "report/audit/summary.h"
#include "report/write/timestamp.h"

/*
 * A file for features.d of Kubernetes' Node Feature Discovery: labels to schedule by, few, and
 * numbers where a rule may ask for at least so many. What is not determined has no label, for a
 * label that is not there promises nothing.
 */

#define PREFIX "feature.node.kubernetes.io/passcheck."

/* Twice the interval of passcheck.timer: labels of a host that is no longer audited go. */
enum { LIFETIME = 2 * 24 * 60 * 60 };

/* The classes that pods are scheduled by. */
static const enum class_word words[] = {WORD_GPU, WORD_NIC, WORD_NVME,
					WORD_FC,  WORD_QAT, WORD_ACCELERATOR};

static void write_expiry(const struct audit *audit, FILE *out)
{
	char text[TIMESTAMP_SIZE];
	time_t time;

	if (!timestamp_parse(audit->input.time, &time))
		return;
	timestamp_format(time + LIFETIME, text);
	fprintf(out, "# +expiry-time=%s\n", text);
}

static int compare_groups(const void *a, const void *b)
{
	const int64_t *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

/* How many of the functions of a class can go to guests of their own: two of one group cannot. */
static size_t count_groups(const struct audit *audit, enum class_word word)
{
	const struct selection *selection = &audit->selection;
	int64_t *groups = arena_array(audit->arena, selection->count + 1, sizeof(*groups));
	size_t count = 0, apart = 0;

	for (size_t i = 0; groups && i < selection->count; i++) {
		const struct pci_function *function = selection->functions[i];

		if (class_word_of(function) == word && fact_known(&function->group.fact) &&
		    assignability_of(&audit->model.assignability, function)->verdict == ASSIGNABLE)
			groups[count++] = function->group.value;
	}
	if (count)
		qsort(groups, count, sizeof(*groups), compare_groups);
	for (size_t i = 0; i < count; i++)
		apart += i == 0 || groups[i] != groups[i - 1];
	return apart;
}

static void write_classes(const struct audit *audit, const struct audit_summary *summary, FILE *out)
{
	/* A function whose class was not read may be any. */
	if (summary->classes[WORD_UNKNOWN][ASSIGNABLE_UNDETERMINED])
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (!summary->classes[words[i]][ASSIGNABLE_UNDETERMINED])
			fprintf(out, PREFIX "isolated-%s=%zu\n", class_word_name(words[i]),
				count_groups(audit, words[i]));
	}
}

int audit_render_nfd(const void *document, const struct render_options *options, FILE *out)
{
	const struct audit *audit = document;
	const struct audit_summary summary = audit_summarize(audit);

	(void)options;
	write_expiry(audit, out);
	if (audit->judged.verdict != HOST_UNDETERMINED)
		fprintf(out, PREFIX "ready=%s\n",
			audit->judged.verdict == HOST_READY ? "true" : "false");
	if (fact_known(&audit->model.host->pci.fact))
		write_classes(audit, &summary, out);
	if (fact_known(&audit->model.host->pci.fact) && summary.vfs.usable_known)
		fprintf(out, PREFIX "usable-vfs=%" PRIu64 "\n", summary.vfs.usable);
	return arena_failed(audit->arena) ? -ENOMEM : 0;
}
