/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_HOST_LIBRARY_LIBARCHIVE_H
#define PASSCHECK_HOST_LIBRARY_LIBARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

/* The functions of libarchive that are called: libarchive(3). */
struct libarchive {
	typeof(archive_entry_copy_pathname) *archive_entry_copy_pathname;
	typeof(archive_entry_copy_symlink) *archive_entry_copy_symlink;
	typeof(archive_entry_filetype) *archive_entry_filetype;
	typeof(archive_entry_free) *archive_entry_free;
	typeof(archive_entry_hardlink) *archive_entry_hardlink;
	typeof(archive_entry_new) *archive_entry_new;
	typeof(archive_entry_pathname) *archive_entry_pathname;
	typeof(archive_entry_set_filetype) *archive_entry_set_filetype;
	typeof(archive_entry_set_perm) *archive_entry_set_perm;
	typeof(archive_entry_set_size) *archive_entry_set_size;
	typeof(archive_entry_size) *archive_entry_size;
	typeof(archive_entry_symlink) *archive_entry_symlink;
	typeof(archive_errno) *archive_errno;
	typeof(archive_error_string) *archive_error_string;
	typeof(archive_filter_bytes) *archive_filter_bytes;
	typeof(archive_read_data_block) *archive_read_data_block;
	typeof(archive_read_free) *archive_read_free;
	typeof(archive_read_new) *archive_read_new;
	typeof(archive_read_next_header) *archive_read_next_header;
	typeof(archive_read_open) *archive_read_open;
	typeof(archive_read_set_format_option) *archive_read_set_format_option;
	typeof(archive_read_support_filter_all) *archive_read_support_filter_all;
	typeof(archive_read_support_format_tar) *archive_read_support_format_tar;
	typeof(archive_set_error) *archive_set_error;
	typeof(archive_write_add_filter) *archive_write_add_filter;
	typeof(archive_write_close) *archive_write_close;
	typeof(archive_write_data) *archive_write_data;
	typeof(archive_write_disk_new) *archive_write_disk_new;
	typeof(archive_write_fail) *archive_write_fail;
	typeof(archive_write_finish_entry) *archive_write_finish_entry;
	typeof(archive_write_free) *archive_write_free;
	typeof(archive_write_header) *archive_write_header;
	typeof(archive_write_new) *archive_write_new;
	typeof(archive_write_open_fd) *archive_write_open_fd;
	typeof(archive_write_open_filename) *archive_write_open_filename;
	typeof(archive_write_set_format_pax_restricted) *archive_write_set_format_pax_restricted;
};

/* NULL until libraries_load() has succeeded (host/library/libraries.h). */
extern const struct libarchive *libarchive;

#endif
