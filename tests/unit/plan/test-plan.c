/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan/plan.h"

#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"

/* A host whose IOMMU runs, with its vfio-pci loaded. */
static void make_ready(struct paper *paper)
{
	static const char *const loaded[] = {"vfio_pci"};
	static struct iommu_unit unit = {.name = "dmar0", .kind = IOMMU_VTD};
	static struct iommu_group group = {.id = 1};

	paper->host.modules.loaded =
		(struct fact_list){.fact = known("/proc/modules"), .names = loaded, .count = 1};
	paper->host.units =
		(struct iommu_units){.fact = known("/sys/class/iommu"), .units = &unit, .count = 1};
	paper->host.groups = (struct iommu_groups){
		.fact = known("/sys/kernel/iommu_groups"), .groups = &group, .count = 1};
}

static void build_plan(struct paper *paper, const struct plan_wish *wish, struct plan *ret)
{
	twins_build(&paper->host, paper->arena, &paper->model.twins);
	line_effects_build(&paper->host, &paper->model.platform, ACS_OVERRIDE_UNKNOWN,
			   &paper->host.cmdline, paper->arena, &paper->model.line_effects);
	next_boot_build(&paper->host, paper->arena, &paper->model.next_boot);
	plan_build(&paper->model, wish, paper->arena, ret);
}

static struct plan plan_of(struct paper *paper, const struct pci_function *function)
{
	struct plan plan;

	host_platform_build(&paper->host, &paper->model.platform);
	const struct plan_wish wish = {.functions = &function, .count = 1};
	build_plan(paper, &wish, &plan);
	assert_false(arena_failed(paper->arena));
	return plan;
}

static const struct plan_step *find_step(const struct plan *plan, const char *id)
{
	for (size_t i = 0; i < plan->count; i++) {
		if (strcmp(plan->steps[i].id, id) == 0)
			return &plan->steps[i];
	}
	return NULL;
}

static void steps_stand_in_the_order_of_their_stages(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready(paper);
	struct plan plan = plan_of(paper, function);
	assert_true(plan.count > 2);
	for (size_t i = 1; i < plan.count; i++)
		assert_true(plan.steps[i - 1].stage <= plan.steps[i].stage);
}

/* No step gives an interrupt controller of Arm an ITS. */
static void interrupts_that_the_controller_does_not_isolate_obstruct(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready(paper);
	say_verdict(paper, function, ASSIGNABLE_BLOCKED, BLOCKER_INTERRUPTS, "no ITS");
	paper->model.interrupts.cause = INTERRUPTS_CAUSE_CONTROLLER;
	assert_non_null(plan_of(paper, function).obstacles);
}

static void a_function_on_vfio_pci_is_not_bound_again(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready(paper);
	struct plan plan = plan_of(paper, function);
	assert_non_null(find_step(&plan, "bind"));
	function->driver = known_text("driver", "vfio-pci");
	plan = plan_of(paper, function);
	assert_null(find_step(&plan, "bind"));
}

static void a_driver_that_was_not_read_makes_the_plan_uncertain(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready(paper);
	function->driver.fact = unreadable("driver", 13);
	struct plan plan = plan_of(paper, function);
	assert_int_equal(plan.verdict, PLAN_UNDETERMINED);
	assert_null(find_step(&plan, "bind"));
}

static void what_is_not_known_makes_the_plan_uncertain(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready(paper);
	say_verdict(paper, function, ASSIGNABLE_UNDETERMINED, BLOCKER_UNKNOWN, "dark");
	struct plan plan = plan_of(paper, function);
	assert_int_equal(plan.verdict, PLAN_UNDETERMINED);
	assert_string_equal(plan.unknowns->text, "0000:01:00.0: dark");
}

static bool says(const struct plan_step *step, const char *text)
{
	for (const struct plan_command *line = step->commands; line; line = line->next) {
		if (strstr(line->text, text))
			return true;
	}
	return false;
}

static void what_the_host_may_need_is_asked_about_first(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "ahci");
	struct usage_gap zfs = {USAGE_MOUNT, "/", "zfs does not say on which devices it lies",
				"/proc/self/mountinfo"};

	make_ready(paper);
	set_class(paper->host.pci.functions, 0x010601);
	paper->host.usage = (struct usage){.mounts = known("/proc/self/mountinfo"),
					   .swaps = known("/proc/swaps"),
					   .routes = known("/proc/self/net/route"),
					   .routes6 = known("/proc/self/net/ipv6_route")};
	paper->model.host_uses.host = &paper->host;
	struct plan plan = plan_of(paper, function);
	assert_null(find_step(&plan, "find-host-use"));
	paper->host.usage.gaps = &zfs;
	paper->host.usage.gap_count = 1;
	plan = plan_of(paper, function);
	assert_non_null(find_step(&plan, "find-host-use"));
	assert_true(says(find_step(&plan, "find-host-use"), "zpool status"));
}

static void what_no_step_removes_obstructs_the_plan(void **state)
{
	static const enum blocker_kind kinds[] = {
		BLOCKER_NO_GROUP, BLOCKER_NOIOMMU, BLOCKER_RESERVED_MEMORY,
		BLOCKER_DENYLIST, BLOCKER_VMD,     BLOCKER_HOST_USE};
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready(paper);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		test_row("blocker of kind %d", kinds[i]);
		say_verdict(paper, function, ASSIGNABLE_BLOCKED, kinds[i], "stone");
		struct plan plan = plan_of(paper, function);
		assert_int_equal(plan.verdict, PLAN_OBSTRUCTED);
		assert_string_equal(plan.obstacles->text, "0000:01:00.0: stone");
		assert_null(find_step(&plan, "qemu"));
	}
}

/* A driver without the hook of struct pci_driver takes no write to sriov_numvfs, not even of 0. */
static void vfs_that_block_are_taken_away_as_their_driver_does(void **state)
{
	static const struct {
		const char *driver;
		const char *command; /* NULL: no way is known */
	} rows[] = {
		{"igb", "echo 0 > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs"},
		{"nvidia", "/usr/lib/nvidia/sriov-manage -d 0000:01:00.0"},
		{"mlx4_core", NULL},
	};
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, NULL);

	make_ready(paper);
	function->sriov.numvfs = (struct fact_number){.fact = known("sriov_numvfs"), .value = 3};
	say_verdict(paper, function, ASSIGNABLE_BLOCKED, BLOCKER_VFS_ENABLED, "3 VFs");
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].driver);
		set_driver(function, rows[i].driver);
		struct plan plan = plan_of(paper, function);
		const struct plan_step *step = find_step(&plan, "disable-vfs");
		assert_int_equal(plan.verdict, step ? PLAN_COMPLETE : PLAN_OBSTRUCTED);
		assert_true(!step == !rows[i].command);
		if (step)
			assert_string_equal(step->commands->text, rows[i].command);
	}
}

struct vfs_case {
	unsigned vfs;
	unsigned can; /* of the budget: how many it can have, of 8 */
	enum vf_term_kind limited_by;
	enum usable_limit limit;
	const char *may_refuse;
	enum plan_verdict verdict;
	const char *says; /* the first obstacle or unknown; NULL: none */
};

#define SETUP "; this is a setting of the adapter: "

static const struct vfs_case vfs_cases[] = {
	{2, 4, VF_TERM_MMIO, USABLE_BUDGET, NULL, PLAN_COMPLETE, NULL},
	{2, 4, VF_TERM_MMIO, USABLE_BUDGET, "refuses", PLAN_UNDETERMINED,
	 "cannot tell whether 0000:01:00.0 can have 2 VFs: its driver i40e refuses"},
	{6, 4, VF_TERM_MMIO, USABLE_BUDGET, NULL, PLAN_OBSTRUCTED,
	 "0000:01:00.0 cannot have 6 VFs; it can have 4 of 8 VFs: no room"},
	{6, 4, VF_TERM_TOTAL_VFS, USABLE_BUDGET, NULL, PLAN_OBSTRUCTED,
	 "0000:01:00.0 cannot have 6 VFs; it can have 4 of 8 VFs: no room" SETUP
	 "switch SR-IOV on and set the number of VFs in the adapter's setup, or with its vendor's tool"},
	{9, 8, VF_TERM_TOTAL_VFS, USABLE_BUDGET, NULL, PLAN_OBSTRUCTED,
	 "0000:01:00.0 cannot have 9 VFs; it offers only 8" SETUP
	 "switch SR-IOV on and set the number of VFs in the adapter's setup, or with its vendor's tool"},
	{2, 4, VF_TERM_MMIO, USABLE_IOMMU, NULL, PLAN_OBSTRUCTED,
	 "2 guests cannot each get a VF of 0000:01:00.0: no IOMMU"},
	{2, 4, VF_TERM_MMIO, USABLE_GROUP, NULL, PLAN_OBSTRUCTED,
	 "2 guests cannot each get a VF of 0000:01:00.0: no IOMMU"},
	{2, 4, VF_TERM_MMIO, USABLE_GROUP, NULL, PLAN_UNDETERMINED,
	 "cannot tell whether 2 guests can each get a VF of 0000:01:00.0: no IOMMU"},
};

static void a_plan_for_vfs_names_what_limits_them(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *pf = add_device(paper, "0000:01:00.0", 1, "i40e");
	struct vf_budget budget = {.function = pf,
				   .capability.total_vfs = 8,
				   .driver = vf_driver_find("i40e"),
				   .at_least = 4,
				   .at_most = 4};
	static struct usable_vfs usable = {.why = "no IOMMU"};
	static struct usable_vfs *counts[] = {&usable};
	struct vf_budget *budgets[] = {&budget};

	make_ready(paper);
	paper->host.pci.functions[0].sriov.numvfs.fact = known("sriov_numvfs");
	paper->host.pci.functions[0].sriov.totalvfs.fact = known("sriov_totalvfs");
	paper->model.vf_budgets = (struct vf_budgets){.host = &paper->host, .budgets = budgets};
	paper->model.usable_vfs =
		(struct usable_counts){.grounds.host = &paper->host, .counts = counts};
	for (size_t i = 0; i < ARRAY_LENGTH(vfs_cases); i++) {
		const struct vfs_case *row = &vfs_cases[i];
		const struct plan_wish wish = {
			.functions = &pf, .count = 1, .vfs = row->vfs, .how = PLAN_HOW_NOW};
		struct plan plan;

		test_row("%zu", i);
		budget.limited_by = row->limited_by;
		budget.at_least = budget.at_most = row->can;
		budget.terms[row->limited_by].at_most = 4;
		budget.terms[row->limited_by].why = "no room";
		budget.driver_may_refuse = row->may_refuse;
		usable.limit = row->limit;
		usable.at_most = row->verdict == PLAN_UNDETERMINED ? 4 : 0;
		host_platform_build(&paper->host, &paper->model.platform);
		build_plan(paper, &wish, &plan);
		const struct text_line *line = plan.obstacles ? plan.obstacles : plan.unknowns;
		assert_int_equal(plan.verdict, row->verdict);
		assert_true(!line == !row->says);
		if (line)
			assert_string_equal(line->text, row->says);
	}
}

static void words_for_other_modules_bring_none_of_vfio(void **state)
{
	static struct usable_vfs usable = {.limit = USABLE_VFIO, .why = "no vfio_pci"};
	static struct usable_vfs *counts[] = {&usable};
	struct paper *paper = *state;
	const struct pci_function *pf = add_device(paper, "0000:01:00.0", 1, "i40e");
	struct vf_budget budget = {
		.function = pf, .capability.total_vfs = 8, .at_least = 8, .at_most = 8};
	struct vf_budget *budgets[] = {&budget};
	struct vfio_module *driver = &paper->model.vfio_modules.items[VFIO_MODULE_DRIVER];
	const struct plan_wish wish = {.functions = &pf, .count = 1, .vfs = 2};
	struct plan plan;

	make_ready(paper);
	paper->host.pci.functions[0].sriov.numvfs.fact = known("sriov_numvfs");
	paper->host.pci.functions[0].sriov.totalvfs.fact = known("sriov_totalvfs");
	paper->model.vf_budgets = (struct vf_budgets){.host = &paper->host, .budgets = budgets};
	paper->model.usable_vfs = (struct usable_counts){
		.grounds = {.host = &paper->host,
			    .budgets = &paper->model.vf_budgets,
			    .isolation = &paper->model.isolation,
			    .assignability = &paper->model.assignability,
			    .interrupts = &paper->model.interrupts,
			    .vfio_modules = &paper->model.vfio_modules},
		.counts = counts,
	};
	paper->model.interrupts.attaches = BOOLEAN_YES;
	paper->model.vfio_modules.items[VFIO_MODULE_MEMORY].state = VFIO_MODULE_THERE;
	paper_command_line(paper, "module_blacklist=kvm");
	for (int by_words = 0; by_words < 2; by_words++) {
		*driver = (struct vfio_module){.state = VFIO_MODULE_MISSING,
					       .by_command_line = by_words};
		build_plan(paper, &wish, &plan);
		assert_int_equal(plan.obstacles == NULL, by_words);
	}
	assert_non_null(find_step(&plan, "kernel-parameters"));
}

struct limit_case {
	const char *driver;
	enum vf_reason reason;
	const char *says;
};

static const struct limit_case limit_cases[] = {
	{"xe", VF_REASON_DRIVER_LIMIT,
	 "; its option max_vfs may be what limits it: load xe with max_vfs=6"},
	{"sfc", VF_REASON_DRIVER_LIMIT, SETUP "set vf-count"},
	{"igb", VF_REASON_DRIVER_LIMIT, ": no room"},
	{"nvidia", VF_REASON_NO_HOOK,
	 "; it makes VFs by NVIDIA's tool: /usr/lib/nvidia/sriov-manage"},
	{"mpi3mr", VF_REASON_NO_HOOK, ": no room"},
};

static void what_lifts_a_limit_depends_on_the_driver(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *pf = add_device(paper, "0000:01:00.0", 1, "xe");
	struct vf_budget budget = {.function = pf,
				   .capability.total_vfs = 8,
				   .at_least = 4,
				   .at_most = 4,
				   .limited_by = VF_TERM_DRIVER};
	static struct usable_vfs *counts[] = {NULL};
	struct vf_budget *budgets[] = {&budget};

	make_ready(paper);
	paper->host.pci.functions[0].sriov.numvfs.fact = known("sriov_numvfs");
	paper->host.pci.functions[0].sriov.totalvfs.fact = known("sriov_totalvfs");
	paper->model.vf_budgets = (struct vf_budgets){.host = &paper->host, .budgets = budgets};
	paper->model.usable_vfs =
		(struct usable_counts){.grounds.host = &paper->host, .counts = counts};
	for (size_t i = 0; i < ARRAY_LENGTH(limit_cases); i++) {
		const struct limit_case *row = &limit_cases[i];
		const struct plan_wish wish = {
			.functions = &pf, .count = 1, .vfs = 6, .how = PLAN_HOW_NOW};
		struct plan plan;

		test_row("%s", row->driver);
		set_driver(&paper->host.pci.functions[0], row->driver);
		budget.driver = vf_driver_find(row->driver);
		budget.terms[VF_TERM_DRIVER] = (struct vf_term){
			.at_most = 4, .at_least = 4, .reason = row->reason, .why = "no room"};
		build_plan(paper, &wish, &plan);
		assert_non_null(plan.obstacles);
		const char *found = strstr(plan.obstacles->text, row->says);
		assert_non_null(found);
		assert_true(found[0] == ';' || strcmp(found, row->says) == 0);
	}
}

/* bnxt_en takes the number while the interface is down, and makes no VFs. */
static void an_interface_is_set_up_before_vfs_that_need_it(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *pf = add_device(paper, "0000:01:00.0", 1, "bnxt_en");
	struct vf_budget budget = {.function = pf,
				   .capability.total_vfs = 8,
				   .driver = vf_driver_find("bnxt_en"),
				   .at_least = 8,
				   .at_most = 8};
	static struct usable_vfs *counts[] = {NULL};
	struct vf_budget *budgets[] = {&budget};
	const char *names[] = {"ens2f0"};
	const struct plan_wish wish = {.functions = &pf, .count = 1, .vfs = 4};
	struct pci_function *function = &paper->host.pci.functions[0];
	struct plan plan;

	make_ready(paper);
	function->path = "/sys/pf";
	function->netdevs = (struct fact_list){.fact = known("net"), .names = names, .count = 1};
	function->sriov.numvfs.fact = known("sriov_numvfs");
	function->sriov.totalvfs.fact = known("sriov_totalvfs");
	paper->model.vf_budgets = (struct vf_budgets){.host = &paper->host, .budgets = budgets};
	paper->model.usable_vfs =
		(struct usable_counts){.grounds.host = &paper->host, .counts = counts};
	build_plan(paper, &wish, &plan);
	const struct plan_step *now = find_step(&plan, "enable-vfs");
	assert_non_null(now);
	assert_string_equal(now->commands->text, "ip link set dev ens2f0 up");
	assert_non_null(strstr(now->commands->next->text, "echo 4 > "));
	const struct plan_step *boot = find_step(&plan, "vfs-udev-rule");
	assert_non_null(boot);
	assert_non_null(strstr(boot->commands->text, "SUBSYSTEM==\"net\""));
	assert_non_null(strstr(boot->commands->text, "ip link set dev * up && echo 4 > "));
}

static void whether_dma_is_remapped_must_be_known(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready(paper);
	paper->host.units = (struct iommu_units){.fact = unreadable("/sys/class/iommu", 13)};
	paper->host.groups = (struct iommu_groups){.fact = unreadable("groups", 13)};
	paper->host.pci.functions[0].group.fact = unreadable("iommu_group", 13);
	assert_int_equal(plan_of(paper, function).verdict, PLAN_UNDETERMINED);
}

static void an_obstacle_of_the_host_is_named_once(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *functions[] = {
		add_device(paper, "0000:01:00.0", 1, NULL),
		add_device(paper, "0000:02:00.0", 2, NULL),
	};
	struct plan plan;
	size_t count = 0;

	paper->host.units = (struct iommu_units){.fact = unreadable("/sys/class/iommu", 13)};
	paper->host.groups = (struct iommu_groups){.fact = unreadable("groups", 13)};
	for (size_t i = 0; i < 2; i++)
		paper->host.pci.functions[i].group.fact = unreadable("iommu_group", 13);
	host_platform_build(&paper->host, &paper->model.platform);
	const struct plan_wish wish = {.functions = functions, .count = 2};
	build_plan(paper, &wish, &plan);
	for (const struct text_line *line = plan.unknowns; line; line = line->next)
		count += strstr(line->text, "remapped") != NULL;
	assert_int_equal(count, 1);
}

/* Without a table of IOMMUs, as that of virtio-iommu, no step makes interrupts remapped. */
static void a_blocker_that_no_step_removes_stays(void **state)
{
	static const enum blocker_kind kinds[] = {BLOCKER_REMAPPING_OFF, BLOCKER_INTERRUPTS,
						  BLOCKER_VFS_ENABLED};
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready(paper);
	paper->model.interrupts.state = INTERRUPTS_PLAIN;
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		test_row("blocker of kind %d", kinds[i]);
		say_verdict(paper, function, ASSIGNABLE_BLOCKED, kinds[i], "stone");
		struct plan plan = plan_of(paper, function);
		assert_int_equal(plan.verdict, PLAN_OBSTRUCTED);
		assert_string_equal(plan.obstacles->text, "0000:01:00.0: stone");
	}
}

struct kvm_case {
	const char *architecture;
	const char *flag;
	bool is_guest;
	bool runs;
	enum plan_verdict verdict;
	const char *step;
};

static const struct kvm_case kvm_cases[] = {
	{"x86_64", "vmx", false, true, PLAN_COMPLETE, NULL},
	{"x86_64", "vmx", false, false, PLAN_COMPLETE, "load-kvm"},
	{"x86_64", "lm", false, false, PLAN_COMPLETE, "firmware-virtualization"},
	{"x86_64", "lm", true, false, PLAN_OBSTRUCTED, NULL},
	{"aarch64", "fp", false, false, PLAN_OBSTRUCTED, NULL},
	{"aarch64", "fp", false, true, PLAN_COMPLETE, NULL},
};

static void what_kvm_lacks_is_a_step_or_an_obstacle(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(kvm_cases); i++) {
		const struct kvm_case *row = &kvm_cases[i];
		const char *flags[] = {row->is_guest ? "hypervisor" : "fpu", row->flag};
		struct cpu *cpu = &paper->host.cpu;

		test_row("%s %s", row->architecture, row->flag);
		paper_reset(paper);
		const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");
		make_ready(paper);
		cpu->architecture = row->architecture;
		cpu->vendor = row->architecture[0] == 'x' ? CPU_INTEL : CPU_OTHER;
		cpu->flags = flags;
		cpu->flag_count = ARRAY_LENGTH(flags);
		cpu->kvm.fact = row->runs ? known("/dev/kvm") : absent("/dev/kvm");
		cpu->kvm_class.fact = absent("/sys/class/misc/kvm");
		struct plan plan = plan_of(paper, function);
		assert_int_equal(plan.verdict, row->verdict);
		if (row->step)
			assert_non_null(find_step(&plan, row->step));
		else
			assert_null(find_step(&plan, "load-kvm"));
	}
}

static void can_run_guests(struct paper *paper)
{
	static const char *flags[] = {"vmx"};

	paper->host.cpu.flags = flags;
	paper->host.cpu.flag_count = ARRAY_LENGTH(flags);
}

static void a_device_of_kvm_that_was_not_read_makes_the_plan_uncertain(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready(paper);
	can_run_guests(paper);
	paper->host.cpu.kvm.fact = known("/dev/kvm");
	assert_int_equal(plan_of(paper, function).verdict, PLAN_COMPLETE);
	paper->host.cpu.kvm.fact = unreadable("/dev/kvm", 13);
	assert_int_equal(plan_of(paper, function).verdict, PLAN_UNDETERMINED);
}

static void a_plan_for_the_host_loads_kvm(void **state)
{
	const struct plan_wish wish = {0};
	struct paper *paper = *state;
	struct plan plan;

	make_ready(paper);
	can_run_guests(paper);
	host_platform_build(&paper->host, &paper->model.platform);
	build_plan(paper, &wish, &plan);
	assert_non_null(find_step(&plan, "load-kvm"));
}

static void a_word_that_was_taken_for_another_vendors_makes_way_for_that(void **state)
{
	const struct plan_wish wish = {0};
	struct paper *paper = *state;
	struct plan plan;

	paper_command_line(paper, "quiet amd_iommu=on");
	can_run_guests(paper);
	paper->host.cpu.vendor = CPU_INTEL;
	paper->host.acpi.dmar.fact = known("/sys/firmware/acpi/tables/DMAR");
	host_platform_build(&paper->host, &paper->model.platform);
	build_plan(paper, &wish, &plan);
	const struct plan_step *step = find_step(&plan, "kernel-parameters");
	assert_non_null(step);
	assert_string_equal(step->summary,
			    "Replace amd_iommu=on with intel_iommu=on on the kernel command line");
	assert_non_null(strstr(step->why, "amd_iommu=on has no effect: this host's IOMMU is VT-d"));
}

/* What is looked for after the reboot is what the steps before it change. */
static void the_look_is_at_what_the_steps_change(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready(paper);
	struct plan plan = plan_of(paper, function);
	assert_non_null(find_step(&plan, "firmware-virtualization"));
	const struct plan_command *commands = find_step(&plan, "look")->commands;
	assert_string_equal(commands->text, "passcheck plan 0000:01:00.0");
	assert_null(commands->next);
}

struct plain_case {
	const char *command_line;
	size_t steps; /* that edit it */
	const char *summary;
};

static const struct plain_case plain_cases[] = {
	{"quiet intremap=off", 1, "intremap=off"},
	{"noapic nointremap", 1, "nointremap and noapic"},
	{"intremap=off vfio_iommu_type1.allow_unsafe_interrupts=1", 0, NULL},
	{"quiet", 0, NULL},
};

static void words_that_leave_interrupts_plain_go_in_one_step(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready(paper);
	paper->host.interrupts.remapped_chip = NULL;
	paper->host.interrupts.plain_chip = "PCI-MSI";
	for (size_t i = 0; i < ARRAY_LENGTH(plain_cases); i++) {
		const struct plain_case *row = &plain_cases[i];
		size_t count = 0;

		test_row("%s", row->command_line);
		paper_command_line(paper, row->command_line);
		interrupt_remapping_build(&paper->host, &paper->model.platform,
					  &paper->model.parameters, &paper->model.dma_units,
					  paper->arena, &paper->model.interrupts);
		struct plan plan = plan_of(paper, function);
		for (size_t s = 0; s < plan.count; s++)
			count += strcmp(plan.steps[s].id, "kernel-parameters") == 0;
		assert_int_equal(count, row->steps);
		if (row->summary)
			assert_non_null(strstr(find_step(&plan, "kernel-parameters")->summary,
					       row->summary));
	}
}

static void words_that_refuse_modules_go_from_the_command_line(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready(paper);
	paper->host.modules.loaded.count = 0;
	paper_command_line(paper, "module_blacklist=vfio,nouveau,vfio_pci "
				  "modprobe.blacklist=vfio_pci");
	struct plan plan = plan_of(paper, function);
	assert_string_equal(find_step(&plan, "kernel-parameters")->summary,
			    "Replace module_blacklist=vfio,nouveau,vfio_pci with "
			    "module_blacklist=nouveau on the kernel command line");
}

/* GRUB's settings, of a host that has update-grub. */
static void configure_grub(struct paper *paper, const char *words)
{
	const struct fact_text text = known_text("/etc/default/grub", words);

	cmdline_parse(paper->arena, &text, &paper->host.boot_config.grub);
	paper->host.boot_config.grub_files = arena_array(paper->arena, 1, sizeof(struct grub_file));
	paper->host.boot_config.grub_file_count = 1;
	*paper->host.boot_config.grub_files = (struct grub_file){
		.path = "/etc/default/grub",
		.line = known("/etc/default/grub"),
		.words = paper->host.boot_config.grub,
		.first_default = paper->host.boot_config.grub.count,
		.comments = "",
	};
	paper->host.boot_tools.nodes[BOOT_TOOL_UPDATE_GRUB].fact = known("/usr/sbin/update-grub");
	paper->host.boot_tools.nodes[BOOT_TOOL_GRUB_DEFAULTS].fact = known("/etc/default/grub");
}

/* Ready without a word on the command line. */
static void make_ready_by_default(struct paper *paper)
{
	static const char *flags[] = {"vmx"};

	make_ready(paper);
	paper->host.cpu.flags = flags;
	paper->host.cpu.flag_count = ARRAY_LENGTH(flags);
	paper_kconfig(paper, "CONFIG_INTEL_IOMMU=y\nCONFIG_INTEL_IOMMU_DEFAULT_ON=y\n");
}

struct coming_case {
	const char *running, *configured;
	enum plan_how how;
	const char *summary; /* of the step; NULL: none */
	const char *why;     /* a part of it */
	enum plan_stage stage;
};

#define OF_GRUB " kernel command line of GRUB"

static const struct coming_case coming_cases[] = {
	{"quiet", "quiet iommu=off", PLAN_HOW_BOOT, "Remove iommu=off from the" OF_GRUB,
	 "at the next boot iommu=off turns DMA remapping off", PLAN_PERSIST},
	{"quiet", "iommu=off", PLAN_HOW_MANAGED, "Remove iommu=off from the" OF_GRUB,
	 "turns DMA remapping off", PLAN_PERSIST},
	{"quiet", "iommu=off", PLAN_HOW_NOW, NULL, NULL, PLAN_PERSIST},
	{"iommu=off", "iommu=off", PLAN_HOW_BOOT, NULL, NULL, PLAN_PERSIST},
	{"quiet", "quiet intremap=off", PLAN_HOW_BOOT, "Remove intremap=off from the" OF_GRUB,
	 "turns interrupt remapping off", PLAN_PERSIST},
	{"quiet", "pci=noacpi,nommconf,nomsi,realloc", PLAN_HOW_BOOT,
	 "Replace pci=noacpi,nommconf,nomsi,realloc with pci=noacpi,realloc on the" OF_GRUB,
	 "pci=nomsi leaves devices without message-signalled interrupts", PLAN_PERSIST},
	{"quiet", "module_blacklist=nouveau,vfio-pci,kvm", PLAN_HOW_BOOT,
	 "Replace module_blacklist=nouveau,vfio-pci,kvm with module_blacklist=nouveau,vfio-pci on "
	 "the" OF_GRUB,
	 "makes the kernel refuse kvm", PLAN_PERSIST},
};

/* Returns whether the undo of the step brings back the last of the words that were configured. */
static bool undoes(const struct plan_step *step, const char *configured)
{
	const char *blank = strrchr(configured, ' ');
	const char *word = blank ? blank + 1 : configured;

	for (const struct plan_command *it = step->undo; it; it = it->next) {
		if (strstr(it->text, word))
			return true;
	}
	return false;
}

static void words_of_the_next_boot_that_break_passthrough_go_before_it(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready_by_default(paper);
	for (size_t i = 0; i < ARRAY_LENGTH(coming_cases); i++) {
		const struct coming_case *row = &coming_cases[i];
		const struct plan_wish wish = {.functions = &function, .count = 1, .how = row->how};
		struct plan plan;

		test_row("%s with %s", row->configured, row->running);
		paper_command_line(paper, row->running);
		configure_grub(paper, row->configured);
		host_platform_build(&paper->host, &paper->model.platform);
		build_plan(paper, &wish, &plan);
		const struct plan_step *step = find_step(&plan, "kernel-parameters");
		assert_true(!step == !row->summary);
		assert_null(find_step(&plan, "reboot"));
		if (!step)
			continue;
		assert_string_equal(step->summary, row->summary);
		assert_non_null(strstr(step->why, row->why));
		assert_int_equal(step->stage, row->stage);
		assert_non_null(step->commands);
		assert_true(undoes(step, row->configured));
	}
}

/* A script of the initramfs, or one that modprobe.d runs, does what a plan would. */
static void what_a_script_gives_to_vfio_is_not_doubled(void **state)
{
	struct paper *paper = *state;
	struct module_list_line line = {.source = "/usr/local/bin/vfio-pci-override.sh",
					.text = "DEVS=\"0000:01:00.0 0000:02:00.0\"",
					.driver = "vfio-pci"};
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready(paper);
	paper->host.module_lists.overrides = &line;
	paper->host.module_lists.override_count = 1;
	module_lists_index(paper->arena, &paper->host.module_lists);
	struct plan plan = plan_of(paper, function);
	assert_null(find_step(&plan, "modprobe-options"));
	assert_null(find_step(&plan, "initramfs"));
	assert_non_null(strstr(find_step(&plan, "script-existing")->summary, line.source));
	function->driver = known_text("driver", "vfio-pci");
	plan = plan_of(paper, function);
	assert_non_null(strstr(find_step(&plan, "script-existing")->why, "or a person did"));
	assert_null(find_step(&plan, "modprobe-options"));
	const struct plan_wish undo = {
		.functions = (const struct pci_function *[]){function}, .count = 1, .undo = true};
	build_plan(paper, &undo, &plan);
	assert_non_null(find_step(&plan, "script-existing"));
}

struct lost_case {
	const char *running, *configured;
	enum plan_how how;
	const char *summary; /* of the step that keeps words; NULL: none */
	const char *why;     /* a part of it */
	const char *unsafe;  /* a part of the step that asks for others; NULL: none */
};

static const struct lost_case lost_cases[] = {
	{"quiet intel_iommu=on", "quiet", PLAN_HOW_BOOT, "Add intel_iommu=on to the" OF_GRUB,
	 "intel_iommu=on is in effect now, and not configured to stay: VT-d is off without it",
	 NULL},
	{"intel_iommu=on iommu=pt", "quiet", PLAN_HOW_MANAGED,
	 "Add intel_iommu=on and iommu=pt to the" OF_GRUB,
	 "intel_iommu=on and iommu=pt are in effect now", NULL},
	{"intel_iommu=on", "quiet", PLAN_HOW_NOW, NULL, NULL, NULL},
	{"intel_iommu=on quiet", "intel_iommu=on", PLAN_HOW_BOOT, NULL, NULL, NULL},
	{"intel_iommu=on", "intel_iommu=on,sm_on", PLAN_HOW_BOOT, NULL, NULL, NULL},
	{"intel_iommu=on,sm_on", "intel_iommu=on intel_iommu=sm_on", PLAN_HOW_BOOT, NULL, NULL,
	 NULL},
	{"intel_iommu=on", "intel_iommu=igfx_off", PLAN_HOW_BOOT,
	 "Add intel_iommu=on to the" OF_GRUB, "VT-d is off without it", NULL},
	{"intel_iommu=on pci=realloc", "intel_iommu=on pci=noaer", PLAN_HOW_BOOT,
	 "Add pci=realloc to the" OF_GRUB, "pci=realloc is in effect now", NULL},
	{"intel_iommu=on pci=noaer", "intel_iommu=on pci=realloc", PLAN_HOW_BOOT, NULL, NULL,
	 "whether pci=noaer stays, which is in effect"},
	{"intel_iommu=on pci=noaer", "intel_iommu=on pci=realloc,noaer", PLAN_HOW_BOOT, NULL, NULL,
	 NULL},
	{"intel_iommu=on", "iommu=off", PLAN_HOW_BOOT,
	 "Replace iommu=off with intel_iommu=on on the" OF_GRUB,
	 "at the next boot iommu=off turns DMA remapping off; intel_iommu=on is in effect", NULL},
	{"intel_iommu=on vfio-pci.ids=1234:5678", "quiet", PLAN_HOW_BOOT,
	 "Add vfio-pci.ids=1234:5678,1234:0001 and intel_iommu=on to the" OF_GRUB,
	 "intel_iommu=on and vfio-pci.ids=1234:5678 are in effect now", NULL},
	{"intel_iommu=on hugepagesz=1G hugepages=8", "intel_iommu=on hugepages=512", PLAN_HOW_BOOT,
	 NULL, NULL, "whether hugepagesz=1G stays, which is in effect"},
	{"intel_iommu=on maxcpus=4 modprobe.blacklist=igb", "quiet", PLAN_HOW_BOOT,
	 "Add intel_iommu=on to the" OF_GRUB, "intel_iommu=on is in effect now",
	 "whether maxcpus=4 and modprobe.blacklist=igb stay, which are in effect"},
	{"intel_iommu=on pci=resource_alignment=20@0000:01:00.0;a", "quiet", PLAN_HOW_BOOT,
	 "Add intel_iommu=on to the" OF_GRUB, "intel_iommu=on is in effect now",
	 "whether pci=resource_alignment=20@0000:01:00.0;a stays"},
	{"intel_iommu=on pcie_acs_override=downstream", "intel_iommu=on", PLAN_HOW_BOOT, NULL, NULL,
	 "whether pcie_acs_override=downstream stays, which is in effect"},
};

static void words_in_effect_that_are_not_configured_to_stay_are_kept(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready_by_default(paper);
	paper_kconfig(paper, "CONFIG_INTEL_IOMMU=y\n# CONFIG_INTEL_IOMMU_DEFAULT_ON is not set\n");
	for (size_t i = 0; i < ARRAY_LENGTH(lost_cases); i++) {
		const struct lost_case *row = &lost_cases[i];
		const struct plan_wish wish = {.functions = &function, .count = 1, .how = row->how};
		struct plan plan;

		test_row("%s with %s", row->configured, row->running);
		paper_command_line(paper, row->running);
		configure_grub(paper, row->configured);
		host_platform_build(&paper->host, &paper->model.platform);
		build_plan(paper, &wish, &plan);
		const struct plan_step *step = find_step(&plan, "kernel-parameters");
		const struct plan_step *unsafe = find_step(&plan, "unsafe-parameters");
		assert_null(find_step(&plan, "reboot"));
		assert_true(!step == !row->summary);
		assert_true(!unsafe == !row->unsafe);
		if (unsafe) {
			assert_non_null(strstr(unsafe->summary, row->unsafe));
			assert_null(unsafe->commands);
		}
		if (!step)
			continue;
		assert_string_equal(step->summary, row->summary);
		assert_non_null(strstr(step->why, row->why));
		assert_int_equal(step->stage, PLAN_PERSIST);
		assert_non_null(step->commands);
		assert_non_null(step->undo);
	}
}

/* The reboot that the plan asks for would lose them. */
static void words_in_effect_outlast_the_reboot_of_the_plan(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready_by_default(paper);
	paper->host.modules.loaded.count = 0;
	paper_command_line(paper, "module_blacklist=vfio intel_iommu=on");
	configure_grub(paper, "module_blacklist=vfio");
	struct plan plan = plan_of(paper, function);
	const struct plan_step *step = find_step(&plan, "kernel-parameters");
	assert_string_equal(step->summary,
			    "Replace module_blacklist=vfio with intel_iommu=on on the" OF_GRUB);
	assert_int_equal(step->stage, PLAN_BOOT);
	bool undone = false;
	for (const struct plan_command *it = step->undo; it; it = it->next)
		undone |= strstr(it->text, "intel_iommu=on") != NULL;
	assert_true(undone);
}

/* The word would be in effect once the plan's own words are. */
static void words_of_the_next_boot_go_with_those_that_the_plan_changes(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready_by_default(paper);
	paper->host.modules.loaded.count = 0;
	paper_command_line(paper, "module_blacklist=vfio");
	configure_grub(paper, "module_blacklist=vfio iommu=off");
	struct plan plan = plan_of(paper, function);
	const struct plan_step *step = find_step(&plan, "kernel-parameters");
	assert_string_equal(step->summary,
			    "Remove module_blacklist=vfio and iommu=off from the" OF_GRUB);
	assert_int_equal(step->stage, PLAN_BOOT);
	assert_non_null(find_step(&plan, "reboot"));
	assert_true(undoes(step, "iommu=off"));
}

static void words_that_are_changed_by_hand_are_named(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready_by_default(paper);
	paper_command_line(paper, "quiet");
	configure_grub(paper, "iommu=off");
	paper->host.boot_config.grub_files->value.form = GRUB_ODD;
	struct plan plan = plan_of(paper, function);
	const struct plan_step *step = find_step(&plan, "kernel-parameters");
	assert_null(step->commands);
	assert_non_null(strstr(step->why, "off; edit it by hand: /etc/default/grub has a value"));
}

static void no_step_leads_to_vfio_in_dom0_of_xen(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	paper->host.hypervisor.xen.type = known_text("/sys/hypervisor/type", "xen");
	paper->host.hypervisor.xen.capabilities = known_text("capabilities", "control_d");
	set_group(paper->host.pci.functions, 0);
	paper->host.pci.functions[0].group.fact = absent("iommu_group");
	struct plan plan = plan_of(paper, function);
	assert_int_equal(plan.verdict, PLAN_OBSTRUCTED);
	bool named = false;
	for (const struct text_line *it = plan.obstacles; it; it = it->next)
		named |= strstr(it->text, "Xen's dom0") != NULL;
	assert_true(named);
	assert_int_equal(plan.count, 0);
}

static bool writes_below_etc(const struct plan_command *command)
{
	for (; command; command = command->next) {
		if (strstr(command->text, "/etc/"))
			return true;
	}
	return false;
}

struct nixos_case {
	bool twin; /* another function has the ids, and stays */
	const char *id, *option;
};

#define APPLIES " of NixOS's configuration, which nixos-rebuild boot applies, add "

static const struct nixos_case nixos_cases[] = {
	{false, "kernel-parameters", "change boot.kernelParams there"},
	{false, "modprobe-options", "in boot.extraModprobeConfig" APPLIES "options vfio-pci ids="},
	{false, "modprobe-options", "; add softdep nvme"},
	{false, "initramfs", "vfio_iommu_type1 in boot.initrd.kernelModules"},
	{true, "udev-rule", "in services.udev.extraRules" APPLIES "ACTION==\"add\""},
	{true, "module-list", "in boot.kernelModules" APPLIES "vfio"},
};

static void nixos_is_configured_by_its_options(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(nixos_cases); i++) {
		const struct nixos_case *row = &nixos_cases[i];
		struct paper *paper = *state;

		paper->host.pci.count = 0;
		struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");
		set_ids(function, 0x8086, 0x10fb);
		if (row->twin)
			set_ids(add_device(paper, "0000:02:00.0", 2, "nvme"), 0x8086, 0x10fb);
		make_ready_by_default(paper);
		paper_command_line(paper, "module_blacklist=vfio");
		paper->host.modules.loaded.count = 0;
		paper->host.boot_tools.nodes[BOOT_TOOL_NIXOS].fact = known("/etc/NIXOS");
		struct plan plan = plan_of(paper, function);
		for (size_t k = 0; k < plan.count; k++) {
			test_row("%s", plan.steps[k].id);
			assert_false(writes_below_etc(plan.steps[k].commands));
			assert_false(writes_below_etc(plan.steps[k].undo));
		}
		test_row("%s: %s", row->id, row->option);
		assert_non_null(find_step(&plan, row->id));
		assert_non_null(strstr(find_step(&plan, row->id)->why, row->option));
	}
}

/* Returns whether a step of that id begins so, or has a command with the text. */
static bool has_text(const struct plan *plan, const char *id, const char *text)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_step *step = &plan->steps[i];
		if (strcmp(step->id, id) != 0)
			continue;
		if (begins_with(step->summary, text))
			return true;
		for (const struct plan_command *it = step->commands; it; it = it->next) {
			if (strstr(it->text, text))
				return true;
		}
	}
	return false;
}

struct softdep_case {
	const char *file, *line;
	bool by_hand, written;
};

static const struct softdep_case softdep_cases[] = {
	{"/usr/lib/modprobe.d/nvme.conf", "softdep nvme post: other\n", true, false},
	{"/usr/lib/modprobe.d/zz.conf", "softdep nvme post: other\n", false, true},
	{"/usr/lib/modprobe.d/nvme.conf", "softdep igb post: other\n", false, true},
	{"/usr/lib/modprobe.d/nvme.conf", "softdep nvme pre: vfio-pci\n", false, false},
};

/* modprobe takes the first alone, by the names of files. */
static void softdep_that_would_not_count_is_not_written(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(softdep_cases); i++) {
		const struct softdep_case *row = &softdep_cases[i];
		struct paper *paper = *state;

		test_row("%s: %s", row->file, row->line);
		paper_reset(paper);
		struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");
		set_ids(function, 0x8086, 0x10fb);
		make_ready_by_default(paper);
		struct fact_text file = known_text(row->file, row->line);
		modprobe_parse(paper->arena, &file, &paper->host.modprobe);
		struct plan plan = plan_of(paper, function);
		assert_int_equal(has_text(&plan, "modprobe-options",
					  "Write pre: vfio-pci into the softdep of nvme in "),
				 row->by_hand);
		assert_int_equal(has_text(&plan, "modprobe-options", "softdep nvme pre: vfio-pci"),
				 row->written);
	}
}

struct image_case {
	const char *id; /* of os-release */
	const char *rule,
		*list; /* in the steps of rule and module list; NULL: they have commands */
};

static const struct image_case image_cases[] = {
	{"talos",
	 "in a PCIDriverRebindConfig of Talos's machine configuration (from Talos 1.10 on; before, a "
	 "rule of udev in machine.udev.rules), which talosctl apply-config applies, add name: "
	 "0000:01:00.0, targetDriver: vfio-pci",
	 "in machine.kernel.modules of Talos's"},
	{"ubuntu-core", NULL, NULL},
	{"flatcar", NULL, NULL},
};

/* No file of /etc gets into an initramfs that comes with an image, and on Talos there are none. */
static void systems_made_as_images_bind_without_the_initramfs(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready_by_default(paper);
	for (size_t i = 0; i < ARRAY_LENGTH(image_cases); i++) {
		const struct image_case *row = &image_cases[i];

		test_row("%s", row->id);
		paper->host.system_info.os_id = known_text("/etc/os-release", row->id);
		struct plan plan = plan_of(paper, function);
		const struct plan_step *rule = find_step(&plan, "udev-rule");
		const struct plan_step *list = find_step(&plan, "module-list");
		assert_null(find_step(&plan, "initramfs"));
		assert_null(find_step(&plan, "modprobe-options"));
		assert_int_equal(writes_below_etc(rule->commands), !row->rule);
		assert_int_equal(writes_below_etc(list->commands), !row->list);
		if (!row->rule) {
			assert_non_null(strstr(rule->why, "brings an initramfs of its own"));
			continue;
		}
		assert_non_null(strstr(rule->why, row->rule));
		assert_non_null(strstr(list->why, row->list));
	}
}

static void disks_behind_a_vmd_endpoint_are_named_where_it_is_bound(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *vmd = add_device(paper, "0000:00:0e.0", 1, "vmd");

	make_ready_by_default(paper);
	struct pci_function *port = add_device(paper, "10000:e0:06.0", 1, "pcieport");
	struct pci_function *disk = add_device(paper, "10000:e1:00.0", 1, "nvme");
	struct plan plan = plan_of(paper, vmd);
	assert_null(find_step(&plan, "bind")->why);
	port->vmd = disk->vmd = vmd;
	make_bridge(port);
	plan = plan_of(paper, vmd);
	assert_string_equal(find_step(&plan, "bind")->why,
			    "what is behind it leaves the host with it: 10000:e1:00.0");
}

/* Nor is a module loaded there but by Talos itself. */
static void steps_on_a_running_talos_say_where_they_are_run(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready_by_default(paper);
	paper->host.modules.loaded.count = 0;
	paper->host.system_info.os_id = known_text("/etc/os-release", "debian");
	struct plan plan = plan_of(paper, function);
	assert_string_equal(find_step(&plan, "load-vfio")->commands->text, "modprobe vfio-pci");
	assert_null(find_step(&plan, "bind")->why);
	paper->host.system_info.os_id = known_text("/etc/os-release", "talos");
	plan = plan_of(paper, function);
	assert_null(find_step(&plan, "load-vfio")->commands);
	assert_null(find_step(&plan, "load-vfio")->undo);
	assert_non_null(strstr(find_step(&plan, "load-vfio")->why, "machine.kernel.modules"));
	assert_non_null(strstr(find_step(&plan, "bind")->why, "Talos has no shell"));
	assert_non_null(find_step(&plan, "bind")->commands);
}

static void the_host_keeps_no_twin_that_is_with_vfio(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");
	struct pci_function *twin = add_device(paper, "0000:02:00.0", 2, "nvme");

	set_ids(function, 0x8086, 0x10fb);
	set_ids(twin, 0x8086, 0x10fb);
	set_ids(add_device(paper, "0000:03:00.0", 3, "vfio-pci"), 0x8086, 0x10fb);
	make_ready_by_default(paper);
	struct plan plan = plan_of(paper, function);
	assert_non_null(strstr(find_step(&plan, "bind")->why, "of which the host keeps 1 more"));
	twin->driver = known_text("driver", "vfio-pci");
	plan = plan_of(paper, function);
	assert_null(find_step(&plan, "bind")->why);
	/* An option by ids takes it at the next boot, too. */
	assert_non_null(find_step(&plan, "udev-rule"));
}

static void vfs_that_go_with_their_pf_are_no_twins_that_stay(void **state)
{
	struct paper *paper = *state;
	struct pci_function *pf = add_device(paper, "0000:01:00.0", 1, "igb");
	struct pci_function *vf = add_device(paper, "0000:01:10.0", 2, "igbvf");

	set_ids(pf, 0x8086, 0x10fb);
	set_ids(vf, 0x8086, 0x10fb);
	pf->sriov.numvfs = (struct fact_number){.fact = known("sriov_numvfs"), .value = 1};
	vf->physfn = known_text("physfn", "0000:01:00.0");
	vf->pf = pf;
	make_ready_by_default(paper);
	struct plan plan = plan_of(paper, pf);
	assert_non_null(find_step(&plan, "disable-vfs"));
	assert_null(find_step(&plan, "bind")->why);
	assert_null(find_step(&plan, "udev-rule"));
}

/* Its kernels are built with CONFIG_LOCALVERSION="-talos". What os-release says counts first. */
static void talos_is_known_by_its_kernel(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready_by_default(paper);
	paper_command_line(paper, "module_blacklist=vfio");
	paper_kernel(paper, "6.18.34-talos");
	struct plan plan = plan_of(paper, function);
	assert_string_equal(find_step(&plan, "reboot")->commands->text, "talosctl reboot");
	paper->host.system_info.os_id = known_text("/etc/os-release", "debian");
	plan = plan_of(paper, function);
	assert_string_equal(find_step(&plan, "reboot")->commands->text, "systemctl reboot");
	paper->host.system_info.os_id = (struct fact_text){0};
	paper_kernel(paper, "6.18.34-talos-ceph1");
	plan = plan_of(paper, function);
	assert_string_equal(find_step(&plan, "reboot")->commands->text, "systemctl reboot");
}

static void systems_made_as_images_say_where_their_command_line_is(void **state)
{
	static const struct {
		const char *id, *why;
	} rows[] = {
		{"talos", "machine.install.extraKernelArgs"},
		{"ubuntu-core", "system.kernel.cmdline-append"},
		{"flatcar",
		 "set linux_append=\"$linux_append WORD\" to grub.cfg of the OEM partition"},
		{"debian", "edit it by hand: cannot tell which boot loader this host has"},
	};
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready_by_default(paper);
	paper_command_line(paper, "module_blacklist=vfio");
	paper->host.modules.loaded.count = 0;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s", rows[i].id);
		paper->host.system_info.os_id = known_text("/etc/os-release", rows[i].id);
		struct plan plan = plan_of(paper, function);
		assert_non_null(strstr(find_step(&plan, "kernel-parameters")->why, rows[i].why));
	}
}

/* TrueNAS writes what is in these files, and its / cannot be written. */
static void truenas_is_configured_by_its_settings(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready_by_default(paper);
	paper_command_line(paper, "module_blacklist=vfio");
	paper->host.boot_tools.nodes[BOOT_TOOL_TRUENAS].fact = known("/usr/bin/midclt");
	struct plan plan = plan_of(paper, function);
	assert_null(find_step(&plan, "initramfs"));
	assert_non_null(strstr(find_step(&plan, "kernel-parameters")->why, "kernel_extra_options"));
	assert_false(writes_below_etc(find_step(&plan, "udev-rule")->commands));
	assert_non_null(strstr(find_step(&plan, "udev-rule")->why, "a tunable of the type UDEV"));
	assert_null(find_step(&plan, "module-list")->commands);
	assert_non_null(strstr(find_step(&plan, "module-list")->why, "initshutdownscript.create"));
	assert_non_null(strstr(find_step(&plan, "module-list")->why, "add modprobe vfio-pci"));
}

/* It gives a card to vfio-pci with its group, and keeps one. */
static void truenas_isolates_a_card_whole(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_device(paper, "0000:01:00.0", 1, "nouveau");
	struct pci_function *sound = add_device(paper, "0000:01:00.1", 1, "snd_hda_intel");
	struct pci_function *other = add_device(paper, "0000:02:00.0", 2, "ast");
	const struct pci_function *both[] = {card, sound};
	const struct plan_wish wish = {.functions = both, .count = 2};
	struct plan plan;

	make_ready(paper);
	set_class(card, 0x030000);
	set_class(other, 0x030000);
	paper->host.boot_tools.nodes[BOOT_TOOL_TRUENAS].fact = known("/usr/bin/midclt");
	host_platform_build(&paper->host, &paper->model.platform);
	build_plan(paper, &wish, &plan);
	const struct plan_step *step = find_step(&plan, "udev-rule");
	assert_string_equal(step->why, "in Isolated GPU Devices of TrueNAS's advanced settings, "
				       "which a reboot applies, add 0000:01:00.0");
	assert_string_equal(step[1].id, "udev-rule");
	assert_string_equal(step[1].why, "TrueNAS gives it to vfio-pci with 0000:01:00.0");
	assert_null(find_step(&plan, "module-list"));
	set_class(other, 0x020000);
	build_plan(paper, &wish, &plan);
	assert_non_null(strstr(find_step(&plan, "udev-rule")->why, "a tunable of the type UDEV"));
}

static void host_without_systemd_reboots_without_it(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready_by_default(paper);
	paper_command_line(paper, "module_blacklist=vfio");
	struct plan plan = plan_of(paper, function);
	assert_string_equal(find_step(&plan, "reboot")->commands->text, "systemctl reboot");
	paper->host.boot_tools.nodes[BOOT_TOOL_OPENRC].fact = known("/run/openrc");
	plan = plan_of(paper, function);
	assert_string_equal(find_step(&plan, "reboot")->commands->text, "reboot");
	paper->host.boot_tools.nodes[BOOT_TOOL_OPENRC].fact = absent("/run/openrc");
	paper->host.system_info.os_id = known_text("/etc/os-release", "talos");
	plan = plan_of(paper, function);
	assert_string_equal(find_step(&plan, "reboot")->commands->text, "talosctl reboot");
}

#define PAPER_TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

static void cautions_of_a_function_are_remarks(void **state)
{
	struct caution caution = {.kind = CAUTION_RESET, .why = "it is old"};
	struct caution unread = {.kind = CAUTION_IGD, .why = "its maker was not read"};
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready(paper);
	say_caution(paper, function, true, &caution);
	say_caution(paper, function, false, &unread);
	struct plan plan = plan_of(paper, function);
	assert_int_equal(plan.verdict, PLAN_COMPLETE);
	assert_ptr_equal(plan.remarks->caution, &caution);
	assert_ptr_equal(plan.remarks->function, function);
	assert_true(plan.remarks->known);
	assert_ptr_equal(plan.remarks->next->caution, &unread);
	assert_false(plan.remarks->next->known);
	assert_null(plan.remarks->next->next);
}

static void an_obstacle_takes_no_remark_away(void **state)
{
	struct caution caution = {.kind = CAUTION_RESET, .why = "it is old"};
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");

	make_ready(paper);
	say_caution(paper, function, true, &caution);
	say_verdict(paper, function, ASSIGNABLE_BLOCKED, BLOCKER_NO_GROUP, "it has no group");
	struct plan plan = plan_of(paper, function);
	assert_int_equal(plan.verdict, PLAN_OBSTRUCTED);
	assert_ptr_equal(plan.remarks->caution, &caution);
}

static bool has_command(const struct plan *plan, const char *words)
{
	const struct plan_command *line = find_step(plan, "qemu")->commands;

	while (line && !strstr(line->text, words))
		line = line->next;
	return line;
}

static void integrated_graphics_go_where_they_are_looked_for(void **state)
{
	struct caution igd = {.kind = CAUTION_IGD, .why = "it is choosy"};
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:00:02.0", 1, NULL);

	make_ready(paper);
	say_caution(paper, function, true, &igd);
	set_class(function, 0x030000);
	struct plan plan = plan_of(paper, function);
	assert_true(has_command(&plan, "\"host\":\"0000:00:02.0\",\"bus\":\"pcie.0\","
				       "\"addr\":\"02.0\",\"x-igd-opregion\":true"));
	set_class(function, 0x038000);
	plan = plan_of(paper, function);
	assert_true(has_command(&plan, "\"addr\":\"02.0\"}"));
	assert_false(has_command(&plan, "opregion"));
}

/* A PF of eight VFs, of which two are there, on a driver; and the host that it is on. */
struct vf_host {
	struct vf_budget budget;
	struct vf_budget *budgets[3];
	struct usable_vfs usable, *counts[3];
	const struct pci_function *vfs[2];
	struct pci_function *pf;
};

static void make_vf_host(struct paper *paper, struct vf_host *host, const char *driver,
			 const char *vf_driver)
{
	*host = (struct vf_host){0};
	make_ready(paper);
	add_device(paper, "0000:01:00.0", 1, driver);
	add_device(paper, "0000:01:00.1", 2, vf_driver);
	add_device(paper, "0000:01:00.2", 3, vf_driver);
	host->pf = &paper->host.pci.functions[0];
	for (size_t i = 0; i < 2; i++) {
		make_vf(&paper->host.pci.functions[i + 1], host->pf);
		host->vfs[i] = &paper->host.pci.functions[i + 1];
	}
	host->pf->sriov.numvfs = (struct fact_number){.fact = known("numvfs"), .value = 2};
	host->pf->sriov.totalvfs = (struct fact_number){.fact = known("totalvfs"), .value = 8};
	host->budget = (struct vf_budget){
		.function = host->pf,
		.capability = {.total_vfs = 8, .first_vf_offset = 1, .vf_stride = 1},
		.vfs = host->vfs,
		.vf_count = 2,
		.at_least = 8,
		.at_most = 8,
	};
	host->usable = (struct usable_vfs){.at_least = 8, .at_most = 8, .why = "all"};
	host->budgets[0] = &host->budget;
	host->counts[0] = &host->usable;
	paper->model.vf_budgets =
		(struct vf_budgets){.host = &paper->host, .budgets = host->budgets};
	for (size_t i = 0; i < VFIO_MODULE_COUNT; i++)
		paper->model.vfio_modules.items[i].state = VFIO_MODULE_THERE;
	paper->model.interrupts.attaches = BOOLEAN_YES;
	paper->model.usable_vfs = (struct usable_counts){
		.grounds = {.host = &paper->host,
			    .budgets = &paper->model.vf_budgets,
			    .isolation = &paper->model.isolation,
			    .assignability = &paper->model.assignability,
			    .interrupts = &paper->model.interrupts,
			    .vfio_modules = &paper->model.vfio_modules},
		.counts = host->counts,
	};
}

static struct plan plan_vfs_of(struct paper *paper, const struct pci_function *function,
			       unsigned vfs)
{
	const struct plan_wish wish = {.functions = &function, .count = 1, .vfs = vfs};
	struct plan plan;

	host_platform_build(&paper->host, &paper->model.platform);
	build_plan(paper, &wish, &plan);
	assert_false(arena_failed(paper->arena));
	return plan;
}

struct unraid_case {
	bool vf;
	const char *id, *why;
};

static const struct unraid_case unraid_cases[] = {
	{false, "udev-rule",
	 "Tools > System Devices of Unraid's web interface (BIND= of /boot/config/vfio-pci.cfg), "
	 "which a reboot applies, add 0000:01:00.0|"},
	{true, "udev-rule", "/boot/config/go before its line that starts emhttp, which a reboot "},
	{true, "udev-rule",
	 "add echo vfio-pci > /sys/bus/pci/devices/0000:01:00.1/driver_override"},
	{true, "module-list", "add modprobe vfio-pci"},
	{true, "vfs-udev-rule", "add echo 2 > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs"},
};

/* Of what is written below /etc nothing is there after a reboot. */
static void unraid_is_configured_on_its_flash_drive(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(unraid_cases); i++) {
		const struct unraid_case *row = &unraid_cases[i];
		struct vf_host host;

		test_row("%s: %s", row->id, row->why);
		make_vf_host(paper, &host, "igb", NULL);
		set_ids(host.pf, 0x8086, 0x1521);
		paper->host.boot_tools.nodes[BOOT_TOOL_UNRAID].fact = known("/etc/unraid-version");
		struct plan plan = plan_vfs_of(paper, row->vf ? host.vfs[0] : host.pf, 0);
		for (size_t k = 0; k < plan.count; k++) {
			assert_false(writes_below_etc(plan.steps[k].commands));
			assert_false(writes_below_etc(plan.steps[k].undo));
		}
		assert_null(find_step(&plan, "initramfs"));
		assert_non_null(find_step(&plan, row->id));
		assert_non_null(strstr(find_step(&plan, row->id)->why, row->why));
		paper_reset(paper);
	}
}

/* The next boot has the words that are wanted, and nothing is left to do but boot. */
static void vfs_wait_for_a_boot_that_is_configured_already(void **state)
{
	struct paper *paper = *state;
	struct boot_folder *boot = &paper->host.boot_config.entries.folders[BOOT_PLACE_BOOT];
	struct boot_entry entry = {.path = "/boot/loader/entries/a.conf", .id = "a"};
	const struct fact_text words = known_text(entry.path, "quiet");
	struct vf_host host;

	make_vf_host(paper, &host, "igb", NULL);
	paper->host.modules.loaded.count = 0;
	paper_command_line(paper, "module_blacklist=vfio");
	paper->model.vfio_modules.items[VFIO_MODULE_DRIVER] =
		(struct vfio_module){.state = VFIO_MODULE_MISSING, .by_command_line = true};
	cmdline_parse(paper->arena, &words, &entry.cmdline);
	*boot = (struct boot_folder){
		.entries_fact = known("/boot/loader/entries"), .entries = &entry, .count = 1};
	paper->host.boot_tools.nodes[BOOT_TOOL_OSTREE].fact = known("/run/ostree-booted");
	paper->host.boot_config.entries.staged.fact = absent("/run/ostree/staged-deployment");
	struct plan plan = plan_vfs_of(paper, host.pf, 8);
	assert_null(find_step(&plan, "kernel-parameters"));
	assert_non_null(find_step(&plan, "reboot"));
}

/* Drivers without the hook give ENOENT, and of one that is not known nothing tells. */
static void a_rule_for_a_driver_that_is_not_known_leaves_doubt(void **state)
{
	static const struct {
		const char *driver;
		bool doubt;
	} rows[] = {{"igb", false}, {"strange", true}};
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct vf_host host;

		test_row("%s", rows[i].driver);
		make_vf_host(paper, &host, rows[i].driver, NULL);
		struct plan plan = plan_vfs_of(paper, host.pf, 2);
		const struct plan_step *step = find_step(&plan, "vfs-udev-rule");
		assert_non_null(step);
		assert_int_equal(step->why && strstr(step->why, "cannot tell whether the driver"),
				 rows[i].doubt);
		paper_reset(paper);
	}
}

struct nvme_case {
	const char *vf_driver;
	unsigned vfs;      /* asked for; 0: the second VF itself */
	const char *range; /* of VFs that are set online; NULL: none */
};

static const struct nvme_case nvme_cases[] = {
	{NULL, 2, ">= \"0x0001\" && ($NF \"\") <= \"0x0002\""},
	{"vfio-pci", 2, "<= \"0x0002\""},
	{"nvme", 2, NULL},
	{"nvme", 8, "<= \"0x0008\""},
	{NULL, 0, ">= \"0x0002\" && ($NF \"\") <= \"0x0002\""},
	{"nvme", 0, NULL},
};

/* Secondary controllers of NVMe are offline when they are made. */
static void vfs_of_nvme_are_set_online(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(nvme_cases); i++) {
		const struct nvme_case *row = &nvme_cases[i];
		struct vf_host host;

		test_row("%zu", i);
		make_vf_host(paper, &host, "nvme", row->vf_driver);
		set_class(host.pf, 0x010802);
		struct plan plan = plan_vfs_of(paper, row->vfs ? host.pf : host.vfs[1], row->vfs);
		const struct plan_step *step = find_step(&plan, "nvme-online");
		assert_true(!step == !row->range);
		assert_true(!find_step(&plan, "nvme-online-again") == !row->range);
		if (step)
			assert_true(says(step, row->range));
		paper_reset(paper);
	}
}

/* Of InfiniBand, VFs of mlx5 have a port that is down and no GUIDs; the subnet manager gives those
 * of mlx4 theirs. */
static void vfs_of_infiniband_are_given_guids(void **state)
{
	static const struct {
		const char *driver;
		unsigned vfs; /* asked for; 0: the second VF itself */
		bool given;
	} rows[] = {
		{"mlx5_core", 2, true},
		{"mlx5_core", 8, true},
		{"mlx5_core", 0, true},
		{"mlx4_core", 2, false},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct vf_host host;

		test_row("%zu", i);
		make_vf_host(paper, &host, rows[i].driver, NULL);
		set_class(host.pf, 0x020700);
		struct plan plan =
			plan_vfs_of(paper, rows[i].vfs ? host.pf : host.vfs[1], rows[i].vfs);
		const struct plan_step *step = find_step(&plan, "vf-guids");
		assert_true(!step == !rows[i].given);
		if (step)
			assert_non_null(strstr(step->why, "vf N port_guid GUID"));
		paper_reset(paper);
	}
}

static void what_the_host_lives_on_sets_its_vfs_online_by_hand(void **state)
{
	static const struct usage_entry root = {USAGE_MOUNT, "/", "nvme0n1", "", "", NULL};
	const struct host_use use = {.entry = &root};
	struct paper *paper = *state;
	struct vf_host host;

	make_vf_host(paper, &host, "nvme", NULL);
	set_class(host.pf, 0x010802);
	say_host_use(paper, host.pf, &use);
	struct plan plan = plan_vfs_of(paper, host.vfs[0], 0);
	assert_non_null(find_step(&plan, "nvme-online"));
	assert_null(find_step(&plan, "nvme-online")->commands);
}

struct tool_case {
	const char *driver; /* NULL: none is bound */
	unsigned vfs;
	enum plan_verdict verdict;
	const char *command; /* NULL: no VFs are made */
	bool none_yet;       /* it has no VF now, so the tool takes its own back */
};

static const struct tool_case tool_cases[] = {
	{"nvidia", 8, PLAN_COMPLETE, "sriov-manage -e 0000:01:00.0", false},
	{"nvidia", 8, PLAN_COMPLETE, "sriov-manage -e 0000:01:00.0", true},
	{"nvidia", 2, PLAN_COMPLETE, NULL, false},
	{"nvidia", 9, PLAN_OBSTRUCTED, NULL, false},
	{NULL, 8, PLAN_UNDETERMINED, "sriov-manage -e 0000:01:00.0", false},
	{"nouveau", 8, PLAN_OBSTRUCTED, NULL, false},
};

static void vfs_of_nvidia_come_by_the_tool_of_its_driver(void **state)
{
	static const char *const loaded[] = {"vfio_pci", "nvidia_vgpu_vfio"};
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(tool_cases); i++) {
		const struct tool_case *row = &tool_cases[i];
		struct vf_host host;

		test_row("%zu", i);
		make_vf_host(paper, &host, row->driver, "nvidia");
		set_ids(host.pf, 0x10de, 0x26b9);
		set_class(host.pf, 0x030200);
		paper->host.pci.functions[1].vfio_devices =
			(struct fact_list){.fact = known("vfio-dev"), .count = 1};
		host.budget.driver = row->driver ? vf_driver_find(row->driver) : NULL;
		host.budget.limited_by = VF_TERM_DRIVER;
		host.budget.at_least = host.budget.at_most = host.usable.at_most = 2;
		host.budget.terms[VF_TERM_DRIVER].reason = VF_REASON_NO_HOOK;
		host.budget.terms[VF_TERM_DRIVER].why = "it takes no write";
		paper->host.modules.loaded.names = loaded;
		paper->host.modules.loaded.count = row->driver ? 2 : 1;
		if (row->none_yet)
			host.pf->sriov.numvfs.value = 0;
		struct plan plan = plan_vfs_of(paper, host.pf, row->vfs);
		assert_int_equal(plan.verdict, row->verdict);
		const struct plan_step *step = find_step(&plan, "enable-vfs");
		assert_true(!step == !row->command);
		if (step) {
			assert_true(says(step, row->command));
			assert_non_null(strstr(step->why, "until then the tool does not return"));
			assert_int_equal(step->undo != NULL, row->none_yet);
		}
		assert_null(find_step(&plan, "vfs-udev-rule"));
		paper_reset(paper);
	}
}

/* Neither more VFs nor a profile to write bring one to a guest. */
static void a_card_that_offers_no_profile_gets_no_steps(void **state)
{
	static const char *const loaded[] = {"vfio_pci", "nvidia_vgpu_vfio"};
	struct blocker unset = {.kind = BLOCKER_VGPU_PROFILE, .why = "it has no vGPU profile"};
	struct paper *paper = *state;
	struct vf_host host;

	make_vf_host(paper, &host, "nvidia", "nvidia");
	set_ids(host.pf, 0x10de, 0x26b9);
	set_class(host.pf, 0x030200);
	host.budget.driver = vf_driver_find("nvidia");
	host.budget.limited_by = VF_TERM_DRIVER;
	host.budget.terms[VF_TERM_DRIVER].reason = VF_REASON_NO_HOOK;
	paper->host.modules.loaded.names = loaded;
	paper->host.modules.loaded.count = 2;
	for (size_t i = 1; i <= 2; i++) {
		struct pci_function *vf = &paper->host.pci.functions[i];
		vf->vgpu_type = (struct fact_number){.fact = known("current_vgpu_type")};
		vf->vgpu_types = known_text("creatable_vgpu_types", "ID : NAME\n");
		paper->model.assignability.judgements[i].blockers = &unset;
	}
	host.usable = (struct usable_vfs){.limit = USABLE_VGPU_PROFILE, .why = "none is offered"};
	for (unsigned vfs = 2; vfs <= 8; vfs += 6) {
		struct plan plan = plan_vfs_of(paper, host.pf, vfs);
		assert_int_equal(plan.verdict, PLAN_OBSTRUCTED);
		assert_int_equal(plan.count, 0);
	}
}

/* A Tesla T4 has the capability, and no tool makes VFs of it. */
static void a_gpu_of_nvidia_before_ampere_is_left_to_mediated_devices(void **state)
{
	struct paper *paper = *state;
	struct vf_host host;

	make_vf_host(paper, &host, NULL, "nvidia");
	set_ids(host.pf, 0x10de, 0x1eb8);
	set_class(host.pf, 0x030200);
	host.budget.driver = NULL;
	struct plan plan = plan_vfs_of(paper, host.pf, 8);
	assert_int_equal(plan.verdict, PLAN_OBSTRUCTED);
	assert_non_null(strstr(plan.obstacles->text, "mediated devices of the card itself"));
	assert_null(find_step(&plan, "enable-vfs"));
}

/* adf_enable_sriov() ignores the number. */
static void a_driver_that_makes_all_vfs_is_asked_for_all(void **state)
{
	struct paper *paper = *state;
	struct vf_host host;

	make_vf_host(paper, &host, "4xxx", NULL);
	host.budget.driver = vf_driver_find("4xxx");
	host.budget.vf_count = 0;
	host.pf->sriov.numvfs.value = 0;
	struct plan plan = plan_vfs_of(paper, host.pf, 4);
	const struct plan_step *step = find_step(&plan, "enable-vfs");
	assert_true(says(step, "echo 8 > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs"));
	assert_non_null(strstr(step->why, "whatever number is written"));
	host.pf->sriov.numvfs.value = 2;
	plan = plan_vfs_of(paper, host.pf, 4);
	step = find_step(&plan, "enable-vfs");
	assert_non_null(strstr(step->why, "whatever number is written; changing the number "));
	for (int64_t there = 4; there <= 8; there += 4) {
		test_row("%d VFs are there", (int)there);
		host.pf->sriov.numvfs.value = there;
		plan = plan_vfs_of(paper, host.pf, 4);
		assert_null(find_step(&plan, "enable-vfs"));
	}
}

struct graphics_case {
	const char *cmdline;
	uint16_t device;
	const char *remove, *add; /* NULL: an obstacle stays */
};

static const struct graphics_case graphics_cases[] = {
	{"intel_iommu=on,igfx_off quiet", 0x46d1, "intel_iommu=on,igfx_off", "intel_iommu=on"},
	{"intel_iommu=igfx_off", 0x46d1, "intel_iommu=igfx_off", ""},
	{"intel_iommu=on", 0x46d1, NULL, NULL},
	/* Broadwell's, which kernels keep from the IOMMU themselves */
	{"intel_iommu=on,igfx_off", 0x1616, NULL, NULL},
};

static void graphics_that_a_word_keeps_from_the_iommu_lose_it(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(graphics_cases); i++) {
		const struct graphics_case *row = &graphics_cases[i];
		struct pci_function *function = add_device(paper, "0000:00:02.0", 1, "i915");

		test_row("%s", row->cmdline);
		make_ready(paper);
		set_ids(function, 0x8086, row->device);
		set_class(function, 0x030000);
		function->group.fact = absent("iommu_group");
		paper_command_line(paper, row->cmdline);
		say_verdict(paper, function, ASSIGNABLE_BLOCKED, BLOCKER_NO_GROUP, "no group");
		struct plan plan = plan_of(paper, function);
		const struct plan_step *step = find_step(&plan, "kernel-parameters");
		assert_true(!plan.obstacles == (row->remove != NULL));
		assert_true(!step == !row->remove);
		if (step) {
			assert_non_null(strstr(step->summary, row->remove));
			assert_non_null(strstr(step->summary, row->add));
			assert_non_null(find_step(&plan, "bind"));
		}
		paper_reset(paper);
	}
}

/* After a reboot a host driver could have one of them, and keep the group from VFIO. */
static void members_of_the_group_on_vfio_stay_there_and_go_along(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_device(paper, "0000:01:00.0", 1, "vfio-pci");
	struct pci_function *audio = add_device(paper, "0000:01:00.1", 1, "vfio-pci");
	struct pci_function *other = add_device(paper, "0000:02:00.0", 2, "vfio-pci");

	make_ready(paper);
	set_ids(card, 0x10de, 0x1b80);
	set_ids(audio, 0x10de, 0x10f0);
	set_ids(other, 0x10de, 0x2204);
	struct plan plan = plan_of(paper, card);
	assert_true(says(find_step(&plan, "modprobe-options"), "ids=10de:1b80,10de:10f0'"));
	assert_true(says(find_step(&plan, "qemu"), "0000:01:00.1"));
	assert_false(says(find_step(&plan, "qemu"), "0000:02:00.0"));
	assert_false(plan.managed_does);
}

static struct pci_function *add_below(struct paper *paper, const struct pci_function *port,
				      const char *name, uint32_t group, const char *driver)
{
	struct pci_function *function = add_device(paper, name, group, driver);

	function->parent = port;
	function->parent_state = FACT_KNOWN;
	return function;
}

static void a_device_that_is_reset_as_a_whole_goes_as_a_whole(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *port =
		add_express(paper, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *card = add_below(paper, port, "0000:01:00.0", 1, "vfio-pci");

	add_below(paper, port, "0000:01:00.1", 2, "vfio-pci");
	make_ready(paper);
	assert_null(plan_of(paper, card).remarks);
	card->reset_method = known_text("reset_method", "");
	const struct plan_remark *remark = plan_of(paper, card).remarks;
	assert_int_equal(remark->caution->kind, CAUTION_SPLIT_DEVICE);
	assert_string_equal(remark->caution->finding, "reset.none");
	assert_non_null(strstr(remark->caution->why, "same guest: 0000:01:00.1"));
}

/* The kernel resets no root bus: pci_bus_resettable(), drivers/pci/pci.c. */
static void a_device_on_a_root_bus_is_not_asked_for_to_be_reset(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_device(paper, "0000:01:00.0", 1, "vfio-pci");

	add_device(paper, "0000:01:00.1", 2, "vfio-pci");
	make_ready(paper);
	card->reset_method = known_text("reset_method", "");
	assert_null(plan_of(paper, card).remarks);
}

/* Its coprocessor and USB controllers would go in vain. */
static void a_processor_is_not_asked_for_to_reset_its_graphics(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *port =
		add_express(paper, "0000:00:08.1", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *graphics = add_below(paper, port, "0000:c5:00.0", 1, "vfio-pci");
	struct pci_function *sound = add_below(paper, port, "0000:c5:00.1", 2, "vfio-pci");
	struct pci_function *coprocessor = add_below(paper, port, "0000:c5:00.2", 3, "ccp");

	set_class(graphics, 0x030000);
	set_ids(graphics, 0x1002, 0x1586);
	set_ids(sound, 0x1002, 0x1640);
	set_ids(coprocessor, 0x1022, 0x17e0);
	make_ready(paper);
	sound->reset_method = known_text("reset_method", "");
	const struct plan_remark *remark = plan_of(paper, sound).remarks;
	assert_string_equal(
		remark->caution->why,
		"it cannot be reset without the other functions of its device "
		"(0000:c5:00.0, 0000:c5:00.2), and 0000:c5:00.0 often does not come back from a reset of the bus");
	assert_string_equal(remark->caution->remedy,
			    "Assign it to one guest, and reboot the host before another gets it");
}

/* To ask for all of it is to ask the host for its disk. */
static void what_the_host_needs_is_not_asked_for_to_reset_another(void **state)
{
	static const struct usage_entry disk = {USAGE_MOUNT, "/", "sda1", "", "", NULL};
	static const struct host_use use = {.entry = &disk};
	struct paper *paper = *state;
	const struct pci_function *port =
		add_express(paper, "0000:00:01.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *card = add_below(paper, port, "0000:01:00.0", 1, "vfio-pci");

	say_host_use(paper, add_below(paper, port, "0000:01:00.1", 2, "ahci"), &use);
	make_ready(paper);
	card->reset_method = known_text("reset_method", "");
	const struct plan_remark *remark = plan_of(paper, card).remarks;
	assert_string_equal(remark->caution->remedy,
			    "Assign it to one guest, and reboot the host before another gets it");
}

/* Each could go alone. */
static void a_plan_leaves_the_host_a_link(void **state)
{
	static const struct usage_entry entries[] = {{.kind = USAGE_LINK_UP, .what = "eth1"},
						     {.kind = USAGE_LINK_UP, .what = "eth0"}};
	struct paper *paper = *state;
	const struct pci_function *ports[] = {add_device(paper, "0000:01:00.0", 1, "igb"),
					      add_device(paper, "0000:02:00.0", 2, "igb")};
	struct host_link links[] = {{&entries[0], ports[1]}, {&entries[1], ports[0]}};
	const struct plan_wish wish = {.functions = ports, .count = 2};
	struct plan plan;

	make_ready(paper);
	paper->model.host_uses.links = links;
	paper->model.host_uses.link_count = 2;
	paper->model.host_uses.links_apart = true;
	assert_null(plan_of(paper, ports[0]).obstacles);
	build_plan(paper, &wish, &plan);
	assert_string_equal(
		plan.obstacles->text,
		"if they all go, the host would lose all its network links that are up: eth0 "
		"(0000:01:00.0), eth1 (0000:02:00.0)");
	assert_int_equal(plan.count, 0);
}

static void a_vf_token_is_for_qemu_alone(void **state)
{
	struct caution token = {.kind = CAUTION_VF_TOKEN, .why = "it takes a token"};
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "iavf");
	struct plan plan;

	make_ready(paper);
	say_caution(paper, function, true, &token);
	plan = plan_of(paper, function);
	assert_null(find_step(&plan, "libvirt"));
	assert_true(says(find_step(&plan, "qemu"), "\"vf-token\":\"UUID\""));
	static const struct {
		const char *stack;
		const char *title;
	} rows[] = {{"libvirt", "libvirt"}, {"proxmox", "Proxmox VE"}, {"incus", "Incus"}};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		const struct plan_wish wish = {
			.functions = &function, .count = 1, .stack = rows[i].stack};
		test_row("%s", rows[i].stack);
		build_plan(paper, &wish, &plan);
		assert_non_null(strstr(plan.obstacles->text, "no field for the VF token"));
		assert_non_null(strstr(plan.obstacles->text, rows[i].title));
	}
}

static void a_stack_that_binds_to_vfio_pci_takes_nothing_from_a_variant(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "mlx5_vfio_pci");
	struct plan_wish wish = {.functions = &function, .count = 1, .stack = "incus"};
	struct plan plan;

	make_ready(paper);
	host_platform_build(&paper->host, &paper->model.platform);
	build_plan(paper, &wish, &plan);
	assert_non_null(strstr(plan.obstacles->text, "must stay with its driver mlx5_vfio_pci"));
	wish.stack = "proxmox";
	build_plan(paper, &wish, &plan);
	assert_null(plan.obstacles);
}

/* A host whose kernel has the driver for it. */
static struct pci_function *add_grace_gpu(struct paper *paper)
{
	static const char *const modules[] = {"nvgrace_gpu_vfio_pci"};
	struct pci_function *gpu = add_device(paper, "0009:01:00.0", 1, "nvidia");

	set_ids(gpu, 0x10de, 0x2342);
	make_ready(paper);
	paper->host.modules.builtin.fact = known("modules.builtin");
	paper->host.modules.available =
		(struct fact_list){.fact = known("modules.dep"), .names = modules, .count = 1};
	return gpu;
}

static void a_grace_gpu_is_bound_to_its_own_driver_of_vfio(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *gpu = add_grace_gpu(paper);
	struct plan plan = plan_of(paper, gpu);

	assert_true(says(find_step(&plan, "load-vfio"), "modprobe nvgrace_gpu_vfio_pci"));
	assert_true(says(find_step(&plan, "bind"), "echo nvgrace_gpu_vfio_pci > "));
	assert_true(says(find_step(&plan, "udev-rule"),
			 "ATTR{driver_override}=\"nvgrace_gpu_vfio_pci\""));
	assert_true(says(find_step(&plan, "module-list"), "'nvgrace_gpu_vfio_pci'"));
	assert_null(find_step(&plan, "modprobe-options"));
	paper->host.modules.available.count = 0;
	plan = plan_of(paper, gpu);
	assert_true(says(find_step(&plan, "bind"), "echo vfio-pci > "));
}

/* libvirt before 10.0 has vfio-pci take what managed='yes' stands at. */
static void an_old_libvirt_does_not_choose_the_driver_of_a_grace_gpu(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *gpu = add_grace_gpu(paper);
	const struct plan_wish wish = {.functions = &gpu, .count = 1, .how = PLAN_HOW_MANAGED};
	struct plan plan;

	host_platform_build(&paper->host, &paper->model.platform);
	paper->host.hypervisor.libvirt =
		(struct fact_number){.fact = known("libvirt.so.0"), .value = 10000000};
	build_plan(paper, &wish, &plan);
	assert_null(plan.obstacles);
	paper->host.hypervisor.libvirt.value = 9000000;
	build_plan(paper, &wish, &plan);
	assert_non_null(strstr(plan.obstacles->text, "a guest needs it on nvgrace_gpu_vfio_pci"));
}

static void a_vgpu_profile_is_set_again_at_every_boot(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvidia");

	make_ready(paper);
	assert_null(find_step((const struct plan[]){plan_of(paper, function)}, "vgpu-profile"));
	paper->host.pci.functions[0].vgpu_type =
		(struct fact_number){.fact = known("current_vgpu_type"), .value = 1155};
	struct plan plan = plan_of(paper, function);
	const struct plan_step *step = find_step(&plan, "vgpu-profile");
	assert_non_null(step);
	assert_non_null(strstr(step->summary, "1155"));
}

static void what_another_stack_or_no_driver_takes_is_no_shorter_by_libvirt(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvme");
	struct plan_wish wish = {
		.functions = (const struct pci_function *const *)&function,
		.count = 1,
	};
	struct plan plan;

	make_ready(paper);
	paper->host.hypervisor.daemons[0].fact = known("/usr/sbin/virtqemud");
	assert_true(plan_of(paper, function).managed_does);
	wish.stack = "proxmox";
	build_plan(paper, &wish, &plan);
	assert_false(plan.managed_does);
	set_driver(function, "vfio-pci");
	assert_false(plan_of(paper, function).managed_does);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		PAPER_TEST(steps_stand_in_the_order_of_their_stages),
		PAPER_TEST(interrupts_that_the_controller_does_not_isolate_obstruct),
		PAPER_TEST(a_function_on_vfio_pci_is_not_bound_again),
		PAPER_TEST(a_driver_that_was_not_read_makes_the_plan_uncertain),
		PAPER_TEST(what_is_not_known_makes_the_plan_uncertain),
		PAPER_TEST(what_the_host_may_need_is_asked_about_first),
		PAPER_TEST(what_no_step_removes_obstructs_the_plan),
		PAPER_TEST(vfs_that_block_are_taken_away_as_their_driver_does),
		PAPER_TEST(a_plan_for_vfs_names_what_limits_them),
		PAPER_TEST(words_for_other_modules_bring_none_of_vfio),
		PAPER_TEST(what_lifts_a_limit_depends_on_the_driver),
		PAPER_TEST(an_interface_is_set_up_before_vfs_that_need_it),
		PAPER_TEST(whether_dma_is_remapped_must_be_known),
		PAPER_TEST(a_blocker_that_no_step_removes_stays),
		PAPER_TEST(what_kvm_lacks_is_a_step_or_an_obstacle),
		PAPER_TEST(a_device_of_kvm_that_was_not_read_makes_the_plan_uncertain),
		PAPER_TEST(a_plan_for_the_host_loads_kvm),
		PAPER_TEST(a_word_that_was_taken_for_another_vendors_makes_way_for_that),
		PAPER_TEST(the_look_is_at_what_the_steps_change),
		PAPER_TEST(an_obstacle_of_the_host_is_named_once),
		PAPER_TEST(words_that_leave_interrupts_plain_go_in_one_step),
		PAPER_TEST(words_that_refuse_modules_go_from_the_command_line),
		PAPER_TEST(words_of_the_next_boot_that_break_passthrough_go_before_it),
		PAPER_TEST(words_of_the_next_boot_go_with_those_that_the_plan_changes),
		PAPER_TEST(words_in_effect_that_are_not_configured_to_stay_are_kept),
		PAPER_TEST(words_in_effect_outlast_the_reboot_of_the_plan),
		PAPER_TEST(what_a_script_gives_to_vfio_is_not_doubled),
		PAPER_TEST(words_that_are_changed_by_hand_are_named),
		PAPER_TEST(no_step_leads_to_vfio_in_dom0_of_xen),
		PAPER_TEST(disks_behind_a_vmd_endpoint_are_named_where_it_is_bound),
		PAPER_TEST(steps_on_a_running_talos_say_where_they_are_run),
		PAPER_TEST(talos_is_known_by_its_kernel),
		PAPER_TEST(the_host_keeps_no_twin_that_is_with_vfio),
		PAPER_TEST(vfs_that_go_with_their_pf_are_no_twins_that_stay),
		PAPER_TEST(systems_made_as_images_say_where_their_command_line_is),
		PAPER_TEST(systems_made_as_images_bind_without_the_initramfs),
		PAPER_TEST(nixos_is_configured_by_its_options),
		PAPER_TEST(softdep_that_would_not_count_is_not_written),
		PAPER_TEST(truenas_is_configured_by_its_settings),
		PAPER_TEST(truenas_isolates_a_card_whole),
		PAPER_TEST(unraid_is_configured_on_its_flash_drive),
		PAPER_TEST(host_without_systemd_reboots_without_it),
		PAPER_TEST(an_obstacle_takes_no_remark_away),
		PAPER_TEST(vfs_wait_for_a_boot_that_is_configured_already),
		PAPER_TEST(a_rule_for_a_driver_that_is_not_known_leaves_doubt),
		PAPER_TEST(vfs_of_nvme_are_set_online),
		PAPER_TEST(vfs_of_infiniband_are_given_guids),
		PAPER_TEST(what_the_host_lives_on_sets_its_vfs_online_by_hand),
		PAPER_TEST(vfs_of_nvidia_come_by_the_tool_of_its_driver),
		PAPER_TEST(a_card_that_offers_no_profile_gets_no_steps),
		PAPER_TEST(a_gpu_of_nvidia_before_ampere_is_left_to_mediated_devices),
		PAPER_TEST(a_driver_that_makes_all_vfs_is_asked_for_all),
		PAPER_TEST(graphics_that_a_word_keeps_from_the_iommu_lose_it),
		PAPER_TEST(integrated_graphics_go_where_they_are_looked_for),
		PAPER_TEST(cautions_of_a_function_are_remarks),
		PAPER_TEST(members_of_the_group_on_vfio_stay_there_and_go_along),
		PAPER_TEST(a_device_that_is_reset_as_a_whole_goes_as_a_whole),
		PAPER_TEST(a_device_on_a_root_bus_is_not_asked_for_to_be_reset),
		PAPER_TEST(a_processor_is_not_asked_for_to_reset_its_graphics),
		PAPER_TEST(what_the_host_needs_is_not_asked_for_to_reset_another),
		PAPER_TEST(a_plan_leaves_the_host_a_link),
		PAPER_TEST(a_vf_token_is_for_qemu_alone),
		PAPER_TEST(a_stack_that_binds_to_vfio_pci_takes_nothing_from_a_variant),
		PAPER_TEST(a_grace_gpu_is_bound_to_its_own_driver_of_vfio),
		PAPER_TEST(an_old_libvirt_does_not_choose_the_driver_of_a_grace_gpu),
		PAPER_TEST(a_vgpu_profile_is_set_again_at_every_boot),
		PAPER_TEST(what_another_stack_or_no_driver_takes_is_no_shorter_by_libvirt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
