#!/usr/bin/env bash
# fuzz.sh [SECONDS]: builds every fuzz target and runs each for its share of SECONDS (60), one on
# each core. A finding is kept in build/fuzz/findings and its line to run it again is printed.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${1:-60}
jobs=$(nproc)
names=$(cd fuzz && for file in *_fuzz.cc; do echo "${file%_fuzz.cc}"; done)
count=$(wc -w <<<"$names")
share=$((seconds * jobs / count))
[ "$share" -ge 1 ] || share=1
export share

cmake --preset fuzz --log-level=WARNING >/dev/null
# shellcheck disable=SC2046,SC2086
cmake --build build/fuzz -j "${CMAKE_BUILD_PARALLEL_LEVEL:-$jobs}" --target $(printf 'fuzz_%s ' $names)
mkdir -p build/fuzz/findings build/fuzz/logs

# New inputs go to build/, the corpus in the repository is only read.
one() {
  local name=$1 log=build/fuzz/logs/$1 program=build/fuzz/fuzz/fuzz_$1 code=0
  local corpus=(build/fuzz/corpus/"$name") options=()
  mkdir -p "${corpus[0]}"
  [ ! -d "fuzz/corpus/$name" ] || corpus+=("fuzz/corpus/$name")
  [ ! -f "fuzz/$name.dict" ] || options+=(-dict="fuzz/$name.dict")
  "$program" -max_total_time="$share" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/findings/$name-" "${options[@]}" "${corpus[@]}" >"$log" 2>&1 || code=$?
  if [ $code = 0 ]; then
    awk -v name="$name" '/number_of_executed_units/ { runs = $2 } / cov: / { for (i = 1; i < NF; ++i)
      if ($i == "cov:") cov = $(i + 1) } END { printf "ok      %-24s %9d runs, %5d edges\n", name, runs, cov }' "$log"
    return 0
  fi
  grep -vE '^#[0-9]+\s' "$log" | tail -n 60
  echo "FAILED  $name: $log"
  sed -n "s|.*Test unit written to \(.*\)|        again: $program \1|p" "$log"
  return 1
}
export -f one

echo "fuzz: $count targets, $share s each, $jobs at a time"
xargs -n 1 -P "$jobs" bash -c 'one "$1"' one <<<"$names" || exit 1
