"""What an ablation of stages 2 to 4 may change: everything that decides what a training ends with.

The settings are those of the stage's ``train.py``, under the same names, and a few that only an ablation asks for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from avss.data.mixture_settings import MixtureSettings
from avss.errors import SettingsError
from avss.evaluation.exam_rows import AUDIO_VISUAL
from avss.models.separators.families import SeparatorSettings
from avss.training.freezing import PartLearning
from avss.training.pacing import Level, Pacing
from avss.training.separation_sources import SourceSettings
from avss.training.separation_task import Learning

Eyes = Literal["audio-visual", "other lips", "activity only", "turned away"]

_AS_IT_IS = PartLearning(rate=1.0, start=None)


@dataclass(frozen=True)
class SeparationVariant:
    """What the trainings of all stages have in common, and all that an ablation of stage 3 may change.

    Attributes:
        mixtures: how they are drawn for training.
        sources: who is heard, and what beside them.
        learning: how the weights change.
        lips, face, pca: how the parts of the frontend learn.
        epochs: how often it is validated; the weights of the best of them are judged.
        steps: batches in an epoch.
        batch: mixtures in a batch.
        valid_steps: batches of each level to validate on.
        seed: of weights, mixtures and dropout.
    """

    mixtures: MixtureSettings = field(default_factory=MixtureSettings)
    sources: SourceSettings = field(default_factory=SourceSettings)
    learning: Learning = field(default_factory=Learning)
    lips: PartLearning = field(default_factory=PartLearning)
    face: PartLearning = field(default_factory=PartLearning)
    pca: PartLearning = field(default_factory=PartLearning)
    epochs: int = 20
    steps: int = 1000
    batch: int = 16
    valid_steps: int = 10
    seed: int = 0

    @property
    def parts(self) -> dict[str, PartLearning]:
        """How the parts of the frontend learn, by name."""
        return {"lips": self.lips, "face": self.face, "pca": self.pca}


@dataclass(frozen=True)
class SeparatorVariant(SeparationVariant):
    """A variant of stage 2.

    Attributes:
        separator: how it is made.
        twin: audio is a net of the same size that is shown nothing.
        taught: whether the net that reads lips has learned phones before; else its weights are drawn anew.
        video: that it learns with: each voice's own, or that of somebody else all the time.
        eyes: what it is judged with: the faces, those of other clips, only when each face speaks, or the faces half of
            the time; the rows of the exam (:mod:`avss.evaluation.exam_rows`).

    Raises:
        SettingsError: a twin that sees nothing is to be deceived.
    """

    separator: SeparatorSettings = field(default_factory=SeparatorSettings)
    lips: PartLearning = _AS_IT_IS
    face: PartLearning = _AS_IT_IS
    pca: PartLearning = _AS_IT_IS
    twin: Literal["audio"] | None = None
    taught: bool = True
    video: Literal["own", "exchanged"] = "own"
    eyes: Eyes = AUDIO_VISUAL

    def __post_init__(self) -> None:
        if self.twin and (self.eyes, self.video) != (AUDIO_VISUAL, "own"):
            what = f"an audio-only twin with video '{self.video}', judged with eyes '{self.eyes}'"
            raise SettingsError(what, f"'own' and '{AUDIO_VISUAL}', for it sees nothing", "correct the ablation")


@dataclass(frozen=True)
class CurriculumVariant(SeparationVariant):
    """A variant of stage 4.

    Attributes:
        levels: of difficulty, the easiest first.
        pacing: how the training goes through them.
    """

    levels: Sequence[Level] = (Level((2, 2)), Level((2, 3), (10.0, 20.0)), Level((3, 4), (0.0, 20.0)))
    pacing: Pacing = field(default_factory=Pacing)
