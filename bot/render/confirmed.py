"""Owns how the second measurement of an alarm is written beside the first."""

from collections.abc import Callable

from bot.core.report import Confirmation
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
    figures = f"{write(value)} ({low} to {high}), {words.count(again.blocks, 'block')}"
    return figures.replace(" ", NO_BREAK_SPACE)
