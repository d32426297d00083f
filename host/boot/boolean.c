/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot/boolean.h"

enum boolean boolean_parse(const char *text)
{
	switch (text ? text[0] : '\0') {
	case 'y':
	case 'Y':
	case 't':
	case 'T':
	case '1':
		return BOOLEAN_YES;
	case 'n':
	case 'N':
	case 'f':
	case 'F':
	case '0':
		return BOOLEAN_NO;
	case 'o':
	case 'O':
		if (text[1] == 'n' || text[1] == 'N')
			return BOOLEAN_YES;
		return text[1] == 'f' || text[1] == 'F' ? BOOLEAN_NO : BOOLEAN_UNKNOWN;
	default:
		return BOOLEAN_UNKNOWN;
	}
}

enum boolean boolean_of_option(const char *value)
{
	return value ? boolean_parse(value) : BOOLEAN_YES;
}

enum boolean boolean_of_fact(const struct fact_text *text)
{
	return fact_known(&text->fact) ? boolean_parse(text->text) : BOOLEAN_UNKNOWN;
}
