/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_SUPPORT_DOMAIN_H
#define PASSCHECK_TESTS_SUPPORT_DOMAIN_H

#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"

/* A managed <hostdev> that takes the function. */
struct domain_device hostdev_of(const struct pci_function *function);

/* Says that one unit, which runs, translates the first function. */
void translate_by(struct paper *paper, enum iommu_kind kind, struct iommu_unit *running);

/* Runs a check on what a set holds. */
const struct findings *judge_domain_set(struct paper *paper, const char *check,
					const struct domain_set *set);

/* Runs the check of that id over domains, or over domains and networks, on the host on paper. */
const struct findings *judge_domains(struct paper *paper, const char *check,
				     const struct domain *domains, size_t count);
const struct findings *judge_domains_and_networks(struct paper *paper, const char *check,
						  const struct domain *domains, size_t count,
						  const struct domain_network *networks,
						  size_t network_count);

/* Fails the test unless the domain alone gives this finding of its check, and no other. Returns
 * it. */
const struct finding *expect_domain_finding(struct paper *paper, const struct domain *domain,
					    const char *id, enum finding_verdict verdict,
					    const char *summary);

#endif
