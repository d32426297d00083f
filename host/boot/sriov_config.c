/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot/sriov_config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/access/affix.h"
#include "host/access/array.h"
#include "host/access/buffer.h"

#define PROFILES "/etc/NetworkManager/system-connections"

enum {
	LIMIT_CONFIG_FILE = 1024 * 1024,
	MOST_FILES = 1024, /* of one folder */
	MOST_DIGITS = 5,   /* TotalVFs has 16 bits */
	MOST_DRIVERS = 64, /* of PFs */
};

#define REDACTED "redacted"

/* Folders whose files of that suffix count: modprobe.d(5), udev(7), systemd.link(5), netplan(5),
 * tmpfiles.d(5), systemd.unit(5), interfaces(5). Files of packages are left out but for options. */
struct place {
	const char *folder;
	const char *suffix;
};

static const struct place places[] = {
	{"/etc/modprobe.d", ".conf"},
	{"/run/modprobe.d", ".conf"},
	{"/usr/local/lib/modprobe.d", ".conf"},
	{"/usr/lib/modprobe.d", ".conf"},
	{"/etc/udev/rules.d", ".rules"},
	{"/run/udev/rules.d", ".rules"},
	{"/etc/systemd/network", ".link"},
	{"/run/systemd/network", ".link"},
	{"/etc/netplan", ".yaml"},
	{"/etc/tmpfiles.d", ".conf"},
	{"/etc/sysfs.d", ".conf"},
	{"/etc/systemd/system", ".service"},
	{"/etc/network/interfaces.d", ""},
};

static const char *const files[] = {
	"/etc/sysfs.conf",
	"/etc/rc.local",
	"/etc/rc.d/rc.local",
	"/etc/network/interfaces",
};

/* What sets VFs, or is thought to. */
static const char *const words[] = {
	"sriov_numvfs",           /* the attribute: rules, scripts, tmpfiles.d, sysfs.d */
	"SR-IOVVirtualFunctions", /* systemd.link(5), since 251 */
	"virtual-function-count", /* netplan */
	"max_vfs",                /* igb, ixgbe and others */
	"num_vfs",                /* mlx4_core, be2net */
	"enable_sriov",           /* vfio-pci */
};

bool sriov_setting_whole(const struct sriov_setting *setting)
{
	return !strstr(setting->line, REDACTED);
}

bool sriov_config_covers(const char *path)
{
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		if (strcmp(path, files[i]) == 0)
			return true;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
		if (lies_below(path, places[i].folder) && ends_with(path, places[i].suffix))
			return true;
	}
	return false;
}

bool sriov_config_wants(const char *line, size_t length)
{
	while (length && isspace((unsigned char)*line)) {
		line++;
		length--;
	}
	if (length == 0 || *line == '#' || *line == ';')
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (memmem(line, length, words[i], strlen(words[i])))
			return true;
	}
	return false;
}

/* Reads the number at text, which must end there. Returns false for none or one too large. */
static bool read_number(const char *text, int64_t *ret)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > MOST_DIGITS || isalnum((unsigned char)text[digits]) ||
	    text[digits] == ',')
		return false;
	*ret = strtol(text, NULL, 10);
	return true;
}

/* ATTR{sriov_numvfs}="4", tmpfiles.d's "sriov_numvfs - - - - 4", max_vfs=4 */
static const char *number_behind(const char *end)
{
	return end + strspn(end, "}\"'=: \t-");
}

/* echo 4 > /sys/…/sriov_numvfs */
static const char *number_in_front(const char *line, const char *word)
{
	while (word > line && !isspace((unsigned char)word[-1]) && word[-1] != '>')
		word--;
	while (word > line && (isspace((unsigned char)word[-1]) || word[-1] == '>'))
		word--;
	while (word > line && strchr("\"'", word[-1]))
		word--;
	while (word > line && isdigit((unsigned char)word[-1]))
		word--;
	return word;
}

bool sriov_setting_count(const struct sriov_setting *setting, int64_t *ret_count,
			 size_t *ret_digits)
{
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		const char *word = strstr(setting->line, words[i]);
		if (!word)
			continue;
		const char *number = strchr(setting->line, '>') && strchr(setting->line, '>') < word
					     ? number_in_front(setting->line, word)
					     : number_behind(word + strlen(words[i]));
		if (!read_number(number, ret_count))
			return false;
		*ret_digits = (size_t)(number - setting->line);
		return true;
	}
	return false;
}

/* Words of lines that set VFs which are no secret, whoever writes them. */
static const char *const plain_words[] = {
	"-",
	"-c",
	"ACTION",
	"ATTR",
	"ATTRS",
	"DRIVER",
	"DRIVERS",
	"ExecStart",
	"ExecStartPost",
	"ExecStartPre",
	"KERNEL",
	"KERNELS",
	"NAME",
	"PROGRAM",
	"RUN+",
	"SUBSYSTEM",
	"SUBSYSTEMS",
	"/bin/bash",
	"/bin/echo",
	"/bin/sh",
	"/usr/bin/bash",
	"/usr/bin/echo",
	"/usr/bin/sh",
	"add",
	"bash",
	"bind",
	"change",
	"dev",
	"echo",
	"ip",
	"link",
	"move",
	"net",
	"options",
	"pci",
	"post-up",
	"pre-up",
	"set",
	"sh",
	"tee",
	"up",
	"w",
	"w+",
};

/* What the value of names a function, an interface or a driver. */
static const char *const naming_words[] = {"KERNEL", "KERNELS", "DRIVER", "DRIVERS", "NAME"};

static bool is_listed(const char *const *list, size_t count, const struct fact_line *token)
{
	for (size_t i = 0; i < count; i++) {
		if (strlen(list[i]) == token->length &&
		    memcmp(list[i], token->text, token->length) == 0)
			return true;
	}
	return false;
}

/* A line on its way through redaction: a token is what stands between delimiters. */
struct tokens {
	const char *text;
	size_t length, offset;
	size_t digits;             /* where the number of VFs stands; length where none does */
	struct fact_line first;    /* token of the line */
	struct fact_line previous; /* token, without text for the first */
	bool previous_sets;        /* it is what sets VFs, or a number of them */
};

/* A colon is part of an address, and otherwise ends a key of YAML. */
static bool is_delimiter(const struct tokens *tokens, size_t at)
{
	const char *byte = tokens->text + at;

	if (*byte == ':')
		return at == 0 || at + 1 == tokens->length || !isxdigit((unsigned char)byte[-1]) ||
		       !isxdigit((unsigned char)byte[1]);
	return *byte == '\0' || isspace((unsigned char)*byte) || strchr(",;=\"'<>{}()&|$\\", *byte);
}

static bool is_short_number(const struct fact_line *token)
{
	return token->length <= MOST_DIGITS && strspn(token->text, "0123456789") >= token->length;
}

/* "sriov_numvfs", or a path that ends in it. */
static bool sets(const struct fact_line *token)
{
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		size_t length = strlen(words[i]);
		if (token->length < length ||
		    memcmp(token->text + token->length - length, words[i], length) != 0)
			continue;
		if (token->length == length || token->text[token->length - length - 1] == '/')
			return true;
	}
	return false;
}

static bool is_address(const struct fact_line *token)
{
	char text[PCI_ADDRESS_SIZE] = "";
	struct pci_address address;

	if (token->length >= sizeof(text))
		return false;
	memcpy(text, token->text, token->length);
	return pci_address_parse(text, &address) == 0;
}

/* A name that the kernel or systemd gives an interface: "eth0", "ens1f0np0", "ib0". */
static bool is_interface(const struct fact_line *token)
{
	static const char *const prefixes[] = {"eth", "eno", "enp", "enP",
					       "ens", "ib",  "ibp", "ibs"};
	enum { LONGEST = 15 }; /* IFNAMSIZ */

	for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++) {
		size_t length = strlen(prefixes[i]);
		if (token->length > length && token->length <= LONGEST &&
		    memcmp(token->text, prefixes[i], length) == 0 &&
		    isdigit((unsigned char)token->text[length]))
			return true;
	}
	return false;
}

static bool is_kept(const struct tokens *tokens, const struct fact_line *token)
{
	static const char *const options[] = {"options"};
	size_t offset = (size_t)(token->text - tokens->text);

	if (is_short_number(token))
		return offset == tokens->digits || tokens->previous_sets;
	if (is_listed(naming_words, ARRAY_LENGTH(naming_words), &tokens->previous) ||
	    (tokens->previous.text == tokens->first.text &&
	     is_listed(options, ARRAY_LENGTH(options), &tokens->first)))
		return true;
	return sets(token) || is_address(token) || is_interface(token) ||
	       is_listed(plain_words, ARRAY_LENGTH(plain_words), token);
}

static void take_token(struct tokens *tokens, struct buffer *kept)
{
	struct fact_line token = {.text = tokens->text + tokens->offset};

	while (tokens->offset + token.length < tokens->length &&
	       !is_delimiter(tokens, tokens->offset + token.length))
		token.length++;
	tokens->offset += token.length;
	if (!tokens->first.text)
		tokens->first = token;
	bool keeps = is_kept(tokens, &token);
	buffer_add(kept, keeps ? token.text : REDACTED, keeps ? token.length : strlen(REDACTED));
	tokens->previous_sets = keeps && (sets(&token) || is_short_number(&token));
	tokens->previous = token;
}

/* Returns the line with all that is not consulted of it replaced: secrets stand beside settings. */
static const char *redact_line(struct arena *arena, const char *line)
{
	const struct sriov_setting setting = {.line = line};
	struct tokens tokens = {.text = line, .length = strlen(line), .digits = strlen(line)};
	struct buffer kept = {.arena = arena};
	int64_t count;

	sriov_setting_count(&setting, &count, &tokens.digits);
	while (tokens.offset < tokens.length) {
		if (is_delimiter(&tokens, tokens.offset))
			buffer_add(&kept, line + tokens.offset++, 1);
		else
			take_token(&tokens, &kept);
	}
	return buffer_text(&kept);
}

static void append(struct arena *arena, struct sriov_config *config, size_t *capacity,
		   const struct sriov_setting *setting)
{
	struct sriov_setting *settings =
		arena_grow(arena, config->settings, config->count, capacity, sizeof(*settings));

	if (!settings)
		return;
	config->settings = settings;
	settings[config->count++] = *setting;
}

static const char *trimmed(struct arena *arena, const char *line, size_t length)
{
	while (length && isspace((unsigned char)*line)) {
		line++;
		length--;
	}
	while (length && isspace((unsigned char)line[length - 1]))
		length--;
	return arena_copy(arena, line, length);
}

void sriov_config_parse(struct arena *arena, const struct fact_text *text,
			struct sriov_config *config)
{
	size_t capacity = config->count, offset = 0;
	struct fact_line line;

	while (fact_next_line(text, &offset, &line)) {
		if (!sriov_config_wants(line.text, line.length))
			continue;
		const struct sriov_setting setting = {
			.source = text->fact.source,
			.line = redact_line(arena, trimmed(arena, line.text, line.length)),
		};
		append(arena, config, &capacity, &setting);
	}
}

/* Remembers the first place that was neither read nor absent. */
static void note(struct sriov_config *config, const struct fact *fact)
{
	if (!fact_settled(fact) && fact_known(&config->fact))
		config->fact = *fact;
}

static void load_file(struct root *root, struct arena *arena, const char *path,
		      struct sriov_config *config)
{
	struct fact_text text = root_read(root, arena, path, LIMIT_CONFIG_FILE);

	if (fact_known(&text.fact))
		sriov_config_parse(arena, &text, config);
	else if (text.fact.state != FACT_MALFORMED || text.fact.error == EFBIG)
		note(config, &text.fact);
}

static void load_place(struct root *root, struct arena *arena, const struct place *place,
		       struct sriov_config *config)
{
	struct fact_list list = root_list(root, arena, place->folder);

	note(config, &list.fact);
	for (size_t i = 0; i < list.count && i < MOST_FILES; i++) {
		if (ends_with(list.names[i], place->suffix))
			load_file(root, arena, arena_path(arena, place->folder, list.names[i]),
				  config);
	}
}

static bool has_pf(const struct pci *pci)
{
	for (size_t i = 0; i < pci->count; i++) {
		if (fact_known(&pci->functions[i].sriov.totalvfs.fact))
			return true;
	}
	return false;
}

static bool has_parameters(const struct sriov_config *config, const char *driver)
{
	for (size_t i = 0; i < config->parameter_count; i++) {
		if (strcmp(config->parameters[i].driver, driver) == 0)
			return true;
	}
	return false;
}

/* Names of modules have "_" where those of drivers may have "-". */
static const char *module_name(struct arena *arena, const char *driver)
{
	char *name = arena_copy(arena, driver, strlen(driver));

	for (char *sign = name; *sign; sign++)
		*sign = *sign == '-' ? '_' : *sign;
	return name;
}

static void load_parameters(struct root *root, struct arena *arena, const char *driver,
			    struct sriov_config *config)
{
	const char *path =
		arena_printf(arena, "/sys/module/%s/parameters", module_name(arena, driver));

	config->parameters[config->parameter_count++] =
		(struct driver_parameters){driver, root_list(root, arena, path)};
}

/* Of each driver once; hosts have few drivers of PFs. */
static void load_all_parameters(struct root *root, struct arena *arena, const struct pci *pci,
				struct sriov_config *config)
{
	config->parameters = arena_array(arena, MOST_DRIVERS, sizeof(*config->parameters));
	for (size_t i = 0; config->parameters && i < pci->count; i++) {
		const struct pci_function *pf = &pci->functions[i];
		if (!fact_known(&pf->sriov.totalvfs.fact) || !fact_known(&pf->driver.fact) ||
		    strchr(pf->driver.text, '/') || config->parameter_count == MOST_DRIVERS ||
		    has_parameters(config, pf->driver.text))
			continue;
		load_parameters(root, arena, pf->driver.text, config);
	}
}

enum boolean sriov_config_offers(const struct sriov_config *config, const char *driver,
				 const char *name)
{
	for (size_t i = 0; i < config->parameter_count; i++) {
		const struct driver_parameters *it = &config->parameters[i];
		if (strcmp(it->driver, driver) != 0 || !fact_settled(&it->names.fact))
			continue;
		for (size_t j = 0; j < it->names.count; j++) {
			if (strcmp(it->names.names[j], name) == 0)
				return BOOLEAN_YES;
		}
		return BOOLEAN_NO;
	}
	return BOOLEAN_UNKNOWN;
}

void sriov_config_load(struct root *root, struct arena *arena, const struct pci *pci,
		       struct sriov_config *ret)
{
	*ret = (struct sriov_config){.fact.source = places[0].folder};
	if (!has_pf(pci))
		return;
	ret->fact.state = FACT_KNOWN;
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++)
		load_place(root, arena, &places[i], ret);
	for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
		load_file(root, arena, files[i], ret);
	load_all_parameters(root, arena, pci, ret);
	ret->profiles = root_stat(root, PROFILES);
}
