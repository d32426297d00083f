/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/host.h"

#include <errno.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "host/access/stored_tree.h"
#include "host/base/array.h"
#include "report/audit/audit.h"

/*
 * Memory that was freed is kept away for a while only: fresh pages cost more than an audit. Leaks
 * are the business of unit tests.
 */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=1:thread_local_quarantine_size_kb=64:malloc_context_size=4:"
	       "detect_leaks=0:max_redzone=32";
}

void fuzz_must(bool is, const char *what)
{
	if (is)
		return;
	fprintf(stderr, "not so: %s\n", what);
	abort();
}

void fuzz_host_begin(struct fuzz_host *host)
{
	int content = memfd_create("content", MFD_CLOEXEC);

	/* To index the list of names anew costs many times what an audit does. */
	setenv("PASSCHECK_PCI_IDS", "/dev/null", 1);
	*host = (struct fuzz_host){0};
	fuzz_must(content >= 0 && stored_tree_new(content, &host->tree) == 0, "there is memory");
}

/* What was added is there, and an input may name a path twice. */
static bool added(int result)
{
	fuzz_must(result == 0 || result == -EEXIST, "paths of the fuzzer can be added");
	return result == 0;
}

void fuzz_host_folder(struct fuzz_host *host, const char *path)
{
	added(stored_tree_add_folder(host->tree, path));
}

void fuzz_host_file(struct fuzz_host *host, const char *path, const void *bytes, size_t size)
{
	if (added(stored_tree_add_file(host->tree, path)))
		added(stored_tree_write(host->tree, bytes, size, 0));
}

void fuzz_host_link(struct fuzz_host *host, const char *path, const char *target)
{
	added(stored_tree_add_link(host->tree, path, target));
}

static void expect_json(const char *text, void (*judge)(const cJSON *report, void *context),
			void *context)
{
	cJSON *report = cJSON_Parse(text);

	fuzz_must(report, "a report is JSON");
	if (judge)
		judge(report, context);
	cJSON_Delete(report);
}

static void expect_xml(const char *text, size_t length)
{
	xmlDocPtr document = xmlReadMemory(text, (int)length, NULL, NULL,
					   XML_PARSE_NONET | XML_PARSE_NOERROR |
						   XML_PARSE_NOWARNING | XML_PARSE_HUGE);

	fuzz_must(document, "a document is XML");
	xmlFreeDoc(document);
}

static void write_format(const struct audit *audit, const struct format *format,
			 void (*judge)(const cJSON *report, void *context), void *context)
{
	static const char *const of_xml[] = {"junit", "xccdf"};
	const struct render_options look = {.width = 80, .color = true, .verbose = true};
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	fuzz_must(out, "there is memory");
	fuzz_must(format->render(audit, &look, out) == 0, "an audit can be written");
	fclose(out);
	if (strcmp(format->name, "json") == 0)
		expect_json(text, judge, context);
	if (strcmp(format->name, "summary") == 0)
		expect_json(text, NULL, NULL);
	for (size_t i = 0; i < ARRAY_LENGTH(of_xml); i++) {
		if (strcmp(format->name, of_xml[i]) == 0)
			expect_xml(text, length);
	}
	free(text);
}

void fuzz_host_audit(struct fuzz_host *host, size_t turn,
		     void (*judge)(const cJSON *report, void *context), void *context)
{
	const struct host_options options = {0};
	const struct audit_input input = {.time = "2026-01-01T00:00:00Z"};
	const char *culprit;
	struct audit *audit;

	fuzz_must(stored_tree_end(host->tree) == 0, "there is memory");
	fuzz_must(root_open_stored(host->tree, "", &host->root) == 0, "a tree is a root");
	fuzz_must(host_load(host->root, &options, &host->host) == 0, "a host can be read");
	fuzz_must(audit_build(host->host, &input, &audit, &culprit) == 0, "a host can be audited");
	for (size_t i = 0; i < audit_formats.count; i++) {
		const struct format *format = &audit_formats.formats[i];
		if (strcmp(format->name, "json") == 0 || i == turn % audit_formats.count)
			write_format(audit, format, judge, context);
	}
	audit_free(audit);
}

void fuzz_host_end(struct fuzz_host *host)
{
	host_free(host->host);
	root_close(host->root);
	stored_tree_free(host->tree);
}
