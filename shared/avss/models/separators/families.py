"""The separators by name: settings in, a separator out.

==============  =============================================================================
``tcn``         dilated convolutions over spectra; cheap, made for CPUs
``bandtcn``     dilated convolutions that all bands share; on CPUs it learns most in a given time
``bandsplit``   recurrence within and across bands; few weights, many operations, made for GPUs
``convtasnet``  asteroid's blocks on a learned basis; the classic baseline
==============  =============================================================================

Each has an audio-only twin: the same net, to which nothing is shown. Of ``tcn`` there is a causal kind, for streams.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from torch import nn

from avss.errors import SettingsError
from avss.models.causal.cues import CausalCues
from avss.models.causal.separator import CausalSeparator
from avss.models.causal.tcn import CausalTCN
from avss.models.separators.bandsplit import BandSplit
from avss.models.separators.bandtcn import BandTCN
from avss.models.separators.convtasnet import ConvTasNet
from avss.models.separators.cues import Sight, VisualCues, VoiceNumbers
from avss.models.separators.hearing_first import HearingFirst
from avss.models.separators.separator import Separator
from avss.models.separators.streams import Fusion
from avss.models.separators.tcn import TCN

Family = Literal["tcn", "bandtcn", "bandsplit", "convtasnet"]
Make = TypeVar("Make", bound=Callable[..., Any])


FAMILIES: dict[Family, Callable[..., nn.Module]] = {
    "tcn": TCN,
    "bandtcn": BandTCN,
    "bandsplit": BandSplit,
    "convtasnet": ConvTasNet,
}
CAUSAL_FAMILIES: dict[Family, Callable[..., CausalTCN]] = {"tcn": CausalTCN}

_OF_CUES = ("bottleneck", "standardise", "identity_dropout", "sight", "misread", "mistaken")
_OF_NETS = ("width", "stages", "fusion")


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
        misread: largest share of somebody else in what is seen of a face's lips in training.
        mistaken: deviation of what the identity is off by in training; 1 is that of strangers' faces.
        hearing_first: listen with closed eyes before, and be told which of the voices each face's is
            (:mod:`avss.models.separators.hearing_first`).
        causal: hear and see the past alone, for streams; the lips are then all that is looked at.
    """

    family: Family = "tcn"
    width: int | None = None
    stages: int | None = None
    fusion: Fusion = "film"
    bottleneck: int = 24
    standardise: bool = True
    identity_dropout: float = 0.5
    sight: Sight = "all"
    misread: float = 0.0
    mistaken: float = 0.0
    hearing_first: bool = False
    causal: bool = False


def make_separator(settings: SeparatorSettings, features: int, identity: int = 0, voices: int = 2) -> Separator:
    """A new separator for a frontend of ``features`` features, the last ``identity`` of which tell who it is.

    Args:
        settings: how it is made.
        features: of each face.
        identity: so many of them.
        voices: the largest number that it learns to hear with closed eyes.

    Raises:
        SettingsError: there is no such family; or the causal kind of it is to look at the identity alone, or to hear
            a whole clip first.
        ModelError: there is nothing to look at.
    """
    if settings.causal:
        return _causal(settings, features, identity)
    cues = VisualCues(features, identity, **_given(settings, _OF_CUES))
    net = _net(settings, cues.channels)
    if settings.hearing_first:
        return HearingFirst(cues, net, VoiceNumbers(max(voices, 2), cues.channels))
    return Separator(cues, net)


def _causal(settings: SeparatorSettings, features: int, identity: int) -> CausalSeparator:
    do = "look at the lips alone as they move, or at whole clips"
    if settings.sight == "identity":
        raise SettingsError("a causal separator that looks at the identity alone", "sight of the lips", do)
    if settings.hearing_first:
        raise SettingsError("a causal separator that hears all of a clip first", "no hearing_first", do)
    seen = CausalCues(features, identity, **_given(replace(settings, sight="lips"), _OF_CUES))
    return CausalSeparator(seen, _causal_net(settings, seen.channels))


def make_audio_only(settings: SeparatorSettings, voices: int) -> Separator:
    """The twin that is shown nothing, for up to ``voices`` voices; trained with a loss in any order.

    Raises:
        SettingsError: there is no such family.
    """
    cues = VoiceNumbers(voices)
    if settings.causal:
        return CausalSeparator(cues, _causal_net(settings, cues.channels))
    return Separator(cues, _net(settings, cues.channels))


def _net(settings: SeparatorSettings, cues: int) -> nn.Module:
    return _known(settings.family, FAMILIES, "family")(cues, **_given(settings, _OF_NETS))


def _causal_net(settings: SeparatorSettings, cues: int) -> CausalTCN:
    return _known(settings.family, CAUSAL_FAMILIES, "causal family")(cues, **_given(settings, _OF_NETS))


def _known(family: Family, families: dict[Family, Make], kind: str) -> Make:
    if family not in families:
        raise SettingsError(f"there is no {kind} '{family}'", f"one of {', '.join(families)}", "name one of them")
    return families[family]


def _given(settings: SeparatorSettings, names: Sequence[str]) -> dict[str, Any]:
    """The settings of those names, without those that are left to whom they are for."""
    return {name: value for name in names if (value := getattr(settings, name)) is not None}
