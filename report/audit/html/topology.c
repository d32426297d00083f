/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/audit/html/topology.h"

#include <inttypes.h>
#include <string.h>

#include "host/base/buffer.h"
#include "model/pcie.h"

/* Lengths in pixels. Letters are as wide as the widest of the fonts that browsers choose. */
enum {
	MARGIN = 8,
	ROW = 26,
	REASON = 16, /* more of a row that has a second line */
	BOX = 20,    /* its height */
	INDENT = 22,
	STEM = 9, /* of the line down from a box, from its left edge */
	BASELINE = 14,
	MONO = 8,
	LETTER = 7,
	LANE = 10, /* between lines that join parts of a group */
	LANES = 4,
	GAP = 14,
	PAD = 2, /* of outlines */
	GROUP_COLORS = 5,
	MOST_LETTERS = 110,
};

/* The columns, and what is written in them. */
struct picture {
	struct page *page;
	unsigned *tops; /* of the rows, and of what is behind the last one */
	unsigned box;   /* width */
	unsigned lanes, groups, verdicts, names, width;
	bool has_parts; /* some group is drawn in several outlines */
};

static enum assignable_verdict verdict_of(const struct page *page, const struct layout_row *row)
{
	return assignability_of(&page->audit->model.assignability, row->function)->verdict;
}

/* "0000:00:1c.0", or what a row of ports is about. */
static const char *address_words(struct page *page, const struct layout_row *row)
{
	return row->ports ? arena_printf(page->html.arena, "%s to %s", row->function->name,
					 row->last->name)
			  : row->function->name;
}

/* "blocked", "root-port", "7 empty ports"; and whether there are cautions. */
static const char *verdict_words(struct page *page, const struct layout_row *row)
{
	struct arena *arena = page->html.arena;
	const struct pci_function *function = row->function;
	enum assignable_verdict verdict = verdict_of(page, row);
	const char *type = pcie_type_name(function->pcie_type);
	bool cautions = cautions_of(&page->audit->model.cautions, function) != NULL;
	const char *word;

	if (row->ports)
		return arena_printf(arena, "%zu empty ports", row->ports);
	word = verdict != ASSIGNABLE_NOT_A_CANDIDATE ? assignable_verdict_name(verdict)
	       : pcie_is_bridge(function) && type    ? type
						     : "of the host";
	return cautions ? arena_printf(arena, "%s, caution", word) : word;
}

static const char *group_words(struct page *page, const struct layout_row *row)
{
	struct arena *arena = page->html.arena;
	const struct fact *fact = &row->function->group.fact;

	if (row->ports && row->group == LAYOUT_NO_GROUP)
		return "";
	if (row->group != LAYOUT_NO_GROUP) {
		const struct layout_group *group = &page->layout.groups[row->group];
		if (group->formed)
			return arena_printf(arena, "group %" PRIu32, group->formed->id);
		return arena_printf(arena, "predicted group %zu", group->number);
	}
	if (fact_known(fact))
		return arena_printf(arena, "group %" PRId64, row->function->group.value);
	return fact_absent(fact) ? "no group" : "group not read";
}

static const char *vf_words(struct page *page, const struct layout_row *row)
{
	if (!row->vfs)
		return "";
	return arena_printf(page->html.arena, "%s, %zu assignable · ",
			    counted(page->html.arena, row->vfs, "VF"), row->usable_vfs);
}

/* The name, behind what is to be known of the row first. */
static const char *name_words(struct page *page, const struct layout_row *row)
{
	const struct pci_function *function = row->function;
	const char *driver = fact_known(&function->driver.fact) ? function->driver.text : NULL;

	if (row->ports)
		return page_name(page, function);
	return arena_printf(page->html.arena, "%s%s%s%s", vf_words(page, row),
			    page_name(page, function), driver ? " · " : "", driver ? driver : "");
}

/* Why it brings others into its group. */
static const char *culprit_words(struct page *page, const struct layout_row *row)
{
	return row->culprit ? arena_printf(page->html.arena, "▲ makes the group larger: it %s",
					   row->culprit)
			    : "";
}

static bool same_unit(const struct dma_unit *unit, const struct dma_unit *const *seen, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (seen[i] == unit)
			return true;
	}
	return false;
}

enum { MOST_UNITS = 8 };

/* "behind dmar0, dmar1", of the functions below a host bridge. */
static const char *unit_words(struct page *page, size_t host_bridge)
{
	const struct layout *layout = &page->layout;
	const struct model *model = &page->audit->model;
	const struct dma_unit *seen[MOST_UNITS];
	struct buffer words = {.arena = page->html.arena, .separator = ", "};
	size_t count = 0;

	for (size_t i = host_bridge + 1; i < layout->count && layout->rows[i].function; i++) {
		const struct dma_unit *unit =
			dma_units_match(&model->dma_units, layout->rows[i].function)->unit;
		const char *name = unit ? dma_unit_name(unit) : NULL;
		if (!name || count == MOST_UNITS || same_unit(unit, seen, count))
			continue;
		seen[count++] = unit;
		buffer_item(&words, "%s", name);
	}
	return count ? arena_printf(page->html.arena, "behind %s", buffer_text(&words)) : "";
}

static size_t letters(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

/* The text, cut where it is longer than its column. */
static const char *cut(struct page *page, const char *text)
{
	size_t count = 0;

	for (const char *end = text; *end; end++) {
		if (((unsigned char)*end & 0xc0) != 0x80 && ++count > MOST_LETTERS)
			return arena_printf(page->html.arena, "%.*s…", (int)(end - text), text);
	}
	return text;
}

static unsigned column_width(size_t longest, unsigned letter)
{
	return longest ? (unsigned)longest * letter + GAP : 0;
}

static void longer(size_t *longest, const char *text)
{
	size_t count = letters(text);

	if (count > *longest)
		*longest = count;
}

/* Returns false where memory is short. */
static bool place_rows(struct picture *picture)
{
	const struct layout *layout = &picture->page->layout;
	unsigned top = MARGIN;

	picture->tops =
		arena_array(picture->page->html.arena, layout->count + 1, sizeof(*picture->tops));
	if (!picture->tops)
		return false;
	for (size_t i = 0; i < layout->count; i++) {
		picture->tops[i] = top;
		top += layout->rows[i].culprit ? (unsigned)ROW + (unsigned)REASON : (unsigned)ROW;
	}
	picture->tops[layout->count] = top;
	return true;
}

static void measure(struct picture *picture)
{
	struct page *page = picture->page;
	const struct layout *layout = &page->layout;
	size_t address = 0, group = 0, verdict = 0, name = 0;

	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_row *row = &layout->rows[i];
		if (!row->function)
			continue;
		longer(&address, row->function->name);
		longer(&group, group_words(page, row));
		longer(&verdict, verdict_words(page, row));
		longer(&name, cut(page, name_words(page, row)));
		longer(&name, culprit_words(page, row));
		picture->has_parts |=
			row->group != LAYOUT_NO_GROUP && layout->groups[row->group].runs > 1;
	}
	picture->box = (unsigned)(address + 3) * MONO;
	picture->lanes = MARGIN + layout->depth * INDENT + picture->box + GAP;
	picture->groups = picture->lanes + (picture->has_parts ? LANE * LANES : 0);
	picture->verdicts = picture->groups + column_width(group, MONO);
	picture->names = picture->verdicts + column_width(verdict, LETTER);
	picture->width = picture->names + column_width(name, LETTER);
}

static unsigned top_of(const struct picture *picture, size_t row)
{
	return picture->tops[row];
}

static unsigned left_of(const struct layout_row *row)
{
	return MARGIN + row->depth * INDENT;
}

static void write_cell(struct picture *picture, const char *class, unsigned x, size_t row,
		       const char *text)
{
	struct html *html = &picture->page->html;

	if (!*text)
		return;
	html_start(html, "text", class);
	html_attribute(html, "x", "%u", x);
	html_attribute(html, "y", "%u", top_of(picture, row) + BASELINE);
	html_text(html, text);
	html_end(html);
}

/* The line from the row above in the tree. */
static void write_branch(struct picture *picture, size_t index)
{
	struct html *html = &picture->page->html;
	const struct layout_row *row = &picture->page->layout.rows[index];
	const struct layout_row *parent = &picture->page->layout.rows[row->parent];

	html_start(html, "path", "branch");
	html_attribute(html, "d", "M%u %uV%uH%u", left_of(parent) + STEM,
		       top_of(picture, row->parent) + BOX, top_of(picture, index) + BOX / 2,
		       left_of(row));
	html_end(html);
}

static const char *group_class(struct page *page, const struct layout_row *row, const char *class)
{
	if (row->group == LAYOUT_NO_GROUP)
		return "dim";
	return arena_printf(page->html.arena, "%s g%zu", class,
			    page->layout.groups[row->group].number % GROUP_COLORS);
}

/* A frame around the rows from first up to last, which are of one group. */
static void write_outline(struct picture *picture, size_t first, size_t last)
{
	struct html *html = &picture->page->html;
	const struct layout_row *rows = picture->page->layout.rows;
	unsigned left = left_of(&rows[first]), right = left;

	for (size_t i = first; i <= last; i++) {
		unsigned start = left_of(&rows[i]);
		left = start < left ? start : left;
		right = start > right ? start : right;
	}
	html_start(html, "rect", group_class(picture->page, &rows[first], "outline"));
	html_attribute(html, "x", "%u", left - PAD);
	html_attribute(html, "y", "%u", top_of(picture, first) - PAD);
	html_attribute(html, "width", "%u", right - left + picture->box + 2 * PAD);
	html_attribute(html, "height", "%u",
		       top_of(picture, last) - top_of(picture, first) + BOX + 2 * PAD);
	html_attribute(html, "rx", "4");
	html_end(html);
}

static unsigned lane_of(const struct picture *picture, const struct layout_group *group)
{
	return picture->lanes + (unsigned)(group->number % LANES) * LANE;
}

/* The line that joins an outline to the one before it of the same group. */
static void write_join(struct picture *picture, size_t before, size_t row)
{
	struct html *html = &picture->page->html;
	const struct layout_row *rows = picture->page->layout.rows;
	const struct layout_group *group = &picture->page->layout.groups[rows[row].group];

	html_start(html, "path", group_class(picture->page, &rows[row], "join"));
	html_attribute(html, "d", "M%u %uH%uV%uH%u", left_of(&rows[before]) + picture->box + PAD,
		       top_of(picture, before) + BOX / 2, lane_of(picture, group),
		       top_of(picture, row) + BOX / 2, left_of(&rows[row]) + picture->box + PAD);
	html_end(html);
}

static void write_outlines(struct picture *picture)
{
	const struct layout *layout = &picture->page->layout;
	struct arena *arena = picture->page->html.arena;
	/* By group: one more than the last row that was drawn. */
	size_t *drawn = arena_array(arena,
				    picture->page->audit->model.host->pci.count +
					    picture->page->audit->model.host->groups.count + 1,
				    sizeof(*drawn));

	for (size_t first = 0, last; drawn && first < layout->count; first = last + 1) {
		size_t group = layout->rows[first].group;
		last = first;
		if (group == LAYOUT_NO_GROUP)
			continue;
		while (last + 1 < layout->count && layout->rows[last + 1].group == group)
			last++;
		write_outline(picture, first, last);
		if (drawn[group])
			write_join(picture, drawn[group] - 1, first);
		drawn[group] = last + 1;
	}
}

static void write_box(struct picture *picture, size_t index)
{
	struct page *page = picture->page;
	struct html *html = &page->html;
	const struct layout_row *row = &page->layout.rows[index];
	enum assignable_verdict verdict = verdict_of(page, row);

	html_start(html, "a", assignable_verdict_name(verdict));
	html_attribute(html, "href", "#%s", row->function->name);
	html_element(html, "title", NULL,
		     arena_printf(html->arena, "%s %s", address_words(page, row),
				  name_words(page, row)));
	html_start(html, "rect", "box");
	html_attribute(html, "x", "%u", left_of(row));
	html_attribute(html, "y", "%u", top_of(picture, index));
	html_attribute(html, "width", "%u", picture->box);
	html_attribute(html, "height", "%u", (unsigned)BOX);
	html_attribute(html, "rx", "3");
	html_end(html);
	write_cell(picture, "mono", left_of(row) + 6, index,
		   arena_printf(html->arena, "%s %s", page_glyph(verdict), row->function->name));
	html_end(html);
}

static void write_name(struct picture *picture, size_t index)
{
	struct page *page = picture->page;
	struct html *html = &page->html;
	const struct layout_row *row = &page->layout.rows[index];

	write_cell(picture, NULL, picture->names, index, cut(page, name_words(page, row)));
	if (!row->culprit)
		return;
	html_start(html, "text", "culprit");
	html_attribute(html, "x", "%u", picture->names);
	html_attribute(html, "y", "%u", top_of(picture, index) + BASELINE + REASON);
	html_text(html, culprit_words(page, row));
	html_end(html);
}

static void write_row(struct picture *picture, size_t index)
{
	struct page *page = picture->page;
	const struct layout_row *row = &page->layout.rows[index];

	if (!row->function) {
		const char *name = row->host_bridge ? row->host_bridge : "place not read";
		write_cell(picture, "bridge", MARGIN, index,
			   arena_printf(page->html.arena, "%s %s", name, unit_words(page, index)));
		return;
	}
	write_box(picture, index);
	write_cell(picture, group_class(page, row, "group"), picture->groups, index,
		   group_words(page, row));
	write_cell(picture, assignable_verdict_name(verdict_of(page, row)), picture->verdicts,
		   index, verdict_words(page, row));
	write_name(picture, index);
	html_newline(&page->html);
}

static void write_picture(struct picture *picture)
{
	struct page *page = picture->page;
	struct html *html = &page->html;
	const struct layout *layout = &page->layout;
	unsigned height = top_of(picture, layout->count) + MARGIN;

	html_start(html, "div", "picture");
	html_start(html, "svg", NULL);
	html_attribute(html, "width", "%u", picture->width);
	html_attribute(html, "height", "%u", height);
	html_attribute(html, "viewBox", "0 0 %u %u", picture->width, height);
	html_attribute(html, "role", "group");
	html_attribute(html, "aria-labelledby", "picture-title");
	html_start(html, "title", NULL);
	html_attribute(html, "id", "picture-title");
	html_format(html, "Tree of %s, with %s of several functions",
		    counted(html->arena, layout->count, "row"),
		    counted(html->arena, layout->group_count, "IOMMU group"));
	html_end(html);
	write_outlines(picture);
	for (size_t i = 0; i < layout->count; i++) {
		if (layout->rows[i].function)
			write_branch(picture, i);
	}
	html_newline(html);
	for (size_t i = 0; i < layout->count; i++)
		write_row(picture, i);
	html_end(html);
	html_end(html);
	html_newline(html);
}

static void write_item(struct page *page, const struct layout_row *row, size_t index)
{
	struct html *html = &page->html;

	if (!row->function) {
		html_format(html, "%s %s", row->host_bridge ? row->host_bridge : "place not read",
			    unit_words(page, index));
		return;
	}
	html_start(html, "b", "v");
	html_text(html, verdict_words(page, row));
	html_end(html);
	html_text(html, " ");
	html_link(html, row->function->name, address_words(page, row));
	html_text(html, " ");
	if (*group_words(page, row))
		html_element(html, "span", group_class(page, row, "group"), group_words(page, row));
	html_format(html, " %s ", name_words(page, row));
	if (row->culprit)
		html_element(html, "span", "culprit", culprit_words(page, row));
}

/* The same as lists within lists. */
static void write_tree(struct page *page)
{
	const struct layout *layout = &page->layout;
	struct html *html = &page->html;
	unsigned depth = 0;

	html_start(html, "ul", "tree");
	for (size_t i = 0; i < layout->count; i++) {
		const struct layout_row *row = &layout->rows[i];
		if (i && row->depth > depth)
			html_start(html, "ul", NULL);
		else if (i)
			html_end(html);
		for (; depth > row->depth; depth--) {
			html_end(html);
			html_end(html);
		}
		depth = row->depth;
		html_start(html, "li",
			   row->function ? assignable_verdict_name(verdict_of(page, row)) : NULL);
		write_item(page, row, i);
		html_newline(html);
	}
	for (; layout->count && depth > 0; depth--) {
		html_end(html);
		html_end(html);
	}
	if (layout->count)
		html_end(html);
	html_end(html);
	html_newline(html);
}

static void write_legend(struct page *page)
{
	static const char *const says =
		"A dashed frame holds the functions of one IOMMU group: a guest gets all of them, "
		"or one while the others leave their drivers.";

	if (page->layout.group_count)
		html_element(&page->html, "p", NULL, says);
}

void page_topology(struct page *page)
{
	struct picture picture = {.page = page};
	struct html *html = &page->html;

	html_section(&page->html, "topology", "Topology");
	if (!page->layout.count) {
		html_element(html, "p", NULL, "There are no PCI functions, or none were read.");
	} else {
		write_legend(page);
		if (place_rows(&picture)) {
			measure(&picture);
			write_picture(&picture);
		}
		html_start(html, "details", "as-text");
		html_element(html, "summary", NULL, "The tree as text");
		write_tree(page);
		html_end(html);
	}
	html_end(html);
	html_newline(html);
}
