/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_HOSTDEV_FORMS_H
#define PASSCHECK_GUEST_HOSTDEV_FORMS_H

#include "guest/hostdev/form.h"

/*
 * Builds the forms of functions (by address). Memory comes from arena; short memory marks it.
 * Returns 0, or -EINVAL with *ret_misfit where a wish fits none of the functions.
 */
int hostdev_forms_build(const struct model *model, const struct pci_function *const *functions,
			size_t count, const struct hostdev_options *options, struct arena *arena,
			struct hostdev_forms *ret, struct hostdev_misfit *ret_misfit);

#endif
