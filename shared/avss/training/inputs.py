"""What a run learns from, by content: a run goes on only while the models and clips it began with are still there.

Settings name folders. A frontend that was trained again, or a store that was prepared again, lies in the same folder
and is another one; a separator that went on with it would be exported beside eyes that it never saw by.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from avss.data.store import PreparedStore
from avss.data.store_layout import HEADER
from avss.errors import OutputError
from avss.files import writing
from avss.models.weights import DESCRIPTION, read_description

INPUTS = "inputs.yaml"


def claim_inputs(folder: Path, settings: Mapping[str, Any]) -> None:
    """Write what the run in ``folder`` begins with, or check that it is what it began with.

    Args:
        folder: the run folder.
        settings: of the run; those that are folders of models and of prepared stores count.

    Raises:
        ModelError: one of the models has no readable description.
        OutputError: the run began with others, or the folder cannot be written.
        StoreError: one of the stores is damaged.
    """
    path = folder / INPUTS
    inputs = {name: checksum for name, value in settings.items() if (checksum := _checksum(value))}
    if not path.is_file():
        with writing(path) as unfinished:
            unfinished.write_text(yaml.safe_dump(inputs))
        return
    found = yaml.safe_load(path.read_text())
    changed = sorted(name for name in inputs.keys() | found.keys() if inputs.get(name) != found.get(name))
    if changed:
        what = f"the {' and the '.join(changed)} that the run in {folder} began with changed since then"
        raise OutputError(what, "the same ones, to go on with it", "remove that folder, or name another one")


def _checksum(folder: Any) -> str | None:
    """Of the model or the store in a folder; ``None`` for anything else."""
    if not isinstance(folder, Path):
        return None
    if (folder / DESCRIPTION).is_file():
        return read_description(folder).sha256
    return PreparedStore(folder).checksum if (folder / HEADER).is_file() else None
