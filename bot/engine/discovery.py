"""Owns the discovery of workloads: a child process reads the files, we read what it says."""

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from bot.core.plan import BrokenWorkload, Case, Model
from bot.engine.arming import PASSED_ON
from bot.engine.ending import exit_text, last_lines, last_words
from bot.errors import BadWorkload, CannotWrite

DEADLINE_SECONDS = 60.0
NAME = r"^[a-z0-9_.-]{1,60}$"


class _Case(Model):
    case: Annotated[str, Field(pattern=NAME)]
    parameters: dict[str, Any]
    since: str | None
    tags: tuple[str, ...]
    thresholds: dict[str, float]
    tolerance: float | None
    isolate: bool


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


_Listing = list[_Workload | _Unreadable]
_LISTING: TypeAdapter[_Listing] = TypeAdapter(_Listing)


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
            next_step="correct it: --paths, TFPERF_PATHS or `paths` in tfperf.yml",
        )
    return found


def discover(
    files: Sequence[Path], *, worker: Path, environ: Mapping[str, str]
) -> tuple[tuple[Case, ...], tuple[BrokenWorkload, ...]]:
    """List the cases of workload files, and the files that cannot be read as workloads."""
    lister = _Lister(worker=worker, environ={k: environ[k] for k in PASSED_ON if k in environ})
    listing = lister.list(files)
    if isinstance(listing, str):  # one of them ended the process: ask for each alone
        alone = [(file, lister.list([file])) for file in files]
    else:
        alone = [(Path(entry.file), [entry]) for entry in listing]
    cases: list[Case] = []
    broken: list[BrokenWorkload] = []
    for file, entries in alone:
        if isinstance(entries, str):
            reason = f"{entries} ({file})"
            broken.append(BrokenWorkload(workload=file.stem, file=str(file), reason=reason))
            continue
        for entry in entries:
            if isinstance(entry, _Workload):
                cases += _cases(entry)
            else:
                name, reason = entry.workload, _reason(entry)
                broken.append(BrokenWorkload(workload=name, file=entry.file, reason=reason))
    return tuple(cases), tuple(broken)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Lister:
    """Asks a child process, which has no tokens and a deadline, what files declare."""

    worker: Path
    environ: Mapping[str, str]

    def list(self, files: Sequence[Path]) -> _Listing | str:
        """List the files, or say why that could not be done."""
        try:
            with tempfile.TemporaryDirectory() as folder:
                return self._list(files, Path(folder))
        except OSError as error:
            raise CannotWrite(
                f"cannot write to the folder for temporary files: {error.strerror}",
                where=error.filename,
                cause="the disk is full, or the folder is read-only",
                next_step="make room there, or set TMPDIR to another folder",
            ) from error

    def _list(self, files: Sequence[Path], folder: Path) -> _Listing | str:
        output = folder / "listing.json"
        ending = self._run(["--output", str(output), *map(str, files)], folder / "log")
        if ending is not None:
            return ending
        try:
            return _LISTING.validate_python(json.loads(output.read_bytes())["workloads"])
        except (OSError, ValueError, KeyError) as error:
            return f"what was listed cannot be read: {str(error).splitlines()[0]}"

    def _run(self, arguments: Sequence[str], log: Path) -> str | None:
        command = [sys.executable, "-s", "-B", str(self.worker), "list", *arguments]
        with log.open("wb") as said:
            process = subprocess.Popen(
                command,
                env=dict(self.environ),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                code = process.wait(DEADLINE_SECONDS)
            except subprocess.TimeoutExpired:
                return f"reading it did not end within {DEADLINE_SECONDS:g} s"
            finally:  # on ^C too, and with all it started
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if code == 0:
            return None
        last = last_lines(last_words(log), most=1)
        return f"reading it ended with {last or exit_text(code)}: move work into build()"


def _cases(entry: _Workload) -> Iterator[Case]:
    for case in entry.cases:
        yield Case(
            name=f"{entry.workload}[{case.case}]",
            workload=entry.workload,
            case=case.case,
            file=entry.file,
            file_digest=file_digest(Path(entry.file)),
            since=case.since,
            thresholds=case.thresholds,
            tolerance=case.tolerance,
            tags=case.tags,
            isolate=case.isolate,
        )


def file_digest(file: Path) -> str:
    """The SHA-256 of a workload's file; empty when it is gone."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def _reason(entry: _Unreadable) -> str:
    line = f", line {entry.error.line}" if entry.error.line else ""
    return f"{entry.error.type}: {entry.error.message} ({entry.file}{line})"
