/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/hostdev_form.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "model/hostdev_warnings.h"
#include "model/reset.h"

/*
 * The guest bus of the first slot that passcheck chooses. virt-install gives a q35 guest root ports
 * for buses 1 to 14 and uses the first seven itself.
 */
enum { FIRST_GUEST_BUS = 0x08, LARGEST_GUEST_BUS = 0xff };

enum { BASE_CLASS_NETWORK = 0x02, WWN_DIGITS = 16 };

/* How bad a verdict is where a function is to be given away. */
static int badness(enum assignable_verdict verdict)
{
	static const int order[] = {
		[ASSIGNABLE] = 0,
		[ASSIGNABLE_WITH] = 1,
		[ASSIGNABLE_BLOCKED] = 3,
		[ASSIGNABLE_UNDETERMINED] = 2,
		[ASSIGNABLE_NOT_A_CANDIDATE] = 4,
	};

	return order[verdict];
}

struct builder {
	const struct model *model;
	const struct host *host;
	struct arena *arena;
	const struct pci_function *const *functions;
	size_t count;
	struct hostdev_forms *forms;
	size_t capacity;
};

static void add_reason(struct builder *builder, struct hostdev_form *form, const char *text)
{
	hostdev_note_add(builder->arena, &form->reasons, "%s", text);
}

static struct hostdev_form *append(struct builder *builder, const struct pci_function *function,
				   enum hostdev_kind kind)
{
	struct hostdev_forms *forms = builder->forms;
	struct hostdev_form *array = arena_grow(builder->arena, forms->forms, forms->count,
						&builder->capacity, sizeof(*array));

	if (!array)
		return NULL;
	forms->forms = array;
	array[forms->count] = (struct hostdev_form){
		.function = function,
		.kind = kind,
		.assignable = *assignability_of(&builder->model->assignability, function),
	};
	array[forms->count].verdict = array[forms->count].assignable.verdict;
	return &array[forms->count++];
}

static bool is_network_vf(const struct pci_function *function)
{
	return pci_is_vf(function) && pci_class(function) >> 8 == BASE_CLASS_NETWORK;
}

/* libvirt sets MAC and VLAN of a VF through a network interface of its PF. */
static bool has_pf_interface(const struct pci_function *function)
{
	return function->pf && fact_known(&function->pf->netdevs.fact) &&
	       function->pf->netdevs.count > 0;
}

static enum hostdev_kind kind_of(const struct pci_function *function)
{
	return is_network_vf(function) && has_pf_interface(function) ? HOSTDEV_KIND_INTERFACE
								     : HOSTDEV_KIND_HOSTDEV;
}

/* Takes over why the function cannot be given away, or why that cannot be told. */
static void add_verdict_reasons(struct builder *builder, struct hostdev_form *form)
{
	const struct assignable *assignable = &form->assignable;

	if (assignable->verdict == ASSIGNABLE_NOT_A_CANDIDATE)
		add_reason(builder, form, "it is a bridge, which never goes to a guest");
	for (const struct blocker *blocker = assignable->blockers; blocker; blocker = blocker->next)
		add_reason(builder, form, blocker->why);
	if (assignable->verdict != ASSIGNABLE_UNDETERMINED)
		return;
	for (const struct blocker *blocker = assignable->missing; blocker; blocker = blocker->next)
		add_reason(builder, form, blocker->why);
}

/* No libvirt XML makes QEMU take such a function, whoever forces it. */
static bool is_out_of_reach(struct builder *builder, struct hostdev_form *form)
{
	const struct pci_function *function = form->function;

	if (function->address.domain <= HOSTDEV_LARGEST_DOMAIN)
		return false;
	form->verdict = ASSIGNABLE_BLOCKED;
	add_reason(builder, form, "QEMU takes no function of a PCI domain above 0xffff");
	if (function->vmd)
		hostdev_note_add(
			builder->arena, &form->reasons,
			"the VMD endpoint %s can be given away as a whole, or VMD switched "
			"off in the firmware setup",
			function->vmd->name);
	return true;
}

/* A guest that takes what the host lives on takes the host down: no form without --force. */
static void judge_vital(struct builder *builder, struct hostdev_form *form)
{
	const struct host_use *use = form->assignable.vital;

	if (!use)
		return;
	form->verdict = ASSIGNABLE_BLOCKED;
	hostdev_note_add(builder->arena, &form->reasons, "the host lives on it: %s",
			 host_use_words(builder->arena, use));
}

static void decide(struct builder *builder, struct hostdev_form *form)
{
	add_verdict_reasons(builder, form);
	if (is_out_of_reach(builder, form) || form->verdict == ASSIGNABLE_NOT_A_CANDIDATE)
		return;
	judge_vital(builder, form);
	form->written = form->verdict == ASSIGNABLE || form->verdict == ASSIGNABLE_WITH ||
			builder->forms->options.force;
}

static bool is_wanted(const struct builder *builder, const struct pci_function *function)
{
	for (size_t i = 0; i < builder->count; i++) {
		if (builder->functions[i] == function)
			return true;
	}
	return false;
}

static bool has_form(const struct builder *builder, const struct pci_function *function)
{
	for (size_t i = 0; i < builder->forms->count; i++) {
		if (builder->forms->forms[i].function == function)
			return true;
	}
	return false;
}

/* VFs that share a device number are devices of their own. */
static bool is_same_device(const struct pci_function *a, const struct pci_function *b)
{
	return !pci_is_vf(a) && !pci_is_vf(b) && a->address.domain == b->address.domain &&
	       a->address.bus == b->address.bus && a->address.device == b->address.device;
}

static bool is_denied(const struct builder *builder, const struct pci_function *function)
{
	return assignable_has_blocker(assignability_of(&builder->model->assignability, function),
				      BLOCKER_DENYLIST);
}

/* vfio-pci takes no bridge, no PF that has VFs, and nothing of its denylist. */
static bool cannot_be_hostdev(const struct builder *builder, const struct pci_function *function,
			      const struct pci_function *companion)
{
	return pci_header_type(companion) > 0 || companion == function->pf ||
	       is_denied(builder, companion);
}

static const char *companion_kind(const struct pci_function *function,
				  const struct pci_function *companion)
{
	if (companion == function->pf)
		return "physical function";
	return pci_header_type(companion) > 0 ? "bridge" : "function";
}

/* Such a companion leaves its driver by hand. */
static void note_unbinding(struct builder *builder, struct hostdev_form *form,
			   const struct pci_function *companion)
{
	hostdev_note_add(builder->arena, &form->notes,
			 "the %s %s of its group must leave its driver %s first: echo %s > "
			 "/sys/bus/pci/devices/%s/driver/unbind",
			 companion_kind(form->function, companion), companion->name,
			 companion->driver.text, companion->name, companion->name);
}

/* <address type='unassigned'/> came with libvirt 6.0.0. */
static void place_companion(struct builder *builder, struct hostdev_form *form)
{
	if (is_same_device(form->function, form->companion_of))
		return;
	form->place = HOSTDEV_PLACE_UNASSIGNED;
	if (!hypervisor_libvirt_before(&builder->host->hypervisor, 6, 0))
		return;
	form->written = false;
	hostdev_note_add(
		builder->arena, &form->reasons,
		"the host's libvirt is older than 6.0.0 and cannot hold a function that the "
		"guest does not see: virsh nodedev-detach %s",
		hostdev_nodedev_name(builder->arena, &form->function->address));
}

static void add_companion(struct builder *builder, const struct pci_function *function,
			  const struct pci_function *companion)
{
	struct hostdev_form *form;

	/* What is behind a VMD endpoint is gone as soon as that leaves its driver, and VFs are
	 * before vfio-pci takes their PF. */
	if (is_wanted(builder, companion) || has_form(builder, companion) ||
	    (companion->vmd && companion->vmd == function) || companion->pf == function)
		return;
	form = append(builder, companion, HOSTDEV_KIND_HOSTDEV);
	if (!form)
		return;
	form->companion_of = function;
	add_verdict_reasons(builder, form);
	form->written = true;
	place_companion(builder, form);
	hostdev_warnings_add(builder->model, companion, builder->arena, &form->notes);
}

static void add_function(struct builder *builder, const struct pci_function *function)
{
	struct hostdev_form *form = append(builder, function, kind_of(function));

	if (!form)
		return;
	decide(builder, form);
	hostdev_warnings_add(builder->model, function, builder->arena, &form->notes);
	if (is_network_vf(function) && form->kind == HOSTDEV_KIND_HOSTDEV)
		hostdev_note_add(builder->arena, &form->notes,
				 "its physical function has no network interface through which "
				 "libvirt could set its MAC address and VLAN");
	if (!form->written)
		return;
	const struct assignable *assignable =
		assignability_of(&builder->model->assignability, function);
	for (size_t i = 0; i < assignable->companion_count; i++) {
		if (cannot_be_hostdev(builder, function, assignable->companions[i]))
			note_unbinding(builder, form, assignable->companions[i]);
	}
	for (size_t i = 0; i < assignable->companion_count; i++) {
		if (!cannot_be_hostdev(builder, function, assignable->companions[i]))
			add_companion(builder, function, assignable->companions[i]);
	}
}

static bool is_visible(const struct hostdev_form *form)
{
	return form->written && form->kind == HOSTDEV_KIND_HOSTDEV &&
	       form->place != HOSTDEV_PLACE_UNASSIGNED;
}

/* Returns whether the guest sees both, as functions of one device. */
static bool shares_slot(const struct hostdev_form *form, const struct hostdev_form *other)
{
	return is_visible(form) && is_visible(other) &&
	       is_same_device(form->function, other->function);
}

/* Returns the one with the lowest function number of those on form's slot. */
static struct hostdev_form *lowest_on_slot(const struct hostdev_forms *forms,
					   struct hostdev_form *form, size_t *ret_count)
{
	struct hostdev_form *lowest = form;

	*ret_count = 0;
	for (size_t i = 0; i < forms->count; i++) {
		struct hostdev_form *other = &forms->forms[i];
		if (!shares_slot(form, other))
			continue;
		if (other->function->address.function < lowest->function->address.function)
			lowest = other;
		++*ret_count;
	}
	return lowest;
}

/*
 * Puts form and the others of its device on one guest slot, each with its own function number. But
 * function 0 must be there, or the guest looks for no other.
 */
static void fill_slot(const struct hostdev_forms *forms, const struct hostdev_form *form,
		      struct hostdev_form *lowest, unsigned bus)
{
	for (size_t i = 0; i < forms->count; i++) {
		struct hostdev_form *other = &forms->forms[i];
		if (!shares_slot(form, other))
			continue;
		other->place = HOSTDEV_PLACE_SLOT;
		other->guest = (struct pci_address){
			.bus = (uint8_t)bus,
			.function = other == lowest ? 0 : other->function->address.function,
		};
	}
	lowest->multifunction = true;
}

static void choose_slots(struct hostdev_forms *forms)
{
	unsigned bus = FIRST_GUEST_BUS;

	for (size_t i = 0; i < forms->count && bus <= LARGEST_GUEST_BUS; i++) {
		struct hostdev_form *form = &forms->forms[i], *lowest;
		size_t count;

		if (form->place != HOSTDEV_PLACE_ANY)
			continue;
		lowest = lowest_on_slot(forms, form, &count);
		if (count > 1)
			fill_slot(forms, form, lowest, bus++);
	}
}

/* VFIO resets a device of several functions only where one user holds them all. */
static void note_siblings(struct builder *builder, struct hostdev_form *form)
{
	const struct pci *pci = &builder->host->pci;
	const char *siblings = "";

	if (reset_judge(builder->host, builder->arena, form->function).verdict != RESET_NONE)
		return;
	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *other = &pci->functions[i];
		if (other == form->function || !is_same_device(form->function, other) ||
		    has_form(builder, other) || pci_header_type(other) > 0)
			continue;
		siblings = arena_printf(builder->arena, "%s%s%s", siblings, *siblings ? ", " : "",
					other->name);
	}
	if (*siblings)
		hostdev_note_add(builder->arena, &form->notes,
				 "it cannot be reset without the other functions of its device, "
				 "which should go to the same guest: %s",
				 siblings);
}

static size_t count_vfs(const struct host *host, const struct pci_function *pf)
{
	size_t count = 0;

	for (size_t i = 0; i < host->pci.count; i++)
		count += host->pci.functions[i].pf == pf;
	return count;
}

/* Judges the VFs that a pool would hand out: it is of use as soon as one can be given away. */
static void judge_vfs(struct builder *builder, struct hostdev_form *form)
{
	const struct pci *pci = &builder->host->pci;
	struct assignable first = {.verdict = ASSIGNABLE_BLOCKED};

	form->verdict = ASSIGNABLE_BLOCKED;
	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		if (function->pf != form->function)
			continue;
		struct assignable assignable =
			*assignability_of(&builder->model->assignability, function);
		if (!form->vf_count)
			first = assignable;
		form->vfs[form->vf_count++] = function;
		if (badness(assignable.verdict) < badness(form->verdict))
			form->verdict = assignable.verdict;
	}
	if (form->verdict == ASSIGNABLE || form->verdict == ASSIGNABLE_WITH)
		return;
	form->assignable = first;
	add_verdict_reasons(builder, form);
}

static void add_network(struct builder *builder, const struct pci_function *pf)
{
	struct hostdev_form *form = append(builder, pf, HOSTDEV_KIND_NETWORK);

	if (!form)
		return;
	form->vfs = arena_array(builder->arena, count_vfs(builder->host, pf) + 1,
				sizeof(struct pci_function *));
	if (!form->vfs)
		return;
	judge_vfs(builder, form);
	if (!form->vf_count)
		hostdev_note_add(
			builder->arena, &form->reasons,
			"it has no VFs; passcheck plan --vfs COUNT %s says how to make them",
			pf->name);
	form->written = form->vf_count &&
			(form->verdict == ASSIGNABLE || form->verdict == ASSIGNABLE_WITH ||
			 builder->forms->options.force);
}

/* The port is below its function in sysfs. */
static bool is_below(const char *path, const struct pci_function *function)
{
	size_t length = strlen(function->path);

	return strncmp(path, function->path, length) == 0 && path[length] == '/';
}

static const struct fc_host *find_fc_host(const struct host *host,
					  const struct pci_function *function)
{
	for (size_t i = 0; i < host->fc_hosts.count; i++) {
		const struct fc_host *port = &host->fc_hosts.hosts[i];
		bool is_virtual = fact_known(&port->port_type.fact) &&
				  strcmp(port->port_type.text, "NPIV VPORT") == 0;
		if (!is_virtual && is_below(port->path, function))
			return port;
	}
	return NULL;
}

/* Blocks a virtual port where the port cannot carry one; notes what could not be read. */
static void judge_fc_host(struct builder *builder, struct hostdev_form *form)
{
	const struct fc_host *port = form->fc_host;

	form->verdict = ASSIGNABLE;
	if (!fact_known(&port->vport_create.fact) || !fact_known(&port->max_vports.fact) ||
	    !fact_known(&port->vports_inuse.fact) || !fact_known(&port->port_state.fact)) {
		bool denied = fact_absent(&port->vport_create.fact);
		form->verdict = denied ? ASSIGNABLE_BLOCKED : ASSIGNABLE_UNDETERMINED;
		add_reason(builder, form,
			   denied ? "its driver makes no virtual ports"
				  : "whether its port can carry virtual ports could not be read");
		return;
	}
	if (strcmp(port->port_state.text, "Online") != 0) {
		form->verdict = ASSIGNABLE_BLOCKED;
		hostdev_note_add(builder->arena, &form->reasons, "its port %s is not Online but %s",
				 port->name, port->port_state.text);
	}
	if (port->vports_inuse.value >= port->max_vports.value) {
		form->verdict = ASSIGNABLE_BLOCKED;
		hostdev_note_add(builder->arena, &form->reasons,
				 "all %" PRId64 " virtual ports of %s are in use",
				 port->max_vports.value, port->name);
	}
}

static void add_vport(struct builder *builder, const struct pci_function *function,
		      const struct fc_host *port, enum hostdev_kind kind)
{
	struct hostdev_form *form = append(builder, function, kind);

	if (!form)
		return;
	form->fc_host = port;
	judge_fc_host(builder, form);
	form->written = form->verdict == ASSIGNABLE || builder->forms->options.force;
}

/* Forms of LUNs, by what --lun names them. */
struct lun_kind {
	const char *name;
	enum hostdev_kind kind;
};

static const struct lun_kind lun_kinds[] = {
	{.name = "hostdev", .kind = HOSTDEV_KIND_LUN_HOSTDEV},
	{.name = "disk", .kind = HOSTDEV_KIND_LUN_DISK},
	{.name = "volume", .kind = HOSTDEV_KIND_LUN_VOLUME},
};

static const struct lun_kind *find_lun_kind(const char *name)
{
	for (size_t i = 0; i < sizeof(lun_kinds) / sizeof(lun_kinds[0]); i++) {
		if (strcmp(lun_kinds[i].name, name) == 0)
			return &lun_kinds[i];
	}
	return NULL;
}

bool hostdev_lun_is_valid(const char *text)
{
	return find_lun_kind(text) != NULL;
}

const char *hostdev_lun_device(struct arena *arena, const struct fc_lun *lun)
{
	static const char naa[] = "naa.";
	bool known =
		fact_known(&lun->wwid.fact) && strncmp(lun->wwid.text, naa, sizeof(naa) - 1) == 0;

	if (known && lun->wwid.text[strspn(lun->wwid.text + sizeof(naa) - 1, "0123456789abcdef") +
				    sizeof(naa) - 1] == '\0')
		return arena_printf(arena, "/dev/disk/by-id/wwn-0x%s",
				    lun->wwid.text + sizeof(naa) - 1);
	if (fact_known(&lun->block.fact) && lun->block.count == 1)
		return arena_printf(arena, "/dev/%s", lun->block.names[0]);
	return NULL;
}

/* SPC's peripheral device types. Arrays show a controller as LUN 0, which is no one's. */
static bool fits_kind(const struct fc_lun *lun, enum hostdev_kind kind)
{
	enum { DISK = 0x00, TAPE = 0x01, OPTICAL = 0x05, CHANGER = 0x08 };
	int64_t type = lun->type.value;

	if (!fact_known(&lun->type.fact))
		return true;
	return type == DISK || (kind == HOSTDEV_KIND_LUN_HOSTDEV &&
				(type == TAPE || type == OPTICAL || type == CHANGER));
}

/* A LUN that the host has mounted, or swaps to, would be written by two. */
static void judge_lun(struct builder *builder, struct hostdev_form *form)
{
	const struct usage *usage = &builder->host->usage;
	const struct fc_lun *lun = form->lun;
	size_t length = strlen(lun->path);

	form->verdict = ASSIGNABLE;
	if (!fact_known(&lun->type.fact) || !fact_settled(&usage->mounts) ||
	    !fact_settled(&usage->swaps)) {
		form->verdict = ASSIGNABLE_UNDETERMINED;
		add_reason(builder, form,
			   fact_known(&lun->type.fact) ? "what the host uses could not be read"
						       : "what kind of unit it is could not be "
							 "read");
	}
	for (size_t i = 0; i < usage->count; i++) {
		const struct usage_entry *entry = &usage->entries[i];
		if (strncmp(entry->path, lun->path, length) != 0 ||
		    (entry->path[length] && entry->path[length] != '/'))
			continue;
		form->verdict = ASSIGNABLE_BLOCKED;
		hostdev_note_add(builder->arena, &form->reasons, "the host uses %s itself: %s",
				 lun->name, entry->what);
	}
}

static void note_lun(struct builder *builder, struct hostdev_form *form)
{
	const char *device = hostdev_lun_device(builder->arena, form->lun);

	if (form->kind == HOSTDEV_KIND_LUN_HOSTDEV)
		hostdev_note_add(builder->arena, &form->notes,
				 "the number of %s may be another after a reboot",
				 form->fc_host->name);
	if (form->kind != HOSTDEV_KIND_LUN_DISK)
		return;
	if (!device)
		add_reason(builder, form, "its block device could not be told");
	if (!device)
		form->verdict = ASSIGNABLE_UNDETERMINED;
	else if (strncmp(device, "/dev/disk/", strlen("/dev/disk/")) != 0)
		hostdev_note_add(builder->arena, &form->notes,
				 "it has no lasting name: %s may be another unit after a reboot",
				 device);
}

static void add_lun(struct builder *builder, const struct pci_function *function,
		    const struct fc_host *port, const struct fc_lun *lun, enum hostdev_kind kind)
{
	struct hostdev_form *form = append(builder, function, kind);

	if (!form)
		return;
	form->fc_host = port;
	form->lun = lun;
	form->disk = (unsigned)builder->forms->count - 1;
	judge_lun(builder, form);
	note_lun(builder, form);
	form->written =
		form->verdict == ASSIGNABLE ||
		(builder->forms->options.force && hostdev_lun_device(builder->arena, lun)) ||
		(builder->forms->options.force && kind != HOSTDEV_KIND_LUN_DISK);
}

/* A form that only says why there is none. */
static void refuse_luns(struct builder *builder, const struct pci_function *function,
			enum hostdev_kind kind, enum assignable_verdict verdict, const char *why)
{
	struct hostdev_form *form = append(builder, function, kind);

	if (!form)
		return;
	form->verdict = verdict;
	add_reason(builder, form, why);
}

/* Returns the virtual port of that name that the function's port carries, or NULL. */
static const struct fc_host *find_vport(const struct host *host,
					const struct pci_function *function, const char *wwpn)
{
	for (size_t i = 0; i < host->fc_hosts.count; i++) {
		const struct fc_host *port = &host->fc_hosts.hosts[i];
		if (is_below(port->path, function) && fact_known(&port->port_name.fact) &&
		    strtoull(port->port_name.text, NULL, 16) == strtoull(wwpn, NULL, 16))
			return port;
	}
	return NULL;
}

static void add_luns(struct builder *builder, const struct pci_function *function,
		     const struct fc_host *port, enum hostdev_kind kind)
{
	if (!fact_known(&port->luns_fact)) {
		refuse_luns(builder, function, kind, ASSIGNABLE_UNDETERMINED,
			    "what units its port has found could not be read");
		return;
	}
	for (size_t i = 0; i < port->lun_count; i++) {
		if (fits_kind(&port->luns[i], kind))
			add_lun(builder, function, port, &port->luns[i], kind);
	}
	if (!builder->forms->count)
		refuse_luns(builder, function, kind, ASSIGNABLE_BLOCKED,
			    "its port has found no units of that kind");
}

static int reject(const char **ret_why, const char *why)
{
	*ret_why = why;
	return -EINVAL;
}

static int build_networks(struct builder *builder, const char **ret_why)
{
	if (builder->count != 1)
		return reject(ret_why, "--network is for one physical function");
	if (fact_absent(&builder->functions[0]->sriov.totalvfs.fact))
		return reject(ret_why, "--network is for a function that offers VFs");
	add_network(builder, builder->functions[0]);
	return 0;
}

static int build_vports(struct builder *builder, const char **ret_why)
{
	const struct fc_host *port;

	if (builder->count != 1)
		return reject(ret_why, "--vport is for one Fibre Channel function");
	port = find_fc_host(builder->host, builder->functions[0]);
	if (!port)
		return reject(ret_why, "--vport is for a function with a Fibre Channel port");
	add_vport(builder, builder->functions[0], port, HOSTDEV_KIND_VPORT_POOL);
	add_vport(builder, builder->functions[0], port, HOSTDEV_KIND_VPORT_DEVICE);
	return 0;
}

static int build_luns(struct builder *builder, const char **ret_why)
{
	const struct hostdev_options *options = &builder->forms->options;
	enum hostdev_kind kind = find_lun_kind(options->lun)->kind;
	const struct pci_function *function = builder->functions[0];

	if (builder->count != 1)
		return reject(ret_why, "--lun is for one Fibre Channel function");
	const struct fc_host *port = find_fc_host(builder->host, function);
	if (!port)
		return reject(ret_why, "--lun is for a function with a Fibre Channel port");
	if (kind == HOSTDEV_KIND_LUN_VOLUME && !options->wwpn)
		return reject(ret_why, "--lun volume is for a virtual port, which --vport names");
	if (options->wwpn)
		port = find_vport(builder->host, function, options->wwpn);
	if (port)
		add_luns(builder, function, port, kind);
	else
		refuse_luns(builder, function, kind, ASSIGNABLE_BLOCKED,
			    "it has no virtual port of that name yet; --vport without --lun "
			    "writes what makes it");
	return 0;
}

static int build_functions(struct builder *builder, const char **ret_why)
{
	const struct hostdev_options *options = &builder->forms->options;
	size_t interfaces = 0;

	for (size_t i = 0; i < builder->count; i++)
		interfaces += kind_of(builder->functions[i]) == HOSTDEV_KIND_INTERFACE;
	if (options->mac && interfaces != 1)
		return reject(ret_why, "--mac is for one VF of a network function");
	if (options->vlan && !interfaces)
		return reject(ret_why, "--vlan is for VFs of a network function");
	for (size_t i = 0; i < builder->count; i++)
		add_function(builder, builder->functions[i]);
	choose_slots(builder->forms);
	for (size_t i = 0; i < builder->forms->count; i++)
		note_siblings(builder, &builder->forms->forms[i]);
	return 0;
}

static void conclude(struct hostdev_forms *forms)
{
	forms->verdict = ASSIGNABLE;
	for (size_t i = 0; i < forms->count; i++) {
		const struct hostdev_form *form = &forms->forms[i];
		if (!form->companion_of && badness(form->verdict) > badness(forms->verdict))
			forms->verdict = form->verdict;
	}
}

int hostdev_forms_build(const struct model *model, const struct pci_function *const *functions,
			size_t count, const struct hostdev_options *options, struct arena *arena,
			struct hostdev_forms *ret, const char **ret_why)
{
	struct hostdev_forms forms = {.options = *options};
	struct builder builder = {
		.model = model,
		.host = model->host,
		.arena = arena,
		.functions = functions,
		.count = count,
		.forms = &forms,
	};
	int result;

	if ((options->network || options->wwpn || options->lun) && (options->mac || options->vlan))
		return reject(ret_why, "--mac and --vlan are for VFs, not for what holds them");
	if (options->network && (options->wwpn || options->lun))
		return reject(ret_why, "--network and --vport or --lun exclude one another");
	if (options->network)
		result = build_networks(&builder, ret_why);
	else if (options->lun)
		result = build_luns(&builder, ret_why);
	else if (options->wwpn)
		result = build_vports(&builder, ret_why);
	else
		result = build_functions(&builder, ret_why);
	if (result < 0)
		return result;
	conclude(&forms);
	*ret = forms;
	return 0;
}

const char *hostdev_nodedev_name(struct arena *arena, const struct pci_address *address)
{
	return arena_printf(arena, "pci_%04x_%02x_%02x_%x", address->domain, address->bus,
			    address->device, address->function);
}

const char *hostdev_form_name(struct arena *arena, const struct hostdev_form *form)
{
	const char *name = hostdev_nodedev_name(arena, &form->function->address);

	switch (form->kind) {
	case HOSTDEV_KIND_HOSTDEV:
	case HOSTDEV_KIND_INTERFACE:
		return name;
	case HOSTDEV_KIND_NETWORK:
		return arena_printf(arena, "network_%s", name);
	case HOSTDEV_KIND_VPORT_POOL:
		return arena_printf(arena, "pool_%s", form->fc_host->name);
	case HOSTDEV_KIND_VPORT_DEVICE:
		return arena_printf(arena, "vport_%s", form->fc_host->name);
	case HOSTDEV_KIND_LUN_HOSTDEV:
	case HOSTDEV_KIND_LUN_DISK:
	case HOSTDEV_KIND_LUN_VOLUME:
		return arena_printf(arena, "lun_%u_%u_%" PRIu64 "_%s", form->lun->bus,
				    form->lun->target, form->lun->unit, form->fc_host->name);
	}
	return name;
}

bool hostdev_mac_is_valid(const char *text)
{
	static const char form[] = "xx:xx:xx:xx:xx:xx";
	bool zero = true;

	if (strlen(text) != sizeof(form) - 1)
		return false;
	for (size_t i = 0; form[i]; i++) {
		if (form[i] == ':' ? text[i] != ':' : !isxdigit((unsigned char)text[i]))
			return false;
		zero &= form[i] == ':' || text[i] == '0';
	}
	/* Bit 0 of the first octet marks a group of interfaces. */
	return !zero && !(strtoul(text, NULL, 16) & 1);
}

bool hostdev_vport_parse(struct arena *arena, const char *text, struct hostdev_options *ret)
{
	static const char digits[] = "0123456789abcdefABCDEF";

	if (strspn(text, digits) != WWN_DIGITS || text[WWN_DIGITS] != ':' ||
	    strspn(text + WWN_DIGITS + 1, digits) != WWN_DIGITS || text[2 * WWN_DIGITS + 1])
		return false;
	ret->wwpn = arena_copy(arena, text, WWN_DIGITS);
	ret->wwnn = arena_copy(arena, text + WWN_DIGITS + 1, WWN_DIGITS);
	return true;
}
