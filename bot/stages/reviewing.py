"""Owns the pages of a report that is published: decided again by the base's rule, and rendered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypedDict

from bot.core.appearance import PLAIN, Appearance
from bot.core.check import CheckText
from bot.core.news import Before
from bot.core.report import Report
from bot.core.review import review
from bot.core.waiver import Waiver
from bot.publish.check import check_name
from bot.publish.context import MeasuringRun
from bot.publish.look import Look
from bot.publish.marker import marker_key
from bot.publish.ours import before
from bot.render.check import render_check
from bot.render.comment import render_comment
from bot.render.pull_request_words import asked_for
from bot.render.summary import render_summary


@dataclass(frozen=True, kw_only=True, slots=True)
class Pages:
    """A report that was decided again, in every form."""

    report: Report
    comment: str
    summary: str
    check: CheckText


class Known(TypedDict):
    """What a report does not know of its page."""

    origin: str
    before: Before | None
    appearance: Appearance


@dataclass(frozen=True, kw_only=True, slots=True)
class Reviewing:
    """By what a report is decided again, and whose it is."""

    measured: MeasuringRun
    commit: str
    author: str
    key: str
    config_path: str
    today: date

    def pages(
        self,
        report: Report,
        look: Look,
        acknowledgements: Sequence[Waiver],
        appearance: Appearance = PLAIN,
    ) -> Pages:
        """Decide a report again, and write its pages; raise BadReport for another commit's.

        `appearance` is what the base branch chose: nothing of the report chooses how it looks.
        """
        reviewed = review(
            report,
            base_config=look.base_config,
            changed_files=look.changed_files,
            acknowledgements=acknowledgements,
            today=self.today,
            head_commit=self.commit,
            config_path=self.config_path,
            unlisted_files=look.unlisted_files,
        )
        verb = self.measured.verb
        origin = asked_for(verb, check_name(self.key)) if verb else ""
        key, run = marker_key(self.key, verb), (self.measured.number, self.measured.attempt)
        earlier = before(look.comments, author=self.author, key=key, generation=run)
        known: Known = {"origin": origin, "before": earlier, "appearance": appearance}
        return Pages(
            report=reviewed,
            comment=render_comment(reviewed, key=key, run=run, **known),
            summary=render_summary(reviewed, **known),
            check=render_check(reviewed, config=self.config_path, **known),
        )
