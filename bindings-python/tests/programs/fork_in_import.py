"""Forks in the middle of another thread's first fetch: when the module that is named is just being imported."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from children import Child

from trusted_profile import TokenProvider

endpoint, transport, module = sys.argv[1:]
# A child that waited for its parent's exchange would hang for longer than it is waited for.
policy = {"link_local": {"connect": 5, "attempt": 120, "round": 600}}
tokens = TokenProvider.vpc_instance(endpoint=endpoint, transport=transport, policy=policy)
assert module not in sys.modules
thread = threading.Thread(target=tokens.token)
thread.start()
while module not in sys.modules:
    pass
print(Child(lambda: f"generation {tokens.token().generation}").outcome())
thread.join()
