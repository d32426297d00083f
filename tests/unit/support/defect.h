/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_SUPPORT_DEFECT_H
#define PASSCHECK_TESTS_SUPPORT_DEFECT_H

#include "tests/unit/support/judge.h"

/* A defect of an ACPI table, and what is told of it. */
struct defect_case {
	const char *id;
	const char *content; /* DMAR: behind a sound DRHD, from offset 0x40; IVRS: from 0x30 */
	enum finding_verdict verdict;
	const char *what;
	const char *place;
	const char *consequence;
};

#define REFUSED     "the kernel gives up on the table, and does neither DMA nor interrupt remapping"
#define UNDEFINED   "the kernel has no guard against it, and what it does is chance"
#define USED_ANYWAY "the kernel uses it all the same"
#define IGNORED     "the kernel ignores that entry"

/* Fails the test unless the host's table has the defect. A table that the kernel uses is told to be
 * there as well. */
void expect_defect(struct paper *paper, const struct defect_case *row);

#endif
