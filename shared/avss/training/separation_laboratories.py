"""The laboratories of stages 2, 3 and 4: what a variant of each is made of, what it is shown, and its figures."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from avss.data.lip_clips import in_split, store_lips
from avss.data.voice_bank import VoiceBank
from avss.errors import StoreError
from avss.evaluation.exam_rows import AUDIO_VISUAL, ExamRow, audio_only, audio_visual, control
from avss.evaluation.phones import read_lips, score_phones
from avss.evaluation.visual_controls import with_exchanged_faces
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.frontend import Frontend
from avss.models.separators.families import make_audio_only, make_separator
from avss.models.separators.separator import Separator
from avss.models.weights import load_model, read_description, untrained
from avss.training.ablation import NotMeasuredError
from avss.training.cached_features import seen_by, without_features
from avss.training.freezing import all_frozen
from avss.training.separation_sources import See
from avss.training.separation_variants import CurriculumVariant, SeparationVariant, SeparatorVariant
from avss.training.trained_models import load_frontend, load_separator
from avss.training.variant_bench import VariantBench


class SeparatorLaboratory:
    """Stage 2: separators made anew, for one frontend.

    Args:
        bench: that trains and judges; its variants start from one of the frontends.
        frontend: run folder of the frontend.
        causal_frontend: run folder of the one that causal separators are shown.

    Raises:
        ModelError: there is none, or it does not fit the store.
    """

    def __init__(self, bench: VariantBench, frontend: Path, causal_frontend: Path | None = None) -> None:
        self._bench = bench
        folders = {False: frontend} if causal_frontend is None else {False: frontend, True: causal_frontend}
        self._load = {causal: partial(load_frontend, folder, bench.store) for causal, folder in folders.items()}
        self._shown = {causal: _Shown(bench, load()) for causal, load in self._load.items()}

    def measure(self, variant: SeparatorVariant) -> dict[str, Any]:
        """SI-SDRi.

        Raises:
            NotMeasuredError: the store or the frontend lacks what the variant, or its control, needs.
        """
        causal = variant.separator.causal
        if causal not in self._load:
            do = "name that of train_lip2phone.py --causal true as --causal_frontend"
            raise NotMeasuredError("no frontend that looks back only was named", "its run folder", do)
        learned = replace(variant, eyes=AUDIO_VISUAL)
        see = without_features if variant.twin else self._shown[causal].to(variant)
        if variant.video == "exchanged":
            see = _then(see, with_exchanged_faces)
        folder = self._bench.train(learned, lambda: self._make(learned), see, levels=[variant.mixtures])
        try:
            return self._bench.judge(self._row(variant, folder), folder)
        except StoreError as error:  # some controls ask for other clips only when they meet a mixture
            raise NotMeasuredError(error.what, error.wanted, error.do) from error

    def _make(self, variant: SeparatorVariant) -> AudioVisualSeparator | Separator:
        if variant.twin:
            return make_audio_only(variant.separator, variant.mixtures.speakers[1])
        eyes = self._load[variant.separator.causal]()
        if not variant.taught:
            eyes = Frontend(untrained(eyes.lips), eyes.pca, eyes.face)
        identity, voices = eyes.size - eyes.lips.features, variant.mixtures.speakers[1]
        return AudioVisualSeparator(eyes, make_separator(variant.separator, eyes.size, identity, voices))

    def _row(self, variant: SeparatorVariant, folder: Path) -> ExamRow:
        checksum = read_description(folder).sha256
        if variant.twin:
            return audio_only(load_model(folder, Separator).to(self._bench.device), checksum)
        model = load_model(folder, AudioVisualSeparator).to(self._bench.device)
        if variant.eyes == AUDIO_VISUAL:
            return audio_visual(model, checksum)
        return control(variant.eyes, model, checksum, self._bench.sources.bank)


class TuningLaboratory:
    """Stage 3: a separator that goes on learning with its frontend.

    Args:
        bench: that trains and judges; its variants start from ``start``.
        start: run folder of stage 2.
        labels: source of the store's phone labels, which lip reading is measured by.

    Raises:
        CorpusError: nobody of the speakers to judge by has labelled clips.
        ModelError: there is no separator, or it does not fit the store.
        StoreError: the store has no such labels.
    """

    def __init__(self, bench: VariantBench, start: Path, labels: str) -> None:
        self._bench = bench
        self._load = partial(load_separator, start, bench.store)
        frontend = self._load().frontend
        self._shown = _Shown(bench, frontend)
        lips = store_lips(bench.store, labels, mouths=frontend.pca is not None)
        self._lips = in_split(lips, bench.yardstick.part)
        self._before = score_phones(read_lips(frontend, self._lips)).phones.value

    def measure(self, variant: SeparationVariant) -> dict[str, Any]:
        """SI-SDRi; and the share of spoken frames whose phone is told right, and what was gained or lost of it.

        Raises:
            NotMeasuredError: the store lacks what the variant needs.
        """
        folder = self._bench.train(variant, self._load, self._shown.to(variant), levels=[variant.mixtures])
        phones = score_phones(read_lips(load_model(folder, AudioVisualSeparator).frontend, self._lips)).phones
        return self._bench.judge(_trained(folder, self._bench), folder) | {
            "phones": phones.value,
            "phones_low": phones.low,
            "phones_high": phones.high,
            "phones_gained": phones.value - self._before,
        }


class CurriculumLaboratory:
    """Stage 4: a separator that is led through levels of difficulty.

    Args:
        bench: that trains and judges; its variants start from ``start``.
        start: run folder of stage 3, or of stage 2.

    Raises:
        ModelError: there is no separator, or it does not fit the store.
    """

    def __init__(self, bench: VariantBench, start: Path) -> None:
        self._bench = bench
        self._load = partial(load_separator, start, bench.store)
        self._shown = _Shown(bench, self._load().frontend)

    def measure(self, variant: CurriculumVariant) -> dict[str, Any]:
        """SI-SDRi, of all mixtures and by number of faces and noise.

        Raises:
            NotMeasuredError: the store lacks what the variant needs.
        """
        levels = [level.of(variant.mixtures) for level in variant.levels]
        folder = self._bench.train(variant, self._load, self._shown.to(variant), levels=levels, pacing=variant.pacing)
        return self._bench.judge(_trained(folder, self._bench), folder)


class _Shown:
    """What a variant is shown of clips; what a frontend that never changes says of them is computed once for all."""

    def __init__(self, bench: VariantBench, frontend: Frontend) -> None:
        self._faces, self._features = (seen_by(frontend, bench.store, cached=cached) for cached in (False, True))
        self._known: dict[tuple[str, ...], VoiceBank] = {}

    def to(self, variant: SeparationVariant) -> See:
        return self._remembered if all_frozen(variant.parts) else self._faces

    def _remembered(self, bank: VoiceBank) -> VoiceBank:
        if bank.ids not in self._known:
            self._known[bank.ids] = self._features(bank)
        return self._known[bank.ids]


def _then(first: See, second: Callable[[VoiceBank], VoiceBank]) -> See:
    return lambda bank: second(first(bank))


def _trained(folder: Path, bench: VariantBench) -> ExamRow:
    """The separator in a run folder, as it is."""
    return audio_visual(load_model(folder, AudioVisualSeparator).to(bench.device), read_description(folder).sha256)
