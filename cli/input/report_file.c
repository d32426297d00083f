/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/input/report_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/diagnostic.h"
#include "cli/input/file.h"
#include "cli/input/host_source.h"
#include "report/audit/audit.h"
#include "report/audit/render.h"

static int parse(struct arena *arena, const char *path, const char *bytes, size_t length,
		 struct snapshot *ret)
{
	const char *why = NULL;
	int result = snapshot_parse(arena, bytes, length, ret, &why);

	if (result < 0)
		complain("%s: %s", path, why ? why : strerror(-result));
	return result;
}

/* Writes the report of a host as --format json does. The caller frees it with free(). */
static int print_report(const struct host *host, char **ret, size_t *ret_length)
{
	const struct audit_input wanted = {.time = ""};
	const struct render_options look = {.compact = true};
	const char *culprit;
	struct audit *audit;
	FILE *out;
	int result = audit_build(host, &wanted, &audit, &culprit);

	if (result < 0)
		return result;
	out = open_memstream(ret, ret_length);
	result = out ? audit_render_json(audit, &look, out) : -ENOMEM;
	if (out && fclose(out) && result == 0)
		result = -ENOMEM;
	audit_free(audit);
	return result;
}

static int audit_host(struct arena *arena, const char *path, struct snapshot *ret)
{
	const struct host_options wanted = {0};
	struct host_source host_source;
	char *bytes = NULL;
	size_t length = 0;
	int result = host_source_open(path, &wanted, false, &host_source);

	if (result < 0)
		return result;
	result = print_report(host_source.host, &bytes, &length);
	host_source_close(&host_source);
	if (result < 0)
		complain("%s: %s", path, strerror(-result));
	else
		result = parse(arena, path, bytes, length, ret);
	free(bytes);
	return result;
}

/* A report is JSON. An archive begins with a number of its compression, or is a tar by its header
 * (POSIX, pax, "ustar Interchange Format"), which no text holds: it ends names with NULs. */
static bool is_archive(const char *bytes, size_t length)
{
	static const char *const magics[] = {"\x1f\x8b", "\x28\xb5\x2f\xfd", "\xfd\x37zXZ", "BZh"};
	enum { TAR_MAGIC_OFFSET = 257 };

	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
		size_t size = strlen(magics[i]);
		if (length >= size && memcmp(bytes, magics[i], size) == 0)
			return true;
	}
	return length > TAR_MAGIC_OFFSET + 5 && memcmp(bytes + TAR_MAGIC_OFFSET, "ustar", 5) == 0;
}

static int read_bytes(const char *path, char **ret, size_t *ret_length)
{
	if (strcmp(path, "-") == 0)
		return file_read_fd(STDIN_FILENO, LIMIT_SNAPSHOT, ret, ret_length);
	return file_read_whole(path, LIMIT_SNAPSHOT, ret, ret_length);
}

int report_file_read(struct arena *arena, const char *path, struct snapshot *ret)
{
	struct stat status;
	char *bytes = NULL;
	size_t length = 0;

	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		return audit_host(arena, path, ret);
	int result = read_bytes(path, &bytes, &length);
	if (result < 0) {
		complain("%s: %s", path, strerror(-result));
		return result;
	}
	if (is_archive(bytes, length))
		result = audit_host(arena, path, ret);
	else
		result = parse(arena, path, bytes, length, ret);
	free(bytes);
	return result;
}
