"""Where nets run: asked for by name, and refused in a sentence where a machine has no such thing."""

import torch

from avss.errors import SettingsError


def check_device(name: str, *, numbered: bool = False) -> None:
    """Check that this machine can run nets on ``name``: cpu, cuda (gpu to trainings), mps, or auto.

    Args:
        name: of the device.
        numbered: whether one of several may be named, as cuda:1; trainings ask for a kind, and for how many.

    Raises:
        SettingsError: it cannot, or there is no such device.
    """
    cuda = torch.cuda.is_available()
    usable = {"cpu": True, "auto": True, "cuda": cuda, "gpu": cuda, "mps": torch.backends.mps.is_available()}
    kind, _, number = name.partition(":")
    if kind not in usable:
        raise SettingsError(f"there is no device '{name}'", f"one of {', '.join(usable)}", "correct the device")
    if number and not numbered:
        do = f"ask for {kind}; CUDA_VISIBLE_DEVICES chooses among several GPUs"
        raise SettingsError(f"'{name}' is one of several devices", f"a kind of them: {', '.join(usable)}", do)
    if not usable[kind] or (number and not (number.isdecimal() and int(number) < max(1, torch.cuda.device_count()))):
        do = "ask for cpu; avss doctor tells what is there"
        raise SettingsError(f"this machine has no '{name}' that torch can use", "a device that is there", do)


def device_named(name: str) -> torch.device:
    """The device of torch that ``name`` is on this machine: auto is a GPU of CUDA where there is one, else the CPU.

    Raises:
        SettingsError: as for :func:`check_device`.
    """
    check_device(name, numbered=True)
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.device(name.replace("gpu", "cuda"))
