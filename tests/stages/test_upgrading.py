"""What the upgrading of scripts removes: its own folder, and never what is not inside of it."""

from pathlib import Path

import pytest

from bot.environments.preparation import Prepared
from bot.errors import BadRunFolder
from bot.stages.upgrading import _make_anew, _newest_first
from tests.core.runs import environment


def test_what_an_interrupted_run_left_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "upgraded" / "train"
    folder.mkdir(parents=True)
    (folder / "left").touch()
    _make_anew(folder, owner=folder.parent)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["..", ".", "", "../upgraded", "../../else", "link"])
def test_nothing_else_is(tmp_path: Path, name: str) -> None:
    owner = tmp_path / "run" / "upgraded"
    owner.mkdir(parents=True)
    (tmp_path / "else").mkdir()
    (owner / "link").symlink_to(tmp_path / "else")
    kept = [tmp_path / "else" / "a", tmp_path / "run" / "plan.json", owner / "b"]
    for file in kept:
        file.touch()
    with pytest.raises(BadRunFolder, match="lies outside of the run folder"):
        _make_anew(owner / name, owner=owner)
    assert all(file.exists() for file in kept)


def test_any_distribution_of_tensorflow_may_bring_the_tool(tmp_path: Path) -> None:
    named = [("tensorflow", "2.3.4"), ("tensorflow-gpu", "2.4.0-custom"), ("torch", "2.5.1")]
    prepared = [
        Prepared(
            environment=environment(
                release,
                "candidate",
                package,
                package=package,
                module="torch" if package == "torch" else "tensorflow",
            ),
            python=tmp_path,
            prefix=tmp_path,
            packages={},
            lock=None,
            lock_digest=None,
            reused=True,
            seconds=0.0,
        )
        for package, release in named
    ]
    releases = [each.environment.release for each in _newest_first(prepared)]
    assert releases == ["2.4.0-custom", "2.3.4"]
