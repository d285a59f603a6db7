"""Owns the discovery of workloads: a child process reads the files, we read what it says."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from bot.core.plan import BrokenWorkload, Case, Model
from bot.errors import BadWorkload

DEADLINE_SECONDS = 60.0
NAME = r"^[a-z0-9_.-]{1,60}$"


class _Case(Model):
    case: Annotated[str, Field(pattern=NAME)]
    parameters: dict[str, Any]
    since: str | None
    tags: tuple[str, ...]
    thresholds: dict[str, float]
    tolerance: float | None


class _Workload(Model):
    file: str
    workload: Annotated[str, Field(pattern=NAME)]
    doc: str
    cases: tuple[_Case, ...]


class _Error(Model):
    type: str
    message: str
    line: int | None


class _Unreadable(Model):
    file: str
    workload: str
    error: _Error


_LISTING: TypeAdapter[list[_Workload | _Unreadable]] = TypeAdapter(list[_Workload | _Unreadable])


def workload_files(paths: Iterable[Path]) -> list[Path]:
    """Find workload files: each path is one, or a folder of them; `_shared.py` is none.

    Raises BadWorkload for a path that does not exist or holds none.
    """
    files = [file for path in paths for file in _files_of(path)]
    by_name: dict[str, Path] = {}
    for file in files:
        other = by_name.setdefault(file.stem, file)
        if other != file:
            raise BadWorkload(
                f"two workloads are called {file.stem}",
                where=f"{other} and {file}",
                next_step="rename one of the files",
            )
    return list(by_name.values())


def _files_of(path: Path) -> list[Path]:
    path = path.resolve()
    if path.is_file():
        return [path]
    found = sorted(file for file in path.glob("*.py") if not file.name.startswith("_"))
    if not found:
        raise BadWorkload(
            "no workload here",
            where=str(path),
            cause="the path is mistyped, or its files do not end in .py"
            if path.exists()
            else "the path does not exist",
            next_step="correct `paths` in tfperf.yml",
        )
    return found


def discover(
    files: Sequence[Path], *, worker: Path
) -> tuple[tuple[Case, ...], tuple[BrokenWorkload, ...]]:
    """List the cases of workload files, and the files that cannot be read as workloads."""
    listing = _list(files, worker)
    cases = [case for entry in listing if isinstance(entry, _Workload) for case in _cases(entry)]
    broken = [
        BrokenWorkload(workload=entry.workload, file=entry.file, reason=_reason(entry))
        for entry in listing
        if isinstance(entry, _Unreadable)
    ]
    return tuple(cases), tuple(broken)


def _list(files: Sequence[Path], worker: Path) -> list[_Workload | _Unreadable]:
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "listing.json"
        command = [sys.executable, "-s", "-B", str(worker), "list", "--output", str(output)]
        try:
            subprocess.run(
                [*command, *map(str, files)],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=True,
                timeout=DEADLINE_SECONDS,
            )
            return _LISTING.validate_python(json.loads(output.read_bytes())["workloads"])
        except subprocess.TimeoutExpired as error:
            cause = f"reading the files did not end within {DEADLINE_SECONDS:g} s"
            raise _unlisted(files, cause) from error
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode("utf-8", "replace").strip().splitlines()
            raise _unlisted(files, said[-1] if said else f"exit {error.returncode}") from error
        except (OSError, ValueError, KeyError, ValidationError) as error:
            raise _unlisted(files, str(error).splitlines()[0]) from error


def _unlisted(files: Sequence[Path], cause: str) -> BadWorkload:
    folders = sorted({str(file.parent) for file in files})
    return BadWorkload(
        "the workloads could not be listed",
        where=", ".join(folders),
        cause=cause,
        next_step="a workload file must not do work when it is imported: move it into build()",
    )


def _cases(entry: _Workload) -> Iterator[Case]:
    for case in entry.cases:
        yield Case(
            name=f"{entry.workload}[{case.case}]",
            workload=entry.workload,
            case=case.case,
            file=entry.file,
            since=case.since,
            thresholds=case.thresholds,
            tolerance=case.tolerance,
            tags=case.tags,
        )


def _reason(entry: _Unreadable) -> str:
    line = f", line {entry.error.line}" if entry.error.line else ""
    return f"{entry.error.type}: {entry.error.message} ({entry.file}{line})"
