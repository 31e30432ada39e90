"""The settings of mixtures: ranges and shares, from which :mod:`avss.data.mixture_draw` draws."""

from dataclasses import dataclass

import numpy as np

from avss.errors import SettingsError

_SHARES = ("same_speaker", "silent_faces", "resting", "noise", "rooms", "frozen", "dropped", "turned_away")


@dataclass(frozen=True)
class MixtureSettings:
    """How mixtures are drawn. Shares are of the mixtures, of the faces, or of the frames.

    Attributes:
        speakers: least and largest number of faces K; drawn anew for every batch.
        frames: T, length of the mixtures.
        gain_range: gains are drawn from ± this many dB (2.5 as in LiMuSE).
        shift: clips that are as long as the mixture begin up to this many frames early or late.
        same_speaker: share of the mixtures in which two faces are one person who says two things.
        silent_faces: share of the faces that are seen and not heard; at least one face of each mixture is heard.
        resting: share of those whose lips rest; the others' lips move.
        unseen_talkers: least and largest number E of people who are heard and not seen; drawn anew for every batch.
        noise: share of the mixtures with noise.
        snr_range: least and largest level of the voices above the noise, dB.
        rooms: share of the mixtures that are in a room.
        largest_offset: picture and sound of a face are up to this many frames apart.
        frozen, dropped: share of the frames that show the one before, and that show nothing.
        turned_away: share of the faces that are out of sight once, for up to four fifths of the mixture.

    Raises:
        SettingsError: a range is empty or a share is none.
    """

    speakers: tuple[int, int] = (2, 2)
    frames: int = 75
    gain_range: float = 2.5
    shift: int = 0
    same_speaker: float = 0.0
    silent_faces: float = 0.0
    resting: float = 0.5
    unseen_talkers: tuple[int, int] = (0, 0)
    noise: float = 0.0
    snr_range: tuple[float, float] = (0.0, 20.0)
    rooms: float = 0.0
    largest_offset: int = 0
    frozen: float = 0.0
    dropped: float = 0.0
    turned_away: float = 0.0

    def __post_init__(self) -> None:
        for name, least in (("speakers", 1), ("unseen_talkers", 0), ("snr_range", -np.inf)):
            low, high = getattr(self, name)
            if not least <= low <= high:
                wanted = "two numbers, the smaller one first" + (f", not below {least}" if least >= 0 else "")
                raise SettingsError(f"the range {name} is {low} to {high}", wanted, f"correct {name}")
        for name in _SHARES:
            share = getattr(self, name)
            if not 0 <= share <= 1:
                raise SettingsError(f"{name} is {share}", "a share from 0 to 1", f"correct {name}")
        for name, least in (("frames", 1), ("gain_range", 0), ("shift", 0), ("largest_offset", 0)):
            if getattr(self, name) < least:
                raise SettingsError(f"{name} is {getattr(self, name)}", f"at least {least}", f"correct {name}")
