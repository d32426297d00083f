/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_BOOT_LOADER_VARIABLE_H
#define PASSCHECK_HOST_BOOT_LOADER_VARIABLE_H

#include "host/access/root.h"

#define EFI_FOLDER    "/sys/firmware/efi"
#define EFI_VARIABLES EFI_FOLDER "/efivars/"
/* Variables of systemd's Boot Loader Interface. */
#define LOADER_GUID "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"

/*
 * Reads an EFI variable of boot loaders by its name, without LOADER_GUID. The value is UTF-16
 * behind four bytes of attributes; its text here ends at its first NUL, with "?" for what is no
 * ASCII, as all that is of use is.
 */
struct fact_text loader_variable_read(struct root *root, struct arena *arena, const char *name);

#endif
