# Every target does its own set-up; a second run finds it done.
#
#   make run      serve the editor on http://127.0.0.1:8080/, documents kept in counterpoint.db;
#                 COUNTERPOINT_PORT, COUNTERPOINT_STORE and the others of docs/operating.md change that
#   make test     run every suite (SUITES="lint types" runs those alone)
#   make differential    run the npm packages beside the Python types, on 100,000 random cases of each type
#   make pairs    look for random pairs of operations that end differently in the two orders: for an hour
#   make branches count which branches of both cores are taken by their tests, and fail where one is not
#   make torture  kill, stop, starve, crowd and attack a server, and see that nothing is lost: some minutes
#   make simulate    run simulated worlds for MINUTES=10, and tell what broke
#   make states   go through the states of small worlds, STATES=2000000 of each at most, breadth first
#   make fuzz     feed the decoder and the types with what coverage leads to, SECONDS=60 for each target
#   make autobahn    run Autobahn's cases against the server's connection layer
#   make report   run all of these at length, for some hours, and write down what they have shown; SIZE=small
#                 takes ten minutes
#   make bench    run every benchmark, for some ten minutes; tables, and pages in build/benchmarks/
#   make speed    measure the server beside a bare relay; fail if it has become a third slower
#   make docs     build the documentation into site/
#   make wheel    build the wheel into dist/
#   make compiled    compile the core into build/compiled/, which holds what an installation holds
#   make test-compiled   run the core's tests on that: as long as they take
#   make requirements    pin the newest versions that pyproject.toml allows

PYTHON := python3
SUITES :=
MINUTES := 10
STATES := 2000000
SECONDS := 60
SIZE := release

VENV := .venv
BIN := $(VENV)/bin
INSTALL := -m pip --disable-pip-version-check --quiet install --require-hashes --only-binary :all:
PIP := $(BIN)/python $(INSTALL)

# What has wheels for few machines stays out of the environment that everybody needs.
FUZZ := .venv-fuzz

.PHONY: run test simulate states differential pairs branches torture fuzz autobahn report bench speed docs wheel compiled test-compiled requirements

run: $(VENV)/.run-installed
	@$(BIN)/python server.py serve

REFERENCES := tests/differential/node

test: $(VENV)/.dev-installed web/node_modules/.installed $(REFERENCES)/node_modules/.installed
	@tools/browser.sh
	@$(BIN)/python -m tests.suites $(SUITES)

differential: $(VENV)/.dev-installed $(REFERENCES)/node_modules/.installed
	@$(BIN)/python -m tests.differential

pairs: $(VENV)/.dev-installed
	@$(BIN)/python -m tests.pairs

branches: $(VENV)/.dev-installed web/node_modules/.installed
	@$(BIN)/python -m tests.branches
	@cd web && npm run --silent branches

torture: $(VENV)/.dev-installed
	@$(BIN)/python -m tests.torture

simulate: $(VENV)/.dev-installed
	@$(BIN)/python -m transport.simulation --minutes $(MINUTES)

states: $(VENV)/.dev-installed
	@$(BIN)/python -m transport.simulation.states --states $(STATES)

fuzz: $(FUZZ)/.installed
	@$(FUZZ)/bin/python -m tests.fuzz --seconds $(SECONDS)

autobahn: $(FUZZ)/.installed
	@$(FUZZ)/bin/python -m tests.autobahn

report: $(VENV)/.dev-installed $(REFERENCES)/node_modules/.installed $(FUZZ)/.installed
	@$(BIN)/python -m tests.release_report --size $(SIZE)

bench: $(VENV)/.dev-installed
	@$(BIN)/python -m benchmarks

speed: $(VENV)/.dev-installed
	@$(BIN)/python -m benchmarks.regression

docs: $(VENV)/.dev-installed
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

wheel: $(VENV)/.dev-installed
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist

compiled: build/compiled/.built

test-compiled: build/compiled/.built
	@$(BIN)/python -m tests.compiled build/compiled -n 2 --dist worksteal tests/ot tests/fuzz

# What every change is tested on need not be fast, and takes half as long to make.
build/compiled/.built: OPTIMIZED := 3
build/checked/.built: OPTIMIZED := 0

build/compiled/.built build/checked/.built: $(VENV)/.dev-installed pyproject.toml hatch_build.py \
		$(shell find ot -name '*.py')
	@rm -rf $(@D)
	@COUNTERPOINT_COMPILE=1 MYPYC_OPT_LEVEL=$(OPTIMIZED) \
		$(BIN)/python -m build --wheel --no-isolation --outdir $(@D)/wheel
	@$(BIN)/python -m zipfile -e $(@D)/wheel/*.whl $(@D)
	@touch $@

COMPILE := $(BIN)/uv pip compile pyproject.toml --upgrade --universal --python-version 3.11 --quiet \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links

requirements: $(VENV)/.dev-installed
	$(COMPILE) --extra speed --output-file requirements/run.txt
	$(COMPILE) --all-extras --group dev --constraints requirements/run.txt --output-file requirements/dev.txt
	$(COMPILE) --group fuzz --constraints requirements/dev.txt --output-file requirements/fuzz.txt

$(BIN)/pip:
	@tools/venv.sh $(VENV) $(PYTHON)

$(VENV)/.run-installed: requirements/run.txt | $(BIN)/pip
	@echo "installing what the server needs into $(VENV)"
	@$(PIP) -r requirements/run.txt
	@touch $@

# Both sets pin the same versions, so what the tests run with is what the server runs with.
$(VENV)/.dev-installed: requirements/dev.txt | $(BIN)/pip
	@echo "installing what the tests need into $(VENV)"
	@$(PIP) -r requirements/dev.txt
	@touch $@

$(FUZZ)/.installed: requirements/fuzz.txt
	@tools/venv.sh $(FUZZ) $(PYTHON)
	@echo "installing what fuzzing needs into $(FUZZ)"
	@$(FUZZ)/bin/python $(INSTALL) -r requirements/fuzz.txt
	@touch $@

web/node_modules/.installed: web/package-lock.json
	@tools/node.sh
	@echo "installing what the web client needs into web/node_modules"
	@cd web && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

$(REFERENCES)/node_modules/.installed: $(REFERENCES)/package-lock.json
	@tools/node.sh
	@echo "installing the npm packages that the types are compared with into $(REFERENCES)/node_modules"
	@cd $(REFERENCES) && npm ci --no-audit --no-fund --loglevel=error
	@touch $@
