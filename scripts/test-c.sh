#!/usr/bin/env bash
# Builds the C library and tests it as programs use it: the header, the symbols, both corpora, every operation, the border, fork,
# the examples, and what is installed; the corpora and the border once more under AddressSanitizer and valgrind, which have to notice a
# leak and an overflow.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
target=${CARGO_TARGET_DIR:-$root/target}
scripts/c-packages.sh

step() { printf '\n-- C, after %d s: %s\n' "$SECONDS" "$*"; }
fail() { echo "$*" >&2; exit 1; }

step 'the border and the small profile, which unwinds'
cargo test --quiet --locked --profile dist -p trusted-profile-c --no-default-features --features operations
lib=$(scripts/c-library.sh)
cargo build --quiet --locked -p simulator -p vectors -p oracle --bins
export TRUSTED_PROFILE_SIMULATOR=$target/debug/simulator
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export TRUSTED_PROFILE_KEYS=$scratch/keys
export TMPDIR=$scratch/temporary
mkdir "$TRUSTED_PROFILE_KEYS" "$TMPDIR"

step 'the header, as C11 and as C++17'
header=$root/bindings-ffi/c/include/trusted_profile.h
for options in '' -DTP_NO_TRANSPORT; do
  # shellcheck disable=SC2086 # none or one option
  echo "#include \"$header\"" | gcc -x c -std=c11 -Wall -Wextra -Werror -pedantic $options -fsyntax-only -
  # shellcheck disable=SC2086
  echo "#include \"$header\"" | g++ -x c++ -std=c++17 -Wall -Wextra -Werror -pedantic $options -fsyntax-only -
done

step 'the symbols: those of the header, and no others'
declared() { gcc -E -x c "$@" "$header" | grep -oE '\btp_[a-z0-9_]+ ?\(' | tr -d ' (' | sort -u; }
exported() { nm -D --defined-only "$1" | awk '{ print $3 }' | sed 's/@.*//' | sort; }
defined() { nm --defined-only --extern-only "$1" 2>/dev/null | awk '$2 == "T" && $3 ~ /^tp_/ { print $3 }' | sort -u; }
diff <(declared) <(exported "$lib/libtrusted_profile.so")
diff <(declared) <(defined "$lib/libtrusted_profile.a")
diff <(declared -DTP_NO_TRANSPORT) <(defined "$lib/libtrusted_profile_sansio.a")
objdump -p "$lib/libtrusted_profile.so" | grep 'SONAME *libtrusted_profile\.so\.[0-9]*$' >/dev/null || fail 'the shared library has no versioned soname'
echo "$(declared | wc -l) functions; without the transport $(declared -DTP_NO_TRANSPORT | wc -l)"

build() { make --no-print-directory -j "$(nproc)" -C bindings-ffi/c/tests BUILD="$target/c/$1" LIBRARY="$2" SANITIZE="$3" "${@:4}"; }
step 'the test programs'
build plain "$lib/libtrusted_profile.a" ''
build asan "$lib/libtrusted_profile.a" '-fsanitize=address,undefined -fno-sanitize-recover=all'
plain=$target/c/plain asan=$target/c/asan
export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1
memcheck() { valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect --child-silent-after-fork=no "$@"; }

step 'canaries: a leak and an overflow are noticed'
for canary in leak overflow; do
  ! "$asan/$canary" 2>"$scratch/noticed" || fail "AddressSanitizer does not notice the $canary"
  grep -qE 'LeakSanitizer: detected|heap-buffer-overflow' "$scratch/noticed" || fail "AddressSanitizer says something else of the $canary"
  ! memcheck "$plain/$canary" 2>"$scratch/noticed" || fail "valgrind does not notice the $canary"
  grep -qE 'definitely lost|Invalid read' "$scratch/noticed" || fail "valgrind says something else of the $canary"
done
echo 'canaries: 2 noticed by AddressSanitizer, 2 by valgrind'

step 'vectors'
whole() { # $1: a corpus, $2: what a runner printed
  local line
  line="$1: $(find "tests/$1/scripts" -name '*.json' | wc -l) run, 0 skipped"
  grep -qxF "$line" "$2" || fail "nothing reported '$line'"
}
"$plain/vectors" "$root" | tee "$scratch/vectors"
whole vectors "$scratch/vectors"
"$target/debug/canary" --write "$scratch/falsified" >"$scratch/canary"
grep -xF "$(grep '^corpus: ' "$scratch/vectors")" "$scratch/canary" >/dev/null || fail 'the corpus is not the one that Rust ran'
"$plain/vectors" "$root" "$scratch/falsified"
"$asan/vectors" "$root" >"$scratch/asan"
whole vectors "$scratch/asan"
echo 'AddressSanitizer: clean'
memcheck "$plain/vectors" "$root" >"$scratch/valgrind"
whole vectors "$scratch/valgrind"
echo 'valgrind: clean'

step 'every operation, and calls without I/O'
"$target/debug/every-request" >"$scratch/requests"
"$asan/operations" "$root" "$scratch/requests" | tee "$scratch/operations"
grep -qE '^operations: 706 built, 0 skipped; 2[0-9]{3} sets' "$scratch/operations" || fail 'not every operation was built'
# Whoever adds to tests/vectors/calls changes the numbers: what is left out is to be seen.
grep -qE '^calls: 88 played; 15 left out, ' "$scratch/operations" || fail 'not as many calls were played, and left out, as are known'
memcheck "$plain/operations" "$root" <(sed -n '1~40p' "$scratch/requests")

step 'the border'
"$asan/border" 60000 "${BORDER_SEED:-77}"
memcheck "$plain/border" 3000 1

step 'callbacks, bounds and mistakes'
"$asan/provider"
memcheck "$plain/provider"

step 'calls of operations with transport'
"$asan/services"

step 'scenarios'
"$asan/scenarios" "$root" | tee "$scratch/scenarios"
whole scenarios "$scratch/scenarios"
grep -xF "$(grep '^scenarios: sha256 ' "$scratch/scenarios")" "$scratch/canary" >/dev/null || fail 'the scenarios are not those that Rust ran'
echo 'AddressSanitizer: clean'
# Where everything takes so long that no time of a scenario holds, only memory counts.
memcheck "$plain/scenarios" "$root" --memory
echo 'valgrind: clean'
"$plain/scenarios" "$root" --canary

step 'faults'
"$plain/faults" "$root"

step 'fork'
"$asan/fork"

step 'what is installed'
DESTDIR=$scratch/installed PREFIX=/usr scripts/install-c.sh
bindings-ffi/c/tests/installed.sh "$scratch/installed/usr" "$plain/examples"

left=$(ls "$TMPDIR")
[ -z "$left" ] || fail "the tests left behind: $left"
