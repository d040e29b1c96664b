#!/usr/bin/env bash
# Says in one line each which of the named tools is missing or too old. It installs nothing.
#
#   scripts/require.sh rust cc python
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
missing=0

lacks() { printf 'missing: %s\n' "$*" >&2; missing=1; }

# Whether version $1 is at least version $2.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

for tool in "$@"; do
  case $tool in
    rust)
      wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml")
      for program in cargo rustc rustfmt cargo-clippy; do
        command -v "$program" >/dev/null || lacks "$program (Rust $wanted or later, with rustfmt and clippy)"
      done
      found=$(rustc --version 2>/dev/null | awk '{ print $2 }') || true
      at_least "${found:-0}" "$wanted" || lacks "Rust $wanted or later (found ${found:-none})"
      ;;
    nightly)
      rustc +nightly --version >/dev/null 2>&1 || lacks 'a nightly Rust compiler known to rustup, for fuzzing'
      ;;
    cc) command -v cc >/dev/null || lacks 'a C compiler as cc, for the TLS library of the Rust client' ;;
    curl | jq) command -v "$tool" >/dev/null || lacks "$tool, which samples are run with, and ours is compared with" ;;
    git) command -v git >/dev/null || lacks 'git' ;;
    node)
      found=$(node --version 2>/dev/null) || true
      at_least "${found:-v0}" v20.19 || lacks "Node.js 20.19 or later (found ${found:-none})"
      command -v npm >/dev/null || lacks 'npm, which comes with Node.js'
      ;;
    go)
      found=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null) || true
      at_least "${found:-go0}" go1.26 || lacks "Go 1.26 or later (found ${found:-none})"
      ;;
    ip) PATH=$PATH:/usr/sbin:/sbin command -v ip >/dev/null || lacks 'ip (Debian: iproute2), for tests in network namespaces' ;;
    unshare)
      for program in unshare nsenter; do
        command -v "$program" >/dev/null || lacks "$program (Debian: util-linux), for tests in network namespaces"
      done
      ! command -v unshare >/dev/null || unshare -nm true 2>/dev/null || unshare -Urnm true 2>/dev/null \
        || lacks 'the right to make network namespaces (unshare -nm as root, or unshare -Urnm)'
      ;;
    java)
      found=$(javac -version 2>&1 | awk '/^javac/ { print $2 }') || true
      at_least "${found:-0}" 17 || lacks "a Java development kit, 17 or later (found ${found:-none})"
      ;;
    mvn) command -v mvn >/dev/null || lacks 'Maven as mvn (Debian: maven)' ;;
    python) "$root/scripts/python.sh" >/dev/null || lacks 'Python 3.10 or later with venv' ;;
    *) lacks "$tool (unknown to scripts/require.sh)" ;;
  esac
done
exit "$missing"
