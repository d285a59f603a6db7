"""Owns how a benchmark prints: plain tables, and what it had to show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Target:
    """Something a benchmark must show, and what it showed."""

    what: str
    got: str
    is_met: bool


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print columns that are as wide as what stands in them."""
    lines = [heads, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(cells).rstrip())
    print(flush=True)


def print_targets(targets: Iterable[Target]) -> None:
    """Print what was to be shown, what was seen, met or missed."""
    print_table(
        ("must show", "shown", ""),
        [(each.what, each.got, "met" if each.is_met else "MISSED") for each in targets],
    )


def percent(share: float | None) -> str:
    """Write a share, signed, or say that it is not known."""
    return "unknown" if share is None else f"{share:+.2%}"
