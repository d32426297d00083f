/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_SUPPORT_CMOCKA_H
#define PASSCHECK_TESTS_SUPPORT_CMOCKA_H

/* What <cmocka.h> needs before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
