/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_SUPPORT_CMOCKA_H
#define PASSCHECK_TESTS_SUPPORT_CMOCKA_H

/* What <cmocka.h> needs before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/*
 * Says which row of a table a test tries next: a failure is that of the row said last. In the text
 * of a row, bytes that do not print are escaped.
 */
void test_row(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
