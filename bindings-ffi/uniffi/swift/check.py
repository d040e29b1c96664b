"""Looks at the generated Swift as far as that goes without a Swift compiler.

The C header compiles and fits the module map; everything that Rust exports is in the Swift, and every symbol that the
Swift calls is declared in the header and defined by the library.

    python check.py FOLDER/swift
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

CRATE = Path(__file__).parents[1]


def main(folder: Path) -> None:
    swift = (folder / "TrustedProfile.swift").read_text()
    header = (folder / "TrustedProfileFFI.h").read_text()
    _compiles(folder)
    _module_map(folder, swift)
    called = _symbols(swift, header, _defined(folder))
    names = _names(swift)
    _brackets(swift)
    print(f"swift: {names} names of the Rust interface found, {called} symbols called, declared and defined; the header compiles")


def _compiles(folder: Path) -> None:
    """As C on its own, twice included."""
    source = '#include "TrustedProfileFFI.h"\n#include "TrustedProfileFFI.h"\nint main(void) { return 0; }\n'
    # Words of clang, which Swift's importer is made of. Other compilers do without.
    words = ["-D_Nonnull=", "-D_Nullable="]
    flags = ["-std=c11", "-Wall", "-Wextra", "-Werror", *words, "-fsyntax-only", "-xc", f"-I{folder}", "-"]
    subprocess.run(["cc", *flags], input=source, text=True, check=True)


def _module_map(folder: Path, swift: str) -> None:
    module_map = (folder / "TrustedProfileFFI.modulemap").read_text()
    module = re.search(r"module (\w+) \{\s*header \"([^\"]+)\"", module_map)
    assert module, module_map
    assert (folder / module[2]).is_file(), module[2]
    assert f"#if canImport({module[1]})\nimport {module[1]}\n#endif" in swift, "the Swift imports another module"


def _symbols(swift: str, header: str, defined: set[str]) -> int:
    pattern = r"\b(?:uniffi|ffi)_trusted_profile_uniffi_\w+"
    called, declared = set(re.findall(pattern, swift)), set(re.findall(pattern, header))
    assert called, "the Swift calls nothing"
    assert called <= declared, f"called and not declared: {sorted(called - declared)}"
    assert called <= defined, f"called and not defined: {sorted(called - defined)}"
    return len(called)


def _defined(folder: Path) -> set[str]:
    (library,) = (folder.parent / "resources").glob("*/libtrusted_profile_uniffi.*")
    told = subprocess.run(["nm", "--dynamic", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1] for line in told.splitlines()}


def _names(swift: str) -> int:
    """Everything of the Rust sources that is exported: types with their members, methods and functions."""
    found = 0
    for file in sorted((CRATE / "src").rglob("*.rs")):
        source = file.read_text().split("#[cfg(test)]")[0]
        for derive, kind, name, body in re.findall(r"uniffi::(Record|Enum|Error|Object)\)\](?:\n#\[[^\n]*)*\npub (struct|enum) (\w+)(?: \{(.*?)\n\}|;)", source, re.S):
            words = {"Record": "struct", "Enum": "enum", "Error": "enum", "Object": "open class"}[derive]
            declared = re.search(rf"^(?:public )?{words} {name}\b[^\n]*\{{(.*?)^\}}", swift, re.S | re.M)
            assert declared, f"no {words} {name}"
            found += 1
            if derive == "Record":
                for field in re.findall(r"^    pub (\w+):", body, re.M):
                    assert re.search(rf"\b(?:let|var) `?{_camel(field)}`?:", declared[1]), f"{name} has no {field}"
                    found += 1
            elif kind == "enum":
                for variant in re.findall(r"^    (\w+)(?: \{|,)", body, re.M):
                    spelled = variant if derive == "Error" else variant[0].lower() + variant[1:]
                    assert re.search(rf"\bcase `?{spelled}\b", declared[1]), f"{name} has no {variant}"
                    found += 1
        for block in re.findall(r"^#\[uniffi::export\]\nimpl \w+ \{(.*?)^\}", source, re.S | re.M):
            for name in re.findall(r"^    pub (?:async )?fn (\w+)", block, re.M):
                spelled = "init" if name == "new" else f"func {_camel(name)}"
                assert re.search(rf"\b{spelled}\(", swift), f"no {spelled}"
                found += 1
        for name in re.findall(r"^#\[uniffi::export\]\npub fn (\w+)", source, re.M):
            assert f"public func {_camel(name)}(" in swift, f"no function {name}"
            found += 1
    assert found > 200, f"only {found} names: the sources have another form than this looks for"
    return found


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _brackets(swift: str) -> None:
    """A file that was cut short does not get past this."""
    code = re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', "", swift, flags=re.S)
    for opening, closing in ("{}", "()", "[]"):
        assert code.count(opening) == code.count(closing), f"{opening} and {closing} are not even"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
