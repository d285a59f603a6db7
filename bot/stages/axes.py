"""Owns both axes of a pull request: the TensorFlow it moves between, and the project's own code."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bot.core.config import Config
from bot.core.dependency_answer import Single
from bot.core.dependency_files import Bump, NoBump, compared
from bot.core.plan import ProjectLock
from bot.core.releases import Spec, find
from bot.environments.project_locks import release_in
from bot.environments.reasons import Cause
from bot.errors import BadConfiguration
from bot.project.dependencies import Dependencies, dependencies
from bot.project.refs import commit_of, find_refs
from bot.project.repository import find_repository
from bot.project.trouble import BadRepository
from bot.stages.buildable import must_be_buildable
from bot.stages.house import House, make_home
from bot.stages.pins import Locks, Pinning, Project

_SHORT = 12
_MOST_NAMED = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Axes:
    """What is compared, settled: no word of `config` depends on the pull request any more.

    `found` is told in the report; `pythons` are those that the project allows, None all.
    """

    config: Config
    found: tuple[str, ...] = ()
    commit: str | None = None
    project: Project | None = None
    locks: Locks | None = None
    pythons: frozenset[str] | None = None


def axes(config: Config, house: House, *, base: Path, workloads: Collection[Path] = ()) -> Axes:
    """Look at both sides of the pull request, where the configuration asks for what they say.

    Paths of the configuration are relative to `base`. `workloads` are the files that are measured
    as they lie in the working folder. Raises `BadRepository`.
    """
    is_auto = any(spec.is_auto for spec in config.versions)
    if not (is_auto or config.subject or config.dependencies == "project"):
        return Axes(config=config, found=tuple(_unread(config)), commit=_commit(house, base))
    make_home(house.home)
    project = _project(config, house, base)
    reading = _Reading(
        config=_without_auto(config),
        house=house,
        project=project,
        releases=() if is_auto else (config.baseline, *config.versions),
    )
    found = reading.bumped() if is_auto else reading.pinned()
    return replace(
        found,
        found=(*found.found, *_sides(project), *_loose(project, workloads), *_alone(config)),
        commit=project.refs.commit,
        project=project if config.subject else None,
    )


def _unread(config: Config) -> Iterator[str]:
    if config.base is not None:
        yield (
            "base was not looked at: only `versions: auto`, `subject` and `dependencies: project` "
            "have two sides"
        )


def _alone(config: Config) -> Iterator[str]:
    if config.subject is not None and not config.paths:
        yield "no workload of yours (`paths`) is measured, so that nothing may use the project"


def _commit(house: House, base: Path) -> str | None:
    """Name the commit for the reader alone: without one, nothing is measured differently."""
    try:
        repository = find_repository(base, house.environ)
        return commit_of(repository, house.environ)
    except BadRepository as error:
        house.progress.warn(f"the commit is not known: {error.what}")
        return None


def _without_auto(config: Config) -> Config:
    named = tuple(spec for spec in config.versions if not spec.is_auto)
    if named == config.versions:
        return config
    return config.model_copy(update={"versions": named or Config().versions})


def _project(config: Config, house: House, base: Path) -> Project:
    repository = find_repository(base, house.environ)
    if repository is None:
        raise BadConfiguration(
            "there is no git repository here, so that there are no two sides to compare",
            where=str(base.absolute()),
            cause="`versions: auto`, `subject` and `dependencies: project` read the two sides of "
            "a pull request",
            next_step="check the repository out (actions/checkout), or leave these keys out",
        )
    folder = (base / (config.subject or ".")).resolve()
    if not folder.is_relative_to(repository.top):
        raise BadConfiguration(
            f"{folder} lies outside of the repository",
            where=f"repository: {repository.top}",
            next_step="name a folder of the repository in `subject`",
        )
    refs = find_refs(repository, house.environ, base=config.base)
    place = folder.relative_to(repository.top).as_posix()
    project = Project(repository=repository, refs=refs, folder="" if place == "." else place)
    if config.subject is not None:
        must_be_buildable(project)
    return project


def _sides(project: Project) -> tuple[str, ...]:
    refs = project.refs
    said = f"base is {refs.base[:_SHORT]}, head is {refs.head[:_SHORT]}: {refs.how}"
    return (said,)


def _loose(project: Project, workloads: Collection[Path]) -> Iterator[str]:
    """Tell what is not committed: of the project it is not measured, of workloads it is."""
    top = project.repository.top.resolve()
    changed = project.repository.uncommitted()
    resolved = (path.resolve() for path in workloads)
    its = {path.relative_to(top).as_posix() for path in resolved if path.is_relative_to(top)}
    others = len(set(changed) - its)
    if others:
        files = "1 file has" if others == 1 else f"{others} files have"
        yield f"{files} changes that are not committed; they are not measured"
    new = its - set(project.repository.files(project.refs.head)) if its else set()
    loose = sorted(its & set(changed) | new)
    if loose:
        named = ", ".join(loose[:_MOST_NAMED])
        more = f" and {len(loose) - _MOST_NAMED} more" if len(loose) > _MOST_NAMED else ""
        yield f"workloads that are measured as they lie here, not as committed: {named}{more}"


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What the two sides say of their dependencies."""

    config: Config
    house: House
    project: Project
    releases: tuple[Spec, ...]

    def bumped(self) -> Axes:
        """Compare the release before with the release after; else what is configured."""
        before, after = self._both()
        bump = compared(before.readings, after.readings, changed=self._changed())
        notes = tuple(dict.fromkeys((*before.notes, *after.notes)))
        locks: Locks | None = None
        hows: tuple[str, ...] = ()
        pinning, allowed, said = self._pinning(before, after)
        pythons = allowed
        if self.config.dependencies == "project":
            made = pinning.pins(allowed)
            if isinstance(made, Cause):
                return self._fallen_back(made.reason, (*notes, *said), allowed)
            locks, hows, pythons = made.locks, made.hows, made.pythons
            bump = _between(locks, bump)
        reason = bump.reason if isinstance(bump, NoBump) else _unknown(bump)
        if reason is not None:
            if locks is None or locks[0].digest == locks[1].digest:
                return self._fallen_back(reason, (*notes, *said), allowed)
            baseline, candidates = self._same_release(locks[0])
            what = f"auto: {reason}, and other packages differ: {_list(hows)}"
        else:
            bump = _must_be_bump(bump)
            baseline, candidates = _spec(bump.before), (_spec(bump.after),)
            what = f"auto: {bump}" + (f"; {_list(hows)}" if hows else "")
        config = self.config.model_copy(update={"baseline": baseline, "versions": candidates})
        return Axes(config=config, found=(what, *notes, *said), locks=locks, pythons=pythons)

    def pinned(self) -> Axes:
        """Keep the releases that are configured; take what the project locks if that is asked."""
        pinning, pythons, said = self._pinning(*self._both())
        if self.config.dependencies != "project":
            return Axes(config=self.config, found=said, pythons=pythons)
        made = pinning.pins(pythons)
        if isinstance(made, Cause):
            raise BadConfiguration(
                f"the project's own lock cannot be used: {made.reason}",
                where="dependencies: project",
                next_step=made.remedy or "use `dependencies: release-date`",
            )
        return Axes(
            config=self.config,
            found=(*made.hows, *said),
            locks=made.locks,
            pythons=made.pythons,
        )

    def _fallen_back(
        self, reason: str, notes: tuple[str, ...], pythons: frozenset[str] | None
    ) -> Axes:
        """Compare what is configured: a lock of the project would not have those releases."""
        config = self.config
        if config.dependencies == "project":
            config = config.model_copy(update={"dependencies": "release-date"})
        said = f"auto: {reason}; the releases that are configured are compared instead"
        if config.dependencies != self.config.dependencies:
            said += ", with dependencies of their own dates"
        return Axes(config=config, found=(said, *notes), pythons=pythons)

    def _pinning(
        self, before: Dependencies, after: Dependencies
    ) -> tuple[Pinning, frozenset[str] | None, tuple[str, ...]]:
        """Say which Pythons the project allows at both sides, where it is installed."""
        pinning = Pinning(
            config=self.config,
            house=self.house,
            project=self.project,
            sides=(before, after),
            releases=self.releases,
        )
        is_installed = self.config.subject or self.config.dependencies == "project"
        pythons, said = pinning.pythons() if is_installed else (None, ())
        return pinning, pythons, said

    def _same_release(self, lock: ProjectLock) -> tuple[Spec, tuple[Spec, ...]]:
        """Compare a release with itself; a project of one's own is there at both sides anyway."""
        single = release_in(Path(lock.path))
        if not isinstance(single, Single):
            raise TypeError(single.reason)  # a lock without a release is never kept
        spec = _spec(single)
        return spec, () if self.config.subject else (spec,)

    def _both(self) -> tuple[Dependencies, Dependencies]:
        refs, folder = self.project.refs, self.project.folder
        base = dependencies(self.project.repository, refs.base, folder=folder)
        return base, dependencies(self.project.repository, refs.head, folder=folder)

    def _changed(self) -> frozenset[str]:
        refs = self.project.refs
        return self.project.repository.changed(refs.base, refs.head)


def _between(locks: Locks, read: Bump | NoBump) -> Bump | NoBump:
    """Say from which release to which the locks go: they are what is installed."""
    before, after = (release_in(Path(lock.path)) for lock in locks)
    if not isinstance(before, Single) or not isinstance(after, Single):
        return read
    if (before.package, before.version) == (after.package, after.version):
        return (
            read
            if isinstance(read, NoBump)
            else NoBump(reason=f"{after.package} {after.version} on both sides")
        )
    if isinstance(read, Bump) and _pair(read) == (before.version, after.version):
        return read
    return Bump(before=_of(before, locks[0]), after=_of(after, locks[1]))


def _pair(bump: Bump) -> tuple[str, str]:
    return bump.before.version, bump.after.version


def _of(single: Single, lock: ProjectLock) -> Single:
    return replace(single, asked=replace(single.asked, file=lock.source))


def _must_be_bump(bump: Bump | NoBump) -> Bump:
    if isinstance(bump, NoBump):
        raise TypeError(bump.reason)
    return bump


def _spec(single: Single) -> Spec:
    return Spec(package=single.package, version=single.version)


def _unknown(bump: Bump) -> str | None:
    """Say that a side asks for a release that does not exist; None where both do."""
    for single in (bump.before, bump.after):
        try:
            find(single.package, single.version)
        except BadConfiguration as error:
            return f"{single.asked}: {error.what}"
    return None


def _list(hows: Collection[str]) -> str:
    return "; ".join(hows)
