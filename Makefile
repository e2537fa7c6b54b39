# Everything a person needs, from a machine with Python 3.11+ and make. Each target sets up what it uses.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check bench clean

run: .venv/installed            ## drill in the browser: prints a local address
	$(BIN)/backfill run

test: .venv/installed-dev       ## the suite; the long runs against crashes and power cuts are pytest -m chaos
	$(BIN)/pytest -n auto --dist worksteal -m "not chaos"

check: .venv/installed-dev      ## lint, types, the decks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/backfill decks lint

bench: .venv/installed-bench    ## ratios, measured in one run on this machine
	$(BIN)/python -m tests.benchmarks

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Backfill needs Python 3.11 or newer; try: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/installed: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/installed-dev: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ .venv/installed

.venv/installed-bench: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,bench]'
	touch $@ .venv/installed .venv/installed-dev

clean:
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
