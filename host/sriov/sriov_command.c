/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/sriov/sriov_command.h"

#include <string.h>

#include "host/base/array.h"
#include "host/sriov/sriov_token.h"

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
		struct fact_line token = sriov_token_at(text, length, offset);
		if (sriov_token_is_address(&token) || sriov_token_is_interface(&token) ||
		    sriov_token_names_sriov(&token))
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
		if (is_time(&word) ||
		    sriov_token_is_listed(&base, wrappers, ARRAY_LENGTH(wrappers)))
			continue;
		return base.length && !memchr(word.text, '=', word.length) &&
		       !sriov_token_is_listed(&base, harmless, ARRAY_LENGTH(harmless)) &&
		       names_function(word.text, length - (size_t)(word.text - text));
	}
	return false;
}

/* Returns where the commands of a line begin, or NULL: it has none. */
static const char *commands_of(const struct sriov_place *place, const char *line, size_t length)
{
	static const char *const hooks[] = {"up", "pre-up", "post-up"};
	size_t offset = 0;

	if (place->syntax == SRIOV_SYNTAX_INTERFACES) {
		struct fact_line word = take_word(line, length, &offset);
		return sriov_token_is_listed(&word, hooks, ARRAY_LENGTH(hooks)) ? line + offset
										: NULL;
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

/* Commands with ";", "&&" and the like between them. */
static bool has_unclear(const char *at, const char *end)
{
	while (at < end) {
		size_t size = 0;
		while (at + size < end && !strchr(";&|", at[size]))
			size++;
		if (is_unclear(at, size))
			return true;
		at += size + 1;
	}
	return false;
}

/* RUN+="/sbin/make-sriov %k" of a rule of udev(7). */
static bool runs_unclear(const char *line, const char *end)
{
	static const char key[] = "RUN";

	while ((line = memmem(line, (size_t)(end - line), key, strlen(key)))) {
		const char *begin = memchr(line, '"', (size_t)(end - line));
		if (!begin)
			return false;
		for (line = ++begin; line < end && (*line != '"' || line[-1] == '\\');)
			line++;
		if (has_unclear(begin, line))
			return true;
	}
	return false;
}

bool sriov_has_unclear_command(const struct sriov_place *place, const char *line, size_t length)
{
	if (place->owner == SRIOV_OWNER_UDEV)
		return runs_unclear(line, line + length);
	const char *commands = commands_of(place, line, length);
	return commands && has_unclear(commands, line + length);
}
