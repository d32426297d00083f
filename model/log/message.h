/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_LOG_MESSAGE_H
#define PASSCHECK_MODEL_LOG_MESSAGE_H

#include "model/assign/assignability.h"

/* Who prints a message. The names are a contract. */
enum log_source {
	LOG_KERNEL,
	LOG_QEMU,
	LOG_LIBVIRT,
	LOG_PROXMOX,
	LOG_DPDK,
	LOG_MODPROBE,
	LOG_SHELL, /* a write to sysfs that failed */
	LOG_AUDIT, /* SELinux and AppArmor */
	LOG_KUBERNETES,
	LOG_NOVA,
	LOG_SOURCE_COUNT,
};

enum log_severity {
	LOG_HARMLESS, /* named where all is asked for */
	LOG_MAY,      /* a guest may suffer, or what follows tells that it did */
	LOG_STOPS,    /* the guest, or the VFs */
	LOG_SEVERITY_COUNT,
};

/* What a line is to passcheck. */
enum log_role {
	LOG_MESSAGE,      /* one to explain */
	LOG_VERSION,      /* a kernel begins: its release follows */
	LOG_COMMAND_LINE, /* that of the kernel follows */
	LOG_IDS,          /* vendor and device of a function stand before it */
	LOG_GROUP,        /* a function joins a group */
};

/* Facts of a host by which the cause of a message is settled, and that no finding states in the
 * way that the message needs. */
enum log_fact {
	LOG_FACT_NONE,
	LOG_FACT_GROUP_HELD,       /* a driver of the host holds another function of the group */
	LOG_FACT_NOT_ON_VFIO,      /* the function is on no driver of VFIO */
	LOG_FACT_NO_GROUP,         /* the function is in no group */
	LOG_FACT_BEYOND_WIDTH,     /* an address lies where the IOMMU does not reach */
	LOG_FACT_VIOMMU_WIDTH,     /* the guest's IOMMU is wider than the host's */
	LOG_FACT_VFS_ENABLED,      /* the PF has VFs */
	LOG_FACT_NO_HOST_BRIDGE,   /* 0000:00:00.0 is not a host bridge */
	LOG_FACT_NO_CDEV,          /* the kernel has no IOMMUFD, or no VFIO_DEVICE_CDEV */
	LOG_FACT_LIBVIRT_REFUSES,  /* there is no group, or VFIO is not loaded */
	LOG_FACT_VFIO_NOT_LOADED,  /* VFIO's core is neither loaded nor part of the kernel */
	LOG_FACT_TYPE1_NOT_LOADED, /* nor is its driver for IOMMUs */
	LOG_FACT_MISSING,          /* the host has no such function */
	LOG_FACT_UNREACHABLE,      /* the function does not answer */
	LOG_FACT_RESERVED,         /* an address lies in memory that firmware reserves for it */
	LOG_FACT_ENTRY_LIMIT,      /* VFIO maps no more pieces than usual */
	LOG_FACT_LOCK_LIMIT,       /* who runs passcheck may lock as little memory */
	LOG_FACT_NO_TOKEN,         /* the function is a VF, and its PF is not on vfio-pci */
	LOG_FACT_NO_OPREGION,      /* VFIO shows no OpRegion of the function */
	LOG_FACT_COUNT,
};

enum {
	LOG_MOST_FORMS = 16,
	LOG_MOST_ERRORS = 3,
	LOG_MOST_FINDINGS = 12,
	LOG_MOST_BLOCKERS = 2,
	LOG_MOST_EXPLAINERS = 6,
};

/*
 * A message that a log may hold. A row of one of the tables of model/log/messages/; the field
 * guide, messages.md, has who prints it, and what was read of that.
 *
 * A form is the part of its text that does not change, with fields: model/log/pattern.h. Every
 * form is matched, whatever kernel or QEMU is said to print it: stable series take texts over.
 */
struct log_message {
	const char *id; /* a contract, never renamed */
	enum log_role role;
	enum log_source source;
	enum log_severity severity;
	const char *forms[LOG_MOST_FORMS];
	/* The line is this message only with one of these errors; none: with any, or without. */
	int errors[LOG_MOST_ERRORS];
	const char *versions; /* that print it, as far as is known; NULL: all that are known */
	const char *meaning;  /* what the line proves: full sentences */
	/* Ids of findings. One that the audit of the host makes of the message's subject is its
	 * cause; with blockers, assignability.blocked only where one keeps the function from
	 * guests. Every kind by which passcheck would state that cause, on any architecture, stands
	 * here: without one of them the cause is refuted. */
	const char *findings[LOG_MOST_FINDINGS];
	const char *related[LOG_MOST_FINDINGS]; /* to look at beside; they decide nothing */
	enum blocker_kind blockers[LOG_MOST_BLOCKERS];
	enum log_fact fact; /* of the host that decides where no finding confirms */
	bool inconclusive;  /* neither the fact nor that no finding is there refutes: there are
			     * causes that passcheck does not see */
	const char *settle; /* what would tell the cause: a full sentence. NULL where harmless */
	const char *remedy; /* a full sentence. NULL where none is needed, or none is known */
	/* Ids of messages whose cause is this one's, too, where they are of the same function. */
	const char *explained_by[LOG_MOST_EXPLAINERS];
};

/* Rows of one subject. */
struct log_table {
	const struct log_message *rows;
	size_t count;
};

extern const struct log_table log_identity_messages, log_boot_messages, log_fault_messages,
	log_binding_messages, log_sriov_messages, log_system_messages, log_qemu_messages,
	log_qemu_memory_messages, log_qemu_device_messages, log_libvirt_messages,
	log_stack_messages, log_harmless_messages;

/* Every table, in the order in which forms are tried; NULL ends it. */
extern const struct log_table *const log_tables[];

/* Returns the message of that id, or NULL. */
const struct log_message *log_message_find(const char *id);

/* Return "kernel", "qemu" and the like; "harmless", "may-hinder" or "stops". */
const char *log_source_name(enum log_source source);
const char *log_severity_name(enum log_severity severity);

#endif
