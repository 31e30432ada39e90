"""Faces for speakers: the first that can be followed, and a table of who was taken and turned down."""

import csv

import pytest

from avss.corpora.generated.cast.cast_list import CastList
from avss.corpora.generated.cast.casting import Casting, cast_speaker
from avss.corpora.generated.cast.identity_check import check_identity
from avss.corpora.generated.cast.speaker import draw_speaker
from avss.errors import CorpusError, FaceError


@pytest.fixture(scope="module")
def castings() -> list[Casting]:
    return [cast_speaker(0, number) for number in range(1, 4)]


def test_every_cast_face_passes_and_every_earlier_one_was_turned_down_with_a_reason(castings):
    for casting in castings:
        speaker = casting.speaker
        check_identity(speaker.face)
        assert speaker == draw_speaker(0, speaker.number, speaker.face_draw)
        assert len(casting.reasons) == speaker.face_draw
        for draw, reason in enumerate(casting.reasons):
            with pytest.raises(FaceError) as refusal:
                check_identity(draw_speaker(0, speaker.number, draw).face)
            assert refusal.value.what == reason


def test_casting_is_a_function_of_seed_and_number(castings):
    assert cast_speaker(0, 1) == castings[0]


def test_the_tables_are_read_back_as_written(tmp_path):
    cast = CastList.of(tmp_path)
    assert 1 not in cast
    cast.add(Casting(draw_speaker(0, 10, 2), ("tracked in 50% of frames", "correlation, too low")))
    cast.add(Casting(draw_speaker(0, 9), ()))
    again = CastList.of(tmp_path)
    assert 9 in again
    assert 10 in again
    assert 1 not in again
    assert (again.face_draw(9), again.face_draw(10)) == (0, 2)
    again.add(Casting(draw_speaker(0, 1), ()))
    with (tmp_path / "speakers.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["speaker"] for row in rows] == ["s1", "s9", "s10"]
    assert rows[2]["sex"] == draw_speaker(0, 10).body.sex
    assert float(rows[2]["f0_hz"]) == pytest.approx(draw_speaker(0, 10).voice.f0_hz, abs=0.06)
    with (tmp_path / "rejected_identities.csv").open(newline="") as file:
        rejected = [tuple(row.values()) for row in csv.DictReader(file)]
    assert rejected == [("s10", "0", "tracked in 50% of frames"), ("s10", "1", "correlation, too low")]


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "speaker,sex\ns1,m\n",
        lambda text: text.replace("s4", "Anna"),
        lambda text: text.rsplit(",", 1)[0] + "\n",
        lambda text: "",
        lambda text: "\x00" + text,
    ],
)
def test_a_damaged_table_is_refused(tmp_path, damage):
    CastList.of(tmp_path).add(Casting(draw_speaker(0, 4), ()))
    table = tmp_path / "speakers.csv"
    table.write_text(damage(table.read_text()))
    with pytest.raises(CorpusError, match=r"speakers\.csv"):
        CastList.of(tmp_path)


def test_a_table_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "speakers.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CorpusError, match=r"speakers\.csv"):
        CastList.of(tmp_path)
