/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_BOOT_DECLARED_SYSTEM_H
#define PASSCHECK_MODEL_BOOT_DECLARED_SYSTEM_H

#include "host/host.h"

/*
 * Systems that make what boots, and often /etc, of a configuration of their own: NixOS, TrueNAS,
 * Unraid, Talos, OpenShift, Elemental, Harvester, Ubuntu Core, Flatcar. Files that others keep in
 * /etc are something else there.
 */

/* Returns why the kernel command line is changed by hand there, and how; NULL on other hosts, and
 * where the boot loader says it. */
const char *declared_system_why(const struct host *host);

/* Returns what a person changes, for a sentence: "the kernel command line", and how that of NixOS,
 * Talos, Unraid and others is changed. */
const char *declared_system_place(const struct host *host);

/*
 * Returns what stands for files in a folder of /etc, which NixOS, Talos and others write
 * themselves: "boot.extraModprobeConfig of NixOS's configuration" for one of /etc/modprobe.d. NULL
 * on other hosts, and for other files.
 */
const char *declared_system_option(const struct host *host, const char *file);

/* Returns what is added there for a line of that file: the line, or the command that does what it
 * says. */
const char *declared_system_option_line(const struct host *host, const char *file, const char *line,
					struct arena *arena);

/* Returns where the system is told of functions that vfio-pci is to have, NULL where rules of udev
 * are all that tells it: virtual functions always take those. */
const char *declared_system_bindings(const struct host *host);

/* Returns where the system is told of graphics cards that vfio-pci is to have, each with what is of
 * its IOMMU group, NULL where there is no such place. It keeps one card. */
const char *declared_system_cards(const struct host *host);

/* Returns whether no rules of udev are kept: what stands for them, declared_system_option(), takes
 * commands of the shell. */
bool declared_system_lacks_rules(const struct host *host);

/* Returns whether what is told at declared_system_bindings() has vfio-pci loaded, too. */
bool declared_system_binding_loads(const struct host *host);

/* Returns what declared_system_bindings() gets for a function, whose ids, "8086:1533", are NULL
 * where they are not known; NULL where there is no such place. */
const char *declared_system_binding(const struct host *host, struct arena *arena, const char *name,
				    const char *ids);

/* Returns what applies a change of such options, "nixos-rebuild boot", or NULL. */
const char *declared_system_apply(const struct host *host);

/* Return where options of modules are written, for a sentence: "a file of /etc/modprobe.d" or what
 * stands for it; and every place that may set them, "/etc/modprobe.d and the kernel command line".
 */
const char *declared_system_module_options(const struct host *host);
const char *declared_system_option_places(const struct host *host, struct arena *arena);

/* Returns the name of the host's system where its initramfs comes with an image, and no file of
 * /etc gets into it: "Talos". NULL on other hosts. */
const char *declared_system_image(const struct host *host);

/* Returns where commands are run on a host that has no shell, as a sentence; NULL on others. */
const char *declared_system_without_shell(const struct host *host);

/* Returns the command that reboots such a host; NULL where its own does. */
const char *declared_system_reboot(const struct host *host);

/* The command that applies a change of NixOS's options, and the words that ask for it. */
#define DECLARED_SYSTEM_NIXOS_REBUILD "nixos-rebuild boot"
#define DECLARED_SYSTEM_NIXOS         "run " DECLARED_SYSTEM_NIXOS_REBUILD

#endif
