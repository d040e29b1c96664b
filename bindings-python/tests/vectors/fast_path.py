"""A cached token is handed out without asking the machine. It has to be the one that the machine would give."""

from __future__ import annotations

from difference import same

from trusted_profile import AccessToken
from trusted_profile.sansio import Action, Now, Ticket, TokenManager

from .instants import NEVER


class FastPath:
    """Polls for the last slot, and looks at the cached token before and after."""

    def __init__(self, machine: TokenManager) -> None:
        self._machine = machine
        self.hits = 0
        """How often there was a cached token."""

    def poll(self, ticket: Ticket, slot: str | None, now: Now) -> Action:
        """What the machine returns."""
        cached = self._machine.ready(now)
        action = self._machine.poll(ticket, slot, now)
        token = action.token if isinstance(action, Action.Ready) else None
        if cached is not None:
            self.hits += 1
            same("the cached token", _facts(token), _facts(cached))
        kept = None if token is None or _has_come(token.refresh_at, now) else token
        same("the token that is cached", _facts(kept), _facts(self._machine.ready(now)))
        return action


def _facts(token: AccessToken | None) -> list[object]:
    return [] if token is None else [token.value, token.slot, token.generation]


def _has_come(instant: Now, now: Now) -> bool:
    clocks = ((now.monotonic_ns, instant.monotonic_ns), (now.unix_ns, instant.unix_ns))
    return any(NEVER != come <= clock for clock, come in clocks)
