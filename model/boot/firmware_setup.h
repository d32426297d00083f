/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_BOOT_FIRMWARE_SETUP_H
#define PASSCHECK_MODEL_BOOT_FIRMWARE_SETUP_H

#include "host/host.h"

/* Settings of firmware setups that assignment depends on. */
enum firmware_setting {
	FIRMWARE_VTX,
	FIRMWARE_SVM,
	FIRMWARE_VTD,
	FIRMWARE_AMD_VI,
	FIRMWARE_SMMU,
	FIRMWARE_ABOVE_4G,
	FIRMWARE_SRIOV,
	FIRMWARE_SETTING_COUNT,
};

/*
 * Returns how the setting is usually called: in quotes, with the place where the maker of the
 * host's board has it, where that maker is known; of others by its common names. Menus differ by
 * model and version, so this is where to look, not a promise.
 */
const char *firmware_setup_words(const struct host *host, enum firmware_setting setting,
				 struct arena *arena);

#endif
