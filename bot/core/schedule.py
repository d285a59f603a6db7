"""Owns what the next block measures: undecided cells first, decided ones free their time.

As long as a cell of a primary metric (step, peak memory, import) is open anywhere, only the cases
of such cells get blocks, all of them in every block, in random order. The open cells of the other
metrics are judged with the blocks that this brings, and get blocks of their own afterwards. Where
the two installs of the baseline differ, an alarm is measured on until it exceeds that difference.

Other frameworks take part in every block of their cases, and neither open one nor keep it open for
the others. Those that were in too few by then get blocks of their own at the end.

Cases that are judged by their results alone are in the first two blocks.

An arm is in a block with all that it is compared with. Where only the two sides of a pull request
under another release are open, that is the two of them: the baseline would tell nothing about them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from random import Random

from bot.core.bias import Bias, biases, wants_block
from bot.core.metric import IMPORT_CASE, METRICS, ROUND_METRICS, MetricName
from bot.core.plan import Case, Environment, Plan
from bot.core.table import Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """One case in one block. Rounds are for all arms or for none: their memory is compared."""

    case: Case
    arms: tuple[Environment, ...]
    is_timed: bool
    is_counted: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One block: these arms are started, these tasks run one after the other.

    `has_imports`: the arms import their frameworks. Scripts do that themselves, so that blocks of
    scripts alone need it once: then it is seen that they are what was asked for.
    """

    number: int
    arms: tuple[Environment, ...]
    tasks: tuple[Task, ...]
    has_imports: bool = True


def next_block(table: Table, number: int, random: Random) -> Block | None:
    """Plan block `number`; None when no block could change any verdict."""
    plan, found = table.plan, tuple(biases(table))
    for is_primary in (True, False):
        tasks = [
            task
            for case in plan.cases
            if (task := _task(table, case, _ranked(plan, case, is_primary=is_primary), found))
            or (task := _task_of_results(table, case))
        ]
        metrics = _of_rank(plan.import_metrics, is_primary=is_primary)
        importing = _importing(table, metrics, found)
        if tasks or importing:
            return _block(plan, number, random, tasks=tasks, importing=importing)
    tasks = [task for case in plan.cases if (task := _task_of_references(table, case))]
    return _block(plan, number, random, tasks=tasks, importing=()) if tasks else None


def _block(
    plan: Plan,
    number: int,
    random: Random,
    *,
    tasks: list[Task],
    importing: Sequence[Environment],
) -> Block:
    random.shuffle(tasks)
    needed = {arm.id for task in tasks for arm in task.arms} | {arm.id for arm in importing}
    arms = [arm for arm in plan.environments if arm.id in needed]
    random.shuffle(arms)
    has_imports = number == 0 or bool(importing) or any(t.case.kind != "script" for t in tasks)
    return Block(number=number, arms=tuple(arms), tasks=tuple(tasks), has_imports=has_imports)


def _ranked(plan: Plan, case: Case, *, is_primary: bool) -> tuple[MetricName, ...]:
    return _of_rank(plan.metrics_of(case), is_primary=is_primary)


def _of_rank(metrics: Sequence[MetricName], *, is_primary: bool) -> tuple[MetricName, ...]:
    return tuple(metric for metric in metrics if METRICS[metric].is_primary == is_primary)


def _task(
    table: Table, case: Case, metrics: Collection[MetricName], found: Collection[Bias]
) -> Task | None:
    open_metrics = {
        arm.id: _open(table, case.name, arm, metrics, found)
        for arm in table.plan.candidates
        if table.is_comparable(case.name, arm)
    }
    arms = _together(table.plan, [a for a in table.plan.candidates if open_metrics.get(a.id)])
    if not arms:
        return None
    return Task(
        case=case,
        arms=(*arms, *_references(table, case.name, arms)),
        is_timed=any(ROUND_METRICS & found for found in open_metrics.values()),
        is_counted=table.wants_counts(case.name, arms),
    )


def _together(plan: Plan, wanting: Sequence[Environment]) -> tuple[Environment, ...]:
    """Return who wants a block with all they are compared with, in the order of the plan."""
    needed = {each.id for arm in wanting for each in (arm, *plan.opponents(arm))}
    return tuple(arm for arm in plan.environments if arm.id in needed)


def _task_of_results(table: Table, case: Case) -> Task | None:
    """Run a case that has nothing but results as often as these are compared."""
    others = (*table.plan.candidates, *table.plan.references)
    wanting = [
        arm
        for arm in others
        if table.wants_results(case, arm) and table.is_comparable(case.name, arm)
    ]
    if not wanting:
        return None
    arms = _together(table.plan, wanting)
    return Task(
        case=case,
        arms=arms,
        is_timed=False,
        is_counted=table.wants_counts(case.name, arms),
    )


def _task_of_references(table: Table, case: Case) -> Task | None:
    """Measure other frameworks next to the baseline where nothing else is to be measured."""
    baselines = (table.plan.baseline, table.plan.control)
    if case.has_results_only or any(table.given_up(case.name, baseline) for baseline in baselines):
        return None
    wanting = [arm for arm in table.plan.references if table.wants_reference(case.name, arm)]
    if not wanting:
        return None
    is_timed = not ROUND_METRICS.isdisjoint(table.plan.metrics_of(case))
    return Task(case=case, arms=(*baselines, *wanting), is_timed=is_timed)


def _references(table: Table, case: str, arms: Collection[Environment]) -> tuple[Environment, ...]:
    """Add other frameworks, which are seen beside the baseline and nothing else."""
    if table.plan.baseline not in arms:
        return ()
    return tuple(arm for arm in table.plan.references if not table.given_up(case, arm))


def _open(
    table: Table,
    case: str,
    arm: Environment,
    metrics: Collection[MetricName],
    found: Collection[Bias],
) -> set[MetricName]:
    return {metric for metric in metrics if wants_block(table, (case, metric, arm.id), found)}


def _importing(
    table: Table, metrics: Collection[MetricName], found: Collection[Bias]
) -> tuple[Environment, ...]:
    undecided = [
        arm
        for arm in table.plan.candidates
        if table.is_comparable(IMPORT_CASE, arm) and _open(table, IMPORT_CASE, arm, metrics, found)
    ]
    arms = _together(table.plan, undecided)
    return (*arms, *_references(table, IMPORT_CASE, arms))
