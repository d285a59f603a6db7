"""Owns distances in units in the last place: how many floating-point numbers lie between two."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_UNSIGNED = {2: np.uint16, 4: np.uint32, 8: np.uint64}
_BFLOAT16_INFINITY = 0x7F80


def largest_ulp_distance(x: NDArray[Any], y: NDArray[Any]) -> int | None:
    """Measure two arrays of one type: float16 to float64, bfloat16 (as V2), complex of these.

    The bits of a float, sign aside, are ordered like its magnitude, so a difference of bits counts
    the numbers between. Zero has two signs and no distance. None when a NaN is among them, which
    lies nowhere, or when the type has no such bits.
    """
    size = x.dtype.itemsize // 2 if x.dtype.kind == "c" else x.dtype.itemsize
    if size not in _UNSIGNED or x.dtype.kind not in "fcV":
        return None
    if x.size == 0:
        return 0
    bits_x, bits_y = (np.ascontiguousarray(a).reshape(-1).view(_UNSIGNED[size]) for a in (x, y))
    sign = np.array(1 << (8 * size - 1), dtype=_UNSIGNED[size])
    far_x, far_y = bits_x & ~sign, bits_y & ~sign
    if _has_nan(x, far_x) or _has_nan(y, far_y):
        return None
    apart = np.maximum(far_x, far_y) - np.minimum(far_x, far_y)
    # The sum of two magnitudes fits: each lacks the sign bit.
    opposite = ((bits_x ^ bits_y) & sign) != 0
    return int(np.where(opposite, far_x + far_y, apart).max())


def _has_nan(array: NDArray[Any], magnitudes: NDArray[Any]) -> bool:
    if array.dtype.kind == "V":
        return bool((magnitudes > _BFLOAT16_INFINITY).any())
    return bool(np.isnan(array).any())
