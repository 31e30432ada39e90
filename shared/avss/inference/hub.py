"""Models on the Hugging Face hub, in the two files and the card that a folder of ``avss.models.weights`` has.

What is pushed is a folder and not an object in memory, which knows neither what it learned from nor whom it must not be
tested on. What is pulled is rebuilt by :func:`~avss.models.weights.load_model`: nothing is unpickled, no code from the
hub is run, and weights that are not those of their ``model.json`` are refused.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from avss.errors import DownloadError, ModelError, OutputError, PartMissingError
from avss.inference.shipped import CARD, export_folder
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.weights import DESCRIPTION, WEIGHTS, load_model

_README = "README.md"  # the card, as the hub calls it


def from_pretrained(source: str | Path, revision: str | None = None) -> AudioVisualSeparator:
    """A separator from a folder, or from the hub.

    Args:
        source: a folder that holds a model, or an id such as ``"owner/name"``.
        revision: branch, tag or commit on the hub; its main branch when left out.

    Raises:
        DownloadError: the hub has no such model, or cannot be reached.
        ModelError: what is there is no separator of this version, or is damaged.
        PartMissingError: huggingface_hub is not installed.
    """
    folder = Path(source) if Path(source).is_dir() else _pull(str(source), revision)
    return load_model(folder, AudioVisualSeparator)


def save_pretrained(folder: Path, out: Path) -> None:
    """Copy the model in ``folder`` into the new folder ``out``, as it would lie on the hub.

    Raises:
        ModelError: there is none, or it is damaged.
        OutputError: ``out`` is there already, or cannot be written.
    """
    export_folder(folder, out)
    if (out / CARD).is_file():
        (out / CARD).rename(out / _README)


def push_to_hub(folder: Path, repo: str, *, private: bool = False) -> str:
    """Push the model in ``folder`` to the hub, as the user who is logged in there.

    Args:
        folder: holds a model.
        repo: an id such as ``"owner/name"``; made where there is none.
        private: whether a new one is hidden from others.

    Returns:
        The address of the commit.

    Raises:
        ModelError: there is no model in ``folder``, or it is damaged.
        OutputError: the hub does not take it, or cannot be reached.
        PartMissingError: huggingface_hub is not installed.
    """
    hub = _hub()
    with TemporaryDirectory() as temporary:
        copied = Path(temporary) / "model"
        save_pretrained(folder, copied)
        try:
            api = hub.HfApi()
            api.create_repo(repo, private=private, exist_ok=True)
            return str(api.upload_folder(repo_id=repo, folder_path=copied, commit_message="Push a separator of avss"))
        except (OSError, ValueError, hub.errors.HTTPError) as error:
            what = f"the hub does not take '{repo}': {_first_line(error)}"
            raise OutputError(what, "a repository of yours", "log in by 'hf auth login', and check the name") from error


def _pull(repo: str, revision: str | None) -> Path:
    hub = _hub()
    try:
        return Path(hub.snapshot_download(repo, revision=revision, allow_patterns=[WEIGHTS, DESCRIPTION, _README]))
    except hub.errors.HFValidationError as error:
        what = f"'{repo}' is neither a folder nor an id of the hub"
        raise ModelError(what, "a folder with a model, or owner/name", "correct the name") from error
    except hub.errors.RepositoryNotFoundError as error:
        raise DownloadError(f"the hub has no '{repo}' that you may see", "owner/name", "correct the name") from error
    except hub.errors.RevisionNotFoundError as error:
        raise DownloadError(
            f"'{repo}' has no revision '{revision}'", "a branch, tag or commit", "correct it"
        ) from error
    except (OSError, hub.errors.HTTPError) as error:
        what = f"'{repo}' cannot be downloaded: {_first_line(error)}"
        raise DownloadError(what, "a connection to the hub", "try again later, or name a local folder") from error


def _hub() -> ModuleType:
    try:
        import huggingface_hub
        import huggingface_hub.errors
    except ImportError as error:
        what = "huggingface_hub is not installed"
        raise PartMissingError(what, "the client of the hub", "install it: pip install huggingface-hub") from error
    return huggingface_hub


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
