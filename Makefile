.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help
help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: install
install: ## Make .venv and install everything for working on the project, editable
	test -d .venv || $(PYTHON) -m venv .venv
	$(BIN)/pip install -q -c constraints.txt -e '.[dev,bench]'

.PHONY: test
test: ## Run every test, and show the branches that none of them took
	$(BIN)/python -P -m pytest -n auto --cov

.PHONY: quick
quick: ## Run the tests that take a moment, and stop at the first failure
	$(BIN)/python -P -m pytest -n auto -q -x -m "not slow"

.PHONY: lint
lint: ## Check style and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

.PHONY: format
format: ## Mend what the style check can mend by itself
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: types
types: ## Check types, strictly
	$(BIN)/pyright

.PHONY: docs
docs: ## Build the documentation, running every example; a warning is an error
	$(BIN)/python -m sphinx -j auto -W --keep-going -q -b html docs docs/_build/html

.PHONY: browse
browse: docs/_build/axe/axe.min.js ## Open every page of the built documentation in chromium, and play with the demo
	MLEKIT_BROWSER=required MLEKIT_AXE=$(<D) $(BIN)/python -P -m pytest -n auto -q tests/site tests/play

docs/_build/axe/axe.min.js: scripts/get_axe.py
	$(BIN)/python $< $(@D)

.PHONY: bench
bench: ## Measure the figures that the README quotes
	$(BIN)/python -m benchmarks

.PHONY: against
against: ## Measure this checkout and a revision in turns: make against REV=main
	$(BIN)/python -m benchmarks --against $(or $(REV),$(error say make against REV=...))

.PHONY: clean
clean: ## Remove what the other targets made, except .venv
	rm -rf build dist docs/_build htmlcov .coverage .coverage.* .pytest_cache .ruff_cache .hypothesis
	find mlekit lm tests benchmarks docs -name __pycache__ -type d -prune -exec rm -rf {} +
