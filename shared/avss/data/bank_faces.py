"""The faces of a bank's clips, as the frontend sees them: for features that are computed once, or in every step."""

from avss.data.mixing import Mixtures
from avss.data.store import PreparedStore
from avss.data.visual import Visual, stack, visual_of
from avss.data.voice_bank import VoiceBank


def with_faces(bank: VoiceBank, store: PreparedStore, *, mouths: bool) -> VoiceBank:
    """The bank with what is seen in each of its clips, the parts of a :class:`~avss.data.visual.Visual`.

    Args:
        bank: clips of ``store``.
        store: where their faces lie.
        mouths: whether the insides of the mouths are wanted: 1.5 kB a frame.

    Raises:
        StoreError: a volume is missing or damaged.
    """
    faces = stack([_without_mouth(visual_of(store[clip_id]), mouths) for clip_id in bank.ids])
    stills = {"shape": faces.shape, "picture": faces.picture}
    return bank.seen_as(stills, points=faces.points, mouth=faces.mouth, seen=faces.valid)


def faces_of(mixtures: Mixtures) -> Visual:
    """What is seen in mixtures of a bank :func:`with_faces`, [B,K,T,…]."""
    frames, stills = mixtures.frames, mixtures.stills
    return Visual(frames["points"], frames["mouth"], frames["seen"], stills["shape"], stills["picture"])


def _without_mouth(visual: Visual, keep: bool) -> Visual:
    return visual if keep else visual._replace(mouth=visual.mouth[:, :0, :0])
