# Two commands on a fresh machine with Python 3.11 and make: `make demo` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help demo test engine check format docs notebooks benchmarks pulumi checkov clean

PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2
STACK ?= stacks/resnet50-imagenet-aws.yaml
RUNTIME := .venv/.runtime-installed
DEVELOPMENT := .venv/.development-installed
CHECKOV := .tools/checkov/.installed
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(RUNTIME) ## predict the example on AWS and write its report
	@$(BIN)/windtunnel predict $(STACK)
	@$(BIN)/windtunnel report $(STACK)

test: $(DEVELOPMENT) ## run the tests, but for those of the Pulumi engine
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal --ignore=tests/engine

engine: $(DEVELOPMENT) pulumi ## run the tests that drive the real Pulumi engine (needs Go)
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal tests/engine

check: $(DEVELOPMENT) ## check style, types, import direction and generated pages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m docs.generate --check

format: $(DEVELOPMENT) ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(DEVELOPMENT) ## write the generated pages of docs/
	$(BIN)/python -m docs.generate

notebooks: $(DEVELOPMENT) ## execute the notebooks
	$(BIN)/python -m notebooks.execute

benchmarks: $(DEVELOPMENT) ## print speed, memory, accuracy and coverage
	@failed=0; for name in speed choosing explaining validation fidelity published queueing queueing_day jobs batch streams reliability uncertain_racks access hunting finding coverage mutants sweep_cluster interruptions imports program; do \
	  $(BIN)/python -m benchmarks.$$name || failed=1; done; exit $$failed

pulumi: ## build the Pulumi CLI for the engine tests (needs Go)
	tools/pulumi/build.sh

checkov: $(DEVELOPMENT) $(CHECKOV) ## scan what each example on AWS registers with checkov
	$(BIN)/python -m tests.infra.checkov_run .tools/checkov/bin/checkov

clean: ## delete what make made
	rm -rf .venv .tools reports/out

# One environment: the locked packages, then the project itself, editable.
$(RUNTIME): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; say which with PYTHON=...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "installing the locked packages into .venv"
	@$(PIP_INSTALL) --require-hashes -r requirements.lock
	@$(PIP_INSTALL) --no-deps --editable .
	@touch $@

$(DEVELOPMENT): requirements-development.lock $(RUNTIME)
	@echo "installing the locked development packages into .venv"
	@$(PIP_INSTALL) --require-hashes -r requirements-development.lock
	@touch $@

# An environment of its own: checkov wants other versions of what the project has, too.
$(CHECKOV): requirements-checkov.lock
	@echo "installing the locked packages of checkov into .tools/checkov"
	@$(PYTHON) -m venv --clear .tools/checkov
	@.tools/checkov/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-checkov.lock
	@touch $@
