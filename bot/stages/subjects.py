"""Owns the user's own project in the environments: built at both sides, for every Python."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.dependency_answer import Single
from bot.core.plan import BrokenWorkload, Case, Environment, ProjectLock, Ref, Subject
from bot.core.sides import Sides
from bot.environments.command import Deadline
from bot.environments.exclusive import Busy, exclusive
from bot.environments.locks import locks_another
from bot.environments.project_locks import release_in
from bot.environments.project_wheel import (
    DEADLINE_SECONDS,
    CannotBuild,
    Source,
    build,
    kept,
    read,
)
from bot.project.worktrees import remove_worktree, worktree
from bot.stages.axes import Axes
from bot.stages.house import House
from bot.stages.pins import Project

_REFS: tuple[Ref, ...] = ("base", "head")


@dataclass(kw_only=True)
class Brought:
    """What both sides of a pull request bring into the environments, built when it is needed."""

    axes: Axes
    house: House
    wheels: dict[tuple[Ref, str], Subject] = field(default_factory=dict)

    def sides(self, pythons: Collection[str]) -> Sides | None:
        """Build the project for these Pythons; None where nothing is brought."""
        project, locks = self.axes.project, self.axes.locks
        if project is not None:
            for ref in _REFS:
                self._build(project, ref, sorted(pythons, key=_number))
        if not self.wheels:
            return Sides(locks=locks) if locks else None
        first = next(python for _, python in self.wheels)
        return Sides(base=self.wheels["base", first], head=self.wheels["head", first], locks=locks)

    def fitted(self, environments: Sequence[Environment]) -> tuple[Environment, ...]:
        """Give each environment the wheel for its Python, and the lock that has its release."""
        return tuple(self._fitted(environment) for environment in environments)

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what was built."""
        subjects = list(self.wheels.values())[:1]
        return tuple(
            f"subject: {subject.name} is installed as it is at base and at head; workloads are "
            "those of head for both"
            for subject in subjects
        )

    def shadowed(self, cases: Sequence[Case]) -> tuple[BrokenWorkload, ...]:
        """Name the scripts that would import the project from their own folder: head for both."""
        modules = {m for subject in self.wheels.values() for m in read(Path(subject.wheel)).modules}
        found = {}
        for case in cases:
            hidden = _beside(case, modules) if case.script is not None else None
            if hidden is not None:
                found[case.workload] = BrokenWorkload(
                    workload=case.workload,
                    file=case.file,
                    reason=f"{hidden} lies beside the script and would be imported instead of what "
                    "is installed, at both sides alike: move the script to a folder of its own",
                )
        return tuple(found.values())

    def _build(self, project: Project, ref: Ref, pythons: Sequence[str]) -> None:
        commit = project.refs.base if ref == "base" else project.refs.head
        home = self.house.home.resolve()
        folder = home / "worktrees" / commit
        source = Source(
            folder=folder / project.folder,
            subfolder=project.folder,
            ref=ref,
            commit=commit,
            seconds=project.repository.seconds(commit),
        )
        deadline = Deadline(seconds=DEADLINE_SECONDS)
        try:
            with exclusive(folder.with_name(f"{commit}.busy"), deadline):
                missing = self._kept(source, pythons)
                if not missing:
                    return
                worktree(project.repository, commit, home=home)
                self._build_in(source, missing)
                remove_worktree(project.repository, commit, home=home)
        except Busy as busy:
            raise CannotBuild(
                f"another process kept building the project for {deadline.seconds:.0f} s",
                next_step=f"end the process that holds {busy.path}",
            ) from busy

    def _kept(self, source: Source, pythons: Sequence[str]) -> list[str]:
        """Take the wheels that are there; return the Pythons that have none yet."""
        missing = []
        for python in pythons:
            subject = kept(source, python=python, home=self.house.home)
            if subject is None:
                missing.append(python)
            else:
                self.wheels[source.ref, python] = subject
        return missing

    def _build_in(self, source: Source, pythons: Sequence[str]) -> None:
        commit = source.commit[:12]
        for python in pythons:
            self.house.progress.note(
                f"building the project at {source.ref} ({commit}) for {python}"
            )
            self.wheels[source.ref, python] = build(
                source,
                python=python,
                home=self.house.home,
                environ=self.house.environ,
                deadline=Deadline(seconds=DEADLINE_SECONDS),
            )

    def _fitted(self, environment: Environment) -> Environment:
        changes: dict[str, Subject | ProjectLock | str] = {}
        ref = environment.ref
        if environment.subject is not None and ref is not None:
            wheel = self.wheels.get((ref, environment.python))
            changes |= {"subject": wheel} if wheel else {}
        lock = environment.project_lock
        if lock is not None and environment.subject is not None:
            changes["project_lock"] = lock = self._lock_of(environment, lock)
        if lock is not None and environment.unavailable is not None:
            # A resolution is for one Python: that it is not the release's is no reason of its own.
            changes["unavailable"] = locks_another(environment, lock) or environment.unavailable
        return environment.model_copy(update=changes) if changes else environment

    def _lock_of(self, environment: Environment, own: ProjectLock) -> ProjectLock:
        """Find the lock with the release: the code of one side may meet what the other pins."""
        wanted = (environment.package, environment.release)
        both = (own, *(self.axes.locks or ()))
        return next((lock for lock in both if _release(lock) == wanted), own)


def _release(lock: ProjectLock) -> tuple[str, str] | None:
    found = release_in(Path(lock.path))
    return (found.package, found.version) if isinstance(found, Single) else None


def _beside(case: Case, modules: Collection[str]) -> str | None:
    """Name what Python would find first: a script's own folder comes before what is installed."""
    folder = Path(case.script.path if case.script else case.file).parent
    names = {entry.name.partition(".")[0]: entry for entry in sorted(folder.iterdir())}
    return next((names[module].name for module in sorted(modules) if module in names), None)


def _number(python: str) -> tuple[int, ...]:
    return tuple(map(int, python.split(".")))
