"""Owns the wheel of the user's own project: built once per commit, and what it needs beside it."""

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path
from typing import Final

import uv
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from bot.core.dependency_answer import NAMES, applies
from bot.core.plan import Environment, Ref, Subject
from bot.environments import cache, downloads, interpreters, reasons, variables
from bot.environments.command import Deadline, run
from bot.environments.downloads import NoInterpreter
from bot.errors import TfperfError

DEADLINE_SECONDS: Final = 900.0
_MOST_METADATA = 4 << 20
_ANY_PYTHON = "any"


class CannotBuild(TfperfError):
    """The user's own project cannot be built."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The project at one side: its folder, checked out; `seconds` is when it was committed."""

    folder: Path
    subfolder: str
    ref: Ref
    commit: str
    seconds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Built:
    """What a wheel says of itself; `modules` is what can be imported from it, at the top."""

    name: str
    version: str
    requires: tuple[str, ...]
    modules: frozenset[str]
    is_pure: bool


def build(
    source: Source, *, python: str, home: Path, environ: Mapping[str, str], deadline: Deadline
) -> Subject:
    """Build the wheel for a Python, or take the one that was built of that commit before.

    Building runs the project's own code, without tokens within reach. Nobody else may work in its
    folder meanwhile.
    """
    wheel = _kept(source, python, home)
    if wheel is None:
        environ = cache.writable(environ, home=home.resolve())
        wheel = _build(source, python, _place(source, home), environ, deadline)
    return _subject(source, wheel)


def kept(source: Source, *, python: str, home: Path) -> Subject | None:
    """Find the wheel that an earlier run built of that commit; its folder need not be there."""
    wheel = _kept(source, python, home)
    return _subject(source, wheel) if wheel else None


def _subject(source: Source, wheel: Path) -> Subject:
    return Subject(
        name=read(wheel).name,
        ref=source.ref,
        commit=source.commit,
        wheel=os.fspath(wheel),
        digest=digest(wheel),
    )


def _place(source: Source, home: Path) -> Path:
    key = hashlib.sha256(source.subfolder.encode()).hexdigest()[:8]
    return home.resolve() / "wheels" / f"{source.commit[:16]}-{key}"


def digest(wheel: Path) -> str:
    """Return the SHA-256 of a wheel."""
    with wheel.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(wheel: Path) -> Built:
    """Read what a wheel is called, what it needs, and what it brings."""
    name, version, _, tags = parse_wheel_filename(wheel.name)
    try:
        with zipfile.ZipFile(wheel) as archive:
            files = archive.infolist()
            metadata = next(f for f in files if f.filename.endswith(".dist-info/METADATA"))
            with archive.open(metadata) as file:
                text = file.read(_MOST_METADATA)
    except (zipfile.BadZipFile, StopIteration, KeyError) as error:
        raise CannotBuild(
            f"{wheel.name} is no wheel",
            where=str(wheel),
            cause="the project's build backend wrote something else",
            next_step="build it by hand: uv build --wheel",
        ) from error
    return Built(
        name=name,
        version=str(version),
        requires=tuple(message_from_bytes(text).get_all("Requires-Dist") or ()),
        modules=frozenset(_modules(file.filename for file in files)),
        is_pure=all(tag.abi == "none" and tag.platform == "any" for tag in tags),
    )


def requirements(environment: Environment) -> tuple[str, ...]:
    """List what the project needs besides the framework, which is there already."""
    if environment.subject is None:
        return ()
    built = read(Path(environment.subject.wheel))
    return tuple(text for text in built.requires if not _is_framework(text) and _is_needed(text))


def why_not(environment: Environment) -> str | None:
    """Say why a project does not go with a release; None where it does."""
    subject = environment.subject
    if subject is None:
        return None
    wheel = Path(subject.wheel)
    if digest(wheel) != subject.digest:
        return f"{wheel.name} is not the wheel that was built when the run was planned"
    for text in read(wheel).requires:
        if not _is_framework(text) or not _is_needed(text):
            continue
        asked = Requirement(text)
        if not asked.specifier.contains(environment.release, prereleases=True):
            its = f"{asked.name}{asked.specifier}"
            return f"{subject.name} at {subject.ref} needs {its}"
    return None


def _modules(names: Iterable[str]) -> Iterator[str]:
    """Name what is importable: packages and modules at the top, of any kind."""
    for name in names:
        top, slash, _ = name.partition("/")
        module = top if slash else top.partition(".")[0] if top.endswith((".py", ".so")) else ""
        if module.isidentifier():
            yield module


def _is_framework(text: str) -> bool:
    try:
        return canonicalize_name(Requirement(text).name) in NAMES
    except InvalidRequirement:
        return False


def _is_needed(text: str) -> bool:
    try:
        return applies(Requirement(text).marker)
    except InvalidRequirement:
        return True  # uv says what is wrong with it


def _kept(source: Source, python: str, home: Path) -> Path | None:
    folder = _place(source, home)
    places = (folder / _ANY_PYTHON, folder / python)
    return next((wheel for place in places for wheel in sorted(place.glob("*.whl"))), None)


def _build(
    source: Source,
    python: str,
    kept: Path,
    environ: Mapping[str, str],
    deadline: Deadline,
) -> Path:
    interpreter = interpreters.find_interpreter(python, environ=environ)
    found = interpreter or downloads.download(python, environ=environ, deadline=deadline)
    if isinstance(found, NoInterpreter):
        raise CannotBuild(
            f"the project cannot be built for Python {python}: {found.reason}",
            next_step=found.remedy,
        )
    with tempfile.TemporaryDirectory(prefix="tfperf-") as folder:
        finished = run(
            _command(source.folder, found, Path(folder)),
            # The time of the commit makes the same commit the same wheel, wherever it is built.
            environ={
                **variables.for_tools(environ),
                "SOURCE_DATE_EPOCH": str(max(source.seconds, 315532800)),
            },
            deadline=deadline,
        )
        wheels = sorted(Path(folder).glob("*.whl"))
        if finished.status != 0 or len(wheels) != 1:
            raise _failed(source, python, finished.status, finished.said, deadline)
        try:
            place = kept / (_ANY_PYTHON if read(wheels[0]).is_pure else python)
        except InvalidWheelFilename as error:
            raise _failed(source, python, 0, str(error), deadline) from error
        place.mkdir(parents=True, exist_ok=True)
        part = place / "wheel.part"
        shutil.copyfile(wheels[0], part)
        return part.replace(place / wheels[0].name)


def _command(folder: Path, interpreter: Path, out: Path) -> list[str | Path]:
    return [
        *(uv.find_uv_bin(), "build", "--wheel", "--no-sources", "--out-dir", out),
        *("--python", interpreter, "--no-progress", "--no-create-gitignore", folder),
    ]


def _failed(
    source: Source, python: str, status: int | None, said: str, deadline: Deadline
) -> CannotBuild:
    at = f"at {source.ref} ({source.commit[:12]})"
    if status is None:
        reason = f"it was not built within {deadline.seconds:.0f} s"
    else:
        reason = reasons.explain(said).reason
    return CannotBuild(
        f"the project in {source.subfolder or '.'} cannot be built {at}: {reason}",
        where=os.fspath(source.folder),
        cause=f"its build failed on Python {python}, or it is no project with a build backend",
        next_step=f"try it by hand at that commit: uv build --wheel {source.subfolder or '.'}",
    )
