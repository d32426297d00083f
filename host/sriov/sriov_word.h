/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SRIOV_SRIOV_WORD_H
#define PASSCHECK_HOST_SRIOV_SRIOV_WORD_H

#include <stdint.h>

#include "host/access/fact.h"
#include "host/sriov/sriov_place.h"

enum { SRIOV_MOST_DIGITS = 5 /* TotalVFs has 16 bits */ };

/* What sets VFs, or is thought to. */
struct sriov_word {
	const char *text;
	bool placed; /* it has that meaning in places alone that name it */
	bool makes;  /* VFs at boot */
};

/* Returns the words, of which the first that a line has tells what it does. */
const struct sriov_word *sriov_words(size_t *ret_count);

/* Returns whether a word has its meaning in files of that place. */
bool sriov_word_counts(const struct sriov_place *place, const struct sriov_word *word);

/* Returns the first word of a place that stands anywhere in a text, NULL for none. */
const char *sriov_word_within(const struct sriov_place *place, const struct fact_line *text);

/*
 * Reads how many VFs a line makes: "sriov_numvfs" and its like with a number behind them, as in a
 * udev rule, tmpfiles.d or modprobe.d, or in front of ">", as in a script. Where the line has
 * several for one attribute, the last counts. Returns false where it tells no one number.
 * *ret_digits is where the number stands in the line.
 */
bool sriov_line_count(const char *line, int64_t *ret_count, size_t *ret_digits);

#endif
