# make demo     open the reader on bundled sample feeds, offline       (make demo ARGS=--fresh starts over)
# make test     everything that has to hold before a change goes in    (make test ARGS="-k watch" for some tests;
#               WORKERS=0 in one process, for a debugger)
# make test-servers  the tests of accounts on servers alone; with the packages miniflux and postgresql, a real one
# make coverage the tests, and what of the code they run: all of the pure core, 95 % of the whole
# make check    only what needs no run: style, types, layers
# make bench    the benchmarks that take a minute, on small numbers    (benchmarks/README.md has the whole ones)
# make docs     write the pages that come from the code, and render all of docs/ into build/site
# make soak     press 10,000 random keys while feeds change, under Pilot and in a terminal          (some minutes)
# make mutants  change the code in small ways and see whether a test minds        (minutes to hours)
# make lock     renew the requirements-*.txt from pyproject.toml
# make clean    take away what these commands made
#
# All of them make what they need; another Python than python3: make PYTHON=python3.12 test

PYTHON ?= python3
ARGS ?=
WORKERS ?= 3

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

# The pure core: what is decided here is decided by values alone, so each branch of it has a test.
CORE := export/brief export/brief_formats export/markup export/story export/story_formats commands/* dedup sync/merge timing/documents timing/gaps timing/schedule feeds/preview config/toml_lines text/* query/* lexicon/* watch/* related/* document/*
comma := ,
empty :=
CORE_FILES := $(subst $(empty) $(empty),$(comma),$(foreach part,$(CORE),*/tuireader/$(part).py))

# Else each of the many programs that the tests start would compile its modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test tests test-servers coverage check bench docs soak mutants lock clean

demo: .venv/.installed
	$(BIN)/tuireader --demo $(ARGS)

test: .venv/.locked
	@$(MAKE) --no-print-directory -j 2 check tests

# In a fresh clone, one process compiles the tests first: else each of them would.
tests: .venv/.locked
	@test -d tests/__pycache__ || $(BIN)/python -m pytest --collect-only -q >/dev/null || true
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --hypothesis-profile=ci $(ARGS)

test-servers: .venv/.locked
	$(BIN)/python -m pytest tests/servers -rs $(ARGS)

coverage: .venv/.locked
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) --dist worksteal --hypothesis-profile=ci $(ARGS)
	$(BIN)/coverage combine -q
	$(BIN)/coverage report --fail-under=95
	$(BIN)/coverage report --fail-under=100 --include='$(CORE_FILES)'

check: .venv/.locked
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/.locked
	$(BIN)/python benchmarks/watch.py --articles 500 --terms 10 1000 --stored 2000
	$(BIN)/python benchmarks/refresh.py --feeds 20 --latency 0 --runs 1 --peers
	$(BIN)/python benchmarks/ui.py --articles 2000 --runs 1 --presses 20 --peers

soak: .venv/.locked
	TUIREADER_SOAK=10000 $(BIN)/python -m pytest -o faulthandler_timeout=0 tests/test_soak.py $(ARGS)

docs: .venv/.docs
	$(BIN)/python docs/generate.py
	$(BIN)/zensical build --strict --clean

mutants: .venv/.mutants
	$(BIN)/mutmut run $(ARGS) > build/mutants.log
	$(BIN)/mutmut results

# The package with what it needs to run, in the newest versions that fit.
.venv/.installed: pyproject.toml | .venv/.made
	$(PIP) install -e .
	@touch $@

# The package with what it needs to be tested, each file of it known by its hash.
.venv/.locked: requirements-test.txt pyproject.toml | .venv/.made
	$(PIP) install --require-hashes -r requirements-test.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ .venv/.installed

# What renders the documentation.
.venv/.docs: requirements-docs.txt .venv/.locked
	$(PIP) install --require-hashes -r requirements-docs.txt
	@touch $@

# What changes the code to see whether a test minds.
.venv/.mutants: requirements-mutants.txt .venv/.locked
	$(PIP) install --require-hashes -r requirements-mutants.txt
	@mkdir -p build
	@touch $@

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else \
	    "tuireader needs Python 3.11 or newer, this is %d.%d; try: make PYTHON=python3.12" % sys.version_info[:2])'
	$(PYTHON) -m venv .venv
	@touch $@

# Where packages come from is everybody's own matter, so no index may get into the files.
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" build/lock/bin/pip-compile --quiet --upgrade --generate-hashes \
	    --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip --disable-pip-version-check -q install "pip-tools>=7.4"
	$(COMPILE) --extra test --all-build-deps --output-file requirements-test.txt pyproject.toml
	$(COMPILE) --extra docs --constraint requirements-test.txt --output-file requirements-docs.txt pyproject.toml
	$(COMPILE) --extra mutants --constraint requirements-test.txt --output-file requirements-mutants.txt pyproject.toml

clean:
	rm -rf .venv build dist mutants .cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage* htmlcov
	find src tests benchmarks docs -name __pycache__ -prune -exec rm -rf {} +
