"""A real HTTP server for downloads: it knows ranges, can break off in the middle, and counts what it sends."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class FileServer:
    """Serves ``files`` (name → bytes) at ``url`` and remembers what it did.

    Attributes:
        cut_after: break each transfer off after so many bytes; ``None`` sends all.
        cuts_left: how many transfers are broken off before the server becomes reliable.
        ranges: whether ``Range`` is understood.
        claimed_size: what ``HEAD`` says of every file instead of its size.
        sent: bytes of content sent, per file name.
        requests: how many requests of any kind came in.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.cut_after: int | None = None
        self.cuts_left = 1_000
        self.ranges = True
        self.claimed_size: int | None = None
        self.sent: dict[str, int] = {}
        self.requests = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(outer) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - self is the handler below
        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                self._answer(send=False)

            def do_GET(self) -> None:
                self._answer(send=True)

            def log_message(self, format: str, *args: object) -> None:
                pass

            def _answer(self, *, send: bool) -> None:
                outer.requests += 1
                name = self.path.strip("/")
                if name not in outer.files:
                    self.send_error(404)
                    return
                content = outer.files[name]
                asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", "")) if outer.ranges else None
                start = int(asked[1]) if asked else 0
                if asked and start >= len(content):
                    self.send_error(416)
                    return
                body = content[start:]
                self.send_response(206 if asked else 200)
                size = len(body) if send or outer.claimed_size is None else outer.claimed_size
                self.send_header("Content-Length", str(size))
                self.end_headers()
                if send:
                    self._send(name, body)

            def _send(self, name: str, body: bytes) -> None:
                if outer.cut_after is not None and outer.cuts_left > 0:
                    outer.cuts_left -= 1
                    body = body[: outer.cut_after]
                outer.sent[name] = outer.sent.get(name, 0) + len(body)
                self.wfile.write(body)

        return Handler


@pytest.fixture
def server() -> Iterator[FileServer]:
    """A running server without files."""
    server = FileServer()
    yield server
    server.close()
