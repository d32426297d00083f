/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/capture/redact.h"

#include <ctype.h>
#include <pci/header.h>
#include <string.h>

#include "host/access/buffer.h"
#include "host/boot/boot_config.h"
#include "host/boot/boot_entries.h"
#include "host/boot/boot_image.h"
#include "host/boot/cmdline.h"
#include "host/boot/modprobe.h"
#include "host/boot/module_lists.h"
#include "host/boot/modules.h"
#include "host/boot/sriov_config.h"
#include "host/pci/capabilities.h"
#include "host/system/framebuffer.h"
#include "host/system/usage.h"

/* Bytes from the start of a capability, and how many. */
enum { SERIAL_OFFSET = 4, SERIAL_SIZE = 8, VPD_DATA_OFFSET = 4, VPD_DATA_SIZE = 4 };

static struct fact_text with_text(const struct fact_text *original, const char *text)
{
	return (struct fact_text){.fact = original->fact, .text = text, .length = strlen(text)};
}

static struct fact_text with_buffer(const struct fact_text *original, const struct buffer *buffer)
{
	return (struct fact_text){
		.fact = original->fact, .text = buffer_text(buffer), .length = buffer->length};
}

/*
 * A value is put in quotes again where it needs them. One that has quotes of its own kept them when
 * it was parsed, with the spaces inside.
 */
static void print_parameter(struct buffer *line, const struct cmdline_parameter *parameter,
			    bool kept)
{
	const char *value = kept ? parameter->value : "redacted";

	if (!parameter->value)
		buffer_item(line, strchr(parameter->name, ' ') ? "\"%s\"" : "%s", parameter->name);
	else if (strchr(parameter->name, ' ') || (strchr(value, ' ') && !strchr(value, '"')))
		buffer_item(line, "\"%s=%s\"", parameter->name, value);
	else
		buffer_item(line, "%s=%s", parameter->name, value);
}

static struct fact_text redact_cmdline(struct arena *arena, const struct fact_text *text,
				       const struct capture_options *options)
{
	struct cmdline cmdline = {0};
	struct buffer line = {.arena = arena, .separator = " "};

	cmdline_parse(arena, text, &cmdline);
	if (!fact_known(&cmdline.fact))
		return with_text(text, "");
	for (size_t i = 0; i < cmdline.count; i++) {
		const struct cmdline_parameter *parameter = &cmdline.parameters[i];
		bool kept = options->keeps_parameter(parameter->name);
		print_parameter(&line, parameter, kept);
	}
	buffer_add(&line, "\n", 1);
	return with_buffer(text, &line);
}

/* Of GRUB's settings, the kernel command line, its words as those of /proc/cmdline. */
static struct fact_text redact_grub(struct arena *arena, const struct fact_text *text,
				    const struct capture_options *options)
{
	struct buffer kept = {.arena = arena};
	struct fact_line line;
	size_t offset = 0, size;

	while (fact_next_line(text, &offset, &line)) {
		const char *value = boot_config_grub_value(line.text, line.length, &size);
		const char *equals = memchr(line.text, '=', line.length);

		if (value) {
			struct fact_text words = {.fact = text->fact, .length = size};
			words.text = arena_copy(arena, value, size);
			words = redact_cmdline(arena, &words, options);
			buffer_item(&kept, "%.*s\"%.*s\"\n", (int)(equals + 1 - line.text),
				    line.text, (int)strcspn(words.text, "\n"), words.text);
		} else if (boot_config_grub_keeps(line.text, line.length)) {
			buffer_add_line(&kept, line.text, line.length);
		}
	}
	return with_buffer(text, &kept);
}

/* Of a boot loader's files, what tells which entry is booted and the words it has. */
static struct fact_text redact_boot_file(struct arena *arena, const struct fact_text *text,
					 enum boot_file file, const struct capture_options *options)
{
	struct buffer kept = {.arena = arena};
	struct fact_line line;
	size_t offset = 0;

	while (fact_next_line(text, &offset, &line)) {
		size_t value = 0;
		enum boot_line what = boot_file_line(file, line.text, line.length, &value);

		if (what == BOOT_LINE_WHOLE)
			buffer_add_line(&kept, line.text, line.length);
		if (what == BOOT_LINE_COMMAND) {
			struct fact_text words = {.fact = text->fact,
						  .length = line.length - value};
			words.text = arena_copy(arena, line.text + value, words.length);
			words = redact_cmdline(arena, &words, options);
			buffer_item(&kept, "%.*s%.*s\n", (int)value, line.text,
				    (int)strcspn(words.text, "\n"), words.text);
		}
	}
	return with_buffer(text, &kept);
}

static struct fact_text redact_image(struct arena *arena, const struct fact_text *text,
				     const struct capture_options *options)
{
	struct boot_image image;

	boot_image_parse(arena, text, &image);
	if (fact_known(&image.cmdline.fact) && image.cmdline.length) {
		image.cmdline = redact_cmdline(arena, &image.cmdline, options);
		image.cmdline.fact.source = text->fact.source;
	}
	return boot_image_print(arena, &image);
}

/* Returns the length of the run of hex digits that begins at text, of every stride-th byte. */
static size_t digits_at(const char *text, size_t length, size_t stride)
{
	size_t count = 0;

	while (count * stride < length && isxdigit((unsigned char)text[count * stride]))
		count++;
	return count;
}

/* A machine id is 32 hex digits (machine-id(5)); in an EFI variable it is UTF-16. */
static void blank_machine_ids(char *text, size_t length, size_t stride)
{
	enum { DIGITS = 32 };

	for (size_t at = 0; at < length;) {
		size_t count = digits_at(text + at, length - at, stride);
		for (size_t i = 0; count == DIGITS && i < count; i++)
			text[at + i * stride] = '0';
		at += count ? count * stride : stride;
	}
}

const char *redact_path(struct arena *arena, const char *path,
			const struct capture_options *options)
{
	if (options->identity || !boot_entries_cover(path))
		return path;
	char *copy = arena_copy(arena, path, strlen(path));
	blank_machine_ids(copy, strlen(copy), 1);
	return copy;
}

static struct fact_text redact_boot(struct arena *arena, const struct fact_text *text,
				    const struct capture_options *options)
{
	const char *path = text->fact.source;
	enum boot_file file = boot_file_of(path);
	struct fact_text kept = *text;

	if (file != BOOT_FILE_OTHER)
		kept = redact_boot_file(arena, text, file, options);
	else if (boot_image_covers(path))
		kept = redact_image(arena, text, options);
	if (options->identity || !fact_known(&kept.fact))
		return kept;
	fact_text_copy(&kept, arena, kept.text, kept.length);
	/* A variable's value follows four bytes of attributes. */
	size_t stride = strncmp(path, "/sys/", strlen("/sys/")) == 0 ? 2 : 1;
	if (!arena_failed(arena))
		blank_machine_ids((char *)kept.text, kept.length, stride);
	return kept;
}

/* Keeps the lines that begin with prefix, or, with keep false, those that do not. */
static struct fact_text filter_lines(struct arena *arena, const struct fact_text *text,
				     const char *prefix, bool keep)
{
	char *filtered = arena_copy(arena, text->text, text->length);
	size_t length = 0, offset = 0;
	struct fact_line line;

	if (arena_failed(arena))
		return *text;
	while (fact_next_line(text, &offset, &line)) {
		bool matches = line.size >= strlen(prefix) &&
			       memcmp(line.text, prefix, strlen(prefix)) == 0;

		if (matches == keep) {
			memcpy(filtered + length, line.text, line.size);
			length += line.size;
		}
	}
	filtered[length] = '\0';
	return (struct fact_text){.fact = text->fact, .text = filtered, .length = length};
}

/* Of the host's configuration files, which may hold secrets, only the lines that speak of VFs. */
static struct fact_text keep_vf_lines(struct arena *arena, const struct fact_text *text)
{
	struct sriov_config config = {0};
	struct buffer lines = {.arena = arena};

	sriov_config_parse(arena, text, &config);
	for (size_t i = 0; i < config.count; i++)
		buffer_item(&lines, "%s\n", config.settings[i].line);
	return with_buffer(text, &lines);
}

/* Keeps the lines that wants() takes. */
static struct fact_text keep_lines(struct arena *arena, const struct fact_text *text,
				   bool (*wants)(const char *line, size_t length))
{
	char *kept = arena_copy(arena, text->text, text->length);
	size_t length = 0, offset = 0;
	struct fact_line line;

	if (arena_failed(arena))
		return *text;
	while (fact_next_line(text, &offset, &line)) {
		if (!wants(line.text, line.length))
			continue;
		memcpy(kept + length, line.text, line.size);
		length += line.size;
	}
	kept[length] = '\0';
	return (struct fact_text){.fact = text->fact, .text = kept, .length = length};
}

/* A buffer as large as the text that it takes pieces of, and a newline for each of its lines. */
struct pieces {
	char *text;
	size_t length;
};

static void add_piece(struct pieces *pieces, const char *piece, size_t length)
{
	memcpy(pieces->text + pieces->length, piece, length);
	pieces->length += length;
	pieces->text[pieces->length++] = '\n';
}

/* Adds what speaks of VFs of a line that may go on over several. A backslash at its end would join
 * it with what it never stood before. */
static void add_vf_lines(struct pieces *pieces, const char *line, const char *end)
{
	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		size_t length = (size_t)((newline ? newline : end) - line);

		if (sriov_config_wants(line, length)) {
			add_piece(pieces, line, length);
			if (line[length - 1] == '\\')
				add_piece(pieces, "", 0);
		}
		line += length + 1;
	}
}

/* Of modprobe's configuration, the lines that speak of VFIO, KVM or VFs, or refuse a module. */
static struct fact_text keep_modprobe_lines(struct arena *arena, const struct fact_text *text)
{
	const char *line = text->text, *end = text->text + text->length;
	/* A newline more for the last line, and one for each line that ends in a backslash. */
	struct pieces pieces = {.text = arena_alloc(arena, 2 * text->length + 2)};

	if (!pieces.text)
		return *text;
	while (line < end) {
		size_t length = modprobe_line_length(line, end);
		if (modprobe_wants(line, length))
			add_piece(&pieces, line, length);
		else
			add_vf_lines(&pieces, line, line + length);
		line += length + 1;
	}
	return (struct fact_text){.fact = text->fact, .text = pieces.text, .length = pieces.length};
}

/* Zeroes count bytes from offset as far as they were read. */
static void wipe(char *bytes, size_t length, size_t offset, size_t count)
{
	if (offset < length)
		memset(bytes + offset, 0, count < length - offset ? count : length - offset);
}

static struct fact_text redact_config(struct arena *arena, const struct fact_text *text)
{
	const struct config_space config = {
		.fact = text->fact, .bytes = (const uint8_t *)text->text, .length = text->length};
	struct capability vpd = config_capability(&config, PCI_CAP_ID_VPD);
	struct capability serial = capability_find(&config, CAPABILITY_SERIAL);
	char *bytes = arena_copy(arena, text->text, text->length);

	if (arena_failed(arena))
		return *text;
	if (vpd.state == FACT_KNOWN)
		wipe(bytes, text->length, vpd.offset + VPD_DATA_OFFSET, VPD_DATA_SIZE);
	if (serial.state == FACT_KNOWN)
		wipe(bytes, text->length, serial.offset + SERIAL_OFFSET, SERIAL_SIZE);
	return (struct fact_text){.fact = text->fact, .text = bytes, .length = text->length};
}

static bool is_config(const char *path)
{
	const char *name = strrchr(path, '/');

	return strncmp(path, "/sys/", strlen("/sys/")) == 0 && strcmp(name, "/config") == 0;
}

struct fact_text redact(struct arena *arena, const struct fact_text *text,
			const struct capture_options *options)
{
	const char *path = text->fact.source;

	if (strcmp(path, "/proc/cmdline") == 0)
		return redact_cmdline(arena, text, options);
	if (strcmp(path, "/etc/kernel/cmdline") == 0) {
		struct fact_text words = boot_config_kernel_words(arena, text);
		return redact_cmdline(arena, &words, options);
	}
	if (boot_entries_cover(path))
		return redact_boot(arena, text, options);
	if (boot_config_covers(path))
		return redact_grub(arena, text, options);
	if (strcmp(path, "/proc/self/status") == 0)
		return filter_lines(arena, text, "CapEff:", true);
	if (strcmp(path, "/proc/self/limits") == 0)
		return filter_lines(arena, text, "Max locked memory", true);
	if (strcmp(path, "/proc/cpuinfo") == 0 && !options->identity)
		return filter_lines(arena, text, "Serial", false);
	if (strcmp(path, "/proc/iomem") == 0)
		return keep_lines(arena, text, framebuffers_want);
	if (module_lists_cover(path))
		return keep_lines(arena, text, module_lists_want);
	if (modules_cover_alias(path))
		return keep_lines(arena, text, modules_want_alias);
	if (modules_cover(path))
		return keep_lines(arena, text, modules_want);
	if (modprobe_covers(path))
		return keep_modprobe_lines(arena, text);
	if (sriov_config_covers(path))
		return keep_vf_lines(arena, text);
	if (usage_covers(path) && !options->identity)
		return with_text(text, usage_trim(arena, text));
	if (is_config(path) && !options->identity)
		return redact_config(arena, text);
	return *text;
}
