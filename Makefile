# The main commands: run, test. Both make their own virtual environment and do all set-up.
# A stamp file in .venv remembers what was installed, so that a second run starts in seconds.

PYTHON ?= python3.11
PORT ?= 8501
SAMPLE ?= 200000
STORE = data/store
SAMPLE_FILES = data/sample
PY = .venv/bin/python

.PHONY: run test check fix bench soak security spark screens sample clean

run: .venv/users $(STORE)/catalog.sqlite
	$(PY) -m streamlit run dashboard.py --server.port $(PORT)

# Thousands of small stores are made: in memory where there is a place for files in it. Many processes
# are started: what is compiled once is kept.
test:
	$(MAKE) --jobs=2 packages check
	PYTHONDONTWRITEBYTECODE= TMPDIR=$$(test -w /dev/shm && echo /dev/shm || echo "$${TMPDIR:-/tmp}") \
		$(PY) -m pytest -n 2 --dist worksteal tests/soak tests/browser tests  # the longest first

# Format, lint, types, layers, and that docs/metrics.md is what the metrics say (`make fix`).
check: .venv/developers
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PY) -m adoption metrics --markdown | diff docs/metrics.md - >/dev/null || \
		{ echo "docs/metrics.md is stale: make fix" >&2; exit 1; }

fix: .venv/developers
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .
	$(PY) -m adoption metrics --markdown > docs/metrics.md
	$(PY) -c "from adoption.glossary import markdown; print(markdown(), end='')" > docs/glossary.md

# Hours' worth of kill -9, dirty files, days and numbers; docs/reliability.md has the figures.
# SOAK_KILLS, SOAK_FILES, SOAK_OFFICES, SOAK_DAYS and SOAK_HOLDER_IDS change how many.
soak: .venv/developers
	SOAK=1 $(PY) -m pytest -s -n 0 tests/soak tests/offices tests/engines/test_golden.py tests/metrics \
		tests/etl/test_link.py tests/etl/test_versions.py tests/browser

# Every hostile file through the command itself, with its time and memory (docs/reliability.md).
security: .venv/developers
	$(PY) -m tests.security

# All tests of Spark over the lake, on a master and two workers on this machine.
spark: .venv/developers packages
	$(PY) -m pytest -n 0 -m spark

bench: .venv/developers
	$(PY) -m benchmarks

screens: .venv/developers packages $(STORE)/catalog.sqlite
	$(PY) -m tests.screens lake:///$(STORE) docs/screens

.venv/users: requirements.txt
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

# uv does in half a minute what takes pip two. Where it cannot, pip does.
.venv/developers: requirements.txt requirements-spark.txt requirements-dev.txt
	test -x $(PY) || $(PYTHON) -m venv .venv
	{ $(PY) -m pip install --quiet --disable-pip-version-check uv==0.13.9 && \
		$(PY) -m uv pip install --quiet --system-certs --compile-bytecode --python $(PY) -r requirements-dev.txt; } || \
		$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch .venv/users $@

# The first run: the sample's deliveries, each a folder named by the day on which it was received,
# through the loader. Feeds in the order in which they refer to each other; systems come whole.
$(STORE)/catalog.sqlite: | .venv/users
	$(PY) -m etl sample --certificates $(SAMPLE) --out $(SAMPLE_FILES)
	for day in $(SAMPLE_FILES)/2*/; do \
		for feed in units systems certificates suspensions reminders entities targets; do \
			test -e $$day$$feed.csv || continue; \
			$(PY) -m etl load $$feed $$day$$feed.csv --received $$(basename $$day) \
				$$(test $$feed = systems && echo --whole) || exit 1; \
		done; \
	done

# Debian packages that tests need: a browser and a library of the program that drives it, an office to
# open what the briefing writes and a font with wide letters, a database, and what Spark runs on.
# Where they may not be installed, those tests are skipped and say why.
.PHONY: packages
packages:
	@command -v chromium >/dev/null || tests/packages.sh chromium fonts-noto-cjk
	@ls /usr/lib/*/libatomic.so.1 >/dev/null 2>&1 || tests/packages.sh libatomic1
	@ls /usr/share/fonts/*/*/DejaVuSans.ttf >/dev/null 2>&1 || tests/packages.sh fonts-dejavu-core
	@{ command -v soffice && command -v pdftoppm; } >/dev/null || \
		tests/packages.sh libreoffice-impress libreoffice-calc poppler-utils
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || tests/packages.sh postgresql
	@command -v java >/dev/null || tests/packages.sh openjdk-17-jre-headless

clean:
	rm -rf .venv data/store data/sample
