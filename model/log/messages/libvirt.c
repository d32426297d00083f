/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "host/base/array.h"
#include "model/log/message.h"

/* libvirt, qemu-server of Proxmox, and the audit log of SELinux and AppArmor. libvirt translates
 * its texts; what QEMU says within them stays. */
static const struct log_message rows[] = {
	{
		/* virHostdevIsPCI… of qemu_hostdev.c: /sys/kernel/iommu_groups, /dev/vfio/vfio */
		.id = "no-passthrough",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"host doesn't support passthrough of host PCI devices",
			  "host doesn't support VFIO PCI passthrough",
			  "VFIO PCI device assignment is not supported by the host",
			  "VFIO device assignment is currently not supported on this system",
			  "Mediated host device assignment requires VFIO support"},
		.meaning = "libvirt saw no IOMMU group, or no /dev/vfio/vfio. Where it runs in a "
			   "container, it speaks of the container and not of the host.",
		.findings = {"iommu-groups.none", "vfio-driver.missing", "vfio-driver.modules-gone",
			     "vfio-driver.refused", "kernel-cmdline.module-refused"},
		.related = {"kernel-config.missing"},
		.fact = LOG_FACT_LIBVIRT_REFUSES,
		.settle = "Look at /sys/kernel/iommu_groups and /dev/vfio/vfio where libvirt runs.",
		.remedy = "Turn the IOMMU on and load vfio-pci; give a container /dev/vfio.",
	},
	{
		.id = "dmar-not-seen",
		.source = LOG_LIBVIRT,
		.severity = LOG_MAY,
		.forms =
			{"No ACPI DMAR table found, IOMMU either disabled in BIOS or not supported by "
			 "this hardware platform"},
		.meaning = "virt-host-validate saw no table of IOMMUs. In a container without "
			   "/sys/firmware that says nothing of the host.",
		.findings = {"acpi-dmar.absent"},
		.settle = "Look at /sys/firmware/acpi/tables on the host itself.",
		.remedy = "Run it on the host, or turn VT-d on in the firmware setup.",
	},
	{
		.id = "ivrs-not-seen",
		.source = LOG_LIBVIRT,
		.severity = LOG_MAY,
		.forms =
			{"No ACPI IVRS table found, IOMMU either disabled in BIOS or not supported by "
			 "this hardware platform"},
		.meaning = "virt-host-validate saw no table of IOMMUs. In a container without "
			   "/sys/firmware that says nothing of the host.",
		.findings = {"acpi-ivrs.absent"},
		.settle = "Look at /sys/firmware/acpi/tables on the host itself.",
		.remedy = "Run it on the host, or turn AMD-Vi on in the firmware setup.",
	},
	{
		.id = "backend-default",
		.source = LOG_LIBVIRT,
		.forms = {"pci backend driver 'default' is not supported"},
		.meaning = "libvirt cleans up after the error before it.",
	},
	{
		.id = "header-type-127",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"Unknown PCI header type '127' for device '{f}'",
			  "Unknown PCI header type '127'", "header type '127'"},
		.meaning =
			"The function's config space reads as all ones: it is dead, or in D3cold.",
		.findings = {"assignability.unreachable", "reset.broken", "reset.card"},
		.related = {"caution.power"},
		.fact = LOG_FACT_UNREACHABLE,
		.settle =
			"Look at the function's power_state, and whether its config space reads as "
			"all ones.",
		.remedy = "Power the host off and on; then keep the device from D3cold: "
			  "d3cold_allowed 0.",
		.explained_by = {"not-ready", "device-inaccessible"},
	},
	{
		.id = "function-in-use",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"PCI device {f} is in use by driver ", "PCI device {f} is in use",
			  "mediated device {*} is in use by driver "},
		.meaning = "Another guest that runs has the function, as far as libvirt knows.",
		.related = {"domain-functions.twice"},
		.settle = "Look which guests run, and which of them has the function (virsh "
			  "nodedev-list, virsh dumpxml).",
		.remedy =
			"Take the function from the other guest. Restart libvirt's daemon if no guest "
			"has it.",
	},
	{
		.id = "not-endpoint",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"Non-endpoint PCI devices cannot be assigned to guests"},
		.meaning = "The guest's configuration names a bridge or port. Only endpoints go to "
			   "guests.",
		.settle = "Look at the function in lspci.",
		.remedy = "Name the functions below the bridge.",
	},
	{
		.id = "network-function-in-use",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"PCI device {f} allocated from network",
			  "requires exclusive access to interfaces, but none are available"},
		.meaning =
			"libvirt has no VF of that network left: guests have them, or a driver of "
			"the host does not hold them.",
		.related = {"domain-functions.twice"},
		.settle =
			"Look with virsh net-dumpxml at the VFs of the network, and which guests run.",
		.remedy = "Enable more VFs, or shut a guest down.",
	},
	{
		.id = "not-isolated",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"PCI device {f} is not assignable", "PCI device '{f}' is not assignable",
			  "is behind a switch lacking ACS and cannot be assigned"},
		.meaning =
			"libvirt demands ACS (relaxed_acs_check is off in qemu.conf), and a port "
			"above the function has none.",
		.findings = {"isolation.shared-group", "isolation-weak.peer-to-peer"},
		.inconclusive = true,
		.settle = "Look at the ACS of the ports above the function.",
		.remedy = "Move the card to a slot that isolates.",
	},
	{
		.id = "unmanaged",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"Unmanaged PCI device {f} must be manually detached from the host"},
		.meaning =
			"The guest has managed='no', and a driver of the host holds the function.",
		.related = {"domain-functions.unmanaged"},
		.fact = LOG_FACT_NOT_ON_VFIO,
		.settle = "Look which driver holds the function.",
		.remedy = "Set managed='yes', or bind the function to vfio-pci.",
	},
	{
		.id = "libvirt-no-group",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"device {f} iommu_group symlink", "device {f} iommu_group file"},
		.meaning = "libvirt found no IOMMU group of the function.",
		.findings = {"iommu-groups.none", "iommu-groups.ungrouped",
			     "iommu-groups.with-driver"},
		.related = {"dma-units.uncovered"},
		.fact = LOG_FACT_NO_GROUP,
		.settle = "Look whether the function has a link iommu_group in sysfs.",
		.remedy =
			"Turn the IOMMU on, in the firmware setup and on the kernel command line.",
	},
	{
		.id = "libvirt-cannot-reset",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"Unable to reset PCI device {f}: no FLR, PM reset or bus reset available",
			  "Unable to reset PCI device {f}", "not doing bus reset"},
		.meaning =
			"libvirt found no way to reset the function, or other devices on its bus "
			"are in use.",
		.findings = {"reset.none", "reset.unusable", "reset.broken"},
		.related = {"reset.card"},
		.inconclusive = true,
		.settle = "Look at the function's reset_method, and at what else is on its bus.",
		.remedy =
			"Bind the function to vfio-pci before the guest starts: libvirt then leaves "
			"the reset to the kernel.",
	},
	{
		.id = "function-missing",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"Device {f} not found: could not access",
			  "no node device with matching name 'pci_"},
		.meaning =
			"The guest's configuration names a function that the host does not have.",
		.related = {"domain-functions.missing"},
		.fact = LOG_FACT_MISSING,
		.settle = "Look for the address in lspci.",
		.remedy = "Correct the address: it changes when cards are added or moved.",
	},
	{
		.id = "unbind-failed",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"Failed to unbind PCI device '{f}'", "Failed to unbind PCI device",
			  "driver_override interface"},
		.meaning =
			"libvirt could not take the function from its driver: the host uses it, or "
			"sysfs is read-only, as in a container.",
		.findings = {"host-use.vital", "host-use.console", "caution.in-use"},
		.inconclusive = true,
		.settle = "Look what the host uses the function for, and whether /sys is read-only "
			  "where libvirt runs.",
		.remedy = "Stop what uses the function, or bind it to vfio-pci at boot.",
	},
	{
		.id = "config-not-opened",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms =
			{"Failed to open config space file '/sys/bus/pci/devices/{f}/config': {e}"},
		.errors = {EACCES, EPERM},
		.meaning = "libvirt or QEMU may not open the function's config space: SELinux or "
			   "AppArmor refuses, or the user or pod that it runs in lacks the rights.",
		.findings = {"lockdown-selinux.sysfs-denied"},
		.inconclusive = true,
		.settle = "Look for lines of the audit log at that time, and at the user and the "
			  "rights of the process.",
		.remedy =
			"Set the boolean virt_use_sysfs where SELinux refused; in a pod, give the "
			"container the device by its plugin.",
	},
	{
		.id = "bind-failed",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"Failed to bind PCI device '{f}' to {*}: {e}"},
		.meaning = "The driver did not take the function: the line of the kernel says why.",
		.findings = {"iommu-groups.none", "iommu-groups.ungrouped",
			     "assignability.blocked"},
		.inconclusive = true,
		.settle = "Look in the kernel's log for what vfio-pci says of the function.",
		.remedy = "First put the function's group and IOMMU right: passcheck FUNCTION.",
		.explained_by = {"vfio-probe-refused", "denylist", "pf-has-vfs"},
	},
	{
		.id = "libvirt-probe-failed",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"Failed to trigger a probe for PCI device '{f}'",
			  "Failed to read PCI config space for {f}"},
		.meaning = "libvirt could not bind the function to vfio-pci, or could not read it.",
		.findings = {"assignability.unreachable", "assignability.blocked",
			     "iommu-groups.none", "iommu-groups.ungrouped"},
		.inconclusive = true,
		.settle = "Look in the kernel's log for what vfio-pci says of the function, and "
			  "whether /sys is read-only where libvirt runs.",
		.remedy = "First put the function's group and IOMMU right: passcheck FUNCTION.",
		.explained_by = {"vfio-probe-refused", "denylist", "pf-has-vfs",
				 "device-inaccessible"},
	},
	{
		.id = "vfio-module-refused",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"Failed to load PCI driver module vfio_pci",
			  "Failed to load PCI driver module vfio-pci"},
		.meaning = "A file in modprobe.d keeps modprobe from loading vfio-pci.",
		.findings = {"vfio-driver.refused", "vfio-driver.missing",
			     "vfio-driver.modules-gone", "kernel-cmdline.module-refused"},
		.inconclusive = true,
		.settle = "Look for blacklist and install lines on vfio_pci in /etc/modprobe.d.",
		.remedy = "Remove the line that refuses vfio_pci.",
	},
	{
		/* virProcessSetMaxMemLock() */
		.id = "memlock-refused",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"cannot limit locked memory of process {*} to {n}: {e}",
			  "cannot limit locked memory to {n}: {e}", "cannot limit locked memory"},
		.versions = "libvirt 7 has the second",
		.meaning =
			"libvirt may not raise the limit of locked memory for QEMU: it runs without "
			"CAP_SYS_RESOURCE, as for a user, or in a pod.",
		.findings = {"memory.lock-limit"},
		.inconclusive = true,
		.settle = "Look whether libvirt runs as root, and at the limit of its own process.",
		.remedy = "Raise the limit of locked memory of libvirt's own process (systemd: "
			  "LimitMEMLOCK), or let it run with CAP_SYS_RESOURCE.",
	},
	{
		.id = "cgroup-memlock",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"failed to initialize device BPF map; locked memory limit for libvirtd "
			  "probably needs to be raised"},
		.meaning =
			"libvirt could not set up the device cgroup of the guest: its own limit of "
			"locked memory is too low for the kernel's table.",
		.related = {"memory.lock-limit"},
		.settle = "Look at Max locked memory in /proc/PID/limits of libvirt's daemon.",
		.remedy = "Raise the daemon's limit (systemd: LimitMEMLOCK=64M).",
	},
	{
		.id = "guest-address",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"Attempted double use of PCI Address", "Attempted double use of PCI slot",
			  "Only PCI device addresses with function=0 are supported",
			  "Single function device addresses with function=0 expected",
			  "No more available PCI slots", "Invalid PCI address ",
			  "cannot be plugged into the PCI controller with index=",
			  "requires hotplug capability, but the PCI controller with index=",
			  "but index must be larger than bus",
			  "PCI host devices must use 'pci' or 'unassigned' address type"},
		.meaning = "An address in the guest is wrong or taken, or no address is left.",
		.related = {"domain-guest-address.taken", "domain-guest-address.not-multifunction",
			    "domain-guest-address.no-such-slot",
			    "domain-guest-address.no-such-domain",
			    "domain-guest-address.no-endpoints"},
		.settle = "Run passcheck domain on the guest's configuration.",
		.remedy = "Remove the addresses of the guest's devices: libvirt then chooses.",
	},
	{
		.id = "not-a-vf",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"Interface type hostdev is currently supported on SR-IOV Virtual "
			  "Functions only",
			  "is not an SR-IOV Virtual Function"},
		.meaning =
			"<interface type='hostdev'> takes VFs only, and the function is not one.",
		.settle = "Look whether the function has a link physfn in sysfs.",
		.remedy = "Use <hostdev> for a whole function, or name a VF.",
	},
	{
		.id = "vf-not-configured",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"because the PF is not online. Please change host network config to put "
			  "the PF online",
			  "The PF device for VF {f} has no network device name",
			  "Could not find any network device under PCI device at ",
			  "couldn't find IFLA_VF_INFO for VF {n} in netlink response",
			  "missing IFLA_VF_INFO in netlink response",
			  "Cannot get interface flags on '",
			  "is not bound to a net driver, so its MAC address cannot be set to"},
		.meaning =
			"libvirt could not set the VF's MAC address or VLAN: that goes through the "
			"PF's network interface, which is down, is missing, or does not list the "
			"VF.",
		.findings = {"sriov-vfs.no-driver", "sriov-vfs.stub-driver", "caution.vf-token"},
		.related = {"vf-setup.pf-down"},
		.inconclusive = true,
		.settle = "Look with ip link whether the PF's interface is up and lists the VF.",
		.remedy = "Set the PF's interface up, and keep the PF on its own driver; or use "
			  "<hostdev> instead of <interface type='hostdev'>.",
	},
	{
		/* virNetDevSetVfConfig(), virNetDevSetVfMac() and virNetDevSetVfVlan(), virnetdev.c
		 */
		.id = "vf-address-refused",
		.source = LOG_LIBVIRT,
		.severity = LOG_STOPS,
		.forms = {"Cannot set interface MAC/vlanid to {*} vf {n}",
			  "Cannot set interface MAC to {*} vf {n}",
			  "Cannot set interface vlanid to {*} vf {n}"},
		.meaning = "The PF's driver refused the VF's MAC address or VLAN. With \"busy\" or "
			   "\"temporarily unavailable\" the VF still starts anew after it left its "
			   "driver; otherwise the PF cannot do it, as in switchdev mode or with "
			   "InfiniBand.",
		.findings = {"sriov-vfs.no-driver", "sriov-vfs.stub-driver"},
		.inconclusive = true,
		.settle = "Set it with ip link set PF vf N mac ADDRESS, and read the kernel's log.",
		.remedy = "Keep drivers of the host from the VFs (sriov_drivers_autoprobe 0), and "
			  "update the PF's driver; or use <hostdev> and set the address in the "
			  "guest.",
	},
	{
		.id = "selinux-denied",
		.source = LOG_AUDIT,
		.severity = LOG_STOPS,
		.forms = {"avc: denied {*}name=\"config\" dev=\"sysfs\"",
			  "avc: denied {*}vfio_device_t", "avc: denied {*}/dev/vfio"},
		.meaning =
			"SELinux kept QEMU from a function's config space, or from a node of VFIO. "
			"With permissive=1 it only tells.",
		.findings = {"lockdown-selinux.sysfs-denied"},
		.inconclusive = true,
		.settle = "Look at getenforce and at the boolean virt_use_sysfs.",
		.remedy = "Set virt_use_sysfs, or let libvirt label the node.",
	},
	{
		/* the profile of a guest, of virt-aa-helper and abstractions/libvirt-qemu */
		.id = "apparmor-denied-rom",
		.source = LOG_AUDIT,
		.severity = LOG_STOPS,
		.forms = {"apparmor=\"DENIED\" {*}profile=\"libvirt-{*}.rom\""},
		.meaning = "AppArmor kept QEMU from a ROM file; QEMU then says that it does not "
			   "find it. The profile knows the files of <rom file=...> and some "
			   "folders below /usr/share, and no other.",
		.settle = "Look whether the file is named in <rom file=...> of the guest, and who "
			  "may read it and its folders.",
		.remedy = "Name the file in <rom file=...>, below /usr/share/vgabios; not in "
			  "<qemu:commandline>, nor in a home folder.",
	},
	{
		.id = "apparmor-denied-sysfs",
		.source = LOG_AUDIT,
		.severity = LOG_STOPS,
		.forms = {"apparmor=\"DENIED\" {*}/driver_override\"",
			  "apparmor=\"DENIED\" {*}name=\"/sys/bus/pci/drivers/",
			  "apparmor=\"DENIED\" {*}name=\"/sys/bus/pci/drivers_probe\""},
		.meaning = "AppArmor kept libvirt, or another program that binds functions to "
			   "vfio-pci, from the files of sysfs by which it does so.",
		.settle = "Look in the line for the profile, and at the program's package.",
		.remedy = "Update the package that has the profile (of a snap: snapd, too), or "
			  "bind the functions before the guest starts and take managed='no'.",
	},
	{
		.id = "apparmor-denied",
		.source = LOG_AUDIT,
		.severity = LOG_STOPS,
		.forms = {"apparmor=\"DENIED\" {*}name=\"/dev/vfio/{g}\"",
			  "apparmor=\"DENIED\" {*}name=\"/dev/vfio/",
			  "apparmor=\"DENIED\" {*}name=\"/dev/iommu\""},
		.meaning =
			"AppArmor kept QEMU from a node of VFIO: a function that libvirt does not "
			"know of, as one of <qemu:commandline>.",
		.settle = "Look whether the guest's function is a <hostdev> of its configuration.",
		.remedy = "Give the function as <hostdev>: libvirt then writes the profile.",
	},
};

const struct log_table log_libvirt_messages = {rows, ARRAY_LENGTH(rows)};
