"""The rows of an exam's table: whatever separates a mixture, from the ideal mask to the separator that is examined.

==================  ================================================================================================
mixture             the mixture itself, given out as every voice: where improvement begins
ideal binary mask   ceiling of binary masks (:mod:`avss.evaluation.oracle_masks`)
ideal complex mask  ceiling of the separators' own masks
audio-only          the twin of equal size that sees nothing, its voices put in the order that fits best
other lips          the separator, shown other faces (:mod:`avss.evaluation.visual_controls`)
activity only       the separator, told only when each face speaks
turned away         the separator, each face out of sight for half of the time
both averaged       the mean of the separator's voices and the twin's, these in the order of those: what hearing and
                    seeing know together, and no truth is asked for
audio-visual        the separator
==================  ================================================================================================
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from avss.data.bank_faces import faces_of
from avss.data.mixing import Mixtures
from avss.data.voice_bank import VoiceBank
from avss.errors import ModelError
from avss.evaluation.oracle_masks import ideal_binary, ideal_complex
from avss.evaluation.visual_controls import mean_activity, turned_away, with_other_lips
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.separators.cues import VoiceNumbers
from avss.models.separators.separator import Separator
from avss.training.separation_losses import SeparationLoss

MIXTURE, BINARY, COMPLEX = "mixture", "ideal binary mask", "ideal complex mask"
AUDIO_ONLY, OTHER_LIPS, ACTIVITY = "audio-only", "other lips", "activity only"
TURNED_AWAY, TOGETHER, AUDIO_VISUAL = "turned away", "both averaged", "audio-visual"

Separate = Callable[[Mixtures], Tensor]


@dataclass(frozen=True)
class ExamRow:
    """One way to separate mixtures.

    Attributes:
        name: of the row.
        separate: mixtures → voices [B,K,S].
        checksum: of the weights that are used; empty where there are none.
        most_faces: the largest K; ``None`` for any.
    """

    name: str
    separate: Separate
    checksum: str = ""
    most_faces: int | None = None


def bounds() -> list[ExamRow]:
    """The rows that need no model: the mixture and the ideal masks."""
    return [
        ExamRow(MIXTURE, lambda mixtures: mixtures.mixture[:, None].expand_as(mixtures.voices)),
        ExamRow(BINARY, lambda mixtures: ideal_binary(mixtures.mixture, mixtures.voices)),
        ExamRow(COMPLEX, lambda mixtures: ideal_complex(mixtures.mixture, mixtures.voices)),
    ]


def audio_only(twin: Separator, checksum: str) -> ExamRow:
    """The row of an audio-only separator.

    Raises:
        ModelError: the separator looks at faces.
    """
    most = _most_voices(twin)
    return ExamRow(AUDIO_ONLY, lambda mixtures: _heard(twin, mixtures, mixtures.voices), checksum, most)


def together(twin: Separator, model: AudioVisualSeparator, checksum: str) -> ExamRow:
    """The row of a separator and its audio-only twin, averaged; ``checksum`` is of both.

    Raises:
        ModelError: the twin looks at faces.
    """

    def separate(mixtures: Mixtures) -> Tensor:
        seen = _separated(model, mixtures)
        return (seen + _heard(twin, mixtures, seen)) / 2

    return ExamRow(TOGETHER, separate, checksum, _most_voices(twin))


def audio_visual(model: AudioVisualSeparator, checksum: str, name: str = AUDIO_VISUAL) -> ExamRow:
    """The row of a separator with its frontend; ``name`` tells it from others."""
    return ExamRow(name, lambda mixtures: _separated(model, mixtures), checksum)


def control(name: str, model: AudioVisualSeparator, checksum: str, bank: VoiceBank) -> ExamRow:
    """The row of the same separator with deceived eyes, or with little to see.

    Args:
        name: one of :data:`CONTROLS`.
        model, checksum: as for :func:`audio_visual`.
        bank: all clips of the speakers the exam is about, with faces, on the device of ``model``.

    Raises:
        ModelError: the mouths have another size than those the frontend's PCA was fitted to.
        StoreError: nobody is ever seen speaking, or pausing.
    """
    return ExamRow(name, CONTROLS[name](model, bank), checksum)


def _most_voices(twin: Separator) -> int:
    if not isinstance(twin.cues, VoiceNumbers):
        raise ModelError("a separator that looks at faces", "one trained without video", "name the audio-only twin")
    return twin.cues.voices


def _heard(twin: Separator, mixtures: Mixtures, like: Tensor) -> Tensor:
    """The voices that a twin hears, in the order in which they fit those [B,K,S] best."""
    voices = twin(mixtures.mixture, mixtures.mixture.new_zeros(*mixtures.valid.shape, 1))
    return SeparationLoss(any_order=True).in_order(voices, like, mixtures.mixture)


def _separated(model: AudioVisualSeparator, mixtures: Mixtures) -> Tensor:
    return model(mixtures.mixture, faces_of(mixtures))


def _by_other_lips(model: AudioVisualSeparator, bank: VoiceBank) -> Separate:
    return lambda mixtures: _separated(model, with_other_lips(mixtures, bank))


def _by_activity(model: AudioVisualSeparator, bank: VoiceBank) -> Separate:
    activity = mean_activity(model.frontend, bank)
    return lambda mixtures: model.separator(mixtures.mixture, activity.of(mixtures.voices))


def _by_half(model: AudioVisualSeparator, _: VoiceBank) -> Separate:
    return lambda mixtures: _separated(model, turned_away(mixtures))


CONTROLS = {OTHER_LIPS: _by_other_lips, ACTIVITY: _by_activity, TURNED_AWAY: _by_half}
