"""Owns the second measurement of alarms: what it measures, and what it says about each."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from bot.core.conclusion import decide_again, is_regression, is_wrong
from bot.core.division import Suspect
from bot.core.metric import METRICS, MetricName
from bot.core.plan import Case, Environment, Model, Plan
from bot.core.report import CellReport, Confirmation, NumericReport, Report

NOT_AGAIN = "it was not measured again"


class Confirmed(Model):
    """Which second measurement the report of a run tells."""

    plan: Annotated[str, Field(description="when it was planned, and its seed")]


def identity(report: Report) -> str:
    """Name a run so that another one can say which findings it measured again."""
    return f"{report.run.id} {report.run.started}"


def confirmed_by(plan: Plan) -> Confirmed:
    """Name a second measurement; it keeps its name when it is resumed, or its folder moved."""
    return Confirmed(plan=f"{plan.created} {plan.seed}")


def is_finished(second: Report, told: Report) -> bool:
    """Whether a second measurement has said what it can, or something that another could unsay."""
    rows: list[CellReport | NumericReport] = [*told.cells, *told.numerics]
    words = {row.confirmation.word for row in rows if row.confirmation}
    return second.run.stopped_by != "interrupted" or not words <= {"unclear"}


def suspects(report: Report, plan: Plan) -> tuple[Suspect, ...]:
    """Return the alarms that count: slowdowns that matter, and results that are wrong."""
    cells = ((c.case, c.candidate, c.metric) for c in report.cells if is_regression(c))
    results = ((n.case, n.candidate, None) for n in report.numerics if is_wrong(n))
    found: list[tuple[str, str, MetricName | None]] = [*cells, *results]
    return tuple(
        Suspect(case=case, candidate=environment.id, metric=metric)
        for case, label, metric in found
        for environment in plan.candidates
        if environment.label == label
    )


def second_plan(
    plan: Plan, found: tuple[Suspect, ...], *, confirms: str, seed: int, created: str, command: str
) -> Plan:
    """Plan to measure suspects alone, by the same rule; they alone share alpha."""
    named = {suspect.case for suspect in found}
    cells = [suspect for suspect in found if suspect.metric is not None]
    asked = {suspect.metric for suspect in cells}
    rule = plan.rule.model_copy(update={"cells": max(1, len(cells)), "confirm": False})
    return plan.model_copy(
        update={
            "created": created,
            "command": command,
            "seed": seed,
            "environments": tuple(_needed(plan, found)),
            "cases": tuple(_again(case, cells) for case in plan.cases if case.name in named),
            "broken_workloads": (),
            "rule": rule,
            "metrics": tuple(metric for metric in METRICS if metric in asked),
            "shards": 1,
            "part": None,
            "merged": (),
            "suspects": found,
            "confirms": confirms,
        }
    )


def _needed(plan: Plan, found: Iterable[Suspect]) -> Iterable[Environment]:
    """Give both baselines, the candidates with suspects, and what these are compared with."""
    named = {suspect.candidate for suspect in found} | {plan.baseline.id, plan.control.id}
    compared = [each for each in plan.environments if each.id in named]
    named |= {opponent.id for each in compared for opponent in plan.opponents(each)}
    return (each for each in plan.environments if each.id in named)


def _again(case: Case, cells: Iterable[Suspect]) -> Case:
    """Let a case whose results alone are suspected be run for its results alone."""
    if any(suspect.case == case.name for suspect in cells):
        return case
    return case.model_copy(update={"metrics": ()})


def confirmed(first: Report, second: Report) -> Report:
    """Say beside every alarm of the first report what the second measurement found."""
    cells = {(c.case, c.metric, c.candidate): c for c in second.cells}
    results = {(n.case, n.candidate): n for n in second.numerics}
    return decide_again(
        first.model_copy(
            update={
                "cells": tuple(
                    _cell(cell, cells.get((cell.case, cell.metric, cell.candidate)))
                    for cell in first.cells
                ),
                "numerics": tuple(
                    _result(each, results.get((each.case, each.candidate)))
                    for each in first.numerics
                ),
            }
        )
    )


def _cell(cell: CellReport, again: CellReport | None) -> CellReport:
    before = cell.model_copy(update={"confirmation": None})
    if not is_regression(before):
        return before
    return before.model_copy(update={"confirmation": _of_cell(again)})


def _of_cell(again: CellReport | None) -> Confirmation:
    if again is None:
        return Confirmation(word="unclear", reason=NOT_AGAIN)
    word: str = "unclear"
    if is_regression(again):
        word = "confirmed"
    elif again.verdict in {"EQUIVALENT", "IMPROVEMENT"} or _is_small(again):
        word = "refuted"
    return Confirmation.model_validate(
        {
            "word": word,
            "reason": again.reason,
            "ratio": again.ratio,
            "difference": again.difference,
            "interval": again.interval,
            "blocks": again.blocks,
        }
    )


def _is_small(again: CellReport) -> bool:
    """Whether a slowdown is there again, and certainly smaller than its threshold.

    An open cell may be unstable or doubted: whatever its interval says, it refutes nothing.
    """
    return again.verdict == "REGRESSION" and is_below(again.interval[1], again.threshold, again)


def is_below(high: float | None, threshold: float, cell: CellReport) -> bool:
    """Whether the upper end of an interval is below a threshold, on the scale of the cell."""
    is_ratio = METRICS[cell.metric].scale == "ratio"
    return high is not None and high < (1 + threshold if is_ratio else threshold)


def _result(numeric: NumericReport, again: NumericReport | None) -> NumericReport:
    before = numeric.model_copy(update={"confirmation": None})
    if not is_wrong(before):
        return before
    return before.model_copy(update={"confirmation": _of_result(again)})


def _of_result(again: NumericReport | None) -> Confirmation:
    if again is None:
        return Confirmation(word="unclear", reason=NOT_AGAIN)
    match again.verdict:
        case "WRONG":
            return Confirmation(word="confirmed", reason=again.reason)
        case "IDENTICAL" | "WITHIN_TOLERANCE":
            return Confirmation(word="refuted", reason=again.reason)
        case _:
            return Confirmation(word="unclear", reason=again.reason)
