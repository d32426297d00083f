/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/sriov/vf_driver.h"

#include <pci/header.h>
#include <string.h>

#include "host/base/array.h"
#include "host/boot/boolean.h"
#include "host/pci/capabilities.h"
#include "host/persistence/sriov_config.h"

enum { VENDOR_NVIDIA = 0x10de };

#define OWN_RESOURCES "may refuse for want of the device's own resources"

#define FEWER "makes fewer where the adapter's own resources run out"

/* adf_sriov_configure() gives EBUSY for adf_dev_in_use(), and ignores the number that is written:
 * adf_enable_sriov() enables TotalVFs. */
#define QAT_IN_USE "refuses while the host's own cryptography uses the device (EBUSY)"

/* qm_vf_q_assign() gives EINVAL. */
#define HISI_QUEUES                                                                                \
	"refuses more than it has queues beside its own, of which its option pf_q_num= says how "  \
	"many there are"

#define WANGXUN_HASHING                                                                            \
	"refuses while ethtool -X has set its receive hashing (EBUSY), and where it has no room "  \
	"for the VFs' filters"

/* otx2_cpt_create_eng_grps(), otx_cpt_try_create_default_eng_grps() */
#define CPT_MICROCODE "refuses where the microcode of its engines is missing"

#define MLXCONFIG                                                                                  \
	"set SRIOV_EN=1 and NUM_OF_VFS in the device's firmware with mlxconfig, then reboot"

#define ADAPTER_SETUP                                                                              \
	"switch SR-IOV on and set the number of VFs in the adapter's setup, or with its vendor's " \
	"tool"

static const struct vf_driver drivers[] = {
	/* igb_enable_sriov() refuses more than 7, and any without IGB_FLAG_HAS_MSIX;
	 * igb_probe_vfs() clamps max_vfs to 7. igb_sriov_reinit() closes the interface. */
	{.name = "igb",
	 .has_hook = true,
	 .limit = 7,
	 .needs_msix = true,
	 .resets = true,
	 .fate = VF_FATE_GONE},
	/* ixgbe_pci_sriov_enable(): IXGBE_MAX_VFS_DRV_LIMIT, _4TC and _8TC of ixgbe_sriov.h;
	 * ixgbe_sriov_reinit(). */
	{.name = "ixgbe",
	 .has_hook = true,
	 .limit = 63,
	 .resets = true,
	 .fate = VF_FATE_GONE,
	 .sure = 15,
	 .pool = "takes 31 with up to 4 traffic classes, 15 with more, and fewer where macvlans are "
		 "offloaded",
	 .firmware = ADAPTER_SETUP},
	/* i40e_pci_enable_sriov() refuses above num_req_vfs, which its firmware gives (7.3);
	 * i40e_do_reset_safe() as its switch goes on and off. */
	{.name = "i40e",
	 .has_hook = true,
	 .resets = true,
	 .fate = VF_FATE_GONE,
	 .pool = "refuses more VFs than the device's firmware sets aside for this port; the kernel's "
		 "log then says how many it takes (\"Limited to … VFs\")",
	 .firmware = ADAPTER_SETUP},
	/* ice.rst of Documentation/networking: 256 VFs a device. ice_init_lag() of 6.5 lets VFs and
	 * link aggregation be together. ice_set_per_vf_res() gives ENOSPC where it has no two
	 * vectors for each VF (ICE_MIN_INTR_PER_VF); ice_ena_msix_range() takes one for each CPU,
	 * as many again for RDMA, and ICE_MIN_LAN_OICR_MSIX, ICE_FDIR_MSIX, ICE_ESWITCH_MSIX and
	 * ICE_RDMA_NUM_AEQ_MSIX (6.1). */
	{.name = "ice",
	 .has_hook = true,
	 .fate = VF_FATE_GONE,
	 .pool = "shares 256 VFs among its ports",
	 .device_pool = 256,
	 .no_lag_until = 6 << 8 | 5,
	 .vf_vectors = 2,
	 .cpu_vectors = 2,
	 .own_vectors = 8,
	 .firmware = ADAPTER_SETUP},
	{.name = "mlx5_core",
	 .has_hook = true,
	 .needs_interface = true,
	 .fate = VF_FATE_GONE,
	 .firmware = MLXCONFIG},
	/* nvme, ena and pci-pf-stub use pci_sriov_configure_simple(), which has no rule of its own.
	 */
	{.name = "nvme", .has_hook = true, .fate = VF_FATE_KEPT},
	{.name = "ena", .has_hook = true},
	{.name = "pci-pf-stub", .has_hook = true, .fate = VF_FATE_KEPT},
	/* virtio_pci_sriov_configure(), drivers/virtio/virtio_pci_common.c */
	{.name = "virtio-pci",
	 .has_hook = true,
	 .fate = VF_FATE_GONE,
	 .pool = "refuses unless the device offers VIRTIO_F_SR_IOV"},
	/* vfio_pci_sriov_configure() returns ENOENT without the parameter enable_sriov. */
	{.name = "vfio-pci", .has_hook = true},
	/* bnxt_sriov_configure() answers 0 while the interface is down, so the write succeeds and
	 * makes none; bnxt_sriov_enable() makes fewer where rings run out (6.1 to 7.3).
	 * bnx2x_sriov_configure() gives EINVAL while it is down, and makes fewer, too. */
	{.name = "bnxt_en",
	 .has_hook = true,
	 .needs_up = true,
	 .pool = FEWER,
	 .firmware = ADAPTER_SETUP},
	{.name = "bnx2x",
	 .has_hook = true,
	 .needs_up = true,
	 .pool = FEWER,
	 .firmware = ADAPTER_SETUP},
	/* xe_sriov_pf_readiness() lowers sriov_totalvfs to max_vfs, by default 0 in 6.12 and no
	 * limit in 7.3. */
	{.name = "xe", .has_hook = true, .pool = OWN_RESOURCES, .parameter = "max_vfs"},
	{.name = "420xx", .has_hook = true, .makes_all = true, .pool = QAT_IN_USE},
	{.name = "4xxx", .has_hook = true, .makes_all = true, .pool = QAT_IN_USE},
	{.name = "6xxx", .has_hook = true, .makes_all = true, .pool = QAT_IN_USE},
	{.name = "c3xxx", .has_hook = true, .makes_all = true, .pool = QAT_IN_USE},
	{.name = "c6xx", .has_hook = true, .makes_all = true, .pool = QAT_IN_USE},
	{.name = "dh895xcc", .has_hook = true, .makes_all = true, .pool = QAT_IN_USE},
	/* pci_sriov_configure_simple(), 7.2 and 7.3 */
	{.name = "alibaba_eea", .has_hook = true, .hook_since = 7 << 8 | 2},
	/* amdxdna_sriov_configure() of 7.2; 6.12 has no such driver. */
	{.name = "amdxdna",
	 .has_hook = true,
	 .hook_since = 7 << 8 | 2,
	 .pool = "refuses where the device is of an older kind, or its firmware makes no more"},
	/* be_pci_sriov_configure() answers 0 where be_vf_setup() fails; be_get_sriov_config() puts
	 * the adapter's limit into sriov_totalvfs. */
	{.name = "be2net",
	 .has_hook = true,
	 .pool = "makes none where the adapter's own resources run out, though the write succeeds",
	 .firmware = ADAPTER_SETUP},
	/* num_vfs_valid(), drivers/crypto/cavium/nitrox; its module is n5pf. */
	{.name = "CNN55XX",
	 .has_hook = true,
	 .pool = "takes 16, 32, 64 or 128 VFs and no other number"},
	/* cxgb4_iov_configure() */
	{.name = "cxgb4",
	 .has_hook = true,
	 .pool = "refuses below a port that cannot forward ARI, and where its firmware does not run",
	 .firmware = ADAPTER_SETUP},
	/* dfl_fpga_cdev_config_ports_vf() */
	{.name = "dfl-pci",
	 .has_hook = true,
	 .pool = "refuses any number but that of the ports that were released for VFs"},
	/* fm10k_iov_configure() has no rule of its own; fm10k_probe() puts the device's limit into
	 * sriov_totalvfs. */
	{.name = "fm10k", .has_hook = true, .fate = VF_FATE_GONE},
	/* enetc_sriov_configure() has no rule of its own. */
	{.name = "fsl_enetc", .has_hook = true},
	/* funeth_sriov_configure() and genwqe_sriov_configure() have no rule of their own. */
	{.name = "funeth", .has_hook = true, .fate = VF_FATE_GONE},
	{.name = "genwqe", .has_hook = true},
	{.name = "hinic", .has_hook = true, .pool = OWN_RESOURCES},
	/* pci_sriov_configure_simple(), 7.2 and 7.3 */
	{.name = "hinic3", .has_hook = true, .hook_since = 7 << 8 | 2},
	/* hisi_qm_sriov_enable(), drivers/crypto/hisilicon/qm.c */
	{.name = "hisi_hpre", .has_hook = true, .pool = HISI_QUEUES},
	{.name = "hisi_sec2", .has_hook = true, .pool = HISI_QUEUES},
	{.name = "hisi_zip", .has_hook = true, .pool = HISI_QUEUES},
	/* hns3_pci_sriov_configure() has no rule of its own; hns3_remove() takes the VFs away. */
	{.name = "hns3", .has_hook = true, .fate = VF_FATE_GONE},
	/* idpf_sriov_ena() asks the device for that many: virtchnl2 has SR-IOV as a capability. */
	{.name = "idpf",
	 .has_hook = true,
	 .pool = "refuses where the device's control plane gives it no VFs, or fewer"},
	/* ionic_sriov_configure() has no rule of its own (5.8 to 7.3). */
	{.name = "ionic", .has_hook = true},
	/* liquidio_enable_sriov() and cn23xx_sriov_config() */
	{.name = "LiquidIO",
	 .has_hook = true,
	 .pool = "refuses more than the adapter has rings beside the PF's, one for each CPU"},
	/* mana_sriov_configure() of 7.3 has no rule of its own; that of 7.2 has no hook. */
	{.name = "mana", .has_hook = true, .hook_since = 7 << 8 | 3},
	/* pci_sriov_configure_simple(), 7.2 and 7.3; mhi_pci_remove() takes the VFs away. */
	{.name = "mhi-pci-generic",
	 .has_hook = true,
	 .hook_since = 7 << 8 | 2,
	 .fate = VF_FATE_GONE},
	/* pci_sriov_configure_simple(), as pci-endpoint-test */
	{.name = "mrvl_cn10k_dpi", .has_hook = true, .fate = VF_FATE_GONE},
	/* nfp_pcie_sriov_enable(): nfp_app_sriov_enable(); the firmware's limit is in
	 * sriov_totalvfs. */
	{.name = "nfp",
	 .has_hook = true,
	 .pool = "refuses where the application in the adapter's firmware has no VFs",
	 .firmware = ADAPTER_SETUP},
	/* ngbe_probe() puts its limit, NGBE_MAX_VFS_DRV_LIMIT, into sriov_totalvfs, and
	 * txgbe_probe() its own. Commits 877253d2cbf2 and a9843689e2de of 6.16 gave
	 * them the hook. wx_pci_sriov_enable() gives EBUSY while receive hashing is set by hand. */
	{.name = "ngbe", .has_hook = true, .hook_since = 6 << 8 | 16, .pool = WANGXUN_HASHING},
	/* octep_sriov_configure(); that of 6.1 has no hook. */
	{.name = "octeon_ep",
	 .has_hook = true,
	 .hook_since = 6 << 8 | 2,
	 .pool = "refuses more than the adapter's firmware has set up"},
	/* octep_sriov_enable() of drivers/vdpa/octeon_ep has no rule of its own. */
	{.name = "octep_vdpa", .has_hook = true, .fate = VF_FATE_GONE},
	{.name = "octeontx-cpt", .has_hook = true, .pool = CPT_MICROCODE},
	{.name = "pci-endpoint-test", .has_hook = true},
	/* pdsc_sriov_configure() has no rule of its own. */
	{.name = "pds_core", .has_hook = true},
	/* qed_sriov_enable() */
	{.name = "qede",
	 .has_hook = true,
	 .pool = "refuses as many as its firmware gives it virtual ports, or more",
	 .firmware = ADAPTER_SETUP},
	/* qlcnic_pci_sriov_enable() gives EIO without QLCNIC_MSIX_ENABLED. */
	{.name = "qlcnic", .has_hook = true, .needs_msix = true, .pool = OWN_RESOURCES},
	/* otx2_sriov_configure() has no rule of its own. */
	{.name = "rvu_nicpf", .has_hook = true},
	{.name = "rvu_cptpf", .has_hook = true, .pool = CPT_MICROCODE},
	{.name = "sfc",
	 .has_hook = true,
	 .pool = OWN_RESOURCES,
	 .firmware = "set vf-count and the firmware variant of the adapter with sfboot"},
	{.name = "sfc_ef100", .has_hook = true, .pool = OWN_RESOURCES},
	/* txgbe_probe(): TXGBE_MAX_VFS_DRV_LIMIT, as ngbe */
	{.name = "txgbe", .has_hook = true, .hook_since = 6 << 8 | 16, .pool = WANGXUN_HASHING},
	/* struct pci_driver of these has no hook (6.1 to 7.3). */
	{.name = "pci-stub", .has_hook = false},
	{.name = "pciback", .has_hook = false},
	{.name = "uio_pci_generic", .has_hook = false},
	{.name = "amdgpu",
	 .has_hook = false,
	 .fate = VF_FATE_GONE,
	 .instead = "AMD's driver gim makes VFs of AMD's GPUs"},
	{.name = "nouveau",
	 .has_hook = false,
	 .fate = VF_FATE_GONE,
	 .instead = "NVIDIA's driver for vGPUs makes VFs of NVIDIA's GPUs"},
	{.name = "isci", .has_hook = false},
	{.name = "megaraid_sas", .has_hook = false},
	{.name = "mpi3mr", .has_hook = false},
	{.name = "mpt3sas", .has_hook = false},
	{.name = "qla2xxx", .has_hook = false},
	/* Without the hook, sriov_numvfs_store() gives ENOENT, for 0 as well. */
	{.name = "mlx4_core",
	 .has_hook = false,
	 .fate = VF_FATE_GONE,
	 .own_switch = "by the options num_vfs= and probe_vf= of mlx4_core, when it is loaded",
	 /* __mlx4_init_one(): "Skipping virtual function", 6.1 to 7.3 */
	 .takes_option = "probe_vf",
	 .firmware = "set NUM_OF_VFS in the adapter's firmware with mstconfig or mlxconfig"},
	/* i915 of the kernel, 6.1 to 7.3 */
	{.name = "i915",
	 .has_hook = false,
	 .fate = VF_FATE_GONE,
	 .instead = "the driver xe makes VFs of some of Intel's graphics, and of others a build of "
		    "i915 with SR-IOV (i915-sriov-dkms), once it is loaded in place of the "
		    "kernel's own, which ignores max_vfs",
	 .instead_module = "xe"},
	{.name = "nvidia",
	 .has_hook = false,
	 .own_switch = "by NVIDIA's tool",
	 .tool = "/usr/lib/nvidia/sriov-manage"},
	/* enic_probe() makes TotalVFs of them (7.3: of the types V1 and USNIC alone, and its hook
	 * is not wired yet), rvu_enable_sriov() up to 62, nic_sriov_init() of Cavium's ThunderX one
	 * for each port and more for its queues, and lpfc_sli_probe_sriov_nr_virtfn() as many as
	 * its option says. */
	{.name = "enic",
	 .has_hook = false,
	 .fate = VF_FATE_GONE,
	 .makes_at_load = true,
	 .own_switch = "by itself when it is loaded, as many as the adapter has (in kernel 7.3 "
		       "none of type V2)",
	 .firmware = "set the number of VFs of the vNIC in the server's management (CIMC or UCS)"},
	{.name = "rvu_af",
	 .has_hook = false,
	 .fate = VF_FATE_GONE,
	 .makes_at_load = true,
	 .own_switch = "by itself when it is loaded"},
	{.name = "thunder-nic",
	 .has_hook = false,
	 .fate = VF_FATE_GONE,
	 .makes_at_load = true,
	 .own_switch = "by itself when it is loaded"},
	/* cpt_sriov_init() and cavium_rng_probe(), 6.1 to 7.3 */
	{.name = "thunder-cpt",
	 .has_hook = false,
	 .fate = VF_FATE_GONE,
	 .makes_at_load = true,
	 .own_switch = "by itself when it is loaded"},
	{.name = "cavium_rng_pf",
	 .has_hook = false,
	 .fate = VF_FATE_GONE,
	 .makes_at_load = true,
	 .own_switch = "by itself when it is loaded, and one only"},
	/* snet_vdpa_probe_pf(), as many as the device's configuration says */
	{.name = "snet-vdpa-driver",
	 .has_hook = false,
	 .fate = VF_FATE_GONE,
	 .makes_at_load = true,
	 .own_switch = "by itself when it is loaded, as many as the device is set to"},
	/* efx_siena_sriov_configure() answers that all is done, and does nothing;
	 * efx_siena_sriov_init() makes VFs. */
	{.name = "sfc_siena",
	 .has_hook = false,
	 .fate = VF_FATE_GONE,
	 .makes_at_load = true,
	 .own_switch = "by the option max_vfs= of sfc_siena, when it is loaded"},
	{.name = "lpfc",
	 .has_hook = false,
	 .own_switch = "by the option lpfc_sriov_nr_virtfn= of lpfc, when it is loaded"},
	/* struct pci_driver of gim has no id_table; vf_num is in /etc/gim_config, and an option of
	 * gim 8 (gim_config.c). */
	{.name = "gim",
	 .has_hook = false,
	 .own_switch = "by gim itself, when it is loaded, as many as its setting vf_num says; it "
		       "names no devices, so only a line in /etc/modules-load.d loads it at boot"},
	{.name = "igb_uio", .has_hook = false, .own_switch = "by its attribute max_vfs"},
};

/* Returns the line of modprobe.d that keeps udev from loading the module, or NULL. */
static const struct modprobe_line *find_refusal(const struct host *host, const char *module,
						struct arena *arena)
{
	const char *listed = arena_printf(arena, "blacklist %s", module);

	for (size_t i = 0; i < host->modprobe.count; i++) {
		const struct modprobe_line *line = &host->modprobe.lines[i];
		const char *refused = modprobe_refused(arena, line);
		if (strcmp(line->text, listed) == 0 || (refused && strcmp(refused, module) == 0))
			return line;
	}
	return NULL;
}

/* Returns what keeps udev from loading the module: a word of the kernel command line, of which the
 * last module_blacklist= counts and every modprobe.blacklist=, or a line of modprobe.d; NULL for
 * nothing. */
static const char *why_not_loaded(const struct host *host, const char *module, struct arena *arena)
{
	const struct cmdline_parameter *last = cmdline_find(&host->cmdline, "module_blacklist");

	if (modules_loaded(&host->modules, module) || modules_built_in(&host->modules, module))
		return NULL;
	for (size_t i = 0; i < host->cmdline.count; i++) {
		const struct cmdline_parameter *word = &host->cmdline.parameters[i];
		bool counts = word == last || cmdline_same_name(word->name, "modprobe.blacklist");
		if (counts && word->value && cmdline_list_has(word->value, module))
			return cmdline_spell(arena, word);
	}
	const struct modprobe_line *line = find_refusal(host, module, arena);
	return line ? arena_printf(arena, "%s in %s", line->text, line->source) : NULL;
}

const char *vf_driver_instead(const struct host *host, const struct vf_driver *driver,
			      struct arena *arena)
{
	const char *module = driver->instead_module;
	const char *why = module ? why_not_loaded(host, module, arena) : NULL;

	return why ? arena_printf(arena, "%s; %s keeps %s from being loaded", driver->instead, why,
				  module)
		   : driver->instead;
}

const struct vf_driver *vf_driver_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(drivers); i++) {
		if (strcmp(drivers[i].name, name) == 0)
			return &drivers[i];
	}
	return NULL;
}

/* drivers/gpu/drm/i915 of i915-sriov-dkms and of Intel's kernels: i915_pci_sriov_configure(). */
static const struct vf_driver i915_with_vfs = {
	.name = "i915",
	.has_hook = true,
	.fate = VF_FATE_GONE,
	.pool = OWN_RESOURCES,
	.parameter = "max_vfs",
};

/* NVIDIA's vGPU user guide: GPUs since Ampere make VFs. Turing's, as the Tesla T4, have the
 * capability, too; their vGPUs are mediated devices of the card itself. */
static const struct vf_driver nvidia_without_vfs = {
	.name = "nvidia",
	.has_hook = false,
	.instead = "NVIDIA's software makes VFs of GPUs since Ampere alone; of an older one guests "
		   "get mediated devices of the card itself",
};

/* The first id of Ampere's, of a GA100; those of GA102 to GA107 come after Turing's last, of a
 * TU116, which has no SR-IOV. */
static bool is_older_than_ampere(const struct pci_function *function)
{
	enum { FIRST_OF_AMPERE = 0x2080 };

	return fact_known(&function->vendor.fact) && function->vendor.value == VENDOR_NVIDIA &&
	       fact_known(&function->device.fact) && function->device.value < FIRST_OF_AMPERE;
}

static const struct vf_driver *nvidia_for(const struct pci_function *function)
{
	return is_older_than_ampere(function) ? &nvidia_without_vfs : vf_driver_find("nvidia");
}

const struct vf_driver *vf_driver_of(const struct host *host, const struct pci_function *function)
{
	if (!fact_known(&function->driver.fact))
		return NULL;
	if (pci_is_on_driver(function, "nvidia"))
		return nvidia_for(function);
	if (strcmp(function->driver.text, i915_with_vfs.name) == 0 &&
	    sriov_config_offers(&host->sriov_config, i915_with_vfs.name, i915_with_vfs.parameter) ==
		    BOOLEAN_YES)
		return &i915_with_vfs;
	return vf_driver_find(function->driver.text);
}

/* Of NVIDIA's graphics NVIDIA's own driver makes VFs. */
const char *vf_driver_own_way(const struct vf_driver *driver, const struct pci_function *pf,
			      struct arena *arena)
{
	return driver->own_switch && driver->tool
		       ? arena_printf(arena, "%s: %s -e %s", driver->own_switch, driver->tool,
				      pf->name)
		       : driver->own_switch;
}

const struct vf_driver *vf_driver_to_be(const struct host *host,
					const struct pci_function *function)
{
	bool nvidia = fact_known(&function->vendor.fact) &&
		      function->vendor.value == VENDOR_NVIDIA &&
		      pci_base_class(function) == PCI_BASE_CLASS_DISPLAY;

	return fact_absent(&function->driver.fact) && nvidia ? nvidia_for(function)
							     : vf_driver_of(host, function);
}

static enum vf_setup vfio_setup_of(const struct fact_text *enable_sriov)
{
	switch (boolean_of_fact(enable_sriov)) {
	case BOOLEAN_NO:
		return VF_SETUP_VFIO_OFF;
	case BOOLEAN_YES:
		return VF_SETUP_YES;
	case BOOLEAN_UNKNOWN:
		return VF_SETUP_UNKNOWN;
	}
	return VF_SETUP_UNKNOWN;
}

/* Distributions take hooks over into older kernels. */
static bool may_be_older_than_hook(const struct host *host, const struct vf_driver *driver)
{
	struct kernel_version version;

	return driver->hook_since &&
	       !(host_kernel_version(host, &version) &&
		 kernel_at_least(&version, driver->hook_since >> 8, driver->hook_since & 0xff));
}

enum vf_setup vf_setup_of(const struct host *host, const struct pci_function *function,
			  const struct fact **ret_evidence)
{
	const struct vf_driver *driver = vf_driver_of(host, function);

	*ret_evidence = &function->driver.fact;
	if (fact_absent(&function->driver.fact))
		return VF_SETUP_NO_DRIVER;
	if (!driver)
		return VF_SETUP_UNKNOWN;
	if (!driver->has_hook)
		return VF_SETUP_NO_HOOK;
	if (may_be_older_than_hook(host, driver))
		return VF_SETUP_UNKNOWN;
	if (!pci_is_on_driver(function, "vfio-pci"))
		return VF_SETUP_YES;
	*ret_evidence = &host->modules.vfio_pci_sriov.fact;
	return vfio_setup_of(&host->modules.vfio_pci_sriov);
}

const char *vf_adapter_setting(const struct host *host, const struct pci_function *function,
			       struct arena *arena)
{
	const struct vf_driver *driver = vf_driver_of(host, function);
	const struct fact_text *lockdown = &host->lockdown;

	if (!driver || !driver->firmware || pci_is_vf(function))
		return NULL;
	if (!fact_known(&lockdown->fact) || strcmp(lockdown->text, "none") == 0)
		return driver->firmware;
	return arena_printf(arena,
			    "%s. The kernel is locked down (%s), which may keep a tool from the "
			    "adapter; the firmware setup is not kept from it",
			    driver->firmware, lockdown->text);
}

/* VFs whose driver is that of their PFs, by id: mlx4_pci_table[], mlx5_core_pci_table[],
 * bnxt_pci_tbl[]. A guest, and a partition of s390, shows a VF without its PF. */
static bool is_vf_by_id(const struct pci_function *function)
{
	enum { MELLANOX = 0x15b3, BROADCOM = 0x14e4 };
	static const uint16_t mellanox[] = {0x1002, 0x1004, 0x1012, 0x1014, 0x1016,
					    0x1018, 0x101a, 0x101c, 0x101e, 0xa2d3};
	static const uint16_t broadcom[] = {0x1606, 0x1607, 0x1608, 0x1609, 0x16bd, 0x16c1, 0x16c2,
					    0x16c3, 0x16c4, 0x16c5, 0x16cb, 0x16d3, 0x16dc, 0x16e1,
					    0x16e5, 0x16e6, 0x1806, 0x1807, 0x1808, 0x1809, 0xd800};

	for (size_t i = 0; i < ARRAY_LENGTH(mellanox); i++) {
		if (pci_has_ids(function, MELLANOX, mellanox[i]))
			return true;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(broadcom); i++) {
		if (pci_has_ids(function, BROADCOM, broadcom[i]))
			return true;
	}
	return false;
}

const char *vf_hiding_setting(const struct host *host, const struct pci_function *function,
			      struct arena *arena)
{
	if (pci_base_class(function) != PCI_BASE_CLASS_NETWORK || is_vf_by_id(function) ||
	    !fact_known(&function->config.fact) ||
	    sriov_decode(&function->config).capability.state != FACT_ABSENT)
		return NULL;
	return vf_adapter_setting(host, function, arena);
}
