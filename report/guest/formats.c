/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/base/array.h"
#include "report/guest/configuration.h"
#include "report/guest/render.h"

static const struct format formats[] = {
	{.name = "xml", .note = "of FUNCTIONs", .render = guest_render_xml},
	{.name = "qemu", .render = guest_render_stack},
	{.name = "proxmox", .render = guest_render_stack},
	{.name = "kubevirt", .render = guest_render_stack},
	{.name = "sriov-policy", .render = guest_render_stack},
	{.name = "nova", .render = guest_render_stack},
	{.name = "incus", .render = guest_render_stack},
	{.name = "cloud-hypervisor", .render = guest_render_stack},
};

const struct format_table guest_formats = {
	.formats = formats,
	.count = ARRAY_LENGTH(formats),
};
