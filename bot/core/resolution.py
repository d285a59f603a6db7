"""Owns the step from the releases asked for to the environments of a plan."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import PurePath
from string import ascii_lowercase
from types import MappingProxyType

from packaging.version import Version

from bot.core.config import Config
from bot.core.existing import Existing
from bot.core.gpu import BRINGS_CUDA_SINCE
from bot.core.plan import Dependencies, Device, Environment, Role
from bot.core.pythons import Choice, Chosen, NoPython, choose_pythons
from bot.core.releases import MODULES, Release, Spec, release_of
from bot.core.sides import Sides, with_sides
from bot.errors import BadConfiguration

DAYS_AFTER_RELEASE = 60
_LONGEST_KNOBS = 80
CUDA_EXTRA = "and-cuda"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    """One release with everything decided but its id and its label."""

    spec: Spec
    release: Release
    choice: Choice
    not_newer_than: str | None
    requirements: tuple[str, ...]
    role: Role
    existing: Existing | None

    @property
    def module(self) -> str:
        """What is imported."""
        return self.existing.module if self.existing else _module(self.release.package)

    def digest(self, dependencies: Dependencies, device: Device) -> str:
        """Name the content: equal environments share it, and so their locks."""
        content = [
            self.release.package,
            self.release.version,
            self.choice.python,
            dependencies,
            self.not_newer_than,
            self.requirements,
            device,
        ]
        # Appended where there is one: environments that were built before keep their names.
        content += [place for place in (self.spec.existing, self.spec.wheel) if place]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:10]


def resolve_environments(
    config: Config,
    available: Collection[str],
    existing: Mapping[str, Existing] = MappingProxyType({}),
    subjects: Sides | None = None,
) -> tuple[Environment, ...]:
    """Make the baseline, its control and the others, in this order, for the Pythons here.

    `config` names single releases; `existing` says what its interpreters are, by their paths.
    With `subjects`, the two sides of a pull request are among them (`with_sides`).
    """
    wanted = _wanted((config.baseline, *config.versions), config, available, existing)
    baseline = replace(wanted[0], role="baseline")
    others = [
        replace(each, role="candidate" if each.module == baseline.module else "reference")
        for each in wanted[1:]
    ]
    arms = [baseline, replace(baseline, role="control"), *others]
    labels = _labels(arms)
    copies: Counter[str] = Counter()
    environments = []
    for arm, label in zip(arms, labels, strict=True):
        digest = arm.digest(config.dependencies, config.device)
        identity = f"{digest}-{_copy(copies[digest], label)}"
        copies[digest] += 1
        environments.append(_environment(arm, label, identity, config.device))
    return with_sides(environments, subjects) if subjects else tuple(environments)


def _wanted(
    specs: Sequence[Spec],
    config: Config,
    available: Collection[str],
    existing: Mapping[str, Existing],
) -> list[_Wanted]:
    known = [existing.get(spec.existing) if spec.existing else None for spec in specs]
    found = [
        (spec, _release_of_existing(its) if its else release_of(spec))
        for spec, its in zip(specs, known, strict=True)
    ]
    choices = choose_pythons(found, available, config.python)
    return [
        _Wanted(
            spec=spec,
            release=_of_its_python(release, choice),
            choice=Chosen(python=its.minor) if its else choice,
            not_newer_than=None if its else _not_newer_than(release, config.dependencies),
            requirements=() if its else _requirements(spec, release, config.device),
            role="candidate",
            existing=its,
        )
        for (spec, release), choice, its in zip(found, choices, known, strict=True)
    ]


def _release_of_existing(its: Existing) -> Release:
    return Release(package=its.package, version=its.release, uploaded=None, pythons=(its.minor,))


def _of_its_python(release: Release, choice: Choice) -> Release:
    """Name pure Python by the version that was chosen, where none was asked for."""
    return replace(release, version=choice.python) if release.package == "python" else release


def _module(package: str) -> str:
    return MODULES.get(package, "tensorflow")


def _copy(number: int, label: str) -> str:
    if number >= len(ascii_lowercase):
        raise BadConfiguration(
            f"{label} is asked for more than {len(ascii_lowercase)} times",
            next_step="name each release once",
        )
    return ascii_lowercase[number]


def _environment(arm: _Wanted, label: str, identity: str, device: Device) -> Environment:
    return Environment(
        id=identity,
        label=label,
        role=arm.role,
        package=arm.release.package,
        release=arm.release.version,
        python=arm.choice.python,
        module=arm.module,
        existing=arm.existing.python if arm.existing else None,
        imported_from=arm.existing.imported_from if arm.existing else None,
        wheel=arm.spec.wheel,
        not_newer_than=arm.not_newer_than,
        extra_requirements=arm.requirements,
        knobs=dict(arm.spec.knobs),
        unavailable=_unavailable(arm, device),
    )


def _unavailable(arm: _Wanted, device: Device) -> str | None:
    if device == "gpu" and arm.release.package == "tensorflow-cpu":
        version = arm.release.version
        return f"tensorflow-cpu {version} cannot use a GPU. Write tensorflow=={version}."
    match arm.choice:
        case NoPython(reason=reason):
            return reason
        case Chosen():
            return None


def _not_newer_than(release: Release, dependencies: Dependencies) -> str | None:
    """Bound the dependencies by what existed around the release, with time for its own fixes."""
    if dependencies == "newest" or release.uploaded is None:
        return None
    return (release.uploaded + timedelta(days=DAYS_AFTER_RELEASE)).isoformat()


def _requirements(spec: Spec, release: Release, device: Device) -> tuple[str, ...]:
    """Ask for extras beside the release, and on a GPU for the CUDA libraries that go with it.

    Another framework gets numpy, in which results are kept, whether it needs it or not.
    """
    if release.package in MODULES:
        return ("numpy", *spec.requirements) if release.package != "numpy" else spec.requirements
    brings_cuda = release.package == "tensorflow" and Version(release.version) >= BRINGS_CUDA_SINCE
    extras = spec.extras or ((CUDA_EXTRA,) if device == "gpu" and brings_cuda else ())
    with_extras = f"{release.package}[{','.join(extras)}]=={release.version}"
    return ((with_extras,) if extras else ()) + spec.requirements


def _labels(arms: Sequence[_Wanted]) -> list[str]:
    """Name every arm by its release, and by what else tells it apart from its namesakes."""
    names = [_name(arm) for arm in arms]
    labels: list[str] = []
    for arm, name in zip(arms, names, strict=True):
        if arm.role == "control":
            labels.append(f"{labels[0]}'")
            continue
        namesakes = [other for other, its in zip(arms, names, strict=True) if its == name]
        label = name
        if len({other.choice.python for other in namesakes}) > 1:
            label += f"@{arm.choice.python}"
        if len({_company(other.spec) for other in namesakes}) > 1:
            label += _company(arm.spec)
        if len({frozenset(other.spec.knobs) for other in namesakes}) > 1:
            label += _knobs(arm.spec)
        # A candidate may be called like the baseline: comparing a release with itself is a check.
        taken = labels[2:] if arm.role in {"candidate", "reference"} else []
        labels.append(_unused(label, taken))
    return labels


def _company(spec: Spec) -> str:
    """What was asked for together with the release."""
    extras = f"[{','.join(spec.extras)}]" if spec.extras else ""
    return extras + "".join(f"+{requirement}" for requirement in spec.requirements)


def _knobs(spec: Spec) -> str:
    """What is set for the release alone; a long text is cut, as a label is a heading."""
    text = "".join(f" +{name}={value}" for name, value in spec.knobs)
    return text if len(text) <= _LONGEST_KNOBS else text[: _LONGEST_KNOBS - 1] + "…"


def _name(arm: _Wanted) -> str:
    is_default = arm.release.package == "tensorflow"
    name = arm.release.version if is_default else f"{arm.release.package}=={arm.release.version}"
    if arm.existing is not None:
        return f"{name} existing:{PurePath(arm.existing.prefix).name}"
    return f"{name} wheel" if arm.spec.wheel else name


def _unused(label: str, labels: Sequence[str]) -> str:
    number = 2
    unused = label
    while unused in labels:
        unused = f"{label}#{number}"
        number += 1
    return unused
