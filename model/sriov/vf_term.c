/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/sriov/vf_term.h"

#include "host/base/array.h"

static const char *const term_names[] = {
	[VF_TERM_TOTAL_VFS] = "total_vfs", [VF_TERM_KERNEL] = "kernel",
	[VF_TERM_DRIVER] = "driver",       [VF_TERM_BUS_NUMBERS] = "bus_numbers",
	[VF_TERM_MMIO] = "mmio",           [VF_TERM_DEPENDENCY_LINK] = "dependency_link",
};

ASSERT_COVERS(term_names, VF_TERM_COUNT);

const char *vf_term_name(enum vf_term_kind kind)
{
	return term_names[kind];
}

struct vf_term vf_unlimited(void)
{
	return (struct vf_term){.at_least = VF_UNLIMITED, .at_most = VF_UNLIMITED};
}

struct vf_term vf_exactly(uint32_t count, enum vf_reason reason, const char *why,
			  const struct fact *evidence)
{
	return (struct vf_term){.at_least = count,
				.at_most = count,
				.reason = reason,
				.why = why,
				.evidence = evidence};
}

struct vf_term vf_unknown(const char *why, const struct fact *evidence)
{
	return (struct vf_term){.at_most = VF_UNLIMITED, .why = why, .evidence = evidence};
}

bool vf_term_known(const struct vf_term *term)
{
	return term->at_least == term->at_most;
}

uint32_t vf_enabled(const struct pci_function *function)
{
	const struct fact_number *numvfs = &function->sriov.numvfs;

	return fact_known(&numvfs->fact) && numvfs->value > 0 && numvfs->value <= UINT16_MAX
		       ? (uint32_t)numvfs->value
		       : 0;
}
