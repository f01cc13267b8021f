#!/usr/bin/env bash
# The promise of the README: in a fresh clone, with an empty home, `make demo` and `make test` do all the set-up and pass.
#
# The clone is of the commit at HEAD; `tests/check_clone.sh --work-tree` copies the files of the work tree instead (tracked and not
# ignored), for trying before a commit. Everything is written under a temporary folder, removed at the end.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/home" "$scratch/tmp"
clone="$scratch/clone"

if [ "${1:-}" = "--work-tree" ]; then
  mkdir "$clone"
  git ls-files -z --cached --others --exclude-standard |
    while IFS= read -r -d '' file; do [ -e "$file" ] && printf '%s\0' "$file"; done |
    tar --null --files-from=- -cf - | tar -xf - -C "$clone"
else
  git clone --quiet --no-hardlinks . "$clone"
fi

# A machine's own package index and certificates are part of the machine, not of the home.
kept=()
while IFS='=' read -r name _; do
  case $name in
    PIP_*|UV_*|SSL_CERT_*|REQUESTS_CA_BUNDLE|*_proxy|*_PROXY|LANG) kept+=("$name=${!name}") ;;
  esac
done < <(env)
clean() { env -i HOME="$scratch/home" TMPDIR="$scratch/tmp" PATH="$PATH" "${kept[@]}" "$@"; }

cd "$clone"
clean make --no-print-directory demo
for file in manifest.json report.html README.md croissant.json config.toml; do
  [ -s "demo/$file" ] || { echo "error: make demo left no demo/$file" >&2; exit 1; }
done
clean .venv/bin/codecorpus verify demo

clean make --no-print-directory test

# What is installed without -e has to hold every file of the package: data, templates, recipes.
clean .venv/bin/python tests/check_wheel.py "$scratch/wheel"
echo "the clean clone is fine"
