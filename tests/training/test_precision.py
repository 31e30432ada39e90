"""The precision of a training is the one that was asked for, or the one that the machine is faster in."""

from pathlib import Path

import pytest
import torch

from avss.training.precision import Precision, resolve

_FLAGS = Path("/proc/cpuinfo")


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed"])
def test_what_is_asked_for_is_used(precision: Precision) -> None:
    assert resolve(precision, "cpu") == precision == resolve(precision, "gpu")


@pytest.mark.skipif(not _FLAGS.is_file(), reason="no list of what the CPU can do")
def test_on_a_cpu_the_short_numbers_are_used_where_it_multiplies_them() -> None:
    can = {"avx512_bf16", "amx_bf16"} & set(_FLAGS.read_text().split())
    assert (resolve("auto", "cpu") == "bf16-mixed") == bool(can)


def test_what_no_cpu_and_no_cuda_is_known_of_is_computed_in_full() -> None:
    assert resolve("auto", "mps") == "32-true"


def test_a_gpu_by_either_name_is_used_as_it_can(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    for can, precision in ((True, "bf16-mixed"), (False, "32-true")):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation, can=can: can)
        assert resolve("auto", "gpu") == resolve("auto", "cuda") == precision


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_without_a_gpu_the_cpu_decides() -> None:
    assert resolve("auto", "auto") == resolve("auto", "cpu")
