"""Owns the one picture of a page: a chart of the run, at an address that the base branch names."""

import re

from bot.core.report import Report
from bot.render import headline, labels, picture_words
from bot.render.standing import Tally
from bot.render.view import Section

WIDTH = 820
"""A comment is about as wide."""

_RUN = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,100}")


def picture(report: Report, base: str | None) -> Section | None:
    """Show how all changes lie, or how versions follow each other, where pictures can be seen."""
    run = report.commit or report.run.id  # on GitHub every run has a folder of the same name
    if base is None or _RUN.fullmatch(run) is None:
        return None
    if all(cell.ratio is None for cell in report.cells):
        return None  # nothing was drawn
    pairs = report.subject.pairs if report.subject else {}
    releases = [label for label in report.candidates if label not in pairs]
    is_line = len(releases) > 1
    name = "timeline" if is_line else "forest"
    counts = headline.counts(Tally(report))
    alt = picture_words.timeline(len(releases), counts) if is_line else picture_words.forest(counts)
    address = f"{base.rstrip('/')}/{run}/{name}.png"
    text = f'<img alt="{alt}" width="{WIDTH}" src="{address}">'
    return Section(name="picture", title=labels.PICTURES[name], text=text)
