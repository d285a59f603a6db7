"""Owns the part of `tf_upgrade_v2` in a run: which arms run its copy, what is said of it."""

from collections.abc import Collection, Iterator
from difflib import unified_diff

from bot.core.plan import FRAMEWORKS, Case, Environment, Plan
from bot.core.releases import supports
from bot.core.report import FailureReport, UpgradeReport

SINCE = "2.0"
MOST_LINES = 200
MOST_CHARACTERS = 16_000


def is_tensorflow(environment: Environment) -> bool:
    """Whether an environment is a TensorFlow, under whatever name it is distributed."""
    return environment.package not in FRAMEWORKS


def is_second_generation(environment: Environment) -> bool:
    """Whether an environment is a TensorFlow that code for 1.x has to be upgraded for."""
    return is_tensorflow(environment) and supports(environment.release, SINCE)


def runs_upgraded(case: Case, environment: Environment) -> bool:
    """Whether an environment runs the upgraded copy of a script, if there is one."""
    return case.script is not None and case.script.upgrade and is_second_generation(environment)


def scripts_to_upgrade(plan: Plan) -> Iterator[Case]:
    """Give a case of each script that is upgraded before it is measured."""
    for case in _one_of_each(plan.cases):
        if any(runs_upgraded(case, environment) for environment in plan.environments):
            yield case


def scripts_that_failed(plan: Plan, failures: Collection[tuple[str, str]]) -> Iterator[Case]:
    """Give a case of each script that failed in 2.x; `failures`: case, environment id."""
    second = {each.id for each in plan.environments if is_second_generation(each)}
    failed = {case for case, environment in failures if environment in second}
    yield from _one_of_each(case for case in plan.cases if case.script and case.name in failed)


def _one_of_each(cases: "Collection[Case] | Iterator[Case]") -> Collection[Case]:
    return {case.workload: case for case in cases}.values()


def difference(before: str, after: str, *, name: str) -> tuple[str, int]:
    """Return the unified diff of a script, and how many lines are new or were changed."""
    lines = list(
        unified_diff(
            before.splitlines(), after.splitlines(), f"a/{name}", f"b/{name}", n=2, lineterm=""
        )
    )
    return "\n".join(lines), sum(line.startswith("+") for line in lines[2:])


def shortened(diff: str) -> str:
    """Keep the first lines of a diff, whole, as far as a reader goes."""
    lines = diff.splitlines()
    kept: list[str] = []
    room = MOST_CHARACTERS
    for line in lines[:MOST_LINES]:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    left = len(lines) - len(kept)
    return "\n".join([*kept, f"... {left} more lines in the run folder"] if left else kept)


def problems(report: str) -> tuple[str, ...]:
    """Return what the tool itself says it could not convert, without the places."""
    found = (line.partition(": ERROR: ")[2].strip() for line in report.splitlines())
    return tuple(dict.fromkeys(problem for problem in found if problem))


def advised(
    failures: Collection[FailureReport], upgrades: Collection[UpgradeReport], plan: Plan
) -> tuple[FailureReport, ...]:
    """Add to the failure of a script in 2.x what the tool would change, or changed."""
    by_case = {each.name: each.workload for each in plan.cases if each.script}
    by_workload = {upgrade.workload: upgrade for upgrade in upgrades}
    second = {each.label for each in plan.environments if is_second_generation(each)}
    return tuple(
        _advised(failure, by_workload.get(by_case.get(failure.case, "")))
        if failure.environment in second and failure.kind in {"exit", "signal", "exception"}
        else failure
        for failure in failures
    )


def _advised(failure: FailureReport, upgrade: UpgradeReport | None) -> FailureReport:
    if upgrade is None:
        return failure
    advice = "; ".join(filter(None, (failure.advice, said(upgrade))))
    return failure.model_copy(update={"advice": advice})


def said(upgrade: UpgradeReport) -> str:
    """Say what the tool changed in a script, or would change."""
    if upgrade.reason is not None:
        return f"tf_upgrade_v2 could not upgrade it: {upgrade.reason}"
    tool = f"tf_upgrade_v2 of {upgrade.made_by}"
    if not upgrade.changed_lines:
        return f"{tool} {'changed' if upgrade.is_measured else 'would change'} nothing in it"
    lines = "1 line" if upgrade.changed_lines == 1 else f"{upgrade.changed_lines} lines"
    if upgrade.is_measured:
        return f"this is the copy in which {tool} changed {lines}"
    return f"{tool} would change {lines} (upgrade: true has that copy measured)"
