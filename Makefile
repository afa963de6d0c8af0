# Everything runs in .venv with the locked versions. The first target that needs it creates it.

SHELL  := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# The functions' runtime: tests, chaos and benchmarks run on it where it is installed.
RUNTIME := 3.13

# $(call python,VERSIONS): the path of the first interpreter that starts. A version manager can have a
# program on the PATH for a version that it does not start; pyenv's own folder then has one that does.
python = $(shell for version in $(1); do \
	for python in $$(type -aP "python$$version") \
		"$${PYENV_ROOT:-$${HOME:-}/.pyenv}"/versions/$$version.*/bin/python$$version; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && exit; \
	done; done)

PYTHON ?= $(call python,$(RUNTIME) 3.12 3.11 3)
BIN    := .venv/bin
READY  := .venv/.ready

SCANNERS := .venv-security
FLINK    := .venv-flink
LOCK     := .venv-lock
MVN      ?= mvn --batch-mode

# When make started, in seconds: the demo reports the total time.
STARTED := $(shell date +%s)

# $(call install,FOLDER,FILE): install locked packages and print the progress. It can take minutes.
# A lock has all of them, and Python compiles what is imported.
install = $(1)/bin/pip install --disable-pip-version-check --require-hashes --no-deps --no-compile -r $(2) | awk -v all=$$(grep -c == $(2)) \
	'/^Collecting/ && ++n % 10 == 0 { print "  downloaded " n " of " all " packages" } \
	/^Installing/ { print "  installing " all " packages" } { fflush() }'

# Size of make chaos; docs/reliability.md has the large sizes.
EVENTS ?= 20000
SEED   ?= 1

# Number of kills by make chaos-flink.
KILLS ?= 20

# How long make fuzz searches each target, with a new seed every time. CI sets a count and a seed.
FUZZ ?= --seconds 20

# Sets have the same order in every run, and what is compiled is kept for the next.
export PYTHONHASHSEED ?= 0
unexport PYTHONDONTWRITEBYTECODE

# pytest-xdist's workers. Tests that apply in parallel wait more than they compute.
WORKERS ?= 3

.PHONY: help setup hooks build lint format unit test test-page acceptance chaos fuzz changes security cost bench bench-page demo doctor replay rebuild \
	flink-package test-flink chaos-flink publish lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-13s %s\n", $$1, $$2 }'

setup: $(READY) ## Install what the other targets need into .venv

$(READY): requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found: install it, or name it with make PYTHON=..." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit("%d.%d" % sys.version_info[:2] != "$(RUNTIME)")' || { \
		test "$${CI:-}" != true || { echo "CI needs Python $(RUNTIME), the functions' runtime." >&2; exit 1; }; \
		echo "Tests will not run on the functions' runtime, Python $(RUNTIME), but on $$("$(PYTHON)" --version)." >&2; }
	@echo "Installing what is needed into .venv (a minute or so) ..."
	@"$(PYTHON)" -m venv --clear .venv || { echo "$(PYTHON) could not make a virtual environment; on Debian and Ubuntu, install python3-venv." >&2; exit 1; }
	@$(call install,.venv,requirements-dev.txt)
	@touch $@

hooks: $(READY) ## Check each commit (pre-commit)
	$(BIN)/pre-commit install

build: $(READY) ## Build the zips, the modules' version, the documents' tables and the examples' variables
	$(BIN)/python lambda_src/build_zips.py
	$(BIN)/python lambda_src/module_versions.py
	$(BIN)/python -m tests.document_tables
	$(BIN)/python -m tests.example_files

lint: $(READY) ## Check style, types, zips, phrases and the Terraform configurations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python lambda_src/build_zips.py --check
	$(BIN)/python -m tests.phrases
	$(BIN)/python -m tests.local_cloud.terraform_lint

format: $(READY) ## Format Python and Terraform
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	terraform fmt -recursive

unit: $(READY) ## Run the tests that need neither Terraform nor a local cloud
	$(BIN)/pytest tests/unit -n 2

test: $(READY) ## Run all tests
	HYPOTHESIS_PROFILE=thorough $(BIN)/pytest -n $(WORKERS) --dist loadgroup

acceptance: $(READY) ## Run the acceptance test in an AWS account: make acceptance ACCEPTANCE="--yes --account 123456789012"
	@$(BIN)/python -m tests.acceptance $(ACCEPTANCE)

test-page: $(READY) build/browser/.ready ## Test the report page in a browser (Chromium, Node.js)
	$(BIN)/pytest tests/browser -n 0

build/browser/.ready: tests/browser/package.json tests/browser/package-lock.json
	@command -v npm >/dev/null || { echo "axe-core, which checks the page's accessibility, is an npm package: install Node.js with npm" >&2; exit 1; }
	@mkdir -p build/browser
	@cp tests/browser/package.json tests/browser/package-lock.json build/browser/
	@npm ci --prefix build/browser --ignore-scripts --no-audit --no-fund
	@touch $@

chaos: $(READY) ## Send random events through faults and crashes: make chaos EVENTS=... SEED=...
	$(BIN)/python -m tests.chaos --events $(EVENTS) --seed $(SEED)

fuzz: $(READY) ## Search for hostile input: make fuzz FUZZ="--seconds 300"
	$(BIN)/python -m tests.fuzz $(FUZZ)

changes: $(READY) ## Change, grow, shrink and interrupt a running deployment
	$(BIN)/pytest tests/changes -n 2 --dist loadgroup

security: $(READY) $(SCANNERS)/.ready ## Prove least privilege, scan Terraform and dependencies
	$(BIN)/python -m tests.scanners
	$(BIN)/pytest tests/policies -n 0
	$(BIN)/python -m tests.security

# A separate environment, because checkov needs an older boto3.
$(SCANNERS)/.ready: requirements-security.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found: install it, or name it with make PYTHON=..." >&2; exit 1; }
	@echo "Installing the scanners into $(SCANNERS) (a minute or so) ..."
	@"$(PYTHON)" -m venv --clear $(SCANNERS)
	@$(call install,$(SCANNERS),requirements-security.txt)
	@touch $@

cost: $(READY) ## Show what a month costs: make cost COST="--agents 500"
	@$(BIN)/python -m aspect_wfm cost $(COST)

bench: $(READY) ## Measure this design next to others: make bench BENCH="--only usual,floor"
	@$(BIN)/python -m benchmarks.speed $(BENCH)

bench-page: $(READY) ## Measure the report page of large days in a browser
	@$(BIN)/python -m benchmarks.report_page

demo: $(READY) ## Show what both products receive, without an AWS account
	@STARTED=$(STARTED) $(BIN)/python -m tests.demo

doctor: $(READY) ## Check a deployment: make doctor DIR=examples/both-new-stream DOCTOR="--strict"
	@$(BIN)/python -m aspect_wfm doctor $(DIR) $(DOCTOR)

replay: $(READY) ## Replay failed records: make replay REPLAY="--function NAME --dry-run"
	@$(BIN)/python -m aspect_wfm replay $(REPLAY)

rebuild: $(READY) ## Rebuild report files: make rebuild REBUILD="--function NAME --from ... --to ..."
	@$(BIN)/python -m aspect_wfm rebuild $(REBUILD)

flink-package: $(READY) ## Assemble the Flink application (Maven 3.6 or newer): make flink-package [MVN="mvn ..."]
	@rm -rf build/flink
	$(MVN) --strict-checksums -f flink_src/pom.xml package
	$(BIN)/python flink_src/package.py

test-flink: $(READY) $(FLINK)/.ready ## Test the Flink job on its connector (Java 11 or 17, Python 3.11, Maven, Node.js)
	$(BIN)/pytest tests/flink -n 0

chaos-flink: $(READY) $(FLINK)/.ready ## Kill the Flink job repeatedly: make chaos-flink KILLS=... SEED=...
	$(BIN)/python -m tests.flink.chaos --kills $(KILLS) --seed $(SEED)

# PyFlink 1.20's dependencies have no wheels for a newer Python.
PYTHON_3_11 = $(call python,3.11)

$(FLINK)/.ready: requirements-flink.txt requirements-flink-job.txt tests/flink/pom.xml tests/flink/package-lock.json
	@test -n "$(PYTHON_3_11)" || { echo "PyFlink needs Python 3.11: install it as python3.11" >&2; exit 1; }
	@command -v java >/dev/null || { echo "Flink needs Java 11 or 17: install it, on Debian and Ubuntu as openjdk-17-jre-headless" >&2; exit 1; }
	@command -v mvn >/dev/null || { echo "The connector is a Maven package: install Maven, on Debian and Ubuntu as maven" >&2; exit 1; }
	@command -v npm >/dev/null || { echo "The tests' stream runs on Node.js: install Node.js with npm" >&2; exit 1; }
	@echo "Installing PyFlink, its connector and a stream into $(FLINK) (850 MB, three minutes or so) ..."
	@"$(PYTHON_3_11)" -m venv --clear $(FLINK)
	@$(call install,$(FLINK),requirements-flink.txt)
	@$(MVN) --quiet --strict-checksums -f tests/flink/pom.xml -Djars="$(CURDIR)/$(FLINK)/jars" package
	@cp tests/flink/package.json tests/flink/package-lock.json $(FLINK)/
	@npm ci --prefix $(FLINK) --ignore-scripts --no-audit --no-fund
	@touch $@

publish: $(READY) ## Upload the zips to your bucket: make publish BUCKET=... [PREFIX=.../]
	@test -n "$(BUCKET)" || { echo "Set the bucket: make publish BUCKET=my-bucket PREFIX=connect-integration-aspect-wfm/" >&2; exit 1; }
	$(BIN)/python lambda_src/publish_zips.py "$(BUCKET)" "$(PREFIX)"

lock: $(LOCK)/.ready ## Lock the versions in requirements-*.in again (Python 3.11)
	for name in dev security flink-job flink; do \
		$(LOCK)/bin/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-header --no-emit-index-url \
			--no-emit-trusted-host --no-emit-find-links -o requirements-$$name.txt requirements-$$name.in; done

# pip-compile locks for the Python that it runs on. The oldest one needs the most packages.
$(LOCK)/.ready: requirements-dev.txt
	@test -n "$(PYTHON_3_11)" || { echo "Locking needs Python 3.11: install it as python3.11" >&2; exit 1; }
	@"$(PYTHON_3_11)" -m venv --clear $(LOCK)
	@$(call install,$(LOCK),requirements-dev.txt)
	@touch $@

clean: ## Remove what was built and installed, but not the zips
	rm -rf .venv $(SCANNERS) $(FLINK) $(LOCK) aspect_wfm.egg-info build
