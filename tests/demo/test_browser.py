"""The page in a real browser: a video is dropped, separated, seen, heard and taken home."""

import os
import shutil
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np
import pytest

from avss.media.reading import read_frames, read_wave
from avss.media.writing import write_video

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed; it drives the browser")

PATIENCE = 90_000  # milliseconds
# What is told may be there for a moment only, too short for somebody who looks now and then.
REMEMBER = """() => {
    window.told = []
    const remember = () => window.told.push(document.querySelector("#progress").innerText)
    new MutationObserver(remember).observe(document.body, {subtree: true, childList: true, characterData: true})
}"""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium here; install one to look at the page in it")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def short(party: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 30 frames of the party."""
    video = tmp_path_factory.mktemp("short") / "short.mp4"
    frames = (frame.rgb for frame in islice(read_frames(party), 30))
    write_video(video, frames, read_wave(party, 30), codec="libx264")
    return video


class Visitor:
    """A tab of the browser in which the page is open."""

    def __init__(self, browser: "Browser", page: str) -> None:
        self.tab: Page = browser.new_page(viewport={"width": 1200, "height": 900})
        self.tab.set_default_timeout(PATIENCE)
        self.hosts: set[str] = set()
        self.problems: list[str] = []
        self.tab.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.tab.on("pageerror", lambda error: self.problems.append(str(error)))
        self.tab.goto(page)
        self.tab.wait_for_selector("#start")

    def drop(self, video: Path) -> None:
        self.tab.set_input_files("#video input[type=file]", video)

    def start(self, video: Path) -> None:
        self.drop(video)
        self.tab.wait_for_selector("#video video")
        self.tab.click("#start")

    def wait_for_faces(self) -> int:
        self.tab.wait_for_selector("#portraits img")
        return self.tab.locator("#portraits img").count()

    def wait_to_be_told(self, words: str) -> None:
        self.tab.locator("[data-testid=toast-text]", has_text=words).wait_for()

    def hears(self, part: str) -> str:
        """Play a sound or film to its first second, and return the name of its file."""
        if part == "#film":
            film = self.tab.locator("#film video")
            film.evaluate("film => { film.muted = true; return film.play() }")
            self.tab.wait_for_function("document.querySelector('#film video').currentTime > 0.2")
        else:
            self.tab.click(f"{part} [aria-label=Play]")
            self.tab.locator(f"{part} #time", has_text="0:01").wait_for()
        href = self.tab.get_attribute(f"{part} [data-testid=download-link], {part} a[download]", "href") or ""
        return href.rpartition("/")[2]

    def picture(self, name: str) -> None:
        """Keep a picture to look at, where a folder for pictures is named."""
        if folder := os.environ.get("AVSS_SCREENSHOTS"):
            self.tab.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture(scope="module")
def visitor(browser: "Browser", page: str, short: Path) -> Visitor:
    """Somebody whose video was separated."""
    visitor = Visitor(browser, page)
    visitor.picture("before")
    visitor.drop(short)
    visitor.tab.locator("#progress", has_text="short.mp4, 1.2 s").wait_for()
    visitor.tab.wait_for_selector("#video video")
    visitor.tab.evaluate(REMEMBER)
    visitor.tab.click("#start")
    visitor.tab.locator("#progress", has_text="making films").wait_for()
    visitor.picture("meanwhile")
    visitor.wait_for_faces()
    visitor.tab.get_by_text("B · face1 alone").wait_for()
    return visitor


def test_all_faces_are_found_and_the_doubts_are_told(visitor: Visitor) -> None:
    assert visitor.wait_for_faces() == 2
    assert "2 people in short.mp4, 1.2 s" in visitor.tab.inner_text("#progress")
    assert "face1 and face2 sound nearly the same" in visitor.tab.inner_text("#doubts")


def test_progress_is_told_step_by_step(visitor: Visitor) -> None:
    told = "\n".join(visitor.tab.evaluate("window.told"))
    places = [told.index(step) for step in ("following faces", "separating voices", "making films")]
    assert places == sorted(places)


def test_portraits_and_spectrograms_are_seen(visitor: Visitor) -> None:
    for part, width in (("#portraits", 320), ("#spectrograms", 1000)):
        visitor.tab.wait_for_function(f"document.querySelector('{part} img').naturalWidth >= {width}")


def test_who_clicks_a_face_sees_and_hears_that_person(visitor: Visitor) -> None:
    for number in (2, 1):
        visitor.tab.click(f"#portraits .gallery-item:nth-child({number}) button")
        visitor.tab.get_by_text(f"B · face{number} alone").wait_for()
        visitor.tab.get_by_text(f"Only face{number}").wait_for()
        assert visitor.hears("#film") == f"face{number}.mp4"
        assert visitor.hears("#voice") == f"face{number}.wav"
    assert visitor.hears("#mixture") == "mixture.wav"
    visitor.picture("after")


def test_everything_can_be_downloaded_at_once(visitor: Visitor, tmp_path: Path) -> None:
    with visitor.tab.expect_download() as download:
        visitor.tab.click("#archive")
    download.value.save_as(tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert {"face1.wav", "face2.mp4", "rest.wav", "separation.json"} <= set(archive.namelist())


def test_nothing_is_loaded_from_elsewhere_and_no_script_fails(visitor: Visitor, page: str) -> None:
    assert {host for host in visitor.hosts if host} == {urlsplit(page).netloc}
    assert visitor.problems == []


def test_errors_are_sentences(browser: "Browser", page: str, tmp_path: Path) -> None:
    visitor = Visitor(browser, page)
    visitor.tab.click("#start")
    visitor.wait_to_be_told("there is no video yet. Wanted: a video of people who talk. Do: drop one")
    (tmp_path / "notes.mp4").write_text("no video at all")
    visitor.drop(tmp_path / "notes.mp4")
    visitor.wait_to_be_told("cannot decode notes.mp4: Invalid data found")
    visitor.picture("error")


def test_a_video_without_a_face_is_told_after_the_work(browser: "Browser", page: str, tmp_path: Path) -> None:
    visitor = Visitor(browser, page)
    wall = np.random.default_rng(0).integers(90, 110, (90, 120, 3), np.uint8)
    write_video(tmp_path / "wall.mp4", [wall] * 25, np.zeros(16_000, np.float32), codec="libx264")
    visitor.start(tmp_path / "wall.mp4")
    visitor.wait_to_be_told("no face was found in 1.0 s of video. Wanted: ")
    assert not visitor.tab.is_visible("#result")


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(browser: "Browser", page: str, tmp_path: Path) -> None:
    visitor = Visitor(browser, page)
    (tmp_path / "large.mp4").write_bytes(bytes(3_000_000))
    visitor.drop(tmp_path / "large.mp4")
    visitor.wait_to_be_told("exceed the maximum allowed size")


def test_the_example_party_is_there_at_a_click(browser: "Browser", page: str) -> None:
    visitor = Visitor(browser, page)
    visitor.tab.click("#example")
    visitor.tab.wait_for_selector("#video video")
    assert "party" in (visitor.tab.get_attribute("#video video", "src") or "")


def test_a_video_that_no_browser_shows_is_separated(browser: "Browser", page: str, party: Path, tmp_path: Path) -> None:
    frames = (frame.rgb for frame in islice(read_frames(party), 30))
    write_video(tmp_path / "old.mpg", frames, read_wave(party, 30), codec="mpeg1video")
    visitor = Visitor(browser, page)
    visitor.drop(tmp_path / "old.mpg")
    visitor.tab.locator("#progress", has_text="Even a video that this browser cannot show is separated").wait_for()
    visitor.tab.click("#start")
    assert visitor.wait_for_faces() == 2


def test_one_after_the_other_is_served_even_if_somebody_closes_the_page(
    browser: "Browser", page: str, short: Path
) -> None:
    leaving, first, second = (Visitor(browser, page) for _ in range(3))
    for visitor in (leaving, first, second):
        visitor.start(short)
    leaving.tab.close()
    assert first.wait_for_faces() == second.wait_for_faces() == 2
