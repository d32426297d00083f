/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/read/readers.h"
#include "guest/yaml/stacks_yaml.h"
#include "host/base/affix.h"
#include "host/base/array.h"

/* An entry of HyperConverged that is disabled does not reach the KubeVirt object
 * (controllers/handlers/kubevirt.go of hyperconverged-cluster-operator). */
static void add_pool(const struct yaml *yaml, const yaml_node_t *permitted,
		     struct guest_list *guests)
{
	const yaml_node_t *own = yaml_member(yaml, permitted, "pciVendorSelector");
	const yaml_node_t *selector = own ? own : yaml_member(yaml, permitted, "pciDeviceSelector");
	struct pool_choice *choice = arena_alloc(guests->arena, sizeof(*choice));
	const char *name = yaml_member_text(yaml, permitted, "resourceName");
	struct domain_document *document;

	if (!choice || !name || !selector ||
	    word_is(yaml_member_text(yaml, permitted, "disabled"), "true"))
		return;
	choice->ids = pool_ids_read(yaml_text(yaml, selector));
	if (choice->ids.vendor < 0)
		return;
	choice->line = yaml_line(selector);
	document = guest_list_add(guests, DOMAIN_DOCUMENT_POOL);
	if (document)
		document->pool = (struct domain_pool){
			.name = name, .by_ids = true, .choices = choice, .count = 1};
}

/* HyperConverged has what it writes into the KubeVirt object (api/v1beta1/hyperconverged_types.go
 * of hyperconverged-cluster-operator). */
static void read_permitted(const struct yaml *yaml, const yaml_node_t *object,
			   struct guest_list *guests)
{
	static const char *const kubevirt[] = {"spec", "configuration", "permittedHostDevices",
					       "pciHostDevices", NULL};
	static const char *const hyperconverged[] = {"spec", "permittedHostDevices",
						     "pciHostDevices", NULL};
	const yaml_node_t *own = yaml_path(yaml, object, kubevirt);
	const yaml_node_t *permitted = own ? own : yaml_path(yaml, object, hyperconverged);

	for (size_t i = 0; i < yaml_count(permitted); i++)
		add_pool(yaml, yaml_item(yaml, permitted, i), guests);
}

/* KubeVirt binds nothing: what it gives is on vfio-pci before. Without a deviceName the device is
 * of a resource claim (dynamic resource allocation), and another driver chooses it. */
static void add_devices(const struct yaml *yaml, const yaml_node_t *devices, const char *key,
			struct device_list *list)
{
	const yaml_node_t *items = yaml_member(yaml, devices, key);

	for (size_t i = 0; i < yaml_count(items); i++) {
		const yaml_node_t *item = yaml_item(yaml, items, i);
		const char *resource = yaml_member_text(yaml, item, "deviceName");
		const struct domain_device device = {.kind = DOMAIN_DEVICE_FOREIGN,
						     .element = key,
						     .line = yaml_line(item),
						     .pool = resource};
		device_list_add(list, &device);
	}
}

/* An interface with "sriov: {}" takes a VF that the device plugin of a network chooses. */
static void add_interfaces(const struct yaml *yaml, const yaml_node_t *devices,
			   struct device_list *list)
{
	const yaml_node_t *items = yaml_member(yaml, devices, "interfaces");

	for (size_t i = 0; i < yaml_count(items); i++) {
		const yaml_node_t *item = yaml_item(yaml, items, i);
		const struct domain_device device = {
			.kind = DOMAIN_DEVICE_FOREIGN, .element = "sriov", .line = yaml_line(item)};
		if (yaml_member(yaml, item, "sriov"))
			device_list_add(list, &device);
	}
}

static uint64_t memory_of(const struct yaml *yaml, const yaml_node_t *domain)
{
	static const char *const guest[] = {"memory", "guest", NULL};
	static const char *const requests[] = {"resources", "requests", "memory", NULL};
	const yaml_node_t *memory = yaml_path(yaml, domain, guest);

	return yaml_bytes(yaml_text(yaml, memory ? memory : yaml_path(yaml, domain, requests)));
}

/* The kubelet gives pages that the host has set aside. */
static void take_hugepages(const struct yaml *yaml, const yaml_node_t *spec, struct domain *domain)
{
	static const char *const size[] = {"memory", "hugepages", "pageSize", NULL};

	domain->page_size = yaml_bytes(yaml_text(yaml, yaml_path(yaml, spec, size)));
	domain->hugepages = domain->page_size > 0;
}

/* Returns the domain of a pool of machines, a machine or an instance; the spec of an instance type,
 * which has devices as a domain's are; NULL for another object. */
static const yaml_node_t *find_domain(const struct yaml *yaml, const yaml_node_t *object)
{
	static const char *const pool[] = {
		"spec", "virtualMachineTemplate", "spec", "template", "spec", "domain", NULL};
	static const char *const machine[] = {"spec", "template", "spec", "domain", NULL};
	static const char *const instance[] = {"spec", "domain", NULL};
	static const char *const *const paths[] = {pool, machine, instance};
	const char *kind = yaml_member_text(yaml, object, "kind");

	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
		const yaml_node_t *domain = yaml_path(yaml, object, paths[i]);
		if (domain)
			return domain;
	}
	return kind && ends_with(kind, "Instancetype") ? yaml_member(yaml, object, "spec") : NULL;
}

void kubevirt_read(const struct yaml *yaml, const yaml_node_t *object, struct guest_list *guests)
{
	static const char *const naming[] = {"metadata", "name", NULL};
	const yaml_node_t *spec = find_domain(yaml, object);
	const char *name = yaml_text(yaml, yaml_path(yaml, object, naming));
	struct domain domain = {.name = name ? name : "guest", .other_stack = true};
	struct device_list list = {.arena = guests->arena, .domain = &domain};

	read_permitted(yaml, object, guests);
	if (!spec)
		return;
	const yaml_node_t *own = yaml_member(yaml, spec, "devices");
	const yaml_node_t *devices = own ? own : spec;
	domain.memory = memory_of(yaml, spec);
	take_hugepages(yaml, spec, &domain);
	add_devices(yaml, devices, "gpus", &list);
	add_devices(yaml, devices, "hostDevices", &list);
	add_interfaces(yaml, devices, &list);
	guest_list_add_domain(guests, DOMAIN_DOCUMENT_DOMAIN, &list);
}
