"""PESQ and STOI of voices whose order of quality is known, and the order of their arguments."""

import numpy as np
import pesq as pesq_library
import pystoi
import pytest
from torch import Tensor

from avss.evaluation.listening_metrics import estoi, listen, pesq, stoi
from avss.rates import SAMPLE_RATE

METRICS = [pesq, stoi, estoi]


@pytest.fixture(scope="module")
def voice(voices: Tensor) -> np.ndarray:
    return voices[0].numpy()


@pytest.fixture(scope="module")
def mixture(voices: Tensor) -> np.ndarray:
    return (voices[0] + 0.3 * voices[1]).numpy()


@pytest.mark.parametrize(("metric", "best"), [(pesq, 4.644), (stoi, 1.0), (estoi, 1.0)])
def test_nothing_is_better_than_the_voice_itself_and_more_of_another_is_worse(
    metric, best: float, voice: np.ndarray, voices: Tensor
) -> None:
    other = voices[1].numpy()
    figures = [metric(estimate=voice + share * other, reference=voice) for share in (0.0, 0.1, 0.5, 2.0)]
    assert figures[0] == pytest.approx(best, abs=1e-3)
    assert figures == sorted(figures, reverse=True)
    assert len(set(figures)) == 4


def test_the_reference_reaches_the_libraries_as_the_reference(voice: np.ndarray, mixture: np.ndarray) -> None:
    right = {
        pesq: pesq_library.pesq(SAMPLE_RATE, voice, mixture, "wb"),
        stoi: pystoi.stoi(voice, mixture, SAMPLE_RATE),
        estoi: pystoi.stoi(voice, mixture, SAMPLE_RATE, extended=True),
    }
    swapped = {
        pesq: pesq_library.pesq(SAMPLE_RATE, mixture, voice, "wb"),
        stoi: pystoi.stoi(mixture, voice, SAMPLE_RATE),
        estoi: pystoi.stoi(mixture, voice, SAMPLE_RATE, extended=True),
    }
    for metric in METRICS:
        assert metric(estimate=mixture, reference=voice) == pytest.approx(right[metric])
        assert right[metric] != pytest.approx(swapped[metric], abs=1e-3)
        with pytest.raises(TypeError, match="positional"):
            metric(voice, mixture)  # ty: ignore[missing-argument, too-many-positional-arguments]


@pytest.mark.parametrize("metric", METRICS)
def test_the_level_does_not_matter(metric, voice: np.ndarray, mixture: np.ndarray) -> None:
    loud, soft = (metric(estimate=gain * mixture, reference=voice) for gain in (2.0, 0.2))
    assert loud == pytest.approx(soft, abs=0.02)


def test_a_silent_estimate_is_the_worst(voice: np.ndarray) -> None:
    silence = np.zeros_like(voice)
    assert pesq(estimate=silence, reference=voice) == 1
    assert stoi(estimate=silence, reference=voice) == pytest.approx(0, abs=0.01)
    assert estoi(estimate=silence, reference=voice) == pytest.approx(0, abs=0.01)


def test_without_speech_in_the_reference_there_is_no_figure(voice: np.ndarray) -> None:
    assert np.isnan(pesq(estimate=voice, reference=np.zeros_like(voice)))
    short = voice[24_000:27_000]
    assert np.isnan(stoi(estimate=short, reference=short))
    assert np.isnan(estoi(estimate=short, reference=short))


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda wave: wave[:-1], r"both be \[S\]"),
        (lambda wave: wave[None], r"both be \[S\]"),
        (lambda wave: np.where(wave > 0, np.nan, wave), "NaN"),
    ],
)
def test_what_cannot_be_heard_is_refused(metric, change, said: str, voice: np.ndarray) -> None:
    with pytest.raises(ValueError, match=said):
        metric(estimate=change(voice), reference=voice)


def test_processes_say_the_same_in_the_same_order(voice: np.ndarray, mixture: np.ndarray) -> None:
    estimates, references = [mixture, voice, mixture], [voice, voice, mixture]
    alone, together = (listen(estimates, references, jobs=jobs) for jobs in (1, 2))
    # A sum depends in its last digit on where its numbers lie in memory.
    assert [tuple(heard) for heard in alone] == [pytest.approx(tuple(heard), rel=1e-12) for heard in together]
    assert tuple(alone[0]) == pytest.approx(
        (
            pesq(estimate=mixture, reference=voice),
            stoi(estimate=mixture, reference=voice),
            estoi(estimate=mixture, reference=voice),
        ),
        rel=1e-12,
    )
    assert alone[1].pesq == alone[2].pesq > alone[0].pesq
