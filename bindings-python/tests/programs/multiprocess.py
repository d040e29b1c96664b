"""A provider of the module, used in children of each way to start them. Prints what they found."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import sys
from multiprocessing.queues import SimpleQueue

from trusted_profile import TokenProvider

endpoint, transport, method = sys.argv[1:]
tokens = TokenProvider.vpc_instance(endpoint=endpoint, transport=transport)


def fingerprint() -> str:
    return hashlib.sha256(tokens.token().value.encode()).hexdigest()


def work(results: SimpleQueue[tuple[int, int, str]]) -> None:
    results.put((os.getpid(), tokens.token().generation, fingerprint()))


def refuse(_: TokenProvider) -> None:
    raise AssertionError("it was handed over")


def refusal() -> str | None:
    if method == "fork":
        return None
    try:
        multiprocessing.Process(target=refuse, args=(tokens,)).start()
    except TypeError as error:
        return f"TypeError: {error}"
    return "none"


def main() -> None:
    own = fingerprint()
    multiprocessing.set_start_method(method)
    results: SimpleQueue[tuple[int, int, str]] = multiprocessing.SimpleQueue()
    children = [multiprocessing.Process(target=work, args=(results,)) for _ in range(3)]
    for child in children:
        child.start()
    found = [results.get() for _ in children]
    for child in children:
        child.join()
    facts = {
        "processes": [process for process, _, _ in found],
        "generations": [generation for _, generation, _ in found],
        "shared": [value == own for _, _, value in found],
        "refused": refusal(),
    }
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
