"""Owns what a report loses before it is written: what no reader may be shown, and what is too long.

Tracebacks, notes and names of folders are other people's words. They are made to keep to
`bot.core.report_limits` here, once, so that the strict reader takes every report of ours.
"""

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from pydantic import BaseModel

from bot.core import report_kinds as kinds
from bot.core import report_limits as limits
from bot.core.report import FailureReport, Report, UpgradeReport
from bot.core.report_kinds import TextKind
from bot.core.showable import first_unshowable, showable

M = TypeVar("M", bound=BaseModel)

_ELLIPSIS = "…"
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")
_NOT_IN_VERSIONS = re.compile(r"[^A-Za-z0-9.+!_-]")
_NOT_PRINTABLE = re.compile(r"[^ -~]")
_NOT_IN_LABELS = re.compile(r"[^ -~…]")
_TERMINAL_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
)
LEFT_OUT = "(left out: the logs of this run are too long together; they are in its folder)"


def cleaned(report: Report) -> Report:
    """Keep every text and list to its limit; nothing that a verdict hangs on is left out.

    Labels and names of cases stay as different from each other as they were.
    """
    labels, cases = _Names(_label), _Names(_case)
    for label in _labels(report):
        labels(label)
    for case in report.cases:
        cases(case)
    writers: dict[TextKind, Callable[[str], str]] = {
        kinds.LABEL: labels,
        kinds.CASE: cases,
        kinds.NAME: lambda text: _NOT_PRINTABLE.sub("_", text).strip()[:200].strip() or "_",
        kinds.PACKAGE: lambda text: _NOT_IN_NAMES.sub("_", text).lstrip(".-")[:120] or "_",
        kinds.VERSION: lambda text: _NOT_IN_VERSIONS.sub("_", text).lstrip("._+!-")[:120],
        kinds.FACT: lambda text: _cut(_line(text), kinds.FACT),
        kinds.TEXT: lambda text: _cut(_line(text), kinds.TEXT),
        kinds.LOG: lambda text: _cut_log(_lines(text), kinds.LOG),
        kinds.COMMAND: lambda text: _cut(_lines(text), kinds.COMMAND),
    }
    written = _rewritten(_without_odd_places(report), writers)
    return _within_all_logs(_without_twins(written))


class _Names:
    """Writes names of one kind, each its own, and the same name always the same."""

    def __init__(self, write: Callable[[str], str]) -> None:
        self._write = write
        self._written: dict[str, str] = {}
        self._taken: set[str] = set()

    def __call__(self, name: str) -> str:
        if name not in self._written:
            first = new = self._write(name)
            number = 1
            while new in self._taken:
                number += 1
                new = self._write(f"{first[:100]}.{number}")
            self._taken.add(new)
            self._written[name] = new
        return self._written[name]


def _labels(report: Report) -> Iterator[str]:
    yield report.baseline
    yield from report.candidates
    yield from (environment.label for environment in report.environments)


def _label(text: str) -> str:
    return _cut(_NOT_IN_LABELS.sub("_", text).strip(), kinds.LABEL) or "_"


def _case(text: str) -> str:
    form = kinds.CASE.form
    if form is None or form.fullmatch(text):
        return text
    workload, bracket, case = text.partition("[")
    names = [workload, case.removesuffix("]")] if bracket else [workload]
    written = [_NOT_IN_NAMES.sub("_", name).lstrip(".-")[:90] or "_" for name in names]
    return f"{written[0]}[{written[1]}]" if bracket else written[0]


def _line(text: str) -> str:
    return showable(_TERMINAL_SEQUENCE.sub("", text)).strip()


def _lines(text: str) -> str:
    text = _TERMINAL_SEQUENCE.sub("", text).replace("\r\n", "\n")
    return showable(text, allowed=kinds.LOG.allowed)


def _cut(text: str, kind: TextKind) -> str:
    return text if len(text) <= kind.longest else text[: kind.longest - 1].rstrip() + _ELLIPSIS


def _cut_log(text: str, kind: TextKind) -> str:
    """Keep the end: that is where a log says what happened."""
    return text if len(text) <= kind.longest else _ELLIPSIS + text[1 - kind.longest :]


def _rewritten(model: M, writers: dict[TextKind, Callable[[str], str]]) -> M:
    update = {
        name: _written(getattr(model, name), f"{type(model).__name__}.{name}", writers)
        for name in type(model).model_fields
    }
    return model.model_copy(update=update)


def _written(value: object, place: str, writers: dict[TextKind, Callable[[str], str]]) -> object:
    match value:
        case str():
            write = writers.get(limits.TEXTS[place])
            return write(value) if write else value
        case tuple():
            most = limits.MOST[place] if place in limits.TOLD_IN_PART else len(value)
            return tuple(_written(item, place, writers) for item in value[:most])
        case dict():
            keys = limits.TEXTS[f"{place}{{}}"]
            write = writers.get(keys, str)
            entries = list(value.items())[: limits.MOST[place]]
            return {write(key): _written(item, place, writers) for key, item in entries}
        case BaseModel():
            return _rewritten(value, writers)
        case _:
            return value


def _without_odd_places(report: Report) -> Report:
    """Leave out places that no annotation could name."""
    form = kinds.PATH.form
    places = {
        case: place
        for case, place in report.places.items()
        if len(place.path) <= kinds.PATH.longest
        and first_unshowable(place.path) is None
        and (form is None or form.fullmatch(place.path))
    }
    return report.model_copy(update={"places": places})


def _without_twins(report: Report) -> Report:
    """Keep the first of the figures whose names became the same."""
    rows = {(row.case, row.environment, row.role, row.name): row for row in report.reported[::-1]}
    return report.model_copy(update={"reported": tuple(rows.values())[::-1]})


def _within_all_logs(report: Report) -> Report:
    """Leave out the logs and diffs beyond what all of them may take together."""
    room = limits.MOST_LOG_BYTES
    failures: list[FailureReport] = []
    for failure in report.failures:
        room -= len(failure.detail.encode())
        keeps = room >= 0 or not failure.detail
        failures.append(failure if keeps else failure.model_copy(update={"detail": LEFT_OUT}))
    upgrades: list[UpgradeReport] = []
    for upgrade in report.upgrades:
        room -= len(upgrade.diff.encode())
        keeps = room >= 0 or not upgrade.diff
        upgrades.append(upgrade if keeps else upgrade.model_copy(update={"diff": LEFT_OUT}))
    return report.model_copy(update={"failures": tuple(failures), "upgrades": tuple(upgrades)})
