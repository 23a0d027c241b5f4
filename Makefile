# Everything a maintainer does. Each target sets up what it needs; `make help` lists them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TS_READY := typescript/node_modules/.ready
# Half of a test's time is waiting: for servers, processes and silence.
WORKERS = $$(($$(getconf _NPROCESSORS_ONLN) * 2))
SOURCES := pareta pareta_generated generator tests examples bench docs

# Where this is set, each of the hundreds of processes that the tests start would compile the SDK anew.
export PYTHONDONTWRITEBYTECODE :=
.DEFAULT_GOAL := help
.PHONY: help setup demo sandbox docs docs-serve test test-rest test-all test-browser contract faults fuzz soak load \
	bench generate import diff check lint type fmt stable release ts ts-test ts-runtimes ts-bench clean
# A step that fails must not leave a target that looks done.
.DELETE_ON_ERROR:

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Create .venv with everything that development needs

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "pareta needs Python 3.11 or newer; choose one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "setting up $(VENV) (once; it takes about a minute)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[dev]' < /dev/null
	@touch $@

demo: $(READY) ## Deploy, chat, measure and stop on a sandbox: the SDK in 15 seconds
	@$(BIN)/python examples/demo.py

sandbox: $(READY) ## Serve the platform on this machine, until Ctrl-C
	@$(BIN)/python -m pareta.sandbox --port 8700

docs: $(READY) ## Build the documentation site, in build/docs/site
	@$(BIN)/python docs/build.py

docs-serve: $(READY) ## Serve it as it is now
	@$(BIN)/python docs/build.py --serve

test: $(READY) ## Run the tests: of each matrix a sample
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal < /dev/null

test-rest: $(READY) ## Run what the sample of `make test` leaves out
	@TIER=rest $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal < /dev/null

test-all: $(READY) ## Run the tests with the whole of each matrix: every planted bug, every byte, every kill
	@FULL=1 $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal < /dev/null

contract: $(READY) ## Check a server (BASE_URL= API_KEY= ALLOW_WRITES=1), else a sandbox and the SDK, against the document
	@$(if $(API_KEY),PARETA_API_KEY="$(API_KEY)") $(if $(ALLOW_WRITES),ALLOW_WRITES=1) $(if $(EXAMPLES),EXAMPLES=$(EXAMPLES)) \
		$(BIN)/python -m pareta.contract $(BASE_URL) --junitxml contract.xml --html contract.html < /dev/null
	@$(if $(BASE_URL),true,EXAMPLES=$(or $(EXAMPLES),25) $(BIN)/python -m pytest -q tests/conformance < /dev/null)

generate: $(READY) ## Write what follows from the document, for both SDKs
	@$(BIN)/python -m generator
	@if command -v npm > /dev/null; then $(MAKE) --silent $(TS_READY) && cd typescript && npm run --silent generate; \
		else echo "there is no npm: typescript/src/generated is as it was; install Node 20 to write it too" >&2; fi

import: $(READY) ## Turn a published document (FILE=) into openapi/upstream.yaml, by openapi/fixes.yaml, and say what changed (FROM=)
	@$(BIN)/python -m generator import $(FILE) -o openapi/upstream.yaml $(if $(FROM),--from $(FROM))

diff: $(READY) ## Say what changed since a release (BASE=, the last tag; FORMAT=json or markdown), and which version it demands
	@$(BIN)/python -m generator diff $(if $(BASE),--base $(BASE)) $(if $(FORMAT),--format $(FORMAT))

check: lint type ## Lint, types, house rules, SDK and sandbox against the document, generated trees, version, layers
	@$(BIN)/python -m generator --house
	@$(BIN)/python -m generator --check
	@$(BIN)/python -m generator diff --check
	@$(BIN)/python -m pytest -q tests/project/test_layers.py < /dev/null

lint: $(READY) ## Look for mistakes and formatting
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check --quiet $(SOURCES)

type: $(READY) ## Check types, with mypy and pyright
	@$(BIN)/mypy
	@$(BIN)/pyright --pythonpath $(BIN)/python

fmt: $(READY) ## Format, and mend what can be mended
	@$(BIN)/ruff check --fix --quiet $(SOURCES) || true
	@$(BIN)/ruff format --quiet $(SOURCES)

test-browser: $(READY) ## Test the sandbox's pages in Chromium, which the system must have
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[browser]' < /dev/null
	@$(BIN)/python -m pytest -q tests/browser < /dev/null

faults: $(READY) ## Print the result of every fault, and of connections dropped at bytes (FULL=1: at every byte)
	@$(BIN)/python -m tests.faults
	@$(BIN)/python -m tests.drops $(if $(FULL),,--step 16)

fuzz: $(READY) ## Send 50,000 cases through everything that takes something in
	@$(BIN)/python -m tests.fuzz --cases 50000

soak: $(READY) ## Ten minutes of mixed traffic over a bad line
	@$(BIN)/python -m tests.soak --minutes 10

load: $(READY) ## A minute of load on a sandbox, every debit counted
	@$(BIN)/python tests/load --streams 500 --rate 1000 --seconds 60

bench: $(READY) ## Measure the SDK beside other clients (FULL=1: for longer)
	@$(BIN)/python -m bench --chart docs/bench.svg $(if $(FULL),--rounds 21)

stable: $(READY) ## Check that each supported Python generates the same bytes, and that both clients call in it
	@$(BIN)/python -m generator.stable python3.11 python3.12 python3.13

$(TS_READY): typescript/package-lock.json
	@command -v npm > /dev/null || { echo "the TypeScript SDK needs Node 20 or newer, with npm" >&2; exit 1; }
	@cd typescript && npm ci --silent < /dev/null
	@touch $@

ts: $(TS_READY) ## Check the TypeScript SDK: generated code, types, lint, the package
	@cd typescript && npm run --silent check < /dev/null

ts-test: $(READY) $(TS_READY) ## Run the TypeScript SDK's tests, with the sandbox
	@cd typescript && PARETA_PYTHON=$(abspath $(BIN))/python npm test --silent < /dev/null

ts-runtimes: $(READY) $(TS_READY) ## Run those that send in Bun and in Deno, which npx downloads
	@cd typescript && PARETA_PYTHON=$(abspath $(BIN))/python npm run --silent runtimes < /dev/null

ts-bench: $(READY) $(TS_READY) ## Measure a chat stream of the TypeScript SDK beside OpenAI's npm client
	@cd typescript && npm run --silent bench < /dev/null

release: $(READY) ## Build and tag a release (VERSION=), its wheel tried in empty environments; nothing leaves the machine
	@$(BIN)/python -m generator.release $(VERSION) --ready
	@$(MAKE) --no-print-directory check test test-rest
	@$(BIN)/python -m generator.release $(VERSION)

clean: ## Remove what runs have made, .venv too
	@rm -rf $(VENV) typescript/node_modules typescript/dist typescript/LICENSE .bench build dist contract.xml contract.html .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
