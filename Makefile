# Two commands do everything: `make grade` and `make test`. Each sets up .venv by itself.
PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python

# Jupyter, IPython and matplotlib keep their files inside the course.
export IPYTHONDIR := $(CURDIR)/.cache/ipython
export JUPYTER_RUNTIME_DIR := $(CURDIR)/.cache/jupyter/runtime
export JUPYTER_DATA_DIR := $(CURDIR)/.cache/jupyter/data
export JUPYTER_CONFIG_DIR := $(CURDIR)/.cache/jupyter/config
export MPLCONFIGDIR := $(CURDIR)/.cache/matplotlib
# The matrices of this course are small: several threads would only wait for each other.
export OPENBLAS_NUM_THREADS := 1
# Nothing appears beside the notebooks; what every command imports is compiled once, here.
export PYTHONDONTWRITEBYTECODE := 1
COMPILE = $(RUN) -m compileall -q course_tests proctor classroom tools

.PHONY: help setup .venv grade test lint release student lite github gradescope handout lab mnist clean lock lock-class newest

help:           ## What one can make
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

setup:          ## The virtual environment, from requirements.lock, with the command classroom; a damaged one is repaired
	@$(RUN) tools/setup.py whole 2>/dev/null || $(MAKE) --no-print-directory .venv

grade: setup    ## Release, a demo class, autograde, feedback; a table and a picture at the end
	@$(COMPILE)
	@$(RUN) -m tools.grade

test: setup     ## All tests
	@$(COMPILE)
	@$(RUN) -m pytest -n auto --dist loadscope --no-loadscope-reorder  # conftest.py says what stays together

peers: setup    ## nbgrader's own tests with proctor in place, and COURSES=/folder of public courses
	@$(RUN) -m benchmarks.suite
	@if [ -n "$(COURSES)" ]; then $(RUN) -m benchmarks.peers $(COURSES); fi

lint: setup     ## Faults, annotations and docstrings: ruff, mypy, numpydoc
	@$(RUN) -m tools.lint

release: setup  ## release/ and gradebook.db made again from source/
	@$(RUN) -m tools.release

student: setup  ## A zip for learners from release/; ASSIGNMENT=03_activations for one
	@$(RUN) -m tools.student $(ASSIGNMENT)

github: setup   ## The same as a template repository for GitHub Classroom, which runs the visible tests
	@$(RUN) -m tools.student --github $(ASSIGNMENT)

gradescope: setup ## The autograder zip for Gradescope; ASSIGNMENT=03_activations, and TRIES, VISIBILITY, SECONDS
	@$(RUN) -m tools.gradescope $(ASSIGNMENT) --tries "$(TRIES)" --visibility "$(VISIBILITY)" --seconds "$(SECONDS)"

lite: setup     ## The course in a browser, nothing to install: lite/, for any web server; PYODIDE=/folder takes Pyodide along
	@$(RUN) -m tools.lite $(if $(PYODIDE),--pyodide "$(PYODIDE)") $(ASSIGNMENT)

handout: setup  ## The course to read and to print: one HTML without solutions, and a PDF where chromium is
	@$(RUN) -m tools.handout $(ASSIGNMENT)

lab: setup      ## JupyterLab with formgrader, for the instructor
	@$(BIN)/jupyter lab

mnist: setup    ## The course's own network reads MNIST, from the folder mnist/ or from MNIST=/path/to/folder
	@MNIST="$(MNIST)" $(RUN) -m tools.mnist

clean:          ## Remove what grade and test made; a real class stays
	@$(PYTHON) tools/clean.py

lock: setup     ## The locks made again from pyproject.toml and tools/lite/requirements.in (needs the registry)
	@$(BIN)/uv pip compile --universal --all-extras --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" --python-version 3.10 --upgrade --quiet pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile --universal --generate-hashes --no-emit-index-url --no-annotate \
	  --custom-compile-command "make lock" --python-version 3.10 --upgrade --quiet tools/lite/requirements.in -o tools/lite/requirements.lock
	@$(MAKE) --no-print-directory lock-class

# The same versions without the extras that lack wheels somewhere (psycopg, playwright), and without what only developers
# need but pytest: hidden tests are pytest functions.
lock-class: setup
	@echo pytest | $(BIN)/uv pip compile --universal --extra course --extra similar --extra watch --constraint requirements.lock \
	  --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" --python-version 3.10 \
	  --quiet pyproject.toml - -o requirements-class.lock

newest: setup   ## All tests with the newest version of everything, in an environment of its own
	@$(PYTHON) -m venv --clear .cache/newest
	@.cache/newest/bin/python -m pip install -qq --upgrade -e '.[similar,cluster,postgresql,browser,course,dev]'
	@.cache/newest/bin/python -m pytest

.venv:
	@$(PYTHON) -c 'import os, sys; ok = (3, 10) <= sys.version_info[:2] and (sys.version_info < (3, 14) or bool(os.environ.get("UNTESTED"))); ok or print("Python %d.%d is here; the course needs 3.10 to 3.13. Name one: make PYTHON=/path/to/python3.12; or try, untested: make UNTESTED=1" % sys.version_info[:2]); sys.exit(not ok)'
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python has no venv module. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) tools/setup.py
