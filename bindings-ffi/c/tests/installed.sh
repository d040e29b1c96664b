#!/usr/bin/env bash
# Builds programs against an installed library as others would, with pkg-config and with CMake, and runs the examples.
#
#   installed.sh PREFIX EXAMPLES     where it is installed, and the program that runs the examples
set -euo pipefail
prefix=$1 run=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
config() { pkg-config --define-variable=prefix="$prefix" "$@"; }

# shellcheck disable=SC2046 # lists of options
compile() { gcc -std=c11 -Wall -Wextra -Werror -pedantic -D_GNU_SOURCE "$here/../examples/$1.c" -o "$scratch/$1" $(config --cflags trusted-profile) "${@:2}"; }
# shellcheck disable=SC2046
{
  compile token $(config --libs trusted-profile) -Wl,-rpath,"$prefix/lib"
  for example in bare_metal change_safely first_boot instance_metadata list_instances own_tokens; do
    compile "$example" $(config --libs trusted-profile) -Wl,-rpath,"$prefix/lib"
  done
  compile curl $(config --libs trusted-profile) -Wl,-rpath,"$prefix/lib" $(pkg-config --cflags --libs libcurl)
  gcc -std=c11 -Wall -Wextra -Werror -pedantic -Os "$here/../examples/epoll.c" -o "$scratch/epoll" $(config --cflags --libs trusted-profile-sansio) \
    -Wl,--gc-sections -s
}
# grep reads to the end: who is cut off while writing fails.
ldd "$scratch/token" | grep "libtrusted_profile.so.[0-9]* => $prefix/lib" >/dev/null || { echo 'the example is not linked with what was installed' >&2; exit 1; }
gcc -std=c11 "$here/../examples/token.c" -o "$scratch/static" $(config --cflags --libs trusted-profile-static)
! ldd "$scratch/static" | grep libtrusted_profile >/dev/null || { echo 'the static program wants the shared library' >&2; exit 1; }
"$run" "$scratch"
echo "epoll, static without the transport: $(wc -c <"$scratch/epoll") bytes"

mkdir "$scratch/cmake"
cat >"$scratch/cmake/CMakeLists.txt" <<CMAKE
cmake_minimum_required(VERSION 3.16)
project(consumer C)
find_package(trusted-profile 0.1 REQUIRED)
foreach(kind shared static)
  add_executable(\${kind} $here/../examples/token.c)
  target_link_libraries(\${kind} trusted-profile::\${kind})
endforeach()
add_executable(sansio $here/../examples/epoll.c)
target_link_libraries(sansio trusted-profile::sansio)
CMAKE
cmake -S "$scratch/cmake" -B "$scratch/cmake/build" -DCMAKE_PREFIX_PATH="$prefix" >"$scratch/log" 2>&1 && cmake --build "$scratch/cmake/build" >>"$scratch/log" 2>&1 \
  || { cat "$scratch/log" >&2; exit 1; }
for program in cmake/build/shared cmake/build/static static; do
  # No settings and no such compute: it says what is wrong, and does not crash.
  status=0
  IBM_CREDENTIALS_FILE=/nonexistent "$scratch/$program" 2>"$scratch/said" || status=$?
  [ "$status" -eq 1 ] && grep -q IBM_CREDENTIALS_FILE "$scratch/said" || { echo "the installed program $program: status $status" >&2; exit 1; }
done
echo 'CMake: shared, static and sansio link, and run'
