/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"

#include <string.h>

enum kind { APPLIED, PENDING, LOST, WRONG_FILE, NOT_JUDGED, UNREADABLE };

static const struct finding_kind kinds[] = {
	[APPLIED] = {"boot-config.applied",
		     "What the configuration of the boot loader says of passthrough is what the "
		     "running kernel was booted with."},
	[PENDING] = {"boot-config.pending",
		     "A kernel parameter of passthrough is configured for the next boot, and the "
		     "running kernel was booted without it: the boot loader's own configuration "
		     "was not made anew, or the host did not boot since."},
	[LOST] = {"boot-config.will-be-lost",
		  "The running kernel was booted with a parameter of passthrough that the "
		  "configuration does not have: it was typed at boot or written into a generated "
		  "file, and is gone once that file is made anew."},
	[WRONG_FILE] = {"boot-config.wrong-file",
			"A kernel parameter of passthrough is in a file that this host's boot "
			"loader is not configured by, and is not in effect."},
	[NOT_JUDGED] = {"boot-config.not-judged",
			"Where this host's kernel command line is configured could not be told, or "
			"it is in boot loader entries, which passcheck does not compare."},
	[UNREADABLE] = {"boot-config.unreadable",
			"The configuration of the kernel command line, or the running one, was "
			"not read."},
};

/* Parameters whose loss at a reboot, or absence until one, changes what a host can pass through. */
static const char *const judged[] = {
	"intel_iommu",
	"amd_iommu",
	"iommu",
	"iommu.passthrough",
	"iommu.strict",
	"intremap",
	"pci",
	"pcie_acs_override",
	"vfio_pci.ids",
	"vfio_iommu_type1.allow_unsafe_interrupts",
	"module_blacklist",
	"initcall_blacklist",
	"hugepages",
	"hugepagesz",
	"default_hugepagesz",
};

static bool is_judged(const struct cmdline_parameter *parameter)
{
	for (size_t i = 0; i < sizeof(judged) / sizeof(judged[0]); i++) {
		if (cmdline_same_name(parameter->name, judged[i]))
			return true;
	}
	return false;
}

static bool is_same(const struct cmdline_parameter *a, const struct cmdline_parameter *b)
{
	return cmdline_same_name(a->name, b->name) &&
	       strcmp(a->value ? a->value : "", b->value ? b->value : "") == 0;
}

static bool has(const struct cmdline *cmdline, const struct cmdline_parameter *parameter)
{
	for (size_t i = 0; i < cmdline->count; i++) {
		if (is_same(&cmdline->parameters[i], parameter))
			return true;
	}
	return false;
}

/* How the host's command line is configured. */
struct place {
	const struct cmdline *configured; /* NULL: passcheck cannot tell */
	const struct cmdline *other;      /* a place that does not count */
	const char *command;              /* what applies a change; NULL: none */
};

static struct place find_place(const struct host *host)
{
	const struct boot_config *config = &host->boot_config;

	switch (boot_loader_of(&host->boot_tools)) {
	case BOOT_LOADER_PROXMOX_CMDLINE:
		return (struct place){&config->kernel, &config->grub, "proxmox-boot-tool refresh"};
	case BOOT_LOADER_PROXMOX_GRUB:
		return (struct place){&config->grub, &config->kernel, "proxmox-boot-tool refresh"};
	case BOOT_LOADER_UPDATE_GRUB:
		return (struct place){&config->grub, &config->kernel, "update-grub"};
	case BOOT_LOADER_GRUB2_MKCONFIG:
		return (struct place){&config->grub, &config->kernel,
				      "grub2-mkconfig -o /boot/grub2/grub.cfg"};
	case BOOT_LOADER_GRUB_MKCONFIG:
		return (struct place){&config->grub, &config->kernel,
				      "grub-mkconfig -o /boot/grub/grub.cfg"};
	case BOOT_LOADER_KERNEL_INSTALL:
		return (struct place){&config->kernel, &config->grub, NULL};
	case BOOT_LOADER_UNKNOWN:
	case BOOT_LOADER_OSTREE:
	case BOOT_LOADER_GRUBBY:
	case BOOT_LOADER_SYSTEMD_BOOT:
		break;
	}
	return (struct place){0};
}

static const char *spell(const struct cmdline_parameter *parameter, struct arena *arena)
{
	return parameter->value ? arena_printf(arena, "%s=%s", parameter->name, parameter->value)
				: parameter->name;
}

struct audit {
	const struct host *host;
	const struct place *place;
	struct findings *findings;
};

static struct finding *add(const struct audit *audit, enum kind kind, const struct fact *has_it,
			   const struct fact *lacks_it, const char *text, const char *what)
{
	struct finding *finding = finding_add(audit->findings, &kinds[kind], FINDING_WARN,
					      subject_host(), "%s %s", text, what);

	finding_evidence(finding, has_it, "%s", text);
	finding_evidence(finding, lacks_it, "without %s", text);
	return finding;
}

static size_t judge_configured(const struct audit *audit)
{
	const struct cmdline *configured = audit->place->configured;
	const struct cmdline *running = &audit->host->cmdline;
	size_t count = 0;

	for (size_t i = 0; i < configured->count; i++) {
		const struct cmdline_parameter *it = &configured->parameters[i];
		if (!is_judged(it) || has(running, it))
			continue;
		struct finding *finding =
			add(audit, PENDING, &configured->fact, &running->fact,
			    spell(it, audit->findings->arena),
			    "is configured, and the running kernel was booted without it");
		finding_remedy(finding, "Apply the configuration and reboot");
		if (audit->place->command)
			finding_command(finding, "%s", audit->place->command);
		count++;
	}
	return count;
}

static size_t judge_running(const struct audit *audit)
{
	const struct cmdline *configured = audit->place->configured;
	const struct cmdline *running = &audit->host->cmdline;
	size_t count = 0;

	for (size_t i = 0; i < running->count; i++) {
		const struct cmdline_parameter *it = &running->parameters[i];
		if (!is_judged(it) || has(configured, it))
			continue;
		const char *text = spell(it, audit->findings->arena);
		struct finding *finding = add(audit, LOST, &running->fact, &configured->fact, text,
					      "is in effect, and not configured to stay");
		finding_remedy(finding, "Add %s to %s, if it is to stay", text,
			       configured->fact.source);
		count++;
	}
	return count;
}

/* A file that does not count is a trap only for what is in it alone. */
static size_t judge_other(const struct audit *audit)
{
	const struct cmdline *other = audit->place->other;
	const struct cmdline *configured = audit->place->configured;
	size_t count = 0;

	if (!fact_known(&other->fact))
		return 0;
	for (size_t i = 0; i < other->count; i++) {
		const struct cmdline_parameter *it = &other->parameters[i];
		if (!is_judged(it) || has(configured, it) || has(&audit->host->cmdline, it))
			continue;
		const char *text = spell(it, audit->findings->arena);
		struct finding *finding = add(audit, WRONG_FILE, &other->fact, &configured->fact,
					      text, "is in a file that this host does not boot by");
		finding_remedy(finding, "Put %s into %s, and apply it", text,
			       configured->fact.source);
		if (audit->place->command)
			finding_command(finding, "%s", audit->place->command);
		count++;
	}
	return count;
}

static void report_unread(const struct fact *fact, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
			    "what the next boot brings could not be told");

	finding_evidence_state(finding, fact);
	finding_remedy_unread(finding, fact);
}

static void run(const struct host *host, const struct model *model, struct findings *findings)
{
	struct place place = find_place(host);
	const struct audit audit = {.host = host, .place = &place, .findings = findings};
	struct finding *finding;

	(void)model;
	if (!place.configured) {
		finding = finding_add(findings, &kinds[NOT_JUDGED], FINDING_NOT_APPLICABLE,
				      subject_host(),
				      "where the next boot's command line is configured is not "
				      "known to passcheck");
		finding_evidence_state(finding, &host->boot_config.grub.fact);
		finding_evidence_state(finding, &host->boot_config.kernel.fact);
		return;
	}
	if (!fact_known(&place.configured->fact) || !fact_known(&host->cmdline.fact)) {
		report_unread(fact_known(&host->cmdline.fact) ? &place.configured->fact
							      : &host->cmdline.fact,
			      findings);
		return;
	}
	size_t count = judge_configured(&audit);
	count += judge_running(&audit);
	count += judge_other(&audit);
	if (count)
		return;
	finding = finding_add(findings, &kinds[APPLIED], FINDING_PASS, subject_host(),
			      "the next boot has the same parameters of passthrough");
	finding_evidence(finding, &place.configured->fact, "as /proc/cmdline");
}

const struct check check_boot_config = {
	.id = "boot-config",
	.title = "Will the next boot have what this one has?",
	.needs = "/proc/cmdline, /etc/default/grub and /etc/kernel/cmdline; no privilege",
	.advisory = true,
	.kinds = kinds,
	.kind_count = sizeof(kinds) / sizeof(kinds[0]),
	.run = run,
};
