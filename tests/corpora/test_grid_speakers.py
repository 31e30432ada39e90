"""The official speakers, and the table that names others."""

import pytest

from avss.corpora.grid_speakers import FEMALE, OFFICIAL_SEX, WITH_VIDEO, read_sexes
from avss.errors import CorpusError


def test_there_are_18_men_and_16_women_and_33_with_video():
    assert (len(OFFICIAL_SEX) - len(FEMALE), len(FEMALE), len(WITH_VIDEO)) == (18, 16, 33)
    assert "s21" in OFFICIAL_SEX
    assert 21 not in WITH_VIDEO


def test_a_table_gives_each_speakers_sex(tmp_path):
    table = tmp_path / "speakers.csv"
    table.write_text("sex,f0,speaker\nm,110,s1\nf,210,s2\n,150,s3\n")
    assert read_sexes(table) == {"s1": "m", "s2": "f", "s3": None}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "cannot read"),
        ("speaker,size\ns1,1\n", "lacks the column sex"),
        ("name,size\ns1,1\n", "lacks the column sex and speaker"),
        ("speaker,sex\ns1,m\ns1,f\n", "names s1 twice"),
        ("speaker,sex\ns1,male\n", "gives s1 the sex 'male'"),
        ('speaker,sex\n"s1,m\n', "cannot read"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path, text, named):
    table = tmp_path / "speakers.csv"
    table.write_text(text)
    with pytest.raises(CorpusError, match=named):
        read_sexes(table)


def test_a_table_that_is_not_text_is_refused(tmp_path):
    table = tmp_path / "speakers.csv"
    table.write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(CorpusError, match="cannot read"):
        read_sexes(table)
