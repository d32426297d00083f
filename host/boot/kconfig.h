/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_BOOT_KCONFIG_H
#define PASSCHECK_HOST_BOOT_KCONFIG_H

#include "host/access/root.h"
#include "host/boot/kernel_version.h"

enum kconfig_value {
	KCONFIG_NO,
	KCONFIG_MODULE,
	KCONFIG_YES,
	KCONFIG_OTHER /* string or number */
};

struct kconfig_option {
	const char *name; /* without CONFIG_ */
	enum kconfig_value value;
};

/* The running kernel's configuration; the fact's source is the file that it was found in. */
struct kconfig {
	struct fact fact;
	struct kconfig_option *options; /* those that are set, sorted by name */
	size_t count;
	/* Of the kernel that the header names: "# Linux/x86 6.1.192 Kernel Configuration" is 6.1;
	 * 0.0 without one. */
	struct kernel_version version;
	bool cut_short; /* the last line has no newline: what followed, if anything, is missing */
};

/*
 * Looks for the configuration of the kernel of that release in the places of the field guide
 * (platform.md, section 6), /proc/config.gz first. A place that is unreadable or malformed is
 * passed over, but is what the fact then says, and not absent, if no other has it. release may be
 * NULL (unknown): then only places that name no release count.
 */
void kconfig_load(struct root *root, struct arena *arena, const char *release, struct kconfig *ret);

/* Parses the text of a configuration, plain or gzip. Without a line of an option it is malformed.
 */
void kconfig_parse(struct arena *arena, const struct fact_text *text, struct kconfig *ret);

/* Returns the value of an option (name without CONFIG_); one that is not set is KCONFIG_NO. */
enum kconfig_value kconfig_get(const struct kconfig *kconfig, const char *name);

/* Returns whether the kernel is known to be built without an option: the configuration was read to
 * its end, and does not set it. */
bool kconfig_lacks(const struct kconfig *kconfig, const char *name);

/* Returns whether path is one of the places where kconfig_load() looks, of any release. */
bool kconfig_covers(const char *path);

#endif
