/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_CLASS_WORD_H
#define PASSCHECK_MODEL_CLASS_WORD_H

#include "host/pci/pci.h"

/* What people call the kinds of functions, by their class codes; those that they look for most come
 * first. */
enum class_word {
	WORD_UNKNOWN, /* the class was not read */
	WORD_GPU,
	WORD_NIC,
	WORD_NVME,
	WORD_STORAGE, /* other controllers of disks */
	WORD_FC,
	WORD_USB,
	WORD_AUDIO,
	WORD_QAT,
	WORD_ACCELERATOR, /* other co-processors */
	WORD_BRIDGE,      /* what pcie_is_bridge() calls so */
	WORD_OTHER,
	WORD_COUNT,
};

/* Returns the kind of a function. */
enum class_word class_word_of(const struct pci_function *function);

/* Returns how many kinds people look for more than that of the function; most where its class was
 * not read. */
unsigned class_word_rank(const struct pci_function *function);

/* Returns "gpu", "nic" and the like; NULL where the class was not read. */
const char *class_word_name(enum class_word word);

/* Returns whether the function is of the class that a person's word names ("gpu", "display", "vga",
 * "storage", which takes nvme in), in upper or lower case. */
bool class_word_matches(const char *word, const struct pci_function *function);

/* Returns whether word is one of these, in upper or lower case. */
bool class_word_known(const char *word);

/* Returns one of these, by its number from 0; NULL behind the last. */
const char *class_word_at(size_t index);

#endif
