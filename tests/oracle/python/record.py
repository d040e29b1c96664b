"""Gives arguments to IBM's own clients, and records what they would send. Nothing is sent.

record.py requests: a line of JSON for each call on standard input, a line for its request on standard output.
record.py pagers: the pages of each operation on standard input, a line for each pager on standard output.
"""

import inspect
import json
import logging
import re
import sys
from urllib.parse import parse_qsl, urlsplit

import ibm_platform_services
import ibm_vpc
import requests
from ibm_cloud_sdk_core.authenticators import NoAuthAuthenticator

BASE = "https://oracle.example"
# Of the connection, and what a client says of itself.
OWN_HEADERS = {"user-agent", "accept-encoding", "connection", "content-length"}


class Recorder(requests.adapters.BaseAdapter):
    """Keeps what would be sent, and answers with the next of `answers`, or with nothing."""

    def __init__(self):
        super().__init__()
        self.sent = []
        self.answers = []

    def send(self, request, **_):
        self.sent.append(request)
        response = requests.Response()
        response.status_code = 200
        response.request = request
        response.url = request.url
        response.headers["content-type"] = "application/json"
        response._content = json.dumps(self.answers.pop(0) if self.answers else {}).encode()
        return response

    def close(self):
        pass


def clients():
    recorder = Recorder()
    made = {
        "vpc": ibm_vpc.VpcV1(version="2026-10-06", authenticator=NoAuthAuthenticator()),
        "iam_identity": ibm_platform_services.IamIdentityV1(authenticator=NoAuthAuthenticator()),
        "iam_policy_management": ibm_platform_services.IamPolicyManagementV1(authenticator=NoAuthAuthenticator()),
        "iam_access_groups": ibm_platform_services.IamAccessGroupsV2(authenticator=NoAuthAuthenticator()),
    }
    for client in made.values():
        client.set_service_url(BASE)
        client.http_client.mount("https://", recorder)
    return made, recorder


def snake(name):
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())


def keywords(method, given, has_body):
    """The arguments as the method calls them: IBM's clients take the properties of some bodies one by one."""
    parameters = {
        name: parameter
        for name, parameter in inspect.signature(method).parameters.items()
        if parameter.kind is not parameter.VAR_KEYWORD
    }
    arguments = dict(given)
    body = arguments.pop("body", None)
    called = {}
    for name, value in arguments.items():
        known = next((spelled for spelled in (name, name + "_") if spelled in parameters), None)
        if known is None:
            raise LookupError(f"it has no argument {name}")
        called[known] = value
    left = [name for name in parameters if name not in called]
    if body is None or not has_body:
        return called
    if isinstance(body, dict):
        found = {name: next((s for s in (name, name + "_", snake(name)) if s in left), None) for name in body}
        whole = [name for name in left if parameters[name].default is inspect.Parameter.empty and name not in found.values()]
        if all(found.values()) and not whole:
            return called | {found[name]: value for name, value in body.items()}
        if len(whole) == 1:
            return called | {whole[0]: body}
        if len(left) == 1:
            return called | {left[0]: body}
        raise LookupError(f"it takes {left}, not {[name for name, spelled in found.items() if not spelled]}")
    if len(left) >= 1:
        return called | {left[0]: body}
    raise LookupError("it takes no body")


def recorded(request):
    parts = urlsplit(request.url)
    headers = {name.lower(): value for name, value in request.headers.items() if name.lower() not in OWN_HEADERS}
    body = request.body
    if isinstance(body, bytes):
        body = body.decode()
    if body is not None and "json" in headers.get("content-type", ""):
        body = json.loads(body)
    return {
        "method": request.method,
        "path": parts.path,
        "query": sorted(parse_qsl(parts.query, keep_blank_values=True)),
        "headers": {name: value if isinstance(value, str) else value.decode() for name, value in headers.items()},
        "body": body,
    }


def one(made, recorder, call):
    method = getattr(made.get(call["service"]), call["operation"], None)
    if method is None:
        return {"absent": True}
    recorder.sent.clear()
    try:
        method(**keywords(method, call["arguments"], call["has_body"]))
    except Exception as problem:  # whatever they raise is what they say
        if not recorder.sent:
            return {"refused": f"{type(problem).__name__}: {problem}"}
    return {"request": recorded(recorder.sent[-1])}


def pagers():
    """The pager classes of a client's module, with the operation that each calls."""
    modules = {
        "vpc": sys.modules["ibm_vpc.vpc_v1"],
        "iam_identity": sys.modules["ibm_platform_services.iam_identity_v1"],
        "iam_policy_management": sys.modules["ibm_platform_services.iam_policy_management_v1"],
        "iam_access_groups": sys.modules["ibm_platform_services.iam_access_groups_v2"],
    }
    for service, module in modules.items():
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if name.endswith("Pager") and kind.__module__ == module.__name__:
                # What it reads of the client is the operation. (The source would tell as well, in seconds for each.)
                names = kind.get_next.__code__.co_names
                yield service, name, kind, names[names.index("_client") + 1]


def walk(made, recorder, pages):
    for service, name, kind, operation in pagers():
        given = pages.get(f"{service}.{operation}")
        result = {"pager": name, "service": service, "operation": operation, "queries": [], "items": 0}
        if given is None:
            result["error"] = "the document has no paging for it"
            yield result
            continue
        recorder.sent.clear()
        recorder.answers = list(given["pages"])
        try:
            pager = kind(client=made[service], **given["arguments"])
            while pager.has_next():
                result["items"] += len(pager.get_next())
                if len(recorder.sent) > len(given["pages"]):
                    raise RuntimeError("it does not stop")
        except Exception as problem:
            result["error"] = f"{type(problem).__name__}: {problem}"
        result["queries"] = [recorded(request)["query"] for request in recorder.sent]
        yield result


def main():
    # They warn of every deprecated operation.
    logging.disable(logging.WARNING)
    made, recorder = clients()
    if sys.argv[1] == "requests":
        for line in sys.stdin:
            print(json.dumps(one(made, recorder, json.loads(line))))
    else:
        for result in walk(made, recorder, json.load(sys.stdin)):
            print(json.dumps(result))


main()
