/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/capture/redact_path.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/boot/boot_entries.h"

#define BTRFS     "/sys/fs/btrfs/"
#define QEMU_LOGS "/var/log/libvirt/qemu/"

enum { HASH_DIGITS = 8 };

/* Returns the length of the run of hex digits that begins at text, of every stride-th byte. */
static size_t digits_at(const char *text, size_t length, size_t stride)
{
	size_t count = 0;

	while (count * stride < length && isxdigit((unsigned char)text[count * stride]))
		count++;
	return count;
}

void redact_machine_ids(char *text, size_t length, size_t stride)
{
	enum { DIGITS = 32 };

	for (size_t at = 0; at < length;) {
		size_t count = digits_at(text + at, length - at, stride);
		for (size_t i = 0; count == DIGITS && i < count; i++)
			text[at + i * stride] = '0';
		at += count ? count * stride : stride;
	}
}

/* Returns path with a hash, FNV-1a of 32 bits, for length bytes from start. */
static const char *hash_name(struct arena *arena, const char *path, size_t start, size_t length)
{
	uint32_t hash = 0x811c9dc5u;

	for (size_t i = start; i < start + length; i++)
		hash = (hash ^ (unsigned char)path[i]) * 0x01000193u;
	return arena_printf(arena, "%.*s%0*" PRIx32 "%s", (int)start, path, HASH_DIGITS, hash,
			    path + start + length);
}

/* A file system's UUID is put as a hash of it: other names are words. */
static const char *redact_btrfs(struct arena *arena, const char *path)
{
	size_t start = strlen(BTRFS), length = strcspn(path + start, "/");

	return memchr(path + start, '-', length) ? hash_name(arena, path, start, length) : path;
}

/* So is the name of a guest, of which QEMU's log has its own. What stands before the hash tells it
 * from a name: a capture of a capture keeps it. */
static const char *redact_qemu_log(struct arena *arena, const char *path)
{
	static const char mark[] = QEMU_LOGS "redacted-";
	const size_t marked = strlen(mark);
	size_t start = strlen(QEMU_LOGS), length = strlen(path) - start;

	if (has_suffix(path, ".log"))
		length -= strlen(".log");
	if (begins_with(path, mark) && start + length == marked + HASH_DIGITS &&
	    digits_at(path + marked, HASH_DIGITS, 1) == HASH_DIGITS)
		return path;
	const char *hashed = hash_name(arena, path, start, length);
	return hashed ? arena_printf(arena, "%s%s", mark, hashed + start) : NULL;
}

const char *redact_path(struct arena *arena, const char *path,
			const struct capture_options *options)
{
	if (options->identity)
		return path;
	if (begins_with(path, BTRFS))
		return redact_btrfs(arena, path);
	if (begins_with(path, QEMU_LOGS))
		return redact_qemu_log(arena, path);
	if (!boot_entries_cover(path))
		return path;
	char *copy = arena_copy(arena, path, strlen(path));
	redact_machine_ids(copy, strlen(copy), 1);
	return copy;
}
