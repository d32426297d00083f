/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/vf_links.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	LIMIT_MESSAGES =
		1024 * 1024, /* of one answer; the kernel makes a link's as large as it is */
	MOST_ANSWERS = 1 << 16,
	MOST_VFS = 1 << 16, /* NumVFs has 16 bits */
	SECONDS_TO_ANSWER = 2,
	MAC_BYTES = 6,
	SEQUENCE = 1,
};

static const char source[] = "RTM_GETLINK";

/* Bytes that are left. */
struct span {
	const unsigned char *bytes;
	size_t length;
};

static void skip(struct span *span, size_t length)
{
	size_t step = NLMSG_ALIGN(length);

	step = step < span->length ? step : span->length;
	span->bytes += step;
	span->length -= step;
}

/* Takes the next attribute off. Returns false at the end, or where none of that length follows. */
static bool next_attribute(struct span *rest, unsigned *ret_type, struct span *ret)
{
	struct rtattr header;

	if (rest->length < sizeof(header))
		return false;
	memcpy(&header, rest->bytes, sizeof(header));
	if (header.rta_len < sizeof(header) || header.rta_len > rest->length)
		return false;
	*ret_type = header.rta_type & (unsigned)NLA_TYPE_MASK;
	*ret = (struct span){rest->bytes + sizeof(header), header.rta_len - sizeof(header)};
	skip(rest, header.rta_len);
	return true;
}

static const char *text_of(struct arena *arena, const struct span *value)
{
	return arena_copy(arena, (const char *)value->bytes,
			  strnlen((const char *)value->bytes, value->length));
}

/* Reads the second of the numbers that a struct ifla_vf_NAME holds; the first is the VF's. */
static int64_t setting_of(const struct span *value)
{
	uint32_t numbers[2];

	if (value->length < sizeof(numbers))
		return VF_LINK_UNKNOWN;
	memcpy(numbers, value->bytes, sizeof(numbers));
	return numbers[1];
}

static void read_vlan(const struct span *value, struct vf_link *link)
{
	struct ifla_vf_vlan vlan;

	link->vlan = setting_of(value);
	if (value->length < sizeof(vlan))
		return;
	memcpy(&vlan, value->bytes, sizeof(vlan));
	link->qos = vlan.qos;
}

/* The kernel writes a list of one (rtnl_fill_vfinfo()). */
static int64_t protocol_of(struct span list)
{
	struct ifla_vf_vlan_info info;
	struct span value;
	unsigned type;

	if (!next_attribute(&list, &type, &value) || type != IFLA_VF_VLAN_INFO ||
	    value.length < sizeof(info))
		return VF_LINK_UNKNOWN;
	memcpy(&info, value.bytes, sizeof(info));
	return ntohs(info.vlan_proto);
}

/* A driver that does not tell leaves -1. */
static int64_t switch_of(const struct span *value)
{
	int64_t setting = setting_of(value);

	return setting == 0 || setting == 1 ? setting : VF_LINK_UNKNOWN;
}

/* The kernel tells the MAC address of each VF that it tells of, so the VF's number is read here. */
static void read_mac(struct arena *arena, const struct span *value, struct vf_link *link)
{
	struct ifla_vf_mac mac;

	if (value->length < sizeof(mac))
		return;
	memcpy(&mac, value->bytes, sizeof(mac));
	link->number = mac.vf;
	link->mac = arena_printf(arena, "%02x:%02x:%02x:%02x:%02x:%02x", mac.mac[0], mac.mac[1],
				 mac.mac[2], mac.mac[3], mac.mac[4], mac.mac[5]);
}

static struct vf_link parse_vf(struct arena *arena, struct span rest)
{
	struct vf_link link = {.number = UINT32_MAX,
			       .vlan = VF_LINK_UNKNOWN,
			       .qos = VF_LINK_UNKNOWN,
			       .vlan_protocol = VF_LINK_UNKNOWN,
			       .trust = VF_LINK_UNKNOWN,
			       .spoof_check = VF_LINK_UNKNOWN};
	struct span value;
	unsigned type;

	while (next_attribute(&rest, &type, &value)) {
		switch (type) {
		case IFLA_VF_MAC:
			read_mac(arena, &value, &link);
			break;
		case IFLA_VF_VLAN:
			read_vlan(&value, &link);
			break;
		case IFLA_VF_VLAN_LIST:
			link.vlan_protocol = protocol_of(value);
			break;
		case IFLA_VF_TRUST:
			link.trust = switch_of(&value);
			break;
		case IFLA_VF_SPOOFCHK:
			link.spoof_check = switch_of(&value);
			break;
		default:
			break;
		}
	}
	return link;
}

static size_t count_vfs(struct span rest)
{
	struct span value;
	unsigned type;
	size_t count = 0;

	while (next_attribute(&rest, &type, &value))
		count += type == IFLA_VF_INFO;
	return count;
}

/* A number that does not rise is not one: a driver left it out. */
static void add_vf(struct vf_links_of_pf *pf, const struct vf_link *vf)
{
	if (!pf->count || pf->vfs[pf->count - 1].number < vf->number)
		pf->vfs[pf->count++] = *vf;
}

/* The kernel writes VFs in the order of their numbers, and leaves out those of which the driver
 * says nothing now, as while one is reset (rtnl_fill_vf() and rtnl_fill_vfinfo()). */
static void parse_vfs(struct arena *arena, struct span rest, struct vf_links_of_pf *pf)
{
	size_t count = count_vfs(rest);
	struct span value;
	unsigned type;

	pf->count = 0;
	pf->vfs = count <= MOST_VFS ? arena_array(arena, count + 1, sizeof(*pf->vfs)) : NULL;
	while (pf->vfs && next_attribute(&rest, &type, &value)) {
		if (type != IFLA_VF_INFO)
			continue;
		const struct vf_link vf = parse_vf(arena, value);
		add_vf(pf, &vf);
	}
}

static void add(struct vf_links *links, struct vf_links_of_pf *pf)
{
	if (links->last)
		links->last->next = pf;
	else
		links->first = pf;
	links->last = pf;
}

static void parse_link(struct arena *arena, struct span rest, struct vf_links *links)
{
	struct vf_links_of_pf *pf = arena_alloc(arena, sizeof(*pf));
	struct ifinfomsg header;
	struct span value;
	unsigned type;

	if (!pf || rest.length < sizeof(header))
		return;
	memcpy(&header, rest.bytes, sizeof(header));
	skip(&rest, sizeof(header));
	if (header.ifi_type != ARPHRD_ETHER)
		return;
	*pf = (struct vf_links_of_pf){0};
	while (next_attribute(&rest, &type, &value)) {
		switch (type) {
		case IFLA_IFNAME:
			pf->interface = text_of(arena, &value);
			break;
		case IFLA_PARENT_DEV_NAME:
			pf->device = text_of(arena, &value);
			break;
		case IFLA_VFINFO_LIST:
			parse_vfs(arena, value, pf);
			break;
		default:
			break;
		}
	}
	if (pf->interface && pf->count)
		add(links, pf);
}

static bool fail(struct vf_links *links, enum fact_state state, int error)
{
	links->fact = fact_of(state, source, error);
	return false;
}

/* The last message says whether the kernel wrote all (netlink_dump_done() of
 * net/netlink/af_netlink.c). */
static bool end(struct vf_links *links, const struct span *value)
{
	int error = 0;

	if (value->length >= sizeof(error))
		memcpy(&error, value->bytes, sizeof(error));
	return error < 0 ? fail(links, FACT_UNREADABLE, -error) : false;
}

bool vf_links_parse(const void *bytes, size_t length, struct arena *arena, struct vf_links *links)
{
	struct span rest = {bytes, length};
	struct nlmsghdr header;

	while (rest.length) {
		if (rest.length < sizeof(header))
			return fail(links, FACT_MALFORMED, EBADMSG);
		memcpy(&header, rest.bytes, sizeof(header));
		if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > rest.length)
			return fail(links, FACT_MALFORMED, EBADMSG);
		if (header.nlmsg_type == NLMSG_ERROR)
			return fail(links, FACT_UNREADABLE, EIO);
		/* Links came or went meanwhile. */
		if (header.nlmsg_flags & NLM_F_DUMP_INTR)
			return fail(links, FACT_UNREADABLE, EINTR);
		const struct span value = {rest.bytes + sizeof(header),
					   header.nlmsg_len - sizeof(header)};
		if (header.nlmsg_type == NLMSG_DONE)
			return end(links, &value);
		if (header.nlmsg_type == RTM_NEWLINK)
			parse_link(arena, value, links);
		skip(&rest, header.nlmsg_len);
	}
	return true;
}

int vf_links_open(void)
{
	const struct timeval patience = {.tv_sec = SECONDS_TO_ANSWER};
	int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (descriptor < 0)
		return -errno;
	if (setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0) {
		close(descriptor);
		return -EIO;
	}
	return descriptor;
}

static int ask(int descriptor)
{
	const struct {
		struct nlmsghdr header;
		struct ifinfomsg link;
		struct rtattr attribute;
		uint32_t mask;
	} request = {
		.header = {.nlmsg_len = sizeof(request),
			   .nlmsg_type = RTM_GETLINK,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
			   .nlmsg_seq = SEQUENCE},
		.link = {.ifi_family = AF_UNSPEC},
		.attribute = {.rta_len = sizeof(struct rtattr) + sizeof(uint32_t),
			      .rta_type = IFLA_EXT_MASK},
		.mask = RTEXT_FILTER_VF | RTEXT_FILTER_SKIP_STATS,
	};
	const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};

	return sendto(descriptor, &request, sizeof(request), 0, (const struct sockaddr *)&kernel,
		      sizeof(kernel)) < 0
		       ? -errno
		       : 0;
}

/* Returns how many bytes the kernel sent, or a negative errno. */
static ssize_t receive(int descriptor, void *bytes)
{
	struct sockaddr_nl sender = {0};
	socklen_t size = sizeof(sender);
	ssize_t length = recvfrom(descriptor, bytes, LIMIT_MESSAGES, MSG_TRUNC,
				  (struct sockaddr *)&sender, &size);

	if (length < 0)
		return -errno;
	if (length > LIMIT_MESSAGES)
		return -EFBIG;
	return sender.nl_pid ? -EPROTO : length;
}

void vf_links_load(int descriptor, struct arena *arena, struct vf_links *ret)
{
	void *bytes = malloc(LIMIT_MESSAGES);
	ssize_t length = bytes ? ask(descriptor) : -ENOMEM;
	bool more = length == 0;

	*ret = (struct vf_links){.fact = fact_of(FACT_KNOWN, source, 0)};
	for (size_t i = 0; more && i < MOST_ANSWERS; i++) {
		length = receive(descriptor, bytes);
		more = length > 0 && vf_links_parse(bytes, (size_t)length, arena, ret);
	}
	if (length < 0)
		fail(ret, FACT_UNREADABLE, (int)-length);
	else if (more)
		fail(ret, FACT_MALFORMED, EFBIG);
	free(bytes);
}
