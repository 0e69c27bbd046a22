#!/usr/bin/env bash
# Configures and builds one preset: scripts/build.sh [PRESET [TARGET…]]; default: release, everything.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
shift || true
# Paths relative to the checkout let every clone share the compiler cache.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
cmake --preset "$preset" ${CI:+-DROOFSCAPE_WERROR=ON} >"/tmp/roofscape-cmake-$$.log" 2>&1 || {
  cat "/tmp/roofscape-cmake-$$.log" >&2
  rm -f "/tmp/roofscape-cmake-$$.log"
  exit 1
}
rm -f "/tmp/roofscape-cmake-$$.log"
cmake --build --preset "$preset" ${1:+--target "$@"}
