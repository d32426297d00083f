/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_PERSISTENCE_SRIOV_SUBJECT_H
#define PASSCHECK_HOST_PERSISTENCE_SRIOV_SUBJECT_H

#include "host/base/buffer.h"
#include "host/persistence/cloud_part.h"
#include "host/persistence/sriov_setting.h"

enum { SRIOV_MOST_BLOCKS = 32 };

/* A block of YAML around a line: what is indented further than indent belongs to it. */
struct sriov_block {
	size_t indent;
	const char *key;   /* "" of an element of a list */
	const char *named; /* what "name:" in it says, or NULL */
	size_t first;      /* the first setting in it */
	bool off;          /* it says that what it makes is not for the boot */
	size_t device;     /* its number in the file, where it is one of netplan's; 0: it is none */
};

/* What a setting has as its line that defines a VF of a device; its id follows. */
#define SRIOV_VF_OF "link: "

/* A device of netplan: what netplan calls it, and by what it knows its interface. */
struct sriov_device {
	const char *id;
	const char *named; /* NULL: by its id, unless it matches something */
	bool matches;
};

/* Who the lines of one file are for, while it is read. */
struct sriov_subjects {
	struct arena *arena;
	const struct sriov_place *place;
	struct sriov_config *config; /* whose settings from first on are of this file */
	size_t first;
	const char *subject;
	enum sriov_subject kind;
	size_t rank;
	bool off;
	bool sriov_section;   /* a profile of NetworkManager has [sriov] */
	bool installed;       /* a unit has [Install] */
	bool aliased;         /* it may be enabled under another name */
	size_t section_first; /* the first setting of the section */
	const char *section;  /* the outermost key of YAML, or "[Link]"; NULL: none yet */
	struct cloud_parts parts;
	struct sriov_device *devices;
	size_t device_count, device_capacity;
	const char *vf_of; /* the device whose VF the line that was read last defines; or NULL */
	bool in_flow; /* the line that was read last is a device of netplan by itself, "{…}" */
	struct fact_line flow_name; /* by what netplan knows that one; empty: by what is not read */
	struct sriov_block blocks[SRIOV_MOST_BLOCKS];
	size_t depth;
	bool too_deep;
};

/* Takes in what a line of length bytes says of those that follow, or came before. */
void sriov_subjects_read(struct sriov_subjects *subjects, const char *line, size_t length);

/* Returns whether a line stands where its key counts: keys of other sections are ignored. A line
 * without any section around it is one of a capture. */
bool sriov_subjects_count(const struct sriov_subjects *subjects, const char *line, size_t length);

/* Says who a setting is for, as far as it was read. */
void sriov_subjects_assign(const struct sriov_subjects *subjects, struct sriov_setting *setting);

/* Says it of all settings, once the file is read. */
void sriov_subjects_finish(const struct sriov_subjects *subjects);

/* Writes a setting's subject as its file has it, so that it is found again. */
void sriov_subject_print(struct arena *arena, const struct sriov_setting *setting,
			 struct buffer *kept);

#endif
