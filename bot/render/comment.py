"""Owns the sticky comment: its Markdown, its size, and the marker by which it is found again."""

import hashlib
import json
import re

from bot.core.appearance import PLAIN, Appearance
from bot.core.conclusion import stands
from bot.core.news import Before, Generation, state_of
from bot.core.report import Report
from bot.errors import BadConfiguration
from bot.render import labels, ladder
from bot.render.fitting import fitting
from bot.render.page import build_view

COMMENT_LIMIT = 60_000
COMMENT_BYTES = 65_536

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def render_comment(
    report: Report,
    *,
    key: str = "default",
    run: Generation | None = None,
    origin: str = "",
    before: Before | None = None,
    appearance: Appearance = PLAIN,
    limit: int = COMMENT_LIMIT,
) -> str:
    """Write the sticky comment: at most `limit` characters, whole sentences only.

    `run` is the number and attempt of the run on GitHub that measured, `origin` the note that
    comes first, `before` what stood in the comment of the run before, `appearance` what the
    repository chose. The marker is not in any template's hands.
    """
    first = f"{marker(report, key=key, run=run, before=before)}\n"
    text = fitting(
        "comment.md.j2",
        build_view(report, origin=origin, before=before, appearance=appearance),
        appearance,
        steps=lambda view: ladder.steps(view, where=labels.SUMMARY),
        fits=lambda text: _fits(first + text, limit),
        most=limit,
    )
    if text is not None:
        return first + text
    raise BadConfiguration(
        f"a comment of {limit} characters cannot hold even the verdict",
        next_step=f"allow more characters; the default is {COMMENT_LIMIT}",
    )


def _fits(text: str, limit: int) -> bool:
    return len(text) <= limit and len(text.encode()) <= COMMENT_BYTES


def marker(
    report: Report, *, key: str, run: Generation | None = None, before: Before | None = None
) -> str:
    """Write the hidden line by which the comment is found again and compared.

    It carries what stood before as well: a run that is published again has to say the same again.
    """
    if not _KEY.fullmatch(key):
        raise BadConfiguration(
            f"the comment key {key!r} cannot stand in a marker",
            next_step="use letters, digits, dots, dashes and underscores, at most 64",
        )
    generation = f" run={run[0]}.{run[1]}" if run else ""
    state = f" state={state_of(report)}"
    if before is not None:
        number, attempt = before.generation
        state += f" before={number}.{attempt}/{before.state}"
    return f"<!-- tfperf:{key} v3{generation} digest={digest(report)}{state} -->"


def digest(report: Report) -> str:
    """Fingerprint the verdicts: it changes when there is news, not when a figure moves."""
    verdicts = (
        sorted(
            (c.case, c.metric, c.candidate, c.verdict, c.matters and stands(c))
            for c in report.cells
        ),
        sorted((n.case, n.candidate, n.verdict, stands(n)) for n in report.numerics),
        sorted((f.case, f.environment, f.kind) for f in report.failures),
    )
    return hashlib.sha256(json.dumps(verdicts).encode()).hexdigest()[:16]
