"""Owns the pairing of a workload's file with those of other frameworks beside it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.core.plan import FRAMEWORKS, Framework, Model

Parameters = Mapping[str, Any]


class ListedImplementation(Model):
    """What `series.torch.py` declares: its cases with their parameters, and in which line."""

    file: str
    workload: str
    framework: Framework
    line: int | None
    cases: dict[str, dict[str, Any]]


def framework_of(file: Path) -> Framework | None:
    """Tell which framework a file's name ends in, as in `series.torch.py`; a workload has none."""
    stem, _, suffix = file.stem.rpartition(".")
    return next((each for each in FRAMEWORKS if stem and each == suffix), None)


def main_file(file: Path) -> Path:
    """Return the file of the workload itself."""
    return (
        file if framework_of(file) is None else file.with_name(f"{file.stem.rpartition('.')[0]}.py")
    )


def family(file: Path) -> list[Path]:
    """Return a workload's file and those of other frameworks beside it, as far as they exist."""
    main = main_file(file)
    others = (main.with_name(f"{main.stem}.{framework}.py") for framework in FRAMEWORKS)
    return [each for each in (main, *others) if each.is_file()]


def mismatch(main: Mapping[str, Parameters] | None, listed: ListedImplementation) -> str | None:
    """Say why a file does not implement the workload that it is named after; None when it does.

    `main` has the parameters of the workload's cases; None: there is no such workload.
    """
    at = f"{listed.file}, line {listed.line}" if listed.line else listed.file
    if main is None:
        missing = main_file(Path(listed.file)).name
        return f"there is no {missing} beside it that it could implement ({listed.file})"
    if unknown := [case for case in listed.cases if case not in main]:
        known = ", ".join(main)
        return f"CASES names {unknown[0]!r}, which the workload does not build: {known} ({at})"
    for case, ours in listed.cases.items():
        for name, value in ours.items():
            if name in main[case] and _is_other_work(value, main[case][name]):
                theirs = main[case][name]
                return f"CASES[{case!r}]: {name} is {value!r}, the workload has {theirs!r} ({at})"
    return None


def _is_other_work(ours: object, theirs: object) -> bool:
    """Whether a size differs; a text may name a thing of the framework."""
    return ours != theirs and not (isinstance(ours, str) or isinstance(theirs, str))
