"""Owns what a command starts: the inputs of a run, and what a report leaves to be confirmed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from packaging.version import Version

from bot.core.commands import Bisect, Explain, Run, read_glob, read_release
from bot.core.conclusion import is_regression, is_wrong
from bot.core.metric import IMPORT_CASE
from bot.core.ranges import expand, first_of, is_several
from bot.core.releases import Spec, parse_spec, release_number
from bot.core.report import Report

Mode = Literal["compare", "confirm"]
MOST_SUSPECTS = 100
ONEDNN_SINCE = Version("2.5")
"""The first release that reads TF_ENABLE_ONEDNN_OPTS; from 2.9 on it is on without being asked."""
KERAS_3_SINCE = Version("2.16")
LEGACY_KERAS = "tf-keras"


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """The inputs of the run, as texts; an empty one leaves it to `tfperf.yml`."""

    baseline: str = ""
    versions: str = ""
    workloads: str = ""
    mode: Mode = "compare"


@dataclass(frozen=True, kw_only=True, slots=True)
class Suspects:
    """The alarms of a report that count: which cases, in which columns.

    `versions` is empty where a column is more than a release (knobs, additions, a side of a pull
    request): then all that is configured is measured again, for these cases.
    """

    cases: tuple[str, ...]
    baseline: str = ""
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Unreadable:
    """The newest report is none that this tool writes; `why` may quote it."""

    why: str


def inputs_of(command: Run | Bisect | Explain) -> Inputs:
    """Say with which inputs a run does what a command asks for."""
    match command:
        case Run(versions=versions, workloads=workloads):
            return _run(versions, workloads)
        case Bisect(case=case, good=good, bad=bad):
            low, high = parse_spec(good), parse_spec(bad)
            between = Spec(package=low.package, version=f"{low.version}..{high.version}")
            return Inputs(baseline=good, versions=str(between), workloads=case)
        case Explain(case=case, base=base, candidate=candidate):
            columns = explanations(candidate)
            return Inputs(baseline=base, versions=json.dumps(columns), workloads=case)


def inputs_of_confirm(suspects: Suspects) -> Inputs:
    """Say with which inputs a run measures the suspects again, and nothing else."""
    return Inputs(
        baseline=suspects.baseline,
        versions=",".join(suspects.versions),
        workloads=",".join(suspects.cases),
        mode="confirm",
    )


def _run(versions: Sequence[str], workloads: Sequence[str]) -> Inputs:
    """Take the first version as the baseline, of a range its first, as the command line does."""
    globs = ",".join(workloads)
    if not versions:
        return Inputs(workloads=globs)
    first, *others = versions
    if is_several(parse_spec(first)):
        others = [first, *others]
    return Inputs(baseline=first_of(first), versions=",".join(others), workloads=globs)


Column = dict[str, Any]  # as JSON has it


def explanations(candidate: str) -> list[Column]:
    """List the columns that explain a release: as it is, then with one thing changed at a time.

    Each is an entry of `versions`. What holds for a whole run (threads, dependencies) is alike in
    all columns, so it explains nothing between them.
    """
    spec = expand(parse_spec(candidate), {})[0]
    plain: Column = {spec.package: spec.version}
    if spec.python:
        plain["python"] = spec.python
    number = release_number(spec.version)
    columns = [plain]
    if _is_since(number, ONEDNN_SINCE):
        columns.append({**plain, "knobs": {"TF_ENABLE_ONEDNN_OPTS": "0"}})
    if _is_since(number, KERAS_3_SINCE) and spec.package != "tf-nightly":
        keras_2 = f"{LEGACY_KERAS}=={number.major}.{number.minor}.*"
        columns.append({**plain, "with": [keras_2], "knobs": {"TF_USE_LEGACY_KERAS": "1"}})
    return columns


def _is_since(number: Version, oldest: Version) -> bool:
    return number.release[:2] >= oldest.release[:2]


def suspects(report: Report) -> Suspects | None:
    """Find the alarms that count; None when there are none.

    The report was written by the job that ran the pull request's code, so names are read like
    those of a comment, and what cannot be one is left out.
    """
    alarms = [(cell.case, cell.candidate) for cell in report.cells if is_regression(cell)]
    alarms += [(each.case, each.candidate) for each in report.numerics if is_wrong(each)]
    found = dict.fromkeys(case for case, _ in alarms if case != IMPORT_CASE)
    # How long an import takes is seen with any case, so the first will do.
    cases = _names(found or (report.cases[:1] if alarms else ()))
    if not cases:
        return None
    baseline, *versions = _releases([report.baseline, *(candidate for _, candidate in alarms)])
    versions = [version for version in versions if version != baseline]
    if not baseline or not versions or not all(versions):
        return Suspects(cases=cases)
    return Suspects(cases=cases, baseline=baseline, versions=tuple(versions))


def _names(cases: Iterable[str]) -> tuple[str, ...]:
    names = [name for case in cases if (name := read_glob(case))]
    return tuple(names[:MOST_SUSPECTS])


def _releases(labels: Iterable[str]) -> list[str]:
    """Read labels as releases; an empty text stands for a column that is more than one."""
    read = []
    for label in dict.fromkeys(labels):
        found = read_release(label)
        read.append(str(found) if found is not None and not is_several(found) else "")
    return read
