"""Owns the data that the figures of single cases are drawn from, as JSON inside the page."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from bot.core.conditions import Conditions
from bot.core.details import CaseDetails, CaseInBlock, Details, Part
from bot.core.metric import METRICS
from bot.core.report import Report
from bot.render import labels, page_words
from bot.render.escape import clean

DIGITS = 5
"""Of each figure here: more than a drawing shows, and a third of what a double takes."""


def figures(report: Report, details: Details | None) -> dict[str, Any]:
    """Gather all that scripts need; every name is what the tables say."""
    return {
        "words": page_words.SCRIPT,
        "metrics": {
            name: {"label": labels.METRICS[name], "unit": rule.unit, "scale": rule.scale}
            for name, rule in METRICS.items()
        },
        "cases": [clean(name) for name in _cases(report)],
        "thresholds": _thresholds(report),
        "details": None if details is None else _details(details),
    }


def embedded(values: Mapping[str, Any] | str) -> str:
    """Write JSON that cannot end the element it stands in."""
    text = values if isinstance(values, str) else _json(values)
    return text.replace("<", "\\u003c")


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _cases(report: Report) -> Iterable[str]:
    cells, numerics = (row.case for row in report.cells), (row.case for row in report.numerics)
    return dict.fromkeys((*cells, *numerics, *report.cases))


def _thresholds(report: Report) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for cell in report.cells:
        if math.isfinite(cell.threshold):
            found.setdefault(clean(cell.case), {})[cell.metric] = cell.threshold
    return found


def _details(details: Details) -> dict[str, Any]:
    return {
        "arms": [{"name": clean(arm.name), "role": arm.role} for arm in details.arms],
        "every": details.kept_every,
        "cases": {
            clean(name): _case(case, [arm.id for arm in details.arms])
            for name, case in details.cases.items()
        },
        "machine": [
            {"block": each.block, **_conditions(each.conditions)} for each in details.machine
        ],
    }


def _case(case: CaseDetails, arms: list[str]) -> dict[str, Any]:
    return {
        "blocks": [_block(block, arms) for block in case.blocks],
        "ratios": {
            metric: {
                str(arms.index(arm)): [[each.block, _short(each.value)] for each in told]
                for arm, told in by_arm.items()
            }
            for metric, by_arm in case.ratios.items()
        },
    }


def _block(block: CaseInBlock, arms: list[str]) -> dict[str, Any]:
    parts = {str(arms.index(arm)): _part(part) for arm, part in block.parts.items()}
    return {"block": block.block, "parts": parts}


def _part(part: Part) -> dict[str, Any]:
    """Write an arm's part: `r` the rounds, `w` the calls before them, `v` the metrics."""
    told: dict[str, Any] = {"v": {name: _short(value) for name, value in part.values.items()}}
    if part.rounds:
        told["r"] = [*map(_short, part.rounds)]
    if part.warm_up:
        told["w"] = [*map(_short, part.warm_up)]
    return told


def _conditions(its: Conditions) -> dict[str, float | None]:
    shares = {"stolen": its.stolen_share, "others": its.others_share, "queued": its.queued_share}
    return {**{name: _short(share) for name, share in shares.items()}, "mhz": _short(its.mhz)}


def _short(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(f"{value:.{DIGITS}g}")
