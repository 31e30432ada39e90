"""From a video of several people to the voice of each: all that ``avss separate`` does.

::

    OUT/
      face1.wav …      each person's voice, of the rate and length of the video's sound
      rest.wav         what is in none of them; voices and rest add up to the sound of the video
      face1.mp4 …      the video with that person in the light and that voice as the sound
      faces.mp4        all that is heard, then each voice in turn
      face1.png …      who is who
      separation.json  where each face is, who speaks when, and what is doubtful

What is finished is kept: a separation that was stopped goes on where it was when the same call is made again.
"""

import json
import shutil
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from avss.batch import check_jobs
from avss.data.store_layout import PICTURE_SIDE
from avss.devices import device_named
from avss.errors import OutputError
from avss.files import alone_in, explained, sweep_unfinished, writing
from avss.inference.account import FILE, Account, account_of, read_account, write_account
from avss.inference.impressions import Impressions
from avss.inference.people import find_people
from avss.inference.person import Person
from avss.inference.segments import follow_video
from avss.inference.voice_files import write_voices
from avss.inference.voice_films import FilmedVoice, write_films
from avss.inference.windows import USUAL, Windows, separate_windows
from avss.media.probing import MediaInfo, probe
from avss.media.reading import read_frames
from avss.media.source_sound import probe_sound
from avss.media.stills import write_still
from avss.models.audio_visual import AudioVisualSeparator
from avss.models.weights import load_model, read_description
from avss.progress import BAR, Track

REST, COMPARISON = "rest.wav", "faces.mp4"

_WORK, _ASKED = ".work", "asked.json"


def separate(
    video: Path,
    out: Path,
    weights: Path,
    *,
    faces: int | None = None,
    films: bool = True,
    windows: Windows = USUAL,
    device: str = "cpu",
    jobs: int = -1,
    track: Track = BAR,
) -> Account:
    """Separate the people who are seen in ``video``.

    Args:
        video: any file with picture and sound.
        out: folder for what is found; new, or one in which the same call was stopped.
        weights: folder of the separator.
        faces: how many people to separate, those seen longest; ``None`` for all.
        films: write films too, which takes about as long as all the rest.
        windows: how the sound is divided.
        device: cpu, cuda, mps, or auto for a GPU of CUDA where there is one; for the nets.
        jobs: processes that follow faces; -1 uses all cores.
        track: shows how far it is.

    Raises:
        FaceError: no face is found, or fewer than asked for.
        MediaError: the video cannot be read, or has no picture or no sound.
        ModelError: there is no such model.
        OutputError: ``out`` holds something else, or cannot be written; what is finished is kept.
        PartMissingError: a part of the installation is missing.
        SettingsError: this machine has no such device, or ``jobs`` is 0.
    """
    there = device_named(device)
    check_jobs(jobs)
    info, checksum = probe(video), read_description(weights).sha256
    sound = probe_sound(video, info)
    with _claimed(out, video, checksum, faces, films) as work:
        people = find_people(follow_video(video, info, work, jobs=jobs, track=track), info.frames, faces)
        if not (out / FILE).is_file():
            model = load_model(weights, AudioVisualSeparator).to(there)
            heard = Impressions(len(people))
            passing = separate_windows(model, sound.on_frames(), people, info.frames, windows)
            steps = track(heard.of(passing), "separating voices", len(windows.starts(info.frames)))
            written = [_file(out, person, "wav") for person in people]
            write_voices((step.voices for step in steps), sound, written, out / REST)
            _write_pictures(out, people)
            write_account(account_of(video, _size(video, info), sound, checksum, people, heard), out)
        if films:
            voices = [
                FilmedVoice(person.name, person.boxes, _file(out, person, "wav"), _file(out, person, "mp4"))
                for person in people
            ]
            write_films(video, voices, out / COMPARISON, info=info, track=track)
        shutil.rmtree(work)
    return read_account(out)


@contextmanager
def _claimed(out: Path, video: Path, checksum: str, faces: int | None, films: bool) -> Generator[Path]:
    """The folder for unfinished work in ``out``, in which only the same call may go on, once at a time.

    As long as there is no voice, another number of faces or another model may be asked for.

    Raises:
        OutputError: ``out`` holds something else, cannot be written, or the same call is at work there.
    """
    work, state = out / _WORK, video.stat()
    chosen = {"weights": checksum, "faces": faces}
    asked = {"video": str(video.resolve()), "state": [state.st_size, state.st_mtime_ns]} | chosen
    note = work / _ASKED
    with explained(out):
        begun = json.loads(note.read_text()) if note.is_file() else {}
        if not out.exists() or (out.is_dir() and all(path == work for path in out.iterdir())):
            begun = begun | chosen if begun else asked
        if begun != asked:
            raise _taken(out, begun, films)
        work.mkdir(parents=True, exist_ok=True)
    with alone_in(work):
        sweep_unfinished(out)
        with writing(note) as path:
            path.write_text(json.dumps(asked))
        yield work


def _taken(out: Path, begun: Mapping[str, object], films: bool) -> OutputError:
    """What to say of a folder that holds something else, such as the voices of a video of the same name."""
    what, do = f"{out} is there already", "name another one, or remove it"
    if begun:
        what = f"another separation was begun in {out}, of {begun['video']}"
    elif (out / FILE).is_file():
        what = f"{what} with the voices of {read_account(out).video}"
        do += " to have films too" if films and not (out / COMPARISON).exists() else ""
    return OutputError(what, "a new folder", do)


def _size(video: Path, info: MediaInfo) -> tuple[int, int]:
    """Width and height of the picture in whose pixels boxes are."""
    height, width = next(read_frames(video, longest_side=PICTURE_SIDE, frames=1, info=info)).grey.shape
    return width, height


def _file(out: Path, person: Person, suffix: str) -> Path:
    return out / f"{person.name}.{suffix}"


def _write_pictures(out: Path, people: Sequence[Person]) -> None:
    for person in people:
        write_still(_file(out, person, "png"), person.picture)
