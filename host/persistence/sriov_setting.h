/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PERSISTENCE_SRIOV_SETTING_H
#define PASSCHECK_HOST_PERSISTENCE_SRIOV_SETTING_H

#include "host/access/fact.h"
#include "host/persistence/ifupdown_start.h"
#include "host/persistence/link_file.h"
#include "host/sriov/sriov_line.h"

/* What the file says of the function that a line is for, where the line itself does not. */
enum sriov_subject {
	SRIOV_SUBJECT_NONE,
	SRIOV_SUBJECT_INTERFACE, /* a name, or a pattern of names, as of fnmatch(3) */
	SRIOV_SUBJECT_PATH,      /* a pattern of "pci-0000:03:00.0" */
	SRIOV_SUBJECT_DRIVER,
};

/* A line of the host's configuration that speaks of VFs. */
struct sriov_setting {
	enum sriov_owner owner;
	enum sriov_effect effect;
	const char *source; /* the file that has it */
	const char *line;   /* without white space around it, by sriov_line_redact() */
	enum sriov_subject kind;
	const char *subject; /* NULL without one */
	bool off;            /* the file says that it is not for the boot */
	bool to_enable;      /* of a unit that systemctl(1) is to enable, under its own name */
	const char *idle;    /* why what has it may not act at boot; NULL: it acts */
	bool defines_vf;     /* of subject, which makes as many as are defined: netplan */
	bool hidden;         /* it tells of a part of user-data that is not read */
	bool joined;         /* it stands on several lines of its file */
	bool skipped; /* a GOTO in front of it may lead behind it (udev(7)), or a script end */
};

/* What a loaded module offers: the names in /sys/module/NAME/parameters. */
struct driver_parameters {
	const char *driver;
	struct fact_list names;
};

/*
 * What the host's configuration says of VFs: options of drivers in modprobe.d, and whatever makes
 * VFs at boot (sriov_place.h). Read only where the host has a PF; not captured otherwise.
 */
struct sriov_config {
	struct fact
		fact; /* known: every place was read or is absent; else the first that was not */
	struct sriov_setting *settings;
	size_t count;
	size_t capacity;
	struct link_file *links; /* whomever they are for, in no order */
	size_t link_count;
	size_t link_capacity;
	struct ifupdown_start ifupdown;        /* what interfaces(5) brings up at boot */
	struct fact owners[SRIOV_OWNER_COUNT]; /* as fact, of each owner's places alone */
	struct driver_parameters *parameters;  /* of the drivers of PFs that are loaded */
	size_t parameter_count;
};

/* The unit of qatlib that makes VFs of QAT devices: its name stands as a line. */
#define SRIOV_QATLIB_UNIT "qat.service"

#endif
