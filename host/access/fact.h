/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_ACCESS_FACT_H
#define PASSCHECK_HOST_ACCESS_FACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What became of one thing that was to be read. Zero, the state of memory nobody filled, claims
 * nothing. */
enum fact_state {
	FACT_NOT_CAPTURED, /* outside of what the capture under audit covers */
	FACT_KNOWN,
	FACT_ABSENT,     /* the host says that it does not have it (ENOENT) */
	FACT_UNREADABLE, /* error says why; EHOSTDOWN: it sleeps in D3cold, and was not woken */
	FACT_MALFORMED,  /* read, but not of the form that it must have */
};

struct fact {
	enum fact_state state;
	int error;          /* errno, positive, where unreadable; 0 otherwise */
	const char *source; /* path on the host, or what stands for one: "config of 0000:03:00.0" */
};

/* Bytes read. A NUL follows them; text may hold others. NULL unless the state is known. */
struct fact_text {
	struct fact fact;
	const char *text;
	size_t length;
};

struct arena;

/*
 * Gives text the length bytes at bytes, which may be its own, as a copy in arena. Where memory is
 * short, text is unreadable with ENOMEM: a length never goes with fewer bytes.
 */
void fact_text_copy(struct fact_text *text, struct arena *arena, const char *bytes, size_t length);

/* A line of a text. */
struct fact_line {
	const char *text;
	size_t length; /* without its newline */
	size_t size;   /* with it, where it has one */
};

/*
 * Takes the line of text at *offset, 0 for the first, and sets *offset to the next one. Returns
 * false behind the last line; a text that is not known has none.
 */
bool fact_next_line(const struct fact_text *text, size_t *offset, struct fact_line *ret);

/* Returns length bytes of a line without the white space around them. */
struct fact_line fact_line_trim(const char *text, size_t length);

/* A number read: ids, counts, the signed ones of sysfs (numa_node), and the bits of a register of
 * 64 (negative with its highest set). 0 unless known. */
struct fact_number {
	struct fact fact;
	int64_t value;
};

/* Names in a directory, sorted by strcmp(), without "." and "..". */
struct fact_list {
	struct fact fact;
	const char *const *names;
	size_t count;
};

/* Returns the place of a name among those of list, or NULL. */
const char *const *fact_list_find(const struct fact_list *list, const char *name);

/* A file's kind and rights, without its content. */
struct fact_node {
	struct fact fact;
	uint32_t mode; /* st_mode */
	uint32_t uid;
	uint32_t gid;
	bool rights_unknown; /* mode tells the kind alone */
};

/* Returns a fact of source, which it points to; error is a positive errno or 0. */
struct fact fact_of(enum fact_state state, const char *source, int error);

/* Returns whether the value was read. */
static inline bool fact_known(const struct fact *fact)
{
	return fact->state == FACT_KNOWN;
}

/* Returns whether the host does not have it: the only state that supports "no". */
static inline bool fact_absent(const struct fact *fact)
{
	return fact->state == FACT_ABSENT;
}

/* Returns whether the question is answered: known or absent. */
static inline bool fact_settled(const struct fact *fact)
{
	return fact_known(fact) || fact_absent(fact);
}

/* Returns whether the host has it: what may not be read is there all the same. */
static inline bool fact_exists(const struct fact *fact)
{
	return fact->state != FACT_NOT_CAPTURED && !fact_absent(fact);
}

/* Returns whether the text is known, and is word. */
static inline bool fact_text_is(const struct fact_text *text, const char *word)
{
	return fact_known(&text->fact) && strcmp(text->text, word) == 0;
}

/* Returns whether the text is known, and its last line lacks a newline. */
static inline bool fact_text_is_unended(const struct fact_text *text)
{
	return fact_known(&text->fact) && text->length && text->text[text->length - 1] != '\n';
}

/* Returns the word for the state that reports use: "known", "absent", "unreadable", … */
const char *fact_state_name(enum fact_state state);

/*
 * Parses text as one number, in hex where it begins with 0x, with white space around it allowed.
 * The result takes the fact of text; text that is no number, or one too large, makes it malformed.
 */
struct fact_number fact_parse_number(const struct fact_text *text);

/* As fact_parse_number(), for attributes that print hex without 0x (sriov_vf_device,
 * intel-iommu/cap). */
struct fact_number fact_parse_hex(const struct fact_text *text);

#endif
