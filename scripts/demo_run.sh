#!/usr/bin/env bash
# The demo, given built programs: scripts/demo_run.sh BUILD_DIR [OUTPUT_DIR]
# Starts roofscaped on a free loopback port with its data in OUTPUT_DIR/data, imports the bundled LeNet-5 and
# Fashion-MNIST, explores, prints the fronts and writes them as files and pictures. Ctrl-C leaves nothing running.
set -euo pipefail

build=$(realpath "${1:?usage: scripts/demo_run.sh BUILD_DIR [OUTPUT_DIR]}")
output=${2:-$(mktemp -d "${TMPDIR:-/tmp}/roofscape-demo.XXXXXX")}
example=$(realpath "$(dirname "$0")/../examples/fashion-lenet")
images=${FASHION_MNIST:-/usr/share/datasets/fashion-mnist}
mkdir -p "$output/data"
output=$(realpath "$output")
roofscape=$build/client/roofscape
log=$output/roofscaped.log

for program in "$roofscape" "$build/server/roofscaped"; do
  [ -x "$program" ] || { echo "demo: there is no program $program; build it with scripts/build.sh" >&2; exit 2; }
done
[ -r "$images/t10k-images-idx3-ubyte.gz" ] || {
  echo "demo: Fashion-MNIST is not in $images; install the package dataset-fashion-mnist" >&2
  exit 2
}

daemon=
stop_daemon() {
  trap - EXIT INT TERM HUP
  [ -n "$daemon" ] || return 0
  kill -TERM "$daemon" 2>/dev/null || true
  # The daemon finishes its batch; after ten seconds patience ends.
  for _ in $(seq 100); do
    kill -0 "$daemon" 2>/dev/null || break
    sleep 0.1
  done
  kill -KILL "$daemon" 2>/dev/null || true
  wait "$daemon" 2>/dev/null || true
}
trap stop_daemon EXIT
trap 'stop_daemon; exit 130' INT
trap 'stop_daemon; exit 143' TERM HUP

step() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || step() { printf '\n%s\n' "$*"; }

step "Starting roofscaped"
# A process group of its own, so that Ctrl-C reaches it through us and in order.
setsid "$build/server/roofscaped" --listen 127.0.0.1:0 --data-dir "$output/data" >"$log" 2>&1 &
daemon=$!
address=
for _ in $(seq 300); do
  address=$(sed -n 's/.*listening on \([^ ]*:[0-9][0-9]*\).*/\1/p' "$log" | head -n 1)
  [ -z "$address" ] || break
  kill -0 "$daemon" 2>/dev/null || { echo "demo: roofscaped did not start:" >&2; cat "$log" >&2; exit 3; }
  sleep 0.1
done
[ -n "$address" ] || { echo "demo: roofscaped names no address; see $log" >&2; exit 3; }
echo "listening on $address, data in $output/data"
export ROOFSCAPE_SERVER=$address

step "Importing the network and the images"
"$roofscape" model import "$example/lenet5.onnx" --name lenet5 --scale 1/255
"$roofscape" dataset import --name fashion \
  --images "$images/t10k-images-idx3-ubyte.gz" --labels "$images/t10k-labels-idx1-ubyte.gz"

step "Exploring $example/exploration.yaml"
exploration=$("$roofscape" explore "$example/exploration.yaml" --detach)
exploration=${exploration##*/}
"$roofscape" exploration watch "$exploration"
"$roofscape" exploration show "$exploration"

step "Pareto fronts"
"$roofscape" front "$exploration" --plot "$output/front.svg"
"$roofscape" front "$exploration" --format csv >"$output/front.csv"
"$roofscape" front "$exploration" --format json >"$output/front.json"
mapfile -t platforms < <("$roofscape" exploration show "$exploration" --format json |
  sed -n '/"platforms": \[/,/\]/s/^ *"\([^"]*\)",\{0,1\}$/\1/p')
drawn=()
for platform in "${platforms[@]}"; do drawn+=(--platform "$platform"); done
"$roofscape" roofline --model lenet5 "${drawn[@]}" --config "$example/int8.yaml" --plot "$output/roofline.svg"

step "Everything is in $output"
for file in front.svg roofline.svg front.csv front.json; do
  [ -s "$output/$file" ] || { echo "demo: $file was not written" >&2; exit 1; }
  echo "  $output/$file"
done
