/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"
#include "checks/support/moved_rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/access/buffer.h"
#include "model/assign/vfio_access.h"
#include "model/assign/vfio_driver.h"
#include "model/boot/boot_commands.h"
#include "model/boot/declared_system.h"
#include "model/boot/kernel_parameters.h"
#include "model/modules/driver_module.h"
#include "model/modules/module_option.h"
#include "model/modules/vfio_ids.h"
#include "model/own_commands.h"

enum kind {
	PRESENT,
	MISSING,
	GONE,
	UNKNOWN,
	REFUSED,
	OPTIONS_NOT_APPLIED,
	VIRQFD,
	ID_TWIN,
	ID_HOST_USE,
	ID_TOO_LATE,
	ID_NOT_TAKEN,
	ID_MATCHES_NOTHING,
	RULE_MOVED,
	BINDING_LOST,
	ID_MALFORMED,
	ID_STRAY,
	IDS_TOO_LONG,
	KIND_COUNT,
};

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
	[ID_TWIN] =
		{"vfio-driver.id-twin",
		 "An entry of vfio-pci's ids matches every function with that vendor and device. "
		 "One of them is on vfio-pci, another is in use by a driver of the host: which "
		 "driver gets it at the next boot depends on which comes first.",
		 "If the function that the host uses is to stay with it, take the entry out of "
		 "ids, and write vfio-pci to the driver_override of the other function in its "
		 "place."},
	[ID_HOST_USE] =
		{"vfio-driver.id-host-use",
		 "An entry of vfio-pci's ids matches a function that the host needs: its disk, or "
		 "its network adapter. The host's driver has the function only because it comes "
		 "first. Where vfio-pci comes first, as after an update of the initramfs, the host "
		 "does not boot, or is not reached.",
		 "Take the entry out of ids, and make the initramfs anew. A function of the same "
		 "ids that is to go to a guest gets vfio-pci by its driver_override, from a udev "
		 "rule."},
	[ID_TOO_LATE] =
		{"vfio-driver.id-too-late",
		 "vfio-pci was told by ids to take a function, and another driver has it: that "
		 "driver came first, or a person or libvirt bound it since.",
		 "Where a driver is part of the kernel, have a udev rule write vfio-pci to the "
		 "driver_override of the function. Where both are modules, have vfio-pci loaded "
		 "first: add \"softdep MODULE pre: vfio-pci\", with the "
		 "module of the other driver, to a file in /etc/modprobe.d, make the initramfs "
		 "anew and reboot. To move the function now, unbind it from the other driver."},
	[ID_NOT_TAKEN] =
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
	[ID_MATCHES_NOTHING] = {"vfio-driver.id-matches-nothing",
				"An entry of vfio-pci's ids matches no function of this host: the "
				"card is gone, or the numbers are wrong.",
				"Remove the entry, or correct it: lspci -nn shows the numbers."},
	[ID_MALFORMED] =
		{"vfio-driver.id-malformed",
		 "An entry of vfio-pci's ids is not of the form VENDOR:DEVICE in hexadecimal, with "
		 "up to four more numbers behind it. The kernel ignores it with a warning in its "
		 "log; where it begins so, the kernel takes the numbers and drops what follows "
		 "(vfio_pci_fill_ids() of drivers/vfio/pci/vfio_pci.c).",
		 "Write the entry as lspci -nn shows it, 10de:1eb8, with a comma before the next."},
	[ID_STRAY] = {"vfio-driver.id-stray",
		      "A line of options for vfio-pci has a word that is not one of its options: a "
		      "space ends the list of ids, and what follows is a word of its own, which "
		      "the kernel ignores with a line in its log.",
		      "Write the list of ids without spaces: ids=10de:1eb8,10de:10f8."},
	[IDS_TOO_LONG] =
		{"vfio-driver.ids-too-long",
		 "The list of vfio-pci's ids is longer than 1023 characters, all that vfio-pci has "
		 "room for. The kernel then refuses to load the module; a vfio-pci that is part of "
		 "the kernel gets no ids.",
		 "Shorten the list: name each pair of vendor and device once. Where it is still too "
		 "long, write vfio-pci to the driver_override of the functions in its place."},
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

static void report_stray(const struct modprobe_line *line, const char *first, size_t more,
			 struct findings *findings)
{
	struct fact source = {.state = FACT_KNOWN, .source = line->source};
	struct finding *finding = finding_add(
		findings, &kinds[ID_STRAY], FINDING_WARN, subject_host(),
		"vfio-pci does not get %s%s: a space in %s ends the list of ids", first,
		more ? arena_printf(findings->arena, " and %zu more", more) : "", line->source);

	finding_evidence(finding, &source, "%s", line->text);
	finding_remedy(finding, "Write the list of ids in %s without spaces", line->source);
}

/* Says of one line which words of it are ids. */
static void judge_words(const struct modprobe_line *line, const char *words,
			struct findings *findings)
{
	const char *first = NULL;
	size_t count = 0;

	for (char *rest = arena_printf(findings->arena, "%s", words); *rest;) {
		struct cmdline_parameter word;
		rest = cmdline_take_argument(rest, &word);
		if (word.value || !kernel_parameter_is_id(word.name))
			continue;
		first = first ? first : word.name;
		count++;
	}
	if (first)
		report_stray(line, first, count - 1, findings);
}

static void judge_stray_ids(const struct host *host, struct findings *findings)
{
	for (size_t i = 0; i < host->modprobe.count; i++) {
		const struct modprobe_line *line = &host->modprobe.lines[i];
		int begin = 0;
		char module[64];
		if (sscanf(line->text, "options %63s %n", module, &begin) != 1 || !begin ||
		    !cmdline_same_name(module, "vfio_pci"))
			continue;
		judge_words(line, line->text + begin, findings);
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

enum { EXCERPT_OF_IDS = 64, MOST_TWINS = 4 };

#define HEX_DIGITS "0123456789abcdefABCDEF"

/* The ids of vfio-pci, and where they are set. */
struct ids {
	const struct host *host;
	const struct host_uses *uses;
	const struct assignability *assignability;
	struct fact source;
	const char *setting;
	bool on_command_line;
	struct findings *findings;
};

static struct finding *add_id_finding(const struct ids *ids, enum kind kind, const char *summary)
{
	struct finding *finding = finding_add(ids->findings, &kinds[kind], FINDING_WARN,
					      subject_host(), "%s", summary);

	finding_evidence(finding, &ids->source, "%s", ids->setting);
	return finding;
}

/* Says how vfio-pci gets the function where nothing of modprobe.d gets into the initramfs, and
 * rules of udev may be kept nowhere. */
static void remedy_image(struct finding *finding, const struct host *host,
			 const struct pci_function *function)
{
	const char *bindings = declared_system_bindings(host);

	finding_remedy(finding,
		       "%s brings an initramfs of its own, in which nothing puts vfio-pci before "
		       "%s: %s%s%s give %s to vfio-pci; " OWN_PLAN " %s says how",
		       declared_system_image(host), driver_module(function->driver.text),
		       bindings ? "in " : "let a udev rule", bindings ? bindings : "",
		       bindings ? "," : "", function->name, function->name);
}

/* Says how to have vfio-pci loaded before driver. */
static void remedy_softdep(struct finding *finding, const struct host *host, const char *driver)
{
	const char *module = driver_module(driver);
	const char *rebuild = boot_commands_initramfs(host);
	const char *apply = declared_system_apply(host);

	finding_remedy(
		finding,
		"Have vfio-pci loaded before %s: add \"softdep %s pre: vfio-pci\" to %s, %s%s%s "
		"and reboot; to move it now, unbind it from %s",
		module, module, declared_system_module_options(host),
		apply ? "which " : "make the initramfs anew", apply ? apply : "",
		apply ? " applies," : "", driver);
	if (rebuild)
		finding_command(finding, "%s", rebuild);
}

/* Says how vfio-pci gets the function; modprobe orders modules only, nothing that is built in. */
static void remedy_order(struct finding *finding, const struct host *host,
			 const struct pci_function *function, const struct modprobe_line *order)
{
	const struct modules *modules = &host->modules;
	const char *driver = function->driver.text;
	const char *module = driver_module(driver);
	bool vfio_built_in = modules_built_in(modules, "vfio_pci");

	if (declared_system_image(host)) {
		remedy_image(finding, host, function);
		return;
	}
	if (!order && !vfio_built_in && !modules_built_in(modules, module)) {
		remedy_softdep(finding, host, driver);
		return;
	}
	if (modules_built_in(modules, module)) {
		finding_evidence(finding, &modules->builtin.fact, "%s is built in", module);
		finding_remedy(finding,
			       "%s is part of the kernel, and there before any module: no line in "
			       "modprobe.d changes that. Have a udev rule write vfio-pci to the "
			       "driver_override of %s and unbind it from %s",
			       module, function->name, driver);
	} else if (vfio_built_in) {
		finding_evidence(finding, &modules->builtin.fact, "vfio_pci is built in");
		finding_remedy(finding,
			       "vfio-pci is part of the kernel and has its ids from the kernel "
			       "command line, yet %s came first, or was bound since. Have a udev "
			       "rule write vfio-pci to the driver_override of %s and unbind it "
			       "from %s",
			       driver, function->name, driver);
	} else if (order) {
		finding_remedy(finding,
			       "The softdep in %s is set already, and did not help: make the "
			       "initramfs anew if it is older; otherwise have a udev rule write "
			       "vfio-pci to the driver_override of %s",
			       order->source, function->name);
	}
}

static void report_host_use(const struct ids *ids, const char *id,
			    const struct pci_function *function)
{
	struct arena *arena = ids->findings->arena;
	const struct host_use *use = host_uses_vital(ids->uses, function);
	struct finding *finding = add_id_finding(
		ids, ID_HOST_USE,
		arena_printf(arena, "ids=%s also matches %s, which the host needs for %s", id,
			     function->name, host_uses_vital_words(ids->uses, function, arena)));
	struct fact source = {.state = FACT_KNOWN, .source = use->entry->source};

	finding_evidence(finding, &source, "%s", use->entry->what);
	finding_remedy(finding,
		       "Take %s out of ids before the next boot: vfio-pci may be first then. What "
		       "is to go to a guest gets vfio-pci by its address: " OWN_PLAN " FUNCTION "
		       "says how",
		       id);
}

/* Returns what driverctl saved of the function where that is not to be with VFIO, or NULL. */
static const struct module_list_line *given_elsewhere(const struct host *host,
						      const struct pci_function *function)
{
	const struct module_list_line *saved =
		module_lists_override(&host->module_lists, function->name, NULL);

	return saved && !driver_name_is_vfio(saved->driver) ? saved : NULL;
}

static void remedy_saved(struct finding *finding, const struct pci_function *function,
			 const struct module_list_line *saved)
{
	struct fact source = {.state = FACT_KNOWN, .source = saved->source};
	bool none = strcmp(saved->driver, "none") == 0;

	finding_evidence(finding, &source, "%s", saved->driver);
	finding_remedy(finding,
		       "driverctl %s %s%s at every boot, whatever ids= says: if a guest is to have "
		       "it, ask " OWN_PLAN " %s; otherwise take it out of ids=",
		       none ? "keeps drivers from" : "gives", function->name,
		       none ? "" : arena_printf(finding->owner->arena, " to %s", saved->driver),
		       function->name);
}

static void show_driver(struct finding *finding, const struct pci_function *function,
			const struct modprobe_line *order)
{
	finding_evidence(finding, &function->driver.fact, "%s", function->driver.text);
	if (!order)
		return;
	struct fact source = {.state = FACT_KNOWN, .source = order->source};
	finding_evidence(finding, &source, "%s", order->text);
}

static const struct modprobe_line *order_of(const struct ids *ids,
					    const struct pci_function *function)
{
	return modprobe_find_softdep(&ids->host->modprobe, ids->findings->arena,
				     driver_module(function->driver.text), "vfio-pci");
}

static void report_late(const struct ids *ids, const char *id, const struct pci_function *function)
{
	const struct module_list_line *saved = given_elsewhere(ids->host, function);
	const struct modprobe_line *order = order_of(ids, function);
	struct finding *finding = add_id_finding(
		ids, ID_TOO_LATE,
		arena_printf(ids->findings->arena, "vfio-pci did not get %s by ids=%s: %s has it",
			     function->name, id, function->driver.text));

	show_driver(finding, function, order);
	if (saved)
		remedy_saved(finding, function, saved);
	else
		remedy_order(finding, ids->host, function, order);
}

/* vfio-pci takes what its ids name when it is loaded, whatever else there is. */
static bool was_not_taken(const struct ids *ids, const struct pci_function *function)
{
	const struct modules *modules = &ids->host->modules;
	const struct fact_text *override = &function->driver_override;
	enum assignable_verdict verdict = assignability_of(ids->assignability, function)->verdict;
	bool loaded = modules_loaded(modules, "vfio_pci");

	if (!fact_absent(&function->driver.fact) || modules_built_in(modules, "vfio_pci") ||
	    !fact_known(&modules->loaded.fact) || (loaded && ids->on_command_line))
		return false;
	return (verdict == ASSIGNABLE || verdict == ASSIGNABLE_WITH) &&
	       (!fact_known(&override->fact) || fact_text_is(override, "vfio-pci")) &&
	       !given_elsewhere(ids->host, function);
}

static void report_not_taken(const struct ids *ids, const char *id,
			     const struct pci_function *function)
{
	const struct host *host = ids->host;
	const char *apply = declared_system_apply(host), *image = declared_system_image(host);
	const char *rebuild = boot_commands_initramfs(host);
	bool loaded = modules_loaded(&host->modules, "vfio_pci");
	struct finding *finding =
		add_id_finding(ids, ID_NOT_TAKEN,
			       arena_printf(ids->findings->arena,
					    "vfio-pci %s: ids=%s names %s, which no driver has",
					    loaded ? "is loaded without its ids" : "is not loaded",
					    id, function->name));

	finding_evidence(finding, &host->modules.loaded.fact, "%s vfio_pci",
			 loaded ? "with" : "without");
	finding_evidence_state(finding, &function->driver.fact);
	if (image || !loaded) {
		finding_remedy(finding,
			       "Have it loaded at boot, as " OWN_PLAN " %s says, and reboot",
			       function->name);
		return;
	}
	finding_remedy(finding,
		       "The line came after it was loaded, or the initramfs has no copy of it: "
		       "%s%s%s and reboot; " OWN_PLAN " %s gives it to vfio-pci now",
		       apply ? "have " : "make the initramfs anew", apply ? apply : "",
		       apply ? " apply it" : "", function->name);
	if (rebuild)
		finding_command(finding, "%s", rebuild);
}

/* Bridges match too, and vfio-pci refuses them: they are nobody's twins. */
static bool counts(const struct vfio_id *id, const struct pci_function *function)
{
	return vfio_id_matches(id, function) && pci_header_type(function) <= 0;
}

static bool is_on_host_driver(const struct pci_function *function)
{
	return fact_known(&function->driver.fact) && !driver_is_vfio(function) &&
	       !pci_is_on_driver(function, "pci-stub");
}

/* Those that the host's driver uses while vfio-pci has others of the same ids: told at once. */
static void report_twins(const struct ids *ids, const char *text, const struct vfio_id *id)
{
	const struct pci *pci = &ids->host->pci;
	struct buffer names = {
		.arena = ids->findings->arena, .separator = ", ", .most = MOST_TWINS};
	const struct pci_function *first = NULL;
	const char *driver = NULL;

	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (!counts(id, function) || !is_on_host_driver(function) ||
		    given_elsewhere(ids->host, function))
			continue;
		first = first ? first : function;
		driver = strcmp(first->driver.text, function->driver.text) == 0 ? first->driver.text
										: "the host";
		buffer_item(&names, "%s", function->name);
	}
	if (!first)
		return;
	struct finding *finding = add_id_finding(
		ids, ID_TWIN,
		arena_printf(ids->findings->arena, "ids=%s also matches %s, which %s uses", text,
			     buffer_list(&names), driver));
	show_driver(finding, first, order_of(ids, first));
	finding_remedy(finding,
		       "If %s is to stay with the host, use driver_override of the other function "
		       "in place of ids=%s",
		       names.count > 1 ? "any of them" : first->name, text);
}

static void judge_matches(const struct ids *ids, const char *text, const struct vfio_id *id,
			  bool twins)
{
	const struct pci *pci = &ids->host->pci;
	bool vital = false;

	for (size_t i = 0; i < pci->count; i++) {
		if (!counts(id, &pci->functions[i]) ||
		    !host_uses_vital(ids->uses, &pci->functions[i]))
			continue;
		report_host_use(ids, text, &pci->functions[i]);
		vital = true;
	}
	/* To let vfio-pci come first is no advice then. */
	if (vital)
		return;
	if (twins)
		report_twins(ids, text, id);
	for (size_t i = 0; !twins && i < pci->count; i++) {
		if (!counts(id, &pci->functions[i]))
			continue;
		if (is_on_host_driver(&pci->functions[i]))
			report_late(ids, text, &pci->functions[i]);
		else if (was_not_taken(ids, &pci->functions[i]))
			report_not_taken(ids, text, &pci->functions[i]);
	}
}

static void judge_id(const struct ids *ids, const char *text)
{
	const struct pci *pci = &ids->host->pci;
	struct arena *arena = ids->findings->arena;
	size_t matches = 0, taken = 0;
	struct vfio_id id;
	size_t length = vfio_id_parse(text, &id);

	if (!length) {
		add_id_finding(ids, ID_MALFORMED,
			       arena_printf(arena,
					    "the kernel ignores ids=%s, which is not VENDOR:DEVICE",
					    text));
		return;
	}
	if (strpbrk(text + length, HEX_DIGITS))
		add_id_finding(ids, ID_MALFORMED,
			       arena_printf(arena, "the kernel takes ids=%s for %.*s", text,
					    (int)length, text));
	for (size_t i = 0; i < pci->count; i++) {
		matches += vfio_id_matches(&id, &pci->functions[i]);
		taken += vfio_id_matches(&id, &pci->functions[i]) &&
			 driver_is_vfio(&pci->functions[i]);
	}
	if (!matches && fact_known(&pci->fact))
		add_id_finding(ids, ID_MATCHES_NOTHING,
			       arena_printf(arena, "ids=%s matches no function", text));
	judge_matches(ids, text, &id, taken > 0);
}

static void judge_id_list(const struct ids *ids, const char *list)
{
	char *save = NULL, *copy = arena_printf(ids->findings->arena, "%s", list);

	for (char *id = strtok_r(copy, ",", &save); id; id = strtok_r(NULL, ",", &save))
		judge_id(ids, id);
}

/* Of a list that no vfio-pci takes, no entry counts. */
static void report_too_long(struct ids *ids, const char *list)
{
	struct arena *arena = ids->findings->arena;

	ids->setting = arena_printf(arena, "ids=%.*s...", EXCERPT_OF_IDS, list);
	add_id_finding(ids, IDS_TOO_LONG,
		       arena_printf(arena,
				    "vfio-pci cannot take its list of ids: %zu characters, of "
				    "which it has room for %d",
				    strlen(list), VFIO_IDS_LONGEST));
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

static void judge_ids(const struct model *model, struct findings *findings)
{
	const struct host *host = model->host;
	struct module_option option = module_option_find(host, findings->arena, "vfio_pci", "ids");
	struct ids ids = {
		.host = host,
		.uses = &model->host_uses,
		.assignability = &model->assignability,
		.on_command_line = option.on_command_line,
		.findings = findings,
	};

	if (!option.text || !option.value)
		return;
	ids.source = *option.place;
	ids.setting = option.text;
	if (strlen(option.value) > VFIO_IDS_LONGEST)
		report_too_long(&ids, option.value);
	else
		judge_id_list(&ids, option.value);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;

	judge_modules(context);
	judge_install_lines(host, findings);
	judge_options(host, findings);
	judge_stray_ids(host, findings);
	judge_virqfd(host, findings);
	judge_ids(context->model, findings);
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
