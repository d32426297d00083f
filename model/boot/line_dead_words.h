/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_BOOT_LINE_DEAD_WORDS_H
#define PASSCHECK_MODEL_BOOT_LINE_DEAD_WORDS_H

#include "model/boot/line_effect.h"

/* Adds the words that do nothing on the host, or what another one does: skipped, misspelt, of
 * another IOMMU, architecture or initramfs, without their module or list. */
void line_dead_words(struct line_builder *builder);

#endif
