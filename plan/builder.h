/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PASSCHECK_PLAN_BUILDER_H
#define PASSCHECK_PLAN_BUILDER_H

#include "model/assign/leaving.h"
#include "model/modules/module_option.h"
#include "model/shell.h"
#include "plan/step.h"

/* The folders of functions, by name. */
#define PLAN_DEVICES "/sys/bus/pci/devices"

/* Files that plans write. */
#define PLAN_VFIO_OPTIONS "/etc/modprobe.d/passcheck-vfio.conf"
#define PLAN_VFIO_RULES   MODULE_LISTS_OWN_RULES
#define PLAN_MODULE_LIST  "/etc/modules-load.d/passcheck-vfio.conf"
#define PLAN_DRACUT       "/etc/dracut.conf.d/passcheck-vfio.conf"

/* A line of the first. */
#define PLAN_ENABLE_SRIOV "options vfio-pci enable_sriov=1"

/* Kernel parameters to add and to take away, words as on the command line; NULL: none. */
struct plan_parameters {
	struct text_line *add;
	struct text_line *remove;
	struct text_line *statements; /* what those that go do now, "amd_iommu=on has no effect" */
};

/* A plan on its way. */
struct plan_builder {
	const struct model *model;
	const struct host *host;
	struct arena *arena;
	const struct plan_wish *wish;
	const struct pci_function *const *functions; /* asked for, and what goes along with them */
	size_t count;
	const struct pci_function **taken; /* these, and what must leave the host with them */
	size_t taken_count;
	struct function_set asked;   /* functions, as a set */
	struct function_set cards;   /* of these, those that go along with their graphics card */
	struct function_set leaves;  /* taken, as a set */
	struct function_set brought; /* the first of each group whose members are among these */
	struct text_line *forgotten; /* the ids that vfio-pci is told to forget, "10de 1eb8" */
	/* By the index of the first function with the same ids: the first that is not taken. */
	const struct pci_function **kept_twins;
	struct plan *plan;
	size_t capacity;
	bool changes_iommu; /* steps, or parameters to change, make it remap DMA or interrupts */
	bool ids_found;     /* below */
	bool ids_wait;      /* they are configured, and not in all lines of the next boot */
	bool persists;      /* plan_persist() comes later */
	bool ids_placed;    /* the command line that is edited anyway gets vfio-pci.ids= */
	bool ids_counted;   /* below */
	bool ids_out; /* entries that match what stays with the host have a step, which takes them
			 out */
	bool own_options_dropped;   /* an undo takes away all that plans wrote to modprobe.d */
	bool realloc_off_goes;      /* a step takes pci=realloc=off away */
	unsigned guest_ways;        /* to a guest, each instead of the others */
	bool ids_full;              /* vfio-pci has no room for the ids that are to be added */
	enum boolean keeps_display; /* a display stays with the host; unknown: not looked for yet */
	struct module_option ids;   /* what plan_find_ids() found */
	const struct ids_places *ids_places; /* what plan_ids_places() found; NULL: not yet */
	const char *ids_kept;       /* of its list, what matches nothing that stays with the host */
	const char *ids_harmful;    /* the rest of it; "" for none */
	struct text_line *bar_room; /* what gives BARs room, bar_room_for() */
	const struct text_line *modules_told; /* the last of these that has its step */
	struct text_line *boot_modules;    /* drivers that rules of udev need, by their modules */
	struct plan_parameters parameters; /* that the steps of one kernel command line change */
	struct plan_step spare;            /* what plan_add_step() returns when memory is short */
	struct plan_alternative spare_alternative;
};

/* Appends a step and returns it, never NULL; it may move when another is appended. */
struct plan_step *plan_add_step(struct plan_builder *builder, enum plan_stage stage, const char *id,
				const struct pci_function *function, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* Appends another way and returns the list of its commands. */
struct plan_command **plan_add_alternative(struct plan_builder *builder, struct plan_step *step,
					   const char *summary);

/* Appends a command to a list of them, or nothing where it is not to be printed (model/shell.h). */
void plan_run(struct plan_builder *builder, struct plan_command **list, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Appends that a function leaves its driver. */
void plan_unbind(struct plan_builder *builder, struct plan_command **list,
		 const struct pci_function *function);

/* Appends that all VFs of a physical function are taken away. */
void plan_no_vfs(struct plan_builder *builder, struct plan_command **list,
		 const struct pci_function *pf);

/* Appends what shell_add() made, in its order. */
void plan_run_lines(struct plan_builder *builder, struct plan_command **list,
		    const struct text_line *lines);

/*
 * Appends to the step that a line is appended to a file, and to its undo that it is taken away
 * again. What the host brings to line went through shell_plain(); path is ours, or went through it.
 */
void plan_append(struct plan_builder *builder, struct plan_step *step, const char *line,
		 const char *file);

/* Appends to a list that a line is taken out of a file. */
void plan_drop(struct plan_builder *builder, struct plan_command **list, const char *line,
	       const char *file);

/* Appends to the step that a line that was read is taken out of a file: its words are one blank
 * apart, and more may stand between and around them. */
void plan_drop_read(struct plan_builder *builder, struct plan_step *step, const char *line,
		    const char *file);

/* Appends to the step that the lines with a text of ours are taken out of a file that plans write.
 */
void plan_drop_lines(struct plan_builder *builder, struct plan_step *step, const char *text,
		     const char *file);

/* Where nothing reads rules of udev, says in the step's why that a script does what a rule would,
 * by hand. Returns whether it is so. */
bool plan_lacks_udev(struct plan_builder *builder, struct plan_step *step, const char *script);

/* Appends to the step that a line of a file gives way to another, and to its undo the reverse. The
 * lines went through shell_takes(). */
void plan_replace(struct plan_builder *builder, struct plan_step *step, const char *file,
		  const char *before, const char *after);

/*
 * Where the system writes the file itself (declared_system_option()), says in the step's why what
 * is to be changed instead ("add LINE"), by hand. Returns whether it is so. Functions
 * that change files by a step do this themselves.
 */
bool plan_is_declared(struct plan_builder *builder, struct plan_step *step, const char *file,
		      const char *change);

/* Appends to the step that a module is loaded, and to its undo the reverse. */
void plan_load_module(struct plan_builder *builder, struct plan_step *step, const char *module);

/* Returns the driver that a rule of udev (struct module_lists.rules) sets, "" where it sets none.
 */
const char *plan_rule_driver(struct plan_builder *builder, const struct module_list_line *rule);

/* Returns the match of a rule by which it is for the function: KERNEL=="0000:01:00.0". */
const char *plan_rule_address(struct plan_builder *builder, const struct pci_function *function);

/* Returns the matches of a rule by which it is for no other device at the function's address:
 * ATTR{vendor}=="0x8086", ATTR{device}=="0x10fb", with a comma behind; "" where ids were not read.
 */
const char *plan_rule_ids(struct plan_builder *builder, const struct pci_function *function);

/* Returns the last rule that gives the function to a driver, or NULL. */
const struct module_list_line *plan_rule_of(struct plan_builder *builder,
					    const struct pci_function *function);

/* Returns the next rule, behind one of them (NULL: the first), that names the function's address,
 * whatever it does; or NULL. */
const struct module_list_line *plan_next_rule(struct plan_builder *builder,
					      const struct module_list_line *after,
					      const struct pci_function *function);

/* Returns what of a script, of driverctl or of Unraid gives the function to a driver of VFIO at
 * boot, or to none where VFIO refuses it; or NULL. */
const struct module_list_line *plan_override_of(const struct plan_builder *builder,
						const struct pci_function *function);

/* Returns the next of all that do so, behind one of them (NULL: the first); or NULL. */
const struct module_list_line *plan_next_override(const struct plan_builder *builder,
						  const struct module_list_line *after,
						  const struct pci_function *function);

/* Returns what driverctl saved that gives it to another driver at boot, whatever rules say; or
 * NULL. */
const struct module_list_line *plan_override_at_odds(const struct plan_builder *builder,
						     const struct pci_function *function);

/* Returns whether that rule does what the plan wants: a driver of VFIO, or none where VFIO refuses
 * the function. */
bool plan_rule_gives(struct plan_builder *builder, const struct pci_function *function);

/* Returns whether a command can put another line in its place. */
bool plan_rule_can_be_replaced(const struct module_list_line *rule);

/* Returns whether what the plan has so far takes a reboot. */
bool plan_reboots(const struct plan_builder *builder);

/* Returns what the change is, for a summary: "Add intel_iommu=on to the kernel command line". */
const char *plan_command_line_words(struct arena *arena, const struct plan_parameters *parameters);

/* Appends to the step what changes the kernel command line. Returns false where it is done by hand
 * (model/boot/boot_commands.h). */
bool plan_change_command_line(struct plan_builder *builder, struct plan_step *step,
			      const struct plan_parameters *parameters);

/* Returns the commands that take such a change back, or NULL for none. */
const struct text_line *plan_command_line_undo(struct plan_builder *builder,
					       const struct plan_parameters *parameters);

/* Does as plan_change_command_line(), and appends to the step's undo what takes the change back. */
bool plan_edit_command_line(struct plan_builder *builder, struct plan_step *step,
			    const struct plan_parameters *parameters);

/* Returns why a step on the command line has no commands: the reason of the step, or NULL, and that
 * it is done by hand. */
const char *plan_by_hand(struct plan_builder *builder, const char *why);

/* Returns a condition for struct plan_step.done. */
const char *plan_condition(struct plan_builder *builder, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Note what stands in the way, and what could not be read. plan_build() keeps each sentence
 * once. */
void plan_add_obstacle(struct plan_builder *builder, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void plan_add_unknown(struct plan_builder *builder, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Returns whether the plan is asked for for the function. */
bool plan_asks_for(const struct plan_builder *builder, const struct pci_function *function);

/* Returns whether the function leaves the host, asked for or as a companion. */
bool plan_takes(const struct plan_builder *builder, const struct pci_function *function);

/* Returns whether the function is there as before when the plan is done: it is not taken, and no VF
 * of a PF that goes to VFIO. */
bool plan_stays(const struct plan_builder *builder, const struct pci_function *function);

/* Returns a function of the same ids that stays, or NULL. It takes one step, however many
 * functions have the ids. */
const struct pci_function *plan_kept_twin(const struct plan_builder *builder,
					  const struct pci_function *function);

/* Returns those of the same ids that stay: "0000:01:00.0, 0000:02:00.0", of many a few. */
const char *plan_kept_twin_names(const struct plan_builder *builder,
				 const struct pci_function *function);

/* Returns whether the function is with a driver of VFIO by its name; a vendor's own, which serves
 * VFIO as well, stays where it is. */
bool plan_is_on_vfio(const struct pci_function *function);

/* Returns whether the function has no driver, and may have none but one of VFIO. */
bool plan_waits_for_vfio(const struct pci_function *function);

/* Returns whether a user who opens the function must know a VF token. */
bool plan_takes_token(const struct plan_builder *builder, const struct pci_function *function);

/* Returns how the function leaves its driver for those that are asked for. One that is asked for
 * itself goes to VFIO, unless it is a bridge. */
enum leaving plan_leaving(const struct plan_builder *builder, const struct pci_function *function);

/* Appends to a list what takes a function from vfio-pci; probe: a host driver may take it then. */
void plan_unbind_vfio(struct plan_builder *builder, struct plan_command **list,
		      const struct pci_function *function, bool probe);

/* Returns whether a function is to go to VFIO: plan_leaving(). */
bool plan_goes_to_vfio(const struct plan_builder *builder, const struct pci_function *function);

/* Returns the driver of VFIO that the function is to have, for a command: vfio_driver_to_be(). */
const char *plan_vfio_driver(const struct plan_builder *builder,
			     const struct pci_function *function);

/* Why that is a variant which the function requires. */
#define PLAN_WHY_VARIANT                                                                           \
	"by this driver alone a guest gets the GPU's memory, without which its driver fails"

/* Returns the module of the host driver, or NULL where none holds the function. */
const char *plan_host_module(const struct pci_function *function);

/* Add the step that puts vfio-pci into the initramfs; that takes it out of the initramfs's list,
 * false where it is in none; and that makes the initramfs anew. */
void plan_add_initramfs(struct plan_builder *builder);
bool plan_forget_initramfs(struct plan_builder *builder);
void plan_add_initramfs_again(struct plan_builder *builder);

/* Appends to a list what makes the initramfs anew, where its tool is known. */
void plan_rebuild_initramfs(struct plan_builder *builder, struct plan_command **list);

/*
 * The parts of the plan, each in a file of its own, plan/NAME.c, plan/boot/NAME.c or
 * plan/sriov/NAME.c. Those that come first leave parameters, which plan_command_line() makes a step
 * of.
 */
void plan_firmware(struct plan_builder *builder); /* virtualisation, room for BARs */
/* Returns whether the firmware setup may switch on what KVM needs of the processor. */
bool plan_virtualization_is_in_setup(const struct plan_builder *builder);
void plan_firmware_iommu(struct plan_builder *builder);
void plan_firmware_room_for_vfs(struct plan_builder *builder, const struct pci_function *pf);
/* Says, once all functions are planned for, what helps where these settings do not. */
void plan_firmware_why(struct plan_builder *builder);
void plan_firmware_sriov(struct plan_builder *builder, const struct pci_function *pf);
void plan_remapping(struct plan_builder *builder);    /* DMA remapping on */
void plan_graphics(struct plan_builder *builder);     /* no word keeps them from it */
void plan_interrupts(struct plan_builder *builder);   /* interrupt remapping on */
void plan_modules(struct plan_builder *builder);      /* no word refuses one */
void plan_command_line(struct plan_builder *builder); /* with what this host boots with */
void plan_bind(struct plan_builder *builder);         /* from host drivers to vfio-pci */
void plan_persist(struct plan_builder *builder);      /* the same over reboots */
/* Appends vfio-pci.ids= where that goes to the kernel command line, which is edited anyway. */
void plan_persist_parameters(struct plan_builder *builder, struct plan_parameters *parameters);
void plan_keep_vfs(struct plan_builder *builder); /* the VFs that there are, over reboots */
void plan_vfs(struct plan_builder *builder, unsigned vfs);
void plan_set_up_vfs(struct plan_builder *builder);         /* that go: what their class needs */
void plan_display_parameters(struct plan_builder *builder); /* that free it at the next boot */

/* Returns whether such a parameter is missing: the next boot is to free a display. */
bool plan_boot_frees_display(const struct plan_builder *builder);
void plan_free_display(struct plan_builder *builder);
void plan_show_display(struct plan_builder *builder); /* once the host's driver has it again */
bool plan_display_is_in_use(struct plan_builder *builder);
/* Adds the step that takes all VFs of pf away, if it has any, or notes what is against it. */
void plan_disable_vfs(struct plan_builder *builder, const struct pci_function *pf);
void plan_managed(struct plan_builder *builder); /* what libvirt does not do itself */
bool plan_managed_does(
	struct plan_builder *builder); /* libvirt is there, and nothing is against it */
void plan_guest(struct plan_builder *builder);
void plan_undo(struct plan_builder *builder);      /* what is in place of a plan */
void plan_undo_host(struct plan_builder *builder); /* of one for the host */
void plan_remarks(struct plan_builder *builder);   /* cautions of the functions */

#endif
