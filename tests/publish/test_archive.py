"""An archive anybody may have made: one file is read, or it is said what is wrong."""

import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import CannotPublish, ExitCode
from bot.publish.archive import read_report
from tests.publish.hostile_archives import HOSTILE, REPORT, Hostile, good, packed

FINE = {
    "as it is uploaded": good(),
    "not compressed": packed(("report.json", REPORT), method=zipfile.ZIP_STORED),
    "with others beside it": packed(
        ("comment.md", b"x"),
        ("logs/", b""),
        ("logs/mnist_mlp[fit].log", b""),
        ("report.json", REPORT),
    ),
}


@pytest.mark.parametrize("archive", FINE.values(), ids=FINE)
def test_a_report_is_read(archive: bytes) -> None:
    assert read_report(archive) == REPORT


def test_sizes_behind_the_data_are_fine(tmp_path: object) -> None:
    """That is how an archive is written in a stream, as the upload does."""
    import io

    class Stream(io.RawIOBase):
        def __init__(self) -> None:
            self.content = b""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.content += bytes(data)  # type: ignore[call-overload]
            return len(bytes(data))  # type: ignore[call-overload]

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.json", REPORT)
    assert stream.content[6] & 8, "this archive is no stream"
    assert read_report(stream.content) == REPORT


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
def test_what_is_odd_is_refused(hostile: Hostile) -> None:
    with pytest.raises(CannotPublish) as raised:
        read_report(hostile.make())
    error = raised.value
    assert error.what.startswith("the artifact is refused: ")
    assert hostile.said in error.what
    assert error.exit_code == ExitCode.PUBLISHING_FAILED
    assert all((error.where, error.cause, error.next_step))
    assert error.what.isascii()
    assert error.what.isprintable()


@given(st.binary(max_size=300))
def test_any_bytes_are_refused(archive: bytes) -> None:
    with pytest.raises(CannotPublish):
        read_report(archive)


@given(st.integers(0, len(good()) - 1), st.integers(1, 255))
def test_one_wrong_byte_never_changes_the_report(place: int, flip: int) -> None:
    archive = bytearray(good())
    archive[place] ^= flip
    try:
        assert read_report(bytes(archive)) == REPORT
    except CannotPublish as error:
        assert error.what.startswith("the artifact is refused: ")  # noqa: PT017
