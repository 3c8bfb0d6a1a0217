#!/usr/bin/env bash
# terraform fmt, validate and test for the root and every module, with the provider found as the wizard finds it, and
# the modules' README tables. Works on a copy: nothing is written into the source tree.
# usage: terraform-check.sh [DIRECTORY...]   (default: the root and every module; as paths below terraform/)
set -euo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
[ -x "$python" ] || python=python3

work=$(mktemp -d "${TMPDIR:-/tmp}/autocorp-terraform-check.XXXXXX")
trap 'rm -rf "$work"' EXIT
# Terraform's own settings of the caller must not reach it, and its own configuration is ours.
while read -r name; do unset "$name"; done < <(env | sed -n 's/^\(TF_[A-Za-z0-9_]*\)=.*/\1/p' | grep -v '^TF_PLUGIN_CACHE_DIR$')
"$python" -m autocorp_wizard.adapters.terraform_mirror > "$work/cli.tfrc"
unset TF_PLUGIN_CACHE_DIR
export TF_CLI_CONFIG_FILE="$work/cli.tfrc" TF_IN_AUTOMATION=1 CHECKPOINT_DISABLE=1
# No test may reach an account, whatever credentials the caller holds.
while read -r name; do unset "$name"; done < <(env | sed -n 's/^\(AWS_[A-Za-z0-9_]*\)=.*/\1/p')
export AWS_EC2_METADATA_DISABLED=true AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null

echo "==> terraform fmt"
terraform fmt -check -diff -recursive terraform

echo "==> README tables"
"$python" scripts/terraform-docs.py --check

cp -R terraform "$work/tree"
rm -rf "$work"/tree/.terraform "$work"/tree/modules/*/.terraform
# The jobs lie beside the tree, with their library built.
cp -R glue_scripts "$work/glue_scripts"
PYTHONPATH="$work" "$python" -c 'import pathlib, sys; from glue_scripts.build import build; build(pathlib.Path(sys.argv[1]))' "$work/glue_scripts"
# One copy of the provider serves all: each directory links to it. The committed lock file pins it for the modules too.
mkdir "$work/cache"
export TF_PLUGIN_CACHE_DIR="$work/cache"

directories=("$@")
if [ ${#directories[@]} -eq 0 ]; then
  directories=(.)
  for module in terraform/modules/*/; do directories+=("modules/$(basename "$module")"); done
fi
echo "==> terraform init"
for directory in "${directories[@]}"; do
  cd "$work/tree/$directory"
  [ -f .terraform.lock.hcl ] || sed 's/^  constraints = .*/  constraints = ">= 5.100.0"/' "$work/tree/.terraform.lock.hcl" > .terraform.lock.hcl
  terraform init -backend=false -input=false -no-color -lockfile=readonly > "$work/init.log" || { cat "$work/init.log"; exit 1; }
  cd - > /dev/null
done

echo "==> terraform validate and test"
check() {
  cd "$work/tree/$1"
  local log
  log="$work/$(echo "$1" | tr / -).log"
  if ! { terraform validate -no-color && terraform test -no-color; } > "$log" 2>&1; then
    cat "$log"
    return 1
  fi
  # A warning is a deprecated argument, or a test that proves nothing: as bad as an error here.
  if grep -q 'Warning:' "$log"; then
    cat "$log"
    return 1
  fi
  echo "$1: $(tail -n 1 "$log")"
}
export -f check
export work
printf '%s\0' "${directories[@]}" | xargs -0 -n 1 -P 2 bash -euo pipefail -c 'check "$1"' check
