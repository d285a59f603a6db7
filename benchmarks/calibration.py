"""Simulated tables through the real decision engine and through the rules of other tools.

    python -m benchmarks.calibration [--tables N] [--seed N] [--check-model] [--quick] [--json FILE]

False alarms in tables of like versions and power to find +2, +3, +5 and +10 %, on five kinds of
machine (`noise.py`), for our rule (`our_rule.py`) and those of the peers (`peer_rules.py`). What
must be shown gets all of the tables, everything else a quarter of them. The figures depend on the
seed and the number of tables alone, not on the number of workers.

Must show: at most 1 % of the tables of like versions with any alarm on every kind of machine, and
at least 95 % power at +5 % on the quiet, typical2 and contended ones.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks import model_check, our_rule, peer_rules
from benchmarks.noise import PROFILES, Profile
from benchmarks.tables import Target, print_table, print_targets
from benchmarks.tally import CANDIDATES, CELLS, WORKLOADS, Tally

NO_EFFECT = 0.0
EFFECTS = (0.02, 0.03, 0.05, 0.10)
MOST_FALSE_ALARMS = 0.01
LEAST_POWER, EFFECT_TO_FIND = 0.95, 0.05
MACHINES_TO_FIND_IT_ON = ("quiet", "typical2", "contended")

TABLES_AT_ONCE = 10
"""What one job simulates, with random numbers of its own."""

QUICK_TABLES = 8

Simulate = Callable[[Profile, float, int, np.random.Generator], Tally]
RULES: Mapping[str, Simulate] = {
    our_rule.NAME: our_rule.simulate,
    **{rule.name: partial(peer_rules.simulate, rule) for rule in peer_rules.PEER_RULES},
}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What one figure is about: a rule on a kind of machine, all candidates having one effect."""

    rule: str
    machine: str
    effect: float

    @property
    def must_be_shown(self) -> bool:
        """Whether a target depends on it; the peers get what we get."""
        is_to_find = self.effect == EFFECT_TO_FIND and self.machine in MACHINES_TO_FIND_IT_ON
        return self.effect == NO_EFFECT or is_to_find


Results = Mapping[Asked, Tally]
ALL_ASKED = tuple(
    Asked(rule=rule, machine=machine, effect=effect)
    for rule, machine, effect in product(RULES, PROFILES, (NO_EFFECT, *EFFECTS))
)


@dataclass(frozen=True, kw_only=True)
class Job:
    """Some of the tables of one figure."""

    asked: Asked
    part: int
    tables: int
    seed: int


def jobs(asked: Iterable[Asked], *, tables: int, seed: int) -> Iterator[Job]:
    """Split all that is to be simulated."""
    for one in asked:
        whole = tables if one.must_be_shown else max(1, tables // 4)
        for part, first in enumerate(range(0, whole, TABLES_AT_ONCE)):
            size = min(TABLES_AT_ONCE, whole - first)
            yield Job(asked=one, part=part, tables=size, seed=seed)


def run(job: Job) -> Tally:
    """Simulate one job; every rule gets the same seeds."""
    asked = job.asked
    machine = list(PROFILES).index(asked.machine)
    random = np.random.default_rng([job.seed, machine, round(asked.effect * 1000), job.part])
    return RULES[asked.rule](PROFILES[asked.machine], asked.effect, job.tables, random)


def simulate(todo: Sequence[Job], workers: int | None = None) -> Results:
    """Run all jobs and add up what belongs together."""
    results: dict[Asked, Tally] = {}
    with ProcessPoolExecutor(workers) as pool:
        for job, tally in zip(todo, pool.map(run, todo), strict=True):
            results[job.asked] = results.get(job.asked, Tally()) + tally
    return results


def show(results: Results) -> None:
    """Print everything found."""
    print(f"Tables of {WORKLOADS} workloads × {CANDIDATES} candidates = {CELLS} cells. Ours:\n")
    print_table(
        ("like versions", "with an alarm", "bound", "cells equal", "too noisy", "blocks", "rounds"),
        [_like(machine, _of(results, machine, NO_EFFECT)) for machine in PROFILES],
    )
    print_table(
        (f"all +{EFFECT_TO_FIND:.0%}", "found", "equal", "too noisy", "doubted", "blocks"),
        [_slower(machine, _of(results, machine, EFFECT_TO_FIND)) for machine in PROFILES],
    )
    print("Tables of like versions with any alarm (upper 95 % bound), and what a cell costs:\n")
    print_table(("rule", *PROFILES, "processes"), [_alarms(results, rule) for rule in RULES])
    sizes = " / ".join(f"+{effect:.0%}" for effect in EFFECTS)
    print(f"Cells called slower, in percent, when all are slower by {sizes}:\n")
    print_table(("rule", *PROFILES), [_power(results, rule) for rule in RULES])


def _of(results: Results, machine: str, effect: float, rule: str = our_rule.NAME) -> Tally:
    return results[Asked(rule=rule, machine=machine, effect=effect)]


def _like(machine: str, tally: Tally) -> tuple[str, ...]:
    return (
        machine,
        f"{tally.tables_with_alarm} of {tally.tables}",
        f"{tally.alarm_bound:.2%}",
        f"{tally.equivalent / tally.cells:.1%}",
        f"{tally.too_noisy / tally.cells:.1%}",
        f"{tally.blocks / tally.cells:.1f}",
        f"{tally.rounds / tally.case_blocks:.0f}",
    )


def _slower(machine: str, tally: Tally) -> tuple[str, ...]:
    return (
        machine,
        _with_error(tally),
        f"{tally.equivalent / tally.cells:.1%}",
        f"{tally.too_noisy / tally.cells:.1%}",
        f"{tally.doubted / tally.cells:.1%}",
        f"{tally.blocks / tally.cells:.1f}",
    )


def _alarms(results: Results, rule: str) -> tuple[str, ...]:
    tallies = [_of(results, machine, NO_EFFECT, rule) for machine in PROFILES]
    costs = sorted({round(tally.processes / tally.cells, 1) for tally in tallies})
    return (
        rule,
        *(f"{tally.alarm_rate:.1%} ({tally.alarm_bound:.1%})" for tally in tallies),
        " to ".join(f"{cost:g}" for cost in dict.fromkeys((costs[0], costs[-1]))),
    )


def _power(results: Results, rule: str) -> tuple[str, ...]:
    found = [[_of(results, machine, e, rule).power for e in EFFECTS] for machine in PROFILES]
    return (rule, *(" / ".join(f"{100 * power:.0f}" for power in row) for row in found))


def _with_error(tally: Tally) -> str:
    return f"{tally.power:.1%} ± {tally.power_error:.1%}"


def targets(results: Results) -> Iterator[Target]:
    """Compare what was found with what must be shown."""
    for machine in PROFILES:
        tally = _of(results, machine, NO_EFFECT)
        yield Target(
            what=f"{machine}: at most {MOST_FALSE_ALARMS:.0%} of like tables with an alarm",
            got=f"{tally.alarm_rate:.2%}, at most {tally.alarm_bound:.2%}",
            is_met=tally.alarm_rate <= MOST_FALSE_ALARMS,
        )
    for machine in MACHINES_TO_FIND_IT_ON:
        tally = _of(results, machine, EFFECT_TO_FIND)
        yield Target(
            what=f"{machine}: at least {LEAST_POWER:.0%} found at +{EFFECT_TO_FIND:.0%}",
            got=_with_error(tally),
            is_met=tally.power >= LEAST_POWER,
        )


def as_record(asked: Asked, tally: Tally) -> dict[str, object]:
    """Put one figure into the file's form."""
    rates = {
        "alarm_rate": tally.alarm_rate,
        "alarm_bound": tally.alarm_bound,
        "power": tally.power,
        "power_error": tally.power_error,
    }
    return {**asdict(asked), **asdict(tally), **rates}


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tables", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, help="processes to use")
    parser.add_argument("--check-model", action="store_true", help="the noise model alone")
    parser.add_argument("--quick", action="store_true", help="a few tables: is it alive")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    if options.quick:
        options.tables = QUICK_TABLES
    return options


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    options = read_options(arguments)
    check = model_check.run(options.seed)
    model_check.show(check)
    found: dict[str, object] = {"seed": options.seed, "model": asdict(check)}
    if not options.check_model:
        todo = list(jobs(ALL_ASKED, tables=options.tables, seed=options.seed))
        results = simulate(todo, options.workers)
        show(results)
        print_targets(targets(results))
        found["figures"] = [as_record(asked, tally) for asked, tally in results.items()]
        found["targets"] = [asdict(target) for target in targets(results)]
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
