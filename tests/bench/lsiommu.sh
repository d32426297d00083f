#!/bin/sh
# The listing of IOMMU groups that many guides print, of the tree at $1: an lspci for each device.
for device in "$1"/sys/kernel/iommu_groups/*/devices/*; do
	group=${device%/devices/*}
	printf 'Group %s: ' "${group##*/}"
	lspci -A linux-sysfs -O "sysfs.path=$1/sys/bus/pci" -nns "${device##*/}"
done
