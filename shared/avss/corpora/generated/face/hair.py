"""Hair of the head: strands of noise that follow the comb, inside outlines with ragged edges."""

from dataclasses import dataclass

import cv2
import numpy as np

from avss.corpora.generated.cast.face_traits import FaceTraits, Hair, HairStyle
from avss.corpora.generated.face.head import CROWN
from avss.corpora.generated.face.painting import Canvas, Plane, bump, grain, paint, profile, ramp, rgb


@dataclass(frozen=True)
class _Cut:
    """What a style makes of hair: the y of its ``end`` beside the face, its ``thickness`` as a factor of its volume,
    how ``ragged`` the outline is, and whether it is ``falling`` from a parting and frames the face."""

    end: float
    thickness: float = 1.0
    ragged: float = 0.006
    falling: bool = False


_CUTS: dict[HairStyle, _Cut] = {
    "bald": _Cut(end=0.05),
    "cropped": _Cut(end=0.18, thickness=0.25),
    "short": _Cut(end=0.22, ragged=0.012),
    "curly": _Cut(end=0.5, thickness=2.2, ragged=0.04),
    "tied": _Cut(end=0.1, thickness=0.35),
    "bob": _Cut(end=1.15, falling=True),
    "long": _Cut(end=3.0, falling=True),
}


class HairLayers:
    """The hair of one head, ready to be painted behind and in front of the face."""

    def __init__(self, canvas: Canvas, traits: FaceTraits, rng: np.random.Generator) -> None:
        self._canvas = canvas
        self._traits = traits
        self._cut = _CUTS[traits.hair.style]
        self._ragged = _strands(canvas, traits.hair, rng)
        self._picture = _hair_picture(canvas, traits, self._ragged)

    def paint_behind(self, picture: Plane) -> None:
        """Paint what the face and the neck hide in part."""
        canvas, style = self._canvas, self._traits.hair.style
        if self._cut.falling or style == "curly":
            end = self._cut.end + 0.06 * self._ragged
            coverage = canvas.cover(self._outer_distance(), blur=2.5) * ramp(canvas.y - end, 0.08, -0.08)
            paint(picture, 0.62 * self._picture, coverage)
        elif style == "tied":
            bun = np.hypot(canvas.x / 0.42, (canvas.y - CROWN - 0.02) / 0.36) - 1
            paint(picture, 0.7 * self._picture, canvas.cover(0.4 * bun + 0.01 * self._ragged, blur=3))

    def paint_in_front(self, picture: Plane) -> None:
        """Paint what covers forehead, temples and the sides of the face."""
        canvas, hair = self._canvas, self._traits.hair
        if hair.style == "bald":
            return
        end = self._cut.end + 0.05 * self._ragged
        bare = self._bare_distance() + 0.022 * self._ragged
        coverage = canvas.cover(-bare, blur=5) * canvas.cover(self._outer_distance(), blur=2.5)
        coverage *= ramp(canvas.y - end, 0.06, -0.10)
        shade_below = canvas.smooth(coverage, 0.05) * 0.3
        picture *= (1 - shade_below)[..., None]
        paint(picture, self._picture, coverage * (0.8 if hair.style == "cropped" else 0.97))

    def _outer_distance(self) -> Plane:
        """Distance to the silhouette of the hair."""
        canvas, hair = self._canvas, self._traits.hair
        thick = self._cut.thickness * hair.volume
        top = -CROWN + 0.9 * thick
        if hair.style == "curly":
            distance = np.hypot(canvas.x / (1 + 0.9 * thick), (canvas.y + 0.35) / (top - 0.35)) - 1
        else:
            half_width = 1 + (0.9 if self._cut.falling else 0.45) * thick
            dome = (np.abs(canvas.x) / half_width) ** 2.3 + np.maximum(-canvas.y / top, 0) ** 2.3
            side = np.abs(canvas.x) - half_width - 0.06 * np.sin(2.2 * canvas.y) * self._cut.falling
            distance = np.where(canvas.y < 0, dome ** (1 / 2.3) - 1, side)
        return distance + self._cut.ragged * self._ragged

    def _bare_distance(self) -> Plane:
        """Distance to the edge of the uncovered face; negative where skin is seen."""
        canvas, hair, eyes = self._canvas, self._traits.hair, self._traits.eyes
        lowest_fringe = eyes.brow_y - eyes.brow_arch - 0.07
        top = hair.hairline + hair.fringe * (lowest_fringe - hair.hairline)
        parted = self._cut.falling and hair.fringe == 0
        exponent = 1.7 if parted else 3.2
        half_widths = [0.84, 0.90, 0.90, 0.93] if self._cut.falling else [0.84, 0.92, 0.93, 0.99]
        side = profile(canvas.y, [-0.9, -0.3, 0.05, 0.25], half_widths)
        x = canvas.x - hair.parting * np.clip(-canvas.y, 0, 1) * (0.7 if parted else 0.25)
        swept = 0 if parted else 0.5 * hair.parting * canvas.x
        upward = np.maximum((canvas.y + swept) / top, 0)
        return ((np.abs(x) / side) ** exponent + upward**exponent) ** (1 / exponent) - 1


def _strands(canvas: Canvas, hair: Hair, rng: np.random.Generator) -> Plane:
    """Noise of about unit variance drawn out along the hair."""
    if hair.style == "curly":
        curls = grain(rng, canvas.shape, 3.2) * 0.8 + grain(rng, canvas.shape, 1.4) * 0.5
        return np.tanh(0.7 * curls)
    sheet = 0.75 * grain(rng, (96, 1024), 1.1, 5) + 0.65 * grain(rng, (96, 1024), 4, 9)
    if _CUTS[hair.style].falling:
        from_parting = canvas.x - hair.parting * np.clip(-canvas.y, 0, 1)
        index = np.where(canvas.y < 0, np.hypot(from_parting, 0.8 * canvas.y), np.abs(from_parting))
        across = 380 + index * 190 + 20 * from_parting
        along = 48 + 14 * canvas.y + 0 * canvas.x
    else:
        apex = -2.3
        angle = np.arctan2(canvas.x - hair.parting, canvas.y - apex)
        across = 512 + angle * 330
        along = 48 + 24 * (canvas.y + 1) + 0 * canvas.x
    across, along = np.asarray(across, np.float32), np.asarray(along, np.float32)
    return np.asarray(cv2.remap(sheet, across, along, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT), np.float32)


def _hair_picture(canvas: Canvas, traits: FaceTraits, strands: Plane) -> Plane:
    """Colour of hair all over the canvas: a rounded body with a band of gloss, and strands."""
    light_x = traits.scene.light[0]
    gloss = bump(np.hypot(canvas.x - 0.4 * light_x, canvas.y + 0.1), 1.12, 0.16) * ramp(canvas.y, 0.35, -0.25)
    rounded = 0.86 + 0.2 * ramp(canvas.y, 0.2, -1.3) - 0.25 * np.minimum(np.abs(canvas.x - 0.3 * light_x), 1.4) ** 3
    light = np.clip(rounded * (1 + 0.2 * strands) + gloss * (0.16 + 0.1 * strands), 0.2, 2)
    return rgb(traits.hair.colour) * light[..., None] + (9 * gloss + 4)[..., None]
