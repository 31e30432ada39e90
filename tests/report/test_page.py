"""The page: what stands on it, what is missing, and that it needs nothing but itself."""

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
import yaml
from html_page import Page

from avss.cli import main
from avss.errors import AvssError, OutputError
from avss.models.mouth_pca import MouthPCA
from avss.models.weights import save_model
from avss.report.page import write_report
from avss.report.runs import RunError


@pytest.fixture(scope="module")
def page(runs: Path, tmp_path_factory: pytest.TempPathFactory) -> Page:
    """The page of all runs, the stages in wrong order."""
    out = tmp_path_factory.mktemp("page") / "report.html"
    assert write_report([runs / name for name in ("curriculum", "separator", "tuned")], out) == out
    return Page(out)


def copied(run: Path, folder: Path) -> Path:
    return Path(shutil.copytree(run, folder / run.name))


def test_the_page_needs_no_other_file_and_runs_nothing(page: Page) -> None:
    assert not page.all("script")
    for tag, attributes in page.elements:
        for name in ("src", "href", "data", "poster", "srcset", "action"):
            address = attributes.get(name, "data:")
            assert address.startswith(("data:", "#")), f"{tag} {name}={address[:80]}"
        assert not any(name.startswith("on") for name in attributes)
    assert "url(" not in "".join(attributes.get("style", "") for _, attributes in page.elements)


def test_everything_on_it_can_be_reached_and_read_aloud(page: Page) -> None:
    anchors = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(anchors) == len(set(anchors))
    links = [link["href"][1:] for link in page.all("a")]
    assert set(links) <= set(anchors)
    assert {"result", "stage-2", "stage-3", "stage-4", "origins"} <= set(links)
    assert all(picture["alt"] and int(picture["width"]) for picture in page.all("img"))
    assert len(page.all("table")) == len(page.all("caption"))
    assert all(head["scope"] in {"col", "row"} for head in page.all("th"))
    assert all(sound["aria-label"] for sound in page.all("audio"))
    assert page.all("html") == [{"lang": "en"}]


def test_the_headline_is_of_the_latest_stage_with_all_others_beside_it(page: Page, runs: Path) -> None:
    head, *rows = page.tables[0]
    assert head == ["", "all mixtures", "same sex", "different sex", "stage 4 is ahead by"]
    assert [row[0] for row in rows] == [
        "the mixture itself", "audio-only twin", "shown other lips", "stage 2 · frozen frontend",
        "stage 3 · fine-tuned", "stage 4 · curriculum", "ideal binary mask", "ideal complex mask",
    ]  # fmt: skip
    figures = pd.read_csv(runs / "curriculum" / "exam" / "figures.csv")
    main = figures[(figures.K == 2) & figures.snr.isna() & (figures.figure == "si_sdri") & (figures.sexes == "all")]
    mean = main[main.row == "audio-visual"].iloc[0]
    assert rows[5][1] == f"{mean.value:.1f} [{mean.low:.1f}, {mean.high:.1f}]"
    ahead = mean.value - main[main.row == "audio-only"].iloc[0].value
    assert rows[1][4].split()[0] == f"{ahead:.1f}"
    assert rows[5][4] == ""


def test_beside_the_easiest_mixtures_the_headline_tells_of_the_hardest(page: Page, runs: Path) -> None:
    figures = pd.read_csv(runs / "curriculum" / "exam" / "figures.csv")
    hardest = figures[(figures.K == 3) & (figures.snr == 0) & (figures.figure == "si_sdri") & (figures.sexes == "all")]
    easy, hard = page.tables[:2]
    assert [row[0] for row in hard if row[0] != "audio-only twin"] == [
        row[0] for row in easy if row[0] != "audio-only twin"
    ]
    mean = hardest[hardest.row == "audio-visual"].iloc[0]
    assert [row[1] for row in hard if row[0] == "stage 4 · curriculum"] == [
        f"{mean.value:.1f} [{mean.low:.1f}, {mean.high:.1f}]"
    ]


def test_every_stage_tells_its_training_its_exam_and_its_examples(page: Page) -> None:
    for text in ("2 of 2, 4 steps", "confused ↓", "leakage dB ↓", "PESQ ↑", "3 faces, SNR 0 dB", "The curriculum"):
        assert text in page.text
    assert page.text.count("SI-SDRi of the model in validation") == 3
    assert "activity only is missing, for no reason" in page.text
    assert "Not in this report, because no run of it was named: Stage 1 · The visual frontend." in page.text
    assert len(page.all("audio")) == 3 * (1 + 2 * 2)
    for curves in ("no noise, over faces", "SNR 0 dB, over faces", "2 faces, over noise", "3 faces, over noise"):
        assert len([picture for picture in page.all("img") if curves in picture["alt"]]) == 1
    assert "unknown" not in page.text.split("What made the figures")[1].split("Unknown:")[0]


def test_separators_that_did_not_sit_the_last_exam_are_marked(runs: Path, tmp_path: Path) -> None:
    shutil.copytree(runs / "separator", tmp_path / "other")
    for name in ("model.json", "exam/exam.json"):
        path = tmp_path / "other" / name
        mine = json.loads((runs / "separator" / "model.json").read_text())["sha256"]
        path.write_text(path.read_text().replace(mine, "another"))
    out = write_report([tmp_path / "other", runs / "curriculum"], tmp_path / "report.html")
    assert [row[0] for row in Page(out).tables[0]][-1] == "stage 2 · frozen frontend, other †"


def test_exams_on_two_corpora_have_a_headline_each(runs: Path, tmp_path: Path) -> None:
    run = copied(runs / "tuned", tmp_path)
    shutil.copytree(run / "exam", run / "real")
    path = run / "real" / "exam.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"store": "data/grid"}))
    page = Page(write_report([run], tmp_path / "report.html"))
    assert "test speakers of data/grid" in page.text
    assert page.tables[0][0] == page.tables[1][0]


def test_levels_that_were_met_all_at_once_have_their_scores_too(runs: Path, tmp_path: Path) -> None:
    run = copied(runs / "curriculum", tmp_path)
    pd.read_csv(run / "metrics.csv").drop(columns="level").to_csv(run / "metrics.csv", index=False)
    shown = [picture["alt"] for picture in Page(write_report([run], tmp_path / "report.html")).all("img")]
    assert [alt for alt in shown if alt.startswith("SI-SDRi in validation after 2 epochs, dB: level 1")]
    assert not [alt for alt in shown if alt.startswith("level over")]


def test_a_killed_training_is_shown_with_the_command_that_goes_on(runs: Path, tmp_path: Path) -> None:
    run = copied(runs / "separator", tmp_path)
    for name in ("model.json", "weights.safetensors"):
        (run / name).unlink()
    for name in ("exam", "examples"):
        shutil.rmtree(run / name)
    rows = pd.read_csv(run / "metrics.csv")
    rows.head(1).to_csv(run / "metrics.csv", index=False)
    text = Page(write_report([run], tmp_path / "report.html")).text
    assert "1 of 2 epochs are done" in text
    assert f"python 2_avss_main/train.py --config {run / 'config.yaml'}" in text
    assert "No run of this report has sat an exam yet." in text


@pytest.mark.parametrize(
    ("remove", "said"),
    [
        ("exam", "It has not sat an exam yet."),
        ("examples", "It holds no examples to listen to"),
        ("metrics.csv", "SI-SDRi of the model in validation"),
        ("environment.json", "unknown"),
        ("exam/mixtures.csv", "stage 4 is ahead by"),
        ("examples/01.png", "Example 1"),
    ],
)
def test_what_a_run_lacks_leaves_the_rest_as_it_is(remove: str, said: str, runs: Path, tmp_path: Path) -> None:
    run = copied(runs / "curriculum", tmp_path)
    shutil.rmtree(run / remove) if (run / remove).is_dir() else (run / remove).unlink()
    text = Page(write_report([run], tmp_path / "report.html")).text
    assert said in text
    assert "Curriculum · curriculum" in text


def test_weights_that_were_trained_again_since_the_exam_are_told(runs: Path, tmp_path: Path) -> None:
    run = copied(runs / "tuned", tmp_path)
    described = json.loads((run / "model.json").read_text())
    (run / "model.json").write_text(json.dumps(described | {"sha256": "new"}))
    text = Page(write_report([run], tmp_path / "report.html")).text
    assert "of other weights than the run has now" in text
    assert f"python 3_fine_tuning/evaluate.py --config 3_fine_tuning/evaluate_quick.yaml --run {run}" in text


@pytest.mark.parametrize(
    ("store", "start", "settings"),
    [
        ("data/generated/prepared", "runs/2_avss_main/avss_hour", "evaluate_quick"),
        ("data/grid/prepared", "runs/2_avss_main/avss_grid", "evaluate_grid"),
        ("data/grid/prepared", "runs/2_avss_main/avss", "evaluate"),
    ],
)
def test_the_exam_to_sit_is_that_of_the_preset_it_was_trained_in(
    store: str, start: str, settings: str, runs: Path, tmp_path: Path
) -> None:
    run = copied(runs / "tuned", tmp_path)
    shutil.rmtree(run / "exam")
    config = yaml.safe_load((run / "config.yaml").read_text())
    (run / "config.yaml").write_text(yaml.safe_dump(config | {"store": store, "start": start}))
    text = Page(write_report([run], tmp_path / "report.html")).text
    assert f"python 3_fine_tuning/evaluate.py --config 3_fine_tuning/{settings}.yaml --run {run}" in text


def test_names_are_shown_as_they_are_and_do_nothing(runs: Path, tmp_path: Path) -> None:
    name = "<img src=x onerror=alert(1)>&\"'"
    run = Path(shutil.copytree(runs / "tuned", tmp_path / name))
    path = run / "exam" / "exam.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"store": f"data/{name}</table>"}))
    out = write_report([run], tmp_path / "report.html")
    page = Page(out)
    assert name in page.text
    assert f"test speakers of data/{name}</table>" in page.text
    assert not [picture for picture in page.all("img") if picture["src"] == "x"]


def test_a_pca_shows_its_pictures_or_the_command_that_makes_them(tmp_path: Path) -> None:
    run = tmp_path / "pca"
    save_model(MouthPCA(4, (32, 48)), run, corpus="data/made/prepared", split={"train": ["x"]})
    assert f"evaluate.py --run {run} --store data/made/prepared" in Page(write_report([run], tmp_path / "a.html")).text
    errors = [(part, f"{part}{n}", 10, 4, 2.0 + n, 0.9) for part in ("train", "test") for n in range(3)]
    columns = ["part", "speaker", "frames", "components", "error", "explained"]
    pd.DataFrame(errors, columns=columns).to_csv(run / "reconstruction.csv", index=False)
    cv2.imwrite(str(run / "eigenmouths.png"), np.full((20, 60, 3), 99, np.uint8))
    page = Page(write_report([run], tmp_path / "b.html"))
    assert page.tables[0][1][:3] == ["train", "3", "0.900 [0.900, 0.900]"]
    assert [(picture["width"], picture["height"]) for picture in page.all("img")] == [("60", "20")]
    assert "not been evaluated" not in page.text


@pytest.mark.parametrize("content", [None, "notes.txt", "config.yaml"])
def test_a_folder_that_is_no_run_is_one_error(content: str | None, runs: Path, tmp_path: Path, capsys) -> None:
    folder = tmp_path / "folder"
    if content:
        folder.mkdir()
        (folder / content).write_text("colour: blue\n")
    assert main(["report", str(runs / "tuned"), str(folder), "--out", str(tmp_path / "report.html")]) == 1
    said = capsys.readouterr().err
    assert f"{folder} is no run folder" in said
    assert "Traceback" not in said
    assert not list(tmp_path.glob("*.html"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("config.yaml", "levels: ["),
        ("config.yaml", "- 1"),
        ("metrics.csv", ""),
        ("environment.json", "{"),
        ("model.json", "{}"),
        ("exam/exam.json", "{}"),
        ("exam/exam.json", "null"),
        ("exam/mixtures.csv", '"'),
        ("examples/01_mixture.wav", "no sound"),
        ("examples/01.png", "no picture"),
    ],
)
def test_a_damaged_file_is_named(name: str, content: str, runs: Path, tmp_path: Path) -> None:
    run = copied(runs / "curriculum", tmp_path)
    (run / name).write_text(content)
    with pytest.raises(AvssError, match=Path(name).name):
        write_report([run], tmp_path / "report.html")
    assert not list(tmp_path.glob("*.html"))


def test_no_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no run is named"):
        write_report([], tmp_path / "report.html")


def test_a_full_disk_leaves_the_old_page(runs: Path, tiny_disk: Path) -> None:
    out = tiny_disk / "report.html"
    out.write_text("old")
    with pytest.raises(OutputError, match="free some space"):
        write_report([runs / "tuned"], out)
    assert [(path.name, path.read_text()) for path in tiny_disk.glob("*.html")] == [("report.html", "old")]


def test_the_command_tells_where_the_page_is(runs: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "pages" / "report.html"
    assert main(["report", str(runs / "separator"), "--out", str(out)]) == 0
    assert f"{out} (" in capsys.readouterr().out
    assert out.stat().st_size < 3e6
