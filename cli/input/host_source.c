/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/input/host_source.h"

#include <string.h>

#include "cli/diagnostic.h"
#include "cli/sandbox.h"

int host_source_open(const char *path, const struct host_options *wanted, bool wake,
		     struct host_source *ret)
{
	struct sandbox_capabilities capabilities;
	int result = source_open(path, &ret->source);

	if (result < 0)
		return result;
	if (wake)
		root_wake(ret->source.root);
	sandbox_lower(!root_is_captured(ret->source.root), wanted->logs, &capabilities);
	result = host_load(ret->source.root, wanted, &ret->host);
	sandbox_restore(&capabilities);
	/* No file is read any more, and none that was unpacked outlives a report that has to wait.
	 */
	archive_remove(&ret->source.unpacked);
	if (result < 0) {
		complain("%s", strerror(-result));
		source_close(&ret->source);
	}
	return result;
}

void host_source_close(struct host_source *host_source)
{
	host_free(host_source->host);
	source_close(&host_source->source);
}
