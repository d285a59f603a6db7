"""Owns the sentences about other frameworks: what is shown of them, and that nobody judges it."""

from collections.abc import Mapping

from bot.render.words import count, listed

ONLY_FIGURES = "figures without a verdict"
TEXT = "Figures to look at: another framework is outside the verdicts and the exit code"
UNMEASURED = "not measured"
RESULTS = "results"


def title(baseline: str) -> str:
    """Mark what follows as no versions."""
    return f"Other frameworks, beside {baseline}: the same cases, without a verdict"


def column(name: str) -> str:
    """Mark a column as that of another framework."""
    return f"{name} (other framework)"


def coverage(cases: Mapping[str, int], total: int) -> str:
    """Say how many cases are written in each framework."""
    parts = [f"{name} has {number or 'none'}" for name, number in cases.items()]
    return f"Of {count(total, 'case')}, {listed(parts)}"


def line(name: str, figure: str, *, value: str, baseline: str, change: str) -> str:
    """Write a figure for a pipe."""
    figures = f"{value} against {baseline}, {change}" if baseline else value
    return f"other framework {name}: {figure} {figures}"


def result(name: str, case: str, word: str, reason: str) -> str:
    """Write how alike the results are."""
    return f"other framework {name}: results of {case} {word}, {reason}"


def off_baseline(error: str) -> str:
    """Say how far results are from the baseline's."""
    return f"{error} off the baseline"


def off_truth(error: str) -> str:
    """Say how far results are from the truth."""
    return f"{error} off float64"
