"""Stage 1.2: learn from faces what their voices are like, and say how far that goes for faces never seen.

The store needs its voices first (``measure_voices.py``). The run folder gets the model and ``face_voice.csv`` with the
figures on the test speakers. A run that was killed goes on where it stopped.

    python train_face_to_speaker.py --config train_face_to_speaker_quick.yaml
"""

from pathlib import Path

import torch
from rich.console import Console

from avss.data.faces import FaceData, read_faces
from avss.data.store import PreparedStore
from avss.data.voices import read_voices
from avss.evaluation.face_voice import evaluate_faces
from avss.files import writing
from avss.models.face_to_speaker import FaceToSpeaker
from avss.models.weights import save_model
from avss.speech.voice_signature import NAMES
from avss.terminal import run_script
from avss.training.face_task import FaceTask
from avss.training.run import fit, log_figures, run_folder


def train_face_to_speaker(
    store: Path,
    out: Path | None = None,
    epochs: int = 20,
    rounds: int = 10,
    rate: float = 0.003,
    decay: float = 0.3,
    width: int = 4,
    dropout: float = 0.2,
    match: float = 1.0,
    picture: bool = False,
    seed: int = 0,
    device: str = "auto",
    wandb: bool = False,
) -> None:
    """Train FaceToSpeaker.

    Args:
        store: folder of the prepared store, with voices.
        out: the run folder; null makes a new one in runs/.
        epochs: passes through the data.
        rounds: batches in an epoch, each with one clip per speaker.
        rate: learning rate.
        decay: weight decay.
        width: of the hidden layer.
        dropout: share that is dropped.
        match: weight of the contrastive match of face and voice.
        picture: look at the picture of the face too, not only at its geometry.
        seed: of the weights, the batches and dropout.
        device: cpu, gpu, mps or auto.
        wandb: log for Weights & Biases too.
    """
    out = run_folder(out, "1_2_frontend_training/face_to_speaker")
    settings = dict(locals())
    prepared = PreparedStore(store)
    voices = read_voices(prepared)
    train, valid, test = (read_faces(prepared, voices, split) for split in ("train", "valid", "test"))

    torch.manual_seed(seed)
    model = FaceToSpeaker(len(NAMES), width, dropout, picture)
    model.standardise(train.clips.shape)
    data = FaceData(train, valid, rounds=rounds, seed=seed)
    task = FaceTask(model, rate=rate, decay=decay, match=match)
    trainer = fit(task, data, out, settings=settings, epochs=epochs, seed=seed, device=device, wandb=wandb)

    report = evaluate_faces(model.cpu().eval(), test, seed=seed)
    log_figures(trainer, report.table().set_index("figure").value.to_dict())
    standard = voices.standardisation
    notes = {"voice": list(NAMES), "mean": standard.mean.tolist(), "deviation": standard.scale.tolist()}
    save_model(model, out, corpus=str(store), split=prepared.speakers, notes=notes)
    with writing(out / "face_voice.csv") as path:
        report.table().to_csv(path, index=False)
    console = Console()
    for name, interval in report.r2.items():
        console.print(f"R² {name:16} {interval}", markup=False)
    console.print(
        f"own voice picked {report.top1}, by chance {report.chance:.3f} · {out}", soft_wrap=True, markup=False
    )


if __name__ == "__main__":
    run_script(train_face_to_speaker)
