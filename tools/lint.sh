#!/usr/bin/env bash
# lint.sh [--all]: what `./run lint` checks, each with a line; ends with 1 when one is bad.
# clang-tidy reads the C++ files changed since origin/main (or, standing on it, by the last commit)
# and not committed ones; all of them with --all.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=0
# check NAME COMMAND…: runs it, says how it went and how long it took.
check() {
  local name=$1 start=$SECONDS output
  shift
  if output=$("$@" 2>&1); then
    echo "ok      $name ($((SECONDS - start)) s)"
  else
    printf '%s\n' "$output"
    echo "FAILED  $name"
    failed=1
  fi
}

# Files that are in the repository or would be added to it.
files() { git ls-files --cached --others --exclude-standard --deduplicate -- "$@" | while read -r f; do
  [ ! -f "$f" ] || echo "$f"; done; }
cxx_files() { files 'src/*.cc' 'src/*.h' 'tests/*.cc' 'tests/*.h' 'fuzz/*.cc' 'fuzz/*.h' 'bench/*.cc' 'bench/*.h'; }
# Scripts by their first line: scripts INTERPRETER
scripts() { files run .ci tools tests bench data fuzz | grep -vE '\.(request|response|case|txt|tsv)$' |
  xargs -r awk -v re="$1" 'FNR == 1 && ((/^#!/ && $0 ~ re) || (re == "python" && FILENAME ~ /\.py$/) ||
                           (re == "bash" && FILENAME ~ /\.sh$/)) { print FILENAME } { nextfile }'; }

format() { cxx_files | xargs clang-format-19 --dry-run -Werror; }

absent() { # absent PATTERN PATH…: nothing in the repository matches
  local pattern=$1
  shift
  ! files "$@" | xargs -r grep -nE "$pattern"
}

readmes() {
  local folder bad=0
  for folder in src/*/; do
    if ! tr '\n' ' ' 2>/dev/null <"$folder/README.md" | grep -qi 'security posture'; then
      echo "$folder: no README.md with its security posture"
      bad=1
    fi
  done
  return $bad
}

shell_syntax() { scripts bash | xargs -r shellcheck --severity=warning --exclude=SC1007 -s bash -x; }

python_syntax() {
  scripts python | xargs -r /usr/bin/python3 -c '
import ast, sys
for path in sys.argv[1:]:
    ast.parse(open(path).read(), path)'
}

changed() {
  local base
  base=$(git merge-base HEAD origin/main 2>/dev/null || true)
  if [ -z "$base" ] || [ "$base" = "$(git rev-parse HEAD)" ]; then
    base=$(git rev-parse -q --verify HEAD~1 || git rev-parse HEAD)
  fi
  { git diff --name-only --diff-filter=d "$base" -- && git ls-files --others --exclude-standard; } | sort -u
}

# The sources to read for a list of changed files on stdin: a header is read with its own source, or
# by itself where there is none.
sources() {
  local file
  while read -r file; do
    case $file in
      *.cc) echo "$file" ;;
      *.h) if [ -f "${file%.h}.cc" ]; then echo "${file%.h}.cc"; else echo "$file"; fi ;;
    esac
  done | sort -u
}

tidy() {
  # A compile database of clang's own: g++ has warning flags that clang does not know.
  cmake --preset fuzz -DGH_TESTS=ON -B build/lint --log-level=WARNING >/dev/null
  xargs -r -n 1 -P "$(nproc)" clang-tidy-19 -p build/lint --quiet \
    <<<"$1" 2>&1 | grep -vE '^[0-9]+ warnings? generated|^Suppressed|^Use -' || [ "${PIPESTATUS[0]}" = 0 ]
}

check 'format' format
check 'layers' tools/check_layers
check 'no coroutines' absent 'co_(await|yield|return)' src
check 'nothing left unfinished' absent 'TO''DO|FIX''ME' src tests/unit tests/e2e tests/property fuzz bench \
  tools cmake run .ci docs README.md
check 'folders say their security posture' readmes
check 'shell' shell_syntax
check 'python' python_syntax
if [ "${1:-}" = --all ]; then
  list=$(cxx_files | sources)
else
  list=$(changed | sources)
fi
check "clang-tidy on $(wc -w <<<"$list") files" tidy "$list"
exit $failed
