"""Owns the decision rules of other tools, as their code has them, on the same noise as ours.

Every rule measures the baseline and the candidates once, in processes that run one after the other,
and compares each candidate with that baseline. Where a tool times a whole command (hyperfine,
perfgate), the work alone is taken, without the start: less noise, and all of the effect is in it.

- *single run*: one process each, means further apart than a factor 1.10.
- *asv continuous*: 2 rounds of processes, interleaved, 5 samples each; Mann-Whitney on all samples,
  exact, p < 0.002, and then medians further apart than 1.10.
- *pyperf*: 20 processes of 3 values, version after version; pooled t-test on all values. A value
  lasts 100 ms.
- *minimum*: the fastest of all calls of 20 interleaved processes, further apart than 5 %.
- *google/benchmark*: 10 repetitions of half a second in one process, Mann-Whitney p < 0.05.
- *pytest-benchmark*: `--benchmark-compare-fail=mean:5%`, one process, one second of rounds.
- *hyperfine*: 10 runs, version after version, Welch's t-test of its script, p < 0.05.
- *paired t, retried*: perfgate-paired's idea: pairs, t-test at 95 %, one more pair while it is not
  significant; 5 to 20 pairs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from benchmarks.noise import CALL_SECONDS, START_SECONDS, Array, Machine, Profile
from benchmarks.tally import CANDIDATES, CELLS, WORKLOADS, Tally

Signs = NDArray[np.int8]
"""+1 slower, -1 faster, 0 nothing to tell; one for each comparison."""

ASV_P, ASV_FACTOR = 0.002, 1.1
PYPERF_CRITICAL_T = 1.984
"""From pyperf's own table, for 100 to 199 degrees of freedom; 118 is what its defaults give."""

USUAL_P = 0.05
FEWEST_PAIRS = 5


@dataclass(frozen=True, kw_only=True)
class PeerRule:
    """How a tool measures and decides.

    Every version gets `processes`, each gives `values`, each value is the mean of `calls` calls.
    `decide` gets seconds of the baseline and of one candidate, shape (comparisons, processes,
    values).
    """

    name: str
    processes: int
    values: int
    calls: int
    is_interleaved: bool
    decide: Callable[[Array, Array], Signs]


def measure(rule: PeerRule, machine: Machine, effect: float) -> Array:
    """Run all processes; return seconds, shape (rows, versions, processes, values)."""
    versions = 1 + CANDIDATES
    rows = machine.every
    seconds = np.empty((len(rows), versions, rule.processes, rule.values))
    order = [(v, p) for v in range(versions) for p in range(rule.processes)]
    if rule.is_interleaved:
        order.sort(key=lambda turn: turn[1])
    calls = rule.values * rule.calls
    for version, process in order:
        log_seconds = machine.turns(
            rows, rest=START_SECONDS, moments=calls, seconds=CALL_SECONDS, arms=1
        )[..., 0]
        log_seconds += machine.processes(rows, 1)
        values = np.exp(log_seconds).reshape(len(rows), rule.values, rule.calls).mean(axis=2)
        seconds[:, version, process] = values * (1 + effect if version else 1.0)
    return seconds


def simulate(
    rule: PeerRule, profile: Profile, effect: float, tables: int, random: np.random.Generator
) -> Tally:
    """Measure and judge some tables, every candidate having the same effect."""
    machine = Machine(profile, tables * WORKLOADS, random)
    baseline, *candidates = measure(rule, machine, effect).swapaxes(0, 1)
    signs = np.stack([rule.decide(baseline, candidate) for candidate in candidates], axis=1)
    by_table = signs.reshape(tables, CELLS)
    return Tally(
        tables=tables,
        tables_with_alarm=int(np.any(by_table != 0, axis=1).sum()),
        slower=int((by_table > 0).sum()),
        slower_squared=int(((by_table > 0).sum(axis=1) ** 2).sum()),
        faster=int((by_table < 0).sum()),
        processes=len(machine.every) * rule.processes * (1 + CANDIDATES),
    )


def beyond(factor: float, before: Array, after: Array) -> Signs:
    """Compare two figures by their ratio alone."""
    ratio = after / before
    return ((ratio > factor).astype(np.int8) - (ratio < 1 / factor)).astype(np.int8)


def where(is_different: NDArray[np.bool_], before: Array, after: Array) -> Signs:
    """Give a two-sided finding its direction."""
    return (is_different * np.sign(after - before)).astype(np.int8)


def single_run(baseline: Array, candidate: Array) -> Signs:
    return beyond(1.1, _mean(baseline), _mean(candidate))


def asv(baseline: Array, candidate: Array) -> Signs:
    """First the test, if so many samples can pass it at all; then the factor, on the medians."""
    before, after = _flat(baseline), _flat(candidate)
    size = before.shape[1]
    if 1 / comb(2 * size, size) >= ASV_P:
        message = f"asv compares intervals instead when it has {size} samples a side"
        raise NotImplementedError(message)
    p = stats.mannwhitneyu(before, after, axis=1, method="exact").pvalue
    factor = beyond(ASV_FACTOR, np.median(before, axis=1), np.median(after, axis=1))
    return np.where(p < ASV_P, factor, 0).astype(np.int8)


def pyperf(baseline: Array, candidate: Array) -> Signs:
    before, after = _flat(baseline), _flat(candidate)
    t = stats.ttest_ind(before, after, axis=1, equal_var=True).statistic
    return where(np.abs(t) >= PYPERF_CRITICAL_T, before.mean(axis=1), after.mean(axis=1))


def minimum(baseline: Array, candidate: Array) -> Signs:
    return beyond(1.05, _flat(baseline).min(axis=1), _flat(candidate).min(axis=1))


def google_benchmark(baseline: Array, candidate: Array) -> Signs:
    before, after = _flat(baseline), _flat(candidate)
    p = stats.mannwhitneyu(before, after, axis=1, alternative="two-sided").pvalue
    return where(p < USUAL_P, np.median(before, axis=1), np.median(after, axis=1))


def pytest_benchmark(baseline: Array, candidate: Array) -> Signs:
    """It fails on what is slower and never tells what is faster."""
    return np.maximum(beyond(1.05, _mean(baseline), _mean(candidate)), 0)


def hyperfine(baseline: Array, candidate: Array) -> Signs:
    before, after = _flat(baseline), _flat(candidate)
    p = stats.ttest_ind(before, after, axis=1, equal_var=False).pvalue
    return where(p < USUAL_P, before.mean(axis=1), after.mean(axis=1))


def paired_t_retried(baseline: Array, candidate: Array) -> Signs:
    """Look after every pair; the first significant look is the answer."""
    differences = _flat(candidate) - _flat(baseline)
    signs = np.zeros(len(differences), dtype=np.int8)
    for pairs in range(FEWEST_PAIRS, differences.shape[1] + 1):
        test = stats.ttest_1samp(differences[:, :pairs], 0.0, axis=1)
        found = (test.pvalue < USUAL_P) * np.sign(test.statistic)
        signs = np.where(signs == 0, found, signs).astype(np.int8)
    return signs


def _flat(seconds: Array) -> Array:
    return seconds.reshape(len(seconds), -1)


def _mean(seconds: Array) -> Array:
    return _flat(seconds).mean(axis=1)


def _rule(
    name: str,
    decide: Callable[[Array, Array], Signs],
    shape: tuple[int, int, int],
    *,
    is_interleaved: bool = False,
) -> PeerRule:
    processes, values, calls = shape
    return PeerRule(
        name=name,
        processes=processes,
        values=values,
        calls=calls,
        is_interleaved=is_interleaved,
        decide=decide,
    )


PEER_RULES = (
    _rule("single run, ratio > 1.10", single_run, (1, 1, 20)),
    _rule("asv 2 × 5, p < .002 and > 1.10", asv, (2, 5, 1), is_interleaved=True),
    _rule("pyperf 20 × 3, pooled t", pyperf, (20, 3, 4)),
    _rule("minimum of 20 interleaved, > 5 %", minimum, (20, 20, 1), is_interleaved=True),
    _rule("google/benchmark 1 × 10, Mann-Whitney", google_benchmark, (1, 10, 20)),
    _rule("pytest-benchmark, mean:5%", pytest_benchmark, (1, 40, 1)),
    _rule("hyperfine 10 runs, Welch's t", hyperfine, (10, 1, 20)),
    _rule("paired t, retried to 20 pairs", paired_t_retried, (20, 1, 20), is_interleaved=True),
)
