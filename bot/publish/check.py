"""Owns the check run on the measured commit: opened when measuring starts, and always closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.check import Annotation, CheckText
from bot.publish.api import CheckRun
from bot.publish.session import Session
from bot.publish.trouble import CHECKING

AT_ONCE = 50
"""Remarks that GitHub takes in one request."""
MOST_REMARKS = 200
LONGEST_SUMMARY = 65_000


def check_name(key: str, verb: str | None = None) -> str:
    """Return what the check run is called on the commit's page.

    What a command asked for never has the name of the pull request's own: it may be a part of it,
    or about other releases.
    """
    named = [part for part in (key if key != "default" else None, verb) if part]
    return f"tfperf ({', '.join(named)})" if named else "tfperf"


@dataclass(kw_only=True, slots=True)
class Check:
    """The check run of one measuring run; both calls can be repeated after any failure."""

    session: Session
    name: str
    commit: str
    known: Sequence[CheckRun] | None = None
    """What a look saw; null asks GitHub."""

    def open(self) -> None:
        """Show that it is being measured, unless that is shown already."""

        def work() -> None:
            if not self._mine():
                self.known = None
                self._create({"status": "in_progress"})

        self.session.persist(work, permission=CHECKING)

    def close(self, text: CheckText, *, only_open: bool = False) -> None:
        """Show the verdict; `only_open`: only where a check run waits for its end."""

        def work() -> None:
            mine = self._mine()
            self.known = None  # whatever fails from here on, what there is has to be seen anew
            waiting = [each for each in mine if each.status != "completed"]
            if not waiting and only_open:
                return
            first, *later = _portions(text)
            fields = {"status": "completed", "conclusion": text.conclusion, "output": first}
            for check_run in waiting or mine[-1:]:
                self.session.api.update_check_run(check_run.id, self._described() | fields)
            number = (waiting or mine)[-1].id if mine else self._create(fields).id
            for output in later:
                self.session.api.update_check_run(number, {"output": output})

        self.session.persist(work, permission=CHECKING)

    def _mine(self) -> list[CheckRun]:
        found = self.known
        if found is None:
            found = self.session.api.check_runs(self.commit, self.name)
        ours = self.session.context.measured.external_id
        return sorted((each for each in found if each.external_id == ours), key=lambda c: c.id)

    def _create(self, fields: dict[str, Any]) -> CheckRun:
        described = self._described() | {"head_sha": self.commit}
        return self.session.api.create_check_run(described | fields)

    def _described(self) -> dict[str, Any]:
        run = self.session.context.measured
        return {"name": self.name, "external_id": run.external_id, "details_url": run.url}


def _portions(text: CheckText) -> list[dict[str, Any]]:
    """Return the output once with every fifty remarks; GitHub appends them."""
    remarks = [_remark(each) for each in text.annotations[:MOST_REMARKS]]
    output = {"title": text.title, "summary": text.summary[:LONGEST_SUMMARY]}
    portions = [remarks[at : at + AT_ONCE] for at in range(0, len(remarks), AT_ONCE)]
    return [{**output, "annotations": portion} for portion in portions] or [output]


def _remark(annotation: Annotation) -> dict[str, Any]:
    return {
        "path": annotation.path,
        "start_line": annotation.line,
        "end_line": annotation.line,
        "annotation_level": "failure",
        "title": annotation.title,
        "message": annotation.message,
    }
