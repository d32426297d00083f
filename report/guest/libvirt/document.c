/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "report/guest/comment.h"
#include "report/guest/libvirt/elements.h"
#include "report/guest/render.h"
#include "report/write/words.h"

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
	const char *text = comment_safe(configuration->arena,
					guest_comment(configuration, names, form, "\n     "));

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
	case HOSTDEV_KIND_NETWORK_INTERFACE:
		return xml_network_interface(writer, options);
	case HOSTDEV_KIND_VPORT_POOL:
		return xml_vport_pool(writer, form, options);
	case HOSTDEV_KIND_VPORT_DEVICE:
		return xml_vport_device(writer, form, options);
	case HOSTDEV_KIND_LUN_HOSTDEV:
	case HOSTDEV_KIND_LUN_DISK:
	case HOSTDEV_KIND_LUN_VOLUME:
		return xml_lun(writer, configuration->arena, form, options);
	case HOSTDEV_KIND_MDEV_DEVICE:
		return xml_mdev_device(writer, configuration->arena, form, options);
	case HOSTDEV_KIND_MDEV_HOSTDEV:
		return xml_mdev_hostdev(writer, options);
	case HOSTDEV_KIND_VF_POLICY:
		break;
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

/* Several elements in one file are no document of XML. */
static void say_how_to_use(const struct hostdev_forms *forms, FILE *out)
{
	size_t written = 0;

	for (size_t i = 0; i < forms->count; i++)
		written += forms->forms[i].written;
	if (written > 1)
		fprintf(out,
			"<!-- %zu elements, each for a virsh command of its own; the option split "
			"writes each into its own file -->\n",
			written);
}

int guest_write_xml(const struct guest_configuration *configuration, struct names *names, FILE *out)
{
	const struct hostdev_forms *forms = &configuration->forms;
	int result = 0;

	say_how_to_use(forms, out);
	for (size_t i = 0; result == 0 && i < forms->count; i++) {
		if (forms->forms[i].written)
			result = write_form(configuration, names, &forms->forms[i], out);
	}
	return result;
}

/* Writes what may be pasted; why the rest is refused is no part of it. */
int guest_render_xml(const void *document, const struct render_options *options, FILE *out)
{
	struct names *names = names_open();
	int result = guest_write_xml(document, names, out);

	(void)options;
	names_close(names);
	return result;
}
