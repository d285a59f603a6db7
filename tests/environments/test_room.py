"""The disk for environments: what is free, and whether installs can share files."""

from pathlib import Path

import pytest

from bot.environments.room import room

OTHER_DISK = Path("/dev/shm")


def listed(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"))


def test_a_cache_on_the_same_disk_shares_its_files(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()

    found = room(tmp_path / "not" / "yet", {"UV_CACHE_DIR": str(cache)})

    assert found.has_hard_links is True
    assert found.cache == str(cache)
    assert found.free_bytes is not None
    assert found.free_bytes > 0
    assert listed(tmp_path) == [cache], "nothing is left behind, and nothing made"


def test_a_user_who_wants_copies_gets_copies(tmp_path: Path) -> None:
    environ = {"UV_CACHE_DIR": str(tmp_path), "UV_LINK_MODE": "copy"}

    assert room(tmp_path, environ).has_hard_links is False


@pytest.fixture
def other_disk(tmp_path: Path) -> Path:
    if not OTHER_DISK.is_dir() or OTHER_DISK.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is only one disk here")
    return OTHER_DISK


def test_a_cache_on_another_disk_cannot_share(tmp_path: Path, other_disk: Path) -> None:
    before = listed(other_disk)

    assert room(tmp_path, {"UV_CACHE_DIR": str(other_disk)}).has_hard_links is False
    assert listed(other_disk) == before


def test_a_cache_that_cannot_be_written_leaves_the_question_open(tmp_path: Path) -> None:
    # Not even root can write there.
    assert room(tmp_path, {"UV_CACHE_DIR": "/proc"}).has_hard_links is None
