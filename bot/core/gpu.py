"""Owns which releases can run on a graphics card: what their wheels were built for, and with.

Since 2.14 `tensorflow[and-cuda]` brings the CUDA libraries that go with it. The capabilities are
those that the wheels themselves tell (`tf.sysconfig.get_build_info()`), the CUDA versions those of
their requirements.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from packaging.version import Version

from bot.core import coverage
from bot.core.plan import Environment

Pair = tuple[int, int]

BRINGS_CUDA_SINCE = Version("2.14")


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A graphics card and its driver; `driver_cuda` is the newest CUDA that the driver serves."""

    name: str
    capability: Pair
    driver_cuda: Pair | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Wheel:
    """What the wheels of minor releases `since` one were built for.

    `newest` is the capability whose portable code (PTX) newer cards compile for themselves.
    """

    since: Version
    cuda: Pair
    oldest: Pair
    newest: Pair


WHEELS = (
    Wheel(since=Version("2.14"), cuda=(11, 8), oldest=(3, 5), newest=(8, 0)),
    Wheel(since=Version("2.15"), cuda=(12, 2), oldest=(5, 0), newest=(8, 0)),
    Wheel(since=Version("2.16"), cuda=(12, 3), oldest=(5, 0), newest=(9, 0)),
    Wheel(since=Version("2.17"), cuda=(12, 3), oldest=(6, 0), newest=(9, 0)),
    Wheel(since=Version("2.18"), cuda=(12, 5), oldest=(6, 0), newest=(9, 0)),
)


def wheel_of(release: str) -> Wheel | None:
    """Return what a release's wheel was built for; None before releases brought CUDA."""
    version = Version(Version(release).base_version)
    return next((wheel for wheel in reversed(WHEELS) if version >= wheel.since), None)


def why_not(release: str, card: Card) -> str | None:
    """Say why a release cannot run on a card; None when it can, or when nobody knows."""
    wheel = wheel_of(release)
    if wheel is None:
        return None
    if card.capability < wheel.oldest:
        return (
            f"TensorFlow {release} needs compute capability {_text(wheel.oldest)} or newer; "
            f"{card.name} has {_text(card.capability)}. Choose an older release, or another card."
        )
    if card.driver_cuda is not None and card.driver_cuda[0] < wheel.cuda[0]:
        return (
            f"TensorFlow {release} brings CUDA {_text(wheel.cuda)}; the driver here serves "
            f"{_text(card.driver_cuda)} at most. Update the NVIDIA driver."
        )
    return None


def line(card: Card) -> str:
    """Say in one line which of the minor releases can run on a card."""
    minors = coverage.releases(coverage.pythons())
    brings = [minor for minor in minors if wheel_of(minor)]
    able = [minor for minor in brings if why_not(minor, card) is None]
    driver = f", driver for CUDA {_text(card.driver_cuda)}" if card.driver_cuda else ""
    what = f"{card.name} (compute capability {_text(card.capability)}{driver})"
    if not able:
        return f"{what}: no release that brings its own CUDA can run on it"
    said = (
        f"{what}: TensorFlow {coverage.ranges(able)} can run on it with CUDA libraries of their own"
    )
    compiling = [minor for minor in able if _compiles(minor, card)]
    if compiling:
        said += f"; {coverage.ranges(compiling)} compile their kernels for it in the first call"
    return said


def marked(environments: Iterable[Environment], card: Card | None) -> tuple[Environment, ...]:
    """Mark the releases that cannot run on the card as unavailable."""
    return tuple(_marked(environment, card) for environment in environments)


def _marked(environment: Environment, card: Card | None) -> Environment:
    is_built_elsewhere = environment.existing or environment.wheel
    is_known = environment.package == "tensorflow" and not is_built_elsewhere
    if card is None or not is_known or environment.unavailable:
        return environment
    return environment.model_copy(update={"unavailable": why_not(environment.release, card)})


def _compiles(minor: str, card: Card) -> bool:
    wheel = wheel_of(minor)
    return wheel is not None and wheel.newest[0] < card.capability[0]


def _text(pair: Pair) -> str:
    return f"{pair[0]}.{pair[1]}"
