/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host/usage/vf_links.h"

#include <errno.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "tests/unit/support/arena.h"
#include "tests/unit/support/cmocka.h"
#include "tests/unit/support/links.h"

static struct vf_links links;

static bool parse(struct arena *arena, const struct test_links *message)
{
	links = (struct vf_links){.fact = fact_of(FACT_KNOWN, "RTM_GETLINK", 0)};
	return vf_links_parse(message->bytes, message->length, arena, &links);
}

static const unsigned char own_mac[] = {0x52, 0x54, 0, 0x0a, 0x0b, 0x0c}, no_mac[6];

static void each_vf_has_what_its_driver_tells(void **state)
{
	struct test_links message;

	links_begin(&message, ARPHRD_ETHER, "eth0", "0000:01:00.0");
	links_add_vf(&message, &(struct test_vf){0, own_mac, 7, 1, 0});
	links_add_vf(&message, &(struct test_vf){1, no_mac, 0, UINT32_MAX, 1});
	links_end(&message);
	assert_true(parse(*state, &message));
	assert_non_null(links.first);
	assert_ptr_equal(links.first, links.last);
	assert_string_equal(links.first->interface, "eth0");
	assert_string_equal(links.first->device, "0000:01:00.0");
	assert_int_equal(links.first->count, 2);
	const struct vf_link *vf = links.first->vfs;
	assert_string_equal(vf[0].mac, "52:54:00:0a:0b:0c");
	assert_int_equal(vf[0].vlan, 7);
	assert_int_equal(vf[0].trust, 1);
	assert_int_equal(vf[0].spoof_check, 0);
	assert_string_equal(vf[1].mac, "00:00:00:00:00:00");
	assert_int_equal(vf[1].trust, VF_LINK_UNKNOWN);
	assert_int_equal(vf[1].spoof_check, 1);
}

static void a_vlan_has_a_priority_and_a_protocol(void **state)
{
	struct test_links message;

	links_begin(&message, ARPHRD_ETHER, "eth0", "0000:01:00.0");
	links_add_tagged_vf(&message, &(struct test_vf){0, own_mac, 7, 1, 0}, 5, ETH_P_8021AD);
	links_add_tagged_vf(&message, &(struct test_vf){1, own_mac, 7, 1, 0}, 0, ETH_P_8021Q);
	links_add_vf(&message, &(struct test_vf){2, own_mac, 7, 1, 0});
	links_end(&message);
	assert_true(parse(*state, &message));
	const struct vf_link *vf = links.first->vfs;
	assert_int_equal(vf[0].vlan, 7);
	assert_int_equal(vf[0].qos, 5);
	assert_int_equal(vf[0].vlan_protocol, ETH_P_8021AD);
	assert_int_equal(vf[1].qos, 0);
	assert_int_equal(vf[1].vlan_protocol, ETH_P_8021Q);
	assert_int_equal(vf[2].vlan_protocol, VF_LINK_UNKNOWN);
}

static void a_vf_of_which_nothing_is_told_now_moves_no_other(void **state)
{
	struct test_links message;

	links_begin(&message, ARPHRD_ETHER, "eth0", "0000:01:00.0");
	links_add_vf(&message, &(struct test_vf){0, own_mac, 7, 1, 0});
	links_add_vf(&message, &(struct test_vf){2, own_mac, 8, 1, 0});
	links_end(&message);
	assert_true(parse(*state, &message));
	assert_int_equal(links.first->count, 2);
	assert_int_equal(links.first->vfs[0].number, 0);
	assert_int_equal(links.first->vfs[1].number, 2);
}

static void a_port_of_infiniband_has_none(void **state)
{
	struct test_links message;

	links_begin(&message, ARPHRD_INFINIBAND, "ib0", "0000:01:00.0");
	links_add_vf(&message, &(struct test_vf){0, own_mac, 7, 1, 0});
	links_end(&message);
	assert_true(parse(*state, &message));
	assert_null(links.first);
}

static void a_message_that_is_cut_anywhere_is_no_answer(void **state)
{
	struct test_links message;

	links_begin(&message, ARPHRD_ETHER, "eth0", NULL);
	links_add_vf(&message, &(struct test_vf){0, own_mac, 7, 1, 0});
	links_end(&message);
	for (size_t length = message.length; length-- > 1;) {
		message.length = length;
		assert_false(parse(*state, &message));
		assert_int_equal(links.fact.state, FACT_MALFORMED);
	}
}

static void lengths_within_a_message_lead_nowhere(void **state)
{
	struct test_links message;

	for (size_t i = sizeof(struct nlmsghdr); i < 200; i++) {
		links_begin(&message, ARPHRD_ETHER, "eth0", "0000:01:00.0");
		links_add_vf(&message, &(struct test_vf){0, own_mac, 7, 1, 0});
		links_end(&message);
		if (i >= message.length)
			return;
		message.bytes[i] = 0xff;
		parse(*state, &message);
		assert_false(arena_failed(*state));
	}
}

static void errors_and_changes_meanwhile_are_no_answer(void **state)
{
	const struct {
		uint16_t type, flags;
		enum fact_state state;
	} rows[] = {
		{NLMSG_ERROR, 0, FACT_UNREADABLE},
		{RTM_NEWLINK, NLM_F_DUMP_INTR, FACT_UNREADABLE},
		{NLMSG_DONE, 0, FACT_KNOWN},
		{NLMSG_DONE, NLM_F_DUMP_INTR, FACT_UNREADABLE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct nlmsghdr header = {.nlmsg_len = sizeof(header),
					  .nlmsg_type = rows[i].type,
					  .nlmsg_flags = rows[i].flags};
		struct test_links message = {.length = sizeof(header)};
		test_row("%zu", i);
		memcpy(message.bytes, &header, sizeof(header));
		assert_false(parse(*state, &message));
		assert_int_equal(links.fact.state, rows[i].state);
	}
}

static void an_answer_that_the_kernel_could_not_end_is_none(void **state)
{
	const struct {
		struct nlmsghdr header;
		int error;
	} last = {{.nlmsg_len = sizeof(last), .nlmsg_type = NLMSG_DONE}, -EMSGSIZE};
	struct test_links message = {.length = sizeof(last)};

	memcpy(message.bytes, &last, sizeof(last));
	assert_false(parse(*state, &message));
	assert_int_equal(links.fact.state, FACT_UNREADABLE);
	assert_int_equal(links.fact.error, EMSGSIZE);
}

/* A length of 16 bits does not hold more than some hundred VFs: what follows is read as it comes.
 */
static void a_second_list_of_vfs_takes_the_place_of_the_first(void **state)
{
	struct test_links message;

	links_begin(&message, ARPHRD_ETHER, "eth0", "0000:01:00.0");
	for (uint32_t i = 0; i < 3; i++)
		links_add_vf(&message, &(struct test_vf){i, own_mac, 7, 1, 0});
	links_end_list(&message);
	links_add_vf(&message, &(struct test_vf){0, own_mac, 8, 1, 0});
	links_end(&message);
	assert_true(parse(*state, &message));
	assert_int_equal(links.first->count, 1);
	assert_int_equal(links.first->vfs[0].vlan, 8);
}

static void this_machine_answers(void **state)
{
	int descriptor = vf_links_open();

	if (descriptor < 0)
		skip();
	vf_links_load(descriptor, *state, &links);
	assert_int_equal(links.fact.state, FACT_KNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_vf_has_what_its_driver_tells, arena_setup,
						arena_teardown),
		cmocka_unit_test_setup_teardown(a_vlan_has_a_priority_and_a_protocol, arena_setup,
						arena_teardown),
		cmocka_unit_test_setup_teardown(a_vf_of_which_nothing_is_told_now_moves_no_other,
						arena_setup, arena_teardown),
		cmocka_unit_test_setup_teardown(a_port_of_infiniband_has_none, arena_setup,
						arena_teardown),
		cmocka_unit_test_setup_teardown(a_message_that_is_cut_anywhere_is_no_answer,
						arena_setup, arena_teardown),
		cmocka_unit_test_setup_teardown(lengths_within_a_message_lead_nowhere, arena_setup,
						arena_teardown),
		cmocka_unit_test_setup_teardown(errors_and_changes_meanwhile_are_no_answer,
						arena_setup, arena_teardown),
		cmocka_unit_test_setup_teardown(an_answer_that_the_kernel_could_not_end_is_none,
						arena_setup, arena_teardown),
		cmocka_unit_test_setup_teardown(a_second_list_of_vfs_takes_the_place_of_the_first,
						arena_setup, arena_teardown),
		cmocka_unit_test_setup_teardown(this_machine_answers, arena_setup, arena_teardown),
	};

	return cmocka_run_group_tests_name("vf-links", tests, NULL, NULL);
}
