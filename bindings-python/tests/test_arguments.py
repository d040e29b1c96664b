"""Arguments that cannot be used, and the errors that say so."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from trusted_profile import TokenProvider
from trusted_profile.errors import BY_CODE, InvalidArgumentError
from trusted_profile.sansio import Response


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"source": "vpc"}, 'source: expected vpc_instance, .*, got "vpc"'),
        ({"source": "vpc_instance", "profil_id": "x"}, "source: .*unknown field profil_id, expected one of source, profile_id"),
        ({"source": "container"}, "profile: expected one of"),
        ({"source": "api_key", "api_key": "hunter two"}, r"api_key: expected the bare key.*got \"\(hidden\)\""),
        ({"source": "api_key", "api_key": ""}, "api_key: expected the bare key.*got nothing"),
        ({"source": "vpc_instance", "endpoint": 5}, "source: .*endpoint: another kind of value, expected a string"),
        ({"source": "vpc_instance", "identity_token_expires_in": "300"}, "identity_token_expires_in: another kind of value, expected u64"),
        ({"source": "external"}, "external needs its callback"),
    ],
)
def test_options_that_cannot_be_used(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message) as caught:
        TokenProvider(options)
    assert isinstance(caught.value, ValueError) and "hunter" not in str(caught.value)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"cool_down": 1}, "policy: .*unknown field cool_down, expected one of .*cooldown"),
        ({"cooldown": -1}, "cooldown: expected seconds, 0 or more, got -1"),
        ({"remote": {"connect": 1, "attempt": 0.5, "round": 3}}, "remote.attempt: expected at least connect"),
        ({"max_attempts": 0}, "max_attempts: expected 1 to 100"),
        ({"max_attempts": 1.5}, "policy: .*max_attempts: another kind of value, expected u32"),
        ({"remote": {"connect": 2}}, "policy: .*remote: missing field attempt"),
    ],
)
def test_policies_that_cannot_be_used(policy: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgumentError, match=message):
        TokenProvider.vpc_instance(policy=policy)


def test_arguments_of_no_usable_type() -> None:
    endless: dict[str, Any] = {"source": "assume"}
    endless["base"] = endless

    class EndlessPath:
        def __fspath__(self) -> Any:
            return self

    given: list[tuple[dict[str, Any], str]] = [
        ({"source": endless}, "source.*base: expected .* got mappings within mappings without end"),
        ({"source": {"source": "vpc_instance"}, "policy": {"cooldown": 10**30}}, "policy.cooldown: .* got a number beyond all reason"),
        ({"source": {"source": "vpc_instance"}, "policy": {1: 2}}, "policy: .* got a name that is no text"),
        ({"source": {"source": "container", "cr_token_file": EndlessPath()}}, "source.cr_token_file: .* got a path that is no text"),
        ({"source": {"source": "vpc_instance", "endpoint": ["x"]}}, "source.endpoint: expected text, .* got list"),
        ({"source": {"source": "vpc_instance"}, "private_proxy": "http://u:secret\udcff@h:1"}, "private_proxy: expected text"),
    ]
    for arguments, message in given:
        with pytest.raises(TypeError, match=message) as caught:
            TokenProvider(**arguments)
        assert "secret" not in repr(caught.value)
    wrong: Any = 5
    for options in ({"callback": wrong}, {"on_event": wrong}):
        with pytest.raises(InvalidArgumentError, match="expected a function, got int"):
            TokenProvider({"source": "external"}, **options)
    assert isinstance(TokenProvider.container(profile_id="Profile-1", cr_token_file=Path("/run/token")), TokenProvider)
    with pytest.raises(ValueError, match="too many"):
        Response(200, [(f"x-{number}", "") for number in range(40_000)])


def test_errors_are_made_without_a_line_of_python() -> None:
    """Native code makes them, also in a daemon thread of an interpreter that ends."""
    for code, kind in BY_CODE.items():
        error = kind("text", {"kind": "local"})
        assert not hasattr(kind.__init__, "__code__") and not hasattr(kind.__new__, "__code__"), code
        again = pickle.loads(pickle.dumps(error))
        assert (str(again), again.kind, repr(again)) == ("text", "local", f"{kind.__name__}('text')")


@pytest.mark.parametrize("transport", ["requests", 3])
def test_a_transport_that_is_none(transport: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="^invalid_argument: transport: expected") as caught:
        TokenProvider.vpc_instance(transport=transport)
    assert caught.value.kind == "configuration"
