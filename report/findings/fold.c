/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/findings/fold.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "checks/support/check.h"
#include "model/class_word.h"

/* A text of a finding as it is read for what it says, with the names of the subject, and of what of
 * that the finding is about, passed over. */
struct reader {
	const char *text;
	const char *begin;
	const char *end;
	const struct finding *finding;
};

enum {
	SUBJECT_ITSELF = 256,
	WHAT_IT_IS_ABOUT,
	GROUP_PREFIX = sizeof("group ") - 1,
	LONGEST_REASON = 48, /* that stands behind a subject in a list */
};

/* Returns the short reason that a summary ends with: "in use: the network link eth0". NULL where it
 * has none, or a long one, or where no remedy says what to do about all such reasons. */
static const char *short_reason(const struct finding *finding)
{
	const char *colon = finding->remedy ? strstr(finding->summary, ": ") : NULL;

	return colon && strlen(colon + 2) <= LONGEST_REASON ? colon + 2 : NULL;
}

static struct reader read_text(const char *text, const struct finding *finding)
{
	const char *begin = text ? text : "";

	return (struct reader){begin, begin, begin + strlen(begin), finding};
}

/* Reads what those have in common that are told together: all but a short reason. */
static struct reader read_summary(const struct finding *finding)
{
	struct reader reader = read_text(finding->summary, finding);
	const char *reason = short_reason(finding);

	if (reason)
		reader.end = reason;
	return reader;
}

static bool is_here(const struct reader *reader, const char *name)
{
	if (!name || !*name || *reader->text != *name)
		return false;
	size_t length = strlen(name);
	return strncmp(reader->text, name, length) == 0 &&
	       !isalnum((unsigned char)reader->text[length]);
}

/* Returns whether the subject's name stands here. The number of a group is one behind "group". */
static bool is_subject_here(const struct reader *reader)
{
	const struct subject *subject = &reader->finding->subject;

	return is_here(reader, subject->id) &&
	       (subject->type != SUBJECT_GROUP ||
		(reader->text - reader->begin >= GROUP_PREFIX &&
		 memcmp(reader->text - GROUP_PREFIX, "group ", GROUP_PREFIX) == 0));
}

/* Returns the next character, what stands for a name that is passed over, or 0 at the end. */
static int next_character(struct reader *reader)
{
	if (reader->text >= reader->end)
		return 0;
	if (is_subject_here(reader)) {
		reader->text += strlen(reader->finding->subject.id);
		return SUBJECT_ITSELF;
	}
	if (is_here(reader, reader->finding->about)) {
		reader->text += strlen(reader->finding->about);
		return WHAT_IT_IS_ABOUT;
	}
	return (unsigned char)*reader->text++;
}

/* FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv. */
static uint64_t hash(uint64_t value, struct reader reader)
{
	for (int c = 1; c;) {
		c = next_character(&reader);
		value = (value ^ (uint64_t)c) * UINT64_C(0x100000001b3);
	}
	return value;
}

static uint64_t hash_finding(const struct finding *finding)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325);

	value = hash(value, read_text(finding->kind->id, finding));
	value = hash(value, read_summary(finding));
	return hash(value, read_text(finding->remedy, finding));
}

static bool reads_same(struct reader left, struct reader right)
{
	int c = 1;

	while (c) {
		c = next_character(&left);
		if (c != next_character(&right))
			return false;
	}
	return true;
}

static bool says_same(const char *a, const struct finding *of_a, const char *b,
		      const struct finding *of_b)
{
	return reads_same(read_text(a, of_a), read_text(b, of_b));
}

static bool commands_say_same(const struct finding *a, const struct finding *b)
{
	const struct remedy_command *left = a->commands, *right = b->commands;

	while (left && right && says_same(left->text, a, right->text, b)) {
		left = left->next;
		right = right->next;
	}
	return !left && !right;
}

/* Several things of one subject are told together, or one thing of several. */
static bool may_stand_together(const struct finding *a, const struct finding *b)
{
	return a->about && b->about ? strcmp(a->subject.id, b->subject.id) == 0
				    : !a->about && !b->about;
}

static bool is_alike(const struct finding *a, const struct finding *b)
{
	return a->kind == b->kind && a->verdict == b->verdict &&
	       a->subject.type == b->subject.type && a->subject.id && b->subject.id &&
	       may_stand_together(a, b) && reads_same(read_summary(a), read_summary(b)) &&
	       says_same(a->remedy, a, b->remedy, b) && commands_say_same(a, b);
}

const char *fold_name(const struct fold *fold, size_t index)
{
	const struct finding *finding = fold->findings[index];

	return finding->about ? finding->about : finding->subject.id;
}

const char *fold_reason(const struct fold *fold, size_t index)
{
	const struct finding *first = fold->findings[0], *finding = fold->findings[index];
	const char *reason = short_reason(finding), *of_first = short_reason(first);

	if (!reason || !of_first || says_same(of_first, first, reason, finding))
		return NULL;
	return reason;
}

/* A finding on its way into a fold. */
struct piece {
	const struct finding *finding;
	size_t order; /* in the report */
	size_t cause; /* the order of its cause, JUDGED_ALONE where it has none that is shown */
	enum lack lack;
	uint64_t hash;
};

/* Those that may be alike stand together, in the order of the report. */
static int compare_pieces(const void *left, const void *right)
{
	const struct piece *a = left, *b = right;

	if (a->cause != b->cause)
		return a->cause < b->cause ? -1 : 1;
	if (a->lack != b->lack)
		return a->lack < b->lack ? -1 : 1;
	if (!a->lack && a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static bool belong_together(const struct piece *a, const struct piece *b)
{
	if (a->cause != b->cause || a->lack != b->lack)
		return false;
	return a->lack || (a->hash == b->hash && is_alike(a->finding, b->finding));
}

/* The parts of a report, in order. */
enum part { PART_HOST, PART_FUNCTIONS, PART_ASIDE };

/* A fold and where it stands. */
struct placed_fold {
	struct fold fold;
	enum part part;
	size_t order; /* of its first finding */
	size_t cause;
	size_t first_piece;
};

/* Memory of the whole, cut into folds. */
struct folding {
	const struct judged_findings *judged;
	struct piece *pieces;
	size_t piece_count;
	const struct finding **findings; /* those of the pieces, in their order */
	struct placed_fold *folds;
	size_t fold_count;
	size_t *fold_of; /* by the order of a finding: one more than the index of its fold */
};

/* What is missing altogether is told at once, where it leaves more than one finding open. */
static void choose_lacks(struct folding *folding)
{
	size_t counts[LACK_COUNT] = {0};

	for (size_t i = 0; i < folding->piece_count; i++)
		counts[folding->pieces[i].lack]++;
	for (size_t i = 0; i < folding->piece_count; i++) {
		struct piece *piece = &folding->pieces[i];
		if (counts[piece->lack] < 2)
			piece->lack = LACKS_NOTHING;
		if (piece->lack)
			piece->cause = JUDGED_ALONE;
	}
}

static void add_piece(struct folding *folding, size_t order, bool cause_shown)
{
	const struct finding *finding = folding->judged->items[order];
	bool unknown = finding->verdict == FINDING_UNKNOWN;

	folding->pieces[folding->piece_count++] = (struct piece){
		.finding = finding,
		.order = order,
		.cause = cause_shown ? folding->judged->causes[order] : JUDGED_ALONE,
		.lack = unknown ? finding->lack : LACKS_NOTHING,
		.hash = hash_finding(finding),
	};
}

static void cut(struct folding *folding)
{
	for (size_t i = 0; i < folding->piece_count; i++) {
		const struct piece *piece = &folding->pieces[i];
		struct placed_fold *last;

		folding->findings[i] = piece->finding;
		if (i == 0 || !belong_together(&piece[-1], piece))
			folding->folds[folding->fold_count++] = (struct placed_fold){
				.fold = {.findings = &folding->findings[i],
					 .lack = piece->lack,
					 .worst = piece->finding->verdict},
				.order = piece->order,
				.cause = piece->cause,
				.first_piece = i,
			};
		last = &folding->folds[folding->fold_count - 1];
		last->fold.count++;
		if (piece->finding->verdict > last->fold.worst)
			last->fold.worst = piece->finding->verdict;
	}
}

static unsigned rank_of(const struct pci *pci, const struct finding *finding)
{
	const struct pci_function *function = finding->subject.type == SUBJECT_FUNCTION
						      ? pci_find_name(pci, finding->subject.id)
						      : NULL;

	return function ? class_word_rank(function) : WORD_COUNT;
}

static void lead_with_most_sought(const struct pci *pci, const struct fold *fold)
{
	const struct finding **findings = fold->findings, *best;
	unsigned least = rank_of(pci, findings[0]);
	size_t index = 0;

	for (size_t i = 1; i < fold->count; i++) {
		unsigned rank = rank_of(pci, findings[i]);
		if (rank >= least)
			continue;
		least = rank;
		index = i;
	}
	best = findings[index];
	memmove(&findings[1], &findings[0], index * sizeof(*findings));
	findings[0] = best;
}

/* What lacks the same differs in all else, and is told without names. */
static void choose_speakers(struct folding *folding)
{
	const struct pci *pci = folding->judged->judging.pci;

	for (size_t i = 0; pci && i < folding->fold_count; i++) {
		const struct fold *fold = &folding->folds[i].fold;
		if (fold->count > 1 && !fold->lack)
			lead_with_most_sought(pci, fold);
	}
}

static int compare_by_order(const void *left, const void *right)
{
	const struct placed_fold *a = left, *b = right;

	return a->order < b->order ? -1 : a->order > b->order;
}

/* Those of the host stand first, but for warnings that neither decide nor keep a function from
 * guests. */
static enum part part_of(const struct judged_findings *judged, const struct fold *fold)
{
	const struct finding *first = fold->findings[0];
	const struct check *check = check_find(first->check);

	if (fold->lack)
		return PART_HOST;
	if (!finding_concerns_host(first))
		return PART_FUNCTIONS;
	return check && check->aside && fold->worst == FINDING_WARN &&
			       !judged_decides(judged, first)
		       ? PART_ASIDE
		       : PART_HOST;
}

/* Part by part, worst first. */
static int compare_for_report(const void *left, const void *right)
{
	const struct placed_fold *a = left, *b = right;

	if (a->part != b->part)
		return a->part < b->part ? -1 : 1;
	if (a->fold.worst != b->fold.worst)
		return a->fold.worst > b->fold.worst ? -1 : 1;
	return compare_by_order(left, right);
}

/* Effects stand behind their cause's fold: counts them there, then hands them out. */
static int hand_out_effects(struct folding *folding, struct arena *arena)
{
	struct fold *effects = arena_array(arena, folding->fold_count + 1, sizeof(*effects));

	if (!effects)
		return -ENOMEM;
	for (size_t i = 0; i < folding->fold_count; i++) {
		const struct placed_fold *effect = &folding->folds[i];
		if (effect->cause != JUDGED_ALONE)
			folding->folds[folding->fold_of[effect->cause] - 1].fold.effect_count++;
	}
	for (size_t i = 0; i < folding->fold_count; i++) {
		folding->folds[i].fold.effects = effects;
		effects += folding->folds[i].fold.effect_count;
		folding->folds[i].fold.effect_count = 0;
	}
	for (size_t i = 0; i < folding->fold_count; i++) {
		const struct placed_fold *effect = &folding->folds[i];
		if (effect->cause == JUDGED_ALONE)
			continue;
		struct fold *cause = &folding->folds[folding->fold_of[effect->cause] - 1].fold;
		cause->effects[cause->effect_count++] = effect->fold;
		if (effect->fold.worst > cause->worst)
			cause->worst = effect->fold.worst;
	}
	return 0;
}

/* Brings the folds into the order of the report, and says of each finding which one it is in. */
static void index_folds(struct folding *folding)
{
	qsort(folding->folds, folding->fold_count, sizeof(*folding->folds), compare_by_order);
	for (size_t i = 0; i < folding->fold_count; i++) {
		const struct placed_fold *placed = &folding->folds[i];
		for (size_t k = 0; k < placed->fold.count; k++)
			folding->fold_of[folding->pieces[placed->first_piece + k].order] = i + 1;
	}
}

static void sort_and_cut(struct folding *folding)
{
	folding->fold_count = 0;
	qsort(folding->pieces, folding->piece_count, sizeof(*folding->pieces), compare_pieces);
	cut(folding);
}

/* What follows from findings that are told together follows from the first of them. */
static void share_causes(struct folding *folding)
{
	for (size_t i = 0; i < folding->piece_count; i++) {
		struct piece *piece = &folding->pieces[i];
		if (piece->cause != JUDGED_ALONE)
			piece->cause = folding->folds[folding->fold_of[piece->cause] - 1].order;
	}
}

static int finish(struct folding *folding, struct arena *arena, struct folds *ret)
{
	struct folds folds = {
		.items = arena_array(arena, folding->fold_count + 1, sizeof(*folds.items))};

	if (!folds.items)
		return -ENOMEM;
	for (size_t i = 0; i < folding->fold_count; i++)
		folding->folds[i].part = part_of(folding->judged, &folding->folds[i].fold);
	qsort(folding->folds, folding->fold_count, sizeof(*folding->folds), compare_for_report);
	for (size_t i = 0; i < folding->fold_count; i++) {
		const struct placed_fold *placed = &folding->folds[i];
		if (placed->cause != JUDGED_ALONE)
			continue;
		folds.items[folds.count++] = placed->fold;
		folds.host_count += placed->part == PART_HOST;
		folds.function_count += placed->part == PART_FUNCTIONS;
	}
	*ret = folds;
	return 0;
}

int findings_fold(const struct judged_findings *judged,
		  bool (*shows)(const void *context, const struct finding *finding),
		  const void *context, struct arena *arena, struct folds *ret)
{
	size_t count = judged->count + 1;
	struct folding folding = {
		.judged = judged,
		.pieces = arena_array(arena, count, sizeof(*folding.pieces)),
		.findings = arena_array(arena, count, sizeof(*folding.findings)),
		.folds = arena_array(arena, count, sizeof(*folding.folds)),
		.fold_of = arena_array(arena, count, sizeof(*folding.fold_of)),
	};

	if (!folding.pieces || !folding.findings || !folding.folds || !folding.fold_of)
		return -ENOMEM;
	for (size_t i = 0; i < judged->count; i++) {
		size_t cause = judged->causes[i];
		bool follows = cause != JUDGED_ALONE && judged->causes[cause] == JUDGED_ALONE;
		if (shows(context, judged->items[i]))
			add_piece(&folding, i, follows && shows(context, judged->items[cause]));
	}
	choose_lacks(&folding);
	sort_and_cut(&folding);
	index_folds(&folding);
	share_causes(&folding);
	sort_and_cut(&folding);
	choose_speakers(&folding);
	index_folds(&folding);
	int result = hand_out_effects(&folding, arena);
	return result < 0 ? result : finish(&folding, arena, ret);
}
