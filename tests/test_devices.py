"""A device that is not there is refused in a sentence, before any work."""

import pytest
import torch

from avss.devices import check_device, device_named
from avss.errors import SettingsError


@pytest.mark.parametrize("name", ["cpu", "auto"])
def test_what_every_machine_has_is_accepted(name: str) -> None:
    check_device(name)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("name", ["cuda", "gpu", "cuda:1"])
def test_a_gpu_is_missed_where_there_is_none(name: str) -> None:
    with pytest.raises(SettingsError, match=f"this machine has no '{name}'.*Do: ask for cpu"):
        check_device(name, numbered=True)


@pytest.mark.parametrize("name", ["", "tpu", "cpu:x"])
def test_a_device_that_nobody_knows_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=f"'{name}'"):
        check_device(name, numbered=True)


@pytest.mark.parametrize("name", ["cpu:0", "cuda:1"])
def test_one_of_several_devices_is_refused_where_a_kind_is_asked_for(name: str) -> None:
    with pytest.raises(SettingsError, match=f"'{name}' is one of several devices.*ask for {name.partition(':')[0]}"):
        check_device(name)
    assert device_named("cpu:0") == torch.device("cpu", 0)


@pytest.mark.parametrize("name", ["cpu", "auto"])
def test_a_device_of_any_name_is_one_that_torch_knows(name: str) -> None:
    assert torch.zeros(1, device=device_named(name)).sum() == 0
