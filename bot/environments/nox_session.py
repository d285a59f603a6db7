"""Owns building one environment: the Nox session that does it, and its log."""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import uv

from bot import locations
from bot.core.plan import Environment
from bot.environments import marker, reasons, variables
from bot.environments.command import Deadline, Finished, run
from bot.environments.locks import Lock
from bot.environments.marker import Expected, Marker
from bot.environments.reasons import Cause


def build(
    environment: Environment,
    *,
    expected: Expected,
    lock: Lock,
    folder: Path,
    environ: Mapping[str, str],
    deadline: Deadline,
    compile_jobs: int,
    keep_open: int,
) -> Marker | Cause:
    """Build an environment from nothing by its Nox session."""
    described = folder / f"{environment.id}.json"
    description = _describe(environment, expected, lock, compile_jobs, folder)
    described.write_text(json.dumps([description], indent=1), encoding="utf-8")
    log = folder / f"{environment.id}.log"
    _clear(folder, _session(environment))
    finished = run(
        _command(environment, folder),
        environ={
            **variables.for_tools(environ),
            "TFPERF_ENVIRONMENTS": os.fspath(described),
            "UV": uv.find_uv_bin(),
        },
        deadline=deadline,
        log=log,
        keep_open=(keep_open,),
    )
    built = marker.find(folder, environment.id)
    why_not = marker.why_not(built, expected)
    if finished.status == 0 and built is not None and why_not is None:
        return built
    return _cause(finished, why_not, deadline, log)


def _session(environment: Environment) -> str:
    return f"env-{environment.id}"


def _clear(folder: Path, session: str) -> None:
    """Remove what was there: uv refuses a folder that a full disk or a kill left half made."""
    shortened = hashlib.sha1(session.encode(), usedforsecurity=False).hexdigest()[:8]
    for name in (session, shortened):  # the latter by Nox, where the path is long
        if (folder / name).exists():
            shutil.rmtree(folder / name)


def _describe(
    environment: Environment, expected: Expected, lock: Lock, compile_jobs: int, folder: Path
) -> dict[str, object]:
    """Say what the noxfile must know to generate the session."""
    return {
        "description": f"{environment.package} {environment.release} on Python "
        f"{environment.python} ({environment.role})",
        "expected": expected.model_dump(mode="json"),
        "lock": os.fspath(lock.path),
        "options": lock.options,
        "compile_jobs": compile_jobs,
        "byte_code": os.fspath(_byte_code(expected, folder)),
        "subject": environment.subject
        and {
            "wheel": environment.subject.wheel,
            "byte_code": os.fspath(_byte_code(expected, folder, environment.subject.digest)),
        },
    }


def _byte_code(expected: Expected, folder: Path, digest: str | None = None) -> Path:
    """Say where the byte code of all environments like this one is kept.

    That of the user's own project is kept by the `digest` of its wheel: two sides of a pull request
    may have files of the same size that were written in the same second.
    """
    interpreter = f"{expected.interpreter}-{expected.interpreter_version}"
    content = digest or expected.lock_digest
    key = hashlib.sha256(f"{content}-{interpreter}".encode()).hexdigest()
    return folder.parent / "byte-code" / key[:16]


def _command(environment: Environment, folder: Path) -> list[str | Path]:
    return [
        *(sys.executable, "-m", "nox", "--noxfile", locations.noxfile(), "--script-mode", "none"),
        *("--session", _session(environment), "--envdir", folder),
        *("--no-color", "--non-interactive", "--no-reuse-existing-virtualenvs"),
    ]


def _cause(finished: Finished, why_not: str | None, deadline: Deadline, log: Path) -> Cause:
    if deadline.stop.is_set():
        return Cause(reason="its installation was interrupted", remedy="run again")
    if finished.status is None:
        return Cause(
            reason=f"it was not installed within {deadline.seconds:.0f} s (log: {log})",
            remedy="try again: what was fetched is kept",
        )
    if finished.status == 0:
        return Cause(reason=f"Nox finished, but {why_not} (log: {log})")
    cause = reasons.explain(finished.said)
    return Cause(reason=f"{cause.reason} (log: {log})", remedy=cause.remedy)
