# Kith. `make` alone lists what there is. Works with make 3.81 (macOS) and later.
SHELL = /bin/sh
PYTHON_HERE = .venv/bin/python
READY = sh deploy/python -m deploy.setup
READY_TO_TEST = $(READY) --development
# Which tests, and how: make test TESTS="tests/test_documents.py -k slug"
TESTS = tests
# Two processes share the tests; `make test SHARE=` runs them in one.
SHARE = -n 2 --dist loadgroup
CODE = directory deploy migrations tests wsgi.py

.PHONY: help run dev check test bench torture moderator backup restore lighthouse screenshots format widget lock clean

help: ## This list
	@echo "Kith. What make can do here:"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: ## Set up what is missing, then serve on http://127.0.0.1:8000 (PORT=8001: elsewhere)
	@$(READY)
	@exec $(PYTHON_HERE) -m deploy.supervisor

dev: ## The same, and follow every change of the program and of content/
	@$(READY_TO_TEST)
	@exec $(PYTHON_HERE) -m deploy.supervisor --reload

check: ## Formatting, lint, types, walls between the parts, templates, style sheets, content
	@$(READY_TO_TEST)
	@$(PYTHON_HERE) -m deploy.check

test: ## Set up and run every test this machine can run (TESTS="tests/test_x.py -k word": some)
	@$(READY_TO_TEST)
	@$(PYTHON_HERE) -m pytest $(SHARE) $(TESTS)

bench: ## Measure pages and search on this machine (SIZE=10000: search with so many services)
	@$(READY_TO_TEST)
	@$(PYTHON_HERE) -m deploy.bench $(if $(SIZE),--size $(SIZE)) $(if $(KEEP),--keep "$(KEEP)")

torture: ## Kill web and worker in the middle of their work, 200 times, and look what is lost
	@$(READY_TO_TEST)
	@$(PYTHON_HERE) -m deploy.torture --rounds $(or $(ROUNDS),200) $(if $(SEED),--seed $(SEED)) \
		$(if $(DATABASE),--database "$(DATABASE)")

moderator: ## Make EMAIL=you@example.org a moderator (the first one an admin) and print a sign-in link
	@$(READY)
	@$(PYTHON_HERE) -m flask moderator "$(EMAIL)"

backup: ## Write all that the site holds to one file (FILE=somewhere.zip)
	@$(READY)
	@$(PYTHON_HERE) -m flask backup $(if $(FILE),"$(FILE)")

restore: ## Put a backup back: make restore FILE=somewhere.zip (stop Kith first)
	@$(READY)
	@$(PYTHON_HERE) -m flask restore "$(FILE)"

lighthouse: ## Look at the main pages as a slow phone loads them (LENIENT=yes: speed is only told)
	@$(READY_TO_TEST)
	@$(PYTHON_HERE) -m deploy.lighthouse $(if $(LENIENT),--lenient)

screenshots: ## Take the pictures of the README anew, with Chromium
	@$(READY_TO_TEST)
	@$(PYTHON_HERE) -m deploy.screenshots

format: ## Let ruff format the code
	@$(READY_TO_TEST)
	@$(PYTHON_HERE) -m ruff format $(CODE)
	@$(PYTHON_HERE) -m ruff check --fix $(CODE)

widget: ## Keep a copy of the widget's newest script under its own hash, for sites that pin it
	@$(READY)
	@$(PYTHON_HERE) -m directory.networks.builds

lock: ## Compile the lock files from pyproject.toml and package.json
	@$(READY_TO_TEST)
	@sh deploy/lock.sh

clean: ## Remove all that set-up made; never instance/, where your data lies
	rm -rf .venv node_modules static/vendor .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
