# Everything a fresh machine needs besides git and make is a Python from 3.11 to 3.13. `make help` lists the targets.

VENV := .venv
BIN := $(VENV)/bin
RUN = $(BIN)/python -m
DEMO_INPUT := build/demo-input
CORPUS ?= $(DEMO_INPUT)

# The first interpreter that fits; `make PYTHON=/path/to/python test` overrides.
FITS := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
NAMES := python3 python3.13 python3.12 python3.11 python
PYTHON ?= $(firstword $(foreach name,$(NAMES),$(shell $(name) -c '$(FITS)' >/dev/null 2>&1 && echo $(name))))
UV := $(shell command -v uv 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help install demo test exact grammars faults ray conformance browser fuzz check lint types layers bench docs hashes clean notebooks site
.DELETE_ON_ERROR:

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

# ---- environment: installed once, and again when pyproject.toml changes ----------------------------------------------

# pip is in the environment even where uv installs into it, so that make works on when uv is gone or cannot reach the index.
$(BIN)/python:
	@if [ -n "$(PYTHON)" ]; then $(PYTHON) -m venv $(VENV); \
	elif [ -n "$(UV)" ]; then uv venv --quiet --seed --python '>=3.11,<3.14' $(VENV); \
	else \
	  echo "error: no Python from 3.11 to 3.13, with its venv module, among: $(NAMES)" >&2; \
	  echo "Install one (Debian, Ubuntu: apt install python3 python3-venv), or name it: make PYTHON=/path/to/python" >&2; \
	  exit 1; \
	fi

# $(1): what to install.
define pip_install
	@echo "installing $(1) into $(VENV)"
	@if [ -n "$(UV)" ] && uv pip install --quiet --python $(BIN)/python -e '$(1)'; then :; \
	else $(RUN) pip install --quiet --disable-pip-version-check -e '$(1)'; fi
	@touch $@
endef

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(call pip_install,.)

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(call pip_install,.[dev])
	@touch $(VENV)/.installed

install: $(VENV)/.installed-dev ## the package and its development tools, into .venv

# ---- what people run -------------------------------------------------------------------------------------------------

$(DEMO_INPUT)/.complete: examples/demo_input.py $(VENV)/.installed
	$(BIN)/python examples/demo_input.py $(DEMO_INPUT)
	@touch $@

demo: $(DEMO_INPUT)/.complete ## install, then build a corpus from real input into demo/
	$(BIN)/codecorpus build examples/repos $(DEMO_INPUT)/stdlib $(DEMO_INPUT)/site-packages --out demo

test: $(VENV)/.installed-dev ## install, then run every test
	$(RUN) pytest -n auto --dist worksteal $(TESTS)

exact: $(VENV)/.installed-dev ## the trainer against that of Hugging Face, up to 32,000 tokens: minutes
	EXACT_SIZES=1000,8000,32000 $(RUN) pytest tests/test_tokenize_exact.py

build/pack: pyproject.toml | $(VENV)/.installed-dev
	$(RUN) pip install --quiet --disable-pip-version-check --target $@ --upgrade 'tree-sitter-language-pack>=0.13,<1'
	@touch $@

grammars: build/pack ## the tests of the extra all-languages: 111 more, 184 MB
	PYTHONPATH=build/pack $(RUN) pytest tests/test_parse_pack.py

faults: $(VENV)/.installed-dev ## 50 kills at random moments, full disks, interrupts: a quarter of an hour
	FAULT_KILLS=50 $(RUN) pytest tests/test_faults.py tests/test_build_crash.py

build/ray: pyproject.toml | $(VENV)/.installed-dev
	$(RUN) pip install --quiet --disable-pip-version-check --target $@ --upgrade 'ray>=2.50'
	@touch $@

ray: build/ray ## the tests of the extra ray, with workers, machines and drivers that are killed: 250 MB
	PYTHONPATH=build/ray $(RUN) pytest tests/test_ray.py

conformance: $(VENV)/.installed-dev ## files of every format, opened by the trainers' own readers: minutes, 10 GB
	$(BIN)/python tests/conformance/run.py

browser: $(VENV)/.installed-dev ## the tests of the report in a headless Chromium, which has to be there
	@PYTHONPATH=tests $(BIN)/python -c 'import browser, sys; sys.exit(None if browser.find_browser() else "error: no Chromium; install one, or name it in CODECORPUS_BROWSER")'
	BROWSER_REQUIRED=1 $(RUN) pytest tests/test_report_browser.py
# An environment of its own: what trains is large, and wants other releases of common packages than the tests.
TRAINER := build/trainer

$(TRAINER)/.installed: pyproject.toml tests/conformance/requirements-huggingface.txt | $(BIN)/python
	$(RUN) venv --clear $(TRAINER)
	$(TRAINER)/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' -r tests/conformance/requirements-huggingface.txt
	@touch $@

notebooks: $(TRAINER)/.installed ## every notebook, that which trains a model included: 2.4 GB where torch is the one for CPUs
	$(TRAINER)/bin/python -m pytest tests/test_notebooks.py

MINUTES ?= 30

fuzz: $(VENV)/.installed-dev ## the readers and the parse walk, fuzzed with atheris for MINUTES=30; TARGETS="tar git" for some
	$(RUN) pip install --quiet --disable-pip-version-check -e '.[fuzz]'
	$(BIN)/python fuzz/run.py $(TARGETS) --minutes $(MINUTES) --corpus build/fuzz

check: lint types layers ## lint, format, strict types, layer contract

lint: $(VENV)/.installed-dev
	$(RUN) ruff check .
	$(RUN) ruff format --check .

types: $(VENV)/.installed-dev
	$(RUN) mypy

layers: $(VENV)/.installed-dev
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev $(DEMO_INPUT)/.complete ## every benchmark, on the demo's input or CORPUS=FOLDER; ONLY="parse packing" for some
	$(BIN)/python benchmarks/_every.py $(CORPUS) $(ONLY)

docs: $(VENV)/.installed-dev ## write the generated pages in docs/ anew
	$(BIN)/python docs/generate.py

site: $(VENV)/.installed-dev ## the documentation as a site in build/site; broken links are errors
	$(BIN)/python docs/site.py build/site

BENCHMARKS ?= ../shared/benchmarks

hashes: $(VENV)/.installed-dev ## make the hashes of public benchmarks anew, from BENCHMARKS=FOLDER
	$(BIN)/python tools/hash_benchmarks.py $(BENCHMARKS)

clean: ## remove what these targets made
	rm -rf $(VENV) demo build dist bench-out .ruff_cache .mypy_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests docs examples benchmarks tools -name __pycache__ -type d -prune -exec rm -rf {} +
