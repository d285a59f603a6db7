"""Owns the reasons: the one sentence that stands beside each verdict."""

import math
from collections.abc import Iterator

from bot.core.metric import METRICS, MetricKind, MetricName
from bot.core.outcome import Failed, Skipped
from bot.core.plan import Environment, Plan
from bot.core.units import MINUS, format_growth
from bot.core.verdict import Cell, Direction, Estimate

_MOST_NAMED = 3
_CHANGED: dict[MetricKind, dict[Direction, str]] = {
    "memory": {"slower": "larger", "faster": "smaller"},
    "leak": {"slower": "leaks more", "faster": "leaks less"},
}
_CHANGED_TIME: dict[Direction, str] = {"slower": "slower", "faster": "faster"}


def unjudged_notes(plan: Plan) -> Iterator[str]:
    """Say which cases were not measured, because the run asks for none of their metrics."""
    cases = plan.unjudged
    if not cases:
        return
    names = ", ".join(case.name for case in cases[:_MOST_NAMED])
    others = f" and {len(cases) - _MOST_NAMED} more" if len(cases) > _MOST_NAMED else ""
    judged = {metric for case in cases for metric in plan.metrics_at_most(case)}
    by = ", ".join(metric for metric in METRICS if metric in judged)
    asked = ", ".join(plan.metrics)
    yield f"{names}{others} not measured: judged by {by}, but metrics asks for {asked}"


def cell_reason(
    cell: Cell,
    metric: MetricName,
    estimate: Estimate,
    *,
    matters: bool,
    plan: Plan,
    disturbance: str | None,
) -> str:
    """Say why a measured cell has its verdict; what disturbed the machine, where there is none."""
    threshold = _size(metric, cell.limits.threshold)
    blocks = _blocks(len(cell.trials))
    change = _change(metric, estimate.value)
    is_ratio = METRICS[metric].scale == "ratio"
    if cell.doubted_below is not None:
        margin = _size(metric, math.expm1(cell.doubted_below) if is_ratio else cell.doubted_below)
        return f"{change} is not shown to exceed {margin}: two installs of the baseline differ, too"
    if cell.is_unstable:
        share = f"{(cell.slow_share or 0) * 100:.0f} %"
        return f"unstable: slow in {share} of {blocks}, like the baseline in the others"
    if cell.decision is None:
        return _undecided(cell, metric, estimate, plan, disturbance)
    if cell.decision == "equivalent":
        return f"the change is smaller than {threshold}, shown after {blocks}"
    word = _CHANGED.get(METRICS[metric].kind, _CHANGED_TIME)[cell.decision]
    by = change.lstrip(f"+-{MINUS}")  # the word has the direction
    if matters:
        return f"{word} by {by}, beyond doubt after {blocks}"
    return f"{word} by {by}: real, but too small to matter (threshold {threshold})"


def _undecided(
    cell: Cell, metric: MetricName, estimate: Estimate, plan: Plan, disturbance: str | None
) -> str:
    blocks, most = len(cell.trials), plan.rule.most_blocks
    measured, to_go = _blocks(blocks), cell.blocks_to_go()
    because = f"; {disturbance}" if disturbance else ""
    if cell.is_too_noisy(most):
        needs = _to_go(to_go) or "the interval is still unbounded"
        return f"too noisy here: given up after {measured}; {needs}, {most} are allowed{because}"
    if blocks >= most:
        needs = _to_go(to_go) or "too few"
        return f"undecided after {measured}, the most that most-blocks allows; {needs}{because}"
    more = _to_go(to_go) or "too few to say how many more"
    low, high = (_bound(metric, bound) for bound in (estimate.low, estimate.high))
    threshold = _size(metric, cell.limits.threshold)
    return f"between {low} and {high} after {measured} (threshold {threshold}); {more}{because}"


def _to_go(blocks: int | None) -> str:
    return f"would need about {blocks} more" if blocks else ""


def _bound(metric: MetricName, bound: float) -> str:
    is_ratio = METRICS[metric].scale == "ratio"
    if not math.isfinite(bound) or (is_ratio and bound <= 0):
        return "unbounded"
    return _change(metric, bound)


def _change(metric: MetricName, value: float) -> str:
    """Write a ratio as a percentage, a difference in its unit."""
    rule = METRICS[metric]
    if rule.scale == "difference":
        return format_growth(value * rule.score_unit)
    return f"{(value - 1) * 100:+.3g} %".replace("-", MINUS)


def _size(metric: MetricName, threshold: float) -> str:
    rule = METRICS[metric]
    if rule.scale == "difference":
        return format_growth(threshold * rule.score_unit, signed=False)
    return f"{threshold * 100:.3g} %"


def _blocks(count: int) -> str:
    return "1 block" if count == 1 else f"{count} blocks"


def change_not_measured_reason(
    with_change: Failed | Skipped | None,
    without: Failed | Skipped | None,
    *,
    was_fine: bool,
) -> str:
    """Say why a pull request's change could not be judged: whose fault it is comes first.

    `was_fine`: the same was measured without the change.
    """
    if without is not None:
        too = ", too" if with_change is not None else ""
        return f"without this pull request it {_ended(without)}{too}: {without.reason}"
    if with_change is None:
        return not_measured_reason()
    if was_fine:
        its = f"with this pull request it {_ended(with_change)}, and not without it"
        return f"{its}: {with_change.reason}"
    return with_change.reason


def _ended(ending: Failed | Skipped) -> str:
    return "failed" if isinstance(ending, Failed) else "could not take part"


def not_measured_reason(
    environment: Environment | None = None, ending: Failed | Skipped | None = None
) -> str:
    """Say why a cell has no verdict at all."""
    if environment is None or ending is None:
        return "no block was finished for it"
    if environment.role == "candidate":
        return ending.reason
    return f"the baseline {_ended(ending)}: {ending.reason}"
