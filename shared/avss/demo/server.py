"""The server of the page, and the one folder in which it keeps everything until it ends."""

import os
import signal
import sys
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from avss.demo.desk import Desk, Work
from avss.demo.gate import Gate
from avss.demo.limits import Limits
from avss.demo.page import build_page
from avss.errors import PartMissingError, SettingsError
from avss.models.weights import read_description

if TYPE_CHECKING:
    import gradio as gr

_WAITING = 16  # visitors, beyond whom one is asked to come back later


@dataclass(frozen=True)
class Address:
    """Where the page is.

    Attributes:
        host: address of this machine that it answers on; 127.0.0.1 is reached from this machine only.
        port: ``None`` takes the first free one from 7860 on.
    """

    host: str = "127.0.0.1"
    port: int | None = None


def serve(work: Work, address: Address, limits: Limits) -> None:
    """Show the page until Ctrl-C or a request to end; all files are removed then.

    Raises:
        ModelError: there is no such model.
        PartMissingError: Gradio is not installed.
        SettingsError: the address cannot be had.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with serving(work, address, limits) as place:
        Console().print(f"The page is at {place} until Ctrl-C.", soft_wrap=True, highlight=False)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()


@contextmanager
def serving(work: Work, address: Address, limits: Limits) -> Generator[str]:
    """Show the page while the block lasts, and yield where it is.

    Raises:
        ModelError: there is no such model.
        PartMissingError: Gradio is not installed.
        SettingsError: the address cannot be had.
    """
    read_description(work.weights)
    _check_installed()
    with tempfile.TemporaryDirectory(prefix="avss-demo-", ignore_cleanup_errors=True) as temporary:
        served, example = Path(temporary) / "served", Path(temporary) / "example"
        served.mkdir()
        # Paths that the user allows other pages are not for the visitors of this one.
        told = {"GRADIO_TEMP_DIR": str(served), "GRADIO_ALLOWED_PATHS": ""}
        # Nothing is told elsewhere of who did what, nor kept in a browser that is closed.
        told |= {"GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_RUN_HISTORY": "False", "GRADIO_HISTORY_BUCKET": ""}
        with _environment(**told):
            desk = Desk(work, limits, served, example)
            page = build_page(desk)
            try:
                yield _launch(page, address, limits)
            finally:
                desk.close()
                page.close(verbose=False)


@contextmanager
def _environment(**values: str) -> Generator[None]:
    """Set variables of the environment for a while: Gradio is told some things in no other way."""
    before = {name: os.environ.get(name) for name in values}
    os.environ |= values
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _check_installed() -> None:
    try:
        import gradio  # noqa: F401
    except ImportError as error:
        raise PartMissingError("Gradio is not installed", "the extra 'demo'", "pip install 'avss[demo]'") from error


def _launch(page: "gr.Blocks", address: Address, limits: Limits) -> str:
    import gradio as gr
    from starlette.middleware import Middleware

    system_fonts = gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    try:
        _, place, _ = page.queue(max_size=_WAITING).launch(
            server_name=address.host,
            server_port=address.port,
            share=False,
            ssr_mode=False,
            prevent_thread_lock=True,
            quiet=True,
            strict_cors=True,
            max_file_size=limits.bytes,
            theme=system_fonts,
            css_paths=[Path(str(files("avss.demo"))) / "style.css"],
            footer_links=[],
            app_kwargs={"middleware": [Middleware(Gate, limits=limits)]},
        )
    except (OSError, OverflowError) as error:  # the latter of a number that no port has
        port = "any port from 7860 on" if address.port is None else f"port {address.port}"
        what = f"the page cannot be shown at {address.host}, {port}"
        raise SettingsError(what, "an address of this machine and a free port", "choose others") from error
    return place
