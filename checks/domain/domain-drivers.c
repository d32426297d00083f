/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/domain_line.h"
#include "checks/support/fixes.h"

#include <string.h>
#include <sys/stat.h>

#include "host/boot/cmdline.h"
#include "model/assign/vfio_access.h"
#include "model/assign/vfio_driver.h"

enum kind {
	NO_BACKEND,
	NO_IOMMUFD,
	NEEDS_IOMMUFD,
	NO_VARIANT,
	UNFIT_VARIANT,
	NO_VGA,
	UNREAD,
	KIND_COUNT
};

static const struct finding_kind kinds[] = {
	[NO_BACKEND] =
		{"domain-drivers.no-backend",
		 "<driver name='kvm'> asks for the device assignment that KVM did itself. "
		 "Linux 4.12 dropped it, and libvirt 5.7: the guest does not start. name='xen' "
		 "is for Xen's own driver.",
		 "Remove the <driver>, or its name: libvirt then uses VFIO."},
	[NO_IOMMUFD] =
		{"domain-drivers.no-iommufd",
		 "<driver iommufd='yes'>, or <iommufd enabled='yes'> of the domain, has a device "
		 "opened through /dev/iommu and /dev/vfio/devices. This host lacks one of these, "
		 "or its QEMU is older than 9.0, the first that opens them: the guest does not "
		 "start.",
		 "Remove it, so VFIO's own container is used. Or have what it needs: QEMU 9.0 or "
		 "newer, and a kernel with CONFIG_IOMMUFD and CONFIG_VFIO_DEVICE_CDEV, with the "
		 "module loaded (modprobe iommufd)."},
	[NEEDS_IOMMUFD] =
		{"domain-drivers.needs-iommufd",
		 "The domain opens a device through its group, and this host's kernel gives devices "
		 "out through /dev/iommu alone (it has no CONFIG_VFIO_GROUP, or no container): the "
		 "guest does not start.",
		 "Write <driver iommufd='yes'/> into the hostdev (libvirt 12.1 and newer), or "
		 "\"iommufd\" and -object iommufd "
		 "on QEMU's command line; or run a kernel with CONFIG_VFIO_GROUP and "
		 "CONFIG_VFIO_CONTAINER."},
	[NO_VARIANT] =
		{"domain-drivers.no-variant",
		 "<driver model=> names the driver that libvirt binds the function to, and this "
		 "host's kernel does not have it, or it is no driver of VFIO. libvirt fails to bind "
		 "it, and the guest does not start.",
		 "Remove the model, so libvirt finds the best driver itself, or install the driver."},
	[UNFIT_VARIANT] =
		{"domain-drivers.unfit-variant",
		 "<driver model=> names a variant driver of VFIO that is not for this device: its "
		 "module has no alias for the device's ids. The kernel binds it all the same "
		 "(driver_override), and then the driver refuses the device, or does no more than "
		 "vfio-pci. Another device may have that address by now.",
		 "Remove the model, so libvirt finds the best driver itself. Make sure that the "
		 "address is that of the device that was meant."},
	[NO_VGA] =
		{"domain-drivers.no-vga",
		 "A guest is to have a function's old VGA ports (x-vga=on; of Proxmox VE x-vga=1 "
		 "where the guest's firmware is SeaBIOS), and vfio-pci offers them of VGA "
		 "controllers alone, where the kernel has CONFIG_VFIO_PCI_VGA and disable_vga is "
		 "not set. QEMU does not start the guest (\"device does not support requested "
		 "feature x-vga\").",
		 "Take x-vga=on out (Proxmox VE: x-vga=0): a guest that boots with UEFI does not "
		 "need it. For one that boots with SeaBIOS take disable_vga=1 out of the options "
		 "of vfio-pci, and reboot."},
	[UNREAD] = {"domain-drivers.unread",
		    "passcheck cannot tell whether the host has what a domain's <driver> asks for.",
		    FIX_READ_AT_ALL},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static struct finding *report(const struct domain_use *use, enum kind kind,
			      enum finding_verdict verdict, const struct fact *evidence,
			      const char *what, struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[kind], verdict, subject_domain(use->domain->name),
			    "%s %s", use->domain->name, what);

	finding_evidence_state(finding, evidence);
	if (verdict == FINDING_UNKNOWN)
		finding_remedy_unread(finding, evidence);
	return finding;
}

static void judge_backend(const struct domain_use *use, struct findings *findings)
{
	const char *backend = use->device->backend;
	const struct fact line = domain_line(use->device, findings->arena);

	if (!backend || strcmp(backend, "vfio") == 0)
		return;
	report(use, NO_BACKEND, FINDING_FAIL, &line,
	       arena_printf(findings->arena, "asks for %s by <driver name='%s'>, not by VFIO",
			    use->address, backend),
	       findings);
}

static void judge_group_access(const struct domain_map *map, const struct domain_use *use,
			       struct findings *findings)
{
	if (!use->device->iommufd && vfio_needs_iommufd(map->host))
		report(use, NEEDS_IOMMUFD, FINDING_FAIL, &map->host->kconfig.fact,
		       arena_printf(findings->arena,
				    "opens %s through its group, which the host's kernel does not "
				    "offer",
				    use->address),
		       findings);
}

static bool has_vfio_device(const struct pci *pci)
{
	for (size_t i = 0; i < pci->count; i++) {
		if (pci->functions[i].vfio_devices.count)
			return true;
	}
	return false;
}

/* With /dev/iommu QEMU opens the function's own device, which the kernel has from 6.6 on where it
 * is built so: drivers/vfio/device_cdev.c. Every device of VFIO then has one. Returns what shows
 * that this kernel has none, or NULL. */
static const struct fact *missing_cdev(const struct host *host)
{
	const struct fact *folder = &host->hypervisor.vfio_devices.fact;

	if (kconfig_lacks(&host->kconfig, "VFIO_DEVICE_CDEV"))
		return &host->kconfig.fact;
	return fact_absent(folder) && has_vfio_device(&host->pci) ? folder : NULL;
}

static void judge_cdev(const struct domain_map *map, const struct domain_use *use,
		       struct findings *findings)
{
	const struct fact *missing = missing_cdev(map->host);

	if (missing)
		report(use, NO_IOMMUFD, FINDING_FAIL, missing,
		       arena_printf(findings->arena,
				    "opens %s through /dev/vfio/devices, which the host's kernel "
				    "does not have (CONFIG_VFIO_DEVICE_CDEV)",
				    use->address),
		       findings);
}

static void judge_iommufd(const struct domain_map *map, const struct domain_use *use,
			  struct findings *findings)
{
	const struct fact_node *node = &map->host->hypervisor.iommufd;

	if (!use->device->iommufd)
		return;
	if (hypervisor_qemu_before(&map->host->hypervisor, 9, 0))
		report(use, NO_IOMMUFD, FINDING_FAIL, &map->host->hypervisor.qemu_version.fact,
		       arena_printf(findings->arena,
				    "opens %s through /dev/iommu, which the host's QEMU does not "
				    "know",
				    use->address),
		       findings);
	if (fact_known(&node->fact) && S_ISCHR(node->mode))
		judge_cdev(map, use, findings);
	else if (fact_known(&node->fact) || fact_absent(&node->fact))
		report(use, NO_IOMMUFD, FINDING_FAIL, &node->fact,
		       arena_printf(findings->arena,
				    "opens %s through /dev/iommu, which the host does not have",
				    use->address),
		       findings);
	else if (kconfig_lacks(&map->host->kconfig, "IOMMUFD"))
		report(use, NO_IOMMUFD, FINDING_FAIL, &map->host->kconfig.fact,
		       arena_printf(findings->arena,
				    "opens %s through /dev/iommu, which the host's kernel does not "
				    "have",
				    use->address),
		       findings);
	else
		report(use, UNREAD, FINDING_UNKNOWN, &node->fact,
		       arena_printf(findings->arena,
				    "opens %s through /dev/iommu; whether the host has that could "
				    "not be read",
				    use->address),
		       findings);
}

/* Whether the aliases of a variant driver name the function's ids; FACT_KNOWN where they do. */
static bool fits(const struct modules *modules, const char *driver,
		 const struct pci_function *function)
{
	for (size_t i = 0; i < modules->variant_count; i++) {
		const struct vfio_variant *variant = &modules->variants[i];
		if (cmdline_same_name(variant->module, driver) &&
		    variant->vendor == function->vendor.value &&
		    variant->device == function->device.value)
			return true;
	}
	return false;
}

static bool is_vfio_pci(const char *driver)
{
	return cmdline_same_name(driver, "vfio_pci");
}

static void judge_fit(const struct domain_map *map, const struct domain_use *use,
		      struct findings *findings)
{
	const struct modules *modules = &map->host->modules;
	const struct pci_function *function = use->function;
	const char *variant = use->device->variant;

	if (is_vfio_pci(variant) || fits(modules, variant, function))
		return;
	bool known = fact_known(&modules->variants_fact) && pci_knows_ids(function);
	report(use, known ? UNFIT_VARIANT : UNREAD, known ? FINDING_WARN : FINDING_UNKNOWN,
	       &modules->variants_fact,
	       arena_printf(findings->arena,
			    known ? "has %s bound to %s, which is not for that device"
				  : "has %s bound to %s; whether that is for the device could not "
				    "be read",
			    use->function->name, variant),
	       findings);
}

static void judge_variant(const struct domain_map *map, const struct domain_use *use,
			  struct findings *findings)
{
	const char *variant = use->device->variant;

	if (!variant || !use->function ||
	    (driver_is_vfio(use->function) &&
	     cmdline_same_name(variant, use->function->driver.text)))
		return;
	const struct fact present = modules_available(&map->host->modules, variant);
	bool foreign = !strstr(variant, "vfio");
	if (foreign || fact_absent(&present))
		report(use, NO_VARIANT, FINDING_FAIL, &present,
		       arena_printf(findings->arena, "has %s bound to %s, which %s",
				    use->function->name, variant,
				    foreign ? "is no driver of VFIO"
					    : "the host's kernel does not have"),
		       findings);
	else if (!fact_known(&present))
		report(use, UNREAD, FINDING_UNKNOWN, &present,
		       arena_printf(findings->arena,
				    "has %s bound to %s; whether the kernel has that could not be "
				    "read",
				    use->function->name, variant),
		       findings);
	else
		judge_fit(map, use, findings);
}

/* With UEFI Proxmox VE leaves x-vga=on out: print_hostpci_devices() of PVE/QemuServer/PCI.pm. */
static bool wants_vga(const struct domain_use *use)
{
	return use->named->wants_vga || (use->named->x_vga && !use->domain->uefi);
}

static void judge_vga(const struct domain_map *map, const struct domain_use *use,
		      struct findings *findings)
{
	const struct fact *evidence;
	const char *why;

	if (!wants_vga(use) || !use->function)
		return;
	why = vfio_vga_refusal(map->host, findings->arena, use->function, &evidence);
	if (why)
		report(use, NO_VGA, FINDING_FAIL, evidence,
		       arena_printf(findings->arena,
				    "wants the VGA ports of %s (x-vga), which vfio-pci does not "
				    "offer: %s",
				    use->function->name, why),
		       findings);
}

static void run(const struct check_context *context)
{
	const struct domain_map *map = context->domains;

	for (size_t i = 0; i < map->use_count; i++) {
		/* Of a slot the first function has them. */
		if (i == 0 || map->uses[i].named != map->uses[i - 1].named)
			judge_vga(map, &map->uses[i], context->findings);
		judge_backend(&map->uses[i], context->findings);
		judge_group_access(map, &map->uses[i], context->findings);
		judge_iommufd(map, &map->uses[i], context->findings);
		judge_variant(map, &map->uses[i], context->findings);
	}
}

const struct check check_domain_drivers = {
	.id = "domain-drivers",
	.title = "Does the host have the drivers that domains ask for?",
	.needs =
		"the XML of domains, /dev/iommu, /dev/vfio/devices, the kernel's configuration and lists "
		"of modules; no privilege",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.judges_domains = true,
	.run = run,
};
