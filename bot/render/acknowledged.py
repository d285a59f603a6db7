"""Owns what is said of findings that somebody accepts, and of what a pull request may not decide.

The words beside an accepted row are in `bot.render.estimate.afterwards`.
"""

from bot.core.report import Report, Review
from bot.render import pull_request_words
from bot.render.escape import MARKDOWN, Medium, clean, prose

_LONGEST_NOTE = 300
_MOST_NOTES = 6


def review_notes(report: Report, medium: Medium = MARKDOWN) -> tuple[str, ...]:
    """Say first of all what the pull request changed of its own measuring."""
    review = report.review
    if review is None:
        return ()
    write = prose if medium is MARKDOWN else clean
    shown = tuple(write(note, limit=_LONGEST_NOTE) for note in review.notes[:_MOST_NOTES])
    return (*_changed(review, medium), *shown)


def _changed(review: Review, medium: Medium) -> tuple[str, ...]:
    if not review.changed_files:
        return ()
    names = ", ".join(medium.name(path) for path in review.changed_files)
    return (pull_request_words.changes_measuring(names, review.more_files),)
