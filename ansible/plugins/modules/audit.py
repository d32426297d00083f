#!/usr/bin/python
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs passcheck on a host and returns its report."""
from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r'''
module: audit
short_description: Audits whether a host can assign PCI functions to guests
description:
  - Runs passcheck on the host and returns its report. It changes nothing.
version_added: 1.0.0
options:
  executable:
    description: The program.
    type: path
    default: passcheck
  root:
    description: Audit this captured host, a folder or an archive, instead of the host itself.
    type: path
  require:
    description: What the deployment needs, as C(vfs=eth0:8). A requirement that is not met makes the host not ready.
    type: list
    elements: str
    default: []
  functions:
    description: Judge these functions, too, as C(0000:03:00.0), C(gpu) or C(eth0).
    type: list
    elements: str
    default: []
  fail_on:
    description:
      - What makes the task fail.
      - V(undetermined) fails on V(not-ready), too.
    type: str
    choices: [not-ready, undetermined, never]
    default: not-ready
attributes:
  check_mode:
    description: Can run in check mode and return what it would without.
    support: full
author: passcheck contributors (@passcheck)
'''

EXAMPLES = r'''
- name: Need 8 virtual functions of eth0
  passcheck.audit.audit:
    require: ['vfs=eth0:8']

- name: Look at what a captured host says
  passcheck.audit.audit:
    root: /srv/captures/host7.tar.gz
    fail_on: never
  register: host7
'''

RETURN = r'''
verdict:
  description: ready, not-ready or undetermined, by what was asked for.
  returned: always
  type: str
exit_status:
  description: The program's exit status.
  returned: always
  type: int
findings:
  description: The ids of the findings that fail.
  returned: always
  type: list
  elements: str
report:
  description: The report, by docs/passcheck.schema.json.
  returned: success
  type: dict
'''

import json

from ansible.module_utils.basic import AnsibleModule

VERDICTS = {0: 'ready', 2: 'not-ready', 3: 'undetermined'}
FAILS = {'not-ready': ('not-ready',), 'undetermined': ('not-ready', 'undetermined'), 'never': ()}


def command_line(parameters):
    command = [parameters['executable'], '--format', 'json', '--compact']
    if parameters['root']:
        command += ['--root', parameters['root']]
    for requirement in parameters['require']:
        command += ['--require', requirement]
    return command + ['--'] + parameters['functions']


def main():
    module = AnsibleModule(
        argument_spec=dict(
            executable=dict(type='path', default='passcheck'),
            root=dict(type='path'),
            require=dict(type='list', elements='str', default=[]),
            functions=dict(type='list', elements='str', default=[]),
            fail_on=dict(type='str', choices=list(FAILS), default='not-ready'),
        ),
        supports_check_mode=True,
    )
    status, out, err = module.run_command(command_line(module.params), use_unsafe_shell=False)
    if status not in VERDICTS:
        module.fail_json(msg='passcheck failed: ' + err.strip(), exit_status=status)
    report = json.loads(out)
    verdict = VERDICTS[status]
    failed = sorted({finding['id'] for finding in report['findings'] if finding['verdict'] == 'fail'})
    # A result with a key "rc" that is not 0 is taken for a failed task.
    result = dict(changed=False, exit_status=status, verdict=verdict, findings=failed)
    if verdict in FAILS[module.params['fail_on']]:
        # The report is left out: a failed task is printed whole.
        module.fail_json(msg='the host is %s: %s' % (verdict, ', '.join(failed) or 'see the report'),
                         **result)
    module.exit_json(report=report, **result)


if __name__ == '__main__':
    main()
