# pixharbor: `make` lists the targets. Needs Python >= 3.11 and nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
# pyvips must use the libvips of its own wheel: an older one of the system stays out of sight.
PIP := PKG_CONFIG_LIBDIR=/nonexistent $(BIN)/python -m pip --disable-pip-version-check --quiet
PAGE_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' 2>/dev/null)

.PHONY: help demo run page api-types test check format lock bench chaos smoke

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-10s %s\n", $$1, $$2}'

demo: .venv/.runtime src/pixharbor/page/index.html ## import a sample album from a local Google Drive, and show it
	$(BIN)/pixharbor demo

run: .venv/.runtime src/pixharbor/page/index.html ## serve on http://127.0.0.1:8000
	$(BIN)/pixharbor serve

page: src/pixharbor/page/index.html ## build the web page

test: .venv/.dev src/pixharbor/page/index.html ## run all tests
	$(BIN)/pytest -n auto

check: .venv/.dev ## format, lint, types, import contracts, size caps
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tests/house/caps.py
	$(BIN)/python -m pixharbor.cli.main openapi --check docs/openapi.json
	$(BIN)/python web/build_page.py check

format: .venv/.dev ## put the code in shape
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

api-types: .venv/.dev ## write docs/openapi.json and the page's types from the code
	$(BIN)/python -m pixharbor.cli.main openapi > docs/openapi.json
	$(BIN)/python web/build_page.py api-types

lock: .venv/.dev ## resolve the dependencies again, with hashes and without addresses
	$(PIP) install uv
	$(BIN)/uv pip compile -q $(UPGRADE) --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements/runtime.lock
	$(BIN)/uv pip compile -q $(UPGRADE) --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group pyproject.toml:page -o requirements/page.lock
	$(BIN)/uv pip compile -q $(UPGRADE) --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --extra fleet -o requirements/fleet.lock
	$(BIN)/uv pip compile -q $(UPGRADE) --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml --extra fleet --group dev --group page -o requirements/dev.lock

bench: .venv/.dev ## run the benchmarks (minutes; see benchmarks/README.md)
	$(BIN)/python benchmarks/run_all.py

chaos: .venv/.dev ## kill and break everything, and count what is lost (CHAOS="--stack embedded --quick")
	PYTHONPATH=tests:benchmarks $(BIN)/python -m chaos $(CHAOS)

smoke: .venv/.dev ## import from the real Google Drive and Dropbox, with keys of your own (CONTRIBUTING.md)
	PYTHONPATH=tests $(BIN)/python -m smoke

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "pixharbor needs Python 3.11 or newer; name one with: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv

.venv/.runtime: .venv/bin/python requirements/runtime.lock requirements/page.lock
	@echo "Installing (once, about a minute) …"
	$(PIP) install --require-hashes -r requirements/runtime.lock -r requirements/page.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.runtime requirements/dev.lock
	$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@

src/pixharbor/page/index.html: .venv/.runtime $(PAGE_SOURCES)
	@echo "Building the page …"
	$(BIN)/python web/build_page.py
