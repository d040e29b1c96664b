#!/usr/bin/env bash
# Hygiene of the files in the tree, committed or about to be.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mapfile -t files < <(git ls-files --cached --others --exclude-standard | while read -r file; do [ ! -f "$file" ] || printf '%s\n' "$file"; done)
problems=0

# Prints what stands on standard input below the title $1, if there is anything.
report() {
  local found
  found=$(cat)
  [ -z "$found" ] || { printf '%s\n%s\n\n' "$1" "$(sed 's/^/  /' <<<"$found")"; problems=1; }
}
pick() { printf '%s\n' "${files[@]}" | grep -E "$1" || true; }
# The files of standard input that are written by hand.
by_hand() { while read -r file; do head -n 3 "$file" | grep '@generated' >/dev/null || printf '%s\n' "$file"; done; }
search() { xargs -r -d '\n' grep -nE -H "$@" || true; }

code='\.(rs|py|ts|js|mjs|go|c|h|kt|java|swift)$'
text='\.(rs|py|ts|js|mjs|go|c|h|kt|java|swift|md|toml|json|jsonl|sh|txt|yml|yaml)$|(^|/)(Makefile|run)$'
# Corpora hold whatever a test wants, and this script has to name what it looks for.
corpora='^tests/(vectors|scenarios)/.*\.json|^core/fuzz/corpus/|^scripts/tidy\.sh$'
own() { pick "$1" | { grep -vE "$corpora" || true; }; }

pick "$code" | by_hand | while read -r file; do
  lines=$(wc -l <"$file")
  [ "$lines" -le 400 ] || echo "$file: $lines"
done | report 'Longer than 400 lines; split by concept:'

pick '(^|/)(utils?|helpers?|common|misc|stuff)(\.|/)' | report 'Names that say nothing:'

own "$text" | search '[[:blank:]]+$' | report 'White space at the end of a line:'

own "$code" | search 'todo!|unimplemented!|#\[ignore|\b(TODO|FIXME|XXX)\b|mark\.(skip|xfail)|\bt\.Skip|\b(it|test|describe)\.(skip|only)\b|console\.log' \
  | report 'Unfinished or switched off:'

own "$text" | search '(^|[^[:alnum:]_.~/-])/(work|root|home/[a-z]+|Users|farm)/|\.\./shared' | report 'Paths of a machine:'

for file in core/src/error/code.rs core/src/catalog/vpc.rs docs/errors.md docs/operations.md docs/trusted-profile.1; do
  head -n 3 "$file" | grep '@generated' >/dev/null || echo "$file"
done | report 'Generated, but not marked @generated:'

# A list of toolchains here would make rustup download or update toolchains behind the user's back.
pick '(^|/)rust-toolchain(\.toml)?$' | report 'No toolchain files:'

pick '(^|/)build\.rs$' | report 'No build scripts; generated files are committed:'

pick '(^|/)\.gitkeep$|\.(orig|rej|bak|swp)$' | report 'Left over:'

exit "$problems"
