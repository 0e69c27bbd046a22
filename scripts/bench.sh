#!/usr/bin/env bash
# Builds and runs the benchmarks; with node and npm on the machine, also the comparison with ONNX Runtime in speed and in
# the classes that exported networks give (npm package onnxruntime-node, installed under build/).
#
#   scripts/bench.sh                      # everything
#   scripts/bench.sh --benchmark_filter=… # only those of Google Benchmark that match
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install_packages.sh build run
scripts/build.sh release roofscape_bench
build/release/tests/bench/roofscape_bench "$@"
[ $# -eq 0 ] || exit 0
command -v npm >/dev/null || { echo "no npm here: the comparison with ONNX Runtime is left out"; exit 0; }
export ORT_FOLDER=$PWD/build/onnxruntime
mkdir -p "$ORT_FOLDER"
[ -d "$ORT_FOLDER/node_modules/onnxruntime-node" ] ||
  npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$ORT_FOLDER" onnxruntime-node
node tests/bench/compare.mjs build/release
node tests/integration/onnxruntime_agreement.mjs build/release
