"""Stage 1.2, last step: how well the frontend reads lips, and tells voices from faces, of people it never met.

Judged are the phones, the visemes and the speaking of every frame, the order of phones, the words that a light probe
tells, and the voices; every figure with its interval over speakers. Written are tables and pictures. What cannot be
judged (no face net, no words, no voices) is said.

    python evaluate.py --config evaluate_quick.yaml       the generated corpus
    python evaluate.py --config evaluate.yaml             all of GRID
    python evaluate.py --run runs/1_2_frontend_training/landmarks --landmarks data/grid_landmarks
"""

from pathlib import Path

from jsonargparse.typing import PositiveInt
from rich.console import Console

from avss.data.lip_clips import landmark_lips, store_lips
from avss.data.splits import Split
from avss.data.store import PreparedStore
from avss.errors import SettingsError
from avss.evaluation.frontend_report import judge_frontend, write_report
from avss.models.frontend import Frontend
from avss.models.weights import load_model, read_description
from avss.terminal import run_script
from avss.training.eigenmouths import check_same_mouths


def evaluate(
    run: Path,
    out: Path | None = None,
    store: Path | None = None,
    labels: str = "exact",
    landmarks: Path | None = None,
    split: str = "lip-landmarks",
    clips: PositiveInt | None = None,
    part: Split = "test",
) -> None:
    """Evaluate a frontend.

    Args:
        run: run folder that a frontend was exported to.
        out: where tables and pictures go; ``evaluation`` in the run folder when left out.
        store: prepared store to judge on, another one than it learned from is welcome; or give landmarks.
        labels: source of the store's phone labels: exact, alignment or allosaurus.
        landmarks: folder of a corpus of lip landmarks to judge on.
        split: how that corpus is divided.
        clips: of each speaker of that corpus; null takes all.
        part: of the speakers: train, valid or test.
    """
    if (store is None) == (landmarks is None):
        raise SettingsError("both or none of store and landmarks are given", "one of them", "name what to judge on")
    frontend, description, out = load_model(run, Frontend), read_description(run), out or run / "evaluation"
    prepared = None if store is None else PreparedStore(store)
    if prepared is None:
        lips = landmark_lips(Path(str(landmarks)), split, clips=clips)
    else:
        if frontend.pca is not None:
            check_same_mouths(description, prepared)
        lips = store_lips(prepared, labels, mouths=frontend.pca is not None)

    report = judge_frontend(frontend, lips, part, prepared)
    title = f"{run} · {part} speakers of {store or landmarks}"
    write_report(out, report, title)

    console = Console()
    console.print(report.table(title))
    known = {clip.speaker for clip in lips if clip.split == part} & set(description.split.get("train", []))
    notes = [f"{name} not judged: {why}" for name, why in report.missing.items()]
    if known:
        notes.append(f"{len(known)} of these speakers bear the name of one it learned from, in {description.corpus}")
    console.print("\n".join([*notes, f"tables and pictures in {out}"]), soft_wrap=True, markup=False, highlight=False)


if __name__ == "__main__":
    run_script(evaluate)
