#!/usr/bin/env bash
# Installs what is missing, builds, runs all tests: the one command for developers and CI.
#
#   scripts/test.sh             # release build, all tests
#   scripts/test.sh asan        # the same under address and undefined-behaviour sanitizers
#   scripts/test.sh tsan        # thread sanitizer: engine, search, explore and store, without gRPC
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
scripts/install_packages.sh build run test
[ "$preset" != tsan ] || scripts/install_packages.sh sanitizer
scripts/build.sh "$preset"
ctest --test-dir "build/$preset" --output-on-failure -j "$(nproc)"
