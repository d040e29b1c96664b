"""Says what IBM's SDK core makes of the settings around a program.

Reads a JSON list of cases from standard input: {"service": ..., "variables": {...}, "folder": ...}.
Prints a JSON list with, for each, what get_authenticator_from_environment returned or raised. Of a secret, only its
SHA-256 is printed. A folder of null is a working directory that has been removed.
"""

import hashlib
import json
import os
import sys
import tempfile

from ibm_cloud_sdk_core import get_authenticator_from_environment

OPTIONS = {
    'profile_id': 'iam_profile_id',
    'profile_crn': 'iam_profile_crn',
    'profile_name': 'iam_profile_name',
    'account_id': 'iam_account_id',
    'cr_token_file': 'cr_token_filename',
    'url': 'url',
    'version': 'service_version',
    'scope': 'scope',
    'client_id': 'client_id',
}
SECRETS = {'api_key': 'apikey', 'client_secret': 'client_secret'}


def digest(secret):
    return 'sha256:' + hashlib.sha256(secret.encode()).hexdigest()


def options_of(manager):
    """The options of a token manager that are set; to assume a profile there are two managers."""
    managers = [manager, getattr(manager, 'iam_delegate', None)]

    def first(attribute):
        return next((value for value in (getattr(m, attribute, None) for m in managers if m) if value), None)

    options = {name: first(attribute) for name, attribute in OPTIONS.items()}
    options.update({name: digest(first(attribute)) for name, attribute in SECRETS.items() if first(attribute)})
    if first('disable_ssl_verification'):
        options['verification'] = 'off'
    return {name: value for name, value in options.items() if value}


def describe(authenticator):
    """Its type with its options, or nothing."""
    if authenticator is None:
        return {}
    options = {}
    if hasattr(authenticator, 'token_manager'):
        options = options_of(authenticator.token_manager)
    elif hasattr(authenticator, 'bearer_token'):
        options = {'token': digest(authenticator.bearer_token)}
    return {'type': authenticator.authentication_type(), 'options': options}


def removed_folder():
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    os.rmdir(folder)


def run(case):
    if case['folder'] is None:
        removed_folder()
    else:
        os.chdir(case['folder'])
    os.environ.clear()
    os.environ.update(case['variables'])
    try:
        return describe(get_authenticator_from_environment(case['service']))
    except Exception as error:  # pylint: disable=broad-exception-caught
        return {'exception': type(error).__name__}


if __name__ == '__main__':
    json.dump([run(case) for case in json.load(sys.stdin)], sys.stdout)
