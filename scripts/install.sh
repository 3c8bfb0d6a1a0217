#!/usr/bin/env bash
# Creates the project's virtual environment and installs the wizard into it, from pyproject.toml and constraints.txt.
# usage: install.sh PYTHON VENV [--extra NAME] [--group NAME]
set -euo pipefail
cd "$(dirname "$0")/.."
python=$1 venv=$2
shift 2
extras=""
if [ "${1:-}" = --extra ]; then
  extras=$2
  shift 2
fi

"$python" - <<'PY' || { echo "autocorp-wizard needs Python 3.11 or newer; name one with: make PYTHON=/path/to/python3.11" >&2; exit 2; }
import sys
sys.exit(0 if sys.version_info >= (3, 11) else 1)
PY
if [ ! -x "$venv/bin/python" ]; then
  echo "==> creating the virtual environment in $venv"
  "$python" -m venv "$venv"
fi
if [ ! -x "$venv/bin/uv" ]; then
  echo "==> installing the installer (uv)"
  "$venv/bin/python" -m pip install --quiet --constraint constraints.txt uv
fi
install() {
  VIRTUAL_ENV="$PWD/$venv" "$venv/bin/uv" pip install --constraint constraints.txt "$@"
}
echo "==> installing autocorp-wizard and what it needs ${extras:+(with $extras) }${*:+(with $*)}"
install --editable ".${extras:+[$extras]}" "$@"
# The rehearsal's source is a real PostgreSQL: the system's, else one that a wheel carries.
if ! "$venv/bin/python" -c "from autocorp_wizard.rehearsal.source_binaries import find_binaries; find_binaries()" 2>/dev/null; then
  echo "==> no PostgreSQL server on this machine: installing one from a wheel"
  install --editable ".[postgres${extras:+,$extras}]" "$@"
fi
