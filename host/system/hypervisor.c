/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/hypervisor.h"

#include <stdio.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/system/qemu_version.h"

enum { MAJOR = 1000000, MINOR = 1000 };

/*
 * Reads the version from the name of the library: libvirt 9.0.0 is libvirt.so.0.9000.0
 * (VIR_VERSION_INFO of libvirt's build: 0 : major * 1000 + minor : release).
 */
static struct fact_number parse_version(const struct fact_text *link)
{
	struct fact_number version = {.fact = link->fact};
	unsigned minors, release;

	if (!fact_known(&link->fact))
		return version;
	if (sscanf(last_part(link->text), "libvirt.so.0.%7u.%3u", &minors, &release) != 2)
		version.fact.state = FACT_MALFORMED;
	else
		version.value = (int64_t)minors * MINOR + release;
	return version;
}

static struct fact_number load_libvirt(struct root *root, struct arena *arena,
				       const char *architecture)
{
	const char *paths[] = {
		"/usr/lib64/libvirt.so.0",
		"/usr/lib/libvirt.so.0",
		arena_printf(arena, "/usr/lib/%s-linux-gnu/libvirt.so.0",
			     architecture ? architecture : ""),
	};
	struct fact_number version = {0};
	size_t count = ARRAY_LENGTH(paths) - !architecture;

	for (size_t i = 0; i < count; i++) {
		struct fact_text link = root_read_link(root, arena, paths[i]);
		version = parse_version(&link);
		if (fact_known(&version.fact))
			break;
	}
	return version;
}

static const char *const daemons[LIBVIRT_DAEMON_COUNT] = {
	"/usr/sbin/virtqemud",
	"/usr/sbin/libvirtd",
};

static const char *const sockets[LIBVIRT_SOCKET_COUNT] = {
	"/run/libvirt/virtqemud-sock",
	"/run/libvirt/libvirt-sock",
};

/* Names of QEMU that do not follow the architecture's: RHEL's, and older Debian's. */
static const char *const qemu_paths[QEMU_COUNT - 1] = {"/usr/libexec/qemu-kvm", "/usr/bin/qemu-kvm",
						       "/usr/bin/kvm"};

static const char *const container_marks[CONTAINER_MARK_COUNT] = {"/.dockerenv",
								  "/run/.containerenv"};

enum { MOST_PLACES = 2 };

/* Where a stack's own packages, and Debian's, put its programs. */
static const char *const stack_paths[HYPERVISOR_STACK_COUNT][MOST_PLACES] = {
	[HYPERVISOR_PROXMOX] = {"/usr/sbin/qm"},
	[HYPERVISOR_INCUS] = {"/usr/libexec/incus/incusd", "/opt/incus/bin/incusd"},
	[HYPERVISOR_KUBELET] = {"/usr/bin/kubelet", "/usr/local/bin/kubelet"},
};

static void load_stacks(struct root *root, struct hypervisor *ret)
{
	for (size_t i = 0; i < HYPERVISOR_STACK_COUNT; i++) {
		for (size_t k = 0; k < MOST_PLACES && stack_paths[i][k]; k++) {
			if (!fact_known(&ret->stacks[i].fact))
				ret->stacks[i] = root_stat(root, stack_paths[i][k]);
		}
	}
}

/* https://systemd.io/CONTAINER_INTERFACE */
static void load_container(struct root *root, struct arena *arena, struct hypervisor *ret)
{
	ret->container = root_read_line(root, arena, "/run/systemd/container");
	for (size_t i = 0; i < CONTAINER_MARK_COUNT; i++)
		ret->container_marks[i] = root_stat(root, container_marks[i]);
}

/* NixOS has no programs in /usr: those of the system that runs are behind this link. */
#define NIXOS_PROGRAMS "/run/current-system/sw/bin"

/* A program, at its usual path or where NixOS has it. A mark of NixOS that could not be read leaves
 * open where to look; captures from before it was looked for do not have it. */
static struct fact_node find_program(struct root *root, struct arena *arena,
				     const struct fact_node *nixos, const char *path)
{
	if (fact_known(&nixos->fact))
		path = arena_printf(arena, NIXOS_PROGRAMS "/%s", last_part(path));
	struct fact_node program = root_stat(root, path);
	bool unread = nixos->fact.state == FACT_UNREADABLE;
	return unread && fact_absent(&program.fact) ? *nixos : program;
}

static void load_programs(struct root *root, struct arena *arena, const char *architecture,
			  struct hypervisor *ret)
{
	const struct fact_node nixos = root_stat(root, "/etc/NIXOS");

	for (size_t i = 0; i < LIBVIRT_DAEMON_COUNT; i++)
		ret->daemons[i] = find_program(root, arena, &nixos, daemons[i]);
	for (size_t i = 0; i < LIBVIRT_SOCKET_COUNT; i++)
		ret->sockets[i] = root_stat(root, sockets[i]);
	for (size_t i = 0; i < QEMU_COUNT - 1; i++)
		ret->qemu[i + 1] = find_program(root, arena, &nixos, qemu_paths[i]);
	ret->qemu[0].fact.source = "/usr/bin/qemu-system-ARCHITECTURE";
	if (architecture)
		ret->qemu[0] =
			find_program(root, arena, &nixos,
				     arena_printf(arena, "/usr/bin/qemu-system-%s", architecture));
}

/* Of what runs guests: the first QEMU that is there. */
static void load_qemu_version(struct root *root, struct arena *arena, struct hypervisor *ret)
{
	const struct fact_node *qemu = hypervisor_first_of(ret->qemu, QEMU_COUNT);

	ret->qemu_version.fact = qemu->fact;
	if (fact_known(&qemu->fact))
		ret->qemu_version = qemu_version_load(root, arena, qemu->fact.source);
}

#define MDEV_PARENTS "/sys/class/mdev_bus"

static struct mdev_types load_types(struct root *root, struct arena *arena, const char *parent)
{
	const char *path = arena_printf(arena, MDEV_PARENTS "/%s/mdev_supported_types", parent);
	struct mdev_types types = {.names = root_list(root, arena, path)};

	types.available = arena_array(arena, types.names.count + 1, sizeof(*types.available));
	for (size_t i = 0; types.available && i < types.names.count; i++)
		types.available[i] =
			root_read_number(root, arena,
					 arena_printf(arena, "%s/%s/available_instances", path,
						      types.names.names[i]));
	return types;
}

static void load_mdev_types(struct root *root, struct arena *arena, struct hypervisor *hypervisor)
{
	struct fact_list *parents = &hypervisor->mdev_parents;

	*parents = root_list(root, arena, MDEV_PARENTS);
	hypervisor->mdev_types =
		arena_array(arena, parents->count + 1, sizeof(*hypervisor->mdev_types));
	for (size_t i = 0; hypervisor->mdev_types && i < parents->count; i++)
		hypervisor->mdev_types[i] = load_types(root, arena, parents->names[i]);
}

void hypervisor_load(struct root *root, struct arena *arena, const char *architecture,
		     struct hypervisor *ret)
{
	load_programs(root, arena, architecture, ret);
	load_qemu_version(root, arena, ret);
	load_stacks(root, ret);
	load_container(root, arena, ret);
	ret->xen.type = root_read_line(root, arena, "/sys/hypervisor/type");
	ret->xen.capabilities = root_read_line(root, arena, "/proc/xen/capabilities");
	ret->xen.initdomain = root_read_line(root, arena, "/sys/hypervisor/start_flags/initdomain");
	ret->libvirt = load_libvirt(root, arena, architecture);
	ret->iommufd = root_stat(root, "/dev/iommu");
	ret->vfio_devices = root_stat(root, "/dev/vfio/devices");
	load_mdev_types(root, arena, ret);
}

const struct fact_node *hypervisor_first_of(const struct fact_node *nodes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (fact_known(&nodes[i].fact))
			return &nodes[i];
	}
	for (size_t i = 0; i < count; i++) {
		if (!fact_settled(&nodes[i].fact))
			return &nodes[i];
	}
	return &nodes[0];
}

const struct fact_node *hypervisor_libvirt_daemon(const struct hypervisor *hypervisor)
{
	return hypervisor_first_of(hypervisor->daemons, LIBVIRT_DAEMON_COUNT);
}

bool hypervisor_has_libvirt(const struct hypervisor *hypervisor)
{
	return fact_known(&hypervisor_libvirt_daemon(hypervisor)->fact);
}

bool hypervisor_lacks_libvirt(const struct hypervisor *hypervisor)
{
	return fact_absent(&hypervisor_libvirt_daemon(hypervisor)->fact);
}

bool hypervisor_has(const struct hypervisor *hypervisor, enum hypervisor_stack stack)
{
	return fact_known(&hypervisor->stacks[stack].fact);
}

static bool is_before(const struct fact_number *version, unsigned major, unsigned minor)
{
	return fact_known(&version->fact) &&
	       version->value < (int64_t)major * MAJOR + minor * MINOR;
}

bool hypervisor_libvirt_before(const struct hypervisor *hypervisor, unsigned major, unsigned minor)
{
	return is_before(&hypervisor->libvirt, major, minor);
}

bool hypervisor_qemu_before(const struct hypervisor *hypervisor, unsigned major, unsigned minor)
{
	return is_before(&hypervisor->qemu_version, major, minor);
}

bool hypervisor_is_xen(const struct hypervisor *hypervisor)
{
	return fact_text_is(&hypervisor->xen.type, "xen");
}

const struct fact *hypervisor_dom0(const struct hypervisor *hypervisor)
{
	const struct xen *xen = &hypervisor->xen;

	if (!hypervisor_is_xen(hypervisor))
		return NULL;
	if (fact_known(&xen->capabilities.fact) && strstr(xen->capabilities.text, "control_d"))
		return &xen->capabilities.fact;
	return fact_text_is(&xen->initdomain, "1") ? &xen->initdomain.fact : NULL;
}

const struct fact *hypervisor_container(const struct hypervisor *hypervisor)
{
	if (fact_known(&hypervisor->container.fact))
		return &hypervisor->container.fact;
	for (size_t i = 0; i < CONTAINER_MARK_COUNT; i++) {
		if (fact_known(&hypervisor->container_marks[i].fact))
			return &hypervisor->container_marks[i].fact;
	}
	return NULL;
}

const struct mdev_types *hypervisor_mdev_types(const struct hypervisor *hypervisor,
					       const char *name)
{
	const struct fact_list *parents = &hypervisor->mdev_parents;
	const char *const *parent = fact_list_find(parents, name);

	return parent ? &hypervisor->mdev_types[parent - parents->names] : NULL;
}

enum mdev_offer hypervisor_mdev_offer(const struct hypervisor *hypervisor, const char *name,
				      const char *type, const struct fact **ret_evidence)
{
	const struct mdev_types *types = hypervisor_mdev_types(hypervisor, name);

	*ret_evidence = &hypervisor->mdev_parents.fact;
	if (!types)
		return fact_settled(*ret_evidence) ? MDEV_NONE : MDEV_UNREAD;
	*ret_evidence = &types->names.fact;
	const char *const *found = fact_list_find(&types->names, type);
	if (!found)
		return fact_known(*ret_evidence) ? MDEV_NOT_OF_TYPE : MDEV_UNREAD;
	const struct fact_number *available = &types->available[found - types->names.names];
	*ret_evidence = &available->fact;
	if (!fact_known(*ret_evidence))
		return MDEV_UNREAD;
	return available->value > 0 ? MDEV_OFFERED : MDEV_NONE_LEFT;
}

bool hypervisor_offers_mdevs(const struct hypervisor *hypervisor, const char *name)
{
	return fact_list_find(&hypervisor->mdev_parents, name) != NULL;
}
