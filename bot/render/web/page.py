"""Owns `report.html`: one file with everything in it, which asks nothing of any network."""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from bot.core.details import Details
from bot.core.metric import IMPORT_CASE, METRICS
from bot.core.report import Report
from bot.core.units import format_ratio
from bot.render import headline, labels, page_words, since
from bot.render.counted import version_lines
from bot.render.escape import NAME_LIMIT, TERMINAL, Medium, clean
from bot.render.pull_request_words import compared_columns
from bot.render.standing import Tally, standing_of
from bot.render.web.cells import counts, one_on, page_axis, table_lines
from bot.render.web.data import embedded, figures
from bot.render.web.grids import grids
from bot.render.web.heatmap import heatmaps
from bot.render.web.logs import logs
from bot.render.web.view import PageView, Picture

_HERE = Path(__file__).parent
_SCRIPTS = ("data", "numbers", "svg", "figures", "cells", "heatmap", "detail", "theme", "main")
"""In the order in which they need one another; they share one scope."""

_TEMPLATES = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(_HERE / "templates"),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_CODE_SPAN = re.compile(r"`([^`]+)`")


def _code(text: str, *, limit: int) -> str:
    return str(Markup("<code>{}</code>").format(clean(text, limit=limit)))


HTML = Medium(name=partial(_code, limit=NAME_LIMIT), text=lambda text: str(escape(clean(text))))
"""How names and words of others stand in our own sentences, which hold no markup but code."""


def render_page(
    report: Report, details: Details | None = None, pictures: Sequence[Picture] = ()
) -> str:
    """Write the page; without `details` (the journal is elsewhere) it says so and has the rest."""
    script = _script()
    return _TEMPLATES.get_template("page.html.j2").render(
        view=_view(report, pictures),
        w=page_words,
        style=Markup(_asset("page.css")),  # noqa: S704  # ours
        script=Markup(script),  # noqa: S704  # ours
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        figures=_block(embedded(figures(report, details))),
        report=_block(embedded(report.model_dump_json(by_alias=True))),
        has_details=details is not None,
    )


def _block(json: str) -> Markup:
    return Markup(json)  # noqa: S704  # `embedded` has no way out of its element


@cache
def _asset(name: str) -> str:
    return (_HERE / "assets" / name).read_text(encoding="utf-8")


@cache
def _script() -> str:
    parts = "\n".join(_asset(f"{name}.js") for name in _SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();'


def _view(report: Report, pictures: Sequence[Picture]) -> PageView:
    tally = Tally(report)
    axis = page_axis(report)
    found = {cell.metric for cell in report.cells}
    cases = {cell.case for cell in report.cells} - {IMPORT_CASE}
    return PageView(
        title=page_words.title(headline.heading(tally, TERMINAL)),
        heading=Markup(headline.heading(tally, HTML)),  # noqa: S704  # names are escaped by HTML
        standing=standing_of(tally).name.lower().replace("_", "-"),
        duty=_with_code(headline.duty(tally)),
        counts=counts(report),
        total=page_words.total(len(report.cells), len(cases), len(report.candidates)),
        trust=headline.trust(report, TERMINAL),
        notes=headline.notes(report, TERMINAL),
        wholes=tuple(version_lines(report, TERMINAL)),
        since=tuple(since.lines(report, TERMINAL)),
        compared=compared_columns(clean(report.baseline)) if report.subject else "",
        heatmaps=heatmaps(report),
        cells=table_lines(report),
        axis=(page_words.axis(format_ratio(axis.low), format_ratio(axis.high)), one_on(axis)),
        metrics=tuple(labels.METRICS[name] for name in METRICS if name in found),
        versions=tuple(map(clean, report.candidates)),
        logs=logs(tally),
        grids=grids(report),
        pictures=tuple(_opened(pictures)),
    )


def _opened(pictures: Sequence[Picture]) -> Iterator[Picture]:
    """Open the chart that says most in little room: the timeline, where there is one."""
    names = [each.name for each in pictures]
    shown = "timeline" if "timeline" in names else (*names, "")[0]
    for each in pictures:
        svg = Markup(each.svg)  # noqa: S704  # ours
        yield replace(each, svg=svg, is_open=each.name == shown)


def _with_code(sentence: str) -> Markup:
    """Write one of our own sentences, whose commands stand between backticks."""
    return Markup(_CODE_SPAN.sub(r"<code>\1</code>", str(escape(sentence))))  # noqa: S704
