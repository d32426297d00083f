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

static void write_comment(struct xml *xml, const struct guest_configuration *configuration,
			  struct names *names, const struct hostdev_form *form)
{
	const char *text = guest_comment(configuration, names, form, "\n     ");

	xml_comment(xml, comment_safe(configuration->arena, text));
}

static void write_element(struct xml *xml, const struct guest_configuration *configuration,
			  const struct hostdev_form *form)
{
	const struct hostdev_options *options = &configuration->forms.options;

	switch (form->kind) {
	case HOSTDEV_KIND_HOSTDEV:
	case HOSTDEV_KIND_INTERFACE:
		xml_hostdev(xml, configuration->arena, form, options);
		return;
	case HOSTDEV_KIND_NETWORK:
		xml_network(xml, form, options);
		return;
	case HOSTDEV_KIND_NETWORK_INTERFACE:
		xml_network_interface(xml, options);
		return;
	case HOSTDEV_KIND_VPORT_POOL:
		xml_vport_pool(xml, form, options);
		return;
	case HOSTDEV_KIND_VPORT_DEVICE:
		xml_vport_device(xml, form, options);
		return;
	case HOSTDEV_KIND_LUN_HOSTDEV:
	case HOSTDEV_KIND_LUN_DISK:
	case HOSTDEV_KIND_LUN_VOLUME:
		xml_lun(xml, configuration->arena, form, options);
		return;
	case HOSTDEV_KIND_MDEV_DEVICE:
		xml_mdev_device(xml, configuration->arena, form, options);
		return;
	case HOSTDEV_KIND_MDEV_HOSTDEV:
		xml_mdev_hostdev(xml, options);
		return;
	case HOSTDEV_KIND_VF_POLICY: /* no element of libvirt's */
		return;
	}
}

/*
 * Writes one form: a comment with the verdict and what to know of it, then one element that
 * `virsh attach-device`, net-define, pool-define or nodedev-create takes. No XML declaration is
 * written: the element is pasted into a document.
 */
static int write_form(const struct guest_configuration *configuration, struct names *names,
		      const struct hostdev_form *form, FILE *out)
{
	struct xml xml;

	xml_open(&xml, out, "  ", '\'');
	write_comment(&xml, configuration, names, form);
	write_element(&xml, configuration, form);
	int result = xml_close(&xml);
	return arena_failed(configuration->arena) ? -ENOMEM : result;
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
