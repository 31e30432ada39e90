"""The page in a real browser: everything loads, and every sound can be played."""

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest

from avss.report.page import write_report

# Waits for all sounds and pictures, and leaves what it found as text, which the browser dumps.
LISTEN = """
<script>
addEventListener("securitypolicyviolation", event => problems.push(event.blockedURI));
addEventListener("error", event => problems.push(String(event.message || event.target.src).slice(0, 200)), true);
const problems = [], sounds = [...document.querySelectorAll("audio")];
Promise.all(sounds.map(sound => new Promise(told => {
  if (sound.readyState) told();
  sound.onloadedmetadata = sound.onerror = () => told();
}))).then(() => {
  const found = document.createElement("pre"), wide = document.documentElement.scrollWidth;
  const seen = [...document.images].map(picture => picture.naturalWidth);
  const heard = sounds.map(sound => sound.duration);
  found.id = "found";
  found.textContent = JSON.stringify({heard, seen, problems, wide, window: innerWidth});
  document.body.append(found);
});
</script>
"""


@pytest.fixture(scope="module")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium here; install one to look at the page in it")
    return found


@pytest.mark.parametrize("width", [500, 1280])
def test_all_sounds_and_pictures_load_and_nothing_is_wider_than_the_window(
    width: int, chromium: str, runs: Path, tmp_path: Path
) -> None:
    page = write_report([runs / "curriculum"], tmp_path / "report.html")
    # Its own policy stays, but for the one script that looks on.
    listening = page.read_text().replace("</body>", f"{LISTEN}</body>")
    listening = listening.replace("default-src 'none'", "default-src 'none'; script-src 'unsafe-inline'")
    page.write_text(listening)
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    options += [f"--window-size={width},900", "--virtual-time-budget=20000", "--enable-logging=stderr", "--dump-dom"]
    done = subprocess.run([chromium, *options, page.as_uri()], capture_output=True, text=True, timeout=120, check=True)
    assert "CONSOLE" not in done.stderr
    dumped = re.search(r'<pre id="found">(.*?)</pre>', done.stdout)
    assert dumped, done.stderr[-500:]
    found = json.loads(unescape(dumped[1]))
    assert found["problems"] == []
    assert len(found["heard"]) == 1 + 2 * 2
    assert all(1.9 < seconds < 2.3 for seconds in found["heard"])
    assert found["seen"]
    assert all(found["seen"])
    assert found["wide"] <= found["window"]
