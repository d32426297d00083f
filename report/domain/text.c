/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "report/domain/domain_report.h"
#include "report/domain/render.h"
#include "report/findings/text.h"
#include "report/write/table.h"

enum column {
	COLUMN_DOMAIN,
	COLUMN_HOST,
	COLUMN_VERDICT,
	COLUMN_GUEST,
	COLUMN_ALIAS,
	COLUMN_COUNT,
};

static const struct table_column columns[COLUMN_COUNT] = {
	[COLUMN_DOMAIN] = {.heading = "DOMAIN"},   [COLUMN_HOST] = {.heading = "HOST"},
	[COLUMN_VERDICT] = {.heading = "VERDICT"}, [COLUMN_GUEST] = {.heading = "GUEST"},
	[COLUMN_ALIAS] = {.heading = "ALIAS"},
};

static void show_verdict(struct text *text, const struct domain_report *report)
{
	const struct domain_map *map = &report->map;
	struct text_verdict verdict = text_verdict(report->judged.verdict);

	text_paragraph(text, 0, verdict.color, "Domains: %zu, %s%s", map->domain_count,
		       verdict.words, text_counts(text, &report->judged.host_counts));
	text_paragraph(text, 0, TEXT_PLAIN, "Functions that they use: %zu", map->use_count);
}

/* "-" says that the guest does not see the device, "*" that its address is open. */
static const char *guest_cell(struct text *text, const struct domain_device *device)
{
	char address[PCI_ADDRESS_SIZE];

	switch (device->place) {
	case DOMAIN_PLACE_PCI:
		pci_address_format(&device->guest, address);
		return arena_printf(text->arena, "%s", address);
	case DOMAIN_PLACE_ANY:
		return "*";
	case DOMAIN_PLACE_UNASSIGNED:
	case DOMAIN_PLACE_OTHER:
		return "-";
	}
	return "-";
}

static int add_line(struct text *text, struct libscols_table *table, const struct domain *domain,
		    const struct domain_device *device, const char *host, const char *verdict)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	const char *cells[COLUMN_COUNT] = {
		[COLUMN_DOMAIN] = domain->name,
		[COLUMN_HOST] = host,
		[COLUMN_VERDICT] = verdict,
		[COLUMN_GUEST] = guest_cell(text, device),
		[COLUMN_ALIAS] = device->alias ? device->alias : "-",
	};

	if (!line)
		return -ENOMEM;
	return table_fill(text, line, cells, COLUMN_COUNT);
}

static int fill_table(struct text *text, const struct domain_map *map, struct libscols_table *table)
{
	int result = 0;

	for (size_t i = 0; result == 0 && i < map->use_count; i++) {
		const struct domain_use *use = &map->uses[i];
		const char *verdict = use->assignable
					      ? assignable_verdict_name(use->assignable->verdict)
					      : "missing";
		result = add_line(text, table, use->domain, use->device, use->address, verdict);
	}
	for (size_t i = 0; result == 0 && i < map->network_use_count; i++) {
		const struct domain_network_use *use = &map->network_uses[i];
		result = add_line(text, table, use->domain, use->device,
				  arena_printf(text->arena, "network %s", use->network->name), "-");
	}
	for (size_t i = 0; result == 0 && i < map->other_count; i++) {
		const struct domain_device *device = map->others[i].device;
		const char *what =
			device->kind == DOMAIN_DEVICE_NETWORK
				? arena_printf(text->arena, "network %s",
					       device->network ? device->network : "?")
				: arena_printf(text->arena, "%s of line %u",
					       domain_device_word(text->arena,
								  map->others[i].domain, device),
					       device->line);
		result = add_line(text, table, map->others[i].domain, device, what, "not judged");
	}
	return result;
}

static bool is_open(const struct domain_device *device)
{
	return device->place == DOMAIN_PLACE_ANY;
}

/* Whether the table has an address that is open. */
static bool has_open(const struct domain_map *map)
{
	bool found = false;

	for (size_t i = 0; i < map->use_count; i++)
		found |= is_open(map->uses[i].device);
	for (size_t i = 0; i < map->network_use_count; i++)
		found |= is_open(map->network_uses[i].device);
	for (size_t i = 0; i < map->other_count; i++)
		found |= is_open(map->others[i].device);
	return found;
}

static int show_map(struct text *text, const struct domain_map *map)
{
	struct libscols_table *table;
	int result;

	if (text->options->quiet || !(map->use_count + map->network_use_count + map->other_count))
		return 0;
	text_heading(text, "Functions of domains");
	table = table_new(text, columns, COLUMN_COUNT);
	result = table ? fill_table(text, map, table) : -ENOMEM;
	if (result == 0)
		result = table_print(text, table);
	scols_unref_table(table);
	if (has_open(map))
		text_paragraph(text, 0, TEXT_DIM, "*: no address is given, so one is chosen");
	return result < 0 ? result : 0;
}

int domain_render_text(const void *domain_report, const struct render_options *options, FILE *out)
{
	const struct domain_report *report = domain_report;
	struct text text = {.options = options, .arena = report->arena, .out = out};

	show_verdict(&text, report);
	int result = text_findings(&text, &report->judged, NULL);
	if (result == 0)
		result = show_map(&text, &report->map);
	return arena_failed(report->arena) ? -ENOMEM : result;
}
