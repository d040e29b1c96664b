"""What an adapter says when its library is not there."""

from __future__ import annotations

import subprocess
import sys

import pytest

ADAPTERS = {
    "requests": "requests",
    "httpx": "httpx",
    "ibm_cloud_sdk_core": "ibm-cloud-sdk-core",
    "ibm_boto3": "ibm-cos-sdk",
}


def run(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize(("library", "package"), ADAPTERS.items())
def test_the_package_to_install_is_named(library: str, package: str) -> None:
    program = f"""
import sys
sys.modules[{library!r}] = None
try:
    import trusted_profile.adapters.{library}
except ImportError as error:
    print(error.name, error)
"""
    expected = f"{library} trusted_profile.adapters.{library} needs {library.replace('ibm_cloud_sdk_core', 'ibm-cloud-sdk-core')}"
    assert run(program) == f"{expected}: pip install {package}"


def test_no_library_is_imported_before_its_adapter() -> None:
    program = f"import sys, trusted_profile, trusted_profile.adapters; print([m for m in {list(ADAPTERS)} if m in sys.modules])"
    assert run(program) == "[]"
