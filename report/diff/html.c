/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "report/diff/diff.h"
#include "report/diff/render.h"
#include "report/write/html_tree.h"

/* More is not shown as deeper. PCI has no more buses than 256. */
enum { MOST_DEPTH = 256 };

/* Words of the page's style, and those that stand with the mark. */
struct look {
	const char *class;
	const char *word;
};

static const struct look looks[] = {
	[CHANGE_NONE] = {"not-applicable", "neutral"},
	[CHANGE_BETTER] = {"ready", "better"},
	[CHANGE_UNKNOWN] = {"undetermined", "unknown now"},
	[CHANGE_WORSE] = {"not-ready", "worse"},
};

ASSERT_COVERS(looks, CHANGE_COUNT);

/* A page on its way out. */
struct page {
	struct html html;
	const struct diff *diff;
	const char **changed; /* subjects of the changes, sorted */
};

static void sort_subjects(struct page *page)
{
	const struct diff *diff = page->diff;

	page->changed = arena_array(diff->arena, diff->count + 1, sizeof(*page->changed));
	for (size_t i = 0; page->changed && i < diff->count; i++)
		page->changed[i] = diff->changes[i].subject;
	if (page->changed && diff->count)
		qsort(page->changed, diff->count, sizeof(*page->changed), compare_strings);
}

static bool is_changed(const struct page *page, const char *address)
{
	return page->diff->count && bsearch(&address, page->changed, page->diff->count,
					    sizeof(*page->changed), compare_strings);
}

static void write_chips(struct page *page)
{
	struct html *html = &page->html;
	size_t counts[CHANGE_COUNT] = {0};

	for (size_t i = 0; i < page->diff->count; i++)
		counts[page->diff->changes[i].effect]++;
	html_start(html, "ul", "chips");
	html_attribute(html, "aria-label", "Changes");
	for (size_t i = CHANGE_COUNT; i-- > 0;) {
		if (!counts[i])
			continue;
		html_start(html, "li", looks[i].class);
		html_element(html, "b", "v", arena_printf(html->arena, "%zu", counts[i]));
		html_format(html, " %s", looks[i].word);
		html_end(html);
	}
	html_end(html);
	html_newline(html);
}

/* "not-ready" of a report as people say it. */
static const char *spoken(const char *verdict)
{
	return strcmp(verdict, "not-ready") == 0 ? "not ready" : verdict;
}

static const char *verdict_words(struct arena *arena, const struct diff *diff)
{
	const char *was = spoken(diff->old_one->verdict), *is = spoken(diff->new_one->verdict);

	if (strcmp(was, is) == 0)
		return arena_printf(arena, "The host is %s, as before.", is);
	return arena_printf(arena, "The host was %s and is now %s.", was, is);
}

static void write_header(struct page *page)
{
	const struct diff *diff = page->diff;
	struct html *html = &page->html;

	html_start(html, "header", NULL);
	html_element(html, "p", "subject",
		     *diff->new_one->hostname ? diff->new_one->hostname : diff->new_one->product);
	html_start(html, "h1", arena_printf(html->arena, "v %s", looks[diff->effect].class));
	html_text(html, diff_headline(diff->effect));
	html_end(html);
	html_start(html, "p", "lead");
	html_text(html, verdict_words(html->arena, diff));
	if (diff->machines_differ)
		html_format(html, " These may be two different machines: %s.",
			    diff->machines_differ);
	html_end(html);
	write_chips(page);
	html_end(html);
	html_newline(html);
}

static void write_changes(struct page *page)
{
	struct html *html = &page->html;

	html_section(html, "changes", "What changed");
	html_start(html, "ul", "plain");
	for (size_t i = 0; i < page->diff->count; i++) {
		const struct change *change = &page->diff->changes[i];
		html_start(html, "li", looks[change->effect].class);
		html_element(html, "b", "v", looks[change->effect].word);
		html_format(html, " %s: %s ", change->subject, change->summary);
		html_element(html, "code", "dim", change->kind);
		html_end(html);
		html_newline(html);
	}
	html_end(html);
	if (!page->diff->count)
		html_element(html, "p", NULL, "Nothing did.");
	html_end(html);
	html_newline(html);
}

/* The functions of a snapshot by what is above them; those on a root bus are of the index behind
 * the last function. */
struct tree {
	struct page *page;
	const struct snapshot *snapshot;
	struct children children;
	bool *shown;
	bool old;
	size_t left_out; /* VFs that did not change */
};

static bool build_tree(struct arena *arena, struct tree *tree)
{
	const struct snapshot *snapshot = tree->snapshot;
	size_t count = snapshot->function_count;

	tree->shown = arena_array(arena, count + 1, sizeof(*tree->shown));
	if (!tree->shown || !children_begin(arena, count + 1, count, &tree->children))
		return false;
	for (size_t i = count; i-- > 0;) {
		const struct snapshot_function *parent =
			snapshot_find(snapshot, snapshot->functions[i].parent);
		children_prepend(&tree->children,
				 parent ? (size_t)(parent - snapshot->functions) : count, i);
	}
	return true;
}

/* "gone", "new", "changed", or NULL. */
static const char *mark_of(const struct tree *tree, const struct snapshot_function *function)
{
	if (!function->other_one)
		return tree->old ? "gone" : "new";
	const char *subject = tree->old ? function->other_one->address : function->address;

	return is_changed(tree->page, subject) ? "changed" : NULL;
}

static void write_function(struct page *page, const struct snapshot_function *function,
			   const char *mark)
{
	struct html *html = &page->html;
	bool stays = strcmp(function->assignable, "not-a-candidate") == 0;

	html_start(html, "li", function->assignable);
	html_element(html, "code", NULL, function->address);
	html_text(html, " ");
	html_element(html, "b", "v", stays ? "of the host" : function->assignable);
	html_format(html, " %s", function->name);
	if (mark) {
		html_text(html, " ");
		html_element(html, "span", "caution", mark);
	}
}

/* Each is written once, whatever the report says of parents. */
static bool begin_function(void *context, size_t index)
{
	struct tree *tree = context;
	const struct snapshot_function *function = &tree->snapshot->functions[index];

	if (tree->shown[index])
		return false;
	tree->shown[index] = true;
	const char *mark = mark_of(tree, function);
	if (function->is_vf && !mark) {
		tree->left_out++;
		return false;
	}
	write_function(tree->page, function, mark);
	return true;
}

/* Writes what stands on root buses with all that is below it, and then what a report has in a
 * circle. */
static void write_functions(struct tree *tree)
{
	const struct html_tree html_tree = {
		.html = &tree->page->html,
		.children = &tree->children,
		.most_depth = MOST_DEPTH,
		.begin = begin_function,
		.context = tree,
	};

	html_tree_items(&html_tree, tree->snapshot->function_count);
	for (size_t i = 0; i < tree->snapshot->function_count; i++)
		html_tree_item(&html_tree, i);
}

static void write_tree(struct page *page, const struct snapshot *snapshot, bool old)
{
	struct html *html = &page->html;
	struct tree tree = {.page = page, .snapshot = snapshot, .old = old};

	html_start(html, "div", NULL);
	html_element(html, "h3", NULL, old ? "Before" : "Now");
	html_start(html, "ul", "tree");
	if (build_tree(html->arena, &tree))
		write_functions(&tree);
	html_end(html);
	if (tree.left_out)
		html_format(html, "%s not shown.",
			    counted_as(html->arena, tree.left_out, "VF that did not change is",
				       "VFs that did not change are"));
	html_end(html);
	html_newline(html);
}

int diff_render_html(const void *document, const struct render_options *options, FILE *out)
{
	const struct diff *diff = document;
	struct page page = {.diff = diff};
	struct html *html = &page.html;

	(void)options;
	sort_subjects(&page);
	if (arena_failed(diff->arena))
		return -ENOMEM;
	html_open(html, diff->arena,
		  arena_printf(diff->arena, "%s · passcheck", diff_headline(diff->effect)), out);
	write_header(&page);
	html_start(html, "main", NULL);
	write_changes(&page);
	html_section(html, "functions", "Functions");
	html_start(html, "div", "sides");
	write_tree(&page, diff->old_one, true);
	write_tree(&page, diff->new_one, false);
	html_end(html);
	html_end(html);
	html_end(html);
	int closed = html_close(html);
	return arena_failed(diff->arena) ? -ENOMEM : closed;
}
