/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "host/boot/boolean.h"
#include "model/boot/declared_system.h"

enum kind { NONE, OFF, ON, SNP_BLOCKED, UNREADABLE, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[NONE] = {"secure-guests.none",
		  "The processor offers no encrypted guests: its flags lack sev, and kvm_intel has "
		  "no tdx.",
		  NULL},
	[OFF] = {"secure-guests.off",
		 "The processor could run encrypted guests, and KVM does not offer them: firmware "
		 "(SMEE, SEV-ES ASIDs) or a parameter of kvm_amd or kvm_intel leaves them off, or "
		 "the module is not loaded.",
		 NULL},
	[ON] = {"secure-guests.on",
		"KVM can run guests whose memory is encrypted. A device that is assigned to one "
		"reaches only the memory that the guest shares: its DMA goes through bounce "
		"buffers, unless device and platform support trusted I/O.",
		NULL},
	[SNP_BLOCKED] =
		{"secure-guests.snp-blocked",
		 "SEV-SNP needs the IOMMU to translate, by tables of its first kind: with iommu=pt "
		 "or amd_iommu=pgtbl_v2, or with the IOMMU off, the kernel leaves SNP off on the "
		 "host (drivers/iommu/amd/init.c). Linux 7.3 does so no longer for the words where "
		 "the IOMMU has SNP page mode 0. That concerns only a host that is to run such "
		 "guests.",
		 NULL},
	[UNREADABLE] = {"secure-guests.unreadable",
			"passcheck cannot tell whether KVM offers encrypted guests.",
			FIX_READ_AS_ROOT},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* A kind of encrypted guest. */
struct technique {
	const char *name;
	const char *flag; /* of the processor; NULL: none tells */
	const struct fact_text *parameter;
};

/* Returns the words of the command line that iommu_snp_enable() refuses SNP for, "" without any. */
static const char *snp_culprits(const struct model *model, struct arena *arena)
{
	const struct kernel_switch *const switches[] = {&model->parameters.passthrough,
							&model->parameters.page_table_v2};
	struct buffer words = {.arena = arena, .separator = " and "};

	for (size_t i = 0; i < ARRAY_LENGTH(switches); i++) {
		const struct cmdline_parameter *it = switches[i]->decided_by;
		const char *word = switches[i]->word ? switches[i]->word : it ? it->value : NULL;
		if (switches[i]->state == SWITCH_ON && it)
			buffer_item(&words, "%s=%s", it->name, word ? word : "");
	}
	return buffer_text(&words);
}

static bool judge_snp(const struct model *model, const struct technique *snp,
		      struct findings *findings)
{
	const char *culprits = snp_culprits(model, findings->arena);
	bool several = strstr(culprits, " and ") != NULL;
	/* Linux 7.3 takes an IOMMU with SNP page mode 0 all the same, 7.0 does not. */
	bool certain = host_kernel_has(model->host, 7, 1) == BOOLEAN_NO;

	if (!cpu_has(&model->host->cpu, snp->flag) ||
	    boolean_of_fact(snp->parameter) != BOOLEAN_NO || !*culprits)
		return false;
	struct finding *finding = finding_add(findings, &kinds[SNP_BLOCKED], FINDING_NOT_APPLICABLE,
					      subject_host(), "%s %s SEV-SNP off", culprits,
					      !certain  ? "may keep"
					      : several ? "keep"
							: "keeps");
	finding_evidence(finding, &model->host->cmdline.fact, "%s", culprits);
	finding_evidence(finding, &snp->parameter->fact, "%s", snp->parameter->text);
	finding_remedy(finding, "To run SEV-SNP guests, remove %s from %s and reboot", culprits,
		       declared_system_place(model->host));
	return true;
}

static bool is_offered(const struct host *host, const struct technique *technique)
{
	if (technique->flag)
		return cpu_has(&host->cpu, technique->flag);
	return fact_known(&technique->parameter->fact);
}

static void judge(const struct host *host, const struct technique *technique,
		  struct findings *findings)
{
	const struct fact_text *parameter = technique->parameter;
	struct finding *finding;

	if (boolean_of_fact(parameter) == BOOLEAN_YES) {
		finding = finding_add(findings, &kinds[ON], FINDING_PASS, subject_host(),
				      "KVM can run %s guests", technique->name);
		finding_evidence(finding, &parameter->fact, "%s", parameter->text);
	} else if (boolean_of_fact(parameter) == BOOLEAN_NO || fact_absent(&parameter->fact)) {
		finding = finding_add(findings, &kinds[OFF], FINDING_NOT_APPLICABLE, subject_host(),
				      "KVM offers no %s guests", technique->name);
		finding_evidence(finding, &parameter->fact, "%s", parameter->text);
	} else {
		finding = finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
				      "whether KVM offers %s guests is unknown", technique->name);
		finding_evidence_state(finding, &parameter->fact);
		finding_remedy_unread(finding, &parameter->fact);
		return;
	}
	if (technique->flag)
		finding_evidence(finding, &host->cpu.fact, "flags: %s", technique->flag);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	const struct kvm *kvm = &host->kvm;
	const struct technique techniques[] = {
		{"SEV", "sev", &kvm->amd_sev},
		{"SEV-ES", "sev_es", &kvm->amd_sev_es},
		{"SEV-SNP", "sev_snp", &kvm->amd_sev_snp},
		{"TDX", NULL, &kvm->intel_tdx},
	};
	enum { SNP = 2, COUNT = ARRAY_LENGTH(techniques) };
	bool found = false;

	for (size_t i = 0; i < COUNT; i++) {
		if (!is_offered(host, &techniques[i]))
			continue;
		found = true;
		if (i != SNP || !judge_snp(context->model, &techniques[i], findings))
			judge(host, &techniques[i], findings);
	}
	if (found)
		return;
	bool known = fact_known(&host->cpu.fact);
	struct finding *finding =
		finding_add(findings, &kinds[known ? NONE : UNREADABLE],
			    known ? FINDING_NOT_APPLICABLE : FINDING_UNKNOWN, subject_host(),
			    known ? "the processor offers no encrypted guests"
				  : "whether the processor offers encrypted guests is unknown");
	finding_evidence(finding, &host->cpu.fact, "flags without sev");
	finding_evidence(finding, &kvm->intel_tdx.fact, "%s", "");
	if (!known)
		finding_remedy_unread(finding, &host->cpu.fact);
}

const struct check check_secure_guests = {
	.id = "secure-guests",
	.title = "Can KVM run encrypted guests, and what do they ask of the IOMMU?",
	.needs = "/proc/cpuinfo, /sys/module/kvm_*/parameters; no privilege",
	.advisory = true,
	.host_alone = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
