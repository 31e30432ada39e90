"""What makes one generated face differ from another, as plain numbers, and how they are drawn.

Lengths are *face units*: 1 is half the width of the face at the cheekbones. The origin lies between the
eyes, x grows to the right of the picture, y downwards; so the chin of an average face is at y = 1.5.
Colours are RGB in 0–255.

Sex and size are given, not drawn here: they are those of the speaker's voice. A large body has a large,
long, broad face as it has a low voice, so that a face tells something about its voice.

Every attribute is drawn from a generator of its own, found by name. A new attribute therefore leaves every
face that was ever generated as it was, apart from the attribute itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from avss.corpora.clip import Sex

Colour = tuple[float, float, float]
HairStyle = Literal["bald", "cropped", "short", "curly", "tied", "bob", "long"]
BeardStyle = Literal["none", "stubble", "moustache", "goatee", "full"]
Neckline = Literal["round", "v", "collar"]
Option = TypeVar("Option")

_SKIN_TONES: tuple[Colour, ...] = ((238, 201, 178), (222, 177, 146), (196, 144, 110), (176, 126, 96), (146, 102, 78))
_HAIR_COLOURS: dict[str, Colour] = {
    "black": (30, 25, 24),
    "dark brown": (62, 43, 32),
    "brown": (96, 67, 44),
    "blond": (168, 132, 84),
    "red": (128, 62, 34),
    "grey": (140, 137, 134),
}
_IRIS_COLOURS: tuple[Colour, ...] = ((92, 58, 33), (66, 96, 124), (76, 98, 68), (52, 34, 24))
_SHIRT_COLOURS: tuple[Colour, ...] = (
    (40, 44, 52),
    (228, 226, 220),
    (46, 70, 118),
    (128, 44, 48),
    (58, 92, 70),
    (170, 150, 110),
    (120, 130, 150),
    (90, 62, 96),
)
_BACKDROPS: dict[Colour, float] = {
    (52, 84, 140): 3,
    (70, 120, 120): 1,
    (150, 152, 150): 1.5,
    (196, 186, 168): 1,
    (96, 84, 110): 1,
}
_MALE_HAIR: dict[HairStyle, float] = {"short": 0.5, "cropped": 0.2, "curly": 0.14, "bald": 0.1, "long": 0.06}
_FEMALE_HAIR: dict[HairStyle, float] = {"long": 0.38, "bob": 0.22, "tied": 0.2, "curly": 0.12, "short": 0.08}
_BEARDS: dict[BeardStyle, float] = {"none": 0.5, "stubble": 0.22, "full": 0.13, "goatee": 0.08, "moustache": 0.07}


@dataclass(frozen=True)
class Head:
    """Outline and relief: ``chin`` its y; ``jaw`` squareness (exponent, 2 pointed, 3 square); ``folds`` depth of
    the lines beside the mouth, 0–2."""

    chin: float
    jaw: float
    folds: float


@dataclass(frozen=True)
class Skin:
    """``colour``; ``darkness`` 0 (fair) to 1; ``blush`` strength of the red of cheeks and nose, 0–1."""

    colour: Colour
    darkness: float
    blush: float


@dataclass(frozen=True)
class Eyes:
    """``apart`` x of an eye's centre; ``width`` and ``height`` half axes of its opening; ``tilt`` rise of the outer
    corner; ``iris`` colour; brows: ``brow_y``, ``brow_arch`` and ``brow_thickness``."""

    apart: float
    width: float
    height: float
    tilt: float
    iris: Colour
    brow_y: float
    brow_arch: float
    brow_thickness: float


@dataclass(frozen=True)
class Nose:
    """``tip`` its y; ``width`` and ``height`` (how far it stands out) as factors of the average nose."""

    tip: float
    width: float
    height: float


@dataclass(frozen=True)
class Mouth:
    """At rest: ``y`` of the line between the lips; ``half_width``; ``upper`` and ``lower`` lip thickness; ``bow`` depth
    of the Cupid's bow 0–1; ``corner`` drop of the corners; ``slant`` asymmetry; ``lip`` and ``teeth`` colours."""

    y: float
    half_width: float
    upper: float
    lower: float
    bow: float
    corner: float
    slant: float
    lip: Colour
    teeth: Colour


@dataclass(frozen=True)
class Hair:
    """``style`` and ``colour``; ``hairline`` its y above the forehead; ``parting`` x of the parting; ``volume`` height
    of the hair above the skull; ``fringe`` share of the forehead that is covered, 0–1; ``beard`` style."""

    style: HairStyle
    colour: Colour
    hairline: float
    parting: float
    volume: float
    fringe: float
    beard: BeardStyle


@dataclass(frozen=True)
class Glasses:
    """Frame: ``width`` and ``height`` half axes of a lens, ``roundness`` exponent (2 round, 5 square), ``rim``
    thickness, ``colour``."""

    width: float
    height: float
    roundness: float
    rim: float
    colour: Colour


@dataclass(frozen=True)
class Scene:
    """What is around the face: ``half_width`` of the face and ``centre`` (x, y) of the picture's head in pixels;
    ``light`` direction (x, y) towards the lamp, ``ambient`` share of even light; ``backdrop`` and ``shirt`` colours,
    the shirt's ``neckline``, and ``grain`` the sensor noise (standard deviation in grey levels)."""

    half_width: float
    centre: tuple[float, float]
    light: tuple[float, float]
    ambient: float
    backdrop: Colour
    shirt: Colour
    neckline: Neckline
    grain: float


@dataclass(frozen=True)
class FaceTraits:
    """One identity. ``sex`` and ``size`` (standard deviations from the mean of the sex) are the voice's; ``texture``
    seeds pores, strands of hair and the like."""

    sex: Sex
    size: float
    head: Head
    skin: Skin
    eyes: Eyes
    nose: Nose
    mouth: Mouth
    hair: Hair
    glasses: Glasses | None
    scene: Scene
    texture: int


class _Draws:
    """Named draws: each attribute from a generator of its own."""

    def __init__(self, child: Callable[[str], np.random.Generator]) -> None:
        self._child = child

    def normal(self, name: str, mean: float, spread: float) -> float:
        """A value around ``mean``, never further than twice ``spread``."""
        return float(mean + spread * np.clip(self._child(name).normal(), -2, 2))

    def uniform(self, name: str, low: float, high: float) -> float:
        return float(self._child(name).uniform(low, high))

    def pick(self, name: str, weights: dict[Option, float]) -> Option:
        options: Sequence[Option] = list(weights)
        shares = np.array(list(weights.values()))
        return options[int(self._child(name).choice(len(options), p=shares / shares.sum()))]

    def colour(self, name: str, mean: Colour, spread: float) -> Colour:
        """A colour around ``mean``, its channels scaled independently by about ``spread``."""
        factors = 1 + spread * np.clip(self._child(name).normal(size=3), -2, 2)
        red, green, blue = np.clip(np.array(mean) * factors, 4, 250)
        return float(red), float(green), float(blue)


def draw_face_traits(child: Callable[[str], np.random.Generator], sex: Sex, size: float) -> FaceTraits:
    """Draw the face of a speaker.

    Args:
        child: gives the generator of a named attribute; equal names must give equal generators.
        sex: ``"m"`` or ``"f"``, as the voice.
        size: body size in standard deviations from the mean of the sex, as the voice; within ±2.5.
    """
    draws = _Draws(child)
    skin = _draw_skin(draws)
    return FaceTraits(
        sex=sex,
        size=size,
        head=_draw_head(draws, sex, size),
        skin=skin,
        eyes=_draw_eyes(draws, sex),
        nose=_draw_nose(draws, sex, size, skin),
        mouth=_draw_mouth(draws, sex, size, skin),
        hair=_draw_hair(draws, sex, skin),
        glasses=_draw_glasses(draws),
        scene=_draw_scene(draws, sex, size),
        texture=int(child("texture").integers(1 << 30)),
    )


def _draw_head(draws: _Draws, sex: Sex, size: float) -> Head:
    male = sex == "m"
    return Head(
        chin=draws.normal("head.chin", 1.54 if male else 1.45, 0.03) + 0.03 * size,
        jaw=draws.normal("head.jaw", 2.8 if male else 2.2, 0.15) + 0.15 * size,
        folds=0.3 + abs(draws.normal("head.folds", 0, 0.5)),
    )


def _draw_skin(draws: _Draws) -> Skin:
    darkness = draws.uniform("skin.darkness", 0, 1) ** 1.3
    place = darkness * (len(_SKIN_TONES) - 1)
    mean = [np.interp(place, np.arange(len(_SKIN_TONES)), channel) for channel in zip(*_SKIN_TONES, strict=True)]
    red, green, blue = map(float, mean)
    return Skin(
        colour=draws.colour("skin.colour", (red, green, blue), 0.02),
        darkness=darkness,
        blush=draws.uniform("skin.blush", 0.2, 1),
    )


def _draw_eyes(draws: _Draws, sex: Sex) -> Eyes:
    male = sex == "m"
    return Eyes(
        apart=draws.normal("eyes.apart", 0.455, 0.018),
        width=draws.normal("eyes.width", 0.2 if male else 0.212, 0.01),
        height=draws.normal("eyes.height", 0.074 if male else 0.086, 0.007),
        tilt=draws.normal("eyes.tilt", 0.0 if male else 0.04, 0.05),
        iris=draws.pick("eyes.iris", dict.fromkeys(_IRIS_COLOURS, 1.0)),
        brow_y=draws.normal("eyes.brow_y", -0.25 if male else -0.275, 0.016),
        brow_arch=draws.normal("eyes.brow_arch", 0.045 if male else 0.06, 0.015),
        brow_thickness=draws.normal("eyes.brow_thickness", 0.05 if male else 0.03, 0.005),
    )


def _draw_nose(draws: _Draws, sex: Sex, size: float, skin: Skin) -> Nose:
    male = sex == "m"
    return Nose(
        tip=draws.normal("nose.tip", 0.575, 0.022) + 0.015 * size,
        width=draws.normal("nose.width", 1.05 if male else 0.94, 0.09) + 0.2 * max(0.0, skin.darkness - 0.5),
        height=draws.normal("nose.height", 1.0, 0.13),
    )


def _draw_mouth(draws: _Draws, sex: Sex, size: float, skin: Skin) -> Mouth:
    male = sex == "m"
    # Lips of dark skin are nearly as light as the skin around, or the dark of the mouth would not stand out.
    paler = 0.16 * skin.darkness
    redness = (0.80, 0.56, 0.58) if male else (0.80, 0.46, 0.50)
    red, green, blue = (channel * (factor + paler) for channel, factor in zip(skin.colour, redness, strict=True))
    fuller = 0.018 * skin.darkness + (0.0 if male else 0.005)
    return Mouth(
        y=draws.normal("mouth.y", 0.93, 0.009),
        half_width=draws.normal("mouth.half_width", 0.387 if male else 0.375, 0.018) + 0.006 * size,
        upper=draws.normal("mouth.upper", 0.062, 0.008) + fuller,
        lower=draws.normal("mouth.lower", 0.086, 0.010) + fuller,
        bow=draws.normal("mouth.bow", 0.25, 0.06),
        corner=draws.normal("mouth.corner", 0.0, 0.012),
        slant=draws.normal("mouth.slant", 0.0, 0.04),
        lip=draws.colour("mouth.lip", (red, green, blue), 0.03),
        teeth=draws.colour("mouth.teeth", (226, 219, 203), 0.02),
    )


def _draw_hair(draws: _Draws, sex: Sex, skin: Skin) -> Hair:
    male = sex == "m"
    fair = 1 - skin.darkness
    colours = {"black": 0.35, "dark brown": 0.25, "brown": 0.25 * fair, "blond": 0.2 * fair, "red": 0.1 * fair}
    name = draws.pick("hair.colour", colours | {"grey": 0.08})
    return Hair(
        style=draws.pick("hair.style", _MALE_HAIR if male else _FEMALE_HAIR),
        colour=draws.colour("hair.shade", _HAIR_COLOURS[name], 0.08),
        hairline=draws.normal("hair.hairline", -0.86 if male else -0.82, 0.05),
        parting=draws.normal("hair.parting", 0.0, 0.22),
        volume=draws.normal("hair.volume", 0.12, 0.03),
        fringe=draws.pick("hair.fringe", {0.0: 0.6, 0.35: 0.2, 0.7: 0.2}),
        beard=draws.pick("hair.beard", _BEARDS) if male else "none",
    )


def _draw_glasses(draws: _Draws) -> Glasses | None:
    if not draws.pick("glasses", {True: 0.18, False: 0.82}):
        return None
    return Glasses(
        width=draws.normal("glasses.width", 0.33, 0.015),
        height=draws.normal("glasses.height", 0.22, 0.025),
        roundness=draws.uniform("glasses.roundness", 2.2, 5),
        rim=draws.uniform("glasses.rim", 0.012, 0.03),
        colour=draws.pick("glasses.colour", {(24, 22, 22): 0.5, (92, 54, 34): 0.25, (120, 116, 112): 0.25}),
    )


def _draw_scene(draws: _Draws, sex: Sex, size: float) -> Scene:
    return Scene(
        half_width=draws.normal("scene.half_width", 65.0 if sex == "m" else 61.0, 0.9) + 2.6 * size,
        centre=(draws.normal("scene.centre_x", 180, 5), draws.normal("scene.centre_y", 122, 4)),
        light=(draws.normal("scene.light_x", 0, 0.35), draws.normal("scene.light_y", -0.45, 0.14)),
        ambient=draws.normal("scene.ambient", 0.52, 0.05),
        backdrop=draws.colour("scene.backdrop_shade", draws.pick("scene.backdrop", _BACKDROPS), 0.1),
        shirt=draws.colour("scene.shirt_shade", draws.pick("scene.shirt", dict.fromkeys(_SHIRT_COLOURS, 1.0)), 0.1),
        neckline=draws.pick("scene.neckline", {"round": 0.4, "v": 0.3, "collar": 0.3}),
        grain=draws.uniform("scene.grain", 1.5, 3.0),
    )
