"""Interpreters that are used as they are: asked who they are, and left as they were."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.core.existing import Existing
from bot.core.plan import Environment
from bot.core.releases import supports
from bot.environments import Prepared, Unavailable, existing
from bot.environments.command import Deadline
from bot.environments.downloads import NoInterpreter

ScriptFactory = Callable[[Path, str], Path]


class Venv:
    """A virtual environment, and what is put into it by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
        subprocess.run(command, check=True)
        self.python = folder / "bin" / "python"
        (self.site_packages,) = folder.glob("lib/python*/site-packages")

    def module(self, name: str, source: str = "") -> None:
        package = self.site_packages / name
        package.mkdir()
        (package / "__init__.py").write_text(source, encoding="utf-8")

    def distribution(self, name: str, version: str, *modules: str) -> None:
        info = self.site_packages / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        (info / "top_level.txt").write_text("\n".join(modules))

    def files(self) -> dict[str, int]:
        return {str(f): f.lstat().st_mtime_ns for f in self.folder.rglob("*")}


@pytest.fixture
def venv(tmp_path: Path) -> Venv:
    return Venv(tmp_path / "my venv")


def ask(path: Path) -> Existing | NoInterpreter:
    return existing.ask(path, environ=os.environ, deadline=Deadline(seconds=60))


def found(path: Path) -> Existing:
    answer = ask(path)
    assert isinstance(answer, Existing), answer
    return answer


def test_it_says_its_framework_its_python_and_all_that_is_installed(venv: Venv) -> None:
    venv.module("tensorflow")
    venv.distribution("tensorflow", "2.15.1", "tensorflow")
    venv.distribution("numpy", "1.26.4", "numpy")

    answer = found(venv.folder)

    assert (answer.package, answer.release, answer.module) == ("tensorflow", "2.15.1", "tensorflow")
    assert answer.packages == {"tensorflow": "2.15.1", "numpy": "1.26.4"}
    assert answer.version == ".".join(map(str, sys.version_info[:3]))
    assert answer.python == str(venv.python)
    assert answer.imported_from == str(venv.site_packages)
    assert found(venv.python) == answer


FRAMEWORKS: dict[str, tuple[str, str, str, tuple[str, str]]] = {
    # what: module, distribution, source, package and release
    "of another name": ("tensorflow", "tensorflow-rocm", "", ("tensorflow-rocm", "2.9")),
    "a nightly build": ("tensorflow", "tf-nightly", "", ("tf-nightly", "2.9")),
    "PyTorch": ("torch", "torch", "", ("torch", "2.9")),
    "without a distribution": (
        "tensorflow",
        "numpy",
        "__version__ = '2.8.0'",
        ("tensorflow", "2.8.0"),
    ),
}


@pytest.mark.parametrize(
    ("module", "distribution", "source", "named"), FRAMEWORKS.values(), ids=FRAMEWORKS.keys()
)
def test_the_framework_is_what_it_would_import(
    venv: Venv, module: str, distribution: str, source: str, named: tuple[str, str]
) -> None:
    venv.module(module, source)
    venv.distribution(distribution, "2.9", module)

    answer = found(venv.folder)

    assert (answer.module, (answer.package, answer.release)) == (module, named)


def test_nothing_is_written_into_it(venv: Venv) -> None:
    venv.module("tensorflow", "__version__ = '2.8.0'\nimport tensorflow.inner\n")
    (venv.site_packages / "tensorflow" / "inner.py").write_text("")
    before = venv.files()

    found(venv.folder)

    assert venv.files() == before


def test_what_cannot_be_used_says_why_and_what_to_do(
    venv: Venv, tmp_path: Path, script: ScriptFactory
) -> None:
    old = '{"version": "3.5.2", "prefix": "/", "packages": {}}'
    cases = {
        tmp_path / "nowhere": f"there is no {tmp_path}/nowhere",
        tmp_path: f"there is no interpreter at {tmp_path}",
        venv.folder: f"{venv.python} has neither TensorFlow nor PyTorch",
        script(tmp_path / "old", f"echo '{old}'"): "is Python 3.5.2; workloads need 3.6 or newer",
        script(tmp_path / "broken", "echo no >&2; exit 1"): "cannot say what it has: no",
    }
    for path, reason in cases.items():
        answer = ask(path)
        assert isinstance(answer, NoInterpreter), path
        assert reason in answer.reason
        assert answer.remedy


def test_one_that_hangs_is_given_up(tmp_path: Path, script: ScriptFactory) -> None:
    path = script(tmp_path / "slow", "sleep 60")
    answer = existing.ask(path, environ=os.environ, deadline=Deadline(seconds=0.3))
    assert isinstance(answer, NoInterpreter)
    assert "did not say" in answer.reason


def test_it_is_prepared_by_looking_again(
    venv: Venv, an_environment: Callable[..., Environment]
) -> None:
    venv.module("tensorflow")
    venv.distribution("tensorflow", "2.15.1", "tensorflow")
    environment = an_environment(existing=str(venv.python), release="2.15.1")

    def prepare(environment: Environment) -> Prepared | Unavailable:
        deadline = Deadline(seconds=60)
        return existing.prepare(environment, environ=os.environ, deadline=deadline)

    prepared = prepare(environment)
    assert isinstance(prepared, Prepared)
    assert (prepared.python, prepared.prefix) == (venv.python, venv.folder)
    assert (prepared.packages, prepared.lock_digest) == ({"tensorflow": "2.15.1"}, None)

    changed = prepare(an_environment(existing=str(venv.python), release="2.16.2"))
    assert isinstance(changed, Unavailable)
    assert "has tensorflow 2.15.1" in changed.reason
    assert changed.remedy == "put it back, or start a new run"


@pytest.mark.parametrize("version", ["2.21.0-custom", "unknown"])
def test_one_made_by_hand_has_to_start_with_a_release_number(venv: Venv, version: str) -> None:
    venv.module("tensorflow", f"__version__ = {version!r}")
    answer = ask(venv.folder)
    if version == "unknown":
        assert isinstance(answer, NoInterpreter)
        assert "starts with no release number" in answer.reason
    else:
        assert isinstance(answer, Existing)
        assert supports(answer.release, "2.21")
        assert not supports(answer.release, "2.22")
