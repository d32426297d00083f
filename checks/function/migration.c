/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/fixes.h"
#include "checks/support/functions.h"
#include "model/shell.h"

#include "model/assign/vfio_driver.h"

enum kind {
	NONE,
	PINNED,
	VARIANT,
	VARIANT_UNUSED,
	VFS_MIGRATE,
	VFS_PIN,
	UNREADABLE,
	KIND_COUNT,
};

static const struct finding_kind kinds[] = {
	[NONE] = {"migration.none",
		  "No function is on a driver of VFIO now, so none keeps a guest on this host.",
		  NULL},
	[PINNED] =
		{"migration.pinned",
		 "A guest that has a function on vfio-pci cannot be migrated while it runs: its "
		 "state is in the device, and vfio-pci cannot move it. For a network VF the "
		 "alternative is a team (libvirt 6.1): a virtio interface that stays, and the VF "
		 "beside it (<teaming type='transient'>), which is unplugged for the migration.",
		 NULL},
	[VARIANT] = {"migration.variant",
		     "The function is on a variant driver of VFIO, which can save and restore the "
		     "device's state: its guest can be migrated to a host with the same device, "
		     "driver and firmware, with a QEMU and libvirt that support it.",
		     NULL},
	[VARIANT_UNUSED] =
		{"migration.variant-unused",
		 "The kernel has a variant driver of VFIO for this function, and it is on plain "
		 "vfio-pci, which cannot migrate it. libvirt chooses the variant by itself since "
		 "10.0.0; everything else has to bind it by name.",
		 "Load the variant driver with modprobe and write its name to the function's "
		 "driver_override. Then, while no guest has the function, unbind it from "
		 "vfio-pci and write its address to /sys/bus/pci/drivers_probe."},
	[VFS_MIGRATE] =
		{.id = "migration.vfs-migrate",
		 .meaning = "The running kernel has a variant driver of VFIO for VFs of this "
			    "physical function (an alias vfio_pci: in modules.alias): a guest with "
			    "such a VF can be migrated, once the VF is on that driver instead of "
			    "vfio-pci, to a host with the same device, driver and firmware."},
	[VFS_PIN] =
		{.id = "migration.vfs-pin",
		 .meaning =
			 "The running kernel has no variant driver of VFIO for VFs of this physical "
			 "function: a guest with such a VF cannot be migrated while it runs. For "
			 "network VFs a failover pair is the other way: a virtio interface that "
			 "stays, and the VF beside it (<teaming type='transient'>, libvirt 6.1)."},
	[UNREADABLE] =
		{"migration.unreadable",
		 "The functions, or the driver of one, could not be read, so passcheck cannot tell "
		 "whether one is on a driver of VFIO.",
		 FIX_READ_AS_ROOT},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* Says where the kernel is built without the driver that could migrate VFs of that vendor. */
static void show_missing_variant(struct finding *finding, const struct host *host,
				 const struct pci_function *function)
{
	const struct vfio_driver *variant =
		pci_is_vf(function) && fact_known(&function->vendor.fact)
			? vfio_driver_that_migrates(function->vendor.value)
			: NULL;

	if (!variant || !kconfig_lacks(&host->kconfig, variant->option))
		return;
	finding_evidence(finding, &host->kconfig.fact,
			 "CONFIG_%s is not set: the kernel has no %s, which migrates VFs of this "
			 "vendor",
			 variant->option, variant->module);
}

static const char *find_variant(const struct host *host, const struct pci_function *function)
{
	return pci_knows_ids(function)
		       ? vfio_driver_migrating(&host->modules, function->vendor.value,
					       function->device.value)
		       : NULL;
}

/* A VF has its PF's vendor, and the device id of the PF's capability: before there is one. */
static void judge_vfs(const struct host *host, const struct vf_budget *budget,
		      struct findings *findings)
{
	const struct pci_function *pf = budget->function;
	const struct fact *aliases = &host->modules.variants_fact;
	uint16_t device = budget->capability.vf_device_id;
	struct finding *finding;

	if (!fact_known(aliases) || !fact_known(&pf->vendor.fact) || !budget->at_most)
		return;
	const char *variant = vfio_driver_migrating(&host->modules, pf->vendor.value, device);
	if (variant)
		finding = finding_add(
			findings, &kinds[VFS_MIGRATE], FINDING_PASS, subject_function(pf),
			"guests with VFs of %s can be migrated by %s", pf->name, variant);
	else
		finding = finding_add(
			findings, &kinds[VFS_PIN], FINDING_NOT_APPLICABLE, subject_function(pf),
			"guests with VFs of %s cannot be migrated while they run", pf->name);
	finding_evidence(finding, aliases, "%s for %04x:%04x", variant ? variant : "no driver",
			 (unsigned)pf->vendor.value, device);
}

static void report_pinned(const struct host *host, const struct pci_function *function,
			  const char *variant, struct findings *findings)
{
	struct finding *finding;

	if (variant) {
		finding = finding_add(
			findings, &kinds[VARIANT_UNUSED], FINDING_WARN, subject_function(function),
			"%s is on vfio-pci, though %s could migrate it", function->name, variant);
		finding_remedy(finding, "Bind it to %s", variant);
		finding_command(finding, "modprobe %s", shell_plain(variant));
		finding_command(finding, "echo %s > %s/driver_override", shell_plain(variant),
				shell_word(findings->arena, function->path));
	} else {
		finding = finding_add(findings, &kinds[PINNED], FINDING_NOT_APPLICABLE,
				      subject_function(function),
				      "a guest with %s cannot be migrated while it runs",
				      function->name);
		show_missing_variant(finding, host, function);
	}
	finding_evidence(finding, &function->driver.fact, "%s", function->driver.text);
}

static bool judge_function(const struct host *host, const struct pci_function *function,
			   struct findings *findings)
{
	const char *driver = function->driver.text;

	if (!driver_is_vfio(function))
		return false;
	if (!driver_stays(function) || vfio_driver_required(&host->modules, function)) {
		report_pinned(host, function, find_variant(host, function), findings);
		return true;
	}
	struct finding *finding =
		finding_add(findings, &kinds[VARIANT], FINDING_PASS, subject_function(function),
			    "%s is on %s, a variant driver", function->name, driver);
	finding_evidence(finding, &function->driver.fact, "%s", driver);
	return true;
}

/* Returns the driver of a function that could not be read, or NULL. */
static const struct fact *unread_driver(const struct host *host)
{
	for (size_t i = 0; i < host->pci.count; i++) {
		const struct fact *driver = &host->pci.functions[i].driver.fact;
		if (!fact_settled(driver))
			return driver;
	}
	return NULL;
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	bool found = false;

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct vf_budget *budget =
			vf_budget_of(&context->model->vf_budgets, &host->pci.functions[i]);
		found |= judge_function(host, &host->pci.functions[i], findings);
		if (budget)
			judge_vfs(host, budget, findings);
	}
	if (!found)
		functions_report_none(host, unread_driver(host), &kinds[NONE], &kinds[UNREADABLE],
				      "no function is on a driver of VFIO", findings);
}

const struct check check_migration = {
	.id = "migration",
	.title = "Can guests with functions of this host be migrated?",
	.needs = "/sys/bus/pci/devices and modules.alias; no privilege",
	.advisory = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
