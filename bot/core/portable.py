"""Owns the paths of a plan: found again where it is carried out on another machine."""

from collections.abc import Callable, Mapping
from pathlib import PurePath

from bot.core.division import Root
from bot.core.plan import Case, Environment, Plan
from bot.core.wheels import is_address

Move = Callable[[str], str]


def relocated(plan: Plan, here: Mapping[Root, str]) -> Plan:
    """Let every path that lay below one of the plan's roots start from the same root here.

    A path that lay elsewhere stays as it is. Interpreters and addresses are never moved: what is
    used as it is must be where it was.
    """

    def move(path: str) -> str:
        return _moved(path, plan.roots, here)

    return plan.model_copy(
        update={
            "cases": tuple(_case(case, move) for case in plan.cases),
            "environments": tuple(_environment(each, move) for each in plan.environments),
            "broken_workloads": tuple(
                each.model_copy(update={"file": move(each.file)}) for each in plan.broken_workloads
            ),
            "roots": {**plan.roots, **here},
        }
    )


def with_files(plan: Plan, copied: Mapping[str, str]) -> Plan:
    """Let environments be installed from copies of their files: path as planned -> copy."""

    def move(path: str) -> str:
        return copied.get(path, path)

    environments = tuple(_environment(each, move) for each in plan.environments)
    return plan.model_copy(update={"environments": environments})


def files_of(plan: Plan) -> tuple[str, ...]:
    """Return the files that environments are installed from, each once."""
    found: dict[str, None] = {}

    def note(path: str) -> str:
        found[path] = None
        return path

    for environment in plan.environments:
        _environment(environment, note)
    return tuple(found)


def _moved(path: str, before: Mapping[Root, str], here: Mapping[Root, str]) -> str:
    """Move a path with the deepest root it lies in."""
    pure = PurePath(path)
    around: list[tuple[int, Root]] = [
        (len(PurePath(place).parts), root)
        for root, place in before.items()
        if root in here and pure.is_relative_to(place)
    ]
    if not around:
        return path
    _, root = max(around)
    return str(PurePath(here[root]) / pure.relative_to(before[root]))


def _case(case: Case, move: Move) -> Case:
    script = case.script
    if script is not None:
        script = script.model_copy(
            update={"path": move(script.path), "folder": move(script.folder)}
        )
    return case.model_copy(
        update={
            "file": move(case.file),
            "script": script,
            "implementations": {
                framework: each.model_copy(update={"file": move(each.file)})
                for framework, each in case.implementations.items()
            },
        }
    )


def _environment(environment: Environment, move: Move) -> Environment:
    changes: dict[str, object] = {}
    if environment.wheel is not None and not is_address(environment.wheel):
        changes["wheel"] = move(environment.wheel)
    if (subject := environment.subject) is not None:
        changes["subject"] = subject.model_copy(update={"wheel": move(subject.wheel)})
    if (lock := environment.project_lock) is not None:
        changes["project_lock"] = lock.model_copy(update={"path": move(lock.path)})
    return environment.model_copy(update=changes)
