"""Allosaurus: its real package, with a small random model in its own format."""

import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.errors import PartMissingError
from avss.speech.espeak import espeak
from avss.speech.phone_labels import LabelError
from avss.speech.phone_recogniser import HeardPhone, find_model, hear, parse_heard, spread
from avss.speech.phones import PHONES

TIMES = st.lists(st.integers(0, 3000).map(lambda ms: ms / 1000), min_size=1, max_size=20).map(sorted)
SYMBOLS = st.sampled_from(["p", "æ", "ɪ", "t", "ʃ", "ts", "ǃ"])


@st.composite
def anything_heard(draw: st.DrawFn) -> list[HeardPhone]:
    return [HeardPhone(time, draw(SYMBOLS)) for time in draw(TIMES)]


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    """Two seconds of speech, int16 [32000], said a little fast because it was made at 22 050 Hz."""
    wave = espeak().speak("place green by d seven again now please", accent="en", variant="", rate=160).wave
    return (wave[:32_000] * 32_000).astype(np.int16)


def test_the_real_package_hears_phones_of_its_inventory(speech: np.ndarray, allosaurus_models: Path) -> None:
    heard = hear(speech, find_model(allosaurus_models))
    assert len(heard) > 3
    assert {phone.symbol for phone in heard} <= {"p", "æ", "ɸ", "ǃ"}
    assert [phone.time for phone in heard] == sorted({phone.time for phone in heard})
    assert heard[-1].time < 2.0
    assert hear(speech, find_model(allosaurus_models)) == heard


def test_a_clip_of_three_frames_is_heard(speech: np.ndarray, allosaurus_models: Path) -> None:
    assert hear(speech[8000 : 8000 + 3 * 640], find_model(allosaurus_models))


def test_silence_is_no_speech(allosaurus_models: Path) -> None:
    with pytest.raises(LabelError, match="silent throughout"):
        hear(np.zeros(48_000, np.int16), find_model(allosaurus_models))


@pytest.mark.parametrize("name", ["am_config.json", "phone.txt", "inventory/index.json", "model.pt"])
def test_a_model_that_is_not_whole_tells_where_it_belongs(allosaurus_models: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(allosaurus_models, tmp_path / "models")
    (tmp_path / "models" / "latest" / name).unlink()
    with pytest.raises(PartMissingError, match=rf"{tmp_path}/models/latest: no {name}.*download_model"):
        find_model(tmp_path / "models")


def test_an_absent_model_tells_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(PartMissingError, match=rf"{tmp_path}/latest.*download_model -m uni2005"):
        find_model(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("model.pt", b"no weights"), ("model.pt", b""), ("am_config.json", b"{}"), ("pm_config.json", b"[]"),
        ("inventory/index.json", b"[]"),
    ],
)  # fmt: skip
def test_a_damaged_model_is_a_missing_part(
    allosaurus_models: Path, tmp_path: Path, speech: np.ndarray, name: str, content: bytes
) -> None:
    shutil.copytree(allosaurus_models, tmp_path / "models")
    (tmp_path / "models" / "latest" / name).write_bytes(content)
    with pytest.raises(PartMissingError, match=str(tmp_path)):
        hear(speech, find_model(tmp_path / "models"))


@given(anything_heard())
def test_what_allosaurus_prints_is_read_back(heard: list[HeardPhone]) -> None:
    text = "\n".join(f"{phone.time:.3f} 0.045 {phone.symbol}" for phone in heard)
    assert parse_heard(text) == heard


@given(st.text(max_size=30))
def test_any_other_text_is_refused_or_in_order_of_time(text: str) -> None:
    try:
        heard = parse_heard(text)
    except LabelError as error:
        assert "Allosaurus wrote" in str(error)
    else:
        assert all(before.time <= after.time for before, after in pairwise(heard))


@given(anything_heard())
def test_a_phone_lasts_until_the_next_but_not_for_long(heard: list[HeardPhone]) -> None:
    timeline, unknown = spread(heard)
    assert timeline.edges[0] == heard[0].time
    assert timeline.edges[-1] == pytest.approx(heard[-1].time + 0.2, abs=0.1501)
    assert set(timeline.phones) <= {*PHONES, None}
    lasting = dict(zip(range(len(timeline.phones)), np.diff(timeline.edges), strict=True))
    assert all(lasting[n] <= 0.2001 for n, phone in enumerate(timeline.phones) if phone != "SIL")
    assert unknown == tuple(phone.symbol for phone in heard if phone.symbol == "ǃ")
    assert timeline.phones.count(None) == len(unknown)


def test_halves_are_joined_and_long_pauses_are_silence() -> None:
    heard = [(0.1, "p"), (0.16, "a"), (0.25, "ɪ"), (0.9, "t"), (0.96, "ʃ"), (1.02, "ts"), (1.10, "a"), (1.28, "ɪ")]
    timeline, unknown = spread([HeardPhone(*phone) for phone in heard])
    assert timeline.phones == ("P", "AY", "SIL", "CH", "T", "S", "AE", "IH")
    np.testing.assert_allclose(timeline.edges, [0.1, 0.16, 0.36, 0.9, 1.02, 1.06, 1.10, 1.28, 1.48])
    assert unknown == ()
