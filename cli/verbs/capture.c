/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cli/diagnostic.h"
#include "cli/input/source.h"
#include "cli/options/options.h"
#include "cli/options/table.h"
#include "cli/progress.h"
#include "cli/sandbox.h"
#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/capture/capture.h"
#include "host/capture/tree_writer.h"
#include "model/boot/kernel_parameters.h"
#include "model/log/keep.h"

static bool is_misspelt(const char *name)
{
	return kernel_parameter_meant(name) != NULL;
}

/* Archives that passcheck does not write, and other files: a folder of such a name would be taken
 * for one. */
static bool names_other_file(const char *path)
{
	static const char *const suffixes[] = {
		".zip",  ".7z",  ".gz", ".bz2",  ".xz",   ".zst", ".lz4",  ".tbz", ".tbz2", ".txz",
		".cpio", ".rar", ".lz", ".lzma", ".json", ".xml", ".html", ".txt", ".log"};

	for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++) {
		if (ends_with(path, suffixes[i]))
			return !tree_writer_makes_archive(path);
	}
	return false;
}

/* Returns what is wrong with where to write, or NULL. */
static const char *misplaced(const char *path)
{
	if (!path)
		return "capture: -o HOST.tar.gz or -o DIR says where to write";
	if (tree_writer_is_standard_output(path) && isatty(STDOUT_FILENO))
		return "capture: standard output is a terminal; send the archive into a file or a "
		       "pipe";
	if (names_other_file(path))
		return "capture: -o: the name of an archive must end in .tar, .tar.gz, .tgz, "
		       ".tar.zst or .tar.xz; any other name is a folder, and must not look like "
		       "a file";
	return NULL;
}

/* Says what was written and what to do with it; to a pipe its reader knows. */
static enum exit_code tell(const char *path, int result)
{
	bool standard = tree_writer_is_standard_output(path);

	if (result < 0)
		complain("%s: %s", standard ? "standard output" : path, error_text(-result));
	else if (!standard)
		complain("%s is written; `passcheck --root %s` audits it, here or elsewhere", path,
			 path);
	return result < 0 ? EXIT_FAILED : EXIT_READY;
}

static int capture(struct root *root, const char *output, const struct capture_options *wanted)
{
	struct sandbox_capabilities capabilities;
	struct progress progress;

	unsigned live = wanted->keep_log ? SANDBOX_LIVE | SANDBOX_KERNEL_LOG : SANDBOX_LIVE;
	sandbox_lower(SANDBOX_WRITES | (root_is_captured(root) ? 0 : live), &capabilities);
	progress_begin(&progress, "capturing the host");
	int result = capture_write(root, output, wanted);
	progress_end(&progress);
	sandbox_restore(&capabilities);
	return result;
}

static enum exit_code run(const struct options *options)
{
	const struct capture_options wanted = {
		.tool_version = PASSCHECK_VERSION,
		.identity = options->identity,
		.keeps_parameter = kernel_parameter_known,
		.keeps_name = is_misspelt,
		.keep_log = options->log ? log_keep : NULL,
	};
	const char *wrong = misplaced(options->output);
	struct source source;

	if (wrong)
		return complain_of_usage("capture", wrong);
	if (source_open(options->root, &source) < 0)
		return EXIT_FAILED;
	if (options->wake)
		root_wake(source.root);
	int result = capture(source.root, options->output, &wanted);
	source_close(&source);
	return tell(options->output, result);
}

const struct verb verb_capture = {
	.name = "capture",
	.operands = "",
	.summary = "save what an audit reads, to audit elsewhere",
	.examples = "  passcheck capture -o host.tar.gz\n"
		    "  passcheck --root host.tar.gz    audit it on another machine\n"
		    "  ssh HOST passcheck capture -o - > host.tar\n",
	.exits = {.ready = "the capture is written"},
	.accepts = OPTION_BIT(OPTION_ROOT) | OPTION_BIT(OPTION_OUTPUT) |
		   OPTION_BIT(OPTION_WITH_IDENTITY) | OPTION_BIT(OPTION_WAKE) |
		   OPTION_BIT(OPTION_LOG),
	.run = run,
};
