"""Of configuration files, a capture takes what passcheck consults, and no secret beside it."""
import os
import struct
import sys

sys.path.insert(0, os.path.join(os.environ["PASSCHECK_SOURCE"], "tests"))
import unittest  # noqa: E402

from support import READY, TreeTest, audit, passcheck  # noqa: E402

RELEASE = "6.1.0-1-amd64"
MODULES = f"/lib/modules/{RELEASE}"


MACHINE = "0123456789abcdef0123456789ABCDEF"


def image(cmdline, release):
    """A PE file with a section .cmdline and one .uname, as a unified kernel image has."""
    texts = {b".cmdline": cmdline.encode(), b".uname": release.encode(), b".linux": b"secret"}
    offset = 64 + 24 + 40 * len(texts)
    headers = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    headers += b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, len(texts), 0, 0, 0, 0, 0)
    for name, text in texts.items():
        headers += struct.pack("<8sIIII16x", name, len(text), 0, len(text), offset)
        offset += len(text)
    return headers + b"".join(texts.values())


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
        f"/boot/loader/entries/{MACHINE}-{RELEASE}.conf":
            f"title secret\nversion {RELEASE}\nlinux /{MACHINE}/linux\ninitrd /secret\n"
            "options $kernelopts intel_iommu=on rd.luks.key=secret\n",
        "/boot/grub2/grubenv": f"# GRUB Environment Block\nsaved_entry={MACHINE}-{RELEASE}\n"
                               "kernelopts=iommu=pt token=secret\nother=secret\n",
        "/boot/efi/loader/loader.conf": f"default {MACHINE}-*\ntitle secret\n",
        f"/efi/EFI/Linux/{MACHINE}-{RELEASE}.efi": image("intel_iommu=on luks.key=secret", RELEASE),
        "/sys/firmware/efi/efivars/LoaderEntryDefault-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f":
            "\6\0\0\0" + "".join(f"{letter}\0" for letter in f"{MACHINE}-{RELEASE}.conf") + "\0\0",
        "/usr/sbin/grubby": "",
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

    def test_no_machine_id_is_taken(self):
        _, path = self.capture()
        for file in path.rglob("*"):
            self.assertNotIn(MACHINE, str(file))
            if file.is_file() and not file.is_symlink():
                self.assertNotIn(MACHINE.encode(), file.read_bytes().replace(b"\0", b""), file)

    def test_what_is_consulted_is_taken(self):
        _, path = self.capture()
        for name, text in (("etc/default/grub", "intel_iommu=on token=redacted"),
                           ("etc/kernel/cmdline", "intel_iommu=on"),
                           (f"boot/loader/entries/{'0' * 32}-{RELEASE}.conf",
                            "options $kernelopts intel_iommu=on rd.luks.key=redacted"),
                           ("boot/grub2/grubenv", f"saved_entry={'0' * 32}-{RELEASE}"),
                           ("boot/grub2/grubenv", "kernelopts=iommu=pt token=redacted"),
                           ("boot/efi/loader/loader.conf", f"default {'0' * 32}-*"),
                           (f"efi/EFI/Linux/{'0' * 32}-{RELEASE}.efi",
                            "intel_iommu=on luks.key=redacted"),
                           ("etc/modprobe.d/host.conf", "ids=10de:1eb8"),
                           ("etc/modules-load.d/host.conf", "vfio-pci"),
                           ("proc/iomem", "efifb"),
                           (MODULES[1:] + "/modules.dep", "vfio-pci.ko"),
                           (MODULES[1:] + "/modules.alias", "mlx5")):
            self.assertIn(text, (path / name).read_text(errors="replace"), name)

    def test_the_capture_gives_the_findings_of_its_tree(self):
        tree, path = self.capture()
        findings = [{(finding["id"], finding["verdict"], finding["summary"])
                     for finding in audit(root)["findings"]} for root in (tree, path)]
        self.assertEqual(*findings)


if __name__ == "__main__":
    unittest.main()
