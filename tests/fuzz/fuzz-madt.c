/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi/madt.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct madt madt;

	madt_decode(bytes, size, &madt);
	return 0;
}
