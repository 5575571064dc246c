# Voronka. `make run` starts it, `make test` tests it; both work on a fresh machine with Python 3.11 or newer.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
# the browser of the tests: CHROMIUM names one, else what the machine has
export CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser || command -v google-chrome)

.PHONY: leaks pins run demo demo-remove test test-sqlite test-postgres test-browser axe check format bench bench-documents lighthouse faults fuzz-documents pictures clean browser

run: $(VENV)/installed ## start it on http://127.0.0.1:8000
	@exec $(BIN)/python app.py

demo: $(VENV)/installed ## fill the database with a living company: LOCALE=en, RESET=1
	@$(BIN)/flask --app app db upgrade >&2
	@$(BIN)/flask --app app demo $(if $(LOCALE),--locale $(LOCALE)) $(if $(filter 1,$(RESET)),--reset)

demo-remove: $(VENV)/installed ## remove the demo company
	@$(BIN)/flask --app app demo --remove

test: test-sqlite test-postgres ## the whole suite on SQLite, and what has to do with a database again on PostgreSQL

test-sqlite: $(VENV)/installed-dev browser
	TEST_DB=sqlite $(PYTEST) -n 2 --dist loadfile -m "not axe"

test-postgres: $(VENV)/installed-dev browser
	TEST_DB=postgres $(PYTEST) -n 2 --dist loadfile -m "not axe and not plain and (not browser or smoke)"

leaks: $(VENV)/installed-dev ## every route, role and record: a stranger learns nothing (part of make test)
	$(PYTEST) -n 2 --dist worksteal tests/leaks

axe: $(VENV)/installed-dev browser ## every page in both languages, themes and sizes against WCAG 2.2 AA
	$(PYTEST) -n 2 --dist worksteal -m axe

check: $(VENV)/installed-dev ## lint, types, the import law, templates, translations
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates
	$(PYTEST) tests/house

pins: $(VENV)/installed-dev ## write requirements*.txt anew: everything pinned, with the hashes of its files
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header -o requirements.txt requirements.in
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header -o requirements-dev.txt requirements-dev.in

format: $(VENV)/installed-dev
	$(BIN)/ruff check --fix .

bench: $(VENV)/installed-dev ## speed beside two floors: SIZE=small|medium|large, DB=sqlite|postgres|both
	SIZE=$(SIZE) DB=$(DB) $(BIN)/python -m bench

bench-documents: $(VENV)/installed-dev ## Word documents beside docxtpl and programs of Node: ONLY=speed,corpus, CORPUS=a folder of Word files
	$(BIN)/python -m bench.documents

lighthouse: $(VENV)/installed-dev browser ## four pages as a phone sees them, by Lighthouse (needs Node): RUNS=5, ONLY=board
	@command -v npm >/dev/null || { echo "Lighthouse needs Node 18 or newer: https://nodejs.org"; exit 1; }
	@[ -e bench/lighthouse/node_modules/.bin/lighthouse ] || npm ci --loglevel=error --prefix bench/lighthouse
	$(BIN)/python -m bench.phone

faults: $(VENV)/installed-dev ## kills, full disks, cut lines, set clocks, broken-off work under load, and the books after each: KILLS=1000 for the record
	$(BIN)/python -m faults

fuzz-documents: $(VENV)/installed-dev ## spoiled Word templates: MINUTES=10, SEED=…, COUNT=1 to play one again
	$(BIN)/python -m faults.fuzz

pictures: $(VENV)/installed-dev browser ## the README's pictures, taken from the program itself
	$(BIN)/python docs/pictures.py

$(VENV)/python-ok:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Voronka needs Python 3.11 or newer. Name one: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "This Python cannot make environments. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/installed: requirements.txt | $(VENV)/python-ok
	@echo "Installing what Voronka runs on (once, about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

browser: $(VENV)/installed-dev
	@$(BIN)/python tests/browser/find.py

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
