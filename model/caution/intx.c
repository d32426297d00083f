/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <pci/header.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/pci/capabilities.h"
#include "model/assign/vfio_driver.h"
#include "model/caution/builder.h"

enum { MOST_HANDLERS = 6 };

/* Who has a function's line. */
struct line_users {
	struct buffer others;
	bool own_found;
	const struct fact *unread; /* what was not read of it; NULL: nothing */
	bool certain;              /* the number is that of the line */
};

static bool has_host_driver(const struct pci_function *function)
{
	return fact_known(&function->driver.fact) && !driver_is_vfio(function);
}

/* Drivers name a handler after themselves ("saa7134[0]"), or after the interface. */
static bool is_own(const struct pci_function *function, const char *handler)
{
	if (strstr(handler, function->name))
		return true;
	if (has_host_driver(function) && begins_with(handler, function->driver.text))
		return true;
	for (size_t i = 0; i < function->netdevs.count; i++) {
		if (strcmp(handler, function->netdevs.names[i]) == 0)
			return true;
	}
	return false;
}

static void sort_handlers(struct arena *arena, const struct pci_function *function,
			  const char *handlers, struct line_users *users)
{
	char *copy = arena_copy(arena, handlers, strlen(handlers)), *save = NULL;

	users->others = (struct buffer){.arena = arena, .separator = ", ", .most = MOST_HANDLERS};
	for (char *name = strtok_r(copy, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
		name += strspn(name, " ");
		if (!users->own_found && is_own(function, name))
			users->own_found = true;
		else
			buffer_item(&users->others, "%s", name);
	}
}

/* pci_dev_msi_enabled(): irq is then that of the MSI. */
static bool uses_msi(const struct pci_function *function)
{
	struct msi_capability msi = msi_decode(&function->config);

	return msi.capability.state == FACT_KNOWN ? msi.enabled
						  : msi.capability.state != FACT_ABSENT;
}

/* Until a driver enables a function, the kernel has for its line what firmware wrote, which is a
 * number of the old PIC: pci_read_irq(), and acpi_pci_irq_enable(), which finds the right one. */
static bool is_routed(const struct pci_function *function)
{
	uint8_t line;

	if (function->irq.value == 0 || uses_msi(function))
		return false;
	return has_host_driver(function) ||
	       (config_read8(&function->config, PCI_INTERRUPT_LINE, &line) &&
		line != function->irq.value);
}

static struct line_users users_of(struct caution_builder *builder,
				  const struct pci_function *function)
{
	const struct interrupts *interrupts = &builder->host->interrupts;
	struct line_users users = {.certain = false};

	if (!fact_known(&function->irq.fact))
		users.unread = &function->irq.fact;
	else if (!fact_known(&interrupts->lines_fact))
		users.unread = &interrupts->lines_fact;
	else if (!fact_settled(&function->driver.fact))
		users.unread = &function->driver.fact;
	if (users.unread)
		return users;
	sort_handlers(builder->arena, function,
		      interrupts_handlers(interrupts, (unsigned long)function->irq.value), &users);
	users.certain = users.own_found || is_routed(function);
	return users;
}

/* A single handler may be the function's own, by a name that does not tell. */
static bool surely_shared(const struct pci_function *function, const struct line_users *users)
{
	size_t own = has_host_driver(function) && !users->own_found;

	return users->certain && users->others.count > own;
}

static void add_unknown(struct caution_builder *builder, const struct pci_function *function,
			const struct line_users *users)
{
	const char *who = users->others.count
				  ? arena_printf(builder->arena, "%s", buffer_list(&users->others))
				  : NULL;
	struct caution caution = {
		.kind = CAUTION_INTX,
		.finding = "caution.intx",
		.evidence = users->unread ? users->unread : &function->irq.fact,
	};

	if (surely_shared(function, users))
		caution.why = arena_printf(
			builder->arena,
			"cannot tell whether it can share its interrupt line (IRQ %lld), which %s "
			"has, too: if it cannot, QEMU does not start with it",
			(long long)function->irq.value, who);
	else if (who)
		caution.why = arena_printf(
			builder->arena,
			"cannot tell whether others have its interrupt line (%s may), which it may "
			"be unable to share",
			who);
	else
		caution.why = "cannot tell whether others have its interrupt line, which it may be "
			      "unable to share";
	caution_add_unknown(builder, function, &caution);
}

static void add_shared(struct caution_builder *builder, const struct pci_function *function,
		       const struct line_users *users)
{
	const struct caution caution = {
		.kind = CAUTION_INTX,
		.why = arena_printf(builder->arena,
				    "it cannot share its interrupt line (IRQ %lld), which %s has, "
				    "too: QEMU does not start with it (Device or resource busy)",
				    (long long)function->irq.value, buffer_list(&users->others)),
		.finding = "caution.intx",
		.remedy = "Take what shares the line from its driver, or move one of the cards to "
			  "another slot; vfio-pci.nointxmask=1 does not help",
		.evidence = &function->irq.fact,
	};

	caution_add(builder, function, &caution);
}

/*
 * QEMU sets INTx up before a guest can choose MSI. Where VFIO cannot mask it by DisINTx, it asks
 * for the line without IRQF_SHARED (vfio_intx_set_signal(), drivers/vfio/pci/vfio_pci_intrs.c),
 * which fails while another has it.
 */
void caution_intx(struct caution_builder *builder, const struct pci_function *function)
{
	if (fact_absent(&function->irq.fact))
		return;
	enum intx_sharing sharing = pci_sharing_of(function, function->parent_state == FACT_ABSENT);
	if (sharing == INTX_SHARED)
		return;
	struct line_users users = users_of(builder, function);
	if (users.certain && !users.others.count)
		return;
	if (sharing == INTX_ALONE && surely_shared(function, &users))
		add_shared(builder, function, &users);
	else
		add_unknown(builder, function, &users);
}
