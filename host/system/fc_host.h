/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_SYSTEM_FC_HOST_H
#define PASSCHECK_HOST_SYSTEM_FC_HOST_H

#include "host/access/root.h"

/* A unit of a SCSI target, /sys/bus/scsi/devices/H:B:T:L, that a port's host has found. */
struct fc_lun {
	const char *name; /* "5:0:1:3" */
	const char *path; /* its own folder, below that of its port's SCSI host */
	unsigned bus;
	unsigned target;
	uint64_t unit;
	struct fact_number type; /* the peripheral device type of SPC: 0 for a disk */
	struct fact_text wwid;   /* "naa.60…" */
	struct fact_list block;  /* "sdb", where it has a block device */
};

/* A Fibre Channel port: /sys/class/fc_host/hostN. */
struct fc_host {
	const char *name; /* "host5" */
	const char *path; /* its own folder, below that of its PCI function */
	struct fact_text port_name;
	struct fact_text node_name;
	struct fact_text port_state; /* "Online"… */
	struct fact_text port_type;  /* "NPort (fabric via point-to-point)", "NPIV VPORT" */
	struct fact_number max_vports;
	struct fact_number vports_inuse;
	struct fact_node vport_create;
	struct fact luns_fact;
	struct fc_lun *luns;
	size_t lun_count;
};

struct fc_hosts {
	struct fact fact; /* of /sys/class/fc_host */
	struct fc_host *hosts;
	size_t count;
};

void fc_hosts_load(struct root *root, struct arena *arena, struct fc_hosts *ret);

/* Returns whether the port is known to be a virtual one (NPIV): fc_port_type_names of
 * drivers/scsi/scsi_transport_fc.c. */
bool fc_host_is_virtual(const struct fc_host *host);

#endif
