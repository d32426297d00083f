/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "model/model.h"

#include "host/base/array.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/facts.h"
#include "tests/unit/support/paper.h"

enum {
	DISPLAY = 0x030000,
	SECOND_DISPLAY = 0x038000,
	AUDIO = 0x040300,
	SATA = 0x010601,
	NETWORK = 0x020000
};

static struct model model_of(struct paper *paper)
{
	struct model model;

	model_build(&paper->host, paper->arena, &model);
	return model;
}

/* Returns the kinds, apart by blanks: the cautions that are known, or those that were not read. */
static const char *kinds_of(struct paper *paper, const struct pci_function *function, bool known)
{
	struct model model = model_of(paper);
	const struct caution *caution = known ? cautions_of(&model.cautions, function)
					      : cautions_unknown_of(&model.cautions, function);
	const char *kinds = "";

	for (; caution; caution = caution->next)
		kinds = arena_printf(paper->arena, "%s%s%s", kinds, *kinds ? " " : "",
				     caution_kind_name(caution->kind));
	return kinds;
}

static void expect_kinds(struct paper *paper, const struct pci_function *function,
			 const char *kinds)
{
	assert_string_equal(kinds_of(paper, function, true), kinds);
	assert_string_equal(kinds_of(paper, function, false), "");
}

static const struct caution *expect_caution(struct paper *paper,
					    const struct pci_function *function,
					    enum caution_kind kind)
{
	struct model model = model_of(paper);
	const struct caution *caution = cautions_find(&model.cautions, function, kind);

	assert_non_null(caution);
	assert_non_null(caution->evidence);
	assert_non_null(caution->remedy);
	return caution;
}

/* A display below a port, which can be reset and showed nothing of the boot. */
static struct pci_function *add_card(struct paper *paper)
{
	struct pci_function *port = add_express(paper, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *card = add_express(paper, "0000:01:00.0", port, EXPRESS_ENDPOINT);

	set_class(card, DISPLAY);
	card->reset_method = known_text("reset_method", "flr bus");
	card->boot_vga = (struct fact_number){.fact = known("boot_vga"), .value = 0};
	card->port_power.fact = absent("power_resources_D3hot");
	paper->host.framebuffers.fact = known("/proc/iomem");
	paper->host.modules.loaded.fact = known("/proc/modules");
	paper->host.modules.builtin.fact = known("modules.builtin");
	return card;
}

static struct pci_function *add_audio(struct paper *paper, struct pci_function *card)
{
	struct pci_function *audio =
		add_express(paper, "0000:01:00.1", (struct pci_function *)(uintptr_t)card->parent,
			    EXPRESS_ENDPOINT);

	set_class(audio, AUDIO);
	make_multifunction(card);
	return audio;
}

static void a_healthy_card_has_no_caution(void **state)
{
	struct pci_function *card = add_card(*state);

	expect_kinds(*state, card, "");
	expect_kinds(*state, add_audio(*state, card), "");
	set_driver(card, "vfio-pci");
	expect_kinds(*state, card, "");
}

static void a_bridge_has_no_caution(void **state)
{
	expect_kinds(*state, add_card(*state)->parent, "");
}

static void hold(struct paper *paper, struct framebuffer *framebuffer, const char *holder)
{
	*framebuffer = (struct framebuffer){holder, "0000:01:00.0"};
	paper->host.framebuffers.items = framebuffer;
	paper->host.framebuffers.count = 1;
}

struct cure_case {
	const char *command_line;
	const char *holder;
	const char *words;   /* of the remedy */
	const char *without; /* NULL: anything */
};

static const struct cure_case cure_cases[] = {
	{"quiet", "efifb", "boot with video=efifb:off", "did not help"},
	{"quiet", "BOOTFB", "boot with initcall_blacklist=sysfb_init", "did not help"},
	{"video=efifb:off", "efifb", "video=efifb:off is set, and did not help. Boot with initcall",
	 NULL},
	{"video=efifb:off", "simpledrm",
	 "video=efifb:off is set, and keeps only efifb away. To assign it to a guest, boot with "
	 "initcall_blacklist=sysfb_init",
	 "did not help"},
	{"initcall_blacklist=a,sysfb_init", "BOOTFB", "sysfb_init is set, and did not help",
	 "oot with initcall_blacklist"},
	{"initcall_blacklist=sysfb_initial", "BOOTFB", "boot with initcall_blacklist=", NULL},
};

static void what_holds_the_boot_framebuffer_has_a_cure_of_its_own(void **state)
{
	struct pci_function *card = add_card(*state);

	for (size_t i = 0; i < ARRAY_LENGTH(cure_cases); i++) {
		const struct cure_case *row = &cure_cases[i];
		test_row("%s held by %s", row->command_line, row->holder);
		struct framebuffer framebuffer;

		paper_command_line(*state, arena_printf(((struct paper *)*state)->arena, "%s\n",
							row->command_line));
		hold(*state, &framebuffer, row->holder);
		const struct caution *caution = expect_caution(*state, card, CAUTION_BOOT_DISPLAY);
		assert_string_equal(caution->finding, "boot-gpu.framebuffer");
		if (!strstr(caution->remedy, row->words) ||
		    (row->without && strstr(caution->remedy, row->without)))
			fail_msg("%s, %s: %s", row->command_line, row->holder, caution->remedy);
	}
}

/* What was bound before the framebuffer came does not lose it. */
static void vfio_takes_the_boot_framebuffer_off_vga_controllers(void **state)
{
	enum { VGA = 0x030000, OTHER = 0x038000 };
	static const struct {
		const char *release;
		const char *driver;
		uint32_t class_code;
		const char *why;
	} rows[] = {
		{"6.0.0", "amdgpu", VGA, "vfio-pci takes that away"},
		{"5.19.0", "amdgpu", VGA, "VFIO cannot map that"},
		{"6.1.0", "amdgpu", OTHER, "VFIO cannot map that"},
		{"6.1.0", "vfio-pci", VGA, "VFIO cannot map that"},
	};
	struct pci_function *card = add_card(*state);
	struct framebuffer framebuffer;

	hold(*state, &framebuffer, "efifb");
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%s %s %x", rows[i].release, rows[i].driver, rows[i].class_code);
		paper_kernel(*state, rows[i].release);
		set_driver(card, rows[i].driver);
		set_class(card, rows[i].class_code);
		const struct caution *caution = expect_caution(*state, card, CAUTION_BOOT_DISPLAY);
		assert_non_null(strstr(caution->why, rows[i].why));
		assert_non_null(strstr(caution->remedy, "boot with video=efifb:off"));
	}
}

static void the_display_of_the_boot_goes_dark(void **state)
{
	struct pci_function *card = add_card(*state);

	card->boot_vga.value = 1;
	const struct caution *caution = expect_caution(*state, card, CAUTION_BOOT_DISPLAY);
	assert_non_null(strstr(caution->why, "goes dark"));
	assert_null(strstr(caution->remedy, "<rom"));
	set_driver(card, "vfio-pci");
	caution = expect_caution(*state, card, CAUTION_BOOT_DISPLAY);
	assert_non_null(strstr(caution->why, "the host's console is dark"));
	assert_string_equal(caution->remedy, "Reach the host by the network");
}

static void a_held_display_has_the_rom_that_firmware_copied(void **state)
{
	struct pci_resource lines[7] = {[6] = {.start = 0xc0000, .end = 0xdffff}};
	struct pci_function *card = add_card(*state);
	struct framebuffer framebuffer;

	hold(*state, &framebuffer, "efifb");
	assert_null(strstr(expect_caution(*state, card, CAUTION_BOOT_DISPLAY)->remedy, "<rom"));
	card->resources = (struct pci_resources){known("resource"), lines, ARRAY_LENGTH(lines)};
	const struct caution *caution = expect_caution(*state, card, CAUTION_BOOT_DISPLAY);
	assert_non_null(strstr(caution->remedy, "video=efifb:off"));
	assert_non_null(strstr(caution->remedy, "<rom file="));
}

static void a_rom_that_firmware_copied_is_told_of(void **state)
{
	struct pci_resource lines[7] = {[6] = {.start = 0xc0000, .end = 0xdffff}};
	struct pci_function *card = add_card(*state);

	card->boot_vga.value = 1;
	card->resources = (struct pci_resources){known("resource"), lines, 7};
	assert_non_null(
		strstr(expect_caution(*state, card, CAUTION_BOOT_DISPLAY)->remedy, "<rom file="));
}

static void a_console_on_a_display_is_one(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);
	struct usage_entry entry = {
		.kind = USAGE_FRAMEBUFFER,
		.what = "fb0",
		.through = "fb0",
		.path = arena_printf(paper->arena, "%s/graphics/fb0", card->path),
		.source = "/sys/class/graphics"};

	paper->host.usage.entries = &entry;
	paper->host.usage.count = 1;
	const struct caution *caution = expect_caution(paper, card, CAUTION_BOOT_DISPLAY);
	assert_non_null(strstr(caution->why, "fb0"));
}

static void a_memory_map_that_was_not_read_is_neither_a_caution_nor_fine(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);

	paper->host.framebuffers.fact = unreadable("/proc/iomem", EACCES);
	assert_string_equal(kinds_of(paper, card, true), "");
	assert_string_equal(kinds_of(paper, card, false), "boot-display");
}

static void who_holds_the_boot_display_is_open_without_a_memory_map(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);

	card->boot_vga = (struct fact_number){known("boot_vga"), 1};
	assert_string_equal(kinds_of(paper, card, false), "");
	paper->host.framebuffers.fact = (struct fact){.source = "/proc/iomem"};
	assert_string_equal(kinds_of(paper, card, true), "boot-display");
	assert_string_equal(kinds_of(paper, card, false), "boot-display");
}

/* Its PF's driver makes it, long after the boot has shown its picture. */
static void no_boot_shows_its_picture_on_a_vf(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);

	card->physfn = known_text("physfn", "0000:01:00.0");
	card->boot_vga.fact = unreadable("boot_vga", EACCES);
	assert_null(strstr(kinds_of(paper, card, false), "boot-display"));
	card->boot_vga.fact = known("boot_vga");
	paper->host.framebuffers.fact = unreadable("/proc/iomem", EACCES);
	assert_null(strstr(kinds_of(paper, card, false), "boot-display"));
}

struct reset_case {
	const char *methods; /* NULL: the attribute is absent */
	int class_code;
	const char *kinds;
};

static const struct reset_case reset_cases[] = {
	{"flr", DISPLAY, ""},      {"bus", DISPLAY, ""},  {NULL, DISPLAY, "reset"},
	{"", DISPLAY, "reset"},    {NULL, SATA, "reset"}, {NULL, NETWORK, ""},
	{NULL, 0x120000, "reset"},
};

static void displays_storage_and_accelerators_must_be_reset(void **state)
{
	struct pci_function *card = add_card(*state);

	for (size_t i = 0; i < ARRAY_LENGTH(reset_cases); i++) {
		test_row("class %06x, %s", (unsigned)reset_cases[i].class_code,
			 reset_cases[i].methods);
		set_class(card, (uint32_t)reset_cases[i].class_code);
		card->reset_method.fact = absent("reset_method");
		if (reset_cases[i].methods)
			card->reset_method = known_text("reset_method", reset_cases[i].methods);
		expect_kinds(*state, card, reset_cases[i].kinds);
	}
}

/* The kernel lists bus for function 0, where it cannot be used; VFIO resets all of the slot. */
static void a_card_of_several_functions_is_reset_as_a_whole(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);

	card->reset_method = known_text("reset_method", "bus");
	add_audio(paper, card);
	expect_kinds(paper, card, "");
	add_express(paper, "0000:01:01.0", (struct pci_function *)(uintptr_t)card->parent,
		    EXPRESS_ENDPOINT);
	expect_kinds(paper, card, "reset");
}

struct amd_case {
	uint16_t device;
	const char *release;
	const char *methods; /* NULL: the kernel has no such attribute */
	bool loaded;
	const char *words; /* of the remedy; NULL: no caution */
};

static const struct amd_case amd_cases[] = {
	{0x687f, "5.15.30-2-pve", "bus", true,
	 "Put its udev/99-vendor-reset.rules into /etc/udev/rules.d"},
	{0x687f, "6.8.12", "bus", false, "first gets the card. Its udev/99-vendor-reset.rules"},
	{0x687f, "6.8.12", "device_specific", true, NULL},
	{0x687f, "5.10.0", NULL, true, NULL},
	{0x687f, "5.10.0", NULL, false, "before a guest first gets the card. Without"},
	{0x7340, "6.8.12", "bus", false, "device_specific"},
	{0x66af, "6.8.12", "bus", false, "device_specific"},
	{0x67df, "6.8.12", "bus", false, "device_specific"},
	{0x73bf, "6.8.12", "bus", false, NULL},
};

static void cards_that_do_not_come_back_are_known(void **state)
{
	static const char *const names[] = {"vendor_reset"};
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);

	for (size_t i = 0; i < ARRAY_LENGTH(amd_cases); i++) {
		const struct amd_case *row = &amd_cases[i];
		set_ids(card, 0x1002, row->device);
		paper_kernel(paper, row->release);
		card->reset_method.fact = absent("reset_method");
		if (row->methods)
			card->reset_method = known_text("reset_method", row->methods);
		paper->host.modules.loaded =
			(struct fact_list){known("/proc/modules"), names, row->loaded ? 1 : 0};
		struct model model = model_of(paper);
		const struct caution *caution = cautions_find(&model.cautions, card, CAUTION_RESET);
		if (!caution != !row->words || (caution && !strstr(caution->remedy, row->words)))
			fail_msg("%zu: %s", i, caution ? caution->remedy : "none");
	}
}

/* Systems that keep rules of udev elsewhere, or commands in their place. */
static const struct {
	enum boot_tool tool;
	bool loaded;
	const char *words; /* of the remedy */
} rules_cases[] = {
	{BOOT_TOOL_NIXOS, false, "put into services.udev.extraRules of NixOS's configuration"},
	{BOOT_TOOL_NIXOS, true, "into services.udev.extraRules of NixOS's configuration"},
	{BOOT_TOOL_TRUENAS, false, "put into a tunable of the type UDEV of TrueNAS"},
	{BOOT_TOOL_UNRAID, false,
	 "add modprobe vendor_reset to /boot/config/go before its line that starts emhttp, and "
	 "behind it what writes device_specific to the card's reset_method"},
	{BOOT_TOOL_UNRAID, true,
	 "add the command that writes it to /boot/config/go before its line that starts emhttp"},
};

static void what_loads_vendor_reset_is_written_where_the_host_keeps_it(void **state)
{
	static const char *const names[] = {"vendor_reset"};
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(rules_cases); i++) {
		struct pci_function *card = add_card(paper);
		test_row("%zu: %s", i, rules_cases[i].words);
		set_ids(card, 0x1002, 0x687f);
		card->reset_method = known_text("reset_method", "bus");
		paper->host.boot_tools.nodes[rules_cases[i].tool].fact = known("tool");
		paper->host.modules.loaded = (struct fact_list){known("/proc/modules"), names,
								rules_cases[i].loaded ? 1 : 0};
		struct model model = model_of(paper);
		const struct caution *caution = cautions_find(&model.cautions, card, CAUTION_RESET);
		assert_non_null(strstr(caution->remedy, rules_cases[i].words));
		assert_null(strstr(caution->remedy, "/etc/"));
		paper_reset(paper);
	}
}

static void a_card_that_does_not_come_back_serves_the_first_guest(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);
	static const struct {
		uint16_t device;
		const char *why;
	} rows[] = {
		{0x7340,
		 "cards of its kind (Navi 14) do not come back from a reset of the bus: only "
		 "the first guest after a boot of the host gets a card that works"},
		{0x7550,
		 "cards of its kind (Navi 48) often do not come back from a reset of the bus: "
		 "then only the first guest after a boot of the host gets a card that works"},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%04x", rows[i].device);
		set_ids(card, 0x1002, rows[i].device);
		assert_string_equal(expect_caution(paper, card, CAUTION_RESET)->why, rows[i].why);
	}
}

static void a_reset_method_that_was_not_read_is_unknown(void **state)
{
	struct pci_function *card = add_card(*state);

	card->reset_method.fact = unreadable("reset_method", EACCES);
	assert_string_equal(kinds_of(*state, card, true), "");
	assert_string_equal(kinds_of(*state, card, false), "reset");
}

static void a_card_whose_audio_stays_with_the_host_is_split(void **state)
{
	struct pci_function *card = add_card(*state), *audio = add_audio(*state, card);

	set_group(card, 1);
	set_group(audio, 1);
	expect_kinds(*state, card, "");
	set_group(audio, 2);
	set_driver(audio, "snd_hda_intel");
	assert_non_null(
		strstr(expect_caution(*state, card, CAUTION_SPLIT_DEVICE)->remedy, "0000:01:00.1"));
	set_driver(audio, "vfio-pci");
	expect_kinds(*state, card, "");
}

static void a_part_of_a_card_that_does_not_answer_is_named(void **state)
{
	struct pci_function *card = add_card(*state), *audio = add_audio(*state, card);

	set_group(card, 1);
	set_group(audio, 1);
	for (size_t i = 0; i < 64; i += 4)
		set_config32(audio, i, UINT32_MAX);
	const struct caution *caution = expect_caution(*state, card, CAUTION_SPLIT_DEVICE);
	assert_non_null(strstr(caution->why, "0000:01:00.1, does not answer"));
}

/* Who asks for all of the card asks for the host's own disk. */
static void a_part_that_the_host_needs_is_not_advised(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper), *usb = add_audio(paper, card);
	struct usage_entry disk = {USAGE_MOUNT, "/", "sda1", usb->path, "/proc/self/mountinfo",
				   NULL};

	set_group(card, 1);
	set_group(usb, 2);
	set_driver(usb, "xhci_hcd");
	paper->host.usage.entries = &disk;
	paper->host.usage.count = 1;
	assert_string_equal(expect_caution(paper, card, CAUTION_SPLIT_DEVICE)->remedy,
			    "The host needs 0000:01:00.1: move what it has there to other "
			    "hardware, and give 0000:01:00.1 to the same guest");
}

/* Nor is one whose group the host needs: the part alone cannot go. */
static void a_part_whose_group_the_host_needs_is_not_advised(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper), *audio = add_audio(paper, card);
	struct pci_function *usb =
		add_function(paper, "0000:01:00.3", (struct pci_function *)(uintptr_t)card->parent);
	struct usage_entry disk = {USAGE_MOUNT, "/", "sda1", usb->path, "/proc/self/mountinfo",
				   NULL};

	set_group(card, 1);
	set_group(audio, 2);
	set_driver(audio, "snd_hda_intel");
	set_class(usb, 0x0c0330);
	set_group(usb, 2);
	set_driver(usb, "xhci_hcd");
	paper->host.usage.entries = &disk;
	paper->host.usage.count = 1;
	const char *remedy = expect_caution(paper, card, CAUTION_SPLIT_DEVICE)->remedy;
	assert_non_null(strstr(remedy, "The host needs 0000:01:00.3: move"));
}

static void what_shares_a_processors_slot_is_no_part_of_its_graphics(void **state)
{
	struct pci_function *graphics = add_card(*state), *usb = add_audio(*state, graphics);

	set_group(graphics, 1);
	set_group(usb, 2);
	set_driver(usb, "xhci_hcd");
	set_ids(graphics, 0x1002, 0x164e);
	set_ids(usb, 0x1022, 0x15b6);
	expect_kinds(*state, graphics, "reset rom");
	set_ids(usb, 0x1002, 0x1640);
	expect_kinds(*state, graphics, "split-device");
}

static struct pci_function *add_igd(struct paper *paper, uint16_t device, uint32_t class)
{
	struct pci_function *igd = add_function(paper, "0000:00:02.0", NULL);

	set_ids(igd, 0x8086, device);
	set_class(igd, class);
	igd->reset_method = known_text("reset_method", "flr");
	return igd;
}

static void intels_integrated_graphics_wants_its_place(void **state)
{
	struct paper *paper = *state;
	struct pci_function *igd = add_function(paper, "0000:00:02.0", NULL);

	add_card(paper);
	igd->reset_method = known_text("reset_method", "flr");
	igd->boot_vga = (struct fact_number){.fact = known("boot_vga"), .value = 0};
	set_ids(igd, 0x8086, 0x46d1);
	expect_kinds(paper, igd, "");
	set_class(igd, DISPLAY);
	expect_kinds(paper, igd, "igd");
	set_ids(igd, 0x1234, 0x1111);
	expect_kinds(paper, igd, "");
}

static void no_file_replaces_the_rom_of_integrated_graphics(void **state)
{
	struct pci_resource lines[7] = {[6] = {.start = 0xc0000, .end = 0xdffff}};
	struct pci_function *igd = add_igd(*state, 0x46d1, DISPLAY);

	igd->boot_vga = (struct fact_number){.fact = known("boot_vga"), .value = 1};
	igd->resources = (struct pci_resources){known("resource"), lines, ARRAY_LENGTH(lines)};
	assert_null(strstr(expect_caution(*state, igd, CAUTION_BOOT_DISPLAY)->remedy, "<rom"));
}

static void integrated_graphics_without_a_group_have_igfx_off_to_blame(void **state)
{
	struct paper *paper = *state;
	struct pci_function *igd = add_igd(paper, 0x46d1, DISPLAY);

	paper_command_line(paper, "intel_iommu=on,igfx_off\n");
	igd->group.fact = absent("iommu_group");
	assert_non_null(strstr(expect_caution(paper, igd, CAUTION_IGD)->remedy, "igfx_off"));
	igd->device.value = 0x1616;
	assert_null(strstr(expect_caution(paper, igd, CAUTION_IGD)->remedy, "igfx_off"));
	igd->device.value = 0x46d1;
	set_group(igd, 1);
	assert_null(strstr(expect_caution(paper, igd, CAUTION_IGD)->remedy, "igfx_off"));
}

struct opregion_case {
	const char *kernel;
	const char *config;
	uint32_t class;
	bool offered;
	const char *remedy; /* words of it */
};

static const struct opregion_case opregion_cases[] = {
	{"6.1.0", NULL, DISPLAY, true, "Give it x-igd-opregion=on and the guest address"},
	{"6.1.0", "CONFIG_VFIO_PCI_IGD=y\n", DISPLAY, true, "(romfile=)"},
	{"6.1.0", "# CONFIG_VFIO_PCI_IGD is not set\n", DISPLAY, false,
	 "Run a kernel with CONFIG_VFIO_PCI_IGD"},
	{"6.1.0", "CONFIG_VFIO=m", DISPLAY, true, "(romfile=)"}, /* cut short before it */
	{"6.14.0", "CONFIG_VFIO_PCI_IGD=y\n", SECOND_DISPLAY, false, "run Linux 6.15 or later"},
	{"6.15.0", "CONFIG_VFIO_PCI_IGD=y\n", SECOND_DISPLAY, true, "make it the first display"},
	{"6.15.0", "# CONFIG_VFIO_PCI_IGD is not set\n", SECOND_DISPLAY, false,
	 "with CONFIG_VFIO_PCI_IGD"},
};

static void the_opregion_is_offered_by_class_and_kernel(void **state)
{
	struct paper *paper = *state;

	for (size_t i = 0; i < ARRAY_LENGTH(opregion_cases); i++) {
		const struct opregion_case *row = &opregion_cases[i];
		test_row("%s class %x %s", row->kernel, (unsigned)row->class,
			 row->config ? row->config : "no config");
		paper_reset(paper);
		paper_kernel(paper, row->kernel);
		if (row->config)
			paper_kconfig(paper, row->config);
		struct pci_function *igd = add_igd(paper, 0x1912, row->class);
		assert_int_equal(caution_offers_opregion(&paper->host, igd), row->offered);
		assert_non_null(
			strstr(expect_caution(paper, igd, CAUTION_IGD)->remedy, row->remedy));
	}
}

static void a_kernel_that_refuses_to_reset_the_bus_is_named(void **state)
{
	struct pci_function *card = add_card(*state);

	add_audio(*state, card);
	card->reset_method = known_text("reset_method", "bus");
	expect_kinds(*state, card, "");
	paper_kernel(*state, "6.14.2-arch1-1");
	assert_non_null(strstr(expect_caution(*state, card, CAUTION_RESET)->remedy, "6.14.4"));
}

static void graphics_inside_a_processor_lack_their_rom(void **state)
{
	struct pci_function *card = add_card(*state), *other = add_audio(*state, card);

	set_ids(card, 0x1002, 0x15bf);
	set_ids(other, 0x1002, 0x1640);
	expect_kinds(*state, card, "");
	set_ids(other, 0x1022, 0x15e3);
	expect_kinds(*state, card, "reset rom");
	assert_non_null(strstr(expect_caution(*state, card, CAUTION_ROM)->remedy, "romfile="));
}

static void set_chassis(struct paper *paper, int64_t type)
{
	paper->host.chassis = (struct fact_number){.fact = known("chassis_type"), .value = type};
}

static void second_graphics_of_a_notebook_lack_screen_and_rom(void **state)
{
	static const struct {
		uint16_t vendor;
		uint32_t class;
		int64_t chassis;
		const char *kinds;
	} rows[] = {
		{0x10de, 0x030200, 10, "rom"}, {0x1002, 0x038000, 9, "rom"},
		{0x10de, 0x030000, 10, ""}, /* it has screens */
		{0x10de, 0x030200, 3, ""},  /* a desktop: an accelerator */
		{0x10de, 0x030200, 266, ""},
	};

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		struct paper *paper = *state;
		test_row("%04x, %06x, chassis %d", rows[i].vendor, rows[i].class,
			 (int)rows[i].chassis);
		paper_reset(paper);
		add_igd(paper, 0x9a49, DISPLAY);
		struct pci_function *card = add_card(paper);
		set_ids(card, rows[i].vendor, 0x1f97);
		set_class(card, rows[i].class);
		set_chassis(paper, rows[i].chassis);
		expect_kinds(paper, card, rows[i].kinds);
	}
}

/* Accelerators look alike. */
static void second_graphics_need_others_beside_them(void **state)
{
	struct pci_function *card = add_card(*state);

	set_ids(card, 0x10de, 0x1f97);
	set_class(card, 0x030200);
	set_chassis(*state, 10);
	expect_kinds(*state, card, "");
}

static void without_the_chassis_it_is_open_whether_a_notebook_has_the_rom(void **state)
{
	struct paper *paper = *state;

	add_igd(paper, 0x9a49, DISPLAY);
	struct pci_function *card = add_card(paper);
	set_ids(card, 0x10de, 0x1f97);
	set_class(card, 0x030200);
	paper->host.chassis.fact =
		(struct fact){.state = FACT_NOT_CAPTURED, .source = "chassis_type"};
	assert_string_equal(kinds_of(paper, card, true), "");
	assert_string_equal(kinds_of(paper, card, false), "rom");
	paper->host.chassis.fact = absent("chassis_type");
	expect_kinds(paper, card, "");
}

static void a_vf_of_a_pf_on_vfio_takes_a_token(void **state)
{
	struct paper *paper = *state;
	struct pci_function *pf = add_card(paper), *vf = add_audio(paper, pf);

	make_vf(vf, pf);
	set_driver(pf, "ice");
	expect_kinds(paper, vf, "");
	set_driver(pf, "vfio-pci");
	assert_non_null(strstr(expect_caution(paper, vf, CAUTION_VF_TOKEN)->remedy, "vf-token="));
	expect_kinds(paper, pf, "");
	pf->driver.fact = unreadable("driver", EACCES);
	assert_string_equal(kinds_of(paper, vf, false), "vf-token");
}

/* nvswitch_pci_table: any bridge of NVIDIA's of class 0680. */
static void a_gpu_waits_for_the_hosts_nvswitches(void **state)
{
	static const struct {
		uint16_t vendor;
		uint32_t other, card;
		bool waits;
	} rows[] = {
		{0x10de, 0x068000, 0x030200, true},
		{0x10de, 0x068000, 0x030000, false},
		{0x10de, 0x060400, 0x030200, false},
		{0x8086, 0x068000, 0x030200, false},
	};
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);
	struct pci_function *other = add_function(paper, "0000:05:00.0", NULL);

	set_ids(card, 0x10de, 0x2335);
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%04x %06x", rows[i].vendor, rows[i].other);
		set_ids(other, rows[i].vendor, 0x22a3);
		set_class(other, rows[i].other);
		set_class(card, rows[i].card);
		assert_int_equal(strstr(kinds_of(paper, card, true), "nvlink") != NULL,
				 rows[i].waits);
	}
}

/* Of a GPU that has another driver of the host, the plan sees to the right one. */
static void a_grace_gpu_has_its_memory_by_its_own_driver_of_vfio(void **state)
{
	static const char *const modules[] = {"nvgrace_gpu_vfio_pci"};
	static const struct {
		uint16_t device;
		const char *driver;
		bool has_module;
		const char *says; /* NULL: there is no caution */
	} rows[] = {
		{0x2342, "vfio-pci", true, "on vfio-pci, from which a guest gets none"},
		{0x2342, "nvgrace_gpu_vfio_pci", true, NULL},
		{0x2941, "nvidia", true, NULL},
		{0x2941, "nvidia", false, "this kernel has no nvgrace_gpu_vfio_pci"},
		{0x31c2, "vfio-pci", false, "this kernel has no nvgrace_gpu_vfio_pci"},
		{0x2335, "vfio-pci", true, NULL},
	};
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);
	struct modules *host = &paper->host.modules;

	host->loaded.fact = known("/proc/modules");
	host->builtin.fact = known("modules.builtin");
	host->available = (struct fact_list){.fact = known("modules.dep"), .names = modules};
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%04x on %s", rows[i].device, rows[i].driver);
		set_ids(card, 0x10de, rows[i].device);
		set_driver(card, rows[i].driver);
		host->available.count = rows[i].has_module;
		if (rows[i].says)
			assert_non_null(strstr(expect_caution(paper, card, CAUTION_VARIANT)->why,
					       rows[i].says));
		else
			assert_null(strstr(kinds_of(paper, card, true), "variant"));
	}
}

static void acs_that_is_off_since_boot_makes_the_group_stale(void **state)
{
	static const char *const groups[] = {"0000:00:1c.0", "0000:01:00.0"};
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);
	struct pci_function *port = (struct pci_function *)(uintptr_t)card->parent;

	set_acs(port, ACS_REQUIRED, ACS_REQUIRED);
	add_groups(paper, groups, 2);
	expect_kinds(paper, card, "");
	set_acs(port, ACS_REQUIRED, 0);
	assert_string_equal(expect_caution(paper, card, CAUTION_STALE_GROUP)->finding,
			    "isolation.stale-group");
}

/* A unit that translates so many bits: MGAW of CAP, and SAGAW by levels. */
static void add_unit_of(struct paper *paper, struct pci_function *card, unsigned width)
{
	struct iommu_unit *unit = add_unit(paper, "dmar0", IOMMU_VTD);
	uint64_t sagaw = width <= 39 ? 1u << 1 : 1u << 2;

	unit->capability = (struct fact_number){
		.fact = known("cap"), .value = (int64_t)((uint64_t)(width - 1) << 16 | sagaw << 8)};
	set_unit(card, "dmar0");
}

static void wide_bars_behind_a_narrow_unit_may_lie_beyond_it(void **state)
{
	struct pci_resource bars[] = {{.start = 1, .end = 2, .flags = 0x14220c}};
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);

	card->resources = (struct pci_resources){known("resource"), bars, ARRAY_LENGTH(bars)};
	add_unit_of(paper, card, 39);
	paper->host.cpu.physical_bits = 39;
	expect_kinds(paper, card, "");
	paper->host.cpu.physical_bits = 46;
	const struct caution *caution = expect_caution(paper, card, CAUTION_ADDRESS_WIDTH);
	assert_non_null(strstr(caution->remedy, "limit='39'"));
	bars[0].flags = 0x40200;
	expect_kinds(paper, card, "");
}

/* Of the PF's resources, the lines of VF BARs are theirs. */
static void wide_bars_of_vfs_are_those_of_their_pf(void **state)
{
	struct pci_resource bars[13] = {{.start = 1, .end = 2, .flags = 0x14220c}};
	struct paper *paper = *state;
	struct pci_function *pf = add_card(paper), *vf = add_audio(paper, pf);

	make_vf(vf, pf);
	set_driver(pf, "ice");
	pf->resources = (struct pci_resources){known("resource"), bars, ARRAY_LENGTH(bars)};
	add_unit_of(paper, pf, 39);
	set_unit(vf, "dmar0");
	paper->host.cpu.physical_bits = 46;
	expect_kinds(paper, vf, "");
	bars[7].flags = 0x14220c;
	expect_caution(paper, vf, CAUTION_ADDRESS_WIDTH);
}

struct power_case {
	const char *what;
	const char *driver;
	int64_t allowed;
	enum fact_state port;
	const char *parameter; /* NULL: the module is not there */
	const char *command_line;
	const char *known;
	const char *unknown;
	const char *planned;
	const char *power_state; /* NULL: not there */
	const char *control;     /* of power/control; NULL: not there */
	const char *release;     /* of the kernel; NULL: 6.1 */
};

static const struct power_case power_cases[] = {
	{"a port that goes off", "vfio-pci", 1, FACT_KNOWN, "N", "quiet", "power", "", "",
	 .control = NULL},
	{"a port that stays on", "vfio-pci", 1, FACT_ABSENT, "N", "quiet", "", "", "",
	 .control = NULL},
	{"a port of which that is not known", "vfio-pci", 1, FACT_NOT_CAPTURED, "N", "quiet", "",
	 "power", "", .control = NULL},
	{"a card kept awake", "vfio-pci", 0, FACT_KNOWN, "N", "quiet", "", "", "", .control = NULL},
	{"vfio-pci told to keep it awake", "vfio-pci", 1, FACT_KNOWN, "Y", "quiet", "", "", "",
	 .control = NULL},
	{"told so for the next load", "vfio-pci", 1, FACT_KNOWN, NULL, "vfio-pci.disable_idle_d3=1",
	 "", "", "", .control = NULL},
	{"ports told to stay on", "vfio-pci", 1, FACT_KNOWN, "N", "pcie_port_pm=off", "", "", "",
	 .control = NULL},
	{"a card of the host", "amdgpu", 1, FACT_KNOWN, "N", "quiet", "", "in-use", "power",
	 .control = NULL},
	{"a card of the host, not known", "amdgpu", 1, FACT_NOT_CAPTURED, "N", "quiet", "",
	 "in-use", "", .control = NULL},
	{"a card that has lost its power", "vfio-pci", 1, FACT_NOT_CAPTURED, "N", "quiet", "power",
	 "", "", .power_state = "D3cold"},
	{"one, whatever the option is", "vfio-pci", 1, FACT_NOT_CAPTURED, "?", "quiet", "power", "",
	 "", .power_state = "D3cold"},
	{"a sleep that is not that deep", "vfio-pci", 1, FACT_ABSENT, "N", "quiet", "", "", "",
	 .power_state = "D3hot"},
	{"a card that the host lost sight of", "amdgpu", 1, FACT_ABSENT, "N", "quiet", "", "in-use",
	 "", .power_state = "D3cold"},
	{"a card told not to sleep", "vfio-pci", 1, FACT_KNOWN, "N", "quiet", "", "", "",
	 .control = "on"},
	{"a card of the host that does not sleep", "amdgpu", 1, FACT_KNOWN, "N", "quiet", "",
	 "in-use", "power", .control = "on"},
	{"a vfio-pci that leaves ports awake", "vfio-pci", 1, FACT_KNOWN, "N", "quiet", "", "", "",
	 .release = "5.18.0"},
	{"the first one that does not", "vfio-pci", 1, FACT_KNOWN, "N", "quiet", "power", "", "",
	 .release = "5.19.0"},
	{"one of an older number that has it from a newer", "vfio-pci", 1, FACT_KNOWN, "N", "quiet",
	 "power", "", "", .release = "5.14.0-427.el9.x86_64"},
};

static struct fact_text text_or_absent(const char *source, const char *text)
{
	return text ? known_text(source, text) : (struct fact_text){.fact = absent(source)};
}

static const char *first_kind(const struct caution *caution)
{
	return caution ? caution_kind_name(caution->kind) : "";
}

static void displays_may_not_wake_from_the_sleep_of_vfio(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);

	for (size_t i = 0; i < ARRAY_LENGTH(power_cases); i++) {
		const struct power_case *row = &power_cases[i];

		test_row("%s", row->what);
		set_driver(card, row->driver);
		card->d3cold_allowed = (struct fact_number){known("d3cold_allowed"), row->allowed};
		card->port_power.fact = fact_of(row->port, "power_resources_D3hot", 0);
		paper->host.modules.vfio_pci_no_idle_d3.fact = absent("disable_idle_d3");
		if (row->parameter)
			paper->host.modules.vfio_pci_no_idle_d3 =
				known_text("disable_idle_d3", row->parameter);
		card->power_state = text_or_absent("power_state", row->power_state);
		card->power_control = text_or_absent("control", row->control);
		paper_kernel(paper, row->release ? row->release : "6.1.0");
		paper_command_line(paper, arena_printf(paper->arena, "%s\n", row->command_line));
		struct model model = model_of(paper);
		assert_string_equal(first_kind(cautions_of(&model.cautions, card)), row->known);
		assert_string_equal(first_kind(cautions_unknown_of(&model.cautions, card)),
				    row->unknown);
		assert_string_equal(first_kind(cautions_planned_of(&model.cautions, card)),
				    row->planned);
	}
}

struct use_case {
	enum usage_kind kind;
	const char *what;
	const char *words; /* of the caution; NULL: none */
};

static const struct use_case use_cases[] = {
	{USAGE_LINK_UP, "eth0", "the network link eth0"},
	{USAGE_VF_LINK_UP, "eth0v0", "the network link eth0v0"},
	{USAGE_MEMBER, "br0", "a part of br0"},
	{USAGE_HELD, "dm-0", "the block device dm-0"},
	{USAGE_SCREEN, "HDMI-A-1", "the screen on HDMI-A-1"},
	{USAGE_OPEN, "Xorg", "open in Xorg"},
	{USAGE_CONSOLE, "ttyS4", "the console ttyS4"},
	{USAGE_MOUNT, "/", NULL},
	{USAGE_SWAP, "swap", NULL},
	{USAGE_MEMORY, "memory", NULL},
};

static void what_the_host_uses_is_told(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);

	for (size_t i = 0; i < ARRAY_LENGTH(use_cases); i++) {
		struct usage_entry entry = {.kind = use_cases[i].kind,
					    .what = use_cases[i].what,
					    .path = card->path,
					    .source = "source"};

		test_row("%s", use_cases[i].what);
		paper->host.usage.entries = &entry;
		paper->host.usage.count = 1;
		if (!use_cases[i].words) {
			expect_kinds(paper, card, "");
			continue;
		}
		assert_non_null(strstr(expect_caution(paper, card, CAUTION_IN_USE)->why,
				       use_cases[i].words));
	}
}

static void programs_that_have_disks_or_an_accelerator_open_were_not_searched(void **state)
{
	static const struct {
		uint32_t class_code;
		const char *driver, *words; /* NULL: none */
	} rows[] = {
		{0x120000, "habanalabs", "it open (what computes on it) was not searched"},
		{0x010802, "nvme", "its disks open (guests, Ceph) was not searched"},
		{SATA, "ahci", "its disks open (guests, Ceph) was not searched"},
		{NETWORK, "igb", NULL},
		{SATA, "vfio-pci", NULL},
	};
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		test_row("%06x on %s", (unsigned)rows[i].class_code, rows[i].driver);
		set_class(card, rows[i].class_code);
		set_driver(card, rows[i].driver);
		assert_string_equal(kinds_of(paper, card, true), "");
		struct model model = model_of(paper);
		const struct caution *unknown = cautions_unknown_of(&model.cautions, card);
		if (rows[i].words)
			assert_non_null(strstr(unknown->why, rows[i].words));
		else
			assert_null(unknown);
	}
}

static void programs_that_have_a_display_open_were_not_searched(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);

	set_driver(card, "nvidia");
	assert_string_equal(kinds_of(paper, card, true), "");
	assert_string_equal(kinds_of(paper, card, false), "in-use");
	paper->host.usage.opened = unreadable("/proc/PID/fd", EACCES);
	assert_string_equal(kinds_of(paper, card, false), "in-use");
	paper->host.usage.opened = known("/proc");
	expect_kinds(paper, card, "");
	paper->host.usage.opened = (struct fact){FACT_NOT_CAPTURED, 0, "/proc"};
	set_driver(card, "vfio-pci");
	expect_kinds(paper, card, "");
}

static void a_device_that_was_not_read_may_be_in_use(void **state)
{
	struct paper *paper = *state;
	struct pci_function *card = add_card(paper);
	struct usage_link unread = {card, unreadable("master", EACCES)};

	paper->host.usage.unread_devices = &unread;
	paper->host.usage.unread_device_count = 1;
	assert_string_equal(kinds_of(paper, card, true), "");
	assert_string_equal(kinds_of(paper, card, false), "in-use");
}

struct intx_case {
	const char *driver;
	const char *handlers; /* of IRQ 16; NULL: /proc/interrupts was not read */
	unsigned firmware_line;
	bool broken; /* the kernel's table has it */
	const char *known;
	const char *unknown;
	const char *words; /* of the one that it has */
};

static const struct intx_case intx_cases[] = {
	{"r8169", "eth0, ehci_hcd:usb1", 11, true, "intx", "", "(IRQ 16), which ehci_hcd:usb1 has"},
	{"r8169", "eth0", 11, true, "", "", NULL},
	{"r8169", "ehci_hcd:usb1", 11, true, "", "intx", "(ehci_hcd:usb1 may)"},
	{"r8169", "", 11, true, "", "", NULL},
	{"vfio-pci", "i801_smbus", 11, true, "intx", "", "which i801_smbus has"},
	{"vfio-pci", "vfio-intx(0000:05:01.0)", 16, true, "", "", NULL},
	{"vfio-pci", "vfio-intx(0000:05:02.0)", 11, true, "intx", "",
	 "vfio-intx(0000:05:02.0) has"},
	{NULL, "i801_smbus", 11, true, "intx", "", "which i801_smbus has"},
	/* Firmware's number stands until a driver enables the function. */
	{NULL, "i801_smbus", 16, true, "", "intx", "(i801_smbus may)"},
	{NULL, "", 16, true, "", "intx", "cannot tell whether others have"},
	{"r8169", NULL, 11, true, "", "intx", "cannot tell whether others have"},
	/* Whether a conventional card has DisINTx nobody sees. */
	{"wctdm24xxp", "wctdm24xxp, ehci_hcd:usb1", 11, false, "", "intx",
	 "whether it can share its interrupt line (IRQ 16), which ehci_hcd:usb1 has"},
	{"wctdm24xxp", "wctdm24xxp", 11, false, "", "", NULL},
};

/* A conventional card behind a bridge, which has IRQ 16 by pin A. */
static struct pci_function *add_intx_card(struct paper *paper, const struct intx_case *row)
{
	static const char *const interfaces[] = {"eth0"};
	struct pci_function *port = add_express(paper, "0000:00:1c.0", NULL, EXPRESS_ROOT_PORT);
	struct pci_function *bridge =
		add_express(paper, "0000:04:00.0", port, EXPRESS_TO_PCI_BRIDGE);
	struct pci_function *card = add_function(paper, "0000:05:01.0", bridge);

	set_class(card, 0x028000);
	if (row->driver)
		set_driver(card, row->driver);
	if (row->broken)
		set_ids(card, 0x10ec, 0x8169);
	set_config32(card, 0x3c, 0x100 | row->firmware_line);
	card->irq = (struct fact_number){.fact = known("irq"), .value = 16};
	card->netdevs = (struct fact_list){.fact = known("net"), .names = interfaces, .count = 1};
	struct fact_text text = {.fact = unreadable("/proc/interrupts", EACCES)};
	if (row->handlers)
		text = known_text("/proc/interrupts",
				  arena_printf(paper->arena,
					       " 16:  1  2  IR-IO-APIC   16-fasteoi   %s\n",
					       row->handlers));
	interrupts_parse(paper->arena, &text, &paper->host.interrupts);
	return card;
}

static void what_may_be_unable_to_share_its_interrupt_line_is_told(void **state)
{
	for (size_t i = 0; i < ARRAY_LENGTH(intx_cases); i++) {
		const struct intx_case *row = &intx_cases[i];

		paper_reset(*state);
		test_row("%s %s", row->driver ? row->driver : "", row->handlers);
		struct pci_function *card = add_intx_card(*state, row);
		assert_string_equal(kinds_of(*state, card, true), row->known);
		assert_string_equal(kinds_of(*state, card, false), row->unknown);
		struct model model = model_of(*state);
		const struct caution *caution =
			*row->known ? cautions_of(&model.cautions, card)
				    : cautions_unknown_of(&model.cautions, card);
		if (row->words)
			assert_non_null(strstr(caution->why, row->words));
	}
}

static void what_can_share_its_interrupt_line_has_no_caution_of_it(void **state)
{
	static const struct intx_case shared = {
		"wctdm24xxp", "wctdm24xxp, ehci_hcd:usb1", 11, false, "", "", NULL};
	struct pci_function *card = add_intx_card(*state, &shared);

	set_config32(card, 0x04, 0x0407);
	expect_kinds(*state, card, "");
	set_config32(card, 0x04, 0x0007);
	make_express(card, EXPRESS_ENDPOINT);
	expect_kinds(*state, card, "");
	paper_reset(*state);
	card = add_intx_card(*state, &shared);
	set_config32(card, 0x3c, 0x000b);
	expect_kinds(*state, card, "");
	paper_reset(*state);
	card = add_intx_card(*state, &shared);
	card->parent = NULL;
	card->parent_state = FACT_ABSENT;
	expect_kinds(*state, card, "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, paper_setup, paper_teardown)
	const struct CMUnitTest tests[] = {
		TEST(a_healthy_card_has_no_caution),
		TEST(a_bridge_has_no_caution),
		TEST(what_holds_the_boot_framebuffer_has_a_cure_of_its_own),
		TEST(vfio_takes_the_boot_framebuffer_off_vga_controllers),
		TEST(the_display_of_the_boot_goes_dark),
		TEST(a_held_display_has_the_rom_that_firmware_copied),
		TEST(a_rom_that_firmware_copied_is_told_of),
		TEST(a_console_on_a_display_is_one),
		TEST(a_memory_map_that_was_not_read_is_neither_a_caution_nor_fine),
		TEST(who_holds_the_boot_display_is_open_without_a_memory_map),
		TEST(no_boot_shows_its_picture_on_a_vf),
		TEST(displays_storage_and_accelerators_must_be_reset),
		TEST(a_card_of_several_functions_is_reset_as_a_whole),
		TEST(cards_that_do_not_come_back_are_known),
		TEST(what_loads_vendor_reset_is_written_where_the_host_keeps_it),
		TEST(a_card_that_does_not_come_back_serves_the_first_guest),
		TEST(a_reset_method_that_was_not_read_is_unknown),
		TEST(a_card_whose_audio_stays_with_the_host_is_split),
		TEST(a_part_of_a_card_that_does_not_answer_is_named),
		TEST(a_part_that_the_host_needs_is_not_advised),
		TEST(a_part_whose_group_the_host_needs_is_not_advised),
		TEST(what_shares_a_processors_slot_is_no_part_of_its_graphics),
		TEST(intels_integrated_graphics_wants_its_place),
		TEST(no_file_replaces_the_rom_of_integrated_graphics),
		TEST(integrated_graphics_without_a_group_have_igfx_off_to_blame),
		TEST(the_opregion_is_offered_by_class_and_kernel),
		TEST(a_kernel_that_refuses_to_reset_the_bus_is_named),
		TEST(graphics_inside_a_processor_lack_their_rom),
		TEST(second_graphics_of_a_notebook_lack_screen_and_rom),
		TEST(second_graphics_need_others_beside_them),
		TEST(without_the_chassis_it_is_open_whether_a_notebook_has_the_rom),
		TEST(a_vf_of_a_pf_on_vfio_takes_a_token),
		TEST(a_gpu_waits_for_the_hosts_nvswitches),
		TEST(a_grace_gpu_has_its_memory_by_its_own_driver_of_vfio),
		TEST(wide_bars_behind_a_narrow_unit_may_lie_beyond_it),
		TEST(wide_bars_of_vfs_are_those_of_their_pf),
		TEST(displays_may_not_wake_from_the_sleep_of_vfio),
		TEST(what_the_host_uses_is_told),
		TEST(programs_that_have_disks_or_an_accelerator_open_were_not_searched),
		TEST(programs_that_have_a_display_open_were_not_searched),
		TEST(a_device_that_was_not_read_may_be_in_use),
		TEST(acs_that_is_off_since_boot_makes_the_group_stale),
		TEST(what_may_be_unable_to_share_its_interrupt_line_is_told),
		TEST(what_can_share_its_interrupt_line_has_no_caution_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
