/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_SUPPORT_FACTS_H
#define PASSCHECK_TESTS_SUPPORT_FACTS_H

#include "host/access/fact.h"

/* Facts as readers would make them. */
struct fact known(const char *source);
struct fact absent(const char *source);
struct fact unreadable(const char *source, int error);

/* A known text: the bytes of a string, or length of them. */
struct fact_text known_text(const char *source, const char *text);
struct fact_text known_bytes(const char *source, const void *bytes, size_t length);

#endif
