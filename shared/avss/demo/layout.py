"""What is on the page: a place for a video, and below it a place for what was found in it."""

from typing import TYPE_CHECKING, NamedTuple

from avss.demo.limits import Limits
from avss.drawing import BLUE, RED

if TYPE_CHECKING:
    import gradio as gr

_MOST_FACES = 12
_WAVE = {"waveform_color": BLUE, "waveform_progress_color": RED}


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


def ask(limits: Limits) -> Asking:
    """Lay out where a video is chosen."""
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


def show() -> Showing:
    """Lay out, hidden, where its people are seen and heard."""
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
