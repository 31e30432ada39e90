"""How faces are spread over the population of a generated corpus, and drawing one of them.

The body is given, not drawn here: it is also that of the speaker's voice. A large one has a large, long face
as it has a low voice, and a broad one a broad jaw and nose as it has a dark voice.

Every attribute is drawn from a generator of its own, found by name. A new attribute therefore leaves every
face that was ever generated as it was, apart from the attribute itself.
"""

import numpy as np

from avss.corpora.clip import Sex
from avss.corpora.generated.cast.body import Body
from avss.corpora.generated.cast.draws import Child, normal, pick, uniform
from avss.corpora.generated.cast.face_traits import (
    BeardStyle,
    Colour,
    Eyes,
    FaceTraits,
    Glasses,
    Hair,
    HairStyle,
    Head,
    Mouth,
    Nose,
    Scene,
    Skin,
)

_SKIN_TONES: tuple[Colour, ...] = ((238, 201, 178), (222, 177, 146), (196, 144, 110), (176, 126, 96), (146, 102, 78))
_HAIR_COLOURS: dict[str, Colour] = {
    "black": (30, 25, 24),
    "dark brown": (62, 43, 32),
    "brown": (96, 67, 44),
    "blond": (168, 132, 84),
    "red": (128, 62, 34),
    "grey": (140, 137, 134),
}
_BROWN_IRISES: dict[Colour, float] = {(92, 58, 33): 1, (52, 34, 24): 1}
_PALE_IRISES: tuple[Colour, ...] = ((66, 96, 124), (76, 98, 68), (104, 112, 116))
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


def draw_face_traits(child: Child, body: Body) -> FaceTraits:
    """Draw the face of a speaker.

    Args:
        child: gives the generator of a named attribute; equal names must give equal generators.
        body: whose face it is.
    """
    sex, size = body.sex, body.size
    skin = _draw_skin(child)
    return FaceTraits(
        body=body,
        head=_draw_head(child, body),
        skin=skin,
        eyes=_draw_eyes(child, sex, skin),
        nose=_draw_nose(child, body, skin),
        mouth=_draw_mouth(child, sex, size, skin),
        hair=_draw_hair(child, sex, skin),
        glasses=_draw_glasses(child),
        scene=_draw_scene(child, sex, size),
        texture=int(child("texture").integers(1 << 30)),
    )


def _draw_head(child: Child, body: Body) -> Head:
    male = body.sex == "m"
    return Head(
        chin=normal(child, "head.chin", 1.54 if male else 1.45, 0.015) + 0.045 * body.size,
        jaw=normal(child, "head.jaw", 2.8 if male else 2.2, 0.08) + 0.25 * body.build,
        folds=0.3 + abs(normal(child, "head.folds", 0, 0.5)),
    )


def _draw_skin(child: Child) -> Skin:
    darkness = uniform(child, "skin.darkness", 0, 1) ** 1.3
    place = darkness * (len(_SKIN_TONES) - 1)
    mean = [np.interp(place, np.arange(len(_SKIN_TONES)), channel) for channel in zip(*_SKIN_TONES, strict=True)]
    red, green, blue = map(float, mean)
    return Skin(
        colour=_colour(child, "skin.colour", (red, green, blue), 0.02),
        darkness=darkness,
        blush=uniform(child, "skin.blush", 0.2, 1),
    )


def _draw_eyes(child: Child, sex: Sex, skin: Skin) -> Eyes:
    male = sex == "m"
    return Eyes(
        apart=normal(child, "eyes.apart", 0.455, 0.018),
        width=normal(child, "eyes.width", 0.2 if male else 0.212, 0.01),
        height=normal(child, "eyes.height", 0.074 if male else 0.086, 0.007),
        tilt=normal(child, "eyes.tilt", 0.0 if male else 0.04, 0.05),
        iris=pick(child, "eyes.iris", _BROWN_IRISES | dict.fromkeys(_PALE_IRISES, 2 * (1 - skin.darkness))),
        brow_y=normal(child, "eyes.brow_y", -0.25 if male else -0.275, 0.016),
        brow_arch=normal(child, "eyes.brow_arch", 0.045 if male else 0.06, 0.015),
        brow_thickness=normal(child, "eyes.brow_thickness", 0.05 if male else 0.03, 0.005),
    )


def _draw_nose(child: Child, body: Body, skin: Skin) -> Nose:
    usual = (1.05 if body.sex == "m" else 0.94) + 0.2 * max(0.0, skin.darkness - 0.5)
    return Nose(
        tip=normal(child, "nose.tip", 0.55, 0.012) + 0.022 * body.size,
        width=normal(child, "nose.width", usual, 0.05) + 0.08 * body.build,
        height=normal(child, "nose.height", 1.0, 0.13),
    )


def _draw_mouth(child: Child, sex: Sex, size: float, skin: Skin) -> Mouth:
    male = sex == "m"
    # Lips of dark skin are nearly as light as the skin around, or the dark of the mouth would not stand out.
    paler = 0.16 * skin.darkness
    redness = (0.80, 0.56, 0.58) if male else (0.80, 0.46, 0.50)
    red, green, blue = (channel * (factor + paler) for channel, factor in zip(skin.colour, redness, strict=True))
    fuller = 0.018 * skin.darkness + (0.0 if male else 0.005)
    return Mouth(
        y=normal(child, "mouth.y", 0.93, 0.009),
        half_width=normal(child, "mouth.half_width", 0.387 if male else 0.375, 0.018) + 0.006 * size,
        upper=normal(child, "mouth.upper", 0.062, 0.008) + fuller,
        lower=normal(child, "mouth.lower", 0.086, 0.010) + fuller,
        bow=normal(child, "mouth.bow", 0.25, 0.06),
        corner=normal(child, "mouth.corner", 0.0, 0.012),
        slant=normal(child, "mouth.slant", 0.0, 0.04),
        lip=_colour(child, "mouth.lip", (red, green, blue), 0.03),
        teeth=_colour(child, "mouth.teeth", (226, 219, 203), 0.02),
    )


def _draw_hair(child: Child, sex: Sex, skin: Skin) -> Hair:
    male = sex == "m"
    fair = 1 - skin.darkness
    colours = {"black": 0.35, "dark brown": 0.25, "brown": 0.25 * fair, "blond": 0.25 * fair**3, "red": 0.12 * fair**3}
    name = pick(child, "hair.colour", colours | {"grey": 0.08})
    return Hair(
        style=pick(child, "hair.style", _MALE_HAIR if male else _FEMALE_HAIR),
        colour=_colour(child, "hair.shade", _HAIR_COLOURS[name], 0.08),
        hairline=normal(child, "hair.hairline", -0.86 if male else -0.82, 0.05),
        parting=normal(child, "hair.parting", 0.0, 0.22),
        volume=normal(child, "hair.volume", 0.12, 0.03),
        fringe=pick(child, "hair.fringe", {0.0: 0.6, 0.35: 0.2, 0.7: 0.2}),
        beard=pick(child, "hair.beard", _BEARDS) if male else "none",
    )


def _draw_glasses(child: Child) -> Glasses | None:
    if not pick(child, "glasses", {True: 0.18, False: 0.82}):
        return None
    return Glasses(
        width=normal(child, "glasses.width", 0.33, 0.015),
        height=normal(child, "glasses.height", 0.22, 0.025),
        roundness=uniform(child, "glasses.roundness", 2.2, 5),
        rim=uniform(child, "glasses.rim", 0.012, 0.03),
        colour=pick(child, "glasses.colour", {(24, 22, 22): 0.5, (92, 54, 34): 0.25, (120, 116, 112): 0.25}),
    )


def _draw_scene(child: Child, sex: Sex, size: float) -> Scene:
    return Scene(
        half_width=normal(child, "scene.half_width", 65.0 if sex == "m" else 61.0, 0.9) + 2.6 * size,
        centre=(normal(child, "scene.centre_x", 180, 5), normal(child, "scene.centre_y", 122, 4)),
        light=(normal(child, "scene.light_x", 0, 0.35), normal(child, "scene.light_y", -0.45, 0.14)),
        ambient=normal(child, "scene.ambient", 0.52, 0.05),
        backdrop=_colour(child, "scene.backdrop_shade", pick(child, "scene.backdrop", _BACKDROPS), 0.1),
        shirt=_colour(child, "scene.shirt_shade", pick(child, "scene.shirt", dict.fromkeys(_SHIRT_COLOURS, 1.0)), 0.1),
        neckline=pick(child, "scene.neckline", {"round": 0.4, "v": 0.3, "collar": 0.3}),
        grain=uniform(child, "scene.grain", 1.5, 3.0),
    )


def _colour(child: Child, name: str, mean: Colour, spread: float) -> Colour:
    """A colour around ``mean``, its channels scaled independently by about ``spread``."""
    factors = 1 + spread * np.clip(child(name).normal(size=3), -2, 2)
    red, green, blue = np.clip(np.array(mean) * factors, 4, 250)
    return float(red), float(green), float(blue)
