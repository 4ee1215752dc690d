# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Numbered steps for tools/demo, tools/check and .ci/run. A failing step says what to do.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
steps_log=$(mktemp -t camgate-step.XXXXXX)
steps_number=${CAMGATE_FIRST_STEP:-0}
trap 'rm -f "$steps_log"' EXIT
. "$top/tools/packages"

# step TEXT: begins the next step.
step () {
  steps_number=$((steps_number + 1))
  printf '\n[%d] %s\n' "$steps_number" "$1"
}

# fail TEXT [ADVICE]: ends the script.
fail () {
  printf '    FAILED: %s\n' "$1" >&2
  [ -z "${2:-}" ] || printf '    What to do: %s\n' "$2" >&2
  exit 1
}

# quietly ADVICE COMMAND…: shows what the command printed only if it fails.
quietly () {
  local advice=$1
  shift
  if ! "$@" >"$steps_log" 2>&1 </dev/null; then
    tail -n 60 "$steps_log" | sed 's/^/    | /' >&2
    fail "$*" "$advice"
  fi
}

# As root, or through sudo; without a terminal sudo must not ask.
as_root () {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif [ -t 0 ]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

# Packages that start services would take ports, and would come back with every boot. Here they
# are wanted as programs only: nothing is started, and what was not there before is not enabled.
install_packages () {
  local missing=() package fresh=() guard=/usr/sbin/policy-rc.d guarded=no
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] \
      || missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    printf '    all %d are there\n' $#
    return
  fi
  printf '    missing: %s\n' "${missing[*]}"
  if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    fail "packages are missing, and this is not root" \
      "as root: apt-get update && apt-get install --no-install-recommends ${missing[*]}"
  fi
  for package in "${missing[@]}"; do
    case $package in mosquitto | nginx) fresh+=("$package") ;; esac
  done
  if [ ! -e "$guard" ]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$guard" >/dev/null
    as_root chmod 755 "$guard"
    guarded=yes
    trap 'as_root rm -f /usr/sbin/policy-rc.d; rm -f "$steps_log"' EXIT
  fi
  local network="check the network and /etc/apt/sources.list; as root: apt-get update"
  quietly "$network" as_root apt-get -q update
  quietly "$network" as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y --no-install-recommends install "${missing[@]}"
  if [ "$guarded" = yes ]; then
    as_root rm -f "$guard"
    trap 'rm -f "$steps_log"' EXIT
  fi
  if [ ${#fresh[@]} -gt 0 ] && [ -d /run/systemd/system ]; then
    as_root systemctl --quiet disable "${fresh[@]}" || true
  fi
  printf '    installed %d packages\n' ${#missing[@]}
}

# build FOLDER [MESON OPTION…]: configures (anew if it must) and compiles.
build () {
  local folder=$1 advice="remove the folder $1 and try again; the compiler's words stand above"
  shift
  if [ -f "$folder/build.ninja" ] && meson configure "$folder" "$@" >/dev/null 2>&1; then
    printf '    %s is configured\n' "$folder"
  else
    rm -rf "$folder"
    quietly "read the last lines above" meson setup "$folder" "$top" "$@"
  fi
  quietly "$advice" meson compile -C "$folder"
}
