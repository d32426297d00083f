/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/assign/vfio_driver.h"
#include "model/caution/builder.h"

/* vfio_pci_validate_vf_token(), drivers/vfio/pci/vfio_pci_core.c (5.7 and later; before, vfio-pci
 * had no VFs). */
void caution_vf_token(struct caution_builder *builder, const struct pci_function *function)
{
	const struct pci_function *pf = pci_is_vf(function) ? function->pf : NULL;

	if (pci_is_vf(function) && (!pf || !fact_settled(&pf->driver.fact))) {
		const struct caution unread = {
			.kind = CAUTION_VF_TOKEN,
			.why = "cannot tell whether its physical function is on vfio-pci",
			.finding = "caution.vf-token",
			.evidence = pf ? &pf->driver.fact : &function->physfn.fact,
		};
		caution_add_unknown(builder, function, &unread);
	}
	if (!pf || !driver_is_vfio(pf))
		return;
	const struct caution caution = {
		.kind = CAUTION_VF_TOKEN,
		.why = arena_printf(
			builder->arena,
			"its physical function %s is on %s: VFIO opens it only for a process that "
			"knows the VF token that the physical function's user has set",
			pf->name, pf->driver.text),
		.finding = "caution.vf-token",
		.remedy = "Give QEMU 8.1 or newer the token (-device vfio-pci,…,vf-token=UUID), as "
			  "libvirt has no field for it; or put the physical function on its host "
			  "driver, which asks for none",
		.evidence = &pf->driver.fact,
	};
	caution_add(builder, function, &caution);
}
