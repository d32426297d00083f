/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/names.h"

#include <pci/pci.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "report/write/words.h"

enum { LONGEST_NAME = 256 };

struct names {
	struct pci_access *access;
	bool broken; /* pci.ids is damaged: no name is looked up any more */
};

/* libpci's callbacks get no context, and its error callback must not return. */
static _Thread_local jmp_buf failed;

static void fail(char *message, ...) __attribute__((noreturn));
static void fail(char *message, ...)
{
	(void)message;
	longjmp(failed, 1);
}

static void ignore(char *message, ...)
{
	(void)message;
}

/* Names come from pci.ids alone: libpci would also look into a cache in the user's home. */
static void leave_cache_alone(struct names *names)
{
	char parameter[] = "net.cache_name", none[] = "";

	if (setjmp(failed))
		names->broken = true;
	else
		pci_set_param(names->access, parameter, none);
}

struct names *names_open(void)
{
	struct names *names = calloc(1, sizeof(*names));

	if (!names)
		return NULL;
	names->access = pci_alloc();
	names->access->error = fail;
	names->access->warning = ignore;
	names->access->debug = ignore;
	leave_cache_alone(names);
	return names;
}

void names_close(struct names *names)
{
	if (!names)
		return;
	pci_cleanup(names->access);
	free(names);
}

static const char *look_up(struct names *names, char *text, const struct pci_function *function)
{
	const int flags =
		PCI_LOOKUP_VENDOR | PCI_LOOKUP_DEVICE | PCI_LOOKUP_NO_NUMBERS | PCI_LOOKUP_NO_HWDB;

	if (setjmp(failed)) {
		names->broken = true;
		return NULL;
	}
	return pci_lookup_name(names->access, text, LONGEST_NAME, flags,
			       (int)function->vendor.value, (int)function->device.value);
}

const char *names_find(struct names *names, struct arena *arena,
		       const struct pci_function *function)
{
	char text[LONGEST_NAME];

	if (!names || names->broken || !fact_known(&function->vendor.fact) ||
	    !fact_known(&function->device.fact))
		return NULL;
	const char *found = look_up(names, text, function);
	return found ? words_utf8(arena, arena_copy(arena, found, strlen(found))) : NULL;
}
