#!/usr/bin/env bash
# Makes the calibration that ships anew, from the files of measurements in a folder: equal files give equal bytes.
#
#   scripts/calibrate.sh FOLDER             # writes platforms/calibration.txtpb; build again to compile it in
#
# FOLDER holds measured.csv, qutibench.csv, nasbench201.csv, fpga.csv, kernels_*.csv and network_costs.csv, or some
# of them. The program that learns is built first; what it learns does not depend on the calibration compiled into it.
set -euo pipefail
[ $# -eq 1 ] || { echo "usage: scripts/calibrate.sh FOLDER" >&2; exit 2; }
folder=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
scripts/build.sh release roofscape roofscaped >&2

arguments=()
for name in measured qutibench nasbench201 fpga kernels_gpu_fp32 kernels_v100_trt network_costs; do
  file=$folder/$name.csv
  if [ -f "$file" ]; then arguments+=(--measurements "$file"); else echo "$name.csv is not there; going on without" >&2; fi
done
[ ${#arguments[@]} -gt 0 ] || { echo "no file of measurements in $folder" >&2; exit 2; }

data=$(mktemp -d)
build/release/server/roofscaped --listen "unix:$data/socket" --data-dir "$data" >"$data/log" 2>&1 &
daemon=$!
trap 'kill "$daemon" 2>/dev/null; wait "$daemon" 2>/dev/null; rm -rf "$data"' EXIT
for _ in $(seq 100); do
  [ ! -S "$data/socket" ] || break
  kill -0 "$daemon" 2>/dev/null || { cat "$data/log" >&2; exit 3; }
  sleep 0.1
done
build/release/client/roofscape platform calibrate --from-scratch --dry-run "${arguments[@]}" \
  --output platforms/calibration.txtpb --server "unix:$data/socket"
