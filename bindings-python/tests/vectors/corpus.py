"""The files of the corpus: found, played, hashed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from difference import Difference
from strict_json import read

from . import player
from .operations import Operations
from .script import Script

ROOT = Path(__file__).resolve().parents[3] / "tests" / "vectors"
SCENARIOS = ROOT.parent / "scenarios"


@dataclass
class File:
    """One file: its path below the folder of its corpus, and its bytes."""

    path: str
    data: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.data)


@dataclass
class Outcome:
    """What came of a file that went as it expects."""

    left_out: list[str]
    """The lists that the package has no public interface for."""
    fast_path_hits: int
    """How often the cached token was handed out."""


def files() -> list[File]:
    """Every file of ``scripts/`` and ``operations/``, sorted by path."""
    return _found(ROOT, "operations", "scripts")


def scenarios() -> list[File]:
    """Every scenario, sorted by path."""
    return _found(SCENARIOS, "scripts")


def _found(root: Path, *folders: str) -> list[File]:
    paths = [path for folder in folders for path in (root / folder).rglob("*") if path.is_file()]
    found = [File(path.relative_to(root).as_posix(), path.read_bytes()) for path in paths]
    return sorted(found, key=lambda file: file.path.encode())


def digest(files: list[File]) -> str:
    """SHA-256 over every file, sorted by path: the path, a zero byte, the bytes, a zero byte."""
    return sha256(b"".join(file.path.encode() + b"\0" + file.data + b"\0" for file in files)).hexdigest()


def run(path: str, json: Any) -> Outcome:
    """Plays one file, whichever kind it is. Raises ``Difference`` when it goes otherwise than expected."""
    try:
        if path.startswith("scripts/"):
            script = read(Script, json, "")
            _named(path, f"scripts/{script.name}.json")
            return Outcome([], player.play(script))
        operations = read(Operations, json, "")
        _named(path, f"operations/{operations.name}.json")
        return Outcome(operations.play(), 0)
    except Difference as difference:
        raise Difference(f"{path}: {difference}") from None


def _named(path: str, by_name: str) -> None:
    if path != by_name:
        raise Difference(f"its name says {by_name}")
