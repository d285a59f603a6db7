"""Owns the numeric verdict: what a candidate computed, next to the baseline and to the truth."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import inf, isinf

import numpy as np

from bot.core.array_difference import (
    Array,
    bits_equal,
    count_unequal,
    has_nan,
    is_float,
    is_known,
    not_finite_where,
    relative_error,
    type_name,
    ulp_distance,
)
from bot.core.outputs import REFERENCE
from bot.core.report import NumericVerdict

TOLERANCES = {"float16": 1e-2, "bfloat16": 1e-2, "float32": 1e-4, "complex64": 1e-4}
DEFAULT_TOLERANCE = 1e-9
WRONG_BY_TOLERANCES = 100
WRONG_BY_BASELINE_ERRORS = 10

# From the least to the most that a reader must know: the worst result speaks for the case.
_RANK: dict[NumericVerdict, int] = {
    "IDENTICAL": 0,
    "WITHIN_TOLERANCE": 1,
    "DRIFTED": 2,
    "NON_DETERMINISTIC": 3,
    "NOT_COMPARABLE": 4,
    "WRONG": 5,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NumericFinding:
    """A verdict with its reason in one sentence; an error without a bound is None, as is no error.

    `max_relative_error` and `max_ulp` are against the baseline, the others against the reference.
    """

    verdict: NumericVerdict
    max_relative_error: float | None = None
    max_ulp: int | None = None
    reference_error: float | None = None
    baseline_reference_error: float | None = None
    reference_ulp: int | None = None
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Result:
    """One output of the two: `error` and the like are infinite where they have no bound."""

    name: str
    verdict: NumericVerdict
    reason: str
    error: float | None = None
    ulp: int | None = None
    truth_ulp: int | None = None
    truth_error: float | None = None
    baseline_truth_error: float | None = None


def compare(
    *,
    baseline: Mapping[str, Array],
    candidate: Mapping[str, Array],
    baseline_again: Mapping[str, Array] | None = None,
    candidate_again: Mapping[str, Array] | None = None,
    tolerance: float | None = None,
) -> NumericFinding:
    """Judge a candidate's results; those named `reference:NAME` are the float64 truth about NAME.

    A result is WRONG when it lost finite values or is further from the reference than 100
    tolerances and than ten times the baseline's own error; DRIFTED when it is beyond the tolerance
    from the baseline. A result that differs when computed again is NON_DETERMINISTIC, unless it is
    wrong as well. The tolerance by default is that of the result's type.
    """
    ours, theirs = _results(baseline), _results(candidate)
    truths = _references(candidate) | _references(baseline)
    if reason := _incomparable(ours, theirs, truths):
        return NumericFinding(verdict="NOT_COMPARABLE", reason=reason)
    results = [_judge(name, ours[name], theirs[name], truths.get(name), tolerance) for name in ours]
    worst = max(results, key=lambda r: (_RANK[r.verdict], r.truth_error or 0.0, r.error or 0.0))
    if worst.verdict == "IDENTICAL":
        worst = replace(worst, reason=f"{_all(len(results))} the same in every bit")
    unstable = _unstable("the candidate", theirs, candidate_again) or _unstable(
        "the baseline", ours, baseline_again
    )
    if unstable and _RANK[worst.verdict] < _RANK["NON_DETERMINISTIC"]:
        worst = replace(worst, verdict="NON_DETERMINISTIC", reason=f"{unstable}; {worst.reason}")
    elif unstable:
        worst = replace(worst, reason=f"{worst.reason}; {unstable}")
    return _finding(worst, results)


def _results(outputs: Mapping[str, Array]) -> dict[str, Array]:
    return {name: array for name, array in outputs.items() if not name.startswith(REFERENCE)}


def _references(outputs: Mapping[str, Array]) -> dict[str, Array]:
    return {
        name.removeprefix(REFERENCE): array
        for name, array in outputs.items()
        if name.startswith(REFERENCE)
    }


def _incomparable(
    ours: dict[str, Array], theirs: dict[str, Array], truths: dict[str, Array]
) -> str | None:
    """Say why the two do not describe the same things, if so."""
    if not ours and not theirs:
        return "the workload gives no results to compare"
    if lacking := sorted(ours.keys() ^ theirs.keys()):
        side = "baseline" if lacking[0] in ours else "candidate"
        return f"{lacking[0]!r} is a result of the {side} only"
    pairs = ((name, our, theirs[name], truths.get(name)) for name, our in ours.items())
    return next((reason for pair in pairs if (reason := _incomparable_result(*pair))), None)


def _incomparable_result(name: str, our: Array, their: Array, truth: Array | None) -> str | None:
    kinds, shapes = (type_name(our), type_name(their)), (our.shape, their.shape)
    if kinds[0] != kinds[1]:
        return f"{name!r} is {kinds[0]} in the baseline, {kinds[1]} in the candidate"
    if shapes[0] != shapes[1]:
        return f"{name!r} has shape {shapes[0]} in the baseline, {shapes[1]} in the candidate"
    if not is_known(our):
        return f"{name!r} is {kinds[0]}, which cannot be compared"
    if truth is not None and (truth.shape != our.shape or truth.dtype.kind not in "biufc"):
        return f"the reference of {name!r} has another shape or is no number"
    return None


def _judge(
    name: str, baseline: Array, candidate: Array, truth: Array | None, tolerance: float | None
) -> _Result:
    if not is_float(baseline):
        return _judge_exact(name, baseline, candidate, truth)
    fine = (
        TOLERANCES.get(type_name(baseline), DEFAULT_TOLERANCE) if tolerance is None else tolerance
    )
    result = _Result(
        name=name,
        verdict="IDENTICAL",
        reason="",
        error=relative_error(candidate, baseline),
        ulp=ulp_distance(candidate, baseline),
        truth_ulp=None if truth is None else _ulp_to_truth(candidate, truth),
        truth_error=None if truth is None else relative_error(candidate, truth, nan_agrees=True),
        baseline_truth_error=(
            None if truth is None else relative_error(baseline, truth, nan_agrees=True)
        ),
    )
    finite = (baseline,) if truth is None else (baseline, truth)
    if loss := not_finite_where(candidate, *finite):
        place = "the baseline is" if truth is None else "the baseline and the reference are"
        reason = f"{name!r} contains {loss} where {place} finite"
        return replace(result, verdict="WRONG", reason=reason)
    if has_nan(baseline):
        who = "both contain NaN" if has_nan(candidate) else "the baseline alone contains NaN"
        return replace(result, verdict="NOT_COMPARABLE", reason=f"{who} in {name!r}")
    if bits_equal(baseline, candidate):
        return result
    return _judge_distance(result, fine)


def _ulp_to_truth(candidate: Array, truth: Array) -> int | None:
    """Count from the reference rounded to the candidate's type: what it could best have been."""
    if candidate.dtype.kind not in "fc":
        return None
    with np.errstate(over="ignore"):  # beyond the largest float16 the best is infinity
        return ulp_distance(candidate, truth.astype(candidate.dtype))


def _judge_exact(name: str, baseline: Array, candidate: Array, truth: Array | None) -> _Result:
    """Judge what is not rounded: whole numbers, truth values and texts."""
    different = count_unequal(candidate, baseline)
    if not different:
        return _Result(name=name, verdict="IDENTICAL", reason="")
    reason = f"{different} of {candidate.size} elements of {name!r} differ"
    if truth is None or baseline.dtype.kind in "SU":
        return _Result(name=name, verdict="DRIFTED", reason=reason)
    wrong, wrong_before = count_unequal(candidate, truth), count_unequal(baseline, truth)
    reason += f"; {wrong} are not as the reference says, {wrong_before} of the baseline's"
    verdict: NumericVerdict = "WRONG" if wrong > wrong_before else "DRIFTED"
    return _Result(name=name, verdict=verdict, reason=reason)


def _judge_distance(result: _Result, fine: float) -> _Result:
    error, truth_error = result.error or 0.0, result.truth_error
    before = result.baseline_truth_error
    truth = ""
    if truth_error is not None and before is not None:
        if truth_error > max(WRONG_BY_TOLERANCES * fine, WRONG_BY_BASELINE_ERRORS * before):
            reason = f"{result.name!r} is {_number(truth_error)} off the reference, the baseline "
            return replace(result, verdict="WRONG", reason=reason + _number(before))
        truth = f"; {_nearer_to_truth(truth_error, before)}"
    verdict: NumericVerdict = "DRIFTED" if error > fine else "WITHIN_TOLERANCE"
    side = "beyond" if error > fine else "within"
    apart = f"{result.name!r} differs from the baseline by {_number(error)}"
    reason = f"{apart}, {side} the tolerance of {_number(fine)}{truth}"
    return replace(result, verdict=verdict, reason=reason)


def _nearer_to_truth(candidate: float, baseline: float) -> str:
    if candidate == baseline:
        return f"both are {_number(baseline)} off the reference"
    if candidate < baseline:
        pair = f"{_number(candidate)} against {_number(baseline)}"
        return f"the candidate is nearer to the reference ({pair})"
    pair = f"{_number(baseline)} against {_number(candidate)}"
    return f"the baseline is nearer to the reference ({pair})"


def _unstable(
    who: str, first: Mapping[str, Array], again: Mapping[str, Array] | None
) -> str | None:
    """Say which result is another one when computed again."""
    if again is None:
        return None
    second = _results(again)
    for name, array in first.items():
        if name not in second or not bits_equal(array, second[name]):
            return f"{who} computes another {name!r} when run again"
    return None


def _finding(worst: _Result, results: list[_Result]) -> NumericFinding:
    floats = [result for result in results if result.error is not None]
    return NumericFinding(
        verdict=worst.verdict,
        max_relative_error=_largest([result.error for result in floats]),
        max_ulp=_farthest([result.ulp for result in floats]),
        reference_error=_largest([result.truth_error for result in floats]),
        baseline_reference_error=_largest([result.baseline_truth_error for result in floats]),
        reference_ulp=_farthest([r.truth_ulp for r in floats if r.truth_error is not None]),
        reason=worst.reason,
    )


def _largest(errors: list[float | None]) -> float | None:
    largest = max((error for error in errors if error is not None), default=inf)
    return None if isinf(largest) else largest


def _farthest(distances: list[int | None]) -> int | None:
    known = [distance for distance in distances if distance is not None]
    return max(known, default=None) if len(known) == len(distances) else None


def _all(count: int) -> str:
    return "the result is" if count == 1 else f"all {count} results are"


def _number(error: float) -> str:
    return "more than any bound" if isinf(error) else f"{error:.2g}"
