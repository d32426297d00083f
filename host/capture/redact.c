/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/capture/redact.h"

#include <string.h>

#include "host/base/affix.h"
#include "host/base/array.h"
#include "host/base/buffer.h"
#include "host/boot/boot_config.h"
#include "host/boot/boot_entries.h"
#include "host/boot/boot_image.h"
#include "host/boot/kconfig.h"
#include "host/capture/redact_cmdline.h"
#include "host/capture/redact_path.h"
#include "host/modules/initramfs_lists.h"
#include "host/modules/modprobe.h"
#include "host/modules/module_lists.h"
#include "host/modules/modules.h"
#include "host/pci/capabilities.h"
#include "host/persistence/sriov_config.h"
#include "host/system/framebuffer.h"
#include "host/system/qemu_package.h"
#include "host/system/qemu_version.h"
#include "host/system_info.h"
#include "host/usage/host_interface.h"
#include "host/usage/usage.h"
#include "host/usage/usage_network.h"

/* Bytes from the start of a capability, and how many. */
enum { SERIAL_OFFSET = 4, SERIAL_SIZE = 8, VPD_DATA_OFFSET = 4, VPD_DATA_SIZE = 4 };

/* A file on its way into a capture. */
struct redaction {
	struct arena *arena;
	const struct fact_text *text;
	const struct capture_options *options;
	const struct rule *rule;
};

/* What is kept of files of a path, or of those that covers() takes. */
struct rule {
	const char *path; /* "*" stands for anything */
	bool (*covers)(const char *path);
	struct fact_text (*keep)(const struct redaction *redaction);
	/* For keep_lines(), which lines: those that wants() takes, or that begin so, or do not. */
	bool (*wants)(const char *line, size_t length);
	const char *line;
	bool drops;
};

static struct fact_text with_buffer(const struct redaction *redaction, const struct buffer *buffer)
{
	return (struct fact_text){.fact = redaction->text->fact,
				  .text = buffer_text(buffer),
				  .length = buffer->length};
}

static struct fact_text keep_all(const struct redaction *redaction)
{
	return *redaction->text;
}

static void add_words(const struct redaction *redaction, const char *words, size_t length,
		      bool expands, struct buffer *kept)
{
	const struct kept_words wanted = {.keeps_parameter = redaction->options->keeps_parameter,
					  .keeps_name = redaction->options->keeps_name,
					  .expands = expands};
	struct buffer line = {.arena = redaction->arena, .separator = " "};
	struct fact_text text = {.fact = redaction->text->fact};

	fact_text_copy(&text, redaction->arena, words, length);
	redact_cmdline(&text, &wanted, &line);
	buffer_add(kept, buffer_text(&line), line.length);
}

static struct fact_text keep_cmdline(const struct redaction *redaction)
{
	struct buffer kept = {.arena = redaction->arena};

	add_words(redaction, redaction->text->text, redaction->text->length, false, &kept);
	if (kept.length)
		buffer_add(&kept, "\n", 1);
	return with_buffer(redaction, &kept);
}

static struct fact_text keep_kernel_cmdline(const struct redaction *redaction)
{
	struct fact_text words = boot_config_kernel_words(redaction->arena, redaction->text);
	struct redaction inner = *redaction;

	inner.text = &words;
	return keep_cmdline(&inner);
}

/* A value whose quote goes on in the next line stays open, and one in single quotes names no
 * variable. */
static void add_grub_value(const struct redaction *redaction, const struct fact_line *line,
			   const char *value, size_t length, struct buffer *kept)
{
	const char *equals = memchr(line->text, '=', line->length);
	bool single = equals[1] == '\'';
	bool open = length && (*value == '"' || *value == '\'') &&
		    !memchr(value + 1, *value, length - 1);

	buffer_add(kept, line->text, (size_t)(equals + 1 - line->text));
	buffer_add(kept, "\"", 1);
	add_words(redaction, value + open, length - open, !single, kept);
	buffer_add(kept, open ? "\n" : "\"\n", open ? 1 : 2);
}

/* Of GRUB's settings, the kernel command line, its words as those of /proc/cmdline. */
static struct fact_text keep_grub(const struct redaction *redaction)
{
	struct buffer kept = {.arena = redaction->arena};
	struct fact_line line;
	size_t offset = 0, size;

	while (fact_next_line(redaction->text, &offset, &line)) {
		const char *value = boot_config_grub_value(line.text, line.length, &size);

		if (value)
			add_grub_value(redaction, &line, value, size, &kept);
		else if (boot_config_grub_keeps(line.text, line.length))
			buffer_add_line(&kept, line.text, line.length);
	}
	return with_buffer(redaction, &kept);
}

/* Of a boot loader's files, what tells which entry is booted and the words it has. */
static struct fact_text keep_boot_lines(const struct redaction *redaction, enum boot_file file)
{
	struct buffer kept = {.arena = redaction->arena};
	struct fact_line line;
	size_t offset = 0;

	while (fact_next_line(redaction->text, &offset, &line)) {
		size_t value = 0;
		enum boot_line what = boot_file_line(file, line.text, line.length, &value);

		if (what == BOOT_LINE_WHOLE)
			buffer_add_line(&kept, line.text, line.length);
		if (what != BOOT_LINE_COMMAND)
			continue;
		buffer_add(&kept, line.text, value);
		add_words(redaction, line.text + value, line.length - value, true, &kept);
		buffer_add(&kept, "\n", 1);
	}
	return with_buffer(redaction, &kept);
}

static struct fact_text keep_image(const struct redaction *redaction)
{
	struct boot_image image;
	struct redaction inner = *redaction;

	boot_image_parse(redaction->arena, redaction->text, &image);
	if (fact_known(&image.cmdline.fact) && image.cmdline.length) {
		inner.text = &image.cmdline;
		image.cmdline = keep_cmdline(&inner);
		image.cmdline.fact.source = redaction->text->fact.source;
	}
	return boot_image_print(redaction->arena, &image);
}

/* Names of entries hold the machine id. A variable's value is UTF-16, behind four bytes of
 * attributes. */
static struct fact_text blank_ids(const struct redaction *redaction, const struct fact_text *kept,
				  size_t stride)
{
	struct fact_text blanked = *kept;

	if (redaction->options->identity || !fact_known(&kept->fact))
		return blanked;
	fact_text_copy(&blanked, redaction->arena, kept->text, kept->length);
	if (fact_known(&blanked.fact))
		redact_machine_ids((char *)blanked.text, blanked.length, stride);
	return blanked;
}

static struct fact_text keep_boot(const struct redaction *redaction)
{
	enum boot_file file = boot_file_of(redaction->text->fact.source);
	struct fact_text kept =
		file == BOOT_FILE_OTHER ? keep_image(redaction) : keep_boot_lines(redaction, file);

	return blank_ids(redaction, &kept, 1);
}

static struct fact_text keep_variable(const struct redaction *redaction)
{
	return blank_ids(redaction, redaction->text, 2);
}

static bool is_wanted(const struct rule *rule, const struct fact_line *line)
{
	if (rule->wants)
		return rule->wants(line->text, line->length);
	return begins_with(line->text, rule->line) != rule->drops;
}

/* Keeps the lines that the rule wants. */
static struct fact_text keep_lines(const struct redaction *redaction)
{
	struct buffer kept = {.arena = redaction->arena};
	struct fact_line line;
	size_t offset = 0;

	while (fact_next_line(redaction->text, &offset, &line)) {
		if (is_wanted(redaction->rule, &line))
			buffer_add(&kept, line.text, line.size);
	}
	return with_buffer(redaction, &kept);
}

#define NO_NAME "(redacted)\n"

/* Of what driverctl saved, the driver; what is no driver's name stays none. */
static struct fact_text keep_saved(const struct redaction *redaction)
{
	const struct fact_text *text = redaction->text;
	struct fact_text kept = {.fact = text->fact};

	if (module_lists_saved_is_sound(text->text, text->length))
		return *text;
	fact_text_copy(&kept, redaction->arena, NO_NAME, sizeof(NO_NAME) - 1);
	return kept;
}

/* Keeps lines where identity is not asked for, and all otherwise. */
static struct fact_text keep_lines_or_identity(const struct redaction *redaction)
{
	return redaction->options->identity ? *redaction->text : keep_lines(redaction);
}

/* Of the host's configuration files, the settings of VFs, without what stands beside them. */
static void add_settings(const struct redaction *redaction, const char *text, size_t length,
			 struct buffer *kept)
{
	const struct fact_text lines = {
		.fact = redaction->text->fact, .text = text, .length = length};

	sriov_config_keep(redaction->arena, &lines, kept);
}

static struct fact_text keep_rules(const struct redaction *redaction)
{
	struct buffer kept = {.arena = redaction->arena};

	add_settings(redaction, redaction->text->text, redaction->text->length, &kept);
	module_lists_keep_rules(redaction->arena, redaction->text, &kept);
	return with_buffer(redaction, &kept);
}

static struct fact_text keep_settings(const struct redaction *redaction)
{
	struct buffer kept = {.arena = redaction->arena};

	add_settings(redaction, redaction->text->text, redaction->text->length, &kept);
	return with_buffer(redaction, &kept);
}

/* Of scripts, the settings of VFs, and other lines that the rule wants. */
static struct fact_text keep_script(const struct redaction *redaction)
{
	struct buffer kept = {.arena = redaction->arena};
	struct fact_line line;
	size_t offset = 0;

	add_settings(redaction, redaction->text->text, redaction->text->length, &kept);
	while (fact_next_line(redaction->text, &offset, &line)) {
		struct buffer settings = {.arena = redaction->arena};
		add_settings(redaction, line.text, line.length, &settings);
		if (!settings.length && redaction->rule->wants(line.text, line.length))
			buffer_add(&kept, line.text, line.size);
	}
	return with_buffer(redaction, &kept);
}

/* Of lists of modules, the lines that the rule wants, and those that set VFs. */
static struct fact_text keep_modules(const struct redaction *redaction)
{
	struct buffer kept = {.arena = redaction->arena};
	struct fact_line line;
	size_t offset = 0;

	while (fact_next_line(redaction->text, &offset, &line)) {
		if (redaction->rule->wants(line.text, line.length))
			buffer_add(&kept, line.text, line.size);
		else
			add_settings(redaction, line.text, line.length, &kept);
	}
	return with_buffer(redaction, &kept);
}

static bool is_comment(const struct fact_line *line)
{
	size_t blanks = 0;

	while (blanks < line->length && isspace((unsigned char)line->text[blanks]))
		blanks++;
	return blanks < line->length && line->text[blanks] == '#';
}

/* Of the configuration of what makes an initramfs, as of lists of modules, and all lines on which
 * its own lists stand. */
static struct fact_text keep_initramfs_lists(const struct redaction *redaction)
{
	const struct fact_text *text = redaction->text;
	struct buffer kept = {.arena = redaction->arena};
	struct fact_line line, list;
	size_t offset = 0, listed = 0;

	list = initramfs_lists_next(text, redaction->arena, &listed);
	while (fact_next_line(text, &offset, &line)) {
		while (list.length && list.text + list.length <= line.text)
			list = initramfs_lists_next(text, redaction->arena, &listed);
		bool has_list = list.length && list.text < line.text + line.size;
		if ((has_list && !is_comment(&line)) ||
		    redaction->rule->wants(line.text, line.length))
			buffer_add(&kept, line.text, line.size);
		else
			add_settings(redaction, line.text, line.length, &kept);
	}
	return with_buffer(redaction, &kept);
}

/* Of modprobe's configuration, the lines that speak of VFIO, KVM or VFs, or refuse a module. */
static struct fact_text keep_modprobe(const struct redaction *redaction)
{
	const char *line = redaction->text->text, *end = line + redaction->text->length;
	struct buffer kept = {.arena = redaction->arena};

	while (line < end) {
		size_t length = modprobe_line_length(line, end);
		const char *wanted = modprobe_kept(redaction->arena, line, length);

		if (wanted)
			buffer_add_line(&kept, wanted, strlen(wanted));
		else
			add_settings(redaction, line, length, &kept);
		line += length + 1;
	}
	return with_buffer(redaction, &kept);
}

static struct fact_text keep_log(const struct redaction *redaction)
{
	const struct capture_options *options = redaction->options;
	const struct fact_text *log = redaction->text;

	return options->keep_log ? options->keep_log(redaction->arena, log)
				 : (struct fact_text){
					   .fact = fact_of(FACT_NOT_CAPTURED, log->fact.source, 0)};
}

static struct fact_text keep_usage(const struct redaction *redaction)
{
	struct fact_text kept = *redaction->text;

	if (redaction->options->identity)
		return kept;
	kept.text = usage_trim(redaction->arena, redaction->text, redaction->options->routes);
	kept.length = strlen(kept.text);
	return kept;
}

static struct fact_text keep_server(const struct redaction *redaction)
{
	struct fact_text kept = *redaction->text;

	if (redaction->options->identity)
		return kept;
	kept.text =
		usage_trim_server(redaction->arena, redaction->text, redaction->options->routes);
	kept.length = strlen(kept.text);
	return kept;
}

/* Serial numbers and keys of the machine stand beside. */
static struct fact_text keep_host_interfaces(const struct redaction *redaction)
{
	return host_interfaces_trim(redaction->arena, redaction->text);
}

/* Zeroes count bytes from offset as far as they were read. */
static void wipe(char *bytes, size_t length, size_t offset, size_t count)
{
	if (offset < length)
		memset(bytes + offset, 0, count < length - offset ? count : length - offset);
}

static struct fact_text keep_config(const struct redaction *redaction)
{
	const struct fact_text *text = redaction->text;
	const struct config_space config = {
		.fact = text->fact, .bytes = (const uint8_t *)text->text, .length = text->length};
	struct capability vpd = capability_find(&config, CAPABILITY_VPD);
	struct capability serial = capability_find(&config, CAPABILITY_SERIAL);
	struct fact_text kept = *text;

	if (redaction->options->identity)
		return kept;
	fact_text_copy(&kept, redaction->arena, text->text, text->length);
	char *bytes = (char *)kept.text;
	if (vpd.state == FACT_KNOWN)
		wipe(bytes, kept.length, vpd.offset + VPD_DATA_OFFSET, VPD_DATA_SIZE);
	if (serial.state == FACT_KNOWN)
		wipe(bytes, kept.length, serial.offset + SERIAL_OFFSET, SERIAL_SIZE);
	return kept;
}

/* Of the packages that are installed, only what tells the version of QEMU. */
static struct fact_text keep_qemu_package(const struct redaction *redaction)
{
	struct buffer kept = {.arena = redaction->arena};
	struct fact_line line;
	bool inside = false;
	size_t offset = 0;

	while (qemu_package_next_line(redaction->text, &offset, &inside, &line)) {
		if (inside || !line.length)
			buffer_add_line(&kept, line.text, line.length);
	}
	return with_buffer(redaction, &kept);
}

/* Devices are found by way of links, which a tree may lack. */
#define DEVICE(attribute) "/sys/*/" attribute

/* Of a path that no row has, a capture keeps nothing: unit.host.redact names such a one. */
static const struct rule rules[] = {
	{DEVICE("config"), .keep = keep_config},
	{DEVICE("ari_enabled"), .keep = keep_all},
	{DEVICE("boot_vga"), .keep = keep_all},
	{DEVICE("class"), .keep = keep_all},
	{DEVICE("d3cold_allowed"), .keep = keep_all},
	{DEVICE("device"), .keep = keep_all},
	{DEVICE("driver_override"), .keep = keep_all},
	{DEVICE("enabled"), .keep = keep_all},
	{DEVICE("idProduct"), .keep = keep_all},
	{DEVICE("idVendor"), .keep = keep_all},
	{DEVICE("irq"), .keep = keep_all},
	{DEVICE("net/*/phys_port_name"), .keep = keep_all},
	{DEVICE("numa_node"), .keep = keep_all},
	{DEVICE("nvidia/creatable_vgpu_types"), .keep = keep_all},
	{DEVICE("nvidia/current_vgpu_type"), .keep = keep_all},
	{DEVICE("power/control"), .keep = keep_all},
	{DEVICE("power_state"), .keep = keep_all},
	{DEVICE("removable"), .keep = keep_all},
	{DEVICE("reset_method"), .keep = keep_all},
	{DEVICE("resource"), .keep = keep_all},
	{DEVICE("revision"), .keep = keep_all},
	{DEVICE("sriov_drivers_autoprobe"), .keep = keep_all},
	{DEVICE("sriov_numvfs"), .keep = keep_all},
	{DEVICE("sriov_offset"), .keep = keep_all},
	{DEVICE("sriov_stride"), .keep = keep_all},
	{DEVICE("sriov_totalvfs"), .keep = keep_all},
	{DEVICE("sriov_vf_device"), .keep = keep_all},
	{DEVICE("sriov_vf_total_msix"), .keep = keep_all},
	{DEVICE("subsystem_device"), .keep = keep_all},
	{DEVICE("subsystem_vendor"), .keep = keep_all},
	{DEVICE("vendor"), .keep = keep_all},
	{DEVICE("iommu-map"), .keep = keep_all},
	{DEVICE("iommu-map-mask"), .keep = keep_all},
	{DEVICE("dma-coherent"), .keep = keep_all},
	{DEVICE("dma-noncoherent"), .keep = keep_all},
	{DEVICE("type"), .keep = keep_all},
	{DEVICE("wwid"), .keep = keep_all},
	{DEVICE("mdev_supported_types/*/available_instances"), .keep = keep_all},
	{DEVICE("nvme/*/firmware_rev"), .keep = keep_all},
	{DEVICE("infiniband/*/fw_ver"), .keep = keep_all},
	{"/sys/bus/pci/drivers/*/module/version", .keep = keep_all},
	{DEVICE("amd-iommu/cap"), .keep = keep_all},
	{DEVICE("amd-iommu/features"), .keep = keep_all},
	{DEVICE("intel-iommu/address"), .keep = keep_all},
	{DEVICE("intel-iommu/cap"), .keep = keep_all},
	{DEVICE("intel-iommu/ecap"), .keep = keep_all},
	{"/sys/devices/system/node/node*/cpulist", .keep = keep_all},
	{"/sys/devices/system/node/node*/hugepages/hugepages-*kB/*_hugepages", .keep = keep_all},
	{"/sys/kernel/iommu_groups/*/name", .keep = keep_all},
	{"/sys/kernel/iommu_groups/*/reserved_regions", .keep = keep_all},
	{"/sys/kernel/iommu_groups/*/type", .keep = keep_all},
	{"/sys/kernel/irq/*/actions", .keep = keep_all},
	{"/sys/kernel/irq/*/chip_name", .keep = keep_all},
	{"/sys/kernel/mm/hugepages/hugepages-*kB/*_hugepages", .keep = keep_all},
	{"/sys/kernel/security/lockdown", .keep = keep_all},
	{"/run/systemd/container", .keep = keep_all},
	{"/sys/module/*/parameters/*", .keep = keep_all},
	{"/sys/class/block/*/dev", .keep = keep_all},
	{"/sys/class/block/dm-*/dm/name", .keep = keep_all},
	{HOST_INTERFACE_TABLE, .keep = keep_host_interfaces},
	{"/sys/class/dmi/id/bios_*", .keep = keep_all},
	{"/sys/class/dmi/id/board_name", .keep = keep_all},
	{"/sys/class/dmi/id/board_vendor", .keep = keep_all},
	{"/sys/hypervisor/type", .keep = keep_all},
	{"/sys/hypervisor/start_flags/initdomain", .keep = keep_all},
	{"/proc/xen/capabilities", .keep = keep_all},
	{"/sys/class/dmi/id/chassis_type", .keep = keep_all},
	{"/sys/class/dmi/id/product_name", .keep = keep_all},
	{"/sys/class/dmi/id/sys_vendor", .keep = keep_all},
	{"/sys/class/fc_host/*", .keep = keep_all},
	{"/sys/devices/virtual/nvme-fabrics/ctl/*/transport", .keep = keep_all},
	/* Addresses of machines that disks come from: names of Fibre Channel ports are kept, as in
	 * fc_host, and of others the way there. */
	{"/sys/devices/virtual/nvme-fabrics/ctl/*/address", .keep = keep_server},
	{"/sys/devices/platform/*/iscsi_connection/*/address", .keep = keep_server},
	{DEVICE("operstate"), .keep = keep_all},
	{DEVICE("decoders_committed"), .keep = keep_all},
	{DEVICE("carrier"), .keep = keep_all},
	{DEVICE("net/*/flags"), .keep = keep_all},
	{"/sys/class/tty/console/active", .keep = keep_all},
	{"/sys/firmware/acpi/tables/*", .keep = keep_all},
	{"/sys/firmware/devicetree/base/compatible", .keep = keep_all},
	{"/sys/firmware/efi/efivars/Loader*", .keep = keep_variable},
	{"/sys/fs/selinux/*", .keep = keep_all},
	{"/proc/cmdline", .keep = keep_cmdline},
	{"/proc/config.gz", .keep = keep_all},
	/* Boards without firmware tables have their serial number there. */
	{"/proc/cpuinfo", .keep = keep_lines_or_identity, .line = "Serial", .drops = true},
	{"/etc/os-release", .keep = keep_lines, .wants = system_info_wants},
	{"/proc/interrupts", .keep = keep_all},
	{"/proc/iomem", .keep = keep_lines, .wants = framebuffers_want},
	{"/proc/meminfo", .keep = keep_all},
	{"/proc/modules", .keep = keep_all},
	{"/proc/self/limits", .keep = keep_lines, .line = "Max locked memory"},
	{"/proc/self/status", .keep = keep_lines, .line = "CapEff:"},
	{"/proc/sys/kernel/hostname", .keep = keep_all}, /* read where identity is asked for */
	{"/etc/machine-id", .keep = keep_all},           /* so is it */
	{"/proc/sys/kernel/osrelease", .keep = keep_all},
	{"/proc/version", .keep = keep_all},
	{"/lib/modules/*/modules.builtin", .keep = keep_all},
	{"/dev/kmsg", .keep = keep_log},
	{"/var/log/libvirt/qemu/*.log", .keep = keep_log},
	{DPKG_STATUS, .keep = keep_qemu_package},
	{APK_INSTALLED, .keep = keep_qemu_package},
	{APK_3_INSTALLED, .keep = keep_qemu_package},
	{QEMU_CAPABILITIES "/*.xml", .keep = keep_lines, .wants = qemu_version_keeps},
	{.covers = usage_covers, .keep = keep_usage},
	{"/etc/kernel/cmdline", .keep = keep_kernel_cmdline},
	{.covers = boot_entries_cover, .keep = keep_boot},
	{.covers = boot_config_covers, .keep = keep_grub},
	{.covers = boot_config_covers_script,
	 .keep = keep_lines,
	 .wants = boot_config_wants_of_script},
	{.covers = initramfs_lists_cover, .keep = keep_initramfs_lists, .wants = module_lists_want},
	{.covers = module_lists_cover, .keep = keep_modules, .wants = module_lists_want},
	{MODULE_LISTS_DRIVERCTL "/*", .keep = keep_saved},
	{MODULE_LISTS_UNRAID, .keep = keep_lines, .line = "BIND="},
	{.covers = module_lists_cover_script,
	 .keep = keep_script,
	 .wants = module_lists_want_of_script},
	{.covers = modules_cover_alias, .keep = keep_lines, .wants = modules_want_alias},
	{.covers = modules_cover, .keep = keep_lines, .wants = modules_want},
	{.covers = modprobe_covers, .keep = keep_modprobe},
	{MODULE_LISTS_RULES "/*.rules", .keep = keep_rules},
	{.covers = sriov_config_covers, .keep = keep_settings},
	{.covers = kconfig_covers, .keep = keep_all},
};

/* Returns whether path is as the pattern says, whose "*" stands for any characters. */
static bool matches(const char *path, const char *pattern)
{
	const char *star = NULL, *retry = NULL;

	while (*path) {
		if (*pattern == '*') {
			star = ++pattern;
			retry = path;
		} else if (*pattern == *path) {
			pattern++;
			path++;
		} else if (star) {
			pattern = star;
			path = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}

static const struct rule *find_rule(const char *path)
{
	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
		if (rules[i].path ? matches(path, rules[i].path) : rules[i].covers(path))
			return &rules[i];
	}
	return NULL;
}

bool redact_names(const char *folder, const char *entry)
{
	return qemu_package_names(folder, entry);
}

bool redact_knows(const char *path)
{
	return find_rule(path) != NULL;
}

struct fact_text redact(struct arena *arena, const struct fact_text *text,
			const struct capture_options *options)
{
	const struct rule *rule = find_rule(text->fact.source);
	const struct redaction redaction = {
		.arena = arena, .text = text, .options = options, .rule = rule};

	if (!rule)
		return (struct fact_text){.fact = fact_of(FACT_NOT_CAPTURED, text->fact.source, 0)};
	return rule->keep(&redaction);
}
