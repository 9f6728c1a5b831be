# The two commands of a newcomer: make demo, make test. Both set up what they need. `make help` lists all.
PYTHON ?= python3
BIN := .venv/bin

# What Excel and a terminal need of Windows; all tests would take a quarter of an hour there.
WINDOWS_TESTS := tests/windows tests/hosts/test_hosts.py tests/hosts/test_vba.py tests/hosts/test_xlwings.py \
  tests/hosts/test_excel_addin.py tests/report/test_xlstart.py tests/cli/test_cli.py tests/cli/test_code_pages.py \
  tests/cli/test_problems.py tests/filling/test_fill.py tests/filling/test_lossless.py \
  tests/filling/test_batch.py::test_processes_give_the_same_reports_in_the_same_order

.PHONY: help demo test check fuzz mutants windows packages audit lock benchmark workbook docs reliability release clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

demo: .venv/installed  ## a workbook of made-up subscriptions: mrr-demo.xlsx
	$(BIN)/mrr-xl demo mrr-demo.xlsx

test: .venv/installed-test  ## ruff, mypy and all tests: an hour
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto --dist loadgroup

# For the minutes between two changes; SINCE=HEAD~3: of what has changed since that commit.
SINCE := main
check: .venv/installed-test  ## ruff, mypy and the tests of what has changed since main: a minute
	$(BIN)/python .ci/check.py $(SINCE)

# Inputs that nobody wrote: half an hour of them, or so many seconds; each run has a new seed, which it prints.
SECONDS := 1800
fuzz: .venv/installed-fuzz  ## half an hour of inputs that nobody wrote
	$(BIN)/python -m fuzz.run --seconds $(SECONDS)

# Of the whole core, or of what MODULES says: make mutants MODULES="mrr_xl/rollforward mrr_xl/ledger/rates.py"
mutants: .venv/installed-mutants  ## small changes of the code that no test sees
	$(BIN)/python mutants/run.py $(MODULES)

# Windows' own Python under Wine: no Excel, but all that Excel starts.
windows: .venv/installed  ## tests under Windows' Python, by Wine
	.ci/windows
	.ci/windows -m pytest -p no:cacheprovider -n 2 --dist loadgroup $(WINDOWS_TESTS)

# The wheel and the source archive, in empty environments.
packages: .venv/supply/installed  ## the wheel and the source archive, tried in empty environments
	.venv/supply/bin/python .ci/packages.py

# Known vulnerabilities of what requirements.lock names.
audit: .venv/supply/installed  ## known vulnerabilities of what is used
	.venv/supply/bin/python .ci/audit.py

# The newest versions that pyproject.toml allows, for every system and Python.
lock: .venv/supply/installed  ## requirements.lock, written anew
	.venv/supply/bin/uv pip compile --quiet --universal --generate-hashes --all-extras --no-annotate --upgrade \
	  --custom-compile-command 'make lock' --output-file requirements.lock pyproject.toml

benchmark: .venv/installed-test  ## the speed beside other ways to the same figures
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'saas-metrics==0.1.0'
	$(BIN)/python benchmarks/engines.py
	$(BIN)/python benchmarks/retention.py
	$(BIN)/python benchmarks/formulas.py
	$(BIN)/python benchmarks/report.py
	$(BIN)/python benchmarks/lambdas.py
	$(BIN)/python benchmarks/fill.py
	$(BIN)/python benchmarks/hosts.py

workbook: .venv/installed-test  ## the files in workbook/, written anew
	$(BIN)/python workbook/build.py

docs: .venv/installed-test  ## the generated pages and parts of pages, written anew
	$(BIN)/python docs/build.py
	$(BIN)/python docs/notebook.py
	$(BIN)/python docs/reliability.py

# The counts in docs/reliability.md: those of a run of everything, in which nothing may be skipped.
reliability: .venv/installed-test  ## a run of everything, and its counts in docs/reliability.md
	MRR_XL_NO_SKIPS=1 $(BIN)/pytest -n auto --dist loadgroup --junitxml=.venv/run.xml
	$(BIN)/python docs/reliability.py .venv/run.xml

# VERSION=0.8.0; the suite has to have passed on this commit before.
release: .venv/installed-test .venv/supply/installed  ## the version, its checks and its tag
	$(BIN)/python .ci/release.py $(VERSION)

clean:  ## remove what the others have set up
	rm -rf .venv .fuzz .mutants mrr-demo.xlsx

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

# LOCKED=1, in a new .venv: the versions of requirements.lock instead of the newest.
.venv/installed-test: .venv/installed $(if $(LOCKED),.venv/supply/installed)
	$(if $(LOCKED),.venv/supply/bin/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

.venv/installed-fuzz: .venv/installed-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[fuzz]'
	touch $@

.venv/installed-mutants: .venv/installed-test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'cosmic-ray>=8.7,<9' 'coverage>=7.6'
	touch $@

.venv/supply/installed:
	$(PYTHON) -m venv .venv/supply
	.venv/supply/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9' 'pip-audit>=2.9'
	touch $@
