#!/usr/bin/env bash
# Prints the oldest and the newest CPython on this machine that the Python package is made for: those on the
# path, and those of pyenv and uv. One line if there is just one.
set -euo pipefail

candidates() {
  local version
  for version in 3.10 3.11 3.12 3.13 3.14 3.15; do
    command -v "python$version" || true
  done
  command -v python3 || true
  compgen -G "${PYENV_ROOT:-$HOME/.pyenv}/versions/*/bin/python3" || true
  compgen -G "${UV_PYTHON_INSTALL_DIR:-$HOME/.local/share/uv/python}/cpython-*/bin/python3" || true
}

# Version and path of each that works. The free-threaded build cannot load the wheel.
usable() {
  local python
  while read -r python; do
    "$python" -c '
import sys, sysconfig, venv, ensurepip
fits = sys.implementation.name == "cpython" and sys.version_info >= (3, 10) and not sysconfig.get_config_var("Py_GIL_DISABLED")
print("%d.%d" % sys.version_info[:2], sys.executable) if fits else sys.exit(1)' 2>/dev/null || true
  done
}

found=$(candidates | usable | sort -V -u)
[ -n "$found" ] || exit 1
{ head -n 1 <<<"$found"; tail -n 1 <<<"$found"; } | cut -d ' ' -f 2- | uniq
