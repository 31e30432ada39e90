"""Reading and writing ``.align`` files: exact both ways, and every defect named with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.corpora.alignment import (
    UNITS_PER_SECOND,
    format_alignment,
    parse_alignment,
    read_alignment,
    spoken,
    write_alignment,
)
from avss.corpora.clip import Segment
from avss.errors import CorpusError, OutputError

OFFICIAL = "0 23750 sil\n23750 29500 bin\n29500 34000 blue\n34000 34000 sp\n34000 35500 at\n"


@st.composite
def alignments(draw):
    gaps = draw(st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 9_000)), min_size=1, max_size=12))
    labels = st.text(st.characters(categories=("L", "N", "P"), codec="utf-8"), min_size=1, max_size=5)
    segments, now = [], 0
    for gap, length in gaps:
        start, now = now + gap, now + gap + length
        segments.append(Segment(start / UNITS_PER_SECOND, now / UNITS_PER_SECOND, draw(labels)))
    return tuple(segments)


def test_times_are_seconds_and_silences_are_kept():
    segments = parse_alignment(OFFICIAL, "x")
    assert segments[1] == Segment(0.95, 1.18, "bin")
    assert [segment.label for segment in segments] == ["sil", "bin", "blue", "sp", "at"]


def test_spoken_drops_silence_and_short_pauses():
    assert [segment.label for segment in spoken(parse_alignment(OFFICIAL, "x"))] == ["bin", "blue", "at"]


@given(alignments())
def test_what_is_formatted_is_parsed_back_exactly(segments):
    assert parse_alignment(format_alignment(segments), "x") == segments


def test_what_is_written_is_read_back(tmp_path):
    segments = parse_alignment(OFFICIAL, "x")
    write_alignment(tmp_path / "alignments" / "s1" / "bbaf2n.align", segments)
    assert read_alignment(tmp_path / "alignments" / "s1" / "bbaf2n.align") == segments


@given(st.text(max_size=60))
def test_any_text_is_an_alignment_or_a_corpus_error(text):
    try:
        segments = parse_alignment(text, "x")
    except CorpusError:
        return
    assert all(segment.start <= segment.end for segment in segments)


def test_blank_lines_and_other_line_ends_are_harmless():
    assert parse_alignment("0 1 sil\r\n\r\n1 2 bin\r\n\n", "x") == parse_alignment("0 1 sil\n1 2 bin", "x")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("9000 9500 now", "'now' starts at 9000, before 10000"),
        ("12000 11000 now", "'now' ends at 11000, before it starts at 12000"),
        ("-5 12000 now", "cannot understand '-5 12000 now'"),
        ("10000 twelve now", "cannot understand"),
        ("10000 12000.5 now", "cannot understand"),
        ("١٠٠٠٠ 12000 now", "cannot understand"),
        ("10000 12000", "cannot understand"),
        ("10000 12000 now soon", "cannot understand"),
        ("10000 99999999999999999999 now", "cannot understand"),
    ],
)
def test_a_wrong_line_is_named_by_its_number(line, named):
    with pytest.raises(CorpusError, match=f"s1/x.align, line 3: .*{named}"):
        parse_alignment(f"0 5000 sil\n5000 10000 bin\n{line}\n", "s1/x.align")


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_an_empty_alignment_is_refused(text):
    with pytest.raises(CorpusError, match="is empty"):
        parse_alignment(text, "x")


def test_a_file_that_is_not_text_is_refused(tmp_path):
    (tmp_path / "x.align").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(CorpusError, match="not a text file"):
        read_alignment(tmp_path / "x.align")


def test_a_missing_file_is_a_corpus_error(tmp_path):
    with pytest.raises(CorpusError, match="cannot read"):
        read_alignment(tmp_path / "x.align")


@pytest.mark.parametrize(
    "segments",
    [
        (),
        (Segment(0.0, 1.0, "two words"),),
        (Segment(0.0, 1.0, ""),),
        (Segment(1.0, 0.5, "bin"),),
        (Segment(0.0, 1.0, "bin"), Segment(0.5, 2.0, "blue")),
        (Segment(-1.0, 1.0, "bin"),),
    ],
)
def test_what_could_not_be_read_back_is_not_written(tmp_path, segments):
    with pytest.raises(CorpusError):
        write_alignment(tmp_path / "x.align", segments)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_an_output_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        write_alignment(tmp_path / "file" / "x.align", (Segment(0.0, 1.0, "bin"),))


def test_every_real_alignment_is_read_and_written_unchanged(real_grid):
    paths = sorted(real_grid.glob("alignments/*/*.align"))
    assert len(paths) == 238
    for path in paths:
        assert format_alignment(read_alignment(path)).split() == path.read_text().split()
