"""A signal handler that calls the provider that the main thread is just waiting for, at many moments."""

from __future__ import annotations

import faulthandler
import random
import signal
import sys
from typing import Any

from trusted_profile import TokenProvider, TrustedProfileError

endpoint, transport, call = sys.argv[1:]
moments = random.Random(6)
# Says where it hangs.
faulthandler.dump_traceback_later(300, exit=True)


def handler(_: int, __: Any) -> None:
    getattr(tokens, call)()


tokens = TokenProvider.vpc_instance(endpoint=endpoint, transport=transport)
signal.signal(signal.SIGALRM, handler)
for _ in range(100):
    tokens = TokenProvider.vpc_instance(endpoint=endpoint, transport=transport)
    signal.setitimer(signal.ITIMER_REAL, moments.uniform(0.0002, 0.006))
    try:
        tokens.token()
    except TrustedProfileError as error:
        if error.code != "closed":
            raise
    signal.setitimer(signal.ITIMER_REAL, 0)
