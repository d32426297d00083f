/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"
#include "checks/support/moved_rule.h"
#include "checks/support/vfio_ids.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/buffer.h"
#include "model/assign/vfio_access.h"
#include "model/boot/declared_system.h"

/* Those of ids= follow the others. */
enum kind {
	PRESENT,
	MISSING,
	GONE,
	UNKNOWN,
	REFUSED,
	OPTIONS_NOT_APPLIED,
	VIRQFD,
	RULE_MOVED,
	BINDING_LOST,
	OWN_COUNT,
	KIND_COUNT = (int)OWN_COUNT + (int)VFIO_IDS_KIND_COUNT,
};

#define ID(kind) [OWN_COUNT + (int)(kind)]

static const struct finding_kind kinds[] = {
	[PRESENT] =
		{"vfio-driver.present",
		 "The modules that give a function to a guest are loaded, part of the kernel, or "
		 "there to be loaded: vfio-pci takes the function, vfio_iommu_type1 (on POWER "
		 "vfio_iommu_spapr_tce) its memory. Loading on demand is fine: libvirt and "
		 "driverctl do it.",
		 NULL},
	[MISSING] = {"vfio-driver.missing",
		     "A module that VFIO needs is neither loaded nor built in, and modules.dep "
		     "of the running kernel does not list it, so modprobe cannot load it. Some "
		     "distributions keep it in a package of extra modules.",
		     "Install the package that has the module for the running kernel, or boot a "
		     "kernel that has it (CONFIG_VFIO_PCI and CONFIG_VFIO_IOMMU_TYPE1, on POWER "
		     "CONFIG_VFIO_IOMMU_SPAPR_TCE)."},
	[GONE] = {"vfio-driver.modules-gone",
		  "The running kernel loads modules, and its folder in /lib/modules is gone: the "
		  "kernel package was replaced or removed since the host booted.",
		  "Reboot into the kernel that is installed: until then no module can be loaded."},
	[UNKNOWN] = {"vfio-driver.unknown",
		     "passcheck cannot tell whether VFIO's modules are there, because the lists "
		     "of modules of the running kernel were not read.",
		     FIX_READ_AS_ROOT
		     " The lists are /proc/modules, and modules.builtin and modules.dep in the "
		     "kernel's folder of /lib/modules."},
	[REFUSED] = {"vfio-driver.refused",
		     "modprobe.d has an install line that runs false or true in place of "
		     "loading a module of VFIO, so modprobe does not load it.",
		     "Remove the install line from the file in modprobe.d."},
	[OPTIONS_NOT_APPLIED] =
		{"vfio-driver.options-not-applied",
		 "modprobe.d sets options of a module that is part of this kernel. modprobe "
		 "never loads it, and the kernel reads its command line only: the options have "
		 "no effect.",
		 "Put the options on the kernel command line, as MODULE.NAME=VALUE, and reboot."},
	[VIRQFD] = {"vfio-driver.virqfd",
		    "vfio_virqfd is asked for by name. Since Linux 6.2 it is part of vfio, and "
		    "no module of that name exists: what asks for it reports an error "
		    "(mkinitcpio) or goes on without it. dracut leaves out of the initramfs what "
		    "stands behind it in add_drivers or force_drivers, which may be vfio_pci "
		    "(dracut-install ends at the first that it does not find).",
		    "Take vfio_virqfd out of the file that names it."},
	ID(VFIO_IDS_TWIN) =
		{"vfio-driver.id-twin",
		 "An entry of vfio-pci's ids matches every function with that vendor and device. "
		 "One of them is on vfio-pci, another is in use by a driver of the host: which "
		 "driver gets it at the next boot depends on which comes first.",
		 "If the function that the host uses is to stay with it, take the entry out of "
		 "ids, and write vfio-pci to the driver_override of the other function in its "
		 "place."},
	ID(VFIO_IDS_HOST_USE) =
		{"vfio-driver.id-host-use",
		 "An entry of vfio-pci's ids matches a function that the host needs: its disk, or "
		 "its network adapter. The host's driver has the function only because it comes "
		 "first. Where vfio-pci comes first, as after an update of the initramfs, the host "
		 "does not boot, or is not reached.",
		 "Take the entry out of ids, and make the initramfs anew. A function of the same "
		 "ids that is to go to a guest gets vfio-pci by its driver_override, from a udev "
		 "rule."},
	ID(VFIO_IDS_PF) =
		{"vfio-driver.id-pf",
		 "An entry of vfio-pci's ids matches a physical function whose VFs are enabled: on "
		 "integrated graphics, for one, the VFs have the same ids. The physical function "
		 "has its driver only because that comes first, or was bound since. Where vfio-pci "
		 "comes first at the next boot, no VFs are made.",
		 "Take the entry out of ids, and make the initramfs anew. A VF that is to go to a "
		 "guest gets vfio-pci by its driver_override, from a udev rule."},
	ID(VFIO_IDS_TOO_LATE) =
		{"vfio-driver.id-too-late",
		 "vfio-pci was told by ids to take a function, and another driver has it: that "
		 "driver came first, or a person or libvirt bound it since.",
		 "Where a driver is part of the kernel, have a udev rule write vfio-pci to the "
		 "driver_override of the function. Where both are modules, have vfio-pci loaded "
		 "first: add \"softdep MODULE pre: vfio-pci\", with the "
		 "module of the other driver, to a file in /etc/modprobe.d, make the initramfs "
		 "anew and reboot. To move the function now, unbind it from the other driver."},
	ID(VFIO_IDS_NOT_TAKEN) =
		{"vfio-driver.id-not-taken",
		 "vfio-pci was told by ids to take a function, which no driver has. vfio-pci reads "
		 "its ids when it is loaded: where nothing loads it at boot, or the initramfs loads "
		 "it without the file of modprobe.d, or the line came after it was loaded, the ids do "
		 "nothing. A guest of libvirt whose device is managed gets the function all the same.",
		 "Have vfio-pci loaded at boot, by the initramfs or a file in /etc/modules-load.d, "
		 "make the initramfs anew so it has the line, too, and reboot. To give the function "
		 "to vfio-pci now, write vfio-pci to its driver_override, and its address to "
		 "/sys/bus/pci/drivers_probe."},
	[RULE_MOVED] =
		{"vfio-driver.rule-moved",
		 "A udev rule is meant to give a function to a driver: it names the address and, "
		 "beside it, the ids of the device that it means. The function at that address "
		 "has other ids now, so the rule does nothing: the device is gone, or its "
		 "address has changed, as it does when cards are added or moved.",
		 FIX_MOVED_RULE},
	[BINDING_LOST] =
		{"vfio-driver.binding-lost",
		 "Unraid gives devices to vfio-pci at boot by address and ids. One that is not "
		 "there with these ids it does not bind, and then it starts no guest by itself "
		 "(\"VM Autostart disabled due to vfio-bind error\"). Addresses change as cards "
		 "are added or moved, and VFs that a plug-in makes are not there yet.",
		 "Choose the device anew in Tools > System Devices of Unraid's web interface, take "
		 "the old entry out of BIND= in " MODULE_LISTS_UNRAID ", and reboot."},
	ID(VFIO_IDS_MATCHES_NOTHING) =
		{"vfio-driver.id-matches-nothing",
		 "An entry of vfio-pci's ids matches no function of this host: the "
		 "card is gone, or the numbers are wrong.",
		 "Remove the entry, or correct it: lspci -nn shows the numbers."},
	ID(VFIO_IDS_MALFORMED) =
		{"vfio-driver.id-malformed",
		 "An entry of vfio-pci's ids is not of the form VENDOR:DEVICE in hexadecimal, with "
		 "up to four more numbers behind it. The kernel ignores it with a warning in its "
		 "log; where it begins so, the kernel takes the numbers and drops what follows "
		 "(vfio_pci_fill_ids() of drivers/vfio/pci/vfio_pci.c).",
		 "Write the entry as lspci -nn shows it, 10de:1eb8, with a comma before the next."},
	ID(VFIO_IDS_STRAY) =
		{"vfio-driver.id-stray",
		 "A line of options for vfio-pci has a word that is not one of its options: a "
		 "space ends the list of ids, and what follows is a word of its own, which "
		 "the kernel ignores with a line in its log.",
		 "Write the list of ids without spaces: ids=10de:1eb8,10de:10f8."},
	ID(VFIO_IDS_TOO_LONG) =
		{"vfio-driver.ids-too-long",
		 "The list of vfio-pci's ids is longer than 1023 characters, all that vfio-pci has "
		 "room for. The kernel then refuses to load the module; a vfio-pci that is part of "
		 "the kernel gets no ids.",
		 "Shorten the list: name each pair of vendor and device once. Where it is still too "
		 "long, write vfio-pci to the driver_override of the functions in its place."},
	ID(VFIO_IDS_UNKNOWN_OPTION) =
		{"vfio-driver.option-unknown",
		 "A line of options for vfio-pci has one that no vfio-pci has, as id= in place of "
		 "ids=. The kernel ignores it with a line in its log (\"unknown parameter\"), and "
		 "what it was to do is not done.",
		 "Write the option as vfio-pci has it, or take it away: " VFIO_PCI_OPTIONS "."},
	ID(VFIO_IDS_REPLACED) =
		{"vfio-driver.ids-replaced",
		 "vfio-pci is given several lists of ids, and has the last alone: lines of "
		 "modprobe.d come first, each file behind the one before it, then the kernel "
		 "command line, then what initramfs-tools loads it with. What an earlier list names "
		 "and the last does not, stays with the host's drivers (kmod_module_get_options() of "
		 "libkmod, module_param_string() of drivers/vfio/pci/vfio_pci.c).",
		 "Write all ids into one list, with commas, and take the others away: "
		 "ids=10de:1eb8,10de:10f8. Make the initramfs anew and reboot."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

static const char *state_of(const struct host *host, const struct vfio_module *module)
{
	struct fact present = modules_present(&host->modules, module->name);

	if (fact_known(&present))
		return present.source == host->modules.loaded.fact.source ? "loaded" : "built in";
	if (modules_driver_runs(&host->modules, module->name))
		return "the driver is registered";
	return module->fact.source == host->kconfig.fact.source ? "built in" : "can be loaded";
}

static void report_gone(const struct host *host, const struct vfio_module *module,
			struct findings *findings)
{
	struct finding *finding = finding_add(findings, &kinds[GONE], FINDING_FAIL, subject_host(),
					      "%s", module->why);

	finding_evidence_state(finding, &host->modules.available.fact);
	finding_evidence(finding, &host->modules.loaded.fact, "%s",
			 counted_as(findings->arena, host->modules.loaded.count, "module is loaded",
				    "modules are loaded"));
}

static void report_missing(const struct host *host, const struct vfio_module *module,
			   struct findings *findings)
{
	const char *release = fact_known(&host->kernel_release.fact) ? host->kernel_release.text
								     : "of this release";
	struct finding *finding = finding_add(findings, &kinds[MISSING], FINDING_FAIL,
					      subject_host(), "%s", module->why);

	if (!fact_absent(&module->fact)) {
		finding_evidence(finding, &host->kconfig.fact, "without %s", module->name);
		finding_remedy(finding, "Boot a kernel that has %s", module->name);
		return;
	}
	finding_evidence(finding, &host->modules.available.fact, "without %s", module->name);
	finding_evidence(finding, &host->modules.builtin.fact, "without %s", module->name);
	finding_remedy(finding,
		       "Install the package that has %s for the kernel %s, or boot a kernel that "
		       "has it",
		       module->name, release);
}

static void report_unknown(const struct host *host, const struct vfio_module *module,
			   struct findings *findings)
{
	const struct modules *modules = &host->modules;
	const struct fact *lists[] = {&modules->loaded.fact, &modules->builtin.fact,
				      &modules->available.fact};
	struct finding *finding =
		finding_add(findings, &kinds[UNKNOWN], FINDING_UNKNOWN, subject_host(),
			    "cannot tell whether the kernel has the module %s", module->name);

	for (size_t i = 0; i < ARRAY_LENGTH(lists); i++) {
		finding_evidence(finding, lists[i], "without %s", module->name);
		finding_remedy_unread(finding, lists[i]);
	}
}

/* Returns whether the module is there; says what is wrong where it is not. A word of the command
 * line that refuses it is kernel-cmdline's, and a line of modprobe.d one of its own. */
static bool judge_module(const struct host *host, const struct vfio_module *module,
			 struct findings *findings)
{
	switch (module->state) {
	case VFIO_MODULE_THERE:
		return true;
	case VFIO_MODULE_REFUSED:
		return false;
	case VFIO_MODULE_MISSING:
		report_missing(host, module, findings);
		return false;
	case VFIO_MODULE_GONE:
		report_gone(host, module, findings);
		return false;
	case VFIO_MODULE_UNKNOWN:
		break;
	}
	report_unknown(host, module, findings);
	return false;
}

static void judge_modules(const struct check_context *context)
{
	const struct host *host = context->host;
	const struct vfio_module *driver = &context->model->vfio_modules.items[VFIO_MODULE_DRIVER];
	const struct vfio_module *memory = &context->model->vfio_modules.items[VFIO_MODULE_MEMORY];
	struct finding *finding;

	if (!judge_module(host, driver, context->findings) ||
	    !judge_module(host, memory, context->findings))
		return;
	finding = finding_add(context->findings, &kinds[PRESENT], FINDING_PASS, subject_host(),
			      "the kernel has %s and %s", driver->name, memory->name);
	finding_evidence(finding, &driver->fact, "%s: %s", driver->name, state_of(host, driver));
	finding_evidence(finding, &memory->fact, "%s: %s", memory->name, state_of(host, memory));
}

/* Lines "install vfio_pci /bin/false", as hardening guides have them. */
static void judge_install_lines(const struct host *host, struct findings *findings)
{
	for (size_t i = 0; i < host->modprobe.count; i++) {
		const struct modprobe_line *line = &host->modprobe.lines[i];
		const char *module = modprobe_refused(findings->arena, line);
		if (!module || !vfio_needs_module(host, module))
			continue;
		struct fact present = modules_present(&host->modules, module);
		struct fact source = {.state = FACT_KNOWN, .source = line->source};
		struct finding *finding = finding_add(
			findings, &kinds[REFUSED],
			fact_known(&present) ? FINDING_WARN : FINDING_FAIL, subject_host(),
			"modprobe.d keeps modprobe from loading %s%s", module,
			fact_known(&present) ? ", which the kernel has all the same" : "");
		finding_evidence(finding, &source, "%s", line->text);
		finding_remedy(finding, "Remove the line from %s", line->source);
	}
}

/* What a line of options asks for that the kernel command line does not give. */
struct unapplied {
	struct buffer missing;
	struct buffer other; /* the command line sets it otherwise */
};

static void compare_option(const struct host *host, struct arena *arena, const char *module,
			   const struct cmdline_parameter *option, struct unapplied *ret)
{
	const struct cmdline_parameter *parameter =
		cmdline_find(&host->cmdline, arena_printf(arena, "%s.%s", module, option->name));

	if (!parameter)
		buffer_item(&ret->missing, "%s.%s", module, cmdline_spell(arena, option));
	else if (strcmp(parameter->value ?: "", option->value ?: "") != 0)
		buffer_item(&ret->other, "%s", cmdline_spell(arena, parameter));
}

static struct unapplied find_unapplied(const struct host *host, struct arena *arena,
				       const char *module, const char *words)
{
	struct unapplied found = {
		.missing = {.arena = arena, .separator = " "},
		.other = {.arena = arena, .separator = " "},
	};

	for (char *rest = arena_printf(arena, "%s", words); *rest;) {
		struct cmdline_parameter option;
		rest = cmdline_take_argument(rest, &option);
		compare_option(host, arena, module, &option, &found);
	}
	return found;
}

static void remedy_unapplied(struct finding *finding, const struct host *host,
			     struct unapplied *unapplied)
{
	if (unapplied->missing.length)
		finding_remedy(finding, "Put %s on %s, and reboot",
			       buffer_text(&unapplied->missing), declared_system_place(host));
	else
		finding_remedy(finding,
			       "The kernel command line alone counts, and has %s: change it if the "
			       "file is what you mean, and reboot; otherwise remove the line from "
			       "the file",
			       buffer_text(&unapplied->other));
}

static void judge_options(const struct host *host, struct findings *findings)
{
	for (size_t i = 0; i < host->modprobe.count; i++) {
		const struct modprobe_line *line = &host->modprobe.lines[i];
		int begin = 0;
		char module[64];
		if (sscanf(line->text, "options %63s %n", module, &begin) != 1 || !begin ||
		    !strstr(module, "vfio") || !modules_built_in(&host->modules, module))
			continue;
		struct unapplied unapplied =
			find_unapplied(host, findings->arena, module, line->text + begin);
		if (!unapplied.missing.length && !unapplied.other.length)
			continue;
		struct fact source = {.state = FACT_KNOWN, .source = line->source};
		struct finding *finding = finding_add(
			findings, &kinds[OPTIONS_NOT_APPLIED], FINDING_WARN, subject_host(),
			"%s is built into the kernel, so its options in %s have no effect", module,
			line->source);
		finding_evidence(finding, &source, "%s", line->text);
		finding_evidence(finding, &host->modules.builtin.fact, "%s", module);
		if (fact_known(&host->cmdline.fact))
			remedy_unapplied(finding, host, &unapplied);
		else
			finding_remedy(finding,
				       "Put the options on %s, as %s.NAME=VALUE, and reboot",
				       declared_system_place(host), module);
	}
}

static void judge_virqfd(const struct host *host, struct findings *findings)
{
	struct fact available = modules_available(&host->modules, "vfio_virqfd");
	struct kernel_version version;

	if (!host_kernel_version(host, &version) || !kernel_at_least(&version, 6, 2) ||
	    fact_known(&available))
		return;
	for (size_t i = 0; i < host->module_lists.count; i++) {
		const struct module_list_line *line = &host->module_lists.lines[i];
		if (!strstr(line->text, "vfio_virqfd") && !strstr(line->text, "vfio-virqfd"))
			continue;
		struct fact source = {.state = FACT_KNOWN, .source = line->source};
		struct finding *finding = finding_add(
			findings, &kinds[VIRQFD], FINDING_WARN, subject_host(),
			"%s names vfio_virqfd, which this kernel no longer has", line->source);
		finding_evidence(finding, &source, "%s", line->text);
		finding_evidence(finding, &host->kernel_release.fact, "%s",
				 host->kernel_release.text);
		finding_remedy(finding, "Take vfio_virqfd out of %s", line->source);
	}
}

static void judge_rules(const struct host *host, struct findings *findings)
{
	for (size_t i = 0; i < host->module_lists.rule_count; i++) {
		const struct module_list_line *rule = &host->module_lists.rules[i];
		struct moved_address moved;
		if (moved_address_find(host, rule->text, &moved))
			finding_moved_rule(findings, &kinds[RULE_MOVED], &moved, rule->source,
					   rule->text);
	}
}

/* Of an entry with an address. */
static void judge_binding(const struct host *host, const struct module_list_line *entry,
			  struct findings *findings)
{
	const struct fact fact = {.state = FACT_KNOWN, .source = entry->source};
	const char *line = arena_printf(findings->arena, "%s%s%s", entry->text,
					entry->ids ? "|" : "", entry->ids ? entry->ids : "");
	struct pci_address address;

	if (pci_address_parse(entry->text, &address) != 0)
		return;
	const struct pci_function *now = pci_find(&host->pci, &address);
	if (now && (!entry->ids || !moved_address_find(host, line, NULL)))
		return;
	struct finding *finding = finding_add(
		findings, &kinds[BINDING_LOST], FINDING_WARN,
		now ? subject_function(now) : subject_host(),
		"Unraid does not give %s to vfio-pci at boot, as it is meant to: %s", line,
		now ? "another device is at that address now" : "no device is at that address now");
	finding_evidence(finding, &fact, "%s", line);
}

static void judge_bindings(const struct host *host, struct findings *findings)
{
	for (size_t i = 0; i < host->module_lists.override_count; i++) {
		const struct module_list_line *entry = &host->module_lists.overrides[i];
		if (entry->owner == OVERRIDE_UNRAID && entry->text && fact_known(&host->pci.fact))
			judge_binding(host, entry, findings);
	}
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;

	judge_modules(context);
	judge_install_lines(host, findings);
	judge_options(host, findings);
	judge_virqfd(host, findings);
	vfio_ids_judge(context->model, &kinds[OWN_COUNT], findings);
	judge_rules(host, findings);
	judge_bindings(host, findings);
}

const struct check check_vfio_driver = {
	.id = "vfio-driver",
	.title = "Does the kernel have VFIO's drivers, and do they get what they are meant to?",
	.needs = "/proc/modules, /lib/modules and modprobe.d; no privilege",
	.advisory = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
