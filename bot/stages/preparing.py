"""Owns the second stage: environments, and that a resumed run finds them as they were."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.core.plan import Case, Environment, Plan
from bot.core.run_facts import EnvironmentReport
from bot.engine.digest import file_digest
from bot.environments.install import prepare
from bot.environments.preparation import Prepared, Unavailable
from bot.errors import BadRunFolder
from bot.run_folder import RunFolder
from bot.stages.house import House, make_home


def prepare_environments(plan: Plan, folder: RunFolder, house: House) -> dict[str, Prepared]:
    """Install what can be installed and write down what each environment is made of."""
    house.progress.note(f"installing {len(plan.environments)} environments (minutes when new)")
    preparations = prepare(
        plan.environments,
        home=make_home(house.home),
        progress=lambda environment, state, text: house.progress.environment(
            environment.label, state, text
        ),
        environ=house.environ,
    )
    for preparation in preparations:
        described = describe(preparation)
        if folder.samples.exists():
            described = _as_before(described, folder, preparation.environment)
        folder.write(folder.environment(preparation.environment), described)
    return {p.environment.id: p for p in preparations if isinstance(p, Prepared)}


def _as_before(
    now: EnvironmentReport, folder: RunFolder, environment: Environment
) -> EnvironmentReport:
    """Refuse to go on with another environment than the one that was measured."""
    before = folder.read_environment(environment)
    if now.unavailable:
        return before.model_copy(update={"unavailable": now.unavailable})
    if before.packages and before.packages != now.packages:
        raise BadRunFolder(
            f"the environment of {environment.label} is not the one that was measured before",
            where=str(folder.environment(environment)),
            cause="its dependencies were resolved anew, or the environment was changed",
            next_step="start a new run: tfperf compare ...",
        )
    return now


def check_workloads(plan: Plan, *, known: str = "was measured before") -> None:
    """Refuse to go on with other workloads than those that were measured, or else `known`."""
    for case in plan.cases:
        for file, digest in _files(case, plan.environments):
            if file_digest(Path(file)) != digest:
                raise BadRunFolder(
                    f"the workload {case.workload} is not the one that {known}",
                    where=file,
                    cause="the file was edited, moved or removed",
                    next_step="put it back, or start a new run: tfperf compare ...",
                )


def _files(case: Case, environments: Sequence[Environment]) -> Iterator[tuple[str, str]]:
    """Give each file of a case, and what its fingerprint was."""
    for program in {case.program(environment) for environment in environments}:
        if program is not None:
            yield program.file, program.file_digest
    if case.script is not None:
        yield case.script.path, case.script.digest


def describe(preparation: Prepared | Unavailable) -> EnvironmentReport:
    """Write down what an environment is made of, or why it is not there."""
    environment = preparation.environment
    unavailable = None
    if isinstance(preparation, Unavailable):
        unavailable = "; ".join(filter(None, (preparation.reason, preparation.remedy)))
    return EnvironmentReport(
        label=environment.label,
        role=environment.role,
        package=environment.package,
        release=environment.release,
        python=environment.python,
        packages=preparation.packages if isinstance(preparation, Prepared) else {},
        lock_digest=preparation.lock_digest if isinstance(preparation, Prepared) else None,
        installed_bytes=(
            preparation.installed_bytes if isinstance(preparation, Prepared) else None
        ),
        unavailable=unavailable,
        knobs=environment.knobs,
    )
