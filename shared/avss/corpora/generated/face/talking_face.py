"""A face that speaks: painted once per identity, then only mouth, jaw and lids are painted anew for each frame.

Order of the layers, from back to front: backdrop, hair behind, neck, clothes, ears, face, hair in front, eyes,
glasses. For a frame the lower face is stretched as the jaw drops and the cheeks are drawn in, then the mouth is
painted on top, and a camera looks at the result.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from avss.corpora.generated.cast.face_traits import FaceTraits
from avss.corpora.generated.face.beard import paint_beard
from avss.corpora.generated.face.bust import backdrop_picture, paint_clothes, paint_ears, paint_neck
from avss.corpora.generated.face.camera import Camera
from avss.corpora.generated.face.eyes import eye_band, eyes_from_open_to_closed, paint_brows, paint_glasses
from avss.corpora.generated.face.hair import HairLayers
from avss.corpora.generated.face.head import face_distance, light_on, relief_of
from avss.corpora.generated.face.jaw import JawWarp
from avss.corpora.generated.face.motion import HeadMotion
from avss.corpora.generated.face.mouth import MouthPainter, MouthShape, shape_mouth
from avss.corpora.generated.face.painting import Canvas, Plane, paint
from avss.corpora.generated.face.skin import skin_picture
from avss.corpora.generated.lips.mouth_track import MouthTrack

FRAME_HEIGHT, FRAME_WIDTH = 288, 360


@dataclass(frozen=True)
class MouthTruth:
    """True size of the drawn mouth in each of T frames, float32 pixels of the frame.

    Attributes:
        aperture: [T] distance between the inner lips in the middle.
        inner_width: [T] distance between the corners of the opening.
        outer_width: [T] distance between the corners of the lips.
    """

    aperture: np.ndarray
    inner_width: np.ndarray
    outer_width: np.ndarray


class TalkingFace:
    """The rendered face of one identity; the same traits, movement and noise give the same frames, bit for bit."""

    def __init__(self, traits: FaceTraits) -> None:
        self._traits = traits
        rng = np.random.default_rng(traits.texture)
        scene = traits.scene
        canvas = Canvas.of_frame(FRAME_HEIGHT, FRAME_WIDTH, scene.centre, scene.half_width)
        relief = relief_of(canvas, traits)
        outside = canvas.cover(face_distance(canvas, traits), blur=2.5)
        light, _ = light_on(canvas.smooth(relief, 0.05), canvas, scene)
        picture = _paint_static(canvas, traits, relief, outside, light, rng)
        band = eye_band(canvas)
        self._band = band.place
        self._lids = _paint_lids(picture, band, traits)
        self._still = np.clip(picture, 0, 255).astype(np.uint8)
        self._jaw = JawWarp(canvas, traits)
        self._mouth_region = canvas.part(-0.66, 0.66, traits.mouth.y - 0.36, traits.mouth.y + 0.72)
        self._painter = MouthPainter(self._mouth_region, traits, light[self._mouth_region.place])
        self._camera = Camera(canvas, canvas.smooth(relief * outside, 0.03), scene.grain, rng)

    def render(self, track: MouthTrack, motion: HeadMotion, rng: np.random.Generator) -> tuple[np.ndarray, MouthTruth]:
        """Render T frames of the face.

        Args:
            track: movement of the mouth, T frames.
            motion: movement of the head, T frames.
            rng: draws the noise of the sensor.

        Returns:
            Frames uint8 [T,288,360,3] and the true size of the mouth in them.

        Raises:
            ValueError: track and motion differ in length.
        """
        if len(track) != len(motion):
            raise ValueError(f"a mouth track of {len(track)} frames cannot go with a head motion of {len(motion)}")
        frames = np.empty((len(track), FRAME_HEIGHT, FRAME_WIDTH, 3), np.uint8)
        sizes = np.empty((len(track), 3), np.float32)
        picture = self._still.copy()
        for t, movement in enumerate(track.values):
            shape = shape_mouth(self._traits.mouth, movement, self._painter.x)
            self._move_lids(picture, float(motion.blink[t]))
            self._jaw.move(self._still, picture, movement, shape)
            self._paint_mouth(picture, shape, movement)
            frames[t] = self._camera.shoot(picture, motion, t, rng)
            sizes[t] = shape.aperture, 2 * shape.inner_half_width, 2 * shape.half_width
        sizes *= np.float32(self._traits.scene.half_width) * motion.nearness[:, None]
        return frames, MouthTruth(*sizes.T)

    def _move_lids(self, picture: np.ndarray, closed: float) -> None:
        """Fade between the lids' painted positions: ``closed`` 0 open, 1 shut."""
        place = closed * (len(self._lids) - 1)
        before = min(int(place), len(self._lids) - 2)
        after = place - before
        picture[self._band] = cv2.addWeighted(self._lids[before], 1 - after, self._lids[before + 1], after, 0)

    def _paint_mouth(self, picture: np.ndarray, shape: MouthShape, movement: np.ndarray) -> None:
        region = picture[self._mouth_region.place].astype(np.float32)
        self._painter.paint(region, shape, movement)
        picture[self._mouth_region.place] = np.clip(region, 0, 255)


def _paint_static(
    canvas: Canvas, traits: FaceTraits, relief: Plane, outside: Plane, light: Plane, rng: np.random.Generator
) -> Plane:
    """Everything that does not move, float32 [H,W,3]: all but eyes, glasses and mouth."""
    hair = HairLayers(canvas, traits, rng)
    picture = backdrop_picture(canvas, traits, rng)
    hair.paint_behind(picture)
    paint_neck(picture, canvas, traits)
    paint_clothes(picture, canvas, traits, rng)
    paint_ears(picture, canvas, traits)
    face = skin_picture(canvas, traits, relief, rng)
    paint_brows(face, canvas, traits, rng)
    paint_beard(face, canvas, traits, light, rng)
    paint(picture, face, outside)
    hair.paint_in_front(picture)
    return picture


def _paint_lids(picture: Plane, band: Canvas, traits: FaceTraits) -> list[np.ndarray]:
    """The eye band with lids open, half closed and closed, uint8, glasses on top."""
    lids = eyes_from_open_to_closed(picture, band, traits)
    if traits.glasses is not None:
        for opening in lids:
            paint_glasses(opening, band, traits.eyes.apart, traits.glasses)
    return [np.clip(opening, 0, 255).astype(np.uint8) for opening in lids]
