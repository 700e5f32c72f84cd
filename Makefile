# Two commands for a newcomer: `make run` and `make test`. See README.md.
.PHONY: install run test check messages pictures constraints clean

PYTHON ?= python3
VENV := .venv
BALIE := $(VENV)/bin/balie

install: $(VENV)/.installed

# The versions that the tests passed with: what others release meanwhile comes in by `make constraints`, and with a test run.
$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --upgrade pip
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt --group dev
	touch $@

run: install
	$(BALIE) run --demo

test: $(VENV)/.installed-dev
	bash .ci/tools
	$(VENV)/bin/pytest --numprocesses=auto --dist=worksteal

check: $(VENV)/.installed-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy balie
	$(VENV)/bin/lint-imports
	$(VENV)/bin/djlint --lint balie --quiet

# Every page of a desk with the demo company, into docs/pictures/all; then the few that the documents show.
pictures: $(VENV)/.installed-dev
	$(VENV)/bin/python -m balie.operations.pictures
	$(VENV)/bin/python -m balie.operations.pictures --readme

# Needs gettext. Translate what is new in balie/locale/*/LC_MESSAGES/django.po, then run it once more.
messages: $(VENV)/.installed
	cd balie && BALIE_DATA=../.balie DJANGO_SETTINGS_MODULE=balie.config.settings ../$(VENV)/bin/python -P -m django makemessages \
	  $(foreach language,de nl fr es it,--locale $(language)) --no-wrap --no-location --no-obsolete
	$(foreach language,de nl fr es it,msgfmt --check --output-file balie/locale/$(language)/LC_MESSAGES/django.mo \
	  balie/locale/$(language)/LC_MESSAGES/django.po &&) true

# The newest versions that pyproject.toml allows; run the tests before they are kept.
constraints:
	rm -rf build/constraints && $(PYTHON) -m venv build/constraints
	build/constraints/bin/pip install --quiet --disable-pip-version-check --upgrade pip
	build/constraints/bin/pip install --quiet --disable-pip-version-check --editable . --group dev
	build/constraints/bin/pip freeze --exclude-editable > constraints.txt
	rm -rf build/constraints

clean:
	rm -rf $(VENV) build dist *.egg-info
