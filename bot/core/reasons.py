"""Owns the reasons: the one sentence that stands beside each verdict."""

from bot.core.metric import METRICS, MetricName
from bot.core.outcome import Failed, Skipped
from bot.core.plan import Environment, Plan
from bot.core.verdict import Cell, Direction, Estimate

_CHANGED: dict[str, dict[Direction, str]] = {
    "memory": {"slower": "larger", "faster": "smaller"},
    "time": {"slower": "slower", "faster": "faster"},
}


def cell_reason(
    cell: Cell, metric: MetricName, estimate: Estimate, *, matters: bool, plan: Plan
) -> str:
    """Say why a measured cell has its verdict."""
    threshold = f"{cell.limits.threshold * 100:.3g} %"
    blocks = len(cell.trials)
    change = f"{(estimate.ratio - 1) * 100:+.3g} %"
    if cell.is_unstable:
        share = f"{(cell.slow_share or 0) * 100:.0f} %"
        return f"unstable: slow in {share} of {_blocks(blocks)}, like the baseline in the others"
    if cell.decision is None:
        return _undecided(cell, estimate, threshold, plan)
    if cell.decision == "equivalent":
        return f"the change is smaller than {threshold}, shown after {_blocks(blocks)}"
    words = _CHANGED["memory" if METRICS[metric].kind == "memory" else "time"]
    word = words[cell.decision]
    if matters:
        return f"{word} by {change}, beyond doubt after {_blocks(blocks)}"
    return f"{word} by {change}: real, but too small to matter (threshold {threshold})"


def _undecided(cell: Cell, estimate: Estimate, threshold: str, plan: Plan) -> str:
    measured = _blocks(len(cell.trials))
    if len(cell.trials) >= plan.rule.most_blocks:
        return f"undecided after {measured}, the most that most-blocks allows"
    to_go = cell.blocks_to_go()
    more = f"about {to_go} more would decide" if to_go else "too few to say how many more"
    low, high = (_percent(bound) for bound in (estimate.low, estimate.high))
    return f"between {low} and {high} after {measured} (threshold {threshold}); {more}"


def _percent(ratio: float) -> str:
    if ratio <= 0 or ratio == float("inf"):
        return "unbounded"
    return f"{(ratio - 1) * 100:+.3g} %"


def _blocks(count: int) -> str:
    return "1 block" if count == 1 else f"{count} blocks"


def not_measured_reason(
    environment: Environment | None = None, ending: Failed | Skipped | None = None
) -> str:
    """Say why a cell has no verdict at all."""
    if environment is None or ending is None:
        return "no block was finished for it"
    if environment.role == "candidate":
        return ending.reason
    what = "failed" if isinstance(ending, Failed) else "could not take part"
    return f"the baseline {what}: {ending.reason}"
