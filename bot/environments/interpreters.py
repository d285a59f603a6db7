"""Owns finding an interpreter on this machine; every candidate is run before it is believed."""

import functools
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import uv
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.environments import variables
from bot.environments.command import Deadline, run
from bot.errors import BadConfiguration

MINORS: Final = ("3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
PROBE_SECONDS: Final = 10.0

# Python 3.6 syntax. A virtual environment answers with the interpreter it was made from.
_PROBE: Final = """\
import json, os, sys
path = sys.executable
if sys.prefix != sys.base_prefix:
    path = os.path.join(sys.base_prefix, "bin", "python%d.%d" % sys.version_info[:2])
    path = path if os.path.exists(path) else getattr(sys, "_base_executable", sys.executable)
print(json.dumps({
    "path": os.path.realpath(path),
    "version": "%d.%d.%d" % sys.version_info[:3],
    "implementation": sys.implementation.name,
    "abiflags": sys.abiflags,
}))
"""


class Interpreter(BaseModel):
    """What an interpreter says of itself."""

    model_config = ConfigDict(frozen=True)

    path: Path
    version: str
    implementation: str
    abiflags: str

    @property
    def minor(self) -> str:
        """The version as environments name it: 3.7."""
        return self.version.rpartition(".")[0]

    def serves(self, minor: str) -> bool:
        """Whether wheels for that Python work: CPython with a global lock."""
        return self.minor == minor and self.implementation == "cpython" and "t" not in self.abiflags


def find_interpreter(
    minor: str, *, environ: Mapping[str, str], probe_seconds: float = PROBE_SECONDS
) -> Path | None:
    """Find a working Python of that minor version, or None; asked once per process."""
    return _find(minor, tuple(sorted(environ.items())), probe_seconds)


def available(environ: Mapping[str, str]) -> dict[str, Path]:
    """Find every Python here, by minor version."""
    found = {minor: find_interpreter(minor, environ=environ) for minor in MINORS}
    return {minor: path for minor, path in found.items() if path is not None}


def forget() -> None:
    """Look again at the next question: an interpreter may have been installed."""
    _find.cache_clear()
    _identify.cache_clear()


def identify(
    candidate: Path, *, environ: Mapping[str, str], probe_seconds: float = PROBE_SECONDS
) -> Interpreter | None:
    """Run a candidate and read what it says; None when it is no working Python."""
    settings = tuple(sorted(variables.for_tools(environ).items()))
    return _identify(candidate, settings, probe_seconds)


@functools.cache
def _identify(
    candidate: Path, settings: tuple[tuple[str, str], ...], probe_seconds: float
) -> Interpreter | None:
    command: list[str | Path] = [candidate, "-I", "-c", _PROBE]
    deadline = Deadline(seconds=probe_seconds)
    try:
        finished = run(command, environ=dict(settings), deadline=deadline)
    except OSError:
        return None
    if finished.status != 0:
        return None
    try:
        return Interpreter.model_validate_json(finished.stdout)
    except ValidationError:
        return None


@functools.cache
def _find(minor: str, settings: tuple[tuple[str, str], ...], seconds: float) -> Path | None:
    environ = dict(settings)
    named = _named_by_user(minor, environ, seconds)
    if named is not None:
        return named
    for candidate in _candidates(minor, environ):
        interpreter = identify(candidate, environ=environ, probe_seconds=seconds)
        if interpreter is not None and interpreter.serves(minor):
            return interpreter.path
    return None


def variable(minor: str) -> str:
    """Name the variable that names an interpreter: TFPERF_PYTHON_3_7."""
    return f"TFPERF_PYTHON_{minor.replace('.', '_')}"


def _named_by_user(minor: str, environ: Mapping[str, str], seconds: float) -> Path | None:
    path = environ.get(variable(minor))
    if not path:
        return None
    interpreter = identify(Path(path), environ=environ, probe_seconds=seconds)
    if interpreter is None or not interpreter.serves(minor):
        said = "no working Python" if interpreter is None else f"Python {interpreter.version}"
        raise BadConfiguration(
            f"{variable(minor)} does not name a Python {minor}",
            where=f"{variable(minor)}={path}",
            cause=f"it is {said}",
            next_step=f"set it to the path of a CPython {minor}, or unset it",
        )
    return interpreter.path


def _candidates(minor: str, environ: Mapping[str, str]) -> Iterator[Path]:
    """In the order they are believed; a generator, so that slow places are asked last."""
    yield from _on_path(minor, environ)
    yield from _of_pyenv(minor, environ)
    yield from _managed_by_uv(minor, environ)
    yield Path(sys.executable)


def _on_path(minor: str, environ: Mapping[str, str]) -> Iterator[Path]:
    # All of PATH, not the first hit: a pyenv shim is there for every version, and works for few.
    for folder in environ.get("PATH", "").split(os.pathsep):
        found = shutil.which(f"python{minor}", path=folder) if folder else None
        if found is not None:
            yield Path(found)


def _of_pyenv(minor: str, environ: Mapping[str, str]) -> Iterator[Path]:
    exact = re.compile(re.escape(minor) + r"\.(\d+)")
    for root in _pyenv_roots(environ):
        versions = root / "versions"
        try:
            names = [folder.name for folder in versions.iterdir()]
        except OSError:  # it is not there, or another user's
            continue
        patches = (exact.fullmatch(name) for name in names)
        newest_first = sorted(
            (match for match in patches if match), key=lambda match: -int(match.group(1))
        )
        for match in newest_first:
            yield versions / match.group() / "bin" / "python"


def _pyenv_roots(environ: Mapping[str, str]) -> Iterator[Path]:
    if environ.get("PYENV_ROOT"):
        yield Path(environ["PYENV_ROOT"])
    if environ.get("HOME"):
        yield Path(environ["HOME"]) / ".pyenv"
    pyenv = shutil.which("pyenv", path=environ.get("PATH", ""))
    if pyenv is not None:
        asked = run(
            [pyenv, "root"],
            environ=variables.for_tools(environ),
            deadline=Deadline(seconds=PROBE_SECONDS),
        )
        if asked.status == 0 and asked.stdout.strip():
            yield Path(asked.stdout.strip())
        yield Path(pyenv).resolve().parents[1]  # its home, where neither variable says so


def _managed_by_uv(minor: str, environ: Mapping[str, str]) -> Iterator[Path]:
    asked = run(
        [uv.find_uv_bin(), "python", "find", "--managed-python", "--no-python-downloads", minor],
        environ=variables.for_tools(environ),
        deadline=Deadline(seconds=PROBE_SECONDS),
    )
    if asked.status == 0 and asked.stdout.strip():
        yield Path(asked.stdout.strip())
