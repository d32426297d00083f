/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/log/identity.h"

#include <string.h>

#include "host/pci/capabilities.h"

static const char *release_differs(const struct log_findings *log, const struct host *host,
				   struct arena *arena)
{
	const struct fact_text *release = &host->kernel_release;

	if (!*log->release || !fact_known(&release->fact) ||
	    strcmp(log->release, release->text) == 0)
		return NULL;
	return arena_printf(arena, "the log is of Linux %s, and the host runs %s", log->release,
			    release->text);
}

/* A capture does not keep all of the command line. */
static const char *command_line_differs(const struct log_findings *log, const struct host *host)
{
	uint64_t now = host->captured ? 0 : log_command_line_hash(&host->cmdline);

	if (!log->command_line || !now || log->command_line == now)
		return NULL;
	return "the log is of a boot with another kernel command line";
}

static bool same_ids(const struct log_function *function, const struct pci_function *now)
{
	return !pci_knows_ids(now) ||
	       (now->vendor.value == function->vendor && now->device.value == function->device);
}

/* Where the VFs of a PF are: requester ids. */
struct vf_places {
	uint32_t domain;
	size_t first, stride, count;
};

/* Lists those of each PF. Returns how many there are. */
static size_t list_vf_places(const struct pci *pci, struct vf_places *places)
{
	size_t count = 0;

	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_function *function = &pci->functions[i];
		struct sriov_capability sriov = sriov_decode(&function->config);
		if (sriov.capability.state != FACT_KNOWN)
			continue;
		places[count] = (struct vf_places){
			.domain = function->address.domain,
			.first = (size_t)pci_requester_id(&function->address) +
				 sriov.first_vf_offset,
			.stride = sriov.vf_stride ? sriov.vf_stride : 1,
			.count = sriov.total_vfs,
		};
		count++;
	}
	return count;
}

static bool is_vf_place(const struct vf_places *places, const struct pci_address *address)
{
	size_t id = pci_requester_id(address);

	return address->domain == places->domain && id >= places->first &&
	       (id - places->first) % places->stride == 0 &&
	       (id - places->first) / places->stride < places->count;
}

/* Whether the log tells the ids of a function that cannot come and go with VFs: where its beginning
 * is lost, it may tell of VFs alone, which are gone. */
static bool tells_absent(const struct log_findings *log, const struct host *host,
			 struct arena *arena)
{
	struct vf_places *places = arena_array(arena, host->pci.count + 1, sizeof(*places));
	size_t count = places ? list_vf_places(&host->pci, places) : 0;

	for (size_t i = 0; i < log->function_count; i++) {
		const struct log_function *function = &log->functions[i];
		bool is_vf = false;
		for (size_t k = 0; k < count && !is_vf; k++)
			is_vf = is_vf_place(&places[k], &function->address);
		if (function->has_ids && !is_vf)
			return true;
	}
	return false;
}

static const char *ids_differ(const struct log_findings *log, const struct host *host,
			      struct arena *arena)
{
	size_t found = 0;

	for (size_t i = 0; i < log->function_count; i++) {
		const struct log_function *function = &log->functions[i];
		const struct pci_function *now = pci_find(&host->pci, &function->address);
		if (!function->has_ids)
			continue;
		found += now != NULL;
		if (now && !same_ids(function, now))
			return arena_printf(arena,
					    "the log is of another machine: there %s is %04x:%04x",
					    now->name, function->vendor, function->device);
	}
	return !found && tells_absent(log, host, arena)
		       ? "the log is of another machine: the host has none of its functions"
		       : NULL;
}

/* One that says that there is no such function is no sign of another machine. */
static bool names_function(const struct log_event *event)
{
	return event->values.has_function && event->message->fact != LOG_FACT_MISSING;
}

/* A device may send as a function that it does not have, and a VF may be gone: the device counts.
 */
static bool has_device(const struct pci *pci, const struct pci_address *address)
{
	for (size_t i = 0; i < pci->count; i++) {
		const struct pci_address *other = &pci->functions[i].address;
		if (other->domain == address->domain && other->bus == address->bus &&
		    other->device == address->device)
			return true;
	}
	return false;
}

static const char *functions_differ(const struct log_findings *log, const struct host *host)
{
	size_t told = 0;

	for (size_t i = 0; i < log->event_count; i++) {
		const struct log_event *event = &log->events[i];
		if (!names_function(event))
			continue;
		told++;
		if (has_device(&host->pci, &event->values.function))
			return NULL;
	}
	return told ? "the host has none of the functions that the log names" : NULL;
}

const char *log_differs(const struct log_findings *log, const struct host *host,
			struct arena *arena)
{
	const char *why = release_differs(log, host, arena);

	if (!why)
		why = command_line_differs(log, host);
	if (!why && fact_known(&host->pci.fact))
		why = ids_differ(log, host, arena);
	if (!why && fact_known(&host->pci.fact))
		why = functions_differ(log, host);
	return why;
}
