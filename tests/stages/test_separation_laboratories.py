"""How a variant of stages 2 to 4 is trained and judged: tiny nets, and a store of six people who buzz."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from small_ablation import BASE, SMALL, TINY, YARDSTICK, bench
from small_separation import same
from torch import nn

from avss.data.mixture_recipe import Sources
from avss.data.mixture_settings import MixtureSettings
from avss.data.store import PreparedStore
from avss.data.store_writer import StoreWriter
from avss.errors import ModelError, SettingsError
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.causal.lip2phone import CausalLip2Phone
from avss.models.causal.separator import CausalSeparator
from avss.models.face_to_speaker import EMBEDDING
from avss.models.frontend import Frontend
from avss.models.separators.families import make_separator
from avss.models.weights import load_model, save_model
from avss.speech.phones import PHONES
from avss.training.ablation import NotMeasuredError
from avss.training.eigenmouths import mouth_settings
from avss.training.freezing import PartLearning
from avss.training.pacing import Level, Pacing
from avss.training.separation_laboratories import CurriculumLaboratory, SeparatorLaboratory, TuningLaboratory
from avss.training.separation_sources import SourceSettings
from avss.training.separation_variants import CurriculumVariant, SeparationVariant
from avss.training.variant_bench import VariantBench

SAID = ("AE", "UW", "IY", "AA", "B", "S", "T", "F")  # in the talking store

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def separator_run(frontend_run: Path, learning_store: PreparedStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run folder of a separator that learned nothing, and whose frontend names one of the phones said by chance."""
    folder = tmp_path_factory.mktemp("separator")
    with torch.random.fork_rng():
        torch.manual_seed(0)
        frontend = load_model(frontend_run, Frontend)
        nn.init.normal_(frontend.lips.phones.weight, std=3.0)
        nn.init.constant_(frontend.lips.phones.bias, -100.0)
        frontend.lips.phones.bias.data[[PHONES.index(phone) for phone in SAID]] = 0.0
        model = AudioVisualSeparator(frontend, make_separator(SMALL, frontend.size, EMBEDDING))
    notes = {"mouths": mouth_settings(learning_store)}
    save_model(model, folder, corpus="made", split=learning_store.speakers, notes=notes)
    return folder


def trained(nets: Path) -> AudioVisualSeparator:
    """The newest net."""
    newest = max(nets.glob("*/model.json"), key=lambda path: path.stat().st_mtime_ns)
    return load_model(newest.parent, AudioVisualSeparator)


def test_who_is_held_back_to_keep_few_company_is_learned_from_by_no_variant(
    learning_store: PreparedStore, separator_run: Path, tmp_path: Path
) -> None:
    shutil.copytree(learning_store.root, tmp_path / "store")
    parts = {clip_id: "valid" if row.speaker == "f" else "train" for clip_id, row in learning_store.clips.iterrows()}
    StoreWriter(tmp_path / "store").finish({str(clip_id): {"split": part} for clip_id, part in parts.items()}, {})
    yardstick = replace(YARDSTICK, held_back=2, faces=(3,))
    few = bench(PreparedStore(tmp_path / "store"), separator_run, tmp_path, yardstick)
    assert set(few.sources.bank.roster.names) == {"f"} | few.sources.company
    assert len(few.sources.company) == 2
    with pytest.raises(NotMeasuredError, match="may learn from those who are held back"):
        few.train(BASE, lambda: pytest.fail("trained"), lambda bank: bank, levels=[BASE.mixtures])


def test_another_yardstick_of_as_many_mixtures_is_another_measure(
    learning_store: PreparedStore, separator_run: Path, tmp_path: Path
) -> None:
    yardsticks = [YARDSTICK, replace(YARDSTICK, levels=(0,)), replace(YARDSTICK, faces=(3,))]
    assert len({bench(learning_store, separator_run, tmp_path, one).data for one in yardsticks}) == 3


def test_the_mixtures_to_judge_by_are_drawn_before_the_clips_move_to_a_gpu(
    learning_store: PreparedStore, frontend_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, move = bench(learning_store, frontend_run, tmp_path), Sources.to
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(Sources, "to", lambda sources, _: move(sources, "meta"))  # as unlike the CPU as a GPU
    there = VariantBench(learning_store, [frontend_run], YARDSTICK, tmp_path, "gpu", "32-true")
    assert (there.device, there.sources.bank.audio.device.type) == ("cuda", "meta")
    assert there.data == here.data


def test_what_is_trained_in_another_precision_is_another_row_and_another_net(
    learning_store: PreparedStore, frontend_run: Path, tmp_path: Path
) -> None:
    told = set()
    for precision in ("32-true", "bf16-mixed", "auto"):
        of = VariantBench(learning_store, [frontend_run], YARDSTICK, tmp_path, "cpu", precision)
        SeparatorLaboratory(of, frontend_run).measure(BASE)
        told.add(of.data)
    assert len(told) == len(list(tmp_path.iterdir())) == 2


def test_a_separator_is_judged_with_its_eyes_and_deceived_without_being_trained_again(
    learning_store: PreparedStore, frontend_run: Path, tmp_path: Path
) -> None:
    laboratory = SeparatorLaboratory(bench(learning_store, frontend_run, tmp_path), frontend_run)
    figures = [laboratory.measure(replace(BASE, eyes=eyes))["si_sdri"] for eyes in ("audio-visual", "other lips")]
    assert figures[0] != figures[1]
    assert len(list(tmp_path.iterdir())) == 1
    assert same(trained(tmp_path).frontend, load_model(frontend_run, Frontend))
    with pytest.raises(NotMeasuredError, match="speaking and pausing"):
        laboratory.measure(replace(BASE, eyes="activity only"))  # they buzz all the time
    exchanged = laboratory.measure(replace(BASE, video="exchanged"))["si_sdri"]
    assert exchanged not in figures
    assert len(list(tmp_path.iterdir())) == 2


def test_where_there_are_no_other_lips_to_show_the_other_questions_are_asked(
    learning_store: PreparedStore, frontend_run: Path, tmp_path: Path
) -> None:
    shutil.copytree(learning_store.root, tmp_path / "store")
    more = [str(clip_id) for clip_id in learning_store.clips.index if str(clip_id)[0] in "def"]
    rejected = {clip_id: "made" for clip_id in more if clip_id not in ("d/0", "e/0")}
    StoreWriter(tmp_path / "store").finish({}, rejected)
    few = bench(PreparedStore(tmp_path / "store"), frontend_run, tmp_path / "nets")
    laboratory = SeparatorLaboratory(few, frontend_run)
    with pytest.raises(NotMeasuredError, match="there is no clip of anybody else"):
        laboratory.measure(replace(BASE, eyes="other lips"))
    assert np.isfinite(laboratory.measure(BASE)["si_sdri"])


def test_a_causal_separator_is_shown_by_a_frontend_of_its_own(
    learning_store: PreparedStore, frontend_run: Path, tmp_path: Path
) -> None:
    lips, live = tmp_path / "lips", replace(BASE, separator=replace(SMALL, causal=True))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        frontend = Frontend(CausalLip2Phone(4, hidden=16, features=16), load_model(frontend_run, Frontend).pca)
    notes = {"mouths": mouth_settings(learning_store)}
    save_model(frontend, lips, corpus=str(learning_store.root), split=learning_store.speakers, notes=notes)
    both = VariantBench(learning_store, [frontend_run, lips], YARDSTICK, tmp_path / "nets", "cpu", "32-true")
    assert f" or {lips} (" in both.data
    laboratory = SeparatorLaboratory(both, frontend_run, lips)
    assert np.isfinite(laboratory.measure(live)["si_sdri"])
    assert isinstance(trained(tmp_path / "nets").separator, CausalSeparator)
    with pytest.raises(NotMeasuredError, match="no frontend that looks back only"):
        SeparatorLaboratory(both, frontend_run).measure(live)


def test_lips_that_may_learn_start_from_phones_or_from_nothing(
    learning_store: PreparedStore, frontend_run: Path, tmp_path: Path
) -> None:
    laboratory = SeparatorLaboratory(bench(learning_store, frontend_run, tmp_path), frontend_run)
    start = load_model(frontend_run, Frontend)
    far: list[float] = []
    for taught in (True, False):
        laboratory.measure(replace(BASE, taught=taught, lips=PartLearning(1.0)))
        frontend = trained(tmp_path).frontend
        far.append(float((frontend.lips.out.weight - start.lips.out.weight).abs().max()))
        assert frontend.pca is not None
        assert start.pca is not None
        assert frontend.face is not None
        assert start.face is not None
        assert same(frontend.pca, start.pca)
        assert same(frontend.face, start.face)
    assert 0 < far[0] < 0.02 < far[1]


def test_tuning_tells_what_was_forgotten_of_reading_lips(
    learning_store: PreparedStore, separator_run: Path, tmp_path: Path
) -> None:
    laboratory = TuningLaboratory(bench(learning_store, separator_run, tmp_path), separator_run, "exact")
    never = PartLearning(start=None)
    frozen = laboratory.measure(SeparationVariant(**TINY, lips=never, face=never, pca=never))
    assert frozen["phones_gained"] == 0
    assert frozen["phones_low"] <= frozen["phones"] <= frozen["phones_high"]
    learned = laboratory.measure(SeparationVariant(**TINY, lips=PartLearning(50.0), face=never, pca=never))
    assert learned["phones_gained"] == pytest.approx(learned["phones"] - frozen["phones"])
    assert learned["phones_gained"] != 0


def test_a_curriculum_is_judged_by_faces_and_noise(
    learning_store: PreparedStore, separator_run: Path, tmp_path: Path
) -> None:
    yardstick = replace(YARDSTICK, faces=(2, 3), levels=(None, 0.0))
    laboratory = CurriculumLaboratory(bench(learning_store, separator_run, tmp_path, yardstick), separator_run)
    never, levels = PartLearning(start=None), (Level((2, 2)), Level((2, 3), (0.0, 5.0)))
    base = CurriculumVariant(**TINY, lips=never, face=never, pca=never, levels=levels, pacing=Pacing(longest=1))
    figures = laboratory.measure(base)
    cells = ["2 faces", "2 faces 0 dB", "3 faces", "3 faces 0 dB"]
    assert list(figures) == ["si_sdri", "si_sdri_low", "si_sdri_high", *cells, "scores"]
    assert figures["si_sdri"] == pytest.approx(np.mean([figures[cell] for cell in cells]))
    (run,) = tmp_path.iterdir()
    assert pd.read_csv(run / "metrics.csv").level.tolist() == [0, 1]
    reversed_order = laboratory.measure(replace(base, pacing=Pacing("hard first", longest=1)))
    assert reversed_order["si_sdri"] != figures["si_sdri"]
    four = replace(base, levels=(Level((4, 4)),))
    with pytest.raises(NotMeasuredError, match="4 faces need 4 different speakers"):
        laboratory.measure(four)


def test_what_cannot_be_a_bench_is_refused(learning_store: PreparedStore, frontend_run: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no model"):
        bench(learning_store, tmp_path / "nowhere", tmp_path)
    with pytest.raises(SettingsError, match="5 faces need 5 different speakers"):
        bench(learning_store, frontend_run, tmp_path, replace(YARDSTICK, faces=(5,)))
    with pytest.raises(ModelError, match="holds a Frontend"):
        TuningLaboratory(bench(learning_store, frontend_run, tmp_path), frontend_run, "exact")
    laboratory = SeparatorLaboratory(bench(learning_store, frontend_run, tmp_path), frontend_run)
    with pytest.raises(NotMeasuredError, match="babble of 5 talkers"):
        noisy = replace(BASE, sources=SourceSettings(babble=5), mixtures=MixtureSettings(frames=20, noise=1.0))
        laboratory.measure(noisy)
