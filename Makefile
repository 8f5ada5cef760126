# Everything starts from Python 3.11 or later and nothing else. The first target that needs it makes .venv from the lock
# file (by hashes), builds the front-end assets and installs the project; later runs find that done.
#
#   make demo          the program with a demo city on http://127.0.0.1:8000 (PORT=8001 changes that)
#   make demo-reset    the same, with the demo's data made anew
#   make test          the test suite; make test-long: what takes longer
#   make check         style, types, layers, migrations, texts
#   make bench         performance figures (ARGS="--cases 10000" and so on)
#   make pictures      the pictures of docs/pictures, from a demo city of their own (needs Chromium)
#   make lock          choose versions anew, within what pyproject.toml and package.json allow (needs uv)

PORT ?= 8000
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
ASSETS := $(VENV)/.assets
ASSET_SOURCES := $(wildcard src/langnghe/ui/assets/* src/langnghe/ui/assets/*/* src/langnghe/ui/icons.txt \
	src/langnghe/locale/*/LC_MESSAGES/*.po) tools/build-assets.mjs package-lock.json

.PHONY: demo demo-reset test test-long check bench pictures assets lock install clean
.DEFAULT_GOAL := demo

demo: $(ASSETS)
	@exec $(BIN)/langnghe demo --port $(PORT) $(ARGS)

demo-reset: $(ASSETS)
	@exec $(BIN)/langnghe demo --port $(PORT) --reset $(ARGS)

test: $(ASSETS)
	@exec $(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

test-long: $(ASSETS)
	@exec $(BIN)/python -m pytest -m long $(ARGS)

check: $(ASSETS)
	@exec $(BIN)/langnghe check $(ARGS)

bench: $(ASSETS)
	@exec $(BIN)/langnghe bench $(ARGS)

pictures: $(ASSETS)
	@exec $(BIN)/python tools/take_pictures.py $(ARGS)

install: $(ASSETS)

assets: $(INSTALLED)
	@$(BIN)/langnghe assets && touch $(ASSETS)

$(ASSETS): $(INSTALLED) $(ASSET_SOURCES)
	@$(BIN)/langnghe assets
	@touch $@

$(INSTALLED): requirements.lock pyproject.toml hatch_build.py package-lock.json
	@python="$$(sh tools/find-python)" || exit 1; \
	test -x $(BIN)/python || { echo "Making $(VENV) with $$python …"; "$$python" -m venv $(VENV); } || exit 1; \
	echo "Installing the pinned dependencies …"; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock || exit 1; \
	echo "Building the front-end assets and installing Lắng Nghe …"; \
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . || exit 1
	@touch $@

lock:
	uv pip compile --universal --generate-hashes --no-header --python-version 3.11 pyproject.toml \
		--extra s3 --group dev --group build --upgrade --output-file requirements.lock --quiet
	$(BIN)/python tools/lock_npm.py

clean:
	rm -rf $(VENV) node_modules src/langnghe/ui/static/build tests/assets
