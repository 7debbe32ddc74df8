# make demo, make down, make test, make check, make lint, make site, make bench, make fuzz, make install, make minimal, make compose,
# make booted
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
# What is installed is asked anew each time: a file that is there says nothing of what was made half (lab/environment).
FOR_DEMO := lab/packages demo && lab/environment
FOR_TEST := lab/packages test && lab/environment test
export PYTHON

.PHONY: demo down test check lint site bench fuzz install minimal compose booted

demo:
	@$(FOR_DEMO)
	@DETACH=$(DETACH) $(BIN)/python -m lab demo

down:
	@test -x $(BIN)/python || { echo "no lab was started from here"; exit 1; }
	@$(BIN)/python -m lab down

install:
	@lab/packages setup && lab/environment

test:
	@$(FOR_TEST)
	@$(BIN)/pytest -n 4 --cov --cov-report=
	@$(BIN)/python tests/guarded.py --measured

check: lint
	@$(BIN)/pytest -q tests/house
	@$(BIN)/python tests/guarded.py

lint:
	@$(FOR_TEST)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# The documents as a site of plain files in site/, which opens from the folder: docs/how-to/read-the-documents.md.
site:
	@lab/environment
	@$(BIN)/python -m docs.website

bench:
	@$(FOR_TEST)
	@$(BIN)/lebarpita-exporter bench snmp; snmp=$$?; $(BIN)/lebarpita-exporter bench watch; watch=$$?; \
	$(BIN)/lebarpita-exporter bench flows && exit $$((snmp | watch))

fuzz:
	@$(FOR_TEST)
	@FUZZ_DATAGRAMS=$${FUZZ_DATAGRAMS:-10000000} $(BIN)/pytest -q -s --timeout=0 tests/exporter/flows/test_flows_fuzz.py
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-20000} $(BIN)/pytest -q --timeout=0 tests/exporter/flows/decode/test_flows_numbers.py -k hostile
	@ORACLE_EXAMPLES=$${ORACLE_EXAMPLES:-20000} $(BIN)/pytest -q --timeout=0 tests/exporter/flows/test_flows_oracle.py
	@LEBARPITA_POWER_CUTS=$${LEBARPITA_POWER_CUTS:-50} $(BIN)/pytest -q -s tests/stories/test_story_power_cut.py

# As root, with debootstrap; an hour. What is committed is tried on minimal Debians: docs/why/minimal-debian.md.
minimal:
	@tests/setup/minimal_debian $(DEBIANS)

# As root, with podman and debootstrap: docker-compose.yml run by its page, on images of Debian's packages.
compose:
	@$(FOR_TEST)
	@tests/setup/compose_run.sh

# As root, with debootstrap and systemd-container: install.md on a Debian that systemd has booted.
booted:
	@tests/setup/booted_debian $(DEBIANS)
