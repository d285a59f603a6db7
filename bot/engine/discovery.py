"""Owns the discovery of workloads: a child process reads the files, we read what it says."""

import json
import re
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from bot.core.metric import CaseKind, MetricName
from bot.core.plan import BrokenWorkload, Case, Framework, Implementation, Model
from bot.core.script_description import NAME
from bot.engine import child
from bot.engine.arming import PASSED_ON
from bot.engine.digest import file_digest
from bot.engine.ending import exit_text, last_lines, last_words
from bot.engine.implementations import (
    ListedImplementation,
    family,
    framework_of,
    main_file,
    mismatch,
)
from bot.engine.script_discovery import HIDDEN, SUFFIX, described, is_description, scripts_of
from bot.errors import BadWorkload, CannotWrite

DEADLINE_SECONDS = 60.0
CASE_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,119}$"
"""Wider than a workload's: that of a benchmark is Class.method."""

MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


class _Case(Model):
    case: Annotated[str, Field(pattern=CASE_NAME)]
    kind: CaseKind
    parameters: dict[str, Any]
    since: str | None
    tags: tuple[str, ...]
    metrics: tuple[MetricName, ...] | None
    thresholds: dict[str, float]
    tolerance: float | None
    isolate: bool
    makes_artifact: bool


class _Workload(Model):
    file: str
    workload: Annotated[str, Field(pattern=f"^{NAME}$")]
    doc: str
    cases: tuple[_Case, ...]


class _Error(Model):
    type: str
    message: str
    line: int | None


class _Unreadable(Model):
    file: str
    workload: str
    framework: Framework | None = None
    error: _Error


_Listing = list[_Workload | ListedImplementation | _Unreadable]
_LISTING: TypeAdapter[_Listing] = TypeAdapter(_Listing)


def workload_files(paths: Iterable[Path]) -> list[Path]:
    """Find workload files: each path is one, or a folder of them; `_shared.py` is none.

    With a workload come the files that implement it in other frameworks: `series.torch.py`.
    A `.yml` file describes a script, which itself is no workload file.

    Raises BadWorkload for a path that does not exist or holds none.
    """
    found = [file for path in paths for file in _files_of(path)]
    scripts = scripts_of(found)
    files = [file for file in found if file not in scripts]
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
        return [path] if path.suffix == SUFFIX else family(path)
    modules = (file for file in path.glob("*.py") if not file.name.startswith(HIDDEN))
    found = sorted([*modules, *filter(is_description, path.glob(f"*{SUFFIX}"))])
    if not found:
        raise BadWorkload(
            "no workload here",
            where=str(path),
            cause=_why_nothing(path),
            next_step="correct it: --paths, TFPERF_PATHS or `paths` in tfperf.yml",
        )
    return found


def _why_nothing(path: Path) -> str:
    if path.exists():
        return "the path is mistyped, or its files end neither in .py nor in .yml"
    if MODULE.fullmatch(path.name) and path.suffix not in {".py", SUFFIX}:
        file = f"{path.name.replace('.', '/')}.py"
        return (
            "the path does not exist; a module is named by its file, because workloads are "
            f"listed before there is an environment to import from: .../{file}"
        )
    return "the path does not exist"


def discover(
    files: Sequence[Path], *, worker: Path, environ: Mapping[str, str]
) -> tuple[tuple[Case, ...], tuple[BrokenWorkload, ...]]:
    """List the cases of workload files, and the files that cannot be read as workloads."""
    scripts = [described(file) for file in files if file.suffix == SUFFIX]
    of_scripts = tuple(case for each in scripts if isinstance(each, tuple) for case in each)
    no_scripts = tuple(each for each in scripts if isinstance(each, BrokenWorkload))
    modules = [file for file in files if file.suffix != SUFFIX]
    cases, broken = _listed(modules, worker=worker, environ=environ)
    return (*cases, *of_scripts), (*broken, *no_scripts)


def _listed(
    files: Sequence[Path], *, worker: Path, environ: Mapping[str, str]
) -> tuple[tuple[Case, ...], tuple[BrokenWorkload, ...]]:
    """Have the files that are no descriptions listed by the worker."""
    lister = _Lister(worker=worker, environ={k: environ[k] for k in PASSED_ON if k in environ})
    listing = lister.list(files)
    if isinstance(listing, str):  # one of them ended the process: ask for each alone
        alone = [(file, lister.list([file])) for file in files]
    else:
        alone = [(Path(entry.file), [entry]) for entry in listing]
    workloads: list[_Workload] = []
    implementations: list[ListedImplementation] = []
    broken: list[BrokenWorkload] = []
    for file, entries in alone:
        if isinstance(entries, str):
            broken.append(_broken(file, f"{entries} ({file})"))
            continue
        for entry in entries:
            match entry:
                case _Workload():
                    workloads.append(entry)
                case ListedImplementation():
                    implementations.append(entry)
                case _Unreadable():
                    broken.append(_broken(Path(entry.file), _reason(entry)))
    fitting, unfit = _fitting(workloads, implementations, {Path(each.file) for each in broken})
    return tuple(case for each in workloads for case in _cases(each, fitting)), (*broken, *unfit)


def _fitting(
    workloads: Sequence[_Workload],
    implementations: Sequence[ListedImplementation],
    broken: Collection[Path],
) -> tuple[list[ListedImplementation], list[BrokenWorkload]]:
    """Separate the implementations of a workload that is there from those that are none."""
    parameters = {
        Path(each.file): {case.case: case.parameters for case in each.cases if case.kind == "step"}
        for each in workloads
    }
    fitting: list[ListedImplementation] = []
    unfit: list[BrokenWorkload] = []
    for each in implementations:
        file = Path(each.file)
        if main_file(file) in broken:
            continue  # which was told
        if reason := mismatch(parameters.get(main_file(file)), each):
            unfit.append(_broken(file, reason))
        else:
            fitting.append(each)
    return fitting, unfit


def _broken(file: Path, reason: str) -> BrokenWorkload:
    return BrokenWorkload(
        workload=main_file(file).stem,
        file=str(file),
        reason=reason,
        framework=framework_of(file),
    )


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
        code = child.run(command, environ=self.environ, log=log, deadline_seconds=DEADLINE_SECONDS)
        if code is None:
            return f"reading it did not end within {DEADLINE_SECONDS:g} s"
        if code == 0:
            return None
        last = last_lines(last_words(log), most=1)
        return f"reading it ended with {last or exit_text(code)}: move work into build()"


def _cases(entry: _Workload, implementations: Sequence[ListedImplementation]) -> Iterator[Case]:
    ours = [each for each in implementations if main_file(Path(each.file)) == Path(entry.file)]
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
            metrics=case.metrics,
            isolate=case.isolate,
            makes_artifact=case.makes_artifact,
            kind=case.kind,
            implementations={
                each.framework: Implementation(
                    file=each.file, file_digest=file_digest(Path(each.file))
                )
                for each in ours
                if case.case in each.cases
            },
        )


def _reason(entry: _Unreadable) -> str:
    line = f", line {entry.error.line}" if entry.error.line else ""
    return f"{entry.error.type}: {entry.error.message} ({entry.file}{line})"
