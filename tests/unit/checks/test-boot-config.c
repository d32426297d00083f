/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "host/boot/boot_image.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/judge.h"
#include "tests/unit/support/paper.h"
#include "tests/unit/support/predict.h"
#include "tests/unit/support/tree.h"

#define ID(name) "boot-config." name
#define DEFAULTS "/etc/default/grub"
#define OVERRIDE "pcie_acs_override=downstream"

static struct findings *judge_tree(struct tree *tree)
{
	struct host *host = unread_host(tree->arena);

	tree_directory(tree, "/boot");
	tree_directory(tree, "/efi");
	tree_directory(tree, "/etc");
	tree_directory(tree, "/run");
	tree_directory(tree, "/sys/firmware/efi");
	struct root *root = tree_open(tree);
	host->kernel_release = known_text("/proc/version", "6.1");
	cmdline_load(root, tree->arena, &host->cmdline);
	boot_tools_load(root, tree->arena, &host->boot_tools);
	boot_config_load(root, tree->arena, &host->boot_config);
	return judge(tree->arena, "boot-config", host);
}

/* A host that boots by GRUB, with what it was booted with and what is configured. */
static struct findings *judge_grub(struct tree *tree, const char *running, const char *configured)
{
	tree_file(tree, "/proc/cmdline", running);
	tree_file(tree, DEFAULTS, configured);
	tree_file(tree, "/usr/sbin/update-grub", "");
	return judge_tree(tree);
}

/* A host made of files, and the one finding that it gives; says is in its summary or evidence. */
struct host_case {
	const char *files[8][2]; /* path and text */
	const char *id;
	enum finding_verdict verdict;
	const char *summary;
	const char *command; /* NULL: none */
};

static void assert_case(struct tree *tree, const struct host_case *test)
{
	for (size_t i = 0; i < 8 && test->files[i][0]; i++)
		tree_file(tree, test->files[i][0], test->files[i][1]);
	struct findings *findings = judge_tree(tree);
	const struct finding *finding = expect_finding(findings, test->id, test->verdict);
	assert_int_equal(findings->count, 1);
	assert_string_equal(finding->summary, test->summary);
	if (test->command)
		assert_string_equal(finding->commands->text, test->command);
	else
		assert_null(finding->commands);
}

#define HOST_TEST(name, ...)                                                                       \
	static void name(void **state)                                                             \
	{                                                                                          \
		static const struct host_case test = {.files = __VA_ARGS__};                       \
		assert_case(*state, &test);                                                        \
	}

#define GRUBBY                                                                                     \
	{                                                                                          \
		"/usr/sbin/grubby", ""                                                             \
	}
#define RUNNING(x)                                                                                 \
	{                                                                                          \
		"/proc/cmdline", x "\n"                                                            \
	}
#define ENTRIES  "/boot/loader/entries/"
#define ENTRY(o) "title Linux\nversion 6.1\nlinux /vmlinuz\noptions " o "\n"
#define OLD(o)   "version 6.0\nlinux /vmlinuz\noptions " o "\n"
#define RESCUE                                                                                     \
	{                                                                                          \
		ENTRIES "m-0-rescue.conf", "version 0-rescue-m\nlinux /rescue\noptions quiet\n"    \
	}
#define SAVED                                                                                      \
	{                                                                                          \
		DEFAULTS, "GRUB_DEFAULT=saved\nGRUB_ENABLE_BLSCFG=true\n"                          \
	}
#define GRUBENV(x)                                                                                 \
	{                                                                                          \
		"/boot/grub2/grubenv", "# GRUB Environment Block\n" x "\n####"                     \
	}
#define ON        "intel_iommu=on"
#define SAME      "the next boot has the same parameters of passthrough"
#define EFI(name) "/sys/firmware/efi/efivars/" name "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
#define SD_LOADER                                                                                  \
	{                                                                                          \
		"/efi/loader/loader.conf", "timeout 3\ndefault b-*\n"                              \
	}

HOST_TEST(entry_that_has_the_same_passes,
	  {GRUBBY, RUNNING("quiet " ON), {ENTRIES "a.conf", ENTRY("ro " ON)}, RESCUE},
	  ID("applied"), FINDING_PASS, SAME)
HOST_TEST(entry_that_has_more_awaits_a_reboot,
	  {GRUBBY, RUNNING("quiet"), {ENTRIES "a.conf", ENTRY(ON)}}, ID("pending"), FINDING_WARN,
	  ON " is configured, and the running kernel was booted without it")
HOST_TEST(entry_that_lacks_it_loses_it, {GRUBBY, RUNNING(ON), {ENTRIES "a.conf", ENTRY("ro")}},
	  ID("will-be-lost"), FINDING_WARN, ON " is in effect, and not configured to stay",
	  "grubby --update-kernel=ALL --args='" ON "'")
HOST_TEST(setting_that_no_entry_has_was_never_applied,
	  {GRUBBY,
	   RUNNING("quiet"),
	   {DEFAULTS, "GRUB_CMDLINE_LINUX=" ON "\n"},
	   {ENTRIES "a.conf", ENTRY("ro")}},
	  ID("not-applied"), FINDING_WARN,
	  ON " is in /etc/default/grub, and in no boot loader entry",
	  "grubby --update-kernel=ALL --args='" ON "'")
HOST_TEST(
	what_a_new_kernel_does_not_get_will_be_lost,
	{GRUBBY, RUNNING(ON), {"/etc/kernel/cmdline", "ro quiet\n"}, {ENTRIES "a.conf", ENTRY(ON)}},
	ID("will-be-lost"), FINDING_WARN,
	ON " is in the boot loader entry, and not in /etc/kernel/cmdline, of which a new "
	   "kernel's is made")
HOST_TEST(options_of_several_lines_are_one,
	  {GRUBBY,
	   RUNNING("pci=realloc " ON),
	   {ENTRIES "a.conf", ENTRY(ON) "options pci=realloc\n"}},
	  ID("applied"), FINDING_PASS, SAME)
HOST_TEST(kernelopts_come_from_the_environment_block,
	  {GRUBBY,
	   RUNNING(ON),
	   {ENTRIES "a.conf", ENTRY("$kernelopts ${tuned_params}")},
	   GRUBENV("kernelopts=root=x " ON)},
	  ID("applied"), FINDING_PASS, SAME)
HOST_TEST(variable_that_is_not_known_leaves_it_open,
	  {GRUBBY, RUNNING(ON), {ENTRIES "a.conf", ENTRY("$kernelopts")}, GRUBENV("saved_entry=a")},
	  ID("entries-differ"), FINDING_UNKNOWN, "cannot tell whether the next boot has " ON)
HOST_TEST(entries_that_differ_leave_it_open,
	  {GRUBBY, RUNNING(ON), {ENTRIES "a.conf", ENTRY(ON)}, {ENTRIES "b.conf", OLD("quiet")}},
	  ID("entries-differ"), FINDING_UNKNOWN,
	  "whether the next boot has " ON " depends on the entry that is booted")
HOST_TEST(saved_entry_is_the_one_that_counts,
	  {GRUBBY,
	   RUNNING(ON),
	   SAVED,
	   {ENTRIES "a.conf", ENTRY(ON)},
	   {ENTRIES "b.conf", OLD("quiet")},
	   GRUBENV("saved_entry=a")},
	  ID("applied"), FINDING_PASS, SAME)
HOST_TEST(entry_for_once_goes_before_the_saved_one,
	  {GRUBBY,
	   RUNNING("quiet"),
	   SAVED,
	   {ENTRIES "a.conf", ENTRY(ON)},
	   {ENTRIES "b.conf", OLD("quiet")},
	   GRUBENV("saved_entry=b\nnext_entry=a")},
	  ID("pending"), FINDING_WARN,
	  ON " is configured, and the running kernel was booted without it")
HOST_TEST(saved_entry_counts_only_where_grub_is_set_so,
	  {GRUBBY,
	   RUNNING(ON),
	   {ENTRIES "a.conf", ENTRY(ON)},
	   {ENTRIES "b.conf", OLD("quiet")},
	   GRUBENV("saved_entry=a")},
	  ID("entries-differ"), FINDING_UNKNOWN,
	  "whether the next boot has " ON " depends on the entry that is booted")
HOST_TEST(saved_entry_that_is_gone_tells_nothing,
	  {GRUBBY,
	   RUNNING(ON),
	   SAVED,
	   {ENTRIES "a.conf", ENTRY(ON)},
	   {ENTRIES "b.conf", OLD("quiet")},
	   GRUBENV("saved_entry=c")},
	  ID("entries-differ"), FINDING_UNKNOWN,
	  "whether the next boot has " ON " depends on the entry that is booted")
HOST_TEST(grub_without_entries_has_its_settings,
	  {GRUBBY,
	   RUNNING("quiet"),
	   {DEFAULTS, "GRUB_ENABLE_BLSCFG=false\nGRUB_CMDLINE_LINUX=" ON "\n"},
	   {ENTRIES "a.conf", ENTRY("quiet")}},
	  ID("pending"), FINDING_WARN,
	  ON " is configured, and the running kernel was booted without it")
HOST_TEST(host_without_entries_is_not_judged, {GRUBBY, RUNNING(ON)}, ID("not-judged"),
	  FINDING_NOT_APPLICABLE, "no boot loader entry was found")
HOST_TEST(entry_of_another_system_is_left_out,
	  {GRUBBY,
	   RUNNING(ON),
	   {ENTRIES "a.conf", ENTRY(ON)},
	   {ENTRIES "w.conf", "title Windows\nefi /EFI/Microsoft/boot.efi\n"}},
	  ID("applied"), FINDING_PASS, SAME)

HOST_TEST(newest_deployment_is_booted,
	  {{"/run/ostree-booted", ""},
	   {"/usr/bin/rpm-ostree", ""},
	   RUNNING("quiet"),
	   {ENTRIES "ostree-1-os.conf", "version 1\nlinux /l\noptions quiet\n"},
	   {ENTRIES "ostree-2-os.conf", "version 2\nlinux /l\noptions " ON "\n"}},
	  ID("pending"), FINDING_WARN,
	  ON " is configured, and the running kernel was booted without it")
HOST_TEST(deployment_that_lacks_it_gets_it_from_rpm_ostree,
	  {{"/run/ostree-booted", ""},
	   {"/usr/bin/rpm-ostree", ""},
	   RUNNING(ON),
	   {ENTRIES "ostree-1.conf", "version 1\nlinux /l\noptions quiet\n"}},
	  ID("will-be-lost"), FINDING_WARN, ON " is in effect, and not configured to stay",
	  "rpm-ostree kargs --append-if-missing='" ON "'")
HOST_TEST(grubs_settings_count_nothing_on_ostree,
	  {{"/run/ostree-booted", ""},
	   {"/usr/bin/rpm-ostree", ""},
	   RUNNING("quiet"),
	   {DEFAULTS, "GRUB_CMDLINE_LINUX=" ON "\n"},
	   {ENTRIES "ostree-1.conf", "version 1\nlinux /l\noptions quiet\n"}},
	  ID("wrong-file"), FINDING_WARN, ON " is in a file that this host does not boot by",
	  "rpm-ostree kargs --append-if-missing='" ON "'")
HOST_TEST(entry_of_pop_os_is_changed_with_kernelstub,
	  {{"/etc/kernelstub/configuration", "{}"},
	   SD_LOADER,
	   {"/sys/firmware/efi/fw_platform_size", "64\n"},
	   RUNNING(ON),
	   {"/efi/loader/entries/Pop_OS-current.conf", ENTRY("quiet")}},
	  ID("will-be-lost"), FINDING_WARN, ON " is in effect, and not configured to stay",
	  "kernelstub --add-options '" ON "'")
HOST_TEST(staged_deployment_leaves_it_open,
	  {{"/run/ostree-booted", ""},
	   {"/usr/bin/rpm-ostree", ""},
	   {"/run/ostree/staged-deployment", "x"},
	   RUNNING(ON),
	   {ENTRIES "ostree-1.conf", "version 1\nlinux /l\noptions quiet\n"}},
	  ID("not-judged"), FINDING_UNKNOWN,
	  "a deployment is staged, whose entry is not written yet")

HOST_TEST(default_of_systemd_boot_counts,
	  {SD_LOADER,
	   RUNNING(ON),
	   {EFI("LoaderInfo"), "\6"},
	   {"/efi/loader/entries/a-1.conf", ENTRY("quiet")},
	   {"/efi/loader/entries/B-1+2-1.conf", ENTRY(ON)}},
	  ID("applied"), FINDING_PASS, SAME)
HOST_TEST(default_that_efi_variables_may_overrule_tells_nothing,
	  {SD_LOADER,
	   RUNNING(ON),
	   {"/efi/loader/entries/a-1.conf", ENTRY("quiet")},
	   {"/efi/loader/entries/b-1.conf", ENTRY(ON)}},
	  ID("entries-differ"), FINDING_UNKNOWN,
	  "whether the next boot has " ON " depends on the entry that is booted")
HOST_TEST(entry_of_kernel_install_that_was_not_made_anew,
	  {{"/etc/kernel/cmdline", "quiet " ON "\n"},
	   RUNNING("quiet"),
	   {"/efi/loader/entries/a-1.conf", ENTRY("quiet")}},
	  ID("not-applied"), FINDING_WARN,
	  ON " is in /etc/kernel/cmdline, and in no boot loader entry",
	  "kernel-install add \"$(uname -r)\" \"/lib/modules/$(uname -r)/vmlinuz\"")
HOST_TEST(comments_of_kernel_install_tell_nothing,
	  {{"/etc/kernel/cmdline", "# " ON "\nquiet\n"}, RUNNING("quiet")}, ID("applied"),
	  FINDING_PASS, SAME)
HOST_TEST(file_of_kernel_install_tells_where_no_entry_is_found,
	  {{"/etc/kernel/cmdline", "quiet " ON "\n"}, RUNNING("quiet")}, ID("pending"),
	  FINDING_WARN, ON " is configured, and the running kernel was booted without it",
	  "kernel-install add \"$(uname -r)\" \"/lib/modules/$(uname -r)/vmlinuz\"")

/* The entry in that file is a-1.conf, which systemd-boot is told to start once. */
static void assert_case_of_entry_once(struct tree *tree, const char *file)
{
	static const char once[] = "\6\0\0\0a\0-\0001\0.\0c\0o\0n\0f\0\0";
	const struct host_case test = {
		.files = {SD_LOADER,
			  RUNNING("quiet"),
			  {EFI("LoaderInfo"), "\6"},
			  {file, ENTRY(ON)},
			  {"/efi/loader/entries/b-1.conf", ENTRY("quiet")}},
		ID("pending"),
		FINDING_WARN,
		ON " is configured, and the running kernel was booted without it"};

	tree_bytes(tree, EFI("LoaderEntryOneShot"), once, sizeof(once));
	assert_case(tree, &test);
}

static void entry_once_of_systemd_boot_goes_first(void **state)
{
	assert_case_of_entry_once(*state, "/efi/loader/entries/a-1.conf");
}

/* What the shell makes of a line of GRUB's settings, on a host that was booted with ON. */
static void settings_are_read_as_by_a_shell(void **state)
{
	static const struct {
		const char *settings;
		const char *id;
		enum finding_verdict verdict;
	} cases[] = {
		{"GRUB_CMDLINE_LINUX=\"quiet " ON "\" # VT-d\n", ID("applied"), FINDING_PASS},
		{"GRUB_CMDLINE_LINUX=\"quiet\" # " ON "\n", ID("will-be-lost"), FINDING_WARN},
		{"GRUB_CMDLINE_LINUX=quiet # " ON "\n", ID("will-be-lost"), FINDING_WARN},
		{"GRUB_CMDLINE_LINUX=\"a=#b " ON "\"\n", ID("applied"), FINDING_PASS},
		{"export GRUB_CMDLINE_LINUX='" ON "'\n", ID("applied"), FINDING_PASS},
		{"IOMMU=" ON "\nGRUB_CMDLINE_LINUX=\"quiet $IOMMU\"\n", ID("entries-differ"),
		 FINDING_UNKNOWN},
		{"GRUB_CMDLINE_LINUX=\"$(cat /root/words)\"\n", ID("entries-differ"),
		 FINDING_UNKNOWN},
		{"GRUB_CMDLINE_LINUX=\"quiet \\\n" ON "\"\n", ID("entries-differ"),
		 FINDING_UNKNOWN},
		{"GRUB_CMDLINE_LINUX='" ON "'\nGRUB_CMDLINE_LINUX=\"${GRUB_CMDLINE_LINUX} a=b\"\n",
		 ID("applied"), FINDING_PASS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].settings);
		void *own;
		tree_setup(&own);
		struct findings *findings = judge_grub(own, ON "\n", cases[i].settings);
		expect_finding(findings, cases[i].id, cases[i].verdict);
		assert_int_equal(findings->count, 1);
		tree_teardown(&own);
	}
}

static void count_of_attempts_is_no_part_of_an_id(void **state)
{
	assert_case_of_entry_once(*state, "/efi/loader/entries/a-1+3-1.conf");
}

static void write_image(struct tree *tree, const char *path, const char *cmdline)
{
	struct boot_image image = {.release = known_text(path, "6.1")};

	if (cmdline)
		image.cmdline = known_text(path, cmdline);
	else
		image.cmdline.fact = absent(path);
	struct fact_text bytes = boot_image_print(tree->arena, &image);
	tree_bytes(tree, path, bytes.text, bytes.length);
}

#define IMAGE "/boot/efi/EFI/Linux/linux.efi"

static void image_has_a_command_line_of_its_own(void **state)
{
	static const struct host_case test = {.files = {RUNNING(ON)},
					      ID("will-be-lost"),
					      FINDING_WARN,
					      ON " is in effect, and not configured to stay"};

	write_image(*state, IMAGE, "quiet");
	assert_case(*state, &test);
}

static void addons_add_to_the_command_line_of_their_image(void **state)
{
	static const struct host_case test = {
		.files = {RUNNING(ON " pci=realloc iommu=pt")}, ID("applied"), FINDING_PASS, SAME};

	write_image(*state, IMAGE, ON);
	write_image(*state, IMAGE ".extra.d/one.addon.efi", "pci=realloc");
	write_image(*state, "/boot/efi/loader/addons/two.addon.efi", "iommu=pt");
	assert_case(*state, &test);
}

static void image_of_mkinitcpio_is_made_anew_by_it(void **state)
{
	static const struct host_case test = {.files = {RUNNING("quiet"),
							{"/etc/kernel/cmdline", ON "\n"},
							{"/usr/bin/mkinitcpio", ""}},
					      ID("not-applied"),
					      FINDING_WARN,
					      ON
					      " is in /etc/kernel/cmdline, and in no boot loader "
					      "entry",
					      "mkinitcpio -P"};

	write_image(*state, IMAGE, "quiet");
	assert_case(*state, &test);
}

static void image_without_a_command_line_is_not_judged(void **state)
{
	static const struct host_case test = {.files = {RUNNING(ON)},
					      ID("not-judged"),
					      FINDING_UNKNOWN,
					      "an image has no command line of its own"};

	write_image(*state, IMAGE, NULL);
	assert_case(*state, &test);
}

static void image_that_is_none_leaves_it_unknown(void **state)
{
	static const struct host_case test = {.files = {RUNNING(ON), {IMAGE, "MZ no image"}},
					      ID("unreadable"),
					      FINDING_UNKNOWN,
					      "an entry that may be booted could not be read"};

	assert_case(*state, &test);
}

static void entries_that_were_not_captured_are_unknown(void **state)
{
	struct tree *tree = *state;
	struct host *host = unread_host(tree->arena);

	host->cmdline.fact = known("/proc/cmdline");
	host->boot_tools.nodes[BOOT_TOOL_GRUBBY].fact = known("/usr/sbin/grubby");
	host->boot_config.entries.folders[0].entries_fact.source = "/boot/loader/entries";
	const struct finding *finding = expect_finding(judge(tree->arena, "boot-config", host),
						       ID("unreadable"), FINDING_UNKNOWN);
	assert_int_equal(finding->evidence->state, FACT_NOT_CAPTURED);
}

static void entries_that_root_keeps_are_unknown(void **state)
{
	struct tree *tree = *state;
	struct host *host = unread_host(tree->arena);

	host->cmdline.fact = known("/proc/cmdline");
	host->boot_tools.nodes[BOOT_TOOL_GRUBBY].fact = known("/usr/sbin/grubby");
	host->boot_config.entries.folders[0].entries_fact = unreadable(ENTRIES, EACCES);
	expect_finding(judge(tree->arena, "boot-config", host), ID("unreadable"), FINDING_UNKNOWN);
}

static void same_parameters_pass_whatever_else_differs(void **state)
{
	struct findings *findings = judge_grub(
		*state, "root=/dev/sda1 intel_iommu=on iommu=pt quiet\n",
		"GRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX=\"iommu=pt splash\"\n"
		"GRUB_CMDLINE_LINUX_DEFAULT='intel-iommu=on'\n#GRUB_CMDLINE_LINUX=\"pci=x\"\n");

	expect_finding(findings, ID("applied"), FINDING_PASS);
	assert_int_equal(findings->count, 1);
}

static void parameter_that_awaits_a_reboot_is_named(void **state)
{
	const struct finding *finding =
		expect_finding(judge_grub(*state, "quiet\n", "GRUB_CMDLINE_LINUX=intel_iommu=on\n"),
			       ID("pending"), FINDING_WARN);

	assert_true(has_evidence(finding, DEFAULTS));
	assert_true(has_evidence(finding, "without intel_iommu=on"));
	assert_string_equal(finding->commands->text, "update-grub");
}

static void parameter_that_is_not_configured_will_be_lost(void **state)
{
	const struct finding *finding = expect_finding(
		judge_grub(*state, "intel_iommu=on\n", "GRUB_CMDLINE_LINUX=\"quiet\"\n"),
		ID("will-be-lost"), FINDING_WARN);

	assert_string_equal(finding->summary, "intel_iommu=on is in effect, and not configured "
					      "to stay");
}

/* Since RHEL 9.3 an edit of GRUB's settings does not reach the entries. */
static void grubby_edits_entries_and_not_their_sources(void **state)
{
	tree_file(*state, "/usr/sbin/grubby", "");
	tree_file(*state, "/proc/cmdline", ON "\n");
	tree_file(*state, DEFAULTS, "GRUB_CMDLINE_LINUX=quiet\n");
	tree_file(*state, ENTRIES "a.conf", "linux /l\noptions quiet\n");
	const struct finding *finding =
		expect_finding(judge_tree(*state), ID("will-be-lost"), FINDING_WARN);

	assert_string_equal(finding->remedy,
			    "Add " ON " to the boot loader entries, if it is to stay");
	assert_string_equal(finding->commands->text, "grubby --update-kernel=ALL --args='" ON "'");
}

/* The kernel reads each pci= that there is. */
static void words_of_a_list_add_up(void **state)
{
	static const struct {
		const char *running;
		const char *configured;
		const char *id;
	} rows[] = {
		{"pci=noaer,realloc", "pci=realloc pci=noaer", ID("applied")},
		{"pci=noaer pci=realloc", "pci=realloc,noaer", ID("applied")},
		{"pci=noaer", "pci=noaer,realloc", ID("pending")},
		{"pci=noaer,realloc", "pci=noaer", ID("will-be-lost")},
		{"pcie_acs_override=downstream pcie_acs_override=multifunction",
		 "pcie_acs_override=downstream,multifunction", ID("applied")},
		/* The kernel stops reading at usedac. */
		{"iommu=pt", "iommu=usedac,pt,memaper", ID("will-be-lost")},
		{"iommu=usedac,pt", "iommu=usedac", ID("applied")},
		{"vfio_pci.ids=1234:5678,1234:5679", "vfio_pci.ids=1234:5678", ID("will-be-lost")},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s with %s", rows[i].configured, rows[i].running);
		void *own;
		tree_setup(&own);
		struct tree *tree = own;
		struct findings *findings =
			judge_grub(tree, arena_printf(tree->arena, "%s\n", rows[i].running),
				   arena_printf(tree->arena, "GRUB_CMDLINE_LINUX=\"%s\"\n",
						rows[i].configured));
		if (!finding_of(findings, rows[i].id))
			fail_msg("no %s", rows[i].id);
		assert_int_equal(!finding_of(findings, ID("will-be-lost")),
				 strcmp(rows[i].id, ID("will-be-lost")) != 0);
		tree_teardown(&own);
	}
}

static void what_keeps_the_iommu_off_is_not_asked_to_stay(void **state)
{
	struct findings *findings =
		judge_grub(*state, "iommu=off\n", "GRUB_CMDLINE_LINUX=\"iommu=pt\"\n");

	expect_finding(findings, ID("pending"), FINDING_WARN);
	const struct finding *finding = expect_finding(findings, ID("will-work"), FINDING_WARN);
	assert_string_equal(finding->summary, "the next boot is without iommu=off: iommu=off "
					      "turns DMA remapping off now");
	assert_null(finding_of(findings, ID("will-be-lost")));
}

/* What GRUB is set to give the next boot of a host that was booted with "quiet". */
static void next_boot_is_judged_by_the_rules_of_the_running_one(void **state)
{
	static const struct {
		const char *words;
		const char *id;
		const char *statement;
	} rows[] = {
		{"noapic", ID("will-break"), "noapic turns the IO-APIC off"},
		{"nolapic", ID("will-break"), "nolapic turns the IO-APIC off"},
		{"disableapic", ID("will-break"), "disableapic turns the IO-APIC off"},
		{"nosmp", ID("will-break"), "nosmp turns the IO-APIC off"},
		{"maxcpus=0", ID("will-break"), "maxcpus=0 turns the IO-APIC off"},
		{"nointremap", ID("will-break"), "nointremap turns interrupt remapping off"},
		{"acpi=off", ID("will-break"), "acpi=off turns DMA remapping off"},
		{"iommu=off", ID("will-break"), "iommu=off turns DMA remapping off"},
		{"intel_iommu=off", ID("will-break"), "intel_iommu=off turns DMA remapping off"},
		{"pci=off", ID("will-break"), "pci=off keeps the kernel from finding any PCI"},
		{"pci=conf1", ID("will-break"), "pci=conf1 hides ACS and SR-IOV capabilities"},
		{"modprobe.blacklist=vfio_pci", ID("will-break"),
		 "modprobe.blacklist= keeps libvirt and udev from loading vfio_pci"},
		{"module_blacklist=vfio_pci", ID("will-break"),
		 "module_blacklist= makes the kernel refuse vfio_pci"},
		{"initcall_blacklist=vfio_pci_init", ID("will-break"),
		 "initcall_blacklist= keeps from starting the module vfio_pci"},
		{"initcall_blacklist=pci_iommu_init", ID("will-break"),
		 "initcall_blacklist=pci_iommu_init turns DMA remapping off"},
		{"vfio.enable_unsafe_noiommu_mode=1", ID("will-weaken"),
		 "assigns devices without an IOMMU"},
		{"iommufd.allow_unsafe_interrupts=1", ID("will-weaken"),
		 "lets guests raise interrupts of the host"},
		{"vfio_pci.disable_denylist=1", ID("will-weaken"),
		 "assigns devices known to be unsafe"},
		{"intel_iommu=1", ID("no-effect"), "intel_iommu=1 has no effect"},
		{"pci=foo", ID("no-effect"), "pci=foo has no effect"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%s", rows[i].words);
		void *own;
		tree_setup(&own);
		struct tree *tree = own;
		struct findings *findings = judge_grub(
			tree, "quiet\n",
			arena_printf(tree->arena, "GRUB_CMDLINE_LINUX=\"%s\"\n", rows[i].words));
		const struct finding *finding = expect_finding(findings, rows[i].id, FINDING_WARN);
		if (!strstr(finding->summary, rows[i].statement))
			fail_msg("%s", finding->summary);
		assert_null(strstr(finding->remedy, "Apply"));
		assert_non_null(strstr(finding->remedy, DEFAULTS));
		assert_null(finding_of(findings, ID("pending")));
		tree_teardown(&own);
	}
}

/* Below a port without ACS the kernel has two devices in one group, in spite of the override. */
static void override_that_the_kernel_does_not_act_on_is_not_missed(void **state)
{
	static const char *const groups[] = {"0000:00:01.0 0000:01:00.0"};
	static const char *const configured[] = {"quiet\n", OVERRIDE "\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(configured) / sizeof(configured[0]); i++) {
		void *own;
		paper_setup(&own);
		struct paper *paper = own;
		const struct fact_text words = known_text(DEFAULTS, configured[i]);
		struct pci_function *port =
			add_express(paper, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);
		test_row("%s", configured[i]);
		add_express(paper, "0000:01:00.0", port, EXPRESS_ENDPOINT);
		add_groups(paper, groups, 1);
		paper_command_line(paper, OVERRIDE);
		cmdline_parse(paper->arena, &words, &paper->host.boot_config.grub);
		paper->host.boot_tools.nodes[BOOT_TOOL_UPDATE_GRUB].fact =
			known("/usr/sbin/update-grub");
		paper->host.boot_tools.nodes[BOOT_TOOL_GRUB_DEFAULTS].fact = known(DEFAULTS);
		struct findings *findings = judge(paper->arena, "boot-config", &paper->host);
		expect_finding(findings, ID("applied"), FINDING_PASS);
		assert_int_equal(findings->count, 1);
		paper_teardown(&own);
	}
}

static void words_that_break_now_break_no_more_at_the_next_boot(void **state)
{
	expect_finding(judge_grub(*state, "noapic\n", "GRUB_CMDLINE_LINUX=noapic\n"), ID("applied"),
		       FINDING_PASS);
}

/* GRUB_CMDLINE_LINUX_DEFAULT comes behind GRUB_CMDLINE_LINUX, and has the last word. */
static void word_that_a_later_one_overrules_leads_to_the_later_one(void **state)
{
	struct findings *findings =
		judge_grub(*state, "quiet\n",
			   "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet intel_iommu=off\"\n"
			   "GRUB_CMDLINE_LINUX=\"" ON "\"\n");
	static const char remedy[] = "Remove intel_iommu=off from GRUB_CMDLINE_LINUX_DEFAULT of "
				     "/etc/default/grub";
	const struct finding *finding = expect_finding(findings, ID("no-effect"), FINDING_WARN);

	assert_string_equal(finding->summary, "at the next boot " ON " has no effect: "
					      "intel_iommu=off overrules it");
	assert_string_equal(finding->remedy, remedy);
	assert_non_null(strstr(finding->commands->text, "intel_iommu=off"));
	finding = expect_finding(findings, ID("will-break"), FINDING_WARN);
	assert_string_equal(finding->remedy, remedy);
}

/* One configuration: what helps is not applied together with what breaks. */
static void what_is_pending_beside_what_breaks_is_not_to_be_applied(void **state)
{
	const struct finding *finding = expect_finding(
		judge_grub(*state, "quiet\n", "GRUB_CMDLINE_LINUX=\"noapic iommu=pt\"\n"),
		ID("pending"), FINDING_WARN);

	assert_non_null(strstr(finding->remedy, "First take out what will-break names"));
	assert_null(finding->commands);
}

static void order_alone_decides_of_two_words(void **state)
{
	struct findings *findings = judge_grub(*state, "intel_iommu=off " ON "\n",
					       "GRUB_CMDLINE_LINUX=\"" ON " intel_iommu=off\"\n");

	expect_finding(findings, ID("will-break"), FINDING_WARN);
	assert_null(finding_of(findings, ID("applied")));
}

/* An entry to come is made of the file: the words are not asked into the entries. */
static void breaking_word_of_a_source_is_not_brought_into_entries(void **state)
{
	tree_file(*state, "/usr/sbin/grubby", "");
	tree_file(*state, "/proc/cmdline", "quiet\n");
	tree_file(*state, "/etc/kernel/cmdline", "noapic\n");
	tree_file(*state, ENTRIES "a.conf", ENTRY("quiet"));
	struct findings *findings = judge_tree(*state);
	const struct finding *finding = expect_finding(findings, ID("will-break"), FINDING_WARN);

	assert_string_equal(finding->remedy, "Remove noapic from /etc/kernel/cmdline");
	assert_null(finding_of(findings, ID("not-applied")));
}

static void word_for_what_runs_changes_nothing(void **state)
{
	struct tree *tree = *state;
	struct host *host = unread_host(tree->arena);
	struct cmdline_parameter on = {.name = "intel_iommu", .value = "on"};
	struct iommu_unit unit = {.kind = IOMMU_VTD, .name = "dmar0"};

	host->units = (struct iommu_units){.units = &unit, .count = 1};
	host->units.fact = known("/sys/class/iommu");
	host->cmdline.fact = known("/proc/cmdline");
	host->boot_tools.nodes[BOOT_TOOL_KERNEL_CMDLINE].fact = known("/etc/kernel/cmdline");
	host->boot_config.kernel = (struct cmdline){
		.fact = known("/etc/kernel/cmdline"), .parameters = &on, .count = 1};
	host->boot_config.entries.folders[0].entries_fact = absent(ENTRIES);
	for (size_t i = 0; i < BOOT_PLACE_COUNT; i++) {
		host->boot_config.entries.folders[i].entries_fact = absent(ENTRIES);
		host->boot_config.entries.folders[i].images_fact = absent(ENTRIES);
	}
	expect_finding(judge(tree->arena, "boot-config", host), ID("changes-nothing"),
		       FINDING_PASS);
}

static void values_of_unknown_parameters_are_not_shown(void **state)
{
	struct findings *findings =
		judge_grub(*state, "quiet\n", "GRUB_CMDLINE_LINUX=\"intel_iomu=hunter2\"\n");

	expect_finding(findings, ID("no-effect"), FINDING_WARN);
	for (struct finding *it = findings->first; it; it = it->next) {
		assert_null(strstr(it->summary, "hunter2"));
		assert_null(strstr(it->remedy, "hunter2"));
		for (struct evidence *evidence = it->evidence; evidence; evidence = evidence->next)
			assert_true(!evidence->value || !strstr(evidence->value, "hunter2"));
		for (struct remedy_command *line = it->commands; line; line = line->next)
			assert_null(strstr(line->text, "hunter2"));
	}
}

static void later_file_replaces_or_adds(void **state)
{
	tree_file(*state, "/etc/default/grub.d/a.cfg",
		  "GRUB_CMDLINE_LINUX=\"$GRUB_CMDLINE_LINUX iommu=pt\"\n");
	tree_file(*state, "/etc/default/grub.d/b.cfg", "GRUB_CMDLINE_LINUX+=\" pci=realloc\"\n");
	tree_file(*state, "/etc/default/grub.d/c.cfg", "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n");
	struct findings *findings = judge_grub(*state, "intel_iommu=on iommu=pt pci=realloc\n",
					       "GRUB_CMDLINE_LINUX=\"intel_iommu=on\"\n"
					       "GRUB_CMDLINE_LINUX_DEFAULT=\"intremap=off\"\n");
	expect_finding(findings, ID("applied"), FINDING_PASS);
}

static void grub_d_counts_where_grub_mkconfig_reads_it(void **state)
{
	static const struct {
		const char *path;
		const char *script;
		bool counts;
	} rows[] = {
		{"/usr/sbin/grub-mkconfig",
		 ". ${sysconfdir}/default/grub\nfor x in ${sysconfdir}/default/grub.d/*.cfg ; do\n",
		 true},
		{"/usr/bin/grub-mkconfig",
		 "for dropin in ${sysconfdir}/default/grub.d/*.cfg ; do\n", true},
		{"/usr/sbin/grub2-mkconfig", "  . ${sysconfdir}/default/grub\n", false},
		{"/usr/sbin/grub2-mkconfig", "", true}, /* its text was not captured */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tree *tree;

		test_row("%s: %s", rows[i].path, rows[i].script);
		assert_int_equal(tree_setup((void **)&tree), 0);
		tree_file(tree, rows[i].path, rows[i].script);
		tree_file(tree, "/etc/default/grub.d/a.cfg",
			  "GRUB_CMDLINE_LINUX=\"intel_iommu=off\"\n");
		const struct findings *findings = judge_grub(
			tree, "intel_iommu=on\n", "GRUB_CMDLINE_LINUX=\"intel_iommu=on\"\n");
		expect_finding(findings, rows[i].counts ? ID("will-break") : ID("applied"),
			       rows[i].counts ? FINDING_WARN : FINDING_PASS);
		assert_int_equal(tree_teardown((void **)&tree), 0);
	}
	(void)state;
}

static void remedy_names_the_file_in_which_the_word_counts(void **state)
{
	tree_file(*state, "/etc/default/grub.d/a.cfg",
		  "GRUB_CMDLINE_LINUX=\"a\"\n"
		  "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet intel_iommu=off\"\n");
	const struct finding *finding = expect_finding(
		judge_grub(*state, "quiet\n", "GRUB_CMDLINE_LINUX=\"intel_iommu=on\"\n"),
		ID("will-break"), FINDING_WARN);
	assert_string_equal(finding->remedy,
			    "Remove intel_iommu=off from GRUB_CMDLINE_LINUX_DEFAULT of "
			    "/etc/default/grub.d/a.cfg");
}

static void file_of_another_boot_loader_is_the_wrong_one(void **state)
{
	tree_file(*state, "/etc/kernel/cmdline", "root=x intel_iommu=on\n");
	const struct finding *finding =
		expect_finding(judge_grub(*state, "quiet\n", "GRUB_CMDLINE_LINUX=\"quiet\"\n"),
			       ID("wrong-file"), FINDING_WARN);
	assert_true(has_evidence(finding, "/etc/kernel/cmdline"));
}

static void host_of_an_unknown_boot_loader_is_not_judged(void **state)
{
	struct tree *tree = *state;
	struct host *host = unread_host(tree->arena);

	expect_finding(judge(tree->arena, "boot-config", host), ID("not-judged"),
		       FINDING_NOT_APPLICABLE);
}

static void running_command_line_that_was_not_read_leaves_it_unknown(void **state)
{
	struct tree *tree = *state;
	struct host *host = unread_host(tree->arena);

	host->cmdline.fact = unreadable("/proc/cmdline", EACCES);
	host->boot_tools.nodes[BOOT_TOOL_KERNEL_CMDLINE].fact = known("/etc/kernel/cmdline");
	host->boot_config.kernel.fact = known("/etc/kernel/cmdline");
	expect_finding(judge(tree->arena, "boot-config", host), ID("unreadable"), FINDING_UNKNOWN);
}

static void settings_longer_than_a_command_line_tell_nothing(void **state)
{
	struct tree *tree = *state;
	const char *configured = arena_printf(
		tree->arena, "GRUB_CMDLINE_LINUX=\"intel_iommu=off %0*d\"\n", LIMIT_CMDLINE, 0);
	struct findings *findings = judge_grub(tree, "intel_iommu=on\n", configured);

	expect_finding(findings, "boot-config.unreadable", FINDING_UNKNOWN);
	assert_int_equal(findings->count, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, tree_setup, tree_teardown)
	const struct CMUnitTest tests[] = {
		TEST(same_parameters_pass_whatever_else_differs),
		TEST(parameter_that_awaits_a_reboot_is_named),
		TEST(parameter_that_is_not_configured_will_be_lost),
		TEST(words_of_a_list_add_up),
		TEST(what_keeps_the_iommu_off_is_not_asked_to_stay),
		TEST(next_boot_is_judged_by_the_rules_of_the_running_one),
		TEST(override_that_the_kernel_does_not_act_on_is_not_missed),
		TEST(words_that_break_now_break_no_more_at_the_next_boot),
		TEST(word_that_a_later_one_overrules_leads_to_the_later_one),
		TEST(what_is_pending_beside_what_breaks_is_not_to_be_applied),
		TEST(order_alone_decides_of_two_words),
		TEST(breaking_word_of_a_source_is_not_brought_into_entries),
		TEST(word_for_what_runs_changes_nothing),
		TEST(values_of_unknown_parameters_are_not_shown),
		TEST(later_file_replaces_or_adds),
		cmocka_unit_test(grub_d_counts_where_grub_mkconfig_reads_it),
		TEST(remedy_names_the_file_in_which_the_word_counts),
		TEST(file_of_another_boot_loader_is_the_wrong_one),
		TEST(host_of_an_unknown_boot_loader_is_not_judged),
		TEST(entry_that_has_the_same_passes),
		TEST(entry_that_has_more_awaits_a_reboot),
		TEST(entry_that_lacks_it_loses_it),
		TEST(setting_that_no_entry_has_was_never_applied),
		TEST(what_a_new_kernel_does_not_get_will_be_lost),
		TEST(options_of_several_lines_are_one),
		TEST(kernelopts_come_from_the_environment_block),
		TEST(variable_that_is_not_known_leaves_it_open),
		TEST(entries_that_differ_leave_it_open),
		TEST(saved_entry_is_the_one_that_counts),
		TEST(entry_for_once_goes_before_the_saved_one),
		TEST(saved_entry_counts_only_where_grub_is_set_so),
		TEST(saved_entry_that_is_gone_tells_nothing),
		TEST(grub_without_entries_has_its_settings),
		TEST(host_without_entries_is_not_judged),
		TEST(settings_longer_than_a_command_line_tell_nothing),
		TEST(entry_of_another_system_is_left_out),
		TEST(newest_deployment_is_booted),
		TEST(deployment_that_lacks_it_gets_it_from_rpm_ostree),
		TEST(grubs_settings_count_nothing_on_ostree),
		TEST(entry_of_pop_os_is_changed_with_kernelstub),
		TEST(staged_deployment_leaves_it_open),
		TEST(default_of_systemd_boot_counts),
		TEST(default_that_efi_variables_may_overrule_tells_nothing),
		TEST(entry_of_kernel_install_that_was_not_made_anew),
		TEST(file_of_kernel_install_tells_where_no_entry_is_found),
		TEST(entry_once_of_systemd_boot_goes_first),
		TEST(count_of_attempts_is_no_part_of_an_id),
		TEST(settings_are_read_as_by_a_shell),
		TEST(grubby_edits_entries_and_not_their_sources),
		TEST(comments_of_kernel_install_tell_nothing),
		TEST(image_has_a_command_line_of_its_own),
		TEST(addons_add_to_the_command_line_of_their_image),
		TEST(image_of_mkinitcpio_is_made_anew_by_it),
		TEST(image_without_a_command_line_is_not_judged),
		TEST(image_that_is_none_leaves_it_unknown),
		TEST(entries_that_were_not_captured_are_unknown),
		TEST(entries_that_root_keeps_are_unknown),
		TEST(running_command_line_that_was_not_read_leaves_it_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
