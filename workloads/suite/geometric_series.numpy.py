"""The same sum of NumPy's float32 scalars: what one operation costs there."""

import numpy as np

CASES = {"eager": {"mode": "eager"}}
TERMS = 50


def build(**_mode):
    """Return the step."""
    # Of its type: before NumPy 2 a Python float would turn all into float64.
    one, two = np.float32(1.0), np.float32(2.0)

    def series():
        total = power = one
        for _ in range(TERMS):
            power = power / two
            total = total + power
        return total

    return series


def outputs(result):
    """Return what is compared."""
    return {"sum": result}
