/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/system/machine_id.h"

#include <ctype.h>
#include <errno.h>
#include <nettle/hmac.h>
#include <string.h>

enum { ID_SIZE = 16, ID_DIGITS = 2 * ID_SIZE };

static uint8_t value_of(char digit)
{
	return (uint8_t)(isdigit((unsigned char)digit) ? digit - '0'
						       : tolower((unsigned char)digit) - 'a' + 10);
}

/* Returns whether text is 32 hex digits. */
static bool parse_id(const char *text, size_t length, uint8_t ret[static ID_SIZE])
{
	if (length != ID_DIGITS)
		return false;
	for (size_t i = 0; i < ID_DIGITS; i++) {
		if (!isxdigit((unsigned char)text[i]))
			return false;
	}
	for (size_t i = 0; i < ID_SIZE; i++)
		ret[i] = (uint8_t)(value_of(text[2 * i]) << 4 | value_of(text[2 * i + 1]));
	return true;
}

static void hash(const uint8_t id[static ID_SIZE], uint8_t ret[static ID_SIZE])
{
	uint8_t application[ID_SIZE];
	struct hmac_sha256_ctx context;

	parse_id(MACHINE_ID_APPLICATION, ID_DIGITS, application);
	hmac_sha256_set_key(&context, ID_SIZE, id);
	hmac_sha256_update(&context, ID_SIZE, application);
	hmac_sha256_digest(&context, ID_SIZE, ret);
	/* Version 4 and its variant, RFC 4122 4.4. */
	ret[6] = (uint8_t)((ret[6] & 0x0f) | 0x40);
	ret[8] = (uint8_t)((ret[8] & 0x3f) | 0x80);
}

struct fact_text machine_id_load(struct root *root, struct arena *arena)
{
	static const char digits[] = "0123456789abcdef";
	struct fact_text text = root_read_line(root, arena, "/etc/machine-id");
	char hashed[ID_DIGITS];
	uint8_t id[ID_SIZE];

	if (!fact_known(&text.fact))
		return text;
	if (!parse_id(text.text, text.length, id))
		return (struct fact_text){.fact = fact_of(FACT_MALFORMED, text.fact.source, 0)};
	hash(id, id);
	for (size_t i = 0; i < ID_SIZE; i++) {
		hashed[2 * i] = digits[id[i] >> 4];
		hashed[2 * i + 1] = digits[id[i] & 0xf];
	}
	fact_text_copy(&text, arena, hashed, ID_DIGITS);
	return text;
}
