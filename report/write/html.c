/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/html.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "report/write/page/assets.h"
#include "report/write/words.h"

void html_start(struct html *html, const char *element, const char *class)
{
	xml_start(&html->xml, element);
	if (class)
		html_attribute(html, "class", "%s", class);
}

void html_end(struct html *html)
{
	xml_end_with_tag(&html->xml);
}

void html_end_void(struct html *html)
{
	xml_end(&html->xml);
}

void html_attribute(struct html *html, const char *name, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	const char *value = arena_vprintf(html->arena, format, arguments);
	va_end(arguments);
	xml_attribute(&html->xml, name, words_printable(html->arena, value));
}

void html_text(struct html *html, const char *text)
{
	xml_text(&html->xml, words_printable(html->arena, text));
}

void html_format(struct html *html, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	html_text(html, arena_vprintf(html->arena, format, arguments));
	va_end(arguments);
}

void html_element(struct html *html, const char *element, const char *class, const char *text)
{
	html_start(html, element, class);
	html_text(html, text);
	html_end(html);
}

void html_link(struct html *html, const char *id, const char *text)
{
	html_start(html, "a", NULL);
	html_attribute(html, "href", "#%s", id);
	html_text(html, text);
	html_end(html);
}

void html_section(struct html *html, const char *id, const char *heading)
{
	html_start(html, "section", NULL);
	html_attribute(html, "id", "%s", id);
	html_attribute(html, "aria-labelledby", "%s-heading", id);
	html_start(html, "h2", NULL);
	html_attribute(html, "id", "%s-heading", id);
	html_text(html, heading);
	html_end(html);
	html_newline(html);
}

/* Text of several lines stays lines in <pre>. */
static void write_lines(struct html *html, const char *text)
{
	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		html_text(html, arena_copy(html->arena, text, (size_t)(end - text)));
		html_newline(html);
	}
	html_text(html, text);
}

void html_copy(struct html *html, const char *text)
{
	html_start(html, "pre", NULL);
	write_lines(html, text);
	html_end(html);
}

void html_remedy(struct html *html, const char *remedy)
{
	html_start(html, "p", "remedy");
	html_element(html, "b", NULL, "What to do: ");
	html_text(html, remedy);
	html_end(html);
}

void html_finding(struct html *html, const char *class, bool open, const char *label,
		  const char *what)
{
	html_start(html, "details", arena_printf(html->arena, "finding %s", class));
	if (open)
		html_attribute(html, "open", "open");
	html_start(html, "summary", NULL);
	html_element(html, "b", arena_printf(html->arena, "v %s", class), label);
	html_text(html, " ");
	html_element(html, "span", "what", what);
	html_end(html);
}

void html_newline(struct html *html)
{
	xml_raw(&html->xml, "\n");
}

static void write_meta(struct html *html, const char *name, const char *content)
{
	html_start(html, "meta", NULL);
	html_attribute(html, "name", "%s", name);
	html_attribute(html, "content", "%s", content);
	html_end_void(html);
	html_newline(html);
}

static void write_policy(struct html *html)
{
	html_start(html, "meta", NULL);
	html_attribute(html, "http-equiv", "Content-Security-Policy");
	html_attribute(html, "content",
		       "default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; "
		       "base-uri 'none'; form-action 'none'",
		       page_css_hash, page_js_hash);
	html_end_void(html);
	html_newline(html);
}

static void write_asset(struct html *html, const char *element, const char *text)
{
	html_start(html, element, NULL);
	xml_raw(&html->xml, text);
	html_end(html);
	html_newline(html);
}

static void write_head(struct html *html, const char *title)
{
	html_start(html, "head", NULL);
	html_newline(html);
	html_start(html, "meta", NULL);
	html_attribute(html, "charset", "utf-8");
	html_end_void(html);
	html_newline(html);
	write_policy(html);
	write_meta(html, "viewport", "width=device-width, initial-scale=1");
	write_meta(html, "color-scheme", "light dark");
	write_meta(html, "generator", "passcheck " PASSCHECK_VERSION);
	html_element(html, "title", NULL, title);
	html_newline(html);
	write_asset(html, "style", page_css);
	html_end(html);
	html_newline(html);
}

void html_open(struct html *html, struct arena *arena, const char *title, FILE *out)
{
	*html = (struct html){.arena = arena};
	xml_open(&html->xml, out, NULL, '"');
	/* An XML declaration would be a comment to HTML. */
	xml_raw(&html->xml, "<!DOCTYPE html>\n");
	html_start(html, "html", NULL);
	html_attribute(html, "lang", "en");
	html_newline(html);
	write_head(html, title);
	html_start(html, "body", NULL);
	html_newline(html);
}

int html_close(struct html *html)
{
	write_asset(html, "script", page_js);
	html_end(html);
	html_newline(html);
	html_end(html);
	int result = xml_close(&html->xml);
	return html->failed ? -ENOMEM : result;
}
