"""Owns the sentences of the check on a commit that its page and heading do not have."""

LATE = "A newer run has the verdict"
UNCONFIRMED = "Cancelled before the alarms were measured again"
NO_VERDICT = "No verdict was published."
NO_COMMENT = "The comment could not be written; the verdict stands."
WRONG, ARE_WRONG = "wrong results", "the results are wrong"


def compared(details: str, against: str, reason: str) -> str:
    """Say what an alarm is, beside what, and why it is one."""
    return f"{details}, compared with {against}: {reason}"
