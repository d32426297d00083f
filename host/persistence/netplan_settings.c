/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/persistence/netplan_settings.h"

#include <string.h>

/* Returns whether a setting is a number of VFs of a device that is known by its name. */
static bool is_number(const struct sriov_setting *setting)
{
	return setting->owner == SRIOV_OWNER_NETPLAN && setting->effect == SRIOV_EFFECT_MAKES &&
	       !setting->defines_vf && setting->subject;
}

/* Files are read in the order of their names. */
static bool is_replaced(const struct sriov_config *config, const struct sriov_setting *setting)
{
	for (const struct sriov_setting *it = setting + 1; it < config->settings + config->count;
	     it++) {
		if (is_number(it) && strcmp(it->subject, setting->subject) == 0 &&
		    strcmp(it->source, setting->source) != 0)
			return true;
	}
	return false;
}

void netplan_settings_settle(struct sriov_config *config)
{
	for (size_t i = 0; i < config->count; i++) {
		struct sriov_setting *setting = &config->settings[i];
		if (is_number(setting) && is_replaced(config, setting))
			setting->effect = SRIOV_EFFECT_OTHER;
	}
}
