"""Owns the sentences about what is new since the comment before."""

from bot.core.news import Generation
from bot.render.words import count

NEW, GONE = "new", "gone"
NOTHING_NEW = "nothing new"


def since(generation: Generation, said: str) -> str:
    """Say which comment this one is compared with."""
    number, attempt = generation
    run = f"run {number}" if attempt <= 1 else f"run {number}, attempt {attempt}"
    return f"Since the comment before ({run}): {said}."


def counted(before: int, now: int) -> str:
    """Count findings whose names were too many to be remembered."""
    return f"{count(before, 'finding')} then, {now} now; too many to say which are new"


def same(number: int) -> str:
    """Count what is as it was."""
    return f"{count(number, 'finding')} as before"


def lost(number: int) -> str:
    """Count what is gone because nobody looks any more."""
    return f"{number} not measured any more"


def finding(case: str, version: str, what: str) -> str:
    """Name what is new: mnist_mlp[fit] step slower ×1.23 in 2.21.0."""
    return " ".join(filter(None, (case, what, version and f"in {version}")))


def failing(case: str, version: str) -> str:
    """Name a case that fails now."""
    return f"{case} fails in {version}"


def running(case: str, version: str) -> str:
    """Name a case that failed before."""
    return f"{case} runs again in {version}"


def not_any_more(case: str, version: str, what: str, now: str) -> str:
    """Name what was a finding, and say what it is now."""
    return f"{finding(case, version, what)} ({now} now)"
