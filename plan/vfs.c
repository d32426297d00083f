/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "model/boot/driver_module.h"
#include "plan/builder.h"

#define DEVICES "/sys/bus/pci/devices"

/* Returns whether the kernel can make that many VFs; notes what is against it. */
static bool check_budget(struct plan_builder *builder, const struct pci_function *pf, unsigned vfs)
{
	const struct vf_budget *budget = vf_budget_of(&builder->model->vf_budgets, pf);

	if (!budget) {
		plan_add_unknown(builder, "how many VFs %s can have could not be read", pf->name);
		return true;
	}
	switch (vf_budget_allows(budget, vfs)) {
	case VF_ANSWER_NO:
		plan_add_obstacle(builder, "%s cannot have %u VFs: %s", pf->name, vfs,
				  vf_budget_summary(budget, builder->arena));
		return false;
	case VF_ANSWER_UNKNOWN:
		plan_add_unknown(builder, "whether %s can have %u VFs could not be told: %s",
				 pf->name, vfs, vf_budget_summary(budget, builder->arena));
		return true;
	case VF_ANSWER_YES:
		return true;
	}
	return true;
}

static void load_driver(struct plan_builder *builder, const struct pci_function *pf)
{
	struct plan_step *step;

	if (!fact_absent(&pf->driver.fact))
		return;
	step = plan_add_step(builder, PLAN_NOW, "load-driver", pf, "Load the driver of %s",
			     pf->name);
	step->why = "it is the driver that makes VFs";
	shell_add(builder->arena, &step->commands, "modprobe \"$(cat " DEVICES "/%s/modalias)\"",
		  pf->name);
}

static void enable(struct plan_builder *builder, const struct pci_function *pf, unsigned vfs)
{
	struct plan_step *step = plan_add_step(builder, PLAN_NOW, "enable-vfs", pf,
					       "Make %u VFs of %s", vfs, pf->name);

	/* The kernel changes the number only from 0: sriov_numvfs_store(), EBUSY. */
	if (pf->sriov.numvfs.value > 0)
		shell_add(builder->arena, &step->commands, "echo 0 > " DEVICES "/%s/sriov_numvfs",
			  pf->name);
	shell_add(builder->arena, &step->commands, "echo %u > " DEVICES "/%s/sriov_numvfs", vfs,
		  pf->name);
}

/* Returns whether the line has the name, and not as a part of a longer one: eth1 is not eth10. */
static bool names(const char *line, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = strstr(line, name); at; at = strstr(at + 1, name)) {
		if ((at == line || !isalnum((unsigned char)at[-1])) &&
		    !isalnum((unsigned char)at[length]))
			return true;
	}
	return false;
}

/* DRIVER=="igb" in a udev rule, "options igb" in modprobe.d. */
static bool names_driver(struct arena *arena, const char *line, const struct pci_function *pf)
{
	static const char keyword[] = "options";

	if (!fact_known(&pf->driver.fact))
		return false;
	if (strstr(line, arena_printf(arena, "DRIVER==\"%s\"", pf->driver.text)))
		return true;
	if (strncmp(line, keyword, strlen(keyword)) != 0)
		return false;
	line += strlen(keyword) + strspn(line + strlen(keyword), " \t");
	size_t length = strcspn(line, " \t");
	return cmdline_same_name(arena_copy(arena, line, length), driver_module(pf->driver.text));
}

/* Returns whether a line of the host's configuration speaks of the PF, its interface or driver. */
static bool speaks_of(struct arena *arena, const char *line, const struct pci_function *pf)
{
	if (names(line, pf->name) || names_driver(arena, line, pf))
		return true;
	for (size_t i = 0; i < pf->netdevs.count; i++) {
		if (names(line, pf->netdevs.names[i]))
			return true;
	}
	return false;
}

/* What the host's configuration makes of a PF at boot. */
struct configured_vfs {
	const struct sriov_setting *setting; /* that counts; NULL: none */
	bool known;                          /* whether it tells a number */
	int64_t count;
	size_t digits; /* where in the line the number stands */
};

/* Of several lines the one that makes as many as are wanted counts, else the last. To take VFs away
 * first is no setting of its own. */
static struct configured_vfs find_configured(struct plan_builder *builder,
					     const struct pci_function *pf, int64_t wanted)
{
	const struct sriov_config *config = &builder->host->sriov_config;
	struct configured_vfs found = {0};

	for (size_t i = 0; i < config->count; i++) {
		struct configured_vfs it = {.setting = &config->settings[i]};
		if (!speaks_of(builder->arena, it.setting->line, pf))
			continue;
		it.known = sriov_setting_count(it.setting, &it.count, &it.digits);
		if (it.known && it.count == 0)
			continue;
		found = it;
		if (it.known && it.count == wanted)
			break;
	}
	return found;
}

/* Two lines that make different numbers are at odds: the kernel changes the number only from 0. */
static void change_configured(struct plan_builder *builder, const struct pci_function *pf,
			      const struct configured_vfs *found, int64_t vfs)
{
	const struct sriov_setting *setting = found->setting;
	struct arena *arena = builder->arena;
	struct plan_step *step;

	if (!found->known) {
		step = plan_add_step(builder, PLAN_PERSIST, "vfs-existing", pf,
				     "See that %s makes %" PRId64 " VFs of %s at every boot",
				     setting->source, vfs, pf->name);
		step->why = arena_printf(arena, "how many it makes could not be told: %s",
					 setting->line);
		return;
	}
	step = plan_add_step(builder, PLAN_PERSIST, "vfs-existing", pf,
			     "Let %s make %" PRId64 " VFs of %s at every boot instead of %" PRId64,
			     setting->source, vfs, pf->name, found->count);
	step->why = arena_printf(arena, "its line is: %s", setting->line);
	const char *rest = setting->line + found->digits;
	const char *line = arena_printf(arena, "%.*s%" PRId64 "%s", (int)found->digits,
					setting->line, vfs, rest + strspn(rest, "0123456789"));
	if (sriov_setting_whole(setting) && shell_takes(setting->line))
		shell_add(arena, &step->commands, "sed -i 's/%s/%s/' %s",
			  shell_sed_quote(arena, setting->line), shell_sed_quote(arena, line),
			  shell_word(arena, setting->source));
}

/* The driver makes VFs, so that the rule waits until it is bound (uevent "bind", since 4.14). */
void plan_persist_vfs(struct plan_builder *builder, const struct pci_function *pf, int64_t vfs)
{
	struct arena *arena = builder->arena;
	struct plan_step *step;

	const struct configured_vfs found = find_configured(builder, pf, vfs);
	if (found.setting) {
		if (!found.known || found.count != vfs)
			change_configured(builder, pf, &found, vfs);
		return;
	}
	step = plan_add_step(builder, PLAN_PERSIST, "vfs-udev-rule", pf,
			     "Make %" PRId64 " VFs of %s at every boot", vfs, pf->name);
	shell_add(arena, &step->commands,
		  "echo 'ACTION==\"bind\", SUBSYSTEM==\"pci\", KERNEL==\"%s\", "
		  "ATTR{sriov_numvfs}=\"%" PRId64 "\"' >> /etc/udev/rules.d/70-passcheck-vfs.rules",
		  pf->name, vfs);
	shell_add(arena, &step->commands, "udevadm control --reload");
}

static void plan_pf(struct plan_builder *builder, const struct pci_function *pf, unsigned vfs)
{
	const struct fact_number *numvfs = &pf->sriov.numvfs;

	if (fact_absent(&pf->sriov.totalvfs.fact)) {
		plan_add_obstacle(builder, "%s offers no VFs", pf->name);
		return;
	}
	if (!check_budget(builder, pf, vfs))
		return;
	if (!fact_known(&numvfs->fact)) {
		plan_add_unknown(builder, "how many VFs %s has could not be read", pf->name);
		return;
	}
	if (numvfs->value != (int64_t)vfs) {
		load_driver(builder, pf);
		enable(builder, pf, vfs);
	}
	plan_persist_vfs(builder, pf, vfs);
}

void plan_vfs(struct plan_builder *builder, unsigned vfs)
{
	for (size_t i = 0; i < builder->count; i++)
		plan_pf(builder, builder->functions[i], vfs);
}
