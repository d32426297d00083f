"""Of configuration files, a capture takes what passcheck consults, and no secret beside it."""
import os
import sys

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import unittest  # noqa: E402

from support import READY, TreeTest, audit, passcheck  # noqa: E402

RELEASE = "6.1.0-1-amd64"
MODULES = f"/lib/modules/{RELEASE}"


class Configuration(TreeTest):
    TREE = {
        "/proc/cmdline": "intel_iommu=on\n",
        "/proc/sys/kernel/osrelease": f"{RELEASE}\n",
        "/proc/self/limits": "Max locked memory 65536 65536 bytes\nMax secret 1 1 bytes\n",
        "/proc/iomem": "00001000-00002000 : Kernel secret\n"
                       "c0000000-c0ffffff : 0000:00:02.0\n  c0000000-c0ffffff : efifb\n",
        "/etc/default/grub": "GRUB_PASSWORD=secret\n"
                             "GRUB_CMDLINE_LINUX=\"intel_iommu=on token=secret\"\n"
                             "GRUB_CMDLINE_LINUX_DEFAULT='key=secret quiet'\n",
        "/etc/kernel/cmdline": "luks.key=secret intel_iommu=on\n",
        "/etc/modprobe.d/host.conf": "options wifi psk=secret\noptions wifi \\\n psk=secret\n"
                                     "options ixgbe \\\n max_vfs=8 \\\n psk=secret\n"
                                     "options vfio-pci \\\n ids=10de:1eb8\n",
        "/etc/modules-load.d/host.conf": "secret\nvfio-pci\n",
        f"{MODULES}/modules.dep": "kernel/secret.ko:\nkernel/vfio-pci.ko: kernel/vfio.ko\n",
        f"{MODULES}/modules.alias": "alias pci:secret x\n"
                                    "alias vfio_pci:v000015B3d0000101Esv*sd*bc*sc*i* mlx5\n",
        f"{MODULES}/modules.builtin": "",
        "/sys/bus/pci/devices": None,
    }

    def capture(self):
        tree = {path: text for path, text in self.TREE.items() if text is not None}
        tree = self.tree(tree)
        (tree / "sys/bus/pci/devices").mkdir(parents=True, exist_ok=True)
        path = self.directory / "copy"
        result = passcheck("capture", "--root", tree, "-o", path)
        self.assertEqual(result.returncode, READY, result.stderr)
        return tree, path

    def test_no_secret_is_taken(self):
        _, path = self.capture()
        for file in path.rglob("*"):
            if file.is_file() and not file.is_symlink():
                self.assertNotIn(b"secret", file.read_bytes(), file)

    def test_what_is_consulted_is_taken(self):
        _, path = self.capture()
        for name, text in (("etc/default/grub", "intel_iommu=on token=redacted"),
                           ("etc/kernel/cmdline", "intel_iommu=on"),
                           ("etc/modprobe.d/host.conf", "ids=10de:1eb8"),
                           ("etc/modules-load.d/host.conf", "vfio-pci"),
                           ("proc/iomem", "efifb"),
                           (MODULES[1:] + "/modules.dep", "vfio-pci.ko"),
                           (MODULES[1:] + "/modules.alias", "mlx5")):
            self.assertIn(text, (path / name).read_text(), name)

    def test_the_capture_gives_the_findings_of_its_tree(self):
        tree, path = self.capture()
        findings = [{(finding["id"], finding["verdict"], finding["summary"])
                     for finding in audit(root)["findings"]} for root in (tree, path)]
        self.assertEqual(*findings)


if __name__ == "__main__":
    unittest.main()
