/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/log/scan.h"

#include <stdlib.h>
#include <string.h>

#include "host/base/array.h"
#include "model/log/matcher.h"
#include "model/log/wrapper.h"

enum {
	HINT_LINES = 3,
	MOST_MATCHES = 32, /* messages in one line */
	MOST_JOINED = 256, /* bytes of the next line in which a message may end */
	NEAR_ADDRESS = 24, /* bytes behind an address at the end of the line before */
	SLOTS = 4 * LIMIT_LOG_EVENTS,
	FUNCTION_SLOTS = 2 * LIMIT_LOG_FUNCTIONS,
	LEAST_FOREIGN = 16, /* bytes beyond ASCII: more than quotation marks take */
};

/* A line that waits for the next one, which may go on with its last message. */
struct waiting {
	char text[LIMIT_LOG_LINE + 1 + MOST_JOINED];
	size_t length;
	size_t number;
	bool dated;
	bool filled;
	bool foreign; /* see log_findings */
	/* The line before ended in this function: "vfio-pci 0000:01:00.0:". */
	bool follows_function;
	struct pci_address function;
};

struct log_scan {
	struct arena *arena;
	struct log_matcher *matcher;
	struct log_findings findings;
	uint32_t slots[SLOTS]; /* of events: their index + 1, by hash */
	uint32_t function_slots[FUNCTION_SLOTS];
	struct waiting waiting;
	char line[LIMIT_LOG_LINE];
	size_t length;
	bool in_pieces; /* what waits in line is the rest of one that was too long */
	size_t last_event[LOG_SOURCE_COUNT];    /* index + 1 */
	struct log_match matches[MOST_MATCHES]; /* of the line that waits */
	size_t match_count;
};

struct log_scan *log_scan_new(void)
{
	struct arena *arena = arena_new();
	struct log_scan *scan = arena ? arena_alloc(arena, sizeof(*scan)) : NULL;

	if (!scan) {
		arena_free(arena);
		return NULL;
	}
	scan->arena = arena;
	scan->matcher = log_matcher_new(arena);
	scan->findings.events = arena_array(arena, LIMIT_LOG_EVENTS, sizeof(struct log_event));
	scan->findings.functions =
		arena_array(arena, LIMIT_LOG_FUNCTIONS, sizeof(struct log_function));
	if (!scan->matcher || arena_failed(arena)) {
		arena_free(arena);
		return NULL;
	}
	return scan;
}

void log_scan_free(struct log_scan *scan)
{
	if (scan)
		arena_free(scan->arena);
}

void log_scan_clear(struct log_scan *scan)
{
	struct log_event *events = scan->findings.events;
	struct log_function *functions = scan->findings.functions;

	scan->findings = (struct log_findings){.events = events, .functions = functions};
	memset(scan->slots, 0, sizeof(scan->slots));
	memset(scan->function_slots, 0, sizeof(scan->function_slots));
	memset(scan->last_event, 0, sizeof(scan->last_event));
	scan->waiting.filled = false;
	scan->waiting.length = 0;
	scan->length = 0;
	scan->in_pieces = false;
}

const struct log_findings *log_scan_findings(const struct log_scan *scan)
{
	return &scan->findings;
}

/* FNV-1a, 64 bits. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static const uint64_t hash_basis = UINT64_C(0xcbf29ce484222325);

uint64_t log_command_line_hash(const struct cmdline *cmdline)
{
	uint64_t hash = hash_basis;

	if (!fact_known(&cmdline->fact))
		return 0;
	for (size_t i = 0; i < cmdline->count; i++) {
		const struct cmdline_parameter *parameter = &cmdline->parameters[i];
		const char *value = parameter->value ? parameter->value : "\1";
		hash = hash_bytes(hash, parameter->name, strlen(parameter->name) + 1);
		hash = hash_bytes(hash, value, strlen(value) + 1);
	}
	return hash ? hash : 1;
}

static bool same_address(const struct pci_address *a, const struct pci_address *b)
{
	return pci_address_compare(a, b) == 0;
}

static uint64_t hash_address(uint64_t hash, const struct pci_address *address)
{
	const uint64_t key = (uint64_t)address->domain << 16 | pci_requester_id(address);

	return hash_bytes(hash, &key, sizeof(key));
}

/* Lines that differ in these are different messages. */
static bool same_message(const struct log_event *event, const struct log_match *match)
{
	const struct log_values *a = &event->values, *b = &match->values;

	return event->message == match->message && a->has_function == b->has_function &&
	       (!a->has_function || same_address(&a->function, &b->function)) &&
	       a->has_group == b->has_group && a->group == b->group && a->error == b->error;
}

static size_t event_hash(const struct log_match *match)
{
	const struct log_values *values = &match->values;
	uint64_t hash = hash_bytes(hash_basis, &match->message, sizeof(match->message));

	if (values->has_function)
		hash = hash_address(hash, &values->function);
	hash = hash_bytes(hash, &values->group, sizeof(values->group));
	hash = hash_bytes(hash, &values->error, sizeof(values->error));
	return (size_t)(hash ^ hash >> 32);
}

static void add_event(struct log_scan *scan, const struct log_match *match, uint32_t *slot)
{
	struct log_findings *findings = &scan->findings;
	size_t line = scan->waiting.number;

	if (findings->event_count == LIMIT_LOG_EVENTS) {
		findings->events_left_out++;
		return;
	}
	findings->events[findings->event_count++] = (struct log_event){
		.message = match->message,
		.form = match->form,
		.values = match->values,
		.count = 1,
		.first_line = line,
		.last_line = line,
	};
	*slot = (uint32_t)findings->event_count;
	scan->last_event[match->message->source] = findings->event_count;
}

static void count_event(struct log_scan *scan, size_t index)
{
	struct log_event *event = &scan->findings.events[index];

	/* Twice in one line, in different words, is once. */
	if (event->last_line != scan->waiting.number)
		event->count++;
	event->last_line = scan->waiting.number;
	scan->last_event[event->message->source] = index + 1;
}

/* Returns whether a line is the hint behind an error: other words of the same message, that name no
 * subject, a few lines behind at most: a ticket breaks lines. */
static bool is_hint(const struct log_scan *scan, const struct log_match *match)
{
	size_t last = scan->last_event[match->message->source];
	const struct log_event *event = last ? &scan->findings.events[last - 1] : NULL;

	return event && event->message == match->message && event->form != match->form &&
	       event->last_line + HINT_LINES >= scan->waiting.number && !match->values.has_group &&
	       !match->values.has_function;
}

static void note_event(struct log_scan *scan, const struct log_match *match)
{
	if (is_hint(scan, match))
		return;
	for (size_t at = event_hash(match) % SLOTS;; at = (at + 1) % SLOTS) {
		uint32_t *slot = &scan->slots[at];
		if (!*slot) {
			add_event(scan, match, slot);
			return;
		}
		if (same_message(&scan->findings.events[*slot - 1], match)) {
			count_event(scan, *slot - 1);
			return;
		}
	}
}

/* Returns what is told of the function, made where it is new; NULL where there is no room. */
static struct log_function *function_of(struct log_scan *scan, const struct pci_address *address)
{
	struct log_findings *findings = &scan->findings;

	for (size_t at = (size_t)hash_address(hash_basis, address) % FUNCTION_SLOTS;;
	     at = (at + 1) % FUNCTION_SLOTS) {
		uint32_t *slot = &scan->function_slots[at];
		if (*slot && same_address(&findings->functions[*slot - 1].address, address))
			return &findings->functions[*slot - 1];
		if (*slot)
			continue;
		if (findings->function_count == LIMIT_LOG_FUNCTIONS)
			return NULL;
		*slot = (uint32_t)++findings->function_count;
		findings->functions[*slot - 1] = (struct log_function){.address = *address};
		return &findings->functions[*slot - 1];
	}
}

static void note_ids(struct log_scan *scan, const struct log_values *values)
{
	struct log_function *function = function_of(scan, &values->function);

	if (!function)
		return;
	function->has_ids = true;
	function->vendor = values->vendor;
	function->device = values->device;
}

static void note_group(struct log_scan *scan, const struct log_values *values)
{
	struct log_function *function = function_of(scan, &values->function);

	if (!function)
		return;
	function->has_group = true;
	function->group = values->group;
}

/* Builds the look-up of events anew, in their order. */
static void index_events(struct log_scan *scan)
{
	struct log_findings *findings = &scan->findings;
	size_t count = findings->event_count;

	memset(scan->slots, 0, sizeof(scan->slots));
	memset(scan->last_event, 0, sizeof(scan->last_event));
	for (size_t i = 0; i < count; i++) {
		const struct log_match match = {.message = findings->events[i].message,
						.values = findings->events[i].values};
		size_t at = event_hash(&match) % SLOTS;
		while (scan->slots[at])
			at = (at + 1) % SLOTS;
		scan->slots[at] = (uint32_t)i + 1;
	}
}

/* What the kernel said in an earlier boot is not of this one; what others said may be. */
static void forget_kernel(struct log_scan *scan)
{
	struct log_findings *findings = &scan->findings;
	size_t kept = 0;

	findings->command_line = 0;
	if (!findings->event_count && !findings->function_count)
		return;
	for (size_t i = 0; i < findings->event_count; i++) {
		if (findings->events[i].message->source != LOG_KERNEL)
			findings->events[kept++] = findings->events[i];
	}
	findings->event_count = kept;
	findings->function_count = 0;
	memset(scan->function_slots, 0, sizeof(scan->function_slots));
	index_events(scan);
}

static bool is_of_release(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z') || (byte && strchr(".+-_~", byte));
}

/* "6.1.0-51-amd64 (…": the release of the kernel that begins. */
static void note_version(struct log_scan *scan, const char *text, size_t length)
{
	struct log_findings *findings = &scan->findings;
	size_t size = 0;

	while (size < length && is_of_release(text[size]))
		size++;
	if (!size || size >= LOG_RELEASE_SIZE || text[0] < '0' || text[0] > '9')
		return;
	if (findings->boots++)
		forget_kernel(scan);
	memcpy(findings->release, text, size);
	findings->release[size] = '\0';
}

static void note_command_line(struct log_scan *scan, const char *text, size_t length)
{
	struct arena *arena = arena_new();
	struct cmdline cmdline = {0};
	struct fact_text line = {.fact = fact_of(FACT_KNOWN, "", 0)};

	/* Linux 6.19 and later break a long one into lines that end so. */
	if (!arena || !length || text[length - 1] == '\\') {
		arena_free(arena);
		return;
	}
	fact_text_copy(&line, arena, text, length);
	cmdline_parse(arena, &line, &cmdline);
	if (!arena_failed(arena))
		scan->findings.command_line = log_command_line_hash(&cmdline);
	arena_free(arena);
}

/* Gives a message the function that its line names in front of it. */
static void find_function(const struct waiting *waiting, struct log_match *match)
{
	struct log_values *values = &match->values;

	if (values->has_function)
		return;
	values->has_function =
		log_last_function(waiting->text, match->start, &values->function) > 0;
	if (values->has_function || match->start > NEAR_ADDRESS || !waiting->follows_function)
		return;
	values->has_function = true;
	values->function = waiting->function;
}

/* Ids stand in front of some matches: "[8086:1533] type", "8086:37c9 exists in …". */
static void take_ids(struct log_scan *scan, struct log_match *match)
{
	struct log_values *values = &match->values;
	size_t size = sizeof("8086:1533") - 1;

	if (match->start >= size && !values->has_ids)
		values->has_ids = log_read_ids(scan->waiting.text + match->start - size, size,
					       &values->vendor, &values->device) > 0;
	if (values->has_ids && values->has_function)
		note_ids(scan, values);
}

static void take(struct log_scan *scan, const struct log_match *found)
{
	const struct waiting *waiting = &scan->waiting;
	struct log_match match = *found;
	size_t end = match.start + match.length;

	switch (match.message->role) {
	case LOG_VERSION:
		note_version(scan, waiting->text + end, waiting->length - end);
		return;
	case LOG_COMMAND_LINE:
		note_command_line(scan, waiting->text + end, waiting->length - end);
		return;
	case LOG_IDS:
		find_function(waiting, &match);
		take_ids(scan, &match);
		return;
	case LOG_GROUP:
		find_function(waiting, &match);
		if (match.values.has_function && match.values.has_group)
			note_group(scan, &match.values);
		return;
	case LOG_MESSAGE:
		break;
	}
	find_function(waiting, &match);
	take_ids(scan, &match);
	note_event(scan, &match);
}

static void collect(void *context, const struct log_match *match)
{
	struct log_scan *scan = context;

	if (scan->match_count < MOST_MATCHES)
		scan->matches[scan->match_count++] = *match;
}

/* Bytes of a form before its first field. */
static size_t literal_beginning(const struct log_match *match)
{
	return strcspn(match->form, "{");
}

/* Returns whether another match has the text of this one, which then adds nothing: a longer one, or
 * one of the same text whose form says more of it. */
static bool is_within_another(const struct log_scan *scan, const struct log_match *match)
{
	for (size_t i = 0; i < scan->match_count; i++) {
		const struct log_match *other = &scan->matches[i];
		if (other->length > match->length && other->start <= match->start &&
		    other->start + other->length >= match->start + match->length)
			return true;
		if (other->length == match->length && other->start == match->start &&
		    literal_beginning(other) > literal_beginning(match))
			return true;
	}
	return false;
}

static void take_all(struct log_scan *scan)
{
	for (size_t i = 0; i < scan->match_count; i++) {
		if (!is_within_another(scan, &scan->matches[i]))
			take(scan, &scan->matches[i]);
	}
	scan->match_count = 0;
}

/* Returns whether libvirt speaks in the line, and not in English. Its daemon's log and the names of
 * its programs and of Python's class are not translated; languages of Latin letters are not told
 * from English. */
static bool is_foreign(const char *text, size_t length)
{
	static const char *const speakers[] = {": error : ", "libvirtError: ", "libvirtd[",
					       "virtqemud["};
	size_t beyond = 0;

	for (size_t i = 0; i < length; i++)
		beyond += (text[i] & 0x80) != 0;
	if (beyond < LEAST_FOREIGN)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(speakers); i++) {
		if (memmem(text, length, speakers[i], strlen(speakers[i])))
			return true;
	}
	return false;
}

/* Looks for messages in the line that waits, which may end in the one that goes on with it. */
static void search(struct log_scan *scan, const struct log_line *next)
{
	struct waiting *waiting = &scan->waiting;
	size_t length = waiting->length;

	if (!waiting->filled)
		return;
	if (next && !next->dated && next->length) {
		size_t more = next->length < MOST_JOINED ? next->length : MOST_JOINED;
		waiting->text[length++] = ' ';
		memcpy(waiting->text + length, next->text, more);
		length += more;
	}
	log_matcher_run(scan->matcher, waiting->text, waiting->length, length, collect, scan);
	scan->findings.foreign += waiting->foreign && !scan->match_count;
	take_all(scan);
}

/* Whether the line that waits ends in a function and a colon, so the next one is of it. */
static bool ends_in_function(const struct waiting *waiting, struct pci_address *ret)
{
	size_t end;

	if (!waiting->filled || !waiting->length || waiting->text[waiting->length - 1] != ':')
		return false;
	size_t from = waiting->length > 2 * NEAR_ADDRESS ? waiting->length - 2 * NEAR_ADDRESS : 0;
	end = log_last_function(waiting->text + from, waiting->length - from, ret);
	return end && from + end + NEAR_ADDRESS > waiting->length;
}

static void wait_for_next(struct log_scan *scan, const struct log_line *line)
{
	struct waiting *waiting = &scan->waiting;

	waiting->follows_function = !line->dated && ends_in_function(waiting, &waiting->function);
	memcpy(waiting->text, line->text, line->length);
	waiting->length = line->length;
	waiting->dated = line->dated;
	waiting->number = scan->findings.lines;
	waiting->filled = true;
}

/* Takes what was read of a line: all of it, or a piece where it is too long. */
static void take_line(struct log_scan *scan, bool whole)
{
	struct log_line line = {.text = scan->line, .length = scan->length};
	bool foreign = is_foreign(line.text, line.length);

	log_line_peel(&line);
	log_line_tidy(&line);
	search(scan, &line);
	scan->findings.lines += !scan->in_pieces;
	wait_for_next(scan, &line);
	scan->waiting.foreign = foreign;
	scan->length = 0;
	scan->in_pieces = !whole;
}

void log_scan_read(struct log_scan *scan, const char *bytes, size_t length)
{
	while (length) {
		const char *newline = memchr(bytes, '\n', length);
		size_t size = newline ? (size_t)(newline - bytes) : length;
		size_t room = sizeof(scan->line) - scan->length;
		bool whole = newline && size <= room;
		size_t taken = size < room ? size : room;

		memcpy(scan->line + scan->length, bytes, taken);
		scan->length += taken;
		if (whole || scan->length == sizeof(scan->line))
			take_line(scan, whole);
		taken += whole;
		bytes += taken;
		length -= taken;
	}
}

void log_scan_end(struct log_scan *scan)
{
	if (scan->length)
		take_line(scan, true);
	search(scan, NULL);
	scan->in_pieces = false;
	scan->waiting.filled = false;
	scan->waiting.length = 0;
}

static void scan_fact(struct log_scan *scan, const struct fact_text *text)
{
	if (!fact_known(&text->fact))
		return;
	log_scan_read(scan, text->text, text->length);
	log_scan_end(scan);
}

void log_scan_host(struct log_scan *scan, const struct host_logs *logs)
{
	scan_fact(scan, &logs->kernel);
	for (size_t i = 0; i < logs->qemu_count; i++)
		scan_fact(scan, &logs->qemu[i].text);
}

static void *copy_array(struct arena *arena, const void *items, size_t count, size_t size)
{
	void *copy = arena_array(arena, count + 1, size);

	if (copy && count)
		memcpy(copy, items, count * size);
	return copy;
}

struct log_findings log_findings_of(const struct host_logs *logs, struct arena *arena)
{
	struct log_scan *scan = logs->wanted ? log_scan_new() : NULL;
	struct log_findings found = {0};

	if (logs->wanted && !scan)
		(void)arena_alloc(arena, SIZE_MAX); /* marks it: memory is short */
	if (!scan)
		return found;
	log_scan_host(scan, logs);
	found = scan->findings;
	found.events = copy_array(arena, found.events, found.event_count, sizeof(*found.events));
	found.functions =
		copy_array(arena, found.functions, found.function_count, sizeof(*found.functions));
	log_scan_free(scan);
	return found.events && found.functions ? found : (struct log_findings){0};
}
