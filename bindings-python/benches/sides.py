"""The two sides: each in a fresh virtual environment with what its package brings, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

PEER = "ibm-cloud-sdk-core"
PEER_CLIENT = "ibm-vpc"
ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "python" / "trusted_profile"


@dataclass(frozen=True)
class Side:
    """One of the two."""

    name: str
    """``ours`` or ``peer``, as the programs know them."""
    module: str
    """What is imported."""
    python: Path
    packages: Path
    distributions: tuple[str, ...]
    """What was installed, with versions."""

    @property
    def files(self) -> list[Path]:
        """What an installation without bytecode consists of."""
        return [file for file in self.packages.rglob("*") if file.is_file() and file.suffix != ".pyc"]

    @property
    def installed_bytes(self) -> int:
        return sum(file.stat().st_size for file in self.files)

    def compile(self) -> None:
        """Writes bytecode, as pip does when it installs."""
        command = [str(self.python), "-m", "compileall", "-q", str(self.packages)]
        subprocess.run(command, check=True, env=environment())


def ours(folder: Path) -> Side:
    """Our wheel, if ``TRUSTED_PROFILE_WHEEL`` names one; else the package as it is in this tree."""
    python, packages = _fresh(folder / "ours")
    wheel = os.environ.get("TRUSTED_PROFILE_WHEEL")
    if wheel:
        command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-index", "--no-compile", wheel]
        subprocess.run(command, check=True)
        what = Path(wheel).name
    else:
        if not list(PACKAGE.glob("_native*.so")):
            raise SystemExit(f"TRUSTED_PROFILE_WHEEL names no wheel, and {PACKAGE} has no native part")
        shutil.copytree(PACKAGE, packages / "trusted_profile", ignore=shutil.ignore_patterns("__pycache__"))
        what = "trusted-profile from the tree"
    return Side("ours", "trusted_profile", python, packages, (what,))


def peer(folder: Path) -> Side:
    """IBM's package and all that it brings, copied from the environment that runs this."""
    return _copied(folder / "peer", PEER, "ibm_cloud_sdk_core")


def peer_client(folder: Path) -> Side:
    """IBM's client of the VPC API, which brings that package along."""
    return _copied(folder / "peer-client", PEER_CLIENT, "ibm_vpc")


def _copied(folder: Path, name: str, module: str) -> Side:
    python, packages = _fresh(folder)
    distributions = _closure(name, {})
    for distribution in distributions.values():
        for file in distribution.files or ():
            source = Path(str(distribution.locate_file(file)))
            if ".." in file.parts or file.suffix == ".pyc" or not source.is_file():
                continue
            target = packages / Path(file)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    versions = tuple(f"{name} {distributions[name].version}" for name in distributions)
    return Side("peer", module, python, packages, versions)


def environment(**more: str) -> dict[str, str]:
    """What measured processes see: nothing that changes how Python, either side or a proxy behaves."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": os.environ.get("HOME", "/"), "LC_ALL": "C.UTF-8", **more}


def _fresh(folder: Path) -> tuple[Path, Path]:
    venv.create(folder, symlinks=True, with_pip=False)
    return folder / "bin" / "python", next((folder / "lib").glob("python*")) / "site-packages"


def _closure(name: str, found: dict[str, metadata.Distribution]) -> dict[str, metadata.Distribution]:
    """The distribution and what it needs, without extras."""
    if name in found:
        return found
    found[name] = metadata.distribution(name)
    for requirement in found[name].requires or ():
        specified, _, marker = requirement.partition(";")
        named = re.match(r"[\w.-]+", specified)
        assert named is not None, requirement
        if _applies(marker.strip()):
            _closure(re.sub(r"[-_.]+", "-", named[0]).lower(), found)
    return found


def _applies(marker: str) -> bool:
    """Whether a requirement is one of this interpreter: of the markers that these packages have, no more."""
    if not marker or "extra ==" in marker:
        return not marker
    compared = re.fullmatch(r'python_version (<|>=) "3\.(\d+)"', marker)
    if compared is None:
        raise ValueError(f"a requirement with a marker that the bench does not know: {marker}")
    return (sys.version_info[:2] < (3, int(compared[2]))) == (compared[1] == "<")
