"""Owns the work of `tfperf doctor`: a few milliseconds of arithmetic and memory, no framework."""

NUMBERS = 30_000


def build():
    """Return the step: the same instructions every time, over more memory than the first cache."""
    numbers = [float(number) for number in range(NUMBERS)]
    return lambda: sum(number * number for number in numbers)
