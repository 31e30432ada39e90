"""An ablation file asks one question in known words, and no row of the table is measured twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import pandas as pd
import pytest

from avss.errors import OutputError, SettingsError
from avss.evaluation.ablation_picture import draw_ablations
from avss.training.ablation import NotMeasuredError, of_names, read_ablations, run_ablations, show_plan


@dataclass(frozen=True)
class Cooking:
    minutes: int = 5
    salt: float = 0.5


class Kitchen:
    """Measures a dish and notes what it was asked; burns down after ``meals``."""

    def __init__(self, meals: int = 100) -> None:
        self.meals = meals
        self.cooked: list[Cooking] = []

    def taste(self, cooking: Cooking) -> dict[str, float]:
        if len(self.cooked) == self.meals:
            raise KeyboardInterrupt
        self.cooked.append(cooking)
        good = cooking.minutes * cooking.salt
        return {"taste": good, "taste_low": good - 1, "taste_high": good + 1}


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    folder = tmp_path / "questions"
    folder.mkdir()
    (folder / "long.yaml").write_text("question: How long?\nminutes: [5, 10, 20]\n")
    (folder / "much.yaml").write_text("question: How much?\nminutes: [5, 6]\nsalt: [0.5, 1.5]\n")
    return folder


def test_only_what_changes_differs_from_the_base(questions: Path) -> None:
    long, much = read_ablations(questions, Cooking())
    assert (long.name, long.question) == ("long", "How long?")
    assert long.variants(Cooking(salt=2.0)) == [Cooking(5, 2.0), Cooking(10, 2.0), Cooking(20, 2.0)]
    assert much.variants(Cooking()) == [Cooking(5, 0.5), Cooking(6, 1.5)]


def test_results_are_a_table_a_page_and_a_picture(questions: Path, tmp_path: Path) -> None:
    ablations = read_ablations(questions, Cooking())
    rows = run_ablations(ablations, Cooking(), Kitchen().taste, tmp_path / "out", data="soup")
    assert rows.taste.tolist() == [2.5, 5.0, 10.0, 2.5, 9.0]
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "out" / "ablations.csv"), rows)
    page = (tmp_path / "out" / "ablations.md").read_text()
    assert "## How long?" in page
    assert "| 6 | 1.500 | 9.000 | 8.000 | 10.000 |" in page
    draw_ablations(tmp_path / "picture.png", ablations, rows, "taste")
    picture = cv2.imread(str(tmp_path / "picture.png"))
    assert picture is not None
    assert picture.std() > 10


def test_variants_are_compared_with_the_first_of_their_question(questions: Path, tmp_path: Path) -> None:
    def better(first: dict, row: dict) -> dict[str, float]:
        return {"gain": float("nan") if row is first else row["taste"] - first["taste"]}

    ablations = read_ablations(questions, Cooking())
    rows = run_ablations(ablations, Cooking(), Kitchen().taste, tmp_path, data="soup", compare=better)
    assert rows.gain.fillna(0).tolist() == [0, 2.5, 7.5, 0, 6.5]
    page = (tmp_path / "ablations.md").read_text()
    assert "| 5 | 2.500 | 1.500 | 3.500 | – |" in page
    assert "| 20 | 10.000 | 9.000 | 11.000 | 7.500 |" in page
    assert page.count("gain: over the first variant") == 2
    assert "gain" not in pd.read_csv(tmp_path / "ablations.csv")


def test_a_killed_run_goes_on_and_ends_as_an_uninterrupted_one(questions: Path, tmp_path: Path) -> None:
    ablations = read_ablations(questions, Cooking())
    with pytest.raises(KeyboardInterrupt):
        run_ablations(ablations, Cooking(), Kitchen(meals=2).taste, tmp_path / "out", data="soup")
    rest = Kitchen()
    rows = run_ablations(ablations, Cooking(), rest.taste, tmp_path / "out", data="soup")
    assert len(rest.cooked) == 2
    whole = run_ablations(ablations, Cooking(), Kitchen().taste, tmp_path / "whole", data="soup")
    pd.testing.assert_frame_equal(rows, whole)


def test_rows_of_other_data_or_another_base_are_measured_again(questions: Path, tmp_path: Path) -> None:
    ablations = read_ablations(questions, Cooking())[:1]
    run_ablations(ablations, Cooking(), Kitchen().taste, tmp_path, data="soup")
    for base, data, meals in [(Cooking(), "soup", 0), (Cooking(), "stew", 3), (Cooking(salt=1.0), "soup", 3)]:
        kitchen = Kitchen()
        run_ablations(ablations, base, kitchen.taste, tmp_path, data=data)
        assert len(kitchen.cooked) == meals


def test_a_variant_of_two_questions_is_measured_once(questions: Path, tmp_path: Path) -> None:
    kitchen = Kitchen()
    rows = run_ablations(read_ablations(questions, Cooking()), Cooking(), kitchen.taste, tmp_path, data="soup")
    assert len(kitchen.cooked) == 4
    assert rows[rows.minutes == 5].ablation.tolist() == ["long", "much"]
    assert rows[rows.minutes == 5].taste.nunique() == 1


def test_what_cannot_be_measured_is_said_not_kept_and_tried_again(questions: Path, tmp_path: Path) -> None:
    def without_salt(cooking: Cooking) -> dict[str, float]:
        if cooking.salt > 1:
            raise NotMeasuredError("there is no salt", "salt", "buy some")
        return Kitchen().taste(cooking)

    ablations = read_ablations(questions, Cooking())
    rows = run_ablations(ablations, Cooking(), without_salt, tmp_path, data="soup")
    assert rows.taste.isna().tolist() == [False] * 4 + [True]
    assert len(pd.read_csv(tmp_path / "ablations.csv")) == 4
    page = (tmp_path / "ablations.md").read_text()
    assert "| 6 | 1.500 | not measured | not measured | not measured |" in page
    assert "Not measured: there is no salt. Wanted: salt. Do: buy some." in page
    draw_ablations(tmp_path / "picture.png", ablations, rows, "taste")
    assert run_ablations(ablations, Cooking(), Kitchen().taste, tmp_path, data="soup").taste.notna().all()


def test_a_question_of_which_nothing_can_be_measured_is_still_in_the_page(questions: Path, tmp_path: Path) -> None:
    def burnt(cooking: Cooking) -> dict[str, float]:
        raise NotMeasuredError("it burnt", "soup", "cook again")

    run_ablations(read_ablations(questions, Cooking())[:1], Cooking(), burnt, tmp_path, data="soup")
    page = (tmp_path / "ablations.md").read_text()
    assert "| 5 |\n| 10 |\n| 20 |" in page
    assert page.count("it burnt") == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("minutes: [1]", "asks nothing"),
        ("question: Tell me.\nminutes: [1]", "asks nothing"),
        ("- a\n- b", "asks nothing"),
        ("", "asks nothing"),
        ("question: [", "cannot be read"),
        ("question: Why?", "lists of one length"),
        ("question: Why?\npepper: [1]", "changes 'pepper'. Wanted: one of minutes, salt"),
        ("question: Why?\nminutes: 5", "sets minutes to 5. Wanted: a list of int"),
        ("question: Why?\nminutes: []", "sets minutes to"),
        ("question: Why?\nminutes: [1, two]", "a list of int"),
        ("question: Why?\nminutes: [true]", "a list of int"),
        ("question: Why?\nminutes: [1, 2]\nsalt: [0.1]", "differ in length"),
    ],
)
def test_a_file_that_is_not_an_ablation_is_refused_by_name(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "odd.yaml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        read_ablations(tmp_path, Cooking())
    assert message in str(caught.value)
    assert "odd.yaml" in str(caught.value)


@dataclass(frozen=True)
class Meal:
    cooking: Cooking = Cooking()
    guests: int | None = None
    courses: Sequence[str] = ()


def test_parts_are_changed_by_dotted_names_and_nothing_is_told_from_an_empty_cell(tmp_path: Path) -> None:
    (tmp_path / "who.yaml").write_text("question: Who?\ncooking.salt: [0.5, 0]\nguests: [null, 4]\n")
    (tmp_path / "what.yaml").write_text("question: What?\ncourses: [[], [soup, pie]]\n")
    what, who = read_ablations(tmp_path, Meal())
    assert who.variants(Meal()) == [Meal(Cooking(salt=0.5)), Meal(Cooking(salt=0.0), guests=4)]
    cooked: list[Meal] = []

    def serve(meal: Meal) -> dict[str, float]:
        cooked.append(meal)
        return {"joy": meal.cooking.salt, "joy_low": float("nan")}

    first = run_ablations([what, who], Meal(), serve, tmp_path / "out", data="party")
    assert [(meal.guests, len(meal.courses)) for meal in cooked] == [(None, 0), (None, 2), (4, 0)]
    again = run_ablations([what, who], Meal(), serve, tmp_path / "out", data="party")
    assert len(cooked) == 3
    assert again.joy.tolist() == first.joy.tolist() == [0.5, 0.5, 0.5, 0.0]
    table = pd.read_csv(tmp_path / "out" / "ablations.csv", keep_default_na=False)
    assert table.guests.tolist() == ["null", "null", "null", "4"]
    assert table.courses.tolist() == ["[]", '["soup", "pie"]', "[]", "[]"]


def test_a_part_of_the_questions_is_asked(questions: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ablations = read_ablations(questions, Cooking())
    (much,) = of_names(ablations, ["much"])
    assert of_names(ablations, []) == ablations
    show_plan([much])
    assert capsys.readouterr().out.splitlines() == ["How much?", "  minutes: 5, salt: 0.5", "  minutes: 6, salt: 1.5"]
    with pytest.raises(SettingsError, match=r"no question 'often'\. Wanted: some of long, much"):
        of_names(ablations, ["much", "often"])


def test_answers_to_questions_that_are_not_asked_again_stay_on_the_page(questions: Path, tmp_path: Path) -> None:
    def ask(only: list[str], base: Cooking, data: str, kitchen: Kitchen) -> pd.DataFrame:
        asked = of_names(ablations, only)
        return run_ablations(asked, base, kitchen.taste, tmp_path, data=data, beside=ablations)

    ablations = read_ablations(questions, Cooking())
    assert ask(["much"], Cooking(), "soup", Kitchen()).ablation.tolist() == ["much"] * 2
    assert "How long?" not in (tmp_path / "ablations.md").read_text()
    rows = ask(["long"], Cooking(salt=2.0), "stew", Kitchen())
    page = (tmp_path / "ablations.md").read_text()
    assert page.index("How long?") < page.index("On stew.") < page.index("How much?") < page.index("On soup.")
    assert "| 6 | 1.500 | 9.000 | 8.000 | 10.000 |" in page
    assert rows.ablation.tolist() == ["long"] * 3 + ["much"] * 2
    assert rows.taste.tolist() == [10.0, 20.0, 40.0, 2.5, 9.0]
    draw_ablations(tmp_path / "picture.png", ablations, rows, "taste")
    nothing = Kitchen(meals=0)
    assert ask(["much"], Cooking(), "soup", nothing).taste.tolist() == rows.taste.tolist()


def test_the_page_of_a_killed_run_tells_what_is_known_and_what_waits(questions: Path, tmp_path: Path) -> None:
    ablations = read_ablations(questions, Cooking())
    # The third time five minutes are known from the start, for both questions.
    for meals, empty in [(0, 0), (2, 3), (0, 3 + 3)]:
        with pytest.raises(KeyboardInterrupt):
            run_ablations(ablations, Cooking(), Kitchen(meals).taste, tmp_path, data="soup")
        page = (tmp_path / "ablations.md").read_text()
        assert page.count("not measured |") == empty
        assert page.count("Not measured: its turn has not come") == 2
    rows = run_ablations(ablations[:1], Cooking(), Kitchen().taste, tmp_path, data="soup", beside=ablations)
    assert rows.taste.isna().tolist() == [False] * 3
    assert "not measured" not in (tmp_path / "ablations.md").read_text()


def test_figures_below_zero_and_questions_without_any_are_drawn(questions: Path, tmp_path: Path) -> None:
    ablations = read_ablations(questions, Cooking())
    rows = pd.DataFrame({"ablation": ["long"] * 3, "loss": [-1.0, -2.0, None], "loss_low": -3.0, "loss_high": 0.0})
    draw_ablations(tmp_path / "negative.png", ablations[:1], rows, "loss")
    draw_ablations(tmp_path / "none.png", ablations[:1], rows[["ablation"]], "loss")
    assert cv2.imread(str(tmp_path / "negative.png")) is not None


def test_a_folder_without_questions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="holds no ablation"):
        read_ablations(tmp_path, Cooking())


def test_a_place_that_cannot_be_written_is_an_output_error(questions: Path, read_only_disk: Path) -> None:
    with pytest.raises(OutputError):
        run_ablations(read_ablations(questions, Cooking()), Cooking(), Kitchen().taste, read_only_disk, data="soup")
