/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds the plans for every function and every pair of the hosts in the trees that it is given, in
 * one process. What a plan must never do it complains of on standard error; all commands go to
 * standard output, for a shell to look at. Exits with 1 where it complained.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/array.h"
#include "plan/plan.h"

enum {
	MOST_FUNCTIONS = 64,     /* of a host; of more every one in so many is taken */
	MOST_COMMANDS = 1 << 16, /* of a plan */
};

/* A host under test, and how many plans of it were wrong. */
struct subject {
	const char *name;
	const struct model *model;
	const struct pci_function *functions[MOST_FUNCTIONS];
	size_t count;
	size_t plans;
	size_t complaints;
};

static void complain(struct subject *subject, const struct plan_wish *wish, const char *what,
		     const char *command)
{
	fprintf(stderr, "%s: plan --how %s%s", subject->name, plan_how_name(wish->how),
		wish->undo ? " --undo" : "");
	for (size_t i = 0; i < wish->count; i++)
		fprintf(stderr, " %s", wish->functions[i]->name);
	fprintf(stderr, ": %s: %s\n", what, command);
	subject->complaints++;
}

/* Words that only look, or tell of the function. */
static bool only_looks(const char *command)
{
	static const char *const looks[] = {"passcheck ", "cat ", "dmesg ", "ls "};

	for (size_t i = 0; i < ARRAY_LENGTH(looks); i++) {
		if (strncmp(command, looks[i], strlen(looks[i])) == 0)
			return true;
	}
	return false;
}

/* Whether the command acts on the function. To make VFs of a PF takes nothing from it; to change
 * their number now takes all that there are. */
static bool touches(const char *command, const struct pci_function *function)
{
	const struct pci_function *pf = function->pf;

	if (strstr(command, "/sriov_numvfs"))
		return pf && strstr(command, pf->name);
	return !strstr(command, "sriov_numvfs") && strstr(command, function->name);
}

static void check_command(struct subject *subject, const struct plan_wish *wish,
			  const char *command)
{
	const struct pci *pci = &subject->model->host->pci;

	puts(command);
	for (size_t i = 0; i < pci->count && !only_looks(command); i++) {
		const struct pci_function *function = &pci->functions[i];
		if (host_uses_vital(&subject->model->host_uses, function) &&
		    touches(command, function))
			complain(subject, wish, "the host lives on it", command);
	}
}

static void check_commands(struct subject *subject, const struct plan_wish *wish,
			   const struct plan_command *command)
{
	for (; command; command = command->next)
		check_command(subject, wish, command->text);
}

static int compare(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static void check_once(struct subject *subject, const struct plan_wish *wish,
		       const struct plan *plan, struct arena *arena)
{
	const char **texts = arena_array(arena, MOST_COMMANDS, sizeof(*texts));
	size_t count = 0;

	for (size_t i = 0; i < plan->count; i++) {
		for (const struct plan_command *command = plan->steps[i].commands;
		     command && count < MOST_COMMANDS; command = command->next)
			texts[count++] = command->text;
	}
	qsort(texts, count, sizeof(*texts), compare);
	for (size_t i = 1; i < count; i++) {
		if (strcmp(texts[i - 1], texts[i]) == 0)
			complain(subject, wish, "stands twice", texts[i]);
	}
}

static void check_plan(struct subject *subject, const struct plan_wish *wish)
{
	struct arena *arena = arena_new();
	struct plan plan;

	plan_build(subject->model, wish, arena, &plan);
	if (arena_failed(arena))
		complain(subject, wish, "short of memory", "");
	for (size_t i = 0; i < plan.count; i++) {
		const struct plan_step *step = &plan.steps[i];
		check_commands(subject, wish, step->commands);
		check_commands(subject, wish, step->undo);
		for (const struct plan_alternative *other = step->alternatives; other;
		     other = other->next)
			check_commands(subject, wish, other->commands);
	}
	for (const struct plan_remark *remark = plan.remarks; remark; remark = remark->next) {
		for (const struct text_line *line = remark->caution->commands; line;
		     line = line->next)
			check_command(subject, wish, line->text);
	}
	check_once(subject, wish, &plan, arena);
	subject->plans++;
	arena_free(arena);
}

static void check_ways(struct subject *subject, const struct pci_function *const *functions,
		       size_t count)
{
	struct plan_wish wish = {.functions = functions, .count = count};

	for (enum plan_how how = 0; how < PLAN_HOW_COUNT; how++) {
		wish.how = how;
		check_plan(subject, &wish);
	}
	wish = (struct plan_wish){.functions = functions, .count = count, .undo = true};
	check_plan(subject, &wish);
}

static void check_vfs(struct subject *subject, const struct pci_function *const *pf)
{
	struct plan_wish wish = {.functions = pf, .count = 1};

	for (wish.vfs = 1; wish.vfs <= 64; wish.vfs *= 4)
		check_plan(subject, &wish);
}

static void choose(struct subject *subject, const struct pci *pci)
{
	size_t step = pci->count / MOST_FUNCTIONS + 1;

	for (size_t i = 0; i < pci->count; i += step)
		subject->functions[subject->count++] = &pci->functions[i];
}

static void check_host(struct subject *subject)
{
	const struct plan_wish host = {0};

	check_plan(subject, &host);
	choose(subject, &subject->model->host->pci);
	for (size_t i = 0; i < subject->count; i++) {
		check_ways(subject, &subject->functions[i], 1);
		check_vfs(subject, &subject->functions[i]);
		for (size_t k = i + 1; k < subject->count; k++) {
			const struct pci_function *pair[] = {subject->functions[i],
							     subject->functions[k]};
			const struct plan_wish wish = {.functions = pair, .count = 2};
			check_plan(subject, &wish);
		}
	}
}

/* Returns how much was wrong, or -1 where the tree cannot be read. */
static long check_tree(const char *path)
{
	const struct host_options options = {0};
	struct arena *arena = arena_new();
	struct root *root;
	struct host *host;
	struct model model;

	if (root_open(path, &root) < 0)
		return -1;
	if (host_load(root, &options, &host) < 0)
		return -1;
	model_build(host, arena, &model);
	struct subject subject = {.name = path, .model = &model};
	check_host(&subject);
	fprintf(stderr, "# %s: %zu functions, %zu plans\n", path, host->pci.count, subject.plans);
	arena_free(arena);
	host_free(host);
	root_close(root);
	return (long)subject.complaints;
}

int main(int count, char **trees)
{
	bool wrong = count < 2;

	for (int i = 1; i < count; i++) {
		if (check_tree(trees[i]) != 0)
			wrong = true;
	}
	return wrong;
}
