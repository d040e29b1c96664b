#!/usr/bin/env bash
# Makes builds for wasm32-unknown-unknown work, with the first of these that does:
#
#   1. the active toolchain has the target already
#   2. rustup may download: it adds the target to the active toolchain (and nothing else)
#   3. Debian or Ubuntu: a private toolchain from their packages, the standard library built once
#
#   scripts/ensure-wasm-target.sh cargo build --target wasm32-unknown-unknown    # run one command
#   eval "$(scripts/ensure-wasm-target.sh)"                                      # or prepare this shell
#
# RUSTUP_AUTO_INSTALL=0 means "rustup downloads nothing here": step 2 is then left out. Step 3 needs
# no root and installs nothing: packages are unpacked below the cache folder and found again later.
#
# Give these builds a CARGO_TARGET_DIR of their own: the compiler may be another one than usual.
set -euo pipefail

target=wasm32-unknown-unknown
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${WASM_TOOLCHAIN_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/trusted-profile/wasm-toolchain}
# Another number where it is built in another way: what is there was built in the old one.
private=$cache/toolchain-3
packages=(rustc-web cargo-web libstd-rust-web-dev rust-web-src)

say() { printf 'ensure-wasm-target: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Whether the compiler $1 has a standard library for the target.
has_target() {
  local lib
  lib=$("$1" --print target-libdir --target "$target" 2>/dev/null) || return 1
  compgen -G "$lib/libcore-*.rlib" >/dev/null && compgen -G "$lib/libstd*.rlib" >/dev/null
}

# Ends the script: runs the command line, or prints what prepares a shell. $1: a toolchain's bin folder.
command_line=("$@")
finish() {
  if [ ${#command_line[@]} -gt 0 ]; then
    if [ $# -gt 0 ]; then
      export PATH="$1:$PATH"
      unset RUSTUP_TOOLCHAIN RUSTC CARGO RUSTC_WRAPPER
    fi
    exec "${command_line[@]}"
  fi
  [ $# -eq 0 ] || printf 'export PATH=%q:"$PATH"; unset RUSTUP_TOOLCHAIN RUSTC CARGO RUSTC_WRAPPER\n' "$1"
  exit 0
}

# --- apt, without root: its own lists are used, and lists of ours when they do not serve -----------

apt_options=()
apt() { local tool=$1; shift; "$tool" "${apt_options[@]}" "$@"; }

own_lists() {
  mkdir -p "$cache/apt/lists/partial" "$cache/apt/archives/partial"
  apt_options=(-o "Dir::State::Lists=$cache/apt/lists" -o "Dir::Cache=$cache/apt" -o APT::Sandbox::User=)
  apt apt-get -qq update >&2
}

offered() { apt apt-cache policy "${packages[0]}" 2>/dev/null | awk '/Candidate:/ && $2 != "(none)" { print $2 }'; }

# The packages to unpack: what apt would install for ours and a linker, as far as it is ours or a library.
needed() {
  local linker wanted package
  linker=$(apt apt-cache depends rust-web-llvm 2>/dev/null | grep -oE '\blld-[0-9]+\b' | head -n 1) ||
    linker=$(apt apt-cache search --names-only '^lld-[0-9]+$' | awk '{ print $1 }' | sort -t- -k2 -n | tail -n 1)
  wanted=("${packages[@]}" ${linker:+"$linker"})
  # Ours come from the list: apt would not name those that are installed already.
  printf '%s\n' "${wanted[@]}"
  for package in $(apt apt-get -s --no-install-recommends install "${wanted[@]}" | awk '$1 == "Inst" { print $2 }'); do
    case " ${wanted[*]} libc6 libc6-dev libc-dev-bin " in *" $package "*) continue ;; esac
    case $package in lib*) printf '%s\n' "$package" ;; esac
  done
}

download() { # $1: folder
  local list
  list=$(needed) || return 1
  mapfile -t list <<<"$list"
  say "downloading ${list[*]}"
  (cd "$1" && rm -f ./*.deb && apt apt-get -qq -o APT::Sandbox::User= download "${list[@]}") >&2
}

# --- the private toolchain -------------------------------------------------------------------------

# Debian's programs look for their libraries in /usr/lib: start them with those beside them.
wrap_programs() { # $1: toolchain
  local program
  mkdir -p "$1/libexec/real"
  for program in rustc rustdoc cargo; do
    mv "$1/bin/$program" "$1/libexec/real/$program"
    cat >"$1/bin/$program" <<'WRAPPER'
#!/bin/sh
home=$(dirname "$(dirname "$(readlink -f "$0")")")
LD_LIBRARY_PATH="$(echo "$home"/lib/*-linux-gnu*)${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export LD_LIBRARY_PATH
exec "$home/libexec/real/$(basename "$0")" "$@"
WRAPPER
    chmod +x "$1/bin/$program"
  done
}

link_linker() { # $1: toolchain
  local lld host
  lld=$(compgen -G "$1/lib/llvm-*/bin/lld" | tail -n 1) || die 'apt offers no lld'
  host=$("$1/bin/rustc" -vV | sed -n 's/^host: //p')
  mkdir -p "$1/lib/rustlib/$host/bin"
  ln -sfn "../../../../${lld#"$1/"}" "$1/lib/rustlib/$host/bin/rust-lld"
}

# std alone, without symbols in backtraces and without libtest: what a wasm build links. Small before fast, as what
# links it is. No setting of the build that wants it changes how it is built.
build_std() { # $1: toolchain, $2: scratch folder
  local source
  source=$(compgen -G "$1/src/rustc-*/library" | head -n 1) || die 'rust-web-src holds no library'
  cp -r "$source" "$2/library"
  say "building the standard library for $target (a minute or two on two cores)"
  # --remap-path-prefix: panic messages must not carry this machine's paths.
  (cd "$2/library" && env -u CARGO_ENCODED_RUSTFLAGS -u CARGO_BUILD_TARGET -u RUSTUP_TOOLCHAIN -u RUSTC_WRAPPER \
    -u CARGO_PROFILE_RELEASE_LTO -u CARGO_PROFILE_RELEASE_PANIC -u CARGO_PROFILE_RELEASE_STRIP CARGO_PROFILE_RELEASE_OPT_LEVEL=z \
    PATH="$1/bin:$PATH" RUSTC="$1/bin/rustc" CARGO_TARGET_DIR="$2/target" RUSTC_BOOTSTRAP=1 CARGO_INCREMENTAL=0 \
    RUSTFLAGS="-Zforce-unstable-if-unmarked -Cembed-bitcode=yes --remap-path-prefix=$2/library=/rustc/library --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=" \
    "$1/bin/cargo" build --quiet --release --locked --target "$target" -p std \
    --no-default-features --features 'panic-unwind compiler-builtins-mem optimize_for_size') >&2
  mkdir -p "$1/lib/rustlib/$target/lib"
  cp "$2/target/$target/release/deps/"*.rlib "$1/lib/rustlib/$target/lib/"
  # Only what was copied is needed: the sources are most of the size.
  rm -rf "$1"/src/rustc-*
}

build_toolchain() {
  local work toolchain package
  work=$(mktemp -d "$cache/build.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  download "$work" || { own_lists; download "$work"; } || die 'apt could not download the packages'
  mkdir "$work/root"
  for package in "$work"/*.deb; do dpkg -x "$package" "$work/root"; done
  rm -f "$work"/*.deb
  toolchain=$work/root/usr
  wrap_programs "$toolchain"
  link_linker "$toolchain"
  build_std "$toolchain" "$work"
  has_target "$toolchain/bin/rustc" || die 'the toolchain was built, but lacks the target'
  rm -rf "$private"
  mv "$toolchain" "$private"
  rm -rf "$work"
  trap - EXIT
}

# -------------------------------------------------------------------------------------------------

if [ -z "${WASM_FORCE_PRIVATE:-}" ]; then
  ! has_target rustc || finish
  if [ "${RUSTUP_AUTO_INSTALL:-1}" != 0 ] && command -v rustup >/dev/null; then
    if (cd "$root" && timeout 300 rustup target add "$target") >&2 && has_target rustc; then finish; fi
    say 'rustup could not add the target'
  fi
fi

for tool in apt-get apt-cache dpkg flock; do
  command -v "$tool" >/dev/null || die "the Rust target $target is missing: install it with 'rustup target add $target' ($tool, for another way, is not here)"
done
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
if ! has_target "$private/bin/rustc"; then
  [ -n "$(offered)" ] || own_lists || true
  [ -n "$(offered)" ] || die "the Rust target $target is missing, and apt offers no ${packages[0]}: run 'rustup target add $target'"
  build_toolchain
fi
exec 9>&-
say "using $("$private/bin/rustc" -V) from $cache"
finish "$private/bin"
