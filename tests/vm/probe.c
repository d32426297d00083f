/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asks the kernel of a virtual machine what it does. One line an answer, then a line "END":
 *   probe state        functions, groups, IOMMU units, chips that remap interrupts
 *   probe vfio         what VFIO says of each endpoint, bound alone, then with its companions
 *   probe sriov [N]    how many VFs, N at most, each PF takes and where they are; leaves them on
 *   probe sriov-off    disables all VFs
 *   probe acs-off ADDRESS    clears what ACS a function has switched on
 *   probe nobody COMMAND...    runs a command without any privilege
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/vfio.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define DEVICES "/sys/bus/pci/devices"
#define GROUPS  "/sys/kernel/iommu_groups"
#define UNITS   "/sys/class/iommu"

enum { PATH_SIZE = 512, NAME_SIZE = 64, LINE_SIZE = 4096, MOST_NAMES = 1024, NOBODY = 65534 };

struct names {
	int count;
	char name[MOST_NAMES][NAME_SIZE];
};

static bool read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	if (length < 0)
		return false;
	text[length] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return true;
}

static int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0)
		return errno;
	int result = write(fd, text, strlen(text)) < 0 ? errno : 0;
	close(fd);
	return result;
}

/* Returns the path of a function's attribute. It holds until four more have been asked for. */
static const char *attribute(const char *function, const char *name)
{
	static char paths[4][PATH_SIZE];
	static int turn;
	char *path = paths[turn++ % 4];

	snprintf(path, PATH_SIZE, DEVICES "/%s/%s", function, name);
	return path;
}

/* Gives the last part of a link's target, or "-" where there is no link. */
static bool read_link(const char *path, char name[NAME_SIZE])
{
	char target[PATH_SIZE];
	ssize_t length = readlink(path, target, sizeof(target) - 1);

	strcpy(name, "-");
	if (length < 0)
		return false;
	target[length] = '\0';
	snprintf(name, NAME_SIZE, "%.*s", NAME_SIZE - 1, strrchr(target, '/') + 1);
	return true;
}

static int compare(const void *left, const void *right)
{
	return strcmp(left, right);
}

static void list(const char *path, struct names *names)
{
	DIR *directory = opendir(path);
	const struct dirent *entry;

	names->count = 0;
	while (directory && (entry = readdir(directory))) {
		if (entry->d_name[0] != '.' && names->count < MOST_NAMES)
			snprintf(names->name[names->count++], NAME_SIZE, "%.*s", NAME_SIZE - 1,
				 entry->d_name);
	}
	if (directory)
		closedir(directory);
	qsort(names->name, (size_t)names->count, NAME_SIZE, compare);
}

static bool is_bridge(const char *function)
{
	unsigned char header[64] = "";
	int fd = open(attribute(function, "config"), O_RDONLY);

	if (fd < 0 || read(fd, header, sizeof(header)) != sizeof(header))
		return true;
	close(fd);
	/* A VF's own header says nothing but ff. */
	if (header[0] == 0xff)
		return false;
	/* By the header, or a bridge to the root bus or a legacy bus, which the machine hangs on.
	 */
	return (header[0x0e] & 0x7f) != 0 || (header[0x0b] == 0x06 && header[0x0a] <= 0x03);
}

static void print_members(const char *what, const char *folder, const char *members)
{
	struct names entries, functions;
	char path[PATH_SIZE];

	list(folder, &entries);
	for (int i = 0; i < entries.count; i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", folder, entries.name[i], members);
		list(path, &functions);
		printf("%s %s", what, entries.name[i]);
		for (int j = 0; j < functions.count; j++)
			printf(" %s", functions.name[j]);
		printf("\n");
	}
}

static void print_remapping_chips(void)
{
	FILE *interrupts = fopen("/proc/interrupts", "r");
	char line[LINE_SIZE];

	while (interrupts && fgets(line, sizeof(line), interrupts)) {
		const char *chip = strstr(line, " IR-");

		/* On Arm it is the ITS, by its name before 6.11 or since. */
		chip = chip ? chip : strstr(line, " ITS-");
		if (chip)
			printf("CHIP %.*s\n", (int)strcspn(chip + 1, " "), chip + 1);
	}
	if (interrupts)
		fclose(interrupts);
}

static void probe_state(const struct names *functions)
{
	for (int i = 0; i < functions->count; i++)
		printf("FUNCTION %s %s\n", functions->name[i],
		       is_bridge(functions->name[i]) ? "bridge" : "endpoint");
	print_members("GROUP", GROUPS, "devices");
	print_members("UNIT", UNITS, "devices");
	print_remapping_chips();
}

struct answer {
	bool viable;
	bool reset;
	int attach; /* 0 or errno; -1: not tried */
	int open;
	int map; /* 0, or errno of the first BAR that cannot be mapped; -1: not tried */
};

/* Of include/uapi/linux/vfio.h (6.6) and iommufd.h, which headers of older systems lack. */
struct cdev_bind {
	__u32 argsz;
	__u32 flags;
	__s32 iommufd;
	__u32 out_devid;
};

struct cdev_attach {
	__u32 argsz;
	__u32 flags;
	__u32 pt_id;
};

struct ioas_alloc {
	__u32 size;
	__u32 flags;
	__u32 out_ioas_id;
};

#define CDEV_BIND   _IO(VFIO_TYPE, VFIO_BASE + 18)
#define CDEV_ATTACH _IO(VFIO_TYPE, VFIO_BASE + 19)
#define IOAS_ALLOC  _IO(VFIO_TYPE, 0x81)

static int attach(int group, int container)
{
	if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) ||
	    ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU))
		return errno;
	return 0;
}

/* Returns the errno with which the first BAR cannot be mapped, 0 where all can. */
static int map_bars(int device)
{
	for (unsigned index = VFIO_PCI_BAR0_REGION_INDEX; index <= VFIO_PCI_BAR5_REGION_INDEX;
	     index++) {
		struct vfio_region_info info = {.argsz = sizeof(info), .index = index};

		if (ioctl(device, VFIO_DEVICE_GET_REGION_INFO, &info) ||
		    !(info.flags & VFIO_REGION_INFO_FLAG_MMAP))
			continue;
		void *bar = mmap(NULL, info.size, PROT_READ | PROT_WRITE, MAP_SHARED, device,
				 (off_t)info.offset);
		if (bar == MAP_FAILED)
			return errno;
		munmap(bar, info.size);
	}
	return 0;
}

static void open_device(int group, const char *function, struct answer *answer)
{
	struct vfio_device_info info = {.argsz = sizeof(info)};
	int device = ioctl(group, VFIO_GROUP_GET_DEVICE_FD, function);

	answer->open = device < 0 ? errno : 0;
	if (device < 0)
		return;
	if (!ioctl(device, VFIO_DEVICE_GET_INFO, &info))
		answer->reset = info.flags & VFIO_DEVICE_FLAGS_RESET;
	answer->map = map_bars(device);
	close(device);
}

static struct answer ask(const char *number, const char *function)
{
	struct vfio_group_status status = {.argsz = sizeof(status)};
	struct answer answer = {.attach = -1, .open = -1, .map = -1};
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "/dev/vfio/%s", number);
	int group = open(path, O_RDWR), container = open("/dev/vfio/vfio", O_RDWR);
	if (group >= 0 && container >= 0 && !ioctl(group, VFIO_GROUP_GET_STATUS, &status)) {
		answer.viable = status.flags & VFIO_GROUP_FLAGS_VIABLE;
		answer.attach = attach(group, container);
		if (answer.attach == 0)
			open_device(group, function, &answer);
	}
	if (group >= 0)
		close(group);
	if (container >= 0)
		close(container);
	return answer;
}

/* Attaches a function by itself to an address space of its own. */
static int attach_cdev(int device, int iommufd)
{
	struct cdev_bind bind = {.argsz = sizeof(bind), .iommufd = iommufd};
	struct ioas_alloc space = {.size = sizeof(space)};
	struct cdev_attach attach = {.argsz = sizeof(attach)};

	if (ioctl(device, CDEV_BIND, &bind) || ioctl(iommufd, IOAS_ALLOC, &space))
		return errno;
	attach.pt_id = space.out_ioas_id;
	return ioctl(device, CDEV_ATTACH, &attach) ? errno : 0;
}

/* Asks for a function by itself, through /dev/iommu, where the kernel offers that. */
static void ask_cdev(const char *function)
{
	struct names devices;
	char path[PATH_SIZE];

	list(attribute(function, "vfio-dev"), &devices);
	if (devices.count != 1)
		return;
	snprintf(path, sizeof(path), "/dev/vfio/devices/%s", devices.name[0]);
	int device = open(path, O_RDWR), iommufd = open("/dev/iommu", O_RDWR);
	if (device >= 0 && iommufd >= 0)
		printf(" cdev=%d", attach_cdev(device, iommufd));
	if (device >= 0)
		close(device);
	if (iommufd >= 0)
		close(iommufd);
}

static int set_vfs(const char *function, int count)
{
	char text[NAME_SIZE];

	snprintf(text, sizeof(text), "%d", count);
	return write_text(attribute(function, "sriov_numvfs"), text);
}

/* What a function had before it was taken from its driver. */
struct held {
	char driver[NAME_SIZE];
	int vfs;
};

static int count_vfs(const char *function)
{
	char text[NAME_SIZE];

	return read_text(attribute(function, "sriov_numvfs"), text, sizeof(text)) ? atoi(text) : 0;
}

static struct held unbind(const char *function)
{
	struct held held = {.vfs = count_vfs(function)};

	if (read_link(attribute(function, "driver"), held.driver))
		write_text(attribute(function, "driver/unbind"), function);
	return held;
}

static void probe_driver(const char *function, const char *driver)
{
	write_text(attribute(function, "driver_override"), driver);
	write_text("/sys/bus/pci/drivers_probe", function);
}

/* Gives a function back what it had. Some drivers, as igb, take their VFs along when they go. */
static void restore(const char *function, const struct held *held)
{
	unbind(function);
	if (strcmp(held->driver, "-") != 0)
		probe_driver(function, held->driver);
	write_text(attribute(function, "driver_override"), "\n");
	if (held->vfs && count_vfs(function) == 0) {
		write_text(attribute(function, "sriov_drivers_autoprobe"), "0");
		set_vfs(function, held->vfs);
	}
}

static bool has_driver(const char *function)
{
	char driver[NAME_SIZE];

	return read_link(attribute(function, "driver"), driver);
}

/*
 * Takes the drivers away from the other functions of a group, one after the other and bridges
 * last, until the group is viable. Prints who had to go.
 */
static void free_group(const char *function, const char *group)
{
	struct names members;
	char path[PATH_SIZE];
	static struct held held[MOST_NAMES];
	bool freed[MOST_NAMES] = {false};
	struct answer answer = {0};

	snprintf(path, sizeof(path), GROUPS "/%s/devices", group);
	list(path, &members);
	printf(" companions=");
	for (int i = 0; i < 2 * members.count && !answer.viable; i++) {
		int member = i % members.count;
		const char *name = members.name[member];
		bool bridges = i >= members.count;

		if (strcmp(name, function) == 0 || is_bridge(name) != bridges || !has_driver(name))
			continue;
		held[member] = unbind(name);
		freed[member] = true;
		printf("%s,", name);
		answer = ask(group, function);
	}
	printf(" with-viable=%d with-attach=%d with-open=%d", answer.viable, answer.attach,
	       answer.open);
	for (int i = 0; i < members.count; i++) {
		if (freed[i])
			restore(members.name[i], &held[i]);
	}
}

static void probe_vfio(const char *function)
{
	char group[NAME_SIZE], now[NAME_SIZE];

	if (is_bridge(function))
		return;
	/* On Arm the group of a function may come with its driver. */
	if (!read_link(attribute(function, "iommu_group"), group) && has_driver(function)) {
		printf("VFIO %s group=-\n", function);
		return;
	}
	struct held held = unbind(function);
	probe_driver(function, "vfio-pci");
	read_link(attribute(function, "driver"), now);
	if (!read_link(attribute(function, "iommu_group"), group)) {
		printf("VFIO %s group=- bound=%s\n", function, now);
		restore(function, &held);
		return;
	}
	struct answer answer = ask(group, function);
	printf("VFIO %s group=%s was=%s vfs=%d bound=%s vfs-left=%d viable=%d attach=%d open=%d "
	       "reset=%d map=%d",
	       function, group, held.driver, held.vfs, now, count_vfs(function), answer.viable,
	       answer.attach, answer.open, answer.reset, answer.map);
	ask_cdev(function);
	if (strcmp(now, "vfio-pci") == 0 && !answer.viable)
		free_group(function, group);
	printf("\n");
	restore(function, &held);
}

/* Asks VFIO for a function as it is bound now. */
static void probe_open(const char *function)
{
	char group[NAME_SIZE], driver[NAME_SIZE];

	read_link(attribute(function, "iommu_group"), group);
	read_link(attribute(function, "driver"), driver);
	struct answer answer = ask(group, function);
	printf("OPEN %s group=%s bound=%s viable=%d attach=%d open=%d\n", function, group, driver,
	       answer.viable, answer.attach, answer.open);
}

/* Prints what the kernel has logged of a function since the last call. */
static void print_log(int log, const char *function)
{
	char line[LINE_SIZE];
	ssize_t length;

	while ((length = read(log, line, sizeof(line) - 1)) > 0) {
		line[length] = '\0';
		char *message = strchr(line, ';');

		if (!message || !strstr(message, function))
			continue;
		message[strcspn(message, "\n")] = '\0';
		printf("LOG %s %s\n", function, message + 1);
	}
}

static void print_vfs(const char *function, int count)
{
	char name[NAME_SIZE], address[NAME_SIZE];

	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "virtfn%d", i);
		read_link(attribute(function, name), address);
		printf("VF %s %d %s\n", function, i, address);
	}
}

/* Finds the largest count that the kernel takes, and leaves that many VFs. */
static void probe_sriov(const char *function, int log, int wanted)
{
	char text[NAME_SIZE], driver[NAME_SIZE];
	int low = 0, first_error = 0;

	if (!read_text(attribute(function, "sriov_totalvfs"), text, sizeof(text)))
		return;
	int total = atoi(text), high = wanted && wanted < total ? wanted : total;

	read_link(attribute(function, "driver"), driver);
	write_text(attribute(function, "sriov_drivers_autoprobe"), "0");
	set_vfs(function, 0);
	for (int count = high; low < high; count = (low + high + 1) / 2) {
		int error = set_vfs(function, count);

		if (error)
			high = count - 1;
		else
			low = count;
		first_error = first_error ? first_error : error;
		set_vfs(function, 0);
	}
	set_vfs(function, low);
	printf("PF %s driver=%s total=%d accepted=%d errno=%d\n", function, driver, total, low,
	       first_error);
	print_log(log, function);
	print_vfs(function, low);
}

/* Clears the control register of the ACS capability, as setpci would. */
static void acs_off(const char *function)
{
	enum { EXTENDED = 0x100, CONFIG = 4096, ACS = 0x0d, CONTROL = 6 };
	unsigned char header[4];
	const unsigned char none[2] = {0};
	int fd = open(attribute(function, "config"), O_RDWR);

	for (int at = EXTENDED; fd >= 0 && at >= EXTENDED && at < CONFIG;
	     at = header[3] << 4 | header[2] >> 4) {
		if (pread(fd, header, sizeof(header), at) != (ssize_t)sizeof(header))
			break;
		if (header[0] == ACS && header[1] == 0 &&
		    pwrite(fd, none, sizeof(none), at + CONTROL) == (ssize_t)sizeof(none))
			printf("ACS of %s is off\n", function);
	}
	if (fd >= 0)
		close(fd);
}

static int run_as_nobody(char **command)
{
	if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		return 126;
	execvp(command[0], command);
	return 127;
}

int main(int count, char **arguments)
{
	const char *what = count > 1 ? arguments[1] : "";

	if (count > 2 && strcmp(what, "nobody") == 0)
		return run_as_nobody(arguments + 2);
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	static struct names functions;

	lseek(log, 0, SEEK_END);
	list(DEVICES, &functions);
	if (strcmp(what, "state") == 0)
		probe_state(&functions);
	if (count > 2 && strcmp(what, "open") == 0)
		probe_open(arguments[2]);
	if (count > 2 && strcmp(what, "acs-off") == 0)
		acs_off(arguments[2]);
	for (int i = 0; i < functions.count; i++) {
		if (strcmp(what, "vfio") == 0)
			probe_vfio(functions.name[i]);
		else if (strcmp(what, "sriov") == 0)
			probe_sriov(functions.name[i], log, count > 2 ? atoi(arguments[2]) : 0);
		else if (strcmp(what, "sriov-off") == 0)
			set_vfs(functions.name[i], 0);
	}
	printf("END\n");
	return 0;
}
