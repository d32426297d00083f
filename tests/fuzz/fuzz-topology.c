/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Builds a whole host of the input's records: a table of firmware, bridges and endpoints, drivers,
 * groups, SR-IOV. No verdict may be better than the kernel's rules allow, nor better than it is
 * where nothing of the host is lost, and every document must be well formed.
 */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/topology.h"

/* What a report says of a function. */
struct said {
	int rank;           /* 2: assignable, 1: with others, 0: neither */
	int vfs;            /* that are usable; 0 where it is not known */
	uint32_t predicted; /* group, a bit for each function; 0 where it is not known */
};

_Static_assert(MOST_FUNCTIONS <= 32, "a group has a bit for each function");

struct judgement {
	const struct topology *topology;
	struct said functions[MOST_FUNCTIONS];
	bool ready;
};

static bool names(const cJSON *companions, const char *address)
{
	const cJSON *companion;

	cJSON_ArrayForEach(companion, companions)
	{
		if (strcmp(cJSON_GetStringValue(companion), address) == 0)
			return true;
	}
	return false;
}

static bool in_one_group(const struct function *function, const struct function *other)
{
	return other->grouped && other->record.group == function->record.group;
}

/*
 * The group of a function is viable only while no other function of it has a driver of the host;
 * bridges do not count (vfio_dev_driver_allowed()).
 */
static void judge_group(const struct topology *topology, const struct function *function,
			const cJSON *assignable, bool alone)
{
	const cJSON *companions = cJSON_GetObjectItem(assignable, "companions");

	for (size_t i = 0; i < topology->count; i++) {
		const struct function *other = &topology->functions[i];
		if (other == function || other->kind->bridge || other->harmless ||
		    !in_one_group(function, other))
			continue;
		fuzz_must(!alone, "who is assignable has no driver beside it");
		fuzz_must(cJSON_IsNull(companions) || names(companions, other->address),
			  "who must leave its driver is a companion");
	}
}

/* Forged tables say other things than the topology does, and one that is not there says nothing. */
static void judge_memory(const struct topology *topology, const struct function *function)
{
	if (topology_damage(topology) == FIRMWARE_FORGED || topology_lost_table(topology))
		return;
	for (size_t i = 0; i < topology->count; i++)
		fuzz_must(!in_one_group(function, &topology->functions[i]) ||
				  !topology_is_held(topology, &topology->functions[i]),
			  "what is assignable shares no group with reserved memory");
}

/* Whom no rule holds back: a report that never says assignable would break none of them. */
static bool is_free(const struct topology *topology, const struct function *function)
{
	bool whole = topology_damage(topology) == FIRMWARE_WHOLE && !topology->platform.lost &&
		     !(function->record.traits & (TRAIT_CONFIG_LOST | TRAIT_CLASS_LOST));
	bool alone = true, reserved = false;

	for (size_t i = 0; i < topology->count; i++) {
		const struct function *other = &topology->functions[i];
		alone &= other == function || !in_one_group(function, other);
		reserved |= other->record.traits & TRAIT_RESERVED;
	}
	return whole && alone && !reserved && function->grouped && function->harmless &&
	       !function->kind->bridge && topology_remaps(topology);
}

/* Up to Linux 6.14 the IORT is asked for a function once a driver is bound to it (really_probe() of
 * drivers/base/dd.c). */
static bool gets_group(const struct topology *topology, const struct function *function)
{
	return topology_table(topology) == FIRMWARE_IORT && !function->bound;
}

static int judge_verdict(const struct topology *topology, const struct function *function,
			 const cJSON *assignable)
{
	const char *verdict = cJSON_GetStringValue(cJSON_GetObjectItem(assignable, "verdict"));
	bool alone = verdict && strcmp(verdict, "assignable") == 0;

	fuzz_must(verdict, "a function has a verdict");
	fuzz_must(alone || !is_free(topology, function), "whom no rule holds back is assignable");
	if (!alone && strcmp(verdict, "assignable-with") != 0)
		return 0;
	fuzz_must(function->grouped || gets_group(topology, function),
		  "what is assignable has a group");
	fuzz_must(!function->kind->bridge, "what is assignable is no bridge");
	fuzz_must(topology_remaps(topology), "what is assignable has its interrupts remapped");
	judge_group(topology, function, assignable, alone);
	judge_memory(topology, function);
	return alone ? 2 : 1;
}

/* A group is listed by one of its functions, and the others name that. */
static uint32_t predicted_group(const struct topology *topology, const cJSON *isolation)
{
	const cJSON *group = cJSON_GetObjectItem(isolation, "predicted_group"), *member;
	uint32_t bits = 0;

	cJSON_ArrayForEach(member, group)
	{
		const struct function *function =
			topology_find(topology, cJSON_GetStringValue(member));
		fuzz_must(function, "a group holds functions of the host");
		bits |= 1u << (function - topology->functions);
	}
	return bits;
}

static int usable_vfs(const cJSON *sriov)
{
	const cJSON *usable = cJSON_GetObjectItem(sriov, "usable_vfs");
	const cJSON *count = cJSON_GetObjectItem(usable, "count");

	return cJSON_IsNumber(count) ? count->valueint : 0;
}

static void judge_function(struct judgement *judgement, const cJSON *entry)
{
	const struct topology *topology = judgement->topology;
	const char *address = cJSON_GetStringValue(cJSON_GetObjectItem(entry, "address"));
	const struct function *function = address ? topology_find(topology, address) : NULL;

	fuzz_must(function, "a function of the report is one of the host");
	judgement->functions[function - topology->functions] = (struct said){
		.rank = judge_verdict(topology, function, cJSON_GetObjectItem(entry, "assignable")),
		.vfs = usable_vfs(cJSON_GetObjectItem(entry, "sriov")),
		.predicted = predicted_group(topology, cJSON_GetObjectItem(entry, "isolation")),
	};
}

static void judge(const cJSON *report, void *context)
{
	struct judgement *judgement = context;
	const cJSON *functions = cJSON_GetObjectItem(report, "functions"), *entry;
	const char *verdict = cJSON_GetStringValue(cJSON_GetObjectItem(report, "verdict"));

	fuzz_must((size_t)cJSON_GetArraySize(functions) == judgement->topology->count,
		  "a report holds every function");
	cJSON_ArrayForEach(entry, functions) judge_function(judgement, entry);
	judgement->ready = verdict && strcmp(verdict, "ready") == 0;
}

static struct judgement audit(const struct topology *topology, size_t turn)
{
	struct judgement judgement = {.topology = topology};
	struct fuzz_host host;

	fuzz_host_begin(&host);
	topology_fill(topology, &host);
	fuzz_host_audit(&host, turn, judge, &judgement);
	fuzz_host_end(&host);
	return judgement;
}

static void expect_no_better(const struct judgement *whole, const struct judgement *damaged)
{
	fuzz_must(whole->ready || !damaged->ready, "a loss makes no host ready");
	for (size_t i = 0; i < whole->topology->count; i++) {
		const struct said *before = &whole->functions[i], *after = &damaged->functions[i];
		fuzz_must(after->rank <= before->rank, "a loss makes no verdict better");
		fuzz_must(after->vfs <= before->vfs, "a loss makes no VFs usable");
		fuzz_must(topology_lost_units(damaged->topology) || !after->predicted ||
				  !before->predicted || !(before->predicted & ~after->predicted),
			  "a loss makes no predicted group smaller");
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct topology topology;

	topology_read(bytes, size, &topology);
	struct judgement damaged = audit(&topology, size ? bytes[size - 1] : 0);
	/* Another host, and one on which nothing shows an IOMMU but its groups. */
	if (topology_damage(&topology) == FIRMWARE_FORGED ||
	    (topology_lost_table(&topology) && topology_lost_units(&topology)))
		return 0;
	struct topology whole = topology_whole(&topology);
	struct judgement before = audit(&whole, 0);
	expect_no_better(&before, &damaged);
	return 0;
}
