#!/usr/bin/env bash
# Builds the command line program as one file, as static as the toolchain that is there can make it, and
# weighs it. No toolchain and no target is downloaded.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

budget=8000000 # bytes

# What rustc builds for where it is told nothing, and whether its library for target $1 is installed.
host=$(rustc -vV | sed -n 's/^host: //p')
has_target() { [ -d "$(rustc --print target-libdir --target "$1" 2>/dev/null)" ]; }

target=$host flags='' kind='dynamically linked: this toolchain has no static C library for it'
case $host in
  *-linux-gnu)
    musl=${host%-gnu}-musl
    # The TLS library has parts in C, so a C compiler for musl is needed as well.
    compiler_variable=CC_${musl//-/_}
    if has_target "$musl" && { [ -n "${!compiler_variable:-}" ] || command -v musl-gcc >/dev/null; }; then
      target=$musl kind='static, with musl'
    elif [ -f "$(cc -print-file-name=libc.a)" ]; then
      flags='-C target-feature=+crt-static' kind='static, with glibc'
    fi
    ;;
  *-linux-musl) kind='static, with musl' ;;
esac

# Panic messages must not carry this machine's paths.
export RUSTFLAGS="$flags --remap-path-prefix=$PWD=. --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src="
cargo build --quiet --locked --profile dist --target "$target" -p trusted-profile --features cli --bin trusted-profile

binary=${CARGO_TARGET_DIR:-target}/$target/dist/trusted-profile
bytes=$(wc -c <"$binary")
"$binary" --version >/dev/null
# Where users find it, whatever it was built for.
cp -f "$binary" "${CARGO_TARGET_DIR:-target}/trusted-profile"
binary=${CARGO_TARGET_DIR:-target}/trusted-profile
echo "$binary: $bytes bytes (budget $budget), $kind"
if [ "$bytes" -gt "$budget" ]; then
  echo "the binary is $((bytes - budget)) bytes over its budget"
  exit 1
fi
