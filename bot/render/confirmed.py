"""Owns what was said of an alarm later: a second measurement, or an acceptance."""

from collections.abc import Callable

from bot.core.conclusion import stands
from bot.core.report import CellReport, Confirmation, NumericReport
from bot.core.units import format_bytes_change, format_ratio
from bot.render import labels, words
from bot.render.escape import NO_BREAK_SPACE


def measured_again(again: Confirmation, reason: str) -> str:
    """Say what a fresh machine found: its figures, or the reason where there are none.

    `reason` is that of `again`, escaped for where it will stand.
    """
    return f"{labels.CONFIRMATIONS[again.word]}: {_figures(again) or reason}"


def _figures(again: Confirmation) -> str:
    if again.ratio is not None:
        return _written(again.ratio, again, format_ratio)
    if again.difference is not None:
        return _written(again.difference, again, format_bytes_change)
    return ""


def _written(value: float, again: Confirmation, write: Callable[[float], str]) -> str:
    low, high = ("?" if bound is None else write(bound) for bound in again.interval)
    interval = f"({low} to {high})".replace(" ", NO_BREAK_SPACE)
    blocks = words.count(again.blocks, "block").replace(" ", NO_BREAK_SPACE)
    return f"{write(value).replace(' ', NO_BREAK_SPACE)} {interval}, {blocks}"


def stands_no_more(row: CellReport | NumericReport) -> str:
    """Say in a word why a finding does not count, if it does not."""
    if row.acknowledged is not None:
        return labels.ACKNOWLEDGED
    return labels.REFUTED if not stands(row) else ""
