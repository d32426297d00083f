/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/persistence/persistence.h"

#include <inttypes.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/sriov/sriov_redact.h"
#include "host/sriov/sriov_word.h"
#include "model/modules/driver_module.h"
#include "model/persistence/rule_match.h"
#include "model/persistence/setting_match.h"

/* Of the kernel command line, as igb.max_vfs=: no real one comes near. */
enum { MOST_PARAMETERS = 64 };

/* "options be2net num_vfs=16": be_init_module() of 6.1 and 6.12 says that it is obsolete, and no
 * more. */
static bool option_is_obsolete(const struct sriov_setting *setting, const struct pci_function *pf)
{
	return pci_is_on_driver(pf, "be2net") && strstr(setting->line, "num_vfs=") &&
	       (setting->owner == SRIOV_OWNER_MODPROBE ||
		setting->owner == SRIOV_OWNER_KERNEL_CMDLINE);
}

/* Returns the option of a driver that a line sets, NULL for none. */
static const char *option_of(const struct sriov_setting *setting)
{
	if (strstr(setting->line, "max_vfs="))
		return "max_vfs";
	return strstr(setting->line, "num_vfs=") ? "num_vfs" : NULL;
}

/* igb and ixgbe make as many VFs as max_vfs says, mlx4_core as num_vfs does; of xe and i915 it is
 * how many they allow. mlx5_core has none of them. */
static bool option_makes_vfs(const struct host *host, const struct sriov_setting *setting,
			     const struct pci_function *pf)
{
	static const char *const making[] = {"igb", "ixgbe"};
	static const char *const allowing[] = {"xe", "i915"};

	if (option_is_obsolete(setting, pf))
		return false;
	const char *option = option_of(setting);
	if (!option || !fact_known(&pf->driver.fact))
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(making); i++) {
		if (strcmp(pf->driver.text, making[i]) == 0)
			return true;
		if (strcmp(pf->driver.text, allowing[i]) == 0)
			return false;
	}
	return sriov_config_offers(&host->sriov_config, pf->driver.text, option) != BOOLEAN_NO;
}

static bool operator_is_configured(const struct host *host)
{
	const struct sriov_config *config = &host->sriov_config;

	for (size_t i = 0; i < config->count; i++) {
		if (strcmp(config->settings[i].source, SRIOV_OPERATOR_CONFIG) == 0)
			return true;
	}
	return false;
}

static bool is_record(const struct sriov_setting *setting)
{
	return lies_below(setting->source, SRIOV_OPERATOR_RECORDS);
}

bool vf_setting_is_record(const struct host *host, const struct sriov_setting *setting)
{
	return is_record(setting) && !operator_is_configured(host);
}

struct chosen_link {
	bool made;
	struct link_choice choice;
};

/* While lines are given to PFs. */
struct builder {
	const struct host *host;
	struct arena *arena;
	struct persistences *result;
	struct link_match links;
	struct chosen_link *choices; /* by function */
	bool only_pf;
	bool operator_is_configured;
};

static enum persistence judge(const struct builder *builder, enum match matched,
			      const struct sriov_setting *setting)
{
	if (matched == MATCH_OTHER)
		return PERSISTENCE_NONE;
	if (setting->effect == SRIOV_EFFECT_UNCLEAR || setting->idle ||
	    (is_record(setting) && !builder->operator_is_configured))
		return PERSISTENCE_UNKNOWN;
	/* Where one function alone can have VFs, a line that names none means that one. */
	if (builder->only_pf && (matched == MATCH_NONE || matched == MATCH_ANY))
		return PERSISTENCE_MADE;
	return matched == MATCH_PF ? PERSISTENCE_MADE : PERSISTENCE_UNKNOWN;
}

/* Returns the .link file that a setting stands in, where it says whom it is for. */
static const struct link_file *link_of(const struct host *host, const struct sriov_setting *setting)
{
	const struct sriov_config *config = &host->sriov_config;

	for (size_t i = 0; setting->owner == SRIOV_OWNER_LINK && i < config->link_count; i++) {
		if (link_file_has(&config->links[i], setting->source))
			return link_file_asks(&config->links[i]) ? &config->links[i] : NULL;
	}
	return NULL;
}

/* All that [Match] says decides; where that is open, the line's subject may tell that it is for
 * another. */
static enum match match_link(const struct builder *builder, const struct link_file *link,
			     const struct pci_function *pf, enum match by_subject)
{
	switch (link_match_is_for(&builder->links, link, pf)) {
	case BOOLEAN_YES:
		return MATCH_PF;
	case BOOLEAN_NO:
		return MATCH_OTHER;
	case BOOLEAN_UNKNOWN:
		return by_subject == MATCH_OTHER ? MATCH_OTHER : MATCH_UNKNOWN;
	}
	return MATCH_UNKNOWN;
}

/* Returns which .link file is for a PF, which is looked for once. */
static const struct link_choice *choice_of(const struct builder *builder,
					   const struct pci_function *pf)
{
	size_t index = (size_t)(pf - builder->host->pci.functions);

	if (!builder->choices[index].made) {
		builder->choices[index].choice = link_match_choose(&builder->links, pf);
		builder->choices[index].made = true;
	}
	return &builder->choices[index].choice;
}

/* Judges a line of a .link file, which another file may keep from a PF, or what was not read. */
static void judge_link(const struct builder *builder, const struct link_file *link,
		       const struct pci_function *pf, struct vf_persistence *line)
{
	const char *source = link ? link->source : line->setting->source;
	bool certain;

	if (line->state <= PERSISTENCE_REFUSED || !builder->choices)
		return;
	line->shadow = link_choice_shadow(choice_of(builder, pf), source, &certain);
	if (certain)
		line->state = PERSISTENCE_REFUSED;
	else if (line->shadow || !fact_known(&builder->host->sriov_config.owners[SRIOV_OWNER_LINK]))
		line->state = PERSISTENCE_UNKNOWN;
}

/* Whether it writes to sriov_numvfs: options of modules and NVIDIA's tool do not. */
static bool writes_number(const struct sriov_setting *setting)
{
	switch (setting->owner) {
	case SRIOV_OWNER_LINK:
	case SRIOV_OWNER_NETPLAN:
	case SRIOV_OWNER_NETWORK_MANAGER:
	case SRIOV_OWNER_IFCFG:
	case SRIOV_OWNER_OS_NET_CONFIG:
	case SRIOV_OWNER_NMSTATE:
	case SRIOV_OWNER_OPERATOR:
	case SRIOV_OWNER_UNRAID:
		return true;
	default:
		return strstr(setting->line, "sriov_numvfs");
	}
}

static bool is_refused(const struct builder *builder, const struct sriov_setting *setting,
		       const struct pci_function *pf)
{
	const struct fact *evidence;

	return writes_number(setting) &&
	       vf_setup_of(builder->host, pf, &evidence) == VF_SETUP_NO_HOOK;
}

/* A .link file is applied when udev finds the interface, as a rule with ATTR{} is;
 * systemd-tmpfiles-setup.service comes before sysinit.target, the network after it. */
static bool writes_early(const struct sriov_setting *setting)
{
	switch (setting->owner) {
	case SRIOV_OWNER_LINK:
	case SRIOV_OWNER_TMPFILES:
		return true;
	case SRIOV_OWNER_UDEV:
		return strstr(setting->line, "ATTR{") && !strstr(setting->line, " up");
	default:
		return false;
	}
}

/* interfaces(5): before the interface is up, unless a line in front of it sets it up. */
static bool writes_before_up(const struct sriov_setting *setting)
{
	return setting->owner == SRIOV_OWNER_IFUPDOWN && begins_with(setting->line, "pre-up") &&
	       !strstr(setting->line, " up");
}

static bool needs_up(const struct builder *builder, const struct pci_function *pf)
{
	const struct vf_driver *driver = vf_driver_of(builder->host, pf);

	return driver && driver->needs_up;
}

static bool is_too_early(const struct builder *builder, const struct sriov_setting *setting,
			 const struct pci_function *pf)
{
	return needs_up(builder, pf) && writes_early(setting);
}

/* A driver that is built in is bound before udev runs; one may be in the initramfs, too. */
static bool may_lack_driver(const struct builder *builder, const struct sriov_setting *setting,
			    const struct pci_function *pf)
{
	return setting->owner == SRIOV_OWNER_UDEV &&
	       rule_is_before_driver(builder->arena, setting->line) &&
	       !(fact_known(&pf->driver.fact) &&
		 modules_built_in(&builder->host->modules, driver_module(pf->driver.text)));
}

static bool may_lack_name(const struct builder *builder, const struct sriov_setting *setting,
			  const struct pci_function *pf)
{
	return setting->owner == SRIOV_OWNER_UDEV &&
	       rule_is_before_name(builder->arena, setting->line, pf);
}

/* Of netplan's files the last one counts, which may be one that was not read. */
static bool may_be_replaced(const struct builder *builder, const struct sriov_setting *setting)
{
	return setting->owner == SRIOV_OWNER_NETPLAN &&
	       !fact_known(&builder->host->sriov_config.owners[SRIOV_OWNER_NETPLAN]);
}

static void add(struct builder *builder, const struct pci_function *pf,
		const struct vf_persistence *line)
{
	struct vf_makers *makers = builder->result->makers[pf - builder->host->pci.functions];
	struct vf_persistence *lines =
		makers ? arena_grow(builder->arena, makers->lines, makers->count, &makers->capacity,
				    sizeof(*lines))
		       : NULL;

	if (!lines)
		return;
	makers->lines = lines;
	lines[makers->count++] = *line;
}

static void give(struct builder *builder, const struct sriov_setting *setting,
		 const struct setting_meaning *meaning, const struct pci_function *pf)
{
	struct vf_persistence line = {.setting = setting};

	if (!option_makes_vfs(builder->host, setting, pf))
		return;
	enum match matched = setting_match(builder->arena, setting, meaning, pf);
	if (meaning->link)
		matched = match_link(builder, meaning->link, pf, matched);
	line.state = judge(builder, matched, setting);
	if (setting->owner == SRIOV_OWNER_LINK)
		judge_link(builder, meaning->link, pf, &line);
	if (line.state == PERSISTENCE_NONE)
		return;
	line.early = is_too_early(builder, setting, pf);
	if (line.state == PERSISTENCE_MADE && (line.early || is_refused(builder, setting, pf)))
		line.state = PERSISTENCE_REFUSED;
	if (line.state == PERSISTENCE_MADE && writes_before_up(setting) && needs_up(builder, pf)) {
		line.state = PERSISTENCE_UNKNOWN;
		line.early = true;
	}
	if (line.state == PERSISTENCE_MADE && may_lack_driver(builder, setting, pf)) {
		line.state = PERSISTENCE_UNKNOWN;
		line.before_driver = true;
	}
	if (line.state == PERSISTENCE_MADE && may_lack_name(builder, setting, pf)) {
		line.state = PERSISTENCE_UNKNOWN;
		line.before_name = true;
	}
	if (line.state == PERSISTENCE_MADE && may_be_replaced(builder, setting))
		line.state = PERSISTENCE_UNKNOWN;
	/* What a rule compares is no number that it writes. */
	line.counted = meaning->makes == BOOLEAN_YES &&
		       sriov_line_count(setting->line, &line.count, &line.digits);
	add(builder, pf, &line);
}

static void give_all(struct builder *builder, const struct sriov_setting *setting)
{
	const struct pci *pci = &builder->host->pci;

	if (setting->off || setting->effect <= SRIOV_EFFECT_OTHER)
		return;
	struct setting_meaning meaning = setting_meaning_of(builder->host, builder->arena, setting);
	meaning.link = link_of(builder->host, setting);
	for (size_t i = 0; i < pci->count; i++) {
		if (pci_is_pf(&pci->functions[i]))
			give(builder, setting, &meaning, &pci->functions[i]);
	}
}

/* "igb.max_vfs=7" */
static bool makes_vfs(const struct cmdline_parameter *parameter)
{
	const char *dot = strchr(parameter->name, '.');

	return dot && parameter->value &&
	       (cmdline_same_name(dot + 1, "max_vfs") || cmdline_same_name(dot + 1, "num_vfs"));
}

static struct sriov_setting *setting_of(struct builder *builder,
					const struct cmdline_parameter *parameter)
{
	struct sriov_setting *setting = arena_alloc(builder->arena, sizeof(*setting));

	if (setting)
		*setting = (struct sriov_setting){
			.owner = SRIOV_OWNER_KERNEL_CMDLINE,
			.effect = SRIOV_EFFECT_MAKES,
			.source = builder->host->cmdline.fact.source,
			.line = arena_printf(builder->arena, "%s=%s", parameter->name,
					     parameter->value),
			.kind = SRIOV_SUBJECT_DRIVER,
			.subject = arena_copy(builder->arena, parameter->name,
					      strcspn(parameter->name, ".")),
		};
	return setting;
}

/* One parameter more than are looked at stands for all that follow, which may mean any PF. */
static void give_command_line(struct builder *builder)
{
	const struct cmdline *cmdline = &builder->host->cmdline;
	size_t given = 0;

	for (size_t i = 0; i < cmdline->count && given <= MOST_PARAMETERS; i++) {
		struct sriov_setting *setting =
			makes_vfs(&cmdline->parameters[i])
				? setting_of(builder, &cmdline->parameters[i])
				: NULL;
		if (!setting)
			continue;
		if (given++ == MOST_PARAMETERS) {
			setting->effect = SRIOV_EFFECT_UNCLEAR;
			setting->kind = SRIOV_SUBJECT_NONE;
		}
		give_all(builder, setting);
	}
}

static size_t add_makers(struct builder *builder)
{
	const struct pci *pci = &builder->host->pci;
	size_t count = 0;

	for (size_t i = 0; i < pci->count; i++) {
		struct vf_makers *makers = pci_is_pf(&pci->functions[i])
						   ? arena_alloc(builder->arena, sizeof(*makers))
						   : NULL;
		if (makers)
			*makers = (struct vf_makers){0};
		builder->result->makers[i] = makers;
		count += pci_is_pf(&pci->functions[i]);
	}
	return count;
}

void persistences_build(const struct host *host, struct arena *arena, struct persistences *ret)
{
	struct builder builder = {.host = host,
				  .arena = arena,
				  .result = ret,
				  .operator_is_configured = operator_is_configured(host)};

	*ret = (struct persistences){
		.host = host,
		.makers = arena_array(arena, host->pci.count + 1, sizeof(*ret->makers)),
	};
	if (!ret->makers)
		return;
	builder.only_pf = add_makers(&builder) == 1;
	link_match_build(host, arena, &builder.links);
	builder.choices = arena_array(arena, host->pci.count + 1, sizeof(*builder.choices));
	for (size_t i = 0; i < host->sriov_config.count; i++)
		give_all(&builder, &host->sriov_config.settings[i]);
	give_command_line(&builder);
}

const struct vf_makers *vf_makers_of(const struct persistences *persistences,
				     const struct pci_function *pf)
{
	return persistences->makers ? persistences->makers[pf - persistences->host->pci.functions]
				    : NULL;
}

static bool makes_none(const struct vf_persistence *line)
{
	return line->counted && line->count == 0;
}

bool vf_persistence_takes_away(const struct vf_persistence *line)
{
	return makes_none(line) && writes_number(line->setting) &&
	       line->setting->owner != SRIOV_OWNER_NETPLAN;
}

struct vf_persistence vf_persistence_of(const struct persistences *persistences,
					const struct pci_function *pf, int64_t wanted)
{
	const struct vf_makers *makers = vf_makers_of(persistences, pf);
	struct vf_persistence found = {.state = PERSISTENCE_NONE};

	for (size_t i = 0; makers && i < makers->count; i++) {
		const struct vf_persistence *it = &makers->lines[i];
		if (it->state == PERSISTENCE_REFUSED || it->state < found.state || makes_none(it))
			continue;
		found = *it;
		if (it->state == PERSISTENCE_MADE && it->counted && it->count == wanted)
			break;
	}
	return found;
}

/* Returns whether a line declares how many VFs there are, 0 among them, and is no command of
 * several that go by 0. */
static bool declares(const struct vf_persistence *line)
{
	switch (line->setting->owner) {
	case SRIOV_OWNER_LINK:
	case SRIOV_OWNER_NETWORK_MANAGER:
	case SRIOV_OWNER_IFCFG:
	case SRIOV_OWNER_NMSTATE:
	case SRIOV_OWNER_OS_NET_CONFIG:
	case SRIOV_OWNER_OPERATOR:
		return true;
	default:
		return false;
	}
}

/* Rules are read in the order of their files' names, and in a file from its beginning: udev(7). */
static bool is_rule_before(const struct vf_persistence *one, const struct vf_persistence *other)
{
	int order = strcmp(last_part(one->setting->source), last_part(other->setting->source));

	return order < 0 || (order == 0 && one->setting < other->setting);
}

/* Returns whether a rule of udev takes the VFs away that one before it has made. */
static bool undoes_rule(const struct vf_makers *makers, const struct vf_persistence *line)
{
	for (size_t i = 0; line->setting->owner == SRIOV_OWNER_UDEV && i < makers->count; i++) {
		const struct vf_persistence *it = &makers->lines[i];
		if (it->state == PERSISTENCE_MADE && it->counted && it->count &&
		    it->setting->owner == SRIOV_OWNER_UDEV && is_rule_before(it, line))
			return true;
	}
	return false;
}

/* Returns whether a line of the same file takes the VFs away that were there. */
static bool knows(const struct vf_makers *makers, const struct vf_persistence *line)
{
	for (size_t i = 0; i < makers->count; i++) {
		if (makes_none(&makers->lines[i]) &&
		    strcmp(makers->lines[i].setting->source, line->setting->source) == 0)
			return true;
	}
	return false;
}

bool vf_makers_conflict(const struct vf_makers *makers, const struct vf_persistence **ret_one,
			const struct vf_persistence **ret_other)
{
	const struct vf_persistence *first = NULL;

	for (size_t i = 0; makers && i < makers->count; i++) {
		const struct vf_persistence *it = &makers->lines[i];
		if (it->state != PERSISTENCE_MADE || !it->counted ||
		    (!it->count && !declares(it) && !undoes_rule(makers, it)))
			continue;
		if (first && it->count != first->count && (!it->count || !knows(makers, it))) {
			*ret_one = first;
			*ret_other = it;
			return true;
		}
		first = first ? first : it;
	}
	return false;
}

const char *vf_persistence_place(const struct vf_persistence *line)
{
	return line->setting->owner == SRIOV_OWNER_KERNEL_CMDLINE ? "the kernel command line"
								  : line->setting->source;
}

static bool has_line(const struct vf_makers *makers, const struct sriov_setting *setting)
{
	for (size_t i = 0; makers && i < makers->count; i++) {
		if (makers->lines[i].setting == setting &&
		    makers->lines[i].state != PERSISTENCE_REFUSED)
			return true;
	}
	return false;
}

const struct pci_function *vf_persistence_next_pf(const struct persistences *persistences,
						  const struct vf_persistence *line,
						  const struct pci_function *after)
{
	const struct pci *pci = &persistences->host->pci;
	size_t i = after ? (size_t)(after - pci->functions) + 1 : 0;

	for (; i < pci->count; i++) {
		if (has_line(vf_makers_of(persistences, &pci->functions[i]), line->setting))
			return &pci->functions[i];
	}
	return NULL;
}

static bool is_alike(const struct sriov_setting *one, const struct sriov_setting *other)
{
	return strcmp(one->source, other->source) == 0 && strcmp(one->line, other->line) == 0;
}

bool vf_persistence_alike(const struct vf_persistence *one, const struct vf_persistence *other)
{
	return is_alike(one->setting, other->setting);
}

size_t vf_persistence_count_alike(const struct persistences *persistences,
				  const struct pci_function *pf, const struct vf_persistence *line)
{
	const struct vf_makers *makers = vf_makers_of(persistences, pf);
	size_t count = 0;

	for (size_t i = 0; makers && i < makers->count; i++)
		count += vf_persistence_alike(&makers->lines[i], line);
	return count;
}

bool vf_persistence_is_of_package(const struct vf_persistence *line)
{
	return lies_below(line->setting->source, "/usr/lib");
}

/* Returns whether a line is in a file that none but the host's administrator writes. */
static bool lasts(const struct vf_persistence *line)
{
	return line->setting->owner != SRIOV_OWNER_KERNEL_CMDLINE &&
	       line->setting->owner != SRIOV_OWNER_OPERATOR &&
	       line->setting->owner != SRIOV_OWNER_UNRAID && !vf_persistence_is_of_package(line);
}

bool vf_persistence_editable(const struct persistences *persistences, const struct pci_function *pf,
			     const struct vf_persistence *line)
{
	const struct sriov_config *config = &persistences->host->sriov_config;
	size_t alike = 0;

	for (size_t i = 0; i < config->count; i++)
		alike += is_alike(&config->settings[i], line->setting);
	const char *number = line->setting->line + (line->counted ? line->digits : 0);
	bool is_list = number[strspn(number, "0123456789")] == ',';
	return alike == vf_persistence_count_alike(persistences, pf, line) && line->counted &&
	       !is_list && !line->setting->joined && sriov_line_whole(line->setting->line) &&
	       lasts(line) && !begins_with(line->setting->line, SRIOV_WORD_LINK_VF);
}

const char *vf_rule(struct arena *arena, const struct pci_function *pf,
		    const struct vf_driver *driver, int64_t vfs)
{
	if (driver && driver->needs_up)
		return arena_printf(
			arena,
			"ACTION==\"add\", SUBSYSTEM==\"net\", KERNELS==\"%s\", "
			"RUN+=\"/bin/sh -c \\\"cd /sys/bus/pci/devices/%s/net && ip link set dev * "
			"up && echo %" PRId64 " > /sys/bus/pci/devices/%s/sriov_numvfs\\\"\"",
			pf->name, pf->name, vfs, pf->name);
	return arena_printf(arena,
			    VF_RULE_EVENT
			    "KERNEL==\"%s\", DRIVER==\"?*\", ATTR{sriov_numvfs}=\"%" PRId64 "\"",
			    pf->name, vfs);
}
