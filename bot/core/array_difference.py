"""Owns how far two arrays are apart, element by element; what that means is said elsewhere."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.core.ulp import largest_ulp_distance

# Large arrays are compared in pieces, so that no copy of all of them is ever made.
PIECE = 2**20
LEAST_SCALE = 2.0**-10

Array = NDArray[Any]


def is_float(array: Array) -> bool:
    """Whether elements are rounded, so that a small difference can be fine; complex ones too."""
    return array.dtype.kind in "fc" or _is_bfloat16(array)


def is_known(array: Array) -> bool:
    """Whether elements are numbers, truth values or texts: what can be compared at all."""
    return array.dtype.kind in "biufcSU" or _is_bfloat16(array)


def type_name(array: Array) -> str:
    """Name the type of the elements; texts of all lengths are of one type."""
    if array.dtype.kind in "SU":
        return "text"
    return "bfloat16" if _is_bfloat16(array) else array.dtype.newbyteorder("=").name


def bits_equal(x: Array, y: Array) -> bool:
    """Whether two arrays are the same in every bit, the sign of a zero and NaNs included."""
    if x.shape != y.shape or type_name(x) != type_name(y):
        return False
    if x.dtype.kind in "SU":
        return bool(np.array_equal(x, y))
    return all(a.tobytes() == b.tobytes() for a, b in _pieces(x, y))


def count_unequal(x: Array, y: Array) -> int:
    """Count the elements that differ."""
    return sum(int((a != b).sum()) for a, b in _pieces(x, y))


def relative_error(x: Array, y: Array, *, nan_agrees: bool = False) -> float:
    """Return the largest |x - y| / max(|y|, max|y| * 2**-10) over the elements.

    The second term holds an element far below the largest one of its array to the scale of the
    array, since it is mostly what a cancellation left over; scaling both arrays changes nothing.
    Equal elements have no error. Where exactly one is finite, or there is nothing to scale by, the
    error is infinite, and so it is for NaN, unless `nan_agrees` with another NaN.
    """
    scale = _scale(y) * LEAST_SCALE
    largest = 0.0
    for a, b in _pieces(x, y):
        wide_a, wide_b = _wide(a), _wide(b)
        same = wide_a == wide_b
        if nan_agrees:
            same |= np.isnan(wide_a) & np.isnan(wide_b)
        with np.errstate(all="ignore"):
            error = np.abs(wide_a - wide_b) / np.maximum(np.abs(wide_b), scale)
        error[np.isnan(error)] = np.inf
        error[same] = 0.0
        largest = max(largest, float(error.max(initial=0.0)))
    return largest


def ulp_distance(x: Array, y: Array) -> int | None:
    """Return the largest distance in units in the last place, None where there is none."""
    distances = [largest_ulp_distance(a, b) for a, b in _pieces(x, y)]
    known = [distance for distance in distances if distance is not None]
    return max(known, default=0) if len(known) == len(distances) else None


def has_nan(array: Array) -> bool:
    """Whether any element is NaN."""
    return any(bool(np.isnan(_wide(a)).any()) for (a,) in _pieces(array))


def not_finite_where(array: Array, *finite: Array) -> str | None:
    """Name what stands where all the others are finite: NaN, an infinity, or nothing such."""
    infinity = None
    for a, *others in _pieces(array, *finite):
        wide = _wide(a)
        expected = np.logical_and.reduce([np.isfinite(_wide(other)) for other in others])
        if bool((np.isnan(wide) & expected).any()):
            return "NaN"
        if bool((np.isinf(wide) & expected).any()):
            infinity = "an infinity"
    return infinity


def _scale(array: Array) -> float:
    largest = 0.0
    for (piece,) in _pieces(array):
        with np.errstate(all="ignore"):
            sizes = np.abs(_wide(piece))
        largest = max(largest, float(sizes[np.isfinite(sizes)].max(initial=0.0)))
    return largest


def _pieces(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """Cut arrays of one shape into flat pieces, in the byte order of this machine."""
    flat = [np.ascontiguousarray(array).reshape(-1) for array in arrays]
    for start in range(0, flat[0].size, PIECE):
        yield tuple(_native(array[start : start + PIECE]) for array in flat)


def _native(array: Array) -> Array:
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _wide(array: Array) -> Array:
    """Convert to float64 or complex128."""
    if _is_bfloat16(array):
        # A bfloat16 is the upper half of a float32.
        return (array.view(np.uint16).astype(np.uint32) << 16).view(np.float32).astype(np.float64)
    with np.errstate(all="ignore"):
        return array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)


def _is_bfloat16(array: Array) -> bool:
    return array.dtype.kind == "V" and array.dtype.itemsize == 2  # noqa: PLR2004 (bytes)
