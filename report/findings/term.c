/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/findings/term.h"

#include "host/base/array.h"

/* Kinds of ports and bits of ACS: PCI Express specification 6.0, 7.5.3.2 and 7.7.11. */
const struct term report_terms[] = {
	{"ready", {"No finding on the host fails, and none that decides is unknown.", {NULL}}},
	{"not-ready",
	 {"A finding on the host fails, or something that is required is not met.", {NULL}}},
	{"met", {"The host has what is required.", {NULL}}},
	{"unmet", {"The host lacks what is required; the line says what of it.", {NULL}}},
	{"pass", {"A check found that this is as it should be.", {NULL}}},
	{"warn",
	 {"A check found something that the host is ready in spite of, and that may trouble a "
	  "guest or a later boot.",
	  {NULL}}},
	{"fail",
	 {"A check found something wrong: of the host, it is not ready; of a function, no guest "
	  "gets that.",
	  {NULL}}},
	{"unknown",
	 {"Something that decides was not read, so a check cannot tell. The finding names what, "
	  "and running as root most often settles it.",
	  {NULL}}},
	{"companions",
	 {"The other functions of a function's IOMMU group that drivers of the host have. VFIO "
	  "gives no guest one of a group before all have left these drivers.",
	  {"assignability.companions"}}},
	{"with-companions",
	 {"A guest can get the function once its companions, the other functions of its IOMMU "
	  "group, have left the drivers of the host that they have.",
	  {"assignability.companions"}}},
	{"group",
	 {"An IOMMU group: functions that the IOMMU cannot tell apart, or that reach one another "
	  "past it. It goes to one guest as a whole. VFs that share one, with their physical "
	  "function or with one another, cannot go to guests of their own.",
	  {"iommu-groups.several-endpoints", "isolation.shared-group", "vf-budget.one-group"}}},
	{"vfs",
	 {"Virtual functions: an SR-IOV adapter shows itself as several functions, of which each "
	  "can go to a guest of its own.",
	  {"vf-budget.full"}}},
	{"pf",
	 {"The physical function of an SR-IOV adapter: its driver makes the virtual ones and stays "
	  "with the host.",
	  {NULL}}},
	{"vf", {"A virtual function of an SR-IOV adapter, which a guest can get.", {NULL}}},
	{"isolates",
	 {"Nothing that the function sends, or a port passes on, reaches another device before "
	  "the IOMMU has checked it.",
	  {"isolation.shared-group"}}},
	{"acs",
	 {"Access Control Services: bits of a port or a function that send what one device wants "
	  "of another up to the IOMMU. SV, RR, CR and UF together isolate.",
	  {"isolation.shared-group"}}},
	{"sv",
	 {"ACS source validation: a port drops requests in the name of a device that is not below "
	  "it.",
	  {NULL}}},
	{"rr",
	 {"ACS request redirect: a request to another device goes up to the IOMMU, and not "
	  "straight there.",
	  {NULL}}},
	{"cr",
	 {"ACS completion redirect: an answer to another device goes up to the IOMMU, and not "
	  "straight there.",
	  {NULL}}},
	{"uf",
	 {"ACS upstream forwarding: what was redirected below a port goes on up through it.",
	  {NULL}}},
	{"tb",
	 {"ACS translation blocking: a port drops requests that claim to be translated already.",
	  {NULL}}},
	{"ec", {"ACS egress control: a list says which ports may be reached straight.", {NULL}}},
	{"dt",
	 {"ACS direct translated: a request that is translated already goes straight to another "
	  "device.",
	  {NULL}}},
	{"endpoint", {"A PCI Express device, which a guest can get.", {NULL}}},
	{"legacy-endpoint",
	 {"A PCI Express device that may use I/O ports and old interrupts, too, as many graphics "
	  "cards do. A guest can get it as any other.",
	  {NULL}}},
	{"integrated-endpoint",
	 {"A device in the root complex: part of the processor or the chipset, below no port.",
	  {NULL}}},
	{"root-port",
	 {"A bridge of the root complex, below which a slot is. It stays with the host.", {NULL}}},
	{"upstream-port", {"The side of a switch that is towards the processor.", {NULL}}},
	{"downstream-port", {"A side of a switch below which a slot or a device is.", {NULL}}},
	{"pcie-to-pci-bridge",
	 {"A bridge to a bus of conventional PCI, of which the IOMMU tells no two devices apart.",
	  {"isolation.shared-group"}}},
	{"pci-to-pcie-bridge", {"A bridge from conventional PCI to PCI Express.", {NULL}}},
	{"event-collector",
	 {"What reports errors of devices in the root complex. It stays with the host.", {NULL}}},
};

const size_t report_term_count = ARRAY_LENGTH(report_terms);
