"""The running page refuses what it should, in sentences, and leaves nothing behind."""

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from signal import SIGINT, SIGTERM, Signals
from urllib.parse import quote, urlsplit
from uuid import uuid4

import pytest

from avss.cli import main
from avss.demo.desk import Work
from avss.demo.limits import Limits
from avss.demo.server import Address, serving
from avss.errors import ModelError, SettingsError
from avss.speech.espeak import espeak

httpx = pytest.importorskip("httpx", reason="the extra 'demo' is not installed")


def served_folder() -> Path:
    return Path(os.environ["GRADIO_TEMP_DIR"])


def upload(page: str, name: str, content: bytes) -> "httpx.Response":
    return httpx.post(f"{page}/gradio_api/upload", files={"files": (name, content)})


def called(page: str, name: str, path: str, *more: object) -> str:
    """What the page answers when a handler is called with a video, without a browser."""
    video = {"path": path, "meta": {"_type": "gradio.FileData"}}
    place = f"{page}/gradio_api/call/{name}"
    event = httpx.post(place, json={"data": [video, *more]}).json()["event_id"]
    return httpx.get(f"{place}/{event}", timeout=120).text


@pytest.mark.parametrize("path", ["/etc/passwd", "../../../etc/passwd", "/etc/../etc/passwd", "~/.bashrc"])
def test_no_file_but_those_of_visitors_is_served(page: str, path: str) -> None:
    answer = httpx.get(f"{page}/gradio_api/file={path}")
    assert answer.status_code in (403, 404)
    assert "root:" not in answer.text


def test_not_even_files_of_this_folder_or_of_the_package_are_served(page: str) -> None:
    for path in (
        Path(__file__),
        Path(sys.modules[serving.__module__].__file__ or ""),
        Path("pyproject.toml").resolve(),
    ):
        assert path.is_file()
        assert httpx.get(f"{page}/gradio_api/file={path}").status_code in (403, 404)


def test_a_file_of_the_server_cannot_be_named_as_if_it_had_been_uploaded(page: str) -> None:
    told = called(page, "take", "/etc/passwd")
    assert told.startswith("event: error")
    assert "passwd" not in told


def test_the_server_fetches_nothing_from_an_address(page: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(1)
        address = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/a.mp4"
        video = {"path": address, "meta": {"_type": "gradio.FileData"}}
        calls = {
            "call/take": {"data": [video]},
            "call/v2/take": {"video": video},
            "run/take": {"data": [video], "session_hash": "a"},
            "queue/join": {"data": [video], "fn_index": 0, "session_hash": "a"},
        }
        for name, call in calls.items():
            answer = httpx.post(f"{page}/gradio_api/{name}", json=call)
            assert answer.status_code == 400 and "is no file that was uploaded" in answer.text
        for named in (address, "https://example.org/a.mp4", quote(address, safe="")):
            answer = httpx.get(f"{page}/gradio_api/file={named}")
            assert answer.status_code == 400 and "is no file that was uploaded" in answer.text
        with pytest.raises(TimeoutError):
            elsewhere.accept()


def test_no_run_is_remembered_when_the_page_is_closed(page: str) -> None:
    assert httpx.get(f"{page}/config").json()["run_history"] is False
    assert httpx.get(f"{page}/gradio_api/runs").status_code == 404


def test_a_name_that_leads_to_another_folder_is_refused_in_a_sentence(page: str) -> None:
    name = uuid4().hex  # that nobody else has left there
    answer = upload(page, f"../../{name}", b"content")
    assert answer.status_code == 400
    assert answer.text.startswith(f"the name '../../{name}' leads to another folder. Wanted: a plain name. Do: ")
    assert not any((folder / name).exists() for folder in (served_folder(), *served_folder().parents))


def test_an_upload_that_is_too_large_is_refused_in_a_sentence_and_not_kept(page: str) -> None:
    answer = upload(page, "large.mp4", bytes(3_000_000))
    assert answer.status_code == 400
    assert "larger than 2 MB" in answer.text
    assert not [path for path in served_folder().rglob("*") if path.is_file() and path.stat().st_size > 1_000_000]


def test_so_is_one_that_says_two_gigabytes_before_it_was_sent(page: str) -> None:
    place = urlsplit(page)
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        head = f"POST /gradio_api/upload HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: 2000000000\r\n"
        connection.sendall(f"{head}Content-Type: multipart/form-data; boundary=line\r\n\r\n--line".encode())
        assert b"400" in connection.recv(1000)


def test_what_is_no_video_is_refused_in_a_sentence(page: str) -> None:
    (path,) = upload(page, "notes.mp4", b"no video at all").json()
    for name, more in (("take", ()), ("separate", (0,))):
        told = called(page, name, path, *more)
        assert re.search(r"cannot decode notes\.mp4: .*Wanted: .*Do: ", told)
        assert "Traceback" not in told


def test_the_browser_is_told_to_load_nothing_from_elsewhere(page: str) -> None:
    policy = httpx.get(page).headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "//" not in policy


def test_it_answers_on_this_machine_only_and_a_taken_port_is_told(page: str, weights: Path) -> None:
    assert urlsplit(page).hostname == "127.0.0.1"
    address = Address(port=urlsplit(page).port)
    with pytest.raises(SettingsError, match=f"port {address.port}"), serving(Work(weights), address, Limits()):
        pass


def test_a_full_disk_is_told_to_visitors_as_what_they_can_do_about_it(
    weights: Path, tiny_disk: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    espeak()  # keeps the folder it begins with, for all later tests of this process
    monkeypatch.setattr("tempfile.tempdir", str(tiny_disk))
    with serving(Work(weights, jobs=1), Address(), Limits()) as address:
        place = f"{address}gradio_api/call/example"
        event = httpx.post(place, json={"data": []}).json()["event_id"]
        told = httpx.get(f"{place}/{event}", timeout=120).text
    assert "the computer that runs this page cannot keep what is made. Wanted: free space on its disk. Do: " in told
    assert "command" not in told and str(tiny_disk) not in told
    assert "No space left" in caplog.text


@pytest.mark.parametrize("port", ["99999", "-1"])
def test_a_number_that_no_port_has_is_told(port: str, weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--weights", str(weights), "--port", port]) == 1
    assert f"avss: the page cannot be shown at 127.0.0.1, port {port}. Wanted: " in capsys.readouterr().err


def test_what_other_pages_of_the_user_may_serve_is_not_served_here(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "diary.txt").write_text("mine")
    monkeypatch.setenv("GRADIO_ALLOWED_PATHS", str(tmp_path))
    with serving(Work(weights, jobs=1), Address(), Limits()) as address:
        answer = httpx.get(f"{address}gradio_api/file={tmp_path / 'diary.txt'}")
    assert answer.status_code == 403 and "mine" not in answer.text
    assert os.environ["GRADIO_ALLOWED_PATHS"] == str(tmp_path)


def test_no_process_at_all_is_refused_before_the_page_is_shown(
    weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--weights", str(weights), "--jobs", "0"]) == 1
    assert "work for 0 processes" in capsys.readouterr().err


def test_a_model_that_is_not_there_is_told_before_the_page_is_shown(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model"), serving(Work(tmp_path), Address(), Limits()):
        pass
    assert main(["demo", "--weights", str(tmp_path / "nowhere")]) == 1


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("signal", [SIGINT, SIGTERM])
def test_at_its_end_all_files_are_gone(signal: Signals, weights: Path, tmp_path: Path) -> None:
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    command = [sys.executable, "-m", "avss.cli", "demo", "--weights", str(weights)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
    assert found
    assert upload(found[0], "party.mp4", b"content").status_code == 200
    assert list(tmp_path.rglob("party.mp4"))
    server.send_signal(signal)
    assert server.wait(30) == 0
    time.sleep(0.1)
    assert not list(tmp_path.glob("avss-demo-*"))
