/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_CLI_EXIT_CODE_H
#define PASSCHECK_CLI_EXIT_CODE_H

/* What passcheck exits with, the same in every format: a contract. */
enum exit_code {
	EXIT_READY = 0,
	EXIT_FAILED = 1, /* the tool itself: I/O, memory */
	EXIT_NOT_READY = 2,
	EXIT_UNDETERMINED = 3,
	EXIT_USAGE = 64, /* EX_USAGE of sysexits.h */
};

#endif
