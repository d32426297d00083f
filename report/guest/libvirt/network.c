/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/guest/libvirt/elements.h"

/* The one network interface of the PF; with several, which VF goes with which is its driver's
 * matter. */
static const char *only_interface(const struct pci_function *pf)
{
	return fact_known(&pf->netdevs.fact) && pf->netdevs.count == 1 ? pf->netdevs.names[0]
								       : NULL;
}

static int write_pf(xmlTextWriterPtr writer, const char *interface)
{
	if (xml_start(writer, "pf") < 0 || xml_attribute(writer, "dev", interface) < 0)
		return -1;
	return xml_end(writer);
}

static int write_vf(xmlTextWriterPtr writer, const struct pci_function *vf)
{
	if (xml_start(writer, "address") < 0 || xml_attribute(writer, "type", "pci") < 0 ||
	    xml_address_attributes(writer, &vf->address) < 0)
		return -1;
	return xml_end(writer);
}

static int write_forward(xmlTextWriterPtr writer, const struct hostdev_form *form)
{
	const char *interface = only_interface(form->function);

	if (xml_start(writer, "forward") < 0 || xml_attribute(writer, "mode", "hostdev") < 0 ||
	    xml_attribute(writer, "managed", "yes") < 0)
		return -1;
	if (interface && write_pf(writer, interface) < 0)
		return -1;
	for (size_t i = 0; !interface && i < form->vf_count; i++) {
		if (write_vf(writer, form->vfs[i]) < 0)
			return -1;
	}
	return xml_end(writer);
}

int xml_network_interface(xmlTextWriterPtr writer, const struct hostdev_options *options)
{
	if (xml_start(writer, "interface") < 0 || xml_attribute(writer, "type", "network") < 0 ||
	    xml_start(writer, "source") < 0 ||
	    xml_attribute(writer, "network", options->network) < 0 || xml_end(writer) < 0 ||
	    xml_mac(writer, options->mac) < 0 || xml_teaming(writer, options->teaming) < 0)
		return -1;
	return xml_end(writer);
}

int xml_network(xmlTextWriterPtr writer, const struct hostdev_form *form,
		const struct hostdev_options *options)
{
	if (xml_start(writer, "network") < 0 ||
	    xml_text_element(writer, "name", options->network) < 0 ||
	    write_forward(writer, form) < 0)
		return -1;
	return xml_end(writer);
}
