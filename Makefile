# Foresee. `make help` lists the targets.

PYTHON ?= python3
# The environment and `make demo PORT=8001` take precedence over the file .env.
PORT ?= $(or $(shell sed -n 's/^PORT=//p' .env 2>/dev/null),8000)
export PORT

BIN := .venv/bin
INSTALLED := .venv/installed
INSTALLED_DEV := .venv/installed-dev
INSTALLED_DOCS := .venv/installed-docs
RELEASE := build/release-venv

.DEFAULT_GOAL := help
.PHONY: help install demo demo-reset worker test test-services test-faults test-wheel check docs format bench-engine bench-analysis bench-export \
	bench-console bench-survey fuzz gpu-carry editor release

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
		|| sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1: \2/p' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Make .venv with the pinned requirements

demo: install ## Set up and run web server, worker and demo study (PORT=8000); Ctrl-C stops all
	@trap : INT; $(BIN)/python manage.py demo || test $$? -eq 130

demo-reset: install ## Begin a fresh demo study beside the earlier ones, which are closed and keep their data
	@$(BIN)/python manage.py load_demo --again

worker: install ## Run another worker; it needs the same settings as the web server
	@exec $(BIN)/python -m celery --quiet -A study worker --queues default,gpu --concurrency 1 \
		--hostname "extra-$$$$@%h" --loglevel INFO

# Number of parallel test processes: one per core by default.
PROCESSES ?= auto

test: $(INSTALLED_DEV) ## Run the tests
	@$(BIN)/python -m pytest -n $(PROCESSES) $(TESTS)

# Database tests that are the same on each database: they mostly compute, open a browser, or visit pages
# that tests/surveys/console/test_every_page.py visits, too.
SAME_ON_EACH := tests/browser tests/analysis/test_end_to_end.py tests/analysis/calibration/test_calibrate.py \
	tests/pv_engine/builds/test_build_stimuli.py tests/surveys/benchmarks tests/surveys/bots/test_walker.py \
	tests/test_console_access.py tests/test_content_policy.py
TEST_DATABASE_URL ?= postgresql://postgres@127.0.0.1:5432/postgres

test-services: $(INSTALLED_DEV) ## Run the tests that need services on PostgreSQL, Redis and RabbitMQ, with real workers
	@DATABASE_URL=$(TEST_DATABASE_URL) $(BIN)/python -m pytest -n $(PROCESSES) \
		-m "(database or services) and not faults" $(addprefix --ignore=,$(SAME_ON_EACH)) $(TESTS)

test-faults: $(INSTALLED_DEV) ## Kill servers and workers, fill the disk, and check the study (ARGS="--count 20")
	@$(BIN)/python -m pytest -m faults tests/faults $(ARGS)

test-wheel: $(INSTALLED_DEV) ## Build the wheel and run the demo's steps from it in an empty folder
	@$(BIN)/python -m pytest -m wheel tests/packaging

check: $(INSTALLED_DEV) ## Lint, formatting, types and container files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/hadolint deploy/Dockerfile deploy/Dockerfile.cuda

docs: $(INSTALLED_DOCS) ## Write the reference pages and build the documentation in site/, without network access
	@$(BIN)/python docs/reference_pages.py
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
	@echo "site/index.html"

release: ## Write the wheel, the source archive and the bill of materials (CycloneDX, from requirements.lock) into dist/
	@test -x $(RELEASE)/bin/python || $(PYTHON) -m venv $(RELEASE)
	@$(RELEASE)/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-release.txt
	@rm -rf dist && $(RELEASE)/bin/python -m build --outdir dist . >/dev/null
	@$(RELEASE)/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --output-file dist/foresee.cdx.json
	@ls dist

editor: ## Build the protocol editor's script from surveys/editor (needs Node)
	@cd surveys/editor && npm ci --no-audit --no-fund && npm run build

gpu-carry: install ## Copy photographs into gpu_data/, below 56 MiB, for a GPU machine (DATA=DIR, ARGS="--reader FILE")
	@$(BIN)/python -m pv_engine.benchmarks.gpu_session.photographs $(DATA) --out gpu_data $(ARGS)

bench-engine: install ## Measure the engine's speed and memory, as JSON (ARGS="--images 8")
	@$(BIN)/python -m pv_engine.benchmarks.engine $(ARGS)

bench-analysis: install ## Measure the analysis on a million responses, as JSON
	@$(BIN)/python manage.py bench_analysis $(ARGS)

bench-export: install ## Measure the export of a million responses, as JSON, in the empty database of DATABASE_URL
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py bench_export $(ARGS)

bench-survey: $(INSTALLED_DEV) ## Measure the web server under load, as JSON, in the empty database of DATABASE_URL
	@$(BIN)/python manage.py migrate -v0
	@$(BIN)/python manage.py collectstatic --noinput -v0
	@$(BIN)/python manage.py bench_survey $(ARGS)

bench-console: install ## Measure every console page on the study of seed_console, as JSON
	@$(BIN)/python manage.py bench_console $(ARGS)

fuzz: $(INSTALLED_DEV) ## Send hostile requests to every URL and to a server (FUZZ_REQUESTS=20000 FUZZ_SEED=1)
	@FUZZ_REQUESTS=$${FUZZ_REQUESTS:-20000} LOG_LEVEL=CRITICAL $(BIN)/python -m pytest -q -s \
		-m "services or not services" tests/test_fuzz.py tests/services/test_fuzz_over_http.py $(ARGS)

format: $(INSTALLED_DEV) ## Format the code and apply the linter's fixes
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Foresee needs Python 3.11 or later, but $(PYTHON) is $$($(PYTHON) --version 2>&1); name another with make PYTHON=python3.12." >&2; \
		exit 1; }
	$(PYTHON) -m venv .venv

TORCH = $(shell grep -E '^(torch|torchvision)==' requirements.txt)

# The stamps depend on the pins, so that a second run takes no time.
$(INSTALLED): requirements.txt | $(BIN)/python
	@$(BIN)/python -c 'import importlib.util, sys; sys.exit(importlib.util.find_spec("torch") is None)' || { \
		echo "PyTorch is not installed yet; pip now downloads its default build, gigabytes with CUDA. Without a GPU,"; \
		echo "stop this (Ctrl-C), install the small CPU build, and run make again:"; \
		echo "  $(BIN)/pip install $(TORCH) --index-url https://download.pytorch.org/whl/cpu"; } >&2
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(INSTALLED_DEV): requirements-dev.txt $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	@touch $@

$(INSTALLED_DOCS): requirements-docs.txt $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-docs.txt
	@touch $@
