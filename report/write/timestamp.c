/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/write/timestamp.h"

#define FORM "%Y-%m-%dT%H:%M:%SZ"

bool timestamp_parse(const char *text, time_t *ret)
{
	struct tm broken = {0};
	const char *end = strptime(text, FORM, &broken);

	if (!end || *end)
		return false;
	*ret = timegm(&broken);
	return true;
}

void timestamp_format(time_t time, char ret[static TIMESTAMP_SIZE])
{
	struct tm broken = {0};

	gmtime_r(&time, &broken);
	if (!strftime(ret, TIMESTAMP_SIZE, FORM, &broken))
		ret[0] = '\0';
}
