"""Getting GRID from a real local server that holds a small copy, and from folders."""

import io
import zipfile
from hashlib import md5

import pytest

from avss.corpora.alignment import format_alignment
from avss.corpora.clip import Segment
from avss.corpora.grid import GridCorpus
from avss.corpora.grid_download import GridSource, fetch_grid, take_grid
from avss.corpora.grid_speakers import WITH_VIDEO
from avss.corpora.sentence import Sentence
from avss.errors import CorpusError, DownloadError, OutputError

STEMS = {1: ("bbaf2n", "bbaf3n"), 2: ("lgbz4p",), 34: ("swwzzs",)}


def zipped(members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def alignment(stem):
    words = Sentence.from_stem(stem).words
    return format_alignment(Segment(0.4 * place, 0.4 * place + 0.4, word) for place, word in enumerate(words))


def small_grid():
    """The zips of the record with a clip or two per speaker, by name."""
    zips = {
        f"s{number}.zip": zipped({f"s{number}/{stem}.mpg": stem.encode() * 30_000 for stem in stems})
        for number, stems in STEMS.items()
    }
    aligned = {f"alignments/s{n}/{stem}.align": alignment(stem) for n, stems in STEMS.items() for stem in stems}
    return zips | {"alignments.zip": zipped(aligned)}


@pytest.fixture
def source(server):
    """A source of the small copy, with the right checksums."""
    server.files = small_grid()
    registry = {name: f"md5:{md5(content).hexdigest()}" for name, content in server.files.items()}
    return GridSource(server.url, registry)


def fetch(out, source, speakers=tuple(STEMS)):
    fetch_grid(out, speakers, source, retries=0)


def ids(out):
    return [clip.id for clip in GridCorpus(out).clips()]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_corpus_arrives_complete_and_readable(tmp_path, source):
    fetch(tmp_path / "grid", source)
    assert ids(tmp_path / "grid") == ["s1/bbaf2n", "s1/bbaf3n", "s2/lgbz4p", "s34/swwzzs"]
    assert all(clip.words is not None for clip in GridCorpus(tmp_path / "grid").clips())
    assert names(tmp_path / "grid") == ["alignments", "s1", "s2", "s34"]


def test_only_the_speakers_asked_for_are_transferred(tmp_path, server, source):
    fetch(tmp_path, source, [2])
    assert ids(tmp_path) == ["s2/lgbz4p"]
    assert set(server.sent) == {"alignments.zip", "s2.zip"}


def test_what_is_there_is_not_transferred_again(tmp_path, server, source):
    fetch(tmp_path, source, [1])
    before = server.requests
    fetch(tmp_path, source, [1])
    assert server.requests == before
    server.sent = {}
    fetch(tmp_path, source, [1, 2])
    assert set(server.sent) == {"s2.zip"}


def test_a_cut_off_download_keeps_what_is_finished_and_transfers_only_the_rest(tmp_path, server, source):
    server.cut_after = 200_000
    with pytest.raises(DownloadError, match="goes on where it stopped"):
        fetch(tmp_path, source)
    assert names(tmp_path) == [".downloads", "alignments"]
    kept = (tmp_path / ".downloads" / "s1.zip.part").stat().st_size
    assert kept > 0
    server.cut_after, server.sent = None, {}
    fetch(tmp_path, source)
    whole = {name: len(server.files[name]) for name in ("s1.zip", "s2.zip", "s34.zip")}
    assert server.sent == whole | {"s1.zip": whole["s1.zip"] - kept}
    assert len(ids(tmp_path)) == 4
    assert names(tmp_path) == ["alignments", "s1", "s2", "s34"]


def test_a_started_speaker_may_wait_while_another_is_fetched(tmp_path, server, source):
    server.cut_after = 200_000
    with pytest.raises(DownloadError):
        fetch(tmp_path, source, [1])
    server.cut_after = None
    fetch(tmp_path, source, [2])
    assert names(tmp_path) == [".downloads", "alignments", "s2"]
    assert names(tmp_path / ".downloads") == ["s1.zip.part"]


def test_wrong_bytes_are_refused_and_not_kept(tmp_path, server, source):
    server.files["s1.zip"] = zipped({"s1/bbaf2n.mpg": b"another film"})
    with pytest.raises(DownloadError, match=r"s1\.zip is not what its record says"):
        fetch(tmp_path, source)
    assert names(tmp_path) == [".downloads", "alignments"]
    assert names(tmp_path / ".downloads") == []


def test_a_zip_that_escapes_is_refused_though_its_checksum_is_right(tmp_path, server, source):
    evil = zipped({"s1/bbaf2n.mpg": b"film", "../../evil.txt": b"evil"})
    server.files["s1.zip"] = evil
    source = GridSource(server.url, {**source.registry, "s1.zip": f"md5:{md5(evil).hexdigest()}"})
    out = tmp_path / "deep" / "grid"
    with pytest.raises(CorpusError, match="outside its folder"):
        fetch(out, source)
    assert names(out) == [".downloads", "alignments"]
    assert not list(tmp_path.rglob("evil.txt"))


@pytest.mark.parametrize(
    ("number", "named"), [(35, "no speaker 35"), (0, "no speaker 0"), (21, "speaker 21 has no video")]
)
def test_an_unknown_speaker_is_refused_before_anything_is_asked(tmp_path, server, source, number, named):
    with pytest.raises(CorpusError, match=named):
        fetch(tmp_path, source, [1, number])
    assert server.requests == 0


def test_a_source_that_lacks_a_speaker_is_refused(tmp_path, source):
    with pytest.raises(DownloadError, match=r"has no s3\.zip"):
        fetch(tmp_path, source, [3])


def test_all_speakers_with_video_are_the_default(tmp_path, source):
    lacking = ", ".join(sorted(f"s{number}.zip" for number in WITH_VIDEO if number not in STEMS))
    with pytest.raises(DownloadError, match=lacking):
        fetch(tmp_path, source, None)


def test_a_disk_without_room_is_noticed_before_the_transfer(tmp_path, server, source):
    server.claimed_size = 10**17
    with pytest.raises(OutputError, match="GB free"):
        fetch(tmp_path, source)
    assert server.sent == {}


def test_an_output_that_is_a_file_is_refused(tmp_path, source):
    (tmp_path / "grid").touch()
    with pytest.raises(OutputError):
        fetch(tmp_path / "grid", source)


def test_without_a_network_the_error_says_what_to_do(tmp_path, monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(DownloadError, match=r"doi\.org.*--from"):
        fetch_grid(tmp_path, [1])


class TestFromFolder:
    def test_zips_are_unpacked(self, tmp_path):
        for name, content in small_grid().items():
            (tmp_path / name).write_bytes(content)
        take_grid(tmp_path, tmp_path / "out")
        assert ids(tmp_path / "out") == ["s1/bbaf2n", "s1/bbaf3n", "s2/lgbz4p", "s34/swwzzs"]

    def test_an_unpacked_layout_is_linked(self, tmp_path, source):
        fetch(tmp_path / "had", source)
        take_grid(tmp_path / "had", tmp_path / "out", [1, 2])
        assert ids(tmp_path / "out") == ["s1/bbaf2n", "s1/bbaf3n", "s2/lgbz4p"]
        assert (tmp_path / "out/s2/lgbz4p.mpg").samefile(tmp_path / "had/s2/lgbz4p.mpg")

    def test_a_second_call_adds_what_is_missing(self, tmp_path, source):
        fetch(tmp_path / "had", source)
        take_grid(tmp_path / "had", tmp_path / "out", [1])
        take_grid(tmp_path / "had", tmp_path / "out")
        assert len(ids(tmp_path / "out")) == 4

    @pytest.mark.parametrize(("speakers", "lacking"), [([3], "lacks s3"), ([35], "no speaker 35")])
    def test_a_speaker_that_is_not_there_is_named(self, tmp_path, source, speakers, lacking):
        fetch(tmp_path / "had", source)
        with pytest.raises(CorpusError, match=lacking):
            take_grid(tmp_path / "had", tmp_path / "out", speakers)
        assert not (tmp_path / "out").exists()

    def test_a_folder_without_grid_is_refused(self, tmp_path):
        with pytest.raises(CorpusError, match="lacks any speaker"):
            take_grid(tmp_path, tmp_path / "out")

    def test_a_folder_without_alignments_is_refused(self, tmp_path):
        (tmp_path / "s1.zip").write_bytes(small_grid()["s1.zip"])
        with pytest.raises(CorpusError, match="lacks alignments"):
            take_grid(tmp_path, tmp_path / "out")

    def test_a_zip_that_escapes_is_refused(self, tmp_path):
        for name, content in (small_grid() | {"s2.zip": zipped({"../evil.txt": b"evil"})}).items():
            (tmp_path / name).write_bytes(content)
        with pytest.raises(CorpusError, match="outside its folder"):
            take_grid(tmp_path, tmp_path / "out")
        assert names(tmp_path / "out") == ["alignments", "s1"]
        assert not (tmp_path / "evil.txt").exists()

    def test_real_clips_are_taken_unchanged(self, real_grid, tmp_path):
        take_grid(real_grid, tmp_path / "out", [15, 17, 22])
        expected = [clip for clip in GridCorpus(real_grid).clips() if clip.speaker in {"s15", "s17", "s22"}]
        taken = list(GridCorpus(tmp_path / "out").clips())
        assert [(clip.id, clip.words) for clip in taken] == [(clip.id, clip.words) for clip in expected]
        assert all(a.video.read_bytes() == b.video.read_bytes() for a, b in zip(taken, expected, strict=True))
