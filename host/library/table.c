/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/library/libraries.h"

static void free_text(xmlChar *text)
{
	xmlFree(text);
}

const struct libraries passcheck_libraries = {
	.libarchive =
		{
			.archive_entry_copy_pathname = archive_entry_copy_pathname,
			.archive_entry_copy_symlink = archive_entry_copy_symlink,
			.archive_entry_filetype = archive_entry_filetype,
			.archive_entry_free = archive_entry_free,
			.archive_entry_hardlink = archive_entry_hardlink,
			.archive_entry_new = archive_entry_new,
			.archive_entry_pathname = archive_entry_pathname,
			.archive_entry_set_filetype = archive_entry_set_filetype,
			.archive_entry_set_perm = archive_entry_set_perm,
			.archive_entry_set_size = archive_entry_set_size,
			.archive_entry_size = archive_entry_size,
			.archive_entry_symlink = archive_entry_symlink,
			.archive_errno = archive_errno,
			.archive_error_string = archive_error_string,
			.archive_filter_bytes = archive_filter_bytes,
			.archive_read_data_block = archive_read_data_block,
			.archive_read_free = archive_read_free,
			.archive_read_new = archive_read_new,
			.archive_read_next_header = archive_read_next_header,
			.archive_read_open = archive_read_open,
			.archive_read_set_format_option = archive_read_set_format_option,
			.archive_read_support_filter_all = archive_read_support_filter_all,
			.archive_read_support_format_tar = archive_read_support_format_tar,
			.archive_set_error = archive_set_error,
			.archive_write_add_filter = archive_write_add_filter,
			.archive_write_close = archive_write_close,
			.archive_write_data = archive_write_data,
			.archive_write_disk_new = archive_write_disk_new,
			.archive_write_fail = archive_write_fail,
			.archive_write_finish_entry = archive_write_finish_entry,
			.archive_write_free = archive_write_free,
			.archive_write_header = archive_write_header,
			.archive_write_new = archive_write_new,
			.archive_write_open_fd = archive_write_open_fd,
			.archive_write_open_filename = archive_write_open_filename,
			.archive_write_set_format_pax_restricted =
				archive_write_set_format_pax_restricted,
		},
	.libxml2 =
		{
			.xmlDictCreate = xmlDictCreate,
			.xmlDictFree = xmlDictFree,
			.xmlDictLookup = xmlDictLookup,
			.xmlDictSize = xmlDictSize,
			.xmlFreeTextReader = xmlFreeTextReader,
			.xmlGetLineNo = xmlGetLineNo,
			.xmlReaderForMemory = xmlReaderForMemory,
			.xmlTextReaderConstLocalName = xmlTextReaderConstLocalName,
			.xmlTextReaderConstName = xmlTextReaderConstName,
			.xmlTextReaderConstNamespaceUri = xmlTextReaderConstNamespaceUri,
			.xmlTextReaderConstValue = xmlTextReaderConstValue,
			.xmlTextReaderCurrentNode = xmlTextReaderCurrentNode,
			.xmlTextReaderGetAttribute = xmlTextReaderGetAttribute,
			.xmlTextReaderGetParserLineNumber = xmlTextReaderGetParserLineNumber,
			.xmlTextReaderIsEmptyElement = xmlTextReaderIsEmptyElement,
			.xmlTextReaderNodeType = xmlTextReaderNodeType,
			.xmlTextReaderRead = xmlTextReaderRead,
			.xmlTextReaderSetStructuredErrorHandler =
				xmlTextReaderSetStructuredErrorHandler,
			.free_text = free_text,
		},
};
