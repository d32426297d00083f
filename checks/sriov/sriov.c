/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/functions.h"

#include <inttypes.h>
#include <pci/header.h>

#include "host/base/buffer.h"
#include "host/pci/capabilities.h"
#include "model/pcie.h"
#include "model/sriov/vf_driver.h"

enum {
	/* Lines of `resource` without CONFIG_PCI_IOV, of a function and of a bridge: the VF BARs, 6
	 * lines, are missing (PCI_NUM_RESOURCES, include/linux/pci.h). */
	RESOURCES_WITHOUT_IOV = 7,
	BRIDGE_RESOURCES_WITHOUT_IOV = 11,
};

enum kind { NONE, UNREADABLE, CAPABLE, REFUSED, CANNOT_ENABLE, NO_SUPPORT, HIDDEN, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[NONE] = {"sriov.none",
		  "No function of this host has the SR-IOV capability: none can be split into "
		  "virtual functions. Firmware can hide the capability.",
		  NULL},
	[UNREADABLE] =
		{"sriov.unreadable",
		 "passcheck cannot tell whether a function has the SR-IOV capability, or what "
		 "its registers hold: the kernel shows the capabilities in config space only to "
		 "a reader with CAP_SYS_ADMIN, or the extended config space cannot be reached.",
		 "Run passcheck as root, and not in a container, or capture the host as root. "
		 "Extended config space needs a kernel with CONFIG_PCI_MMCONFIG (on x86), and a "
		 "command line without pci=nommconf."},
	[CAPABLE] = {"sriov.capable",
		     "A physical function has the SR-IOV capability, and the kernel took it.",
		     NULL},
	[REFUSED] =
		{"sriov.refused",
		 "A physical function has the SR-IOV capability, but the kernel does not use it: "
		 "it has no VFs or no usable page size, no first VF offset, no VF stride with more "
		 "than one VF, or a VF BAR smaller than a page (sriov_init() and "
		 "compute_max_vf_buses(), drivers/pci/iov.c). Its log may say which.",
		 "Where TotalVFs is 0, switch SR-IOV on in the device's own setup. Nothing on "
		 "the host changes the other registers: update the device's firmware, or use "
		 "another device."},
	[CANNOT_ENABLE] =
		{"sriov.cannot-enable",
		 "The kernel took the SR-IOV capability of a physical function, but will refuse to "
		 "enable VFs: InitialVFs must equal TotalVFs unless VFs can migrate, and a "
		 "function that it depends on must have VFs too (sriov_enable(), "
		 "drivers/pci/iov.c).",
		 "Nothing on the host changes these registers: update the device's firmware, or "
		 "use another device. Where a function that it depends on is missing or has no "
		 "VFs, make sure that the device's own setup has SR-IOV on for both."},
	[NO_SUPPORT] = {"sriov.no-kernel-support",
			"A physical function has the SR-IOV capability, but the kernel was built "
			"without CONFIG_PCI_IOV: it has no VF BARs among the resources, and no "
			"sriov_totalvfs.",
			"Run a kernel that was built with CONFIG_PCI_IOV."},
	[HIDDEN] =
		{"sriov.hidden",
		 "A network adapter shows no SR-IOV capability, and adapters of its driver have a "
		 "setting that hides it: SR-IOV may be off in the adapter's own firmware. Some "
		 "models of the same driver have no SR-IOV at all.",
		 "Where VFs are wanted, look into the adapter's setup, or ask its vendor's tool. A "
		 "kernel that is locked down may keep such a tool from the adapter; the firmware "
		 "setup works all the same."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* Returns what the kernel refuses the registers for when it finds them, or NULL. */
static const char *broken_at_boot(const struct sriov_capability *sriov)
{
	if (sriov->total_vfs == 0)
		return "TotalVFs is 0";
	if (sriov->supported_page_sizes == 0)
		return "it supports no page size";
	return NULL;
}

/*
 * As broken_at_boot(), with what the kernel reads while NumVFs is set, and may read as 0 otherwise:
 * the likely reason where it did refuse.
 */
static const char *likely_broken(const struct sriov_capability *sriov)
{
	if (broken_at_boot(sriov))
		return broken_at_boot(sriov);
	if (sriov->first_vf_offset == 0)
		return "the first VF offset is 0";
	if (sriov->total_vfs > 1 && sriov->vf_stride == 0)
		return "the VF stride is 0";
	return "its log says why";
}

/* Returns the function whose VFs must be enabled with those of function; itself where alone. */
static struct pci_address dependency_of(const struct pci_function *function,
					const struct sriov_capability *sriov)
{
	struct pci_address address = function->address;

	address.function = sriov->dependency_link & 7;
	/* The link of an integrated endpoint holds the function's number only. */
	if (function->pcie_type != PCIE_INTEGRATED_ENDPOINT)
		address.device = sriov->dependency_link >> 3;
	return address;
}

/* Returns what sriov_enable() refuses every number of VFs for, or NULL. */
static const char *broken_when_enabled(const struct host *host, const struct pci_function *function,
				       const struct sriov_capability *sriov, struct arena *arena)
{
	char name[PCI_ADDRESS_SIZE];
	bool migration = sriov->capabilities & PCI_IOV_CAP_VFM;
	struct pci_address dependency = dependency_of(function, sriov);
	const struct pci_function *other = pci_find(&host->pci, &dependency);

	if (sriov->initial_vfs > sriov->total_vfs)
		return "InitialVFs is above TotalVFs";
	if (!migration && sriov->initial_vfs != sriov->total_vfs)
		return "InitialVFs differs from TotalVFs, and VFs cannot migrate";
	if (other && (other == function || !fact_absent(&other->sriov.totalvfs.fact)))
		return NULL;
	pci_address_format(&dependency, name);
	return arena_printf(arena, "it depends on %s, which is %s", name,
			    other ? "no PF" : "not there");
}

static void show_registers(struct finding *finding, const struct pci_function *function,
			   const struct sriov_capability *sriov)
{
	const struct fact *config = &function->config.fact;

	finding_evidence(finding, config,
			 "TotalVFs %u, InitialVFs %u, NumVFs %u, first VF offset %u, VF stride %u, "
			 "VF device %04x, dependency link %02x",
			 sriov->total_vfs, sriov->initial_vfs, sriov->num_vfs,
			 sriov->first_vf_offset, sriov->vf_stride, sriov->vf_device_id,
			 sriov->dependency_link);
	finding_evidence(
		finding, config,
		"VFs %s, memory space %s, ARI %s, supported page sizes %#x, system page size %#x",
		sriov->control & PCI_IOV_CTRL_VFE ? "enabled" : "disabled",
		sriov->control & PCI_IOV_CTRL_MSE ? "enabled" : "disabled",
		sriov->control & PCI_IOV_CTRL_ARI ? "enabled" : "disabled",
		sriov->supported_page_sizes, sriov->system_page_size);
}

/* Without ARI forwarding in the port above, VFs use up bus numbers. */
static void show_port(struct finding *finding, const struct pci_function *port)
{
	const char *words = port ? pcie_ari_words(port) : NULL;

	if (words)
		finding_evidence(finding, &port->config.fact, "the port %s %s", port->name, words);
}

/* Returns whether the resources of the function show that the kernel knows no VF BARs. */
static bool lacks_kernel_support(const struct pci_function *function)
{
	return fact_known(&function->resources.fact) &&
	       (function->resources.count == RESOURCES_WITHOUT_IOV ||
		function->resources.count == BRIDGE_RESOURCES_WITHOUT_IOV);
}

/* Where it is a setting of the adapter, that is better than what is said of devices at large. */
static void remedy_no_vfs(const struct host *host, const struct pci_function *function,
			  const struct sriov_capability *sriov, struct arena *arena,
			  struct finding *finding)
{
	const char *setting = vf_adapter_setting(host, function, arena);

	if (!sriov->total_vfs && setting)
		finding_remedy(finding, "It is a setting of the adapter: %s", setting);
}

static struct finding *report_not_taken(const struct host *host,
					const struct pci_function *function,
					const struct sriov_capability *sriov,
					struct findings *findings)
{
	struct finding *finding;

	if (lacks_kernel_support(function)) {
		finding = finding_add(
			findings, &kinds[NO_SUPPORT], FINDING_WARN, subject_function(function),
			"%s has SR-IOV, but the kernel was built without CONFIG_PCI_IOV",
			function->name);
		finding_evidence(finding, &function->resources.fact, "%s, none of VF BARs",
				 counted(findings->arena, function->resources.count, "line"));
	} else {
		finding = finding_add(findings, &kinds[REFUSED], FINDING_WARN,
				      subject_function(function),
				      "the kernel refused the SR-IOV capability of %s: %s",
				      function->name, likely_broken(sriov));
		remedy_no_vfs(host, function, sriov, findings->arena, finding);
	}
	finding_evidence_state(finding, &function->sriov.totalvfs.fact);
	return finding;
}

static struct finding *report_taken(const struct host *host, const struct pci_function *function,
				    const struct sriov_capability *sriov, struct findings *findings)
{
	const char *refusal = broken_when_enabled(host, function, sriov, findings->arena);

	if (refusal)
		return finding_add(
			findings, &kinds[CANNOT_ENABLE], FINDING_WARN, subject_function(function),
			"the kernel cannot enable VFs of %s: %s", function->name, refusal);
	return finding_add(findings, &kinds[CAPABLE], FINDING_PASS, subject_function(function),
			   "%s has SR-IOV with %s", function->name,
			   counted(findings->arena, sriov->total_vfs, "VF"));
}

/* What the kernel made of the capability was not read: the registers still can speak against it. */
static struct finding *report_unsettled(const struct host *host,
					const struct pci_function *function,
					const struct sriov_capability *sriov,
					struct findings *findings)
{
	const struct fact *totalvfs = &function->sriov.totalvfs.fact;
	struct finding *finding;

	if (broken_at_boot(sriov)) {
		finding = finding_add(findings, &kinds[REFUSED], FINDING_WARN,
				      subject_function(function),
				      "the kernel refuses the SR-IOV capability of %s: %s",
				      function->name, broken_at_boot(sriov));
		remedy_no_vfs(host, function, sriov, findings->arena, finding);
		return finding;
	}
	finding = finding_add(
		findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_function(function),
		"cannot tell whether the kernel took the SR-IOV capability of %s", function->name);
	finding_evidence_state(finding, totalvfs);
	finding_remedy_unread(finding, totalvfs);
	return finding;
}

static void judge_capability(const struct host *host, const struct pci_function *function,
			     const struct sriov_capability *sriov, struct findings *findings)
{
	const struct fact *totalvfs = &function->sriov.totalvfs.fact;
	struct finding *finding;

	if (fact_absent(totalvfs))
		finding = report_not_taken(host, function, sriov, findings);
	else if (fact_known(totalvfs))
		finding = report_taken(host, function, sriov, findings);
	else
		finding = report_unsettled(host, function, sriov, findings);
	show_registers(finding, function, sriov);
	show_port(finding, function->parent);
}

static void report_unread(const struct pci_function *function, const struct capability *capability,
			  struct findings *findings)
{
	const struct fact_number *totalvfs = &function->sriov.totalvfs;
	struct fact fact = function->config.fact;
	struct finding *finding;

	if (fact_known(&totalvfs->fact)) {
		finding = finding_add(
			findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_function(function),
			"%s has SR-IOV, but its registers could not be read", function->name);
		finding_evidence(finding, &totalvfs->fact, "%" PRId64, totalvfs->value);
	} else {
		finding = finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN,
				      subject_function(function),
				      "cannot tell whether %s has SR-IOV", function->name);
	}
	if (fact_known(&fact)) {
		fact.state = capability->state;
		fact.error = capability->error;
	}
	finding_evidence_state(finding, &fact);
	finding_remedy_unread(finding, &fact);
}

/* Whether the capability is there to be switched on, the adapter alone knows. */
static void judge_hidden(const struct host *host, const struct pci_function *function,
			 struct findings *findings)
{
	const char *setting = vf_hiding_setting(host, function, findings->arena);

	if (!setting)
		return;
	struct finding *finding = finding_add(
		findings, &kinds[HIDDEN], FINDING_NOT_APPLICABLE, subject_function(function),
		"%s has no SR-IOV capability, which may be a setting of the adapter",
		function->name);
	finding_evidence(finding, &function->driver.fact, "%s", function->driver.text);
	finding_remedy(finding, "Where VFs are wanted: %s", setting);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	bool found = false;

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		struct sriov_capability sriov = sriov_decode(&function->config);

		judge_hidden(host, function, findings);
		/* A VF has no VFs, whatever it shows of its PF's registers. */
		if (pci_is_vf(function) || sriov.capability.state == FACT_ABSENT)
			continue;
		found = true;
		if (sriov.capability.state == FACT_KNOWN)
			judge_capability(host, function, &sriov, findings);
		else
			report_unread(function, &sriov.capability, findings);
	}
	if (!found)
		functions_report_none(host, NULL, &kinds[NONE], &kinds[UNREADABLE],
				      "no function has the SR-IOV capability", findings);
}

const struct check check_sriov = {
	.id = "sriov",
	.title = "Which functions have the SR-IOV capability?",
	.needs = "config space of every function; CAP_SYS_ADMIN to see beyond its first 64 bytes",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
