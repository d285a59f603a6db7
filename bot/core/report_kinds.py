"""Owns the kinds of texts and numbers in a report: how long, of which form, how large."""

import math
import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class TextKind:
    """What a text may be: how long, of which form; `lines`: line breaks and tabs are fine.

    `form` is what the whole text has to match; `said` is that in words.
    """

    longest: int
    said: str
    form: re.Pattern[str] | None = None
    lines: bool = False

    @property
    def allowed(self) -> str:
        """The control characters that may stand in it."""
        return "\n\t" if self.lines else ""


_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,119}"
WORD = TextKind(
    longest=40, said="a plain word", form=re.compile(r"[A-Za-z0-9][A-Za-z0-9_ ,-]{0,39}")
)
CASE = TextKind(
    longest=200,
    said="workload[case], of A-Z a-z 0-9 _ . -",
    form=re.compile(rf"{_NAME}(\[{_NAME}\])?|\*"),
)
LABEL = TextKind(
    longest=200, said="a label of printable ASCII", form=re.compile(r"[!-~]([ -~…]{0,198}[!-~…])?")
)
NAME = TextKind(
    longest=200, said="a name of printable ASCII", form=re.compile(r"[!-~]([ -~]{0,198}[!-~])?")
)
PACKAGE = TextKind(longest=120, said="the name of a package", form=re.compile(_NAME))
VERSION = TextKind(
    longest=120, said="a version", form=re.compile(r"[A-Za-z0-9][A-Za-z0-9.+!_-]{0,119}|")
)
COMMIT = TextKind(
    longest=64, said="40 or 64 hexadecimal digits", form=re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
)
DIGEST = TextKind(longest=64, said="64 hexadecimal digits", form=re.compile(r"[0-9a-f]{64}"))
DAY = TextKind(longest=10, said="YYYY-MM-DD", form=re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"))
PATH = TextKind(
    longest=400,
    said="a path within the repository, with / and without ..",
    form=re.compile(r"(?!\.\.?(/|$))[^/\\:]+(/(?!\.\.?(/|$))[^/\\:]+)*"),
)
FACT = TextKind(longest=400, said="one line of up to 400 characters")
TEXT = TextKind(longest=2_000, said="one line of up to 2,000 characters")
COMMAND = TextKind(longest=20_000, said="one command", lines=True)
LOG = TextKind(longest=20_000, said="a log of up to 20,000 characters", lines=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class NumberKind:
    """What a number may be, beside finite."""

    least: float
    most: float
    is_open: bool = False
    """Whether the least itself is too little."""

    @property
    def said(self) -> str:
        """What is expected, in words."""
        if math.isinf(self.most) and math.isinf(self.least):
            return "a finite number"
        if math.isinf(self.most):
            return f"a number above {self.least:g}" if self.is_open else f"{self.least:g} or more"
        return f"a number from {self.least:,.10g} to {self.most:,.10g}"

    def takes(self, value: float) -> bool:
        """Whether a number is one of these."""
        above = value > self.least if self.is_open else value >= self.least
        return math.isfinite(value) and above and value <= self.most


ANY = NumberKind(least=-math.inf, most=math.inf)
COUNT = NumberKind(least=0, most=10**9)
BYTES = NumberKind(least=0, most=2**63)
NOT_NEGATIVE = NumberKind(least=0, most=math.inf)
POSITIVE = NumberKind(least=0, most=math.inf, is_open=True)
SECONDS = NumberKind(least=0, most=10**9)
CHANCE = NumberKind(least=0, most=1)
