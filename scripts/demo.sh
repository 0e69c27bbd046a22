#!/usr/bin/env bash
# Installs what is missing, builds, and runs one exploration end to end: the bundled LeNet-5 on Fashion-MNIST, four
# platforms, fronts as tables, CSV, JSON and pictures. Ctrl-C leaves nothing running.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install_packages.sh build run
scripts/build.sh release roofscape roofscaped
exec scripts/demo_run.sh build/release "$@"
