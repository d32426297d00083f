/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "host/access/array.h"
#include "host/access/buffer.h"
#include "model/assign/vfio_driver.h"
#include "model/boot/boot_commands.h"
#include "model/boot/driver_module.h"
#include "model/boot/module_option.h"
#include "plan/builder.h"

#define MODPROBE_FILE "/etc/modprobe.d/passcheck-vfio.conf"
#define UDEV_FILE     "/etc/udev/rules.d/70-passcheck-vfio.rules"

static bool goes_to_vfio(const struct plan_builder *builder, const struct pci_function *function)
{
	return plan_leaving(builder, function) == LEAVING_TO_VFIO;
}

static bool has_same_ids(const struct pci_function *a, const struct pci_function *b)
{
	return fact_known(&b->vendor.fact) && fact_known(&b->device.fact) &&
	       a->vendor.value == b->vendor.value && a->device.value == b->device.value;
}

/* Returns a function with the same ids that stays with the host, or NULL. */
static const struct pci_function *kept_twin(const struct plan_builder *builder,
					    const struct pci_function *function)
{
	const struct pci *pci = &builder->host->pci;

	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *other = &pci->functions[i];
		if (has_same_ids(function, other) && !plan_takes(builder, other))
			return other;
	}
	return NULL;
}

/* Why options by ids do not persist a function, which then needs a rule of its own. */
enum rule_cause {
	RULE_NONE,
	RULE_VF,       /* made after vfio-pci was loaded */
	RULE_TWIN,     /* the ids are those of a function that stays with the host, too */
	RULE_BUILT_IN, /* the host driver is a part of the kernel, and there before any module */
};

static const char *ids_of(struct arena *arena, const struct pci_function *function)
{
	return arena_printf(arena, "%04" PRIx64 ":%04" PRIx64, function->vendor.value,
			    function->device.value);
}

/* Returns whether a comma list has the ids already. */
static bool lists_ids(const char *list, const char *ids)
{
	size_t length = strlen(ids);

	for (; list; list = strchr(list, ',') ? strchr(list, ',') + 1 : NULL) {
		if (strncasecmp(list, ids, length) == 0 &&
		    (list[length] == ',' || list[length] == ':' || !list[length]))
			return true;
	}
	return false;
}

static struct module_option find_ids(struct plan_builder *builder)
{
	return module_option_find(builder->host, builder->arena, "vfio_pci", "ids");
}

static bool vfio_is_built_in(const struct plan_builder *builder)
{
	return modules_built_in(&builder->host->modules, "vfio_pci");
}

/* Returns whether vfio-pci is given the ids at boot: one that is built in reads no file. */
static bool is_persistent(struct plan_builder *builder, const char *ids)
{
	const struct module_option there = find_ids(builder);

	return (there.on_command_line || !vfio_is_built_in(builder)) && lists_ids(there.value, ids);
}

/* Returns the module of the host driver, or NULL where none holds the function. */
static const char *host_module(const struct pci_function *function)
{
	if (!fact_known(&function->driver.fact) || driver_leaves_dma(function))
		return NULL;
	return driver_module(function->driver.text);
}

static enum rule_cause rule_cause_of(struct plan_builder *builder,
				     const struct pci_function *function)
{
	const char *module = host_module(function);

	if (pci_is_vf(function))
		return RULE_VF;
	if (kept_twin(builder, function))
		return RULE_TWIN;
	if (module && modules_built_in(&builder->host->modules, module))
		return RULE_BUILT_IN;
	return RULE_NONE;
}

/* The kernel command line counts after modprobe.d. */
static void add_to_command_line(struct plan_builder *builder, struct plan_step *step,
				const struct module_option *there, const char *ids)
{
	struct text_line *add = NULL, *remove = NULL;

	lines_add(builder->arena, &remove, "%s", there->text);
	lines_add(builder->arena, &add, "%s,%s", there->text, ids);
	step->why =
		boot_commands_edit(builder->host, add, remove, builder->arena, &step->commands)
			? "vfio-pci.ids= on the kernel command line replaces what modprobe.d has"
			: "vfio-pci.ids= on the kernel command line has to list them, too";
}

/* A module that is built in reads no file: its options stand on the kernel command line. */
static void begin_on_command_line(struct plan_builder *builder, struct plan_step *step,
				  const char *ids)
{
	const char *word = arena_printf(builder->arena, "vfio-pci.ids=%s", ids);

	step->why = boot_commands_add(builder->host, word, builder->arena, &step->commands)
			    ? "vfio-pci is a part of this kernel, which reads no modprobe.d for it"
			    : arena_printf(builder->arena,
					   "vfio-pci is a part of this kernel: put %s on the "
					   "kernel command line",
					   word);
}

/* Of several options ids= the last counts, and replaces the others: the one that counts grows. */
static void write_ids(struct plan_builder *builder, struct plan_step *step, const char *ids)
{
	struct arena *arena = builder->arena;
	const struct module_option there = find_ids(builder);

	if (there.on_command_line && there.value)
		add_to_command_line(builder, step, &there, ids);
	else if (vfio_is_built_in(builder))
		begin_on_command_line(builder, step, ids);
	else if (there.value && shell_takes_path(there.place->source))
		shell_add(arena, &step->commands,
			  "sed -i '/^[[:space:]]*options[[:space:]]*vfio[-_]pci[[:space:]]/"
			  "s/\\bids=[^[:space:]]*/&,%s/' %s",
			  ids, there.place->source);
	else
		shell_add(arena, &step->commands,
			  "echo 'options vfio-pci ids=%s' >> " MODPROBE_FILE, ids);
}

/* vfio-pci must be there before the host driver, and take the ids. */
static void add_options(struct plan_builder *builder)
{
	struct arena *arena = builder->arena;
	struct text_line *lines = NULL;
	struct buffer ids = {.arena = arena, .separator = ","};

	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		const char *own = ids_of(arena, function), *module = host_module(function);

		if (!goes_to_vfio(builder, function) || rule_cause_of(builder, function) ||
		    is_persistent(builder, own) || lists_ids(buffer_text(&ids), own))
			continue;
		buffer_item(&ids, "%s", own);
		if (module && !vfio_is_built_in(builder) &&
		    !modprobe_find_softdep(&builder->host->modprobe, arena, module, "vfio_pci"))
			lines_add(arena, &lines, "softdep %s pre: vfio-pci", shell_plain(module));
	}
	if (!ids.length)
		return;
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "modprobe-options", NULL,
			      "Let vfio-pci take %s before the host's drivers", buffer_text(&ids));
	step->why = "libvirt with managed='yes' does without; it keeps host drivers from touching "
		    "the functions at boot";
	write_ids(builder, step, buffer_text(&ids));
	for (const struct text_line *line = lines; line; line = line->next)
		shell_add(arena, &step->commands, "echo '%s' >> " MODPROBE_FILE, line->text);
}

static const char *why_rule(struct plan_builder *builder, const struct pci_function *function,
			    enum rule_cause cause)
{
	struct arena *arena = builder->arena;

	switch (cause) {
	case RULE_TWIN:
		return arena_printf(arena, "an option by ids would take %s, too",
				    kept_twin(builder, function)->name);
	case RULE_BUILT_IN:
		return arena_printf(arena,
				    "%s is a part of the kernel, so it is there before vfio-pci",
				    host_module(function));
	case RULE_VF:
	case RULE_NONE:
		return "a virtual function is made after vfio-pci was loaded";
	}
	return NULL;
}

/*
 * The kernel tries drivers while udev still has the event before it, so that a host driver that is
 * loaded may have the function already, and vfio-pci may have been tried in vain. What it has,
 * or another driver of VFIO that is there now, is left alone: a guest may run with it when the
 * event comes again ("udevadm trigger").
 */
static void add_rule(struct plan_builder *builder, const struct pci_function *function,
		     enum rule_cause cause)
{
	struct arena *arena = builder->arena;
	bool stays = driver_is_vfio(function) && shell_takes_path(function->driver.text);
	const char *driver = stays ? function->driver.text : "vfio-pci";
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "udev-rule", function,
			      "Let %s take %s when it appears", driver, function->name);

	step->why = why_rule(builder, function, cause);
	shell_add(
		arena, &step->commands,
		"echo 'ACTION==\"add\", SUBSYSTEM==\"pci\", KERNEL==\"%s\", "
		"DRIVER!=\"%s\", ATTR{driver_override}=\"%s\", "
		"ATTR{driver/unbind}=\"%%k\", ATTR{subsystem/drivers_probe}=\"%%k\"' >> " UDEV_FILE,
		function->name, shell_plain(driver), shell_plain(driver));
	if (!modules_built_in(&builder->host->modules, driver_module(driver)))
		shell_add(arena, &step->commands, "echo %s > /etc/modules-load.d/%s.conf",
			  shell_plain(driver_module(driver)), shell_plain(driver));
}

/* No driver has the name "none" (Documentation/ABI/testing/sysfs-bus-pci, driver_override). */
static void add_rule_for_denied(struct plan_builder *builder, const struct pci_function *function)
{
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "udev-rule-none", function,
			      "Keep host drivers from %s when it appears", function->name);

	shell_add(builder->arena, &step->commands,
		  "echo 'ACTION==\"add\", SUBSYSTEM==\"pci\", KERNEL==\"%s\", "
		  "ATTR{driver_override}=\"none\", ATTR{driver/unbind}=\"%%k\"' >> " UDEV_FILE,
		  function->name);
}

/* What an initramfs is made with. */
struct initramfs {
	const char *name;
	const char *commands[2];
};

static const struct initramfs initramfs_tools[] = {
	[INITRAMFS_UNKNOWN] = {"with the tool of your distribution", {NULL}},
	[INITRAMFS_TOOLS] = {"with initramfs-tools",
			     {"echo vfio-pci >> /etc/initramfs-tools/modules",
			      "update-initramfs -u"}},
	[INITRAMFS_DRACUT] = {"with dracut",
			      {"echo 'force_drivers+=\" vfio-pci \"' > "
			       "/etc/dracut.conf.d/passcheck-vfio.conf",
			       "dracut --force"}},
	[INITRAMFS_MKINITCPIO] = {"with mkinitcpio",
				  {"sed -i 's/^MODULES=(/&vfio_pci /' /etc/mkinitcpio.conf",
				   "mkinitcpio -P"}},
};

ASSERT_COVERS(initramfs_tools, INITRAMFS_COUNT);

/* Host drivers of disks and displays are in the initramfs, which has its own configuration. */
static void rebuild_initramfs(struct plan_builder *builder)
{
	const struct initramfs *tool =
		&initramfs_tools[initramfs_tool_of(&builder->host->boot_tools)];
	struct plan_step *step =
		plan_add_step(builder, PLAN_PERSIST, "initramfs", NULL,
			      "Put vfio-pci and its options into the initramfs %s", tool->name);

	for (size_t i = 0; i < 2 && tool->commands[i]; i++)
		shell_add(builder->arena, &step->commands, "%s", tool->commands[i]);
}

/* VFs that were made by hand are gone after a reboot. */
static void keep_vfs(struct plan_builder *builder)
{
	const struct pci_function *kept = NULL;

	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *pf = builder->taken[i]->pf;
		if (!pf || pf == kept || !fact_known(&pf->sriov.numvfs.fact))
			continue;
		kept = pf;
		plan_persist_vfs(builder, pf, pf->sriov.numvfs.value);
	}
}

void plan_persist(struct plan_builder *builder)
{
	size_t before = builder->plan->count;

	add_options(builder);
	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		enum rule_cause cause = rule_cause_of(builder, function);
		if (goes_to_vfio(builder, function) && cause)
			add_rule(builder, function, cause);
		if (plan_leaving(builder, function) == LEAVING_DENIED)
			add_rule_for_denied(builder, function);
	}
	if (builder->plan->count > before && !vfio_is_built_in(builder))
		rebuild_initramfs(builder);
	keep_vfs(builder);
}
