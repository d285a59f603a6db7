"""What a candidate computed is judged against the baseline and against the truth."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from bot.core import array_difference
from bot.core.array_difference import relative_error
from bot.core.numerics import NumericFinding, compare
from bot.core.ulp import largest_ulp_distance

Array = NDArray[Any]
NAN, INF = math.nan, math.inf


def f32(*values: float) -> Array:
    return np.array(values, dtype=np.float32)


def f64(*values: float) -> Array:
    return np.array(values, dtype=np.float64)


def bf16(*values: float) -> Array:
    return (np.array(values, dtype=np.float32).view(np.uint32) >> 16).astype(np.uint16).view("V2")


def judge(
    baseline: Array | Mapping[str, Array],
    candidate: Array | Mapping[str, Array],
    reference: Array | None = None,
    **further: Any,
) -> NumericFinding:
    ours = baseline if isinstance(baseline, Mapping) else {"x": baseline}
    theirs = candidate if isinstance(candidate, Mapping) else {"x": candidate}
    truth = {} if reference is None else {"reference:x": reference}
    return compare(baseline={**ours, **truth}, candidate={**theirs, **truth}, **further)


ONE = f32(1.0, 2.0)
TABLE: dict[str, tuple[Any, Any, Any, str, str]] = {
    # what: baseline, candidate, reference, verdict, part of the reason
    "same bits": (ONE, ONE.copy(), None, "IDENTICAL", "the result is the same in every bit"),
    "same bits, both off": (ONE, ONE.copy(), f64(5, 5), "IDENTICAL", "every bit"),
    "same infinities": (f32(INF, 1), f32(INF, 1), None, "IDENTICAL", "every bit"),
    "nothing in them": (f32(), f32(), None, "IDENTICAL", "every bit"),
    "a single number": (f32(1).reshape(()), f32(2).reshape(()), None, "DRIFTED", "by 1,"),
    "zeros": (f32(0, 0), f32(0, 0), None, "IDENTICAL", "every bit"),
    "zeros of other sign": (f32(0), f32(-0.0), None, "WITHIN_TOLERANCE", "by 0,"),
    "something out of zeros": (f32(0), f32(1e-30), None, "DRIFTED", "more than any bound"),
    "last bit": (ONE, f32(1.0, 2.0000002), None, "WITHIN_TOLERANCE", "1.2e-07, within"),
    "beyond tolerance": (ONE, f32(1.0, 2.002), None, "DRIFTED", "0.001, beyond the tolerance"),
    "small beside large": (f32(1e6, 1), f32(1e6, 1.01), None, "WITHIN_TOLERANCE", "within"),
    "float64 is held higher": (f64(1), f64(1 + 1e-8), None, "DRIFTED", "1e-08"),
    "float16 is held lower": (
        np.array([1], np.float16), np.array([1.005], np.float16), None, "WITHIN_TOLERANCE", "",
    ),
    "bfloat16 likewise": (bf16(1, 2), bf16(1, 2.015625), None, "WITHIN_TOLERANCE", "0.0078"),
    "complex": (f32(1) + 1j, f32(1) + 1.1j, None, "DRIFTED", "0.071"),
    "other byte order": (ONE, ONE.astype(">f4"), None, "IDENTICAL", "every bit"),
    "other memory order": (
        np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6.0).reshape(2, 3)), None,
        "IDENTICAL", "every bit",
    ),
    "NaN appears": (ONE, f32(1, NAN), None, "WRONG", "contains NaN where the baseline is finite"),
    "infinity appears": (ONE, f32(1, INF), None, "WRONG", "contains an infinity"),
    "NaN appears against the truth": (ONE, f32(1, NAN), f64(1, 2), "WRONG", "reference are finite"),
    "NaN is the truth": (ONE, f32(1, NAN), f64(1, NAN), "DRIFTED", "the candidate is nearer"),
    "NaN in both": (f32(1, NAN), f32(1, NAN), None, "NOT_COMPARABLE", "both contain NaN in 'x'"),
    "NaN goes": (f32(1, NAN), ONE, None, "NOT_COMPARABLE", "the baseline alone contains NaN"),
    "infinity goes": (f32(1, INF), ONE, f64(1, 2), "DRIFTED", "the candidate is nearer"),
    "infinity turns": (f32(INF), f32(-INF), None, "DRIFTED", "more than any bound"),
    "garbage": (ONE, f32(3e3, 2e20), f64(1, 2), "WRONG", "off the reference, the baseline 0"),
    "wrong, but as wrong before": (f32(1.5, 2), f32(1.6, 2), f64(1, 2), "DRIFTED", "nearer"),
    "better": (f32(1.01, 2), f32(1, 2), f64(1, 2), "DRIFTED", "candidate is nearer to"),
    "worse": (f32(1, 2), f32(1.005, 2), f64(1, 2), "DRIFTED", "baseline is nearer to"),
    "as good": (f32(1.005, 1), f32(1, 1.005), f64(1, 1), "DRIFTED", "both are 0.005 off"),
    "integers": (np.array([1, 2, 3]), np.array([1, 2, 4]), None, "DRIFTED", "1 of 3 elements"),
    "same integers": (np.array([1]), np.array([1]), None, "IDENTICAL", "every bit"),
    "integers, truth knows": (np.array([1, 2]), np.array([1, 4]), f64(1, 2), "WRONG", "1 are not"),
    "integers, better": (np.array([1, 4]), np.array([1, 2]), f64(1, 2), "DRIFTED", "0 are not as"),
    "truth values": (np.array([True]), np.array([False]), f64(1), "WRONG", "1 of 1"),
    "texts": (np.array(["a", "b"]), np.array(["a", "long"]), None, "DRIFTED", "1 of 2"),
    "texts of other width": (np.array(["a"], "U1"), np.array(["a"], "U9"), None, "IDENTICAL", ""),
    "other type": (f32(1), f64(1), None, "NOT_COMPARABLE", "float32 in the baseline, float64 in"),
    "other shape": (f32(1), f32(1, 2), None, "NOT_COMPARABLE", "(1,) in the baseline, (2,) in"),
    "other names": ({"a": ONE}, {"b": ONE}, None, "NOT_COMPARABLE", "'a' is a result of"),
    "a name more": (
        {"a": ONE}, {"a": ONE, "b": ONE}, None, "NOT_COMPARABLE", "'b' is a result of",
    ),
    "raw bytes": (
        np.zeros(1, "V7"), np.zeros(1, "V7"), None, "NOT_COMPARABLE", "cannot be compared",
    ),
    "no results": ({}, {}, None, "NOT_COMPARABLE", "no results"),
    "truth of another shape": (ONE, ONE, f64(1), "NOT_COMPARABLE", "the reference of 'x'"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("baseline", "candidate", "reference", "verdict", "reason"), TABLE.values(), ids=TABLE.keys()
)
def test_the_verdict_and_its_reason(
    baseline: Any, candidate: Any, reference: Any, verdict: str, reason: str
) -> None:
    finding = judge(baseline, candidate, reference)
    assert (finding.verdict, reason in finding.reason) == (verdict, True), finding.reason


def test_errors_are_told_with_every_verdict() -> None:
    finding = judge(f32(1, 2), f32(1, 2.5), f64(1, 2))
    assert finding == NumericFinding(
        verdict="WRONG",
        max_relative_error=0.25,
        max_ulp=2**21,
        reference_error=0.25,
        baseline_reference_error=0.0,
        reference_ulp=2**21,
        reason="'x' is 0.25 off the reference, the baseline 0",
    )


def test_an_error_without_a_bound_is_no_number() -> None:
    finding = judge(f32(1), f32(NAN), f64(1))
    assert finding.max_relative_error is None
    assert finding.max_ulp is None
    assert finding.reference_error is None


def test_a_given_tolerance_replaces_that_of_the_type() -> None:
    assert judge(f32(1), f32(1.01)).verdict == "DRIFTED"
    assert judge(f32(1), f32(1.01), tolerance=0.05).verdict == "WITHIN_TOLERANCE"
    assert judge(f32(1), f32(1.01), f64(1), tolerance=1e-6).verdict == "WRONG"
    assert judge(f32(1), f32(1), tolerance=0.0).verdict == "IDENTICAL"


def test_the_worst_result_speaks() -> None:
    finding = judge({"a": ONE, "b": ONE, "c": ONE}, {"a": ONE, "b": ONE * 2, "c": ONE * 3})
    assert finding.verdict == "DRIFTED"
    assert "'c'" in finding.reason
    assert finding.max_relative_error == 2.0


def test_many_equal_results_are_one_sentence() -> None:
    reason = judge({"a": ONE, "b": ONE}, {"a": ONE, "b": ONE}).reason
    assert reason == "all 2 results are the same in every bit"


def test_a_result_that_differs_from_itself_is_not_deterministic() -> None:
    finding = judge(ONE, ONE, candidate_again={"x": ONE * 1.00001})
    assert finding.verdict == "NON_DETERMINISTIC"
    assert finding.reason.startswith("the candidate computes another 'x' when run again")
    assert finding.max_relative_error == 0.0
    assert judge(ONE, ONE, baseline_again={"x": f32(1, 3)}).verdict == "NON_DETERMINISTIC"
    assert judge(ONE, ONE, baseline_again={}).verdict == "NON_DETERMINISTIC"
    assert judge(ONE, ONE, baseline_again={"x": f32(1)}).verdict == "NON_DETERMINISTIC"
    assert judge(ONE, ONE, candidate_again={"x": ONE.copy()}).verdict == "IDENTICAL"


def test_texts_are_deterministic_or_not() -> None:
    a, b = np.array(["a"]), np.array(["b"])
    assert judge(a, a, candidate_again={"x": b}).verdict == "NON_DETERMINISTIC"
    assert judge(a, a, candidate_again={"x": a.copy()}).verdict == "IDENTICAL"


def test_wrong_outweighs_not_deterministic() -> None:
    finding = judge(ONE, f32(9, 9), f64(1, 2), candidate_again={"x": f32(8, 8)})
    assert finding.verdict == "WRONG"
    assert "when run again" in finding.reason


def test_pieces_of_a_large_array_are_all_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(array_difference, "PIECE", 7)
    baseline = np.ones(100)
    candidate = baseline.copy()
    candidate[93] = 1.5
    finding = judge(baseline, candidate)
    assert (finding.max_relative_error, finding.max_ulp) == (0.5, 2**51)
    candidate[50] = NAN
    assert judge(baseline, candidate).verdict == "WRONG"


ULPS = {
    "itself": (f32(1), f32(1), 0),
    "next": (f32(1), np.nextafter(f32(1), f32(2)), 1),
    "around zero": (f32(1e-45), f32(-1e-45), 2),
    "signs of zero": (f32(0), f32(-0.0), 0),
    "ends of float64": (f64(-np.inf), f64(np.inf), 2 * 0x7FF0000000000000),
    "float16": (np.array([1], np.float16), np.array([1.001], np.float16), 1),
    "bfloat16": (bf16(1), bf16(1.0078125), 1),
    "complex": (np.array([1 + 1j]), np.array([1 + 2j]), 2**52),
    "NaN": (f32(NAN), f32(1), None),
    "bfloat16 NaN": (bf16(NAN), bf16(1), None),
    "empty": (f32(), f32(), 0),
    "integers": (np.array([1]), np.array([2]), None),
    "long": (np.ones(1, np.longdouble), np.ones(1, np.longdouble), None),
}


@pytest.mark.parametrize(("x", "y", "distance"), ULPS.values(), ids=ULPS.keys())
def test_units_in_the_last_place(x: Array, y: Array, distance: int | None) -> None:
    assert largest_ulp_distance(x, y) == distance
    assert largest_ulp_distance(y, x) == distance


FLOATS = st.sampled_from([np.float16, np.float32, np.float64])


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Array, Array]:
    dtype = draw(FLOATS)
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=4))
    elements = st.sampled_from([0.0, -0.0, 1.0, NAN, INF, -INF]) | hnp.from_dtype(np.dtype(dtype))
    one = hnp.arrays(dtype, shape, elements=elements)
    return draw(one), draw(one)


@given(pair=pairs())
def test_distances_are_symmetric(pair: tuple[Array, Array]) -> None:
    x, y = pair
    assert largest_ulp_distance(x, y) == largest_ulp_distance(y, x)


@given(pair=pairs())
def test_identical_means_equal_bits_without_nan(pair: tuple[Array, Array]) -> None:
    for x, y in (pair, (pair[0], pair[0].copy())):
        is_identical = x.tobytes() == y.tobytes() and not np.isnan(x).any()
        assert (judge(x, y).verdict == "IDENTICAL") == is_identical


@given(pair=pairs(), which=st.booleans(), where=st.integers(0, 15))
def test_nan_never_passes(pair: tuple[Array, Array], which: bool, where: int) -> None:
    spoilt = pair[which]
    assume(spoilt.size)
    spoilt.reshape(-1)[where % spoilt.size] = NAN
    assert judge(*pair).verdict in {"WRONG", "NOT_COMPARABLE"} or not np.isnan(pair[0]).any()
    assert judge(*pair).verdict not in {"IDENTICAL", "WITHIN_TOLERANCE"}


@given(
    x=hnp.arrays(np.float64, 5, elements=st.floats(-1e6, 1e6, allow_subnormal=False)),
    y=hnp.arrays(np.float64, 5, elements=st.floats(1e-3, 1e6)),
    exponent=st.integers(-40, 40),
)
def test_scaling_both_changes_no_error(x: Array, y: Array, exponent: int) -> None:
    x = np.round(x, 9)
    assert relative_error(x, y) == relative_error(x * 2.0**exponent, y * 2.0**exponent)
