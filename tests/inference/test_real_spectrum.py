"""Spectra by convolutions are those by Fourier transforms."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from avss.inference.real_spectrum import RealNet, RealSpectrum
from avss.models.separators.bandsplit import BandSplit
from avss.models.separators.bandtcn import BandTCN
from avss.models.separators.masking import MaskingNet
from avss.models.separators.spectrum import Spectrum
from avss.models.separators.tcn import TCN


@settings(deadline=None, max_examples=20)
@given(T=st.integers(1, 12), sizes=st.sampled_from([(640, 320), (512, 256), (512, 128)]), seed=st.integers(0, 99))
def test_a_spectrum_and_its_inverse_are_the_same(T: int, sizes: tuple[int, int], seed: int) -> None:
    waves = torch.randn(2, 640 * T, generator=torch.Generator().manual_seed(seed))
    complex_one = Spectrum(*sizes)
    real_one = RealSpectrum(complex_one)
    parts = real_one.analyse(waves)
    expected = complex_one.analyse(waves)
    torch.testing.assert_close(torch.complex(*parts.unbind(1)), expected, rtol=0, atol=1e-4)
    torch.testing.assert_close(real_one.synthesise(parts, 640 * T), waves, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    "net",
    [
        TCN(8, width=16, stages=2, blocks=2),
        BandTCN(8, width=8, stages=2, mixed=8),
        BandSplit(8, width=8, stages=2, hidden=8),
    ],
)
@pytest.mark.parametrize(("K", "T"), [(1, 1), (2, 9), (5, 30)])
def test_a_net_in_real_numbers_gives_the_same_voices(net: MaskingNet, K: int, T: int) -> None:
    mixture, cues = torch.randn(2, 640 * T), torch.randn(2, K, 8, T)
    with torch.inference_mode():
        torch.testing.assert_close(RealNet(net)(mixture, cues), net(mixture, cues), rtol=0, atol=1e-4)
