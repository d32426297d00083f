/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sriov/sriov_line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "host/access/array.h"
#include "host/access/buffer.h"
#include "host/access/fact.h"
#include "host/pci/pci_address.h"

enum { MOST_DIGITS = 5 /* TotalVFs has 16 bits */ };

#define REDACTED "redacted"

/* What sets VFs, or is thought to. */
struct word {
	const char *text;
	bool placed; /* it has that meaning in places alone that name it */
	bool makes;  /* VFs at boot */
};

static const struct word words[] = {
	{.text = "sriov_numvfs",
	 .makes = true}, /* the attribute: rules, scripts, tmpfiles.d, sysfs.d */
	{.text = "SR-IOVVirtualFunctions", .makes = true}, /* systemd.link(5), since 251 */
	{.text = "virtual-function-count", .makes = true}, /* netplan */
	{.text = "max_vfs=", .makes = true},               /* igb, ixgbe and others */
	{.text = "num_vfs=", .makes = true},               /* mlx4_core, be2net */
	{.text = "sriov-manage", .makes = true},           /* NVIDIA's script */
	{.text = "max_vfs"},
	{.text = "num_vfs"},
	{.text = "enable_sriov"}, /* vfio-pci */
	{.text = "total-vfs", .placed = true, .makes = true},
	{.text = "SRIOV_TOTAL_VFS", .placed = true, .makes = true},
	{.text = "numvfs", .placed = true, .makes = true},
	{.text = "numVfs", .placed = true, .makes = true},
	{.text = SRIOV_WORD_GIM, .placed = true, .makes = true},
};

bool sriov_line_whole(const char *line)
{
	return !strstr(line, REDACTED);
}

/* Returns whether the word stands in the line; of a list of modules, in front. */
static bool has_word(const struct sriov_place *place, const struct word *word, const char *line,
		     size_t length)
{
	size_t size = strlen(word->text);

	if (!place->modules || !word->placed)
		return memmem(line, length, word->text, size);
	return length >= size && memcmp(line, word->text, size) == 0 &&
	       (length == size || isspace((unsigned char)line[size]));
}

static bool counts_in(const struct sriov_place *place, const struct word *word)
{
	return place->word ? strcmp(place->word, word->text) == 0 : !word->placed;
}

static const struct word *find_word(const struct sriov_place *place, const char *line,
				    size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		const struct word *word = &words[i];
		if (counts_in(place, word) && has_word(place, word, line, length))
			return word;
	}
	return NULL;
}

/* Reads the number at text, which must end there, or before the next key of JSON. Returns false for
 * none or one too large. */
static bool read_number(const char *text, int64_t *ret)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > MOST_DIGITS || isalnum((unsigned char)text[digits]) ||
	    (text[digits] == ',' && text[digits + 1] != '"'))
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

bool sriov_line_count(const char *line, int64_t *ret_count, size_t *ret_digits)
{
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		const char *word = strstr(line, words[i].text);
		if (!word)
			continue;
		const char *number = strchr(line, '>') && strchr(line, '>') < word
					     ? number_in_front(line, word)
					     : number_behind(word + strlen(words[i].text));
		if (!read_number(number, ret_count))
			return false;
		*ret_digits = (size_t)(number - line);
		return true;
	}
	return false;
}

/* Words of lines that set VFs which are no secret, whoever writes them. */
static const char *const plain_words[] = {
	"-",
	"-c",
	"-e",
	"@reboot",
	"ACTION",
	"ALL",
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
	"device",
	"echo",
	"externallyManaged",
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
	"true",
	"up",
	"vendor",
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
	const struct sriov_place *place;
	const char *text;
	size_t length, offset;
	size_t digits;             /* where the number of VFs stands; length where none does */
	struct fact_line first;    /* token of the line */
	struct fact_line previous; /* token, without text for the first */
	bool previous_sets;        /* it is what sets VFs, or a number of them */
};

/* A colon is part of an address, and otherwise ends a key of YAML. */
static bool is_delimiter(const char *text, size_t length, size_t at)
{
	const char *byte = text + at;

	if (*byte == ':')
		return at == 0 || at + 1 == length || !isxdigit((unsigned char)byte[-1]) ||
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
		size_t length = strlen(words[i].text);
		if (token->length < length ||
		    memcmp(token->text + token->length - length, words[i].text, length) != 0)
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

/* "sriov-manage", "/usr/local/sbin/sriov-setup", "pve-nvidia-sriov@ALL.service" */
static bool names_sriov(const struct fact_line *token)
{
	enum { LONGEST = 80 };
	static const char word[] = "sriov";

	if (token->length > LONGEST)
		return false;
	for (size_t i = 0; i + strlen(word) <= token->length; i++) {
		if (strncasecmp(token->text + i, word, strlen(word)) == 0)
			return true;
	}
	return false;
}

/* ATTR{vendor}=="0x8086": which function a rule means, beside its address. */
static bool is_id(const struct tokens *tokens, const struct fact_line *token)
{
	static const char *const keys[] = {"vendor", "device"};
	enum { LENGTH = 6 };

	if (token->length != LENGTH || memcmp(token->text, "0x", 2) != 0 ||
	    !is_listed(keys, ARRAY_LENGTH(keys), &tokens->previous))
		return false;
	for (size_t i = 2; i < LENGTH; i++) {
		if (!isxdigit((unsigned char)token->text[i]))
			return false;
	}
	return true;
}

static bool is_kept(const struct tokens *tokens, const struct fact_line *token)
{
	static const char *const options[] = {"options"};
	size_t offset = (size_t)(token->text - tokens->text);

	if (is_short_number(token))
		return offset == tokens->digits || tokens->previous_sets;
	if (tokens->place->modules && token->text == tokens->first.text)
		return true;
	if (is_listed(naming_words, ARRAY_LENGTH(naming_words), &tokens->previous) ||
	    (tokens->previous.text == tokens->first.text &&
	     is_listed(options, ARRAY_LENGTH(options), &tokens->first)))
		return true;
	return sets(token) || is_id(tokens, token) || is_address(token) || is_interface(token) ||
	       names_sriov(token) || is_listed(plain_words, ARRAY_LENGTH(plain_words), token);
}

static bool ends_in(const struct fact_line *token, const char *word)
{
	size_t length = strlen(word);

	return token->length >= length &&
	       memcmp(token->text + token->length - length, word, length) == 0;
}

static bool contains(const struct fact_line *token, const char *word)
{
	return memmem(token->text, token->length, word, strlen(word));
}

/* Returns the first word that a token has, as has() tells; NULL for none. */
static const char *find_in(const struct sriov_place *place, const struct fact_line *token,
			   bool (*has)(const struct fact_line *, const char *))
{
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (counts_in(place, &words[i]) && has(token, words[i].text))
			return words[i].text;
	}
	return NULL;
}

/* "igb.max_vfs" is "redacted.max_vfs": the first word decides what the line does, and one at the
 * end may have "=" and a number behind it. */
static void redact_token(const struct sriov_place *place, const struct fact_line *token,
			 struct buffer *kept)
{
	const char *first = find_in(place, token, contains);
	const char *last = find_in(place, token, ends_in);
	const char *text = REDACTED;

	if (first && first != last)
		text = arena_printf(kept->arena, REDACTED ".%s." REDACTED, first);
	buffer_add(kept, text, strlen(text));
	if (!last)
		return;
	text = arena_printf(kept->arena, ".%s", last);
	buffer_add(kept, text, strlen(text));
}

static void take_token(struct tokens *tokens, struct buffer *kept)
{
	struct fact_line token = {.text = tokens->text + tokens->offset};

	while (tokens->offset + token.length < tokens->length &&
	       !is_delimiter(tokens->text, tokens->length, tokens->offset + token.length))
		token.length++;
	tokens->offset += token.length;
	if (!tokens->first.text)
		tokens->first = token;
	bool keeps = is_kept(tokens, &token);
	if (keeps)
		buffer_add(kept, token.text, token.length);
	else
		redact_token(tokens->place, &token, kept);
	tokens->previous_sets = keeps && (sets(&token) || is_short_number(&token));
	tokens->previous = token;
}

const char *sriov_line_redact(struct arena *arena, const struct sriov_place *place,
			      const char *line)
{
	struct tokens tokens = {
		.place = place, .text = line, .length = strlen(line), .digits = strlen(line)};
	struct buffer kept = {.arena = arena};
	int64_t count;

	sriov_line_count(line, &count, &tokens.digits);
	while (tokens.offset < tokens.length) {
		if (is_delimiter(line, tokens.length, tokens.offset))
			buffer_add(&kept, line + tokens.offset++, 1);
		else
			take_token(&tokens, &kept);
	}
	return buffer_text(&kept);
}

/* Commands, and words of shells, that name functions and make no VFs of them. */
static const char *const harmless[] = {
	"[",         "arping",
	"auto",      "brctl",
	"bridge",    "cat",
	"cd",        "chmod",
	"case",      "devlink",
	"dhclient",  "do",
	"done",      "driverctl",
	"echo",      "elif",
	"else",      "esac",
	"ethtool",   "exit",
	"export",    "fi",
	"for",       "grep",
	"if",        "ifconfig",
	"ifdown",    "ifup",
	"insmod",    "ip",
	"iptables",  "ip6tables",
	"iw",        "logger",
	"lspci",     "modprobe",
	"nft",       "nmcli",
	"ovs-vsctl", "ping",
	"printf",    "rdma",
	"rmmod",     "route",
	"setpci",    "sleep",
	"sysctl",    "systemctl",
	"tc",        "tcpdump",
	"test",      "then",
	"touch",     "tuned-adm",
	"udevadm",   "virsh",
	"while",     "wpa_supplicant",
};

/* Words in front of a command. */
static const char *const wrappers[] = {"-c", "bash", "exec", "nice", "root", "sh", "sudo"};

static struct fact_line take_word(const char *text, size_t length, size_t *offset)
{
	static const char ends[] = " \t\"'(){}`";
	struct fact_line word;

	while (*offset < length && strchr(ends, text[*offset]))
		++*offset;
	word = (struct fact_line){.text = text + *offset};
	while (*offset + word.length < length && !strchr(ends, word.text[word.length]))
		word.length++;
	*offset += word.length;
	return word;
}

static struct fact_line base_of(const struct fact_line *word)
{
	const char *slash = memrchr(word->text, '/', word->length);
	size_t skipped = slash ? (size_t)(slash + 1 - word->text) : 0;

	return (struct fact_line){.text = word->text + skipped, .length = word->length - skipped};
}

/* "@reboot", "*\/5": when cron runs a command. */
static bool is_time(const struct fact_line *word)
{
	if (word->length && *word->text == '@')
		return true;
	for (size_t i = 0; i < word->length; i++) {
		if (!strchr("0123456789*/,-", word->text[i]))
			return false;
	}
	return word->length > 0;
}

static bool names_function(const char *text, size_t length)
{
	for (size_t offset = 0; offset < length; offset++) {
		struct fact_line token = {.text = text + offset};
		while (offset + token.length < length &&
		       !is_delimiter(text, length, offset + token.length))
			token.length++;
		if (is_address(&token) || is_interface(&token) || names_sriov(&token))
			return true;
		offset += token.length;
	}
	return false;
}

/* One command, without what stands in front of it. */
static bool is_unclear(const char *text, size_t length)
{
	size_t offset = 0;

	while (offset < length) {
		struct fact_line word = take_word(text, length, &offset);
		struct fact_line base = base_of(&word);
		if (is_time(&word) || is_listed(wrappers, ARRAY_LENGTH(wrappers), &base))
			continue;
		return base.length && !memchr(word.text, '=', word.length) &&
		       !is_listed(harmless, ARRAY_LENGTH(harmless), &base) &&
		       names_function(word.text, length - (size_t)(word.text - text));
	}
	return false;
}

/* Returns where the commands of a line begin, or NULL: it has none. */
static const char *commands_of(const struct sriov_place *place, const char *line, size_t length)
{
	static const char *const hooks[] = {"up", "pre-up", "post-up"};
	size_t offset = 0;

	if (place->owner == SRIOV_OWNER_IFUPDOWN) {
		struct fact_line word = take_word(line, length, &offset);
		return is_listed(hooks, ARRAY_LENGTH(hooks), &word) ? line + offset : NULL;
	}
	if (place->owner != SRIOV_OWNER_UNIT)
		return line;
	const char *equals = memchr(line, '=', length);
	if (!equals || length < 4 || memcmp(line, "Exec", 4) != 0)
		return NULL;
	while (++equals < line + length && strchr("-@:+!|", *equals))
		;
	return equals;
}

static bool has_unclear_command(const struct sriov_place *place, const char *line, size_t length)
{
	const char *at = commands_of(place, line, length), *end = line + length;

	while (at && at < end) {
		size_t size = 0;
		while (at + size < end && !strchr(";&|", at[size]))
			size++;
		if (is_unclear(at, size))
			return true;
		at += size + 1;
	}
	return false;
}

/* Lines of units that are for a reader. */
static bool is_prose(const char *line, size_t length)
{
	static const char *const keys[] = {"Description=", "Documentation="};

	for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
		size_t size = strlen(keys[i]);
		if (length >= size && memcmp(line, keys[i], size) == 0)
			return true;
	}
	return false;
}

/* The operator leaves to others how many VFs there are. */
static bool is_left_to_others(const struct sriov_place *place, const char *line, size_t length)
{
	static const char key[] = "\"externallyManaged\":true";

	return place->owner == SRIOV_OWNER_OPERATOR && memmem(line, length, key, strlen(key));
}

enum sriov_effect sriov_line_effect(const struct sriov_place *place, const char *line,
				    size_t length)
{
	while (length && isspace((unsigned char)*line)) {
		line++;
		length--;
	}
	if (length == 0 || *line == '#' || *line == ';' || is_prose(line, length))
		return SRIOV_EFFECT_NONE;
	const struct word *word = find_word(place, line, length);
	if (word)
		return word->makes && !is_left_to_others(place, line, length) ? SRIOV_EFFECT_MAKES
									      : SRIOV_EFFECT_OTHER;
	return place->runs && has_unclear_command(place, line, length) ? SRIOV_EFFECT_UNCLEAR
								       : SRIOV_EFFECT_NONE;
}
