"""Owns what a configuration's words mean here and now: newest releases, paths, interpreters."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from bot.core.config import Config
from bot.core.existing import Existing
from bot.core.plan import Environment
from bot.core.ranges import Newer, minors, needs_newest, settle
from bot.core.releases import Spec
from bot.core.resolution import resolve_environments
from bot.core.sides import Sides
from bot.core.wheels import is_address
from bot.environments.command import Deadline
from bot.environments.downloads import NoInterpreter, fetchable
from bot.environments.existing import DEADLINE_SECONDS, ask
from bot.environments.interpreters import available
from bot.environments.newest import NotAsked, newer
from bot.errors import BadConfiguration
from bot.stages.house import House

BringSides = Callable[[Collection[str]], Sides | None]
"""What makes the two sides of a pull request for some Pythons."""


def environments(
    config: Config,
    house: House,
    *,
    base: Path,
    pythons: Collection[str] | None = None,
    bring: BringSides | None = None,
) -> tuple[Environment, ...]:
    """Use the Pythons that are here; count on fetching one only where that leaves a gap.

    Paths of the configuration are relative to `base`. `pythons` are those that the user's project
    allows, None all; `bring` builds it once it is known which of them are used.
    """
    config = _placed(config, base)
    existing = existing_interpreters(config, house)
    config = settled(config, house, existing)
    here = _allowed(available(house.environ), pythons)
    resolved = resolve_environments(config, here, existing)
    if any(environment.unavailable for environment in resolved):
        here |= _allowed(fetchable(house.environ), pythons)
        resolved = resolve_environments(config, here, existing)
    used = {e.python for e in resolved if e.role != "reference" and not e.unavailable}
    sides = bring(used) if bring else None
    return resolve_environments(config, here, existing, sides) if sides else resolved


def _allowed(minors: Iterable[str], pythons: Collection[str] | None) -> frozenset[str]:
    return frozenset(minor for minor in minors if pythons is None or minor in pythons)


def settled(config: Config, house: House, existing: Mapping[str, Existing]) -> Config:
    """Name single releases; the index is asked only where words need it."""
    asked = [spec for spec in (config.baseline, *config.versions) if needs_newest(spec)]
    compared = [spec for spec in asked if not spec.is_reference]
    beyond = newer_releases([spec.package for spec in compared], house)
    others = [spec.package for spec in asked if spec.is_reference]
    if others:
        alone = _without_references(config, beyond)
        chosen = resolve_environments(alone, available(house.environ).keys(), existing)
        beyond |= newer_releases(others, house, python=chosen[0].python)
    baseline, versions = settle(config.baseline, config.versions, beyond)
    return config.model_copy(update={"baseline": baseline, "versions": versions})


def newer_releases(
    packages: Iterable[str], house: House, *, python: str | None = None
) -> dict[str, tuple[str, ...]]:
    """Ask the index what is newer than the catalogue; without an answer, say so and go on."""
    found: dict[str, tuple[str, ...]] = {}
    for package in dict.fromkeys(packages):
        known = minors(package, ())
        than = known[-1] if known else None
        answer = newer(package, than=than, python=python, environ=house.environ, home=house.home)
        if isinstance(answer, NotAsked):
            taken = (
                f"{than} is taken for the newest {package}" if than else f"no {package} is known"
            )
            house.progress.warn(f"the package index was not reached ({answer.reason}): {taken}")
        else:
            found[package] = answer
    return found


def _without_references(config: Config, beyond: Newer) -> Config:
    """Leave other frameworks out: their newest is that for the Python of the baseline."""
    compared = [spec for spec in config.versions if not spec.is_reference]
    baseline, versions = settle(config.baseline, compared or [config.baseline], beyond)
    return config.model_copy(update={"baseline": baseline, "versions": versions})


def existing_interpreters(config: Config, house: House) -> dict[str, Existing]:
    """Ask every interpreter that is used as it is who it is, by its path."""
    asked = [spec.existing for spec in (config.baseline, *config.versions) if spec.existing]
    found: dict[str, Existing] = {}
    for path in dict.fromkeys(asked):
        house.progress.note(f"asking the interpreter at {path} what it has")
        deadline = Deadline(seconds=DEADLINE_SECONDS)
        answer = ask(Path(path), environ=house.environ, deadline=deadline)
        if isinstance(answer, NoInterpreter):
            raise BadConfiguration(
                answer.reason, where=f"existing: {path}", next_step=answer.remedy
            )
        found[path] = answer
    return found


def _placed(config: Config, base: Path) -> Config:
    versions = tuple(_spec_placed(version, base) for version in config.versions)
    baseline = _spec_placed(config.baseline, base)
    return config.model_copy(update={"baseline": baseline, "versions": versions})


def _spec_placed(spec: Spec, base: Path) -> Spec:
    """Say where a path leads that is relative to the configuration; a wheel must be there."""
    if spec.existing is not None:
        return replace(spec, existing=_absolute(spec.existing, base))
    if spec.wheel is None or is_address(spec.wheel):
        return spec
    wheel = _absolute(spec.wheel, base)
    if not Path(wheel).is_file():
        raise BadConfiguration(
            f"there is no wheel {wheel}",
            cause="the path is relative to tfperf.yml, or the wheel was built anew",
            next_step="correct the path, or build the wheel",
        )
    return replace(spec, wheel=wheel)


def _absolute(path: str, base: Path) -> str:
    # Links stay: a virtual environment's interpreter is one.
    return str(base.absolute() / Path(path).expanduser())
