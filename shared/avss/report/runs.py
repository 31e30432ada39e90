"""Reading a run folder: what kind of run it is, what it was asked, how far it came, and what it ran on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from avss.errors import AvssError
from avss.models.weights import DESCRIPTION, ModelDescription, read_description
from avss.training.ablation_page import MARKDOWN
from avss.training.environment import ENVIRONMENT
from avss.training.run import CONFIG, METRICS


class RunError(AvssError):
    """A folder that is no run, or a file in it that is damaged."""


@dataclass(frozen=True)
class Kind:
    """A kind of run.

    Attributes:
        stage: 1 to 4.
        title: what is trained.
        scripts: folder of its scripts.
        train: the script that makes such a run.
        row: how its separator is called in a table of all stages.
    """

    stage: int
    title: str
    scripts: str
    train: str = "train.py"
    row: str = ""


PCA = Kind(1, "PCA of mouths", "1_frontend/1_1_pca", "fit_pca.py")
LIPS = Kind(1, "Lip2Phone", "1_frontend/1_2_frontend_training", "train_lip2phone.py")
FACE = Kind(1, "FaceToSpeaker", "1_frontend/1_2_frontend_training", "train_face_to_speaker.py")
FRONTEND = Kind(1, "Frontend", "1_frontend/1_2_frontend_training", "join_frontend.py")
TWIN = Kind(2, "Audio-only twin", "2_avss_main")
SEPARATOR = Kind(2, "Separator", "2_avss_main", row="stage 2 · frozen frontend")
TUNED = Kind(3, "Fine-tuned", "3_fine_tuning", row="stage 3 · fine-tuned")
CURRICULUM = Kind(4, "Curriculum", "4_curriculum_learning", row="stage 4 · curriculum")
CLIMBING_TWIN = Kind(4, "Audio-only twin", "4_curriculum_learning")
ABLATIONS = Kind(5, "Ablations", "")

# A run is known by the settings that only its script has; one that was joined or fitted, by its model.
_BY_SETTINGS: tuple[tuple[set[str], Kind], ...] = (
    ({"ctc"}, LIPS),
    ({"rounds"}, FACE),
    ({"levels", "pacing"}, CURRICULUM),
    ({"frontend", "mixtures"}, SEPARATOR),
    ({"start", "mixtures"}, TUNED),
)
TWINS = {SEPARATOR: TWIN, CURRICULUM: CLIMBING_TWIN}
_BY_MODEL = {"MouthPCA": PCA, "Frontend": FRONTEND, "FaceToSpeaker": FACE}


@dataclass(frozen=True)
class Run:
    """A run folder.

    Attributes:
        folder: where it lies.
        kind: of run.
        config: its settings; empty where it needed none.
        metrics: a row per epoch; empty where nothing was trained, or not for a whole epoch.
        description: of its model; ``None`` as long as there is none.
        environment: what it ran on; empty where that is unknown.
    """

    folder: Path
    kind: Kind
    config: Mapping[str, Any]
    metrics: pd.DataFrame
    description: ModelDescription | None
    environment: Mapping[str, str]

    @property
    def title(self) -> str:
        """Its kind and name."""
        return f"{self.kind.title} · {self.folder.name}"


def read_run(folder: Path) -> Run:
    """Read a run folder, finished or not, or the folder of an ablation.

    Raises:
        RunError: it is none, or a file in it is damaged.
        ModelError: its model is of another version, or its description damaged.
    """
    description = read_description(folder) if (folder / DESCRIPTION).is_file() else None
    config = read_mapping(folder / CONFIG, yaml.safe_load)
    return Run(
        folder,
        _kind(folder, config, description),
        config,
        read_table(folder / METRICS),
        description,
        read_mapping(folder / ENVIRONMENT, json.loads),
    )


def read_table(path: Path) -> pd.DataFrame:
    """A csv file; empty where there is none.

    Raises:
        RunError: it is damaged.
    """
    if not path.is_file():
        return pd.DataFrame()
    try:
        return pd.read_csv(path)
    except ValueError as error:
        raise damaged(path) from error


def damaged(path: Path) -> RunError:
    """The error for a file of a run that cannot be read."""
    return RunError(f"{path} is damaged", "the file as it was written", "remove it, or make it again")


def _kind(folder: Path, config: Mapping[str, Any], description: ModelDescription | None) -> Kind:
    if (folder / MARKDOWN).is_file():
        return ABLATIONS
    for names, kind in _BY_SETTINGS:
        if names <= config.keys():
            return TWINS.get(kind, kind) if config.get("twin") else kind
    model = description.model["class"].rpartition(".")[2] if description else ""
    if model not in _BY_MODEL:
        wanted = f"a folder with {DESCRIPTION}, with the {CONFIG} of a training, or with {MARKDOWN}"
        raise RunError(f"{folder} is no run folder", wanted, "name the folders that the stages' scripts wrote")
    return _BY_MODEL[model]


def read_mapping(path: Path, parse: Any) -> dict[str, Any]:
    """What ``parse`` makes of a file, by name; empty where there is no file.

    Raises:
        RunError: it is damaged.
    """
    if not path.is_file():
        return {}
    try:
        content = parse(path.read_text())
    except (ValueError, yaml.YAMLError) as error:
        raise damaged(path) from error
    if not isinstance(content, dict):
        raise damaged(path)
    return content
