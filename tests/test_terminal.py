import pytest

from avss.errors import CorpusError
from avss.terminal import exit_status


def test_an_error_is_told_once_and_whole(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        raise CorpusError("/data [old] is empty", "clips", "fetch them")

    assert exit_status("prepare", fail) == 1
    assert capsys.readouterr().err == "prepare: /data [old] is empty. Wanted: clips. Do: fetch them.\n"


def test_an_interruption_says_that_work_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    assert exit_status("prepare", interrupt) == 130
    assert "goes on where this one stopped" in capsys.readouterr().err


@pytest.mark.parametrize(("returned", "status"), [(None, 0), (0, 0), (3, 3)])
def test_the_status_of_a_command_is_passed_on(returned: int | None, status: int) -> None:
    assert exit_status("doctor", lambda: returned) == status


def test_a_bug_is_not_dressed_up_as_a_user_error() -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        exit_status("prepare", fail)
