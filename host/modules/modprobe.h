/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_MODULES_MODPROBE_H
#define PASSCHECK_HOST_MODULES_MODPROBE_H

#include "host/access/root.h"

/* A line of modprobe's configuration, lines that it continues on joined, words one blank apart. */
struct modprobe_line {
	const char *source; /* the file that has it */
	const char *text;   /* "options vfio-pci ids=10de:1eb8" */
	bool joined; /* the file has it in several lines, or with backslashes, which are left out */
};

/* What the configuration of modprobe.d(5) says of VFIO and KVM, and what it refuses to load. */
struct modprobe {
	/* Known: every folder was read or is absent; else the first place that was not. */
	struct fact fact;
	struct modprobe_line *lines; /* in the order in which modprobe takes them */
	size_t count;
	size_t capacity;
};

/*
 * Reads the folders of modprobe.d(5). Files go by their names, whatever their folder; of several of
 * one name that of the first folder counts (kmod's conf_files_list(), libkmod/libkmod-config.c).
 */
void modprobe_load(struct root *root, struct arena *arena, struct modprobe *ret);

/* Appends the lines of a file that passcheck consults: those that speak of VFIO, of KVM or of
 * pci-stub, or keep a module from loading. */
void modprobe_parse(struct arena *arena, const struct fact_text *text, struct modprobe *modprobe);

/* Returns whether path is of those that modprobe_load() reads: all that a capture needs of them is
 * what modprobe_kept() returns. */
bool modprobe_covers(const char *path);

/* Returns the length of the line at text, before end, and of those that it continues on (a
 * backslash before the newline, itself behind none), without its last newline. */
size_t modprobe_line_length(const char *text, const char *end);

/*
 * Returns what a capture keeps of a line of length bytes and of those that it continues on, or NULL
 * for none: "blacklist", "softdep" and "alias" as they stand, so options of the modules that
 * passcheck consults, and of a command that "install" or "remove" runs whether it refuses the
 * module.
 */
const char *modprobe_kept(struct arena *arena, const char *line, size_t length);

/* What "options MODULE NAME=VALUE" sets; the last one is obeyed. */
struct modprobe_option {
	const struct modprobe_line *line; /* NULL: nothing sets it */
	const char *word;                 /* as it stands there, with its quotes */
	const char *value;                /* without them; NULL: NAME without a value */
};

struct modprobe_options {
	struct modprobe_option *options; /* in the order in which modprobe takes them */
	size_t count;
	size_t capacity;
};

/* Returns all that set an option. Memory comes from arena; short memory marks it. */
struct modprobe_options modprobe_find_options(const struct modprobe *modprobe, struct arena *arena,
					      const char *module, const char *name);

struct modprobe_option modprobe_find_option(const struct modprobe *modprobe, struct arena *arena,
					    const char *module, const char *name);

/* Returns the module that a line "install MODULE …/false" keeps modprobe from loading (or …/true,
 * as hardening guides have them), or NULL: also where that is the end of a longer command. */
const char *modprobe_refused(struct arena *arena, const struct modprobe_line *line);

/* Returns whether a line "install MODULE …" runs the program of that path. A capture keeps no more
 * of its command than that there is one, which is then taken for that program. */
bool modprobe_runs(const struct modprobe *modprobe, const char *module, const char *program);

/* Returns a line "softdep MODULE pre: … BEFORE …", or NULL: BEFORE is loaded before one of the
 * modules, count of them. MODULE may be a pattern. The first 256 softdeps are looked at. For a
 * module with what it depends on: load_order_softdep(). */
const struct modprobe_line *modprobe_find_softdep(const struct modprobe *modprobe,
						  struct arena *arena, const char *const *modules,
						  size_t count, const char *before);

/* Returns the line "softdep MODULE …" that alone counts for the module, as the first one does
 * (kmod_module_get_softdeps() of libkmod), where it does not load BEFORE first; NULL otherwise. */
const struct modprobe_line *modprobe_find_first_softdep(const struct modprobe *modprobe,
							struct arena *arena, const char *module,
							const char *before);

/* Returns a line "blacklist PATTERN" that the module's name fits, or NULL: it keeps nothing away,
 * as modprobe takes names there, and no patterns (module_is_blacklisted() of libkmod). */
const struct modprobe_line *modprobe_find_vain_blacklist(const struct modprobe *modprobe,
							 const char *module);

#endif
