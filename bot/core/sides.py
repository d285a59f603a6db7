"""Owns the two sides of a pull request: which environments have the project before and after it."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.plan import Environment, ProjectLock, Ref, Subject
from bot.errors import BadConfiguration

WITH_CHANGE = " + PR"
"""What the label of a release ends with where the pull request's change is installed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """What the two sides of a pull request bring into the environments.

    `base` and `head`, both or neither: the project is installed into every release at both.
    `locks`: what the project pins at base and at head, installed instead of our own resolution.
    """

    base: Subject | None = None
    head: Subject | None = None
    locks: tuple[ProjectLock, ProjectLock] | None = None

    @property
    def has_subject(self) -> bool:
        """Whether the project itself is measured, and not only what it pins."""
        return self.base is not None and self.head is not None

    def subject(self, ref: Ref) -> Subject | None:
        """Return the project at one side."""
        return self.base if ref == "base" else self.head

    def lock(self, ref: Ref) -> ProjectLock | None:
        """Return what the project pins at one side."""
        if self.locks is None:
            return None
        return self.locks[0] if ref == "base" else self.locks[1]


def with_sides(environments: Sequence[Environment], sides: Sides) -> tuple[Environment, ...]:
    """Install what the two sides bring.

    With a project of one's own, every release is there twice: at base, and after it at head, which
    is compared with the base under the same release alone; under the baseline's release, with both
    installs of the baseline. Where only what the project pins is known, the baseline has the pins
    of the base, and every candidate those of the head. Other frameworks stay as they are.
    """
    if sides.has_subject:
        return tuple(_pairs(environments, sides))
    return tuple(_pinned(environments, sides)) if sides.locks else tuple(environments)


def _pinned(environments: Sequence[Environment], sides: Sides) -> Iterator[Environment]:
    for environment in environments:
        if environment.role == "reference":
            yield environment
        else:
            yield _at(environment, "head" if environment.role == "candidate" else "base", sides)


def _pairs(environments: Sequence[Environment], sides: Sides) -> Iterator[Environment]:
    baseline, control, *others = environments
    yield _at(baseline, "base", sides)
    yield _at(control, "base", sides)
    yield _changed(baseline, sides, against=None, label=f"{baseline.label}{WITH_CHANGE}")
    for environment in others:
        if environment.role == "reference":
            yield environment
            continue
        base = _at(environment, "base", sides)
        # A candidate may be called like the baseline; other candidates have labels of their own.
        number = "#2" if environment.label == baseline.label else ""
        label = f"{environment.label}{WITH_CHANGE}{number}"
        yield base
        yield _changed(environment, sides, against=base.id, label=label)


def _changed(
    environment: Environment, sides: Sides, *, against: str | None, label: str
) -> Environment:
    head = _at(environment, "head", sides)
    return head.model_copy(update={"label": label, "role": "candidate", "against": against})


def _at(environment: Environment, ref: Ref, sides: Sides) -> Environment:
    """Install what one side brings; the last part of the id, which tells copies apart, stays.

    Both sides may bring the very same wheel, so the side is part of the id.
    """
    subject, lock = sides.subject(ref), sides.lock(ref)
    if environment.existing is not None and (subject or lock):
        raise BadConfiguration(
            f"{environment.label} is never changed, so that nothing can be installed into it",
            cause="`subject` and `dependencies: project` install the project that is measured",
            next_step="name the release instead of `existing:`",
        )
    digest, _, copy = environment.id.rpartition("-")
    brought = [digest, ref, subject and subject.digest, lock and lock.digest]
    content = hashlib.sha256(json.dumps(brought).encode()).hexdigest()
    return environment.model_copy(
        update={
            "id": f"{content[: len(digest)]}-{copy}",
            "ref": ref,
            "subject": subject,
            "project_lock": lock,
            "not_newer_than": None if lock else environment.not_newer_than,
        }
    )
