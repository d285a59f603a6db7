"""Owns the failures on the page, each with all that it said."""

from bot.core.report import FailureReport
from bot.render import labels
from bot.render.escape import clean, log_lines
from bot.render.standing import EVERYTHING, Tally
from bot.render.web.view import Log

LONGEST = 20_000


def logs(tally: Tally) -> tuple[Log, ...]:
    """List what failed or was left out; what nobody intended comes first."""
    broken = {id(failure) for failure in tally.broken}
    ordered = sorted(tally.report.failures, key=lambda failure: id(failure) not in broken)
    return tuple(map(_log, ordered))


def _log(failure: FailureReport) -> Log:
    kind = labels.FAILURES.get(failure.kind) or clean(failure.kind)
    is_of_every_case = failure.case == EVERYTHING
    return Log(
        case=labels.EVERY_CASE if is_of_every_case else clean(failure.case),
        is_of_every_case=is_of_every_case,
        version=(
            labels.EVERY_VERSION
            if failure.environment == EVERYTHING
            else clean(failure.environment)
        ),
        why=f"{kind}: {clean(failure.reason)}",
        advice=clean(failure.advice),
        detail=log_lines(failure.detail, limit=LONGEST),
    )
