"""The page, and what happens when something on it is touched."""

import logging
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from avss.demo.desk import Desk
from avss.demo.layout import Asking, Showing, ask, show
from avss.demo.results import Shown, ShownFace
from avss.errors import AvssError, OutputError, SettingsError
from avss.progress import Step, Track
from avss.rates import FRAME_RATE

if TYPE_CHECKING:
    import gradio as gr

log = logging.getLogger(__name__)

_TITLE = "Who says what?"
_LEAD = "Drop a video of people who talk at once: each face gets its own voice back, read from its lips."
_CANNOT = (
    "Only faces that are seen can be heard alone, best from the front and not too small; music, noise and people out "
    "of the picture stay together in the rest. Your video stays on the computer that runs this page, and is removed "
    "when you close it."
)
_UNSHOWN = "Even a video that this browser cannot show is separated."
_KEPT = 12 * 3600  # seconds after which files go that no visitor has left behind


def build_page(desk: Desk) -> "gr.Blocks":
    """The page, whose visitors ask ``desk``."""
    import gradio as gr

    with gr.Blocks(title=_TITLE, analytics_enabled=False, delete_cache=(3600, _KEPT)) as page:
        gr.HTML(f"<h1>{_TITLE}</h1><p>{_LEAD}</p><p class='cannot'>{_CANNOT}</p>", elem_id="head")
        asking = ask(desk.limits)
        showing = show()
        _connect(page, desk, asking, showing)
    return page


def _connect(page: "gr.Blocks", desk: Desk, asking: Asking, showing: Showing) -> None:
    import gradio as gr

    bar = gr.Progress()

    def take(video: str, request: gr.Request) -> str:
        with _told(video):
            seconds = desk.take(_visitor(request), Path(video)).frames / FRAME_RATE
        return f"<p>{escape(Path(video).name)}, {seconds:.1f} s</p><p>{_UNSHOWN}</p>"

    def example() -> str:
        with _told():
            return str(desk.example())

    def separate(video: str | None, people: int, request: gr.Request, progress: gr.Progress = bar) -> dict:
        with _told(video):
            path = None if video is None else Path(video)
            shown = desk.separate(_visitor(request), path, people or None, _on(progress))
        return {asking.progress: f"<p>{escape(shown.words)}</p>", **_filled(showing, shown)}

    def leave(request: gr.Request) -> None:
        desk.leave(_visitor(request))

    def choose(faces: tuple, event: gr.SelectData) -> tuple:
        return _of_face(faces[event.index])

    asking.video.upload(take, asking.video, asking.progress)
    asking.example.click(example, None, asking.video).success(take, asking.video, asking.progress)
    hidden = asking.start.click(lambda: gr.Column(visible=False), None, showing.part, queue=False)
    hidden.then(
        separate,
        [asking.video, asking.people],
        [asking.progress, *showing],
        concurrency_limit=1,
        show_progress_on=asking.progress,
    )
    showing.portraits.select(choose, showing.faces, [showing.film, showing.voice], show_progress="hidden")
    page.unload(leave)


def _visitor(request: "gr.Request") -> str:
    if request.session_hash is None:
        raise SettingsError("nobody in particular asks", "a request of a session", "open the page in a browser")
    return request.session_hash


@contextmanager
def _told(video: str | None = None) -> Generator[None]:
    """Show errors as their sentence, without the folder in which the server keeps ``video``.

    A place that cannot be written is the matter of whoever runs the page, who is told of it on the terminal.
    """
    import gradio as gr

    try:
        yield
    except OutputError as error:
        log.error("%s", error)
        what = "the computer that runs this page cannot keep what is made"
        told = OutputError(what, "free space on its disk", "tell whoever runs the page, and ask again later")
        raise gr.Error(str(told), duration=None, print_exception=False) from error
    except AvssError as error:
        sentence = str(error).replace(f"{Path(video).parent}/", "") if video else str(error)
        raise gr.Error(sentence, duration=None, print_exception=False) from error


def _on(bar: "gr.Progress") -> Track:
    """A track that is shown on the page."""

    def track(steps: Iterable[Step], label: str, total: int, /) -> Iterator[Step]:
        bar(0.0, desc=label)
        for done, step in enumerate(steps, start=1):
            yield step
            bar(done / total, desc=label)

    return track


def _filled(showing: Showing, shown: Shown) -> dict:
    """What the components become when a video was separated."""
    import gradio as gr

    doubts = "".join(f"<li>{escape(doubt)}</li>" for doubt in shown.doubts)
    film, voice = _of_face(shown.faces[0])
    return {
        showing.part: gr.Column(visible=True),
        showing.faces: shown.faces,
        showing.doubts: gr.HTML(f"<p>Listen with care:</p><ul>{doubts}</ul>", visible=bool(doubts)),
        showing.portraits: gr.Gallery(
            [(face.portrait, f"{face.name} · {face.words}") for face in shown.faces], selected_index=0
        ),
        showing.film: film,
        showing.voice: voice,
        showing.mixture: gr.Audio(shown.mixture, label="A · all that is heard"),
        showing.spectrograms: shown.spectrograms,
        showing.comparison: shown.comparison,
        showing.archive: gr.DownloadButton(value=shown.archive),
    }


def _of_face(face: ShownFace) -> tuple["gr.Video", "gr.Audio"]:
    """Film and voice of one person."""
    import gradio as gr

    return gr.Video(face.film, label=f"Only {face.name}"), gr.Audio(face.voice, label=f"B · {face.name} alone")
