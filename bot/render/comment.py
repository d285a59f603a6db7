"""Owns the sticky comment: its Markdown, its size, and the marker by which it is found again."""

import hashlib
import json
import re

from bot.core.conclusion import stands
from bot.core.report import Report
from bot.errors import BadConfiguration
from bot.render import labels, ladder
from bot.render.page import build_view, print_view

COMMENT_LIMIT = 60_000
COMMENT_BYTES = 65_536

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def render_comment(
    report: Report,
    *,
    key: str = "default",
    run: tuple[int, int] | None = None,
    origin: str = "",
    limit: int = COMMENT_LIMIT,
) -> str:
    """Write the sticky comment: at most `limit` characters, whole sentences only.

    `run` is the number and attempt of the run on GitHub that measured, `origin` the note that
    comes first.
    """
    view = build_view(report, marker=marker(report, key=key, run=run), origin=origin)
    for step in ladder.steps(view, where=labels.SUMMARY):
        text = print_view("comment.md.j2", step)
        if len(text) <= limit and len(text.encode()) <= COMMENT_BYTES:
            return text
    raise BadConfiguration(
        f"a comment of {limit} characters cannot hold even the verdict",
        next_step=f"allow more characters; the default is {COMMENT_LIMIT}",
    )


def marker(report: Report, *, key: str, run: tuple[int, int] | None = None) -> str:
    """Write the hidden line by which the comment is found again and compared."""
    if not _KEY.fullmatch(key):
        raise BadConfiguration(
            f"the comment key {key!r} cannot stand in a marker",
            next_step="use letters, digits, dots, dashes and underscores, at most 64",
        )
    generation = f" run={run[0]}.{run[1]}" if run else ""
    return f"<!-- tfperf:{key} v2{generation} digest={digest(report)} -->"


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
