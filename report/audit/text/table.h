/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_AUDIT_TEXT_TABLE_H
#define PASSCHECK_REPORT_AUDIT_TEXT_TABLE_H

#include "report/audit/audit.h"
#include "report/names.h"
#include "report/write/table.h"

enum column {
	COLUMN_ADDRESS,
	COLUMN_VERDICT,
	COLUMN_GROUP,
	COLUMN_DRIVER,
	COLUMN_VFS,
	COLUMN_NAME,
	COLUMN_COUNT,
};

/* A table of functions while it is filled, and what its legend has to explain. */
struct function_table {
	struct text *text;
	const struct audit *audit;
	struct libscols_table *table;
	struct names *names;
	size_t lines;
	size_t cautioned; /* lines with the mark of a caution */
	size_t with;      /* lines of functions that need companions */
	size_t usable;    /* functions that a guest can get */
	size_t blocked;   /* functions that no guest can get */
	size_t pfs;       /* lines with a number of VFs */
	size_t barren;    /* of these, those that can have none now */
	/* Functions are blocked for several reasons, so each line says its own. */
	bool mixed_reasons;
	unsigned reasons;     /* that stand in brackets: a bit of each enum blocker_kind */
	bool beside_host_use; /* one of them is the host's use of another function of the group */
	unsigned cautions;    /* that do: a bit of each enum caution_kind */
	bool cut;             /* brackets of which not all is shown */
};

/* Begins a table; tree: lines may stand below others. Returns 0 or -ENOMEM. The table is freed with
 * function_table_free() in any case. */
int function_table_begin(struct text *text, const struct audit *audit, bool tree,
			 struct function_table *ret);
void function_table_free(struct function_table *table);

/* Adds a line with these cells below another line unless that is NULL.
 * Returns the line, NULL where memory is short. */
struct libscols_line *function_table_line(struct function_table *table, struct libscols_line *above,
					  const char *const cells[static COLUMN_COUNT]);

/* Adds a line that has a name alone, for those that follow it. Returns it, or NULL. */
struct libscols_line *function_table_heading(struct function_table *table, const char *name);

/* Adds the line of a function, its address behind indent. Returns 0 or -ENOMEM. */
int function_table_add(struct function_table *table, struct libscols_line *above,
		       const char *indent, const struct pci_function *function);

/* Notes why the sign of a caution stands with a function: a bit of each kind. */
void function_table_note(const struct caution *cautions, unsigned *ret_kinds);

/* Returns what stands beside a name in the last column: "(reset, rom)", or "" without cautions;
 * display: the one of a boot display, of which it says what is shown, NULL where that is left out.
 */
const char *function_table_marks(struct function_table *table, unsigned kinds,
				 const struct caution *display);

/* Writes the table, and what its words mean where they are not plain. Returns 0 or -ENOMEM. */
int function_table_print(struct function_table *table);

/* Returns a verdict's colour as libsmartcols names it, NULL for none. */
const char *function_verdict_color(enum assignable_verdict verdict);

#endif
