#!/usr/bin/env bash
# Draws the pictures of README and docs anew, given built programs: scripts/pictures.sh BUILD_DIR
# Writes docs/images/*.svg, and docs/images/made_from.sha256: what they were made from. A test (docs_pictures) holds that
# file against the sources, so that a picture of an earlier calibration or example does not stay.
set -euo pipefail

build=$(realpath "${1:?usage: scripts/pictures.sh BUILD_DIR}")
cd "$(dirname "$0")/.."
images=docs/images
output=$(mktemp -d "${TMPDIR:-/tmp}/roofscape-pictures.XXXXXX")
trap 'rm -rf "$output"' EXIT

scripts/demo_run.sh "$build" "$output" >"$output/log"
cp "$output/front.svg" "$images/front.svg"
"$build/client/roofscape" roofline --model vgg-16 --platform nvidia-t4 --platform raspberry-pi-4 --as int8 \
  --plot "$images/roofline.svg" >/dev/null
scripts/devices_picture.sh "$build" "$images/devices.svg"

LC_ALL=C sha256sum platforms/calibration.txtpb platforms/data/*.yaml platforms/data/families/*.yaml \
  examples/fashion-lenet/exploration.yaml examples/fashion-lenet/lenet5.onnx client/plot/*_plot.cc \
  >"$images/made_from.sha256"
ls "$images"
