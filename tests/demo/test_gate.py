"""Uploads are looked at while they come in, in whatever pieces."""

import asyncio
import json
from collections.abc import MutableMapping, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avss.demo.gate import Gate
from avss.demo.limits import Limits

starlette = pytest.importorskip("starlette.formparsers", reason="the extra 'demo' is not installed")

LIMITS = Limits(megabytes=1)
Message = MutableMapping[str, Any]


def upload(name: str, size: int = 30) -> bytes:
    head = f'--line\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    return head.encode() + b"x" * size + b"\r\n--line--\r\n"


def sent_through(body: bytes, cuts: Sequence[int] = (), promised: int | None = None) -> bytes:
    """What arrives behind the gate of a body in pieces."""
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    pieces = [{"type": "http.request", "body": body[a:b], "more_body": b < len(body)} for a, b in pairwise(edges)]
    headers = [(b"content-type", b"multipart/form-data; boundary=line")]
    headers += [] if promised is None else [(b"content-length", str(promised).encode())]
    scope = {"type": "http", "method": "POST", "path": "/gradio_api/upload", "headers": headers}
    arrived = []

    async def app(scope: Message, receive, send) -> None:
        while len(arrived) < len(pieces):
            arrived.append((await receive())["body"])

    async def receive() -> Message:
        return pieces[len(arrived)]

    async def send(message: Message) -> None:
        raise AssertionError(message)

    asyncio.run(Gate(app, LIMITS)(scope, receive, send))
    return b"".join(arrived)


@given(st.lists(st.integers(0, 150)), st.text("abc. äß%'", min_size=1))
def test_a_plain_upload_arrives_as_it_was_sent(cuts: list[int], name: str) -> None:
    body = upload(f"{name}.mp4")
    assert sent_through(body, cuts) == body


@given(st.lists(st.integers(0, 150)), st.sampled_from(["../../x", "/etc/x", "..\\\\x", "a/x.mp4", ".."]))
def test_a_name_that_leads_elsewhere_is_refused_in_a_sentence(cuts: list[int], name: str) -> None:
    with pytest.raises(starlette.MultiPartException, match="leads to another folder"):
        sent_through(upload(name), cuts)


def test_a_bad_name_behind_a_good_one_is_refused() -> None:
    both = upload("good.mp4").removesuffix(b"--line--\r\n") + upload("../x")
    with pytest.raises(starlette.MultiPartException, match="leads to another folder"):
        sent_through(both)


def called_through(body: bytes, cuts: Sequence[int] = ()) -> tuple[bytes, list[Message]]:
    """What arrives behind the gate of a call in pieces, and what is answered before it."""
    edges = [0, *sorted(min(cut, len(body)) for cut in cuts), len(body)]
    pieces = [{"type": "http.request", "body": body[a:b], "more_body": b < len(body)} for a, b in pairwise(edges)]
    while len(pieces) > 1 and not pieces[-2]["more_body"]:
        pieces.pop()
    scope = {"type": "http", "method": "POST", "path": "/gradio_api/call/take", "headers": []}
    coming, arrived, answers = iter(pieces), [], []

    async def app(scope: Message, receive, send) -> None:
        while True:
            message = await receive()
            arrived.append(message["body"])
            if not message["more_body"]:
                return

    async def receive() -> Message:
        return next(coming)

    async def send(message: Message) -> None:
        answers.append(message)

    asyncio.run(Gate(app, LIMITS)(scope, receive, send))
    return b"".join(arrived), answers


def call_of(path: str) -> bytes:
    return json.dumps({"data": [{"video": {"path": path, "meta": {"_type": "gradio.FileData"}}}, None, 3]}).encode()


@given(st.lists(st.integers(0, 150)), st.sampled_from([call_of("/tmp/a/b.mp4"), b"", b"no JSON", b"[" * 9000, b"3"]))
def test_a_plain_call_arrives_as_it_was_sent(cuts: list[int], body: bytes) -> None:
    assert called_through(body, cuts) == (body, [])


@given(
    st.lists(st.integers(0, 150)), st.sampled_from(["http://127.0.0.1/x.mp4", "https://a.org/b", "HTTP://c", "ftp://d"])
)
def test_a_call_that_names_an_address_is_refused_in_a_sentence(cuts: list[int], address: str) -> None:
    arrived, (start, body) = called_through(call_of(address), cuts)
    assert arrived == b"" and start["status"] == 400
    assert body["body"].decode().startswith(f"'{address}' is no file that was uploaded. Wanted: a video of yours. Do: ")


def test_a_call_without_end_is_refused() -> None:
    arrived, (start, body) = called_through(b" " * 1_500_000, range(0, 1_500_000, 100_000))
    assert arrived == b"" and start["status"] == 400 and b"more than 1,000,000 bytes" in body["body"]


def test_what_promises_to_be_too_large_is_refused_at_once() -> None:
    with pytest.raises(starlette.MultiPartException, match="larger than 1 MB"):
        sent_through(upload("a.mp4"), promised=2_000_000_000)


def test_what_becomes_too_large_without_having_said_so_is_refused() -> None:
    body = upload("a.mp4", size=1_200_000)
    with pytest.raises(starlette.MultiPartException, match="larger than 1 MB"):
        sent_through(body, range(0, len(body), 100_000))
