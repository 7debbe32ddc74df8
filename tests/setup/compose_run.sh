#!/bin/bash
# tests/setup/compose_run.sh: `make compose`. podman-compose stands in an environment of its own; the tests in ours.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd -P)
place=$here/.lab/containers
[ "$(id -u)" = 0 ] && command -v podman >/dev/null && command -v debootstrap >/dev/null || {
  echo "as root, with: apt-get install --no-install-recommends podman crun debootstrap iptables" >&2
  exit 2
}
mkdir -p "$place"
[ -x "$place/tools/bin/podman-compose" ] || {
  python3 -m venv "$place/tools"
  "$place/tools/bin/pip" install -q 'podman-compose>=1.3'
}
start=$SECONDS
PODMAN_COMPOSE=$place/tools/bin/podman-compose \
  "$here/.venv/bin/pytest" -q -s -n 0 --timeout=0 -p no:cacheprovider "$here/tests/setup/compose_run.py" "$@"
echo "compose: $((SECONDS - start)) s, load $(cut -d' ' -f1 /proc/loadavg)"
