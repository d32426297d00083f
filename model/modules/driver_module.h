/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_MODULES_DRIVER_MODULE_H
#define PASSCHECK_MODEL_MODULES_DRIVER_MODULE_H

/*
 * Returns the name of the module that a PCI driver is in, which is what modprobe.d speaks of: most
 * drivers have the name of their module, and a few do not.
 */
const char *driver_module(const char *driver);

#endif
