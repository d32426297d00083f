/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "cli/diagnostic.h"
#include "cli/input/source.h"
#include "cli/options/options.h"
#include "cli/options/table.h"
#include "host/capture/capture.h"
#include "model/boot/kernel_parameters.h"

static bool is_misspelt(const char *name)
{
	return kernel_parameter_meant(name) != NULL;
}

static enum exit_code run(const struct options *options)
{
	const struct capture_options wanted = {
		.tool_version = PASSCHECK_VERSION,
		.identity = options->identity,
		.keeps_parameter = kernel_parameter_known,
		.keeps_name = is_misspelt,
	};
	struct source source;

	if (!options->output)
		return complain_of_usage("capture: -o HOST.tar.gz or -o DIR says where to write");
	if (source_open(options->root, &source) < 0)
		return EXIT_FAILED;
	if (options->wake)
		root_wake(source.root);
	int result = capture_write(source.root, options->output, &wanted);
	source_close(&source);
	if (result < 0) {
		complain("%s: %s", options->output, strerror(-result));
		return EXIT_FAILED;
	}
	return EXIT_READY;
}

const struct verb verb_capture = {
	.name = "capture",
	.operands = "",
	.summary = "save with -o what an audit reads, for --root",
	.examples = "  passcheck capture -o host.tar.gz\n"
		    "  passcheck --root host.tar.gz    audit it on another machine\n",
	.accepts = OPTION_BIT(OPTION_ROOT) | OPTION_BIT(OPTION_OUTPUT) |
		   OPTION_BIT(OPTION_WITH_IDENTITY) | OPTION_BIT(OPTION_WAKE),
	.run = run,
};
