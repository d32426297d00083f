/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/boot/declared_system.h"

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/modules/module_lists.h"

#define MODPROBE_FOLDER "/etc/modprobe.d"

enum { DECLARED_OPTIONS = 3 };

/* What stands for the files of a folder of /etc. */
struct declared_option {
	const char *folder;
	const char *name;
	const char *command; /* what takes a line of such a file, where commands stand for it */
};

/* Systems that make what boots, and often /etc, of a configuration of their own. */
struct declared_system {
	const char *id;            /* of os-release(5) */
	const char *kernel;        /* how its kernels' releases end; NULL: as others' do */
	const char *place;         /* of the command line */
	const char *why;           /* where that is edited by hand; NULL: as the loader says */
	const char *apply;         /* what takes the options over */
	const char *without_shell; /* where commands are run instead; NULL: it has a shell */
	const char *reboot;        /* where it is rebooted from elsewhere; NULL: by its own */
	const char *image;         /* its name, where the initramfs comes with the system's image */
	const char *bindings;      /* where functions are given to vfio-pci; NULL: in rules */
	const char *binds;         /* what stands there before a function's name, */
	const char *binding_ends;  /* and behind it; NULL: its ids */
	bool binding_loads;        /* what binds them loads vfio-pci */
	const char *cards;         /* where whole graphics cards are, each with its group */
	bool lacks_rules;          /* what stands for rules of udev takes commands of the shell */
	struct declared_option options[DECLARED_OPTIONS]; /* of folders that it writes itself */
};

static const struct declared_system nixos = {
	.place = "the kernel command line (boot.kernelParams of NixOS, "
		 "which " DECLARED_SYSTEM_NIXOS_REBUILD " applies)",
	.apply = DECLARED_SYSTEM_NIXOS_REBUILD,
	.options = {{MODPROBE_FOLDER, "boot.extraModprobeConfig of NixOS's configuration", NULL},
		    {"/etc/modules-load.d", "boot.kernelModules of NixOS's configuration", NULL},
		    {"/etc/udev/rules.d", "services.udev.extraRules of NixOS's configuration",
		     NULL}},
};

#define TRUENAS_CARDS "Isolated GPU Devices of TrueNAS's advanced settings"

/* Its / cannot be written where the initramfs is made; of /etc it writes these itself. A script in
 * its initramfs gives isolated cards to vfio-pci before there are drivers (truenas_bind_vfio of
 * github.com/truenas/middleware). */
static const struct declared_system truenas = {
	.place = "the kernel command line (kernel_extra_options of TrueNAS, which midclt call "
		 "system.advanced.update sets)",
	.apply = "a reboot",
	.image = "TrueNAS",
	.cards = TRUENAS_CARDS,
	.options = {{MODPROBE_FOLDER, TRUENAS_CARDS, NULL},
		    {"/etc/modules-load.d",
		     "a command of TrueNAS at PREINIT (midclt call initshutdownscript.create)",
		     "modprobe"},
		    {"/etc/udev/rules.d", "a tunable of the type UDEV of TrueNAS", NULL}},
};

/* Guests start after emhttp. */
#define UNRAID_START "/boot/config/go before its line that starts emhttp"

/* Its / is in memory, and of its flash drive, /boot, it takes over /boot/config: it binds what
 * its page System Devices names, and copies files of modprobe.d to /etc. */
static const struct declared_system unraid = {
	.place = "the kernel command line (the append line of the label that boots, in "
		 "/boot/syslinux/syslinux.cfg of Unraid)",
	.apply = "a reboot",
	.image = "Unraid",
	.bindings = "Tools > System Devices of Unraid's web interface (BIND= "
		    "of " MODULE_LISTS_UNRAID ")",
	.binds = "",
	.binding_loads = true,
	.lacks_rules = true,
	.options = {{MODPROBE_FOLDER, "a file of /boot/config/modprobe.d", NULL},
		    {"/etc/modules-load.d", UNRAID_START, "modprobe"},
		    {"/etc/udev/rules.d", UNRAID_START, NULL}},
};

#define MACHINE_CONFIG_FILE " that a MachineConfig of OpenShift writes (storage.files)"

/* A node gets its files and its kernel's words from the cluster. */
static const struct declared_system openshift = {
	.place = "the kernel command line (kernelArguments of a MachineConfig of OpenShift)",
	.apply = "the Machine Config Operator",
	.options = {{MODPROBE_FOLDER, "a file of " MODPROBE_FOLDER MACHINE_CONFIG_FILE, NULL},
		    {"/etc/modules-load.d", "a file of /etc/modules-load.d" MACHINE_CONFIG_FILE,
		     NULL},
		    {"/etc/udev/rules.d", "a file of /etc/udev/rules.d" MACHINE_CONFIG_FILE, NULL}},
};

/* Its / is an image, and /etc lies in memory: what is to be there, a stage of a YAML file in /oem
 * writes at boot (Elemental's manual on its immutable root file system). */
#define ELEMENTAL_OPTIONS                                                                          \
	{                                                                                          \
		{MODPROBE_FOLDER, "a file of " MODPROBE_FOLDER " that a YAML file in /oem writes", \
		 NULL},                                                                            \
			{"/etc/modules-load.d",                                                    \
			 "a file of /etc/modules-load.d that a YAML file in /oem writes", NULL},   \
			{"/etc/udev/rules.d",                                                      \
			 "a file of /etc/udev/rules.d that a YAML file in /oem writes", NULL},     \
	}
#define ELEMENTAL_PLACE                                                                            \
	"the kernel command line (of the image, or extra_cmdline in /oem/grubenv, which "          \
	"grub2-editenv sets)"

static const struct declared_system elemental = {
	.place = ELEMENTAL_PLACE,
	.apply = "the next boot",
	.image = "Elemental",
	.options = ELEMENTAL_OPTIONS,
};

/* Its controller of PCI devices gives vfio-pci what is claimed (github.com/harvester/pcidevices).
 */
static const struct declared_system harvester = {
	.place = ELEMENTAL_PLACE,
	.apply = "the next boot",
	.image = "Harvester",
	.bindings = "PCI Devices of Harvester's interface (Enable Passthrough)",
	.binds = "",
	.binding_ends = "",
	.binding_loads = true,
	.options = ELEMENTAL_OPTIONS,
};

/* Of /etc, Ubuntu Core keeps the three folders writable (writable-paths of its base snap), and
 * Flatcar all of it. Flatcar's initramfs is a part of its kernel, and its grub.cfg reads that of
 * the OEM partition (build_library/grub.cfg of github.com/flatcar/scripts). */
static const struct declared_system image_systems[] = {
	/* CONFIG_LOCALVERSION of github.com/siderolabs/pkgs, kernel/build/config-* */
	{.id = "talos",
	 .kernel = "-talos",
	 .place = "the kernel command line (machine.install.extraKernelArgs of Talos's machine "
		  "configuration, which an upgrade of the node applies)",
	 .why = "Talos makes it as it is installed: change machine.install.extraKernelArgs of the "
		"machine configuration, or the schematic of a unified kernel image, and upgrade "
		"the node",
	 .apply = "talosctl apply-config",
	 .without_shell = "Talos has no shell: run this, and the commands below, in a privileged "
			  "container on the node, as talosctl debug starts it from Talos 1.13 on",
	 .reboot = "talosctl reboot",
	 .image = "Talos",
	 .bindings =
		 "a PCIDriverRebindConfig of Talos's machine configuration (from Talos 1.10 on; "
		 "before, a rule of udev in machine.udev.rules)",
	 .binds = "name: ",
	 .binding_ends = ", targetDriver: vfio-pci",
	 .options = {{MODPROBE_FOLDER, "machine.kernel.modules of Talos's machine configuration",
		      NULL},
		     {"/etc/modules-load.d",
		      "machine.kernel.modules of Talos's machine configuration", NULL},
		     {"/etc/udev/rules.d", "machine.udev.rules of Talos's machine configuration",
		      NULL}}},
	{.id = "ubuntu-core",
	 .place = "the kernel command line (system.kernel.cmdline-append of Ubuntu Core, which "
		  "snap set system changes)",
	 .why = "Ubuntu Core makes it: snap set system system.kernel.cmdline-append=WORD, which "
		"takes what the gadget snap allows",
	 .image = "Ubuntu Core"},
	{.id = "flatcar",
	 .place = "the kernel command line (linux_append in grub.cfg of Flatcar's OEM partition)",
	 .why = "Flatcar's GRUB adds what its OEM partition says: append set "
		"linux_append=\"$linux_append WORD\" to grub.cfg of the OEM partition, which is "
		"/oem/grub.cfg, on older releases /usr/share/oem/grub.cfg",
	 .image = "Flatcar"},
};

/* Returns whether the host is such a one by os-release, or where that was not read, by its kernel.
 */
static bool is_image_system(const struct host *host, const struct declared_system *system)
{
	if (fact_known(&host->system_info.os_id.fact))
		return fact_text_is(&host->system_info.os_id, system->id);
	return system->kernel && fact_known(&host->kernel_release.fact) &&
	       ends_with(host->kernel_release.text, system->kernel);
}

/* Returns the host's system where it is such a one, or NULL. */
static const struct declared_system *declared_system_of(const struct host *host)
{
	if (boot_tools_has(&host->boot_tools, BOOT_TOOL_NIXOS))
		return &nixos;
	if (boot_tools_has(&host->boot_tools, BOOT_TOOL_TRUENAS))
		return &truenas;
	if (boot_tools_has(&host->boot_tools, BOOT_TOOL_UNRAID))
		return &unraid;
	if (boot_tools_has(&host->boot_tools, BOOT_TOOL_OSTREE) &&
	    boot_tools_has(&host->boot_tools, BOOT_TOOL_MACHINE_CONFIG))
		return &openshift;
	if (boot_tools_has(&host->boot_tools, BOOT_TOOL_HARVESTER))
		return &harvester;
	if (boot_tools_has(&host->boot_tools, BOOT_TOOL_ELEMENTAL))
		return &elemental;
	for (size_t i = 0; i < ARRAY_LENGTH(image_systems); i++) {
		if (is_image_system(host, &image_systems[i]))
			return &image_systems[i];
	}
	return NULL;
}

const char *declared_system_why(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system ? system->why : NULL;
}

const char *declared_system_place(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system ? system->place : "the kernel command line";
}

/* Returns what stands for the file, or NULL. */
static const struct declared_option *option_of(const struct host *host, const char *file)
{
	const struct declared_system *system = declared_system_of(host);

	for (size_t i = 0; system && i < DECLARED_OPTIONS; i++) {
		const struct declared_option *option = &system->options[i];
		if (option->folder && begins_with(file, option->folder))
			return option;
	}
	return NULL;
}

const char *declared_system_option(const struct host *host, const char *file)
{
	const struct declared_option *option = option_of(host, file);

	return option ? option->name : NULL;
}

const char *declared_system_option_line(const struct host *host, const char *file, const char *line,
					struct arena *arena)
{
	const struct declared_option *option = option_of(host, file);

	return option && option->command ? arena_printf(arena, "%s %s", option->command, line)
					 : line;
}

const char *declared_system_bindings(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system ? system->bindings : NULL;
}

const char *declared_system_cards(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system ? system->cards : NULL;
}

bool declared_system_lacks_rules(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system && system->lacks_rules;
}

bool declared_system_binding_loads(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system && system->binding_loads;
}

const char *declared_system_binding(const struct host *host, struct arena *arena, const char *name,
				    const char *ids)
{
	const struct declared_system *system = declared_system_of(host);

	if (!system || !system->bindings)
		return NULL;
	if (system->binding_ends)
		return arena_printf(arena, "%s%s%s", system->binds, name, system->binding_ends);
	return arena_printf(arena, "%s%s%s%s", system->binds, name, ids ? "|" : "", ids ? ids : "");
}

const char *declared_system_apply(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system ? system->apply : NULL;
}

const char *declared_system_module_options(const struct host *host)
{
	const char *option = declared_system_option(host, MODPROBE_FOLDER);

	return option ? option : "a file of " MODPROBE_FOLDER;
}

const char *declared_system_option_places(const struct host *host, struct arena *arena)
{
	const char *option = declared_system_option(host, MODPROBE_FOLDER);

	return arena_printf(arena, "%s and %s", option ? option : MODPROBE_FOLDER,
			    declared_system_place(host));
}

const char *declared_system_image(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system && system->image ? system->image : NULL;
}

const char *declared_system_without_shell(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system ? system->without_shell : NULL;
}

const char *declared_system_reboot(const struct host *host)
{
	const struct declared_system *system = declared_system_of(host);

	return system ? system->reboot : NULL;
}
