"""Owns the step from the releases asked for to the environments of a plan."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from string import ascii_lowercase

from packaging.version import Version

from bot.core.config import Config
from bot.core.plan import Dependencies, Device, Environment, Role
from bot.core.pythons import Choice, Chosen, NoPython, choose_pythons
from bot.core.releases import Release, Spec, find

DAYS_AFTER_RELEASE = 60
_LONGEST_KNOBS = 80
CUDA_EXTRA = "and-cuda"
CUDA_EXTRA_SINCE = Version("2.15")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Wanted:
    """One release with everything decided but its id and its label."""

    spec: Spec
    release: Release
    choice: Choice
    not_newer_than: str | None
    requirements: tuple[str, ...]
    role: Role

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
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:10]


def resolve_environments(config: Config, available: Collection[str]) -> tuple[Environment, ...]:
    """Make the baseline, its control and the candidates, in this order, for the Pythons here."""
    specs = (config.baseline, *config.versions)
    found = [(spec, find(spec.package, spec.version)) for spec in specs]
    choices = choose_pythons(found, available, config.python)
    wanted = [
        _Wanted(
            spec=spec,
            release=release,
            choice=choice,
            not_newer_than=_not_newer_than(release, config.dependencies),
            requirements=_requirements(spec, release, config.device),
            role="candidate",
        )
        for (spec, release), choice in zip(found, choices, strict=True)
    ]
    baseline = replace(wanted[0], role="baseline")
    arms = [baseline, replace(baseline, role="control"), *wanted[1:]]
    labels = _labels(arms)
    copies: Counter[str] = Counter()
    environments = []
    for arm, label in zip(arms, labels, strict=True):
        digest = arm.digest(config.dependencies, config.device)
        copy = ascii_lowercase[copies[digest]]
        copies[digest] += 1
        environments.append(_environment(arm, label, f"{digest}-{copy}", config.device))
    return tuple(environments)


def _environment(arm: _Wanted, label: str, identity: str, device: Device) -> Environment:
    return Environment(
        id=identity,
        label=label,
        role=arm.role,
        package=arm.release.package,
        release=arm.release.version,
        python=arm.choice.python,
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
    """Ask for extras beside the release, and on a GPU for the CUDA libraries that go with it."""
    brings_cuda = release.package == "tensorflow" and Version(release.version) >= CUDA_EXTRA_SINCE
    extras = spec.extras or ((CUDA_EXTRA,) if device == "gpu" and brings_cuda else ())
    with_extras = f"{release.package}[{','.join(extras)}]=={release.version}"
    return ((with_extras,) if extras else ()) + spec.requirements


def _labels(arms: Sequence[_Wanted]) -> list[str]:
    """Name every arm by its release, and by what else tells it apart from its namesakes."""
    names = [_name(arm.release) for arm in arms]
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
        taken = labels[2:] if arm.role == "candidate" else []
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


def _name(release: Release) -> str:
    is_default = release.package == "tensorflow"
    return release.version if is_default else f"{release.package}=={release.version}"


def _unused(label: str, labels: Sequence[str]) -> str:
    number = 2
    unused = label
    while unused in labels:
        unused = f"{label}#{number}"
        number += 1
    return unused
