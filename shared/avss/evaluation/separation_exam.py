"""The exam that ends stages 2, 3 and 4: from a store and run folders to tables."""

from collections.abc import Mapping
from pathlib import Path

import torch
from rich.console import Console

from avss.data.company import held_back
from avss.data.store import PreparedStore
from avss.data.voice_bank import VoiceBank
from avss.devices import device_named
from avss.evaluation.exam import sit_exam
from avss.evaluation.exam_paper import ExamSettings, beyond, other_questions, read_paper, read_sources
from avss.evaluation.exam_rows import AUDIO_ONLY, CONTROLS, ExamRow, audio_only, audio_visual, bounds, control, together
from avss.evaluation.exam_table import exam_figures, figures_table, improvement_table, write_figures
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.separators.separator import Separator
from avss.models.weights import load_model, read_description
from avss.training.eigenmouths import check_same_mouths
from avss.training.trained_models import check_left_out

_UNNAMED = "no run folder is named"


def examine(settings: ExamSettings, run: Path, out: Path, earlier: Mapping[str, Path | None]) -> None:
    """Examine the audio-visual separator in ``run``, print the tables, and write them into ``out``.

    Args:
        settings: of the exam.
        run: run folder of the separator.
        out: folder for the tables; an exam that was stopped goes on from what is there.
        earlier: run folders of separators to compare with, by the name of their row; ``None`` where there is none.

    Raises:
        StoreError: the store is missing or damaged, or lacks clips or noise of the paper.
        ModelError: a model is missing or damaged, does not fit the store, or learned from somebody who is held back.
        CorpusError: there are no clips or recordings, or the paper is no list of mixtures in which all are heard.
        SettingsError: there is no such device, or there are fewer speakers than the fewest faces or the babble need.
        OutputError: something cannot be written.
    """
    device = device_named(settings.device or "auto")
    store = PreparedStore(settings.store)
    sources = read_sources(settings, store)
    paper = read_paper(settings, sources)
    sources = sources.to(device)
    strangers = held_back(store, settings.held_back) & sources.company
    for folder in (run, settings.audio_only, *earlier.values()):
        if folder is not None:
            check_left_out(read_description(folder), folder, store, strangers)
    rows, missing = _rows(settings, run, earlier, store, sources.bank)
    for row in rows:
        if row.most_faces is not None and row.most_faces < paper.K.max():
            missing[f"{row.name} beyond {row.most_faces} faces"] = "it was not trained for so many"
    if impossible := beyond(settings, sources):
        people = len(sources.bank.roster.names)
        needed = f"that needs {max(impossible)} different speakers and {people} are there"
        missing[f"an exam of {', '.join(map(str, impossible))} faces"] = needed

    scores = sit_exam(paper, sources, rows, out, listened=settings.listened, batch=settings.batch, jobs=settings.jobs)
    figures, title = exam_figures(scores), f"{run} · {settings.part} speakers of {settings.store}"
    company = ", ".join(sorted(sources.company))
    about = {"run": str(run), "part": settings.part, "store": str(settings.store), "company": company}
    write_figures(out, figures, rows, missing, about)

    console = Console()
    console.print(improvement_table(figures, title), figures_table(figures))
    description = read_description(run)
    known = set(store.speakers[settings.part]) & set(description.split.get("train", []))
    notes = [f"missing: {name}, for {why}" for name, why in missing.items()]
    if other := other_questions(settings, sources, paper):
        notes.append(other)
    if company:
        notes.append(f"in company, and not judged: {company}")
    if known:
        notes.append(f"{len(known)} of these speakers bear the name of one it learned from, in {description.corpus}")
    console.print("\n".join([*notes, f"tables in {out}"]), soft_wrap=True, markup=False, highlight=False)


def _rows(
    settings: ExamSettings, run: Path, earlier: Mapping[str, Path | None], store: PreparedStore, bank: VoiceBank
) -> tuple[list[ExamRow], dict[str, str]]:
    """The rows that sit the exam, and why others do not."""
    rows, missing, device = bounds(), {}, bank.audio.device
    model, checksum = _load(run, store, device)
    averaged: list[ExamRow] = []
    if settings.audio_only is None:
        missing[AUDIO_ONLY] = _UNNAMED
    else:
        twin, of_twin = _load_twin(settings.audio_only, device)
        rows.append(audio_only(twin, of_twin))
        averaged.append(together(twin, model, f"{of_twin} {checksum}"))
    for name, folder in earlier.items():
        if folder is None:
            missing[name] = _UNNAMED
        else:
            rows.append(audio_visual(*_load(folder, store, device), name))
    rows += [control(name, model, checksum, bank) for name in CONTROLS]
    return [*rows, *averaged, audio_visual(model, checksum)], missing


def _load_twin(run: Path, device: torch.device) -> tuple[Separator, str]:
    """The audio-only separator in ``run``, and the checksum of its weights."""
    return load_model(run, Separator).to(device), read_description(run).sha256


def _load(run: Path, store: PreparedStore, device: torch.device) -> tuple[AudioVisualSeparator, str]:
    """The separator in ``run``, and the checksum of its weights."""
    model, description = load_model(run, AudioVisualSeparator), read_description(run)
    if model.frontend.pca is not None:
        check_same_mouths(description, store)
    return model.to(device), description.sha256
