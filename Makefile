# Everything a newcomer needs: `make rehearse` and `make test`. Each target installs what it lacks into .venv.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest

.PHONY: help install glue-library rehearse test test-fast test-full test-glue-5.1 lint types contracts terraform-check scan fmt clean \
	constraints scan-constraints

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

install: $(VENV)/.installed ## create .venv with the wizard in it
$(VENV)/.installed: pyproject.toml constraints.txt
	@scripts/install.sh "$(PYTHON)" "$(VENV)"
	@touch $@

$(VENV)/.tools: $(VENV)/.installed
	@scripts/install.sh "$(PYTHON)" "$(VENV)" --extra glue --group test
	@touch $@

# Where the bundle cannot be fetched the tests that need it are skipped with that reason.
$(VENV)/.jars: $(VENV)/.tools glue_scripts/jars.py
	@$(BIN)/python -m glue_scripts.jars && touch $@ || echo "==> tests on Hudi will be skipped"

glue-library: ## the zip that the Glue jobs share (needs nothing but Python)
	@"$(PYTHON)" -m glue_scripts.build

rehearse: $(VENV)/.installed ## the whole rollout on the rehearsal cloud (the wizard, or plain without a terminal)
	@if [ -t 0 ] && [ -t 1 ]; then $(BIN)/autocorp-wizard rehearse; \
	else $(BIN)/autocorp-wizard rehearse --plain --yes; fi

lint: $(VENV)/.tools ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.tools ## strict types
	$(BIN)/mypy

contracts: $(VENV)/.tools ## who may import whom
	$(BIN)/lint-imports

terraform-check: $(VENV)/.tools ## terraform fmt, validate, test
	scripts/terraform-check.sh

scan: $(VENV)/.installed ## security scanner over the Terraform tree (installs it into .venv-scan)
	scripts/terraform-scan.sh

fmt: $(VENV)/.tools ## format everything
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	terraform fmt -recursive terraform

test: lint types contracts terraform-check $(VENV)/.jars ## what CI runs
	$(PYTEST) -n 4 --dist loadgroup -m "not full"

test-fast: $(VENV)/.tools ## an answer in about a minute
	$(PYTEST) -n 2 --dist loadgroup -m "not slow and not full"

$(VENV)/.jars-s3: $(VENV)/.tools glue_scripts/jars.py
	@$(BIN)/python -m glue_scripts.jars s3 && touch $@ || echo "==> tests of Spark on S3 will be skipped"

test-full: test scan test-glue-5.1 $(VENV)/.jars-s3 ## also what is too long for CI
	$(PYTEST) -n 3 --dist loadgroup -m full

# Another Spark wants an environment of its own.
GLUE51 := .venv-glue-5.1
$(GLUE51)/.tools: pyproject.toml constraints.txt
	@scripts/install.sh "$(PYTHON)" $(GLUE51) --extra glue --group test
	@VIRTUAL_ENV="$(CURDIR)/$(GLUE51)" $(GLUE51)/bin/uv pip install --quiet --no-deps pyspark==3.5.6
	@touch $@

test-glue-5.1: $(GLUE51)/.tools ## the jobs on the Spark and the Hudi of Glue 5.1
	AUTOCORP_HUDI_BUNDLE="$$($(GLUE51)/bin/python -m glue_scripts.jars 5.1)" \
	$(GLUE51)/bin/python -m pytest -n 0 tests/glue/test_traps.py tests/glue/test_hudi.py tests/glue/test_kills.py \
	  tests/glue/test_generated_changes.py tests/glue/test_lake_reader.py

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .venv-scan $(GLUE51) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

constraints: ## pin the newest versions that fit pyproject.toml (network)
	@{ echo "# Every package at the version it was tested with. Regenerate: make constraints"; \
	$(BIN)/uv pip compile --quiet pyproject.toml --group test --extra glue --extra lake --extra postgres --universal --no-header \
	  --no-annotate --no-emit-index-url --python-version 3.11; \
	echo "uv==$$($(BIN)/uv --version | cut -d' ' -f2)"; } > constraints.new && mv constraints.new constraints.txt

scan-constraints: ## pin the newest scanner (network)
	@{ sed -n '/^#/p' scripts/scan-requirements.txt; echo checkov | $(BIN)/uv pip compile --quiet - --universal --no-header \
	  --no-annotate --no-emit-index-url --python-version 3.11; } > scan.new && mv scan.new scripts/scan-requirements.txt
