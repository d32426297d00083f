/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/domain.h"
#include "tests/unit/support/facts.h"

static void what_is_no_function_is_named(void **state)
{
	static const struct {
		enum domain_device_kind kind;
		const char *summary;
	} cases[] = {
		{DOMAIN_DEVICE_USB, "vm takes a USB device (line 7), which was not judged"},
		{DOMAIN_DEVICE_SCSI, "vm takes a SCSI device (line 7), which was not judged"},
		{DOMAIN_DEVICE_SCSI_HOST,
		 "vm takes a vhost-scsi device (line 7), which was not judged"},
		{DOMAIN_DEVICE_VDPA, "vm takes a vDPA device (line 7), which was not judged"},
		{DOMAIN_DEVICE_FOREIGN,
		 "vm takes a device of another kind (line 7), which was not judged"},
	};
	struct paper *paper = *state;
	struct domain_device device = {.element = "hostdev", .line = 7};
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].summary);
		device.kind = cases[i].kind;
		const struct finding *finding =
			expect_domain_finding(paper, &domain, "domain-devices.not-judged",
					      FINDING_WARN, cases[i].summary);
		assert_true(has_evidence(finding, "line 7 of its description"));
	}
}

static void what_has_no_address_is_unknown(void **state)
{
	static const struct {
		enum domain_device_kind kind;
		const char *element;
		const char *summary;
	} cases[] = {
		{DOMAIN_DEVICE_FILE, "-readconfig",
		 "vm takes what another file describes (line 7), which was not judged"},
		{DOMAIN_DEVICE_VARIABLE, "$GPU",
		 "vm takes what a variable of the shell holds (line 7), which was not judged"},
		{DOMAIN_DEVICE_FOREIGN, "gpu",
		 "vm takes a device that is not named by its address (line 7), which was not "
		 "judged"},
	};
	struct paper *paper = *state;
	struct domain_device device = {.line = 7};
	const struct domain domain = {
		.name = "vm", .other_stack = true, .devices = &device, .device_count = 1};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		test_row("%s", cases[i].summary);
		device.kind = cases[i].kind;
		device.element = cases[i].element;
		expect_domain_finding(paper, &domain, "domain-devices.not-named", FINDING_UNKNOWN,
				      cases[i].summary);
	}
}

static void what_is_no_address_keeps_qemu_from_starting(void **state)
{
	struct paper *paper = *state;
	struct domain_device device = {.kind = DOMAIN_DEVICE_FOREIGN,
				       .element = "-device",
				       .line = 7,
				       .malformed = "09:00:1"};
	const struct domain domain = {
		.name = "vm", .other_stack = true, .devices = &device, .device_count = 1};

	expect_domain_finding(paper, &domain, "domain-devices.address-malformed", FINDING_FAIL,
			      "vm does not start: host=09:00:1 (line 7) is no address");
}

/* It is of VFIO, and the guest does not start without it. */
static void a_mediated_device_is_unknown(void **state)
{
	struct paper *paper = *state;
	struct domain_device device = {.kind = DOMAIN_DEVICE_MDEV, .element = "hostdev", .line = 7};
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};

	expect_domain_finding(paper, &domain, "domain-devices.mdev", FINDING_UNKNOWN,
			      "vm takes a mediated device (line 7), which was not judged");
}

/* A guest that takes what a pool names, of which that choice is told. */
static const struct findings *judge_pool(struct paper *paper, const struct domain_device *devices,
					 size_t count, const struct pool_choice *choice)
{
	const struct domain domain = {
		.name = "vm", .devices = (struct domain_device *)devices, .device_count = count};
	const struct domain_pool pool = {
		.name = "nic", .choices = (struct pool_choice *)choice, .count = 1};
	const struct domain_set set = {.domains = &domain,
				       .domain_count = 1,
				       .pools = &pool,
				       .pool_count = choice ? 1 : 0};

	return judge_domain_set(paper, "domain-devices", &set);
}

static void what_a_name_stands_for_is_judged_where_it_is_given(void **state)
{
	struct paper *paper = *state;
	const struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "igb");
	struct pool_function named = {.address = function->address};
	struct pool_choice choice = {
		.functions = &named,
		.count = 1,
		.ids = {function->vendor.value, function->device.value},
		.subsystem = {-1, -1},
		.group = 1,
	};
	const struct domain_device devices[] = {
		{.kind = DOMAIN_DEVICE_FOREIGN, .element = "hostpci", .line = 3, .pool = "nic"},
		{.kind = DOMAIN_DEVICE_FOREIGN, .element = "hostpci", .line = 4, .pool = "nic"},
	};

	expect_finding(judge_pool(paper, devices, 1, NULL), "domain-devices.mapping-not-given",
		       FINDING_UNKNOWN);
	assert_int_equal(judge_pool(paper, devices, 1, &choice)->count, 0);
	expect_finding(judge_pool(paper, devices, 2, &choice), "domain-devices.none-left",
		       FINDING_WARN);
	choice.group = 9;
	const struct finding *finding =
		expect_finding(judge_pool(paper, devices, 1, &choice),
			       "domain-devices.mapping-stale", FINDING_FAIL);
	assert_string_equal(finding->summary,
			    "vm does not start: mapping nic means IOMMU group 9 at "
			    "0000:01:00.0, which has 1");
}

/* A name that may be marked for mediated devices. */
static const struct findings *judge_marked(struct paper *paper, bool marked)
{
	const struct pci_function *function = &paper->host.pci.functions[0];
	struct pool_function named = {.address = function->address};
	struct pool_choice choice = {.functions = &named,
				     .count = 1,
				     .ids = {function->vendor.value, function->device.value},
				     .subsystem = {-1, -1},
				     .group = 1};
	const struct domain_device device = {
		.kind = DOMAIN_DEVICE_FOREIGN, .element = "hostpci", .line = 3, .pool = "gpu"};
	const struct domain domain = {
		.name = "vm", .devices = (struct domain_device *)&device, .device_count = 1};
	const struct domain_pool pool = {
		.name = "gpu", .choices = &choice, .count = 1, .gives_mdevs = marked};
	const struct domain_set set = {
		.domains = &domain, .domain_count = 1, .pools = &pool, .pool_count = 1};

	return judge_domain_set(paper, "domain-devices", &set);
}

static void a_mapping_is_marked_for_mediated_devices_where_there_are_some(void **state)
{
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.0", 1, "nvidia");
	struct fact_list *parents = &paper->host.hypervisor.mdev_parents;

	parents->fact = unreadable("/sys/class/mdev_bus", EACCES);
	function->vgpu_type.fact = absent("nvidia/current_vgpu_type");
	assert_int_equal(judge_marked(paper, true)->count, 0);
	parents->fact = absent("/sys/class/mdev_bus");
	assert_int_equal(judge_marked(paper, false)->count, 0);
	const struct finding *finding = expect_finding(
		judge_marked(paper, true), "domain-devices.mapping-stale", FINDING_FAIL);
	assert_string_equal(finding->summary,
			    "vm does not start: mapping gpu is marked for mediated devices (mdev), "
			    "and 0000:01:00.0 gives none now");
	function->vgpu_type.fact = known("nvidia/current_vgpu_type");
	assert_int_equal(judge_marked(paper, true)->count, 0);
	finding = expect_finding(judge_marked(paper, false), "domain-devices.mapping-stale",
				 FINDING_FAIL);
	assert_string_equal(finding->summary,
			    "vm does not start: mapping gpu is not marked for mediated devices "
			    "(mdev), and 0000:01:00.0 gives some");
}

static void a_line_that_proxmox_leaves_out_is_said_once(void **state)
{
	struct paper *paper = *state;
	struct domain_device device = hostdev_of(add_device(paper, "0000:01:00.0", 1, NULL));

	device.element = "hostpci";
	device.line = 3;
	device.refused = "it does not know multifunction=";
	struct domain_device devices[] = {device, device};
	const struct domain domain = {
		.name = "vm", .other_stack = true, .devices = devices, .device_count = 2};

	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-devices.line-refused", FINDING_FAIL,
		"vm starts without what line 3 names: Proxmox VE leaves the line out, because it "
		"does not know multifunction=");
	assert_true(has_evidence(finding, "line 3 of its description"));
}

#define UUID "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001"

static void a_mediated_device_is_looked_for(void **state)
{
	struct paper *paper = *state;
	struct domain_device device = {
		.kind = DOMAIN_DEVICE_MDEV, .element = "hostdev", .line = 7, .mdev = UUID};
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};
	struct mdev mdev = {.uuid = UUID, .path = "/sys/devices/pci0000:00/0000:00:02.0/" UUID};
	struct mdevs *mdevs = &paper->host.mdevs;

	add_device(paper, "0000:00:02.0", 1, "i915");
	mdevs->fact = unreadable("/sys/bus/mdev/devices", EACCES);
	expect_domain_finding(paper, &domain, "domain-devices.mdev", FINDING_UNKNOWN,
			      "vm takes a mediated device (line 7), which was not judged");
	mdevs->fact = absent("/sys/bus/mdev/devices");
	expect_domain_finding(paper, &domain, "domain-devices.mdev-missing", FINDING_FAIL,
			      "vm takes mediated device " UUID
			      " (line 7), which the host does not have");
	*mdevs = (struct mdevs){known("/sys/bus/mdev/devices"), &mdev, 1};
	const struct finding *finding =
		expect_finding(judge_domains(paper, "domain-devices", &domain, 1),
			       "domain-devices.mdev-present", FINDING_PASS);
	assert_string_equal(finding->summary, "vm takes mediated device " UUID
					      " (line 7), which the host has of 0000:00:02.0");
	device.mdev = "00000000-509f-382f-3c1e-e6bfe0fa1001";
	expect_domain_finding(paper, &domain, "domain-devices.mdev-missing", FINDING_FAIL,
			      "vm takes mediated device 00000000-509f-382f-3c1e-e6bfe0fa1001 (line "
			      "7), which the host does not have");
}

/* As Proxmox VE does. */
static void a_mediated_device_may_be_made_as_the_guest_starts(void **state)
{
	static const struct {
		const char *type;
		int64_t available; /* -1: not read */
		const char *id;
		enum finding_verdict verdict;
		const char *says;
	} rows[] = {
		{"i915-GVTg_V5_4", 2, "domain-devices.mdev-offered", FINDING_PASS,
		 "0000:00:02.0 offers it now"},
		{"i915-GVTg_V5_4", 0, "domain-devices.mdev-type", FINDING_WARN,
		 "0000:00:02.0 has none left now"},
		{"i915-GVTg_V5_4", -1, "domain-devices.mdev", FINDING_UNKNOWN, "was not judged"},
		{"nvidia-259", 2, "domain-devices.mdev-type", FINDING_FAIL,
		 "0000:00:02.0 does not offer it now"},
	};
	static const char *names[] = {"i915-GVTg_V5_4"}, *parents[] = {"0000:00:02.0"};
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:00:02.0", 1, "i915");
	struct fact_number available = {0};
	struct mdev_types types = {.names = {known("mdev_supported_types"), names, 1},
				   .available = &available};
	struct domain_device device = {.kind = DOMAIN_DEVICE_MDEV,
				       .element = "hostpci",
				       .line = 7,
				       .mdev_parent = &function->address};
	const struct domain domain = {
		.name = "vm", .other_stack = true, .devices = &device, .device_count = 1};
	struct hypervisor *hypervisor = &paper->host.hypervisor;

	function->vgpu_type.fact = absent("current_vgpu_type");
	hypervisor->mdev_parents = (struct fact_list){known("/sys/class/mdev_bus"), parents, 1};
	hypervisor->mdev_types = &types;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%zu", i);
		device.mdev_type = rows[i].type;
		available.value = rows[i].available;
		available.fact = rows[i].available < 0 ? unreadable("available_instances", EACCES)
						       : known("available_instances");
		const struct finding *finding =
			expect_finding(judge_domains(paper, "domain-devices", &domain, 1),
				       rows[i].id, rows[i].verdict);
		assert_non_null(strstr(finding->summary, rows[i].says));
	}
	hypervisor->mdev_parents.count = 0;
	const struct finding *finding =
		expect_finding(judge_domains(paper, "domain-devices", &domain, 1),
			       "domain-devices.mdev-type", FINDING_FAIL);
	assert_non_null(strstr(finding->summary, "offers no mediated devices now"));
}

static void a_vgpu_is_made_as_the_guest_starts(void **state)
{
	static const struct {
		const char *type;
		int64_t now; /* -1: not read */
		const char *profiles;
		const char *id;
		enum finding_verdict verdict;
	} rows[] = {
		{"nvidia-557", 0, "557 : A40-1B", "domain-devices.mdev-offered", FINDING_PASS},
		{"nvidia-557", 557, "", "domain-devices.mdev-offered", FINDING_PASS},
		{"nvidia-558", 0, "557 : A40-1B", "domain-devices.mdev-type", FINDING_FAIL},
		{"i915-GVTg", 0, "557 : A40-1B", "domain-devices.mdev-type", FINDING_FAIL},
		{"nvidia-558", 557, "", "domain-devices.mdev", FINDING_UNKNOWN},
		{"nvidia-557", -1, "", "domain-devices.mdev", FINDING_UNKNOWN},
	};
	struct paper *paper = *state;
	struct pci_function *function = add_device(paper, "0000:01:00.4", 1, "nvidia");
	struct pool_function named = {.address = function->address};
	struct pool_choice choice = {.functions = &named,
				     .count = 1,
				     .ids = {function->vendor.value, function->device.value},
				     .subsystem = {-1, -1},
				     .group = 1};
	struct domain_pool pool = {
		.name = "vgpu", .choices = &choice, .count = 1, .gives_mdevs = true};
	struct domain_device device = {
		.kind = DOMAIN_DEVICE_MDEV, .element = "hostpci", .line = 7, .pool = "vgpu"};
	const struct domain domain = {
		.name = "vm", .other_stack = true, .devices = &device, .device_count = 1};
	const struct domain_set set = {
		.domains = &domain, .domain_count = 1, .pools = &pool, .pool_count = 1};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_row("%zu", i);
		device.mdev_type = rows[i].type;
		function->vgpu_type.value = rows[i].now;
		function->vgpu_type.fact = rows[i].now < 0 ? unreadable("current_vgpu_type", EACCES)
							   : known("current_vgpu_type");
		function->vgpu_types = known_text("creatable_vgpu_types", rows[i].profiles);
		expect_finding(judge_domain_set(paper, "domain-devices", &set), rows[i].id,
			       rows[i].verdict);
	}
	device.mdev_type = "nvidia-557";
	function->vgpu_type = (struct fact_number){known("current_vgpu_type"), 557};
	say_verdict(paper, function, ASSIGNABLE_BLOCKED, BLOCKER_VGPU_PROFILE, "it has no profile");
	expect_finding(judge_domain_set(paper, "domain-devices", &set),
		       "domain-devices.mdev-offered", FINDING_PASS);
	say_verdict(paper, function, ASSIGNABLE_BLOCKED, BLOCKER_NO_GROUP, "it is in no group");
	const struct finding *finding =
		expect_finding(judge_domain_set(paper, "domain-devices", &set),
			       "domain-devices.mdev-type", FINDING_FAIL);
	assert_non_null(strstr(finding->summary, "which no guest can have"));
	pool.name = "other";
	expect_finding(judge_domain_set(paper, "domain-devices", &set),
		       "domain-devices.mapping-not-given", FINDING_UNKNOWN);
}

/* Where the host has no VFs, no network hands any out. */
static void a_network_that_was_not_given_may_hand_out_vfs(void **state)
{
	struct paper *paper = *state;
	struct pci_function *pf = add_device(paper, "0000:01:00.0", 1, "igb");
	struct domain_device device = {.kind = DOMAIN_DEVICE_NETWORK, .network = "pool", .line = 7};
	const struct domain domain = {.name = "vm", .devices = &device, .device_count = 1};
	const struct domain_network given = {.name = "pool"};

	assert_int_equal(judge_domains(paper, "domain-devices", &domain, 1)->count, 0);
	pf->sriov.totalvfs.fact = known("sriov_totalvfs");
	const struct finding *finding = expect_domain_finding(
		paper, &domain, "domain-devices.network-not-given", FINDING_WARN,
		"cannot tell whether network pool, of which vm has an interface (line 7), hands "
		"out VFs: its XML was not given");
	assert_true(has_evidence(finding, "sriov_totalvfs"));
	assert_int_equal(
		judge_domains_and_networks(paper, "domain-devices", &domain, 1, &given, 1)->count,
		0);
	device.network = NULL;
	expect_finding(judge_domains(paper, "domain-devices", &domain, 1),
		       "domain-devices.network-not-given", FINDING_WARN);
}

static void functions_are_not_named_here(void **state)
{
	struct paper *paper = *state;
	struct domain_device devices[] = {hostdev_of(add_device(paper, "0000:01:00.0", 1, "igb")),
					  {.kind = DOMAIN_DEVICE_OTHER}};
	const struct domain domain = {.name = "vm", .devices = devices, .device_count = 2};

	assert_int_equal(judge_domains(paper, "domain-devices", &domain, 1)->count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_no_function_is_named),
		TEST(what_has_no_address_is_unknown),
		TEST(what_is_no_address_keeps_qemu_from_starting),
		TEST(what_a_name_stands_for_is_judged_where_it_is_given),
		TEST(a_mapping_is_marked_for_mediated_devices_where_there_are_some),
		TEST(a_line_that_proxmox_leaves_out_is_said_once),
		TEST(a_mediated_device_is_unknown),
		TEST(a_mediated_device_is_looked_for),
		TEST(a_mediated_device_may_be_made_as_the_guest_starts),
		TEST(a_vgpu_is_made_as_the_guest_starts),
		TEST(a_network_that_was_not_given_may_hand_out_vfs),
		TEST(functions_are_not_named_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
