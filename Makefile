# make demo, make down, make test, make check, make bench, make fuzz, make install
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo down test check bench fuzz install

demo: install
	@lab/packages demo
	@DETACH=$(DETACH) $(BIN)/python -m lab demo

down:
	@$(BIN)/python -m lab down

install: $(VENV)/.installed

$(VENV)/.installed: requirements.lock pyproject.toml
	@echo "Python packages ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed requirements-test.lock
	@lab/packages test
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-test.lock
	@touch $@

test: $(VENV)/.tested
	@$(BIN)/pytest -n 3

check: $(VENV)/.tested
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/pytest -q tests/house

bench: $(VENV)/.tested
	@$(BIN)/lebarpita-exporter bench snmp; snmp=$$?; $(BIN)/lebarpita-exporter bench flows && exit $$snmp

fuzz: $(VENV)/.tested
	@FUZZ_DATAGRAMS=$${FUZZ_DATAGRAMS:-10000000} $(BIN)/pytest -q -s --timeout=0 tests/exporter/flows/test_flows_fuzz.py
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-20000} $(BIN)/pytest -q --timeout=0 tests/exporter/flows/test_flows_rules.py -k hostile
	@ORACLE_EXAMPLES=$${ORACLE_EXAMPLES:-20000} $(BIN)/pytest -q --timeout=0 tests/exporter/flows/test_flows_oracle.py
