"""The separators by name: settings in, a separator out.

==============  =============================================================================
``tcn``         dilated convolutions over spectra; cheap, made for CPUs
``bandsplit``   recurrence within and across bands; few weights, many operations, made for GPUs
``convtasnet``  asteroid's blocks on a learned basis; the classic baseline
==============  =============================================================================

Each has an audio-only twin: the same net, to which nothing is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from torch import nn

from avss.errors import SettingsError
from avss.models.separators.bandsplit import BandSplit
from avss.models.separators.convtasnet import ConvTasNet
from avss.models.separators.cues import Sight, VisualCues, VoiceNumbers
from avss.models.separators.separator import Separator
from avss.models.separators.streams import Fusion
from avss.models.separators.tcn import TCN

Family = Literal["tcn", "bandsplit", "convtasnet"]


FAMILIES: dict[Family, Callable[..., nn.Module]] = {"tcn": TCN, "bandsplit": BandSplit, "convtasnet": ConvTasNet}


@dataclass(frozen=True)
class SeparatorSettings:
    """How a separator is made.

    Attributes:
        family: which net.
        width: channels of the net; ``None`` for the family's own.
        stages: depth of the net; ``None`` for the family's own.
        fusion: how the cues come into the net.
        bottleneck: channels that the lips, and the identity, are each squeezed to.
        standardise: take mean and deviation over the clip out of the features of the lips.
        identity_dropout: share of faces whose identity is hidden in training.
        sight: what is looked at of the features.
    """

    family: Family = "tcn"
    width: int | None = None
    stages: int | None = None
    fusion: Fusion = "film"
    bottleneck: int = 24
    standardise: bool = True
    identity_dropout: float = 0.5
    sight: Sight = "all"


def make_separator(settings: SeparatorSettings, features: int, identity: int = 0) -> Separator:
    """A new separator for a frontend of ``features`` features, the last ``identity`` of which tell who it is.

    Raises:
        SettingsError: there is no such family.
        ModelError: there is nothing to look at.
    """
    cues = VisualCues(
        features,
        identity,
        bottleneck=settings.bottleneck,
        standardise=settings.standardise,
        identity_dropout=settings.identity_dropout,
        sight=settings.sight,
    )
    return Separator(cues, _net(settings, cues.channels))


def make_audio_only(settings: SeparatorSettings, voices: int) -> Separator:
    """The twin that is shown nothing, for up to ``voices`` voices; trained with a loss in any order.

    Raises:
        SettingsError: there is no such family.
    """
    cues = VoiceNumbers(voices)
    return Separator(cues, _net(settings, cues.channels))


def _net(settings: SeparatorSettings, cues: int) -> nn.Module:
    family = settings.family
    if family not in FAMILIES:
        raise SettingsError(f"there is no family '{family}'", f"one of {', '.join(FAMILIES)}", "name one of them")
    sizes = {name: size for name in ("width", "stages") if (size := getattr(settings, name)) is not None}
    return FAMILIES[family](cues, fusion=settings.fusion, **sizes)
