/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_REPORT_WRITE_PAGE_ASSETS_H
#define PASSCHECK_REPORT_WRITE_PAGE_ASSETS_H

/* The style and the script of pages, page.css and page.js, and the SHA-256 of each in base64
 * (cmake/Assets.cmake). */
extern const char page_css[];
extern const char page_css_hash[];
extern const char page_js[];
extern const char page_js_hash[];

#endif
