"""The page: what is on it, and what happens when something on it is touched."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from avss.demo.desk import Desk
from avss.demo.limits import Limits
from avss.demo.results import Shown, ShownFace
from avss.errors import AvssError, SettingsError
from avss.evaluation.drawing import BLUE, RED
from avss.progress import Step, Track

if TYPE_CHECKING:
    import gradio as gr

TITLE = "Who says what?"
_LEAD = "Drop a video of people who talk at once: each face gets its own voice back, read from its lips."
_CANNOT = (
    "Only faces that are seen can be heard alone, best from the front and not too small; music, noise and people out "
    "of the picture stay together in the rest. Your video stays on the computer that runs this page, and is removed "
    "when you close it."
)
_MOST_FACES = 12
_WAVE = {"waveform_color": BLUE, "waveform_progress_color": RED}
_KEPT = 12 * 3600  # seconds after which files go that no visitor has left behind


class Asking(NamedTuple):
    """The part of the page where a video is chosen."""

    video: "gr.Video"
    people: "gr.Dropdown"
    example: "gr.Button"
    start: "gr.Button"
    progress: "gr.HTML"


class Showing(NamedTuple):
    """The part of the page where its people are seen and heard."""

    part: "gr.Column"
    faces: "gr.State"
    doubts: "gr.HTML"
    portraits: "gr.Gallery"
    film: "gr.Video"
    voice: "gr.Audio"
    mixture: "gr.Audio"
    spectrograms: "gr.Image"
    comparison: "gr.Video"
    archive: "gr.DownloadButton"


def build_page(desk: Desk) -> "gr.Blocks":
    """The page, whose visitors ask ``desk``."""
    import gradio as gr

    with gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(3600, _KEPT)) as page:
        gr.HTML(f"<h1>{TITLE}</h1><p>{_LEAD}</p><p class='cannot'>{_CANNOT}</p>", elem_id="head")
        asking = _ask(desk.limits)
        showing = _show()
        _connect(page, desk, asking, showing)
    return page


def _ask(limits: Limits) -> Asking:
    import gradio as gr

    with gr.Row():
        with gr.Column(scale=3):
            video = gr.Video(label=f"A video {limits.sentence}", sources=["upload"], height=340, elem_id="video")
        with gr.Column(scale=2):
            numbers = [("of everybody", 0), *((f"of the {n} seen longest", n) for n in range(1, _MOST_FACES + 1))]
            people = gr.Dropdown(numbers, value=0, label="Whose voices?", elem_id="people")
            start = gr.Button("Separate the voices", variant="primary", size="lg", elem_id="start")
            example = gr.Button("Take the example party", elem_id="example")
    progress = gr.HTML("", elem_id="progress")
    return Asking(video, people, example, start, progress)


def _show() -> Showing:
    import gradio as gr

    with gr.Column(visible=False, elem_id="result") as part:
        faces = gr.State(())
        doubts = gr.HTML(elem_id="doubts")
        gr.HTML("<h2>Who is there</h2><p>Click a face to see and hear only that person.</p>")
        portraits = gr.Gallery(show_label=False, allow_preview=False, container=False, buttons=[], elem_id="portraits")
        with gr.Row():
            with gr.Column(scale=3):
                film = gr.Video(interactive=False, buttons=["download"], elem_id="film")
            with gr.Column(scale=2):
                mixture, voice = (
                    gr.Audio(interactive=False, buttons=["download"], waveform_options=_WAVE, elem_id=name)
                    for name in ("mixture", "voice")
                )
        spectrograms = gr.Image(
            show_label=False, container=False, interactive=False, buttons=["fullscreen"], elem_id="spectrograms"
        )
        gr.HTML("<h2>To take home</h2><p>Voices, the rest of the room, films, pictures, and who speaks when.</p>")
        archive = gr.DownloadButton("Download all", variant="primary", elem_id="archive")
        with gr.Accordion("A film that lets everybody be heard in turn", open=False):
            comparison = gr.Video(show_label=False, interactive=False, buttons=["download"], elem_id="comparison")
    return Showing(part, faces, doubts, portraits, film, voice, mixture, spectrograms, comparison, archive)


def _connect(page: "gr.Blocks", desk: Desk, asking: Asking, showing: Showing) -> None:
    import gradio as gr

    bar = gr.Progress()

    def take(video: str, request: gr.Request) -> None:
        with _told(video):
            desk.take(_visitor(request), Path(video))

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

    asking.video.upload(take, asking.video, None)
    asking.example.click(example, None, asking.video)
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
    """Show errors as their sentence, without the folder in which the server keeps ``video``."""
    import gradio as gr

    try:
        yield
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
