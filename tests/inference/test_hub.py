"""Models are laid out for the hub and come back; whatever goes wrong with the hub is a sentence."""

import base64
import json
import socket
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import torch

from avss.errors import DownloadError, ModelError, OutputError, PartMissingError
from avss.inference.hub import from_pretrained, push_to_hub, save_pretrained
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.frontend import Frontend
from avss.models.lip2phone import Lip2Phone
from avss.models.separators.families import SeparatorSettings, make_separator
from avss.models.weights import save_model


@pytest.fixture
def run(tmp_path: Path) -> Path:
    frontend = Frontend(Lip2Phone(hidden=8, features=8))
    model = AudioVisualSeparator(frontend, make_separator(SeparatorSettings(width=16, stages=1), frontend.size))
    save_model(model, tmp_path / "run", corpus="made", split={})
    (tmp_path / "run" / "MODEL_CARD.md").write_text("# small\n")
    return tmp_path / "run"


@pytest.fixture
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub at a port where nobody listens, and no user who is logged in."""
    hub = pytest.importorskip("huggingface_hub")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    monkeypatch.setattr(hub.constants, "ENDPOINT", address)
    monkeypatch.setattr(hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))


COMMIT = "0123456789" * 4


class Hub(ThreadingHTTPServer):
    """A hub with one repository, on this machine."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HubAnswers)
        self.files: dict[str, bytes] = {}
        self.address = f"http://127.0.0.1:{self.server_port}"


class HubAnswers(BaseHTTPRequestHandler):
    """As much of the hub's language as it takes to push and pull some small files."""

    @property
    def hub(self) -> Hub:
        assert isinstance(self.server, Hub)
        return self.server

    def do_POST(self) -> None:
        said = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/api/validate-yaml":
            self.answer({"errors": [], "warnings": []})
        elif "/preupload/" in self.path:
            paths = [file["path"] for file in json.loads(said)["files"]]
            self.answer({"files": [{"path": p, "uploadMode": "regular", "shouldIgnore": False} for p in paths]})
        elif "/commit/" in self.path:
            entries = [json.loads(line) for line in said.splitlines()]
            files = [entry["value"] for entry in entries if entry["key"] == "file"]
            self.hub.files |= {file["path"]: base64.b64decode(file["content"]) for file in files}
            self.answer({"commitUrl": f"{self.hub.address}/somebody/something/commit/{COMMIT}", "commitOid": COMMIT})
        elif self.path == "/api/repos/create":
            self.answer({"url": f"{self.hub.address}/somebody/something"})

    def do_GET(self) -> None:
        files = self.hub.files
        if "/resolve/" in self.path:
            name = self.path.rpartition("/")[2]
            self.answer(files[name], {"ETag": f'"{name}"', "X-Repo-Commit": COMMIT})
        elif "/tree/" in self.path:
            self.answer([{"type": "file", "path": p, "size": len(files[p]), "oid": p} for p in files])
        elif "/revision/" in self.path:
            self.answer({"id": "somebody/something", "sha": COMMIT})

    do_HEAD = do_GET  # noqa: N815

    def answer(self, content: object, headers: dict[str, str] | None = None) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(200)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal clean."""


@pytest.fixture
def local_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub that answers."""
    hub = pytest.importorskip("huggingface_hub")
    with Hub() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        files = f"{server.address}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        monkeypatch.setattr(hub.constants, "ENDPOINT", server.address)
        monkeypatch.setattr(hub.constants, "HUGGINGFACE_CO_URL_TEMPLATE", files)
        monkeypatch.setattr(hub.constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
        yield server
        server.shutdown()


def test_a_model_that_was_pushed_is_pulled(run: Path, local_hub: Hub) -> None:
    assert push_to_hub(run, "somebody/something").endswith(COMMIT)
    assert local_hub.files.keys() == {"README.md", "model.json", "weights.safetensors"}
    state, expected = (from_pretrained(source).state_dict() for source in ("somebody/something", run))
    assert state.keys() == expected.keys()
    assert all(torch.equal(state[name], expected[name]) for name in expected)


def test_a_saved_model_comes_back_with_its_card(run: Path, tmp_path: Path) -> None:
    save_pretrained(run, tmp_path / "saved")
    assert (tmp_path / "saved" / "README.md").read_text() == "# small\n"
    state, expected = (from_pretrained(folder).state_dict() for folder in (tmp_path / "saved", run))
    assert state.keys() == expected.keys()
    assert all(torch.equal(state[name], expected[name]) for name in expected)


def test_a_saved_model_is_not_laid_over_another(run: Path, tmp_path: Path) -> None:
    save_pretrained(run, tmp_path / "saved")
    with pytest.raises(OutputError, match="is there already"):
        save_pretrained(run, tmp_path / "saved")


def test_damaged_weights_are_refused(run: Path) -> None:
    (run / "weights.safetensors").write_bytes(b"else")
    with pytest.raises(ModelError, match="is not the file that"):
        from_pretrained(run)


@pytest.mark.usefixtures("nobody")
def test_a_hub_that_cannot_be_reached_is_a_sentence(run: Path) -> None:
    with pytest.raises(DownloadError, match=r"'somebody/something' cannot be downloaded.*a connection"):
        from_pretrained("somebody/something")
    with pytest.raises(OutputError, match="the hub does not take 'somebody/something'"):
        push_to_hub(run, "somebody/something")


@pytest.mark.usefixtures("nobody")
def test_a_name_that_is_no_id_is_refused() -> None:
    with pytest.raises(ModelError, match=r"'no such/folder/here' is neither a folder nor an id"):
        from_pretrained("no such/folder/here")


def test_a_client_that_is_not_installed_is_named(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(PartMissingError, match=r"huggingface_hub is not installed.*pip install"):
        push_to_hub(run, "somebody/something")
