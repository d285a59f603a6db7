"""What a project pins becomes a file of hashes, or a reason; and what its wheel says is read."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from bot.core.dependency_answer import Single
from bot.core.plan import Subject
from bot.environments import project_wheel
from bot.environments.command import Deadline
from bot.environments.project_locks import Pinned, project_lock, release_in
from bot.environments.project_wheel import CannotBuild
from bot.environments.reasons import Cause
from tests.environments.conftest import EnvironmentFactory

HASH = "sha256:" + "ab" * 32
POETRY = f"""\
[[package]]
name = "tensorflow"
version = "2.17.1"
groups = ["main"]
files = [{{file = "tensorflow.whl", hash = "{HASH}"}}]

[[package]]
name = "colorama"
version = "0.4.6"
groups = ["main"]
markers = "sys_platform == \\"win32\\""
files = [{{file = "colorama.whl", hash = "{HASH}"}}]

[[package]]
name = "pytest"
version = "8.0.0"
groups = ["dev"]
files = [{{file = "pytest.whl", hash = "{HASH}"}}]
"""
PDM = POETRY.replace('"main"', '"default"').replace("markers =", "marker =")


def made(
    files: dict[str, str], named: str, home: Path, environ: dict[str, str]
) -> tuple[Path, str] | Cause:
    lock = project_lock(
        Pinned(named=named, files=files, commit="c" * 40, committed="2024-05-01T12:00:00Z"),
        python="3.11",
        home=home,
        environ=environ,
        deadline=Deadline(seconds=60),
    )
    if isinstance(lock, Cause):
        return lock
    kept, how = lock
    path = Path(kept.path)
    assert kept.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (kept.source, kept.commit) == (named, "c" * 40)
    assert path.parent == home / "locks"
    return path, how


@pytest.mark.parametrize(("named", "text"), [("poetry.lock", POETRY), ("sub/pdm.lock", PDM)])
def test_a_lock_is_installed_as_it_is(
    tmp_path: Path, environ: dict[str, str], named: str, text: str
) -> None:
    found = made({named: text}, named, tmp_path, environ)

    assert not isinstance(found, Cause)
    path, how = found
    assert how == f"{named} as it is"
    assert path.read_text(encoding="utf-8") == (
        f"tensorflow==2.17.1 \\\n    --hash={HASH}\n"
        f'colorama==0.4.6 ; sys_platform == "win32" \\\n    --hash={HASH}\n'
    )
    release = release_in(path)
    assert isinstance(release, Single)
    assert (release.package, release.version) == ("tensorflow", "2.17.1")


@pytest.mark.parametrize(
    ("named", "text", "reason"),
    [
        ("poetry.lock", "[[package", "poetry.lock cannot be read"),
        ("poetry.lock", POETRY.replace(HASH, ""), "tensorflow 2.17.1 has no hash"),
        ("poetry.lock", POETRY.replace('"main"', '"dev"'), "has no TensorFlow outside of groups"),
        ("poetry.lock", POETRY.replace("sys_platform", "nothing"), "was not understood"),
        ("environment.yml", "dependencies: [tensorflow=2.15.1]", "names packages of conda"),
        ("uv.lock", "version = 1\n", "uv.lock: "),
        ("requirements.txt", "tensorflow==0.0.1\n", "requirements.txt: "),
    ],
)
def test_what_cannot_be_installed_has_a_reason(
    tmp_path: Path, environ: dict[str, str], named: str, text: str, reason: str
) -> None:
    found = made({named: text}, named, tmp_path, environ)

    assert isinstance(found, Cause)
    assert reason in found.reason


def wheel(folder: Path, *requires: str, name: str = "mine-1.0-py3-none-any.whl") -> Path:
    metadata = "Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n"
    metadata += "".join(f"Requires-Dist: {each}\n" for each in requires)
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr("mine-1.0.dist-info/METADATA", metadata)
        for file in ("mine/__init__.py", "single.py", "fast.cpython-311-x86.so", "mine.pth"):
            archive.writestr(file, "")
    return folder / name


def test_a_wheel_says_what_it_needs_and_brings(tmp_path: Path) -> None:
    read = project_wheel.read(wheel(tmp_path, "tensorflow>=2.15", "numpy"))

    assert (read.name, read.version, read.is_pure) == ("mine", "1.0", True)
    assert read.requires == ("tensorflow>=2.15", "numpy")
    assert read.modules == {"mine", "single", "fast"}
    native = wheel(tmp_path, name="mine-1.0-cp311-cp311-linux_x86_64.whl")
    assert not project_wheel.read(native).is_pure


def test_what_is_no_wheel_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "mine-1.0-py3-none-any.whl"
    broken.write_text("no archive", encoding="utf-8")

    with pytest.raises(CannotBuild, match="is no wheel"):
        project_wheel.read(broken)


@pytest.mark.parametrize(
    ("requires", "release", "reason"),
    [
        ("tensorflow>=2.16", "2.15.1", "mine at head needs tensorflow>=2.16"),
        ("tensorflow-cpu<2.16", "2.16.2", "mine at head needs tensorflow-cpu<2.16"),
        ("tensorflow>=2.15", "2.16.0rc0", None),
        ("tensorflow>=2.16; sys_platform == 'darwin'", "2.15.1", None),
        ("tensorflow>=2.16; extra == 'gpu'", "2.15.1", None),
        ("numpy>=9", "2.15.1", None),
    ],
)
def test_whether_a_project_goes_with_a_release(
    tmp_path: Path,
    an_environment: EnvironmentFactory,
    requires: str,
    release: str,
    reason: str | None,
) -> None:
    path = wheel(tmp_path, requires)
    subject = Subject(
        name="mine",
        ref="head",
        commit="c" * 40,
        wheel=str(path),
        digest=project_wheel.digest(path),
    )
    environment = an_environment(package="tensorflow", release=release, subject=subject)

    assert project_wheel.why_not(environment) == reason


def test_a_wheel_that_was_built_anew_is_not_the_one_that_was_planned(
    tmp_path: Path, an_environment: EnvironmentFactory
) -> None:
    path = wheel(tmp_path)
    subject = Subject(name="mine", ref="base", commit="c" * 40, wheel=str(path), digest="0" * 64)

    reason = project_wheel.why_not(an_environment(subject=subject))

    assert (
        reason
        == "mine-1.0-py3-none-any.whl is not the wheel that was built when the run was planned"
    )
