/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/support/links.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

static void append(struct test_links *message, const void *bytes, size_t length)
{
	memcpy(message->bytes + message->length, bytes, length);
	message->length += NLMSG_ALIGN(length);
}

static size_t begin(struct test_links *message, unsigned short type)
{
	const struct rtattr header = {.rta_type = type};
	size_t place = message->length;

	append(message, &header, sizeof(header));
	return place;
}

/* The length of an attribute leaves out what it is padded with. */
static void end(struct test_links *message, size_t place, size_t padding)
{
	unsigned short length = (unsigned short)(message->length - place - padding);

	memcpy(message->bytes + place, &length, sizeof(length));
}

static void add(struct test_links *message, unsigned short type, const void *bytes, size_t length)
{
	size_t place = begin(message, type);

	append(message, bytes, length);
	end(message, place, NLMSG_ALIGN(length) - length);
}

void links_begin(struct test_links *message, uint16_t type, const char *interface,
		 const char *device)
{
	const struct nlmsghdr header = {.nlmsg_type = RTM_NEWLINK};
	const struct ifinfomsg link = {.ifi_type = type};

	memset(message, 0, sizeof(*message));
	append(message, &header, sizeof(header));
	append(message, &link, sizeof(link));
	add(message, IFLA_IFNAME, interface, strlen(interface) + 1);
	if (device)
		add(message, IFLA_PARENT_DEV_NAME, device, strlen(device) + 1);
}

void links_add_vf(struct test_links *message, const struct test_vf *vf)
{
	links_add_tagged_vf(message, vf, 0, 0);
}

static void add_protocol(struct test_links *message, const struct ifla_vf_vlan_info *info)
{
	size_t place = begin(message, IFLA_VF_VLAN_LIST);

	add(message, IFLA_VF_VLAN_INFO, info, sizeof(*info));
	end(message, place, 0);
}

void links_add_tagged_vf(struct test_links *message, const struct test_vf *vf, uint32_t qos,
			 uint16_t protocol)
{
	struct ifla_vf_mac mac = {.vf = vf->number};
	const struct ifla_vf_vlan vlan = {.vf = vf->number, .vlan = vf->vlan, .qos = qos};
	const struct ifla_vf_vlan_info info = {
		.vf = vf->number, .vlan = vf->vlan, .qos = qos, .vlan_proto = htons(protocol)};
	const struct ifla_vf_trust trust = {.vf = vf->number, .setting = vf->trust};
	const struct ifla_vf_spoofchk spoof_check = {.vf = vf->number, .setting = vf->spoof_check};

	if (!message->list)
		message->list = begin(message, IFLA_VFINFO_LIST);
	size_t place = begin(message, IFLA_VF_INFO);
	memcpy(mac.mac, vf->mac, 6);
	add(message, IFLA_VF_MAC, &mac, sizeof(mac));
	add(message, IFLA_VF_VLAN, &vlan, sizeof(vlan));
	add(message, IFLA_VF_SPOOFCHK, &spoof_check, sizeof(spoof_check));
	add(message, IFLA_VF_TRUST, &trust, sizeof(trust));
	if (protocol)
		add_protocol(message, &info);
	end(message, place, 0);
}

void links_end_list(struct test_links *message)
{
	if (message->list)
		end(message, message->list, 0);
	message->list = 0;
}

void links_end(struct test_links *message)
{
	uint32_t length = (uint32_t)message->length;

	links_end_list(message);
	memcpy(message->bytes, &length, sizeof(length));
}
