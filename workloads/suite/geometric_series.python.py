"""The same sum of Python's own floats: what the interpreter costs, and what float64 gains."""

CASES = {"eager": {"mode": "eager"}}
TERMS = 50


def build(**_mode):
    """Return the step."""

    def series(one=1.0):
        total = power = one
        for _ in range(TERMS):
            power = power / 2.0
            total = total + power
        return total

    return series


def outputs(result):
    """Return what is compared."""
    return {"sum": result}
