/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/fixes.h"
#include "checks/support/functions.h"
#include "checks/support/moved_rule.h"
#include "model/shell.h"

#include <inttypes.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/buffer.h"
#include "model/assign/vfio_driver.h"
#include "model/boot/declared_system.h"
#include "model/modules/module_option.h"
#include "model/own_commands.h"
#include "model/persistence/named_place.h"
#include "model/persistence/persistence.h"
#include "model/persistence/rule_match.h"
#include "model/sriov/vf_holders.h"

enum kind {
	NONE,
	DEPRECATED,
	IGNORED,
	PERSISTENT,
	NOT_PERSISTENT,
	NOT_SWITCHED_ON,
	UNREADABLE,
	CONFLICT,
	WRITE_REFUSED,
	SHADOWED,
	RULE_IGNORED,
	MOVED,
	GONE,
	NO_INTERFACE,
	ON_HOST_DRIVERS,
	SHARED_GROUP,
	KIND_COUNT,
};

#define FIX_MAX_VFS                                                                                \
	"Remove the option from modprobe.d or the kernel command line, and set sriov_numvfs in "   \
	"its place, by a udev rule or by systemd (SR-IOVVirtualFunctions= of a .link file)."

static const struct finding_kind kinds[] = {
	[NONE] = {"sriov-config.none",
		  "No physical function on this host offers virtual functions, so its "
		  "configuration for them does not matter.",
		  NULL},
	[DEPRECATED] =
		{"sriov-config.max-vfs-deprecated",
		 "The module option max_vfs makes a driver enable VFs when it is loaded. Its "
		 "authors deprecate it: it applies to every port alike.",
		 FIX_MAX_VFS},
	[IGNORED] =
		{"sriov-config.max-vfs-ignored",
		 "The module option max_vfs is set for a driver that does not have it: the kernel "
		 "ignores it (\"unknown parameter 'max_vfs' ignored\"), and makes no VFs.",
		 FIX_MAX_VFS},
	[PERSISTENT] = {"sriov-config.persistent",
			"VFs are enabled, and a line of the host's configuration that names their "
			"physical function, its interface or its driver makes VFs at boot, or the "
			"driver makes them by itself.",
			NULL},
	[NOT_PERSISTENT] =
		{"sriov-config.not-persistent",
		 "VFs are enabled, but nothing was found that enables them again after a "
		 "reboot: sriov_numvfs is 0 then. passcheck looked at modprobe.d, the kernel "
		 "command line, udev rules, systemd's .link files, netplan, NetworkManager's "
		 "profiles and configuration, ifcfg files, nmstate, os-net-config, tmpfiles.d, sysfs.d, units in "
		 "/etc/systemd/system, rc.local, OpenRC's local.d, Unraid's /boot/config, root's "
		 "crontabs, /etc/network/interfaces and the scripts beside it, what "
		 "cloud-init runs at every boot, what the SR-IOV network operator has set, "
		 "modules-load.d, and what goes into an initramfs. A cluster may do it by other "
		 "means, and TrueNAS by a start-up script of its web interface.",
		 "Let a udev rule in /etc/udev/rules.d enable them when the PF's driver is "
		 "bound: " VF_RULE_EVENT "KERNEL==\"ADDRESS\", "
		 "DRIVER==\"?*\", ATTR{sriov_numvfs}=\"N\"."},
	[NOT_SWITCHED_ON] =
		{"sriov-config.not-switched-on",
		 "vfio-pci has the physical function and made VFs of it, and nothing sets its "
		 "option enable_sriov for the next boot: vfio-pci then refuses every request for "
		 "VFs (ENOENT).",
		 "Set options vfio-pci enable_sriov=1 in modprobe.d, and make the initramfs anew "
		 "where vfio-pci is in it; where vfio-pci is built in, vfio-pci.enable_sriov=1 on "
		 "the kernel command line."},
	[UNREADABLE] =
		{"sriov-config.unreadable",
		 "passcheck cannot tell whether the VFs that are enabled now are again after a "
		 "reboot, because a place where that is configured was not read, because the "
		 "SR-IOV network operator has set them and may no longer run, because what makes "
		 "them is a unit that is not enabled, a script that is not executable or a file of a "
		 "tool that the host lacks (sysfsutils, ifupdown), because a "
		 "rule of udev writes their number before the driver may be bound, or waits for a "
		 "name that the interface may get later, because a "
		 "command there names the function or SR-IOV and is not understood, or because "
		 "the functions could not be listed.",
		 FIX_READ_AS_ROOT " Where a command is not understood, see for yourself what it "
				  "does."},
	[CONFLICT] =
		{"sriov-config.conflict",
		 "Two lines of the host's configuration make different numbers of VFs of one "
		 "physical function at boot. The kernel changes the number only by way of 0, and "
		 "refuses whichever comes second (EBUSY): which one counts may change from boot "
		 "to boot. What says that there are none, as SR-IOVVirtualFunctions=0 of a .link "
		 "file or total-vfs=0 of NetworkManager, takes away what another line made.",
		 "Keep one of the lines, with the number that is wanted, and remove the other."},
	[WRITE_REFUSED] =
		{"sriov-config.write-refused",
		 "A line of the host's configuration writes a number of VFs of a physical function "
		 "whose driver takes none that way. The kernel refuses the write (ENOENT, \"driver "
		 "does not support SR-IOV configuration via sysfs\"), and the line makes no VFs. Or "
		 "the driver makes VFs only while its network interface is up, as bnxt_en and "
		 "bnx2x do, and the line writes the number before: .link files, rules of udev and "
		 "tmpfiles.d come before the network is set up.",
		 "Make VFs by the driver's own means, or with a driver that takes the number. Where "
		 "the interface must be up, let a udev rule set it up before it writes the number. "
		 "Otherwise remove the line."},
	[SHADOWED] =
		{"sriov-config.link-shadowed",
		 "A .link file makes VFs of a physical function, and udev applies another .link "
		 "file to its interface. Of all .link files that match, udev applies the one whose "
		 "name sorts first, wherever it lies, and no other: so this one makes no VFs. "
		 "99-default.link of systemd matches every interface, and netplan writes .link "
		 "files to /run/systemd/network.",
		 "Rename the .link file that makes VFs so that its name sorts before the other's, "
		 "and write into it what the other one sets, or let a udev rule make the VFs."},
	[RULE_IGNORED] =
		{"sriov-config.rule-ignored",
		 "A rule of udev speaks of VFs, and one of its keys has an operator that it does "
		 "not take: KERNEL=\"…\" in place of KERNEL==\"…\", which compares, or "
		 "ATTRS{…}=\"…\" in place of ATTR{…}=\"…\", which writes. udev ignores the whole "
		 "rule (\"Invalid operator\" in its log), so it makes no VFs.",
		 "Correct the operator: == and != compare, = writes. `udevadm verify` finds such "
		 "keys, from systemd 254 on."},
	[MOVED] = {"sriov-config.moved",
		   "A rule of udev names an address and, beside it, the ids of the device that it "
		   "means. The function at that address has other ids now, so the rule does "
		   "nothing: the device is gone, or its address has changed. Addresses change when "
		   "cards are added or moved, and with settings and versions of the firmware.",
		   FIX_MOVED_RULE},
	[GONE] =
		{"sriov-config.gone",
		 "A line of the host's configuration makes VFs of a function that it names by its "
		 "address, or by the name of an interface that is made of the address (enp5s0f1 is "
		 "bus 5, slot 0, function 1). Nothing is there now, or a device without SR-IOV, so "
		 "the line makes no VFs: the card is gone, its address has changed, or a setting "
		 "of the adapter hides its SR-IOV. Addresses and such names change when cards are "
		 "added or moved, and with settings and versions of the firmware.",
		 "Write the device's address or interface of today into the line (lspci -D and ip "
		 "link show them), or remove the line where the device is gone."},
	[NO_INTERFACE] =
		{"sriov-config.no-interface",
		 "A line of the host's configuration makes VFs of an interface that it names, and "
		 "no interface has that name now, so the line makes none. Names change with "
		 "versions of the kernel and of systemd (enp1s0f0 became enp1s0f0np0 where a "
		 "driver began to name its ports), with cards that are added, and with the "
		 "host's own rules. A name that was given beside it (altname of ip link) has no "
		 "folder in /sys/class/net.",
		 "Write the name of today into the line, or write to "
		 "/sys/bus/pci/devices/ADDRESS/sriov_numvfs, which no other name changes."},
	[ON_HOST_DRIVERS] =
		{"sriov-config.vfs-on-host-drivers",
		 "Drivers of the host took the VFs when these were enabled. A VF must leave its "
		 "driver before it can be assigned to a guest.",
		 "If the VFs are for guests, " OWN_PLAN " says how each leaves its driver; libvirt "
		 "does that itself where the XML says managed='yes'. For VFs that are made later, "
		 "write 0 to the PF's sriov_drivers_autoprobe: until the next boot they then stay "
		 "without a driver. VFs that exist stay as they are."},
	[SHARED_GROUP] =
		{"sriov-config.vf-in-pf-group",
		 "VFs are in the IOMMU group of their PF: something above them does not keep "
		 "functions apart. The PF is held by a driver of the host, which blocks the whole "
		 "group from VFIO.",
		 "Switch on ACS in the firmware setup, or move the device to a port that has "
		 "ACS. No kernel parameter gives ACS to a port that lacks it: pcie_acs_override=, of "
		 "patched kernels, splits the group and isolates nothing."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* Drivers that still have the option (7.3). */
static const char *const max_vfs_drivers[] = {"igb", "ixgbe"};

/* Drivers of which some versions have it: xe since 6.16, builds of Intel and DKMS. */
static const char *const other_builds[] = {"xe", "i915", "i40e"};
/* Of these, those that show in sysfs whether they do; i40e gives it no file. */
static const char *const shown_builds[] = {"xe", "i915"};

static bool is_listed(const char *const *list, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i], word) == 0)
			return true;
	}
	return false;
}

/* Returns whether the module may have the option, as far as its name and sysfs tell. */
static bool may_have_option(const struct host *host, const char *driver)
{
	enum boolean offers = sriov_config_offers(&host->sriov_config, driver, "max_vfs");

	if (!is_listed(other_builds, ARRAY_LENGTH(other_builds), driver))
		return offers == BOOLEAN_YES;
	return offers != BOOLEAN_NO || !is_listed(shown_builds, ARRAY_LENGTH(shown_builds), driver);
}

/* Says where a rule for udev goes. */
static void suggest_rule(struct finding *finding, const struct host *host, struct arena *arena,
			 const char *rule)
{
	const char *option = declared_system_option(host, VF_RULES_FILE);

	if (option)
		finding_remedy(finding, "Add to %s, which %s applies: %s", option,
			       declared_system_apply(host), rule);
	else
		finding_command(finding, "echo %s >> " VF_RULES_FILE, shell_word(arena, rule));
}

/* Returns the number that an option tells, "max_vfs=7", or NULL: a rule needs one. */
static const char *option_count(struct arena *arena, const char *text)
{
	const char *value = strchr(text, '=');
	size_t length = value ? strspn(value + 1, "0123456789") : 0;

	return length && (!value[1 + length] || value[1 + length] == ' ')
		       ? arena_copy(arena, value + 1, length)
		       : NULL;
}

static void report_option(const struct host *host, struct findings *findings, const char *driver,
			  const struct fact *fact, const char *text)
{
	const char *count = option_count(findings->arena, strstr(text, "max") ?: text);
	bool has_option = is_listed(max_vfs_drivers, ARRAY_LENGTH(max_vfs_drivers), driver);

	const struct vf_driver *known = vf_driver_find(driver);

	if (may_have_option(host, driver))
		return;
	struct finding *finding = finding_add(
		findings, &kinds[has_option ? DEPRECATED : IGNORED], FINDING_WARN, subject_host(),
		has_option ? "max_vfs of %s is deprecated"
			   : "%s has no option max_vfs, and ignores it",
		driver);

	finding_evidence(finding, fact, "%s", text);
	if (known && !known->has_hook)
		finding_remedy(finding, "Remove the option%s%s", known->instead ? ": " : "",
			       known->instead ? vf_driver_instead(host, known, findings->arena)
					      : "");
	else if (count)
		suggest_rule(finding, host, findings->arena,
			     arena_printf(findings->arena,
					  VF_RULE_EVENT "DRIVER==\"%s\", ATTR{sriov_numvfs}=\"%s\"",
					  shell_plain(driver), count));
}

/* "options igb max_vfs=7", modprobe.d(5) */
static void judge_setting(const struct host *host, struct findings *findings,
			  const struct sriov_setting *setting)
{
	static const char keyword[] = "options";
	const struct fact fact = {.state = FACT_KNOWN, .source = setting->source};
	const char *driver = setting->line + strlen(keyword);

	if (!strstr(setting->line, "max_vfs=") ||
	    strncmp(setting->line, keyword, strlen(keyword)) != 0)
		return;
	driver += strspn(driver, " \t");
	size_t length = strcspn(driver, " \t");
	if (length)
		report_option(host, findings, arena_copy(findings->arena, driver, length), &fact,
			      setting->line);
}

/* igb.max_vfs=7 on the kernel command line */
static void judge_parameter(const struct host *host, struct findings *findings,
			    const struct cmdline_parameter *parameter)
{
	const char *dot = strchr(parameter->name, '.');

	if (!dot || !cmdline_same_name(dot + 1, "max_vfs"))
		return;
	report_option(host, findings,
		      arena_copy(findings->arena, parameter->name, (size_t)(dot - parameter->name)),
		      &host->cmdline.fact,
		      arena_printf(findings->arena, "%s=%s", parameter->name,
				   parameter->value ? parameter->value : ""));
}

static void judge_rule(const struct sriov_setting *setting, struct findings *findings)
{
	const struct fact fact = {.state = FACT_KNOWN, .source = setting->source};
	const char *key = setting->owner == SRIOV_OWNER_UDEV
				  ? rule_refused_key(findings->arena, setting->line)
				  : NULL;

	if (!key)
		return;
	struct finding *finding = finding_add(
		findings, &kinds[RULE_IGNORED], FINDING_WARN, subject_host(),
		"udev ignores a rule for VFs in %s: its key %s does not take that operator",
		setting->source, key);
	finding_evidence(finding, &fact, "%s", setting->line);
}

static void judge_moved(const struct host *host, const struct sriov_setting *setting,
			struct findings *findings)
{
	const struct sriov_place *place = sriov_place_of(setting->source);
	struct moved_address moved;

	if (!place || (place->owner != SRIOV_OWNER_UDEV && place->owner != SRIOV_OWNER_UNRAID) ||
	    !moved_address_find(host, setting->line, &moved))
		return;
	struct finding *finding =
		finding_moved_rule(findings, &kinds[MOVED], &moved, setting->source, setting->line);
	finding_evidence(finding, &moved.now->vendor.fact, "%s is %04" PRIx64 ":%04" PRIx64,
			 moved.now->name, moved.now->vendor.value, moved.now->device.value);
}

/* The right device may be there, and a setting of its own hide what makes VFs. */
static void remedy_hidden(const struct host *host, const struct named_place *place,
			  struct finding *finding, struct arena *arena)
{
	const char *setting = place->now ? vf_hiding_setting(host, place->now, arena) : NULL;

	if (setting)
		finding_remedy(finding,
			       "Where it is the right device: %s. Otherwise write the device's "
			       "address or interface of today into the line, or remove the line",
			       setting);
}

static void show_line(struct finding *finding, const struct fact *fact,
		      const struct sriov_setting *setting)
{
	if (setting->subject)
		finding_evidence(finding, fact, "%s: %s", setting->subject, setting->line);
	else
		finding_evidence(finding, fact, "%s", setting->line);
}

static void judge_gone(const struct host *host, const struct sriov_setting *setting,
		       struct findings *findings)
{
	const struct fact fact = {.state = FACT_KNOWN, .source = setting->source};
	struct named_place place;

	if (setting->effect != SRIOV_EFFECT_MAKES || !named_place_is_gone(host, setting, &place))
		return;
	struct finding *finding =
		finding_add(findings, &kinds[GONE], FINDING_WARN, subject_host(),
			    "%s makes VFs of %s, where %s now", setting->source, place.name,
			    place.now ? "a device without SR-IOV is" : "no device is");
	show_line(finding, &fact, setting);
	remedy_hidden(host, &place, finding, findings->arena);
}

/* udev compares KERNEL== and OriginalName= with the name that an interface has before it is
 * renamed. */
static void remedy_name(struct finding *finding, const struct sriov_setting *setting,
			const struct named_interface *named)
{
	const char *address = named->now->name, *name = named->now->netdevs.names[0];

	if (setting->owner == SRIOV_OWNER_LINK)
		finding_remedy(finding, "Write Path=pci-%s in place of the name %s", address,
			       named->name);
	else if (strstr(setting->line, "class/net/"))
		finding_remedy(finding,
			       "Write %s in place of %s, or write to "
			       "/sys/bus/pci/devices/%s/sriov_numvfs, which no other name changes",
			       name, named->name, address);
	else if (setting->owner == SRIOV_OWNER_UDEV)
		finding_remedy(finding, "Write KERNELS==\"%s\" in place of KERNEL==\"%s\"", address,
			       named->name);
	else
		finding_remedy(finding, "Write %s in place of %s", name, named->name);
}

/* Of a line for a function that is gone that is told. */
static void judge_interface(const struct host *host, const struct sriov_setting *setting,
			    struct findings *findings)
{
	const struct fact fact = {.state = FACT_KNOWN, .source = setting->source};
	struct named_place place;
	struct named_interface named;

	if (setting->effect != SRIOV_EFFECT_MAKES || named_place_is_gone(host, setting, &place) ||
	    !named_interface_is_gone(host, setting, findings->arena, &named))
		return;
	const struct pci_function *now = named.now;
	struct finding *finding = finding_add(
		findings, &kinds[NO_INTERFACE], FINDING_WARN, subject_host(),
		"%s makes VFs of the interface %s, and no interface has that name%s%s%s%s",
		setting->source, named.name, now ? ": " : "", now ? now->name : "",
		now ? " has " : "", now ? now->netdevs.names[0] : "");
	show_line(finding, &fact, setting);
	if (now)
		remedy_name(finding, setting, &named);
}

static void judge_options(const struct host *host, struct findings *findings)
{
	for (size_t i = 0; i < host->sriov_config.count; i++) {
		judge_setting(host, findings, &host->sriov_config.settings[i]);
		judge_rule(&host->sriov_config.settings[i], findings);
		judge_moved(host, &host->sriov_config.settings[i], findings);
		judge_gone(host, &host->sriov_config.settings[i], findings);
		judge_interface(host, &host->sriov_config.settings[i], findings);
	}
	for (size_t i = 0; i < host->cmdline.count; i++)
		judge_parameter(host, findings, &host->cmdline.parameters[i]);
}

static void report_unread(const struct pci_function *pf, const struct sriov_config *config,
			  struct findings *findings)
{
	struct finding *finding =
		finding_add(findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_function(pf),
			    "cannot tell whether VFs of %s are enabled at boot", pf->name);

	finding_evidence_state(finding, &config->fact);
	finding_remedy_unread(finding, &config->fact);
}

static void report_persistent(const struct pci_function *pf, const struct vf_persistence *found,
			      struct findings *findings)
{
	const struct fact fact = {.state = FACT_KNOWN, .source = found->setting->source};
	struct finding *finding =
		finding_add(findings, &kinds[PERSISTENT], FINDING_PASS, subject_function(pf),
			    "%s makes VFs of %s at boot", vf_persistence_place(found), pf->name);

	finding_evidence(finding, &fact, "%s", found->setting->line);
}

/* Whether all files of an owner tell which of them counts. */
static bool is_one_of_all(enum sriov_owner owner)
{
	return owner == SRIOV_OWNER_LINK || owner == SRIOV_OWNER_NETPLAN;
}

/* Of a line that acts at a moment of the boot at which it may do nothing. */
static void remedy_moment(const struct pci_function *pf, const struct vf_persistence *found,
			  struct finding *finding)
{
	if (found->early)
		finding_remedy(finding,
			       "See that a line in front of it sets the interface up: the driver "
			       "%s makes no VFs before",
			       pf->driver.text);
	else if (found->before_driver)
		finding_remedy(
			finding,
			"Let the rule act upon ACTION==\"add|bind\": as the function is "
			"added, its driver may not be bound yet, and then it takes no number");
	else
		finding_remedy(
			finding,
			"Let the rule act upon ACTION==\"add|move\": as the interface is added, it "
			"has the kernel's name (eth0), unless the initramfs has renamed it");
}

static void remedy_unclear(const struct host *host, const struct pci_function *pf,
			   const struct vf_persistence *found, struct finding *finding)
{
	const struct sriov_setting *setting = found->setting;
	const struct fact *all = &host->sriov_config.owners[setting->owner];
	bool unclear = setting->effect == SRIOV_EFFECT_UNCLEAR;

	if (vf_setting_is_record(host, setting))
		finding_remedy(finding, "See whether the SR-IOV network operator, which has set "
					"that, still runs on this host");
	else if (found->early || found->before_driver || found->before_name)
		remedy_moment(pf, found, finding);
	else if (found->shadow)
		finding_remedy(finding,
			       "See whether %s is for %s, too: of .link files that match, udev "
			       "applies the one whose name sorts first, and no other",
			       found->shadow->source, pf->name);
	else if (is_one_of_all(setting->owner) && !fact_known(all))
		finding_remedy_unread(finding, all);
	else if (setting->hidden)
		finding_remedy(finding,
			       "Read the part of %s that is encoded or lies elsewhere, and see "
			       "whether it makes VFs",
			       setting->source);
	else if (setting->idle)
		finding_remedy(finding, "See that %s acts at boot: %s", setting->source,
			       setting->idle);
	else
		finding_remedy(finding, "See for yourself %s the line in %s %s",
			       unclear ? "what" : "which function", setting->source,
			       unclear ? "does" : "means");
}

static void report_unclear(const struct host *host, const struct pci_function *pf,
			   const struct vf_persistence *found, struct findings *findings)
{
	const struct fact fact = {.state = FACT_KNOWN, .source = found->setting->source};
	struct finding *finding = finding_add(
		findings, &kinds[UNREADABLE], FINDING_UNKNOWN, subject_function(pf),
		"cannot tell whether %s makes VFs of %s at boot", found->setting->source, pf->name);

	finding_evidence(finding, &fact, "%s", found->setting->line);
	remedy_unclear(host, pf, found, finding);
}

static void judge_conflict(const struct model *model, const struct pci_function *pf,
			   struct findings *findings)
{
	const struct vf_persistence *one, *other;

	if (!vf_makers_conflict(vf_makers_of(&model->persistences, pf), &one, &other))
		return;
	const struct fact facts[] = {
		{.state = FACT_KNOWN, .source = one->setting->source},
		{.state = FACT_KNOWN, .source = other->setting->source},
	};
	struct finding *finding = finding_add(
		findings, &kinds[CONFLICT], FINDING_WARN, subject_function(pf),
		"%s makes %s of %s at boot, and %s makes %" PRId64, one->setting->source,
		counted(findings->arena, (size_t)one->count, "VF"), pf->name,
		other->setting->source, other->count);
	finding_evidence(finding, &facts[0], "%s", one->setting->line);
	finding_evidence(finding, &facts[1], "%s", other->setting->line);
	finding_remedy(finding, "Keep one of the two lines");
}

static void remedy_refused(const struct host *host, const struct pci_function *pf,
			   const struct vf_driver *driver, const struct vf_persistence *line,
			   struct finding *finding, struct arena *arena)
{
	if (line->early) {
		finding_remedy(finding, "Remove the line, and let a udev rule set the interface up "
					"before it writes the number");
		if (line->counted)
			suggest_rule(finding, host, arena, vf_rule(arena, pf, driver, line->count));
	} else if (driver->instead) {
		finding_remedy(finding, "Remove the line, or change the driver: %s",
			       vf_driver_instead(host, driver, arena));
	} else if (driver->own_switch) {
		finding_remedy(finding, "Remove the line: %s makes VFs %s", driver->name,
			       vf_driver_own_way(driver, pf, arena));
	}
}

static void report_shadowed(const struct pci_function *pf, const struct vf_persistence *line,
			    struct findings *findings)
{
	const struct fact fact = {.state = FACT_KNOWN, .source = line->setting->source};
	const struct fact shadow = {.state = FACT_KNOWN, .source = line->shadow->source};
	struct finding *finding =
		finding_add(findings, &kinds[SHADOWED], FINDING_WARN, subject_function(pf),
			    "%s makes no VFs of %s at boot: udev applies %s in its place",
			    line->setting->source, pf->name, line->shadow->source);

	finding_evidence(finding, &fact, "%s", line->setting->line);
	finding_evidence(finding, &shadow, "it matches, and its name sorts first");
	finding_remedy(finding,
		       "Rename %s so that its name sorts before %s, and write into it what %s sets",
		       line->setting->source, last_part(line->shadow->source),
		       line->shadow->source);
}

static void judge_writes(const struct model *model, const struct pci_function *pf,
			 struct findings *findings)
{
	const struct vf_makers *makers = vf_makers_of(&model->persistences, pf);
	const struct vf_driver *driver = vf_driver_of(model->host, pf);

	for (size_t i = 0; makers && i < makers->count; i++) {
		const struct vf_persistence *it = &makers->lines[i];
		const struct fact fact = {.state = FACT_KNOWN, .source = it->setting->source};
		if (it->state != PERSISTENCE_REFUSED)
			continue;
		if (it->shadow) {
			report_shadowed(pf, it, findings);
			continue;
		}
		struct finding *finding = finding_add(
			findings, &kinds[WRITE_REFUSED], FINDING_WARN, subject_function(pf),
			"%s makes no VFs of %s at boot: its driver %s %s", vf_persistence_place(it),
			pf->name, driver->name,
			it->early ? "makes none before the interface is up" : "refuses the number");
		finding_evidence(finding, &fact, "%s", it->setting->line);
		remedy_refused(model->host, pf, driver, it, finding, findings->arena);
		return;
	}
}

static void report_by_driver(const struct pci_function *pf, const struct vf_driver *driver,
			     struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[PERSISTENT], FINDING_PASS, subject_function(pf),
		"the driver %s makes VFs of %s whenever it is loaded", driver->name, pf->name);

	finding_evidence(finding, &pf->driver.fact, "%s", driver->name);
}

static void report_not_persistent(const struct host *host, const struct pci_function *pf,
				  const struct vf_driver *driver, struct findings *findings)
{
	struct finding *finding = finding_add(
		findings, &kinds[NOT_PERSISTENT], FINDING_WARN, subject_function(pf),
		"passcheck found nothing that enables the VFs of %s again after a reboot",
		pf->name);

	finding_evidence(finding, &pf->sriov.numvfs.fact, "%" PRId64, pf->sriov.numvfs.value);
	if (driver && driver->tool) {
		finding_remedy(finding,
			       "The driver %s takes no write to sriov_numvfs: have a unit run its "
			       "tool at every boot, before anything opens the card: %s -e %s",
			       driver->name, driver->tool, pf->name);
		return;
	}
	if (driver && !driver->has_hook) {
		const char *way = vf_driver_own_way(driver, pf, findings->arena);
		finding_remedy(finding,
			       "Have the driver %s make them, which takes no write to "
			       "sriov_numvfs%s%s",
			       driver->name, way ? ": " : "", way ? way : "");
		return;
	}
	finding_remedy(finding, "Let a udev rule enable them");
	if (fact_known(&pf->driver.fact))
		suggest_rule(finding, host, findings->arena,
			     vf_rule(findings->arena, pf, driver, pf->sriov.numvfs.value));
}

/* The plan says how the option is set on this host. VFs that are there though the option is off
 * were another driver's. */
static void judge_switch(const struct host *host, const struct pci_function *pf,
			 struct findings *findings)
{
	const struct module_option option =
		module_option_find(host, findings->arena, "vfio_pci", "enable_sriov");

	if (!driver_is_vfio(pf) || module_option_set(&option) ||
	    boolean_of_fact(option.running) == BOOLEAN_NO)
		return;
	struct finding *finding = finding_add(
		findings, &kinds[NOT_SWITCHED_ON], option.unread ? FINDING_UNKNOWN : FINDING_WARN,
		subject_function(pf),
		option.unread ? "cannot tell whether vfio-pci may make VFs of %s at boot"
			      : "vfio-pci makes no VFs of %s at boot: enable_sriov is not set",
		pf->name);

	if (option.text)
		finding_evidence(finding, option.place, "%s", option.text);
	if (option.unread) {
		finding_evidence_state(finding, option.unread);
		finding_remedy_unread(finding, option.unread);
	} else {
		finding_evidence_state(finding, &option.running->fact);
		finding_remedy(finding,
			       "Set enable_sriov=1 of vfio-pci for every boot; " OWN_PLAN_VFS
			       " %s says how on this host",
			       pf->name);
	}
}

static void judge_persistence(const struct model *model, const struct vf_budget *budget,
			      struct findings *findings)
{
	const struct pci_function *pf = budget->function;
	const struct sriov_config *config = &model->host->sriov_config;
	const struct vf_persistence found =
		vf_persistence_of(&model->persistences, pf, pf->sriov.numvfs.value);
	const struct vf_driver *driver = vf_driver_of(model->host, pf);

	if (found.state == PERSISTENCE_MADE)
		report_persistent(pf, &found, findings);
	else if (found.state == PERSISTENCE_UNKNOWN)
		report_unclear(model->host, pf, &found, findings);
	else if (driver && driver->makes_at_load)
		report_by_driver(pf, driver, findings);
	else if (usable_vfs_out_of_reach(&model->usable_vfs, budget))
		return; /* no guest would get them */
	else if (!fact_known(&config->fact))
		report_unread(pf, config, findings);
	else
		report_not_persistent(model->host, pf, driver, findings);
}

/* A VF of which guests get mediated devices or a vGPU is of use with its driver alone, and so is
 * one for a guest of Xen with pciback, and one that the host needs. */
static bool is_on_host_driver(const struct model *model, const struct pci_function *vf)
{
	return driver_keeps_dma(vf) && !pci_is_on_driver(vf, "pciback") &&
	       !hypervisor_offers_mdevs(&model->host->hypervisor, vf->name) &&
	       fact_absent(&vf->vgpu_type.fact) && !host_uses_vital(&model->host_uses, vf);
}

/* What the driver takes of VFs is settled as it is loaded, which makes them: the switch of the PF
 * comes too late for them at each boot, and options of files may not have reached it. */
static void remedy_taken_at_load(const struct host *host, const struct vf_driver *driver,
				 struct finding *finding, const char *libvirt, struct arena *arena)
{
	finding_remedy(
		finding,
		"If the VFs are for guests, " OWN_PLAN
		" says how each leaves its driver%s. For the next boot, take %s= of %s out of "
		"%s: without it, the driver takes no VFs. Where it is 0 or is not there, the "
		"initramfs may hold an older copy of the file: make it anew",
		libvirt, driver->takes_option, driver->name,
		declared_system_option_places(host, arena));
}

/* The kernel switches it on again when it finds the PF: sriov_init() of drivers/pci/iov.c. */
static void remedy_vfs_to_come(const struct pci_function *pf, struct finding *finding,
			       const char *libvirt)
{
	const struct fact_number *autoprobe = &pf->sriov.drivers_autoprobe;

	if (fact_known(&autoprobe->fact) && autoprobe->value == 0) {
		finding_remedy(finding,
			       "If the VFs are for guests, " OWN_PLAN
			       " says how each leaves its driver%s. VFs that are made before the "
			       "next boot get none, as sriov_drivers_autoprobe is 0",
			       libvirt);
		return;
	}
	finding_remedy(
		finding,
		"If the VFs are for guests, " OWN_PLAN " says how each leaves its driver%s. "
		"Keep drivers off VFs that you make from now on; that holds until the next boot",
		libvirt);
	finding_command(finding, "echo 0 > /sys/bus/pci/devices/%s/sriov_drivers_autoprobe",
			pf->name);
}

/* The attribute is one for all VFs of the PF: it must stay where the host needs one of them. */
static void remedy_on_host_drivers(const struct model *model, const struct vf_budget *budget,
				   struct finding *finding, struct arena *arena)
{
	const struct pci_function *vital = vf_holders_vital(budget, &model->host_uses);
	const struct vf_driver *driver = vf_driver_of(model->host, budget->function);
	const char *libvirt = hypervisor_has_libvirt(&model->host->hypervisor)
				      ? "; libvirt does that itself where the XML says "
					"managed='yes'"
				      : "";

	if (vital) {
		finding_remedy(finding,
			       "If the VFs are for guests, " OWN_PLAN
			       " says how each leaves its driver%s. Leave sriov_drivers_autoprobe "
			       "on: the host needs %s with its driver",
			       libvirt, vital->name);
		return;
	}
	if (driver && driver->takes_option)
		remedy_taken_at_load(model->host, driver, finding, libvirt, arena);
	else
		remedy_vfs_to_come(budget->function, finding, libvirt);
}

static void judge_drivers(const struct model *model, const struct vf_budget *budget,
			  struct findings *findings)
{
	const struct pci_function *pf = budget->function, *first = NULL;
	size_t count = 0, alike = 0;

	if (usable_vfs_out_of_reach(&model->usable_vfs, budget))
		return;
	for (size_t i = 0; i < budget->vf_count; i++) {
		const struct pci_function *vf = budget->vfs[i];
		if (!is_on_host_driver(model, vf))
			continue;
		first = first ? first : vf;
		count++;
		alike += strcmp(first->driver.text, vf->driver.text) == 0;
	}
	if (!first)
		return;
	struct finding *finding = finding_add(
		findings, &kinds[ON_HOST_DRIVERS], FINDING_WARN, subject_function(pf),
		"drivers of the host hold %zu of %s of %s: %s has %s%s", count,
		counted(findings->arena, budget->vf_count, "VF"), pf->name, first->driver.text,
		first->name,
		alike > 1 ? arena_printf(findings->arena, " and %zu more", alike - 1) : "");
	finding_evidence(finding, &first->driver.fact, "%s", first->driver.text);
	finding_evidence(finding, &pf->sriov.drivers_autoprobe.fact, "%" PRId64,
			 pf->sriov.drivers_autoprobe.value);
	remedy_on_host_drivers(model, budget, finding, findings->arena);
}

static void judge_groups(const struct model *model, const struct vf_budget *budget,
			 struct findings *findings)
{
	const struct pci_function *pf = budget->function, *vf = NULL;

	for (size_t i = 0; i < budget->vf_count && !vf; i++) {
		if (pci_same_group(pf, budget->vfs[i]))
			vf = budget->vfs[i];
	}
	if (!vf)
		return;
	const struct isolation_group *predicted = isolation_of(&model->isolation, vf);
	const struct isolation_culprit *culprit =
		predicted && predicted->known ? predicted->culprits : NULL;
	struct finding *finding =
		finding_add(findings, &kinds[SHARED_GROUP], FINDING_WARN, subject_function(pf),
			    "VFs of %s are in its own IOMMU group%s%s%s%s", pf->name,
			    culprit ? ": " : "", culprit ? culprit->function->name : "",
			    culprit ? " " : "", culprit ? culprit->why : "");
	finding_evidence(finding, &vf->group.fact, "group %" PRId64, vf->group.value);
	finding_evidence(finding, &pf->group.fact, "group %" PRId64, pf->group.value);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	const struct model *model = context->model;
	struct findings *findings = context->findings;
	bool found = false;

	for (size_t i = 0; i < host->pci.count; i++) {
		const struct pci_function *function = &host->pci.functions[i];
		const struct vf_budget *budget = vf_budget_of(&model->vf_budgets, function);

		if (!pci_is_pf(function))
			continue;
		found = true;
		judge_conflict(model, function, findings);
		judge_writes(model, function, findings);
		if (!budget || budget->vf_count == 0)
			continue;
		judge_persistence(model, budget, findings);
		judge_switch(host, function, findings);
		judge_drivers(model, budget, findings);
		judge_groups(model, budget, findings);
	}
	if (found)
		judge_options(host, findings);
	else
		functions_report_none(host, NULL, &kinds[NONE], &kinds[UNREADABLE],
				      "no function offers VFs", findings);
}

const struct check check_sriov_config = {
	.id = "sriov-config",
	.title = "What enables VFs at boot, and what becomes of them?",
	.needs = "modprobe.d, udev rules, systemd, netplan, NetworkManager and the like; drivers "
		 "and groups of VFs; no privilege, except for files that only root reads",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
