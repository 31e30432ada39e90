"""Rebuilding the mixtures of an exam list, bit for bit."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import torch

from avss.data.exam_list import draw_exam, read_exam, write_exam
from avss.data.exam_mixtures import exam_mixtures
from avss.data.mixing import mix, power
from avss.data.mixture_draw import draw_recipe
from avss.data.mixture_recipe import Sources
from avss.data.mixture_settings import MixtureSettings
from avss.data.noise import babble, coloured_noise, join_noise
from avss.errors import CorpusError, StoreError

SPEAKERS = {name: [12, 10] for name in "abcdefgh"}


@pytest.fixture(scope="module")
def sources(make_bank):
    bank = make_bank(SPEAKERS)
    return Sources(bank, noise=join_noise(coloured_noise(seconds=1), babble(bank, talkers=2, seconds=1)))


@pytest.fixture(scope="module")
def exam(sources):
    return draw_exam(sources, faces=(2, 3, 5), mixtures=6, frames=10, shift=2, silent=2)


def rebuilt(exam, sources, batch):
    """Every tensor of every mixture of a list, by id."""
    found = {}
    for rows, made in exam_mixtures(exam, sources, batch):
        for row, clip_id in enumerate(rows.id):
            found[clip_id] = (
                made.mixture[row],
                made.voices[row],
                made.rest[row],
                made.valid[row],
                made.frames["features"][row],
            )
    return found


def test_a_list_is_rebuilt_bit_for_bit_from_its_file_and_in_batches_of_any_size(exam, sources, tmp_path: Path):
    write_exam(tmp_path / "exam.csv", exam)
    first, second = rebuilt(exam, sources, 32), rebuilt(read_exam(tmp_path / "exam.csv"), sources, 1)
    assert list(first) == exam.id.tolist() == list(second)
    for clip_id, tensors in first.items():
        assert all(map(torch.equal, tensors, second[clip_id])), clip_id


def test_a_list_does_not_ask_in_which_order_the_clips_lie(exam, sources, make_bank):
    bank = sources.bank
    order = torch.randperm(len(bank), generator=torch.Generator().manual_seed(0))
    shuffled = replace(
        bank,
        ids=tuple(bank.ids[n] for n in order),
        speakers=tuple(bank.speakers[n] for n in order),
        sexes=tuple(bank.sexes[n] for n in order),
        lengths=bank.lengths[order.numpy()],
        audio=bank.audio[order],
        level=bank.level[order],
        valid=bank.valid[order],
        frames={"features": bank.frames["features"][order]},
    )
    first, second = rebuilt(exam, sources, 8), rebuilt(exam, replace(sources, bank=shuffled), 8)
    assert all(map(torch.equal, first[clip_id][:1], second[clip_id][:1]) for clip_id in first)


def test_a_list_is_mixed_as_training_is(exam, sources):
    recipe = draw_recipe(MixtureSettings(speakers=(3, 3), frames=10, shift=2), sources, 6, seed=0, step=3)
    made = mix(recipe, sources)
    for number in range(6):
        _, voices, _, valid, features = rebuilt(exam[exam.K == 3], sources, 8)[f"k3-{number:04d}"]
        # The gains of the list are rounded to a hundredth of a dB.
        torch.testing.assert_close(voices, made.voices[number], rtol=1e-3, atol=1e-4)
        assert torch.equal(valid, made.valid[number])
        assert torch.equal(features, made.frames["features"][number])


def test_mixtures_are_what_their_rows_say(exam, sources):
    for rows, made in exam_mixtures(exam, sources, 8):
        for n, (_, row) in enumerate(rows.iterrows()):
            rests = [row[f"face_{k + 1}"] == "rests" for k in range(row["K"])]
            assert (~made.heard[n]).tolist() == rests
            if pd.isna(row["noise"]):
                assert not made.rest[n].any()
            else:
                snr = 10 * torch.log10(power(made.voices[n].sum(0, keepdim=True)) / power(made.rest[n : n + 1]))
                assert float(snr) == pytest.approx(row["snr"], abs=1e-3)


def test_who_joins_is_heard_and_not_judged(exam, sources):
    joins = exam.assign(face_2=exam.face_2.replace("speaks", "joins"))
    plain, made = (next(exam_mixtures(list_, sources, 8))[1] for list_ in (exam, joins))
    assert plain.judged.all() and made.judged[:, 0].all() and torch.equal(made.judged[:, 1], ~made.heard[:, 1])
    assert torch.equal(made.mixture, plain.mixture)


def test_a_mixture_in_which_nothing_is_heard_of_a_clip_is_named(exam, sources):
    whole = exam.assign(delay_2=exam.delay_2.mask(exam.id == "k3-0002", 99), face_2="speaks")
    with pytest.raises(CorpusError, match=r"nothing is heard of ./. in the mixture k3-0002 of the exam list"):
        list(exam_mixtures(whole, sources, 4))


def test_missing_clips_are_named(exam, sources, make_bank):
    fewer = make_bank({name: lengths for name, lengths in SPEAKERS.items() if name > "b"})
    with pytest.raises(StoreError, match=r"4 of the 16 clips of the exam list are missing: a/0, a/1, b/0, b/1\. "):
        next(exam_mixtures(exam, replace(sources, bank=fewer), 8))
    with pytest.raises(StoreError, match=r"14 of the 16 clips.*: a/0, a/1, b/0, b/1, c/0, …"):
        next(exam_mixtures(exam, replace(sources, bank=make_bank({"h": [12, 10]})), 8))


def test_missing_noise_is_named(exam, sources):
    for noise in (None, coloured_noise(seconds=1, seed=1)):
        with pytest.raises(StoreError, match="tracks of noise of the exam list are missing: babble-2-1s-0-"):
            next(exam_mixtures(exam, replace(sources, noise=noise), 8))
