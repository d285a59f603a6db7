"""Owns what the next block measures: undecided cells first, decided ones free their time."""

from dataclasses import dataclass
from random import Random

from bot.core.metric import CASE_METRICS, IMPORT_CASE
from bot.core.plan import Case, Environment
from bot.core.table import Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One case in one block. Rounds are for all arms or for none: their memory is compared."""

    case: Case
    arms: tuple[Environment, ...]
    is_timed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One block: these arms are started, these tasks run one after the other."""

    number: int
    arms: tuple[Environment, ...]
    tasks: tuple[Task, ...]


def next_block(table: Table, number: int, random: Random) -> Block | None:
    """Plan block `number`; None when no block could change any verdict."""
    tasks = [task for case in table.plan.cases if (task := _task(table, case))]
    random.shuffle(tasks)
    importing = _undecided_imports(table)
    if not tasks and not importing:
        return None
    wanted = {arm.id for task in tasks for arm in task.arms} | {arm.id for arm in importing}
    arms = [arm for arm in table.plan.environments if arm.id in wanted]
    random.shuffle(arms)
    return Block(number=number, arms=tuple(arms), tasks=tuple(tasks))


def _task(table: Table, case: Case) -> Task | None:
    baselines = (table.plan.baseline, table.plan.control)
    if any(table.given_up(case.name, baseline) for baseline in baselines):
        return None
    able = [arm for arm in table.plan.candidates if not table.given_up(case.name, arm)]
    arms = [
        arm
        for arm in able
        if any(table.is_open((case.name, metric, arm.id)) for metric in CASE_METRICS)
    ]
    if not arms:
        return None
    return Task(
        case=case,
        arms=(*baselines, *arms),
        is_timed=any(table.is_open((case.name, "step", arm.id)) for arm in arms),
    )


def _undecided_imports(table: Table) -> tuple[Environment, ...]:
    baselines = (table.plan.baseline, table.plan.control)
    if any(table.given_up(IMPORT_CASE, baseline) for baseline in baselines):
        return ()
    undecided = [
        arm
        for arm in table.plan.candidates
        if not table.given_up(IMPORT_CASE, arm) and table.is_open((IMPORT_CASE, "import", arm.id))
    ]
    return (*baselines, *undecided) if undecided else ()
