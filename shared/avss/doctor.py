"""Is everything here? One row for each part the project needs, tried for real rather than looked up.

A part is ``ok``, ``missing`` (something will fail) or ``optional`` (something is done without it, as said).
"""

import importlib.metadata
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.table import Table
from rich.text import Text

State = Literal["ok", "missing", "optional"]

_STYLE: dict[State, str] = {"ok": "green", "missing": "bold red", "optional": "yellow"}
_ENOUGH_DISK_GB = 10
_DECODERS = ("mpeg1video", "mpeg4", "h264", "hevc", "vp8", "vp9", "mp2", "mp3", "aac", "opus", "vorbis")
_ENCODERS = ("mpeg4", "mpeg1video", "libx264", "aac", "mp2")


@dataclass(frozen=True)
class Finding:
    """What was found of one part: its state, a detail, and what to do when it is not ``ok``."""

    part: str
    state: State
    detail: str
    do: str = ""


def examine(folder: Path) -> list[Finding]:
    """Try every part of the installation; ``folder`` is where data will be written."""
    return [_tried(part, check) for part, check in _CHECKS.items()] + [_disk(folder)]


def as_table(findings: list[Finding]) -> Table:
    """The findings as a table for the terminal."""
    table = Table(title="avss doctor")
    for heading in ("part", "state", "found", "what to do"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        style = _STYLE[finding.state]
        table.add_row(finding.part, Text(finding.state, style), Text(finding.detail), Text(finding.do))
    return table


def _tried(part: str, check: Callable[[], tuple[State, str, str]]) -> Finding:
    try:
        return Finding(part, *check())
    except Exception as error:  # whatever a broken installation throws is the finding
        return Finding(part, "missing", f"{type(error).__name__}: {error}", "install again: make setup")


def _version(distribution: str) -> str:
    return importlib.metadata.version(distribution)


def _torch() -> tuple[State, str, str]:
    import torch

    return "ok", f"{torch.__version__}, {torch.get_num_threads()} threads", ""


def _gpu() -> tuple[State, str, str]:
    import torch

    if not torch.cuda.is_available():
        return "optional", "none that torch can use", "training runs on the CPU with the quick presets"
    card = torch.cuda.get_device_properties(0)
    return "ok", f"{torch.cuda.device_count()} × {card.name}, {card.total_memory / 2**30:.0f} GiB", ""


def _torchaudio() -> tuple[State, str, str]:
    import torch
    import torchaudio

    resampled = torchaudio.functional.resample(torch.zeros(1, 441), 44_100, 16_000)
    return "ok", f"{torchaudio.__version__}, resamples to {tuple(resampled.shape)}", ""


def _faces() -> tuple[State, str, str]:
    import numpy as np

    from avss.vision.detector import HogDetector
    from avss.vision.landmarks import LandmarkPredictor

    HogDetector()(np.zeros((288, 360), np.uint8))
    LandmarkPredictor()
    detail = f"dlib {_version('dlib-bin')}, 68-point predictor (iBUG 300-W weights: research use only)"
    return "ok", detail, ""


def _espeak() -> tuple[State, str, str]:
    from avss.speech.espeak import espeak

    speech = espeak().speak("bin blue at f two now", accent="en", variant="", rate=160)
    return "ok", f"{_version('espeakng-loader')}, speaks a sentence of {sum(map(len, speech.words))} phones", ""


def _codecs() -> tuple[State, str, str]:
    import av

    absent = [f"{name} (read)" for name in _DECODERS if not _has_codec(name, "r")]
    absent += [f"{name} (write)" for name in _ENCODERS if not _has_codec(name, "w")]
    if absent:
        return "missing", ", ".join(absent), "install the av wheel, not a build without these codecs"
    return (
        "ok",
        f"PyAV {av.__version__}: reads {len(_DECODERS)} formats of picture and sound, writes {len(_ENCODERS)}",
        "",
    )


def _has_codec(name: str, mode: Literal["r", "w"]) -> bool:
    import av

    try:
        av.Codec(name, mode)
    except av.codec.codec.UnknownCodecError:
        return False
    return True


def _allosaurus() -> tuple[State, str, str]:
    import allosaurus

    version = _version("allosaurus")
    models = Path(allosaurus.__file__).parent / "pretrained"
    names = sorted(folder.name for folder in models.glob("*") if (folder / "model.pt").is_file())
    if names:
        return "ok", f"{version}, model {', '.join(names)}", ""
    do = f"python -m allosaurus.bin.download_model -m latest, which fills {models}; until then use other phone labels"
    return "optional", f"{version}, no model", do


def _wandb() -> tuple[State, str, str]:
    mode = os.environ.get("WANDB_MODE")
    key = bool(os.environ.get("WANDB_API_KEY")) or _netrc_knows_wandb()
    chosen = mode or ("online" if key else "offline")
    advice = "" if key else "wandb login, to see runs on a dashboard; `wandb sync` uploads offline runs later"
    return "ok", f"{_version('wandb')}, mode {chosen}", advice


def _netrc_knows_wandb() -> bool:
    netrc = Path("~/.netrc").expanduser()
    return netrc.is_file() and "wandb" in netrc.read_text(errors="replace")


def _extra(package: str, extra: str, purpose: str) -> Callable[[], tuple[State, str, str]]:
    """The check of a package that only some need."""

    def check() -> tuple[State, str, str]:
        try:
            return "ok", _version(package), ""
        except importlib.metadata.PackageNotFoundError:
            return "optional", "not installed", f"pip install -e .[{extra}], {purpose}"

    return check


def _disk(folder: Path) -> Finding:
    there = next(parent for parent in [folder.absolute(), *folder.absolute().parents] if parent.exists())
    free = shutil.disk_usage(there).free / 1e9
    if free < _ENOUGH_DISK_GB:
        return Finding("free disk", "missing", f"{free:.0f} GB at {there}", f"free {_ENOUGH_DISK_GB} GB; GRID needs 60")
    return Finding("free disk", "ok", f"{free:.0f} GB at {there}", "")


_CHECKS: dict[str, Callable[[], tuple[State, str, str]]] = {
    "torch": _torch,
    "GPU": _gpu,
    "torchaudio": _torchaudio,
    "dlib and predictor": _faces,
    "espeak-ng": _espeak,
    "codecs": _codecs,
    "allosaurus": _allosaurus,
    "wandb": _wandb,
    "ray": _extra("ray", "cluster", "to prepare a corpus on several machines"),
    "gradio": _extra("gradio", "demo", "for the page of avss demo"),
    "onnxruntime": _extra("onnxruntime", "onnx", "to export models for other runtimes"),
}
