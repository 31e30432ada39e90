"""Stage 1.2: teach a small net to read phones off lips, frame by frame.

It learns from prepared stores (landmarks, and mouths when a PCA is given) or from a corpus of landmarks alone. A net
trained on the one may start from the weights of the other, provided that both read landmarks alone.

    python train_lip2phone.py --config train_lip2phone_quick.yaml
    python train_lip2phone.py --config train_lip2phone.yaml --landmarks data/grid_landmarks --split lip-landmarks
"""

from pathlib import Path

import pytorch_lightning as pl
from rich.console import Console

from avss.data.lip_clips import in_split, landmark_lips, speakers_by_split, store_lips
from avss.data.lips import LipData
from avss.data.store import PreparedStore
from avss.errors import CorpusError
from avss.evaluation.phones import read_lips, score_phones
from avss.models.lip2phone import Lip2Phone
from avss.models.mouth_pca import MouthPCA
from avss.models.weights import load_model, save_model
from avss.terminal import run_script
from avss.training.lip_task import LipTask
from avss.training.run import fit


def train_lip2phone(
    out: Path,
    store: Path | None = None,
    labels: str = "exact",
    pca: Path | None = None,
    landmarks: Path | None = None,
    split: str = "lip-landmarks",
    clips: int | None = None,
    start: Path | None = None,
    epochs: int = 40,
    batch: int = 64,
    rate: float = 2e-3,
    dropout: float = 0.2,
    ctc: float = 0.0,
    seed: int = 0,
    device: str = "auto",
    wandb: bool = False,
) -> None:
    """Train a Lip2Phone; a run that was killed goes on where it stopped.

    Args:
        out: the run folder, which the net is exported to.
        store: prepared store to learn from; or give landmarks.
        labels: source of the store's phone labels: exact, alignment or allosaurus.
        pca: run folder of the mouth PCA; without it landmarks alone are read.
        landmarks: folder of a corpus of lip landmarks to learn from.
        split: how that corpus is divided.
        clips: of each speaker of that corpus; null takes all.
        start: run folder of a net whose weights to start from.
        epochs: passes through the training clips.
        batch: clips in a batch.
        rate: highest learning rate.
        dropout: share of values dropped in training.
        ctc: weight of the order of phones beside the frames.
        seed: of weights, order, augmentation and dropout.
        device: cpu, gpu, mps or auto.
        wandb: log for Weights & Biases, offline unless logged in.
    """
    settings = dict(locals())
    if (store is None) == (landmarks is None):
        raise CorpusError("both or none of store and landmarks are given", "one of them", "name what to learn from")
    mouth_pca = None if pca is None else load_model(pca, MouthPCA)
    if store is not None:
        lips = store_lips(PreparedStore(store), labels, mouths=mouth_pca is not None)
    else:
        lips = landmark_lips(Path(str(landmarks)), split, clips=clips)
    data = LipData(lips, batch=batch, seed=seed)

    pl.seed_everything(seed, verbose=False)
    components = 0 if mouth_pca is None else mouth_pca.n_components
    model = Lip2Phone(components, dropout=dropout) if start is None else load_model(start, Lip2Phone)
    task = LipTask(model, mouth_pca, rate=rate, ctc=ctc)
    fit(task, data, out, settings=settings, epochs=epochs, seed=seed, device=device, wandb=wandb)

    scores = score_phones(read_lips(task, in_split(lips, "valid")))
    corpus = str(store or landmarks)
    save_model(model, out, corpus=corpus, split=speakers_by_split(lips), notes={"valid": scores.as_numbers()})
    Console().print(f"valid speakers: {scores}\nnet in {out}", soft_wrap=True, markup=False, highlight=False)


if __name__ == "__main__":
    run_script(train_lip2phone)
