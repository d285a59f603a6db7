"""Owns what the user's project pins at both sides: which Pythons it allows, what it installs."""

from collections.abc import Collection
from dataclasses import dataclass
from posixpath import dirname

from bot.core.config import Config
from bot.core.dependency_main import main_file
from bot.core.dependency_toml import requires_python
from bot.core.plan import ProjectLock
from bot.core.ranges import expand
from bot.core.releases import CATALOGUED, Spec, find
from bot.environments.command import Deadline
from bot.environments.interpreters import available
from bot.environments.project_locks import DEADLINE_SECONDS, Pinned, project_lock
from bot.environments.reasons import Cause
from bot.errors import BadConfiguration
from bot.project.dependencies import Dependencies
from bot.project.refs import Refs
from bot.project.repository import Repository
from bot.stages.house import House

Locks = tuple[ProjectLock, ProjectLock]
_MINORS = range(6, 30)


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """The user's project in its repository; `folder` is its place below the top, `""` the top."""

    repository: Repository
    refs: Refs
    folder: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pins:
    """The locks of base and head, how they were found, and the Pythons they are for."""

    locks: Locks
    hows: tuple[str, ...]
    pythons: frozenset[str] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pinning:
    """What both sides say, base first; `releases` are those configured, where they are measured."""

    config: Config
    house: House
    project: Project
    sides: tuple[Dependencies, Dependencies]
    releases: tuple[Spec, ...] = ()

    def pythons(self) -> tuple[frozenset[str] | None, tuple[str, ...]]:
        """Say which Pythons both sides allow, None any, and where that stands."""
        path = f"{self.project.folder}/pyproject.toml".lstrip("/")
        allowed: frozenset[str] | None = None
        said: tuple[str, ...] = ()
        for side in self.sides:
            its = requires_python(side.texts.get(path, ""))
            if its is None:
                continue
            specifier, line = its
            ends = ((f"3.{n}", f"3.{n}.{patch}") for n in _MINORS for patch in (0, 99))
            minors = frozenset(minor for minor, full in ends if specifier.contains(full))
            allowed = minors if allowed is None else allowed & minors
            said = (f"{path}:{line} needs Python {specifier}",)
        return allowed, said

    def pins(self, pythons: frozenset[str] | None) -> Pins | Cause:
        """Write down what both sides install; what has to be resolved is so for one Python."""
        python = self._python(pythons)
        if python is None:
            needed = ", ".join(sorted(pythons or ()))
            return Cause(reason=f"no Python here is one that the project allows ({needed})")
        refs = self.project.refs
        base = self._lock(self.sides[0], refs.base, python)
        if isinstance(base, Cause):
            return base
        head = self._lock(self.sides[1], refs.head, python)
        if isinstance(head, Cause):
            return head
        hows = tuple(dict.fromkeys(f"dependencies: {how}" for _, how in (base, head)))
        is_resolved = any("resolved" in how for how in hows)
        only = frozenset({python}) if is_resolved else pythons
        return Pins(locks=(base[0], head[0]), hows=hows, pythons=only)

    def _lock(
        self, side: Dependencies, commit: str, python: str
    ) -> tuple[ProjectLock, str] | Cause:
        folder = self.project.folder
        main = main_file(side.readings, side.texts, folder=folder)
        if main is None:
            return Cause(reason="no dependency file names TensorFlow")
        above = dirname(main.file)
        pinned = Pinned(
            named=main.file,
            constraints=main.constraints,
            member=folder.removeprefix(above).lstrip("/"),
            files=side.texts,
            commit=commit,
            committed=self.project.repository.date(commit),
        )
        return project_lock(
            pinned,
            python=python,
            home=self.house.home,
            environ=self.house.environ,
            deadline=Deadline(seconds=DEADLINE_SECONDS),
        )

    def _python(self, pythons: frozenset[str] | None) -> str | None:
        """Choose the Python that a resolution is made for: one that all releases named have."""
        allowed = pythons is None or self.config.python in pythons
        if self.config.python is not None:
            return self.config.python if allowed else None
        here = [m for m in available(self.house.environ) if pythons is None or m in pythons]
        asked = [a for side in self.sides for each in side.readings.values() for a in each.asked]
        files = [_pythons_of(a.package, a.version) for a in asked if a.version]
        configured = [each for spec in self.releases for each in _pythons_of_all(spec)]
        # Without a Python for all of them, what the project asks for counts more.
        for served in ([*files, *configured], files):
            fit = [minor for minor in here if all(minor in each for each in served if each)]
            if fit:
                return max(fit, key=_number)
        return max(here, key=_number, default=None)


def _number(minor: str) -> int:
    return int(minor.partition(".")[2])


def _pythons_of(package: str, version: str) -> Collection[str]:
    try:
        return find(package, version).pythons
    except BadConfiguration:  # it is told where releases are compared
        return ()


def _pythons_of_all(spec: Spec) -> list[Collection[str]]:
    """List the Pythons of every release that is meant."""
    if spec.existing is not None or spec.wheel is not None or spec.package not in CATALOGUED:
        return []
    try:
        return [_pythons_of(each.package, each.version) for each in expand(spec, {})]
    except BadConfiguration:  # it is told where words become releases
        return []
