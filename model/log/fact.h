/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_LOG_FACT_H
#define PASSCHECK_MODEL_LOG_FACT_H

#include "model/log/pattern.h"
#include "model/model.h"

/* Facts of a host by which the cause of a message is settled, and that no finding states in the
 * way that the message needs. */
enum log_fact {
	LOG_FACT_NONE,
	LOG_FACT_GROUP_HELD,      /* a driver of the host holds another function of the group */
	LOG_FACT_NOT_ON_VFIO,     /* the function is on no driver of VFIO */
	LOG_FACT_NO_GROUP,        /* the function is in no group */
	LOG_FACT_BEYOND_WIDTH,    /* an address lies where the IOMMU does not reach */
	LOG_FACT_VIOMMU_WIDTH,    /* the guest's IOMMU is wider than the host's */
	LOG_FACT_VFS_ENABLED,     /* the PF has VFs */
	LOG_FACT_NO_HOST_BRIDGE,  /* 0000:00:00.0 is no host bridge */
	LOG_FACT_NO_CDEV,         /* the kernel has no IOMMUFD, or no VFIO_DEVICE_CDEV */
	LOG_FACT_LIBVIRT_REFUSES, /* there is no group, or VFIO is not loaded */
	LOG_FACT_MISSING,         /* the host has no such function */
	LOG_FACT_UNREACHABLE,     /* the function does not answer */
	LOG_FACT_RESERVED,        /* an address lies in memory that firmware reserves for it */
	LOG_FACT_LOCK_LIMIT,      /* who runs passcheck may lock as little memory */
	LOG_FACT_COUNT,
};

/* What becomes of the cause of a message. The names are a contract. */
enum log_cause {
	LOG_OPEN,
	LOG_CONFIRMED,
	LOG_REFUTED, /* not now, on this host */
	LOG_CAUSE_COUNT,
};

/* Returns "open", "confirmed" or "refuted". */
const char *log_cause_name(enum log_cause cause);

struct log_answer {
	enum log_cause cause;
	const char *why; /* a clause; NULL where the fact says nothing */
};

/* Looks the fact up for what a message names. Open where it is not known, or LOG_FACT_NONE. */
struct log_answer log_fact_judge(enum log_fact fact, const struct model *model,
				 const struct log_values *values, struct arena *arena);

#endif
