"""Owns locks: every package of an environment with its hash, resolved once and kept by content."""

import hashlib
import json
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import uv

from bot.core.dependency_answer import Unclear
from bot.core.plan import Environment, ProjectLock
from bot.core.wheels import is_address
from bot.environments import interpreters, project_locks, project_wheel, reasons, variables
from bot.environments.command import Deadline, run
from bot.environments.exclusive import Busy, exclusive
from bot.environments.preparation import Unavailable

# What builds source packages must know today's interpreters' and indexes' ways.
_BUILD_TOOLS = ("setuptools", "wheel")
_FAR_FUTURE = "2100-01-01"
_DIGITS_OF_NAME = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Lock:
    """A file that says exactly what to install; `options` resolve build requirements alike."""

    path: Path
    digest: str
    options: tuple[str, ...]
    reused: bool


def lock(
    environment: Environment,
    *,
    interpreter: Path,
    folder: Path,
    environ: Mapping[str, str],
    deadline: Deadline,
) -> Lock | Unavailable:
    """Resolve an environment as of its date, or take the lock an earlier run left.

    What the user's own project locks is taken as it is, where it has the release asked for.
    """
    unfit = project_wheel.why_not(environment)
    if unfit is not None:
        return Unavailable(environment=environment, reason=unfit)
    if environment.project_lock is not None:
        return _of_project(environment, environment.project_lock)
    path = folder / _name(environment, interpreter, environ)
    try:
        with exclusive(path.with_suffix(".busy"), deadline):
            if path.exists():
                return _read(environment, path, reused=True)
            return _resolve(environment, interpreter, path, environ, deadline)
    except Busy as busy:
        return Unavailable(
            environment=environment,
            reason=f"another process kept resolving it for {deadline.seconds:.0f} s",
            remedy=f"end the process that holds {busy.path}",
        )


def requirements(environment: Environment) -> tuple[str, ...]:
    """List what is asked for; pure Python is there already."""
    beside = (*environment.extra_requirements, *project_wheel.requirements(environment))
    if environment.package == "python":
        return beside
    named = f"{environment.package}=={environment.release}"
    if environment.wheel is not None:
        named = f"{environment.package} @ {_address(environment.wheel)}"
    return (named, *beside)


def _of_project(environment: Environment, pinned: ProjectLock) -> Lock | Unavailable:
    """Take the project's own lock: what is measured must be the release that it has."""
    path = Path(pinned.path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != pinned.digest:
        return Unavailable(
            environment=environment,
            reason=f"{path.name} is not the lock that was read when the run was planned",
            remedy="start a new run",
        )
    other = locks_another(environment, pinned)
    if other is not None:
        return Unavailable(
            environment=environment,
            reason=other,
            remedy="use `versions: auto`, or `dependencies: release-date`",
        )
    return Lock(path=path, digest=digest, options=(), reused=True)


def locks_another(environment: Environment, pinned: ProjectLock) -> str | None:
    """Say that the project's lock does not have the release asked for; None where it has."""
    found = project_locks.release_in(Path(pinned.path))
    if isinstance(found, Unclear):
        return f"{pinned.source}: {found.reason}"
    its, asked = f"{found.package} {found.version}", f"{environment.package} {environment.release}"
    if its == asked:
        return None
    return f"{pinned.source} at {pinned.commit[:12]} locks {its}, not {asked}"


def _address(wheel: str) -> str:
    return wheel if is_address(wheel) else Path(wheel).as_uri()


def _hash(wheel: str | None) -> str | None:
    """Tell a wheel that was built anew from the one that was locked."""
    if wheel is None or is_address(wheel):
        return None
    return project_wheel.digest(Path(wheel))


def resolution_options(environment: Environment) -> tuple[str, ...]:
    """Bound every package's upload date, but for the tools that build source packages."""
    if environment.not_newer_than is None:
        return ()
    exempt = (f"--exclude-newer-package={name}={_FAR_FUTURE}" for name in _BUILD_TOOLS)
    return (f"--exclude-newer={environment.not_newer_than}", *exempt)


def _name(environment: Environment, interpreter: Path, environ: Mapping[str, str]) -> str:
    known = interpreters.identify(interpreter, environ=environ)
    content = {
        "requirements": requirements(environment),
        # "As of today" is another question tomorrow.
        "date": environment.not_newer_than or datetime.now(UTC).date().isoformat(),
        "bounded": environment.not_newer_than is not None,
        "python": known.version if known else environment.python,
        "machine": [platform.system(), platform.machine(), *platform.libc_ver()],
        "sources": variables.sources(environ),
        **({"wheel": wheel} if (wheel := _hash(environment.wheel)) else {}),
    }
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    package = re.sub(r"[^A-Za-z0-9.]+", "-", environment.package).strip("-")
    stem = f"{package}-{environment.release}-py{environment.python}"
    return f"{stem}-{digest[:_DIGITS_OF_NAME]}.txt"


def _resolve(
    environment: Environment,
    interpreter: Path,
    path: Path,
    environ: Mapping[str, str],
    deadline: Deadline,
) -> Lock | Unavailable:
    asked = path.with_suffix(".in")
    asked.write_text("\n".join(requirements(environment)) + "\n", encoding="utf-8")
    part = path.with_suffix(".txt.part")
    # uv prefers the versions of an output that is already there.
    part.unlink(missing_ok=True)
    finished = run(
        _command(environment, interpreter, asked, part),
        environ=variables.for_tools(environ),
        deadline=deadline,
    )
    if finished.status is None:
        return Unavailable(
            environment=environment,
            reason=f"its dependencies were not resolved within {deadline.seconds:.0f} s",
            remedy="try again: what was fetched is kept",
        )
    if finished.status != 0:
        cause = reasons.explain(finished.said)
        return Unavailable(environment=environment, reason=cause.reason, remedy=cause.remedy)
    part.replace(path)
    return _read(environment, path, reused=False)


def _command(
    environment: Environment, interpreter: Path, asked: Path, part: Path
) -> list[str | Path]:
    return [
        uv.find_uv_bin(),
        *("pip", "compile", asked, "--output-file", part, "--python", interpreter),
        *("--generate-hashes", "--no-header", "--no-annotate", "--no-progress"),
        *resolution_options(environment),
    ]


def _read(environment: Environment, path: Path, *, reused: bool) -> Lock:
    return Lock(
        path=path,
        digest=hashlib.sha256(path.read_bytes()).hexdigest(),
        options=resolution_options(environment),
        reused=reused,
    )
