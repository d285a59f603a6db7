"""Tables whose blocks several machines share, through the real stopping rule and the real merge.

    python -m benchmarks.shards [--tables N] [--seed N] [--workers N] [--json FILE]

Every part of a run stops a cell by what it sees alone; the blocks of all are then put in order and
judged as one table. Simulated for one, two and four machines of three kinds (`noise.py`), each
with noise of its own: the share of tables of like versions with any alarm, and how many of the
slowdowns of 5 % are found. The figures depend on seed and number of tables alone.

Must show: at most 1 % of the tables of like versions with an alarm, however many machines share
them, and 95 % of the slowdowns of 5 % found on the quiet and typical2 ones.
"""

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks import our_rule
from benchmarks.noise import PROFILES, Machine, Profile
from benchmarks.our_rule import CASES, PLAN, judge
from benchmarks.tables import Target, print_table, print_targets
from benchmarks.tally import WORKLOADS, Tally
from bot.core.plan import Plan
from bot.core.record import CaseBlock
from bot.core.shards import divided, in_order, whole
from bot.core.table import Table

SHARDS = (1, 2, 4)
KINDS = ("quiet", "typical2", "noisy")
NO_EFFECT, EFFECT_TO_FIND = 0.0, 0.05
MOST_FALSE_ALARMS, LEAST_POWER = 0.01, 0.95
MACHINES_TO_FIND_IT_ON = ("quiet", "typical2")
TABLES_AT_ONCE = 10
TABLES_OF_POWER = 5
"""Tables with a slowdown are simulated once for so many of like versions."""


class PartTable(Table):
    """One part of a run: its table decides when to stop, its records are what is merged."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan, unavailable={})
        self.records: list[CaseBlock] = []

    def add(self, record: CaseBlock) -> None:  # type: ignore[override]  # there are no others here
        """Take a record into account, and keep it."""
        self.records.append(record)
        super().add(record)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What one figure is about: so many machines of one kind, all candidates with one effect."""

    machine: str
    shards: int
    effect: float


@dataclass(frozen=True, kw_only=True)
class Job:
    """Some of the tables of one figure."""

    asked: Asked
    part: int
    tables: int
    seed: int


Results = Mapping[Asked, Tally]
ALL_ASKED = tuple(
    Asked(machine=machine, shards=shards, effect=effect)
    for machine, shards, effect in product(KINDS, SHARDS, (NO_EFFECT, EFFECT_TO_FIND))
)


def simulate(
    profile: Profile, shards: int, effect: float, tables: int, random: np.random.Generator
) -> Tally:
    """Measure tables in parts, merge the parts, judge what comes out."""
    plan = PLAN.model_copy(update={"shards": shards})
    parts, tally = list[list[PartTable]](), Tally()
    for number in range(1, shards + 1):
        measured, cost = _one_machine(divided(plan, number), profile, effect, tables, random)
        parts.append(measured)
        tally += cost
    merged_plan = whole(divided(plan, 1), range(1, shards + 1))
    for table in range(tables):
        records = {number + 1: part[table].records for number, part in enumerate(parts)}
        merged = Table(merged_plan, unavailable={})
        for record in in_order(records, shards):
            merged.add(record)
        tally += judge(merged)
    return tally


def _one_machine(
    plan: Plan, profile: Profile, effect: float, tables: int, random: np.random.Generator
) -> tuple[list[PartTable], Tally]:
    """Let one machine do its part of some tables, until it sees nothing more to do."""
    machine = Machine(profile, tables * WORKLOADS, random)
    parts = [PartTable(plan) for _ in range(tables)]
    tally = Tally()
    for number in range(plan.most_blocks_here):
        is_open = np.array([our_rule.open_cells(table, case) for table in parts for case in CASES])
        if not is_open.any():
            break
        tally += our_rule.run_block(machine, parts, number, is_open, effect)
    return parts, tally


def jobs(asked: Iterable[Asked], *, tables: int, seed: int) -> Iterator[Job]:
    """Split all that is to be simulated."""
    for one in asked:
        all_tables = tables if one.effect == NO_EFFECT else max(1, tables // TABLES_OF_POWER)
        for part, first in enumerate(range(0, all_tables, TABLES_AT_ONCE)):
            size = min(TABLES_AT_ONCE, all_tables - first)
            yield Job(asked=one, part=part, tables=size, seed=seed)


def run(job: Job) -> Tally:
    """Simulate one job."""
    asked = job.asked
    machine = list(PROFILES).index(asked.machine)
    entropy = [job.seed, machine, asked.shards, round(asked.effect * 1000), job.part]
    random = np.random.default_rng(entropy)
    return simulate(PROFILES[asked.machine], asked.shards, asked.effect, job.tables, random)


def simulate_all(todo: Sequence[Job], workers: int | None = None) -> Results:
    """Run all jobs and add up what belongs together."""
    results: dict[Asked, Tally] = {}
    with ProcessPoolExecutor(workers) as pool:
        for job, tally in zip(todo, pool.map(run, todo), strict=True):
            results[job.asked] = results.get(job.asked, Tally()) + tally
    return results


def show(results: Results) -> None:
    """Print everything found."""
    print_table(
        ("machines", "versions", "tables", "alarm", "bound", "equal", "found", "blocks", "longest"),
        (_row(asked, tally) for asked, tally in results.items()),
    )


def _row(asked: Asked, tally: Tally) -> tuple[str, ...]:
    is_null = asked.effect == NO_EFFECT
    blocks = tally.blocks / tally.cells
    return (
        f"{asked.shards} {asked.machine}",
        "like" if is_null else f"+{asked.effect:.0%}",
        str(tally.tables),
        f"{tally.alarm_rate:.2%}" if is_null else "",
        f"{tally.alarm_bound:.2%}" if is_null else "",
        f"{tally.equivalent / tally.cells:.1%}",
        "" if is_null else f"{tally.power:.1%}",
        f"{blocks:.1f}",
        f"{blocks / asked.shards:.1f}",
    )


def targets(results: Results) -> Iterator[Target]:
    """Compare what was found with what must be shown."""
    for asked, tally in results.items():
        if asked.effect == NO_EFFECT:
            yield Target(
                what=f"{asked.shards} {asked.machine}: at most {MOST_FALSE_ALARMS:.0%} of tables",
                got=f"{tally.alarm_rate:.2%}, at most {tally.alarm_bound:.2%}",
                is_met=tally.alarm_rate <= MOST_FALSE_ALARMS,
            )
        elif asked.machine in MACHINES_TO_FIND_IT_ON:
            yield Target(
                what=f"{asked.shards} {asked.machine}: at least {LEAST_POWER:.0%} found",
                got=f"{tally.power:.1%}",
                is_met=tally.power >= LEAST_POWER,
            )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tables", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, help="processes to use")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args(arguments)
    todo = list(jobs(ALL_ASKED, tables=options.tables, seed=options.seed))
    results = simulate_all(todo, options.workers)
    show(results)
    print_targets(targets(results))
    if options.json:
        found = [{**asdict(asked), **asdict(tally)} for asked, tally in results.items()]
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
