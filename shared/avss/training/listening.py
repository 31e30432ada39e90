"""Examples to listen to and look at, of what a separator makes of mixtures.

::

    examples/01_mixture.wav  01_voice1.wav  01_true1.wav  …  01.png
"""

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from pytorch_lightning.loggers import Logger, WandbLogger
from torch import Tensor

from avss.data.mixing import Mixtures
from avss.drawing import save_figure
from avss.evaluation.separation_metrics import si_sdr
from avss.evaluation.spectrograms import draw_spectrograms
from avss.media.writing import write_wave
from avss.training.separation_losses import is_silent

EXAMPLES = "examples"

_TITLE = "What is in the mixture, what was found, what is true"


@torch.no_grad()
def write_examples(
    separate: Callable[[Mixtures], Tensor], mixtures: Mixtures, folder: Path, logger: Logger | None
) -> None:
    """Write what ``separate`` makes of each of ``mixtures``, with the truth beside it.

    Args:
        separate: mixtures to voices [B,K,S].
        mixtures: a few, on the device of what separates them.
        folder: where to.
        logger: gets them too, as a table with a row per voice, if it is that of Weights & Biases.

    Raises:
        OutputError: ``folder`` cannot be written.
    """
    voices = separate(mixtures)
    for number in range(len(voices)):
        sounds = {"mixture": mixtures.mixture[number]}
        for k, (found, true) in enumerate(zip(voices[number], mixtures.voices[number], strict=True), start=1):
            sounds |= {f"voice{k}": found, f"true{k}": true}
        waves = {name: sound.cpu().numpy() for name, sound in sounds.items()}
        for name, wave in waves.items():
            write_wave(_sound(folder, number, name), wave)
        save_figure(draw_spectrograms(waves.items(), _TITLE), _picture(folder, number))
    if isinstance(logger, WandbLogger):
        _log(logger, folder, _improvements(voices, mixtures))


def _sound(folder: Path, number: int, name: str) -> Path:
    return folder / f"{number + 1:02}_{name}.wav"


def _picture(folder: Path, number: int) -> Path:
    return folder / f"{number + 1:02}.png"


def _improvements(voices: Tensor, mixtures: Mixtures) -> list[list[float | None]]:
    """SI-SDRi of each voice of each mixture, dB; ``None`` where a face is silent."""
    speaks = ~is_silent(mixtures.voices, mixtures.mixture)
    reference, mixture = mixtures.voices[speaks], mixtures.mixture[:, None].expand_as(voices)[speaks]
    before = si_sdr(estimate=mixture, reference=reference)
    gains = iter((si_sdr(estimate=voices[speaks].float(), reference=reference) - before).tolist())
    return [[next(gains) if spoken else None for spoken in of_mixture] for of_mixture in speaks.tolist()]


def _log(logger: WandbLogger, folder: Path, improvements: Sequence[Sequence[float | None]]) -> None:
    """Sounds and pictures one by one, and a table with a row for each voice of each example."""
    import wandb

    def audio(number: int, name: str) -> wandb.Audio:
        return wandb.Audio(str(_sound(folder, number, name)))

    def picture(number: int) -> wandb.Image:
        return wandb.Image(str(_picture(folder, number)))

    media = {}
    table = wandb.Table(["example", "face", "mixture", "voice", "true voice", "SI-SDRi", "spectrograms"])
    with _kept_in(Path(logger.save_dir or folder)):
        for number, gains in enumerate(improvements):
            start, faces = f"example{number + 1:02}", range(1, len(gains) + 1)
            names = ["mixture", *(f"{what}{k}" for k in faces for what in ("voice", "true"))]
            media |= {f"{start}/{name}": audio(number, name) for name in names}
            media[f"{start}/spectrograms"] = picture(number)
            for k, gain in zip(faces, gains, strict=True):
                sounds = [audio(number, name) for name in ("mixture", f"voice{k}", f"true{k}")]
                table.add_data(number + 1, k, *sounds, gain, picture(number))
        logger.experiment.log(media | {EXAMPLES: table})


@contextmanager
def _kept_in(folder: Path) -> Generator[None]:
    """What a table holds waits for its upload in ``folder``, with the rest of the run, and not in the home folder."""
    name = "WANDB_DATA_DIR"
    told = os.environ.get(name)
    os.environ[name] = told or str(folder.resolve() / "wandb")
    try:
        yield
    finally:
        if told is None:
            del os.environ[name]
