"""Owns what publishing decides again: by the base branch's rule, not by the pull request's.

A pull request may change what is measured, and by which rule. It may not decide what of that
counts: thresholds, `fail-on` and acknowledgements are those of the branch it wants to go into.
What is forged outright cannot be seen here: see docs/security.md.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from posixpath import dirname, join, normpath

from bot.core.acknowledgements import acknowledged
from bot.core.conclusion import decide_again
from bot.core.config import Config, load
from bot.core.metric import IMPORT_CASE, KIND_METRICS, METRICS, MetricName
from bot.core.report import CellReport, Confirmation, Report, Review
from bot.core.selection import matches
from bot.core.strict_report import quoted, refused
from bot.core.waiver import Waiver
from bot.errors import BadConfiguration

CONFIG = "tfperf.yml"
WORKFLOWS = (".github/workflows/", ".github/actions/")
MOST_FILES = 5
_SLACK = 1e-9
"""Relative: thresholds are written in percent and read as doubles."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Base:
    """The base branch's configuration; `note` says what was wrong with it."""

    config: Config
    note: str | None = None


def review(
    report: Report,
    *,
    base_config: str | None,
    changed_files: Sequence[str],
    acknowledgements: Sequence[Waiver],
    today: date,
    head_commit: str,
    config_path: str = CONFIG,
    unlisted_files: int = 0,
) -> Report:
    """Decide again what a pull request may not decide; raise BadReport for another commit's report.

    `base_config`: text of the base branch's configuration, None without one. `changed_files`: of
    the pull request, relative to the repository. `acknowledgements`: those of people; the ones of
    the base branch are added. `unlisted_files`: how many changed files GitHub counts and does not
    name. Alarms that the measuring job marked as acknowledged count again.
    """
    if report.commit != head_commit:
        found = "no commit" if report.commit is None else quoted(report.commit)
        raise refused(("commit",), found, f"{head_commit}, the head of the pull request")
    base = _base(base_config, config_path)
    cells = tuple(_by(base.config, report, cell) for cell in report.cells)
    theirs = [*_guilty(report, base.config, changed_files, config_path)]
    notes = (
        *([base.note] if base.note else []),
        *([_unlisted(unlisted_files)] if unlisted_files else []),
        *_other_rule(report, base.config),
        *_not_measured(report, base.config),
    )
    seen = Review(
        changed_files=tuple(theirs[:MOST_FILES]),
        more_files=max(0, len(theirs) - MOST_FILES),
        notes=notes,
    )
    thresholds = {name: _threshold(base.config, name) for name in report.rule.thresholds}
    rule = report.rule.model_copy(
        update={"thresholds": thresholds, "threshold": _threshold(base.config, "step")}
    )
    by_rule = report.model_copy(update={"cells": cells, "review": seen, "rule": rule})
    own = [replace(w, author=config_path, source=config_path) for w in base.config.acknowledged]
    marked = acknowledged(by_rule, [*own, *acknowledgements], today=today)
    return decide_again(marked, base.config.fail_on)


def base_rule(text: str | None, path: str = CONFIG) -> Config:
    """Read the base branch's configuration; the defaults where it cannot be read."""
    return _base(text, path).config


def _unlisted(number: int) -> str:
    files = "1 changed file is" if number == 1 else f"{number} changed files are"
    return f"{files} not named by GitHub, so what else the pull request changes was not seen"


def _base(text: str | None, path: str) -> _Base:
    try:
        return _Base(config=load(text, source=path, environ={}, overrides={}))
    except BadConfiguration as error:
        first = error.what.partition("\n")[0]
        note = f"the base branch's {path} cannot be read, so the defaults count: {first}"
        return _Base(config=Config(), note=note)


def _threshold(config: Config, metric: MetricName) -> float:
    return config.threshold.get(metric, METRICS[metric].threshold)


def _by(base: Config, report: Report, cell: CellReport) -> CellReport:
    """Judge a cell by the base branch's threshold, as far as its estimate and interval go.

    A threshold that is not the run's is the workload's own, which wins over any configuration.
    """
    of_run = report.rule.thresholds.get(cell.metric)
    threshold = _threshold(base, cell.metric)
    is_own = of_run is None or not _alike(cell.threshold, of_run)
    is_ratio = METRICS[cell.metric].scale == "ratio"
    if is_own or not is_ratio or _alike(cell.threshold, threshold):
        return cell
    update: dict[str, object] = {"threshold": threshold}
    if cell.verdict in {"REGRESSION", "IMPROVEMENT"}:
        update["matters"] = _reaches(cell, threshold)
    elif cell.verdict == "EQUIVALENT" and not _is_inside(cell, threshold):
        update |= {"verdict": "INCONCLUSIVE", "reason": _open(cell.threshold, threshold)}
    if cell.confirmation is not None:
        update["confirmation"] = _again_by(cell.confirmation, cell.threshold, threshold)
    return cell.model_copy(update=update)


def _again_by(again: Confirmation, measured: float, base: float) -> Confirmation:
    """Let a second measurement refute by the base branch's threshold, and by no looser one."""
    high = again.interval[1]
    is_refuted = measured <= base or (high is not None and high <= 1 + base)
    if again.word != "refuted" or is_refuted:
        return again
    return again.model_copy(update={"word": "unclear", "reason": _open(measured, base)})


def _alike(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_SLACK)


def _reaches(cell: CellReport, threshold: float) -> bool:
    """Whether a decided change is as large as the threshold, and large enough to tell at all."""
    if cell.ratio is None:
        return cell.matters
    is_large = abs(math.log(cell.ratio)) >= math.log1p(threshold)
    before, after = cell.baseline_value, cell.candidate_value
    if before is None or after is None:
        return is_large
    return is_large and abs(after - before) >= METRICS[cell.metric].least_change


def _is_inside(cell: CellReport, threshold: float) -> bool:
    low, high = cell.interval
    if low is None or high is None:
        return False
    return low >= 1 / (1 + threshold) and high <= 1 + threshold


def _open(measured: float, base: float) -> str:
    return (
        f"measured with a threshold of {_percent(measured)}; the base branch says "
        f"{_percent(base)}, which its interval does not rule out"
    )


def _percent(share: float) -> str:
    return f"{share * 100:.3g} %"


def _other_rule(report: Report, base: Config) -> Iterator[str]:
    """Say where the run's rule is not the base branch's."""
    rule = report.rule
    by_change: dict[tuple[float, float], list[str]] = {}
    for metric, measured in rule.thresholds.items():
        said = _threshold(base, metric)
        if METRICS[metric].scale == "ratio" and not _alike(measured, said):
            by_change.setdefault((measured, said), []).append(metric)
    for (measured, said), metrics in by_change.items():
        which = "" if len(metrics) == len(rule.thresholds) else f" for {', '.join(metrics)}"
        yield (
            f"measured with a threshold of {_percent(measured)}{which}; "
            f"the base branch says {_percent(said)}, which counts"
        )
    if {*rule.fail_on} != {*base.fail_on}:
        theirs, ours = (", ".join(each) or "none" for each in (rule.fail_on, base.fail_on))
        yield f"measured with fail-on: {theirs}; the base branch says {ours}, which counts"
    if rule.confirm != base.confirm:
        theirs, ours = ("true" if each else "false" for each in (rule.confirm, base.confirm))
        yield f"measured with confirm: {theirs}; the base branch says {ours}"
    if not _alike(rule.alpha, base.alpha):
        yield (
            f"measured with alpha {rule.alpha:g}; the base branch says {base.alpha:g}, "
            "and alarms cannot be decided again"
        )
    if rule.most_blocks < base.most_blocks:
        yield f"at most {rule.most_blocks} blocks; the base branch allows {base.most_blocks}"


def _not_measured(report: Report, base: Config) -> Iterator[str]:
    """Say what the base branch's configuration asks for and the run left out."""
    measured = {cell.metric for cell in report.cells}
    missing = [m for m in base.metrics if m in _applicable(report) - measured]
    if missing:
        yield f"not measured, but the base branch asks for it: {', '.join(missing)}"
    left_out = [
        pattern
        for pattern in base.workloads
        if not any(matches(pattern, case, case.partition("[")[0]) for case in report.cases)
    ]
    if left_out:
        yield f"no such case, but the base branch asks for it: {', '.join(left_out[:3])}"


def _applicable(report: Report) -> set[MetricName]:
    """The metrics that could be judged of some case for certain, whatever kind it is of."""
    by_case: dict[str, set[MetricName]] = {}
    for cell in report.cells:
        if cell.case != IMPORT_CASE:
            by_case.setdefault(cell.case, set()).add(cell.metric)
    applicable: set[MetricName] = set()
    for metrics in by_case.values():
        kinds = [{*its} for its in KIND_METRICS.values() if metrics <= {*its}]
        applicable |= set.intersection(*kinds) if kinds else set()
    return applicable - {"device_memory"} if report.rule.device == "cpu" else applicable


def _guilty(
    report: Report, base: Config, changed: Sequence[str], config_path: str
) -> Iterator[str]:
    """Give the changed files that decide what is measured, or how, or who publishes it."""
    places = {place.path for place in report.places.values()}
    folder = dirname(config_path)
    paths = tuple(normpath(join(folder, path)) for path in base.paths)
    for path in dict.fromkeys(changed):
        is_workload = path in places or any(_is_within(path, folder) for folder in paths)
        if path == config_path or is_workload or path.startswith(WORKFLOWS):
            yield path


def _is_within(path: str, folder: str) -> bool:
    return folder in {".", path} or path.startswith(f"{folder}/")
