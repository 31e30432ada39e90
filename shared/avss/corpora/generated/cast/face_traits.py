"""What makes one generated face differ from another, as plain numbers.

Lengths are *face units*: 1 is half the width of the face at the cheekbones. The origin lies between the
eyes, x grows to the right of the picture, y downwards; so the chin of an average face is at y = 1.5.
Colours are RGB in 0–255.
"""

from dataclasses import dataclass
from typing import Literal

from avss.corpora.generated.cast.body import Body

Colour = tuple[float, float, float]
HairStyle = Literal["bald", "cropped", "short", "curly", "tied", "bob", "long"]
BeardStyle = Literal["none", "stubble", "moustache", "goatee", "full"]
Neckline = Literal["round", "v", "collar"]


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
    """One identity. Its ``body`` is also the voice's; ``texture`` seeds pores, strands of hair and the like."""

    body: Body
    head: Head
    skin: Skin
    eyes: Eyes
    nose: Nose
    mouth: Mouth
    hair: Hair
    glasses: Glasses | None
    scene: Scene
    texture: int
