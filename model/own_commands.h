/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_OWN_COMMANDS_H
#define PASSCHECK_MODEL_OWN_COMMANDS_H

/*
 * The command lines of passcheck, up to their operands, that texts below cli/ name for a reader to
 * run. No other file below cli/ names an option (source.options), and cli.options runs each.
 */
#define OWN_FORMAT          "passcheck --format "
#define OWN_XML             OWN_FORMAT "xml"
#define OWN_XML_FILES       OWN_XML " --split"
#define OWN_XML_MDEV        OWN_XML " --mdev TYPE:UUID"
#define OWN_QEMU            OWN_FORMAT "qemu"
#define OWN_PROXMOX         OWN_FORMAT "proxmox"
#define OWN_REQUIRE         "passcheck --require "
#define OWN_PLAN            "passcheck plan"
#define OWN_PLAN_HOW        OWN_PLAN " --how "
#define OWN_PLAN_AT_BOOT    OWN_PLAN " --how boot"
#define OWN_PLAN_BY_LIBVIRT OWN_PLAN " --how managed"
#define OWN_PLAN_VFS        OWN_PLAN " --vfs COUNT"
#define OWN_PLAN_VFS_COUNT  OWN_PLAN " --vfs "
#define OWN_PLAN_BACK       OWN_PLAN " --undo"
#define OWN_WAKE            "passcheck --wake"
#define OWN_CAPTURE_WAKE    "passcheck capture --wake"

#endif
