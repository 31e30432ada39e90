"""Examples to listen to and look at, of what a separator makes of mixtures.

::

    examples/01_mixture.wav  01_voice1.wav  01_true1.wav  …  01.png
"""

from collections.abc import Callable
from pathlib import Path

import torch
from pytorch_lightning.loggers import Logger, WandbLogger
from torch import Tensor

from avss.data.mixing import Mixtures
from avss.evaluation.drawing import save_figure
from avss.evaluation.spectrograms import draw_spectrograms
from avss.media.writing import write_wave

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
        logger: gets them too, if it is that of Weights & Biases.

    Raises:
        OutputError: ``folder`` cannot be written.
    """
    voices = separate(mixtures).cpu()
    for number in range(len(voices)):
        sounds = {"mixture": mixtures.mixture[number]}
        for k, (found, true) in enumerate(zip(voices[number], mixtures.voices[number], strict=True), start=1):
            sounds |= {f"voice{k}": found, f"true{k}": true}
        waves = {name: sound.cpu().numpy() for name, sound in sounds.items()}
        start = folder / f"{number + 1:02}"
        for name, wave in waves.items():
            write_wave(start.with_name(f"{start.name}_{name}.wav"), wave)
        save_figure(draw_spectrograms(waves.items(), _TITLE), start.with_suffix(".png"))
        if isinstance(logger, WandbLogger):
            _log(logger, start, list(waves))


def _log(logger: WandbLogger, start: Path, names: list[str]) -> None:
    import wandb

    sounds = {
        f"example{start.name}/{name}": wandb.Audio(str(start.with_name(f"{start.name}_{name}.wav"))) for name in names
    }
    picture = {f"example{start.name}/spectrograms": wandb.Image(str(start.with_suffix(".png")))}
    logger.experiment.log(sounds | picture)
