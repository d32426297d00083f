#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures on a host what an audit reads."""
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
module: capture
short_description: Captures what an audit of PCI passthrough reads
description:
  - Runs passcheck capture on the host. What is written can be audited elsewhere, with O(passcheck.audit.audit#module:root).
version_added: 1.0.0
options:
  executable:
    description: The program.
    type: path
    default: passcheck
  dest:
    description: The archive to write on the host, as C(/var/tmp/host.tar.gz). One that is there is written anew.
    type: path
    required: true
  identity:
    description: Whether the host's name and serial numbers are taken along.
    type: bool
    default: false
attributes:
  check_mode:
    description: Writes nothing in check mode.
    support: full
author: passcheck contributors (@passcheck)
'''

EXAMPLES = r'''
- name: Capture the host
  passcheck.audit.capture:
    dest: /var/tmp/{{ inventory_hostname }}.tar.gz

- name: Bring the capture here
  ansible.builtin.fetch:
    src: /var/tmp/{{ inventory_hostname }}.tar.gz
    dest: captures/
    flat: true
'''

RETURN = r'''
dest:
  description: The archive.
  returned: always
  type: str
'''

from ansible.module_utils.basic import AnsibleModule


def main():
    module = AnsibleModule(
        argument_spec=dict(
            executable=dict(type='path', default='passcheck'),
            dest=dict(type='path', required=True),
            identity=dict(type='bool', default=False),
        ),
        supports_check_mode=True,
    )
    command = [module.params['executable'], 'capture', '-o', module.params['dest']]
    if module.params['identity']:
        command.append('--with-identity')
    if not module.check_mode:
        status, out, err = module.run_command(command, use_unsafe_shell=False)
        if status != 0:
            module.fail_json(msg='passcheck failed: ' + err.strip(), exit_status=status)
    module.exit_json(changed=True, dest=module.params['dest'])


if __name__ == '__main__':
    main()
