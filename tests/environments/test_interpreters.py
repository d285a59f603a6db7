import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.environments import interpreters
from bot.environments.interpreters import available, find_interpreter
from bot.errors import BadConfiguration

MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"
Script = Callable[[Path, str], Path]
Pretender = Callable[..., Path]


def find(minor: str, *path: Path, seconds: float = 10.0, **variables: str) -> Path | None:
    environ = {"PATH": ":".join(str(folder) for folder in path), **variables}
    return find_interpreter(minor, environ=environ, probe_seconds=seconds)


def test_the_running_interpreter_is_the_last_resort() -> None:
    found = find(MINOR)

    assert found == Path(sys.executable).resolve()


def test_a_virtual_environment_answers_with_what_it_was_made_from(tmp_path: Path) -> None:
    assert sys.prefix != sys.base_prefix, "these tests run in a virtual environment"

    found = find(MINOR)

    assert found is not None
    assert found.is_relative_to(sys.base_prefix)


def test_a_python_on_path_is_found(tmp_path: Path, pretender: Pretender) -> None:
    python = pretender(tmp_path / "bin" / "python3.7", "3.7.16")

    assert find("3.7", tmp_path / "bin") == python


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("echo 'command not found' >&2; exit 127", id="a shim for nothing"),
        pytest.param("echo Python 3.7.16", id="garbage"),
        pytest.param('echo \'{"version": "3.7.16"}\'', id="half an answer"),
        pytest.param("exit 0", id="silence"),
        pytest.param(f'exec {sys.executable} "$@"', id="another version"),
    ],
)
def test_what_does_not_work_is_passed_over(
    tmp_path: Path, script: Script, pretender: Pretender, body: str
) -> None:
    script(tmp_path / "shims" / "python3.7", body)
    works = pretender(tmp_path / "bin" / "python3.7", "3.7.16")

    assert find("3.7", tmp_path / "shims", tmp_path / "bin") == works
    assert find("3.7", tmp_path / "shims") is None


def test_one_that_hangs_is_passed_over(
    tmp_path: Path, script: Script, pretender: Pretender
) -> None:
    script(tmp_path / "hung" / "python3.7", "while :; do :; done")
    works = pretender(tmp_path / "bin" / "python3.7", "3.7.16")

    assert find("3.7", tmp_path / "hung", tmp_path / "bin", seconds=1.0) == works


def test_a_file_that_is_no_program_is_passed_over(tmp_path: Path) -> None:
    empty = tmp_path / "python3.7"
    empty.write_bytes(b"\x7fELF")
    empty.chmod(0o755)

    assert find("3.7", tmp_path) is None


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"implementation": "pypy"}, id="another implementation"),
        pytest.param({"abiflags": "t"}, id="free-threaded"),
    ],
)
def test_wheels_need_cpython_with_its_lock(
    tmp_path: Path, pretender: Pretender, answer: dict[str, str]
) -> None:
    pretender(tmp_path / "python3.7", "3.7.16", **answer)

    assert find("3.7", tmp_path) is None


def test_the_newest_patch_of_pyenv_is_taken(tmp_path: Path, pretender: Pretender) -> None:
    versions = tmp_path / ".pyenv" / "versions"
    for version in ("3.7.9", "3.7.16", "3.7.2", "3.17.99"):
        pretender(versions / version / "bin" / "python", version)
    (versions / "3.7-dev").mkdir()

    assert find("3.7", HOME=str(tmp_path)) == versions / "3.7.16" / "bin" / "python"
    assert find("3.7", PYENV_ROOT=str(tmp_path / ".pyenv")) is not None


def test_pyenv_is_asked_where_it_keeps_versions(
    tmp_path: Path, script: Script, pretender: Pretender
) -> None:
    script(tmp_path / "bin" / "pyenv", f"echo {tmp_path}/elsewhere")
    python = pretender(tmp_path / "elsewhere" / "versions" / "3.7.16" / "bin" / "python", "3.7.16")

    assert find("3.7", tmp_path / "bin") == python


def test_a_pyenv_that_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".pyenv").mkdir()
    (tmp_path / ".pyenv" / "versions").touch()

    assert find("3.7", HOME=str(tmp_path)) is None


def test_path_comes_before_pyenv(tmp_path: Path, pretender: Pretender) -> None:
    on_path = pretender(tmp_path / "bin" / "python3.7", "3.7.1")
    pretender(tmp_path / ".pyenv" / "versions" / "3.7.16" / "bin" / "python", "3.7.16")

    assert find("3.7", tmp_path / "bin", HOME=str(tmp_path)) == on_path


def test_pythons_managed_by_uv_are_found(tmp_path: Path) -> None:
    version = ".".join(str(part) for part in sys.version_info[:3])
    managed = tmp_path / f"cpython-{version}-linux-x86_64-gnu"
    (managed / "bin").mkdir(parents=True)
    (managed / "bin" / f"python{MINOR}").symlink_to(Path(sys.executable).resolve())
    asked = interpreters._managed_by_uv(MINOR, {"UV_PYTHON_INSTALL_DIR": str(tmp_path)})

    assert [path.is_relative_to(tmp_path) for path in asked] == [True]


def test_the_variable_comes_first(tmp_path: Path, pretender: Pretender) -> None:
    pretender(tmp_path / "bin" / "python3.7", "3.7.1")
    named = pretender(tmp_path / "my-python", "3.7.16")

    assert find("3.7", tmp_path / "bin", TFPERF_PYTHON_3_7=str(named)) == named


def test_a_variable_that_names_something_else_is_an_error(
    tmp_path: Path, pretender: Pretender
) -> None:
    other = pretender(tmp_path / "python", "3.8.1")

    with pytest.raises(BadConfiguration) as caught:
        find("3.7", TFPERF_PYTHON_3_7=str(other))

    assert str(caught.value).splitlines() == [
        "TFPERF_PYTHON_3_7 does not name a Python 3.7",
        f"  where: TFPERF_PYTHON_3_7={other}",
        "  likely cause: it is Python 3.8.1",
        "  next: set it to the path of a CPython 3.7, or unset it",
    ]


def test_a_variable_that_names_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="no working Python"):
        find("3.7", TFPERF_PYTHON_3_7=str(tmp_path / "nothing"))


def test_an_answer_is_remembered_until_told_to_forget(tmp_path: Path, pretender: Pretender) -> None:
    assert find("3.7", tmp_path) is None
    pretender(tmp_path / "python3.7", "3.7.16")

    assert find("3.7", tmp_path) is None
    interpreters.forget()
    assert find("3.7", tmp_path) is not None


def test_all_that_is_here(tmp_path: Path, pretender: Pretender) -> None:
    pretender(tmp_path / "python3.7", "3.7.16")
    pretender(tmp_path / "python3.10", "3.10.2")

    found = available({"PATH": str(tmp_path)})

    assert set(found) == {"3.7", "3.10", MINOR}
