"""Owns how far another framework's results are from the baseline's: told, never judged.

Types may differ: a Python float is a float64 where TensorFlow has a float32. That is no fault, so
values are compared, and the bits only where both have one type.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isinf

from bot.core.array_difference import (
    Array,
    bits_equal,
    is_float,
    is_known,
    relative_error,
    type_name,
)
from bot.core.framework_rows import ReferenceWord
from bot.core.numerics import DEFAULT_TOLERANCE, TOLERANCES
from bot.core.outputs import REFERENCE


@dataclass(frozen=True, kw_only=True, slots=True)
class Likeness:
    """A word with its reason; errors are relative, None where there is none or it is unbounded."""

    word: ReferenceWord
    reason: str
    max_relative_error: float | None = None
    truth_error: float | None = None
    baseline_truth_error: float | None = None


def liken(
    baseline: Mapping[str, Array], reference: Mapping[str, Array], *, tolerance: float | None = None
) -> Likeness:
    """Compare results by name; those named `reference:NAME` are the float64 truth about NAME.

    A framework may leave results out. The tolerance by default is that of the coarser type.
    """
    names = [name for name in reference if name in baseline and not name.startswith(REFERENCE)]
    if reason := _incomparable(names, baseline, reference):
        return Likeness(word="NOT_COMPARABLE", reason=reason)
    errors = {
        name: relative_error(reference[name], baseline[name], nan_agrees=True) for name in names
    }
    worst = max(names, key=lambda name: errors[name])
    truths = {
        name: truth
        for name in names
        for source in (baseline, reference)
        if (truth := source.get(REFERENCE + name)) is not None
        and truth.shape == baseline[name].shape
    }
    types = f"{type_name(reference[worst])} here, {type_name(baseline[worst])} in the baseline"
    return Likeness(
        word=_word(baseline, reference, errors, tolerance),
        reason=f"{worst!r} is {_number(errors[worst])} off the baseline's ({types})",
        max_relative_error=_known(errors[worst]),
        truth_error=_error(reference, truths),
        baseline_truth_error=_error(baseline, truths),
    )


def _incomparable(
    names: list[str], baseline: Mapping[str, Array], reference: Mapping[str, Array]
) -> str | None:
    if not names:
        return "no result has a name that the baseline's have"
    for name in names:
        ours, theirs = baseline[name], reference[name]
        if ours.shape != theirs.shape:
            return f"{name!r} has shape {ours.shape} in the baseline, {theirs.shape} here"
        if not (_is_number(ours) and _is_number(theirs)):
            return f"{name!r} is {type_name(ours)} in the baseline, {type_name(theirs)} here"
    return None


def _is_number(array: Array) -> bool:
    return is_known(array) and array.dtype.kind not in "SU"


def _word(
    baseline: Mapping[str, Array],
    reference: Mapping[str, Array],
    errors: Mapping[str, float],
    tolerance: float | None,
) -> ReferenceWord:
    if all(bits_equal(baseline[name], reference[name]) for name in errors):
        return "IDENTICAL"
    is_near = all(
        error <= _fine(baseline[name], reference[name], tolerance) for name, error in errors.items()
    )
    return "WITHIN_TOLERANCE" if is_near else "DIFFERENT"


def _fine(ours: Array, theirs: Array, tolerance: float | None) -> float:
    if tolerance is not None:
        return tolerance
    return max(TOLERANCES.get(type_name(each), DEFAULT_TOLERANCE) for each in (ours, theirs))


def _error(results: Mapping[str, Array], truths: Mapping[str, Array]) -> float | None:
    errors = [
        relative_error(results[name], truth, nan_agrees=True)
        for name, truth in truths.items()
        if is_float(results[name])
    ]
    return _known(max(errors)) if errors else None


def _known(error: float) -> float | None:
    return None if isinf(error) else error


def _number(error: float) -> str:
    return "more than any bound" if error == inf else f"{error:.2g}"
