# Sourced. need GROUP…: the Debian packages of these groups in tools/packages are there when it
# returns; what is missing is installed and named. Ends the program with 2 when it cannot.

need() {
  local package status missing=() as_root=()
  for package in $(awk -v groups=" $* " '!/^#/ && index(groups, " " $1 " ") { print $2 }' \
                     tools/packages | sort -u); do
    status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || status=
    [ "$status" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  if [ "$(id -u)" != 0 ]; then
    as_root=(sudo)
    [ -t 0 ] || as_root+=(-n)
    if ! command -v sudo >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
      echo "run: missing, and neither root nor sudo to install them: ${missing[*]}" >&2
      exit 2
    fi
  fi
  echo "run: installing Debian packages: ${missing[*]}"
  local log
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update -q || true  # one dead source need not matter
         "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
           apt-get install -q -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    echo "run: missing, and apt-get could not install them ($(grep -m1 '^[EW]:' "$log" ||
      echo 'no reason given')): ${missing[*]}" >&2
    rm -f "$log"
    exit 2
  fi
  rm -f "$log"
}
