"""Simulated tables through the real decision engine: false alarms and power, by kind of machine.

    python benchmarks/calibration.py [--tables N] [--seed S] [--json FILE]

Must show: at most 1 % of the tables of like versions with any alarm, on every kind of machine, and
at least 95 % power at +5 % on the quiet, typical2 and contended ones.
"""

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product
from math import log1p
from pathlib import Path

import numpy as np
from noise import PROFILES, Workload

from bot.core.evidence import Trial, pairwise_scores
from bot.core.verdict import Cell, Limits, step_down

WORKLOADS, CANDIDATES, MOST_BLOCKS = 13, 3, 30
EFFECTS = (0.0, 0.02, 0.03, 0.05, 0.10)
LIMITS = Limits(threshold=0.05, alpha=0.01, cells=WORKLOADS * CANDIDATES)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of the tables of one kind of machine, all candidates having one effect."""

    profile: str
    effect: float
    tables: int
    any_alarm: float
    found: float
    equivalent: float
    undecided: float
    mean_blocks: float


def table(seed: int, *, profile: str, effect: float) -> list[Cell]:
    """Measure and decide one table, as a run without end would."""
    random = np.random.default_rng([seed, int(effect * 1000), list(PROFILES).index(profile)])
    cells = []
    for _ in range(WORKLOADS):
        workload = Workload(PROFILES[profile], random)
        row = [Cell(limits=LIMITS) for _ in range(CANDIDATES)]
        for _ in range(MOST_BLOCKS):
            times = workload.block(2 + CANDIDATES)
            times[2:] += log1p(effect)
            for cell, own in zip(row, times[2:], strict=True):
                if not cell.is_settled:
                    cell.add(trial(own, times[:2]))
            if all(cell.is_settled for cell in row):
                break
        cells += row
    step_down(cells)
    return cells


def trial(own: np.ndarray, baselines: np.ndarray) -> Trial:
    """Score one candidate against both installs of the baseline."""
    scores = pairwise_scores(
        {"c": own.tolist(), "b": baselines[0].tolist(), "a": baselines[1].tolist()}
    )
    return Trial(candidate=scores["c"], baselines=(scores["b"], scores["a"]))


def judge(seeds: Sequence[int], *, profile: str, effect: float) -> Outcome:
    """Simulate the tables of one kind and count."""
    tables = [table(seed, profile=profile, effect=effect) for seed in seeds]
    cells = [cell for each in tables for cell in each]
    alarms = {"slower", "faster"}
    return Outcome(
        profile=profile,
        effect=effect,
        tables=len(tables),
        any_alarm=float(np.mean([any(c.decision in alarms for c in each) for each in tables])),
        found=float(np.mean([c.decision == "slower" for c in cells])),
        equivalent=float(np.mean([c.is_settled and c.decision == "equivalent" for c in cells])),
        undecided=float(np.mean([not c.is_settled for c in cells])),
        mean_blocks=float(np.mean([len(c.trials) for c in cells])),
    )


def run(asked: tuple[str, float], *, tables: int, seed: int) -> Outcome:
    """Judge one kind; power needs fewer tables than false alarms do."""
    profile, effect = asked
    count = tables if effect == 0.0 else max(1, tables // 10)
    return judge(range(seed, seed + count), profile=profile, effect=effect)


def show(outcomes: Sequence[Outcome]) -> None:
    """Print the table."""
    print(f"{'machine':<10} {'effect':>6} {'tables':>6} {'any alarm':>9} {'found':>7}", end=" ")
    print(f"{'equal':>7} {'open':>7} {'blocks':>6}")
    for o in outcomes:
        print(f"{o.profile:<10} {o.effect:>6.0%} {o.tables:>6} {o.any_alarm:>9.2%}", end=" ")
        print(f"{o.found:>7.1%} {o.equivalent:>7.1%} {o.undecided:>7.1%} {o.mean_blocks:>6.1f}")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    kinds = list(product(PROFILES, EFFECTS))
    with ProcessPoolExecutor() as pool:
        outcomes = list(pool.map(partial(run, tables=asked.tables, seed=asked.seed), kinds))
    show(outcomes)
    if asked.json:
        asked.json.write_text(json.dumps([asdict(o) for o in outcomes], indent=1) + "\n")


if __name__ == "__main__":
    main()
