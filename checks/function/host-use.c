/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include <pci/header.h>
#include <string.h>

#include "host/base/buffer.h"

enum kind { VITAL, CONSOLE, UNKNOWN, GAP, NAMESPACE, CONTAINER, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[VITAL] =
		{"host-use.vital",
		 "The host needs the function: a mounted file system or swap lies on it "
		 "(followed through device mapper, MD, NVMe multipath and NVMe over Fibre "
		 "Channel; of virtiofs and 9p, to their virtio device), the default route "
		 "goes through it (followed through bonds, bridges and VLANs), or without "
		 "it and what goes with it no network link is up, or it is a memory device of CXL "
		 "that decodes addresses (decoders_committed), so the host may have memory there. "
		 "The link to the host's own "
		 "management controller (BMC) does not count, where its USB ids are known or the "
		 "firmware tells them (SMBIOS type 42, which root reads). The "
		 "host loses the function as soon as a guest gets it, so it is blocked.",
		 "Keep the function with the host, or move what the host has on it to other "
		 "hardware."},
	[CONSOLE] = {"host-use.console",
		     "The function carries a console of the host: a framebuffer, or a serial port. "
		     "It goes dark when a guest gets the function.",
		     "Make sure that the host can be reached over the network before a guest gets "
		     "the function."},
	[UNKNOWN] = {"host-use.unknown",
		     "What the host needs could not be read, so any function may be needed.",
		     "Make sure that the host does not need what a guest gets. To find out, audit "
		     "the host itself, or capture it again with passcheck capture."},
	[GAP] = {"host-use.not-followed",
		 "Something that the host uses could not be followed down to hardware, as it lies "
		 "on ZFS, on an overlay, or on Btrfs whose devices were not read: any function "
		 "with disks may be beneath. A default route through a tunnel or a modem line "
		 "shows no adapter: any whose link is up may be beneath. What comes over the "
		 "network (NFS, SMB, iSCSI, NVMe over Fabrics, RBD) needs an adapter, too: "
		 "passcheck names it where the server's address is on a network of the host's own. "
		 "Of a route over several adapters the kernel lists the first alone (IPv4, and "
		 "groups of next hops): the others count as links that are up.",
		 "Find out which disks or adapters it lies on, and make sure that no guest gets "
		 "one of them."},
	[NAMESPACE] =
		{"host-use.namespace",
		 "A network adapter has interfaces, and they are in another network namespace "
		 "than passcheck: it runs in a container, or a container has the interfaces. "
		 "Which ones they are, and whether the host needs them, is not known here.",
		 FIX_LEAVE_CONTAINER " Where a container has the interface, end that container, or "
				     "leave the function to it."},
	[CONTAINER] =
		{"host-use.container",
		 "passcheck sees a container, not the host: mounts, routes, network interfaces and "
		 "devices may be the container's own, ACPI tables and logs may be hidden, and the "
		 "hardware is the host's.",
		 FIX_LEAVE_CONTAINER},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static bool is_console(const struct host_use *use)
{
	return use->entry->kind == USAGE_CONSOLE || use->entry->kind == USAGE_FRAMEBUFFER;
}

/* The default route of IPv4 and that of IPv6 are one use, and so are two mounts of one name. */
static bool is_repeated(struct arena *arena, const struct host_use *uses,
			const struct host_use *use)
{
	for (; uses != use; uses = uses->next) {
		if (strcmp(host_use_words(arena, uses), host_use_words(arena, use)) == 0)
			return true;
	}
	return false;
}

static const char *words_of(struct arena *arena, const struct host_use *uses, bool consoles)
{
	enum { MOST_USES = 6, MOST_COMPARED = 64 };
	struct buffer words = {.arena = arena, .separator = ", ", .most = MOST_USES};
	size_t compared = 0;

	for (const struct host_use *use = uses; use; use = use->next) {
		if (is_console(use) != consoles)
			continue;
		if (compared++ < MOST_COMPARED && is_repeated(arena, uses, use))
			continue;
		buffer_item(&words, "%s", host_use_words(arena, use));
	}
	return buffer_list(&words);
}

static void add_evidence(struct finding *finding, const struct host_use *use, bool consoles)
{
	for (; use; use = use->next) {
		struct fact fact = {.state = FACT_KNOWN, .source = use->entry->source};
		if (is_console(use) == consoles)
			finding_evidence(finding, &fact, "%s on %s", use->entry->what,
					 use->entry->path);
	}
}

static void judge(const struct model *model, const struct pci_function *function,
		  struct findings *findings)
{
	const struct host_use *uses = host_uses_of(&model->host_uses, function);
	const char *consoles = words_of(findings->arena, uses, true);
	struct finding *finding;

	if (host_uses_vital(&model->host_uses, function)) {
		finding = finding_add(findings, &kinds[VITAL], FINDING_PASS,
				      subject_function(function), "the host needs %s: %s",
				      function->name, words_of(findings->arena, uses, false));
		add_evidence(finding, uses, false);
	}
	if (*consoles) {
		finding = finding_add(findings, &kinds[CONSOLE], FINDING_WARN,
				      subject_function(function), "%s shows %s of the host",
				      function->name, consoles);
		add_evidence(finding, uses, true);
	}
}

static void judge_facts(const struct usage *usage, struct findings *findings)
{
	const struct fact *facts[] = {&usage->mounts, &usage->routes};

	for (size_t i = 0; i < ARRAY_LENGTH(facts); i++) {
		if (fact_known(facts[i]))
			continue;
		struct finding *finding =
			finding_add(findings, &kinds[UNKNOWN], FINDING_WARN, subject_host(),
				    "cannot tell which functions the host itself %s",
				    facts[i] == &usage->mounts ? "boots from and keeps its files on"
							       : "reaches the network by");
		finding_evidence_state(finding, facts[i]);
	}
}

static void judge_gaps(const struct usage *usage, struct findings *findings)
{
	for (size_t i = 0; i < usage->gap_count; i++) {
		const struct usage_gap *gap = &usage->gaps[i];
		struct fact fact = {.state = FACT_KNOWN, .source = gap->source};
		struct finding *finding = finding_add(
			findings, &kinds[GAP], FINDING_WARN, subject_host(),
			"%s could not be followed to hardware: %s", gap->what, gap->why);
		finding_evidence(finding, &fact, "%s", gap->what);
	}
}

static void judge_namespaces(const struct pci *pci, struct findings *findings)
{
	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (!pci_has_foreign_netdevs(function))
			continue;
		struct finding *finding = finding_add(
			findings, &kinds[NAMESPACE], FINDING_WARN, subject_function(function),
			"%s has network interfaces in another network namespace: passcheck runs in "
			"a container, or a container has them",
			function->name);
		finding_evidence_state(finding, &function->netdevs.fact);
	}
}

static void judge_container(const struct hypervisor *hypervisor, struct findings *findings)
{
	const struct fact *mark = hypervisor_container(hypervisor);

	if (!mark)
		return;
	bool named = mark == &hypervisor->container.fact;
	struct finding *finding = finding_add(
		findings, &kinds[CONTAINER], FINDING_WARN, subject_host(),
		"passcheck sees a container%s%s%s: what the host uses may not show in it",
		named ? " (" : "", named ? hypervisor->container.text : "", named ? ")" : "");
	finding_evidence(finding, mark, "%s", named ? hypervisor->container.text : "there");
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;

	judge_facts(&host->usage, findings);
	judge_gaps(&host->usage, findings);
	judge_container(&host->hypervisor, findings);
	judge_namespaces(&host->pci, findings);
	for (size_t i = 0; i < host->pci.count; i++) {
		if (pci_header_type(&host->pci.functions[i]) <= PCI_HEADER_TYPE_NORMAL)
			judge(context->model, &host->pci.functions[i], findings);
	}
}

const struct check check_host_use = {
	.id = "host-use",
	.title = "Which functions does the host itself need?",
	.needs = "mounts, swap, routes, consoles and what sysfs says of their devices; no "
		 "privilege",
	.advisory = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
