/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/interrupts.h"

#include <string.h>

#define SYSFS_INTERRUPTS "/sys/kernel/irq"

static bool begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Chips of devices and IOAPICs; those whose interrupts go unremapped bear no "IR-". */
static void note_chip(struct arena *arena, const char *chip, size_t length, struct interrupts *ret)
{
	const char *name = arena_copy(arena, chip, length);

	if (begins(name, "IR-")) {
		if (!ret->remapped_chip)
			ret->remapped_chip = name;
	} else if (begins(name, "IO-APIC") || begins(name, "PCI-MSI")) {
		if (!ret->plain_chip)
			ret->plain_chip = name;
	}
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* Skips "NN:" and the counts of every processor. Returns the chip's name, or NULL. */
static const char *find_chip(const char *line)
{
	const char *text = skip_blanks(line);
	size_t digits = strspn(text, "0123456789");

	/* Lines without a number are the processors' own: NMI, LOC, … */
	if (digits == 0 || text[digits] != ':')
		return NULL;
	text = skip_blanks(text + digits + 1);
	for (;;) {
		digits = strspn(text, "0123456789");
		if (digits == 0 || !strchr(" \t", text[digits]))
			return text;
		text = skip_blanks(text + digits);
	}
}

void interrupts_parse(struct arena *arena, const struct fact_text *text, struct interrupts *ret)
{
	char *save = NULL;

	*ret = (struct interrupts){.fact = text->fact};
	if (!fact_known(&text->fact))
		return;
	char *lines = arena_copy(arena, text->text, text->length);
	for (char *line = strtok_r(lines, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const char *chip = find_chip(line);
		if (chip)
			note_chip(arena, chip, strcspn(chip, " \t"), ret);
	}
}

/* The same chips, a folder an interrupt. */
static void load_from_sysfs(struct root *root, struct arena *arena, struct interrupts *ret)
{
	struct fact_list names = root_list(root, arena, SYSFS_INTERRUPTS);

	if (!fact_known(&names.fact))
		return;
	ret->fact = names.fact;
	for (size_t i = 0; i < names.count; i++) {
		const char *path =
			arena_printf(arena, SYSFS_INTERRUPTS "/%s/chip_name", names.names[i]);
		struct fact_text chip = root_read(root, arena, path, LIMIT_ATTRIBUTE);
		if (fact_known(&chip.fact))
			note_chip(arena, chip.text, strcspn(chip.text, " \t\n"), ret);
	}
}

void interrupts_load(struct root *root, struct arena *arena, struct interrupts *ret)
{
	struct fact_text text = root_read(root, arena, "/proc/interrupts", LIMIT_FILE);

	interrupts_parse(arena, &text, ret);
	if (!fact_known(&text.fact))
		load_from_sysfs(root, arena, ret);
}
