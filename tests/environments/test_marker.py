from collections.abc import Callable
from pathlib import Path

import pytest

from bot.environments import marker
from bot.environments.marker import Expected, Marker


def expected(**overrides: str) -> Expected:
    fields = {
        "id": "env1",
        "lock_digest": "d1",
        "interpreter": "/usr/bin/python3.11",
        "interpreter_version": "3.11.7",
    }
    return Expected.model_validate({**fields, **overrides})


@pytest.fixture
def built(tmp_path: Path) -> Marker:
    """An environment as it is when everything is done."""
    prefix = tmp_path / "env-env1"
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "python").touch()
    (prefix / "site" / "tiny-1.0.dist-info").mkdir(parents=True)
    found = Marker(
        expected=expected(),
        python=prefix / "bin" / "python",
        site_packages=prefix / "site",
        distributions=("tiny-1.0.dist-info",),
        packages={"tiny": "1.0"},
        not_compilable=(),
    )
    (prefix / "tfperf.json").write_text(found.model_dump_json())
    return found


def test_a_complete_environment_is_used_again(built: Marker, tmp_path: Path) -> None:
    found = marker.find(tmp_path, "env1")

    assert found == built
    assert marker.why_not(found, expected()) is None


@pytest.mark.parametrize(
    ("overrides", "reason"),
    [
        ({"lock_digest": "d2"}, "its lock changed"),
        ({"interpreter": "/opt/python3.11"}, "its interpreter changed"),
        ({"interpreter_version": "3.11.8"}, "its interpreter changed"),
    ],
)
def test_it_must_have_been_built_from_the_same(
    built: Marker, overrides: dict[str, str], reason: str
) -> None:
    assert marker.why_not(built, expected(**overrides)) == reason


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda site: (site / "six-1.0.dist-info").mkdir(), "its packages were changed by hand"),
        (lambda site: (site / "tiny-1.0.dist-info").rmdir(), "its packages were changed by hand"),
        (lambda site: (site.parent / "bin" / "python").unlink(), "its interpreter is gone"),
    ],
)
def test_it_must_be_as_it_was(built: Marker, harm: Callable[[Path], None], reason: str) -> None:
    harm(built.site_packages)

    assert marker.why_not(built, expected()) == reason


@pytest.mark.parametrize("content", ["", "{", "{}", '{"expected": {"id": "env1"}}'])
def test_a_marker_that_cannot_be_read_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "env-env1").mkdir()
    (tmp_path / "env-env1" / "tfperf.json").write_text(content)

    assert marker.find(tmp_path, "env1") is None
    assert marker.why_not(None, expected()) == "new"


def test_environments_are_told_apart_by_what_their_marker_says(
    built: Marker, tmp_path: Path
) -> None:
    built.python.parents[1].rename(tmp_path / "3f2a91bc")

    assert marker.find(tmp_path, "env1") == built
    assert marker.find(tmp_path, "env2") is None
