# The two commands of a newcomer: make demo, make test. Both set up what they need.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test benchmark workbook docs clean

demo: .venv/installed
	$(BIN)/mrr-xl demo mrr-demo.xlsx

test: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -n auto --dist loadgroup

benchmark: .venv/installed-test
	$(BIN)/python benchmarks/movements.py
	$(BIN)/python benchmarks/retention.py
	$(BIN)/python benchmarks/formulas.py
	$(BIN)/python benchmarks/report.py
	$(BIN)/python benchmarks/fill.py
	$(BIN)/python benchmarks/hosts.py

workbook: .venv/installed-test
	$(BIN)/python workbook/build.py

docs: .venv/installed-test
	$(BIN)/python docs/build.py

clean:
	rm -rf .venv mrr-demo.xlsx

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

.venv/installed-test: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@
