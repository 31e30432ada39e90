"""The table of a corpus: nobody and no reason is missing from it."""

from io import StringIO

from rich.console import Console

from avss.corpora.clip import BadClip, Clip, Segment
from avss.corpora.grid import GridCorpus
from avss.corpora.summary import summarise


class Corpus:
    def __init__(self, clips, bad=()):
        self._clips, self._bad = clips, list(bad)

    def clips(self):
        return iter(self._clips)

    def bad_clips(self):
        return self._bad


def shown(corpus):
    output = StringIO()
    Console(file=output, width=200).print(summarise(corpus))
    return [line.replace("│", " ").split() for line in output.getvalue().splitlines()]


def test_every_speaker_has_a_row_and_the_footer_the_sums(tmp_path):
    words = (Segment(0.0, 1.0, "bin"),)
    clips = [
        Clip("anna/1", "anna", tmp_path / "1.mp4", sex="f", words=words),
        Clip("anna/2", "anna", tmp_path / "2.mp4", sex="f"),
        Clip("bo/1", "bo", tmp_path / "1.mp4"),
    ]
    rows = shown(Corpus(clips))
    assert ["anna", "f", "2", "1"] in rows
    assert ["bo", "?", "1", "0"] in rows
    assert ["2", "3", "1", "0"] in rows


def test_bad_clips_are_shown_with_their_reasons_also_of_speakers_without_good_ones(tmp_path):
    clips = [Clip("anna/1", "anna", tmp_path / "1.mp4")]
    rows = shown(Corpus(clips, [BadClip("anna/2", "is [empty]"), BadClip("cy/1", "no video"), BadClip("cy/2", "cut")]))
    assert ["anna", "?", "1", "0", "1", "2:", "is", "[empty]"] in rows
    assert ["cy", "?", "0", "0", "2", "1:", "no", "video"] in rows
    assert ["2:", "cut"] in rows


def test_the_real_clips_are_22_speakers_and_238_clips(real_grid):
    assert ["22", "238", "238", "0"] in shown(GridCorpus(real_grid))
