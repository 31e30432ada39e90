"""The whole model, frontend included, as one ONNX file: for programs without Python, and for runtimes of their own.

::

    mixture  float32 [B,S]            what is heard, S = 640·T
    points   float32 [B,K,T,9,2]      the five parts of what is seen, see avss.data.visual
    mouth    uint8   [B,K,T,32,48]
    valid    bool    [B,K,T]
    shape    float32 [B,K,68,2]
    picture  uint8   [B,K,64,64,3]
    voices   float32 [B,K,S]          what is found

B and K may be anything from 1 on, T from 2 on. What the model does not look at (mouths, where it reads landmarks
alone) is no input. Exported by tracing: the exporter of ``torch.export`` lays LSTMs out frame by frame, for one T only.
"""

import copy
import warnings
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.onnx import symbolic_helper

from avss.data.visual import Visual
from avss.errors import ModelError, OutputError, PartMissingError
from avss.files import writing
from avss.inference.made_party import made_party
from avss.inference.real_spectrum import RealNet
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.causal.separator import CausalSeparator
from avss.models.separators.masking import MaskingNet

TOLERANCE = 1e-4

_OPSET = 17
_END = 2**63 - 1
_TRACED = (2, 3, 8)  # B, K, T: different from each other and from 1, so that none is taken for a constant
_CHECKED = tuple(product((1, 2), (1, 4), (2, 30)))
_AXES = {"mixture": "B S", "points": "B K T", "mouth": "B K T", "valid": "B K T", "shape": "B K", "picture": "B K"}


def export_onnx(model: AudioVisualSeparator, path: Path) -> float:
    """Write ``model`` as an ONNX file, and compare what ONNX Runtime makes of it with the model.

    Args:
        model: on the CPU, in evaluation mode.
        path: file to write; it is not written where the comparison fails.

    Returns:
        The largest difference of a sample, for mixtures of level 0.1 and several B, K and T.

    Raises:
        PartMissingError: onnx or onnxruntime is not installed.
        ModelError: the model is causal; or the file gives other voices than the model, by more than 1e-4.
        OutputError: the file is there already, or cannot be written.
    """
    if path.exists():
        raise OutputError(f"{path} is there already", "a new file", "name another one, or remove it")
    if isinstance(model.separator, CausalSeparator):
        do = "use it by avss.inference.streaming, or export one that sees whole clips"
        raise ModelError("a causal model, whose memory no ONNX file keeps", "a model of whole clips", do)
    _check_installed()
    with writing(path) as unfinished:
        _trace(model, unfinished)
        difference = _largest_difference(model, unfinished)
        if not difference <= TOLERANCE:
            what = f"the voices of the ONNX file differ from those of the model by {difference:.1g}"
            raise ModelError(what, f"at most {TOLERANCE:g}", "use the model itself, and report this")
    return difference


class _Flat(nn.Module):
    """The model with the parts of :class:`Visual` as inputs of their own, and without complex numbers."""

    def __init__(self, model: AudioVisualSeparator) -> None:
        super().__init__()
        self.model = copy.deepcopy(model)
        net = model.separator.net
        if isinstance(net, MaskingNet):
            self.model.separator.net = RealNet(net)

    def forward(self, mixture: Tensor, *visual: Tensor) -> Tensor:
        return self.model(mixture, Visual(*visual))


def _trace(model: AudioVisualSeparator, path: Path) -> None:
    heard = made_party(*_TRACED)
    axes = {name: dict(enumerate(letters.split())) for name, letters in (*_AXES.items(), ("voices", "B K S"))}
    with warnings.catch_warnings(), _unflattening():
        # Of checks of shapes, which hold for every T, and of the exporter's age.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Flat(model).eval(),
            (heard.mixture, *heard.visual),
            path,
            input_names=list(_AXES),
            output_names=["voices"],
            dynamic_axes=axes,
            opset_version=_OPSET,
            dynamo=False,
        )


@contextmanager
def _unflattening() -> Generator[None]:
    """Have ``unflatten`` traced for any B and K; torch's own way loses track of what is not constant."""

    def unflatten(g: Any, tensor: Any, dim: Any, sizes: Any) -> Any:
        place = symbolic_helper._get_const(dim, "i", "dim") % symbolic_helper._get_tensor_rank(tensor)
        before, after = (
            symbolic_helper._slice_helper(g, g.op("Shape", tensor), axes=[0], starts=[start], ends=[stop])
            for start, stop in ((0, place), (place + 1, _END))
        )
        return g.op("Reshape", tensor, g.op("Concat", before, sizes, after, axis_i=0))

    torch.onnx.register_custom_op_symbolic("aten::unflatten", unflatten, _OPSET)
    try:
        yield
    finally:
        torch.onnx.unregister_custom_op_symbolic("aten::unflatten", _OPSET)


def _largest_difference(model: AudioVisualSeparator, path: Path) -> float:
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    wanted = {entry.name for entry in session.get_inputs()}
    found = []
    for B, K, T in _CHECKED:
        party = made_party(B, K, T)
        inputs = dict(zip(_AXES, (party.mixture, *party.visual), strict=True))
        (voices,) = session.run(["voices"], {name: inputs[name].numpy() for name in wanted})
        with torch.inference_mode():
            found.append(np.abs(np.asarray(voices) - model(party.mixture, party.visual).numpy()).max())
    return float(np.max(found))


def _check_installed() -> None:
    for package in ("onnx", "onnxruntime"):
        try:
            import_module(package)
        except ImportError as error:
            do = "install them: pip install onnx onnxruntime"
            raise PartMissingError(f"{package} is not installed", "onnx and onnxruntime", do) from error
