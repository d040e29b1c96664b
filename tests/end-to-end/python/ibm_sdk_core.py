"""Runs IBM's SDK core as a program would, and says what the program would have seen.

Reads a JSON list of cases from standard input: {"authenticator": ..., "options": {...}, "url": ..., "object": ...}.
Prints a JSON list with, for each, the token and the status of a GET of the object with it, or the exception.
"""

import json
import sys

from ibm_cloud_sdk_core import ApiException, BaseService, version
from ibm_cloud_sdk_core.authenticators import (
    ContainerAuthenticator,
    IAMAssumeAuthenticator,
    IAMAuthenticator,
    VPCInstanceAuthenticator,
)

AUTHENTICATORS = {
    'vpc': VPCInstanceAuthenticator,
    'container': ContainerAuthenticator,
    'iam': IAMAuthenticator,
    'iam_assume': IAMAssumeAuthenticator,
}


def body_of(response):
    try:
        return response.json()
    except ValueError:
        return None


def run(case):
    """One token with a fresh authenticator, and one call of a service with it."""
    options = dict(case['options'])
    positional = [options.pop('apikey')] if 'apikey' in options else []
    authenticator = AUTHENTICATORS[case['authenticator']](*positional, url=case['url'], **options)
    try:
        token = authenticator.token_manager.get_token()
    except ApiException as error:
        return {
            'exception': 'ApiException',
            'status': error.status_code,
            'message': error.message,
            'retry_after': error.http_response.headers.get('Retry-After'),
            'body': body_of(error.http_response),
        }
    except Exception as error:  # pylint: disable=broad-exception-caught
        return {'exception': type(error).__name__, 'message': str(error)}
    store, path = case['object']
    service = BaseService(service_url=store, authenticator=authenticator)
    answer = service.send(service.prepare_request('GET', path))
    return {'token': token, 'object_status': answer.get_status_code(), 'object': answer.get_result().content.decode()}


if __name__ == '__main__':
    cases = json.load(sys.stdin)
    json.dump({'version': version.__version__, 'results': [run(case) for case in cases]}, sys.stdout)
