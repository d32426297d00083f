/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/paper.h"

#include <pci/header.h>
#include <stdlib.h>
#include <string.h>

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/facts.h"

enum {
	MOST_FUNCTIONS = 512,
	MOST_GROUPS = 64,
	MOST_UNITS = 4,
	MOST_COMPANIONS = 64,
	EXPRESS_OFFSET = 0x40,
	ACS_OFFSET = 0x100,
	CLASS_NETWORK = 0x020000,
	CLASS_BRIDGE = 0x060400,
	CLASS_OTHER = 0x088000,
};

#define MSI_REGION "0x00000000fee00000 0x00000000feefffff msi\n"

/* Makes an empty host with room for what a test adds, and for what it says of that. */
static void make_room(struct paper *paper)
{
	struct host *host = &paper->host;
	struct model *model = &paper->model;

	*host = (struct host){.arena = paper->arena};
	*model = (struct model){.host = host};
	host->pci.functions =
		arena_array(paper->arena, MOST_FUNCTIONS, sizeof(*host->pci.functions));
	host->groups.groups = arena_array(paper->arena, MOST_GROUPS, sizeof(*host->groups.groups));
	host->units.units = arena_array(paper->arena, MOST_UNITS, sizeof(*host->units.units));
	model->assignability.host = host;
	model->assignability.judgements =
		arena_array(paper->arena, MOST_FUNCTIONS, sizeof(*model->assignability.judgements));
	model->host_uses.host = host;
	model->host_uses.uses =
		arena_array(paper->arena, MOST_FUNCTIONS, sizeof(*model->host_uses.uses));
	model->cautions.host = host;
	model->cautions.lists =
		arena_array(paper->arena, MOST_FUNCTIONS, sizeof(*model->cautions.lists));
	assert_false(arena_failed(paper->arena));
}

static void state_facts(struct host *host)
{
	static const char *const flags[] = {"lm"};
	static const char *const vfio_modules[] = {"iommufd", "vfio_iommu_type1", "vfio_pci"};

	host->vendor.fact = absent("/sys/class/dmi/id/sys_vendor");
	host->chassis.fact = absent("/sys/class/dmi/id/chassis_type");
	host->cpu = (struct cpu){.fact = known("/proc/cpuinfo"),
				 .vendor = CPU_INTEL,
				 .vendor_id = "GenuineIntel",
				 .model_name = "Xeon",
				 .architecture = "x86_64",
				 .flags = flags,
				 .flag_count = 1,
				 .kvm.fact = absent("/dev/kvm")};
	host->cmdline.fact = known("/proc/cmdline");
	host->kconfig.fact = absent("/boot/config-6.1.0-51-amd64");
	host->modprobe.fact = known("/etc/modprobe.d");
	host->modules.loaded.fact = known("/proc/modules");
	host->modules.builtin.fact = known("/lib/modules/6.1.0-51-amd64/modules.builtin");
	host->modules.available = (struct fact_list){
		.fact = known("/lib/modules/6.1.0-51-amd64/modules.dep"),
		.names = vfio_modules,
		.count = ARRAY_LENGTH(vfio_modules),
	};
	host->modules.type1_unsafe_interrupts.fact = absent("/sys/module/vfio_iommu_type1");
	host->modules.iommufd_unsafe_interrupts.fact = absent("/sys/module/iommufd");
	host->modules.vfio_noiommu.fact = absent("/sys/module/vfio");
	host->modules.vfio_pci_no_denylist.fact = absent("/sys/module/vfio_pci");
	host->interrupts.fact = known("/proc/interrupts");
	host->interrupts.remapped_chip = "IR-PCI-MSI";
	host->acpi.directory.fact = known("/sys/firmware/acpi/tables");
	host->acpi.dmar.fact = absent("/sys/firmware/acpi/tables/DMAR");
	host->acpi.ivrs.fact = absent("/sys/firmware/acpi/tables/IVRS");
	host->acpi.iort.fact = absent("/sys/firmware/acpi/tables/IORT");
	host->acpi.viot.fact = absent("/sys/firmware/acpi/tables/VIOT");
	host->acpi.madt.fact = absent("/sys/firmware/acpi/tables/APIC");
	host->groups.fact = known("/sys/kernel/iommu_groups");
	host->units.fact = known("/sys/class/iommu");
	host->pci.fact = known("/sys/bus/pci/devices");
}

void paper_reset(struct paper *paper)
{
	make_room(paper);
	state_facts(&paper->host);
	paper_kernel(paper, "6.1.0-51-amd64");
}

int paper_setup(void **state)
{
	struct paper *paper = calloc(1, sizeof(*paper));

	assert_non_null(paper);
	paper->arena = arena_new();
	assert_non_null(paper->arena);
	paper_reset(paper);
	*state = paper;
	return 0;
}

int paper_teardown(void **state)
{
	struct paper *paper = *state;

	arena_free(paper->arena);
	free(paper);
	return 0;
}

struct host *unread_host(struct arena *arena)
{
	struct host *host = arena_alloc(arena, sizeof(*host));

	assert_non_null(host);
	host->arena = arena;
	return host;
}

void paper_kernel(struct paper *paper, const char *release)
{
	paper->host.kernel_release = known_text("/proc/sys/kernel/osrelease", release);
}

void paper_command_line(struct paper *paper, const char *text)
{
	struct fact_text fact =
		known_text("/proc/cmdline", arena_printf(paper->arena, "%s\n", text));

	cmdline_parse(paper->arena, &fact, &paper->host.cmdline);
	kernel_parameters_build(&paper->host.cmdline, paper->arena, &paper->model.parameters);
}

void paper_kconfig(struct paper *paper, const char *text)
{
	struct fact_text fact = known_text("/boot/config-6.1.0-51-amd64", text);

	kconfig_parse(paper->arena, &fact, &paper->host.kconfig);
}

static uint8_t *bytes_of(struct pci_function *function)
{
	return (uint8_t *)(uintptr_t)function->config.bytes;
}

static void set_config16(struct pci_function *function, size_t offset, uint16_t value)
{
	put16(bytes_of(function) + offset, value);
}

void set_config32(struct pci_function *function, size_t offset, uint32_t value)
{
	put32(bytes_of(function) + offset, value);
}

void settle_type(struct pci_function *function)
{
	function->pcie_type = pcie_type_below(
		function->parent ? function->parent->pcie_type : PCIE_UNKNOWN, &function->config);
}

static struct fact_number known_number(const char *source, int64_t value)
{
	return (struct fact_number){.fact = known(source), .value = value};
}

struct pci_function *add_function(struct paper *paper, const char *name,
				  struct pci_function *parent)
{
	struct pci *pci = &paper->host.pci;
	struct pci_function *function = &pci->functions[pci->count];

	assert_true(pci->count < MOST_FUNCTIONS);
	pci->count++;
	*function = (struct pci_function){.name = name, .parent = parent};
	assert_int_equal(pci_address_parse(name, &function->address), 0);
	if (pci->count > 1)
		assert_true(pci_address_compare(&function[-1].address, &function->address) < 0);
	function->path = arena_printf(paper->arena, "%s/%s",
				      parent ? parent->path : "/sys/devices/pci0000:00", name);
	function->parent_state = parent ? FACT_KNOWN : FACT_ABSENT;
	function->physfn.fact = absent("physfn");
	function->driver.fact = absent("driver");
	function->group.fact = absent("iommu_group");
	function->reset_method.fact = absent("reset_method");
	function->sriov.numvfs.fact = absent("sriov_numvfs");
	function->sriov.totalvfs.fact = absent("sriov_totalvfs");
	function->config.bytes = arena_alloc(paper->arena, CONFIG_EXPRESS_SIZE);
	assert_non_null(function->config.bytes);
	function->config.fact = known(arena_printf(paper->arena, "config of %s", name));
	function->config.length = CONFIG_CONVENTIONAL_SIZE;
	set_ids(function, 0x1234, 0x5678);
	set_class(function, CLASS_NETWORK);
	settle_type(function);
	return function;
}

struct pci_function *add_express(struct paper *paper, const char *name, struct pci_function *parent,
				 unsigned type)
{
	struct pci_function *function = add_function(paper, name, parent);

	make_express(function, type);
	return function;
}

struct pci_function *add_device(struct paper *paper, const char *name, uint32_t group,
				const char *driver)
{
	struct pci_function *function = add_function(paper, name, NULL);

	set_ids(function, 0x1234, (uint16_t)paper->host.pci.count);
	set_class(function, CLASS_OTHER);
	set_group(function, group);
	function->numa_node = known_number("numa_node", -1);
	function->netdevs.fact = absent("net");
	function->reset_method = known_text("reset_method", "flr");
	if (driver)
		set_driver(function, driver);
	return function;
}

void make_bridge(struct pci_function *function)
{
	bytes_of(function)[PCI_HEADER_TYPE] |= PCI_HEADER_TYPE_BRIDGE;
	set_class(function, CLASS_BRIDGE);
}

void make_express(struct pci_function *function, unsigned type)
{
	set_config16(function, PCI_STATUS, PCI_STATUS_CAP_LIST);
	bytes_of(function)[PCI_CAPABILITY_LIST] = EXPRESS_OFFSET;
	set_config16(function, EXPRESS_OFFSET, PCI_CAP_ID_EXP);
	set_config16(function, EXPRESS_OFFSET + PCI_EXP_FLAGS, (uint16_t)(2 | type << 4));
	function->config.length = CONFIG_EXPRESS_SIZE;
	if (type >= EXPRESS_ROOT_PORT && type <= EXPRESS_FROM_PCI_BRIDGE)
		make_bridge(function);
	settle_type(function);
}

void make_multifunction(struct pci_function *function)
{
	bytes_of(function)[PCI_HEADER_TYPE] |= 0x80;
}

void make_vf(struct pci_function *function, struct pci_function *pf)
{
	function->physfn = known_text("physfn", pf->name);
	function->pf = pf;
}

void set_ids(struct pci_function *function, uint16_t vendor, uint16_t device)
{
	set_config16(function, PCI_VENDOR_ID, vendor);
	set_config16(function, PCI_DEVICE_ID, device);
	function->vendor = known_number("vendor", vendor);
	function->device = known_number("device", device);
}

void set_class(struct pci_function *function, uint32_t class_code)
{
	set_config32(function, PCI_CLASS_REVISION, class_code << 8);
	function->class_code = known_number("class", class_code);
}

void set_driver(struct pci_function *function, const char *driver)
{
	function->driver = known_text("driver", driver);
}

void set_group(struct pci_function *function, uint32_t group)
{
	function->group = known_number("iommu_group", group);
}

void set_acs(struct pci_function *function, uint16_t supported, uint16_t enabled)
{
	set_config32(function, ACS_OFFSET, 1 << 16 | PCI_EXT_CAP_ID_ACS);
	set_config16(function, ACS_OFFSET + PCI_ACS_CAP, supported);
	set_config16(function, ACS_OFFSET + PCI_ACS_CTRL, enabled);
}

void hide_capabilities(struct pci_function *function)
{
	set_config16(function, PCI_STATUS, PCI_STATUS_CAP_LIST);
	bytes_of(function)[PCI_CAPABILITY_LIST] = EXPRESS_OFFSET;
	function->config.length = CONFIG_HEADER_SIZE;
	settle_type(function);
}

struct iommu_unit *add_unit(struct paper *paper, const char *name, enum iommu_kind kind)
{
	struct iommu_units *units = &paper->host.units;
	struct iommu_unit *unit = &units->units[units->count++];

	assert_true(units->count <= MOST_UNITS);
	*unit = (struct iommu_unit){.name = name, .path = name, .kind = kind};
	unit->address.fact = absent("address");
	unit->capability.fact = absent("cap");
	unit->extended_capability.fact = absent("ecap");
	unit->features.fact = absent("features");
	return unit;
}

void set_unit(struct pci_function *function, const char *name)
{
	function->iommu = known_text("iommu", name);
}

static struct pci_function *find_function(struct pci *pci, const char *name)
{
	for (size_t i = 0; i < pci->count; i++) {
		if (strcmp(pci->functions[i].name, name) == 0)
			return &pci->functions[i];
	}
	fail_msg("no function %s", name);
	return NULL;
}

struct iommu_group *add_group(struct paper *paper, uint32_t id, const char *names,
			      const char *reserved_regions)
{
	struct iommu_groups *groups = &paper->host.groups;
	struct iommu_group *group = &groups->groups[groups->count++];
	const char **list = arena_array(paper->arena, strlen(names) + 1, sizeof(*list));
	char *save, *copy = arena_copy(paper->arena, names, strlen(names));

	assert_true(groups->count <= MOST_GROUPS);
	assert_non_null(list);
	*group = (struct iommu_group){.id = id};
	group->name.fact = absent("name");
	group->devices = (struct fact_list){.fact = known("devices"), .names = list};
	group->reserved_regions.fact = absent("reserved_regions");
	if (reserved_regions)
		group->reserved_regions = known_text("reserved_regions", reserved_regions);
	for (char *name = strtok_r(copy, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
		list[group->devices.count++] = name;
		set_group(find_function(&paper->host.pci, name), id);
	}
	return group;
}

void add_groups(struct paper *paper, const char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add_group(paper, (uint32_t)i, lines[i], MSI_REGION);
	add_unit(paper, "dmar0", IOMMU_VTD);
}

static struct assignable *judgement_of(struct paper *paper, const struct pci_function *function)
{
	return &paper->model.assignability.judgements[function - paper->host.pci.functions];
}

void say_companion(struct paper *paper, const struct pci_function *function,
		   const struct pci_function *companion)
{
	struct assignable *assignable = judgement_of(paper, function);
	const struct pci_function **companions =
		arena_array(paper->arena, MOST_COMPANIONS, sizeof(*companions));

	assert_non_null(companions);
	assert_true(assignable->companion_count < MOST_COMPANIONS);
	for (size_t i = 0; i < assignable->companion_count; i++)
		companions[i] = assignable->companions[i];
	companions[assignable->companion_count++] = companion;
	assignable->companions = companions;
	assignable->verdict = ASSIGNABLE_WITH;
}

void say_verdict(struct paper *paper, const struct pci_function *function,
		 enum assignable_verdict verdict, enum blocker_kind kind, const char *why)
{
	struct assignable *assignable = judgement_of(paper, function);
	struct blocker *blocker = arena_alloc(paper->arena, sizeof(*blocker));

	assert_non_null(blocker);
	*blocker = (struct blocker){.kind = kind, .why = why, .evidence = &function->group.fact};
	assignable->verdict = verdict;
	if (verdict == ASSIGNABLE_BLOCKED)
		assignable->blockers = blocker;
	else
		assignable->missing = blocker;
}

void say_host_use(struct paper *paper, const struct pci_function *function,
		  const struct host_use *use)
{
	paper->model.host_uses.uses[function - paper->host.pci.functions] = use;
}

void say_caution(struct paper *paper, const struct pci_function *function, bool known,
		 struct caution *caution)
{
	struct function_cautions *lists =
		&paper->model.cautions.lists[function - paper->host.pci.functions];

	*(known ? &lists->known : &lists->unknown) = caution;
}
