# make replicate   all stages in order on the generated corpus, then the pictures and tables to look at
# make test        style, types and tests
# make benchmark   speed, as ratios measured in one run
#
# Each sets up what it needs by itself: uv (installed beside the project when missing) fills .venv from the
# hash-pinned requirements.lock.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
AVSS := .venv/bin/avss
UV := $(or $(shell command -v uv),.uv/bin/uv)

# Small nets on busy cores: spinning OpenMP threads cost more than they gain (six-fold for recurrent ones).
export OMP_WAIT_POLICY := PASSIVE
export WANDB_MODE ?= offline

SPEAKERS ?= 120
CLIPS ?= 6
JOBS ?= -1

PCA := 1_frontend/1_1_pca
FRONTEND := 1_frontend/1_2_frontend_training
AVSS_MAIN := 2_avss_main
FINE_TUNING := 3_fine_tuning
CURRICULUM := 4_curriculum_learning

# A script with its settings for minutes on two cores.
quick = $(PYTHON) $(1)/$(2).py --config $(1)/$(2)_quick.yaml

.PHONY: help setup replicate test benchmark lock clean

help:
	@sed -n '1,6s/^# \{0,1\}//p' Makefile

setup: .venv/.complete

.venv/.complete: requirements.lock pyproject.toml
	command -v $(UV) >/dev/null || { python3 -m venv .uv && .uv/bin/python -m pip install --quiet uv; }
	$(UV) venv --quiet --allow-existing --python 3.11 .venv
	$(UV) pip sync --quiet --require-hashes --python $(PYTHON) requirements.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable . --python $(PYTHON)
	touch $@

replicate: setup
	$(AVSS) doctor
	$(AVSS) corpus generate --out data/generated/clips --speakers $(SPEAKERS) --clips $(CLIPS) --jobs $(JOBS)
	$(call quick,$(PCA),prepare) --jobs $(JOBS)
	$(call quick,$(PCA),fit_pca)
	$(call quick,$(PCA),evaluate)
	$(call quick,$(FRONTEND),label_phones)
	$(call quick,$(FRONTEND),measure_voices) --jobs $(JOBS)
	$(call quick,$(FRONTEND),train_lip2phone)
	$(call quick,$(FRONTEND),train_face_to_speaker)
	$(call quick,$(FRONTEND),join_frontend)
	$(call quick,$(FRONTEND),evaluate)
	$(call quick,$(AVSS_MAIN),train)
	$(call quick,$(AVSS_MAIN),train) --twin audio --out runs/2_avss_main/audio_only_quick
	$(call quick,$(AVSS_MAIN),evaluate)
	$(call quick,$(FINE_TUNING),train)
	$(call quick,$(FINE_TUNING),evaluate)
	$(call quick,$(CURRICULUM),train)
	$(call quick,$(CURRICULUM),evaluate)
	$(AVSS) report runs/*/quick runs/*/*_quick --out runs/report.html

test: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/ty check
	OMP_NUM_THREADS=1 $(PYTHON) -m pytest --numprocesses auto --dist loadfile

benchmark: setup
	for script in tests/benchmarks/bench_*.py; do $(PYTHON) $$script; done

# Resolve pyproject.toml again; hashes are kept, registry addresses are not.
lock:
	$(UV) pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header pyproject.toml --output-file requirements.lock

clean:
	rm -rf data runs .venv .uv
