import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.core.plan import Environment
from bot.environments import locks
from bot.environments.command import Deadline
from bot.environments.exclusive import exclusive
from bot.environments.locks import Lock
from bot.environments.preparation import Unavailable

if TYPE_CHECKING:
    from .conftest import PackageShelf

EnvironmentFactory = Callable[..., Environment]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "locks"


@pytest.fixture
def lock(folder: Path, environ: dict[str, str]) -> Callable[..., Lock | Unavailable]:
    def make(
        environment: Environment, *, seconds: float = 120, **variables: str
    ) -> Lock | Unavailable:
        return locks.lock(
            environment,
            interpreter=Path(sys.executable),
            folder=folder,
            environ={**environ, **variables},
            deadline=Deadline(seconds=seconds),
        )

    return make


LockFactory = Callable[..., Lock | Unavailable]


def test_a_lock_holds_every_package_with_its_hash(
    lock: LockFactory, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()
    shelf.wheel("extra", "2.0")

    locked = lock(an_environment(extra_requirements=["extra<3"]))

    assert isinstance(locked, Lock)
    text = locked.path.read_text()
    assert re.fullmatch(
        r"extra==2\.0 \\\n    --hash=sha256:\w{64}\ntiny==1\.0 \\\n    --hash=sha256:\w{64}\n", text
    )
    assert not locked.reused


def test_it_names_no_index(
    lock: LockFactory, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()

    locked = lock(an_environment())

    assert isinstance(locked, Lock)
    assert "//" not in locked.path.read_text()
    assert str(shelf.folder) not in locked.path.read_text()


def test_it_is_resolved_once(
    lock: LockFactory, shelf: "PackageShelf", an_environment: EnvironmentFactory, folder: Path
) -> None:
    shelf.wheel()
    first = lock(an_environment())

    # The control asks for the same under another name.
    second = lock(an_environment(id="env2", role="control", label="1.0 again"))

    assert isinstance(first, Lock)
    assert isinstance(second, Lock)
    assert (second.path, second.digest) == (first.path, first.digest)
    assert second.reused
    assert sorted(path.suffix for path in folder.iterdir()) == [".busy", ".in", ".txt"]


@pytest.mark.parametrize(
    ("overrides", "variables"),
    [
        pytest.param({"release": "2.0"}, {}, id="release"),
        pytest.param({"extra_requirements": ["extra"]}, {}, id="requirements"),
        pytest.param({"not_newer_than": "2020-01-01"}, {}, id="date"),
        pytest.param({}, {"UV_EXTRA_INDEX_URL": "https://elsewhere.invalid"}, id="index"),
        pytest.param({}, {"UV_TORCH_BACKEND": "cpu"}, id="builds of torch"),
    ],
)
def test_another_question_has_another_lock(
    an_environment: EnvironmentFactory, overrides: dict[str, object], variables: dict[str, str]
) -> None:
    python = Path(sys.executable)

    asked = locks._name(an_environment(), python, {})
    other = locks._name(an_environment(**overrides), python, variables)

    assert asked != other


def test_its_name_is_a_safe_one(an_environment: EnvironmentFactory) -> None:
    environment = an_environment(package="tensorflow[and-cuda]", release="2.15.1", python="3.11")

    name = locks._name(environment, Path(sys.executable), {})

    assert re.fullmatch(r"tensorflow-and-cuda-2\.15\.1-py3\.11-\w{12}\.txt", name)


def test_half_a_lock_is_no_lock(
    lock: LockFactory, shelf: "PackageShelf", an_environment: EnvironmentFactory, folder: Path
) -> None:
    shelf.wheel(version="1.0")
    folder.mkdir()
    name = locks._name(an_environment(), Path(sys.executable), {})
    (folder / name).with_suffix(".txt.part").write_text("tiny==0.1 \\\n")

    locked = lock(an_environment())

    assert isinstance(locked, Lock)
    assert locked.path.read_text().startswith("tiny==1.0 ")


def test_a_version_that_does_not_exist(
    lock: LockFactory, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()
    environment = an_environment(release="9.9")

    assert lock(environment) == Unavailable(
        environment=environment,
        reason="the package index has no tiny 9.9",
        remedy="check the spelling of the release",
    )


def test_a_release_without_a_wheel_for_this_python(
    lock: LockFactory, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel(tag="cp38-cp38-manylinux2014_x86_64")
    shelf.wheel(tag="cp39-cp39-manylinux2014_x86_64")

    locked = lock(an_environment())

    assert isinstance(locked, Unavailable)
    assert re.fullmatch(
        r"tiny 1\.0 has no wheel for Python 3\.\d+, only for 3\.8, 3\.9", locked.reason
    )


def test_an_index_that_cannot_be_reached(
    lock: LockFactory, an_environment: EnvironmentFactory
) -> None:
    locked = lock(
        an_environment(), UV_DEFAULT_INDEX="http://u:pw@127.0.0.1:9/simple", UV_HTTP_RETRIES="0"
    )

    assert isinstance(locked, Unavailable)
    assert locked.reason == "no network, or a wrong address: the server cannot be reached"


def test_too_little_time(
    lock: LockFactory, shelf: "PackageShelf", an_environment: EnvironmentFactory, folder: Path
) -> None:
    shelf.wheel()
    environment = an_environment()
    name = locks._name(
        environment, Path(sys.executable), {"UV_DEFAULT_INDEX": shelf.folder.as_uri()}
    )

    locked = lock(environment, seconds=0)

    assert locked == Unavailable(
        environment=environment,
        reason="its dependencies were not resolved within 0 s",
        remedy="try again: what was fetched is kept",
    )
    assert not (folder / name).exists()


def test_another_process_may_be_resolving_it(
    lock: LockFactory, shelf: "PackageShelf", an_environment: EnvironmentFactory, folder: Path
) -> None:
    shelf.wheel()
    first = lock(an_environment())
    assert isinstance(first, Lock)

    with exclusive(first.path.with_suffix(".busy"), Deadline(seconds=60)):
        second = lock(an_environment(), seconds=0)

    assert isinstance(second, Unavailable)
    assert second.reason == "another process kept resolving it for 0 s"


@pytest.mark.network
def test_dependencies_are_those_of_the_date(
    folder: Path, an_environment: EnvironmentFactory
) -> None:
    environment = an_environment(
        package="python-dateutil", release="2.8.1", not_newer_than="2020-06-01"
    )

    locked = locks.lock(
        environment,
        interpreter=Path(sys.executable),
        folder=folder,
        environ=os.environ,
        deadline=Deadline(seconds=120),
    )

    assert isinstance(locked, Lock)
    assert re.findall(r"^(\S+)==(\S+)", locked.path.read_text(), re.MULTILINE) == [
        ("python-dateutil", "2.8.1"),
        ("six", "1.15.0"),
    ]


@pytest.mark.network
def test_a_release_newer_than_the_date(folder: Path, an_environment: EnvironmentFactory) -> None:
    environment = an_environment(package="six", release="1.16.0", not_newer_than="2020-01-01")

    locked = locks.lock(
        environment,
        interpreter=Path(sys.executable),
        folder=folder,
        environ=os.environ,
        deadline=Deadline(seconds=120),
    )

    assert isinstance(locked, Unavailable)
    assert locked.reason.startswith("six 1.16.0 was uploaded on 2021-05-05, after the date")
