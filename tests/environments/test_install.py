import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.core.plan import Environment
from bot.environments import Preparation, Prepared, State, Unavailable, locks, marker, prepare
from bot.environments.command import Deadline
from bot.environments.exclusive import exclusive

if TYPE_CHECKING:
    from .conftest import PackageShelf

EnvironmentFactory = Callable[..., Environment]


class Workplace:
    """A `.tfperf` folder, and everything that was said while preparing in it."""

    def __init__(self, home: Path, environ: dict[str, str]) -> None:
        self.home = home
        self.environ = environ
        self.said: list[tuple[str, State, str]] = []

    def tell(self, environment: Environment, state: State, text: str) -> None:
        self.said.append((environment.id, state, text))

    def prepare(
        self,
        *environments: Environment,
        seconds: float = 120,
        variables: dict[str, str] | None = None,
    ) -> Sequence[Preparation]:
        return prepare(
            environments,
            home=self.home,
            progress=self.tell,
            environ={**self.environ, **(variables or {})},
            deadline_seconds=seconds,
        )

    def prepare_one(
        self, environment: Environment, variables: dict[str, str] | None = None
    ) -> Prepared:
        (prepared,) = self.prepare(environment, variables=variables)
        assert isinstance(prepared, Prepared), prepared
        return prepared

    def states(self, environment_id: str) -> list[State]:
        return [state for identity, state, _ in self.said if identity == environment_id]


@pytest.fixture
def workplace(tmp_path: Path, environ: dict[str, str]) -> Workplace:
    return Workplace(tmp_path / ".tfperf", environ)


def ask(prepared: Prepared, program: str) -> str:
    command = [str(prepared.python), "-I", "-c", program]
    finished = subprocess.run(command, check=True, capture_output=True, text=True)
    return finished.stdout.strip()


def test_an_environment_is_installed_compiled_and_listed(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()

    prepared = workplace.prepare_one(an_environment())

    assert ask(prepared, "import tiny; print(tiny.__version__)") == "1.0"
    assert ask(prepared, "import os, tiny; print(os.path.exists(tiny.__cached__))") == "True"
    assert prepared.packages == {"tiny": "1.0"}, "no pip, no setuptools"
    assert not prepared.reused
    assert workplace.states("env1") == ["locking", "installing", "ready"]


def test_what_cannot_be_compiled_is_on_record(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()

    prepared = workplace.prepare_one(an_environment())

    written = json.loads((prepared.prefix / "tfperf.json").read_text())
    assert [Path(path).name for path in written["not_compilable"]] == ["tiny_template.py"]


def test_its_byte_code_is_not_hashed_again_at_import(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()

    prepared = workplace.prepare_one(an_environment(), {"SOURCE_DATE_EPOCH": "1"})

    program = "import tiny; print(open(tiny.__cached__, 'rb').read()[4:8].hex())"
    assert ask(prepared, program) == "00000000"


def test_it_is_used_again_without_nox(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()
    first = workplace.prepare_one(an_environment())
    log = workplace.home / "environments" / "env1.log"
    log.unlink()
    workplace.said.clear()

    again = workplace.prepare_one(an_environment())

    assert again.reused
    assert (again.python, again.packages, again.lock_digest) == (
        first.python,
        first.packages,
        first.lock_digest,
    )
    assert workplace.states("env1") == ["locking", "reused"]
    assert not log.exists()


def test_what_a_full_disk_left_half_made_does_not_stand_in_the_way(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()
    half_made = workplace.home / "environments" / "env-env1"
    half_made.mkdir(parents=True)
    (half_made / "CACHEDIR.TAG").touch()

    assert workplace.prepare_one(an_environment()).packages == {"tiny": "1.0"}


def test_the_control_is_an_environment_of_its_own_from_the_same_lock(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()

    baseline, control = workplace.prepare(
        an_environment(id="env1", role="baseline"), an_environment(id="env2", role="control")
    )

    assert isinstance(baseline, Prepared)
    assert isinstance(control, Prepared)
    assert baseline.lock == control.lock
    assert baseline.prefix != control.prefix
    assert len(str(baseline.python)) == len(str(control.python)), "the length of a path costs time"


def test_copies_are_links_to_the_same_files_or_the_page_cache_tells_them_apart(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()

    copies = workplace.prepare(*(an_environment(id=f"same-{letter}") for letter in "abc"))

    inodes = set()
    for copy in copies:
        assert isinstance(copy, Prepared)
        module = next(copy.prefix.glob("lib/python*/site-packages/tiny.py"))
        inodes.add(module.stat().st_ino)
    assert len(inodes) == 1
    order = [identity for identity, state, _ in workplace.said if state == "ready"]
    assert order[0] == "same-a"


def _delete_a_package(prefix: Path) -> None:
    for path in prefix.glob("lib/python*/site-packages/tiny*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _forget_the_end(prefix: Path) -> None:
    (prefix / "tfperf.json").unlink()


def _half_write_the_end(prefix: Path) -> None:
    (prefix / "tfperf.json").write_text('{"expected": {')


@pytest.mark.parametrize("harm", [_delete_a_package, _forget_the_end, _half_write_the_end])
def test_one_that_is_not_whole_is_built_again_from_nothing(
    workplace: Workplace,
    shelf: "PackageShelf",
    an_environment: EnvironmentFactory,
    harm: Callable[[Path], None],
) -> None:
    shelf.wheel()
    prefix = workplace.prepare_one(an_environment()).prefix
    harm(prefix)
    (prefix / "left over").touch()

    again = workplace.prepare_one(an_environment())

    assert not again.reused
    assert ask(again, "import tiny; print(tiny.__version__)") == "1.0"
    assert not (prefix / "left over").exists()


def test_another_release_under_the_same_name_is_built_again(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel(version="1.0")
    shelf.wheel(version="2.0")
    workplace.prepare_one(an_environment(release="1.0"))

    again = workplace.prepare_one(an_environment(release="2.0"))

    assert again.packages == {"tiny": "2.0"}
    assert again.lock is not None
    assert ("env1", "installing", f"{again.lock.name} (its lock changed)") in workplace.said


def test_one_that_cannot_be_had_does_not_stop_the_others(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()
    missing = an_environment(id="env2", release="9.9")

    first, second = workplace.prepare(missing, an_environment(id="env1"))

    assert first == Unavailable(
        environment=missing,
        reason="the package index has no tiny 9.9",
        remedy="check the spelling of the release",
    )
    assert isinstance(second, Prepared)
    assert workplace.states("env2") == ["locking", "unavailable"]


def test_without_its_python_it_says_how_to_get_one(
    workplace: Workplace, an_environment: EnvironmentFactory, tmp_path: Path
) -> None:
    environment = an_environment(python="3.5")

    (prepared,) = workplace.prepare(environment, variables={"PATH": str(tmp_path)})

    assert prepared == Unavailable(
        environment=environment,
        reason="no Python 3.5 here",
        remedy="pyenv install 3.5, or run in the container image python:3.5-slim, "
        "or name one in TFPERF_PYTHON_3_5",
    )


def test_what_the_plan_gave_up_is_not_tried(
    workplace: Workplace, an_environment: EnvironmentFactory
) -> None:
    environment = an_environment(unavailable="tiny 1.0 has no wheel for any Python here")

    (prepared,) = workplace.prepare(environment)

    assert prepared == Unavailable(
        environment=environment,
        reason="tiny 1.0 has no wheel for any Python here",
        remedy=None,
    )
    assert workplace.states("env1") == ["unavailable"]


def test_a_file_that_is_not_the_one_locked_is_refused(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()
    lock = workplace.prepare_one(an_environment()).lock
    assert lock is not None
    digits = lock.read_text().rpartition("sha256:")[2].strip()
    lock.write_text(lock.read_text().replace(digits, "0" * 64))

    (prepared,) = workplace.prepare(an_environment())

    assert isinstance(prepared, Unavailable)
    log = workplace.home / "environments" / "env1.log"
    assert prepared.reason == (
        f"tiny 1.0 is not the file that was locked: its hash differs (log: {log})"
    )


def test_settings_of_the_project_do_not_reach_the_environment(
    workplace: Workplace,
    shelf: "PackageShelf",
    an_environment: EnvironmentFactory,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shelf.wheel(version="1.0")
    shelf.wheel(version="2.0")
    project = '[tool.uv]\noverride-dependencies = ["tiny==2.0"]\nno-binary = true\n'
    (tmp_path / "pyproject.toml").write_text(project)
    monkeypatch.chdir(tmp_path)

    prepared = workplace.prepare_one(an_environment(release="1.0"))

    assert prepared.packages == {"tiny": "1.0"}


def test_two_that_want_the_same_at_once_build_it_once(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()

    both = workplace.prepare(an_environment(), an_environment())

    assert sorted(one.reused for one in both if isinstance(one, Prepared)) == [False, True]


def test_another_process_may_be_at_it(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()
    environment = an_environment()
    workplace.prepare_one(environment)
    busy = workplace.home / "environments" / "env1.busy"

    with exclusive(busy, Deadline(seconds=60)):
        (prepared,) = workplace.prepare(environment, seconds=2)

    assert prepared == Unavailable(
        environment=environment,
        reason="another process kept preparing it for 2 s",
        remedy=f"end the process that holds {busy}",
    )


PREPARE = """\
import json, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in background
from pathlib import Path
from bot.core.plan import Environment
from bot.environments import prepare

asked = json.loads(sys.argv[1])
prepare(
    [Environment.model_validate(asked["environment"])],
    home=Path(asked["home"]), environ=asked["environ"], progress=lambda *_: None,
)
"""


class Interrupted:
    """A preparation in a process of its own, stopped in the middle of the installation."""

    def __init__(self, workplace: Workplace, environment: Environment, gate: Path) -> None:
        self.gate = gate
        os.mkfifo(gate / "started")
        os.mkfifo(gate / "go")
        asked = {
            "environment": environment.model_dump(),
            "home": str(workplace.home),
            "environ": {**workplace.environ, "TINY_GATE": str(gate)},
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", PREPARE, json.dumps(asked)], stderr=subprocess.DEVNULL
        )
        (gate / "started").read_bytes()

    def let_go(self) -> None:
        (self.gate / "go").write_bytes(b"")
        shutil.rmtree(self.gate)


@pytest.fixture
def interrupted(
    workplace: Workplace, shelf: "PackageShelf", tmp_path: Path
) -> Iterator[Callable[[Environment], Interrupted]]:
    started = []
    gate = tmp_path / "gate"

    def make(environment: Environment) -> Interrupted:
        shelf.slow_source()
        gate.mkdir()
        started.append(Interrupted(workplace, environment, gate))
        return started[-1]

    yield make
    for one in started:
        one.process.kill()
        one.process.wait()


def test_ctrl_c_in_the_middle_leaves_nothing_that_is_used(
    workplace: Workplace,
    an_environment: EnvironmentFactory,
    interrupted: Callable[[Environment], Interrupted],
) -> None:
    environment = an_environment(package="slow", module="slow")
    first = interrupted(environment)

    first.process.send_signal(2)
    first.process.wait()
    shutil.rmtree(first.gate)

    assert marker.find(workplace.home / "environments", "env1") is None
    again = workplace.prepare_one(environment)
    assert not again.reused
    assert ask(again, "import slow; print(slow.__version__)") == "1.0"


def test_kill_in_the_middle_leaves_the_place_locked_until_the_rest_is_done(
    workplace: Workplace,
    an_environment: EnvironmentFactory,
    interrupted: Callable[[Environment], Interrupted],
) -> None:
    environment = an_environment(package="slow", module="slow")
    first = interrupted(environment)

    first.process.kill()
    first.process.wait()

    (meanwhile,) = workplace.prepare(environment, seconds=2)
    assert isinstance(meanwhile, Unavailable)
    assert meanwhile.reason == "another process kept preparing it for 2 s"
    first.let_go()
    assert workplace.prepare_one(environment).reused


def test_too_little_time_is_a_reason(
    workplace: Workplace,
    shelf: "PackageShelf",
    an_environment: EnvironmentFactory,
    tmp_path: Path,
) -> None:
    shelf.slow_source()
    environment = an_environment(package="slow", module="slow")
    locked = locks.lock(
        environment,
        interpreter=Path(sys.executable).resolve(),
        folder=workplace.home / "locks",
        environ=workplace.environ,
        deadline=Deadline(seconds=120),
    )
    assert isinstance(locked, locks.Lock)
    os.mkfifo(tmp_path / "started")
    os.mkfifo(tmp_path / "go")

    (prepared,) = workplace.prepare(environment, seconds=3, variables={"TINY_GATE": str(tmp_path)})

    assert isinstance(prepared, Unavailable)
    assert prepared.reason.startswith("it was not installed within 3 s (log: ")


def test_an_error_of_the_caller_stops_the_others(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()
    threads_before = threading.active_count()

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        prepare(
            [an_environment(id="env1"), an_environment(id="env2")],
            home=workplace.home,
            progress=fail,
            environ=workplace.environ,
        )
    assert threading.active_count() == threads_before


@pytest.mark.network
def test_a_real_package(an_environment: EnvironmentFactory, tmp_path: Path) -> None:
    environment = an_environment(
        package="six", release="1.16.0", module="six", not_newer_than="2021-12-31"
    )

    (prepared,) = prepare(
        [environment], home=tmp_path, progress=lambda *_: None, environ=os.environ
    )

    assert isinstance(prepared, Prepared)
    assert prepared.packages == {"six": "1.16.0"}
    assert ask(prepared, "import six; print(six.__version__)") == "1.16.0"
    assert prepared.python.name == Path(sysconfig.get_path("scripts"), "python").name


def byte_code(prepared: Prepared) -> Path:
    return Path(ask(prepared, "import tiny; print(tiny.__cached__)"))


def test_like_environments_share_their_byte_code(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()

    first = workplace.prepare_one(an_environment(id="env1"))
    second = workplace.prepare_one(an_environment(id="env2"))

    assert byte_code(first).samefile(byte_code(second))
    read = "import marshal, tiny; code = marshal.loads(open(tiny.__cached__, 'rb').read()[16:])"
    # No environment's own name: all of them pay for it alike.
    assert ask(first, f"{read}; print(code.co_filename)") == "tiny.py"
    named = "import tiny; print(tiny.__loader__.get_code('tiny').co_filename)"
    assert ask(second, named) == ask(second, "import tiny; print(tiny.__file__)")


def test_byte_code_that_does_not_fit_its_source_is_not_used(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()
    first = workplace.prepare_one(an_environment(id="env1"))
    stale = byte_code(first).read_bytes()
    (kept,) = (workplace.home / "byte-code").glob("*/tiny.pyc")
    kept.unlink()
    kept.write_bytes(stale[:8] + b"\0\0\0\0" + stale[12:])  # another time

    second = workplace.prepare_one(an_environment(id="env2"))

    assert byte_code(second).read_bytes() == stale
    assert kept.read_bytes() == stale


def test_a_local_wheel_is_locked_by_its_hash(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel(requires=("needed",))
    shelf.wheel(name="needed", version="3.0")
    wheel = shelf.folder / "tiny" / "tiny-1.0-py3-none-any.whl"
    environment = an_environment(wheel=str(wheel))

    prepared = workplace.prepare_one(environment)

    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    assert prepared.packages == {"tiny": "1.0", "needed": "3.0"}
    assert prepared.lock is not None
    assert f"--hash=sha256:{digest}" in prepared.lock.read_text()

    shelf.wheel(source="NEW = True\n")
    again = workplace.prepare_one(environment)
    assert again.lock != prepared.lock
    assert ask(again, "import tiny; print(tiny.NEW)") == "True"


def test_a_wheel_that_is_gone_is_a_row(
    workplace: Workplace, an_environment: EnvironmentFactory
) -> None:
    (prepared,) = workplace.prepare(an_environment(wheel="/nowhere/tiny-1.0-py3-none-any.whl"))
    assert isinstance(prepared, Unavailable)
    assert "/nowhere/tiny-1.0-py3-none-any.whl" in prepared.reason
    assert prepared.remedy == "put it back, then run again"


def test_pure_python_has_what_is_asked_for_beside_it(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()
    asked = an_environment(package="python", release="3.11", extra_requirements=("tiny",))
    assert workplace.prepare_one(asked).packages == {"tiny": "1.0"}


def test_a_release_may_be_a_candidate_with_extras_and_company(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    for version in ("1.0", "2.0rc1"):
        shelf.wheel(version=version)
    for version in ("1.9", "2.0"):
        shelf.wheel(name="beside", version=version)
    asked = an_environment(release="2.0rc1", extra_requirements=("beside<2", "tiny[extra]==2.0rc1"))
    assert workplace.prepare_one(asked).packages == {"tiny": "2.0rc1", "beside": "1.9"}


def test_installs_of_one_release_do_not_fetch_it_at_once(
    workplace: Workplace, shelf: "PackageShelf", an_environment: EnvironmentFactory
) -> None:
    shelf.wheel()
    base = an_environment(id="aaaa-a", role="baseline")
    head = an_environment(id="bbbb-a")  # another project's wheel beside it makes another id

    workplace.prepare(base, head)

    told = [(identity, state) for identity, state, _ in workplace.said]
    assert told.index(("aaaa-a", "ready")) < told.index(("bbbb-a", "locking"))
