# Everything an operator or a developer does here. `make run` and `make check` are the two to know.

PYTHON ?= python3.11
BIN := .venv/bin

.DEFAULT_GOAL := run
.PHONY: run test check bench package e2e demo clean

.venv: .venv/.stamp
.venv/.stamp: requirements-dev.txt requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --requirement requirements-dev.txt
	touch $@

run: .venv/.stamp          ## the whole of Casilla on this machine
	$(BIN)/python -m infra.local.run

test: .venv/.stamp
	$(BIN)/pytest -n 2

check: .venv/.stamp        ## everything a change has to pass
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2

bench: .venv/.stamp        ## what a deposit costs, over its floor; build/bench.json
	$(BIN)/python -m bench

package: .venv/.stamp      ## build/package/{sam.json,deployment.zip}
	$(BIN)/python -m infra.package

e2e: .venv/.stamp          ## deploy the package into a local engine that enforces policies, and use it
	$(BIN)/python -m infra.e2e

demo: .venv/.stamp
	$(BIN)/python -m examples.demo $(FILE)

clean:
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
