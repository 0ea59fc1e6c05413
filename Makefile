# Every target is one line a person could type. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
T ?= tests
# Half of a test's time is waiting for a browser, a socket or a disk: more workers than cores.
WORKERS ?= $(shell $(PYTHON) -c "import os; print(len(os.sched_getaffinity(0)) * 2)")
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo run check test test-slow test-kill test-detoxify bench fix all lock services

help: ## list what make can do
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(VENV)/run.stamp: requirements/run.txt pyproject.toml
	@echo "Setting up Python packages (about half a minute the first time) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/run.txt
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.txt pyproject.toml
	@echo "Setting up Python packages for tests (about a minute the first time) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps -e .
	@touch $(VENV)/run.stamp $@

setup: $(VENV)/dev.stamp ## virtual environment, locked dependencies, git hook
	@install -m 755 .ci/pre-commit "$$(git rev-parse --git-path hooks)/pre-commit" 2>/dev/null || true

demo: $(VENV)/run.stamp ## set up everything and run a living demo community on this machine
	@$(BIN)/handrail demo

run: $(VENV)/run.stamp ## serve your own community, with your HANDRAIL_* settings
	@$(BIN)/handrail serve

check: $(VENV)/dev.stamp ## style, types, templates, migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --strict forum
	$(BIN)/python -m pytest -q -n0 --database sqlite tests/test_migrations.py tests/test_templates.py

services: # PostgreSQL, Redis and Chromium from the system's packages, when that is allowed
	@.ci/services

test: $(VENV)/dev.stamp services ## set up everything and run the tests; T=tests/care runs a part
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m "not kill and not slow" $(T)

test-slow: $(VENV)/dev.stamp services ## each page, link and permission for each role; what the ears hear
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m slow $(T)

test-kill: $(VENV)/dev.stamp services ## kill the server again and again and look at what is left
	@$(BIN)/python -m pytest -q -n 0 -m kill -rP --timeout 1800 $(T)

$(VENV)-detoxify/dev.stamp: requirements/dev.txt pyproject.toml
	@echo "Setting up torch and detoxify (some minutes the first time) …"
	@$(PYTHON) -m venv $(VENV)-detoxify
	@$(VENV)-detoxify/bin/pip install -q --disable-pip-version-check torch==2.13.0
	@$(VENV)-detoxify/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(VENV)-detoxify/bin/pip install -q --disable-pip-version-check -e '.[detoxify]'
	@touch $@

test-detoxify: $(VENV)-detoxify/dev.stamp ## the optional second opinion with its real libraries, on a tiny model
	@$(VENV)-detoxify/bin/python -m pytest -q -n 0 tests/screening/hostility

bench: $(VENV)/dev.stamp ## ratios beside a ceiling measured in the same run
	@$(BIN)/python -m tests.bench

fix: $(VENV)/dev.stamp ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

all: check test test-slow test-kill ## everything CI runs, the same way

lock: $(VENV)/dev.stamp ## write the lock files anew from pyproject.toml (needs uv)
	uv pip compile --universal --generate-hashes --no-annotate --no-header --python-version 3.11 pyproject.toml -o requirements/run.txt
	uv pip compile --universal --generate-hashes --no-annotate --no-header --python-version 3.11 --extra dev --extra postgres --extra redis pyproject.toml -o requirements/dev.txt
