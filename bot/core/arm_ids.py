"""Owns that the environments of a plan are told apart: no two have one id."""

from typing import Protocol, TypeVar


class Arm(Protocol):
    """What has an id, which names its folder and its samples, and a label for readers."""

    @property
    def id(self) -> str:
        """What it is told apart by."""

    @property
    def label(self) -> str:
        """How the report calls it."""


A = TypeVar("A", bound=Arm)


def with_own_ids(arms: tuple[A, ...]) -> tuple[A, ...]:
    """Return the arms, or raise ValueError when two have one id: they would share their samples."""
    ids = [arm.id for arm in arms]
    if (twice := next((each for each in ids if ids.count(each) > 1), None)) is not None:
        labels = ", ".join(arm.label for arm in arms if arm.id == twice)
        raise ValueError(f"several environments have the id {twice}: {labels}")
    return arms
