/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/domain.h"

#include <string.h>

#include "tests/unit/support/cmocka.h"

struct domain_device hostdev_of(const struct pci_function *function)
{
	return (struct domain_device){
		.kind = DOMAIN_DEVICE_HOSTDEV,
		.element = "hostdev",
		.managed = true,
		.has_source = true,
		.source = function->address,
	};
}

void translate_by(struct paper *paper, enum iommu_kind kind, struct iommu_unit *running)
{
	struct dma_unit *unit = arena_alloc(paper->arena, sizeof(*unit));
	struct dma_match *match = arena_alloc(paper->arena, sizeof(*match));

	assert_non_null(unit);
	assert_non_null(match);
	*unit = (struct dma_unit){.kind = kind, .running = running};
	*match = (struct dma_match){.coverage = DMA_COVERED, .unit = unit};
	paper->model.dma_units = (struct dma_units){.host = &paper->host, .matches = match};
}

const struct findings *judge_domain_set(struct paper *paper, const char *id,
					const struct domain_set *set)
{
	struct findings *findings = arena_alloc(paper->arena, sizeof(*findings));
	const struct check *check = check_find(id);
	struct domain_map map;

	assert_non_null(findings);
	assert_non_null(check);
	assert_true(check->judges_domains);
	domain_map_build(&paper->model, set, paper->arena, &map);
	findings_init(findings, paper->arena);
	check_run(check, &(const struct check_context){.host = map.host,
						       .model = &paper->model,
						       .domains = &map,
						       .findings = findings});
	return findings;
}

const struct findings *judge_domains_and_networks(struct paper *paper, const char *id,
						  const struct domain *domains, size_t count,
						  const struct domain_network *networks,
						  size_t network_count)
{
	const struct domain_set set = {.domains = domains,
				       .domain_count = count,
				       .networks = networks,
				       .network_count = network_count};

	return judge_domain_set(paper, id, &set);
}

const struct findings *judge_domains(struct paper *paper, const char *check,
				     const struct domain *domains, size_t count)
{
	return judge_domains_and_networks(paper, check, domains, count, NULL, 0);
}

const struct finding *expect_domain_finding(struct paper *paper, const struct domain *domain,
					    const char *id, enum finding_verdict verdict,
					    const char *summary)
{
	const char *check = arena_copy(paper->arena, id, strcspn(id, "."));

	assert_non_null(check);
	const struct findings *findings = judge_domains(paper, check, domain, 1);
	const struct finding *finding = expect_finding(findings, id, verdict);
	assert_int_equal(findings->count, 1);
	assert_string_equal(finding->summary, summary);
	assert_string_equal(finding->subject.id, domain->name);
	assert_non_null(finding->remedy);
	return finding;
}
