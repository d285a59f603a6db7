"""Owns what is said about mistakes in a configuration: where, what was found, what was expected."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches

from bot.errors import BadConfiguration

LONGEST_QUOTE = 60


class Unexpected(ValueError):
    """A value is not what its key takes; `at` leads from the key to the guilty part of it."""

    def __init__(
        self, expected: str, *, nearest: Sequence[str] = (), at: tuple[str | int, ...] = ()
    ) -> None:
        super().__init__(expected)
        self.expected = expected
        self.nearest = tuple(nearest)
        self.at = at


@contextmanager
def at_steps(*steps: str | int) -> Iterator[None]:
    """Say where within its key a value was not what was expected."""
    try:
        yield
    except Unexpected as error:
        at = (*steps, *error.at)
        raise Unexpected(error.expected, nearest=error.nearest, at=at) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class Mistake:
    """One thing wrong at one place."""

    where: str
    key: str
    found: str
    expected: str
    nearest: tuple[str, ...] = ()

    def __str__(self) -> str:
        key = f"{_printable(self.key[:LONGEST_QUOTE])}: " if self.key else ""
        text = f"{self.where}: {key}found {self.found}, expected {self.expected}"
        return text + (f"; did you mean {' or '.join(self.nearest)}?" if self.nearest else "")


def quote(value: object) -> str:
    """Show a value of unknown length and content on one line."""
    match value:
        case None:
            return "nothing"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            text = str(value)
            cut = text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE] + "…"
            return f'"{_printable(cut)}"'


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def nearest(text: str, valid: Iterable[str], *, likeness: float = 0.5) -> tuple[str, ...]:
    """Offer the valid value that looks most like what was written, two where none stands out."""
    # Case is folded on both sides: a value that only differs in case is the nearest of all.
    folded = {value.casefold(): value for value in valid}
    written = text.strip().casefold()
    close = get_close_matches(written, list(folded), n=2, cutoff=likeness)
    if get_close_matches(written, close, cutoff=0.8):
        close = close[:1]
    return tuple(folded[match] for match in close)


def bad_configuration(mistakes: Sequence[Mistake]) -> BadConfiguration:
    """Say all mistakes at once, so that one round of editing is enough."""
    if len(mistakes) == 1:
        what = f"The configuration has a mistake: {mistakes[0]}"
    else:
        lines = "".join(f"\n  {mistake}" for mistake in mistakes)
        what = f"The configuration has {len(mistakes)} mistakes:{lines}"
    return BadConfiguration(what, next_step="correct it; docs/configuration.md explains every key")


def key_path(path: tuple[str | int, ...]) -> str:
    """Write where a value is: `versions[1].python`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def within(value: object, step: str | int) -> object:
    """Follow one step of a path as far as the value goes."""
    match value:
        case dict():
            return value.get(step)
        case list() if isinstance(step, int) and step < len(value):
            return value[step]
        case _:
            return value
