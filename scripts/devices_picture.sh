#!/usr/bin/env bash
# Draws the picture of docs/howto/choose-a-device.md: scripts/devices_picture.sh BUILD_DIR [FILE]
# Prices ResNet-50 in int8 on every built-in platform with a daemon of its own, which leaves nothing behind.
set -euo pipefail

build=$(realpath "${1:?usage: scripts/devices_picture.sh BUILD_DIR [FILE]}")
file=${2:-$(realpath "$(dirname "$0")/..")/docs/images/devices.svg}
data=$(mktemp -d "${TMPDIR:-/tmp}/roofscape-devices.XXXXXX")
daemon=
clean_up() {
  trap - EXIT
  [ -z "$daemon" ] || { kill -TERM "$daemon" 2>/dev/null && wait "$daemon" 2>/dev/null; } || true
  rm -rf "$data"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

"$build/server/roofscaped" --listen "unix:$data/socket" --data-dir "$data" >"$data/log" 2>&1 &
daemon=$!
for _ in $(seq 300); do
  [ ! -S "$data/socket" ] || break
  kill -0 "$daemon" 2>/dev/null || { echo "roofscaped did not start:" >&2; cat "$data/log" >&2; exit 3; }
  sleep 0.1
done
"$build/client/roofscape" estimate --server "unix:$data/socket" --model resnet-50 --as int8 --platform '*' --limit 40 \
  --plot "$file" >"$data/table"
