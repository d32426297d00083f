/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_MODEL_LOG_SCAN_H
#define PASSCHECK_MODEL_LOG_SCAN_H

#include "host/boot/cmdline.h"
#include "host/system/host_logs.h"
#include "model/log/message.h"
#include "model/log/pattern.h"

/* Limits on what is kept of a log; what is beyond them is counted. */
enum {
	LIMIT_LOG_LINE = 64 * 1024, /* bytes; a longer line is read in pieces */
	LIMIT_LOG_EVENTS = 4096,    /* messages that differ */
	LIMIT_LOG_FUNCTIONS = 8192, /* functions of which a log tells ids or group */
	LOG_RELEASE_SIZE = 80,
};

/* A message that a log holds, as often as it does. */
struct log_event {
	const struct log_message *message;
	const char *form;
	struct log_values values; /* of the first line */
	size_t count;
	size_t first_line; /* from 1 */
	size_t last_line;
};

/* What a log tells of a function. */
struct log_function {
	struct pci_address address;
	bool has_ids, has_group;
	uint16_t vendor, device;
	uint64_t group;
};

/* What was found in logs. */
struct log_findings {
	struct log_event *events; /* in the order of their first lines */
	size_t event_count;
	size_t events_left_out; /* lines of messages beyond LIMIT_LOG_EVENTS */
	struct log_function *functions;
	size_t function_count;
	size_t lines;
	/* Lines in which libvirt seems to tell an error in another language, and that hold no
	 * message. Its translations are not known here. */
	size_t foreign;
	/* Kernels that began in it. Of several the last one counts: what the others said is left
	 * out. */
	size_t boots;
	char release[LOG_RELEASE_SIZE]; /* of the kernel; "" where no line tells it */
	uint64_t command_line;          /* log_command_line_hash(); 0 where no line tells it */
};

/* Reads logs. */
struct log_scan;

/* Returns a reader, or NULL where memory is short; freed with log_scan_free(). */
struct log_scan *log_scan_new(void);
void log_scan_free(struct log_scan *scan);

/* Forgets what was read, for the reader to begin anew. Tests and the fuzzer need it, which read
 * thousands of texts: a new reader builds its matcher of every message. */
void log_scan_clear(struct log_scan *scan);

/* Reads bytes of a log, whose lines may end in other calls. */
void log_scan_read(struct log_scan *scan, const char *bytes, size_t length);

/* Ends a log. Another may follow: its lines are counted on. */
void log_scan_end(struct log_scan *scan);

/* Returns what was found, which the reader owns. */
const struct log_findings *log_scan_findings(const struct log_scan *scan);

/* Reads the logs of a host that were read. */
void log_scan_host(struct log_scan *scan, const struct host_logs *logs);

/* Returns what the logs of a host hold, in memory of arena; nothing where none was asked for. Short
 * memory marks arena. */
struct log_findings log_findings_of(const struct host_logs *logs, struct arena *arena);

/* Returns a number by which two command lines are told apart; 0 for one that was not read. */
uint64_t log_command_line_hash(const struct cmdline *cmdline);

#endif
