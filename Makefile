# make replicate   all stages in order on the generated corpus, then the pictures and tables to look at
#                  on real clips: make replicate PRESET=grid GRID=FOLDER, told in README.md
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

# How long an OpenMP thread spins for its next bit of work: never (OMP_WAIT_POLICY=PASSIVE) costs a third of the speed of
# separators on free cores, and for long, as is the default, as much of the small nets' on busy ones.
export GOMP_SPINCOUNT := 10000
export WANDB_MODE ?= offline
export PYTHONWARNINGS ?= ignore:pkg_resources is deprecated:UserWarning

# quick is the generated corpus, grid the folder GRID of real clips, divided by the split SPLIT.
PRESET ?= quick
SPEAKERS ?= 200
CLIPS ?= 3
SPLIT ?= avss
JOBS ?= -1

PCA := 1_frontend/1_1_pca
FRONTEND := 1_frontend/1_2_frontend_training
AVSS_MAIN := 2_avss_main
FINE_TUNING := 3_fine_tuning
CURRICULUM := 4_curriculum_learning

# A script with its settings of the preset, or with those of the thesis where the preset has none of its own.
script = $(PYTHON) $(1)/$(2).py --config $(or $(wildcard $(1)/$(2)_$(PRESET).yaml),$(1)/$(2).yaml)

# Folders that may be given too: LANDMARKS of real lips to start from, NOISE, TALKERS who were never filmed, and the
# prepared store of the generated corpus, whose training speakers then JOIN those of the real clips.
LANDMARK_LIPS = $(PYTHON) $(FRONTEND)/train_lip2phone.py --config $(FRONTEND)/train_lip2phone_landmarks.yaml \
	--landmarks $(LANDMARKS) --split $(SPLIT)
JOINED = $(PYTHON) $(PCA)/join_stores.py --first data/grid/alone --others.generated $(JOIN) --out data/grid/prepared
# Lips are read worse, and voices guessed worse from faces, by a net that has learned from generated people too.
ALONE = $(if $(JOIN),--store data/grid/alone)
START = $(if $(LANDMARKS),--start runs/1_2_frontend_training/landmarks_grid)
# Few real people would be lost among those who join them.
HEARD = $(if $(NOISE),--sources.recordings $(NOISE)) $(if $(TALKERS),--sources.talkers $(TALKERS)) \
	$(if $(JOIN),--sources.own_share 0.4)
# Lips of the talkers are imagined where the frontend stays as it is.
IMAGINED = $(if $(TALKERS),--sources.imagined true)
# The twin that sees nothing learns for as many steps as stages 2 and 3 together, and climbs as stage 4 does: also on real
# clips, where stage 4 starts from stage 2 and so has gone fewer steps than its twin.
TWIN = runs/$(1)/audio_only_$(PRESET)
TWIN_STEPS_quick := 260
TWIN_STEPS_grid := 300
# Where real people are few, separators begin with a net that has learned to tell voices apart by listening.
HEARING = $(wildcard $(AVSS_MAIN)/train_hearing_$(PRESET).yaml)
ASKED = $(if $(NOISE),--exam.recordings $(NOISE))

.PHONY: help setup replicate corpus-quick corpus-grid test benchmark lock clean

help:
	@sed -n '1,7s/^# \{0,1\}//p' Makefile

setup: .venv/.complete

.venv/.complete: requirements.lock pyproject.toml
	command -v $(UV) >/dev/null || { python3 -m venv .uv && .uv/bin/python -m pip install --quiet uv; }
	$(UV) venv --quiet --allow-existing --python 3.11 .venv
	$(UV) pip sync --quiet --require-hashes --compile-bytecode --python $(PYTHON) requirements.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable . --python $(PYTHON)
	touch $@

replicate: corpus-$(PRESET)
	$(call script,$(PCA),fit_pca)
	$(call script,$(PCA),evaluate)
	$(call script,$(FRONTEND),label_phones)
	$(if $(JOIN),$(call script,$(FRONTEND),label_phones) $(ALONE))
	$(call script,$(FRONTEND),measure_voices) --jobs $(JOBS)
	$(if $(JOIN),$(call script,$(FRONTEND),measure_voices) --jobs $(JOBS) $(ALONE))
	$(if $(LANDMARKS),$(LANDMARK_LIPS))
	$(call script,$(FRONTEND),train_lip2phone) $(START) $(ALONE)
	$(call script,$(FRONTEND),train_face_to_speaker) $(ALONE)
	$(call script,$(FRONTEND),join_frontend)
	$(call script,$(FRONTEND),evaluate) $(ALONE)
	$(if $(HEARING),$(PYTHON) $(AVSS_MAIN)/train.py --config $(HEARING) $(HEARD) $(IMAGINED))
	$(call script,$(AVSS_MAIN),train) $(HEARD) $(IMAGINED)
	$(call script,$(AVSS_MAIN),train) $(HEARD) $(IMAGINED) --twin audio --steps $(TWIN_STEPS_$(PRESET)) \
		--out $(call TWIN,$(AVSS_MAIN))
	$(call script,$(AVSS_MAIN),evaluate) $(ASKED)
	$(call script,$(FINE_TUNING),train) $(HEARD)
	$(call script,$(FINE_TUNING),evaluate) $(ASKED)
	$(call script,$(CURRICULUM),train) $(HEARD) $(IMAGINED)
	$(call script,$(CURRICULUM),train) $(HEARD) $(IMAGINED) --twin audio --start $(call TWIN,$(AVSS_MAIN)) \
		--out $(call TWIN,$(CURRICULUM))
	$(call script,$(CURRICULUM),evaluate) $(ASKED)
	shopt -s nullglob; $(AVSS) report runs/*/{quick,grid} runs/*/*_{quick,grid} --out runs/report.html

corpus-quick: setup
	$(AVSS) doctor
	$(AVSS) corpus generate --out data/generated/clips --speakers $(SPEAKERS) --clips $(CLIPS) --jobs $(JOBS)
	$(call script,$(PCA),prepare) --jobs $(JOBS)

corpus-grid: setup
	$(if $(GRID),,$(error Say where the real clips are: make replicate PRESET=grid GRID=FOLDER))
	$(AVSS) doctor
	$(call script,$(PCA),prepare) --corpus $(GRID) --split $(SPLIT) --jobs $(JOBS) $(if $(JOIN),--out data/grid/alone)
	$(if $(JOIN),$(JOINED))

test: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/ty check
	OMP_NUM_THREADS=1 $(PYTHON) -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

benchmark: setup
	for script in tests/benchmarks/bench_*.py; do $(PYTHON) $$script; done

# Resolve pyproject.toml again; hashes are kept, registry addresses are not.
lock:
	$(UV) pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header pyproject.toml --output-file requirements.lock

clean:
	rm -rf data runs .venv .uv
