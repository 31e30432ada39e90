"""Exam lists: what is in them, that they come back from disk, and that damage is told."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from avss.data.exam_list import draw_exam, read_exam, write_exam
from avss.data.mixture_recipe import Sources
from avss.data.noise import coloured_noise
from avss.errors import CorpusError, OutputError, SettingsError


@pytest.fixture(scope="module")
def sources(make_bank):
    return Sources(
        make_bank({name: [10, 10] for name in ["a", "007", "NA", "d", "e", "f", "g"]}), noise=coloured_noise(seconds=1)
    )


@pytest.fixture(scope="module")
def exam(sources):
    return draw_exam(sources, mixtures=5, frames=10, shift=2, silent=2, seed=3)


def test_every_number_of_faces_meets_every_level(exam):
    assert exam.id.is_unique
    counts = exam.assign(snr=exam.snr.fillna(99)).groupby(["K", "snr"]).size()
    assert counts.to_dict() == {(K, snr): 5 + 2 for K in (2, 3, 4, 5, 6) for snr in (99, 10, 0, -5)}
    assert (exam.noise.isna() == exam.snr.isna()).all()


def test_one_face_is_silent_in_the_mixtures_that_are_there_for_it(exam):
    silent = exam.filter(like="face_").eq("rests").sum(axis=1)
    assert silent.tolist() == (exam.id.str[3:7].astype(int) >= 5).astype(int).tolist()


def test_one_face_alone_cannot_be_the_silent_one(sources):
    with pytest.raises(SettingsError, match="a silent face in mixtures of one face"):
        draw_exam(sources, faces=[1, 2], mixtures=1, silent=1)


def test_the_levels_differ_in_nothing_but_the_level(exam):
    voices = [name for name in exam.columns if name not in ("id", "snr", "noise", "noise_offset")]
    for _, same in exam.groupby(exam.id.str[:7]):
        assert len(same[voices].drop_duplicates()) == 1
        assert len(same[["noise", "noise_offset"]].dropna().drop_duplicates()) == 1


def test_rows_tell_speakers_and_sexes(exam, sources):
    sex = dict(zip(sources.bank.speakers, sources.bank.sexes, strict=True))
    for row in exam.itertuples():
        speakers = [getattr(row, f"speaker_{k + 1}") for k in range(row.K)]
        assert row.speakers == "+".join(sorted(speakers))
        assert row.sexes == ("same" if len({sex[speaker] for speaker in speakers}) == 1 else "different")
        assert [getattr(row, f"sex_{k + 1}") for k in range(row.K)] == [sex[speaker] for speaker in speakers]
        assert row.K == 6 or pd.isna(row[exam.columns.get_loc(f"clip_{row.K + 1}") + 1])


def test_unknown_sexes_stay_unknown(sources):
    bank = replace(sources.bank, sexes=(None,) * len(sources.bank))
    assert draw_exam(Sources(bank), faces=[2], levels=[None], mixtures=3, frames=10).sexes.isna().all()


def test_a_list_is_a_function_of_its_seed(exam, sources):
    again, other = (draw_exam(sources, mixtures=5, frames=10, shift=2, silent=2, seed=seed) for seed in (3, 4))
    pd.testing.assert_frame_equal(again, exam)
    assert not again.clip_1.equals(other.clip_1)


def test_a_list_of_one_seed_is_the_same_on_every_machine(exam):
    row = exam.iloc[6].dropna().drop(["K", "frames", "speakers", "sexes", "seed", "noise"])
    assert row.tolist() == [
        *("k2-0001+0dB", 7688, 0.0),
        *("007/0", "007", "f", 1.66, -1, "speaks"),
        *("e/1", "e", "m", 0.14, 0, "speaks"),
    ]


def test_a_list_comes_back_as_it_was_written(exam, tmp_path: Path):
    write_exam(tmp_path / "exam.csv", exam)
    pd.testing.assert_frame_equal(read_exam(tmp_path / "exam.csv"), exam, check_dtype=False)


def test_a_list_tells_who_joins(sources):
    exam = draw_exam(replace(sources, company=frozenset("adefg")), mixtures=9, frames=10, seed=3)
    for row in exam.to_dict("records"):
        faces = [(row[f"speaker_{k + 1}"], row[f"face_{k + 1}"]) for k in range(row["K"])]
        assert faces[0][1] == "speaks"
        assert all((who in "adefg") == (face == "joins") for who, face in faces)


def paused(bank, clips, frames):
    """The bank with nothing but some noise in the first frames of the first clips."""
    audio = bank.audio.clone()
    audio[:clips, : frames * 640] //= 10_000
    return replace(bank, audio=audio)


def test_a_mixture_in_which_somebody_only_pauses_makes_way_for_the_next(sources):
    pausing = paused(sources.bank, clips=3, frames=5)
    plain, found = (
        draw_exam(Sources(bank), faces=[2], levels=[None], mixtures=40, frames=5) for bank in (sources.bank, pausing)
    )

    def pauses(exam: pd.DataFrame) -> pd.Series:
        """Whether somebody speaks in a mixture whose first frame is that of a clip that begins with a pause."""
        faces = (exam[f"clip_{k}"].isin(pausing.ids[:3]) & exam[f"delay_{k}"].eq(0) for k in (1, 2))
        first, second = faces
        return first | second

    assert pauses(plain).any() and not pauses(found).any()
    kept = plain[~pauses(plain)].drop(columns="id").reset_index(drop=True)
    pd.testing.assert_frame_equal(found.drop(columns="id")[: len(kept)], kept)
    assert found.id.tolist() == plain.id.tolist()


def test_clips_of_which_only_pauses_are_heard_are_refused(sources):
    with pytest.raises(SettingsError, match="of most mixtures of 2 faces and 5 frames, a voice is heard nowhere"):
        draw_exam(Sources(paused(sources.bank, clips=20, frames=9)), faces=[2], levels=[None], mixtures=4, frames=5)


def test_too_few_speakers_and_missing_noise_are_refused(sources):
    with pytest.raises(SettingsError, match="of 8 faces need 8 different speakers; the clips are of 7"):
        draw_exam(sources, faces=[2, 8])
    with pytest.raises(SettingsError, match="shall have noise"):
        draw_exam(replace(sources, noise=None))


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: "\x00\xff",
        lambda text: "a,b\n1,2\n",
        lambda text: text.splitlines()[0] + "\n",
        lambda text: text.replace("K", "k", 1),
        lambda text: text.replace("gain_2", "loudness_2"),
        lambda text: text.replace("speaks", "sings", 1),
        lambda text: text.replace("k2-0000,2,", "k2-0000,3,", 1),
        lambda text: text.replace("k2-0000,2,", "k2-0000,two,", 1),
        lambda text: text[: len(text) // 2],
    ],
)
def test_a_damaged_list_is_refused(exam, tmp_path: Path, damage):
    write_exam(tmp_path / "exam.csv", exam)
    (tmp_path / "exam.csv").write_text(damage((tmp_path / "exam.csv").read_text()))
    with pytest.raises(CorpusError, match=r"exam\.csv"):
        read_exam(tmp_path / "exam.csv")


def test_a_missing_list_and_a_full_disk_are_told(exam, tmp_path: Path, tiny_disk: Path):
    with pytest.raises(CorpusError, match="missing"):
        read_exam(tmp_path / "exam.csv")
    with pytest.raises(OutputError, match=r"exam\.csv"):
        write_exam(tiny_disk / "exam.csv", pd.concat([exam] * 100))
