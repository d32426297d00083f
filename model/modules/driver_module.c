/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/modules/driver_module.h"

#include <stddef.h>
#include <string.h>

#include "host/base/array.h"

/*
 * Drivers whose module has another name: what struct pci_driver of a module of Linux 6.12 and 7.3
 * says, and of modules that Debian leaves out drivers/i2c/busses,
 * drivers/tty/serial/8250/8250_pci.c, drivers/spi/spi-intel-pci.c and drivers/crypto/cavium/nitrox;
 * and of NVIDIA's own module, kernel-open/nvidia/linux_nvswitch.c of
 * github.com/NVIDIA/open-gpu-kernel-modules.
 */
struct module_name {
	const char *driver;
	const char *module;
};

static const struct module_name module_names[] = {
	{.driver = "CNN55XX", .module = "n5pf"},
	{.driver = "Hopper", .module = "hopper"},
	{.driver = "Mantis", .module = "mantis"},
	{.driver = "SMI PCIe driver", .module = "smipcie"},
	{.driver = "ali1535_smbus", .module = "i2c_ali1535"},
	{.driver = "ali1563_smbus", .module = "i2c_ali1563"},
	{.driver = "ali15x3_smbus", .module = "i2c_ali15x3"},
	{.driver = "amd756_smbus", .module = "i2c_amd756"},
	{.driver = "amd8111_smbus2", .module = "i2c_amd8111"},
	{.driver = "ath12k_pci", .module = "ath12k"},
	{.driver = "ath12k_wifi7_pci", .module = "ath12k_wifi7"},
	{.driver = "b43-pci-bridge", .module = "ssb"},
	{.driver = "bcma-pci-bridge", .module = "bcma"},
	{.driver = "bochs-drm", .module = "bochs"},
	{.driver = "c3xxx", .module = "qat_c3xxx"},
	{.driver = "c6xx", .module = "qat_c62x"},
	{.driver = "cx88-mpeg driver manager", .module = "cx8802"},
	{.driver = "cx88_audio", .module = "cx88_alsa"},
	{.driver = "dh895xcc", .module = "qat_dh895xcc"},
	{.driver = "exar_serial", .module = "8250_exar"},
	{.driver = "i2c_amd_mp2", .module = "i2c_amd_mp2_pci"},
	{.driver = "i801_smbus", .module = "i2c_i801"},
	{.driver = "intel-eth-pci", .module = "dwmac_intel"},
	{.driver = "intel-lpss", .module = "intel_lpss_pci"},
	{.driver = "intel-spi", .module = "spi_intel_pci"},
	{.driver = "ismt_smbus", .module = "i2c_ismt"},
	{.driver = "megaraid", .module = "megaraid_mbox"},
	{.driver = "mt7915e_hif", .module = "mt7915e"},
	{.driver = "mt7996e_hif", .module = "mt7996e"},
	{.driver = "nForce2_smbus", .module = "i2c_nforce2"},
	{.driver = "nvidia-gpu", .module = "i2c_nvidia_gpu"},
	{.driver = "nvidia-nvswitch", .module = "nvidia"},
	{.driver = "pcie_mp2_amd", .module = "amd_sfh"},
	{.driver = "piix4_smbus", .module = "i2c_piix4"},
	{.driver = "proc_thermal", .module = "processor_thermal_device_pci_legacy"},
	{.driver = "proc_thermal_pci", .module = "processor_thermal_device_pci"},
	{.driver = "pxa2xx_spi_pci", .module = "spi_pxa2xx_pci"},
	{.driver = "rtw_8723de", .module = "rtw88_8723de"},
	{.driver = "rtw_8821ce", .module = "rtw88_8821ce"},
	{.driver = "rtw_8822be", .module = "rtw88_8822be"},
	{.driver = "rtw_8822ce", .module = "rtw88_8822ce"},
	{.driver = "serial", .module = "8250_pci"},
	{.driver = "sfc_ef100", .module = "sfc"},
	{.driver = "sis5595_smbus", .module = "i2c_sis5595"},
	{.driver = "sis630_smbus", .module = "i2c_sis630"},
	{.driver = "sis96x_smbus", .module = "i2c_sis96x"},
	{.driver = "sof-audio-pci-intel-apl", .module = "snd_sof_pci_intel_apl"},
	{.driver = "sof-audio-pci-intel-cnl", .module = "snd_sof_pci_intel_cnl"},
	{.driver = "sof-audio-pci-intel-icl", .module = "snd_sof_pci_intel_icl"},
	{.driver = "sof-audio-pci-intel-lnl", .module = "snd_sof_pci_intel_lnl"},
	{.driver = "sof-audio-pci-intel-mtl", .module = "snd_sof_pci_intel_mtl"},
	{.driver = "sof-audio-pci-intel-nvl", .module = "snd_sof_pci_intel_nvl"},
	{.driver = "sof-audio-pci-intel-ptl", .module = "snd_sof_pci_intel_ptl"},
	{.driver = "sof-audio-pci-intel-skl", .module = "snd_sof_pci_intel_skl"},
	{.driver = "sof-audio-pci-intel-tgl", .module = "snd_sof_pci_intel_tgl"},
	{.driver = "sof-audio-pci-intel-tng", .module = "snd_sof_pci_intel_tng"},
	{.driver = "ufshcd", .module = "ufshcd_pci"},
	{.driver = "vt586b_smbus", .module = "i2c_via"},
	{.driver = "vt596_smbus", .module = "i2c_viapro"},
	{.driver = "xhci_hcd", .module = "xhci_pci"},
	{.driver = "yenta_cardbus", .module = "yenta_socket"},
};

const char *driver_module(const char *driver)
{
	for (size_t i = 0; i < ARRAY_LENGTH(module_names); i++) {
		if (strcmp(module_names[i].driver, driver) == 0)
			return module_names[i].module;
	}
	return driver;
}
