"""Variants of Lip2Phone for the ablations of stage 1.2: each is trained in a run folder of its own, and judged.

All variants are trained for equally many epochs on the same clips, start from the same seed, and are judged on the same
frames by the same labels, whichever they learned from.
"""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import torch

from avss.data.labels import labels_path
from avss.data.lip_clips import LipClip, in_split, store_lips
from avss.data.lips import LipData
from avss.data.store import PreparedStore
from avss.errors import SettingsError
from avss.evaluation.phone_probe import probe_phones
from avss.evaluation.phones import read_lips, score_phones
from avss.models.face_to_speaker import FaceToSpeaker
from avss.models.frontend import Frontend
from avss.models.lip2phone import Lip2Phone
from avss.models.lip_features import INPUTS
from avss.models.mouth_pca import MouthPCA
from avss.models.weights import load_model, read_description
from avss.training.ablation import NotMeasuredError
from avss.training.eigenmouths import check_same_mouths
from avss.training.lip_task import LipTask
from avss.training.run import fit

Reads = Literal["landmarks", "mouths", "both"]
Reader = Literal["net", "lips", "lips+face"]


@dataclass(frozen=True)
class LipVariant:
    """What an ablation may change.

    Attributes:
        reads: what the net sees: landmarks, mouths or both.
        velocities: whether it sees how fast landmarks move.
        labels: source of the labels it learns from.
        ctc: weight of the order of phones beside the frames.
        reader: what names the phones: the net itself, or a linear probe of the features of the lips (lips) or of
            these and the embedding of the face (lips+face).
        epochs, batch, rate, dropout, seed: of the training.

    Raises:
        SettingsError: it reads, or is read by, something else.
    """

    reads: Reads = "both"
    velocities: bool = True
    labels: str = "exact"
    ctc: float = 0.0
    reader: Reader = "net"
    epochs: int = 40
    batch: int = 64
    rate: float = 2e-3
    dropout: float = 0.2
    seed: int = 0

    def __post_init__(self) -> None:
        for name, known in (("reads", Reads), ("reader", Reader)):
            value = getattr(self, name)
            if value not in get_args(known):
                raise SettingsError(f"{name} '{value}'", f"one of {', '.join(get_args(known))}", "correct the ablation")


class LipLaboratory:
    """Trains and judges variants on one store.

    Args:
        store: whose clips.
        pca: run folder of the PCA of its mouths.
        face: run folder of a FaceToSpeaker that learned from its training speakers; without it, no face is looked at.
        truth: source of the labels that all variants are judged by.
        part: the speakers to judge on.
        nets: where the run folders of the variants go.
        device: cpu, gpu, mps or auto.

    Raises:
        ModelError: the PCA is missing, or was fitted to mouths that were cut out in another way.
    """

    def __init__(
        self,
        store: PreparedStore,
        pca: Path,
        face: Path | None,
        truth: str,
        part: Literal["valid", "test"],
        nets: Path,
        device: str,
    ) -> None:
        check_same_mouths(read_description(pca), store)
        self._store, self._pca, self._face, self._truth, self._part = store, pca, face, truth, part
        self._nets, self._device = nets, device
        self._lips = cache(self._read_lips)

    def measure(self, variant: LipVariant) -> dict[str, float]:
        """Shares of spoken frames whose phone, and whose viseme, is told right.

        Raises:
            NotMeasuredError: the store has no such labels, or no face net was named.
        """
        learned, judged = in_split(self._lips(variant.labels), "train"), in_split(self._lips(self._truth), self._part)
        face = self._face_net() if variant.reader == "lips+face" else None
        trained = self.train(variant)
        frontend = Frontend(trained.lips, trained.pca, face)
        frames = read_lips(frontend, judged) if variant.reader == "net" else probe_phones(frontend, learned, judged)
        scores = score_phones(frames)
        figures = {"majority": scores.phone_majority.value}
        for name, interval in (("phones", scores.phones), ("visemes", scores.visemes)):
            figures |= {name: interval.value, f"{name}_low": interval.low, f"{name}_high": interval.high}
        return figures

    def train(self, variant: LipVariant) -> Frontend:
        """The net of a variant; one whose run folder is complete is only read."""
        settings = {name: value for name, value in asdict(variant).items() if name != "reader"}
        pca = None if variant.reads == "landmarks" else load_model(self._pca, MouthPCA)
        seen = () if variant.reads == "mouths" else INPUTS
        inputs = [name for name in seen if variant.velocities or name != "velocities"]
        torch.manual_seed(variant.seed)
        net = Lip2Phone(0 if pca is None else pca.n_components, dropout=variant.dropout, inputs=inputs)
        frontend = Frontend(net, pca)
        frontend.freeze("pca")
        fit(
            LipTask(frontend, rate=variant.rate, ctc=variant.ctc),
            LipData(self._lips(variant.labels), batch=variant.batch, seed=variant.seed),
            self._nets / ",".join(f"{name}={value}" for name, value in settings.items()),
            settings={"store": self._store.root, "pca": self._pca, **settings},
            epochs=variant.epochs,
            seed=variant.seed,
            device=self._device,
        )
        return frontend

    def _read_lips(self, labels: str) -> list[LipClip]:
        path = labels_path(self._store, labels)
        if not path.is_file():
            do = f"run label_phones.py --store {self._store.root} --labels {labels}"
            raise NotMeasuredError(f"{self._store.root} has no phone labels '{labels}'", f"the file {path}", do)
        return store_lips(self._store, labels, mouths=True)

    def _face_net(self) -> FaceToSpeaker:
        if self._face is None:
            do = "name that of train_face_to_speaker.py as --face"
            raise NotMeasuredError("no net that looks at faces was named", "its run folder", do)
        return load_model(self._face, FaceToSpeaker)
