/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include <string.h>

enum kind {
	NO_LOCKDOWN,
	NOT_LOCKED,
	LOCKED,
	LOCKDOWN_UNREADABLE,
	NO_SELINUX,
	SYSFS_ALLOWED,
	SYSFS_DENIED,
	SELINUX_UNREADABLE,
	KIND_COUNT,
};

static const struct finding_kind kinds[] = {
	[NO_LOCKDOWN] = {"lockdown-selinux.no-lockdown",
			 "The kernel shows no lockdown state: it was built without the lockdown "
			 "module, or securityfs is not mounted.",
			 NULL},
	[NOT_LOCKED] = {"lockdown-selinux.not-locked", "The kernel is not locked down.", NULL},
	[LOCKED] = {"lockdown-selinux.locked",
		    "The kernel is locked down, as distributions do it under Secure Boot. That "
		    "refuses writes to config space through sysfs (setpci), mapping of resourceN "
		    "files, access to model-specific registers, and modules without a valid "
		    "signature: PF or vGPU drivers built by hand do not load. VFIO itself, "
		    "driver_override, new_id and sriov_numvfs are not among what it refuses "
		    "(security/lockdown, drivers/pci/pci-sysfs.c).",
		    NULL},
	[LOCKDOWN_UNREADABLE] = {"lockdown-selinux.lockdown-unreadable",
				 "passcheck cannot tell whether the kernel is locked down.",
				 FIX_READ_AS_ROOT},
	[NO_SELINUX] = {"lockdown-selinux.no-selinux",
			"SELinux is not active: /sys/fs/selinux has no enforce.", NULL},
	[SYSFS_ALLOWED] =
		{"lockdown-selinux.sysfs-allowed",
		 "SELinux does not keep virtual machines of libvirt from the files of sysfs that "
		 "passthrough needs: its boolean virt_use_sysfs is on, or the policy has no such "
		 "boolean, as today's, or SELinux is permissive.",
		 NULL},
	[SYSFS_DENIED] =
		{"lockdown-selinux.sysfs-denied",
		 "The boolean virt_use_sysfs of the SELinux policy is off, and SELinux enforces: "
		 "confined QEMU processes may not read or write the files of sysfs that they need "
		 "to use a function of the host.",
		 "Switch the boolean on: setsebool -P virt_use_sysfs on. Older policies call it "
		 "virt_manage_sysfs."},
	[SELINUX_UNREADABLE] = {"lockdown-selinux.selinux-unreadable",
				"passcheck cannot tell what SELinux allows to virtual machines.",
				FIX_READ_AS_ROOT},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static void report_unread(enum kind kind, const char *summary, const struct fact *fact,
			  struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[kind], FINDING_UNKNOWN, subject_host(), "%s", summary);

	finding_evidence_state(finding, fact);
	finding_remedy_unread(finding, fact);
}

static void judge_lockdown(const struct fact_text *lockdown, struct findings *findings)
{
	struct finding *finding;

	if (fact_absent(&lockdown->fact)) {
		finding = finding_add(findings, &kinds[NO_LOCKDOWN], FINDING_NOT_APPLICABLE,
				      subject_host(), "the kernel has no lockdown");
		finding_evidence_state(finding, &lockdown->fact);
		return;
	}
	if (!fact_known(&lockdown->fact)) {
		report_unread(LOCKDOWN_UNREADABLE, "whether the kernel is locked down is unknown",
			      &lockdown->fact, findings);
		return;
	}
	if (strcmp(lockdown->text, "none") == 0)
		finding = finding_add(findings, &kinds[NOT_LOCKED], FINDING_PASS, subject_host(),
				      "the kernel is not locked down");
	else
		finding = finding_add(findings, &kinds[LOCKED], FINDING_PASS, subject_host(),
				      "lockdown is %s: VFIO works, but setpci and "
				      "unsigned modules are refused",
				      lockdown->text);
	finding_evidence(finding, &lockdown->fact, "%s", lockdown->text);
}

static void report_sysfs_denied(const struct selinux *selinux, struct findings *findings)
{
	const struct fact *fact = &selinux->virt_use_sysfs.fact;
	const char *boolean = strrchr(fact->source, '/') + 1;
	struct finding *finding =
		finding_add(findings, &kinds[SYSFS_DENIED], FINDING_WARN, subject_host(),
			    "SELinux keeps virtual machines from sysfs: %s is off", boolean);

	finding_evidence(finding, fact, "%s", selinux->virt_use_sysfs.text);
	finding_evidence(finding, &selinux->enforce.fact, "1");
	finding_remedy(finding, "Switch %s on", boolean);
	finding_command(finding, "setsebool -P %s on", boolean);
}

static void judge_selinux(const struct selinux *selinux, struct findings *findings)
{
	const struct fact_text *sysfs = &selinux->virt_use_sysfs;
	bool enforces = selinux->enforce.value != 0;
	struct finding *finding;

	if (fact_absent(&selinux->enforce.fact)) {
		finding = finding_add(findings, &kinds[NO_SELINUX], FINDING_NOT_APPLICABLE,
				      subject_host(), "SELinux is not active");
		finding_evidence_state(finding, &selinux->enforce.fact);
	} else if (!fact_known(&selinux->enforce.fact)) {
		report_unread(SELINUX_UNREADABLE, "whether SELinux enforces is unknown",
			      &selinux->enforce.fact, findings);
	} else if (enforces && !fact_settled(&sysfs->fact)) {
		report_unread(SELINUX_UNREADABLE, "what SELinux allows to guests is unknown",
			      &sysfs->fact, findings);
	} else if (enforces && fact_known(&sysfs->fact) && sysfs->text[0] == '0') {
		report_sysfs_denied(selinux, findings);
	} else {
		finding = finding_add(findings, &kinds[SYSFS_ALLOWED], FINDING_PASS, subject_host(),
				      "SELinux lets virtual machines use sysfs");
		finding_evidence(finding, &selinux->enforce.fact, "%d", enforces);
		finding_evidence(finding, &sysfs->fact, "%s", sysfs->text);
	}
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;

	judge_lockdown(&host->lockdown, findings);
	judge_selinux(&host->selinux, findings);
}

const struct check check_lockdown_selinux = {
	.id = "lockdown-selinux",
	.title = "Do lockdown or SELinux refuse what passthrough needs?",
	.needs = "securityfs and /sys/fs/selinux; no privilege",
	.advisory = true,
	.host_alone = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
