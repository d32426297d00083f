/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include <inttypes.h>
#include <string.h>

enum kind { NONE, FREE, FULL, LINK_DOWN, NO_FABRIC, UNSUPPORTED, UNREADABLE, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[NONE] = {"npiv.none", "The host has no Fibre Channel port, so NPIV does not matter here.",
		  NULL},
	[FREE] = {"npiv.free",
		  "The Fibre Channel port can carry more virtual ports (NPIV): each has names "
		  "of its own on the fabric, so LUNs can be masked for one guest. The number "
		  "that is free is max_npiv_vports minus npiv_vports_inuse; the fabric's switch "
		  "may allow less.",
		  NULL},
	[FULL] = {"npiv.full",
		  "Every virtual port that the Fibre Channel port can carry is in "
		  "use: another cannot be made on it.",
		  "Delete virtual ports that nothing uses, or choose another parent for new "
		  "ones."},
	[LINK_DOWN] = {"npiv.link-down",
		       "The Fibre Channel port is not online. Only a port that is online carries "
		       "virtual ports that see their LUNs.",
		       "If the port is to be used, check its cable and its switch port."},
	[NO_FABRIC] =
		{"npiv.no-fabric",
		 "The Fibre Channel port is not logged in to a fabric (its type is not NPort by "
		 "way of a fabric). NPIV is the fabric's service: a port in a loop or wired to "
		 "another port carries no virtual ports.",
		 "Connect the port to a switch that allows NPIV."},
	[UNSUPPORTED] = {"npiv.unsupported",
			 "The Fibre Channel port or its driver has no NPIV: max_npiv_vports is 0, "
			 "or there is no vport_create.",
			 NULL},
	[UNREADABLE] = {"npiv.unreadable",
			"passcheck cannot tell what the Fibre Channel port can carry.",
			FIX_READ_AS_ROOT},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static struct finding *add(struct findings *findings, enum kind kind, enum finding_verdict verdict,
			   const char *summary)
{
	return finding_add(findings, &kinds[kind], verdict, subject_host(), "%s", summary);
}

/* Returns the first fact of the port that the judgement needs and that was not read, or NULL. */
static const struct fact *find_unread(const struct fc_host *port)
{
	const struct fact *const facts[] = {&port->max_vports.fact, &port->vports_inuse.fact,
					    &port->vport_create.fact, &port->port_state.fact,
					    &port->port_type.fact};

	for (size_t i = 0; i < ARRAY_LENGTH(facts); i++) {
		if (!fact_settled(facts[i]))
			return facts[i];
	}
	return NULL;
}

static void report_unsupported(const struct fc_host *port, struct findings *findings)
{
	struct finding *finding = add(findings, UNSUPPORTED, FINDING_NOT_APPLICABLE,
				      arena_printf(findings->arena, "%s has no NPIV", port->name));

	finding_evidence(finding, &port->max_vports.fact, "%" PRId64, port->max_vports.value);
	finding_evidence(finding, &port->vport_create.fact, "there");
}

static void report_down(const struct fc_host *port, struct findings *findings)
{
	struct finding *finding =
		add(findings, LINK_DOWN, FINDING_WARN,
		    arena_printf(findings->arena, "%s is not online but %s", port->name,
				 fact_known(&port->port_state.fact) ? port->port_state.text
								    : "in no known state"));

	finding_evidence(finding, &port->port_state.fact, "%s", port->port_state.text);
}

static void report_no_fabric(const struct fc_host *port, struct findings *findings)
{
	struct finding *finding = add(
		findings, NO_FABRIC, FINDING_WARN,
		arena_printf(findings->arena, "%s is in no fabric, and so carries no virtual ports",
			     port->name));

	finding_evidence(finding, &port->port_type.fact, "%s", port->port_type.text);
}

static void report_capacity(const struct fc_host *port, struct findings *findings)
{
	int64_t free = port->max_vports.value - port->vports_inuse.value;
	struct finding *finding;

	if (free > 0)
		finding = add(findings, FREE, FINDING_PASS,
			      arena_printf(findings->arena,
					   "%s can carry %" PRId64 " more virtual ports",
					   port->name, free));
	else
		finding = add(findings, FULL, FINDING_WARN,
			      arena_printf(findings->arena,
					   "%s carries as many virtual ports as it can: %" PRId64,
					   port->name, port->max_vports.value));
	finding_evidence(finding, &port->max_vports.fact, "%" PRId64, port->max_vports.value);
	finding_evidence(finding, &port->vports_inuse.fact, "%" PRId64, port->vports_inuse.value);
}

static void judge_port(const struct fc_host *port, struct findings *findings)
{
	const struct fact *unread = find_unread(port);

	if (fc_host_is_virtual(port))
		return;
	if (fact_absent(&port->max_vports.fact) || fact_absent(&port->vport_create.fact) ||
	    (fact_known(&port->max_vports.fact) && port->max_vports.value == 0)) {
		report_unsupported(port, findings);
	} else if (unread) {
		struct finding *finding = add(
			findings, UNREADABLE, FINDING_UNKNOWN,
			arena_printf(findings->arena,
				     "how many virtual ports %s can carry is unknown", port->name));
		finding_evidence_state(finding, unread);
		finding_remedy_unread(finding, unread);
	} else if (!fact_known(&port->port_state.fact) ||
		   strcmp(port->port_state.text, "Online") != 0) {
		report_down(port, findings);
	} else if (fact_known(&port->port_type.fact) && !strstr(port->port_type.text, "fabric")) {
		report_no_fabric(port, findings);
	} else {
		report_capacity(port, findings);
	}
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	const struct fc_hosts *ports = &host->fc_hosts;
	struct finding *finding;

	for (size_t i = 0; i < ports->count; i++)
		judge_port(&ports->hosts[i], findings);
	if (ports->count)
		return;
	if (fact_settled(&ports->fact)) {
		finding = add(findings, NONE, FINDING_NOT_APPLICABLE,
			      "the host has no Fibre Channel port");
	} else {
		finding = add(findings, UNREADABLE, FINDING_UNKNOWN,
			      "whether the host has Fibre Channel ports is unknown");
		finding_remedy_unread(finding, &ports->fact);
	}
	finding_evidence(finding, &ports->fact, "empty");
}

const struct check check_npiv = {
	.id = "npiv",
	.title = "Can Fibre Channel ports carry virtual ports for guests?",
	.needs = "/sys/class/fc_host; no privilege",
	.advisory = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
