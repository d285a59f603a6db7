"""Owns our own rule in the simulation: blocks of co-resident processes, judged by the real table.

Everything decided is decided by `bot.core`, as in a run that asks for one metric and has no budget:
which cells get another block, when a cell is settled or too noisy, step-down at the end, and doubt
where the two installs of the baseline seem to differ. Only the rule for more rounds is written
again here, for all rows of a block at once; a test holds it to `bot.core.rounds`.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from benchmarks.noise import CALL_SECONDS, Array, Machine, Profile, Rows
from benchmarks.tally import CANDIDATES, CELLS, WORKLOADS, Tally
from bot.core.bias import biases, doubt_alarms
from bot.core.outcome import Measured
from bot.core.plan import Case, Environment, Plan, Role, Rule
from bot.core.record import CaseBlock
from bot.core.rounds import LEAST_ROUNDS, MOST_ROUNDS, PRECISE_ENOUGH, ROUNDS_BETWEEN_LOOKS
from bot.core.table import Table
from bot.core.verdict import Cell, step_down
from bot.engine.turns import ROUNDS_SECONDS

NAME = "tfperf"

BASELINES = 2
ARMS = BASELINES + CANDIDATES
BLOCK_SECONDS = 60.0
"""From one block of a workload to its next: the other workloads have theirs meanwhile."""

HALF_WIDTH_OF_SPREAD = 1.96 * 1.2533 * 1.4826
"""95 % half-width of the median of one value, in median absolute deviations."""

Marks = NDArray[np.bool_]


def _environment(identity: str, role: Role) -> Environment:
    return Environment(
        id=identity, label=identity, role=role, package="tensorflow", release="2", python="3.11"
    )


PLAN = Plan(
    created="",
    command="",
    seed=0,
    environments=(
        _environment("baseline", "baseline"),
        _environment("control", "control"),
        *(_environment(f"candidate-{number}", "candidate") for number in range(CANDIDATES)),
    ),
    cases=tuple(
        Case(name=f"workload-{number}", workload="", case="", file="")
        for number in range(WORKLOADS)
    ),
    rule=Rule(thresholds={"step": 0.05}, alpha=0.01, cells=CELLS),
    metrics=("step",),
    dependencies="release-date",
    device="cpu",
    isolation="fork",
    threads=1,
    budget_seconds=float("inf"),
    timeout_seconds=float("inf"),
)
ENVIRONMENTS = [environment.id for environment in PLAN.environments]
CASES = [case.name for case in PLAN.cases]


def simulate(profile: Profile, effect: float, tables: int, random: np.random.Generator) -> Tally:
    """Measure and judge some tables, every candidate having the same effect."""
    machine = Machine(profile, tables * WORKLOADS, random)
    whole = [Table(PLAN, unavailable={}) for _ in range(tables)]
    tally = Tally()
    for number in range(PLAN.rule.most_blocks):
        is_open = np.array([open_cells(table, case) for table in whole for case in CASES])
        if not is_open.any():
            break
        tally += run_block(machine, whole, number, is_open, effect)
    for table in whole:
        tally += judge(table)
    return tally


def open_cells(table: Table, case: str) -> list[bool]:
    """Say for which candidates a case is open."""
    return [table.is_open((case, "step", candidate.id)) for candidate in PLAN.candidates]


def run_block(
    machine: Machine, tables: Sequence[Table], number: int, is_open: Marks, effect: float
) -> Tally:
    """Give every workload with an open cell one block; only open candidates take part."""
    active = np.flatnonzero(is_open.any(axis=1))
    present = np.insert(is_open[active], [0] * BASELINES, values=True, axis=1)
    times = co_resident_times(machine, active, effect)
    rounds = np.minimum(rounds_wanted(times, present), rounds_in_time(times, present))
    for row, arms, measured, done in zip(active, present, times, rounds, strict=True):
        table, case = divmod(int(row), WORKLOADS)
        outcomes = {
            ENVIRONMENTS[arm]: _measured(measured[arm, :done]) for arm in np.flatnonzero(arms)
        }
        tables[table].add(CaseBlock(block=number, case=CASES[case], outcomes=outcomes))
    return Tally(
        processes=int(present.sum()),
        blocks=int(is_open.sum()),
        case_blocks=len(active),
        rounds=int(rounds.sum()),
    )


def _measured(log_times: Array) -> Measured:
    """Report what an arm's rounds took; the other metrics are not asked for."""
    return Measured(
        first_call_cpu_seconds=1.0,
        first_call_wall_seconds=1.0,
        build_cpu_seconds=1.0,
        build_wall_seconds=1.0,
        peak_rss_bytes=1,
        round_seconds=tuple((CALL_SECONDS * np.exp(log_times)).tolist()),
    )


def co_resident_times(machine: Machine, rows: Rows, effect: float) -> Array:
    """Draw the logs of one block's calls, shape (rows, arms, rounds): a round is one moment."""
    turns = machine.turns(
        rows, rest=BLOCK_SECONDS, moments=MOST_ROUNDS, seconds=ARMS * CALL_SECONDS, arms=ARMS
    )
    born = machine.processes(rows, ARMS)
    born[:, BASELINES:] += np.log1p(effect)
    return turns.swapaxes(1, 2) + born[:, :, None]


def rounds_wanted(times: Array, present: Marks) -> NDArray[np.intp]:
    """Say after how many rounds each row's block is precise; arms not present do not count."""
    wanted = np.full(len(times), MOST_ROUNDS)
    going = np.arange(len(times))
    for done in range(LEAST_ROUNDS, MOST_ROUNDS, ROUNDS_BETWEEN_LOOKS):
        precise = going
        for pair in combinations(range(times.shape[1]), 2):
            one, other = times[precise][:, pair, :done].swapaxes(0, 1)
            is_judged = present[precise][:, pair].all(axis=1)
            precise = precise[~is_judged | (half_widths(one - other) <= PRECISE_ENOUGH)]
        wanted[precise] = done
        going = np.setdiff1d(going, precise)
    return wanted


def half_widths(differences: Array) -> Array:
    """Return the 95 % half-width of each row's median."""
    middle = np.median(differences, axis=1, keepdims=True)
    spread = np.median(np.abs(differences - middle), axis=1)
    return HALF_WIDTH_OF_SPREAD * spread / np.sqrt(differences.shape[1])


def rounds_in_time(times: Array, present: Marks) -> NDArray[np.intp]:
    """Count the rounds that begin before their time is over."""
    seconds = CALL_SECONDS * np.exp(times) * present[:, :, None]
    ends = np.cumsum(seconds.sum(axis=1), axis=1)
    begun = 1 + (ends[:, :-1] <= ROUNDS_SECONDS).sum(axis=1)
    return np.maximum(begun, LEAST_ROUNDS)


def judge(table: Table) -> Tally:
    """Conclude one whole table and count what it says."""
    cells = list(table.candidate_cells.values())
    step_down(cells)
    doubt_alarms(table, tuple(biases(table)))
    slower = sum(_is_called(cell, "slower") for cell in cells)
    faster = sum(_is_called(cell, "faster") for cell in cells)
    return Tally(
        tables=1,
        tables_with_alarm=int(slower + faster > 0),
        slower=slower,
        slower_squared=slower**2,
        faster=faster,
        equivalent=sum(cell.is_settled and cell.decision == "equivalent" for cell in cells),
        unstable=sum(cell.is_unstable for cell in cells),
        too_noisy=sum(cell.is_too_noisy(PLAN.rule.most_blocks) for cell in cells),
        doubted=sum(cell.is_doubted for cell in cells),
    )


def _is_called(cell: Cell, word: str) -> bool:
    return cell.decision == word and not cell.is_doubted
