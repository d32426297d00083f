/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/capabilities.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const struct config_space config = {
		.fact = {.state = FACT_KNOWN, .source = "/fuzz"}, .bytes = bytes, .length = size};

	express_decode(&config);
	acs_decode(&config);
	ari_decode(&config);
	ats_decode(&config);
	sriov_decode(&config);
	for (unsigned id = 0; id < 256; id++) {
		config_capability(&config, (uint8_t)id);
		config_extended_capability(&config, (uint16_t)id);
	}
	return 0;
}
