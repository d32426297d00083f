/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "guest/stacks/installed.h"

#include "host/base/affix.h"
#include "host/base/array.h"

bool stack_is_on_host(const struct host *host, enum hypervisor_stack stack)
{
	const struct fact_text *release = &host->kernel_release;

	return hypervisor_has(&host->hypervisor, stack) ||
	       (stack == HYPERVISOR_PROXMOX && fact_known(&release->fact) &&
		has_suffix(release->text, "-pve"));
}

bool stack_other_than_libvirt(const struct host *host)
{
	for (size_t i = 0; i < HYPERVISOR_STACK_COUNT; i++) {
		if (stack_is_on_host(host, (enum hypervisor_stack)i))
			return true;
	}
	return false;
}

const struct stack *stack_installed(enum hypervisor_stack stack)
{
	static const struct stack *const stacks[] = {
		[HYPERVISOR_PROXMOX] = &stack_proxmox,
		[HYPERVISOR_INCUS] = &stack_incus,
		[HYPERVISOR_KUBELET] = &stack_kubevirt,
	};
	ASSERT_COVERS(stacks, HYPERVISOR_STACK_COUNT);

	return stacks[stack];
}
