"""How the learning rate changes over a training: up at once, then down along half a cosine.

Source: I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, without restarts.
"""

import math

_WARM_UP = 0.05


def share_of_rate(progress: float) -> float:
    """Share of the highest rate when ``progress`` of the training, 0 to 1, is done.

    It warms up over the first twentieth, then falls to a hundredth.
    """
    return min(1.0, (progress + 1e-3) / _WARM_UP) * (0.505 + 0.495 * math.cos(math.pi * min(1.0, progress)))
