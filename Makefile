# Everything an operator or a developer does here. `make run` and `make check` are the two to know.

PYTHON ?= python3
BIN := .venv/bin
ENVIRONMENT := @PYTHON="$(PYTHON)" CHOSEN="$(filter command,$(origin PYTHON))" sh infra/environment.sh

.DEFAULT_GOAL := run
.PHONY: run operator test deep browser lint slow check bench mutants weekend siege fuzz replay package findings deploy restore-drill lock audit demo clean anew

# Each is looked at every time: an interpreter may have gone since, which no date of a file tells.
.venv/.runtime: anew       ## what the service itself needs
	$(ENVIRONMENT) locks/requirements.txt $@

.venv/.test: .venv/.runtime ## and what its tests need
	$(ENVIRONMENT) locks/requirements-test.txt $@

.venv/.stamp: .venv/.test  ## and the tools of those who change it
	$(ENVIRONMENT) locks/requirements-dev.txt $@

anew:

run: .venv/.runtime        ## the whole of Casilla on this machine
	@$(BIN)/python -m infra.local.run

# As it was typed: make expands nothing of it, nor does a shell.
operator: export override CMD := $(value CMD)
operator: .venv/.runtime   ## run CMD="alerts list" in what `make run` runs, or in the stack STACK; without CMD: all commands
	@$(BIN)/python -m infra.operate

test: .venv/.test          ## every test but the slow proofs and those in a browser
	$(BIN)/pytest -n 2 -m "not deep and not browser"

deep: .venv/.stamp         ## the slow proofs: all variants of faults, seeded defects, crowds, CloudFormation's view
	$(BIN)/pytest -n 2 -m deep

browser: .venv/.test       ## the portal walked in Chromium: phone, desk, no JavaScript; build/screenshots
	$(BIN)/pytest -n 2 -m browser

lint: .venv/.stamp         ## format, lint, types, import contracts; the template's lint is in `deep`
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

slow: .venv/.stamp         ## deep and browser together: they wait a lot, so three share two cores
	$(BIN)/pytest -n 3 --dist worksteal -m "deep or browser"

check: lint test slow      ## everything a change has to pass

bench: .venv/.stamp        ## what a deposit and a person's request cost, over their floors (and over BASE's first answers)
	BASE=$(BASE) $(BIN)/python -m bench

replay: .venv/.test        ## play the recorded requests on revision BASE and on this tree: what differs is told
	$(BIN)/python -m tests.replay $(BASE) $(if $(WITHOUT),--without $(WITHOUT))

mutants: .venv/.stamp      ## plant small defects in the modules that matter most (or in OF): which does no test see?
	$(BIN)/python -m tests.mutants $(OF)

weekend: .venv/.test       ## 72 hours of alerts against a provider and a platform that fail; SEED for other ones
	$(BIN)/python -m tests.weekend $(if $(SEED),--seed $(SEED))

siege: .venv/.test         ## attackers against the ways in: who of the innocent gets in, and in how many steps
	$(BIN)/python -m tests.siege

fuzz: .venv/.test          ## inspect files that were damaged by chance; COUNT, SEED, FOLDER="…" of more files: build/fuzz has what fails
	$(BIN)/python -m tests.fuzz $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED)) $(FOLDER)

package: .venv/.stamp      ## build/package/{sam.json,deployment.zip,inventory.json,THIRD-PARTY-NOTICES.txt}
	$(BIN)/python -m infra.package

deploy: .venv/.stamp       ## bring the sources into service: STAGE=prod in AWS; STAGE=local on this machine's engine, with use and way back
	@$(BIN)/python -m infra.deploy $(or $(STAGE),$(error STAGE=prod or STAGE=local)) $(if $(ACCEPT),--accept $(ACCEPT)) $(if $(AGAIN),--again) $(if $(LOSES),--loses $(LOSES))

lock: .venv/.stamp         ## renew locks/ after a change of requirements*.txt; UPGRADE="cffi lxml" takes those anew
	@UPGRADE="$(UPGRADE)" $(BIN)/python -m infra.locks

audit: .venv/.stamp        ## ask the advisory database about all that is locked: needs the network
	@$(BIN)/python -m infra.audit

findings: .venv/.stamp     ## look over the template that CloudFormation sees, by checkov; infra/findings/accepted.toml says what stays
	$(BIN)/python -m infra.findings

restore-drill: .venv/.test ## damage, restore, check, hold, release on the local engine: what a restore in AWS would walk
	$(BIN)/python -m infra.restore.drill

demo: .venv/.runtime       ## deposit FILE=some.pdf into the running demonstration; TO=DNI:40000036 for somebody else
	@$(BIN)/python -m examples.demo $(if $(FILE),"$(FILE)" $(if $(TO),"$(TO)"))

clean:
	rm -rf build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
