#!/usr/bin/env bash
# Installs what is missing of scripts/packages.txt.
#
#   scripts/install_packages.sh build run test     # the kinds wanted; root, or sudo where it is needed
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=()
while read -r kind package; do
  case " $* " in *" $kind "*) ;; *) continue ;; esac
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || wanted+=("$package")
done < <(grep -vE '^(#|$)' scripts/packages.txt)
[ "${#wanted[@]}" -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "install_packages: not root and no sudo; please install: ${wanted[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
echo "installing ${#wanted[@]} packages: ${wanted[*]}"
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
