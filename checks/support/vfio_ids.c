/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/vfio_ids.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "checks/support/check.h"
#include "host/base/affix.h"
#include "host/base/buffer.h"
#include "model/assign/vfio_driver.h"
#include "model/boot/boot_commands.h"
#include "model/boot/declared_system.h"
#include "model/boot/kernel_parameters.h"
#include "model/modules/driver_module.h"
#include "model/modules/initramfs_loads.h"
#include "model/modules/load_order.h"
#include "model/modules/module_option.h"
#include "model/modules/vfio_ids.h"
#include "model/own_commands.h"

enum { MOST_LISTS = 16 }; /* lines of modprobe.d that the last one replaces */

static void report_stray(const struct modprobe_line *line, const char *first, size_t more,
			 const struct finding_kind *kinds, struct findings *findings)
{
	struct fact source = {.state = FACT_KNOWN, .source = line->source};
	struct finding *finding = finding_add(
		findings, &kinds[VFIO_IDS_STRAY], FINDING_WARN, subject_host(),
		"vfio-pci does not get %s%s: a space in %s ends the list of ids", first,
		more ? arena_printf(findings->arena, " and %zu more", more) : "", line->source);

	finding_evidence(finding, &source, "%s", line->text);
	finding_remedy(finding, "Write the list of ids in %s without spaces", line->source);
}

/* The kernel gives dyndbg and async_probe to any module: unknown_module_param_cb() of
 * kernel/module/main.c. */
static bool is_option(const char *name)
{
	static const char *const options[] = {
		"ids",        "disable_vga", "disable_idle_d3", "enable_sriov", "disable_denylist",
		"nointxmask", "dyndbg",      "async_probe",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(options); i++) {
		if (cmdline_same_name(name, options[i]))
			return true;
	}
	return false;
}

static void report_unknown_option(const struct modprobe_line *line, const char *first, size_t more,
				  const struct finding_kind *kinds, struct findings *findings)
{
	const struct fact source = fact_of(FACT_KNOWN, line->source, 0);
	struct finding *finding =
		finding_add(findings, &kinds[VFIO_IDS_UNKNOWN_OPTION], FINDING_WARN, subject_host(),
			    "vfio-pci has no option %s%s: the kernel ignores %s in %s", first,
			    more ? arena_printf(findings->arena, " and %zu more", more) : "",
			    more ? "them" : "it", line->source);

	finding_evidence(finding, &source, "%s", line->text);
}

/* Says of one line which words of it are ids, and which are no options of vfio-pci. */
static void judge_words(const struct modprobe_line *line, const char *words,
			const struct finding_kind *kinds, struct findings *findings)
{
	const char *stray = NULL, *unknown = NULL;
	size_t strays = 0, unknowns = 0;

	for (char *rest = arena_printf(findings->arena, "%s", words); *rest;) {
		struct cmdline_parameter word;
		rest = cmdline_take_argument(rest, &word);
		if (!word.value && kernel_parameter_is_id(word.name)) {
			stray = stray ? stray : word.name;
			strays++;
		} else if (*word.name && !is_option(word.name)) {
			unknown = unknown ? unknown : word.name;
			unknowns++;
		}
	}
	if (stray)
		report_stray(line, stray, strays - 1, kinds, findings);
	if (unknown)
		report_unknown_option(line, unknown, unknowns - 1, kinds, findings);
}

static void judge_stray_ids(const struct host *host, const struct finding_kind *kinds,
			    struct findings *findings)
{
	for (size_t i = 0; i < host->modprobe.count; i++) {
		const struct modprobe_line *line = &host->modprobe.lines[i];
		int begin = 0;
		char module[64];
		if (sscanf(line->text, "options %63s %n", module, &begin) != 1 || !begin ||
		    !cmdline_same_name(module, "vfio_pci"))
			continue;
		judge_words(line, line->text + begin, kinds, findings);
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
	const struct finding_kind *kinds; /* by enum vfio_ids_kind */
	struct findings *findings;
};

static struct finding *add_id_finding(const struct ids *ids, enum vfio_ids_kind kind,
				      const char *summary)
{
	struct finding *finding = finding_add(ids->findings, &ids->kinds[kind], FINDING_WARN,
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

/* How the initramfs gets the files of modprobe.d. */
static const char *with_files(const struct host *host, struct arena *arena)
{
	const char *needs = initramfs_needs_for_modprobe(host, arena);

	return needs ? arena_printf(
			       arena,
			       "%s (no file of modprobe.d is in the initramfs), make that anew",
			       needs)
		     : "make the initramfs anew";
}

/* Says how to have vfio-pci loaded before driver. */
static void remedy_softdep(struct finding *finding, const struct host *host, const char *driver)
{
	const char *module = driver_module(driver);
	const char *rebuild = boot_commands_initramfs(host);
	const char *apply = declared_system_apply(host);
	struct arena *arena = finding->owner->arena;
	const struct modprobe_line *vain = modprobe_find_vain_blacklist(&host->modprobe, module);

	finding_remedy(
		finding,
		"Have vfio-pci loaded before %s: add \"softdep %s pre: vfio-pci\" to %s, %s%s%s "
		"and reboot; to move it now, unbind it from %s%s",
		module, module, declared_system_module_options(host),
		apply ? "which " : with_files(host, arena), apply ? apply : "",
		apply ? " applies," : "", driver,
		vain ? arena_printf(arena, ". %s keeps nothing away: it takes names, no patterns",
				    vain->text)
		     : "");
	if (vain) {
		struct fact source = fact_of(FACT_KNOWN, vain->source, 0);
		finding_evidence(finding, &source, "%s", vain->text);
	}
	if (rebuild)
		finding_command(finding, "%s", rebuild);
}

/* Returns the ids of pci-stub, where they name a function that it has; text is NULL otherwise. */
static struct module_option stub_ids(const struct ids *ids, const struct pci_function *function)
{
	static const struct module_option none;

	if (!pci_is_on_driver(function, "pci-stub"))
		return none;
	const struct module_option option =
		module_option_find(ids->host, ids->findings->arena, "pci_stub", "ids");
	return vfio_ids_match(option.value, function) ? option : none;
}

static void remedy_stub(struct finding *finding, const struct pci_function *function,
			const struct module_option *stub)
{
	finding_evidence(finding, stub->place, "%s", stub->text);
	finding_remedy(finding,
		       "pci-stub takes it first, and no guest gets what pci-stub has: take %s out "
		       "of %s in %s%s and reboot",
		       function->name, stub->text, stub->place->source,
		       stub->on_command_line ? "" : ", make the initramfs anew");
}

/* Says how the softdep that alone counts for a driver loads vfio-pci, too. */
static void remedy_first_softdep(struct finding *finding, const struct host *host,
				 const char *module, const struct modprobe_line *first)
{
	const struct fact source = fact_of(FACT_KNOWN, first->source, 0);
	const char *apply = declared_system_apply(host);

	finding_evidence(finding, &source, "%s", first->text);
	finding_remedy(finding,
		       "Of several softdeps for %s the first alone counts, and that is the one in "
		       "%s: write pre: vfio-pci into it%s, %s%s%s and reboot",
		       module, first->source,
		       apply || begins_with(first->source, "/etc/")
			       ? ""
			       : ", in a copy of the file in /etc/modprobe.d",
		       apply ? "which " : with_files(host, finding->owner->arena),
		       apply ? apply : "", apply ? " applies," : "");
}

/* What is part of the kernel heeds no order of modules: the driver, or vfio-pci. */
static void remedy_built_in(struct finding *finding, const struct modules *modules,
			    const struct pci_function *function, const char *module)
{
	const char *driver = function->driver.text;

	if (modules_built_in(modules, module)) {
		finding_evidence(finding, &modules->builtin.fact, "%s is built in", module);
		finding_remedy(finding,
			       "%s is part of the kernel, and there before any module: no line in "
			       "modprobe.d changes that. Have a udev rule write vfio-pci to the "
			       "driver_override of %s and unbind it from %s",
			       module, function->name, driver);
	} else {
		finding_evidence(finding, &modules->builtin.fact, "vfio_pci is built in");
		finding_remedy(finding,
			       "vfio-pci is part of the kernel and has its ids from the kernel "
			       "command line, yet %s came first, or was bound since. Have a udev "
			       "rule write vfio-pci to the driver_override of %s and unbind it "
			       "from %s",
			       driver, function->name, driver);
	}
}

/* Says how vfio-pci gets the function; modprobe orders modules only, nothing that is built in. */
static void remedy_order(struct finding *finding, const struct host *host,
			 const struct pci_function *function, const struct modprobe_line *order)
{
	const struct modules *modules = &host->modules;
	const char *driver = function->driver.text;
	const char *module = driver_module(driver);

	if (declared_system_image(host)) {
		remedy_image(finding, host, function);
		return;
	}
	bool are_modules =
		!modules_built_in(modules, "vfio_pci") && !modules_built_in(modules, module);
	const struct modprobe_line *first =
		load_order_in_front(host, finding->owner->arena, module, "vfio_pci");
	if (first && are_modules) {
		remedy_first_softdep(finding, host, module, first);
		return;
	}
	if (!order && are_modules) {
		remedy_softdep(finding, host, driver);
		return;
	}
	if (!are_modules)
		remedy_built_in(finding, modules, function, module);
	else if (initramfs_needs_for_modprobe(host, finding->owner->arena))
		finding_remedy(finding, "The softdep in %s is set already: %s and reboot",
			       order->source, with_files(host, finding->owner->arena));
	else
		finding_remedy(finding,
			       "The softdep in %s is set already, and did not help: make the "
			       "initramfs anew if it is older; otherwise have a udev rule write "
			       "vfio-pci to the driver_override of %s",
			       order->source, function->name);
}

static void report_host_use(const struct ids *ids, const char *id,
			    const struct pci_function *function)
{
	struct arena *arena = ids->findings->arena;
	const struct host_use *use = host_uses_vital(ids->uses, function);
	struct finding *finding = add_id_finding(
		ids, VFIO_IDS_HOST_USE,
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
	return load_order_softdep(ids->host, ids->findings->arena,
				  driver_module(function->driver.text), "vfio-pci");
}

/* Returns what keeps the function from guests whatever its driver: a use of what goes with it. */
static const struct blocker *held_by_companion(const struct ids *ids,
					       const struct pci_function *function)
{
	const struct blocker *blocker = assignability_of(ids->assignability, function)->blockers;

	while (blocker && (blocker->kind != BLOCKER_HOST_USE || !blocker->companion))
		blocker = blocker->next;
	return blocker;
}

static void report_late(const struct ids *ids, const char *id, const struct pci_function *function)
{
	const struct module_list_line *saved = given_elsewhere(ids->host, function);
	const struct modprobe_line *order = order_of(ids, function);
	const struct blocker *held = held_by_companion(ids, function);
	const struct module_option stub = stub_ids(ids, function);
	struct finding *finding = add_id_finding(
		ids, VFIO_IDS_TOO_LATE,
		arena_printf(ids->findings->arena, "vfio-pci did not get %s by ids=%s: %s has it",
			     function->name, id, function->driver.text));

	show_driver(finding, function, order);
	if (saved)
		remedy_saved(finding, function, saved);
	else if (stub.text)
		remedy_stub(finding, function, &stub);
	else if (held)
		finding_remedy(finding,
			       "vfio-pci alone brings %s to no guest: %s. See to that first",
			       function->name, held->why);
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
		add_id_finding(ids, VFIO_IDS_NOT_TAKEN,
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
		       apply ? "have " : with_files(host, ids->findings->arena), apply ? apply : "",
		       apply ? " apply it" : "", function->name);
	if (rebuild)
		finding_command(finding, "%s", rebuild);
}

/* Of a PF that vfio-pci gets in place of its driver no VFs are made at the next boot. */
static void report_pf(const struct ids *ids, const char *id, const struct pci_function *pf)
{
	struct finding *finding =
		add_id_finding(ids, VFIO_IDS_PF,
			       arena_printf(ids->findings->arena,
					    "ids=%s also matches %s, of which %s has made VFs", id,
					    pf->name, pf->driver.text));

	finding_evidence(finding, &pf->sriov.numvfs.fact, "%" PRId64, pf->sriov.numvfs.value);
	finding_remedy(
		finding,
		"Take %s out of ids before the next boot: vfio-pci may be first then, and "
		"makes no VFs. What is to go to a guest gets vfio-pci by its address: " OWN_PLAN
		" FUNCTION says how",
		id);
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

static bool has_vfs_of_host(const struct pci_function *function)
{
	return is_on_host_driver(function) && pci_has_vfs(function);
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
		    pci_has_vfs(function) || given_elsewhere(ids->host, function))
			continue;
		first = first ? first : function;
		driver = strcmp(first->driver.text, function->driver.text) == 0 ? first->driver.text
										: "the host";
		buffer_item(&names, "%s", function->name);
	}
	if (!first)
		return;
	struct finding *finding = add_id_finding(
		ids, VFIO_IDS_TWIN,
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
	for (size_t i = 0; i < pci->count; i++) {
		if (counts(id, &pci->functions[i]) && has_vfs_of_host(&pci->functions[i]) &&
		    !given_elsewhere(ids->host, &pci->functions[i]))
			report_pf(ids, text, &pci->functions[i]);
	}
	if (twins)
		report_twins(ids, text, id);
	for (size_t i = 0; !twins && i < pci->count; i++) {
		if (!counts(id, &pci->functions[i]))
			continue;
		if (has_vfs_of_host(&pci->functions[i]))
			continue;
		if (is_on_host_driver(&pci->functions[i]) || stub_ids(ids, &pci->functions[i]).text)
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
		add_id_finding(ids, VFIO_IDS_MALFORMED,
			       arena_printf(arena,
					    "the kernel ignores ids=%s, which is not VENDOR:DEVICE",
					    text));
		return;
	}
	if (strpbrk(text + length, HEX_DIGITS))
		add_id_finding(ids, VFIO_IDS_MALFORMED,
			       arena_printf(arena, "the kernel takes ids=%s for %.*s", text,
					    (int)length, text));
	for (size_t i = 0; i < pci->count; i++) {
		matches += vfio_id_matches(&id, &pci->functions[i]);
		taken += vfio_id_matches(&id, &pci->functions[i]) &&
			 driver_is_vfio(&pci->functions[i]);
	}
	if (!matches && fact_known(&pci->fact))
		add_id_finding(ids, VFIO_IDS_MATCHES_NOTHING,
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
	add_id_finding(ids, VFIO_IDS_TOO_LONG,
		       arena_printf(arena,
				    "vfio-pci cannot take its list of ids: %zu characters, of "
				    "which it has room for %d",
				    strlen(list), VFIO_IDS_LONGEST));
}

/* Returns whether an entry names a function that would be vfio-pci's but for the list that counts.
 */
static bool is_missed(const struct ids *ids, const struct vfio_id *id, const char *list)
{
	const struct pci *pci = &ids->host->pci;

	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (counts(id, function) && !driver_is_vfio(function) &&
		    !vfio_ids_match(list, function) && !host_uses_vital(ids->uses, function) &&
		    !given_elsewhere(ids->host, function))
			return true;
	}
	return false;
}

/* Judges a list in the place of source, which another replaces. */
static void judge_replaced(const struct ids *ids, const struct module_option *last,
			   const struct fact *source, const char *setting, const char *list)
{
	struct buffer missed = {.arena = ids->findings->arena, .separator = ","};
	struct vfio_ids_entry entry;

	if (!list || !vfio_ids_fit(list))
		return;
	while (vfio_ids_next(&list, &entry)) {
		if (entry.counts && is_missed(ids, &entry.id, last->value))
			buffer_item(&missed, "%.*s", (int)entry.length, entry.text);
	}
	if (!missed.count)
		return;
	const char *names = buffer_text(&missed);
	struct finding *finding = finding_add(
		ids->findings, &ids->kinds[VFIO_IDS_REPLACED], FINDING_WARN, subject_host(),
		"vfio-pci does not get ids=%s of %s: a later list in %s replaces it", names,
		source->source, last->place->source);
	finding_evidence(finding, source, "%s", setting);
	finding_evidence(finding, last->place, "%s", last->text);
	finding_remedy(finding,
		       "Write one list: add %s to that %s%s, take the other away%s and reboot",
		       names, last->on_command_line ? "on the kernel command line" : "in ",
		       last->on_command_line ? "" : last->place->source,
		       last->on_command_line ? "" : ", make the initramfs anew");
}

static void judge_earlier_parameters(const struct ids *ids, const struct module_option *last)
{
	const struct cmdline *cmdline = &ids->host->cmdline;
	const struct cmdline_parameter *counted = cmdline_find(cmdline, "vfio_pci.ids");

	for (size_t i = 0; i < cmdline->count; i++) {
		const struct cmdline_parameter *it = &cmdline->parameters[i];
		if (!cmdline_same_name(it->name, "vfio_pci.ids") ||
		    (last->on_command_line && it == counted))
			continue;
		judge_replaced(ids, last, &cmdline->fact, cmdline_spell(ids->findings->arena, it),
			       it->value);
	}
}

/* Lines of a vfio-pci that is built in are not read at all, which is told by itself. */
static void judge_earlier_lines(const struct ids *ids, const struct module_option *last)
{
	const struct modprobe_options lines = modprobe_find_options(
		&ids->host->modprobe, ids->findings->arena, "vfio_pci", "ids");
	bool in_files = !last->on_command_line && !last->listed.line;

	if (modules_built_in(&ids->host->modules, "vfio_pci"))
		return;
	size_t first = lines.count > MOST_LISTS ? lines.count - MOST_LISTS : 0;
	for (size_t i = first; i + in_files < lines.count; i++) {
		const struct modprobe_option *it = &lines.options[i];
		const struct fact source = fact_of(FACT_KNOWN, it->line->source, 0);
		judge_replaced(ids, last, &source, it->line->text, it->value);
	}
}

void vfio_ids_judge(const struct model *model, const struct finding_kind *kinds,
		    struct findings *findings)
{
	const struct host *host = model->host;
	struct module_option option = module_option_find(host, findings->arena, "vfio_pci", "ids");
	struct ids ids = {
		.host = host,
		.uses = &model->host_uses,
		.assignability = &model->assignability,
		.on_command_line = option.on_command_line,
		.kinds = kinds,
		.findings = findings,
	};

	judge_stray_ids(host, kinds, findings);
	if (!option.text || !option.value)
		return;
	ids.source = *option.place;
	ids.setting = option.text;
	judge_earlier_lines(&ids, &option);
	judge_earlier_parameters(&ids, &option);
	if (strlen(option.value) > VFIO_IDS_LONGEST)
		report_too_long(&ids, option.value);
	else
		judge_id_list(&ids, option.value);
}
