/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "model/class_word.h"
#include "model/sriov/vf_bus.h"
#include "model/sriov/vf_link.h"
#include "report/audit/json/elements.h"

struct json_item *json_group(struct json *json, const struct model *model,
			     const struct iommu_group *group)
{
	const struct companion_list held = companions_of_group(&model->companions, group);
	struct json_item *object = json_object(json), *functions = json_array(json);
	struct json_item *companions = json_array(json);

	json_add_integer(json, object, "id", group->id);
	for (size_t i = 0; i < group->devices.count; i++)
		json_add_text(json, functions, NULL, group->devices.names[i]);
	json_add(json, object, "functions", functions);
	for (size_t i = 0; i < held.count; i++)
		json_add_text(json, companions, NULL, held.functions[i]->name);
	json_add(json, object, "companions", companions);
	json_add_fact_text(json, object, "type", &group->type);
	return object;
}

/* The methods as words, in the kernel's order; commas of newer kernels are no part of them. */
static void add_reset_methods(struct json *json, struct json_item *object,
			      const struct pci_function *function)
{
	char *save = NULL;

	if (!fact_settled(&function->reset_method.fact)) {
		json_add_null(json, object, "reset_methods");
		return;
	}
	struct json_item *array = json_array(json);
	const char *text =
		fact_known(&function->reset_method.fact) ? function->reset_method.text : "";
	for (char *word = strtok_r(arena_copy(json->arena, text, strlen(text)), ", \n", &save);
	     word; word = strtok_r(NULL, ", \n", &save))
		json_add_text(json, array, NULL, word);
	json_add(json, object, "reset_methods", array);
}

static void add_netdevs(struct json *json, struct json_item *object,
			const struct pci_function *function)
{
	const struct fact *fact = &function->netdevs.fact;

	/* Only network functions are asked for their interfaces. */
	if (fact->state == FACT_UNREADABLE || fact->state == FACT_MALFORMED) {
		json_add_null(json, object, "netdevs");
		return;
	}
	struct json_item *array = json_array(json);
	for (size_t i = 0; i < function->netdevs.count; i++)
		json_add_text(json, array, NULL, function->netdevs.names[i]);
	json_add(json, object, "netdevs", array);
}

static struct json_item *acs_names(struct json *json, uint16_t bits)
{
	struct json_item *array = json_array(json);

	for (unsigned bit = 1; bit <= UINT16_MAX; bit <<= 1) {
		const char *name = bits & bit ? acs_bit_name((uint16_t)bit) : NULL;
		if (name)
			json_add_text(json, array, NULL, name);
	}
	return array;
}

static void add_acs(struct json *json, struct json_item *parent,
		    const struct pci_function *function)
{
	struct acs_capability acs = acs_decode(&function->config);

	if (acs.capability.state == FACT_ABSENT) {
		json_add_null(json, parent, "acs");
		return;
	}
	struct json_item *object = json_object(json);
	if (acs.capability.state == FACT_KNOWN) {
		json_add(json, object, "supported", acs_names(json, acs.supported));
		json_add(json, object, "enabled", acs_names(json, acs.enabled));
	} else {
		json_add_text(json, object, "state", fact_state_name(acs.capability.state));
	}
	json_add(json, parent, "acs", object);
}

static void add_numa_node(struct json *json, struct json_item *object,
			  const struct pci_function *function)
{
	/* Firmware that assigns no node reads as -1. */
	if (fact_known(&function->numa_node.fact) && function->numa_node.value >= 0)
		json_add_integer(json, object, "numa_node", function->numa_node.value);
	else
		json_add_null(json, object, "numa_node");
}

/* Which of its PF's VFs it is, from 0 on. */
static void add_vf_index(struct json *json, struct json_item *object, const struct model *model,
			 const struct pci_function *function)
{
	const struct pci *pci = &model->host->pci;
	const struct pci_function *pf =
		pci_is_vf(function)
			? pci_functions_find_name(pci->functions, pci->count, function->physfn.text)
			: NULL;
	const struct vf_budget *budget = pf ? vf_budget_of(&model->vf_budgets, pf) : NULL;
	uint32_t index;

	if (budget && vf_budget_index(budget, function, &index))
		json_add_integer(json, object, "vf_index", index);
	else
		json_add_null(json, object, "vf_index");
}

static void add_versions(struct json *json, struct json_item *object, const struct host *host,
			 const struct pci_function *function)
{
	const struct fact_text *driver = pci_driver_version(&host->versions, function);

	if (driver)
		json_add_fact_text(json, object, "driver_version", driver);
	else
		json_add_null(json, object, "driver_version");
	json_add_fact_text(json, object, "firmware_version", &function->firmware_version);
}

static void add_isolated(struct json *json, struct json_item *object, const struct model *model,
			 const struct pci_function *function)
{
	const char *neighbour;
	enum alone_state state = alone_of(&model->alone, function, &neighbour);

	if (state == ALONE_UNKNOWN)
		json_add_null(json, object, "isolated");
	else
		json_add_bool(json, object, "isolated", state == ALONE_YES);
}

static void add_setting(struct json *json, struct json_item *object, const char *name,
			int64_t setting)
{
	if (setting == VF_LINK_UNKNOWN)
		json_add_null(json, object, name);
	else
		json_add_bool(json, object, name, setting == 1);
}

static void add_number(struct json *json, struct json_item *object, const char *name,
		       int64_t number)
{
	if (number == VF_LINK_UNKNOWN)
		json_add_null(json, object, name);
	else
		json_add_integer(json, object, name, number);
}

/* What the PF's driver keeps of a network VF. */
static void add_vf_network(struct json *json, struct json_item *parent, const struct model *model,
			   const struct pci_function *function)
{
	const struct vf_link *link = vf_link_of(model, function);
	struct json_item *object;

	if (!link) {
		json_add_null(json, parent, "vf_network");
		return;
	}
	object = json_object(json);
	json_add_text(json, object, "mac", link->mac);
	add_number(json, object, "vlan", link->vlan);
	add_number(json, object, "vlan_qos", link->qos);
	json_add_text(json, object, "vlan_protocol", vf_link_protocol(link));
	add_setting(json, object, "trust", link->trust);
	add_setting(json, object, "spoof_check", link->spoof_check);
	json_add(json, parent, "vf_network", object);
}

struct json_item *json_function(struct json *json, const struct audit *audit, struct names *names,
				const struct pci_function *function,
				const struct pci_function *lister)
{
	const struct model *model = &audit->model;
	struct json_item *object = json_object(json);

	json_add_text(json, object, "address", function->name);
	json_add_identity(json, object, function, audit->input.identity);
	json_add_text(json, object, "name", names_find(names, json->arena, function));
	json_add_fact_hex(json, object, "class", &function->class_code, 6);
	json_add_text(json, object, "class_word", class_word_name(class_word_of(function)));
	json_add_fact_text(json, object, "driver", &function->driver);
	add_versions(json, object, model->host, function);
	add_numa_node(json, object, function);
	json_add_text(json, object, "host_bridge", pci_host_bridge(function, json->arena));
	json_add_text(json, object, "parent", function->parent ? function->parent->name : NULL);
	json_add_text(json, object, "port_type", pcie_type_name(function->pcie_type));
	json_add(json, object, "link", json_link(json, function));
	add_reset_methods(json, object, function);
	add_netdevs(json, object, function);
	json_add_fact_text(json, object, "physical_function", &function->physfn);
	add_vf_index(json, object, model, function);
	add_vf_network(json, object, model, function);
	add_acs(json, object, function);
	json_add(json, object, "isolation", json_isolation(json, model, function, lister));
	add_isolated(json, object, model, function);
	json_add(json, object, "sriov", json_sriov(json, model, function));
	json_add(json, object, "assignable", json_assignable(json, model, function));
	return object;
}
