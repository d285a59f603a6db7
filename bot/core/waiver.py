"""Owns an acknowledgement: somebody's word that a finding is known and accepted."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from bot.core.metric import MetricName

ResultsName = Literal["results"]
WaivedMetric = MetricName | ResultsName
WAIVED_METRICS: tuple[str, ...] = (*get_args(MetricName), *get_args(ResultsName))
"""What an acknowledgement may name: a metric, or `results` for what a case computes."""

LONGEST = timedelta(days=366)
"""How far ahead an acknowledgement may end: nobody remembers longer what was accepted."""

Refusal = Literal["has ended", "ends more than a year ahead"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiver:
    """Somebody's word that findings are known and accepted.

    `case` is a glob as in `workloads`, `metric` and `candidate` None for all; `until` is the last
    day it holds, None without an end. `source` is where it stands: a file, or a comment's address.
    """

    case: str
    metric: WaivedMetric | None = None
    candidate: str | None = None
    reason: str
    author: str
    until: date | None = None
    source: str

    def refusal(self, today: date) -> Refusal | None:
        """Say why it does not count on a day; None when it does."""
        if self.until is None:
            return None
        if self.until < today:
            return "has ended"
        return "ends more than a year ahead" if self.until - today > LONGEST else None
