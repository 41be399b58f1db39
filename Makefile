# Two commands do all set-up: `make run` and `make test`.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := run
.PHONY: run build test test-all test-rest lint docs weights bench bench-quick clean

# Made again only when the project's dependencies change.
$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# `pip install --group` needs a newer pip than Python 3.11 carries.
$(VENV)/tested: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group test
	@touch $@

# From npm: the query editor (that of Yasgui; without it the page has a plain text area), and what
# a site without a server needs: an engine for browsers, and a search.
STATIC := src/gapgraph/web/static
EDITOR := $(STATIC)/yasgui
YASQE := node_modules/@zazuko/yasqe/build
BROUGHT := $(EDITOR) $(STATIC)/oxigraph $(STATIC)/minisearch
NPM := npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

$(EDITOR)/yasqe.min.js: package-lock.json
	@if command -v npm >/dev/null && { test -d node_modules/minisearch || $(NPM) --omit=dev; }; then \
	  mkdir -p $(BROUGHT) && cp node_modules/oxigraph/web.js node_modules/oxigraph/web_bg.wasm $(STATIC)/oxigraph/ && \
	  cp node_modules/minisearch/dist/umd/index.js $(STATIC)/minisearch/minisearch.js && \
	  cp $(YASQE)/yasqe.min.js $(YASQE)/yasqe.min.css $(EDITOR)/ && touch $@; \
	else echo "npm did not bring the query editor: /sparql has a plain text area"; fi

# A client that the tests use.
node_modules/.bin/comunica-sparql: package-lock.json
	@if command -v npm >/dev/null; then $(NPM) || echo "npm did not bring Comunica: its test is skipped"; fi

build: $(VENV)/installed $(EDITOR)/yasqe.min.js
	$(BIN)/gapgraph build

run: build
	$(BIN)/gapgraph serve --port $(PORT)

lint: $(VENV)/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/installed
	$(BIN)/python docs/generate.py

# The words of the second reader of the reading, counted anew in the sentences of training.
weights: $(VENV)/installed
	$(BIN)/python docs/weights.py

# Every kind of test, in a few minutes; `make test-all` has the rest.
PYTEST := $(BIN)/pytest -n auto --dist loadgroup --durations 15

CLIENTS := node_modules/.bin/comunica-sparql $(EDITOR)/yasqe.min.js

test: lint $(CLIENTS)
	$(PYTEST) --part quick

test-all: test test-rest

test-rest: $(VENV)/tested $(CLIENTS)
	$(PYTEST) --part rest

# wrk, nginx and Virtuoso come from the system (apt-get install wrk nginx-light virtuoso-opensource).
$(VENV)/benched: bench/requirements.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r bench/requirements.txt
	@touch $@

bench: build $(VENV)/benched
	$(BIN)/python bench/serving.py
	$(BIN)/python bench/sparql.py
	$(BIN)/python bench/validation.py
	$(BIN)/python bench/pages.py
	$(BIN)/python bench/reading.py
	$(BIN)/python bench/site.py
	$(BIN)/python bench/before.py
	$(BIN)/python bench/scale.py

# The ratios that matter, in less than three minutes; writes nothing.
bench-quick: build $(VENV)/benched
	$(BIN)/python bench/quick.py

clean:
	rm -rf $(VENV) build dist node_modules $(BROUGHT)
