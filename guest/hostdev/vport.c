/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/hostdev/builder.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "guest/hostdev/warnings.h"
#include "host/base/affix.h"

enum { WWN_DIGITS = 16 };

/* The port is below its function in sysfs. */
static bool is_below(const char *path, const struct pci_function *function)
{
	return lies_below(path, function->path);
}

const struct fc_host *hostdev_find_port(const struct host *host,
					const struct pci_function *function)
{
	for (size_t i = 0; i < host->fc_hosts.count; i++) {
		const struct fc_host *port = &host->fc_hosts.hosts[i];
		if (!fc_host_is_virtual(port) && is_below(port->path, function))
			return port;
	}
	return NULL;
}

const struct fc_host *hostdev_find_vport(const struct host *host,
					 const struct pci_function *function, const char *wwpn)
{
	for (size_t i = 0; i < host->fc_hosts.count; i++) {
		const struct fc_host *port = &host->fc_hosts.hosts[i];
		if (is_below(port->path, function) && fact_known(&port->port_name.fact) &&
		    strtoull(port->port_name.text, NULL, 16) == strtoull(wwpn, NULL, 16))
			return port;
	}
	return NULL;
}

/* Blocks a virtual port where the port cannot carry one; notes what could not be read. */
static void judge_fc_host(struct hostdev_builder *builder, struct hostdev_form *form)
{
	const struct fc_host *port = form->fc_host;

	form->verdict = ASSIGNABLE;
	if (!fact_known(&port->vport_create.fact) || !fact_known(&port->max_vports.fact) ||
	    !fact_known(&port->vports_inuse.fact) || !fact_known(&port->port_state.fact)) {
		bool denied = fact_absent(&port->vport_create.fact);
		form->verdict = denied ? ASSIGNABLE_BLOCKED : ASSIGNABLE_UNDETERMINED;
		hostdev_add_reason(
			builder, form,
			denied ? "its driver makes no virtual ports"
			       : "whether its port can carry virtual ports could not be read");
		return;
	}
	if (strcmp(port->port_state.text, "Online") != 0) {
		form->verdict = ASSIGNABLE_BLOCKED;
		hostdev_note_add(builder->arena, &form->reasons, "its port %s is not Online but %s",
				 port->name, port->port_state.text);
	}
	if (port->vports_inuse.value >= port->max_vports.value) {
		form->verdict = ASSIGNABLE_BLOCKED;
		hostdev_note_add(builder->arena, &form->reasons,
				 "all %" PRId64 " virtual ports of %s are in use",
				 port->max_vports.value, port->name);
	}
}

static void add_vport(struct hostdev_builder *builder, const struct pci_function *function,
		      const struct fc_host *port, enum hostdev_kind kind)
{
	struct hostdev_form *form = hostdev_append(builder, function, kind);

	if (!form)
		return;
	form->fc_host = port;
	judge_fc_host(builder, form);
	form->written = form->verdict == ASSIGNABLE || builder->forms->options.force;
}

int hostdev_vports(struct hostdev_builder *builder, struct hostdev_misfit *ret_misfit)
{
	const struct fc_host *port;

	if (builder->count != 1)
		return hostdev_reject(ret_misfit, HOSTDEV_VPORT,
				      "a virtual port is of one Fibre Channel function");
	port = hostdev_find_port(builder->host, builder->functions[0]);
	if (!port)
		return hostdev_reject(ret_misfit, HOSTDEV_VPORT,
				      "a virtual port is of a function with a Fibre Channel port");
	add_vport(builder, builder->functions[0], port, HOSTDEV_KIND_VPORT_POOL);
	add_vport(builder, builder->functions[0], port, HOSTDEV_KIND_VPORT_DEVICE);
	return 0;
}

bool hostdev_vport_parse(struct arena *arena, const char *text, struct hostdev_options *ret)
{
	static const char digits[] = "0123456789abcdefABCDEF";

	if (strspn(text, digits) != WWN_DIGITS || text[WWN_DIGITS] != ':' ||
	    strspn(text + WWN_DIGITS + 1, digits) != WWN_DIGITS || text[2 * WWN_DIGITS + 1])
		return false;
	ret->wwpn = arena_copy(arena, text, WWN_DIGITS);
	ret->wwnn = arena_copy(arena, text + WWN_DIGITS + 1, WWN_DIGITS);
	return true;
}
