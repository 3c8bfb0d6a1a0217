#!/usr/bin/env bash
# The security scanner over the Terraform tree, in an environment of its own. Nothing is asked of the network while it
# scans. Fails on every finding that has no reasoned skip beside the resource (`# checkov:skip=ID:reason`).
# usage: terraform-scan.sh [DIRECTORY]   (default: terraform)
set -euo pipefail
tree=$(cd "${1:-$(dirname "$0")/../terraform}" && pwd)
cd "$(dirname "$0")/.."
venv=.venv-scan
requirements=scripts/scan-requirements.txt
stamp="$venv/.installed-$(cksum < "$requirements" | cut -d' ' -f1)"

if [ ! -f "$stamp" ]; then
  echo "==> installing the scanner into $venv" >&2
  rm -rf "$venv"
  "${PYTHON:-python3}" -m venv "$venv"
  if [ -x .venv/bin/uv ]; then
    VIRTUAL_ENV="$PWD/$venv" .venv/bin/uv pip install --quiet --requirement "$requirements"
  else
    "$venv/bin/python" -m pip install --quiet --requirement "$requirements"
  fi
  touch "$stamp"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/autocorp-terraform-scan.XXXXXX")
trap 'rm -rf "$work"' EXIT
# Everything that an input can switch on is looked at, whatever its default: what is off is not scanned.
cat > "$work/everything.tfvars" <<'TFVARS'
athena_analyst_principals = ["123456789012"]
create_datasync_endpoint  = true
enable_datasync           = true
enable_dms                = true
enable_glue               = true
enable_secret_audit_trail = true
TFVARS

echo "==> scanning $(basename "$tree")" >&2
status=0
"$venv/bin/checkov" --directory "$tree" --framework terraform --var-file "$work/everything.tfvars" \
  --skip-download --download-external-modules false --compact --quiet --output cli --output-file-path "$work" \
  > "$work/log" 2>&1 || status=$?
report="$work/results_cli.txt"
if [ ! -s "$report" ]; then
  cat "$work/log"
  echo "The scanner said nothing; that is no pass." >&2
  exit 3
fi
# Colours are for people at a terminal, and nobody may pass on a tree that was not read.
sed 's/\x1b\[[0-9;]*m//g' "$report" | grep -v '^[[:space:]]*$'
if ! grep -Eq 'Passed checks: [1-9][0-9]{1,}' "$report" || grep -q 'Parsing errors: [1-9]' "$report"; then
  echo "The tree was not read as a whole; that is no pass." >&2
  exit 3
fi
exit "$status"
