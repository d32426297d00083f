/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/access/array.h"
#include "model/boot/boot_commands.h"
#include "model/boot/declared_system.h"
#include "plan/builder.h"

/* What an initramfs is made with, and how it is told of vfio-pci. */
struct initramfs {
	const char *name;
	const char *line; /* that file gets; NULL: edit and undo do it */
	const char *file;
	const char *edit;
	const char *undo;
	const char *why;   /* what is done by hand; NULL: nothing */
	const char *again; /* what takes that back */
};

static const struct initramfs initramfs_tools[] = {
	[INITRAMFS_UNKNOWN] =
		{.name = "with the tool of your distribution",
		 .why = "passcheck found none. With initramfs-tools: write vfio-pci into "
			"/etc/initramfs-tools/modules, and run update-initramfs -u. With dracut: "
			"write force_drivers+=\" vfio-pci \" into " PLAN_DRACUT
			", and run dracut --force. With mkinitcpio: write vfio_pci into MODULES=() "
			"of /etc/mkinitcpio.conf, and run mkinitcpio -P",
		 .again = "passcheck found none. With initramfs-tools: update-initramfs -u. With "
			  "dracut: dracut --force. With mkinitcpio: mkinitcpio -P"},
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
			"--arg=vfio-pci (which loads it early; --add-drivers only copies it), and "
			"rpm-ostree initramfs-etc takes files of /etc/modprobe.d along",
		 .again = "rpm-ostree initramfs --disable has deployments bring their own again, "
			  "and rpm-ostree initramfs-etc --untrack=FILE leaves a file out"},
	[INITRAMFS_TOOLS] = {.name = "with initramfs-tools",
			     .line = "vfio-pci",
			     .file = "/etc/initramfs-tools/modules"},
	[INITRAMFS_DRACUT] = {.name = "with dracut",
			      .line = "force_drivers+=\" vfio-pci \"",
			      .file = PLAN_DRACUT},
	[INITRAMFS_TRANSACTIONAL] = {.name = "with dracut, in a new snapshot",
				     .line = "force_drivers+=\" vfio-pci \"",
				     .file = PLAN_DRACUT},
	[INITRAMFS_MKINITCPIO] = {.name = "with mkinitcpio",
				  .edit = "sed -i '/^MODULES=(.*vfio_pci/!s/^MODULES=(/&vfio_pci /'"
					  " /etc/mkinitcpio.conf",
				  .undo = "sed -i 's/^MODULES=(vfio_pci /MODULES=(/' "
					  "/etc/mkinitcpio.conf"},
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

/* What is done by hand instead of by commands, either way; NULL: nothing. Where no tool is known
 * the boot loader may have one. */
static const char *by_hand(const struct plan_builder *builder, const struct initramfs *tool,
			   bool again)
{
	if (tool == &initramfs_tools[INITRAMFS_UNKNOWN] && boot_commands_initramfs(builder->host))
		return NULL;
	return again ? tool->again : tool->why;
}

void plan_rebuild_initramfs(struct plan_builder *builder, struct plan_command **list)
{
	const char *rebuild = boot_commands_initramfs(builder->host);

	if (rebuild)
		plan_run(builder, list, "%s", rebuild);
}

bool plan_forget_initramfs(struct plan_builder *builder)
{
	const struct initramfs *tool =
		&initramfs_tools[initramfs_tool_of(&builder->host->boot_tools)];
	struct plan_step *step;

	if (!module_lists_name(&builder->host->module_lists, "vfio_pci", true) ||
	    (!tool->line && !tool->undo))
		return false;
	step = plan_add_step(builder, PLAN_PERSIST, "drop-initramfs", NULL,
			     "Keep vfio-pci out of the initramfs");
	if (tool->line)
		plan_drop(builder, &step->commands, tool->line, tool->file);
	else
		plan_run(builder, &step->commands, "%s", tool->undo);
	return true;
}

void plan_add_initramfs_again(struct plan_builder *builder)
{
	const struct initramfs *tool =
		&initramfs_tools[initramfs_tool_of(&builder->host->boot_tools)];
	struct plan_step *step;

	if (declared_system_image(builder->host))
		return;
	step = plan_add_step(builder, PLAN_PERSIST, "initramfs", NULL,
			     "Make the initramfs anew %s: it holds a copy", tool->name);

	step->why = by_hand(builder, tool, true);
	if (!step->why)
		plan_rebuild_initramfs(builder, &step->commands);
}

/* Host drivers of disks and displays are in the initramfs, which has its own configuration. */
void plan_add_initramfs(struct plan_builder *builder)
{
	const struct initramfs *tool =
		&initramfs_tools[initramfs_tool_of(&builder->host->boot_tools)];
	bool listed = module_lists_name(&builder->host->module_lists, "vfio_pci", true);
	struct plan_step *step;

	if (declared_system_image(builder->host))
		return;
	step = plan_add_step(builder, PLAN_PERSIST, "initramfs", NULL,
			     "Put vfio-pci and its options into the initramfs %s", tool->name);

	step->why = by_hand(builder, tool, false);
	if (step->why)
		return;
	if (!listed && tool->line)
		plan_append(builder, step, tool->line, tool->file);
	if (!listed && tool->edit) {
		plan_run(builder, &step->commands, "%s", tool->edit);
		plan_run(builder, &step->undo, "%s", tool->undo);
	}
	plan_rebuild_initramfs(builder, &step->commands);
	plan_rebuild_initramfs(builder, &step->undo);
}
