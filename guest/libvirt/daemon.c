/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/libvirt/daemon.h"

#include "guest/stacks/installed.h"

bool libvirt_is_silent(const struct hypervisor *hypervisor)
{
	const struct fact_node *socket =
		hypervisor_first_of(hypervisor->sockets, LIBVIRT_SOCKET_COUNT);

	return hypervisor_has_libvirt(hypervisor) && fact_absent(&socket->fact);
}

bool libvirt_is_to_start(const struct host *host)
{
	return libvirt_is_silent(&host->hypervisor) && !stack_other_than_libvirt(host);
}

bool libvirt_may_run_guests(const struct host *host)
{
	const struct hypervisor *hypervisor = &host->hypervisor;

	if (!stack_other_than_libvirt(host))
		return !hypervisor_lacks_libvirt(hypervisor);
	return hypervisor_has_libvirt(hypervisor) && !libvirt_is_silent(hypervisor);
}

const char *libvirt_start(const struct host *host, struct arena *arena, struct text_line **start,
			  struct text_line **stop)
{
	bool modular = fact_known(&host->hypervisor.daemons[0].fact);
	const char *daemon = modular ? "virtqemud" : "libvirtd";

	if (boot_tools_has(&host->boot_tools, BOOT_TOOL_NIXOS))
		return "Set virtualisation.libvirtd.enable in NixOS's configuration, and run "
		       "nixos-rebuild switch";
	switch (init_system_of(&host->boot_tools)) {
	case INIT_SYSTEMD:
		lines_add(arena, start, "systemctl enable --now %s.socket", daemon);
		lines_add(arena, stop, "systemctl disable --now %s.socket", daemon);
		return "Start its socket";
	case INIT_OPENRC:
		lines_add(arena, start, "rc-update add %s", daemon);
		lines_add(arena, start, "rc-service %s start", daemon);
		lines_add(arena, stop, "rc-service %s stop", daemon);
		lines_add(arena, stop, "rc-update del %s", daemon);
		return "Start it, now and at every boot";
	case INIT_ANOTHER:
		break;
	}
	return arena_printf(arena, "Have the host start %s, now and at every boot", daemon);
}
