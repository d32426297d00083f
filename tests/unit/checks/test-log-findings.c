/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "checks/support/check.h"
#include "host/base/array.h"
#include "model/log/message.h"
#include "tests/unit/support/cmocka.h"

static bool is_finding(const char *id)
{
	for (size_t i = 0; i < check_registry_count; i++) {
		const struct check *check = check_registry[i];
		for (size_t k = 0; k < check->kind_count; k++) {
			if (strcmp(check->kinds[k].id, id) == 0)
				return true;
		}
	}
	return false;
}

/* Those of domains are none that an audit of the host makes. */
static void expect_findings(const struct log_message *message)
{
	for (size_t i = 0; i < LOG_MOST_FINDINGS && message->findings[i]; i++) {
		test_row("%s: %s", message->id, message->findings[i]);
		assert_true(is_finding(message->findings[i]));
		assert_int_not_equal(strncmp(message->findings[i], "domain-", 7), 0);
	}
	for (size_t i = 0; i < LOG_MOST_FINDINGS && message->related[i]; i++) {
		test_row("%s: %s", message->id, message->related[i]);
		assert_true(is_finding(message->related[i]));
	}
}

static void expect_of_each_message(void (*expect)(const struct log_message *message))
{
	for (size_t i = 0; log_tables[i]; i++) {
		for (size_t k = 0; k < log_tables[i]->count; k++)
			expect(&log_tables[i]->rows[k]);
	}
}

static void messages_name_findings_that_exist(void **state)
{
	(void)state;
	expect_of_each_message(expect_findings);
}

enum { MOST_ALIKE = 4 };

/* Kinds that state one cause in different circumstances: a message that has one of them has all,
 * except where what prints it knows one of the circumstances alone. */
static const struct alike {
	const char *kinds[MOST_ALIKE];
	const char *except;
} alike[] = {
	{{"interrupt-remapping.off", "interrupt-remapping.off-allowed",
	  "interrupt-remapping.partly"},
	 "ioapic-uncovered"},
	{{"interrupt-remapping.not-isolated", "interrupt-remapping.partly-isolated"}, NULL},
	{{"interrupt-remapping.off", "interrupt-remapping.not-isolated"},
	 "ioapic-uncovered x2apic-without-remapping interrupt-remapping-failed"},
	{{"interrupt-firmware.ioapic-uncovered", "interrupt-firmware.no-southbridge"}, NULL},
	{{"reserved-memory.blocks", "reserved-memory.blocks-all"}, NULL},
	{{"iommu-groups.none", "iommu-groups.ungrouped"},
	 "no-passthrough vt-d-table-empty vt-d-unit-at-zero vt-d-unit-all-ones "
	 "amd-vi-table-defect vt-d-off-by-firmware"},
	{{"vfio-driver.missing", "vfio-driver.modules-gone", "vfio-driver.refused",
	  "kernel-cmdline.module-refused"},
	 NULL},
	{{"cpu-virtualization.no-feature", "cpu-virtualization.no-kvm"}, "kvm-not-at-el2"},
	{{"reset.none", "reset.unusable"}, NULL},
	{{"reset.broken", "reset.card"}, "cannot-reset reset-needs-group proxmox-reset"},
	{{"vf-budget.memory", "vf-budget.none"}, NULL},
	{{"migration.pinned", "migration.variant-unused"}, NULL},
	{{"acpi-dmar.no-unit", "acpi-dmar.malformed", "acpi-dmar.past-end", "acpi-dmar.width"},
	 NULL},
};

static bool has(const struct log_message *message, const char *id)
{
	for (size_t i = 0; i < LOG_MOST_FINDINGS && message->findings[i]; i++) {
		if (strcmp(message->findings[i], id) == 0)
			return true;
	}
	return false;
}

/* Returns whether a list of words has the word. */
static bool lists(const char *words, const char *word)
{
	size_t length = strlen(word);

	for (const char *at = words; at && (at = strstr(at, word)) != NULL; at += length) {
		if ((at == words || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
			return true;
	}
	return false;
}

/* Only where that none of the findings is there refutes the cause. */
static bool may_be_refuted(const struct log_message *message)
{
	return message->findings[0] && !message->inconclusive;
}

static void expect_all_alike(const struct log_message *message)
{
	if (!may_be_refuted(message))
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(alike); i++) {
		size_t count = 0, named = 0;
		test_row("%s: %s and alike", message->id, alike[i].kinds[0]);
		for (; count < MOST_ALIKE && alike[i].kinds[count]; count++)
			named += has(message, alike[i].kinds[count]);
		assert_true(named == 0 || named == count || lists(alike[i].except, message->id));
	}
}

static void kinds_that_state_one_cause_stand_together(void **state)
{
	(void)state;
	expect_of_each_message(expect_all_alike);
}

/*
 * Checks whose findings may refute a message by their absence, with those of their kinds that are
 * not the cause of any message: they are of something else, or say that something was not read.
 * Whoever adds a kind to such a check decides here, or in a row of model/log/messages/, which
 * messages have it as their cause: one that lacks it there is called refuted although passcheck
 * states the cause.
 */
static const struct {
	const char *check;
	const char *apart;
} deciding[] = {
	{"acpi-dmar", "hidden unreadable cut-short checksum trailing-bytes scope-length scope-type "
		      "unaligned-registers second-catch-all duplicate-unit too-many"},
	{"acpi-ivrs", "hidden unreadable cut-short trailing-bytes entry-type range acpi-device uid "
		      "too-many"},
	{"assignability", "undetermined split-device"},
	{"boot-gpu", "unreadable"},
	{"caution", "igd variant nvlink address-width"},
	{"cpu-virtualization", "unreadable kvm-unreadable"},
	{"dma-units", "uncovered unknown"},
	{"interrupt-firmware", "unused not-offered unit-incapable unknown"},
	{"interrupt-remapping", "unknown unsafe-allowed other-architecture"},
	{"iommu-capabilities", "narrow no-pass-through unknown"},
	{"iommu-groups", "unreadable several-endpoints group-unreadable"},
	{"kernel-cmdline",
	 "unreadable incomplete default-off default-unknown inexact contradiction pci-off "
	 "interrupt-remapping-off source-id-off msi-off extended-config-off ari-off "
	 "acs-lowered"},
	{"lockdown-selinux", "lockdown-unreadable selinux-unreadable"},
	{"migration", "unreadable"},
	{"reserved-memory", "unknown"},
	{"reset", "unknown"},
	{"sriov-vfs", "disagree unreadable"},
	{"unsafe-options", "unreadable pending"},
	{"vf-budget", "bound one-group unreachable"},
	{"vfio-driver", "unknown id-twin id-host-use id-pf id-too-late id-not-taken ids-replaced "
			"id-matches-nothing rule-moved binding-lost ids-too-long"},
};

static const char *apart_of(const char *check)
{
	for (size_t i = 0; i < ARRAY_LENGTH(deciding); i++) {
		if (strcmp(deciding[i].check, check) == 0)
			return deciding[i].apart;
	}
	return NULL;
}

static bool is_a_cause(const char *id)
{
	for (size_t i = 0; log_tables[i]; i++) {
		for (size_t k = 0; k < log_tables[i]->count; k++) {
			if (has(&log_tables[i]->rows[k], id))
				return true;
		}
	}
	return false;
}

/* Of the kinds with something to put right. */
static void expect_decided(const struct check *check)
{
	const char *apart = apart_of(check->id);

	for (size_t i = 0; apart && i < check->kind_count; i++) {
		const char *name = strchr(check->kinds[i].id, '.') + 1;
		test_row("%s", check->kinds[i].id);
		if (check->kinds[i].fix)
			assert_int_not_equal(is_a_cause(check->kinds[i].id), lists(apart, name));
	}
}

static void each_kind_of_a_deciding_check_is_a_cause_or_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < check_registry_count; i++)
		expect_decided(check_registry[i]);
}

static void expect_deciding(const struct log_message *message)
{
	if (!may_be_refuted(message))
		return;
	for (size_t i = 0; i < LOG_MOST_FINDINGS && message->findings[i]; i++) {
		char check[64] = {0};
		memcpy(check, message->findings[i], strcspn(message->findings[i], "."));
		test_row("%s: %s", message->id, check);
		assert_non_null(apart_of(check));
	}
}

static void checks_that_may_refute_are_looked_through(void **state)
{
	(void)state;
	expect_of_each_message(expect_deciding);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_name_findings_that_exist),
		cmocka_unit_test(kinds_that_state_one_cause_stand_together),
		cmocka_unit_test(each_kind_of_a_deciding_check_is_a_cause_or_none),
		cmocka_unit_test(checks_that_may_refute_are_looked_through),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
