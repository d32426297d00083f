/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/pci/pci_attributes.h"

#include <errno.h>
#include <pci/header.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/pci/capabilities.h"

enum {
	VENDOR_NOT_READY = 0x0001,
	VENDOR_NVIDIA = 0x10de,
	HIGHEST_CLASS = 0xffffff,
	MOST_PORTS = 16, /* above a display, whose power is asked for */
};

/* A function on its way into memory: where its attributes lie, and who keeps them. */
struct reader {
	struct root *root;
	struct arena *arena;
	struct pci_function *function;
};

static const char *attribute_path(const struct reader *reader, const char *name)
{
	return arena_path(reader->arena, reader->function->path, name);
}

static struct fact_text read_text(const struct reader *reader, const char *name)
{
	return root_read(reader->root, reader->arena, attribute_path(reader, name),
			 LIMIT_ATTRIBUTE);
}

/* An attribute of one line, without the newline. */
static struct fact_text read_line(const struct reader *reader, const char *name)
{
	return root_read_line(reader->root, reader->arena, attribute_path(reader, name));
}

/* A number of which the kernel prints none below lowest or above highest. */
static struct fact_number within(struct fact_number number, int64_t lowest, int64_t highest)
{
	if (fact_known(&number.fact) && (number.value < lowest || number.value > highest))
		return (struct fact_number){
			.fact = {.state = FACT_MALFORMED, .source = number.fact.source}};
	return number;
}

static struct fact_number read_number(const struct reader *reader, const char *name, int64_t lowest,
				      int64_t highest)
{
	const char *path = attribute_path(reader, name);

	return within(root_read_number(reader->root, reader->arena, path), lowest, highest);
}

/* What a function of its kind does not have, and so was not asked for. */
static struct fact not_asked(const struct reader *reader)
{
	return (struct fact){.state = FACT_ABSENT, .source = reader->function->path};
}

/* The last part of a link's target: the name of a driver, a group, a function. */
static struct fact_text read_link_name(const struct reader *reader, const char *name)
{
	struct fact_text target =
		root_read_link(reader->root, reader->arena, attribute_path(reader, name));

	if (!fact_known(&target.fact))
		return target;
	target.text = last_part(target.text);
	target.length = strlen(target.text);
	if (target.length == 0)
		target.fact.state = FACT_MALFORMED;
	return target;
}

/* Most of a function's 4096 bytes are the zeros at their end. */
static void drop_zeros(struct arena *arena, struct config_space *config)
{
	size_t kept = config->length;
	uint64_t word = 0;

	for (; kept >= sizeof(word); kept -= sizeof(word)) {
		memcpy(&word, config->bytes + kept - sizeof(word), sizeof(word));
		if (word)
			break;
	}
	while (kept > 0 && config->bytes[kept - 1] == 0)
		kept--;
	if (arena_shorten(arena, config->bytes, kept))
		config->zeros = config->length - kept;
}

/* Returns whether config space is to be left alone. The power state of a VF is its PF's. */
static bool must_sleep(const struct reader *reader)
{
	struct pci_function *function = reader->function;

	if (root_may_wake(reader->root) || pci_is_vf(function))
		return false;
	function->power_state = read_line(reader, "power_state");
	return fact_text_is(&function->power_state, "D3cold");
}

static struct fact_text read_config_file(const struct reader *reader)
{
	const char *path = attribute_path(reader, "config");
	struct fact_text asleep = {.fact = fact_of(FACT_UNREADABLE, path, EHOSTDOWN)};

	if (!must_sleep(reader))
		return root_read_blocks(reader->root, reader->arena, path, capabilities_wanted,
					&reader->function->config.unread);
	root_report(reader->root, &asleep);
	return asleep;
}

/*
 * The kernel lists no function of another header type (pci_setup_device(), drivers/pci/probe.c):
 * these bytes are not those of a function that it listed. One that is gone reads as ones.
 */
static bool has_header(const struct fact_text *text)
{
	uint8_t type = (uint8_t)text->text[PCI_HEADER_TYPE];

	return type == 0xff || (type & 0x7f) <= PCI_HEADER_TYPE_CARDBUS;
}

static void read_config(const struct reader *reader)
{
	struct config_space *config = &reader->function->config;
	struct fact_text text = read_config_file(reader);

	config->fact = text.fact;
	if (!fact_known(&text.fact))
		return;
	if (text.length < CONFIG_HEADER_SIZE || !has_header(&text)) {
		config->fact.state = FACT_MALFORMED;
		return;
	}
	config->bytes = (const uint8_t *)text.text;
	config->length = text.length;
	drop_zeros(reader->arena, config);
}

/*
 * Returns whether the ids in config space are those of the function. VFs read theirs as ones, and
 * so does what is gone or asleep; 0001 says that the function is not ready yet (PCI Express 2.3.2,
 * CRS). The attributes then hold what the kernel keeps of them.
 */
static bool has_ids(const struct config_space *config)
{
	uint16_t vendor;

	return config_read16(config, PCI_VENDOR_ID, &vendor) && vendor != 0 && vendor != 0xffff &&
	       vendor != VENDOR_NOT_READY;
}

/* Returns whether registers other than the ids hold what they must: also those of a VF do. */
static bool has_registers(const struct pci_function *function)
{
	uint32_t revision;

	return has_ids(&function->config) ||
	       (pci_is_vf(function) &&
		config_read32(&function->config, PCI_CLASS_REVISION, &revision) && revision != 0 &&
		revision != UINT32_MAX);
}

/* An id of 16 bits that config space has at offset. */
static struct fact_number read_id(const struct reader *reader, size_t offset, const char *name)
{
	const struct config_space *config = &reader->function->config;
	bool is_own_id = offset == PCI_VENDOR_ID || offset == PCI_DEVICE_ID;
	uint16_t value;

	if (!(is_own_id ? has_ids(config) : has_registers(reader->function)) ||
	    !config_read16(config, offset, &value))
		return read_number(reader, name, 0, UINT16_MAX);
	return (struct fact_number){.fact = config->fact, .value = value};
}

static struct fact_number read_class(const struct reader *reader)
{
	const struct config_space *config = &reader->function->config;
	uint32_t value;

	if (!has_registers(reader->function) || !config_read32(config, PCI_CLASS_REVISION, &value))
		return read_number(reader, "class", 0, HIGHEST_CLASS);
	return (struct fact_number){.fact = config->fact, .value = value >> 8};
}

/* Bridges have these ids elsewhere, if at all. */
static void read_subsystem(const struct reader *reader)
{
	struct pci_function *function = reader->function;

	if (pci_header_type(function) > PCI_HEADER_TYPE_NORMAL) {
		function->subsystem_vendor.fact = not_asked(reader);
		function->subsystem_device.fact = not_asked(reader);
		return;
	}
	function->subsystem_vendor = read_id(reader, PCI_SUBSYSTEM_VENDOR_ID, "subsystem_vendor");
	function->subsystem_device = read_id(reader, PCI_SUBSYSTEM_ID, "subsystem_device");
}

/* Parses "0x%016llx" and the character that must follow. */
static bool parse_resource_field(const char **text, char end, uint64_t *ret)
{
	enum { DIGITS = 16 };
	static const char digits[] = "0123456789abcdef";
	uint64_t value = 0;

	if (strncmp(*text, "0x", 2) != 0 || strspn(*text + 2, digits) != DIGITS ||
	    (*text)[2 + DIGITS] != end)
		return false;
	for (size_t i = 2; i < 2 + DIGITS; i++)
		value = value << 4 | (uint64_t)(strchr(digits, (*text)[i]) - digits);
	*text += 2 + DIGITS + 1;
	*ret = value;
	return true;
}

static size_t count_lines(const struct fact_text *text)
{
	size_t count = 0;

	for (size_t i = 0; i < text->length; i++)
		count += text->text[i] == '\n';
	return count;
}

void pci_resources_parse(struct arena *arena, const struct fact_text *text,
			 struct pci_resources *ret)
{
	const char *position = text->text;

	*ret = (struct pci_resources){.fact = text->fact};
	if (!fact_known(&text->fact))
		return;
	size_t count = count_lines(text);
	ret->lines = arena_array(arena, count + 1, sizeof(*ret->lines));
	if (!ret->lines)
		return;
	for (; ret->count < count; ret->count++) {
		struct pci_resource *line = &ret->lines[ret->count];
		if (!parse_resource_field(&position, ' ', &line->start) ||
		    !parse_resource_field(&position, ' ', &line->end) ||
		    !parse_resource_field(&position, '\n', &line->flags))
			break;
	}
	if (ret->count == count && position == text->text + text->length)
		return;
	ret->fact.state = FACT_MALFORMED;
	ret->count = 0;
}

/* A VF's memory lies in its PF's VF BARs, and it has no ROM. */
static void read_resources(const struct reader *reader)
{
	struct pci_resources *resources = &reader->function->resources;
	struct fact_text text;

	if (pci_is_vf(reader->function)) {
		resources->fact = not_asked(reader);
		return;
	}
	text = read_text(reader, "resource");
	pci_resources_parse(reader->arena, &text, resources);
}

static struct fact_number read_group(const struct reader *reader, const struct iommu_groups *groups)
{
	const struct iommu_group *group = iommu_group_listing(groups, reader->function->name);

	if (group)
		return (struct fact_number){.fact = group->devices.fact, .value = group->id};
	struct fact_text name = read_link_name(reader, "iommu_group");
	if (fact_known(&name.fact) && strspn(name.text, "0123456789") != name.length)
		name.fact.state = FACT_MALFORMED;
	return within(fact_parse_number(&name), 0, UINT32_MAX);
}

/* Whether the function may be a PF: also where that could not be read. */
static bool may_have_sriov(const struct pci_function *function)
{
	struct capability sriov = capability_find(&function->config, CAPABILITY_SRIOV);

	return sriov.state != FACT_ABSENT;
}

static struct fact_number read_count(const struct reader *reader, const char *name)
{
	return read_number(reader, name, 0, UINT16_MAX);
}

static struct pci_sriov_attributes sriov_all(struct fact fact)
{
	const struct fact_number number = {.fact = fact};

	return (struct pci_sriov_attributes){number, number, number, number,
					     number, number, number};
}

static void read_sriov(const struct reader *reader)
{
	struct pci_sriov_attributes *sriov = &reader->function->sriov;

	*sriov = sriov_all(not_asked(reader));
	if (pci_is_vf(reader->function) || !may_have_sriov(reader->function))
		return;
	sriov->totalvfs = read_count(reader, "sriov_totalvfs");
	if (fact_absent(&sriov->totalvfs.fact))
		return;
	struct fact_text vf_device = read_text(reader, "sriov_vf_device");
	sriov->numvfs = read_count(reader, "sriov_numvfs");
	sriov->offset = read_count(reader, "sriov_offset");
	sriov->stride = read_count(reader, "sriov_stride");
	sriov->vf_device = within(fact_parse_hex(&vf_device), 0, UINT16_MAX);
	sriov->drivers_autoprobe = read_number(reader, "sriov_drivers_autoprobe", 0, 1);
	sriov->vf_total_msix = read_number(reader, "sriov_vf_total_msix", 0, UINT32_MAX);
}

/* "pf0vf1", "c1pf0vf1", "p0pf0vf1": __devlink_port_phys_port_name_get() of net/devlink/port.c,
 * efx_ef100_rep_get_phys_port_name(). */
static bool names_vf(const char *port)
{
	static const char digits[] = "0123456789";
	const char *at = strstr(port, "pf");
	size_t length = at ? strspn(at + 2, digits) : 0;

	if (!length || strncmp(at + 2 + length, "vf", 2) != 0)
		return false;
	at += 4 + length;
	length = strspn(at, digits);
	return length && !at[length];
}

/* Takes in the interface of that name. One that has no name of a port answers EOPNOTSUPP. */
static void read_port_name(const struct reader *reader, const char *interface, const char **names)
{
	struct fact_list *representors = &reader->function->representors;
	const char *path = arena_printf(reader->arena, "net/%s/phys_port_name", interface);
	const struct fact_text port = read_line(reader, path);

	if (fact_known(&port.fact) && names_vf(port.text))
		names[representors->count++] = interface;
	else if (!fact_settled(&port.fact) && port.fact.error != EOPNOTSUPP &&
		 fact_absent(&representors->fact))
		representors->fact = port.fact;
}

static void read_representors(const struct reader *reader)
{
	struct pci_function *function = reader->function;
	const struct fact_list *netdevs = &function->netdevs;

	function->representors.fact = not_asked(reader);
	if (!pci_has_vfs(function) || netdevs->count < 2)
		return;
	const char **names = arena_array(reader->arena, netdevs->count, sizeof(*names));
	for (size_t i = 0; names && i < netdevs->count; i++)
		read_port_name(reader, netdevs->names[i], names);
	function->representors.names = names;
	if (function->representors.count)
		function->representors.fact.state = FACT_KNOWN;
}

/* A virtio device lies between the function and its network interface. */
static const char *find_virtio(const struct reader *reader)
{
	struct fact_list names = root_list(reader->root, reader->arena, reader->function->path);

	for (size_t i = 0; i < names.count; i++) {
		if (begins_with(names.names[i], "virtio"))
			return arena_printf(reader->arena, "%s/net", names.names[i]);
	}
	return NULL;
}

static void read_netdevs(const struct reader *reader)
{
	struct pci_function *function = reader->function;
	const char *folder = "net";
	int class_code = pci_base_class(function);

	if (class_code >= 0 && class_code != PCI_BASE_CLASS_NETWORK) {
		function->netdevs.fact = not_asked(reader);
		return;
	}
	if (pci_is_on_driver(function, "virtio-pci"))
		folder = find_virtio(reader) ?: folder;
	function->netdevs = root_list(reader->root, reader->arena, attribute_path(reader, folder));
	/* The folder goes with the last interface (cleanup_glue_dir(), drivers/base/core.c), and
	 * shows those of the reader's network namespace alone (net_ns_type_operations). */
	if (fact_known(&function->netdevs.fact) && !function->netdevs.count) {
		function->netdevs.fact.state = FACT_UNREADABLE;
		function->netdevs.fact.error = ENXIO;
	}
}

/* Drivers of VFIO go by any name, and make a device of VFIO below the function. Of vfio-pci it is
 * asked what it is called where no group tells of noiommu mode. */
static void read_vfio_devices(const struct reader *reader)
{
	struct pci_function *function = reader->function;
	bool tells = fact_absent(&function->group.fact) || !pci_is_on_driver(function, "vfio-pci");

	if (fact_known(&function->driver.fact) && tells)
		function->vfio_devices =
			root_list(reader->root, reader->arena, attribute_path(reader, "vfio-dev"));
	else
		function->vfio_devices.fact = not_asked(reader);
}

/* NVMe pads the revision with spaces to eight bytes (NVM Express Base Specification, Identify
 * Controller, Firmware Revision), and the kernel prints them all. */
static void trim(struct fact_text *text, struct arena *arena)
{
	size_t length = text->length;

	if (!fact_known(&text->fact))
		return;
	while (length && text->text[length - 1] == ' ')
		length--;
	if (length < text->length)
		fact_text_copy(text, arena, text->text, length);
}

/* A driver registers its device in the folder: firmware_rev_show() of drivers/nvme/host/sysfs.c,
 * fw_ver_show() of drivers/infiniband/core/sysfs.c. */
static void read_firmware(const struct reader *reader)
{
	struct pci_function *function = reader->function;
	bool nvme = pci_class(function) == CLASS_NVM;
	const char *folder = nvme ? "nvme" : "infiniband";

	/* A VF has its PF's firmware, and drivers of VFIO do not tell it. */
	if (pci_is_vf(function) || pci_is_on_driver(function, "vfio-pci") ||
	    (!nvme && pci_base_class(function) != PCI_BASE_CLASS_NETWORK)) {
		function->firmware_version.fact = not_asked(reader);
		return;
	}
	struct fact_list devices =
		root_list(reader->root, reader->arena, attribute_path(reader, folder));
	if (fact_known(&devices.fact) && devices.count)
		function->firmware_version = read_line(
			reader, arena_printf(reader->arena, "%s/%s/%s", folder, devices.names[0],
					     nvme ? "firmware_rev" : "fw_ver"));
	else
		function->firmware_version.fact = devices.fact;
	trim(&function->firmware_version, reader->arena);
}

static void read_power_state(const struct reader *reader)
{
	struct pci_function *function = reader->function;

	if (function->power_state.fact.source)
		return; /* read before config space was */
	if (pci_is_vf(function) || pci_header_type(function) > PCI_HEADER_TYPE_NORMAL)
		function->power_state.fact = not_asked(reader);
	else
		function->power_state = read_line(reader, "power_state");
}

/* NVIDIA's driver makes the files of its VFs. Others of its functions have none, which is asked: a
 * link to driver or PF that was lost must not hide them. */
static void read_vgpu(const struct reader *reader)
{
	struct pci_function *function = reader->function;

	if (fact_known(&function->vendor.fact) && function->vendor.value != VENDOR_NVIDIA) {
		function->vgpu_type.fact = not_asked(reader);
		function->vgpu_types.fact = not_asked(reader);
		return;
	}
	function->vgpu_type = read_number(reader, "nvidia/current_vgpu_type", 0, UINT32_MAX);
	function->vgpu_types = read_text(reader, "nvidia/creatable_vgpu_types");
}

/* A link that leads nowhere, as of a function that has gone since: nothing is known of it. */
static bool is_there(const struct pci_function *function)
{
	return !fact_absent(&function->config.fact) || !fact_absent(&function->vendor.fact);
}

void pci_attributes_forget(struct pci_function *function)
{
	const struct fact nothing = {.state = FACT_NOT_CAPTURED, .source = function->path};

	*function = (struct pci_function){
		.address = function->address,
		.name = function->name,
		.path = function->path,
		.vendor.fact = nothing,
		.device.fact = nothing,
		.class_code.fact = nothing,
		.subsystem_vendor.fact = nothing,
		.subsystem_device.fact = nothing,
		.config.fact = nothing,
		.resources.fact = nothing,
		.driver.fact = nothing,
		.vfio_devices.fact = nothing,
		.physfn.fact = nothing,
		.group.fact = nothing,
		.iommu.fact = nothing,
		.numa_node.fact = nothing,
		.ari_enabled.fact = nothing,
		.boot_vga.fact = nothing,
		.d3cold_allowed.fact = nothing,
		.power_control.fact = nothing,
		.port_power.fact = nothing,
		.driver_override.fact = nothing,
		.reset_method.fact = nothing,
		.irq.fact = nothing,
		.removable.fact = nothing,
		.netdevs.fact = nothing,
		.representors.fact = nothing,
		.power_state.fact = nothing,
		.vgpu_type.fact = nothing,
		.vgpu_types.fact = nothing,
		.sriov = sriov_all(nothing),
	};
}

/* Returns the PF of a VF where it was read, or NULL. */
static const struct pci_function *find_pf(const struct pci_function *functions, size_t count,
					  const struct pci_function *function)
{
	const struct pci_function *pf =
		pci_is_vf(function)
			? pci_functions_find_name(functions, count, function->physfn.text)
			: NULL;

	return pf && fact_known(&pf->config.fact) && fact_known(&pf->vendor.fact) ? pf : NULL;
}

/*
 * A VF has its PF's vendor and node, and the device id of the PF's SR-IOV capability: its own
 * registers read as ones (pci_iov_add_virtfn(), drivers/pci/iov.c). Returns whether the PF tells.
 */
static bool take_from_pf(const struct pci_function *pf, struct pci_function *function)
{
	struct sriov_capability sriov;

	if (!pf)
		return false;
	sriov = sriov_decode(&pf->config);
	if (sriov.capability.state != FACT_KNOWN)
		return false;
	function->vendor = pf->vendor;
	function->device =
		(struct fact_number){.fact = pf->config.fact, .value = sriov.vf_device_id};
	function->numa_node = pf->numa_node;
	return true;
}

static void read_ids(const struct reader *reader, const struct pci_function *pf)
{
	struct pci_function *function = reader->function;

	if (!take_from_pf(pf, function)) {
		function->vendor = read_id(reader, PCI_VENDOR_ID, "vendor");
		function->device = read_id(reader, PCI_DEVICE_ID, "device");
		function->numa_node = read_number(reader, "numa_node", -1, INT32_MAX);
	}
	function->class_code = read_class(reader);
	read_subsystem(reader);
}

/* Returns the folder of the port above the one at path, or NULL on a root bus. */
static const char *port_above(const struct reader *reader, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *port = arena_copy(reader->arena, path, slash ? (size_t)(slash - path) : 0);
	const char *name = port ? strrchr(port, '/') : NULL;
	struct pci_address address;

	return name && pci_address_parse(name + 1, &address) == 0 ? port : NULL;
}

/*
 * Returns whether a port does not go off, and none above it: one that is awake keeps its parents so
 * (Documentation/power/runtime_pm.rst). Ports that the kernel will not send to sleep are "on", too:
 * pcie_portdrv_probe() and pci_bridge_d3_update() of drivers/pci.
 */
static bool port_is_kept_awake(const struct reader *reader, const char *port)
{
	struct fact_text control = root_read_line(reader->root, reader->arena,
						  arena_path(reader->arena, port, "power/control"));
	struct fact_number allowed = root_read_number(
		reader->root, reader->arena, arena_path(reader->arena, port, "d3cold_allowed"));

	return fact_text_is(&control, "on") || (fact_known(&allowed.fact) && !allowed.value);
}

/*
 * The first port above, bottom up, that ACPI can cut off. Where a root port has no node of ACPI at
 * all, as in captures that did not take it along, nothing is known.
 */
static struct fact_node read_port_power(const struct reader *reader)
{
	struct fact_node power = {.fact = not_asked(reader)};
	const char *port = port_above(reader, reader->function->path), *top = port;

	for (unsigned i = 0; port && i < MOST_PORTS; i++) {
		if (port_is_kept_awake(reader, port))
			return (struct fact_node){.fact = not_asked(reader)};
		power = root_stat(reader->root, arena_path(reader->arena, port,
							   "firmware_node/power_resources_D3hot"));
		if (!fact_absent(&power.fact))
			return power;
		top = port;
		port = port_above(reader, port);
	}
	if (!top)
		return power;
	struct fact_text node = root_read_link(reader->root, reader->arena,
					       arena_path(reader->arena, top, "firmware_node"));
	if (!fact_known(&node.fact))
		power.fact.state = FACT_NOT_CAPTURED;
	return power;
}

static void read_display(const struct reader *reader)
{
	struct pci_function *function = reader->function;

	function->boot_vga = read_number(reader, "boot_vga", 0, 1);
	if (pci_is_vf(function))
		return;
	function->d3cold_allowed = read_number(reader, "d3cold_allowed", 0, 1);
	function->power_control = read_line(reader, "power/control");
	function->port_power = read_port_power(reader);
}

/* Few functions may be unable to share their line: the others are not asked. */
static void read_irq(const struct reader *reader)
{
	struct pci_function *function = reader->function;
	bool on_root_bus = !port_above(reader, function->path);

	if (pci_sharing_of(function, on_root_bus) == INTX_SHARED)
		function->irq.fact = not_asked(reader);
	else
		function->irq = read_number(reader, "irq", 0, INT32_MAX);
}

/* The kernel prints "(null)" where nothing is set: driver_override_show(), drivers/pci/pci-sysfs.c.
 */
static void read_override(const struct reader *reader)
{
	struct fact_text *override = &reader->function->driver_override;

	override->fact = not_asked(reader);
	if (!fact_absent(&reader->function->driver.fact))
		return;
	*override = read_line(reader, "driver_override");
	if (fact_text_is(override, "(null)") || fact_text_is(override, ""))
		override->fact.state = FACT_ABSENT;
}

void pci_attributes_read(struct root *root, struct arena *arena, const struct iommu_groups *groups,
			 const struct pci_function *functions, size_t count,
			 struct pci_function *function)
{
	const struct reader *reader = &(struct reader){root, arena, function};

	function->physfn = read_link_name(reader, "physfn");
	read_config(reader);
	read_ids(reader, find_pf(functions, count, function));
	if (!is_there(function)) {
		pci_attributes_forget(function);
		return;
	}
	read_resources(reader);
	function->driver = read_link_name(reader, "driver");
	read_override(reader);
	function->group = read_group(reader, groups);
	read_vfio_devices(reader);
	function->iommu = read_link_name(reader, "iommu");
	function->reset_method = read_line(reader, "reset_method");
	function->ari_enabled = read_number(reader, "ari_enabled", 0, 1);
	if (pci_base_class(function) == PCI_BASE_CLASS_DISPLAY)
		read_display(reader);
	else
		function->boot_vga.fact = not_asked(reader);
	/* What is said of a PF goes for its VFs. */
	if (pci_is_vf(function))
		function->removable.fact = not_asked(reader);
	else
		function->removable = read_line(reader, "removable");
	read_irq(reader);
	read_netdevs(reader);
	read_firmware(reader);
	read_power_state(reader);
	read_vgpu(reader);
	read_sriov(reader);
	read_representors(reader);
}
