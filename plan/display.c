/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>
#include <string.h>

#include "host/base/array.h"
#include "host/base/buffer.h"
#include "host/boot/kernel_version.h"
#include "model/assign/vfio_access.h"
#include "model/assign/vfio_driver.h"
#include "model/own_commands.h"
#include "plan/builder.h"

/*
 * What frees the display that the host shows its picture on, before its driver is taken away: a
 * driver in use may hang. Where vfio-pci does not take the boot framebuffer away itself, its
 * platform device is unbound from its driver; what no driver has (BOOTFB:
 * drivers/firmware/sysfb_simplefb.c) only another boot frees.
 */

enum { VENDOR_NVIDIA = 0x10de };

/* Who holds memory of the boot's picture, as /proc/iomem names it, and its platform driver. */
struct holder {
	const char *name;
	const char *driver;
};

static const struct holder holders[] = {
	{"efifb", "efi-framebuffer"},        {"vesafb", "vesa-framebuffer"},
	{"simplefb", "simple-framebuffer"},  {"simple-framebuffer", "simple-framebuffer"},
	{"simpledrm", "simple-framebuffer"},
};

/* What is to be freed, of all displays that go. */
struct displays {
	const struct pci_function *first; /* NULL: none is left, once the plan has rebooted */
	const struct pci_function *held;  /* the one that has the boot framebuffer */
	const char *held_by;              /* NULL: nothing has that framebuffer on one of them */
	const char *bound; /* a condition of the script: VFIO has those to be freed */
	bool shown;        /* the host shows something on one */
	bool nvidia;
};

static const char *holder_of(const struct host *host, const struct pci_function *function)
{
	const struct framebuffers *framebuffers = &host->framebuffers;

	for (size_t i = 0; i < framebuffers->count; i++) {
		if (strcmp(framebuffers->items[i].function, function->name) == 0)
			return framebuffers->items[i].holder;
	}
	return NULL;
}

static bool shows(const struct plan_builder *builder, const struct pci_function *function)
{
	const struct host_uses *uses = &builder->model->host_uses;

	return host_uses_of_kind(uses, function, USAGE_FRAMEBUFFER) ||
	       host_uses_of_kind(uses, function, USAGE_SCREEN) ||
	       (pci_is_boot_display(function) && fact_known(&function->driver.fact));
}

static const struct holder *driver_of(const char *held_by)
{
	for (size_t i = 0; held_by && i < ARRAY_LENGTH(holders); i++) {
		if (strcmp(holders[i].name, held_by) == 0)
			return &holders[i];
	}
	return NULL;
}

static bool is_on_command_line(const struct plan_builder *builder, const char *word)
{
	return cmdline_has_word(builder->arena, &builder->host->cmdline, word);
}

/* The word that keeps the next boot's framebuffer off the card, or NULL where it is set: efifb
 * reads video=efifb:off, what else shows the boot's picture comes of sysfb_init(). */
static const char *parameter_of(const struct plan_builder *builder, const char *held_by)
{
	static const char efifb_off[] = "video=efifb:off";
	static const char no_sysfb[] = "initcall_blacklist=sysfb_init";

	if (strcmp(held_by, "efifb") == 0 && !is_on_command_line(builder, efifb_off))
		return efifb_off;
	return is_on_command_line(builder, no_sysfb) ? NULL : no_sysfb;
}

/* Returns whether the plan reboots without the boot framebuffer, which no driver has. */
static bool reboot_ends(const struct plan_builder *builder, const char *held_by)
{
	return held_by && !driver_of(held_by) && builder->wish->how != PLAN_HOW_NOW &&
	       parameter_of(builder, held_by);
}

/* A driver of the host's shows on the display again after the reboot. */
static bool reboot_frees(const struct plan_builder *builder, const struct pci_function *function,
			 const char *held_by)
{
	return reboot_ends(builder, held_by) &&
	       (driver_is_vfio(function) || !fact_known(&function->driver.fact));
}

static struct displays displays_of(const struct plan_builder *builder)
{
	struct buffer bound = {.arena = builder->arena, .separator = " && "};
	struct displays found = {0};

	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		const char *held_by = vfio_frees_display(builder->host, function)
					      ? NULL
					      : holder_of(builder->host, function);
		bool nvidia = pci_is_on_driver(function, "nvidia");

		if (pci_base_class(function) != PCI_BASE_CLASS_DISPLAY ||
		    plan_leaving(builder, function) != LEAVING_TO_VFIO ||
		    (driver_is_vfio(function) && !held_by))
			continue;
		if (held_by) {
			found.held = function;
			found.held_by = held_by;
		}
		bool shown = held_by || shows(builder, function);
		if ((!shown && !nvidia) || reboot_frees(builder, function, held_by))
			continue;
		if (!found.first)
			found.first = function;
		found.shown |= shown;
		found.nvidia |= nvidia;
		buffer_item(&bound, "is_on %s %s", function->name,
			    plan_vfio_driver(builder, function));
	}
	found.bound = buffer_text(&bound);
	return found;
}

void plan_display_parameters(struct plan_builder *builder)
{
	const struct displays found = displays_of(builder);
	const char *word = found.held_by ? parameter_of(builder, found.held_by) : NULL;

	if (word)
		lines_append_once(builder->arena, &builder->parameters.add, word);
}

bool plan_boot_frees_display(const struct plan_builder *builder)
{
	const struct displays found = displays_of(builder);

	return found.held_by && parameter_of(builder, found.held_by);
}

bool plan_display_is_in_use(struct plan_builder *builder)
{
	const struct displays found = displays_of(builder);

	return found.first || found.held;
}

/* What has a display open. Other programs than these name each display manager their own way. */
struct service {
	const char *name;
	const char *wanted; /* what else has to hold, where systemd starts it */
};

static const struct service display_manager = {
	.name = "display-manager",
	.wanted = " && systemctl -q is-active graphical.target",
};

/* Ubuntu's rules of udev start it with the driver, whether it is enabled or not. */
static const struct service persistence_daemon = {.name = "nvidia-persistenced", .wanted = ""};

static void by_hand(struct plan_builder *builder, struct plan_step *step, const char *verb,
		    const struct service *service, const char *when)
{
	step->why = arena_printf(builder->arena, "%s the service %s by hand%s; %s", verb,
				 service->name, when, step->why);
	step->by_hand_first = true;
}

/* What the host does not start at boot was not there to be stopped. */
static void start_service(struct plan_builder *builder, struct plan_command **list,
			  const struct service *service)
{
	const char *name = service->name;

	switch (init_system_of(&builder->host->boot_tools)) {
	case INIT_SYSTEMD:
		plan_run(builder, list,
			 "if systemctl -q is-enabled %s.service 2>/dev/null%s; then "
			 "systemctl start %s.service; fi",
			 name, service->wanted, name);
		return;
	case INIT_OPENRC:
		plan_run(builder, list,
			 "if rc-update show default | grep -qw %s; then rc-service %s start; fi",
			 name, name);
		return;
	case INIT_ANOTHER:
		return;
	}
}

/* A service that is not there is left alone. */
static void stop_service(struct plan_builder *builder, struct plan_step *step,
			 const struct service *service)
{
	const char *name = service->name;

	switch (init_system_of(&builder->host->boot_tools)) {
	case INIT_SYSTEMD:
		plan_run(builder, &step->commands,
			 "if systemctl -q is-active %s.service; then systemctl stop %s.service; fi",
			 name, name);
		break;
	case INIT_OPENRC:
		plan_run(builder, &step->commands,
			 "if rc-service -e %s && rc-service -q %s status; then rc-service %s stop; "
			 "fi",
			 name, name, name);
		break;
	case INIT_ANOTHER:
		by_hand(builder, step, "stop", service, " first");
		return;
	}
	start_service(builder, &step->undo, service);
}

/* Keeps a service from the next boots as well. */
static void mask_service(struct plan_builder *builder, struct plan_step *step,
			 const struct service *service)
{
	const struct boot_tools *tools = &builder->host->boot_tools;
	const char *name = service->name;

	if (init_system_of(tools) != INIT_SYSTEMD || boot_tools_has(tools, BOOT_TOOL_NIXOS)) {
		stop_service(builder, step, service);
		step->why = arena_printf(builder->arena,
					 "%s; keep %s from starting at boot, too: it would hold "
					 "the card again",
					 step->why, name);
		return;
	}
	plan_run(builder, &step->commands,
		 "if systemctl -q is-enabled %s.service 2>/dev/null || systemctl -q is-active "
		 "%s.service; then systemctl mask --now %s.service; fi",
		 name, name, name);
	plan_run(builder, &step->undo,
		 "if [ \"$(systemctl is-enabled %s.service 2>/dev/null)\" = masked ]; then "
		 "systemctl unmask %s.service; systemctl start %s.service; fi",
		 name, name, name);
	step->why = arena_printf(builder->arena,
				 "%s; %s is masked, as it would hold the card again after the next "
				 "boot",
				 step->why, name);
	step->unread = true;
}

static void start_again(struct plan_builder *builder, struct plan_step *step,
			const struct service *service)
{
	if (init_system_of(&builder->host->boot_tools) == INIT_ANOTHER)
		by_hand(builder, step, "start", service, ", where a plan had you stop it");
	else
		start_service(builder, &step->commands, service);
}

/* The console of the framebuffer is named so: drivers/video/fbdev/core/fbcon.c. What is bound as
 * it should be is left alone. */
static void bind_consoles(struct plan_builder *builder, struct plan_command **list, int value)
{
	plan_run(
		builder, list,
		"for console in /sys/class/vtconsole/vtcon*; do "
		"if grep -q 'frame buffer' \"$console/name\" && grep -q %d \"$console/bind\"; then "
		"echo %d > \"$console/bind\"; fi; done",
		!value, value);
}

static void unbind_holder(struct plan_builder *builder, struct plan_step *step,
			  const struct holder *holder)
{
	const char *drivers = "/sys/bus/platform/drivers";

	plan_run(builder, &step->commands,
		 "if [ -e %s/%s/%s.0 ]; then echo %s.0 > %s/%s/unbind; fi", drivers, holder->driver,
		 holder->driver, holder->driver, drivers, holder->driver);
	plan_run(builder, &step->undo, "echo %s.0 > %s/%s/bind", holder->driver, drivers,
		 holder->driver);
}

static const char *why_held(struct plan_builder *builder, const struct pci_function *function,
			    const char *held_by)
{
	const struct caution *caution =
		cautions_find(&builder->model->cautions, function, CAUTION_BOOT_DISPLAY);

	return arena_printf(builder->arena,
			    "%s holds the display %s, and nothing frees it on the running "
			    "host%s%s",
			    held_by, function->name, caution && caution->remedy ? ". " : "",
			    caution && caution->remedy ? caution->remedy : "");
}

void plan_free_display(struct plan_builder *builder)
{
	const struct displays found = displays_of(builder);
	const struct holder *holder = driver_of(found.held_by);
	bool managed = builder->wish->how == PLAN_HOW_MANAGED;
	struct plan_step *step;

	if (found.held_by && !holder && !reboot_ends(builder, found.held_by)) {
		plan_add_obstacle(builder, "%s", why_held(builder, found.held, found.held_by));
		return;
	}
	if (!found.first)
		return;
	step = plan_add_step(builder, PLAN_NOW, "free-display", found.first,
			     "Free the display %s: end what shows on it or has it open",
			     found.first->name);
	step->needless = plan_condition(builder, "%s", found.bound);
	step->why = found.shown ? "the host then shows nothing: reach it by the network first"
				: "its driver does not let go while that has it open";
	if (found.shown && managed)
		step->why = arena_printf(builder->arena,
					 "%s. The next boot shows on the card again: repeat this, "
					 "or have it bound at boot, " OWN_PLAN_AT_BOOT,
					 step->why);
	if (found.shown)
		stop_service(builder, step, &display_manager);
	if (found.nvidia && managed)
		mask_service(builder, step, &persistence_daemon);
	else if (found.nvidia)
		stop_service(builder, step, &persistence_daemon);
	if (found.shown)
		bind_consoles(builder, &step->commands, 0);
	if (holder)
		unbind_holder(builder, step, holder);
	if (found.shown)
		bind_consoles(builder, &step->undo, 1);
}

/* The boot's framebuffer: from Linux 6.0 on vfio-pci takes it away for good (vfio_frees_display()),
 * and no plan unbinds it. */
static void bind_holders(struct plan_builder *builder, struct plan_step *step)
{
	struct kernel_version version;

	if (host_kernel_version(builder->host, &version) && kernel_at_least(&version, 6, 0))
		return;
	plan_run(builder, &step->commands,
		 "for device in /sys/bus/platform/devices/*-framebuffer.0; do "
		 "if [ -e \"$device\" ] && [ ! -e \"$device/driver\" ]; then "
		 "echo \"${device##*/}\" > /sys/bus/platform/drivers_probe; fi; done");
}

/* Returns what goes back to the host's drivers. Of what has no outputs, nothing was shown. */
static struct displays displays_given_back(const struct plan_builder *builder)
{
	struct displays found = {0};

	for (size_t i = 0; i < builder->taken_count; i++) {
		const struct pci_function *function = builder->taken[i];
		bool outputs = pci_class(function) != PCI_CLASS_DISPLAY_3D;
		bool nvidia = fact_known(&function->vendor.fact) &&
			      function->vendor.value == VENDOR_NVIDIA;

		if (pci_base_class(function) != PCI_BASE_CLASS_DISPLAY || pci_is_vf(function) ||
		    (!plan_is_on_vfio(function) && !plan_waits_for_vfio(function)) ||
		    (!outputs && !nvidia))
			continue;
		if (!found.first)
			found.first = function;
		found.shown |= outputs;
		found.nvidia |= nvidia;
	}
	return found;
}

/* What of this a plan took is not known: each command changes only what is off. */
void plan_show_display(struct plan_builder *builder)
{
	const struct displays found = displays_given_back(builder);
	struct plan_step *step;

	if (!found.first)
		return;
	step = plan_add_step(builder, PLAN_NOW, "show-display", found.first,
			     "Bring back what a plan ended to free the display %s, if it did",
			     found.first->name);
	step->why = "what shows or runs already stays as it is";
	if (found.shown) {
		bind_holders(builder, step);
		bind_consoles(builder, &step->commands, 1);
	}
	if (found.nvidia)
		start_again(builder, step, &persistence_daemon);
	if (found.shown)
		start_again(builder, step, &display_manager);
}
