"""Stage 1.2: teach a small net to read phones off lips, frame by frame.

It learns from a prepared store (landmarks, and mouths when a PCA is given) or from a corpus of landmarks alone. A net
that learned from landmarks may be the start of one that reads mouths too. Exported is a frontend: the net with its PCA.

    python train_lip2phone.py --config train_lip2phone_quick.yaml
    python train_lip2phone.py --config train_lip2phone.yaml --landmarks data/grid_landmarks --split lip-landmarks
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from rich.console import Console

from avss.data.lip_clips import in_split, landmark_lips, speakers_by_split, store_lips
from avss.data.lips import LipData
from avss.data.store import PreparedStore
from avss.errors import SettingsError
from avss.evaluation.phones import read_lips, score_phones
from avss.models.causal.lip2phone import CausalLip2Phone
from avss.models.frontend import Frontend
from avss.models.lip2phone import Lip2Phone
from avss.models.lip_features import INPUTS, LipInput
from avss.models.mouth_pca import MouthPCA
from avss.models.weights import load_model, read_description, save_model
from avss.terminal import run_script
from avss.training.eigenmouths import check_same_mouths, mouth_settings
from avss.training.lip_task import LipTask
from avss.training.run import fit, log_figures, run_folder


def train_lip2phone(
    out: Path | None = None,
    store: Path | None = None,
    labels: str = "exact",
    pca: Path | None = None,
    inputs: Sequence[LipInput] = INPUTS,
    causal: bool = False,
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
        out: the run folder, which the frontend is exported to; null makes a new one in runs/.
        store: prepared store to learn from; or give landmarks.
        labels: source of the store's phone labels: exact, alignment or allosaurus.
        pca: run folder of the mouth PCA; without it landmarks alone are read.
        inputs: what of the landmarks is read; an empty list, with a PCA, reads mouths alone.
        causal: look back only, for a separator of streams.
        landmarks: folder of a corpus of lip landmarks to learn from.
        split: how that corpus is divided.
        clips: of each speaker of that corpus; null takes all.
        start: run folder of this script whose net to start from; it may read less than this one.
        epochs: passes through the training clips.
        batch: clips in a batch.
        rate: highest learning rate.
        dropout: share of values dropped in training.
        ctc: weight of the order of phones beside the frames.
        seed: of weights, order, augmentation and dropout.
        device: cpu, gpu, mps or auto.
        wandb: log for Weights & Biases, offline unless logged in.
    """
    out = run_folder(out, "1_2_frontend_training/lip2phone")
    settings = dict(locals()) | {"inputs": list(inputs)}
    notes: dict[str, Any] = {}
    if (store is None) == (landmarks is None):
        raise SettingsError("both or none of store and landmarks are given", "one of them", "name what to learn from")
    if landmarks is not None and pca is not None:
        raise SettingsError("a PCA of mouths for a corpus of landmarks", "a store, which has mouths", "leave it out")
    if store is not None:
        prepared = PreparedStore(store)
        lips = store_lips(prepared, labels, mouths=pca is not None)
        if pca is not None:
            check_same_mouths(read_description(pca), prepared)
            notes["mouths"] = mouth_settings(prepared)
    else:
        lips = landmark_lips(Path(str(landmarks)), split, clips=clips)
    data = LipData(lips, batch=batch, seed=seed)

    pl.seed_everything(seed, verbose=False)
    mouth_pca = None if pca is None else load_model(pca, MouthPCA)
    kind = CausalLip2Phone if causal else Lip2Phone
    net = kind(0 if mouth_pca is None else mouth_pca.n_components, dropout=dropout, inputs=inputs)
    if start is not None:
        net.start_from(load_model(start, Frontend).lips)
    frontend = Frontend(net, mouth_pca)
    frontend.freeze("pca")
    task = LipTask(frontend, rate=rate, ctc=ctc)
    trainer = fit(task, data, out, settings=settings, epochs=epochs, seed=seed, device=device, wandb=wandb)

    scores = score_phones(read_lips(frontend, in_split(lips, "valid")))
    notes["valid"] = scores.as_numbers()
    log_figures(trainer, notes["valid"])
    save_model(frontend, out, corpus=str(store or landmarks), split=speakers_by_split(lips), notes=notes)
    Console().print(f"valid speakers: {scores}\nfrontend in {out}", soft_wrap=True, markup=False, highlight=False)


if __name__ == "__main__":
    run_script(train_lip2phone)
