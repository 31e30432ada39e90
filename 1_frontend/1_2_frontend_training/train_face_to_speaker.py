"""Stage 1.2: learn from faces what their voices are like, and say how far that goes for faces never seen.

The store needs its voices first (``measure_voices.py``). The run folder gets the model and ``face_voice.csv`` with the
figures on the test speakers, if there are two of them to tell apart. A run that was killed goes on where it stopped.

    python train_face_to_speaker.py --config train_face_to_speaker_quick.yaml
"""

from pathlib import Path

import torch
from rich.console import Console

from avss.data.faces import FaceData, Faces, MatchRounds, read_faces
from avss.data.splits import Split
from avss.data.store import PreparedStore
from avss.data.voices import StoreVoices, read_voices
from avss.errors import CorpusError
from avss.evaluation.face_voice import evaluate_faces
from avss.files import writing
from avss.models.face_to_speaker import FaceToSpeaker
from avss.models.weights import save_model
from avss.speech.voice_signature import NAMES
from avss.terminal import run_script
from avss.training.face_regression import fit_voices
from avss.training.face_task import FaceTask
from avss.training.run import fit, log_figures, run_folder


def train_face_to_speaker(
    store: Path,
    out: Path | None = None,
    epochs: int = 20,
    rounds: int = 10,
    rate: float = 0.02,
    decay: float = 0.1,
    picture: bool = True,
    seed: int = 0,
    device: str = "auto",
    wandb: bool = False,
) -> None:
    """Train FaceToSpeaker.

    Args:
        store: folder of the prepared store, with voices.
        out: the run folder; null makes a new one in runs/.
        epochs: passes of learning which numbers of a voice to go by.
        rounds: batches in an epoch, each with a face and a voice of every speaker.
        rate: learning rate.
        decay: weight decay.
        picture: look at the picture of the face too, not only at its geometry.
        seed: of the batches.
        device: cpu, gpu, mps or auto.
        wandb: log for Weights & Biases too.
    """
    out = run_folder(out, "1_2_frontend_training/face_to_speaker")
    settings = dict(locals())
    console = Console()
    prepared = PreparedStore(store)
    voices = read_voices(prepared)
    train, valid, test = (_read(prepared, voices, split, console) for split in ("train", "valid", "test"))

    torch.manual_seed(seed)
    model = FaceToSpeaker(len(NAMES), picture)
    held_out = fit_voices(model, train)
    with torch.no_grad():
        unseen = model(valid.clips.shape, valid.clips.face).voice
    rounds_of = MatchRounds(held_out, train, seed), MatchRounds(unseen, valid, seed)
    data = FaceData(*rounds_of, rounds=rounds, seed=seed)
    task = FaceTask(model, rate=rate, decay=decay)
    trainer = fit(task, data, out, settings=settings, epochs=epochs, seed=seed, device=device, wandb=wandb)

    standard = voices.standardisation
    notes = {"voice": list(NAMES), "mean": standard.mean.tolist(), "deviation": standard.scale.tolist()}
    save_model(model.cpu().eval(), out, corpus=str(store), split=prepared.speakers, notes=notes)
    log_figures(trainer, _judge(model, test, seed, out, console))


def _judge(model: FaceToSpeaker, test: Faces, seed: int, out: Path, console: Console) -> dict[str, float]:
    """Write and print the figures on ``test``, or why there are none."""
    try:
        report = evaluate_faces(model, test, seed=seed)
    except CorpusError as error:
        console.print(f"not judged: {error} · {out}", soft_wrap=True, markup=False)
        return {}
    with writing(out / "face_voice.csv") as path:
        report.table().to_csv(path, index=False)
    for name, interval in report.r2.items():
        console.print(f"R² {name:16} {interval}", markup=False)
    console.print(
        f"own voice picked of {report.candidates}: {report.top1}, by chance {report.chance:.3f} · {out}",
        soft_wrap=True,
        markup=False,
    )
    return report.table().set_index("figure").value.to_dict()


def _read(store: PreparedStore, voices: StoreVoices, split: Split, console: Console) -> Faces:
    faces = read_faces(store, voices, split)
    left_out = "".join(f" · {count} left out: {reason}" for reason, count in faces.left_out.items())
    speakers = len(set(faces.speakers))
    told = f"{split}: {len(faces.speakers)} clips of {speakers} speakers{left_out}"
    console.print(told, soft_wrap=True, markup=False)
    return faces


if __name__ == "__main__":
    run_script(train_face_to_speaker)
