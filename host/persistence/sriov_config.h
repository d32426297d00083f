/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PERSISTENCE_SRIOV_CONFIG_H
#define PASSCHECK_HOST_PERSISTENCE_SRIOV_CONFIG_H

#include "host/base/buffer.h"
#include "host/boot/boolean.h"
#include "host/pci/pci.h"
#include "host/persistence/sriov_setting.h"

void sriov_config_load(struct root *root, struct arena *arena, const struct pci *pci,
		       struct sriov_config *ret);

/* Returns whether the loaded module of a PF's driver has a parameter of that name; unknown where it
 * is not loaded, or was not read. */
enum boolean sriov_config_offers(const struct sriov_config *config, const char *driver,
				 const char *name);

/* Appends the lines of a file that speak of VFs, comments left out. */
void sriov_config_parse(struct arena *arena, const struct fact_text *text,
			struct sriov_config *config);

/* Writes what a capture keeps of a file: its lines that speak of VFs, and for whom they are, such
 * that sriov_config_parse() finds the same in it. */
void sriov_config_keep(struct arena *arena, const struct fact_text *text, struct buffer *kept);

/* Returns whether a unit, whose name stands as a line, makes VFs of all QAT devices: that of qatlib
 * or of Intel's own driver. */
bool sriov_is_qat_unit(const char *unit);

/* Returns whether a path is of those that sriov_config_load() reads. */
bool sriov_config_covers(const char *path);

#endif
