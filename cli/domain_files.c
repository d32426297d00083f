/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/domain_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/diagnostic.h"

/* Reads at most one byte more than a document may have, so that a longer one is seen as such. */
static int read_all(int fd, char *bytes, size_t size, size_t *ret_length)
{
	size_t length = 0;

	while (length < size) {
		ssize_t result = read(fd, bytes + length, size - length);
		if (result < 0 && errno == EINTR)
			continue;
		if (result < 0)
			return -errno;
		if (result == 0)
			break;
		length += (size_t)result;
	}
	*ret_length = length;
	return 0;
}

static int take_document(struct domain_files *files, const struct domain_document *document)
{
	if (document->kind == DOMAIN_DOCUMENT_NETWORK) {
		struct domain_network *networks =
			arena_grow(files->arena, files->networks, files->network_count,
				   &files->network_capacity, sizeof(*networks));
		if (!networks)
			return -ENOMEM;
		networks[files->network_count++] = document->network;
		files->networks = networks;
		return 0;
	}
	struct domain *domains = arena_grow(files->arena, files->domains, files->domain_count,
					    &files->domain_capacity, sizeof(*domains));
	if (!domains)
		return -ENOMEM;
	domains[files->domain_count++] = document->domain;
	files->domains = domains;
	return 0;
}

static int parse(struct domain_files *files, const char *path, const char *bytes, size_t length)
{
	struct domain_document document;
	const char *why = NULL;
	int result = domain_xml_parse(files->arena, bytes, length, &document, &why);

	if (result == 0)
		result = take_document(files, &document);
	if (result < 0)
		complain("%s: %s", path, why ? why : strerror(-result));
	return result;
}

static int read_fd(struct domain_files *files, const char *path, int fd)
{
	enum { SIZE = LIMIT_DOMAIN_XML + 1 };
	char *bytes = malloc(SIZE);
	size_t length = 0;
	int result = bytes ? read_all(fd, bytes, SIZE, &length) : -ENOMEM;

	if (result < 0)
		complain("%s: %s", path, strerror(-result));
	else
		result = parse(files, path, bytes, length);
	free(bytes);
	return result;
}

static int read_file(struct domain_files *files, const char *path)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 || fstat(fd, &status)) {
		int error = errno;
		complain("%s: %s", path, strerror(error));
		if (fd >= 0)
			close(fd);
		return -error;
	}
	int result = read_fd(files, path, fd);
	close(fd);
	return result;
}

static int is_xml(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && strcmp(dot, ".xml") == 0 && entry->d_type != DT_DIR;
}

static int read_entries(struct domain_files *files, const char *path, struct dirent **entries,
			int count)
{
	int result = 0;

	if (count > LIMIT_DOMAIN_FILES) {
		complain("%s: more than %d files", path, LIMIT_DOMAIN_FILES);
		return -EFBIG;
	}
	for (int i = 0; result == 0 && i < count; i++)
		result = read_file(files,
				   arena_printf(files->arena, "%s/%s", path, entries[i]->d_name));
	return result;
}

static int read_folder(struct domain_files *files, const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_xml, alphasort);

	if (count < 0) {
		int error = errno;
		complain("%s: %s", path, strerror(error));
		return -error;
	}
	int result = read_entries(files, path, entries, count);
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
	if (result == 0 && count == 0) {
		complain("%s: holds no *.xml file", path);
		return -ENOENT;
	}
	return result;
}

int domain_files_read(struct domain_files *files, const char *path)
{
	struct stat status;

	if (strcmp(path, "-") == 0)
		return read_fd(files, "standard input", STDIN_FILENO);
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		return read_folder(files, path);
	return read_file(files, path);
}
