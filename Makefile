# make demo   open the reader on bundled sample feeds, offline        (make demo ARGS=--fresh starts over)
# make test   everything that has to hold before a change goes in     (make test ARGS="-k watch" for some tests)
# make check  only what needs no run: style, types, layers
# make soak   press 10,000 random keys while feeds change, under Pilot and in a terminal
# make lock   renew requirements-test.txt from pyproject.toml
# make clean  take away what these commands made
#
# All of them make what they need; another Python than python3: make PYTHON=python3.12 test

PYTHON ?= python3
ARGS ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: demo test check soak lock clean

demo: .venv/.installed
	$(BIN)/tuireader --demo $(ARGS)

test: check
	$(BIN)/python -m pytest --hypothesis-profile=ci $(ARGS)

check: .venv/.locked
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

soak: .venv/.locked
	TUIREADER_SOAK=10000 $(BIN)/python -m pytest tests/test_soak.py $(ARGS)

# The package with what it needs to run, in the newest versions that fit.
.venv/.installed: pyproject.toml | .venv/.made
	$(PIP) install -e .
	@touch $@

# The package with what it needs to be tested, each file of it known by its hash.
.venv/.locked: requirements-test.txt pyproject.toml | .venv/.made
	$(PIP) install --require-hashes -r requirements-test.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ .venv/.installed

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else \
	    "tuireader needs Python 3.11 or newer, this is %d.%d; try: make PYTHON=python3.12" % sys.version_info[:2])'
	$(PYTHON) -m venv .venv
	@touch $@

# Where packages come from is everybody's own matter, so no index may get into the file.
lock:
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip --disable-pip-version-check -q install "pip-tools>=7.4"
	CUSTOM_COMPILE_COMMAND="make lock" build/lock/bin/pip-compile --quiet --upgrade --generate-hashes \
	    --extra test --all-build-deps --strip-extras --allow-unsafe \
	    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
	    --output-file requirements-test.txt pyproject.toml

clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage htmlcov
	find src tests benchmarks -name __pycache__ -prune -exec rm -rf {} +
