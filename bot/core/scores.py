"""Owns what a record says about each metric: one value, and the scores to compare, of every arm."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from statistics import fmean, median

from bot.core.metric import METRICS, MetricName
from bot.core.outcome import Imported, Measured, Ran
from bot.core.record import CaseBlock, ImportBlock

LOW_QUANTILE = 0.1
"""Of processes that ran one after the other, the fast samples vary least between processes."""

CALLS_OF_SLOPE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One metric in one block, by environment id.

    `values` are in the metric's unit, for people; `scores` are what evidence is made of: one per
    round where arms took turns, so that they can be paired, and otherwise one. `walls` are wall
    seconds, for people, where CPU time decides.
    """

    metric: MetricName
    values: Mapping[str, float]
    scores: Mapping[str, tuple[float, ...]]
    walls: Mapping[str, float] = field(default_factory=dict)


def case_readings(record: CaseBlock) -> Iterator[Reading]:
    """Read every metric of a case; one that no arm knows is left out."""
    yield from _script_readings(record)
    arms = {arm: each for arm, each in record.outcomes.items() if isinstance(each, Measured)}
    timed = {arm: each.round_seconds for arm, each in arms.items() if each.round_seconds}
    yield _step(timed, is_serial=record.is_serial)
    yield _scalar("throughput", {arm: fmean(seconds) for arm, seconds in timed.items()})
    for metric, read in _SCALARS.items():
        values = {arm: read(measured) for arm, measured in arms.items()}
        known = {arm: value for arm, value in values.items() if value is not None}
        walls = {arm: _WALLS[metric](each) for arm, each in arms.items() if metric in _WALLS}
        yield replace(_scalar(metric, known), walls=walls)


def _script_readings(record: CaseBlock) -> Iterator[Reading]:
    arms = {arm: each for arm, each in record.outcomes.items() if isinstance(each, Ran)}
    if arms:
        yield _scalar("wall", {arm: each.wall_seconds for arm, each in arms.items()})
        yield _scalar("cpu", {arm: each.cpu_seconds for arm, each in arms.items()})
        yield _scalar("peak_rss", {arm: float(each.peak_rss_bytes) for arm, each in arms.items()})


def import_readings(record: ImportBlock) -> Iterator[Reading]:
    """Read every metric of importing the framework."""
    arms = {arm: each for arm, each in record.outcomes.items() if isinstance(each, Imported)}
    cpu = _scalar("import", {arm: each.cpu_seconds for arm, each in arms.items()})
    yield replace(cpu, walls={arm: each.wall_seconds for arm, each in arms.items()})
    yield _scalar("import_rss", {arm: float(each.rss_bytes) for arm, each in arms.items()})


def _step(timed: Mapping[str, tuple[float, ...]], *, is_serial: bool) -> Reading:
    if is_serial:
        return _scalar("step", {arm: _low_quantile(seconds) for arm, seconds in timed.items()})
    return Reading(
        metric="step",
        values={arm: median(seconds) for arm, seconds in timed.items()},
        scores={arm: tuple(map(math.log, seconds)) for arm, seconds in timed.items()},
    )


def _low_quantile(seconds: tuple[float, ...]) -> float:
    return sorted(seconds)[round(LOW_QUANTILE * (len(seconds) - 1))]


def _scalar(metric: MetricName, values: Mapping[str, float]) -> Reading:
    """Score values by their logarithm, or, on the scale of differences, as they are."""
    rule = METRICS[metric]
    if rule.scale == "ratio":
        scores = {arm: (math.log(value),) for arm, value in values.items() if value > 0}
    else:
        scores = {arm: (value / rule.score_unit,) for arm, value in values.items()}
    return Reading(metric=metric, values=values, scores=scores)


def _slope(measured: Measured) -> float | None:
    growth, calls = measured.rss_growth_bytes, measured.calls_in_rounds
    return growth / calls * CALLS_OF_SLOPE if growth is not None and calls else None


def _device_memory(measured: Measured) -> float | None:
    known = measured.device_memory_bytes
    return None if known is None else float(known)


_WALLS: dict[MetricName, Callable[[Measured], float]] = {
    "first_call": lambda measured: measured.first_call_wall_seconds,
    "build": lambda measured: measured.build_wall_seconds,
}
_SCALARS: dict[MetricName, Callable[[Measured], float | None]] = {
    "first_call": lambda measured: measured.first_call_cpu_seconds,
    "build": lambda measured: measured.build_cpu_seconds,
    "peak_rss": lambda measured: float(measured.peak_rss_bytes),
    "rss_slope": _slope,
    "device_memory": _device_memory,
}
