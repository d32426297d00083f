/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/boot/kernel_version.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

bool kernel_version_parse(const char *text, struct kernel_version *ret)
{
	struct kernel_version version = {0};

	/* sscanf() takes a sign and blanks, which no release begins with. */
	if (!isdigit((unsigned char)text[0]) ||
	    sscanf(text, "%5u.%5u.%5u", &version.major, &version.minor, &version.point) < 2)
		return false;
	*ret = version;
	return true;
}

bool kernel_at_least(const struct kernel_version *version, unsigned major, unsigned minor)
{
	return version->major > major || (version->major == major && version->minor >= minor);
}

/* "5.14.0-427.13.1.el9_4.x86_64". ELRepo builds mainline for RHEL: "6.1.119-1.el9.elrepo.x86_64".
 */
static bool is_of_rhel(const char *release)
{
	static const char mark[] = ".el";
	const char *at = strstr(release, mark);

	return at && isdigit((unsigned char)at[strlen(mark)]) && !strstr(at, ".elrepo");
}

/* "6.4.0-150600.23.60-default": six digits name the release of SUSE Linux Enterprise, or of the
 * Leap that has its kernel. */
static bool is_of_suse(const char *release)
{
	enum { DIGITS = 6 };
	const char *at = strchr(release, '-');

	return at && strspn(at + 1, "0123456789") == DIGITS && at[1 + DIGITS] == '.';
}

bool kernel_backports(const char *release)
{
	return is_of_rhel(release) || is_of_suse(release);
}
