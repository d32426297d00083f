/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/interrupts.h"

#include <stdlib.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"

#define SYSFS_INTERRUPTS "/sys/kernel/irq"

/*
 * How the names of chips begin. x86: of devices and IOAPICs, without "IR-" unremapped. Arm: of PCI
 * functions, by the prefix of the parent domain, which Linux 6.11 brought (msi_parent_ops of
 * irq-gic-v3-its-msi-parent.c, irq-gic-v2m.c, irq-gic-v3-mbi.c, pcie-designware-host.c).
 */
static const char *const plain_beginnings[] = {
	"IO-APIC", "PCI-MSI", "GICv2m-PCI-MSI", "MBI-PCI-MSI", "DW-PCI-MSI",
};
static const char *const remapped_beginnings[] = {"IR-", "ITS-PCI-MSI"};

/* The whole names of older kernels, where platform devices have others (pMSI, ITS-pMSI). */
static const char plain_name[] = "MSI";
static const char remapped_name[] = "ITS-MSI";

static size_t length_of_name(const char *text)
{
	return strcspn(text, " \t\n");
}

static bool is_name(const char *text, const char *name)
{
	return begins_with(text, name) && length_of_name(text) == strlen(name);
}

static bool begins_with_any(const char *text, const char *const *beginnings, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (begins_with(text, beginnings[i]))
			return true;
	}
	return false;
}

static bool is_plain(const char *text)
{
	return is_name(text, plain_name) ||
	       begins_with_any(text, plain_beginnings, ARRAY_LENGTH(plain_beginnings));
}

static bool is_remapped(const char *text)
{
	return is_name(text, remapped_name) ||
	       begins_with_any(text, remapped_beginnings, ARRAY_LENGTH(remapped_beginnings));
}

/* AMD-Vi's event and page-request logs (drivers/iommu/amd/init.c, iommu_setup_msi). */
static bool is_iommu_handler(const char *actions)
{
	return strstr(actions, "AMD-Vi") != NULL;
}

static void note_plain(struct arena *arena, const char *text, size_t length, struct interrupts *ret)
{
	for (size_t i = 0; i < ret->plain_count; i++) {
		if (strlen(ret->plain_chips[i]) == length && begins_with(text, ret->plain_chips[i]))
			return;
	}
	ret->more_plain = ret->plain_count == INTERRUPTS_MOST_PLAIN;
	if (ret->more_plain)
		return;
	ret->plain_chips[ret->plain_count++] = arena_copy(arena, text, length);
	ret->plain_chip = ret->plain_chips[0];
}

/* Notes the chip that text begins with, up to the next blank. */
static void note_chip(struct arena *arena, const char *text, struct interrupts *ret)
{
	size_t length = length_of_name(text);

	if (is_plain(text))
		note_plain(arena, text, length, ret);
	else if (is_remapped(text) && !ret->remapped_chip)
		ret->remapped_chip = arena_copy(arena, text, length);
}

static const char *skip_blanks(const char *text)
{
	return text + strspn(text, " \t");
}

/* Skips "NN:" and the counts of every processor. Returns what follows: chip, number, handlers. */
static const char *find_chip(const char *line)
{
	const char *text = skip_blanks(line);
	size_t digits = strspn(text, "0123456789");

	/* Lines without a number are the processors' own: NMI, LOC, … */
	if (digits == 0 || text[digits] != ':')
		return "";
	for (text += digits + 1;; text += digits) {
		text = skip_blanks(text);
		digits = strspn(text, "0123456789");
		if (digits == 0 || (text[digits] != ' ' && text[digits] != '\t'))
			return text;
	}
}

static const char *skip_word(const char *text)
{
	return skip_blanks(text + length_of_name(text));
}

/*
 * Skips the chip, its own number, the trigger and the flow, as "IR-IO-APIC 16-fasteoi" and "GICv3
 * 36 Level": show_interrupts() of kernel/irq/proc.c.
 */
static const char *find_handlers(const char *chip)
{
	const char *text = skip_word(chip);

	if (*text >= '0' && *text <= '9')
		text = skip_word(text);
	if (is_name(text, "Level") || is_name(text, "Edge"))
		text = skip_word(text);
	return *text == '-' ? skip_word(text) : text;
}

static size_t count_newlines(const char *text)
{
	size_t count = 0;

	for (; (text = strchr(text, '\n')); text++)
		count++;
	return count;
}

/* An MSI is one function's, and hosts have thousands of them. */
static void note_line(const char *line, const char *chip, struct interrupts *ret)
{
	size_t length = length_of_name(chip);
	const char *msi = strstr(chip, "MSI");

	if (!ret->lines || length == 0 || (msi && msi < chip + length))
		return;
	ret->lines[ret->line_count++] = (struct interrupt_line){.number = strtoul(line, NULL, 10),
								.handlers = find_handlers(chip)};
}

static int compare_lines(const void *left, const void *right)
{
	const struct interrupt_line *a = left, *b = right;

	return (a->number > b->number) - (a->number < b->number);
}

const char *interrupts_handlers(const struct interrupts *interrupts, unsigned long number)
{
	const struct interrupt_line key = {.number = number};

	if (!fact_known(&interrupts->lines_fact))
		return NULL;
	const struct interrupt_line *line =
		interrupts->line_count ? bsearch(&key, interrupts->lines, interrupts->line_count,
						 sizeof(key), compare_lines)
				       : NULL;
	return line ? line->handlers : "";
}

void interrupts_parse(struct arena *arena, const struct fact_text *text, struct interrupts *ret)
{
	*ret = (struct interrupts){.fact = text->fact, .lines_fact = text->fact};
	if (!fact_known(&text->fact))
		return;
	/* A line without its newline was cut short, perhaps within the chip's name. */
	char *line = arena_copy(arena, text->text, text->length);
	ret->lines = arena_array(arena, count_newlines(line) + 1, sizeof(*ret->lines));
	for (char *newline; (newline = strchr(line, '\n')); line = newline + 1) {
		*newline = '\0';
		const char *chip = find_chip(line);
		if (!is_iommu_handler(chip))
			note_chip(arena, chip, ret);
		note_line(line, chip, ret);
	}
	if (ret->line_count)
		qsort(ret->lines, ret->line_count, sizeof(*ret->lines), compare_lines);
}

/* An attribute of an interrupt: /sys/kernel/irq/NUMBER/NAME. */
static struct fact_text read_attribute(struct root *root, struct arena *arena, const char *number,
				       const char *name)
{
	const char *path = arena_printf(arena, SYSFS_INTERRUPTS "/%s/%s", number, name);

	return root_read(root, arena, path, LIMIT_ATTRIBUTE);
}

static bool is_iommu_interrupt(struct root *root, struct arena *arena, const char *number)
{
	struct fact_text actions = read_attribute(root, arena, number, "actions");

	return fact_known(&actions.fact) && is_iommu_handler(actions.text);
}

/* The same chips, a folder an interrupt. Returns the fact of the last that was not to be read. */
static struct fact note_folders(struct root *root, struct arena *arena,
				const struct fact_list *numbers, struct interrupts *ret)
{
	struct fact fact = numbers->fact;

	for (size_t i = 0; i < numbers->count; i++) {
		const char *number = numbers->names[i];
		struct fact_text chip = read_attribute(root, arena, number, "chip_name");
		if (!fact_settled(&chip.fact))
			fact = chip.fact;
		if (!fact_known(&chip.fact))
			continue;
		if (!is_plain(chip.text) || !is_iommu_interrupt(root, arena, number))
			note_chip(arena, chip.text, ret);
	}
	return fact;
}

static void load_from_sysfs(struct root *root, struct arena *arena, struct interrupts *ret)
{
	struct fact_list numbers = root_list(root, arena, SYSFS_INTERRUPTS);

	if (!fact_known(&numbers.fact))
		return;
	struct fact unread = note_folders(root, arena, &numbers, ret);
	ret->fact = ret->remapped_chip || ret->plain_chip ? numbers.fact : unread;
}

void interrupts_load(struct root *root, struct arena *arena, struct interrupts *ret)
{
	struct fact_text text = root_read(root, arena, "/proc/interrupts", LIMIT_FILE);

	interrupts_parse(arena, &text, ret);
	if (!fact_known(&text.fact))
		load_from_sysfs(root, arena, ret);
}
