"""What stands between the page and those who ask for it.

Uploads that are too large, or whose name leads to another folder, are refused in a sentence while they come in,
whatever they claim of their size. So is whoever names a file by an address: Gradio would fetch it. And every answer
tells the browser to load nothing from anywhere else: the page works without a network, and nobody else hears of it.
"""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from avss.demo.limits import Limits
from avss.errors import AvssError, MediaError, SettingsError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_UPLOAD = "/gradio_api/upload"
_ROOM_FOR_HEADERS = 10_000  # bytes of an upload that are not of the file
_LONGEST_CALL = 1_000_000  # bytes; the page's own are a thousand times shorter

# Gradio's page is made of scripts and styles that stand in it.
_POLICY = (
    b"default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    b"style-src 'self' 'unsafe-inline'; frame-ancestors 'self'"
)


class Gate:
    """ASGI middleware.

    Args:
        app: the page.
        limits: of uploads.
    """

    def __init__(self, app: "ASGIApp", limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Let a request pass, or refuse it while it is being read."""

        async def send_with_policy(message: "Message") -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"content-security-policy", _POLICY)]
            await send(message)

        if scope["type"] == "http" and ":/" in scope["path"]:
            await _refuse(str(_no_upload(scope["path"])), scope, receive, send_with_policy)
            return
        if scope["type"] == "http" and scope["method"] == "POST":
            if scope["path"].rstrip("/") == _UPLOAD:
                receive = _watched(receive, dict(scope["headers"]), self._limits)
            else:
                try:
                    receive = await _read(receive)
                except AvssError as error:
                    await _refuse(str(error), scope, receive, send_with_policy)
                    return
        await self._app(scope, receive, send_with_policy)


async def _read(receive: "Receive") -> "Receive":
    """The same body of a call, after it has been looked at.

    Raises:
        MediaError: it names a file by an address.
        SettingsError: it is too long.
    """
    messages, body, more = [], b"", True
    while more:
        messages.append(await receive())
        body += messages[-1].get("body", b"")
        more = messages[-1].get("more_body", False)
        if len(body) > _LONGEST_CALL:
            raise SettingsError(f"a call of more than {_LONGEST_CALL:,} bytes", "a short one", "upload files")
    for path in _paths_in(body):
        if "://" in path:
            raise _no_upload(path)
    waiting = iter(messages)

    async def again() -> "Message":
        return next(waiting, None) or await receive()

    return again


def _no_upload(path: str) -> MediaError:
    return MediaError(f"'{path}' is no file that was uploaded", "a video of yours", "upload it")


def _paths_in(body: bytes) -> Iterator[str]:
    """Paths of files in the JSON of a call, however deep they lie in it."""
    try:
        parts = [json.loads(body)]
    except (ValueError, RecursionError):
        return  # which Gradio cannot read either
    while parts:
        part = parts.pop()
        if isinstance(part, dict):
            parts += part.values()
            yield from (value for name, value in part.items() if name == "path" and isinstance(value, str))
        elif isinstance(part, list):
            parts += part


async def _refuse(sentence: str, scope: "Scope", receive: "Receive", send: "Send") -> None:
    from starlette.responses import PlainTextResponse

    await PlainTextResponse(sentence, status_code=400)(scope, receive, send)


def _watched(receive: "Receive", headers: Mapping[bytes, bytes], limits: Limits) -> "Receive":
    """The same body of an upload, which raises a MultiPartException where it is not to be taken."""
    names, seen = _FileNames(headers.get(b"content-type", b"")), 0

    async def watching() -> "Message":
        nonlocal seen
        message = await receive()
        body = message.get("body", b"")
        seen += len(body)
        promised = int(headers.get(b"content-length", b"0"))
        try:
            limits.check_size(max(seen, promised) - _ROOM_FOR_HEADERS)
            for name in names.in_next(body):
                _check_name(name)
        except MediaError as error:
            raise _refusal(str(error)) from error
        return message

    return watching


class _FileNames:
    """The names of the files in a body that comes in pieces.

    Args:
        content_type: of the body; without files in it there are no names.
    """

    def __init__(self, content_type: bytes) -> None:
        from python_multipart import MultipartParser
        from python_multipart.multipart import parse_options_header

        self._parse_options = parse_options_header
        self._value = b""
        self._found: list[str] = []
        boundary = parse_options_header(content_type)[1].get(b"boundary")
        self._parser = None
        if boundary:
            self._parser = MultipartParser(boundary, {"on_header_value": self._on_value, "on_header_end": self._on_end})

    def in_next(self, piece: bytes) -> list[str]:
        """The names that end in the next piece."""
        self._found = []
        if self._parser is not None:
            self._parser.write(piece)
        return self._found

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_end(self) -> None:
        name = self._parse_options(self._value)[1].get(b"filename")
        self._value = b""
        if name is not None:
            self._found.append(name.decode("utf-8", "replace"))


def _check_name(name: str) -> None:
    if "/" in name or "\\" in name or name in (".", ".."):
        raise MediaError(f"the name '{name}' leads to another folder", "a plain name", "give the file another name")


def _refusal(sentence: str) -> Exception:
    """What Gradio answers with, after it has removed what was written of an upload."""
    from starlette.formparsers import MultiPartException

    return MultiPartException(sentence)
