"""The classes for what bodies and answers hold, on every Python there is: their annotations mean something at run time."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import get_type_hints, is_typeddict

import pytest

from trusted_profile import models

MODULES = sorted(module.name for module in iter_modules(models.__path__))


def test_every_service_has_a_module() -> None:
    assert MODULES == [
        "containers",
        "iam_access_groups",
        "iam_identity",
        "iam_policy_management",
        "iam_token",
        "metadata",
        "vpc",
    ]


@pytest.mark.parametrize("name", MODULES)
def test_annotations_can_be_evaluated(name: str) -> None:
    module = import_module(f"trusted_profile.models.{name}")
    classes = [member for member in vars(module).values() if is_typeddict(member)]
    assert classes
    for member in classes:
        assert get_type_hints(member).keys() == member.__required_keys__ | member.__optional_keys__


def test_keys_are_required_of_what_a_request_sends() -> None:
    vpc = import_module("trusted_profile.models.vpc")
    assert vpc.CreateDedicatedHostGroupRequest.__required_keys__ == {"class", "family", "zone"}
    assert vpc.CreateDedicatedHostGroupRequest.__optional_keys__ == {"name", "resource_group"}
    assert not vpc.DedicatedHostGroup.__required_keys__
