/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_HTML_H
#define PASSCHECK_REPORT_WRITE_HTML_H

#include <stdbool.h>
#include <stdio.h>

#include "host/base/arena.h"
#include "report/write/xml.h"

/*
 * A page of HTML on its way out, well-formed as XML. All text and every attribute goes through the
 * writer, which escapes markup; control characters and those that reorder text become escapes
 * (report/write/words.h). Short memory marks the page: whoever writes it asks once, html_close().
 */
struct html {
	struct xml xml;
	struct arena *arena; /* of text that is made while writing */
	bool failed;
};

/*
 * Begins a page on out, which stays open: its head, with a policy that allows the page's own style
 * and script and nothing else (Content Security Policy Level 3, section 8.4), and its body.
 */
void html_open(struct html *html, struct arena *arena, const char *title, FILE *out);

/* Ends the page with its script, and frees what it took. Returns 0, or as xml_close()
 * does. */
int html_close(struct html *html);

/* Begin and end an element. class: words for the page's style, NULL for none. */
void html_start(struct html *html, const char *element, const char *class);
void html_end(struct html *html);

/* Ends an element that HTML writes without an end, as <input>. */
void html_end_void(struct html *html);

/* Adds an attribute to the element begun last. */
void html_attribute(struct html *html, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

void html_text(struct html *html, const char *text);
void html_format(struct html *html, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes an element that holds text alone. */
void html_element(struct html *html, const char *element, const char *class, const char *text);

/* Writes a link to the element of this page with that id. */
void html_link(struct html *html, const char *id, const char *text);

/* Begins a section of that id with its heading, which names it; ended with html_end(). */
void html_section(struct html *html, const char *id, const char *heading);

/* Writes a command or document, of one line or more, to copy. */
void html_copy(struct html *html, const char *text);

/* Writes what to do. */
void html_remedy(struct html *html, const char *remedy);

/* Begins a finding that can be folded, with what is seen while it is; ended with html_end(). class
 * is a word of the page's style, that of the label, too. */
void html_finding(struct html *html, const char *class, bool open, const char *label,
		  const char *what);

/* Breaks the line between elements. */
void html_newline(struct html *html);

#endif
