/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/log/message.h"

#include <string.h>

#include "host/access/array.h"
#include "host/access/buffer.h"
#include "model/log/keep.h"
#include "model/log/scan.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"

/* A line as it is printed, and the message that it is. */
struct line {
	const char *id;
	const char *text;
};

static const struct line lines[] = {
	{"vt-d-table-empty", "DMAR: Invalid DMAR haw"},
	{"vt-d-table-empty", "DMAR: [Firmware Bug]: Record passes table end"},
	{"vt-d-scope-conflict", "DMAR: Device scope type does not match for 0000:00:1c.0"},
	{"igfx-off", "DMAR: Disable GFX device mapping"},
	{"igfx-off", "DMAR: Disable integrated GPU device mapping"},
	{"amd-vi-registers", "AMD-Vi: Can not reserve memory region fd000000-fd07ffff for mmio"},
	{"virtualization-off", "kvm: no hardware support"},
	{"virtualization-off", "kvm_amd: SVM not supported by CPU 3, not in CPUID"},
	{"virtualization-off", "kvm_intel: VMX not supported by CPU 3"},
	{"kvm-not-at-el2", "kvm [1]: HYP mode not available"},
	{"acs-override",
	 "Warning: PCIe ACS overrides enabled; This may allow non-IOMMU protected peer-to-peer DMA"},
	{"iommu-no-answer", "AMD-Vi: Completion-Wait loop timed out"},
	{"iommu-no-answer", "AMD-Vi: Command buffer timeout"},
	{"smmu-fault",
	 "arm-smmu-v3 arm-smmu-v3.0.auto: event: F_TRANSLATION client: 0000:01:00.0 sid: 0x100 ssid: 0x0 iova: 0xfff00000 ipa: 0x0"},
	{"smmu-fault",
	 "arm-smmu-v3 arm-smmu-v3.0.auto: event: F_PERMISSION client: 0000:01:00.0 sid: 0x100 ssid: 0x0 iova: 0xfff00000 ipa: 0x0"},
	{"smmu-fault", "arm-smmu-v3 arm-smmu-v3.0.auto: event 0x10 received:"},
	{"smmu-fault",
	 "arm-smmu 5000000.iommu: Unhandled context fault: fsr=0x402, iova=0xfff00000, fsynr=0x1, cbfrsynra=0x100, cb=2"},
	{"port-contained",
	 "pcieport 0000:00:01.0: DPC: containment event, status:0x1f01 source:0x0000"},
	{"recovery-failed",
	 "vfio-pci 0000:01:00.0: AER: can't recover (no error_detected callback)"},
	{"recovery-failed", "pcieport 0000:00:01.0: AER: device recovery failed"},
	{"slot-link-down", "pcieport 0000:00:01.0: pciehp: Slot(5): Link Down"},
	{"slot-link-down", "pcieport 0000:00:01.0: pciehp: Slot(5): Card not present"},
	{"vfio-ids-malformed", "vfio_pci: invalid id string \"10de 1b80\""},
	{"vfio-ids-malformed",
	 "vfio_pci: failed to add dynamic id [10de:1b80[ffffffff:ffffffff]] class 0x000000/00000000 (-17)"},
	{"device-wanted-back",
	 "vfio-pci 0000:01:00.0: Device is currently in use, task \"tee\" (1234) blocked until device is released"},
	{"vf-driver-differs",
	 "vfio-pci 0000:01:00.0: VF 0000:01:10.0 bound to driver igbvf while PF bound to driver vfio-pci"},
	{"vfio-probe-failed", "vfio-pci: probe of 0000:01:00.0 failed with error -16"},
	{"vfio-probe-failed",
	 "vfio-pci 0000:01:00.0: probe with driver vfio-pci failed with error -16"},
	{"resume-failed", "vfio-pci 0000:01:00.0: vfio: runtime resume failed -13"},
	{"resume-failed", "vfio-pci 0000:01:00.0: runtime resume failed -13"},
	{"gpu-off-the-bus", "NVRM: GPU 0000:01:00.0: GPU has fallen off the bus."},
	{"gpu-off-the-bus", "nouveau 0000:01:00.0: unknown chipset (ffffffff)"},
	{"bar-without-room",
	 "pci 0000:01:00.0: BAR 1: failed to assign [mem size 0x400000000 64bit pref]"},
	{"vf-bar-unplaced",
	 "pci 0000:84:00.0: BAR 7: failed to assign [mem size 0x00100000 64bit pref]"},
	{"vf-bar-unplaced", "pci 0000:84:00.0: BAR 12: no space for [mem size 0x00100000]"},
	{"pf-driver-failed", "ionic 0000:b5:00.0: Cannot enable SRIOV: -19"},
	{"pf-driver-failed", "hinic 0000:05:00.0: Failed to enable SR-IOV, error -12"},
	{"pf-driver-failed", "sfc 0000:3b:00.0 eth0: Failed to enable SRIOV VFs"},
	{"pf-driver-limited", "[qed_sriov_enable:4940()]Can start at most 16 VFs"},
	{"pf-interface-down",
	 "bnxt_en 0000:5e:00.0 eth0: Reject SRIOV config request since if is down!"},
	{"vf-without-pf",
	 "ixgbevf 0000:04:12.4: PF still in reset state.  Is the PF interface up?"},
	{"vf-without-pf", "igbvf 0000:84:10.2: PF still resetting"},
	{"vf-without-pf", "iavf 0000:5e:01.0: Failed to communicate with PF; waiting before retry"},
	{"pf-driver-failed", "hns3 0000:7d:00.0: SRIOV enable failed -12"},
	{"pf-driver-failed", "thunder-nic 0002:01:00.0: SRIOV enable failed, num VF is 40"},
	{"pf-driver-failed",
	 "mlx4_core 0000:01:00.0: Failed to enable SR-IOV, continuing without SR-IOV (err = -12)"},
	{"pf-driver-limited",
	 "ixgbe 0000:03:00.0: Currently configured with 8 TCs, and 0 offloaded macvlans. Creating more than 15 VFs is not allowed"},
	{"pf-driver-limited",
	 "bnxt_en 0000:5e:00.0 eth0: Cannot enable VF's as all resources are used by PF"},
	{"pf-driver-limited", "bnxt_en 0000:5e:00.0 eth0: Unable to reserve resources for SRIOV."},
	{"pf-driver-limited",
	 "bnxt_en 0000:5e:00.0 eth0: Only able to reserve resources for 16 VFs."},
	{"pf-driver-limited", "bnxt_en 0000:5e:00.0 eth0: Requested VFs 64, can enable 32"},
	{"pf-driver-limited", "ice 0000:17:00.0: Can't enable 129 VFs, max VFs supported is 128"},
	{"pf-driver-limited",
	 "ice 0000:17:00.0: Not enough queues to support minimum of 1 queue pairs per VF for 64 VFs"},
	{"pf-driver-limited",
	 "mlx4_core 0000:03:00.0: requested vfs (16) > available vfs (8). Continuing without SR_IOV"},
	{"pf-driver-limited",
	 "gim error libgv: [0:c6:0:0][amdgv_parse_config_opt:1020] VF number 8 to be enabled exceeds the vf limit 1."},
	{"pf-driver-limited", "i915 0000:00:02.0: [drm] No VFs could be associated with this PF!"},
	{"pf-not-ready",
	 "i40e 0000:3b:00.0: Cannot enable SR-IOV virtual functions while the device is undergoing diagnostic testing"},
	{"pf-not-ready", "i40e 0000:3b:00.0: Unable to configure VFs, other operation is pending."},
	{"pf-not-ready", "ice 0000:17:00.0: Cannot enable SR-IOV, device not ready"},
	{"pf-firmware-recovery",
	 "ice 0000:17:00.0: SR-IOV cannot be configured - Device is in Recovery Mode"},
	{"pf-firmware-recovery",
	 "i40e 0000:3b:00.0: Firmware recovery mode detected. Limiting functionality."},
	{"pf-uses-xdp", "ixgbe 0000:03:00.0: SRIOV is not supported with XDP"},
	{"vfs-held", "i40e 0000:3b:00.0: Unable to free VFs because some are assigned to VMs."},
	{"vfs-held",
	 "bnxt_en 0000:5e:00.0 eth0: Unable to configure SRIOV since some VFs are assigned to VMs."},
	{"vfs-held", "ice 0000:17:00.0: VFs are assigned - not disabling SR-IOV"},
	{"vfs-held",
	 "igb 0000:01:00.0: Cannot deallocate SR-IOV virtual functions while they are assigned - VFs will not be deallocated"},
	{"vfs-held", "i915 0000:00:02.0: [drm] Can't disable 7 VFs, 1 are still assigned"},
	{"switchdev-refused", "Error: mlx5_core: Failed setting eswitch to offloads."},
	{"switchdev-refused", "Error: mlx5_core: Failed setting eswitch back to legacy."},
	{"switchdev-refused",
	 "mlx5_core 0101:00:00.0: E-Switch: Failed to create slow path FDB Table err -22"},
	{"switchdev-refused",
	 "Error: mlx5_core: Can't set offloads mode, SRIOV legacy not enabled."},
	{"switchdev-refused",
	 "ice 0000:17:00.0: Changing eswitch mode is allowed only if there is no VFs created"},
	{"switchdev-refused",
	 "ice 0000:17:00.0: switchdev cannot be configured - eswitch isn't supported in hw or there was not enough msix"},
	{"vfs-not-permitted",
	 "tee: /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs: Operation not permitted"},
	{"vfs-not-permitted",
	 "write /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs: operation not permitted"},
	{"vfs-not-permitted", "-bash: echo: write error: Operation not permitted"},
	{"vfs-not-permitted", "/bin/sh: write error: Operation not permitted"},
	{"vfs-beyond-total",
	 "write /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs: numerical result out of range"},
	{"vfs-refused-by-driver",
	 "Error: Failed to start device \"ib\": Failed growing available VFs from 0 to 31 on device \"ibp4s0\": write /sys/class/net/ibp4s0/device/sriov_numvfs: no such file or directory"},
	{"write-busy",
	 "write /sys/bus/pci/devices/0000:b5:00.0/sriov_numvfs: device or resource busy"},
	{"bind-invalid", "tee: /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs: Invalid argument"},
	{"bind-invalid", "write /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs: invalid argument"},
	{"vf-not-configured", "internal error: missing IFLA_VF_INFO in netlink response"},
	{"iommu-no-answer",
	 "arm-smmu-v3 arm-smmu-v3.0.auto: CMD_SYNC timeout at 0x0000f2d4 [hwprod 0x0000f2d4, hwcons 0x0000f2cf]"},
	{"eeh-frozen", "EEH: Frozen PE#1fd on PHB#3 detected"},
	{"eeh-frozen", "EEH: Frozen PE#10000 detected on PHB#13"},
	{"eeh-given-up", "EEH: Unable to recover from failure from PHB#30-PE#1fb."},
	{"eeh-given-up", "EEH: PHB#3-PE#1fd has failed 6 times in the"},
	{"iommu-counters", "pci 0000:00:00.2: AMD-Vi: Unable to read/write to IOMMU perf counter."},
	{"vt-d-path-short",
	 "DMAR: [Firmware Bug]: RMRR entry for device 03:00.0 is broken - applying workaround"},
	{"vmd-domain", "vmd 0000:64:05.5: Bound to PCI domain 10001"},
	{"qat-without-iommu",
	 "c6xx 0000:1a:00.0: IOMMU should be enabled for SR-IOV to work correctly"},
	{"qat-in-use", "420xx 0000:6b:00.0: Device busy"},
	{"qat-in-use", "4xxx 0000:6b:00.0: Device busy"},
	{"qat-in-use", "6xxx 0000:6b:00.0: Device busy"},
	{"qat-in-use", "c3xxx 0000:01:00.0: Device busy"},
	{"qat-in-use", "c6xx 0000:b6:00.0: Device busy"},
	{"qat-in-use", "dh895xcc 0000:03:00.0: Device busy"},
	{"qat-in-use", "4xxx 0000:6b:00.0: Cannot disable SR-IOV, device in use"},
	{"qat-in-use", "4xxx 0000:6b:00.0: Cannot disable SR-IOV, device in reset"},
	{"nvidia-vf-refused",
	 "NVRM: Aborting probe for VF 0000:05:00.4 since PF is not bound to nvidia driver."},
	{"mlx5-firmware-waits",
	 "mlx5_core 468b:00:02.0: wait_fw_init:199:(pid 17): Waiting for FW initialization, timeout abort in 100s (0xffffffff)"},
	{"snp-without-iommu",
	 "AMD-Vi: SNP: IOMMU disabled or configured in passthrough mode, SNP cannot be supported."},
	{"snp-without-iommu",
	 "AMD-Vi: SEV-SNP: IOMMU is either disabled or configured in passthrough mode."},
	{"vf-address-refused",
	 "Cannot set interface MAC/vlanid to 52:54:00:b4:aa:bb/0 for ifname enp2s0f0 vf 0: Resource temporarily unavailable"},
	{"dpdk-map-failed", "EAL: Cannot set up DMA remapping, error 12 (Cannot allocate memory)"},
	{"dpdk-map-failed", "EAL:   0000:00:19.0 DMA remapping failed, error 14 (Bad address)"},
	{"vfs-not-supported", "bash: echo: write error: Operation not supported"},
	{"vfs-not-supported", "/bin/sh: write error: Operation not supported"},
	{"vfs-not-supported",
	 "tee: /sys/bus/pci/devices/0000:17:00.0/sriov_numvfs: Operation not supported"},
	{"vfs-not-supported",
	 "write /sys/bus/pci/devices/0000:17:00.0/sriov_numvfs: operation not supported"},
	{"ice-safe-mode",
	 "ice 0000:17:00.0: The DDP package file was not found or could not be read. Entering Safe "
	 "Mode"},
	{"ice-safe-mode",
	 "ice 0000:17:00.0: Package download failed. Advanced features disabled - Device now in "
	 "Safe Mode"},
	{"ice-safe-mode", "ice 0000:17:00.0: SR-IOV cannot be configured - Device is in Safe Mode"},
	{"vfs-io-error", "bash: echo: write error: Input/output error"},
	{"vfs-io-error", "bash: line 1: echo: write error: Input/output error"},
	{"vfs-io-error", "/bin/sh: write error: Input/output error"},
	{"bind-invalid", "/bin/sh: write error: Invalid argument"},
	{"write-busy", "/bin/sh: write error: Device or resource busy"},
	{"write-no-device", "/bin/sh: write error: No such device"},
	{"write-exists", "/bin/sh: write error: File exists"},
	{"vfs-beyond-total", "/bin/sh: write error: Numerical result out of range"},
	{"vfs-without-memory", "/bin/sh: write error: Cannot allocate memory"},
	{"vfs-refused-by-driver", "/bin/sh: write error: No such file or directory"},
	{"vfs-no-space", "/bin/sh: write error: No space left on device"},
	{"vfs-write-denied",
	 "tee: /sys/bus/pci/devices/0000:05:00.0/sriov_numvfs: Read-only file system"},
	{"vf-bar-unplaced", "pci 0000:84:00.0: BAR 8: failed to assign [mem size 0x4000]"},
	{"vf-bar-unplaced", "pci 0000:84:00.0: BAR 9: failed to assign [mem size 0x4000]"},
	{"vf-bar-unplaced", "pci 0000:84:00.0: BAR 10: failed to assign [mem size 0x4000]"},
	{"vf-bar-unplaced", "pci 0000:84:00.0: BAR 11: failed to assign [mem size 0x4000]"},
	{"vf-bar-unplaced", "pci 0000:84:00.0: BAR 12: failed to assign [mem size 0x4000]"},
	{"pf-driver-failed",
	 "hinic 0000:05:00.0: Failed to init vf in hardware before enable sriov, error -5"},
	{"pf-interface-down",
	 "bnxt_en 0000:5e:00.0 eth0: Reject SRIOV config request when FW reset is in progress"},
	{"nvidia-vf-without-iommu",
	 "NVRM: Aborting probe for VF 0000:05:00.4 since IOMMU is not present on the system."},
	{"mlx5-firmware-waits",
	 "mlx5_core 468b:00:02.0: wait_fw_init:199:(pid 17): Waiting for FW pre-initialization, timeout abort in 100s (0xffffffff)"},
	{"snp-without-iommu",
	 "AMD-Vi: SNP: IOMMU is disabled or configured in passthrough mode, SNP cannot be supported."},
	{"snp-without-iommu",
	 "AMD-Vi: SNP: IOMMU is configured with V2 page table mode, SNP cannot be supported."},
	{"snp-without-iommu",
	 "AMD-Vi: SNP: IOMMU SNP feature not enabled, SNP cannot be supported."},
	{"vf-address-refused",
	 "Cannot set interface MAC to 52:54:00:b4:aa:bb for ifname enp2s0f0 vf 0: Device or resource busy"},
	{"vf-address-refused",
	 "Cannot set interface vlanid to 100 for ifname enp2s0f0 vf 0: Operation not permitted"},
	{"vfs-io-error", "tee: /sys/bus/pci/devices/0000:05:00.0/sriov_numvfs: Input/output error"},
	{"vfs-io-error",
	 "write /sys/bus/pci/devices/0000:05:00.0/sriov_numvfs: input/output error"},
	{"vfs-write-denied",
	 "bash: /sys/bus/pci/devices/0000:05:00.0/sriov_numvfs: Permission denied"},
	{"vfs-write-denied",
	 "open /sys/bus/pci/devices/0000:05:00.0/sriov_numvfs: permission denied"},
	{"vfs-write-denied",
	 "open /sys/bus/pci/devices/0000:05:00.0/sriov_numvfs: read-only file system"},
	{"module-in-use", "modprobe: FATAL: Module amdgpu is in use."},
	{"module-in-use", "rmmod: ERROR: Module nvidia is in use by: nvidia_drm"},
	{"driver-crashed", " unbind_store+0x9a/0x130"},
	{"bind-invalid", "tee: /sys/bus/pci/drivers/vfio-pci/bind: Invalid argument"},
	{"bind-invalid", "bash: echo: write error: Invalid argument"},
	{"cdev-missing",
	 "/dev/iommu does not exist (is your kernel config missing CONFIG_IOMMUFD?)"},
	{"cdev-missing",
	 "failed to load \"/sys/bus/pci/devices/0000:01:00.0/vfio-dev/vfio0/dev\" (is your kernel config missing CONFIG_VFIO_DEVICE_CDEV?)"},
	{"cdev-missing", "/dev/iommu opening failed: No such file or directory"},
	{"cdev-denied", "/dev/iommu opening failed: Permission denied"},
	{"romfile-missing", "failed to load romfile \"vbios.rom\""},
	{"romfile-missing", "romfile \"vbios.rom\" is empty"},
	{"romfile-missing", "romfile \"vbios.rom\" too large (size cannot exceed 2 GiB)"},
	{"config-access-failed",
	 "vfio 0000:01:00.0: failed to read PCI MSIX FLAGS: Input/output error"},
	{"config-access-failed",
	 "vfio 0000:01:00.0: failed to read PCI MSIX TABLE: Input/output error"},
	{"config-access-failed",
	 "vfio 0000:01:00.0: failed to read PCI MSIX PBA: Input/output error"},
	{"config-access-failed", "vfio 0000:01:00.0: failed to read device config space"},
	{"guest-bus", "-device vfio-pci,host=0000:01:00.0,bus=pcie.0: Bus 'pcie.0' not found"},
	{"guest-bus", "-device vfio-pci,host=0000:01:00.0: Bus 'ich9-pcie-port-1' not found"},
	{"qemu-host-malformed",
	 "-device vfio-pci,host=00:14:0,bus=port.1: Property 'vfio-pci.host' doesn't take value '00:14:0'"},
	{"qemu-host-malformed", "-device vfio-pci,id=hostpci0: No provided host device"},
	{"qemu-host-malformed",
	 "Use -device vfio-pci,host=DDDD:BB:DD.F or -device vfio-pci,sysfsdev=PATH_TO_DEVICE"},
	{"qemu-option-unknown", "Property 'vfio-pci.iommufd' not found"},
	{"qemu-option-unknown", "Property 'vfio-pci-nohotplug.x-vga2' not found"},
	{"qemu-option-unknown", "Parameter 'qom-type' does not accept value 'iommufd'"},
	{"qemu-option-unknown", "IOMMUFD is not supported by this version of qemu"},
	{"qemu-option-unknown", "'vfio-pci' is not a valid device model name"},
	{"igd-memory-size", "x-igd-gms is not supported on this device"},
	{"cdev-not-on-vfio",
	 "vfio 0000:01:00.0: couldn't open directory /sys/bus/pci/devices/0000:01:00.0/vfio-dev: No such file or directory"},
	{"cdev-not-on-vfio",
	 "vfio 0000:01:00.0: couldn't open directory /sys/devices/pci0000:00/0000:01:00.0/vfio-dev: No such file or directory"},
	{"cdev-not-opened",
	 "vfio /sys/bus/pci/devices/0000:01:00.0/vfio-dev: Failed to open /dev/vfio/devices/vfio0"},
	{"container-failed", "vfio 0000:01:00.0: Failed to allocate hwpt: Invalid argument"},
	{"rom-kept-away",
	 "Rom loading for device at 0000:01:00.0 has been disabled due to system instability issues"},
	{"rom-known-bad",
	 "Device at 0000:01:00.0 is known to cause system instability issues during option rom execution"},
	{"function-in-use", "Requested operation is not valid: PCI device 0000:01:00.0 is in use"},
	{"function-in-use",
	 "mediated device f8b5bd1f-0000-0000-0000-000000000000 is in use by driver QEMU, domain b"},
	{"guest-address", "PCI host devices must use 'pci' or 'unassigned' address type"},
	{"vf-not-configured",
	 "Could not find any network device under PCI device at /sys/bus/pci/devices/0000:01:10.0/net"},
	{"cdev-missing", "unsupported configuration: IOMMUFD is not supported by host kernel"},
	{"cdev-missing", "cannot find VFIO device for PCI device 0000:01:00.0"},
	{"reset-needs-group",
	 "vfio: Cannot reset device 0000:01:00.0, depends on device 0000:01:00.1 which is not owned."},
	{"rom-unread", "Device option ROM contents are probably invalid (check dmesg)."},
	{"rom-unread", "vfio-pci: Device ROM size is zero at 0000:01:00.0"},
	{"migration-refused",
	 "0000:01:00.0: VFIO device doesn't support device and IOMMU dirty tracking"},
	{"migration-refused", "0000:01:00.0: Migration is disabled for VFIO device"},
	{"migration-refused",
	 "Multiple VFIO devices migration is supported only if all of them support P2P migration"},
	{"migration-refused",
	 "0000:01:00.0: VFIO migration is not supported with postcopy migration"},
	{"migration-refused",
	 "Operation not supported: cannot migrate a domain with <hostdev mode='subsystem' type='pci'>"},
	{"map-ends-guest", "vfio: DMA mapping failed, unable to continue"},
	{"no-passthrough", "VFIO PCI device assignment is not supported by the host"},
	{"no-passthrough", "VFIO device assignment is currently not supported on this system"},
	{"no-passthrough", "Mediated host device assignment requires VFIO support"},
	{"guest-address",
	 "The device at PCI address 0000:00:02.0 cannot be plugged into the PCI controller with index='0'. It requires a controller that accepts a pcie-root-port."},
	{"guest-address",
	 "The device at PCI address 0000:00:02.0 requires hotplug capability, but the PCI controller with index='0' doesn't support hotplug"},
	{"network-function-in-use",
	 "PCI device 0000:01:10.0 allocated from network hostnet is already in use by domain b"},
	{"network-function-in-use",
	 "network 'hostnet' requires exclusive access to interfaces, but none are available"},
	{"not-endpoint", "Non-endpoint PCI devices cannot be assigned to guests"},
	{"libvirt-probe-failed", "Failed to trigger a probe for PCI device '0000:01:00.0'"},
	{"libvirt-probe-failed", "Failed to read PCI config space for 0000:01:00.0"},
	{"libvirt-no-group",
	 "Unable to resolve device 0000:01:00.0 iommu_group symlink /sys/bus/pci/devices/0000:01:00.0/iommu_group"},
	{"libvirt-no-group",
	 "Invalid device 0000:01:00.0 iommu_group file /sys/bus/pci/devices/0000:01:00.0/iommu_group is not a symlink"},
	{"vf-not-configured",
	 "Unable to configure VF 0 of PF 'eth0' because the PF is not online. Please change host network config to put the PF online."},
	{"vf-not-configured",
	 "The PF device for VF 0000:01:10.0 has no network device name, cannot get virtual function info"},
	{"vf-not-configured", "couldn't find IFLA_VF_INFO for VF 0 in netlink response"},
	{"vf-not-configured",
	 "VF 0 of PF 'eth0' is not bound to a net driver, so its MAC address cannot be set to"},
	{"not-a-vf",
	 "Interface type hostdev is currently supported on SR-IOV Virtual Functions only"},
	{"not-a-vf", "device 'eth0' in network 'hostnet' is not an SR-IOV Virtual Function"},
	{"cgroup-memlock",
	 "failed to initialize device BPF map; locked memory limit for libvirtd probably needs to be raised"},
	{"noiommu", "vfio-pci 0000:01:00.0: Adding kernel taint for vfio-noiommu cdev"},
	{"pending-transaction",
	 "vfio-pci 0000:01:00.0: timed out waiting for pending transaction; performing AF function level reset anyway"},
	{"bar-not-assigned",
	 "vfio-pci 0000:01:00.0: BAR 0 [mem 0xe0000000-0xe0ffffff]: not claimed; can't enable device"},
	{"device-inaccessible",
	 "vfio-pci 0000:01:00.0: Device config space inaccessible; unable to save state"},
	{"unsafe-msi",
	 "vfio-pci 0000:01:00.0: MSI interrupts are not secure, they cannot be isolated by the platform. Check that platform features like interrupt remapping are enabled."},
	{"rmrr-relaxed",
	 "DMAR: Intel-IOMMU: assuming all RMRRs are relaxable. This can lead to instability or data loss"},
	{"rmrr-relaxed",
	 "vfio-pci 0000:03:00.0: Device was ineligible for IOMMU domain attach due to platform RMRR requirement. Patch is in effect."},
	{"vt-d-off-by-firmware", "DMAR: Firmware forces DMA remapping off"},
	{"bind-invalid",
	 "error writing '0000:01:00.0' to '/sys/bus/pci/drivers/vfio-pci/bind': Invalid argument"},
	{"write-no-device",
	 "error writing '0000:01:00.0' to '/sys/bus/pci/drivers/vfio-pci/bind': No such device"},
	{"pf-driver-limited", "ice 0000:01:00.0: 64 VFs requested; only 32 enabled"},
	{"proxmox-function-in-use",
	 "TASK ERROR: PCI device '0000:01:00.0' already in use by running VMID '101'"},
	{"proxmox-function-in-use",
	 "TASK ERROR: PCI device '0000:01:00.0' is currently reserved for use by VMID '101'"},
	{"proxmox-none-free", "TASK ERROR: could not find a free device for 'hostpci0'"},
	{"proxmox-function-twice", "TASK ERROR: device '0000:01:00.0' assigned more than once"},
	{"proxmox-vgpu", "pci device '0000:00:02.0' does not support mediated devices"},
	{"proxmox-vgpu", "pci device '0000:00:02.0' has no type 'i915-GVTg_V5_4'"},
	{"proxmox-vgpu",
	 "pci device '0000:00:02.0' has no available instances of 'i915-GVTg_V5_4'"},
	{"proxmox-vgpu", "could not create 'i915-GVTg_V5_4' for pci devices '0000:00:02.0'"},
	{"proxmox-vgpu", "no nvidia sysfs api for '0000:01:00.4'"},
	{"proxmox-vgpu", "vgpu type '660' not available for '0000:01:00.4'"},
	{"proxmox-vgpu", "could not set vgpu type to '660' for '0000:01:00.4'"},
	{"proxmox-vgpu", "unable to reset vgpu type for '0000:01:00.4'"},
	{"proxmox-vgpu", "cannot use mediated device with multifunction device"},
	{"apparmor-denied",
	 "apparmor=\"DENIED\" operation=\"open\" profile=\"libvirt-1\" name=\"/dev/iommu\" pid=3"},
	{"apparmor-denied-rom",
	 "apparmor=\"DENIED\" operation=\"open\" class=\"file\" profile=\"libvirt-1\" name=\"/home/u/vbios.rom\" pid=3"},
	{"function-missing",
	 "error: Node device not found: no node device with matching name 'pci_0000_01_00_0'"},
	{"registers-all-ones",
	 "xe 0000:03:00.0: [drm] *ERROR* Device is non-operational; MMIO access returns 0xFFFFFFFF!"},
	{"registers-all-ones", "igb 0000:01:00.0 eth0: PCIe link lost"},
	{"gpu-dead-in-guest", "[drm:psp_hw_start [amdgpu]] *ERROR* PSP load sos failed!"},
	{"vbios-not-found", "NVRM: GPU 0000:07:00.0: Failed to copy vbios to system memory."},
	{"vbios-not-found", "NVRM: failed to copy vbios to system memory."},
	{"vbios-not-found", "[drm:amdgpu_get_bios [amdgpu]] *ERROR* Unable to locate a BIOS ROM"},
	{"vbios-not-found", "amdgpu 0000:06:10.0: amdgpu: Unable to locate a BIOS ROM"},
	{"gpu-dead-in-guest", "amdgpu 0000:0b:00.0: amdgpu: PSP load tmr failed!"},
	{"display-without-opengl",
	 "vfio 1a9995f6-0000-0000-0000-000000000000: vfio-display-dmabuf: opengl not available"},
	{"display-without-opengl", "vfio: device doesn't support any (known) display method"},
	{"proxmox-no-vfio", "Cannot find vfio-pci module!"},
	{"proxmox-no-vfio", "Cannot bind 0000:01:00.0 to vfio"},
	{"msr-ignored", "kvm [1234]: vcpu0, guest rIP: 0xfff unhandled rdmsr: 0x611"},
	{"msr-ignored", "kvm [1234]: vcpu0, guest rIP: 0xfff unhandled wrmsr: 0x611 data 0x3"},
	{"irq-bypass-refused",
	 "vfio-pci 0000:01:00.0: irq bypass producer (token 00000000e6f4b4c2) registration fails: -16"},
	{"irq-bypass-refused",
	 "vfio-pci 0000:01:00.0: irq bypass producer (eventfd 00000000e6f4b4c2) registration fails: -16"},
	{"irq-bypass-refused",
	 "kvm: irq bypass consumer (token 00000000e6f4b4c2) registration fails: -16"},
	{"irq-bypass-refused",
	 "kvm: irq bypass consumer (eventfd 00000000e6f4b4c2) registration fails: -16"},
	{"bogus-intx", "vfio-pci 0000:01:10.0: Hardware bug: VF reports bogus INTx pin 1"},
	{"vf-captured", "vfio-pci 0000:01:00.0: Captured SR-IOV VF 0000:01:10.0 driver_override"},
	{"msix-layout",
	 "vfio 0000:01:00.0: table & pba overlap, or they don't fit in BARs, or don't align"},
	{"msix-layout",
	 "vfio 0000:01:00.0: hardware reports invalid configuration, MSIX PBA outside of specified BAR"},
	{"msi-not-enabled", "vfio: failed to enable vectors, Invalid argument"},
	{"msi-not-enabled", "vfio: failed to enable MSI-X, No space left on device"},
	{"msi-not-enabled", "vfio: Error: Failed to setup MSI fds: Invalid argument"},
	{"msi-not-enabled", "vfio: Error: Failed to enable MSI"},
	{"msi-not-enabled", "failed to enable vectors, -22"},
	{"config-access-failed",
	 "vfio_pci_read_config(0000:01:00.0, 0x3d, 0x1) failed: Input/output error"},
	{"config-access-failed",
	 "vfio_pci_write_config(0000:01:00.0, 0x4, 0xfbc2, 0x2) failed: Input/output error"},
	{"kvm-run-failed", "error: kvm run failed Bad address"},
	{"qemu-host-missing",
	 "qemu-system-x86_64: -device vfio-pci,host=01:00.0: vfio 0000:01:00.0: no such host device: No such file or directory"},
	{"igd-legacy",
	 "IGD device 0000:00:02.0 cannot support legacy mode due to existing devices at address 1f.0"},
	{"igd-legacy",
	 "IGD device 0000:00:02.0 does not support LPC bridge access,legacy mode disabled"},
	{"igd-legacy", "IGD LPC bridge access is not supported by kernel"},
	{"igd-legacy", "IGD host bridge access is not supported by kernel"},
	{"igd-legacy", "IGD legacy mode disabled"},
	{"igd-legacy", "IGD device detected, but OpRegion is not supported on hotplugged device."},
	{"vga-not-offered", "vfio 0000:01:00.0: device does not support requested feature x-vga"},
	{"viommu-unfit",
	 "Device assignment is not allowed without enabling caching-mode=on for Intel IOMMU."},
	{"viommu-unfit",
	 "We need to set caching-mode=on for intel-iommu to enable device assignment with IOMMU protection."},
	{"viommu-unfit", "device 01.00.0 requires iommu notifier which is not currently supported"},
	{"viommu-unfit", "device 01.00.0 requires dma-remap=1"},
	{"viommu-unfit",
	 "device 00.02.0 requires iommu MAP notifier which is not currently supported"},
	{"guest-memory-short", "cannot set up guest memory 'pc.ram': Cannot allocate memory"},
	{"guest-memory-short", "unable to map backing store for guest RAM: Cannot allocate memory"},
	{"guest-memory-short",
	 "os_mem_prealloc: Insufficient free host memory pages available to allocate guest RAM"},
	{"guest-memory-short", "qemu_prealloc_mem: preallocating memory failed: Bad address"},
	{"guest-bus", "No 'PCI' bus found for device 'vfio-pci'"},
	{"guest-bus", "Bus 'pcie.0' does not support hotplugging"},
	{"guest-bus", "PCI: no slot/function available for vfio-pci, all in use or reserved"},
	{"iommufd-refuses-attach",
	 "vfio 0000:01:00.0: [iommufd=23] error attach 0000:01:00.0 (38) to id=8: Invalid argument"},
	{"iommufd-refuses-attach",
	 "vfio 0000:01:00.0: [iommufd=23] error attach 0000:01:00.0 (38) pasid 1 to id=8: Invalid argument"},
	{"iommufd-busy",
	 "vfio 0000:01:00.0: [iommufd=23] error attach 0000:01:00.0 (38) to id=8: Device or resource busy"},
	{"iommufd-busy",
	 "vfio 0000:01:00.0: error bind device fd=38 to iommufd=23: Device or resource busy"},
	{"iommufd-busy", "Could not open '/dev/vfio/devices/vfio0': Device or resource busy"},
	{"iommufd-busy", "failed to open /dev/vfio/devices/vfio0: Device or resource busy"},
	{"cdev-denied", "Could not open '/dev/vfio/devices/vfio0': Permission denied"},
	{"cdev-denied", "failed to open /dev/vfio/devices/vfio0: Permission denied"},
	{"cdev-denied", "Could not open '/dev/iommu': Permission denied"},
	{"cdev-denied", "failed to open /dev/iommu: Operation not permitted"},
	{"cdev-denied", "cannot open IOMMUFD device: Permission denied"},
	{"cdev-denied", "cannot open VFIO device /dev/vfio/devices/vfio0: Permission denied"},
	{"container-failed",
	 "failed to setup container for group 11: Failed to set iommu for container: Input/output error"},
	{"container-failed", "failed to setup container for group 11"},
	{"container-failed",
	 "vfio 0000:01:00.0: error bind device fd=38 to iommufd=23: No such device"},
	{"container-failed",
	 "vfio 0000:01:00.0: [iommufd=23] error attach 0000:01:00.0 (38) to id=8: No such device"},
	{"group-not-opened", "failed to open /dev/vfio/11"},
	{"group-not-opened", "Could not open '/dev/vfio/11'"},
	{"recovery-not-enabled",
	 "vfio 0000:01:00.0: Could not enable error recovery for the device"},
	{"no-dma-buf",
	 "VFIO dma-buf not supported in kernel, using mmap fallback, P2P DMA will not work"},
	{"viommu-discard",
	 "Using vfio with vIOMMUs and coordinated discarding of RAM (e.g., virtio-mem) works, however, malicious guests can trigger pinning"},
	{"vt-d-off", "[    0.012345] DMAR: IOMMU disabled"},
	{"iommu-option-unknown", "DMAR: Unknown option - 'relax_rmrr'"},
	{"iommu-option-unknown", "AMD-Vi: Unknown option - 'pt'"},
	{"amd-vi-on-anyway", "AMD-Vi: Unknown option - 'on'"},
	{"vt-d-table-empty", "DMAR: No DMAR devices found"},
	{"vt-d-table-empty", "DMAR: No DRHD structure found in DMAR table"},
	{"vt-d-table-empty", "DMAR: Parse DMAR table failure."},
	{"vt-d-unit-at-zero", "Your BIOS is broken; DMAR reported at address 0!"},
	{"vt-d-unit-all-ones",
	 "Your BIOS is broken; DMAR reported at address fed90000 returns all ones!"},
	{"vt-d-table-defect",
	 "Your BIOS is broken; bad RMRR [0x00000000df000000-0x00000000dfffffff]"},
	{"vt-d-table-defect",
	 "Your BIOS is broken; RHSA refers to non-existent DMAR unit at fed90000"},
	{"vt-d-table-defect", "Your BIOS is broken; ANDD object name is not NUL-terminated"},
	{"vt-d-no-width", "DMAR: No supported address widths. Not attempting DMA translation."},
	{"amd-vi-table-defect", "AMD-Vi: [Firmware Bug]: : IVRS table error: \\n"},
	{"amd-vi-table-defect", "AMD-Vi: IVRS table error:"},
	{"amd-vi-table-defect", "[Firmware Bug]: AMD-Vi: IVRS invalid checksum"},
	{"amd-vi-features-differ",
	 "pci 0000:00:00.2: AMD-Vi: [Firmware Warn]: EFR mismatch. Use IVHD EFR (0x1: 0x2). Found inconsistent EFR"},
	{"group-refused", "pci 0000:01:00.0: Failed to add to iommu group 4: -12"},
	{"x2apic-without-remapping", "x2apic: IRQ remapping doesn't support X2APIC mode"},
	{"interrupt-remapping-failed",
	 "DMAR-IR: Failed to enable irq remapping.  You are vulnerable to irq-injection attacks."},
	{"interrupt-remapping-failed",
	 "DMAR-IR: Not enabling interrupt remapping due to specified intremap=off"},
	{"interrupt-remapping-failed",
	 "DMAR-IR: This system BIOS has enabled interrupt remapping on a chipset that contains an erratum"},
	{"ioapic-uncovered",
	 "DMAR-IR: ioapic 8 has no mapping iommu, interrupt remapping will be disabled"},
	{"ioapic-uncovered", "[Firmware Bug]: AMD-Vi: IOAPIC[4] not in IVRS table"},
	{"ioapic-uncovered", "[Firmware Bug]: AMD-Vi: No southbridge IOAPIC found"},
	{"virtualization-off", "x86/cpu: VMX (outside TXT) disabled by BIOS"},
	{"virtualization-off", "x86/cpu: SVM disabled (by BIOS) in MSR_VM_CR on CPU0"},
	{"interrupt-remapping-on", "DMAR-IR: Enabled IRQ remapping in x2apic mode"},
	{"interrupt-remapping-on", "DMAR-IR: Enabled IRQ remapping in xapic mode"},
	{"interrupt-remapping-on", "AMD-Vi: Interrupt remapping enabled"},
	{"x2apic-opt-out", "Your BIOS has requested that x2apic be disabled."},
	{"x2apic-opt-out", "Your BIOS is broken and requested that x2apic be disabled."},
	{"x2apic-opt-out", "DMAR-IR: x2apic is disabled because BIOS sets x2apic opt out bit."},
	{"x2apic-opt-out",
	 "DMAR-IR: Use 'intremap=no_x2apic_optout' to override the BIOS setting."},
	{"vt-d-opt-in", "DMAR: Intel-IOMMU force enabled due to platform opt in"},
	{"vt-d-fault-status", "DMAR: DRHD: handling fault status reg 2"},
	{"vt-d-fault",
	 "DMAR: [DMA Read] Request device [03:00.0] PASID ffffffff fault addr fff7e000 [fault reason 06] PTE Read access is not set"},
	{"vt-d-fault",
	 "DMAR: [DMA Write] Request device [03:00.0] PASID ffffffff fault addr fff7e000 [fault reason 05] PTE Write access is not set"},
	{"vt-d-fault",
	 "DMAR: [DMA Read NO_PASID] Request device [03:00.0] fault addr 0xfff7e000 [fault reason 0x06] PTE Read access is not set"},
	{"vt-d-fault",
	 "DMAR: [DMA Write NO_PASID] Request device [03:00.0] fault addr 0xfff7e000 [fault reason 0x05] PTE Write access is not set"},
	{"vt-d-fault", "DMAR: [DMA Read NO_PASID] Request device [03:00.0] cut"},
	{"vt-d-fault", "DMAR: [DMA Write NO_PASID] Request device [03:00.0] cut"},
	{"vt-d-fault",
	 "DMAR: [INTR-REMAP] Request device [03:00.0] fault index 0x20 [fault reason 0x22] Present field in the IRTE entry is clear"},
	{"iommu-no-answer", "DMAR: Invalidation Time-out Error (ITE) cleared"},
	{"iommu-no-answer", "DMAR: VT-d detected Invalidation Time-out Error: SID 300"},
	{"iommu-no-answer", "DMAR: ITE cleared"},
	{"iommu-no-answer", "AMD-Vi: Event logged [IOTLB_INV_TIMEOUT device=03:00.0 address=0x1f]"},
	{"amd-vi-fault",
	 "AMD-Vi: Event logged [IO_PAGE_FAULT device=03:00.0 domain=0x000e address=0xfdf0000000 flags=0x0020]"},
	{"amd-vi-fault",
	 "nvme 0000:03:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x000e address=0xfdf0000000 flags=0x0020]"},
	{"amd-vi-fault",
	 "AMD-Vi: Event logged [INVALID_DEVICE_REQUEST device=03:00.0 pasid=0x00000 address=0xfffffffdf8000000 flags=0x0a00]"},
	{"amd-vi-fault",
	 "nvme 0000:03:00.0: AMD-Vi: Event logged [INVALID_DEVICE_REQUEST pasid=0x00000 address=0xfffffffdf8000000]"},
	{"amd-vi-fault",
	 "AMD-Vi: IO_PAGE_FAULT device=03:00.0 domain=0x000e address=0x00000000fdf00000 flags=0x0020]"},
	{"amd-vi-fault",
	 "AMD-Vi: INVALID_DEVICE_REQUEST device=03:00.0 address=0x00000000fdf00000 flags=0x0a00]"},
	{"link-noise",
	 "pcieport 0000:00:01.0: PCIe Bus Error: severity=Corrected, type=Physical Layer, (Receiver ID)"},
	{"link-noise",
	 "pcieport 0000:00:01.0: PCIe Bus Error: severity=Correctable, type=Physical Layer, (Receiver ID)"},
	{"link-noise-counted",
	 "pcieport 0000:00:01.0: AER: Corrected error message received from 0000:01:00.0"},
	{"link-noise-counted",
	 "pcieport 0000:00:01.0: AER: Corrected error received: 0000:01:00.0"},
	{"device-stopped-answering",
	 "pcieport 0000:00:01.0: PCIe Bus Error: severity=Uncorrected (Fatal), type=Transaction Layer, (Requester ID)"},
	{"device-stopped-answering",
	 "pcieport 0000:00:01.0: PCIe Bus Error: severity=Uncorrectable (Fatal), type=Transaction Layer, (Requester ID)"},
	{"link-error",
	 "pcieport 0000:00:01.0: PCIe Bus Error: severity=Uncorrected (Non-Fatal), type=Transaction Layer, (Requester ID)"},
	{"link-error",
	 "pcieport 0000:00:01.0: PCIe Bus Error: severity=Uncorrectable (Non-Fatal), type=Transaction Layer, (Requester ID)"},
	{"bar-not-assigned",
	 "vfio-pci 0000:01:00.0: BAR 1 [mem size 0x10000000 64bit pref]: not assigned; can't enable device"},
	{"bar-not-assigned",
	 "nvidia 0000:01:00.0: can't enable device: BAR 1 [mem size 0x10000000 64bit pref] not assigned"},
	{"bar-without-room",
	 "pci 0000:01:00.0: BAR 1 [mem size 0x400000000 64bit pref]: can't assign; no space"},
	{"bar-without-room",
	 "pci 0000:01:00.0: BAR 1 [mem size 0x400000000 64bit pref]: failed to assign"},
	{"bar-without-room",
	 "pci 0000:01:00.0: BAR 1: no space for [mem size 0x400000000 64bit pref]"},
	{"bar-without-room", "NVRM: BAR1 is 0M @ 0x0 (PCI:0000:01:00.0)"},
	{"device-wanted-back", "vfio-pci 0000:01:00.0: Relaying device request to user (#0)"},
	{"device-wanted-back",
	 "vfio-pci 0000:01:00.0: No device request channel registered, blocked until released by user"},
	{"link-stays-down",
	 "pcieport 0000:00:03.1: Data Link Layer Link Active not set in 1000 msec"},
	{"gpu-driver-failed", "NVRM: GPU 0000:01:00.0: RmInitAdapter failed! (0x24:0xffff:1211)"},
	{"gpu-driver-failed", "amdgpu 0000:03:00.0: amdgpu: Fatal error during GPU init"},
	{"interrupt-unhandled", "irq 16: nobody cared (try booting with the \"irqpoll\" option)"},
	{"write-busy", "bash: echo: write error: Device or resource busy"},
	{"write-busy",
	 "tee: /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs: Device or resource busy"},
	{"write-no-device", "bash: echo: write error: No such device"},
	{"write-exists", "bash: echo: write error: File exists"},
	{"write-exists", "tee: /sys/bus/pci/drivers/vfio-pci/new_id: File exists"},
	{"vfio-module-missing",
	 "modprobe: FATAL: Module vfio-pci not found in directory /lib/modules/6.8.0"},
	{"vfio-module-missing",
	 "modprobe: FATAL: Module vfio_pci not found in directory /lib/modules/6.8.0"},
	{"vfio-module-missing",
	 "modprobe: ERROR: could not insert 'vfio_pci': Operation not permitted"},
	{"vfio-module-missing",
	 "modprobe: ERROR: could not insert 'vfio-pci': Key was rejected by service"},
	{"kvm-missing", "Could not access KVM kernel module: No such file or directory"},
	{"kvm-missing", "qemu-system-x86_64: failed to initialize kvm: No such file or directory"},
	{"kvm-missing", "qemu-system-x86_64: failed to initialize KVM: Permission denied"},
	{"bind-failed",
	 "error: Failed to bind PCI device '0000:01:00.0' to vfio-pci: No such device"},
	{"proxmox-no-iommu", "TASK ERROR: cannot prepare PCI pass-through, IOMMU not present"},
	{"proxmox-no-iommu", "TASK ERROR: Cannot open iommu_group: No such file or directory"},
	{"proxmox-function-in-use",
	 "TASK ERROR: PCI device '0000:01:00.0' already in use by VMID '100'"},
	{"proxmox-function-in-use",
	 "TASK ERROR: PCI device '0000:01:00.0' already in use by process"},
	{"proxmox-function-missing", "TASK ERROR: no PCI device found for '0000:01:00.0'"},
	{"proxmox-function-missing", "no pci device info for device '0000:01:00.0'"},
	{"proxmox-not-bound", "can't unbind/bind PCI group to VFIO '0000:01:00.0'"},
	{"proxmox-not-bound", "can't unbind/bind PCI group of '01:00'"},
	{"proxmox-not-bound", "TASK ERROR: can't bind PCI device '0000:01:00.0'"},
	{"proxmox-not-bound", "TASK ERROR: can't reset PCI device '0000:01:00.0'"},
	{"vt-d-table-defect", "DMAR: [Firmware Bug]: No firmware reserved region can cover this RMRR [0x00000000cd000000-0x00000000cd0fffff], contact BIOS vendor for fixes"},
	{"interrupt-remapping-failed", "AMD-Vi: Disabling interrupt remapping"},
	{"virtualization-off", "kvm_amd: SVM disabled (by BIOS)"},
	{"virtualization-off",
	 "kvm_intel: VMX not enabled (by BIOS) in MSR_IA32_FEAT_CTL on CPU 0"},
	{"virtualization-off", "kvm: disabled by bios"},
	{"viommu-too-wide", "qemu-system-x86_64: Supported values for aw-bits are: 39, 48"},
	{"virqfd-gone", "==> ERROR: module not found: `vfio_virqfd'"},
	{"module-option-ignored", "vfio_pci: unknown parameter 'idss' ignored"},
	{"module-option-ignored", "vfio_iommu_type1: unknown parameter 'x' ignored"},
	{"reset-told", "vfio-pci 0000:01:00.0: resetting"},
	{"reset-told", "vfio-pci 0000:01:00.0: reset done"},
	{"console-leaves", "vfio-pci 0000:01:00.0: vgaarb: deactivate vga console"},
	{"console-leaves", "Console: switching to colour dummy device 80x25"},
	{"nvidia-finds-none", "NVRM: The NVIDIA probe routine was not called for 1 device(s)."},
	{"vfio-probe-refused", "vfio-pci: probe of 0000:01:00.0 failed with error -22"},
	{"vfio-probe-refused",
	 "vfio-pci 0000:01:00.0: probe with driver vfio-pci failed with error -22"},
	{"denylist",
	 "vfio-pci 0000:b1:01.0: 8086:37c9 exists in vfio-pci device denylist, driver probing disallowed."},
	{"denylist-disabled",
	 "vfio-pci 0000:b1:01.0: device denylist disabled - allowing device 8086:37c9."},
	{"denylist-disabled", "vfio_pci: device denylist disabled."},
	{"pf-has-vfs", "vfio-pci 0000:01:00.0: Cannot bind to PF with SR-IOV enabled"},
	{"vf-token", "vfio-pci 0000:01:10.0: VF token required to access device"},
	{"vf-token", "vfio-pci 0000:01:10.0: Incorrect VF token provided for device"},
	{"vf-token-unwanted",
	 "vfio-pci 0000:01:10.0: VF token incorrectly provided, PF not bound to vfio-pci"},
	{"igd-regions", "vfio-pci 0000:00:02.0: Failed to setup Intel IGD regions"},
	{"bar-held",
	 "vfio-pci 0000:c3:00.0: BAR 0: can't reserve [mem 0x2800000000-0x2fffffffff 64bit pref]"},
	{"bar-held",
	 "vfio-pci 0000:c3:00.0: BAR 0 [mem 0x2800000000-0x2fffffffff 64bit pref]: can't reserve"},
	{"bar-held",
	 "vfio-pci 0000:c3:00.0: can't reserve [mem 0x2800000000-0x2fffffffff 64bit pref]"},
	{"rom-invalid",
	 "vfio-pci 0000:01:00.0: Invalid PCI ROM header signature: expecting 0xaa55, got 0xffff"},
	{"rom-invalid",
	 "vfio-pci 0000:01:00.0: Invalid PCI ROM data signature: expecting 0x52494350, got 0x00000000"},
	{"rom-invalid", "vfio-pci 0000:01:00.0: No more image in the PCI ROM"},
	{"rom-invalid", "vfio-pci 0000:01:00.0: No more images in PCI ROM"},
	{"not-ready", "vfio-pci 0000:01:00.0: not ready 65535ms after FLR; giving up"},
	{"not-ready", "vfio-pci 0000:01:00.0: not ready 65535ms after bus reset; giving up"},
	{"not-ready", "vfio-pci 0000:01:00.0: not ready 65535ms after resume; giving up"},
	{"not-ready", "vfio-pci 0000:01:00.0: not ready 65535ms after D3hot->D0; giving up"},
	{"not-ready", "vfio-pci 0000:01:00.0: not ready 65535ms after PM D3hot->D0; giving up"},
	{"not-ready-yet", "vfio-pci 0000:01:00.0: not ready 1023ms after bus reset; waiting"},
	{"device-inaccessible",
	 "nvidia 0000:01:00.0: Unable to change power state from D3cold to D0, device inaccessible"},
	{"device-inaccessible",
	 "vfio-pci 0000:01:00.0: can't change power state from D3cold to D0 (config space inaccessible)"},
	{"device-inaccessible",
	 "vfio-pci 0000:01:00.0: Refused to change power state from D3hot to D0"},
	{"device-inaccessible",
	 "vfio-pci 0000:01:00.0: refused to change power state from D0 to D3hot"},
	{"device-inaccessible",
	 "vfio-pci 0000:01:00.0: Refused to change power state, currently in D3"},
	{"device-inaccessible",
	 "vfio-pci 0000:01:00.0: refused to change power state, currently in D3hot"},
	{"pending-transaction",
	 "vfio-pci 0000:01:00.0: timed out waiting for pending transaction; performing function level reset anyway"},
	{"reset-method-refused", "pci 0000:01:00.0: Unsupported reset method 'device_specific'"},
	{"reset-method-refused", "pci 0000:01:00.0: All device reset methods disabled by user"},
	{"vendor-reset-failed", "vfio-pci 0000:03:00.0: AMD_NAVI10: failed to reset device"},
	{"vendor-reset-failed", "vfio-pci 0000:03:00.0: AMD_POLARIS10: SMU error 0x55"},
	{"vendor-reset-failed", "vfio-pci 0000:03:00.0: AMD_NAVI10: psp mode1 reset failed"},
	{"noiommu", "vfio-pci 0000:01:00.0: Adding kernel taint for vfio-noiommu group on device"},
	{"noiommu", "vfio-pci 0000:01:00.0: vfio-noiommu device opened by user (dpdk:1234)"},
	{"attach-without-remapping",
	 "vfio_iommu_type1_attach_group: No interrupt remapping support.  Use the module param \"allow_unsafe_interrupts\" to enable VFIO IOMMU support on this platform"},
	{"attach-without-remapping", "vfio: No interrupt remapping for 0000:01:00.0"},
	{"attach-without-remapping",
	 "vfio_iommu_type1_attach_group: No interrupt remapping support."},
	{"rmrr",
	 "vfio-pci 0000:04:00.1: DMAR: Device is ineligible for IOMMU domain attach due to platform RMRR requirement.  Contact your platform vendor."},
	{"one-to-one-mapping",
	 "vfio-pci 0000:04:00.1: Firmware has requested this device have a 1:1 IOMMU mapping, rejecting configuring the device without a 1:1 mapping. Contact your platform vendor."},
	{"memlock", "vfio_pin_pages_remote: RLIMIT_MEMLOCK (65536) exceeded"},
	{"memlock", "vfio_pin_page_external: Task qemu (1234) RLIMIT_MEMLOCK (65536) exceeded"},
	{"memlock", "vfio_pin_pages: RLIMIT_MEMLOCK (65536) exceeded"},
	{"vf-memory", "i915 0000:00:02.0: not enough MMIO resources for SR-IOV"},
	{"vf-memory", "ixgbe 0000:01:00.0: SR-IOV: IOV BARS not allocated"},
	{"vf-bar-unplaced",
	 "pci 0000:01:00.0: VF BAR 0 [mem size 0x00100000 64bit pref]: can't assign; no space"},
	{"vf-bar-unplaced",
	 "pci 0000:01:00.0: VF BAR 0 [mem size 0x00100000 64bit pref]: failed to assign"},
	{"vf-bar-unplaced",
	 "pci 0000:01:00.0: BAR 7: no space for [mem size 0x00100000 64bit pref]"},
	{"vf-bar-unplaced",
	 "pci 0000:01:00.0: BAR 8: no space for [mem size 0x00100000 64bit pref]"},
	{"vf-bar-unplaced",
	 "pci 0000:01:00.0: BAR 9: no space for [mem size 0x00100000 64bit pref]"},
	{"vf-bar-unplaced",
	 "pci 0000:01:00.0: BAR 10: no space for [mem size 0x00100000 64bit pref]"},
	{"vf-bar-unplaced",
	 "pci 0000:01:00.0: BAR 11: no space for [mem size 0x00100000 64bit pref]"},
	{"vf-bar-unplaced",
	 "pci 0000:00:02.0: VF(n) BAR0 space: [mem 0x00000000-0x06ffffff 64bit] (contains BAR0 for 7 VFs)"},
	{"vf-bus-numbers",
	 "ixgbe 0000:01:00.0: can't enable 63 VFs (bus 03 out of range of [bus 01])"},
	{"pf-driver-without-vfs",
	 "i915 0000:00:02.0: driver does not support SR-IOV configuration via sysfs"},
	{"pf-driver-without-vfs",
	 "i915 0000:00:02.0: driver does not support SRIOV configuration via sysfs"},
	{"pf-without-driver",
	 "pci 0000:00:02.0: no driver bound to device; cannot configure SR-IOV"},
	{"vfs-beyond-total",
	 "tee: /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs: Numerical result out of range"},
	{"vfs-beyond-total", "-bash: echo: write error: Numerical result out of range"},
	{"vfs-without-memory",
	 "tee: /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs: Cannot allocate memory"},
	{"vfs-without-memory",
	 "write /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs: cannot allocate memory"},
	{"vfs-without-memory", "-bash: echo: write error: Cannot allocate memory"},
	{"vfs-refused-by-driver",
	 "tee: /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs: No such file or directory"},
	{"vfs-refused-by-driver", "-bash: echo: write error: No such file or directory"},
	{"vfs-already-enabled",
	 "ixgbe 0000:01:00.0: 4 VFs already enabled. Disable before enabling 8 VFs"},
	{"vf-unreachable", "pci 0000:42:02.0: unknown header type 7f, ignoring device"},
	{"pf-driver-failed",
	 "mlx5_core 0000:01:00.0: mlx5_sriov_enable:168:(pid 1): pci_enable_sriov failed : -12"},
	{"pf-driver-failed", "mlx5_core 0000:01:00.0: mlx5_device_enable_sriov failed : -12"},
	{"pf-driver-failed", "mlx5_core 0000:01:00.0: failed to enable eswitch SRIOV (-12)"},
	{"pf-driver-failed", "i40e 0000:01:00.0: Failed to enable SR-IOV: -12"},
	{"pf-driver-failed", "ixgbe 0000:01:00.0: Failed to enable PCI sriov: -12"},
	{"pf-driver-failed", "i915 0000:00:02.0: [drm] *ERROR* Failed to enable 2 VFs (-ENOMEM)"},
	{"pf-driver-failed",
	 "gim error:(enable_sriov:311) Fail to enable sriov, status = fffffffb"},
	{"pf-driver-failed", "ice 0000:01:00.0: Not enough resources for 64 VFs, err -28"},
	{"pf-driver-limited",
	 "i40e 0000:01:00.0: Limited to 32 VFs due to device resource constraints"},
	{"pf-driver-limited", "ice 0000:01:00.0: Only 128 MSI-X interrupts available for SR-IOV"},
	{"pf-driver-limited", "xe 0000:03:00.0: [drm] Support for SR-IOV is not available"},
	{"parameters-unknown", "Unknown kernel command line parameters \"BOOT_IMAGE=/vmlinuz intel_iomu=on\", will be passed to user space."},
	{"parameters-unknown", "Unknown kernel command line parameters \"BOOT_IMAGE=/vmlinuz vfio_ids=10de:1b80\", will be passed to user space."},
	{"parameters-unknown", "Unknown kernel command line parameters \"BOOT_IMAGE=/vmlinuz pcie_acs_override=downstream\", will be passed to user space."},
	{"parameters-unknown", "Unknown kernel command line parameters \"BOOT_IMAGE=/vmlinuz intremap=on\", will be passed to user space."},
	{"parameters-unknown", "Unknown kernel command line parameters \"BOOT_IMAGE=/vmlinuz relax_rmrr\", will be passed to user space."},
	{"parameters-unknown", "Unknown kernel command line parameters \"BOOT_IMAGE=/vmlinuz max_vfs=7\", will be passed to user space."},
	{"parameters-unknown", "Unknown kernel command line parameters \"BOOT_IMAGE=/vmlinuz enable_guc=3\", will be passed to user space."},
	{"parameters-unknown", "Unknown kernel command line parameters \"BOOT_IMAGE=/vmlinuz sriov=on\", will be passed to user space."},
	{"parameters-unknown", "Unknown kernel command line parameters \"BOOT_IMAGE=/vmlinuz efifb:off\", will be passed to user space."},
	{"parameters-unknown", "Unknown kernel command line parameters \"BOOT_IMAGE=/vmlinuz disable_idle_d3=1\", will be passed to user space."},
	{"parameters-unknown", "Unknown kernel command line parameters \"BOOT_IMAGE=/vmlinuz disable_vga=1\", will be passed to user space."},
	{"parameters-unknown", "Unknown kernel command line parameters \"BOOT_IMAGE=/vmlinuz allow_unsafe_interrupts=1\", will be passed to user space."},
	{"parameters-unknown", "Unknown kernel command line parameters \"BOOT_IMAGE=/vmlinuz kvm_ignore_msrs=1\", will be passed to user space."},
	{"cni-without-vf",
	 "SRIOV-CNI failed to load netconf: LoadConf(): VF pci addr is required"},
	{"operator-locked-down", "mellanox device detected when in lockdown mode"},
	{"operator-vfs-beyond-total",
	 "cannot config SRIOV device: NumVfs (16) is larger than TotalVfs (8)"},
	{"operator-dpu",
	 "NIC 0000:d8:00.0 is in DPU mode. Firmware configuration changes are not supported in this mode."},
	{"nova-none-free", "Insufficient compute resources: Claim pci failed."},
	{"nova-none-free",
	 "PciDevicePoolEmpty: Attempt to consume PCI device 1:0000:81:00.0 from empty pool"},
	{"nova-none-free",
	 "PCI device request [InstancePCIRequest(alias_name=None,count=1)] failed"},
	{"nova-other-taken", "Not all Virtual Functions of PF 1:0000:81:00.0 are free."},
	{"nova-other-taken",
	 "Physical Function 1:0000:81:00.0, related to VF 1:0000:81:00.2 is allocated instead of available"},
	{"vf-not-configured", "Cannot get interface flags on 'em3': No such device"},
	{"apparmor-denied-sysfs",
	 "audit: type=1400 audit(1750687644.519:1123): apparmor=\"DENIED\" operation=\"open\" class=\"file\" profile=\"snap.openstack-hypervisor.libvirtd\" name=\"/sys/devices/pci0000:17/0000:17:03.0/0000:1b:10.6/driver_override\" pid=1950"},
	{"apparmor-denied-sysfs",
	 "apparmor=\"DENIED\" operation=\"open\" profile=\"libvirtd\" name=\"/sys/bus/pci/drivers/ixgbevf/unbind\" pid=756982"},
	{"apparmor-denied-sysfs",
	 "apparmor=\"DENIED\" operation=\"open\" profile=\"libvirtd\" name=\"/sys/bus/pci/drivers_probe\" pid=756982"},
	{"mlx5-not-started",
	 "mlx5_core 0000:3b:00.2: probe_one:1514:(pid 1234): mlx5_init_one failed with error code -110"},
	{"mlx5-not-started",
	 "mlx5_core 0000:3b:00.2: mlx5_load_one failed with error code -110"},
	{"sriov-manage-busy", "Cannot obtain unbindLock for 0000:c1:00.0"},
	{"parameters-passed-on",
	 "Unknown kernel command line parameters \"rhgb BOOT_IMAGE=(hd2,gpt2)/vmlinuz-5.14.0-570.el9.x86_64\", will be passed to user space."},
	{"rom-without-room",
	 "pci 0000:03:00.0: BAR 6: no space for [mem size 0x00100000 pref]"},
	{"rom-without-room",
	 "pci 0000:03:00.0: BAR 6: failed to assign [mem size 0x00100000 pref]"},
	{"rom-without-room",
	 "pci 0000:03:00.0: ROM [mem size 0x00100000 pref]: can't assign; no space"},
	{"rom-without-room", "pci 0000:03:00.0: ROM [mem size 0x00100000 pref]: failed to assign"},
	{"module-option-ignored", "ixgbe: unknown parameter 'max_vfs' ignored"},
	{"module-option-ignored", "vfio: unknown parameter 'ids' ignored"},
	{"module-option-ignored", "vfio: unknown parameter 'disable_vga' ignored"},
	{"module-option-ignored", "vfio: unknown parameter 'disable_idle_d3' ignored"},
	{"virqfd-gone",
	 "modprobe: FATAL: Module vfio_virqfd not found in directory /lib/modules/6.8.12"},
	{"virqfd-gone", "==> ERROR: module not found: 'vfio_virqfd'"},
	{"virqfd-gone", "==> ERROR: module not found: vfio_virqfd"},
	{"lockdown", "Lockdown: lspci: direct PCI access is restricted; see man kernel_lockdown.7"},
	{"lockdown", "Lockdown: rdmsr: raw MSR access is restricted; see man kernel_lockdown.7"},
	{"lockdown",
	 "Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7"},
	{"locked-down", "Kernel is locked down from EFI Secure Boot mode; see man kernel_lockdown.7"},
	{"driver-in-use",
	 "NVRM: Attempting to remove device 0000:01:00.0 with non-zero usage count!"},
	{"boot-console-on-gpu",
	 "[drm] Initialized simpledrm 1.0.0 20200625 for simple-framebuffer.0 on minor 0"},
	{"gpu-dead-in-guest", "amdgpu 0000:07:00.0: amdgpu: PSP firmware loading failed"},
	{"gpu-dead-in-guest", "amdgpu 0000:07:00.0: PSP tmr init failed!"},
	{"no-group",
	 "qemu-system-x86_64: -device vfio-pci,host=0000:00:02.0: vfio 0000:00:02.0: no iommu_group found: No such file or directory"},
	{"no-group",
	 "qemu-system-x86_64: -device vfio-pci,host=00:02.0: vfio error: 0000:00:02.0: no iommu_group found"},
	{"group-node-missing",
	 "vfio 0000:01:00.0: failed to open /dev/vfio/15: No such file or directory"},
	{"group-node-missing",
	 "vfio 0000:01:00.0: Could not open '/dev/vfio/15': No such file or directory"},
	{"group-busy", "vfio 0000:01:00.0: failed to open /dev/vfio/15: Device or resource busy"},
	{"group-busy", "vfio 0000:01:00.0: Could not open '/dev/vfio/15': Device or resource busy"},
	{"group-denied", "vfio 0000:01:00.0: failed to open /dev/vfio/15: Permission denied"},
	{"group-denied",
	 "vfio 0000:01:00.0: Could not open '/dev/vfio/15': Operation not permitted"},
	{"group-denied", "vfio 0000:01:00.0: failed to open /dev/vfio/vfio: Permission denied"},
	{"group-denied",
	 "vfio 0000:01:00.0: Could not open '/dev/vfio/vfio': Operation not permitted"},
	{"container-node-missing",
	 "vfio 0000:01:00.0: failed to open /dev/vfio/vfio: No such file or directory"},
	{"container-node-missing",
	 "vfio 0000:01:00.0: Could not open '/dev/vfio/vfio': No such device"},
	{"group-not-viable", "vfio 0000:01:00.0: group 15 is not viable"},
	{"group-not-viable",
	 "Please ensure all devices within the iommu_group are bound to their vfio bus driver."},
	{"dpdk-group-not-viable",
	 "EAL: 0000:44:00.3 VFIO group is not viable! Not all devices in IOMMU group bound to VFIO or unbound"},
	{"dpdk-group-not-viable", "EAL:   VFIO group is not viable!"},
	{"dpdk-no-group", "EAL: 0000:81:00.0 not managed by VFIO driver, skipping"},
	{"dpdk-group-not-opened", "EAL: Cannot open /dev/vfio/41: Device or resource busy"},
	{"dpdk-no-iommu-type", "EAL: 0000:03:00.0 failed to select IOMMU type"},
	{"dpdk-device-refused", "EAL: Getting a vfio_dev_fd for 0000:81:00.0 failed"},
	{"dpdk-bind-failed",
	 "Error: bind failed for 0000:02:06.0 - Cannot bind to driver vfio-pci: [Errno 22] Invalid argument"},
	{"vfio-pci-not-loaded",
	 "Error: bind failed for 0000:02:06.0 - Cannot open /sys/bus/pci/drivers/vfio-pci/bind: [Errno 2] No such file or directory"},
	{"container-refuses-group",
	 "vfio 0000:01:00.0: failed to setup container for group 15: Failed to set group container: Invalid argument"},
	{"container-refuses-group", "vfio: failed to set group container: Invalid argument"},
	{"container-refuses-group", "Failed to set group container: Invalid argument"},
	{"container-refuses-group",
	 "EAL: 0000:03:00.0 cannot add VFIO group to container, error 22 (Invalid argument)"},
	{"container-refuses-group",
	 "EAL: cannot add vfio group to container, error 22 (Invalid argument)"},
	{"container-refuses-group",
	 "vfio 0000:01:00.0: error bind device fd=26 to iommufd=25: Invalid argument"},
	{"container-refuses-owner",
	 "vfio 0000:01:00.0: failed to setup container for group 15: Failed to set group container: Device or resource busy"},
	{"container-refuses-owner", "vfio: failed to set group container: Operation not permitted"},
	{"container-refuses-owner", "Failed to set group container: Device or resource busy"},
	{"container-refuses-owner",
	 "EAL:   0000:03:00.0 cannot add VFIO group to container, error 1 (Operation not permitted)"},
	{"container-refuses-owner",
	 "EAL: cannot add vfio group to container, error 16 (Device or resource busy)"},
	{"iommu-refuses-container",
	 "vfio 0000:01:00.0: failed to setup container for group 15: Failed to set iommu for container: Operation not permitted"},
	{"iommu-refuses-container",
	 "vfio: failed to set iommu for container: Operation not permitted"},
	{"iommu-refuses-container", "Failed to set iommu for container: Operation not permitted"},
	{"iommu-refuses-container",
	 "vfio 0000:01:00.0: error bind device fd=26 to iommufd=25: Operation not permitted"},
	{"no-iommu-models",
	 "vfio 0000:01:00.0: failed to setup container for group 15: No available IOMMU models"},
	{"device-refused",
	 "vfio 0000:01:00.0: error getting device from group 15: Input/output error"},
	{"device-wants-token",
	 "vfio 0000:01:00.0: error getting device from group 15: Permission denied"},
	{"device-wants-no-token",
	 "vfio 0000:01:00.0: error getting device from group 15: Invalid argument"},
	{"device-not-got", "vfio 0000:01:00.0: error getting device from group 15"},
	{"device-not-got",
	 "Verify all devices in group 15 are bound to vfio-<bus> or pci-stub and not already in use"},
	{"device-attached-twice", "vfio 0000:01:00.0: device is already attached"},
	{"device-attached-twice", "vfio: group 15 used in multiple address spaces"},
	{"cannot-reset", "vfio: Cannot reset device 0000:01:00.0, no available reset mechanism."},
	{"cannot-reset", "Cannot reset device 0000:01:00.0, no available reset mechanism."},
	{"reset-needs-group",
	 "vfio: Cannot reset device 0000:01:00.0, depends on group 12 which is not owned."},
	{"reset-needs-group", "0000:01:00.0 depends on group 12 which is not owned."},
	{"config-unreadable", "vfio 0000:01:00.0: this isn't a PCI device"},
	{"config-unreadable", "vfio 0000:01:00.0: unexpected number of io regions 0"},
	{"config-unreadable", "vfio 0000:01:00.0: stuck in D3"},
	{"qemu-assertion",
	 "qemu-system-x86_64: ../hw/pci/pci.c:1487: pci_irq_handler: Assertion `0 <= irq_num && irq_num < PCI_NUM_PINS' failed."},
	{"intx-shared",
	 "vfio 0000:01:00.0: Failed to set up TRIGGER eventfd signaling for interrupt INTX-0: VFIO_DEVICE_SET_IRQS failure: Device or resource busy"},
	{"intx-shared",
	 "vfio 0000:01:00.0: Failed to set up TRIGGER eventfd signaling for interrupt INTX-0"},
	{"intx-flags",
	 "genirq: Flags mismatch irq 16. 00000000 (vfio-intx(0000:01:00.0)) vs. 00000080 (ehci_hcd:usb1)"},
	{"guest-slot-taken",
	 "PCI: slot 2 function 0 not available for vfio-pci, in use by VGA,id=video0"},
	{"guest-slot-taken", "PCI: slot 1 function 0 not available for vfio-pci, reserved"},
	{"guest-multifunction", "PCI: single function device can't be populated in function 2.1"},
	{"guest-multifunction",
	 "PCI: 2.0 indicates single function, but 2.1 is already populated."},
	{"cdev-missing", "vfio 0000:01:00.0: failed to find vfio-dev/vfioX/dev"},
	{"cdev-missing", "Could not open '/dev/iommu': No such file or directory"},
	{"cdev-missing", "failed to open /dev/iommu: No such file or directory"},
	{"cdev-missing", "lstat /dev/vfio/devices/vfio0: no such file or directory"},
	{"migration-refused", "vfio 0000:01:00.0: VFIO migration is not supported in kernel"},
	{"migration-refused", "Migration is currently not supported with vIOMMU enabled"},
	{"rom-unread", "vfio-pci: Cannot read device rom at 0000:01:00.0"},
	{"rom-unread", "Cannot read device rom"},
	{"bar-not-mapped", "Failed to mmap 0000:01:00.0 BAR 0. Performance may be slow"},
	{"bar-not-mapped", "Failed to mmap mdev BAR 0. Performance may be slow"},
	{"bar-write-failed",
	 "vfio_region_write(0000:01:00.0:region1+0x1b2, 0x0,8) failed: Device or resource busy"},
	{"bar-write-failed",
	 "vfio_region_read(0000:01:00.0:region1+0x1b2, 8) failed: Device or resource busy"},
	{"bar-write-failed",
	 "vfio_region_write(mdev:region1+0x1b2, 0x0,8) failed: Device or resource busy"},
	{"bar-write-failed", "vfio_region_read(mdev:region1+0x1b2, 8) failed: Input/output error"},
	{"map-beyond-memlock",
	 "vfio_dma_map(0x55d3c8a2, 0x0, 0x80000000, 0x7f1e3fe00000) = -12 (Cannot allocate memory)"},
	{"map-beyond-memlock",
	 "vfio_container_dma_map(0x55d3c8a2, 0x0, 0x80000000, 0x7f1e3fe00000) = -12 (Cannot allocate memory)"},
	{"map-beyond-memlock", "VFIO_MAP_DMA failed: Cannot allocate memory"},
	{"map-beyond-width",
	 "vfio_dma_map(0x5e043daea2f0, 0x380010000000, 0x2000000, 0x771a6ce00000) = -22 (Invalid argument)"},
	{"map-beyond-width",
	 "vfio_container_dma_map(0x5e043daea2f0, 0x380010000000, 0x2000000, 0x771a6ce00000) = -22 (Invalid argument)"},
	{"map-beyond-width", "VFIO_MAP_DMA failed: Invalid argument"},
	{"map-entries-used-up",
	 "vfio_dma_map(0x5e043daea2f0, 0x10000000, 0x1000, 0x771a6ce00000) = -28 (No space left on device)"},
	{"map-entries-used-up",
	 "vfio_container_dma_map(0x5e043daea2f0, 0x10000000, 0x1000, 0x771a6ce00000) = -28 (No space left on device)"},
	{"map-entries-used-up", "VFIO_MAP_DMA failed: No space left on device"},
	{"map-entries-run-out", "vfio_listener_region_add possibly running out of DMA mappings."},
	{"map-of-bar", "IOMMU_IOAS_MAP failed: Bad address, PCI BAR?"},
	{"map-of-bar",
	 "vfio_dma_map(0x5e043daea2f0, 0x380010000000, 0x2000000, 0x771a6ce00000) = -14 (Bad address)"},
	{"map-of-bar",
	 "vfio_container_dma_map(0x5e043daea2f0, 0x380010000000, 0x2000000, 0x771a6ce00000) = -14 (Bad address)"},
	{"map-of-bar", "VFIO_MAP_DMA failed: Bad address"},
	{"map-of-bar-hint", "PCI peer-to-peer transactions on BARs are not supported."},
	{"map-failed",
	 "vfio_dma_map(0x5e043daea2f0, 0x380010000000, 0x2000000, 0x771a6ce00000) = -16 (Device or resource busy)"},
	{"map-failed",
	 "vfio_container_dma_map(0x5e043daea2f0, 0x380010000000, 0x2000000, 0x771a6ce00000) = -17 (File exists)"},
	{"map-failed", "VFIO_MAP_DMA failed: File exists"},
	{"map-failed", "IOMMU_IOAS_MAP failed: File exists"},
	{"memory-listener",
	 "failed to setup container for group 15: memory listener initialization failed: Region pc.ram: ..."},
	{"memory-listener", "memory listener initialization failed for container"},
	{"viommu-too-wide", "vfio 0000:01:00.0: aw-bits 57 > host aw-bits 48"},
	{"viommu-too-wide", "supported values for aw-bits are: 39, 48"},
	{"memory-slots", "KVM_SET_USER_MEMORY_REGION failed: Invalid argument"},
	{"memory-slots", "kvm_alloc_slot: no free slot available"},
	{"memory-slots", "kvm_set_user_memory_region: ioctl failed"},
	{"no-passthrough",
	 "unsupported configuration: host doesn't support passthrough of host PCI devices"},
	{"no-passthrough",
	 "error: unsupported configuration: host doesn't support VFIO PCI passthrough"},
	{"dmar-not-seen",
	 "QEMU: Checking for device assignment IOMMU support : WARN (No ACPI DMAR table found, IOMMU either disabled in BIOS or not supported by this hardware platform)"},
	{"ivrs-not-seen",
	 "QEMU: Checking for device assignment IOMMU support : WARN (No ACPI IVRS table found, IOMMU either disabled in BIOS or not supported by this hardware platform)"},
	{"backend-default", "internal error: pci backend driver 'default' is not supported"},
	{"header-type-127",
	 "internal error: Unknown PCI header type '127' for device '0000:01:00.0'"},
	{"header-type-127", "internal error: Unknown PCI header type '127'"},
	{"header-type-127", "neizvestny header type '127'"},
	{"function-in-use",
	 "Requested operation is not valid: PCI device 0000:01:00.0 is in use by driver QEMU, domain guest"},
	{"not-isolated", "PCI device 0000:01:00.0 is not assignable"},
	{"not-isolated", "PCI device '0000:01:00.0' is not assignable"},
	{"not-isolated",
	 "Device 0000:01:00.0 is behind a switch lacking ACS and cannot be assigned"},
	{"unmanaged", "Unmanaged PCI device 0000:01:00.0 must be manually detached from the host"},
	{"libvirt-cannot-reset",
	 "internal error: Unable to reset PCI device 0000:01:00.0: no FLR, PM reset or bus reset available"},
	{"libvirt-cannot-reset", "internal error: Unable to reset PCI device 0000:01:00.0: other"},
	{"libvirt-cannot-reset",
	 "Active 0000:01:00.1 devices on bus with 0000:01:00.0, not doing bus reset"},
	{"function-missing",
	 "Device 0000:09:00.0 not found: could not access /sys/bus/pci/devices/0000:09:00.0/config: No such file or directory"},
	{"unbind-failed", "Failed to unbind PCI device '0000:01:00.0' from nvidia"},
	{"unbind-failed", "Failed to unbind PCI device"},
	{"unbind-failed", "Failed to add PCI device ID to vfio-pci: driver_override interface"},
	{"vfio-module-refused",
	 "Failed to load PCI driver module vfio_pci: administratively prohibited"},
	{"vfio-module-refused",
	 "Failed to load PCI driver module vfio-pci: administratively prohibited"},
	{"memlock-refused",
	 "cannot limit locked memory of process 1234 to 9663676416: Operation not permitted"},
	{"memlock-refused", "cannot limit locked memory to 9663676416: Operation not permitted"},
	{"memlock-refused", "cannot limit locked memory"},
	{"guest-address", "XML error: Attempted double use of PCI Address 0000:00:02.0"},
	{"guest-address",
	 "XML error: Attempted double use of PCI slot 0000:00:02.0 (may need \"multifunction='on'\" for device on function 0)"},
	{"guest-address", "Only PCI device addresses with function=0 are supported"},
	{"guest-address", "Single function device addresses with function=0 expected"},
	{"guest-address", "No more available PCI slots"},
	{"guest-address", "XML error: Invalid PCI address 0000:00:20.0, slot must be <= 31"},
	{"proxmox-reset",
	 "failed to reset PCI device '0000:01:00.0', but trying to continue as not all devices need a reset"},
	{"proxmox-reset",
	 "error writing '1' to '/sys/bus/pci/devices/0000:01:00.0/reset': Inappropriate ioctl for device"},
	{"selinux-denied",
	 "avc:  denied  { write } for  pid=1 comm=\"qemu-kvm\" name=\"config\" dev=\"sysfs\" ino=3 tcontext=system_u:object_r:sysfs_t:s0"},
	{"selinux-denied",
	 "avc:  denied  { read write } for  pid=1 comm=\"qemu\" tcontext=system_u:object_r:vfio_device_t:s0 tclass=chr_file permissive=0"},
	{"selinux-denied",
	 "avc:  denied  { open } for  pid=1 comm=\"qemu\" path=\"/dev/vfio/vfio\" tclass=chr_file"},
	{"apparmor-denied",
	 "audit: type=1400 apparmor=\"DENIED\" operation=\"open\" profile=\"libvirt-5f\" name=\"/dev/vfio/12\" pid=1"},
	{"apparmor-denied",
	 "audit: type=1400 apparmor=\"DENIED\" operation=\"open\" profile=\"libvirt-5f\" name=\"/dev/vfio/vfio\" pid=1"},
	{"efifb-assigned", "pci 0000:01:00.0: BAR 1: assigned to efifb"},
	{"efifb-assigned", "pci 0000:01:00.0: vgaarb: setting as boot VGA device"},
	{"efifb-assigned",
	 "pci 0000:01:00.0: BAR 1 [mem 0xd0000000-0xdfffffff 64bit pref]: assigned to efifb"},
	{"vt-d-option-read", "DMAR: IOMMU enabled"},
	{"vt-d-runs", "DMAR: Intel(R) Virtualization Technology for Directed I/O"},
	{"iommu-v2-missing",
	 "AMD IOMMUv2 functionality not available on this system - This is not a bug."},
	{"vfio-loaded", "VFIO - User Level meta-driver version: 0.3"},
	{"vfio-ids-read", "vfio_pci: add [10de:1b80[ffffffff:ffffffff]] class 0x000000/00000000"},
	{"vfio-ids-read", "vfio_pci: add [ffff"},
	{"device-enabled", "vfio-pci 0000:01:00.0: enabling device (0000 -> 0002)"},
	{"capability-hidden", "vfio-pci 0000:01:00.0: vfio_ecap_init: hiding ecap 0x1e@0x154"},
	{"capability-hidden", "vfio-pci 0000:01:00.0: vfio_cap_init: hiding cap 0x5@0x50"},
	{"graphics-translated", "pci 0000:00:02.0: DMAR: Skip IOMMU disabling for graphics"},
	{"units-differ", "DMAR: IOMMU feature pgsel_inv inconsistent"},
	{"units-differ", "IOMMU feature sc_support inconsistent"},
	{"vga-decodes",
	 "vfio-pci 0000:01:00.0: vgaarb: changed VGA decodes: olddecodes=io+mem,decodes=none:owns=none"},
	{"vga-decodes",
	 "vfio-pci 0000:01:00.0: vgaarb: VGA decodes changed: olddecodes=io+mem,decodes=none:owns=none"},
	{"vga-decodes", "changed VGA decodes: olddecodes=io+mem"},
	{"vga-decodes", "VGA decodes changed: olddecodes=io+mem"},
	{"msr-ignored", "kvm [1234]: ignored rdmsr: 0x611 data 0x0"},
	{"msr-ignored", "kvm [1234]: ignored wrmsr: 0x1c9 data 0x3"},
	{"msr-ignored", "ignored rdmsr"},
	{"intx-broken", "vfio-pci 0000:01:00.0: Masking broken INTx support"},
	{"module-builtin", "modprobe: FATAL: Module vfio_pci is builtin."},
	{"module-builtin", "modprobe: FATAL: Module vfio is builtin."},
	{"module-builtin", "modprobe: FATAL: Module vfio_iommu_type1 is builtin."},
	{"bars-restored",
	 "vfio-pci 0000:01:00.0: vfio_bar_restore: reset recovery - restoring BARs"},
	{"bars-restored",
	 "vfio-pci 0000:01:00.0: vfio_bar_restore: reset_recovery - restoring BARs"},
	{"translation-was-on",
	 "DMAR: Translation was enabled for dmar0 but we are not in kdump mode"},
	{"translation-was-on", "Translation was enabled for ivhd0"},
	{"default-domain", "iommu: Default domain type: Translated"},
	{"config-not-opened",
	 "Failed to open config space file '/sys/bus/pci/devices/0000:3d:06.2/config': Permission denied"},
	{"guest-address",
	 "PCI controller at index 1 (0x01) has bus='0x01', but index must be larger than bus"},
	{"bind-invalid",
	 "error writing to bind file: write /sys/bus/pci/drivers/vfio-pci/bind: invalid argument, requeuing"},
	{"write-no-device", "write /sys/bus/pci/drivers/vfio-pci/bind: no such device"},
	{"vfs-no-space",
	 "tee: /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs: No space left on device"},
	{"vfs-no-space",
	 "write /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs: no space left on device"},
	{"vfs-no-space", "bash: echo: write error: No space left on device"},
	{"vfio-pci-not-loaded",
	 "error opening new_id file: open /sys/bus/pci/drivers/vfio-pci/new_id: no such file or directory"},
	{"vfio-pci-not-loaded",
	 "bash: /sys/bus/pci/drivers/vfio-pci/new_id: No such file or directory"},
	{"vfio-pci-not-loaded",
	 "open /sys/bus/pci/drivers/vfio-pci/bind: no such file or directory"},
	{"vfio-pci-not-loaded",
	 "tee: /sys/bus/pci/drivers/vfio-pci/bind: No such file or directory"},
	{"device-not-in-group",
	 "vfio 0000:01:00.0: error getting device from group 2: No such device"},
};

/* Lines of desktops and servers at home. */
static const struct line home_lines[] = {
	{"graphics-not-translated",
	 "pci 0000:00:02.0: DMAR: Disabling IOMMU for graphics on this chipset"},
	{"graphics-not-translated",
	 "DMAR: BIOS has allocated no shadow GTT; disabling IOMMU for graphics"},
	{"registers-all-ones", "snd_hda_intel 0000:0a:00.1: CORB reset timeout#2, CORBRP = 65535"},
	{"registers-all-ones",
	 "nvme nvme0: controller is down; will reset: CSTS=0xffffffff, PCI_STATUS=0x10"},
	{"registers-all-ones", "nvme nvme0: Device not ready; aborting reset, CSTS=0xffffffff"},
	{"registers-all-ones",
	 "nvme nvme0: Device not ready; aborting initialisation, CSTS=0xffffffff"},
	{"nvme-not-ready", "nvme nvme5: Device not ready; aborting initialisation, CSTS=0x2"},
	{"nvme-not-ready", "nvme nvme0: Device not ready; aborting reset, CSTS=0x1"},
	{"nvme-not-ready", "nvme nvme0: Device not ready; aborting shutdown, CSTS=0x1"},
	{"usb-controller-died",
	 "xhci_hcd 0000:08:00.3: xHCI host controller not responding, assume dead"},
	{"usb-controller-died", "xhci_hcd 0000:08:00.3: HC died; cleaning up"},
	{"usb-controller-died", "xhci_hcd 0000:08:00.3: Controller not ready at resume -19"},
	{"hba-not-operational", "mpt3sas_cm0: SAS host is non-operational !!!!"},
	{"link-stays-down", "pcieport 0000:00:03.1: retraining failed"},
	{"iommu-no-answer",
	 "AMD-Vi: Event logged [IOTLB_INV_TIMEOUT device=0000:0d:00.0 address=0x100]"},
	{"iommu-no-answer", "AMD-Vi: Event logged [IOTLB_INV_TIMEOUT"},
	{"virqfd-gone", "systemd-modules-load[300]: Failed to find module 'vfio_virqfd'"},
	{"gpu-dead-in-guest", "amdgpu 0000:03:00.0: [drm] *ERROR* PSP create ring failed!"},
	{"gpu-dead-in-guest", "[drm:psp_hw_start [amdgpu]] *ERROR* PSP load kdb failed!"},
	{"split-lock", "#AC: CPU 0/KVM/1234 took a split_lock trap at address: 0x7ef1d050"},
	{"bar-not-resized", "i915 0000:03:00.0: [drm] Failed to resize BAR2 to 16384M (-ENOSPC)"},
	{"bar-not-resized", "xe 0000:03:00.0: [drm] Failed to resize BAR2 to 8192M ("},
	{"sfp-refused",
	 "0000:02:00.0: failed to load because an unsupported SFP+ or QSFP module type was detected."},
	{"sfp-refused",
	 "0000:02:00.0: failed to load because an unsupported SFP+ module type was detected."},
	{"proxmox-mapping-stale",
	 "TASK ERROR: PCI device mapping invalid (hardware probably changed): missing"},
	{"proxmox-mapping-missing",
	 "TASK ERROR: PCI device mapping not found for 'gpu' on node 'pve1'"},
	{"igd-opregion-missing",
	 "vfio 0000:00:02.0: Device does not supports IGD OpRegion feature"},
	{"igd-opregion-missing",
	 "vfio 0000:00:02.0: device does not supports IGD OpRegion feature"},
	{"igd-opregion-missing", "vfio 0000:00:02.0: Device does not support IGD OpRegion feature"},
	{"igd-opregion-missing",
	 "vfio 0000:00:02.0: does not support requested IGD OpRegion feature"},
	{"igd-legacy", "kvm: IGD device 0000:00:02.0 has no ROM, legacy mode disabled"},
	{"vga-not-offered", "vfio 0000:00:02.0: failed getting region info for VGA region index 8"},
	{"romfile-missing", "kvm: failed to find romfile \"gpu.rom\""},
	{"guest-stopped-by-error",
	 "Unrecoverable error detected. Please collect any data possible and then kill the guest"},
	{"proxmox-not-q35", "TASK ERROR: q35 machine model is not enabled at PCI.pm line 514."},
	{"proxmox-legacy-igd", "legacy IGD assignment requires VGA mode to be 'none'"},
	{"proxmox-legacy-igd", "legacy IGD assignment is not compatible with x-vga"},
	{"proxmox-legacy-igd", "only one device can be assigned in legacy-igd mode"},
	{"gpu-driver-failed",
	 "NVRM: GPU 0000:01:00.0: rm_init_adapter failed, device minor number 0"},
	{"bar-without-room",
	 "pci 0000:04:01.0: bridge window [mem size 0x00100000]: can't assign; no space"},
	{"bar-without-room",
	 "pci 0000:04:01.0: bridge window [mem size 0x00100000 64bit pref]: failed to assign"},
	{"hugepages-short",
	 "HugeTLB: allocating 16 of page size 1.00 GiB failed.  Only allocated 10 hugepages."},
	{"hugepages-short",
	 "HugeTLB: allocating 4 of page size 1.00 GiB failed node1.  Only allocated 1 hugepages."},
	{"guest-killed", "Out of memory: Killed process 2412 (kvm) total-vm:16777216kB"},
	{"guest-killed", "Out of memory: Killed process 2412 (qemu-system-x86) total-vm:1kB"},
	{"guest-killed", "Out of memory: Killed process 2412 (qemu-kvm) total-vm:1kB"},
	{"intx-flags",
	 "genirq: Flags mismatch irq 16. 00000000 (vfio-intx(0000:05:00.0)) vs. 00000080 (ehci)"},
	{"intx-flags", "genirq: Flags mismatch irq 16. 00000000 (x) vs. 00000080 (ehci_hcd:usb1)"},
	{"amd-vi-fault",
	 "0000:02:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x001e address=0x1da414000 f"},
	{"amd-vi-fault", "AMD-Vi: Event logged [IO_PAGE_FAULT"},
	{"requester-id-known", "pci 0000:04:00.0: Enabling fixed DMA alias to 00.0"},
	{"acs-workaround", "pcieport 0000:00:1c.4: Intel SPT PCH root port ACS workaround enabled"},
	{"acs-workaround", "pci 0000:00:1c.0: Intel PCH root port ACS workaround enabled"},
	{"mapping-too-wide",
	 "resource sanity check: requesting [mem 0x000c0000-0x000dffff], which spans"},
	{"vfs-made", "xe 0000:00:02.0: [drm] PF: Enabled 7 of 7 VFs"},
};

enum { LINE_COUNT = ARRAY_LENGTH(lines) + ARRAY_LENGTH(home_lines) };

static const struct line *line_at(size_t index)
{
	return index < ARRAY_LENGTH(lines) ? &lines[index]
					   : &home_lines[index - ARRAY_LENGTH(lines)];
}

enum { MOST_FORMS = 1024 };

/* Forms that a line was read by. */
struct shown {
	const char *forms[MOST_FORMS];
	size_t count;
};

static const struct log_findings *scan_text(struct log_scan *scan, const char *text)
{
	log_scan_clear(scan);
	log_scan_read(scan, text, strlen(text));
	log_scan_end(scan);
	return log_scan_findings(scan);
}

static bool has_message(const struct log_findings *found, const char *id)
{
	for (size_t i = 0; i < found->event_count; i++) {
		if (strcmp(found->events[i].message->id, id) == 0)
			return true;
	}
	return false;
}

static void note_forms(const struct log_findings *found, struct shown *shown)
{
	for (size_t i = 0; i < found->event_count; i++)
		shown->forms[shown->count++] = found->events[i].form;
}

static bool is_shown(const struct shown *shown, const struct log_message *message, const char *form)
{
	for (size_t i = 0; i < shown->count; i++) {
		for (size_t k = 0; k < LOG_MOST_FORMS && message->forms[k]; k++) {
			if (shown->forms[i] == form && message->forms[k] == form)
				return true;
		}
	}
	return false;
}

static void expect_all_shown(const struct shown *shown)
{
	for (size_t i = 0; log_tables[i]; i++) {
		for (size_t k = 0; k < log_tables[i]->count; k++) {
			const struct log_message *message = &log_tables[i]->rows[k];
			for (size_t f = 0; f < LOG_MOST_FORMS && message->forms[f]; f++) {
				test_row("%s: %s", message->id, message->forms[f]);
				assert_true(message->role != LOG_MESSAGE ||
					    is_shown(shown, message, message->forms[f]));
			}
		}
	}
}

static void each_form_of_each_message_is_read_of_a_line(void **state)
{
	static struct shown shown;

	for (size_t i = 0; i < LINE_COUNT; i++) {
		const struct line *line = line_at(i);
		test_row("%s", line->text);
		const struct log_findings *found = scan_text(*state, line->text);
		assert_true(has_message(found, line->id));
		assert_true(shown.count < MOST_FORMS - 32);
		note_forms(found, &shown);
	}
	expect_all_shown(&shown);
}

static void the_form_that_says_more_of_the_same_text_is_the_message(void **state)
{
	static const struct line rows[] = {
		{"vf-bar-unplaced", "pci 0000:84:00.0: BAR 7: failed to assign [mem size 0x4000]"},
		{"vf-bar-unplaced", "pci 0000:84:00.0: BAR 12: no space for [mem size 0x4000]"},
		{"rom-without-room", "pci 0000:84:00.0: BAR 6: no space for [mem size 0x4000]"},
		{"amd-vi-on-anyway", "AMD-Vi: Unknown option - 'on'"},
		{"parameters-unknown",
		 "Unknown kernel command line parameters \"splash pcie_acs_override=multifunction\", will be passed to user space."},
		{"bar-without-room", "pci 0000:84:00.0: BAR 13: no space for [mem size 0x4000]"},
		{"registers-all-ones",
		 "nvme nvme0: Device not ready; aborting reset, CSTS=0xffffffff"},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].text);
		const struct log_findings *found = scan_text(*state, rows[i].text);
		assert_int_equal(found->event_count, 1);
		assert_string_equal(found->events[0].message->id, rows[i].id);
	}
}

static void a_split_lock_of_the_hosts_programs_is_no_message(void **state)
{
	const char *line = "x86/split lock detection: #AC: game.exe/4242 took a split_lock trap at "
			   "address: 0x7ef1d050";

	assert_int_equal(scan_text(*state, line)->event_count, 0);
}

/* pcie_failed_link_retrain() says so before it retrains, and at boot. */
static void an_attempt_to_retrain_is_no_message(void **state)
{
	const char *line = "pcieport 0000:00:1c.6: broken device, retraining non-functional "
			   "downstream link at 2.5GT/s";

	assert_int_equal(scan_text(*state, line)->event_count, 0);
}

static void write_errors_of_disks_are_no_messages(void **state)
{
	static const char *const rows[] = {
		"gzip: stdout: write error: Input/output error",
		"tar: write error: No space left on device",
		"xz: (stdout): Write error: No space left on device",
		"rsync: [receiver] write error: Input/output error (5)",
		"sort: write error: No space left on device",
		"cat: write error: Invalid argument",
		"dd: write error: Cannot allocate memory",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i]);
		assert_int_equal(scan_text(*state, rows[i])->event_count, 0);
	}
}

/* A capture keeps no more of a log than that. */
static void what_is_kept_of_a_log_holds_every_message(void **state)
{
	struct arena *arena = arena_new();
	struct buffer all = {.arena = arena};

	for (size_t i = 0; i < LINE_COUNT; i++) {
		const struct line *line = line_at(i);
		buffer_add_line(&all, line->text, strlen(line->text));
		buffer_add_line(&all, "secret 52:54:00:12:34:56",
				strlen("secret 52:54:00:12:34:56"));
	}
	const struct fact_text log = known_text("/dev/kmsg", buffer_text(&all));
	struct fact_text kept = log_keep(arena, &log);
	assert_int_equal(kept.fact.state, FACT_KNOWN);
	assert_null(strstr(kept.text, "secret"));
	assert_null(strstr(kept.text, "52:54:00"));
	const struct log_findings *found = scan_text(*state, kept.text);
	for (size_t i = 0; i < LINE_COUNT; i++) {
		const struct line *line = line_at(i);
		test_row("%s", line->text);
		assert_true(has_message(found, line->id));
	}
	arena_free(arena);
}

static void a_form_that_goes_on_with_something_is_told_so(void **state)
{
	struct arena *arena = arena_new();
	const struct log_values none = {0};

	(void)state;
	assert_string_equal(log_pattern_text(arena, "iommu: Default domain type: ", &none),
			    "iommu: Default domain type: ...");
	arena_free(arena);
}

static void a_form_that_begins_with_a_colon_follows_the_function(void **state)
{
	struct arena *arena = arena_new();
	struct log_values values = {0};

	(void)state;
	values.has_function = pci_address_parse("0000:01:00.0", &values.function) == 0;
	assert_string_equal(log_pattern_text(arena, ": retraining failed", &values),
			    "0000:01:00.0: retraining failed");
	arena_free(arena);
}

static void what_is_kept_has_function_group_and_error(void **state)
{
	struct arena *arena = arena_new();
	const struct fact_text log = known_text(
		"/var/log/libvirt/qemu/a.log",
		"2024-01-09T10:03:12Z qemu-system-x86_64: -device vfio-pci,host=01:00.0: vfio "
		"0000:01:00.0: failed to open /dev/vfio/7: Device or resource busy\n");
	struct fact_text kept = log_keep(arena, &log);

	(void)state;
	assert_string_equal(kept.text,
			    "6,0,0,-;0000:01:00.0: failed to open /dev/vfio/7: Device or "
			    "resource busy\n");
	assert_string_equal(log_keep(arena, &kept).text, kept.text);
	arena_free(arena);
}

/* What a form is too long for, or what begins with a field, is no pattern. */
static void each_form_is_a_pattern(void **state)
{
	struct log_pattern pattern;

	(void)state;
	for (size_t i = 0; log_tables[i]; i++) {
		for (size_t k = 0; k < log_tables[i]->count; k++) {
			const struct log_message *message = &log_tables[i]->rows[k];
			for (size_t f = 0; f < LOG_MOST_FORMS && message->forms[f]; f++) {
				test_row("%s: %s", message->id, message->forms[f]);
				assert_true(log_pattern_parse(message->forms[f], &pattern));
			}
		}
	}
}

static void expect_explainers(const struct log_message *message)
{
	for (size_t i = 0; i < LOG_MOST_EXPLAINERS && message->explained_by[i]; i++) {
		test_row("%s, explained by %s", message->id, message->explained_by[i]);
		const struct log_message *explainer = log_message_find(message->explained_by[i]);
		assert_non_null(explainer);
		for (size_t k = 0; k < LOG_MOST_EXPLAINERS && explainer->explained_by[k]; k++) {
			const struct log_message *last =
				log_message_find(explainer->explained_by[k]);
			assert_non_null(last);
			assert_ptr_not_equal(last, message);
			assert_null(last->explained_by[0]);
		}
	}
}

static void explanations_end(void **state)
{
	(void)state;
	for (size_t i = 0; log_tables[i]; i++) {
		for (size_t k = 0; k < log_tables[i]->count; k++)
			expect_explainers(&log_tables[i]->rows[k]);
	}
}

static void expect_sentences(const struct log_message *message)
{
	test_row("%s", message->id);
	assert_ptr_equal(log_message_find(message->id), message);
	if (message->role != LOG_MESSAGE)
		return;
	assert_non_null(message->meaning);
	assert_int_equal(message->meaning[strlen(message->meaning) - 1], '.');
	assert_true((message->settle != NULL) == (message->severity != LOG_HARMLESS));
}

static void each_message_says_what_it_proves_and_what_settles_it(void **state)
{
	(void)state;
	for (size_t i = 0; log_tables[i]; i++) {
		for (size_t k = 0; k < log_tables[i]->count; k++)
			expect_sentences(&log_tables[i]->rows[k]);
	}
}

static int scan_setup(void **state)
{
	*state = log_scan_new();
	return *state ? 0 : -1;
}

static int scan_teardown(void **state)
{
	log_scan_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_is_a_pattern),
		cmocka_unit_test(each_form_of_each_message_is_read_of_a_line),
		cmocka_unit_test(the_form_that_says_more_of_the_same_text_is_the_message),
		cmocka_unit_test(an_attempt_to_retrain_is_no_message),
		cmocka_unit_test(a_split_lock_of_the_hosts_programs_is_no_message),
		cmocka_unit_test(write_errors_of_disks_are_no_messages),
		cmocka_unit_test(what_is_kept_of_a_log_holds_every_message),
		cmocka_unit_test(a_form_that_goes_on_with_something_is_told_so),
		cmocka_unit_test(a_form_that_begins_with_a_colon_follows_the_function),
		cmocka_unit_test(what_is_kept_has_function_group_and_error),
		cmocka_unit_test(explanations_end),
		cmocka_unit_test(each_message_says_what_it_proves_and_what_settles_it),
	};

	return cmocka_run_group_tests(tests, scan_setup, scan_teardown);
}
