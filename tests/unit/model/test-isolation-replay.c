/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Predictions against recordings of a kernel: its groups ("g="), its functions and their config
 * space, in shared/data/replay.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"
#include "tests/unit/support/predict.h"

#define RECORDINGS PASSCHECK_SHARED_DATA "/replay"

enum { MOST_RECORDED = 128, NO_GROUP = -1, SKIPPED = 77 };

/* What the kernel said of one function. */
struct recorded {
	const char *name;
	long group;
};

struct recording {
	struct paper *paper;
	struct recorded functions[MOST_RECORDED];
	size_t count;
};

static char *read_recording(struct arena *arena, const char *name)
{
	const char *path = arena_printf(arena, "%s/%s.txt", RECORDINGS, name);
	FILE *file = fopen(path, "r");
	static char text[1024 * 1024];

	assert_non_null(file);
	size_t length = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	assert_true(length > 0 && length < sizeof(text) - 1);
	return arena_copy(arena, text, length);
}

/* The value of a word such as "g=12", or "". */
static const char *value_of(struct arena *arena, const char *line, const char *key)
{
	const char *word = strstr(line, key);

	if (!word)
		return "";
	word += strlen(key);
	return arena_copy(arena, word, strcspn(word, " \n"));
}

/* "@D ADDRESS PATH g=GROUP drv=DRIVER vf=PF ari=ARI rm=METHODS" */
static void add_recorded(struct recording *recording, char *line)
{
	struct paper *paper = recording->paper;
	char address[32], path[512];

	assert_int_equal(sscanf(line, "@D %31s %511s", address, path), 2);
	*strrchr(path, '/') = '\0';
	const char *name = arena_printf(paper->arena, "%s", address);
	const char *folder = strrchr(path, '/') + 1;
	const struct pci_function *parent = pci_find_name(&paper->host.pci, folder);
	struct pci_function *function =
		add_function(paper, name, (struct pci_function *)(uintptr_t)parent);
	const char *pf = value_of(paper->arena, line, " vf=");
	if (*pf)
		function->physfn = known_text("physfn", pf);
	function->ari_enabled = (struct fact_number){
		.fact = known("ari_enabled"),
		.value = strtol(value_of(paper->arena, line, " ari="), NULL, 10)};
	const char *group = value_of(paper->arena, line, " g=");
	assert_true(recording->count < MOST_RECORDED);
	recording->functions[recording->count++] =
		(struct recorded){name, *group ? strtol(group, NULL, 10) : NO_GROUP};
}

/* "@C ADDRESS HEX" */
static void set_recorded_config(struct recording *recording, const char *line)
{
	struct paper *paper = recording->paper;
	char address[32];
	int start;

	assert_int_equal(sscanf(line, "@C %31s %n", address, &start), 1);
	struct pci_function *function =
		(struct pci_function *)(uintptr_t)pci_find_name(&paper->host.pci, address);
	assert_non_null(function);
	size_t length = strcspn(line + start, "\n") / 2;
	uint8_t *bytes = arena_alloc(paper->arena, length);
	assert_non_null(bytes);
	for (size_t i = 0; i < length; i++) {
		char digits[3] = {line[start + (int)i * 2], line[start + (int)i * 2 + 1]};
		bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	function->config.bytes = bytes;
	function->config.length = length;
	settle_type(function);
	function->vendor.value = bytes[0] | bytes[1] << 8;
	function->device.value = bytes[2] | bytes[3] << 8;
	function->class_code.value = bytes[9] | bytes[10] << 8 | bytes[11] << 16;
}

/* Reads the section of that name. */
static void load(struct recording *recording, struct paper *paper, const char *file,
		 const char *section)
{
	char *text = read_recording(paper->arena, file), *save = NULL;
	const char *begin = arena_printf(paper->arena, "@@BEGIN %s", section);
	bool inside = false;

	*recording = (struct recording){.paper = paper};
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (strncmp(line, "@@", 2) == 0)
			inside = strcmp(line, begin) == 0;
		else if (inside && strncmp(line, "@D ", 3) == 0)
			add_recorded(recording, line);
		else if (inside && strncmp(line, "@C ", 3) == 0)
			set_recorded_config(recording, line);
	}
	assert_true(recording->count > 30);
}

/* Returns the members of a function's recorded group, or NULL where it is not the first of them. */
static const char *members_of(struct arena *arena, const struct recording *kernel, size_t index)
{
	long group = kernel->functions[index].group;
	const char *members = kernel->functions[index].name;

	for (size_t i = 0; i < index; i++) {
		if (kernel->functions[i].group == group)
			return NULL;
	}
	for (size_t i = index + 1; i < kernel->count; i++) {
		if (kernel->functions[i].group == group)
			members = arena_printf(arena, "%s %s", members, kernel->functions[i].name);
	}
	return members;
}

static void expect_recorded_groups(struct paper *paper, const struct recording *kernel)
{
	for (size_t i = 0; i < kernel->count; i++) {
		const char *members = members_of(paper->arena, kernel, i);
		if (members)
			expect_group(paper, members);
	}
}

static void expect_prediction(struct paper *paper, const char *file, const char *section)
{
	struct recording recording;

	load(&recording, paper, file, section);
	add_unit(paper, "dmar0", IOMMU_VTD);
	expect_recorded_groups(paper, &recording);
}

static void switches_and_bridges(void **state)
{
	expect_prediction(*state, "q35-a-vtd", "noiov");
}

static void switches_and_bridges_with_vfs(void **state)
{
	expect_prediction(*state, "q35-a-vtd", "iov");
}

static void multifunction_switches(void **state)
{
	expect_prediction(*state, "q35-b-vtd", "noiov");
}

static void multifunction_switches_with_vfs(void **state)
{
	expect_prediction(*state, "q35-b-vtd", "iov");
}

static void ports_without_redirection(void **state)
{
	expect_prediction(*state, "q35-a-disable_acs_redir", "run");
}

/* With the IOMMU off the prediction is what the same machine does with it on. */
static void iommu_off_is_predicted_as_if_on(void **state)
{
	struct recording kernel, off;
	struct paper *paper = *state;
	void *other;

	paper_setup(&other);
	load(&kernel, other, "q35-a-vtd", "noiov");
	load(&off, paper, "q35-a-iommu-off", "run");
	assert_int_equal(off.functions[1].group, NO_GROUP);
	expect_recorded_groups(paper, &kernel);
	paper_teardown(&other);
}

static void disable_acs_redir_is_predicted_with_the_iommu_off(void **state)
{
	struct recording kernel, off;
	struct paper *paper = *state;
	void *other;

	paper_setup(&other);
	load(&kernel, other, "q35-a-disable_acs_redir", "run");
	load(&off, paper, "q35-a-iommu-off", "run");
	paper_command_line(paper, "pci=disable_acs_redir=pci:1b36:000c");
	expect_recorded_groups(paper, &kernel);
	paper_teardown(&other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(switches_and_bridges),
		TEST(switches_and_bridges_with_vfs),
		TEST(multifunction_switches),
		TEST(multifunction_switches_with_vfs),
		TEST(ports_without_redirection),
		TEST(iommu_off_is_predicted_as_if_on),
		TEST(disable_acs_redir_is_predicted_with_the_iommu_off),
	};

	if (access(RECORDINGS, R_OK)) {
		print_message("no recordings at %s\n", RECORDINGS);
		return SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
