/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_GUEST_READ_QEMU_COMMAND_H
#define PASSCHECK_GUEST_READ_QEMU_COMMAND_H

#include "guest/read/device_list.h"

/* QEMU gives a guest so many bytes where -m is missing (default_ram_size of q35 and pc). */
#define QEMU_USUAL_MEMORY (UINT64_C(128) << 20)

enum { QEMU_MOST_BUSES = 255 };

/* Returns what "4096" or "4G" says, in units of 1 << shift bytes unless a unit says otherwise; 0
 * for another text. */
uint64_t qemu_size(const char *text, unsigned shift);

/* A command of QEMU that is being read. */
struct qemu_command {
	struct device_list *list;
	const char *buses[QEMU_MOST_BUSES]; /* names of those that ports made; the first is number
					       1 */
	uint32_t slots[QEMU_MOST_BUSES];    /* a bit for each slot of theirs with a function 0 */
	size_t bus_count;
	uint32_t seats[QEMU_MOST_BUSES]; /* of ports: chassis << 16 | slot */
	size_t seat_count;
};

/* Returns whether qemu_command_take() reads the value of an option, which has no dashes here. */
bool qemu_command_knows(const char *option);

/* Takes an option that stands in that line with its value: a device, or what the guest has. */
void qemu_command_take(struct qemu_command *command, const char *option, const char *value,
		       unsigned line);

#endif
