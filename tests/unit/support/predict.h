/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_SUPPORT_PREDICT_H
#define PASSCHECK_TESTS_SUPPORT_PREDICT_H

#include "tests/unit/support/paper.h"

/* Computes the groups of a host on paper. */
void predict_groups(struct paper *paper);

/* Fails the test unless the first function's predicted group are the names, apart by spaces. */
void expect_group(struct paper *paper, const char *names);

/* Fails the test unless the prediction for function is unknown. */
void expect_no_prediction(struct paper *paper, const struct pci_function *function);

#endif
