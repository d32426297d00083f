/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_BOOT_BOOT_IMAGE_H
#define PASSCHECK_HOST_BOOT_BOOT_IMAGE_H

#include "host/access/root.h"

/*
 * A unified kernel image: a PE file that has a kernel, its initramfs and its command line as
 * sections (UAPI.5, https://uapi-group.org/specifications/specs/unified_kernel_image/).
 */
struct boot_image {
	/* .cmdline, as it is without a loader's own words: absent where the image has none, and
	 * malformed where it is no such file. */
	struct fact_text cmdline;
	struct fact_text release; /* .uname: the kernel's release */
};

/* Reads the headers and the two sections of an image, which may be of any size. */
void boot_image_load(struct root *root, struct arena *arena, const char *path,
		     struct boot_image *ret);

/* Parses the bytes of a whole image. */
void boot_image_parse(struct arena *arena, const struct fact_text *bytes, struct boot_image *ret);

/* Returns the bytes of an image that has only what image has; its source is that of the command
 * line. */
struct fact_text boot_image_print(struct arena *arena, const struct boot_image *image);

/* Returns whether path has the name of an image, or of an addon that has a command line, too. */
bool boot_image_covers(const char *path);

#endif
