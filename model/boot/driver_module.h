/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_BOOT_DRIVER_MODULE_H
#define PASSCHECK_MODEL_BOOT_DRIVER_MODULE_H

/*
 * Returns the name of the module that a PCI driver is in, which is what modprobe.d speaks of: most
 * drivers are called as their module is, and a few are not.
 */
const char *driver_module(const char *driver);

#endif
