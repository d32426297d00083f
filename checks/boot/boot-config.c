/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include <string.h>

#include "host/base/array.h"
#include "model/boot/boot_commands.h"
#include "model/boot/line_effects.h"
#include "model/boot/line_remedy.h"
#include "model/boot/next_boot.h"

enum kind {
	APPLIED,
	PENDING,
	WILL_BREAK,
	WILL_WEAKEN,
	WILL_WORK,
	NO_EFFECT,
	REDUNDANT,
	LOST,
	WRONG_FILE,
	NOT_APPLIED,
	DIFFERING,
	NOT_JUDGED,
	UNREADABLE,
	KIND_COUNT
};

/* Entries that a finding shows. */
enum { MOST_LINES = 8 };

#define FIX_TAKE_WORDS_OUT                                                                         \
	"Take the words out of the file that the finding names, and have the boot loader's own "   \
	"configuration made anew where it is made of that."

static const struct finding_kind kinds[] = {
	[APPLIED] = {"boot-config.applied",
		     "What the configuration of the boot loader says of passthrough is what the "
		     "running kernel was booted with. Where the loader reads entries or unified "
		     "kernel images, these were compared: the one that is booted next, or all that "
		     "may be.",
		     NULL},
	[PENDING] =
		{"boot-config.pending",
		 "A kernel parameter of passthrough is configured for the next boot, and the "
		 "running kernel was booted without it.",
		 "Reboot, where it was read in the boot loader entry. Where it was read in "
		 "/etc/default/grub or /etc/kernel/cmdline, first have the boot loader's own "
		 "configuration made anew (update-grub, grub2-mkconfig, proxmox-boot-tool refresh "
		 "or what the distribution has for it)."},
	[WILL_BREAK] =
		{"boot-config.will-break",
		 "The next boot's kernel command line has words that take from passthrough what "
		 "it needs: DMA remapping, interrupt remapping, extended config space, a module. "
		 "They are judged by the rules that kernel-cmdline judges the running kernel's by. "
		 "Of several words for one switch the last wins, and GRUB_CMDLINE_LINUX_DEFAULT "
		 "stands behind GRUB_CMDLINE_LINUX.",
		 FIX_TAKE_WORDS_OUT},
	[WILL_WEAKEN] =
		{"boot-config.will-weaken",
		 "The next boot's kernel command line has words that take protection from what is "
		 "assigned: unsafe interrupts, VFIO without an IOMMU, devices known to be unsafe, "
		 "isolation that the hardware does not give.",
		 FIX_TAKE_WORDS_OUT},
	[WILL_WORK] =
		{"boot-config.will-work",
		 "The running kernel was booted with words that keep something of passthrough off, "
		 "and the next boot is without them.",
		 "Reboot."},
	[NO_EFFECT] =
		{"boot-config.no-effect",
		 "A word that is configured for the next boot does nothing there: the kernel skips "
		 "it, or a later word overrules it.",
		 "Write what is meant instead, or remove the word, in the file that the finding "
		 "names; where a later word overrules it, edit that one."},
	[REDUNDANT] = {"boot-config.changes-nothing",
		       "A word that is configured for the next boot asks for what is in effect "
		       "already: no reboot is needed for it.",
		       NULL},
	[LOST] = {"boot-config.will-be-lost",
		  "The running kernel was booted with a parameter of passthrough that the "
		  "configuration does not have: it was typed at boot, written into a generated "
		  "file, or removed since. Or the boot loader entry has it, and "
		  "/etc/kernel/cmdline, "
		  "of which kernel-install makes the entry of a new kernel, does not: it is gone "
		  "with the next kernel.",
		  "If the parameter is to stay, add it to the file that the boot loader is "
		  "configured by, or to /etc/kernel/cmdline, and apply that; the finding names the "
		  "file. If it is not, nothing needs to be done."},
	[WRONG_FILE] =
		{"boot-config.wrong-file",
		 "A kernel parameter of passthrough is in a file that this host's boot "
		 "loader is not configured by, and is not in effect.",
		 "Put the parameter into the file that the finding names, apply that, and reboot."},
	[NOT_APPLIED] =
		{"boot-config.not-applied",
		 "A kernel parameter of passthrough is in /etc/default/grub or "
		 "/etc/kernel/cmdline, and in none of the boot loader entries or unified kernel "
		 "images that may be booted: a reboot does not bring it. Since RHEL 9.3, "
		 "grub2-mkconfig does not write it into entries.",
		 "Bring the parameter into the entries with the tool that the host has for it, and "
		 "reboot: grubby --update-kernel=ALL --args=PARAMETER where there is grubby, "
		 "otherwise what makes entries or images anew (mkinitcpio -P, proxmox-boot-tool "
		 "refresh)."},
	[DIFFERING] =
		{"boot-config.entries-differ",
		 "Of the boot loader entries that may be booted next, some have a parameter of "
		 "passthrough and others do not, and passcheck cannot tell which one is booted: "
		 "that depends on GRUB's saved_entry, or on loader.conf and EFI variables of "
		 "systemd-boot. Or an entry takes words from a variable that GRUB's environment "
		 "block does not have.",
		 "Give every entry that may be booted the same parameters (grubby "
		 "--update-kernel=ALL does so where there is grubby), and set the variable that "
		 "GRUB's environment block lacks. Where loader.conf or the EFI variables were not "
		 "read, run passcheck as root, or capture the host as root."},
	[NOT_JUDGED] =
		{"boot-config.not-judged",
		 "passcheck cannot tell where this host's kernel command line is configured: "
		 "nothing is known of its boot loader, no entry was found, a unified kernel "
		 "image takes its command line from elsewhere, or rpm-ostree has a deployment "
		 "staged, whose entry it writes when the host goes down.",
		 "Boot a deployment that is staged, then run passcheck again. Otherwise compare "
		 "/proc/cmdline after the next boot with what it is now."},
	[UNREADABLE] = {"boot-config.unreadable",
			"The configuration of the kernel command line, or the running one, was "
			"not read. Many hosts keep boot loader entries and the EFI system "
			"partition for root.",
			FIX_READ_AS_ROOT},
};

ASSERT_COVERS(kinds, KIND_COUNT);

struct audit {
	const struct host *host;
	const struct host_platform *platform;
	enum acs_override_state override;
	const struct next_boot *next;
	const struct line_effects *lines;   /* of those of next */
	const struct line_effects *running; /* what the running kernel's words do */
	struct findings *findings;
};

static void judge_words(const struct audit *audit, const struct cmdline *cmdline,
			struct line_effects *ret)
{
	line_effects_build(audit->host, audit->platform, audit->override, cmdline,
			   audit->findings->arena, ret);
}

/* Returns the parameter as it may be shown: the values of those that are not known may be
 * secrets. */
static const char *show(const struct audit *audit, const struct cmdline_parameter *parameter)
{
	return kernel_parameter_known(parameter->name)
		       ? cmdline_spell(audit->findings->arena, parameter)
		       : parameter->name;
}

/* Shows what each line that may be booted says of the parameter. */
static void show_lines(struct finding *finding, const struct audit *audit,
		       const struct cmdline_parameter *parameter, const char *text)
{
	struct arena *arena = audit->findings->arena;

	for (size_t i = 0; i < audit->next->count && i < MOST_LINES; i++) {
		const struct next_boot_line *line = &audit->next->lines[i];
		const char *running = line->is_running ? ", of the running kernel" : "";
		const char *open = line->variable ? arena_printf(arena, ", but $%s is not known",
								 line->variable)
						  : "";
		if (kernel_parameter_is_on(line->cmdline, parameter))
			finding_evidence(finding, &line->cmdline->fact, "%s%s", text, running);
		else
			finding_evidence(finding, &line->cmdline->fact, "without %s%s%s", text,
					 open, running);
	}
}

static void add_commands(struct finding *finding, const struct text_line *commands)
{
	for (; commands; commands = commands->next)
		finding_command(finding, "%s", commands->text);
}

static void show_running(struct finding *finding, const struct audit *audit,
			 const struct cmdline_parameter *parameter, const char *text)
{
	const struct cmdline *running = &audit->host->cmdline;

	finding_evidence(finding, &running->fact, "%s%s",
			 kernel_parameter_is_on(running, parameter) ? "" : "without ", text);
}

/* Whether a line has words that break what the running kernel has. */
static bool breaks_anew(const struct audit *audit, const struct line_effects *effects)
{
	for (const struct line_effect *it = effects->first; it; it = it->next) {
		if (line_effect_breaks_anew(it, audit->running))
			return true;
	}
	return false;
}

/* Whether any line that the next boot may have does. */
static bool next_breaks(const struct audit *audit)
{
	for (size_t i = 0; i < audit->next->count; i++) {
		if (breaks_anew(audit, &audit->lines[i]))
			return true;
	}
	return false;
}

/* Says how the next boot gets what is configured for it, but not what breaks with it. */
static void remedy_apply(struct finding *finding, const struct audit *audit)
{
	const char *how = audit->next->generated ? "Reboot" : "Apply the configuration and reboot";
	const char *update = boot_commands_update(audit->host);

	if (next_breaks(audit)) {
		finding_remedy(finding,
			       "First take out what will-break names: it is a part of the same "
			       "configuration");
		return;
	}
	finding_remedy(finding, "%s", how);
	if (!audit->next->generated && update)
		finding_command(finding, "%s", update);
}

/* What a word that does what it says brings: what was off comes to be on. */
static const char *prospect(const struct audit *audit, const struct line_effects *line,
			    const struct cmdline_parameter *parameter)
{
	const struct kernel_switch *vtd = &line->parameters.intel_iommu;

	return audit->platform->kind == PLATFORM_VTD && vtd->decided_by == parameter &&
			       vtd->state == SWITCH_ON &&
			       audit->platform->translation == TRANSLATION_OFF
		       ? ": it turns VT-d on"
		       : "";
}

/* Returns whether all that the words ask for is DMA remapping, which runs. */
static bool is_redundant(const struct audit *audit, const struct line_effects *line,
			 const struct cmdline_parameter *parameter)
{
	const struct kernel_switch *vtd = &line->parameters.intel_iommu;

	return audit->platform->translation == TRANSLATION_ON && vtd->decided_by == parameter &&
	       vtd->state == SWITCH_ON && strcmp(parameter->value, "on") == 0;
}

static void report_redundant(const struct audit *audit, const struct cmdline_parameter *parameter)
{
	const char *text = show(audit, parameter);
	struct finding *finding = finding_add(
		audit->findings, &kinds[REDUNDANT], FINDING_PASS, subject_host(),
		"%s is configured for the next boot, and changes nothing: DMA remapping runs",
		text);

	show_lines(finding, audit, parameter, text);
	finding_evidence(finding, audit->platform->translation_fact, "translation runs");
}

static void report_pending(const struct audit *audit, const struct line_effects *line,
			   const struct cmdline_parameter *parameter)
{
	const char *text = show(audit, parameter);
	struct finding *finding =
		finding_add(audit->findings, &kinds[PENDING], FINDING_WARN, subject_host(),
			    "%s is configured, and the running kernel was booted without it%s",
			    text, prospect(audit, line, parameter));

	finding_about(finding, text);
	show_lines(finding, audit, parameter, text);
	show_running(finding, audit, parameter, text);
	remedy_apply(finding, audit);
}

/* Not made of entries: in the file that they are made of, or that a person edits. */
static const char *edited_file(const struct audit *audit)
{
	const struct next_boot *next = audit->next;

	if (boot_loader_of(&audit->host->boot_tools) == BOOT_LOADER_NIXOS)
		return "boot.kernelParams of NixOS's configuration";
	/* grubby edits entries, and the files that they are made of with them. */
	if (next->generated && boot_loader_of(&audit->host->boot_tools) == BOOT_LOADER_GRUBBY)
		return "the boot loader entries";
	if (next->generated)
		return next->source_count ? next->sources[0]->fact.source : "the boot loader entry";
	return next->lines[0].cmdline->fact.source;
}

static bool is_entry(const struct next_boot *next, const struct cmdline *cmdline)
{
	for (size_t i = 0; i < next->count; i++) {
		if (next->generated && next->lines[i].cmdline == cmdline)
			return true;
	}
	return false;
}

/* Where a parameter of a line is edited. */
static struct line_place place_of(const struct audit *audit, const struct cmdline *cmdline,
				  const struct cmdline_parameter *parameter)
{
	const struct boot_config *config = &audit->host->boot_config;
	struct line_place place = {"in", cmdline->fact.source};

	if (cmdline == &config->grub)
		place.name = boot_config_grub_place(config, audit->findings->arena, parameter);
	else if (is_entry(audit->next, cmdline))
		place.name = edited_file(audit);
	return place;
}

static enum kind kind_of_outcome(enum line_outcome outcome)
{
	switch (outcome) {
	case OUTCOME_BREAKS:
		return WILL_BREAK;
	case OUTCOME_WEAKENS:
		return WILL_WEAKEN;
	case OUTCOME_NOTHING:
	case OUTCOME_AS_MEANT:
		break;
	}
	return NO_EFFECT;
}

/* Says how words go before they are booted with. */
static void add_edit(struct finding *finding, const struct audit *audit,
		     const struct line_effects *line, const struct line_effect *effect)
{
	struct arena *arena = audit->findings->arena;
	struct line_place place = place_of(audit, line->cmdline, line_effect_target(effect));
	struct text_line *add = NULL, *remove = NULL, *commands = NULL;

	finding_remedy(finding, "%s", line_effect_remedy(effect, &place, arena));
	if (line_effect_edit(effect, arena, &add, &remove) &&
	    boot_commands_edit(audit->host, add, remove, arena, &commands))
		add_commands(finding, commands);
}

static void report_effect(const struct audit *audit, const struct line_effects *line,
			  const struct line_effect *effect)
{
	const char *text = show(audit, effect->parameter);
	struct finding *finding =
		finding_add(audit->findings, &kinds[kind_of_outcome(effect->outcome)], FINDING_WARN,
			    subject_host(), "%s %s",
			    is_entry(audit->next, line->cmdline) || !audit->next->generated
				    ? "at the next boot"
				    : "once a boot loader entry is made of it,",
			    effect->statement);

	finding_evidence(finding, &line->cmdline->fact, "%s", text);
	if (effect->winner && effect->winner != effect->parameter)
		finding_evidence(finding, &line->cmdline->fact, "%s", show(audit, effect->winner));
	show_running(finding, audit, effect->parameter, text);
	add_edit(finding, audit, line, effect);
}

/* Reports what the parameter does beyond what it says, and does not do in the running kernel.
 * Returns how many findings that gave. */
static size_t judge_effects(const struct audit *audit, const struct line_effects *line,
			    const struct cmdline_parameter *parameter)
{
	const struct line_effect *it = line_effects_amiss(line, parameter);
	size_t count = 0;

	for (; it; it = line_effect_amiss(it->next_of)) {
		if (line_effects_have(audit->running, it))
			continue;
		report_effect(audit, line, it);
		count++;
	}
	return count;
}

static bool has_bad_effect(const struct line_effects *line,
			   const struct cmdline_parameter *parameter)
{
	return line_effects_amiss(line, parameter) != NULL;
}

static void report_lost(const struct audit *audit, const struct cmdline_parameter *parameter)
{
	const char *text = show(audit, parameter);
	const char *loss = line_word_loss(audit->host, audit->platform, audit->running, parameter);
	struct text_line *commands = NULL;
	struct finding *finding =
		finding_add(audit->findings, &kinds[LOST], FINDING_WARN, subject_host(),
			    "%s is in effect, and not configured to stay%s%s", text,
			    loss ? ": " : "", loss ? loss : "");

	show_running(finding, audit, parameter, text);
	show_lines(finding, audit, parameter, text);
	finding_remedy(finding, "Add %s to %s, if it is to stay", text, edited_file(audit));
	if (line_word_keeping(parameter) != WORD_COUNTS_BY_PLACE &&
	    boot_commands_add(audit->host, text, audit->findings->arena, &commands))
		add_commands(finding, commands);
}

static void report_differing(const struct audit *audit, const struct cmdline_parameter *parameter)
{
	const char *text = show(audit, parameter);
	struct finding *finding =
		finding_add(audit->findings, &kinds[DIFFERING], FINDING_UNKNOWN, subject_host(),
			    audit->next->count == 1
				    ? "cannot tell whether the next boot has %s"
				    : "whether the next boot has %s depends on the entry that is "
				      "booted",
			    text);

	show_lines(finding, audit, parameter, text);
	show_running(finding, audit, parameter, text);
}

/* What keeps something off is gone at the next boot. */
static void report_mended(const struct audit *audit, const struct cmdline_parameter *parameter)
{
	const char *text = show(audit, parameter);
	const struct line_effect *effect = line_effects_break(audit->running, parameter);
	struct finding *finding =
		finding_add(audit->findings, &kinds[WILL_WORK], FINDING_WARN, subject_host(),
			    "the next boot is without %s: %s now", text, effect->statement);

	show_running(finding, audit, parameter, text);
	show_lines(finding, audit, parameter, text);
	remedy_apply(finding, audit);
}

/* Entries have it, but the file that a new kernel's entry is made of does not. */
static void report_fading(const struct audit *audit, const struct cmdline_parameter *parameter,
			  const struct cmdline *source)
{
	const char *text = show(audit, parameter);
	struct finding *finding =
		finding_add(audit->findings, &kinds[LOST], FINDING_WARN, subject_host(),
			    "%s is in the boot loader entry, and not in %s, of which a new "
			    "kernel's is made",
			    text, source->fact.source);

	show_lines(finding, audit, parameter, text);
	finding_evidence(finding, &source->fact, "without %s", text);
	finding_remedy(finding, "Add %s to %s, if it is to stay", text, source->fact.source);
}

static const struct cmdline *kernel_source(const struct audit *audit)
{
	const struct cmdline *kernel = &audit->host->boot_config.kernel;

	for (size_t i = 0; i < audit->next->source_count; i++) {
		if (audit->next->sources[i] == kernel)
			return kernel;
	}
	return NULL;
}

/* Returns how many findings were made. */
static size_t judge_configured(const struct audit *audit, const struct line_effects *line,
			       const struct cmdline_parameter *parameter)
{
	const struct cmdline *source = kernel_source(audit);
	enum in_next_boot in_next = next_boot_find(audit->next, parameter);

	if (in_next == IN_SOME_LINES) {
		report_differing(audit, parameter);
		return 1;
	}
	size_t count = judge_effects(audit, line, parameter);
	if (count || has_bad_effect(line, parameter))
		return count;
	if (!kernel_parameter_is_on(&audit->host->cmdline, parameter)) {
		if (is_redundant(audit, line, parameter))
			report_redundant(audit, parameter);
		else
			report_pending(audit, line, parameter);
		return 1;
	}
	if (!source || kernel_parameter_is_on(source, parameter))
		return 0;
	report_fading(audit, parameter, source);
	return 1;
}

static bool is_in_lines(const struct next_boot *next, size_t count,
			const struct cmdline_parameter *parameter)
{
	for (size_t i = 0; i < count; i++) {
		if (kernel_parameter_is_on(next->lines[i].cmdline, parameter))
			return true;
	}
	return false;
}

static size_t judge_lines(const struct audit *audit)
{
	size_t count = 0;

	for (size_t i = 0; i < audit->next->count; i++) {
		const struct line_effects *line = &audit->lines[i];
		for (size_t k = 0; k < line->cmdline->count; k++) {
			const struct cmdline_parameter *it = &line->cmdline->parameters[k];
			bool bad = has_bad_effect(line, it);
			if ((bad ||
			     (line_word_matters(it) && cmdline_is_first(line->cmdline, k))) &&
			    !is_in_lines(audit->next, i, it))
				count += judge_configured(audit, line, it);
		}
	}
	return count;
}

static size_t judge_running(const struct audit *audit)
{
	const struct cmdline *running = &audit->host->cmdline;
	size_t count = 0;

	for (size_t i = 0; i < running->count; i++) {
		const struct cmdline_parameter *it = &running->parameters[i];
		switch (line_word_fate(audit->next, audit->lines, audit->running, i)) {
		case WORD_STAYS:
		case WORD_NOT_MISSED:
			continue;
		case WORD_MAY_STAY:
			report_differing(audit, it);
			break;
		case WORD_GONE_MENDS:
			report_mended(audit, it);
			break;
		case WORD_CHANGED:
		case WORD_LEFT_OUT:
		case WORD_LOST:
			report_lost(audit, it);
			break;
		}
		count++;
	}
	return count;
}

static bool is_nowhere(const struct audit *audit, const struct cmdline_parameter *parameter)
{
	return next_boot_find(audit->next, parameter) == IN_NO_LINE &&
	       !kernel_parameter_is_on(&audit->host->cmdline, parameter);
}

static void report_unapplied(const struct audit *audit, const struct line_effects *line,
			     const struct cmdline_parameter *parameter)
{
	const struct cmdline *source = line->cmdline;
	const char *text = show(audit, parameter);
	const char *update = boot_commands_update(audit->host);
	struct text_line *commands = NULL;
	struct finding *finding =
		finding_add(audit->findings, &kinds[NOT_APPLIED], FINDING_WARN, subject_host(),
			    "%s is in %s, and in no boot loader entry", text, source->fact.source);

	finding_evidence(finding, &source->fact, "%s", text);
	show_lines(finding, audit, parameter, text);
	finding_remedy(finding, "Bring it into the entries, and reboot");
	if (update && breaks_anew(audit, line))
		finding_remedy(finding, "First take out of %s what will-break names",
			       source->fact.source);
	else if (update)
		finding_command(finding, "%s", update);
	else if (boot_commands_add(audit->host, text, audit->findings->arena, &commands))
		add_commands(finding, commands);
}

/* What entries are made of has it, and they do not: a new kernel's entry gets it. */
static size_t judge_sources(const struct audit *audit)
{
	const struct next_boot *next = audit->next;
	size_t count = 0;

	for (size_t i = 0; i < next->source_count; i++) {
		struct line_effects line;
		judge_words(audit, next->sources[i], &line);
		for (size_t k = 0; k < line.cmdline->count; k++) {
			const struct cmdline_parameter *it = &line.cmdline->parameters[k];
			bool again = i > 0 && kernel_parameter_is_on(next->sources[0], it);
			bool bad = has_bad_effect(&line, it);
			if (again || !(bad || line_word_matters(it)) || !is_nowhere(audit, it))
				continue;
			count += judge_effects(audit, &line, it);
			if (bad)
				continue;
			report_unapplied(audit, &line, it);
			count++;
		}
	}
	return count;
}

static void report_ignored(const struct audit *audit, const struct cmdline_parameter *parameter)
{
	const struct cmdline *ignored = audit->next->ignored;
	const char *text = show(audit, parameter);
	struct text_line *commands = NULL;
	struct finding *finding =
		finding_add(audit->findings, &kinds[WRONG_FILE], FINDING_WARN, subject_host(),
			    "%s is in a file that this host does not boot by", text);

	finding_about(finding, text);
	finding_evidence(finding, &ignored->fact, "%s", text);
	show_lines(finding, audit, parameter, text);
	finding_remedy(finding, "Put %s into %s, apply that, and reboot", text, edited_file(audit));
	if (boot_commands_add(audit->host, text, audit->findings->arena, &commands))
		add_commands(finding, commands);
}

/* A file that does not count is a trap only for what is in it alone, and helps. */
static size_t judge_ignored(const struct audit *audit)
{
	const struct cmdline *ignored = audit->next->ignored;
	struct line_effects line;
	size_t count = 0;

	if (!ignored || !fact_known(&ignored->fact))
		return 0;
	judge_words(audit, ignored, &line);
	for (size_t i = 0; i < ignored->count; i++) {
		const struct cmdline_parameter *it = &ignored->parameters[i];
		if (!line_word_matters(it) || has_bad_effect(&line, it) || !is_nowhere(audit, it))
			continue;
		report_ignored(audit, it);
		count++;
	}
	return count;
}

/* Says why the next boot's command line was not told. */
static void report_untold(const struct host *host, const struct next_boot *next,
			  struct findings *findings)
{
	const struct fact *unread = next->unread;
	bool unreadable = unread && !fact_settled(unread);
	struct finding *finding =
		finding_add(findings, &kinds[unreadable ? UNREADABLE : NOT_JUDGED],
			    unread ? FINDING_UNKNOWN : FINDING_NOT_APPLICABLE, subject_host(), "%s",
			    next->unknown_why);

	if (unread) {
		finding_evidence_state(finding, unread);
		if (unreadable)
			finding_remedy_unread(finding, unread);
		return;
	}
	finding_evidence_state(finding, &host->boot_config.grub.fact);
	finding_evidence_state(finding, &host->boot_config.kernel.fact);
}

static void report_unread(const struct fact *fact, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_host(),
			    "what the running kernel was booted with could not be read");

	finding_evidence_state(finding, fact);
	finding_remedy_unread(finding, fact);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	const struct next_boot *next = &context->model->next_boot;
	struct audit audit = {.host = host,
			      .platform = &context->model->platform,
			      .override = context->model->acs_override,
			      .next = next,
			      .running = &context->model->line_effects,
			      .findings = findings};

	if (next->unknown_why) {
		report_untold(host, next, findings);
		return;
	}
	if (!fact_known(&host->cmdline.fact)) {
		report_unread(&host->cmdline.fact, findings);
		return;
	}
	audit.lines =
		line_effects_next(next, host, audit.platform, audit.override, findings->arena);
	if (!audit.lines)
		return;
	size_t count = judge_lines(&audit);
	count += judge_running(&audit);
	count += judge_sources(&audit);
	count += judge_ignored(&audit);
	if (count)
		return;
	struct finding *finding =
		finding_add(findings, &kinds[APPLIED], FINDING_PASS, subject_host(),
			    "the next boot has the same parameters of passthrough");
	for (size_t i = 0; i < next->count && i < MOST_LINES; i++)
		finding_evidence(finding, &next->lines[i].cmdline->fact, "as /proc/cmdline");
}

const struct check check_boot_config = {
	.id = "boot-config",
	.title = "Will the next boot have what this one has?",
	.needs = "/proc/cmdline, /etc/default/grub, /etc/kernel/cmdline, boot loader entries and "
		 "unified kernel images; on many hosts root",
	.advisory = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
