/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/read/guest_text.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/paper.h"

static int parse(struct paper *paper, const char *text, struct domain *ret)
{
	const char *why = NULL;

	return guest_text_parse(paper->arena, text, strlen(text), ret, &why);
}

static void what_a_text_names_is_a_device(void **state)
{
	static const struct {
		const char *text;
		size_t devices;
		unsigned line; /* of the last */
		bool whole_slot;
	} rows[] = {
		{"hostpci0: 01:00.0\n", 1, 1, false},
		{"ostype: l26\nhostpci0: host=0000:01:00.0,pcie=1\r\n", 1, 2, false},
		{"hostpci0: 01:00;02:00.1,x-vga=1", 2, 1, false},
		{"hostpci0: 10000:01:00", 1, 1, true},
		{"vmgenid: 1\n[snapshot]\nhostpci0: 01:00\n", 0, 0, false},
		{"hostpcix: 01:00\nostype: other\n", 0, 0, false},
		{"qemu-system-x86_64 -device vfio-pci,host=01:00.0", 1, 1, false},
		{"qemu-kvm \\\n -device 'vfio-pci,host=01:00.0'", 1, 2, false},
		{"# one\n-device \"vfio-pci,host=01:00.0\" # -device vfio-pci,host=2:0.0\n", 1, 2,
		 false},
		{"qemu-system-x86_64 -device {\"driver\":\"vfio-pci\",\"host\":\"01:00.0\"} -S", 1,
		 1, false},
		{"qemu-system-x86_64 -device e1000e -device", 0, 0, false},
		{"qemu-system-x86_64 -device '{\"driver\":\"vfio-pci\"", 1, 1, false},
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct domain domain = {0};
		test_row("%s", rows[i].text);
		assert_int_equal(parse(paper, rows[i].text, &domain), 0);
		assert_int_equal(domain.device_count, rows[i].devices);
		if (!domain.device_count)
			continue;
		assert_int_equal(domain.devices[domain.device_count - 1].line, rows[i].line);
		assert_int_equal(domain.devices[domain.device_count - 1].whole_slot,
				 rows[i].whole_slot);
	}
}

static void what_is_neither_is_left_to_others(void **state)
{
	static const char *const rows[] = {"", "\n", "<domain>", "{}", "name: vm\n", "-S", "#"};
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct domain domain;
		test_row("%s", rows[i]);
		assert_int_equal(parse(paper, rows[i], &domain), -ENOTSUP);
	}
}

static void what_is_wrong_is_refused(void **state)
{
	static const char *const rows[] = {
		"hostpci0: x",
		"hostpci0: 01:00.0;zz",
		"/usr/bin/qemu-system-x86_64 -m 1\n/usr/bin/qemu-system-x86_64 -m 1\n",
	};
	struct paper *paper = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct domain domain;
		test_row("%s", rows[i]);
		assert_int_equal(parse(paper, rows[i], &domain), -EBADMSG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_a_text_names_is_a_device, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(what_is_neither_is_left_to_others, paper_setup,
						paper_teardown),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_refused, paper_setup,
						paper_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
