/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/class_word.h"

#include <pci/header.h>
#include <string.h>
#include <strings.h>

#include "host/base/array.h"
#include "model/pcie.h"

/* Of the PCI Code and ID Assignment Specification; <pci/header.h> lacks them in Debian 12. */
enum { BASE_CLASS_ACCELERATOR = 0x12, CLASS_COPROCESSOR = 0x0b40, CLASS_HD_AUDIO = 0x0403 };

/* A word, and what it names; codes of 8 bits name a base class. */
struct class_row {
	const char *word;
	enum class_word means; /* WORD_UNKNOWN: another name, no function's own */
	int code;
	int bits;
	int vendor; /* 0: any */
};

/* The first row that fits a function names it. */
static const struct class_row rows[] = {
	{"gpu", WORD_GPU, PCI_BASE_CLASS_DISPLAY, 8, 0},
	{"vga", WORD_UNKNOWN, PCI_CLASS_DISPLAY_VGA, 16, 0},
	{"display", WORD_UNKNOWN, PCI_BASE_CLASS_DISPLAY, 8, 0},
	{"nic", WORD_NIC, PCI_BASE_CLASS_NETWORK, 8, 0},
	{"network", WORD_UNKNOWN, PCI_BASE_CLASS_NETWORK, 8, 0},
	{"nvme", WORD_NVME, CLASS_NVM, 16, 0},
	{"storage", WORD_STORAGE, PCI_BASE_CLASS_STORAGE, 8, 0},
	{"fc", WORD_FC, PCI_CLASS_SERIAL_FIBER, 16, 0},
	{"usb", WORD_USB, PCI_CLASS_SERIAL_USB, 16, 0},
	{"audio", WORD_AUDIO, CLASS_HD_AUDIO, 16, 0},
	{"audio", WORD_AUDIO, PCI_CLASS_MULTIMEDIA_AUDIO, 16, 0},
	{"qat", WORD_QAT, CLASS_COPROCESSOR, 16, PCI_VENDOR_ID_INTEL},
	{"accelerator", WORD_ACCELERATOR, CLASS_COPROCESSOR, 16, 0},
	{"accelerator", WORD_ACCELERATOR, BASE_CLASS_ACCELERATOR, 8, 0},
};

static bool fits(const struct class_row *row, const struct pci_function *function)
{
	int code = pci_class(function);

	if (code < 0 || code >> (16 - row->bits) != row->code)
		return false;
	return !row->vendor ||
	       (fact_known(&function->vendor.fact) && function->vendor.value == row->vendor);
}

enum class_word class_word_of(const struct pci_function *function)
{
	if (pcie_is_bridge(function))
		return WORD_BRIDGE;
	if (pci_class(function) < 0)
		return WORD_UNKNOWN;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (rows[i].means != WORD_UNKNOWN && fits(&rows[i], function))
			return rows[i].means;
	}
	return WORD_OTHER;
}

unsigned class_word_rank(const struct pci_function *function)
{
	enum class_word word = class_word_of(function);

	return word == WORD_UNKNOWN ? WORD_COUNT : (unsigned)word;
}

const char *class_word_name(enum class_word word)
{
	static const char *const names[] = {
		[WORD_UNKNOWN] = NULL,  [WORD_GPU] = "gpu",
		[WORD_NIC] = "nic",     [WORD_NVME] = "nvme",
		[WORD_FC] = "fc",       [WORD_STORAGE] = "storage",
		[WORD_USB] = "usb",     [WORD_AUDIO] = "audio",
		[WORD_QAT] = "qat",     [WORD_BRIDGE] = "bridge",
		[WORD_OTHER] = "other", [WORD_ACCELERATOR] = "accelerator",
	};
	ASSERT_COVERS(names, WORD_COUNT);

	return names[word];
}

bool class_word_matches(const char *word, const struct pci_function *function)
{
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (strcasecmp(word, rows[i].word) == 0 && fits(&rows[i], function))
			return true;
	}
	return false;
}

bool class_word_known(const char *word)
{
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (strcasecmp(word, rows[i].word) == 0)
			return true;
	}
	return false;
}

const char *class_word_at(size_t index)
{
	const char *word = "";

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		/* Rows of one word stand together. */
		if (strcmp(rows[i].word, word) == 0)
			continue;
		word = rows[i].word;
		if (!index--)
			return word;
	}
	return NULL;
}
