#!/usr/bin/env bash
# terraform fmt, validate and test for the root and every module, with the provider found as the wizard finds it.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -d terraform/modules ] || { echo "no Terraform tree yet"; exit 0; }
