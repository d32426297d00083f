/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "checks/support/check.h"
#include "checks/support/fixes.h"

#include <inttypes.h>

#include "guest/libvirt/daemon.h"

enum kind { NONE, PRESENT, NOT_RUNNING, OLD, NO_QEMU, UNREADABLE, KIND_COUNT };

static const struct finding_kind kinds[] = {
	[NONE] = {"libvirt.none",
		  "libvirt is not installed: neither virtqemud nor libvirtd is "
		  "there. passcheck's XML is of no use here; QEMU can be run by "
		  "hand or by something else.",
		  NULL},
	[PRESENT] = {"libvirt.present",
		     "libvirt's daemon for QEMU is installed, and QEMU with it. Its version "
		     "decides which elements of the XML it takes.",
		     NULL},
	[NOT_RUNNING] =
		{"libvirt.not-running",
		 "libvirt is installed, and neither virtqemud nor libvirtd listens: there is no "
		 "socket of theirs in /run/libvirt. With systemd the socket units start the daemon "
		 "on demand.",
		 "Start the daemon's socket: systemctl enable --now virtqemud.socket, or "
		 "libvirtd.socket where libvirtd is what is installed."},
	[OLD] = {"libvirt.old",
		 "This libvirt is older than 10.0.0, which was the first to choose the variant "
		 "driver of VFIO for a device by itself and to take <driver model=>. Assignment "
		 "with vfio-pci works.",
		 "Bind devices to their variant driver before the guest starts, with "
		 "managed='no' in its XML, or update libvirt to 10.0.0."},
	[NO_QEMU] =
		{"libvirt.no-qemu",
		 "libvirt is installed, and no QEMU for this architecture is where "
		 "distributions put it: a guest does not start unless its XML names an "
		 "emulator elsewhere.",
		 "Install QEMU for this architecture, or name it in <emulator> of each domain."},
	[UNREADABLE] = {"libvirt.unreadable",
			"passcheck cannot tell whether libvirt and QEMU are installed.",
			FIX_READ_AS_ROOT},
};

ASSERT_COVERS(kinds, KIND_COUNT);

enum { VARIANTS_MAJOR = 10, MAJOR = 1000000, MINOR = 1000 };

static struct finding *add(struct findings *findings, enum kind kind, enum finding_verdict verdict,
			   const char *summary, const struct fact_node *node)
{
	struct finding *finding =
		finding_add(findings, &kinds[kind], verdict, subject_host(), "%s", summary);

	finding_evidence(finding, &node->fact, "exists");
	return finding;
}

static void judge_socket(const struct host *host, struct findings *findings)
{
	const struct fact_node *sockets = host->hypervisor.sockets;
	struct text_line *start = NULL, *stop = NULL;

	if (!libvirt_is_to_start(host))
		return;
	struct finding *finding = add(findings, NOT_RUNNING, FINDING_WARN,
				      "no daemon of libvirt listens for QEMU", &sockets[0]);
	for (size_t i = 1; i < LIBVIRT_SOCKET_COUNT; i++)
		finding_evidence(finding, &sockets[i].fact, "exists");
	finding_remedy(finding, "%s", libvirt_start(host, findings->arena, &start, &stop));
	for (; start; start = start->next)
		finding_command(finding, "%s", start->text);
}

static void judge_qemu(const struct fact_node *qemu, struct findings *findings)
{
	if (!fact_absent(&qemu->fact))
		return;
	add(findings, NO_QEMU, FINDING_WARN, "no QEMU for this architecture was found", qemu);
}

static void judge_version(const struct host *host, struct findings *findings)
{
	const struct fact_number *version = &host->hypervisor.libvirt;

	if (!host->modules.variant_count ||
	    !hypervisor_libvirt_before(&host->hypervisor, VARIANTS_MAJOR, 0))
		return;
	struct finding *finding = finding_add(
		findings, &kinds[OLD], FINDING_WARN, subject_host(),
		"libvirt %" PRId64 ".%" PRId64 " does not choose variant drivers of VFIO",
		version->value / MAJOR, version->value % MAJOR / MINOR);
	finding_evidence(finding, &version->fact, "%" PRId64, version->value);
}

static void run(const struct check_context *context)
{
	const struct host *host = context->host;
	struct findings *findings = context->findings;
	const struct hypervisor *hypervisor = &host->hypervisor;
	const struct fact_node *daemon = hypervisor_libvirt_daemon(hypervisor);
	const struct fact_node *qemu = hypervisor_first_of(hypervisor->qemu, QEMU_COUNT);

	if (fact_absent(&daemon->fact)) {
		add(findings, NONE, FINDING_NOT_APPLICABLE, "libvirt is not installed", daemon);
		return;
	}
	if (!fact_known(&daemon->fact) || !fact_settled(&qemu->fact)) {
		const struct fact_node *unread = fact_known(&daemon->fact) ? qemu : daemon;
		struct finding *finding =
			add(findings, UNREADABLE, FINDING_UNKNOWN,
			    "whether libvirt and QEMU are installed is unknown", unread);
		finding_remedy_unread(finding, &unread->fact);
		return;
	}
	if (fact_known(&qemu->fact)) {
		struct finding *finding = add(findings, PRESENT, FINDING_PASS,
					      "libvirt and QEMU are installed", daemon);
		finding_evidence(finding, &qemu->fact, "exists");
	}
	judge_qemu(qemu, findings);
	judge_socket(host, findings);
	judge_version(host, findings);
}

const struct check check_libvirt = {
	.id = "libvirt",
	.title = "Is libvirt there, with what it needs?",
	.needs = "/usr/sbin, /run/libvirt and /usr/bin; no privilege",
	.advisory = true,
	.aside = true,
	.host_alone = true,
	.kinds = kinds,
	.kind_count = ARRAY_LENGTH(kinds),
	.run = run,
};
