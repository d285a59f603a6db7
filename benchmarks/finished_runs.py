"""Owns finished runs that nobody measured: real plans and records, drawn by chance, on disk."""

import json
from collections.abc import Iterator
from itertools import count
from math import exp
from pathlib import Path
from random import Random

from bot.core.outcome import Imported, Measured
from bot.core.plan import Case, Environment, Plan, Rule
from bot.core.record import CaseBlock, ImportBlock, Record, encode
from bot.core.schedule import Block, next_block
from bot.core.table import Table
from bot.run_folder import RunFolder

SLOWER, EVERY = 0.10, 10
"""One in ten (case, version) has a step that is 10 % slower."""


def plan(*, versions: int, cases: int, most_blocks: int = 30) -> Plan:
    """Plan a run of any size."""
    environments = (
        environment("base-a", "baseline"),
        environment("base-b", "control"),
        *(environment(f"cand-{i}", "candidate") for i in range(versions)),
    )
    found = Plan(
        created="2026-01-01T00:00:00+00:00",
        command="benchmarks.cost",
        seed=1,
        environments=environments,
        cases=tuple(case(i) for i in range(cases)),
        rule=Rule(most_blocks=most_blocks),
        dependencies="release-date",
        device="cpu",
        isolation="fork",
        threads=1,
        budget_seconds=600.0,
        timeout_seconds=60.0,
    )
    return found.model_copy(update={"rule": found.rule.model_copy(update={"cells": cells(found)})})


def cells(plan: Plan) -> int:
    """Count the cells that get a verdict."""
    each = len(plan.cases) * len(plan.case_metrics) + len(plan.import_metrics)
    return len(plan.candidates) * each


def environment(identity: str, role: str) -> Environment:
    return Environment.model_validate(
        {
            "id": identity,
            "label": identity,
            "role": role,
            "package": "tensorflow",
            "release": "2.15.1",
            "python": "3.11",
        }
    )


def case(number: int) -> Case:
    name = f"w{number:03d}"
    return Case(name=f"{name}[c]", workload=name, case="c", file=f"/{name}.py")


def write(
    folder: RunFolder, plan: Plan, *, rounds: int, seed: int, blocks: int | None = None
) -> None:
    """Write the folder of a run that went on until all was decided, or for just `blocks` blocks."""
    folder.write(folder.plan, plan)
    with folder.samples.open("w", encoding="utf-8") as file:
        for record in records(plan, rounds=rounds, seed=seed, blocks=blocks):
            file.write(json.dumps(encode(record), separators=(",", ":")) + "\n")


def records(plan: Plan, *, rounds: int, seed: int, blocks: int | None = None) -> Iterator[Record]:
    """Draw what a run would have measured, scheduled as a real one is."""
    random = Random(seed)
    table = Table(plan, unavailable={})
    for number in count():
        block = next_block(table, number, random)
        if block is None or number == blocks:
            return
        for record in _block(plan, block, random, rounds=rounds):
            if blocks is None:
                table.add(record)
            yield record


def _block(plan: Plan, block: Block, random: Random, *, rounds: int) -> Iterator[Record]:
    yield ImportBlock(
        block=block.number,
        outcomes={arm.id: imported(random) for arm in block.arms},
        seconds=8.0,
    )
    for task in block.tasks:
        yield CaseBlock(
            block=block.number,
            case=task.case.name,
            outcomes={
                arm.id: measured(
                    random,
                    slowdown=_slowdown(plan, task.case, arm),
                    rounds=rounds if task.is_timed else 0,
                )
                for arm in task.arms
            },
            phases={"build": 0.4, "first_call": 0.6, "warm_up": 0.5, "timed": 2.0, "untimed": 1.0},
            seconds=5.0,
        )


def _slowdown(plan: Plan, case: Case, arm: Environment) -> float:
    place = plan.cases.index(case) + plan.environments.index(arm)
    return SLOWER if arm.role == "candidate" and place % EVERY == 0 else 0.0


def imported(random: Random) -> Imported:
    return Imported(
        cpu_seconds=2.0 * exp(random.gauss(0, 0.02)),
        wall_seconds=2.1,
        rss_bytes=int(3e8 * exp(random.gauss(0, 0.001))),
        modules=2000,
    )


def measured(random: Random, *, slowdown: float, rounds: int) -> Measured:
    """Draw one arm's part: processes differ by 1 %, rounds of a process by 1 %."""
    typical = 0.02 * (1 + slowdown) * exp(random.gauss(0, 0.01))
    return Measured(
        first_call_cpu_seconds=0.5 * exp(random.gauss(0, 0.03)),
        first_call_wall_seconds=0.5,
        build_cpu_seconds=0.3 * exp(random.gauss(0, 0.03)),
        build_wall_seconds=0.3,
        peak_rss_bytes=int(6e8 * exp(random.gauss(0, 0.0005))),
        round_seconds=tuple(typical * exp(random.gauss(0, 0.01)) for _ in range(rounds)),
        rss_growth_bytes=random.randrange(4096) if rounds else None,
        calls_in_rounds=2 * rounds,
        counters={"traces": 1, "graph_nodes": 100, "minor_faults": 10_000},
    )


def folder_of(path: Path) -> RunFolder:
    path.mkdir(parents=True, exist_ok=True)
    return RunFolder(path)
