# make demo        serve the demo study on this machine (installs only what the studio needs)
# make test        install the rest, find or install a browser, run every check and test
# make lint        ruff, mypy, oxlint
# make test-long   every page in every language, size and theme (make test tries some of each)
# make test-real   the tests on the real KokoroChat: KOKOROCHAT_PATH=/path/to/it make test-real
# make mutants     break kept lines behind the rules that must never break, one at a time; none may survive
# make audit       known vulnerabilities of the pinned versions (needs an index of advisories, e.g. pypi.org)
# make lock        pin every package with its hashes anew, from pyproject.toml and constraints.txt, into locks/
# make example     regenerate results/example/ (the demo study's report on simulated judgments)
# make experiment  Low, High, Full and Low-matched on the laptop model (about 90 minutes; stopped, it goes on):
#                  KOKOROCHAT_PATH=/path/to/it make experiment; less of it: EXPERIMENT="--tokens 9000 --contexts 20"
# make pictures    regenerate docs/images/ from the real pages
# make docs        build docs/ as a site into runs/site/; a dead link fails
# make clean       remove what was installed and made: .venv, .audit, .lock, runs

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test test-long test-real mutants lint lock audit example experiment pictures docs clean

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip install --quiet --disable-pip-version-check
LOCKED := $(PIP) --require-hashes --no-deps -r
# tests start Python some hundred times: compile each file once, also where the machine says not to
test test-long test-real mutants: export PYTHONDONTWRITEBYTECODE :=

help:
	@sed -n 's/^# //p' Makefile

$(RUN):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is needed: on Debian, apt-get install python3-venv"; exit 1; }

$(VENV)/.studio: pyproject.toml locks/studio.txt | $(RUN)
	@echo "Installing the studio into $(VENV) (once; a minute or two) …"
	@$(LOCKED) locks/studio.txt
	@$(PIP) --no-deps -e .
	@touch $@

$(VENV)/.test: $(VENV)/.studio locks/test.txt
	@echo "Installing the finetune, prefer, postgres and test extras into $(VENV) (once; a few minutes) …"
	@$(PIP) -c constraints.txt torch==2.13.0
	@$(LOCKED) locks/test.txt
	@touch $@

$(VENV)/.browser: $(VENV)/.test
	@$(RUN) tests/browser/find.py
	@touch $@

demo: $(VENV)/.studio
	@$(RUN) -m studio demo

lint: $(VENV)/.test
	@$(RUN) -m ruff check . && $(RUN) -m ruff format --check . && $(RUN) -m mypy && $(VENV)/bin/oxlint --deny-warnings studio

# what failed is tried once more, alone: a test that fails only beside others is named, and mended, but says nothing of the code
test: lint $(VENV)/.browser
	@$(RUN) -m pytest -m "not real_data and not long" || { test $$? -eq 1 && echo "Once more, alone:" && \
	$(RUN) -m pytest -m "not real_data and not long" --last-failed -n 0 --maxfail 1; }

test-long: $(VENV)/.browser
	@$(RUN) -m pytest -m long

test-real: $(VENV)/.test
	@test -n "$$KOKOROCHAT_PATH" || { echo "Set KOKOROCHAT_PATH to your copy of KokoroChat (docs/kokorochat.md)"; exit 1; }
	@$(RUN) -m pytest -m real_data

mutants: $(VENV)/.browser
	@$(RUN) -m tests.mutants

.audit/bin/pip-audit:
	@$(PYTHON) -m venv .audit && .audit/bin/python -m pip install --quiet --disable-pip-version-check 'pip-audit>=2.9,<3'

audit: .audit/bin/pip-audit
	@.audit/bin/pip-audit --strict --disable-pip --require-hashes -r locks/test.txt

.lock/bin/uv:
	@$(PYTHON) -m venv .lock && .lock/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'

# torch and what its CUDA build brings are named by docs/finetuning.md: which build it is depends on the machine
BY_MACHINE := torch triton cuda-bindings cuda-pathfinder cuda-toolkit nvidia-cublas nvidia-cuda-cupti nvidia-cuda-nvrtc \
	nvidia-cuda-runtime nvidia-cudnn-cu13 nvidia-cufft nvidia-cufile nvidia-curand nvidia-cusolver nvidia-cusparse \
	nvidia-cusparselt-cu13 nvidia-nccl-cu13 nvidia-nvjitlink nvidia-nvshmem-cu13 nvidia-nvtx
COMPILE := .lock/bin/uv pip compile pyproject.toml --universal --generate-hashes --no-annotate --python-version 3.11 \
	-c constraints.txt --native-tls --custom-compile-command "make lock" --quiet

lock: .lock/bin/uv
	@$(COMPILE) -o locks/studio.txt
	@$(COMPILE) --all-extras $(addprefix --no-emit-package ,$(BY_MACHINE)) -o locks/test.txt

example: $(VENV)/.studio
	@$(RUN) -m results example --out results/example

experiment: $(VENV)/.test
	@test -n "$$KOKOROCHAT_PATH" || { echo "Set KOKOROCHAT_PATH to your copy of KokoroChat (docs/kokorochat.md)"; exit 1; }
	@$(RUN) -m finetune embedded --install
	@$(RUN) benchmarks/experiment.py --data "$$KOKOROCHAT_PATH" --out runs/experiment $(EXPERIMENT)

pictures: $(VENV)/.browser
	@$(RUN) -m tests.browser.screenshots

$(VENV)/.docs: | $(RUN)
	@$(PIP) -c constraints.txt mkdocs mkdocs-material
	@touch $@

docs: $(VENV)/.docs
	@NO_MKDOCS_2_WARNING=1 $(RUN) -m mkdocs build --quiet

clean:
	rm -rf $(VENV) .audit .lock runs
