/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/input/domain_files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/diagnostic.h"
#include "cli/input/file.h"
#include "guest/read/guest_text.h"
#include "host/base/affix.h"
#include "host/base/array.h"

static int take_network(struct domain_files *files, const struct domain_network *network)
{
	struct domain_network *networks =
		arena_grow(files->arena, files->networks, files->network_count,
			   &files->network_capacity, sizeof(*networks));

	if (!networks)
		return -ENOMEM;
	networks[files->network_count++] = *network;
	files->networks = networks;
	return 0;
}

static int take_pool(struct domain_files *files, const struct domain_pool *pool)
{
	if (files->pool_count == LIMIT_DOMAIN_POOLS) {
		complain("more than %d mappings", LIMIT_DOMAIN_POOLS);
		return -EFBIG;
	}
	struct domain_pool *pools = arena_grow(files->arena, files->pools, files->pool_count,
					       &files->pool_capacity, sizeof(*pools));

	if (!pools)
		return -ENOMEM;
	pools[files->pool_count++] = *pool;
	files->pools = pools;
	return 0;
}

static int take_domain(struct domain_files *files, const struct domain *domain)
{
	struct domain *domains = arena_grow(files->arena, files->domains, files->domain_count,
					    &files->domain_capacity, sizeof(*domains));

	if (!domains)
		return -ENOMEM;
	domains[files->domain_count++] = *domain;
	files->domains = domains;
	return 0;
}

/* What devices for a guest that is not named yet are called by: their file, without its suffix. */
static const char *file_stem(struct domain_files *files, const char *path)
{
	const char *name = last_part(path);
	const char *dot = strrchr(name, '.');

	return arena_copy(files->arena, name,
			  dot && dot > name ? (size_t)(dot - name) : strlen(name));
}

static int take_document(struct domain_files *files, const char *path,
			 struct domain_document *document)
{
	switch (document->kind) {
	case DOMAIN_DOCUMENT_NETWORK:
		return take_network(files, &document->network);
	case DOMAIN_DOCUMENT_DEVICES:
		document->domain.name = file_stem(files, path);
		return take_domain(files, &document->domain);
	case DOMAIN_DOCUMENT_DOMAIN:
		return take_domain(files, &document->domain);
	case DOMAIN_DOCUMENT_POOL:
		return take_pool(files, &document->pool);
	case DOMAIN_DOCUMENT_OTHER:
		break;
	}
	return 0;
}

/* XML begins with "<", behind space or the mark of an encoding. */
static bool may_be_xml(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (!isspace((unsigned char)bytes[i]))
			return bytes[i] == '<' || !isprint((unsigned char)bytes[i]);
	}
	return true;
}

static int parse(struct domain_files *files, const char *path, const char *bytes, size_t length)
{
	struct domain_documents documents = {0};
	const char *why = NULL;
	int result = guest_text_parse(files->arena, bytes, length, &documents, &why);

	if (result == -ENOTSUP && !may_be_xml(bytes, length)) {
		result = -EBADMSG;
		why = "line 1: neither XML of libvirt, nor a guest of Proxmox VE, QEMU, "
		      "KubeVirt, Incus or Cloud Hypervisor";
	}
	if (result == -ENOTSUP)
		result = domain_xml_parse(files->arena, bytes, length, &documents, &why);
	for (size_t i = 0; result == 0 && i < documents.count; i++)
		result = take_document(files, path, &documents.items[i]);
	if (result < 0)
		complain("%s: %s", path, why ? why : error_text(-result));
	return result;
}

/* One byte more than a document may have, so a longer one is seen as such. */
enum { MOST_READ = LIMIT_DOMAIN_XML + 1 };

/* Takes what was read, with what came of that. Complains of errors. */
static int take_bytes(struct domain_files *files, const char *path, int result, char *bytes,
		      size_t length)
{
	if (result < 0) {
		complain("%s: %s", path, strerror(-result));
		return result;
	}
	result = parse(files, path, bytes, length);
	free(bytes);
	return result;
}

static int read_standard_input(struct domain_files *files)
{
	char *bytes = NULL;
	size_t length = 0;
	int result = file_read_fd(STDIN_FILENO, MOST_READ, &bytes, &length);

	return take_bytes(files, "standard input", result, bytes, length);
}

static int read_file(struct domain_files *files, const char *path)
{
	char *bytes = NULL;
	size_t length = 0;
	int result = file_read(path, MOST_READ, &bytes, &length);

	return take_bytes(files, path, result, bytes, length);
}

/* Files of libvirt, of Proxmox VE, and of what is written in YAML. */
static int is_guest(const struct dirent *entry)
{
	static const char *const suffixes[] = {".xml", ".conf", ".cfg", ".yaml", ".yml"};
	const char *dot = strrchr(entry->d_name, '.');

	for (size_t i = 0; dot && i < ARRAY_LENGTH(suffixes); i++) {
		if (strcmp(dot, suffixes[i]) == 0)
			return entry->d_type != DT_DIR;
	}
	return 0;
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
	int count = scandir(path, &entries, is_guest, alphasort);

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
		complain("%s: holds no *.xml, *.conf, *.cfg or *.yaml file", path);
		return -ENOENT;
	}
	return result;
}

int domain_files_read(struct domain_files *files, const char *path)
{
	struct stat status;

	if (strcmp(path, "-") == 0)
		return read_standard_input(files);
	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
		return read_folder(files, path);
	return read_file(files, path);
}
