import sys
from pathlib import Path

import pytest

from bot.environments import downloads
from bot.environments.command import Deadline
from bot.environments.downloads import NoInterpreter

ABSENT = "3.8"


def test_what_uv_has_not_is_not_asked_of_it(tmp_path: Path) -> None:
    got = downloads.download("3.7", environ={"PATH": str(tmp_path)}, deadline=Deadline(seconds=0))

    assert got == NoInterpreter(
        reason="no Python 3.7 here",
        remedy="pyenv install 3.7, or run in the container image python:3.7-slim, "
        "or name one in TFPERF_PYTHON_3_7",
    )


def test_a_download_that_fails_says_why(tmp_path: Path) -> None:
    environ = {
        "PATH": str(tmp_path),
        "HOME": str(tmp_path),
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PYTHON_INSTALL_DIR": str(tmp_path / "pythons"),
    }

    got = downloads.download(ABSENT, environ=environ, deadline=Deadline(seconds=60))

    assert isinstance(got, NoInterpreter)
    assert got.reason.startswith("no Python 3.8 here, and fetching it failed: ")
    assert "not allowed" in got.reason
    assert (got.remedy or "").startswith("uv python install 3.8, or ")


def test_a_download_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    environ = {"PATH": str(tmp_path), "HOME": str(tmp_path)}

    got = downloads.download(ABSENT, environ=environ, deadline=Deadline(seconds=0))

    assert isinstance(got, NoInterpreter)
    assert got.reason == "no Python 3.8 here, and fetching it failed: took too long"


def test_versions_are_compared_as_numbers() -> None:
    assert downloads.is_offered("3.10")
    assert not downloads.is_offered("3.7")
    assert downloads.is_offered(f"{sys.version_info.major}.{sys.version_info.minor}")


@pytest.mark.parametrize(
    ("environ", "is_some"),
    [
        ({}, True),
        ({"UV_PYTHON_DOWNLOADS": "never"}, False),
        ({"UV_PYTHON_DOWNLOADS": "auto"}, True),
    ],
)
def test_what_uv_may_fetch_counts_as_reachable(environ: dict[str, str], is_some: bool) -> None:
    assert ("3.8" in downloads.fetchable(environ)) == is_some
