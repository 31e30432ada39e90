"""Speed of the visual frontend on one core, against the floor and against decoding the video it looks at.

    python tests/benchmarks/bench_frontend.py [--seconds S]

CPU time, not wall time, per frame of one face at 25 frames/s. The weights are random and the landmarks noise: neither
changes the work. The video is a generated clip of 360 × 288 pixels. Learning is forward and backward.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from avss.corpora.generated.corpus import generate_corpus
from avss.corpora.opening import open_corpus
from avss.data.visual import Visual, stack, visual_of_face
from avss.media.reading import read_frames
from avss.models.face_to_speaker import FaceToSpeaker
from avss.models.frontend import Frontend
from avss.models.lip2phone import Lip2Phone
from avss.models.mouth_pca import MouthPCA
from avss.rates import FRAME_RATE
from avss.speech.voice_signature import NAMES
from avss.vision.mouth import CROP

FLOOR = 2000
COMPONENTS = 32
CLIP = 75


def frames_per_second(work: Callable[[], object], frames: int) -> float:
    """Frames in a CPU second of ``work``, which handles ``frames`` of them, after it ran once."""
    work()
    runs, start = 0, time.process_time()
    while time.process_time() - start < 1:
        work()
        runs += 1
    return runs * frames / (time.process_time() - start)


def random_face(T: int) -> dict[str, np.ndarray]:
    """What a store holds of a face of T frames, but noise."""
    rng = np.random.default_rng([0])
    return {
        "landmarks": rng.normal(100, 30, (T, 68, 2)).astype(np.float32),
        "mouth": rng.integers(0, 256, (T, *CROP), np.uint8),
        "face": rng.integers(0, 256, (64, 64, 3), np.uint8),
        "valid": np.ones(T, bool),
    }


def decoding() -> float:
    """Frames decoded in a second."""
    with tempfile.TemporaryDirectory() as folder:
        generate_corpus(Path(folder) / "clips", speakers=1, clips=1, seed=0, jobs=1)
        video = next(open_corpus(Path(folder) / "clips").clips()).video
        return frames_per_second(lambda: list(read_frames(video)), sum(1 for _ in read_frames(video)))


class Packed(nn.Module):
    """Recurrent layers as torch proposes them for clips of different lengths."""

    def __init__(self, net: nn.RNNBase) -> None:
        super().__init__()
        self.net = net

    def forward(self, frames: Tensor, turned: Tensor) -> Tensor:
        """[B,T,H] → [B,T,2H]; the first frame of each clip is ``turned`` to its last one."""
        packed = pack_padded_sequence(frames, turned[:, 0] + 1, batch_first=True)
        return pad_packed_sequence(self.net(packed)[0], batch_first=True)[0]


def learning(packed: nn.RNNBase | None = None) -> float:
    """Frames in a second of forward and backward, on eight clips of different lengths, with other recurrent layers."""
    net = Lip2Phone()
    if packed is not None:
        net.recurrent = nn.ModuleList([Packed(packed)])
    clips = stack([visual_of_face(**random_face(CLIP - n)) for n in range(8)])
    frames, mouth = int(clips.valid.sum()), torch.zeros(*clips.valid.shape, 0)
    return frames_per_second(lambda: net(clips.points, mouth, clips.valid).features.sum().backward(), frames)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60, help="length of the long video")
    T = parser.parse_args().seconds * FRAME_RATE
    torch.set_num_threads(1)
    landmarks = Frontend(Lip2Phone()).eval()
    mouths = Frontend(Lip2Phone(COMPONENTS), MouthPCA(COMPONENTS, CROP), FaceToSpeaker(len(NAMES))).eval()

    def reading(frontend: Frontend, visual: Visual) -> float:
        with torch.inference_mode():
            return frames_per_second(lambda: frontend(visual), visual.valid.numel())

    face = random_face(CLIP)
    clip, long = (stack([visual_of_face(**seen)]) for seen in (face, random_face(T)))
    rows = {
        "landmarks, one clip of 3 s": reading(landmarks, clip),
        "landmarks, mouths and face, one clip of 3 s": reading(mouths, clip),
        f"landmarks, mouths and face, one video of {T // FRAME_RATE} s": reading(mouths, long),
        "points and resting shape of a store's clip": frames_per_second(lambda: visual_of_face(**face), CLIP),
        "decoding the video": decoding(),
        "learning, as it is": learning(),
        "learning, with packed LSTM layers": learning(nn.LSTM(104, 104, 2, batch_first=True, bidirectional=True)),
        "learning, with packed GRU layers": learning(nn.GRU(104, 104, 2, batch_first=True, bidirectional=True)),
    }
    table = Table("on one core", "frames/s", f"of the floor {FLOOR}", "faces at once, live")
    for name, rate in rows.items():
        table.add_row(name, f"{rate:.0f}", f"{rate / FLOOR:.1f} ×", f"{rate / FRAME_RATE:.0f}")
    Console().print(table)


if __name__ == "__main__":
    main()
