/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sriov/sriov_word.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/array.h"

#define NUM_VFS "num_vfs="

static const struct sriov_word words[] = {
	{.text = "sriov_numvfs",
	 .makes = true}, /* the attribute: rules, scripts, tmpfiles.d, sysfs.d */
	{.text = "SR-IOVVirtualFunctions", .makes = true}, /* systemd.link(5), since 251 */
	{.text = "virtual-function-count", .makes = true}, /* netplan */
	{.text = "max_vfs=", .makes = true},               /* igb, ixgbe and others */
	{.text = NUM_VFS, .makes = true},                  /* mlx4_core, be2net */
	{.text = "sriov-manage", .makes = true},           /* NVIDIA's script */
	{.text = "max_vfs"},
	{.text = "num_vfs"},
	{.text = "enable_sriov"}, /* vfio-pci */
	{.text = "total-vfs", .placed = true, .makes = true},
	{.text = "sriov-num-vfs", .placed = true, .makes = true},
	{.text = "SRIOV_TOTAL_VFS", .placed = true, .makes = true},
	{.text = "numvfs", .placed = true, .makes = true},
	{.text = "numVfs", .placed = true, .makes = true},
	{.text = SRIOV_WORD_GIM, .placed = true, .makes = true},
	{.text = SRIOV_WORD_UNRAID, .placed = true, .makes = true},
	{.text = SRIOV_WORD_LINK_VF, .placed = true, .makes = true},
};

const struct sriov_word *sriov_words(size_t *ret_count)
{
	*ret_count = ARRAY_LENGTH(words);
	return words;
}

bool sriov_word_counts(const struct sriov_place *place, const struct sriov_word *word)
{
	return place->word ? strcmp(place->word, word->text) == 0 : !word->placed;
}

const char *sriov_word_within(const struct sriov_place *place, const struct fact_line *text)
{
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		const char *word = words[i].text;
		if (sriov_word_counts(place, &words[i]) &&
		    memmem(text->text, text->length, word, strlen(word)))
			return word;
	}
	return NULL;
}

/* Reads the number at text, which must end there, or before the next key of JSON. Returns false for
 * none or one too large. */
static bool read_number(const char *text, int64_t *ret)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > SRIOV_MOST_DIGITS || isalnum((unsigned char)text[digits]) ||
	    (text[digits] == ',' && text[digits + 1] != '"'))
		return false;
	*ret = strtol(text, NULL, 10);
	return true;
}

/* ATTR{sriov_numvfs}="4", tmpfiles.d's "sriov_numvfs - - - - 4", max_vfs=4 */
static const char *number_behind(const char *end)
{
	return end + strspn(end, "}\"'=: \t+-");
}

/* VFS=0000:04:00.0|8086:1521|4 */
static const char *number_at_end(const char *line)
{
	const char *bar = strrchr(line, '|');

	return bar ? bar + 1 : "";
}

/* echo 4 > /sys/…/sriov_numvfs */
static const char *number_in_front(const char *line, const char *word)
{
	while (word > line && !isspace((unsigned char)word[-1]) && word[-1] != '>')
		word--;
	while (word > line && (isspace((unsigned char)word[-1]) || word[-1] == '>'))
		word--;
	while (word > line && strchr("\"'", word[-1]))
		word--;
	while (word > line && isdigit((unsigned char)word[-1]))
		word--;
	return word;
}

/* The path, or the attribute, that ends in the word. */
static const char *begin_of(const char *line, const char *word)
{
	while (word > line && !isspace((unsigned char)word[-1]) && !strchr(">;&|\"'{}=", word[-1]))
		word--;
	return word;
}

/* Returns where the word stands last, NULL where it stands for several attributes. Of the number
 * that goes by 0 ("echo 0 > …; echo 8 > …"), or is asked for first, the last counts. */
static const char *find_last(const char *line, const char *text)
{
	const char *last = strstr(line, text);

	for (const char *at = last; at; at = strstr(at + 1, text)) {
		const char *one = begin_of(line, last), *other = begin_of(line, at);
		if (last - one != at - other || memcmp(one, other, (size_t)(at - other)) != 0)
			return NULL;
		last = at;
	}
	return last;
}

static const char *number_of(const char *line, const char *at, const char *word)
{
	if (strcmp(word, SRIOV_WORD_UNRAID) == 0)
		return number_at_end(line);
	return strchr(line, '>') && strchr(line, '>') < at ? number_in_front(line, at)
							   : number_behind(at + strlen(word));
}

/* num_vfs=4,2,1 of mlx4_core: VFs with port 1, with port 2 and with both, which are as many as the
 * three together: mlx4_init_one(), drivers/net/ethernet/mellanox/mlx4/main.c. */
static bool read_ports(const char *text, int64_t *ret)
{
	enum { MOST_PORTS = 3 };
	int64_t sum = 0;

	for (int i = 0; i < MOST_PORTS; i++) {
		size_t digits = strspn(text, "0123456789");
		if (digits == 0 || digits > SRIOV_MOST_DIGITS)
			return false;
		sum += strtol(text, NULL, 10);
		text += digits;
		if (*text != ',') {
			*ret = sum;
			return !isalnum((unsigned char)*text);
		}
		text++;
	}
	return false;
}

bool sriov_line_count(const char *line, int64_t *ret_count, size_t *ret_digits)
{
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (!strstr(line, words[i].text))
			continue;
		const char *word = find_last(line, words[i].text);
		if (!word)
			return false;
		const char *number = number_of(line, word, words[i].text);
		if (!read_number(number, ret_count) &&
		    (strcmp(words[i].text, NUM_VFS) != 0 || !read_ports(number, ret_count)))
			return false;
		*ret_count += strcmp(words[i].text, SRIOV_WORD_LINK_VF) == 0;
		*ret_digits = (size_t)(number - line);
		return true;
	}
	return false;
}
