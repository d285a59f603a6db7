"""The package index is asked for what the catalogue cannot know, or says why it could not be."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.environments.newest import NotAsked, newer

if TYPE_CHECKING:
    from .conftest import PackageShelf

RELEASES = ("2.20.0", "2.21.0", "2.21.1", "2.22.0", "2.22.1", "2.23.0", "2.24.0rc0")
KNOWN: dict[str | None, tuple[str, ...]] = {
    "2.23.0": (),
    "2.22.1": ("2.23.0",),
    "2.22.0": ("2.23.0",),
    "2.21.0": ("2.22.1", "2.23.0"),
    "2.20.0": ("2.21.1", "2.22.1", "2.23.0"),
    None: ("2.23.0",),
}


@pytest.mark.parametrize(("than", "found"), KNOWN.items())
def test_the_last_patch_of_every_newer_minor_version(
    shelf: "PackageShelf",
    environ: dict[str, str],
    tmp_path: Path,
    than: str | None,
    found: tuple[str, ...],
) -> None:
    for version in RELEASES:
        shelf.wheel(version=version)
    assert newer("tiny", than=than, environ=environ, home=tmp_path) == found


def test_a_package_of_nightly_builds_alone_has_a_newest(
    shelf: "PackageShelf", environ: dict[str, str], tmp_path: Path
) -> None:
    for day in ("20251101", "20251102"):
        shelf.wheel(version=f"2.22.0.dev{day}")
    found = newer("tiny", than=None, environ=environ, home=tmp_path)
    assert found == ("2.22.0.dev20251102",)


def test_without_an_answer_it_says_why(environ: dict[str, str], tmp_path: Path) -> None:
    missing = newer("tiny", than=None, environ=environ, home=tmp_path)
    assert missing == NotAsked(reason="the package index has no tiny")
    away = environ | {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_RETRIES": "0"}
    unreachable = newer("tiny", than=None, environ=away, home=tmp_path)
    assert isinstance(unreachable, NotAsked)
    assert "cannot be reached" in unreachable.reason


def test_it_does_not_wait_beyond_its_deadline(environ: dict[str, str], tmp_path: Path) -> None:
    late = newer("tiny", than=None, environ=environ, home=tmp_path, seconds=0.0)
    assert late == NotAsked(reason="no answer within 0 s")
