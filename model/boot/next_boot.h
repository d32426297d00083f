/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_BOOT_NEXT_BOOT_H
#define PASSCHECK_MODEL_BOOT_NEXT_BOOT_H

#include "host/base/lines.h"
#include "host/host.h"

/*
 * With which kernel command line a host boots next, as far as its files tell: loader.conf(5),
 * systemd-boot(7), kernel-install(8), the Boot Loader Specification, and GRUB's blscfg.
 */

/* A command line that the next boot may have. */
struct next_boot_line {
	const struct cmdline *cmdline;
	const char *variable; /* part of it that is not known; NULL: all is known */
	bool is_running;      /* it is of the kernel release that runs now */
};

/* How pci=realloc is set, and whether that changes with the next boot, whichever line it has. */
enum pci_realloc {
	REALLOC_UNSET,
	REALLOC_ON,
	REALLOC_OFF,
	REALLOC_COMES,   /* the next boot has it */
	REALLOC_OFF_ENDS /* pci=realloc=off is in effect, and not in the next boot */
};

struct next_boot {
	/* Which of several is booted is unknown; with one it is that. */
	struct next_boot_line *lines;
	size_t count;
	enum pci_realloc pci_realloc;
	bool generated; /* the loader reads the lines themselves; else something is made of them */
	/* The file of which the lines, or those of the next kernel, are made; NULL: not known. */
	const struct cmdline *sources[2];
	size_t source_count;
	const struct cmdline *ignored; /* a place that does not count on this host; NULL: none */
	const struct fact *unread;     /* what keeps lines from being told; NULL: nothing */
	const char *unknown_why;       /* as a sentence; NULL where lines are told */
};

/* Builds what is told of the next boot. Memory comes from arena; short memory marks it. */
void next_boot_build(const struct host *host, struct arena *arena, struct next_boot *ret);

/* Whether the next boot has a parameter: not known where the lines that it may have differ. */
enum in_next_boot { IN_ALL_LINES, IN_NO_LINE, IN_SOME_LINES };

/* Looks for a parameter with its value (kernel_parameter_is_on()). A line that is known in part may
 * have it all the same. */
enum in_next_boot next_boot_find(const struct next_boot *next,
				 const struct cmdline_parameter *parameter);

/* Returns which of the words, "intel_iommu=on", stand in a line of the next boot or in a file that
 * lines are made of, in memory of arena. */
struct text_line *next_boot_words(const struct next_boot *next, const struct text_line *words,
				  struct arena *arena);

/* Returns those that a line of the next boot lacks, or may lack: all where none is known. */
struct text_line *next_boot_lacks(const struct next_boot *next, const struct text_line *words,
				  struct arena *arena);

#endif
