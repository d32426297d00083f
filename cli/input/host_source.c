/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/input/host_source.h"

#include <string.h>

#include "cli/diagnostic.h"
#include "cli/progress.h"
#include "cli/sandbox.h"

/* Returns what reading a host takes, bits of sandbox_use. */
static unsigned use_of(const struct root *root, const struct host_options *wanted)
{
	if (root_is_captured(root))
		return 0;
	return wanted->logs ? SANDBOX_LIVE | SANDBOX_KERNEL_LOG : SANDBOX_LIVE;
}

int host_source_open(const char *path, const struct host_options *wanted, bool wake,
		     struct host_source *ret)
{
	struct sandbox_capabilities capabilities;
	struct progress progress;
	int result = source_open(path, &ret->source);

	if (result < 0)
		return result;
	if (wake)
		root_wake(ret->source.root);
	sandbox_lower(use_of(ret->source.root, wanted), &capabilities);
	progress_begin(&progress, "reading the host");
	result = host_load(ret->source.root, wanted, &ret->host);
	progress_end(&progress);
	sandbox_restore(&capabilities);
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
