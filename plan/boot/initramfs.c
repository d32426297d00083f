/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "model/boot/boot_commands.h"
#include "model/boot/declared_system.h"
#include "model/modules/initramfs_loads.h"
#include "plan/boot/ids.h"
#include "plan/builder.h"

/* What an initramfs is made with, and how it is told of vfio-pci. */
struct initramfs {
	const char *name;
	const char *line;  /* that file gets; NULL: none */
	const char *other; /* a line that is as good, and goes with an undo, too; NULL: none */
	const char *file;
	bool has_array;    /* MODULES of mkinitcpio, which gets vfio_pci as its first */
	const char *why;   /* what is done by hand; NULL: nothing */
	const char *again; /* what takes that back */
};

/* Up to dracut 106 a second dash in its list keeps omit_drivers from being overruled. */
#define DRACUT_LINE  "force_drivers+=\" vfio_pci \""
#define DRACUT_OTHER "force_drivers+=\" vfio-pci \""

static const struct initramfs initramfs_tools[] = {
	[INITRAMFS_UNKNOWN] =
		{.name = "with the tool of your distribution",
		 .why = "passcheck found no such tool. With initramfs-tools: write vfio-pci into "
			"/etc/initramfs-tools/modules, and run update-initramfs -u -k all. With dracut: "
			"write force_drivers+=\" vfio_pci \" into " PLAN_DRACUT
			", and run dracut --force --regenerate-all. With mkinitcpio: write vfio_pci into MODULES=() "
			"of /etc/mkinitcpio.conf, and run mkinitcpio -P",
		 .again =
			 "passcheck found no such tool. With initramfs-tools: update-initramfs -u -k all. With "
			 "dracut: dracut --force --regenerate-all. With mkinitcpio: mkinitcpio -P"},
	[INITRAMFS_NIXOS] =
		{.name = "with NixOS",
		 .why = "NixOS makes it from its configuration: name vfio_pci, vfio and "
			"vfio_iommu_type1 in boot.initrd.kernelModules, "
			"and " DECLARED_SYSTEM_NIXOS,
		 .again = "take vfio_pci, vfio and vfio_iommu_type1 out of "
			  "boot.initrd.kernelModules, and " DECLARED_SYSTEM_NIXOS},
	[INITRAMFS_OSTREE] =
		{.name = "with rpm-ostree",
		 .why = "a deployment brings its own: rpm-ostree initramfs --enable has "
			"one made on this host, with --arg=--force-drivers "
			"--arg=vfio_pci (which loads it early; --add-drivers only copies it), and "
			"rpm-ostree initramfs-etc takes files of /etc/modprobe.d along",
		 .again = "rpm-ostree initramfs --disable has deployments bring their own again, "
			  "and rpm-ostree initramfs-etc --untrack=FILE leaves a file out"},
	[INITRAMFS_IMAGE] =
		{.name = "with the image that is deployed",
		 .why = "the image brings its own: build it (on OpenShift that of "
			"osImageURL in a MachineConfig) with force_drivers+=\" vfio_pci \" in a file of "
			"/usr/lib/dracut/dracut.conf.d, and with its initramfs made anew",
		 .again = "the image brings its own: build it without what "
			  "was put there for vfio_pci"},
	[INITRAMFS_TOOLS] = {.name = "with initramfs-tools",
			     .line = "vfio-pci",
			     .file = "/etc/initramfs-tools/modules"},
	[INITRAMFS_DRACUT] = {.name = "with dracut",
			      .line = DRACUT_LINE,
			      .other = DRACUT_OTHER,
			      .file = PLAN_DRACUT},
	[INITRAMFS_TRANSACTIONAL] = {.name = "with dracut, in a new snapshot",
				     .line = DRACUT_LINE,
				     .other = DRACUT_OTHER,
				     .file = PLAN_DRACUT},
	[INITRAMFS_MKINITCPIO] = {.name = "with mkinitcpio",
				  .file = "/etc/mkinitcpio.conf",
				  .has_array = true},
	[INITRAMFS_MKINITFS] =
		{.name = "with mkinitfs",
		 .why = "write kernel/drivers/vfio into /etc/mkinitfs/features.d/vfio.modules and "
			"vfio into features= of /etc/mkinitfs/mkinitfs.conf, and run mkinitfs",
		 .again = "take vfio out of features= of /etc/mkinitfs/mkinitfs.conf, and run "
			  "mkinitfs"},
	[INITRAMFS_BOOSTER] =
		{.name = "with booster",
		 .why = "name vfio_pci in modules_force_load: of /etc/booster.yaml, and run "
			"/usr/lib/booster/regenerate_images",
		 .again = "take vfio_pci out of modules_force_load: of /etc/booster.yaml, and run "
			  "/usr/lib/booster/regenerate_images"},
};

ASSERT_COVERS(initramfs_tools, INITRAMFS_COUNT);

/* Returns what is done with mkinitcpio, whose program was not found, and whose file is there; NULL
 * where none sets what an initramfs of it needs. */
static const char *with_mkinitcpio(const struct plan_builder *builder, bool again)
{
	const struct initramfs_lists *lists = &builder->host->initramfs_lists;
	const char *list = lists->modules_file ? lists->modules_file : lists->hooks_file;

	if (!list)
		return NULL;
	return arena_printf(builder->arena,
			    "passcheck found no such tool, but %s. With mkinitcpio: %smkinitcpio "
			    "-P",
			    list,
			    again ? ""
				  : arena_printf(builder->arena,
						 "write vfio_pci into MODULES=() of %s, and run ",
						 list));
}

/* What is done by hand instead of by commands, either way; NULL: nothing. Where no tool is known
 * the boot loader may have one. */
static const char *by_hand(const struct plan_builder *builder, const struct initramfs *tool,
			   bool again)
{
	const char *mkinitcpio = NULL;

	if (tool == &initramfs_tools[INITRAMFS_UNKNOWN]) {
		if (boot_commands_initramfs(builder->host))
			return NULL;
		mkinitcpio = with_mkinitcpio(builder, again);
	}
	if (mkinitcpio)
		return mkinitcpio;
	return again ? tool->again : tool->why;
}

void plan_rebuild_initramfs(struct plan_builder *builder, struct plan_command **list)
{
	const char *rebuild = boot_commands_initramfs(builder->host);

	if (rebuild)
		plan_run(builder, list, "%s", rebuild);
}

static void take_from_array(struct plan_builder *builder, struct plan_command **list,
			    const char *file)
{
	plan_run(builder, list, "sed -i 's/^MODULES=(vfio_pci\\( \\|$\\)/MODULES=(/' %s",
		 shell_word(builder->arena, file));
}

/* Returns whether the list is no array at the beginning of a line, or no file that was read has it.
 */
static bool lacks_array(const struct initramfs_lists *lists)
{
	return lists->modules_file ? !lists->modules_is_array : fact_known(&lists->mkinitcpio);
}

/* The file that sets the list counts, and not one that it takes the place of. */
static void put_into_array(struct plan_builder *builder, struct plan_step *step,
			   const struct initramfs *tool)
{
	const struct initramfs_lists *lists = &builder->host->initramfs_lists;
	const char *file = lists->modules_file ? lists->modules_file : tool->file;

	if (lacks_array(lists)) {
		step->why = arena_printf(builder->arena,
					 "write vfio_pci into MODULES= of %s, and run %s", file,
					 boot_commands_initramfs(builder->host));
		return;
	}
	plan_run(builder, &step->commands,
		 "sed -i '/^MODULES=(.*\\bvfio_pci\\b/!s/^MODULES=(/&vfio_pci /' %s",
		 shell_word(builder->arena, file));
	take_from_array(builder, &step->undo, file);
}

/* Without files of modprobe.d, vfio-pci gets no ids there, and no softdep is heeded. */
static const char *why_files(struct plan_builder *builder, const struct initramfs *tool,
			     const char *needs, bool listed)
{
	struct arena *arena = builder->arena;
	const char *modules = builder->host->initramfs_lists.modules_file;
	const char *list = tool->has_array && modules ? modules : tool->file;
	const char *entry = tool->has_array ? "vfio_pci into MODULES=" : tool->line;

	return arena_printf(arena, "it has no copy of /etc/modprobe.d: %s%s, and run %s", needs,
			    listed ? ""
				   : arena_printf(arena, ", %s%s %s %s",
						  tool->has_array ? "" : "write ", entry,
						  tool->has_array ? "of" : "into", list),
			    boot_commands_initramfs(builder->host));
}

/* A blank at the end of its line is not a part of the text. */
static bool is_array(const struct module_list_line *line)
{
	static const char begin[] = "MODULES=(vfio_pci";
	const char *text = line->text;

	return begins_with(text, begin) && strchr(" ", text[strlen(begin)]);
}

/* Returns whether a line is one that a plan wrote for the tool, or changed. */
static bool is_of_plan(const struct initramfs *tool, const struct module_list_line *line)
{
	if (tool->has_array)
		return is_array(line);
	if (!tool->file || strcmp(line->source, tool->file) != 0)
		return false;
	return strcmp(line->text, tool->line) == 0 ||
	       (tool->other && strcmp(line->text, tool->other) == 0);
}

/* A file of plans for dracut is theirs also where another tool makes the initramfs now. */
bool plan_forget_initramfs(struct plan_builder *builder)
{
	const struct module_lists *lists = &builder->host->module_lists;
	const struct initramfs *tool =
		&initramfs_tools[initramfs_tool_of(&builder->host->boot_tools)];
	const char *changed = NULL; /* a file whose arrays were */
	struct plan_step *step = NULL;

	for (size_t i = 0; i < lists->count; i++) {
		const struct module_list_line *line = &lists->lines[i];
		if (line->source == changed)
			continue;
		if (!is_of_plan(tool, line) &&
		    !is_of_plan(&initramfs_tools[INITRAMFS_DRACUT], line))
			continue;
		if (!step)
			step = plan_add_step(builder, PLAN_PERSIST, "drop-initramfs", NULL,
					     "Keep vfio-pci out of the initramfs");
		if (is_array(line)) {
			changed = line->source;
			take_from_array(builder, &step->commands, changed);
		} else {
			plan_drop_read(builder, step, line->text, line->source);
		}
	}
	return step;
}

static void make_again(struct plan_builder *builder, const char *copied)
{
	const struct initramfs *tool =
		&initramfs_tools[initramfs_tool_of(&builder->host->boot_tools)];
	struct plan_step *step;

	if (declared_system_image(builder->host))
		return;
	step = plan_add_step(builder, PLAN_PERSIST, "initramfs", NULL,
			     "Make the initramfs anew %s: it holds a copy of %s", tool->name,
			     copied);

	step->why = by_hand(builder, tool, true);
	if (!step->why)
		plan_rebuild_initramfs(builder, &step->commands);
}

void plan_add_initramfs_again(struct plan_builder *builder)
{
	make_again(builder, "such files");
}

/* Host drivers of disks and displays are in the initramfs, which has its own configuration. */
void plan_add_initramfs(struct plan_builder *builder)
{
	const struct initramfs *tool =
		&initramfs_tools[initramfs_tool_of(&builder->host->boot_tools)];
	bool listed = initramfs_loads(builder->host, "vfio_pci") == BOOLEAN_YES;
	const char *needs = plan_find_ids(builder)->on_command_line
				    ? NULL
				    : initramfs_needs_for_modprobe(builder->host, builder->arena);
	struct plan_step *step;

	if (declared_system_image(builder->host))
		return;
	if (listed && tool == &initramfs_tools[INITRAMFS_UNKNOWN]) {
		make_again(builder, "/etc/modprobe.d");
		return;
	}
	step = plan_add_step(builder, PLAN_PERSIST, "initramfs", NULL,
			     "Put vfio-pci and its options into the initramfs %s", tool->name);
	step->why = by_hand(builder, tool, false);
	if (!step->why && needs)
		step->why = why_files(builder, tool, needs, listed);
	if (step->why)
		return;
	if (!listed && tool->line)
		plan_append(builder, step, tool->line, tool->file);
	if (!listed && tool->has_array)
		put_into_array(builder, step, tool);
	if (step->why)
		return;
	plan_rebuild_initramfs(builder, &step->commands);
	plan_rebuild_initramfs(builder, &step->undo);
}
