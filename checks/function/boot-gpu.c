/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/fixes.h"
#include "checks/support/functions.h"

#include <inttypes.h>
#include <pci/header.h>
#include <string.h>

#include "model/assign/vfio_driver.h"

enum kind { NONE, SHOWN, FREE, HELD, SHADOW_ROM, UNREADABLE, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[NONE] = {"boot-gpu.none",
		  "No function says that it is the one that firmware showed its console on "
		  "(boot_vga).",
		  NULL},
	[SHOWN] = {"boot-gpu.shown",
		   "This is the display that firmware showed its console on. The host loses its "
		   "console with it. Whether a driver of the boot framebuffer holds its memory is "
		   "another question, which boot-gpu.unreadable leaves open.",
		   NULL},
	[FREE] =
		{"boot-gpu.free",
		 "This is the display that firmware showed its console on, and no driver of the "
		 "boot framebuffer holds its memory: that alone does not keep it from a guest. The "
		 "host loses its console with it.",
		 NULL},
	[HELD] =
		{"boot-gpu.framebuffer",
		 "A driver of the boot framebuffer (efifb, vesafb, simpledrm…) holds memory of "
		 "this function, as /proc/iomem shows. vfio-pci can take the function all the "
		 "same, and then fails to map that memory (\"can't reserve\", EBUSY): the guest "
		 "does not get its display to work. From Linux 6.0 on vfio-pci takes the "
		 "framebuffer off a VGA controller (class 0300) itself when it gets that.",
		 "To assign the function to a guest, boot with video=efifb:off on the kernel "
		 "command line where efifb holds it, and with initcall_blacklist=sysfb_init where "
		 "another driver does. The host then has no console until another display's driver "
		 "loads. On some kernels neither helps: let the card's own driver load at boot, "
		 "which takes the framebuffer away, and bind the card to vfio-pci after that."},
	[SHADOW_ROM] =
		{"boot-gpu.shadow-rom",
		 "The ROM of this display is the copy that firmware keeps in low memory (0xc0000 "
		 "to 0xdffff), as it is of the display that the host booted with. A guest's "
		 "firmware that runs it may find it changed by the boot, and the guest then may "
		 "show no picture. Guests that boot without the card's ROM do not need it.",
		 "If the guest shows no picture, give it the card's ROM as a file: romfile= of QEMU "
		 "and of Proxmox VE's hostpci lines, in libvirt <rom file='/path/to/rom'/> in its "
		 "<hostdev>."},
	[UNREADABLE] = {"boot-gpu.unreadable",
			"passcheck cannot tell which function is the boot display, or whether a "
			"framebuffer driver holds its memory: the functions, a boot_vga "
			"attribute or /proc/iomem was not read.",
			FIX_READ_AT_ALL},
};

ASSERT_COVERS(kinds, KIND_COUNT);

enum { ROM_LINE = 6 };

static const struct framebuffer *holder_of(const struct host *host,
					   const struct pci_function *function)
{
	for (size_t i = 0; i < host->framebuffers.count; i++) {
		if (strcmp(host->framebuffers.items[i].function, function->name) == 0)
			return &host->framebuffers.items[i];
	}
	return NULL;
}

static void report_held(const struct check_context *context, const struct pci_function *function,
			const struct framebuffer *framebuffer)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	const struct caution *caution =
		cautions_find(&context->model->cautions, function, CAUTION_BOOT_DISPLAY);
	bool on_vfio = driver_is_vfio(function);
	struct finding *finding =
		finding_add(findings, &kinds[HELD], FINDING_WARN, subject_function(function),
			    "%s holds memory of %s%s", framebuffer->holder, function->name,
			    on_vfio ? ", which vfio-pci has" : "");

	finding_evidence(finding, &host->framebuffers.fact, "%s below %s", framebuffer->holder,
			 framebuffer->function);
	if (caution)
		finding_remedy(finding, "%s", caution->remedy);
}

/* Every display that a host boots with has such a ROM: it matters once it is to be assigned. */
static void judge_rom(const struct pci_function *function, struct findings *findings)
{
	const struct pci_resources *resources = &function->resources;

	if (!driver_is_vfio(function) || !caution_has_shadow_rom(function))
		return;
	const struct pci_resource *rom = &resources->lines[ROM_LINE];
	struct finding *finding =
		finding_add(findings, &kinds[SHADOW_ROM], FINDING_WARN, subject_function(function),
			    "the ROM of %s is firmware's copy in low memory", function->name);
	finding_evidence(finding, &resources->fact, "ROM at 0x%" PRIx64 "-0x%" PRIx64, rom->start,
			 rom->end);
}

static void report_unreadable(const struct host *host, const struct pci_function *function,
			      struct findings *findings)
{
	struct finding *shown =
		finding_add(findings, &kinds[SHOWN], FINDING_PASS, subject_function(function),
			    "%s is the display that the host booted with", function->name);
	struct finding *finding = finding_add(
		findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_function(function),
		"cannot tell whether a framebuffer driver holds the memory of %s", function->name);

	finding_evidence(shown, &function->boot_vga.fact, "1");
	finding_evidence_state(finding, &host->framebuffers.fact);
	finding_remedy_unread(finding, &host->framebuffers.fact);
}

static void report_free(const struct host *host, const struct pci_function *function,
			struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[FREE], FINDING_PASS, subject_function(function),
			    "no framebuffer driver holds %s, the boot display", function->name);

	finding_evidence(finding, &function->boot_vga.fact, "1");
	finding_evidence(finding, &host->framebuffers.fact, "no framebuffer below it");
}

/* Returns whether the function is a display that firmware or a framebuffer driver used. */
static bool judge_function(const struct check_context *context, const struct pci_function *function)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	const struct framebuffer *holder = holder_of(host, function);

	if (!holder && !pci_is_boot_display(function))
		return false;
	if (holder)
		report_held(context, function, holder);
	else if (fact_known(&host->framebuffers.fact))
		report_free(host, function, findings);
	else
		report_unreadable(host, function, findings);
	judge_rom(function, findings);
	return true;
}

/* Returns the boot_vga of a display that could not be read, or NULL. */
static const struct fact *unread_boot_vga(const struct host *host)
{
	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		if (pci_base_class(function) == PCI_BASE_CLASS_DISPLAY && !pci_is_vf(function) &&
		    !fact_settled(&function->boot_vga.fact))
			return &function->boot_vga.fact;
	}
	return NULL;
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	bool found = false;

	for (size_t i = 0; i < host->pci.count; i++)
		found |= judge_function(context, &host->pci.functions[i]);
	if (!found)
		functions_report_none(host, unread_boot_vga(host), &kinds[NONE], &kinds[UNREADABLE],
				      "no function is the boot display", findings);
}

const struct check check_boot_gpu = {
	.id = "boot-gpu",
	.title = "Does something of the boot hold the display?",
	.needs = "/proc/iomem and the functions' boot_vga and resource; no privilege",
	.advisory = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
