/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_JSON_ELEMENTS_H
#define PASSCHECK_REPORT_AUDIT_JSON_ELEMENTS_H

#include "report/audit/audit.h"
#include "report/names.h"
#include "report/write/json.h"

/* What an audit's JSON is made of, by docs/passcheck.schema.json. */

/* "host". */
struct json_item *json_host(struct json *json, const struct model *model);

/* "summary". */
struct json_item *json_summary(struct json *json, const struct audit *audit);

/* "requirements". */
struct json_item *json_requirements(struct json *json, const struct audit *audit);

/* "iommu": units, reserved regions, and the decoded DMAR, IVRS, IORT and VIOT. */
struct json_item *json_iommu(struct json *json, const struct model *model);

/* "dmar", "ivrs", "iort" and "viot" of "iommu": null where the table was not read. */
struct json_item *json_dmar(struct json *json, const struct dmar *dmar);
struct json_item *json_ivrs(struct json *json, const struct ivrs *ivrs);
struct json_item *json_iort(struct json *json, const struct iort *iort);
struct json_item *json_viot(struct json *json, const struct viot *viot);

/* The members that all of them have: who made it, its length, whether its checksum holds. */
void json_add_acpi_header(struct json *json, struct json_item *object,
			  const struct acpi_header *header);

/* An element of "groups". */
struct json_item *json_group(struct json *json, const struct model *model,
			     const struct iommu_group *group);

/* An element of "functions". lister is the one whose element names the members of the predicted
 * group, for all of them: the function itself, or NULL, where its own does. */
struct json_item *json_function(struct json *json, const struct audit *audit, struct names *names,
				const struct pci_function *function,
				const struct pci_function *lister);

/* What a function is known by wherever it is plugged in: its ids, slot and, where it may be told,
 * serial number. */
void json_add_identity(struct json *json, struct json_item *object,
		       const struct pci_function *function, bool tells_serial);

/* "link" of a function: speed and width as they are and at most; null where it has no link, or that
 * was not read. */
struct json_item *json_link(struct json *json, const struct pci_function *function);

/* "sriov" of a function: null without the capability, {"state": "unreadable"} where unread. */
struct json_item *json_sriov(struct json *json, const struct model *model,
			     const struct pci_function *function);

/* "isolation" and "assignable" of a function. lister: see json_function(). */
struct json_item *json_isolation(struct json *json, const struct model *model,
				 const struct pci_function *function,
				 const struct pci_function *lister);
struct json_item *json_assignable(struct json *json, const struct model *model,
				  const struct pci_function *function);

#endif
