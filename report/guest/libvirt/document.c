/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "host/access/buffer.h"
#include "report/guest/configuration.h"
#include "report/guest/libvirt/elements.h"
#include "report/guest/render.h"
#include "report/names.h"
#include "report/write/words.h"

static const char *companion_names(struct arena *arena, const struct assignable *assignable)
{
	struct buffer names = {.arena = arena, .separator = ", "};

	if (assignable->companion_count > MOST_COMPANIONS_LISTED)
		return arena_printf(arena, "%zu others of its group", assignable->companion_count);
	for (size_t i = 0; i < assignable->companion_count; i++)
		buffer_item(&names, "%s", assignable->companions[i]->name);
	return buffer_text(&names);
}

static const char *verdict_text(struct arena *arena, const struct hostdev_form *form)
{
	const char *name = assignable_verdict_name(form->verdict);
	const char *text = form->verdict == ASSIGNABLE_WITH
				   ? arena_printf(arena, "%s %s", name,
						  companion_names(arena, &form->assignable))
				   : name;

	if (form->companion_of)
		return arena_printf(arena, "companion of %s in its IOMMU group",
				    form->companion_of->name);
	if (form->kind == HOSTDEV_KIND_NETWORK)
		return arena_printf(arena, "%zu VFs, %s", form->vf_count, text);
	if (form->lun)
		return arena_printf(arena, "LUN %s of %s, %s", form->lun->name, form->fc_host->name,
				    text);
	if (form->fc_host)
		return arena_printf(arena, "virtual port of %s, %s", form->fc_host->name, text);
	return text;
}

/* Returns the lines of the comment. */
static const char *comment_text(const struct guest_configuration *configuration,
				struct names *names, const struct hostdev_form *form)
{
	struct arena *arena = configuration->arena;
	const char *name = names_find(names, arena, form->function);
	struct buffer text = {.arena = arena, .separator = "\n     "};

	buffer_item(&text, "%s%s%s: %s", form->function->name, name ? " " : "", name ? name : "",
		    verdict_text(arena, form));
	for (const struct hostdev_note *note = form->reasons; note; note = note->next)
		buffer_item(&text, "%s", note->text);
	if (form->reasons && !form->companion_of)
		buffer_item(&text, "written because of %s", configuration->input.forced_by);
	for (const struct hostdev_note *note = form->notes; note; note = note->next)
		buffer_item(&text, "%s", note->text);
	if (form->multifunction)
		buffer_item(&text,
			    "guest bus 0x%02x is free in guests made by virt-install; "
			    "choose another if yours uses it",
			    form->guest.bus);
	return buffer_text(&text);
}

/* XML 1.0 allows neither "--" nor control characters in a comment, nor a "-" at its end. */
static const char *comment_safe(struct arena *arena, const char *text)
{
	const char *utf8 = words_utf8(arena, text);
	char *safe = arena_alloc(arena, 2 * strlen(utf8) + 1), *out = safe;

	if (!safe)
		return "";
	for (const char *in = utf8; *in; in++) {
		unsigned char byte = (unsigned char)*in;
		if (*in == '-' && out > safe && out[-1] == '-')
			*out++ = ' ';
		*out++ = byte < 0x20 && byte != '\n' ? '?' : *in;
	}
	return safe;
}

static int write_comment(xmlTextWriterPtr writer, const struct guest_configuration *configuration,
			 struct names *names, const struct hostdev_form *form)
{
	const char *text =
		comment_safe(configuration->arena, comment_text(configuration, names, form));

	return xmlTextWriterWriteFormatComment(writer, " %s ", text);
}

static int write_element(xmlTextWriterPtr writer, const struct guest_configuration *configuration,
			 const struct hostdev_form *form)
{
	const struct hostdev_options *options = &configuration->forms.options;

	switch (form->kind) {
	case HOSTDEV_KIND_HOSTDEV:
	case HOSTDEV_KIND_INTERFACE:
		return xml_hostdev(writer, configuration->arena, form, options);
	case HOSTDEV_KIND_NETWORK:
		return xml_network(writer, form, options);
	case HOSTDEV_KIND_VPORT_POOL:
		return xml_vport_pool(writer, form, options);
	case HOSTDEV_KIND_VPORT_DEVICE:
		return xml_vport_device(writer, form, options);
	case HOSTDEV_KIND_LUN_HOSTDEV:
	case HOSTDEV_KIND_LUN_DISK:
	case HOSTDEV_KIND_LUN_VOLUME:
		return xml_lun(writer, configuration->arena, form, options);
	}
	return -1;
}

/* No XML declaration is written: the element is pasted into a document. */
static int write_to_memory(xmlTextWriterPtr writer, const struct guest_configuration *configuration,
			   struct names *names, const struct hostdev_form *form)
{
	if (xmlTextWriterSetQuoteChar(writer, (xmlChar)0x27) < 0 ||
	    xmlTextWriterSetIndent(writer, 1) < 0 ||
	    xmlTextWriterSetIndentString(writer, (const xmlChar *)"  ") < 0 ||
	    write_comment(writer, configuration, names, form) < 0 ||
	    write_element(writer, configuration, form) < 0 || xmlTextWriterFlush(writer) < 0)
		return -ENOMEM;
	return arena_failed(configuration->arena) ? -ENOMEM : 0;
}

/*
 * Writes one form: a comment with the verdict and what to know of it, then one element that
 * `virsh attach-device`, net-define, pool-define or nodedev-create takes.
 */
static int write_form(const struct guest_configuration *configuration, struct names *names,
		      const struct hostdev_form *form, FILE *out)
{
	xmlBufferPtr buffer = xmlBufferCreate();
	xmlTextWriterPtr writer = buffer ? xmlNewTextWriterMemory(buffer, 0) : NULL;
	int result = writer ? write_to_memory(writer, configuration, names, form) : -ENOMEM;

	xmlFreeTextWriter(writer);
	if (result == 0)
		fputs((const char *)xmlBufferContent(buffer), out);
	xmlBufferFree(buffer);
	return result;
}

/* Writes what may be pasted; why the rest is refused is no part of it. */
int guest_render_xml(const void *document, const struct render_options *options, FILE *out)
{
	const struct guest_configuration *configuration = document;
	const struct hostdev_forms *forms = &configuration->forms;
	struct names *names = names_open();
	int result = 0;

	(void)options;
	for (size_t i = 0; result == 0 && i < forms->count; i++) {
		if (forms->forms[i].written)
			result = write_form(configuration, names, &forms->forms[i], out);
	}
	names_close(names);
	return result;
}
