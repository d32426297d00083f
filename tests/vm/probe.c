/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Asks the kernel of a virtual machine what it does, a line an answer:
 *   probe vfio        what VFIO says of each endpoint, bound alone
 *   probe sriov       how many VFs each PF takes, and where they are; leaves them enabled
 *   probe sriov-off   disables all VFs
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEVICES "/sys/bus/pci/devices"

enum { PATH_SIZE = 512, TEXT_SIZE = 256, MOST_FUNCTIONS = 1024 };

static char functions[MOST_FUNCTIONS][32];
static int function_count;

static bool read_text(const char *path, char *text)
{
	int fd = open(path, O_RDONLY);
	ssize_t length = fd < 0 ? -1 : read(fd, text, TEXT_SIZE - 1);

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

static char *attribute(const char *function, const char *name)
{
	static char paths[4][PATH_SIZE];
	static int turn;
	char *path = paths[turn++ % 4];

	snprintf(path, PATH_SIZE, DEVICES "/%s/%s", function, name);
	return path;
}

/* Returns the last part of a link's target, or false where there is none. */
static bool read_link(const char *path, char *name)
{
	char target[PATH_SIZE];
	ssize_t length = readlink(path, target, sizeof(target) - 1);

	if (length < 0)
		return false;
	target[length] = '\0';
	snprintf(name, TEXT_SIZE, "%s", strrchr(target, '/') + 1);
	return true;
}

static int compare(const void *left, const void *right)
{
	return strcmp(left, right);
}

static void list_functions(void)
{
	DIR *directory = opendir(DEVICES);
	const struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		if (entry->d_name[0] != '.' && function_count < MOST_FUNCTIONS)
			snprintf(functions[function_count++], sizeof(functions[0]), "%.31s",
				 entry->d_name);
	}
	if (directory)
		closedir(directory);
	qsort(functions, (size_t)function_count, sizeof(functions[0]), compare);
}

static bool is_endpoint(const char *function)
{
	unsigned char header[64] = "";
	int fd = open(attribute(function, "config"), O_RDONLY);

	if (fd < 0 || read(fd, header, sizeof(header)) != sizeof(header))
		return false;
	close(fd);
	/* Host bridges are no candidates either. */
	return (header[0x0e] & 0x7f) == 0 && header[0x0b] != 0x06;
}

struct answer {
	bool viable;
	int attach;
	int open;
	bool reset;
};

static struct answer ask_group(const char *group, const char *function)
{
	struct vfio_group_status status = {.argsz = sizeof(status)};
	struct vfio_device_info info = {.argsz = sizeof(info)};
	struct answer answer = {.attach = -1, .open = -1};
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "/dev/vfio/%s", group);
	int fd = open(path, O_RDWR), container = open("/dev/vfio/vfio", O_RDWR);
	if (fd < 0 || container < 0 || ioctl(fd, VFIO_GROUP_GET_STATUS, &status)) {
		answer.attach = errno;
		goto done;
	}
	answer.viable = status.flags & VFIO_GROUP_FLAGS_VIABLE;
	answer.attach = ioctl(fd, VFIO_GROUP_SET_CONTAINER, &container) ||
				ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU)
				? errno
				: 0;
	if (answer.attach)
		goto done;
	int device = ioctl(fd, VFIO_GROUP_GET_DEVICE_FD, function);
	answer.open = device < 0 ? errno : 0;
	if (device >= 0) {
		ioctl(device, VFIO_DEVICE_GET_INFO, &info);
		answer.reset = info.flags & VFIO_DEVICE_FLAGS_RESET;
		close(device);
	}
done:
	if (fd >= 0)
		close(fd);
	if (container >= 0)
		close(container);
	return answer;
}

static void bind(const char *function, const char *driver)
{
	char old[TEXT_SIZE];

	if (read_link(attribute(function, "driver"), old))
		write_text(attribute(function, "driver/unbind"), function);
	write_text(attribute(function, "driver_override"), driver);
	write_text("/sys/bus/pci/drivers_probe", function);
}

static void probe_vfio(const char *function)
{
	char group[TEXT_SIZE], driver[TEXT_SIZE] = "-", now[TEXT_SIZE] = "-";

	if (!is_endpoint(function))
		return;
	if (!read_link(attribute(function, "iommu_group"), group)) {
		printf("VFIO %s group=-\n", function);
		return;
	}
	read_link(attribute(function, "driver"), driver);
	bind(function, "vfio-pci");
	read_link(attribute(function, "driver"), now);
	struct answer answer = ask_group(group, function);
	printf("VFIO %s group=%s was=%s bound=%s viable=%d attach=%d open=%d reset=%d\n", function,
	       group, driver, now, answer.viable, answer.attach, answer.open, answer.reset);
	/* What had no driver before stays without one. */
	bind(function, strcmp(driver, "-") == 0 ? "none" : "\n");
	write_text(attribute(function, "driver_override"), "\n");
}

static int set_vfs(const char *function, int count)
{
	char text[TEXT_SIZE];

	snprintf(text, sizeof(text), "%d", count);
	return write_text(attribute(function, "sriov_numvfs"), text);
}

/* Prints what the kernel has logged since the last call, of VFs that it refused. */
static void print_log(int log, const char *function)
{
	char line[4096];
	ssize_t length;

	while ((length = read(log, line, sizeof(line) - 1)) > 0) {
		line[length] = '\0';
		char *message = strchr(line, ';');
		if (message && strstr(message, function) && strstr(message, "VF")) {
			message[strcspn(message, "\n")] = '\0';
			printf("LOG %s %s\n", function, message + 1);
		}
	}
}

static void print_vfs(const char *function, int count)
{
	char name[32], address[TEXT_SIZE], group[TEXT_SIZE];

	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "virtfn%d", i);
		if (!read_link(attribute(function, name), address))
			continue;
		if (!read_link(attribute(address, "iommu_group"), group))
			strcpy(group, "-");
		printf("VF %s %d %s group=%s\n", function, i, address, group);
	}
}

/* Finds the largest count that the kernel takes, and leaves that many VFs. */
static void probe_sriov(const char *function, int log, int wanted)
{
	char text[TEXT_SIZE];

	if (!read_text(attribute(function, "sriov_totalvfs"), text))
		return;
	int total = atoi(text), low = 0, error = 0, first_error = 0;
	int high = wanted && wanted < total ? wanted : total;
	write_text(attribute(function, "sriov_drivers_autoprobe"), "0");
	for (int count = high; low < high; count = (low + high + 1) / 2) {
		error = set_vfs(function, count);
		first_error = first_error ? first_error : error;
		if (error)
			high = count - 1;
		else
			low = count;
		set_vfs(function, 0);
	}
	if (low)
		set_vfs(function, low);
	printf("PF %s total=%d accepted=%d errno=%d\n", function, total, low, first_error);
	print_log(log, function);
	print_vfs(function, low);
}

int main(int count, char **arguments)
{
	const char *what = count > 1 ? arguments[1] : "";
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);

	lseek(log, 0, SEEK_END);
	list_functions();
	for (int i = 0; i < function_count; i++) {
		if (strcmp(what, "vfio") == 0)
			probe_vfio(functions[i]);
		else if (strcmp(what, "sriov") == 0)
			probe_sriov(functions[i], log, count > 2 ? atoi(arguments[2]) : 0);
		else if (strcmp(what, "sriov-off") == 0)
			set_vfs(functions[i], 0);
	}
	return 0;
}
