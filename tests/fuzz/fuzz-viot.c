/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/acpi/viot.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct arena *arena = arena_new();
	struct viot viot;

	if (viot_decode(arena, bytes, size, &viot) == 0)
		viot_find_iommu(&viot, 0, 0x100);
	arena_free(arena);
	return 0;
}
