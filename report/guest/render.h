/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_GUEST_RENDER_H
#define PASSCHECK_REPORT_GUEST_RENDER_H

#include "report/format.h"

/* Write a struct guest_configuration: as libvirt's XML, or as its stack (guest/stacks/) has it. */
render_function guest_render_xml;
render_function guest_render_stack;

#endif
