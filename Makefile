# make demo     open the reader on bundled sample feeds, offline       (make demo ARGS=--fresh starts over)
# make test     all tests                             (make test ARGS="-k watch" for some of them; WORKERS=0 in one
#               process, for a debugger)
# make test-servers  the tests of accounts on servers alone; with the packages miniflux and postgresql, a real one
# make test-tools   the tests of the benchmarks, of the simulated week and of the pictures in docs/
# make test-lowest  the tests of core, store and feeds, with the lowest versions that pyproject.toml admits
# make coverage the tests, and what of the code they run: all of the pure core, 95 % of the whole
# make check    what needs no run: style, types, layers
# make bench    the benchmarks that take a minute, on small numbers    (benchmarks/README.md has the whole ones)
# make docs     write the pages that come from the code, and render all of docs/ into build/site
# make soak     press 10,000 random keys while feeds change, under Pilot and in a terminal          (some minutes)
# make mutants  change N lines of the code in small ways, one at a time, and see whether a test fails
#               (make mutants N=50 SEED=2 IN=src/tuireader/sync; N=400 of everything that matters: most of an hour)
# make lock     renew the requirements-*.txt from pyproject.toml
# make clean    take away what these commands made
#
# All of them make what they need; another Python than python3: make PYTHON=python3.12 test (and VENV=.venv-3.12,
# to keep an environment for each)

PYTHON ?= python3
VENV ?= .venv
LOCKED ?= requirements-test.txt
ARGS ?=
WORKERS ?= 3
N ?= 400
SEED ?= 1
IN ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

# The pure core: what is decided here is decided by values alone, so each branch of it has a test.
CORE := export/brief export/brief_formats export/markup export/story export/story_formats commands/* dedup sync/merge timing/documents timing/gaps timing/schedule feeds/find/preview config/toml_lines text/* query/* lexicon/* watch/* related/* related/*/* document/* feeds/teasers
BEYOND := tests/cli/test_mcp.py tests/test_imap.py tests/ui/test_driver.py tests/ui/test_serve.py
comma := ,
empty :=
CORE_FILES := $(subst $(empty) $(empty),$(comma),$(foreach part,$(CORE),*/tuireader/$(part).py))

# Many tests open databases: where memory can hold enough files, those of the store take an eighth less CPU.
ROOMY := test -w /dev/shm && test "$$(df -Pk /dev/shm | awk 'END { print $$4 }')" -gt 4000000
ifeq ($(TMPDIR),)
export TMPDIR := $(if $(shell $(ROOMY) && echo yes),/dev/shm,/tmp)
endif

# Else each of the many programs that the tests start would compile its modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-servers test-tools test-lowest coverage check bench docs soak mutants lock clean

demo: $(VENV)/.installed
	$(BIN)/tuireader --demo $(ARGS)

# In a fresh clone, two processes compile the tests first: else each of those that run them would.
COLLECT := $(BIN)/python -m pytest --collect-only -q
test: $(VENV)/.locked
	@test -d tests/__pycache__ || { $(COLLECT) tests/core tests/ui >/dev/null & \
	    $(COLLECT) --ignore tests/core --ignore tests/ui >/dev/null; wait; } || true
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --hypothesis-profile=ci $(ARGS)

test-servers: $(VENV)/.locked
	$(BIN)/python -m pytest tests/servers -rs $(ARGS)

test-tools: $(VENV)/.locked
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal --hypothesis-profile=ci tests/tools $(ARGS)

# Beyond the core, what an extra or Textual may break: mail, the reader in a terminal and in a browser.
test-lowest:
	@$(MAKE) --no-print-directory VENV=.venv-lowest LOCKED=requirements-lowest.txt test \
	    ARGS="tests/core tests/store tests/feeds $(BEYOND) $(ARGS)"

coverage: $(VENV)/.locked
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n $(WORKERS) --dist worksteal --hypothesis-profile=ci $(ARGS)
	$(BIN)/coverage combine -q
	$(BIN)/coverage report --fail-under=95
	$(BIN)/coverage report --fail-under=100 --include='$(CORE_FILES)'

check: $(VENV)/.locked
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.locked
	$(BIN)/python benchmarks/watch.py --articles 500 --terms 10 1000 --stored 2000
	$(BIN)/python benchmarks/refresh.py --feeds 20 --latency 0 --runs 1 --peers
	$(BIN)/python benchmarks/ui.py --articles 2000 --runs 1 --presses 20 --peers

soak: $(VENV)/.locked
	TUIREADER_SOAK=10000 $(BIN)/python -m pytest -o faulthandler_timeout=0 tests/test_soak.py $(ARGS)

docs: $(VENV)/.docs
	$(BIN)/python docs/generate.py
	$(BIN)/zensical build --strict --clean

mutants: $(VENV)/.locked
	$(BIN)/python benchmarks/mutants.py --number $(N) --seed $(SEED) $(IN) $(ARGS)

# The package with what it needs to run, in the newest versions that fit.
$(VENV)/.installed: pyproject.toml | $(VENV)/.made
	$(PIP) install -e .
	@touch $@

# The package with what it needs to be tested, each file of it known by its hash. Nothing but what is locked is
# looked up: with extras, pip 23 tries a newer release than the locked one, and stops because it has no hash.
$(VENV)/.locked: $(LOCKED) pyproject.toml | $(VENV)/.made
	$(PIP) install --no-deps --require-hashes -r $(LOCKED)
	$(PIP) install --no-deps --no-build-isolation -e .
	$(PIP) check
	@touch $@ $(VENV)/.installed

# What renders the documentation.
$(VENV)/.docs: requirements-docs.txt $(VENV)/.locked
	$(PIP) install --no-deps --require-hashes -r requirements-docs.txt
	$(PIP) check
	@touch $@

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else \
	    "tuireader needs Python 3.11 or newer, this is %d.%d; try: make PYTHON=python3.12" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)
	@touch $@

# Where packages come from is everybody's own matter, so no index may get into the files.
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" build/lock/bin/pip-compile --quiet --upgrade --generate-hashes \
	    --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

# The lowest versions that are admitted, on the oldest Python; pip-compile knows the newest alone.
COMPILE_LOWEST := build/lock/bin/uv pip compile --quiet --no-config --upgrade --resolution lowest-direct \
	    --python-version 3.11 --generate-hashes --custom-compile-command "make lock"
BUILT_BY := build/lock/bin/python -c 'import tomllib; \
	    print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], "editables>=0.5", sep="\n")'

lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip --disable-pip-version-check -q install "pip-tools>=7.4" "uv>=0.5"
	$(COMPILE) --extra test --all-build-deps --output-file requirements-test.txt pyproject.toml
	$(COMPILE) --extra docs --constraint requirements-test.txt --output-file requirements-docs.txt pyproject.toml
	$(BUILT_BY) > build/lock/built-by.txt
	$(COMPILE_LOWEST) --extra test --output-file requirements-lowest.txt pyproject.toml build/lock/built-by.txt

clean:
	rm -rf .venv .venv-* build dist .cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage* htmlcov
	find src tests benchmarks docs -name __pycache__ -prune -exec rm -rf {} +
