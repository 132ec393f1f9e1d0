# Everything a developer or an operator types. Only Python 3.11+ and make are assumed.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PO     := $(wildcard qcapp/translations/*/LC_MESSAGES/messages.po)
MO     := $(PO:.po=.mo)
# Many processes start here, those of the tests above all: none is to compile the whole program anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# Exact versions, checked by their hashes. Nothing is built from source: what a build fetches pip does not check.
INSTALL := $(BIN)/pip install --quiet --require-hashes --only-binary :all:

$(VENV)/installed: pyproject.toml requirements/product.txt
	$(PYTHON) -c 'import sys; sys.exit("qcapp needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --requirement requirements/product.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements/development.txt
	$(INSTALL) --requirement requirements/development.txt
	@touch $@

$(VENV)/installed-bench: $(VENV)/installed-dev requirements/bench.txt
	$(INSTALL) --requirement requirements/bench.txt
	@touch $@

%.mo: %.po $(VENV)/installed
	$(BIN)/pybabel -q compile -i $< -o $@ -l $(notdir $(patsubst %/LC_MESSAGES/,%,$(dir $<)))

install: $(VENV)/installed $(MO) ## make .venv with everything the product needs

demo: install ## sample calls imported, transcribed and scored, then served on http://127.0.0.1:8000
	$(BIN)/qcapp demo

test: $(VENV)/installed-dev $(MO) ## every test, those in a real browser included
	@sh tests/browser.sh
	$(BIN)/pytest -n 2 --dist loadgroup

check: $(VENV)/installed-dev $(MO) ## ruff, mypy, import-linter, djlint, codespell, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint qcapp/templates
	$(BIN)/codespell
	$(BIN)/qcapp db check

bench: $(VENV)/installed-bench $(MO) ## transcription and pages, measured; prints the tables of the README
	$(BIN)/python benchmarks/transcription.py
	$(BIN)/python benchmarks/pages.py

audit: $(VENV)/installed-dev ## known weaknesses of the versions in requirements/; asks the package index
	$(BIN)/pip-audit --strict --disable-pip --progress-spinner off $(patsubst %,--requirement %,$(wildcard requirements/*.txt))

mutants: $(VENV)/installed-dev $(MO) ## changes of the rules that no test notices; takes the better part of an hour
	$(BIN)/pip install --quiet 'mutmut~=3.8'
	$(BIN)/mutmut run
	$(BIN)/mutmut results

LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate
lock: $(VENV)/installed ## write down in requirements/ what pyproject.toml asks for, with versions and hashes
	$(BIN)/pip install --quiet 'uv~=0.13'
	$(LOCK) pyproject.toml --extra model-base --extra postgres --extra redis --group build --output-file requirements/product.txt
	$(LOCK) --group test --group check --constraint requirements/product.txt --output-file requirements/development.txt
	$(LOCK) --group bench --constraint requirements/product.txt --output-file requirements/bench.txt

upgrade: LOCK += --upgrade
upgrade: lock ## the same with the newest versions it allows

translations: install ## gather texts from code and templates into the Russian catalogue
	$(BIN)/pybabel -q extract -F babel.cfg -k lazy --no-location --sort-output --omit-header -o build/messages.pot qcapp
	$(BIN)/pybabel -q update -i build/messages.pot -d qcapp/translations -l ru --no-fuzzy-matching --ignore-obsolete --width 110

clean: ## remove what make has made, data in ./var excepted
	rm -rf $(VENV) build dist mutants .mypy_cache .ruff_cache .pytest_cache $(MO)

.PHONY: help install demo test check bench audit mutants lock upgrade translations clean
