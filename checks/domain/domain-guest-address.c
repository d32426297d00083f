/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/domain_line.h"

#include <string.h>

#include "host/base/affix.h"

enum kind {
	TAKEN,
	NO_FUNCTION_0,
	NOT_MULTIFUNCTION,
	NO_SUCH_SLOT,
	NO_ENDPOINTS,
	NO_PCIE,
	NO_SUCH_BUS,
	LEGACY_IGD,
	NO_SUCH_DOMAIN,
	SEAT_TAKEN,
	KIND_COUNT
};

static const struct finding_kind kinds[] = {
	[TAKEN] = {"domain-guest-address.taken",
		   "Two devices of a domain have the same guest address. libvirt refuses to define "
		   "it (\"Attempted double use of PCI Address\"), and QEMU to start.",
		   "Choose a free address, or leave out the <address> of one of them: libvirt "
		   "then chooses."},
	[NO_FUNCTION_0] =
		{"domain-guest-address.no-function-0",
		 "A device stands on a guest slot whose function 0 is empty. A guest looks "
		 "for further functions only where it finds function 0, and so never sees "
		 "the device.",
		 "Put a device of the slot at function 0."},
	[NOT_MULTIFUNCTION] = {"domain-guest-address.not-multifunction",
			       "Several devices share a guest slot, and its function 0 says "
			       "multifunction='off'. QEMU refuses to start the guest.",
			       "Set multifunction='on' at function 0."},
	[NO_SUCH_SLOT] =
		{"domain-guest-address.no-such-slot",
		 "The guest bus of a device comes from a controller without that slot: "
		 "behind a PCI Express port there is only slot 0, and conventional bridges "
		 "keep slot 0 for themselves. libvirt refuses to define the domain. QEMU by itself "
		 "starts it, from 8.1 on with a warning (\"parent device only allows plugging into "
		 "slot 0\"), and the guest does not find the device. A second -device on the bus of "
		 "a port, without an address, comes to such a slot, too.",
		 "Choose a slot that the controller has; the finding says which."},
	[NO_ENDPOINTS] =
		{"domain-guest-address.no-endpoints",
		 "The guest bus of a device comes from a controller that takes ports only. "
		 "libvirt refuses to define the domain.",
		 "Put a port on that bus (a pcie-root-port on an expander bus, a "
		 "pcie-switch-downstream-port behind an upstream port), and the device behind it."},
	[NO_PCIE] = {"domain-guest-address.no-pcie",
		     "A guest of Proxmox VE takes a function with pcie=1, and its machine type is "
		     "not q35; a guest that names none is an i440fx. Proxmox VE does not start it "
		     "(\"q35 machine model is not enabled\").",
		     "Set machine: q35, or take pcie=1 out. A Windows guest may have to be "
		     "activated, and its network set up, anew after that."},
	[NO_SUCH_BUS] =
		{"domain-guest-address.no-such-bus",
		 "-device puts a function on the bus pcie.0, and the guest's machine type is pc "
		 "(i440fx), which has no PCI Express: its bus is pci.0. QEMU does not start (\"Bus "
		 "'pcie.0' not found\").",
		 "Set the machine type q35, or name the bus pci.0."},
	[LEGACY_IGD] =
		{"domain-guest-address.legacy-igd",
		 "A guest of Proxmox VE takes Intel's graphics with legacy-igd=1, and something "
		 "else in its configuration does not go with that: legacy mode wants the machine "
		 "type pc (i440fx), vga: none, and the function's ROM, and it excludes x-vga=1. "
		 "Proxmox VE does not start it.",
		 "Put right what the finding names, or take legacy-igd=1 out: on q35 give the "
		 "graphics by hostpci without it."},
	[NO_SUCH_DOMAIN] =
		{"domain-guest-address.no-such-domain",
		 "The <address> at which a device is to stand in the guest has a PCI domain other "
		 "than 0, and guests have no other. libvirt refuses to define the domain (\"Only "
		 "PCI domain 0 is available\"). The function's address on the host, which may have "
		 "one (10000 behind a VMD), belongs into <source>.",
		 "Set domain='0x0000' in the <address> outside <source>, or leave that <address> "
		 "out: libvirt then chooses."},
	[SEAT_TAKEN] =
		{"domain-guest-address.port-taken",
		 "-device gives QEMU two ports of PCI Express (pcie-root-port) of the same chassis and "
		 "slot; both are 0 where they are not given. QEMU does not start (\"Can't add chassis "
		 "slot, error -16\").",
		 "Give each port a chassis of its own: chassis=1, chassis=2 and so on."},
};

ASSERT_COVERS(kinds, KIND_COUNT);

/* What may stand on the bus of a controller: virDomainPCIAddressBusSetModel(), libvirt,
 * src/conf/domain_addr.c. */
struct bus_model {
	const char *model;
	uint8_t first_slot;
	uint8_t last_slot;
	bool takes_endpoints;
};

static const struct bus_model bus_models[] = {
	{.model = "pci-root", .first_slot = 1, .last_slot = 31, .takes_endpoints = true},
	{.model = "pci-bridge", .first_slot = 1, .last_slot = 31, .takes_endpoints = true},
	{.model = "pci-expander-bus", .first_slot = 0, .last_slot = 31, .takes_endpoints = true},
	{.model = "pcie-root", .first_slot = 1, .last_slot = 31, .takes_endpoints = true},
	{.model = "dmi-to-pci-bridge", .first_slot = 0, .last_slot = 31, .takes_endpoints = true},
	{.model = "pcie-to-pci-bridge", .first_slot = 1, .last_slot = 31, .takes_endpoints = true},
	{.model = "pcie-root-port", .first_slot = 0, .last_slot = 0, .takes_endpoints = true},
	{.model = "pcie-switch-downstream-port",
	 .first_slot = 0,
	 .last_slot = 0,
	 .takes_endpoints = true},
	{.model = "pcie-switch-upstream-port", .first_slot = 0, .last_slot = 31},
	{.model = "pcie-expander-bus", .first_slot = 0, .last_slot = 31},
};

/* What stands on the root bus of QEMU's machine types by itself: pc_q35_init(), pc_init1(), hw/i386
 * of QEMU 7.2 and piix3.c. */
struct built_in {
	bool q35;
	uint8_t device;
	uint8_t function;
	const char *name;
};

static const struct built_in built_ins[] = {
	{.q35 = true, .device = 0x00, .name = "host bridge"},
	{.q35 = true, .device = 0x1f, .name = "LPC bridge"},
	{.q35 = true, .device = 0x1f, .function = 2, .name = "SATA controller"},
	{.q35 = true, .device = 0x1f, .function = 3, .name = "SMBus controller"},
	{.device = 0x00, .name = "host bridge"},
	{.device = 0x01, .name = "ISA bridge"},
	{.device = 0x01, .function = 1, .name = "IDE controller"},
	{.device = 0x01, .function = 3, .name = "power management"},
};

/* Returns whether the machine type is known to have no PCI Express. */
static bool is_i440fx(const struct domain *domain)
{
	return domain->machine && begins_with(domain->machine, "pc") && !domain_is_q35(domain);
}

/* Returns what the machine type itself puts at function of the device's guest slot, or NULL. */
static const struct built_in *find_built_in(const struct domain *domain,
					    const struct pci_address *guest, uint8_t function)
{
	if (guest->domain || guest->bus || (!domain_is_q35(domain) && !is_i440fx(domain)))
		return NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(built_ins); i++) {
		const struct built_in *one = &built_ins[i];
		if (one->q35 == domain_is_q35(domain) && one->device == guest->device &&
		    one->function == function)
			return one;
	}
	return NULL;
}

static const struct bus_model *find_model(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_LENGTH(bus_models); i++) {
		if (strcmp(bus_models[i].model, name) == 0)
			return &bus_models[i];
	}
	return NULL;
}

/* Returns the controller that makes the guest's bus, or NULL. */
static const struct domain_device *find_controller(const struct domain *domain, uint8_t bus)
{
	for (size_t i = 0; i < domain->device_count; i++) {
		const struct domain_device *device = &domain->devices[i];
		if (device->kind == DOMAIN_DEVICE_CONTROLLER && device->has_index &&
		    device->index == bus)
			return device;
	}
	return NULL;
}

static bool is_same_slot(const struct pci_address *a, const struct pci_address *b)
{
	return a->domain == b->domain && a->bus == b->bus && a->device == b->device;
}

/* Returns the device at function of the same guest slot as device, other than itself, or NULL. */
static const struct domain_device *find_at(const struct domain *domain,
					   const struct domain_device *device, uint8_t function)
{
	for (size_t i = 0; i < domain->device_count; i++) {
		const struct domain_device *other = &domain->devices[i];
		if (other != device && other->place == DOMAIN_PLACE_PCI &&
		    is_same_slot(&other->guest, &device->guest) &&
		    other->guest.function == function)
			return other;
	}
	return NULL;
}

static struct finding *report(const struct domain_use *use, enum kind kind, const char *what,
			      struct findings *findings)
{
	char guest[PCI_ADDRESS_SIZE];
	struct finding *finding;

	pci_address_format(&use->device->guest, guest);
	finding = finding_add(
		findings, &kinds[kind], FINDING_FAIL, subject_domain(use->domain->name),
		"%s puts %s at guest address %s, %s", use->domain->name, use->address, guest, what);
	const struct fact line = domain_line(use->device, findings->arena);
	finding_evidence(finding, &line, "%s", guest);
	if (kind == TAKEN && use->domain->other_stack)
		finding_remedy(finding, "Choose a free address, or leave out the address of one of "
					"them");
	return finding;
}

static void judge_functions(const struct domain_use *use, struct findings *findings)
{
	const struct domain_device *device = use->named;
	const struct domain_device *other = find_at(use->domain, device, device->guest.function);
	const struct domain_device *zero = find_at(use->domain, device, 0);
	const struct built_in *built_in =
		find_built_in(use->domain, &device->guest, device->guest.function);

	if (built_in)
		report(use, TAKEN,
		       arena_printf(findings->arena, "where the %s of its machine type stands",
				    built_in->name),
		       findings);
	if (other)
		report(use, TAKEN,
		       arena_printf(findings->arena, "where the %s of line %u stands",
				    other->element, other->line),
		       findings);
	if (device->guest.function == 0)
		return;
	if (!zero && !find_built_in(use->domain, &device->guest, 0))
		report(use, NO_FUNCTION_0, "whose slot has no function 0", findings);
	else if (zero && zero->multifunction == DOMAIN_OFF)
		report(use, NOT_MULTIFUNCTION,
		       arena_printf(findings->arena,
				    "and the %s of line %u at function 0 has "
				    "multifunction='off'",
				    zero->element, zero->line),
		       findings);
}

static bool is_express_endpoint(const struct pci_function *function)
{
	return function && (function->pcie_type == PCIE_ENDPOINT ||
			    function->pcie_type == PCIE_LEGACY_ENDPOINT);
}

/* Returns the model of the controller that libvirt adds where none is given for the bus of a device
 * (virDomainPCIAddressSetGrow(), src/conf/domain_addr.c), or NULL where that is not known. */
static const char *added_model(const struct domain_use *use)
{
	if (use->domain->other_stack || !use->device->guest.bus)
		return NULL;
	if (is_i440fx(use->domain))
		return "pci-bridge";
	return domain_is_q35(use->domain) && is_express_endpoint(use->function) ? "pcie-root-port"
										: NULL;
}

/* Returns whether another device has function 0 of that slot on the device's bus. */
static bool is_slot_taken(const struct domain_use *use, uint8_t slot)
{
	struct domain_device there = *use->named;

	there.guest.device = slot;
	return find_at(use->domain, &there, 0);
}

static void judge_bus(const struct domain_use *use, struct findings *findings)
{
	const struct domain_device *controller =
		find_controller(use->domain, use->device->guest.bus);
	const struct bus_model *model =
		find_model(controller ? controller->model : added_model(use));
	uint8_t slot = use->device->guest.device;
	struct arena *arena = findings->arena;
	struct finding *finding;

	if (!model)
		return;
	if (!model->takes_endpoints) {
		report(use, NO_ENDPOINTS,
		       arena_printf(arena, "on the bus of a %s, which takes ports only",
				    model->model),
		       findings);
	} else if (slot < model->first_slot || slot > model->last_slot) {
		finding = report(use, NO_SUCH_SLOT,
				 arena_printf(arena, "a slot that the bus of a %s does not have",
					      model->model),
				 findings);
		if (is_slot_taken(use, model->first_slot) && model->first_slot == model->last_slot)
			finding_remedy(finding,
				       "Put it behind a port of its own, or at another function of "
				       "slot %u",
				       model->first_slot);
		else if (model->first_slot == model->last_slot)
			finding_remedy(finding, "Choose slot %u", model->first_slot);
		else
			finding_remedy(finding, "Choose a slot from %u to %u", model->first_slot,
				       model->last_slot);
	}
}

/* parse_hostpci_devices() of PVE/QemuServer/PCI.pm; the names of root buses, hw/i386/pc_piix.c and
 * pc_q35.c. */
static void judge_machine(const struct domain_use *use, struct findings *findings)
{
	const struct fact line = domain_line(use->device, findings->arena);
	struct finding *finding;

	if (!is_i440fx(use->domain))
		return;
	if (use->device->wants_pcie) {
		finding = finding_add(findings, &kinds[NO_PCIE], FINDING_FAIL,
				      subject_domain(use->domain->name),
				      "%s takes %s with pcie=1, and its machine type is not q35",
				      use->domain->name, use->address);
		finding_evidence(finding, &line, "pcie=1");
	}
	if (use->device->on_pcie_root) {
		finding = finding_add(findings, &kinds[NO_SUCH_BUS], FINDING_FAIL,
				      subject_domain(use->domain->name),
				      "%s puts %s on the bus pcie.0, which machine type %s does "
				      "not have",
				      use->domain->name, use->address, use->domain->machine);
		finding_evidence(finding, &line, "bus=pcie.0");
	}
}

/* Returns what does not go with legacy-igd=1, or NULL: parse_hostpci_devices(), too. */
static const char *against_legacy_mode(const struct domain *domain,
				       const struct domain_device *device)
{
	if (domain->vga == DOMAIN_ON)
		return "its vga is not none";
	if (device->rom_off)
		return "it has rombar=0";
	if (device->x_vga)
		return "it has x-vga=1";
	if (domain_is_q35(domain))
		return "its machine type is q35";
	return NULL;
}

static void judge_legacy_mode(const struct domain_use *use, struct findings *findings)
{
	const char *against = against_legacy_mode(use->domain, use->device);

	if (!use->device->legacy_igd || !against)
		return;
	struct finding *finding = finding_add(
		findings, &kinds[LEGACY_IGD], FINDING_FAIL, subject_domain(use->domain->name),
		"%s takes %s with legacy-igd=1, and %s", use->domain->name, use->address, against);
	const struct fact line = domain_line(use->device, findings->arena);
	finding_evidence(finding, &line, "legacy-igd=1");
}

static void judge_ports(const struct domain *domain, struct findings *findings)
{
	for (size_t i = 0; i < domain->device_count; i++) {
		const struct domain_device *device = &domain->devices[i];
		const struct fact line = domain_line(device, findings->arena);
		if (!device->seat_taken)
			continue;
		struct finding *finding = finding_add(
			findings, &kinds[SEAT_TAKEN], FINDING_FAIL, subject_domain(domain->name),
			"%s does not start: a port of line %u has the chassis and slot of one before "
			"it",
			domain->name, device->line);
		finding_evidence(finding, &line, "%s", device->alias ? device->alias : "a port");
	}
}

static void run(const struct check_context *context)
{
	const struct domain_map *map = context->domains;
	struct findings *findings = context->findings;

	for (size_t i = 0; i < map->domain_count; i++)
		judge_ports(&map->domains[i], findings);
	for (size_t i = 0; i < map->use_count; i++) {
		const struct domain_use *use = &map->uses[i];
		if (i > 0 && use->named == use[-1].named)
			continue;
		judge_machine(use, findings);
		judge_legacy_mode(use, findings);
		if (use->named->place != DOMAIN_PLACE_PCI)
			continue;
		if (use->named->guest.domain) {
			report(use, NO_SUCH_DOMAIN, "and guests have PCI domain 0 alone", findings);
			continue;
		}
		judge_functions(use, findings);
		judge_bus(use, findings);
	}
}

const struct check check_domain_guest_address = {
	.id = "domain-guest-address",
	.title = "Can the devices stand where domains put them in the guest?",
	.needs = "the XML of domains",
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.judges_domains = true,
	.run = run,
};
