"""What a configuration's words mean here: the index and interpreters are asked, then named."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.core.config import load
from bot.core.plan import Environment
from bot.environments import newest
from bot.errors import BadConfiguration
from bot.progress import Silent
from bot.stages import asking
from bot.stages.house import House

UNREACHABLE = {"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple", "UV_HTTP_RETRIES": "0"}


class Heard(Silent):
    """Progress that remembers its notes."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


def environments(
    base: Path, versions: list[Any], heard: Heard | None = None, **keys: Any
) -> tuple[Environment, ...]:
    config = load(None, source="x", environ={}, overrides={"versions": versions, **keys})
    house = House(home=base, environ={**os.environ, **UNREACHABLE}, progress=heard or Heard())
    return asking.environments(config, house, base=base)


def test_without_an_index_the_newest_known_release_is_taken_and_told(tmp_path: Path) -> None:
    heard = Heard()
    candidates = environments(tmp_path, ["latest"], heard)[2:]
    assert [e.release for e in candidates] == ["2.21.0"]
    (note,) = heard.notes
    assert note.startswith("the package index was not reached (")
    assert note.endswith(": 2.21.0 is taken for the newest tensorflow")


def test_the_index_knows_what_is_newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "newer", lambda *_args, **_options: ("2.22.0",))
    assert [e.release for e in environments(tmp_path, ["latest"])[2:]] == ["2.22.0"]


def test_releases_that_are_named_need_no_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(newest, "run", None)
    heard = Heard()
    assert len(environments(tmp_path, ["2.9..2.12", "2.16.*", "python"], heard)) == 9
    assert heard.notes == []


def test_the_newest_of_another_framework_is_that_for_the_python_of_the_baseline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, object]] = []

    def newer(package: str, **options: Any) -> tuple[str, ...]:
        asked.append((package, options["python"]))
        return ("2.2.6",)

    monkeypatch.setattr(asking, "newer", newer)
    environments(tmp_path, ["numpy", "2.15.1"])
    ((package, python),) = asked
    assert package == "numpy"
    assert python is not None


MISSING = {
    "existing:nowhere": "there is no {base}/nowhere",
    "wheel:dist/tensorflow-2.15.1-cp311-cp311-linux_x86_64.whl": "there is no wheel {base}/dist/",
    f"existing:{sys.executable}": "has neither TensorFlow nor PyTorch",
    "tf-nightly": "the newest release of tf-nightly is not known: no package index answered",
}


@pytest.mark.parametrize(("asked", "reason"), MISSING.items())
def test_what_is_not_there_is_told_before_anything_runs(
    tmp_path: Path, asked: str, reason: str
) -> None:
    with pytest.raises(BadConfiguration) as refused:
        environments(tmp_path, [asked])
    assert reason.format(base=tmp_path) in str(refused.value)
    assert refused.value.next_step


def test_a_wheel_lies_where_the_configuration_says(tmp_path: Path) -> None:
    wheel = tmp_path / "tensorflow-2.15.1-py3-none-any.whl"
    wheel.touch()
    planned = environments(tmp_path, [f"wheel:{wheel.name}"])[2]
    assert (planned.wheel, planned.release) == (str(wheel), "2.15.1")
