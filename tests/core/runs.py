"""Plans and records to test the core with: as few words as the test needs."""

from collections.abc import Mapping
from random import Random
from typing import Any

from bot.core.outcome import Imported, Measured, Outcome
from bot.core.plan import Case, Environment, Plan, Rule
from bot.core.record import CaseBlock, ImportBlock
from bot.core.table import Table

BASELINE, CONTROL, CANDIDATE = "base-a", "base-b", "cand-a"
CASE = "mlp[fit]"


def environment(release: str, role: str, identity: str, **changes: Any) -> Environment:
    values = {"label": release, "package": "tensorflow", "python": "3.11", **changes}
    return Environment.model_validate({"id": identity, "role": role, "release": release, **values})


def case(name: str = CASE, **changes: Any) -> Case:
    workload, _, parameters = name.removesuffix("]").partition("[")
    return Case(name=name, workload=workload, case=parameters, file=f"/{workload}.py", **changes)


def plan(**changes: Any) -> Plan:
    values: dict[str, Any] = {
        "created": "2026-01-01T00:00:00+00:00",
        "command": "tfperf compare 2.15.1 2.21.0",
        "seed": 1,
        "environments": (
            environment("2.15.1", "baseline", BASELINE),
            environment("2.15.1", "control", CONTROL, label="2.15.1'"),
            environment("2.21.0", "candidate", CANDIDATE),
        ),
        "cases": (case(),),
        "rule": Rule(cells=8),
        "dependencies": "release-date",
        "device": "cpu",
        "isolation": "fork",
        "threads": 1,
        "budget_seconds": 600.0,
        "timeout_seconds": 60.0,
    }
    return Plan.model_validate({**values, **changes})


def measured(step: float = 0.01, **changes: Any) -> Measured:
    values: dict[str, Any] = {
        "first_call_cpu_seconds": 0.5,
        "first_call_wall_seconds": 0.5,
        "build_cpu_seconds": 0.1,
        "build_wall_seconds": 0.1,
        "peak_rss_bytes": 10**9,
        "round_seconds": (step,) * 10,
        "rss_growth_bytes": 0,
        "calls_in_rounds": 100,
    }
    return Measured(**{**values, **changes})


def imported(seconds: float = 2.0, *, modules: int = 1000) -> Imported:
    return Imported(cpu_seconds=seconds, wall_seconds=seconds, rss_bytes=10**8, modules=modules)


def case_block(
    number: int, outcomes: Mapping[str, Outcome], *, name: str = CASE, **changes: Any
) -> CaseBlock:
    return CaseBlock(block=number, case=name, outcomes=outcomes, **changes)


def import_block(number: int, **modules: int) -> ImportBlock:
    counts = {BASELINE: 1000, CONTROL: 1000, CANDIDATE: 1000}
    counts |= {arm.replace("_", "-"): count for arm, count in modules.items()}
    outcomes = {arm: imported(modules=count) for arm, count in counts.items()}
    return ImportBlock(block=number, outcomes=outcomes)


def scattered(random: Random, noise: float, **changes: Any) -> Measured:
    """Measure a process whose every figure is off by some noise."""

    def off(value: float) -> float:
        return value * random.lognormvariate(0, noise)

    step = off(changes.pop("step", 0.01))
    values: dict[str, Any] = {
        "first_call_cpu_seconds": off(0.5),
        "build_cpu_seconds": off(0.1),
        "peak_rss_bytes": int(off(10**9)),
    }
    return measured(step, **{**values, **changes})


def filled(blocks: int, *, noise: float = 0.005, seed: int = 5, **by_arm: dict[str, Any]) -> Table:
    """Fill a table; `by_arm` says what is different about an arm (with _ for -)."""
    random = Random(seed)
    table = Table(plan(), unavailable={})
    for number in range(blocks):
        outcomes: dict[str, Outcome] = {
            arm: scattered(random, noise, **by_arm.get(arm.replace("-", "_"), {}))
            for arm in (BASELINE, CONTROL, CANDIDATE)
        }
        table.add(case_block(number, outcomes))
        table.add(import_block(number))
    return table
