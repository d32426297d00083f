/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/guest/libvirt/elements.h"

/* The one network interface of the PF; with several, which VF goes with which is its driver's
 * matter. */
static const char *only_interface(const struct pci_function *pf)
{
	return fact_known(&pf->netdevs.fact) && pf->netdevs.count == 1 ? pf->netdevs.names[0]
								       : NULL;
}

static void write_pf(struct xml *xml, const char *interface)
{
	xml_start(xml, "pf");
	xml_attribute(xml, "dev", interface);
	xml_end(xml);
}

static void write_vf(struct xml *xml, const struct pci_function *vf)
{
	xml_start(xml, "address");
	xml_attribute(xml, "type", "pci");
	xml_address_attributes(xml, &vf->address);
	xml_end(xml);
}

static void write_forward(struct xml *xml, const struct hostdev_form *form)
{
	const char *interface = only_interface(form->function);

	xml_start(xml, "forward");
	xml_attribute(xml, "mode", "hostdev");
	xml_attribute(xml, "managed", "yes");
	if (interface)
		write_pf(xml, interface);
	for (size_t i = 0; !interface && i < form->vf_count; i++)
		write_vf(xml, form->vfs[i]);
	xml_end(xml);
}

void xml_network_interface(struct xml *xml, const struct hostdev_options *options)
{
	xml_start(xml, "interface");
	xml_attribute(xml, "type", "network");
	xml_start(xml, "source");
	xml_attribute(xml, "network", options->network);
	xml_end(xml);
	xml_mac(xml, options->mac);
	xml_teaming(xml, options->teaming);
	xml_end(xml);
}

void xml_network(struct xml *xml, const struct hostdev_form *form,
		 const struct hostdev_options *options)
{
	xml_start(xml, "network");
	xml_text_element(xml, "name", options->network);
	write_forward(xml, form);
	xml_end(xml);
}
