/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/device_users.h"

#include <errno.h>
#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"

#define PROC      "/proc"
#define NAMESPACE "/proc/self/ns/pid"

#define CLASS_BLOCK "/sys/class/block"

/* PROC_PID_INIT_INO, linux/proc_ns.h: the namespace that sees all processes. */
#define INITIAL_NAMESPACE "pid:[4026531836]"

enum { MOST_FILES = 256 * 1024, MOST_USERS = 1024 };

/* A search on its way. */
struct search {
	struct root *root;
	struct arena *arena; /* of what is found */
	struct device_users *out;
	size_t files;
	size_t processes;
};

static bool is_number(const char *name)
{
	return *name && !name[strspn(name, "0123456789")];
}

const char *device_user_group(const char *node)
{
	if (!begins_with(node, DEVICE_USER_VFIO))
		return NULL;
	const char *name = node + strlen(DEVICE_USER_VFIO);
	if (begins_with(name, "noiommu-"))
		name += strlen("noiommu-");
	return is_number(name) ? name : NULL;
}

/* Returns what stands behind the digits at text, or NULL where there are none. */
static const char *skip_number(const char *text)
{
	size_t length = strspn(text, "0123456789");

	return length ? text + length : NULL;
}

/* "b", "b1", "ab12": sd_format_disk_name() of drivers/scsi/sd.c. */
static bool is_lettered(const char *name)
{
	size_t letters = strspn(name, "abcdefghijklmnopqrstuvwxyz");

	return letters && (!name[letters] || is_number(name + letters));
}

/* "0n1", "0n1p2" */
static bool is_namespace(const char *name)
{
	const char *end = skip_number(name);

	end = end && *end == 'n' ? skip_number(end + 1) : NULL;
	return end && (!*end || (*end == 'p' && is_number(end + 1)));
}

/* "0/frontend0": dvb_devnode() of drivers/media/dvb-core/dvbdev.c */
static bool is_of_adapter(const char *name)
{
	const char *end = skip_number(name);

	return end && end[0] == '/' && end[1];
}

static bool is_any(const char *name)
{
	return *name;
}

/* A class of devices, whose nodes begin with a prefix and go on as the test has it. */
static const struct node_class {
	const char *prefix;
	bool (*goes_on)(const char *rest);
	const char *folder;
} classes[] = {
	{"/dev/dri/", is_any, "/sys/class/drm"},
	{"/dev/snd/", is_any, "/sys/class/sound"},
	{DEVICE_USER_VFIO "devices/", is_any, "/sys/class/vfio-dev"},
	{"/dev/sd", is_lettered, CLASS_BLOCK},
	{"/dev/vd", is_lettered, CLASS_BLOCK},
	{"/dev/nvme", is_namespace, CLASS_BLOCK},
	{"/dev/video", is_number, "/sys/class/video4linux"},
	{"/dev/dvb/adapter", is_of_adapter, "/sys/class/dvb"},
	{"/dev/accel/", is_any, "/sys/class/accel"},
	{"/dev/apex_", is_number, "/sys/class/apex"}, /* of Google's module gasket */
	{"/dev/ttyUSB", is_number, "/sys/class/tty"},
	{"/dev/ttyACM", is_number, "/sys/class/tty"},
};

const char *device_user_class(const char *node)
{
	for (size_t i = 0; i < ARRAY_LENGTH(classes); i++) {
		const struct node_class *row = &classes[i];
		if (begins_with(node, row->prefix) && row->goes_on(node + strlen(row->prefix)))
			return row->folder;
	}
	return NULL;
}

bool device_user_disk(const char *node)
{
	const char *folder = device_user_class(node);

	return folder && strcmp(folder, CLASS_BLOCK) == 0;
}

/* The node of one device, or of a group: /dev/nvidiactl, /dev/vfio/vfio and the like are of all.
 * That of a device that is gone leads nowhere: d_path() of fs/d_path.c names it so. */
static bool is_wanted(const char *node)
{
	if (has_suffix(node, " (deleted)"))
		return false;
	return device_user_group(node) || device_user_class(node) ||
	       (begins_with(node, "/dev/nvidia") && is_number(node + strlen("/dev/nvidia")));
}

static bool is_there(const struct device_users *users, const char *program, const char *node)
{
	for (size_t i = 0; i < users->count; i++) {
		if (strcmp(users->users[i].program, program) == 0 &&
		    strcmp(users->users[i].node, node) == 0)
			return true;
	}
	return false;
}

static void add(struct search *search, const char *program, const char *node, const char *source)
{
	struct device_users *out = search->out;

	if (is_there(out, program, node))
		return;
	if (out->count == MOST_USERS) {
		out->fact.state = FACT_MALFORMED;
		return;
	}
	out->users[out->count++] = (struct device_user){
		.program = arena_printf(search->arena, "%s", program),
		.node = arena_printf(search->arena, "%s", node),
		.source = arena_printf(search->arena, "%s", source),
	};
}

/* What ended meanwhile is absent. */
static void note(struct search *search, const struct fact *fact)
{
	if (!fact_settled(fact) && fact_known(&search->out->fact)) {
		search->out->fact = *fact;
		search->out->fact.source = PROC "/PID/fd";
	}
}

/* Returns the end of a part of QEMU's options, whose parts have commas between them: a comma of its
 * own is written twice (get_opt_value(), util/qemu-option.c). */
static const char *part_end(const char *part)
{
	part += strcspn(part, ",");
	while (part[0] == ',' && part[1] == ',')
		part += 2 + strcspn(part + 2, ",");
	return part;
}

/* Returns the value of a part, its commas once. */
static const char *value_of(struct arena *arena, const char *value, const char *end)
{
	struct buffer text = {.arena = arena};

	for (const char *at = value; at < end; at++) {
		buffer_add(&text, at, 1);
		at += at[0] == ',';
	}
	return buffer_text(&text);
}

/* Returns the guest that the value of -name names, or NULL: guest=NAME, or the first part where
 * that has no key. */
static const char *guest_in(struct arena *arena, const char *value)
{
	const char *guest = NULL;

	for (const char *part = value;; part = part_end(part) + 1) {
		const char *end = part_end(part);
		if (begins_with(part, "guest="))
			guest = value_of(arena, part + strlen("guest="), end);
		else if (part == value && part[strcspn(part, "=,")] != '=')
			guest = value_of(arena, part, end);
		if (!*end)
			break;
	}
	return guest && *guest ? guest : NULL;
}

/* Returns the name that QEMU was started with (-name), or NULL. */
static const char *guest_of(struct search *search, struct arena *scratch, const char *process)
{
	struct fact_text line = root_read(search->root, scratch,
					  arena_path(scratch, process, "cmdline"), LIMIT_ATTRIBUTE);

	if (!fact_known(&line.fact))
		return NULL;
	const char *end = line.text + line.length, *word = line.text;
	while (word < end && strcmp(word, "-name") != 0 && strcmp(word, "--name") != 0)
		word += strlen(word) + 1;
	if (word >= end || word + strlen(word) + 1 >= end)
		return NULL;
	return guest_in(scratch, word + strlen(word) + 1);
}

/* Whether a guest may have the device: its name tells more than QEMU's. */
static bool is_of_guests(const char *node)
{
	return begins_with(node, DEVICE_USER_VFIO) || device_user_disk(node);
}

/* Returns how a process is named: by its program, and by its guest where that is asked for. */
static const char *name_of(struct search *search, struct arena *scratch, const char *process,
			   bool with_guest)
{
	struct fact_text name =
		root_read_line(search->root, scratch, arena_path(scratch, process, "comm"));
	const char *program = fact_known(&name.fact) ? name.text : "a program";
	const char *guest = with_guest ? guest_of(search, scratch, process) : NULL;

	return guest ? arena_printf(scratch, "%s of the guest %s", program, guest) : program;
}

static void look_at(struct search *search, struct arena *scratch, const char *process,
		    const struct fact_list *files)
{
	const char *source = files->fact.source;
	/* Without and with its guest: read once, however many nodes it has open. */
	const char *names[2] = {NULL, NULL};

	root_enter_listed(search->root, source);
	for (size_t i = 0; i < files->count; i++) {
		struct fact_text target = root_read_link(
			search->root, scratch, arena_path(scratch, source, files->names[i]));
		note(search, &target.fact);
		if (!fact_known(&target.fact) || !is_wanted(target.text))
			continue;
		bool with_guest = is_of_guests(target.text);
		if (!names[with_guest])
			names[with_guest] = name_of(search, scratch, process, with_guest);
		add(search, names[with_guest], target.text, source);
	}
}

/* Memory is that of one process at a time. */
static void search_process(struct search *search, const char *pid)
{
	struct arena *scratch = arena_new();

	if (!scratch)
		return;
	const char *process = arena_path(scratch, PROC, pid);
	struct fact_list files =
		root_list(search->root, scratch, arena_path(scratch, process, "fd"));
	search->files += files.count;
	note(search, &files.fact);
	if (search->files > MOST_FILES)
		search->out->fact.state = FACT_MALFORMED;
	else
		look_at(search, scratch, process, &files);
	arena_free(scratch);
}

void device_users_load(struct root *root, struct arena *arena, struct device_users *ret)
{
	struct fact_list names = root_list(root, arena, PROC);
	/* The reader itself has what its caller left open. */
	struct fact_text self = root_read_link(root, arena, PROC "/self");
	struct fact_text namespace = root_read_link(root, arena, NAMESPACE);
	struct search search = {.root = root, .arena = arena, .out = ret};

	*ret = (struct device_users){
		.fact = names.fact,
		.users = arena_array(arena, MOST_USERS, sizeof(*ret->users)),
	};
	for (size_t i = 0; ret->users && i < names.count && search.files <= MOST_FILES; i++) {
		if (!is_number(names.names[i]) || fact_text_is(&self, names.names[i]))
			continue;
		search.processes++;
		search_process(&search, names.names[i]);
	}
	root_leave(root);
	bool foreign =
		fact_known(&namespace.fact) && strcmp(namespace.text, INITIAL_NAMESPACE) != 0;
	if (!search.processes || (foreign && fact_known(&ret->fact)))
		ret->fact = (struct fact){FACT_NOT_CAPTURED, 0, foreign ? NAMESPACE : PROC};
}
