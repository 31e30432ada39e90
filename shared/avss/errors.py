"""Typed errors. Each says what came, what was wanted, and what to do; the command line prints them once.

A batch job turns the error of one clip into one row of its rejects table and goes on.
"""


class AvssError(Exception):
    """An error a user can act on.

    Args:
        what: what came, naming the file or value.
        wanted: what was expected instead.
        do: the next step for the user.
    """

    def __init__(self, what: str, wanted: str, do: str) -> None:
        super().__init__(what, wanted, do)
        self.what, self.wanted, self.do = what, wanted, do

    def __str__(self) -> str:
        return f"{self.what}. Wanted: {self.wanted}. Do: {self.do}."


class MediaError(AvssError):
    """A file that cannot be read as video or audio, or lacks the stream that is needed."""


class OutputError(AvssError):
    """A place that cannot be written: read-only, full, or already taken."""


class CorpusError(AvssError):
    """A corpus folder whose layout, names or alignments are not what they should be."""


class DownloadError(AvssError):
    """A download that failed, was cut off, or does not match its checksum."""


class FaceError(AvssError):
    """A clip whose talking face cannot be followed: none, too short, or not to be told from another."""


class StoreError(AvssError):
    """A prepared store that is missing, of another version, or damaged."""


class PartMissingError(AvssError):
    """A part of the installation (model file, library, data) that is not there."""


class ModelError(AvssError):
    """Saved weights that are missing, damaged, of another version, or that do not fit what they are used for."""


class SettingsError(AvssError):
    """Settings that are unknown, of the wrong type, or impossible together."""
