/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/guest/comment.h"

#include "host/base/buffer.h"
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
		return arena_printf(arena, "%s, %s", counted(arena, form->vf_count, "VF"), text);
	if (form->kind == HOSTDEV_KIND_MDEV_DEVICE || form->kind == HOSTDEV_KIND_MDEV_HOSTDEV)
		return arena_printf(arena, "a mediated device of it, %s", text);
	if (form->kind == HOSTDEV_KIND_NETWORK_INTERFACE)
		return arena_printf(arena, "one of its VFs, %s", text);
	if (form->lun)
		return arena_printf(arena, "LUN %s of %s, %s", form->lun->name, form->fc_host->name,
				    text);
	if (form->fc_host)
		return arena_printf(arena, "virtual port of %s, %s", form->fc_host->name, text);
	if (form->kind == HOSTDEV_KIND_VF_POLICY)
		return counted(arena, form->usable_vfs, "VF");
	return text;
}

static void add_notes(struct buffer *text, const struct hostdev_note *notes)
{
	for (const struct hostdev_note *note = notes; note; note = note->next)
		buffer_item(text, "%s", words_printable(text->arena, note->text));
}

const char *guest_comment(const struct guest_configuration *configuration, struct names *names,
			  const struct hostdev_form *form, const char *separator)
{
	struct arena *arena = configuration->arena;
	const char *name = names_find(names, arena, form->function);
	struct buffer text = {.arena = arena, .separator = separator};

	buffer_item(&text, "%s%s%s: %s", form->function->name, name ? " " : "",
		    name ? words_printable(arena, name) : "", verdict_text(arena, form));
	add_notes(&text, form->reasons);
	if (form->reasons && !form->companion_of)
		buffer_item(&text, "written because of %s", configuration->input.forced_by);
	add_notes(&text, form->notes);
	if (form->multifunction && !configuration->input.stack)
		buffer_item(&text,
			    "guest bus 0x%02x is free in guests made by virt-install; "
			    "choose another if yours uses it",
			    form->guest.bus);
	return buffer_text(&text);
}
