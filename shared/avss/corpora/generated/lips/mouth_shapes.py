"""What the mouth does for each phone: the targets that articulation aims at.

Apertures are those of real speech: for each phone the height of the inner lips in the middle of the words of
GRID that contain it, averaged over 29 speakers and relative to their widest opening. Unlike in drawn
animation, "ee" is wide open (0.7) and an alveolar consonant between vowels half open; only lips, teeth and
rounding close the mouth. The other columns follow phonetics and were set by eye.
"""

from dataclasses import dataclass, field

import numpy as np

from avss.speech.phones import SILENCE


@dataclass(frozen=True)
class MouthShape:
    """The targets of one phone, or of one half of a diphthong.

    Attributes:
        aperture, width, protrusion, upper_teeth, lower_teeth, tongue, tuck, closure: as the columns of
            :class:`avss.corpora.generated.mouth_track.MouthTrack`, except that aperture 1 is the widest
            opening of ordinary speech.
        hold: how strongly the phone insists on its aperture, tuck and closure against its neighbours; 1 is
            an ordinary vowel.
        round_hold: the same for width and protrusion.
    """

    aperture: float
    width: float = 0.0
    protrusion: float = 0.0
    upper_teeth: float = 0.5
    lower_teeth: float = 0.1
    tongue: float = 0.2
    tuck: float = 0.0
    closure: float = 0.0
    hold: float = field(default=1.0, kw_only=True)
    round_hold: float = field(default=1.0, kw_only=True)

    @property
    def targets(self) -> np.ndarray:
        """Float64 [8]."""
        return np.array([
            self.aperture, self.width, self.protrusion, self.upper_teeth,
            self.lower_teeth, self.tongue, self.tuck, self.closure,
        ])  # fmt: skip

    @property
    def holds(self) -> np.ndarray:
        """Float64 [8]: ``hold`` of every column; teeth and tongue follow the aperture, more loosely."""
        inside = 0.2 + 0.6 * self.hold
        return np.array([self.hold, self.round_hold, self.round_hold, inside, inside, inside, self.hold, self.hold])


REST = MouthShape(0.0, upper_teeth=0.4, lower_teeth=0.0)

_PRESSED = {"upper_teeth": 0.2, "lower_teeth": 0.0, "hold": 2.0, "round_hold": 0.5}
_P = MouthShape(0.0, closure=1.0, **_PRESSED)
_F = MouthShape(0.04, 0.15, 0.0, 1.0, 0.0, 0.2, 1.0, hold=2.5, round_hold=0.8)
_TH = MouthShape(0.22, 0.1, 0.0, 0.9, 0.2, 1.0, hold=1.5, round_hold=0.6)
_T = MouthShape(0.58, 0.2, 0.0, 0.9, 0.3, 0.65, hold=0.7, round_hold=0.4)
_S = MouthShape(0.50, 0.4, 0.0, 1.0, 0.7, 0.35, hold=1.5, round_hold=0.8)
_SH = MouthShape(0.52, -0.2, 0.75, 0.9, 0.6, 0.3, hold=1.5, round_hold=1.6)
_K = MouthShape(0.66, 0.1, 0.0, 0.5, 0.1, 0.3, hold=0.5, round_hold=0.25)
_IY = MouthShape(0.76, 0.8, 0.0, 0.9, 0.3, 0.5)
_IH = MouthShape(0.72, 0.5, 0.0, 0.8, 0.2, 0.45)
_EH = MouthShape(0.92, 0.45, 0.0, 0.8, 0.2, 0.3)
_AA = MouthShape(0.95, 0.05, 0.0, 0.55, 0.1, 0.05)
_AO = MouthShape(0.40, -0.3, 0.75, 0.2, 0.0, 0.1)
_UH = MouthShape(0.36, -0.3, 0.8, 0.2, 0.0, 0.2)
_UW = MouthShape(0.28, -0.4, 1.0, 0.1, 0.0, 0.25, round_hold=1.2)
_A_OF_AY = MouthShape(0.92, 0.2, 0.0, 0.65, 0.1, 0.1)

# One shape for each phone; diphthongs and affricates have two.
SHAPES: dict[str, tuple[MouthShape, ...]] = {
    SILENCE: (REST,),
    "P": (_P,),
    "B": (MouthShape(0.0, closure=0.9, **_PRESSED),),
    "M": (MouthShape(0.0, closure=0.8, **_PRESSED),),
    "F": (_F,),
    "V": (MouthShape(0.05, 0.15, 0.0, 1.0, 0.0, 0.2, 0.9, hold=2.5, round_hold=0.8),),
    "TH": (_TH,),
    "DH": (_TH,),
    "T": (_T,),
    "D": (MouthShape(0.60, 0.2, 0.0, 0.9, 0.2, 0.65, hold=0.7, round_hold=0.4),),
    "N": (MouthShape(0.60, 0.2, 0.0, 0.8, 0.1, 0.7, hold=0.7, round_hold=0.4),),
    "L": (MouthShape(0.60, 0.15, 0.0, 0.7, 0.1, 0.8, hold=0.8, round_hold=0.5),),
    "S": (_S,),
    "Z": (MouthShape(0.50, 0.35, 0.0, 1.0, 0.6, 0.35, hold=1.5, round_hold=0.8),),
    "SH": (_SH,),
    "ZH": (_SH,),
    "CH": (_T, _SH),
    "JH": (_T, _SH),
    "K": (_K,),
    "G": (_K,),
    "NG": (_K,),
    "R": (MouthShape(0.06, -0.15, 0.55, 0.5, 0.1, 0.4, hold=2.0),),
    "W": (MouthShape(0.0, -0.5, 1.0, 0.0, 0.0, 0.2, hold=3.0, round_hold=2.0),),
    "Y": (MouthShape(0.60, 0.5, 0.0, 0.8, 0.3, 0.5),),
    "HH": (MouthShape(0.60, 0.1, 0.0, 0.5, 0.1, 0.2, hold=0.3, round_hold=0.2),),
    "IY": (_IY,),
    "IH": (_IH,),
    "EH": (_EH,),
    "AE": (MouthShape(0.82, 0.3, 0.0, 0.7, 0.15, 0.1),),
    "AA": (_AA,),
    "AH": (MouthShape(0.62, 0.1, 0.0, 0.6, 0.1, 0.2, hold=0.8, round_hold=0.6),),
    "AO": (_AO,),
    "UH": (_UH,),
    "UW": (_UW,),
    "ER": (MouthShape(0.50, 0.0, 0.3, 0.6, 0.1, 0.3),),
    "EY": (MouthShape(1.0, 0.5, 0.0, 0.8, 0.2, 0.35), _IY),
    "AY": (_A_OF_AY, _IH),
    "OY": (_AO, _IH),
    "AW": (_A_OF_AY, _UH),
    "OW": (MouthShape(0.60, -0.2, 0.6, 0.3, 0.0, 0.15), _UW),
}
