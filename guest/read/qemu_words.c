/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/read/readers.h"
#include "host/access/affix.h"
#include "host/access/array.h"

/* QEMU gives a guest so many MiB where -m is missing (default_ram_size of q35 and pc). */
enum { USUAL_MEMORY = 128, MOST_MEMORY_DIGITS = 12 };

#define MIB (UINT64_C(1) << 20)

enum { MOST_BUSES = 255, LARGEST_SLOT = 0x1f, LARGEST_FUNCTION = 7 };

/* A command that is being read. */
struct command {
	struct device_list *list;
	const char *buses[MOST_BUSES]; /* names of those that ports made, the first is number 1 */
	size_t bus_count;
};

/* The words of a command, as a shell or ps has them. */
struct words {
	struct arena *arena;
	const char *at;
	unsigned line;
	unsigned word_line; /* where the last one began */
	bool begins_line;   /* whether the last one is the first of its line */
};

static bool is_continued(const char *at)
{
	return at[0] == '\\' && at[1] == '\n';
}

static void skip_space(struct words *words)
{
	words->begins_line = false;
	while (isspace((unsigned char)*words->at) || is_continued(words->at) || *words->at == '#') {
		if (*words->at == '#') {
			words->at += strcspn(words->at, "\n");
			continue;
		}
		if (is_continued(words->at))
			words->at++;
		else
			words->begins_line |= *words->at == '\n';
		words->line += *words->at == '\n';
		words->at++;
	}
}

/* ps shows JSON without the quotes that a shell took: it ends where its braces do. */
static size_t json_length(const char *text)
{
	size_t length = 0, depth = 0;
	bool quoted = false;

	for (; text[length] && text[length] != '\n'; length++) {
		char byte = text[length];
		if (byte == '\\' && quoted && text[length + 1])
			length++;
		else if (byte == '"')
			quoted = !quoted;
		else if (!quoted && byte == '{')
			depth++;
		else if (!quoted && byte == '}' && --depth == 0)
			return length + 1;
	}
	return length;
}

/* Copies one word without its quotes; out has room for all of it. */
static void copy_word(struct words *words, char *out)
{
	char quote = '\0';

	for (; *words->at; words->at++) {
		char byte = *words->at;
		if (!quote && isspace((unsigned char)byte))
			break;
		words->line += byte == '\n';
		if (quote ? byte == quote : byte == '\'' || byte == '"') {
			quote = quote ? '\0' : byte;
		} else if (byte == '\\' && quote != '\'' && words->at[1]) {
			words->at++;
			words->line += *words->at == '\n';
			if (*words->at != '\n')
				*out++ = *words->at;
		} else {
			*out++ = byte;
		}
	}
	*out = '\0';
}

/* Returns how many bytes the next word takes at most. */
static size_t word_bound(const char *text)
{
	size_t length = 0;
	char quote = '\0';

	for (; text[length]; length++) {
		char byte = text[length];
		if (!quote && isspace((unsigned char)byte))
			break;
		if (quote ? byte == quote : byte == '\'' || byte == '"')
			quote = quote ? '\0' : byte;
		else if (byte == '\\' && quote != '\'' && text[length + 1])
			length++;
	}
	return length;
}

/* Returns the next word, or NULL behind the last. */
static const char *next_word(struct words *words)
{
	char *word;

	skip_space(words);
	words->word_line = words->line;
	if (!*words->at)
		return NULL;
	if (*words->at == '{') {
		size_t length = json_length(words->at);
		const char *json = arena_copy(words->arena, words->at, length);
		words->at += length;
		return json;
	}
	word = arena_alloc(words->arena, word_bound(words->at) + 1);
	if (word)
		copy_word(words, word);
	return word;
}

static bool is_program(const char *word)
{
	static const char system[] = "qemu-system-";
	const char *slash = strrchr(word, '/');
	const char *name = slash ? slash + 1 : word;

	if (begins_with(name, system))
		return !strpbrk(name + strlen(system), ".-");
	return strcmp(name, "qemu-kvm") == 0 || (slash && strcmp(name, "kvm") == 0);
}

static const char *skip_comments(const char *text)
{
	text += strspn(text, " \t\r\n");
	while (*text == '#') {
		text += strcspn(text, "\n");
		text += strspn(text, " \t\r\n");
	}
	return text;
}

/* Its first line names QEMU, or the text is nothing but arguments. */
bool qemu_words_are(const char *text)
{
	const char *start = skip_comments(text);
	size_t line = strcspn(start, "\n");
	const char *program = strstr(start, "qemu-system-");

	if (!program)
		program = strstr(start, "/kvm ");
	if (!program)
		program = strstr(start, "qemu-kvm");
	if (*start == '<' || *start == '{')
		return false;
	return (program && (size_t)(program - start) < line) || begins_with(start, "-device ") ||
	       begins_with(start, "-machine ") || begins_with(start, "-name ");
}

/* Returns the number of the bus of that name, -1 for one that no port before made. */
static int bus_number(const struct command *command, const char *name)
{
	static const char *const roots[] = {"pcie.0", "pci.0"};

	for (size_t i = 0; i < ARRAY_LENGTH(roots); i++) {
		if (strcmp(name, roots[i]) == 0)
			return 0;
	}
	for (size_t i = 0; i < command->bus_count; i++) {
		if (strcmp(name, command->buses[i]) == 0)
			return (int)i + 1;
	}
	return -1;
}

/* "0x2", "02.0": slot and function in hex, as set_pci_devfn() of hw/core/qdev-properties.c reads
 * them. */
static bool read_slot(const char *text, struct pci_address *ret)
{
	char *end;
	unsigned long slot = strtoul(text, &end, 16);
	unsigned long function = *end == '.' ? strtoul(end + 1, &end, 16) : 0;

	if (*end || slot > LARGEST_SLOT || function > LARGEST_FUNCTION)
		return false;
	ret->device = (uint8_t)slot;
	ret->function = (uint8_t)function;
	return true;
}

/* Below a port there is slot 0 alone. On the root bus, which is the first where none is given, QEMU
 * chooses where no address is. */
static void place(const struct command *command, const struct qemu_device *argument,
		  struct domain_device *device)
{
	int bus = argument->bus ? bus_number(command, argument->bus) : argument->address ? 0 : -1;

	if (bus < 0 || (!argument->address && !bus) ||
	    (argument->address && !read_slot(argument->address, &device->guest)))
		return;
	device->place = DOMAIN_PLACE_PCI;
	device->guest.bus = (uint8_t)bus;
	device->multifunction = argument->multifunction ? DOMAIN_ON : DOMAIN_OFF;
}

/* Ports of PCI Express, whose buses have slot 0 alone, in libvirt's words. */
static const struct {
	const char *driver;
	const char *model;
} ports[] = {
	{"pcie-root-port", "pcie-root-port"},
	{"ioh3420", "pcie-root-port"},
	{"xio3130-downstream", "pcie-switch-downstream-port"},
};

/* Where the device is a port that has a name, what stands on its bus has a place, too. */
static void make_bus(struct command *command, const struct qemu_device *argument,
		     struct domain_device *device)
{
	for (size_t i = 0; argument->driver && i < ARRAY_LENGTH(ports); i++) {
		if (strcmp(argument->driver, ports[i].driver) != 0 || !argument->id ||
		    command->bus_count == MOST_BUSES)
			continue;
		command->buses[command->bus_count++] = argument->id;
		device->kind = DOMAIN_DEVICE_CONTROLLER;
		device->model = ports[i].model;
		device->has_index = true;
		device->index = (uint32_t)command->bus_count;
	}
}

static void add_device(struct command *command, const char *option, const char *value,
		       unsigned line)
{
	struct device_list *list = command->list;
	struct qemu_device argument;

	if (!qemu_option_parse(list->arena, option, value, &argument))
		return;
	struct domain_device device = domain_device_of_argument(
		&argument, arena_printf(list->arena, "-%s", option), line);
	device.alias = argument.id;
	place(command, &argument, &device);
	make_bus(command, &argument, &device);
	device_list_add(list, &device);
}

/* "4096", "4G" or "size=4G,maxmem=8G": MiB unless a unit says otherwise. */
static uint64_t parse_memory(const char *text)
{
	static const char units[] = "KMGT";

	if (begins_with(text, "size="))
		text += strlen("size=");
	size_t digits = strspn(text, "0123456789");
	if (!digits || digits > MOST_MEMORY_DIGITS)
		return 0;
	const char *unit =
		text[digits] ? strchr(units, toupper((unsigned char)text[digits])) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 20;
	uint64_t number = strtoull(text, NULL, 10);
	return number > UINT64_MAX >> shift ? 0 : number << shift;
}

static const char *first_value(struct arena *arena, const char *text, const char *key)
{
	if (begins_with(text, key))
		text += strlen(key);
	return arena_copy(arena, text, strcspn(text, ","));
}

static void take_memory(struct device_list *list, const char *value)
{
	list->domain->memory = parse_memory(value);
}

static void take_name(struct device_list *list, const char *value)
{
	list->domain->name = first_value(list->arena, value, "guest=");
}

static void take_machine(struct device_list *list, const char *value)
{
	list->domain->machine = first_value(list->arena, value, "type=");
}

/* The processor has the host's bits of address, at most the limit (host_cpu_adjust_phys_bits(),
 * target/i386/host-cpu.c). */
static void take_cpu(struct device_list *list, const char *value)
{
	static const char limit[] = "host-phys-bits-limit=";
	const char *at = strstr(value, limit);

	if (!begins_with(value, "host"))
		return;
	list->domain->cpu_mode = "host-passthrough";
	if (at)
		list->domain->address_limit = (unsigned)strtoul(at + strlen(limit), NULL, 0) & 0xff;
}

/* Options that do not describe a device. */
static const struct setting {
	const char *option;
	void (*take)(struct device_list *list, const char *value);
} settings[] = {
	{"m", take_memory},  {"name", take_name}, {"machine", take_machine},
	{"M", take_machine}, {"cpu", take_cpu},
};

static const struct setting *find_setting(const char *option)
{
	for (size_t i = 0; i < ARRAY_LENGTH(settings); i++) {
		if (strcmp(settings[i].option, option) == 0)
			return &settings[i];
	}
	return NULL;
}

static void take_option(struct command *command, const char *option, const char *value,
			unsigned line)
{
	const struct setting *setting = find_setting(option);

	if (setting)
		setting->take(command->list, value);
	else
		add_device(command, option, value, line);
}

static bool has_value(const char *option)
{
	return find_setting(option) || qemu_option_is_read(option);
}

/* A program is the value of an option such as -pidfile, unless a line begins with it. */
static bool begins_command(const struct words *words, const char *word, bool behind_option)
{
	return is_program(word) && (words->begins_line || !behind_option);
}

/* Reads one command, up to the program of the next. Returns whether there is a next. */
static bool read_command(struct words *words, struct device_list *list)
{
	struct command command = {.list = list};
	const char *word;
	bool started = false, behind_option = false;

	while (!list->error && (word = next_word(words))) {
		const char *option = word + (*word == '-') + (word[0] == '-' && word[1] == '-');
		if (started && begins_command(words, word, behind_option))
			return true;
		behind_option = *word == '-';
		if (*word != '-' || !has_value(option))
			continue;
		started = true;
		const char *value = next_word(words);
		if (value)
			take_option(&command, option, value, words->word_line);
		behind_option = false;
	}
	return false;
}

void qemu_words_add(struct device_list *list, const char *text, unsigned line)
{
	struct words words = {.arena = list->arena, .at = text, .line = line};

	while (read_command(&words, list))
		;
}

void qemu_words_read(struct guest_list *guests, const char *text)
{
	struct words words = {.arena = guests->arena, .at = text, .line = 1};
	bool more = true;

	while (more && !guests->error) {
		struct domain domain = {
			.name = "guest", .other_stack = true, .memory = USUAL_MEMORY * MIB};
		struct device_list list = {.arena = guests->arena, .domain = &domain};
		more = read_command(&words, &list);
		guest_list_add_domain(guests, DOMAIN_DOCUMENT_DOMAIN, &list);
	}
}
