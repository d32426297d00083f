/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_TESTS_SUPPORT_LINKS_H
#define PASSCHECK_TESTS_SUPPORT_LINKS_H

#include <stddef.h>
#include <stdint.h>

/* A message of the kernel about one interface, as rtnl_fill_ifinfo() writes it. */
struct test_links {
	unsigned char bytes[4096];
	size_t length;
	size_t list; /* where IFLA_VFINFO_LIST begins; 0: there is none yet */
};

struct test_vf {
	uint32_t number;
	const unsigned char *mac; /* of 6 bytes */
	uint32_t vlan;
	uint32_t trust; /* UINT32_MAX: the driver does not tell */
	uint32_t spoof_check;
};

/* device: NULL for none. */
void links_begin(struct test_links *message, uint16_t type, const char *interface,
		 const char *device);
void links_add_vf(struct test_links *message, const struct test_vf *vf);
/* The same with a priority, and with what kernels tell since 4.9: ETH_P_8021Q or ETH_P_8021AD. */
void links_add_tagged_vf(struct test_links *message, const struct test_vf *vf, uint32_t qos,
			 uint16_t protocol);
/* Another VF begins a list of its own then. */
void links_end_list(struct test_links *message);
void links_end(struct test_links *message);

#endif
